import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Clock, TerminalError } from '@millrace/sdk';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { clientLimits } from './client-limits.ts';
import { type Oversized, PacketFramer, publishHead } from './framing.ts';
import {
  closed,
  noAnswer,
  notMqtt,
  notSpoken,
  type Place,
  refusal,
  silent,
  socketProblem,
} from './problems.ts';

/** 5: MQTT 5.0; 4: MQTT 3.1.1. */
export type Version = 4 | 5;

export interface BrokerOptions extends Place {
  tls: { ca?: string; cert?: string; key?: string; verify: boolean } | undefined;
  /** The versions to offer, the preferred one first. */
  versions: readonly Version[];
  clientId: string;
  username: string | undefined;
  password: string | undefined;
  keepAliveSeconds: number;
  /** True: the broker keeps nothing for us while we are away. */
  clean: boolean;
  will?: { topic: string; payload: Buffer; qos: 0 | 1 | 2; retain: boolean };
}

export interface IncomingMessage {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  /** Sent before, and perhaps taken then. */
  dup: boolean;
  /** 0 for QoS 0. */
  messageId: number;
}

export interface SessionEvents {
  /**
   * Called for each message, even before {@link BrokerSession.connect} has resolved. Whoever takes it gives `acknowledgement` to
   * {@link BrokerSession.acknowledge} once the message is safe; 0 where none is expected.
   */
  message(message: IncomingMessage, acknowledgement: number): void;
  /** A message whose payload was passed over; it is acknowledged already, for it would come again as large as it is. */
  oversized(topic: string, bytes: number): void;
  /** Called after all messages of one read were given out. */
  turn(session: BrokerSession): void;
  /** The connection is gone, and was not closed from here. Called once. */
  lost(problem: TerminalError): void;
}

export interface Granted {
  filter: string;
  /** Undefined: granted. Else what the broker said. */
  refused: string | undefined;
}

/** Acknowledgement of messages that need none. */
const none = 0;

/** What the broker said of itself in CONNACK. */
interface Welcome {
  sessionPresent: boolean;
  keepAliveSeconds: number;
  /** Messages of QoS 1 that may be on their way to it at once. */
  receiveMaximum: number;
  maximumQos: number;
  retains: boolean;
}

interface Waiting {
  resolve(packet: Packet): void;
  reject(error: Error): void;
  cancel(): void;
}

/**
 * One MQTT session, from connecting to its end; it does not reconnect. In difference to the usual clients, which have one message
 * in hand at a time and send its acknowledgement before they read the next, this one gives out messages as they come and leaves the
 * acknowledgement to the caller, in the order of arrival: so one commit can acknowledge thousands.
 */
export class BrokerSession {
  readonly version: Version;
  readonly sessionPresent: boolean;
  /** Whether the broker takes retained messages of QoS 1. */
  readonly supportsState: boolean;
  readonly #maximumQos: number;
  #sendQuota: number;
  /** Messages of QoS 1 that wait for their turn. */
  #queue: (() => void)[] = [];
  readonly #place: Place;
  readonly #socket: Socket;
  readonly #events: SessionEvents;
  readonly #clock: Clock;
  readonly #keepAliveSeconds: number;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #open = true;
  #paused = false;
  #sentSince = false;
  #heard = true;
  /** Whether a PINGREQ was sent for want of news. */
  #asked = false;
  #cancelKeepAlive: (() => void) | undefined;

  private constructor(
    socket: Socket,
    options: BrokerOptions,
    version: Version,
    welcome: Welcome,
    events: SessionEvents,
    clock: Clock,
  ) {
    this.version = version;
    this.sessionPresent = welcome.sessionPresent;
    this.supportsState = welcome.retains && welcome.maximumQos >= 1;
    this.#maximumQos = welcome.maximumQos;
    this.#sendQuota = welcome.receiveMaximum;
    this.#place = options;
    this.#socket = socket;
    this.#events = events;
    this.#clock = clock;
    this.#keepAliveSeconds = welcome.keepAliveSeconds;
  }

  /** Connects and signs in. Rejects with TerminalError. `step` is told when the transport stands. */
  static async connect(
    options: BrokerOptions,
    events: SessionEvents,
    clock: Clock,
    signal: AbortSignal,
    step?: (what: 'transport') => void,
  ): Promise<BrokerSession> {
    let last: TerminalError | undefined;
    for (const version of options.versions) {
      try {
        return await connectAs(version, options, events, clock, signal, step);
      } catch (error) {
        if (!(error instanceof VersionRefused)) throw error;
        last = error.problemIfLast;
      }
    }
    throw last!;
  }

