import { createServer } from 'node:net';
import type { TerminalSession, WriteOutcome } from '@millrace/sdk';
import fc from 'fast-check';
import jsmodbus from 'jsmodbus';
import ModbusSerial from 'modbus-serial';
import { afterEach, expect, test } from 'vitest';
import { encodeRegisters, UnfitValue } from './encode.ts';
import { frame } from './test-device.ts';
import { closeAll, closeLater, device, freePort, meter, open } from './test-setup.ts';
import { compileDecoder, type Layout, valueTypes } from './value.ts';

afterEach(closeAll);

interface Memory {
  holding: Map<number, number>;
  coils: Map<number, boolean>;
  /** Function codes in the order they came. */
  functions: string[];
}

/** modbus-serial's server: a device made by others. It has no function 22. */
async function serialServer(
  refuse: (address: number, value: number) => number | undefined = () => undefined,
) {
  const port = await freePort();
  const memory: Memory = { holding: new Map(), coils: new Map(), functions: [] };
  const refused = (address: number, value: number): void => {
    const code = refuse(address, value);
    if (code !== undefined) throw Object.assign(new Error('refused'), { modbusErrorCode: code });
  };
  const server = new ModbusSerial.ServerTCP(
    {
      getHoldingRegister: (address: number) => memory.holding.get(address) ?? 0,
      getInputRegister: () => 0,
      getCoil: (address: number) => memory.coils.get(address) ?? false,
      setRegister: (address: number, value: number) => {
        refused(address, value);
        memory.holding.set(address, value);
      },
      setCoil: (address: number, value: boolean) => {
        refused(address, Number(value));
        memory.coils.set(address, value);
      },
    },
    { host: '127.0.0.1', port, unitID: 255 },
  );
  await new Promise<void>((resolve) => server.on('initialized', () => resolve()));
  closeLater(() => new Promise((resolve) => server.close(() => resolve(undefined))));
  return { port, memory };
}

const write = (session: TerminalSession, property: string, value: unknown): Promise<WriteOutcome> =>
  session.write!('urn:test:meter', property, value);

const failing = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: { problem?: { code: string }; message: string }) =>
      `${error.problem?.code ?? 'thrown'}: ${error.message}`,
  );

test('writes registers and coils of a server made by others, and reads them back', async () => {
  const { port, memory } = await serialServer();
  const { session } = await open(port, [
    meter(port, {
      speed: ['1/10', {}, { type: 'integer' }],
      signed: ['1/11', { 'modv:type': 'xsd:short', 'millrace:scale': 0.1 }],
      set: ['1/20?quantity=2', { 'modv:type': 'xsd:float' }],
      swapped: ['1/30?quantity=2', { 'modv:type': 'xsd:int', 'modv:mostSignificantWord': false }],
      many: ['1/40', { 'modv:function': 16 }, { type: 'integer' }],
      list: [
        '1/50?quantity=3',
        { 'modv:type': 'xsd:unsignedShort' },
        { type: 'array', items: { type: 'integer' } },
      ],
      name: ['1/60?quantity=4', {}, { type: 'string' }],
      on: ['1/5', { 'modv:entity': 'Coil' }, { type: 'boolean' }],
      lamps: ['1/100?quantity=10', { 'modv:entity': 'Coil' }, { type: 'array', items: { type: 'boolean' } }],
      bit: ['1/70', { 'millrace:bit': 3 }, { type: 'boolean' }],
      apart: ['1/80', { op: 'readproperty' }, { type: 'integer' }],
      wide: ['1/90?quantity=4', { 'modv:type': 'xsd:unsignedLong' }, { type: 'integer' }],
    }),
  ]);
  const confirmed = (value: unknown) => ({ state: 'confirmed', by: 'read-back', value });
  expect(await write(session, 'speed', 1500)).toEqual(confirmed(1500));
  expect(memory.holding.get(10)).toBe(1500);
  expect(await write(session, 'signed', -21.5)).toEqual(confirmed(-21.5));
  expect(memory.holding.get(11)).toBe(0x10000 - 215);
  expect(await write(session, 'set', 230.1)).toEqual(confirmed(230.1));
  expect([memory.holding.get(20), memory.holding.get(21)]).toEqual([0x4366, 0x199a]);
  expect(await write(session, 'swapped', -2)).toEqual(confirmed(-2));
  expect([memory.holding.get(30), memory.holding.get(31)]).toEqual([0xfffe, 0xffff]);
  await write(session, 'swapped', 0x00010002);
  expect([memory.holding.get(30), memory.holding.get(31)]).toEqual([2, 1]);
  expect(await write(session, 'many', 7)).toEqual(confirmed(7));
  expect(await write(session, 'list', [1, 2, 65_535])).toEqual(confirmed([1, 2, 65_535]));
  expect(await write(session, 'name', '主轴A')).toEqual(confirmed('主轴A'));
  expect(await write(session, 'on', true)).toEqual(confirmed(true));
  expect(memory.coils.get(5)).toBe(true);
  expect(await write(session, 'on', false)).toEqual(confirmed(false));
  const lamps = Array.from({ length: 10 }, (_, i) => i % 3 === 0);
  expect(await write(session, 'lamps', lamps)).toEqual(confirmed(lamps));
  memory.holding.set(70, 0b1010_0001);
  expect(await write(session, 'bit', true)).toEqual(confirmed(true));
  expect(memory.holding.get(70)).toBe(0b1010_1001);
  expect(await write(session, 'bit', false)).toEqual(confirmed(false));
  expect(memory.holding.get(70)).toBe(0b1010_0001);
  expect(await write(session, 'wide', '18446744073709551615')).toEqual(confirmed('18446744073709551615'));
  expect(await failing(write(session, 'apart', 1))).toMatch(/^not-writable/);
  expect(await failing(write(session, 'none', 1))).toMatch(/^not-writable/);
});

