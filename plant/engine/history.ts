import type { Microseconds } from '@millrace/contract';
import type { Model, Signal } from './model.ts';

/** Values kept of each signal that has a history: two hours of one that changes every second. */
export const historyValuesMax = 7200;

interface Ring {
  time: Float64Array;
  value: Float64Array;
  /** Position of the oldest, and how many there are. */
  first: number;
  count: number;
}

/** What instruments with a memory of their own remember: numbers by change, the oldest leave first. */
export class History {
  readonly #model: Model;
  readonly #rings = new Map<number, Ring>();

  constructor(model: Model) {
    this.#model = model;
    for (const signal of model.signals) {
      if (signal.property.spec.history !== true) continue;
      this.#rings.set(signal.index, {
        time: new Float64Array(historyValuesMax),
        value: new Float64Array(historyValuesMax),
        first: 0,
        count: 0,
      });
    }
  }

  has(signal: Signal): boolean {
    return this.#rings.has(signal.index);
  }

  /** Takes note of signals that were just looked at. */
  record(signals: readonly Signal[]): void {
    for (const signal of signals) {
      const ring = this.#rings.get(signal.index);
      if (ring === undefined) continue;
      const value = this.#model.numberOf(signal);
      if (ring.count > 0 && Object.is(ring.value[(ring.first + ring.count - 1) % historyValuesMax], value))
        continue;
      const at = (ring.first + ring.count) % historyValuesMax;
      ring.time[at] = this.#model.time;
      ring.value[at] = value;
      if (ring.count < historyValuesMax) ring.count++;
      else ring.first = (ring.first + 1) % historyValuesMax;
    }
  }

  /**
   * Values from `from` to `to` (both included, microseconds), oldest first, or newest first when `backwards`; at most `most`.
   * NaN stands for a value the instrument could not give.
   */
  read(
    signal: Signal,
    from: Microseconds,
    to: Microseconds,
    most: number,
    backwards: boolean,
  ): { time: Microseconds; value: number }[] {
    const ring = this.#rings.get(signal.index);
    const found: { time: Microseconds; value: number }[] = [];
    if (ring === undefined) return found;
    for (let i = 0; i < ring.count && found.length < most; i++) {
      const at = (ring.first + (backwards ? ring.count - 1 - i : i)) % historyValuesMax;
      const time = ring.time[at]!;
      if (time < from) {
        if (backwards) break;
        continue;
      }
      if (time > to) {
        if (!backwards) break;
        continue;
      }
      found.push({ time, value: ring.value[at]! });
    }
    return found;
  }

  /** Time of the oldest value kept. */
  start(signal: Signal): Microseconds | undefined {
    const ring = this.#rings.get(signal.index);
    return ring === undefined || ring.count === 0 ? undefined : ring.time[ring.first];
  }
}
