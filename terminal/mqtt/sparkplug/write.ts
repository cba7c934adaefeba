import { parseInstant } from '@millrace/contract';
import protobuf from 'protobufjs/minimal.js';
import { type Datatype, datatypes } from './datatype.ts';
import type { Unsigned } from './payload.ts';

/** A value that a metric's datatype cannot hold; the message says what it can. */
export class UnfitMetric extends Error {}

const integers: Partial<Record<Datatype, readonly [bits: number, signed: boolean]>> = {
  Int8: [8, true],
  Int16: [16, true],
  Int32: [32, true],
  Int64: [64, true],
  UInt8: [8, false],
  UInt16: [16, false],
  UInt32: [32, false],
  UInt64: [64, false],
};
const float32Max = 3.4028234663852886e38;

/** What a command says of one metric: by its alias alone where its birth gave one (Sparkplug 3.0, 6.4.6), by its name otherwise. */
export interface CommandedMetric {
  name: string;
  alias: Unsigned | undefined;
  datatype: Datatype;
  value: unknown;
}

/**
 * Payload of an NCMD or DCMD (Sparkplug 3.0, 6.4.23 and 6.4.24): the metric with the time of sending, in the datatype of its birth, without a
 * sequence number. Throws {@link UnfitMetric}.
 */
export function commandPayload(metric: CommandedMetric, milliseconds: number): Buffer {
  const writer = protobuf.Writer.create();
  writer.uint32(0x08).uint64(milliseconds);
  writer.uint32(0x12).fork();
  if (metric.alias === undefined) writer.uint32(0x0a).string(metric.name);
  else writer.uint32(0x10).uint64(half(BigInt(metric.alias)) as never);
  writer.uint32(0x18).uint64(milliseconds);
  writer.uint32(0x20).uint32(datatypes.indexOf(metric.datatype));
  writeValue(writer, metric);
  writer.ldelim();
  return Buffer.from(writer.finish());
}

function writeValue(writer: protobuf.Writer, { name, datatype, value }: CommandedMetric): void {
  const wrong = (expected: string): UnfitMetric =>
    new UnfitMetric(
      `metric "${name.slice(0, 100)}" is ${datatype}: ${expected} is needed, got ${JSON.stringify(value)?.slice(0, 80) ?? 'nothing'}`,
    );
  const integer = integers[datatype];
  if (integer !== undefined) {
    const raw = whole(value);
    const [bits, signed] = integer;
    const low = signed ? -(1n << BigInt(bits - 1)) : 0n;
    const high = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
    if (raw === undefined || raw < low || raw > high) throw wrong(`a whole number from ${low} to ${high}`);
    // Two's complement of the field's width, as the specification has it; UInt32 stands in the long field, where the Eclipse libraries look.
    if (bits === 64 || datatype === 'UInt32')
      writer.uint32(0x58).uint64(half(BigInt.asUintN(64, raw)) as never);
    else writer.uint32(0x50).uint32(Number(BigInt.asUintN(32, raw)));
    return;
  }
  switch (datatype) {
    case 'Float':
      if (typeof value !== 'number' || !(Math.abs(value) <= float32Max)) throw wrong('a number of 32 bits');
      writer.uint32(0x65).float(value);
      return;
    case 'Double':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong('a number');
      writer.uint32(0x69).double(value);
      return;
    case 'Boolean':
      if (typeof value !== 'boolean') throw wrong('true or false');
      writer.uint32(0x70).bool(value);
      return;
    case 'String':
    case 'Text':
    case 'UUID':
      if (typeof value !== 'string') throw wrong('text');
      writer.uint32(0x7a).string(value);
      return;
    case 'DateTime': {
      const time = parseInstant(value);
      if (time === undefined || time < 0) throw wrong('a time as RFC 3339');
      writer.uint32(0x58).uint64(Math.floor(time / 1000));
      return;
    }
    case 'Bytes':
    case 'File':
      if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw wrong('base64 text');
      writer.uint32(0x82).bytes(Buffer.from(value, 'base64'));
      return;
    default:
      throw new UnfitMetric(
        `metric "${name.slice(0, 100)}" is ${datatype}, which cannot be commanded from here`,
      );
  }
}

function whole(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

/** 64 bits as the protobuf library takes them. */
function half(value: bigint): { low: number; high: number; unsigned: true } {
  return { low: Number(value & 0xffffffffn), high: Number(value >> 32n), unsigned: true };
}