  /** @internal */
  static start(
    socket: Socket,
    options: BrokerOptions,
    version: Version,
    welcome: Welcome,
    events: SessionEvents,
    clock: Clock,
  ): BrokerSession {
    const session = new BrokerSession(socket, options, version, welcome, events, clock);
    socket.on('error', (error) => session.#lose(socketProblem(error, options, options.tls !== undefined)));
    socket.on('close', () => session.#lose(closed(options, options.tls !== undefined)));
    session.#keepAlive();
    return session;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Subscribes to filters, many at a time. Resolves with what the broker said to each; rejects if it says nothing. */
  async subscribe(filters: readonly { filter: string; qos: 0 | 1 | 2 }[]): Promise<Granted[]> {
    const granted: Granted[] = [];
    for (let i = 0; i < filters.length; i += clientLimits.filtersPerPacketMax) {
      const part = filters.slice(i, i + clientLimits.filtersPerPacketMax);
      const answer = await this.#request((messageId) => ({
        cmd: 'subscribe',
        messageId,
        subscriptions: part.map(({ filter, qos }) => ({ topic: filter, qos, nl: false, rap: false, rh: 1 })),
      }));
      const codes = answer.cmd === 'suback' ? (answer.granted as number[]) : [];
      part.forEach(({ filter }, at) => {
        const code = codes[at] ?? 0x80;
        granted.push({ filter, refused: code < 0x80 ? undefined : `reason 0x${code.toString(16)}` });
      });
    }
    return granted;
  }

  async unsubscribe(filters: readonly string[]): Promise<void> {
    for (let i = 0; i < filters.length; i += clientLimits.filtersPerPacketMax) {
      const part = filters.slice(i, i + clientLimits.filtersPerPacketMax);
      await this.#request((messageId) => ({ cmd: 'unsubscribe', messageId, unsubscriptions: [...part] }));
    }
  }

