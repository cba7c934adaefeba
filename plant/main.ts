import { type AppDemos, createLog } from '@millrace/sdk';
import { packFolder, type RunningPlant, startPlant } from './index.ts';

/**
 * The demo plant as a process of its own, started by the platform's launcher with IPC. First message in:
 * `{type: 'start', serverUrl, token, mqtt: {host, port}, folder, seed?, pack?, apps?}`; `{type: 'stop'}` ends it in good order, a closed
 * channel ends it at once. `pack` (or MILLRACE_PLANT_PACK) is the id of a pack that comes with the program, or a folder. Messages out: `{type: 'ready', things}` and `{type: 'failed', message}`. Signals to the process group
 * are the launcher's business: they are not heeded here.
 */
interface StartMessage {
  type: 'start';
  serverUrl: string;
  token: string;
  mqtt: { host: string; port: number };
  folder: string;
  seed?: number;
  pack?: string;
  apps?: Record<string, AppDemos>;
}

const stopMillisecondsMax = 3000;

const log = createLog('plant');
let plant: Promise<RunningPlant> | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (message: { type?: unknown }) => {
  if (message.type === 'start' && plant === undefined) start(message as StartMessage);
  else if (message.type === 'stop') void stop();
});
if (process.send === undefined) {
  log.error('the demo plant is started by the platform (millrace start), not by itself');
  process.exit(2);
}

function start(message: StartMessage): void {
  const { serverUrl, token, mqtt, folder, seed } = message;
  const pack = message.pack ?? process.env['MILLRACE_PLANT_PACK'];
  plant = startPlant({
    serverUrl,
    token,
    mqttUrl: `mqtt://${mqtt.host.includes(':') ? `[${mqtt.host}]` : mqtt.host}:${mqtt.port}`,
    folder,
    log,
    ...(seed === undefined ? {} : { seed }),
    // Delays to replay: a trace of one's own, or a folder of measured data sets; the platform's own data folder has none.
    ...settingOf('trace', 'MILLRACE_PLANT_TRACE'),
    ...settingOf('data', 'MILLRACE_PLANT_DATA', 'MILLRACE_DATA'),
    ...(message.apps === undefined ? {} : { apps: message.apps }),
    ...(pack === undefined || pack === ''
      ? {}
      : { packFolder: /[\\/]/.test(pack) ? pack : packFolder(pack) }),
  });
  plant
    .then((running) => running.ready)
    .then(({ things }) => process.send?.({ type: 'ready', things }))
    .catch((error: Error) => {
      if (stopping) return;
      log.error(error.message);
      process.send?.({ type: 'failed', message: error.message }, () => process.exit(1));
    });
}

/** A start option from the first of these variables that is set. */
function settingOf<Name extends 'trace' | 'data'>(
  name: Name,
  ...variables: string[]
): { [K in Name]?: string } {
  const value = variables
    .map((variable) => process.env[variable])
    .find((one) => one !== undefined && one !== '');
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: string };
}

let stopping = false;
async function stop(): Promise<void> {
  stopping = true;
  setTimeout(() => process.exit(0), stopMillisecondsMax).unref();
  try {
    await (await plant)?.stop();
  } catch (error) {
    log.warn((error as Error).message);
  }
  process.exit(0);
}
