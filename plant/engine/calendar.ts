import type { Microseconds } from '@millrace/contract';
import type { ShiftSpec } from './pack.ts';

/** What the calendar says of one instant; what expressions read as `calendar.<name>`. */
export interface CalendarState {
  /** 0 outside any shift, else its position in the pack + 1. */
  shift: number;
  /** 1 in a shift and not in one of its breaks. */
  working: number;
  break: number;
  /** Seconds since the shift began, and until it ends; 0 outside. */
  elapsed: number;
  remaining: number;
  /** Local time of day in hours, with fraction. */
  hour: number;
  /** ISO weekday, 1 = Monday. */
  weekday: number;
  /** Day of the year, 1 = 1 January. */
  yearDay: number;
}

export const calendarNames: readonly (keyof CalendarState)[] = [
  'shift',
  'working',
  'break',
  'elapsed',
  'remaining',
  'hour',
  'weekday',
  'yearDay',
];

const daySeconds = 86_400;
const weekSeconds = 7 * daySeconds;

interface Span {
  shift: number;
  start: number;
  end: number;
  breaks: [number, number][];
}

/** The plant's shifts in its own local time, daylight saving included. */
export class Calendar {
  readonly #spans: Span[] = [];
  readonly #format: Intl.DateTimeFormat;
  #offsetHour = Number.NaN;
  #offset = 0;

  constructor(shifts: readonly ShiftSpec[], timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    for (const [position, shift] of shifts.entries()) {
      for (const day of shift.days) {
        const midnight = (day - 1) * daySeconds;
        const start = midnight + secondsOf(shift.start);
        const end = later(midnight + secondsOf(shift.end), start);
        this.#spans.push({
          shift: position + 1,
          start,
          end,
          breaks: shift.breaks.map(([from, to]) => {
            const begin = notBefore(midnight + secondsOf(from), start);
            return [begin, later(midnight + secondsOf(to), begin)];
          }),
        });
      }
    }
  }

  at(time: Microseconds): CalendarState {
    const seconds = time / 1e6;
    const local = seconds + this.#offsetAt(seconds);
    // 1970-01-01 was a Thursday: three days after a Monday.
    const week = modulo(local + 3 * daySeconds, weekSeconds);
    const state: CalendarState = {
      shift: 0,
      working: 0,
      break: 0,
      elapsed: 0,
      remaining: 0,
      hour: modulo(local, daySeconds) / 3600,
      weekday: Math.floor(week / daySeconds) + 1,
      yearDay: dayOfYear(local),
    };
    for (const span of this.#spans) {
      // A shift that begins on Sunday evening reaches into the next week.
      const moment = week < span.start ? week + weekSeconds : week;
      if (moment < span.start || moment >= span.end) continue;
      state.shift = span.shift;
      state.elapsed = moment - span.start;
      state.remaining = span.end - moment;
      state.break = span.breaks.some(([from, to]) => moment >= from && moment < to) ? 1 : 0;
      state.working = 1 - state.break;
      break;
    }
    return state;
  }

  /** Seconds that local time is ahead of UTC; looked up once an hour, since no zone changes within one. */
  #offsetAt(seconds: number): number {
    const hour = Math.floor(seconds / 3600);
    if (hour !== this.#offsetHour) {
      this.#offsetHour = hour;
      const parts = Object.fromEntries(
        this.#format.formatToParts(hour * 3_600_000).map((part) => [part.type, Number(part.value)]),
      );
      const wall = Date.UTC(
        parts['year']!,
        parts['month']! - 1,
        parts['day']!,
        parts['hour']!,
        parts['minute']!,
        parts['second']!,
      );
      this.#offset = wall / 1000 - hour * 3600;
    }
    return this.#offset;
  }
}

function secondsOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number);
  return hours! * 3600 + minutes! * 60;
}

function later(end: number, start: number): number {
  return end > start ? end : end + daySeconds;
}

function notBefore(moment: number, start: number): number {
  return moment >= start ? moment : moment + daySeconds;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function dayOfYear(localSeconds: number): number {
  const date = new Date(localSeconds * 1000);
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}
