import type { Route } from './route.ts';

/** Dashboards that people put together, and data out to other programs. */
export const dashboardRoutes = {} as const satisfies Record<string, Route>;
