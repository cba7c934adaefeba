import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Microseconds, Sample, SampleColumns, SeriesId, ThingEvent, Value } from '@millrace/contract';
import {
  type Clock,
  type ExportRequest,
  type Log,
  type ReducedSamples,
  type SampleQuestions,
  type SampleStore,
  type SpanColumns,
  type SpanRequest,
  type SqlName,
  type SqlQuestion,
  systemClock,
} from '@millrace/sdk';
import { CommitWriter } from './commit-writer.ts';
import { copyTree, emptyFolder, syncPath, syncTree } from './copy-folder.ts';
import { EngineProcess } from './engine-process.ts';
import { incompleteFile } from './sample-folder.ts';
import type { LatestAnswer, RangeAnswer } from './sample-ranges.ts';
import type { SampleCalls } from './sample-store-wire.ts';
import type { SeriesRows } from './span-extremes.ts';
import { StoreError } from './store-error.ts';

/** Longer than the engine's own limits. */
const insertMillisecondsMax = 120_000;
const queryMillisecondsMax = 60_000;
const exportPieceMillisecondsMax = 600_000;
const backupMillisecondsMax = 3_600_000;
const forgetMillisecondsMax = 600_000;
/** The engine ends a question after its own limit; others may be waiting before it. */
const sqlMillisecondsMax = 120_000;
const healthMillisecondsMax = 5_000;
/** Without an answer for so long the process is ended and started again. */
const hungMillisecondsMax = 180_000;
/** What was taken is committed before the end, within this time. */
const lastCommitMillisecondsMax = 2_000;

export interface SampleStoreOptions {
  /** Data folder of the samples alone; made when it is not there. */
  folder: string;
  log: Log;
  /** Paces inserts. */
  clock?: Clock;
}

/** The embedded sample store: chDB (ClickHouse) in a child process. Rejects with a `StoreError` that says why it cannot open. */
export async function openSampleStore(options: SampleStoreOptions): Promise<EmbeddedSampleStore> {
  const engine = engineOf(options.folder, options.log, false);
  await engine.start();
  return new EmbeddedSampleStore(engine, options);
}

function engineOf(folder: string, log: Log, filling: boolean): EngineProcess {
  return new EngineProcess({
    name: filling ? 'backup of the sample store' : 'sample store',
    entry: new URL('./sample-store-child.js', import.meta.url),
    log,
    open: { folder, filling } satisfies SampleCalls['open'],
    // One thread per session that may be busy: intake, queries, export, upkeep, and some for files.
    environment: { UV_THREADPOOL_SIZE: '8' },
  });
}

export class EmbeddedSampleStore implements SampleStore, SampleQuestions {
  #engine: EngineProcess;
  #writer: CommitWriter;
  #log: Log;

