import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type {
  CriterionVerdict,
  FlowFilter,
  LocalText,
  LoopActionState,
  ServiceLevel,
} from '@millrace/contract';
import type { ForeignApi, NetworkDoor, NetworkPlatform, ProviderDefinition } from '@millrace/sdk';
import { ConnectionsHere } from './connections-here.ts';
import { coverageOf } from './coverage-of-tracks.ts';
import { Inventory, type InventoryOptions, inventoryMigrations } from './inventory/index.ts';
import { judgementOfBlocks } from './judgement-of-blocks.ts';
import { localisingOf } from './localising-here.ts';
import { controlHandlers, Loop, networkControlMigrations } from './loop/index.ts';
import { measuringHandlers } from './measuring-handlers.ts';
import { MeasuringHere, type StampSettings } from './measuring-here.ts';
import { MeasuringSettingsStore, measuringMigrations } from './measuring-settings.ts';
import { type LoopVerdict, type NetworkInventory, Requests, Steering } from './requests/index.ts';
import { UsualNoise } from './usual-noise.ts';
import { UsualRadio } from './usual-radio.ts';

/** Tables of the whole layer. */
export const networkMigrations: readonly { id: string; sql: string }[] = [
  ...inventoryMigrations,
  ...networkControlMigrations,
  ...measuringMigrations,
];

export interface NetworkLayerOptions {
  platform: NetworkPlatform;
  providers: readonly ProviderDefinition[];
  /** Where the platform's own STAMP reflector listens. */
  stamp: StampSettings;
  /** Interfaces of others' making that offer this network, made once the layer is open. */
  offer?: (layer: NetworkLayer) => readonly OfferedApi[];
}

/** An interface that lives as long as the layer does. */
export interface OfferedApi extends ForeignApi {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What there is beside the measurements to tell where a level was lost. */
interface Clues {
  readonly connections: ConnectionsHere;
  readonly usualRadio: UsualRadio;
  readonly usualNoise: UsualNoise;
  readonly settings: MeasuringSettingsStore;
}

/** Flow under which stands what others have asked this network for. It judges nothing and concerns nobody by itself. */
export const outsideFlow = 'outside';
/** A level that is asked about is judged from what was measured lately, µs. */
const askedMicroseconds = 600_000_000;

/** Providers are asked for the terminals they know this often, and at once when they tell of a change. */
const askMilliseconds = 15_000;

/** The network layer behind one door: inventory and cycle, measuring, what is asked of networks, the loop. */
export class NetworkLayer implements NetworkDoor {
  readonly inventory: Inventory;
  readonly requests: Requests;
  readonly loop: Loop;
  readonly #steering: Steering;
  readonly handlers: NetworkDoor['handlers'];
  readonly foreign: readonly OfferedApi[];
  readonly #platform: NetworkPlatform;
  readonly #measuring: MeasuringHere;
  readonly #clues: Clues;
  #cancel: () => void = () => {};
  #asking: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(
    platform: NetworkPlatform,
    inventory: Inventory,
    measuring: MeasuringHere,
    clues: Clues,
    requests: Requests,
    steering: Steering,
    loop: Loop,
    port: NetworkInventory,
    offer: NonNullable<NetworkLayerOptions['offer']>,
  ) {
    this.#measuring = measuring;
    this.#clues = clues;
    this.#platform = platform;
    this.inventory = inventory;
    this.requests = requests;
    this.loop = loop;
    this.#steering = steering;
    const { clock } = platform;
    const timeZone = (): string => platform.plant().timeZone;
    this.handlers = {
      ...inventory.handlers,
      ...controlHandlers({ loop, requests, inventory: port, clock, timeZone }),
      ...measuringHandlers({
        platform,
        terminals: inventory.terminals,
        reported: measuring.reported,
        settings: clues.settings,
        judging: inventory.judging,
        connections: clues.connections,
        keys: () => clues.settings.inForce().keys,
        changed: () =>
          void measuring
            .apply(clues.settings.inForce())
            .catch((error: unknown) =>
              platform.log.error('the settings of measuring could not be applied', { error: String(error) }),
            ),
      }),
    };
    this.foreign = offer(this);
  }

