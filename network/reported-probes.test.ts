import type { AppRequest, NetworkPlatform } from '@millrace/sdk';
import { expect, test } from 'vitest';
import type { TerminalRecord } from './inventory/index.ts';
import {
  type ReadSenderReport,
  ReportedProbes,
  readSenderReport,
  reportedLimits,
} from './measurement/index.ts';
import { measuringHandlers } from './measuring-handlers.ts';

const never = (): never => {
  throw new Error('not asked for here');
};
const start = 1_700_000_000_000_000;
const second = 1_000_000;

/** A report of probes a second apart, the clock of the terminal an hour behind. */
function report(first: number, many: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  const sent = Array.from({ length: many }, (_, at) => start + (first + at) * second - 3_600 * second);
  return {
    version: 1,
    terminal: 'agv',
    intervalMs: 1_000,
    timeoutMs: 2_000,
    octets: 44,
    first,
    dropped: 0,
    sent,
    roundTrip: sent.map((_, at) => (at === 1 ? null : 9_000)),
    count: sent.map((_, at) => (at === 1 ? null : first + at)),
    series: 7,
    time: sent.at(-1)! + 3 * second,
    ...more,
  };
}

function taken(probes: ReportedProbes, body: unknown, now: number) {
  return probes.take(readSenderReport(body, 'agv', now) as ReadSenderReport, now);
}

test('what was told twice counts once, and a sender that begins anew is heard', () => {
  const probes = new ReportedProbes();
  expect(taken(probes, report(0, 10), start + 12 * second)).toEqual({ taken: 10, repeated: 0 });
  expect(taken(probes, report(0, 10), start + 12 * second)).toEqual({ taken: 0, repeated: 10 });
  expect(taken(probes, report(5, 10), start + 17 * second)).toEqual({ taken: 5, repeated: 5 });
  expect(taken(probes, report(0, 4, { series: 8 }), start + 40 * second)).toEqual({ taken: 4, repeated: 0 });
  expect(probes.counters).toMatchObject({ reports: 4, repeats: 15 });
  const { columns, session } = probes.window('agv', start, start + 100 * second)!;
  expect(columns.count).toBe(19);
  expect(columns.sent[0]).toBe(start);
  expect(session.noise).toEqual([
    { share: 0.5, microseconds: 10_000 },
    { share: 0.999, microseconds: 10_000 },
  ]);
});

test('reports that were under way for different times lose nothing', () => {
  const probes = new ReportedProbes();
  taken(probes, report(0, 10), start + 14 * second);
  const end = probes.decidedUntil('agv', start + 14 * second)!;
  taken(probes, report(10, 10), start + 19 * second);
  expect(probes.window('agv', 0, end)!.columns.count).toBe(10);
  expect(probes.window('agv', end, start + 100 * second)!.columns.count).toBe(10);
});

test('a window waits for the next report, and not for ever', () => {
  const probes = new ReportedProbes();
  expect(probes.decidedUntil('agv', start)).toBeUndefined();
  taken(probes, report(0, 10), start + 12 * second);
  expect(probes.decidedUntil('agv', start + 40 * second)).toBe(start + 9 * second + 1);
  expect(probes.decidedUntil('agv', start + 10 * second + reportedLimits.waitMicroseconds)).toBeUndefined();
});

test('a clock that was set back begins a new ring; what is no terminal is forgotten', () => {
  const probes = new ReportedProbes();
  taken(probes, report(0, 10), start + 1_000 * second);
  taken(probes, report(10, 5), start + 500 * second);
  expect(probes.window('agv', 0, start + 2_000 * second)!.columns.count).toBe(5);
  probes.keep(() => false);
  expect(probes.size).toBe(0);
});

test('only a thing of the terminal, or who may configure there, tells of it; what is no report is refused and counted', () => {
  const reported = new ReportedProbes();
  const terminal = { id: 'agv', place: 'hall', input: { things: ['urn:agv'] } } as unknown as TerminalRecord;
  const { networkProbeReport: tell } = measuringHandlers({
    platform: { clock: { now: () => start + 12 * second } } as unknown as NetworkPlatform,
    terminals: { get: (id) => (id === 'agv' ? terminal : undefined) },
    reported,
    settings: { show: never, put: never },
    judging: { ofTerminal: never },
    connections: { retransmissions: never } as never,
    keys: never,
    changed: () => {},
  });
  const by = (kind: 'device' | 'person', id: string, body: unknown, terminalId = 'agv'): AppRequest => ({
    parameters: { terminal: terminalId },
    query: {},
    body,
    caller: {
      actor: { kind, id },
      may: (permission) => kind === 'person' && (id === 'engineer' || permission === 'read'),
    },
  });
  expect(tell(by('device', 'urn:agv', report(0, 3)))).toEqual({ taken: 3, repeated: 0 });
  expect(tell(by('person', 'engineer', report(3, 3)))).toEqual({ taken: 3, repeated: 0 });
  const status = (request: AppRequest): unknown => {
    try {
      tell(request);
    } catch (error) {
      return (error as { status: number }).status;
    }
    return undefined;
  };
  expect(status(by('device', 'urn:other', report(6, 3)))).toBe(403);
  expect(status(by('device', 'urn:agv', report(6, 3), 'other'))).toBe(403);
  expect(status(by('person', 'viewer', report(6, 3)))).toBe(403);
  expect(status(by('person', 'engineer', report(6, 3), 'other'))).toBe(404);
  expect(status(by('device', 'urn:agv', { ...report(6, 3), terminal: 'other' }))).toBe(400);
  expect(status(by('device', 'urn:agv', 'x'))).toBe(400);
  expect(reported.counters.refused).toBe(2);
});
