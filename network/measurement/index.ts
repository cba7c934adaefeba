export * from './clock-state.ts';
export * from './measuring.ts';
export { type NoiseFloor, noiseShares } from './noise-floor.ts';
export { explainMtu, findPathMtu, type PathMtu, tunnelOverhead } from './path-mtu.ts';
export { defaultBudget, type ProbeBudget, probingLimits } from './probe-schedule.ts';
export { type ProbeFault, type ProbeFaults, probeFaults } from './probe-track.ts';
export {
  privateSources,
  type ReflectorCounters,
  type ReflectorSource,
  readPrefix,
  reflectorCounters,
  reflectorLimits,
} from './reflector.ts';
export {
  type ReportedCounters,
  ReportedProbes,
  reportedLimits,
  type TakenReport,
} from './reported-probes.ts';
export * from './sender-report.ts';
export { stampPort } from './stamp.ts';
export * from './tcp-info.ts';
export type { SenderReport } from './terminal-sender.ts';
