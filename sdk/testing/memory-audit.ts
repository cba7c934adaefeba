import type { AuditEntry, AuditTrail } from '../ports.ts';

/** An audit trail in memory. `failure`: what every record is refused with, as long as it is set. */
export class MemoryAudit implements AuditTrail {
  readonly entries: AuditEntry[] = [];
  failure: Error | undefined;

  record(entry: AuditEntry): Promise<number> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(this.entries.push(structuredClone(entry)));
  }

  /** Action and outcome of each entry, in order. */
  get told(): string[] {
    return this.entries.map(({ action, outcome }) => `${action} ${outcome}`);
  }
}
