import type { ActionAffordance, BrowseNode, DataSchema, PropertyAffordance } from '@millrace/contract';
import { endpointOf } from '@millrace/sdk';
import {
  AttributeIds,
  type DataValue,
  NodeClass,
  type NodeId,
  type ReferenceDescription,
  resolveNodeId,
} from 'node-opcua-client';
import { formHref } from './addresses.ts';
import { baseDataType, DataTypes, enumNames, nameEnum } from './data-types.ts';
import type { Link } from './link.ts';
import { problem, raise } from './problems.ts';
import { browseReferences, readAttributes } from './requests.ts';
import { opcuaLimits } from './settings.ts';
import { Structures } from './structures.ts';
import { unitText } from './units.ts';
import { nodeOf, nodeText, valueOfVariant } from './values.ts';

/** What OPC UA's default binary encoding is called in a form (OPC 10101, 6.5.3). */
export const contentType = 'application/octet-stream';

const objectsFolder = 'i=85';
const currentRead = 1;
const currentWrite = 2;
const shownCharactersMax = 500;

/** Properties of a variable that describe it rather than stand for themselves (OPC 10000-8, 5.3). */
const describing = [
  'EngineeringUnits',
  'EURange',
  'InstrumentRange',
  'EnumStrings',
  'EnumValues',
  'TrueState',
  'FalseState',
  'Definition',
  'ValuePrecision',
  'ValueAsText',
  'InputArguments',
  'OutputArguments',
];

/**
 * One page of what is below a node: objects as folders, variables as properties, methods as actions, each with what a Thing Description says
 * of it. A page has at most `browsePageMax` nodes; the last one then leads to the next page.
 */
export async function browseNode(
  link: Link,
  endpoint: string,
  asked: string | undefined,
): Promise<BrowseNode[]> {
  const [, page, id] = /^page:(\d{1,9}):([\s\S]*)$/.exec(asked ?? '') ?? [undefined, '0', asked];
  const from = Number(page);
  const start = id === undefined || id === '' ? objectsFolder : id;
  const node = nodeOf(start, link.namespaces);
  if (node === undefined) throw unknownNode(start);
  const { session, limits } = link;
  const [self] = await readAttributes(
    session,
    [{ nodeId: node, attributeId: AttributeIds.NodeClass }],
    limits,
  );
  if (self === undefined || self.statusCode.value >>> 31 === 1)
    throw unknownNode(start, self?.statusCode.name);
  const [references] = await browseReferences(
    session,
    [{ nodeId: node, nodeClassMask: NodeClass.Object | NodeClass.Variable | NodeClass.Method }],
    limits,
    Math.min(from + opcuaLimits.browsePageMax + 1, opcuaLimits.browseReferencesMax),
  );
  const children = distinct(references ?? []).slice(from, from + opcuaLimits.browsePageMax);
  const nodes = await describe(link, endpoint, node, children);
  if ((references ?? []).length > from + opcuaLimits.browsePageMax) {
    nodes.push({
      id: `page:${from + opcuaLimits.browsePageMax}:${nodeText(node, link.namespaces)}`,
      name: '…',
      kind: 'folder',
      hasChildren: true,
      detail: `${from + opcuaLimits.browsePageMax + 1} –`,
    });
  }
  return nodes;
}

function unknownNode(id: string, detail?: string): Error {
  return raise(
    problem(
      'bad-data',
      'node-unknown',
      { en: `The server has no node ${id}`, zh: `服务器上没有节点 ${id}` },
      { en: 'Browse again from the top.', zh: '请从顶层重新浏览。' },
      detail === undefined ? {} : { detail },
    ),
  );
}

