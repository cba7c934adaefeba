import { gunzipSync, inflateSync } from 'node:zlib';
import { limits, type RejectReason } from '@millrace/contract';
import protobuf from 'protobufjs/minimal.js';

/**
 * Sparkplug B payloads (Sparkplug 3.0, 6.4) taken off the wire. protobufjs reads the primitives; the messages are walked here, so
 * that nothing is allocated for a payload before its counts and depth were found to be within bounds, one metric that is wrong costs
 * that metric and not the payload, and a metric that nobody wants costs no object.
 */

/** Something in a payload cannot be read; `reason` is what it is counted as. */
export class PayloadError extends Error {
  readonly reason: RejectReason;
  constructor(reason: RejectReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

type Reader = protobuf.Reader;

/** What may still be taken from one payload: elements of sets, rows, members, properties. */
export interface Budget {
  elements: number;
}

/** A payload's own fields, and where in it each metric stands. */
export interface PayloadHead {
  reader: Reader;
  /** Milliseconds since the epoch. */
  timestamp: number | undefined;
  seq: number | undefined;
  metrics: number;
  /** Start and end of each metric, in turns. */
  ranges: number[];
  budget: Budget;
}

/** An unsigned 64-bit number: exact, and a bigint only where a number would not be. */
export type Unsigned = number | bigint;

/** Number of the field that the value stands in, 0 for none (Sparkplug 3.0, 6.4.6). */
export const valueField = {
  none: 0,
  int: 10,
  long: 11,
  float: 12,
  double: 13,
  boolean: 14,
  string: 15,
  bytes: 16,
  dataset: 17,
  template: 18,
  extension: 19,
} as const;

/** One metric. Made once and filled again for the next, so only births keep what they need of it. */
export class Metric {
  name: string | undefined;
  alias: Unsigned | undefined;
  timestamp: number | undefined;
  datatype: number | undefined;
  historical = false;
  transient = false;
  isNull = false;
  field = 0;
  /** Value of int, float, double, boolean (0 or 1); low half of long. */
  number = 0;
  /** High half of long. */
  high = 0;
  /** Where string, bytes, data set or template stand. */
  start = 0;
  end = 0;
  propertiesStart = 0;
  propertiesEnd = 0;
}

/** Keys, properties, cells, rows, members and parameters read from one payload. */
export const elementsMax = 250_000;

const compressedUuid = 'SPBV1.0_COMPRESSED';

/** Finds a payload's own fields and its metrics. Throws PayloadError. */
export function openPayload(bytes: Uint8Array): PayloadHead {
  return guarded(() => open(bytes, true));
}

function open(bytes: Uint8Array, mayBeCompressed: boolean): PayloadHead {
  if (bytes.length > limits.payloadBytesMax) {
    throw new PayloadError(
      'too-large',
      `payload of ${bytes.length} bytes; at most ${limits.payloadBytesMax} (payloadBytesMax) are taken`,
    );
  }
  const reader = protobuf.Reader.create(bytes);
  const head: PayloadHead = {
    reader,
    timestamp: undefined,
    seq: undefined,
    metrics: 0,
    ranges: [],
    budget: { elements: elementsMax },
  };
  let uuid: string | undefined;
  let body: Uint8Array | undefined;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag) {
      case 0x08:
        head.timestamp = toNumber(unsigned(reader));
        break;
      case 0x12: {
        const end = endOf(reader);
        if (++head.metrics > limits.payloadValuesMax) {
          throw new PayloadError(
            'too-large',
            `more than ${limits.payloadValuesMax} metrics (payloadValuesMax)`,
          );
        }
        head.ranges.push(reader.pos, end);
        reader.pos = end;
        break;
      }
      case 0x18:
        head.seq = toNumber(unsigned(reader));
        break;
      case 0x22:
        uuid = reader.string();
        break;
      case 0x2a:
        body = reader.bytes();
        break;
      default:
        skip(reader, tag, 'Payload', 5);
    }
  }
  if (uuid === compressedUuid && body !== undefined && mayBeCompressed) {
    return open(decompress(head, body), false);
  }
  return head;
}

