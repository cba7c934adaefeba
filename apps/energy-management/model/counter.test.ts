import { expect, test } from 'vitest';
import { consumptionFromCounter, type Reading } from './counter.ts';

const minute = 60_000_000;
const t0 = 1_767_225_600_000_000; // 2026-01-01T00:00:00Z
/** A reading a minute: 0.5 an hour times 60 = 30 an hour, so 7.5 a quarter. */
const steady = (count: number, start: number, first = 0): Reading[] =>
  Array.from({ length: count }, (_, index) => ({
    time: t0 + (first + index) * minute,
    value: start + index * 0.5,
    good: true,
  }));
const hours = (count: number) => t0 + count * 60 * minute;
const amounts = (result: ReturnType<typeof consumptionFromCounter>) =>
  result.quarters.map((quarter) => quarter.amount && Number(quarter.amount.toFixed(6)));
const happened = (result: ReturnType<typeof consumptionFromCounter>) =>
  Object.fromEntries(Object.entries(result.counts).filter(([, count]) => count > 0));

test('a counter that counts on: the differences, by quarter', () => {
  const result = consumptionFromCounter(steady(61, 1000), t0, hours(1));
  expect(amounts(result)).toEqual([7.5, 7.5, 7.5, 7.5]);
  expect(result.quarters.map((quarter) => quarter.how)).toEqual(Array(4).fill('measured'));
  expect(result.total).toBe(30);
  expect(happened(result)).toEqual({});
});

test('a gap: the total stays, its spread is called interpolated', () => {
  const readings = steady(121, 1000).filter((_, index) => index <= 20 || index >= 70);
  const result = consumptionFromCounter(readings, t0, hours(2));
  expect(result.total).toBeCloseTo(60);
  expect(amounts(result)).toEqual(Array(8).fill(7.5));
  expect(result.quarters.map((quarter) => quarter.how)).toEqual([
    'measured',
    'interpolated',
    'interpolated',
    'interpolated',
    'interpolated',
    'measured',
    'measured',
    'measured',
  ]);
  expect(happened(result)).toEqual({ gap: 1 });
});

test('silence at the end: missing, in no sum', () => {
  const result = consumptionFromCounter(steady(31, 1000), t0, hours(1));
  expect(result.quarters.map((quarter) => quarter.how)).toEqual([
    'measured',
    'measured',
    'missing',
    'missing',
  ]);
  expect(result.quarters[3]!.amount).toBeUndefined();
  expect(result.total).toBe(15);
});

test('roll-over of a register whose width nobody told', () => {
  const readings = steady(61, 99_985).map((reading) => ({ ...reading, value: reading.value % 100_000 }));
  const result = consumptionFromCounter(readings, t0, hours(1));
  expect(result.total).toBeCloseTo(30);
  expect(amounts(result)).toEqual([7.5, 7.5, 7.5, 7.5]);
  expect(happened(result)).toEqual({ rollover: 1 });
  expect(result.events[0]!.words.en).toContain('100000');
});

test('roll-over of a 32-bit register of watt hours', () => {
  const width = 4_294_967.296;
  const readings = steady(61, width - 10).map((reading) => ({ ...reading, value: reading.value % width }));
  const result = consumptionFromCounter(readings, t0, hours(1));
  expect(result.total).toBeCloseTo(30);
  expect(happened(result)).toEqual({ rollover: 1 });
});

test('reset: what was usual, at least what it has counted since', () => {
  const readings = [...steady(31, 52_342), ...steady(31, 0.2, 31)];
  const result = consumptionFromCounter(readings, t0, hours(1) + minute);
  expect(happened(result)).toEqual({ reset: 1 });
  expect(result.total).toBeCloseTo(15 + 0.5 + 15);
  expect(result.quarters[2]!.how).toBe('estimated');
});

test('swap as written down: both meters count', () => {
  const readings = [...steady(31, 52_342), ...steady(30, 17.5, 31)];
  const result = consumptionFromCounter(readings, t0, hours(1), {
    swaps: [{ time: t0 + 30.5 * minute, lastOfOld: 52_357.25, firstOfNew: 17.25 }],
  });
  expect(happened(result)).toEqual({ swap: 1 });
  expect(result.total).toBeCloseTo(30);
});

