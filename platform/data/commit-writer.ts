import { limits, type SampleColumns, type ThingEvent } from '@millrace/contract';
import type { Clock } from '@millrace/sdk';
import { StoreBusyError, StoreError } from './store-error.ts';

/** Rows taken and not yet on disk; beyond it callers are told to wait. */
export const waitingRowsMax = limits.inFlightSamplesMax;
/** Characters of text values and events among them. */
export const waitingCharactersMax = 67_108_864;
/** Rows of one insert. */
const commitRowsMax = 262_144;
/**
 * Every insert becomes a part on disk that is merged later, which costs about the same for one row as for thousands: some ten
 * milliseconds of a processor. So inserts have a pace when something is always waiting, in inserts a second:
 *
 * - `trickle`  many senders that do not wait for each other, few rows: a plant at rest
 * - `load`     many rows
 * - `waited`   few rows from senders that wait for the answer before they send more: the pace is all that holds them up
 *
 * and so many may come at once after a rest: a lone sample does not wait.
 */
const pace = { trickle: 12, load: 18, waited: 50 } as const;
const commitsAtOnceMax = 8;
/** From so many rows a second it is load. */
const loadRowsPerSecond = 5_000;
/** An append this soon after an answer was waiting for it; appends that do not wait come at any time… */
const answeredMicroseconds = 5_000;
/** …so if most come soon, senders are waiting. */
const waitedShare = 0.7;
/** Weight of the newest in that share. */
const waitedWeight = 0.05;

export interface CommitBatch {
  columns: SampleColumns;
  events: ThingEvent[];
}

interface Group {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Group commit: what comes while an insert runs, or while the pace asks to wait, goes into the next insert together. Every
 * caller is answered when the insert that holds its rows is done, or failed.
 */
export class CommitWriter {
  #clock: Clock;
  #commit: (batch: CommitBatch) => Promise<void>;
  #columns = columnsOf(4_096);
  #spare = columnsOf(4_096);
  #events: ThingEvent[] = [];
  #callers: Group[] = [];
  #waitingRows = 0;
  #waitingCharacters = 0;
  #committingRows = 0;
  #committingCharacters = 0;
  #running = false;
  #callOff: (() => void) | undefined;
  #tokens = commitsAtOnceMax;
  #tokensAt: number;
  /** Rows a second, over about the last second. */
  #rate = 0;
  #waited = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(clock: Clock, commit: (batch: CommitBatch) => Promise<void>) {
    this.#clock = clock;
    this.#commit = commit;
    this.#tokensAt = clock.now();
  }

  get waitingRows(): number {
    return this.#waitingRows + this.#committingRows;
  }

