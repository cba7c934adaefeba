import type { Microseconds } from '@millrace/contract';

/** How long a condition must hold before it counts, be over before it is over, and stay away before it counts again. */
export interface Delays {
  onMicroseconds: Microseconds;
  offMicroseconds: Microseconds;
  rearmMicroseconds: Microseconds;
}

/** What is remembered of one condition at one thing. */
export interface Track {
  /** It holds, with its delay served. */
  active: boolean;
  /** Sample time since which it has held or, while active, has not; NaN: neither waits. This is the time an alarm is known by. */
  since: Microseconds;
  /** The same by the clock that delays go by. */
  sinceAt: Microseconds;
  /** The sample time at which what turned last had begun. */
  turned: Microseconds;
  /** By that clock, when it was over last. */
  overAt: Microseconds;
}

export type Turn = 'raise' | 'return' | undefined;

export function freshTrack(): Track {
  return {
    active: false,
    since: Number.NaN,
    sinceAt: Number.NaN,
    turned: Number.NaN,
    overAt: Number.NEGATIVE_INFINITY,
  };
}

/**
 * Takes the next verdict (1 holds, 0 does not, −1 cannot be judged) and tells whether the alarm turns. `time` is the sample's, `at` the clock's: a
 * terminal whose clock is wrong still serves its delays in real seconds. What cannot be judged changes nothing and serves no delay.
 */
export function advance(
  track: Track,
  verdict: 1 | 0 | -1,
  time: Microseconds,
  at: Microseconds,
  delays: Delays,
): Turn {
  if (verdict === -1) return undefined;
  const holds = verdict === 1;
  if (holds === track.active) {
    track.since = Number.NaN;
    return undefined;
  }
  if (Number.isNaN(track.since)) {
    track.since = time;
    track.sinceAt = at;
  }
  const waited = at - track.sinceAt;
  if (holds) {
    if (waited < delays.onMicroseconds || at - track.overAt < delays.rearmMicroseconds) return undefined;
    begin(track, true);
    return 'raise';
  }
  if (waited < delays.offMicroseconds) return undefined;
  begin(track, false);
  track.overAt = at;
  return 'return';
}

function begin(track: Track, active: boolean): void {
  track.active = active;
  track.turned = track.since;
  track.since = Number.NaN;
}

/** A delay is being served: time alone can turn it. */
export function waits(track: Track): boolean {
  return !Number.isNaN(track.since);
}
