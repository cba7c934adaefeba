import type { LocalText, Microseconds } from '@millrace/contract';
import type { AppContext, CheckedSettings } from '@millrace/sdk';
import { type CounterEvent, nextDay, plantClock, type Quarter } from '../model/index.ts';
import { forecastFor } from './forecasting.ts';
import { Ledger } from './ledger.ts';
import { findMeters, type PlantMeter } from './meters.ts';
import { makePlan, runDueSteps } from './planning.ts';
import {
  amountsOf,
  lastWholeQuarter,
  lookBack,
  type PlainReading,
  readAtOnceMax,
  readMeters,
} from './readings.ts';
import { searchFindings } from './searching.ts';

/** Looked at anew each time, so that what came late is in. */
const again = 3_600_000_000;
/** A quarter is read this long after its end, so that what was under way has come. */
const settle = 30_000_000;
/** First look back, when the application has never read a meter. */
const firstLook = 86_400_000_000;
const hour = 3_600_000_000;

export interface Situation {
  /** Quarters are read up to here. */
  to: Microseconds;
  meters: {
    id: string;
    kind: PlantMeter['kind'];
    factor: number;
    settings: PlantMeter['settings'];
    from: Microseconds;
    readings: PlainReading[];
  }[];
  timeZone: string;
  /** Days whose forecasts are there. */
  forecasts: string[];
  /** When standby was last looked for. */
  searched: Microseconds;
  /** Whether quarter-hours are known at all. */
  known: boolean;
}

export interface Assessment {
  to: Microseconds;
  meters: { id: string; quarters: Quarter[]; events: CounterEvent[] }[];
  /** The plant day whose forecast should be there by now. */
  forecastDay: string | undefined;
  searchDue: boolean;
}

export interface Decision {
  to: Microseconds;
  store: { meter: string; quarters: Quarter[]; events: CounterEvent[] }[];
  forecast: string | undefined;
  search: boolean;
}

export async function observe(context: AppContext): Promise<Situation> {
  const ledger = new Ledger(context.records);
  const { settings, readUntil } = await ledger.meterSettings();
  const meters = findMeters(context.things, settings).filter((meter) => meter.settings.ignored !== true);
  const now = context.clock.now();
  const end = lastWholeQuarter(now - settle);
  const groups = new Map<Microseconds, PlantMeter[]>();
  for (const meter of meters) {
    const until = readUntil.get(meter.id) ?? 0;
    if (until >= end) continue;
    const from = until === 0 ? lastWholeQuarter(end - firstLook) : until - again;
    const group = groups.get(from);
    if (group === undefined) groups.set(from, [meter]);
    else group.push(meter);
  }
  const list: Situation['meters'] = [];
  let to = end;
  // The oldest group first, and a day at a time: a long absence is made up over several rounds.
  const [oldest] = [...groups.keys()].sort((a, b) => a - b);
  if (oldest !== undefined) {
    to = Math.min(end, oldest + readAtOnceMax + again);
    for (const [from, group] of groups) {
      if (from >= to) continue;
      const readings = await readMeters(context, group, from - lookBack, Math.min(now, to + 60_000_000));
      for (const [index, meter] of group.entries()) {
        const { id, kind, factor, settings: own } = meter;
        list.push({ id, kind, factor, settings: own, from, readings: readings[index]! });
      }
    }
  }
  const forecasts = await context.records.query<{ day: string }>(
    'SELECT day FROM energy_forecasts ORDER BY day DESC LIMIT 3',
  );
  return {
    to,
    meters: list,
    timeZone: context.plant.timeZone,
    forecasts: forecasts.map((row) => row.day),
    searched: (await ledger.document<number>('searched')) ?? 0,
    known: readUntil.size > 0,
  };
}

export function assess(situation: Situation, settings: CheckedSettings, now: Microseconds): Assessment {
  const clock = plantClock(situation.timeZone);
  const tomorrow = clock.parts(nextDay(clock, now)).date;
  const due =
    situation.known &&
    clock.parts(now).minutes >= Number(settings['forecastHour']) * 60 &&
    !situation.forecasts.includes(tomorrow);
  return {
    to: situation.to,
    meters: situation.meters.map((meter) => ({
      id: meter.id,
      ...amountsOf(meter, meter.readings, meter.from, situation.to),
    })),
    forecastDay: due ? tomorrow : undefined,
    searchDue: situation.known && now - situation.searched >= 6 * hour,
  };
}

export function decide(assessment: Assessment): Decision {
  return {
    to: assessment.to,
    store: assessment.meters.map(({ id, quarters, events }) => ({ meter: id, quarters, events })),
    forecast: assessment.forecastDay,
    search: assessment.searchDue,
  };
}

export async function act(decision: Decision, context: AppContext): Promise<void> {
  const ledger = new Ledger(context.records);
  const until = new Map<string, Microseconds>();
  for (const { meter, quarters, events } of decision.store) {
    await ledger.put(meter, quarters);
    await ledger.putEvents(meter, events);
    until.set(meter, decision.to);
  }
  await ledger.setReadUntil(until);
  await runDueSteps(context);
  if (decision.search) {
    await ledger.putDocument('searched', context.clock.now());
    await searchFindings(context, () => {});
  }
  if (decision.forecast !== undefined && (await forecastFor(context, decision.forecast)) !== undefined) {
    await makePlan(context, decision.forecast, { kind: 'app', id: context.id });
  }
}

export function summarise(decision: Decision): LocalText {
  const to = `${new Date(decision.to / 1000).toISOString().slice(0, 16)}Z`;
  const en = [`Meters read up to ${to}`];
  const zh = [`表计已读至 ${to}`];
  const events = decision.store.reduce((sum, one) => sum + one.events.length, 0);
  if (events > 0) {
    en.push(`${events} irregular readings named`);
    zh.push(`识别异常读数 ${events} 条`);
  }
  if (decision.forecast !== undefined) {
    en.push(`forecast and plan for ${decision.forecast}`);
    zh.push(`制定 ${decision.forecast} 的预测与计划`);
  }
  if (decision.search) {
    en.push('looked for standby and changes of level');
    zh.push('检查待机与用能水平变化');
  }
  return { en: en.join('; '), zh: zh.join('；') };
}
