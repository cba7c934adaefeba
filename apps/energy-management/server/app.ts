import { AppError, defineApp } from '@millrace/sdk';
import { nextDay, type PlanInput, plantClock } from '../model/index.ts';
import {
  computeFindings,
  computeForecast,
  computePlan,
  type FindingsInput,
  type ForecastInput,
} from './computations.ts';
import { machiningShop } from './demo-plant.ts';
import { forecastFor } from './forecasting.ts';
import { putGenerated } from './generated.ts';
import { energyHandlers } from './handlers.ts';
import { energyMigrations, Ledger } from './ledger.ts';
import { LiveIndicators } from './live.ts';
import { findMeters } from './meters.ts';
import { makePlan } from './planning.ts';
import { amountsOf, lastWholeQuarter, lookBack, readAtOnceMax, readMeters } from './readings.ts';
import {
  type Assessment,
  act,
  assess,
  type Decision,
  decide,
  observe,
  type Situation,
  summarise,
} from './rounds.ts';
import { energyRoutes } from './routes.ts';
import { searchFindings } from './searching.ts';
import { checkEnergySettings, energySettings } from './settings.ts';

const backfillDaysMax = 400;

export const app = defineApp<Situation, Assessment, Decision>({
  manifest: {
    id: 'energy-management',
    title: { en: 'Energy', zh: '能效管控' },
    summary: {
      en: 'Electricity, water, gas, steam, compressed air, heat and emissions by place, shift, product and order; forecast, peak-shaving plan, standby and abnormal use.',
      zh: '按区域、班次、产品和工单统计电、水、气、蒸汽、压缩空气、热与排放；负荷预测、削峰计划、待机与异常用能。',
    },
    scenario: 16,
    needs: {
      things: [
        'PowerMeter',
        'WaterMeter',
        'GasMeter',
        'SteamMeter',
        'HeatMeter',
        'CompressorStation',
        'MachineTool',
      ],
      network: [
        {
          id: 'meter-readings',
          title: { en: 'Meter readings', zh: '表计读数' },
          priority: 6,
          whenLost: {
            en: 'Balances and forecasts go on with estimates, marked as such, until readings come again.',
            zh: '平衡与预测改用估算值并注明，直到读数恢复。',
          },
          level: {
            trafficClass: 'periodic-deterministic',
            transferIntervalMs: 1000,
            messageBytes: 255,
            latency: { path: 'uplink', within: [{ share: 0.99, ms: 1000 }] },
            lossRatioMax: 0.001,
            availabilityMin: 0.999,
            survivalTimeMs: 60_000,
            sources: {
              transferIntervalMs: {
                document: '3GPP TS 22.104',
                clause: 'Table 5.2-1, A.2.3.3 plant asset management: 100 ms to 60 s',
                standing: 'second-hand',
              },
              messageBytes: {
                document: '3GPP TS 22.104',
                clause: 'Table 5.2-1, A.2.3.3: 20 to 255',
                standing: 'second-hand',
              },
            },
          },
        },
      ],
      roles: ['viewer', 'operator', 'engineer'],
    },
    settings: energySettings,
    pages: [
      { path: '', title: { en: 'Overview', zh: '总览' } },
      { path: 'forecast', title: { en: 'Forecast', zh: '负荷预测' } },
      { path: 'plan', title: { en: 'Peak-shaving plan', zh: '削峰计划' } },
      { path: 'findings', title: { en: 'Standby and abnormal use', zh: '待机与异常用能' } },
      { path: 'allocation', title: { en: 'By shift and product', zh: '班次与产品' } },
      { path: 'baselines', title: { en: 'Baselines and savings', zh: '基准与节能量' } },
      { path: 'balance', title: { en: 'Balance', zh: '能量平衡' } },
      { path: 'meters', title: { en: 'Meters', zh: '表计' } },
      { path: 'tariff', title: { en: 'Tariff and report', zh: '电价与报告' } },
    ],
    enabledAtFirst: true,
  },
  check: checkEnergySettings,
  migrations: energyMigrations,
  everySeconds: (settings) => Number(settings['roundSeconds']),
  start: (context) => {
    const live = new LiveIndicators(context);
    return Promise.resolve({
      stop: () => {
        live.stop();
        return Promise.resolve();
      },
    });
  },
  observe,
  assess,
  decide,
  act,
  summarise,
  computations: {
    forecast: (input: ForecastInput) => computeForecast(input),
    plan: (input: PlanInput) => computePlan(input),
    findings: (input: FindingsInput) => computeFindings(input),
  } as Record<string, (input: never) => unknown>,
  demo: { 'machining-shop': machiningShop },
  jobs: {
    backfill: {
      title: { en: 'Read meters back', zh: '补算历史用量' },
      summary: {
        en: 'Takes quarter-hours from the history of the meters, so many days back (default 30).',
        zh: '从表计历史补算刻钟用量，默认 30 天。',
      },
      run: async (context, input, job) => {
        const days = Math.min(
          backfillDaysMax,
          Math.max(1, Number((input as { days?: number } | undefined)?.days ?? 30)),
        );
        const ledger = new Ledger(context.records);
        const { settings } = await ledger.meterSettings();
        const meters = findMeters(context.things, settings).filter(
          (meter) => meter.settings.ignored !== true,
        );
        const end = lastWholeQuarter(context.clock.now() - 60_000_000);
        let known = 0;
        if ((input as { generated?: boolean } | undefined)?.generated === true)
          await putGenerated(context, context.clock.now());
        for (let day = days; day > 0; day--) {
          job.signal.throwIfAborted();
          const from = end - day * readAtOnceMax;
          job.progress((days - day) / days, new Date(from / 1000).toISOString().slice(0, 10));
          const readings = await readMeters(
            context,
            meters,
            from - lookBack,
            from + readAtOnceMax + 60_000_000,
          );
          for (const [index, meter] of meters.entries()) {
            if (readings[index]!.length === 0) continue;
            const { quarters, events } = amountsOf(meter, readings[index]!, from, from + readAtOnceMax);
            await ledger.put(meter.id, quarters);
            await ledger.putEvents(meter.id, events);
            known += quarters.filter((quarter) => quarter.amount !== undefined).length;
          }
        }
        return { meters: meters.length, days, quarters: known };
      },
    },
    forecast: {
      title: { en: 'Forecast and plan now', zh: '立即预测并制定计划' },
      summary: {
        en: "Makes tomorrow's forecast (or today's) from what is known now, and the plan from it.",
        zh: '根据当前已知数据预测明日（或今日）负荷，并据此制定计划。',
      },
      run: async (context, input, job) => {
        const day = (input as { day?: string } | undefined)?.day;
        const clock = plantClock(context.plant.timeZone);
        const date = day ?? clock.parts(nextDay(clock, context.clock.now())).date;
        job.progress(0.1, date);
        const forecast = await forecastFor(context, date);
        if (forecast === undefined)
          throw new AppError(409, 'too-little', {
            en: 'Fewer than three days of quarter-hours are known: import or read back more',
            zh: '已知的刻钟数据不足三天：请导入或补算历史',
          });
        job.progress(0.7, date);
        const plan = await makePlan(context, date, job.startedBy);
        return { date, method: forecast.method, plan: plan?.id ?? null };
      },
    },
    search: {
      title: { en: 'Look for standby and abnormal use now', zh: '立即查找待机与异常用能' },
      summary: {
        en: 'Goes through the last fourteen days of every machine with a meter of its own.',
        zh: '检查所有独立计量设备最近十四天的数据。',
      },
      run: async (context, _input, job) => {
        await new Ledger(context.records).putDocument('searched', context.clock.now());
        return { findings: await searchFindings(context, job.progress) };
      },
    },
  },
  routes: energyRoutes,
  handlers: energyHandlers,
});
