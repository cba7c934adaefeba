/**
 * How failures of one kind (lost, late) come: not how many alone, but whether they come together. Counted per second, per 4 s, 16 s, … on the clock:
 * the variance between those windows against that of independent failures says how many independent messages the sample is worth (method of
 * batch means: Law, Simulation Modeling and Analysis, 9.5). Windows are laid on the clock, not on the block, so blocks add up exactly.
 */

/** Windows, µs. The longest that occurs often enough is used. */
export const windowSeconds = [1, 4, 16, 64, 256, 1024, 4096] as const;

/**
 * Ten numbers for each length of window, one after another: the window still open at the block's beginning (which, failures, messages; −1: none), the
 * one still open at its end where that is another, and of those in between how many, Σk², Σkn, Σn².
 */
export interface Tally {
  failures: number;
  messages: number;
  windows: number[];
}

const perLength = 10;
const [first, last, inner] = [0, 3, 6];

export function newTally(): Tally {
  const windows = new Array<number>(windowSeconds.length * perLength).fill(0);
  for (let at = 0; at < windows.length; at += perLength) windows[at + first] = windows[at + last] = -1;
  return { failures: 0, messages: 0, windows };
}

/** Adds a window at the end: one with the last number goes on with it. */
function append(windows: number[], at: number, number: number, k: number, n: number): void {
  const open = windows[at + last]! >= 0 ? at + last : at + first;
  if (windows[open] === number) {
    windows[open + 1]! += k;
    windows[open + 2]! += n;
    return;
  }
  let into = at + first;
  if (windows[into]! >= 0) {
    into = at + last;
    if (windows[into]! >= 0) close(windows, at + inner, windows[into + 1]!, windows[into + 2]!);
  }
  windows[into] = number;
  windows[into + 1] = k;
  windows[into + 2] = n;
}

function close(windows: number[], at: number, k: number, n: number): void {
  windows[at]! += 1;
  windows[at + 1]! += k * k;
  windows[at + 2]! += k * n;
  windows[at + 3]! += n * n;
}

/** Of the first `count` messages, sent at `times` (µs, not going back), those that failed. */
export function tallyOf(times: Float64Array, failed: Uint8Array, count: number): Tally {
  const made = newTally();
  const shortest = windowSeconds[0] * 1e6;
  let [open, k, n] = [-1, 0, 0];
  // Each longer window is made of whole shorter ones: messages are looked at once.
  const flush = (): void => {
    if (n === 0) return;
    for (let index = 0; index < windowSeconds.length; index++)
      append(made.windows, index * perLength, Math.floor(open / windowSeconds[index]!), k, n);
    made.failures += k;
    made.messages += n;
  };
  for (let row = 0; row < count; row++) {
    const window = Math.floor(times[row]! / shortest);
    if (window !== open) {
      flush();
      open = window;
      k = n = 0;
    }
    n++;
    if (failed[row] === 1) k++;
  }
  flush();
  return made;
}

/** `a` is the earlier. */
export function addTallies(a: Tally, b: Tally): Tally {
  const windows = [...a.windows];
  for (let at = 0; at < windows.length; at += perLength) {
    if (b.windows[at + first]! >= 0)
      append(windows, at, b.windows[at + first]!, b.windows[at + first + 1]!, b.windows[at + first + 2]!);
    for (let sum = at + inner; sum < at + perLength; sum++) windows[sum]! += b.windows[sum]!;
    if (b.windows[at + last]! >= 0)
      append(windows, at, b.windows[at + last]!, b.windows[at + last + 1]!, b.windows[at + last + 2]!);
  }
  return { failures: a.failures + b.failures, messages: a.messages + b.messages, windows };
}

/**
 * A tally of which only the totals are known, and how many messages make one independent one: 64 windows of each length whose failures vary as
 * they would then.
 */
export function tallyWorth(failures: number, messages: number, each: number): Tally {
  const made = newTally();
  made.failures = failures;
  made.messages = messages;
  const count = 64;
  const p = failures / Math.max(1, messages);
  const n = messages / count;
  const variance = messages * p * (1 - p) * each * ((count - 1) / count);
  for (let at = inner; at < made.windows.length; at += perLength) {
    made.windows[at] = count;
    // Σ(k − pn)² = Σk² − 2pΣkn + p²Σn² is `variance` where every window has n messages and Σkn = n·failures.
    made.windows[at + 1] = variance + p * p * n * n * count;
    made.windows[at + 2] = n * failures;
    made.windows[at + 3] = n * n * count;
  }
  return made;
}

/** Fewest windows an estimate of the variance rests on. */
const windowsMin = 24;
/** With fewer windows that hold a failure than this, bursts of a second are assumed beside what was seen. */
const failingMin = 6;
/** A burst nobody has seen yet is taken to last this long: a handover or a deep fade (TS 38.133 allows interruptions of this order). */
export const burstAssumedSeconds = 1;

export interface Worth {
  /** Independent messages. */
  effective: number;
  /** Messages one independent message stands for, ≥ 1. */
  each: number;
  degrees: number;
}

/** How many independent messages the tally is worth. `intervalSeconds`: between two messages. */
export function worth(of: Tally, intervalSeconds: number): Worth {
  const { failures, messages } = of;
  const assumed = Math.max(1, burstAssumedSeconds / Math.max(1e-6, intervalSeconds));
  if (messages === 0) return { effective: 0, each: assumed, degrees: 1 };
  const p = failures / messages;
  if (failures === 0 || failures === messages)
    return { effective: Math.max(1, messages / assumed), each: assumed, degrees: Number.POSITIVE_INFINITY };
  let each = Number.NaN;
  let degrees = 1;
  for (let index = windowSeconds.length - 1; index >= 0; index--) {
    const { windows, variance } = spread(of, index, p);
    if (windows < windowsMin) continue;
    const independent = messages * p * (1 - p);
    const shorter = index === 0 ? undefined : spread(of, index - 1, p);
    // A window cuts off what reaches beyond its ends, by an amount that falls with its length: two lengths tell the limit.
    each =
      shorter === undefined ? variance / independent : (4 * variance - shorter.variance) / (3 * independent);
    each = Math.max(1, each, variance / independent);
    degrees = windows - 1;
    break;
  }
  if (Number.isNaN(each)) each = Math.max(assumed, failures);
  // Independent groups of failures there seem to be; with few of them the size of a group is hardly known.
  const groups = Math.min(failures, messages - failures) / each;
  if (groups < failingMin) each = Math.max(each, each + (assumed - each) * (1 - groups / failingMin));
  // Below that, `each` is taken large already.
  return {
    effective: Math.max(1, messages / each),
    each,
    degrees: Math.min(degrees, Math.max(failingMin, groups * 2)),
  };
}

/** Variance of the failures summed over all windows of one length, had each of these been drawn by itself. */
function spread({ windows: all }: Tally, index: number, p: number): { windows: number; variance: number } {
  const at = index * perLength;
  const sums = all.slice(at + inner, at + perLength);
  for (const edge of [at + first, at + last])
    if (all[edge]! >= 0) close(sums, 0, all[edge + 1]!, all[edge + 2]!);
  const [windows, kk, kn, nn] = sums as [number, number, number, number];
  return {
    windows,
    variance: windows < 2 ? 0 : Math.max(0, kk - 2 * p * kn + p * p * nn) * (windows / (windows - 1)),
  };
}
