import type { ServiceLevel } from '@millrace/contract';
import { describe, expect, test } from 'vitest';
import { arpOf, deriveQos, ratesOf, wireBytes } from './derive.ts';
import { fiveQiOf, fiveQis, promisedShare } from './five-qi.ts';

/** Worked by hand from TS 23.501, Table 5.7.4-1. */
const cases: {
  name: string;
  level: ServiceLevel;
  fiveQi: number | undefined;
  short?: string[];
  nearest?: number;
}[] = [
  {
    name: 'a robot that sends 200 bytes every 50 ms, 99.9 % within 40 ms: only 84 promises more than 98 % and lets 30 ms pass',
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 50,
      messageBytes: 200,
      latency: { path: 'uplink', within: [{ share: 0.999, ms: 40 }] },
      survivalTimeMs: 50,
    },
    fiveQi: 84,
  },
  {
    name: 'the same at 98 %: a guaranteed rate with a budget of 50 ms is too slow for 40 ms, so 84 again',
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 50,
      messageBytes: 200,
      latency: { path: 'uplink', within: [{ share: 0.98, ms: 40 }] },
    },
    fiveQi: 84,
  },
  {
    name: 'at 98 % within 60 ms, 3 has a budget of 50 ms',
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 100,
      messageBytes: 200,
      latency: { path: 'uplink', within: [{ share: 0.98, ms: 60 }] },
    },
    fiveQi: 3,
  },
  {
    name: '20 bytes within 12 ms, 99.9 %: 88, 10 ms and an error rate of 10⁻³, is the least demanding',
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 20,
      messageBytes: 20,
      latency: { path: 'uplink', within: [{ share: 0.999, ms: 12 }] },
    },
    fiveQi: 88,
  },
  {
    name: '20 bytes within 12 ms, 99.99 %: 83',
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 20,
      messageBytes: 20,
      latency: { path: 'uplink', within: [{ share: 0.9999, ms: 12 }] },
    },
    fiveQi: 83,
  },
  {
    name: 'there and back in 80 ms: 30 ms each way and 1 ms outside fit',
    level: {
      trafficClass: 'aperiodic-deterministic',
      messageBytes: 250,
      latency: { path: 'round-trip', within: [{ share: 0.999, ms: 80 }] },
    },
    fiveQi: 84,
  },
  {
    name: 'motion control at 1 ms: no 5QI',
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 1,
      messageBytes: 40,
      latency: { path: 'uplink', within: [{ share: 0.999999, ms: 1 }] },
      survivalTimeMs: 1,
    },
    fiveQi: undefined,
    short: ['latency.within.0.ms', 'latency.within.0.share'],
    nearest: 85,
  },
  {
    name: 'loss of one in a billion: no 5QI',
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 100,
      messageBytes: 40,
      lossRatioMax: 1e-9,
    },
    fiveQi: undefined,
    short: ['lossRatioMax'],
  },
  {
    name: 'a picture of 100 kB in 40 ms at 99.9 %: more than any burst volume; 90 carries the most',
    level: {
      trafficClass: 'aperiodic-deterministic',
      messageBytes: 100_000,
      latency: { path: 'uplink', within: [{ share: 0.999, ms: 40 }] },
    },
    fiveQi: undefined,
    short: ['messageBytes'],
    nearest: 90,
  },
  {
    name: 'video of 8 Mbit/s: a guaranteed rate, the most patient',
    level: { trafficClass: 'non-deterministic', uplinkMbpsMin: 8 },
    fiveQi: 76,
  },
  {
    name: 'video that must not lose more than one in a million',
    level: { trafficClass: 'non-deterministic', uplinkMbpsMin: 8, lossRatioMax: 1e-6 },
    fiveQi: 74,
  },
  {
    name: 'files, whenever: the default',
    level: { trafficClass: 'non-deterministic' },
    fiveQi: 9,
  },
  {
    name: 'jitter of 5 ms: what bounds the delay to 5 ms bounds it',
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 20,
      messageBytes: 40,
      jitter: { definition: 'pdv-rfc5481', ms: 5 },
      latency: { path: 'uplink', within: [{ share: 0.999, ms: 20 }] },
    },
    fiveQi: 87,
  },
];

describe('a service level becomes a quality of service', () => {
  for (const { name, level, fiveQi, short, nearest } of cases)
    test(name, () => {
      const derived = deriveQos(level);
      expect(derived.problems).toEqual([]);
      expect(derived.qos?.fiveQi).toBe(fiveQi);
      expect(derived.possible).toBe(fiveQi !== undefined);
      if (short !== undefined) expect([...new Set(derived.short.map(({ field }) => field))]).toEqual(short);
      if (nearest !== undefined) expect(derived.nearest).toBe(nearest);
      for (const words of [...derived.reasons, ...derived.short.map(({ message }) => message)]) {
        expect(words.en).not.toBe('');
        expect(words.zh).not.toBe('');
      }
    });

  test('rates count headers and headroom', () => {
    expect(wireBytes(200)).toBe(248);
    expect(wireBytes(3000)).toBe(3000 + 3 * 48);
    const level = cases[0]!.level;
    // 248 bytes every 50 ms are 39.68 kbit/s; with a fifth on top, 47.6.
    expect(ratesOf(level)).toEqual({ uplink: (248 * 8) / 50, downlink: undefined });
    expect(deriveQos(level).qos).toMatchObject({ gbrUplink: 48, mbrUplink: 96 });
    expect(deriveQos(level, { headroom: 2 }).rates.uplink).toBe(80);
    expect(deriveQos(level).qos!.gbrDownlink).toBeUndefined();
  });

  test('the slice has it for all terminals, in percent and kbit/s', () => {
    const { slice } = deriveQos({ ...cases[0]!.level, availabilityMin: 0.9999 }, { terminals: 10 });
    expect(slice).toMatchObject({
      snssai: { sst: 2 },
      maxNumberofUEs: 10,
      uLLatency: 40,
      uLReliability: 99.9,
      availability: 99.99,
      survivalTime: 50,
      uLThptPerUE: 48,
      uLThptPerSlice: 480,
      uLDeterministicComm: true,
    });
  });

  test('who is worth more is kept longer', () => {
    const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((priority) => arpOf(priority));
    expect(levels.map(({ priorityLevel }) => priorityLevel)).toEqual([2, 3, 4, 5, 6, 8, 10, 12, 14]);
    expect(levels[0]).toMatchObject({ mayPreempt: true, preemptable: false });
    expect(levels[8]).toMatchObject({ mayPreempt: false, preemptable: true });
  });

  test('a level that cannot exist is said so at the field, and nothing is derived', () => {
    const derived = deriveQos({ trafficClass: 'non-deterministic', availabilityMin: 1 });
    expect(derived.possible).toBe(false);
    expect(derived.qos).toBeUndefined();
    expect(derived.problems.map(({ field }) => field)).toEqual(['availabilityMin']);
  });

  test('the table holds together', () => {
    expect(new Set(fiveQis.map(({ fiveQi }) => fiveQi)).size).toBe(fiveQis.length);
    for (const row of fiveQis) {
      expect(row.burstBytes !== undefined).toBe(row.resource === 'delay-critical-gbr');
      expect(row.averagingMs === undefined).toBe(row.resource === 'non-gbr');
    }
    expect(promisedShare(fiveQiOf(9)!)).toBe(0.98);
    expect(promisedShare(fiveQiOf(84)!)).toBeCloseTo(0.99999, 10);
  });
});
