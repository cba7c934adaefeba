import type {
  BrowseNode,
  ConnectionProblem,
  ConnectionState,
  LocalText,
  SettingFields,
  SettingProblem,
  SettingValue,
  TerminalErrorKind,
  TestReport,
  ThingDescription,
} from '@millrace/contract';
import type { BatchBuilder } from './batch.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Thing } from './things.ts';

/** Settings of one connection as a protocol gets them: checked and defaulted. */
export type CheckedSettings = { readonly [name: string]: SettingValue };

/**
 * An error a protocol raises on purpose. `settings` and `denied` stop the connection until a person acts, `unavailable` is
 * retried, `bad-data` is counted. Anything else thrown counts as `unavailable` and is logged with its stack.
 */
export class TerminalError extends Error {
  readonly problem: ConnectionProblem;
  constructor(
    kind: TerminalErrorKind,
    code: string,
    what: LocalText,
    remedy: LocalText,
    more: { detail?: string; field?: string } = {},
  ) {
    super(what.en);
    this.problem = { kind, code, what, remedy, ...more };
  }
}

/**
 * The way from a protocol to the platform. Values go into the open batch; `committed` calls back once the batch that is open
 * now has been stored, or has failed. Never acknowledge a sender before that call.
 */
export interface Intake {
  /** The batch that is open now. Ask for it anew in every turn of the event loop. */
  readonly batch: BatchBuilder;
  /**
   * Call it in the turn of the event loop that put the values in. Calls back exactly once: without an error after everything put into the open batch in this turn is durable; with one if it could
   * not be stored (then the sender must keep it: do not acknowledge).
   */
  committed(call: (error: Error | undefined) => void): void;
  /** True while so much is uncommitted that a protocol must make its senders wait, or drop and count. */
  readonly congested: boolean;
  /** Calls back once when `congested` is false again (at once, asynchronously, if it is). */
  drained(call: () => void): void;
}

/** Who a terminal is after it has shown its credentials. */
export interface TerminalIdentity {
  username: string;
  /** The thing whose credentials they are. */
  thing: string;
  /** Microseconds; from then on they no longer hold, and sessions that use them must end. Absent: until they are withdrawn. */
  expires?: number;
}

export interface TerminalContext {
  readonly connection: { readonly id: string; readonly title: string };
  readonly settings: CheckedSettings;
  /** Things reached through this connection; for a listener: every thing. Looked up by id, in constant time. */
  readonly things: ReadonlyMap<string, Thing>;
  /** Called after `things` changed, with the ids of those added, changed or removed. */
  onThingsChanged(call: (ids: readonly string[]) => void): void;
  readonly intake: Intake;
  readonly clock: Clock;
  /** Chance, from a seed in tests: 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Log;
  /** Aborted when the connection is to close; pending work should end. */
  readonly signal: AbortSignal;
  /** A folder this protocol may keep files in (certificates); made on demand, mode 0700. */
  readonly folder: string;
  /** A folder shared by all connections of the protocol, and by its tests and browsing: what the plant knows this platform by. */
  readonly protocolFolder: string;
  /** Says how the connection is while it is open: `connected`, or `degraded` with what is wrong (one unit silent, …). */
  report(state: Extract<ConnectionState, 'connected' | 'degraded'>, problem?: ConnectionProblem): void;
  /** The open connection is gone: it will be closed and opened again, with back-off, as the problem's kind says. */
  lost(problem: ConnectionProblem): void;
  /** Announces a thing that a terminal described by itself (a birth). The platform asks a person, or accepts by setting. */
  propose(description: ThingDescription, source: string): void;
  /** Adds to a counter shown with the connection, e.g. `reads`, `readErrors`, `missedPolls`, `sessions`. */
  count(name: string, by: number): void;
  /** Sets a counter that is a level and not a sum, e.g. `sessions`, `lagMilliseconds`. */
  gauge(name: string, value: number): void;
  /** Checks a terminal's credentials (listeners). Undefined: refused. */
  authenticate(username: string, password: string): TerminalIdentity | undefined;
  /** Authorities whose client certificates a TLS listener asks for and verifies (PEM each). Absent: it asks for none. */
  readonly clientAuthorities?: readonly string[];
  /** Called when `clientAuthorities` has changed. */
  onClientAuthoritiesChanged?(call: () => void): void;
  /**
   * The terminal of a client certificate that TLS has verified, by its SHA-256 (hexadecimal, lower case); undefined: it is registered for
   * no thing, or was revoked.
   */
  authenticateCertificate?(fingerprint: string): TerminalIdentity | undefined;
  /** An answer to a command that was given up or answered before. It is counted and shown, and changes nothing. */
  lateAnswer?(command: string, answer: { state: string; detail?: string }): void;
  /** Called when credentials are withdrawn: sessions that use them must end. */
  onCredentialsWithdrawn(call: (username: string) => void): void;
  /** Times until which each series of this connection has samples (µs), for reading history into the gap. */
  lastStored(series: readonly number[]): Promise<ReadonlyMap<number, number>>;
}

