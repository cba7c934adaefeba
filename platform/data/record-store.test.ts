import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EmbeddedRecordStore,
  openRecordStore,
  type RecordMigration,
  restoreRecords,
  type StoreError,
} from '@millrace/platform/data';
import { silentLog } from '@millrace/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

// Making a database and replaying its log after a kill take seconds on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const first: RecordMigration = {
  id: 'a-1',
  sql: 'CREATE TABLE orders (id int PRIMARY KEY, note text, facts jsonb, at timestamptz); CREATE INDEX ON orders (at);',
};

describe('the embedded record store', () => {
  // Making a database takes seconds, so it is made once and copied.
  let root: string;
  let template: string;
  let copies = 0;
  const opened = new Set<EmbeddedRecordStore>();

  const open = async (folder: string, migrations = [first]): Promise<EmbeddedRecordStore> => {
    const store = await openRecordStore({ folder, log: silentLog, migrations });
    opened.add(store);
    return store;
  };
  const copy = (): string => {
    const folder = join(root, `copy-${++copies}`);
    cpSync(template, folder, { recursive: true });
    return folder;
  };
  const failure = async (promise: Promise<unknown>): Promise<StoreError> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason as StoreError,
    );
    expect(error).toBeDefined();
    return error!;
  };

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'millrace-records-'));
    template = join(root, 'template');
    const store = await open(template);
    await store.close();
    opened.clear();
  });

  afterEach(async () => {
    for (const store of opened) await store.close();
    opened.clear();
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('gives back values of every kind', async () => {
    const store = await open(copy());
    const at = new Date('2026-03-04T05:06:07.089Z');
    const facts = { parts: [1, 2.5, null], 名: 'läuft' };
    await store.query('INSERT INTO orders VALUES ($1, $2, $3, $4), (2, NULL, NULL, NULL)', [
      1,
      "o'brien\n",
      facts,
      at,
    ]);
    expect(await store.query('SELECT * FROM orders ORDER BY id')).toEqual([
      { id: 1, note: "o'brien\n", facts, at },
      { id: 2, note: null, facts: null, at: null },
    ]);
    expect(await store.query('SELECT id FROM orders WHERE id = ANY($1)', [[2, 3]])).toEqual([{ id: 2 }]);
  });

  test('a transaction happens whole or not at all', async () => {
    const store = await open(copy());
    const results = await store.transaction([
      { sql: 'INSERT INTO orders (id) VALUES (1)' },
      { sql: 'SELECT count(*)::int AS n FROM orders' },
    ]);
    expect(results).toEqual([[], [{ n: 1 }]]);
    const error = await failure(
      store.transaction([
        { sql: 'INSERT INTO orders (id) VALUES (2)' },
        { sql: 'INSERT INTO orders (id) VALUES ($1)', parameters: [1] },
      ]),
    );
    expect([error.code, error.engineCode]).toEqual(['engine', '23505']);
    expect(await store.query('SELECT id FROM orders')).toEqual([{ id: 1 }]);
    expect((await failure(store.query('SELEKT'))).engineCode).toBe('42601');
    await store.health();
  });

  test('killed again and again, it has every acknowledged transaction and no half of another', async () => {
    const folder = copy();
    const store = await open(folder);
    const acknowledged = new Set<number>();
    let next = 0;
    let stop = false;
    const writer = async (): Promise<void> => {
      while (!stop) {
        const id = (next += 2);
        try {
          await store.transaction([
            { sql: 'INSERT INTO orders (id) VALUES ($1)', parameters: [id] },
            { sql: 'INSERT INTO orders (id) VALUES ($1)', parameters: [id + 1] },
          ]);
          acknowledged.add(id);
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    const writers = Array.from({ length: 3 }, writer);
    for (let round = 0; round < 3; round++) {
      const had = acknowledged.size;
      while (acknowledged.size < had + 50) await new Promise((resolve) => setTimeout(resolve, 10));
      process.kill(store.processId!, 'SIGKILL');
    }
    stop = true;
    await Promise.all(writers);
    await store.close();
    opened.clear();
    const again = await open(folder);
    const ids = new Set((await again.query<{ id: number }>('SELECT id FROM orders')).map(({ id }) => id));
    for (const id of acknowledged) expect(ids.has(id)).toBe(true);
    for (const id of ids) {
      expect(id).toBeLessThanOrEqual(next + 1);
      expect(ids.has(id % 2 === 0 ? id + 1 : id - 1)).toBe(true);
    }
  });

  test('a read in flight when the process dies is answered, a write is not done twice', async () => {
    const store = await open(copy());
    await store.query('INSERT INTO orders (id) VALUES (1)');
    const read = store.query('SELECT id FROM orders');
    const write = failure(store.query('INSERT INTO orders (id) VALUES (2)'));
    process.kill(store.processId!, 'SIGKILL');
    expect(await read).toEqual([{ id: 1 }]);
    expect((await write).code).toBe('gone');
  });

  test('steps run once, in order; a failing one changes nothing; unknown ones mean a newer version', async () => {
    const folder = copy();
    const second: RecordMigration = { id: 2, sql: 'ALTER TABLE orders ADD COLUMN more int DEFAULT 5' };
    const wrong: RecordMigration = { id: 3, sql: 'CREATE TABLE half (id int); SELECT no_such_function();' };
    const store = await open(folder, [first, second]);
    await store.query('INSERT INTO orders (id) VALUES (1)');
    expect(await store.query('SELECT more FROM orders')).toEqual([{ more: 5 }]);
    await store.close();
    const error = await failure(open(folder, [first, second, wrong]));
    expect(error.message).toMatch(/could not be brought to step 3: .*no_such_function/);
    const newer = await failure(open(folder));
    expect(newer.code).toBe('newer');
    expect(newer.message).toMatch(/newer version of Millrace \(step 2 is not known here\)/);
    const again = await open(folder, [first, second]);
    expect(await again.query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    expect(await again.query('SELECT id FROM orders')).toEqual([{ id: 1 }]);
  });

  test('what cannot be opened is refused in one sentence', async () => {
    const newer = copy();
    writeFileSync(join(newer, 'version.json'), '{"format":"millrace-records","version":7}');
    const error = await failure(open(newer));
    expect([error.code, error.message.includes('newer version of Millrace (layout 7')]).toEqual([
      'newer',
      true,
    ]);
    const damaged = copy();
    truncateSync(join(damaged, 'engine', 'global', 'pg_control'), 100);
    const reason = await failure(open(damaged));
    expect(reason.code).toBe('damaged');
    expect(reason.message).toMatch(/^The records in .* cannot be opened/);
    const alien = join(root, 'alien');
    mkdirSync(join(alien, 'engine'), { recursive: true });
    expect((await failure(open(alien))).message).toMatch(/version\.json is missing/);
  });

  test('a folder has one holder at a time; one that died holds nothing', async () => {
    const folder = copy();
    writeFileSync(join(folder, 'holder'), '1 12345\n');
    const store = await open(folder);
    await store.query('INSERT INTO orders (id) VALUES (1)');
    const second = openRecordStore({ folder, log: silentLog, migrations: [first] });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await store.close();
    const late = await second;
    opened.add(late);
    expect(await late.query('SELECT id FROM orders')).toEqual([{ id: 1 }]);
  });

  test('a backup made while running is restored into an empty folder', async () => {
    const folder = copy();
    const store = await open(folder);
    await store.query('INSERT INTO orders (id) VALUES (1)');
    const backup = join(root, 'backup');
    const writing = Promise.all(
      Array.from({ length: 30 }, (_, id) => store.query('INSERT INTO orders (id) VALUES ($1)', [id + 10])),
    );
    await store.backup(backup);
    await writing;
    expect((await failure(store.backup(backup))).message).toMatch(/not empty/);
    await restoreRecords(backup, join(root, 'restored'));
    const restored = await open(join(root, 'restored'));
    expect(await restored.query('SELECT id FROM orders WHERE id < 10')).toEqual([{ id: 1 }]);
    await restored.query('INSERT INTO orders (id) VALUES (2)');
    await expect(restoreRecords(backup, folder)).rejects.toThrow(/not empty/);
    expect(readdirSync(backup).sort()).toEqual(['engine', 'version.json']);
  });
});
