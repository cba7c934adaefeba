import type { SampleColumns } from '@millrace/contract';
import { expect, test } from 'vitest';
import { PassiveMeter, passiveLimits } from './passive-meter.ts';

const start = 1_700_000_000_000_000;

function columns(rows: [series: number, time: number, received: number][]): SampleColumns {
  return {
    count: rows.length,
    series: Uint32Array.from(rows, ([series]) => series),
    time: Float64Array.from(rows, ([, time]) => time),
    received: Float64Array.from(rows, ([, , received]) => received),
    value: new Float64Array(rows.length),
    status: new Uint32Array(rows.length),
    text: undefined,
  };
}

/** Series 10…19 are of thing "press", 20…29 of "oven", others of nobody. */
const meter = () => new PassiveMeter((series) => (series < 20 ? 'press' : series < 30 ? 'oven' : undefined));

test('samples of one message count once; a message without a time of its own says nothing of the path', () => {
  const passive = meter();
  passive.take(
    columns([
      [10, start, start + 7_000],
      [11, start, start + 7_000],
      [20, start + 3, start + 8_000],
      [12, start + 100_000, start + 109_000],
      [40, start, start + 1],
      [13, start + 200_000, start + 200_000],
    ]),
  );
  const press = passive.window(['press'], start, start + 1_000_000);
  expect([...press.sent]).toEqual([start, start + 100_000, Number.NaN]);
  expect([...press.received]).toEqual([start + 7_000, start + 109_000, start + 200_000]);
  expect(passive.window(['press', 'oven'], start, start + 109_000).count).toBe(2);
  expect(passive.window(['nobody'], 0, 1e18).count).toBe(0);
  expect(passive.stats()).toMatchObject({ things: 2, left: 0 });
});

test('gaps are those of the sender where it tells its times: what came late is none', () => {
  const passive = meter();
  for (const [at, late] of [
    [0, 5],
    [1, 950],
    [2, 5],
    [5, 5],
    [6, 5],
  ] as const)
    passive.take(columns([[10, start + at * 1_000_000, start + at * 1_000_000 + late * 1_000]]));
  expect(passive.gaps('press', start, start + 10_000_000, 1_000)).toEqual([
    { from: start + 2_000_000, to: start + 5_000_000, missed: 2 },
  ]);
  expect(passive.gaps('oven', 0, 1e18, 1_000)).toEqual([]);
});

test('jitter as RFC 3550 has it', () => {
  const passive = meter();
  const transits = [10_000, 12_000, 9_000, 9_000];
  let jitter = 2_000 / 16;
  jitter += (3_000 - jitter) / 16;
  jitter += (0 - jitter) / 16;
  transits.forEach((transit, at) => {
    passive.take(columns([[10, start + at * 20_000, start + at * 20_000 + transit]]));
  });
  expect(passive.jitter('press')).toBeCloseTo(jitter, 6);
  expect(passive.jitter('oven')).toBeUndefined();
});

test('the last messages of a thing are kept, and no more', () => {
  const passive = meter();
  const many = passiveLimits.messagesPerThing + 1_000;
  for (let at = 0; at < many; at++) passive.take(columns([[10, start + at, start + at + 0.5]]));
  const window = passive.window(['press'], 0, 1e18);
  expect(window.count).toBe(passiveLimits.messagesPerThing);
  expect(window.sent[0]).toBe(start + 1_000);
  expect(passive.stats().messages).toBe(passiveLimits.messagesPerThing);
  passive.forget('press');
  expect(passive.stats()).toEqual({ things: 0, messages: 0, left: 0 });
});
