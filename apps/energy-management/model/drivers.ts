import type { LocalText } from '@millrace/contract';

/**
 * What drives the use of energy beside pieces and working days (ISO 50006: relevant variables): a figure a day, made from any property of the
 * plant. `below` and `above` are degree days: how far the day's mean was beneath or over a base.
 */
export interface Driver {
  name: string;
  thing: string;
  property: string;
  how: 'mean' | 'min' | 'max' | 'growth' | 'below' | 'above';
  /** Base of `below` and `above`, in the property's unit. */
  base: number;
}

export const driversMax = 12;
/** Drivers there are without a setting. */
export const ownDrivers = ['working day', 'pieces'];

/** Drivers as a setting says them: `name = thing property how`, divided by semicolons; how: mean, min, max, growth, below 15, above 22. */
export function readDrivers(text: string): { drivers: Driver[]; problems: LocalText[] } {
  const drivers: Driver[] = [];
  const problems: LocalText[] = [];
  for (const raw of text.split(/[;；\n]/)) {
    const line = raw.trim();
    if (line === '') continue;
    const shown = line.slice(0, 100);
    const match =
      /^([^=,，]{1,60}?)\s*=\s*(\S+)\s+(\S+)(?:\s+(mean|min|max|growth|below|above))?(?:\s+(-?\d+(?:\.\d+)?))?$/.exec(
        line,
      );
    const how = (match?.[4] ?? 'mean') as Driver['how'];
    const needsBase = how === 'below' || how === 'above';
    if (match === null || (match[5] === undefined) === needsBase) {
      problems.push({
        en: `"${shown}" is not: name = thing property, and mean, min, max, growth, below 15 or above 22`,
        zh: `“${shown}”应为：名称 = 物 属性，后接 mean、min、max、growth、below 15 或 above 22`,
      });
      continue;
    }
    const name = match[1]!;
    if (ownDrivers.includes(name) || drivers.some((one) => one.name === name)) {
      problems.push({ en: `There is a driver "${name}" already`, zh: `变量“${name}”已存在` });
      continue;
    }
    if (drivers.length >= driversMax) {
      problems.push({ en: `At most ${driversMax} drivers`, zh: `最多 ${driversMax} 个变量` });
      break;
    }
    drivers.push({ name, thing: match[2]!, property: match[3]!, how, base: Number(match[5] ?? 0) });
  }
  return { drivers, problems };
}

/** A span of a property: its numbers, and the first and last of them. */
export interface DriverSpan {
  count: number;
  total: number;
  least: number;
  most: number;
  first: number;
  last: number;
}

/** A day's figure from its spans in order; NaN where too little of the day is known (fewer than half of `spansWanted`). */
export function driverOfDay(driver: Driver, spans: readonly DriverSpan[], spansWanted: number): number {
  const known = spans.filter((span) => span.count > 0);
  if (known.length * 2 < spansWanted) return Number.NaN;
  switch (driver.how) {
    case 'min':
      return Math.min(...known.map((span) => span.least));
    case 'max':
      return Math.max(...known.map((span) => span.most));
    case 'growth': {
      // A counter that begins anew counts from there.
      let sum = 0;
      let last: number | undefined;
      for (const span of known) {
        for (const value of [span.first, span.last]) {
          if (last !== undefined) sum += value >= last ? value - last : value;
          last = value;
        }
      }
      return sum;
    }
    default: {
      // Each span weighs the same, however often its property was told.
      const mean = known.reduce((sum, span) => sum + span.total / span.count, 0) / known.length;
      if (driver.how === 'mean') return mean;
      return Math.max(0, driver.how === 'below' ? driver.base - mean : mean - driver.base);
    }
  }
}
