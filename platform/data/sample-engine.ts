import { randomUUID } from 'node:crypto';
import { createReadStream, rmSync, statfsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dashboardLimits, type SampleColumns, type SeriesId, type ThingEvent } from '@millrace/contract';
import type { Clock, ExportRequest, Log, SpanColumns, SpanRequest } from '@millrace/sdk';
import { ChdbSession, type InsertColumn, quote, SessionPool, tabSeparated } from './chdb-session.ts';
import { csvHeader, csvRows } from './csv-samples.ts';
import { DecimalEncoder, rawScale } from './decimal-value.ts';
import { holdFolder } from './folder-holder.ts';
import { numbers, texts } from './native-format.ts';
import { openSampleFolder, writeSampleVersion } from './sample-folder.ts';
import {
  hourOf,
  type LatestAnswer,
  queryMillisecondsMax,
  type RangeAnswer,
  SampleRanges,
} from './sample-ranges.ts';
import {
  database,
  freeBytesMin,
  hourMicroseconds,
  sampleMigrations,
  sampleSchemaVersion,
} from './sample-schema.ts';
import { SampleSpans } from './sample-spans.ts';
import { SampleSql, sqlSettings } from './sample-sql.ts';
import { pairsOf, SampleSummaries } from './sample-summaries.ts';
import { StoreError } from './store-error.ts';

/** Sessions that answer the console and the API, side by side. */
const querySessions = 2;
/** Sessions that write files: a long one must not hold up the others. */
const exportSessions = 2;
/** Up to so many rows go in as text, more as columns: each way costs less on its side. */
const textRowsMax = 1_000;
/** Rows of one piece of an exported CSV file; bytes of one piece of a Parquet file. */
const exportRowsMax = 65_536;
const exportPieceBytes = 1_048_576;
const exportSecondsMax = 3_600;
/** Files on their way out; emptied at start. */
const exportFolder = 'export';
/** Says which process uses the folder. */
const holderFile = 'holder';

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
  /** The folder is a copy in the making. */
  filling?: boolean;
}

/** Tables whose parts make up a copy of the store. */
export const copiedTables = [
  'samples',
  'minutes',
  'hours',
  'stale',
  'floors',
  'forgotten',
  'events',
] as const;

/**
 * The embedded engine of the sample store: chDB, in the process that calls it. It serves one writer (`insert` waits for the
 * one before) and any number of readers.
 */
export class SampleEngine {
  readonly summaries: SampleSummaries;
  readonly sql: SampleSql;
  #folder: string;
  #enginePath: string;
  #intake: ChdbSession;
  #queries: SessionPool;
  #exports: SessionPool;
  #ranges: SampleRanges;
  #spans: SampleSpans;
  #encoder = new DecimalEncoder();
  #scratch = scratchColumns(8_192);
  /** Inserts and the moment of a copy follow each other. */
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(
    options: SampleEngineOptions,
    enginePath: string,
    intake: ChdbSession,
    queries: SessionPool,
    exports: SessionPool,
    summaries: SampleSummaries,
    sql: SampleSql,
  ) {
    this.#folder = options.folder;
    this.#enginePath = enginePath;
    this.#intake = intake;
    this.#queries = queries;
    this.#exports = exports;
    this.summaries = summaries;
    this.sql = sql;
    this.#ranges = new SampleRanges(queries, summaries);
    this.#spans = new SampleSpans(queries, summaries);
  }

