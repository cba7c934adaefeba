/**
 * How numbers are kept: an instrument gives 21.5, not 21.500000000000000; as the whole number 215 and a scale of 1 it
 * takes a fraction of the room and comes back bit for bit. Each value gets one of
 *
 * - scale 0…9     value = number ÷ 10^scale, as 64-bit floating point divides
 * - scale 32…38   the same rounded to 32-bit floating point: registers of type float32 that hold 21.5
 * - scale 127     `number` is the 64 bits of the value itself (also NaN, the infinities and −0)
 */
export const rawScale = 127;
export const singleScale = 32;

const doubleExponentMax = 9;
const singleExponentMax = 6;
/** A float32 has 24 bits; with more digits than these anything would pass for a decimal. */
const singleNumberMax = 9_999_999;
const powers = Float64Array.from({ length: doubleExponentMax + 1 }, (_, exponent) => 10 ** exponent);

/** After this many values in a row that are no short decimals, a series is tried again only now and then. */
const failuresBeforePause = 64;
const pauseValues = 1_000;

interface SeriesScale {
  scale: number;
  failures: number;
  pause: number;
}

/**
 * Finds the scale of values, remembering each series' last: a run of one scale compresses better than the shortest scale
 * of each value, and is found at the first try.
 */
export class DecimalEncoder {
  #known = new Map<number, SeriesScale>();
  /** Of the value last encoded. */
  number = 0;
  scale = rawScale;

  /** Sets `number` and `scale`. With scale 127 `number` is the value itself, its bits are to be kept. */
  encode(series: number, value: number): void {
    let known = this.#known.get(series);
    if (known === undefined) this.#known.set(series, (known = { scale: 0, failures: 0, pause: 0 }));
    if (known.pause > 0) known.pause--;
    else if (this.#fit(known, value)) {
      known.failures = 0;
      return;
    } else if (Number.isFinite(value) && ++known.failures >= failuresBeforePause) known.pause = pauseValues;
    this.number = value;
    this.scale = rawScale;
  }

  forget(series: number): void {
    this.#known.delete(series);
  }

  #fit(known: SeriesScale, value: number): boolean {
    if (!Number.isFinite(value) || Object.is(value, -0)) return false;
    const kept = known.scale;
    if (kept < singleScale) {
      for (let exponent = kept; exponent <= doubleExponentMax; exponent++) {
        const power = powers[exponent]!;
        const number = Math.round(value * power);
        if (number / power === value && Number.isSafeInteger(number)) {
          this.number = number;
          this.scale = known.scale = exponent;
          return true;
        }
      }
    }
    if (Math.fround(value) !== value) {
      if (kept < singleScale) return false;
      known.scale = 0;
      return this.#fit(known, value);
    }
    for (
      let exponent = kept >= singleScale ? kept - singleScale : 0;
      exponent <= singleExponentMax;
      exponent++
    ) {
      const power = powers[exponent]!;
      const number = Math.round(value * power);
      if (Math.abs(number) > singleNumberMax) return false;
      if (Math.fround(number / power) === value) {
        this.number = number;
        this.scale = known.scale = exponent + singleScale;
        return true;
      }
    }
    return false;
  }
}

/** The value back from what was kept; the same in SQL is `valueSql`. */
export function decodeDecimal(number: number, scale: number): number {
  if (scale === rawScale) return number;
  if (scale >= singleScale) return Math.fround(number / powers[scale - singleScale]!);
  return number / powers[scale]!;
}

/** SQL of the value, from columns `number` (Int64) and `scale` (Int8). */
export const valueSql = `multiIf(scale < ${singleScale}, number / intExp10(scale), scale = ${rawScale}, reinterpretAsFloat64(number), toFloat64(toFloat32(number / intExp10(scale - ${singleScale}))))`;
