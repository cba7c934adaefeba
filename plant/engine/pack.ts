import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalText, SafeDeclaration } from '@millrace/contract';
import { delayProfiles } from '../paths/delay-source.ts';
import { checkNetwork, type NetworkSpec, networkShape } from './network-spec.ts';
import {
  any,
  list,
  map,
  number,
  object,
  optional,
  PackError,
  type Shape,
  text,
  toggle,
  words,
} from './shape.ts';

/**
 * A pack: everything the engine knows about one plant, as data. Its folder holds `pack.json`, `things.json`, `kinds/*.json` and, where it has
 * alarm rules to start with, `alarms.json`; where it stands on a network, `network.json`.
 * The guide `docs/guides/add-an-industry-pack.md` explains each part; what is checked here is the form, what is checked while
 * the model is compiled is the meaning (names that exist, expressions that can be read).
 */
export interface Pack {
  id: string;
  titles: LocalText;
  descriptions: LocalText;
  /** ISA-95 path of the site, put before each thing's own. */
  place: string;
  /** IANA name; shifts are in this time. */
  timeZone: string;
  /** Id of a thing = this + the name in things.json. */
  idPrefix: string;
  /** How much more often than its kinds say faults come by themselves; 0: only when caused. */
  faultRate: number;
  shifts: ShiftSpec[];
  /** Name → member → words. A member's code is its position. */
  enumerations: Record<string, Record<string, LocalText>>;
  tables: Record<string, TableRow[]>;
  connections: Record<string, ConnectionSpec>;
  kinds: Record<string, Kind>;
  /** What of the time before the platform came the plant has in its books, and hands over once. */
  past?: PastSpec | undefined;
  /** Alarm rules the plant starts with, as the API takes them. */
  alarmRules: ({ id: string } & Record<string, unknown>)[];
  things: ThingSpec[];
  /** The network its terminals are behind. */
  network?: NetworkSpec | undefined;
}

/** Long before the hours that are recorded whole, in larger steps and with few properties: counters, and what explains them. */
export interface PastSpec {
  days: number;
  /** Seconds the model moves at a time, and between two records. */
  step: number;
  spacing: number;
  /** Properties that are recorded of every thing that has them, and of single things besides. */
  properties: string[];
  things: Record<string, string[]>;
}

/** What the Thing Description says of commanding, in the words of `millrace:safe`, `millrace:interlocks` and so on. */
export interface CommandTerms {
  safe?: SafeDeclaration | undefined;
  interlocks?: { when: string; reason: LocalText }[] | undefined;
  twoPerson?: { withinSeconds: number } | undefined;
}

export interface ShiftSpec {
  id: string;
  titles: LocalText;
  /** ISO weekdays (1 = Monday) on which the shift begins. */
  days: number[];
  /** "HH:MM"; an end not after the start is on the next day. */
  start: string;
  end: string;
  breaks: [string, string][];
}

export type TableRow = Record<string, number | string | LocalText | TableRow[]>;

export interface ConnectionSpec {
  protocol: 'opcua' | 'modbus' | 'mqtt' | 'sparkplug';
  titles: LocalText;
  /** Wished port of an own server; a free one is taken where it is in use. */
  port?: number | undefined;
  /** Sparkplug group and edge node. */
  group?: string | undefined;
  node?: string | undefined;
}

export interface Kind extends CommandTerms {
  id: string;
  titles: LocalText;
  descriptions?: LocalText | undefined;
  /** Semantic types, `@type` of the Thing Description. */
  types: string[];
  manufacturer?: string | undefined;
  model?: string | undefined;
  parameters: Record<string, number>;
  /** Name → expression used where a thing does not bring its own. */
  inputs: Record<string, string>;
  roles: Record<string, RoleSpec>;
  states: Record<string, LocalText>;
  transitions: TransitionSpec[];
  variables: Record<string, VariableSpec>;
  properties: Record<string, PropertySpec>;
  events: Record<string, EventSpec>;
  actions: Record<string, ActionSpec>;
  faults: Record<string, FaultSpec>;
  /** Seconds between two looks at an instrument, where a property names none. */
  interval: number;
  modbus?: ModbusSpec | undefined;
  /** How long a lease of such a thing lasts from each sign of life. */
  leaseSeconds?: number | undefined;
}

export interface RoleSpec {
  /** Relation written into the Thing Description; without one the role is the model's own business. */
  relation?: string | undefined;
}

export interface TransitionSpec {
  from: string[];
  to: string;
  when: string;
  do: Record<string, string>;
}