/** What became of a write, as far as the protocol can know it. Never more than is known. */
export interface WriteOutcome {
  /** `sent`: handed over, and the protocol has no way to tell what the thing did with it. */
  state: 'confirmed' | 'refused' | 'sent';
  by?: 'acknowledgement' | 'read-back';
  /** The value as it was read back. */
  value?: unknown;
  /** Refused: why, in the protocol's own words; else what a person should know. */
  detail?: string;
}

/** What a command carries beside its value. */
export interface CommandOptions {
  /** Id of the command: an answer that comes too late or twice is told by it, see `TerminalContext.lateAnswer`. */
  command?: string;
  /** Fencing token of the lease, for things that check it themselves. */
  fence?: number;
}

/**
 * Codes of TerminalErrors that `write` and `invoke` reject with once something may have reached the thing. Any other TerminalError says
 * that nothing was sent.
 */
export const commandTimedOut = 'command-timed-out';
export const commandLost = 'command-lost';

export interface TerminalSession {
  /** Ends it in an orderly way (birth and death certificates, subscriptions); bounded by the host to 5 s. */
  close(): Promise<void>;
  /** Invokes an action of a thing reached by this session. Rejects with TerminalError. */
  invoke?(
    thing: string,
    action: string,
    input: unknown,
    options?: CommandOptions,
  ): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }>;
  /**
   * Writes a property of a thing reached by this session. `refused` is an answer of the thing; rejects with TerminalError, whose code says
   * whether anything was sent.
   */
  write?(thing: string, property: string, value: unknown, options?: CommandOptions): Promise<WriteOutcome>;
  /** True if `invoke` and `write` can reach this thing now. */
  reaches?(thing: string): boolean;
}

/** What `test` and `browse` get: no things, no intake. */
export interface ProbeContext {
  readonly settings: CheckedSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly folder: string;
  /** A folder shared by all connections of the protocol, and by its tests and browsing: what the plant knows this platform by. */
  readonly protocolFolder: string;
}

/**
 * A terminal protocol. `check` never touches the network; `test` and `browse` touch it and keep nothing; `open` connects once,
 * resolves when values can flow, and throws TerminalError when they cannot.
 */
export interface TerminalProtocol {
  /** id = folder name. */
  readonly id: string;
  readonly title: LocalText;
  readonly summary: LocalText;
  /** URI schemes of the forms it serves. Empty: it only takes what comes in. */
  readonly schemes: readonly string[];
  /** A listener is opened once and takes what comes in; a client is opened towards each endpoint. */
  readonly direction: 'listener' | 'client';
  readonly settings: SettingFields;
  check(settings: CheckedSettings): readonly SettingProblem[];
  /** Settings for an endpoint that a Thing Description names (`scheme://host:port`), where no connection has been set up for it. */
  settingsFor?(endpoint: string): Record<string, SettingValue> | undefined;
  /** The endpoint (`scheme://host:port`) that settings reach: forms with the same one belong to the connection. */
  endpoint?(settings: CheckedSettings): string | undefined;
  open(context: TerminalContext): Promise<TerminalSession>;
  test(context: ProbeContext): Promise<TestReport>;
  browse?(context: ProbeContext, node: string | undefined): Promise<readonly BrowseNode[]>;
}

export function defineTerminal<T extends TerminalProtocol>(protocol: T): T {
  return protocol;
}
