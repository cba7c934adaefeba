import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AppDemos, Log } from '@millrace/sdk';

const stopMillisecondsMax = 5_000;
const restartMillisecondsMin = 2_000;
const restartMillisecondsMax = 60_000;

export interface PlantStart {
  serverUrl: string;
  mqtt: { host: string; port: number };
  folder: string;
  token(): Promise<string>;
  /** PEM file of the authority whose certificate the platform shows; 'given': it shows one that a person gave; undefined: no TLS. */
  authority: string | 'given' | undefined;
  /** What applications start with in a demo plant, by their id. */
  apps: Readonly<Record<string, AppDemos>>;
  log: Log;
}

/** Runs the demo plant as a process of its own, which speaks to the platform over the wire only. It is started again when it ends. */
export class PlantProcess {
  readonly #start: PlantStart;
  #child: ChildProcess | undefined;
  #stopping = false;
  #delay = restartMillisecondsMin;
  #timer: NodeJS.Timeout | undefined;

  constructor(start: PlantStart) {
    this.#start = start;
  }

  get processId(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the plant runs or has failed for the first time; rejects never. */
  start(): Promise<{ things: number } | { failed: string }> {
    return new Promise((resolve) => this.#spawn(resolve));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    await new Promise<void>((resolve) => {
      const kill = setTimeout(() => child.kill('SIGKILL'), stopMillisecondsMax);
      child.once('exit', () => {
        clearTimeout(kill);
        resolve();
      });
      if (child.connected) child.send({ type: 'stop' });
      else child.kill('SIGKILL');
    });
  }

  #spawn(first: (outcome: { things: number } | { failed: string }) => void): void {
    const { serverUrl, mqtt, folder, token, log, authority, apps } = this.#start;
    const entry = fileURLToPath(new URL('../../plant/dist/main.js', import.meta.url));
    const child = fork(entry, [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: ['--max-old-space-size=384'],
      env: {
        ...process.env,
        ...(authority === undefined || authority === 'given' ? {} : { NODE_EXTRA_CA_CERTS: authority }),
        // A certificate that a person gave names the plant's host, and the plant comes over loopback: only there is it taken unseen.
        ...(authority === 'given' ? { NODE_TLS_REJECT_UNAUTHORIZED: '0' } : {}),
      },
    });
    this.#child = child;
    let last = 'the plant ended before it was ready';
    child.on('error', (error) => log.error('the demo plant could not be started', { error: error.message }));
    child.on('message', (message: { type: string; things?: number; message?: string }) => {
      if (message.type === 'ready') {
        this.#delay = restartMillisecondsMin;
        first({ things: message.things ?? 0 });
      } else if (message.type === 'failed') {
        last = message.message ?? last;
        log.error('the demo plant failed', { message: last });
      }
    });
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      if (this.#stopping) return;
      first({ failed: last });
      log.warn('the demo plant ended and is started again', { code, signal, inMilliseconds: this.#delay });
      this.#timer = setTimeout(() => this.#spawn(() => {}), this.#delay);
      this.#delay = Math.min(restartMillisecondsMax, this.#delay * 2);
    });
    // The token goes over the channel: never in argv or the environment, where other users could read it.
    void token().then(
      (value) =>
        child.connected && child.send({ type: 'start', serverUrl, token: value, mqtt, folder, apps }),
      (error: unknown) => log.error('no token for the demo plant', { error: String(error) }),
    );
  }
}
