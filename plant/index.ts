import { join } from 'node:path';
import type { ThingDescription } from '@millrace/contract';
import { type AppDemos, type Clock, type Log, silentLog, systemClock } from '@millrace/sdk';
import { Model } from './engine/model.ts';
import { packFolder, readPack } from './engine/pack.ts';
import { type Address, describeThings } from './engine/thing-description.ts';
import { LiveRun, warmUpMilliseconds } from './live.ts';
import { connectionId, openOwnServers } from './own-servers.ts';
import { Books, Past } from './past.ts';
import { NetworkPaths } from './paths/network-paths.ts';
import { networkIntroductions } from './paths/network-registration.ts';
import { PlantFolder } from './plant-folder.ts';
import { Registration, type WantedConnection } from './registration.ts';
import type { Outlet } from './servers/outlet.ts';
import { Terminals } from './terminals.ts';

export { Model } from './engine/model.ts';
export { type Pack, packFolder, readPack } from './engine/pack.ts';
export { PackError } from './engine/shape.ts';
export {
  type SimulatedBlock,
  type SimulatedSignal,
  type SimulateOptions,
  simulate,
} from './engine/simulate.ts';
export { describeThings } from './engine/thing-description.ts';
export { type PackTraffic, packTraffic, type TerminalTraffic } from './traffic.ts';

export interface PlantOptions {
  /** The platform's HTTP address, e.g. http://127.0.0.1:8080. */
  serverUrl: string;
  /** A bearer token of an administrator. */
  token: string;
  /** The platform's broker, e.g. mqtt://127.0.0.1:1883. */
  mqttUrl: string;
  /** Where certificates, credentials and the state of the model are kept, in a folder per pack. */
  folder: string;
  seed?: number;
  clock?: Clock;
  log?: Log;
  /** Folder of the pack; default the machining shop. */
  packFolder?: string;
  /** Address its servers listen on; default 127.0.0.1. */
  host?: string;
  /** CSV with measured delays to replay on the terminals' paths. */
  trace?: string;
  /** Folder of measured data sets; those that are known are replayed where there is no trace. */
  data?: string;
  /** What applications start with in a demo plant, by their id and the pack's. */
  apps?: Readonly<Record<string, AppDemos>>;
  /** Begin without the weeks before (tests, measurements). */
  withoutBooks?: boolean;
  /** Take any free ports instead of those the pack wishes (tests, a second plant). */
  anyPorts?: boolean;
}

export interface RunningPlant {
  model: Model;
  descriptions: readonly ThingDescription[];
  addresses: ReadonlyMap<string, Address>;
  /** Settles when everything is registered and every terminal is under way; rejects if stopped before. */
  ready: Promise<{ things: number; refusals: number }>;
  stop(): Promise<void>;
}

const snapshotMilliseconds = 30_000;

/**
 * Starts a plant: its model, its servers, and its registration with the platform. Resolves once the servers listen; `ready` once
 * the platform knows all things. The platform may come up later, or go and come again.
 */
