export { Access, accessMigrations } from './access.ts';
export { type ApiOptions, createApi } from './api.ts';
export { Backups, readManifest } from './backups.ts';
export { ownCertificate } from './certificates.ts';
export type { LiveStreams } from './live-stream.ts';
export { createMetrics } from './metrics.ts';
export { PlatformSettingsStore } from './platform-settings.ts';