  append(columns: SampleColumns, events: readonly ThingEvent[]): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'The sample store is closed.'));
    const rows = columns.count + events.length;
    if (rows === 0) return Promise.resolve();
    const wrong = wrongInput(columns, events);
    if (wrong !== undefined) return Promise.reject(new StoreError('input', wrong));
    if (this.waitingRows + rows > waitingRowsMax && this.waitingRows > 0) {
      return Promise.reject(
        new StoreBusyError(
          `${this.waitingRows} samples wait to be stored, at most ${waitingRowsMax} may; send again later.`,
        ),
      );
    }
    const characters = charactersOf(columns, events);
    if (
      this.#waitingCharacters + this.#committingCharacters + characters > waitingCharactersMax &&
      this.waitingRows > 0
    ) {
      return Promise.reject(
        new StoreBusyError(
          `Text that waits to be stored would exceed ${waitingCharactersMax} characters; send again later.`,
        ),
      );
    }
    const soon = this.#clock.now() - this.#answeredAt < answeredMicroseconds;
    this.#waited += ((soon ? 1 : 0) - this.#waited) * waitedWeight;
    this.#take(columns, events, characters);
    return new Promise<void>((resolve, reject) => {
      this.#callers.push({ resolve, reject });
      this.#schedule();
    });
  }

  /** Takes no more, and resolves when everything taken was committed or refused. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#callers.length > 0 && !this.#running) {
      this.#callOff?.();
      this.#callOff = undefined;
      void this.#run();
    }
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #take(columns: SampleColumns, events: readonly ThingEvent[], characters: number): void {
    const into = this.#columns;
    const at = into.count;
    const count = columns.count;
    if (count > 0) {
      const room = at + count > into.series.length ? grow(into, at + count) : into;
      room.series.set(columns.series.subarray(0, count), at);
      room.time.set(columns.time.subarray(0, count), at);
      room.received.set(columns.received.subarray(0, count), at);
      room.value.set(columns.value.subarray(0, count), at);
      room.status.set(columns.status.subarray(0, count), at);
      if (columns.text !== undefined) {
        for (const [row, text] of columns.text)
          if (row < count) (room.text ??= new Map()).set(at + row, text);
      }
      room.count = at + count;
      this.#columns = room;
    }
    for (const event of events) this.#events.push(event);
    this.#waitingRows += count + events.length;
    this.#waitingCharacters += characters;
  }

  #schedule(): void {
    if (this.#running || this.#callOff !== undefined) return;
    const wait = this.#closed || this.#waitingRows >= commitRowsMax ? 0 : this.#wait();
    if (wait <= 0) {
      // In a microtask, so that what one turn of the event loop brings goes together.
      this.#running = true;
      queueMicrotask(() => void this.#run());
      return;
    }
    this.#callOff = this.#clock.after(wait, () => {
      this.#callOff = undefined;
      void this.#run();
    });
  }

  /** Milliseconds until an insert is due. */
  #wait(): number {
    const now = this.#clock.now();
    const passed = Math.max(0, now - this.#tokensAt) / 1e6;
    this.#tokensAt = now;
    this.#rate *= Math.exp(-passed);
    const perSecond =
      this.#rate >= loadRowsPerSecond ? pace.load : this.#waited >= waitedShare ? pace.waited : pace.trickle;
    this.#tokens = Math.min(commitsAtOnceMax, this.#tokens + passed * perSecond);
    return this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / perSecond) * 1000;
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#wait();
    this.#tokens = Math.max(0, this.#tokens - 1);
    const columns = this.#columns;
    const events = this.#events;
    const callers = this.#callers;
    this.#columns = this.#spare;
    this.#spare = columns;
    this.#events = [];
    this.#callers = [];
    this.#rate += this.#waitingRows;
    this.#committingRows = this.#waitingRows;
    this.#committingCharacters = this.#waitingCharacters;
    this.#waitingRows = 0;
    this.#waitingCharacters = 0;
    let failure: Error | undefined;
    try {
      await this.#commit({ columns, events });
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    columns.count = 0;
    columns.text = undefined;
    this.#committingRows = 0;
    this.#committingCharacters = 0;
    this.#running = false;
    this.#answeredAt = this.#clock.now();
    for (const caller of callers) {
      if (failure === undefined) caller.resolve();
      else caller.reject(failure);
    }
    if (this.#callers.length > 0) this.#schedule();
    else for (const idle of this.#idle.splice(0)) idle();
  }
}

function columnsOf(capacity: number): SampleColumns {
  return {
    count: 0,
    series: new Uint32Array(capacity),
    time: new Float64Array(capacity),
    received: new Float64Array(capacity),
    value: new Float64Array(capacity),
    status: new Uint32Array(capacity),
    text: undefined,
  };
}

function grow(columns: SampleColumns, rows: number): SampleColumns {
  const larger = columnsOf(Math.max(rows, columns.series.length * 2));
  larger.count = columns.count;
  larger.series.set(columns.series);
  larger.time.set(columns.time);
  larger.received.set(columns.received);
  larger.value.set(columns.value);
  larger.status.set(columns.status);
  larger.text = columns.text;
  return larger;
}

function charactersOf(columns: SampleColumns, events: readonly ThingEvent[]): number {
  let characters = 0;
  if (columns.text !== undefined) for (const text of columns.text.values()) characters += text.length;
  for (const event of events) characters += event.data.length + event.thing.length + event.name.length;
  return characters;
}

/**
 * What cannot be stored as it is. One caller's mistake must not make an insert fail that holds other callers' rows, so it is
 * found before.
 */
function wrongInput(columns: SampleColumns, events: readonly ThingEvent[]): string | undefined {
  const { count, series, time, received, value, status } = columns;
  for (const column of [series, time, received, value, status]) {
    if (column.length < count) return `A column has ${column.length} rows of ${count}.`;
  }
  for (let row = 0; row < count; row++) {
    if (!Number.isSafeInteger(time[row]) || !Number.isSafeInteger(received[row])) {
      return `Row ${row} has time ${time[row]} and receive time ${received[row]}; both must be whole microseconds.`;
    }
  }
  for (const event of events) {
    if (!Number.isSafeInteger(event.time) || !Number.isSafeInteger(event.received)) {
      return `Event "${event.name}" has time ${event.time} and receive time ${event.received}; both must be whole microseconds.`;
    }
  }
  return undefined;
}
