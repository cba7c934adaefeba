import { join } from 'node:path';
import {
  type Connection,
  type ConnectionInput,
  type ConnectionProblem,
  formatInstant,
  limits,
  type Proposal,
  type Settings,
  type SettingValue,
  type ThingDescription,
} from '@millrace/contract';
import type {
  AuditTrail,
  Clock,
  CommandOptions,
  IntakeBatch,
  LiveBus,
  Log,
  RecordStore,
  SampleStore,
  TerminalProtocol,
  ThingRecord,
  WriteOutcome,
} from '@millrace/sdk';
import type { ConnectionSpec } from '@millrace/sdk/host';
import { Alarms, alarmMigrations } from './alarms/index.ts';
import { CommandDesk, commandMigrations } from './commands/index.ts';
import { type ConnectionRecord, Connections, connectionMigrations } from './connections.ts';
import { Credentials, credentialMigrations } from './credentials.ts';
import { readDescription } from './description.ts';
import {
  DeviceCertificates,
  deviceCertificateMigrations,
  type IssuingAuthority,
} from './device-certificates.ts';
import { IntakeDesk } from './intake.ts';
import { InProcessBus } from './live-bus.ts';
import { LiveStates } from './live-state.ts';
import { Quarantine, quarantineMigrations } from './quarantine.ts';
import { Registry, registryMigrations } from './registry.ts';
import { Sealer } from './sealing.ts';
import { ProtocolProblem, Supervisor } from './supervisor.ts';
import { Twin } from './twin.ts';

export {
  type AlarmRecord,
  type Alarms,
  alarmsCsv,
  type HistoryFilter as AlarmFilter,
  RuleError,
  stateOf,
} from './alarms/index.ts';
export { checkAddress } from './alarms/notifications/address-guard.ts';
export { postGuarded, postWebhook } from './alarms/notifications/webhook.ts';
export { type CommandDesk, CommandRefusal, showLease } from './commands/index.ts';
export { hiddenSecret, SettingsError } from './connections.ts';
export { DescriptionError, instantiateModel, readDescription } from './description.ts';
export { CertificateRefused, type IssuingAuthority } from './device-certificates.ts';
export { IntakeBusy } from './intake.ts';
export { isUnder, liveValues, placeOf } from './live-state.ts';
export { Sealer } from './sealing.ts';
export { ProtocolProblem } from './supervisor.ts';
export { rowValue } from './twin.ts';

export const iotMigrations = [
  ...registryMigrations,
  ...quarantineMigrations,
  ...connectionMigrations,
  ...credentialMigrations,
  ...deviceCertificateMigrations,
  ...alarmMigrations,
  ...commandMigrations,
];

/** Proposals kept; further ones wait until a person has decided on some. */
const proposalsMax = 1000;

export interface IotOptions {
  records: RecordStore;
  samples: SampleStore;
  /** Nothing is sent to a thing that was not recorded here before. */
  audit: AuditTrail;
  protocols: readonly TerminalProtocol[];
  /** The platform's own listeners: connection id, protocol, title, settings. */
  listeners: readonly {
    id: string;
    protocol: string;
    title: string;
    settings: Record<string, SettingValue>;
  }[];
  /** `scheme://host:port` under which the platform itself listens: forms that point there need no connection. */
  ownEndpoints: ReadonlySet<string>;
  workerEntry: string;
  folder: string;
  retentionMicroseconds: number;
  clock: Clock;
  log: Log;
  autoAcceptProposals: () => boolean;
  /** IANA name of the plant's time zone, for messages that leave the platform. */
  plantTimeZone?: () => string;
  /** Signs client certificates of terminals; without one, only those of authorities that were uploaded are taken. */
  authority?: IssuingAuthority;
  /** The console is reached over HTTPS: browsers may be told of alarms. */
  https?: boolean;
}

/** The IoT part of the platform: things, credentials, connections, intake and the live state, behind one door. */
export class Iot {
  /** Seals secrets before they go into the record store. */
  readonly sealer: Sealer;
  readonly registry: Registry;
  readonly twin: Twin;
  readonly bus: LiveBus;
  readonly states: LiveStates;
  readonly intake: IntakeDesk;
  readonly quarantine: Quarantine;
  readonly credentials: Credentials;
  readonly certificates: DeviceCertificates;
  readonly connections: Connections;
  readonly supervisor: Supervisor;
  /** The one way to act on things. Opened after everything it needs. */
  commands!: CommandDesk;
  alarms!: Alarms;
  readonly #options: IotOptions;
  readonly #proposals = new Map<string, { proposal: Proposal; connection: string }>();

