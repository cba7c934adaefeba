import type { Route } from './route.ts';

/** Commands, leases and set-point groups. */
export const commandRoutes = {} as const satisfies Record<string, Route>;
