import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecordStore } from '@millrace/platform/data';
import { silentLog, VirtualClock } from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import { expect, test } from 'vitest';
import { networkMigrations } from './layer.ts';
import { Steering } from './requests/index.ts';
import { UsualRadio } from './usual-radio.ts';

const start = 1_700_000_000_000_000;

test('what is usual, and what networks were asked to steer, come from the records', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kept-'));
  const records = await openRecordStore({ folder, log: silentLog, migrations: networkMigrations });
  const clock = new VirtualClock(start);
  try {
    for (const [minute, sinrDb] of [10, 12, 11, 30, 9].entries())
      await records.query('INSERT INTO network_radio (terminal, time, radio) VALUES ($1, $2, $3::jsonb)', [
        'agv',
        start - minute * 60_000_000,
        JSON.stringify(minute === 0 ? { sinrDb, rsrpDbm: -80 } : { sinrDb }),
      ]);
    await records.query('INSERT INTO network_radio (terminal, time, radio) VALUES ($1, $2, $3::jsonb)', [
      'agv',
      start - 90_000_000_000,
      JSON.stringify({ sinrDb: -20, rsrpDbm: -120 }),
    ]);
    const usual = new UsualRadio({ clock, records, log: silentLog });
    await usual.refresh();
    expect(usual.of('agv')).toEqual({ rsrpDbm: -80, sinrDb: 11 });
    expect(usual.of('other')).toBeUndefined();

    const open = () =>
      Steering.open({
        records,
        audit: new MemoryAudit(),
        clock,
        log: silentLog,
        inventory: {
          zones: () => [{ id: 'hall', title: 'Hall', provider: 'nef', dnai: 'edge-1' }],
          terminal: (id) => ({ id, title: id, zone: 'yard' }) as never,
          platformAddress: () => '10.0.0.1',
        },
        providers: {
          can: () => true,
          titleOf: (id) => id,
          isOpen: () => true,
          onOpened: () => {},
          call: () => Promise.resolve({ reference: 'r1' } as never),
        },
      });
    await (await open()).move('agv', 'hall', { kind: 'person', id: 'ada' });
    const again = await open();
    expect(again.all()).toEqual([
      { provider: 'nef', reference: 'r1', terminal: 'agv', zone: 'hall', cameFrom: 'yard', lettingGo: false },
    ]);
    await again.move('agv', 'yard', { kind: 'person', id: 'ada' });
    expect((await open()).all()).toEqual([]);
  } finally {
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
