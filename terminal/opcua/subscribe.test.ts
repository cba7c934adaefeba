import './test-quiet.ts';
import { status, statusName } from '@millrace/contract';
import type { TerminalSession } from '@millrace/sdk';
import type { TestContext } from '@millrace/sdk/testing';
import { coerceLocalizedText, DataType, resolveNodeId, ServerState, StatusCodes, Variant } from 'node-opcua';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { opcua } from './opcua.ts';
import { freePort, type Machine, sampleNamespace, startSample } from './test-server.ts';
import { contextFor, describeThing } from './test-things.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startSample();
});
afterAll(() => machine.stop());

const sessions: TerminalSession[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});
async function open(context: TestContext): Promise<TerminalSession> {
  const session = await opcua.open(context);
  sessions.push(session);
  return session;
}

const types: Record<string, string | undefined> = {
  Temperature: 'number',
  Running: 'boolean',
  Mode: 'integer',
  Bool: 'boolean',
  SByte: 'integer',
  Byte: 'integer',
  Int16: 'integer',
  UInt16: 'integer',
  Int32: 'integer',
  UInt32: 'integer',
  Int64: 'integer',
  UInt64: undefined,
  Float: 'number',
  Double: 'number',
  String: 'string',
  DateTime: 'string',
  Guid: 'string',
  ByteString: 'string',
  LocalizedText: 'string',
  NodeId: 'string',
  Doubles: 'array',
  Strings: 'array',
  Matrix: 'array',
  State: 'object',
  Phase: 'integer',
};

test('a value of every type arrives as JSON has it', async () => {
  const context = contextFor(machine.endpoint, {}, { things: [describeThing(machine.endpoint, types)] });
  await open(context);
  const count = Object.keys(types).length;
  await context.until(
    () => new Set(context.samples.map((one) => one.property)).size === count,
    'all of them',
  );
  const values = Object.fromEntries(context.samples.map((one) => [one.property, one.value]));
  const tool = (number: number) => ({
    Number: number,
    Name: `T${number}`,
    Lengths: [120.5, 0.25],
    Changed: '2024-05-01T06:00:00Z',
    Cuts: '9007199254740993',
  });
  expect(values).toEqual({
    Temperature: 21.5,
    Running: true,
    Mode: 1,
    Bool: true,
    SByte: -5,
    Byte: 250,
    Int16: -300,
    UInt16: 60_000,
    Int32: -70_000,
    UInt32: 4_000_000_000,
    Int64: -2,
    // The context reads JSON into a number; the batch holds every digit (below).
    UInt64: Number(18_446_744_073_709_551_615n),
    Float: 230.1,
    Double: 1e-12,
    String: '主轴 α',
    DateTime: '2024-02-29T12:00:00.123Z',
    Guid: '72962B91-FA75-4AE6-8D28-B404DC7DAF63',
    ByteString: 'YWJj',
    LocalizedText: 'door open',
    NodeId: 'nsu=urn:millrace:test:server;s=Machine',
    Doubles: [1, 2.5, 3],
    Strings: ['a', 'b'],
    Matrix: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    State: { Program: 7, Tool: tool(4), Magazine: [tool(1), tool(2)] },
    Phase: 7,
  });
  expect(
    context.batches.some((batch) =>
      [...(batch.columns.text?.values() ?? [])].includes('18446744073709551615'),
    ),
  ).toBe(true);
  expect(context.reports).toEqual([{ state: 'connected', problem: undefined }]);
  expect(context.rejections).toEqual([]);
});

