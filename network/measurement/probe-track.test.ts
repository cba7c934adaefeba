import { fate } from '@millrace/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noFaults, ProbeTrack } from './probe-track.ts';
import { readErrorEstimate, type StampReply } from './stamp.ts';

const start = 1_700_000_000_000_000;
const disciplined = readErrorEstimate(0x8a01);

interface Row {
  sent: number;
  roundTrip: number;
  uplink: number;
  downlink: number;
  fate: number;
}

/** A session at 10 Hz with a timeout of 1 s, and a reflector of which the test says what it does. */
function setup(options: { intervalMs?: number; timeoutMs?: number } = {}) {
  const track = new ProbeTrack({
    ssid: 77,
    intervalMicroseconds: (options.intervalMs ?? 100) * 1000,
    timeoutMicroseconds: (options.timeoutMs ?? 1000) * 1000,
  });
  const faults = noFaults();
  const rows: Row[] = [];
  let count = 0;
  const emit = (sent: number, roundTrip: number, uplink: number, downlink: number, what: number): void => {
    rows.push({ sent, roundTrip, uplink, downlink, fate: what });
  };
  return {
    track,
    faults,
    rows,
    send(time: number): number {
      const { sequence } = track;
      track.sent(time, 0, sequence + 1000, sequence + 2000);
      return sequence;
    },
    /** What a reflector answers; `reaches`: it counts the probe. */
    reply(sequence: number, over: Partial<StampReply> = {}): StampReply {
      return {
        sequence: count++,
        time: Number.NaN,
        received: Number.NaN,
        error: { synchronised: false, ptp: false, microseconds: 1 },
        ssid: 77,
        senderSequence: sequence,
        senderSeconds: sequence + 1000,
        senderFraction: sequence + 2000,
        senderTtl: 255,
        ...over,
      };
    },
    settle: (now: number) => track.settle(now, emit, faults),
    counted: () => Object.fromEntries(Object.entries(faults).filter(([, many]) => many > 0)),
  };
}

test('the round trip is without the time the reflector kept the probe, whatever its clock says', () => {
  const { track, rows, faults, send, reply, settle, counted } = setup();
  const sequence = send(start);
  const skew = -3_600_000_000;
  track.answered(
    reply(sequence, { received: start + 4000 + skew, time: start + 9000 + skew }),
    start + 12_000,
    undefined,
    faults,
  );
  settle(start + 12_000);
  expect(rows).toEqual([
    { sent: start, roundTrip: 7000, uplink: Number.NaN, downlink: Number.NaN, fate: fate.arrived },
  ]);
  expect(counted()).toEqual({});
});

test('one-way times exist only where both clocks are disciplined and the times are not of IEEE 1588', () => {
  const { track, rows, faults, send, reply, settle, counted } = setup();
  const times = { received: start + 4000, time: start + 5000 };
  const answers: [Partial<StampReply>, number | undefined][] = [
    [{ error: disciplined }, 20],
    [{ error: disciplined }, undefined],
    [{}, 20],
    [{ error: { ...disciplined, ptp: true } }, 20],
    [{ error: { ...disciplined, microseconds: Number.NaN } }, 20],
    // Before it was sent, by more than both clocks may be wrong by.
    [{ error: disciplined, received: start - 400, time: start - 200 }, 20],
  ];
  for (const [over, own] of answers) {
    const sequence = send(start);
    track.answered(reply(sequence, { ...times, ...over }), start + 7000, own, faults);
  }
  settle(start + 7000);
  expect(rows.map((row) => [row.roundTrip, row.downlink, row.uplink])).toEqual([
    [6000, 4000, 2000],
    ...new Array(4).fill([6000, Number.NaN, Number.NaN]),
    [6800, Number.NaN, Number.NaN],
  ]);
  expect(counted()).toEqual({ impossibleOneWay: 1 });
});

