import { expect, test } from 'vitest';
import { balancesOf, consumptionAt, estimateMissingMeter, type Meter, ringsOf } from './meters.ts';

const meter = (id: string, amount: number, place: string, behind?: string): Meter => ({
  id,
  title: id,
  carrier: 'electricity',
  place,
  behind,
  classPercent: 1,
  quarters: Array.from({ length: 96 }, (_, index) => ({
    start: index * 900e6,
    amount,
    how: 'measured',
    returned: 0,
  })),
});
const plant = [
  meter('main', 100, 'W'),
  meter('feeder', 60, 'W', 'main'),
  meter('a', 30, 'W/Area/A', 'feeder'),
  meter('b', 29.5, 'W/Area/B', 'feeder'),
  meter('c', 25, 'W/Area/C', 'main'),
];

test('a node counts nothing twice', () => {
  const sum = (place: string) => consumptionAt(plant, place, 'electricity').quarters[0]?.amount;
  expect(sum('W')).toBe(100);
  expect(sum('W/Area')).toBe(84.5);
  expect(sum('W/Area/A')).toBe(30);
  expect(sum('Elsewhere')).toBeUndefined();
});

test('a main meter that is mounted in an area is not what the area used', () => {
  const mounted = [
    meter('main', 100, 'W/Utilities'),
    meter('pumps', 10, 'W/Utilities', 'main'),
    meter('hall', 60, 'W/Hall', 'main'),
  ];
  const sum = (place: string) => consumptionAt(mounted, place, 'electricity').quarters[0]?.amount;
  expect(['W', 'W/Utilities', 'W/Hall'].map(sum)).toEqual([100, 10, 60]);
  // Where it is all there is, it is shown.
  expect(consumptionAt([mounted[0]!, mounted[2]!], 'W/Utilities', 'electricity').quarters[0]?.amount).toBe(
    100,
  );
});

test('balances: closed within what meters can tell, or named', () => {
  const [main, feeder] = balancesOf(plant);
  expect(main).toMatchObject({ meter: 'main', rest: 15 * 96, verdict: 'unmetered' });
  expect(feeder).toMatchObject({ meter: 'feeder', verdict: 'closed' });
  // Hand: 2·√(5760² + 2880² + 2832²)·0.01/√3
  expect(feeder!.uncertainty).toBeCloseTo((2 * Math.hypot(5760, 2880, 2832) * 0.01) / Math.sqrt(3), 6);
  const over = balancesOf([...plant.slice(0, 3), meter('b', 35, 'W/Area/B', 'feeder')])[1]!;
  expect(over.verdict).toBe('more-than-inflow');
});

test('quarters with a missing part are left out on both sides', () => {
  const hole = plant.map((one) =>
    one.id === 'b'
      ? {
          ...one,
          quarters: one.quarters.map((quarter, index) =>
            index < 10 ? { ...quarter, amount: undefined, how: 'missing' as const } : quarter,
          ),
        }
      : one,
  );
  expect(balancesOf(hole)[1]).toMatchObject({ leftOut: 10, inflow: 60 * 86, verdict: 'closed' });
});

test('a consumer without a meter is what remains, with its uncertainty', () => {
  const estimate = estimateMissingMeter(plant[0]!, [plant[1]!, plant[4]!], 1);
  expect(estimate.amount).toBeCloseTo((100 * 0.99 - 60 - 25) * 96);
  expect(estimate.quarters[0]!.how).toBe('estimated');
  expect(estimate.uncertainty).toBeGreaterThan(100);
  expect(estimate.uncertainty).toBeLessThan(estimate.amount);
});

test('meters in a ring are told, not followed for ever', () => {
  const ring = [meter('x', 1, 'W', 'y'), meter('y', 1, 'W', 'x'), meter('z', 1, 'W')];
  expect(ringsOf(ring)).toEqual(['x', 'y']);
  expect(balancesOf(ring)).toEqual([]);
  expect(consumptionAt(ring, 'W', 'electricity').quarters[0]!.amount).toBe(3);
});
