import { fate } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { checksum, readEcho, writeEcho } from './icmp-echo.ts';
import { ProberCore, type ThreadSession } from './prober-core.ts';
import { writeReply } from './stamp.ts';

const wall = 1_700_000_000_000_000;
const into = Buffer.alloc(2048);
const answer = Buffer.alloc(2048);

const session = (id: number, over: Partial<ThreadSession> = {}): ThreadSession => ({
  id,
  method: 'stamp',
  address: `10.0.0.${id}`,
  family: 4,
  port: 862,
  dscp: 0,
  octets: 44,
  intervalTicks: 10,
  timeoutMs: 50,
  ssid: 100 + id,
  ...over,
});

/** A core with a wire of 3 ms each way, driven by hand; monotonic time begins at 0. */
function setup(sessions: readonly ThreadSession[]) {
  const core = new ProberCore();
  const set = (wanted: readonly ThreadSession[], at: number): void =>
    core.set(wanted, 10, at, ({ address }) => address);
  set(sessions, 0);
  const fates: [id: number, what: number, roundTrip: number][] = [];
  const step = (at: number, reaches: (id: number) => boolean = () => true): void => {
    core.due(at, wall + at, (due, dueAt) => {
      const length = core.write(due, into, wall + at, at - dueAt, 0);
      if (!reaches(due.id)) return;
      const mark = {
        sequence: due.track.sequence - 1,
        time: wall + at + 4_000,
        error: 1,
        received: wall + at + 3_000,
        ttl: 255,
      };
      const octets = writeReply(answer, into.subarray(0, length), mark);
      core.stamp(due.dscp, due.address, answer.subarray(0, octets), wall + at + 7_000);
    });
    core.settle(wall + at);
    for (let row = 0; row < core.rows.count; row++)
      fates.push([core.rows.session[row]!, core.rows.fate[row]!, core.rows.figures[row * 4]!]);
    core.rows.count = 0;
  };
  return { core, set, step, fates };
}

test('each session gets its own answers; a stranger’s are counted', () => {
  const { core, step, fates } = setup([session(1), session(2)]);
  for (let at = 10_000; at <= 400_000; at += 10_000) step(at, (id) => id === 1);
  core.stamp(0, '10.9.9.9', answer, wall);
  expect(
    fates.filter(([id]) => id === 1).every(([, what, away]) => what === fate.arrived && away === 6_000),
  ).toBe(true);
  expect(fates.filter(([id]) => id === 2).every(([, what]) => what === fate.lost)).toBe(true);
  expect(core.takeFaults()).toMatchObject([[-1, { stranger: 1 }]]);
  expect(core.takeFaults()).toEqual([]);
});

test('a session that goes on keeps its numbers, one that is gone is asked for no more', () => {
  const { core, set, step, fates } = setup([session(1), session(2)]);
  for (let at = 10_000; at <= 200_000; at += 10_000) step(at);
  const next = core.session(1)!.track.sequence;
  set([session(1, { intervalTicks: 20 }), session(3)], 200_000);
  expect(core.session(1)!.track.sequence).toBe(next);
  expect(core.session(2)).toBeUndefined();
  const before = fates.length;
  for (let at = 210_000; at <= 600_000; at += 10_000) step(at);
  const since = fates.slice(before).map(([id]) => id);
  expect([1, 2, 3].map((id) => since.filter((one) => one === id).length)).toEqual([2, 0, 4]);
  // A faster pace needs a track with more room.
  set([session(1, { intervalTicks: 1 })], 600_000);
  expect(core.session(1)!.track.sequence).toBe(1);
});

test('what is due too late is not sent, and says so', () => {
  const { step, fates } = setup([session(1)]);
  step(20_000);
  step(290_000);
  expect(fates.map(([, what]) => what)).toContain(fate.unsent);
  expect(fates.some(([, what, away]) => what === fate.unsent && !Number.isNaN(away))).toBe(false);
});

test('an echo is known by its cookie, and nobody else’s is taken for it', () => {
  const { core } = setup([session(1, { method: 'icmp', port: 0 })]);
  core.due(10_000, wall, (due, dueAt) => {
    const length = core.write(due, into, wall, 10_000 - dueAt, 4711);
    expect(checksum(into.subarray(0, length))).toBe(0);
    const reply = Buffer.from(into.subarray(0, length));
    reply[0] = 0;
    const foreign = Buffer.from(reply);
    foreign[8]! ^= 1;
    core.echo(0, '10.0.0.1', foreign, wall + 1_000, 4711);
    core.echo(0, '10.0.0.1', reply, wall + 1_000, 4712);
    core.echo(0, '10.0.0.1', into.subarray(0, length), wall + 1_000, 4711);
    core.echo(0, '10.0.0.1', reply, wall + 2_000, 4711);
  });
  core.settle(wall + 3_000);
  expect([...core.rows.figures.slice(0, 1)]).toEqual([2_000]);
  expect(core.takeFaults()).toMatchObject([[1, { wrongEcho: 1 }]]);
});

test('echo packets of any length are read without harm', () => {
  const length = writeEcho(into, {
    family: 6,
    id: 7,
    sequence: 70_000,
    cookie: Buffer.alloc(8, 3),
    octets: 64,
  });
  into[0] = 129;
  expect(readEcho(into.subarray(0, length))).toMatchObject({ id: 7, sequence: 70_000 });
  for (let octets = 0; octets < 20; octets++) expect(readEcho(into.subarray(0, octets))).toBeUndefined();
});
