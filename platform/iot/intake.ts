import { type Counters, limits, type RejectReason, type SampleColumns } from '@millrace/contract';
import type { IntakeBatch, LiveBus, SampleStore } from '@millrace/sdk';
import type { Quarantine } from './quarantine.ts';
import type { Registry } from './registry.ts';
import type { Twin } from './twin.ts';

class Tally {
  received = 0;
  stored = 0;
  rejected = 0;
  dropped = 0;
  inFlight = 0;
  duplicates = 0;
  readonly rejectedBy: Partial<Record<RejectReason, number>> = {};

  toJSON(): Counters {
    const { received, stored, rejected, dropped, inFlight, duplicates } = this;
    return {
      received,
      stored,
      rejected,
      dropped,
      inFlight,
      duplicates,
      rejectedBy: { ...this.rejectedBy } as Record<string, number>,
    };
  }
}

/** Raised to a sender when intake cannot take more now. */
export class IntakeBusy extends Error {
  constructor(reason: string) {
    super(reason);
  }
}

/**
 * The back half of intake: every batch from every terminal comes through `take`, in the platform's own process. It counts, moves the
 * live values, publishes to the bus at once and resolves when the store has committed. received = stored + rejected + dropped + in flight holds for
 * every thing and every connection at every moment.
 */
export class IntakeDesk {
  readonly total = new Tally();
  readonly #things = new Map<string, Tally>();
  readonly #connections = new Map<string, Tally>();
  readonly #registry: Registry;
  readonly #twin: Twin;
  readonly #bus: LiveBus;
  readonly #store: SampleStore;
  readonly #quarantine: Quarantine;
  /** Series → tally of its thing, so that counting a row costs one look-up. */
  #tallyOf: (Tally | undefined)[] = [];
  #lastError: string | undefined;

  constructor(registry: Registry, twin: Twin, bus: LiveBus, store: SampleStore, quarantine: Quarantine) {
    this.#registry = registry;
    this.#twin = twin;
    this.#bus = bus;
    this.#store = store;
    this.#quarantine = quarantine;
    registry.onChange((change) => {
      for (const { id, series } of change.removed) {
        this.#things.delete(id);
        for (const one of series) this.#tallyOf[one] = undefined;
        twin.forget(series);
      }
    });
  }

  /** Why the store refused last, if its last answer was a refusal. */
  get storeError(): string | undefined {
    return this.#lastError;
  }

  get busy(): boolean {
    return this.total.inFlight >= limits.inFlightSamplesMax;
  }

