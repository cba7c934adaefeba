import './test-quiet.ts';
import type { BrowseNode, ThingDescription } from '@millrace/contract';
import { status } from '@millrace/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { opcua } from './opcua.ts';
import { type Asyncua, startAsyncua } from './test-asyncua.ts';
import { contextFor } from './test-things.ts';

const namespace = 'urn:millrace:test:asyncua';
let server: Asyncua;
beforeAll(async () => {
  server = await startAsyncua();
}, 300_000);
afterAll(() => server.stop());

const describe = (properties: Record<string, string>, actions = {}): ThingDescription =>
  ({
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id: 'urn:test:machine',
    title: 'Machine',
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, type]) => [
        name,
        { type, forms: [{ href: `${server.endpoint}/?id=nsu=${namespace};s=${name}` }] },
      ]),
    ),
    actions,
  }) as ThingDescription;

test.each([
  ['auto', 'Aes256_Sha256_RsaPss'],
  ['Aes256_Sha256_RsaPss', 'Aes256_Sha256_RsaPss'],
  ['Aes128_Sha256_RsaOaep', 'Aes128_Sha256_RsaOaep'],
  ['Basic256Sha256', 'Basic256Sha256'],
  ['None', 'None'],
])('security policy %s', async (securityPolicy, policy) => {
  const report = await opcua.test(contextFor(server.endpoint, { securityPolicy }));
  expect(report).toMatchObject({ ok: true, found: { security: { policy }, status: { state: 'Running' } } });
});

test('sign only', async () => {
  const settings = { securityPolicy: 'Basic256Sha256', securityMode: 'Sign' };
  expect(await opcua.test(contextFor(server.endpoint, settings))).toMatchObject({ ok: true });
});

test('user name and password', async () => {
  const settings = { identity: 'username', username: 'operator' };
  expect(await opcua.test(contextFor(server.endpoint, { ...settings, password: 'pa$$wörd' }))).toMatchObject({
    ok: true,
  });
  expect(await opcua.test(contextFor(server.endpoint, { ...settings, password: 'x' }))).toMatchObject({
    ok: false,
    problem: { kind: 'denied', code: 'identity-rejected' },
  });
});

test('browse', async () => {
  const nodes = (await opcua.browse!(
    contextFor(server.endpoint),
    `nsu=${namespace};s=Machine`,
  )) as BrowseNode[];
  const schema = (name: string) => nodes.find((one) => one.name === name)?.affordance;
  expect(schema('Temperature')).toMatchObject({ type: 'number', readOnly: true });
  expect(schema('Doubles')).toMatchObject({ type: 'array', items: { type: 'number' } });
  expect(schema('Tool')).toMatchObject({
    type: 'object',
    properties: { Number: { type: 'integer' }, Lengths: { type: 'array' } },
  });
  expect(schema('Phase')).toMatchObject({
    type: 'integer',
    oneOf: [{ title: 'Idle' }, { const: 1, title: 'Cutting' }],
  });
  expect(schema('Add')).toMatchObject({
    'uav:componentOf': `nsu=${namespace};s=Machine`,
    input: { type: 'object' },
  });
  expect(nodes.find((one) => one.name === 'Tool')!.value).toEqual({
    Number: 4,
    Name: 'T4',
    Lengths: [120.5, 0.25],
  });
});