/** A node may be reached by several references; it is shown once. */
function distinct(references: readonly ReferenceDescription[]): ReferenceDescription[] {
  const seen = new Set<string>();
  return references.filter((reference) => {
    const remote = (reference.nodeId as { serverIndex?: number }).serverIndex;
    const key = reference.nodeId.toString();
    if (remote || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

interface Child {
  reference: ReferenceDescription;
  node: NodeId;
  /** References from it: properties and components. */
  below: ReferenceDescription[];
  described: Map<string, NodeId>;
}

async function describe(
  link: Link,
  endpoint: string,
  parent: NodeId,
  references: readonly ReferenceDescription[],
): Promise<BrowseNode[]> {
  const { session, limits, namespaces } = link;
  // Objects need one child to be known to have some; variables and methods need all, for the properties that describe them.
  const isObject = (reference: ReferenceDescription): boolean => reference.nodeClass === NodeClass.Object;
  const objects = references.filter(isObject);
  const others = references.filter((reference) => !isObject(reference));
  const below = new Map<ReferenceDescription, ReferenceDescription[]>();
  for (const [group, most] of [
    [objects, 1],
    [others, opcuaLimits.browsePageMax],
  ] as const) {
    const found = await browseReferences(
      session,
      group.map((reference) => ({ nodeId: reference.nodeId as NodeId })),
      limits,
      most,
    );
    for (const [at, reference] of group.entries()) below.set(reference, found[at] ?? []);
  }
  const children: Child[] = references.map((reference) => {
    const under = below.get(reference) ?? [];
    const described = new Map<string, NodeId>();
    for (const one of under) {
      const name = one.browseName.name ?? '';
      if (one.browseName.namespaceIndex === 0 && describing.includes(name) && !isObject(reference))
        described.set(name, one.nodeId as NodeId);
    }
    return { reference, node: reference.nodeId as NodeId, below: under, described };
  });
  const variables = children.filter((child) => child.reference.nodeClass === NodeClass.Variable);
  const methods = children.filter((child) => child.reference.nodeClass === NodeClass.Method);
  const variableAttributes = [
    AttributeIds.DataType,
    AttributeIds.ValueRank,
    AttributeIds.AccessLevel,
    AttributeIds.UserAccessLevel,
    AttributeIds.Description,
    AttributeIds.Historizing,
    AttributeIds.Value,
  ];
  const attributes = await readAttributes(
    session,
    variables.flatMap(({ node }) => variableAttributes.map((attributeId) => ({ nodeId: node, attributeId }))),
    limits,
  );
  const described = await readDescribing(link, [...variables, ...methods]);
  const descriptions = await readAttributes(
    session,
    methods.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Description })),
    limits,
  );
  const dataTypes = new DataTypes(session, limits);
  const typeOf = (at: number): NodeId => {
    const value: unknown = attributes[at * variableAttributes.length]?.value?.value;
    return value !== null && typeof value === 'object' && 'identifierType' in value
      ? (value as NodeId)
      : baseDataType;
  };
  await dataTypes.learn([
    ...variables.map((_, at) => typeOf(at)),
    ...methods.flatMap(({ node }) =>
      ['InputArguments', 'OutputArguments'].flatMap((name) =>
        argumentsOf(described, node, name).map((argument) => argument.dataType),
      ),
    ),
  ]);
  const structures = new Structures(session);
  const values = await shownValues(link, structures, attributes, variableAttributes);
  const base = hrefBase(endpoint);
  const nodes = new Map<Child, BrowseNode>();
  for (const [at, child] of variables.entries()) {
    const row = attributes.slice(at * variableAttributes.length, (at + 1) * variableAttributes.length);
    nodes.set(
      child,
      propertyNode(child, row, typeOf(at), values[at], dataTypes, described, base, namespaces),
    );
  }
  for (const [at, child] of methods.entries()) {
    nodes.set(child, actionNode(child, descriptions[at], dataTypes, described, base, parent, namespaces));
  }
  return children.map(
    (child) =>
      nodes.get(child) ?? {
        id: nodeText(child.node, namespaces),
        name: nameOf(child.reference),
        kind: 'folder',
        hasChildren: child.below.length > 0,
      },
  );
}

function hrefBase(endpoint: string): string {
  // Credentials and queries have no place in a stored address.
  return /^opc\.tcp:\/\/[^?#]+/i.exec(endpoint)?.[0] ?? endpointOf(endpoint) ?? endpoint;
}

function nameOf(reference: ReferenceDescription): string {
  return reference.displayName?.text || reference.browseName.name || reference.nodeId.toString();
}

type Described = Map<string, unknown>;

const describedKey = (node: NodeId, name: string): string => `${node.toString()}\n${name}`;

async function readDescribing(link: Link, children: readonly Child[]): Promise<Described> {
  const wanted = children.flatMap((child) =>
    [...child.described].map(([name, nodeId]) => ({ key: describedKey(child.node, name), nodeId })),
  );
  const values = await readAttributes(
    link.session,
    wanted.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })),
    link.limits,
  );
  return new Map(wanted.map(({ key }, at) => [key, values[at]?.value?.value as unknown]));
}

