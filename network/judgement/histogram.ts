/**
 * Counts of durations (µs) in buckets each 1 % wider than the one before (Masson and others, DDSketch, VLDB 2019): any percentile is told within
 * 0.5 % of the true one, however many there are, and two of them add up. Sparse: only buckets that hold something.
 */

const gamma = 1.01;
const logGamma = Math.log(gamma);
/** 10⁹ µs, a quarter of an hour: whatever takes longer is counted there. */
const indexMax = Math.ceil(Math.log(1e9) / logGamma);

/** First bucket, then counts from there on; zeros between stand as negative run lengths. Made for JSON. */
export type Packed = number[];

export interface Histogram {
  /** Bucket → count. Bucket i holds (gamma^(i−1), gamma^i]; 0 all of 1 µs and less. */
  readonly counts: Map<number, number>;
  total: number;
  least: number;
  most: number;
}

export function newHistogram(): Histogram {
  return { counts: new Map(), total: 0, least: Number.POSITIVE_INFINITY, most: 0 };
}

const bucketOf = (value: number): number =>
  value <= 1 ? 0 : Math.min(indexMax, Math.ceil(Math.log(value) / logGamma - 1e-9));

export function count(histogram: Histogram, value: number): void {
  const bucket = bucketOf(value);
  histogram.counts.set(bucket, (histogram.counts.get(bucket) ?? 0) + 1);
  histogram.total++;
  if (value < histogram.least) histogram.least = value;
  if (value > histogram.most) histogram.most = value;
}

/** Value below or at which `share` of `of` lie, where `of` may be more than were counted (those lost lie above all). Infinity: among these. */
export function valueAt(histogram: Histogram, share: number, of = histogram.total): number {
  const rank = Math.max(1, Math.ceil(share * of - 1e-9));
  if (rank > histogram.total) return Number.POSITIVE_INFINITY;
  let below = 0;
  for (const [bucket, held] of sorted(histogram)) {
    below += held;
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
  for (const [bucket, held] of histogram.counts) if (bucket > own) least += held;
  return { least, most: least + (histogram.counts.get(own) ?? 0) };
}

const sorted = (histogram: Histogram): [number, number][] =>
  [...histogram.counts].sort((a, b) => a[0] - b[0]);

export function pack(histogram: Histogram): Packed {
  const entries = sorted(histogram);
  if (entries.length === 0) return [];
  const packed = [
    Math.round(histogram.least * 10) / 10,
    Math.round(histogram.most * 10) / 10,
    entries[0]![0],
  ];
  let next = entries[0]![0];
  for (const [bucket, held] of entries) {
    if (bucket > next) packed.push(next - bucket);
    packed.push(held);
    next = bucket + 1;
  }
  return packed;
}

/** What is not a packed histogram counts as an empty one. */
export function unpack(packed: Packed | undefined): Histogram {
  const histogram = newHistogram();
  if (!Array.isArray(packed) || packed.length < 4 || !packed.every((one) => Number.isFinite(one)))
    return histogram;
  let bucket = packed[2]!;
  for (const value of packed.slice(3)) {
    if (bucket > indexMax) break;
    if (value < 0) bucket -= value;
    else {
      histogram.counts.set(bucket, value);
      histogram.total += value;
      bucket++;
    }
  }
  histogram.least = packed[0]!;
  histogram.most = packed[1]!;
  return histogram;
}

export function addHistograms(a: Packed, b: Packed): Packed {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const sum = unpack(a);
  const other = unpack(b);
  for (const [bucket, held] of other.counts) sum.counts.set(bucket, (sum.counts.get(bucket) ?? 0) + held);
  sum.total += other.total;
  sum.least = Math.min(sum.least, other.least);
  sum.most = Math.max(sum.most, other.most);
  return pack(sum);
}
