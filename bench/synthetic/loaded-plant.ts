import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SampleColumns } from '@millrace/contract';
import { openSampleStore } from '@millrace/platform/data';
import { createLog } from '@millrace/sdk';
import { progress } from '../harness.ts';
import { syntheticPlant } from './plant.ts';

const rowsWanted = 50_000_000;
const sets = 3;
const hour = 3_600_000_000;
/** Appends under way; enough that the next is ready when one is done. */
const appendsMax = 4;

export interface LoadedPlant {
  folder: string;
  series: number;
  rows: number;
  /** First time in it, on a full hour. */
  start: number;
  /** Bytes on disk when every summary is made and nothing is left to merge. */
  bytes: number;
  loadSeconds: number;
}

let loaded: Promise<LoadedPlant> | undefined;

/** A store with 50 million samples of the days until now; made once in a process, gone with it. */
export function loadedPlant(): Promise<LoadedPlant> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<LoadedPlant> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const seconds = rowsWanted / syntheticPlant(0, sets).series;
  const start = Math.floor((Date.now() * 1000 - seconds * 1e6) / hour) * hour;
  const plant = syntheticPlant(start, sets);
  const { rows, bytes, loadSeconds } = await storeSamples(folder, plant.samples(rowsWanted));
  return { folder, series: plant.series, rows, start, bytes, loadSeconds };
}

/** Stores samples through the port as intake does, and waits until summaries are made and parts merged. */
export async function storeSamples(
  folder: string,
  samples: Iterable<SampleColumns>,
): Promise<{ rows: number; bytes: number; loadSeconds: number }> {
  const store = await openSampleStore({ folder, log: createLog('bench') });
  try {
    const begun = performance.now();
    let rows = 0;
    let shown = 0;
    const pending: Promise<void>[] = [];
    for (const columns of samples) {
      rows += columns.count;
      pending.push(store.append(columns, []));
      if (pending.length >= appendsMax) await pending.shift();
      if (rows - shown >= 10_000_000) progress(`${Math.round((shown = rows) / 1e6)} million samples stored`);
    }
    await Promise.all(pending);
    const loadSeconds = (performance.now() - begun) / 1000;
    progress('making summaries');
    await store.settleSummaries();
    return { rows, bytes: await restingBytes(store), loadSeconds };
  } finally {
    await store.close();
  }
}

/** Merges go on for a while after the last insert. */
async function restingBytes(store: { stats(): Promise<{ bytes: number }> }): Promise<number> {
  let before = Number.NaN;
  for (let look = 0; look < 60; look++) {
    const { bytes } = await store.stats();
    if (bytes === before) return bytes;
    before = bytes;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  return before;
}
