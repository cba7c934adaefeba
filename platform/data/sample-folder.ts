import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from './store-error.ts';

const format = 'millrace-samples';

export interface SampleFolder {
  /** The engine's own data. */
  engine: string;
  configFile: string;
  /** Version the folder is at: 0 for one that is new. */
  version: number;
}

/**
 * Memory and threads of the engine inside its process. Caches and pools are made for a machine that does other things too;
 * no system logs, whose tables would grow and merge without anybody reading them.
 */
const engineConfig = `<clickhouse>
  <background_pool_size>2</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <background_common_pool_size>2</background_common_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <max_thread_pool_size>200</max_thread_pool_size>
  <max_thread_pool_free_size>64</max_thread_pool_free_size>
  <mark_cache_size>33554432</mark_cache_size>
  <index_mark_cache_size>4194304</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <query_cache><max_size_in_bytes>0</max_size_in_bytes></query_cache>
  <compiled_expression_cache_size>1048576</compiled_expression_cache_size>
  <max_server_memory_usage>1073741824</max_server_memory_usage>
</clickhouse>
`;

/** In a folder that is being filled from a running store and is not whole yet. */
export const incompleteFile = 'incomplete';

/**
 * Looks at a data folder before the engine does. A folder written by a newer version, or one that is no folder of samples,
 * is refused with nothing touched.
 */
export function openSampleFolder(folder: string, newestVersion: number, filling = false): SampleFolder {
  const versionFile = join(folder, 'version.json');
  const engine = join(folder, 'engine');
  let version = 0;
  if (!filling && existsSync(join(folder, incompleteFile))) {
    throw new StoreError('damaged', `The samples in ${folder} are a backup that was not finished.`);
  }
  if (existsSync(versionFile)) {
    let found: unknown;
    try {
      found = JSON.parse(readFileSync(versionFile, 'utf8'));
    } catch (error) {
      throw new StoreError(
        'damaged',
        `The samples in ${folder} cannot be opened: version.json is not readable (${(error as Error).message}).`,
      );
    }
    const { format: foundFormat, version: foundVersion } = (found ?? {}) as {
      format?: unknown;
      version?: unknown;
    };
    if (foundFormat !== format || !Number.isInteger(foundVersion)) {
      throw new StoreError(
        'damaged',
        `The samples in ${folder} cannot be opened: version.json is not that of a sample store.`,
      );
    }
    version = foundVersion as number;
    if (version > newestVersion) {
      throw new StoreError(
        'newer',
        `The samples in ${folder} were written by a newer version of Millrace (layout ${version}, this one knows up to ${newestVersion}); start that version, or restore a backup.`,
      );
    }
  } else if (existsSync(engine)) {
    // The file is written before the engine's folder exists, so this is not one of ours, or half of one.
    throw new StoreError(
      'damaged',
      `The samples in ${folder} cannot be opened: version.json is missing beside the engine's data.`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
    if (version === 0 && !existsSync(versionFile)) writeSampleVersion(folder, 0);
    const configFile = join(folder, 'engine.xml');
    writeFileSync(configFile, engineConfig);
    return { engine, configFile, version };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') {
      throw new StoreError('full', `The disk of the sample store in ${folder} is full.`);
    }
    throw new StoreError('damaged', `The samples in ${folder} cannot be opened: ${message}.`);
  }
}

/** Notes, durably and all or nothing, that the folder has reached a version. */
export function writeSampleVersion(folder: string, version: number): void {
  writeDurably(join(folder, 'version.json'), `${JSON.stringify({ format, version })}\n`);
}

/** Replaces a small file so that after a power loss it is the old or the new one, never half. */
export function writeDurably(file: string, text: string): void {
  const partial = `${file}.partial`;
  const descriptor = openSync(partial, 'w');
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(partial, file);
  const parent = openSync(dirname(file), 'r');
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}
