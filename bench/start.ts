import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type Row } from './harness.ts';
import { residentBytes, residentSetBytes, ServerUnderTest } from './server-under-test.ts';

export const name = 'start';

const runs = 3;
const liveSecondsMax = 8;
const soakSeconds = 600;
const gigabyte = 1e9;

/** Second start to the first live value, and the memory of all processes after ten minutes, without and with the demo plant. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-start-'));
  const bare = await ServerUnderTest.start({ data: join(folder, 'bare') });
  let plant: ServerUnderTest | undefined;
  try {
    const data = join(folder, 'plant');
    const began = performance.now();
    plant = await ServerUnderTest.start({ data, plant: true });
    await firstLiveValue(plant);
    const firstStart = (performance.now() - began) / 1000;
    const seconds: number[] = [];
    for (let i = 0; i < runs; i++) {
      await plant.stop();
      const again = performance.now();
      plant = await ServerUnderTest.start({ data, plant: true });
      await firstLiveValue(plant);
      seconds.push((performance.now() - again) / 1000);
    }
    await new Promise((resolve) => setTimeout(resolve, soakSeconds * 1000));
    const memory = [bare, plant].map((server) => {
      const pids = server.pids();
      return {
        resident: pids.reduce((sum, pid) => sum + residentSetBytes(pid), 0),
        shared: pids.reduce((sum, pid) => sum + residentBytes(pid), 0),
      };
    });
    const memoryRow = (
      what: string,
      limit: number,
      { resident, shared }: { resident: number; shared: number },
    ): Row => ({
      what: `all processes resident after ${soakSeconds / 60} min, ${what}`,
      reach: `≤ ${limit} GB`,
      measured: `${(resident / gigabyte).toFixed(2)} GB`,
      ceiling: `${(shared / gigabyte).toFixed(2)} GB with shared pages counted once`,
      reached: resident <= limit * gigabyte,
    });
    return [
      {
        what: `second start to the first live value, demo plant, median of ${runs}`,
        reach: `≤ ${liveSecondsMax} s`,
        measured: `${median(seconds).toFixed(1)} s (${seconds.map((one) => one.toFixed(1)).join(', ')})`,
        ceiling: `${firstStart.toFixed(1)} s the first time`,
        reached: median(seconds) <= liveSecondsMax,
      },
      memoryRow('without the demo plant', 1.2, memory[0]!),
      memoryRow('with the demo plant', 1.7, memory[1]!),
    ];
  } finally {
    await bare.stop();
    await plant?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Waits for the first sample that the live stream carries after this moment. */
export async function firstLiveValue(server: ServerUnderTest): Promise<void> {
  const controller = new AbortController();
  const response = await fetch(`${server.url}/api/live`, {
    headers: { authorization: `Bearer ${server.token}` },
    signal: AbortSignal.any([controller.signal, AbortSignal.timeout(120_000)]),
  });
  let text = '';
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString();
    if (text.includes('\ndata: {"samples":[{')) break;
  }
  controller.abort();
}
