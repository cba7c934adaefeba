import { describe, expect, it } from 'vitest';
import {
  boundsOf,
  formatRange,
  moved,
  parseRange,
  quickRanges,
  rangeMillisecondsMin,
  zoomed,
} from './range.ts';

const at = Date.parse('2026-05-01T12:00:00Z');

describe('time range', () => {
  it.each([...quickRanges, '90s', '2026-05-01T06:00:00Z~2026-05-01T14:00:00.250Z'])('keeps %s', (text) => {
    expect(formatRange(parseRange(text)!)).toBe(text);
  });
  it.each([
    '',
    'x',
    '0s',
    '1w',
    '5',
    '2026~',
    'a~b',
    '2026-05-02T00:00:00Z~2026-05-01T00:00:00Z',
    '1h~2h',
    '999999y',
  ])('refuses %j', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });
  it('follows the clock, or stands still', () => {
    expect(boundsOf(parseRange('1h')!, at)).toEqual({ from: at - 3_600_000, to: at });
    const fixed = '2026-05-01T06:00:00Z~2026-05-01T14:00:00Z';
    expect(boundsOf(parseRange(fixed)!, at).to).toBe(Date.parse('2026-05-01T14:00:00Z'));
  });
  it('zooms around a point and never shows the future', () => {
    expect(zoomed(at - 1000_000, at - 500_000, 0.5, 0.5, at)).toEqual({
      kind: 'fixed',
      from: at - 875_000,
      to: at - 625_000,
    });
    expect(zoomed(at - 1000, at, 4, 0.5, at)).toEqual({ kind: 'fixed', from: at - 4000, to: at });
    const least = zoomed(at - 1000, at, 0.001, 0.5, at);
    expect(least.kind === 'fixed' && least.to - least.from).toBe(rangeMillisecondsMin);
  });
  it('moves by a share of its length', () => {
    expect(moved(at - 2000, at - 1000, -0.5, at)).toEqual({ kind: 'fixed', from: at - 2500, to: at - 1500 });
    expect(moved(at - 2000, at - 1000, 5, at)).toEqual({ kind: 'fixed', from: at - 1000, to: at });
  });
});