export async function startPlant(options: PlantOptions): Promise<RunningPlant> {
  const {
    serverUrl,
    token,
    mqttUrl,
    seed = 1,
    clock = systemClock,
    log = silentLog,
    host = '127.0.0.1',
  } = options;
  const pack = readPack(options.packFolder ?? packFolder('machining-shop'));
  const folder = new PlantFolder(join(options.folder, pack.id), log);
  const now = Math.floor(clock.now() / 1e6) * 1e6;
  const snapshot = folder.snapshot();
  const warmUpFrom = now - warmUpMilliseconds * 1000;
  const pastFrom =
    snapshot === undefined && pack.past !== undefined && options.withoutBooks !== true
      ? Math.floor((warmUpFrom - pack.past.days * 86_400e6) / (pack.past.spacing * 1e6)) *
        pack.past.spacing *
        1e6
      : warmUpFrom;
  const model = new Model(pack, seed, pastFrom);
  const resumed = snapshot !== undefined && model.restore(snapshot);
  if (snapshot !== undefined && !resumed) {
    log.info('the plant begins anew: its description or its seed has changed');
  }
  if (model.time > now) model.jump(now);
  const books = pastFrom < warmUpFrom ? new Books(model, pack.past!) : undefined;
  await books?.liveUntil(warmUpFrom);
  const run = new LiveRun(model, clock, log);
  const past = snapshot === undefined ? new Past(model) : undefined;
  await run.catchUp(now, past === undefined ? undefined : () => past.record());

  const controller = new AbortController();
  const outlets: Outlet[] = [];
  const opened = (outlet: Outlet): void => {
    outlets.push(outlet);
    run.setOutlets(outlets);
  };
  const context = { model, history: run.history, log, pack, things: model.things, folder };
  const closeAll = async (): Promise<void> => {
    run.stop();
    await Promise.allSettled(outlets.map((outlet) => outlet.close()));
  };
  let paths: NetworkPaths | undefined;
  if (pack.network !== undefined) {
    paths = await NetworkPaths.open({
      pack,
      network: pack.network,
      model,
      seed,
      clock,
      log,
      host,
      mqttUrl,
      ports: options.anyPorts === true ? {} : folder.ports(),
      trace: options.trace,
      data: options.data,
    });
    if (options.anyPorts !== true) folder.setPorts({ ...folder.ports(), ...paths.ports });
    opened(paths);
  }
  let registration: Registration | undefined;
  const terminals = new Terminals({
    ...context,
    urlFor: (thing) => paths?.urlFor(thing) ?? mqttUrl,
    renew: (thing) => (controller.signal.aborted ? undefined : registration?.renewCredentials(thing)),
  });
  run.start();
  // Known from an earlier run they need not wait for anything.
  if (terminals.known) terminals.open(opened);
  let addresses: Map<string, Address>;
  let connections: WantedConnection[];
  try {
    ({ addresses, connections } = await openOwnServers({
      ...context,
      host,
      anyPorts: options.anyPorts === true,
      opened,
    }));
  } catch (error) {
    await closeAll();
    throw error;
  }

  const descriptions = describeThings(pack, model.things, addresses, connectionId);
  const registering = new Registration({
    serverUrl,
    token,
    folder,
    connections,
    descriptions,
    plant: { name: pack.place.split('/')[0]!, timeZone: pack.timeZone },
    alarmRules: pack.alarmRules,
    credentialed: terminals.credentialed,
    log,
    signal: controller.signal,
  });
  registration = registering;
  const ready = (async () => {
    const refusals = await registering.run();
    controller.signal.throwIfAborted();
    terminals.open(opened);
    return { things: descriptions.length, refusals };
  })();
  let networked: Promise<void> | undefined;
  const told = ready
    .then(async () => {
      // The network may belong to a platform of later days: nothing waits for it.
      if (paths !== undefined)
        networked = registering.introduceNetwork(networkIntroductions(pack, paths, host));
      for (const { thing, body } of books?.payloads() ?? []) await registering.push(thing, body);
      for (const { thing, body } of past?.payloads(run.history) ?? []) await registering.push(thing, body);
      await registering.introduceApps(options.apps ?? {}, pack.id, books !== undefined);
    })
    .catch((error: Error) => {
      if (!controller.signal.aborted) log.warn(`the plant's past was not handed over: ${error.message}`);
    });

  let cancelSnapshot = (): void => {};
  const keep = (): void => {
    folder.setSnapshot(model.snapshot());
    cancelSnapshot = clock.after(snapshotMilliseconds, keep);
  };
  keep();

  let stopping: Promise<void> | undefined;
  return {
    model,
    descriptions,
    addresses,
    ready,
    stop() {
      stopping ??= (async () => {
        controller.abort(new Error('the plant is stopping'));
        cancelSnapshot();
        await told;
        await networked;
        await closeAll();
        folder.setSnapshot(model.snapshot());
      })();
      return stopping;
    },
  };
}
