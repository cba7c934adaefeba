import type { LocalText, Microseconds } from '@millrace/contract';
import { minutesOf, type PlantClock } from './calendar.ts';
import type { Carrier } from './carrier.ts';
import type { Quarter } from './quarter.ts';

/** A price for some hours of some days of some months. The first that fits counts. */
export interface TariffPeriod {
  id: string;
  title: LocalText;
  /** Currency per unit of the carrier. */
  price: number;
  /** ISO weekdays; none: all. */
  days?: readonly number[];
  /** Months 1 to 12; none: all. */
  months?: readonly number[];
  /** "HH:MM" plant time; an end not after the start runs over midnight. */
  from: string;
  to: string;
}

export interface Tariff {
  carrier: Carrier;
  currency: string;
  periods: readonly TariffPeriod[];
  /** Currency per kW of the month's highest quarter-hour mean; 0: none is asked. */
  demandPrice: number;
  /** Currency a month, whatever is used. */
  standing: number;
  /** kg CO₂e per unit of the carrier. */
  carbon: number;
}

/** Something in a tariff that a person should look at. */
export interface TariffProblem {
  kind: 'gap' | 'overlap' | 'wrong';
  words: LocalText;
}

const weekdays: readonly LocalText[] = [
  { en: 'Mon', zh: '周一' },
  { en: 'Tue', zh: '周二' },
  { en: 'Wed', zh: '周三' },
  { en: 'Thu', zh: '周四' },
  { en: 'Fri', zh: '周五' },
  { en: 'Sat', zh: '周六' },
  { en: 'Sun', zh: '周日' },
];
const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** The period that holds at a month, weekday and minute. A period over midnight belongs to the day it begins on. */
function periodAt(
  tariff: Tariff,
  month: number,
  weekday: number,
  minutes: number,
  skip = 0,
): TariffPeriod | undefined {
  const dayBefore = weekday === 1 ? 7 : weekday - 1;
  let left = skip;
  return tariff.periods.find((period) => {
    if (period.months !== undefined && period.months.length > 0 && !period.months.includes(month))
      return false;
    const on = (day: number): boolean =>
      period.days === undefined || period.days.length === 0 || period.days.includes(day);
    const start = minutesOf(period.from) ?? 0;
    const end = minutesOf(period.to) ?? 0;
    const holds =
      end > start
        ? on(weekday) && minutes >= start && minutes < end
        : (on(weekday) && minutes >= start) || (on(dayBefore) && minutes < end);
    return holds && left-- === 0;
  });
}

