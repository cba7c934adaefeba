import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Actor } from '@millrace/contract';
import { openRecordStore } from '@millrace/platform/data';
import { type AppError, type RecordStore, silentLog, VirtualClock } from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MeasuringSettingsStore, measuringMigrations } from './measuring-settings.ts';

const ada: Actor = { kind: 'person', id: 'ada' };
const hex = '00112233445566778899aabbccddeeff';
const folder = mkdtempSync(join(tmpdir(), 'millrace-measuring-'));
let records: RecordStore;
beforeAll(async () => {
  records = await openRecordStore({ folder, log: silentLog, migrations: measuringMigrations });
}, 60_000);
afterAll(async () => {
  await records.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => records.query('TRUNCATE network_measuring'));

function open(audit = new MemoryAudit()) {
  const seal = {
    seal: (text: string) => `sealed ${[...text].reverse().join('')}`,
    open: (text: string) => [...text.slice(7)].reverse().join(''),
  };
  const clock = new VirtualClock(1_700_000_000_000_000);
  return MeasuringSettingsStore.open({ records, seal, audit, clock });
}

test('at first private addresses are answered, and there is no key', async () => {
  const settings = await open();
  expect(settings.show()).toMatchObject({ probesPerSecond: 4_000, shareOfPath: 0.01, keys: [] });
  expect(settings.inForce().allow).toContainEqual({ prefix: '10.0.0.0/8' });
});

test('a key is kept sealed, named, in force, never shown, and outlasts a start', async () => {
  const audit = new MemoryAudit();
  const settings = await open(audit);
  const shown = await settings.put(
    {
      putKeys: [{ name: 'hall', hex }],
      allow: [{ prefix: '0.0.0.0/0', key: 'hall' }],
      probesPerSecond: 50,
    },
    ada,
  );
  expect(shown).toMatchObject({ probesPerSecond: 50, shareOfPath: 0.01, keys: [{ name: 'hall' }] });
  const again = await open();
  expect(again.show()).toEqual(shown);
  expect(Buffer.from(again.inForce().allow[0]!.key!).toString('hex')).toBe(hex);
  const kept = JSON.stringify(await records.query('SELECT * FROM network_measuring'));
  for (const text of [JSON.stringify(shown), JSON.stringify(audit), kept]) expect(text).not.toContain(hex);
});

test.each([
  [{ allow: [{ prefix: 'here' }] }, 'allow.0.prefix'],
  [{ allow: [{ prefix: '10.0.0.0/8' }, { prefix: '0.0.0.0/0' }] }, 'allow.1.prefix'],
  [{ allow: [{ prefix: '::/0' }] }, 'allow.0.prefix'],
  [{ allow: [{ prefix: '10.0.0.1', key: 'none' }] }, 'allow.0.key'],
])('what cannot be is refused at its field, and nothing changes: %j', async (input, field) => {
  const settings = await open();
  const before = settings.show();
  const error = (await settings.put(input, ada).catch((thrown: unknown) => thrown)) as AppError;
  expect([error.status, error.fields[0]?.field]).toEqual([422, field]);
  expect(settings.show()).toEqual(before);
});

test('a key that is in use is not removed', async () => {
  const settings = await open();
  await settings.put({ putKeys: [{ name: 'k', hex }], allow: [{ prefix: '10.0.0.1', key: 'k' }] }, ada);
  await expect(settings.put({ removeKeys: ['k'] }, ada)).rejects.toMatchObject({ status: 422 });
  await settings.put({ removeKeys: ['k'], allow: [] }, ada);
  expect(settings.show()).toMatchObject({ keys: [], allow: [] });
});
