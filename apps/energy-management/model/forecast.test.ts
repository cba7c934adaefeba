import { expect, test } from 'vitest';
import { predictTrees, trainTrees } from './boosted-trees.ts';
import { forecastDay, replayForecasts, trainForecast } from './forecast.ts';
import { forecastFromProfile } from './profile-forecast.ts';

/** Ten weeks of a plant that works on weekdays from 6 to 22, with noise from a fixed generator. */
function plant(days: number): Float64Array {
  let state = 7;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return Float64Array.from({ length: days * 96 }, (_, index) => {
    const quarter = index % 96;
    const working = Math.floor(index / 96) % 7 < 5 && quarter >= 24 && quarter < 88;
    return (working ? 40 + 10 * Math.sin(quarter / 8) : 4) + (working ? 12 : 1) * (random() - 0.5);
  });
}
const settings = { firstWeekday: 1, issuedBefore: 24, coverage: 0.9 };

test('trees find a step and a quantile', () => {
  const column = Float64Array.from({ length: 1000 }, (_, index) => index % 10);
  const target = column.map((value, index) => (value < 5 ? 0 : 10) + (Math.floor(index / 10) % 10));
  const train = (quantile: number) =>
    trainTrees([column], target, {
      quantile,
      trees: 60,
      depth: 2,
      rate: 0.3,
      leafRowsMin: 20,
      rowShare: 1,
      columnShare: 1,
      seed: 1,
    });
  expect(predictTrees(train(0.5), [2])).toBeCloseTo(5, 0);
  expect(predictTrees(train(0.5), [7])).toBeCloseTo(15, 0);
  expect(predictTrees(train(0.9), [7])).toBeGreaterThan(18);
  expect(predictTrees(train(0.5), [Number.NaN])).toBeCloseTo(5, 0);
});

test('nothing at or beyond the moment of issue is used: changing it changes nothing', () => {
  const series = plant(42);
  const day = 40;
  const changed = Float64Array.from(series);
  for (let index = day * 96 - settings.issuedBefore; index < changed.length; index++) changed[index] = 1e6;
  const before = forecastDay(trainForecast(series, day, settings), series, day);
  const after = forecastDay(trainForecast(changed, day, settings), changed, day);
  expect(after).toEqual(before);
  const seen = Float64Array.from(series);
  seen[day * 96 - settings.issuedBefore - 1]! += 1e3;
  expect(forecastDay(trainForecast(seen, day, settings), seen, day)).not.toEqual(before);
}, 60_000);

test('better than the week before on a plant that repeats itself with noise; the interval holds', () => {
  const series = plant(63);
  const replay = replayForecasts(series, 56, 63, settings, 7);
  let step = replay.next();
  while (step.done !== true) {
    const { point, lower, upper } = step.value.forecast;
    expect(point.every((value, index) => lower[index]! <= value && value <= upper[index]!)).toBe(true);
    step = replay.next();
  }
  expect(step.value.model.mae).toBeLessThan(0.8 * step.value.naive.mae);
  expect(step.value.model.covered).toBeGreaterThan(0.8);
});

test('holes in the series are passed over, too little is told', () => {
  const series = plant(42);
  for (let index = 900; index < 1400; index++) series[index] = Number.NaN;
  expect(forecastDay(trainForecast(series, 41, settings), series, 41).point.every(Number.isFinite)).toBe(
    true,
  );
  expect(() => trainForecast(series, 20, settings)).toThrow(/at least 28/);
});

test('what the calendar says of a day is used: a closed weekday is forecast as one, a worked Saturday too', () => {
  const series = plant(70);
  // Every second Wednesday was closed, every third Saturday was worked.
  const closed = new Set([9, 23, 37, 51, 65]);
  const working = new Set([12, 33, 54, 68]);
  for (const day of closed) series.copyWithin(day * 96, 6 * 96, 7 * 96);
  for (const day of working) series.copyWithin(day * 96, 4 * 96, 5 * 96);
  const error = (day: number, calendar: object): number => {
    const { point } = forecastDay(trainForecast(series, day, { ...settings, ...calendar }), series, day);
    return point.reduce((sum, value, quarter) => sum + Math.abs(value - series[day * 96 + quarter]!), 0) / 96;
  };
  for (const day of [65, 68]) {
    const known = error(day, { closed, working });
    expect(known).toBeLessThan(5);
    expect(known).toBeLessThan(0.3 * error(day, {}));
  }
  // Of the fewest days likewise.
  const short = series.subarray(0, 16 * 96);
  const like = forecastFromProfile(short, 16, { ...settings, closed: new Set([9, 16]) });
  expect(Math.max(...like.point)).toBeLessThan(12);
}, 60_000);
