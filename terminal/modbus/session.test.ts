import { status } from '@millrace/contract';
import { BatchBuilder, TerminalError, VirtualClock } from '@millrace/sdk';
import ModbusSerial from 'modbus-serial';
import { afterEach, expect, test } from 'vitest';
import { pointsOf, writeBad } from './point.ts';
import { modbus } from './protocol.ts';
import { readSettings } from './settings.ts';
import { frame, replyTo, type SeenRead, words } from './test-device.ts';
import {
  allSampled,
  closeAll,
  closeLater,
  contextFor,
  device,
  fastClock,
  freePort,
  last,
  meter,
  open,
  registers,
} from './test-setup.ts';

afterEach(closeAll);

/** Registers that hold their own address. */
const own = (read: SeenRead) => ({
  data: words(...Array.from({ length: read.quantity }, (_, i) => read.address + i)),
});

/** Lets what is on the loopback arrive while a virtual clock stands still. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A server that we did not write. */
async function serialServer(): Promise<number> {
  const port = await freePort();
  const holding = new Map<number, number>([
    [0, 2301],
    [1, 0x4366],
    [2, 0x199a],
    [10, 0xffff],
    [11, 0xfffe],
  ]);
  const server = new ModbusSerial.ServerTCP(
    {
      getHoldingRegister: (address: number, unit: number) => (holding.get(address) ?? 0) + (unit - 1),
      getInputRegister: (address: number) => address * 2,
      getCoil: (address: number) => address % 2 === 1,
      getDiscreteInput: (address: number) => address === 3,
    },
    { host: '127.0.0.1', port, unitID: 255 },
  );
  await new Promise<void>((resolve) => server.on('initialized', () => resolve()));
  closeLater(() => new Promise((resolve) => server.close(() => resolve(undefined))));
  return port;
}

test('polls every entity of a server made by others', async () => {
  const port = await serialServer();
  const { context } = await open(port, [
    meter(port, {
      voltage: ['1/0', { 'millrace:scale': 0.1 }],
      power: ['1/1?quantity=2', { 'modv:type': 'xsd:float' }],
      balance: ['1/10?quantity=2', { 'modv:type': 'xsd:int' }, { type: 'integer' }],
      input: ['1/21', { 'modv:entity': 'InputRegister' }, { type: 'integer' }],
      coil: ['1/7', { 'modv:entity': 'Coil' }, { type: 'boolean' }],
      door: ['1/3', { 'modv:function': 'readDiscreteInput' }, { type: 'boolean' }],
      other: ['3/0', { 'millrace:scale': 0.1 }],
    }),
  ]);
  await allSampled(context, 7);
  expect(last(context, 'voltage')).toEqual({ value: 230.1, status: 0 });
  expect(last(context, 'power')).toEqual({ value: 230.1, status: 0 });
  expect(last(context, 'balance')).toEqual({ value: -2, status: 0 });
  expect(last(context, 'input')).toEqual({ value: 42, status: 0 });
  expect(last(context, 'coil')).toEqual({ value: true, status: 0 });
  expect(last(context, 'door')).toEqual({ value: true, status: 0 });
  expect(last(context, 'other')).toEqual({ value: 230.3, status: 0 });
  expect(context.counters['readErrors']).toBeUndefined();
});

test('a refused address is found among its neighbours, which go on', async () => {
  const { device: made, port } = await device((read) =>
    read.address <= 3 && read.address + read.quantity > 3 ? { exception: 2 } : own(read),
  );
  const { context } = await open(port, [meter(port, registers(0, 8))]);
  await allSampled(context, 8);
  expect(last(context, 'r3')).toEqual({ value: null, status: status.badNodeIdUnknown });
  expect(last(context, 'r2')).toEqual({ value: 2, status: 0 });
  expect(last(context, 'r4')).toEqual({ value: 4, status: 0 });
  await context.until(() => context.reports.length > 0, 'a report');
  expect(context.reports.at(-1)?.problem?.code).toBe('address-refused');
  // Remembered: later polls ask for the good parts only, in as few reads as the device allows.
  const asked = () => made.reads.slice(-4).map((read) => `${read.address}+${read.quantity}`);
  await context.until(() => [...new Set(asked())].sort().join(' ') === '0+3 4+4', 'two reads a poll');
  // Bad is written when it begins, not at each poll.
  expect(context.samples.filter((sample) => sample.property === 'r3')).toHaveLength(1);
});

