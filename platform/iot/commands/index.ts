export { commandLimits } from './command-limits.ts';
export { commandMigrations } from './command-records.ts';
export { CommandDesk, type CommandDeskOptions, type CommandTerminals } from './desk.ts';
export { showLease } from './lease-desk.ts';
export { commandTermProblems } from './model.ts';
export { CommandRefusal } from './words.ts';
