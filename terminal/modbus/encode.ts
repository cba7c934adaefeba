import type { LocalText } from '@millrace/contract';
import { type Layout, registersOf } from './value.ts';

/** A value that its registers cannot hold, in words. */
export class UnfitValue extends Error {
  readonly words: LocalText;
  constructor(en: string, zh: string) {
    super(en);
    this.words = { en, zh };
  }
}

const integerBits: Partial<Record<Layout['type'], readonly [bits: number, signed: boolean]>> = {
  int8: [8, true],
  uint8: [8, false],
  int16: [16, true],
  uint16: [16, false],
  int32: [32, true],
  uint32: [32, false],
  int64: [64, true],
  uint64: [64, false],
};
const float32Max = 3.4028234663852886e38;
/** How far from a whole number of steps a value may be for what binary fractions do to it. */
const stepTolerance = 1e-6;

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';

/**
 * The registers of one value, as they go on the wire: the reverse of decoding. `exponent`: the power of ten that stands in a register of its
 * own (SunSpec). Nothing is rounded, clipped or cut to fit: throws {@link UnfitValue}.
 */
export function encodeRegisters(layout: Layout, value: unknown, exponent = 0): Buffer {
  return arrange(layout, plainRegisters(layout, value, exponent));
}

function plainRegisters(layout: Layout, value: unknown, exponent: number): Buffer {
  const { type, registers } = layout;
  const bytes = Buffer.alloc(registers * 2);
  switch (type) {
    case 'bool':
      bytes.writeUInt16BE(asBit(value) ? 1 : 0);
      return bytes;
    case 'string':
      return text(bytes, value);
    case 'hex':
      if (typeof value !== 'string' || !/^[0-9a-f]*$/i.test(value) || value.length !== bytes.length * 2)
        throw new UnfitValue(
          `${shown(value)} is not ${bytes.length * 2} hexadecimal digits`,
          `${shown(value)} 不是 ${bytes.length * 2} 位十六进制数`,
        );
      return Buffer.from(value, 'hex');
    case 'float32':
    case 'float64':
      return float(layout, bytes, value, exponent);
    case 'bcd':
      return bcd(bytes, whole(layout, value, exponent));
    default:
      return integer(layout, bytes, whole(layout, value, exponent));
  }
}

export function asBit(value: unknown): boolean {
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  throw new UnfitValue(`${shown(value)} is neither true nor false`, `${shown(value)} 不是布尔值`);
}

function float(layout: Layout, bytes: Buffer, value: unknown, exponent: number): Buffer {
  const raw = unscale(layout, value, exponent);
  if (layout.type === 'float64') {
    bytes.writeDoubleBE(raw);
    return bytes;
  }
  if (Math.abs(raw) > float32Max)
    throw new UnfitValue(`${shown(value)} is beyond a 32-bit float`, `${shown(value)} 超出 32 位浮点数范围`);
  bytes.writeFloatBE(raw);
  return bytes;
}

function unscale(layout: Layout, value: unknown, exponent: number): number {
  const number = typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? Number(value) : value;
  if (typeof number === 'boolean') return number ? 1 : 0;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new UnfitValue(`${shown(value)} is not a number`, `${shown(value)} 不是数字`);
  return (number - layout.offset) / layout.scale / 10 ** exponent;
}

/** The raw whole number of a value. 64 bits keep every digit where there is no scale. */
function whole(layout: Layout, value: unknown, exponent: number): bigint {
  if (layout.scale === 1 && layout.offset === 0 && exponent === 0) {
    if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  }
  const raw = unscale(layout, value, exponent);
  const rounded = Math.round(raw);
  if (Math.abs(raw - rounded) > stepTolerance * Math.max(1, Math.abs(raw))) {
    const step = Number((Math.abs(layout.scale) * 10 ** exponent).toPrecision(12));
    throw new UnfitValue(
      `${shown(value)} lies between two steps of the register, which are ${step} apart`,
      `${shown(value)} 不在寄存器的步进上（步长 ${step}）`,
    );
  }
  if (!Number.isSafeInteger(rounded))
    throw new UnfitValue(
      `${shown(value)} is too large to be written exactly`,
      `${shown(value)} 过大，无法精确写入`,
    );
  return BigInt(rounded);
}

function integer(layout: Layout, bytes: Buffer, raw: bigint): Buffer {
  const [bits, signed] = integerBits[layout.type]!;
  const low = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const high = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  if (raw < low || raw > high)
    throw new UnfitValue(
      `the raw value ${raw} does not fit ${layout.type}, which holds ${low} to ${high}`,
      `原始值 ${raw} 超出 ${layout.type} 的范围（${low} 到 ${high}）`,
    );
  if (layout.notAvailable !== undefined && raw === BigInt(layout.notAvailable))
    throw new UnfitValue(
      `the raw value ${raw} is how the device says that it has none`,
      `原始值 ${raw} 表示“无值”，不能写入`,
    );
  // An 8-bit value stands in a register of its own; a signed one fills it with its sign.
  const width = bits === 8 ? 16 : bits;
  let rest = BigInt.asUintN(width, raw);
  for (let at = registersOf[layout.type]! * 2 - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

function bcd(bytes: Buffer, raw: bigint): Buffer {
  const digits = raw.toString();
  if (raw < 0n || digits.length > bytes.length * 2)
    throw new UnfitValue(
      `the raw value ${raw} does not fit ${bytes.length * 2} decimal digits (BCD)`,
      `原始值 ${raw} 超出 ${bytes.length * 2} 位 BCD 的范围`,
    );
  return Buffer.from(digits.padStart(bytes.length * 2, '0'), 'hex');
}

function text(bytes: Buffer, value: unknown): Buffer {
  if (typeof value !== 'string')
    throw new UnfitValue(`${shown(value)} is not text`, `${shown(value)} 不是文本`);
  const encoded = Buffer.from(value, 'utf8');
  if (encoded.length > bytes.length)
    throw new UnfitValue(
      `the text has ${encoded.length} bytes; its registers hold ${bytes.length}`,
      `文本为 ${encoded.length} 字节，寄存器只能容纳 ${bytes.length} 字节`,
    );
  encoded.copy(bytes);
  return bytes;
}

/** Bytes and words in the device's own order; the same exchange that decoding makes. */
function arrange({ registers, byteFirst, wordFirst }: Layout, plain: Buffer): Buffer {
  const bytes = Buffer.alloc(plain.length);
  for (let register = 0; register < registers; register++) {
    const to = 2 * (wordFirst === 'most' ? register : registers - 1 - register);
    const first = plain[2 * register]!;
    const second = plain[2 * register + 1]!;
    bytes[to] = byteFirst === 'most' ? first : second;
    bytes[to + 1] = byteFirst === 'most' ? second : first;
  }
  return bytes;
}