test('a refused address that answers later is taken up again within a minute', async () => {
  let legal = false;
  const { port } = await device((read) =>
    !legal && read.address <= 1 && read.address + read.quantity > 1 ? { exception: 2 } : own(read),
  );
  const { context } = await open(
    port,
    [meter(port, registers(0, 3))],
    { pollMilliseconds: 5000, timeoutMilliseconds: 20_000 },
    { clock: fastClock(100) },
  );
  await allSampled(context, 3);
  legal = true;
  await context.until(() => last(context, 'r1')?.status === 0, 'the address to be taken up');
  await context.until(() => context.reports.at(-1)?.state === 'connected', 'the all-clear');
});

test.each([
  [1, status.badNotSupported],
  [2, status.badNodeIdUnknown],
  [3, status.badOutOfRange],
  [4, status.badDeviceFailure],
  [5, status.badCommunicationError],
  [6, status.badCommunicationError],
  [8, status.badDeviceFailure],
  [10, status.badNotConnected],
  [11, status.badTimeout],
  [99, status.badCommunicationError],
])('exception %i gives a bad sample and never a number', async (exception, expected) => {
  const { port } = await device(() => ({ exception }));
  const { context } = await open(port, [meter(port, registers(0, 2))]);
  await allSampled(context, 2);
  expect(last(context, 'r0')).toEqual({ value: null, status: expected });
  expect(last(context, 'r1')).toEqual({ value: null, status: expected });
  expect(context.counters['exceptions']).toBeGreaterThan(0);
});

test.each<[string, (read: SeenRead) => Buffer, string]>([
  [
    'another function code',
    (read) => frame(read.transaction, 1, Buffer.from('040200ff', 'hex')),
    'malformedReplies',
  ],
  ['too short', (read) => frame(read.transaction, 1, Buffer.from('030100', 'hex')), 'malformedReplies'],
  ['too long', (read) => frame(read.transaction, 1, Buffer.from('030400ff00ff', 'hex')), 'malformedReplies'],
  [
    'a byte count that lies',
    (read) => frame(read.transaction, 1, Buffer.from('03c800ff', 'hex')),
    'malformedReplies',
  ],
  [
    'an exception of three bytes',
    (read) => frame(read.transaction, 1, Buffer.from('830200', 'hex')),
    'malformedReplies',
  ],
])('a reply with %s is no value', async (_, reply, counter) => {
  let good = false;
  const { port } = await device((read) => (good ? own(read) : { raw: reply(read) }));
  const { context } = await open(port, [meter(port, registers(7, 1))]);
  await allSampled(context, 1);
  expect(last(context, 'r7')).toEqual({ value: null, status: status.badCommunicationError });
  expect(context.counters[counter]).toBeGreaterThan(0);
  good = true;
  await context.until(() => last(context, 'r7')?.value === 7, 'the connection to go on');
  expect(context.losses).toEqual([]);
});

test.each<[string, (read: SeenRead) => Buffer]>([
  [
    'another transaction',
    (read) => replyTo({ ...read, transaction: read.transaction ^ 0x5555 }, { data: words(666) }),
  ],
  ['another unit', (read) => replyTo({ ...read, unit: 2 }, { data: words(666) })],
])('a reply to %s is ignored and counted; the request times out', async (_, reply) => {
  let good = true;
  const { port } = await device((read) => (good ? own(read) : { raw: reply(read) }));
  const { context } = await open(port, [meter(port, registers(7, 1))], { timeoutMilliseconds: 60 });
  await allSampled(context, 1);
  good = false;
  await context.until(() => last(context, 'r7')?.status === status.badTimeout, 'a timeout');
  expect(context.counters['strayReplies']).toBeGreaterThan(0);
  expect(context.samples.some((sample) => sample.value === 666)).toBe(false);
});

