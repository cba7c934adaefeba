import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Aedes } from 'aedes';
import mqttPacket, { type Packet } from 'mqtt-packet';

/** A broker that we did not write, for tests: aedes on a free port. */
export class ForeignBroker {
  readonly aedes: Aedes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly port: number;

  private constructor(aedes: Aedes, server: Server, port: number) {
    this.aedes = aedes;
    this.#server = server;
    this.port = port;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(
    options: { tls?: TlsOptions; port?: number; aedes?: Aedes } = {},
  ): Promise<ForeignBroker> {
    const aedes = options.aedes ?? (await Aedes.createBroker());
    const server =
      options.tls === undefined ? createServer(aedes.handle) : createTlsServer(options.tls, aedes.handle);
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    return new ForeignBroker(aedes, server, (server.address() as AddressInfo).port);
  }

  /** Cuts every connection, as a network does. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await new Promise<void>((resolve) => this.aedes.close(() => resolve()));
  }
}

/**
 * A broker of a few lines that does what a test tells it, and what no well-behaved broker does: refuses, closes, falls silent, sends
 * what nobody asked for. Speaks the version it is told to.
 */
export class ScriptedBroker {
  readonly packets: Packet[] = [];
  readonly sockets: Socket[] = [];
  /** Answers to a packet; undefined: the usual ones. */
  answer: (packet: Packet, socket: Socket) => readonly Packet[] | undefined = () => undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ScriptedBroker> {
    const server = createServer();
    const broker = new ScriptedBroker(server);
    server.on('connection', (socket) => {
      broker.sockets.push(socket);
      const parser = mqttPacket.parser();
      let version: 4 | 5 = 4;
      parser.on('packet', (packet) => {
        broker.packets.push(packet);
        if (packet.cmd === 'connect') version = packet.protocolVersion === 5 ? 5 : 4;
        for (const reply of broker.answer(packet, socket) ?? usual(packet)) {
          socket.write(mqttPacket.generate(reply, { protocolVersion: version }));
        }
      });
      parser.on('error', () => socket.destroy());
      socket.on('error', () => {});
      socket.on('data', (chunk) => void parser.parse(chunk));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  send(packet: Packet, version: 4 | 5 = 5): void {
    this.sockets.at(-1)!.write(mqttPacket.generate(packet, { protocolVersion: version }));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function usual(packet: Packet): Packet[] {
  switch (packet.cmd) {
    case 'connect':
      return [{ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 }];
    case 'subscribe':
      return [
        { cmd: 'suback', messageId: packet.messageId!, granted: packet.subscriptions.map(({ qos }) => qos) },
      ];
    case 'unsubscribe':
      return [
        { cmd: 'unsuback', messageId: packet.messageId!, granted: packet.unsubscriptions.map(() => 0) },
      ];
    case 'publish':
      return packet.qos === 1 ? [{ cmd: 'puback', messageId: packet.messageId!, reasonCode: 0 }] : [];
    case 'pubrec':
      return [{ cmd: 'pubrel', messageId: packet.messageId!, reasonCode: 0 }];
    case 'pingreq':
      return [{ cmd: 'pingresp' }];
    default:
      return [];
  }
}
