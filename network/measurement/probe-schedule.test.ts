import { expect, test } from 'vitest';
import { defaultBudget, ProbeSchedule, pace, tickFor } from './probe-schedule.ts';

test('sessions of one interval are spread evenly over it, and each keeps its interval exactly', () => {
  const schedule = new ProbeSchedule(new Array(2000).fill(100), 7);
  const perTick = new Array<number>(300).fill(0);
  const dues = new Map<number, number[]>();
  schedule.take(306, (session, due) => {
    perTick[due - 7]! += 1;
    dues.set(session, [...(dues.get(session) ?? []), due]);
  });
  expect(new Set(perTick)).toEqual(new Set([20]));
  for (const times of dues.values()) expect(times).toEqual([times[0], times[0]! + 100, times[0]! + 200]);
});

test('intervals of all lengths beside each other, longer than the wheel too', () => {
  const intervals = [1, 7, 100, 4096, 5000, 360_000];
  const schedule = new ProbeSchedule(intervals, 0);
  const many = intervals.map(() => 0);
  for (let tick = 0; tick < 400_000; tick += 13) schedule.take(tick, (session) => void (many[session]! += 1));
  intervals.forEach((interval, session) => {
    expect(many[session]).toBe(Math.floor(399_997 / interval) + 1);
  });
});

test('a machine that slept leaves out what it missed and goes on in step', () => {
  const schedule = new ProbeSchedule([100], 0);
  schedule.take(50, () => {});
  const dues: number[] = [];
  schedule.take(10_000_050, (_, due) => dues.push(due));
  expect(dues).toEqual([]);
  schedule.take(10_000_300, (_, due) => dues.push(due));
  expect(dues).toEqual([10_000_100, 10_000_200, 10_000_300]);
});

test('the budget is kept by probing less often, and that is told', () => {
  const plan = { intervalMs: 1000, octets: 44, method: 'stamp' as const };
  const many = new Array(10_000).fill(plan) as (typeof plan)[];
  const paced = pace(many, defaultBudget, 10);
  expect(paced[0]).toMatchObject({ intervalMs: 2500 });
  expect(paced[0]!.why!.en).toContain('10000 probes a second, and 4000 are allowed');
  expect(pace([plan], defaultBudget, 10)).toEqual([{ intervalMs: 1000, why: undefined }]);
  const narrow = pace([{ ...plan, octets: 1000, pathKbps: 64 }], defaultBudget, 10);
  expect(narrow[0]!.intervalMs).toBe(13_100);
  expect(narrow[0]!.why!.zh).toContain('64 kbit/s');
  expect(pace([{ ...plan, intervalMs: 1 }], defaultBudget, 5)[0]!.intervalMs).toBe(5);
  expect(pace([{ ...plan, method: 'tcp', intervalMs: 10 }], defaultBudget, 5)[0]!.intervalMs).toBe(1000);
  expect([tickFor([1000]), tickFor([1000, 20])]).toEqual([10, 5]);
});
