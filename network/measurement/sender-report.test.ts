import { fate } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { type Arrival, defaultReflecting, privateSources, Reflector } from './reflector.ts';
import { type ReadSenderReport, readSenderReport } from './sender-report.ts';
import { errorEstimateBits, readRequest, writeRequest } from './stamp.ts';
import { type SenderReport, stampRequest, TerminalSender } from './terminal-sender.ts';

const start = 1_700_000_000_000_000;

test('the lone file writes the same packets as the platform', () => {
  const packet = Buffer.alloc(44);
  for (const time of [start, start + 999_999, start + 123_457]) {
    writeRequest(packet, { sequence: 9, time, error: (28 << 8) | 255, ssid: 77 }, 44);
    expect(stampRequest(9, time, 77).toString('hex')).toBe(packet.toString('hex'));
  }
  const read = readRequest(packet);
  expect(typeof read === 'object' && read.ssid).toBe(77);
});

test('under a key the lone file seals as the platform does, and believes no answer that is not sealed', () => {
  const key = Buffer.alloc(32, 7);
  const packet = Buffer.alloc(112);
  writeRequest(packet, { sequence: 9, time: start, error: (28 << 8) | 255, ssid: 77 }, 112, key);
  expect(stampRequest(9, start, 77, key).toString('hex')).toBe(packet.toString('hex'));
  const sender = new TerminalSender({ terminal: 't', reflector: 'x', keyHex: key.toString('hex') }, 77);
  const reflector = new Reflector(
    { allow: [{ prefix: '10.0.0.0/8', key }], ...defaultReflecting, ownPort: 862 },
    errorEstimateBits(false, 1),
  );
  const arrival: Arrival = {
    source: '10.9.9.9',
    session: '10.9.9.9 1',
    address: () => '10.9.9.9',
    port: 41_000,
    ttl: 60,
    trafficClass: 0,
    received: start + 4_000,
  };
  const answers = [0, 1].map((at) => {
    const into = Buffer.alloc(128);
    const length = reflector.answer(sender.next(start + at), arrival, () => start + 4_500, into);
    return into.subarray(0, length);
  });
  answers[1]![60]! ^= 1;
  for (const answer of answers) sender.answered(answer, start + 9_000);
  const read = readSenderReport(sender.report(start + 9_000_000), 't', start + 9_000_000);
  expect('columns' in read && [...read.columns.fate]).toEqual([fate.arrived, fate.lost]);
});

/** A sender behind NAT and the platform's reflector, with `plan` as for the prober; the terminal's clock is an hour behind. */
function play(plan: string): SenderReport {
  const sender = new TerminalSender({ terminal: 'agv-7', reflector: '10.0.0.1' }, 77);
  const reflector = new Reflector(
    { allow: privateSources, ...defaultReflecting, ownPort: 862 },
    errorEstimateBits(false, 1),
  );
  const into = Buffer.alloc(64);
  [...plan].forEach((step, at) => {
    const here = start + at * 1_000_000;
    const there = here + 3_600_000_000;
    const probe = sender.next(here);
    if (step === 'u') return;
    const arrival: Arrival = {
      source: '10.9.9.9',
      session: '10.9.9.9 1',
      address: () => '10.9.9.9',
      port: 41_000,
      ttl: 60,
      trafficClass: 0,
      received: there + 4_000,
    };
    const length = reflector.answer(probe, arrival, () => there + 4_500, into);
    if (step === 'd') return;
    const late = step === 'l' ? 2_500_000 : 9_000;
    sender.answered(into.subarray(0, length), here + late);
    sender.answered(into.subarray(0, length), here + late + 1);
  });
  return sender.report(start + 3_600_000_000)!;
}

