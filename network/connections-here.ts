import type { Clock } from '@millrace/sdk';
import { askSocketStatistics, type TcpConnection, TcpInfo } from './measurement/index.ts';

export interface Retransmissions {
  /** Of the segments sent in the last two minutes, the share sent again; and usually. */
  readonly share: number;
  readonly usual: number;
}

const everyMilliseconds = 15_000;
/** Steps of `everyMilliseconds` that are "lately". */
const latelySteps = 8;
/** Fewer segments tell nothing. */
const segmentsMin = 50;
/** What is usual forgets half of itself after so many steps: some hours. */
const usualHalfSteps = 960;

interface PeerHistory {
  /** Connection → segments sent, and sent again, when looked at last. */
  last: Map<string, readonly [sent: number, again: number]>;
  lately: [sent: number, again: number][];
  usual: [sent: number, again: number];
}

/** What the kernel knows of the platform's own TCP connections, with what was sent again to each peer lately and usually. */
export class ConnectionsHere {
  readonly tcp: TcpInfo;
  readonly #clock: Clock;
  readonly #peers = new Map<string, PeerHistory>();
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(clock: Clock, ask: () => Promise<string> = askSocketStatistics) {
    this.#clock = clock;
    this.tcp = new TcpInfo(clock, everyMilliseconds, ask);
  }

  async start(): Promise<void> {
    await this.tcp.start();
    this.#look();
  }

  #look(): void {
    if (this.#stopped) return;
    this.take(this.tcp.peers());
    this.#cancel = this.#clock.after(everyMilliseconds, () => this.#look());
  }

  /** One look at all connections, by peer. */
  take(byPeer: Iterable<readonly [string, readonly TcpConnection[]]>): void {
    const seen = new Set<string>();
    for (const [peer, connections] of byPeer) {
      seen.add(peer);
      const known: PeerHistory = this.#peers.get(peer) ?? { last: new Map(), lately: [], usual: [0, 0] };
      const last: PeerHistory['last'] = new Map();
      let sent = 0;
      let again = 0;
      for (const one of connections) {
        const key = `${one.localPort} ${one.peerPort}`;
        const before = known.last.get(key) ?? [one.sent, one.sentAgain];
        // The same ports anew: a connection that began since.
        const begins = one.sent < before[0];
        sent += begins ? one.sent : one.sent - before[0];
        again += begins ? one.sentAgain : Math.max(0, one.sentAgain - before[1]);
        last.set(key, [one.sent, one.sentAgain]);
      }
      known.last = last;
      known.lately.push([sent, again]);
      if (known.lately.length > latelySteps) {
        const [oldSent, oldAgain] = known.lately.shift()!;
        const keep = 0.5 ** (1 / usualHalfSteps);
        known.usual = [known.usual[0] * keep + oldSent, known.usual[1] * keep + oldAgain];
      }
      this.#peers.set(peer, known);
    }
    for (const peer of this.#peers.keys()) if (!seen.has(peer)) this.#peers.delete(peer);
  }

  /** Undefined: there is no connection, or too little was sent on it. */
  retransmissions(address: string): Retransmissions | undefined {
    const known = this.#peers.get(address);
    if (known === undefined) return undefined;
    const sent = known.lately.reduce((sum, [one]) => sum + one, 0);
    const again = known.lately.reduce((sum, [, one]) => sum + one, 0);
    if (sent < segmentsMin) return undefined;
    const [usualSent, usualAgain] = known.usual;
    return { share: again / sent, usual: usualSent < segmentsMin ? 0 : usualAgain / usualSent };
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.tcp.stop();
  }
}