  /** Sends a message. QoS 0 resolves at once, QoS 1 when the broker has it. Rejects if the session ends before. */
  async publish(
    topic: string,
    payload: Buffer,
    options: { qos: 0 | 1; retain: boolean; expirySeconds?: number },
  ): Promise<void> {
    const qos = Math.min(options.qos, this.#maximumQos) as 0 | 1;
    const properties =
      this.version === 5 && options.expirySeconds !== undefined
        ? { properties: { messageExpiryInterval: options.expirySeconds } }
        : {};
    const packet = {
      cmd: 'publish' as const,
      topic,
      payload,
      qos,
      retain: options.retain,
      dup: false,
      ...properties,
    };
    if (qos === 0) {
      if (this.#socket.writableLength > clientLimits.unsentBytesMax) return;
      this.#send(packet);
      return;
    }
    while (this.#sendQuota === 0 && this.#open)
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#sendQuota--;
    let answer: Packet;
    try {
      answer = await this.#request((messageId) => ({ ...packet, messageId }));
    } finally {
      this.#sendQuota++;
      this.#queue.shift()?.();
    }
    const code = (answer as { reasonCode?: number }).reasonCode ?? 0;
    if (code >= 0x80) {
      throw new TerminalError(
        'denied',
        'publish-refused',
        { en: `The broker refuses messages on ${topic}.`, zh: `服务器拒绝向 ${topic} 发布消息。` },
        { en: 'Allow this user to publish there.', zh: '请在服务器上授予该用户发布权限。' },
        { detail: `reason 0x${code.toString(16)}` },
      );
    }
  }

  /** Sends acknowledgements, in the order given, in one write. */
  acknowledge(acknowledgements: readonly number[]): void {
    if (!this.#open || acknowledgements.length === 0) return;
    const bytes = Buffer.allocUnsafe(acknowledgements.length * 4);
    let at = 0;
    for (const one of acknowledgements) {
      if (one === none) continue;
      // QoS 1: PUBACK; QoS 2, marked above the identifier: PUBREC. Both mean success when they say no more.
      bytes[at++] = one > 0xffff ? 0x50 : 0x40;
      bytes[at++] = 2;
      bytes[at++] = (one >> 8) & 0xff;
      bytes[at++] = one & 0xff;
    }
    if (at === 0) return;
    this.#sentSince = true;
    this.#socket.write(bytes.subarray(0, at));
  }

  /** Reads nothing more for now: TCP makes the broker wait. */
  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#heard = true;
    if (this.#open) this.#socket.resume();
  }

  /** Ends the session in an orderly way; what was sent before is still delivered. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#end(closed(this.#place, false));
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(1000, () => {
        this.#socket.destroy();
        resolve();
      });
      this.#socket.once('close', () => {
        cancel();
        resolve();
      });
      this.#socket.resume();
      this.#socket.end(mqttPacket.generate({ cmd: 'disconnect' }, { protocolVersion: this.version }), () => {
        // The broker closes on DISCONNECT; one that does not is not waited for.
        this.#clock.after(100, () => this.#socket.destroy());
      });
    });
  }

  /** @internal One packet from the broker. */
  take(packet: Packet): void {
    this.#heard = true;
    switch (packet.cmd) {
      case 'publish': {
        const payload = packet.payload as Buffer;
        const acknowledgement =
          packet.qos === 0 ? none : packet.qos === 1 ? packet.messageId! : packet.messageId! + 0x10000;
        this.#events.message(
          {
            topic: packet.topic,
            payload,
            qos: packet.qos,
            retain: packet.retain,
            dup: packet.dup,
            messageId: packet.messageId ?? 0,
          },
          acknowledgement,
        );
        break;
      }
      case 'puback':
      case 'suback':
      case 'unsuback': {
        const waiting = this.#waiting.get(packet.messageId!);
        if (waiting === undefined) break;
        this.#waiting.delete(packet.messageId!);
        waiting.cancel();
        waiting.resolve(packet);
        break;
      }
      case 'pubrel':
        this.#send({ cmd: 'pubcomp', messageId: packet.messageId! });
        break;
      case 'disconnect':
        this.#lose(
          refusal(this.#place, packet.reasonCode ?? 0x80, packet.properties?.reasonString ?? undefined),
        );
        break;
      case 'pingresp':
        break;
      default:
        this.#lose(notMqtt(this.#place, `${packet.cmd} from the broker`));
    }
  }

  /** @internal */
  tookOversized(packet: Oversized): void {
    this.#heard = true;
    const head = publishHead(packet.head);
    if (head === undefined) {
      this.#lose(notMqtt(this.#place, `a packet of ${packet.bytes} bytes`));
      return;
    }
    if (head.messageId !== undefined) {
      this.acknowledge([head.qos === 2 ? head.messageId + 0x10000 : head.messageId]);
    }
    this.#events.oversized(head.topic, packet.bytes);
  }

  /** @internal */
  turn(): void {
    if (this.#open) this.#events.turn(this);
  }

  /** @internal */
  broke(problem: TerminalError): void {
    this.#lose(problem);
  }

  #request(make: (messageId: number) => Packet): Promise<Packet> {
    if (!this.#open) return Promise.reject(closed(this.#place, false));
    const id = this.#freeId();
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(clientLimits.answerMilliseconds, () => {
        this.#waiting.delete(id);
        // Nothing can come back while nothing is read.
        reject(silent(this.#place, clientLimits.answerMilliseconds / 1000));
      });
      this.#waiting.set(id, { resolve, reject, cancel });
      this.#send(make(id));
    });
  }

  #freeId(): number {
    do this.#nextId = (this.#nextId % 0xffff) + 1;
    while (this.#waiting.has(this.#nextId));
    return this.#nextId;
  }

  #send(packet: Packet): void {
    if (!this.#open) return;
    this.#sentSince = true;
    this.#socket.write(mqttPacket.generate(packet, { protocolVersion: this.version }));
  }

  /** Says something at least every keep-alive interval, and hears something within one and a half. */
  #keepAlive(): void {
    if (this.#keepAliveSeconds === 0) return;
    this.#cancelKeepAlive = this.#clock.after(this.#keepAliveSeconds * 500, () => {
      if (!this.#heard && !this.#paused && this.#asked) {
        this.#lose(silent(this.#place, this.#keepAliveSeconds));
        return;
      }
      this.#asked = !this.#heard || !this.#sentSince;
      if (this.#asked) this.#send({ cmd: 'pingreq' });
      this.#heard = false;
      this.#sentSince = false;
      this.#keepAlive();
    });
  }

  #lose(problem: TerminalError): void {
    if (!this.#open) return;
    this.#end(problem);
    this.#socket.destroy();
    this.#events.lost(problem);
  }

  #end(problem: TerminalError): void {
    this.#open = false;
    this.#cancelKeepAlive?.();
    for (const waiting of this.#waiting.values()) {
      waiting.cancel();
      waiting.reject(problem);
    }
    this.#waiting.clear();
    for (const call of this.#queue.splice(0)) call();
  }
}

/** The broker does not speak this version; another may do. */
class VersionRefused extends Error {
  readonly problemIfLast: TerminalError;
  constructor(problemIfLast: TerminalError) {
    super('version refused');
    this.problemIfLast = problemIfLast;
  }
}

function connectAs(
  version: Version,
  options: BrokerOptions,
  events: SessionEvents,
  clock: Clock,
  signal: AbortSignal,
  step?: (what: 'transport') => void,
): Promise<BrokerSession> {
  return new Promise((resolve, reject) => {
    const tls = options.tls !== undefined;
    let socket: Socket;
    let session: BrokerSession | undefined;
    let transport = false;
    let settled = false;
    const fail = (error: Error): void => {
      if (settled) return;
      settled = true;
      cancel();
      signal.removeEventListener('abort', abort);
      socket?.destroy();
      reject(error);
    };
    const abort = (): void => fail(closed(options, tls, 'called off'));
    const cancel = clock.after(clientLimits.connectMilliseconds, () => fail(noAnswer(options)));
    if (signal.aborted) {
      socket = undefined as unknown as Socket;
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    try {
      socket = dial(options);
    } catch (error) {
      socket = undefined as unknown as Socket;
      fail(socketProblem(error as Error, options, tls));
      return;
    }
    const framer = new PacketFramer(clientLimits.packetBytesMax);
    const parser = mqttPacket.parser({ protocolVersion: version });
    parser.on('error', (error: Error) => broke(notMqtt(options, error.message)));
    const broke = (problem: TerminalError): void => {
      if (session === undefined) fail(problem);
      else session.broke(problem);
    };
    parser.on('packet', (packet) => {
      if (session !== undefined) {
        session.take(packet);
        return;
      }
      if (settled) return;
      if (packet.cmd !== 'connack') {
        fail(notMqtt(options, `${packet.cmd} instead of an answer to CONNECT`));
        return;
      }
      const code = reasonOf(packet);
      if (code !== 0) {
        const problem = refusal(options, code, packet.properties?.reasonString);
        fail(
          code === 0x84 || code === 0x01 ? new VersionRefused(notSpoken(options, name(version))) : problem,
        );
        return;
      }
      settled = true;
      cancel();
      signal.removeEventListener('abort', abort);
      socket.removeListener('error', early);
      socket.removeListener('close', earlyClose);
      session = BrokerSession.start(
        socket,
        options,
        version,
        {
          sessionPresent: packet.sessionPresent,
          keepAliveSeconds: packet.properties?.serverKeepAlive ?? options.keepAliveSeconds,
          receiveMaximum: packet.properties?.receiveMaximum ?? clientLimits.sendMax,
          maximumQos: packet.properties?.maximumQoS ?? 2,
          retains: packet.properties?.retainAvailable !== false,
        },
        events,
        clock,
      );
      resolve(session);
    });
    const early = (error: Error): void => fail(socketProblem(error, options, tls));
    const earlyClose = (): void => {
      const problem = closed(options, tls);
      // Some brokers close without a word on a version they do not know.
      fail(transport && version === 5 ? new VersionRefused(problem) : problem);
    };
    socket.on('error', early);
    socket.on('close', earlyClose);
    socket.setNoDelay(true);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      transport = true;
      step?.('transport');
      socket.write(mqttPacket.generate(connectPacket(version, options), { protocolVersion: version }));
    });
    let first = true;
    socket.on('data', (chunk: Buffer) => {
      // The answer to CONNECT is a CONNACK; anything else is told by its first byte, however little of it there is.
      if (first && chunk[0] !== 0x20) {
        broke(notMqtt(options, `answers ${JSON.stringify(chunk.toString('latin1', 0, 40))}`));
        return;
      }
      first = false;
      try {
        framer.push(
          chunk,
          (packet) => parser.parse(packet),
          (packet) => {
            if (session === undefined) broke(notMqtt(options, `a packet of ${packet.bytes} bytes`));
            else session.tookOversized(packet);
          },
        );
      } catch (error) {
        broke(notMqtt(options, (error as Error).message));
        return;
      }
      session?.turn();
    });
  });
}

function dial(options: BrokerOptions): Socket {
  const { host, port, tls } = options;
  if (tls === undefined) return connectTcp({ host, port });
  return connectTls({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  });
}

function connectPacket(version: Version, options: BrokerOptions): Packet {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: version,
    clean: options.clean,
    clientId: options.clientId,
    keepalive: options.keepAliveSeconds,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: Buffer.from(options.password) }),
    ...(options.will === undefined ? {} : { will: options.will }),
    ...(version === 5
      ? {
          properties: {
            sessionExpiryInterval: options.clean ? 0 : clientLimits.sessionSeconds,
            receiveMaximum: clientLimits.receiveMax,
          },
        }
      : {}),
  };
}

/** The answer to CONNECT as a reason code of MQTT 5.0; return codes of 3.1.1 (3.2.2.3) are carried over. */
function reasonOf(connack: { reasonCode?: number; returnCode?: number }): number {
  const code = connack.reasonCode ?? connack.returnCode ?? 0;
  return [0, 0x84, 0x85, 0x88, 0x86, 0x87][code] ?? code;
}

function name(version: Version): string {
  return version === 5 ? '5.0' : '3.1.1';
}
