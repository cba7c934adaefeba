import type { Trace } from '../charts/trace.ts';
import type { NormalBand } from './number.ts';

export type SparkTrace = Pick<Trace, 'times' | 'low' | 'high' | 'least' | 'most' | 'stretches' | 'held'>;

export interface SparkPaths {
  /** Top and height of the normal band. */
  band: { top: number; height: number } | undefined;
  /** SVG path data: the line with its gaps; what holds without samples; where values were bad. */
  line: string;
  held: string;
  bad: string;
}

/** Lowest and highest, of samples and of what holds without any. */
export function extremes(trace: SparkTrace | undefined): {
  least: number | undefined;
  most: number | undefined;
} {
  let least = trace?.least;
  let most = trace?.most;
  for (const { value } of trace?.held ?? []) {
    least = Math.min(least ?? value, value);
    most = Math.max(most ?? value, value);
  }
  return { least, most };
}

/** Lays the course of a number out in a box of `width` × `height` pixels. Undefined where there is nothing to draw. */
export function sparkPaths(
  trace: SparkTrace | undefined,
  {
    from,
    to,
    normal,
    width,
    height,
  }: { from: number; to: number; normal: NormalBand | undefined; width: number; height: number },
): SparkPaths | undefined {
  const { least, most } = extremes(trace);
  if (trace === undefined || least === undefined || most === undefined || to <= from) return undefined;
  let low = Math.min(least, normal?.min ?? least);
  let high = Math.max(most, normal?.max ?? most);
  // A band far wider than what the value does would flatten the line to nothing.
  if (high - low > 20 * (most - least) && most > least) {
    low = least;
    high = most;
  }
  if (high === low) {
    low -= 1;
    high += 1;
  }
  const x = (time: number) => short(((time - from) / (to - from)) * width);
  const exactY = (value: number) => height - 2 - ((value - low) / (high - low)) * (height - 4);
  const y = (value: number) => short(exactY(value));

  let band: SparkPaths['band'];
  if (normal?.min !== undefined || normal?.max !== undefined) {
    const top = normal.max === undefined ? 0 : Math.max(0, exactY(normal.max));
    const bottom = normal.min === undefined ? height : Math.min(height, exactY(normal.min));
    if (bottom > top) band = { top: short(top), height: short(bottom - top) };
  }

  let line = '';
  let drawing = false;
  for (let i = 0; i < trace.times.length; i++) {
    const bottom = trace.low[i];
    const top = trace.high[i];
    if (bottom === null || bottom === undefined || top === null || top === undefined) {
      drawing = false;
      continue;
    }
    const at = x(trace.times[i]!);
    line += `${drawing ? 'L' : 'M'}${at} ${y(bottom)}`;
    if (top !== bottom) line += `L${at} ${y(top)}`;
    drawing = true;
  }
  const held = trace.held.map((one) => `M${x(one.from)} ${y(one.value)}H${x(one.to)}`).join('');
  const bad = trace.stretches
    .filter((stretch) => stretch.quality === 'bad')
    .map((stretch) => `M${x(stretch.from)} ${height - 1}H${Math.max(x(stretch.from) + 2, x(stretch.to))}`)
    .join('');
  return { band, line, held, bad };
}

/** A tenth of a pixel is finer than any screen. */
function short(value: number): number {
  return Math.round(value * 10) / 10;
}
