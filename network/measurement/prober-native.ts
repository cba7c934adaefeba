import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { LocalText } from '@millrace/contract';
import {
  type AddressFamily,
  type Missing,
  type OpenSocket,
  openSocket,
  type PeerKey,
  PollSet,
  peerKey,
  ReceiveBatch,
  SendBatch,
  sockAddress,
  sockAddressOctets,
} from './datagrams.ts';
import { errorNumber, KernelClock, type Libc } from './libc.ts';
import { probingLimits } from './probe-schedule.ts';
import { type CoreSession, ProberCore, packed, type ThreadSession } from './prober-core.ts';
import type { FromProber, ToProber } from './thread-messages.ts';

/** Rows are handed over, and probes given up, this often. */
const settleMicroseconds = 200_000;
const idleMicroseconds = 100_000;
/** Probes that leave with one call and one reading of the clock: the last of them bears a time some µs too early. */
const batchMax = 8;
/** The clock was set, where it moves against the monotonic one by more than this from one wake-up to the next. */
const clockStepMicroseconds = 500;
const clockReadingsMax = 5;
/** Connections under way at once. */
const connectionsMax = 256;
const icmpIdMask = 0xffff;

interface SessionSocket extends OpenSocket {
  method: 'stamp' | 'icmp';
  dscp: number;
  /** A raw ICMP socket gets the IP header too, and everybody's answers. */
  raw: boolean;
  icmpId: number;
  due: CoreSession[];
  dueAt: number[];
  dropped: number;
}

interface Connection {
  fd: number;
  session: CoreSession;
  sequence: number;
  started: number;
}

