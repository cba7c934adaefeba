import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface LoadCredentials {
  username: string;
  password: string;
  thing: string;
  /** The thing's id as it stands in topics. */
  topicSegment: string;
}

export interface LoadOptions {
  port: number;
  host: string;
  clients: number;
  /** Client `i` uses the credentials `i` modulo their number. */
  credentials: readonly LoadCredentials[];
  /** Messages in flight per client. With QoS 0: messages per write. A multiple of 16. */
  window: number;
  qos: 0 | 1 | 2;
  /** Property names in each message. */
  properties: readonly string[];
  /** Whether payloads carry a time, so that each sample can be found again. */
  timed: boolean;
  /** Time of each client's message 0, µs. */
  firstTime: number;
  /** Between the times of two messages. */
  stepMicroseconds: number;
  /** All clients together; undefined: as fast as they are acknowledged. */
  messagesPerSecond?: number;
  /** Per client. */
  messagesMax?: number;
  cleanSession: boolean;
  /** Latency is measured for every so many messages; 16 if not given. */
  latencyEvery?: number;
}

/** What one client had acknowledged: messages 0 ≤ n < acknowledged, each with time firstTime + n × step (see mqtt-packets.ts). */
export interface ClientLedger {
  thing: string;
  firstTime: number | undefined;
  stepMicroseconds: number;
  sent: number;
  acknowledged: number;
}

export interface LoadReport {
  sent: number;
  acknowledged: number;
  /** Acknowledgements that were not for the oldest message in flight. */
  outOfOrder: number;
  refused: number;
  disconnects: number;
  /** Milliseconds of the generator's own clock. */
  at: number;
  cpuMicroseconds: number;
  latencyMilliseconds: { p50: number; p95: number; p99: number; max: number };
  ledger: ClientLedger[];
}

export type FromLoad = { type: 'ready' } | { type: 'report'; call: number; report: LoadReport };

/** A running load generator. */
export class Load {
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, (report: LoadReport) => void>();
  readonly ready: Promise<void>;
  #nextCall = 1;

  constructor(options: LoadOptions) {
    this.#child = fork(fileURLToPath(new URL('./mqtt-load.js', import.meta.url)), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.ready = new Promise((resolve, reject) => {
      this.#child.once('exit', (code) => reject(new Error(`the load generator ended with code ${code}`)));
      this.#child.on('message', (message: FromLoad) => {
        if (message.type === 'ready') resolve();
        else {
          this.#calls.get(message.call)?.(message.report);
          this.#calls.delete(message.call);
        }
      });
    });
    this.ready.catch(() => {});
    this.#child.send({ type: 'start', options });
  }

  #call(type: 'report' | 'reset' | 'pause'): Promise<LoadReport> {
    const call = this.#nextCall++;
    return new Promise((resolve) => {
      this.#calls.set(call, resolve);
      this.#child.send({ type, call });
    });
  }

  report(): Promise<LoadReport> {
    return this.#call('report');
  }

  /** Forgets the latencies so far; the counts go on. */
  reset(): Promise<LoadReport> {
    return this.#call('reset');
  }

  /** Stops sending and waits for what is under way. */
  pause(): Promise<LoadReport> {
    return this.#call('pause');
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null) return resolve();
      this.#child.once('exit', () => resolve());
      this.#child.disconnect();
    });
  }
}

/** Messages acknowledged per second over `seconds`, after a warm-up. */
export async function measureLoad(
  load: Load,
  warmUpSeconds: number,
  seconds: number,
): Promise<{ perSecond: number; generatorCores: number; report: LoadReport }> {
  await load.ready;
  await sleep(warmUpSeconds);
  const before = await load.reset();
  await sleep(seconds);
  const after = await load.report();
  const elapsed = after.at - before.at;
  return {
    perSecond: ((after.acknowledged - before.acknowledged) * 1000) / elapsed,
    generatorCores: (after.cpuMicroseconds - before.cpuMicroseconds) / 1000 / elapsed,
    report: after,
  };
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** A broker in a process of its own: `null` acknowledges without looking, `storing-nothing` is ours with a store that forgets. */
export async function startBroker(
  kind: 'null-broker' | 'broker-storing-nothing',
  argument: unknown = {},
): Promise<{ port: number; processId: number; stop(): Promise<void> }> {
  const child = fork(fileURLToPath(new URL(`./${kind}.js`, import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`${kind} ended with code ${code}`)));
    child.send(argument as never);
  });
  return {
    port,
    processId: child.pid!,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.disconnect();
      }),
  };
}
