import { formatInstant, status, type Value } from '@millrace/contract';
import { type Datatype, datatypeOf } from './datatype.ts';
import {
  type Budget,
  bytesAt,
  type DataSet,
  joinSigned,
  joinUnsigned,
  type LooseValue,
  Metric,
  PayloadError,
  type PropertySet,
  readDataSet,
  readMetric,
  readTemplate,
  stringAt,
  valueField,
} from './payload.ts';

/** A value as intake takes it: JSON, and bigint for integers beyond 2^53. */
export type MetricValue = Value | bigint;

type Reader = Parameters<typeof stringAt>[0];

/**
 * Value of a metric with the datatype its birth declared. Integers are two's complement of their width and are accepted in either
 * integer field, since encoders differ in which they use; a value that does not fit its datatype is an error, never made to fit.
 * Data sets come as `{"columns", "types", "rows"}`, templates as `{"template", "version", "parameters", "members"}`, bytes as base64,
 * instants as RFC 3339 text (or milliseconds, if `instantAsNumber`). Throws PayloadError.
 */
export function metricValue(
  reader: Reader,
  metric: Metric,
  datatype: Datatype,
  budget: Budget,
  instantAsNumber = false,
  depth = 0,
): MetricValue {
  switch (datatype) {
    case 'Bytes':
    case 'File':
      return Buffer.from(bytesOf(reader, metric, datatype)).toString('base64');
    case 'DataSet':
      need(metric, valueField.dataset, datatype);
      return dataSetValue(readDataSet(reader, metric.start, metric.end, budget));
    case 'Template':
      need(metric, valueField.template, datatype);
      return templateValue(reader, metric, budget, depth);
    case 'PropertySet':
    case 'PropertySetList':
      throw new PayloadError('unsupported', `a metric cannot be a ${datatype}, only a property can`);
    case 'Unknown':
      return inferred(reader, metric, budget, depth);
    case 'String':
    case 'Text':
    case 'UUID':
      need(metric, valueField.string, datatype);
      return stringAt(reader, metric.start, metric.end);
    default:
      return datatype.endsWith('Array')
        ? arrayValue(bytesOf(reader, metric, datatype), datatype)
        : primitive(metric, datatype, instantAsNumber);
  }
}

/** Numbers, booleans and instants: what stands in a metric, a property, a cell or a parameter alike. */
export function primitive(
  from: { field: number; number: number; high: number },
  datatype: Datatype,
  instantAsNumber = false,
): number | bigint | boolean | string {
  switch (datatype) {
    case 'Int8':
      return signed(from, 8, datatype);
    case 'Int16':
      return signed(from, 16, datatype);
    case 'Int32':
      return signed(from, 32, datatype);
    case 'UInt8':
      return unsigned(from, 0xff, datatype);
    case 'UInt16':
      return unsigned(from, 0xffff, datatype);
    case 'UInt32':
      return unsigned(from, 0xffff_ffff, datatype);
    case 'Int64':
      if (from.field === valueField.int) return from.number;
      need(from, valueField.long, datatype);
      return joinSigned(from.number, from.high);
    case 'UInt64':
      if (from.field === valueField.int) return from.number;
      need(from, valueField.long, datatype);
      return joinUnsigned(from.number, from.high);
    case 'Float':
    case 'Double':
      if (from.field === valueField.float) return shortestFloat(from.number);
      if (from.field === valueField.double) return from.number;
      if (from.field === valueField.int) return from.number;
      throw mismatch(from, datatype);
    case 'Boolean':
      if (from.field === valueField.boolean) return from.number === 1;
      if (from.field === valueField.int && from.number <= 1) return from.number === 1;
      throw mismatch(from, datatype);
    case 'DateTime': {
      if (from.field !== valueField.int) need(from, valueField.long, datatype);
      const milliseconds = Number(joinUnsigned(from.number, from.high));
      if (instantAsNumber) return milliseconds;
      if (milliseconds > 8.64e15)
        throw new PayloadError('out-of-range', `DateTime ${milliseconds} is no instant`);
      return formatInstant(milliseconds * 1000);
    }
    default:
      throw mismatch(from, datatype);
  }
}

/** Value of a property, cell or parameter. */
export function looseValueOf(value: LooseValue, declared: number | undefined, what: string): MetricValue {
  if (value.isNull || value.field === valueField.none) return null;
  const datatype = declared === undefined ? 'Unknown' : datatypeOf(declared);
  if (datatype === undefined) throw new PayloadError('unsupported', `${what} has datatype ${declared}`);
  if (datatype === 'String' || datatype === 'Text' || datatype === 'UUID') {
    need(value, valueField.string, datatype);
    return value.text;
  }
  if (datatype === 'Unknown') {
    if (value.field === valueField.string) return value.text;
    if (value.field === valueField.boolean) return value.number === 1;
    if (value.field === valueField.long) return joinUnsigned(value.number, value.high);
    return value.field === valueField.float ? shortestFloat(value.number) : value.number;
  }
  return primitive(value, datatype);
}