/** What is wrong with a tariff: texts that cannot be read, hours without a price, hours with two prices. Empty: it prices every hour. */
export function checkTariff(tariff: Tariff): TariffProblem[] {
  const problems: TariffProblem[] = [];
  for (const period of tariff.periods) {
    for (const written of [period.from, period.to]) {
      if (minutesOf(written) === undefined) {
        problems.push({
          kind: 'wrong',
          words: {
            en: `"${period.title.en}": "${written}" is not a time of day (HH:MM)`,
            zh: `“${period.title.zh}”：“${written}”不是时刻（HH:MM）`,
          },
        });
      }
    }
    if (!Number.isFinite(period.price)) {
      problems.push({
        kind: 'wrong',
        words: { en: `"${period.title.en}" has no price`, zh: `“${period.title.zh}”没有价格` },
      });
    }
  }
  if (problems.length > 0) return problems;
  /** Stretches of a week by month, so that months alike are told together. */
  const found = new Map<string, { kind: 'gap' | 'overlap'; months: number[]; en: string; zh: string }>();
  for (let month = 1; month <= 12; month++) {
    for (let weekday = 1; weekday <= 7; weekday++) {
      let open: { kind: 'gap' | 'overlap'; from: number; title: string } | undefined;
      const close = (to: number): void => {
        if (open === undefined) return;
        const when = `${clockText(open.from)}–${clockText(to)}`;
        const key = `${open.kind} ${weekday} ${when} ${open.title}`;
        const day = weekdays[weekday - 1]!;
        const known = found.get(key);
        if (known !== undefined) known.months.push(month);
        else
          found.set(key, {
            kind: open.kind,
            months: [month],
            en:
              open.kind === 'gap'
                ? `No price on ${day.en} ${when}`
                : `Two prices on ${day.en} ${when} (${open.title}); the first counts`,
            zh:
              open.kind === 'gap'
                ? `${day.zh} ${when} 没有价格`
                : `${day.zh} ${when} 有两个价格（${open.title}），以前者为准`,
          });
        open = undefined;
      };
      for (let minutes = 0; minutes < 1440; minutes += 15) {
        const first = periodAt(tariff, month, weekday, minutes);
        const second = first === undefined ? undefined : periodAt(tariff, month, weekday, minutes, 1);
        const kind = first === undefined ? 'gap' : second === undefined ? undefined : 'overlap';
        const title = kind === 'overlap' ? `${first!.id}, ${second!.id}` : '';
        if (open !== undefined && (open.kind !== kind || open.title !== title)) close(minutes);
        if (kind !== undefined && open === undefined) open = { kind, from: minutes, title };
      }
      close(1440);
    }
  }
  for (const { kind, months, en, zh } of found.values()) {
    const all = months.length === 12;
    problems.push({
      kind,
      words: {
        en: all ? en : `${en}, months ${months.join(', ')}`,
        zh: all ? zh : `${months.join('、')} 月：${zh}`,
      },
    });
  }
  return problems;
}

/** The period that holds at an instant; undefined where the tariff has a gap. */
export function priceAt(tariff: Tariff, clock: PlantClock, time: Microseconds): TariffPeriod | undefined {
  const { weekday, minutes, month } = clock.parts(time);
  return periodAt(tariff, month, weekday, minutes);
}

export interface Cost {
  currency: string;
  /** For what was used, without demand and standing charge. */
  energy: number;
  demand: number;
  standing: number;
  /** By period of the tariff: amount and cost. */
  periods: { id: string; title: LocalText; amount: number; cost: number }[];
  /** What was used in hours that have no price: in no cost, and told. */
  unpriced: number;
  /** Highest quarter-hour mean, units per hour, and when. */
  peak: number;
  peakAt: Microseconds | undefined;
  carbon: number;
}

/**
 * What quarters cost under a tariff. The demand charge is on the highest quarter-hour mean of each month touched, whole even where the
 * range is part of a month; the standing charge by the share of the month that is in the range.
 */
export function costOf(quarters: readonly Quarter[], tariff: Tariff, clock: PlantClock): Cost {
  const periods = new Map<string, { id: string; title: LocalText; amount: number; cost: number }>();
  const peaks = new Map<string, number>();
  let energy = 0;
  let unpriced = 0;
  let peak = 0;
  let peakAt: Microseconds | undefined;
  let used = 0;
  let standing = 0;
  for (const { start, amount } of quarters) {
    const { date } = clock.parts(start);
    const [year, month] = date.split('-').map(Number);
    standing += tariff.standing / (new Date(Date.UTC(year!, month!, 0)).getUTCDate() * 96);
    if (amount === undefined) continue;
    used += amount;
    if (amount * 4 > peak) {
      peak = amount * 4;
      peakAt = start;
    }
    const key = date.slice(0, 7);
    peaks.set(key, Math.max(peaks.get(key) ?? 0, amount * 4));
    const period = priceAt(tariff, clock, start);
    if (period === undefined) {
      unpriced += amount;
      continue;
    }
    let sum = periods.get(period.id);
    if (sum === undefined)
      periods.set(period.id, (sum = { id: period.id, title: period.title, amount: 0, cost: 0 }));
    sum.amount += amount;
    sum.cost += amount * period.price;
    energy += amount * period.price;
  }
  return {
    currency: tariff.currency,
    energy,
    demand: [...peaks.values()].reduce((sum, value) => sum + value * tariff.demandPrice, 0),
    standing,
    periods: [...periods.values()],
    unpriced,
    peak,
    peakAt,
    carbon: used * tariff.carbon,
  };
}

