export { judgementOfBlocks } from './judgement-of-blocks.ts';
export { NetworkLayer, type NetworkLayerOptions, networkMigrations } from './layer.ts';
