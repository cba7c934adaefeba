/**
 * The engine itself, in the process of the caller: what the store's child runs. For benches that measure what the way to the
 * child costs; the platform uses `openSampleStore`.
 */
export { SampleEngine, type SampleEngineOptions } from '../sample-engine.ts';
