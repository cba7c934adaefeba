import { isMainThread } from 'node:worker_threads';
import {
  type DayForecast,
  type Finding,
  type ForecastError,
  type ForecastSettings,
  findUse,
  forecastDay,
  forecastDaysMin,
  forecastFromProfile,
  type MachinePower,
  type Plan,
  type PlanInput,
  planDay,
  plantClock,
  priceAt,
  type Solver,
  type StandbySettings,
  seasonalNaive,
  type Tariff,
  trainForecast,
} from '../model/index.ts';
import { highsSolver } from './solver.ts';

/** What is computed away from the platform's own thread. The solver is loaded with it, so that a plan is one plain call. */
const solver: Solver | undefined = isMainThread ? undefined : await highsSolver();

export interface ForecastInput {
  /** Amounts by quarter; null where nothing is known. */
  series: (number | null)[];
  day: number;
  settings: Omit<ForecastSettings, 'closed' | 'working'> & { closed?: number[]; working?: number[] };
}

export interface ForecastOutput extends DayForecast {
  /** `learnt`: trees on at least four weeks; `profile`: like days, while there is less. */
  method: 'learnt' | 'profile';
  naive: (number | null)[];
  trainedDays: number;
  /** Errors on the days kept back, and of the week before on the same days. */
  expected: ForecastError | undefined;
}

export function computeForecast({ series, day, settings }: ForecastInput): ForecastOutput {
  const values = Float64Array.from(series, (value) => value ?? Number.NaN);
  const full: ForecastSettings = {
    ...settings,
    closed: new Set(settings.closed ?? []),
    working: new Set(settings.working ?? []),
  };
  const naive = seasonalNaive(values, day).map((value) => (Number.isNaN(value) ? null : value));
  if (day < forecastDaysMin) {
    return {
      ...forecastFromProfile(values, day, full),
      method: 'profile',
      naive,
      trainedDays: day,
      expected: undefined,
    };
  }
  const model = trainForecast(values, day, full);
  return {
    ...forecastDay(model, values, day),
    method: 'learnt',
    naive,
    trainedDays: model.trainedDays,
    expected: model.calibration,
  };
}

export function computePlan(input: PlanInput, solve = solver): Plan {
  if (solve === undefined) throw new Error('plans are made in the computing thread');
  return planDay(input, solve);
}

export interface FindingsInput {
  machines: MachinePower[];
  settings: StandbySettings;
  tariff: Tariff;
  timeZone: string;
}

export function computeFindings({ machines, settings, tariff, timeZone }: FindingsInput): Finding[] {
  const clock = plantClock(timeZone);
  const prices = tariff.periods.map((period) => period.price);
  const usual = prices.length === 0 ? 0 : prices.reduce((sum, price) => sum + price, 0) / prices.length;
  return machines
    .flatMap((machine) => findUse(machine, settings, (time) => priceAt(tariff, clock, time)?.price ?? usual))
    .sort((a, b) => b.costPerWeek - a.costPerWeek);
}
