import type { Microseconds, Sample, SampleColumns, SeriesId, Value } from '@millrace/contract';

/**
 * The latest sample of every series, in columns indexed by series. A sample older than what is held changes nothing: late data never
 * moves a live value.
 */
export class Twin {
  #time = new Float64Array(1024).fill(Number.NEGATIVE_INFINITY);
  #received = new Float64Array(1024);
  #value = new Float64Array(1024);
  #status = new Uint32Array(1024);
  /** Typical distance between samples, microseconds; 0 until two have come. */
  #interval = new Float64Array(1024);
  readonly #text = new Map<SeriesId, string>();

  /** Takes a batch in; returns how many rows were duplicates, and the rows that moved a live value (undefined: all of them). */
  take(columns: SampleColumns): { duplicates: number; moved: Uint8Array | undefined } {
    let duplicates = 0;
    let moved: Uint8Array | undefined;
    const { count, series, time, received, value, status, text } = columns;
    for (let row = 0; row < count; row++) {
      const id = series[row]!;
      if (id >= this.#time.length) this.#grow(id);
      const at = time[row]!;
      const last = this.#time[id]!;
      if (at < last) {
        moved ??= new Uint8Array(count).fill(1);
        moved[row] = 0;
        continue;
      }
      if (at === last) duplicates++;
      else if (last !== Number.NEGATIVE_INFINITY) {
        const gap = at - last;
        const known = this.#interval[id]!;
        this.#interval[id] = known === 0 ? gap : known * 0.9 + gap * 0.1;
      }
      this.#time[id] = at;
      this.#received[id] = received[row]!;
      this.#value[id] = value[row]!;
      this.#status[id] = status[row]!;
      const words = text?.get(row);
      if (words !== undefined) this.#text.set(id, words);
      else if (this.#text.size > 0) this.#text.delete(id);
    }
    return { duplicates, moved };
  }

  /** Fills in what was stored before the platform started. */
  restore(samples: ReadonlyMap<SeriesId, Sample>): void {
    for (const [id, sample] of samples) {
      if (id >= this.#time.length) this.#grow(id);
      if (this.#time[id]! >= sample.time) continue;
      this.#time[id] = sample.time;
      this.#received[id] = sample.received;
      this.#status[id] = sample.status;
      if (typeof sample.value === 'number') this.#value[id] = sample.value;
      else if (typeof sample.value === 'boolean') this.#value[id] = sample.value ? 1 : 0;
      else {
        this.#value[id] = Number.NaN;
        if (sample.value !== null) this.#text.set(id, JSON.stringify(sample.value));
      }
    }
  }

  forget(series: readonly SeriesId[]): void {
    for (const id of series) {
      if (id >= this.#time.length) continue;
      this.#time[id] = Number.NEGATIVE_INFINITY;
      this.#interval[id] = 0;
      this.#text.delete(id);
    }
  }

  /** Latest sample of a series; undefined where there is none. `boolean`: the property is declared so. */
  latest(series: SeriesId, boolean: boolean): Sample | undefined {
    if (series >= this.#time.length || this.#time[series] === Number.NEGATIVE_INFINITY) return undefined;
    return {
      series,
      time: this.#time[series]!,
      received: this.#received[series]!,
      value: rowValue(this.#value[series]!, this.#text.get(series), boolean),
      status: this.#status[series]!,
    };
  }

  /** Time of the latest sample, −∞ where there is none. */
  timeOf(series: SeriesId): Microseconds {
    return this.#time[series] ?? Number.NEGATIVE_INFINITY;
  }

  receivedOf(series: SeriesId): Microseconds {
    return this.#received[series] ?? 0;
  }

  statusOf(series: SeriesId): number {
    return this.#status[series] ?? 0;
  }

  numberOf(series: SeriesId): number {
    return this.#value[series] ?? Number.NaN;
  }

  intervalOf(series: SeriesId): number {
    return this.#interval[series] ?? 0;
  }

  #grow(id: number): void {
    const length = Math.max(this.#time.length * 2, id + 1);
    const grown = <T extends Float64Array | Uint32Array>(column: T, make: new (length: number) => T): T => {
      const next = new make(length);
      next.set(column as never);
      return next;
    };
    const before = this.#time.length;
    this.#time = grown(this.#time, Float64Array).fill(Number.NEGATIVE_INFINITY, before);
    this.#received = grown(this.#received, Float64Array);
    this.#value = grown(this.#value, Float64Array);
    this.#status = grown(this.#status, Uint32Array);
    this.#interval = grown(this.#interval, Float64Array);
  }
}

/** The value a row holds: text where there is text, a boolean where the property is one, else the number; null where there is none. */
export function rowValue(number: number, text: string | undefined, boolean: boolean): Value {
  if (text !== undefined) {
    try {
      return JSON.parse(text) as Value;
    } catch {
      return text;
    }
  }
  if (Number.isNaN(number)) return null;
  return boolean ? number !== 0 : number;
}
