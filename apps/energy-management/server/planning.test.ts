import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecordStore } from '@millrace/platform/data';
import { type AppContext, checkSettings, type RecordStore, silentLog, VirtualClock } from '@millrace/sdk';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LoadDefinition, PlanInput } from '../model/index.ts';
import { computeForecast, computePlan, type ForecastInput } from './computations.ts';
import { forecastFor, storedForecast } from './forecasting.ts';
import { energyMigrations, Ledger } from './ledger.ts';
import { approvePlan, makePlan, planOf, rejectPlan, runDueSteps, undoPlan } from './planning.ts';
import { monthlyReport } from './report.ts';
import { energySettings } from './settings.ts';
import { highsSolver } from './solver.ts';

/** 2026-03-02 is a Monday; the plant is in Shanghai, it is half past six in the evening there. */
const now = Date.parse('2026-03-30T18:30:00+08:00') * 1000;
const day = 86_400_000_000;
const meter = {
  id: 'urn:example:meter',
  description: {
    '@context': [],
    '@type': ['PowerMeter'],
    id: 'urn:example:meter',
    title: 'Main',
    security: 'n',
    securityDefinitions: {},
    'millrace:place': 'Works',
    properties: { activeEnergy: { type: 'number', unit: 'kWh' } },
  },
  series: { activeEnergy: 1 },
};
const person = { kind: 'person', id: 'anna' } as const;
const loads: LoadDefinition[] = [
  {
    kind: 'block',
    id: 'washer',
    title: 'Washer',
    kilowatts: 20,
    minutes: 60,
    usual: '10:00',
    earliest: '06:00',
    latest: '22:00',
    command: { thing: 'urn:example:washer', property: 'start', unit: 'minutes' },
  },
  {
    kind: 'storage',
    id: 'battery',
    title: 'Battery',
    kilowattHours: 40,
    chargeKilowattsMax: 20,
    dischargeKilowattsMax: 20,
    efficiency: 0.9,
    chargeMinShare: 0.1,
    wear: 0.01,
    command: { thing: 'urn:example:battery', property: 'power', unit: 'kW' },
    limit: { thing: 'urn:example:battery', property: 'limit' },
  },
];

let folder: string;
let records: RecordStore;
let clock: VirtualClock;
let sent: { thing: string; property: string; value: unknown }[];
let refuse: string | undefined;
const values = new Map<string, unknown>();
let context: AppContext;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-energy-'));
  records = await openRecordStore({
    folder: join(folder, 'records'),
    log: silentLog,
    migrations: [...energyMigrations],
  } as never);
  const solve = await highsSolver();
  const run: Record<string, (input: never) => unknown> = {
    forecast: (input: ForecastInput) => computeForecast(input),
    plan: (input: PlanInput) => computePlan(input, solve),
  };
  clock = new VirtualClock(now);
  context = {
    id: 'energy-management',
    settings: checkSettings(energySettings, {}).settings,
    clock,
    log: silentLog,
    signal: new AbortController().signal,
    plant: { timeZone: 'Asia/Shanghai', name: 'Works' },
    things: {
      all: () => [meter],
      get: (id: string) => (id === meter.id ? meter : undefined),
      placeOf: () => 'Works',
    },
    values: {
      latest: ({ thing, property }: { thing: string; property: string }) =>
        values.has(`${thing} ${property}`)
          ? { value: values.get(`${thing} ${property}`), time: now }
          : undefined,
    },
    records,
    compute: (name: string, input: never) =>
      Promise.resolve(structuredClone(run[name]!(structuredClone(input) as never))),
    audit: () => Promise.resolve(),
    commands: {
      applyGroup: ({ steps }: { steps: { thing: string; property: string; value: unknown }[] }) => {
        const failing = steps.some((step) => step.property === refuse);
        const before = steps.map((step) => values.get(`${step.thing} ${step.property}`));
        if (!failing)
          for (const step of steps) {
            sent.push({ thing: step.thing, property: step.property, value: step.value });
            values.set(`${step.thing} ${step.property}`, step.value);
          }
        const group = {
          id: 'group-1',
          state: failing ? 'restored' : 'applied',
          reason: failing ? { en: 'refused', zh: '被拒绝' } : undefined,
          steps: steps.map((step, index) => ({
            ...step,
            before: before[index],
            state: failing ? 'failed' : 'applied',
          })),
        };
        return Promise.resolve({ group, settled: Promise.resolve(group) });
      },
      undoGroup: () => {
        values.set('urn:example:washer start', 600);
        values.set('urn:example:battery limit', 100);
        const group = {
          id: 'group-2',
          steps: [
            { thing: 'urn:example:washer', property: 'start', state: 'applied' },
            {
              thing: 'urn:example:battery',
              property: 'limit',
              state: 'not-restored',
              reason: { en: 'silent', zh: '无应答' },
            },
          ],
        };
        return Promise.resolve({ group, settled: Promise.resolve(group) });
      },
      write: ({ thing, property, value }: { thing: string; property: string; value: unknown }) => {
        sent.push({ thing, property, value });
        values.set(`${thing} ${property}`, value);
        return Promise.resolve({ settled: Promise.resolve({ state: 'confirmed' }) });
      },
    },
  } as unknown as AppContext;
  const ledger = new Ledger(records);
  // Four weeks: 10 kWh a quarter-hour from 8 to 18 on weekdays, 2 else; the last day is known up to now.
  const quarters = [];
  for (let start = now - 29 * day; start < now; start += 900e6) {
    const local = new Date((start + 8 * 3_600_000_000) / 1000);
    const busy = local.getUTCDay() % 6 !== 0 && local.getUTCHours() >= 8 && local.getUTCHours() < 18;
    quarters.push({
      start: Math.floor(start / 900e6) * 900e6,
      amount: busy ? 10 : 2,
      how: 'measured' as const,
      returned: 0,
    });
  }
  await ledger.put(
    meter.id,
    quarters.filter((quarter) => quarter.start + 900e6 <= now),
  );
  await ledger.putDocument('loads', loads);
});
beforeEach(() => {
  sent = [];
  refuse = undefined;
  values.clear();
  values.set('urn:example:washer start', 600);
  values.set('urn:example:battery limit', 100);
  values.set('urn:example:battery power', 0);
});
afterAll(async () => {
  await records.close();
  rmSync(folder, { recursive: true, force: true });
});

