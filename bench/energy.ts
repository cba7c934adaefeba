import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  type BlockLoad,
  type DayCost,
  dayUnder,
  type PlanInput,
  planDay,
  quantile,
  replayForecasts,
  type Storage,
  usualSchedule,
} from '@millrace/apps/energy-management/model';
import { highsSolver } from '@millrace/apps/energy-management/server';
import { figure, progress, type Row } from './harness.ts';
import { liveNodes } from './synthetic/live-nodes.ts';
import { replayYear } from './synthetic/replayed-year.ts';

export const name = 'energy';

const betterMin = 0.25;
/** Meters with a place of their own; their nodes, those above and five indicators of each make more than two thousand. */
const liveMeters = 400;
const liveIndicatorsMin = 2000;
const liveAgeMillisecondsMax = 2000;
const days = 365;
const testDays = 92;
const issuedBefore = 24;
/** Models are trained anew each week here; the application trains each day. */
const retrainDays = 7;

/** A prepared table of a plant's year: a line a quarter-hour, its second column the kWh used in it. Nothing else in it is looked at. */
function steelYear(): Float64Array | undefined {
  const folder = process.env['MILLRACE_DATA'] ?? join(process.cwd(), '..', 'shared', 'data');
  const file = join(folder, 'energy', 'uci_steel_industry', 'Steel_industry_data.csv.gz');
  if (!existsSync(file)) return undefined;
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split(/\r?\n/).slice(1);
  return Float64Array.from(lines, (line) => Number(line.split(',')[1]));
}

/** An assumed battery and tariff: the data set has neither. Price by hour in currency per kWh, charge per kW and month. */
const battery: Storage = {
  id: 'battery',
  title: 'Battery',
  kilowattHours: 400,
  chargeKilowattsMax: 200,
  dischargeKilowattsMax: 200,
  efficiency: 0.88,
  charge: 200,
  chargeAtEnd: 200,
  chargeMin: 20,
  wear: 0.05,
};
const price = Array.from({ length: 96 }, (_, quarter) => {
  const hour = quarter / 4;
  return (hour >= 10 && hour < 12) || (hour >= 14 && hour < 19) ? 1.05 : hour >= 8 && hour < 22 ? 0.68 : 0.32;
});
const demandPrice = 38;
/** Two loads of the plant that are assumed movable on working days: taken out of the measured day, put where the plan says. */
const movable: readonly Omit<BlockLoad, 'kind'>[] = [
  {
    id: 'anneal',
    title: 'Annealing',
    profile: Array<number>(8).fill(45),
    usual: 56,
    earliest: 0,
    latest: 96,
  },
  {
    id: 'charge',
    title: 'Truck charging',
    profile: Array<number>(12).fill(30),
    usual: 38,
    earliest: 0,
    latest: 92,
  },
];

interface MonthCost {
  peak: number;
  energy: number;
}