test('a sender behind NAT reports round trips and the direction of its losses', () => {
  const report = play('aaauaaaddaaulaalaa');
  const read = readSenderReport(JSON.parse(JSON.stringify(report)), 'agv-7', start) as ReadSenderReport;
  const letters = ['a', '?', 'u', 'd'];
  expect([...read.columns.fate].map((one) => letters[one]).join('')).toBe('aaauaaaddaa??aa?aa');
  expect(read.columns.roundTrip[0]).toBeCloseTo(8_500, -1);
  expect(read.columns.roundTrip[3]).toBeNaN();
  expect(read.columns.fate[3]).toBe(fate.lostUplink);
  expect(read.first).toBe(0);
});

test('a terminal whose clock is set after it started reports by the clock it has now', () => {
  const sender = new TerminalSender({ terminal: 't', reflector: 'x' }, 1);
  sender.next(5_000_000);
  sender.next(6_000_000);
  expect(sender.report(9_000_000, start + 9_000_000)!.sent).toEqual([start + 5_000_000, start + 6_000_000]);
});

test('what was told is not told again; what the platform could not be told is bounded and counted', () => {
  const sender = new TerminalSender({ terminal: 't', reflector: 'x' }, 1);
  for (let at = 0; at < 10; at++) sender.next(start + at * 1_000_000);
  const report = sender.report(start + 10_000_000)!;
  expect(report.sent).toHaveLength(8);
  sender.told(report);
  expect(sender.report(start + 10_000_000)).toBeUndefined();
  for (let at = 10; at < 4_000; at++) sender.next(start + at * 1_000_000);
  const later = sender.report(start + 5_000_000_000)!;
  expect(later.sent).toHaveLength(600);
  expect([later.first, later.dropped]).toEqual([400, 392]);
});

const sound = {
  version: 1,
  terminal: 't',
  intervalMs: 1_000,
  timeoutMs: 2_000,
  octets: 44,
  first: 0,
  dropped: 0,
  sent: [start, start + 1],
  roundTrip: [5, null],
  count: [0, null],
};

test.each<[string, unknown]>([
  ['nothing', null],
  ['a list', []],
  ['another version', { ...sound, version: 2 }],
  ['for another terminal', { ...sound, terminal: 'other' }],
  ['no interval', { ...sound, intervalMs: 'fast' }],
  ['a timeout of a day', { ...sound, timeoutMs: 86_400_000 }],
  ['no lists', { ...sound, sent: 'x' }],
  ['lists of two lengths', { ...sound, count: [0] }],
  ['nothing in them', { ...sound, sent: [], roundTrip: [], count: [] }],
  [
    'too much',
    {
      ...sound,
      ...Object.fromEntries(['sent', 'roundTrip', 'count'].map((n) => [n, new Array(1_001).fill(start)])),
    },
  ],
  ['times that go back', { ...sound, sent: [start, start - 1] }],
  ['a time in the future', { ...sound, sent: [start, start + 1e12] }],
  ['a time long ago', { ...sound, sent: [0, start] }],
  ['a time that is none', { ...sound, sent: [null, start] }],
  ['a negative round trip', { ...sound, roundTrip: [-1, null] }],
  ['a round trip beyond the timeout', { ...sound, roundTrip: [2_000_001, null] }],
  ['a round trip that is text', { ...sound, roundTrip: ['5', null] }],
  ['a round trip without a count', { ...sound, count: [null, null] }],
  ['a series that is none', { ...sound, series: -1 }],
  ['a time of telling that is none', { ...sound, time: 'now' }],
  ['noise that is no list', { ...sound, noise: 5 }],
  [
    'noise that goes back',
    {
      ...sound,
      noise: [
        { share: 0.9, microseconds: 1 },
        { share: 0.5, microseconds: 1 },
      ],
    },
  ],
  ['a count that is none', { ...sound, count: [0.5, null] }],
])('a report that is no report is refused in words: %s', (_, body) => {
  const read = readSenderReport(body, 't', start);
  expect('problem' in read && read.problem.en.length > 10 && read.problem.zh !== '').toBe(true);
});

test('a sound report is taken', () => {
  expect(readSenderReport(sound, 't', start)).toMatchObject({ terminal: 't', intervalMs: 1_000 });
});
