import { randomFrom } from '../engine/random.ts';

/** Where a path takes its delays from. Time only moves forward. */
export interface DelaySource {
  /** Round trip of a message sent at `seconds` (of any beginning), ms; undefined: it is lost. */
  roundTrip(seconds: number): number | undefined;
}

/** Percentiles of a measured network, ms, round trip vehicle – cloud – vehicle. */
export interface DelayProfile {
  p50: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
  /** Share of messages lost. The data set tells of messages that arrived: this is assumed, not measured. */
  loss: number;
}

/**
 * Round trips of the CICV5G data set: Zhang et al., 2025, DOI 10.5281/zenodo.17475688 (CC BY 4.0), by kind of road and band. Resolution 1 ms. `loss` is an
 * assumption of this model.
 */
export const delayProfiles = {
  'n78-urban': { p50: 16, p95: 22, p99: 27, p999: 210, max: 694, loss: 0.0002 },
  'n8-urban': { p50: 18, p95: 25, p99: 28, p999: 208, max: 343, loss: 0.0002 },
  'n8-arterial': { p50: 19, p95: 27, p99: 33, p999: 225, max: 316, loss: 0.0005 },
  'n8-weak-to-strong': { p50: 19, p95: 34, p99: 279, p999: 1310, max: 2480, loss: 0.03 },
} as const satisfies Record<string, DelayProfile>;
export type DelayProfileName = keyof typeof delayProfiles;

/** Assumed: the fastest message takes this share of the median; no percentile below the median is published. */
const leastShareOfMedian = 0.65;
/** Assumed: how long a delay is like the one before. Real delays come in spells, so that a bad one is seldom alone. */
const correlationSeconds = 0.4;

/** Normal scores of the percentiles above; the maximum is that of some 10⁵ messages. */
const scores = [-3.7, 0, 1.644_854, 2.326_348, 3.090_232, 4.3] as const;

const anchorsOf = ({ p50, p95, p99, p999, max }: DelayProfile): number[] =>
  [p50 * leastShareOfMedian, p50, p95, p99, p999, max].map(Math.log);

/** Delay at a normal score, ms: straight between the percentiles in the logarithm. */
function delayAt(anchors: readonly number[], score: number): number {
  const z = Math.min(scores[5], Math.max(scores[0], score));
  let at = 0;
  while (at < scores.length - 2 && z > scores[at + 1]!) at++;
  const share = (z - scores[at]!) / (scores[at + 1]! - scores[at]!);
  return Math.exp(anchors[at]! + share * (anchors[at + 1]! - anchors[at]!));
}

/**
 * The published percentiles as a process in time: a Gaussian one of first order whose every value is mapped to the delay of the same rank. So the
 * percentiles come out as they went in, and delays near each other in time are alike.
 */
export class ModelledDelays implements DelaySource {
  readonly #good: readonly number[];
  readonly #weak: readonly number[];
  readonly #losses: readonly [number, number];
  readonly #random: () => number;
  #score: number;
  #seconds: number | undefined;
  /** From 0, as good, to 1, as weak. */
  weakness = 0;

  constructor(good: DelayProfile, weak: DelayProfile, seed: number) {
    this.#good = anchorsOf(good);
    this.#weak = anchorsOf(weak);
    this.#losses = [good.loss, weak.loss];
    this.#random = randomFrom(seed);
    this.#score = this.#gauss();
  }

  roundTrip(seconds: number): number | undefined {
    const passed = Math.max(0, seconds - (this.#seconds ?? seconds));
    this.#seconds = seconds;
    const kept = Math.exp(-passed / correlationSeconds);
    this.#score = kept * this.#score + Math.sqrt(1 - kept * kept) * this.#gauss();
    const { weakness } = this;
    const lossRatio = this.#losses[0] * (1 - weakness) + this.#losses[1] * weakness;
    if (this.#random() < lossRatio) return undefined;
    const anchors = this.#good.map((good, at) => good + weakness * (this.#weak[at]! - good));
    return delayAt(anchors, this.#score);
  }

  #gauss(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }
}

/** A measured course of delays: seconds from its beginning, rising, and round trips in ms; NaN: lost. */
export interface Trace {
  seconds: Float64Array;
  delays: Float64Array;
  name: string;
}

/** Replays what was measured, each message with the delay of the one that was measured last before it; at the end from the beginning. */
export class ReplayedDelays implements DelaySource {
  readonly #good: Trace;
  readonly #weak: Trace | undefined;
  readonly #offset: number;
  #start: number | undefined;
  weakness = 0;

  /** `offset`: seconds into the trace, so that two terminals do not go through the same at once. `weak`: replayed where the signal is weak. */
  constructor(good: Trace, weak: Trace | undefined, offset: number) {
    this.#good = good;
    this.#weak = weak;
    this.#offset = offset;
  }

  roundTrip(seconds: number): number | undefined {
    this.#start ??= seconds;
    const trace = this.#weak !== undefined && this.weakness >= 0.5 ? this.#weak : this.#good;
    const delay = at(trace, seconds - this.#start + this.#offset);
    return Number.isNaN(delay) ? undefined : delay;
  }
}

function at({ seconds, delays }: Trace, time: number): number {
  const length = seconds[seconds.length - 1]! - seconds[0]! || 1;
  const wanted = seconds[0]! + (((time % length) + length) % length);
  let low = 0;
  let high = seconds.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (seconds[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return delays[low]!;
}