test("the source's time is kept to the microsecond, the server's own quality whole", async () => {
  const context = contextFor(
    machine.endpoint,
    {},
    { things: [describeThing(machine.endpoint, { Temperature: 'number', Double: 'number' })] },
  );
  await open(context);
  await context.until(() => context.samples.length >= 2, 'first values');
  const variable = machine.variables['Double']!;
  const at = new Date(Date.now() - 5000);
  variable.setValueFromSource(
    { dataType: DataType.Double, value: 3.25 },
    StatusCodes.UncertainSensorNotAccurate,
    at,
  );
  const find = (value: unknown) => context.samples.find((one) => one.value === value);
  await context.until(() => find(3.25) !== undefined, 'the uncertain one');
  expect(find(3.25)).toMatchObject({ time: at.getTime() * 1000, status: status.uncertainSensorNotAccurate });
  variable.setValueFromSource(
    { dataType: DataType.Double, value: 3.5 },
    StatusCodes.BadSensorFailure,
    new Date(),
  );
  await context.until(
    () => context.samples.some((one) => one.status === status.badSensorFailure),
    'the bad one',
  );
  variable.setValueFromSource({ dataType: DataType.Double, value: Number.NaN }, StatusCodes.Good, new Date());
  await context.until(() => context.rejections.length > 0, 'a rejection');
  expect(context.rejections).toMatchObject([
    { reason: 'not-a-number', count: 1, source: `nsu=${sampleNamespace};s=Double` },
  ]);
  variable.setValueFromSource(
    { dataType: DataType.Double, value: Number.NaN },
    StatusCodes.BadSensorFailure,
    new Date(),
  );
  await context.until(
    () =>
      context.samples.at(-1)?.value === null && context.samples.at(-1)?.status === status.badSensorFailure,
    'no value with a reason',
  );
  machine.set('Double', 1e-12);
  const written = context.samples.filter((one) => one.property === 'Temperature');
  expect(written[0]!.time % 1000).not.toBe(0);
});

test('a burst between two messages is kept, and what the queue could not hold is marked', async () => {
  const context = contextFor(
    machine.endpoint,
    { publishingMilliseconds: 300, samplingMilliseconds: 0, queueSize: 20 },
    { things: [describeThing(machine.endpoint, { Int32: 'integer' })] },
  );
  await open(context);
  await context.until(() => context.samples.length >= 1, 'the first value');
  const burst = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) {
      machine.set('Int32', i, new Date(Date.now() + i - from));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  await burst(0, 15);
  await context.until(() => context.samples.some((one) => one.value === 14), 'the burst');
  const values = context.samples.map((one) => one.value);
  expect(values.slice(values.indexOf(0))).toEqual(Array.from({ length: 15 }, (_, i) => i));
  await burst(100, 200);
  await context.until(() => context.samples.some((one) => one.value === 199), 'the flood');
  expect(context.counters['overflows']).toBeGreaterThan(0);
  const marked = context.samples.find((one) => (one.status & 0x0480) === 0x0480)!;
  expect(marked).toMatchObject({ property: 'Int32' });
  machine.set('Int32', -70_000);
});

test('a node that is not there is said so, and the rest goes on', async () => {
  const context = contextFor(
    machine.endpoint,
    {},
    {
      things: [
        describeThing(machine.endpoint, {
          Temperature: 'number',
          Missing: 'number',
          Elsewhere: {
            type: 'number',
            form: { href: `${machine.endpoint}/?id=nsu=urn:no:such:namespace;s=X` },
          },
        }),
      ],
    },
  );
  await open(context);
  await context.until(() => context.samples.some((one) => one.property === 'Temperature'), 'the rest');
  for (const property of ['Missing', 'Elsewhere']) {
    expect(context.samples.find((one) => one.property === property)).toMatchObject({
      value: null,
      status: status.badNodeIdUnknown,
    });
  }
  expect(context.reports.at(-1)).toMatchObject({
    state: 'degraded',
    problem: {
      kind: 'bad-data',
      code: 'nodes-unavailable',
      detail: expect.stringContaining('s=Missing (BadNodeIdUnknown)'),
    },
  });
});

test('things added, changed and removed while the connection is open', async () => {
  const context = contextFor(
    machine.endpoint,
    {},
    { things: [describeThing(machine.endpoint, { Bool: 'boolean' })] },
  );
  await open(context);
  const has = (property: string) => context.samples.some((one) => one.property === property);
  await context.until(() => has('Bool'), 'Bool');
  context.putThing(describeThing(machine.endpoint, { Bool: 'boolean', Byte: 'integer' }));
  await context.until(() => has('Byte'), 'Byte');
  context.putThing(describeThing(machine.endpoint, { Int16: 'integer' }, { id: 'urn:test:other' }));
  await context.until(() => has('Int16'), 'Int16');
  context.removeThing('urn:test:machine');
  await context.until(() => machine.server.engine.currentSubscriptionCount === 1, 'one subscription');
  const before = context.samples.length;
  machine.set('Bool', false);
  machine.set('Int16', 7);
  await context.until(() => context.samples.some((one) => one.value === 7), 'the other thing');
  expect(context.samples.slice(before).every((one) => one.thing === 'urn:test:other')).toBe(true);
  machine.set('Bool', true);
  machine.set('Int16', -300);
});

