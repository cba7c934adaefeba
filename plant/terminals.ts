import type { CompiledThing } from './engine/compile.ts';
import { isExposed, type Pack } from './engine/pack.ts';
import type { PlantFolder } from './plant-folder.ts';
import type { MqttCredentials } from './servers/mqtt-session.ts';
import type { Outlet, OutletContext } from './servers/outlet.ts';
import { openSensors } from './servers/sensors.ts';
import { openSparkplug } from './servers/sparkplug.ts';

export interface TerminalsOptions extends Omit<OutletContext, 'folder'> {
  pack: Pack;
  things: readonly CompiledThing[];
  folder: PlantFolder;
  /** Where a thing reaches the platform's broker. */
  urlFor: (thing: CompiledThing) => string;
  /** Asks the platform for new credentials; resolves to whether there are any. Undefined: cannot be asked yet. */
  renew: (thing: string) => Promise<boolean> | undefined;
}

const renewMillisecondsMin = 15_000;

interface EdgeNode {
  group: string;
  node: string;
  things: CompiledThing[];
}

/** The plant's terminals that sign in at the platform's broker: things of their own, and Sparkplug edge nodes. */
export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #sensors: CompiledThing[];
  readonly #nodes: EdgeNode[];
  readonly #renewed = new Map<string, number>();
  #credentials: Record<string, MqttCredentials>;
  #opened = false;

  constructor(options: TerminalsOptions) {
    const { pack, things, folder } = options;
    const behind = (name: string): CompiledThing[] =>
      things.filter((thing) => thing.spec.connection === name);
    this.#options = options;
    this.#credentials = folder.credentials();
    this.#sensors = things.filter(
      (thing) => isExposed(thing.spec) && pack.connections[thing.spec.connection!]!.protocol === 'mqtt',
    );
    this.#nodes = Object.entries(pack.connections)
      .filter(([name, connection]) => connection.protocol === 'sparkplug' && behind(name).length > 0)
      .map(([name, { group, node }]) => ({ group: group!, node: node!, things: behind(name) }));
  }

  /** Ids of the things that need credentials: an edge node signs in once, as its first device. */
  get credentialed(): string[] {
    return [...this.#sensors, ...this.#nodes.map((node) => node.things[0]!)].map((thing) => thing.id);
  }

  /** Whether all have credentials from an earlier run and need not wait for the registration. */
  get known(): boolean {
    return this.credentialed.every((id) => this.#credentials[id] !== undefined);
  }

  /** Lets them sign in, if they have not yet. */
  open(opened: (outlet: Outlet) => void): void {
    this.#credentials = this.#options.folder.credentials();
    if (this.#opened) return;
    this.#opened = true;
    const { pack: _pack, things: _things, folder, renew: _renew, urlFor, ...context } = this.#options;
    const shared = {
      ...context,
      folder: folder.path,
      credentials: ({ id }: CompiledThing): MqttCredentials =>
        this.#credentials[id] ?? { username: id, password: '' },
      refused: (thing: CompiledThing) => this.#refused(thing),
    };
    if (this.#sensors.length > 0) opened(openSensors({ ...shared, urlFor, things: this.#sensors }));
    for (const node of this.#nodes)
      opened(openSparkplug({ ...shared, ...node, url: urlFor(node.things[0]!) }));
  }

  /** Credentials withdrawn in the console, or a platform with a new data folder: asked once in a while, not in a loop. */
  async #refused({ id }: CompiledThing): Promise<boolean> {
    if (Date.now() - (this.#renewed.get(id) ?? 0) < renewMillisecondsMin) return false;
    const renewal = this.#options.renew(id);
    if (renewal === undefined) return false;
    this.#renewed.set(id, Date.now());
    try {
      const fresh = await renewal;
      if (fresh) this.#credentials = this.#options.folder.credentials();
      return fresh;
    } catch (error) {
      this.#options.log.warn(`${id}: ${(error as Error).message}`);
      return false;
    }
  }
}
