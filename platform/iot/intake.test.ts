import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits, type SampleColumns, status } from '@millrace/contract';
import { openRecordStore } from '@millrace/platform/data';
import {
  BatchBuilder,
  type RecordStore,
  type SampleStore,
  silentLog,
  systemClock,
  takePropertyPayload,
  viewThing,
} from '@millrace/sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readDescription } from './description.ts';
import { iotMigrations } from './index.ts';
import { IntakeDesk } from './intake.ts';
import { InProcessBus } from './live-bus.ts';
import { LiveStates, liveValues } from './live-state.ts';
import { Quarantine } from './quarantine.ts';
import { Registry } from './registry.ts';
import { Twin } from './twin.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-intake-'));
let records: RecordStore;
let registry: Registry;
let twin: Twin;
let bus: InProcessBus;
let desk: IntakeDesk;
let append: (columns: SampleColumns) => Promise<void>;

beforeAll(async () => {
  records = await openRecordStore({
    folder: join(folder, 'records'),
    log: silentLog,
    migrations: [...iotMigrations],
  });
  registry = await Registry.open(records);
  for (const id of ['urn:a', 'urn:b']) {
    await registry.put(
      readDescription({
        id,
        title: id,
        properties: { v: { type: 'number', 'millrace:normal': { max: 10 } }, on: { type: 'boolean' } },
      }),
    );
  }
}, 120_000);
afterAll(async () => {
  await records.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  twin = new Twin();
  bus = new InProcessBus((error) => {
    throw error;
  });
  append = () => Promise.resolve();
  const store = { append: (columns: SampleColumns) => append(columns) } as unknown as SampleStore;
  desk = new IntakeDesk(registry, twin, bus, store, new Quarantine(records, systemClock, silentLog));
});

const push = (id: string, payload: string): ReturnType<BatchBuilder['take']> => {
  const batch = new BatchBuilder();
  takePropertyPayload(viewThing(registry.get(id)!), payload, systemClock.now(), batch, 'test');
  return batch.take();
};

const holds = ({
  received,
  stored,
  rejected,
  dropped,
  inFlight,
}: {
  received: number;
  stored: number;
  rejected: number;
  dropped: number;
  inFlight: number;
}): boolean => received === stored + rejected + dropped + inFlight;

test('received = stored + rejected + dropped + in flight, whatever comes and whatever the store says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          thing: fc.constantFrom('urn:a', 'urn:b'),
          value: fc.constantFrom('1', '"x"', 'null', '1e999'),
          fails: fc.boolean(),
          name: fc.constantFrom('v', 'w'),
        }),
        { maxLength: 20 },
      ),
      async (pushes) => {
        const waiting: Promise<unknown>[] = [];
        for (const { thing, value, fails, name } of pushes) {
          append = async () => {
            await Promise.resolve();
            if (fails) throw new Error('the disk is full');
          };
          waiting.push(desk.take(push(thing, `{"${name}": ${value}}`), 'one').catch(() => {}));
          for (const counters of [
            desk.total,
            desk.thing('urn:a'),
            desk.thing('urn:b'),
            desk.connections()['one']!,
          ])
            expect(holds(counters)).toBe(true);
        }
        await Promise.all(waiting);
        expect(desk.total.inFlight).toBe(0);
        for (const counters of [desk.total, desk.thing('urn:a'), desk.thing('urn:b')])
          expect(holds(counters)).toBe(true);
      },
    ),
    { numRuns: 50, seed: 7 },
  );
});

test('what the store refused is not acknowledged and counts as dropped', async () => {
  append = () => Promise.reject(new Error('the disk is full'));
  await expect(desk.take(push('urn:a', '{"v": 1}'), 'one')).rejects.toThrow('the disk is full');
  expect(desk.total).toMatchObject({ received: 1, dropped: 1, stored: 0 });
  expect(desk.storeError).toBe('the disk is full');
});

test('beyond the named limit senders are told, and nothing is kept of what they sent', async () => {
  let release: () => void = () => {};
  append = () => new Promise((resolve) => (release = resolve));
  const rows = limits.inFlightSamplesMax;
  const series = registry.get('urn:a')!.series['v']!;
  const columns: SampleColumns = {
    count: rows,
    series: new Uint32Array(rows).fill(series),
    time: Float64Array.from({ length: rows }, (_, i) => i),
    received: new Float64Array(rows),
    value: new Float64Array(rows),
    status: new Uint32Array(rows),
    text: undefined,
  };
  const first = desk.take({ columns, events: [], rejections: [], dropped: new Map() }, 'one');
  await expect(desk.take(push('urn:b', '{"v": 1}'), 'one')).rejects.toThrow('inFlightSamplesMax');
  release();
  await first;
  expect(desk.total).toMatchObject({ received: rows + 1, stored: rows, dropped: 1 });
});

test('a late sample moves no live value and does not reach the bus; the rest of its batch does', async () => {
  const seen: number[] = [];
  bus.subscribe((columns) => seen.push(...columns.value.slice(0, columns.count)));
  await desk.take(push('urn:a', '{"time": 2000, "values": {"v": 2}}'), 'one');
  await desk.take(
    push('urn:a', '[{"time": 1000, "values": {"v": 1}}, {"time": 3000, "values": {"v": 3}}]'),
    'one',
  );
  expect(seen).toEqual([2, 3]);
  expect(liveValues(registry.get('urn:a')!, twin)).toMatchObject([
    { property: 'v', value: 3 },
    { property: 'on', value: null },
  ]);
});

test('rows of a thing that was removed meanwhile are let go and counted', async () => {
  await registry.put(
    readDescription({ id: 'urn:gone', title: 'Gone', properties: { v: { type: 'number' } } }),
  );
  const batch = push('urn:gone', '{"v": 1}');
  await registry.remove('urn:gone');
  await desk.take(batch, 'one');
  expect(desk.total).toMatchObject({ received: 1, dropped: 1 });
});

test('the state of a thing is the worst of its values; what is outside its band is listed with since when', async () => {
  const states = new LiveStates(registry, twin, systemClock, () => false);
  const of = () => states.of(registry.get('urn:a')!, undefined);
  expect(of().state).toBe('silent');
  await desk.take(push('urn:a', '{"v": 5, "on": true}'), 'one');
  expect(of()).toMatchObject({ state: 'good', abnormal: [] });
  await desk.take(push('urn:a', '{"v": 11}'), 'one');
  const { since } = of().abnormal[0]!;
  expect(of()).toMatchObject({
    state: 'good',
    abnormal: [{ property: 'v', value: 11, reason: 'above-normal' }],
  });
  expect(states.tree()[0]).toMatchObject({ path: '', states: { outside: 1 } });
  await desk.take(push('urn:a', '{"v": 12}'), 'one');
  expect(of().abnormal[0]!.since).toBe(since);
  const batch = new BatchBuilder();
  batch.add(
    viewThing(registry.get('urn:a')!).points.get('v')!,
    null,
    undefined,
    systemClock.now() + 1000,
    status.badNotConnected,
    'test',
  );
  await desk.take(batch.take(), 'one');
  expect(of()).toMatchObject({
    state: 'bad',
    abnormal: [{ property: 'v', value: null, quality: 'bad', reason: 'BadNotConnected' }],
  });
});