/** Probes with the kernel's calls until told to stop; blocks its thread. */
export function runNative(libc: Libc, port: MessagePort): void {
  const tell = (message: FromProber, transfer: ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const clock = new KernelClock(libc);
  const core = new ProberCore();
  const sockets = new Map<string, SessionSocket>();
  const addresses = new Map<number, Buffer>();
  const receiving = new ReceiveBatch(libc, 64, 2048);
  const sending = new SendBatch(libc, batchMax, probingLimits.octetsMax);
  const sleeping = new PollSet(libc, connectionsMax);
  const connections: Connection[] = [];
  const timespec = Buffer.alloc(16);
  let sent = 0;

  const { icmp, ipv6, missing } = found(libc);
  tell({ kind: 'opened', native: true, problem: undefined, missing, icmp, ipv6 });

  const socketOf = (session: ThreadSession): SessionSocket | LocalText => {
    const method = session.method as 'stamp' | 'icmp';
    const key = `${method}/${session.family}/${session.dscp}`;
    const known = sockets.get(key);
    if (known !== undefined) return known;
    if (method === 'icmp' && icmp === undefined)
      return {
        en: 'ICMP echo needs a right this program does not have (CAP_NET_RAW, or its group in net.ipv4.ping_group_range).',
        zh: '发送 ICMP 回显需要权限（CAP_NET_RAW，或将运行组加入 net.ipv4.ping_group_range）。',
      };
    try {
      const opened = openSocket(libc, {
        family: session.family,
        kind: method === 'stamp' ? 'udp' : icmp === 'raw' ? 'icmp-raw' : 'icmp-datagram',
        dscp: session.dscp,
      });
      const socket: SessionSocket = {
        ...opened,
        method,
        dscp: session.dscp,
        raw: icmp === 'raw',
        // The kernel gives a datagram socket an identifier of its own and hands it its own answers only.
        icmpId: icmp === 'raw' ? (Math.floor(Math.random() * icmpIdMask) + 1) & icmpIdMask : 0,
        due: [],
        dueAt: [],
        dropped: -1,
      };
      sockets.set(key, socket);
      return socket;
    } catch (error) {
      const detail = (error as Error).message;
      return {
        en: `No socket for these probes: ${detail}`,
        zh: `无法为此探测打开套接字：${detail}`,
      };
    }
  };

  const setSessions = (tickMs: number, sessions: readonly ThreadSession[]): void => {
    const refused: { id: number; why: LocalText }[] = [];
    const used = new Set<SessionSocket>();
    addresses.clear();
    const taken = sessions.filter((session) => {
      const { bytes } = sockAddress(session.address, session.method === 'icmp' ? 0 : session.port);
      addresses.set(session.id, bytes);
      if (session.method === 'tcp') return true;
      const socket = socketOf(session);
      if ('fd' in socket) {
        used.add(socket);
        return true;
      }
      refused.push({ id: session.id, why: socket });
      return false;
    });
    core.set(taken, tickMs, clock.monotonic(), ({ id }): PeerKey => peerKey(addresses.get(id)!, 0));
    for (const [key, socket] of sockets) {
      if (used.has(socket)) continue;
      libc.close(socket.fd);
      sockets.delete(key);
    }
    // A session that goes on keeps what is under way.
    for (const connection of connections.splice(0)) {
      if (core.session(connection.session.id)?.track === connection.session.track)
        connections.push(connection);
      else libc.close(connection.fd);
    }
    if (refused.length > 0) tell({ kind: 'refused', sessions: refused });
  };

  const receive = (): void => {
    for (const socket of sockets.values()) {
      for (;;) {
        const many = receiving.receive(socket.fd);
        const now = many > 0 ? clock.realtime() : 0;
        for (let at = 0; at < many; at++) {
          const packet = receiving.inspect(at);
          if (receiving.dropped > Math.max(0, socket.dropped)) {
            socket.dropped = receiving.dropped;
            core.queueOverflowed(socket.method, socket.dscp, socket.family);
          }
          const time = Number.isNaN(receiving.time) ? now : receiving.time;
          const from = peerKey(receiving.names, at * sockAddressOctets, socket.method === 'stamp');
          if (packet === undefined) core.strangers.long += 1;
          else if (socket.method === 'stamp') core.stamp(socket.dscp, from, packet, time);
          else {
            const header = socket.raw && socket.family === 4 ? (packet[0]! & 0x0f) * 4 : 0;
            core.echo(socket.dscp, from, packet.subarray(header), time, socket.icmpId);
          }
        }
        if (many < receiving.count) break;
      }
    }
  };

  let random = 1;
  const sendDue = (socket: SessionSocket): void => {
    const { due, dueAt } = socket;
    // The local reflector's probe stands anywhere among the others: it is to meet what they meet.
    const noise = due.findIndex(({ id }) => id === 0);
    if (noise >= 0 && due.length > 1) {
      random = (random * 1_103_515_245 + 12_345) & 0x7fff_ffff;
      const other = (random >> 8) % due.length;
      [due[noise], due[other]] = [due[other]!, due[noise]!];
      [dueAt[noise], dueAt[other]] = [dueAt[other]!, dueAt[noise]!];
    }
    for (let at = 0; at < due.length; ) {
      const time = clock.realtime();
      const monotonic = clock.monotonic();
      const first = at;
      for (; at < due.length && !sending.full; at++) {
        const session = due[at]!;
        // Sealing takes longer than sending: a sealed packet leaves alone, right after its time was read.
        if (session.key !== undefined && sending.used > 0) break;
        const length = core.write(session, sending.next, time, monotonic - dueAt[at]!, socket.icmpId);
        sending.add(addresses.get(session.id)!, 0, length, -1);
        if (session.key !== undefined) {
          at += 1;
          break;
        }
      }
      sent += at - first;
      sending.send(socket.fd, (failedAt) => {
        sent -= 1;
        due[first + failedAt]!.track.failed();
      });
    }
    due.length = 0;
    dueAt.length = 0;
  };

  const connectTo = (session: CoreSession, dueAt: number): void => {
    const time = clock.realtime();
    const late = clock.monotonic() - dueAt;
    const fd =
      connections.length < connectionsMax
        ? libc.socket(session.family === 4 ? 2 : 10, 1 | 0o4000 | 0o2000000, 6)
        : -1;
    if (fd < 0) {
      session.track.unsent(time, late);
      return;
    }
    const tos = Buffer.alloc(4);
    tos.writeInt32LE(session.dscp << 2, 0);
    libc.setsockopt(fd, session.family === 4 ? 0 : 41, session.family === 4 ? 1 : 67, tos, 4);
    const { sequence } = session.track;
    session.track.sent(time, late, 0, 0);
    const to = addresses.get(session.id)!;
    if (
      libc.connect(fd, to, session.family === 4 ? 16 : 28) !== 0 &&
      libc.errno() !== errorNumber.inProgress
    ) {
      const refused = libc.errno() === errorNumber.refused;
      libc.close(fd);
      // On this machine's own addresses a refusal is there at once.
      if (refused) session.track.echoed(sequence, clock.realtime(), session.faults);
      else session.track.failed();
      return;
    }
    sent += 1;
    connections.push({ fd, session, sequence, started: time });
  };

  const value = Buffer.alloc(256);
  const length = Buffer.alloc(4);
  const finishConnections = (): void => {
    const now = clock.realtime();
    for (let at = connections.length - 1; at >= 0; at--) {
      const { fd, session, sequence, started } = connections[at]!;
      const isReady = sleeping.isReady(at);
      if (!isReady && now - started < session.timeoutMs * 1000) continue;
      connections.splice(at, 1);
      if (isReady) {
        length.writeUInt32LE(4, 0);
        libc.getsockopt(fd, 1, 4, value, length);
        const error = value.readInt32LE(0);
        if (error === 0) {
          length.writeUInt32LE(value.length, 0);
          libc.getsockopt(fd, 6, 11, value, length);
          // The kernel's own time of the handshake; where it had to send twice, the first was lost.
          const again = value.readUInt32LE(100);
          const roundTrip = value.readUInt32LE(68);
          if (again === 0)
            session.track.echoed(sequence, now, session.faults, roundTrip > 0 ? roundTrip : undefined);
        } else if (error === errorNumber.refused) session.track.echoed(sequence, now, session.faults);
      }
      libc.close(fd);
    }
  };

  /** How far the clock is ahead of the monotonic one; undefined where the thread was interrupted between the readings, each time. */
  const readOffset = (): number | undefined => {
    for (let attempt = 0; attempt < clockReadingsMax; attempt++) {
      const before = clock.monotonic();
      const time = clock.realtime();
      if (clock.monotonic() - before < clockStepMicroseconds / 10) return time - before;
    }
    return undefined;
  };
  let offset = readOffset();
  const watchClock = (): void => {
    const now = readOffset();
    if (now === undefined) return;
    if (offset !== undefined && Math.abs(now - offset) > clockStepMicroseconds)
      core.clockStepped(now - offset);
    offset = now;
  };

  let settleAt = 0;
  for (;;) {
    let message = receiveMessageOnPort(port) as { message: ToProber } | undefined;
    for (; message !== undefined; message = receiveMessageOnPort(port) as typeof message) {
      const told = message.message;
      if (told.kind === 'stop') {
        for (const socket of sockets.values()) libc.close(socket.fd);
        for (const connection of connections) libc.close(connection.fd);
        tell({ kind: 'stopped' });
        port.close();
        return;
      }
      if (told.kind === 'clock') {
        core.own = told.own;
        core.error = told.error;
      } else setSessions(told.tickMs, told.sessions);
    }

    const before = clock.monotonic();
    const wake = core.sessions.length === 0 ? before + idleMicroseconds : core.nextWake;
    sleeping.clear();
    for (const { fd } of connections) sleeping.add(fd, true);
    sleeping.wait(Math.min(idleMicroseconds, Math.max(0, wake - before)));
    if (connections.length > 0) finishConnections();
    watchClock();
    receive();
    const monotonic = clock.monotonic();
    core.due(monotonic, clock.realtime(), (session, dueAt) => {
      if (session.method === 'tcp') {
        connectTo(session, dueAt);
        return;
      }
      const socket = sockets.get(`${session.method}/${session.family}/${session.dscp}`)!;
      socket.due.push(session);
      socket.dueAt.push(dueAt);
    });
    for (const socket of sockets.values()) if (socket.due.length > 0) sendDue(socket);

    if (monotonic < settleAt) continue;
    settleAt = monotonic + settleMicroseconds;
    receive();
    core.settle(clock.realtime());
    const rows = packed(core.rows);
    core.rows.count = 0;
    libc.clock_gettime(3, timespec);
    tell({
      kind: 'rows',
      rows,
      faults: core.takeFaults(),
      processor: timespec.readUInt32LE(0) * 1_000_000 + timespec.readUInt32LE(8) / 1000,
      sent,
      rowsLost: core.rowsLost,
    });
  }
}

/** What this machine lets a prober have. */
function found(libc: Libc): {
  icmp: 'datagram' | 'raw' | undefined;
  ipv6: boolean;
  missing: readonly Missing[];
} {
  const may = (family: AddressFamily, kind: 'udp' | 'icmp-datagram' | 'icmp-raw'): OpenSocket | undefined => {
    try {
      const socket = openSocket(libc, { family, kind });
      libc.close(socket.fd);
      return socket;
    } catch {
      return undefined;
    }
  };
  return {
    icmp: may(4, 'icmp-datagram') ? 'datagram' : may(4, 'icmp-raw') ? 'raw' : undefined,
    ipv6: may(6, 'udp') !== undefined,
    missing: may(4, 'udp')?.missing ?? [],
  };
}
