import type { Microseconds } from '@millrace/contract';
import type { WindowValues } from './types.ts';

/** A window moves in steps of this part of its length, so that its memory does not depend on how often a thing sends. */
export const windowSteps = 60;

/**
 * The samples of the last stretch of time, kept as sums of steps aligned to the epoch: the same samples give the same answers
 * whenever the platform was started. A value holds until the next one comes: a window without samples answers with the value before it.
 */
export class SpanWindow implements WindowValues {
  readonly #width: number;
  /** Number of the step each slot holds; −1: none. */
  readonly #step = new Float64Array(windowSteps).fill(-1);
  readonly #count = new Float64Array(windowSteps);
  readonly #sum = new Float64Array(windowSteps);
  readonly #min = new Float64Array(windowSteps);
  readonly #max = new Float64Array(windowSteps);
  readonly #firstTime = new Float64Array(windowSteps);
  readonly #firstValue = new Float64Array(windowSteps);
  readonly #lastTime = new Float64Array(windowSteps);
  readonly #lastValue = new Float64Array(windowSteps);
  /** Oldest step that the totals hold; what leaves the window is taken off them, so that an average costs the same at any length. */
  #from = 0;
  #total = 0;
  #samples = 0;
  /** Latest sample of all, whether in the window or before it. */
  #time = Number.NEGATIVE_INFINITY;
  #value = Number.NaN;

  constructor(microseconds: Microseconds) {
    this.#width = microseconds / windowSteps;
  }

