import type { ThingDescription } from '@millrace/contract';
import type { AppThings, ThingRecord } from '@millrace/sdk';
import { checkSettings } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { findMeters } from './meters.ts';
import { fontRuns } from './report-fonts.ts';
import { allTariffs, checkEnergySettings, energySettings, shiftsOf, tariffOf } from './settings.ts';
import { readQuarters, writeQuarters } from './tables.ts';

const thing = (
  id: string,
  type: string,
  properties: Record<string, { unit: string }>,
  more: Partial<ThingDescription> = {},
): ThingRecord => ({
  id,
  description: {
    '@context': [],
    '@type': [type, 'Sensor'],
    id,
    title: id,
    security: 'n',
    securityDefinitions: {},
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, { type: 'number' as const, ...one }]),
    ),
    ...more,
  },
  series: {},
});
const things = (list: ThingRecord[]): AppThings =>
  ({
    all: () => list,
    get: (id: string) => list.find((one) => one.id === id),
    ofType: () => [],
    placeOf: (one: ThingRecord) => one.description['millrace:place'] ?? '',
  }) as unknown as AppThings;

test('meters are found by type and unit, with what they measure and what stands behind them', () => {
  const found = findMeters(
    things([
      thing(
        'main',
        'PowerMeter',
        {
          activePower: { unit: 'kW' },
          reactiveEnergy: { unit: 'kWh' },
          activeEnergy: { unit: 'MWh' },
          voltageL1: { unit: 'V' },
        },
        { links: [{ rel: 'sumOf', href: 'sub' }] },
      ),
      thing('sub', 'PowerMeter', { power: { unit: 'W' } }, { links: [{ rel: 'measures', href: 'cnc' }] }),
      thing('air', 'CompressorStation', { flow: { unit: 'm³/min' }, airTotal: { unit: 'm³' } }),
      thing('own', 'Box', { heat: { unit: 'GJ' } }, { 'millrace:carrier': 'heat' }),
      thing('climate', 'ClimateSensor', { temperature: { unit: '°C' } }),
      thing('urn:millrace:app:energy-management:node:plant', 'PowerMeter', { power: { unit: 'kW' } }),
    ]),
    new Map([['own', { behind: 'main' }]]),
  );
  expect(
    found.map(({ id, carrier, property, kind, factor, behind, measures }) => ({
      id,
      carrier,
      property,
      kind,
      factor,
      behind,
      measures,
    })),
  ).toEqual([
    {
      id: 'main',
      carrier: 'electricity',
      property: 'activeEnergy',
      kind: 'amount',
      factor: 1000,
      behind: undefined,
      measures: undefined,
    },
    {
      id: 'sub',
      carrier: 'electricity',
      property: 'power',
      kind: 'rate',
      factor: 0.001,
      behind: 'main',
      measures: 'cnc',
    },
    {
      id: 'air',
      carrier: 'compressed-air',
      property: 'airTotal',
      kind: 'amount',
      factor: 1,
      behind: undefined,
      measures: undefined,
    },
    {
      id: 'own',
      carrier: 'heat',
      property: 'heat',
      kind: 'amount',
      factor: expect.closeTo(277.78, 2),
      behind: 'main',
      measures: undefined,
    },
  ]);
});

test('the settings a plant starts with are whole: every hour priced, every shift readable', () => {
  const { settings, problems } = checkSettings(energySettings, {});
  expect(problems).toEqual([]);
  expect(checkEnergySettings(settings)).toEqual([]);
  expect(tariffOf(settings, 'electricity').problems).toEqual([]);
  expect(shiftsOf(settings).shifts.map((shift) => [shift.title.zh, shift.start, shift.end])).toEqual([
    ['早班', 360, 840],
    ['中班', 840, 1320],
    ['夜班', 1320, 360],
  ]);
  expect(allTariffs(settings).gas.carbon).toBe(2.16);
});

test('a tariff with gaps is taken and its gaps named; one that cannot be read is refused in words', () => {
  const { settings } = checkSettings(energySettings, { tariff: 'Day 1 all 06:00-22:00' });
  expect(checkEnergySettings(settings)).toEqual([]);
  expect(tariffOf(settings, 'electricity').problems).toHaveLength(14);
  const wrong = checkSettings(energySettings, {
    tariff: 'Day one all 06:00-22:00',
    shifts: 'Early 06-14',
  }).settings;
  expect(checkEnergySettings(wrong).map((problem) => [problem.field, problem.message.en])).toEqual([
    ['tariff', 'Line 1: "one" is not a price'],
    ['shifts', 'Shift 1: expected title days hours, "Early 06-14" is not that'],
  ]);
});

test('CSV out is CSV in; lines that cannot be taken are told by number', () => {
  const quarters = [
    { start: 1_767_225_600_000_000, amount: 1.5, how: 'measured' as const, returned: 0 },
    { start: 1_767_226_500_000_000, amount: undefined, how: 'missing' as const, returned: 0 },
    { start: 1_767_227_400_000_000, amount: 2, how: 'estimated' as const, returned: 0.25 },
  ];
  const text = writeQuarters(
    [{ id: 'm', title: '=cmd|" /C', carrier: 'electricity', place: '', quarters }],
    () => 'kWh',
  );
  expect(text).toContain(`"'=cmd|"" /C"`);
  expect(readQuarters(text, new Set(['m'])).byMeter.get('m')).toEqual(quarters);
  const odd = readQuarters(
    'start;meter;amount\n2026-01-01T00:15:00+08:00;m;1\n2026-01-01T00:20:00+08:00;m;1\n2026-01-01T00:30:00;m;1\n2026-01-01T00:30:00Z;x;1\n2026-01-01T00:30:00Z;m;-1\n',
    new Set(['m']),
  );
  expect(odd.rows).toBe(1);
  expect(odd.problems.map((problem) => problem.line)).toEqual([3, 4, 5, 6]);
  expect(() => readQuarters('a,b\n1,2', new Set())).toThrow(/no column "start"/);
});

test('the font of the report has what both languages need, in runs that keep words whole', () => {
  const runs = fontRuns('能源月报 2026-11 kWh, m³ CO₂e ±5 %');
  // The font has no lowered digits.
  expect(runs.map((run) => run.text).join('')).toBe('能源月报 2026-11 kWh, m³ CO2e ±5 %');
  expect(runs.length).toBeLessThan(16);
});
