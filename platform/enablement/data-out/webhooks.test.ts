import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dashboardLimits,
  type Grant,
  type SampleColumns,
  type ThingEvent,
  type WebhookInput,
} from '@millrace/contract';
import { openRecordStore } from '@millrace/platform/data';
import { type RecordStore, silentLog, type ThingRecord, VirtualClock } from '@millrace/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { dataOutMigrations } from './migrations.ts';
import { type Message, Webhooks } from './webhooks.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const start = Date.parse('2025-03-01T08:00:00Z') * 1000;
const series: Record<number, { thing: string; property: string }> = {
  1: { thing: 'a', property: 'level' },
  2: { thing: 'a', property: 'flow' },
  3: { thing: 'b', property: 'level' },
};
const places: Record<string, string> = { a: 'works/north', b: 'works/south' };
const record = (id: string): ThingRecord =>
  ({
    id,
    description: { title: id, '@type': id === 'a' ? 'Pump' : 'Tank', 'millrace:place': places[id] },
    series: {},
  }) as never;

let folder: string;
let records: RecordStore;
let clock: VirtualClock;
let grants: Record<string, Grant[]>;
let posted: Message[];
let fail: Error | undefined;
let webhooks: Webhooks;
let publish: (columns: SampleColumns) => void;
let publishEvent: (event: ThingEvent) => void;

async function open(): Promise<Webhooks> {
  const opened = await Webhooks.open({
    records,
    iot: {
      registry: {
        get: (id: string) => (places[id] === undefined ? undefined : record(id)),
        ownerOf: (id: number) => series[id],
        onChange: () => () => {},
      },
      bus: {
        subscribe: (receive: typeof publish) => {
          publish = receive;
          return () => {};
        },
        subscribeEvents: (receive: typeof publishEvent) => {
          publishEvent = receive;
          return () => {};
        },
      },
      sealer: { seal: (text: string) => `sealed:${text}`, open: (text: string) => text.slice(7) },
      alarms: { subscribe: () => () => {}, show: () => ({}) },
    } as never,
    post: (message) => {
      if (fail !== undefined) return Promise.reject(fail);
      posted.push(message);
      return Promise.resolve();
    },
    check: (url) =>
      url.includes('inside') ? Promise.reject(new Error('inside the plant')) : Promise.resolve(),
    grantsOf: (user) => grants[user] ?? [],
    clock,
    log: silentLog,
    random: () => 0,
  });
  opened.start();
  return opened;
}

const input: WebhookInput = {
  title: 'mes',
  url: 'https://mes.example/in',
  what: ['samples', 'events'],
  place: '',
};
const sample = (one: number, value: number, at = clock.now()): void => {
  publish({
    count: 1,
    series: Uint32Array.of(one),
    time: Float64Array.of(at),
    received: Float64Array.of(at),
    value: Float64Array.of(value),
    status: Uint32Array.of(0),
    text: undefined,
  });
};
/** Time passes, and what is under way comes to rest. */
const pass = async (seconds: number): Promise<void> => {
  for (let i = 0; i < seconds; i++) {
    clock.advance(1000);
    for (let turn = 0; turn < 3; turn++) await records.query('SELECT 1');
  }
};
const bodies = () =>
  posted.map(
    ({ body }) =>
      JSON.parse(body) as {
        samples?: { thing: string; property: string; value: number }[];
        events?: unknown[];
        missed?: number;
      },
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-webhooks-'));
  records = await openRecordStore({
    folder: join(folder, 'records'),
    log: silentLog,
    migrations: [...dataOutMigrations],
  });
});
afterAll(async () => {
  await records?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await records.query('DELETE FROM webhooks');
  await records.query('DELETE FROM webhook_deliveries');
  clock = new VirtualClock(start);
  grants = { all: [{ role: 'engineer', place: '' }], north: [{ role: 'engineer', place: 'works/north' }] };
  posted = [];
  fail = undefined;
  webhooks = await open();
});
afterEach(() => webhooks.stop());

