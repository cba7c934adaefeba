import type { SeriesId } from '@millrace/contract';
import type { Clock, Log } from '@millrace/sdk';
import { type ChdbSession, quote } from './chdb-session.ts';
import { numbers, texts } from './native-format.ts';
import {
  database,
  hourMicroseconds,
  minuteMicroseconds,
  partitionEnd,
  partitionHours,
} from './sample-schema.ts';
import { blockOf, blockSeries, type StalePair, StaleSummaries } from './stale-summaries.ts';

/** An hour is summed up this long after its end, for what is still on its way. */
const closeMicroseconds = 120_000_000;
/** Late samples of an hour are waited for until none came for this long… */
const quietMilliseconds = 15_000;
/** …but no longer than this. */
const waitMillisecondsMax = 300_000;
/** Blocks of series in one step, so that a step's memory has a bound. */
const blocksPerStep = 16;
const idleMilliseconds = 2_000;
const retentionMilliseconds = 600_000;
const forgetMilliseconds = 60_000;

export type HourBlock = readonly [hour: number, block: number];
export type Tier = 'raw' | 'minute' | 'hour' | 'events';
const tables: Record<Tier, string> = { raw: 'samples', minute: 'minutes', hour: 'hours', events: 'events' };

/**
 * Keeps the summaries of minutes and hours true, lets go of what is older than wanted, removes what was forgotten. One step
 * at a time on a session of its own; whatever is cut off by a crash is done again.
 *
 * Summaries are made from the samples of a whole hour, never added to: late and replaced samples make their hour stale, and it
 * is made anew.
 */
