import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Log } from '@millrace/sdk';
import { fromWireError, StoreError, type WireError } from './store-error.ts';

/** Calls one engine may have unanswered; beyond it callers are told it is busy. */
const callsMax = 10_000;
/** A close that takes longer ends with a kill; what was acknowledged is on disk either way. */
const closeMillisecondsMax = 3_000;
/** The first open may create files or replay a log; a later one is given the same. */
const openMillisecondsMax = 120_000;
/** An engine ends its own queries long before; one that has not answered by now never will. */
const hungMillisecondsMax = 180_000;
const restartMillisecondsMin = 100;
const restartMillisecondsMax = 5_000;
/** How long a call waits for an engine that is being started again. */
const restartWaitMillisecondsMax = 15_000;
/** The engine's last words kept for the message that says why it ended. */
const lastWordsCharactersMax = 2_000;

export interface CallOptions {
  /** May be asked a second time if the engine's process ends meanwhile: reads. */
  idempotent?: boolean;
  /** Longer than this and the call is given up. */
  millisecondsMax?: number;
  /** Longer than this and the process counts as hung: it is killed and started again. */
  hungMillisecondsMax?: number;
}

interface Pending {
  method: string;
  argument: unknown;
  options: CallOptions;
  retried: boolean;
  timer: NodeJS.Timeout | undefined;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** What goes to an engine's process and what comes back. */
export type ToEngine = { id: number; method: string; argument: unknown };
export type FromEngine =
  | { id: number; result: unknown }
  | { id: number; error: WireError }
  | { log: 'info' | 'warn' | 'error'; message: string; facts: Record<string, unknown> | undefined };

export interface EngineProcessOptions {
  /** What it is called in log and errors: "sample store". */
  name: string;
  /** Compiled entry of the child. */
  entry: URL;
  log: Log;
  /** Given to the child's `open` at each start. */
  open: unknown;
  environment?: Record<string, string>;
  nodeArguments?: readonly string[];
}

/**
 * A storage engine in a process of its own: forked, spoken to over IPC, started again when it dies. Calls in flight when
 * it dies reject with `gone`, idempotent ones are asked once more.
 */
export class EngineProcess {
  #options: EngineProcessOptions;
  #child: ChildProcess | undefined;
  #pending = new Map<number, Pending>();
  #nextId = 1;
  /** Resolves when the engine takes calls; replaced at each restart. */
  #ready: Promise<unknown> = Promise.resolve();
  #closing = false;
  #restartDelay = restartMillisecondsMin;
  #lastWords = '';
  #restartTimer: NodeJS.Timeout | undefined;
  #restartEnd: (() => void) | undefined;

  constructor(options: EngineProcessOptions) {
    this.#options = options;
  }

  get processId(): number | undefined {
    return this.#child?.pid;
  }

  /** Forks and opens; gives the answer to `open`. Rejects with the engine's reason; nothing is left running then. */
  async start(): Promise<unknown> {
    const ready = this.#launch();
    this.#ready = ready;
    try {
      return await ready;
    } catch (error) {
      this.#closing = true;
      this.#child?.kill('SIGKILL');
      throw error;
    }
  }

  /** Ends the process in order and starts it again: gives back memory that only start-up needed. */
  async renew(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#child = undefined;
    this.#post(child, { id: 0, method: 'close', argument: undefined });
    const timer = setTimeout(() => child.kill('SIGKILL'), closeMillisecondsMax);
    await ended;
    clearTimeout(timer);
    await this.start();
  }

  async call<T>(method: string, argument: unknown, options: CallOptions = {}): Promise<T> {
    if (this.#closing) throw this.#closed();
    if (this.#pending.size >= callsMax) {
      throw fromWireError({
        code: 'busy',
        message: `The ${this.#options.name} has ${callsMax} calls waiting; try again.`,
        engineCode: undefined,
      });
    }
    await this.#untilReady();
    return new Promise<T>((resolve, reject) => {
      this.#send({
        method,
        argument,
        options,
        retried: false,
        timer: undefined,
        resolve: resolve as (result: unknown) => void,
        reject,
      });
    });
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearTimeout(this.#restartTimer);
    this.#restartEnd?.();
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      this.#post(child, { id: 0, method: 'close', argument: undefined });
      const timer = setTimeout(() => child.kill('SIGKILL'), closeMillisecondsMax);
      await ended;
      clearTimeout(timer);
    }
    this.#failAll(this.#closed());
  }

