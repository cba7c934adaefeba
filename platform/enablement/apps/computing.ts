import { Worker } from 'node:worker_threads';

const idleMilliseconds = 300_000;
const heapMegabytesMax = 1024;
const waitingMax = 1_000;

interface Call {
  name: string;
  input: unknown;
  millisecondsMax: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * The thread in which one application computes. It is started when it is wanted, ended when it has been idle, and ended when a call
 * takes too long or too much memory; one call runs at a time.
 */
export class Computing {
  readonly #module: string;
  #worker: Worker | undefined;
  readonly #waiting: Call[] = [];
  #running: { call: Call; id: number; timer: NodeJS.Timeout } | undefined;
  #idle: NodeJS.Timeout | undefined;
  #next = 1;
  #closed = false;

  constructor(module: string) {
    this.#module = module;
  }

  run<T>(name: string, input: unknown, millisecondsMax: number): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the application is being stopped'));
    if (this.#waiting.length >= waitingMax)
      return Promise.reject(new Error(`${waitingMax} computations wait already`));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        name,
        input,
        millisecondsMax,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      this.#go();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#end(new Error('the application is being stopped'));
    for (const call of this.#waiting.splice(0)) call.reject(new Error('the application is being stopped'));
  }

  #go(): void {
    if (this.#running !== undefined || this.#closed) return;
    const call = this.#waiting.shift();
    if (call === undefined) {
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => void this.#end(undefined), idleMilliseconds);
      this.#idle.unref();
      return;
    }
    clearTimeout(this.#idle);
    const id = this.#next++;
    const timer = setTimeout(
      () =>
        void this.#end(new Error(`"${call.name}" took longer than ${call.millisecondsMax} ms and was ended`)),
      call.millisecondsMax,
    );
    this.#running = { call, id, timer };
    try {
      this.#thread().postMessage({ call: id, name: call.name, input: call.input });
    } catch (error) {
      this.#settle(() => call.reject(error as Error));
    }
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./computing-worker.js', import.meta.url), {
      workerData: { module: this.#module },
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
      argv: [],
      env: {},
      execArgv: [],
    });
    worker.on('message', (message: { call?: number; value?: unknown; error?: string }) => {
      const running = this.#running;
      if (running === undefined || running.id !== message.call) return;
      this.#settle(() =>
        message.error === undefined
          ? running.call.resolve(message.value)
          : running.call.reject(new Error(message.error)),
      );
    });
    const gone = (error: Error): void => {
      if (this.#worker === worker) void this.#end(error);
    };
    worker.on('error', gone);
    worker.on('exit', (code) => gone(new Error(`the application's thread ended with ${code}`)));
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #settle(tell: () => void): void {
    clearTimeout(this.#running?.timer);
    this.#running = undefined;
    tell();
    this.#go();
  }

  async #end(error: Error | undefined): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    const running = this.#running;
    if (running !== undefined && error !== undefined) this.#settle(() => running.call.reject(error));
    await worker?.terminate();
  }
}
