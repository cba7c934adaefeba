import type { Clock, Log } from '@millrace/sdk';
import type { CompiledThing } from '../engine/compile.ts';
import type { Model } from '../engine/model.ts';
import type { CellSpec, NetworkSpec, TerminalSpec } from '../engine/network-spec.ts';
import type { Pack } from '../engine/pack.ts';
import { hash, randomFrom } from '../engine/random.ts';
import type { Outlet } from '../servers/outlet.ts';
import { CampusCore, type CoreTerminal } from './campus-core.ts';
import {
  type DelayProfileName,
  type DelaySource,
  delayProfiles,
  ModelledDelays,
  ReplayedDelays,
  type Trace,
} from './delay-source.ts';
import { ProbePoint } from './probe-point.ts';
import { StreamRelay } from './stream-relay.ts';
import { CellUplink, TerminalPath } from './terminal-path.ts';
import { measuredTraces, readOwnTrace, TraceError } from './traces.ts';

export interface NetworkPathsOptions {
  pack: Pack;
  network: NetworkSpec;
  model: Model;
  seed: number;
  clock: Clock;
  log: Log;
  host: string;
  /** The platform's broker. */
  mqttUrl: string;
  /** Ports of an earlier run, by name. */
  ports: Readonly<Record<string, number>>;
  /** File with a trace of one's own. */
  trace?: string | undefined;
  /** Folder with measured data sets. */
  data?: string | undefined;
}

/** Where the delays come from; positions in the pack's enumeration `pathSource`. */
export const pathSources = ['builtIn', 'measured', 'own'] as const;
export type PathSource = (typeof pathSources)[number];
/** How paths are played; positions in the pack's enumeration `pathMode`. */
export const pathModes = ['userSpace'] as const;

/** How much the time between two measured terminals differs in a trace, seconds. */
const traceOffsetSeconds = 37;
/** What a cell carries when nobody jams it, as a share of its uplink. */
const everydayLoad = 0.18;

interface Played {
  spec: TerminalSpec;
  things: readonly CompiledThing[];
  path: TerminalPath;
  probe: ProbePoint;
  relay: StreamRelay;
  cell: CellSpec | undefined;
}

/**
 * The plant's terminals behind their paths: for each a port where it is probed and a relay for its own connections, both as slow and as lossy as the path is now; and the
 * simulated core that knows them. What the radio is like comes from the model, so that faults caused in the console show.
 */
export class NetworkPaths implements Outlet {
  readonly core: CampusCore;
  readonly source: PathSource;
  readonly terminals: readonly Played[];
  readonly #options: NetworkPathsOptions;
  readonly #uplinks: ReadonlyMap<string, CellUplink>;
  readonly #relays = new Map<CompiledThing, StreamRelay>();

  private constructor(
    options: NetworkPathsOptions,
    core: CampusCore,
    source: PathSource,
    terminals: readonly Played[],
    uplinks: ReadonlyMap<string, CellUplink>,
  ) {
    this.#options = options;
    this.core = core;
    this.source = source;
    this.terminals = terminals;
    this.#uplinks = uplinks;
    for (const { things, relay } of terminals) for (const thing of things) this.#relays.set(thing, relay);
  }

