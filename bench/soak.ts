import type { Row } from './harness.ts';
import { median } from './harness.ts';
import { processorSeconds, residentSetBytes, ServerUnderTest } from './server-under-test.ts';
import { firstLiveValue } from './start.ts';

export const name = 'soak';

const minutes = 60;
const megabyte = 1e6;

/** An hour of the demo plant: does memory settle, is anything lost, what does it cost. Not part of `all`. */
export async function run(): Promise<Row[]> {
  const server = await ServerUnderTest.start({ plant: true });
  try {
    await firstLiveValue(server);
    const resident: number[] = [];
    const before = server.pids().map((pid) => [pid, processorSeconds(pid)] as const);
    for (let minute = 0; minute < minutes; minute++) {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      resident.push(server.pids().reduce((sum, pid) => sum + residentSetBytes(pid), 0));
    }
    const cores =
      before.reduce((sum, [pid, seconds]) => sum + Math.max(0, processorSeconds(pid) - seconds), 0) /
      (minutes * 60);
    const { total } = (await server.request('GET', '/api/counters')).body as {
      total: Record<string, number>;
    };
    const early = median(resident.slice(9, 19));
    const late = median(resident.slice(-10));
    const lost = total['received']! - total['stored']! - total['inFlight']!;
    return [
      {
        what: `all processes resident, median of the last ten of ${minutes} minutes`,
        reach: '≤ 1.7 GB and no more than 5 % above minutes 10–19',
        measured: `${(late / megabyte).toFixed(0)} MB (${(early / megabyte).toFixed(0)} MB)`,
        ceiling: '–',
        reached: late <= 1700 * megabyte && late <= early * 1.05,
      },
      {
        what: 'samples received and not stored',
        reach: '0',
        measured: `${lost} of ${total['received']!.toLocaleString('en')}`,
        ceiling: '–',
        reached: lost === 0,
      },
      {
        what: 'processor, platform and plant together',
        reach: '–',
        measured: `${cores.toFixed(2)} cores`,
        ceiling: '2 cores',
        reached: true,
      },
    ];
  } finally {
    await server.stop();
  }
}
