import { describe, expect, test } from 'vitest';
import { delayProfiles, ModelledDelays, ReplayedDelays } from './delay-source.ts';
import { measuredTraces, parseCicv5g, parseOwnTrace, TraceError } from './traces.ts';

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))]!;

function draw(
  source: ModelledDelays,
  messages: number,
  everySeconds: number,
): { delays: number[]; lost: number } {
  const delays: number[] = [];
  let lost = 0;
  for (let at = 0; at < messages; at++) {
    const delay = source.roundTrip(at * everySeconds);
    if (delay === undefined) lost++;
    else delays.push(delay);
  }
  return { delays, lost };
}

describe('the built-in model', () => {
  const { 'n78-urban': good, 'n8-weak-to-strong': weak } = delayProfiles;

  test.each([
    ['good', 0, good],
    ['weak', 1, weak],
  ] as const)('has the published percentiles of a %s signal', (_name, weakness, profile) => {
    const source = new ModelledDelays(good, weak, 11);
    source.weakness = weakness;
    // Far enough apart that one delay says little of the next.
    const { delays, lost } = draw(source, 200_000, 2);
    const sorted = delays.sort((a, b) => a - b);
    expect(quantile(sorted, 0.5)).toBeCloseTo(profile.p50, 0);
    expect(quantile(sorted, 0.95) / profile.p95).toBeCloseTo(1, 1);
    expect(quantile(sorted, 0.99) / profile.p99).toBeCloseTo(1, 0);
    const tail = quantile(sorted, 0.999) / profile.p999;
    expect(tail).toBeGreaterThan(0.75);
    expect(tail).toBeLessThan(1.3);
    expect(sorted.at(-1)).toBeLessThanOrEqual(profile.max + 0.001);
    expect(lost / 200_000 / profile.loss).toBeGreaterThan(0.5);
    expect(lost / 200_000 / profile.loss).toBeLessThan(1.6);
  });

  test('has delays that are alike near each other, and not far from each other', () => {
    const alike = (seconds: number): number => {
      const { delays } = draw(new ModelledDelays(good, weak, 5), 20_000, seconds);
      const ranks = delays.map((delay) => Math.min(delay, 25));
      const mean = ranks.reduce((sum, one) => sum + one, 0) / ranks.length;
      let together = 0;
      let own = 0;
      for (let at = 1; at < ranks.length; at++) {
        together += (ranks[at]! - mean) * (ranks[at - 1]! - mean);
        own += (ranks[at]! - mean) ** 2;
      }
      return together / own;
    };
    expect(alike(0.05)).toBeGreaterThan(0.8);
    expect(Math.abs(alike(4))).toBeLessThan(0.05);
  });

  test('gives the same for the same seed', () => {
    const course = (seed: number): (number | undefined)[] => {
      const source = new ModelledDelays(good, weak, seed);
      return Array.from({ length: 50 }, (_, at) => source.roundTrip(at / 20));
    };
    expect(course(3)).toEqual(course(3));
    expect(course(3)).not.toEqual(course(4));
  });
});

describe('traces', () => {
  test('are replayed message by message and from the beginning again', () => {
    const trace = parseOwnTrace(
      'time,delay,rsrp,sinr,cell\n0,10,-80,20,A\n1,,-90,10,A\n2,30,-95,5,B\n4,40,-95,5,B\n',
      'own.csv',
    );
    const source = new ReplayedDelays(trace, undefined, 0);
    expect([100, 100.9, 101.5, 102, 103.9, 104.5].map((seconds) => source.roundTrip(seconds))).toEqual([
      10,
      10,
      undefined,
      30,
      30,
      10,
    ]);
  });

  test('go over to the weak one where the signal is weak', () => {
    const good = parseOwnTrace('time,delay\n0,10\n10,10\n', 'good.csv');
    const weak = parseOwnTrace('time,delay\n0,300\n10,300\n', 'weak.csv');
    const source = new ReplayedDelays(good, weak, 3);
    expect(source.roundTrip(0)).toBe(10);
    source.weakness = 0.8;
    expect(source.roundTrip(1)).toBe(300);
  });

  test.each([
    ['zeit,delay\n0,1\n', 'must name the columns'],
    ['time,delay\nnoon,1\n2,3\n', 'line 2: "noon" is not a time'],
    ['time,delay\n0,1\n1,-4\n', 'line 3: "-4" is not a delay'],
    ['time,delay\n5,1\n1,4\n', 'line 3: the time goes back'],
    ['time,delay\n5,1\n', 'fewer than 2 messages'],
  ])('that cannot be replayed are told in words: %#', (text, words) => {
    expect(() => parseOwnTrace(text, 'own.csv')).toThrow(TraceError);
    expect(() => parseOwnTrace(text, 'own.csv')).toThrow(words);
  });

  test('of CICV5G are read, lines that are not whole passed over', () => {
    const text =
      'pub_time(ms) sub_time(ms) delay(ms) utmX(m)\n1000 1020 20 3\nbroken\n1050 1071 21 3\n1040 1071 21 3\n1100 1129 29 3\n';
    const { seconds, delays } = parseCicv5g(text, 'run01.txt');
    expect([...delays]).toEqual([20, 21, 29]);
    expect(seconds[2]).toBeCloseTo(0.1);
  });

  test('are not there where the data set is not', () => {
    expect(measuredTraces('/nowhere')).toBeUndefined();
  });
});
