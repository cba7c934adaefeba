import { connect, type Socket } from 'node:net';
import type { ConnectionProblem, Microseconds } from '@millrace/contract';
import type { Clock } from '@millrace/sdk';
import {
  type Entity,
  encodeRead,
  encodeRequest,
  type Frame,
  FrameSplitter,
  readReply,
  writeReply,
} from './frame.ts';
import { socketProblem, streamProblem } from './problem.ts';
import { Transactions } from './transactions.ts';

/** Reads waiting for their turn on one link; more are refused, as nobody would wait for them any more. */
export const queuedRequestsMax = 10_000;

/** What came of one request. `at` is when the last byte of the reply was there; `sent`: whether the request had left. */
export type Outcome =
  | { kind: 'data'; data: Buffer; at: Microseconds }
  | { kind: 'exception'; code: number; at: Microseconds }
  | { kind: 'malformed'; why: string }
  | { kind: 'timeout' }
  | { kind: 'closed'; sent: boolean };

export interface LinkOptions {
  host: string;
  port: number;
  connectMilliseconds: number;
  /** Requests under way at once. */
  inFlight: number;
  /** Rest between a reply and the next request, for serial gateways that need one. */
  pauseMilliseconds: number;
  clock: Clock;
  count(name: string, by: number): void;
}

interface Request {
  unit: number;
  entity: Entity;
  address: number;
  quantity: number;
  /** Of a write: the request itself. */
  pdu?: Buffer;
  timeoutMilliseconds: number;
  /** Milliseconds after which the next request may go although this one is still open. */
  holdMilliseconds: number;
  settle(outcome: Outcome): void;
}

interface Pending extends Request {
  cancelTimeout(): void;
  cancelHold(): void;
  holding: boolean;
}

/**
 * One TCP connection to a device or gateway: finds the request each reply answers, by transaction and unit; lets `inFlight` requests
 * be under way; gives up each after its own time. A reply that comes after that, or to a transaction never asked, is counted and
 * dropped: it is never taken for the answer to another request.
 *
 * A connection that the other side closes while nothing is under way (devices do, to save sockets) is made again at the next request.
 */
export class Link {
  readonly #options: LinkOptions;
  #socket: Socket | undefined;
  #connecting: Promise<void> | undefined;
  #callOff: (() => void) | undefined;
  #splitter = new FrameSplitter();
  #queue: Request[] = [];
  #queueHead = 0;
  #pending = new Map<number, Pending>();
  readonly #transactions = new Transactions();
  #holders = 0;
  #resting = false;
  #closed = false;
  #gone: ((problem: ConnectionProblem) => void) | undefined;
  /** When bytes last came in. */
  heardAt: Microseconds = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Calls back once when the connection broke in a way that is not mended here. */
  onGone(call: (problem: ConnectionProblem) => void): void {
    this.#gone = call;
  }

  get connected(): boolean {
    return this.#socket !== undefined && this.#connecting === undefined;
  }

