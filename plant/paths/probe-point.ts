import { createSocket, type Socket } from 'node:dgram';
import type { Clock } from '@millrace/sdk';
import { StampReflector, sentAt } from './stamp.ts';
import type { TerminalPath } from './terminal-path.ts';

/** Messages on their way at once; what comes beyond is dropped, as a full queue does. */
export const onTheWayMax = 1000;

/** Probes over which the quickest is looked for, and looked for anew. */
const quickestOf = 64;

/**
 * When probes really came. A busy program looks late; the time a probe bears says how late, up to the difference of two clocks, and that is seen in the quickest of the last
 * probes, which was met at once. So neither a busy computer nor another clock looks like a bad path.
 */
export class Arrivals {
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  #count = 0;

  /** Moment at which a probe came that says it was sent at `said` and was seen at `now`, µs. */
  at(said: number, now: number): number {
    if (this.#count++ % quickestOf === 0) {
      this.#leastBefore = this.#least;
      this.#least = Number.POSITIVE_INFINITY;
    }
    this.#least = Math.min(this.#least, now - said);
    return said + Math.min(this.#least, this.#leastBefore);
  }
}

/**
 * Keeps the order in which messages were sent, as the radio link does (RLC in acknowledged mode delivers in sequence), and never more than
 * `onTheWayMax` at once.
 */
export class Delivery {
  readonly #clock: Clock;
  readonly #inOrder: boolean;
  readonly #pending = new Set<() => void>();
  #last = 0;

  constructor(clock: Clock, inOrder = true) {
    this.#clock = clock;
    this.#inOrder = inOrder;
  }

  /** Calls `deliver` after so long, and not before what was sent earlier. Returns whether there was room. */
  send(milliseconds: number, deliver: () => void): boolean {
    if (this.#pending.size >= onTheWayMax) return false;
    const now = this.#clock.now();
    const at = this.#inOrder ? Math.max(this.#last, now + milliseconds * 1000) : now + milliseconds * 1000;
    this.#last = at;
    const cancel = this.#clock.after((at - now) / 1000, () => {
      this.#pending.delete(cancel);
      deliver();
    });
    this.#pending.add(cancel);
    return true;
  }

  stop(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }
}

/** Where a terminal is probed: a UDP port with the terminal's path behind it, and a STAMP reflector at the end of the path. */
export class ProbePoint {
  readonly port: number;
  answered = 0;
  lost = 0;
  readonly #socket: Socket;
  readonly #delivery: Delivery;

  private constructor(socket: Socket, delivery: Delivery) {
    this.#socket = socket;
    this.#delivery = delivery;
    this.port = socket.address().port;
  }

  /** `port`: wished; another is taken where it is in use. */
  static async open(options: {
    path: TerminalPath;
    clock: Clock;
    host: string;
    port: number;
  }): Promise<ProbePoint> {
    const { path, clock, host } = options;
    const socket = (await bound(host, options.port)) ?? (await bound(host, 0));
    if (socket === undefined) throw new Error(`no UDP port on ${host} can be listened on`);
    const reflector = new StampReflector();
    const back = new Delivery(clock, false);
    const point = new ProbePoint(socket, back);
    const arrivals = new Arrivals();
    let arrivedLast = 0;
    let leftLast = 0;
    // The platform sends: down to the terminal first, then up again. Each way keeps its order.
    socket.on('message', (probe, { address, port }) => {
      const now = clock.now();
      const said = sentAt(probe);
      const begins = said === undefined ? now : arrivals.at(said, now);
      const away = path.down(begins / 1e6);
      if (away === undefined) {
        point.lost++;
        return;
      }
      const arrives = Math.max(arrivedLast, begins + away * 1000);
      arrivedLast = arrives;
      const home = path.up(arrives / 1e6);
      if (home === undefined) {
        point.lost++;
        return;
      }
      const due = Math.max(leftLast, arrives + home * 1000);
      leftLast = due;
      const room = back.send(Math.max(0, due - now) / 1000, () => {
        // What this program was late is its own and not the path's: it lies between receiving and sending, where STAMP takes it out of the round trip.
        const sent = Math.max(arrives, Math.round(clock.now() - (due - arrives)));
        const reply = reflector.answer(probe, `${address} ${port}`, arrives, sent);
        if (reply === undefined) return;
        point.answered++;
        socket.send(reply, port, address, () => {});
      });
      if (!room) point.lost++;
    });
    socket.on('error', () => {});
    return point;
  }

  async close(): Promise<void> {
    this.#delivery.stop();
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

function bound(host: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => resolve(undefined));
    socket.bind(port, host, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
