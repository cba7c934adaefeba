import type { SpanColumns, SpanRequest } from '@millrace/sdk';
import type { SessionPool } from './chdb-session.ts';
import { numbers } from './native-format.ts';
import { database, hourMicroseconds, minuteMicroseconds } from './sample-schema.ts';
import type { SampleSummaries } from './sample-summaries.ts';
import { StoreError } from './store-error.ts';

/** Rows in one answer. */
export const spanRowsMax = 1_000_000;
/** Series named in one query. */
const seriesPerQueryMax = 500;

/** What is known of a span from one source; spans that lie in several sources are joined. */
interface Part {
  series: number;
  start: number;
  count: number;
  numbers: number;
  bad: number;
  total: number;
  least: number;
  greatest: number;
  first: number;
  firstTime: number;
  firstStatus: number;
  last: number;
  lastTime: number;
  lastStatus: number;
}
const fields = [
  'series',
  'start',
  'count',
  'numbers',
  'bad',
  'total',
  'least',
  'greatest',
  'first',
  'firstTime',
  'firstStatus',
  'last',
  'lastTime',
  'lastStatus',
] as const satisfies readonly (keyof Part)[];

/** Equal spans of many series at once, for what reckons rather than draws. */
export class SampleSpans {
  #sessions: SessionPool;
  #summaries: SampleSummaries;

  constructor(sessions: SessionPool, summaries: SampleSummaries) {
    this.#sessions = sessions;
    this.#summaries = summaries;
  }

  /**
   * Spans start at `from` and every `span` microseconds after it. Whole hours whose minutes are summed up are read from those where the
   * spans' bounds fall on minutes; all else from the samples.
   */
  async spans({ series, from, to, span }: SpanRequest): Promise<SpanColumns> {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || !Number.isSafeInteger(span) || span < 1)
      throw new StoreError('input', 'Bounds and width of spans are whole microseconds.');
    const asked = [...new Set(series)].filter((one) => !this.#summaries.forgotten.has(one));
    if (asked.length * Math.ceil(Math.max(0, to - from) / span) > spanRowsMax) {
      throw new StoreError(
        'input',
        `${asked.length} series × ${Math.ceil((to - from) / span)} spans are too many; at most ${spanRowsMax} (spanRowsMax) are given.`,
      );
    }
    const found = new Map<string, Part>();
    if (from < to) {
      for (let at = 0; at < asked.length; at += seriesPerQueryMax) {
        const some = asked.slice(at, at + seriesPerQueryMax);
        for (const piece of this.#pieces(some, from, to, span)) {
          await this.#read(some, piece, from, span, found);
        }
      }
    }
    const parts = [...found.values()].sort((a, b) => a.series - b.series || a.start - b.start);
    const column = (name: keyof Part): Float64Array => Float64Array.from(parts, (part) => part[name]);
    return {
      count: parts.length,
      series: Uint32Array.from(parts, (part) => part.series),
      start: column('start'),
      samples: column('count'),
      numbers: column('numbers'),
      bad: column('bad'),
      total: column('total'),
      least: column('least'),
      greatest: column('greatest'),
      first: column('first'),
      firstTime: column('firstTime'),
      firstStatus: Uint32Array.from(parts, (part) => part.firstStatus),
      last: column('last'),
      lastTime: column('lastTime'),
      lastStatus: Uint32Array.from(parts, (part) => part.lastStatus),
    };
  }

  /** Cuts the range into stretches that are read from minutes and stretches that are read from samples. */
  #pieces(series: readonly number[], from: number, to: number, span: number): Piece[] {
    const pieces: Piece[] = [];
    const add = (start: number, end: number, minutes: boolean): void => {
      if (start >= end) return;
      const last = pieces.at(-1);
      if (last?.minutes === minutes && last.to === start) last.to = end;
      else pieces.push({ from: start, to: end, minutes });
    };
    const rawFrom = this.#summaries.floor('raw') * hourMicroseconds;
    if (from % minuteMicroseconds !== 0 || span % minuteMicroseconds !== 0) {
      add(Math.max(from, rawFrom), to, false);
      return pieces;
    }
    const firstHour = Math.floor(from / hourMicroseconds);
    const lastHour = Math.ceil(to / hourMicroseconds);
    const closed = this.#summaries.closedBefore();
    const stale = new Set(
      series.flatMap((one) => this.#summaries.stale.hoursOf(one, firstHour, lastHour + 1)),
    );
    // From here on nothing is summed up; before it, only what is stale is not.
    const openFrom = Math.min(to, Math.max(from, closed * hourMicroseconds));
    let at = from;
    for (const hour of [...stale].sort((a, b) => a - b)) {
      const start = Math.max(at, hour * hourMicroseconds);
      const end = Math.min(openFrom, (hour + 1) * hourMicroseconds);
      if (start >= end || hour * hourMicroseconds < rawFrom) continue;
      add(at, start, true);
      add(start, end, false);
      at = end;
    }
    // The last minute may be only partly in the range.
    const whole = Math.max(at, Math.min(openFrom, Math.floor(to / minuteMicroseconds) * minuteMicroseconds));
    add(at, whole, true);
    add(whole, to, false);
    return pieces;
  }

