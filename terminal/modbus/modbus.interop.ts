import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@millrace/contract';
import { type ProbeContext, silentLog, systemClock } from '@millrace/sdk';
import { afterEach, expect, test } from 'vitest';
import { modbus } from './protocol.ts';
import { allSampled, closeAll, closeLater, freePort, last, meter, open, registers } from './test-setup.ts';

/**
 * Against servers from system packages: python3-pymodbus with python3-serial and python3-serial-asyncio, which its server module
 * imports (/usr/bin/python3 sees them, whatever python is first on the path); and libmodbus-dev with gcc and libc6-dev.
 */
const peers = join(import.meta.dirname, 'peers');

afterEach(closeAll);

/** Starts a server and waits until its port takes connections. */
async function serve(command: string, args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-2000);
  });
  closeLater(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  for (let attempt = 0; ; attempt++) {
    if (child.exitCode !== null || attempt > 200) throw new Error(`${command} does not serve: ${errors}`);
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (up) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function pymodbus(): Promise<number> {
  const port = await freePort();
  await serve('/usr/bin/python3', [join(peers, 'pymodbus-server.py'), String(port)], port);
  return port;
}

async function libmodbus(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-libmodbus-'));
  closeLater(() => Promise.resolve(rmSync(folder, { recursive: true })));
  const program = join(folder, 'server');
  execFileSync('gcc', [
    '-O1',
    '-Wall',
    '-I/usr/include/modbus',
    '-o',
    program,
    join(peers, 'libmodbus-server.c'),
    '-lmodbus',
  ]);
  const port = await freePort();
  await serve(program, [String(port)], port);
  return port;
}

function probe(port: number): ProbeContext {
  return {
    settings: { host: '127.0.0.1', port },
    clock: systemClock,
    log: silentLog,
    signal: new AbortController().signal,
    folder: tmpdir(),
    protocolFolder: tmpdir(),
  };
}

test('pymodbus: every type and entity of two units', async () => {
  const port = await pymodbus();
  const { context } = await open(port, [
    meter(port, {
      voltage: ['1/0', { 'millrace:scale': 0.1 }],
      balance: ['1/1', { 'modv:type': 'xsd:short' }],
      float: ['1/10?quantity=2', { 'modv:type': 'xsd:float' }],
      double: ['1/12?quantity=4', { 'modv:type': 'xsd:double' }],
      counter: ['2/16?quantity=4', { 'modv:type': 'xsd:unsignedLong' }, { type: 'integer' }],
      name: ['1/20?quantity=8', {}, { type: 'string' }],
      far: ['2/40', {}, { type: 'integer' }],
      missing: ['1/30', {}, { type: 'integer' }],
      input: ['2/7', { 'modv:entity': 'InputRegister' }, { type: 'integer' }],
      coil: ['1/2', { 'modv:entity': 'Coil' }, { type: 'boolean' }],
      discrete: ['1/2', { 'modv:entity': 'DiscreteInput' }, { type: 'boolean' }],
    }),
  ]);
  await allSampled(context, 11);
  expect(last(context, 'voltage')).toEqual({ value: 230.1, status: 0 });
  expect(last(context, 'balance')).toEqual({ value: -5, status: 0 });
  expect(last(context, 'float')).toEqual({ value: 230.1, status: 0 });
  expect(last(context, 'double')).toEqual({ value: 1234.567890123, status: 0 });
  expect(context.batches.flatMap((batch) => [...(batch.columns.text?.values() ?? [])])).toContain(
    '9223372036854775810',
  );
  expect(last(context, 'name')).toEqual({ value: 'pymodbus meter', status: 0 });
  expect(last(context, 'far')).toEqual({ value: 2, status: 0 });
  expect(last(context, 'missing')).toEqual({ value: null, status: status.badNodeIdUnknown });
  expect(last(context, 'input')).toEqual({ value: 207, status: 0 });
  expect(last(context, 'coil')).toEqual({ value: true, status: 0 });
  expect(last(context, 'discrete')).toEqual({ value: false, status: 0 });
});

test('pymodbus: the server goes and comes back', async () => {
  const port = await freePort();
  const start = () => serve('/usr/bin/python3', [join(peers, 'pymodbus-server.py'), String(port)], port);
  const first = await start();
  const { context } = await open(port, [meter(port, registers(0, 2))], { pollMilliseconds: 50 });
  await allSampled(context, 2);
  first.kill('SIGKILL');
  await context.until(() => context.losses.length > 0, 'the loss');
  await context.until(() => last(context, 'r0')?.status === status.badNotConnected, 'the bad sample');
  await start();
  const again = await open(port, [meter(port, registers(0, 2))]);
  await allSampled(again.context, 2);
  expect(last(again.context, 'r0')).toEqual({ value: 2301, status: 0 });
});

test('pymodbus: test finds both units', async () => {
  const report = await modbus.test(probe(await pymodbus()));
  expect(report.ok).toBe(true);
  expect(report.found).toMatchObject({ units: expect.arrayContaining([1, 2]) });
});

test('libmodbus: every entity, its own four float orders, and its own exception', async () => {
  const port = await libmodbus();
  const { context } = await open(port, [
    meter(port, {
      word: ['1/5', {}, { type: 'integer' }],
      abcd: ['1/10?quantity=2', { 'modv:type': 'xsd:float' }],
      dcba: [
        '1/12?quantity=2',
        { 'modv:type': 'xsd:float', 'modv:mostSignificantByte': false, 'modv:mostSignificantWord': false },
      ],
      badc: ['1/14?quantity=2', { 'modv:type': 'xsd:float', 'modv:mostSignificantByte': false }],
      cdab: ['1/16?quantity=2', { 'modv:type': 'xsd:float', 'modv:mostSignificantWord': false }],
      input: ['1/99', { 'modv:entity': 'InputRegister' }, { type: 'integer' }],
      coil: ['1/63', { 'modv:entity': 'Coil' }, { type: 'boolean' }],
      discrete: ['1/1', { 'modv:entity': 'DiscreteInput' }, { type: 'boolean' }],
      last: ['1/99', {}, { type: 'integer' }],
      beyond: ['1/100', {}, { type: 'integer' }],
    }),
  ]);
  await allSampled(context, 10);
  expect(last(context, 'word')).toEqual({ value: 35, status: 0 });
  for (const order of ['abcd', 'dcba', 'badc', 'cdab']) {
    expect(last(context, order), order).toEqual({ value: 230.1, status: 0 });
  }
  expect(last(context, 'input')).toEqual({ value: 1099, status: 0 });
  expect(last(context, 'coil')).toEqual({ value: true, status: 0 });
  expect(last(context, 'discrete')).toEqual({ value: false, status: 0 });
  expect(last(context, 'last')).toEqual({ value: 693, status: 0 });
  expect(last(context, 'beyond')).toEqual({ value: null, status: status.badNodeIdUnknown });
});
