import { VirtualClock } from '@millrace/sdk';
import { describe, expect, test } from 'vitest';
import { Delivery } from './probe-point.ts';
import { StampReflector, stampOctets } from './stamp.ts';
import { CellUplink, TerminalPath } from './terminal-path.ts';

const fixed = (milliseconds: number | undefined) => ({ weakness: 0, roundTrip: () => milliseconds });
const there = {
  cell: 'hall',
  weakness: 0,
  uplink: undefined,
  protected: false,
  failedHandovers: false,
};

describe('a path', () => {
  test('has half the round trip each way, and nothing comes through without a cell', () => {
    const path = new TerminalPath(fixed(20), () => 0.5);
    expect(path.up(0)).toBeUndefined();
    path.set(0, there);
    expect([path.up(1), path.down(1)]).toEqual([10, 10]);
    path.set(2, { ...there, cell: undefined });
    expect([path.up(3), path.down(3)]).toEqual([undefined, undefined]);
  });

  test('is interrupted at a handover: what is sent meanwhile waits', () => {
    const path = new TerminalPath(fixed(20), () => 0.5);
    path.set(0, there);
    path.set(10, { ...there, cell: 'yard' });
    expect(path.handovers).toBe(1);
    expect(path.up(10)).toBeCloseTo(70);
    expect(path.down(10.05)).toBeCloseTo(20);
    expect(path.up(10.2)).toBe(10);
    path.set(20, { ...there, failedHandovers: true });
    expect(path.up(20)).toBeCloseTo(310);
  });

  test('waits behind video in a full uplink, unless a flow sets it apart', () => {
    const uplink = new CellUplink(40, 350);
    const path = new TerminalPath(fixed(20), () => 0.5);
    path.set(0, { ...there, uplink });
    uplink.move(0, 8);
    uplink.move(1, 8);
    expect(path.up(1)).toBe(10);
    // A quarter more than fits: the queue grows by 250 ms each second until it is full, then a fifth is dropped.
    uplink.move(2, 50);
    expect(path.up(2)).toBeCloseTo(260);
    expect(uplink.loss).toBe(0);
    uplink.move(4, 50);
    expect(path.up(4)).toBeCloseTo(360);
    expect(uplink.loss).toBeCloseTo(0.2);
    expect(path.down(4)).toBe(10);
    path.set(4, { ...there, uplink, protected: true });
    expect(path.up(4)).toBe(10);
    uplink.move(6, 8);
    expect(uplink.wait).toBe(0);
  });

  test('loses what its source loses and the full queue drops', () => {
    const lossy = new TerminalPath(fixed(undefined), () => 0.5);
    lossy.set(0, there);
    expect(lossy.up(0)).toBeUndefined();
    const uplink = new CellUplink(10, 100);
    uplink.move(0, 20);
    uplink.move(5, 20);
    const path = new TerminalPath(fixed(20), () => 0.3);
    path.set(5, { ...there, uplink });
    expect(path.up(5)).toBeUndefined();
  });
});

describe('delivery', () => {
  test('keeps the order, and is bounded', () => {
    const clock = new VirtualClock(0);
    const delivery = new Delivery(clock);
    const order: [string, number][] = [];
    const note = (name: string) => () => void order.push([name, clock.now() / 1000]);
    delivery.send(50, note('slow'));
    clock.advance(10);
    delivery.send(5, note('quick'));
    clock.advance(100);
    expect(order).toEqual([
      ['slow', 50],
      ['quick', 50],
    ]);
    const loose = new Delivery(clock, false);
    loose.send(50, note('late'));
    loose.send(5, note('early'));
    clock.advance(100);
    expect(order.slice(2).map(([name]) => name)).toEqual(['early', 'late']);
    let taken = 0;
    for (let at = 0; at < 1200; at++) if (delivery.send(1000, () => {})) taken++;
    expect(taken).toBe(1000);
    delivery.stop();
  });
});

describe('the reflector', () => {
  const probe = Buffer.alloc(stampOctets);
  probe.writeUInt32BE(7, 0);
  probe.writeUInt32BE(0xe1e2e3e4, 4);
  probe.writeUInt32BE(0x80000000, 8);
  probe.writeUInt16BE(0x8a01, 12);
  probe.writeUInt16BE(0x1234, 14);

  test('answers octet by octet as RFC 8762 lays it out', () => {
    // 2026-01-01T00:00:00.25Z and .5Z.
    const reply = new StampReflector().answer(probe, 'a', 1_767_225_600_250_000, 1_767_225_600_500_000, 64)!;
    expect(reply.toString('hex')).toBe(
      [
        '00000000',
        'ed00378080000000',
        '0001',
        '1234',
        'ed00378040000000',
        '00000007',
        'e1e2e3e480000000',
        '8a01',
        '0000',
        '40',
        '000000',
      ].join(''),
    );
  });

  test('counts each session by itself, and heeds nothing that is too short', () => {
    const reflector = new StampReflector();
    const number = (from: string): number => reflector.answer(probe, from, 0, 0)!.readUInt32BE(0);
    expect([number('a'), number('a'), number('b'), number('a')]).toEqual([0, 1, 0, 2]);
    expect(reflector.answer(Buffer.alloc(43), 'a', 0, 0)).toBeUndefined();
    expect(reflector.answer(Buffer.alloc(100), 'a', 0, 0)).toHaveLength(100);
  });
});
