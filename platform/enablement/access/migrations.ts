export const accessMigrations = [
  {
    id: 'enablement-001-access',
    sql: `
      CREATE TABLE users (name text PRIMARY KEY, password text NOT NULL, role text NOT NULL, must_change boolean NOT NULL, created timestamptz NOT NULL DEFAULT now());
      CREATE TABLE sessions (hash text PRIMARY KEY, username text NOT NULL REFERENCES users (name) ON DELETE CASCADE, expires bigint NOT NULL);
      CREATE TABLE settings (name text PRIMARY KEY, value jsonb NOT NULL);
    `,
  },
  {
    id: 'enablement-011-people',
    // Who was there before was the administrator. `role` stays for older programs' sake and is no longer read.
    sql: `
      ALTER TABLE users ALTER COLUMN password DROP NOT NULL, ALTER COLUMN role SET DEFAULT '';
      ALTER TABLE users ADD COLUMN title text NOT NULL DEFAULT '', ADD COLUMN grants jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN disabled boolean NOT NULL DEFAULT false, ADD COLUMN oidc text UNIQUE, ADD COLUMN totp text,
        ADD COLUMN totp_step bigint NOT NULL DEFAULT 0, ADD COLUMN recovery jsonb NOT NULL DEFAULT '[]', ADD COLUMN last_sign_in bigint;
      UPDATE users SET grants = '[{"role":"admin","place":""}]';
      ALTER TABLE sessions ADD COLUMN created bigint NOT NULL DEFAULT 0, ADD COLUMN last_used bigint NOT NULL DEFAULT 0,
        ADD COLUMN confirmed bigint NOT NULL DEFAULT 0, ADD COLUMN address text NOT NULL DEFAULT '', ADD COLUMN agent text NOT NULL DEFAULT '';
      CREATE TABLE tokens (id text PRIMARY KEY, hash text NOT NULL UNIQUE, username text NOT NULL REFERENCES users (name) ON DELETE CASCADE,
        title text NOT NULL, scopes jsonb NOT NULL, created bigint NOT NULL, expires bigint NOT NULL, last_used bigint);
      CREATE TABLE passkeys (id text PRIMARY KEY, username text NOT NULL REFERENCES users (name) ON DELETE CASCADE, host text NOT NULL,
        public_key text NOT NULL, counter bigint NOT NULL, transports jsonb NOT NULL, title text NOT NULL, created bigint NOT NULL, last_used bigint);
    `,
  },
] as const;
