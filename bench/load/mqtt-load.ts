/**
 * The MQTT load generator, a process of its own: told what to do by its parent, it connects, sends, checks every acknowledgement
 * and reports. Started by `startLoad` (index.ts).
 */
import { connect, type Socket } from 'node:net';
import type { ClientLedger, FromLoad, LoadOptions, LoadReport } from './index.ts';
import { connectBytes, PacketRing } from './mqtt-packets.ts';

const sampledLatenciesMax = 200_000;
const reconnectMilliseconds = 100;
/** Latency is measured for every so many messages. */
let latencyEvery = 16;

const state = {
  sent: 0,
  acknowledged: 0,
  outOfOrder: 0,
  refused: 0,
  disconnects: 0,
};
let latencies = new Float64Array(sampledLatenciesMax);
let latencyCount = 0;
let stopping = false;

class Client {
  readonly index: number;
  readonly ring: PacketRing;
  readonly options: LoadOptions;
  readonly firstTime: number | undefined;
  socket: Socket | undefined;
  ready = false;
  /** Messages sent and acknowledged: both count from 0. */
  sent = 0;
  acknowledged = 0;
  /** With a rate: messages that may have been sent by now. */
  due = Number.POSITIVE_INFINITY;
  #rest: Buffer = Buffer.alloc(0);
  readonly #sentAt: Float64Array;
  #blocked = false;
  onReady: () => void = () => {};

  constructor(index: number, options: LoadOptions) {
    this.index = index;
    this.options = options;
    const credentials = options.credentials[index % options.credentials.length]!;
    this.firstTime = options.timed ? options.firstTime : undefined;
    this.ring = new PacketRing({
      topic: `things/${credentials.topicSegment}/properties`,
      window: options.window,
      qos: options.qos,
      properties: options.properties,
      firstTime: this.firstTime,
      stepMicroseconds: options.stepMicroseconds,
    });
    this.#sentAt = new Float64Array(Math.ceil(options.window / latencyEvery) + 1);
  }

  open(): void {
    const { options } = this;
    const credentials = options.credentials[this.index % options.credentials.length]!;
    const socket = connect({ port: options.port, host: options.host, noDelay: true });
    this.socket = socket;
    this.#rest = Buffer.alloc(0);
    socket.on('connect', () =>
      socket.write(
        connectBytes(`load-${this.index}`, credentials.username, credentials.password, options.cleanSession),
      ),
    );
    socket.on('data', (chunk: Buffer) => this.#data(chunk));
    socket.on('drain', () => {
      this.#blocked = false;
      this.fill();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.ready = false;
      this.#blocked = false;
      if (stopping) return;
      state.disconnects++;
      // What was not acknowledged is sent again: that is what QoS 1 means.
      state.sent -= this.sent - this.acknowledged;
      this.sent = this.acknowledged;
      setTimeout(() => this.open(), reconnectMilliseconds);
    });
  }

  #data(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = Buffer.concat([this.#rest, chunk]);
      this.#rest = Buffer.alloc(0);
    }
    let at = 0;
    const { qos } = this.options;
    let releases: number[] | undefined;
    while (at + 4 <= bytes.length) {
      const type = bytes[at]!;
      if (bytes[at + 1] !== 2) {
        state.refused++;
        this.socket?.destroy();
        return;
      }
      const id = (bytes[at + 2]! << 8) | bytes[at + 3]!;
      at += 4;
      if (type === 0x40 || type === 0x70) {
        if (id !== PacketRing.id(this.acknowledged)) state.outOfOrder++;
        if (this.acknowledged % latencyEvery === 0) this.#latency();
        this.acknowledged++;
        state.acknowledged++;
      } else if (type === 0x50 && qos === 2) {
        (releases ??= []).push(0x62, 2, id >> 8, id & 0xff);
      } else if (type === 0x20) {
        if (id !== 0 && (id & 0xff) !== 0) {
          state.refused++;
          this.socket?.destroy();
          return;
        }
        this.ready = true;
        this.onReady();
      }
    }
    if (at < bytes.length) this.#rest = bytes.subarray(at);
    if (releases !== undefined) this.socket?.write(Buffer.from(releases));
    this.fill();
  }

  #latency(): void {
    if (latencyCount === sampledLatenciesMax) return;
    const at = Math.floor((this.acknowledged % this.options.window) / latencyEvery);
    latencies[latencyCount++] = performance.now() - this.#sentAt[at]!;
  }

  /** Sends what the window and the rate allow. */
  fill(): void {
    const { socket, options } = this;
    if (!this.ready || stopping || this.#blocked || socket === undefined) return;
    const end = Math.min(
      options.qos === 0 ? this.sent + options.window : this.acknowledged + options.window,
      this.due,
      options.messagesMax ?? Number.POSITIVE_INFINITY,
    );
    // Few large writes rather than many small ones, unless nothing is under way.
    if (
      end - this.sent < Math.min(64, options.window / 4) &&
      this.sent > this.acknowledged &&
      this.due === Number.POSITIVE_INFINITY
    ) {
      return;
    }
    if (end <= this.sent) return;
    const now = performance.now();
    for (let n = Math.ceil(this.sent / latencyEvery) * latencyEvery; n < end; n += latencyEvery) {
      this.#sentAt[Math.floor((n % options.window) / latencyEvery)] = now;
    }
    const pieces = this.ring.take(this.sent, end);
    state.sent += end - this.sent;
    this.sent = end;
    if (options.qos === 0) {
      this.acknowledged = end;
      state.acknowledged = state.sent;
    }
    socket.cork();
    let flowing = true;
    for (const piece of pieces)
      flowing = socket.write(options.qos === 0 ? Buffer.from(piece) : piece) && flowing;
    socket.uncork();
    if (!flowing) this.#blocked = true;
    else if (options.qos === 0 && this.due === Number.POSITIVE_INFINITY) setImmediate(() => this.fill());
  }

  ledger(): ClientLedger {
    const credentials = this.options.credentials[this.index % this.options.credentials.length]!;
    return {
      thing: credentials.thing,
      firstTime: this.firstTime,
      stepMicroseconds: this.options.stepMicroseconds,
      sent: this.sent,
      acknowledged: this.acknowledged,
    };
  }
}

