import jstat from 'jstat';

/**
 * What a sample allows to say. All intervals are two-sided at 95 % unless a name says otherwise. Sources:
 * - exact binomial limits: Clopper, Pearson, Biometrika 26 (1934); order-statistic limits of a percentile: David, Nagaraja, Order Statistics, 7.1
 * - score interval: Wilson, JASA 22 (1927); with an effective sample size for data in clusters: Korn, Graubard, Survey Methodology 24 (1998)
 * - Poisson limits by chi-square: Garwood, Biometrika 28 (1936); of a sum of unequal events: Fay, Feuer, Statistics in Medicine 16 (1997)
 * - no failure in n: 1 − 0.05^(1/n), about 3/n: Hanley, Lippman-Hand, JAMA 249 (1983)
 */

export const confidence = 0.95;
const tail = (1 - confidence) / 2;

export interface Interval {
  low: number;
  high: number;
}

/** Greatest share of failures that agrees with none in `n` independent messages; one-sided. 1 for none at all. */
export function noFailureUpper(n: number): number {
  return n > 0 ? -Math.expm1(Math.log(1 - confidence) / n) : 1;
}

/** Clopper–Pearson limits of a share, `failures` of `n` independent messages. Never covers less than it says, mostly more. */
export function exactInterval(failures: number, n: number): Interval {
  if (!(n > 0)) return { low: 0, high: 1 };
  const k = Math.min(Math.max(0, failures), n);
  return {
    low: k === 0 ? 0 : jstat.beta.inv(tail, k, n - k + 1),
    high: k === n ? 1 : jstat.beta.inv(1 - tail, k + 1, n - k),
  };
}

/**
 * Score interval of a share. `effective`: how many independent messages the `n` are worth; `degrees`: of freedom the estimate of that
 * rests on (Infinity: it was known). Covers close to 95 % where exact limits cover up to 99 %.
 */
export function shareInterval(
  failures: number,
  n: number,
  effective: number,
  degrees = Number.POSITIVE_INFINITY,
): Interval {
  if (!(n > 0) || !(effective > 0)) return { low: 0, high: 1 };
  const p = Math.min(1, Math.max(0, failures / n));
  const z = twoSided(degrees);
  const z2 = (z * z) / effective;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (z / (1 + z2)) * Math.sqrt((p * (1 - p)) / effective + z2 / (4 * effective));
  return {
    low: p === 0 ? 0 : Math.max(0, centre - half),
    high:
      p === 1 ? 1 : p === 0 ? Math.min(centre + half, noFailureUpper(effective)) : Math.min(1, centre + half),
  };
}

const quantiles = new Map<number, number>();
/** Student's t for the two-sided confidence; few different ones are asked for. */
function twoSided(degrees: number): number {
  const whole = degrees > 200 ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(degrees));
  let value = quantiles.get(whole);
  if (value === undefined) {
    value =
      whole === Number.POSITIVE_INFINITY
        ? jstat.normal.inv(1 - tail, 0, 1)
        : jstat.studentt.inv(1 - tail, whole);
    quantiles.set(whole, value);
  }
  return value;
}

/**
 * Between which shares of the sorted sample the true percentile `share` lies: the order statistics whose ranks the binomial law
 * leaves open. An end that lies beyond the sample is 0 or 1 (more than 1 in the sense of: not in this sample).
 */
export function rankInterval(
  share: number,
  n: number,
): { readonly low: number; readonly high: number; readonly highKnown: boolean } {
  if (!(n >= 1)) return { low: 0, high: 1, highKnown: false };
  // Three digits of n say enough, and make few different questions.
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(n)) - 2);
  const size = Math.floor(n / unit) * unit;
  const key = `${share} ${size}`;
  let known = ranks.get(key);
  if (known === undefined) {
    if (ranks.size >= ranksMax) ranks.clear();
    ranks.set(key, (known = ranksOf(share, size)));
  }
  return known;
}

type Ranks = ReturnType<typeof rankInterval>;
const ranks = new Map<string, Ranks>();
const ranksMax = 2000;

function ranksOf(share: number, n: number): Ranks {
  // P(the r-th smallest of n lies at or below the percentile) = P(Binomial(n, share) ≥ r) = I_share(r, n − r + 1).
  const atLeast = (r: number): number => (r <= 0 ? 1 : r > n ? 0 : jstat.beta.cdf(share, r, n - r + 1));
  /** The greatest rank for which that is at least `wanted`. */
  const search = (wanted: number): number => {
    let [low, high] = [0, Math.floor(n) + 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (atLeast(middle) >= wanted) low = middle;
      else high = middle;
    }
    return low;
  };
  const lower = search(1 - tail);
  const upper = search(tail) + 1;
  return { low: Math.max(0, lower / n), high: Math.min(1, upper / n), highKnown: upper <= n };
}

/** Limits of the expected number of events where `events` were seen. None seen: the upper one is one-sided, −ln 0.05. */
export function eventLimits(events: number): Interval {
  if (events <= 0) return { low: 0, high: -Math.log(1 - confidence) };
  return {
    low: jstat.chisquare.inv(tail, 2 * events) / 2,
    high: jstat.chisquare.inv(1 - tail, 2 * events + 2) / 2,
  };
}

/**
 * Limits of what a sum of events of unequal weight (down-times, s) is expected to be. `sum` and `squares` of the weights seen; `heaviest`: the
 * greatest one event could have been. None seen: 3 × `heaviest`.
 */
export function weightedLimits(events: number, sum: number, squares: number, heaviest: number): Interval {
  if (events <= 0 || sum <= 0) return { low: 0, high: heaviest * -Math.log(1 - confidence) };
  const y = sum + heaviest;
  const v = squares + heaviest * heaviest;
  return {
    low: (squares / (2 * sum)) * jstat.chisquare.inv(tail, (2 * sum * sum) / squares),
    high: (v / (2 * y)) * jstat.chisquare.inv(1 - tail, (2 * y * y) / v),
  };
}

/** Messages from which a percentile is told at all: ten beyond it. 10,000 for the 99.9th. */
export function messagesForPercentile(share: number): number {
  return Math.round(10 / Math.max(1e-12, 1 - share));
}
