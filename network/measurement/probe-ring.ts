import type { Microseconds } from '@millrace/contract';
import type { ProbeColumns } from '@millrace/sdk';

export const ringLimits = {
  /** How far back probes of a session are kept, where there is room for it. */
  keptMinutes: 35,
  /** Probes kept of all sessions together; each takes 25 octets. */
  probesMax: 5_000_000,
  sessionProbesMin: 64,
} as const;

/** How many probes each session may keep: 35 minutes of them, less where all together would be more than the total. */
export function ringSizes(intervalsMs: readonly number[]): number[] {
  const wanted = intervalsMs.map((interval) =>
    Math.max(ringLimits.sessionProbesMin, Math.ceil((ringLimits.keptMinutes * 60_000) / interval)),
  );
  const total = wanted.reduce((sum, size) => sum + size, 0);
  const share = Math.min(1, ringLimits.probesMax / total);
  return wanted.map((size) => Math.max(ringLimits.sessionProbesMin, Math.floor(size * share)));
}

/** The last probes of one session, in the order of sending; the oldest make room. */
export class ProbeRing {
  readonly #size: number;
  readonly #sent: Float64Array;
  readonly #figures: Float32Array;
  readonly #fate: Uint8Array;
  #written = 0;

  constructor(size: number) {
    this.#size = size;
    this.#sent = new Float64Array(size);
    this.#figures = new Float32Array(size * 4);
    this.#fate = new Uint8Array(size);
  }

  get size(): number {
    return this.#size;
  }

  get count(): number {
    return Math.min(this.#written, this.#size);
  }

  /** `figures` at `at * 4`: round trip, uplink, downlink, lateness. */
  push(sent: Microseconds, figures: Float32Array, at: number, what: number): void {
    const slot = this.#written++ % this.#size;
    this.#sent[slot] = sent;
    this.#fate[slot] = what;
    for (let figure = 0; figure < 4; figure++) this.#figures[slot * 4 + figure] = figures[at * 4 + figure]!;
  }

  /** Goes on in another size. */
  resized(size: number): ProbeRing {
    const ring = new ProbeRing(size);
    for (let at = Math.max(0, this.#written - this.#size); at < this.#written; at++) {
      const slot = at % this.#size;
      ring.push(this.#sent[slot]!, this.#figures, slot, this.#fate[slot]!);
    }
    return ring;
  }

  /** Probes sent from `from` until before `to`; copies. */
  columns(from: Microseconds, to: Microseconds): ProbeColumns {
    const oldest = this.#written - this.count;
    const first = this.#search(oldest, from);
    const count = this.#search(first, to) - first;
    const columns = {
      count,
      sent: new Float64Array(count),
      roundTrip: new Float64Array(count),
      uplink: new Float64Array(count),
      downlink: new Float64Array(count),
      fate: new Uint8Array(count),
      lateness: new Float64Array(count),
    };
    for (let at = 0; at < count; at++) {
      const slot = (first + at) % this.#size;
      columns.sent[at] = this.#sent[slot]!;
      columns.roundTrip[at] = this.#figures[slot * 4]!;
      columns.uplink[at] = this.#figures[slot * 4 + 1]!;
      columns.downlink[at] = this.#figures[slot * 4 + 2]!;
      columns.lateness[at] = this.#figures[slot * 4 + 3]!;
      columns.fate[at] = this.#fate[slot]!;
    }
    return columns;
  }

  #search(from: number, time: Microseconds): number {
    let low = from;
    let high = this.#written;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#sent[middle % this.#size]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