  static async open({
    platform,
    providers,
    stamp,
    offer = () => [],
  }: NetworkLayerOptions): Promise<NetworkLayer> {
    const measuring = new MeasuringHere({ clock: platform.clock, log: platform.log, stamp });
    const settings = await MeasuringSettingsStore.open(platform);
    await measuring.apply(settings.inForce());
    const connections = new ConnectionsHere(platform.clock);
    const usualRadio = new UsualRadio(platform);
    const usualNoise = new UsualNoise(() => measuring.noiseFloor());
    let opened: Inventory | undefined;
    let asked: Requests | undefined;
    const inventory = await Inventory.open({
      platform,
      judgement: judgementOfBlocks,
      measuring: () => measuring,
      locate: localisingOf({
        platform,
        inventory: () => opened!,
        measuring: () => measuring,
        noise: () => usualNoise.clue(),
        retransmissions: (address) => connections.retransmissions(address),
        usualRadio,
      }),
      ...byBinding(platform, () => asked),
      clockError: () => measuring.clockError(),
      coverage: (query) => coverageOf(platform, opened!, query),
    });
    opened = inventory;
    const port = inventoryPort(inventory, platform);
    const { records, audit, seal, clock, log, folder, notificationBase } = platform;
    const requests = await Requests.open({
      records,
      audit,
      seal,
      clock,
      log,
      folder: join(folder, 'providers'),
      definitions: providers,
      inventory: port,
      notificationBase,
    });
    asked = requests;
    const steering = await Steering.open({
      records,
      audit,
      clock,
      log,
      providers: requests.providers,
      inventory: port,
    });
    const loop = await Loop.open({
      records,
      audit,
      clock,
      log,
      inventory: port,
      requests,
      verdicts: () => verdictsOf(inventory),
      // Applications hear of their needs from the inventory, and people by the alarm on the terminal's own thing.
      tellPeople: async () => {},
      tellApp: async () => {},
      moveZone: async (id, zone, actor) => {
        const terminal = inventory.terminals.get(id);
        if (terminal === undefined) throw new Error(`there is no terminal "${id}" any more`);
        const { zone: before, ...rest } = terminal.input;
        const entry = {
          actor,
          action: 'network.terminal.zone',
          object: id,
          place: terminal.place,
          detail: { before, zone },
        };
        await audit.record({ ...entry, outcome: 'asked' });
        try {
          // First in the network: what it refuses is not written down as done.
          await steering.move(id, zone, actor);
        } catch (error) {
          await audit.record({ ...entry, outcome: 'refused' });
          throw error;
        }
        try {
          await inventory.terminals.put(id, zone === null ? rest : { ...rest, zone });
        } catch (error) {
          await steering.move(id, before ?? null, actor).catch(() => {});
          await audit.record({ ...entry, outcome: 'failed' });
          throw error;
        }
        await audit.record({ ...entry, outcome: 'done' });
      },
    });
    if (inventory.flows.get(outsideFlow) === undefined)
      await inventory.flows.put(outsideFlow, {
        title: { en: 'Asked for from outside', zh: '外部请求' },
        level: { trafficClass: 'non-deterministic' },
        priority: 9,
        things: [],
        places: [],
        terminals: [],
        enabled: false,
      });
    return new NetworkLayer(
      platform,
      inventory,
      measuring,
      { connections, usualRadio, usualNoise, settings },
      requests,
      steering,
      loop,
      port,
      offer,
    );
  }

