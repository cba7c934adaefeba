import { describe, expect, test } from 'vitest';
import { checkServiceLevel, type ServiceLevel } from './service-level.ts';

const robot: ServiceLevel = {
  trafficClass: 'periodic-deterministic',
  transferIntervalMs: 50,
  messageBytes: 250,
  latency: {
    path: 'uplink',
    within: [
      { share: 0.999, ms: 20 },
      { share: 0.99999, ms: 40 },
    ],
  },
  jitter: { definition: 'pdv-rfc5481', share: 0.99, ms: 10 },
  lossRatioMax: 0.001,
  availabilityMin: 0.999999,
  mtbfHoursMin: 168,
  survivalTimeMs: 50,
  sources: {
    transferIntervalMs: { document: '3GPP TS 22.104', clause: 'Table 5.2-1', standing: 'second-hand' },
  },
};
const fieldsOf = (level: ServiceLevel): string[] => checkServiceLevel(level).map(({ field }) => field);

test('a level of the standard is taken as it is', () => {
  expect(checkServiceLevel(robot)).toEqual([]);
  expect(checkServiceLevel({ trafficClass: 'non-deterministic', uplinkMbpsMin: 10 })).toEqual([]);
  expect(
    checkServiceLevel({
      trafficClass: 'aperiodic-deterministic',
      latency: { path: 'round-trip', within: [{ share: 0.99, ms: 8 }] },
      availabilityMin: 0.99999999,
      survivalTimeMs: 16,
    }),
  ).toEqual([]);
});

describe('what cannot be is told at its field', () => {
  const levels: [string, Partial<ServiceLevel>, string[]][] = [
    ['availability of 1', { availabilityMin: 1 }, ['availabilityMin']],
    ['availability nobody could ever show', { availabilityMin: 0.99999999999 }, ['availabilityMin']],
    ['availability of 0', { availabilityMin: 0 }, ['availabilityMin']],
    [
      'latency of nothing',
      { latency: { path: 'uplink', within: [{ share: 0.99, ms: 0 }] } },
      ['latency.within.0.ms'],
    ],
    [
      'all messages within a time',
      { latency: { path: 'uplink', within: [{ share: 1, ms: 10 }] } },
      ['latency.within.0.share'],
    ],
    [
      'a longer time for fewer messages',
      {
        latency: {
          path: 'uplink',
          within: [
            { share: 0.999, ms: 20 },
            { share: 0.99, ms: 40 },
          ],
        },
      },
      ['latency.within.1'],
    ],
    [
      'a deadline after the next message',
      { latency: { path: 'uplink', within: [{ share: 0.99, ms: 60 }] }, jitter: undefined as never },
      ['latency.within.0.ms'],
    ],
    ['no jitter at all', { jitter: { definition: 'camara', ms: 0 } }, ['jitter.ms']],
    [
      'nothing asked',
      { uplinkMbpsMin: 0, mtbfHoursMin: 0 },
      ['uplinkMbpsMin', 'mtbfHoursMin', 'uplinkMbpsMin'],
    ],
    ['no loss at all', { lossRatioMax: 0 }, ['lossRatioMax']],
    ['all lost', { lossRatioMax: 1 }, ['lossRatioMax']],
    ['a jitter longer than any message', { jitter: { definition: 'camara', ms: 50 } }, ['jitter.ms']],
    [
      "another percentile of CAMARA's jitter",
      { jitter: { definition: 'camara', share: 0.9, ms: 5 } },
      ['jitter.share'],
    ],
    ['no transfer interval', { transferIntervalMs: undefined as never }, ['transferIntervalMs']],
    ['availability without survival time', { survivalTimeMs: undefined as never }, ['survivalTimeMs']],
    ['less rate than its own messages need', { uplinkMbpsMin: 0.01 }, ['uplinkMbpsMin']],
    ['more rate than there is', { downlinkMbpsMin: 1e9 }, ['downlinkMbpsMin']],
    ['bursts of periodic traffic', { burstBytes: 1000 }, ['burstBytes']],
    [
      'a source for a figure that is not there',
      { sources: { uplinkMbpsMin: { document: 'x', standing: 'plant' } } },
      ['sources.uplinkMbpsMin'],
    ],
  ];
  test.each(levels)('%s', (_, change, fields) => {
    const level = { ...robot, ...change };
    expect(fieldsOf(level)).toEqual(fields);
    for (const { message } of checkServiceLevel(level)) {
      expect(message.en.length).toBeGreaterThan(20);
      expect(message.zh).toMatch(/[一-鿿]/);
    }
  });

  test('figures of another class', () => {
    expect(
      fieldsOf({ ...robot, trafficClass: 'non-deterministic', availabilityMin: undefined as never }),
    ).toEqual(['transferIntervalMs', 'survivalTimeMs', 'mtbfHoursMin']);
    expect(fieldsOf({ ...robot, trafficClass: 'aperiodic-deterministic' })).toEqual(['transferIntervalMs']);
  });
});
