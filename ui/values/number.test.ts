import { describe, expect, it } from 'vitest';
import { formatBytes, formatNumber, formatValue, outsideBand, unitSymbol } from './number.ts';

describe('numbers', () => {
  it.each([
    [21.456, 1, '21.5'],
    [21, 2, '21.00'],
    [-0.004, 2, '-0.00'],
    [1234567.891, 0, '1,234,568'],
    [1234.5678, undefined, '1,234.6'],
    [0.0123456, undefined, '0.012346'],
    [0, undefined, '0'],
    [42, undefined, '42'],
    [1.5e12, undefined, '1.500e+12'],
    [2e-7, undefined, '2.000e-7'],
    [Number.NaN, 1, '–'],
  ])('%d with %s decimals', (value, decimals, text) => {
    expect(formatNumber(value, 'en', decimals)).toBe(text);
  });
  it('shows any JSON on one line', () => {
    const as = { language: 'en' as const, yes: 'on', no: 'off', none: 'no value' };
    expect(formatValue(null, as)).toBe('no value');
    expect(formatValue(true, as)).toBe('on');
    expect(formatValue({ a: [1, 2] }, as)).toBe('{"a":[1,2]}');
    expect(formatValue('x'.repeat(500), as)).toHaveLength(121);
  });
  it('says on which side of the band a number is', () => {
    expect(outsideBand(5, { min: 6 })).toBe('below');
    expect(outsideBand(5, { max: 4 })).toBe('above');
    expect(outsideBand(5, { min: 5, max: 5 })).toBeUndefined();
    expect(outsideBand('5', { max: 4 })).toBeUndefined();
    expect(outsideBand(5, undefined)).toBeUndefined();
  });
  it('knows the usual unit codes and leaves others alone', () => {
    expect(unitSymbol('CEL')).toBe('°C');
    expect(unitSymbol('unit:DEG_C')).toBe('°C');
    expect(unitSymbol('furlong')).toBe('furlong');
    expect(unitSymbol('')).toBeUndefined();
  });
  it('writes sizes', () => {
    expect(formatBytes(999, 'en')).toBe('999 B');
    expect(formatBytes(1_540_000, 'en')).toBe('1.5 MB');
  });
});
