import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Measured delays of real 5G networks, where the data sets are (MILLRACE_DATA); empty without. */

const root = (): string =>
  join(process.env['MILLRACE_DATA'] ?? join(process.cwd(), '..', 'shared', 'data'), 'network');

const filesBelow = (folder: string, end: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith(end))
        .sort()
        .map((file) => join(folder, file))
    : [];

export interface DrivePoint {
  x: number;
  y: number;
  /** µs. */
  time: number;
  delayMs: number;
  sinrDb: number;
  rsrpDbm: number;
  cell: string;
}

/** A drive each: round trips of messages at 20 Hz (CICV5G, Tongji University, CC BY 4.0). */
export function cicvDrives(): { name: string; points: DrivePoint[] }[] {
  return filesBelow(join(root(), 'cicv5g_tongji', 'data'), '.txt.gz').map((file) => ({
    name: file.split('/').at(-1)!.replace('.txt.gz', ''),
    points: gunzipSync(readFileSync(file))
      .toString('utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => {
        const columns = line.trim().split(/\s+/);
        return {
          time: Number(columns[0]) * 1000,
          delayMs: Number(columns[2]),
          x: Number(columns[3]),
          y: Number(columns[4]),
          cell: columns[7] ?? '',
          sinrDb: Number(columns[8]),
          rsrpDbm: Number(columns[9]),
        };
      })
      .filter(({ time, delayMs }) => time > 0 && delayMs >= 0),
  }));
}

export const cicvTracks = (): DrivePoint[] => cicvDrives().flatMap(({ points }) => points);

/** Histograms of one-way delays of industrial 5G (DETERMINISTIC6G, used unmodified): bucket's lower end, ms, and weight. */
export function deterministicHistograms(): { name: string; buckets: [number, number][] }[] {
  return filesBelow(join(root(), 'deterministic6g'), '.csv.gz')
    .filter((file) => file.includes('PD-Wireless'))
    .map((file) => ({
      name: file.split('/').at(-1)!.replace('.csv.gz', ''),
      buckets: gunzipSync(readFileSync(file))
        .toString('utf8')
        .trim()
        .split(/\r?\n/)
        .map((line) => line.split(/[\s,]+/).map(Number) as [number, number])
        .filter(([low, weight]) => Number.isFinite(low) && Number.isFinite(weight)),
    }));
}