test('things of other servers are not touched, unless they name this connection', async () => {
  const far = 'opc.tcp://elsewhere:4840';
  const context = contextFor(
    machine.endpoint,
    {},
    {
      things: [
        describeThing(far, { Byte: 'integer' }, { id: 'urn:test:far' }),
        describeThing(far, { Bool: 'boolean' }, { id: 'urn:test:bound', 'millrace:connection': 'test' }),
      ],
    },
  );
  await open(context);
  await context.until(() => context.samples.length > 0, 'a value');
  expect(new Set(context.samples.map((one) => one.thing))).toEqual(new Set(['urn:test:bound']));
});

test('while the store cannot take more nothing is asked for, and nothing is lost that the server can hold', async () => {
  const context = contextFor(
    machine.endpoint,
    { samplingMilliseconds: 0, queueSize: 50 },
    { things: [describeThing(machine.endpoint, { UInt16: 'integer' })] },
  );
  await open(context);
  await context.until(() => context.samples.length > 0, 'the first value');
  context.setCongested(true);
  // What was asked for before may still be answered; after that the server keeps to itself.
  for (let i = 0; i < 8; i++) {
    machine.set('UInt16', i);
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  const held = context.samples.length;
  expect(context.samples.some((one) => one.value === 7)).toBe(false);
  context.setCongested(false);
  await context.until(() => context.samples.some((one) => one.value === 7), 'the rest');
  expect(held).toBeLessThan(context.samples.length);
  expect(context.samples.map((one) => one.value).filter((value) => Number(value) < 10)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7,
  ]);
  expect(context.counters['publishHeld']).toBeGreaterThan(0);
  machine.set('UInt16', 60_000);
});

test('what the store refused is asked for again', async () => {
  let failures = 1;
  const context = contextFor(
    machine.endpoint,
    {},
    {
      things: [describeThing(machine.endpoint, { UInt32: 'integer' })],
      commit: (batch) =>
        batch.columns.count > 0 && failures-- > 0
          ? Promise.reject(new Error('disk full'))
          : Promise.resolve(),
    },
  );
  await open(context);
  await context.until(
    () => context.samples.some((one) => one.value === 4_000_000_000),
    'the value, after all',
  );
  expect(context.counters['uncommitted']).toBeGreaterThan(0);
  expect(context.counters['republished']).toBe(context.counters['uncommitted']);
});

test('a server going down: its reason is shown, every point ends in a gap, and the next opening resumes', async () => {
  const port = await freePort();
  let other = await startSample({ port });
  const context = contextFor(
    other.endpoint,
    {},
    { things: [describeThing(other.endpoint, { Temperature: 'number', Bool: 'boolean' })] },
  );
  await open(context);
  await context.until(() => context.samples.length >= 2, 'first values');
  other.server.engine.serverStatus.shutdownReason = coerceLocalizedText('maintenance')!;
  other.server.engine.setServerState(ServerState.Shutdown);
  await context.until(
    () => context.reports.at(-1)?.problem?.what.en.includes('"Shutdown": maintenance') === true,
    'the announcement',
  );
  const stopping = other.stop();
  await context.until(() => context.losses.length > 0, 'the loss');
  await stopping;
  expect(context.losses).toHaveLength(1);
  expect(context.losses[0]).toMatchObject({
    kind: 'unavailable',
    code: 'server-stopping',
    what: { en: expect.stringContaining('maintenance') },
  });
  const last = (property: string) => context.samples.findLast((one) => one.property === property)!;
  await context.until(() => last('Bool').status === status.badNotConnected, 'the gap');
  expect(last('Temperature')).toMatchObject({ value: null, status: status.badNotConnected });
  await expect(opcua.open(context)).rejects.toMatchObject({
    problem: { kind: 'unavailable', code: 'connection-refused' },
  });
  other = await startSample({ port });
  try {
    await open(context);
    await context.until(
      () => last('Bool').value === true && last('Temperature').value === 21.5,
      'values again',
    );
    await Promise.all(sessions.splice(0).map((session) => session.close()));
  } finally {
    await other.stop();
  }
});

