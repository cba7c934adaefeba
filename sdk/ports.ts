import type {
  Actor,
  Command,
  Microseconds,
  Sample,
  SampleColumns,
  SeriesId,
  SetPointGroup,
  ThingEvent,
} from '@millrace/contract';

/** What the samples of a range look like when there are more than were asked for. */
export interface ReducedSamples {
  /** Ascending in time. */
  samples: Sample[];
  /** False: every sample of the range is in `samples`. */
  reduced: boolean;
  /** Width of the spans whose extremes were taken. */
  spanMicroseconds: number | undefined;
}

export interface ExportRequest {
  /** What to call each series in the file. */
  series: readonly { series: SeriesId; thing: string; property: string }[];
  from: Microseconds;
  to: Microseconds;
  format: 'csv' | 'parquet';
}

/** Equal spans of several series: they start at `from` and every `span` microseconds after it. */
export interface SpanRequest {
  series: readonly SeriesId[];
  from: Microseconds;
  to: Microseconds;
  /** Width in microseconds. Whole minutes, with `from` on a minute, are answered from summaries and come fast. */
  span: Microseconds;
}

/** What happened in each span that has samples, ascending in series and start. Times in microseconds, NaN where there was no number. */
export interface SpanColumns {
  count: number;
  series: Uint32Array;
  start: Float64Array;
  /** Samples in it; of them numbers that are not bad; of them bad ones. */
  samples: Float64Array;
  numbers: Float64Array;
  bad: Float64Array;
  /** Sum of the numbers: divided by `numbers`, their mean. */
  total: Float64Array;
  least: Float64Array;
  greatest: Float64Array;
  /** First and last sample of whatever quality, with its time and StatusCode. */
  first: Float64Array;
  firstTime: Float64Array;
  firstStatus: Uint32Array;
  last: Float64Array;
  lastTime: Float64Array;
  lastStatus: Uint32Array;
}

/** A series as questions in SQL name it. */
export interface SqlName {
  series: SeriesId;
  thing: string;
  property: string;
  place: string;
  title: string;
  /** `@type`s, by line. */
  types: string;
  unit: string;
}

export interface SqlQuestion {
  query: string;
  format: 'json' | 'csv' | 'parquet';
  /** Places whose things may be seen, with all below them; the empty one is the plant. */
  places: readonly string[];
  /** Version of the names it is about. */
  names: number;
  from: Microseconds | undefined;
  to: Microseconds | undefined;
}

/** Read-only questions in SQL, from people: bounded in time, memory and size, and blind to all but what they may see. */
export interface SampleQuestions {
  /** `names` is asked for where the store does not have those of this version. Rejects with a `StoreError` whose `code` is `input` where it is refused. */
  sql(question: SqlQuestion, names: () => readonly SqlName[]): Promise<Uint8Array>;
}

/** Samples and events: columns, time-ordered. The embedded engine and the distributed one both fit behind it. */
export interface SampleStore {
  /** Resolves after the rows are durable; rejects if they are not. Rows with the same series and time replace earlier ones. */
  append(columns: SampleColumns, events: readonly ThingEvent[]): Promise<void>;
  /**
   * History of one series, from ≤ time < to, ascending. At most `points` samples: all of them, or the least and greatest (with
   * their own times and qualities, and bad ones so that gaps stay gaps) of equal spans. No peak is ever lost.
   */
  samples(series: SeriesId, from: Microseconds, to: Microseconds, points: number): Promise<ReducedSamples>;
  /** What happened in equal spans of many series; rejects where there are more than a million of them. */
  spans(request: SpanRequest): Promise<SpanColumns>;
  /** Latest sample of each series that has one. */
  latest(series: readonly SeriesId[]): Promise<Map<SeriesId, Sample>>;
  events(
    thing: string,
    name: string | undefined,
    from: Microseconds,
    to: Microseconds,
    limit: number,
  ): Promise<ThingEvent[]>;
  /** Streams a file; rejects on the iterator. Bounded memory. */
  exportSamples(request: ExportRequest): AsyncIterable<Uint8Array>;
  /** Removes the history of series (their thing was deleted). */
  forget(series: readonly SeriesId[], thing: string): Promise<void>;
  /** Days kept per tier; 0 = for ever. */
  setRetention(days: { raw: number; minute: number; hour: number; events: number }): Promise<void>;
  /** Writes a consistent copy into an empty folder while running. */
  backup(folder: string): Promise<void>;
  /** Resolves if an insert and a query would work now; rejects with why not. */
  health(): Promise<void>;
  stats(): Promise<{ rows: number; bytes: number; residentBytes: number }>;
  close(): Promise<void>;
}

