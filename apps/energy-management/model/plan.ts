import type { LocalText } from '@millrace/contract';

/**
 * The peak-shaving plan of a day: when loads that can wait run, and when storage charges and discharges, so that energy and demand charge
 * together cost least, with production as it must be. A mixed-integer linear program; the solver is passed in.
 */

/** A load that runs once, in one piece, and may begin earlier or later. */
export interface BlockLoad {
  kind: 'block';
  id: string;
  title: string;
  /** kW in each quarter-hour of its run. */
  profile: readonly number[];
  /** Quarter of the day at which it usually begins. */
  usual: number;
  /** First quarter in which it may run, and the one by which it must have ended. */
  earliest: number;
  latest: number;
  /** Quarters in which it must not run: production needs the machine, the crew or the power. */
  blocked?: readonly number[];
  /** Another block load that must have ended before. */
  after?: string | undefined;
}

/** A load that needs an amount of energy by a time, in any portions (charging vehicles, cold stores, tanks). */
export interface FlexibleLoad {
  kind: 'flexible';
  id: string;
  title: string;
  kilowattHours: number;
  kilowattsMax: number;
  earliest: number;
  latest: number;
  blocked?: readonly number[];
  /** kW by quarter as it usually runs. */
  usual: readonly number[];
}

export interface Storage {
  id: string;
  title: string;
  kilowattHours: number;
  chargeKilowattsMax: number;
  dischargeKilowattsMax: number;
  /** Out over in, for a whole cycle. */
  efficiency: number;
  /** Now and at the end of the day at least, kWh. */
  charge: number;
  chargeAtEnd: number;
  chargeMin: number;
  /** What a kWh taken out wears off, in currency. */
  wear: number;
}

export interface PlanInput {
  /** kW by quarter, without the loads of this plan. */
  base: readonly number[];
  /** Upper end of the forecast's interval, likewise; undefined: plan on `base` alone. */
  upper?: readonly number[] | undefined;
  /** Share of the way from base to upper at which the peak is held, 0 to 1. */
  caution: number;
  loads: readonly (BlockLoad | FlexibleLoad)[];
  storages: readonly Storage[];
  /** Price per kWh by quarter. Quarters without a price are planned at the dearest known, so that nothing hides in a gap of the tariff. */
  price: readonly (number | undefined)[];
  /** Price of a kW of the month's highest quarter-hour. */
  demandPrice: number;
  /** kW the month has seen or will surely see: up to here a peak costs nothing more. */
  peakFree: number;
  /** What moving a load by an hour is worth avoiding, in currency. */
  moveCostPerHour?: number;
}

export interface PlanSchedule {
  /** Block load → first quarter. */
  starts: Readonly<Record<string, number>>;
  /** Flexible load → kW by quarter. */
  flexible: Readonly<Record<string, readonly number[]>>;
  /** Storage → kW by quarter, positive charging. */
  storage: Readonly<Record<string, readonly number[]>>;
  /** Highest mean the storages are told to hold, kW. */
  limit: number;
  /** kW from the grid by quarter, as planned. */
  grid: readonly number[];
}

export interface DayCost {
  /** kW by quarter, drawn from the grid. */
  grid: number[];
  peak: number;
  /** Quarter of the peak. */
  peakAt: number;
  energyCost: number;
  demandCost: number;
  wear: number;
  cost: number;
}

export interface Plan {
  schedule: PlanSchedule;
  planned: DayCost;
  /** The same day with nothing moved and storage idle. */
  nothing: DayCost;
  saves: { cost: number; peak: number };
  /** What it touches, for the person who approves. */
  moves: { load: string; title: string; from: number; to: number; words: LocalText }[];
  solver: { status: string; optimal: boolean };
}

export const planLoadsMax = 40;
export const planStoragesMax = 10;
const quarters = 96;

/** Why there is no plan. */
export class PlanError extends Error {
  readonly words: LocalText;
  constructor(words: LocalText) {
    super(words.en);
    this.words = words;
  }
}

