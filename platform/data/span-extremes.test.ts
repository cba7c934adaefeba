import { status } from '@millrace/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Row, rowsFrom, SpanExtremes } from './span-extremes.ts';

const row = fc.record({
  time: fc.integer({ min: -500, max: 500 }),
  lag: fc.constant(0),
  value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(Number.NaN)),
  status: fc.constantFrom(status.good, status.good, status.uncertain, status.bad),
  text: fc.constantFrom('', '', '', '"a"', 'true'),
});

const ascending = (rows: Row[]): Row[] =>
  [...new Map(rows.map((one) => [one.time, one])).values()].sort((a, b) => a.time - b.time);

const isPeak = (one: Row): boolean =>
  one.status < status.bad && !Number.isNaN(one.value) && one.text !== 'true';

test('the greatest and least of all survive, there are never more points than asked, and none is made up', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 300 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 300 }),
      fc.boolean(),
      (drawn, points, width, telling) => {
        const rows = ascending(drawn);
        const extremes = new SpanExtremes(width);
        if (telling) extremes.addTelling(rowsFrom(rows));
        else {
          extremes.addRows(rowsFrom(rows.slice(0, 20)));
          extremes.addRows(rowsFrom(rows.slice(20)));
        }
        const chosen = extremes.rows(points);
        expect(chosen.length).toBeLessThanOrEqual(points);
        expect(chosen).toEqual(ascending(chosen));
        for (const one of chosen) expect(rows).toContainEqual(one);
        const peaks = rows.filter(isPeak).map((one) => one.value);
        const kept = chosen.filter(isPeak).map((one) => one.value);
        if (peaks.length > 0) {
          expect(Math.max(...kept)).toBe(Math.max(...peaks));
          if (points >= 2) expect(Math.min(...kept)).toBe(Math.min(...peaks));
        } else if (rows.length > 0) expect(chosen.length).toBeGreaterThan(0);
      },
    ),
  );
});

test('of equal extremes the earliest is kept, with its own time and status', () => {
  const extremes = new SpanExtremes(100);
  extremes.addRows(
    rowsFrom([
      { time: 1, lag: 3, value: 5, status: status.uncertain, text: '' },
      { time: 2, lag: 4, value: 5, status: status.good, text: '' },
      { time: 3, lag: 5, value: 4, status: status.good, text: '' },
    ]),
  );
  expect(extremes.rows(2).map(({ time, lag, status: code }) => [time, lag, code])).toEqual([
    [1, 3, status.uncertain],
    [3, 5, status.good],
  ]);
});
