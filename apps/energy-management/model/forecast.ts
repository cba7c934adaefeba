import { type BoostedTrees, predictTrees, type TreeSettings, trainTrees } from './boosted-trees.ts';
import { median, quantile } from './quarter.ts';

/**
 * The next day by quarter-hour. A series here is quarter-hours in order from the first quarter of a Monday-to-Sunday week's some day, NaN
 * where nothing is known; day 0 begins at index 0 in plant time. What is known ends at `issued`: no feature of any day looks at or beyond
 * the moment its forecast was, or would have been, issued. That is held by construction (every look into the series goes through
 * {@link View}) and by a test that changes everything after and compares.
 */
export interface ForecastSettings {
  /** ISO weekday (1 Monday … 7 Sunday) of day 0. */
  firstWeekday: number;
  /** Quarters before the day at which its forecast is issued: 0 at midnight, 24 at 18:00 of the day before. */
  issuedBefore: number;
  /** Share of quarters that should lie between lower and upper. */
  coverage: number;
  /** Kinds of day that the calendar knows beforehand: day index → closed (a public holiday, a stop that was planned). */
  closed?: ReadonlySet<number>;
  /** Weekend days that are worked. */
  working?: ReadonlySet<number>;
}

export interface DayForecast {
  day: number;
  /** 96 each, in the unit of the series; never negative. */
  point: number[];
  lower: number[];
  upper: number[];
}

export interface ForecastModel {
  settings: ForecastSettings;
  trees: { point: BoostedTrees; lower: BoostedTrees; upper: BoostedTrees };
  /** Added below and above by split-conformal calibration. */
  widen: number;
  trainedDays: number;
  /** Errors on the days kept back for calibration. */
  calibration: ForecastError & { days: number };
}

export interface ForecastError {
  /** Mean absolute error, in the unit of the series. */
  mae: number;
  /** Root of the mean squared error over the mean of what was used. */
  nrmse: number;
  rmse: number;
  /** Share of quarters inside the interval; NaN where there was none. */
  covered: number;
  quarters: number;
}

/** Days of history before the first that can be learnt from, and before a forecast is offered at all. */
export const forecastDaysMin = 28;
const historyDaysMax = 3 * 366;
const perDay = 96;

/**
 * Chosen on July to September of the steel plant's year (trained on what lay before), never on its last three months: shallow trees and
 * large leaves, because a plant's quarter-hours are noisy and days like each other are few.
 */
export const forecastTrees: Omit<TreeSettings, 'quantile'> = {
  trees: 140,
  depth: 3,
  rate: 0.06,
  leafRowsMin: 150,
  rowShare: 0.6,
  columnShare: 0.4,
  seed: 1,
};

