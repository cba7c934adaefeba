import type { Microseconds, SampleColumns, SeriesId } from '@millrace/contract';
import type { PassiveColumns } from '@millrace/sdk';

export const passiveLimits = {
  /** Messages kept of one thing; the oldest make room. */
  messagesPerThing: 4_096,
  /** Of all things together: things beyond it are not kept, and counted. */
  messagesMax: 4_000_000,
  gapsMax: 1_000,
} as const;

/** A new ring is this long, and grows to what the thing needs. */
const firstMessages = 64;

interface Ring {
  sent: Float64Array;
  received: Float64Array;
  written: number;
  /** RFC 3550, 6.4.1, µs; NaN until there are two messages with a time of their own. */
  jitter: number;
  lastSent: number;
  lastReceived: number;
}

export interface Gap {
  from: Microseconds;
  to: Microseconds;
  /** Messages that should have come in it. */
  missed: number;
}

/**
 * What the samples themselves say of the path: when a thing says it sent them, and when they were received. Samples of one thing with the
 * same times came in one message and count once. Bounded; keeps nothing of the columns it is given.
 */
export class PassiveMeter {
  readonly #thingOf: (series: SeriesId) => string | undefined;
  readonly #rings = new Map<string, Ring>();
  readonly #ringOf = new Map<SeriesId, Ring | undefined>();
  #kept = 0;
  #left = 0;

  /** `thingOf`: the thing of a series; undefined: one that is not to be measured. */
  constructor(thingOf: (series: SeriesId) => string | undefined) {
    this.#thingOf = thingOf;
  }

  /** A receiver for the live bus. */
  take(columns: SampleColumns): void {
    for (let at = 0; at < columns.count; at++) {
      const ring = this.#ring(columns.series[at]!);
      if (ring === undefined) continue;
      const received = columns.received[at]!;
      const time = columns.time[at]!;
      // Where the source gives no time, intake takes that of receiving: it says nothing of the path.
      const sent = time === received ? Number.NaN : time;
      if (received === ring.lastReceived && Object.is(sent, ring.lastSent)) continue;
      this.#push(ring, sent, received);
    }
  }

  #ring(series: SeriesId): Ring | undefined {
    if (this.#ringOf.has(series)) return this.#ringOf.get(series);
    const thing = this.#thingOf(series);
    const ring = thing === undefined ? undefined : (this.#rings.get(thing) ?? this.#open(thing));
    if (thing === undefined || ring !== undefined) this.#ringOf.set(series, ring);
    return ring;
  }

  #open(thing: string): Ring | undefined {
    if (this.#kept + firstMessages > passiveLimits.messagesMax) {
      this.#left += 1;
      return undefined;
    }
    this.#kept += firstMessages;
    const ring: Ring = {
      sent: new Float64Array(firstMessages),
      received: new Float64Array(firstMessages),
      written: 0,
      jitter: Number.NaN,
      lastSent: Number.NaN,
      lastReceived: Number.NaN,
    };
    this.#rings.set(thing, ring);
    return ring;
  }

  #push(ring: Ring, sent: number, received: number): void {
    const size = ring.sent.length;
    if (
      ring.written === size &&
      size < passiveLimits.messagesPerThing &&
      this.#kept + size <= passiveLimits.messagesMax
    ) {
      this.#kept += size;
      for (const column of ['sent', 'received'] as const) {
        const longer = new Float64Array(size * 2);
        longer.set(ring[column]);
        ring[column] = longer;
      }
    }
    const slot = ring.written++ % ring.sent.length;
    ring.sent[slot] = sent;
    ring.received[slot] = received;
    const difference = received - ring.lastReceived - (sent - ring.lastSent);
    if (!Number.isNaN(difference))
      ring.jitter = Number.isNaN(ring.jitter)
        ? Math.abs(difference) / 16
        : ring.jitter + (Math.abs(difference) - ring.jitter) / 16;
    ring.lastSent = sent;
    ring.lastReceived = received;
  }

  /** A series or thing is gone or has become another's: what is known of whose it is, is looked up anew. */
  forget(thing?: string): void {
    this.#ringOf.clear();
    const ring = thing === undefined ? undefined : this.#rings.get(thing);
    if (thing === undefined || ring === undefined) return;
    this.#kept -= ring.sent.length;
    this.#rings.delete(thing);
  }

  *#messages(thing: string): Generator<number> {
    const ring = this.#rings.get(thing);
    if (ring === undefined) return;
    const size = ring.sent.length;
    for (let at = Math.max(0, ring.written - size); at < ring.written; at++) yield at % size;
  }

  /** Messages of these things (those of one terminal), received from `from` until before `to`, in the order of receiving. */
  window(things: readonly string[], from: Microseconds, to: Microseconds): PassiveColumns {
    const rows: [sent: number, received: number][] = [];
    for (const thing of things) {
      const ring = this.#rings.get(thing);
      for (const slot of this.#messages(thing)) {
        const received = ring!.received[slot]!;
        if (received >= from && received < to) rows.push([ring!.sent[slot]!, received]);
      }
    }
    if (things.length > 1) rows.sort((a, b) => a[1] - b[1]);
    return {
      count: rows.length,
      sent: Float64Array.from(rows, ([sent]) => sent),
      received: Float64Array.from(rows, ([, received]) => received),
    };
  }

  /**
   * Times in which a thing that sends every `intervalMs` was silent for longer than one and a half intervals. By its own times where it tells
   * them: a message that came late is no gap of the sender. The newest are kept.
   */
  gaps(thing: string, from: Microseconds, to: Microseconds, intervalMs: number): Gap[] {
    const interval = intervalMs * 1000;
    const ring = this.#rings.get(thing);
    const found: Gap[] = [];
    let before = Number.NaN;
    for (const slot of this.#messages(thing)) {
      const sent = ring!.sent[slot]!;
      const time = Number.isNaN(sent) ? ring!.received[slot]! : sent;
      if (time >= from && time < to && time - before > interval * 1.5) {
        found.push({ from: before, to: time, missed: Math.round((time - before) / interval) - 1 });
        if (found.length > passiveLimits.gapsMax) found.shift();
      }
      if (!(time < before)) before = time;
    }
    return found;
  }

  /** Interarrival jitter of RFC 3550, µs, as of the last message; undefined where the thing tells no times. Shown, never judged. */
  jitter(thing: string): number | undefined {
    const jitter = this.#rings.get(thing)?.jitter;
    return jitter === undefined || Number.isNaN(jitter) ? undefined : jitter;
  }

  /** `left`: how often a thing found no room. */
  stats(): { things: number; messages: number; left: number } {
    return { things: this.#rings.size, messages: this.#kept, left: this.#left };
  }
}
