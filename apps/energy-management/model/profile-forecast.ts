import { type DayForecast, type ForecastSettings, kindOfDay } from './forecast.ts';
import { median, quantile } from './quarter.ts';

/** Days before a forecast from like days can be offered. */
export const profileDaysMin = 3;

/**
 * The next day from the days like it, while there is too little history to learn from: the median of the same quarter on up to eight days of
 * its kind (of any kind where there are fewer than two), and an interval from how far single days were from it, widened by what so few
 * days can tell (Student's t against normal). Nothing at or beyond the issue is looked at. Throws a RangeError below {@link profileDaysMin}.
 */
export function forecastFromProfile(
  series: Float64Array,
  day: number,
  settings: ForecastSettings,
): DayForecast {
  const issued = Math.min(series.length, day * 96 - settings.issuedBefore);
  const kind = (one: number): number => kindOfDay(one, settings);
  const earlier = Array.from({ length: day }, (_, index) => day - 1 - index);
  const like = earlier.filter((one) => kind(one) === kind(day)).slice(0, 8);
  const days = like.length >= 2 ? like : earlier.slice(0, 8);
  const known = (one: number, quarter: number): number => {
    const index = one * 96 + quarter;
    return index < issued ? (series[index] ?? Number.NaN) : Number.NaN;
  };
  const point: number[] = [];
  const errors: number[] = [];
  for (let quarter = 0; quarter < 96; quarter++) {
    const values = days.map((one) => known(one, quarter)).filter((value) => !Number.isNaN(value));
    const middle = median(values);
    point.push(middle);
    if (values.length >= 2) for (const value of values) errors.push(Math.abs(value - middle));
  }
  const seen = point.filter((value) => !Number.isNaN(value));
  if (earlier.length < profileDaysMin || seen.length < 48) {
    throw new RangeError(`${earlier.length} days are known; a forecast needs at least ${profileDaysMin}`);
  }
  const rest = median(seen);
  const width = quantile(errors, settings.coverage) * (1 + 2 / days.length);
  const filled = point.map((value) => (Number.isNaN(value) ? rest : value));
  return {
    day,
    point: filled,
    lower: filled.map((value) => Math.max(0, value - width)),
    upper: filled.map((value) => value + width),
  };
}
