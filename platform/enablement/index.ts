export { Access, accessMigrations, Oidc } from './access/index.ts';
export { type ApiOptions, createApi } from './api.ts';
export { AppHost, type AppHostOptions, type LoadedApp } from './apps/host.ts';
export { appMigrations } from './apps/records.ts';
export { auditMigrations, ChainedTrail, SigningKey } from './audit/index.ts';
export { Backups, readManifest } from './backups.ts';
export { Dashboards, dashboardMigrations } from './dashboards/index.ts';
export { dataOutMigrations, Webhooks } from './data-out/index.ts';
export type { LiveStreams } from './live-stream.ts';
export { createMetrics } from './metrics.ts';
export { PlatformSettingsStore } from './platform-settings.ts';
export { grantsOfUser } from './routes/dashboards.ts';

/** See certificates.ts; loaded when it is wanted, because most plants start without it and the library is large. */
export async function ownCertificate(
  folder: string,
  hosts: readonly string[],
): Promise<{ key: string; cert: string; authorityFile: string }> {
  return (await import('./certificates.ts')).ownCertificate(folder, hosts);
}