export interface SolverAnswer {
  status: string;
  values: Readonly<Record<string, number>>;
}
/** Solves a model written in CPLEX LP format within bounded time. */
export type Solver = (model: string) => SolverAnswer;

/** Quarters at which a block load may begin. */
export function possibleStarts(load: BlockLoad): number[] {
  const blocked = new Set(load.blocked ?? []);
  const starts: number[] = [];
  const last = Math.min(quarters, load.latest) - load.profile.length;
  for (let start = Math.max(0, load.earliest); start <= last; start++) {
    if (load.profile.every((_, index) => !blocked.has(start + index))) starts.push(start);
  }
  return starts;
}

const clockText = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;

/** Finds what cannot be before a solver says "infeasible" and nothing else. */
function check(input: PlanInput): void {
  const fail = (en: string, zh: string): never => {
    throw new PlanError({ en, zh });
  };
  if (input.base.length !== quarters || input.price.length !== quarters)
    fail('A plan is for the 96 quarter-hours of a day', '计划须覆盖一天的 96 个时段');
  if (input.loads.length > planLoadsMax || input.storages.length > planStoragesMax)
    fail(
      `At most ${planLoadsMax} loads and ${planStoragesMax} storages`,
      `最多 ${planLoadsMax} 个可移负荷、${planStoragesMax} 个储能`,
    );
  const ids = new Set<string>();
  for (const one of [...input.loads, ...input.storages]) {
    if (ids.has(one.id)) fail(`"${one.id}" is there twice`, `“${one.id}”重复`);
    ids.add(one.id);
  }
  for (const load of input.loads) {
    if (load.kind === 'block') {
      if (possibleStarts(load).length === 0)
        fail(
          `"${load.title}" needs ${load.profile.length * 15} min in one piece, and no such time is free between ${clockText(load.earliest)} and ${clockText(load.latest)}`,
          `“${load.title}”需连续 ${load.profile.length * 15} 分钟，${clockText(load.earliest)}–${clockText(load.latest)} 内没有这样的空闲时段`,
        );
      if (
        load.after !== undefined &&
        !input.loads.some((other) => other.kind === 'block' && other.id === load.after)
      )
        fail(
          `"${load.title}" waits for "${load.after}", which is not in the plan`,
          `“${load.title}”须等待“${load.after}”，而后者不在计划中`,
        );
    } else {
      const most = openQuarters(load).length * load.kilowattsMax * 0.25;
      if (most < load.kilowattHours - 1e-6)
        fail(
          `"${load.title}" needs ${load.kilowattHours} kWh, and ${most} kWh at most fit between ${clockText(load.earliest)} and ${clockText(load.latest)}`,
          `“${load.title}”需 ${load.kilowattHours} kWh，${clockText(load.earliest)}–${clockText(load.latest)} 内最多 ${most} kWh`,
        );
    }
  }
  for (const storage of input.storages) {
    if (
      !(storage.efficiency > 0 && storage.efficiency <= 1) ||
      storage.charge > storage.kilowattHours + 1e-9 ||
      storage.charge < storage.chargeMin - 1e-9 ||
      storage.chargeAtEnd > storage.kilowattHours
    )
      fail(
        `"${storage.title}": efficiency must be above 0 and at most 1, and its charge between ${storage.chargeMin} and ${storage.kilowattHours} kWh`,
        `“${storage.title}”：效率须大于 0 且不超过 1，电量须在 ${storage.chargeMin} 至 ${storage.kilowattHours} kWh 之间`,
      );
  }
}

function openQuarters(load: FlexibleLoad): number[] {
  const blocked = new Set(load.blocked ?? []);
  return Array.from({ length: quarters }, (_, quarter) => quarter).filter(
    (quarter) => quarter >= load.earliest && quarter < load.latest && !blocked.has(quarter),
  );
}

function pricesOf(input: PlanInput): number[] {
  const dearest = Math.max(0, ...input.price.filter((price): price is number => price !== undefined));
  return input.price.map((price) => price ?? dearest);
}

