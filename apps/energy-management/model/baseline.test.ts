import { expect, test } from 'vitest';
import { fitBaseline, indicators } from './baseline.ts';

/**
 * Longley's regression of employment on GNP and year alone would do, but its published fit has six drivers; this is NIST StRD "Norris"
 * (linear, lower difficulty), first twelve of its 36 points left out nowhere: https://www.itl.nist.gov/div898/strd/lls/data/Norris.shtml
 */
const norris: [y: number, x: number][] = [
  [0.1, 0.2],
  [338.8, 337.4],
  [118.1, 118.2],
  [888.0, 884.6],
  [9.2, 10.1],
  [228.1, 226.5],
  [668.5, 666.3],
  [998.5, 996.3],
  [449.1, 448.6],
  [778.9, 777.0],
  [559.2, 558.2],
  [0.3, 0.4],
  [0.1, 0.6],
  [778.1, 775.5],
  [668.8, 666.9],
  [339.3, 338.0],
  [448.9, 447.5],
  [10.8, 11.6],
  [557.7, 556.0],
  [228.3, 228.1],
  [998.0, 995.8],
  [888.8, 887.6],
  [119.6, 120.2],
  [0.3, 0.3],
  [0.6, 0.3],
  [557.6, 556.8],
  [339.3, 339.1],
  [888.0, 887.2],
  [998.5, 999.0],
  [778.9, 779.0],
  [10.2, 11.1],
  [117.6, 118.3],
  [228.9, 229.2],
  [668.4, 669.1],
  [449.2, 448.9],
  [0.2, 0.5],
];

test('NIST StRD Norris: certified coefficients, residual deviation and R²', () => {
  const model = fitBaseline(
    norris.map(([energy, x], index) => ({ label: String(index), energy, drivers: { x } })),
    ['x'],
    'month',
  );
  expect(model.intercept).toBeCloseTo(-0.262323073774029, 9);
  expect(model.coefficients[0]).toBeCloseTo(1.00211681802045, 11);
  expect(model.residualStandardError).toBeCloseTo(0.884796396144373, 10);
  expect(model.r2).toBeCloseTo(0.999993745883712, 12);
  // Certified standard deviations 0.232818234301152 and 0.429796848199937E-03.
  expect(model.t.intercept).toBeCloseTo(-0.262323073774029 / 0.232818234301152, 7);
  expect(model.t.coefficients[0]).toBeCloseTo(1.00211681802045 / 0.000429796848199937, 4);
  expect(model.fit.adequate).toBe(true);
});

const year = (saved = 0) =>
  Array.from({ length: 12 }, (_, month) => {
    const pieces = 1000 + 50 * ((month * 7) % 12);
    const heating = Math.max(0, 300 - 60 * month) + Math.max(0, 60 * (month - 7));
    return {
      label: String(month + 1),
      energy: 5000 + 3 * pieces + 4 * heating + (month % 2 === 0 ? 40 : -40) - saved,
      drivers: { pieces, heating },
    };
  });

test('savings against a baseline add up, with their uncertainty', () => {
  const model = fitBaseline(year(), ['pieces', 'heating'], 'month');
  expect(model.coefficients[0]).toBeCloseTo(3, 0);
  const list = indicators(model, year(200));
  expect(list.at(-1)!.cumulative).toBeCloseTo(2400, 0);
  expect(list.at(-1)!.cumulativeUncertainty).toBeLessThan(600);
  expect(list[5]!.ratio).toBeLessThan(1);
  const beyond = indicators(model, [{ label: 'x', energy: 1, drivers: { pieces: 5000, heating: 0 } }]);
  expect(beyond[0]!.outside).toEqual(['pieces']);
});

test.each([
  ['too few periods', year().slice(0, 5), ['pieces', 'heating'], /too few/],
  [
    'a driver that never changes',
    year().map((one) => ({ ...one, drivers: { pieces: 7 } })),
    ['pieces'],
    /never changes/,
  ],
  [
    'drivers that follow from one another',
    year().map((one) => ({
      ...one,
      drivers: { pieces: one.drivers.pieces, tonnes: one.drivers.pieces / 1000 },
    })),
    ['pieces', 'tonnes'],
    /follow from one another/,
  ],
] as const)('no baseline from %s', (_, periods, drivers, message) => {
  expect(() => fitBaseline(periods, drivers, 'month')).toThrow(message);
});

test('a poor fit says so', () => {
  const random = [9, 2, 7, 1, 8, 3, 9, 1, 6, 2, 8, 4];
  const model = fitBaseline(
    random.map((energy, index) => ({ label: '', energy, drivers: { pieces: index } })),
    ['pieces'],
    'month',
  );
  expect(model.fit.adequate).toBe(false);
  expect(model.fit.words.map((words) => words.en).join(' ')).toMatch(
    /CV\(RMSE\).*cannot be told apart from chance/,
  );
});
