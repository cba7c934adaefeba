import type { DataSchema } from '@millrace/contract';

/** Sparkplug's datatypes; the position is the number on the wire (Sparkplug 3.0, 6.4.16). */
export const datatypes = [
  'Unknown',
  'Int8',
  'Int16',
  'Int32',
  'Int64',
  'UInt8',
  'UInt16',
  'UInt32',
  'UInt64',
  'Float',
  'Double',
  'Boolean',
  'String',
  'DateTime',
  'Text',
  'UUID',
  'DataSet',
  'Bytes',
  'File',
  'Template',
  'PropertySet',
  'PropertySetList',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Int64Array',
  'UInt8Array',
  'UInt16Array',
  'UInt32Array',
  'UInt64Array',
  'FloatArray',
  'DoubleArray',
  'BooleanArray',
  'StringArray',
  'DateTimeArray',
] as const;
export type Datatype = (typeof datatypes)[number];

/** The datatype with this number; undefined where the specification has none. */
export function datatypeOf(number: number): Datatype | undefined {
  return datatypes[number];
}

const scalar: Partial<Record<Datatype, DataSchema>> = {
  Int8: { type: 'integer' },
  Int16: { type: 'integer' },
  Int32: { type: 'integer' },
  Int64: { type: 'integer' },
  UInt8: { type: 'integer' },
  UInt16: { type: 'integer' },
  UInt32: { type: 'integer' },
  UInt64: { type: 'integer' },
  Float: { type: 'number' },
  Double: { type: 'number' },
  Boolean: { type: 'boolean' },
  String: { type: 'string' },
  Text: { type: 'string' },
  UUID: { type: 'string' },
  DateTime: { type: 'string', format: 'date-time' },
  Bytes: { type: 'string', contentEncoding: 'base64' },
  File: { type: 'string', contentEncoding: 'base64' },
  DataSet: { type: 'object' },
  Template: { type: 'object' },
};

/** How a metric of this datatype is described in a Thing Description. An unknown type leaves the type open. */
export function schemaOf(datatype: Datatype): DataSchema {
  const known = scalar[datatype];
  if (known !== undefined) return { ...known };
  if (!datatype.endsWith('Array')) return {};
  return { type: 'array', items: { ...scalar[datatype.slice(0, -'Array'.length) as Datatype] } };
}