/**
 * The program in CPLEX LP format. Variables: `g` grid and `w` surplus per quarter, `P` the peak above what is free, `x<load>_<start>` binary,
 * `f<load>_<quarter>`, `c`/`d`/`s` charging, discharging and charge of storages. Loads and storages go by their position, never by a name
 * somebody typed.
 */
export function planProgram(input: PlanInput): string {
  const price = pricesOf(input);
  const number = (value: number): string => {
    const text = Number(value.toFixed(9)).toString();
    return text.startsWith('-') ? `- ${text.slice(1)}` : `+ ${text}`;
  };
  const term = (value: number, name: string): string => (value === 0 ? '' : ` ${number(value)} ${name}`);
  const objective: string[] = [];
  const rows: string[] = [];
  const bounds: string[] = [];
  const binaries: string[] = [];
  const move = input.moveCostPerHour ?? 0.01;
  const balance: string[] = Array.from({ length: quarters }, (_, quarter) => ` g${quarter} - w${quarter}`);
  for (let quarter = 0; quarter < quarters; quarter++) {
    objective.push(term(price[quarter]! * 0.25, `g${quarter}`), term(1e-4, `w${quarter}`));
  }
  for (const [at, load] of input.loads.entries()) {
    if (load.kind === 'block') {
      const starts = possibleStarts(load);
      rows.push(` one${at}:${starts.map((start) => ` + x${at}_${start}`).join('')} = 1`);
      for (const start of starts) {
        binaries.push(`x${at}_${start}`);
        objective.push(term((move * Math.abs(start - load.usual)) / 4, `x${at}_${start}`));
        for (const [index, kilowatts] of load.profile.entries()) {
          balance[start + index] += term(-kilowatts, `x${at}_${start}`);
        }
      }
    } else {
      const open = openQuarters(load);
      rows.push(
        ` need${at}:${open.map((quarter) => ` + 0.25 f${at}_${quarter}`).join('')} = ${load.kilowattHours}`,
      );
      for (const quarter of open) {
        bounds.push(` 0 <= f${at}_${quarter} <= ${load.kilowattsMax}`);
        balance[quarter] += term(-1, `f${at}_${quarter}`);
      }
    }
  }
  for (const [at, load] of input.loads.entries()) {
    if (load.kind !== 'block' || load.after === undefined) continue;
    const before = input.loads.findIndex((other) => other.id === load.after);
    const other = input.loads[before] as BlockLoad;
    const mine = possibleStarts(load).map((start) => term(start, `x${at}_${start}`));
    const theirs = possibleStarts(other).map((start) => term(-start, `x${before}_${start}`));
    rows.push(` after${at}:${[...mine, ...theirs].join('')} >= ${other.profile.length}`);
  }
  for (const [at, storage] of input.storages.entries()) {
    const root = Math.sqrt(storage.efficiency);
    for (let quarter = 0; quarter < quarters; quarter++) {
      balance[quarter] += ` - c${at}_${quarter} + d${at}_${quarter}`;
      objective.push(term(storage.wear * 0.25, `d${at}_${quarter}`));
      bounds.push(
        ` 0 <= c${at}_${quarter} <= ${storage.chargeKilowattsMax}`,
        ` 0 <= d${at}_${quarter} <= ${storage.dischargeKilowattsMax}`,
        ` ${quarter === quarters - 1 ? Math.max(storage.chargeMin, storage.chargeAtEnd) : storage.chargeMin} <= s${at}_${quarter} <= ${storage.kilowattHours}`,
      );
      rows.push(
        ` keep${at}_${quarter}: s${at}_${quarter}${quarter === 0 ? '' : ` - s${at}_${quarter - 1}`}${term(-0.25 * root, `c${at}_${quarter}`)}${term(0.25 / root, `d${at}_${quarter}`)} = ${quarter === 0 ? storage.charge : 0}`,
      );
    }
  }
  objective.push(term(Math.max(input.demandPrice, 1e-3), 'P'));
  for (let quarter = 0; quarter < quarters; quarter++) {
    rows.push(` net${quarter}:${balance[quarter]} = ${input.base[quarter]}`);
    const above =
      input.upper === undefined ? 0 : input.caution * (input.upper[quarter]! - input.base[quarter]!);
    rows.push(
      ` top${quarter}: P - g${quarter} >= ${Number((Math.max(0, above) - input.peakFree).toFixed(9))}`,
    );
  }
  const binary = binaries.length === 0 ? '' : `Binary\n ${binaries.join('\n ')}\n`;
  return `Minimize\n cost:${objective.join('')}\nSubject To\n${rows.join('\n')}\nBounds\n${bounds.join('\n')}\n${binary}End\n`;
}

