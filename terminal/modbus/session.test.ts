import { type AddressInfo, createServer } from 'node:net';
import { status, type ThingDescription } from '@millrace/contract';
import type { TerminalSession } from '@millrace/sdk';
import { TestContext } from '@millrace/sdk/testing';
import ModbusSerial from 'modbus-serial';
import { afterEach, expect, test } from 'vitest';
import { modbus } from './protocol.ts';
import { ScriptedDevice, words } from './scripted-device.ts';

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

function thing(port: number, properties: Record<string, [string, object, object?]>): ThingDescription {
  return {
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id: 'urn:test:meter',
    title: 'meter',
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    base: `modbus+tcp://127.0.0.1:${port}/`,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, [href, form, schema]]) => [
        name,
        { type: 'number', ...schema, forms: [{ href, ...form }] },
      ]),
    ),
  };
}

async function open(
  port: number,
  things: ThingDescription[],
  settings: Record<string, string | number | boolean> = {},
): Promise<{ context: TestContext; session: TerminalSession }> {
  const context = new TestContext(modbus, {
    settings: { host: '127.0.0.1', port, pollMilliseconds: 50, timeoutMilliseconds: 200, ...settings },
    things,
  });
  const session = await modbus.open(context);
  toClose.push(() => session.close());
  return { context, session };
}

async function device(answer: ScriptedDevice['answer']): Promise<{ device: ScriptedDevice; port: number }> {
  const made = new ScriptedDevice(answer);
  const port = await made.listen();
  toClose.push(() => made.close());
  return { device: made, port };
}

/** A port that is free now; modbus-serial takes port 0 for 502. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Last sample of a property. */
function last(context: TestContext, property: string): { value: unknown; status: number } | undefined {
  const sample = context.samples.findLast((candidate) => candidate.property === property);
  return sample === undefined ? undefined : { value: sample.value, status: sample.status };
}

async function allSampled(context: TestContext, properties: number): Promise<void> {
  await context.until(
    () => new Set(context.samples.map((sample) => sample.property)).size === properties,
    'a sample of each property',
  );
}

async function serialServer(): Promise<number> {
  const registers = new Map<number, number>([
    [0, 2301],
    [1, 0x4366],
    [2, 0x199a],
    [10, 0xffff],
    [11, 0xfffe],
  ]);
  const port = await freePort();
  const server = new ModbusSerial.ServerTCP(
    {
      getHoldingRegister: (address: number, unit: number) => (registers.get(address) ?? 0) + (unit - 1),
      getInputRegister: (address: number) => address * 2,
      getCoil: (address: number) => address % 2 === 1,
      getDiscreteInput: (address: number) => address === 3,
    },
    { host: '127.0.0.1', port, unitID: 255 },
  );
  await new Promise<void>((resolve, reject) => {
    server.on('initialized', () => resolve());
    server.on('serverError' as never, reject as never);
  });
  toClose.push(() => new Promise((resolve) => server.close(() => resolve(undefined))));
  return port;
}

test('polls every entity of a server made by others', async () => {
  const port = await serialServer();
  const { context } = await open(port, [
    thing(port, {
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
    read.address <= 3 && read.address + read.quantity > 3
      ? { exception: 2 }
      : { data: words(...Array.from({ length: read.quantity }, (_, i) => read.address + i)) },
  );
  const names = Object.fromEntries(
    Array.from({ length: 8 }, (_, i): [string, [string, object]] => [`r${i}`, [`1/${i}`, {}]]),
  );
  const { context } = await open(port, [thing(port, names)]);
  await allSampled(context, 8);
  expect(last(context, 'r3')).toEqual({ value: null, status: status.badNodeIdUnknown });
  expect(last(context, 'r2')).toEqual({ value: 2, status: 0 });
  expect(last(context, 'r4')).toEqual({ value: 4, status: 0 });
  await context.until(() => context.reports.length > 0, 'a report');
  expect(context.reports.at(-1)?.problem?.code).toBe('address-refused');
  // Remembered: a later poll asks for the two good parts only.
  const seen = made.reads.length;
  await context.until(() => made.reads.length >= seen + 4, 'further polls');
  expect(made.reads.slice(-4).every((read) => read.address > 3 || read.address + read.quantity <= 3)).toBe(
    true,
  );
  // Bad is written once, not at each poll.
  expect(context.samples.filter((sample) => sample.property === 'r3')).toHaveLength(1);
});
