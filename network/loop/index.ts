export { assess, decide, isIdle, modeOf } from './decide.ts';
export { type DemandSituation, demandOf } from './demand.ts';
export { type LoopHandlerOptions, loopHandlers } from './handlers.ts';
export { Loop, type LoopOptions } from './loop.ts';
export { type LoopStore, loopMigrations, RecordedLoop } from './loop-store.ts';
export {
  type Action,
  type Assessment,
  type Decision,
  type LoopSituation,
  loopDefaults,
  loopLimits,
} from './situation.ts';
