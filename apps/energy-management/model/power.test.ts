import { expect, test } from 'vitest';
import { unitOf } from './carrier.ts';
import { consumptionFromPower } from './power.ts';
import { quantile } from './quarter.ts';

const minute = 60_000_000;
const t0 = 1_767_225_600_000_000;
const reading = (at: number, value: number) => ({ time: t0 + at * minute, value, good: true });

test('a ramp from 0 to 60 kW in an hour is 30 kWh, shared as it ran', () => {
  const readings = Array.from({ length: 61 }, (_, index) => reading(index, index));
  const { quarters, total } = consumptionFromPower(readings, t0, t0 + 60 * minute);
  expect(total).toBeCloseTo(30);
  expect(quarters.map((quarter) => Number(quarter.amount!.toFixed(4)))).toEqual([
    1.875, 5.625, 9.375, 13.125,
  ]);
});

test('a short gap is interpolated, a long one missing, both told', () => {
  const readings = [0, 1, 2, 12, 13, 14, 15, 120, 121].map((at) => reading(at, 10));
  const { quarters, gaps } = consumptionFromPower(readings, t0, t0 + 120 * minute);
  expect(gaps.map((gap) => gap.how)).toEqual(['interpolated', 'missing']);
  expect(quarters[0]!.how).toBe('interpolated');
  expect(quarters[0]!.amount).toBeCloseTo(2.5);
  expect(quarters.slice(1).every((quarter) => quarter.how === 'missing')).toBe(true);
});

test('power below zero is returned', () => {
  const { total, returned } = consumptionFromPower([reading(0, -4), reading(15, -4)], t0, t0 + 15 * minute, {
    gapMicroseconds: 20 * minute,
  });
  expect([total, returned]).toEqual([0, 1]);
});

test('units', () => {
  expect(unitOf('electricity', 'MWh')).toEqual({ kind: 'amount', factor: 1000 });
  expect(unitOf('compressed-air', 'm³/min')).toEqual({ kind: 'rate', factor: 60 });
  expect(unitOf('heat', 'GJ')!.factor).toBeCloseTo(277.7778);
  expect(unitOf('water', '°C')).toBeUndefined();
  // Hyndman & Fan type 7.
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
});