/** Eclipse Tahu's compression: the whole payload as `body`, the algorithm as a metric. */
function decompress(head: PayloadHead, body: Uint8Array): Uint8Array {
  const metric = new Metric();
  let algorithm = 'DEFLATE';
  for (let i = 0; i < head.ranges.length; i += 2) {
    readMetric(head.reader, head.ranges[i]!, head.ranges[i + 1]!, metric);
    if (metric.name === 'algorithm' && metric.field === valueField.string)
      algorithm = stringAt(head.reader, metric.start, metric.end);
  }
  const options = { maxOutputLength: limits.payloadBytesMax };
  try {
    if (algorithm.toUpperCase() === 'GZIP') return gunzipSync(body, options);
    if (algorithm.toUpperCase() === 'DEFLATE') return inflateSync(body, options);
  } catch (error) {
    const tooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new PayloadError(
      tooLarge ? 'too-large' : 'malformed',
      tooLarge
        ? `compressed payload of more than ${limits.payloadBytesMax} bytes (payloadBytesMax)`
        : `compressed payload cannot be unpacked: ${(error as Error).message}`,
    );
  }
  throw new PayloadError('unsupported', `payload compressed with "${algorithm.slice(0, 40)}"`);
}

/** Reads the metric between two offsets. Throws PayloadError; the reader is good for the next one all the same. */
export function readMetric(reader: Reader, start: number, end: number, into: Metric): Metric {
  into.name = undefined;
  into.alias = undefined;
  into.timestamp = undefined;
  into.datatype = undefined;
  into.historical = false;
  into.transient = false;
  into.isNull = false;
  into.field = valueField.none;
  into.number = 0;
  into.high = 0;
  into.propertiesStart = 0;
  into.propertiesEnd = 0;
  const pos = reader.pos;
  const len = reader.len;
  reader.pos = start;
  reader.len = end;
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      switch (tag) {
        case 0x0a:
          into.name = reader.string();
          break;
        case 0x10:
          into.alias = unsigned(reader);
          break;
        case 0x18:
          into.timestamp = toNumber(unsigned(reader));
          break;
        case 0x20:
          into.datatype = reader.uint32();
          break;
        case 0x28:
          into.historical = reader.bool();
          break;
        case 0x30:
          into.transient = reader.bool();
          break;
        case 0x38:
          into.isNull = reader.bool();
          break;
        case 0x4a:
          into.propertiesEnd = endOf(reader);
          into.propertiesStart = reader.pos;
          reader.pos = into.propertiesEnd;
          break;
        case 0x50:
          into.field = valueField.int;
          into.number = reader.uint32();
          break;
        case 0x58: {
          into.field = valueField.long;
          const long = reader.uint64() as unknown as { low: number; high: number };
          into.number = long.low >>> 0;
          into.high = long.high >>> 0;
          break;
        }
        case 0x65:
          into.field = valueField.float;
          into.number = reader.float();
          break;
        case 0x69:
          into.field = valueField.double;
          into.number = reader.double();
          break;
        case 0x70:
          into.field = valueField.boolean;
          into.number = reader.bool() ? 1 : 0;
          break;
        case 0x7a:
        case 0x82:
        case 0x8a:
        case 0x92:
        case 0x9a:
          into.field = tag >>> 3;
          into.end = endOf(reader);
          into.start = reader.pos;
          reader.pos = into.end;
          break;
        default:
          skip(reader, tag, 'Metric', 19, 8);
      }
    }
    return into;
  } catch (error) {
    throw payloadError(error);
  } finally {
    reader.pos = pos;
    reader.len = len;
  }
}

/** Text between two offsets. */
export function stringAt(reader: Reader, start: number, end: number): string {
  let text = '';
  within(reader, start, end, () => {
    text = protobuf.util.utf8.read(reader.buf, start, end);
  });
  return text;
}

export function bytesAt(reader: Reader, start: number, end: number): Uint8Array {
  return reader.buf.subarray(start, end);
}

/** A property of a metric, a cell of a data set or a parameter of a template: the datatype it declares and where it stands. */
export interface LooseValue {
  datatype: number | undefined;
  isNull: boolean;
  /** As {@link valueField}. */
  field: number;
  number: number;
  high: number;
  text: string;
  nested: PropertySet | PropertySet[] | undefined;
}

export type PropertySet = Map<string, LooseValue>;

/** Properties of a metric (Sparkplug 3.0, 6.4.8). Keys and values must be of one number. Throws PayloadError. */
export function readProperties(
  reader: Reader,
  start: number,
  end: number,
  budget: Budget,
  depth = 0,
): PropertySet {
  deepen(depth);
  const keys: string[] = [];
  const values: LooseValue[] = [];
  within(reader, start, end, () => {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 0x0a) {
        spend(budget);
        keys.push(reader.string());
      } else if (tag === 0x12) {
        spend(budget);
        const stop = endOf(reader);
        values.push(readPropertyValue(reader, reader.pos, stop, budget, depth));
        reader.pos = stop;
      } else skip(reader, tag, 'PropertySet', 2);
    }
  });
  if (keys.length !== values.length) {
    throw new PayloadError('malformed', `property set with ${keys.length} keys and ${values.length} values`);
  }
  return new Map(keys.map((key, i) => [key, values[i]!]));
}

