/**
 * The samples of one property made ready to be drawn: columns in order of time, with a gap (null) wherever the line must not
 * be drawn through, and each span's lowest and highest value kept where the server reduced the range.
 */
import type { QualityClass } from '@millrace/contract';

export interface TraceSample {
  time: string | number;
  value: unknown;
  quality: QualityClass;
  status?: string;
}

/** A stretch of time in which values were not good, for the ribbon under the line. */
export interface QualityStretch {
  from: number;
  to: number;
  quality: 'uncertain' | 'bad';
  status?: string;
}

export interface Trace {
  /** Epoch milliseconds, ascending. */
  times: number[];
  /** Lowest and highest at each time; the same where every sample is shown. Null breaks the line. */
  low: (number | null)[];
  high: (number | null)[];
  /** Length of a reduced span, or undefined where every sample is here. */
  span: number | undefined;
  stretches: QualityStretch[];
  /** Numbers that were drawn, without gaps. */
  count: number;
  least: number | undefined;
  most: number | undefined;
  last: { time: number; value: number } | undefined;
  /** Where no sample came and the value held nevertheless: drawn dotted, as it is known and not measured. */
  held: HeldStretch[];
}

/** A stretch without samples over which a value is known to hold: sources that send on change say nothing while nothing changes. */
export interface HeldStretch {
  from: number;
  to: number;
  value: number;
}

/** The latest value known of a property, whether or not its sample lies within the range. */
export interface LatestKnown {
  time: number;
  value: unknown;
  quality: QualityClass;
  status?: string;
}

/** How many times the usual distance between samples must pass before it is a gap. */
const gapFactor = 5;

/**
 * Makes a trace of the answer of `samples`. With `span`, samples are the extremes of spans of that many milliseconds and are put
 * together span by span. Values that are not good break the line; so does a silence of more than five times what is usual in
 * the whole range (the median distance) and around it (where a source has changed its pace nothing is missing). With `onChange` the source speaks only when something changes and says so
 * when it is lost: then the value holds through such a silence.
 */
export function traceOf(samples: readonly TraceSample[], span: number | undefined, onChange = false): Trace {
  const trace: Trace = {
    times: [],
    low: [],
    high: [],
    span,
    stretches: [],
    count: 0,
    least: undefined,
    most: undefined,
    last: undefined,
    held: [],
  };
  const times: number[] = [];
  for (const sample of samples)
    times.push(typeof sample.time === 'number' ? sample.time : Date.parse(sample.time));
  const least = leastDistance(times, span);
  const isGap = (index: number, distance: number) =>
    distance > gapFactor * least && distance > gapFactor * localDistance(times, index);

  let bucket = Number.NaN;
  let previous = Number.NaN;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    const time = times[i]!;
    if (Number.isNaN(time)) continue;
    const value = numberOf(sample.value);
    if (sample.quality !== 'good') stretch(trace.stretches, sample, time, times[i + 1], gapFactor * least);
    if (sample.quality === 'bad' || value === null) {
      push(trace, time, null, null);
      bucket = Number.NaN;
      previous = time;
      continue;
    }
    if (isGap(i, time - previous)) {
      const before = trace.last;
      if (onChange && before?.time === previous)
        trace.held.push({ from: previous, to: time, value: before.value });
      push(trace, previous + (time - previous) / 2, null, null);
      bucket = Number.NaN;
    }
    previous = time;
    trace.count += 1;
    if (trace.least === undefined || value < trace.least) trace.least = value;
    if (trace.most === undefined || value > trace.most) trace.most = value;
    trace.last = { time, value };
    const own = span === undefined ? Number.NaN : Math.floor(time / span);
    const at = trace.times.length - 1;
    if (own === bucket && trace.low[at] !== null) {
      if (value < trace.low[at]!) trace.low[at] = value;
      if (value > trace.high[at]!) trace.high[at] = value;
    } else {
      push(trace, time, value, value);
      bucket = own;
    }
  }
  return trace;
}

/**
 * The trace with what holds from its last sample (or, where the range has none, from its beginning) until `to`: a value, or the
 * state of being bad. Only for a thing that has not gone quiet.
 */
export function withHeld(trace: Trace, latest: LatestKnown | undefined, from: number, to: number): Trace {
  if (latest === undefined || latest.time >= to) return trace;
  const start = Math.max(from, latest.time);
  if (latest.quality === 'bad') {
    const status = latest.status === undefined ? {} : { status: latest.status };
    return { ...trace, stretches: [...trace.stretches, { from: start, to, quality: 'bad', ...status }] };
  }
  const value = numberOf(latest.value);
  // A sample within the range that the trace does not have yet is on its way; nothing is to be drawn ahead of it.
  if (value === null || (latest.time >= from && latest.time !== trace.last?.time)) return trace;
  return { ...trace, held: [...trace.held, { from: start, to, value }] };
}