  private constructor(
    options: IotOptions,
    sealer: Sealer,
    registry: Registry,
    credentials: Credentials,
    certificates: DeviceCertificates,
    connections: Connections,
  ) {
    this.#options = options;
    const { clock, log, samples, records } = options;
    this.sealer = sealer;
    this.registry = registry;
    this.credentials = credentials;
    this.certificates = certificates;
    certificates.onChange((change) =>
      this.supervisor.putCertificates(change.put, change.removed, change.authorities),
    );
    this.connections = connections;
    this.twin = new Twin();
    this.states = new LiveStates(registry, this.twin, clock, (thing) =>
      [...connections.connectionsOf(thing)].some((id) => {
        const connection = connections.get(id);
        if (connection === undefined || connections.protocol(connection.protocol)?.direction === 'listener')
          return false;
        return (
          connection.protocol !== 'mqtt-client' &&
          (connection.state === 'connected' || connection.state === 'degraded')
        );
      }),
    );
    this.bus = new InProcessBus((error) =>
      log.error('a subscriber of the live bus threw', { error: String(error) }),
    );
    this.quarantine = new Quarantine(records, clock, log);
    this.intake = new IntakeDesk(registry, this.twin, this.bus, samples, this.quarantine);
    this.supervisor = new Supervisor({
      workerEntry: options.workerEntry,
      folder: join(options.folder, 'connections'),
      retention: options.retentionMicroseconds,
      inFlightSamplesMax: limits.inFlightSamplesMax / 4,
      clock,
      log,
      ports: {
        take: (batch, connection) => this.intake.take(batch, connection),
        state: (connection, state, problem) => this.connections.setState(connection, state, problem),
        counters: (connection, counters) => {
          const record = this.connections.get(connection);
          if (record !== undefined) record.counters = counters;
        },
        proposal: (connection, description, source) => this.#propose(connection, description, source),
        credentialsUsed: (usernames) => {
          this.credentials.used(usernames);
          this.certificates.used(usernames);
        },
        lastStored: (series) => series.map((one) => [one, this.twin.timeOf(one)]),
        lateAnswer: (command, state, detail) => this.commands.lateAnswer(command, state, detail),
        thingsOf: (connection) => this.#recordsFor(connection),
        credentials: () => this.credentials.records(),
        clientTrust: () => this.certificates.trust(),
      },
    });
  }

  static async open(options: IotOptions): Promise<Iot> {
    const { records, clock } = options;
    const sealer = new Sealer(join(options.folder, 'key'));
    const registry = await Registry.open(records);
    const credentials = await Credentials.open(records, clock);
    const certificates = await DeviceCertificates.open(records, clock, options.authority);
    const connections = await Connections.open(
      records,
      sealer,
      clock,
      options.protocols,
      options.ownEndpoints,
    );
    for (const listener of options.listeners)
      connections.addBuiltIn(listener.id, listener.protocol, listener.title, listener.settings);
    const iot = new Iot(options, sealer, registry, credentials, certificates, connections);
    for (const record of registry.all()) iot.connections.assign(record);
    iot.alarms = await Alarms.open({
      records,
      samples: options.samples,
      registry,
      twin: iot.twin,
      bus: iot.bus,
      sealer,
      audit: options.audit,
      clock,
      log: options.log,
      ...(options.plantTimeZone === undefined ? {} : { zone: options.plantTimeZone }),
      https: options.https ?? false,
    });
    iot.commands = await CommandDesk.open({
      records,
      audit: options.audit,
      clock,
      log: options.log,
      thing: (id) => registry.get(id),
      latest: (thing, property) => {
        const record = registry.get(thing);
        const series =
          record !== undefined && Object.hasOwn(record.series, property)
            ? record.series[property]
            : undefined;
        const boolean = record?.description.properties?.[property]?.type === 'boolean';
        return series === undefined ? undefined : iot.twin.latest(series, boolean);
      },
      stale: (thing) => {
        const record = registry.get(thing);
        return record === undefined || iot.states.of(record, undefined).state === 'stale';
      },
      bus: iot.bus,
      terminals: {
        write: (thing, property, value, more) => iot.#write(thing, property, value, more),
        invoke: (thing, action, input, more) => iot.#invoke(thing, action, input, more),
        reaches: (thing) => iot.#reaches(thing),
        protocol: (thing) => iot.#commandedBy(thing)?.protocol,
      },
    });
    return iot;
  }

