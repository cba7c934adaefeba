import { randomUUID } from 'node:crypto';
import type { Actor, Command, LocalText, Microseconds } from '@millrace/contract';
import { type AppContext, AppError } from '@millrace/sdk';
import {
  checkLoads,
  type LoadCommand,
  type LoadDefinition,
  loadsOn,
  type Plan,
  type PlanInput,
  plantClock,
  priceAt,
} from '../model/index.ts';
import { dateStart, plantQuarters, storedForecast } from './forecasting.ts';
import { Ledger } from './ledger.ts';
import { tariffOf } from './settings.ts';

/** One thing an approved plan does. */
export interface PlanStep {
  load: string;
  title: string;
  /** When; undefined: at once, when it is approved. */
  at: Microseconds | undefined;
  command: {
    key: string;
    thing: string;
    property?: string;
    value?: unknown;
    action?: string;
    input?: unknown;
  };
  /** Set-point group in which it was set, for undo. */
  group?: string;
  /** What the property was before, for undo. */
  before?: unknown;
  state: 'waiting' | 'done' | 'failed' | 'undone' | 'cancelled';
  reason?: LocalText;
}

export interface StoredPlan {
  id: string;
  date: string;
  created: Microseconds;
  state: 'proposed' | 'approved' | 'partly-applied' | 'undone' | 'rejected' | 'replaced';
  plan: Plan;
  input: PlanInput;
  loads: LoadDefinition[];
  decidedBy: string | undefined;
  decided: Microseconds | undefined;
  steps: PlanStep[];
}

interface Row {
  id: string;
  day: string;
  created: string;
  state: StoredPlan['state'];
  plan: { plan: Plan; input: PlanInput; loads: LoadDefinition[] };
  decided_by: string | null;
  decided: string | null;
  applied: PlanStep[] | null;
}

const plansKeptMax = 400;
const stepsMax = 2000;
/** A step this late is not carried out any more: its hour is over. */
const lateMax = 15 * 60 * 1_000_000;

const fromRow = (row: Row): StoredPlan => ({
  id: row.id,
  date: row.day,
  created: Number(row.created),
  state: row.state,
  ...row.plan,
  decidedBy: row.decided_by ?? undefined,
  decided: row.decided === null ? undefined : Number(row.decided),
  steps: row.applied ?? [],
});

export async function loadDefinitions(context: AppContext): Promise<LoadDefinition[]> {
  return (await new Ledger(context.records).document<LoadDefinition[]>('loads')) ?? [];
}

/** What the plan of a day starts from: forecast, loads, storages, prices, and the peak that is free. */
async function planInput(
  context: AppContext,
  date: string,
): Promise<{ input: PlanInput; loads: LoadDefinition[] }> {
  const forecast = await storedForecast(context, date);
  if (forecast === undefined) {
    throw new AppError(
      409,
      'no-forecast',
      { en: `There is no forecast for ${date} to plan with`, zh: `没有 ${date} 的预测，无法制定计划` },
      { en: 'Make the forecast first.', zh: '请先生成预测。' },
    );
  }
  const loads = await loadDefinitions(context);
  const problems = checkLoads(loads);
  if (problems.length > 0) throw new AppError(422, 'wrong-loads', problems[0]!);
  const clock = plantClock(context.plant.timeZone);
  const start = dateStart(clock, date);
  const charge = new Map<string, number>();
  for (const one of loads) {
    if (one.kind !== 'storage' || one.charge === undefined) continue;
    const value = context.values.latest(one.charge)?.value;
    if (typeof value === 'number')
      charge.set(one.id, (Math.min(100, Math.max(0, value)) / 100) * one.kilowattHours);
  }
  const { loads: movable, storages, usual } = loadsOn(loads, clock.parts(start).weekday, charge);
  const kilowatts = (amounts: readonly number[]): number[] =>
    amounts.map((amount, quarter) => Math.max(0, amount * 4 - usual[quarter]!));
  const { tariff } = tariffOf(context.settings, 'electricity');
  const month = date.slice(0, 7);
  const monthStart = dateStart(clock, `${month}-01`);
  const before = clock.dayStart(monthStart - 86_400_000_000 * 15);
  const peakOf = async (from: Microseconds, to: Microseconds): Promise<number> =>
    to <= from
      ? 0
      : (await plantQuarters(context, from, to)).reduce(
          (peak, one) => Math.max(peak, (one.amount ?? 0) * 4),
          0,
        );
  const soFar = await peakOf(monthStart, Math.min(context.clock.now(), start));
  // A month that has hardly begun will see a peak near the last one's: to hold every day below it is worth nothing.
  const last = await peakOf(before, monthStart);
  return {
    loads,
    input: {
      base: kilowatts(forecast.point),
      upper: kilowatts(forecast.upper),
      caution: Number(context.settings['caution']),
      loads: movable,
      storages,
      price: Array.from(
        { length: 96 },
        (_, quarter) => priceAt(tariff, clock, start + quarter * 900e6)?.price,
      ),
      demandPrice: tariff.demandPrice,
      peakFree: Math.max(soFar, 0.8 * last),
    },
  };
}

