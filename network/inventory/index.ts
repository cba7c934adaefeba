export { type FlowRecord, Flows, flowIdOf } from './flows.ts';
export { type InventoryParts, inventoryHandlers } from './handlers.ts';
export { iccidProblem, idFrom, luhnDigit, passesLuhn, peiProblem, samePei } from './identifiers.ts';
export { Inventory, type InventoryOptions, zoneProbe } from './inventory.ts';
export type { IncidentRecord } from './judged-records.ts';
export { Judging, judgingLimits, keyOf, ofClass, type Pair, rankOf } from './judging.ts';
export { bestFigures, MeasuredThings, terminalType, thingOf, worstOf } from './measured-things.ts';
export type {
  BlockFigures,
  Judged,
  Judgement,
  Localising,
  Measuring,
  SessionPlan,
} from './measuring-port.ts';
export { inventoryMigrations } from './migrations.ts';
export { figuresOf } from './need-figures.ts';
export { findPartings, simOf } from './parting.ts';
export { say } from './refusals.ts';
export type { SimRecord, Sims } from './sims.ts';
export { hopsOf } from './terminal-path.ts';
export type { TerminalRecord, Terminals } from './terminals.ts';
