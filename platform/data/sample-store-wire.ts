import type { SampleColumns, SeriesId, ThingEvent } from '@millrace/contract';
import type { ExportRequest, SpanRequest, SqlName, SqlQuestion } from '@millrace/sdk';
import type { EngineMethods } from './engine-child.ts';
import type { RetentionDays, SampleEngine } from './sample-engine.ts';
import { StoreBusyError, StoreError } from './store-error.ts';

/** Files being written for somebody at once. */
const exportsMax = 8;

/** What the parent asks of the samples' process, one argument each. */
export interface SampleCalls {
  open: { folder: string; filling: boolean };
  insert: { columns: SampleColumns; events: readonly ThingEvent[] };
  samples: { series: SeriesId; from: number; to: number; points: number };
  spans: SpanRequest;
  latest: { series: readonly SeriesId[] };
  events: { thing: string; name: string | undefined; from: number; to: number; limit: number };
  exportOpen: ExportRequest;
  exportNext: { id: number };
  exportClose: { id: number };
  forget: { series: readonly SeriesId[]; thing: string };
  setRetention: RetentionDays;
  freeze: { name: string };
  attach: { folder: string };
  settle: undefined;
  unfreeze: { name: string };
  sqlNames: { version: number; names: readonly SqlName[] };
  sql: SqlQuestion;
  health: undefined;
  stats: undefined;
  close: undefined;
}

type Methods = { [K in keyof SampleCalls]: (argument: SampleCalls[K]) => Promise<unknown> };

export function serveSampleEngine(
  open: (folder: string, filling: boolean) => Promise<SampleEngine>,
): EngineMethods {
  let opened: SampleEngine | undefined;
  const engine = (): SampleEngine => {
    if (opened === undefined) throw new StoreError('closed', 'The sample store is not open.');
    return opened;
  };
  const exports = new Map<number, AsyncGenerator<Uint8Array>>();
  let nextExport = 1;
  const methods: Methods = {
    open: async ({ folder, filling }) => {
      opened = await open(folder, filling);
    },
    insert: ({ columns, events }) => engine().insert(columns, events),
    samples: ({ series, from, to, points }) => engine().samples(series, from, to, points),
    spans: (request) => engine().spans(request),
    latest: ({ series }) => engine().latest(series),
    events: ({ thing, name, from, to, limit }) => engine().events(thing, name, from, to, limit),
    exportOpen: async (request) => {
      if (exports.size >= exportsMax) {
        throw new StoreBusyError(`${exportsMax} exports are running; try again when one is done.`);
      }
      const id = nextExport++;
      exports.set(id, engine().exportSamples(request));
      return id;
    },
    exportNext: async ({ id }) => {
      const { value, done } = (await exports.get(id)?.next()) ?? { value: undefined, done: true };
      if (done === true) exports.delete(id);
      return done === true ? undefined : value;
    },
    exportClose: async ({ id }) => {
      const running = exports.get(id);
      exports.delete(id);
      await running?.return(undefined);
    },
    forget: ({ series, thing }) => engine().forget(series, thing),
    setRetention: (days) => engine().setRetention(days),
    freeze: ({ name }) => engine().freeze(name),
    attach: ({ folder }) => engine().attach(folder),
    settle: () => engine().summaries.settle(),
    unfreeze: ({ name }) => engine().unfreeze(name),
    sqlNames: ({ version, names }) => engine().sql.setNames(version, names),
    sql: (question) => engine().sql.ask(question),
    health: () => engine().health(),
    stats: () => engine().stats(),
    close: async () => {
      await opened?.close();
    },
  };
  return methods as EngineMethods;
}
