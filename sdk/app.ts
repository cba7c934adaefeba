import type {
  Actor,
  AppManifest,
  LocalText,
  Microseconds,
  Permission,
  Route,
  Sample,
  SampleColumns,
  SeriesId,
  ThingDescription,
} from '@millrace/contract';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { AppNetwork } from './network-layer.ts';
import type {
  AuditEntry,
  CommandRequest,
  CommandTicket,
  GroupRequest,
  GroupTicket,
  RecordStore,
  ReducedSamples,
  SpanColumns,
} from './ports.ts';
import type { CheckedSettings } from './terminal.ts';
import type { ThingRecord } from './things.ts';

/** A property of a thing. */
export interface PropertyName {
  thing: string;
  property: string;
}

/** Things as an application sees them: all of the plant's; what a caller may see is checked at the route. */
export interface AppThings {
  all(): Iterable<ThingRecord>;
  get(id: string): ThingRecord | undefined;
  /** Things with this `@type`. */
  ofType(type: string): ThingRecord[];
  /** ISA-95 path; empty where none is given. */
  placeOf(thing: ThingRecord): string;
  onChange(call: () => void): () => void;
  /** Registers a thing of the application's own (its indicators), or changes it. Its id must begin with `urn:millrace:app:<app id>:`. */
  put(description: ThingDescription): Promise<ThingRecord>;
  remove(id: string): Promise<boolean>;
}

/** Values as they come. */
export interface AppValues {
  latest(property: PropertyName): Sample | undefined;
  /** Columns of what was accepted, at once, before it is stored. Must not be kept. */
  subscribe(receive: (columns: SampleColumns) => void): () => void;
  seriesOf(property: PropertyName): SeriesId | undefined;
  ownerOf(series: SeriesId): PropertyName | undefined;
  /** Gives values of the application's own things the way any terminal's take; resolves when they are stored. */
  publish(
    values: readonly {
      thing: string;
      property: string;
      value: number | boolean | string | null;
      /** Now, where it is not told. */
      time?: Microseconds;
      /** OPC UA StatusCode; Good, where it is not told. */
      status?: number;
    }[],
  ): Promise<void>;
}

/** What was. */
export interface AppHistory {
  samples(
    property: PropertyName,
    from: Microseconds,
    to: Microseconds,
    points: number,
  ): Promise<ReducedSamples>;
  /** Equal spans of several properties at once. `series` in the answer is the position in `properties`; unknown ones are left out. */
  spans(
    properties: readonly PropertyName[],
    from: Microseconds,
    to: Microseconds,
    span: Microseconds,
  ): Promise<SpanColumns>;
}

/**
 * The way to the machines: the platform's command desk, with the application as actor. `approvedBy` is the person in whose name it is done.
 * Leases, limits, interlocks, two-person release and the audit trail apply to applications as to everybody.
 */
export interface AppCommands {
  write(
    request: Omit<CommandRequest, 'actor'> & { property: string; value: unknown; approvedBy?: Actor },
  ): Promise<CommandTicket>;
  invoke(
    request: Omit<CommandRequest, 'actor'> & { action: string; input?: unknown; approvedBy?: Actor },
  ): Promise<CommandTicket>;
  /** Written in order; on failure restored in reverse. */
  applyGroup(request: Omit<GroupRequest, 'actor'> & { approvedBy: Actor }): Promise<GroupTicket>;
  undoGroup(group: string, approvedBy: Actor): Promise<GroupTicket>;
}

/** Everything an application reaches of the platform. Time, chance and the network come through here and from nowhere else. */
export interface AppContext {
  readonly id: string;
  /** As they are now. */
  readonly settings: CheckedSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the application is switched off. */
  readonly signal: AbortSignal;
  /** IANA name of the plant's time zone, and its name, as set now. */
  readonly plant: { readonly timeZone: string; readonly name: string };
  readonly things: AppThings;
  readonly values: AppValues;
  readonly history: AppHistory;
  /** The application's tables (its migrations) are its own; it touches no other. */
  readonly records: RecordStore;
  readonly commands: AppCommands;
  /** Whether the network gives what the manifest says the application needs. */
  readonly network: AppNetwork;
  /** Records what a person did in the application; done only if it resolves. */
  audit(entry: Omit<AuditEntry, 'actor'> & { actor?: Actor }): Promise<void>;
  /**
   * Runs one of the application's `computations` away from the platform's own thread. Rejects when it throws, takes longer than
   * `millisecondsMax` (default 60 s) or needs more memory than it is given.
   */
  compute<T>(name: string, input: unknown, millisecondsMax?: number): Promise<T>;
}

