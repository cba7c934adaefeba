import type { Alarm, AlarmPriority, AlarmState, Microseconds } from '@millrace/contract';

export type HoldKind = 'shelved' | 'suppressed' | 'out-of-service';

/** Why an alarm is kept quiet. */
export interface Hold {
  kind: HoldKind;
  by: string;
  reason: string;
  since: Microseconds;
  until?: Microseconds;
}

/** One alarm: rule + thing + sample time, and what became of it. */
export interface AlarmRecord {
  id: string;
  rule: string;
  thing: string;
  place: string;
  priority: AlarmPriority;
  /** Time of the sample that raised it. */
  time: Microseconds;
  raised: Microseconds;
  changed: Microseconds;
  active: boolean;
  closed: boolean;
  latches: boolean;
  returned?: Microseconds;
  acknowledged?: { by: string; time: Microseconds };
  held?: Hold;
  group: string;
  /** Entries written so far, which number the next. */
  entries: number;
  comments: number;
  escalated: number;
  repeated: number;
  unjudged?: { because: { en: string; zh: string }; since: Microseconds };
  /** As the rule and the thing were called when it was raised: history does not change with them. */
  said: Pick<
    Alarm,
    | 'title'
    | 'titles'
    | 'thingTitle'
    | 'thingTitles'
    | 'cause'
    | 'condition'
    | 'consequence'
    | 'response'
    | 'translations'
  >;
}

/** The state of ISA-18.2 that an alarm is in. */
export function stateOf(alarm: AlarmRecord): AlarmState {
  if (alarm.closed) return 'normal';
  if (alarm.held !== undefined) return alarm.held.kind;
  if (alarm.active) return alarm.acknowledged === undefined ? 'unacknowledged' : 'acknowledged';
  if (alarm.acknowledged === undefined) return 'returned';
  return 'latched';
}

export type LifeCycleEvent =
  | { what: 'returned' }
  | { what: 'acknowledged'; by: string }
  | { what: 'reset'; by: string }
  | { what: 'held'; hold: Hold }
  | { what: 'released' }
  | { what: 'raised-again' }
  | { what: 'removed' };

export type Refusal =
  | 'already-acknowledged'
  | 'is-held'
  | 'not-latched'
  | 'is-over'
  | 'not-held'
  | 'stronger-hold'
  | 'nothing-changes';

/** Which hold wins where several apply. */
const strength: Readonly<Record<HoldKind, number>> = { shelved: 0, suppressed: 1, 'out-of-service': 2 };

/**
 * Moves an alarm on; returns why not where the event does not fit its state. The table of ISA-18.2 (clause 10, state transitions) in one place: the
 * engine, people and tests come through here.
 */
export function move(alarm: AlarmRecord, event: LifeCycleEvent, now: Microseconds): Refusal | undefined {
  if (alarm.closed) return 'is-over';
  switch (event.what) {
    case 'returned':
      if (!alarm.active) return 'nothing-changes';
      alarm.active = false;
      alarm.returned = now;
      if (alarm.held === undefined && alarm.acknowledged !== undefined && !alarm.latches) alarm.closed = true;
      break;
    case 'acknowledged':
      if (alarm.held !== undefined) return 'is-held';
      if (alarm.acknowledged !== undefined) return 'already-acknowledged';
      alarm.acknowledged = { by: event.by, time: now };
      if (!alarm.active && !alarm.latches) alarm.closed = true;
      break;
    case 'reset':
      if (alarm.held !== undefined) return 'is-held';
      if (alarm.active || alarm.acknowledged === undefined) return 'not-latched';
      alarm.closed = true;
      break;
    case 'held':
      if (alarm.held !== undefined && strength[alarm.held.kind] > strength[event.hold.kind])
        return 'stronger-hold';
      alarm.held = event.hold;
      break;
    case 'released':
      if (alarm.held === undefined) return 'not-held';
      delete alarm.held;
      // What still holds is told anew; what is over meanwhile is over.
      if (alarm.active) delete alarm.acknowledged;
      else alarm.closed = true;
      break;
    case 'raised-again':
    case 'removed':
      alarm.active = false;
      alarm.returned ??= now;
      alarm.closed = true;
      break;
  }
  alarm.changed = now;
  return undefined;
}

export const refusalWords: Readonly<Record<Refusal, { en: string; zh: string }>> = {
  'already-acknowledged': { en: 'It is acknowledged already.', zh: '该报警已被确认。' },
  'is-held': {
    en: 'It is shelved, suppressed or out of service; take it back first.',
    zh: '该报警已搁置、抑制或停用，请先恢复。',
  },
  'not-latched': { en: 'There is nothing to reset: it is not latched.', zh: '该报警未锁存，无需复位。' },
  'is-over': { en: 'It is over already.', zh: '该报警已经结束。' },
  'not-held': { en: 'It is not shelved.', zh: '该报警没有被搁置。' },
  'stronger-hold': { en: 'It is suppressed or out of service already.', zh: '该报警已被抑制或停用。' },
  'nothing-changes': { en: 'Nothing changes.', zh: '没有变化。' },
};
