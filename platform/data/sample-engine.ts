import { randomUUID } from 'node:crypto';
import { createReadStream, rmSync, statfsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleColumns, SeriesId, ThingEvent } from '@millrace/contract';
import type { Clock, ExportRequest, Log } from '@millrace/sdk';
import { ChdbSession, type InsertColumn, quote, SessionPool } from './chdb-session.ts';
import { csvHeader, csvRows } from './csv-samples.ts';
import { DecimalEncoder, rawScale } from './decimal-value.ts';
import { type NativeTable, numbers, texts } from './native-format.ts';
import { openSampleFolder, writeSampleVersion } from './sample-folder.ts';
import {
  database,
  freeBytesMin,
  hourMicroseconds,
  sampleMigrations,
  sampleSchemaVersion,
} from './sample-schema.ts';
import { joinRows, rowsFrom, type SeriesRows, SpanExtremes } from './span-extremes.ts';
import { StoreError } from './store-error.ts';

/** Sessions that answer the console and the API, side by side. */
const querySessions = 2;
const queryMillisecondsMax = 20_000;
/** Rows fetched in one go; longer ranges come in several. */
const fetchRowsMax = 262_144;
const fetchHoursFirst = 24;
/** Series named in one query. */
const seriesPerQueryMax = 2_000;
/** Rows of one piece of an exported CSV file; bytes of one piece of a Parquet file. */
const exportRowsMax = 65_536;
const exportPieceBytes = 1_048_576;
const exportSecondsMax = 3_600;
/** Files on their way out; emptied at start. */
const exportFolder = 'export';
/** While another process still lets go of the folder. */
const openMillisecondsMax = 10_000;

export interface RetentionDays {
  raw: number;
  minute: number;
  hour: number;
  events: number;
}

export interface SampleEngineOptions {
  folder: string;
  log: Log;
  clock: Clock;
}

/** A range of one series as it crosses between processes. */
export interface RangeAnswer {
  rows: SeriesRows;
  reduced: boolean;
  span: number | undefined;
}

export interface LatestAnswer {
  series: Uint32Array;
  rows: SeriesRows;
}

/**
 * The embedded engine of the sample store: chDB, in the process that calls it. It serves one writer (`insert` is not called
 * again before it resolved) and any number of readers.
 */
export class SampleEngine {
  #folder: string;
  #clock: Clock;
  #intake: ChdbSession;
  #queries: SessionPool;
  #exports: SessionPool;
  #encoder = new DecimalEncoder();
  #scratch = scratchColumns(8_192);
  #retention: RetentionDays = { raw: 0, minute: 0, hour: 0, events: 0 };

  private constructor(
    options: SampleEngineOptions,
    intake: ChdbSession,
    queries: SessionPool,
    exports: SessionPool,
  ) {
    this.#folder = options.folder;
    this.#clock = options.clock;
    this.#intake = intake;
    this.#queries = queries;
    this.#exports = exports;
  }

