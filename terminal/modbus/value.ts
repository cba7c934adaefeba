/**
 * Values out of registers and bits. A {@link Layout} says how the bytes of a value lie; {@link compileDecoder} makes the
 * function that hot paths call. Pure, never throws.
 */

export const valueTypes = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'string',
  'hex',
  'bcd',
] as const;
export type ValueType = (typeof valueTypes)[number];

/** Registers a type takes; undefined where the form's quantity decides. */
export const registersOf: Readonly<Record<ValueType, number | undefined>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 1,
  uint16: 1,
  int32: 2,
  uint32: 2,
  int64: 4,
  uint64: 4,
  float32: 2,
  float64: 4,
  string: undefined,
  hex: undefined,
  bcd: undefined,
};

/** Largest number of BCD registers (16 digits) that an exact integer of JavaScript holds once it is a bigint. */
export const bcdRegistersMax = 4;

export interface Layout {
  type: ValueType;
  /** Registers of one value. */
  registers: number;
  /** Bytes within each register: the most significant first (as the standard has it), or swapped. */
  byteFirst: 'most' | 'least';
  /** Registers of a value longer than one: the most significant first, or the least. */
  wordFirst: 'most' | 'least';
  /** value = raw × scale + offset; numbers only. */
  scale: number;
  offset: number;
  /** Bit of a register, 0 = least significant; bool only. */
  bit: number | undefined;
  /** Raw value (before scale) that the device gives where it has none. */
  notAvailable: number | bigint | undefined;
  /** False: a bit is given as 0 or 1 because the property is a number. */
  boolean: boolean;
}

/** Decoded value, or why there is none. */
export type Decoded =
  | number
  | bigint
  | boolean
  | string
  | undefined; /* undefined: the device says that it has no value */

/** Decodes the value whose first byte is at `at`; `exponent` is a power of ten read along with it (SunSpec), 0 without. */
export type Decoder = (data: Buffer, at: number, exponent: number) => Decoded;

/** Digits after the decimal point that a number is written with: 0.05 → 2, 1e-7 → 7, 250 → 0. */
export function decimalsOf(x: number): number {
  if (!Number.isFinite(x) || Number.isInteger(x)) return 0;
  const [mantissa, exponent] = x.toString().toLowerCase().split('e');
  const fraction = mantissa!.split('.')[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent ?? 0));
}

/** Powers of ten up to 10^22 are exact in binary. */
const exactPowerMax = 22;
const floatDigits32 = 9;
const floatDigits64 = 15;

/**
 * Makes `raw → raw × scale + offset`. What is decimal on paper is calculated in whole numbers and divided once by a power of ten,
 * so that 215 × 0.1 is 21.5 and not 21.500000000000004, and 64-bit integers stay exact.
 */
export function compileScale(
  scale: number,
  offset: number,
): (raw: number | bigint, exponent: number) => number | bigint {
  const decimals = Math.max(decimalsOf(scale), decimalsOf(offset));
  const power = 10 ** Math.min(decimals, exactPowerMax);
  const wholeScale = Math.round(scale * power);
  const wholeOffset = Math.round(offset * power);
  const exact =
    decimals <= exactPowerMax && Number.isSafeInteger(wholeScale) && Number.isSafeInteger(wholeOffset);
  const identity = scale === 1 && offset === 0;
  const bigScale = exact ? BigInt(wholeScale) : 0n;
  const bigOffset = exact ? BigInt(wholeOffset) : 0n;
  return (raw, exponent) => {
    if (exponent !== 0) return shift(raw, exponent, scale, offset);
    if (identity) return raw;
    if (!exact) return trim(Number(raw) * scale + offset, floatDigits64);
    if (typeof raw === 'bigint') {
      const whole = raw * bigScale + bigOffset;
      return decimals === 0 ? whole : Number(whole) / power;
    }
    const product = raw * wholeScale;
    const whole = product + wholeOffset;
    if (!Number.isSafeInteger(product) || !Number.isSafeInteger(whole)) {
      return trim(raw * scale + offset, floatDigits64);
    }
    return decimals === 0 ? whole : whole / power;
  };
}

/** The rare path: a power of ten read from the device comes on top of the scale. */
function shift(raw: number | bigint, exponent: number, scale: number, offset: number): number {
  const number = Number(raw) * scale;
  const moved = exponent < 0 ? number / 10 ** -exponent : number * 10 ** exponent;
  return trim(moved + offset, floatDigits64);
}

function trim(x: number, digits: number): number {
  return Number.isFinite(x) ? Number(x.toPrecision(digits)) : x;
}

/** The shortest decimal that is still this float32: what a meter shows as 230.1 is kept as 230.1. */
export function shortestFloat32(x: number): number {
  if (!Number.isFinite(x) || Number.isInteger(x * 8)) return x;
  for (let digits = 6; digits < floatDigits32; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short;
  }
  return Number(x.toPrecision(floatDigits32));
}

