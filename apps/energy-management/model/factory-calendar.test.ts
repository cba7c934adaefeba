import { describe, expect, it } from 'vitest';
import { calendarDaysMax, isWorkingDay, readCalendar } from './factory-calendar.ts';

const dates = (text: string) => readCalendar(text).days.map((day) => `${day.date} ${day.kind} ${day.title}`);

describe('the factory calendar', () => {
  it('reads days, spans and weekend days that are worked, in either language', () => {
    expect(
      dates('2026-10-01..2026-10-03 National Day/国庆节; +2026-10-10 调休上班；2026-05-01，Labour Day'),
    ).toEqual([
      '2026-05-01 closed Labour Day',
      '2026-10-01 closed National Day/国庆节',
      '2026-10-02 closed National Day/国庆节',
      '2026-10-03 closed National Day/国庆节',
      '2026-10-10 working 调休上班',
    ]);
  });

  it('reads published tables of holidays', () => {
    expect(dates('\uFEFFdate,name,isOffDay\r\n2026-02-15,春节,true\r\n2026-02-14,春节,false\r\n')).toEqual([
      '2026-02-14 working 春节',
      '2026-02-15 closed 春节',
    ]);
    expect(dates('20261225,"Christmas Day"\n2026/12/26 Boxing Day')).toEqual([
      '2026-12-25 closed Christmas Day',
      '2026-12-26 closed Boxing Day',
    ]);
    expect(dates('')).toEqual([]);
  });

  it('names what cannot be read, and takes the rest', () => {
    const { days, problems } = readCalendar(
      '2026-02-30 none; Easter; 2026-05-03..2026-05-01; 2026-06-01 Stop',
    );
    expect(days).toEqual([{ date: '2026-06-01', kind: 'closed', title: 'Stop' }]);
    expect(problems.map((problem) => problem.en)).toEqual([
      '"2026-02-30 none": there is no such day, or the span ends before it begins',
      '"Easter": expected a date (2026-10-01), a span (2026-10-01..2026-10-07), and a title',
      '"2026-05-03..2026-05-01": there is no such day, or the span ends before it begins',
    ]);
  });

  it('ends at its limit', () => {
    const { days, problems } = readCalendar('2000-01-01..2999-12-31 Closed for ever');
    expect(days).toHaveLength(calendarDaysMax);
    expect(problems[0]?.en).toContain('calendarDaysMax');
  });

  it('goes by the weekday where it says nothing', () => {
    const calendar = new Map(readCalendar('2026-10-05; +2026-10-10').days.map((day) => [day.date, day]));
    expect(isWorkingDay(calendar, '2026-10-05', 1)).toBe(false);
    expect(isWorkingDay(calendar, '2026-10-06', 2)).toBe(true);
    expect(isWorkingDay(calendar, '2026-10-10', 6)).toBe(true);
    expect(isWorkingDay(calendar, '2026-10-11', 7)).toBe(false);
  });
});
