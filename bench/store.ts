import { brotliCompressSync, constants } from 'node:zlib';
import { figure, type Row } from './harness.ts';
import { loadedPlant } from './synthetic/loaded-plant.ts';
import { syntheticPlant } from './synthetic/plant.ts';

export const name = 'store';

const bytesMax = 3;
const loadSecondsMax = 300;
/** Samples of which the bare columns are compressed. */
const ceilingRows = 400_000;

/** What a stored sample takes on disk: time, receive time, value, quality, its share of the summaries. */
export async function run(): Promise<Row[]> {
  const { rows, bytes, loadSeconds, start } = await loadedPlant();
  const perSample = bytes / rows;
  const bare = bareColumnBytes(start);
  return [
    {
      what: `bytes a stored sample, ${figure(rows / 1e6, 'million')}, receive time and summaries included`,
      reach: `≤ ${bytesMax}`,
      measured: perSample.toFixed(2),
      ceiling: `${bare.toFixed(2)} (bare columns by series, Brotli 9); 36 as columns in memory`,
      reached: perSample <= bytesMax,
    },
    {
      what: 'storing them through the port',
      reach: `≤ ${loadSecondsMax} s`,
      measured: `${figure(loadSeconds, 's')}, ${figure(rows / loadSeconds / 1e6, 'million/s')}`,
      ceiling: '–',
      reached: loadSeconds <= loadSecondsMax,
    },
  ];
}

/** Bytes a sample of the bare columns, ordered by series and time, each as differences of 64-bit integers, compressed. */
function bareColumnBytes(start: number): number {
  const bySeries = new Map<number, { time: number[]; lag: number[]; value: number[]; status: number[] }>();
  for (const { count, series, time, received, value, status } of syntheticPlant(start, 3).samples(
    ceilingRows,
  )) {
    for (let row = 0; row < count; row++) {
      let columns = bySeries.get(series[row]!);
      if (columns === undefined) {
        bySeries.set(series[row]!, (columns = { time: [], lag: [], value: [], status: [] }));
      }
      columns.time.push(time[row]!);
      columns.lag.push(received[row]! - time[row]!);
      columns.value.push(Math.round(value[row]! * 1000));
      columns.status.push(status[row]!);
    }
  }
  let rows = 0;
  let bytes = 0;
  for (const column of ['time', 'lag', 'value', 'status'] as const) {
    const parts: BigInt64Array[] = [];
    for (const columns of bySeries.values()) {
      let before = 0;
      parts.push(
        BigInt64Array.from(columns[column], (one) => {
          const difference = one - before;
          before = one;
          return BigInt(difference);
        }),
      );
      if (column === 'time') rows += columns.time.length;
    }
    const raw = Buffer.concat(parts.map((part) => Buffer.from(part.buffer)));
    bytes += brotliCompressSync(raw, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 },
    }).length;
  }
  return bytes / rows;
}
