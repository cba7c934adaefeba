import { expect, test } from 'vitest';
import { byOrder, byProduct, byShift } from './allocation.ts';
import { nextDay, plantClock, type Shift, shiftAt } from './calendar.ts';
import type { Quarter } from './quarter.ts';
import { checkTariff, costOf, priceAt, readTariffPeriods, type Tariff } from './tariff.ts';

const shanghai = plantClock('Asia/Shanghai');
const berlin = plantClock('Europe/Berlin');
const at = (text: string) => Date.parse(text) * 1000;
const hours = 3_600_000_000;

test('plant days, also those of 23 and 25 hours', () => {
  expect(shanghai.dayStart(at('2026-03-05T17:00:00Z'))).toBe(at('2026-03-05T16:00:00Z'));
  const spring = berlin.dayStart(at('2026-03-29T12:00:00Z'));
  expect(spring).toBe(at('2026-03-28T23:00:00Z'));
  expect((nextDay(berlin, spring) - spring) / hours).toBe(23);
  const autumn = berlin.dayStart(at('2026-10-25T12:00:00Z'));
  expect((nextDay(berlin, autumn) - autumn) / hours).toBe(25);
  expect(berlin.parts(at('2026-10-25T12:00:00Z'))).toEqual({
    weekday: 7,
    minutes: 780,
    month: 10,
    date: '2026-10-25',
  });
});

const shifts: Shift[] = [
  { id: 'early', title: { en: 'Early', zh: '早班' }, days: [1, 2, 3, 4, 5], start: 360, end: 840 },
  { id: 'night', title: { en: 'Night', zh: '夜班' }, days: [1, 2, 3, 4, 5], start: 1320, end: 360 },
];
test('a night shift belongs to the day it begins on', () => {
  // 2026-03-07 is a Saturday; Friday's night runs into it.
  expect(shiftAt(shifts, shanghai, at('2026-03-07T03:00:00+08:00'))?.id).toBe('night');
  expect(shiftAt(shifts, shanghai, at('2026-03-07T23:00:00+08:00'))).toBeUndefined();
});

const tariff = (text: string): Tariff => ({
  carrier: 'electricity',
  currency: 'CNY',
  periods: readTariffPeriods(text).periods,
  demandPrice: 40,
  standing: 0,
  carbon: 0.5,
});
test('a tariff as it is written', () => {
  const { periods, problems } = readTariffPeriods(
    'Peak/峰 1.1 Mon-Fri 08:00-12:00 1,2,12 # winter\nValley/谷 0.3 all 22:00-06:00\nbroken line\nX y Mon 08:00-09:00',
  );
  expect(periods).toMatchObject([
    { title: { en: 'Peak', zh: '峰' }, price: 1.1, days: [1, 2, 3, 4, 5], months: [1, 2, 12] },
    { title: { zh: '谷' }, days: [], from: '22:00', to: '06:00' },
  ]);
  expect(problems.map((problem) => problem.en)).toEqual([
    'Line 3: expected: title price days hours',
    'Line 4: "y" is not a price',
  ]);
});

test('gaps and overlaps are named, with the months they are in', () => {
  expect(checkTariff(tariff('Day 1 all 06:00-22:00\nNight 0.5 all 22:00-06:00'))).toEqual([]);
  const problems = checkTariff(tariff('Day 1 Mon-Sat 06:00-22:00\nNight 0.5 all 21:00-06:00'));
  expect(problems.map((problem) => problem.words.en)).toContain('No price on Sun 06:00–21:00');
  expect(problems.map((problem) => problem.words.en)).toContain(
    'Two prices on Mon 21:00–22:00 (1, 2); the first counts',
  );
  const summer = checkTariff(tariff('Day 1 all 00:00-24:00 1-11'));
  expect(summer).toHaveLength(7);
  expect(summer[0]!.words).toEqual({
    en: 'No price on Mon 00:00–24:00, months 12',
    zh: '12 月：周一 00:00–24:00 没有价格',
  });
});

const quarters = (from: string, amounts: (number | undefined)[]): Quarter[] =>
  amounts.map((amount, index) => ({
    start: at(from) + (index * hours) / 4,
    amount,
    how: amount === undefined ? 'missing' : 'measured',
    returned: 0,
  }));

test('cost: energy by period, demand on the highest quarter, what has no price told', () => {
  const two = tariff('Day 1 all 08:00-20:00\nEvening 2 all 20:00-22:00');
  const cost = costOf(
    quarters('2026-03-05T19:30:00+08:00', [5, 5, 8, 6, undefined, 1, 1, 1, 1, 1, 3, 3]),
    two,
    shanghai,
  );
  expect(cost).toMatchObject({ energy: 10 + 2 * 19, demand: 32 * 40, unpriced: 6, peak: 32, carbon: 17.5 });
  expect(cost.periods.map((period) => period.amount)).toEqual([10, 19]);
  expect(priceAt(two, shanghai, at('2026-03-05T23:00:00+08:00'))).toBeUndefined();
});

test('energy by shift, product and order adds up; idle time is nobody’s', () => {
  const list = quarters('2026-03-05T13:00:00+08:00', [4, 4, 4, 4, 2, 2, 2, 2]);
  const start = at('2026-03-05T13:00:00+08:00');
  const runs = [
    { from: start, to: start + hours / 2, product: 'A', order: '1', pieces: 4 },
    { from: start + hours / 2, to: start + 1.125 * hours, product: 'B', order: '2', pieces: 3 },
  ];
  expect(byShift(list, shifts, shanghai, runs).map((one) => [one.key, one.amount])).toEqual([
    ['early', 16],
    ['', 8],
  ]);
  expect(byProduct(list, runs)).toMatchObject([
    { key: 'A', amount: 8, pieces: 4, perPiece: 2 },
    { key: 'B', amount: 9, perPiece: 3 },
    { key: '', amount: 7 },
  ]);
  expect(byOrder(list, runs).reduce((sum, one) => sum + one.amount, 0)).toBe(24);
});
