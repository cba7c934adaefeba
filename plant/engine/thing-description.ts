import {
  type ActionAffordance,
  type DataSchema,
  type EventAffordance,
  type Form,
  type LocalText,
  noSecurity,
  type PropertyAffordance,
  type ThingDescription,
  thingContext,
  topicSegment,
} from '@millrace/contract';
import type { CompiledThing } from './compile.ts';
import {
  batchReadings,
  type CommandTerms,
  type ConnectionSpec,
  intervalOf,
  isExposed,
  type Pack,
  type PropertySpec,
  propertyOf,
  type RegisterSpec,
  registerCount,
} from './pack.ts';
import { membersOf, readTables, type Table } from './tables.ts';

/** Where a connection's own server listens. */
export interface Address {
  host: string;
  port: number;
}

export const opcuaNamespace = 'urn:millrace:demo:machines';

/** Node of a property (or, with a method's name, of an action) in a machine's address space. */
export function opcuaIdentifier(thing: CompiledThing, group: string | undefined, name: string): string {
  return [thing.spec.titles.en, group ?? 'Data', name].join('.');
}

/** Sparkplug metric of a property. */
export function metricName(spec: PropertySpec, name: string): string {
  return spec.group === undefined ? name : `${spec.group}/${name}`;
}

/**
 * Thing Descriptions (WoT TD 1.1) of all things that somebody can reach, made from the pack alone: words, units, ranges, normal
 * bands, digits, relations, and in the forms where each property is reached.
 */
export function describeThings(
  pack: Pack,
  things: readonly CompiledThing[],
  addresses: ReadonlyMap<string, Address>,
  connectionId: (connection: string) => string,
): ThingDescription[] {
  const tables = readTables(pack);
  return things
    .filter((thing) => isExposed(thing.spec))
    .map((thing) => describe(pack, tables, things, thing, addresses, connectionId));
}

function describe(
  pack: Pack,
  tables: Map<string, Table>,
  things: readonly CompiledThing[],
  thing: CompiledThing,
  addresses: ReadonlyMap<string, Address>,
  connectionId: (connection: string) => string,
): ThingDescription {
  const { kind, spec } = thing;
  const name = spec.connection!;
  const connection = pack.connections[name]!;
  const address = addresses.get(name);
  const words = (titles: LocalText): { title: string; titles: Record<string, string> } => ({
    title: titles.en,
    titles: { en: titles.en, zh: titles.zh },
  });
  const description = spec.descriptions ?? kind.descriptions;

  const properties: Record<string, PropertyAffordance> = {};
  for (const property of Object.keys(kind.properties)) {
    const own = propertyOf(kind, spec, property);
    const writable = own.writes !== undefined;
    properties[property] = {
      ...schemaOf(pack, tables, thing, own),
      observable: true,
      readOnly: !writable,
      ...(writable ? commandTerms(own) : {}),
      ...(own.readBack === undefined ? {} : { 'millrace:readBack': own.readBack }),
      forms: [propertyForm(thing, property, own, connection, address, writable)],
    };
  }

  const actions: Record<string, ActionAffordance> = {};
  for (const [action, own] of Object.entries(kind.actions)) {
    const input =
      own.builtin === undefined
        ? inputOf(pack, tables, thing, own.input)
        : faultInput(pack, things, own.builtin);
    actions[action] = {
      ...words(own.titles),
      ...(own.descriptions === undefined ? {} : described(own.descriptions)),
      ...(input === undefined ? {} : { input }),
      safe: false,
      idempotent: false,
      ...commandTerms(own),
      forms: [actionForm(thing, action, connection, address)],
    };
  }

  const events: Record<string, EventAffordance> = {};
  const declared = Object.entries(kind.events).map(
    ([event, own]) =>
      [event, own.titles, inputOf(pack, tables, thing, own.data) as DataSchema | undefined] as const,
  );
  if (Object.values(kind.actions).some((action) => action.builtin !== undefined)) {
    const data = {
      type: 'object',
      properties: { thing: { type: 'string' }, fault: { type: 'string' } },
    } satisfies DataSchema;
    declared.push(
      ['faultBegan', { en: 'Fault began', zh: '故障发生' }, data],
      ['faultEnded', { en: 'Fault ended', zh: '故障消除' }, data],
    );
  }
  for (const [event, titles, data] of declared) {
    events[event] = {
      ...words(titles),
      ...(data === undefined ? {} : { data }),
      forms: [
        {
          href: `things/${topicSegment(thing.id)}/events/${event}`,
          op: 'subscribeevent',
          contentType: 'application/json',
        },
      ],
    };
  }

  const links = Object.entries(kind.roles).flatMap(([role, { relation }]) =>
    relation === undefined
      ? []
      : (spec.roles[role] ?? [])
          .map((target) => things.find((other) => other.spec.name === target)!)
          .filter((other) => isExposed(other.spec))
          .map((other) => ({ rel: relation, href: other.id, type: 'application/td+json' })),
  );

  const prefixes: Record<string, string> = { schema: 'https://schema.org/' };
  if (connection.protocol === 'modbus') prefixes['modv'] = 'https://www.w3.org/2019/wot/modbus#';
  if (connection.protocol === 'sparkplug') prefixes['mqv'] = 'https://www.w3.org/2019/wot/mqtt#';
  if (connection.protocol === 'opcua') prefixes['uav'] = 'http://opcfoundation.org/UA/WoT-Binding/';
  return {
    '@context': [...thingContext, prefixes],
    '@type': kind.types,
    id: thing.id,
    ...words(spec.titles),
    ...(description === undefined ? {} : described(description)),
    ...(kind.manufacturer === undefined ? {} : { 'schema:manufacturer': kind.manufacturer }),
    ...(kind.model === undefined ? {} : { 'schema:model': kind.model }),
    ...noSecurity,
    'millrace:place': [pack.place, spec.place].filter((part) => part !== '').join('/'),
    ...(address === undefined ? {} : { 'millrace:connection': connectionId(name) }),
    ...commandTerms(kind),
    ...(kind.leaseSeconds === undefined ? {} : { 'millrace:leaseSeconds': kind.leaseSeconds }),
    ...(connection.protocol === 'mqtt' ? { 'millrace:staleAfterSeconds': staleAfter(thing) } : {}),
    // An edge node reports by exception; its death certificate says when it is gone.
    ...(connection.protocol === 'sparkplug' ? { 'millrace:staleAfterSeconds': 0 } : {}),
    properties,
    ...(Object.keys(actions).length === 0 ? {} : { actions }),
    ...(Object.keys(events).length === 0 ? {} : { events }),
    ...(links.length === 0 ? {} : { links }),
  };
}

