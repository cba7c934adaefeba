import type { RecordStatement, RecordValue } from '@millrace/sdk';
import { serveEngine } from './engine-child.ts';
import { RecordEngine, type RecordMigration } from './record-engine.ts';
import { StoreError } from './store-error.ts';

/** Entry of the process that holds the records. */
let engine: RecordEngine | undefined;

function opened(): RecordEngine {
  if (engine === undefined) throw new StoreError('closed', 'The record store is not open.');
  return engine;
}

serveEngine({
  /** Answers whether the database was made now and is to be opened again from a new process. */
  open: async ({ folder, migrations }: { folder: string; migrations: readonly RecordMigration[] }) => {
    if (await RecordEngine.prepare(folder)) return { made: true };
    engine = await RecordEngine.open({ folder, migrations });
    return { made: false };
  },
  query: ({ sql, parameters }: { sql: string; parameters: readonly RecordValue[] }) =>
    opened().query(sql, parameters),
  transaction: ({ statements }: { statements: readonly RecordStatement[] }) =>
    opened().transaction(statements),
  backup: ({ folder }: { folder: string }) => opened().backup(folder),
  health: () => opened().health(),
  memory: async () => process.memoryUsage.rss(),
  close: async () => {
    await engine?.close();
  },
});
