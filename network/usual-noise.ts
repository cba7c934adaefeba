import type { Microseconds } from '@millrace/contract';
import type { Clues } from './localising/index.ts';

const everyMicroseconds = 600_000_000;
/** A day of looks. */
const looksMax = 144;
/** Fewer looks tell of no usual. */
const looksMin = 3;

/** The platform's own noise floor now, and what it usually is. */
export class UsualNoise {
  readonly #now: () => number | undefined;
  #looks: number[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** `now`: ms. */
  constructor(now: () => number | undefined) {
    this.#now = now;
  }

  /** Called now and then; what was seen is remembered every ten minutes. */
  look(time: Microseconds): void {
    if (time - this.#lookedAt < everyMicroseconds) return;
    const floor = this.#now();
    if (floor === undefined) return;
    this.#lookedAt = time;
    this.#looks.push(floor);
    if (this.#looks.length > looksMax) this.#looks.shift();
  }

  clue(): Clues['platform'] {
    const noiseFloorMs = this.#now();
    if (noiseFloorMs === undefined || this.#looks.length < looksMin) return undefined;
    const sorted = [...this.#looks].sort((a, b) => a - b);
    return { noiseFloorMs, usualNoiseFloorMs: sorted[sorted.length >> 1]! };
  }
}