  /** Takes one usable sample; times never go back. The same time again replaces the value. */
  take(time: Microseconds, value: number): void {
    if (time < this.#time) return;
    const step = Math.floor(time / this.#width);
    const at = step % windowSteps;
    if (step - windowSteps + 1 > this.#from) this.#leave(step - windowSteps + 1);
    if (time === this.#time && this.#step[at] === step) {
      this.#sum[at]! += value - this.#lastValue[at]!;
      this.#total += value - this.#lastValue[at]!;
      if (this.#count[at] === 1) {
        this.#min[at] = value;
        this.#max[at] = value;
        this.#firstValue[at] = value;
      } else {
        this.#min[at] = Math.min(this.#min[at]!, value);
        this.#max[at] = Math.max(this.#max[at]!, value);
      }
      this.#lastValue[at] = value;
      this.#value = value;
      return;
    }
    this.#time = time;
    this.#value = value;
    this.#total += value;
    this.#samples++;
    if (this.#step[at] !== step) {
      this.#step[at] = step;
      this.#count[at] = 1;
      this.#sum[at] = value;
      this.#min[at] = value;
      this.#max[at] = value;
      this.#firstTime[at] = time;
      this.#firstValue[at] = value;
    } else {
      this.#count[at]!++;
      this.#sum[at]! += value;
      if (value < this.#min[at]!) this.#min[at] = value;
      if (value > this.#max[at]!) this.#max[at] = value;
    }
    this.#lastTime[at] = time;
    this.#lastValue[at] = value;
  }

  /** Time of the first sample taken; +∞: none yet. */
  get begun(): Microseconds {
    let begun = Number.POSITIVE_INFINITY;
    for (let at = 0; at < windowSteps; at++)
      if (this.#step[at]! >= 0 && this.#firstTime[at]! < begun) begun = this.#firstTime[at]!;
    return begun;
  }

  /** Puts samples in front that were all taken before {@link begun}: history read while new samples already came. */
  merge(earlier: SpanWindow): void {
    for (let at = 0; at < windowSteps; at++) {
      const step = earlier.#step[at]!;
      if (step < 0 || step < this.#step[at]!) continue;
      if (step === this.#step[at]) {
        this.#count[at]! += earlier.#count[at]!;
        this.#sum[at]! += earlier.#sum[at]!;
        this.#min[at] = Math.min(this.#min[at]!, earlier.#min[at]!);
        this.#max[at] = Math.max(this.#max[at]!, earlier.#max[at]!);
      } else {
        this.#step[at] = step;
        this.#count[at] = earlier.#count[at]!;
        this.#sum[at] = earlier.#sum[at]!;
        this.#min[at] = earlier.#min[at]!;
        this.#max[at] = earlier.#max[at]!;
        this.#lastTime[at] = earlier.#lastTime[at]!;
        this.#lastValue[at] = earlier.#lastValue[at]!;
      }
      this.#firstTime[at] = earlier.#firstTime[at]!;
      this.#firstValue[at] = earlier.#firstValue[at]!;
    }
    this.#addUp();
    if (earlier.#time > this.#time) {
      this.#time = earlier.#time;
      this.#value = earlier.#value;
    }
  }

  average(now: Microseconds): number {
    this.#leave(this.#oldest(now));
    return this.#samples === 0 ? this.#value : this.#total / this.#samples;
  }

  minimum(now: Microseconds): number {
    const from = this.#oldest(now);
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < windowSteps; at++) {
      if (this.#step[at]! >= from && this.#min[at]! < least) least = this.#min[at]!;
    }
    return least === Number.POSITIVE_INFINITY ? this.#value : least;
  }

  maximum(now: Microseconds): number {
    const from = this.#oldest(now);
    let greatest = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < windowSteps; at++) {
      if (this.#step[at]! >= from && this.#max[at]! > greatest) greatest = this.#max[at]!;
    }
    return greatest === Number.NEGATIVE_INFINITY ? this.#value : greatest;
  }

  sum(now: Microseconds): number {
    this.#leave(this.#oldest(now));
    return this.#samples === 0 ? 0 : this.#total;
  }

  count(now: Microseconds): number {
    this.#leave(this.#oldest(now));
    return this.#samples;
  }

  delta(now: Microseconds): number {
    const first = this.#first(now);
    if (first === -1) return Number.isNaN(this.#value) ? Number.NaN : 0;
    return this.#value - this.#firstValue[first]!;
  }

  rate(now: Microseconds): number {
    const first = this.#first(now);
    if (first === -1) return Number.isNaN(this.#value) ? Number.NaN : 0;
    const seconds = (this.#time - this.#firstTime[first]!) / 1e6;
    return seconds <= 0 ? Number.NaN : (this.#value - this.#firstValue[first]!) / seconds;
  }

  previous(): number {
    return Number.NaN;
  }

  /** Takes steps before `from` off the totals. */
  #leave(from: number): void {
    if (from <= this.#from) return;
    // Added up anew once in a length, so that rounding does not add up.
    if (
      from - this.#from >= windowSteps ||
      Math.floor(from / windowSteps) !== Math.floor(this.#from / windowSteps)
    ) {
      this.#from = from;
      this.#addUp();
      return;
    }
    for (; this.#from < from; this.#from++) {
      const at = this.#from % windowSteps;
      if (this.#step[at] !== this.#from) continue;
      this.#total -= this.#sum[at]!;
      this.#samples -= this.#count[at]!;
    }
  }

  #addUp(): void {
    this.#total = 0;
    this.#samples = 0;
    for (let at = 0; at < windowSteps; at++) {
      if (this.#step[at]! < this.#from) continue;
      this.#total += this.#sum[at]!;
      this.#samples += this.#count[at]!;
    }
  }

  /** Number of the oldest step that counts. */
  #oldest(now: Microseconds): number {
    return Math.floor(Math.max(now, this.#time) / this.#width) - windowSteps + 1;
  }

  #first(now: Microseconds): number {
    const from = this.#oldest(now);
    let first = -1;
    for (let at = 0; at < windowSteps; at++) {
      if (this.#step[at]! >= from && (first === -1 || this.#step[at]! < this.#step[first]!)) first = at;
    }
    return first;
  }
}

/** The sample before the latest. */
export class PreviousWindow implements WindowValues {
  #time = Number.NEGATIVE_INFINITY;
  #value = Number.NaN;
  #before = Number.NaN;

  take(time: Microseconds, value: number): void {
    if (time < this.#time) return;
    if (time > this.#time) this.#before = this.#value;
    this.#time = time;
    this.#value = value;
  }

  previous(): number {
    return this.#before;
  }

  average(): number {
    return Number.NaN;
  }
  minimum(): number {
    return Number.NaN;
  }
  maximum(): number {
    return Number.NaN;
  }
  sum(): number {
    return Number.NaN;
  }
  count(): number {
    return Number.NaN;
  }
  delta(): number {
    return Number.NaN;
  }
  rate(): number {
    return Number.NaN;
  }
}

const units: Readonly<Record<string, number>> = {
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

/** "500ms", "30s", "10m", "1h30m" → microseconds; undefined for anything else. */
export function parseDuration(text: string): Microseconds | undefined {
  if (text.length > 40 || !/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(number) * units[unit!]!;
  }
  return Number.isFinite(total) ? Math.round(total) : undefined;
}
