import type { AlarmRuleInput, LocalText, NetworkNeed, Verdict, VerdictState } from '@millrace/contract';
import type { AppHistory, AppRequest, AppThings, AppValues } from './app.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { ForeignApi } from './network.ts';
import type { AuditTrail, RecordStore } from './ports.ts';

/** Between the platform and its network layer: what each sees of the other. */

/** How a thing is reached: the other end of its connection. */
export interface ThingPeer {
  readonly thing: string;
  /** Protocol of the connection, such as "modbus". */
  readonly protocol: string;
  readonly connection: string;
  /** Host name or address of the peer; undefined where the thing comes to the platform and its address is not known. */
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** An application as the network layer sees it. */
export interface NetworkApplication {
  readonly id: string;
  readonly title: LocalText;
  readonly enabled: boolean;
  /** `@type`s it reads or acts on: whom a need concerns that names none. */
  readonly things: readonly string[];
  readonly needs: readonly NetworkNeed[];
}

/** What the network layer reaches of the platform. */
export interface NetworkPlatform {
  readonly clock: Clock;
  readonly log: Log;
  readonly records: RecordStore;
  readonly audit: AuditTrail;
  /** A folder of its own, mode 0700. */
  readonly folder: string;
  readonly seal: { seal(secret: string): string; open(sealed: string): string };
  plant(): { readonly timeZone: string; readonly name: string };
  /** Ids of its own things begin with `urn:millrace:network:`. */
  readonly things: AppThings;
  readonly values: AppValues;
  readonly history: AppHistory;
  peers(): Iterable<ThingPeer>;
  applications(): readonly NetworkApplication[];
  /** Makes sure that a rule of the layer's own is there; one that people have changed stays as they left it. */
  ensureAlarmRule(id: string, rule: AlarmRuleInput): Promise<void>;
  /** Where networks reach the platform for notifications (URL without a trailing slash); undefined: nowhere. */
  readonly notificationBase: string | undefined;
}

/** Whether a command's path is good enough, and why not. */
export interface PathState {
  readonly state: VerdictState;
  readonly words: LocalText;
}

/** What an application hears of its own needs. */
export interface AppNetwork {
  /** The worst verdict over its terminals now; undefined: nothing was judged, or there is no such need. */
  state(need: string): AppNetworkState | undefined;
  /** Told whenever one of its needs goes from one state to another, so that it takes its declared safe action; gives back how to call it off. */
  onChange(call: (state: AppNetworkState) => void): () => void;
}

export interface AppNetworkState {
  readonly need: string;
  readonly state: VerdictState;
  readonly since: number;
  readonly reason: LocalText;
  /** Terminal that decides. */
  readonly terminal: string | undefined;
}

/** A change of verdicts, as people see it. */
export interface NetworkChange {
  readonly verdict: Verdict | undefined;
  /** A message for the live stream, as `may` allows its reader; undefined: there is nothing in it for them. */
  show(may: (place: string) => boolean): unknown | undefined;
}

/** What the platform sees of its network layer. */
export interface NetworkDoor {
  /** By name of the route. */
  readonly handlers: Readonly<Record<string, (request: AppRequest) => unknown>>;
  readonly foreign: readonly ForeignApi[];
  /** Takes a network's notification; false: there is no such provider, or the secret is not its own. */
  notified(provider: string, secret: string, path: string, body: unknown): Promise<boolean>;
  subscribe(call: (change: NetworkChange) => void): () => void;
  forApp(app: string): AppNetwork;
  /** The state of the paths to a thing, for what a command needs of them: one flow, or any of the thing's. Undefined: nothing is known of it. */
  pathOf(thing: string, flow: string | undefined): PathState | undefined;
  /** For the metrics of the platform: name → value. */
  counters(): Readonly<Record<string, number>>;
  start(): Promise<void>;
  stop(): Promise<void>;
}
