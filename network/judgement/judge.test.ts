import type { ServiceLevel } from '@millrace/contract';
import { type FlowEvidence, fate } from '@millrace/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyBlock, figuresOf, hold, isBlock, judge, merge, qualityOf, summarise } from './index.ts';

const start = 1_700_000_000_000_000;

/** Probes each `intervalMs`; `trip` says the round trip in ms, or what became of it. */
function probes(
  count: number,
  intervalMs: number,
  trip: (index: number) => number | 'lost' | 'up' | 'down' | 'unsent',
  more: { clockError?: number; oneWay?: (index: number) => number; noise?: number; from?: number } = {},
): FlowEvidence {
  const from = more.from ?? start;
  const columns = {
    count,
    sent: new Float64Array(count),
    roundTrip: new Float64Array(count).fill(Number.NaN),
    uplink: new Float64Array(count).fill(Number.NaN),
    downlink: new Float64Array(count).fill(Number.NaN),
    fate: new Uint8Array(count),
    lateness: new Float64Array(count),
  };
  for (let index = 0; index < count; index++) {
    columns.sent[index] = from + index * intervalMs * 1000;
    const what = trip(index);
    if (typeof what === 'number') {
      columns.roundTrip[index] = what * 1000;
      if (more.oneWay !== undefined) columns.uplink[index] = more.oneWay(index) * 1000;
    } else
      columns.fate[index] = {
        lost: fate.lost,
        up: fate.lostUplink,
        down: fate.lostDownlink,
        unsent: fate.unsent,
      }[what];
  }
  return {
    from,
    to: from + count * intervalMs * 1000,
    probes: [
      {
        session: {
          terminal: 't1',
          method: 'stamp',
          dscp: 46,
          intervalMs,
          timeoutMs: 1000,
          octets: 44,
          noise: more.noise === undefined ? [] : [{ share: 0.99, microseconds: more.noise * 1000 }],
          clockErrorMicroseconds: more.clockError,
        },
        columns,
      },
    ],
    passive: undefined,
    rates: [],
    coverage: undefined,
  };
}

const latency = (
  ms: number,
  share = 0.99,
  path: 'uplink' | 'downlink' | 'round-trip' = 'round-trip',
): ServiceLevel => ({
  trafficClass: 'aperiodic-deterministic',
  latency: { path, within: [{ share, ms }] },
});
const stateOf = (level: ServiceLevel, evidence: FlowEvidence) => {
  const block = summarise(level, evidence);
  return judge(level, [block], block.to);
};
/** Spread over 10 to 20 ms without chance. */
const spread = (index: number): number => 10 + ((index * 0.618_034) % 1) * 10;

describe('latency', () => {
  test('met, violated, and too few to tell', () => {
    expect(stateOf(latency(25), probes(10_000, 100, spread)).state).toBe('met');
    const violated = stateOf(latency(15), probes(1000, 100, spread));
    expect(violated.state).toBe('violated');
    expect(violated.criteria[0]!.measured).toBeCloseTo(19.9, 0);
    const few = stateOf(latency(25), probes(100, 100, spread));
    expect(few.state).toBe('inconclusive');
    expect(few.reason.en).toContain('1,000');
    expect(few.criteria[0]!.measured).toBeUndefined();
  });

  test('a lost message is within no time', () => {
    const tenth = probes(5000, 100, (index) => (index % 10 === 0 ? 'lost' : 5));
    expect(stateOf(latency(1000, 0.95), tenth).state).toBe('violated');
  });

  test('nothing is met at or below what the prober itself takes', () => {
    expect(
      stateOf(
        latency(1),
        probes(5000, 100, () => 0.5, { noise: 2 }),
      ).state,
    ).toBe('inconclusive');
    expect(
      stateOf(
        latency(1),
        probes(5000, 100, () => 1.5, { noise: 2 }),
      ).state,
    ).toBe('inconclusive');
    expect(
      stateOf(
        latency(1),
        probes(5000, 100, () => 9, { noise: 2 }),
      ).state,
    ).toBe('violated');
  });

  test('one way without clocks: in time there and back is in time one way; otherwise nobody can tell', () => {
    const trips = probes(10_000, 100, spread);
    expect(stateOf(latency(25, 0.99, 'uplink'), trips).state).toBe('met');
    const untold = stateOf(latency(8, 0.99, 'uplink'), trips);
    expect(untold.state).toBe('not-measurable');
    expect(untold.reason.en).toContain('clocks');
    const told = probes(10_000, 100, spread, { clockError: 100, oneWay: () => 5 });
    expect(stateOf(latency(8, 0.99, 'uplink'), told).state).toBe('met');
    const late = probes(10_000, 100, spread, { clockError: 100, oneWay: () => 9 });
    expect(stateOf(latency(8, 0.99, 'uplink'), late).state).toBe('violated');
  });

  test('probes that were not sent say nothing', () => {
    const judged = stateOf(
      latency(25),
      probes(1000, 100, () => 'unsent'),
    );
    expect(judged.state).toBe('inconclusive');
    expect(judged.criteria[0]!.messages).toBe(0);
  });
});

