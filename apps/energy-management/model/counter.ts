import type { LocalText, Microseconds } from '@millrace/contract';
import { type Quarter, QuarterLedger, quantile } from './quarter.ts';

/** One reading of a counter, in the carrier's unit. */
export interface Reading {
  time: Microseconds;
  value: number;
  good: boolean;
}

export interface CounterSettings {
  /** The reading at which the register starts again from zero (100000 for five digits); undefined: found out when it happens. */
  rollsOverAt?: number | undefined;
  /**
   * More than this in an hour is not possible (rated power and a little); undefined: ten times what is usual or was kept up for two readings, and
   * a step of less than a day's usual use is never called a swap.
   */
  perHourMax?: number | undefined;
  /** Longer between two readings than this is a gap. */
  gapMicroseconds?: number;
  /** Swaps that somebody wrote down. */
  swaps?: readonly { time: Microseconds; lastOfOld: number; firstOfNew: number }[];
}

/** What a counter can do other than count on. Each one is counted; none is silently put right. */
export const counterEvents = {
  reset: { en: 'Counter went back to zero', zh: '计数器归零' },
  rollover: { en: 'Counter rolled over', zh: '计数器满量程翻转' },
  swap: { en: 'Meter was swapped', zh: '更换表计' },
  backwards: { en: 'Counter ran backwards', zh: '计数器倒走' },
  spike: { en: 'Reading out of line, not used', zh: '读数异常，未采用' },
  gap: { en: 'No readings for a time', zh: '一段时间无读数' },
  bad: { en: 'Reading of bad quality, not used', zh: '读数质量差，未采用' },
  'out-of-order': { en: 'Reading out of order, not used', zh: '读数时间乱序，未采用' },
} as const satisfies Record<string, LocalText>;
export type CounterEventKind = keyof typeof counterEvents;

export interface CounterEvent {
  kind: CounterEventKind;
  /** The last good reading before and the first after. */
  from: Microseconds;
  to: Microseconds;
  before: number;
  after: number;
  /** What was counted as used (negative: returned) between them, and how. */
  counted: number;
  how: 'measured' | 'interpolated' | 'estimated' | 'missing';
  words: LocalText;
}

export interface CounterResult {
  quarters: Quarter[];
  /** At most {@link counterEventsMax}, in order; `counts` has them all. */
  events: CounterEvent[];
  counts: Record<CounterEventKind, number>;
  /** What was used from the first good reading to the last, returned amounts apart: the sum of what was counted, quarters or not. */
  total: number;
  returned: number;
}

export const counterEventsMax = 1000;
/** How many readings may be out of line in a row before they are believed to be a new meter. */
const spikeReadingsMax = 3;
const hour = 3_600_000_000;

const text = (value: number): string => String(Number(value.toPrecision(12)));

/**
 * Consumption by quarter-hour from a counter's readings.
 *
 * Between two readings that follow from one another the difference was used, evenly. Where they do not follow, in this order: a swap that
 * was written down; a reading out of line while the ones after follow again (spike); a register that was full (roll-over: new + width −
 * old); a register that starts again at zero (reset: what it has counted since is the least, what was usual is the estimate); a
 * small step back (ran backwards: kept apart as returned); anything else is a meter swapped without a note.
 * Readings need not be sorted in time; those that come after a later one are not used, and counted.
 */
