import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';
import { Measuring, type MeasuringOptions, type ProbePlan } from '@millrace/network/measurement';
import { fate, silentLog, systemClock, VirtualClock } from '@millrace/sdk';
import { afterEach, expect, test } from 'vitest';
import { loadLibc } from './libc.ts';
import { findPathMtu } from './path-mtu.ts';
import { privateSources } from './reflector.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: Partial<MeasuringOptions> = {}): Promise<Measuring> {
  const measuring = await Measuring.open({
    clock: systemClock,
    log: silentLog,
    clockState: async () => ({
      disciplined: true,
      errorMicroseconds: 50,
      source: { en: 'Kept by the test.', zh: '由测试校准。' },
    }),
    ...options,
  });
  closing.push(() => measuring.stop());
  return measuring;
}

const reflecting = (options: object = {}) => ({
  reflector: { port: 0, address: '127.0.0.1', allow: privateSources, ...options },
});

async function until(what: () => boolean): Promise<void> {
  for (let attempt = 0; !what(); attempt++) {
    if (attempt > 600) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const all = (measuring: Measuring, terminal: string, dscp = 0) =>
  measuring.window(terminal, dscp, 0, Number.MAX_SAFE_INTEGER);
const native = !('problem' in loadLibc());
const withKernelCalls = test.runIf(native);

test.each(native ? [true, false] : [false])(
  'prober and reflector over the loopback, with the kernel’s calls: %s',
  async (isNative) => {
    const key = Buffer.alloc(32, 9);
    const there = await open({ native: isNative, ...reflecting({ allow: [{ prefix: '127.0.0.1', key }] }) });
    const here = await open({ native: isNative, keys: { plant: key } });
    const plan: ProbePlan = {
      terminal: 'agv-1',
      dscp: 0,
      method: 'stamp',
      host: '127.0.0.1',
      port: there.reflectorPort()!,
      everyMilliseconds: 50,
      octets: 200,
      key: 'plant',
    };
    expect(await here.setSessions([plan])).toEqual([
      { terminal: 'agv-1', dscp: 0, intervalMs: 50, refused: undefined, changed: undefined },
    ]);
    await until(() => (all(here, 'agv-1')?.columns.count ?? 0) >= 10);
    const { session, columns } = all(here, 'agv-1')!;
    expect(session).toMatchObject({ method: 'stamp', intervalMs: 50, timeoutMs: 2000, octets: 200 });
    expect(session.noise.length).toBeGreaterThan(0);
    const arrived = [...columns.fate].filter((one) => one === fate.arrived).length;
    expect(arrived).toBeGreaterThan(0);
    columns.fate.forEach((one, at) => {
      if (one !== fate.arrived) return;
      expect(columns.roundTrip[at]).toBeGreaterThanOrEqual(0);
      if (isNative)
        expect(columns.uplink[at]! + columns.downlink[at]!).toBeCloseTo(columns.roundTrip[at]!, -1);
    });
    // Two clocks that may each be 50 µs off. Without the kernel's calls there is no telling.
    if (isNative) expect(session.clockErrorMicroseconds).toBeCloseTo(100, -1);
    else expect(session.clockErrorMicroseconds).toBeUndefined();
    expect(here.faults('agv-1', 0)).toMatchObject({ wrongHmac: 0, wrongEcho: 0, duplicate: 0 });
    await until(() => (there.stats().reflector?.counters.reflected ?? 0) > 0);
    expect(there.stats().reflector).toMatchObject({ sessions: 1, sources: 1 });
    expect(here.capabilities().find(({ id }) => id === 'receive-times')!.there).toBe(isNative);
    // Set again, a session that is the same goes on with what it has.
    await here.setSessions([plan, { ...plan, terminal: 'agv-2', key: undefined, host: '127.0.0.2' }]);
    expect(all(here, 'agv-1')!.columns.count).toBeGreaterThanOrEqual(10);
  },
);

withKernelCalls(
  'classes of service beside each other; the answer comes in the class of the request',
  async () => {
    const there = await open(reflecting());
    const here = await open();
    const plans = [0, 34, 46].map(
      (dscp): ProbePlan => ({
        terminal: 't',
        dscp,
        method: 'stamp',
        host: '127.0.0.1',
        port: there.reflectorPort()!,
        everyMilliseconds: 20,
      }),
    );
    await here.setSessions(plans);
    await until(() => plans.every(({ dscp }) => (all(here, 't', dscp)?.columns.count ?? 0) > 3));
    expect(here.stats().faults.stranger).toBe(0);
  },
);

withKernelCalls('a TCP handshake is timed by the kernel; a refusal is an answer too', async () => {
  const server = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as { port: number };
  const here = await open();
  const plan = { dscp: 0, method: 'tcp' as const, host: '127.0.0.1' };
  await here.setSessions([
    { ...plan, terminal: 'listens', port },
    { ...plan, terminal: 'refuses', port: 1, host: '127.0.0.2' },
  ]);
  await until(() => ['listens', 'refuses'].every((one) => (all(here, one)?.columns.count ?? 0) > 0));
  for (const one of ['listens', 'refuses']) {
    const { columns, session } = all(here, one)!;
    expect(session.method).toBe('tcp');
    expect(columns.fate[0]).toBe(fate.arrived);
    expect(columns.roundTrip[0]).toBeGreaterThan(0);
  }
});

/** A reflector of the test: gets each probe, sends what `answers` makes of it. */
async function hostile(answers: (probe: Buffer, socket: Socket, port: number) => void): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (probe, from) => answers(probe, socket, from.port));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  closing.push(() => new Promise<void>((resolve) => void socket.close(() => resolve())));
  return socket.address().port;
}

