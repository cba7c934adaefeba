import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChdbSession, SessionPool } from './chdb-session.ts';
import { numbers } from './native-format.ts';

let folder: string;
let pool: SessionPool;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-chdb-'));
  const config = join(folder, 'config.xml');
  writeFileSync(config, '<clickhouse></clickhouse>');
  pool = new SessionPool(1, () => new ChdbSession(join(folder, 'engine'), config, { max_threads: 1 }));
});
afterAll(() => {
  pool.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a query that fails in the middle of its answer leaves nothing of it to the next', async () => {
  for (let i = 0; i < 5; i++) {
    // Blocks of the answer are written before the row that cannot be.
    const failing = `SELECT number, throwIf(number = 300000, 'enough') FROM numbers(400000) SETTINGS max_block_size = 1000`;
    await expect(pool.use((session) => session.table(failing))).rejects.toThrow();
    const table = await pool.use((session) => session.table('SELECT toFloat64(42) AS answer'));
    expect([...numbers(table, 'answer')]).toEqual([42]);
  }
}, 60_000);
