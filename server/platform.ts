import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Health } from '@millrace/contract';
import { NetworkLayer, networkMigrations } from '@millrace/network';
import { camaraMigrations } from '@millrace/network/providers/camara';
import { openRecordStore, openSampleStore } from '@millrace/platform/data';
import {
  Access,
  AppHost,
  accessMigrations,
  appMigrations,
  auditMigrations,
  Backups,
  ChainedTrail,
  createApi,
  createMetrics,
  Dashboards,
  dashboardMigrations,
  dataOutMigrations,
  deviceAuthority,
  grantsOfUser,
  type LiveStreams,
  networkParts,
  Oidc,
  ownCertificate,
  PlatformSettingsStore,
  SigningKey,
  Webhooks,
} from '@millrace/platform/enablement';
import { checkAddress, Iot, iotMigrations, postWebhook } from '@millrace/platform/iot';
import {
  type AppNetwork,
  createLog,
  type Log,
  type NetworkDoor,
  type NetworkPlatform,
  systemClock,
} from '@millrace/sdk';
import { loadApps } from './apps.ts';
import { type Config, StartError } from './config.ts';
import { words } from './data-folder.ts';
import { offeredNetwork } from './offered-network.ts';
import { loadProtocols } from './protocols.ts';
import { loadProviders } from './providers.ts';

const healthMillisecondsMax = 3_000;
const stateTickMilliseconds = 2_000;
const flushMilliseconds = 30_000;
const auditCutMilliseconds = 24 * 3600 * 1000;
/** A connection that must not fail at start-up is given this long. */
const startupMillisecondsMax = 70_000;

export interface Platform {
  url: string;
  mqttPort: number;
  /** Shown once: the administrator's first password, where one was made up. */
  firstPassword: string | undefined;
  /** A token for the demo plant, which registers itself over the API like anybody. */
  issueToken(): Promise<string>;
  authorityFile: string | undefined;
  stop(): Promise<void>;
}

