import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, systemClock } from '@millrace/sdk';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Supervisor } from './supervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-supervisor-'));
let supervisor: Supervisor | undefined;
afterEach(async () => {
  await supervisor?.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A worker that says it is connected, and ends or answers as the settings of its connection say. */
const worker = `
process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  if (message.type === 'stop') process.exit(0);
  if (message.type === 'ping') process.send({ type: 'pong', at: message.at, residentBytes: 1 });
  if (message.type === 'open') {
    process.send({ type: 'state', connection: message.connection.id, state: 'connected' });
    if (message.connection.settings.crash) process.exit(3);
  }
  if (message.type === 'test') {
    if (message.settings.crash) process.exit(3);
    process.send({ type: 'answer', call: message.call, value: { ok: true, steps: [] } });
  }
});
process.send({ type: 'ready' });
`;

function start(): { states: string[] } {
  const entry = join(folder, 'worker.mjs');
  writeFileSync(entry, worker);
  const states: string[] = [];
  supervisor = new Supervisor({
    workerEntry: entry,
    folder,
    retention: 0,
    inFlightSamplesMax: 1000,
    clock: systemClock,
    log: silentLog,
    ports: {
      take: () => Promise.resolve(),
      state: (connection, state, problem) =>
        void states.push(`${connection} ${state} ${problem?.code ?? ''}`.trim()),
      counters: () => {},
      proposal: () => {},
      credentialsUsed: () => {},
      lastStored: () => [],
      thingsOf: () => [],
      credentials: () => [],
    },
  });
  return { states };
}

const until = async (condition: () => boolean): Promise<void> => {
  const end = Date.now() + 15_000;
  while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(condition()).toBe(true);
};

test('a worker that crashes is started again and told its connections; another protocol notices nothing', async () => {
  const { states } = start();
  const open = (protocol: string, crash: boolean) =>
    supervisor!.open({ id: protocol, protocol, title: protocol, startup: 'retry', settings: { crash } });
  open('good', false);
  await until(() => states.includes('good connected'));
  const before = supervisor!.processId('good');
  open('bad', true);
  await until(() => states.filter((state) => state === 'bad connected').length >= 2);
  expect(states).toContain('bad disconnected process-ended');
  expect(supervisor!.processId('good')).toBe(before);
  expect(states.filter((state) => state.startsWith('good'))).toEqual(['good connected']);
});

test('a call to a worker that dies is answered with an error, and the next call works', async () => {
  start();
  await expect(supervisor!.test('one', { crash: true }, folder)).rejects.toThrow('the one process ended');
  await expect(supervisor!.test('one', {}, folder)).resolves.toEqual({ ok: true, steps: [] });
});