  async start(): Promise<void> {
    await this.#measuring.start();
    await this.#clues.connections.start();
    await this.#clues.usualRadio.start();
    await this.inventory.start();
    this.requests.start();
    this.#steering.start();
    this.loop.onAction(({ flow, terminal, state, what, outcome }) => {
      if (state !== 'doing' && state !== 'undoing')
        this.inventory.judging.act(flow, terminal, what, outcome ?? actionWords[state]);
    });
    this.loop.start();
    const { providers } = this.requests;
    this.inventory.onChange(() => {
      this.requests.inventoryChanged();
      this.#measuring.reported.keep((id) => this.inventory.terminals.get(id) !== undefined);
    });
    providers.onOpened((id) => void this.#ask(id));
    providers.onChange((id, change) => {
      if (change.terminals === true) void this.#ask(id);
    });
    this.#askAgain();
    for (const api of this.foreign) await api.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    for (const api of this.foreign) await api.stop();
    await this.#asking;
    await this.loop.stop();
    await this.#steering.stop();
    await this.requests.stop();
    await this.inventory.stop();
    this.#clues.connections.stop();
    this.#clues.usualRadio.stop();
    await this.#measuring.stop();
  }

  #askAgain(): void {
    if (this.#stopped) return;
    this.#cancel = this.#platform.clock.after(askMilliseconds, () => {
      this.#clues.usualNoise.look(this.#platform.clock.now());
      this.#asking = Promise.all(this.requests.providers.ids().map((id) => this.#ask(id))).then(() =>
        this.#askAgain(),
      );
    });
  }

  /** What a provider knows of terminals and their sessions goes into the inventory. */
  async #ask(id: string): Promise<void> {
    const { providers } = this.requests;
    if (this.#stopped || !providers.isOpen(id) || !providers.does(id, 'terminals')) return;
    try {
      const seen = await providers.call(id, 'list', (provider) => provider.terminals?.());
      await this.inventory.seen(id, seen);
    } catch (error) {
      // The provider's own state tells of it; what was known of its terminals stays.
      this.#platform.log.warn('a provider did not tell of its terminals', {
        provider: id,
        error: String(error),
      });
    }
  }

  /** Judges a level that is no flow's, from what was measured on the path of a terminal. */
  judge(terminal: string, level: ServiceLevel, at: number | undefined): readonly CriterionVerdict[] {
    const to = Math.min(
      at ?? Number.POSITIVE_INFINITY,
      this.#measuring.decidedUntil() ?? this.#platform.clock.now(),
    );
    const from = to - askedMicroseconds;
    const probes = this.#measuring.window(terminal, from, to);
    const evidence = { from, to, probes, passive: undefined, rates: [], coverage: undefined };
    return judgementOfBlocks.judge(level, judgementOfBlocks.summarise(level, evidence)).criteria;
  }

  /** When a terminal was heard of last, µs. */
  heard(id: string): number | undefined {
    const last = this.inventory.judging
      .ofTerminal(id)
      .reduce(
        (latest, { passive }) => Math.max(latest, passive.lastReceived),
        this.inventory.terminals.get(id)?.lastSeen ?? 0,
      );
    return last === 0 ? undefined : last;
  }

  notified: NetworkDoor['notified'] = (provider, secret, path, body) =>
    this.requests.providers.notified(provider, secret, path, body);
  subscribe: NetworkDoor['subscribe'] = (call) => this.inventory.subscribe(call);
  forApp: NetworkDoor['forApp'] = (app) => this.inventory.forApp(app);
  pathOf: NetworkDoor['pathOf'] = (thing, flow) => this.inventory.pathOf(thing, flow);
  counters: NetworkDoor['counters'] = () => this.inventory.counters();
}

/** An action that says nothing of its outcome yet, in its incident. */
const actionWords: Readonly<Record<LoopActionState, LocalText>> = {
  proposed: { en: 'Waits for a person.', zh: '等待人员批准。' },
  doing: { en: 'Being carried out.', zh: '正在执行。' },
  watching: { en: 'Done; whether it helps is being watched.', zh: '已执行，正在观察效果。' },
  helped: { en: 'It helped.', zh: '有效。' },
  undoing: { en: 'Being taken back.', zh: '正在撤销。' },
  undone: { en: 'Taken back.', zh: '已撤销。' },
  rejected: { en: 'A person said no.', zh: '人员已拒绝。' },
  expired: { en: 'No longer needed.', zh: '已失效。' },
  failed: { en: 'Not done.', zh: '未执行。' },
  told: { en: 'Told.', zh: '已通知。' },
};

function verdictsOf({ judging }: Inventory): LoopVerdict[] {
  return judging.all().flatMap(({ flow, terminal, state, since, at, criteria, incident }) =>
    state === undefined
      ? []
      : [
          {
            flow: flow.id,
            terminal: terminal.id,
            state,
            since,
            at,
            criteria,
            blame: incident?.incident.blame,
          },
        ],
  );
}

