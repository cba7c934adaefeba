import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compileDecoder,
  compileScale,
  type Layout,
  readBit,
  registersOf,
  shortestFloat32,
  valueTypes,
} from './value.ts';

function layout(type: Layout['type'], more: Partial<Layout> = {}): Layout {
  return {
    type,
    registers: registersOf[type] ?? 2,
    byteFirst: 'most',
    wordFirst: 'most',
    scale: 1,
    offset: 0,
    bit: undefined,
    notAvailable: undefined,
    boolean: true,
    ...more,
  };
}

function decode(hex: string, type: Layout['type'], more: Partial<Layout> = {}): unknown {
  return compileDecoder(layout(type, more))(Buffer.from(hex, 'hex'), 0, 0);
}

test('all four orders of bytes and words', () => {
  // 230.1 as 32-bit floating point is 0x4366199A.
  expect(decode('4366199a', 'float32')).toBe(230.1);
  expect(decode('199a4366', 'float32', { wordFirst: 'least' })).toBe(230.1);
  expect(decode('66439a19', 'float32', { byteFirst: 'least' })).toBe(230.1);
  expect(decode('9a196643', 'float32', { byteFirst: 'least', wordFirst: 'least' })).toBe(230.1);
  expect(decode('0102030405060708', 'uint64')).toBe(0x0102030405060708n);
  expect(decode('0708050603040102', 'uint64', { wordFirst: 'least' })).toBe(0x0102030405060708n);
  expect(decode('0201040306050807', 'uint64', { byteFirst: 'least' })).toBe(0x0102030405060708n);
  expect(decode('0807060504030201', 'uint64', { byteFirst: 'least', wordFirst: 'least' })).toBe(
    0x0102030405060708n,
  );
});

test('types', () => {
  expect(decode('fffe', 'int16')).toBe(-2);
  expect(decode('fffe', 'uint16')).toBe(65534);
  expect(decode('12fe', 'int8')).toBe(-2);
  expect(decode('12fe', 'uint8')).toBe(254);
  expect(decode('feff', 'uint16', { byteFirst: 'least' })).toBe(65534);
  expect(decode('fffffffe', 'int32')).toBe(-2);
  expect(decode('ffffffffffffffff', 'int64')).toBe(-1n);
  expect(decode('ffffffffffffffff', 'uint64')).toBe(18446744073709551615n);
  expect(decode('400921fb54442d18', 'float64')).toBe(Math.PI);
  expect(decode('12345678', 'bcd')).toBe(12345678);
  expect(decode('414243002020', 'string', { registers: 3 })).toBe('ABC');
  expect(decode('42414443', 'string', { byteFirst: 'least' })).toBe('ABCD');
  expect(decode('e7a3b1e69cba', 'string', { registers: 3 })).toBe('磱机');
  expect(decode('b0432020', 'string')).toBe('°C');
  expect(decode('0badcafe', 'hex')).toBe('0BADCAFE');
  expect(decode('0004', 'bool')).toBe(true);
  expect(decode('0004', 'bool', { bit: 2 })).toBe(true);
  expect(decode('0004', 'bool', { bit: 3 })).toBe(false);
  expect(decode('0004', 'bool', { bit: 2, boolean: false })).toBe(1);
  expect(readBit(Buffer.from([0xcd, 0x6b, 0x05]), 18)).toBe(true);
});

test('what is not a number is NaN and never a number', () => {
  for (const hex of ['7fc00000', 'ffc00001', '7f800000', 'ff800000'])
    expect(decode(hex, 'float32')).toBeNaN();
  expect(decode('7ff8000000000000', 'float64')).toBeNaN();
  expect(decode('12a4', 'bcd', { registers: 1 })).toBeNaN();
  expect(decode('7fc00000', 'float32', { scale: 0.1 })).toBeNaN();
});

test('what the device calls not available is no value', () => {
  expect(decode('8000', 'int16', { notAvailable: -32768, scale: 0.1 })).toBeUndefined();
  expect(decode('ffffffffffffffff', 'uint64', { notAvailable: 18446744073709551615n })).toBeUndefined();
});

test('scaling gives the decimal that is on paper', () => {
  const scaled = (raw: number | bigint, scale: number, offset = 0, exponent = 0) =>
    compileScale(scale, offset)(raw, exponent);
  expect(scaled(215, 0.1)).toBe(21.5);
  expect(scaled(3, 0.1)).toBe(0.3);
  expect(scaled(2301, 0.1)).toBe(230.1);
  expect(scaled(1999, 0.05)).toBe(99.95);
  expect(scaled(-7, 0.01, -273.15)).toBe(-273.22);
  expect(scaled(65535, 1e-7)).toBe(0.0065535);
  expect(scaled(12, 2.5)).toBe(30);
  expect(scaled(100, 10)).toBe(1000);
  expect(scaled(9007199254740993n, 1)).toBe(9007199254740993n);
  expect(scaled(9007199254740993n, 10)).toBe(90071992547409930n);
  expect(scaled(12345678901n, 0.01)).toBe(123456789.01);
  expect(scaled(2301, 1, 0, -1)).toBe(230.1);
  expect(scaled(23, 1, 0, 2)).toBe(2300);
  fc.assert(
    fc.property(
      fc.integer({ min: -2147483648, max: 4294967295 }),
      fc.integer({ min: 0, max: 6 }),
      (raw, decimals) => {
        // Exactly what parsing the decimal text gives.
        expect(scaled(raw, Number(`1e-${decimals}`))).toBe(Number(`${raw}e-${decimals}`) + 0);
      },
    ),
  );
});

test('a 32-bit float is kept as the shortest decimal that is still that float', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const short = shortestFloat32(x);
      expect(Object.is(Math.fround(short), x) || short === x).toBe(true);
      expect(String(short).length).toBeLessThanOrEqual(Math.max(String(x).length, 13));
    }),
  );
});

test('random registers in every type never throw, and give a value of the type or nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...valueTypes),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.record({
        byteFirst: fc.constantFrom<'most' | 'least'>('most', 'least'),
        wordFirst: fc.constantFrom<'most' | 'least'>('most', 'least'),
        scale: fc.double({ noDefaultInfinity: true, noNaN: true }),
        offset: fc.double({ noDefaultInfinity: true, noNaN: true }),
        registers: fc.integer({ min: 1, max: 4 }),
      }),
      fc.integer({ min: -10, max: 10 }),
      (type, bytes, more, exponent) => {
        const value = compileDecoder(
          layout(type, { ...more, registers: registersOf[type] ?? more.registers }),
        )(Buffer.from(bytes), 8, exponent);
        expect(['number', 'bigint', 'boolean', 'string']).toContain(typeof value);
      },
    ),
    { numRuns: 1000 },
  );
});
