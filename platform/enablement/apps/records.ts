/** Tables of the application host. */
export const appMigrations = [
  {
    id: 'enablement-020-apps',
    sql: `
      CREATE TABLE apps (id text PRIMARY KEY, enabled boolean NOT NULL, settings jsonb NOT NULL);
      CREATE TABLE app_rounds (
        id bigserial PRIMARY KEY, app text NOT NULL, time bigint NOT NULL, milliseconds double precision NOT NULL, summary text NOT NULL,
        situation jsonb, settings jsonb NOT NULL, assessment jsonb, decision jsonb, error text
      );
      CREATE INDEX app_rounds_by_app ON app_rounds (app, id DESC);
      CREATE TABLE app_jobs (
        id text PRIMARY KEY, app text NOT NULL, job text NOT NULL, state text NOT NULL, started bigint NOT NULL, ended bigint, by_whom text NOT NULL,
        progress double precision NOT NULL, step text NOT NULL, result jsonb, error text
      );
      CREATE INDEX app_jobs_by_app ON app_jobs (app, started DESC);
    `,
  },
] as const;