test('a reply that comes after its time-out is never taken for a later one', async () => {
  let slow = false;
  const { port } = await device(async (read) => {
    if (!slow) return { data: words(read.transaction) };
    await new Promise((resolve) => setTimeout(resolve, 90));
    return { data: words(read.transaction) };
  });
  const { context } = await open(
    port,
    [meter(port, registers(0, 1)), meter(port, registers(1, 1, 2), 'urn:2')],
    {
      timeoutMilliseconds: 60,
      pollMilliseconds: 200,
    },
  );
  await allSampled(context, 2);
  slow = true;
  await context.until(() => (context.counters['lateReplies'] ?? 0) > 0, 'a late reply');
  slow = false;
  const before = context.samples.length;
  await context.until(
    () => context.losses.length > 0 || context.samples.length > before + 2,
    'later samples',
  );
  // Each value is the transaction it was asked by: a value that appears twice was taken for another request.
  const values = context.samples.map((sample) => sample.value).filter((value) => value !== null);
  expect(new Set(values).size).toBe(values.length);
});

test('bytes that are not Modbus end the connection with words, and each point is bad', async () => {
  let garbage = false;
  const { port } = await device((read) =>
    garbage ? { raw: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') } : own(read),
  );
  const { context } = await open(port, [meter(port, registers(0, 3))]);
  await allSampled(context, 3);
  garbage = true;
  await context.until(() => context.losses.length > 0, 'the loss');
  expect(context.losses[0]?.code).toBe('not-modbus');
  expect(context.losses[0]?.what.zh).toContain('不是 Modbus TCP');
  await context.until(() => last(context, 'r2')?.status === status.badNotConnected, 'bad samples');
  expect(last(context, 'r0')).toEqual({ value: null, status: status.badNotConnected });
});

test('a half-open connection is given up when nobody answers any more', async () => {
  let dead = false;
  const { port } = await device((read) => (dead ? 'silence' : own(read)));
  const { context } = await open(port, [meter(port, { ...registers(0, 1), ...registers(1, 1, 2) })], {
    timeoutMilliseconds: 60,
  });
  await allSampled(context, 2);
  dead = true;
  await context.until(() => context.losses.length > 0, 'the loss');
  expect(context.losses[0]).toMatchObject({ kind: 'unavailable', code: 'no-unit-answers' });
  expect(context.losses[0]?.what.en).toContain('units 1, 2 do not answer');
  await context.until(() => last(context, 'r1')?.status === status.badNotConnected, 'bad samples');
});

test('a connection that is reset is lost at once', async () => {
  let reset = false;
  const { port } = await device((read) => (reset ? 'close' : own(read)));
  const { context } = await open(port, [meter(port, registers(0, 1))]);
  await allSampled(context, 1);
  reset = true;
  await context.until(() => context.losses.length > 0, 'the loss');
  expect(context.losses[0]?.code).toBe('connection-lost');
  expect(context.losses).toHaveLength(1);
});

test('a device that hangs up while idle is called again at the next poll', async () => {
  const { device: made, port } = await device(own);
  const { context } = await open(port, [meter(port, registers(5, 1))], { pollMilliseconds: 100 });
  await allSampled(context, 1);
  made.hangUp();
  const before = context.samples.length;
  await context.until(() => context.samples.length > before + 1, 'samples after that');
  expect(made.connections).toBe(2);
  expect(context.losses).toEqual([]);
  expect(context.samples.every((sample) => sample.value === 5)).toBe(true);
});

test('a silent unit is named, does not slow the others, and is taken up again', async () => {
  let silent = true;
  const { device: made, port } = await device((read) => (read.unit === 2 && silent ? 'silence' : own(read)));
  const things = [1, 2, 3].map((unit) => meter(port, registers(unit, 1, unit), `urn:unit:${unit}`));
  const clock = new VirtualClock(1_700_000_000_000_000);
  const { context } = await open(
    port,
    things,
    { pollMilliseconds: 1000, timeoutMilliseconds: 1000 },
    { clock },
  );
  for (let step = 0; step < 12; step++) {
    clock.advance(250);
    await settled();
  }
  await context.until(() => context.reports.at(-1)?.problem?.code === 'unit-silent', 'the report');
  expect(context.reports.at(-1)?.problem?.what.en).toBe('Unit 2 does not answer (1 of 3)');
  expect(last(context, 'r2')).toEqual({ value: null, status: status.badTimeout });
  // The others get a sample in each second, the silent one is asked ever more seldom.
  const asked = made.reads.filter((read) => read.unit === 2).length;
  for (let second = 0; second < 20; second++) {
    const before = context.samples.filter((sample) => sample.property === 'r1').length;
    for (let quarter = 0; quarter < 4; quarter++) {
      clock.advance(250);
      await settled();
    }
    await context.until(
      () => context.samples.filter((sample) => sample.property === 'r1').length > before,
      'a sample of unit 1 in each second',
    );
  }
  expect(made.reads.filter((read) => read.unit === 2).length - asked).toBeLessThanOrEqual(4);
  silent = false;
  for (let step = 0; last(context, 'r2')?.value !== 2; step++) {
    expect(step).toBeLessThan(300);
    clock.advance(250);
    await settled();
  }
  await context.until(() => context.reports.at(-1)?.state === 'connected', 'the all-clear');
});

test('a slow device has polls skipped and counted, not piled up', async () => {
  let atOnce = 0;
  let most = 0;
  const { port } = await device(async (read) => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 120));
    atOnce--;
    return own(read);
  });
  const { context } = await open(port, [meter(port, registers(0, 1))], { pollMilliseconds: 50 });
  await context.until(() => (context.counters['missedPolls'] ?? 0) >= 4, 'missed polls');
  expect(most).toBe(1);
  await context.until(() => (context.counters['lagMilliseconds'] ?? 0) > 0, 'the lag');
  expect(context.counters['lagMilliseconds']).toBeGreaterThanOrEqual(100);
});

