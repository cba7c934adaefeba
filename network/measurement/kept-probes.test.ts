import { expect, test } from 'vitest';
import { NoiseFloor } from './noise-floor.ts';
import { explainMtu } from './path-mtu.ts';
import { ProbeRing, ringLimits, ringSizes } from './probe-ring.ts';

const start = 1_700_000_000_000_000;

test('a ring keeps the last probes, gives any window of them, and goes on in another size', () => {
  const ring = new ProbeRing(64);
  for (let at = 0; at < 100; at++) ring.push(start + at, Float32Array.of(at, 1, 2, 3), 0, at % 3);
  expect(ring.count).toBe(64);
  const window = ring.columns(start + 90, start + 95);
  expect(window.count).toBe(5);
  expect([...window.roundTrip]).toEqual([90, 91, 92, 93, 94]);
  expect([...window.fate]).toEqual([0, 1, 2, 0, 1]);
  expect(ring.columns(0, start + 40).count).toBe(4);
  const longer = ring.resized(128);
  longer.push(start + 100, Float32Array.of(100, 1, 2, 3), 0, 0);
  expect(longer.columns(0, 1e18).count).toBe(65);
  expect(longer.columns(start + 99, 1e18).roundTrip[1]).toBe(100);
});

test('two thousand sessions at 1 Hz are kept for more than half an hour; more share what there is', () => {
  const sizes = ringSizes(new Array(2_000).fill(1_000));
  expect(sizes[0]).toBeGreaterThanOrEqual(1_800);
  const many = ringSizes(new Array(5_000).fill(250));
  expect(many.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(ringLimits.probesMax);
});

test('the noise floor of a window, at most 4 % too high and never too low', () => {
  const noise = new NoiseFloor(10);
  for (let at = 1; at <= 1_000; at++) noise.take(start, at);
  for (let at = 1; at <= 10; at++) noise.take(start + 100_000_000, 50_000);
  noise.take(start, Number.NaN);
  noise.lost(start);
  const quantiles = noise.quantiles(start - 5_000_000, start + 5_000_000);
  for (const { share, microseconds } of quantiles) {
    expect(microseconds).toBeGreaterThanOrEqual(share * 1_000 - 1e-6);
    expect(microseconds).toBeLessThanOrEqual(share * 1_040 + 1);
  }
  expect(noise.counts(start - 5_000_000, start + 5_000_000)).toEqual({ probes: 1_001, lost: 1 });
  expect(noise.quantiles(start, start + 200_000_000).at(-1)).toEqual({ share: 1, microseconds: 50_000 });
  expect(noise.quantiles(start + 300_000_000, start + 400_000_000)).toEqual([]);
  // Another time in the same place of the ring: what was there is over.
  noise.take(start + 600_000_000, 7);
  expect(noise.quantiles(start - 5_000_000, start + 5_000_000)).toEqual([]);
});

test('tunnels that would explain a path MTU', () => {
  expect(explainMtu(1_464)!.en).toContain('GTP-U');
  expect(explainMtu(1_450)!.en).toContain('VXLAN');
  expect(explainMtu(1_406)!.en).toContain('And within it');
  expect(explainMtu(1_500)).toBeUndefined();
  expect(explainMtu(1_499)).toBeUndefined();
});
