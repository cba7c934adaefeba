import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import type { LocalText } from '@millrace/contract';
import { systemClock } from '@millrace/sdk';
import type { AddressFamily } from './datagrams.ts';
import { probingLimits } from './probe-schedule.ts';
import { type CoreSession, ProberCore, packed, type ThreadSession } from './prober-core.ts';
import type { FromProber, ToProber } from './thread-messages.ts';

const settleMilliseconds = 200;
const connectionsMax = 256;
/** All of an error estimate but its S bit. */
const synchronisedMask = 0x7fff;

const noClass: LocalText = {
  en: 'Without the system calls no class of service can be set: only class 0 is probed.',
  zh: '无法调用系统接口，不能设置服务类别（DSCP），只能探测类别 0。',
};
const noIcmp: LocalText = {
  en: 'Without the system calls there is no ICMP.',
  zh: '无法调用系统接口，不能使用 ICMP。',
};

/**
 * Probes with what Node.js has: times of when the program got round to a packet instead of the kernel's, class 0 only, no ICMP. Its noise
 * floor is that much higher, and is measured the same way.
 */
export function runPlain(port: MessagePort, problem: LocalText | undefined): void {
  const tell = (message: FromProber): void => port.postMessage(message);
  const core = new ProberCore();
  const sockets = new Map<AddressFamily, Socket>();
  const open = new Set<ReturnType<typeof connect>>();
  const into = Buffer.alloc(probingLimits.octetsMax);
  const monotonic = (): number => performance.now() * 1000;
  let sent = 0;
  let settleAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  tell({
    kind: 'opened',
    native: false,
    problem,
    missing: ['receive-times', 'class-of-service', 'time-to-live'],
    icmp: undefined,
    ipv6: true,
  });

  const socketOf = (family: AddressFamily): Socket => {
    const known = sockets.get(family);
    if (known !== undefined) return known;
    const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', recvBufferSize: 4_194_304 });
    socket.on('message', (packet, from) =>
      core.stamp(0, `${from.address} ${from.port}`, packet, systemClock.now()),
    );
    socket.on('error', () => {});
    sockets.set(family, socket);
    return socket;
  };

  const send = (session: CoreSession, dueAt: number): void => {
    const time = systemClock.now();
    const late = monotonic() - dueAt;
    if (session.method === 'tcp') {
      if (open.size >= connectionsMax) {
        session.track.unsent(time, late);
        return;
      }
      const { sequence } = session.track;
      session.track.sent(time, late, 0, 0);
      const socket = connect({ host: session.address, port: session.port });
      open.add(socket);
      socket.setTimeout(session.timeoutMs, () => socket.destroy());
      socket.once('connect', () => {
        session.track.echoed(sequence, systemClock.now(), session.faults);
        socket.end();
      });
      socket.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') session.track.echoed(sequence, systemClock.now(), session.faults);
      });
      socket.once('close', () => open.delete(socket));
    } else {
      const length = core.write(session, into, time, late, 0);
      const { sequence } = session.track;
      socketOf(session.family).send(
        Buffer.from(into.subarray(0, length)),
        session.port,
        session.address,
        (error) => {
          // Only the probe sent last can still be taken back.
          if (error !== null && session.track.sequence === sequence) session.track.failed();
        },
      );
    }
    sent += 1;
  };

  const wake = (): void => {
    if (stopped) return;
    core.due(monotonic(), systemClock.now(), send);
    if (monotonic() >= settleAt) {
      settleAt = monotonic() + settleMilliseconds * 1000;
      core.settle(systemClock.now());
      const rows = packed(core.rows);
      core.rows.count = 0;
      tell({
        kind: 'rows',
        rows,
        faults: core.takeFaults(),
        processor: Number.NaN,
        sent,
        rowsLost: core.rowsLost,
      });
    }
    const next = core.sessions.length === 0 ? 100 : (core.nextWake - monotonic()) / 1000;
    timer = setTimeout(wake, Math.min(100, Math.max(0, Math.ceil(next))));
  };

  port.on('message', (message: ToProber) => {
    if (message.kind === 'stop') {
      stopped = true;
      clearTimeout(timer);
      for (const socket of sockets.values()) socket.close();
      for (const socket of open) socket.destroy();
      tell({ kind: 'stopped' });
      port.close();
    } else if (message.kind === 'clock') {
      // However well the machine's clock is kept: what Node.js reads of it may be milliseconds off. No one-way times.
      core.error = message.error & synchronisedMask;
    } else {
      const refused: { id: number; why: LocalText }[] = [];
      const taken = message.sessions.filter(({ id, method, dscp }: ThreadSession) => {
        const why = method === 'icmp' ? noIcmp : dscp !== 0 ? noClass : undefined;
        if (why !== undefined) refused.push({ id, why });
        return why === undefined;
      });
      core.set(taken, message.tickMs, monotonic(), ({ address, port: to }) => `${address} ${to}`);
      if (refused.length > 0) tell({ kind: 'refused', sessions: refused });
    }
  });
  wake();
}
