import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '@millrace/sdk';
import { Delivery, onTheWayMax } from './probe-point.ts';
import type { TerminalPath } from './terminal-path.ts';

/** What TCP waits at least before it sends again what was lost (Linux: TCP_RTO_MIN). */
const retransmissionMilliseconds = 200;
/** Losses in a row that one message meets at most. */
const triesMax = 10;
/** While there is no path, it is looked for again so often. */
const outageLookMilliseconds = 250;

/**
 * A terminal's connections to the platform, on the terminal's path. What a path loses TCP sends again: it arrives later, and everything after it too. While there is no path
 * nothing moves, and the sender is held back.
 */
export class StreamRelay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #deliveries: Set<Delivery>;

  private constructor(server: Server, sockets: Set<Socket>, deliveries: Set<Delivery>) {
    this.#server = server;
    this.#sockets = sockets;
    this.#deliveries = deliveries;
    this.port = (server.address() as AddressInfo).port;
  }

  static async open(options: {
    path: TerminalPath;
    clock: Clock;
    host: string;
    to: { host: string; port: number };
  }): Promise<StreamRelay> {
    const { path, clock, host, to } = options;
    const sockets = new Set<Socket>();
    const deliveries = new Set<Delivery>();
    const server = createServer((terminal) => {
      const platform = connect({ host: to.host, port: to.port });
      for (const socket of [terminal, platform]) {
        socket.setNoDelay(true);
        sockets.add(socket);
        socket.on('error', () => {});
      }
      const ways = [
        forward(terminal, platform, clock, (seconds) => path.up(seconds), path),
        forward(platform, terminal, clock, (seconds) => path.down(seconds), path),
      ];
      for (const way of ways) deliveries.add(way);
      const over = (): void => {
        for (const way of ways) {
          way.stop();
          deliveries.delete(way);
        }
        for (const socket of [terminal, platform]) {
          sockets.delete(socket);
          socket.destroy();
        }
      };
      // A connection that is cut is cut at both ends: a broker tells by it that a device has vanished.
      terminal.once('close', over);
      platform.once('close', over);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, host, resolve);
    });
    return new StreamRelay(server, sockets, deliveries);
  }

  async close(): Promise<void> {
    for (const delivery of this.#deliveries) delivery.stop();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function forward(
  from: Socket,
  to: Socket,
  clock: Clock,
  delayAt: (seconds: number) => number | undefined,
  path: TerminalPath,
): Delivery {
  const delivery = new Delivery(clock);
  /** What came while there was no path. */
  const held: Buffer[] = [];
  let onTheWay = 0;
  const look = (): void => {
    clock.after(outageLookMilliseconds, () => {
      if (from.destroyed || to.destroyed) return;
      if (path.outOfReach) look();
      else {
        for (const chunk of held.splice(0)) pass(chunk);
        if (from.isPaused()) from.resume();
      }
    });
  };
  const pass = (chunk: Buffer): void => {
    if (path.outOfReach || held.length > 0) {
      if (held.length === 0) look();
      held.push(chunk);
      from.pause();
      return;
    }
    let delay = 0;
    for (let tries = 0; tries < triesMax; tries++) {
      const found = delayAt(clock.now() / 1e6);
      if (found !== undefined) {
        delay += found;
        break;
      }
      delay += retransmissionMilliseconds * 2 ** Math.min(tries, 4);
    }
    onTheWay++;
    const room = delivery.send(delay, () => {
      onTheWay--;
      if (!to.destroyed) to.write(chunk);
      if (held.length === 0 && from.isPaused()) from.resume();
    });
    if (!room) from.destroy();
    else if (onTheWay >= onTheWayMax / 2) from.pause();
  };
  from.on('data', pass);
  from.on('end', () => delivery.send(0, () => to.end()));
  return delivery;
}