test('what does not fit its register is not sent', async () => {
  const { port, memory } = await serialServer();
  const { session } = await open(port, [
    meter(port, {
      speed: ['1/10', {}, { type: 'integer' }],
      scaled: ['1/11', { 'millrace:scale': 0.5, 'millrace:offset': 10 }],
      float: ['1/20?quantity=2', { 'modv:type': 'xsd:float' }],
      name: ['1/60?quantity=2', {}, { type: 'string' }],
      list: ['1/50?quantity=2', { 'modv:type': 'xsd:unsignedShort' }, { type: 'array' }],
      none: ['1/12', { 'millrace:notAvailable': 65_535 }, { type: 'integer' }],
      input: ['1/13', { 'modv:entity': 'InputRegister' }],
      two: ['1/30?quantity=2', { 'modv:type': 'xsd:int', 'modv:function': 6 }],
    }),
  ]);
  for (const [property, value] of [
    ['speed', 65_536],
    ['speed', -1],
    ['speed', 1.5],
    ['speed', 'fast'],
    ['speed', null],
    ['scaled', 10.25],
    ['scaled', 9.5],
    ['float', 1e39],
    ['name', 'too long'],
    ['list', [1]],
    ['none', 65_535],
    ['two', 1],
  ] as const)
    expect(await failing(write(session, property, value)), `${property} ${value}`).toMatch(/^value-unfit/);
  expect(await failing(write(session, 'input', 1))).toMatch(/^not-writable.*can only be read/);
  expect(memory.holding.size).toBe(0);
});

test('exceptions are the device’s own refusal, in words', async () => {
  const { port } = await serialServer((address) => (address === 10 ? 3 : address === 11 ? 4 : undefined));
  const { session } = await open(port, [meter(port, { a: ['1/10'], b: ['1/11'] })]);
  expect(await write(session, 'a', 1)).toEqual({
    state: 'refused',
    detail: expect.stringContaining('exception 3, illegal data value'),
  });
  expect((await write(session, 'b', 1)).detail).toContain('server device failure');
});

