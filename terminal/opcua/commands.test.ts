import './test-quiet.ts';
import type { TerminalSession, WriteOutcome } from '@millrace/sdk';
import { DataType, DataValue, StatusCodes, Variant, VariantArrayType } from 'node-opcua';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { opcua } from './opcua.ts';
import { type Machine, startSample } from './test-server.ts';
import { contextFor, describeThing } from './test-things.ts';

const writable = { accessLevel: 'CurrentRead | CurrentWrite', userAccessLevel: 'CurrentRead | CurrentWrite' };
const kinds: Record<string, [DataType, unknown]> = {
  WBool: [DataType.Boolean, false],
  WSByte: [DataType.SByte, 0],
  WUInt16: [DataType.UInt16, 0],
  WInt64: [DataType.Int64, [0, 0]],
  WUInt64: [DataType.UInt64, [0, 0]],
  WFloat: [DataType.Float, 0],
  WString: [DataType.String, ''],
  WDateTime: [DataType.DateTime, new Date(0)],
  WLocalized: [DataType.LocalizedText, { text: '' }],
};

let machine: Machine;
let slow = false;
beforeAll(async () => {
  machine = await startSample({
    build: ({ namespace, object, variables }) => {
      for (const [name, [dataType, value]] of Object.entries(kinds)) {
        const variable = namespace.addVariable({
          browseName: name,
          nodeId: `s=${name}`,
          componentOf: object,
          dataType: DataType[dataType],
          ...writable,
        });
        variable.setValueFromSource({ dataType, arrayType: VariantArrayType.Scalar, value });
        variables[name] = variable;
      }
      const array = namespace.addVariable({
        browseName: 'WDoubles',
        nodeId: 's=WDoubles',
        componentOf: object,
        dataType: 'Double',
        valueRank: 1,
        ...writable,
      });
      array.setValueFromSource({
        dataType: DataType.Double,
        arrayType: 1,
        value: Float64Array.of(0),
      } as never);
      // A machine with a mind of its own: refuses above 100, and clamps between.
      let held = 1;
      namespace.addVariable({
        browseName: 'Clamped',
        nodeId: 's=Clamped',
        componentOf: object,
        dataType: 'Double',
        ...writable,
        value: {
          get: () => new Variant({ dataType: DataType.Double, value: held }),
          set: (variant: Variant) => {
            if (variant.value > 100) return StatusCodes.BadOutOfRange;
            held = Math.min(variant.value, 50);
            return StatusCodes.Good;
          },
        },
      } as never);
      namespace.addVariable({
        browseName: 'Slow',
        nodeId: 's=Slow',
        componentOf: object,
        dataType: 'Double',
        ...writable,
        value: {
          timestamped_get: () => new DataValue({ value: { dataType: DataType.Double, value: 1 } }),
          timestamped_set: (
            _value: unknown,
            callback: (error: Error | null, status: typeof StatusCodes.Good) => void,
          ) => {
            if (!slow) callback(null, StatusCodes.Good);
          },
        },
      } as never);
    },
  });
});
afterAll(() => machine.stop());

const sessions: TerminalSession[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});

async function opened(
  properties: Record<string, string | object | undefined>,
  settings: Record<string, string | number | boolean> = {},
): Promise<(name: string, value: unknown) => Promise<WriteOutcome>> {
  const context = contextFor(machine.endpoint, settings, {
    things: [describeThing(machine.endpoint, properties)],
  });
  const session = await opcua.open(context);
  sessions.push(session);
  return (name, value) => session.write!('urn:test:machine', name, value);
}

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: { problem?: { code: string } }) => error.problem?.code ?? String(error),
  );

test('every type is written as the node wants it, and read back', async () => {
  const write = await opened(
    Object.fromEntries([...Object.keys(kinds), 'WDoubles', 'Setpoint'].map((name) => [name, undefined])),
  );
  for (const [name, value] of [
    ['Setpoint', 42.5],
    ['WBool', true],
    ['WSByte', -128],
    ['WUInt16', 65_535],
    ['WInt64', '-9223372036854775808'],
    ['WUInt64', '18446744073709551615'],
    ['WFloat', 230.1],
    ['WString', '主轴 α'],
    ['WDateTime', '2026-02-03T04:05:06.789Z'],
    ['WLocalized', 'door open'],
    ['WDoubles', [1, 2.5, -3]],
  ] as const)
    expect(await write(name, value), name).toMatchObject({ state: 'confirmed', by: 'read-back', value });
  expect(machine.variables['Setpoint']!.readValue().value.value).toBe(42.5);
  expect(machine.variables['WInt64']!.readValue().value.value).toEqual([0x8000_0000, 0]);
});

test('what does not fit the node’s type is not sent', async () => {
  const write = await opened({
    WSByte: undefined,
    WUInt16: undefined,
    WBool: undefined,
    WDoubles: undefined,
  });
  expect(await code(write('WSByte', 128))).toBe('value-unfit');
  expect(await code(write('WUInt16', 1.5))).toBe('value-unfit');
  expect(await code(write('WBool', 1))).toBe('value-unfit');
  expect(await code(write('WDoubles', 1))).toBe('value-unfit');
  expect(machine.variables['WBool']!.readValue().value.value).toBe(true);
});

test('the server’s own words: refused, clamped, only to be read, not there', async () => {
  const write = await opened({
    Clamped: 'number',
    Temperature: 'number',
    Nowhere: 'number',
    Watched: { type: 'number', form: { op: 'observeproperty' } },
  });
  expect(await write('Clamped', 101)).toEqual({ state: 'refused', detail: 'BadOutOfRange' });
  expect(await write('Clamped', 20)).toMatchObject({ state: 'confirmed', value: 20 });
  const clamped = await write('Clamped', 80);
  expect(clamped.state).toBe('sent');
  expect(clamped.detail).toContain('reads 50');
  expect(await code(write('Nowhere', 1))).toBe('not-writable');
  expect(await code(write('Watched', 1))).toBe('not-writable');
  expect(await code(write('constructor', 1))).toBe('not-writable');
});

test('a server that does not answer: nobody knows', async () => {
  slow = true;
  const write = await opened({ Slow: 'number' }, { timeoutMilliseconds: 1000 });
  expect(await code(write('Slow', 5))).toBe('command-timed-out');
  slow = false;
});

test('a connection that breaks in between: nobody knows', async () => {
  slow = true;
  const own = await startSample({
    build: ({ namespace, object }) => {
      namespace.addVariable({
        browseName: 'Hangs',
        nodeId: 's=Hangs',
        componentOf: object,
        dataType: 'Double',
        ...writable,
        value: {
          timestamped_get: () => new DataValue({ value: { dataType: DataType.Double, value: 1 } }),
          timestamped_set: (_value: unknown, _answer: unknown) => void own.stop(),
        },
      } as never);
    },
  });
  const context = contextFor(
    own.endpoint,
    { timeoutMilliseconds: 4000 },
    {
      things: [describeThing(own.endpoint, { Hangs: 'number' })],
    },
  );
  const session = await opcua.open(context);
  sessions.push(session);
  expect(await code(session.write!('urn:test:machine', 'Hangs', 1))).toMatch(/^command-(lost|timed-out)$/);
});