export async function run(): Promise<Row[]> {
  progress(`  energy: ${liveMeters} meters, each second`);
  const { indicators, agesMilliseconds } = await liveNodes(liveMeters);
  const oldest = Math.max(...agesMilliseconds);
  const live: Row = {
    what: `indicators kept live from ${liveMeters} meters a second: how many, the oldest when asked for`,
    reach: `≥ ${liveIndicatorsMin.toLocaleString('en')}, ≤ ${liveAgeMillisecondsMax / 1000} s`,
    measured: `${indicators.toLocaleString('en')}, ${figure(oldest / 1000, 's')} (median ${figure(quantile(agesMilliseconds, 0.5) / 1000, 's')})`,
    ceiling: '1 s (given each second)',
    reached: indicators >= liveIndicatorsMin && oldest <= liveAgeMillisecondsMax,
  };
  const measured = steelYear();
  if (measured === undefined) {
    return [
      live,
      {
        what: "a steel plant's year, forecast and planned",
        reach: `≥ ${betterMin * 100} % better than the week before`,
        measured: 'skipped: the data set is not here (set MILLRACE_DATA to its folder)',
        ceiling: '–',
        reached: false,
      },
    ];
  }
  progress('  energy: the year over MQTT into a platform, and out of the application');
  const year = await replayYear(measured);
  const { series } = year;
  const differing = measured.reduce(
    (count, value, index) => count + (Math.abs(value - series[index]!) < 0.02 ? 0 : 1),
    0,
  );
  const from = days - testDays;
  const settings = { firstWeekday: 1, issuedBefore, coverage: 0.9 };
  const replay = replayForecasts(series, from, days, settings, retrainDays);
  const forecasts: { point: number[]; upper: number[] }[] = [];
  let slowest = 0;
  let step: ReturnType<typeof replay.next>;
  for (;;) {
    const began = performance.now();
    step = replay.next();
    slowest = Math.max(slowest, performance.now() - began);
    if (step.done === true) break;
    const { point, upper, day } = step.value.forecast;
    forecasts.push({ point, upper });
    if ((day - from) % 14 === 0) progress(`  energy: day ${day - from} of ${testDays} forecast`);
  }
  const { model, naive } = step.value;

  const solve = await highsSolver();
  const costs = {
    nothing: new Map<number, MonthCost>(),
    plan: new Map<number, MonthCost>(),
    clock: new Map<number, MonthCost>(),
    foresight: new Map<number, MonthCost>(),
  };
  const solving: number[] = [];
  /** The month before the test began: what the plant knew of its peaks. */
  const firstPeak = 4 * Math.max(...series.slice((from - 30) * 96, from * 96));
  const monthOf = (day: number): number => (day < from + 31 ? 10 : day < from + 61 ? 11 : 12);
  for (let day = from; day < days; day++) {
    const actual = Array.from({ length: 96 }, (_, quarter) => series[day * 96 + quarter]! * 4);
    const { point, upper } = forecasts[day - from]!;
    const working = day % 7 < 5;
    // The plant's own schedule says whether it works: a load that would exceed what was drawn was not run that day.
    const loads = movable
      .filter(
        (load) =>
          working && load.profile.every((kilowatts, index) => actual[load.usual + index]! >= kilowatts),
      )
      .map((load): BlockLoad => ({ kind: 'block', ...load }));
    const without = (kilowatts: readonly number[]): number[] =>
      kilowatts.map((value, quarter) =>
        Math.max(0, value - loads.reduce((sum, load) => sum + (load.profile[quarter - load.usual] ?? 0), 0)),
      );
    const month = monthOf(day);
    const input = (base: readonly number[], top: readonly number[] | undefined, seen: number): PlanInput => ({
      base: without(base),
      upper: top === undefined ? undefined : without(top),
      caution: 0.3,
      loads,
      storages: [battery],
      price,
      demandPrice,
      peakFree: seen,
    });
    const keep = (list: Map<number, MonthCost>, cost: DayCost): void => {
      const sum = list.get(month) ?? { peak: 0, energy: 0 };
      list.set(month, {
        peak: Math.max(sum.peak, cost.peak),
        energy: sum.energy + cost.energyCost + cost.wear,
      });
    };
    const real = input(actual, undefined, 0);
    keep(costs.nothing, dayUnder(real, usualSchedule(real)));
    // What is free: the month's peak so far, or most of the month's before.
    const free = (list: Map<number, MonthCost>): number =>
      Math.max(list.get(month)?.peak ?? 0, 0.8 * (list.get(month - 1)?.peak ?? 0), 0.8 * firstPeak);
    const began = performance.now();
    const kilowatts = (amounts: readonly number[]): number[] => amounts.map((amount) => amount * 4);
    const planned = planDay(input(kilowatts(point), kilowatts(upper), free(costs.plan)), solve);
    solving.push(performance.now() - began);
    keep(costs.plan, dayUnder(real, planned.schedule, true));
    keep(costs.clock, dayUnder(real, planned.schedule));
    const perfect = planDay(input(actual, undefined, free(costs.foresight)), solve);
    keep(costs.foresight, dayUnder(real, perfect.schedule));
    if ((day - from) % 14 === 0) progress(`  energy: day ${day - from} of ${testDays} planned`);
  }
  /** A quarter's peaks and cost: mean of the months' peaks, energy and demand together. */
  const total = (list: Map<number, MonthCost>): { peak: number; cost: number } => ({
    peak: [...list.values()].reduce((sum, one) => sum + one.peak, 0) / list.size,
    cost: [...list.values()].reduce((sum, one) => sum + one.energy + one.peak * demandPrice, 0),
  });
  const nothing = total(costs.nothing);
  const plan = total(costs.plan);
  const clock = total(costs.clock);
  const foresight = total(costs.foresight);
  const maeBetter = 1 - model.mae / naive.mae;
  const rmseBetter = 1 - model.rmse / naive.rmse;
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  return [
    live,
    {
      what: `${measured.length.toLocaleString('en')} quarter-hours over MQTT, stored, read back by the application: that differ`,
      reach: '0',
      measured: `${differing}; published in ${figure(year.publishSeconds, 's')}, read back in ${figure(year.readSeconds, 's')}`,
      ceiling: '–',
      reached: differing === 0,
    },
    {
      what: `next-day forecast issued at 18:00, ${testDays} days, mean absolute error a quarter-hour`,
      reach: `≥ ${betterMin * 100} % below the week before`,
      measured: `${figure(model.mae, 'kWh')}, ${percent(maeBetter)} below`,
      ceiling: `${figure(naive.mae, 'kWh')} (week before)`,
      reached: maeBetter >= betterMin,
    },
    {
      what: 'the same, root mean square error over mean use',
      reach: `≥ ${betterMin * 100} % below`,
      measured: `${model.nrmse.toFixed(3)}, ${percent(rmseBetter)} below`,
      ceiling: `${naive.nrmse.toFixed(3)} (week before)`,
      reached: rmseBetter >= betterMin,
    },
    {
      what: 'quarter-hours inside the 90 % interval',
      reach: '87 to 93 %',
      measured: percent(model.covered),
      ceiling: '90 %',
      reached: Math.abs(model.covered - 0.9) <= 0.03,
    },
    {
      what: 'training anew on the whole past, worst',
      reach: '≤ 30 s',
      measured: figure(slowest / 1000, 's'),
      ceiling: '–',
      reached: slowest <= 30_000,
    },
    {
      what: 'monthly peak under the plan (battery 400 kWh, 200 kW; two loads; assumed), mean of three months',
      reach: 'below doing nothing',
      measured: `${figure(plan.peak, 'kW')}, by the clock ${figure(clock.peak, 'kW')}; nothing ${figure(nothing.peak, 'kW')}`,
      ceiling: `${figure(foresight.peak, 'kW')} (perfect foresight)`,
      reached: plan.peak < nothing.peak,
    },
    {
      what: 'cost of the three months under the plan, energy and demand',
      reach: 'below doing nothing',
      measured: `${figure(plan.cost, '')}, saves ${percent(1 - plan.cost / nothing.cost)}; nothing ${figure(nothing.cost, '')}`,
      ceiling: `${figure(foresight.cost, '')}, saves ${percent(1 - foresight.cost / nothing.cost)} (perfect foresight)`,
      reached: plan.cost < nothing.cost,
    },
    {
      what: 'solving a day, median and worst',
      reach: '≤ 10 s',
      measured: `${figure(quantile(solving, 0.5) / 1000, 's')}, ${figure(Math.max(...solving) / 1000, 's')}`,
      ceiling: '–',
      reached: Math.max(...solving) <= 10_000,
    },
  ];
}
