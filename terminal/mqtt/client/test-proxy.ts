import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';

/** Stands before a broker in tests and keeps every packet that clients send, in order, with the number of their connection. */
export class RecordingProxy {
  readonly packets: { connection: number; at: number; packet: Packet }[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: number) {
    let connections = 0;
    this.#server = createServer((client) => {
      const connection = ++connections;
      const broker = connect({ port: target, host: '127.0.0.1' });
      // The parser learns the protocol version from CONNECT.
      const parser = mqttPacket.parser();
      parser.on('packet', (packet) => this.packets.push({ connection, at: Date.now(), packet }));
      client.on('data', (chunk: Buffer) => void parser.parse(chunk));
      for (const socket of [client, broker]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => this.#sockets.delete(socket));
      }
      client.pipe(broker);
      broker.pipe(client);
      client.on('close', () => broker.destroy());
      broker.on('close', () => client.destroy());
    });
  }

  static async start(target: number): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