describe('up and down', () => {
  const level: ServiceLevel = {
    trafficClass: 'periodic-deterministic',
    transferIntervalMs: 100,
    survivalTimeMs: 200,
    latency: { path: 'round-trip', within: [{ share: 0.9, ms: 50 }] },
    availabilityMin: 0.99,
    mtbfHoursMin: 0.01,
  };

  test('down after transfer interval and survival time, up with the next in time; late is lost', () => {
    // Ten in a row are late: the last in time was sent at 9.9 s, down from 10.2 s to 11.0 s.
    const evidence = probes(1000, 100, (index) => (index >= 100 && index < 110 ? 80 : 10));
    const [track] = figuresOf(summarise(level, evidence)).tracks;
    expect(track!.downEvents).toBe(1);
    expect(track!.downSeconds).toBeCloseTo(0.8, 6);
    expect(track!.outages![0]).toEqual({ from: start + 10e6, to: start + 11e6, down: 800_000 });
    const survival = stateOf(level, evidence).criteria.find((one) => one.criterion === 'survival-time')!;
    expect(survival.measured).toBeCloseTo(1000, 6);
  });

  test('two missed messages are survived', () => {
    const evidence = probes(1000, 100, (index) => (index === 500 || index === 501 ? 'lost' : 10));
    expect(figuresOf(summarise(level, evidence)).tracks[0]!.downEvents).toBe(0);
    const three = probes(1000, 100, (index) => (index >= 500 && index < 503 ? 'lost' : 10));
    expect(figuresOf(summarise(level, three)).tracks[0]!.downEvents).toBe(1);
  });

  test('what a rate of probing cannot see is not measurable, with the rate that could', () => {
    const judged = stateOf(
      level,
      probes(3600, 1000, () => 10),
    );
    expect(judged.state).toBe('not-measurable');
    expect(judged.reason.en).toContain('each 100 ms');
  });

  test('an outage over the border of two blocks is one', () => {
    const trip = (index: number): number | 'lost' => (index >= 95 && index < 130 ? 'lost' : 10);
    const whole = summarise(level, probes(200, 100, trip));
    const a = summarise(level, probes(100, 100, trip));
    const b = summarise(
      level,
      probes(100, 100, (index) => trip(index + 100), { from: start + 10e6 }),
    );
    expect(figuresOf(merge(a, b)).tracks[0]!.outages).toEqual(figuresOf(whole).tracks[0]!.outages);
    expect(figuresOf(whole).tracks[0]!.outages).toHaveLength(1);
  });
});

describe('loss', () => {
  const level = (path: 'uplink' | 'downlink' | 'round-trip'): ServiceLevel => ({
    ...latency(1000, 0.5, path),
    lossRatioMax: 0.02,
  });
  const loss = (path: 'uplink' | 'downlink' | 'round-trip', what: 'lost' | 'up') => {
    const evidence = probes(4000, 1000, (index) => (index % 20 === 0 ? what : 10));
    return stateOf(level(path), evidence).criteria.find((one) => one.criterion === 'loss')!;
  };

  test('counts on the way asked about, where the reflector tells which way it was', () => {
    expect(loss('uplink', 'up').state).toBe('violated');
    expect(loss('downlink', 'up').state).toBe('met');
    expect(loss('round-trip', 'up')).toMatchObject({ state: 'violated', measured: 0.05 });
  });

  test('in no known direction: one way cannot be told, an outage can', () => {
    expect(loss('uplink', 'lost').state).toBe('not-measurable');
    const outage = probes(4000, 1000, (index) => (index % 400 < 40 ? 'lost' : 10));
    const judged = stateOf(level('uplink'), outage).criteria.find((one) => one.criterion === 'loss')!;
    expect(judged.state).toBe('violated');
  });

  test('the same losses in bursts leave a wider interval', () => {
    const apart = stateOf(
      level('round-trip'),
      probes(8000, 100, (index) => (index % 50 === 0 ? 'lost' : 10)),
    );
    const together = stateOf(
      level('round-trip'),
      probes(8000, 100, (index) => (index % 1000 < 20 ? 'lost' : 10)),
    );
    const width = (judged: typeof apart): number => {
      const { low, high } = judged.criteria.find((one) => one.criterion === 'loss')!;
      return high! - low!;
    };
    expect(width(together)).toBeGreaterThan(2 * width(apart));
  });
});