function dataSetValue(set: DataSet): Value {
  return {
    columns: set.columns,
    types: set.types.map((type) => datatypeOf(type) ?? String(type)),
    rows: set.rows.map((row) =>
      row.map((cell, column) => jsonNumber(looseValueOf(cell, set.types[column], 'a column of a data set'))),
    ),
  };
}

function templateValue(reader: Reader, metric: Metric, budget: Budget, depth: number): Value {
  const template = readTemplate(reader, metric.start, metric.end, budget, depth);
  const parameters: Record<string, Value> = Object.create(null);
  for (const { name, value } of template.parameters) {
    parameters[name] = jsonNumber(looseValueOf(value, value.datatype, `parameter "${name.slice(0, 100)}"`));
  }
  const members: Record<string, Value> = Object.create(null);
  for (let i = 0; i < template.members.length; i += 2) {
    const member = readMetric(reader, template.members[i]!, template.members[i + 1]!, new Metric());
    const datatype = datatypeOf(member.datatype ?? 0);
    if (member.name === undefined) throw new PayloadError('malformed', 'a member of a template has no name');
    if (datatype === undefined)
      throw new PayloadError(
        'unsupported',
        `member "${member.name.slice(0, 100)}" has datatype ${member.datatype}`,
      );
    members[member.name] =
      member.isNull || member.field === valueField.none
        ? null
        : jsonNumber(metricValue(reader, member, datatype, budget, false, depth + 1));
  }
  const json: Record<string, Value> = {};
  if (template.reference !== undefined) json['template'] = template.reference;
  if (template.version !== undefined) json['version'] = template.version;
  if (template.parameters.length > 0) json['parameters'] = parameters;
  json['members'] = members;
  return json;
}

/** JSON has no integers beyond 2^53 that survive every reader: within a structure they stand as text. */
function jsonNumber(value: MetricValue): Value {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Value of a metric whose birth gave no datatype: what its field says it is. */
function inferred(reader: Reader, metric: Metric, budget: Budget, depth: number): MetricValue {
  switch (metric.field) {
    case valueField.float:
      return shortestFloat(metric.number);
    case valueField.int:
    case valueField.double:
      return metric.number;
    case valueField.long:
      return joinUnsigned(metric.number, metric.high);
    case valueField.boolean:
      return metric.number === 1;
    case valueField.string:
      return stringAt(reader, metric.start, metric.end);
    case valueField.bytes:
      return metricValue(reader, metric, 'Bytes', budget);
    case valueField.dataset:
      return metricValue(reader, metric, 'DataSet', budget);
    case valueField.template:
      return metricValue(reader, metric, 'Template', budget, false, depth);
    default:
      throw new PayloadError('unsupported', 'the value is an extension that is not known');
  }
}

const elementBytes: Partial<Record<Datatype, number>> = {
  Int8Array: 1,
  UInt8Array: 1,
  Int16Array: 2,
  UInt16Array: 2,
  Int32Array: 4,
  UInt32Array: 4,
  FloatArray: 4,
  Int64Array: 8,
  UInt64Array: 8,
  DoubleArray: 8,
  DateTimeArray: 8,
};

/** The array types of Sparkplug 3.0 (6.4.17): little-endian elements without gaps. */
export function arrayValue(bytes: Uint8Array, datatype: Datatype): Value {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (datatype === 'BooleanArray') return booleans(data);
  if (datatype === 'StringArray') return strings(data);
  const width = elementBytes[datatype]!;
  if (data.length % width !== 0) {
    throw new PayloadError('malformed', `${datatype} of ${data.length} bytes, not a multiple of ${width}`);
  }
  return Array.from({ length: data.length / width }, (_, i): Value => {
    const at = i * width;
    switch (datatype) {
      case 'Int8Array':
        return data.readInt8(at);
      case 'UInt8Array':
        return data.readUInt8(at);
      case 'Int16Array':
        return data.readInt16LE(at);
      case 'UInt16Array':
        return data.readUInt16LE(at);
      case 'Int32Array':
        return data.readInt32LE(at);
      case 'UInt32Array':
        return data.readUInt32LE(at);
      case 'FloatArray':
        return finite(shortestFloat(data.readFloatLE(at)));
      case 'DoubleArray':
        return finite(data.readDoubleLE(at));
      case 'Int64Array':
        return jsonNumber(joinSigned(data.readUInt32LE(at), data.readUInt32LE(at + 4)));
      case 'UInt64Array':
        return jsonNumber(joinUnsigned(data.readUInt32LE(at), data.readUInt32LE(at + 4)));
      default:
        return primitive(
          { field: valueField.long, number: data.readUInt32LE(at), high: data.readUInt32LE(at + 4) },
          'DateTime',
        ) as string;
    }
  });
}

/** JSON has no NaN: an element that is none stands as null. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** A count in four bytes, then the bits, the first in the highest place. */
function booleans(data: Buffer): boolean[] {
  if (data.length < 4) throw new PayloadError('malformed', 'BooleanArray without its count');
  const count = data.readUInt32LE(0);
  if (data.length !== 4 + Math.ceil(count / 8)) {
    throw new PayloadError('malformed', `BooleanArray of ${count} in ${data.length - 4} bytes`);
  }
  return Array.from({ length: count }, (_, i) => (data[4 + (i >> 3)]! & (0x80 >> (i & 7))) !== 0);
}

/** Texts, each ended by a zero byte. */
function strings(data: Buffer): string[] {
  if (data.length === 0) return [];
  if (data[data.length - 1] !== 0)
    throw new PayloadError('malformed', 'StringArray whose last text is not ended by a zero byte');
  return data.toString('utf8', 0, data.length - 1).split('\0');
}

/** A decimal of few digits that is still this 32-bit float: what an instrument shows as 21.6 is kept as 21.6. */
export function shortestFloat(x: number): number {
  if (Math.abs(x) < 1e9) {
    const four = Math.round(x * 1e4) / 1e4;
    if (Math.fround(four) === x) return four;
  }
  if (!Number.isFinite(x)) return x;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short;
  }
  return Number(x.toPrecision(9));
}

