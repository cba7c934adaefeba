import { formatInstant, parseInstant } from '@millrace/contract';
import { DataType, NodeId, type Variant, VariantArrayType } from 'node-opcua-client';
import { formatNodeAddress, type NodeAddress, parseNodeAddress } from './addresses.ts';
import { shortestFloat } from './float.ts';
import { opcuaLimits } from './settings.ts';

/** What turning a value into JSON needs to know of the server. */
export interface Translation {
  namespaces: readonly string[];
  /**
   * The object of a structure that came as bytes; undefined while its definition has not been read (then it is wanted, and the value has to
   * be translated again once it is there).
   */
  structure(encoding: NodeId, body: Buffer): object | undefined;
}

const kinds = { 1: 'i', 2: 's', 3: 'g', 4: 'b' } as const;

/** Text of a node id with its namespace's URI. */
export function nodeText(id: NodeId, namespaces: readonly string[]): string {
  const kind = kinds[id.identifierType as 1 | 2 | 3 | 4];
  const identifier = kind === 'b' ? (id.value as Buffer).toString('base64') : String(id.value);
  const uri = (id as { namespaceUri?: string | null }).namespaceUri;
  if (uri) return formatNodeAddress(1, kind, identifier, ['', uri]);
  return formatNodeAddress(id.namespace, kind, identifier, namespaces);
}

/** The node id for an address on a server with these namespaces; undefined where it has no such namespace, or the text is none. */
export function nodeOf(text: string, namespaces: readonly string[]): NodeId | undefined {
  const address = parseNodeAddress(text);
  if (address === undefined) return undefined;
  let index = address.namespace;
  if (address.namespaceUri !== undefined) {
    index = namespaces.indexOf(address.namespaceUri);
    if (index < 0) return undefined;
  }
  return makeNodeId(address, index);
}

function makeNodeId(address: NodeAddress, index: number): NodeId {
  const { NUMERIC, STRING, GUID, BYTESTRING } = NodeId.NodeIdType;
  switch (address.kind) {
    case 'i':
      return new NodeId(NUMERIC, Number(address.identifier), index);
    case 's':
      return new NodeId(STRING, address.identifier, index);
    case 'g':
      return new NodeId(GUID, address.identifier.toUpperCase(), index);
    case 'b':
      return new NodeId(BYTESTRING, Buffer.from(address.identifier, 'base64'), index);
  }
}

/** 64-bit integers come as [high, low]. */
export function signed64(pair: readonly number[]): bigint {
  return BigInt.asIntN(64, (BigInt(pair[0]! >>> 0) << 32n) | BigInt(pair[1]! >>> 0));
}

export function unsigned64(pair: readonly number[]): bigint {
  return (BigInt(pair[0]! >>> 0) << 32n) | BigInt(pair[1]! >>> 0);
}

