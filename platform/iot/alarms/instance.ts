import type { Microseconds, SeriesId } from '@millrace/contract';
import {
  type Condition,
  type Frame,
  PreviousWindow,
  SpanWindow,
  type UnjudgedReason,
  whyUnjudged,
} from '../cel/index.ts';
import type { AlarmRecord } from './life-cycle.ts';
import type { RuleRecord } from './rules.ts';
import type { SignalColumns } from './signals.ts';
import { freshTrack, type Track } from './track.ts';

export type SampleWindow = SpanWindow | PreviousWindow;

/** Windows of all rules: one for each series and length, fed by every sample of it. */
export class Windows {
  readonly #windows = new Map<string, { window: SampleWindow; users: number; series: SeriesId }>();
  /** Indexed by series: every sample asks. */
  readonly #bySeries: (SampleWindow[] | undefined)[] = [];
  /** Called when a span window was made, so that it can be filled from history. */
  onMade: (series: SeriesId, microseconds: Microseconds, window: SpanWindow) => void = () => {};

  get size(): number {
    return this.#windows.size;
  }

  of(series: SeriesId): readonly SampleWindow[] | undefined {
    return this.#bySeries[series];
  }

  hold(series: SeriesId, kind: 'span' | 'previous', microseconds: Microseconds): SampleWindow {
    const key = `${series} ${kind} ${microseconds}`;
    const known = this.#windows.get(key);
    if (known !== undefined) {
      known.users++;
      return known.window;
    }
    const window = kind === 'span' ? new SpanWindow(microseconds) : new PreviousWindow();
    this.#windows.set(key, { window, users: 1, series });
    this.#bySeries[series] = [...(this.#bySeries[series] ?? []), window];
    if (window instanceof SpanWindow) this.onMade(series, microseconds, window);
    return window;
  }

  release(series: SeriesId, kind: 'span' | 'previous', microseconds: Microseconds): void {
    const key = `${series} ${kind} ${microseconds}`;
    const known = this.#windows.get(key);
    if (known === undefined || --known.users > 0) return;
    this.#windows.delete(key);
    const rest = (this.#bySeries[series] ?? []).filter((one) => one !== known.window);
    this.#bySeries[series] = rest.length === 0 ? undefined : rest;
  }
}

/** A condition at a thing: where its values come from. */
export interface Bound {
  condition: Condition;
  frame: Frame;
  /** Every series it reads. */
  series: SeriesId[];
  release(): void;
}

/** Binds a condition to the series of a thing and of the others it names. */
export function bind(
  condition: Condition,
  seriesOf: (thing: string | undefined, property: string) => SeriesId | undefined,
  signals: SignalColumns,
  windows: Windows,
): Bound {
  const series = condition.references.map((reference) => seriesOf(reference.thing, reference.property) ?? -1);
  for (const one of series) if (one >= 0) signals.reach(one);
  const held = condition.windows.map((need) => ({ ...need, series: series[need.reference]! }));
  const frame: Frame = {
    signals,
    series: Int32Array.from(series),
    windows: held.map((need) =>
      need.series < 0 ? undefined : windows.hold(need.series, need.kind, need.microseconds),
    ),
    now: 0,
    slack: 0,
    reason: undefined,
    reasonReference: -1,
  };
  return {
    condition,
    frame,
    series: [...new Set(series.filter((one) => one >= 0))],
    release: () => {
      for (const need of held)
        if (need.series >= 0) windows.release(need.series, need.kind, need.microseconds);
    },
  };
}

/** One rule at one thing. */
export class Instance {
  readonly rule: RuleRecord;
  readonly thing: string;
  readonly place: string;
  readonly bound: Bound;
  readonly suppression: Bound | undefined;
  readonly series: readonly SeriesId[];
  readonly track: Track;
  readonly slack: number;
  /** Open alarm, if any. */
  alarm: AlarmRecord | undefined;
  verdict: 1 | 0 | -1 = 0;
  unjudged: { reason: UnjudgedReason; reference: number; since: Microseconds } | undefined;
  suppressed = false;
  /** Sample time of the last alarm: what is evaluated again after a crash raises nothing twice. */
  lastRaised = Number.NEGATIVE_INFINITY;
  /** A delay of it stands in the record store. */
  trackWritten = false;

  constructor(
    rule: RuleRecord,
    thing: string,
    place: string,
    bound: Bound,
    suppression: Bound | undefined,
    track: Track = freshTrack(),
  ) {
    this.rule = rule;
    this.thing = thing;
    this.place = place;
    this.bound = bound;
    this.suppression = suppression;
    this.series = [...new Set([...bound.series, ...(suppression?.series ?? [])])];
    this.track = track;
    this.slack = rule.input.deadband ?? 0;
  }

  get timed(): boolean {
    return this.bound.condition.timed || this.suppression?.condition.timed === true;
  }

  /** Judges with the values as they are. */
  judge(now: Microseconds): 1 | 0 | -1 {
    const { frame, condition } = this.bound;
    frame.now = now;
    // Written only where it changes: ten thousand of these are turned over each second.
    const slack = this.track.active ? this.slack : 0;
    if (frame.slack !== slack) frame.slack = slack;
    const verdict = condition.run(frame);
    if (verdict === -1) {
      const reason = frame.reason ?? 'not-a-number';
      if (this.unjudged?.reason !== reason || this.unjudged.reference !== frame.reasonReference)
        this.unjudged = { reason, reference: frame.reasonReference, since: now };
    } else if (this.unjudged !== undefined) this.unjudged = undefined;
    if (this.verdict !== verdict) this.verdict = verdict;
    return verdict;
  }

  /** Whether the rule's design keeps it quiet now; what cannot be judged does not. */
  judgeSuppression(now: Microseconds): boolean {
    if (this.suppression === undefined) return false;
    const { frame, condition } = this.suppression;
    frame.now = now;
    const verdict = condition.run(frame);
    if (verdict !== -1) this.suppressed = verdict === 1;
    return this.suppressed;
  }

  because(): { en: string; zh: string } {
    const { condition, frame } = this.bound;
    if (this.unjudged !== undefined) {
      frame.reason = this.unjudged.reason;
      frame.reasonReference = this.unjudged.reference;
    }
    return whyUnjudged(condition, frame);
  }

  release(): void {
    this.bound.release();
    this.suppression?.release();
  }
}
