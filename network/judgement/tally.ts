/**
 * How failures of one kind (lost, late) come: not how many alone, but whether they come together. Counted per second, per 4 s, 16 s, … on the clock:
 * the variance between those windows against that of independent failures says how many independent messages the sample is worth (method of
 * batch means: Law, Simulation Modeling and Analysis, 9.5). Windows are laid on the clock, not on the block, so blocks add up exactly.
 */

/** Windows, µs. The longest that occurs often enough is used. */
export const windowSeconds = [1, 4, 16, 64, 256, 1024, 4096] as const;

/** A window that is still open at an edge of the block: which, failures, messages. */
type Edge = [window: number, failures: number, messages: number];

export interface Scale {
  first?: Edge;
  /** Only where it is another window than `first`. */
  last?: Edge;
  /** Windows in between: how many, Σk², Σkn, Σn². */
  inner: [count: number, kk: number, kn: number, nn: number];
}

export interface Tally {
  failures: number;
  messages: number;
  scales: Scale[];
}

export function newTally(): Tally {
  return { failures: 0, messages: 0, scales: windowSeconds.map(() => ({ inner: [0, 0, 0, 0] })) };
}

/** Of the first `count` messages, sent at `times` (µs, not going back), those that failed. */
export function tallyOf(times: Float64Array, failed: Uint8Array, count: number): Tally {
  const made = newTally();
  const shortest = windowSeconds[0] * 1e6;
  // Each longer window is made of whole shorter ones: messages are looked at once, windows few times.
  let windows: Edge[] = [];
  let open: Edge | undefined;
  let failures = 0;
  for (let row = 0; row < count; row++) {
    const window = Math.floor(times[row]! / shortest);
    if (open === undefined || open[0] !== window) windows.push((open = [window, 0, 0]));
    open[2]++;
    if (failed[row] === 1) {
      open[1]++;
      failures++;
    }
  }
  made.failures = failures;
  made.messages = count;
  for (let index = 0; index < windowSeconds.length; index++) {
    if (index > 0) {
      const times = windowSeconds[index]! / windowSeconds[index - 1]!;
      const wider: Edge[] = [];
      for (const [number, k, n] of windows) {
        const window = Math.floor(number / times);
        const last = wider.at(-1);
        if (last !== undefined && last[0] === window) {
          last[1] += k;
          last[2] += n;
        } else wider.push([window, k, n]);
      }
      windows = wider;
    }
    const scale = made.scales[index]!;
    windows.forEach((window, at) => {
      if (at === 0) scale.first = [...window];
      else if (at === windows.length - 1) scale.last = [...window];
      else close(scale.inner, window);
    });
  }
  return made;
}

function close(inner: Scale['inner'], [, k, n]: Edge): void {
  inner[0]++;
  inner[1] += k * k;
  inner[2] += k * n;
  inner[3] += n * n;
}

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    failures: a.failures + b.failures,
    messages: a.messages + b.messages,
    scales: windowSeconds.map((_, index) => addScales(a.scales[index]!, b.scales[index]!)),
  };
}

function addScales(a: Scale, b: Scale): Scale {
  const inner: Scale['inner'] = [
    a.inner[0] + b.inner[0],
    a.inner[1] + b.inner[1],
    a.inner[2] + b.inner[2],
    a.inner[3] + b.inner[3],
  ];
  const edges: Edge[] = [];
  for (const edge of [a.first, a.last, b.first, b.last]) {
    if (edge === undefined) continue;
    const open = edges.at(-1);
    if (open !== undefined && open[0] === edge[0]) {
      open[1] += edge[1];
      open[2] += edge[2];
    } else edges.push([...edge]);
  }
  const first = edges.shift();
  const last = edges.pop();
  for (const edge of edges) close(inner, edge);
  return { ...(first === undefined ? {} : { first }), ...(last === undefined ? {} : { last }), inner };
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
    const { windows, variance } = spread(of.scales[index]!, p);
    if (windows < windowsMin) continue;
    const independent = messages * p * (1 - p);
    const shorter = index === 0 ? undefined : spread(of.scales[index - 1]!, p);
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
  return {
    effective: Math.max(1, messages / each),
    each,
    degrees: Math.min(degrees, Math.max(2, groups * 2)),
  };
}

/** Variance of the failures summed over all windows of one length, had each of these been drawn by itself. */
function spread(scale: Scale, p: number): { windows: number; variance: number } {
  const sums: Scale['inner'] = [...scale.inner];
  for (const edge of [scale.first, scale.last]) if (edge !== undefined) close(sums, edge);
  const [windows, kk, kn, nn] = sums;
  return {
    windows,
    variance: windows < 2 ? 0 : Math.max(0, kk - 2 * p * kn + p * p * nn) * (windows / (windows - 1)),
  };
}