test('a reflector that lies is counted by what it did, and gives no figure', () => {
  const { track, rows, faults, send, reply, settle, counted } = setup();
  const sound = { received: start + 1000, time: start + 2000 };
  const times: Partial<StampReply>[] = [
    { received: start + 2000, time: start + 1000 },
    { received: start, time: start + 60_000 },
    {},
  ];
  for (const over of times) track.answered(reply(send(start), over), start + 5000, undefined, faults);
  const mine = send(start);
  track.answered(reply(mine, { ...sound, ssid: 78 }), start + 5000, undefined, faults);
  track.answered(reply(mine, { ...sound, senderFraction: 1 }), start + 5000, undefined, faults);
  track.answered(reply(9999, sound), start + 5000, undefined, faults);
  track.answered(reply(mine, sound), start + 5000, undefined, faults);
  track.answered(reply(mine, sound), start + 6000, undefined, faults);
  const slow = send(start);
  settle(start + 1_000_001);
  track.answered(reply(slow, sound), start + 1_000_002, undefined, faults);
  const slower = send(start + 1_000_003);
  track.answered(reply(slower, sound), start + 3_000_000, undefined, faults);
  settle(start + 60_000_000);
  expect(rows.map((row) => row.fate)).toEqual([0, 0, 0, 0, fate.lost, fate.lost]);
  expect(rows.map((row) => row.roundTrip)).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
    4000,
    Number.NaN,
    Number.NaN,
  ]);
  expect(counted()).toEqual({
    timeBackwards: 1,
    impossibleDwell: 1,
    noTimes: 1,
    foreignSession: 1,
    wrongEcho: 1,
    unknownSequence: 1,
    duplicate: 1,
    late: 2,
  });
});

/** Sends probes for a second; `plan` says of each: `a` arrives, `d` is lost on its way down, `u` its answer is lost; then settles. */
function play(
  plan: string,
  stateful: boolean,
  tweak: (count: number, sequence: number) => number = (n) => n,
) {
  const session = setup();
  let count = 0;
  let time = start;
  for (const step of plan) {
    const sequence = session.send(time);
    if (step !== 'd') {
      const mark = stateful ? tweak(count++, sequence) : sequence;
      if (step === 'a')
        session.track.answered(
          session.reply(sequence, { sequence: mark, received: time + 1, time: time + 2 }),
          time + 500,
          undefined,
          session.faults,
        );
    }
    time += 100_000;
    session.settle(time);
  }
  session.settle(time + 60_000_000);
  const letters = ['a', '?', 'u', 'd', '-'];
  return { told: session.rows.map((row) => letters[row.fate]).join(''), counted: session.counted() };
}

test('a stateful reflector tells in which direction a probe was lost', () => {
  expect(play('aaauaaadaaaduaaauuuaaadddaa', true).told).toBe('aaauaaadaaa??aaauuuaaadddaa');
  // What nobody can tell: a loss before the first answer, or after the last.
  expect(play('daaauu', true).told).toBe('?aaa??');
});

test('a stateless reflector tells no direction, and none is made up', () => {
  expect(play('aaauaaadaaaduaaa', false).told).toBe('aaa?aaa?aaa??aaa');
});

test('a count that goes back or runs ahead is not believed', () => {
  const jumping = play('aaadaaauaaa', true, (count) => (count > 4 ? count + 50 : count));
  expect(jumping.told).toBe('aaadaaauaaa');
  const wild = play('aadaaudaa', true, (count) => (count * 7919) % 13);
  expect(wild.told.replaceAll('?', 'x')).not.toMatch(/[^ax]/);
  expect(wild.counted['sequenceJump']).toBeGreaterThan(0);
});

test('a probe that comes back after its time stays lost, and nobody claims to know on which way it dallied', () => {
  const { track, rows, faults, send, reply, settle } = setup({ timeoutMs: 150 });
  const answer = (sequence: number, count: number, sent: number, now: number): void =>
    track.answered(
      reply(sequence, { sequence: count, received: sent + 1, time: sent + 2 }),
      now,
      undefined,
      faults,
    );
  answer(send(start), 0, start, start + 500);
  const late = send(start + 100_000);
  settle(start + 260_000);
  answer(late, 1, start + 100_000, start + 270_000);
  answer(send(start + 300_000), 2, start + 300_000, start + 300_500);
  settle(start + 400_000);
  expect(rows.map((row) => row.fate)).toEqual([fate.arrived, fate.lost, fate.arrived]);
});

