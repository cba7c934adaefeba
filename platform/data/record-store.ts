import type { Log, RecordStatement, RecordStore, RecordValue } from '@millrace/sdk';
import { EngineProcess } from './engine-process.ts';
import type { RecordMigration } from './record-engine.ts';
import { StoreError } from './store-error.ts';

/** A statement that takes longer counts as hung: PostgreSQL in WebAssembly cannot be interrupted, only ended. */
const queryMillisecondsMax = 60_000;
const backupMillisecondsMax = 3_600_000;
const healthMillisecondsMax = 5_000;
/** Characters of one statement with its text parameters. */
const statementCharactersMax = 16_777_216;

export interface RecordStoreOptions {
  /** Data folder of the records alone; made when it is not there. */
  folder: string;
  log: Log;
  /** All of them, in order; those the folder has not seen are run. */
  migrations?: readonly RecordMigration[];
}

/** The embedded record store: PGlite (PostgreSQL) in a child process. Rejects with a `StoreError` that says why it cannot open. */
export async function openRecordStore(options: RecordStoreOptions): Promise<EmbeddedRecordStore> {
  const engine = new EngineProcess({
    name: 'record store',
    entry: new URL('./record-store-child.js', import.meta.url),
    log: options.log,
    open: { folder: options.folder, migrations: options.migrations ?? [] },
  });
  const { made } = (await engine.start()) as { made: boolean };
  // Making a database takes 800 MB that the process would keep.
  if (made) await engine.renew();
  return new EmbeddedRecordStore(engine);
}

export class EmbeddedRecordStore implements RecordStore {
  #engine: EngineProcess;

  constructor(engine: EngineProcess) {
    this.#engine = engine;
  }

  /** Of the child; for the process list and for tests that kill it. */
  get processId(): number | undefined {
    return this.#engine.processId;
  }

  async query<T = Record<string, unknown>>(
    sql: string,
    parameters: readonly RecordValue[] = [],
  ): Promise<T[]> {
    checkSize([{ sql, parameters }]);
    // Only what cannot write may be asked a second time after the process died in the middle.
    const idempotent = /^\s*SELECT\b/i.test(sql) && !/\b(INSERT|UPDATE|DELETE|nextval)\b/i.test(sql);
    return this.#engine.call<T[]>(
      'query',
      { sql, parameters },
      { idempotent, hungMillisecondsMax: queryMillisecondsMax },
    );
  }

  async transaction(statements: readonly RecordStatement[]): Promise<Record<string, unknown>[][]> {
    if (statements.length === 0) return [];
    checkSize(statements);
    return this.#engine.call('transaction', { statements }, { hungMillisecondsMax: queryMillisecondsMax });
  }

  async backup(folder: string): Promise<void> {
    await this.#engine.call('backup', { folder }, { hungMillisecondsMax: backupMillisecondsMax });
  }

  async health(): Promise<void> {
    await this.#engine.call('health', undefined, {
      idempotent: true,
      millisecondsMax: healthMillisecondsMax,
    });
  }

  /** Resident memory of the child. */
  async residentBytes(): Promise<number> {
    return this.#engine.call<number>('memory', undefined, { idempotent: true });
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}

function checkSize(statements: readonly RecordStatement[]): void {
  let characters = 0;
  for (const { sql, parameters } of statements) {
    characters += sql.length;
    for (const parameter of parameters ?? [])
      if (typeof parameter === 'string') characters += parameter.length;
  }
  if (characters > statementCharactersMax) {
    throw new StoreError(
      'input',
      `Statements of ${characters} characters are too large; at most ${statementCharactersMax} are taken.`,
    );
  }
}
