import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { errorNumber, type Libc, readTimespec } from './libc.ts';

/** Datagram sockets of the kernel with what Node.js does not tell of them: many packets a call, class of service, time to live, time of arrival. */

export const addressFamily = { ipv4: 2, ipv6: 10 } as const;
export type AddressFamily = 4 | 6;

const socketLevel = 1;
const ipLevel = 0;
const ipv6Level = 41;
const option = {
  reuseAddress: 2,
  receiveBuffer: 8,
  receiveBufferForce: 33,
  timestampNs: 35,
  overflow: 40,
  tos: 1,
  ttl: 2,
  mtuDiscover: 10,
  receiveTtl: 12,
  receiveTos: 13,
  packetInfo: 8,
  v6UnicastHops: 16,
  v6MtuDiscover: 23,
  v6Only: 26,
  v6ReceivePacketInfo: 49,
  v6PacketInfo: 50,
  v6ReceiveHopLimit: 51,
  v6HopLimit: 52,
  v6ReceiveClass: 66,
  v6Class: 67,
} as const;
const nonBlocking = 0o4000;
const closeOnExec = 0o2000000;
const dontWait = 0x40;
const truncated = 0x20;
/** Enough for what comes in between two wake-ups at the highest rate. */
const receiveBufferBytes = 4_194_304;

export const sockAddressOctets = 32;

/** A struct sockaddr_in or sockaddr_in6. Throws where `address` is no IP address. */
export function sockAddress(
  address: string,
  port: number,
): { bytes: Buffer; length: number; family: AddressFamily } {
  const bytes = Buffer.allocUnsafeSlow(sockAddressOctets).fill(0);
  if (isIPv4(address)) {
    bytes.writeUInt16LE(addressFamily.ipv4, 0);
    bytes.writeUInt16BE(port, 2);
    Buffer.from(ipaddr.parse(address).toByteArray()).copy(bytes, 4);
    return { bytes, length: 16, family: 4 };
  }
  if (!isIPv6(address)) throw new Error(`"${address}" is no IP address`);
  bytes.writeUInt16LE(addressFamily.ipv6, 0);
  bytes.writeUInt16BE(port, 2);
  const parsed = ipaddr.IPv6.parse(address.split('%')[0]!);
  Buffer.from(parsed.toByteArray()).copy(bytes, 8);
  const zone = Number(address.split('%')[1] ?? 0);
  bytes.writeUInt32LE(Number.isInteger(zone) ? zone : 0, 24);
  return { bytes, length: 28, family: 6 };
}

/** Who sent it, as a key of a map: a number for IPv4, text for IPv6. */
export type PeerKey = number | string;

export function peerKey(socketAddress: Buffer, at: number, port = true): PeerKey {
  const number = port ? socketAddress.readUInt16BE(at + 2) : 0;
  return socketAddress.readUInt16LE(at) === addressFamily.ipv4
    ? socketAddress.readUInt32BE(at + 4) * 65_536 + number
    : `${socketAddress.toString('latin1', at + 8, at + 24)}${number}`;
}

export function peerText(socketAddress: Buffer, at: number): { address: string; port: number } {
  const port = socketAddress.readUInt16BE(at + 2);
  const isFour = socketAddress.readUInt16LE(at) === addressFamily.ipv4;
  const octets = isFour ? socketAddress.subarray(at + 4, at + 8) : socketAddress.subarray(at + 8, at + 24);
  return { address: ipaddr.fromByteArray([...octets]).toString(), port };
}

export interface SocketOptions {
  family: AddressFamily;
  kind: 'udp' | 'icmp-datagram' | 'icmp-raw';
  /** Bound to it; absent: any of this machine's, and a port the kernel chooses. */
  address?: string | undefined;
  port?: number | undefined;
  /** Class of service of all it sends. */
  dscp?: number | undefined;
  /** Tell which of this machine's addresses a datagram came to, so that the answer can come from there. */
  tellOwnAddress?: boolean;
}

/** What the kernel did not let a socket have; told under the capabilities. */
export type Missing = 'receive-times' | 'class-of-service' | 'time-to-live';

export interface OpenSocket {
  fd: number;
  family: AddressFamily;
  port: number;
  missing: readonly Missing[];
}

const number = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value, 0);
  return buffer;
};