/** Three messages missed are enough to call a thing's values stale; its quickest property sets the pace. */
function staleAfter(thing: CompiledThing): number {
  const { kind, spec } = thing;
  const paces = Object.keys(kind.properties).map(
    (name) => propertyOf(kind, spec, name).heartbeat ?? intervalOf(kind, spec, name),
  );
  const readings = spec.payload === 'batch' ? batchReadings : 1;
  return Math.max(15, 3 * readings * Math.min(...paces));
}

/** What the pack says of commanding, in the terms of the Thing Description. */
function commandTerms({ safe, interlocks, twoPerson }: CommandTerms): Record<string, unknown> {
  return {
    ...(safe === undefined ? {} : { 'millrace:safe': safe }),
    ...(interlocks === undefined ? {} : { 'millrace:interlocks': interlocks }),
    ...(twoPerson === undefined ? {} : { 'millrace:twoPerson': twoPerson }),
  };
}

function described(text: LocalText): { description: string; descriptions: Record<string, string> } {
  return { description: text.en, descriptions: { en: text.en, zh: text.zh } };
}

function schemaOf(
  pack: Pack,
  tables: Map<string, Table>,
  thing: CompiledThing,
  spec: PropertySpec,
): DataSchema {
  const words: DataSchema = {
    title: spec.titles.en,
    titles: { en: spec.titles.en, zh: spec.titles.zh },
    ...(spec.descriptions === undefined ? {} : described(spec.descriptions)),
  };
  if (spec.builtin === 'activeFaults') {
    return {
      ...words,
      type: 'array',
      items: {
        type: 'object',
        properties: { thing: { type: 'string' }, fault: { type: 'string' }, since: { type: 'string' } },
      },
    };
  }
  if (spec.fields !== undefined) {
    return {
      ...words,
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(spec.fields).map(([field, inner]) => [field, schemaOf(pack, tables, thing, inner)]),
      ),
    };
  }
  if (spec.enumeration !== undefined) {
    const { ids, titles } = enumerationOf(pack, tables, thing, spec.enumeration);
    return {
      ...words,
      type: 'string',
      enum: ids,
      // Words for the members, for those who show them.
      oneOf: ids.map((id, position) => {
        const title = titles[position];
        return { const: id, ...(title === undefined ? {} : { title: title.en, titles: { ...title } }) };
      }),
    };
  }
  if (spec.text !== undefined) return { ...words, type: 'string' };
  const numeric: DataSchema = {
    ...(spec.unit === undefined ? {} : { unit: spec.unit }),
    ...(spec.range === undefined ? {} : { minimum: spec.range[0], maximum: spec.range[1] }),
    ...(spec.resolution === undefined ? {} : { 'millrace:decimals': decimalsOf(spec.resolution) }),
    ...(spec.normal === undefined
      ? {}
      : { 'millrace:normal': spec.normal as { min?: number; max?: number } }),
  };
  if (spec.elements !== undefined) {
    return {
      ...words,
      type: 'array',
      items: { type: 'number', ...numeric },
      minItems: spec.elements.length,
      maxItems: spec.elements.length,
    };
  }
  if (spec.type === 'boolean') return { ...words, type: 'boolean' };
  return { ...words, type: spec.type ?? 'number', ...numeric };
}

function inputOf(
  pack: Pack,
  tables: Map<string, Table>,
  thing: CompiledThing,
  fields: Record<string, PropertySpec>,
): DataSchema | undefined {
  const names = Object.keys(fields);
  if (names.length === 0) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, schemaOf(pack, tables, thing, fields[name]!)])),
    required: names,
  };
}

