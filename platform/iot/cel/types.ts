import type { DataSchema, Microseconds } from '@millrace/contract';

export interface Words {
  en: string;
  zh: string;
}

/** What is wrong with a condition's text, and where: offsets into the text (UTF-16), line and column from 1. */
export interface ConditionProblem {
  code: string;
  start: number;
  end: number;
  line: number;
  column: number;
  message: Words;
}

/** The part of a Thing Description that conditions are checked against. */
export interface ThingShape {
  id: string;
  title: string;
  properties: Readonly<Record<string, DataSchema>>;
}

/** What the names in a condition mean. */
export interface ConditionScope {
  /** The thing the condition is about: its properties are named directly, or as `self.name`, `self["any name"]`. */
  self?: ThingShape | undefined;
  /** Any other thing, for `thing("urn:…")` and aliases. */
  thing(id: string): ThingShape | undefined;
  /** Short names for other things: name → thing id. */
  aliases?: Readonly<Record<string, string>> | undefined;
  /** Further names with values of the caller's own, such as the value a command wants to write. */
  variables?: Readonly<Record<string, DataSchema>> | undefined;
  /** False where nobody keeps windows over time (interlocks): `average` and its like are refused in words. Default true. */
  windows?: boolean | undefined;
}

/** What a condition reads: a property of a thing (`thing` undefined: its own thing), or a variable of the scope. */
export interface Reference {
  thing: string | undefined;
  property: string;
  variable: boolean;
}

/** A window over one reference. `previous` keeps the sample before the latest; `span` the samples of a time. */
export interface WindowNeed {
  reference: number;
  kind: 'span' | 'previous';
  microseconds: Microseconds;
}

/** Latest samples, in columns by series. A series without a sample has time −∞ and value NaN. */
export interface Signals {
  time: Float64Array;
  /** When it was received: what `age` and `stale` go by, so that a terminal's wrong clock makes nothing stale. */
  seen: Float64Array;
  value: Float64Array;
  status: Uint32Array;
  /** Since when samples have been listened for: silence before it says nothing. −∞: always. */
  listening: Microseconds;
  /** JSON text of values that are neither number nor boolean. */
  text: ReadonlyMap<number, string>;
}

/** What window functions ask of a window. NaN: nothing to answer from. */
export interface WindowValues {
  average(now: Microseconds): number;
  minimum(now: Microseconds): number;
  maximum(now: Microseconds): number;
  sum(now: Microseconds): number;
  count(now: Microseconds): number;
  /** Last minus first of the samples in the window. */
  delta(now: Microseconds): number;
  /** delta per second of the time between the two. */
  rate(now: Microseconds): number;
  /** The sample before the latest. */
  previous(): number;
}

/** One condition bound to one thing: where its references and windows are. Reused for every run. */
export interface Frame {
  readonly signals: Signals;
  /** By reference: its series; −1: there is no such property (any more). */
  readonly series: Int32Array;
  /** By window need. */
  readonly windows: readonly (WindowValues | undefined)[];
  now: Microseconds;
  /** How far comparisons give way towards holding: an alarm's deadband while it is active, else 0. */
  slack: number;
  /** Set by a run that could not judge. */
  reason: UnjudgedReason | undefined;
  reasonReference: number;
}

/** Why a condition could not be judged. */
export type UnjudgedReason =
  | 'property-gone'
  | 'no-value'
  | 'bad-quality'
  | 'not-a-number'
  | 'division-by-zero'
  | 'window-empty'
  | 'no-previous'
  | 'just-begun';

export type Verdict = 'true' | 'false' | 'cannot-judge';

/** A checked condition, ready to run. */
export interface Condition {
  readonly text: string;
  readonly references: readonly Reference[];
  readonly windows: readonly WindowNeed[];
  /** Reads the clock (`age`, `stale`, windows): it can turn without a new sample. */
  readonly timed: boolean;
  /** Nodes of the checked expression: every run costs at most this many steps. */
  readonly cost: number;
  /** 1 true, 0 false, −1 cannot be judged (see frame.reason). Never throws, allocates nothing. */
  run(frame: Frame): 1 | 0 | -1;
}

export type CompileResult =
  | { ok: true; condition: Condition }
  | { ok: false; problems: readonly [ConditionProblem, ...ConditionProblem[]] };

/** Bounds of a condition, quoted by name in its problems. */
export const conditionLimits = {
  conditionCharactersMax: 2000,
  conditionNodesMax: 250,
  conditionDepthMax: 24,
  conditionReferencesMax: 32,
  conditionWindowsMax: 8,
  windowMicrosecondsMin: 100_000,
  windowMicrosecondsMax: 24 * 3600 * 1_000_000,
} as const;
