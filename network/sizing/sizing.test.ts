import { expect, test } from 'vitest';
import { sizeNetwork, type TerminalLoad, usualAssumptions } from './index.ts';

const sensor: TerminalLoad = {
  title: 'Sensor',
  count: 100,
  upMessages: 1,
  upOctets: 100,
  downMessages: 0,
  downOctets: 0,
  tcp: true,
};

test('headers, acknowledgements and tunnels are counted', () => {
  const plan = sizeNetwork([sensor], undefined);
  // 100 + 52 (IP, TCP) + 10 (radio) octets, 8 bits, 100 terminals; an acknowledgement of 62 octets comes back.
  expect(plan.uplinkKbps).toBeCloseTo(129.6, 9);
  expect(plan.downlinkKbps).toBeCloseTo(49.6, 9);
  expect(plan.transportPeakKbps).toBeCloseTo((((100 + 96) * 8 + 96 * 8) * 100 * 2) / 1000, 9);
  expect(plan.cells).toEqual({ uplink: 1, downlink: 1, sessions: 1, area: undefined, needed: 1 });
});

test('long messages are more packets; what goes over UDP is not acknowledged', () => {
  const video = { ...sensor, count: 1, upMessages: 10, upOctets: 28_000, tcp: false };
  const [sized] = sizeNetwork([video], undefined).loads;
  expect(sized).toMatchObject({ uplinkPackets: 20, downlinkPackets: 0 });
  expect(sized!.uplinkKbps).toBeCloseTo(((28_000 + 20 * 38) * 8) / 1000, 9);
});

test('whichever asks for most cells governs', () => {
  // 40 cameras of 10 Mbit/s: uplink is what the paper complains of.
  const cameras = { ...sensor, title: 'Camera', count: 40, upMessages: 900, upOctets: 1_250_000, tcp: false };
  const plan = sizeNetwork([sensor, cameras], 4000);
  expect(plan.cellUplinkKbps).toBe(25_000);
  expect(plan.governs).toBe('uplink');
  expect(plan.cells.uplink).toBe(Math.ceil(plan.uplinkPeakKbps / 25_000));
  expect(sizeNetwork([sensor], 21_000)).toMatchObject({ governs: 'area', cells: { needed: 5 } });
  expect(sizeNetwork([{ ...sensor, count: 900 }], undefined)).toMatchObject({
    governs: 'sessions',
    cells: { needed: 3 },
  });
  const half = sizeNetwork([cameras], undefined, { ...usualAssumptions, uplinkShare: 0.4 });
  expect(half.cells.uplink).toBeLessThan(plan.cells.uplink);
});
