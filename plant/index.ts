import { join } from 'node:path';
import type { ThingDescription } from '@millrace/contract';
import { type Clock, type Log, silentLog, systemClock } from '@millrace/sdk';
import { Model } from './engine/model.ts';
import { isExposed, packFolder, readPack } from './engine/pack.ts';
import { type Address, describeThings } from './engine/thing-description.ts';
import { LiveRun, warmUpMilliseconds } from './live.ts';
import { Past } from './past.ts';
import { PlantFolder } from './plant-folder.ts';
import { choosePorts } from './ports.ts';
import { Registration, type WantedConnection } from './registration.ts';
import { openModbus } from './servers/modbus.ts';
import type { MqttCredentials } from './servers/mqtt-session.ts';
import type { Outlet } from './servers/outlet.ts';
import { openSensors } from './servers/sensors.ts';
import { openSparkplug } from './servers/sparkplug.ts';

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

export interface PlantOptions {
  /** The platform's HTTP address, e.g. http://127.0.0.1:8080. */
  serverUrl: string;
  /** A bearer token of an administrator. */
  token: string;
  /** The platform's broker, e.g. mqtt://127.0.0.1:1883. */
  mqttUrl: string;
  /** Where certificates, credentials and the state of the model are kept. */
  folder: string;
  seed?: number;
  clock?: Clock;
  log?: Log;
  /** Folder of the pack; default the machining shop. */
  packFolder?: string;
  /** Address its servers listen on; default 127.0.0.1. */
  host?: string;
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
const renewMillisecondsMin = 15_000;

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
  const folder = new PlantFolder(options.folder, log);
  const now = Math.floor(clock.now() / 1e6) * 1e6;
  const model = new Model(pack, seed, now - warmUpMilliseconds * 1000);
  const snapshot = folder.snapshot();
  const resumed = snapshot !== undefined && model.restore(snapshot);
  if (snapshot !== undefined && !resumed) {
    log.info('the plant begins anew: its description or its seed has changed');
  }
  if (model.time > now) model.jump(now);
  const run = new LiveRun(model, clock, log);
  const past = snapshot === undefined ? new Past(model) : undefined;
  await run.catchUp(now, past === undefined ? undefined : () => past.record());

  // Servers of its own.
  const addresses = new Map<string, Address>();
  const earlier = options.anyPorts === true ? {} : folder.ports();
  const outlets: Outlet[] = [];
  const wanted: WantedConnection[] = [];
  const controller = new AbortController();
  const connectionId = (connection: string): string => `demo-${connection}`;
  const thingsOf = (connection: string) =>
    model.things.filter((thing) => thing.spec.connection === connection);
  const context = { model, history: run.history, log };
  const closeAll = async (): Promise<void> => {
    await Promise.allSettled(outlets.map((outlet) => outlet.close()));
  };
  const served = Object.entries(pack.connections).filter(
    ([name, { protocol }]) => (protocol === 'opcua' || protocol === 'modbus') && thingsOf(name).length > 0,
  );
  const ports = await choosePorts(
    host,
    served.map(([name, { port }]) =>
      options.anyPorts === true
        ? { name, port: 0, ours: false }
        : { name, port: earlier[name] ?? port ?? 0, ours: earlier[name] !== undefined },
    ),
  );
  try {
    for (const [name, connection] of served) {
      const things = thingsOf(name);
      const port = ports[name]!;
      addresses.set(name, { host, port });
      const shared = { ...context, things, host, port };
      if (connection.protocol === 'opcua') {
        // Asked for only here: the library weighs 90 MB, which a simulation need not carry.
        const { openOpcua } = await import('./servers/opcua.ts');
        const outlet = await openOpcua({
          ...shared,
          connection: name,
          folder: join(folder.path, 'opcua'),
        });
        outlets.push(outlet);
        wanted.push({
          id: connectionId(name),
          protocol: 'opcua',
          title: connection.titles.en,
          settings: {
            endpoint: `opc.tcp://${host}:${port}`,
            securityPolicy: 'Basic256Sha256',
            securityMode: 'SignAndEncrypt',
            serverCertificate: 'ask',
            trustedThumbprint: outlet.thumbprint,
          },
        });
      } else {
        outlets.push(await openModbus({ ...shared, folder: folder.path }));
        wanted.push({
          id: connectionId(name),
          protocol: 'modbus',
          title: connection.titles.en,
          settings: { host, port },
        });
      }
    }
  } catch (error) {
    await closeAll();
    throw error;
  }
  if (options.anyPorts !== true) folder.setPorts(ports);

  const descriptions = describeThings(pack, model.things, addresses, connectionId);
  const usesMqtt = (protocol: string) =>
    model.things.filter(
      (thing) => isExposed(thing.spec) && pack.connections[thing.spec.connection!]!.protocol === protocol,
    );
  const sensors = usesMqtt('mqtt');
  const nodes = Object.entries(pack.connections).filter(
    ([name, connection]) => connection.protocol === 'sparkplug' && thingsOf(name).length > 0,
  );
  const registration = new Registration({
    serverUrl,
    token,
    folder,
    connections: wanted,
    descriptions,
    // An edge node signs in once, as its first device.
    credentialed: [...sensors, ...nodes.map(([name]) => thingsOf(name)[0]!)].map((thing) => thing.id),
    log,
    signal: controller.signal,
  });

  run.start(outlets);
  let credentials: Record<string, MqttCredentials> = {};
  const renewed = new Map<string, number>();
  const renew = (id: string): void => {
    // Credentials withdrawn in the console, or a platform with a new data folder: asked once in a while, not in a loop.
    if (Date.now() - (renewed.get(id) ?? 0) < renewMillisecondsMin) return;
    renewed.set(id, Date.now());
    registration.renewCredentials(id).then(
      (fresh) => {
        if (fresh) credentials = folder.credentials();
      },
      (error: Error) => {
        if (!controller.signal.aborted) log.warn(`${id}: ${error.message}`);
      },
    );
  };
  const ready = (async () => {
    const refusals = await registration.run();
    controller.signal.throwIfAborted();
    credentials = folder.credentials();
    const terminals = {
      ...context,
      folder: folder.path,
      url: mqttUrl,
      credentials: (thing: { id: string }): MqttCredentials =>
        credentials[thing.id] ?? { username: thing.id, password: '' },
      refused: (thing: { id: string }) => renew(thing.id),
    };
    outlets.push(openSensors({ ...terminals, things: sensors }));
    for (const [name, connection] of nodes) {
      outlets.push(
        openSparkplug({
          ...terminals,
          things: thingsOf(name),
          group: connection.group!,
          node: connection.node!,
        }),
      );
    }
    run.setOutlets(outlets);
    return { things: descriptions.length, refusals };
  })();
  const told = ready
    .then(async () => {
      if (past === undefined) return;
      for (const { thing, body } of past.payloads(run.history)) await registration.push(thing, body);
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
        run.stop();
        await told;
        await closeAll();
        folder.setSnapshot(model.snapshot());
      })();
      return stopping;
    },
  };
}