test('jsmodbus takes what is written', async () => {
  const holding = Buffer.alloc(200);
  const coils = Buffer.alloc(20);
  const net = createServer();
  new jsmodbus.server.TCP(net, { holding, coils });
  const port = await new Promise<number>((resolve) =>
    net.listen(0, '127.0.0.1', () => resolve((net.address() as { port: number }).port)),
  );
  closeLater(() => new Promise((resolve) => net.close(() => resolve(undefined))));
  const { session } = await open(port, [
    meter(port, {
      set: ['1/20?quantity=2', { 'modv:type': 'xsd:float' }],
      one: ['1/3', {}, { type: 'integer' }],
      on: ['1/9', { 'modv:entity': 'Coil' }, { type: 'boolean' }],
    }),
  ]);
  closeLater(() => session.close());
  expect(await write(session, 'set', 12.25)).toMatchObject({ state: 'confirmed', by: 'read-back' });
  expect(holding.readFloatBE(40)).toBe(12.25);
  expect(await write(session, 'one', 77)).toMatchObject({ state: 'confirmed' });
  expect(holding.readUInt16BE(6)).toBe(77);
  expect(await write(session, 'on', true)).toMatchObject({ state: 'confirmed', value: true });
});

test('a device that answers wrong, late or not at all is believed no further than it goes', async () => {
  const { port, device: made } = await device((read) => ({ data: Buffer.alloc(read.quantity * 2) }));
  const { session, context } = await open(port, [meter(port, { a: ['1/1'] })], { pollMilliseconds: 60_000 });
  // The scripted device takes every 12 bytes for a read; a single write is 12 bytes as well.
  const seen = () => made.reads.at(-1)!;
  const on = (answer: (echo: Buffer) => Buffer | 'silence' | 'close') => {
    made.answer = (read) => {
      if (read.entity !== undefined) return { data: Buffer.alloc(2) };
      const pdu = Buffer.from([6, 0, 1, read.quantity >> 8, read.quantity & 255]);
      const given = answer(pdu);
      return typeof given === 'string' ? given : { raw: frame(read.transaction, read.unit, given) };
    };
  };
  on((echo) => echo);
  const outcome = await write(session, 'a', 5);
  expect(outcome.state).toBe('sent');
  expect(outcome.detail).toContain('reads 0000');
  on(() => Buffer.from([6, 0, 1, 9, 9]));
  expect(await failing(write(session, 'a', 5))).toMatch(/^command-lost/);
  on(() => Buffer.from([0x86, 11]));
  expect(await failing(write(session, 'a', 5))).toMatch(/^command-timed-out/);
  on(() => Buffer.from([0x86, 5]));
  expect(await write(session, 'a', 5)).toMatchObject({ state: 'sent' });
  on(() => 'silence');
  expect(await failing(write(session, 'a', 5))).toMatch(/^command-timed-out/);
  expect(seen().address).toBe(1);
  on(() => 'close');
  expect(await failing(write(session, 'a', 5))).toMatch(/^command-lost/);
  expect(await failing(write(session, 'a', 5))).toMatch(/^not-connected/);
  expect(context.counters['writeErrors']).toBeGreaterThanOrEqual(4);
});

test('whatever is encoded decodes to the same, in every order of bytes and words', () => {
  const layout = fc.record({
    type: fc.constantFrom(
      ...valueTypes.filter((type) => type !== 'string' && type !== 'hex' && type !== 'bool'),
    ),
    byteFirst: fc.constantFrom('most' as const, 'least' as const),
    wordFirst: fc.constantFrom('most' as const, 'least' as const),
    scale: fc.constantFrom(1, 0.1, 0.01, 2, 0.5),
    offset: fc.constantFrom(0, 10, -0.5),
    raw: fc.integer({ min: -70_000, max: 5_000_000 }),
  });
  fc.assert(
    fc.property(layout, ({ raw, ...given }) => {
      const sizes: Record<string, number> = {
        int32: 2,
        uint32: 2,
        float32: 2,
        int64: 4,
        uint64: 4,
        float64: 4,
        bcd: 3,
      };
      const full: Layout = {
        ...given,
        registers: sizes[given.type] ?? 1,
        bit: undefined,
        notAvailable: undefined,
        boolean: true,
      };
      const value = Number((raw * given.scale + given.offset).toPrecision(12));
      let bytes: Buffer;
      try {
        bytes = encodeRegisters(full, value);
      } catch (error) {
        expect(error).toBeInstanceOf(UnfitValue);
        return;
      }
      const back = Number(compileDecoder(full)(bytes, 0, 0));
      expect(Math.abs(back - value)).toBeLessThanOrEqual(
        given.type === 'float32' ? Math.abs(value) * 1e-6 + 1e-6 : 1e-9 * Math.max(1, Math.abs(value)),
      );
    }),
    { numRuns: 1000 },
  );
});