/** An expression, or one of the blocks that remember something from step to step. */
export type VariableSpec =
  | string
  | { lag: string; seconds: string; start?: string | undefined }
  | { integral: string; start?: string | undefined; min?: string | undefined; max?: string | undefined }
  | { slew: string; rate: string; down?: string | undefined; start?: string | undefined }
  | { noise: string; seconds: string }
  | { held: string; when: string; start?: string | undefined }
  | { latch: string; until: string }
  | { timer: string }
  | { start: string };

export interface PropertySpec extends CommandTerms {
  titles: LocalText;
  descriptions?: LocalText | undefined;
  type?: 'number' | 'integer' | 'boolean' | undefined;
  is?: string | undefined;
  enumeration?: string | undefined;
  text?: string | undefined;
  elements?: string[] | undefined;
  fields?: Record<string, PropertySpec> | undefined;
  builtin?: 'activeFaults' | undefined;
  unit?: string | undefined;
  resolution?: number | undefined;
  range?: [number, number] | undefined;
  normal?: { min?: number | undefined; max?: number | undefined } | undefined;
  noise?: string | undefined;
  interval?: number | undefined;
  /** Folder in the address space. */
  group?: string | undefined;
  /** Variable that a write to the property sets. */
  writes?: string | undefined;
  /** How a write is seen to have worked. */
  readBack?: { tolerance: number; withinSeconds: number } | undefined;
  /** Whether the instrument keeps a history of its own. */
  history?: boolean | undefined;
  /** An MQTT thing sends the property when it changes, and at least every so many seconds; without it at every look. */
  heartbeat?: number | undefined;
}

export interface EventSpec {
  titles: LocalText;
  /** Fires when this becomes true. */
  when: string;
  data: Record<string, PropertySpec>;
}

export interface ActionSpec extends CommandTerms {
  titles: LocalText;
  descriptions?: LocalText | undefined;
  builtin?: 'causeFault' | 'clearFault' | 'clearAllFaults' | undefined;
  input: Record<string, PropertySpec>;
  when: string;
  do: Record<string, string>;
  refusal?: LocalText | undefined;
}

export interface FaultSpec {
  titles: LocalText;
  descriptions: LocalText;
  /** Onsets per hour, as an expression; '0' for a fault that only comes when caused. */
  rate: string;
  /** Seconds from onset to full severity. */
  ramp: string;
  /** Seconds until it is put right by itself; '0': until cleared. */
  lasts: string;
  /** Assignments made when it is put right. */
  cleared: Record<string, string>;
  /** Effects on instruments and network; effects on the machine are in the expressions, as `fault.<name>` from 0 to 1. */
  instruments: InstrumentEffect[];
  /** What must be seen of it: held by a test for every pack. */
  shows: ShowSpec[];
}

export interface InstrumentEffect {
  effect: 'drift' | 'stuck' | 'dead' | 'offline';
  /** Properties it strikes; none named: all of the thing. */
  properties: string[];
  /** Drift at full severity, in the property's unit. */
  amount?: string | undefined;
}

export interface ShowSpec {
  property: string;
  /** Role through which the property's thing is found; none: the thing itself. */
  via?: string | undefined;
  change: 'rises' | 'falls' | 'freezes' | 'differs' | 'bad' | 'silent';
  /** Seconds after which it must be seen. */
  within: number;
}

export interface ModbusSpec {
  entity: 'HoldingRegister' | 'InputRegister';
  /** Property → where it stands. `scale`: value = raw × scale. */
  registers: Record<string, RegisterSpec>;
}

export interface RegisterSpec {
  address: number;
  type: 'float32' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'uint64';
  scale?: number | undefined;
}

export interface ThingSpec {
  name: string;
  kind: string;
  titles: LocalText;
  descriptions?: LocalText | undefined;
  /** ISA-95 path below the pack's. */
  place: string;
  /** Without a connection the thing is part of the model only: nobody sees it. */
  connection?: string | undefined;
  unit?: number | undefined;
  device?: string | undefined;
  payload?: 'plain' | 'timed' | 'batch' | undefined;
  parameters: Record<string, number>;
  inputs: Record<string, string>;
  roles: Record<string, string[]>;
  /** Property → what differs from the kind, e.g. its normal band. */
  properties: Record<string, Partial<PropertySpec>>;
  /** Seconds between two looks, for all properties without their own. */
  interval?: number | undefined;
}

