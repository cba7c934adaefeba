import type { Microseconds, VerdictState } from '@millrace/contract';

/** A state that people are told of: it does not flutter with every judgement. */
export interface HeldState {
  state: VerdictState;
  since: Microseconds;
  /** What the last judgements said instead, since when, how often in a row. */
  other?: { state: VerdictState; since: Microseconds; times: number };
}

/**
 * Judgements in a row before a state is left. Into `violated`: at once would raise on the one judgement in forty that errs at the edge of its
 * interval, so two. Out of it: five, or a flow at its limit would raise and clear all day. Between `met` and what says nothing: three.
 */
export const holdTimes = { intoViolated: 2, outOfViolated: 5, otherwise: 3 } as const;

/** The state to show after one more judgement. `since` is when the judgements that changed it began. */
export function hold(held: HeldState | undefined, judged: VerdictState, now: Microseconds): HeldState {
  if (held === undefined) return { state: judged, since: now };
  if (judged === held.state) return { state: held.state, since: held.since };
  const same = held.other?.state === judged ? held.other : { state: judged, since: now, times: 0 };
  const other = { ...same, times: same.times + 1 };
  const needed =
    judged === 'violated'
      ? holdTimes.intoViolated
      : held.state === 'violated'
        ? holdTimes.outOfViolated
        : holdTimes.otherwise;
  return other.times >= needed
    ? { state: judged, since: other.since }
    : { state: held.state, since: held.since, other };
}
