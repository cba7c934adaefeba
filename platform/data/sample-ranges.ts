import type { SeriesId } from '@millrace/contract';
import type { ChdbSession, SessionPool } from './chdb-session.ts';
import { type NativeTable, numbers, texts } from './native-format.ts';
import { database, hourMicroseconds, minuteMicroseconds } from './sample-schema.ts';
import type { SampleSummaries } from './sample-summaries.ts';
import { emptyRows, joinRows, type Row, rowsFrom, type SeriesRows, SpanExtremes } from './span-extremes.ts';
import { StoreError } from './store-error.ts';

export const queryMillisecondsMax = 20_000;
/** Rows fetched in one go; longer ranges come in several. */
const fetchRowsMax = 262_144;
const fetchHoursFirst = 24;
/** Series named in one query. */
const seriesPerQueryMax = 2_000;
/** Rows of samples held at once while it is not clear yet how wide spans will be. */
const heldRowsMax = 1_048_576;
/** Spans at least so many summaries wide are made of them, which keeps spans as wide as asked to within a few per cent. */
const summariesPerSpanMin = 2;
/** Minutes read for one answer; longer ranges are made of hours. */
const minutesMax = 600_000;
/** Tries to find a width of spans at which they fit, before they are joined by twos. */
const narrowingsMax = 4;
/** Several short pieces of samples are asked for in one query. */
const piecesPerQueryMax = 50;
/** How far back `latest` looks, in hours, before it looks further. */
const latestHours = [24 * 8, 24 * 200, Number.POSITIVE_INFINITY];

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

/** What a range is read from: its samples, or the summaries of its minutes or hours. */
type Level = 'samples' | 'minutes' | 'hours';
const unitOf: Record<Level, number> = { samples: 1, minutes: minuteMicroseconds, hours: hourMicroseconds };

/** Part of a range. */
interface Piece {
  from: number;
  to: number;
  summarised: boolean;
}

/** Least, greatest and the like of spans, each a sample with its own time. */
interface Gathered {
  /** Samples these stand for. */
  count: number;
  /** First and last time known; for summaries to within one. */
  from: number;
  to: number;
  /** Whether some of the range is known by its summaries alone. */
  summarised: boolean;
  samples: SeriesRows[];
  telling: SeriesRows[];
}

/** Answers about history. */
export class SampleRanges {
  #sessions: SessionPool;
  #summaries: SampleSummaries;

  constructor(sessions: SessionPool, summaries: SampleSummaries) {
    this.#sessions = sessions;
    this.#summaries = summaries;
  }

