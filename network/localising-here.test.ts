import { type FlowEvidence, fate } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { ConnectionsHere } from './connections-here.ts';
import type { Pair, TerminalRecord } from './inventory/index.ts';
import { ofClass, zoneProbe } from './inventory/index.ts';
import { summarise } from './judgement/index.ts';
import { type LocalisingParts, localisingOf, qualityOfPair, worstQuality } from './localising-here.ts';
import type { TcpConnection } from './measurement/index.ts';
import { UsualNoise } from './usual-noise.ts';

const now = 1_700_000_000_000_000;
const level = {
  trafficClass: 'non-deterministic' as const,
  latency: { path: 'round-trip' as const, within: [{ share: 0.95, ms: 50 }] },
};

/** Probes of the last two minutes, one a second, each taking so long (ms). */
function probes(terminal: string, milliseconds: number, dscp = 0): FlowEvidence['probes'] {
  const count = 120;
  const filled = (value: number) => new Float64Array(count).fill(value);
  return [
    {
      session: {
        terminal,
        method: 'stamp',
        dscp,
        intervalMs: 1_000,
        timeoutMs: 2_000,
        octets: 44,
        noise: [{ share: 0.99, microseconds: 100 }],
        clockErrorMicroseconds: undefined,
      },
      columns: {
        count,
        sent: Float64Array.from({ length: count }, (_, at) => now - (count - at) * 1_000_000),
        roundTrip: filled(milliseconds * 1_000),
        uplink: filled(Number.NaN),
        downlink: filled(Number.NaN),
        fate: new Uint8Array(count).fill(fate.arrived),
        lateness: filled(0),
      },
    },
  ];
}

function pair(terminal: string, milliseconds: number): Pair {
  const window = { from: now - 120_000_000, to: now };
  const minute = summarise(level, {
    ...window,
    probes: probes(terminal, milliseconds),
    passive: undefined,
    rates: [],
    coverage: undefined,
  });
  return { flow: { input: { level } }, minute, minuteBefore: undefined, at: now } as unknown as Pair;
}

const terminal = (id: string, cell: string): TerminalRecord =>
  ({
    id,
    input: { kind: 'nr', things: [], zone: 'z', provider: 'core' },
    radio: { cell, gnb: 'g', sinrDb: 15, rsrpDbm: -80 },
    sessions: [],
    seenSupi: undefined,
  }) as unknown as TerminalRecord;

/** Twelve terminals, the first half in cell a: those named take 500 ms, others 5; the zone's reflector takes so long. */
function blameOf(bad: (id: number) => boolean, zoneMs: number | undefined) {
  const terminals = Array.from({ length: 12 }, (_, at) => terminal(`t${at}`, at < 6 ? 'a' : 'b'));
  const pairs = new Map(terminals.map(({ id }, at) => [id, pair(id, bad(at) ? 500 : 5)]));
  const parts = {
    platform: { clock: { now: () => now }, values: {}, things: {} },
    inventory: () => ({
      terminals: { all: () => terminals, get: (id: string) => terminals.find((one) => one.id === id) },
      judging: {
        pair: (_flow: string, id: string) => pairs.get(id),
        ofTerminal: (id: string) => [pairs.get(id)!],
      },
      zones: { get: () => ({ id: 'z', title: 'Hall' }) },
    }),
    measuring: () => ({
      decidedUntil: () => now,
      window: (id: string) => (id === zoneProbe('z') && zoneMs !== undefined ? probes(id, zoneMs) : []),
    }),
    noise: () => ({ noiseFloorMs: 0.2, usualNoiseFloorMs: 0.2 }),
    retransmissions: () => undefined,
    usualRadio: { of: () => ({ rsrpDbm: -80, sinrDb: 15 }) },
  } as unknown as LocalisingParts;
  return localisingOf(parts)('flow', 't0', []);
}

test('minutes tell of peers before a verdict does', () => {
  expect(qualityOfPair(pair('t', 5))).toBe('good');
  expect(qualityOfPair(pair('t', 500))).toBe('bad');
  expect(worstQuality(['good', 'unknown', 'bad'])).toBe('bad');
  expect(worstQuality(['good', 'unknown'])).toBe('good');
  expect(worstQuality([])).toBe('unknown');
});

test('all of a cell bad and others good: its radio; the reflector of the zone tells the core side from the platform side', () => {
  expect(blameOf((id) => id < 6, 5)).toMatchObject({ from: 'radio' });
  const all = blameOf(() => true, 5);
  // Base station, core and edge are shared by all; the platform is not in question.
  expect(all).toMatchObject({ from: 'transport', to: 'edge' });
  const edge = blameOf(() => true, 500);
  expect(['edge', 'platform']).toContain(edge?.from);
  expect(edge?.evidence.some(({ what }) => what.en.includes('Hall'))).toBe(true);
});

test('of several classes the flow’s own is its evidence; of one, that', () => {
  const both = [...probes('t', 5, 0), ...probes('t', 9, 46)];
  expect(ofClass(both, () => 46).map(({ session }) => session.dscp)).toEqual([46]);
  expect(ofClass(both, () => 10)).toHaveLength(2);
  expect(ofClass(probes('t', 9, 46), () => 0)).toHaveLength(1);
});

test('what is sent again is counted between looks, not over a connection’s life', () => {
  const here = new ConnectionsHere({ now: () => now, after: () => () => {} }, () => Promise.resolve(''));
  const one = (sent: number, sentAgain: number, localPort = 1): TcpConnection =>
    ({ localPort, peerPort: 502, sent, sentAgain }) as TcpConnection;
  here.take([['10.0.0.1', [one(100_000, 50_000)]]]);
  expect(here.retransmissions('10.0.0.1')).toBeUndefined();
  here.take([['10.0.0.1', [one(100_100, 50_010)]]]);
  expect(here.retransmissions('10.0.0.1')).toEqual({ share: 0.1, usual: 0 });
  here.take([['10.0.0.1', [one(100, 10)]]]);
  expect(here.retransmissions('10.0.0.1')).toEqual({ share: 0.1, usual: 0 });
  for (let look = 1; look <= 20; look++) here.take([['10.0.0.1', [one(100 + look * 100, 10)]]]);
  expect(here.retransmissions('10.0.0.1')!.share).toBe(0);
  expect(here.retransmissions('10.0.0.1')!.usual).toBeGreaterThan(0);
  here.take([]);
  expect(here.retransmissions('10.0.0.1')).toBeUndefined();
});

test('the platform’s own noise is a clue once it is known what is usual', () => {
  let floor: number | undefined = 0.1;
  const noise = new UsualNoise(() => floor);
  expect(noise.clue()).toBeUndefined();
  for (let look = 0; look < 4; look++) noise.look(now + look * 600_000_000);
  floor = 9;
  noise.look(now + 3 * 600_000_000 + 1);
  expect(noise.clue()).toEqual({ noiseFloorMs: 9, usualNoiseFloorMs: 0.1 });
});
