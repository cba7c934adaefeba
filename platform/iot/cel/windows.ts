import type { Microseconds } from '@millrace/contract';
import type { WindowValues } from './types.ts';

/** A window moves in steps of this part of its length, so that its memory does not depend on how often a thing sends. */
export const windowSteps = 60;

/** Where in a slot what stands: number of the step (−1: none), samples in it, their sum, and so on. */
const slotFields = 8;
const stepField = 0;
const countField = 1;
const sumField = 2;
const minField = 3;
const maxField = 4;
const firstTimeField = 5;
const firstValueField = 6;
const lastValueField = 7;

/**
 * The samples of the last stretch of time, kept as sums of steps aligned to the epoch: the same samples give the same answers
 * whenever the platform was started. A value holds until the next one comes: a window without samples answers with the value before it.
 */
export class SpanWindow implements WindowValues {
  readonly #width: number;
  /** Step after step, each with what is known of it side by side: a step is one line of the processor's cache. */
  readonly #slots = new Float64Array(windowSteps * slotFields);
  /** Oldest step that the totals hold; what leaves the window is taken off them, so that an average costs the same at any length. */
  #from = 0;
  #total = 0;
  #samples = 0;
  /** Latest sample of all, whether in the window or before it. */
  #time = Number.NEGATIVE_INFINITY;
  #value = Number.NaN;

  constructor(microseconds: Microseconds) {
    this.#width = microseconds / windowSteps;
    for (let at = 0; at < windowSteps * slotFields; at += slotFields) this.#slots[at + stepField] = -1;
  }

  /** Takes one usable sample; times never go back. The same time again replaces the value. */
  take(time: Microseconds, value: number): void {
    if (time < this.#time) return;
    const step = Math.floor(time / this.#width);
    const at = (step % windowSteps) * slotFields;
    if (step - windowSteps + 1 > this.#from) this.#leave(step - windowSteps + 1);
    if (time === this.#time && this.#slots[at + stepField] === step) {
      this.#slots[at + sumField]! += value - this.#slots[at + lastValueField]!;
      this.#total += value - this.#slots[at + lastValueField]!;
      if (this.#slots[at + countField] === 1) {
        this.#slots[at + minField] = value;
        this.#slots[at + maxField] = value;
        this.#slots[at + firstValueField] = value;
      } else {
        this.#slots[at + minField] = Math.min(this.#slots[at + minField]!, value);
        this.#slots[at + maxField] = Math.max(this.#slots[at + maxField]!, value);
      }
      this.#slots[at + lastValueField] = value;
      this.#value = value;
      return;
    }
    this.#time = time;
    this.#value = value;
    this.#total += value;
    this.#samples++;
    if (this.#slots[at + stepField] !== step) {
      this.#slots[at + stepField] = step;
      this.#slots[at + countField] = 1;
      this.#slots[at + sumField] = value;
      this.#slots[at + minField] = value;
      this.#slots[at + maxField] = value;
      this.#slots[at + firstTimeField] = time;
      this.#slots[at + firstValueField] = value;
    } else {
      this.#slots[at + countField]!++;
      this.#slots[at + sumField]! += value;
      if (value < this.#slots[at + minField]!) this.#slots[at + minField] = value;
      if (value > this.#slots[at + maxField]!) this.#slots[at + maxField] = value;
    }
    this.#slots[at + lastValueField] = value;
  }

  /** Time of the first sample taken; +∞: none yet. */
  get begun(): Microseconds {
    let begun = Number.POSITIVE_INFINITY;
    for (let at = 0; at < windowSteps * slotFields; at += slotFields)
      if (this.#slots[at + stepField]! >= 0 && this.#slots[at + firstTimeField]! < begun)
        begun = this.#slots[at + firstTimeField]!;
    return begun;
  }

  /** Puts samples in front that were all taken before {@link begun}: history read while new samples already came. */
  merge(earlier: SpanWindow): void {
    for (let at = 0; at < windowSteps * slotFields; at += slotFields) {
      const step = earlier.#slots[at + stepField]!;
      if (step < 0 || step < this.#slots[at + stepField]!) continue;
      if (step === this.#slots[at + stepField]) {
        this.#slots[at + countField]! += earlier.#slots[at + countField]!;
        this.#slots[at + sumField]! += earlier.#slots[at + sumField]!;
        this.#slots[at + minField] = Math.min(this.#slots[at + minField]!, earlier.#slots[at + minField]!);
        this.#slots[at + maxField] = Math.max(this.#slots[at + maxField]!, earlier.#slots[at + maxField]!);
      } else {
        this.#slots[at + stepField] = step;
        this.#slots[at + countField] = earlier.#slots[at + countField]!;
        this.#slots[at + sumField] = earlier.#slots[at + sumField]!;
        this.#slots[at + minField] = earlier.#slots[at + minField]!;
        this.#slots[at + maxField] = earlier.#slots[at + maxField]!;
        this.#slots[at + lastValueField] = earlier.#slots[at + lastValueField]!;
      }
      this.#slots[at + firstTimeField] = earlier.#slots[at + firstTimeField]!;
      this.#slots[at + firstValueField] = earlier.#slots[at + firstValueField]!;
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
    for (let at = 0; at < windowSteps * slotFields; at += slotFields) {
      if (this.#slots[at + stepField]! >= from && this.#slots[at + minField]! < least)
        least = this.#slots[at + minField]!;
    }
    return least === Number.POSITIVE_INFINITY ? this.#value : least;
  }

  maximum(now: Microseconds): number {
    const from = this.#oldest(now);
    let greatest = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < windowSteps * slotFields; at += slotFields) {
      if (this.#slots[at + stepField]! >= from && this.#slots[at + maxField]! > greatest)
        greatest = this.#slots[at + maxField]!;
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
    return this.#value - this.#slots[first + firstValueField]!;
  }

  rate(now: Microseconds): number {
    const first = this.#first(now);
    if (first === -1) return Number.isNaN(this.#value) ? Number.NaN : 0;
    const seconds = (this.#time - this.#slots[first + firstTimeField]!) / 1e6;
    return seconds <= 0 ? Number.NaN : (this.#value - this.#slots[first + firstValueField]!) / seconds;
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
      const at = (this.#from % windowSteps) * slotFields;
      if (this.#slots[at + stepField] !== this.#from) continue;
      this.#total -= this.#slots[at + sumField]!;
      this.#samples -= this.#slots[at + countField]!;
    }
  }

  #addUp(): void {
    this.#total = 0;
    this.#samples = 0;
    for (let at = 0; at < windowSteps * slotFields; at += slotFields) {
      if (this.#slots[at + stepField]! < this.#from) continue;
      this.#total += this.#slots[at + sumField]!;
      this.#samples += this.#slots[at + countField]!;
    }
  }

  /** Number of the oldest step that counts. */
  #oldest(now: Microseconds): number {
    return Math.floor(Math.max(now, this.#time) / this.#width) - windowSteps + 1;
  }

  #first(now: Microseconds): number {
    const from = this.#oldest(now);
    let first = -1;
    for (let at = 0; at < windowSteps * slotFields; at += slotFields) {
      if (
        this.#slots[at + stepField]! >= from &&
        (first === -1 || this.#slots[at + stepField]! < this.#slots[first + stepField]!)
      )
        first = at;
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