  async samples(series: SeriesId, from: number, to: number, points: number): Promise<RangeAnswer> {
    let start = Math.max(Math.ceil(from), Number.MIN_SAFE_INTEGER);
    let end = Math.min(Math.ceil(to), Number.MAX_SAFE_INTEGER);
    const nothing: RangeAnswer = { rows: emptyRows(0), reduced: false, span: undefined };
    if (!(start < end) || points < 1 || this.#summaries.forgotten.has(series)) return nothing;
    // Two samples a span, and room for the spans that lie only partly in the range and for its first and last sample.
    const spans = Math.max(1, Math.floor((points - 2) / 2) - 1);
    const deadline = performance.now() + queryMillisecondsMax;
    for (let level = levelOf(start, end, spans); ; ) {
      const found = await this.#gather(series, start, end, level, deadline, points, spans);
      if (found === undefined) return nothing;
      if ('rows' in found) return found;
      const { samples, summarised, count } = found;
      start = Math.max(start, found.from);
      end = Math.min(end, found.to);
      if (!summarised && count <= points) {
        return {
          rows: samples.length === 0 ? emptyRows(0) : joinRows(samples),
          reduced: false,
          span: undefined,
        };
      }
      // There may be less than the range had room for: then it is looked at more closely.
      const closer = levelOf(start, end, spans);
      const kept = hourOf(start) >= this.#summaries.floor('raw');
      if (summarised && level !== 'samples' && kept && count <= points) level = 'samples';
      else if (summarised && level !== 'samples' && closer !== level && (kept || level === 'hours'))
        level = closer;
      else {
        return reduce(
          found,
          points,
          (wanted) => widthOf(start, end, wanted, summarised ? level : 'samples'),
          spans,
        );
      }
    }
  }

  /** Latest of each series, wherever it is kept. */
  async latest(series: readonly SeriesId[]): Promise<LatestAnswer> {
    const best = new Map<SeriesId, Row>();
    const asked = series.filter((one) => !this.#summaries.forgotten.has(one));
    for (let at = 0; at < asked.length; at += seriesPerQueryMax) {
      await this.#latestOf(asked.slice(at, at + seriesPerQueryMax), best);
    }
    return { series: Uint32Array.from(best.keys()), rows: rowsFrom([...best.values()]) };
  }

  /** Samples of a range in order, at most `fetchRowsMax` at a time; the hours asked for at once follow what comes. */
  async *pages(
    series: SeriesId,
    from: number,
    to: number,
    sessions = this.#sessions,
    rowsMax = fetchRowsMax,
  ): AsyncGenerator<SeriesRows> {
    let hours = fetchHoursFirst;
    let at = from;
    const limit = Math.min(rowsMax, fetchRowsMax);
    while (at < to) {
      const hour = hourOf(at);
      const end = Math.min(to, (hour + hours) * hourMicroseconds);
      const sql = rowsSql(
        `hour >= ${hour} AND hour < ${Math.ceil(end / hourMicroseconds)} AND series = ${series} AND time >= ${at} AND time < ${end}`,
        limit,
      );
      const table = await sessions.use((session) => session.table(sql));
      const rows = seriesRows(table);
      if (rows.count > 0) yield rows;
      if (rows.count === limit) {
        at = rows.time[rows.count - 1]! + 1;
        hours = Math.max(1, Math.floor(hours / 2));
      } else {
        at = end;
        if (rows.count < limit / 4) hours *= 4;
      }
    }
  }

  /** Cuts a range where summaries stop or begin to hold: at stale hours, and where a unit is only partly in it. */
  #pieces(series: SeriesId, from: number, to: number, level: Level): Piece[] {
    const unit = unitOf[level];
    const pieces: Piece[] = [];
    const add = (start: number, end: number, summarised: boolean): void => {
      if (start >= end) return;
      const last = pieces.at(-1);
      if (last?.summarised === summarised) last.to = end;
      else pieces.push({ from: start, to: end, summarised });
    };
    if (level === 'samples') {
      const floor = Math.min(to, Math.max(from, this.#summaries.floor('raw') * hourMicroseconds));
      // Where samples are no longer kept, who wants them gets what the minutes know of them.
      add(from, floor, true);
      add(floor, to, false);
      return pieces;
    }
    const firstWhole = Math.ceil(from / unit) * unit;
    const endWhole = Math.max(firstWhole, Math.floor(to / unit) * unit);
    add(from, Math.min(firstWhole, to), false);
    let at = firstWhole;
    for (const hour of this.#summaries.stale.hoursOf(series, hourOf(firstWhole), hourOf(endWhole) + 1)) {
      const start = Math.max(at, hour * hourMicroseconds);
      const end = Math.min(endWhole, (hour + 1) * hourMicroseconds);
      add(at, Math.min(start, endWhole), true);
      add(start, end, false);
      at = Math.max(at, end);
    }
    add(at, endWhole, true);
    add(Math.max(endWhole, from), to, false);
    return pieces;
  }

  /** Reads a range at a level. Where it is all samples and too many to hold, answers at once. */
  async #gather(
    series: SeriesId,
    from: number,
    to: number,
    level: Level,
    deadline: number,
    points: number,
    spans: number,
  ): Promise<Gathered | RangeAnswer | undefined> {
    const pieces = this.#pieces(series, from, to, level);
    const summarised = pieces.filter((piece) => piece.summarised);
    const found: Gathered = {
      count: 0,
      from: Number.POSITIVE_INFINITY,
      to: Number.NEGATIVE_INFINITY,
      summarised: false,
      samples: [],
      telling: [],
    };
    const summaries = this.#readSummaries(found, series, summarised, level === 'hours' ? 'hours' : 'minutes');
    summaries.catch(() => {});
    let extremes: SpanExtremes | undefined;
    try {
      for await (const rows of this.#readPieces(
        series,
        pieces.filter((piece) => !piece.summarised),
      )) {
        found.count += rows.count;
        found.from = Math.min(found.from, rows.time[0]!);
        found.to = Math.max(found.to, rows.time[rows.count - 1]! + 1);
        if (extremes !== undefined) extremes.addRows(rows);
        else {
          found.samples.push(rows);
          if (found.count > heldRowsMax && found.count > points) {
            extremes = new SpanExtremes(widthOf(found.from, to, spans, level));
            for (const kept of found.samples.splice(0)) extremes.addRows(kept);
          }
        }
        if (performance.now() > deadline) {
          throw new StoreError('timeout', 'The query took longer than allowed; ask for a shorter range.');
        }
      }
    } finally {
      await summaries;
    }
    if (extremes !== undefined) {
      for (const rows of found.telling) extremes.addTelling(rows);
      return { rows: rowsFrom(extremes.rows(points)), reduced: true, span: extremes.width };
    }
    return found.from < found.to ? found : undefined;
  }

  /** Samples of several pieces in order: of a few short ones in one query. */
  async *#readPieces(series: SeriesId, pieces: readonly Piece[]): AsyncGenerator<SeriesRows> {
    const hours = new Set<number>();
    for (const { from, to } of pieces) {
      for (let hour = hourOf(from); hour <= hourOf(to - 1) && hours.size <= piecesPerQueryMax; hour++)
        hours.add(hour);
    }
    if (pieces.length > 1 && hours.size <= piecesPerQueryMax) {
      const times = pieces.map(({ from, to }) => `time >= ${from} AND time < ${to}`).join(' OR ');
      const where = `hour IN (${[...hours].join(',')}) AND series = ${series} AND (${times})`;
      const table = await this.#sessions.use((session) => session.table(rowsSql(where, fetchRowsMax)));
      if (table.rows < fetchRowsMax) {
        if (table.rows > 0) yield seriesRows(table);
        return;
      }
    }
    for (const { from, to } of pieces) yield* this.pages(series, from, to);
  }