test('an unchanged value ends the gap: it is confirmed with a time after the mark', async () => {
  const context = contextFor(
    machine.endpoint,
    {},
    { things: [describeThing(machine.endpoint, { Guid: 'string' })] },
  );
  const first = await open(context);
  await context.until(() => context.samples.length > 0, 'a value');
  await first.close();
  await context.until(() => context.samples.at(-1)!.status === status.badNotConnected, 'the mark');
  const mark = context.samples.at(-1)!.time;
  await open(context);
  await context.until(
    () => context.samples.some((one) => one.time > mark && one.status === 0 && one.value !== null),
    'the value, confirmed',
  );
});

test('namespaces in another order: the URI in the form finds the node', async () => {
  const port = await freePort();
  const shifted = await startSample({
    port,
    build: (made) => {
      // What the sample server has at 2 stands at 3 here, and 2 holds something else of the same name.
      const other = made.addressSpace.registerNamespace('urn:other');
      other.addVariable({
        browseName: 'Bool',
        nodeId: 's=Bool',
        organizedBy: made.addressSpace.rootFolder.objects,
        dataType: 'Int32',
        value: { dataType: DataType.Int32, value: 99 },
      } as never);
    },
  });
  try {
    const context = contextFor(
      shifted.endpoint,
      {},
      { things: [describeThing(shifted.endpoint, { Bool: undefined })] },
    );
    await open(context);
    await context.until(() => context.samples.length > 0, 'a value');
    expect(context.samples[0]!.value).toBe(true);
    await Promise.all(sessions.splice(0).map((session) => session.close()));
  } finally {
    await shifted.stop();
  }
});

test('history fills the gap, beside the live values', async () => {
  const context = contextFor(
    machine.endpoint,
    {},
    { things: [describeThing(machine.endpoint, { Pressure: 'number' })] },
  );
  const start = Date.now() - 60_000;
  for (let i = 0; i < 2500; i++) machine.set('Pressure', i, new Date(start + i * 20));
  // What is stored ends in the middle of it.
  const series = context.things.get('urn:test:machine')!.points.get('Pressure')!.series;
  context.lastStored = () => Promise.resolve(new Map([[series, (start + 30_000) * 1000 + 60_000_000]]));
  await open(context);
  await context.until(() => (context.counters['historyValues'] ?? 0) >= 1000, 'history');
  await context.until(() => context.samples.some((one) => one.value === 2499), 'its end');
  const values = new Set(context.samples.map((one) => one.value));
  for (let i = 1500; i < 2500; i++) expect(values.has(i)).toBe(true);
  expect(values.has(1400)).toBe(false);
  expect(context.samples.find((one) => one.value === 2000)!.time).toBe((start + 40_000) * 1000);
});

test('a thing without samples has no gap, and backfill can be switched off', async () => {
  const context = contextFor(
    machine.endpoint,
    {},
    { things: [describeThing(machine.endpoint, { Pressure: 'number' })] },
  );
  await open(context);
  await context.until(() => context.samples.length > 0, 'a value');
  expect(context.counters['historyValues']).toBeUndefined();
});

test('things that change while the connection is being opened', async () => {
  const context = contextFor(
    machine.endpoint,
    {},
    { things: [describeThing(machine.endpoint, { Bool: 'boolean' })] },
  );
  const opening = open(context);
  const change = (): void => {
    context.putThing(describeThing(machine.endpoint, { SByte: 'integer' }, { id: 'urn:test:late' }));
  };
  // As late as can be: when the first of its requests for values is under way.
  const listen = context.onThingsChanged.bind(context);
  context.onThingsChanged = (call) => {
    listen(call);
    setImmediate(change);
  };
  await opening;
  await context.until(() => context.samples.some((one) => one.value === -5), 'the late one');
});

