import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecimalEncoder, decodeDecimal, rawScale, singleScale } from './decimal-value.ts';

const encoded = (encoder: DecimalEncoder, value: number, series = 1): [number, number] => {
  encoder.encode(series, value);
  return [encoder.number, encoder.scale];
};

describe('decimal values', () => {
  test('what an instrument gives becomes a whole number and a scale', () => {
    const encoder = new DecimalEncoder();
    expect(encoded(encoder, 21.5)).toEqual([215, 1]);
    // The scale of a series stays, so that 22.0 does not look different from 21.9 and 22.1.
    expect(encoded(encoder, 22)).toEqual([220, 1]);
    expect(encoded(encoder, 22.25)).toEqual([2225, 2]);
    expect(encoded(encoder, 22, 2)).toEqual([22, 0]);
    expect(encoded(encoder, Math.fround(21.53), 3)).toEqual([2153, singleScale + 2]);
    expect(encoded(encoder, 22, 3)).toEqual([2200, singleScale + 2]);
  });

  test('every number comes back bit for bit, whatever came before it', () => {
    const value = fc.oneof(
      fc.double(),
      fc.float(),
      fc.integer().map((whole) => whole / 10),
      fc.integer({ min: -99_999, max: 99_999 }).map((whole) => Math.fround(whole / 1000)),
      fc.constantFrom(
        0,
        -0,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        5e-324,
        2 ** 53,
        2 ** 63,
        -(2 ** 63),
        1e22,
      ),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 300 }), (values) => {
        const encoder = new DecimalEncoder();
        for (const one of values) {
          const [number, scale] = encoded(encoder, one);
          expect(Object.is(decodeDecimal(number, scale), one)).toBe(true);
          if (scale !== rawScale) expect(Number.isSafeInteger(number)).toBe(true);
        }
      }),
    );
  });

  test('a series of no short decimals is soon let be, and looked at again', () => {
    const encoder = new DecimalEncoder();
    for (let i = 0; i < 200; i++) expect(encoded(encoder, Math.PI * (i + 1))[1]).toBe(rawScale);
    expect(encoded(encoder, 1.5)[1]).toBe(rawScale);
    let tries = 0;
    while (encoded(encoder, 1.5)[1] === rawScale) tries++;
    expect(tries).toBeLessThanOrEqual(1_000);
  });
});