test('polls keep to a grid of whole intervals', async () => {
  const { port } = await device(own);
  const clock = new VirtualClock(1_700_000_000_037_000);
  const { context } = await open(port, [meter(port, registers(0, 1))], { pollMilliseconds: 100 }, { clock });
  await context.until(() => context.samples.length === 1, 'the first sample');
  for (let poll = 1; poll <= 5; poll++) {
    clock.advance(poll === 1 ? 63 : 100);
    await context.until(() => context.samples.length === poll + 1, 'the next sample');
  }
  expect(context.samples.slice(1).map((sample) => (sample.time - 1_700_000_000_000_000) / 1000)).toEqual([
    100, 200, 300, 400, 500,
  ]);
  expect(context.counters['missedPolls']).toBeUndefined();
  // An event loop that stood still for 450 ms has missed four polls, and goes on at the next.
  clock.advance(50);
  clock.now = (
    (now) => () =>
      now.call(clock) + 450_000
  )(clock.now);
  clock.advance(50);
  await context.until(() => context.samples.length === 7, 'the sample after the standstill');
  expect(context.counters['missedPolls']).toBe(4);
});

test('several requests are under way at once where the setting allows, and each reply finds its own', async () => {
  let atOnce = 0;
  let most = 0;
  const { port } = await device(async (read) => {
    most = Math.max(most, ++atOnce);
    // The later asked, the sooner answered.
    await new Promise((resolve) => setTimeout(resolve, 40 - read.unit * 8));
    atOnce--;
    return { data: words(read.unit * 1000 + read.address) };
  });
  const things = [1, 2, 3, 4].map((unit) => meter(port, registers(unit, 1, unit), `urn:unit:${unit}`));
  const { context } = await open(port, things, { inFlight: 4, pollMilliseconds: 200 });
  await context.until(() => context.samples.length >= 12, 'samples');
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
  for (const unit of [1, 2, 3, 4]) {
    for (const sample of context.samples.filter((candidate) => candidate.property === `r${unit}`)) {
      expect(sample.value).toBe(unit * 1001);
    }
  }
});

test('one request at a time is the default', async () => {
  let atOnce = 0;
  let most = 0;
  const { port } = await device(async (read) => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 5));
    atOnce--;
    return own(read);
  });
  const things = [1, 2, 3].map((unit) =>
    meter(port, { ...registers(0, 1, unit), ...registers(500, 1, unit) }, `urn:${unit}`),
  );
  const { context } = await open(port, things, { pollMilliseconds: 100 });
  await context.until(() => context.samples.length >= 12, 'samples');
  expect(most).toBe(1);
});

