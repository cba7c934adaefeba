import { describe, expect, it } from 'vitest';
import { Calendar } from './calendar.ts';
import type { ShiftSpec } from './pack.ts';

const words = { en: '', zh: '' };
const shifts: ShiftSpec[] = [
  {
    id: 'day',
    titles: words,
    days: [1, 2, 3, 4, 5],
    start: '06:00',
    end: '14:00',
    breaks: [['09:00', '09:15']],
  },
  { id: 'night', titles: words, days: [5, 7], start: '22:00', end: '06:00', breaks: [['01:00', '01:30']] },
];
const at = (text: string): number => Date.parse(text) * 1000;

describe('the calendar', () => {
  const shanghai = new Calendar(shifts, 'Asia/Shanghai');

  it('knows the shift in local time', () => {
    // 2026-11-23 is a Monday; Shanghai is eight hours ahead.
    const state = shanghai.at(at('2026-11-22T23:30:00Z'));
    expect(state).toMatchObject({
      shift: 1,
      working: 1,
      break: 0,
      elapsed: 5400,
      remaining: 6.5 * 3600,
      weekday: 1,
    });
    expect(state.hour).toBeCloseTo(7.5);
  });

  it('knows breaks, and the time between shifts', () => {
    expect(shanghai.at(at('2026-11-23T01:05:00Z'))).toMatchObject({ shift: 1, working: 0, break: 1 });
    expect(shanghai.at(at('2026-11-23T06:00:00Z'))).toMatchObject({ shift: 0, working: 0, remaining: 0 });
  });

  it('carries a night shift over midnight and over the end of the week', () => {
    // Saturday 01:10 local: the break of the shift that began on Friday.
    expect(shanghai.at(at('2026-11-27T17:10:00Z'))).toMatchObject({ shift: 2, break: 1 });
    // Monday 05:00 local: the shift that began on Sunday.
    expect(shanghai.at(at('2026-11-22T21:00:00Z'))).toMatchObject({
      shift: 2,
      elapsed: 7 * 3600,
      remaining: 3600,
    });
  });

  it('follows daylight saving time', () => {
    const berlin = new Calendar(shifts, 'Europe/Berlin');
    expect(berlin.at(at('2026-07-01T04:30:00Z'))).toMatchObject({ shift: 1, elapsed: 1800 });
    expect(berlin.at(at('2026-12-01T05:30:00Z'))).toMatchObject({ shift: 1, elapsed: 1800 });
  });

  it('counts the days of the year', () => {
    expect(shanghai.at(at('2026-01-01T00:00:00Z')).yearDay).toBe(1);
    expect(shanghai.at(at('2026-12-31T10:00:00Z')).yearDay).toBe(365);
  });
});
