const decimalsMax = 6;
const exactBelow = 9e9;
const powers = Array.from({ length: decimalsMax + 1 }, (_, decimals) => 10 ** decimals);

/**
 * A 32-bit float as the shortest decimal that is still that float: 230.1, not 230.10000610351562, which the device never meant. Nothing is
 * lost: rounding the result to 32 bits gives the float again.
 */
export function shortestFloat(value: number): number {
  if (!Number.isFinite(value)) return value;
  if (Math.abs(value) < exactBelow) {
    if (Number.isInteger(value)) return value;
    for (const power of powers) {
      // Both are whole numbers a double holds exactly, so their quotient is the double next to that decimal.
      const decimal = Math.round(value * power) / power;
      if (Math.fround(decimal) === value) return decimal;
    }
  }
  for (let digits = 6; digits < 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return decimal;
  }
  return Number(value.toPrecision(9));
}
