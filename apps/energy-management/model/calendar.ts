import type { LocalText, Microseconds } from '@millrace/contract';

/** Plant time: what the clock on the wall shows, found from the instant by the time zone's own rules (IANA, through ECMAScript's Intl). */
export interface PlantClock {
  readonly timeZone: string;
  /** Microseconds to add to an instant to read it as plant time in UTC's calendar. */
  offset(time: Microseconds): Microseconds;
  /** The instant at which plant time reads this. Where a clock change leaves it out, the next one that exists. */
  instant(year: number, month: number, day: number, minutes?: number): Microseconds;
  /** First instant of the plant's day. */
  dayStart(time: Microseconds): Microseconds;
  /** ISO weekday 1 to 7, minutes since midnight, month 1 to 12, and the date in words of ISO 8601. */
  parts(time: Microseconds): { weekday: number; minutes: number; month: number; date: string };
}

const dayMicroseconds = 86_400_000_000;
const hourMicroseconds = 3_600_000_000;

/** Throws a RangeError for a zone nobody knows. */
export function plantClock(timeZone: string): PlantClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  /** Offsets change at most on full quarter-hours: one look each is enough. */
  const known = new Map<number, Microseconds>();
  const offset = (time: Microseconds): Microseconds => {
    const slot = Math.floor(time / 900_000_000);
    let found = known.get(slot);
    if (found === undefined) {
      const parts: Record<string, number> = {};
      for (const { type, value } of format.formatToParts(slot * 900_000)) parts[type] = Number(value);
      const shown = Date.UTC(
        parts['year']!,
        parts['month']! - 1,
        parts['day']!,
        parts['hour']!,
        parts['minute']!,
        parts['second']!,
      );
      found = (shown - slot * 900_000) * 1000;
      if (known.size > 200_000) known.clear();
      known.set(slot, found);
    }
    return found;
  };
  const instant = (year: number, month: number, day: number, minutes = 0): Microseconds => {
    const shown = Date.UTC(year, month - 1, day, 0, minutes) * 1000;
    const first = shown - offset(shown - offset(shown));
    return first;
  };
  return {
    timeZone,
    offset,
    instant,
    dayStart(time) {
      const shown = Math.floor((time + offset(time)) / dayMicroseconds) * dayMicroseconds;
      const day = new Date(shown / 1000);
      return instant(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate());
    },
    parts(time) {
      const shown = new Date((time + offset(time)) / 1000);
      return {
        weekday: ((shown.getUTCDay() + 6) % 7) + 1,
        minutes: shown.getUTCHours() * 60 + shown.getUTCMinutes(),
        month: shown.getUTCMonth() + 1,
        date: shown.toISOString().slice(0, 10),
      };
    },
  };
}

/** First instant of the plant day after. */
export function nextDay(clock: PlantClock, time: Microseconds): Microseconds {
  // 26 hours on is the next day whatever the clocks do.
  return clock.dayStart(clock.dayStart(time) + 26 * hourMicroseconds);
}

/** "HH:MM" → minutes since midnight, "24:00" allowed; undefined for anything else. */
export function minutesOf(text: string): number | undefined {
  const match = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(text.trim());
  if (match === null) return undefined;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return minutes <= 1440 ? minutes : undefined;
}

export interface Shift {
  id: string;
  title: LocalText;
  /** ISO weekdays on which it begins. */
  days: readonly number[];
  /** Minutes since midnight; an end not after the start is on the next day. */
  start: number;
  end: number;
}

/** The shift that is on, if there is one. */
export function shiftAt(shifts: readonly Shift[], clock: PlantClock, time: Microseconds): Shift | undefined {
  const { weekday, minutes } = clock.parts(time);
  const dayBefore = weekday === 1 ? 7 : weekday - 1;
  return shifts.find(({ days, start, end }) =>
    end > start
      ? days.includes(weekday) && minutes >= start && minutes < end
      : (days.includes(weekday) && minutes >= start) || (days.includes(dayBefore) && minutes < end),
  );
}

/** Stretches of shifts within from ≤ t < to, in order; between them nobody is at work. Looked up by quarter-hour. */
export function shiftStretches(
  shifts: readonly Shift[],
  clock: PlantClock,
  from: Microseconds,
  to: Microseconds,
): { shift: Shift | undefined; from: Microseconds; to: Microseconds }[] {
  const stretches: { shift: Shift | undefined; from: Microseconds; to: Microseconds }[] = [];
  for (let time = Math.floor(from / 900e6) * 900e6; time < to; time += 900e6) {
    const shift = shiftAt(shifts, clock, time);
    const last = stretches.at(-1);
    const begin = Math.max(from, time);
    const end = Math.min(to, time + 900e6);
    if (last !== undefined && last.shift?.id === shift?.id && last.to === begin) last.to = end;
    else stretches.push({ shift, from: begin, to: end });
  }
  return stretches;
}