/** kW by quarter of the loads as they usually run. */
export function usualSchedule(input: PlanInput): PlanSchedule {
  return {
    starts: Object.fromEntries(
      input.loads.flatMap((load) => (load.kind === 'block' ? [[load.id, load.usual] as const] : [])),
    ),
    flexible: Object.fromEntries(
      input.loads.flatMap((load) => (load.kind === 'flexible' ? [[load.id, load.usual] as const] : [])),
    ),
    storage: {},
    limit: Number.POSITIVE_INFINITY,
    grid: [],
  };
}

/**
 * What a day costs under a schedule. `follow`: the storages hold the plan's limit by what is really drawn, as an inverter with a peak limit
 * does, instead of running by the clock: they discharge above it, and come back to the planned charge below it.
 */
export function dayUnder(input: PlanInput, schedule: PlanSchedule, follow = false): DayCost {
  const price = pricesOf(input);
  const grid = Array.from(input.base);
  for (const load of input.loads) {
    if (load.kind === 'block') {
      const start = schedule.starts[load.id] ?? load.usual;
      for (const [index, kilowatts] of load.profile.entries()) {
        if (start + index < quarters) grid[start + index]! += kilowatts;
      }
    } else {
      const run = schedule.flexible[load.id] ?? load.usual;
      for (let quarter = 0; quarter < quarters; quarter++) grid[quarter]! += run[quarter] ?? 0;
    }
  }
  let wear = 0;
  for (const storage of input.storages) {
    const planned = schedule.storage[storage.id];
    if (planned === undefined) continue;
    const root = Math.sqrt(storage.efficiency);
    let charge = storage.charge;
    let wanted = storage.charge;
    for (let quarter = 0; quarter < quarters; quarter++) {
      const plan = planned[quarter] ?? 0;
      wanted += plan > 0 ? plan * 0.25 * root : (plan * 0.25) / root;
      let power = plan;
      if (follow) {
        const over = grid[quarter]! - schedule.limit;
        if (over > 0) power = -over;
        // What was to hold the peak is kept for it; what was to earn at a dear hour is given then.
        else if (plan < 0) power = (schedule.grid[quarter] ?? 0) > schedule.limit * 0.97 ? 0 : plan;
        else power = Math.min(-over, Math.max(0, (wanted - charge) / (0.25 * root)));
      }
      power = Math.max(-storage.dischargeKilowattsMax, Math.min(storage.chargeKilowattsMax, power));
      if (power > 0) power = Math.min(power, (storage.kilowattHours - charge) / (0.25 * root));
      else
        power = Math.max(power, (-(charge - storage.chargeMin) * root) / 0.25, -Math.max(0, grid[quarter]!));
      charge += power > 0 ? power * 0.25 * root : (power * 0.25) / root;
      if (power < 0) wear += -power * 0.25 * storage.wear;
      grid[quarter]! += power;
    }
    // What is missing at the end of the day is bought then, at the price of its last quarter.
    const missing = Math.max(0, storage.chargeAtEnd - charge);
    wear += (missing / root) * price[quarters - 1]!;
  }
  let energyCost = 0;
  let peak = 0;
  let peakAt = 0;
  for (let quarter = 0; quarter < quarters; quarter++) {
    const drawn = Math.max(0, grid[quarter]!);
    grid[quarter] = drawn;
    energyCost += drawn * 0.25 * price[quarter]!;
    if (drawn > peak) {
      peak = drawn;
      peakAt = quarter;
    }
  }
  const demandCost = Math.max(0, peak - input.peakFree) * input.demandPrice;
  return { grid, peak, peakAt, energyCost, demandCost, wear, cost: energyCost + demandCost + wear };
}