export function consumptionFromCounter(
  readings: readonly Reading[],
  from: Microseconds,
  to: Microseconds,
  settings: CounterSettings = {},
): CounterResult {
  const ledger = new QuarterLedger(from, to);
  const counts = Object.fromEntries(Object.keys(counterEvents).map((kind) => [kind, 0])) as Record<
    CounterEventKind,
    number
  >;
  const events: CounterEvent[] = [];
  const note = (event: CounterEvent): void => {
    counts[event.kind] += 1;
    if (events.length < counterEventsMax) events.push(event);
  };
  const good: Reading[] = [];
  for (const reading of readings) {
    const last = good.at(-1);
    const unusable = !reading.good || !Number.isFinite(reading.value);
    if (unusable || (last !== undefined && reading.time <= last.time)) {
      if (!unusable && reading.time === last!.time && reading.value === last!.value) continue;
      const kind = unusable ? 'bad' : 'out-of-order';
      note({
        kind,
        from: last?.time ?? reading.time,
        to: reading.time,
        before: last?.value ?? Number.NaN,
        after: reading.value,
        counted: 0,
        how: 'missing',
        words: counterEvents[kind],
      });
      continue;
    }
    good.push(reading);
  }
  const usualAll = usualPerHour(good);
  const perHourMax = settings.perHourMax ?? Math.max(usualAll, keptUpPerHour(good)) * 10;
  /** A machine that is switched on after a quiet night steps far above what was usual: less than a day's worth is load, not another meter. */
  const loadMax = settings.perHourMax === undefined ? usualAll * 24 : 0;
  const gap = settings.gapMicroseconds ?? 1_800_000_000;
  let total = 0;
  let returned = 0;
  /** What was used per hour lately, for estimates. */
  let recent = Number.NaN;
  const count = (
    begin: Microseconds,
    end: Microseconds,
    amount: number,
    how: 'measured' | 'interpolated' | 'estimated',
  ) => {
    if (amount >= 0) total += amount;
    else returned -= amount;
    ledger.add(begin, end, amount, how);
  };
  let index = 1;
  let before = good[0];
  while (before !== undefined && index < good.length) {
    const after = good[index]!;
    const hours = (after.time - before.time) / hour;
    const step = after.value - before.value;
    const possible = perHourMax * hours * (1 + 1e-9) + 1e-9;
    const silent = after.time - before.time > gap;
    const event = (
      kind: CounterEventKind,
      counted: number,
      how: CounterEvent['how'],
      en: string,
      zh: string,
    ): void =>
      note({
        kind,
        from: before!.time,
        to: after.time,
        before: before!.value,
        after: after.value,
        counted,
        how,
        words: { en, zh },
      });
    const swap = settings.swaps?.find(({ time }) => time > before!.time && time <= after.time);
    const usual = Number.isNaN(recent) ? usualAll : recent;
    const lies = (step < 0 || step > possible) && follows(good, index, before, perHourMax);
    if (swap !== undefined) {
      const old = swap.lastOfOld - before.value;
      const fresh = after.value - swap.firstOfNew;
      count(before.time, swap.time, old, silent ? 'interpolated' : 'measured');
      count(swap.time, after.time, fresh, silent ? 'interpolated' : 'measured');
      event(
        'swap',
        old + fresh,
        silent ? 'interpolated' : 'measured',
        `Meter swapped as noted: the old one ended at ${text(swap.lastOfOld)}, the new one began at ${text(swap.firstOfNew)}`,
        `按记录更换表计：旧表止于 ${text(swap.lastOfOld)}，新表始于 ${text(swap.firstOfNew)}`,
      );
    } else if (!lies && step >= 0 && step <= Math.max(possible, loadMax)) {
      count(before.time, after.time, step, silent ? 'interpolated' : 'measured');
      if (silent) {
        event(
          'gap',
          step,
          'interpolated',
          `No reading for ${Math.round(hours * 60)} min; the meter counted ${text(step)} meanwhile, spread evenly`,
          `${Math.round(hours * 60)} 分钟无读数；期间表计累计 ${text(step)}，按时间均摊`,
        );
      } else if (hours > 0) {
        recent = Number.isNaN(recent) ? step / hours : recent + 0.1 * (step / hours - recent);
      }
    } else if (lies) {
      event(
        'spike',
        0,
        'missing',
        `Reading ${text(after.value)} does not follow ${text(before.value)}, the ones after it do: not used`,
        `读数 ${text(after.value)} 与前值 ${text(before.value)} 不连续，而其后读数连续：未采用`,
      );
      index++;
      continue;
    } else if (step < 0) {
      const width = rolloverWidth(before.value, after.value, possible, settings.rollsOverAt);
      if (width !== undefined) {
        const counted = after.value + width - before.value;
        count(before.time, after.time, counted, silent ? 'interpolated' : 'measured');
        event(
          'rollover',
          counted,
          silent ? 'interpolated' : 'measured',
          `Register full at ${text(width)}: ${text(before.value)} to ${text(after.value)} is ${text(counted)}`,
          `计数器满 ${text(width)} 翻转：${text(before.value)} 到 ${text(after.value)} 计为 ${text(counted)}`,
        );
      } else if (after.value > 1e-9 && -step <= possible && after.value > before.value * 0.5) {
        count(before.time, after.time, step, silent ? 'interpolated' : 'measured');
        event(
          'backwards',
          step,
          silent ? 'interpolated' : 'measured',
          `Counter ran back by ${text(-step)}: kept apart as returned`,
          `计数器倒走 ${text(-step)}：单独记为返送量`,
        );
      } else if (after.value >= 0 && after.value <= possible) {
        const counted = Math.max(after.value, usual * hours);
        count(before.time, after.time, counted, 'estimated');
        event(
          'reset',
          counted,
          'estimated',
          `Counter began again from zero after ${text(before.value)}; it has counted ${text(after.value)} since, ${text(counted)} is usual for the time`,
          `计数器在 ${text(before.value)} 后归零；归零后已计 ${text(after.value)}，按惯常用量计 ${text(counted)}`,
        );
      } else {
        unnotedSwap(usual * hours);
      }
    } else {
      unnotedSwap(usual * hours);
    }
    before = after;
    index++;

    function unnotedSwap(estimate: number): void {
      count(before!.time, after.time, estimate, 'estimated');
      event(
        'swap',
        estimate,
        'estimated',
        `Reading went from ${text(before!.value)} to ${text(after.value)} and stayed: another meter, with no note of the swap. ${text(estimate)} is usual for the time`,
        `读数由 ${text(before!.value)} 变为 ${text(after.value)} 并保持：已换表但无记录。按惯常用量计 ${text(estimate)}`,
      );
    }
  }
  return { quarters: ledger.quarters(), events, counts, total, returned };
}

