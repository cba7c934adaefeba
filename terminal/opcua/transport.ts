import type { Socket } from 'node:net';
import {
  ClientTCP_transport,
  type IClientTransport,
  type IClientTransportFactory,
} from 'node-opcua-transport';

interface Inside {
  _install_socket(socket: Socket): void;
  _on_socket_data(data: Buffer): void;
}

/** What the stack asks of a socket's first answer (OPC 10000-6, 7.1.2): acknowledge, or error. */
const firstWords = ['ACK', 'ERR'];
const excerptBytesMax = 40;

/**
 * Makes the stack's TCP connections, and keeps hold of their sockets. Two things it does by itself would bring the process down or leave a
 * socket behind: bytes that are no OPC UA can be thrown out of the socket's event, and a connection given up while it is being made stays
 * open until the other side closes it.
 */
export class Transports implements IClientTransportFactory {
  readonly #sockets = new Set<Socket>();
  /** Why a connection was broken off here. */
  error: Error | undefined;

  create(settings?: Parameters<IClientTransportFactory['create']>[0]): IClientTransport {
    const transport = new ClientTCP_transport(settings);
    const inside = transport as unknown as Inside;
    const install = inside._install_socket;
    const take = inside._on_socket_data;
    let socket: Socket | undefined;
    let heard = false;
    inside._install_socket = (made) => {
      socket = made;
      this.#sockets.add(made);
      made.once('close', () => this.#sockets.delete(made));
      made.on('error', () => {});
      install.call(transport, made);
    };
    inside._on_socket_data = (data) => {
      try {
        if (!heard) {
          heard = true;
          const start = data.toString('latin1', 0, 3);
          if (!firstWords.some((word) => word.startsWith(start))) {
            const excerpt = data.toString('latin1', 0, excerptBytesMax).replace(/[^\x20-\x7e]+/g, '·');
            throw new Error(`not OPC UA: it answered "${excerpt}"`);
          }
        }
        take.call(transport, data);
      } catch (error) {
        this.error ??= error as Error;
        socket?.destroy(error as Error);
      }
    };
    return transport as unknown as IClientTransport;
  }

  /** Closes what is still open, at once. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
