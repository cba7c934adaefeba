import type { Blame, Criterion, Hop, ServiceLevel } from '@millrace/contract';
import { formatNumber, type Language, type Say } from '@millrace/ui';
import type { ConsoleWords } from '../../words/index.ts';

type Words = Say<ConsoleWords>;

/** A share as percent, with as many nines as there are. */
export function percentText(share: number, language: Language, digits = 12): string {
  const percent = Number((share * 100).toPrecision(digits));
  if (percent !== 0 && Math.abs(percent) < 1e-6) return formatNumber(percent, language);
  // Rounded as usual, 99.999999 % would be 100 %.
  return formatNumber(percent, language, /\.(\d+)$/.exec(String(percent))?.[1]?.length ?? 0);
}

/** Milliseconds in the unit a person would say them in. */
export function durationText(milliseconds: number, words: Words, language: Language): string {
  const number = (value: number) => formatNumber(Number(value.toPrecision(3)), language);
  if (milliseconds < 1000) return `${number(milliseconds)} ms`;
  if (milliseconds < 120_000) return `${number(milliseconds / 1000)} s`;
  if (milliseconds < 7_200_000)
    return words('network.unit.minutes', { value: number(milliseconds / 60_000) });
  if (milliseconds < 172_800_000)
    return words('network.unit.hours', { value: number(milliseconds / 3_600_000) });
  return words('network.unit.days', { value: number(milliseconds / 86_400_000) });
}

/** A measured figure with its unit, in three digits: more the measurement does not carry. */
export function figureText(
  value: number | undefined,
  unit: string,
  words: Words,
  language: Language,
): string | undefined {
  if (value === undefined || !Number.isFinite(value)) return undefined;
  // Nines are what a share is about: they are not rounded away.
  if (unit === 'share') return `${percentText(value, language, value > 0.9 ? 6 : 3)} %`;
  if (unit === 'ms') return durationText(value, words, language);
  if (unit === 'h') return durationText(value * 3_600_000, words, language);
  return `${formatNumber(Number(value.toPrecision(3)), language)} ${unit}`;
}

/** Both ends of an interval. */
export function intervalText(
  low: number | undefined,
  high: number | undefined,
  unit: string,
  words: Words,
  language: Language,
): string | undefined {
  const [from, to] = [low, high].map((one) => figureText(one, unit, words, language));
  if (from === undefined && to === undefined) return undefined;
  if (to === undefined) return `≥ ${from}`;
  if (from === undefined) return `≤ ${to}`;
  return `${from} – ${to}`;
}

/** One thing that a level asks for, in plain words. */
export interface Need {
  criterion: Criterion;
  limit: number;
  /** Name of the figure in the level, under which its source stands. */
  figure: keyof ServiceLevel;
  text: string;
}

/** What a level asks for, each in plain words, in the order in which the server tells what was found. */
export function needsOf(level: ServiceLevel, words: Words, language: Language): Need[] {
  const needs: Need[] = [];
  const add = (criterion: Criterion, figure: keyof ServiceLevel, limit: number, text: string) =>
    needs.push({ criterion, figure, limit, text });
  const time = (milliseconds: number) => durationText(milliseconds, words, language);
  const percent = (share: number) => percentText(share, language);
  for (const { share, ms } of level.latency?.within ?? [])
    add(
      'latency',
      'latency',
      ms,
      words('network.need.within', {
        share: percent(share),
        time: time(ms),
        path: words(`network.need.paths.${level.latency!.path}`),
      }),
    );
  if (level.jitter !== undefined)
    add(
      'jitter',
      'jitter',
      level.jitter.ms,
      words('network.need.jitter', {
        time: time(level.jitter.ms),
        definition: words(`network.need.definitions.${level.jitter.definition}`),
      }),
    );
  if (level.lossRatioMax !== undefined)
    add(
      'loss',
      'lossRatioMax',
      level.lossRatioMax,
      words('network.need.loss', { share: percent(level.lossRatioMax) }),
    );
  for (const [criterion, figure] of [
    ['uplink', 'uplinkMbpsMin'],
    ['downlink', 'downlinkMbpsMin'],
  ] as const) {
    const rate = level[figure];
    if (rate !== undefined)
      add(criterion, figure, rate, words('network.need.rate', { rate: formatNumber(rate, language) }));
  }
  if (level.transferIntervalMs !== undefined)
    add(
      'transfer-interval',
      'transferIntervalMs',
      level.transferIntervalMs,
      words('network.need.interval', { time: time(level.transferIntervalMs) }),
    );
  if (level.survivalTimeMs !== undefined)
    add(
      'survival-time',
      'survivalTimeMs',
      level.survivalTimeMs,
      level.survivalTimeMs === 0
        ? words('network.need.noSurvival')
        : words('network.need.survival', { time: time(level.survivalTimeMs) }),
    );
  if (level.availabilityMin !== undefined)
    add(
      'availability',
      'availabilityMin',
      level.availabilityMin,
      words('network.need.availability', { share: percent(level.availabilityMin) }),
    );
  if (level.mtbfHoursMin !== undefined)
    add(
      'mtbf',
      'mtbfHoursMin',
      level.mtbfHoursMin,
      words('network.need.mtbf', { time: time(level.mtbfHoursMin * 3_600_000) }),
    );
  if (level.coverage !== undefined)
    add(
      'coverage',
      'coverage',
      level.coverage.share,
      words('network.need.coverage', { share: percent(level.coverage.share) }),
    );
  return needs;
}

/** Where a loss of quality lies, in words. */
export function blameText(blame: Pick<Blame, 'from' | 'to'>, words: Words): string {
  const { from, to = from } = blame;
  if (from === undefined || to === undefined) return words('network.hops.unknown');
  const hop = (one: Hop) => words(`network.hops.${one}`);
  return from === to ? hop(from) : words('network.hops.between', { from: hop(from), to: hop(to) });
}

/** What a person does about it. */
export function todoText(blame: Pick<Blame, 'from' | 'to'> | undefined, words: Words): string {
  const { from, to = from } = blame ?? {};
  if (from === undefined || to === undefined) return words('network.todo.unknown');
  return words(from === to ? `network.todo.${from}` : 'network.todo.between');
}