test.each([
  ['lower', 12_000.5],
  ['higher', 91_204],
])('swap that nobody wrote down, new meter %s: told, estimated', (_, start) => {
  const readings = [...steady(31, 52_342), ...steady(31, start, 31)];
  const result = consumptionFromCounter(readings, t0, hours(1) + minute);
  expect(happened(result)).toEqual({ swap: 1 });
  expect(result.total).toBeCloseTo(30.5);
});

test('running backwards: kept apart, net is not lost', () => {
  const readings = [
    ...steady(16, 1000),
    ...Array.from({ length: 15 }, (_, index) => ({
      time: t0 + (16 + index) * minute,
      value: 1007.5 - 0.2 * (index + 1),
      good: true,
    })),
  ];
  const result = consumptionFromCounter(readings, t0, t0 + 30 * minute);
  expect(result.counts.backwards).toBe(15);
  expect(result.quarters[1]!.returned).toBeCloseTo(3);
  expect(result.total - result.returned).toBeCloseTo(readings.at(-1)!.value - 1000);
});

test('one reading of zero or of nonsense is not believed', () => {
  const readings = steady(61, 1000);
  readings[20] = { ...readings[20]!, value: 0 };
  readings[40] = { ...readings[40]!, value: 9e9 };
  const result = consumptionFromCounter(readings, t0, hours(1));
  expect(result.total).toBeCloseTo(30);
  expect(happened(result)).toEqual({ spike: 2 });
});

test('bad and unordered readings are counted, not used', () => {
  const readings = steady(61, 1000);
  readings[10] = { ...readings[10]!, good: false };
  readings[11] = { ...readings[11]!, value: Number.NaN };
  readings[30] = { ...readings[30]!, time: readings[25]!.time };
  const result = consumptionFromCounter(readings, t0, hours(1));
  expect(result.total).toBeCloseTo(30);
  expect(happened(result)).toEqual({ bad: 2, 'out-of-order': 1 });
});

test('nothing, or one reading: missing', () => {
  expect(
    consumptionFromCounter([], t0, hours(1)).quarters.every((quarter) => quarter.how === 'missing'),
  ).toBe(true);
  expect(consumptionFromCounter(steady(1, 5), t0, hours(1)).total).toBe(0);
});

/** A counter's readings at each quarter-hour from the amounts used in between. */
const quarter = 15 * minute;
const quarterly = (amounts: readonly number[]): Reading[] => {
  let sum = 1_000_000;
  return [0, ...amounts].map((amount, index) => ({
    time: t0 + index * quarter,
    value: Number((sum += amount).toFixed(2)),
    good: true,
  }));
};

test('machines switched on after a quiet night are load, however the readings are cut', () => {
  const day = [
    ...Array<number>(40).fill(3.4),
    ...Array.from({ length: 32 }, (_, index) => 50 + (index % 7) * 12),
    ...Array<number>(24).fill(3.4),
  ];
  const used = [...day, ...day];
  const all = quarterly(used);
  for (let first = 0; first < 96; first++) {
    const from = t0 + first * quarter;
    const window = all.slice(Math.max(0, first - 8), first + 97);
    const { quarters, events } = consumptionFromCounter(window, from, from + 96 * quarter);
    expect(events).toEqual([]);
    expect(quarters.map(({ amount }) => Math.round(amount! * 100) / 100)).toEqual(
      used.slice(first, first + 96),
    );
  }
});

test('a single quarter-hour of load among standby is load; a reading that comes back is not', () => {
  const night = [4, 4, 4, 4, 4, 4, 60, 4, 4, 4];
  const { quarters, events } = consumptionFromCounter(quarterly(night), t0, t0 + 10 * quarter);
  expect(events).toEqual([]);
  expect(quarters.map(({ amount }) => Math.round(amount!))).toEqual(night);
  const lying = quarterly(Array<number>(40).fill(4)).map((reading, index) =>
    index === 6 ? { ...reading, value: reading.value + 60 } : reading,
  );
  const mended = consumptionFromCounter(lying, t0, t0 + 40 * quarter);
  expect(mended.counts.spike).toBe(1);
  expect(Math.round(mended.total)).toBe(160);
});