/**
 * Whether one of the next few readings follows from `before`, so that those between are out of line: after a reading too high the counter comes
 * back below it. One that only goes on rising has told the truth.
 */
function follows(good: readonly Reading[], at: number, before: Reading, perHourMax: number): boolean {
  const high = good[at]!.value > before.value;
  for (let next = at + 1; next <= at + spikeReadingsMax && next < good.length; next++) {
    const reading = good[next]!;
    if (high && reading.value >= good[at]!.value) continue;
    const step = reading.value - before.value;
    if (step >= 0 && step <= (perHourMax * (reading.time - before.time)) / hour) return true;
  }
  return false;
}

/** Highest rate that two steps in a row kept up: a load does, another meter or a reading out of line does not. 0 without any. */
function keptUpPerHour(good: readonly Reading[]): number {
  let most = 0;
  let last = 0;
  for (let index = 1; index < good.length; index++) {
    const hours = (good[index]!.time - good[index - 1]!.time) / hour;
    const rate = (good[index]!.value - good[index - 1]!.value) / hours;
    most = Math.max(most, Math.min(last, rate));
    last = rate;
  }
  return most;
}

/** Ninth decile of the steps forward per hour; what one meter can plausibly do lies a few times above. 0 without steps. */
function usualPerHour(good: readonly Reading[]): number {
  const rates: number[] = [];
  // A few thousand steps tell as much as all.
  const stride = Math.max(1, Math.floor(good.length / 5000));
  for (let index = stride; index < good.length; index += stride) {
    const hours = (good[index]!.time - good[index - stride]!.time) / hour;
    const step = good[index]!.value - good[index - stride]!.value;
    if (step > 0 && hours > 0) rates.push(step / hours);
  }
  return rates.length === 0 ? 0 : quantile(rates, 0.9);
}

/** Widths that registers have: as many decimal digits as are in use, or 16, 32 or 64 bits of Wh, 0.01 kWh, 0.1 kWh or kWh. */
function rolloverWidth(before: number, after: number, possible: number, known?: number): number | undefined {
  const widths =
    known === undefined
      ? [
          ...Array.from({ length: 10 }, (_, digits) => 10 ** (digits + 3)),
          ...[16, 32].flatMap((bits) => [1, 0.1, 0.01, 0.001].map((unit) => 2 ** bits * unit)),
        ].sort((a, b) => a - b)
      : [known];
  return widths.find((width) => {
    const counted = after + width - before;
    return before <= width && after >= 0 && counted >= 0 && counted <= possible && before >= width * 0.9;
  });
}
