import type { Microseconds, SampleColumns, SeriesId } from '@millrace/contract';
import type { PassiveColumns } from '@millrace/sdk';

/** Messages of one pair kept between two judgements; more are counted and let go. */
export const passiveMessagesMax = 4096;
/** What was sent so long ago is history handed over later: it says nothing of the path. */
const historyMicroseconds = 600_000_000;
const firstCapacity = 16;

/**
 * Messages that came by themselves for one flow of one terminal, since they were last taken. Several things behind one terminal share its path: the one that
 * speaks tells of it, and another takes its place when it falls silent and others do not. What a thing says within `together` (µs) is one message: a
 * poll reads one block of registers after the other, a notification brings values of different times.
 */
export class PassiveLine {
  together = 0;
  #sent: Float64Array = new Float64Array(firstCapacity);
  #received: Float64Array = new Float64Array(firstCapacity);
  #count = 0;
  /** The thing that is listened to. */
  #chosen = -1;
  /** The last message of it. */
  #last = Number.NEGATIVE_INFINITY;
  /** Messages of others since the last taking: thing → how many rows. */
  readonly #others = new Map<number, number>();
  letGo = 0;
  total = 0;
  lastReceived = 0;

  add(thing: number, sent: Microseconds, received: Microseconds): void {
    if (received - sent > historyMicroseconds) return;
    this.lastReceived = received;
    if (this.#chosen === -1) this.#chosen = thing;
    if (thing !== this.#chosen) {
      this.#others.set(thing, (this.#others.get(thing) ?? 0) + 1);
      return;
    }
    if (received - this.#last <= this.together) return;
    this.#last = received;
    this.total++;
    if (this.#count >= passiveMessagesMax) {
      this.letGo++;
      return;
    }
    if (this.#count === this.#sent.length) {
      const grow = (column: Float64Array): Float64Array => {
        const next = new Float64Array(column.length * 2);
        next.set(column);
        return next;
      };
      this.#sent = grow(this.#sent);
      this.#received = grow(this.#received);
    }
    // A time that is the platform's own says nothing of when it was sent.
    this.#sent[this.#count] = sent === received ? Number.NaN : sent;
    this.#received[this.#count++] = received;
  }

  take(): PassiveColumns | undefined {
    if (this.#count === 0 && this.#others.size > 0)
      this.#chosen = [...this.#others].sort(([, a], [, b]) => b - a)[0]![0];
    this.#others.clear();
    if (this.#count === 0) return undefined;
    const count = this.#count;
    this.#count = 0;
    return { count, sent: this.#sent.slice(0, count), received: this.#received.slice(0, count) };
  }
}

/** Follows the live bus and gives each pair what its things sent. */
export class PassiveMeter {
  /** Series → lines it counts for, and which of a line's things it is of. */
  #lines = new Map<SeriesId, { line: PassiveLine; thing: number }[]>();
  messages = 0;

  set(lines: Map<SeriesId, { line: PassiveLine; thing: number }[]>): void {
    this.#lines = lines;
  }

  take(columns: SampleColumns): void {
    const { count, series, time, received } = columns;
    if (this.#lines.size === 0) return;
    for (let row = 0; row < count; row++) {
      const lines = this.#lines.get(series[row]!);
      if (lines === undefined) continue;
      for (const { line, thing } of lines) {
        const before = line.total;
        line.add(thing, time[row]!, received[row]!);
        this.messages += line.total - before;
      }
    }
  }
}
