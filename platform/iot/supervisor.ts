import { type ChildProcess, fork } from 'node:child_process';
import type {
  BrowseNode,
  ConnectionProblem,
  ConnectionState,
  TestReport,
  ThingDescription,
} from '@millrace/contract';
import type {
  CheckedSettings,
  Clock,
  CommandOptions,
  IntakeBatch,
  Log,
  ThingRecord,
  WriteOutcome,
} from '@millrace/sdk';
import type {
  CertificateRecord,
  ConnectionSpec,
  CredentialRecord,
  FromWorker,
  ToWorker,
} from '@millrace/sdk/host';

const pingMilliseconds = 5_000;
/** A worker that has not answered for this long hangs: it is ended and started again. */
const hangMillisecondsMax = 20_000;
const restartMillisecondsMin = 500;
const restartMillisecondsMax = 30_000;
const stableMilliseconds = 60_000;
const stopMillisecondsMax = 8_000;
/** A process started only to test or browse ends after this long without work. */
const idleMilliseconds = 60_000;
const callMillisecondsMax = 90_000;

export interface SupervisorPorts {
  /** Resolves when the batch is durable. */
  take(batch: IntakeBatch, connection: string): Promise<void>;
  state(
    connection: string,
    state: ConnectionState,
    problem: ConnectionProblem | undefined,
    retryMilliseconds: number | undefined,
  ): void;
  counters(connection: string, counters: Record<string, number>): void;
  proposal(connection: string, description: ThingDescription, source: string): void;
  credentialsUsed(usernames: readonly string[]): void;
  lastStored(series: readonly number[]): [number, number][];
  /** An answer to a command that was over already. */
  lateAnswer?(command: string, state: string, detail: string | undefined): void;
  /** Things reached by a connection, for a worker that starts (again). */
  thingsOf(connection: string): ThingRecord[];
  credentials(): CredentialRecord[];
  /** Client certificates of things and the authorities that sign them (PEM). */
  clientTrust?(): { certificates: CertificateRecord[]; authorities: string[] };
}

export interface SupervisorOptions {
  /** Compiled entry of a worker process; it is given the protocol's id as its argument. */
  workerEntry: string;
  folder: string;
  retention: number;
  inFlightSamplesMax: number;
  clock: Clock;
  log: Log;
  ports: SupervisorPorts;
}

/** An error that a protocol gave as an answer to a call. */
export class ProtocolProblem extends Error {
  readonly problem: ConnectionProblem;
  constructor(problem: ConnectionProblem) {
    super(problem.what.en);
    this.problem = problem;
  }
}

