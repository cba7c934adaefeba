export { judgementOfBlocks } from './judgement-of-blocks.ts';
export {
  NetworkLayer,
  type NetworkLayerOptions,
  networkMigrations,
  type OfferedApi,
  outsideFlow,
} from './layer.ts';