export class SampleSummaries {
  readonly stale = new StaleSummaries();
  readonly forgotten = new Set<SeriesId>();
  #session: ChdbSession;
  #clock: Clock;
  #log: Log;
  #floors: Record<Tier, number> = {
    raw: Number.NEGATIVE_INFINITY,
    minute: Number.NEGATIVE_INFINITY,
    hour: Number.NEGATIVE_INFINITY,
    events: Number.NEGATIVE_INFINITY,
  };
  #days: Record<Tier, number> = { raw: 0, minute: 0, hour: 0, events: 0 };
  #version = 1;
  #timer: NodeJS.Timeout | undefined;
  #step: Promise<void> = Promise.resolve();
  #closed = false;
  #retentionAt = 0;
  #forgetAt = 0;

  constructor(session: ChdbSession, clock: Clock, log: Log) {
    this.#session = session;
    this.#clock = clock;
    this.#log = log;
  }

  /** Reads what is stale and forgotten, and begins. */
  async open(): Promise<void> {
    const floors = await this.#session.table(`SELECT tier, hour FROM ${database}.floors FINAL`);
    texts(floors, 'tier').forEach((tier, row) => {
      this.#floors[tier as Tier] = numbers(floors, 'hour')[row]!;
    });
    const marks = await this.#session.table(
      `SELECT hour, block, toFloat64(version) AS version, done FROM ${database}.stale FINAL`,
    );
    const hour = numbers(marks, 'hour');
    const block = numbers(marks, 'block');
    const version = numbers(marks, 'version');
    const done = numbers(marks, 'done');
    const now = performance.now();
    for (let row = 0; row < marks.rows; row++) {
      this.#version = Math.max(this.#version, version[row]! + 1);
      if (done[row] === 0 && hour[row]! >= this.#floors.raw)
        this.stale.mark(hour[row]!, block[row]!, now - quietMilliseconds);
    }
    const forgotten = await this.#session.table(`SELECT series FROM ${database}.forgotten FINAL`);
    for (const series of numbers(forgotten, 'series')) this.forgotten.add(series);
    this.#schedule(idleMilliseconds);
  }

  /** Hours from this one on are not summed up yet. */
  closedBefore(): number {
    return Math.floor((this.#clock.now() - closeMicroseconds) / hourMicroseconds);
  }

  /** Hours before it are no longer kept in a tier. */
  floor(tier: Tier): number {
    return this.#floors[tier];
  }

  /**
   * Marks the hours that an insert will change, durably and before it. Marks are for hours whose samples are kept: a summary made
   * from the few late samples of an hour whose others are gone would be wrong.
   */
  async touch(pairs: readonly HourBlock[], session: ChdbSession): Promise<void> {
    const now = performance.now();
    const rows: string[] = [];
    for (const [hour, block] of pairs) {
      if (hour >= this.#floors.raw && this.stale.touch(hour, block, now)) {
        rows.push(`${hour}\t${block}\t${this.#version++}\t0\n`);
      }
    }
    if (rows.length === 0) return;
    try {
      await session.insertLines('stale', ['hour', 'block', 'version', 'done'], rows);
    } catch (error) {
      // The mark stays, which costs a summary made in vain; but the insert that follows must not happen without it on disk.
      this.landed(pairs);
      throw error;
    }
  }

  /** The insert announced by `touch` is done, or has failed. */
  landed(pairs: readonly HourBlock[]): void {
    for (const [hour, block] of pairs) this.stale.landed(hour, block);
  }

  async forget(series: readonly SeriesId[]): Promise<void> {
    if (series.length === 0) return;
    await this.#session.insertLines(
      'forgotten',
      ['series'],
      series.map((one) => `${one}\n`),
    );
    for (const one of series) this.forgotten.add(one);
  }

  setRetention(days: Record<Tier, number>): void {
    this.#days = { ...days };
    this.#retentionAt = 0;
    this.#schedule(0);
  }

  /** Does what is due now, and waits for it: for tests, and for benches that want summaries made. */
  async settle(): Promise<void> {
    while (await this.#work(true)) {
      // Until nothing is left.
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#step.catch(() => {});
    this.#session.close();
  }

  #schedule(milliseconds: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#work(false).then(
        (more) => this.#schedule(more ? 0 : idleMilliseconds),
        (error: Error) => {
          this.#log.error('upkeep of the samples failed and is tried again', { error: error.message });
          this.#schedule(10 * idleMilliseconds);
        },
      );
    }, milliseconds);
  }

  /** One step; true if there was something to do. Steps wait for each other. */
  #work(now: boolean): Promise<boolean> {
    const step = this.#step.catch(() => {}).then(() => (this.#closed ? false : this.#oneStep(now)));
    this.#step = step.then(() => {});
    return step;
  }

  async #oneStep(atOnce: boolean): Promise<boolean> {
    const now = performance.now();
    const pairs = this.stale.next(
      this.closedBefore(),
      atOnce ? Number.POSITIVE_INFINITY : now - quietMilliseconds,
      now - waitMillisecondsMax,
      blocksPerStep,
    );
    if (pairs.length > 0) {
      await this.#summarise(pairs);
      return true;
    }
    if (this.forgotten.size > 0 && (atOnce || now >= this.#forgetAt)) {
      this.#forgetAt = now + forgetMilliseconds;
      await this.#removeForgotten();
      return true;
    }
    if (now >= this.#retentionAt) {
      this.#retentionAt = now + retentionMilliseconds;
      for (const tier of Object.keys(tables) as Tier[]) await this.#letGo(tier);
    }
    return false;
  }

  async #summarise(pairs: readonly StalePair[]): Promise<void> {
    const byHour = new Map<number, string[]>();
    for (const { hour, block } of pairs) {
      const blocks = byHour.get(hour) ?? [];
      blocks.push(`series BETWEEN ${block * blockSeries} AND ${(block + 1) * blockSeries - 1}`);
      byHour.set(hour, blocks);
    }
    const chosen = [...byHour]
      .map(([hour, blocks]) => `hour = ${hour} AND (${blocks.join(' OR ')})`)
      .join(' OR ');
    // The version is taken before the samples are read: a mark made from now on is younger and stays.
    const version = this.#version++;
    await this.#session.run(minutesSql(chosen));
    await this.#session.run(hoursSql(chosen));
    const now = performance.now();
    const done = pairs.filter((pair) => this.stale.settle(pair, now));
    if (done.length === 0) return;
    await this.#session.insertLines(
      'stale',
      ['hour', 'block', 'version', 'done'],
      done.map(({ hour, block }) => `${hour}\t${block}\t${version}\t1\n`),
    );
  }

  async #removeForgotten(): Promise<void> {
    const series = [...this.forgotten];
    for (const table of ['samples', 'minutes', 'hours']) {
      await this.#session.run(`DELETE FROM ${database}.${table} WHERE series IN (${series.join(',')})`);
    }
    await this.#session.run(`DELETE FROM ${database}.forgotten WHERE series IN (${series.join(',')})`);
    for (const one of series) this.forgotten.delete(one);
  }

  /** Drops the partitions of a tier all of whose hours are older than wanted. */
  async #letGo(tier: Tier): Promise<void> {
    const days = this.#days[tier];
    if (!(days > 0)) return;
    const oldest = Math.floor(this.#clock.now() / hourMicroseconds - days * 24);
    const table = await this.#session.table(
      `SELECT DISTINCT partition FROM system.parts WHERE database = '${database}' AND table = '${tables[tier]}' AND active`,
    );
    for (const partition of texts(table, 'partition')) {
      const end = partitionEnd(Number(partition), partitionHours[tier]);
      if (end > oldest) continue;
      if (tier === 'raw' && this.stale.hours().some((hour) => hour < end)) {
        // Its summaries first; next time.
        continue;
      }
      if (end > this.#floors[tier]) {
        await this.#session.insertLines('floors', ['tier', 'hour'], [`${tier}\t${end}\n`]);
        this.#floors[tier] = end;
        if (tier === 'raw') this.stale.dropBefore(end);
      }
      await this.#session.run(`ALTER TABLE ${database}.${tables[tier]} DROP PARTITION ${quote(partition)}`);
      this.#log.info('history let go', {
        tier,
        before: new Date((end * hourMicroseconds) / 1000).toISOString(),
      });
    }
  }
}