  /** Latest values from before; called once, after the store can answer, before terminals are opened. */
  async restore(): Promise<void> {
    const all: number[] = [];
    for (const record of this.registry.all()) all.push(...Object.values(record.series));
    this.twin.restore(await this.#options.samples.latest(all));
    await this.alarms.start();
  }

  /** Opens every connection that is switched on. */
  start(): void {
    for (const record of this.connections.all()) if (record.enabled) this.supervisor.open(specOf(record));
    this.commands.start();
  }

  async stop(): Promise<void> {
    const commands = this.commands.stop();
    await this.supervisor.stop();
    await commands;
    await this.alarms.stop();
    await this.quarantine.flush();
    await this.credentials.flush();
    await this.certificates.flush();
  }

  /** `connect` false: no new connection is opened, even where the thing's forms name an endpoint nobody serves yet. */
  async putThing(
    description: ThingDescription,
    connect = true,
  ): Promise<{ record: ThingRecord; created: boolean }> {
    const result = await this.registry.put(description);
    await this.#place(result.record, connect);
    return result;
  }

  async deleteThing(id: string): Promise<boolean> {
    const record = this.registry.get(id);
    if (record === undefined) return false;
    const usernames = await this.credentials.removeThing(id);
    await this.certificates.removeThing(id);
    const connections = this.connections.forgetThing(id);
    const series = await this.registry.remove(id);
    for (const connection of connections) {
      const protocol = this.connections.get(connection)?.protocol;
      if (protocol !== undefined) this.supervisor.putThings(protocol, connection, [], [id]);
    }
    if (usernames.length > 0) this.supervisor.putCredentials([], usernames);
    if (series !== undefined) await this.#options.samples.forget(series, id);
    return true;
  }

  async createCredentials(thing: string): Promise<{ username: string; password: string }> {
    const { username, password, record } = await this.credentials.create(thing);
    this.supervisor.putCredentials([record], []);
    return { username, password };
  }

  async deleteCredentials(thing: string, username: string): Promise<boolean> {
    if (!(await this.credentials.remove(thing, username))) return false;
    this.supervisor.putCredentials([], [username]);
    return true;
  }

  /** Values pushed over HTTP take the same way as any terminal's. */
  async takePush(batch: IntakeBatch): Promise<void> {
    await this.intake.take(batch, 'http');
  }

  async putConnection(id: string | undefined, input: ConnectionInput): Promise<Connection> {
    const before = id === undefined ? undefined : this.connections.get(id);
    const chosen = id ?? this.#freshId(input);
    if (before !== undefined) await this.supervisor.close(before.protocol, before.id);
    const record = await this.connections.put(chosen, input);
    for (const thing of [...this.registry.all()]) this.connections.assign(thing);
    if (record.enabled) {
      this.connections.setState(record.id, 'connecting', undefined);
      this.supervisor.open(specOf(record));
    } else this.connections.setState(record.id, 'stopped', undefined);
    return this.showConnection(record);
  }

  async deleteConnection(record: ConnectionRecord): Promise<void> {
    await this.supervisor.close(record.protocol, record.id);
    await this.connections.remove(record.id);
  }

  async restartConnection(record: ConnectionRecord): Promise<void> {
    await this.supervisor.close(record.protocol, record.id);
    this.connections.setState(record.id, 'connecting', undefined);
    this.supervisor.open(specOf(record));
  }

  showConnection(record: ConnectionRecord): Connection {
    return this.connections.show(record, this.supervisor.processId(record.protocol));
  }

  /** Tries settings without saving them. `connection`: an existing one whose secrets stand in for hidden ones, and whose folder is used. */
  test(protocol: string, settings: Settings, connection: string | undefined): ReturnType<Supervisor['test']> {
    const before = connection === undefined ? undefined : this.connections.get(connection);
    const checked = this.connections.checked(protocol, settings, before);
    return this.supervisor.test(protocol, checked, this.#probeFolder(protocol, before));
  }

  browse(
    protocol: string,
    settings: Settings,
    connection: string | undefined,
    node: string | undefined,
  ): ReturnType<Supervisor['browse']> {
    const before = connection === undefined ? undefined : this.connections.get(connection);
    const checked = this.connections.checked(protocol, settings, before);
    return this.supervisor.browse(protocol, checked, this.#probeFolder(protocol, before), node);
  }

  #invoke(
    thing: string,
    action: string,
    input: unknown,
    options: CommandOptions,
  ): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }> {
    const best = this.#commandedBy(thing);
    if (best === undefined) return Promise.reject(new ProtocolProblem(noConnection));
    return this.supervisor.invoke(best.protocol, best.id, thing, action, input, options);
  }

  #write(thing: string, property: string, value: unknown, options: CommandOptions): Promise<WriteOutcome> {
    const best = this.#commandedBy(thing);
    if (best === undefined) return Promise.reject(new ProtocolProblem(noConnection));
    return this.supervisor.write(best.protocol, best.id, thing, property, value, options);
  }

