import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { silentLog } from '@millrace/sdk';
import fc from 'fast-check';
import { client as JsClients } from 'jsmodbus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { History } from '../engine/history.ts';
import { Model } from '../engine/model.ts';
import { packFolder, readPack } from '../engine/pack.ts';
import { choosePorts } from '../ports.ts';
import { quietPack } from '../testing/quiet-pack.ts';
import { openModbus } from './modbus.ts';
import type { Outlet } from './outlet.ts';

// The library's types do not fit a module; this is what is used of it.
const ModbusRtu = createRequire(import.meta.url)('modbus-serial') as new () => {
  connectTCP(host: string, options: { port: number }): Promise<void>;
  setID(unit: number): void;
  readHoldingRegisters(address: number, count: number): Promise<{ buffer: Buffer }>;
  writeRegister(address: number, value: number): Promise<unknown>;
  writeRegisters(address: number, values: number[]): Promise<unknown>;
  close(call: () => void): void;
};
const host = '127.0.0.1';
const pack = quietPack(readPack(packFolder('machining-shop')));
const model = new Model(pack, 1, Date.parse('2026-09-06T22:00:00Z') * 1000);
let meters: Outlet;
let compressor: Outlet;
let ports: Record<string, number>;

function step(seconds: number): void {
  for (let second = 0; second < seconds; second++) {
    model.step(1, (signals) => {
      meters.seen(signals);
      compressor.seen(signals);
    });
  }
}

beforeAll(async () => {
  ports = await choosePorts(host, [
    { name: 'meters', port: 0, ours: false },
    { name: 'compressor', port: 0, ours: false },
  ]);
  const open = (connection: string): Promise<Outlet> =>
    openModbus({
      model,
      history: new History(model),
      folder: '',
      log: silentLog,
      things: model.things.filter((thing) => thing.spec.connection === connection),
      host,
      port: ports[connection]!,
    });
  [meters, compressor] = await Promise.all([open('meters'), open('compressor')]);
  step(1800);
});

afterAll(async () => {
  await Promise.all([meters.close(), compressor.close()]);
});

/** Sends bytes and gathers what comes back until `length` bytes are there or the socket ends. */
function exchange(bytes: Buffer | Buffer[], length: number): Promise<{ reply: Buffer; ended: boolean }> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(ports['meters']!, host);
    let reply = Buffer.alloc(0);
    const done = (ended: boolean): void => {
      socket.destroy();
      resolve({ reply, ended });
    };
    socket.on('data', (data) => {
      reply = Buffer.concat([reply, data]);
      if (reply.length >= length) done(false);
    });
    socket.on('end', () => done(true));
    socket.on('close', () => done(true));
    socket.on('error', reject);
    const parts = Array.isArray(bytes) ? bytes : [bytes];
    socket.on('connect', async () => {
      for (const part of parts) {
        socket.write(part);
        await new Promise((next) => setTimeout(next, 5));
      }
    });
  });
}