  static async open(options: NetworkPathsOptions): Promise<NetworkPaths> {
    const { network, model, clock, host, ports, seed } = options;
    const { source, delays } = sourcesOf(options);
    const { hostname, port } = new URL(options.mqttUrl);
    const to = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 1883) };
    const terminals: Played[] = [];
    const core = await CampusCore.open({
      host,
      ports: { information: ports['core information'] ?? 0, pcf: ports['core pcf'] ?? 0 },
      plmn: network.core.plmn,
      dnn: network.core.dnn,
      sst: network.core.sst,
      grantedFiveQis: network.core.grantedFiveQis,
      terminals: () => terminals.map(coreTerminal),
      now: () => clock.now(),
    });
    try {
      for (const [position, spec] of network.terminals.entries()) {
        const path = new TerminalPath(delays(spec.id, position), randomFrom(hash(`${seed}/${spec.id}/loss`)));
        const probe = await ProbePoint.open({ path, clock, host, port: ports[`probe ${spec.id}`] ?? 0 });
        const things = spec.things.map((name) => model.thing(name)!);
        const relay = await StreamRelay.open({ path, clock, host, to }).catch(async (error: unknown) => {
          await probe.close();
          throw error;
        });
        terminals.push({ spec, things, path, probe, relay, cell: undefined });
      }
    } catch (error) {
      await Promise.all([
        core.close(),
        ...terminals.flatMap(({ probe, relay }) => [probe.close(), relay.close()]),
      ]);
      throw error;
    }
    const uplinks = new Map(
      network.cells.map((cell) => [cell.thing, new CellUplink(cell.uplinkMbps, cell.bufferMilliseconds)]),
    );
    const paths = new NetworkPaths(options, core, source, terminals, uplinks);
    paths.#say('pathSource', pathSources.indexOf(source));
    paths.#say('pathMode', pathModes.indexOf('userSpace'));
    paths.stepped();
    return paths;
  }

  /** Ports to take again in the next run. */
  get ports(): Record<string, number> {
    return {
      'core information': this.core.ports.information,
      'core pcf': this.core.ports.pcf,
      ...Object.fromEntries(this.terminals.map(({ spec, probe }) => [`probe ${spec.id}`, probe.port])),
    };
  }

  /** Where a thing reaches the platform's broker: through its path, if it is behind one. */
  urlFor(thing: CompiledThing): string {
    const { mqttUrl, host } = this.#options;
    const relay = this.#relays.get(thing);
    if (relay === undefined) return mqttUrl;
    const url = new URL(mqttUrl);
    return `${url.protocol}//${host.includes(':') ? `[${host}]` : host}:${relay.port}`;
  }

  seen(): void {}

  /** Takes over what the radio is like after each step of the model. */
  stepped(): void {
    const { network, model, clock } = this.#options;
    const seconds = clock.now() / 1e6;
    const { strongAbove, weakBelow } = network.paths;
    const failedHandovers = model.variable(network.network, 'hysteresis') < 0;
    for (const cell of network.cells) {
      const jam = model.variable(cell.thing, 'jam');
      this.#uplinks.get(cell.thing)!.move(seconds, cell.uplinkMbps * everydayLoad + jam * cell.videoMbps);
    }
    for (const played of this.terminals) {
      const { spec, path } = played;
      const moving = spec.things[0]!;
      const cell =
        spec.cell === undefined
          ? network.cells[model.variable(moving, 'serving')]
          : network.cells.find(({ thing }) => thing === spec.cell);
      const onAir = cell !== undefined && model.variable(cell.thing, 'on') >= 0.5;
      played.cell = onAir ? cell : undefined;
      const rsrp =
        spec.rsrpDbm === undefined
          ? model.variable(moving, 'rsrp')
          : spec.rsrpDbm - (cell === undefined ? 0 : model.variable(cell.thing, 'weakness'));
      path.set(seconds, {
        cell: played.cell?.thing,
        weakness: Math.min(1, Math.max(0, (strongAbove - rsrp) / (strongAbove - weakBelow))),
        uplink: cell === undefined ? undefined : this.#uplinks.get(cell.thing),
        protected: this.core.flowsOf(spec.address).length > 0,
        failedHandovers,
      });
    }
  }

  async close(): Promise<void> {
    await Promise.all([
      this.core.close(),
      ...this.terminals.flatMap(({ probe, relay }) => [probe.close(), relay.close()]),
    ]);
  }

  #say(variable: string, value: number): void {
    const { model, network } = this.#options;
    const slot = model.thing(network.network)?.variables.get(variable);
    if (slot !== undefined) model.values[slot] = value;
  }
}

function coreTerminal({ spec, cell }: Played): CoreTerminal {
  return {
    supi: spec.supi,
    gpsi: spec.gpsi,
    pei: spec.pei,
    address: spec.address,
    cell: cell === undefined ? undefined : { nci: cell.nci, gnb: cell.gnb, tac: cell.tac },
  };
}

/** A trace of one's own before measured data before the built-in model; one that cannot be read is said so, and the next is taken. */
function sourcesOf({ network, seed, trace, data, log }: NetworkPathsOptions): {
  source: PathSource;
  delays: (terminal: string, position: number) => DelaySource & { weakness: number };
} {
  const replay = (
    source: PathSource,
    good: Trace,
    weak: Trace | undefined,
  ): ReturnType<typeof sourcesOf> => ({
    source,
    delays: (_terminal, position) => new ReplayedDelays(good, weak, position * traceOffsetSeconds),
  });
  try {
    if (trace !== undefined) return replay('own', readOwnTrace(trace), undefined);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    log.warn(`the trace cannot be replayed: ${error.message}`);
  }
  try {
    const measured = data === undefined ? undefined : measuredTraces(data);
    if (measured !== undefined) return replay('measured', measured.good, measured.weak);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    log.warn(`measured delays cannot be replayed: ${error.message}`);
  }
  const good = delayProfiles[network.paths.good as DelayProfileName];
  const weak = delayProfiles[network.paths.weak as DelayProfileName];
  return {
    source: 'builtIn',
    delays: (terminal) => new ModelledDelays(good, weak, hash(`${seed}/${terminal}/delay`)),
  };
}
