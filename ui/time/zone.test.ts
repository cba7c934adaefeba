import { describe, expect, it } from 'vitest';
import { fromWallClock, knownZone, wallClock } from './zone.ts';

describe('wall clock', () => {
  it.each([
    ['Asia/Shanghai', '2026-05-01 14:30:00', '2026-05-01T06:30:00Z'],
    ['Europe/Berlin', '2026-01-15 00:00:00', '2026-01-14T23:00:00Z'],
    ['America/New_York', '2026-07-04 23:59:59', '2026-07-05T03:59:59Z'],
    ['Asia/Kolkata', '2026-03-01 05:30:00', '2026-03-01T00:00:00Z'],
    ['UTC', '2026-03-01 05:30:00', '2026-03-01T05:30:00Z'],
  ])('%s %s', (zone, wall, instant) => {
    expect(wallClock(Date.parse(instant), zone)).toBe(wall);
    expect(fromWallClock(wall, zone)).toBe(Date.parse(instant));
  });
  it('takes the first of an hour that comes twice', () => {
    expect(fromWallClock('2026-10-25 02:30:00', 'Europe/Berlin')).toBe(Date.parse('2026-10-25T00:30:00Z'));
  });
  it('takes an hour left out as if the clocks had not changed', () => {
    expect(fromWallClock('2026-03-29 02:30:00', 'Europe/Berlin')).toBe(Date.parse('2026-03-29T01:30:00Z'));
  });
  it.each(['', 'now', '2026-02-30', '2026-13-01 00:00', '2026-05-01 24:00', '2026-05-01 10:61'])(
    'refuses %j',
    (text) => {
      expect(fromWallClock(text, 'UTC')).toBeUndefined();
    },
  );
  it('reads a date alone, slashes and a T', () => {
    expect(fromWallClock('2026/5/1', 'UTC')).toBe(Date.parse('2026-05-01T00:00:00Z'));
    expect(fromWallClock('2026-05-01T08:15', 'UTC')).toBe(Date.parse('2026-05-01T08:15:00Z'));
  });
  it('knows which zones exist', () => {
    expect(knownZone('Asia/Shanghai')).toBe(true);
    expect(knownZone('Mars/Olympus')).toBe(false);
  });
});
