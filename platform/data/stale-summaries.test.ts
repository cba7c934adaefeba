import { expect, test } from 'vitest';
import { blockOf, StaleSummaries } from './stale-summaries.ts';

const everything = (stale: StaleSummaries, most = 10) => stale.next(1_000, Number.POSITIVE_INFINITY, 0, most);

test('a summary is due when its hour is over and nothing comes any more, the oldest first', () => {
  const stale = new StaleSummaries();
  expect(stale.touch(7, 1, 100)).toBe(true);
  expect(stale.touch(7, 1, 200)).toBe(false);
  stale.touch(5, 0, 150);
  for (const [hour, block] of [
    [7, 1],
    [7, 1],
    [5, 0],
  ] as const)
    stale.landed(hour, block);
  expect(stale.next(7, 1_000, 0, 10).map(({ hour }) => hour)).toEqual([5]);
  expect(stale.next(8, 150, 0, 10).map(({ hour }) => hour)).toEqual([5]);
  expect(stale.next(8, 0, 100, 10).map(({ hour }) => hour)).toEqual([7]);
  expect(stale.next(8, 1_000, 0, 1).map(({ hour }) => hour)).toEqual([5]);
  expect(stale.hoursOf(70, 0, 100)).toEqual([7]);
  expect(stale.hoursOf(blockOf(70), 0, 100)).toEqual([5]);
});

test('what comes while a summary is made keeps it stale', () => {
  const stale = new StaleSummaries();
  stale.touch(5, 0, 0);
  expect(everything(stale)).toEqual([]);
  stale.landed(5, 0);
  const [pair] = everything(stale);
  stale.touch(5, 0, 1);
  expect(stale.settle(pair!, 2)).toBe(false);
  stale.landed(5, 0);
  expect(stale.settle(pair!, 2)).toBe(false);
  expect(stale.settle(everything(stale)[0]!, 3)).toBe(true);
  expect([stale.size, stale.hours()]).toEqual([0, []]);
});

test('hours that are no longer kept are forgotten', () => {
  const stale = new StaleSummaries();
  for (const hour of [-4, 2, 9]) stale.mark(hour, 0, 0);
  stale.dropBefore(9);
  expect([stale.size, stale.hours()]).toEqual([1, [9]]);
});
