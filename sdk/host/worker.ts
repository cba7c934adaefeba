import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionProblem, ConnectionState, ThingDescription } from '@millrace/contract';
import { BatchBuilder } from '../batch.ts';
import { type Clock, systemClock } from '../clock.ts';
import { createLog, type Log } from '../log.ts';
import {
  type Intake,
  type TerminalContext,
  TerminalError,
  type TerminalIdentity,
  type TerminalProtocol,
  type TerminalSession,
} from '../terminal.ts';
import { type Thing, viewThing } from '../things.ts';
import { obeyParent } from './child.ts';
import {
  type CertificateRecord,
  type ConnectionSpec,
  type CredentialRecord,
  certificateUser,
  type FromWorker,
  type ToWorker,
} from './messages.ts';

const retryMillisecondsMin = 1_000;
const retryMillisecondsMax = 30_000;
const openMillisecondsMax = 60_000;
const closeMillisecondsMax = 5_000;
const probeMillisecondsMax = 60_000;
const countersEveryMilliseconds = 1_000;
/** Rows put together before a batch leaves at the end of the turn without waiting for the pace. */
const batchRowsMax = 16_384;
/** While there is much to send, batches leave this far apart, so that their fixed cost does not eat the core. */
const busyFlushMilliseconds = 4;
const busyRows = 64;

/** Things whose fencing tokens are remembered in one process. */
const fencesMax = 100_000;

type Send = (message: FromWorker) => void;