test('losses are not held back for long when no answer ends them', () => {
  const { rows, track, faults, send, reply, settle } = setup();
  track.answered(reply(send(start), { received: 1, time: 2 }), start + 500, undefined, faults);
  for (let probe = 1; probe < 60; probe++) {
    send(start + probe * 100_000);
    settle(start + probe * 100_000);
  }
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.slice(1).every((row) => row.fate === fate.lost)).toBe(true);
});

test('a clock that is set costs the figures of what is under way, and nothing else', () => {
  const { track, rows, faults, send, reply, settle, counted } = setup();
  const first = send(start);
  const second = send(start);
  const step = -3_600_000_000;
  track.clockStepped(step);
  track.answered(reply(first, { received: 1, time: 2 }), start + 700 + step, undefined, faults);
  settle(start + 2_000_000 + step);
  track.answered(
    reply(send(start + 2_000_000 + step), { received: 1, time: 2 }),
    start + 2_000_901 + step,
    undefined,
    faults,
  );
  settle(start + 2_100_000 + step);
  expect(second).toBe(2);
  expect(rows.map((row) => [row.fate, row.roundTrip])).toEqual([
    [fate.arrived, Number.NaN],
    [fate.lostDownlink, Number.NaN],
    [fate.arrived, 900],
  ]);
  expect(counted()).toEqual({ clockStep: 1 });
});

test('what this machine may have lost itself says nothing of the path', () => {
  const { track, rows, send, settle, counted } = setup();
  send(start);
  track.queueOverflowed();
  send(start + 100_000);
  settle(start + 2_000_000);
  expect(rows.map((row) => row.fate)).toEqual([fate.unsent, fate.lost]);
  expect(counted()).toEqual({ queueFull: 1, unsent: 1 });
});

test('a probe that could not be sent keeps its place in time and gives its number back', () => {
  const { track, rows, faults, send, reply, settle } = setup();
  const first = send(start);
  send(start + 1);
  track.failed();
  track.unsent(start + 2, 0);
  const next = send(start + 3);
  expect(next).toBe(first + 1);
  track.answered(reply(first, { received: 1, time: 2 }), start + 101, undefined, faults);
  track.answered(reply(next, { received: 1, time: 2 }), start + 103, undefined, faults);
  settle(start + 200);
  expect(rows.map((row) => row.fate)).toEqual([0, fate.unsent, fate.unsent, 0]);
});

test('every probe gets exactly one fate, in the order of sending, whatever comes back', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          step: fc.constantFrom('send', 'answer', 'settle', 'fail', 'unsent', 'overflow', 'set'),
          which: fc.nat(40),
          count: fc.nat(60),
          time: fc.integer({ min: -5, max: 2_000_000 }),
        }),
        { maxLength: 200 },
      ),
      (steps) => {
        const { track, rows, faults, send, reply, settle } = setup();
        let now = start;
        let made = 0;
        for (const { step, which, count, time } of steps) {
          now += 10_000;
          if (step === 'send' && !track.full) {
            send(now);
            made += 1;
          } else if (step === 'unsent' && !track.full) {
            track.unsent(now, 0);
            made += 1;
          } else if (step === 'fail') track.failed();
          else if (step === 'overflow') track.queueOverflowed();
          else if (step === 'set') track.clockStepped(which);
          else if (step === 'answer')
            track.answered(
              reply(which, { sequence: count, received: now + time, time: now + which }),
              now + time,
              10,
              faults,
            );
          else settle(now);
        }
        settle(now + 60_000_000);
        expect(track.pending).toBe(0);
        expect(rows.length).toBe(made);
        for (const row of rows) {
          if (row.fate !== fate.arrived) expect(row.roundTrip).toBeNaN();
          else if (!Number.isNaN(row.roundTrip)) {
            expect(row.roundTrip).toBeGreaterThanOrEqual(0);
            expect(row.roundTrip).toBeLessThanOrEqual(1_000_000);
          }
        }
      },
    ),
    { numRuns: 300, seed: 7 },
  );
});