/** Makes the plan of a day and keeps it as proposed; one that was proposed before for the same day is replaced. Nothing to move: no plan. */
export async function makePlan(
  context: AppContext,
  date: string,
  by: Actor,
): Promise<StoredPlan | undefined> {
  const { input, loads } = await planInput(context, date);
  if (input.loads.length === 0 && input.storages.length === 0) return undefined;
  let plan: Plan;
  try {
    plan = await context.compute<Plan>('plan', input, 60_000);
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error))
      .replace(/^\w*Error: /, '')
      .split('\n')[0]!;
    throw new AppError(422, 'no-plan', { en: message, zh: `无法制定计划：${message}` });
  }
  const id = randomUUID();
  await context.records.transaction([
    {
      sql: `UPDATE energy_plans SET state = 'replaced' WHERE day = $1 AND state = 'proposed'`,
      parameters: [date],
    },
    {
      sql: `INSERT INTO energy_plans (id, day, created, state, plan) VALUES ($1, $2, $3, 'proposed', $4::jsonb)`,
      parameters: [id, date, context.clock.now(), JSON.stringify({ plan, input, loads })],
    },
    {
      sql: 'DELETE FROM energy_plans WHERE id IN (SELECT id FROM energy_plans ORDER BY created DESC OFFSET $1)',
      parameters: [plansKeptMax],
    },
  ]);
  await context.audit({
    actor: by,
    action: 'energy.plan-proposed',
    object: id,
    place: '',
    detail: { date, saves: plan.saves },
    outcome: 'done',
  });
  return planOf(context, id);
}

export async function planOf(context: AppContext, id: string): Promise<StoredPlan> {
  const [row] = await context.records.query<Row>(
    'SELECT id, day, created::text AS created, state, plan, decided_by, decided::text AS decided, applied FROM energy_plans WHERE id = $1',
    [id],
  );
  if (row === undefined)
    throw new AppError(404, 'no-such-plan', { en: 'There is no such plan', zh: '没有这个计划' });
  return fromRow(row);
}

export async function plans(context: AppContext, limit: number): Promise<StoredPlan[]> {
  const rows = await context.records.query<Row>(
    'SELECT id, day, created::text AS created, state, plan, decided_by, decided::text AS decided, applied FROM energy_plans ORDER BY energy_plans.created DESC LIMIT $1',
    [limit],
  );
  return rows.map(fromRow);
}

const clockText = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;

/** The commands of a plan. A load without a command is the person's own business: it is in the plan, not among the steps. */
export function stepsOf(plan: StoredPlan, dayStart: Microseconds): PlanStep[] {
  const steps: PlanStep[] = [];
  const add = (
    load: LoadDefinition,
    at: Microseconds | undefined,
    command: LoadCommand | undefined,
    value: unknown,
  ): void => {
    if (command === undefined || steps.length >= stepsMax) return;
    const key = `plan-${plan.id}-${load.id}-${at ?? 'now'}`;
    steps.push({
      load: load.id,
      title: load.title,
      at,
      command:
        command.action === undefined
          ? { key, thing: command.thing, property: command.property!, value }
          : { key, thing: command.thing, action: command.action, input: command.input },
      state: 'waiting',
    });
  };
  const { schedule } = plan.plan;
  for (const load of plan.loads) {
    if (load.kind === 'block') {
      const start = schedule.starts[load.id];
      if (start === undefined) continue;
      if (load.command?.action !== undefined) add(load, dayStart + start * 900e6, load.command, undefined);
      else {
        const unit = load.command?.unit ?? 'text';
        add(
          load,
          undefined,
          load.command,
          unit === 'minutes' ? start * 15 : unit === 'hours' ? start / 4 : clockText(start),
        );
      }
      continue;
    }
    const run = load.kind === 'storage' ? schedule.storage[load.id] : schedule.flexible[load.id];
    if (run === undefined) continue;
    if (load.kind === 'storage' && load.limit !== undefined)
      add(load, undefined, load.limit, Number(schedule.limit.toFixed(1)));
    // Powers are sent when they change.
    let last: number | undefined;
    for (const [quarter, kilowatts] of run.entries()) {
      if (kilowatts === last) continue;
      add(load, dayStart + quarter * 900e6, load.command, kilowatts);
      last = kilowatts;
    }
  }
  return steps;
}

