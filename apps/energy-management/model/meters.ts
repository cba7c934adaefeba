import { isAtOrBelow, type LocalText } from '@millrace/contract';
import type { Carrier } from './carrier.ts';
import { type Quarter, worse } from './quarter.ts';

/** A meter and where it stands: in the plant (ISA-95) and behind which other meter. */
export interface Meter {
  id: string;
  title: string;
  carrier: Carrier;
  /** ISA-95 path. */
  place: string;
  /** The meter whose reading contains this one's. */
  behind?: string | undefined;
  /** Accuracy class in percent (IEC 62053: class 1 → 1); undefined: 2. */
  classPercent?: number | undefined;
  quarters: readonly Quarter[];
}

/** Deepest chain of meters that is followed; more is a ring. */
const metersDeepMax = 20;

/** Meters that lead back to themselves; they are taken as standing behind nothing. */
export function ringsOf(meters: readonly Pick<Meter, 'id' | 'behind'>[]): string[] {
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  return meters
    .filter((meter) => {
      let at = meter.behind === undefined ? undefined : byId.get(meter.behind);
      for (let depth = 0; at !== undefined && depth < metersDeepMax; depth++) {
        if (at.id === meter.id) return true;
        at = at.behind === undefined ? undefined : byId.get(at.behind);
      }
      return at !== undefined;
    })
    .map((meter) => meter.id);
}

/** Sums meters quarter by quarter: the whole is as good as its worst part, and missing parts leave it estimated from the others, told. */
export function addQuarters(lists: readonly (readonly Quarter[])[]): Quarter[] {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) => {
    let amount = 0;
    let returned = 0;
    let known = 0;
    let how: Quarter['how'] = 'measured';
    let start = 0;
    for (const list of lists) {
      const quarter = list[index];
      if (quarter === undefined) continue;
      start = quarter.start;
      how = worse(how, quarter.how);
      returned += quarter.returned;
      if (quarter.amount === undefined) continue;
      amount += quarter.amount;
      known++;
    }
    if (known === 0) return { start, amount: undefined, how: 'missing', returned };
    return { start, amount, how, returned };
  });
}

/**
 * What a node of the plant used of a carrier: the sum of the meters at or below it that stand behind no other meter at or below it, so
 * nothing counts twice. A meter that others elsewhere stand behind counts what went there, wherever it is mounted: it is none of the
 * node's own, unless the node has no other.
 */
export function consumptionAt(
  meters: readonly Meter[],
  place: string,
  carrier: Carrier,
): { meters: Meter[]; quarters: Quarter[] } {
  const rings = new Set(ringsOf(meters));
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const passing = new Set<string>();
  for (const meter of meters) {
    if (isAtOrBelow(meter.place, place)) continue;
    let at = meter.behind;
    for (let depth = 0; at !== undefined && depth < metersDeepMax; depth++) {
      passing.add(at);
      at = byId.get(at)?.behind;
    }
  }
  const all = meters.filter((meter) => meter.carrier === carrier && isAtOrBelow(meter.place, place));
  const own = all.filter((meter) => !passing.has(meter.id));
  const within = own.length === 0 ? all : own;
  const ids = new Set(within.map((meter) => meter.id));
  const outermost = within.filter((meter) => {
    if (rings.has(meter.id)) return true;
    let at = meter.behind;
    for (let depth = 0; at !== undefined && depth < metersDeepMax; depth++) {
      if (ids.has(at)) return false;
      at = byId.get(at)?.behind;
    }
    return true;
  });
  return { meters: outermost, quarters: addQuarters(outermost.map((meter) => meter.quarters)) };
}

/** One meter against those behind it. */
export interface Balance {
  meter: string;
  title: string;
  carrier: Carrier;
  /** What the meter counted. */
  inflow: number;
  /** What those behind it counted, one by one. */
  parts: { meter: string; title: string; amount: number; share: number }[];
  /** Inflow − parts: lines' losses and what has no meter. */
  rest: number;
  /** Expanded uncertainty (k = 2) of the rest. */
  uncertainty: number;
  /** Quarters in which a meter was missing, left out on both sides. */
  leftOut: number;
  verdict: 'closed' | 'unmetered' | 'more-than-inflow' | 'unknown';
  words: LocalText;
}

/** Standard uncertainty of a sum of readings by one meter: its class as the half-width of an even distribution (GUM 4.3.7). */
const standardUncertainty = (amount: number, classPercent: number | undefined): number =>
  (amount * (classPercent ?? 2)) / 100 / Math.sqrt(3);

