import { expect, test } from 'vitest';
import { type ActivityStretch, changePoints, findUse, type PowerSpan } from './standby.ts';

const minute = 60_000_000;
const hour = 60 * minute;
let state = 11;
const noise = () => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;

test('change points: where the mean moved, none in noise', () => {
  const flat = Array.from({ length: 60 }, () => 5 + noise());
  expect(changePoints(flat)).toEqual([]);
  expect(changePoints(flat.map((value, index) => value + (index >= 40 ? 3 : 0)))).toEqual([40]);
  expect(changePoints(flat.map((value, index) => value + (index >= 20 && index < 45 ? 2 : 0)))).toEqual([
    20, 45,
  ]);
  expect(changePoints(Array(30).fill(2))).toEqual([]);
  expect(changePoints([1, 2])).toEqual([]);
});

/** Two weeks of a machine: 8 h of work at 10 kW with ten minutes of idling each hour, then on at 3 kW for 6 h, then off at 0.2 kW. */
function machine(level: (day: number) => number) {
  const power: PowerSpan[] = [];
  const stretches: ActivityStretch[] = [];
  const add = (from: number, minutes: number, activity: ActivityStretch['activity'], kilowatts: number) => {
    stretches.push({ from, to: from + minutes * minute, activity, state: activity });
    for (let index = 0; index < minutes; index++)
      power.push({ start: from + index * minute, kilowatts: kilowatts * (1 + 0.02 * noise()) });
  };
  for (let day = 0; day < 14; day++) {
    for (let one = 0; one < 8; one++) {
      add(day * 24 * hour + one * hour, 50, 'producing', level(day));
      add(day * 24 * hour + one * hour + 50 * minute, 10, 'idle', 3);
    }
    add(day * 24 * hour + 8 * hour, 360, 'idle', 3);
    add(day * 24 * hour + 14 * hour, 600, 'off', 0.2);
  }
  return { machine: 'm', title: 'M', place: 'W/M', power, spanMicroseconds: minute, stretches };
}
const settings = { idleMicrosecondsMax: 30 * minute, costMin: 1, levelShareMin: 0.08 };

test('standby: six hours a day at 3 kW that could be 0.2 kW', () => {
  const [finding, ...others] = findUse(
    machine(() => 10),
    settings,
    () => 0.8,
  );
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ kind: 'standby', machine: 'm', since: 8 * hour });
  expect(finding!.kilowattHours).toBeCloseTo(14 * 6 * 2.8, -0.5);
  expect(finding!.cost).toBeCloseTo(14 * 6 * 2.8 * 0.8, -0.5);
  // The last day's ten hours off are seen too: a week costs half of what two weeks did.
  expect(finding!.costPerWeek).toBeCloseTo(finding!.cost / 2, 0);
});

test('a level that moved while the state is the same: since when, by how much', () => {
  const finding = findUse(
    machine((day) => (day < 9 ? 10 : 11.5)),
    settings,
    () => 0.8,
  ).find((one) => one.kind === 'level-change');
  expect(finding!.since).toBe(9 * 24 * hour);
  expect(finding!.kilowattHours).toBeCloseTo(5 * 8 * (50 / 60) * 1.5, -0.5);
  expect(finding!.words.en).toContain('+15 %');
});

test('drawing power while off is not believed', () => {
  const one = machine(() => 10);
  const power = one.power.map((span) =>
    span.start >= 13 * 24 * hour + 15 * hour && span.start < 13 * 24 * hour + 20 * hour
      ? { ...span, kilowatts: 2.2 }
      : span,
  );
  const finding = findUse({ ...one, power }, settings, () => 0.8).find(
    (found) => found.kind === 'unexplained',
  );
  expect(finding!.kilowattHours).toBeCloseTo(10, 0);
});

test('nothing known, nothing found', () => {
  expect(findUse({ ...machine(() => 10), power: [] }, settings, () => 1)).toEqual([]);
  expect(findUse({ ...machine(() => 10), stretches: [] }, settings, () => 1)).toEqual([]);
});