test('gathers each change, and what its owner may not see is not in it', async () => {
  await webhooks.put(undefined, input, 'north');
  sample(1, 5);
  sample(2, 6);
  sample(3, 7);
  publishEvent({ thing: 'a', name: 'started', time: clock.now(), received: clock.now(), data: '{"by":"x"}' });
  publishEvent({ thing: 'b', name: 'started', time: clock.now(), received: clock.now(), data: 'null' });
  await pass(3);
  expect(bodies()).toMatchObject([
    {
      samples: [
        { thing: 'a', property: 'level', value: 5, quality: 'good' },
        { thing: 'a', property: 'flow', value: 6 },
      ],
      events: [{ thing: 'a', name: 'started', data: { by: 'x' } }],
    },
  ]);
  grants['north'] = [];
  sample(1, 8);
  await pass(3);
  expect(posted).toHaveLength(1);
});

test('filters by type, thing and property; every N seconds sends the latest alone', async () => {
  await webhooks.put(undefined, { ...input, what: ['samples'], types: ['Tank'] }, 'all');
  await webhooks.put(
    undefined,
    { ...input, what: ['samples'], things: ['a'], properties: ['flow'], everySeconds: 10 },
    'all',
  );
  for (let i = 1; i <= 20; i++) {
    sample(1, i);
    sample(2, i);
    if (i === 1) sample(3, 99);
    await pass(1);
  }
  await pass(10);
  const all = bodies().flatMap(({ samples = [] }) => samples);
  expect(all.filter(({ thing }) => thing === 'b')).toMatchObject([{ value: 99 }]);
  expect(all.filter(({ property }) => property === 'flow').map(({ value }) => value)).toEqual([1, 11, 20]);
  expect(all.some(({ thing, property }) => thing === 'a' && property === 'level')).toBe(false);
});

test('tries again under the same key, after a new start too, and gives up after a day', async () => {
  const { webhook } = await webhooks.put(undefined, input, 'all');
  fail = new Error('It answered 500.');
  sample(1, 1);
  await pass(3);
  expect(webhooks.get(webhook.id)).toMatchObject({ waiting: 1, problem: 'It answered 500.' });
  const [{ id } = { id: '' }] = await records.query<{ id: string }>('SELECT id FROM webhook_deliveries');
  await webhooks.stop();
  webhooks = await open();
  fail = undefined;
  await pass(3);
  expect(posted.map(({ key }) => key)).toEqual([id]);
  expect(posted[0]!.secret.length).toBeGreaterThan(20);
  fail = new Error('It answered 500.');
  sample(1, 2);
  await pass(3);
  clock.advance(dashboardLimits.webhookHoursMax * 3_600_000);
  await pass(3);
  expect(webhooks.get(webhook.id)).toMatchObject({ waiting: 0, dropped: 1 });
});

test('what comes in too fast is counted and told to the receiver', async () => {
  await webhooks.put(undefined, input, 'all');
  for (let i = 0; i < dashboardLimits.webhookSamplesMax + 7; i++) sample(1, i);
  await pass(3);
  expect(bodies()).toMatchObject([{ missed: 7 }]);
  expect(bodies()[0]!.samples).toHaveLength(dashboardLimits.webhookSamplesMax);
});

test('addresses inside are refused before anything is saved; secrets stay', async () => {
  await expect(webhooks.put(undefined, { ...input, url: 'https://inside/' }, 'all')).rejects.toMatchObject({
    problem: { type: 'address-refused', status: 400 },
  });
  expect(webhooks.list()).toEqual([]);
  const { webhook, secret } = await webhooks.put(undefined, input, 'all');
  const changed = await webhooks.put(webhook.id, { ...input, title: 'other' }, 'all');
  expect(changed.secret).toBeUndefined();
  await webhooks.test(webhook.id);
  expect(posted[0]).toMatchObject({ secret });
  const [row] = await records.query<{ secret: string }>('SELECT secret FROM webhooks');
  expect(row).toEqual({ secret: `sealed:${secret}` });
});
