import type { LocalText } from '@millrace/contract';
import { minutesOf } from './calendar.ts';
import type { BlockLoad, FlexibleLoad, Storage } from './plan.ts';

/** How a start, a power or a limit reaches a machine. */
export interface LoadCommand {
  thing: string;
  /** A property that takes it: the start as minutes or hours since midnight or as "HH:MM", the power in kW. */
  property?: string;
  unit?: 'minutes' | 'hours' | 'text' | 'kW';
  /** Or an action, invoked at the start. */
  action?: string;
  input?: unknown;
}

interface LoadBase {
  id: string;
  title: string;
  /** ISO weekdays on which it is there; none: all. */
  days?: number[];
  /** Where its energy is in the plant's meters (true, usual), or comes on top. */
  metered?: boolean;
  command?: LoadCommand;
}

/** Loads and storages as a person wrote them down. */
export type LoadDefinition =
  | (LoadBase & {
      kind: 'block';
      kilowatts: number;
      minutes: number;
      usual: string;
      earliest: string;
      latest: string;
      /** Hours in which it must not run: "HH:MM-HH:MM". */
      blocked?: string[];
      after?: string;
    })
  | (LoadBase & {
      kind: 'flexible';
      kilowattHours: number;
      kilowattsMax: number;
      usual: string;
      earliest: string;
      latest: string;
      blocked?: string[];
    })
  | (LoadBase & {
      kind: 'storage';
      kilowattHours: number;
      chargeKilowattsMax: number;
      dischargeKilowattsMax: number;
      efficiency: number;
      chargeMinShare: number;
      wear: number;
      /** Property that tells its charge now, in percent; without one half full is taken. */
      charge?: { thing: string; property: string };
      limit?: { thing: string; property: string };
    });

const wrong = (en: string, zh: string): LocalText => ({ en, zh });

/** What is wrong with the definitions, in words; empty: they can be planned with. */
export function checkLoads(definitions: readonly LoadDefinition[]): LocalText[] {
  const problems: LocalText[] = [];
  const ids = new Set<string>();
  for (const one of definitions) {
    const name = one.title || one.id;
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(one.id))
      problems.push(wrong(`"${one.id}" is no id (a-z, 0-9, -)`, `“${one.id}”不是有效标识（a-z、0-9、-）`));
    if (ids.has(one.id)) problems.push(wrong(`"${one.id}" is there twice`, `“${one.id}”重复`));
    ids.add(one.id);
    const numbers: [string, number, number, number][] =
      one.kind === 'block'
        ? [
            ['kilowatts', one.kilowatts, 0, 1e6],
            ['minutes', one.minutes, 15, 1440],
          ]
        : one.kind === 'flexible'
          ? [
              ['kilowattHours', one.kilowattHours, 0, 1e7],
              ['kilowattsMax', one.kilowattsMax, 0, 1e6],
            ]
          : [
              ['kilowattHours', one.kilowattHours, 0, 1e7],
              ['chargeKilowattsMax', one.chargeKilowattsMax, 0, 1e6],
              ['dischargeKilowattsMax', one.dischargeKilowattsMax, 0, 1e6],
              ['efficiency', one.efficiency, 0.1, 1],
              ['chargeMinShare', one.chargeMinShare, 0, 0.9],
              ['wear', one.wear, 0, 1e3],
            ];
    for (const [field, value, least, most] of numbers) {
      if (typeof value !== 'number' || !(value >= least && value <= most))
        problems.push(
          wrong(
            `"${name}": ${field} must be between ${least} and ${most}`,
            `“${name}”：${field} 须在 ${least} 与 ${most} 之间`,
          ),
        );
    }
    if (one.kind === 'storage') continue;
    for (const time of [one.earliest, one.latest, one.usual]) {
      if (minutesOf(time) === undefined)
        problems.push(
          wrong(`"${name}": "${time}" is not a time of day (HH:MM)`, `“${name}”：“${time}”不是时刻（HH:MM）`),
        );
    }
    for (const span of one.blocked ?? []) {
      if (spanOf(span) === undefined)
        problems.push(
          wrong(
            `"${name}": "${span}" is not a span (HH:MM-HH:MM)`,
            `“${name}”：“${span}”不是时间段（HH:MM-HH:MM）`,
          ),
        );
    }
  }
  return problems;
}