function push(trace: Trace, time: number, low: number | null, high: number | null): void {
  const at = trace.times.length - 1;
  // Two samples of one instant: the later one holds, as in the store.
  if (at >= 0 && trace.times[at]! >= time) {
    trace.low[at] = low;
    trace.high[at] = high;
    return;
  }
  trace.times.push(time);
  trace.low.push(low);
  trace.high.push(high);
}

function stretch(
  stretches: QualityStretch[],
  sample: TraceSample,
  time: number,
  next: number | undefined,
  gapAfter: number,
): void {
  const quality = sample.quality === 'bad' ? 'bad' : 'uncertain';
  // What is bad is bad until the next sample, however late: sources say it when it begins, and then seldom.
  const end = quality === 'bad' ? Number.POSITIVE_INFINITY : time + gapAfter;
  const to = next === undefined || Number.isNaN(next) ? time : Math.min(next, end);
  const last = stretches.at(-1);
  if (last !== undefined && last.quality === quality && last.status === sample.status && last.to >= time)
    last.to = to;
  else
    stretches.push({
      from: time,
      to,
      quality,
      ...(sample.status === undefined ? {} : { status: sample.status }),
    });
}

/** Half of all distances are at least this long, and none of a reduced range is shorter than its span; Infinity where there are too few to tell. */
function leastDistance(times: readonly number[], span: number | undefined): number {
  const distances: number[] = [];
  for (let i = 1; i < times.length; i++) {
    const distance = times[i]! - times[i - 1]!;
    if (distance > 0) distances.push(distance);
  }
  if (distances.length < 8) return Number.POSITIVE_INFINITY;
  distances.sort((a, b) => a - b);
  return Math.max(distances[distances.length >> 1]!, span ?? 0);
}

/** Distances looked at on either side of a silence. */
const neighbours = 10;

/** What is usual around a sample: the third quartile of the distances before it or after it, whichever is longer. */
function localDistance(times: readonly number[], index: number): number {
  const quartile = (from: number, to: number) => {
    const distances: number[] = [];
    for (let i = Math.max(1, from); i < Math.min(times.length, to); i++)
      distances.push(times[i]! - times[i - 1]!);
    distances.sort((a, b) => a - b);
    return distances[Math.floor(distances.length * 0.75)] ?? 0;
  };
  return Math.max(quartile(index - neighbours, index), quartile(index + 1, index + 1 + neighbours));
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return null;
}

/** Puts several traces on one time axis, as uPlot wants it: undefined where a trace has no point at a time, null at its gaps. */
export function aligned(traces: readonly Trace[]): {
  times: number[];
  lows: (number | null | undefined)[][];
  highs: (number | null | undefined)[][];
} {
  if (traces.length === 1)
    return { times: traces[0]!.times, lows: [traces[0]!.low], highs: [traces[0]!.high] };
  const times = [...new Set(traces.flatMap((trace) => trace.times))].sort((a, b) => a - b);
  const at = new Map(times.map((time, index) => [time, index]));
  const spread = (trace: Trace, column: (number | null)[]) => {
    const out = new Array<number | null | undefined>(times.length).fill(undefined);
    let previous = -1;
    for (let i = 0; i < trace.times.length; i++) {
      const index = at.get(trace.times[i]!)!;
      out[index] = column[i]!;
      // A gap reaches to the neighbours on either side, whatever instants other traces put in between.
      if (column[i] === null || (i > 0 && column[i - 1] === null)) out.fill(null, previous + 1, index);
      previous = index;
    }
    return out;
  };
  return {
    times,
    lows: traces.map((trace) => spread(trace, trace.low)),
    highs: traces.map((trace) => spread(trace, trace.high)),
  };
}

/** Runs of equal values of a property that is not a number, each with its beginning and end. */
export interface StateRun {
  from: number;
  to: number;
  value: unknown;
  quality: QualityClass;
}

/** Runs of the same value and quality; the last one lasts until `until`. */
export function runsOf(samples: readonly TraceSample[], until: number): StateRun[] {
  const runs: StateRun[] = [];
  for (const sample of samples) {
    const time = typeof sample.time === 'number' ? sample.time : Date.parse(sample.time);
    if (Number.isNaN(time)) continue;
    const last = runs.at(-1);
    if (last !== undefined) last.to = time;
    if (last !== undefined && last.quality === sample.quality && same(last.value, sample.value)) continue;
    runs.push({ from: time, to: until, value: sample.value, quality: sample.quality });
  }
  const last = runs.at(-1);
  if (last !== undefined) last.to = Math.max(last.from, until);
  return runs;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