/** What can be seen of a series at the moment of issue. */
class View {
  readonly #series: Float64Array;
  readonly #end: number;
  constructor(series: Float64Array, end: number) {
    this.#series = series;
    this.#end = end;
  }
  at(index: number): number {
    return index >= 0 && index < this.#end ? this.#series[index]! : Number.NaN;
  }
  /** Mean of what is known of from ≤ index < to. */
  mean(from: number, to: number): number {
    let sum = 0;
    let count = 0;
    for (let index = Math.max(0, from); index < Math.min(to, this.#end); index++) {
      const value = this.#series[index]!;
      if (!Number.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    return count === 0 ? Number.NaN : sum / count;
  }
  get end(): number {
    return this.#end;
  }
}

/** 0 working day, 1 Saturday, 2 Sunday or closed. */
export function kindOfDay(day: number, settings: ForecastSettings): number {
  if (settings.closed?.has(day) === true) return 2;
  if (settings.working?.has(day) === true) return 0;
  const weekday = (settings.firstWeekday - 1 + day) % 7;
  return weekday < 5 ? 0 : weekday - 4;
}

/** Features of the 96 quarters of a day, by row. Only days wholly or partly before the issue are looked at. */
function featuresOf(series: Float64Array, day: number, settings: ForecastSettings): number[][] {
  const issued = day * perDay - settings.issuedBefore;
  const view = new View(series, issued);
  const kind = kindOfDay(day, settings);
  // A closed day is as a Sunday and a worked weekend day as one in the middle of the week, in this too: there may be none before it to learn from.
  const weekday =
    settings.closed?.has(day) === true
      ? 6
      : settings.working?.has(day) === true
        ? 2
        : (settings.firstWeekday - 1 + day) % 7;
  const like: number[] = [];
  for (let other = day - 1; other >= 0 && like.length < 21; other--) {
    if (kindOfDay(other, settings) === kind) like.push(other);
  }
  const weeks: number[] = [];
  for (let other = day - 7; other >= 0 && weeks.length < 12; other -= 7) {
    if (kindOfDay(other, settings) === kind) weeks.push(other);
  }
  const known = (days: readonly number[], quarter: number, most: number): number[] => {
    const values: number[] = [];
    for (const other of days) {
      const value = view.at(other * perDay + quarter);
      if (!Number.isNaN(value)) values.push(value);
      if (values.length === most) break;
    }
    return values;
  };
  const mean = (values: readonly number[]): number =>
    values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
  const lastDay = view.mean(issued - perDay, issued);
  const lateHour = view.mean(issued - 4, issued);
  const lateQuarterDay = view.mean(issued - 24, issued);
  const lastWeek = view.mean(issued - 7 * perDay, issued);
  const lastLike = like.length === 0 ? Number.NaN : view.mean(like[0]! * perDay, (like[0]! + 1) * perDay);
  const weekBefore = view.mean((day - 7) * perDay, (day - 6) * perDay);
  let quiet = 0;
  for (let back = 1; back <= 14; back++) {
    const level = view.mean(issued - back * perDay, issued - (back - 1) * perDay);
    if (level < 0.35 * lastWeek) quiet++;
  }
  // Only a plant with a calendar has these: what is closed beside the day makes it a short one.
  const neighbours =
    (settings.closed?.size ?? 0) === 0
      ? []
      : [Number(settings.closed!.has(day - 1)), Number(settings.closed!.has(day + 1))];
  const rows: number[][] = [];
  for (let quarter = 0; quarter < perDay; quarter++) {
    const smooth = (other: number): number =>
      view.mean(
        other * perDay + Math.max(0, quarter - 1),
        other * perDay + Math.min(perDay - 1, quarter + 1) + 1,
      );
    const likes = known(like, quarter, 20);
    const five = likes.slice(0, 5);
    const byWeek = known(weeks, quarter, 12);
    rows.push([
      quarter,
      weekday,
      kind,
      median(five),
      mean(five),
      median(likes),
      mean(likes),
      mean(
        like
          .slice(0, 10)
          .map(smooth)
          .filter((value) => !Number.isNaN(value)),
      ),
      median(byWeek),
      mean(byWeek),
      known([day - 1, day - 2], quarter, 1)[0] ?? Number.NaN,
      view.at((day - 7) * perDay + quarter),
      likes[0] ?? Number.NaN,
      like.length === 0 ? Number.NaN : smooth(like[0]!),
      lastDay,
      lastLike,
      lateHour,
      lateQuarterDay,
      lastWeek,
      quiet,
      weekBefore,
      five.length === 0 ? Number.NaN : Math.max(...five),
      five.length === 0 ? Number.NaN : Math.min(...five),
      ...neighbours,
    ]);
  }
  return rows;
}

/** Features of past days do not change: whoever forecasts day after day keeps them here. */
export type FeatureCache = Map<number, number[][]>;

function cached(
  series: Float64Array,
  day: number,
  settings: ForecastSettings,
  cache?: FeatureCache,
): number[][] {
  let rows = cache?.get(day);
  if (rows === undefined) {
    rows = featuresOf(series, day, settings);
    cache?.set(day, rows);
  }
  return rows;
}

/**
 * Learns from every day before `day` whose forecast could have been checked by now, keeping the last fifth (at least 14 days, at most 42)
 * back to calibrate the interval: split-conformal for quantile regression (Romano, Patterson & Candès 2019), so the interval holds at
 * least `coverage` of days like those, whatever their distribution. Then the trees are trained again on all of them. Throws a RangeError with
 * fewer than {@link forecastDaysMin} days to learn from.
 */
export function trainForecast(
  series: Float64Array,
  day: number,
  settings: ForecastSettings,
  cache?: FeatureCache,
): ForecastModel {
  const issued = day * perDay - settings.issuedBefore;
  const first = Math.max(14, day - historyDaysMax);
  const days: number[] = [];
  for (let other = first; other < day; other++) {
    // A day counts only as far as it was over when this forecast is issued.
    if (other * perDay < issued) days.push(other);
  }
  if (days.length < 14 || day < forecastDaysMin) {
    throw new RangeError(
      `${Math.max(0, day)} days of quarter-hours are known; a forecast needs at least ${forecastDaysMin}`,
    );
  }
  const kept = Math.min(42, Math.max(7, Math.floor(days.length / 5)));
  const learn = (from: readonly number[], at: number): BoostedTrees => {
    const { columns, target } = tableOf(series, from, issued, settings, cache);
    return trainTrees(columns, target, { ...forecastTrees, quantile: at });
  };
  const tail = (1 - settings.coverage) / 2;
  const early = days.slice(0, -kept);
  const trial = { point: learn(early, 0.5), lower: learn(early, tail), upper: learn(early, 1 - tail) };
  const scores: number[] = [];
  const sums = new ErrorSum();
  for (const other of days.slice(-kept)) {
    const rows = cached(series, other, settings, cache);
    for (let quarter = 0; quarter < perDay; quarter++) {
      const index = other * perDay + quarter;
      const actual = index < issued ? series[index]! : Number.NaN;
      if (Number.isNaN(actual)) continue;
      const lower = predictTrees(trial.lower, rows[quarter]!);
      const upper = predictTrees(trial.upper, rows[quarter]!);
      scores.push(Math.max(lower - actual, actual - upper));
      sums.add(actual, Math.max(0, predictTrees(trial.point, rows[quarter]!)), Number.NaN, Number.NaN);
    }
  }
  const level = Math.min(1, settings.coverage * (1 + 1 / Math.max(1, scores.length)));
  return {
    settings,
    trees: { point: learn(days, 0.5), lower: learn(days, tail), upper: learn(days, 1 - tail) },
    widen: scores.length === 0 ? 0 : quantile(scores, level),
    trainedDays: days.length,
    calibration: { ...sums.result(), days: kept },
  };
}

function tableOf(
  series: Float64Array,
  days: readonly number[],
  issued: number,
  settings: ForecastSettings,
  cache?: FeatureCache,
): { columns: Float64Array[]; target: Float64Array } {
  const rows: number[][] = [];
  const target: number[] = [];
  for (const day of days) {
    const features = cached(series, day, settings, cache);
    for (let quarter = 0; quarter < perDay; quarter++) {
      const index = day * perDay + quarter;
      if (index >= issued || Number.isNaN(series[index]!)) continue;
      rows.push(features[quarter]!);
      target.push(series[index]!);
    }
  }
  const width = rows[0]?.length ?? 0;
  return {
    columns: Array.from({ length: width }, (_, column) => Float64Array.from(rows, (row) => row[column]!)),
    target: Float64Array.from(target),
  };
}

/** The forecast of a day from what is known at its issue. */
export function forecastDay(
  model: ForecastModel,
  series: Float64Array,
  day: number,
  cache?: FeatureCache,
): DayForecast {
  const rows = cached(series, day, model.settings, cache);
  const point: number[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  for (const row of rows) {
    const middle = Math.max(0, predictTrees(model.trees.point, row));
    point.push(middle);
    lower.push(Math.max(0, Math.min(middle, predictTrees(model.trees.lower, row) - model.widen)));
    upper.push(Math.max(middle, predictTrees(model.trees.upper, row) + model.widen));
  }
  return { day, point, lower, upper };
}

/** What a plant without a model would say: the same quarter of the week before (Hyndman & Athanasopoulos, seasonal naïve). */
export function seasonalNaive(series: Float64Array, day: number): number[] {
  return Array.from({ length: perDay }, (_, quarter) => series[(day - 7) * perDay + quarter] ?? Number.NaN);
}

/** Sums errors quarter by quarter; what is not known is in no sum. */
export class ErrorSum {
  #absolute = 0;
  #squared = 0;
  #used = 0;
  #inside = 0;
  #intervals = 0;
  #quarters = 0;

  add(actual: number, point: number, lower: number, upper: number): void {
    if (Number.isNaN(actual) || Number.isNaN(point)) return;
    this.#absolute += Math.abs(actual - point);
    this.#squared += (actual - point) ** 2;
    this.#used += actual;
    this.#quarters += 1;
    if (Number.isNaN(lower)) return;
    this.#intervals += 1;
    if (actual >= lower && actual <= upper) this.#inside += 1;
  }

  result(): ForecastError {
    const rmse = Math.sqrt(this.#squared / this.#quarters);
    return {
      mae: this.#absolute / this.#quarters,
      rmse,
      nrmse: rmse / (this.#used / this.#quarters),
      covered: this.#intervals === 0 ? Number.NaN : this.#inside / this.#intervals,
      quarters: this.#quarters,
    };
  }
}

/** Errors of a rolling day-ahead replay over days from ≤ day < to, beside the seasonal naïve. Trains anew every `retrainDays`. */
export function* replayForecasts(
  series: Float64Array,
  from: number,
  to: number,
  settings: ForecastSettings,
  retrainDays = 1,
): Generator<
  { forecast: DayForecast; naive: number[] },
  { model: ForecastError; naive: ForecastError },
  void
> {
  const ours = new ErrorSum();
  const theirs = new ErrorSum();
  const cache: FeatureCache = new Map();
  let model: ForecastModel | undefined;
  for (let day = from; day < to; day++) {
    if (model === undefined || (day - from) % retrainDays === 0)
      model = trainForecast(series, day, settings, cache);
    const forecast = forecastDay(model, series, day, cache);
    const naive = seasonalNaive(series, day);
    for (let quarter = 0; quarter < perDay; quarter++) {
      const actual = series[day * perDay + quarter] ?? Number.NaN;
      ours.add(actual, forecast.point[quarter]!, forecast.lower[quarter]!, forecast.upper[quarter]!);
      theirs.add(actual, naive[quarter]!, Number.NaN, Number.NaN);
    }
    yield { forecast, naive };
  }
  return { model: ours.result(), naive: theirs.result() };
}
