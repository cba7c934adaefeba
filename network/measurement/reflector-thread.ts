import { createSocket, type Socket } from 'node:dgram';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { systemClock } from '@millrace/sdk';
import {
  type AddressFamily,
  type Missing,
  type OpenSocket,
  openSocket,
  PollSet,
  peerKey,
  peerText,
  ReceiveBatch,
  SendBatch,
  sockAddressOctets,
} from './datagrams.ts';
import { KernelClock, type Libc, loadLibc } from './libc.ts';
import { type Arrival, Reflector } from './reflector.ts';
import { errorEstimateBits, stampOctets } from './stamp.ts';
import type { FromReflector, ReflectorPlan, ToReflector } from './thread-messages.ts';

/**
 * Entry of the reflector's thread: the platform's own reflector, and one on the loopback that the prober measures itself with. It is a
 * thread of its own so that it meets the same load as the prober, and no reflector waits for what the platform computes.
 */
const { port, native, plan } = workerData as {
  port: MessagePort;
  native: boolean;
  plan: ReflectorPlan | undefined;
};
const tell = (message: FromReflector): void => port.postMessage(message);

const unknownClock = errorEstimateBits(false, 16_000_000);
const countersEveryMicroseconds = 1_000_000;
/** Messages of the platform's thread are looked for this often. */
const idleMicroseconds = 100_000;
/** After each burst the thread rests: it answers in batches, and the times in the answers say how long each was kept. */
const restMicroseconds = 500;

const local = new Reflector(
  {
    allow: [{ prefix: '127.0.0.0/8' }, { prefix: '::1' }],
    stateful: true,
    perSourcePerSecond: 10_000,
    perSecond: 10_000,
    ownPort: -1,
  },
  unknownClock,
);
const open =
  plan === undefined
    ? undefined
    : new Reflector({ ...plan, allow: plan.allow, ownPort: plan.port }, unknownClock);
const counters = () => open?.counters ?? local.counters;

const libc = native ? loadLibc() : undefined;
if (libc !== undefined && !('problem' in libc)) runNative(libc);
else void runPlain();

function refusal(error: unknown): { en: string; zh: string } {
  const detail = error instanceof Error ? error.message : String(error);
  return {
    en: `The reflector cannot listen on UDP port ${plan?.port}: ${detail}`,
    zh: `反射器无法监听 UDP 端口 ${plan?.port}：${detail}`,
  };
}

function runNative(libc: Libc): void {
  const clock = new KernelClock(libc);
  const sockets: { socket: OpenSocket; reflector: Reflector }[] = [];
  const localSocket = openSocket(libc, { family: 4, kind: 'udp', address: '127.0.0.1' });
  sockets.push({ socket: localSocket, reflector: local });
  let problem: { en: string; zh: string } | undefined;
  const families: AddressFamily[] = [];
  let bound: number | undefined;
  if (plan !== undefined && open !== undefined) {
    const wanted: AddressFamily[] =
      plan.address === undefined ? [4, 6] : [plan.address.includes(':') ? 6 : 4];
    for (const family of wanted) {
      try {
        const socket = openSocket(libc, {
          family,
          kind: 'udp',
          address: plan.address,
          port: bound ?? plan.port,
          tellOwnAddress: true,
        });
        bound ??= socket.port;
        sockets.push({ socket, reflector: open });
        families.push(family);
      } catch (error) {
        // A machine without IPv6 is no error where IPv4 is there.
        if (families.length === 0) problem = refusal(error);
      }
    }
    if (families.length > 0) problem = undefined;
  }
  tell({
    kind: 'opened',
    native: true,
    problem: undefined,
    missing: [...new Set(sockets.flatMap(({ socket }) => socket.missing))],
    localPort: localSocket.port,
    port: bound,
    families,
    refused: problem,
  });

  const receiving = new ReceiveBatch(libc, 64, stampOctets.datagramMax);
  const sending = new SendBatch(libc, 64, stampOctets.datagramMax);
  const poll = new PollSet(libc, sockets.length);
  for (const { socket } of sockets) poll.add(socket.fd);
  const rest = new PollSet(libc, 0);
  const now = (): number => clock.realtime();
  let toldAt = 0;
  let nameAt = 0;
  const arrival: Arrival = {
    source: 0,
    session: 0,
    address: () => peerText(receiving.names, nameAt).address,
    port: 0,
    ttl: 0,
    trafficClass: 0,
    received: 0,
  };
  for (;;) {
    const ready = poll.wait(idleMicroseconds);
    if (ready > 0) {
      for (const [index, { socket, reflector }] of sockets.entries()) {
        if (!poll.isReady(index)) continue;
        const many = receiving.receive(socket.fd);
        for (let at = 0; at < many; at++) {
          const packet = receiving.inspect(at);
          if (packet === undefined) {
            reflector.counters.long += 1;
            continue;
          }
          nameAt = at * sockAddressOctets;
          arrival.source = peerKey(receiving.names, nameAt, false);
          arrival.session = peerKey(receiving.names, nameAt);
          arrival.port = receiving.names.readUInt16BE(nameAt + 2);
          arrival.ttl = receiving.ttl;
          arrival.trafficClass = receiving.trafficClass;
          arrival.received = Number.isNaN(receiving.time) ? now() : receiving.time;
          const length = reflector.answer(packet, arrival, now, sending.next);
          if (length === 0) continue;
          // The answer goes in the class the request came in; the two bits of ECN are not the reflector's to set.
          sending.add(
            receiving.names,
            nameAt,
            length,
            arrival.trafficClass < 0 ? -1 : arrival.trafficClass & ~3,
            receiving,
          );
          // Nothing waits behind an answer: its time of sending has been written.
          reflector.counters.reflected += 1;
          if (sending.used >= 4) sending.send(socket.fd, () => failed(reflector));
        }
        sending.send(socket.fd, () => failed(reflector));
      }
      rest.wait(restMicroseconds);
    }
    let message = receiveMessageOnPort(port) as { message: ToReflector } | undefined;
    for (; message !== undefined; message = receiveMessageOnPort(port) as typeof message) {
      if (message.message.kind === 'stop') {
        for (const { socket } of sockets) libc.close(socket.fd);
        tellCounters(processorOf(libc));
        tell({ kind: 'stopped' });
        port.close();
        return;
      }
      if (message.message.kind === 'allow') open?.allow(message.message.allow);
      else setError(message.message.error);
    }
    const at = clock.monotonic();
    if (at - toldAt > countersEveryMicroseconds) {
      toldAt = at;
      tellCounters(processorOf(libc));
    }
  }
}