/** Runs the connections of one group of protocols inside a worker process. Called once by the process's entry. */
export function runWorker(protocols: readonly TerminalProtocol[]): void {
  const log = createLog('terminal');
  const byId = new Map(protocols.map((protocol) => [protocol.id, protocol]));
  const send: Send = (message) => {
    if (process.connected) process.send!(message);
  };
  const worker = new Worker(byId, send, log, systemClock, Math.random);
  obeyParent(() => worker.stop());
  process.on('message', (message: ToWorker) => worker.receive(message));
  // A protocol library that throws outside any of our calls must not leave half a worker behind: the supervisor starts a new one.
  process.on('uncaughtException', (error) => {
    log.error('uncaught error, the process ends and is started again', {
      error: error.stack ?? String(error),
    });
    process.exit(70);
  });
  process.on('unhandledRejection', (error) => {
    log.error('unhandled rejection', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
  send({ type: 'ready' });
}

export class Worker {
  readonly #protocols: ReadonlyMap<string, TerminalProtocol>;
  readonly #send: Send;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly #connections = new Map<string, OpenConnection>();
  readonly credentials = new Map<string, CredentialRecord>();
  readonly #certificates = new Map<string, CertificateRecord>();
  clientAuthorities: readonly string[] | undefined;
  readonly #used = new Set<string>();
  readonly #lastStoredCalls = new Map<number, (times: ReadonlyMap<number, number>) => void>();
  readonly #unanswered = new Map<number, { rows: number; waiting: ((error: Error | undefined) => void)[] }>();
  #nextCall = 1;
  #nextBatch = 1;
  #folder = '';
  #inFlight = 0;
  #inFlightMax = 200_000;
  retention = 0;
  /** Highest fencing token seen of each thing; those commanded longest ago are forgotten first. */
  readonly #fences = new Map<string, number>();
  #drains: (() => void)[] = [];

  constructor(
    protocols: ReadonlyMap<string, TerminalProtocol>,
    send: Send,
    log: Log,
    clock: Clock,
    random: () => number,
  ) {
    this.#protocols = protocols;
    this.#send = send;
    this.log = log;
    this.clock = clock;
    this.random = random;
    setInterval(() => this.reportCounters(), countersEveryMilliseconds).unref();
  }

  protocolFolder(protocol: string): string {
    const folder = join(this.#folder, `protocol-${protocol}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  get congested(): boolean {
    return this.#inFlight >= this.#inFlightMax;
  }

  drained(call: () => void): void {
    if (this.congested) this.#drains.push(call);
    else setImmediate(call);
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'start':
        this.#folder = message.folder;
        this.retention = message.retention;
        this.#inFlightMax = message.inFlightSamplesMax;
        break;
      case 'open': {
        for (const record of message.credentials) this.credentials.set(record.username, record);
        for (const record of message.certificates ?? []) this.#certificates.set(record.fingerprint, record);
        if (message.authorities !== undefined) this.clientAuthorities = message.authorities;
        const protocol = this.#protocols.get(message.connection.protocol);
        if (protocol === undefined) return;
        const connection = new OpenConnection(
          this,
          protocol,
          message.connection,
          join(this.#folder, message.connection.id),
        );
        this.#connections.set(message.connection.id, connection);
        connection.putThings(message.things);
        void connection.run();
        break;
      }
      case 'close': {
        const connection = this.#connections.get(message.connection);
        this.#connections.delete(message.connection);
        const done = connection === undefined ? Promise.resolve() : connection.close();
        void done.then(() => this.#send({ type: 'answer', call: message.call }));
        break;
      }
      case 'things':
        this.#connections.get(message.connection)?.changeThings(message.put, message.removed);
        break;
      case 'credentials':
        for (const record of message.put) this.credentials.set(record.username, record);
        for (const username of message.removed) {
          this.credentials.delete(username);
          for (const connection of this.#connections.values()) connection.credentialsWithdrawn(username);
        }
        break;
      case 'certificates':
        for (const record of message.put) this.#certificates.set(record.fingerprint, record);
        for (const fingerprint of message.removed) {
          this.#certificates.delete(fingerprint);
          for (const connection of this.#connections.values())
            connection.credentialsWithdrawn(certificateUser(fingerprint));
        }
        if (message.authorities !== undefined) {
          this.clientAuthorities = message.authorities;
          for (const connection of this.#connections.values()) connection.authoritiesChanged();
        }
        break;
      case 'retention':
        this.retention = message.microseconds;
        break;
      case 'committed':
        this.#committed(message.batch, message.error);
        break;
      case 'lastStored':
        this.#lastStoredCalls.get(message.call)?.(new Map(message.times));
        this.#lastStoredCalls.delete(message.call);
        break;
      case 'test':
      case 'browse':
        void this.#probe(message);
        break;
      case 'invoke':
      case 'write':
        void this.#command(message);
        break;
      case 'ping':
        this.#send({ type: 'pong', at: message.at, residentBytes: process.memoryUsage.rss() });
        break;
      case 'stop':
        break;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    // What was taken in before the stop is still worth storing; wait for its commit, but not for ever.
    const end = Date.now() + closeMillisecondsMax;
    while (this.#unanswered.size > 0 && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    this.reportCounters();
  }

  authenticate(username: string, password: string): { username: string; thing: string } | undefined {
    const record = this.credentials.get(username);
    const salt = record?.salt ?? '';
    const given = createHash('sha256').update(salt).update(password).digest();
    const expected = record === undefined ? Buffer.alloc(32) : Buffer.from(record.hash, 'hex');
    if (!timingSafeEqual(given, expected) || record === undefined) return undefined;
    this.#used.add(username);
    return { username, thing: record.thing };
  }

  authenticateCertificate(fingerprint: string): TerminalIdentity | undefined {
    const record = this.#certificates.get(fingerprint);
    if (record === undefined) return undefined;
    const username = certificateUser(fingerprint);
    this.#used.add(username);
    return { username, thing: record.thing, expires: record.expires };
  }

  submit(
    connection: OpenConnection,
    builder: BatchBuilder,
    waiting: ((error: Error | undefined) => void)[],
  ): void {
    const content = builder.take();
    const batch = this.#nextBatch++;
    this.#inFlight += content.columns.count;
    this.#unanswered.set(batch, { rows: content.columns.count, waiting });
    this.#send({ type: 'batch', batch, connection: connection.spec.id, content });
  }

  state(
    connection: string,
    state: ConnectionState,
    problem?: ConnectionProblem,
    retryMilliseconds?: number,
  ): void {
    this.#send({ type: 'state', connection, state, problem, retryMilliseconds });
  }

  propose(connection: string, description: ThingDescription, source: string): void {
    this.#send({ type: 'proposal', connection, description, source });
  }

  lastStored(series: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const call = this.#nextCall++;
    return new Promise((resolve) => {
      this.#lastStoredCalls.set(call, resolve);
      this.#send({ type: 'lastStored', call, series: [...series] });
    });
  }

  #committed(batch: number, error: string | undefined): void {
    const entry = this.#unanswered.get(batch);
    if (entry === undefined) return;
    this.#unanswered.delete(batch);
    const wasCongested = this.congested;
    this.#inFlight -= entry.rows;
    const failure = error === undefined ? undefined : new Error(error);
    for (const call of entry.waiting) call(failure);
    if (wasCongested && !this.congested) for (const call of this.#drains.splice(0)) setImmediate(call);
  }

  async #probe(message: Extract<ToWorker, { type: 'test' | 'browse' }>): Promise<void> {
    const protocol = this.#protocols.get(message.protocol);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), probeMillisecondsMax);
    try {
      if (protocol === undefined) throw new Error(`no protocol ${message.protocol}`);
      mkdirSync(message.folder, { recursive: true, mode: 0o700 });
      const context = {
        settings: message.settings,
        clock: this.clock,
        log: this.log,
        signal: controller.signal,
        folder: message.folder,
        protocolFolder: this.protocolFolder(message.protocol),
      };
      const value =
        message.type === 'test'
          ? await protocol.test(context)
          : await (protocol.browse?.(context, message.node) ?? Promise.resolve([]));
      this.#send({ type: 'answer', call: message.call, value });
    } catch (error) {
      this.#fail(message.call, error);
    } finally {
      clearTimeout(timer);
      controller.abort();
    }
  }

  async #command(message: Extract<ToWorker, { type: 'invoke' | 'write' }>): Promise<void> {
    try {
      this.#fence(message.thing, message.options?.fence);
      const candidates =
        message.connection === undefined
          ? [...this.#connections.values()]
          : [this.#connections.get(message.connection)];
      const session = candidates
        .map((connection) => connection?.session)
        .find((open) => open?.[message.type] !== undefined && (open.reaches?.(message.thing) ?? true));
      if (session === undefined) throw notReached(message.type, candidates);
      const value =
        message.type === 'invoke'
          ? await session.invoke!(message.thing, message.action, message.input, message.options)
          : await session.write!(message.thing, message.property, message.value, message.options);
      this.#send({ type: 'answer', call: message.call, value });
    } catch (error) {
      this.#fail(message.call, error);
    }
  }

  /** The last check before a command leaves: nothing goes out under a lease older than one already seen for the thing. */
  #fence(thing: string, fence: number | undefined): void {
    if (fence === undefined) return;
    const highest = this.#fences.get(thing) ?? 0;
    if (fence < highest) {
      throw new TerminalError(
        'denied',
        'fenced',
        {
          en: `The command came under lease ${fence}, but lease ${highest} is in force.`,
          zh: `该命令所持控制权为 ${fence}，而当前有效的是 ${highest}。`,
        },
        { en: 'Take the lease again.', zh: '请重新取得控制权。' },
      );
    }
    this.#fences.delete(thing);
    this.#fences.set(thing, fence);
    if (this.#fences.size > fencesMax) this.#fences.delete(this.#fences.keys().next().value!);
  }

  lateAnswer(command: string, answer: { state: string; detail?: string }): void {
    this.#send({ type: 'lateAnswer', command, ...answer });
  }

  #fail(call: number, error: unknown): void {
    if (error instanceof TerminalError) this.#send({ type: 'answer', call, problem: error.problem });
    else this.#send({ type: 'answer', call, error: error instanceof Error ? error.message : String(error) });
  }

  reportCounters(): void {
    for (const connection of this.#connections.values()) {
      const counters = connection.takeCounters();
      if (counters !== undefined) this.#send({ type: 'counters', connection: connection.spec.id, counters });
    }
    if (this.#used.size > 0) {
      this.#send({ type: 'credentialsUsed', usernames: [...this.#used] });
      this.#used.clear();
    }
  }
}

function notReached(
  what: 'invoke' | 'write',
  candidates: readonly (OpenConnection | undefined)[],
): TerminalError {
  const open = candidates.some((connection) => connection?.session !== undefined);
  const able = candidates.some((connection) => connection?.session?.[what] !== undefined);
  return open && !able
    ? new TerminalError(
        'denied',
        'not-supported',
        what === 'write'
          ? { en: 'This protocol does not write properties.', zh: '该协议不支持写入属性。' }
          : { en: 'This protocol has no actions.', zh: '该协议不支持动作。' },
        { en: 'Reach the thing by another protocol.', zh: '请通过其他协议连接该物。' },
      )
    : new TerminalError(
        'unavailable',
        'not-reached',
        { en: 'No open connection reaches this thing.', zh: '当前没有可到达该物的连接。' },
        { en: 'See the state of its connection.', zh: '请查看其连接状态。' },
      );
}

/** One connection in this process: opens it, opens it again, and carries its batches. */
class OpenConnection implements Intake {
  readonly spec: ConnectionSpec;
  session: TerminalSession | undefined;
  readonly #worker: Worker;
  readonly #protocol: TerminalProtocol;
  readonly #folder: string;
  readonly #things = new Map<string, Thing>();
  #thingListeners: ((ids: readonly string[]) => void)[] = [];
  #withdrawnListeners: ((username: string) => void)[] = [];
  #authorityListeners: (() => void)[] = [];
  #attempt = new AbortController();
  #closed = false;
  #wake: (() => void) | undefined;
  #retries = 0;
  #everConnected = false;
  readonly #counters: Record<string, number> = {};
  #countersChanged = false;
  #builder = new BatchBuilder(1024);
  #waiting: ((error: Error | undefined) => void)[] = [];
  #scheduled = false;
  #leaving = false;
  #lastRows = 0;

  constructor(worker: Worker, protocol: TerminalProtocol, spec: ConnectionSpec, folder: string) {
    this.#worker = worker;
    this.#protocol = protocol;
    this.spec = spec;
    this.#folder = folder;
  }

  get batch(): BatchBuilder {
    this.#builder.retention = this.#worker.retention;
    this.#schedule();
    return this.#builder;
  }

  committed(call: (error: Error | undefined) => void): void {
    this.#waiting.push(call);
    this.#schedule();
  }

  get congested(): boolean {
    return this.#worker.congested;
  }

  drained(call: () => void): void {
    this.#worker.drained(call);
  }

  putThings(records: Parameters<typeof viewThing>[0][]): void {
    for (const record of records) this.#things.set(record.id, viewThing(record));
  }

  changeThings(put: Parameters<typeof viewThing>[0][], removed: readonly string[]): void {
    for (const record of put) {
      const before = this.#things.get(record.id);
      const next = viewThing(record);
      // The last given time outlives a changed description, so that untimed samples keep increasing.
      for (const point of next.points.values())
        point.lastGiven = before?.points.get(point.name)?.lastGiven ?? 0;
      this.#things.set(record.id, next);
    }
    for (const id of removed) this.#things.delete(id);
    const ids = [...put.map((record) => record.id), ...removed];
    for (const call of this.#thingListeners) this.#guard(() => call(ids));
  }

  credentialsWithdrawn(username: string): void {
    for (const call of this.#withdrawnListeners) this.#guard(() => call(username));
  }

  authoritiesChanged(): void {
    for (const call of this.#authorityListeners) this.#guard(call);
  }

  takeCounters(): Record<string, number> | undefined {
    if (!this.#countersChanged) return undefined;
    this.#countersChanged = false;
    return { ...this.#counters };
  }

  /** Opens, and opens again with back-off and jitter, until closed or stopped by an error a person must mend. */
  async run(): Promise<void> {
    while (!this.#closed) {
      this.#worker.state(this.spec.id, 'connecting');
      const attempt = new AbortController();
      this.#attempt = attempt;
      this.#thingListeners = [];
      this.#withdrawnListeners = [];
      this.#authorityListeners = [];
      let lose: (problem: ConnectionProblem) => void = () => {};
      const lost = new Promise<ConnectionProblem>((resolve) => {
        lose = resolve;
      });
      let problem: ConnectionProblem;
      try {
        mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
        const context = this.#context(attempt.signal, lose);
        const opened = this.#protocol.open(context);
        opened.catch(() => {});
        const session = await within(opened, openMillisecondsMax, () => openTimedOut);
        if (attempt.signal.aborted) {
          await within(session.close(), closeMillisecondsMax, () => undefined).catch(() => {});
          return;
        }
        this.session = session;
        this.#everConnected = true;
        this.#retries = 0;
        this.#worker.reportCounters();
        this.#worker.state(this.spec.id, 'connected');
        attempt.signal.addEventListener('abort', () => lose(closedOnPurpose));
        problem = await lost;
        if (this.#closed) return;
        this.session = undefined;
        await within(session.close(), closeMillisecondsMax, () => undefined).catch(() => {});
      } catch (error) {
        if (error instanceof TerminalError) problem = error.problem;
        else {
          this.#worker.log.error('a connection failed to open', {
            connection: this.spec.id,
            error: error instanceof Error ? (error.stack ?? error.message) : String(error),
          });
          problem = unexpected(error);
        }
      }
      attempt.abort();
      if (this.#closed) return;
      const mendable = problem.kind === 'settings' || problem.kind === 'denied';
      if (mendable || (this.spec.startup !== 'retry' && !this.#everConnected)) {
        this.#worker.state(this.spec.id, 'stopped', problem);
        return;
      }
      const wait =
        Math.min(retryMillisecondsMax, retryMillisecondsMin * 2 ** Math.min(this.#retries, 5)) *
        (0.75 + this.#worker.random() * 0.5);
      this.#retries++;
      this.#worker.state(this.spec.id, 'disconnected', problem, Math.round(wait));
      await new Promise<void>((resolve) => {
        const cancel = this.#worker.clock.after(wait, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
      this.#wake = undefined;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const session = this.session;
    this.session = undefined;
    if (session !== undefined)
      await within(session.close(), closeMillisecondsMax, () => undefined).catch(() => {});
    this.#attempt.abort();
    this.#wake?.();
    if (!this.#builder.empty || this.#waiting.length > 0) this.#flush();
  }

  #context(signal: AbortSignal, lost: (problem: ConnectionProblem) => void): TerminalContext {
    const worker = this.#worker;
    const id = this.spec.id;
    return {
      connection: { id, title: this.spec.title },
      settings: this.spec.settings,
      things: this.#things,
      onThingsChanged: (call) => void this.#thingListeners.push(call),
      intake: this,
      clock: worker.clock,
      random: worker.random,
      log: {
        info: (message, facts) => worker.log.info(message, { connection: id, ...facts }),
        warn: (message, facts) => worker.log.warn(message, { connection: id, ...facts }),
        error: (message, facts) => worker.log.error(message, { connection: id, ...facts }),
      },
      signal,
      folder: this.#folder,
      protocolFolder: worker.protocolFolder(this.spec.protocol),
      report: (state, problem) => {
        if (!signal.aborted) worker.state(id, state, problem);
      },
      lost,
      propose: (description, source) => worker.propose(id, description, source),
      count: (name, by) => {
        this.#counters[name] = (this.#counters[name] ?? 0) + by;
        this.#countersChanged = true;
      },
      gauge: (name, value) => {
        this.#counters[name] = value;
        this.#countersChanged = true;
      },
      authenticate: (username, password) => worker.authenticate(username, password),
      onCredentialsWithdrawn: (call) => void this.#withdrawnListeners.push(call),
      get clientAuthorities() {
        // None of the type's optional members may be there and be undefined.
        return worker.clientAuthorities ?? [];
      },
      onClientAuthoritiesChanged: (call) => void this.#authorityListeners.push(call),
      authenticateCertificate: (fingerprint) => worker.authenticateCertificate(fingerprint),
      lateAnswer: (command, answer) => worker.lateAnswer(command, answer),
      lastStored: (series) => worker.lastStored(series),
    };
  }

  #schedule(): void {
    if (this.#scheduled) {
      // A full batch leaves at the end of this turn, never within it: what a turn put in and asked to be told about stays in one batch.
      if (this.#builder.count < batchRowsMax || this.#leaving) return;
      this.#leaving = true;
      setImmediate(() => this.#flush());
      return;
    }
    this.#scheduled = true;
    if (this.#lastRows >= busyRows) setTimeout(() => this.#flush(), busyFlushMilliseconds);
    else setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    this.#leaving = false;
    this.#lastRows = this.#builder.count;
    if (this.#builder.empty && this.#waiting.length === 0) return;
    this.#worker.submit(this, this.#builder, this.#waiting);
    this.#waiting = [];
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#worker.log.error('a protocol threw', {
        connection: this.spec.id,
        error: error instanceof Error ? (error.stack ?? '') : String(error),
      });
    }
  }
}

const closedOnPurpose: ConnectionProblem = {
  kind: 'unavailable',
  code: 'closed',
  what: { en: 'The connection was closed.', zh: '连接已关闭。' },
  remedy: { en: 'Nothing to do.', zh: '无需处理。' },
};

const openTimedOut = new TerminalError(
  'unavailable',
  'open-timed-out',
  {
    en: `The other side did not finish connecting within ${openMillisecondsMax / 1000} s.`,
    zh: `对方在 ${openMillisecondsMax / 1000} 秒内没有完成连接。`,
  },
  {
    en: 'See whether it is overloaded or a firewall holds the answers back.',
    zh: '请检查对方是否过载，或防火墙是否拦截了应答。',
  },
);

function unexpected(error: unknown): ConnectionProblem {
  return {
    kind: 'unavailable',
    code: 'unexpected',
    what: {
      en: 'The connection failed in a way the program did not foresee.',
      zh: '连接以程序未预料的方式失败。',
    },
    remedy: {
      en: 'It is tried again. If it stays so, report it with the detail below.',
      zh: '系统将自动重试；若持续出现，请附上以下详情反馈。',
    },
    detail: error instanceof Error ? error.message : String(error),
  };
}

async function within<T>(
  promise: Promise<T>,
  milliseconds: number,
  late: () => Error | undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(late() ?? new Error('timed out')), milliseconds);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
