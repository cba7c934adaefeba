import { formatInstant, limits, type Microseconds, type Value } from '@millrace/contract';
import type { CompiledThing } from './engine/compile.ts';
import type { History } from './engine/history.ts';
import type { Model, Signal } from './engine/model.ts';
import { isExposed, type PastSpec } from './engine/pack.ts';

/** One record of the past for each so many seconds. */
const spacingSeconds = 30;
/** Characters of one request; the platform takes `limits.payloadBytesMax` bytes. */
const payloadCharactersMax = Math.floor(limits.payloadBytesMax / 4);

/**
 * The plant's own records of the hours before the platform came: written while the model lives through them, handed over once, after
 * the first registration, so that the first chart a person opens is not empty. What a controller remembers itself is left out: the
 * platform reads that from there.
 */
export class Past {
  readonly #model: Model;
  readonly #things: { thing: CompiledThing; signals: Signal[]; records: [Microseconds, string][] }[];
  #next = 0;

  constructor(model: Model) {
    this.#model = model;
    this.#things = model.things
      .filter((thing) => isExposed(thing.spec))
      .map((thing) => ({
        thing,
        signals: model.signals.filter((signal) => signal.thing === thing),
        records: [],
      }));
  }

  /** Notes down what the instruments show, if it is time to. */
  record(): void {
    const { time } = this.#model;
    if (time < this.#next) return;
    this.#next = time + spacingSeconds * 1e6;
    for (const { thing, signals, records } of this.#things) {
      if (this.#model.isOffline(thing)) continue;
      const values: Record<string, Value> = {};
      for (const signal of signals) {
        const value = this.#model.valueOf(signal);
        if (value !== undefined) values[signal.property.name] = value;
      }
      records.push([time, JSON.stringify(values)]);
    }
  }

  /** Bodies to push, thing by thing, each at most as long as the platform takes; the records are forgotten as they go. */
  *payloads(history: History): Generator<{ thing: string; body: string }> {
    for (const entry of this.#things.splice(0)) {
      const kept = new Map(
        entry.signals
          .map((signal) => [signal.property.name, history.start(signal)] as const)
          .filter((pair): pair is readonly [string, Microseconds] => pair[1] !== undefined),
      );
      let body = '';
      for (const [time, json] of entry.records) {
        const values = without(json, kept, time);
        if (values === undefined) continue;
        const record = `{"time":${JSON.stringify(formatInstant(time))},"values":${values}}`;
        if (body.length + record.length > payloadCharactersMax) {
          yield { thing: entry.thing.id, body: `[${body}]` };
          body = '';
        }
        body += body === '' ? record : `,${record}`;
      }
      if (body !== '') yield { thing: entry.thing.id, body: `[${body}]` };
    }
  }
}

/** Living through the past never holds the event loop longer than about this. */
const sliceMilliseconds = 40;

/**
 * The plant's books: the weeks before the hours that {@link Past} records whole, lived through by the same model in larger steps, so that its
 * counters run on into the present without a jump. A record for each quarter-hour or so, of the properties the pack names.
 */
export class Books {
  readonly #model: Model;
  readonly #spec: PastSpec;
  readonly #things: { thing: CompiledThing; signals: Signal[]; records: string[] }[];

  constructor(model: Model, spec: PastSpec) {
    this.#model = model;
    this.#spec = spec;
    this.#things = model.things
      .filter((thing) => isExposed(thing.spec))
      .map((thing) => ({
        thing,
        signals: model.signals.filter(
          (signal) =>
            signal.thing === thing &&
            (spec.properties.includes(signal.property.name) ||
              spec.things[thing.spec.name]?.includes(signal.property.name) === true),
        ),
        records: [],
      }))
      .filter(({ signals }) => signals.length > 0);
  }

  /** Lets the model live from where it stands until `end`, and writes down what is due. Returns to the event loop now and then. */
  async liveUntil(end: Microseconds): Promise<void> {
    const { step, spacing } = this.#spec;
    const [stepMicroseconds, spacingMicroseconds] = [step * 1e6, spacing * 1e6];
    let due = Math.ceil(this.#model.time / spacingMicroseconds) * spacingMicroseconds;
    while (this.#model.time < end) {
      const pause = Date.now() + sliceMilliseconds;
      while (this.#model.time < end && Date.now() < pause) {
        if (this.#model.time >= due) {
          this.#record();
          due += spacingMicroseconds;
        }
        this.#model.advance(Math.min(stepMicroseconds, end - this.#model.time) / 1e6);
        this.#model.events.length = 0;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #record(): void {
    this.#model.look();
    for (const { thing, signals, records } of this.#things) {
      if (this.#model.isOffline(thing)) continue;
      const values: Record<string, Value> = {};
      for (const signal of signals) {
        const value = this.#model.valueOf(signal);
        if (value !== undefined) values[signal.property.name] = value;
      }
      records.push(
        `{"time":${JSON.stringify(formatInstant(this.#model.time))},"values":${JSON.stringify(values)}}`,
      );
    }
  }

  /** Bodies to push, as those of {@link Past}; the records are forgotten as they go. */
  *payloads(): Generator<{ thing: string; body: string }> {
    for (const { thing, records } of this.#things.splice(0)) {
      let body = '';
      for (const record of records) {
        if (body.length + record.length > payloadCharactersMax) {
          yield { thing: thing.id, body: `[${body}]` };
          body = '';
        }
        body += body === '' ? record : `,${record}`;
      }
      if (body !== '') yield { thing: thing.id, body: `[${body}]` };
    }
  }
}

/** The record without the properties whose instrument remembers that time itself; undefined if nothing is left. */
function without(
  json: string,
  kept: ReadonlyMap<string, Microseconds>,
  time: Microseconds,
): string | undefined {
  if (kept.size === 0) return json;
  const values = JSON.parse(json) as Record<string, unknown>;
  for (const [name, start] of kept) if (time >= start) delete values[name];
  return Object.keys(values).length === 0 ? undefined : JSON.stringify(values);
}
