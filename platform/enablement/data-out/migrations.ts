/** Tables of data out. Ids are applied once each, in order. */
export const dataOutMigrations = [
  {
    id: 'enablement-050-webhooks',
    sql: `
      CREATE TABLE webhooks (id text PRIMARY KEY, owner text NOT NULL, settings jsonb NOT NULL, secret text NOT NULL, created bigint NOT NULL);
      CREATE TABLE webhook_deliveries (
        id text PRIMARY KEY, webhook text NOT NULL, body text NOT NULL, made bigint NOT NULL, due bigint NOT NULL, tries integer NOT NULL DEFAULT 0
      );
      CREATE INDEX webhook_deliveries_by_due ON webhook_deliveries (webhook, made);
    `,
  },
] as const;
