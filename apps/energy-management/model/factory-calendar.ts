import type { LocalText } from '@millrace/contract';

/** A day on which the plant does other than its weekday says. */
export interface CalendarDay {
  /** ISO date in plant time. */
  date: string;
  /** `closed`: a public holiday, a planned stop; `working`: a weekend day that is worked, often in exchange. */
  kind: 'closed' | 'working';
  title: string;
}

export type FactoryCalendar = ReadonlyMap<string, CalendarDay>;

/** Days of one calendar: twenty years of holidays. */
export const calendarDaysMax = 2000;
const problemsMax = 20;
const workingWords = /^(\+|working|workday|work|false|0|班|补班|上班|调休上班|工作日)$/i;

/**
 * Reads a calendar from text, entries divided by semicolons or lines: a date or a span of dates (2026-10-01..2026-10-07), a title, and what
 * kind of day it is: closed, or with a + before the date a working one. Tables of public holidays are read as they are published:
 * `date,name` or `date,name,isOffDay` (true: closed, false: worked), with or without a line of names above. What cannot be read is told.
 */
export function readCalendar(text: string): { days: CalendarDay[]; problems: LocalText[] } {
  const days = new Map<string, CalendarDay>();
  const problems: LocalText[] = [];
  const wrong = (line: string, en: string, zh: string): void => {
    const shown = line.trim().slice(0, 60);
    if (problems.length < problemsMax) problems.push({ en: `"${shown}": ${en}`, zh: `“${shown}”：${zh}` });
  };
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/[;；\r\n]+/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (index === 0 && /^"?(date|日期|day)"?\s*[,\t]/i.test(line)) continue;
    const match =
      /^"?([+-]?)\s*(\d{4}[-/]?\d\d[-/]?\d\d)(?:\s*(?:\.\.|–|~|\/(?=\d{4}-))\s*(\d{4}[-/]?\d\d[-/]?\d\d))?"?(?:[\s,，\t]+(.*))?$/.exec(
        line,
      );
    if (match === null) {
      wrong(
        line,
        'expected a date (2026-10-01), a span (2026-10-01..2026-10-07), and a title',
        '应为日期（2026-10-01）或区间（2026-10-01..2026-10-07）及名称',
      );
      continue;
    }
    const [from, to] = [dateOf(match[2]!), dateOf(match[3] ?? match[2]!)];
    if (from === undefined || to === undefined || to < from) {
      wrong(
        line,
        'there is no such day, or the span ends before it begins',
        '日期不存在，或区间终点早于起点',
      );
      continue;
    }
    const cells = (match[4] ?? '').split(/[,，\t]/).map((cell) => cell.trim().replace(/^"|"$/g, ''));
    const kind =
      match[1] === '+' || cells.slice(1).some((cell) => workingWords.test(cell)) ? 'working' : 'closed';
    for (let day = from; day <= to; day += 86_400_000) {
      if (days.size >= calendarDaysMax) {
        wrong(line, `more than ${calendarDaysMax} days (calendarDaysMax)`, `超过 ${calendarDaysMax} 天`);
        return { days: sorted(days), problems };
      }
      const date = new Date(day).toISOString().slice(0, 10);
      days.set(date, { date, kind, title: (cells[0] ?? '').slice(0, 80) });
    }
  }
  return { days: sorted(days), problems };
}

const sorted = (days: ReadonlyMap<string, CalendarDay>): CalendarDay[] =>
  [...days.values()].sort((a, b) => a.date.localeCompare(b.date));

function dateOf(text: string): number | undefined {
  const digits = text.replaceAll(/[-/]/g, '');
  const iso = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  // 30 February would be a day of March.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? undefined : time;
}

/** Whether people work on this day. */
export function isWorkingDay(calendar: FactoryCalendar, date: string, weekday: number): boolean {
  const kind = calendar.get(date)?.kind;
  return kind === undefined ? weekday <= 5 : kind === 'working';
}
