import {
  type Connection,
  type ConnectionInput,
  type ConnectionProblem,
  type ConnectionState,
  formatInstant,
  type Protocol,
  type SettingField,
  type SettingProblem,
  type Settings,
  type SettingValue,
  type StartupPolicy,
} from '@millrace/contract';
import {
  type CheckedSettings,
  type Clock,
  checkSettings,
  endpointOf,
  type RecordStore,
  resolveHref,
  type TerminalProtocol,
  type ThingRecord,
} from '@millrace/sdk';
import type { Sealer } from './sealing.ts';

export const connectionMigrations = [
  {
    id: 'iot-003-connections',
    sql: `
      CREATE TABLE connections (id text PRIMARY KEY, protocol text NOT NULL, title text NOT NULL, enabled boolean NOT NULL, startup text NOT NULL, settings jsonb NOT NULL);
    `,
  },
] as const;

/** Shown in the place of a secret; given back unchanged it leaves the secret as it is. */
export const hiddenSecret = '•••';

export class SettingsError extends Error {
  readonly problems: readonly SettingProblem[];
  constructor(problems: readonly SettingProblem[]) {
    super(problems.map((problem) => problem.message.en).join('; '));
    this.problems = problems;
  }
}

export interface ConnectionRecord {
  id: string;
  protocol: string;
  title: string;
  enabled: boolean;
  startup: StartupPolicy;
  /** Checked; secrets in the clear (sealed only in the record store). */
  settings: Record<string, SettingValue>;
  /** Made by the platform for its own listeners: cannot be removed, and its settings come from the platform's own. */
  builtIn: boolean;
  state: ConnectionState;
  since: number;
  problem: ConnectionProblem | undefined;
  counters: Record<string, number>;
  endpoint: string | undefined;
}

/** Connections: what is set up, how each one is, and which things are reached through which. */
export class Connections {
  readonly #records: RecordStore;
  readonly #sealer: Sealer;
  readonly #clock: Clock;
  readonly #protocols: ReadonlyMap<string, TerminalProtocol>;
  readonly #connections = new Map<string, ConnectionRecord>();
  /** thing id → connections it is reached through */
  readonly #ofThing = new Map<string, Set<string>>();
  readonly #things = new Map<string, Set<string>>();
  readonly #ownEndpoints: ReadonlySet<string>;

  private constructor(
    records: RecordStore,
    sealer: Sealer,
    clock: Clock,
    protocols: readonly TerminalProtocol[],
    ownEndpoints: ReadonlySet<string>,
  ) {
    this.#records = records;
    this.#sealer = sealer;
    this.#clock = clock;
    this.#protocols = new Map(protocols.map((protocol) => [protocol.id, protocol]));
    this.#ownEndpoints = ownEndpoints;
  }

  static async open(
    records: RecordStore,
    sealer: Sealer,
    clock: Clock,
    protocols: readonly TerminalProtocol[],
    ownEndpoints: ReadonlySet<string>,
  ): Promise<Connections> {
    const connections = new Connections(records, sealer, clock, protocols, ownEndpoints);
    type Row = {
      id: string;
      protocol: string;
      title: string;
      enabled: boolean;
      startup: StartupPolicy;
      settings: Record<string, SettingValue>;
    };
    for (const row of await records.query<Row>(
      'SELECT id, protocol, title, enabled, startup, settings FROM connections ORDER BY id',
    )) {
      const settings = Object.fromEntries(
        Object.entries(row.settings).map(([name, value]) => [
          name,
          typeof value === 'string' ? sealer.open(value) : value,
        ]),
      );
      connections.#keep({ ...row, settings, builtIn: false });
    }
    return connections;
  }

  get protocols(): readonly TerminalProtocol[] {
    return [...this.#protocols.values()];
  }

  protocol(id: string): TerminalProtocol | undefined {
    return this.#protocols.get(id);
  }

  describeProtocols(): Protocol[] {
    return this.protocols.map((protocol) => ({
      id: protocol.id,
      title: protocol.title,
      summary: protocol.summary,
      schemes: [...protocol.schemes],
      settings: { ...protocol.settings },
      canBrowse: protocol.browse !== undefined,
      direction: protocol.direction,
    }));
  }

  all(): ConnectionRecord[] {
    return [...this.#connections.values()];
  }

  get(id: string): ConnectionRecord | undefined {
    return this.#connections.get(id);
  }

  /** Adds a connection of the platform's own, which is not stored. */
  addBuiltIn(
    id: string,
    protocol: string,
    title: string,
    settings: Record<string, SettingValue>,
  ): ConnectionRecord {
    return this.#keep({
      id,
      protocol,
      title,
      enabled: true,
      startup: 'fail',
      settings: this.checked(protocol, settings, undefined),
      builtIn: true,
    });
  }

