export * from './batch.ts';
export * from './clock.ts';
export * from './log.ts';
export * from './payload.ts';
export * from './ports.ts';
export * from './settings.ts';
export * from './terminal.ts';
export * from './things.ts';
