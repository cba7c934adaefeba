import type { SqlName, SqlQuestion } from '@millrace/sdk';
import { type ChdbSession, quote, type SessionPool } from './chdb-session.ts';
import { texts } from './native-format.ts';
import { database, hourMicroseconds, minuteMicroseconds } from './sample-schema.ts';
import type { SampleSummaries } from './sample-summaries.ts';
import { checkTree, SqlRefused } from './sql-guard.ts';
import { StoreBusyError, StoreError } from './store-error.ts';

/** Questions at once, the one being answered among them. Together they end before the engine would count as hung. */
const waitingMax = 4;
/** The question with what is put around it: lists of hours and places. */
const wholeCharactersMax = 4_194_304;
const nestingMax = 300;
const partsMax = 20_000;

export interface SqlLimits {
  seconds: number;
  memoryBytes: number;
  rows: number;
  answerBytes: number;
}

/** Settings of the session that answers questions. `readonly` comes last: from then on none of them can be changed. */
export function sqlSettings(limits: SqlLimits): Record<string, string | number> {
  return {
    max_threads: 1,
    max_memory_usage: limits.memoryBytes,
    max_execution_time: limits.seconds,
    timeout_overflow_mode: 'throw',
    max_result_rows: limits.rows,
    max_result_bytes: limits.answerBytes,
    result_overflow_mode: 'throw',
    max_query_size: wholeCharactersMax,
    max_ast_depth: nestingMax,
    max_ast_elements: partsMax,
    max_expanded_ast_elements: partsMax,
    // What does not fit the memory is refused and not put on the plant's disk.
    max_bytes_before_external_group_by: 0,
    max_bytes_ratio_before_external_group_by: 0,
    max_bytes_before_external_sort: 0,
    max_bytes_ratio_before_external_sort: 0,
    do_not_merge_across_partitions_select_final: 1,
    output_format_json_quote_64bit_integers: 0,
    session_timezone: 'UTC',
    readonly: 1,
  };
}

const formats = { json: 'JSON', csv: 'CSVWithNames', parquet: 'Parquet' } as const;

/**
 * Answers questions in SQL over the samples. What a person may see is decided here and not in their text: the tables they name are defined around
 * it, and hold nothing else. Four walls, each enough by itself for what it is for: the engine's parser has to find one SELECT made of known parts
 * ({@link checkTree}), tables have no database, functions are of a list, and the session is read-only with its limits fixed.
 */