/** Input of the actions that cause and clear faults: which, and where; lists, so that the console can make a form. */
function faultInput(pack: Pack, things: readonly CompiledThing[], builtin: string): DataSchema | undefined {
  if (builtin === 'clearAllFaults') return undefined;
  const faults = new Map<string, LocalText>();
  const owners: CompiledThing[] = [];
  for (const thing of things) {
    const own = Object.entries(pack.kinds[thing.kind.id]!.faults);
    if (own.length > 0) owners.push(thing);
    for (const [name, fault] of own) if (!faults.has(name)) faults.set(name, fault.titles);
  }
  const choice = (title: LocalText, members: [string, LocalText][]): DataSchema => ({
    title: title.en,
    titles: { ...title },
    type: 'string',
    enum: members.map(([id]) => id),
    oneOf: members.map(([id, words]) => ({ const: id, title: words.en, titles: { ...words } })),
  });
  return {
    type: 'object',
    properties: {
      thing: choice(
        { en: 'Where', zh: '设备' },
        owners.map((owner) => [owner.id, owner.spec.titles]),
      ),
      fault: choice({ en: 'Fault', zh: '故障' }, [...faults]),
    },
    required: ['thing', 'fault'],
  };
}

function enumerationOf(
  pack: Pack,
  tables: Map<string, Table>,
  thing: CompiledThing,
  name: string,
): { ids: string[]; titles: (LocalText | undefined)[] } {
  if (name === 'state') {
    return { ids: Object.keys(thing.kind.states), titles: Object.values(thing.kind.states) };
  }
  if (name === 'shift') {
    return {
      ids: ['none', ...pack.shifts.map((shift) => shift.id)],
      titles: [{ en: 'No shift', zh: '无班次' }, ...pack.shifts.map((shift) => shift.titles)],
    };
  }
  return membersOf(pack, tables, name) ?? { ids: [], titles: [] };
}

/** Digits after the point that a resolution needs: 0.05 → 2, 0.1 → 1, 5 → 0. */
export function decimalsOf(resolution: number): number {
  for (let digits = 0; digits < 10; digits++) {
    const scaled = resolution * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9) return digits;
  }
  return 10;
}

function propertyForm(
  thing: CompiledThing,
  name: string,
  spec: PropertySpec,
  connection: ConnectionSpec,
  address: Address | undefined,
  writable: boolean,
): Form {
  switch (connection.protocol) {
    case 'opcua':
      return {
        href: opcuaHref(address!, opcuaIdentifier(thing, spec.group, name)),
        op: writable
          ? ['readproperty', 'writeproperty', 'observeproperty']
          : ['readproperty', 'observeproperty'],
        contentType: 'application/opcua+uadp',
      };
    case 'modbus': {
      const { entity, registers } = thing.kind.modbus!;
      const register = registers[name]!;
      const quantity = registerCount(register.type);
      return {
        href: `modbus+tcp://${address!.host}:${address!.port}/${thing.spec.unit}/${register.address}?quantity=${quantity}`,
        op: writable
          ? ['readproperty', 'writeproperty', 'observeproperty']
          : ['readproperty', 'observeproperty'],
        contentType: 'application/octet-stream',
        'modv:entity': writable ? 'HoldingRegister' : entity,
        'modv:type': xsd[register.type],
        'modv:mostSignificantByte': true,
        'modv:mostSignificantWord': true,
        ...(register.scale === undefined ? {} : { 'millrace:scale': register.scale }),
      };
    }
    case 'sparkplug':
      return {
        href: 'mqtt:',
        op: 'observeproperty',
        contentType: 'application/x-protobuf',
        'mqv:topic': `spBv1.0/${connection.group}/DDATA/${connection.node}/${thing.spec.device}`,
        'millrace:metric': metricName(spec, name),
      };
    case 'mqtt':
      return {
        href: `things/${topicSegment(thing.id)}/properties`,
        op: 'observeproperty',
        contentType: 'application/json',
      };
  }
}

function actionForm(
  thing: CompiledThing,
  action: string,
  connection: ConnectionSpec,
  address: Address | undefined,
): Form {
  if (connection.protocol === 'opcua') {
    return {
      href: opcuaHref(address!, opcuaIdentifier(thing, 'Methods', action)),
      op: 'invokeaction',
      contentType: 'application/opcua+uadp',
      'uav:componentOf': `nsu=${opcuaNamespace};s=${thing.spec.titles.en}.Methods`,
    };
  }
  return {
    href: `things/${topicSegment(thing.id)}/actions/${action}`,
    op: 'invokeaction',
    contentType: 'application/json',
  };
}

function opcuaHref(address: Address, identifier: string): string {
  const node = `nsu=${opcuaNamespace};s=${identifier}`;
  return `opc.tcp://${address.host}:${address.port}/?id=${encodeURIComponent(node)}`;
}

const xsd: Record<RegisterSpec['type'], string> = {
  float32: 'xsd:float',
  int16: 'xsd:short',
  uint16: 'xsd:unsignedShort',
  int32: 'xsd:int',
  uint32: 'xsd:unsignedInt',
  uint64: 'xsd:unsignedLong',
};