  /** Resolves when the TCP connection stands; rejects with a ConnectionProblem in `problem`. */
  connect(signal?: AbortSignal): Promise<void> {
    if (this.#closed) return Promise.reject(new LinkError(socketProblem('ECONNRESET', this.#options)));
    if (this.#connecting !== undefined) return this.#connecting;
    if (this.#socket !== undefined) return Promise.resolve();
    const { host, port, clock, connectMilliseconds } = this.#options;
    this.#connecting = new Promise<void>((resolve, reject) => {
      const bare = host.startsWith('[') ? host.slice(1, -1) : host;
      const socket = connect({
        host: bare,
        port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: 10_000,
      });
      this.#socket = socket;
      this.#splitter = new FrameSplitter();
      const fail = (code: string, detail?: string): void => {
        cancel();
        signal?.removeEventListener('abort', abort);
        if (this.#socket === socket) this.#socket = undefined;
        this.#connecting = undefined;
        socket.destroy();
        reject(new LinkError(socketProblem(code, this.#options, detail)));
      };
      const abort = (): void => fail('ABORT_ERR');
      this.#callOff = abort;
      const cancel = clock.after(connectMilliseconds, () => fail('ETIMEDOUT'));
      signal?.addEventListener('abort', abort, { once: true });
      let error: NodeJS.ErrnoException | undefined;
      socket.on('error', (e) => {
        error = e;
      });
      socket.once('connect', () => {
        cancel();
        signal?.removeEventListener('abort', abort);
        this.#connecting = undefined;
        resolve();
      });
      socket.on('data', (chunk) => this.#receive(socket, chunk));
      socket.on('close', () => {
        if (this.#connecting !== undefined && this.#socket === socket) {
          fail(error?.code ?? 'ECONNRESET', error?.message);
        } else {
          this.#lost(socket, error);
        }
      });
    });
    return this.#connecting;
  }

  /**
   * Asks for one read. Resolves always. `holdMilliseconds`: how long it may keep others from being sent; after that it stays open
   * until its timeout, but no longer counts as under way.
   */
  read(
    unit: number,
    entity: Entity,
    address: number,
    quantity: number,
    timeoutMilliseconds: number,
    holdMilliseconds = timeoutMilliseconds,
  ): Promise<Outcome> {
    return new Promise((settle) => {
      if (this.#closed || this.#queue.length - this.#queueHead >= queuedRequestsMax) {
        settle({ kind: 'closed', sent: false });
        return;
      }
      this.#queue.push({
        unit,
        entity,
        address,
        quantity,
        timeoutMilliseconds,
        holdMilliseconds: Math.min(holdMilliseconds, timeoutMilliseconds),
        settle,
      });
      this.#send();
    });
  }

  /** Sends one write, before the reads that wait. Resolves always; never sends it twice. */
  write(unit: number, pdu: Buffer, timeoutMilliseconds: number): Promise<Outcome> {
    return new Promise((settle) => {
      if (this.#closed) {
        settle({ kind: 'closed', sent: false });
        return;
      }
      this.#queue.splice(this.#queueHead, 0, {
        unit,
        entity: 'HoldingRegister',
        address: 0,
        quantity: 0,
        pdu,
        timeoutMilliseconds,
        holdMilliseconds: timeoutMilliseconds,
        settle,
      });
      this.#send();
    });
  }

  /** Ends it; reads under way resolve as closed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#connecting !== undefined) this.#callOff?.();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#connecting = undefined;
    this.#settleAll();
    socket?.destroy();
  }

  #send(): void {
    if (this.#resting) return;
    while (this.#queueHead < this.#queue.length && this.#holders < this.#options.inFlight && !this.#closed) {
      if (!this.connected) {
        this.#reconnect();
        return;
      }
      const request = this.#queue[this.#queueHead++]!;
      if (this.#queueHead > 256 && this.#queueHead * 2 > this.#queue.length) {
        this.#queue = this.#queue.slice(this.#queueHead);
        this.#queueHead = 0;
      }
      const transaction = this.#transactions.next((id) => this.#pending.has(id));
      const pending: Pending = { ...request, holding: true, cancelTimeout: () => {}, cancelHold: () => {} };
      this.#holders++;
      this.#pending.set(transaction, pending);
      const { clock } = this.#options;
      pending.cancelTimeout = clock.after(request.timeoutMilliseconds, () =>
        this.#giveUp(transaction, pending),
      );
      if (request.holdMilliseconds < request.timeoutMilliseconds) {
        pending.cancelHold = clock.after(request.holdMilliseconds, () => this.#release(pending));
      }
      this.#socket!.write(
        request.pdu === undefined
          ? encodeRead(transaction, request.unit, request.entity, request.address, request.quantity)
          : encodeRequest(transaction, request.unit, request.pdu),
      );
    }
  }

  #reconnect(): void {
    if (this.#connecting !== undefined) return;
    this.#options.count('reconnects', 1);
    this.connect().then(
      () => this.#send(),
      (error: unknown) => {
        if (!this.#closed) this.#fail(error instanceof LinkError ? error.problem : undefined);
      },
    );
  }

  #receive(socket: Socket, chunk: Buffer): void {
    if (socket !== this.#socket) return;
    const at = this.#options.clock.now();
    this.heardAt = at;
    const broken = this.#splitter.push(chunk, (frame) => this.#answer(frame, at));
    if (broken !== undefined) {
      this.#options.count('malformedReplies', 1);
      this.#fail(streamProblem(broken, this.#options));
    }
  }

  #answer(frame: Frame, at: Microseconds): void {
    const pending = this.#pending.get(frame.transaction);
    if (pending === undefined || pending.unit !== frame.unit) {
      const late = pending === undefined && this.#transactions.takeLate(frame.transaction);
      this.#options.count(late ? 'lateReplies' : 'strayReplies', 1);
      return;
    }
    const reply =
      pending.pdu === undefined
        ? readReply(frame.pdu, pending.entity, pending.quantity)
        : writeReply(frame.pdu, pending.pdu);
    if (reply.kind === 'malformed') this.#options.count('malformedReplies', 1);
    this.#finish(frame.transaction, pending, reply.kind === 'malformed' ? reply : { ...reply, at });
  }

  #giveUp(transaction: number, pending: Pending): void {
    this.#transactions.giveUp(transaction);
    this.#finish(transaction, pending, { kind: 'timeout' });
  }

  #finish(transaction: number, pending: Pending, outcome: Outcome): void {
    this.#pending.delete(transaction);
    pending.cancelTimeout();
    pending.cancelHold();
    pending.settle(outcome);
    this.#release(pending);
  }

  #release(pending: Pending): void {
    if (!pending.holding) return;
    pending.holding = false;
    this.#holders--;
    const { pauseMilliseconds, clock } = this.#options;
    if (pauseMilliseconds === 0) {
      this.#send();
    } else if (!this.#resting) {
      this.#resting = true;
      clock.after(pauseMilliseconds, () => {
        this.#resting = false;
        this.#send();
      });
    }
  }

  #lost(socket: Socket, error: NodeJS.ErrnoException | undefined): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    if (error === undefined && this.#pending.size === 0) {
      // Closed in good order while idle: made again when it is needed.
      this.#transactions.forget();
      this.#send();
      return;
    }
    this.#fail(socketProblem(error?.code ?? 'ECONNRESET', this.#options, error?.message));
  }

  #fail(problem: ConnectionProblem | undefined): void {
    this.close();
    const gone = this.#gone;
    this.#gone = undefined;
    if (problem !== undefined) gone?.(problem);
  }

  #settleAll(): void {
    const underWay = [...this.#pending.values()];
    const waiting = this.#queue.slice(this.#queueHead);
    this.#pending.clear();
    this.#queue = [];
    this.#queueHead = 0;
    this.#holders = 0;
    for (const pending of underWay) {
      pending.cancelTimeout();
      pending.cancelHold();
      pending.holding = false;
      pending.settle({ kind: 'closed', sent: true });
    }
    for (const request of waiting) request.settle({ kind: 'closed', sent: false });
  }
}

/** Rejection of {@link Link.connect}. */
export class LinkError extends Error {
  readonly problem: ConnectionProblem;
  constructor(problem: ConnectionProblem) {
    super(problem.what.en);
    this.problem = problem;
  }
}
