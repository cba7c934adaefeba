/**
 * Counts of durations (µs) in buckets each 1 % wider than the one before (Masson and others, DDSketch, VLDB 2019): any percentile is told within
 * 0.5 % of the true one, however many there are, and two of them add up.
 */

const gamma = 1.01;
const logGamma = Math.log(gamma);
/** 10⁹ µs, a quarter of an hour: whatever takes longer is counted there. */
const indexMax = Math.ceil(Math.log(1e9) / logGamma);

/** Least, greatest, first bucket, then counts from there on; zeros between stand as negative run lengths. Made for JSON. */
export type Packed = number[];

export interface Histogram {
  /** Bucket i holds (gamma^(i−1), gamma^i]; 0 all of 1 µs and less. */
  readonly counts: Uint32Array;
  /** Buckets that hold something lie between these; `low` > `high`: none. */
  low: number;
  high: number;
  total: number;
  least: number;
  most: number;
}

export function newHistogram(): Histogram {
  return {
    counts: new Uint32Array(indexMax + 1),
    low: indexMax + 1,
    high: -1,
    total: 0,
    least: Number.POSITIVE_INFINITY,
    most: 0,
  };
}

const bucketOf = (value: number): number =>
  value <= 1 ? 0 : Math.min(indexMax, Math.ceil(Math.log(value) / logGamma - 1e-9));

export function count(histogram: Histogram, value: number): void {
  add(histogram, bucketOf(value), 1);
  if (value < histogram.least) histogram.least = value;
  if (value > histogram.most) histogram.most = value;
}

function add(histogram: Histogram, bucket: number, held: number): void {
  histogram.counts[bucket]! += held;
  histogram.total += held;
  if (bucket < histogram.low) histogram.low = bucket;
  if (bucket > histogram.high) histogram.high = bucket;
}

/** Value below or at which `share` of `of` lie, where `of` may be more than were counted (those lost lie above all). Infinity: among these. */
export function valueAt(histogram: Histogram, share: number, of = histogram.total): number {
  const rank = Math.max(1, Math.ceil(share * of - 1e-9));
  if (rank > histogram.total) return Number.POSITIVE_INFINITY;
  let below = 0;
  for (let bucket = histogram.low; bucket <= histogram.high; bucket++) {
    below += histogram.counts[bucket]!;
    if (below >= rank) {
      const middle = bucket === 0 ? 1 : gamma ** (bucket - 0.5);
      return Math.min(Math.max(middle, histogram.least), histogram.most);
    }
  }
  return histogram.most;
}

/** How many lie above `value`: at least, and at most (the bucket it falls in could lie on either side). */
export function above(histogram: Histogram, value: number): { least: number; most: number } {
  if (value >= histogram.most) return { least: 0, most: 0 };
  if (value < histogram.least) return { least: histogram.total, most: histogram.total };
  const own = bucketOf(value);
  let least = 0;
  for (let bucket = own + 1; bucket <= histogram.high; bucket++) least += histogram.counts[bucket]!;
  return { least, most: least + histogram.counts[own]! };
}

export function pack(histogram: Histogram): Packed {
  const { low, high, counts, least, most } = histogram;
  if (high < low) return [];
  const packed = [Math.round(least * 10) / 10, Math.round(most * 10) / 10, low];
  let empty = 0;
  for (let bucket = low; bucket <= high; bucket++) {
    const held = counts[bucket]!;
    if (held === 0) {
      empty++;
      continue;
    }
    if (empty > 0) packed.push(-empty);
    empty = 0;
    packed.push(held);
  }
  return packed;
}

/** What is not a packed histogram counts as an empty one. */
export function unpack(packed: Packed | undefined): Histogram {
  const histogram = newHistogram();
  addPacked(histogram, packed);
  return histogram;
}

function addPacked(into: Histogram, packed: Packed | undefined): void {
  if (!Array.isArray(packed) || packed.length < 4) return;
  const [least, most, first] = packed as [number, number, number];
  if (!(least >= 0) || !(most >= least) || !(first >= 0)) return;
  let bucket = first;
  for (let index = 3; index < packed.length && bucket <= indexMax; index++) {
    const value = packed[index]!;
    if (value > 0) add(into, bucket++, value);
    else if (value < 0) bucket -= value;
    else return;
  }
  into.least = Math.min(into.least, least);
  into.most = Math.max(into.most, most);
}

export function addHistograms(a: Packed, b: Packed): Packed {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const sum = unpack(a);
  addPacked(sum, b);
  return pack(sum);
}
