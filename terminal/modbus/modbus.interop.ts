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
async function serve(
  command: string,
  args: readonly string[],
  port: number,
  said: (text: string) => void = () => {},
): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => said(`${chunk}`));
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

test('pymodbus: what is written is seen by the server, and confirmed by reading it back', async () => {
  const port = await freePort();
  let seen = '';
  await serve('/usr/bin/python3', [join(peers, 'pymodbus-writes.py'), String(port)], port, (text) => {
    seen += text;
  });
  const { context, session } = await open(
    port,
    [
      meter(port, {
        speed: ['1/10', {}, { type: 'integer' }],
        signed: ['1/11', { 'modv:type': 'xsd:short', 'millrace:scale': 0.1 }],
        set: ['1/20?quantity=2', { 'modv:type': 'xsd:float' }],
        swapped: ['1/22?quantity=2', { 'modv:type': 'xsd:int', 'modv:mostSignificantWord': false }],
        name: ['1/30?quantity=3', {}, { type: 'string' }],
        on: ['1/5', { 'modv:entity': 'Coil' }, { type: 'boolean' }],
        clamped: ['1/50', {}, { type: 'integer' }],
        quiet: ['1/50', { 'modv:function': 16 }, { type: 'integer' }],
        slow: ['1/51', {}, { type: 'integer' }],
        twice: ['1/52', {}, { type: 'integer' }],
        refused: ['1/53', {}, { type: 'integer' }],
      }),
      // Seldom, so that only the write waits for a server that is busy with it.
    ],
    { pollMilliseconds: 5000 },
  );
  const write = (property: string, value: unknown) => session.write!('urn:test:meter', property, value);
  const confirmed = (value: unknown) => ({ state: 'confirmed', by: 'read-back', value });
  expect(await write('speed', 1500)).toEqual(confirmed(1500));
  expect(await write('signed', -21.5)).toEqual(confirmed(-21.5));
  expect(await write('set', 230.1)).toEqual(confirmed(230.1));
  expect(await write('swapped', 0x00010002)).toEqual(confirmed(0x00010002));
  expect(await write('name', '轴A')).toEqual(confirmed('轴A'));
  expect(await write('on', true)).toEqual(confirmed(true));
  expect(seen.trim().split('\n')).toEqual([
    '10 1500',
    `11 ${0x10000 - 215}`,
    `20 ${0x4366} ${0x199a}`,
    '22 2 1',
    expect.stringMatching(/^30 \d+ \d+( \d+)?$/),
  ]);

  // It took less than it was given. Function 6 answers with what it took, which is not the echo: named. Function 16 says well done,
  // and what is read back says otherwise: not confirmed, with the value it has.
  await expect(write('clamped', 80)).rejects.toMatchObject({
    problem: { code: 'command-lost', detail: expect.stringContaining('the reply to a write is 0600320032') },
    message: expect.stringContaining('answered the write otherwise'),
  });
  const quiet = await write('quiet', 80);
  expect(quiet).toMatchObject({ state: 'sent', detail: expect.stringContaining('50') });
  // An exception is its own refusal.
  expect(await write('refused', 1)).toMatchObject({ state: 'refused' });
  // Answered twice: confirmed once, the second answer is counted and belongs to nothing else.
  expect(await write('twice', 7)).toEqual(confirmed(7));
  expect(await write('speed', 1600)).toEqual(confirmed(1600));
  await context.until(() => (context.counters['strayReplies'] ?? 0) >= 1, 'the second answer, counted');
  // Too late: given up by name; the late answer is counted and confirms nothing that came after.
  await expect(write('slow', 9)).rejects.toMatchObject({ problem: { code: 'command-timed-out' } });
  await context.until(() => (context.counters['lateReplies'] ?? 0) >= 1, 'the late answer, counted');
  expect(seen.match(/^51 9$/gm)).toHaveLength(1);
  expect(await write('slow', 9).catch((error: { problem: object }) => error.problem)).toMatchObject({
    code: 'command-timed-out',
  });
  await context.until(() => (context.counters['lateReplies'] ?? 0) >= 2, 'the second late answer');
  expect(await write('speed', 1700)).toEqual(confirmed(1700));
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
