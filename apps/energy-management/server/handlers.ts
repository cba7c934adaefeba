import { isAtOrBelow } from '@millrace/contract';
import { type AppContext, AppError, type AppFile, type AppRequest } from '@millrace/sdk';
import {
  BaselineError,
  type BaselineModel,
  carrierNames,
  carriers,
  checkLoads,
  counterEvents,
  ErrorSum,
  fitBaseline,
  type IndicatorPeriod,
  indicators,
  type LoadDefinition,
  ownDrivers,
  plantClock,
  readCalendar,
  readDrivers,
  sumQuarters,
} from '../model/index.ts';
import {
  allocation,
  balance,
  consumption,
  dailyDrivers,
  iso,
  mustSee,
  nodes,
  placeOf,
  rangeOf,
} from './consumption.ts';
import { calendarCharactersMax, calendarDays, factoryCalendar } from './factory-calendar.ts';
import { actualDay, dateStart, loadMeters, storedForecast } from './forecasting.ts';
import { generatedUntil } from './generated.ts';
import { Ledger } from './ledger.ts';
import { findMeters, type MeterSettings } from './meters.ts';
import {
  approvePlan,
  loadDefinitions,
  makePlan,
  planOf,
  plans,
  rejectPlan,
  type StoredPlan,
  undoPlan,
} from './planning.ts';
import { monthlyReport } from './report.ts';
import { storedFindings } from './searching.ts';
import { tariffOf } from './settings.ts';
import { importBytesMax, readQuarters, writeQuarters } from './tables.ts';

type Handler = (request: AppRequest, context: AppContext) => Promise<unknown>;

const mustAt = (request: AppRequest, permission: 'configure' | 'operate', place: string): void => {
  if (!request.caller.may(permission, place))
    throw new AppError(403, 'not-allowed', {
      en: `This needs the permission "${permission}"${place === '' ? '' : ` at "${place}"`}`,
      zh: `需要${place === '' ? '' : `“${place}”的`}“${permission}”权限`,
    });
};

const shown = (plan: StoredPlan): unknown => ({
  ...plan,
  created: iso(plan.created),
  ...(plan.decided === undefined ? {} : { decided: iso(plan.decided) }),
  steps: plan.steps.map((step) => ({ ...step, ...(step.at === undefined ? {} : { at: iso(step.at) }) })),
});

interface Baseline {
  title: string;
  place: string;
  from: string;
  to: string;
  drivers: string[];
}

const baselinesMax = 50;
/** Days after a baseline that are held against it. */
const followDays = 400;

async function follow(
  context: AppContext,
  id: string,
  baseline: Baseline,
): Promise<
  Baseline & {
    id: string;
    model?: BaselineModel;
    periods?: IndicatorPeriod[];
    problem?: unknown;
    points?: unknown;
  }
> {
  const clock = plantClock(context.plant.timeZone);
  try {
    const from = dateStart(clock, baseline.from);
    const to = dateStart(clock, baseline.to);
    const learnt = await dailyDrivers(context, baseline.place, from, to, baseline.drivers);
    const model = fitBaseline(learnt, baseline.drivers, 'day');
    const until = Math.min(context.clock.now(), to + followDays * 86_400_000_000);
    const since = until > to ? await dailyDrivers(context, baseline.place, to, until, baseline.drivers) : [];
    return { id, ...baseline, model, periods: indicators(model, since), points: learnt };
  } catch (error) {
    if (error instanceof BaselineError || error instanceof AppError)
      return { id, ...baseline, problem: error.words };
    throw error;
  }
}

