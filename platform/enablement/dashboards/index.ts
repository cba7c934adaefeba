export { type DashboardRecord, Dashboards, mayChange, maySee, seriesOf } from './dashboards.ts';
export { dashboardMigrations } from './migrations.ts';