async function keep(
  context: AppContext,
  id: string,
  state: StoredPlan['state'],
  steps: readonly PlanStep[],
  by?: Actor,
): Promise<void> {
  await context.records.query(
    `UPDATE energy_plans SET state = $2, applied = $3::jsonb, decided_by = coalesce($4, decided_by), decided = coalesce($5, decided) WHERE id = $1`,
    [id, state, JSON.stringify(steps), by?.id ?? null, by === undefined ? null : context.clock.now()],
  );
}

const failed = (step: PlanStep, error: unknown): void => {
  step.state = 'failed';
  const message = error instanceof Error ? error.message : String(error);
  const words = (error as { words?: LocalText }).words;
  step.reason = words ?? { en: message, zh: message };
};

/** What is to be set at once is one set-point group: in order, and all put back if one fails. In the name of the person who approved it. */
async function setAtOnce(
  context: AppContext,
  plan: StoredPlan,
  steps: readonly PlanStep[],
  by: Actor,
): Promise<void> {
  if (steps.length === 0) return;
  try {
    const ticket = await context.commands.applyGroup({
      title: `Energy plan ${plan.date}`,
      steps: steps.map(({ command }) => ({
        thing: command.thing,
        property: command.property!,
        value: command.value,
      })),
      key: `energy-plan-${plan.id}`,
      why: `Energy plan for ${plan.date}`,
      approvedBy: by,
    });
    const group = await ticket.settled;
    for (const [index, step] of steps.entries()) {
      const done = group.steps[index];
      step.group = group.id;
      step.before = done?.before ?? null;
      step.state = done?.state === 'applied' ? 'done' : 'failed';
      const reason = done?.reason ?? group.reason;
      if (step.state === 'failed' && reason !== undefined) step.reason = reason;
    }
  } catch (error) {
    for (const step of steps) failed(step, error);
  }
}

/** Sends what has its time, in order; each says what came of it. */
async function send(
  context: AppContext,
  plan: StoredPlan,
  steps: readonly PlanStep[],
  by: Actor,
): Promise<void> {
  for (const step of steps) {
    const { command } = step;
    const request = {
      thing: command.thing,
      key: command.key,
      why: `Energy plan for ${plan.date}`,
      approvedBy: by,
    };
    try {
      if (command.property !== undefined)
        step.before =
          context.values.latest({ thing: command.thing, property: command.property })?.value ?? null;
      const ticket =
        command.action === undefined
          ? await context.commands.write({ ...request, property: command.property!, value: command.value })
          : await context.commands.invoke({ ...request, action: command.action, input: command.input });
      settle(step, await ticket.settled);
    } catch (error) {
      failed(step, error);
    }
  }
}

/** Sent without an answer, because its protocol has none, counts as done; nothing here calls it confirmed. */
function settle(step: PlanStep, command: Command): void {
  step.state = command.state === 'confirmed' || command.state === 'sent' ? 'done' : 'failed';
  if (command.reason !== undefined) step.reason = command.reason;
}

const notRestored: LocalText = {
  en: 'Cannot be set back: what it was before is not known, or it was an action',
  zh: '无法恢复：先前的值未知，或该步骤为动作',
};

const stateOf = (steps: readonly PlanStep[]): StoredPlan['state'] =>
  steps.some((step) => step.state === 'failed') ? 'partly-applied' : 'approved';

/** A person approves: what is to be set at once is set, the rest waits for its time. */
export async function approvePlan(context: AppContext, id: string, by: Actor): Promise<StoredPlan> {
  const plan = await planOf(context, id);
  if (plan.state !== 'proposed')
    throw new AppError(409, 'not-proposed', {
      en: 'This plan has been decided on already',
      zh: '该计划已有决定',
    });
  const clock = plantClock(context.plant.timeZone);
  const start = dateStart(clock, plan.date);
  if (context.clock.now() >= start + 86_400_000_000)
    throw new AppError(409, 'day-over', { en: 'The day of this plan is over', zh: '该计划的日期已过' });
  const steps = stepsOf(plan, start);
  await context.audit({
    actor: by,
    action: 'energy.plan-approved',
    object: id,
    place: '',
    detail: { date: plan.date, steps: steps.length },
    outcome: 'asked',
  });
  await keep(context, id, 'approved', steps, by);
  await setAtOnce(
    context,
    plan,
    steps.filter((step) => step.at === undefined),
    by,
  );
  await keep(context, id, stateOf(steps), steps);
  return planOf(context, id);
}