/** Wires the platform: stores → iot → access → API → terminals. No behaviour of its own. */
export async function startPlatform(
  config: Config,
  version: string,
  progress: (what: string) => void,
): Promise<Platform> {
  const log: Log = createLog('platform');
  const clock = systemClock;
  progress('opening the stores');
  const apps = await loadApps();
  const stores = await Promise.allSettled([
    openSampleStore({ folder: join(config.data, 'samples'), log: createLog('samples') }),
    openRecordStore({
      folder: join(config.data, 'records'),
      log: createLog('records'),
      migrations: migrationsOf(apps),
    }),
    loadProtocols(),
  ]);
  const failed = stores.find((store) => store.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(
      stores
        .slice(0, 2)
        .map((store) =>
          store.status === 'fulfilled' ? (store.value as { close(): Promise<void> }).close() : undefined,
        ),
    );
    throw failed.reason instanceof StartError
      ? failed.reason
      : new StartError(`The data in ${config.data} cannot be opened: ${words(failed.reason)}`);
  }
  const [samples, records, protocols] = stores.map(
    (store) => (store as PromiseFulfilledResult<unknown>).value,
  ) as [
    Awaited<ReturnType<typeof openSampleStore>>,
    Awaited<ReturnType<typeof openRecordStore>>,
    Awaited<ReturnType<typeof loadProtocols>>,
  ];
  const undo: (() => Promise<unknown> | unknown)[] = [() => samples.close(), () => records.close()];
  try {
    const settings = await PlatformSettingsStore.open(records);
    const audit = new ChainedTrail(records, clock, SigningKey.open(join(config.data, 'audit-key')));
    const tls = await certificate(config);
    const ownEndpoints = endpointsAt(config, config.mqtt);
    const iot = await Iot.open({
      records,
      samples,
      audit,
      protocols,
      listeners: [
        {
          id: 'mqtt',
          protocol: 'mqtt',
          title: 'MQTT',
          settings: {
            host: config.host,
            port: config.mqtt,
            ...(tls === undefined ? {} : { tlsPort: config.mqtts, certificate: tls.cert, key: tls.key }),
          },
        },
      ],
      ownEndpoints,
      workerEntry: fileURLToPath(new URL('./terminal-worker.js', import.meta.url)),
      folder: config.data,
      retentionMicroseconds: settings.get().retentionDays['raw']! * 86_400_000_000,
      clock,
      log: createLog('iot'),
      autoAcceptProposals: () => settings.get().autoAcceptProposals,
      plantTimeZone: () => settings.get().plantTimeZone,
      authority: deviceAuthority(join(config.data, 'tls')),
      https: tls !== undefined,
    });
    undo.unshift(() => iot.stop());
    const { access, firstPassword } = await Access.open({
      records,
      clock,
      seal: iot.sealer,
      adminPassword: config.adminPassword,
      plantName: () => settings.get().plantName,
    });
    const oidc = await Oidc.open(records, clock, iot.sealer);
    const applyRetention = async (): Promise<void> => {
      const { raw = 0, minute = 0, hour = 0, events = 0 } = settings.get().retentionDays;
      iot.supervisor.setRetention(raw * 86_400_000_000);
      await samples.setRetention({ raw, minute, hour, events });
    };
    // What the trail is to be rid of is looked for at the start, once a day, and when somebody says so.
    const cutAudit = (): void =>
      void audit
        .cut(settings.get().retentionDays['audit'] ?? 0)
        .catch((error: unknown) => log.error('the audit trail was not cut', { error: words(error) }));
    cutAudit();
    settings.onChange(cutAudit);
    const cutting = setInterval(cutAudit, auditCutMilliseconds);
    undo.unshift(() => clearInterval(cutting));
    settings.onChange(
      () =>
        void applyRetention().catch((error: unknown) =>
          log.error('retention could not be set', { error: words(error) }),
        ),
    );

    // Terminals may connect while the latest values are being read: what they send is newer.
    progress('opening the terminals');
    iot.start();
    const restored = iot.restore();
    let live: LiveStreams | undefined;
    const backups = new Backups(
      join(config.data, 'backups'),
      join(config.data, 'key'),
      samples,
      records,
      clock,
    );
    const plant = () => ({ timeZone: settings.get().plantTimeZone, name: settings.get().plantName });
    let network: NetworkLayer | undefined;
    const appHost = await AppHost.open(
      {
        records,
        samples,
        iot,
        audit,
        seal: iot.sealer,
        plant,
        network: (app) => networkOf(() => network, app),
        clock,
        log: createLog('apps'),
      },
      apps,
    );
    undo.unshift(() => appHost.stop());
    const networkFolder = join(config.data, 'network');
    await mkdir(networkFolder, { recursive: true, mode: 0o700 });
    const reachedAt = `${tls === undefined ? 'http' : 'https'}://${reachableHost(config.host)}:${config.http}`;
    const networkPlatform: NetworkPlatform = {
      ...networkParts(iot, samples, clock),
      clock,
      log: createLog('network'),
      records,
      audit,
      folder: networkFolder,
      seal: iot.sealer,
      plant,
      applications: () =>
        appHost.applications().map(({ definition: { manifest }, enabled }) => ({
          id: manifest.id,
          title: manifest.title,
          enabled,
          things: manifest.needs.things,
          needs: manifest.needs.network ?? [],
        })),
      notificationBase: config.http === 0 ? undefined : `${reachedAt}/api/network/notifications`,
    };
    const layer = await NetworkLayer.open({
      platform: networkPlatform,
      providers: await loadProviders(),
      stamp: { port: config.stamp, host: config.host },
      offer: (open) =>
        offeredNetwork(
          {
            platform: networkPlatform,
            publicUrl: reachedAt,
            allowedHosts: () => iot.alarms.notifications.settings().allowedHosts,
          },
          open,
        ),
    });
    network = layer;
    iot.commands.pathOf = (thing, flow) => layer.pathOf(thing, flow);
    undo.unshift(() => layer.stop());
    const dashboards = await Dashboards.open({
      records,
      folder: join(config.data, 'pictures'),
      clock,
      log: createLog('dashboards'),
    });
    const grantsOf = (user: string) => grantsOfUser(access, user);
    const allowedHosts = (): readonly string[] => iot.alarms.notifications.settings().allowedHosts;
    const webhooks = await Webhooks.open({
      records,
      iot,
      post: (message) => postWebhook(message, allowedHosts()),
      check: async (url) => void (await checkAddress(url, allowedHosts())),
      grantsOf,
      clock,
      log: createLog('webhooks'),
    });
    webhooks.start();
    undo.unshift(() => webhooks.stop());
    const health = healthOf(iot, samples, records, version);
    const api = await createApi({
      version,
      iot,
      samples,
      access,
      oidc,
      apps: appHost,
      dashboards,
      network: layer,
      webhooks,
      questions: samples,
      grantsOf,
      audit,
      clock,
      log: createLog('api'),
      health,
      metrics: createMetrics(iot, samples, () => live, layer),
      settings,
      backups,
      consoleFolder: consoleFolder(),
      tls,
    });
    live = api.live;
    undo.unshift(() => api.app.close());
    await Promise.all([restored, applyRetention()]);
    await listen(api.app, config);
    const mqttPort = await mqttListens(iot, config);
    // Known only now where any free port was asked for.
    for (const endpoint of endpointsAt(config, mqttPort)) ownEndpoints.add(endpoint);
    await startupPolicies(iot);
    await layer.start();
    appHost.start();

    const ticking = setInterval(() => iot.states.tick(), stateTickMilliseconds);
    const flushing = setInterval(() => {
      void iot.credentials.flush().catch(() => {});
      void iot.certificates.flush().catch(() => {});
      void access.flush().catch(() => {});
    }, flushMilliseconds);
    undo.unshift(() => {
      clearInterval(ticking);
      clearInterval(flushing);
    });
    const { port } = api.app.server.address() as AddressInfo;
    const shownHost =
      config.host === '0.0.0.0' || config.host === '::'
        ? 'localhost'
        : config.host.includes(':')
          ? `[${config.host}]`
          : config.host;
    return {
      url: `${tls === undefined ? 'http' : 'https'}://${shownHost === '127.0.0.1' ? 'localhost' : shownHost}:${port}`,
      mqttPort,
      firstPassword,
      issueToken: () => access.issue('admin'),
      authorityFile: tls?.authorityFile,
      stop: () => inTurn(undo),
    };
  } catch (error) {
    await inTurn(undo).catch(() => {});
    throw error;
  }
}

