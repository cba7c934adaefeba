export * from './boosted-trees.ts';
export * from './carrier.ts';
export * from './counter.ts';
export * from './forecast.ts';
export * from './power.ts';
export * from './quarter.ts';
