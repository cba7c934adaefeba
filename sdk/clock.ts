import type { Microseconds } from '@millrace/contract';

/** Time is passed in, so that a seed and a virtual clock replay a plant. */
export interface Clock {
  /** Wall time in whole microseconds since the epoch; never goes back by less than a clock step. */
  now(): Microseconds;
  /** Calls back once after `milliseconds`; returns how to call it off. */
  after(milliseconds: number, call: () => void): () => void;
}

const stepMillisecondsMax = 20;
let anchorWall = Date.now();
let anchorMonotonic = performance.now();

/** The machine's clock with microseconds: the monotonic clock, set again whenever the wall clock was stepped. */
export const systemClock: Clock = {
  now() {
    const monotonic = performance.now();
    const wall = Date.now();
    let milliseconds = anchorWall + (monotonic - anchorMonotonic);
    if (Math.abs(milliseconds - wall) > stepMillisecondsMax) {
      anchorWall = wall;
      anchorMonotonic = monotonic;
      milliseconds = wall;
    }
    return Math.round(milliseconds * 1000);
  },
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A clock that moves only when told; timers fire in order as it passes them. */
export class VirtualClock implements Clock {
  #now: Microseconds;
  #timers: { at: Microseconds; order: number; call: () => void }[] = [];
  #order = 0;

  constructor(start: Microseconds) {
    this.#now = start;
  }

  now(): Microseconds {
    return this.#now;
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = { at: this.#now + milliseconds * 1000, order: this.#order++, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds * 1000;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end);
      if (due.length === 0) break;
      due.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = due[0]!;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
    }
    this.#now = end;
  }
}