  constructor(engine: EngineProcess, options: SampleStoreOptions) {
    this.#engine = engine;
    this.#log = options.log;
    this.#writer = new CommitWriter(options.clock ?? systemClock, (batch) => {
      const { columns, events } = batch;
      const count = columns.count;
      return this.#call<void>(
        'insert',
        {
          columns: {
            count,
            series: columns.series.subarray(0, count),
            time: columns.time.subarray(0, count),
            received: columns.received.subarray(0, count),
            value: columns.value.subarray(0, count),
            status: columns.status.subarray(0, count),
            text: columns.text,
          },
          events,
        },
        false,
        insertMillisecondsMax,
      );
    });
  }

  /** Of the child; for the process list and for tests that kill it. */
  get processId(): number | undefined {
    return this.#engine.processId;
  }

  /** Samples and events taken that are not on disk yet. */
  get waitingRows(): number {
    return this.#writer.waitingRows;
  }

  append(columns: SampleColumns, events: readonly ThingEvent[]): Promise<void> {
    return this.#writer.append(columns, events);
  }

  async samples(
    series: SeriesId,
    from: Microseconds,
    to: Microseconds,
    points: number,
  ): Promise<ReducedSamples> {
    const { rows, reduced, span } = await this.#call<RangeAnswer>('samples', { series, from, to, points });
    const samples: Sample[] = new Array(rows.count);
    for (let row = 0; row < rows.count; row++) samples[row] = sampleAt(series, rows, row);
    return { samples, reduced, spanMicroseconds: span };
  }

  spans(request: SpanRequest): Promise<SpanColumns> {
    return this.#call<SpanColumns>('spans', request);
  }

  async latest(series: readonly SeriesId[]): Promise<Map<SeriesId, Sample>> {
    const result = new Map<SeriesId, Sample>();
    if (series.length === 0) return result;
    const { series: found, rows } = await this.#call<LatestAnswer>('latest', { series });
    for (let row = 0; row < found.length; row++) result.set(found[row]!, sampleAt(found[row]!, rows, row));
    return result;
  }

  events(
    thing: string,
    name: string | undefined,
    from: Microseconds,
    to: Microseconds,
    limit: number,
  ): Promise<ThingEvent[]> {
    return this.#call<ThingEvent[]>('events', { thing, name, from, to, limit });
  }

  async *exportSamples(request: ExportRequest): AsyncGenerator<Uint8Array> {
    const id = await this.#call<number>('exportOpen', request, false);
    try {
      // The next piece is made while this one is sent.
      let next = this.#exportNext(id);
      for (;;) {
        const piece = await next;
        if (piece === undefined) return;
        next = this.#exportNext(id);
        next.catch(() => {});
        yield piece;
      }
    } finally {
      this.#call('exportClose', { id }, false).catch(() => {});
    }
  }

  async forget(series: readonly SeriesId[], thing: string): Promise<void> {
    await this.#call('forget', { series, thing }, true, forgetMillisecondsMax);
  }

  async setRetention(days: { raw: number; minute: number; hour: number; events: number }): Promise<void> {
    await this.#call('setRetention', days);
  }

  async sql(question: SqlQuestion, names: () => readonly SqlName[]): Promise<Uint8Array> {
    const ask = (): Promise<Uint8Array | undefined> => this.#call('sql', question, false, sqlMillisecondsMax);
    let answer = await ask();
    if (answer === undefined) {
      await this.#call('sqlNames', { version: question.names, names: names() }, false, sqlMillisecondsMax);
      answer = await ask();
    }
    if (answer === undefined)
      throw new StoreError('busy', 'Names changed while the question was asked; ask again.');
    return answer;
  }

  /** Makes the summaries that are due now and waits for them; they come by themselves within minutes. */
  async settleSummaries(): Promise<void> {
    await this.#call('settle', undefined, false, 3_600_000);
  }

  /**
   * The running store holds still for the moment it takes to link its files; they are then copied and made into a store that
   * opens by itself.
   */
  async backup(folder: string): Promise<void> {
    await emptyFolder(folder, 'The backup folder');
    const marker = join(folder, incompleteFile);
    await writeFile(marker, '');
    // Other characters would come back escaped in the name of the folder.
    const name = `backup_${randomUUID().replaceAll('-', '')}`;
    const incoming = join(folder, 'incoming');
    let parts: number;
    try {
      const frozen = await this.#call<{ folder: string; parts: number }>(
        'freeze',
        { name },
        false,
        backupMillisecondsMax,
      );
      parts = frozen.parts;
      await copyTree(frozen.folder, incoming);
    } finally {
      await this.#call('unfreeze', { name }, false, backupMillisecondsMax);
    }
    const copy = engineOf(folder, this.#log, true);
    await copy.start();
    try {
      const attached = await copy.call<number>('attach', { folder: incoming });
      if (attached !== parts) {
        throw new StoreError('engine', `The backup took over ${attached} of ${parts} parts.`);
      }
    } finally {
      await copy.close();
    }
    await rm(incoming, { recursive: true });
    await syncTree(folder);
    await rm(marker);
    syncPath(folder);
  }

  async health(): Promise<void> {
    await this.#call('health', undefined, false, healthMillisecondsMax);
  }

  stats(): Promise<{ rows: number; bytes: number; residentBytes: number }> {
    return this.#call('stats', undefined);
  }

  /** Commits what was taken, then ends the child; within seconds in any case. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, lastCommitMillisecondsMax);
    });
    await Promise.race([this.#writer.close(), late]);
    clearTimeout(timer);
    await this.#engine.close();
  }

  #exportNext(id: number): Promise<Uint8Array | undefined> {
    return this.#call<Uint8Array | undefined>('exportNext', { id }, false, exportPieceMillisecondsMax);
  }

  #call<T>(
    method: keyof SampleCalls,
    argument: unknown,
    idempotent = true,
    millisecondsMax = queryMillisecondsMax,
  ): Promise<T> {
    const hung = { hungMillisecondsMax: Math.max(hungMillisecondsMax, millisecondsMax) };
    return this.#engine.call<T>(method, argument, { idempotent, millisecondsMax, ...hung });
  }
}

function sampleAt(series: SeriesId, rows: SeriesRows, row: number): Sample {
  const time = rows.time[row]!;
  return {
    series,
    time,
    received: time + rows.lag[row]!,
    value: jsonValue(rows.value[row]!, rows.text.get(row)),
    status: rows.status[row]!,
  };
}

function jsonValue(number: number, text: string | undefined): Value {
  if (text === undefined) return Number.isNaN(number) ? null : number;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}
