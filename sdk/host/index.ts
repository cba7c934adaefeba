export * from './child.ts';
export * from './messages.ts';
export * from './worker.ts';
