import type { RouteName } from '@millrace/contract';

/**
 * What calls of the API are called in the audit trail, where the handler itself does not tell it. Reading is not told, but taking data out
 * of the plant is.
 */
export const auditedRoutes: Partial<Record<RouteName, string>> = {
  createThing: 'thing.create',
  putThing: 'thing.change',
  deleteThing: 'thing.delete',
  createCredentials: 'credentials.create',
  deleteCredentials: 'credentials.delete',
  createCertificate: 'certificate.create',
  revokeCertificate: 'certificate.revoke',
  createDeviceAuthority: 'device-authority.add',
  deleteDeviceAuthority: 'device-authority.remove',
  exportSamples: 'samples.export',
  testConnection: 'connection.test',
  browse: 'connection.browse',
  createConnection: 'connection.create',
  putConnection: 'connection.change',
  deleteConnection: 'connection.delete',
  restartConnection: 'connection.restart',
  clearQuarantine: 'quarantine.clear',
  acceptProposal: 'proposal.accept',
  deleteProposal: 'proposal.dismiss',
  putSettings: 'settings.change',
  createBackup: 'backup.create',
  exportAudit: 'audit.export',
};

const repeatMicroseconds = 600_000_000;
const repeatsMax = 2000;

/** Lets one of the same through each ten minutes, so that what is refused over and over does not fill the trail. */
export class NowAndThen {
  readonly #last = new Map<string, number>();

  first(what: string, now: number): boolean {
    const last = this.#last.get(what);
    if (last !== undefined && now - last < repeatMicroseconds) return false;
    this.#last.delete(what);
    if (this.#last.size >= repeatsMax) this.#last.delete(this.#last.keys().next().value!);
    this.#last.set(what, now);
    return true;
  }
}