describe('the meters behind Modbus TCP', () => {
  it('are read by modbus-serial', async () => {
    const client = new ModbusRtu();
    await client.connectTCP(host, { port: ports['meters']! });
    try {
      client.setID(12);
      const { buffer } = await client.readHoldingRegisters(0, 26);
      expect(buffer.readUInt16BE(0) / 10).toBeCloseTo(model.variable('meter-main', 'voltage1'), 1);
      expect(buffer.readInt32BE(20) / 1000).toBeCloseTo(model.variable('meter-main', 'power'), 2);
      expect(buffer.readFloatBE(28)).toBeCloseTo(model.variable('meter-main', 'apparent'), 1);
      expect(Number(buffer.readBigUInt64BE(40)) / 1000).toBeCloseTo(
        model.variable('meter-main', 'energy'),
        2,
      );
      expect(buffer.readUInt32BE(48) / 10).toBeCloseTo(model.variable('meter-main', 'reactiveEnergy'), 0);
      const before = buffer.readBigUInt64BE(40);
      step(60);
      const later = await client.readHoldingRegisters(20, 4);
      expect(later.buffer.readBigUInt64BE(0) > before).toBe(true);
    } finally {
      client.close(() => {});
    }
  });

  it('are read by jsmodbus, and so is the compressor', async () => {
    for (const [name, unit] of [
      ['meters', 3],
      ['compressor', 1],
    ] as const) {
      const socket = connect(ports[name]!, host);
      const client = new JsClients.TCP(socket, unit);
      await new Promise((resolve) => socket.once('connect', resolve));
      if (name === 'meters') {
        const { response } = await client.readHoldingRegisters(10, 2);
        expect(response.body.valuesAsBuffer.readInt32BE(0) / 1000).toBeCloseTo(
          model.variable('meter-cnc-3', 'power'),
          2,
        );
      } else {
        const { response } = await client.readInputRegisters(100, 6);
        expect(response.body.valuesAsBuffer.readUInt16BE(2) / 100).toBeCloseTo(
          model.variable('compressor', 'pressure'),
          1,
        );
        expect(response.body.valuesAsBuffer.readFloatBE(8)).toBeCloseTo(
          model.variable('compressor', 'flow'),
          2,
        );
      }
      socket.destroy();
    }
  });

  it.each([
    ['an address without a register', 1, 3, 200, 1, 2],
    ['a read beyond the last register', 1, 3, 36, 10, 2],
    ['the other kind of register', 1, 4, 0, 1, 2],
    ['too many registers', 1, 3, 0, 126, 3],
    ['no register', 1, 3, 0, 0, 3],
    ['another function', 1, 6, 0, 1, 1],
    ['a unit that is not there', 99, 3, 0, 1, 11],
  ])('answer %s with an exception', async (_what, unit, code, address, count, exception) => {
    const request = Buffer.from([
      0x12,
      0x34,
      0,
      0,
      0,
      6,
      unit,
      code,
      address >> 8,
      address & 255,
      count >> 8,
      count & 255,
    ]);
    const { reply } = await exchange(request, 9);
    expect([...reply]).toEqual([0x12, 0x34, 0, 0, 0, 3, unit, code | 0x80, exception]);
  });

  it('are understood when a request comes byte by byte, and two come at once', async () => {
    const request = Buffer.from([0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1]);
    expect(
      (
        await exchange(
          [...request].map((byte) => Buffer.from([byte])),
          11,
        )
      ).reply.length,
    ).toBe(11);
    expect((await exchange(Buffer.concat([request, request]), 22)).reply.length).toBe(22);
  });

  it('take a set-point within its range, in its register alone', async () => {
    const rtu = new ModbusRtu();
    await rtu.connectTCP(host, { port: ports['compressor']! });
    rtu.setID(1);
    const write = (address: number, value: number): Promise<string> =>
      rtu.writeRegister(address, value).then(
        () => 'taken',
        (error: { modbusCode?: number }) => `exception ${error.modbusCode}`,
      );
    expect((await rtu.readHoldingRegisters(120, 1)).buffer.readUInt16BE(0)).toBe(69);
    expect(await write(120, 65)).toBe('taken');
    expect((await rtu.readHoldingRegisters(120, 1)).buffer.readUInt16BE(0)).toBe(65);
    await rtu.writeRegisters(120, [70]);
    expect((await rtu.readHoldingRegisters(120, 1)).buffer.readUInt16BE(0)).toBe(70);
    expect(await write(120, 90)).toBe('exception 3');
    expect(await write(101, 1)).toBe('exception 2');
    await new Promise<void>((done) => rtu.close(() => done()));
  });

  it('fall silent one by one behind the gateway', async () => {
    model.causeFault('meter-cnc-2', 'networkLoss');
    step(2);
    const ask = (unit: number) => exchange(Buffer.from([0, 1, 0, 0, 0, 6, unit, 3, 0, 0, 0, 1]), 9);
    expect((await ask(2)).reply[7]).toBe(0x83);
    expect((await ask(2)).reply[8]).toBe(11);
    expect((await ask(1)).reply[7]).toBe(3);
    model.clearFault('meter-cnc-2', 'networkLoss');
    expect((await ask(2)).reply[7]).toBe(3);
  });

  it('part with a peer that does not speak Modbus, and live on', async () => {
    expect(await exchange(Buffer.from('GET / HTTP/1.1\r\n\r\n'), 1000)).toEqual({
      reply: Buffer.alloc(0),
      ended: true,
    });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 300 }), async (bytes) => {
        const socket = connect(ports['meters']!, host);
        socket.on('error', () => {});
        await new Promise((resolve) => socket.once('connect', resolve));
        await new Promise<void>((resolve) => socket.write(Buffer.from(bytes), () => resolve()));
        socket.destroy();
      }),
      { numRuns: 40 },
    );
    expect((await exchange(Buffer.from([0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1]), 11)).reply.length).toBe(11);
  });
});
