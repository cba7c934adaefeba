import type { NetworkControlRoute } from '@millrace/contract';
import { networkRequestMigrations, requestHandlers } from '../requests/index.ts';
import { type LoopHandlerOptions, loopHandlers } from './handlers.ts';
import { loopMigrations } from './loop-store.ts';

export { assess, decide, isIdle, modeOf } from './decide.ts';
export { type DemandSituation, demandOf } from './demand.ts';
export type { LoopHandlerOptions } from './handlers.ts';
export { Loop, type LoopOptions } from './loop.ts';
export { type LoopStore, RecordedLoop } from './loop-store.ts';
export {
  type Action,
  type Assessment,
  type Decision,
  type LoopSituation,
  loopDefaults,
  loopLimits,
} from './situation.ts';

/** Tables of providers, of what is asked of them, and of the loop. */
export const networkControlMigrations = [...networkRequestMigrations, ...loopMigrations];

/** Handlers of every route of `networkControlRoutes`. */
export function controlHandlers(
  options: LoopHandlerOptions,
): Record<NetworkControlRoute, ReturnType<typeof requestHandlers>['networkProviders']> {
  return { ...requestHandlers(options.requests, options.inventory), ...loopHandlers(options) };
}
