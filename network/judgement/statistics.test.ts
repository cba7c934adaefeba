import { expect, test } from 'vitest';
import {
  eventLimits,
  exactInterval,
  messagesForPercentile,
  noFailureUpper,
  rankInterval,
  shareInterval,
  weightedLimits,
} from './statistics.ts';

test('none failed of n independent messages: 1 − 0.05^(1/n), about 3/n', () => {
  expect(noFailureUpper(1)).toBeCloseTo(0.95, 12);
  expect(noFailureUpper(100)).toBeCloseTo(1 - 0.05 ** 0.01, 12);
  expect(noFailureUpper(3_000_000) * 3_000_000).toBeCloseTo(2.9957, 3);
  expect(noFailureUpper(0)).toBe(1);
});

test('exact limits of 10 in 100 as the tables have them', () => {
  const { low, high } = exactInterval(10, 100);
  expect(low).toBeCloseTo(0.049, 3);
  expect(high).toBeCloseTo(0.1762, 3);
  expect(exactInterval(0, 10)).toEqual({ low: 0, high: expect.closeTo(0.3085, 4) });
});

test('score limits of 10 in 100, and the same worth a quarter', () => {
  const { low, high } = shareInterval(10, 100, 100);
  expect(low).toBeCloseTo(0.0552, 4);
  expect(high).toBeCloseTo(0.1744, 4);
  const wider = shareInterval(10, 100, 25);
  expect(wider.low).toBeLessThan(low);
  expect(wider.high).toBeGreaterThan(high);
  expect(shareInterval(0, 1000, 1000).high).toBeLessThanOrEqual(noFailureUpper(1000));
});

test('order statistics of a median of 10: the 2nd and the 9th', () => {
  // P(X(2) ≤ median ≤ X(9)) = 1 − 2·(1 + 10)/1024 = 97.9 %
  expect(rankInterval(0.5, 10)).toEqual({ low: 0.2, high: 0.9, highKnown: true });
  expect(rankInterval(0.999, 1000).highKnown).toBe(false);
});

test('limits of events: none is less than 3, ten lie between 4.8 and 18.4', () => {
  expect(eventLimits(0)).toEqual({ low: 0, high: expect.closeTo(2.9957, 4) });
  expect(eventLimits(10).low).toBeCloseTo(4.795, 3);
  expect(eventLimits(10).high).toBeCloseTo(18.39, 2);
});

test('events of equal weight are counted as events are', () => {
  const { low, high } = weightedLimits(10, 10, 10, 1);
  expect(low).toBeCloseTo(4.795, 3);
  expect(high).toBeCloseTo(18.39, 2);
  expect(weightedLimits(0, 0, 0, 60).high).toBeCloseTo(179.7, 1);
});

test('the 99.9th percentile is told from ten thousand messages on', () => {
  expect(messagesForPercentile(0.999)).toBe(10_000);
  expect(messagesForPercentile(0.5)).toBe(20);
});
