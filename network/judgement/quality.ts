import type { Criterion, CriterionVerdict } from '@millrace/contract';

/** Figures that are worse when they are greater, and change within minutes. */
const quick: readonly Criterion[] = ['latency', 'jitter', 'loss', 'survival-time'];

/**
 * How a path fares right now, for comparing it with others: `bad` where a figure of messages is violated, `good` where those that are told lie
 * within their limits, though it may take hours to show that they always do. Not a verdict: nobody is told of it.
 */
export function qualityOf(criteria: readonly CriterionVerdict[]): 'good' | 'bad' | 'unknown' {
  const told = criteria.filter(({ criterion }) => quick.includes(criterion));
  if (told.some(({ state }) => state === 'violated')) return 'bad';
  if (told.some(({ measured, limit }) => measured !== undefined && measured > limit)) return 'unknown';
  return told.some(({ state, measured }) => state === 'met' || measured !== undefined) ? 'good' : 'unknown';
}