/** What the record store goes through before anybody uses it: the platform's own, then each application's. */
export function migrationsOf(
  apps: Awaited<ReturnType<typeof loadApps>>,
): NonNullable<Parameters<typeof openRecordStore>[0]['migrations']> {
  return [
    ...iotMigrations,
    ...accessMigrations,
    ...auditMigrations,
    ...appMigrations,
    ...dashboardMigrations,
    ...dataOutMigrations,
    ...networkMigrations,
    ...camaraMigrations,
    ...apps.flatMap(({ definition }) => definition.migrations ?? []),
  ];
}

/** A name or address under which others reach this machine. */
function reachableHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host.includes(':') ? `[${host}]` : host;
  for (const addresses of Object.values(networkInterfaces()))
    for (const { address, family, internal } of addresses ?? [])
      if (family === 'IPv4' && !internal) return address;
  return '127.0.0.1';
}

/** What an application hears of its needs. The network layer is opened after the applications are known, and before any of them runs. */
function networkOf(network: () => NetworkDoor | undefined, app: string): AppNetwork {
  return {
    state: (need) => network()?.forApp(app).state(need),
    onChange: (call) => network()?.forApp(app).onChange(call) ?? (() => {}),
  };
}

async function inTurn(steps: readonly (() => Promise<unknown> | unknown)[]): Promise<void> {
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      createLog('platform').warn('a part did not stop in an orderly way', { error: words(error) });
    }
  }
}

async function certificate(
  config: Config,
): Promise<{ key: string; cert: string; authorityFile: string | undefined } | undefined> {
  if (!config.https) return undefined;
  if (config.certificate === undefined || config.key === undefined) {
    const folder = join(config.data, 'tls');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return ownCertificate(folder, [config.host]);
  }
  try {
    return {
      cert: readFileSync(config.certificate, 'utf8'),
      key: readFileSync(config.key, 'utf8'),
      authorityFile: undefined,
    };
  } catch (error) {
    throw new StartError(`The certificate or its key cannot be read: ${words(error)}.`);
  }
}

/** Every way to name the platform's own MQTT listener in a form. */
function endpointsAt(config: Config, port: number): Set<string> {
  const hosts = ['127.0.0.1', 'localhost', '[::1]', config.host];
  return new Set(hosts.flatMap((host) => [`mqtt://${host}:${port}`, `mqtts://${host}:${config.mqtts}`]));
}