const commandTerms: Record<string, Shape> = {
  safe: optional(
    object({
      runs: text(/^(platform|terminal)$/),
      watchdogSeconds: optional(number({ above: 0 })),
      action: optional(text()),
      input: optional(any),
      values: optional(map(any)),
    }),
  ),
  interlocks: optional(list(object({ when: text(), reason: words }))),
  twoPerson: optional(object({ withinSeconds: number({ above: 0 }) })),
};

const property: Shape = object({
  ...commandTerms,
  readBack: optional(object({ tolerance: number({ least: 0 }), withinSeconds: number({ above: 0 }) })),
  titles: words,
  descriptions: optional(words),
  type: optional(text(/^(number|integer|boolean)$/)),
  is: optional(text()),
  enumeration: optional(text()),
  text: optional(text()),
  elements: optional(list(text())),
  fields: optional(any),
  builtin: optional(text()),
  unit: optional(text()),
  resolution: optional(number({ above: 0 })),
  range: optional(list(number())),
  normal: optional(object({ min: optional(number()), max: optional(number()) })),
  noise: optional(text()),
  interval: optional(number({ above: 0 })),
  group: optional(text()),
  writes: optional(text()),
  history: optional(toggle),
  heartbeat: optional(number({ above: 0 })),
});

const assignments = optional(map(text()), {});
const identifier = /^[a-zA-Z][a-zA-Z0-9]*$/;

const variable: Shape = (value, at) => {
  if (typeof value === 'string') return value;
  return object({
    lag: optional(text()),
    seconds: optional(text()),
    integral: optional(text()),
    min: optional(text()),
    max: optional(text()),
    slew: optional(text()),
    rate: optional(text()),
    down: optional(text()),
    noise: optional(text()),
    held: optional(text()),
    when: optional(text()),
    latch: optional(text()),
    until: optional(text()),
    timer: optional(text()),
    start: optional(text()),
  })(value, at);
};

const fault = object({
  titles: words,
  descriptions: words,
  rate: optional(text(), '0'),
  ramp: optional(text(), '0'),
  lasts: optional(text(), '0'),
  cleared: assignments,
  instruments: optional(
    list(
      object({
        effect: text(/^(drift|stuck|dead|offline)$/),
        properties: optional(list(text()), []),
        amount: optional(text()),
      }),
    ),
    [],
  ),
  shows: list(
    object({
      property: text(),
      via: optional(text()),
      change: text(/^(rises|falls|freezes|differs|bad|silent)$/),
      within: number({ above: 0 }),
    }),
  ),
});

const kindShape = object({
  ...commandTerms,
  leaseSeconds: optional(number({ above: 0 })),
  id: text(/^[a-z][a-z0-9-]*$/),
  titles: words,
  descriptions: optional(words),
  types: optional(list(text()), []),
  manufacturer: optional(text()),
  model: optional(text()),
  parameters: optional(map(number(), identifier), {}),
  inputs: optional(map(text(), identifier), {}),
  roles: optional(map(object({ relation: optional(text()) }), identifier), {}),
  states: optional(map(words, identifier), {}),
  transitions: optional(list(object({ from: list(text()), to: text(), when: text(), do: assignments })), []),
  variables: optional(map(variable, identifier), {}),
  properties: optional(map(property, identifier), {}),
  events: optional(
    map(object({ titles: words, when: text(), data: optional(map(property), {}) }), identifier),
    {},
  ),
  actions: optional(
    map(
      object({
        ...commandTerms,
        titles: words,
        descriptions: optional(words),
        builtin: optional(text(/^(causeFault|clearFault|clearAllFaults)$/)),
        input: optional(map(property, identifier), {}),
        when: optional(text(), '1'),
        do: assignments,
        refusal: optional(words),
      }),
      identifier,
    ),
    {},
  ),
  faults: optional(map(fault, identifier), {}),
  interval: optional(number({ above: 0 }), 1),
  modbus: optional(
    object({
      entity: text(/^(HoldingRegister|InputRegister)$/),
      registers: map(
        object({
          address: number({ least: 0, most: 65_535 }),
          type: text(/^(float32|int16|uint16|int32|uint32|uint64)$/),
          scale: optional(number({ above: 0 })),
        }),
      ),
    }),
  ),
});

/** Days of a past: a plant takes a few seconds to live through five weeks. */
export const pastDaysMax = 60;

