export { type DashboardRecord, Dashboards, mayChange, maySee } from './dashboards.ts';
export { dashboardMigrations } from './migrations.ts';
