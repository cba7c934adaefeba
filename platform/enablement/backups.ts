import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatInstant } from '@millrace/contract';
import type { Clock, RecordStore, SampleStore } from '@millrace/sdk';
import { HttpProblem } from './problems.ts';

export interface BackupInfo {
  name: string;
  time: string;
  bytes: number;
}

interface Manifest {
  format: 1;
  time: string;
  bytes: number;
}

/**
 * Backups made while the platform runs: a folder each, with the samples, the records and the keys that open sealed settings and sign the audit trail. A backup
 * without its manifest was interrupted and does not count.
 */
export class Backups {
  readonly #folder: string;
  readonly #key: string;
  readonly #samples: SampleStore;
  readonly #records: RecordStore;
  readonly #clock: Clock;
  #running = false;

  constructor(folder: string, keyFile: string, samples: SampleStore, records: RecordStore, clock: Clock) {
    this.#folder = folder;
    this.#key = keyFile;
    this.#samples = samples;
    this.#records = records;
    this.#clock = clock;
  }

  async list(): Promise<BackupInfo[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found: BackupInfo[] = [];
    for (const name of names.sort().reverse()) {
      const manifest = await readManifest(join(this.#folder, name));
      if (manifest !== undefined) found.push({ name, time: manifest.time, bytes: manifest.bytes });
    }
    return found;
  }

  async create(): Promise<BackupInfo> {
    if (this.#running)
      throw new HttpProblem(409, 'running', 'A backup is being made already.', {
        remedy: 'Wait for it to end.',
      });
    this.#running = true;
    const time = formatInstant(Math.floor(this.#clock.now() / 1e6) * 1e6);
    const name = time.replace(/[:]/g, '-');
    const folder = join(this.#folder, name);
    const unfinished = `${folder}.unfinished`;
    try {
      await rm(unfinished, { recursive: true, force: true });
      await mkdir(unfinished, { recursive: true, mode: 0o700 });
      // Records first: a sample of a thing made in between has no name there and is harmless, a name without samples is too.
      await this.#records.backup(join(unfinished, 'records'));
      await this.#samples.backup(join(unfinished, 'samples'));
      await writeFile(join(unfinished, 'key'), await readFile(this.#key), { mode: 0o600 });
      const auditKey = await readFile(join(dirname(this.#key), 'audit-key')).catch(() => undefined);
      if (auditKey !== undefined) await writeFile(join(unfinished, 'audit-key'), auditKey, { mode: 0o600 });
      const manifest: Manifest = { format: 1, time, bytes: await sizeOf(unfinished) };
      await writeFile(join(unfinished, 'manifest.json'), JSON.stringify(manifest));
      await rename(unfinished, folder);
      return { name, time, bytes: manifest.bytes };
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    } finally {
      this.#running = false;
    }
  }
}

export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    return manifest.format === 1 ? manifest : undefined;
  } catch {
    return undefined;
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