  static async open(options: SampleEngineOptions): Promise<SampleEngine> {
    const folder = openSampleFolder(options.folder, sampleSchemaVersion, options.filling);
    await holdFolder(join(options.folder, holderFile), `The samples in ${options.folder}`);
    const session = (settings: Record<string, string | number>): ChdbSession =>
      new ChdbSession(folder.engine, folder.configFile, settings);
    const intake = openEngine(options.folder, () =>
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
    rmSync(join(folder.engine, 'shadow'), { recursive: true, force: true });
    const reading = {
      max_threads: 1,
      max_memory_usage: 268_435_456,
      max_execution_time: queryMillisecondsMax / 1000,
      do_not_merge_across_partitions_select_final: 1,
    };
    const queries = new SessionPool(querySessions, () => session(reading));
    const exports = new SessionPool(exportSessions, () => session({ ...reading, max_execution_time: 120 }));
    const upkeep = session({
      max_threads: 1,
      max_insert_threads: 1,
      max_memory_usage: 268_435_456,
      do_not_merge_across_partitions_select_final: 1,
      lightweight_deletes_sync: 2,
    });
    const summaries = new SampleSummaries(upkeep, options.clock, options.log);
    await summaries.open();
    const sql = new SampleSql(
      () =>
        session(
          sqlSettings({
            seconds: dashboardLimits.sqlSecondsMax,
            memoryBytes: dashboardLimits.sqlMemoryBytesMax,
            rows: dashboardLimits.sqlRowsMax,
            answerBytes: dashboardLimits.sqlAnswerBytesMax,
          }),
        ),
      exports,
      summaries,
    );
    return new SampleEngine(options, folder.engine, intake, queries, exports, summaries, sql);
  }

  /** Resolves when the rows are on disk. Times must be safe integers; the caller has checked. */
  insert(columns: SampleColumns, events: readonly ThingEvent[]): Promise<void> {
    return this.#write(async () => {
      if (columns.count > 0) await this.#insertSamples(columns);
      if (events.length > 0) await this.#insertEvents(events);
    });
  }

  samples(series: SeriesId, from: number, to: number, points: number): Promise<RangeAnswer> {
    return this.#ranges.samples(series, from, to, points);
  }

  spans(request: SpanRequest): Promise<SpanColumns> {
    return this.#spans.spans(request);
  }

  latest(series: readonly SeriesId[]): Promise<LatestAnswer> {
    return this.#ranges.latest(series);
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
        if (this.summaries.forgotten.has(series)) continue;
        for await (const rows of this.#ranges.pages(series, start, end, this.#exports, exportRowsMax)) {
          yield csvRows(rows, thing, property);
        }
      }
    } else {
      yield* this.#parquet(request, start, end);
    }
  }

  /** Removes series for good, and the events of a thing. Series vanish at once and are removed from disk later. */
  async forget(series: readonly SeriesId[], thing: string): Promise<void> {
    await this.summaries.forget(series);
    for (const one of series) this.#encoder.forget(one);
    await this.#queries.use((session) =>
      session.run(`DELETE FROM ${database}.events WHERE thing = ${quote(thing)}`),
    );
  }

  async setRetention(days: RetentionDays): Promise<void> {
    this.summaries.setRetention(days);
  }

  /**
   * Holds still for the moment it takes to link every file of every table, and answers where the links are: folders
   * `<table>/<part>`. They are removed by `unfreeze`.
   */
  async freeze(name: string): Promise<{ folder: string; parts: number }> {
    const frozen = join(this.#enginePath, 'shadow', name);
    const tables = await this.#queries.use((session) =>
      session.table(`SELECT name, toString(uuid) AS uuid FROM system.tables WHERE database = '${database}'`),
    );
    const expected = await this.#write(async () => {
      for (const table of copiedTables) {
        await this.#intake.run(`ALTER TABLE ${database}.${table} FREEZE WITH NAME ${quote(name)}`);
      }
      const rows = await this.#intake.table(
        `SELECT toFloat64(sum(rows)) AS rows FROM system.parts WHERE active AND database = '${database}' AND table = 'samples'`,
      );
      return numbers(rows, 'rows')[0] ?? 0;
    });
    const uuids = texts(tables, 'uuid');
    const named = join(frozen, 'tables');
    await mkdir(named, { recursive: true });
    for (const [row, table] of texts(tables, 'name').entries()) {
      const uuid = uuids[row]!;
      await rename(join(frozen, 'store', uuid.slice(0, 3), uuid), join(named, table)).catch(
        (error: NodeJS.ErrnoException) => {
          // A table without parts leaves no folder.
          if (error.code !== 'ENOENT') throw error;
        },
      );
    }
    let parts = 0;
    for (const table of copiedTables) parts += (await partsIn(join(named, table))).length;
    if (expected > 0 && (await partsIn(join(named, 'samples'))).length === 0) {
      throw new StoreError('engine', 'The engine froze no samples; there is no backup.');
    }
    return { folder: named, parts };
  }

  async unfreeze(name: string): Promise<void> {
    await rm(join(this.#enginePath, 'shadow', name), { recursive: true, force: true });
  }

  /**
   * Takes over parts of a frozen store that lie in `<folder>/<table>/<part>`, which must be on this disk. For a store that has
   * none of its own yet. Parts come in the order in which they were written, so that the last still wins. Answers how many.
   */
  async attach(folder: string): Promise<number> {
    let attached = 0;
    const paths = await this.#intake.table(
      `SELECT name, arrayElement(data_paths, 1) AS path FROM system.tables WHERE database = '${database}'`,
    );
    for (const [row, table] of texts(paths, 'name').entries()) {
      const parts = await partsIn(join(folder, table));
      for (const part of parts) {
        await rename(join(folder, table, part), join(texts(paths, 'path')[row]!, 'detached', part));
        await this.#intake.run(`ALTER TABLE ${database}.${table} ATTACH PART ${quote(part)}`);
        attached++;
      }
    }
    return attached;
  }

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
    await this.#writing.catch(() => {});
    await this.summaries.close();
    this.sql.close();
    this.#queries.close();
    this.#exports.close();
    this.#intake.close();
    await rm(join(this.#folder, holderFile), { force: true });
  }

  #write<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.catch(() => {}).then(work);
    this.#writing = done;
    return done;
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
    const { count, series, time, received, value } = columns;
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
    const pairs = pairsOf(count, hour, series);
    await this.summaries.touch(pairs, this.#intake);
    try {
      if (count <= textRowsMax) await this.#insertLines(columns);
      else await this.#insertColumns(columns);
    } finally {
      this.summaries.landed(pairs);
    }
  }

  async #insertLines({ count, series, time, status, text }: SampleColumns): Promise<void> {
    const { hour, lag, kept, scale } = this.#scratch;
    const lines = new Array<string>(count);
    for (let row = 0; row < count; row++) {
      const number = scale[row] === rawScale ? bitsOf(kept[row]!) : kept[row];
      const words = text === undefined ? '' : tabSeparated(text.get(row) ?? '');
      lines[row] =
        `${hour[row]}\t${series[row]}\t${time[row]}\t${lag[row]}\t${number}\t${scale[row]}\t${status[row]}\t${words}\n`;
    }
    await this.#intake.insertLines('samples', sampleColumns, lines);
  }

  async #insertColumns({ count, series, time, status, text }: SampleColumns): Promise<void> {
    const { hour, lag, kept, scale } = this.#scratch;
    const columns: Record<string, InsertColumn> = { hour, series, time, lag, kept, scale, status };
    let textSql = "''";
    if (text !== undefined && text.size > 0) {
      const words = new Array<string>(count).fill('');
      for (const [row, word] of text) if (row < count) words[row] = word;
      columns['text'] = words;
      textSql = 'text';
    }
    await this.#intake.withColumns(
      'intake',
      count,
      columns,
      `INSERT INTO ${database}.samples (${sampleColumns.join(', ')})
      SELECT hour, series, toInt64(time), toInt64(lag),
        if(scale = ${rawScale}, reinterpretAsInt64(kept), toInt64(if(scale = ${rawScale}, 0, kept))), scale, status, ${textSql}
      FROM arrowstream('intake')`,
    );
  }

  async #insertEvents(events: readonly ThingEvent[]): Promise<void> {
    await this.#intake.insertLines(
      'events',
      ['hour', 'thing', 'name', 'time', 'received', 'data'],
      events.map(
        ({ thing, name, time, received, data }) =>
          `${hourOf(time)}\t${tabSeparated(thing)}\t${tabSeparated(name)}\t${time}\t${received}\t${tabSeparated(data)}\n`,
      ),
    );
  }

  /**
   * Parquet keeps its directory at the end and is written in one piece by the engine, so it goes into a file beside the
   * data first.
   */
  async *#parquet(request: ExportRequest, from: number, to: number): AsyncGenerator<Uint8Array> {
    const folder = join(this.#folder, exportFolder);
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${randomUUID()}.parquet`);
    const wanted = request.series.filter((one) => !this.summaries.forgotten.has(one.series));
    const ids = wanted.map((one) => one.series);
    const named = (key: 'thing' | 'property'): string =>
      `transform(series, [${ids.join(',')}], [${wanted.map((one) => quote(one[key])).join(',')}], '')`;
    try {
      await this.#exports.use((session) =>
        session.run(
          `INSERT INTO FUNCTION file(${quote(file)}, 'Parquet', 'thing String, property String, time DateTime64(6, \\'UTC\\'), value Nullable(Float64), text Nullable(String), quality String, status UInt32')
          SELECT ${ids.length === 0 ? "'', ''" : `${named('thing')}, ${named('property')}`},
            fromUnixTimestamp64Micro(time, 'UTC'), if(isNaN(value), NULL, value), multiIf(text = '', NULL, startsWith(text, '"'), JSONExtractString(text), text),
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

const sampleColumns = ['hour', 'series', 'time', 'lag', 'number', 'scale', 'status', 'text'];

const bits = new DataView(new ArrayBuffer(8));

/** The 64 bits of a number as a whole number. */
function bitsOf(value: number): bigint {
  bits.setFloat64(0, value);
  return bits.getBigInt64(0);
}

/** Names of the parts in a folder, oldest first: `<partition>_<first block>_<last block>_<level>`. */
async function partsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const firstBlock = (name: string): number => Number(/_(\d+)_\d+_\d+(?:_\d+)?$/.exec(name)?.[1] ?? 0);
  return names
    .filter((name) => /^(?:all|-?\d+)_\d+_\d+_\d+(?:_\d+)?$/.test(name))
    .sort((a, b) => firstBlock(a) - firstBlock(b));
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

function openEngine<T>(folder: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new StoreError(
      'damaged',
      `The samples in ${folder} cannot be opened: the engine cannot read them (${(error as Error).message.slice(0, 300)}).`,
    );
  }
}
