import type {
  Blame,
  CriterionVerdict,
  LocalText,
  MeasurementMethod,
  MeasuringStatus,
  Microseconds,
  ProbeTarget,
  ServiceLevel,
  VerdictState,
} from '@millrace/contract';
import type { FlowEvidence } from '@millrace/sdk';

/** What the cycle asks of measuring, judging and localising; the layer puts the real ones in. */

/** A terminal to be probed, in one class of service. */
export interface SessionPlan {
  readonly terminal: string;
  readonly target: ProbeTarget;
  /** Host or address the probes go to. */
  readonly host: string;
  readonly dscp: number;
  readonly everyMilliseconds: number;
  readonly octets: number;
  /** Kept first where the budget does not allow all: 1 before 9. */
  readonly priority: number;
  /** What its path carries, kbit/s, the lesser direction; undefined: not known. */
  readonly pathKbps?: number | undefined;
}

export interface Measuring {
  setSessions(plans: readonly SessionPlan[]): void;
  /** Probes of a terminal that were settled within [from, to). */
  window(terminal: string, from: Microseconds, to: Microseconds): FlowEvidence['probes'];
  /** Every probe of this terminal (of all, where none is named) sent before this has its fate; undefined: nothing is probed. */
  decidedUntil(terminal?: string): Microseconds | undefined;
  status(): MeasuringStatus;
  stop(): Promise<void>;
}

/** Figures of a block, for people, charts and reports. */
export interface BlockFigures {
  readonly messages: number;
  readonly lost: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly jitterMs: number | undefined;
  readonly upShare: number | undefined;
  readonly downSeconds: number;
  readonly downEvents: number;
  readonly method: MeasurementMethod | undefined;
}

export interface Judged {
  readonly state: VerdictState;
  readonly criteria: readonly CriterionVerdict[];
  readonly reason: LocalText;
}

/** Blocks are JSON, and add up. */
export interface Judgement<Block> {
  /** Whether what was kept is a block of this version: one of another is left out, and the time it stood for is not judged. */
  readable(kept: unknown): boolean;
  summarise(level: ServiceLevel, evidence: FlowEvidence): Block;
  merge(a: Block, b: Block): Block;
  judge(level: ServiceLevel, block: Block): Judged;
  figures(level: ServiceLevel, block: Block): BlockFigures;
}

/** Tells where on its path a violated level was lost. */
export type Localising = (
  flow: string,
  terminal: string,
  criteria: readonly CriterionVerdict[],
) => Blame | undefined;