/** Inside arrays and structures an integer beyond 2^53 is decimal text, as in OPC UA's own JSON (OPC 10000-6, 5.4.2.3). */
function inJson(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/**
 * A Variant as Millrace keeps it: numbers, booleans and text as they are, a 64-bit scalar as bigint, DateTime as RFC 3339, ByteString as
 * base64, LocalizedText and QualifiedName as their text, NodeId as text, enumerations as numbers, arrays as arrays, matrices as arrays of
 * arrays, structures as objects. Undefined for a Variant without a value.
 */
export function valueOfVariant(variant: Variant, translation: Translation): unknown {
  const { dataType, arrayType, value } = variant;
  if (dataType === DataType.Null || value === null || value === undefined) return undefined;
  if (arrayType === VariantArrayType.Scalar) {
    if (dataType === DataType.Int64) return signed64(value as number[]);
    if (dataType === DataType.UInt64) return unsigned64(value as number[]);
    return jsonOf(dataType, value, translation, 0);
  }
  const list: unknown[] = [];
  for (const element of value as Iterable<unknown>) list.push(jsonOf(dataType, element, translation, 0));
  const dimensions = variant.dimensions;
  if (arrayType !== VariantArrayType.Matrix || !dimensions || dimensions.length < 2) return list;
  return nest(list, dimensions);
}

/** A flat list in rows of rows; lower dimensions vary slowest (OPC 10000-6, 5.2.2.16). A list that does not fit stays flat. */
export function nest(list: unknown[], dimensions: readonly number[]): unknown[] {
  if (dimensions.some((size) => size < 1)) return list;
  if (dimensions.reduce((product, size) => product * size, 1) !== list.length) return list;
  let rows = list;
  for (const size of dimensions.slice(1).reverse()) {
    const next: unknown[] = [];
    for (let at = 0; at < rows.length; at += size) next.push(rows.slice(at, at + size));
    rows = next;
  }
  return rows;
}

function jsonOf(dataType: DataType, value: unknown, translation: Translation, depth: number): unknown {
  if (value === null || value === undefined) return null;
  if (depth > opcuaLimits.structureDepthMax) return null;
  switch (dataType) {
    case DataType.Float:
      return shortestFloat(value as number);
    case DataType.Int64:
      return inJson(signed64(value as number[]));
    case DataType.UInt64:
      return inJson(unsigned64(value as number[]));
    case DataType.DateTime:
      return dateText(value as Date);
    case DataType.ByteString:
      return (value as Buffer).toString('base64');
    case DataType.LocalizedText:
      return (value as { text?: string | null }).text ?? '';
    case DataType.QualifiedName:
      return (value as { name?: string | null }).name ?? '';
    case DataType.NodeId:
    case DataType.ExpandedNodeId:
      return nodeText(value as NodeId, translation.namespaces);
    case DataType.StatusCode:
      return (value as { name: string }).name;
    case DataType.Variant: {
      const inner = valueOfVariant(value as Variant, translation);
      return typeof inner === 'bigint' ? inJson(inner) : (inner ?? null);
    }
    case DataType.DataValue: {
      const inner = valueOfVariant((value as { value: Variant }).value, translation);
      return typeof inner === 'bigint' ? inJson(inner) : (inner ?? null);
    }
    case DataType.ExtensionObject:
      return structureOf(value as object, translation, depth + 1);
    case DataType.DiagnosticInfo:
      return null;
    default:
      return value;
  }
}

function dateText(date: Date): string {
  const time = date.getTime();
  return Number.isNaN(time) ? '' : formatInstant(time * 1000);
}

interface SchemaField {
  name: string;
  originalName?: string;
  fieldType: string;
  isArray?: boolean;
  switchValue?: number;
  category?: string;
}

interface Schema {
  name: string;
  fields: SchemaField[];
  getBaseSchema?(): Schema | null;
}

function structureOf(value: object, translation: Translation, depth: number): unknown {
  if (depth > opcuaLimits.structureDepthMax) return null;
  const opaque = value as { nodeId?: NodeId; buffer?: Buffer };
  if (opaque.nodeId instanceof NodeId && Buffer.isBuffer(opaque.buffer)) {
    const object = translation.structure(opaque.nodeId, opaque.buffer);
    // Nothing lost where the server keeps its types to itself: the bytes, as OPC UA's own JSON gives them.
    return object === undefined
      ? { typeId: nodeText(opaque.nodeId, translation.namespaces), body: opaque.buffer.toString('base64') }
      : structureOf(object, translation, depth);
  }
  const schema = (value as { schema?: Schema }).schema;
  if (schema === undefined) return null;
  const json: Record<string, unknown> = {};
  for (const field of allFields(schema)) {
    const member = (value as Record<string, unknown>)[field.name];
    // An absent optional field, or another member of a union.
    if (member === undefined) continue;
    const name = field.originalName ?? field.name;
    Object.defineProperty(json, name, {
      value:
        field.isArray === true
          ? listOf(member, field, translation, depth)
          : memberOf(member, field, translation, depth),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return json;
}

export function allFields(schema: Schema): SchemaField[] {
  const fields: SchemaField[] = [];
  let current: Schema | null | undefined = schema;
  for (let depth = 0; current && depth < opcuaLimits.structureDepthMax; depth++) {
    fields.unshift(...(current.fields ?? []));
    current = current.getBaseSchema?.();
  }
  return fields;
}

function listOf(member: unknown, field: SchemaField, translation: Translation, depth: number): unknown {
  if (member === null) return null;
  if (typeof (member as Iterable<unknown>)[Symbol.iterator] !== 'function') return null;
  return Array.from(member as Iterable<unknown>, (element) => memberOf(element, field, translation, depth));
}

function memberOf(member: unknown, field: SchemaField, translation: Translation, depth: number): unknown {
  if (member === null || typeof member !== 'object') {
    if (typeof member === 'number' && field.fieldType === 'Float') return shortestFloat(member);
    return typeof member === 'bigint' ? inJson(member) : (member ?? null);
  }
  const type = (DataType as unknown as Record<string, DataType | undefined>)[
    field.fieldType.replace(/^.*:/, '')
  ];
  if (type !== undefined && type !== DataType.ExtensionObject)
    return jsonOf(type, member, translation, depth);
  if (member instanceof Date) return dateText(member);
  if (Buffer.isBuffer(member)) return member.toString('base64');
  if (member instanceof NodeId) return nodeText(member, translation.namespaces);
  const simple = builtinOf(field);
  if (simple !== undefined) return jsonOf(simple, member, translation, depth);
  return structureOf(member, translation, depth + 1);
}

/** A field whose type is derived from a built-in one (UtcTime, Duration, …) says which in its schema. */
function builtinOf(field: SchemaField): DataType | undefined {
  const schema = (field as { schema?: { name?: string; subType?: string } }).schema;
  const types = DataType as unknown as Record<string, DataType | undefined>;
  return [schema?.name, schema?.subType].map((name) => types[name ?? '']).find((type) => type !== undefined);
}

/** Thrown where a JSON value cannot become the type a server wants; its message names both. */
export class WrongValue extends Error {}

const integerRange: Partial<Record<DataType, readonly [number, number]>> = {
  [DataType.SByte]: [-128, 127],
  [DataType.Byte]: [0, 255],
  [DataType.Int16]: [-32_768, 32_767],
  [DataType.UInt16]: [0, 65_535],
  [DataType.Int32]: [-2_147_483_648, 2_147_483_647],
  [DataType.UInt32]: [0, 4_294_967_295],
};

/** A JSON value as a scalar of a built-in type. Throws WrongValue. */
export function scalarOf(
  dataType: DataType,
  value: unknown,
  name: string,
  namespaces: readonly string[],
): unknown {
  const wrong = (expected: string): WrongValue =>
    new WrongValue(
      `"${name}" must be ${expected}, got ${JSON.stringify(value)?.slice(0, 80) ?? typeof value}`,
    );
  const range = integerRange[dataType];
  if (range !== undefined) {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < range[0] || value > range[1])
      throw wrong(`a whole number from ${range[0]} to ${range[1]}`);
    return value;
  }
  switch (dataType) {
    case DataType.Boolean:
      if (typeof value !== 'boolean') throw wrong('true or false');
      return value;
    case DataType.Float:
    case DataType.Double:
      if (typeof value !== 'number') throw wrong('a number');
      return value;
    case DataType.Int64:
    case DataType.UInt64: {
      let big: bigint;
      try {
        if (typeof value === 'number' && !Number.isSafeInteger(value)) throw wrong('a whole number');
        if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'bigint')
          throw wrong('a whole number');
        big = BigInt(value);
      } catch {
        throw wrong('a whole number, or decimal text beyond 2^53');
      }
      if (
        dataType === DataType.UInt64 ? big < 0n || big >= 1n << 64n : big < -(1n << 63n) || big >= 1n << 63n
      )
        throw wrong('a number of 64 bits');
      return [Number((BigInt.asUintN(64, big) >> 32n) & 0xffffffffn), Number(big & 0xffffffffn)];
    }
    case DataType.String:
    case DataType.XmlElement:
      if (typeof value !== 'string') throw wrong('text');
      return value;
    case DataType.Guid:
      if (typeof value !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value))
        throw wrong('a GUID');
      return value.toUpperCase();
    case DataType.DateTime: {
      const time = parseInstant(value);
      if (time === undefined) throw wrong('a time as RFC 3339');
      return new Date(time / 1000);
    }
    case DataType.ByteString:
      if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw wrong('base64 text');
      return Buffer.from(value, 'base64');
    case DataType.LocalizedText:
      if (typeof value !== 'string') throw wrong('text');
      return { locale: null, text: value };
    case DataType.QualifiedName:
      if (typeof value !== 'string') throw wrong('text');
      return { namespaceIndex: 0, name: value };
    case DataType.NodeId:
    case DataType.ExpandedNodeId: {
      const id = typeof value === 'string' ? nodeOf(value, namespaces) : undefined;
      if (id === undefined) throw wrong('a node id of this server');
      return id;
    }
    default:
      throw wrong('of a type that can be given here');
  }
}