describe('jitter, rates, coverage, what came by itself', () => {
  const judged = (level: ServiceLevel, evidence: Partial<FlowEvidence>) =>
    stateOf(level, { ...probes(0, 100, () => 1), probes: [], to: start + 60e6, ...evidence });
  const plain: ServiceLevel = { trafficClass: 'non-deterministic' };

  test('variation is told from the least delay', () => {
    const level: ServiceLevel = { ...plain, jitter: { definition: 'camara', ms: 11 } };
    const even = stateOf(level, probes(5000, 100, spread));
    expect(even.state).toBe('met');
    expect(even.criteria[0]!.measured).toBeCloseTo(9.9, 0);
    const tight: ServiceLevel = { ...plain, jitter: { definition: 'pdv-rfc5481', share: 0.95, ms: 5 } };
    expect(stateOf(tight, probes(5000, 100, spread)).state).toBe('violated');
  });

  test('load below what is asked for says nothing of what the path could carry', () => {
    const level: ServiceLevel = { ...plain, uplinkMbpsMin: 10 };
    const rate = (mbps: number, saturated: boolean) =>
      ({ direction: 'uplink', mbps, saturated, method: 'tcp', seconds: 5 }) as const;
    expect(judged(level, {}).state).toBe('not-measurable');
    expect(judged(level, { rates: [rate(2, false)] }).state).toBe('inconclusive');
    expect(judged(level, { rates: [rate(12, false)] }).state).toBe('met');
    expect(judged(level, { rates: [rate(12, true), rate(13, true), rate(14, true)] }).state).toBe('met');
    expect(judged(level, { rates: [rate(4, true), rate(5, true)] }).state).toBe('violated');
  });

  test('coverage is told from twenty cells on', () => {
    const level: ServiceLevel = { ...plain, coverage: { places: [''], share: 0.9 } };
    expect(judged(level, { coverage: { share: 1, cells: 5 } }).state).toBe('inconclusive');
    expect(judged(level, { coverage: { share: 0.95, cells: 50 } }).state).toBe('met');
    expect(judged(level, { coverage: { share: 0.8, cells: 50 } }).state).toBe('violated');
    expect(judged(level, {}).state).toBe('not-measurable');
  });

  test('samples show the interval and the way up, and missing ones may never have been sent', () => {
    const level: ServiceLevel = {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 100,
      survivalTimeMs: 100,
      latency: { path: 'uplink', within: [{ share: 0.9, ms: 20 }] },
    };
    const passive = (keep: (index: number) => boolean) => {
      const sent = Float64Array.from({ length: 600 }, (_, index) => start + index * 1e5).filter((_, index) =>
        keep(index),
      );
      return {
        clockErrorMicroseconds: 500,
        columns: { count: sent.length, sent, received: sent.map((time) => time + 8000) },
      };
    };
    const all = judged(level, { passive: passive(() => true) });
    expect(all.state).toBe('met');
    expect(all.criteria.map(({ criterion }) => criterion)).toEqual([
      'latency',
      'transfer-interval',
      'survival-time',
    ]);
    const some = judged(level, { passive: passive((index) => index < 100 || index > 110) });
    expect(some.criteria.find(({ criterion }) => criterion === 'survival-time')!.state).toBe(
      'not-measurable',
    );
    const slow = judged(level, { passive: passive((index) => index % 3 === 0) });
    expect(slow.criteria.find(({ criterion }) => criterion === 'transfer-interval')!.state).toBe('violated');
  });
});

