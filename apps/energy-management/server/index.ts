export { app } from './app.ts';
export * from './computations.ts';
export { highsSolver } from './solver.ts';
