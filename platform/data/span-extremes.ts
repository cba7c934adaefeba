import type { Microseconds } from '@millrace/contract';

/** Rows of one series, ascending in time, as columns. `text` is empty where the value is a number or there is none. */
export interface SeriesRows {
  count: number;
  time: Float64Array;
  /** received − time */
  lag: Float64Array;
  value: Float64Array;
  status: Uint32Array;
  /** Sparse, by row. */
  text: Map<number, string>;
}

export interface Row {
  time: Microseconds;
  lag: number;
  value: number;
  status: number;
  text: string;
}

const isBad = (status: number): boolean => status >>> 31 === 1;

/** A number that can be the least or greatest; `true` and `false` of untyped properties are states, not numbers. */
export function isNumber(value: number, text: string): boolean {
  return !Number.isNaN(value) && text !== 'true' && text !== 'false';
}

interface Span {
  least: Row | undefined;
  greatest: Row | undefined;
  /** The first bad one: enough to break the line of a chart. */
  bad: Row | undefined;
  /** First and last that are neither number nor bad: texts, states, structures. */
  firstOther: Row | undefined;
  lastOther: Row | undefined;
}

/**
 * The least and greatest of equal spans, with their own times and qualities; bad samples and texts beside them, and the very
 * first and last. Spans lie on a fixed raster (multiples of their width since the epoch), so that a chart which moves along
 * keeps its shape and the summaries of minutes and hours fit into it.
 */
export class SpanExtremes {
  #width: number;
  #spans = new Map<number, Span>();
  #first: Row | undefined;
  #last: Row | undefined;

  constructor(width: Microseconds) {
    this.#width = width;
  }

  get width(): Microseconds {
    return this.#width;
  }

  addRows(rows: SeriesRows): void {
    const { time, lag, value, status, text, count } = rows;
    let index = Number.NaN;
    let span: Span | undefined;
    for (let row = 0; row < count; row++) {
      const at = Math.floor(time[row]! / this.#width);
      if (at !== index || span === undefined) span = this.#span((index = at));
      const words = text.size === 0 ? '' : (text.get(row) ?? '');
      const v = value[row]!;
      const bad = isBad(status[row]!);
      // Most rows change nothing; an object is made only for those that do.
      if (!bad && words === '' && !Number.isNaN(v)) {
        if (span.least !== undefined && v >= span.least.value && v <= span.greatest!.value) continue;
      } else if (bad && span.bad !== undefined) continue;
      this.#take(span, { time: time[row]!, lag: lag[row]!, value: v, status: status[row]!, text: words });
    }
    if (count > 0) {
      this.#ends(rowAt(rows, 0));
      this.#ends(rowAt(rows, count - 1));
    }
  }

  /** Samples that summaries tell of, in any order; they are the extremes of their own spans and not all there is. */
  addTelling(rows: SeriesRows): void {
    for (let row = 0; row < rows.count; row++) {
      this.#take(this.#span(Math.floor(rows.time[row]! / this.#width)), rowAt(rows, row));
    }
  }

  /** At most `points` rows, ascending. Where there is too much, spans are joined by twos until it fits. */
  rows(points: number): Row[] {
    for (;;) {
      const chosen = this.chosen();
      if (chosen.length <= points) return chosen;
      if (this.#spans.size <= 1) return mostTelling(this.#spans.values().next().value!, points);
      this.#join();
    }
  }

  #span(index: number): Span {
    let span = this.#spans.get(index);
    if (span === undefined) {
      span = {
        least: undefined,
        greatest: undefined,
        bad: undefined,
        firstOther: undefined,
        lastOther: undefined,
      };
      this.#spans.set(index, span);
    }
    return span;
  }

  #take(span: Span, row: Row): void {
    if (isBad(row.status)) {
      if (span.bad === undefined || row.time < span.bad.time) span.bad = row;
    } else if (isNumber(row.value, row.text)) {
      if (
        span.least === undefined ||
        row.value < span.least.value ||
        (row.value === span.least.value && row.time < span.least.time)
      ) {
        span.least = row;
      }
      if (
        span.greatest === undefined ||
        row.value > span.greatest.value ||
        (row.value === span.greatest.value && row.time < span.greatest.time)
      ) {
        span.greatest = row;
      }
    } else {
      if (span.firstOther === undefined || row.time < span.firstOther.time) span.firstOther = row;
      if (span.lastOther === undefined || row.time > span.lastOther.time) span.lastOther = row;
    }
  }

  #ends(row: Row): void {
    if (this.#first === undefined || row.time < this.#first.time) this.#first = row;
    if (this.#last === undefined || row.time > this.#last.time) this.#last = row;
  }

  /** All there is to say, ascending. */
  chosen(): Row[] {
    const byTime = new Map<Microseconds, Row>();
    const take = (row: Row | undefined): void => {
      if (row !== undefined) byTime.set(row.time, row);
    };
    take(this.#first);
    take(this.#last);
    for (const span of this.#spans.values()) for (const row of rowsOf(span)) take(row);
    return [...byTime.values()].sort((a, b) => a.time - b.time);
  }

  #join(): void {
    const spans = this.#spans;
    // The last two may lie on both sides of the epoch, where halving their numbers never makes them meet.
    const meet = spans.size > 2 ? 2 : Number.POSITIVE_INFINITY;
    this.#width *= 2;
    this.#spans = new Map();
    for (const [index, span] of spans) {
      const joined = this.#span(meet === 2 ? Math.floor(index / 2) : 0);
      for (const row of rowsOf(span)) this.#take(joined, row);
    }
  }
}

function rowsOf(span: Span): Row[] {
  return [span.least, span.greatest, span.bad, span.firstOther, span.lastOther].filter(
    (row) => row !== undefined,
  );
}

/** For the caller that wants fewer points than one span has to say: the peak first. */
function mostTelling(span: Span, points: number): Row[] {
  const order = [span.greatest, span.least, span.bad, span.lastOther, span.firstOther];
  const chosen = new Set<Row>();
  for (const row of order) if (row !== undefined && chosen.size < points) chosen.add(row);
  return [...chosen].sort((a, b) => a.time - b.time);
}

export function rowAt(rows: SeriesRows, row: number): Row {
  return {
    time: rows.time[row]!,
    lag: rows.lag[row]!,
    value: rows.value[row]!,
    status: rows.status[row]!,
    text: rows.text.get(row) ?? '',
  };
}

export function emptyRows(count: number): SeriesRows {
  return {
    count,
    time: new Float64Array(count),
    lag: new Float64Array(count),
    value: new Float64Array(count),
    status: new Uint32Array(count),
    text: new Map(),
  };
}

export function rowsFrom(list: readonly Row[]): SeriesRows {
  const rows = emptyRows(list.length);
  list.forEach((row, index) => {
    rows.time[index] = row.time;
    rows.lag[index] = row.lag;
    rows.value[index] = row.value;
    rows.status[index] = row.status;
    if (row.text !== '') rows.text.set(index, row.text);
  });
  return rows;
}

export function joinRows(parts: readonly SeriesRows[]): SeriesRows {
  if (parts.length === 1) return parts[0]!;
  const rows = emptyRows(parts.reduce((sum, part) => sum + part.count, 0));
  let at = 0;
  for (const part of parts) {
    rows.time.set(part.time.subarray(0, part.count), at);
    rows.lag.set(part.lag.subarray(0, part.count), at);
    rows.value.set(part.value.subarray(0, part.count), at);
    rows.status.set(part.status.subarray(0, part.count), at);
    for (const [row, text] of part.text) rows.text.set(at + row, text);
    at += part.count;
  }
  return rows;
}
