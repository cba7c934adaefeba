import type { LocalText } from '@millrace/contract';

/** A time (a block) in which a level was met or not, with the conditions that held in it. */
export interface Condition {
  readonly bad: boolean;
  /** Name of a condition → its value then: cell → "17", signal → "poor", machine:press-3 → "running". */
  readonly conditions: Readonly<Record<string, string>>;
}

/** A condition under which the level is lost more often. */
export interface Correlated {
  name: string;
  value: string;
  /** How many times as often it is bad, against all other times, and the least that the data allow (95 %, one-sided, over all conditions tried). */
  lift: number;
  liftAtLeast: number;
  bad: number;
  times: number;
  share: number;
  shareOtherwise: number;
  words: LocalText;
}

export const correlationLimits = {
  timesMax: 100_000,
  valuesMax: 2000,
  shownMax: 10,
  timesMin: 10,
  badMin: 5,
} as const;

const names: Record<string, LocalText> = {
  cell: { en: 'cell', zh: '小区' },
  signal: { en: 'signal', zh: '信号' },
  neighbours: { en: 'neighbouring cells', zh: '邻区' },
  hour: { en: 'hour of the day', zh: '时段' },
  place: { en: 'place', zh: '位置' },
};

/**
 * Which conditions make a level worse: the ratio of how often it is lost with and without, kept only where even its lower confidence bound is
 * above 1. Log ratio limits after Katz and others, Biometrics 34 (1978); Bonferroni over all values tried, or some hour of the day would always
 * stand out. Neighbouring times are alike: each run of bad times counts as `runLength` makes of it, √ of its length.
 */
export function correlate(times: readonly Condition[]): Correlated[] {
  const used = times.slice(-correlationLimits.timesMax);
  const all = { bad: 0, times: used.length, runs: 0 };
  const values = new Map<string, { name: string; value: string; bad: number; times: number }>();
  let before = false;
  for (const { bad, conditions } of used) {
    if (bad) {
      all.bad++;
      if (!before) all.runs++;
    }
    before = bad;
    for (const [name, value] of Object.entries(conditions)) {
      const key = `${name}\n${value}`;
      let held = values.get(key);
      if (held === undefined) {
        if (values.size >= correlationLimits.valuesMax) continue;
        values.set(key, (held = { name, value, bad: 0, times: 0 }));
      }
      held.times++;
      if (bad) held.bad++;
    }
  }
  if (all.bad < correlationLimits.badMin || all.bad === all.times) return [];
  const tried = Math.max(1, values.size);
  const z = normalQuantile(1 - 0.05 / tried);
  // What one bad time is worth where they come in runs.
  const alike = Math.sqrt(all.bad / Math.max(1, all.runs));
  const found: Correlated[] = [];
  for (const { name, value, bad, times: n } of values.values()) {
    const others = all.times - n;
    if (
      n < correlationLimits.timesMin ||
      others < correlationLimits.timesMin ||
      bad < correlationLimits.badMin
    )
      continue;
    const share = bad / n;
    const shareOtherwise = (all.bad - bad + 0.5) / (others + 0.5);
    const lift = share / shareOtherwise;
    const spread = Math.sqrt(
      Math.max(0, 1 / bad - 1 / n + 1 / (all.bad - bad + 0.5) - 1 / (others + 0.5)) * alike,
    );
    const liftAtLeast = lift * Math.exp(-z * spread);
    if (!(liftAtLeast > 1)) continue;
    const title = names[name] ?? {
      en: name.replace(/^machine:/, 'machine '),
      zh: name.replace(/^machine:/, '机器 '),
    };
    const [a, b] = [percent(share), percent((all.bad - bad) / others)];
    found.push({
      name,
      value,
      lift,
      liftAtLeast,
      bad,
      times: n,
      share,
      shareOtherwise: (all.bad - bad) / others,
      words: {
        en: `With ${title.en} ${value} the level was lost in ${a} of the times, otherwise in ${b}: at least ${liftAtLeast.toFixed(1)} times as often (${bad} of ${n}).`,
        zh: `${title.zh}为 ${value} 时有 ${a} 的时间不达标，其他时间为 ${b}：至少是 ${liftAtLeast.toFixed(1)} 倍（${n} 次中 ${bad} 次）。`,
      },
    });
  }
  return found
    .sort((x, y) => y.liftAtLeast - x.liftAtLeast || y.bad - x.bad)
    .slice(0, correlationLimits.shownMax);
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

/** Quantile of the normal law for probabilities above one half, within 4.5·10⁻⁴ (Abramowitz, Stegun 26.2.23): far finer than the data. */
function normalQuantile(probability: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - probability));
  return (
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3)
  );
}