  static async open(options: SampleEngineOptions): Promise<SampleEngine> {
    const folder = openSampleFolder(options.folder, sampleSchemaVersion);
    const session = (settings: Record<string, string | number>): ChdbSession =>
      new ChdbSession(folder.engine, folder.configFile, settings);
    const intake = await untilFree(options.folder, () =>
      session({
        max_threads: 1,
        max_insert_threads: 1,
        max_partitions_per_insert_block: 0,
        max_memory_usage: 314_572_800,
      }),
    );
    await intake.run(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`);
    for (const step of sampleMigrations) {
      if (step.version <= folder.version) continue;
      for (const statement of step.statements) await intake.run(statement);
      writeSampleVersion(options.folder, step.version);
    }
    rmSync(join(options.folder, exportFolder), { recursive: true, force: true });
    const reading = {
      max_threads: 1,
      max_memory_usage: 268_435_456,
      max_execution_time: queryMillisecondsMax / 1000,
      do_not_merge_across_partitions_select_final: 1,
      optimize_move_to_prewhere_if_final: 1,
    };
    const queries = new SessionPool(Array.from({ length: querySessions }, () => session(reading)));
    const exports = new SessionPool([session({ ...reading, max_execution_time: 120 })]);
    return new SampleEngine(options, intake, queries, exports);
  }

  /** Resolves when the rows are on disk. Times must be safe integers; the caller has checked. */
  async insert(columns: SampleColumns, events: readonly ThingEvent[]): Promise<void> {
    if (columns.count > 0) await this.#insertSamples(columns);
    if (events.length > 0) await this.#insertEvents(events);
  }

  async samples(series: SeriesId, from: number, to: number, points: number): Promise<RangeAnswer> {
    const start = Math.max(Math.ceil(from), Number.MIN_SAFE_INTEGER);
    const end = Math.min(Math.ceil(to), Number.MAX_SAFE_INTEGER);
    const width = Math.max(1, Math.ceil((end - start) / Math.max(1, Math.floor((points - 2) / 2) - 1)));
    const all: SeriesRows[] = [];
    let count = 0;
    let extremes: SpanExtremes | undefined;
    for await (const rows of this.#pages(this.#queries, series, start, end, Math.max(points + 1, 131_072))) {
      count += rows.count;
      if (extremes === undefined) {
        all.push(rows);
        if (count <= points) continue;
        extremes = new SpanExtremes(width);
        for (const kept of all) extremes.addRows(kept);
        all.length = 0;
      } else extremes.addRows(rows);
    }
    if (extremes === undefined) return { rows: joinRows(all), reduced: false, span: undefined };
    const rows = rowsFrom(extremes.rows(points));
    return { rows, reduced: true, span: extremes.width };
  }

  async latest(series: readonly SeriesId[]): Promise<LatestAnswer> {
    const list: number[] = [];
    const parts: SeriesRows[] = [];
    await this.#queries.use(async (session) => {
      for (let at = 0; at < series.length; at += seriesPerQueryMax) {
        const table = await session.table(
          `SELECT series, toFloat64(max(time)) AS t, toFloat64(argMax(lag, time)) AS l, argMax(value, time) AS v,
            argMax(status, time) AS s, argMax(text, time) AS x
          FROM ${database}.samples FINAL WHERE series IN (${series.slice(at, at + seriesPerQueryMax).join(',')}) GROUP BY series`,
        );
        list.push(...numbers(table, 'series'));
        parts.push(seriesRows(table));
      }
    });
    return { series: Uint32Array.from(list), rows: joinRows(parts) };
  }

  async events(
    thing: string,
    name: string | undefined,
    from: number,
    to: number,
    limit: number,
  ): Promise<ThingEvent[]> {
    const start = Math.max(Math.ceil(from), Number.MIN_SAFE_INTEGER);
    const end = Math.min(Math.ceil(to), Number.MAX_SAFE_INTEGER);
    const table = await this.#queries.use((session) =>
      session.table(
        `SELECT name, toFloat64(time) AS t, toFloat64(received) AS r, data
        FROM ${database}.events FINAL
        WHERE thing = ${quote(thing)} ${name === undefined ? '' : `AND name = ${quote(name)}`}
          AND hour >= ${hourOf(start)} AND hour <= ${hourOf(end)} AND time >= ${start} AND time < ${end}
        ORDER BY time DESC, name LIMIT ${Math.max(0, Math.floor(limit))}`,
      ),
    );
    const names = texts(table, 'name');
    const data = texts(table, 'data');
    const time = numbers(table, 't');
    const received = numbers(table, 'r');
    return names.map((event, row) => ({
      thing,
      name: event,
      time: time[row]!,
      received: received[row]!,
      data: data[row]!,
    }));
  }

  /** Pieces of a file, in order; memory is bounded by the piece, not by the range. */
  async *exportSamples(request: ExportRequest): AsyncGenerator<Uint8Array> {
    const start = Math.max(Math.ceil(request.from), Number.MIN_SAFE_INTEGER);
    const end = Math.min(Math.ceil(request.to), Number.MAX_SAFE_INTEGER);
    if (request.format === 'csv') {
      yield csvHeader();
      for (const { series, thing, property } of request.series) {
        for await (const rows of this.#pages(this.#exports, series, start, end, exportRowsMax)) {
          yield csvRows(rows, thing, property);
        }
      }
    } else {
      yield* this.#parquet(request, start, end);
    }
  }

  async forget(series: readonly SeriesId[], thing: string): Promise<void> {
    await this.#queries.use(async (session) => {
      if (series.length > 0)
        await session.run(`DELETE FROM ${database}.samples WHERE series IN (${series.join(',')})`);
      await session.run(`DELETE FROM ${database}.events WHERE thing = ${quote(thing)}`);
    });
    for (const one of series) this.#encoder.forget(one);
  }

  async setRetention(days: RetentionDays): Promise<void> {
    this.#retention = days;
    void this.#retention;
    void this.#clock;
  }

  async freeze(_name: string): Promise<void> {}

  async unfreeze(_name: string): Promise<void> {}

  async health(): Promise<void> {
    this.#checkSpace();
    await this.#queries.use((session) => session.run('SELECT 1'));
  }

  async stats(): Promise<{ rows: number; bytes: number; residentBytes: number }> {
    const table = await this.#queries.use((session) =>
      session.table(
        `SELECT toFloat64(sumIf(rows, table = 'samples')) AS rows, toFloat64(sum(bytes_on_disk)) AS bytes
        FROM system.parts WHERE database = '${database}' AND active`,
      ),
    );
    return {
      rows: numbers(table, 'rows')[0] ?? 0,
      bytes: numbers(table, 'bytes')[0] ?? 0,
      residentBytes: process.memoryUsage.rss(),
    };
  }

  async close(): Promise<void> {
    this.#queries.close();
    this.#exports.close();
    this.#intake.close();
  }

  #checkSpace(): void {
    const { bavail, bsize } = statfsSync(this.#folder);
    if (bavail * bsize < freeBytesMin) {
      throw new StoreError(
        'full',
        `The disk of the sample store has ${Math.floor((bavail * bsize) / 1_048_576)} MB left; ${freeBytesMin / 1_048_576} MB are kept free, so nothing more is stored.`,
      );
    }
  }

  async #insertSamples(columns: SampleColumns): Promise<void> {
    const { count, series, time, received, value, text } = columns;
    if (this.#scratch.capacity < count) this.#scratch = scratchColumns(count * 2);
    const { hour, lag, kept, scale } = this.#scratch;
    const encoder = this.#encoder;
    for (let row = 0; row < count; row++) {
      const at = time[row]!;
      hour[row] = Math.floor(at / hourMicroseconds);
      lag[row] = received[row]! - at;
      encoder.encode(series[row]!, value[row]!);
      kept[row] = encoder.number;
      scale[row] = encoder.scale;
    }
    const arrow: Record<string, InsertColumn> = {
      hour,
      series,
      time,
      lag,
      kept,
      scale,
      status: columns.status,
    };
    let textSql = "''";
    if (text !== undefined && text.size > 0) {
      const words = new Array<string>(count).fill('');
      for (const [row, word] of text) if (row < count) words[row] = word;
      arrow['text'] = words;
      textSql = 'text';
    }
    await this.#intake.withColumns(
      'intake',
      count,
      arrow,
      `INSERT INTO ${database}.samples (hour, series, time, lag, number, scale, status, text)
      SELECT hour, series, toInt64(time), toInt64(lag),
        if(scale = ${rawScale}, reinterpretAsInt64(kept), toInt64(if(scale = ${rawScale}, 0, kept))), scale, status, ${textSql}
      FROM arrowstream('intake')`,
    );
  }

  async #insertEvents(events: readonly ThingEvent[]): Promise<void> {
    await this.#intake.withColumns(
      'events',
      events.length,
      {
        hour: Int32Array.from(events, (event) => hourOf(event.time)),
        thing: events.map((event) => event.thing),
        name: events.map((event) => event.name),
        time: Float64Array.from(events, (event) => event.time),
        received: Float64Array.from(events, (event) => event.received),
        data: events.map((event) => event.data),
      },
      `INSERT INTO ${database}.events (hour, thing, name, time, received, data)
      SELECT hour, thing, name, toInt64(time), toInt64(received), data FROM arrowstream('events')`,
    );
  }

  /** Rows of a range in order, at most `fetchRowsMax` at a time; the span of hours asked at once follows what comes. */
  async *#pages(
    sessions: SessionPool,
    series: SeriesId,
    from: number,
    to: number,
    firstRows: number,
  ): AsyncGenerator<SeriesRows> {
    const deadline = performance.now() + queryMillisecondsMax;
    let hours = fetchHoursFirst;
    let at = from;
    let rowsMax = Math.min(firstRows, fetchRowsMax);
    while (at < to) {
      if (performance.now() > deadline) {
        throw new StoreError('timeout', 'The query took longer than allowed; ask for a shorter range.');
      }
      const hour = hourOf(at);
      const end = Math.min(to, (hour + hours) * hourMicroseconds);
      const sql = `SELECT toFloat64(time) AS t, toFloat64(lag) AS l, value AS v, status AS s, text AS x
        FROM ${database}.samples FINAL
        WHERE hour >= ${hour} AND hour < ${Math.ceil(end / hourMicroseconds)} AND series = ${series} AND time >= ${at} AND time < ${end}
        ORDER BY hour, series, time LIMIT ${rowsMax}`;
      const table = await sessions.use((session) => session.table(sql));
      const rows = seriesRows(table);
      if (rows.count > 0) yield rows;
      if (rows.count === rowsMax) {
        at = rows.time[rows.count - 1]! + 1;
        hours = Math.max(1, Math.floor(hours / 2));
      } else {
        at = end;
        if (rows.count < rowsMax / 4) hours *= 2;
      }
      rowsMax = fetchRowsMax;
    }
  }

  /**
   * Parquet keeps its directory at the end and is written in one piece by the engine, so it goes into a file beside the
   * data first.
   */
  async *#parquet(request: ExportRequest, from: number, to: number): AsyncGenerator<Uint8Array> {
    const folder = join(this.#folder, exportFolder);
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${randomUUID()}.parquet`);
    const ids = request.series.map((one) => one.series);
    const named = (key: 'thing' | 'property'): string =>
      `transform(series, [${ids.join(',')}], [${request.series.map((one) => quote(one[key])).join(',')}], '')`;
    try {
      await this.#exports.use((session) =>
        session.run(
          `INSERT INTO FUNCTION file(${quote(file)}, 'Parquet', 'thing String, property String, time DateTime64(6, \\'UTC\\'), value Nullable(Float64), text Nullable(String), quality String, status UInt32')
          SELECT ${ids.length === 0 ? "'', ''" : `${named('thing')}, ${named('property')}`},
            fromUnixTimestamp64Micro(time, 'UTC'), if(isNaN(value), NULL, value), nullIf(text, ''),
            multiIf(status < 1073741824, 'good', status < 2147483648, 'uncertain', 'bad'), status
          FROM ${database}.samples FINAL
          WHERE hour >= ${hourOf(from)} AND hour <= ${hourOf(to)} AND time >= ${from} AND time < ${to} AND series IN (${ids.length === 0 ? 'NULL' : ids.join(',')})
          ORDER BY hour, series, time
          SETTINGS engine_file_truncate_on_insert = 1, max_execution_time = ${exportSecondsMax}`,
        ),
      );
      const stream = createReadStream(file, { highWaterMark: exportPieceBytes });
      for await (const piece of stream) yield piece as Uint8Array;
    } finally {
      await rm(file, { force: true });
    }
  }
}