/**
 * Runs each protocol in a worker process of its own, so that one that hangs or crashes is started again and harms nothing else. Knows which
 * connections ought to be open; a worker that starts is told them all.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #workers = new Map<string, WorkerProcess>();
  #stopped = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  open(spec: ConnectionSpec): void {
    this.#worker(spec.protocol).open(spec);
  }

  /** Resolves once the connection has been closed in an orderly way, or its process is gone. */
  async close(protocol: string, connection: string): Promise<void> {
    await this.#workers.get(protocol)?.close(connection);
  }

  putThings(protocol: string, connection: string, put: ThingRecord[], removed: string[]): void {
    this.#workers.get(protocol)?.send({ type: 'things', connection, put, removed });
  }

  putCredentials(put: CredentialRecord[], removed: string[]): void {
    for (const worker of this.#workers.values()) worker.send({ type: 'credentials', put, removed });
  }

  putCertificates(put: CertificateRecord[], removed: string[], authorities?: string[]): void {
    for (const worker of this.#workers.values())
      worker.send({
        type: 'certificates',
        put,
        removed,
        ...(authorities === undefined ? {} : { authorities }),
      });
  }

  setRetention(microseconds: number): void {
    this.#options.retention = microseconds;
    for (const worker of this.#workers.values()) worker.send({ type: 'retention', microseconds });
  }

  test(protocol: string, settings: CheckedSettings, folder: string): Promise<TestReport> {
    return this.#worker(protocol).call((call) => ({
      type: 'test',
      call,
      protocol,
      settings,
      folder,
    })) as Promise<TestReport>;
  }

  browse(
    protocol: string,
    settings: CheckedSettings,
    folder: string,
    node: string | undefined,
  ): Promise<BrowseNode[]> {
    return this.#worker(protocol).call((call) => ({
      type: 'browse',
      call,
      protocol,
      settings,
      folder,
      node,
    })) as Promise<BrowseNode[]>;
  }

  invoke(
    protocol: string,
    connection: string,
    thing: string,
    action: string,
    input: unknown,
    options: CommandOptions = {},
  ): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }> {
    return this.#command(protocol, (call) => ({
      type: 'invoke',
      call,
      connection,
      thing,
      action,
      input,
      options,
    })) as Promise<{ state: 'confirmed' | 'refused'; output?: unknown }>;
  }

  write(
    protocol: string,
    connection: string,
    thing: string,
    property: string,
    value: unknown,
    options: CommandOptions = {},
  ): Promise<WriteOutcome> {
    return this.#command(protocol, (call) => ({
      type: 'write',
      call,
      connection,
      thing,
      property,
      value,
      options,
    })) as Promise<WriteOutcome>;
  }

  /** A command never waits for a process that is being started again: it would be carried out when nobody expects it any more. */
  #command(protocol: string, make: (call: number) => ToWorker): Promise<unknown> {
    const worker = this.#workers.get(protocol);
    if (this.#stopped || worker === undefined || !worker.ready)
      return Promise.reject(new ProtocolProblem(notRunning));
    return worker.call(make);
  }

  processId(protocol: string): number | undefined {
    return this.#workers.get(protocol)?.processId;
  }

  processes(): { protocol: string; processId: number; residentBytes: number; restarts: number }[] {
    return [...this.#workers].flatMap(([protocol, worker]) =>
      worker.processId === undefined
        ? []
        : [
            {
              protocol,
              processId: worker.processId,
              residentBytes: worker.residentBytes,
              restarts: worker.restarts,
            },
          ],
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
  }

  #worker(protocol: string): WorkerProcess {
    if (this.#stopped) throw new Error('the platform is stopping');
    let worker = this.#workers.get(protocol);
    if (worker === undefined) {
      worker = new WorkerProcess(protocol, this.#options);
      this.#workers.set(protocol, worker);
    }
    return worker;
  }
}

class WorkerProcess {
  readonly #protocol: string;
  readonly #options: SupervisorOptions;
  readonly #connections = new Map<string, ConnectionSpec>();
  readonly #calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #child: ChildProcess | undefined;
  #ready = false;
  #nextCall = 1;
  #lastPong = 0;
  #startedAt = 0;
  #delay = restartMillisecondsMin;
  #timer: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #idleSince = Date.now();
  #stopping = false;
  residentBytes = 0;
  restarts = 0;

  constructor(protocol: string, options: SupervisorOptions) {
    this.#protocol = protocol;
    this.#options = options;
  }

  get processId(): number | undefined {
    return this.#child?.pid;
  }

  get ready(): boolean {
    return this.#ready && this.#child?.connected === true;
  }

  open(spec: ConnectionSpec): void {
    this.#connections.set(spec.id, spec);
    if (this.#child === undefined) this.#start();
    else if (this.#ready) this.#sendOpen(spec);
  }

  async close(connection: string): Promise<void> {
    if (!this.#connections.delete(connection) || !this.#ready) return;
    this.#idleSince = Date.now();
    await this.call((call) => ({ type: 'close', connection, call })).catch(() => {});
  }

  send(message: ToWorker): void {
    if (this.#ready && this.#child?.connected === true) this.#child.send(message);
  }

  call(make: (call: number) => ToWorker): Promise<unknown> {
    if (this.#stopping) return Promise.reject(new Error('the platform is stopping'));
    this.#idleSince = Date.now();
    if (this.#child === undefined && this.#restart === undefined) this.#start();
    const call = this.#nextCall++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#calls.delete(call);
        reject(
          new Error(`no answer from the ${this.#protocol} process within ${callMillisecondsMax / 1000} s`),
        );
      }, callMillisecondsMax);
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          this.#calls.delete(call);
          done(value);
        };
      this.#calls.set(call, { resolve: settle(resolve), reject: settle(reject) });
      const message = make(call);
      if (this.#ready) this.send(message);
      else this.#waiting.push(message);
    });
  }
  readonly #waiting: ToWorker[] = [];

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    clearInterval(this.#timer);
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

  #start(): void {
    const { workerEntry, log } = this.#options;
    this.#restart = undefined;
    this.#startedAt = Date.now();
    const child = fork(workerEntry, [this.#protocol], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: ['--max-old-space-size=512'],
    });
    this.#child = child;
    child.on('error', (error) =>
      log.error('a worker process could not be started', { protocol: this.#protocol, error: error.message }),
    );
    child.on('message', (message) => this.#receive(message as FromWorker));
    child.once('exit', (code, signal) => this.#exited(child, code, signal));
    this.#lastPong = Date.now();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#watch(), pingMilliseconds);
    this.#timer.unref();
  }

  #watch(): void {
    const now = Date.now();
    if (this.#connections.size === 0 && this.#calls.size === 0 && now - this.#idleSince > idleMilliseconds) {
      this.#child?.send({ type: 'stop' });
      return;
    }
    if (now - this.#lastPong > hangMillisecondsMax) {
      this.#options.log.error('a worker process hangs and is ended', {
        protocol: this.#protocol,
        processId: this.#child?.pid,
      });
      this.#child?.kill('SIGKILL');
      return;
    }
    this.send({ type: 'ping', at: now });
  }

  #exited(child: ChildProcess, code: number | null, signal: string | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#ready = false;
    this.residentBytes = 0;
    clearInterval(this.#timer);
    for (const call of [...this.#calls.values()])
      call.reject(new Error(`the ${this.#protocol} process ended`));
    this.#waiting.length = 0;
    if (this.#stopping) return;
    const wanted = this.#connections.size > 0;
    if (!wanted && code === 0) return;
    this.restarts++;
    if (Date.now() - this.#startedAt > stableMilliseconds) this.#delay = restartMillisecondsMin;
    this.#options.log.warn('a worker process ended', {
      protocol: this.#protocol,
      code,
      signal,
      restartInMilliseconds: this.#delay,
    });
    for (const connection of this.#connections.keys()) {
      this.#options.ports.state(
        connection,
        'disconnected',
        processEnded(signal ?? String(code)),
        this.#delay,
      );
    }
    if (!wanted) return;
    this.#restart = setTimeout(() => this.#start(), this.#delay);
    this.#delay = Math.min(restartMillisecondsMax, this.#delay * 2);
  }

  #receive(message: FromWorker): void {
    const { ports } = this.#options;
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.send({
          type: 'start',
          folder: this.#options.folder,
          retention: this.#options.retention,
          inFlightSamplesMax: this.#options.inFlightSamplesMax,
        });
        for (const spec of this.#connections.values()) this.#sendOpen(spec);
        for (const waiting of this.#waiting.splice(0)) this.send(waiting);
        break;
      case 'batch': {
        const child = this.#child;
        const answer = (error?: Error): void => {
          // The process that sent it may be gone; its successor never sent this batch.
          if (this.#child !== child || child?.connected !== true) return;
          child.send({
            type: 'committed',
            batch: message.batch,
            ...(error === undefined ? {} : { error: error.message }),
          });
        };
        ports.take(message.content, message.connection).then(() => answer(), answer);
        break;
      }
      case 'state':
        ports.state(message.connection, message.state, message.problem, message.retryMilliseconds);
        break;
      case 'proposal':
        ports.proposal(message.connection, message.description, message.source);
        break;
      case 'counters':
        ports.counters(message.connection, message.counters);
        break;
      case 'credentialsUsed':
        ports.credentialsUsed(message.usernames);
        break;
      case 'lastStored':
        this.send({ type: 'lastStored', call: message.call, times: ports.lastStored(message.series) });
        break;
      case 'lateAnswer':
        ports.lateAnswer?.(message.command, message.state, message.detail);
        break;
      case 'answer': {
        const call = this.#calls.get(message.call);
        if (message.problem !== undefined) call?.reject(new ProtocolProblem(message.problem));
        else if (message.error !== undefined) call?.reject(new Error(message.error));
        else call?.resolve(message.value);
        break;
      }
      case 'pong':
        this.#lastPong = Date.now();
        this.residentBytes = message.residentBytes;
        break;
    }
  }

  #sendOpen(spec: ConnectionSpec): void {
    this.send({
      type: 'open',
      connection: spec,
      things: this.#options.ports.thingsOf(spec.id),
      credentials: this.#options.ports.credentials(),
      ...this.#options.ports.clientTrust?.(),
    });
  }
}

const notRunning: ConnectionProblem = {
  kind: 'unavailable',
  code: 'not-reached',
  what: {
    en: 'The process that reaches this thing is not running; nothing was sent.',
    zh: '负责连接该物的进程未在运行，命令未发出。',
  },
  remedy: { en: 'Try again when its connection is open.', zh: '请在其连接恢复后重试。' },
};

function processEnded(how: string): ConnectionProblem {
  return {
    kind: 'unavailable',
    code: 'process-ended',
    what: {
      en: 'The process that runs this protocol ended and is being started again.',
      zh: '运行该协议的进程已退出，正在重新启动。',
    },
    remedy: {
      en: 'Nothing to do unless it keeps happening; then see the log.',
      zh: '一般无需处理；若反复出现，请查看日志。',
    },
    detail: how,
  };
}
