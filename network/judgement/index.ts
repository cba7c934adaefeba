/**
 * What was measured, against what was asked for. Pure: `summarise` makes a window of messages a block, `merge` adds blocks up, `judge` says of a level
 * and blocks which figures are met, violated, or cannot be told, and why. `hold` keeps the state shown from fluttering.
 */
export {
  type Block,
  blockLimits,
  emptyBlock,
  isBlock,
  merge,
  mergeAll,
  messagesOf,
  type RateTally,
  summarise,
  type Track,
} from './block.ts';
export { downNow, downTotals, type Outage } from './downtime.ts';
export { type Figures, figuresOf, type TrackFigures } from './figures.ts';
export { type Judgement, type JudgeOptions, judge, judgingSeconds, qualityOf } from './judge.ts';
export { type HeldState, hold, holdTimes } from './since.ts';
