/** Tables of the inventory and of what was judged. Ids are applied once each, in order; a landed one never changes. */
export const inventoryMigrations = [
  {
    id: 'network-001-inventory',
    sql: `
      CREATE TABLE network_terminals (id text PRIMARY KEY, terminal jsonb NOT NULL, changed bigint NOT NULL);
      CREATE TABLE network_terminal_seen (id text PRIMARY KEY, seen jsonb NOT NULL);
      CREATE TABLE network_radio (terminal text NOT NULL, time bigint NOT NULL, radio jsonb NOT NULL, PRIMARY KEY (terminal, time));
      CREATE TABLE network_addresses (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, address text NOT NULL, terminal text NOT NULL, supi text, since bigint NOT NULL, until bigint);
      CREATE INDEX network_addresses_by_address ON network_addresses (address, since DESC);
      CREATE INDEX network_addresses_by_terminal ON network_addresses (terminal, since DESC);
      CREATE TABLE network_sims (iccid text PRIMARY KEY, sim jsonb NOT NULL);
      CREATE TABLE network_sim_history (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, iccid text NOT NULL, time bigint NOT NULL, from_state text, to_state text NOT NULL, by_whom text NOT NULL, reason text);
      CREATE INDEX network_sim_history_by_sim ON network_sim_history (iccid, id DESC);
      CREATE TABLE network_flows (id text PRIMARY KEY, flow jsonb NOT NULL);
      CREATE TABLE network_zones (id text PRIMARY KEY, zone jsonb NOT NULL);
    `,
  },
  {
    id: 'network-002-judged',
    sql: `
      CREATE TABLE network_verdicts (flow text NOT NULL, terminal text NOT NULL, verdict jsonb NOT NULL, PRIMARY KEY (flow, terminal));
      CREATE TABLE network_minutes (start bigint NOT NULL, bucket integer NOT NULL, lines text NOT NULL, PRIMARY KEY (start, bucket));
      CREATE TABLE network_open_minutes (start bigint NOT NULL, bucket integer NOT NULL, blocks text NOT NULL, PRIMARY KEY (start, bucket));
      CREATE TABLE network_hours (start bigint NOT NULL, bucket integer NOT NULL, lines text NOT NULL, PRIMARY KEY (start, bucket));
      CREATE TABLE network_incidents (id text PRIMARY KEY, flow text NOT NULL, terminal text NOT NULL, since bigint NOT NULL, until bigint, incident jsonb NOT NULL);
      CREATE UNIQUE INDEX network_incidents_open ON network_incidents (flow, terminal) WHERE until IS NULL;
      CREATE INDEX network_incidents_since ON network_incidents (since DESC);
    `,
  },
  {
    id: 'network-003-marks',
    sql: `
      CREATE TABLE network_marks (name text PRIMARY KEY, time bigint NOT NULL);
    `,
  },
] as const;