/** Solves the plan of a day. Throws a {@link PlanError} where it cannot be, in words. */
export function planDay(input: PlanInput, solve: Solver): Plan {
  check(input);
  const answer = solve(planProgram(input));
  const value = (name: string): number => answer.values[name] ?? 0;
  const solved = input.loads.every(
    (load, at) =>
      load.kind !== 'block' || possibleStarts(load).some((start) => value(`x${at}_${start}`) > 0.5),
  );
  if (!solved || answer.values['P'] === undefined) {
    throw new PlanError(
      /infeasible/i.test(answer.status)
        ? {
            en: 'The loads and storages cannot all be served within their windows',
            zh: '各负荷与储能的时间窗无法同时满足',
          }
        : { en: `The solver found no plan (${answer.status})`, zh: `求解器未找到方案（${answer.status}）` },
    );
  }
  const round = (kilowatts: number): number => Number(kilowatts.toFixed(3));
  const starts: Record<string, number> = {};
  const flexible: Record<string, number[]> = {};
  const storage: Record<string, number[]> = {};
  const moves: Plan['moves'] = [];
  for (const [at, load] of input.loads.entries()) {
    if (load.kind === 'block') {
      const start = possibleStarts(load).reduce((best, one) =>
        value(`x${at}_${one}`) > value(`x${at}_${best}`) ? one : best,
      );
      starts[load.id] = start;
      if (start !== load.usual)
        moves.push({
          load: load.id,
          title: load.title,
          from: load.usual,
          to: start,
          words: {
            en: `${load.title} begins at ${clockText(start)} instead of ${clockText(load.usual)}`,
            zh: `${load.title} 由 ${clockText(load.usual)} 改为 ${clockText(start)} 开始`,
          },
        });
    } else {
      const run = Array.from({ length: quarters }, (_, quarter) => round(value(`f${at}_${quarter}`)));
      flexible[load.id] = run;
      const first = run.findIndex((kilowatts) => kilowatts > 0);
      const usual = load.usual.findIndex((kilowatts) => kilowatts > 0);
      if (run.some((kilowatts, quarter) => Math.abs(kilowatts - (load.usual[quarter] ?? 0)) > 0.01))
        moves.push({
          load: load.id,
          title: load.title,
          from: usual,
          to: first,
          words: {
            en: `${load.title} takes its ${load.kilowattHours} kWh at other times, first at ${clockText(Math.max(0, first))}`,
            zh: `${load.title} 的 ${load.kilowattHours} kWh 改在其他时段，最早 ${clockText(Math.max(0, first))}`,
          },
        });
    }
  }
  for (const [at, one] of input.storages.entries()) {
    storage[one.id] = Array.from({ length: quarters }, (_, quarter) =>
      round(value(`c${at}_${quarter}`) - value(`d${at}_${quarter}`)),
    );
    const out = storage[one.id]!.reduce((sum, kilowatts) => sum + Math.max(0, -kilowatts) * 0.25, 0);
    if (out > 0.01)
      moves.push({
        load: one.id,
        title: one.title,
        from: 0,
        to: storage[one.id]!.findIndex((kilowatts) => kilowatts < -0.01),
        words: {
          en: `${one.title} gives ${out.toFixed(1)} kWh at dear or busy hours and charges at others`,
          zh: `${one.title} 在高价或高负荷时段放电 ${out.toFixed(1)} kWh，其余时段充电`,
        },
      });
  }
  const limit = value('P') + input.peakFree;
  const planned = dayUnder(input, { starts, flexible, storage, limit, grid: [] });
  const schedule = { starts, flexible, storage, limit, grid: planned.grid.map(round) };
  const nothing = dayUnder(input, usualSchedule(input));
  return {
    schedule,
    planned,
    nothing,
    saves: { cost: nothing.cost - planned.cost, peak: nothing.peak - planned.peak },
    moves,
    solver: { status: answer.status, optimal: answer.status === 'Optimal' },
  };
}
