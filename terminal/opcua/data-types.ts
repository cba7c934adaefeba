import type { DataSchema } from '@millrace/contract';
import {
  AttributeIds,
  type ClientSession,
  type NodeId,
  ReferenceTypeIds,
  resolveNodeId,
} from 'node-opcua-client';
import { EnumDefinition, StructureDefinition } from 'node-opcua-types';
import type { OperationLimits } from './link.ts';
import { browseReferences, readAttributes } from './requests.ts';
import { opcuaLimits } from './settings.ts';

/** JSON schemas of the built-in types (OPC 10000-6, 5.1.2) and of the abstract ones above them. */
const builtinSchemas: Readonly<Record<number, DataSchema>> = {
  1: { type: 'boolean' },
  2: { type: 'integer' },
  3: { type: 'integer' },
  4: { type: 'integer' },
  5: { type: 'integer' },
  6: { type: 'integer' },
  7: { type: 'integer' },
  8: { type: 'integer' },
  9: { type: 'integer' },
  10: { type: 'number' },
  11: { type: 'number' },
  12: { type: 'string' },
  13: { type: 'string', format: 'date-time' },
  14: { type: 'string', format: 'uuid' },
  15: { type: 'string', contentEncoding: 'base64' },
  16: { type: 'string' },
  17: { type: 'string' },
  18: { type: 'string' },
  19: { type: 'string' },
  20: { type: 'string' },
  21: { type: 'string' },
  22: { type: 'object' },
  24: {},
  26: { type: 'number' },
  27: { type: 'integer' },
  28: { type: 'integer' },
  29: { type: 'integer' },
};

const enumeration = 29;
const structure = 22;
const durationType = 290;
const parentsMax = 32;
const typesMax = 5000;

interface DataTypeFacts {
  /** Number of the built-in type values of this type travel as (29 Enumeration counts as one: Int32). */
  builtin: number;
  schema: DataSchema;
}

/** The data types of one server as JSON schemas, each read once. */
export class DataTypes {
  readonly #session: ClientSession;
  readonly #limits: OperationLimits;
  readonly #known = new Map<string, DataTypeFacts>();

  constructor(session: ClientSession, limits: OperationLimits) {
    this.#session = session;
    this.#limits = limits;
  }