function consoleFolder(): string | undefined {
  const folder = fileURLToPath(new URL('../../console/dist', import.meta.url));
  try {
    readFileSync(join(folder, 'index.html'));
    return folder;
  } catch {
    return undefined;
  }
}

async function listen(app: Awaited<ReturnType<typeof createApi>>['app'], config: Config): Promise<void> {
  try {
    await app.listen({ host: config.host, port: config.http });
  } catch (error) {
    throw listenError(error, 'HTTP', config.host, config.http, '--http');
  }
}

export function listenError(
  error: unknown,
  what: string,
  host: string,
  port: number,
  flag: string,
): StartError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new StartError(
      `Port ${port} for ${what} is taken by another program: stop it, or choose another with ${flag} PORT.`,
    );
  if (code === 'EACCES')
    return new StartError(
      `This user may not open port ${port} for ${what}: choose one above 1023 with ${flag} PORT.`,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new StartError(`This machine has no address ${host}: give one of its own with --host ADDRESS.`);
  return new StartError(`${what} cannot listen on ${host}:${port}: ${words(error)}.`);
}

/** Waits until the MQTT listener is open, and tells its port (which matters where 0 was asked for). */
async function mqttListens(iot: Iot, config: Config): Promise<number> {
  const end = Date.now() + startupMillisecondsMax;
  for (;;) {
    const record = iot.connections.get('mqtt')!;
    if (record.state === 'connected' || record.state === 'degraded') {
      if (config.mqtt !== 0 || record.counters['port'] !== undefined)
        return record.counters['port'] ?? config.mqtt;
    }
    if (record.problem !== undefined && record.state !== 'connecting') {
      const { what, detail, remedy, code } = record.problem;
      if (code !== 'process-ended') {
        throw /EADDRINUSE|in use|taken/i.test(`${code} ${detail ?? ''} ${what.en}`)
          ? listenError({ code: 'EADDRINUSE' }, 'MQTT', config.host, config.mqtt, '--mqtt')
          : new StartError(`MQTT cannot listen on ${config.host}:${config.mqtt}: ${what.en} ${remedy.en}`);
      }
    }
    if (Date.now() > end) throw new StartError('The MQTT listener did not open in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A connection whose policy is "fail" keeps the platform from starting. */
async function startupPolicies(iot: Iot): Promise<void> {
  const end = Date.now() + startupMillisecondsMax;
  const needed = iot.connections
    .all()
    .filter((record) => record.startup === 'fail' && record.enabled && !record.builtIn);
  for (const record of needed) {
    while (record.state === 'connecting' && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const now = iot.connections.get(record.id)!;
    if (now.state === 'connected' || now.state === 'degraded') continue;
    throw new StartError(
      `The connection "${record.title}" could not be opened, and its start-up policy is "fail": ${now.problem?.what.en ?? 'no answer in time.'} ${now.problem?.remedy.en ?? ''}`.trim(),
    );
  }
}

function healthOf(
  iot: Iot,
  samples: { health(): Promise<void> },
  records: { health(): Promise<void> },
  version: string,
): () => Promise<Health> {
  const part = async (check: () => Promise<void>): Promise<{ ok: boolean; detail?: string }> => {
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        check(),
        new Promise((_, reject) => {
          timer = setTimeout(
            () => reject(new Error(`no answer within ${healthMillisecondsMax / 1000} s`)),
            healthMillisecondsMax,
          );
        }),
      ]);
      return { ok: true };
    } catch (error) {
      return { ok: false, detail: words(error) };
    } finally {
      clearTimeout(timer);
    }
  };
  return async () => {
    const mqtt = iot.connections.get('mqtt')!;
    const [samplesOk, recordsOk] = await Promise.all([
      part(() => samples.health()),
      part(() => records.health()),
    ]);
    const parts: Health['parts'] = {
      http: { ok: true },
      mqtt:
        mqtt.state === 'connected' || mqtt.state === 'degraded'
          ? { ok: true }
          : { ok: false, detail: mqtt.problem?.what.en ?? mqtt.state },
      samples: samplesOk,
      records: recordsOk,
      intake: iot.intake.busy ? { ok: false, detail: 'more came in than can be stored now' } : { ok: true },
    };
    const missing = Object.keys(parts).filter((name) => !parts[name]!.ok);
    return { status: missing.length === 0 ? 'ok' : 'unavailable', version, parts, missing };
  };
}
