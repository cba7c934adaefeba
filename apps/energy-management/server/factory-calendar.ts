import type { AppContext } from '@millrace/sdk';
import { type CalendarDay, type FactoryCalendar, readCalendar } from '../model/index.ts';
import { Ledger } from './ledger.ts';

/** Characters of a table of holidays. */
export const calendarCharactersMax = 200_000;

/** A day of the calendar, and where it comes from. */
export interface ShownDay extends CalendarDay {
  from: 'setting' | 'import';
}

/** What was imported, and over it what the setting says. */
export async function calendarDays(context: AppContext): Promise<ShownDay[]> {
  const imported = (await new Ledger(context.records).document<CalendarDay[]>('calendar')) ?? [];
  const days = new Map<string, ShownDay>(imported.map((day) => [day.date, { ...day, from: 'import' }]));
  for (const day of readCalendar(String(context.settings['calendar'] ?? '')).days)
    days.set(day.date, { ...day, from: 'setting' });
  return [...days.values()].sort((a, b) => a.date.localeCompare(b.date));
}

export async function factoryCalendar(context: AppContext): Promise<FactoryCalendar> {
  return new Map((await calendarDays(context)).map((day) => [day.date, day]));
}

/** Positions of the calendar's days in a series of dates, whose last may be the day that is forecast. */
export function positionsOf(
  calendar: FactoryCalendar,
  dates: readonly string[],
): { closed: number[]; working: number[] } {
  const found = { closed: [] as number[], working: [] as number[] };
  for (const [position, date] of dates.entries()) {
    const kind = calendar.get(date)?.kind;
    if (kind !== undefined) found[kind].push(position);
  }
  return found;
}