const clock = text(/^([01]\d|2[0-3]):[0-5]\d$/);
const packShape = object({
  id: text(/^[a-z][a-z0-9-]*$/),
  titles: words,
  descriptions: words,
  place: text(),
  timeZone: text(),
  idPrefix: text(/^urn:[a-z0-9][a-z0-9-]+:.*$/),
  faultRate: optional(number({ least: 0 }), 1),
  shifts: list(
    object({
      id: text(identifier),
      titles: words,
      days: list(number({ least: 1, most: 7 })),
      start: clock,
      end: clock,
      breaks: optional(list(list(clock)), []),
    }),
  ),
  enumerations: optional(map(map(words, identifier), identifier), {}),
  tables: optional(map(list(any), identifier), {}),
  past: optional(
    object({
      days: number({ above: 0, most: pastDaysMax }),
      step: number({ least: 1, most: 60 }),
      spacing: number({ least: 60, most: 86_400 }),
      properties: list(text(identifier)),
      things: optional(map(list(text(identifier))), {}),
    }),
  ),
  connections: map(
    object({
      protocol: text(/^(opcua|modbus|mqtt|sparkplug)$/),
      titles: words,
      port: optional(number({ least: 0, most: 65_535 })),
      group: optional(text()),
      node: optional(text()),
    }),
  ),
});

const thingsShape = list(
  object({
    name: text(/^[a-z][a-z0-9-]*$/),
    kind: text(),
    titles: words,
    descriptions: optional(words),
    place: optional(text(), ''),
    connection: optional(text()),
    unit: optional(number({ least: 1, most: 247 })),
    device: optional(text()),
    payload: optional(text(/^(plain|timed|batch)$/)),
    parameters: optional(map(number()), {}),
    inputs: optional(map(text()), {}),
    roles: optional(map(list(text())), {}),
    properties: optional(map(any), {}),
    interval: optional(number({ above: 0 })),
  }),
);

export const packThingsMax = 2000;
/** Readings that a thing with payload `batch` collects before it sends them as one array. */
export const batchReadings = 3;

/**
 * Reads and checks a pack's folder. Throws {@link PackError} with the file, the place in it and what is wrong, in words for
 * the person who writes the pack.
 */
export function readPack(folder: string): Pack {
  const read = (name: string, shape: Shape): unknown => {
    let json: unknown;
    try {
      json = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    } catch (error) {
      throw new PackError(name, (error as Error).message);
    }
    return shape(json, name);
  };
  const pack = read('pack.json', packShape) as Pack;
  pack.things = read('things.json', thingsShape) as ThingSpec[];
  // Rules are the platform's to check, when they are registered.
  pack.alarmRules = existsSync(join(folder, 'alarms.json'))
    ? (read('alarms.json', (json) => json) as Pack['alarmRules'])
    : [];
  pack.kinds = {};
  for (const file of readdirSync(join(folder, 'kinds')).sort()) {
    if (!file.endsWith('.json')) continue;
    const kind = read(join('kinds', file), kindShape) as Kind;
    if (`${kind.id}.json` !== file)
      throw new PackError(`kinds/${file}`, `has id "${kind.id}"; id and file name are one`);
    pack.kinds[kind.id] = kind;
  }
  if (pack.things.length > packThingsMax) {
    throw new PackError(
      'things.json',
      `${pack.things.length} things; at most ${packThingsMax} (packThingsMax)`,
    );
  }
  const names = new Set<string>();
  for (const [position, thing] of pack.things.entries()) {
    const at = `things.json/${position} (${thing.name})`;
    if (names.has(thing.name)) throw new PackError(at, 'a thing of this name is there already');
    names.add(thing.name);
    const kind = pack.kinds[thing.kind];
    if (kind === undefined) {
      throw new PackError(
        at,
        `there is no kind "${thing.kind}"; there are ${Object.keys(pack.kinds).join(', ')}`,
      );
    }
    const connection = thing.connection === undefined ? undefined : pack.connections[thing.connection];
    if (thing.connection !== undefined && connection === undefined) {
      throw new PackError(at, `there is no connection "${thing.connection}" in pack.json`);
    }
    for (const [what, own, known] of [
      ['parameter', thing.parameters, kind.parameters],
      ['input', thing.inputs, kind.inputs],
      ['role', thing.roles, kind.roles],
      ['property', thing.properties, kind.properties],
    ] as const) {
      for (const name of Object.keys(own)) {
        if (!Object.hasOwn(known, name)) {
          throw new PackError(at, `its kind "${thing.kind}" has no ${what} "${name}"`);
        }
      }
    }
    if (connection !== undefined) checkReach(pack, thing, kind, connection, at);
  }
  for (const thing of pack.things) {
    for (const [role, targets] of Object.entries(thing.roles)) {
      for (const target of targets) {
        if (!names.has(target)) {
          throw new PackError(
            `things.json (${thing.name})`,
            `role "${role}" names "${target}", which is not there`,
          );
        }
      }
    }
  }
  if (existsSync(join(folder, 'network.json'))) {
    pack.network = read('network.json', networkShape) as NetworkSpec;
    const kindOf = new Map(pack.things.map(({ name, kind }) => [name, pack.kinds[kind]!]));
    checkNetwork(
      pack.network,
      (thing) => {
        const kind = kindOf.get(thing);
        return kind === undefined ? undefined : new Set(Object.keys(kind.variables));
      },
      Object.keys(delayProfiles),
    );
  }
  return pack;
}