function readPropertyValue(
  reader: Reader,
  start: number,
  end: number,
  budget: Budget,
  depth: number,
): LooseValue {
  const value = looseValue();
  within(reader, start, end, () => {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 0x08) value.datatype = reader.uint32();
      else if (tag === 0x10) value.isNull = reader.bool();
      else if (tag === 0x4a) {
        const stop = endOf(reader);
        value.nested = readProperties(reader, reader.pos, stop, budget, depth + 1);
        reader.pos = stop;
      } else if (tag === 0x52) {
        const stop = endOf(reader);
        value.nested = readPropertyList(reader, reader.pos, stop, budget, depth + 1);
        reader.pos = stop;
      } else if (!readLoose(reader, tag, 3, value)) skip(reader, tag, 'PropertyValue', 11);
    }
  });
  return value;
}

function readPropertyList(
  reader: Reader,
  start: number,
  end: number,
  budget: Budget,
  depth: number,
): PropertySet[] {
  deepen(depth);
  const sets: PropertySet[] = [];
  within(reader, start, end, () => {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 0x0a) {
        spend(budget);
        const stop = endOf(reader);
        sets.push(readProperties(reader, reader.pos, stop, budget, depth + 1));
        reader.pos = stop;
      } else skip(reader, tag, 'PropertySetList', 1);
    }
  });
  return sets;
}

export interface DataSet {
  columns: string[];
  types: number[];
  rows: LooseValue[][];
}

/** A data set (Sparkplug 3.0, 6.4.11): names, types and cells must be of one number. Throws PayloadError. */
export function readDataSet(reader: Reader, start: number, end: number, budget: Budget): DataSet {
  const set: DataSet = { columns: [], types: [], rows: [] };
  let declared: number | undefined;
  within(reader, start, end, () => {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 0x08) declared = toNumber(unsigned(reader));
      else if (tag === 0x12) {
        spend(budget);
        set.columns.push(reader.string());
      } else if (tag === 0x18) {
        spend(budget);
        set.types.push(reader.uint32());
      } else if (tag === 0x1a) {
        const stop = endOf(reader);
        while (reader.pos < stop) {
          spend(budget);
          set.types.push(reader.uint32());
        }
      } else if (tag === 0x22) {
        spend(budget);
        const stop = endOf(reader);
        set.rows.push(readRow(reader, reader.pos, stop, budget));
        reader.pos = stop;
      } else skip(reader, tag, 'DataSet', 4);
    }
  });
  const width = set.columns.length;
  if ((declared !== undefined && declared !== width) || set.types.length !== width) {
    throw new PayloadError(
      'malformed',
      `data set of ${declared ?? width} columns with ${width} names and ${set.types.length} types`,
    );
  }
  const uneven = set.rows.findIndex((row) => row.length !== width);
  if (uneven >= 0) {
    throw new PayloadError(
      'malformed',
      `row ${uneven} of a data set has ${set.rows[uneven]!.length} cells, not ${width}`,
    );
  }
  return set;
}

function readRow(reader: Reader, start: number, end: number, budget: Budget): LooseValue[] {
  const row: LooseValue[] = [];
  within(reader, start, end, () => {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 0x0a) {
        spend(budget);
        const stop = endOf(reader);
        const value = looseValue();
        within(reader, reader.pos, stop, () => {
          while (reader.pos < reader.len) {
            const inner = reader.uint32();
            if (!readLoose(reader, inner, 1, value)) skip(reader, inner, 'DataSetValue', 7);
          }
        });
        reader.pos = stop;
        row.push(value);
      } else skip(reader, tag, 'Row', 1);
    }
  });
  return row;
}

export interface Template {
  version: string | undefined;
  reference: string | undefined;
  isDefinition: boolean;
  parameters: { name: string; value: LooseValue }[];
  /** Start and end of each member metric, in turns. */
  members: number[];
}

/** A template's own fields, and where its members stand (Sparkplug 3.0, 6.4.13). Throws PayloadError. */
export function readTemplate(
  reader: Reader,
  start: number,
  end: number,
  budget: Budget,
  depth: number,
): Template {
  deepen(depth);
  const template: Template = {
    version: undefined,
    reference: undefined,
    isDefinition: false,
    parameters: [],
    members: [],
  };
  within(reader, start, end, () => {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 0x0a) template.version = reader.string();
      else if (tag === 0x12) {
        spend(budget);
        const stop = endOf(reader);
        template.members.push(reader.pos, stop);
        reader.pos = stop;
      } else if (tag === 0x1a) {
        spend(budget);
        const stop = endOf(reader);
        template.parameters.push(readParameter(reader, reader.pos, stop));
        reader.pos = stop;
      } else if (tag === 0x22) template.reference = reader.string();
      else if (tag === 0x28) template.isDefinition = reader.bool();
      else skip(reader, tag, 'Template', 5);
    }
  });
  return template;
}