/** Values as they are now, for the person who chooses; structures whose definition cannot be read stay bytes. */
async function shownValues(
  link: Link,
  structures: Structures,
  attributes: readonly DataValue[],
  columns: readonly AttributeIds[],
): Promise<unknown[]> {
  const translation = {
    namespaces: link.namespaces,
    structure: (encoding: NodeId, body: Buffer) => structures.decode(encoding, body),
  };
  const rows = Array.from({ length: attributes.length / columns.length }, (_, row) => {
    return attributes[row * columns.length + columns.indexOf(AttributeIds.Value)]!;
  });
  for (let round = 0; ; round++) {
    const values = rows.map((value) => {
      if (value.value === null || value.value === undefined) return undefined;
      return valueOfVariant(value.value, translation);
    });
    if (!structures.wanting || round >= opcuaLimits.structureDepthMax) return values.map(shown);
    await structures.load();
  }
}

function shown(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value !== null && typeof value === 'object') {
    const text = JSON.stringify(value);
    return text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : value;
  }
  return typeof value === 'string' && value.length > shownCharactersMax
    ? `${value.slice(0, shownCharactersMax)}…`
    : value;
}

function propertyNode(
  child: Child,
  row: readonly DataValue[],
  dataType: NodeId,
  value: unknown,
  dataTypes: DataTypes,
  described: Described,
  base: string,
  namespaces: readonly string[],
): BrowseNode {
  const [, rank, access, userAccess, description, historizing, current] = row;
  const id = nodeText(child.node, namespaces);
  const valueRank: unknown = rank?.value?.value;
  const schema: DataSchema = dataTypes.schema(dataType, typeof valueRank === 'number' ? valueRank : -1);
  const level = bits(access) & bits(userAccess, 0xff);
  const readable = (level & currentRead) !== 0;
  const writable = (level & currentWrite) !== 0;
  const get = (name: string): unknown => described.get(describedKey(child.node, name));
  const affordance: PropertyAffordance = { ...schema, title: nameOf(child.reference) };
  const words = textOf(description);
  if (words !== undefined) affordance.description = words;
  const unit = unitText(get('EngineeringUnits'));
  if (unit !== undefined) affordance.unit = unit;
  const normal = range(get('EURange'));
  if (normal !== undefined) affordance['millrace:normal'] = { min: normal.low, max: normal.high };
  const instrument = range(get('InstrumentRange'));
  if (instrument !== undefined && (schema.type === 'number' || schema.type === 'integer')) {
    affordance.minimum = instrument.low;
    affordance.maximum = instrument.high;
  }
  const names = enumNames(get('EnumValues') ?? get('EnumStrings'));
  nameEnum(affordance, names);
  // A multi-state item is a whole number, however vaguely its variable is typed.
  if (names.length > 0 && (schema.type === undefined || schema.type === 'number'))
    affordance.type = 'integer';
  const states = [get('FalseState'), get('TrueState')].map((one) => (one as { text?: string } | null)?.text);
  if (schema.type === 'boolean' && (states[0] || states[1])) {
    affordance['oneOf'] = [
      { const: false, title: states[0] ?? 'false' },
      { const: true, title: states[1] ?? 'true' },
    ];
  }
  const precision = get('ValuePrecision');
  if (schema.type === 'number' && typeof precision === 'number' && precision >= 0 && precision <= 15)
    affordance['millrace:decimals'] = Math.floor(precision);
  if (!writable) affordance.readOnly = true;
  if (!readable && writable) affordance.writeOnly = true;
  affordance.observable = readable;
  affordance.forms = [
    {
      href: formHref(base, id),
      contentType,
      op: [...(readable ? ['readproperty', 'observeproperty'] : []), ...(writable ? ['writeproperty'] : [])],
    },
  ];
  const node: BrowseNode = {
    id,
    name: nameOf(child.reference),
    kind: 'property',
    hasChildren: child.below.some((one) => !describing.includes(one.browseName.name ?? '')),
    affordance,
  };
  if (value !== undefined) node.value = value;
  const facts = [
    current !== undefined && current.statusCode.value !== 0 ? current.statusCode.name : '',
    historizing?.value?.value === true ? 'historizing' : '',
  ].filter((fact) => fact !== '');
  if (facts.length > 0) node.detail = facts.join(', ');
  return node;
}

