import { expect, test } from 'vitest';
import { formatInstant, parseInstant } from './time.ts';

test.each([
  ['2026-11-22T10:00:00Z', 1795341600000000],
  ['2026-11-22T10:00:00.5+08:00', 1795312800500000],
  ['2026-11-22t10:00:00.123456789z', 1795341600123456],
  ['2016-12-31T23:59:60Z', 1483228800000000],
  [1795341600000, 1795341600000000],
  [1795341600000.25, 1795341600000250],
  ['1795341600000.25', 1795341600000250],
])('%s', (text, us) => {
  expect(parseInstant(text)).toBe(us);
});

test.each([
  '',
  'now',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-11-22',
  '2026-11-22T25:00:00Z',
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  {},
  'x'.repeat(100_000),
])('input %# is no instant', (input) => {
  expect(parseInstant(input)).toBeUndefined();
});

test('text has the digits it needs and reads back the same', () => {
  expect(formatInstant(1795341600000000)).toBe('2026-11-22T10:00:00Z');
  expect(formatInstant(1795341600120000)).toBe('2026-11-22T10:00:00.120Z');
  expect(formatInstant(1795341600000001)).toBe('2026-11-22T10:00:00.000001Z');
  for (const us of [0, -1, 1, 1795341600123456, -11644473600000000])
    expect(parseInstant(formatInstant(us))).toBe(us);
});