  /** Settings checked and defaulted; a secret given back hidden is the one there was. Throws SettingsError. */
  checked(
    protocolId: string,
    given: Settings,
    before: ConnectionRecord | undefined,
  ): Record<string, SettingValue> {
    const protocol = this.#protocols.get(protocolId);
    if (protocol === undefined) {
      const known = [...this.#protocols.keys()].join(', ');
      throw new SettingsError([
        {
          field: 'protocol',
          message: {
            en: `there is no protocol "${protocolId}"; there are ${known}`,
            zh: `没有协议“${protocolId}”；现有：${known}`,
          },
        },
      ]);
    }
    const filled: Record<string, SettingValue> = {};
    for (const [name, value] of Object.entries(given)) {
      filled[name] = value === hiddenSecret && before !== undefined ? before.settings[name] : value;
    }
    const { settings, problems } = checkSettings(protocol.settings, filled);
    const more = problems.length === 0 ? protocol.check(settings) : [];
    if (problems.length + more.length > 0) throw new SettingsError([...problems, ...more]);
    return settings;
  }

  async put(id: string, input: ConnectionInput): Promise<ConnectionRecord> {
    const before = this.#connections.get(id);
    const settings = this.checked(input.protocol, input.settings as Settings, before);
    const record = {
      id,
      protocol: input.protocol,
      title: input.title ?? before?.title ?? id,
      enabled: input.enabled ?? before?.enabled ?? true,
      startup: input.startup ?? before?.startup ?? ('retry' as const),
      settings,
      builtIn: false,
    };
    const fields = this.#protocols.get(input.protocol)!.settings;
    const stored = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => {
        const secret = fields[name]?.kind === 'secret' || fields[name]?.kind === 'pem';
        return [name, secret && typeof value === 'string' ? this.#sealer.seal(value) : value];
      }),
    );
    await this.#records.query(
      `INSERT INTO connections (id, protocol, title, enabled, startup, settings) VALUES ($1, $2, $3, $4, $5, $6::jsonb)
       ON CONFLICT (id) DO UPDATE SET protocol = EXCLUDED.protocol, title = EXCLUDED.title, enabled = EXCLUDED.enabled, startup = EXCLUDED.startup, settings = EXCLUDED.settings`,
      [record.id, record.protocol, record.title, record.enabled, record.startup, JSON.stringify(stored)],
    );
    return this.#keep(record);
  }

  async remove(id: string): Promise<void> {
    await this.#records.query('DELETE FROM connections WHERE id = $1', [id]);
    this.#connections.delete(id);
    this.#things.delete(id);
    for (const connections of this.#ofThing.values()) connections.delete(id);
  }

  setState(id: string, state: ConnectionState, problem: ConnectionProblem | undefined): void {
    const record = this.#connections.get(id);
    if (record === undefined) return;
    // Trying again and failing again is one long time of not being connected, with the reason of the last try.
    const down = (one: ConnectionState): boolean => one === 'connecting' || one === 'disconnected';
    if (record.state !== state && !(down(record.state) && down(state))) record.since = this.#clock.now();
    if (!(state === 'connecting' && record.state === 'disconnected')) record.problem = problem;
    record.state = state;
  }

  show(record: ConnectionRecord, processId: number | undefined): Connection {
    const fields = this.#protocols.get(record.protocol)?.settings ?? {};
    return {
      id: record.id,
      protocol: record.protocol,
      title: record.title,
      enabled: record.enabled,
      startup: record.startup,
      settings: Object.fromEntries(
        Object.entries(record.settings).map(([name, value]) => [
          name,
          isSecret(fields[name], value) ? hiddenSecret : value,
        ]),
      ),
      state: record.state,
      since: formatInstant(record.since),
      ...(record.problem === undefined ? {} : { problem: record.problem }),
      things: [...(this.#things.get(record.id) ?? [])],
      counters: record.counters,
      ...(processId === undefined ? {} : { processId }),
    };
  }

  thingsOf(connection: string): ReadonlySet<string> {
    return this.#things.get(connection) ?? new Set();
  }

  connectionsOf(thing: string): ReadonlySet<string> {
    return this.#ofThing.get(thing) ?? new Set();
  }

  forgetThing(id: string): string[] {
    const connections = [...(this.#ofThing.get(id) ?? [])];
    for (const connection of connections) this.#things.get(connection)?.delete(id);
    this.#ofThing.delete(id);
    return connections;
  }

  /**
   * Works out which connections reach a thing: every listener, the one its description names, and those whose endpoint its forms point to.
   * `wanted` are endpoints that no connection serves yet, with the settings a protocol would open them with.
   */
  assign(thing: ThingRecord): {
    connections: string[];
    left: string[];
    wanted: { endpoint: string; protocol: TerminalProtocol; settings: Record<string, SettingValue> }[];
  } {
    const next = new Set<string>();
    const wanted = new Map<
      string,
      { endpoint: string; protocol: TerminalProtocol; settings: Record<string, SettingValue> }
    >();
    for (const record of this.#connections.values()) {
      if (this.#protocols.get(record.protocol)?.direction === 'listener') next.add(record.id);
    }
    const named = thing.description['millrace:connection'];
    if (typeof named === 'string' && this.#connections.has(named)) next.add(named);
    else {
      for (const endpoint of endpointsOf(thing)) {
        if (this.#ownEndpoints.has(endpoint)) continue;
        const serving = [...this.#connections.values()].filter((record) => record.endpoint === endpoint);
        if (serving.length > 0) {
          for (const record of serving) next.add(record.id);
          continue;
        }
        const scheme = endpoint.slice(0, endpoint.indexOf(':'));
        const protocol = [...this.#protocols.values()].find(
          (one) => one.direction === 'client' && one.schemes.includes(scheme),
        );
        const settings = protocol?.settingsFor?.(endpoint);
        if (protocol !== undefined && settings !== undefined)
          wanted.set(endpoint, { endpoint, protocol, settings });
      }
    }
    const before = this.#ofThing.get(thing.id) ?? new Set();
    const left = [...before].filter((connection) => !next.has(connection));
    for (const connection of left) this.#things.get(connection)?.delete(thing.id);
    for (const connection of next) {
      const things = this.#things.get(connection) ?? new Set();
      things.add(thing.id);
      this.#things.set(connection, things);
    }
    this.#ofThing.set(thing.id, next);
    return { connections: [...next], left, wanted: [...wanted.values()] };
  }

  #keep(
    record: Omit<ConnectionRecord, 'state' | 'since' | 'problem' | 'counters' | 'endpoint'>,
  ): ConnectionRecord {
    const before = this.#connections.get(record.id);
    const protocol = this.#protocols.get(record.protocol);
    const kept: ConnectionRecord = {
      ...record,
      state: before?.state ?? (record.enabled ? 'connecting' : 'stopped'),
      since: before?.since ?? this.#clock.now(),
      problem: before?.problem,
      counters: before?.counters ?? {},
      endpoint: protocol?.endpoint?.(record.settings as CheckedSettings)?.toLowerCase(),
    };
    this.#connections.set(record.id, kept);
    return kept;
  }
}

/** Secrets, and private keys in whatever field they stand, never leave the platform again. */
function isSecret(field: SettingField | undefined, value: SettingValue): boolean {
  return typeof value === 'string' && (field?.kind === 'secret' || value.includes('PRIVATE KEY'));
}

/** Every `scheme://host:port` that a thing's forms point to. */
export function endpointsOf(thing: ThingRecord): Set<string> {
  const endpoints = new Set<string>();
  const { description } = thing;
  for (const kind of [description.properties, description.actions, description.events]) {
    for (const member of Object.values(kind ?? {})) {
      for (const form of member.forms ?? []) {
        const endpoint =
          typeof form.href === 'string' ? endpointOf(resolveHref(form.href, description.base)) : undefined;
        if (endpoint !== undefined) endpoints.add(endpoint);
      }
    }
  }
  return endpoints;
}
