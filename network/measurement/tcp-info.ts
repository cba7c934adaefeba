import { execFile } from 'node:child_process';
import { isIP } from 'node:net';
import type { LocalText, Microseconds } from '@millrace/contract';
import type { Clock } from '@millrace/sdk';
import ipaddr from 'ipaddr.js';

/** What the kernel keeps of one connection of this machine. */
export interface TcpConnection {
  localAddress: string;
  localPort: number;
  peerAddress: string;
  peerPort: number;
  /** Smoothed round trip and its variation (RFC 6298), µs. */
  roundTrip: number;
  variation: number;
  /** Least round trip of the last minutes, µs; NaN where the kernel does not tell. */
  least: number;
  /** Segments sent again over the connection's life, and all that were sent. */
  sentAgain: number;
  sent: number;
  /** Octets the peer has acknowledged, and octets received from it. */
  acknowledged: number;
  received: number;
  pathMtu: number;
}

export const tcpInfoLimits = {
  connectionsMax: 20_000,
  outputBytesMax: 16_777_216,
  everyMsMin: 1_000,
} as const;

function endpoint(text: string): { address: string; port: number } | undefined {
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  const written = text
    .slice(0, colon)
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '');
  if (isIP(written) === 0 || !Number.isInteger(port)) return undefined;
  // An IPv4 peer of a socket for both is written ::ffff:a.b.c.d.
  return { address: ipaddr.process(written).toString(), port };
}

/** Reads what `ss -tinH` prints: a line of addresses for each connection, then an indented one of what the kernel keeps. Others are left out. */
export function readSocketStatistics(text: string): TcpConnection[] {
  const found: TcpConnection[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length && found.length < tcpInfoLimits.connectionsMax; at++) {
    const line = lines[at]!;
    if (line === '' || /^\s/.test(line)) continue;
    const fields = line.trim().split(/\s+/);
    const detail = /^\s/.test(lines[at + 1] ?? '') ? lines[at + 1]! : '';
    const [local, peer] = [fields[3], fields[4]].map((field) => endpoint(field ?? ''));
    const times = / rtt:([\d.]+)\/([\d.]+)/.exec(detail);
    if (fields[0] !== 'ESTAB' || local === undefined || peer === undefined || times === null) continue;
    const number = (name: string): number => Number(new RegExp(` ${name}:(\\d+)`).exec(detail)?.[1] ?? 0);
    const least = / minrtt:([\d.]+)/.exec(detail)?.[1];
    found.push({
      localAddress: local.address,
      localPort: local.port,
      peerAddress: peer.address,
      peerPort: peer.port,
      roundTrip: Number(times[1]) * 1000,
      variation: Number(times[2]) * 1000,
      least: least === undefined ? Number.NaN : Number(least) * 1000,
      sentAgain: Number(/ retrans:\d+\/(\d+)/.exec(detail)?.[1] ?? 0),
      sent: number('segs_out'),
      acknowledged: number('bytes_acked'),
      received: number('bytes_received'),
      pathMtu: number('pmtu'),
    });
  }
  return found;
}

/** Asks `ss`; rejects in words where it is not there or fails. */
export const askSocketStatistics = (): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      'ss',
      ['-tinH', 'state', 'all'],
      { timeout: 5_000, killSignal: 'SIGKILL', maxBuffer: tcpInfoLimits.outputBytesMax },
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    );
  });

/** What the kernel knows of the connections to each peer, renewed every few seconds. */
export class TcpInfo {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #ask: () => Promise<string>;
  #byPeer = new Map<string, TcpConnection[]>();
  #time: Microseconds = Number.NaN;
  #problem: LocalText | undefined;
  #cancel = (): void => {};
  #stopped = false;

  constructor(clock: Clock, everyMs = 5_000, ask = askSocketStatistics) {
    this.#clock = clock;
    this.#everyMs = Math.max(tcpInfoLimits.everyMsMin, everyMs);
    this.#ask = ask;
  }

  /** Resolves when the connections were read for the first time, or could not be. */
  async start(): Promise<void> {
    await this.#read();
  }

  async #read(): Promise<void> {
    try {
      const byPeer = new Map<string, TcpConnection[]>();
      for (const connection of readSocketStatistics(await this.#ask())) {
        const known = byPeer.get(connection.peerAddress);
        if (known === undefined) byPeer.set(connection.peerAddress, [connection]);
        else known.push(connection);
      }
      this.#byPeer = byPeer;
      this.#time = this.#clock.now();
      this.#problem = undefined;
    } catch (error) {
      this.#byPeer = new Map();
      const code = (error as NodeJS.ErrnoException).code;
      this.#problem =
        code === 'ENOENT'
          ? {
              en: 'The state of TCP connections is not known: the program ss (package iproute2) is not there.',
              zh: '无法获知 TCP 连接状态：缺少 ss 程序（iproute2 软件包）。',
            }
          : {
              en: `The state of TCP connections could not be read: ${(error as Error).message.split('\n')[0]}`,
              zh: '读取 TCP 连接状态失败。',
            };
    }
    if (!this.#stopped) this.#cancel = this.#clock.after(this.#everyMs, () => void this.#read());
  }

  /** Connections with a peer, as of `time`. */
  of(address: string): readonly TcpConnection[] {
    const written = ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
    return this.#byPeer.get(written) ?? [];
  }

  /** All connections, by peer. */
  peers(): Iterable<readonly [string, readonly TcpConnection[]]> {
    return this.#byPeer;
  }

  /** When they were read last (µs); NaN: never. */
  get time(): Microseconds {
    return this.#time;
  }

  /** Why there are none; undefined: they are read. */
  get problem(): LocalText | undefined {
    return this.#problem;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }
}