export type RecordValue =
  | string
  | number
  | boolean
  | null
  | Date
  | readonly RecordValue[]
  | { readonly [key: string]: unknown };

export interface RecordStatement {
  sql: string;
  parameters?: readonly RecordValue[];
}

/** Records: rows and transactions in PostgreSQL's dialect. */
export interface RecordStore {
  query<T = Record<string, unknown>>(sql: string, parameters?: readonly RecordValue[]): Promise<T[]>;
  /** All or nothing, durable when it resolves. Results in order. */
  transaction(statements: readonly RecordStatement[]): Promise<Record<string, unknown>[][]>;
  backup(folder: string): Promise<void>;
  health(): Promise<void>;
  close(): Promise<void>;
}

/** The live bus: what was accepted, at once, before it is stored. Subscribers must not keep the columns. */
export interface LiveBus {
  publish(columns: SampleColumns): void;
  subscribe(receive: (columns: SampleColumns) => void): () => void;
  publishEvent(event: ThingEvent): void;
  subscribeEvents(receive: (event: ThingEvent) => void): () => void;
}

/** Something somebody did, or tried to do. */
export interface AuditEntry {
  actor: Actor;
  /** What was done, by area: `command.write`, `alarm.acknowledge`, `user.create`, `session.refused`. */
  action: string;
  /** What it was done to: thing id, user name, rule id; empty where it has none. */
  object: string;
  /** ISA-95 path of the object; empty: the plant. */
  place: string;
  /** JSON that tells the rest. Never a secret. */
  detail: Readonly<Record<string, unknown>>;
  outcome: 'asked' | 'done' | 'refused' | 'failed';
}

/** The audit trail: append-only, each record chained to the one before by its hash. */
export interface AuditTrail {
  /** Resolves with the record's number once it is durable; rejects if it is not: then what it tells must not be done. */
  record(entry: AuditEntry): Promise<number>;
}

/** What every command says of itself. */
export interface CommandRequest {
  actor: Actor;
  thing: string;
  /** The same actor, key and content: the same command, however often it is asked for. Another content: refused. */
  key?: string | undefined;
  /**
   * Fencing token of the lease the actor holds on the thing. Without one the platform takes a lease for the length of the command, if nobody
   * holds one and the thing's model declares no safe action.
   */
  lease?: number | undefined;
  /** What it is for, where it was not a person who chose it; shown with the command. */
  why?: string | undefined;
  deadlineSeconds?: number | undefined;
}

export interface CommandTicket {
  /** As it was recorded. */
  command: Command;
  /** Resolves with the command in its final state; never rejects. */
  settled: Promise<Command>;
}

export interface GroupRequest {
  actor: Actor;
  title: string;
  /** Written in this order; on failure restored in reverse. */
  steps: readonly { thing: string; property: string; value: unknown }[];
  /** Thing → token, for things whose lease the actor holds. */
  leases?: Readonly<Record<string, number>> | undefined;
  key?: string | undefined;
  why?: string | undefined;
}

export interface GroupTicket {
  group: SetPointGroup;
  settled: Promise<SetPointGroup>;
}

/**
 * The one way to act on things, for rules and applications as for people: limits, interlocks, leases, two-person release and audit apply to all
 * alike. Methods reject (with an error whose `code` names why) where the command is not even recorded.
 */
export interface CommandDesk {
  write(request: CommandRequest & { property: string; value: unknown }): Promise<CommandTicket>;
  invoke(request: CommandRequest & { action: string; input?: unknown }): Promise<CommandTicket>;
  applyGroup(request: GroupRequest): Promise<GroupTicket>;
  undoGroup(group: string, actor: Actor, leases?: Readonly<Record<string, number>>): Promise<GroupTicket>;
  /** The token is `token`; it has to be renewed before `expires` (µs), or the thing is made safe. */
  takeLease(thing: string, actor: Actor, seconds?: number): Promise<{ token: number; expires: Microseconds }>;
  renewLease(thing: string, token: number, actor: Actor): Promise<{ expires: Microseconds }>;
  releaseLease(thing: string, token: number, actor: Actor): Promise<void>;
}
