import { expect, test } from 'vitest';
import { bindingOf, flow, TestInventory, videoLevel } from '../requests/testing/request-plant.ts';
import { type DemandSituation, demandOf } from './demand.ts';

const inventory = new TestInventory();
const situation = (more: Partial<DemandSituation> = {}): DemandSituation => ({
  flows: inventory.flows(),
  terminalsOf: inventory.terminalsOf,
  terminal: inventory.terminal,
  zones: inventory.zones(),
  capacities: [],
  bindings: [],
  calendar: undefined,
  with: undefined,
  ...more,
});

test('what all flows need stands against what the zone carries', () => {
  const { areas, calendar } = demandOf(situation({ bindings: [bindingOf()] }));
  expect(calendar).toBe('flat');
  expect(areas).toHaveLength(1);
  const [hall] = areas;
  // Two vehicles with 248 bytes every 50 ms, one camera with 8 Mbit/s, a fifth on top.
  const uplink = Math.round((2 * ((248 * 8) / 50) + 8000) * 1.2);
  expect(hall).toMatchObject({ area: 'hall', terminals: 3, standing: 'fits', capacity: { uplink: 20_000 } });
  expect(hall!.hours).toHaveLength(24);
  expect(hall!.hours[3]).toEqual({
    hour: 3,
    uplink,
    downlink: 0,
    guaranteed: { uplink: 100, downlink: 0 },
    load: Number((uplink / 20_000).toFixed(4)),
  });
  expect(hall!.flows.map((one) => one.flow)).toEqual(['control', 'video']);
});

test('shifts count only where they work', () => {
  const calendar = Array.from({ length: 24 }, (_, hour) =>
    hour >= 6 && hour < 14 ? 1 : hour < 22 ? 0.5 : 0,
  );
  const { areas } = demandOf(situation({ calendar }));
  const up = areas[0]!.hours.map(({ uplink }) => uplink);
  expect([up[23], up[8]]).toEqual([0, 9695]);
  expect(up[15]).toBe(Math.round(9695.232 / 2));
});

test('an application that is switched off is counted when asked for; then it may be too much', () => {
  const inspection = flow('inspection', { ...videoLevel, uplinkMbpsMin: 12 }, 4, {
    app: 'visual-inspection',
    enabled: false,
  });
  const flows = [...inventory.flows(), inspection];
  const terminalsOf = (id: string): string[] => (id === 'inspection' ? ['cam-1'] : inventory.terminalsOf(id));
  expect(demandOf(situation({ flows, terminalsOf })).areas[0]!.standing).toBe('fits');
  const [hall] = demandOf(situation({ flows, terminalsOf, with: 'visual-inspection' })).areas;
  expect(hall!.standing).toBe('short');
  expect(hall!.words.en).toContain('120 % of what there is');
});

test('capacity that a provider tells has its own area; what is nowhere is told; unknown rates are told', () => {
  const { areas } = demandOf(
    situation({
      zones: [],
      capacities: [{ provider: 'core', place: 'Hall 2', uplink: 1000, downlink: 1000 }],
      flows: [flow('quiet', { trafficClass: 'non-deterministic' }, 5)],
      terminalsOf: () => ['agv-1'],
    }),
  );
  expect(areas.map(({ area, kind, standing, terminals }) => [area, kind, standing, terminals])).toEqual([
    ['Hall 2', 'place', 'fits', 0],
    ['', 'unassigned', 'unknown', 1],
  ]);
  expect(areas[1]!.flows[0]!.unknown).toBe(true);
  expect(areas[1]!.words.en).toContain('one flow says nothing of a rate');
});
