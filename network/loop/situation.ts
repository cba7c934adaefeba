import type {
  BindingInput,
  FlowFilter,
  LocalText,
  LoopActionKind,
  LoopActionState,
  LoopMode,
  LoopSettings,
  Microseconds,
  ServiceLevel,
  Standing,
} from '@millrace/contract';
import type { LoopVerdict } from '../requests/ports.ts';

/** What a round of the loop is decided from, and what it decides. All of it is JSON, so that any round can be decided anew. */

export const loopLimits = {
  roundMilliseconds: 10_000,
  /** Bindings that one action changes. */
  changesMax: 16,
  /** Terminals beside a violated one that are looked at. */
  neighboursMax: 500,
  verdictsMax: 2_000,
  /** What did not help, or was refused, is not tried again for the same flow and terminal before this. */
  triedHours: 24,
  proposalHours: 24,
  /** Guaranteed rate over what the messages need, beyond which it is not raised. */
  raiseMax: 4,
  raiseFactor: 1.5,
  /** Actions that a round knows of: open ones and those of the time it has to remember. */
  rememberedMax: 5_000,
} as const;

export const loopDefaults: LoopSettings = {
  mode: 'propose',
  kinds: {},
  coolDownMinutes: 15,
  actionsPerHourMax: 6,
  helpWithinMinutes: 15,
  violatedForMinutes: 2,
  thinForMinutes: 60,
  thinToShare: 0.5,
  keepFlows: [],
};

/** What one action changes: a binding as it is wished for, or the edge zone of a terminal. null: there is none. */
export type Change =
  | { kind: 'binding'; id: string; before: BindingInput | null; after: BindingInput | null }
  | { kind: 'zone'; id: string; before: string | null; after: string | null };

export interface Action {
  id: string;
  kind: LoopActionKind;
  state: LoopActionState;
  flow: string;
  terminal: string;
  /** Since when the level was violated: one time of violation, one telling. */
  violatedSince: Microseconds;
  what: LocalText;
  why: LocalText;
  outcome?: LocalText | undefined;
  proposed: Microseconds;
  done?: Microseconds | undefined;
  ended?: Microseconds | undefined;
  judgeAt?: Microseconds | undefined;
  /** The level was met after it. */
  helped?: boolean | undefined;
  /** Taken back by itself then, whether it helped or not. */
  until?: Microseconds | undefined;
  by?: string | undefined;
  endedBy?: string | undefined;
  changes: Change[];
  decision?: string | undefined;
}

export interface LoopFlow {
  id: string;
  title: LocalText;
  priority: number;
  app: string | undefined;
  level: ServiceLevel;
}

export interface LoopTerminal {
  id: string;
  title: string;
  zone: string | undefined;
  place: string | undefined;
  provider: string | undefined;
}

export interface LoopSituation {
  now: Microseconds;
  settings: LoopSettings;
  flows: readonly LoopFlow[];
  terminals: readonly LoopTerminal[];
  zones: readonly {
    id: string;
    title: string;
    provider: string | undefined;
    uplinkMbps: number | undefined;
  }[];
  /** Open ones that give a quality of service. */
  providers: readonly string[];
  verdicts: readonly LoopVerdict[];
  bindings: readonly { id: string; input: BindingInput; standing: Standing }[];
  /** Which flow runs at which terminal, near a violated one. */
  carried: readonly { flow: string; terminal: string; filters: readonly FlowFilter[] }[];
  actions: readonly Action[];
  can: { moveZone: boolean; tellApp: boolean; tellPeople: boolean };
}

/** A flow of a terminal whose level is not met, and what may be behind it. */
export interface Need {
  flow: LoopFlow;
  terminal: LoopTerminal;
  verdict: LoopVerdict;
  /** The network can do something about it: the cause does not lie in the terminal or the platform. */
  network: boolean;
  cause: LocalText;
}

export interface Assessment {
  now: Microseconds;
  settings: LoopSettings;
  needs: readonly Need[];
  situation: LoopSituation;
}

export type NewAction = Pick<
  Action,
  'kind' | 'flow' | 'terminal' | 'violatedSince' | 'what' | 'why' | 'changes'
> & { mode: Exclude<LoopMode, 'off'> };

export interface Decision {
  create: NewAction[];
  undo: { id: string; why: LocalText; helped: boolean }[];
  helped: { id: string; outcome: LocalText }[];
  expire: { id: string; why: LocalText }[];
  words: LocalText;
}