const tomorrow = '2026-03-31';

test('forecast from the ledger, plan from the forecast, approved, carried out, undone', async () => {
  const forecast = await forecastFor(context, tomorrow);
  expect(forecast?.method).toBe('learnt');
  expect(forecast!.point[48]).toBeCloseTo(10, 0);
  expect(forecast!.point[8]).toBeCloseTo(2, 0);
  expect(await storedForecast(context, tomorrow)).toEqual(JSON.parse(JSON.stringify(forecast)));
  const plan = (await makePlan(context, tomorrow, person))!;
  expect(plan.state).toBe('proposed');
  expect(plan.plan.saves.cost).toBeGreaterThan(0);

  const approved = await approvePlan(context, plan.id, person);
  expect(approved.state).toBe('approved');
  expect(sent.map((one) => one.property)).toEqual(['start', 'limit']);
  await expect(approvePlan(context, plan.id, person)).rejects.toThrow(/decided on already/);

  // Nothing of tomorrow is done today; at its time each power is.
  await runDueSteps(context);
  expect(sent).toHaveLength(2);
  const first = approved.steps.find((step) => step.at !== undefined)!;
  clock.advance((first.at! - clock.now()) / 1000 + 1000);
  await runDueSteps(context);
  expect(sent.at(-1)).toMatchObject({ property: 'power', value: first.command.value });

  const undone = await undoPlan(context, plan.id, person);
  expect(undone.state).toBe('undone');
  expect(undone.steps.find((step) => step.load === 'washer')!.state).toBe('undone');
  const limit = undone.steps.find((step) => step.command.property === 'limit')!;
  expect([limit.state, limit.reason?.en]).toEqual(['done', 'silent']);
  expect(sent.at(-1)).toMatchObject({ property: 'power', value: 0 });
  expect(undone.steps.filter((step) => step.state === 'waiting')).toEqual([]);
  await runDueSteps(context);
  await expect(undoPlan(context, plan.id, person)).rejects.toThrow(/not applied/);
});

test('what a machine refuses is told, nothing is half done; a plan of before is replaced', async () => {
  const first = (await makePlan(context, tomorrow, person))!;
  const second = (await makePlan(context, tomorrow, person))!;
  expect((await planOf(context, first.id)).state).toBe('replaced');
  refuse = 'limit';
  const approved = await approvePlan(context, second.id, person);
  expect(approved.state).toBe('partly-applied');
  expect(
    approved.steps.filter((step) => step.at === undefined).map((step) => [step.state, step.reason?.en]),
  ).toEqual([
    ['failed', 'refused'],
    ['failed', 'refused'],
  ]);
  expect(sent).toEqual([]);
  const third = (await makePlan(context, tomorrow, person))!;
  expect((await rejectPlan(context, third.id, person)).state).toBe('rejected');
});

test('no plan without a forecast, no forecast of another day', async () => {
  await expect(makePlan(context, '2026-05-01', person)).rejects.toThrow(/no forecast/);
  await expect(forecastFor(context, '2026-05-01')).rejects.toThrow(/today or tomorrow/);
  await expect(forecastFor(context, 'tomorrow')).rejects.toThrow(/not a date/);
});

test.each(['en', 'zh'] as const)('the report of a month in %s is a PDF with its fonts', async (language) => {
  const pdf = Buffer.from(await monthlyReport(context, '2026-03', language));
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.length).toBeGreaterThan(5000);
  expect(pdf.toString('latin1')).toContain('/FontFile');
});
