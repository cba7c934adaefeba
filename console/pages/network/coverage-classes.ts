import type { CoverageCell } from '@millrace/contract';

/** What a coverage map can show. */
export const coverageFigures = ['rsrpDbm', 'sinrDb', 'roundTripMs', 'lossRatio', 'met'] as const;
export type CoverageFigure = (typeof coverageFigures)[number];

/**
 * Limits between the classes of a figure, the best first; below (or above) the last one it is too weak to work with. Signal: usual planning
 * levels of NR (RSRP −80/−90/−100/−110 dBm, SINR 20/13/5/0 dB).
 */
export const coverageClasses: Readonly<
  Record<CoverageFigure, { limits: readonly number[]; worse: 'low' | 'high' }>
> = {
  rsrpDbm: { limits: [-80, -90, -100, -110], worse: 'low' },
  sinrDb: { limits: [20, 13, 5, 0], worse: 'low' },
  roundTripMs: { limits: [10, 20, 50, 100], worse: 'high' },
  lossRatio: { limits: [0.0001, 0.001, 0.01, 0.1], worse: 'high' },
  met: { limits: [0.9999, 0.999, 0.99, 0.95], worse: 'low' },
};

export interface Extent {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The rectangle that holds all fields, metres. */
export function extentOf(cells: readonly CoverageCell[]): Extent {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width } of cells) {
    left = Math.min(left, x);
    bottom = Math.min(bottom, y);
    right = Math.max(right, x + width);
    top = Math.max(top, y + width);
  }
  return cells.length === 0
    ? { x: 0, y: 0, width: 1, height: 1 }
    : { x: left, y: bottom, width: right - left, height: top - bottom };
}
