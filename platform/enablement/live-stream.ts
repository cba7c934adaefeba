import type { ServerResponse } from 'node:http';
import {
  formatInstant,
  type LiveUpdate,
  limits,
  qualityClass,
  type SampleColumns,
  status,
  statusName,
} from '@millrace/contract';
import type { LiveBus } from '@millrace/sdk';
import { rowValue } from '../iot/index.ts';
import { keepAliveMilliseconds } from './event-stream.ts';

/** What the stream needs to know of a series. */
export interface SeriesName {
  thing: string;
  property: string;
  boolean: boolean;
}

const flushMilliseconds = 20;
const samplesPerMessageMax = 2000;

/** Who watches, and what of it they may see. */
export interface Viewer {
  /** Signed out, withdrawn or expired: the stream ends. */
  readonly ended: boolean;
  /** Another value whenever what is seen may have changed. */
  readonly mark: unknown;
  /** All there is to see may be seen. */
  readonly seesAll: boolean;
  sees(thing: string): boolean;
}

interface Row {
  time: number;
  value: number;
  text: string | undefined;
  status: number;
}

/**
 * Live values as server-sent events. Each client gets every sample while it keeps up; one that does not gets the latest value of each series
 * instead of a growing queue.
 */
export class LiveStreams {
  readonly #name: (series: number) => SeriesName | undefined;
  readonly #clients = new Set<Client>();
  #timer: NodeJS.Timeout | undefined;

  constructor(bus: LiveBus, name: (series: number) => SeriesName | undefined) {
    this.#name = name;
    bus.subscribe((columns) => this.#receive(columns));
    setInterval(() => this.#keepAlive(), keepAliveMilliseconds).unref();
  }

  get size(): number {
    return this.#clients.size;
  }

  get full(): boolean {
    return this.#clients.size >= limits.liveClientsMax;
  }

  /** Serves one client until it leaves. `things` undefined: all it may see. `first`: what it starts with. */
  add(
    response: ServerResponse,
    things: ReadonlySet<string> | undefined,
    first: LiveUpdate['samples'],
    viewer: Viewer,
  ): void {
    const client = new Client(response, things, viewer);
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    response.on('error', () => this.#clients.delete(client));
    response.write(`retry: 2000\n\n`);
    for (let from = 0; from < first.length; from += samplesPerMessageMax) {
      response.write(
        `data: ${JSON.stringify({ samples: first.slice(from, from + samplesPerMessageMax) })}\n\n`,
      );
    }
  }

  /** Things moved, or somebody's rights changed: ends the streams of those who are gone, and looks again at what the others see. */
  recheck(): void {
    for (const client of this.#clients) {
      if (client.viewer.ended) client.response.end();
      client.forget();
    }
  }

  close(): void {
    for (const client of this.#clients) client.response.end();
    clearTimeout(this.#timer);
  }

  #receive(columns: SampleColumns): void {
    if (this.#clients.size === 0) return;
    for (const client of this.#clients) {
      for (let row = 0; row < columns.count; row++) {
        const series = columns.series[row]!;
        if (!client.wants(series, this.#name)) continue;
        client.take(series, {
          time: columns.time[row]!,
          value: columns.value[row]!,
          text: columns.text?.get(row),
          status: columns.status[row]!,
        });
      }
    }
    this.#timer ??= setTimeout(() => this.#flush(), flushMilliseconds);
  }

  #flush(): void {
    this.#timer = undefined;
    let waiting = false;
    for (const client of this.#clients) {
      client.flush(this.#name);
      waiting ||= client.pending;
    }
    if (waiting) this.#timer = setTimeout(() => this.#flush(), flushMilliseconds);
  }

  #keepAlive(): void {
    for (const client of this.#clients) {
      if (client.viewer.ended) client.response.end();
      else if (!client.blocked) client.response.write(': still here\n\n');
    }
  }
}

class Client {
  readonly response: ServerResponse;
  readonly things: ReadonlySet<string> | undefined;
  readonly viewer: Viewer;
  readonly #wanted = new Map<number, boolean>();
  #mark: unknown;
  #queue: { series: number; row: Row }[] = [];
  #latest: Map<number, Row> | undefined;

  constructor(response: ServerResponse, things: ReadonlySet<string> | undefined, viewer: Viewer) {
    this.response = response;
    this.things = things;
    this.viewer = viewer;
    this.#mark = viewer.mark;
  }

  /** Asked for, and to be seen by this viewer as things are now. */
  wants(series: number, nameOf: (series: number) => SeriesName | undefined): boolean {
    const { viewer, things } = this;
    if (things === undefined && viewer.seesAll) return true;
    if (this.#mark !== viewer.mark) this.forget();
    let wanted = this.#wanted.get(series);
    if (wanted === undefined) {
      const name = nameOf(series);
      wanted =
        name !== undefined && (things === undefined || things.has(name.thing)) && viewer.sees(name.thing);
      this.#wanted.set(series, wanted);
    }
    return wanted;
  }

  forget(): void {
    this.#mark = this.viewer.mark;
    this.#wanted.clear();
  }

  get pending(): boolean {
    return this.#queue.length > 0 || this.#latest !== undefined;
  }

  get blocked(): boolean {
    return this.response.writableLength > limits.liveClientBytesMax;
  }

  take(series: number, row: Row): void {
    if (this.#latest !== undefined) this.#latest.set(series, row);
    else {
      this.#queue.push({ series, row });
      // More than it can be sent in one go: from here on only the latest of each counts.
      if (this.#queue.length > samplesPerMessageMax * 4) {
        this.#latest = new Map(this.#queue.map((entry) => [entry.series, entry.row]));
        this.#queue = [];
      }
    }
  }

  flush(nameOf: (series: number) => SeriesName | undefined): void {
    if (this.viewer.ended) {
      this.#queue = [];
      this.#latest = undefined;
      this.response.end();
      return;
    }
    if (this.blocked) {
      if (this.#latest === undefined) {
        this.#latest = new Map(this.#queue.map((entry) => [entry.series, entry.row]));
        this.#queue = [];
      }
      return;
    }
    const rows: Iterable<readonly [number, Row]> =
      this.#latest ?? this.#queue.map((entry) => [entry.series, entry.row] as const);
    let samples: LiveUpdate['samples'] = [];
    for (const [series, row] of rows) {
      const name = nameOf(series);
      if (name === undefined || !this.wants(series, nameOf)) continue;
      samples.push({
        thing: name.thing,
        property: name.property,
        time: formatInstant(row.time),
        value: rowValue(row.value, row.text, name.boolean),
        quality: qualityClass(row.status),
        ...(row.status === status.good ? {} : { status: statusName(row.status) }),
      });
      if (samples.length === samplesPerMessageMax) {
        this.response.write(`data: ${JSON.stringify({ samples })}\n\n`);
        samples = [];
      }
    }
    if (samples.length > 0) this.response.write(`data: ${JSON.stringify({ samples })}\n\n`);
    this.#queue = [];
    this.#latest = undefined;
  }
}
