import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Aedes } from 'aedes';

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
