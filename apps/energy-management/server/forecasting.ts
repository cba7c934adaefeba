import type { Microseconds } from '@millrace/contract';
import { type AppContext, AppError } from '@millrace/sdk';
import {
  consumptionAt,
  type DaySeries,
  daySeries,
  type Meter,
  nextDay,
  type PlantClock,
  plantClock,
  type Quarter,
} from '../model/index.ts';
import type { ForecastInput, ForecastOutput } from './computations.ts';
import { factoryCalendar, positionsOf } from './factory-calendar.ts';
import { Ledger } from './ledger.ts';
import { findMeters, type PlantMeter } from './meters.ts';

/** Days of quarter-hours a forecast learns from. */
const historyDays = 400;
const dayMicroseconds = 86_400_000_000;

export interface StoredForecast extends ForecastOutput {
  /** ISO date in plant time. */
  date: string;
  issued: Microseconds;
}

/** The meters of the plant with their quarters in a range. */
export async function loadMeters(
  context: AppContext,
  from: Microseconds,
  to: Microseconds,
): Promise<{ plant: PlantMeter[]; meters: Meter[] }> {
  const ledger = new Ledger(context.records);
  const { settings } = await ledger.meterSettings();
  const plant = findMeters(context.things, settings).filter((meter) => meter.settings.ignored !== true);
  const quarters = await ledger.quarters(
    plant.map((meter) => meter.id),
    from,
    to,
  );
  return {
    plant,
    meters: plant.map((meter) => ({
      id: meter.id,
      title: meter.titles.en,
      carrier: meter.carrier,
      place: meter.place,
      behind: meter.behind,
      classPercent: meter.settings.classPercent,
      quarters: quarters.get(meter.id)!,
    })),
  };
}

/** Electricity of the whole plant, by quarter-hour. */
export async function plantQuarters(
  context: AppContext,
  from: Microseconds,
  to: Microseconds,
): Promise<Quarter[]> {
  const { meters } = await loadMeters(context, from, to);
  return consumptionAt(meters, '', 'electricity').quarters;
}

export function dateStart(clock: PlantClock, date: string): Microseconds {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date);
  if (match === null) {
    throw new AppError(400, 'wrong-date', {
      en: `"${date.slice(0, 40)}" is not a date (YYYY-MM-DD)`,
      zh: `“${date.slice(0, 40)}”不是日期（YYYY-MM-DD）`,
    });
  }
  return clock.instant(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** What is known now, on the plant's clock. */
export async function knownSeries(context: AppContext, now: Microseconds): Promise<DaySeries> {
  const clock = plantClock(context.plant.timeZone);
  const quarters = await plantQuarters(context, now - historyDays * dayMicroseconds, now);
  return daySeries(quarters, clock, now);
}

/** Days after the known ones whose kind the calendar tells: tomorrow, and the day after it. */
const daysLookedAhead = 2;

function datesAfter(date: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(`${date}T00:00:00Z`) + (index + 1) * 86_400_000).toISOString().slice(0, 10),
  );
}

/** Makes and stores the forecast of a day, today's at the earliest; undefined where too little is known yet. */
export async function forecastFor(context: AppContext, date: string): Promise<StoredForecast | undefined> {
  const clock = plantClock(context.plant.timeZone);
  const now = context.clock.now();
  const start = dateStart(clock, date);
  const { series, days, firstWeekday } = await knownSeries(context, now);
  if (days.length < 2) return undefined;
  const today = clock.dayStart(now);
  const ahead = start <= today ? 0 : 1;
  const day = days.length - 1 + ahead;
  const expectedDate = clock.parts(ahead === 0 ? today : nextDay(clock, now)).date;
  if (expectedDate !== date) {
    throw new AppError(409, 'wrong-day', {
      en: `A forecast can be made for today or tomorrow, not for ${date}`,
      zh: `只能预测今天或明天，不能预测 ${date}`,
    });
  }
  // Today's forecast is the one that was possible at midnight.
  const issuedBefore = Math.max(0, day * 96 - series.length);
  const known = ahead === 0 ? series.slice(0, day * 96) : series;
  const input: ForecastInput = {
    series: Array.from(known, (value) => (Number.isNaN(value) ? null : value)),
    day,
    settings: {
      firstWeekday,
      issuedBefore,
      coverage: Number(context.settings['coverage']),
      ...positionsOf(await factoryCalendar(context), [...days, ...datesAfter(days.at(-1)!, daysLookedAhead)]),
    },
  };
  let output: ForecastOutput;
  try {
    output = await context.compute<ForecastOutput>('forecast', input, 120_000);
  } catch (error) {
    if (/days (of quarter-hours )?are known/.test(String(error))) return undefined;
    throw error;
  }
  const forecast: StoredForecast = { ...output, date, issued: now };
  await context.records.query(
    `INSERT INTO energy_forecasts (day, issued, forecast) VALUES ($1, $2, $3::jsonb)
     ON CONFLICT (day) DO UPDATE SET issued = EXCLUDED.issued, forecast = EXCLUDED.forecast`,
    [date, now, JSON.stringify(forecast)],
  );
  await context.records.query(
    'DELETE FROM energy_forecasts WHERE day < (SELECT min(day) FROM (SELECT day FROM energy_forecasts ORDER BY day DESC LIMIT 400) AS kept)',
  );
  return forecast;
}

export async function storedForecast(context: AppContext, date: string): Promise<StoredForecast | undefined> {
  const [row] = await context.records.query<{ forecast: StoredForecast }>(
    'SELECT forecast FROM energy_forecasts WHERE day = $1',
    [date],
  );
  return row?.forecast;
}

/** What a plant day really was, 96 amounts on the plant's clock; null where it is not known. */
export async function actualDay(context: AppContext, date: string): Promise<(number | null)[]> {
  const clock = plantClock(context.plant.timeZone);
  const start = dateStart(clock, date);
  const now = context.clock.now();
  const { series, days } = daySeries(
    await plantQuarters(context, start, Math.min(now, nextDay(clock, start))),
    clock,
    Math.min(now, nextDay(clock, start)),
  );
  const day = days.indexOf(date);
  return Array.from({ length: 96 }, (_, quarter) => {
    const value = day < 0 ? Number.NaN : (series[day * 96 + quarter] ?? Number.NaN);
    return Number.isNaN(value) ? null : value;
  });
}