const kinds = ['least', 'greatest', 'first', 'last', 'bad'] as const;
const names = (kind: string): string[] => [kind, `${kind}_after`, `${kind}_lag`, `${kind}_status`];
const columns = [
  'hour',
  'series',
  'start',
  'count',
  'numbers',
  'total',
  ...kinds.flatMap(names),
  'bad_count',
  'first_text',
  'last_text',
].join(', ');

const part = (kind: string): string =>
  names(kind)
    .map((_, index) => `${kind}_row.${index + 1}`)
    .join(', ');

const hourStart = `toInt64(hour) * ${hourMicroseconds}`;

/** Minutes of chosen hours from their samples. */
function minutesSql(chosen: string): string {
  const number = "NOT isNaN(value) AND status < 2147483648 AND text NOT IN ('true', 'false')";
  return `INSERT INTO ${database}.minutes (${columns})
    SELECT hour, series, minute, rows, numbers, total, ${kinds.map(part).join(', ')}, bad_count, first_row.5, last_row.5
    FROM (
      SELECT hour, series,
        ${hourStart} + intDiv(time - ${hourStart}, ${minuteMicroseconds}) * ${minuteMicroseconds} AS minute,
        count() AS rows, countIf(${number}) AS numbers, sumIf(value, ${number}) AS total,
        argMinIf((value, toUInt32(time - minute), lag, status), value, ${number}) AS least_row,
        argMaxIf((value, toUInt32(time - minute), lag, status), value, ${number}) AS greatest_row,
        argMin((value, toUInt32(time - minute), lag, status, text), time) AS first_row,
        argMax((value, toUInt32(time - minute), lag, status, text), time) AS last_row,
        argMinIf((value, toUInt32(time - minute), lag, status), time, status >= 2147483648) AS bad_row,
        countIf(status >= 2147483648) AS bad_count
      FROM ${database}.samples FINAL WHERE ${chosen}
      GROUP BY hour, series, minute
    )`;
}

/** Chosen hours from their minutes. */
function hoursSql(chosen: string): string {
  const after = (kind: string): string => `toUInt32(start - ${hourStart} + ${kind}_after)`;
  const row = (kind: string): string => `(${kind}, ${after(kind)}, ${kind}_lag, ${kind}_status)`;
  const textRow = (kind: string): string =>
    `(${kind}, ${after(kind)}, ${kind}_lag, ${kind}_status, ${kind}_text)`;
  return `INSERT INTO ${database}.hours (${columns})
    SELECT hour, series, ${hourStart}, rows, all_numbers, all_total, ${kinds.map(part).join(', ')}, all_bad, first_row.5, last_row.5
    FROM (
      SELECT hour, series, sum(count) AS rows, sum(numbers) AS all_numbers, sum(total) AS all_total,
        argMinIf(${row('least')}, least, numbers > 0) AS least_row,
        argMaxIf(${row('greatest')}, greatest, numbers > 0) AS greatest_row,
        argMin(${textRow('first')}, start) AS first_row,
        argMax(${textRow('last')}, start) AS last_row,
        argMinIf(${row('bad')}, start, bad_count > 0) AS bad_row,
        sum(bad_count) AS all_bad
      FROM ${database}.minutes FINAL WHERE ${chosen}
      GROUP BY hour, series
    )`;
}

/** Hour and block of each row, each pair once; consecutive rows mostly share theirs. */
export function pairsOf(count: number, hours: Int32Array, series: Uint32Array): HourBlock[] {
  const pairs: HourBlock[] = [];
  const seen = new Map<number, Set<number>>();
  let lastHour = Number.NaN;
  let lastBlock = -1;
  for (let row = 0; row < count; row++) {
    const hour = hours[row]!;
    const block = blockOf(series[row]!);
    if (hour === lastHour && block === lastBlock) continue;
    lastHour = hour;
    lastBlock = block;
    let blocks = seen.get(hour);
    if (blocks === undefined) seen.set(hour, (blocks = new Set()));
    if (blocks.has(block)) continue;
    blocks.add(block);
    pairs.push([hour, block]);
  }
  return pairs;
}