  /** Reads what is not known yet of these data types, in as few requests as there are levels of derivation. */
  async learn(types: readonly NodeId[], depth = 0): Promise<void> {
    const unknown = new Map<string, NodeId>();
    for (const type of types) {
      const key = type.toString();
      if (this.#known.has(key) || unknown.size + this.#known.size > typesMax) continue;
      const known = standard(type);
      if (known !== undefined) this.#known.set(key, known);
      else unknown.set(key, type);
    }
    if (unknown.size === 0) return;
    const nodes = [...unknown.values()];
    const bases = await this.#bases(nodes);
    const definitions = await readAttributes(
      this.#session,
      nodes.flatMap((nodeId) => [
        { nodeId, attributeId: AttributeIds.DataTypeDefinition },
        { nodeId, attributeId: AttributeIds.DisplayName },
      ]),
      this.#limits,
    );
    const nested: NodeId[] = [];
    const enumsWithout: { key: string; node: NodeId }[] = [];
    const structures: { key: string; definition: StructureDefinition }[] = [];
    let at = 0;
    for (const [key, node] of unknown) {
      const definition: unknown = definitions[at * 2]?.value?.value;
      const title = (definitions[at * 2 + 1]?.value?.value as { text?: string } | undefined)?.text;
      const builtin = bases[at]!;
      at++;
      const schema: DataSchema = { ...builtinSchemas[builtin] };
      if (node.namespace === 0 && node.value === durationType) schema.unit = 'ms';
      this.#known.set(key, { builtin, schema });
      if (definition instanceof EnumDefinition) {
        nameEnum(
          schema,
          (definition.fields ?? []).map((field) => ({
            value: number64(field.value),
            name: field.displayName?.text || field.name || '',
          })),
        );
      } else if (builtin === enumeration) {
        enumsWithout.push({ key, node });
      } else if (builtin === structure) {
        if (title) schema.title = title;
        if (definition instanceof StructureDefinition) {
          structures.push({ key, definition });
          for (const field of definition.fields ?? []) nested.push(field.dataType);
        }
      }
    }
    await this.#nameEnums(enumsWithout);
    if (depth < opcuaLimits.structureDepthMax) await this.learn(nested, depth + 1);
    for (const { key, definition } of structures) {
      const schema = this.#known.get(key)!.schema;
      schema.properties = {};
      for (const field of definition.fields ?? []) {
        if (!field.name || Object.hasOwn(schema.properties, field.name)) continue;
        Object.defineProperty(schema.properties, field.name, {
          value: ranked(this.facts(field.dataType).schema, field.valueRank),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
    }
  }

  /** What `learn` found; a type it was not asked for counts as any. */
  facts(type: NodeId): DataTypeFacts {
    return this.#known.get(type.toString()) ?? standard(type) ?? { builtin: 24, schema: {} };
  }

  /** The schema of a value of this type and rank (OPC 10000-3, 5.6.2). */
  schema(type: NodeId, valueRank: number): DataSchema {
    return ranked(this.facts(type).schema, valueRank);
  }

  /** For each data type the number of the built-in one it is derived from. */
  async #bases(nodes: readonly NodeId[]): Promise<number[]> {
    const bases: number[] = nodes.map(() => 24);
    let open = nodes.map((node, index) => ({ node, index }));
    for (let depth = 0; open.length > 0 && depth < parentsMax; depth++) {
      const parents = await browseReferences(
        this.#session,
        open.map(({ node }) => ({
          nodeId: node,
          referenceTypeId: ReferenceTypeIds.HasSubtype,
          inverse: true,
        })),
        this.#limits,
        1,
      );
      const next: typeof open = [];
      for (const [at, one] of open.entries()) {
        const parent = parents[at]?.[0]?.nodeId;
        if (parent === undefined) continue;
        const known = this.#known.get(parent.toString()) ?? standard(parent);
        if (known !== undefined) bases[one.index] = known.builtin;
        else next.push({ node: parent, index: one.index });
      }
      open = next;
    }
    return bases;
  }

  /** Enumerations of servers before 1.04 name their values in a property of the type. */
  async #nameEnums(types: readonly { key: string; node: NodeId }[]): Promise<void> {
    if (types.length === 0) return;
    const properties = await browseReferences(
      this.#session,
      types.map(({ node }) => ({ nodeId: node, referenceTypeId: ReferenceTypeIds.HasProperty })),
      this.#limits,
      50,
    );
    for (const [at, { key }] of types.entries()) {
      const named = (properties[at] ?? []).filter((reference) =>
        ['EnumStrings', 'EnumValues'].includes(reference.browseName.name ?? ''),
      );
      if (named.length === 0) continue;
      const [values] = await readAttributes(
        this.#session,
        [{ nodeId: named[0]!.nodeId as NodeId, attributeId: AttributeIds.Value }],
        this.#limits,
      );
      nameEnum(this.#known.get(key)!.schema, enumNames(values?.value?.value));
    }
  }
}

/** Names of an enumeration or of a multi-state item from the value of its EnumStrings or EnumValues. */
export function enumNames(value: unknown): { value: number; name: string }[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, 10_000).map((one: unknown, index) => {
    const entry = one as { text?: string; value?: number[]; displayName?: { text?: string } };
    return entry?.displayName === undefined
      ? { value: index, name: entry?.text ?? '' }
      : { value: number64(entry.value), name: entry.displayName.text ?? '' };
  });
}

/** Puts the names of an enumeration into a schema, as the Thing Description has them: `oneOf` with `const` and `title`. */
export function nameEnum(schema: DataSchema, names: readonly { value: number; name: string }[]): void {
  if (names.length === 0) return;
  schema.enum = names.map((one) => one.value);
  schema['oneOf'] = names.map((one) => ({ const: one.value, title: one.name }));
}

function number64(value: unknown): number {
  if (typeof value === 'number') return value;
  if (!Array.isArray(value)) return 0;
  return Number(BigInt.asIntN(64, (BigInt(Number(value[0]) >>> 0) << 32n) | BigInt(Number(value[1]) >>> 0)));
}

function standard(type: NodeId): DataTypeFacts | undefined {
  if (type.namespace !== 0 || typeof type.value !== 'number') return undefined;
  const schema = builtinSchemas[type.value];
  return schema === undefined ? undefined : { builtin: type.value, schema: { ...schema } };
}

/** −1 scalar, n ≥ 1 array of n dimensions, 0 array of any, −2 anything, −3 scalar or array. */
function ranked(schema: DataSchema, valueRank: number): DataSchema {
  if (valueRank === -1) return { ...schema };
  if (valueRank < -1) return {};
  let result: DataSchema = { ...schema };
  for (let rank = 0; rank < Math.max(1, Math.min(valueRank, 8)); rank++)
    result = { type: 'array', items: result };
  return result;
}

export const baseDataType = resolveNodeId('i=24');
