import type { Microseconds } from '@millrace/contract';

const slotMicroseconds = 10_000_000;
const bucketsMax = 512;
/** Each bucket is 4 % wider than the one before; the first ends at 1 µs, the last beyond 100 s. */
const growth = Math.log(1.04);

/** Shares told of a noise floor. */
export const noiseShares = [0.5, 0.9, 0.95, 0.99, 0.999, 1] as const;

interface Slot {
  start: Microseconds;
  counts: Uint32Array;
  total: number;
  lost: number;
  most: number;
}

/**
 * What the prober measures of a reflector that is right beside it: nothing shorter can be seen. Kept as counts per 10 s, so that any window
 * of the last hour has its quantiles; a quantile is told by the upper end of its bucket, at most 4 % too high.
 */
export class NoiseFloor {
  readonly #slots: (Slot | undefined)[];

  constructor(minutes: number) {
    this.#slots = new Array<Slot | undefined>(Math.ceil((minutes * 60_000_000) / slotMicroseconds));
  }

  #slot(time: Microseconds): Slot {
    const number = Math.floor(time / slotMicroseconds);
    const at = number % this.#slots.length;
    const start = number * slotMicroseconds;
    const known = this.#slots[at];
    if (known?.start === start) return known;
    const slot = { start, counts: new Uint32Array(bucketsMax), total: 0, lost: 0, most: 0 };
    this.#slots[at] = slot;
    return slot;
  }

  take(time: Microseconds, roundTrip: number): void {
    if (Number.isNaN(roundTrip)) return;
    const slot = this.#slot(time);
    const bucket = Math.min(
      bucketsMax - 1,
      Math.max(0, Math.ceil(Math.log(Math.max(roundTrip, 1)) / growth)),
    );
    slot.counts[bucket]! += 1;
    slot.total += 1;
    slot.most = Math.max(slot.most, roundTrip);
  }

  /** A probe beside us did not come back: this machine itself loses packets. */
  lost(time: Microseconds): void {
    this.#slot(time).lost += 1;
  }

  /** Over a window; slots that overlap it count whole. Empty where nothing was measured. */
  quantiles(from: Microseconds, to: Microseconds): { share: number; microseconds: number }[] {
    const slots = this.#between(from, to);
    const total = slots.reduce((sum, slot) => sum + slot.total, 0);
    if (total === 0) return [];
    const most = Math.max(...slots.map((slot) => slot.most));
    let bucket = -1;
    let below = 0;
    return noiseShares.map((share) => {
      if (share === 1) return { share, microseconds: most };
      const needed = Math.ceil(share * total);
      while (below < needed) {
        bucket += 1;
        for (const slot of slots) below += slot.counts[bucket]!;
      }
      return { share, microseconds: Math.min(most, Math.exp(bucket * growth)) };
    });
  }

  counts(from: Microseconds, to: Microseconds): { probes: number; lost: number } {
    return this.#between(from, to).reduce(
      (sum, slot) => ({ probes: sum.probes + slot.total + slot.lost, lost: sum.lost + slot.lost }),
      { probes: 0, lost: 0 },
    );
  }

  #between(from: Microseconds, to: Microseconds): Slot[] {
    return this.#slots.filter(
      (slot): slot is Slot => slot !== undefined && slot.start + slotMicroseconds > from && slot.start < to,
    );
  }
}