/** What requests and the loop see of the inventory. */
function inventoryPort(
  { flows, terminals, zones, judging }: Inventory,
  platform: NetworkPlatform,
): NetworkInventory {
  const filters = filtersByPeer(platform);
  return {
    flows: () => [...flows.all()].map((flow) => flows.show(flow)),
    flow: (id) => {
      const flow = flows.get(id);
      return flow === undefined ? undefined : flows.show(flow);
    },
    terminals: () => [...terminals.all()].map((terminal) => terminals.show(terminal)),
    terminal: (id) => {
      const terminal = terminals.get(id);
      return terminal === undefined ? undefined : terminals.show(terminal);
    },
    zones: () => zones.all(),
    terminalsOf: (id) => {
      const flow = flows.get(id);
      if (flow === undefined) return [];
      // What is switched off is not judged; what it would need is asked for before it is switched on.
      const members = flow.input.enabled ? judging.ofFlow(id) : [...flows.members(flow, terminals)];
      return members.map(({ terminal }) => terminal.id);
    },
    filtersOf: (flow, terminal) => filters(judging.pair(flow, terminal)?.things ?? []),
    platformAddress: () => ownAddress(),
  };
}

/** Class of service of a flow at a terminal, as its binding has it, best effort where there is none; and the rate bindings let a terminal have in a class. */
function byBinding(
  { clock }: Pick<NetworkPlatform, 'clock'>,
  requests: () => Pick<Requests, 'wantedBindings'> | undefined,
): Required<Pick<InventoryOptions, 'classOf' | 'rateOf'>> {
  let classes = new Map<string, number>();
  let rates = new Map<string, number>();
  let read = Number.NEGATIVE_INFINITY;
  const look = (): void => {
    const now = clock.now();
    if (now - read > peersMicroseconds) {
      classes = new Map();
      rates = new Map();
      for (const { input } of requests()?.wantedBindings() ?? []) {
        const { flow, terminal, qos } = input;
        classes.set(`${flow} ${terminal}`, qos.dscp);
        const kbps = Math.min(
          qos.mbrUplink ?? Number.POSITIVE_INFINITY,
          qos.mbrDownlink ?? Number.POSITIVE_INFINITY,
        );
        const key = `${terminal} ${qos.dscp}`;
        rates.set(key, Math.min(rates.get(key) ?? Number.POSITIVE_INFINITY, kbps));
      }
      read = now;
    }
  };
  return {
    classOf: (flow, terminal) => {
      look();
      return classes.get(`${flow} ${terminal}`) ?? 0;
    },
    rateOf: (terminal, dscp) => {
      look();
      const kbps = rates.get(`${terminal} ${dscp}`);
      return kbps === undefined || !Number.isFinite(kbps) || kbps <= 0 ? undefined : kbps;
    },
  };
}

/** A flow may be selected by up to so many filters; with more of them it is all packets of the terminal. */
const filtersMax = 8;

/** How things are reached is looked at anew after this. */
const peersMicroseconds = 5_000_000;

/** Packets of things by the ports they are reached at; none, and so all of the terminal's, where one is not known. */
function filtersByPeer(platform: NetworkPlatform): (things: readonly string[]) => FlowFilter[] {
  let ports = new Map<string, number | undefined>();
  let read = Number.NEGATIVE_INFINITY;
  return (things) => {
    const now = platform.clock.now();
    if (now - read > peersMicroseconds) {
      ports = new Map([...platform.peers()].map(({ thing, port }) => [thing, port]));
      read = now;
    }
    const reached = new Set(things.map((thing) => ports.get(thing)));
    if (reached.size === 0 || reached.size > filtersMax || reached.has(undefined)) return [];
    return [...reached].map((terminalPort) => ({ protocol: 'tcp', terminalPort: terminalPort! }));
  };
}

/** The address under which terminals reach this machine, where nobody says otherwise: its first that is not of itself alone. */
function ownAddress(): string {
  for (const addresses of Object.values(networkInterfaces()))
    for (const { address, family, internal } of addresses ?? [])
      if (family === 'IPv4' && !internal) return address;
  return '127.0.0.1';
}
