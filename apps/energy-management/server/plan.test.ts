import { beforeAll, expect, test } from 'vitest';
import { dayUnder, type PlanInput, planDay, type Solver, usualSchedule } from '../model/index.ts';
import { highsSolver } from './solver.ts';

let solve: Solver;
beforeAll(async () => {
  solve = await highsSolver();
});

const flat = (value: number): number[] => Array(96).fill(value);
const day = (changes: Partial<PlanInput> = {}): PlanInput => ({
  base: flat(50).map((value, quarter) => (quarter >= 40 && quarter < 48 ? 120 : value)),
  caution: 0,
  loads: [],
  storages: [],
  price: flat(1).map((value, quarter) => (quarter < 24 ? 0.4 : value)),
  demandPrice: 30,
  peakFree: 0,
  ...changes,
});
const oven = {
  kind: 'block' as const,
  id: 'oven',
  title: 'Oven',
  profile: [40, 40, 20, 20],
  usual: 40,
  earliest: 24,
  latest: 80,
};
const battery = {
  id: 'battery',
  title: 'Battery',
  kilowattHours: 100,
  chargeKilowattsMax: 60,
  dischargeKilowattsMax: 60,
  efficiency: 0.81,
  charge: 50,
  chargeAtEnd: 50,
  chargeMin: 10,
  wear: 0.02,
};

test('a load moves out of the peak, and no further than it must', () => {
  const plan = planDay(day({ loads: [oven] }), solve);
  expect(plan.nothing.peak).toBe(160);
  expect(plan.planned.peak).toBe(120);
  expect(plan.saves.peak).toBe(40);
  expect(plan.schedule.starts['oven']).toBe(36);
  expect(plan.moves[0]!.words.en).toBe('Oven begins at 09:00 instead of 10:00');
});

test('windows, blocked hours and order are kept', () => {
  const second = { ...oven, id: 'second', title: 'Second', usual: 44, after: 'oven' };
  const plan = planDay(
    day({ loads: [{ ...oven, blocked: Array.from({ length: 16 }, (_, index) => 24 + index) }, second] }),
    solve,
  );
  const { oven: first, second: then } = plan.schedule.starts as { oven: number; second: number };
  expect(first).toBeGreaterThanOrEqual(48);
  expect(then).toBeGreaterThanOrEqual(first + 4);
  expect(then + 4).toBeLessThanOrEqual(80);
});

test('storage: 80 kWh usable over two hours of peak, losses paid, charge as before', () => {
  const plan = planDay(day({ storages: [battery] }), solve);
  // From full, (100 − 10)·√0.81 = 81 kWh in 2 h: 40.5 kW off the peak of 120.
  expect(plan.planned.peak).toBeCloseTo(79.5, 1);
  const sum = plan.schedule.storage['battery']!.reduce(
    (charge, kilowatts) => charge + (kilowatts > 0 ? kilowatts * 0.25 * 0.9 : (kilowatts * 0.25) / 0.9),
    50,
  );
  expect(sum).toBeGreaterThan(49.9);
  expect(plan.planned.cost).toBeLessThan(plan.nothing.cost);
});

test('the peak of the month so far is free', () => {
  const plan = planDay(day({ storages: [{ ...battery, wear: 5 }], peakFree: 200 }), solve);
  expect(plan.planned.peak).toBe(120);
  expect(plan.moves).toEqual([]);
});

test('a flexible load fills the cheap hours', () => {
  const vehicles = {
    kind: 'flexible' as const,
    id: 'vehicles',
    title: 'Vehicles',
    kilowattHours: 60,
    kilowattsMax: 20,
    earliest: 0,
    latest: 96,
    usual: flat(0).map((_, quarter) => (quarter >= 72 && quarter < 84 ? 20 : 0)),
  };
  const plan = planDay(day({ loads: [vehicles] }), solve);
  expect(
    plan.schedule.flexible['vehicles']!.slice(0, 24).reduce((sum, value) => sum + value * 0.25, 0),
  ).toBeCloseTo(60);
  expect(plan.saves.cost).toBeCloseTo(60 * 0.6, 0);
});

test('storage that follows the limit holds it when the day comes otherwise', () => {
  const input = day({ storages: [battery] });
  const plan = planDay(input, solve);
  const late = { ...input, base: input.base.map((_, quarter) => (quarter >= 42 && quarter < 50 ? 120 : 50)) };
  const clock = dayUnder(late, plan.schedule);
  const following = dayUnder(late, plan.schedule, true);
  expect(clock.peak).toBe(120);
  expect(following.peak).toBeLessThan(90);
  expect(dayUnder(late, usualSchedule(late)).peak).toBe(120);
});

test('hours without a price are planned at the dearest', () => {
  const input = day({
    price: flat(1).map((value, quarter) => (quarter < 24 ? undefined : value)),
    storages: [battery],
    demandPrice: 0,
  });
  expect(planDay(input, solve).moves).toEqual([]);
});

test.each([
  [
    'a load that fits nowhere',
    { loads: [{ ...oven, earliest: 40, latest: 42 }] },
    /needs 60 min in one piece/,
  ],
  [
    'too much energy for its window',
    {
      loads: [
        {
          kind: 'flexible' as const,
          id: 'v',
          title: 'V',
          kilowattHours: 99,
          kilowattsMax: 1,
          earliest: 0,
          latest: 8,
          usual: [],
        },
      ],
    },
    /at most fit/,
  ],
  [
    'an order that cannot be',
    {
      loads: [
        { ...oven, latest: 30 },
        { ...oven, id: 'b', latest: 30, after: 'oven' },
      ],
    },
    /cannot all be served/,
  ],
  ['a battery fuller than full', { storages: [{ ...battery, charge: 120 }] }, /between 10 and 100/],
  ['a load named twice', { loads: [oven, oven] }, /there twice/],
])('no plan, in words: %s', (_, changes, message) => {
  expect(() => planDay(day(changes), solve)).toThrow(message);
});
