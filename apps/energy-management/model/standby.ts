import type { LocalText, Microseconds } from '@millrace/contract';
import { median, quantile } from './quarter.ts';

/**
 * Where a mean changed: optimal partitioning of a series into stretches of constant mean (Jackson et al. 2005; the exact search
 * that PELT, Killick et al. 2012, prunes) under squared error, a penalty of 3·σ²·ln n for each change. σ is taken from the differences of
 * neighbours (median absolute deviation), so a step does not hide itself. Answers the first index of each stretch after the first.
 */
export function changePoints(values: readonly number[], stretchMin = 3): number[] {
  const n = values.length;
  if (n > changePointsMax) throw new RangeError(`${n} values; at most ${changePointsMax}`);
  if (n < 2 * stretchMin) return [];
  const differences = values.slice(1).map((value, index) => Math.abs(value - values[index]!));
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  // MAD of differences to σ: 1.4826 / √2; never quite zero, or rounding would be change.
  const sigma = Math.max((median(differences) * 1.4826) / Math.SQRT2, Math.abs(mean) * 0.005, 1e-9);
  const penalty = 3 * sigma ** 2 * Math.log(n) + sigma ** 2 * 3;
  const sum = new Float64Array(n + 1);
  const squares = new Float64Array(n + 1);
  for (let index = 0; index < n; index++) {
    sum[index + 1] = sum[index]! + values[index]!;
    squares[index + 1] = squares[index]! + values[index]! ** 2;
  }
  const cost = (from: number, to: number): number =>
    squares[to]! - squares[from]! - (sum[to]! - sum[from]!) ** 2 / (to - from);
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  const previous = new Int32Array(n + 1);
  best[0] = -penalty;
  for (let end = stretchMin; end <= n; end++) {
    for (let start = 0; start <= end - stretchMin; start++) {
      if (start > 0 && start < stretchMin) continue;
      const total = best[start]! + cost(start, end) + penalty;
      if (total < best[end]!) {
        best[end] = total;
        previous[end] = start;
      }
    }
  }
  const points: number[] = [];
  for (let at = previous[n]!; at > 0; at = previous[at]!) points.unshift(at);
  return points;
}
export const changePointsMax = 3000;

/** What a machine's state means for the power it should draw. */
export type Activity = 'producing' | 'idle' | 'off';

/** A stretch in which a machine's activity did not change. */
export interface ActivityStretch {
  from: Microseconds;
  to: Microseconds;
  activity: Activity;
  /** Name of the machine's state, for the explanation. */
  state: string;
}

/** Mean power of a machine over a short span (a minute, say). */
export interface PowerSpan {
  start: Microseconds;
  kilowatts: number;
}

export interface MachinePower {
  machine: string;
  title: string;
  place: string;
  /** Ascending; spans of `spanMicroseconds`. */
  power: readonly PowerSpan[];
  spanMicroseconds: number;
  stretches: readonly ActivityStretch[];
}

export interface Finding {
  kind: 'standby' | 'level-change' | 'unexplained';
  machine: string;
  title: string;
  place: string;
  since: Microseconds;
  until: Microseconds;
  /** Energy above what was needed. */
  kilowattHours: number;
  cost: number;
  /** What goes on costing if nothing is done: per week of what was seen. */
  costPerWeek: number;
  /** Mean power seen, and what it would be. */
  kilowatts: number;
  usual: number;
  words: LocalText;
  remedy: LocalText;
}

export interface StandbySettings {
  /** Idle for at most this long in one go is part of production. */
  idleMicrosecondsMax: number;
  /** Findings cheaper than this are not told. */
  costMin: number;
  /** Share by which a level must have moved. */
  levelShareMin: number;
}

/** States named in a finding's words. */
const statesNamedMax = 4;
const hour = 3_600_000_000;
const week = 168 * hour;
const spot = (values: readonly number[]): string => median(values).toFixed(2);

/**
 * Standby and abnormal use of one machine: energy it drew while idle for longer than production needs, energy drawn while it is said to be
 * off, and the level of a state that moved and stayed moved (from change points of its daily level). Spans whose stretch is unknown
 * are left out. `price` at an instant, per kWh.
 */
