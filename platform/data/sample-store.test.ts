import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EmbeddedSampleStore,
  openSampleStore,
  restoreSamples,
  type StoreError,
} from '@millrace/platform/data';
import { silentLog } from '@millrace/sdk';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { columnsOf, type RowInput, sampleStoreConformance } from './testing/sample-store-conformance.ts';

// Killing, copying and summing up take seconds on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const open = (folder: string): Promise<EmbeddedSampleStore> => openSampleStore({ folder, log: silentLog });

sampleStoreConformance('chDB', {
  open,
  settle: (store) => (store as EmbeddedSampleStore).settleSummaries(),
});

const second = 1_000_000;
const day = 86_400 * second;
const base = Math.floor((Date.now() * 1000 - 60 * day) / day) * day;

describe('the embedded sample store', () => {
  let folder: string;
  const opened = new Set<EmbeddedSampleStore>();
  const openHere = async (path = folder): Promise<EmbeddedSampleStore> => {
    const store = await open(path);
    opened.add(store);
    return store;
  };
  const failure = async (promise: Promise<unknown>): Promise<StoreError> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason as StoreError,
    );
    expect(error).toBeDefined();
    return error!;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-samples-'));
  });

  afterEach(async () => {
    for (const store of opened) await store.close();
    opened.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  test('killed again and again while writing, it has every acknowledged sample once and none that was not sent', async () => {
    const store = await openHere();
    const acknowledged = new Map<number, number>();
    const sent = new Map<number, number>();
    let next = 0;
    let stop = false;
    const writer = async (): Promise<void> => {
      while (!stop) {
        const rows = Array.from({ length: 20 }, (): RowInput => {
          const time = base + next++;
          sent.set(time, next);
          return [1, time, next];
        });
        try {
          await store.append(columnsOf(rows), []);
          for (const [, time, value] of rows) acknowledged.set(time, value as number);
        } catch {
          // Not acknowledged: the terminal would send it again.
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    const writers = Array.from({ length: 4 }, writer);
    for (let round = 0; round < 5; round++) {
      const had = acknowledged.size;
      while (acknowledged.size < had + 200) await new Promise((resolve) => setTimeout(resolve, 10));
      process.kill(store.processId!, 'SIGKILL');
    }
    stop = true;
    await Promise.all(writers);
    const check = async (one: EmbeddedSampleStore): Promise<void> => {
      const { samples, reduced } = await one.samples(1, base, base + day, 100_000);
      expect(reduced).toBe(false);
      const found = new Map(samples.map(({ time, value }) => [time, value]));
      expect(found.size).toBe(samples.length);
      for (const [time, value] of acknowledged) expect(found.get(time)).toBe(value);
      for (const [time, value] of found) expect(sent.get(time)).toBe(value);
    };
    await check(store);
    await store.close();
    await check(await openHere());
  });

  test('a read in flight when the engine dies is answered all the same, a write is not', async () => {
    const store = await openHere();
    await store.append(columnsOf([[1, base, 1]]), []);
    const reads = Array.from({ length: 20 }, () => store.samples(1, base, base + 1, 10));
    const write = failure(store.append(columnsOf([[1, base + 1, 2]]), []));
    // The write goes out in a microtask; the kill follows it.
    await Promise.resolve();
    process.kill(store.processId!, 'SIGKILL');
    for (const { samples } of await Promise.all(reads)) expect(samples).toHaveLength(1);
    expect((await write).code).toBe('gone');
    await store.append(columnsOf([[1, base + 1, 3]]), []);
    expect((await store.latest([1])).get(1)?.value).toBe(3);
  });

  test('a folder of a newer version is refused with nothing touched', async () => {
    await (await openHere()).close();
    const version = join(folder, 'version.json');
    writeFileSync(version, JSON.stringify({ format: 'millrace-samples', version: 99 }));
    const before = readdirSync(folder, { recursive: true }).length;
    const error = await failure(open(folder));
    expect(error.code).toBe('newer');
    expect(error.message).toContain('written by a newer version of Millrace (layout 99');
    expect(readdirSync(folder, { recursive: true })).toHaveLength(before);
    expect(readFileSync(version, 'utf8')).toContain('99');
  });

  test('a folder that is none of ours, damaged or in use is refused in one sentence', async () => {
    writeFileSync(join(folder, 'version.json'), '{"form');
    expect((await failure(open(folder))).message).toMatch(/version\.json is not readable/);
    writeFileSync(join(folder, 'version.json'), '{"format":"another","version":1}');
    expect((await failure(open(folder))).message).toMatch(/not that of a sample store/);
    writeFileSync(join(folder, 'incomplete'), '');
    expect((await failure(open(folder))).message).toMatch(/backup that was not finished/);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect((await failure(open(join(file, 'below')))).code).toBe('damaged');
  });

  test('what is older than its retention is let go, tier by tier, and the summaries answer in its place', async () => {
    const store = await openHere();
    const rows = Array.from({ length: 7_200 }, (_, row): RowInput => [1, base + row * second, row % 100]);
    rows[3_333] = [1, base + 3_333 * second, 5_000];
    await store.append(columnsOf(rows), []);
    await store.append(columnsOf([[2, Date.now() * 1000, 1]]), [
      { thing: 't', name: 'e', time: base - 400 * day, received: base, data: '1' },
      { thing: 't', name: 'e', time: base, received: base, data: '1' },
    ]);
    await store.settleSummaries();
    await store.setRetention({ raw: 30, minute: 0, hour: 0, events: 300 });
    await store.settleSummaries();
    expect((await store.stats()).rows).toBe(1);
    const chart = await store.samples(1, base, base + 7_200 * second, 1_000);
    expect(chart.reduced).toBe(true);
    expect(chart.samples.find(({ value }) => value === 5_000)?.time).toBe(base + 3_333 * second);
    // Late samples of hours whose others are gone must not make their summaries wrong.
    await store.append(columnsOf([[1, base + 10 * second + 7, 3]]), []);
    await store.settleSummaries();
    const again = await store.samples(1, base, base + 7_200 * second, 1_000);
    expect(again.samples.find(({ value }) => value === 5_000)).toBeDefined();
    expect((await store.latest([1])).get(1)?.time).toBe(base + 7_199 * second);
    expect(await store.events('t', undefined, -8e15, 8e15, 10)).toHaveLength(1);
    // The same after a restart, and with the minutes gone as well.
    await store.setRetention({ raw: 30, minute: 1, hour: 0, events: 0 });
    await store.settleSummaries();
    await store.close();
    const reopened = await openHere();
    const hours = await reopened.samples(1, base, base + 7_200 * second, 1_000);
    expect(hours.samples.find(({ value }) => value === 5_000)?.time).toBe(base + 3_333 * second);
  });

  test('a backup is restored into an empty folder only', async () => {
    const store = await openHere();
    await store.append(columnsOf([[1, base, 1]]), []);
    await store.backup(join(folder, 'backup'));
    await restoreSamples(join(folder, 'backup'), join(folder, 'restored'));
    const restored = await openHere(join(folder, 'restored'));
    expect((await restored.samples(1, base, base + 1, 10)).samples).toHaveLength(1);
    await expect(restoreSamples(join(folder, 'backup'), join(folder, 'restored'))).rejects.toThrow(
      /not empty/,
    );
    await expect(restoreSamples(join(folder, 'none'), join(folder, 'other'))).rejects.toThrow(/whole backup/);
  });

  test('closing is quick, in the middle of work too, and ends the process', async () => {
    const store = await openHere();
    const id = store.processId!;
    const pending = Array.from({ length: 50 }, (_, row) =>
      store.append(columnsOf([[1, base + row, row]]), []).catch(() => undefined),
    );
    const query = store.samples(1, 0, 8e15, 1_000).catch(() => undefined);
    await store.close();
    await Promise.all([...pending, query]);
    expect(() => process.kill(id, 0)).toThrow();
    expect((await failure(store.append(columnsOf([[1, base, 1]]), []))).code).toBe('closed');
    expect((await failure(store.latest([1]))).code).toBe('closed');
  });
});
