import type { Microseconds } from '@millrace/contract';
import type { AppContext } from '@millrace/sdk';
import {
  type CounterEvent,
  consumptionFromCounter,
  consumptionFromPower,
  type Quarter,
  quarterMicroseconds,
  type Reading,
} from '../model/index.ts';
import type { PlantMeter } from './meters.ts';

/** Spans in which meters are read back: a minute keeps every step of a counter and two readings of each. */
const spanMicroseconds = 60_000_000;
/** Longest stretch that is read at once, so that a look back of a year stays small. */
export const readAtOnceMax = 86_400_000_000;
/** Looked at before the first quarter, so that its first reading has one to follow. */
export const lookBack = 2 * 3_600_000_000;

/** A meter's readings as they are handed to the pure part: time, value, 1 good or 0. */
export type PlainReading = readonly [time: Microseconds, value: number, good: 0 | 1];

/** Readings of meters of from ≤ t < to, from the store's spans: first and last of each minute of a counter, the mean of a rate. */
export async function readMeters(
  context: AppContext,
  meters: readonly PlantMeter[],
  from: Microseconds,
  to: Microseconds,
): Promise<PlainReading[][]> {
  const lists: PlainReading[][] = meters.map(() => []);
  if (meters.length === 0 || to <= from) return lists;
  const columns = await context.history.spans(
    meters.map((meter) => ({ thing: meter.id, property: meter.property })),
    from,
    to,
    spanMicroseconds,
  );
  for (let row = 0; row < columns.count; row++) {
    const position = columns.series[row]!;
    const meter = meters[position]!;
    const list = lists[position]!;
    if (meter.kind === 'rate') {
      const numbers = columns.numbers[row]!;
      if (numbers > 0)
        list.push([
          columns.start[row]! + spanMicroseconds / 2,
          (columns.total[row]! / numbers) * meter.factor,
          1,
        ]);
      else list.push([columns.start[row]! + spanMicroseconds / 2, 0, 0]);
      continue;
    }
    const good = (status: number): 0 | 1 => (status >>> 30 === 2 ? 0 : 1);
    const first: PlainReading = [
      columns.firstTime[row]!,
      columns.first[row]! * meter.factor,
      good(columns.firstStatus[row]!),
    ];
    list.push(first);
    if (columns.lastTime[row]! > first[0])
      list.push([columns.lastTime[row]!, columns.last[row]! * meter.factor, good(columns.lastStatus[row]!)]);
  }
  // What is not a number has no place in JSON, and none in a sum.
  return lists.map((list) =>
    list
      .map((reading): PlainReading => (Number.isFinite(reading[1]) ? reading : [reading[0], 0, 0]))
      .sort((a, b) => a[0] - b[0]),
  );
}

/** Quarters, and what happened, of one meter from its readings. Pure. */
export function amountsOf(
  meter: Pick<PlantMeter, 'kind' | 'factor' | 'settings'>,
  readings: readonly PlainReading[],
  from: Microseconds,
  to: Microseconds,
): { quarters: Quarter[]; events: CounterEvent[] } {
  const list: Reading[] = readings.map(([time, value, good]) => ({ time, value, good: good === 1 }));
  if (meter.kind === 'rate') {
    return { quarters: consumptionFromPower(list, from, to).quarters, events: [] };
  }
  const { settings, factor } = meter;
  const { quarters, events } = consumptionFromCounter(list, from, to, {
    rollsOverAt: settings.rollsOverAt === undefined ? undefined : settings.rollsOverAt * factor,
    perHourMax: settings.perHourMax,
    swaps: (settings.swaps ?? []).map((swap) => ({
      time: swap.time,
      lastOfOld: swap.lastOfOld * factor,
      firstOfNew: swap.firstOfNew * factor,
    })),
  });
  return { quarters, events: events.filter((event) => event.to >= from && event.to < to) };
}

/** Start of the quarter after the last that is over. */
export function lastWholeQuarter(now: Microseconds): Microseconds {
  return Math.floor(now / quarterMicroseconds) * quarterMicroseconds;
}
