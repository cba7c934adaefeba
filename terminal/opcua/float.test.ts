import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortestFloat } from './float.ts';

test.each([
  [Math.fround(230.1), 230.1],
  [Math.fround(0.1), 0.1],
  [Math.fround(-21.55), -21.55],
  [Math.fround(1e-7), 1e-7],
  [Math.fround(3.4e38), 3.4e38],
  [0.5, 0.5],
  [7, 7],
  [Number.NaN, Number.NaN],
  [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
])('%s is meant as %s', (float, decimal) => {
  expect(shortestFloat(float)).toBe(decimal);
});

test('every float comes back as itself', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true }), (float) => {
      expect(Math.fround(shortestFloat(float))).toBe(float);
    }),
    { numRuns: 2000 },
  );
});
