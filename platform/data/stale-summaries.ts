import type { SeriesId } from '@millrace/contract';

/** Series of one mark; a thing's series are neighbours, so a late batch of one thing touches one or two blocks. */
export const blockSeries = 64;

export const blockOf = (series: SeriesId): number => Math.floor(series / blockSeries);

interface Mark {
  /** Rises with every insert done; tells whether something came while the summary was made. */
  generation: number;
  /** Inserts under way that change the hour: what they bring cannot be read yet. */
  inserts: number;
  /** Milliseconds of the monotonic clock. */
  first: number;
  last: number;
}

export interface StalePair {
  hour: number;
  block: number;
  generation: number;
}

/**
 * Which hours of which series have no summary, or none that is still true: where a query has to read the samples
 * themselves. The same is kept in the table `stale`, written before the samples.
 */
export class StaleSummaries {
  #hours = new Map<number, Map<number, Mark>>();
  #pairs = 0;

  get size(): number {
    return this.#pairs;
  }

  /** Notes that samples of a series come into an hour; true if that was not known. `landed` is called when they are there. */
  touch(hour: number, block: number, now: number): boolean {
    const fresh = this.mark(hour, block, now);
    this.#hours.get(hour)!.get(block)!.inserts++;
    return fresh;
  }

  landed(hour: number, block: number): void {
    const mark = this.#hours.get(hour)?.get(block);
    if (mark === undefined) return;
    mark.inserts--;
    mark.generation++;
  }

  /** Notes that a summary cannot be used; true if that was not known. */
  mark(hour: number, block: number, now: number): boolean {
    let blocks = this.#hours.get(hour);
    if (blocks === undefined) this.#hours.set(hour, (blocks = new Map()));
    const mark = blocks.get(block);
    if (mark !== undefined) {
      mark.last = now;
      return false;
    }
    blocks.set(block, { generation: 0, inserts: 0, first: now, last: now });
    this.#pairs++;
    return true;
  }

  /** Hours of a series from ≤ hour < to whose summary cannot be used, ascending. */
  hoursOf(series: SeriesId, from: number, to: number): number[] {
    const block = blockOf(series);
    const hours: number[] = [];
    for (const [hour, blocks] of this.#hours) {
      if (hour >= from && hour < to && blocks.has(block)) hours.push(hour);
    }
    return hours.sort((a, b) => a - b);
  }

  hours(): number[] {
    return [...this.#hours.keys()].sort((a, b) => a - b);
  }

  /** Up to `most` pairs of hours that are over and have come to rest, the oldest hours first. */
  next(closedBefore: number, quietSince: number, waitingSince: number, most: number): StalePair[] {
    const chosen: StalePair[] = [];
    for (const hour of this.hours()) {
      if (hour >= closedBefore || chosen.length >= most) break;
      for (const [block, mark] of this.#hours.get(hour)!) {
        if (mark.inserts > 0 || chosen.length >= most) continue;
        if (mark.last <= quietSince || mark.first <= waitingSince) {
          chosen.push({ hour, block, generation: mark.generation });
        }
      }
    }
    return chosen;
  }

  /** Lets go of a pair whose summary was made, unless something came meanwhile; says which. */
  settle({ hour, block, generation }: StalePair, now: number): boolean {
    const blocks = this.#hours.get(hour);
    const mark = blocks?.get(block);
    if (blocks === undefined || mark === undefined) return false;
    if (mark.generation !== generation || mark.inserts > 0) {
      mark.first = now;
      return false;
    }
    blocks.delete(block);
    this.#pairs--;
    if (blocks.size === 0) this.#hours.delete(hour);
    return true;
  }

  /** Forgets all of the hours before one: their samples are no longer kept. */
  dropBefore(hour: number): void {
    for (const [at, blocks] of this.#hours) {
      if (at < hour) {
        this.#pairs -= blocks.size;
        this.#hours.delete(at);
      }
    }
  }
}