function signed(
  from: { field: number; number: number; high: number },
  bits: 8 | 16 | 32,
  datatype: Datatype,
): number {
  if (from.field !== valueField.int && from.field !== valueField.long) throw mismatch(from, datatype);
  const low = from.number;
  const high = from.field === valueField.long ? from.high : 0;
  const limit = 2 ** (bits - 1);
  // Two's complement of the type's own width, as some encoders write it.
  if (high === 0 && low < limit * 2) return low < limit ? low : low - limit * 2;
  // Two's complement of the field's width, as others do.
  const wide = low | 0;
  if (wide < 0 && wide >= -limit && (high === 0 || high === 0xffff_ffff)) return wide;
  throw new PayloadError('out-of-range', `${joinSigned(low, high)} does not fit ${datatype}`);
}

function unsigned(
  from: { field: number; number: number; high: number },
  limit: number,
  datatype: Datatype,
): number {
  if (from.field !== valueField.int && from.field !== valueField.long) throw mismatch(from, datatype);
  const high = from.field === valueField.long ? from.high : 0;
  if (high !== 0 || from.number > limit) {
    throw new PayloadError('out-of-range', `${joinUnsigned(from.number, high)} does not fit ${datatype}`);
  }
  return from.number;
}

function bytesOf(reader: Reader, metric: Metric, datatype: Datatype): Uint8Array {
  need(metric, valueField.bytes, datatype);
  return bytesAt(reader, metric.start, metric.end);
}

function need(from: { field: number }, field: number, datatype: Datatype): void {
  if (from.field !== field) throw mismatch(from, datatype);
}

function mismatch(from: { field: number }, datatype: Datatype): PayloadError {
  return new PayloadError(
    'wrong-type',
    `declared ${datatype}, but the value came as ${fieldName(from.field)}`,
  );
}

function fieldName(field: number): string {
  const name = Object.entries(valueField).find(([, number]) => number === field)?.[0] ?? `field ${field}`;
  return name === 'none' ? 'nothing' : `${name}_value`;
}

/** Name of the property that carries a metric's quality (Sparkplug 3.0, 6.4.9). */
const qualityProperty = 'Quality';

/**
 * OPC UA StatusCode of a metric's quality property: 192 good, 0 bad, 500 stale. Codes outside the specification are read as the OPC
 * qualities (0–255) they most often are, by their class; anything else is uncertain rather than guessed.
 */
export function statusOf(properties: PropertySet): number {
  const value = properties.get(qualityProperty);
  if (value === undefined || value.isNull || value.field === valueField.none) return status.good;
  const code = looseValueOf(value, value.datatype ?? 3, 'Quality');
  if (code === 192) return status.good;
  if (code === 500) return status.uncertainLastUsableValue;
  if (typeof code !== 'number' || code < 0 || code > 255) return status.uncertain;
  return code >= 192 ? status.good : code >= 64 ? status.uncertain : status.bad;
}
