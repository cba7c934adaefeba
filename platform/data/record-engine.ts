import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type Results } from '@electric-sql/pglite';
import type { RecordStatement, RecordValue } from '@millrace/sdk';
import { copyTree, emptyFolder, syncPath, syncTree } from './copy-folder.ts';
import { holdFolder } from './folder-holder.ts';
import { writeDurably } from './sample-folder.ts';
import { StoreError } from './store-error.ts';
import { SyncedNodeFs } from './synced-node-fs.ts';

const format = 'millrace-records';
/** Layout of the folder itself; tables are the business of the migrations. */
const layoutVersion = 1;
/** Statements that share one sync of the log, and the longest the first of them waits for the others. */
const groupStatementsMax = 256;
const groupMillisecondsMax = 20;

/** A step by which the tables come to be. Steps run in the order given, each once, each all or nothing. */
export interface RecordMigration {
  /** Never reused; later steps have later ids. */
  id: string | number;
  sql: string;
}

export interface RecordEngineOptions {
  folder: string;
  migrations: readonly RecordMigration[];
}

/** PostgreSQL's own settings; without `-F`, which turns its syncs off. */
const startParameters = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...Object.entries({
    wal_sync_method: 'fsync',
    shared_buffers: '32MB',
    min_wal_size: '32MB',
    max_wal_size: '64MB',
    TimeZone: 'UTC',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
];

interface Job {
  run(): Promise<unknown>;
  weight: number;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** The embedded engine of the record store: PGlite, in the process that calls it. */
export class RecordEngine {
  #folder: string;
  #database: PGlite;
  #files: SyncedNodeFs;
  #jobs: Job[] = [];
  #working = false;

  private constructor(folder: string, database: PGlite, files: SyncedNodeFs) {
    this.#folder = folder;
    this.#database = database;
    this.#files = files;
  }

  /**
   * Makes the folder's database if there is none and says so. Making one takes three times the memory of running one, so
   * the caller is to open again from a new process.
   */
  static async prepare(folder: string): Promise<boolean> {
    const what = `The records in ${folder}`;
    const engine = join(folder, 'engine');
    checkLayout(folder, engine);
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new StoreError('damaged', `${what} cannot be opened: ${(error as Error).message}.`);
    }
    await holdFolder(join(folder, 'holder'), what);
    if (existsSync(engine)) return false;
    // Made aside and then put in place whole: a start that was cut off leaves nothing to stumble over.
    const partial = join(folder, 'engine.partial');
    rmSync(partial, { recursive: true, force: true });
    const files = new SyncedNodeFs(partial);
    try {
      const database = await PGlite.create({ fs: files, startParams: startParameters });
      await database.close();
      files.flush();
      await syncTree(partial);
      writeDurably(join(folder, 'version.json'), `${JSON.stringify({ format, version: layoutVersion })}\n`);
      renameSync(partial, engine);
      syncPath(folder);
    } catch (error) {
      throw openError(what, error);
    }
    return true;
  }

  static async open({ folder, migrations }: RecordEngineOptions): Promise<RecordEngine> {
    const files = new SyncedNodeFs(join(folder, 'engine'));
    let database: PGlite;
    try {
      database = await PGlite.create({ fs: files, startParams: startParameters });
    } catch (error) {
      throw openError(`The records in ${folder}`, error);
    }
    const engine = new RecordEngine(folder, database, files);
    await engine.#migrate(migrations);
    return engine;
  }

  query(sql: string, parameters: readonly RecordValue[]): Promise<Record<string, unknown>[]> {
    return this.#enqueue(1, async () => rowsOf(await this.#database.query(sql, [...parameters])));
  }

  transaction(statements: readonly RecordStatement[]): Promise<Record<string, unknown>[][]> {
    return this.#enqueue(statements.length, () =>
      this.#database.transaction(async (transaction) => {
        const results: Record<string, unknown>[][] = [];
        for (const { sql, parameters } of statements) {
          results.push(rowsOf(await transaction.query(sql, [...(parameters ?? [])])));
        }
        return results;
      }),
    );
  }

  /** Copies the database while nothing is written; the copy opens like any folder. */
  backup(folder: string): Promise<void> {
    return this.#enqueue(1, async () => {
      await emptyFolder(folder, 'The backup folder');
      await this.#database.exec('CHECKPOINT');
      this.#files.flush();
      const partial = join(folder, 'engine.partial');
      await copyTree(join(this.#folder, 'engine'), partial);
      writeDurably(join(folder, 'version.json'), `${JSON.stringify({ format, version: layoutVersion })}\n`);
      renameSync(partial, join(folder, 'engine'));
      syncPath(folder);
    });
  }

  health(): Promise<void> {
    return this.#enqueue(1, async () => {
      await this.#database.query('SELECT 1');
    });
  }

  async close(): Promise<void> {
    await this.#enqueue(1, () => this.#database.close());
    rmSync(join(this.#folder, 'holder'), { force: true });
  }

  #enqueue<T>(weight: number, run: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push({ run, weight, resolve: resolve as (result: unknown) => void, reject });
      if (!this.#working) {
        this.#working = true;
        // After the messages that are there already, so that they share the first sync.
        setImmediate(() => void this.#work());
      }
    });
  }

  /** PostgreSQL here does one thing at a time; what is done in one go is answered after one sync of its log. */
  async #work(): Promise<void> {
    while (this.#jobs.length > 0) {
      const answers: (() => void)[] = [];
      const started = performance.now();
      let weight = 0;
      while (this.#jobs.length > 0 && weight < groupStatementsMax) {
        const job = this.#jobs.shift()!;
        weight += job.weight;
        try {
          const result = await job.run();
          answers.push(() => job.resolve(result));
        } catch (error) {
          answers.push(() => job.reject(queryError(error)));
        }
        if (performance.now() - started > groupMillisecondsMax) break;
      }
      try {
        this.#files.flush();
      } catch (error) {
        // After a failed sync nobody knows what is on disk; the process ends, and the log is replayed from what is.
        process.stderr.write(`The log of the records could not be synced: ${(error as Error).message}\n`);
        process.kill(process.pid, 'SIGKILL');
      }
      for (const answer of answers) answer();
    }
    this.#working = false;
  }

  async #migrate(migrations: readonly RecordMigration[]): Promise<void> {
    const table = 'millrace_migrations';
    await this.#enqueue(1, () =>
      this.#database.exec(
        `CREATE TABLE IF NOT EXISTS ${table} (id text PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())`,
      ),
    );
    const applied = new Set(
      (await this.query(`SELECT id FROM ${table}`, [])).map((row) => row['id'] as string),
    );
    const known = new Set(migrations.map(({ id }) => String(id)));
    const unknown = [...applied].filter((id) => !known.has(id));
    if (unknown.length > 0) {
      throw new StoreError(
        'newer',
        `The records in ${this.#folder} were written by a newer version of Millrace (step ${unknown.sort().join(', ')} is not known here); start that version, or restore a backup.`,
      );
    }
    for (const { id, sql } of migrations) {
      if (applied.has(String(id))) continue;
      try {
        await this.#enqueue(1, () =>
          this.#database.transaction(async (transaction) => {
            await transaction.exec(sql);
            await transaction.query(`INSERT INTO ${table} (id) VALUES ($1)`, [String(id)]);
          }),
        );
      } catch (error) {
        throw new StoreError(
          'damaged',
          `The records in ${this.#folder} could not be brought to step ${id}: ${(error as Error).message}`,
        );
      }
    }
  }
}