/** Who calls a route of an application. */
export interface AppCaller {
  readonly actor: Actor;
  may(permission: Permission, place: string): boolean;
}

export interface AppRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly caller: AppCaller;
}

/** An answer that is not JSON. */
export interface AppFile {
  readonly file: string;
  readonly contentType: string;
  readonly content: Uint8Array | string;
}

/** An error an application raises on purpose, for the person who called. */
export class AppError extends Error {
  readonly status: number;
  readonly code: string;
  readonly words: LocalText;
  readonly remedy: LocalText | undefined;
  /** Fields that are wrong, each with what is wrong with it. */
  readonly fields: readonly { field: string; message: LocalText }[];
  constructor(
    status: 400 | 403 | 404 | 409 | 422 | 503,
    code: string,
    words: LocalText,
    remedy?: LocalText,
    fields: readonly { field: string; message: LocalText }[] = [],
  ) {
    super(words.en);
    this.status = status;
    this.code = code;
    this.words = words;
    this.remedy = remedy;
    this.fields = fields;
  }
}

/** What runs for longer than a request waits: shown with its progress, can be cancelled. */
export interface AppJobDefinition {
  readonly title: LocalText;
  readonly summary: LocalText;
  /** Started by the platform this often, beside by people. */
  readonly everySeconds?: number;
  run(
    context: AppContext,
    input: unknown,
    job: {
      /** 0 to 1, and what is being done, for people. */
      progress(share: number, step: string): void;
      readonly signal: AbortSignal;
      readonly startedBy: Actor;
    },
  ): Promise<unknown>;
}

/**
 * What an application starts with in a demo plant: requests to its own routes, and jobs, made once by the plant, over HTTP like anybody's. In
 * texts `{day}`, `{day-7}`, `{day+1}` stand for a date on the plant's calendar, and `{now}` for the time.
 */
export interface AppDemo {
  /** Below the application's own path. */
  readonly puts: readonly { readonly path: string; readonly body: unknown }[];
  /** One after the other, once the plant's past is handed over. */
  readonly jobs: readonly { readonly job: string; readonly input?: unknown }[];
}

/** By the id of the pack that the demo plant runs. */
export type AppDemos = Readonly<Record<string, AppDemo>>;

/**
 * An application: `observe` reads the plant, `assess` and `decide` are pure functions of (situation, settings, now) and run away from the
 * platform's own thread, `act` alone has effects. Situation, assessment and decision are JSON. So any round can be replayed.
 */
export interface AppDefinition<Situation = unknown, Assessment = unknown, Decision = unknown> {
  readonly manifest: AppManifest;
  /** Checks what the fields' own declaration cannot: settings that contradict each other. */
  check?(settings: CheckedSettings): readonly { field: string; message: LocalText }[];
  /** Ids begin with `app-<id>-`; landed ones never change. */
  readonly migrations?: readonly { id: string; sql: string }[];
  /** Seconds between rounds. */
  everySeconds(settings: CheckedSettings): number;
  /** Called when it is switched on, before the first round; what it gives back is ended when it is switched off. */
  start?(context: AppContext): Promise<{ stop(): Promise<void> } | undefined>;
  observe(context: AppContext): Promise<Situation>;
  assess(situation: Situation, settings: CheckedSettings, now: Microseconds): Assessment;
  decide(assessment: Assessment, settings: CheckedSettings, now: Microseconds): Decision;
  act(decision: Decision, context: AppContext): Promise<void>;
  /** A decision in a sentence; a round whose sentence is the one before's is not kept anew. */
  summarise(decision: Decision): LocalText;
  /** Pure functions for heavy work, by name; input and output are structured-cloneable. */
  readonly computations?: Readonly<Record<string, (input: never) => unknown>>;
  readonly jobs?: Readonly<Record<string, AppJobDefinition>>;
  readonly demo?: AppDemos;
  /** Route name → route below `/api/apps/<id>/`, and its handler. */
  readonly routes?: Readonly<Record<string, Route>>;
  readonly handlers?: Readonly<
    Record<string, (request: AppRequest, context: AppContext) => Promise<unknown> | unknown>
  >;
}

export function defineApp<S, A, D>(app: AppDefinition<S, A, D>): AppDefinition<S, A, D> {
  return app;
}