test('subscribe, quality, a node deleted, history, a method', async () => {
  const thing = describe(
    {
      Temperature: 'number',
      Count: 'integer',
      Running: 'boolean',
      Text: 'string',
      When: 'string',
      Doubles: 'array',
      Tool: 'object',
      Phase: 'integer',
      Pressure: 'number',
    },
    {
      add: {
        'uav:componentOf': `nsu=${namespace};s=Machine`,
        forms: [{ href: `${server.endpoint}/?id=nsu=${namespace};s=Add` }],
      },
    },
  );
  const context = contextFor(server.endpoint, { samplingMilliseconds: 0 }, { things: [thing] });
  const series = context.things.get(thing.id)!.points.get('Pressure')!.series;
  // Stored up to 40 s ago, of which the last minute is read again.
  context.lastStored = () => Promise.resolve(new Map([[series, context.clock.now() - 40_000_000]]));
  const session = await opcua.open(context);
  await context.until(() => new Set(context.samples.map((one) => one.property)).size === 9, 'all of them');
  const first = (property: string) => context.samples.find((one) => one.property === property)!.value;
  expect(['Temperature', 'Count', 'Running', 'Text', 'When', 'Doubles', 'Tool', 'Phase'].map(first)).toEqual([
    21.5,
    7,
    true,
    '主轴 α',
    '2024-02-29T12:00:00.123456Z',
    [1, 2.5],
    { Number: 4, Name: 'T4', Lengths: [120.5, 0.25] },
    1,
  ]);
  await server.tell('set Temperature 30.25');
  await context.until(() => context.samples.some((one) => one.value === 30.25), 'the change');
  await server.tell('bad Temperature');
  await context.until(
    () => context.samples.some((one) => one.status === status.badSensorFailure),
    'bad quality',
  );
  await context.until(() => (context.counters['historyValues'] ?? 0) >= 290, 'history');
  const values = new Set(
    context.samples.filter((one) => one.property === 'Pressure').map((one) => one.value),
  );
  for (let i = 10; i < 299; i++) expect(values.has(i)).toBe(true);
  expect(await session.invoke!(thing.id, 'add', [2, 40])).toMatchObject({ state: 'confirmed' });
  expect(context.reports.map((one) => one.state)).toEqual(['connected']);
  await server.tell('delete Text');
  await session.close();
  const again = contextFor(server.endpoint, {}, { things: [thing] });
  const reopened = await opcua.open(again);
  await again.until(
    () => again.reports.at(-1)?.problem?.code === 'nodes-unavailable',
    'the deleted node, said so',
  );
  expect(again.reports.at(-1)!.problem!.detail).toContain('s=Text (BadNodeIdUnknown)');
  await reopened.close();
});

test('what is written is in the server, and confirmed by reading it back; methods answer in its own words', async () => {
  const method = {
    'uav:componentOf': `nsu=${namespace};s=Machine`,
    forms: [{ href: `${server.endpoint}/?id=nsu=${namespace};s=Start` }],
  };
  const thing = describe(
    {
      SetPoint: 'number',
      Order: 'string',
      Enable: 'boolean',
      Pieces: 'integer',
      Temperature: 'number',
      Nowhere: 'number',
    },
    { start: method },
  );
  const context = contextFor(server.endpoint, { timeoutMilliseconds: 1000 }, { things: [thing] });
  const session = await opcua.open(context);
  const write = (name: string, value: unknown) => session.write!(thing.id, name, value);
  for (const [name, value] of [
    ['SetPoint', 42.25],
    ['Order', '工单 7'],
    ['Enable', true],
    ['Pieces', '123456'],
  ] as const) {
    expect(await write(name, value), name).toMatchObject({ state: 'confirmed', by: 'read-back', value });
    // 64 bits travel as text.
    expect(await server.shown(name), name).toEqual(name === 'Pieces' ? 123_456 : value);
  }
  // Twice the same is twice confirmed: a write is no event.
  expect(await write('SetPoint', 42.25)).toMatchObject({ state: 'confirmed', value: 42.25 });
  // Only to be read, and not there.
  await expect(write('Temperature', 1)).rejects.toMatchObject({ problem: { code: 'not-writable' } });
  await expect(write('Nowhere', 1)).rejects.toMatchObject({ problem: { code: 'not-writable' } });
  expect(await server.shown('Temperature')).not.toBe(1);

  const invoke = (input: unknown) => session.invoke!(thing.id, 'start', input);
  expect(await invoke([1500])).toMatchObject({ state: 'confirmed' });
  const refused = await invoke([9000]);
  expect(refused.state).toBe('refused');
  expect(JSON.stringify(refused)).toMatch(/Bad\w+/);
  // An answer that comes too late is nobody's: given up by name, and the next call has its own.
  await expect(invoke([-1])).rejects.toMatchObject({ problem: { code: 'command-timed-out' } });
  expect(await invoke([1500])).toMatchObject({ state: 'confirmed' });
  await session.close();
});

test('a server killed and started again', async () => {
  const thing = describe({ Temperature: 'number' });
  const context = contextFor(server.endpoint, {}, { things: [thing] });
  await opcua.open(context);
  await context.until(() => context.samples.length > 0, 'a value');
  server.kill();
  await context.until(() => context.losses.length > 0, 'the loss');
  await context.until(() => context.samples.at(-1)!.status === status.badNotConnected, 'the gap');
  server = await startAsyncua(Number(new URL(server.endpoint.replace('opc.tcp', 'http')).port));
  const session = await opcua.open(context);
  await context.until(() => context.samples.at(-1)!.value === 21.5, 'a value again');
  await session.close();
});
