export { Grafana } from './grafana.ts';
export { dataOutMigrations } from './migrations.ts';
export { SeriesNames, sqlTables } from './sql.ts';
export { Webhooks } from './webhooks.ts';
