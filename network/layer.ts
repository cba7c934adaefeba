import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { ForeignApi, NetworkDoor, NetworkPlatform, ProviderDefinition } from '@millrace/sdk';
import { Inventory, inventoryMigrations } from './inventory/index.ts';
import { judgementOfBlocks } from './judgement-of-blocks.ts';
import {
  type NetworkInventory,
  networkRequestMigrations,
  Requests,
  requestHandlers,
} from './requests/index.ts';

/** Tables of the whole layer. */
export const networkMigrations: readonly { id: string; sql: string }[] = [
  ...inventoryMigrations,
  ...networkRequestMigrations,
];

export interface NetworkLayerOptions {
  platform: NetworkPlatform;
  providers: readonly ProviderDefinition[];
}

/** Providers are asked for the terminals they know this often, and at once when they tell of a change. */
const askMilliseconds = 15_000;

/** The network layer behind one door: inventory and cycle, measuring, what is asked of networks, the loop. */
export class NetworkLayer implements NetworkDoor {
  readonly inventory: Inventory;
  readonly requests: Requests;
  readonly handlers: NetworkDoor['handlers'];
  readonly foreign: readonly ForeignApi[];
  readonly #platform: NetworkPlatform;
  #cancel: () => void = () => {};
  #asking: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(
    platform: NetworkPlatform,
    inventory: Inventory,
    requests: Requests,
    port: NetworkInventory,
  ) {
    this.#platform = platform;
    this.inventory = inventory;
    this.requests = requests;
    this.foreign = [];
    this.handlers = { ...inventory.handlers, ...requestHandlers(requests, port) };
  }

  static async open({ platform, providers }: NetworkLayerOptions): Promise<NetworkLayer> {
    const inventory = await Inventory.open({
      platform,
      judgement: judgementOfBlocks,
      measuring: () => undefined,
    });
    const port = inventoryPort(inventory);
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
    return new NetworkLayer(platform, inventory, requests, port);
  }

  async start(): Promise<void> {
    await this.inventory.start();
    this.requests.start();
    const { providers } = this.requests;
    this.inventory.onChange(() => this.requests.inventoryChanged());
    providers.onOpened((id) => void this.#ask(id));
    providers.onChange((id, change) => {
      if (change.terminals === true) void this.#ask(id);
    });
    this.#askAgain();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#asking;
    await this.requests.stop();
    await this.inventory.stop();
  }

  #askAgain(): void {
    if (this.#stopped) return;
    this.#cancel = this.#platform.clock.after(askMilliseconds, () => {
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

  notified: NetworkDoor['notified'] = (provider, secret, path, body) =>
    this.requests.providers.notified(provider, secret, path, body);
  subscribe: NetworkDoor['subscribe'] = (call) => this.inventory.subscribe(call);
  forApp: NetworkDoor['forApp'] = (app) => this.inventory.forApp(app);
  pathOf: NetworkDoor['pathOf'] = (thing, flow) => this.inventory.pathOf(thing, flow);
  counters: NetworkDoor['counters'] = () => this.inventory.counters();
}

/** What requests and the loop see of the inventory. */
function inventoryPort({ flows, terminals, zones, judging }: Inventory): NetworkInventory {
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
    terminalsOf: (flow) => judging.ofFlow(flow).map(({ terminal }) => terminal.id),
    platformAddress: () => ownAddress(),
  };
}

/** The address under which terminals reach this machine, where nobody says otherwise: its first that is not of itself alone. */
function ownAddress(): string {
  for (const addresses of Object.values(networkInterfaces()))
    for (const { address, family, internal } of addresses ?? [])
      if (family === 'IPv4' && !internal) return address;
  return '127.0.0.1';
}