/** Opens and binds a non-blocking socket. Throws an Error with the system's number where it may not or cannot. */
export function openSocket(libc: Libc, options: SocketOptions): OpenSocket {
  const { family, kind } = options;
  const isFour = family === 4;
  const protocol = kind === 'udp' ? 17 : isFour ? 1 : 58;
  const type = kind === 'icmp-raw' ? 3 : 2;
  const fd = libc.socket(
    isFour ? addressFamily.ipv4 : addressFamily.ipv6,
    type | nonBlocking | closeOnExec,
    protocol,
  );
  if (fd < 0) throw new SocketError('socket', libc.errno());
  const set = (level: number, name: number, value: number): boolean =>
    libc.setsockopt(fd, level, name, number(value), 4) === 0;
  const missing: Missing[] = [];
  if (!set(socketLevel, option.receiveBufferForce, receiveBufferBytes))
    set(socketLevel, option.receiveBuffer, receiveBufferBytes);
  if (!set(socketLevel, option.timestampNs, 1)) missing.push('receive-times');
  set(socketLevel, option.overflow, 1);
  const tos = (options.dscp ?? 0) << 2;
  if (isFour) {
    set(ipLevel, option.ttl, 255);
    if (!set(ipLevel, option.receiveTtl, 1)) missing.push('time-to-live');
    if (!set(ipLevel, option.receiveTos, 1) || !set(ipLevel, option.tos, tos))
      missing.push('class-of-service');
  } else {
    set(ipv6Level, option.v6Only, 1);
    set(ipv6Level, option.v6UnicastHops, 255);
    if (!set(ipv6Level, option.v6ReceiveHopLimit, 1)) missing.push('time-to-live');
    if (!set(ipv6Level, option.v6ReceiveClass, 1) || !set(ipv6Level, option.v6Class, tos))
      missing.push('class-of-service');
  }
  if (options.tellOwnAddress === true)
    isFour ? set(ipLevel, option.packetInfo, 1) : set(ipv6Level, option.v6ReceivePacketInfo, 1);
  if (kind === 'icmp-raw') {
    // Echo replies only: without it the socket would see all of the machine's ICMP.
    if (isFour) libc.setsockopt(fd, 255, 1, number(~1), 4);
    else {
      const filter = Buffer.alloc(32, 0xff);
      filter[129 >> 3]! &= ~(1 << (129 & 7));
      libc.setsockopt(fd, 58, 1, filter, 32);
    }
  }
  try {
    const address = options.address ?? (isFour ? '0.0.0.0' : '::');
    const name = sockAddress(address, kind === 'udp' ? (options.port ?? 0) : 0);
    if (libc.bind(fd, name.bytes, name.length) !== 0) throw new SocketError('bind', libc.errno());
    const bound = Buffer.alloc(sockAddressOctets);
    libc.getsockname(fd, bound, number(sockAddressOctets));
    return { fd, family, port: bound.readUInt16BE(2), missing };
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

export class SocketError extends Error {
  readonly number: number;
  constructor(call: string, errno: number) {
    super(`${call}: ${systemWords(errno)}`);
    this.number = errno;
  }
}

function systemWords(errno: number): string {
  const known: Record<number, string> = {
    1: 'not permitted (EPERM)',
    13: 'not permitted (EACCES)',
    93: 'protocol not supported (EPROTONOSUPPORT)',
    97: 'address family not supported (EAFNOSUPPORT)',
    98: 'address already in use (EADDRINUSE)',
    99: 'this machine has no such address (EADDRNOTAVAIL)',
  };
  return known[errno] ?? `error ${errno}`;
}

const mmsghdrOctets = 64;
const controlOctets = 192;
const sendControlOctets = 80;

/** Memory for receiving up to `count` datagrams with one call. */
export class ReceiveBatch {
  readonly count: number;
  readonly #libc: Libc;
  readonly #octets: number;
  readonly #headers: Buffer;
  readonly #vectors: Buffer;
  readonly names: Buffer;
  readonly control: Buffer;
  readonly #data: Buffer;
  /** Of the datagram `inspect` was called for last. */
  time = Number.NaN;
  ttl = -1;
  /** DSCP and ECN. */
  trafficClass = -1;
  /** Datagrams of this socket the kernel has dropped so far, as far as it told; -1: it did not. */
  dropped = -1;
  /** Where in `control` the address it came to stands; -1: not told. */
  ownAddressAt = -1;

  constructor(libc: Libc, count: number, octets: number) {
    this.#libc = libc;
    this.count = count;
    this.#octets = octets;
    this.#headers = Buffer.allocUnsafeSlow(count * mmsghdrOctets).fill(0);
    this.#vectors = Buffer.allocUnsafeSlow(count * 16);
    this.names = Buffer.allocUnsafeSlow(count * sockAddressOctets).fill(0);
    this.control = Buffer.allocUnsafeSlow(count * controlOctets).fill(0);
    this.#data = Buffer.allocUnsafeSlow(count * octets);
    const [vectors, names, control, data] = [this.#vectors, this.names, this.control, this.#data].map(
      (buffer) => libc.address(buffer),
    ) as [bigint, bigint, bigint, bigint];
    for (let at = 0; at < count; at++) {
      const header = at * mmsghdrOctets;
      this.#vectors.writeBigUInt64LE(data + BigInt(at * octets), at * 16);
      this.#vectors.writeBigUInt64LE(BigInt(octets), at * 16 + 8);
      this.#headers.writeBigUInt64LE(names + BigInt(at * sockAddressOctets), header);
      this.#headers.writeBigUInt64LE(vectors + BigInt(at * 16), header + 16);
      this.#headers.writeUInt32LE(1, header + 24);
      this.#headers.writeBigUInt64LE(control + BigInt(at * controlOctets), header + 32);
    }
  }

  /** How many datagrams came; 0: none. */
  receive(fd: number): number {
    for (let at = 0; at < this.count; at++) {
      const header = at * mmsghdrOctets;
      this.#headers.writeUInt32LE(sockAddressOctets, header + 8);
      this.#headers.writeUInt32LE(controlOctets, header + 40);
      this.#headers.writeUInt32LE(0, header + 48);
    }
    const many = this.#libc.recvmmsg(fd, this.#headers, this.count, dontWait, null);
    return many > 0 ? many : 0;
  }

  /** The datagram at `at`, valid until the next `receive`; undefined where it was longer than there is room for. Fills `time` and the rest. */
  inspect(at: number): Buffer | undefined {
    const header = at * mmsghdrOctets;
    this.time = Number.NaN;
    this.ttl = -1;
    this.trafficClass = -1;
    this.dropped = -1;
    this.ownAddressAt = -1;
    const start = at * controlOctets;
    const end = start + this.#headers.readUInt32LE(header + 40);
    const { control } = this;
    for (let message = start; message + 16 <= end; ) {
      const length = control.readUInt32LE(message);
      if (length < 16) break;
      const level = control.readInt32LE(message + 8);
      const type = control.readInt32LE(message + 12);
      const data = message + 16;
      if (level === socketLevel && type === option.timestampNs) this.time = readTimespec(control, data);
      else if (level === socketLevel && type === option.overflow) this.dropped = control.readUInt32LE(data);
      else if (level === ipLevel && type === option.ttl) this.ttl = control.readInt32LE(data);
      else if (level === ipLevel && type === option.tos) this.trafficClass = control[data]!;
      else if (level === ipLevel && type === option.packetInfo) this.ownAddressAt = data + 4;
      else if (level === ipv6Level && type === option.v6PacketInfo) this.ownAddressAt = data;
      else if (level === ipv6Level && type === option.v6HopLimit) this.ttl = control.readInt32LE(data);
      else if (level === ipv6Level && type === option.v6Class) this.trafficClass = control.readInt32LE(data);
      message += (length + 7) & ~7;
    }
    if (this.#headers.readInt32LE(header + 48) & truncated) return undefined;
    const from = at * this.#octets;
    return this.#data.subarray(from, from + this.#headers.readUInt32LE(header + 56));
  }
}

/** Memory for sending up to `count` datagrams with one call. */
export class SendBatch {
  readonly count: number;
  readonly #libc: Libc;
  readonly #octets: number;
  readonly #headers: Buffer;
  readonly #vectors: Buffer;
  readonly #names: Buffer;
  readonly #control: Buffer;
  readonly #controlAddress: bigint;
  readonly #packets: Buffer[];
  #used = 0;

  constructor(libc: Libc, count: number, octets: number) {
    this.#libc = libc;
    this.count = count;
    this.#octets = octets;
    this.#headers = Buffer.allocUnsafeSlow(count * mmsghdrOctets).fill(0);
    this.#vectors = Buffer.allocUnsafeSlow(count * 16);
    this.#names = Buffer.allocUnsafeSlow(count * sockAddressOctets).fill(0);
    this.#control = Buffer.allocUnsafeSlow(count * sendControlOctets).fill(0);
    this.#controlAddress = libc.address(this.#control);
    const data = Buffer.allocUnsafeSlow(count * octets);
    const [vectors, names, dataAddress] = [this.#vectors, this.#names, data].map((buffer) =>
      libc.address(buffer),
    ) as [bigint, bigint, bigint];
    this.#packets = Array.from({ length: count }, (_, at) => data.subarray(at * octets, (at + 1) * octets));
    for (let at = 0; at < count; at++) {
      const header = at * mmsghdrOctets;
      this.#vectors.writeBigUInt64LE(dataAddress + BigInt(at * octets), at * 16);
      this.#headers.writeBigUInt64LE(names + BigInt(at * sockAddressOctets), header);
      this.#headers.writeBigUInt64LE(vectors + BigInt(at * 16), header + 16);
      this.#headers.writeUInt32LE(1, header + 24);
    }
  }

  get used(): number {
    return this.#used;
  }

  get full(): boolean {
    return this.#used === this.count;
  }

  /** Memory of the next datagram; `add` tells how much of it is used. */
  get next(): Buffer {
    return this.#packets[this.#used]!;
  }

  /**
   * `trafficClass`: DSCP and ECN of this one datagram; -1: the socket's. `own`: which of this machine's addresses it comes from, as a
   * ReceiveBatch was told it; absent: as the kernel chooses.
   */
  add(to: Buffer, toAt: number, length: number, trafficClass: number, own?: ReceiveBatch): void {
    const at = this.#used++;
    const header = at * mmsghdrOctets;
    const isFour = to.readUInt16LE(toAt) === addressFamily.ipv4;
    to.copy(this.#names, at * sockAddressOctets, toAt, toAt + (isFour ? 16 : 28));
    this.#headers.writeUInt32LE(isFour ? 16 : 28, header + 8);
    this.#vectors.writeUInt32LE(Math.min(length, this.#octets), at * 16 + 8);
    this.#vectors.writeUInt32LE(0, at * 16 + 12);
    const start = at * sendControlOctets;
    let end = start;
    const open = (octets: number, level: number, type: number): number => {
      const data = end + 16;
      this.#control.writeUInt32LE(16 + octets, end);
      this.#control.writeUInt32LE(0, end + 4);
      this.#control.writeInt32LE(level, end + 8);
      this.#control.writeInt32LE(type, end + 12);
      end = data + ((octets + 7) & ~7);
      this.#control.fill(0, data, end);
      return data;
    };
    if (trafficClass >= 0)
      this.#control.writeInt32LE(
        trafficClass,
        isFour ? open(4, ipLevel, option.tos) : open(4, ipv6Level, option.v6Class),
      );
    if (own !== undefined && own.ownAddressAt >= 0) {
      // struct in_pktinfo: interface (any), the address to come from; struct in6_pktinfo: the address, the interface (any).
      if (isFour)
        own.control.copy(
          this.#control,
          open(12, ipLevel, option.packetInfo) + 4,
          own.ownAddressAt,
          own.ownAddressAt + 4,
        );
      else
        own.control.copy(
          this.#control,
          open(20, ipv6Level, option.v6PacketInfo),
          own.ownAddressAt,
          own.ownAddressAt + 16,
        );
    }
    this.#headers.writeBigUInt64LE(end === start ? 0n : this.#controlAddress + BigInt(start), header + 32);
    this.#headers.writeUInt32LE(end - start, header + 40);
  }

  /** Sends what was added; calls `failed` for each that did not leave, by its place in the batch. Empty afterwards. */
  send(fd: number, failed: (at: number) => void): void {
    const all = this.#used;
    let at = 0;
    while (at < all) {
      const left = this.#libc.sendmmsg(
        fd,
        at === 0 ? this.#headers : this.#headers.subarray(at * mmsghdrOctets),
        all - at,
        dontWait,
      );
      if (left > 0) at += left;
      else if (this.#libc.errno() !== errorNumber.interrupted) failed(at++);
    }
    this.#used = 0;
  }
}

/** Memory of poll(2): readable, or for connections writable. */
export class PollSet {
  readonly #libc: Libc;
  readonly #memory: Buffer;
  readonly #timeout = Buffer.allocUnsafeSlow(16);
  #used = 0;

  constructor(libc: Libc, count: number) {
    this.#libc = libc;
    this.#memory = Buffer.allocUnsafeSlow(count * 8);
  }

  clear(): void {
    this.#used = 0;
  }

  add(fd: number, writable = false): void {
    if (this.#used * 8 >= this.#memory.length) return;
    this.#memory.writeInt32LE(fd, this.#used * 8);
    this.#memory.writeInt32LE(writable ? 4 : 1, this.#used * 8 + 4);
    this.#used += 1;
  }

  /** Blocks this thread until one is ready or the time is over. */
  wait(microseconds: number): number {
    const whole = Math.max(0, Math.floor(microseconds));
    const seconds = Math.floor(whole / 1_000_000);
    this.#timeout.fill(0);
    this.#timeout.writeUInt32LE(seconds, 0);
    this.#timeout.writeUInt32LE((whole - seconds * 1_000_000) * 1000, 8);
    return this.#libc.ppoll(this.#used === 0 ? null : this.#memory, this.#used, this.#timeout, null);
  }

  isReady(at: number): boolean {
    return (this.#memory.readUInt16LE(at * 8 + 6) & 0xffff) !== 0;
  }
}