interface Argument {
  name: string;
  dataType: NodeId;
  valueRank: number;
  description: string;
}

function argumentsOf(described: Described, node: NodeId, name: string): Argument[] {
  const value = described.get(describedKey(node, name));
  return Array.isArray(value) ? value.flatMap(asArgument) : [];
}

/** An Argument structure (OPC 10000-3, 8.6) as the stack gives it. */
export function asArgument(value: unknown, at: number): Argument[] {
  const one = value as {
    name?: string;
    dataType?: NodeId;
    valueRank?: number;
    description?: { text?: string };
  } | null;
  if (one === null || typeof one !== 'object' || one.dataType === undefined) return [];
  return [
    {
      name: one.name || `argument${at}`,
      dataType: one.dataType,
      valueRank: one.valueRank ?? -1,
      description: one.description?.text ?? '',
    },
  ];
}

function actionNode(
  child: Child,
  description: DataValue | undefined,
  dataTypes: DataTypes,
  described: Described,
  base: string,
  parent: NodeId,
  namespaces: readonly string[],
): BrowseNode {
  const id = nodeText(child.node, namespaces);
  const affordance: ActionAffordance = {
    title: nameOf(child.reference),
    // The object a method is called on is part of its address (OPC 10101, 7.1.3).
    'uav:componentOf': nodeText(parent, namespaces),
    forms: [{ href: formHref(base, id), contentType, op: 'invokeaction' }],
  };
  const words = textOf(description);
  if (words !== undefined) affordance.description = words;
  for (const [member, name] of [
    ['input', 'InputArguments'],
    ['output', 'OutputArguments'],
  ] as const) {
    const given = argumentsOf(described, child.node, name);
    if (given.length === 0) continue;
    const properties: Record<string, DataSchema> = {};
    for (const one of given) {
      const schema = dataTypes.schema(one.dataType, one.valueRank);
      if (one.description !== '') schema.description = one.description;
      Object.defineProperty(properties, one.name, {
        value: schema,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    affordance[member] = { type: 'object', properties };
    if (member === 'input') affordance[member]!['required'] = given.map((one) => one.name);
  }
  return { id, name: nameOf(child.reference), kind: 'action', hasChildren: false, affordance };
}

function bits(value: DataValue | undefined, otherwise = currentRead): number {
  const level: unknown = value?.value?.value;
  return typeof level === 'number' ? level : otherwise;
}

function textOf(value: DataValue | undefined): string | undefined {
  const text = (value?.value?.value as { text?: string } | null | undefined)?.text;
  return text ? text : undefined;
}

function range(value: unknown): { low: number; high: number } | undefined {
  const { low, high } = (value ?? {}) as { low?: number; high?: number };
  return typeof low === 'number' &&
    typeof high === 'number' &&
    Number.isFinite(low) &&
    low < high &&
    Number.isFinite(high)
    ? { low, high }
    : undefined;
}

export const rootNode = resolveNodeId(objectsFolder);
