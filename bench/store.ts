import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { SampleColumns } from '@millrace/contract';
import { packFolder, readPack, simulate } from '@millrace/plant';
import { figure, type Row } from './harness.ts';
import { storeSamples } from './synthetic/loaded-plant.ts';

export const name = 'store';

const bytesMax = 3;
const rowsMin = 50_000_000;
const loadSecondsMax = 300;
/** Samples of which the bare columns are compressed. */
const ceilingRows = 400_000;
const second = 1_000_000;
const week = 7 * 86_400 * second;

/** What a stored sample of the demo plant takes on disk: time, receive time, value, quality, its share of the summaries. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    const from = Math.floor((Date.now() * 1000 - week) / (3_600 * second)) * 3_600 * second;
    const { rows, bytes, loadSeconds } = await storeSamples(folder, demoPlant(from, rowsMin));
    const perSample = bytes / rows;
    const bare = bareColumnBytes(demoPlant(from, ceilingRows));
    return [
      {
        what: `bytes a stored sample, ${figure(rows / 1e6, 'million')} of the demo plant's week, receive time and summaries included`,
        reach: `≤ ${bytesMax}`,
        measured: perSample.toFixed(2),
        ceiling: `${bare.toFixed(2)} (bare columns by series, Brotli 9); 36 as columns in memory`,
        reached: rows >= rowsMin && perSample <= bytesMax,
      },
      {
        what: 'simulating them and storing them through the port',
        reach: `≤ ${loadSecondsMax} s`,
        measured: `${figure(loadSeconds, 's')}, ${figure(rows / loadSeconds / 1e6, 'million/s')}`,
        ceiling: '–',
        reached: loadSeconds <= loadSecondsMax,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The demo plant's samples from a time on, until there are that many or its week is over. Each block stands for itself. */
function* demoPlant(from: number, rows: number): Generator<SampleColumns, void, void> {
  let handed = 0;
  for (const block of simulate({
    pack: readPack(packFolder('machining-shop')),
    seed: 1,
    from,
    to: from + week,
  })) {
    const { count, series, time, received, value, status, text } = block;
    yield {
      count,
      series: series.slice(0, count),
      time: time.slice(0, count),
      received: received.slice(0, count),
      value: value.slice(0, count),
      status: status.slice(0, count),
      text,
    };
    if ((handed += count) >= rows) return;
  }
}

/** Bytes a sample of the bare columns, ordered by series and time, each as differences of 64-bit integers, compressed. */
function bareColumnBytes(samples: Iterable<SampleColumns>): number {
  const bySeries = new Map<number, { time: number[]; lag: number[]; value: number[]; status: number[] }>();
  const texts: string[] = [];
  for (const { count, series, time, received, value, status, text } of samples) {
    if (text !== undefined) texts.push(...text.values());
    for (let row = 0; row < count; row++) {
      let columns = bySeries.get(series[row]!);
      if (columns === undefined) {
        bySeries.set(series[row]!, (columns = { time: [], lag: [], value: [], status: [] }));
      }
      columns.time.push(time[row]!);
      columns.lag.push(received[row]! - time[row]!);
      columns.value.push(Number.isNaN(value[row]!) ? 0 : Math.round(value[row]! * 1000));
      columns.status.push(status[row]!);
    }
  }
  let rows = 0;
  let bytes = brotliCompressSync(texts.join('')).length;
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
