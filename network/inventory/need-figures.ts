import type { CriterionVerdict, NeedFigure, ServiceLevel } from '@millrace/contract';

/** Those that are numbers. */
export const finite = <T extends Record<string, number | undefined>>(
  values: T,
): { [K in keyof T]?: number } =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && Number.isFinite(value)),
  ) as {
    [K in keyof T]?: number;
  };

const percent = (share: number): string => `${Number((share * 100).toPrecision(10))} %`;

/** What a level asks, figure by figure, each with what was found at the worst terminal. */
export function figuresOf(level: ServiceLevel, criteria: readonly CriterionVerdict[]): NeedFigure[] {
  const figures: NeedFigure[] = [];
  const add = (criterion: NeedFigure['criterion'], needed: string, limit: number, unit: string): void => {
    const found =
      criteria.find((one) => one.criterion === criterion && one.limit === limit) ??
      criteria.find((one) => one.criterion === criterion);
    figures.push({
      criterion,
      needed,
      limit,
      unit,
      ...(found === undefined
        ? {}
        : {
            state: found.state,
            ...finite({ measured: found.measured, low: found.low, high: found.high }),
            ...(found.method === undefined ? {} : { method: found.method }),
            reason: { ...found.reason },
          }),
    });
  };
  for (const { share, ms } of level.latency?.within ?? [])
    add('latency', `${percent(share)} ≤ ${ms} ms`, ms, 'ms');
  if (level.jitter !== undefined)
    add('jitter', `≤ ${level.jitter.ms} ms (${level.jitter.definition})`, level.jitter.ms, 'ms');
  if (level.lossRatioMax !== undefined)
    add('loss', `≤ ${percent(level.lossRatioMax)}`, level.lossRatioMax, 'share');
  if (level.uplinkMbpsMin !== undefined)
    add('uplink', `≥ ${level.uplinkMbpsMin} Mbit/s`, level.uplinkMbpsMin, 'Mbit/s');
  if (level.downlinkMbpsMin !== undefined)
    add('downlink', `≥ ${level.downlinkMbpsMin} Mbit/s`, level.downlinkMbpsMin, 'Mbit/s');
  if (level.transferIntervalMs !== undefined)
    add('transfer-interval', `${level.transferIntervalMs} ms`, level.transferIntervalMs, 'ms');
  if (level.survivalTimeMs !== undefined)
    add('survival-time', `≤ ${level.survivalTimeMs} ms`, level.survivalTimeMs, 'ms');
  if (level.availabilityMin !== undefined)
    add('availability', `≥ ${percent(level.availabilityMin)}`, level.availabilityMin, 'share');
  if (level.mtbfHoursMin !== undefined) add('mtbf', `≥ ${level.mtbfHoursMin} h`, level.mtbfHoursMin, 'h');
  if (level.coverage !== undefined)
    add('coverage', `≥ ${percent(level.coverage.share)}`, level.coverage.share, 'share');
  return figures;
}
