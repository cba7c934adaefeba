export { NetworkLayer, type NetworkLayerOptions, networkMigrations } from './layer.ts';
