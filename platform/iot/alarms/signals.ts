import type { Microseconds, SampleColumns, SeriesId } from '@millrace/contract';
import type { Signals } from '../cel/index.ts';

/** The latest samples as conditions read them, row by row as they come (the twin is at the batch's end already). */
export class SignalColumns implements Signals {
  time = new Float64Array(1024).fill(Number.NEGATIVE_INFINITY);
  seen = new Float64Array(1024);
  value = new Float64Array(1024).fill(Number.NaN);
  status = new Uint32Array(1024);
  /** How far behind a terminal's clock is known to be. */
  lag = new Float64Array(1024);
  listening = Number.NEGATIVE_INFINITY;
  readonly text = new Map<SeriesId, string>();

  /** Makes room for a series. */
  reach(series: SeriesId): void {
    if (series < this.time.length) return;
    const before = this.time.length;
    const length = Math.max(before * 2, series + 1);
    const grown = <T extends Float64Array | Uint32Array>(column: T, make: new (length: number) => T): T => {
      const next = new make(length);
      next.set(column as never);
      return next;
    };
    this.time = grown(this.time, Float64Array).fill(Number.NEGATIVE_INFINITY, before);
    this.seen = grown(this.seen, Float64Array);
    this.value = grown(this.value, Float64Array).fill(Number.NaN, before);
    this.status = grown(this.status, Uint32Array);
    this.lag = grown(this.lag, Float64Array);
  }

  take(columns: SampleColumns, row: number, series: SeriesId): void {
    this.time[series] = columns.time[row]!;
    this.seen[series] = columns.received[row]!;
    this.value[series] = columns.value[row]!;
    this.status[series] = columns.status[row]!;
    const text = columns.text?.get(row);
    if (text !== undefined) this.text.set(series, text);
    else if (this.text.size > 0) this.text.delete(series);
  }

  set(series: SeriesId, time: Microseconds, seen: Microseconds, value: unknown, status: number): void {
    this.reach(series);
    this.time[series] = time;
    this.seen[series] = seen;
    this.status[series] = status;
    this.text.delete(series);
    if (typeof value === 'number') this.value[series] = value;
    else if (typeof value === 'boolean') this.value[series] = value ? 1 : 0;
    else {
      this.value[series] = Number.NaN;
      if (value !== null && value !== undefined) this.text.set(series, JSON.stringify(value));
    }
  }

  forget(series: SeriesId): void {
    if (series >= this.time.length) return;
    this.time[series] = Number.NEGATIVE_INFINITY;
    this.value[series] = Number.NaN;
    this.text.delete(series);
  }
}