  #closed(): StoreError {
    return new StoreError('closed', `The ${this.#options.name} is closed.`);
  }

  #untilReady(): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new StoreError('gone', `The ${this.#options.name} is being started again; try again.`)),
        restartWaitMillisecondsMax,
      );
    });
    return Promise.race([this.#ready, late]).finally(() => clearTimeout(timer));
  }

  #launch(): Promise<unknown> {
    const { entry, environment, nodeArguments, name } = this.#options;
    this.#lastWords = '';
    const child = fork(fileURLToPath(entry), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...environment },
      execArgv: [...(nodeArguments ?? [])],
    });
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (words: string) => {
      this.#lastWords = (this.#lastWords + words).slice(-lastWordsCharactersMax);
    });
    child.on('message', (message) => this.#receive(message as FromEngine));
    child.on('error', (error) => {
      this.#options.log.error(`${name}: process could not be used`, { error: error.message });
    });
    return new Promise<unknown>((resolve, reject) => {
      child.once('exit', (code, signal) => {
        const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
        const words = this.#lastWords.trim();
        const error = new StoreError(
          'gone',
          `The process of the ${name} ${how}${words === '' ? '.' : `: ${words}`}`,
        );
        reject(error);
        this.#exited(child, error);
      });
      this.#send({
        method: 'open',
        argument: this.#options.open,
        options: { hungMillisecondsMax: openMillisecondsMax },
        retried: true,
        timer: undefined,
        resolve: (answer) => {
          this.#restartDelay = restartMillisecondsMin;
          resolve(answer);
        },
        reject,
      });
    });
  }

  #exited(child: ChildProcess, error: StoreError): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const again: Pending[] = [];
    const lost: Pending[] = [];
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      (pending.options.idempotent === true && !pending.retried && !this.#closing ? again : lost).push(
        pending,
      );
    }
    this.#pending.clear();
    if (!this.#closing) {
      this.#options.log.error(`${this.#options.name}: process ended and is started again`, {
        why: error.message,
        unanswered: lost.length,
      });
      this.#ready = this.#restart();
      this.#ready.catch(() => {});
    }
    for (const pending of lost) pending.reject(error);
    for (const pending of again) {
      pending.retried = true;
      this.#untilReady().then(
        () => this.#send(pending),
        (reason: Error) => pending.reject(reason),
      );
    }
  }

  /** Tries until it opens or the store is closed; a reason that time does not mend is logged each time. */
  async #restart(): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => {
        this.#restartEnd = resolve;
        this.#restartTimer = setTimeout(resolve, this.#restartDelay);
      });
      if (this.#closing) throw this.#closed();
      this.#restartDelay = Math.min(this.#restartDelay * 2, restartMillisecondsMax);
      const attempt = this.#launch();
      const child = this.#child;
      try {
        await attempt;
        return;
      } catch (error) {
        if (this.#child === child) this.#child = undefined;
        child?.kill('SIGKILL');
        this.#options.log.error(`${this.#options.name}: could not be started again`, {
          why: (error as Error).message,
        });
      }
    }
  }

  #send(pending: Pending): void {
    const child = this.#child;
    if (child === undefined || !child.connected) {
      pending.reject(
        this.#closing
          ? this.#closed()
          : new StoreError('gone', `The process of the ${this.#options.name} is not there; try again.`),
      );
      return;
    }
    const id = this.#nextId++;
    this.#pending.set(id, pending);
    const hung = pending.options.hungMillisecondsMax ?? hungMillisecondsMax;
    const limit = Math.min(pending.options.millisecondsMax ?? hung, hung);
    pending.timer = setTimeout(() => {
      pending.reject(
        new StoreError(
          'timeout',
          `The ${this.#options.name} did not answer "${pending.method}" within ${limit / 1000} seconds.`,
        ),
      );
      pending.timer = setTimeout(() => {
        this.#options.log.error(`${this.#options.name}: process does not answer and is ended`, {
          method: pending.method,
          seconds: hung / 1000,
        });
        child.kill('SIGKILL');
      }, hung - limit);
    }, limit);
    this.#post(child, { id, method: pending.method, argument: pending.argument });
  }

  #post(child: ChildProcess, message: ToEngine): void {
    // The exit of the process, not a failed write to it, is what settles its calls.
    child.send(message, () => {});
  }

  #receive(message: FromEngine): void {
    if ('log' in message) {
      this.#options.log[message.log](message.message, message.facts);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    clearTimeout(pending.timer);
    if ('error' in message) pending.reject(fromWireError(message.error));
    else pending.resolve(message.result);
  }

  #failAll(error: StoreError): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of all) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
  }
}