  /** A connection of the thing's own before the platform's listener. */
  #commandedBy(thing: string): ConnectionRecord | undefined {
    const reached = [...this.connections.connectionsOf(thing)].flatMap(
      (id) => this.connections.get(id) ?? [],
    );
    return reached.find((record) => !record.builtIn) ?? reached[0];
  }

  #reaches(thing: string): boolean {
    const best = this.#commandedBy(thing);
    if (best === undefined || (best.state !== 'connected' && best.state !== 'degraded')) return false;
    if (!best.builtIn) return true;
    // Whether somebody behind the listener takes commands is known only once one is sent: one that was never heard of does not.
    const record = this.registry.get(thing);
    return record !== undefined && this.states.of(record, undefined).state !== 'silent';
  }

  proposals(): Proposal[] {
    return [...this.#proposals.values()].map(({ proposal }) => proposal);
  }

  async acceptProposal(id: string): Promise<ThingRecord | undefined> {
    const entry = this.#proposals.get(id);
    if (entry === undefined) return undefined;
    const { record } = await this.putThing(readDescription(entry.proposal.description));
    this.#proposals.delete(id);
    return record;
  }

  dismissProposal(id: string): boolean {
    return this.#proposals.delete(id);
  }

  #propose(connection: string, description: ThingDescription, source: string): void {
    let proposed: ThingDescription;
    try {
      proposed = readDescription(description);
    } catch (error) {
      this.#options.log.warn('a terminal announced a thing that cannot be described', {
        source,
        error: (error as Error).message,
      });
      return;
    }
    const existing = this.registry.get(proposed.id);
    if (existing !== undefined && !addsProperties(existing.description, proposed)) {
      this.#proposals.delete(proposed.id);
      return;
    }
    if (existing !== undefined)
      proposed = {
        ...existing.description,
        properties: { ...proposed.properties, ...existing.description.properties },
      };
    if (this.#options.autoAcceptProposals()) {
      void this.putThing(proposed).catch((error: unknown) =>
        this.#options.log.error('a proposal could not be accepted', { source, error: String(error) }),
      );
      return;
    }
    if (!this.#proposals.has(proposed.id) && this.#proposals.size >= proposalsMax) return;
    this.#proposals.set(proposed.id, {
      connection,
      proposal: {
        id: proposed.id,
        time: formatInstant(this.#options.clock.now()),
        connection,
        source,
        description: proposed,
        existing: existing !== undefined,
      },
    });
  }

  /** Hands a new or changed thing to the connections that reach it, and opens one where its forms name an endpoint nobody serves. */
  async #place(record: ThingRecord, connect = true): Promise<void> {
    let assigned = this.connections.assign(record);
    for (const { endpoint, protocol, settings } of connect ? assigned.wanted : []) {
      try {
        const made = await this.connections.put(
          this.#freshId({ protocol: protocol.id, title: endpoint, settings }),
          {
            protocol: protocol.id,
            title: endpoint,
            settings,
          },
        );
        this.supervisor.open(specOf(made));
      } catch (error) {
        this.#options.log.warn('no connection could be made for an endpoint', {
          endpoint,
          error: (error as Error).message,
        });
      }
    }
    if (assigned.wanted.length > 0) assigned = this.connections.assign(record);
    for (const id of assigned.connections) {
      const connection = this.connections.get(id);
      if (connection !== undefined) this.supervisor.putThings(connection.protocol, id, [record], []);
    }
    for (const id of assigned.left) {
      const connection = this.connections.get(id);
      if (connection !== undefined) this.supervisor.putThings(connection.protocol, id, [], [record.id]);
    }
  }

  #recordsFor(connection: string): ThingRecord[] {
    const listener =
      this.connections.protocol(this.connections.get(connection)?.protocol ?? '')?.direction === 'listener';
    if (listener) return [...this.registry.all()];
    return [...this.connections.thingsOf(connection)].flatMap((id) => this.registry.get(id) ?? []);
  }

  #freshId(input: ConnectionInput): string {
    const base =
      (input.id ?? input.title ?? input.protocol)
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 60) || input.protocol;
    let id = base;
    for (let n = 2; this.connections.get(id) !== undefined; n++) id = `${base}-${n}`;
    return id;
  }

  #probeFolder(protocol: string, connection: ConnectionRecord | undefined): string {
    return join(this.#options.folder, 'connections', connection?.id ?? `probe-${protocol}`);
  }
}

const noConnection: ConnectionProblem = {
  kind: 'unavailable',
  code: 'not-reached',
  what: { en: 'No connection reaches this thing.', zh: '没有连接可到达该物。' },
  remedy: {
    en: 'Its forms name how it is reached; see its description.',
    zh: '请在其描述的 forms 中填写访问方式。',
  },
};

function specOf(record: ConnectionRecord): ConnectionSpec {
  return {
    id: record.id,
    protocol: record.protocol,
    title: record.title,
    startup: record.startup,
    settings: record.settings,
  };
}

function addsProperties(existing: ThingDescription, proposed: ThingDescription): boolean {
  const known = existing.properties ?? {};
  return Object.keys(proposed.properties ?? {}).some((name) => !Object.hasOwn(known, name));
}