export function findUse(
  machine: MachinePower,
  settings: StandbySettings,
  price: (time: Microseconds) => number,
): Finding[] {
  const findings: Finding[] = [];
  const { power, spanMicroseconds: span } = machine;
  if (power.length === 0) return findings;
  const hours = span / hour;
  const seen = Math.max(span, power.at(-1)!.start + span - power[0]!.start);
  const tagged: { span: PowerSpan; stretch: ActivityStretch }[] = [];
  let at = 0;
  for (const one of power) {
    if (!Number.isFinite(one.kilowatts)) continue;
    while (at < machine.stretches.length && machine.stretches[at]!.to <= one.start) at++;
    const stretch = machine.stretches[at];
    // A span that a change of state falls into belongs to neither.
    if (stretch === undefined || stretch.from > one.start || stretch.to < one.start + span) continue;
    tagged.push({ span: one, stretch });
  }
  const of = (activity: Activity): typeof tagged =>
    tagged.filter(({ stretch }) => stretch.activity === activity);
  const off = of('off');
  const idle = of('idle');
  // What is drawn off is what cannot be saved; without any, the lowest that was seen.
  const floor =
    off.length >= 5
      ? median(off.map(({ span: one }) => one.kilowatts))
      : quantile(power.map((one) => one.kilowatts).filter(Number.isFinite), 0.01);
  const finish = (
    kind: Finding['kind'],
    spans: readonly PowerSpan[],
    usual: number,
    words: (power: string, hoursSeen: string, cost: string) => LocalText,
    remedy: LocalText,
  ): void => {
    let energy = 0;
    let cost = 0;
    for (const one of spans) {
      const over = Math.max(0, one.kilowatts - usual) * hours;
      energy += over;
      cost += over * price(one.start);
    }
    if (cost < settings.costMin || energy <= 0) return;
    findings.push({
      kind,
      machine: machine.machine,
      title: machine.title,
      place: machine.place,
      since: spans[0]!.start,
      until: spans.at(-1)!.start + span,
      kilowattHours: energy,
      cost,
      costPerWeek: (cost * week) / Math.max(seen, 24 * hour),
      kilowatts: spans.reduce((sum, one) => sum + one.kilowatts, 0) / spans.length,
      usual,
      words: words(
        spot(spans.map((one) => one.kilowatts)),
        (spans.length * hours).toFixed(1),
        cost.toFixed(2),
      ),
      remedy,
    });
  };
  const long = idle.filter(({ stretch }) => stretch.to - stretch.from > settings.idleMicrosecondsMax);
  if (long.length > 0) {
    const stretches = new Set(long.map(({ stretch }) => stretch));
    const names = [...new Set([...stretches].flatMap((stretch) => stretch.state.split('/')))];
    const states =
      names.length > statesNamedMax ? `${names.slice(0, statesNamedMax).join(', ')}, …` : names.join(', ');
    finish(
      'standby',
      long.map(({ span: one }) => one),
      floor,
      (kilowatts, hoursSeen) => ({
        en: `Drew ${kilowatts} kW while ${states}: ${hoursSeen} h in ${stretches.size} stretches longer than ${Math.round(settings.idleMicrosecondsMax / 60e6)} min, ${floor.toFixed(2)} kW of it needed`,
        zh: `在“${states}”状态下耗电 ${kilowatts} kW：超过 ${Math.round(settings.idleMicrosecondsMax / 60e6)} 分钟的时段 ${stretches.size} 个，共 ${hoursSeen} 小时，其中必要功率 ${floor.toFixed(2)} kW`,
      }),
      {
        en: 'Switch it off, or let it go to sleep, when no work is waiting',
        zh: '无待加工任务时关机或进入休眠',
      },
    );
  }
  // Off, and yet drawing clearly more than it usually does off.
  const offLevel =
    off.length >= 5
      ? quantile(
          off.map(({ span: one }) => one.kilowatts),
          0.25,
        )
      : Number.NaN;
  const busyOff = off.filter(({ span: one }) => one.kilowatts > offLevel * 2 + 0.2);
  if (busyOff.length >= 3) {
    finish(
      'unexplained',
      busyOff.map(({ span: one }) => one),
      offLevel,
      (kilowatts, hoursSeen) => ({
        en: `Drew ${kilowatts} kW for ${hoursSeen} h while it says it is off (usually ${offLevel.toFixed(2)} kW)`,
        zh: `显示停机却耗电 ${kilowatts} kW，共 ${hoursSeen} 小时（通常 ${offLevel.toFixed(2)} kW）`,
      }),
      {
        en: 'See what hangs on this meter and is not switched with the machine',
        zh: '检查该表计下是否有未随设备关断的负载',
      },
    );
  }
  for (const activity of ['idle', 'producing'] as const) {
    // Daily levels: cycles within the day are not change, a day's median is steady.
    const days = new Map<number, PowerSpan[]>();
    for (const { span: one } of activity === 'idle' ? idle : of('producing')) {
      const day = Math.floor(one.start / (24 * hour));
      const list = days.get(day);
      if (list === undefined) days.set(day, [one]);
      else list.push(one);
    }
    const ordered = [...days.entries()]
      .filter(([, spans]) => spans.length * hours >= 0.5)
      .sort((a, b) => a[0] - b[0]);
    const recent = ordered.slice(-changePointsMax);
    const levels = recent.map(
      ([, spans]) => spans.reduce((sum, one) => sum + one.kilowatts, 0) / spans.length,
    );
    const change = changePoints(levels).at(-1);
    if (change === undefined) continue;
    const before = median(levels.slice(0, change));
    const after = median(levels.slice(change));
    if (after - before < settings.levelShareMin * Math.max(before, 0.1)) continue;
    const spans = recent.slice(change).flatMap(([, list]) => list);
    finish(
      'level-change',
      spans,
      before,
      () => ({
        en: `Draws ${after.toFixed(2)} kW ${activity === 'idle' ? 'while idle' : 'while producing'} where it drew ${before.toFixed(2)} kW before (+${(100 * (after / before - 1)).toFixed(0)} %), though its state is the same`,
        zh: `${activity === 'idle' ? '空闲' : '生产'}状态下功率由 ${before.toFixed(2)} kW 升至 ${after.toFixed(2)} kW（+${(100 * (after / before - 1)).toFixed(0)} %），而状态未变`,
      }),
      {
        en: 'Look for wear, friction, a leak, a dirty filter or a setting that was changed at that time',
        zh: '检查当时是否出现磨损、摩擦、泄漏、滤芯堵塞或参数改动',
      },
    );
  }
  return findings.sort((a, b) => b.costPerWeek - a.costPerWeek);
}