export async function rejectPlan(context: AppContext, id: string, by: Actor): Promise<StoredPlan> {
  const plan = await planOf(context, id);
  if (plan.state !== 'proposed')
    throw new AppError(409, 'not-proposed', {
      en: 'This plan has been decided on already',
      zh: '该计划已有决定',
    });
  await context.audit({
    actor: by,
    action: 'energy.plan-rejected',
    object: id,
    place: '',
    detail: { date: plan.date },
    outcome: 'done',
  });
  await keep(context, id, 'rejected', [], by);
  return planOf(context, id);
}

/** Undone with one click: what waits is cancelled, what was set is set back in reverse order. What cannot be set back is told. */
export async function undoPlan(context: AppContext, id: string, by: Actor): Promise<StoredPlan> {
  const plan = await planOf(context, id);
  if (plan.state !== 'approved' && plan.state !== 'partly-applied')
    throw new AppError(409, 'not-applied', { en: 'This plan is not applied', zh: '该计划未在执行' });
  await context.audit({
    actor: by,
    action: 'energy.plan-undone',
    object: id,
    place: '',
    detail: { date: plan.date },
    outcome: 'asked',
  });
  const { steps } = plan;
  for (const step of steps) if (step.state === 'waiting') step.state = 'cancelled';
  await keep(context, id, 'undone', steps, by);
  const groups = [
    ...new Set(
      steps.flatMap((step) => (step.state === 'done' && step.group !== undefined ? [step.group] : [])),
    ),
  ];
  for (const id of groups) {
    const own = steps.filter((step) => step.group === id);
    try {
      const ticket = await context.commands.undoGroup(id, by);
      const group = await ticket.settled;
      for (const step of own) {
        const back = group.steps.find(
          (one) => one.thing === step.command.thing && one.property === step.command.property,
        );
        if (back?.state === 'applied' || back?.state === 'restored') step.state = 'undone';
        else step.reason = back?.reason ?? group.reason ?? notRestored;
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      for (const step of own) step.reason = { en: message, zh: message };
    }
  }
  /** Of those that had their time, the first value a property had before the plan is the one it goes back to. */
  const first = new Map<string, PlanStep>();
  for (const step of steps) {
    const { thing, property } = step.command;
    if (
      step.state === 'done' &&
      step.group === undefined &&
      property !== undefined &&
      !first.has(`${thing} ${property}`)
    )
      first.set(`${thing} ${property}`, step);
  }
  for (const step of [...first.values()].reverse()) {
    const { thing, property, key } = step.command;
    const own = steps.filter(
      (one) => one.state === 'done' && one.command.thing === thing && one.command.property === property,
    );
    const back: PlanStep = { ...step, command: { ...step.command, key: `${key}-undo`, value: step.before } };
    if (step.before === null || step.before === undefined) back.state = 'failed';
    else await send(context, plan, [back], by);
    for (const one of own) {
      if (back.state === 'done') one.state = 'undone';
      else one.reason = back.reason ?? notRestored;
    }
  }
  for (const step of steps)
    if (step.state === 'done' && step.command.action !== undefined) step.reason = notRestored;
  await keep(context, id, 'undone', steps);
  return planOf(context, id);
}

/** Carries out the steps of approved plans whose time has come. */
export async function runDueSteps(context: AppContext): Promise<void> {
  const now = context.clock.now();
  const rows = await context.records.query<Row>(
    `SELECT id, day, created::text AS created, state, plan, decided_by, decided::text AS decided, applied FROM energy_plans WHERE state IN ('approved', 'partly-applied') ORDER BY energy_plans.created DESC LIMIT 5`,
  );
  for (const plan of rows.map(fromRow)) {
    const due = plan.steps.filter(
      (step) => step.state === 'waiting' && step.at !== undefined && step.at <= now,
    );
    if (due.length === 0) continue;
    const late = due.filter((step) => step.at! < now - lateMax);
    for (const step of late) {
      step.state = 'failed';
      step.reason = { en: 'Its time was over before it could be sent', zh: '错过了执行时间' };
    }
    const timely = due.filter((step) => !late.includes(step));
    if (timely.length > 0) await send(context, plan, timely, { kind: 'person', id: plan.decidedBy! });
    await keep(context, plan.id, stateOf(plan.steps), plan.steps);
  }
}
