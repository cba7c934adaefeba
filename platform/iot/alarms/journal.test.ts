import { silentLog, VirtualClock } from '@millrace/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AlarmJournal } from './journal.ts';
import type { AlarmRecord } from './life-cycle.ts';
import { openTestRecords, start } from './test-plant.ts';

let records: Awaited<ReturnType<typeof openTestRecords>>;
beforeAll(async () => {
  records = await openTestRecords();
}, 60_000);
afterAll(() => records?.close());

const alarm = (index: number, open: boolean): AlarmRecord =>
  ({
    id: `alarm-${index}`,
    rule: 'hot',
    thing: 'urn:test:oven',
    place: '',
    priority: 'low',
    time: start + index * 1_000_000,
    raised: start + index * 1_000_000,
    changed: start + index * 1_000_000,
    active: open,
    closed: !open,
    latches: false,
    group: `alarm-${index}`,
    entries: 0,
    said: { title: 'Hot', thingTitle: 'Oven' },
  }) as unknown as AlarmRecord;

test('the oldest alarms that are over leave, with what happened to them; what is open stays however old', async () => {
  const journal = new AlarmJournal(records, new VirtualClock(start), silentLog, 20);
  for (let index = 0; index < 50; index++) {
    journal.entry(alarm(index, index === 3), 'raised', '', '');
    await journal.flush();
  }
  const kept = await records.query<{ id: string }>('SELECT id FROM alarms ORDER BY time');
  expect(kept.map(({ id }) => id)).toEqual([
    'alarm-3',
    ...Array.from({ length: 20 }, (_, index) => `alarm-${index + 30}`),
  ]);
  const entries = await records.query<{ alarm: string }>('SELECT alarm FROM alarm_entries');
  expect(new Set(entries.map((entry) => entry.alarm))).toEqual(new Set(kept.map(({ id }) => id)));
  await journal.stop();
});
