import type { Microseconds, Value } from '@millrace/contract';
import type { Condition, Frame, Reference, Verdict, Words } from './types.ts';
import { unjudgedWords } from './words.ts';

/** A value as the caller has it; undefined in its place: there is no such property or it has no sample. */
export interface JudgedValue {
  value: Value;
  time: Microseconds;
  /** OPC UA StatusCode. */
  status: number;
}

export interface Judgement {
  verdict: Verdict;
  /** Set where it cannot be judged: “cannot be judged, because …”. */
  because: Words | undefined;
}

/** Judges a condition once with values looked up one by one: for interlocks and other places where it is not done a million times. */
export function judge(
  condition: Condition,
  look: (reference: Reference) => JudgedValue | undefined,
  now: Microseconds,
): Judgement {
  const { references } = condition;
  const text = new Map<number, string>();
  const signals = {
    time: new Float64Array(references.length).fill(Number.NEGATIVE_INFINITY),
    seen: new Float64Array(references.length),
    value: new Float64Array(references.length).fill(Number.NaN),
    status: new Uint32Array(references.length),
    listening: Number.NEGATIVE_INFINITY,
    text,
  };
  references.forEach((reference, index) => {
    const found = look(reference);
    if (found === undefined) return;
    signals.time[index] = found.time;
    signals.seen[index] = found.time;
    signals.status[index] = found.status;
    if (typeof found.value === 'number') signals.value[index] = found.value;
    else if (typeof found.value === 'boolean') signals.value[index] = found.value ? 1 : 0;
    else if (found.value !== null) text.set(index, JSON.stringify(found.value));
  });
  const frame: Frame = {
    signals,
    series: Int32Array.from(references, (_, index) => index),
    windows: [],
    now,
    slack: 0,
    reason: undefined,
    reasonReference: -1,
  };
  const result = condition.run(frame);
  if (result !== -1) return { verdict: result === 1 ? 'true' : 'false', because: undefined };
  return { verdict: 'cannot-judge', because: whyUnjudged(condition, frame) };
}

/** Why the last run of this frame could not judge. */
export function whyUnjudged(condition: Condition, frame: Frame): Words {
  return unjudgedWords(frame.reason ?? 'not-a-number', condition.references[frame.reasonReference]);
}