test('a float that is no number is rejected, and the point goes bad', async () => {
  let nan = false;
  const { port } = await device(() => ({ data: nan ? words(0x7fc0, 0) : words(0x4366, 0x199a) }));
  const { context } = await open(port, [
    meter(port, { voltage: ['1/0?quantity=2', { 'modv:type': 'xsd:float' }] }),
  ]);
  await allSampled(context, 1);
  nan = true;
  await context.until(() => last(context, 'voltage')?.status === status.badNoData, 'the bad sample');
  await context.until(() => context.rejections.length >= 2, 'rejections');
  expect(context.rejections[0]).toMatchObject({ reason: 'not-a-number', thing: 'urn:test:meter' });
  expect(context.rejections[0]?.source).toMatch(/\/1\/0\?quantity=2 HoldingRegister$/);
  nan = false;
  await context.until(() => last(context, 'voltage')?.value === 230.1, 'the value to come back');
});

test('a form that cannot be read is said in quarantine, in the state and on the property', async () => {
  const { port } = await device(own);
  const { context } = await open(port, [
    meter(port, { good: ['1/1'], bad: ['1/2', { 'modv:entity': 'Register' }], none: ['1', {}] }),
  ]);
  await allSampled(context, 3);
  expect(last(context, 'good')).toEqual({ value: 1, status: 0 });
  expect(last(context, 'bad')).toEqual({ value: null, status: status.badConfigurationError });
  expect(context.rejections.map((rejection) => [rejection.reason, rejection.detail])).toEqual([
    [
      'unsupported',
      'form of "bad": modv:entity is "Register"; known are Coil, DiscreteInput, InputRegister, HoldingRegister',
    ],
    ['unsupported', expect.stringContaining('has no address; write modbus+tcp://host:port/<unit>/<address>')],
  ]);
  await context.until(() => context.reports.length > 0, 'a report');
  expect(context.reports[0]?.problem).toMatchObject({ kind: 'bad-data', code: 'form-invalid' });
});

test('things that come, change and go are followed without reconnecting', async () => {
  const { device: made, port } = await device(own);
  const { context } = await open(port, [meter(port, registers(0, 1))]);
  await allSampled(context, 1);
  context.putThing(meter(port, registers(4, 1, 2), 'urn:other'));
  await context.until(() => last(context, 'r4')?.value === 4, 'the new thing');
  context.putThing(meter(port, registers(9, 1), 'urn:test:meter'));
  await context.until(() => last(context, 'r9')?.value === 9, 'the changed thing');
  const olds = context.samples.filter((sample) => sample.property === 'r0').length;
  context.removeThing('urn:other');
  const others = context.samples.filter((sample) => sample.property === 'r4').length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(context.samples.filter((sample) => sample.property === 'r0')).toHaveLength(olds);
  expect(context.samples.filter((sample) => sample.property === 'r4').length - others).toBeLessThanOrEqual(1);
  expect(made.connections).toBe(1);
});

test('a thing that comes while the connection is being made is polled', async () => {
  const { port } = await device(own);
  const context = contextFor(port, []);
  const opening = modbus.open(context);
  context.putThing(meter(port, registers(6, 1)));
  const session = await opening;
  closeLater(() => session.close());
  await allSampled(context, 1);
  expect(last(context, 'r6')).toEqual({ value: 6, status: 0 });
});

test('a new point is read at once, however seldom it is polled', async () => {
  const { port } = await device(own);
  const { context } = await open(port, [meter(port, registers(0, 1))]);
  context.putThing(meter(port, registers(8, 3, 1, { 'modv:pollingTime': 3_600_000 }), 'urn:slow'));
  await allSampled(context, 4);
  expect(last(context, 'r10')).toEqual({ value: 10, status: 0 });
});

test('nothing is asked while what is there cannot be stored', async () => {
  const { device: made, port } = await device(own);
  const { context } = await open(port, [meter(port, registers(0, 1))]);
  await allSampled(context, 1);
  context.setCongested(true);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const seen = made.reads.length;
  await context.until(() => (context.counters['congestedPolls'] ?? 0) >= 3, 'skipped polls');
  expect(made.reads.length).toBe(seen);
  context.setCongested(false);
  await context.until(() => made.reads.length > seen, 'polls to go on');
});

