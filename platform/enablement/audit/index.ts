export { canonicalJson } from './canonical-json.ts';
export { type AuditRecord, hashOf } from './record.ts';
export { headHolds, type SignedHead, SigningKey } from './signing-key.ts';
export { type AuditSearch, auditDaysMin, auditMigrations, ChainedTrail, type ChainReport } from './trail.ts';