describe('availability', () => {
  const level = (availabilityMin: number, transferIntervalMs = 1000): ServiceLevel => ({
    trafficClass: 'periodic-deterministic',
    transferIntervalMs,
    survivalTimeMs: transferIntervalMs,
    availabilityMin,
  });
  const of = (asked: ServiceLevel, evidence: FlowEvidence) =>
    stateOf(asked, evidence).criteria.find((one) => one.criterion === 'availability')!;

  test('without a failure, one of a minute is taken as possible: 99 % needs five hours', () => {
    const hours = (count: number) => probes(count * 3600, 1000, () => 10);
    expect(of(level(0.99), hours(4)).state).toBe('inconclusive');
    expect(of(level(0.99), hours(4)).reason.en).toContain('about 59.');
    expect(of(level(0.99), hours(6)).state).toBe('met');
    expect(
      of(
        level(0.99),
        probes(6 * 3600, 1000, (index) => (index % 600 < 60 ? 'lost' : 10)),
      ).state,
    ).toBe('violated');
  });

  test('probed too seldom: shown where even the messages lost and late are few enough, violated where outages are long', () => {
    const seldom = (trip: (index: number) => number | 'lost') => probes(20_000, 1000, trip);
    expect(
      of(
        level(0.99, 10),
        seldom(() => 10),
      ),
    ).toMatchObject({ state: 'met' });
    expect(
      of(
        level(0.999_999, 10),
        seldom(() => 10),
      ).state,
    ).toBe('not-measurable');
    expect(
      of(
        level(0.99, 10),
        seldom((index) => (index % 1000 < 200 ? 'lost' : 10)),
      ).state,
    ).toBe('violated');
  });
});

describe('times judged over', () => {
  const hour = (from: number, trip: (index: number) => number | 'lost') =>
    Array.from({ length: 60 }, (_, minute) =>
      summarise(
        latency(25),
        probes(60 * 10, 100, (index) => trip(minute * 600 + index), { from: from + minute * 60e6 }),
      ),
    );

  test('what is violated now shows within ten minutes of an hour that was well, and is over ten minutes later', () => {
    const well = hour(start, () => 10);
    const now = start + 3600e6;
    expect(judge(latency(25), well, now).state).toBe('met');
    const bad = hour(now, () => 40);
    expect(judge(latency(25), [...well, ...bad.slice(0, 3)], now + 180e6).state).toBe('violated');
    const after = hour(now + 3600e6, () => 10);
    expect(judge(latency(25), [...well, ...bad, ...after.slice(0, 12)], now + 3600e6 + 720e6).state).toBe(
      'met',
    );
  });

  test('over a whole month nothing is forgotten', () => {
    const blocks = [
      ...hour(start, () => 10),
      ...hour(start + 3600e6, (index) => (index % 10 === 0 ? 'lost' : 10)),
    ];
    const now = start + 7200e6;
    expect(judge(latency(25), blocks, now, { over: 'whole' }).state).toBe('violated');
    expect(judge(latency(25), blocks.reverse(), now, { over: 'whole' })).toEqual(
      judge(latency(25), blocks.reverse(), now, { over: 'whole' }),
    );
  });
});

test('more of what is well leaves met what was met, and is counted', () => {
  const level: ServiceLevel = { ...latency(25), lossRatioMax: 0.01 };
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 3000 }), fc.integer({ min: 1, max: 3000 }), (count, more) => {
      const a = summarise(level, probes(count, 1000, spread));
      const b = summarise(level, probes(more, 1000, spread, { from: start + count * 1e6 }));
      const both = merge(a, b);
      const before = judge(level, [a], a.to, { over: 'whole' });
      const after = judge(level, [both], both.to, { over: 'whole' });
      expect(before.state).toBe('met');
      expect(after.state).toBe('met');
      after.criteria.forEach(({ messages, high }, index) => {
        expect(messages).toBe(before.criteria[index]!.messages + more);
        if (index === 1) expect(high!).toBeLessThan(before.criteria[1]!.high!);
      });
    }),
    { numRuns: 20, seed: 17 },
  );
});

test('how a path fares is told before it is shown', () => {
  const quality = (level: ServiceLevel, evidence: FlowEvidence) =>
    qualityOf(level, summarise(level, evidence));
  expect(quality(latency(25, 0.999), probes(60, 1000, spread))).toBe('good');
  expect(quality(latency(25, 0.999), probes(10, 1000, spread))).toBe('unknown');
  expect(quality(latency(15), probes(60, 1000, spread))).toBe('bad');
  expect(
    quality(
      latency(25, 0.99, 'uplink'),
      probes(60, 1000, () => 40),
    ),
  ).toBe('unknown');
});

test('nothing measured, and an old prober of another version, are said so', () => {
  expect(judge(latency(5), [], start).state).toBe('not-measurable');
});

const kind = fc.constantFrom<'lost' | 'up' | 'down' | 'unsent' | number>(
  'lost',
  'up',
  'unsent',
  'down',
  5,
  12,
  30,
);
const demanding: ServiceLevel = {
  trafficClass: 'periodic-deterministic',
  transferIntervalMs: 100,
  survivalTimeMs: 100,
  latency: { path: 'uplink', within: [{ share: 0.9, ms: 20 }] },
  jitter: { definition: 'pdv-rfc5481', ms: 5 },
  lossRatioMax: 0.1,
  availabilityMin: 0.9,
  mtbfHoursMin: 1,
};