test('forms of other devices are left to other connections', async () => {
  const { device: made, port } = await device(own);
  const thing = meter(port, registers(0, 1));
  thing.properties!['elsewhere'] = {
    type: 'number',
    forms: [{ href: 'modbus+tcp://127.0.0.2:502/1/7' }, { href: 'https://example.com/value' }],
  };
  const { context } = await open(port, [thing]);
  await context.until(() => made.reads.length >= 3, 'polls');
  expect(new Set(made.reads.map((read) => read.address))).toEqual(new Set([0]));
  expect(context.rejections).toEqual([]);
});

test('a thing that names the connection is read through it, whatever address it was written for', async () => {
  const { port } = await device(own);
  const thing = {
    ...meter(port, { a: ['modbus+tcp://meter.example/1/3'], b: ['1/4'] }),
    'millrace:connection': 'test',
  };
  delete (thing as { base?: string }).base;
  const { context } = await open(port, [thing]);
  await allSampled(context, 2);
  expect(last(context, 'a')).toEqual({ value: 3, status: 0 });
  expect(last(context, 'b')).toEqual({ value: 4, status: 0 });
});

test('a unit that answers nothing keeps `open` from succeeding, in words', async () => {
  const { port } = await device(() => 'silence');
  const context = contextFor(port, [meter(port, registers(0, 1, 9))], { timeoutMilliseconds: 50 });
  const error = await modbus.open(context).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TerminalError);
  expect((error as TerminalError).problem).toMatchObject({ kind: 'unavailable', code: 'no-unit-answers' });
  expect((error as TerminalError).problem.what.zh).toContain('单元 9 没有应答');
});

test('a refused connection is said in words, and its points are written bad once a minute', async () => {
  const port = await freePort();
  const thing = meter(port, registers(0, 1));
  const clock = new VirtualClock(1_700_000_000_000_000);
  const attempt = async () => {
    const context = contextFor(port, [thing], {}, { clock });
    await expect(modbus.open(context)).rejects.toMatchObject({
      problem: { kind: 'unavailable', code: 'connection-refused' },
    });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    return context.samples.length;
  };
  expect(await attempt()).toBe(1);
  expect(await attempt()).toBe(0);
  clock.advance(61_000);
  expect(await attempt()).toBe(1);
});

test('wrong settings are said with the field', async () => {
  expect(modbus.check({ host: 'meter 1', port: 502 })[0]).toMatchObject({ field: 'host' });
  expect(modbus.check({ host: '', port: 502 })[0]).toMatchObject({ field: 'host' });
  expect(
    modbus.check({ host: '10.0.0.1', pauseMilliseconds: 2000, pollMilliseconds: 1000 })[0],
  ).toMatchObject({
    field: 'pauseMilliseconds',
  });
  expect(modbus.check({ host: '10.0.0.1' })).toEqual([]);
  expect(modbus.check({ host: '::1' })).toEqual([]);
});

test('endpoints and settings are each other’s image', () => {
  expect(modbus.settingsFor?.('modbus+tcp://10.0.0.5')).toEqual({ host: '10.0.0.5', port: 502 });
  expect(modbus.settingsFor?.('modbus+tcp://[fe80::1]:1502')).toEqual({ host: '[fe80::1]', port: 1502 });
  expect(modbus.settingsFor?.('opc.tcp://10.0.0.5:4840')).toBeUndefined();
  expect(modbus.settingsFor?.('modbus+tcp://10.0.0.5:70000')).toBeUndefined();
  expect(modbus.endpoint?.({ host: 'Meter.Example', port: 502 })).toBe('modbus+tcp://meter.example:502');
  expect(modbus.endpoint?.({ host: 'fe80::1', port: 502 })).toBe('modbus+tcp://[fe80::1]:502');
  expect(modbus.endpoint?.({})).toBeUndefined();
});

test('a point that stays bad is written once a minute, and at every change', () => {
  const context = contextFor(502, [meter(502, registers(0, 1))]);
  const polled = pointsOf(context.things.get('urn:test:meter')!, 'test', readSettings(context.settings))
    .points[0]!;
  const batch = new BatchBuilder();
  const start = 1_700_000_000_000_000;
  for (let second = 0; second <= 120; second++)
    writeBad(polled, status.badTimeout, start + second * 1e6, batch);
  expect(batch.count).toBe(3);
  writeBad(polled, status.badNotConnected, start + 121e6, batch);
  expect(batch.count).toBe(4);
});