  /** Adds what minutes or hours tell of pieces; hours where minutes are no longer kept. */
  async #readSummaries(
    found: Gathered,
    series: SeriesId,
    pieces: readonly Piece[],
    table: 'minutes' | 'hours',
  ): Promise<void> {
    if (pieces.length === 0) return;
    const first = pieces[0]!.from;
    const last = pieces.at(-1)!.to;
    let start = first;
    if (table === 'minutes') {
      start = Math.min(last, Math.max(first, this.#summaries.floor('minute') * hourMicroseconds));
      if (first < start) {
        const before = pieces
          .filter(({ from }) => from < start)
          .map((piece) => ({ ...piece, to: Math.min(piece.to, start) }));
        await this.#readSummaries(found, series, before, 'hours');
      }
      if (start >= last) return;
    }
    const unit = unitOf[table];
    const where = `hour >= ${hourOf(start)} AND hour < ${Math.ceil(last / hourMicroseconds)} AND series = ${series}
      AND start >= ${start} AND start < ${last}`;
    const columnsOf = (kinds: readonly string[]): string =>
      kinds
        .map(
          (kind) =>
            `${kind} AS ${kind}_v, toFloat64(start + ${kind}_after) AS ${kind}_t, toFloat64(${kind}_lag) AS ${kind}_l, ${kind}_status AS ${kind}_s`,
        )
        .join(', ');
    const numeric = await this.#sessions.use((session) =>
      session.table(
        `SELECT toFloat64(start) AS begin, count, numbers, bad_count, ${columnsOf(['least', 'greatest', 'bad'])}
        FROM ${database}.${table} FINAL WHERE ${where} ORDER BY start`,
      ),
    );
    if (numeric.rows === 0) return;
    const begin = numbers(numeric, 'begin');
    const count = numbers(numeric, 'count');
    const withNumbers = numbers(numeric, 'numbers');
    const bad = numbers(numeric, 'bad_count');
    const within = inPieces(pieces);
    let others = false;
    const keep: number[] = [];
    const broken: number[] = [];
    for (let row = 0; row < numeric.rows; row++) {
      const at = begin[row]!;
      if (!within(at)) continue;
      found.count += count[row]!;
      found.from = Math.min(found.from, at);
      found.to = Math.max(found.to, at + unit);
      found.summarised = true;
      if (withNumbers[row]! > 0) keep.push(row);
      if (bad[row]! > 0) broken.push(row);
      if (withNumbers[row]! + bad[row]! < count[row]!) others = true;
    }
    found.telling.push(
      tellingRows(numeric, 'least', keep),
      tellingRows(numeric, 'greatest', keep),
      tellingRows(numeric, 'bad', broken),
    );
    if (!others) return;
    // Texts and structures: of most series there are none, of some there is nothing else.
    const rest = await this.#sessions.use((session) =>
      session.table(
        `SELECT toFloat64(start) AS begin, first_text, last_text, ${columnsOf(['first', 'last'])}
        FROM ${database}.${table} FINAL WHERE ${where} AND numbers + bad_count < count ORDER BY start`,
      ),
    );
    const restBegin = numbers(rest, 'begin');
    const inside = inPieces(pieces);
    const rows = Array.from({ length: rest.rows }, (_, row) => row).filter((row) => inside(restBegin[row]!));
    found.telling.push(tellingRows(rest, 'first', rows), tellingRows(rest, 'last', rows));
  }

  async #latestOf(series: readonly SeriesId[], best: Map<SeriesId, Row>): Promise<void> {
    const ids = series.join(',');
    const take = (table: NativeTable): void => {
      const found = numbers(table, 'series');
      const rows = seriesRows(table);
      for (let row = 0; row < table.rows; row++) {
        const time = rows.time[row]!;
        const known = best.get(found[row]!);
        if (known !== undefined && known.time > time) continue;
        best.set(found[row]!, {
          time,
          lag: rows.lag[row]!,
          value: rows.value[row]!,
          status: rows.status[row]!,
          text: rows.text.get(row) ?? '',
        });
      }
    };
    const ask = async (sql: string): Promise<void> =>
      take(await this.#sessions.use((session: ChdbSession) => session.table(sql)));
    const stale = this.#summaries.stale.hours();
    if (stale.length > 0) {
      const hours = stale.length <= 200 ? `hour IN (${stale.join(',')})` : `hour >= ${stale[0]}`;
      await ask(latestSql(`${hours} AND series IN (${ids})`));
    }
    // Hours from `closed` on have no summary yet. What is found within a window needs no look before it.
    const closed = this.#summaries.closedBefore();
    const before = (hour: number): ((one: SeriesId) => boolean) => {
      return (one) => hourOf(best.get(one)?.time ?? Number.NEGATIVE_INFINITY) < hour;
    };
    let open = series.filter(before(closed));
    for (const hours of latestHours) {
      if (open.length === 0) return;
      const from = Number.isFinite(hours) ? `hour >= ${closed - hours} AND` : '';
      await ask(`SELECT series, argMax(toFloat64(start + last_after), start) AS t, argMax(toFloat64(last_lag), start) AS l,
        argMax(last, start) AS v, argMax(last_status, start) AS s, argMax(last_text, start) AS x
        FROM ${database}.hours FINAL WHERE ${from} series IN (${open.join(',')}) GROUP BY series`);
      open = open.filter(before(closed - hours));
    }
    open = series.filter((one) => !best.has(one));
    if (open.length > 0 && this.#summaries.floor('hour') > this.#summaries.floor('raw')) {
      await ask(latestSql(`series IN (${open.join(',')})`));
    }
  }
}

