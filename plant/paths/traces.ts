import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Trace } from './delay-source.ts';

/** Bounds of a trace that is read. */
export const traceLimits = {
  fileBytesMax: 64 * 1_048_576,
  rowsMax: 1_000_000,
  rowsMin: 2,
  delayMsMax: 120_000,
} as const;

/** A trace that cannot be replayed: which file, which line, why. */
export class TraceError extends Error {}

function textOf(file: string): string {
  let bytes: Buffer;
  try {
    if (statSync(file).size > traceLimits.fileBytesMax)
      throw new TraceError(`${file}: larger than ${traceLimits.fileBytesMax} bytes (fileBytesMax)`);
    bytes = readFileSync(file);
    if (file.endsWith('.gz')) bytes = gunzipSync(bytes, { maxOutputLength: traceLimits.fileBytesMax });
  } catch (error) {
    if (error instanceof TraceError) throw error;
    throw new TraceError(`${file}: ${(error as Error).message}`);
  }
  return bytes.toString('utf8');
}

/**
 * A trace of one's own: CSV with a line of names. `time` in seconds (or an ISO date), `delay` in ms as round trip, empty where the message was lost. Other
 * columns (rsrp, sinr, cell) may be there. Times rise.
 */
export function readOwnTrace(file: string): Trace {
  return parseOwnTrace(textOf(file), file);
}

export function parseOwnTrace(text: string, file: string): Trace {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = (lines[0] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const time = names.indexOf('time');
  const delay = names.indexOf('delay');
  if (time < 0 || delay < 0)
    throw new TraceError(
      `${file}: the first line must name the columns "time" and "delay"; it names ${names.join(', ') || 'none'}`,
    );
  const rows: [number, number][] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const cells = line.split(',');
    const moment = momentOf((cells[time] ?? '').trim());
    const written = (cells[delay] ?? '').trim();
    const milliseconds = written === '' ? Number.NaN : Number(written);
    if (!Number.isFinite(moment))
      throw new TraceError(`${file}, line ${index + 1}: "${cells[time] ?? ''}" is not a time`);
    if (written !== '' && !(milliseconds >= 0 && milliseconds <= traceLimits.delayMsMax))
      throw new TraceError(
        `${file}, line ${index + 1}: "${written}" is not a delay from 0 to ${traceLimits.delayMsMax} ms`,
      );
    const before = rows.at(-1)?.[0];
    if (before !== undefined && moment < before)
      throw new TraceError(`${file}, line ${index + 1}: the time goes back`);
    rows.push([moment, milliseconds]);
    if (rows.length > traceLimits.rowsMax)
      throw new TraceError(`${file}: more than ${traceLimits.rowsMax} lines (rowsMax)`);
  }
  return traceOf(rows, file);
}

const momentOf = (text: string): number =>
  text === '' ? Number.NaN : /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) / 1000 : Number(text);

/** A run of CICV5G: blank-separated, times of sending and arrival in ms, delay in ms; lines that are not whole are passed over. */
export function parseCicv5g(text: string, file: string): Trace {
  const rows: [number, number][] = [];
  for (const line of text.split('\n')) {
    const [sent, , delay] = line.trim().split(/\s+/).map(Number);
    if (!Number.isFinite(sent) || !Number.isFinite(delay)) continue;
    const before = rows.at(-1)?.[0] ?? 0;
    if (delay! < 0 || delay! > traceLimits.delayMsMax || sent! / 1000 < before) continue;
    rows.push([sent! / 1000, delay!]);
    if (rows.length >= traceLimits.rowsMax) break;
  }
  return traceOf(rows, file);
}

function traceOf(rows: readonly [number, number][], file: string): Trace {
  if (rows.length < traceLimits.rowsMin)
    throw new TraceError(`${file}: fewer than ${traceLimits.rowsMin} messages`);
  const start = rows[0]![0];
  return {
    seconds: Float64Array.from(rows, ([moment]) => moment - start),
    delays: Float64Array.from(rows, ([, delay]) => delay),
    name: basename(file),
  };
}

/**
 * Runs of the CICV5G data set below a folder of measured data (`network/cicv5g_tongji/data` in it): one of a good network, one that goes from weak to
 * strong. Undefined where they are not there.
 */
export function measuredTraces(folder: string): { good: Trace; weak: Trace } | undefined {
  const data = join(folder, 'network', 'cicv5g_tongji', 'data');
  const good = firstRun(join(data, 'Urban road', '2-n78'), /v20/);
  const weak = firstRun(join(data, 'W2S', 'n8'), /w2s/);
  if (good === undefined || weak === undefined) return undefined;
  return { good: parseCicv5g(textOf(good), good), weak: parseCicv5g(textOf(weak), weak) };
}

function firstRun(folder: string, wanted: RegExp): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.txt(\.gz)?$/.test(entry.name) && wanted.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()[0];
}