export class SampleSql {
  readonly #open: () => ChdbSession;
  readonly #writers: SessionPool;
  readonly #summaries: SampleSummaries;
  #session: ChdbSession | undefined;
  #namesVersion = -1;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(open: () => ChdbSession, writers: SessionPool, summaries: SampleSummaries) {
    this.#open = open;
    this.#writers = writers;
    this.#summaries = summaries;
  }

  /** Names of all series, as of a version; kept in memory alone. */
  setNames(version: number, names: readonly SqlName[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#writers.use(async (session) => {
        await session.run('CREATE DATABASE IF NOT EXISTS reading ENGINE = Memory');
        await session.run(
          `CREATE TABLE IF NOT EXISTS reading.names (series UInt32, thing String, property String, place String, title String, types String, unit String)
          ENGINE = Memory`,
        );
        await session.run('TRUNCATE TABLE reading.names');
        if (names.length > 0) {
          await session.withColumns(
            'names',
            names.length,
            {
              series: Uint32Array.from(names, ({ series }) => series),
              thing: names.map(({ thing }) => thing),
              property: names.map(({ property }) => property),
              place: names.map(({ place }) => place),
              title: names.map(({ title }) => title),
              types: names.map(({ types }) => types),
              unit: names.map(({ unit }) => unit),
            },
            "INSERT INTO reading.names SELECT series, thing, property, place, title, types, unit FROM arrowstream('names')",
          );
        }
      });
      this.#namesVersion = version;
    });
  }

  /** The answer in the format asked for; `undefined` where the names of that version are not known and have to be given first. */
  ask(question: SqlQuestion): Promise<Uint8Array | undefined> {
    return this.#inTurn(async () => {
      if (question.names !== this.#namesVersion) return undefined;
      this.#session ??= this.#open();
      const session = this.#session;
      try {
        // What the engine's parser makes of it, written out anew: without comments, one statement, its brackets closed.
        const formatted = await session.table(`SELECT formatQuery(${quote(question.query)}) AS query`);
        const query = texts(formatted, 'query')[0] ?? '';
        checkTree(texts(await session.table(`EXPLAIN AST ${query}`), 'explain'));
        return await session.bytes(
          `${this.#around(question)} SELECT * FROM (\n${query}\n)`,
          formats[question.format],
        );
      } catch (error) {
        // What a question had written before it failed would stand before the next answer of the same session.
        if (!(error instanceof SqlRefused)) {
          this.#session = undefined;
          session.close();
        }
        throw asked(error);
      }
    });
  }

  close(): void {
    this.#session?.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= waitingMax)
      return Promise.reject(
        new StoreBusyError(`${waitingMax} questions in SQL are being answered; try again.`),
      );
    this.#waiting++;
    const done = this.#turn.then(work, work).finally(() => this.#waiting--);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Definitions of the tables that a question may name, with nothing in them but what may be seen. */
  #around({ places, from, to }: SqlQuestion): string {
    const seen = places.includes('')
      ? '1'
      : places.length === 0
        ? '0'
        : places
            .map((place) => `place = ${quote(place)} OR startsWith(place, ${quote(`${place}/`)})`)
            .join(' OR ');
    const names = `(SELECT * FROM reading.names WHERE ${seen})`;
    const forgotten = [...this.#summaries.forgotten];
    const series = `series IN (SELECT series FROM ${names})${forgotten.length === 0 ? '' : ` AND series NOT IN (${forgotten.join(',')})`}`;
    const start = from === undefined ? undefined : Math.ceil(from);
    const end = to === undefined ? undefined : Math.ceil(to);
    const within = (column: string): string =>
      [
        series,
        ...(start === undefined
          ? []
          : [`hour >= ${Math.floor(start / hourMicroseconds)}`, `${column} >= ${start}`]),
        ...(end === undefined ? [] : [`hour <= ${Math.floor(end / hourMicroseconds)}`, `${column} < ${end}`]),
      ].join(' AND ');
    const closed = this.#summaries.closedBefore();
    const stale = this.#summaries.stale.hours().filter((hour) => hour < closed);
    const isStale = stale.length === 0 ? '0' : `hour IN (${stale.join(',')})`;
    const number = "NOT isNaN(value) AND status < 2147483648 AND text NOT IN ('true', 'false')";
    const instant = (column: string): string => `fromUnixTimestamp64Micro(${column}, 'UTC')`;
    const real = (column: string): string => `if(isFinite(${column}), ${column}, NULL)`;
    const spans = (
      table: string,
      width: number,
    ): string => `SELECT n.thing AS thing, n.property AS property, n.unit AS unit, ${instant('s.start')} AS time,
        s.samples AS samples, s.numbers AS numbers, s.bad AS bad, if(s.numbers = 0, NULL, s.total / s.numbers) AS mean, if(s.numbers = 0, NULL, s.least) AS least,
        if(s.numbers = 0, NULL, s.greatest) AS greatest, ${real('s.first')} AS first, ${real('s.last')} AS last
      FROM (
        SELECT series, start, toUInt64(count) AS samples, toUInt64(numbers) AS numbers, toUInt64(bad_count) AS bad, total, least, greatest, first, last
        FROM ${database}.${table} FINAL WHERE ${within('start')} AND hour < ${closed} AND NOT (${isStale})
        UNION ALL
        SELECT series, begin AS start, count() AS samples, countIf(${number}) AS numbers, countIf(status >= 2147483648) AS bad, sumIf(value, ${number}) AS total,
          minIf(value, ${number}) AS least, maxIf(value, ${number}) AS greatest, argMin(value, time) AS first, argMax(value, time) AS last
        FROM (SELECT series, time, value, status, text, intDiv(time, ${width}) * ${width} AS begin FROM ${database}.samples FINAL
          WHERE (hour >= ${closed} OR ${isStale}) AND ${within('time')})
        GROUP BY series, begin
      ) AS s INNER JOIN ${names} AS n ON s.series = n.series`;
    return `WITH samples AS (
        SELECT n.thing AS thing, n.property AS property, n.unit AS unit, ${instant('s.time')} AS time, ${instant('s.time + s.lag')} AS received,
          ${real('s.value')} AS value, s.text AS text,
          multiIf(s.status < 1073741824, 'good', s.status < 2147483648, 'uncertain', 'bad') AS quality, s.status AS status
        FROM (SELECT series, time, lag, value, text, status FROM ${database}.samples FINAL WHERE ${within('time')}) AS s
        INNER JOIN ${names} AS n ON s.series = n.series
      ),
      minutes AS (${spans('minutes', minuteMicroseconds)}),
      hours AS (${spans('hours', hourMicroseconds)}),
      things AS (
        SELECT thing, any(title) AS title, any(place) AS place, splitByChar('\\n', any(types)) AS types, groupArray(property) AS properties
        FROM ${names} GROUP BY thing
      )`;
  }
}

/** The engine's words about a question, without what was put around it. */
function asked(error: unknown): Error {
  if (error instanceof SqlRefused) return new StoreError('input', error.message);
  if (!(error instanceof StoreError) || error.code !== 'engine') return error as Error;
  const words = error.message.replace(/^The sample store's engine: /, '').replaceAll(/\s+/g, ' ');
  const shown = words
    .replace(/:? ?(While|In scope) .*$/i, '')
    .replaceAll(/millrace\.|reading\./g, '')
    .slice(0, 400);
  return new StoreError(
    'input',
    error.engineCode === '241' || /memory/i.test(shown) ? error.message : shown,
    error.engineCode,
  );
}
