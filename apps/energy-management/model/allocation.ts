import type { Microseconds } from '@millrace/contract';
import { type PlantClock, type Shift, shiftStretches } from './calendar.ts';
import { type Quarter, quarterMicroseconds } from './quarter.ts';

/** A stretch in which a machine worked on an order, or on none. */
export interface Run {
  from: Microseconds;
  to: Microseconds;
  product: string;
  order: string;
  /** Good pieces made in it. */
  pieces: number;
}

export interface Share {
  key: string;
  amount: number;
  pieces: number;
  /** Amount per good piece; undefined without pieces. */
  perPiece: number | undefined;
  /** Time in it, and of that the time whose amount is known. */
  microseconds: number;
  knownMicroseconds: number;
}

/** Per piece is said only where nearly all of the energy is known. */
const knownShareMin = 0.95;
const perPieceOf = (share: Share): number | undefined =>
  share.pieces > 0 && share.knownMicroseconds >= knownShareMin * share.microseconds
    ? share.amount / share.pieces
    : undefined;

/** Shares an amount known by quarter-hour among stretches of time by how much of each quarter they take. What no stretch takes is under ''. */
function share(
  quarters: readonly Quarter[],
  stretches: readonly { from: Microseconds; to: Microseconds; key: string; pieces: number }[],
): Share[] {
  const shares = new Map<string, Share>();
  const of = (key: string): Share => {
    let found = shares.get(key);
    if (found === undefined)
      shares.set(
        key,
        (found = { key, amount: 0, pieces: 0, perPiece: undefined, microseconds: 0, knownMicroseconds: 0 }),
      );
    return found;
  };
  const ordered = [...stretches].sort((a, b) => a.from - b.from);
  for (const { key, pieces } of ordered) of(key).pieces += pieces;
  let first = 0;
  for (const { start, amount } of quarters) {
    const end = start + quarterMicroseconds;
    while (first < ordered.length && ordered[first]!.to <= start) first++;
    let left = quarterMicroseconds;
    for (let index = first; index < ordered.length && ordered[index]!.from < end; index++) {
      const stretch = ordered[index]!;
      const overlap = Math.min(left, Math.min(end, stretch.to) - Math.max(start, stretch.from));
      if (overlap <= 0) continue;
      left -= overlap;
      const part = of(stretch.key);
      part.amount += ((amount ?? 0) * overlap) / quarterMicroseconds;
      part.microseconds += overlap;
      if (amount !== undefined) part.knownMicroseconds += overlap;
    }
    if (left > 0) {
      const rest = of('');
      rest.amount += ((amount ?? 0) * left) / quarterMicroseconds;
      rest.microseconds += left;
      if (amount !== undefined) rest.knownMicroseconds += left;
    }
  }
  for (const part of shares.values()) part.perPiece = perPieceOf(part);
  return [...shares.values()].filter((part) => part.key !== '' || part.microseconds > 0);
}

/** By shift; '' is the time without one. */
export function byShift(
  quarters: readonly Quarter[],
  shifts: readonly Shift[],
  clock: PlantClock,
  runs: readonly Run[] = [],
): Share[] {
  const first = quarters[0];
  const last = quarters.at(-1);
  if (first === undefined || last === undefined) return [];
  const stretches = shiftStretches(shifts, clock, first.start, last.start + quarterMicroseconds).map(
    (stretch) => ({
      from: stretch.from,
      to: stretch.to,
      key: stretch.shift?.id ?? '',
      pieces: runs.reduce((sum, run) => {
        const overlap = Math.min(run.to, stretch.to) - Math.max(run.from, stretch.from);
        return overlap > 0 && run.to > run.from ? sum + (run.pieces * overlap) / (run.to - run.from) : sum;
      }, 0),
    }),
  );
  return share(quarters, stretches);
}

/** By product, of one machine; '' is the time in which it worked on none: standby and idling, which no piece is charged with here. */
export function byProduct(quarters: readonly Quarter[], runs: readonly Run[]): Share[] {
  return share(
    quarters,
    runs.map((run) => ({ from: run.from, to: run.to, key: run.product, pieces: run.pieces })),
  );
}

/** By order, likewise. */
export function byOrder(quarters: readonly Quarter[], runs: readonly Run[]): Share[] {
  return share(
    quarters,
    runs.map((run) => ({ from: run.from, to: run.to, key: run.order, pieces: run.pieces })),
  );
}

/** Adds shares of several machines by key. */
export function addShares(lists: readonly (readonly Share[])[]): Share[] {
  const sums = new Map<string, Share>();
  for (const one of lists.flat()) {
    const sum = sums.get(one.key);
    if (sum === undefined) sums.set(one.key, { ...one });
    else {
      sum.amount += one.amount;
      sum.pieces += one.pieces;
      sum.microseconds += one.microseconds;
      sum.knownMicroseconds += one.knownMicroseconds;
      sum.perPiece = perPieceOf(sum);
    }
  }
  return [...sums.values()];
}