/** Balances of every meter that has others behind it, over the quarters in which all of them are known. */
export function balancesOf(meters: readonly Meter[], lossPercent = 1): Balance[] {
  const rings = new Set(ringsOf(meters));
  const balances: Balance[] = [];
  for (const parent of meters) {
    const parts = meters.filter(
      (meter) => meter.behind === parent.id && meter.carrier === parent.carrier && !rings.has(meter.id),
    );
    if (parts.length === 0 || rings.has(parent.id)) continue;
    const sums = new Float64Array(parts.length);
    let inflow = 0;
    let leftOut = 0;
    for (let index = 0; index < parent.quarters.length; index++) {
      const whole = parent.quarters[index]!.amount;
      const amounts = parts.map((part) => part.quarters[index]?.amount);
      if (whole === undefined || amounts.includes(undefined)) {
        leftOut++;
        continue;
      }
      inflow += whole;
      for (const [at, amount] of amounts.entries()) sums[at]! += amount!;
    }
    const sum = sums.reduce((total, amount) => total + amount, 0);
    const rest = inflow - sum;
    const uncertainty =
      2 *
      Math.hypot(
        standardUncertainty(inflow, parent.classPercent),
        ...parts.map((part, at) => standardUncertainty(sums[at]!, part.classPercent)),
      );
    const loss = (inflow * lossPercent) / 100;
    const verdict =
      leftOut === parent.quarters.length
        ? 'unknown'
        : rest < -uncertainty
          ? 'more-than-inflow'
          : rest > uncertainty + loss
            ? 'unmetered'
            : 'closed';
    const percent = inflow === 0 ? '0' : ((100 * rest) / inflow).toFixed(1);
    balances.push({
      meter: parent.id,
      title: parent.title,
      carrier: parent.carrier,
      inflow,
      parts: parts.map((part, at) => ({
        meter: part.id,
        title: part.title,
        amount: sums[at]!,
        share: inflow === 0 ? 0 : sums[at]! / inflow,
      })),
      rest,
      uncertainty,
      leftOut,
      verdict,
      words:
        verdict === 'unknown'
          ? {
              en: 'There is no quarter-hour in which all of these meters are known',
              zh: '没有所有表计均有数据的刻钟',
            }
          : verdict === 'closed'
            ? {
                en: `Closes within what the meters can tell (${percent} % apart)`,
                zh: `在表计不确定度内平衡（相差 ${percent} %）`,
              }
            : verdict === 'unmetered'
              ? {
                  en: `${percent} % goes where no meter is: a consumer without a meter, or a leak`,
                  zh: `${percent} % 去向无表计：存在未计量用户或泄漏`,
                }
              : {
                  en: `Meters behind it count more than it does: one is wrong, or stands behind another meter`,
                  zh: `下级表计之和大于本表：有表计不准，或表计层级关系有误`,
                },
    });
  }
  return balances;
}

/** A consumer without a meter, as far as the meters around it tell. */
export interface MissingMeterEstimate {
  quarters: Quarter[];
  amount: number;
  /** Expanded uncertainty (k = 2) of the amount. */
  uncertainty: number;
}

/**
 * A consumer without a meter behind `parent`: what the parent counted less its other meters and its losses, never below zero. All of
 * it is called estimated. `share`: the consumer's part where several without a meter stand behind the parent; half of what is not its own is
 * added to its uncertainty.
 */
export function estimateMissingMeter(
  parent: Meter,
  others: readonly Meter[],
  lossPercent = 1,
  share = 1,
): MissingMeterEstimate {
  let amount = 0;
  let inflow = 0;
  const sums = new Float64Array(others.length);
  const quarters = parent.quarters.map((quarter, index): Quarter => {
    const parts = others.map((other) => other.quarters[index]?.amount);
    if (quarter.amount === undefined || parts.includes(undefined)) {
      return { start: quarter.start, amount: undefined, how: 'missing', returned: 0 };
    }
    inflow += quarter.amount;
    let rest = quarter.amount * (1 - lossPercent / 100);
    for (const [at, part] of parts.entries()) {
      rest -= part!;
      sums[at]! += part!;
    }
    const own = Math.max(0, rest * share);
    amount += own;
    return { start: quarter.start, amount: own, how: 'estimated', returned: 0 };
  });
  const uncertainty =
    2 *
    Math.hypot(
      standardUncertainty(inflow, parent.classPercent) * share,
      ...others.map((other, at) => standardUncertainty(sums[at]!, other.classPercent) * share),
      (inflow * lossPercent * share) / 100 / Math.sqrt(3),
      share === 1 ? 0 : (amount * (1 / share - 1)) / 2 / Math.sqrt(3),
    );
  return { quarters, amount, uncertainty };
}