test('blocks add up in any grouping to what one block over all would be', () => {
  fc.assert(
    fc.property(
      fc.array(kind, { minLength: 6, maxLength: 60 }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom<'uplink' | 'round-trip'>('uplink', 'round-trip'),
      (fates, x, y, path) => {
        const level = { ...demanding, latency: { ...demanding.latency!, path } };
        const [first, second] = [x % fates.length, y % fates.length].sort((a, b) => a - b) as [
          number,
          number,
        ];
        const block = (from: number, to: number) =>
          summarise(
            level,
            probes(to - from, 100, (index) => fates[from + index]!, { from: start + from * 100_000 }),
          );
        const [a, b, c] = [block(0, first), block(first, second), block(second, fates.length)];
        const left = merge(merge(a, b), c);
        const right = merge(a, merge(b, c));
        expect(left).toEqual(right);
        expect(JSON.parse(JSON.stringify(left))).toEqual(left);
        // One way, what is lost in no known direction is judged by its neighbours: a border between blocks hides some of them.
        if (path === 'uplink' && fates.includes('lost')) return;
        const whole = block(0, fates.length);
        const [merged, straight] = [left.tracks[0], whole.tracks[0]];
        expect(merged?.counts).toEqual(straight?.counts);
        expect(merged?.lost).toEqual(straight?.lost);
        expect(merged?.late).toEqual(straight?.late);
        expect(merged?.bursts).toEqual(straight?.bursts);
        expect(merged?.roundTrip).toEqual(straight?.roundTrip);
        expect(figuresOf(left).tracks[0]?.downEvents).toBe(figuresOf(whole).tracks[0]?.downEvents);
      },
    ),
    { numRuns: 100, seed: 17 },
  );
});

test('hostile columns are counted, never thrown at anybody', () => {
  const wild = fc.array(
    fc.oneof(fc.double(), fc.constant(Number.NaN), fc.double({ min: start, max: start + 1e8 })),
    {
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(
      wild,
      wild,
      fc.array(fc.nat(9)),
      fc.double(),
      fc.double(),
      (sent, trip, fates, count, interval) => {
        const evidence = probes(1, 100, () => 1);
        const session = { ...evidence.probes[0]!.session, intervalMs: interval };
        const columns = {
          count,
          sent: Float64Array.from(sent),
          roundTrip: Float64Array.from(trip),
          uplink: Float64Array.from(trip),
          downlink: Float64Array.from(sent),
          fate: Uint8Array.from(fates),
          lateness: Float64Array.from(trip),
        };
        const block = summarise(demanding, {
          ...evidence,
          to: start + 1e8,
          probes: [{ session, columns }],
          passive: {
            columns: { count, sent: columns.sent, received: columns.roundTrip },
            clockErrorMicroseconds: interval,
          },
          rates: [{ direction: 'uplink', mbps: count, saturated: true, method: 'tcp', seconds: interval }],
          coverage: { share: count, cells: interval },
        });
        const judged = judge(demanding, [block, merge(block, block)], start + 1e8);
        for (const { reason } of judged.criteria) expect(reason.en).not.toMatch(/NaN|undefined/);
      },
    ),
    { numRuns: 200, seed: 17 },
  );
});

test('the state shown is left after several judgements in a row, and since is when they began', () => {
  let held = hold(undefined, 'met', 1);
  held = hold(held, 'violated', 2);
  expect(held.state).toBe('met');
  held = hold(held, 'violated', 3);
  expect(held).toEqual({ state: 'violated', since: 2 });
  for (let now = 4; now < 8; now++) held = hold(held, 'met', now);
  held = hold(held, 'violated', 8);
  expect(held).toEqual({ state: 'violated', since: 2 });
  for (let now = 9; now < 14; now++) held = hold(held, 'met', now);
  expect(held).toEqual({ state: 'met', since: 9 });
});

test('what is no block of this version is told from one that is', () => {
  const block = emptyBlock(1e15, 1e15 + 1e6);
  expect(isBlock(JSON.parse(JSON.stringify(block)))).toBe(true);
  for (const other of [
    undefined,
    null,
    3,
    'x',
    [],
    {},
    { ...block, version: 2 },
    { ...block, tracks: [{ key: 'a' }] },
    { ...block, rates: undefined },
  ])
    expect(isBlock(other)).toBe(false);
});
