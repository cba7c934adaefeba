import { type Microseconds, networkLimits } from '@millrace/contract';

/** Where a terminal was, and what it had there. x, y in metres on the plan. What is not known is left out or NaN. */
export interface TrackPoint {
  readonly x: number;
  readonly y: number;
  readonly time: Microseconds;
  readonly rsrpDbm?: number;
  readonly sinrDb?: number;
  /** Of a message sent there; NaN or absent: none, or lost. */
  readonly delayMs?: number;
  readonly lost?: boolean;
}

export interface CoverageCell {
  /** Column and row from the map's origin. */
  column: number;
  row: number;
  count: number;
  messages: number;
  lost: number;
  rsrpDbm?: number;
  sinrDb?: number;
  /** Median and 95th percentile; the latter from 20 messages on. */
  delayMs?: number;
  delayP95Ms?: number;
  /** Share of the messages in time; absent without messages or without a limit. */
  met?: number;
}

export interface CoverageMap {
  /** Lower left corner of column 0, row 0, m. */
  originX: number;
  originY: number;
  cellMetres: number;
  /** True: cells had to be made larger than asked for, or there would have been too many. */
  coarser: boolean;
  columns: number;
  rows: number;
  /** Only cells somebody was in; the others are not known, not good. */
  cells: CoverageCell[];
  /** Points without a place, or with one out of any plant. */
  unreadable: number;
}

export interface CoverageOptions {
  /** Side of a cell, m. */
  cellMetres: number;
  /** A message is in time within this; absent: only signal and delay are shown. */
  withinMs?: number;
}

/** Farther from the middle of the plan than this nothing is a place in it, m. */
const placeMax = 1e7;
/** Delays kept per cell: from there on a sample of them, drawn evenly by count. */
const keptPerCellMax = 512;

interface Held {
  column: number;
  row: number;
  count: number;
  messages: number;
  lost: number;
  inTime: number;
  seen: number;
  delays: number[];
  rsrp: number[];
  sinr: number[];
}

/** Grid over a plan from the tracks of moving terminals. At most `coverageCellsMax` cells: beyond that they get larger, twofold. */
export function coverageMap(points: readonly TrackPoint[], options: CoverageOptions): CoverageMap {
  const { withinMs } = options;
  let cellMetres = options.cellMetres > 0 && Number.isFinite(options.cellMetres) ? options.cellMetres : 5;
  const valid = points.filter(({ x, y }) => Math.abs(x) <= placeMax && Math.abs(y) <= placeMax);
  const unreadable = points.length - valid.length;
  if (valid.length === 0)
    return { originX: 0, originY: 0, cellMetres, coarser: false, columns: 0, rows: 0, cells: [], unreadable };
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of valid) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    bottom = Math.min(bottom, y);
    top = Math.max(top, y);
  }
  const asked = cellMetres;
  const occupied = (size: number): number => {
    const seen = new Set<string>();
    for (const { x, y } of valid) seen.add(`${Math.floor(x / size)} ${Math.floor(y / size)}`);
    return seen.size;
  };
  while (occupied(cellMetres) > networkLimits.coverageCellsMax) cellMetres *= 2;
  const firstColumn = Math.floor(left / cellMetres);
  const firstRow = Math.floor(bottom / cellMetres);
  const cells = new Map<string, Held>();
  for (const point of valid) {
    const column = Math.floor(point.x / cellMetres) - firstColumn;
    const row = Math.floor(point.y / cellMetres) - firstRow;
    const key = `${column} ${row}`;
    let cell = cells.get(key);
    if (cell === undefined)
      cells.set(
        key,
        (cell = {
          column,
          row,
          count: 0,
          messages: 0,
          lost: 0,
          inTime: 0,
          seen: 0,
          delays: [],
          rsrp: [],
          sinr: [],
        }),
      );
    cell.count++;
    const delay = point.delayMs;
    const arrived = point.lost !== true && delay !== undefined && delay >= 0 && Number.isFinite(delay);
    if (arrived || point.lost === true) {
      cell.messages++;
      if (!arrived) cell.lost++;
      else {
        if (withinMs !== undefined && delay <= withinMs) cell.inTime++;
        keep(cell.delays, delay, cell.seen++);
      }
    }
    if (point.rsrpDbm !== undefined && Number.isFinite(point.rsrpDbm))
      keep(cell.rsrp, point.rsrpDbm, cell.count - 1);
    if (point.sinrDb !== undefined && Number.isFinite(point.sinrDb))
      keep(cell.sinr, point.sinrDb, cell.count - 1);
  }
  return {
    originX: firstColumn * cellMetres,
    originY: firstRow * cellMetres,
    cellMetres,
    coarser: cellMetres !== asked,
    columns: Math.floor(right / cellMetres) - firstColumn + 1,
    rows: Math.floor(top / cellMetres) - firstRow + 1,
    cells: [...cells.values()]
      .sort((a, b) => a.row - b.row || a.column - b.column)
      .map(({ column, row, count, messages, lost, inTime, delays, rsrp, sinr }) => ({
        column,
        row,
        count,
        messages,
        lost,
        ...(rsrp.length === 0 ? {} : { rsrpDbm: quantile(rsrp, 0.5) }),
        ...(sinr.length === 0 ? {} : { sinrDb: quantile(sinr, 0.5) }),
        ...(delays.length === 0 ? {} : { delayMs: quantile(delays, 0.5) }),
        ...(delays.length < 20 ? {} : { delayP95Ms: quantile(delays, 0.95) }),
        ...(withinMs === undefined || messages === 0 ? {} : { met: inTime / messages }),
      })),
    unreadable,
  };
}

/** Of the cells measured, the share where at least `share` of the messages were in time: what a level's coverage is judged by. */
export function coverageShare(
  map: CoverageMap,
  share: number,
  messagesMin = 5,
): { share: number; cells: number } | undefined {
  const told = map.cells.filter(({ met, messages }) => met !== undefined && messages >= messagesMin);
  if (told.length === 0) return undefined;
  return { share: told.filter(({ met }) => met! >= share).length / told.length, cells: told.length };
}

/** The first `keptPerCellMax`, then each in the place of another so that early and late ones stay alike in number; no chance in it. */
function keep(values: number[], value: number, index: number): void {
  if (values.length < keptPerCellMax) values.push(value);
  else if (index % (Math.floor(index / keptPerCellMax) + 1) === 0)
    values[Math.floor((index * 0.618_033_988_75 * keptPerCellMax) % keptPerCellMax)] = value;
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
