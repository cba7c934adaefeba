/** Tables of dashboards. Ids are applied once each, in order. */
export const dashboardMigrations = [
  {
    id: 'enablement-040-dashboards',
    sql: `
      CREATE TABLE dashboards (
        id text PRIMARY KEY, place text NOT NULL, owner text NOT NULL, content jsonb NOT NULL, version integer NOT NULL, changed bigint NOT NULL,
        changed_by text NOT NULL
      );
      CREATE TABLE dashboard_links (
        id text PRIMARY KEY, dashboard text NOT NULL, hash text NOT NULL UNIQUE, title text NOT NULL, made_by text NOT NULL, created bigint NOT NULL,
        expires bigint NOT NULL, last_used bigint
      );
      CREATE TABLE dashboard_pictures (
        id text PRIMARY KEY, dashboard text NOT NULL, type text NOT NULL, width integer NOT NULL, height integer NOT NULL, bytes integer NOT NULL,
        created bigint NOT NULL
      );
      CREATE INDEX dashboard_pictures_by_dashboard ON dashboard_pictures (dashboard);
    `,
  },
] as const;
