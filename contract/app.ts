import type { Route } from './route.ts';

/** Applications: which there are, whether they are on, their settings and jobs. */
export const appRoutes = {} as const satisfies Record<string, Route>;
