/** For tests: a listener on a free port, and clients of it made of mqtt-packet and a socket, that can misbehave. */
import { connect, type Socket } from 'node:net';
import type { ThingDescription } from '@millrace/contract';
import { TestContext, type TestContextOptions } from '@millrace/sdk/testing';
import mqttPacket, { type IConnectPacket, type IPublishPacket, type Packet } from 'mqtt-packet';
import { type MqttSession, mqtt } from './listener.ts';

export function describeThing(id: string, more: Partial<ThingDescription> = {}): ThingDescription {
  return {
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id,
    title: id,
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    properties: {
      temperature: { type: 'number' },
      pieces: { type: 'integer' },
      on: { type: 'boolean' },
      program: { type: 'string' },
    },
    ...more,
  };
}

export const ovenId = 'urn:test:oven';
export const pressId = 'urn:test:press';
export const testThings: readonly ThingDescription[] = [describeThing(ovenId), describeThing(pressId)];
export const testCredentials = {
  oven: { password: 'hot', thing: ovenId },
  oven2: { password: 'hot', thing: ovenId },
  press: { password: 'flat', thing: pressId },
};

export interface TestListener {
  context: TestContext;
  session: MqttSession;
  port: number;
  close(): Promise<void>;
}

export async function openTestListener(options: TestContextOptions = {}): Promise<TestListener> {
  const context = new TestContext(mqtt, {
    things: testThings,
    credentials: { ...testCredentials },
    ...options,
    settings: { port: 0, ...options.settings },
  });
  const session = (await mqtt.open(context)) as MqttSession;
  return {
    context,
    session,
    port: session.port!,
    close: async () => {
      context.abort();
      await session.close();
    },
  };
}

/** One client. Packets come in order; `next` waits for the one that is wanted and fails on any other. */
export class Peer {
  readonly socket: Socket;
  readonly received: Packet[] = [];
  closed = false;
  #waiting: (() => void)[] = [];
  readonly #parser;

  constructor(port: number, protocolVersion: 4 | 5 = 4) {
    this.socket = connect(port, '127.0.0.1');
    this.#parser = mqttPacket.parser({ protocolVersion });
    this.#parser.on('packet', (packet: Packet) => {
      this.received.push(packet);
      this.#wake();
    });
    this.socket.on('data', (chunk: Buffer) => this.#parser.parse(chunk));
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  #wake(): void {
    for (const call of this.#waiting.splice(0)) call();
  }

  write(bytes: Buffer | readonly number[]): void {
    this.socket.write(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes));
  }

  send(packet: Packet, protocolVersion: 4 | 5 = 4): void {
    this.write(mqttPacket.generate(packet, { protocolVersion }));
  }

  async until(condition: () => boolean, what: string, milliseconds = 5000): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!condition()) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`waited in vain for ${what}; have ${JSON.stringify(this.received)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** The next packet, which must be of this kind. */
  async next<K extends Packet['cmd']>(cmd: K): Promise<Extract<Packet, { cmd: K }>> {
    await this.until(() => this.received.length > 0 || this.closed, cmd);
    const packet = this.received.shift();
    if (packet?.cmd !== cmd) {
      throw new Error(`wanted ${cmd}, got ${packet === undefined ? 'the end' : JSON.stringify(packet)}`);
    }
    return packet as Extract<Packet, { cmd: K }>;
  }

  async end(): Promise<void> {
    await this.until(() => this.closed, 'the end of the connection');
  }

  /** Says nothing more until the other side has answered all it was sent: then what did not come will not come. */
  async settle(protocolVersion: 4 | 5 = 4): Promise<void> {
    this.send({ cmd: 'pingreq' }, protocolVersion);
    await this.until(
      () => this.received.some((packet) => packet.cmd === 'pingresp') || this.closed,
      'pingresp',
    );
    const at = this.received.findIndex((packet) => packet.cmd === 'pingresp');
    if (at >= 0) this.received.splice(at, 1);
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A connected client. */
export async function connectPeer(
  port: number,
  options: Partial<IConnectPacket> = {},
): Promise<Peer & { present: boolean }> {
  const version = (options.protocolVersion ?? 4) as 4 | 5;
  const peer = new Peer(port, version);
  peer.send(connectPacket(options), version);
  const connack = await peer.next('connack');
  const code = version === 5 ? connack.reasonCode : connack.returnCode;
  if (code !== 0) throw new Error(`refused: ${code}`);
  return Object.assign(peer, { present: connack.sessionPresent });
}

export function connectPacket(options: Partial<IConnectPacket> = {}): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'peer',
    clean: true,
    keepalive: 0,
    username: 'oven',
    password: Buffer.from('hot'),
    ...options,
  };
}

export function publishPacket(topic: string, payload: string | Buffer, more: Partial<IPublishPacket> = {}) {
  return {
    cmd: 'publish',
    topic,
    payload,
    qos: 0,
    dup: false,
    retain: false,
    ...more,
  } satisfies IPublishPacket;
}
