import { describe, expect, it } from 'vitest';
import { packFolder, readPack } from './pack.ts';
import { type SimulatedBlock, simulate } from './simulate.ts';

const pack = readPack(packFolder('machining-shop'));
const from = Date.parse('2026-09-06T22:00:00Z') * 1000;
const hour = 3_600_000_000;

function gather(hours: number, seed = 1, blockRows?: number) {
  const samples = new Map<
    string,
    { time: number; received: number; value: number; status: number; text: string | undefined }[]
  >();
  let blocks = 0;
  let rows = 0;
  const take = (block: SimulatedBlock): void => {
    blocks++;
    rows += block.count;
    for (let row = 0; row < block.count; row++) {
      const { thing, property } = block.signals[block.series[row]!]!;
      const key = `${thing.split(':').at(-1)}.${property}`;
      const list = samples.get(key) ?? [];
      samples.set(key, list);
      list.push({
        time: block.time[row]!,
        received: block.received[row]!,
        value: block.value[row]!,
        status: block.status[row]!,
        text: block.text?.get(row),
      });
    }
  };
  for (const block of simulate({
    pack,
    seed,
    from,
    to: from + hours * hour,
    ...(blockRows === undefined ? {} : { blockRows }),
  })) {
    take(block);
  }
  return { samples, blocks, rows };
}

describe('a simulation', () => {
  const { samples, rows } = gather(1);

  it('holds what the platform would have received', () => {
    // Twelve meters of fourteen registers, each second.
    expect(samples.get('meter-main.activePower')!.length).toBeGreaterThan(3590);
    expect(rows).toBeGreaterThan(12 * 14 * 3500);
    // By exception: a state is told when it changes, and no more.
    const states = samples.get('cnc-3.state')!;
    expect(states.length).toBeLessThan(60);
    for (let i = 1; i < states.length; i++) expect(states[i]!.text).not.toBe(states[i - 1]!.text);
    // At its interval: a climate sensor each ten seconds.
    const climate = samples.get('climate-line-1.humidity')!;
    expect(climate.length).toBeGreaterThan(355);
    expect(climate.length).toBeLessThanOrEqual(360);
    expect(
      samples
        .get('cnc-1.lastPiece')!
        .every((sample) => Number.isNaN(sample.value) && sample.text!.startsWith('{')),
    ).toBe(true);
  });

  it('keeps time in order, received after measured, one time for one answer', () => {
    for (const [name, list] of samples) {
      for (let i = 0; i < list.length; i++) {
        const sample = list[i]!;
        if (sample.received < sample.time) expect.fail(`${name} was received before it was measured`);
        if (i > 0 && sample.time <= list[i - 1]!.time) expect.fail(`${name} goes back in time`);
      }
    }
    const power = samples.get('meter-cnc-1.activePower')!;
    const voltage = samples.get('meter-cnc-1.voltageL1')!;
    expect(power.map((sample) => sample.time)).toEqual(voltage.map((sample) => sample.time));
    // Modbus has no time of its own: that of the answer stands for it.
    expect(power.every((sample) => sample.time === sample.received)).toBe(true);
  });

  it('is the same from the same seed, however it is cut into blocks', () => {
    const small = gather(0.1, 3, 1000);
    const large = gather(0.1, 3);
    expect(small.blocks).toBeGreaterThan(large.blocks);
    expect(small.samples).toEqual(large.samples);
    expect(gather(0.1, 4).samples).not.toEqual(large.samples);
  });
});