function rowsOf(result: Results): Record<string, unknown>[] {
  return result.rows as Record<string, unknown>[];
}

function checkLayout(folder: string, engine: string): void {
  const what = `The records in ${folder} cannot be opened`;
  const versionFile = join(folder, 'version.json');
  if (!existsSync(versionFile)) {
    if (existsSync(engine)) throw new StoreError('damaged', `${what}: version.json is missing beside them.`);
    return;
  }
  let found: { format?: unknown; version?: unknown } | null;
  try {
    found = JSON.parse(readFileSync(versionFile, 'utf8')) as typeof found;
  } catch (error) {
    throw new StoreError('damaged', `${what}: version.json is not readable (${(error as Error).message}).`);
  }
  if (found === null || found.format !== format || !Number.isInteger(found.version)) {
    throw new StoreError('damaged', `${what}: version.json is not that of a record store.`);
  }
  if ((found.version as number) > layoutVersion) {
    throw new StoreError(
      'newer',
      `The records in ${folder} were written by a newer version of Millrace (layout ${found.version}, this one knows up to ${layoutVersion}); start that version, or restore a backup.`,
    );
  }
}

function openError(what: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || /No space left/i.test(String(message))) {
    return new StoreError('full', `${what} cannot be opened: the disk is full.`);
  }
  return new StoreError('damaged', `${what} cannot be opened: ${String(message).split('\n')[0]}`);
}

/** PostgreSQL's error with its SQLSTATE, which callers tell apart by (`23505` unique_violation and so on). */
function queryError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as { code?: unknown; message?: string };
  const state = typeof code === 'string' ? code : undefined;
  if (state === '53100' || /No space left/i.test(message ?? '')) {
    return new StoreError('full', 'The disk of the record store is full; nothing was stored.', state);
  }
  return new StoreError('engine', message ?? String(error), state);
}
