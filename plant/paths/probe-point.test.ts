import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { VirtualClock } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { Arrivals, ProbePoint } from './probe-point.ts';
import { stampOctets } from './stamp.ts';
import { TerminalPath } from './terminal-path.ts';

test('a probe takes as long as the path says, and what the program was late is not the path’s', async () => {
  const start = 1_767_225_600_000_000;
  const clock = new VirtualClock(start);
  let trip: number | undefined = 40;
  const path = new TerminalPath({ weakness: 0, roundTrip: () => trip }, () => 0.5);
  path.set(start / 1e6, {
    cell: 'hall',
    weakness: 0,
    uplink: undefined,
    protected: false,
    failedHandovers: false,
  });
  const point = await ProbePoint.open({ path, clock, host: '127.0.0.1', port: 0 });
  const sender = createSocket('udp4');
  try {
    const arrived = async (): Promise<void> => {
      for (let look = 0; look < 500 && pendingOf() === 0; look++)
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    let pending = 0;
    const pendingOf = (): number => pending;
    const after = clock.after.bind(clock);
    clock.after = (milliseconds, call) => {
      pending++;
      return after(milliseconds, call);
    };
    sender.send(Buffer.alloc(stampOctets), point.port, '127.0.0.1');
    await arrived();
    const answer = once(sender, 'message') as Promise<[Buffer]>;
    clock.advance(39);
    expect(point.answered).toBe(0);
    clock.advance(1);
    expect(point.answered).toBe(1);
    const [reply] = await answer;
    const at = (offset: number): number =>
      reply.readUInt32BE(offset) * 1000 + (reply.readUInt32BE(offset + 4) / 2 ** 32) * 1000;
    // Reached the terminal after 20 ms and left it at once.
    expect(at(16) % 1000).toBeCloseTo(20, 3);
    expect(at(4) - at(16)).toBeCloseTo(0, 3);

    trip = undefined;
    sender.send(Buffer.alloc(stampOctets), point.port, '127.0.0.1');
    for (let look = 0; look < 500 && point.lost === 0; look++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(point.lost).toBe(1);
  } finally {
    sender.close();
    await point.close();
  }
});

test('how late a probe was looked at is told from the quickest, whatever the clocks', () => {
  const arrivals = new Arrivals();
  // Their clock is 5 s ahead, and a probe takes 100 µs.
  const seen = [0, 30_000, 400, 0].map((late, at) => {
    const sent = at * 1_000_000;
    return arrivals.at(sent + 5_000_000, sent + 100 + late) - sent;
  });
  expect(seen).toEqual([100, 100, 100, 100]);
  // A clock that was set is followed after a while.
  let last = 0;
  for (let at = 0; at < 200; at++) last = arrivals.at(at * 1_000_000, at * 1_000_000 + 100) - at * 1_000_000;
  expect(last).toBe(100);
});
