import type { Microseconds } from '@millrace/contract';

/** Length of a settlement interval: a quarter of an hour, on the clock of UTC (every civil time zone is a multiple of it away). */
export const quarterMicroseconds = 900_000_000;
/** Longest range that is taken apart at once: two years of quarter-hours. */
export const quartersMax = 2 * 366 * 96;

/**
 * How an amount came to be, from best to worst:
 * - measured      between two readings of the meter inside the quarter or at its edges
 * - interpolated  the meter counted on through a gap: the total is measured, its spread over the gap is not
 * - estimated     the meter did not count what was used (reset, swap): taken from what was usual; or it was silent for part of the quarter:
 *                 scaled to the whole
 * - missing       nothing is known; the amount is undefined and is in no sum
 */
export type Provenance = 'measured' | 'interpolated' | 'estimated' | 'missing';
export const provenances: readonly Provenance[] = ['measured', 'interpolated', 'estimated', 'missing'];

/** What was used in one quarter-hour, in the carrier's unit. */
export interface Quarter {
  /** First instant of the quarter. */
  start: Microseconds;
  /** Undefined exactly where `how` is missing. Never negative. */
  amount: number | undefined;
  how: Provenance;
  /** What flowed the other way in it (a meter running backwards: feed-in, or wired the wrong way round). Net = amount − returned. */
  returned: number;
}

export function quarterStart(time: Microseconds): Microseconds {
  return Math.floor(time / quarterMicroseconds) * quarterMicroseconds;
}

/** The worse of two. */
export function worse(a: Provenance, b: Provenance): Provenance {
  return provenances.indexOf(a) >= provenances.indexOf(b) ? a : b;
}

/** Starts of the quarters of from ≤ t < to; `from` is taken back to the start of its quarter. Throws a RangeError beyond {@link quartersMax}. */
export function quartersOf(from: Microseconds, to: Microseconds): Microseconds[] {
  const first = quarterStart(from);
  const count = Math.max(0, Math.ceil((to - first) / quarterMicroseconds));
  if (count > quartersMax) throw new RangeError(`${count} quarter-hours at once; at most ${quartersMax}`);
  return Array.from({ length: count }, (_, index) => first + index * quarterMicroseconds);
}

/** Collects amounts spread over stretches of time into quarters. */
export class QuarterLedger {
  readonly starts: readonly Microseconds[];
  readonly #amount: Float64Array;
  readonly #returned: Float64Array;
  /** Microseconds of each quarter covered, by provenance. */
  readonly #covered: Record<'measured' | 'interpolated' | 'estimated', Float64Array>;

  constructor(from: Microseconds, to: Microseconds) {
    this.starts = quartersOf(from, to);
    const count = this.starts.length;
    this.#amount = new Float64Array(count);
    this.#returned = new Float64Array(count);
    this.#covered = {
      measured: new Float64Array(count),
      interpolated: new Float64Array(count),
      estimated: new Float64Array(count),
    };
  }

  /** Spreads an amount evenly over begin ≤ t < end; what lies outside the ledger's range is not in it. Negative: what was returned. */
  add(begin: Microseconds, end: Microseconds, amount: number, how: Exclude<Provenance, 'missing'>): void {
    const first = this.starts[0];
    if (first === undefined || end <= begin) return;
    const from = Math.max(0, Math.floor((begin - first) / quarterMicroseconds));
    for (let index = from; index < this.starts.length; index++) {
      const start = this.starts[index]!;
      if (start >= end) break;
      const overlap = Math.min(end, start + quarterMicroseconds) - Math.max(begin, start);
      if (overlap <= 0) continue;
      const part = (amount * overlap) / (end - begin);
      if (part >= 0) this.#amount[index]! += part;
      else this.#returned[index]! -= part;
      this.#covered[how][index]! += overlap;
    }
  }

  /**
   * A quarter counts as covered where at least `share` of it is (a meter read once a minute leaves a minute open at both ends
   * of a range); an amount that covers less is scaled to the whole quarter and called estimated; one that covers nothing is missing.
   */
  quarters(share = 0.98): Quarter[] {
    return this.starts.map((start, index) => {
      const measured = this.#covered.measured[index]!;
      const interpolated = this.#covered.interpolated[index]!;
      const estimated = this.#covered.estimated[index]!;
      const covered = (measured + interpolated + estimated) / quarterMicroseconds;
      if (covered <= 0.1) return { start, amount: undefined, how: 'missing', returned: 0 };
      const slight = 0.02 * quarterMicroseconds;
      const how: Provenance =
        covered < share || estimated > slight
          ? 'estimated'
          : interpolated > slight
            ? 'interpolated'
            : 'measured';
      const scale = covered < share ? 1 / covered : 1;
      return { start, amount: this.#amount[index]! * scale, how, returned: this.#returned[index]! * scale };
    });
  }
}

/** Sum of the known amounts, and how much of the time is known how. */
export function sumQuarters(quarters: readonly Quarter[]): {
  amount: number;
  returned: number;
  counts: Record<Provenance, number>;
} {
  const counts: Record<Provenance, number> = { measured: 0, interpolated: 0, estimated: 0, missing: 0 };
  let amount = 0;
  let returned = 0;
  for (const quarter of quarters) {
    counts[quarter.how] += 1;
    amount += quarter.amount ?? 0;
    returned += quarter.returned;
  }
  return { amount, returned, counts };
}

/** Middle value; NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996). NaN for none. */
export function quantile(values: readonly number[], at: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const place = at * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (place - low);
}