export const energyHandlers: Record<string, Handler> = {
  nodes,
  consumption,
  allocation,
  balance,

  meters: async (request, context) => {
    const { from, to } = rangeOf(context, request.query);
    const { plant, meters } = await loadMeters(context, from, to);
    const ledger = new Ledger(context.records);
    const { settings, readUntil } = await ledger.meterSettings();
    const counts = await ledger.eventCounts(from, to);
    const ignored = findMeters(context.things, settings).filter((meter) => meter.settings.ignored === true);
    return {
      from: iso(from),
      to: iso(to),
      meters: [...plant, ...ignored]
        .filter((meter) => request.caller.may('read', meter.place))
        .map((meter) => ({
          id: meter.id,
          titles: meter.titles,
          carrier: meter.carrier,
          unit: carriers[meter.carrier].unit,
          place: meter.place,
          behind: meter.behind ?? null,
          measures: meter.measures ?? null,
          property: meter.property,
          live: meter.live ?? null,
          kind: meter.kind,
          settings: meter.settings,
          readUntil: readUntil.get(meter.id) === undefined ? null : iso(readUntil.get(meter.id)!),
          sum: sumQuarters(meters.find((one) => one.id === meter.id)?.quarters ?? []),
          events: counts.get(meter.id) ?? {},
        })),
    };
  },

  putMeter: async (request, context) => {
    const id = request.parameters['meter']!;
    const ledger = new Ledger(context.records);
    const { settings } = await ledger.meterSettings();
    const all = findMeters(context.things, settings);
    const meter = all.find((one) => one.id === id);
    if (meter === undefined)
      throw new AppError(404, 'no-such-meter', { en: 'There is no such meter', zh: '没有这个表计' });
    mustAt(request, 'configure', meter.place);
    const given = request.body as MeterSettings;
    if (
      given.behind !== undefined &&
      given.behind !== '' &&
      !all.some((one) => one.id === given.behind && one.id !== id)
    )
      throw new AppError(422, 'no-such-meter', {
        en: `"${given.behind}" is not another meter`,
        zh: `“${given.behind}”不是其他表计`,
      });
    const { behind, ...rest } = given;
    await context.audit({
      actor: request.caller.actor,
      action: 'energy.meter-changed',
      object: id,
      place: meter.place,
      detail: { ...given },
      outcome: 'done',
    });
    await ledger.putMeterSettings(id, behind === undefined || behind === '' ? rest : given);
    // What was read under the old settings is read again, a day back.
    const until = (await ledger.meterSettings()).readUntil.get(id) ?? 0;
    if (until > 0) await ledger.setReadUntil(new Map([[id, until - 86_400_000_000]]));
    return given;
  },

  events: async (request, context) => {
    const { from, to } = rangeOf(context, request.query);
    const ledger = new Ledger(context.records);
    const { settings } = await ledger.meterSettings();
    const meters = new Map(findMeters(context.things, settings).map((meter) => [meter.id, meter]));
    const list = await ledger.events(from, to, Number(request.query['limit'] ?? 500));
    return list
      .filter((event) => request.caller.may('read', meters.get(event.meter)?.place ?? ''))
      .map((event) => ({
        ...event,
        from: iso(event.from),
        to: iso(event.to),
        kindTitle: (counterEvents as Record<string, unknown>)[event.kind],
        titles: meters.get(event.meter)?.titles ?? { en: event.meter, zh: event.meter },
      }));
  },

  forecast: async (request, context) => {
    mustSee(request, '');
    const rows = await context.records.query<{ day: string }>(
      'SELECT day FROM energy_forecasts ORDER BY day DESC LIMIT 60',
    );
    const days = rows.map((row) => row.day);
    const date = typeof request.query['day'] === 'string' ? request.query['day'] : days[0];
    const forecast = date === undefined ? undefined : await storedForecast(context, date);
    const actual = date === undefined ? [] : await actualDay(context, date);
    const ours = new ErrorSum();
    const naive = new ErrorSum();
    if (forecast !== undefined) {
      for (const [quarter, value] of actual.entries()) {
        if (value === null) continue;
        ours.add(value, forecast.point[quarter]!, forecast.lower[quarter]!, forecast.upper[quarter]!);
        naive.add(value, forecast.naive[quarter] ?? Number.NaN, Number.NaN, Number.NaN);
      }
    }
    return {
      days,
      forecast: forecast ?? null,
      generatedUntil: (await generatedUntil(context)) ?? null,
      calendarDay: (date === undefined ? undefined : (await factoryCalendar(context)).get(date)) ?? null,
      actual,
      error: { forecast: ours.result(), naive: naive.result() },
    };
  },

  loads: (_request, context) => loadDefinitions(context),

  putLoads: async (request, context) => {
    mustAt(request, 'configure', '');
    const loads = request.body as LoadDefinition[];
    const problems = checkLoads(loads);
    if (problems.length > 0) throw new AppError(422, 'wrong-loads', problems[0]!);
    await context.audit({
      actor: request.caller.actor,
      action: 'energy.loads-changed',
      object: '',
      place: '',
      detail: { loads: loads.map((load) => load.id) },
      outcome: 'done',
    });
    await new Ledger(context.records).putDocument('loads', loads);
    return loads;
  },

  plans: async (request, context) => {
    mustSee(request, '');
    return (await plans(context, Number(request.query['limit'] ?? 20))).map(shown);
  },

  makePlan: async (request, context) => {
    mustAt(request, 'operate', '');
    const plan = await makePlan(context, String((request.body as { day: string }).day), request.caller.actor);
    if (plan === undefined)
      throw new AppError(
        409,
        'nothing-to-move',
        { en: 'There is no load that can be moved, and no storage', zh: '没有可移动的负荷，也没有储能' },
        { en: 'Add them under Loads and storage.', zh: '请在“负荷与储能”中添加。' },
      );
    return shown(plan);
  },
  approvePlan: async (request, context) => {
    mustAt(request, 'operate', '');
    return shown(await approvePlan(context, request.parameters['plan']!, request.caller.actor));
  },
  rejectPlan: async (request, context) => {
    mustAt(request, 'operate', '');
    return shown(await rejectPlan(context, request.parameters['plan']!, request.caller.actor));
  },
  undoPlan: async (request, context) => {
    mustAt(request, 'operate', '');
    await planOf(context, request.parameters['plan']!);
    return shown(await undoPlan(context, request.parameters['plan']!, request.caller.actor));
  },

  findings: async (request, context) => {
    const searched = await new Ledger(context.records).document<number>('searched');
    const list = (await storedFindings(context)).filter((finding) =>
      request.caller.may('read', finding.place),
    );
    return {
      searched: searched === undefined ? null : iso(searched),
      currency: String(context.settings['currency']),
      findings: list.map((finding) => ({
        ...finding,
        since: iso(finding.since),
        until: iso(finding.until),
        found: iso(finding.found),
        dismissedBy: finding.dismissedBy ?? null,
      })),
    };
  },

  dismissFinding: async (request, context) => {
    const { key, dismissed } = request.body as { key: string; dismissed: boolean };
    const finding = (await storedFindings(context)).find((one) => one.key === key);
    if (finding === undefined)
      throw new AppError(404, 'no-such-finding', { en: 'There is no such finding', zh: '没有这条发现' });
    mustAt(request, 'operate', finding.place);
    await context.audit({
      actor: request.caller.actor,
      action: 'energy.finding-dismissed',
      object: key,
      place: finding.place,
      detail: { dismissed },
      outcome: 'done',
    });
    await context.records.query('UPDATE energy_findings SET dismissed_by = $2 WHERE key = $1', [
      key,
      dismissed ? request.caller.actor.id : null,
    ]);
    return { key, dismissed };
  },

  tariff: (_request, context) =>
    Promise.resolve({
      timeZone: context.plant.timeZone,
      carriers: carrierNames.map((carrier) => ({
        ...carriers[carrier],
        id: carrier,
        ...tariffOf(context.settings, carrier),
      })),
    }),

  baselines: async (request, context) => {
    const kept = (await new Ledger(context.records).document<Record<string, Baseline>>('baselines')) ?? {};
    return Promise.all(
      Object.entries(kept)
        .filter(([, baseline]) => request.caller.may('read', baseline.place))
        .map(([id, baseline]) => follow(context, id, baseline)),
    );
  },

  drivers: async (request, context) => {
    mustSee(request, '');
    const { drivers, problems } = readDrivers(String(context.settings['drivers'] ?? ''));
    return {
      drivers: [
        ...ownDrivers.map((name) => ({ name, how: null, known: true })),
        ...drivers.map((driver) => ({
          ...driver,
          known: Object.hasOwn(
            context.things.get(driver.thing)?.description.properties ?? {},
            driver.property,
          ),
        })),
      ],
      problems,
    };
  },

  calendar: async (_request, context) => ({
    days: await calendarDays(context),
    problems: readCalendar(String(context.settings['calendar'] ?? '')).problems,
  }),

  importCalendar: async (request, context) => {
    mustAt(request, 'configure', '');
    const body = request.body;
    const text = typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString('utf8') : '';
    if (text.length > calendarCharactersMax)
      throw new AppError(422, 'wrong-table', {
        en: `A calendar has at most ${calendarCharactersMax} characters (calendarCharactersMax)`,
        zh: `日历文件最多 ${calendarCharactersMax} 个字符（calendarCharactersMax）`,
      });
    const { days, problems } = readCalendar(text);
    // An empty file removes what was imported; one of which nothing can be read is a slip.
    if (days.length === 0 && text.trim() !== '')
      throw new AppError(
        422,
        'wrong-table',
        problems[0] ?? { en: 'There is no day in this file', zh: '文件中没有日期' },
      );
    await context.audit({
      actor: request.caller.actor,
      action: 'energy.calendar-imported',
      object: '',
      place: '',
      detail: { days: days.length, problems: problems.length },
      outcome: 'done',
    });
    await new Ledger(context.records).putDocument('calendar', days);
    return { days: await calendarDays(context), problems };
  },

  putBaseline: async (request, context) => {
    const baseline = request.body as Baseline;
    const id = request.parameters['baseline']!;
    mustAt(request, 'configure', baseline.place);
    const clock = plantClock(context.plant.timeZone);
    if (!(dateStart(clock, baseline.from) < dateStart(clock, baseline.to)))
      throw new AppError(422, 'wrong-range', {
        en: 'The baseline ends before it begins',
        zh: '基准期终点早于起点',
      });
    const ledger = new Ledger(context.records);
    const kept = (await ledger.document<Record<string, Baseline>>('baselines')) ?? {};
    if (
      !/^[a-z0-9][a-z0-9-]{0,63}$/.test(id) ||
      (kept[id] === undefined && Object.keys(kept).length >= baselinesMax)
    )
      throw new AppError(422, 'wrong-id', {
        en: `An id is a-z, 0-9 and -, and there are at most ${baselinesMax} baselines`,
        zh: `标识只含 a-z、0-9、-，且最多 ${baselinesMax} 个基准`,
      });
    await context.audit({
      actor: request.caller.actor,
      action: 'energy.baseline-changed',
      object: id,
      place: baseline.place,
      detail: { ...baseline },
      outcome: 'done',
    });
    await ledger.putDocument('baselines', { ...kept, [id]: baseline });
    return follow(context, id, baseline);
  },

  deleteBaseline: async (request, context) => {
    const ledger = new Ledger(context.records);
    const kept = (await ledger.document<Record<string, Baseline>>('baselines')) ?? {};
    const id = request.parameters['baseline']!;
    const baseline = Object.hasOwn(kept, id) ? kept[id] : undefined;
    if (baseline === undefined)
      throw new AppError(404, 'no-such-baseline', { en: 'There is no such baseline', zh: '没有这个基准' });
    mustAt(request, 'configure', baseline.place);
    await context.audit({
      actor: request.caller.actor,
      action: 'energy.baseline-removed',
      object: id,
      place: baseline.place,
      detail: {},
      outcome: 'done',
    });
    await ledger.putDocument(
      'baselines',
      Object.fromEntries(Object.entries(kept).filter(([key]) => key !== id)),
    );
    return undefined;
  },

  exportQuarters: async (request, context): Promise<AppFile> => {
    const place = placeOf(request);
    const { from, to } = rangeOf(context, request.query, 62);
    const { meters } = await loadMeters(context, from, to);
    return {
      file: `energy-${iso(from).slice(0, 10)}.csv`,
      contentType: 'text/csv; charset=utf-8',
      content: writeQuarters(
        meters.filter((meter) => isAtOrBelow(meter.place, place)),
        (meter) => carriers[meter.carrier].unit,
      ),
    };
  },

  importQuarters: async (request, context) => {
    mustAt(request, 'configure', '');
    const body = request.body;
    const text = typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString('utf8') : '';
    if (text.length === 0 || text.length > importBytesMax)
      throw new AppError(422, 'wrong-table', { en: 'There is no table in this file', zh: '文件中没有表格' });
    const ledger = new Ledger(context.records);
    const { settings } = await ledger.meterSettings();
    const meters = findMeters(context.things, settings);
    const { byMeter, ...result } = readQuarters(text, new Set(meters.map((meter) => meter.id)));
    await context.audit({
      actor: request.caller.actor,
      action: 'energy.quarters-imported',
      object: '',
      place: '',
      detail: { rows: result.rows, meters: byMeter.size, problems: result.problemCount },
      outcome: 'done',
    });
    for (const [meter, quarters] of byMeter) await ledger.put(meter, quarters);
    return { ...result, meters: byMeter.size };
  },

  report: async (request, context): Promise<AppFile> => {
    mustSee(request, '');
    const clock = plantClock(context.plant.timeZone);
    const given = request.query['month'];
    const month =
      typeof given === 'string' && given !== ''
        ? given
        : clock
            .parts(
              dateStart(clock, `${clock.parts(context.clock.now()).date.slice(0, 7)}-01`) - 3_600_000_000,
            )
            .date.slice(0, 7);
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
      throw new AppError(400, 'wrong-month', {
        en: `"${month.slice(0, 20)}" is not a month (YYYY-MM)`,
        zh: `“${month.slice(0, 20)}”不是月份（YYYY-MM）`,
      });
    const language = request.query['language'] === 'zh' ? 'zh' : 'en';
    return {
      file: `energy-${month}.pdf`,
      contentType: 'application/pdf',
      content: await monthlyReport(context, month, language),
    };
  },
};