/** Latest of several series from the samples themselves. */
function latestSql(where: string): string {
  return `SELECT series, toFloat64(max(time)) AS t, argMax(toFloat64(lag), time) AS l, argMax(value, time) AS v,
    argMax(status, time) AS s, argMax(text, time) AS x
    FROM ${database}.samples FINAL WHERE ${where} GROUP BY series`;
}

export function hourOf(time: number): number {
  return Math.floor(time / hourMicroseconds);
}

/** What to read so that a range makes so many spans. */
function levelOf(from: number, to: number, spans: number): Level {
  const width = (to - from) / spans;
  if (width < summariesPerSpanMin * minuteMicroseconds) return 'samples';
  return width < 2 * summariesPerSpanMin * hourMicroseconds && (to - from) / minuteMicroseconds <= minutesMax
    ? 'minutes'
    : 'hours';
}

/** Width of the spans: whole units of what they are made of. */
function widthOf(from: number, to: number, spans: number, level: Level): number {
  const unit = unitOf[level];
  return Math.max(1, Math.ceil((to - from) / spans / unit)) * unit;
}

/**
 * Takes the extremes of spans. Bad samples and texts come on top of two a span; where that is too much, spans become wider by as
 * little as makes it fit.
 */
function reduce(
  { samples, telling }: Gathered,
  points: number,
  width: (spans: number) => number,
  spans: number,
): RangeAnswer {
  let wanted = spans;
  for (let attempt = 0; ; attempt++) {
    const extremes = new SpanExtremes(width(wanted));
    for (const rows of samples) extremes.addRows(rows);
    for (const rows of telling) extremes.addTelling(rows);
    const all = extremes.chosen();
    if (all.length <= points || attempt === narrowingsMax || wanted === 1) {
      const rows = rowsFrom(all.length <= points ? all : extremes.rows(points));
      return { rows, reduced: true, span: extremes.width };
    }
    wanted = Math.max(1, Math.min(wanted - 1, Math.floor((wanted * points * 0.98) / all.length)));
  }
}

