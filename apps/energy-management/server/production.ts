import type { Microseconds } from '@millrace/contract';
import type { AppContext, ThingRecord } from '@millrace/sdk';
import type { Activity, ActivityStretch, Run } from '../model/index.ts';

const dayMicroseconds = 86_400_000_000;
/** States of one machine and day that are read; more would be noise. */
const statesPerDayMax = 20_000;

const list = (setting: unknown): Set<string> =>
  new Set(
    String(setting ?? '')
      .split(/[,，]/)
      .map((word) => word.trim().toLowerCase())
      .filter((word) => word !== ''),
  );

/** The property of a machine that tells its state. */
export function stateProperty(machine: ThingRecord): string | undefined {
  const properties = machine.description.properties ?? {};
  return ['state', 'status', 'mode'].find((name) => Object.hasOwn(properties, name));
}

/** Words for numbered states, where only the title has them: "State (0 off, 1 starting)". */
function numbered(machine: ThingRecord, property: string): Map<number, string> {
  const title = machine.description.properties?.[property]?.title ?? '';
  return new Map(
    [...title.matchAll(/(\d+)\s*[=:]?\s*([A-Za-z]+)/g)].map((match) => [Number(match[1]), match[2]!]),
  );
}

async function texts(
  context: AppContext,
  thing: string,
  property: string,
  from: Microseconds,
  to: Microseconds,
): Promise<{ time: Microseconds; value: unknown }[]> {
  const all: { time: Microseconds; value: unknown }[] = [];
  for (let begin = from; begin < to; begin += dayMicroseconds) {
    const { samples } = await context.history.samples(
      { thing, property },
      begin,
      Math.min(to, begin + dayMicroseconds),
      statesPerDayMax,
    );
    for (const sample of samples) {
      const value = sample.status >>> 30 === 2 ? undefined : sample.value;
      if (all.length === 0 || all.at(-1)!.value !== value) all.push({ time: sample.time, value });
    }
  }
  return all;
}

/** Stretches of a machine's activity. A stop no longer than production needs belongs to production. */
export async function activityOf(
  context: AppContext,
  machine: ThingRecord,
  from: Microseconds,
  to: Microseconds,
): Promise<ActivityStretch[]> {
  const property = stateProperty(machine);
  if (property === undefined) return [];
  const producing = list(context.settings['producingStates']);
  const off = list(context.settings['offStates']);
  const names = numbered(machine, property);
  const short = Number(context.settings['idleMinutes']) * 60e6;
  const samples = await texts(context, machine.id, property, from, to);
  const stretches: ActivityStretch[] = [];
  for (const [index, { time, value }] of samples.entries()) {
    if (value === undefined || value === null) continue;
    const end = samples[index + 1]?.time ?? to;
    const state =
      typeof value === 'number'
        ? (names.get(value) ?? String(value))
        : typeof value === 'boolean'
          ? value
            ? 'running'
            : 'off'
          : String(value);
    const activity: Activity = producing.has(state.toLowerCase())
      ? 'producing'
      : off.has(state.toLowerCase())
        ? 'off'
        : 'idle';
    const last = stretches.at(-1);
    if (last !== undefined && last.activity === activity && last.to === time) {
      last.to = end;
      if (activity === 'idle' && !last.state.split('/').includes(state)) last.state += `/${state}`;
    } else stretches.push({ from: time, to: end, activity, state });
  }
  const merged: ActivityStretch[] = [];
  for (const [index, stretch] of stretches.entries()) {
    const before = merged.at(-1);
    const after = stretches[index + 1];
    const brief =
      stretch.activity === 'idle' &&
      stretch.to - stretch.from <= short &&
      before?.activity === 'producing' &&
      before.to === stretch.from &&
      after?.activity === 'producing';
    if (
      brief ||
      (before !== undefined &&
        before.activity === stretch.activity &&
        before.to === stretch.from &&
        stretch.activity === 'producing')
    )
      before!.to = stretch.to;
    else merged.push({ ...stretch });
  }
  return merged;
}

/** Runs of a machine: stretches of one product and order while it produced, with the good pieces made in them. */
export async function runsOf(
  context: AppContext,
  machine: ThingRecord,
  from: Microseconds,
  to: Microseconds,
): Promise<Run[]> {
  const properties = machine.description.properties ?? {};
  const has = (name: string): boolean => Object.hasOwn(properties, name);
  const stretches = (await activityOf(context, machine, from, to)).filter(
    (one) => one.activity === 'producing',
  );
  if (stretches.length === 0 || !has('pieces')) return [];
  const changes = new Set<Microseconds>();
  const timeline = async (name: string): Promise<(time: Microseconds) => string> => {
    if (!has(name)) return () => '';
    const samples = await texts(context, machine.id, name, from, to);
    for (const { time } of samples) changes.add(time);
    return (time) => {
      let low = 0;
      let high = samples.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (samples[middle]!.time <= time) low = middle + 1;
        else high = middle;
      }
      const value = samples[low - 1]?.value;
      return value === undefined || value === null ? '' : String(value);
    };
  };
  const product = await timeline('product');
  const order = await timeline('order');
  const pieces = await counted(context, machine.id, 'pieces', from, to);
  const cuts = [...changes].sort((a, b) => a - b);
  const runs: Run[] = [];
  let cut = 0;
  for (const stretch of stretches) {
    while (cut < cuts.length && cuts[cut]! <= stretch.from) cut++;
    const edges = [stretch.from];
    for (let at = cut; at < cuts.length && cuts[at]! < stretch.to; at++) edges.push(cuts[at]!);
    edges.push(stretch.to);
    for (let index = 1; index < edges.length; index++) {
      const [begin, end] = [edges[index - 1]!, edges[index]!];
      if (end <= begin) continue;
      runs.push({
        from: begin,
        to: end,
        product: product(begin),
        order: order(begin),
        pieces: pieces(end) - pieces(begin),
      });
    }
  }
  return runs;
}

/** A counter of pieces as a function of time that never falls: what it went back by is not made undone. */
export async function counted(
  context: AppContext,
  thing: string,
  property: string,
  from: Microseconds,
  to: Microseconds,
  span: Microseconds = 300_000_000,
): Promise<(time: Microseconds) => number> {
  const columns = await context.history.spans([{ thing, property }], from, to, span);
  const points: { time: number; sum: number }[] = [];
  let sum = 0;
  let last: number | undefined;
  const rows = Array.from({ length: columns.count }, (_, row) => row).sort(
    (a, b) => columns.start[a]! - columns.start[b]!,
  );
  for (const row of rows) {
    for (const [time, value] of [
      [columns.firstTime[row]!, columns.first[row]!],
      [columns.lastTime[row]!, columns.last[row]!],
    ] as const) {
      if (!Number.isFinite(value)) continue;
      if (last !== undefined) sum += value >= last ? value - last : value;
      last = value;
      points.push({ time, sum });
    }
  }
  return (time) => {
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (points[middle]!.time <= time) low = middle + 1;
      else high = middle;
    }
    const before = points[low - 1];
    const after = points[low];
    if (before === undefined) return 0;
    if (after === undefined || after.time === before.time) return before.sum;
    return before.sum + ((after.sum - before.sum) * (time - before.time)) / (after.time - before.time);
  };
}
