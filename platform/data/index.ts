export type { RecordMigration } from './record-engine.ts';
export { type EmbeddedRecordStore, openRecordStore, type RecordStoreOptions } from './record-store.ts';
export { restoreRecords, restoreSamples } from './restore-stores.ts';
export { type EmbeddedSampleStore, openSampleStore, type SampleStoreOptions } from './sample-store.ts';
export { StoreBusyError, StoreError, type StoreErrorCode } from './store-error.ts';