test('the secure channel is renewed while values flow', async () => {
  const brief = await startSample({ server: { defaultSecureTokenLifetime: 2500 } });
  try {
    const context = contextFor(
      brief.endpoint,
      {},
      { things: [describeThing(brief.endpoint, { Int32: 'integer' })] },
    );
    await open(context);
    let n = 0;
    const end = Date.now() + 7000;
    while (Date.now() < end) {
      brief.set('Int32', ++n);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await context.until(() => context.samples.some((one) => one.value === n), 'the last value');
    expect(context.losses).toEqual([]);
    await Promise.all(sessions.splice(0).map((session) => session.close()));
  } finally {
    await brief.stop();
  }
});

test('a method is called, refused, and given the wrong thing', async () => {
  const action = (name: string) => ({
    'uav:componentOf': `nsu=${sampleNamespace};s=Machine`,
    forms: [{ href: `${machine.endpoint}/?id=nsu=${sampleNamespace};s=${name}`, op: 'invokeaction' }],
  });
  const context = contextFor(
    machine.endpoint,
    {},
    {
      things: [
        describeThing(machine.endpoint, {}, { actions: { add: action('Add'), none: action('None') } }),
      ],
    },
  );
  const session = await open(context);
  const invoke = (name: string, input: unknown) => session.invoke!('urn:test:machine', name, input);
  expect(await invoke('add', { a: 2, b: 0.5 })).toEqual({ state: 'confirmed', output: { sum: 2.5 } });
  expect(await invoke('add', [40, 2])).toEqual({ state: 'confirmed', output: { sum: 42 } });
  expect(await invoke('add', { a: -1, b: 1 })).toMatchObject({
    state: 'refused',
    output: { status: 'BadOutOfRange' },
  });
  for (const [input, message] of [
    [{ a: 'two', b: 1 }, '"a" must be a whole number'],
    [{ a: 1 }, 'needs the argument "b"'],
    [{ a: 1, b: 2, c: 3 }, 'has no argument "c"'],
    [[1], 'takes 2 arguments'],
    [{ a: 3_000_000_000, b: 0 }, '"a" must be a whole number from'],
  ] as const) {
    await expect(invoke('add', input)).rejects.toMatchObject({
      problem: {
        kind: 'bad-data',
        code: 'action-input-wrong',
        what: { en: expect.stringContaining(message) },
      },
    });
  }
  await expect(invoke('constructor', {})).rejects.toMatchObject({ problem: { code: 'action-unknown' } });
  expect(await invoke('none', {})).toMatchObject({
    state: 'refused',
    output: { status: statusName(0) && expect.stringMatching(/^Bad/) },
  });
  expect(session.reaches!('urn:test:machine')).toBe(true);
  expect(session.reaches!('urn:test:nobody')).toBe(false);
});

test('many items over several requests, to a server that does not state its limits', async () => {
  const port = await freePort();
  const many = await startSample({
    port,
    build: (made) => {
      // A server that has limits (1000 items a call, 1000 nodes a read) and does not say so.
      for (const id of ['i=11714', 'i=11705', 'i=11710']) made.addressSpace.deleteNode(resolveNodeId(id));
      made.server.engine.serverCapabilities.operationLimits.maxMonitoredItemsPerCall = 300;
      for (let i = 0; i < 2500; i++) {
        const variable = made.namespace.addVariable({
          browseName: `V${i}`,
          nodeId: `s=V${i}`,
          componentOf: made.object,
          dataType: 'UInt32',
        });
        variable.setValueFromSource(new Variant({ dataType: DataType.UInt32, value: i }));
      }
    },
  });
  try {
    const properties = Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`V${i}`, 'integer']));
    const context = contextFor(many.endpoint, {}, { things: [describeThing(many.endpoint, properties)] });
    await open(context);
    const distinct = () => new Set(context.samples.map((one) => one.value)).size;
    await context.until(() => context.samples.length >= 2500 && distinct() === 2500, 'all of them', 20_000);
    await Promise.all(sessions.splice(0).map((session) => session.close()));
  } finally {
    await many.stop();
  }
});
