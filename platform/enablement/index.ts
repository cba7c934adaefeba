import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuingAuthority } from '../iot/index.ts';

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
export { networkParts } from './network-platform.ts';
export { PlatformSettingsStore } from './platform-settings.ts';
export { grantsOfUser } from './routes/dashboards.ts';

/** Signs client certificates of terminals with the platform's own authority, made when the first one is wanted. See certificates.ts. */
export function deviceAuthority(folder: string): IssuingAuthority {
  return {
    certificate: () => readIfThere(join(folder, 'authority.pem')),
    issue: async (wanted) => (await import('./certificates.ts')).issueClientCertificate(folder, wanted),
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** See certificates.ts; loaded when it is wanted, because most plants start without it and the library is large. */
export async function ownCertificate(
  folder: string,
  hosts: readonly string[],
): Promise<{ key: string; cert: string; authorityFile: string }> {
  return (await import('./certificates.ts')).ownCertificate(folder, hosts);
}
