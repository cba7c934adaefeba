import type { Route } from './route.ts';

/** People, their grants, sessions, tokens, second factors, and the audit trail. */
export const accessRoutes = {} as const satisfies Record<string, Route>;
