import type { Microseconds } from '@millrace/contract';
import { nextDay, type PlantClock } from './calendar.ts';
import type { Quarter } from './quarter.ts';

/** Quarters put on the plant's clock: 96 a day, whatever the clocks do (an hour that does not exist is NaN, one that is there twice its mean). */
export interface DaySeries {
  /** Amount by quarter-hour, from the first quarter of the first whole day; ends with the last quarter that is over. */
  series: Float64Array;
  /** Dates of its days, ISO 8601; the last may be under way. */
  days: string[];
  /** ISO weekday of the first. */
  firstWeekday: number;
}

/** `now`: quarters that end after it are not over, and NaN. */
export function daySeries(quarters: readonly Quarter[], clock: PlantClock, now: Microseconds): DaySeries {
  const first = quarters.find((quarter) => quarter.amount !== undefined);
  if (first === undefined) return { series: new Float64Array(0), days: [], firstWeekday: 1 };
  const begin = clock.dayStart(first.start);
  const days: string[] = [];
  const index = new Map<string, number>();
  let last = begin;
  for (let day = begin; day < now && days.length < 2000; day = nextDay(clock, day)) {
    index.set(clock.parts(day).date, days.length);
    days.push(clock.parts(day).date);
    last = day;
  }
  const series = new Float64Array(days.length * 96).fill(Number.NaN);
  const counts = new Uint8Array(series.length);
  for (const { start, amount } of quarters) {
    if (amount === undefined || start + 900e6 > now) continue;
    const { date, minutes } = clock.parts(start);
    const day = index.get(date);
    if (day === undefined) continue;
    const at = day * 96 + Math.floor(minutes / 15);
    const count = counts[at]!;
    series[at] = count === 0 ? amount : (series[at]! * count + amount) / (count + 1);
    counts[at] = count + 1;
  }
  const over =
    clock.parts(now).date === clock.parts(last).date ? Math.floor(clock.parts(now).minutes / 15) : 96;
  return {
    series: series.slice(0, (days.length - 1) * 96 + over),
    days,
    firstWeekday: clock.parts(begin).weekday,
  };
}
