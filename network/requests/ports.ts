import type {
  Blame,
  CriterionVerdict,
  EdgeZone,
  FlowFilter,
  NetworkFlow,
  NetworkTerminal,
  VerdictState,
} from '@millrace/contract';

/** What requests and the loop need to know of the plant's network: whoever keeps the inventory gives it. */
export interface NetworkInventory {
  flows(): readonly NetworkFlow[];
  flow(id: string): NetworkFlow | undefined;
  terminals(): readonly NetworkTerminal[];
  terminal(id: string): NetworkTerminal | undefined;
  zones(): readonly EdgeZone[];
  /** Ids of the terminals a flow concerns. */
  terminalsOf(flow: string): readonly string[];
  /** Which of a terminal's packets are the flow's, as far as it is known how its things are reached; none: all of them. */
  filtersOf?(flow: string, terminal: string): readonly FlowFilter[];
  /** Address by which a terminal reaches the platform. */
  platformAddress(terminal: string): string;
}

/** What was judged of a flow at a terminal last. JSON. */
export interface LoopVerdict {
  readonly flow: string;
  readonly terminal: string;
  readonly state: VerdictState;
  /** Since when it is in this state, µs. */
  readonly since: number;
  /** Judged last, µs. */
  readonly at: number;
  readonly criteria: readonly Pick<CriterionVerdict, 'criterion' | 'state' | 'limit' | 'unit' | 'measured'>[];
  readonly blame: Blame | undefined;
}