let clients: Client[] = [];

function report(): LoadReport {
  const sorted = latencies.slice(0, latencyCount).sort();
  const at = (share: number): number =>
    sorted[Math.min(latencyCount - 1, Math.floor(latencyCount * share))] ?? 0;
  return {
    ...state,
    at: performance.now(),
    cpuMicroseconds: process.cpuUsage().user + process.cpuUsage().system,
    latencyMilliseconds: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
    ledger: clients.map((client) => client.ledger()),
  };
}

function tell(message: FromLoad): void {
  process.send?.(message);
}

process.on('message', (message: { type: string; options?: LoadOptions; call?: number }) => {
  if (message.type === 'start') begin(message.options!);
  else if (message.type === 'report') tell({ type: 'report', call: message.call!, report: report() });
  else if (message.type === 'reset') {
    latencies = new Float64Array(sampledLatenciesMax);
    latencyCount = 0;
    tell({ type: 'report', call: message.call!, report: report() });
  } else if (message.type === 'pause') {
    stopping = true;
    // What is under way still comes in.
    const wait = (rounds: number): void => {
      const open = clients.some((client) => client.ready && client.sent > client.acknowledged);
      if (open && rounds > 0) setTimeout(() => wait(rounds - 1), 20);
      else tell({ type: 'report', call: message.call!, report: report() });
    };
    wait(500);
  }
});
process.on('disconnect', () => process.exit(0));

function begin(options: LoadOptions): void {
  latencyEvery = options.latencyEvery ?? latencyEvery;
  clients = Array.from({ length: options.clients }, (_, index) => new Client(index, options));
  const rate = options.messagesPerSecond;
  let ready = 0;
  for (const client of clients) {
    if (rate !== undefined) client.due = 0;
    client.onReady = () => {
      client.onReady = () => {};
      ready++;
      if (ready === clients.length) tell({ type: 'ready' });
      client.fill();
    };
    client.open();
  }
  if (rate === undefined) return;
  const each = rate / clients.length;
  let began: number | undefined;
  setInterval(() => {
    if (ready < clients.length) return;
    began ??= performance.now();
    const due = Math.floor(((performance.now() - began) / 1000) * each);
    for (const client of clients) {
      client.due = due;
      client.fill();
    }
  }, 5);
}