  async #read(
    series: readonly number[],
    piece: Piece,
    origin: number,
    span: number,
    into: Map<string, Part>,
  ): Promise<void> {
    const where = `hour >= ${Math.floor(piece.from / hourMicroseconds)} AND hour < ${Math.ceil(piece.to / hourMicroseconds)} AND series IN (${series.join(',')})`;
    const sql = piece.minutes
      ? minutesSql(where, piece, origin, span)
      : samplesSql(where, piece, origin, span);
    const table = await this.#sessions.use((session) => session.table(sql));
    const columns = fields.map((name) => numbers(table, name));
    for (let row = 0; row < table.rows; row++) {
      const part = Object.fromEntries(fields.map((name, i) => [name, columns[i]![row]!])) as unknown as Part;
      if (part.numbers === 0) part.least = part.greatest = Number.NaN;
      const key = `${part.series}/${part.start}`;
      const known = into.get(key);
      into.set(key, known === undefined ? part : joined(known, part));
    }
  }
}

interface Piece {
  from: number;
  to: number;
  minutes: boolean;
}

function joined(a: Part, b: Part): Part {
  const [early, late] = a.firstTime <= b.firstTime ? [a, b] : [b, a];
  const extreme = (pick: (x: number, y: number) => number, x: number, y: number): number =>
    Number.isNaN(x) ? y : Number.isNaN(y) ? x : pick(x, y);
  return {
    series: a.series,
    start: a.start,
    count: a.count + b.count,
    numbers: a.numbers + b.numbers,
    bad: a.bad + b.bad,
    total: a.total + b.total,
    least: extreme(Math.min, a.least, b.least),
    greatest: extreme(Math.max, a.greatest, b.greatest),
    first: early.first,
    firstTime: early.firstTime,
    firstStatus: early.firstStatus,
    last: late.last,
    lastTime: late.lastTime,
    lastStatus: late.lastStatus,
  };
}

const spanStart = (time: string, origin: number, span: number): string =>
  `${origin} + intDiv(${time} - ${origin}, ${span}) * ${span}`;

function samplesSql(where: string, piece: Piece, origin: number, span: number): string {
  const number = "NOT isNaN(value) AND status < 2147483648 AND text NOT IN ('true', 'false')";
  return `SELECT series, toFloat64(${spanStart('time', origin, span)}) AS start,
      toFloat64(count()) AS count, toFloat64(countIf(${number})) AS numbers, toFloat64(countIf(status >= 2147483648)) AS bad,
      sumIf(value, ${number}) AS total, minIf(value, ${number}) AS least, maxIf(value, ${number}) AS greatest,
      argMin(value, time) AS first, toFloat64(min(time)) AS firstTime, argMin(status, time) AS firstStatus,
      argMax(value, time) AS last, toFloat64(max(time)) AS lastTime, argMax(status, time) AS lastStatus
    FROM ${database}.samples FINAL
    WHERE ${where} AND time >= ${piece.from} AND time < ${piece.to}
    GROUP BY series, start`;
}

/** `start` of the table is the minute's; the one asked for is the span's. */
function minutesSql(where: string, piece: Piece, origin: number, span: number): string {
  return `SELECT series, toFloat64(span_start) AS start,
      toFloat64(sum(m_count)) AS count, toFloat64(sum(m_numbers)) AS numbers, toFloat64(sum(m_bad)) AS bad,
      sum(m_total) AS total, minIf(m_least, m_numbers > 0) AS least, maxIf(m_greatest, m_numbers > 0) AS greatest,
      argMin(m_first, minute) AS first, toFloat64(min(minute + m_first_after)) AS firstTime, argMin(m_first_status, minute) AS firstStatus,
      argMax(m_last, minute) AS last, toFloat64(max(minute + m_last_after)) AS lastTime, argMax(m_last_status, minute) AS lastStatus
    FROM (
      SELECT series, start AS minute, ${spanStart('start', origin, span)} AS span_start, count AS m_count, numbers AS m_numbers,
        bad_count AS m_bad, total AS m_total, least AS m_least, greatest AS m_greatest, first AS m_first,
        first_after AS m_first_after, first_status AS m_first_status, last AS m_last, last_after AS m_last_after, last_status AS m_last_status
      FROM ${database}.minutes FINAL
      WHERE ${where} AND start >= ${piece.from} AND start < ${piece.to}
    )
    GROUP BY series, span_start`;
}
