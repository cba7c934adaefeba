import type { Route } from './route.ts';

/** Alarms after ISA-18.2: rules, the alarms they raise, what people do with them. */
export const alarmRoutes = {} as const satisfies Record<string, Route>;
