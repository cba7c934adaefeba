export * from './memory-audit.ts';
export * from './test-context.ts';