function spanOf(text: string): [number, number] | undefined {
  const [from, to] = text.split(/[-–]/);
  const start = minutesOf(from ?? '');
  const end = minutesOf(to ?? '');
  return start === undefined || end === undefined || end <= start
    ? undefined
    : [Math.floor(start / 15), Math.ceil(end / 15)];
}

const quarterOf = (time: string): number => Math.floor((minutesOf(time) ?? 0) / 15);
const blockedOf = (spans: readonly string[] | undefined): number[] =>
  (spans ?? []).flatMap((text) => {
    const [from, to] = spanOf(text) ?? [0, 0];
    return Array.from({ length: to - from }, (_, index) => from + index);
  });

/** What the plan of a weekday is made of. `charge`: kWh in each storage now. */
export function loadsOn(
  definitions: readonly LoadDefinition[],
  weekday: number,
  charge: ReadonlyMap<string, number> = new Map(),
): { loads: (BlockLoad | FlexibleLoad)[]; storages: Storage[]; usual: number[] } {
  const loads: (BlockLoad | FlexibleLoad)[] = [];
  const storages: Storage[] = [];
  /** kW by quarter that the forecast contains and the plan takes out before it puts loads anew. */
  const usual = Array<number>(96).fill(0);
  for (const one of definitions) {
    if (one.days !== undefined && one.days.length > 0 && !one.days.includes(weekday)) continue;
    if (one.kind === 'storage') {
      const now = charge.get(one.id) ?? one.kilowattHours / 2;
      storages.push({
        id: one.id,
        title: one.title,
        kilowattHours: one.kilowattHours,
        chargeKilowattsMax: one.chargeKilowattsMax,
        dischargeKilowattsMax: one.dischargeKilowattsMax,
        efficiency: one.efficiency,
        chargeMin: one.kilowattHours * one.chargeMinShare,
        charge: Math.max(now, one.kilowattHours * one.chargeMinShare),
        chargeAtEnd: Math.max(now, one.kilowattHours * one.chargeMinShare),
        wear: one.wear,
      });
      continue;
    }
    const window = {
      earliest: quarterOf(one.earliest),
      latest: Math.ceil((minutesOf(one.latest) ?? 1440) / 15),
    };
    const start = quarterOf(one.usual);
    let run: number[];
    if (one.kind === 'block') {
      run = Array<number>(Math.ceil(one.minutes / 15)).fill(one.kilowatts);
      loads.push({
        kind: 'block',
        id: one.id,
        title: one.title,
        profile: run,
        usual: start,
        ...window,
        blocked: blockedOf(one.blocked),
        after: one.after === '' ? undefined : one.after,
      });
    } else {
      run = [];
      for (let left = one.kilowattHours; left > 1e-9 && run.length < 96; ) {
        const kilowatts = Math.min(one.kilowattsMax, left * 4);
        run.push(kilowatts);
        left -= kilowatts * 0.25;
      }
      const profile = Array<number>(96).fill(0);
      for (const [index, kilowatts] of run.entries())
        if (start + index < 96) profile[start + index] = kilowatts;
      loads.push({
        kind: 'flexible',
        id: one.id,
        title: one.title,
        kilowattHours: one.kilowattHours,
        kilowattsMax: one.kilowattsMax,
        ...window,
        blocked: blockedOf(one.blocked),
        usual: profile,
      });
    }
    if (one.metered === false) continue;
    for (const [index, kilowatts] of run.entries())
      if (start + index < 96) usual[start + index]! += kilowatts;
  }
  const ids = new Set(loads.map((load) => load.id));
  // What waits for a load that is not there on this day waits for nothing.
  for (const load of loads)
    if (load.kind === 'block' && load.after !== undefined && !ids.has(load.after)) load.after = undefined;
  return { loads, storages, usual };
}
