export { Access, AccessError, type AccessOptions, actorOf, type Origin, type Person } from './access.ts';
export { Locked } from './lockout.ts';
export { accessMigrations } from './migrations.ts';
export { Oidc } from './oidc.ts';
export { passkeyPlace } from './passkeys.ts';
export { PasswordsBusy } from './passwords.ts';
