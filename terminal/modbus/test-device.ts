import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { type Entity, readFunction } from './frame.ts';

/** A read as the device saw it. */
export interface SeenRead {
  transaction: number;
  unit: number;
  entity: Entity;
  address: number;
  quantity: number;
}

/** What a device does with a read: data bytes, an exception code, raw bytes to send as they are, or nothing at all. */
export type Answer = { data: Buffer } | { exception: number } | { raw: Buffer } | 'silence' | 'close';

const entityOf = new Map(Object.entries(readFunction).map(([entity, code]) => [code, entity as Entity]));

/**
 * A device for tests that misbehaves on demand, byte by byte, which no library's server does. What it does well is tested against
 * servers we did not write.
 */
export class ScriptedDevice {
  readonly reads: SeenRead[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;
  /** Decides each answer; may take its time. */
  answer: (read: SeenRead, socket: Socket) => Answer | Promise<Answer>;

  constructor(answer: ScriptedDevice['answer']) {
    this.answer = answer;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  listen(port = 0): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Closes the connections there are; new ones are taken. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.end();
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 12) {
        const read: SeenRead = {
          transaction: rest.readUInt16BE(0),
          unit: rest[6]!,
          entity: entityOf.get(rest[7]!)!,
          address: rest.readUInt16BE(8),
          quantity: rest.readUInt16BE(10),
        };
        rest = rest.subarray(12);
        this.reads.push(read);
        void Promise.resolve(this.answer(read, socket)).then((answer) => {
          if (answer === 'silence' || socket.destroyed) return;
          if (answer === 'close') socket.destroy();
          else socket.write('raw' in answer ? answer.raw : replyTo(read, answer));
        });
      }
    });
  }
}

/** A well-formed reply. */
export function replyTo(read: SeenRead, answer: { data: Buffer } | { exception: number }): Buffer {
  const code = readFunction[read.entity];
  const pdu =
    'data' in answer
      ? Buffer.concat([Buffer.from([code, answer.data.length]), answer.data])
      : Buffer.from([code | 0x80, answer.exception]);
  return frame(read.transaction, read.unit, pdu);
}

export function frame(transaction: number, unit: number, pdu: Buffer): Buffer {
  const header = Buffer.alloc(7);
  header.writeUInt16BE(transaction, 0);
  header.writeUInt16BE(pdu.length + 1, 4);
  header[6] = unit;
  return Buffer.concat([header, pdu]);
}

/** Registers as bytes. */
export function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => {
    bytes.writeUInt16BE(value & 0xffff, i * 2);
  });
  return bytes;
}