/** Whether a thing's protocol can carry what its kind has. */
function checkReach(pack: Pack, thing: ThingSpec, kind: Kind, connection: ConnectionSpec, at: string): void {
  const { protocol } = connection;
  const sharing = pack.things.filter((other) => other.connection === thing.connection && other !== thing);
  if (protocol === 'modbus') {
    if (kind.modbus === undefined || thing.unit === undefined) {
      throw new PackError(at, 'a thing behind Modbus needs a "unit" and its kind a register map "modbus"');
    }
    if (sharing.some((other) => other.unit === thing.unit)) {
      throw new PackError(at, `unit ${thing.unit} is taken by another thing of "${thing.connection}"`);
    }
    checkRegisters(kind, kind.modbus);
  }
  if (protocol === 'sparkplug') {
    if (thing.device === undefined) throw new PackError(at, 'a thing behind Sparkplug needs a "device"');
    if (connection.group === undefined || connection.node === undefined) {
      throw new PackError(`pack.json/connections/${thing.connection}`, 'Sparkplug needs "group" and "node"');
    }
    if (sharing.some((other) => other.device === thing.device)) {
      throw new PackError(at, `device "${thing.device}" is taken by another thing of "${thing.connection}"`);
    }
  }
  if (protocol !== 'mqtt' && Object.keys(kind.events).length > 0) {
    throw new PackError(at, `kind "${kind.id}" has events, which only MQTT carries here`);
  }
  if (protocol !== 'mqtt' && protocol !== 'opcua' && Object.keys(kind.actions).length > 0) {
    throw new PackError(at, `kind "${kind.id}" has actions, which ${protocol} does not carry here`);
  }
}

function checkRegisters(kind: Kind, modbus: ModbusSpec): void {
  const at = `kinds/${kind.id}.json/modbus/registers`;
  const used = new Map<number, string>();
  for (const name of Object.keys(kind.properties)) {
    const register = modbus.registers[name];
    if (register === undefined) throw new PackError(at, `property "${name}" has no register`);
    const property = kind.properties[name]!;
    if (property.is === undefined || property.enumeration !== undefined) {
      throw new PackError(at, `property "${name}" is not a number: registers hold numbers only`);
    }
    for (let i = 0; i < registerCount(register.type); i++) {
      const other = used.get(register.address + i);
      if (other !== undefined) {
        throw new PackError(at, `"${name}" and "${other}" share register ${register.address + i}`);
      }
      used.set(register.address + i, name);
    }
  }
  for (const name of Object.keys(modbus.registers)) {
    if (!Object.hasOwn(kind.properties, name)) throw new PackError(at, `there is no property "${name}"`);
  }
}

/** Registers (16 bits) of a type. */
export function registerCount(type: RegisterSpec['type']): number {
  return type === 'int16' || type === 'uint16' ? 1 : type === 'uint64' ? 4 : 2;
}

/** Folder of a pack that comes with the program, by its id, wherever the program runs from (source or `dist`). */
export function packFolder(id: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'packs')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'packs', id);
}

/** The property as a thing has it: the kind's, with what the thing says differently. */
export function propertyOf(kind: Kind, thing: ThingSpec, name: string): PropertySpec {
  const own = thing.properties[name];
  const base = kind.properties[name]!;
  return own === undefined ? base : { ...base, ...own };
}

/** Seconds between two looks at a property's instrument. */
export function intervalOf(kind: Kind, thing: ThingSpec, name: string): number {
  return propertyOf(kind, thing, name).interval ?? thing.interval ?? kind.interval;
}

/** Whether anybody outside can reach the thing. */
export function isExposed(thing: ThingSpec): boolean {
  return thing.connection !== undefined;
}