  thing(id: string): Counters {
    return (this.#things.get(id) ?? new Tally()).toJSON();
  }

  connections(): Record<string, Counters> {
    return Object.fromEntries([...this.#connections].map(([id, tally]) => [id, tally.toJSON()]));
  }

  /** Resolves once everything in the batch is durable. Rejects, with nothing lost on the sender's side, if it is not. */
  async take(batch: IntakeBatch, connection: string): Promise<void> {
    const link = this.#tallyFor(this.#connections, connection);
    const { columns, events, rejections, dropped } = batch;
    for (const rejection of rejections) {
      const tallies =
        rejection.thing === undefined
          ? [this.total, link]
          : [this.total, link, this.#tallyForThing(rejection.thing)];
      for (const tally of tallies) {
        if (tally === undefined) continue;
        tally.received += rejection.count;
        tally.rejected += rejection.count;
        tally.rejectedBy[rejection.reason] = (tally.rejectedBy[rejection.reason] ?? 0) + rejection.count;
      }
      this.#quarantine.add(rejection, connection);
    }
    for (const [thing, count] of dropped) {
      for (const tally of [this.total, link, this.#tallyForThing(thing)]) {
        if (tally === undefined) continue;
        tally.received += count;
        tally.dropped += count;
      }
    }
    const rows = columns.count;
    if (rows === 0 && events.length === 0) return;
    const known = this.#knownRows(columns);
    if (this.busy) {
      this.#count(known, link, rows, 'dropped');
      throw new IntakeBusy(
        `${this.total.inFlight} samples wait to be stored; at most ${limits.inFlightSamplesMax} (inFlightSamplesMax) may`,
      );
    }
    const { duplicates, moved } = this.#twin.take(known);
    this.total.duplicates += duplicates;
    link.duplicates += duplicates;
    this.#count(known, link, rows, 'inFlight');
    this.#bus.publish(moved === undefined ? known : selectRows(known, moved));
    for (const event of events) this.#bus.publishEvent(event);
    try {
      await this.#store.append(known, events);
      this.#settle(known, link, 'stored');
      this.#lastError = undefined;
    } catch (error) {
      // Not stored and not acknowledged: the sender still has it, and will be counted again when it sends it again.
      this.#settle(known, link, 'dropped');
      this.#lastError = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  /** Rows of things removed while the batch was on its way are let go and counted as dropped. */
  #knownRows(columns: SampleColumns): SampleColumns {
    let keep: Uint8Array | undefined;
    for (let row = 0; row < columns.count; row++) {
      const series = columns.series[row]!;
      if (this.#tallyOf[series] !== undefined) continue;
      const owner = this.#registry.ownerOf(series);
      if (owner === undefined) {
        keep ??= new Uint8Array(columns.count).fill(1);
        keep[row] = 0;
      } else this.#tallyOf[series] = this.#tallyFor(this.#things, owner.thing);
    }
    return keep === undefined ? columns : selectRows(columns, keep);
  }

  #count(columns: SampleColumns, link: Tally, rowsReceived: number, as: 'inFlight' | 'dropped'): void {
    const { count, series } = columns;
    for (let row = 0; row < count; row++) {
      const tally = this.#tallyOf[series[row]!]!;
      tally.received++;
      tally[as]++;
    }
    for (const tally of [this.total, link]) {
      tally.received += rowsReceived;
      tally[as] += count;
      tally.dropped += rowsReceived - count;
    }
  }

  #settle(columns: SampleColumns, link: Tally, as: 'stored' | 'dropped'): void {
    const { count, series } = columns;
    for (let row = 0; row < count; row++) {
      const tally = this.#tallyOf[series[row]!];
      if (tally === undefined) continue;
      tally.inFlight--;
      tally[as]++;
    }
    for (const tally of [this.total, link]) {
      tally.inFlight -= count;
      tally[as] += count;
    }
  }

  #tallyForThing(thing: string): Tally | undefined {
    return this.#registry.get(thing) === undefined ? undefined : this.#tallyFor(this.#things, thing);
  }

  #tallyFor(tallies: Map<string, Tally>, id: string): Tally {
    let tally = tallies.get(id);
    if (tally === undefined) {
      tally = new Tally();
      tallies.set(id, tally);
    }
    return tally;
  }
}

/** The rows whose mark is 1, as new columns. */
export function selectRows(columns: SampleColumns, marks: Uint8Array): SampleColumns {
  let count = 0;
  for (let row = 0; row < columns.count; row++) count += marks[row]!;
  const selected: SampleColumns = {
    count,
    series: new Uint32Array(count),
    time: new Float64Array(count),
    received: new Float64Array(count),
    value: new Float64Array(count),
    status: new Uint32Array(count),
    text: undefined,
  };
  let to = 0;
  for (let row = 0; row < columns.count; row++) {
    if (marks[row] === 0) continue;
    selected.series[to] = columns.series[row]!;
    selected.time[to] = columns.time[row]!;
    selected.received[to] = columns.received[row]!;
    selected.value[to] = columns.value[row]!;
    selected.status[to] = columns.status[row]!;
    const text = columns.text?.get(row);
    if (text !== undefined) {
      selected.text ??= new Map();
      selected.text.set(to, text);
    }
    to++;
  }
  return selected;
}