/**
 * Makes the decoder of a layout. Numbers that are not numbers (NaN, ±∞, a BCD digit above 9) come out as NaN, which intake
 * rejects as not-a-number; text that is not UTF-8 comes out as Latin-1.
 */
export function compileDecoder(layout: Layout): Decoder {
  const { type, registers, byteFirst, wordFirst, bit, notAvailable } = layout;
  const swapped = byteFirst === 'least' || wordFirst === 'least';
  // One scratch per decoder: decoding is synchronous and finishes before the next value is looked at.
  const scratch = Buffer.alloc(registers * 2);
  const arrange = (data: Buffer, at: number): void => {
    for (let register = 0; register < registers; register++) {
      const from = at + 2 * (wordFirst === 'most' ? register : registers - 1 - register);
      const low = byteFirst === 'most' ? 1 : 0;
      scratch[2 * register] = data[from + (1 - low)]!;
      scratch[2 * register + 1] = data[from + low]!;
    }
  };
  const scaled = compileScale(layout.scale, layout.offset);
  const number =
    (read: (bytes: Buffer, at: number) => number | bigint): Decoder =>
    (data, at, exponent) => {
      let raw: number | bigint;
      if (swapped) {
        arrange(data, at);
        raw = read(scratch, 0);
      } else {
        raw = read(data, at);
      }
      if (notAvailable !== undefined && raw === notAvailable) return undefined;
      return scaled(raw, exponent);
    };
  const float = (read: (bytes: Buffer, at: number) => number, digits: number): Decoder => {
    const plain = layout.scale === 1 && layout.offset === 0;
    return (data, at, exponent) => {
      let raw: number;
      if (swapped) {
        arrange(data, at);
        raw = read(scratch, 0);
      } else {
        raw = read(data, at);
      }
      if (notAvailable !== undefined && raw === notAvailable) return undefined;
      if (!Number.isFinite(raw)) return Number.NaN;
      const exact = digits === floatDigits32 ? shortestFloat32(raw) : raw;
      if (plain && exponent === 0) return exact;
      return trim(exact * layout.scale * 10 ** exponent + layout.offset, digits);
    };
  };
  switch (type) {
    case 'bool': {
      const mask = bit === undefined ? 0xffff : 1 << bit;
      return (data, at) => {
        const raw = byteFirst === 'most' ? data.readUInt16BE(at) : data.readUInt16LE(at);
        if (notAvailable !== undefined && raw === notAvailable) return undefined;
        const on = (raw & mask) !== 0;
        return layout.boolean ? on : on ? 1 : 0;
      };
    }
    case 'int8':
      return number((bytes, at) => bytes.readInt8(at + 1));
    case 'uint8':
      return number((bytes, at) => bytes.readUInt8(at + 1));
    case 'int16':
      return number((bytes, at) => bytes.readInt16BE(at));
    case 'uint16':
      return number((bytes, at) => bytes.readUInt16BE(at));
    case 'int32':
      return number((bytes, at) => bytes.readInt32BE(at));
    case 'uint32':
      return number((bytes, at) => bytes.readUInt32BE(at));
    case 'int64':
      return number((bytes, at) => bytes.readBigInt64BE(at));
    case 'uint64':
      return number((bytes, at) => bytes.readBigUInt64BE(at));
    case 'float32':
      return float((bytes, at) => bytes.readFloatBE(at), floatDigits32);
    case 'float64':
      return float((bytes, at) => bytes.readDoubleBE(at), floatDigits64);
    case 'bcd':
      return number((bytes, at) => readBcd(bytes, at, registers));
    case 'hex':
      return (data, at) => {
        arrange(data, at);
        return scratch.toString('hex').toUpperCase();
      };
    case 'string':
      return (data, at) => {
        arrange(data, at);
        return readText(scratch);
      };
  }
}

function readBcd(bytes: Buffer, at: number, registers: number): number | bigint {
  let value = 0n;
  for (let i = 0; i < registers * 2; i++) {
    const byte = bytes[at + i]!;
    if (byte >> 4 > 9 || (byte & 15) > 9) return Number.NaN;
    value = value * 100n + BigInt((byte >> 4) * 10 + (byte & 15));
  }
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Text up to the first NUL, without trailing blanks. */
function readText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  const used = end === -1 ? bytes : bytes.subarray(0, end);
  const text = used.toString('utf8');
  return (text.includes('�') ? used.toString('latin1') : text).trimEnd();
}

/** Bit `index` of a reply to a read of coils or inputs: least significant bit of the first byte first. */
export function readBit(data: Buffer, index: number): boolean {
  return ((data[index >> 3]! >> (index & 7)) & 1) === 1;
}
