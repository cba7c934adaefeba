import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecordStore } from '@millrace/platform/data';
import {
  type AppContext,
  type AppRequest,
  checkSettings,
  type RecordStore,
  silentLog,
  VirtualClock,
} from '@millrace/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { computeForecast, type ForecastInput } from './computations.ts';
import { dailyDrivers } from './consumption.ts';
import { forecastFor } from './forecasting.ts';
import { energyHandlers } from './handlers.ts';
import { energyMigrations, Ledger } from './ledger.ts';
import { checkEnergySettings, energySettings } from './settings.ts';

/** Monday, half past six in the evening in Shanghai; six weeks lie behind, whose Sundays used a tenth. */
const now = Date.parse('2026-03-30T18:30:00+08:00') * 1000;
const day = 86_400_000_000;
const meter = {
  id: 'urn:example:meter',
  description: {
    '@type': ['PowerMeter'],
    id: 'urn:example:meter',
    title: 'Main',
    'millrace:place': 'Works',
    properties: { activeEnergy: { type: 'number', unit: 'kWh' } },
  },
};
/** No two quarter-hours of a plant are alike; around 0. */
const ripple = (index: number): number => ((index * 7919) % 13) / 6 - 1;
let folder: string;
let records: RecordStore;
const contextWith = (settings: Record<string, string>): AppContext =>
  ({
    id: 'energy-management',
    settings: checkSettings(energySettings, settings).settings,
    clock: new VirtualClock(now),
    log: silentLog,
    plant: { timeZone: 'Asia/Shanghai', name: 'Works' },
    things: {
      all: () => [meter],
      get: (id: string) => (id === meter.id ? meter : undefined),
      placeOf: () => 'Works',
    },
    // Outdoor temperature: 5 °C by night, 13 °C by day, each half-hour.
    history: {
      spans: (_names: unknown, from: number, to: number, span: number) => {
        const first = Math.ceil(from / span) * span;
        const count = Math.floor((to - first) / span);
        const start = Float64Array.from({ length: count }, (_, row) => first + row * span);
        const value = start.map((time) => ((time / 3.6e9 + 8) % 24 < 12 ? 5 : 13));
        return Promise.resolve({
          count,
          start,
          numbers: new Float64Array(count).fill(3),
          total: value.map((one) => 3 * one),
          least: value,
          greatest: value,
          first: value,
          last: value,
        });
      },
    },
    records,
    compute: (_name: string, input: ForecastInput) =>
      Promise.resolve(computeForecast(structuredClone(input))),
    audit: () => Promise.resolve(),
  }) as unknown as AppContext;
const request = (body: unknown, may = true): AppRequest =>
  ({
    parameters: {},
    query: {},
    body,
    caller: { actor: { kind: 'person', id: 'anna' }, may: () => may },
  }) as unknown as AppRequest;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-calendar-'));
  records = await openRecordStore({
    folder: join(folder, 'records'),
    log: silentLog,
    migrations: [...energyMigrations],
  } as never);
  const end = Date.parse('2026-03-30T18:30:00+08:00') * 1000;
  const start = end - (end % 900e6) - 45 * day;
  await new Ledger(records).put(
    meter.id,
    Array.from({ length: 45 * 96 }, (_, index) => {
      const time = start + index * 900e6;
      const local = new Date(time / 1000 + 8 * 3_600_000);
      return {
        start: time,
        amount: local.getUTCDay() === 0 ? 2 : 20 + ripple(index),
        how: 'measured' as const,
        returned: 0,
      };
    }),
  );
}, 60_000);
afterAll(async () => {
  await records.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a Tuesday that the settings close is forecast far below a usual one, though none was closed before', async () => {
  const usual = await forecastFor(contextWith({}), '2026-03-31');
  const closed = await forecastFor(contextWith({ calendar: '2026-03-31 Stocktaking/盘点' }), '2026-03-31');
  expect(Math.min(...usual!.point)).toBeGreaterThan(17);
  expect(Math.max(...closed!.point)).toBeLessThan(0.75 * Math.min(...usual!.point));
}, 120_000);

test('a published table is imported, the settings count before it, and what is wrong is told', async () => {
  const context = contextWith({ calendar: '+2026-04-06 Worked' });
  const answer = await energyHandlers['importCalendar']!(
    request('date,name,isOffDay\n2026-04-06,清明节,true\n2026-04-07,清明节,true\nrubbish\n'),
    context,
  );
  expect(answer).toMatchObject({
    days: [
      { date: '2026-04-06', kind: 'working', title: 'Worked', from: 'setting' },
      { date: '2026-04-07', kind: 'closed', title: '清明节', from: 'import' },
    ],
    problems: [{ en: expect.stringContaining('rubbish') }],
  });
  expect(await energyHandlers['calendar']!(request(undefined), context)).toMatchObject({
    days: [{ from: 'setting' }, { from: 'import' }],
  });
  await expect(energyHandlers['importCalendar']!(request('no table'), context)).rejects.toThrow('no table');
  await expect(energyHandlers['importCalendar']!(request('', false), context)).rejects.toThrow('configure');
  // An empty file takes the import away.
  expect(await energyHandlers['importCalendar']!(request(''), context)).toMatchObject({
    days: [{ from: 'setting' }],
  });
});

test('a baseline is made of working days by the calendar and of degree days', async () => {
  const context = contextWith({
    calendar: '2026-03-10 Stop; +2026-03-14 Worked',
    drivers: 'heating degree days = urn:example:outside temperature below 15',
  });
  const from = Date.parse('2026-03-09T00:00:00+08:00') * 1000;
  const days = await dailyDrivers(context, '', from, from + 7 * day, ['working day', 'heating degree days']);
  expect(days.map((one) => one.drivers['working day'])).toEqual([1, 0, 1, 1, 1, 1, 0]);
  for (const one of days) expect(one.drivers['heating degree days']).toBeCloseTo(6, 9);
  expect(days[0]!.energy).toBeGreaterThan(96 * 19);
  // What a baseline does not ask for is not read.
  const [first] = await dailyDrivers(context, '', from, from + day, ['working day']);
  expect(first!.drivers).toEqual({ 'working day': 1 });
});

test('settings that cannot be read are refused with the field named', () => {
  const { settings } = checkSettings(energySettings, { calendar: 'Easter', drivers: 'x = y' });
  expect(checkEnergySettings(settings).map((one) => one.field)).toEqual(['calendar', 'drivers']);
});