function readParameter(reader: Reader, start: number, end: number): { name: string; value: LooseValue } {
  let name = '';
  const value = looseValue();
  within(reader, start, end, () => {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 0x0a) name = reader.string();
      else if (tag === 0x10) value.datatype = reader.uint32();
      else if (!readLoose(reader, tag, 3, value)) skip(reader, tag, 'Parameter', 9);
    }
  });
  return { name, value };
}

function looseValue(): LooseValue {
  return {
    datatype: undefined,
    isNull: false,
    field: valueField.none,
    number: 0,
    high: 0,
    text: '',
    nested: undefined,
  };
}

/** The six primitive values, whose field numbers are in a row from `first` on; stored as those of a metric. */
function readLoose(reader: Reader, tag: number, first: number, into: LooseValue): boolean {
  const place = (tag >>> 3) - first;
  const wire = tag & 7;
  if (place === 0 && wire === 0) {
    into.number = reader.uint32();
  } else if (place === 1 && wire === 0) {
    const long = reader.uint64() as unknown as { low: number; high: number };
    into.number = long.low >>> 0;
    into.high = long.high >>> 0;
  } else if (place === 2 && wire === 5) {
    into.number = reader.float();
  } else if (place === 3 && wire === 1) {
    into.number = reader.double();
  } else if (place === 4 && wire === 0) {
    into.number = reader.bool() ? 1 : 0;
  } else if (place === 5 && wire === 2) {
    into.text = reader.string();
  } else return false;
  into.field = valueField.int + place;
  return true;
}

/** Runs with the reader bounded to a part of the payload, and gives it back as it was whatever happens. */
function within(reader: Reader, start: number, end: number, read: () => void): void {
  const pos = reader.pos;
  const len = reader.len;
  reader.pos = start;
  reader.len = end;
  try {
    guarded(read);
  } finally {
    reader.pos = pos;
    reader.len = len;
  }
}

/** protobufjs throws RangeError and Error; a reader of payloads throws PayloadError alone. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw payloadError(error);
  }
}

function payloadError(error: unknown): PayloadError {
  return error instanceof PayloadError
    ? error
    : new PayloadError('malformed', `not a Sparkplug payload: ${(error as Error).message}`);
}

/** Offset behind the length-delimited field that begins here. */
function endOf(reader: Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) {
    throw new PayloadError(
      'malformed',
      `a field of ${length} bytes in ${reader.len - reader.pos} bytes: the payload is cut off or not Sparkplug`,
    );
  }
  return end;
}

/** Passes over a field of a later specification. A field we know with another wire type is no Sparkplug payload. */
function skip(reader: Reader, tag: number, where: string, known: number, ...passed: number[]): void {
  const field = tag >>> 3;
  if (field === 0 || (field <= known && !passed.includes(field) && !isExtension(where, field))) {
    throw new PayloadError('malformed', `field ${field} of ${where} has wire type ${tag & 7}`);
  }
  reader.skipType(tag & 7, 0, field);
}

/** Extension values are declared by the specification to be passed over. */
function isExtension(where: string, field: number): boolean {
  return (
    (where === 'PropertyValue' && field === 11) ||
    (where === 'DataSetValue' && field === 7) ||
    (where === 'Parameter' && field === 9)
  );
}

function unsigned(reader: Reader): Unsigned {
  const long = reader.uint64() as unknown as { low: number; high: number };
  return joinUnsigned(long.low >>> 0, long.high >>> 0);
}

/** Two unsigned halves as one number. */
export function joinUnsigned(low: number, high: number): Unsigned {
  return high < 0x20_0000 ? high * 0x1_0000_0000 + low : (BigInt(high) << 32n) | BigInt(low);
}

/** The same as two's complement. */
export function joinSigned(low: number, high: number): Unsigned {
  const signed = high | 0;
  return signed >= -0x20_0000 && signed < 0x20_0000
    ? signed * 0x1_0000_0000 + low
    : (BigInt(signed) << 32n) | BigInt(low);
}

function toNumber(value: Unsigned): number {
  return Number(value);
}

function deepen(depth: number): void {
  if (depth > limits.jsonDepthMax) {
    throw new PayloadError('too-deep', `nested deeper than ${limits.jsonDepthMax} (jsonDepthMax)`);
  }
}

function spend(budget: Budget): void {
  if (--budget.elements < 0) {
    throw new PayloadError(
      'too-large',
      `more than ${elementsMax} properties, cells and members in one payload (elementsMax)`,
    );
  }
}