function failed(reflector: Reflector): void {
  reflector.counters.reflected -= 1;
  reflector.counters.sendFailed += 1;
}

function setError(error: number): void {
  local.error = error;
  if (open !== undefined) open.error = error;
}

function processorOf(libc: Libc): number {
  const timespec = Buffer.alloc(16);
  libc.clock_gettime(3, timespec);
  return timespec.readUInt32LE(0) * 1_000_000 + timespec.readUInt32LE(8) / 1000;
}

function tellCounters(processor: number): void {
  tell({
    kind: 'counters',
    counters: { ...counters() },
    sessions: open?.sessions ?? 0,
    sources: open?.sources ?? 0,
    processor,
  });
}

/** With what Node.js has: no time to live, no class of service, and times of when the program got round to it. */
async function runPlain(): Promise<void> {
  const sockets: Socket[] = [];
  const into = Buffer.alloc(stampOctets.datagramMax);
  const listen = (family: AddressFamily, address: string | undefined, at: number, reflector: Reflector) =>
    new Promise<number>((resolve, reject) => {
      const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', ipv6Only: family === 6 });
      socket.on('message', (packet, from) => {
        const arrival: Arrival = {
          source: from.address,
          session: `${from.address} ${from.port}`,
          address: () => from.address,
          port: from.port,
          ttl: -1,
          trafficClass: -1,
          received: systemClock.now(),
        };
        const length = reflector.answer(packet, arrival, () => systemClock.now(), into);
        if (length === 0) return;
        reflector.counters.reflected += 1;
        socket.send(Buffer.from(into.subarray(0, length)), from.port, from.address, (error) => {
          if (error !== null) failed(reflector);
        });
      });
      socket.once('error', reject);
      socket.bind(at, address, () => {
        socket.removeAllListeners('error');
        socket.on('error', () => failed(reflector));
        sockets.push(socket);
        resolve(socket.address().port);
      });
    });
  const localPort = await listen(4, '127.0.0.1', 0, local);
  const families: AddressFamily[] = [];
  let bound: number | undefined;
  let problem: { en: string; zh: string } | undefined;
  if (plan !== undefined && open !== undefined) {
    const wanted: AddressFamily[] =
      plan.address === undefined ? [4, 6] : [plan.address.includes(':') ? 6 : 4];
    for (const family of wanted) {
      try {
        bound = await listen(family, plan.address, bound ?? plan.port, open);
        families.push(family);
      } catch (error) {
        if (families.length === 0) problem = refusal(error);
      }
    }
    if (families.length > 0) problem = undefined;
  }
  const missing: Missing[] = ['receive-times', 'class-of-service', 'time-to-live'];
  tell({
    kind: 'opened',
    native: false,
    problem: libc !== undefined && 'problem' in libc ? libc.problem : undefined,
    missing,
    localPort,
    port: bound,
    families,
    refused: problem,
  });
  const timer = setInterval(() => tellCounters(Number.NaN), countersEveryMicroseconds / 1000);
  port.on('message', (message: ToReflector) => {
    // Times of Node.js are not good enough to be called disciplined, whatever the machine's clock is: no S bit.
    if (message.kind === 'clock') setError(message.error & 0x7fff);
    else if (message.kind === 'allow') open?.allow(message.allow);
    else {
      clearInterval(timer);
      for (const socket of sockets) socket.close();
      tellCounters(Number.NaN);
      tell({ kind: 'stopped' });
      port.close();
    }
  });
}
