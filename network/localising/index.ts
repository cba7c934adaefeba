/**
 * On which hop a quality was lost (`localise`), what makes it worse (`correlate`), and where in the plant (`coverageMap`). Pure functions.
 */
export { type Condition, type Correlated, correlate, correlationLimits } from './correlate.ts';
export {
  type CoverageCell,
  type CoverageMap,
  coverageMap,
  coverageShare,
  type TrackPoint,
} from './coverage-map.ts';
export { hopNames, localise, sureFrom } from './localise.ts';
export {
  type Clues,
  localisingLimits,
  type PathPlace,
  type Peer,
  type Quality,
  type Segment,
} from './path.ts';
