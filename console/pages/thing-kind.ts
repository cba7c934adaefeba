import type { ThingState } from '@millrace/contract';
import { type MarkKind, outsideBand, urgency } from '@millrace/ui';

export type Abnormal = ThingState['abnormal'][number];

/** What is the matter with one property: bad and uncertain by its quality, above or below by its normal band. */
export function abnormalKind(one: Abnormal): MarkKind {
  if (one.quality === 'bad') return 'bad';
  if (one.reason === 'stale') return 'stale';
  if (one.quality === 'uncertain') return 'uncertain';
  const side = outsideBand(one.value, one.normal);
  if (side !== undefined) return side;
  if (one.reason.includes('above')) return 'above';
  if (one.reason.includes('below')) return 'below';
  return 'outside';
}

/** The state a thing is shown in: its own, or "outside normal" where only a value is off. */
export function thingKind(thing: ThingState): MarkKind {
  if (thing.state !== 'good') return thing.state;
  return thing.abnormal.length > 0 ? 'outside' : 'good';
}

/** The most urgent abnormal property of a thing. */
export function worstAbnormal(thing: ThingState): Abnormal | undefined {
  let worst: Abnormal | undefined;
  for (const one of thing.abnormal) {
    if (worst === undefined || urgency[abnormalKind(one)] < urgency[abnormalKind(worst)]) worst = one;
  }
  return worst;
}

/** Abnormal first, the most urgent on top; among equals by name. */
export function byUrgency(a: ThingState, b: ThingState): number {
  return (
    urgency[thingKind(a)] - urgency[thingKind(b)] ||
    a.title.localeCompare(b.title, undefined, { numeric: true })
  );
}