function hourOf(time: number): number {
  return Math.floor(time / hourMicroseconds);
}

function scratchColumns(capacity: number) {
  return {
    capacity,
    hour: new Int32Array(capacity),
    lag: new Float64Array(capacity),
    kept: new Float64Array(capacity),
    scale: new Int8Array(capacity),
  };
}

function seriesRows(table: NativeTable): SeriesRows {
  const text = new Map<number, string>();
  const words = texts(table, 'x');
  for (let row = 0; row < words.length; row++) if (words[row] !== '') text.set(row, words[row]!);
  return {
    count: table.rows,
    time: numbers(table, 't') as Float64Array,
    lag: numbers(table, 'l') as Float64Array,
    value: numbers(table, 'v') as Float64Array,
    status: table.rows === 0 ? new Uint32Array(0) : (numbers(table, 's') as Uint32Array),
    text,
  };
}

/** The engine locks its folder; a predecessor whose parent was killed may need a moment to end. */
async function untilFree<T>(folder: string, open: () => T): Promise<T> {
  const deadline = performance.now() + openMillisecondsMax;
  for (;;) {
    try {
      return open();
    } catch (error) {
      const message = (error as Error).message;
      const held = /lock file|already running|Another server/i.test(message);
      if (!held || performance.now() > deadline) {
        throw new StoreError(
          'damaged',
          held
            ? `The samples in ${folder} are in use by another process.`
            : `The samples in ${folder} cannot be opened: ${message.slice(0, 300)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
