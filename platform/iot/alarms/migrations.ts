/** Tables of alarms. Ids are applied once each, in order. */
export const alarmMigrations = [
  {
    id: 'iot-020-alarms',
    sql: `
      CREATE TABLE alarm_rules (id text PRIMARY KEY, rule jsonb NOT NULL, modified bigint NOT NULL, modified_by text NOT NULL);
      CREATE TABLE alarm_out_of_service (
        rule text NOT NULL, thing text NOT NULL, by_whom text NOT NULL, reason text NOT NULL, since bigint NOT NULL, PRIMARY KEY (rule, thing));
      CREATE TABLE alarms (
        id text PRIMARY KEY, rule text NOT NULL, thing text NOT NULL, place text NOT NULL, priority text NOT NULL, state text NOT NULL,
        time bigint NOT NULL, raised bigint NOT NULL, changed bigint NOT NULL, grp text NOT NULL, title text NOT NULL, open boolean NOT NULL,
        record jsonb NOT NULL, UNIQUE (rule, thing, time));
      CREATE INDEX alarms_open ON alarms (open) WHERE open;
      CREATE INDEX alarms_time ON alarms (time);
      CREATE INDEX alarms_thing ON alarms (thing, time);
      CREATE INDEX alarms_grp ON alarms (grp);
      CREATE TABLE alarm_entries (
        alarm text NOT NULL, n integer NOT NULL, time bigint NOT NULL, what text NOT NULL, by_whom text NOT NULL, text text NOT NULL,
        PRIMARY KEY (alarm, n));
      CREATE TABLE alarm_progress (name text PRIMARY KEY, value jsonb NOT NULL);
      CREATE TABLE alarm_delays (rule text NOT NULL, thing text NOT NULL, track jsonb NOT NULL, PRIMARY KEY (rule, thing));
      CREATE TABLE maintenance_windows (
        id text PRIMARY KEY, title text NOT NULL, place text NOT NULL, starts bigint NOT NULL, ends bigint NOT NULL, reason text NOT NULL, by_whom text NOT NULL);
      CREATE TABLE alarm_channels (
        id text PRIMARY KEY, settings jsonb NOT NULL, sent integer NOT NULL DEFAULT 0, failed integer NOT NULL DEFAULT 0, last_sent bigint,
        problem jsonb);
      CREATE TABLE alarm_notifications (
        key text PRIMARY KEY, channel text NOT NULL, alarm text NOT NULL, priority text NOT NULL, message jsonb NOT NULL, created bigint NOT NULL,
        due bigint NOT NULL, tries integer NOT NULL DEFAULT 0);
      CREATE INDEX alarm_notifications_due ON alarm_notifications (due);
      CREATE TABLE notification_settings (name text PRIMARY KEY, value jsonb NOT NULL);
      CREATE TABLE push_subscriptions (
        endpoint text PRIMARY KEY, username text NOT NULL, keys text NOT NULL, language text NOT NULL, created bigint NOT NULL);
    `,
  },
] as const;