test('a reflector that lies over real sockets is counted and believed in nothing', async () => {
  const port = await hostile((probe, socket, to) => {
    const reply = Buffer.alloc(44);
    probe.copy(reply, 0, 0, 16);
    probe.copy(reply, 24, 0, 14);
    // Received a minute after it was sent back.
    probe.copy(reply, 4, 4, 12);
    probe.copy(reply, 16, 4, 12);
    reply.writeUInt32BE(reply.readUInt32BE(16) + 60, 16);
    const foreign = Buffer.from(reply);
    foreign.writeUInt16BE(foreign.readUInt16BE(14) ^ 0xffff, 14);
    const guessed = Buffer.from(reply);
    guessed.writeUInt32BE(7, 32);
    const future = Buffer.from(reply);
    future.writeUInt32BE(future.readUInt32BE(24) + 1_000_000, 24);
    for (const packet of [Buffer.alloc(5), foreign, guessed, future, reply, reply])
      socket.send(packet, to, '127.0.0.1');
  });
  const here = await open();
  await here.setSessions([
    { terminal: 'liar', dscp: 0, method: 'stamp', host: '127.0.0.1', port, everyMilliseconds: 50 },
  ]);
  await until(() => (here.faults('liar', 0)?.duplicate ?? 0) >= 3);
  const faults = here.faults('liar', 0)!;
  for (const name of ['short', 'foreignSession', 'wrongEcho', 'unknownSequence', 'timeBackwards'] as const)
    expect(faults[name]).toBeGreaterThan(0);
  const { columns } = all(here, 'liar')!;
  expect(columns.roundTrip.every(Number.isNaN)).toBe(true);
});

test('plans that cannot be are refused in words, one by one', async () => {
  const here = await open({ budget: { probesPerSecond: 10 } });
  const plan: ProbePlan = { terminal: 'a', dscp: 0, method: 'stamp', host: '127.0.0.1', port: 9 };
  const told = await here.setSessions([
    plan,
    plan,
    { ...plan, terminal: 'b' },
    { ...plan, terminal: 'c', dscp: 64 },
    { ...plan, terminal: 'd', method: 'tcp', port: undefined },
    { ...plan, terminal: 'e', host: 'no.such.name.invalid' },
    { ...plan, terminal: 'f', key: 'lost' },
    { ...plan, terminal: 'g', everyMilliseconds: 1 },
    { ...plan, terminal: 'h', port: 10, everyMilliseconds: 10 },
  ]);
  expect(told.map(({ refused }) => refused?.en.slice(0, 24))).toEqual([
    undefined,
    'Terminal "a" has class 0',
    '127.0.0.1 is probed in t',
    'A class of service is a ',
    'A TCP probe needs a port',
    'The name "no.such.name.i',
    'There is no key "lost".',
    'Probes are 5 to 3600000 ',
    undefined,
  ]);
  expect(told[8]!.intervalMs).toBeGreaterThan(100);
  expect(told[8]!.changed!.en).toContain('10 are allowed');
  expect(told.every(({ refused }) => refused === undefined || refused.zh !== '')).toBe(true);
});

test('windows follow each other without a gap, each when all its probes are decided', async () => {
  const clock = new VirtualClock(1_700_000_003_000_000);
  const here = await open({ clock });
  const windows: [number, number][] = [];
  const end = here.onWindow(10_000, (from, to) => {
    expect(here.decidedUntil()).toBeGreaterThanOrEqual(to);
    windows.push([from / 1_000_000 - 1_700_000_000, to / 1_000_000 - 1_700_000_000]);
  });
  clock.advance(30_500);
  expect(windows).toEqual([
    [10, 20],
    [20, 30],
  ]);
  end();
  clock.advance(60_000);
  expect(windows).toHaveLength(2);
});

test('a port that is taken is told, and measuring goes on', async () => {
  const port = await hostile(() => {});
  const here = await open({ reflector: { port, address: '127.0.0.1', allow: privateSources } });
  const reflector = here.capabilities().find(({ id }) => id === 'reflector')!;
  expect(reflector.there).toBe(false);
  expect(reflector.words.en).toContain(`UDP port ${port}`);
  expect(here.reflectorPort()).toBeUndefined();
});

withKernelCalls('the greatest packet that comes through whole', async () => {
  const there = await open(reflecting());
  const found = await findPathMtu(systemClock, '127.0.0.1', there.reflectorPort()!, { atMost: 1_464 });
  expect(found).toMatchObject({ octets: 1_464, how: 'probed' });
  expect(found.words.en).toContain('GTP-U over IPv4 with no PDU'.slice(0, 15));
  const none = await findPathMtu(systemClock, '127.0.0.1', 9);
  expect(none.how).toBe('route');
});