export const tariffPeriodsMax = 100;
export const tariffTextMax = 20_000;

/**
 * Reads a tariff as it is written in the settings, a line a period:
 *
 *     peak  峰  0.98  Mon-Sat  10:00-12:00  [months 1,7,8,12]
 *
 * id, title (Chinese title after a slash may follow: `Peak/峰`), price, days (`Mon-Fri`, `Sat,Sun`, `all`), hours, and months where it is
 * not all year. Lines that cannot be read are told by number; the others are taken.
 */
export function readTariffPeriods(text: string): { periods: TariffPeriod[]; problems: LocalText[] } {
  const periods: TariffPeriod[] = [];
  const problems: LocalText[] = [];
  const lines = text.slice(0, tariffTextMax).split(/\r?\n|;/);
  for (const [index, line] of lines.entries()) {
    const plain = line.replace(/#.*$/, '').trim();
    if (plain === '') continue;
    const wrong = (en: string, zh: string): void => {
      problems.push({ en: `Line ${index + 1}: ${en}`, zh: `第 ${index + 1} 行：${zh}` });
    };
    if (periods.length >= tariffPeriodsMax) {
      wrong(`more than ${tariffPeriodsMax} periods`, `时段超过 ${tariffPeriodsMax} 个`);
      break;
    }
    const match = /^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)(?:\s+(?:months\s+)?(\d[\d,-]*))?$/.exec(plain);
    if (match === null) {
      wrong('expected: title price days hours', '应为：名称 价格 星期 时间');
      continue;
    }
    const [, title, priceText, dayText, hours, monthText] = match;
    const price = Number(priceText);
    const days = listOf(dayText!, 7, (word) => {
      const at = weekdays.findIndex((day) => day.en.toLowerCase() === word.toLowerCase() || day.zh === word);
      return at < 0 ? Number(word) : at + 1;
    });
    const months = monthText === undefined ? [] : listOf(monthText, 12, Number);
    const [from, to] = hours!.split(/[-–]/);
    if (!Number.isFinite(price)) wrong(`"${priceText}" is not a price`, `“${priceText}”不是价格`);
    else if (days === undefined) wrong(`"${dayText}" names no days`, `“${dayText}”不是星期`);
    else if (months === undefined) wrong(`"${monthText}" names no months`, `“${monthText}”不是月份`);
    else if (minutesOf(from ?? '') === undefined || minutesOf(to ?? '') === undefined) {
      wrong(`"${hours}" is not a span of hours (HH:MM-HH:MM)`, `“${hours}”不是时间段（HH:MM-HH:MM）`);
    } else {
      const [en, zh] = title!.split('/');
      periods.push({
        id: `${periods.length + 1}`,
        title: { en: en!.replaceAll('_', ' '), zh: (zh ?? en!).replaceAll('_', ' ') },
        price,
        days,
        months,
        from: from!,
        to: to!,
      });
    }
  }
  return { periods, problems };
}

/** "1-5", "6,7", "all" → numbers 1 to `most`; a range may wrap around. Undefined where a word is none. */
function listOf(text: string, most: number, read: (word: string) => number): number[] | undefined {
  if (text === 'all' || text === '*' || text === '每天') return [];
  const list = new Set<number>();
  for (const part of text.split(/[,、]/)) {
    const ends = part.split(/[-–至]/).map((word) => read(word.trim()));
    if (ends.length > 2 || ends.some((end) => !Number.isInteger(end) || end < 1 || end > most))
      return undefined;
    for (let value = ends[0]!, step = 0; step < most; value = (value % most) + 1, step++) {
      list.add(value);
      if (value === ends.at(-1)!) break;
    }
  }
  return [...list].sort((a, b) => a - b);
}