/** Whether a time lies in one of several pieces; asked with ascending times. */
function inPieces(pieces: readonly Piece[]): (time: number) => boolean {
  let at = 0;
  return (time) => {
    while (at < pieces.length && pieces[at]!.to <= time) at++;
    return at < pieces.length && pieces[at]!.from <= time;
  };
}

function rowsSql(where: string, limit: number): string {
  return `SELECT toFloat64(time) AS t, toFloat64(lag) AS l, value AS v, status AS s, text AS x
    FROM ${database}.samples FINAL WHERE ${where} ORDER BY hour, series, time LIMIT ${limit}`;
}

/** One kind of sample out of summaries. */
function tellingRows(table: NativeTable, kind: string, rows: readonly number[]): SeriesRows {
  const chosen = emptyRows(rows.length);
  const value = numbers(table, `${kind}_v`);
  const time = numbers(table, `${kind}_t`);
  const lag = numbers(table, `${kind}_l`);
  const code = numbers(table, `${kind}_s`);
  const text = texts(table, `${kind}_text`);
  rows.forEach((row, at) => {
    chosen.value[at] = value[row]!;
    chosen.time[at] = time[row]!;
    chosen.lag[at] = lag[row]!;
    chosen.status[at] = code[row]!;
    if (text[row] !== undefined && text[row] !== '') chosen.text.set(at, text[row]!);
  });
  return chosen;
}

export function seriesRows(table: NativeTable): SeriesRows {
  if (table.rows === 0) return emptyRows(0);
  const text = new Map<number, string>();
  const words = texts(table, 'x');
  for (let row = 0; row < words.length; row++) if (words[row] !== '') text.set(row, words[row]!);
  return {
    count: table.rows,
    time: numbers(table, 't') as Float64Array,
    lag: numbers(table, 'l') as Float64Array,
    value: numbers(table, 'v') as Float64Array,
    status: numbers(table, 's') as Uint32Array,
    text,
  };
}
