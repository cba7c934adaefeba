import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartupPolicy } from '@millrace/contract';
import { afterAll, expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { defineTerminal, type TerminalContext, TerminalError, type TerminalSession } from '../terminal.ts';
import type { FromWorker } from './messages.ts';
import { Worker } from './worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-worker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = { en: 'No.', zh: '不。' };
const error = (kind: 'unavailable' | 'denied' | 'settings') => new TerminalError(kind, kind, words, words);
const turns = async (count = 5): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

function start(
  open: (context: TerminalContext, attempt: number) => Promise<Partial<TerminalSession>>,
  startup: StartupPolicy = 'retry',
) {
  const sent: FromWorker[] = [];
  const clock = new VirtualClock(1_700_000_000_000_000);
  let attempts = 0;
  const closed: number[] = [];
  const protocol = defineTerminal({
    id: 'fake',
    title: words,
    summary: words,
    schemes: [],
    direction: 'client' as const,
    settings: {},
    check: () => [],
    test: () => Promise.reject(error('unavailable')),
    async open(context: TerminalContext): Promise<TerminalSession> {
      const attempt = ++attempts;
      const session = await open(context, attempt);
      return { close: () => Promise.resolve(void closed.push(attempt)), ...session };
    },
  });
  const worker = new Worker(
    new Map([['fake', protocol]]),
    (message) => sent.push(message),
    silentLog,
    clock,
    () => 0.5,
  );
  worker.receive({ type: 'start', folder, retention: 0, inFlightSamplesMax: 2 });
  worker.receive({
    type: 'open',
    connection: { id: 'c', protocol: 'fake', title: 'c', startup, settings: {} },
    things: [
      {
        id: 'urn:t',
        description: {
          '@context': '',
          id: 'urn:t',
          title: 't',
          security: '',
          securityDefinitions: {},
          properties: { v: { type: 'number' } },
        },
        series: { v: 1 },
      },
    ],
    credentials: [],
  });
  const states = () => sent.flatMap((message) => (message.type === 'state' ? [message.state] : []));
  const batches = () => sent.flatMap((message) => (message.type === 'batch' ? [message] : []));
  return { worker, sent, clock, closed, states, batches, attempts: () => attempts };
}

test('what is unavailable is tried again, further and further apart', async () => {
  const { states, clock, attempts, sent } = start(() => Promise.reject(error('unavailable')));
  await turns();
  expect(states()).toEqual(['connecting', 'disconnected']);
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const last = sent.findLast((message) => message.type === 'state')!;
    waits.push((last as { retryMilliseconds: number }).retryMilliseconds);
    clock.advance(waits.at(-1)!);
    await turns();
  }
  expect(attempts()).toBe(9);
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test.each([
  ['settings', 'retry'],
  ['denied', 'retry'],
  ['unavailable', 'ignore'],
  ['unavailable', 'fail'],
] as const)('%s under the policy "%s" stops until a person acts', async (kind, startup) => {
  const { states, clock, attempts } = start(() => Promise.reject(error(kind)), startup);
  await turns();
  clock.advance(100_000);
  await turns();
  expect(states()).toEqual(['connecting', 'stopped']);
  expect(attempts()).toBe(1);
});

test('an error nobody foresaw is retried and named as such', async () => {
  const { states, sent } = start(() => Promise.reject(new RangeError('boom')));
  await turns();
  expect(states()).toEqual(['connecting', 'disconnected']);
  expect(sent.findLast((message) => message.type === 'state')).toMatchObject({
    problem: { code: 'unexpected', detail: 'boom' },
  });
});

test('a lost connection is closed and opened again, whatever the start-up policy', async () => {
  let lose: (() => void) | undefined;
  const { states, clock, closed } = start((context) => {
    lose = () => context.lost(error('unavailable').problem);
    return Promise.resolve({});
  }, 'ignore');
  await turns();
  lose!();
  await turns();
  expect(closed).toEqual([1]);
  clock.advance(2000);
  await turns();
  expect(states()).toEqual(['connecting', 'connected', 'disconnected', 'connecting', 'connected']);
});

test('nobody is acknowledged before the commit, and a failed commit is told', async () => {
  let context: TerminalContext | undefined;
  const { worker, batches } = start((opened) => {
    context = opened;
    return Promise.resolve({});
  });
  await turns();
  const outcomes: (string | undefined)[] = [];
  for (const value of [1, 2]) {
    context!.intake.batch.add(
      context!.things.get('urn:t')!.points.get('v')!,
      value,
      undefined,
      1000,
      0,
      'test',
    );
    context!.intake.committed((failure) => outcomes.push(failure?.message));
    await turns();
  }
  expect(batches()).toHaveLength(2);
  expect(outcomes).toEqual([]);
  expect(context!.intake.congested).toBe(true);
  let drained = false;
  context!.intake.drained(() => (drained = true));
  worker.receive({ type: 'committed', batch: batches()[0]!.batch });
  worker.receive({ type: 'committed', batch: batches()[1]!.batch, error: 'the disk is full' });
  worker.receive({ type: 'committed', batch: 999 });
  await turns();
  expect(outcomes).toEqual([undefined, 'the disk is full']);
  expect(context!.intake.congested).toBe(false);
  expect(drained).toBe(true);
});

test('closing ends the session and hands over what was taken in', async () => {
  let context: TerminalContext | undefined;
  const { worker, sent, batches, closed } = start((opened) => {
    context = opened;
    return Promise.resolve({});
  });
  await turns();
  context!.intake.batch.add(context!.things.get('urn:t')!.points.get('v')!, 1, undefined, 1000, 0, 'test');
  worker.receive({ type: 'close', connection: 'c', call: 7 });
  await turns();
  expect(closed).toEqual([1]);
  expect(batches()).toHaveLength(1);
  expect(sent.at(-1)).toEqual({ type: 'answer', call: 7 });
});

test('a thing that changes keeps the order of its untimed values', async () => {
  let context: TerminalContext | undefined;
  const changed: string[][] = [];
  const { worker } = start((opened) => {
    context = opened;
    opened.onThingsChanged((ids) => changed.push([...ids]));
    return Promise.resolve({});
  });
  await turns();
  const point = () => context!.things.get('urn:t')!.points.get('v')!;
  point().lastGiven = 5000;
  const description = { ...context!.things.get('urn:t')!.description, title: 'other' };
  worker.receive({
    type: 'things',
    connection: 'c',
    put: [{ id: 'urn:t', description, series: { v: 1 } }],
    removed: ['urn:u'],
  });
  expect(changed).toEqual([['urn:t', 'urn:u']]);
  expect(point().lastGiven).toBe(5000);
});
