import { createRequire } from 'node:module';
import type { LocalText } from '@millrace/contract';

/**
 * Calls of the C library that Node.js has no names for: class of service, received time to live, the kernel's own times of receiving, state
 * of a TCP connection, state of the clock. Through koffi, on 64-bit little-endian Linux, whose structures are laid out below; everywhere
 * else measuring goes on without them, and says so.
 */
export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Buffer, length: number): number;
  connect(fd: number, address: Buffer, length: number): number;
  close(fd: number): number;
  setsockopt(fd: number, level: number, name: number, value: Buffer, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: Buffer, length: Buffer): number;
  getsockname(fd: number, address: Buffer, length: Buffer): number;
  send(fd: number, data: Buffer, length: number, flags: number): number;
  recv(fd: number, data: Buffer, length: number, flags: number): number;
  recvmmsg(fd: number, messages: Buffer, count: number, flags: number, timeout: null): number;
  sendmmsg(fd: number, messages: Buffer, count: number, flags: number): number;
  ppoll(fds: Buffer | null, count: number, timeout: Buffer, mask: null): number;
  clock_gettime(clock: number, into: Buffer): number;
  adjtimex(into: Buffer): number;
  errno(): number;
  /** Address of the memory of a buffer that is never moved (`Buffer.allocUnsafeSlow`). */
  address(buffer: Buffer): bigint;
}

interface Koffi {
  load(path: string | null): { func(definition: string): (...args: unknown[]) => number };
  errno(): number;
  address(value: unknown): bigint;
}

export const errorNumber = {
  interrupted: 4,
  again: 11,
  messageTooLong: 90,
  inProgress: 115,
  refused: 111,
} as const;

const definitions = [
  'int socket(int, int, int)',
  'int bind(int, void*, int)',
  'int connect(int, void*, int)',
  'int close(int)',
  'int setsockopt(int, int, int, void*, int)',
  'int getsockopt(int, int, int, void*, void*)',
  'int getsockname(int, void*, void*)',
  'int send(int, void*, size_t, int)',
  'int recv(int, void*, size_t, int)',
  'int recvmmsg(int, void*, unsigned int, int, void*)',
  'int sendmmsg(int, void*, unsigned int, int)',
  'int ppoll(void*, unsigned long, void*, void*)',
  'int clock_gettime(int, void*)',
  'int adjtimex(void*)',
] as const;

let loaded: Libc | { problem: LocalText } | undefined;

/** The C library, or why it cannot be called; found out once for each thread. */
export function loadLibc(): Libc | { problem: LocalText } {
  loaded ??= load();
  return loaded;
}

function load(): Libc | { problem: LocalText } {
  const { platform, arch } = process;
  if (platform !== 'linux' || !['x64', 'arm64', 'riscv64', 'loong64'].includes(arch))
    return {
      problem: {
        en: `The system calls are known for 64-bit Linux only, and this is ${platform} on ${arch}.`,
        zh: `系统调用仅支持 64 位 Linux，当前为 ${platform} / ${arch}。`,
      },
    };
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    // Whatever C library this Node.js itself runs on, glibc or musl.
    const library = koffi.load(null);
    const calls = Object.fromEntries(
      definitions.map((definition) => [/ (\w+)\(/.exec(definition)![1]!, library.func(definition)]),
    );
    return {
      ...(calls as unknown as Libc),
      errno: () => koffi.errno(),
      address: (buffer) => koffi.address(buffer),
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    return {
      problem: {
        en: `The bridge to the C library (koffi) could not be loaded: ${detail}`,
        zh: `无法加载 C 库桥接组件（koffi）：${detail}`,
      },
    };
  }
}

const realtime = 0;
const monotonic = 1;

/** Both clocks of the kernel, in µs. Never moved memory, read without making objects. */
export class KernelClock {
  readonly #libc: Libc;
  readonly #timespec = Buffer.allocUnsafeSlow(16);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  #read(clock: number): number {
    this.#libc.clock_gettime(clock, this.#timespec);
    return readTimespec(this.#timespec, 0);
  }

  realtime(): number {
    return this.#read(realtime);
  }

  monotonic(): number {
    return this.#read(monotonic);
  }
}

/** A struct timespec of 64 bits, as µs. */
export function readTimespec(from: Buffer, at: number): number {
  return (
    (from.readUInt32LE(at) + from.readUInt32LE(at + 4) * 4_294_967_296) * 1_000_000 +
    from.readUInt32LE(at + 8) / 1000
  );
}
