import type {
  Actor,
  FlowFilter,
  LanGroupInput,
  LocalText,
  MeasurementMethod,
  Microseconds,
  PduSession,
  Permission,
  Qos,
  RadioState,
  SettingFields,
  SettingProblem,
  SliceInput,
  TestReport,
} from '@millrace/contract';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { CheckedSettings } from './terminal.ts';

/* What was measured ------------------------------------------------------------------------------------------------------------ */

/** What became of a message or a probe. */
export const fate = {
  arrived: 0,
  /** Gone; in which direction is not known. */
  lost: 1,
  lostUplink: 2,
  lostDownlink: 3,
  /** Not sent: the sender was busy, out of budget, or had no network. Says nothing of the path. */
  unsent: 4,
} as const;

/**
 * Probes of one session (one terminal, one class of service), in the order of sending. Times of sending in µs since the epoch, durations in µs.
 * NaN where there is no figure: a lost probe has no round trip, a one-way time exists only where both clocks are disciplined.
 */
export interface ProbeColumns {
  readonly count: number;
  readonly sent: Float64Array;
  readonly roundTrip: Float64Array;
  /** Terminal → platform. */
  readonly uplink: Float64Array;
  /** Platform → terminal. */
  readonly downlink: Float64Array;
  /** One of `fate`. */
  readonly fate: Uint8Array;
  /** How late it was sent, against its schedule: what the prober itself did wrong. */
  readonly lateness: Float64Array;
}

/** What a prober knows of itself and of the session, beside the probes. */
export interface ProbeSession {
  readonly terminal: string;
  readonly method: MeasurementMethod;
  readonly dscp: number;
  readonly intervalMs: number;
  /** A probe that has not come back after this is lost. */
  readonly timeoutMs: number;
  readonly octets: number;
  /**
   * Round trips of a reflector on the same machine over the same time, µs: what this prober cannot see below. `share` of them lie at or below
   * `microseconds`; ascending.
   */
  readonly noise: readonly { share: number; microseconds: number }[];
  /** Uncertainty of one-way times, µs, from the state of both clocks; undefined: they cannot be told. */
  readonly clockErrorMicroseconds: number | undefined;
}

/** Messages that came by themselves: the samples of a terminal, as intake saw them, in the order of receiving. */
export interface PassiveColumns {
  readonly count: number;
  /** When the terminal says it was sent (µs); NaN where it does not say. */
  readonly sent: Float64Array;
  readonly received: Float64Array;
}

/** Everything there is to judge one flow of one terminal over one window. */
export interface FlowEvidence {
  readonly from: Microseconds;
  readonly to: Microseconds;
  readonly probes: readonly { session: ProbeSession; columns: ProbeColumns }[];
  readonly passive: { columns: PassiveColumns; clockErrorMicroseconds: number | undefined } | undefined;
  /** Rates seen, Mbit/s, with how: `offered` load below the limit says nothing of what the path could carry. */
  readonly rates: readonly {
    direction: 'uplink' | 'downlink';
    mbps: number;
    /** The sender had more to send than the path took. */
    saturated: boolean;
    method: MeasurementMethod;
    seconds: number;
  }[];
  /** Share of the area, where the level was met, at places measured; for coverage. */
  readonly coverage: { share: number; cells: number } | undefined;
}

/* Providers: who can change something in a network ------------------------------------------------------------------------------- */

export const providerAbilities = [
  'qos',
  'slices',
  'groups',
  'subscribers',
  'terminals',
  'influence',
  'monitoring',
  'time-sync',
  'location',
  'reachability',
  'profiles',
] as const;
export type ProviderAbility = (typeof providerAbilities)[number];

export interface ProviderManifest {
  /** id = folder, kebab-case. */
  id: string;
  title: LocalText;
  summary: LocalText;
  settings: SettingFields;
  /** What it can do, and in words what it can and cannot do there. An ability that is not named is not there. */
  can: Partial<Record<ProviderAbility, LocalText>>;
  cannot: readonly LocalText[];
  /** Where a quality is enforced, so that nobody takes a yes for a guarantee. */
  enforcedBy: LocalText;
  /** Specification and version it speaks. */
  speaks: readonly string[];
}

/** Why a provider did not do what was asked. */
export type ProviderErrorKind =
  /** The settings are wrong; stop until a person mends them. */
  | 'settings'
  /** Not there, hangs, answers 5xx; try again. */
  | 'unavailable'
  /** Credentials or rights; tell a person. */
  | 'denied'
  /** It understood and said no: no such terminal, no such profile, no capacity. */
  | 'refused'
  /** It knows nothing (any more) of what is asked about. */
  | 'gone'
  /** It answered what the specification does not allow. */
  | 'nonsense'
  /** It cannot do that at all. */
  | 'unsupported';

export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  readonly words: LocalText;
  /** What was answered, shortened: for the engineer. */
  readonly detail: string | undefined;
  constructor(kind: ProviderErrorKind, words: LocalText, detail?: string) {
    super(words.en);
    this.kind = kind;
    this.words = words;
    this.detail = detail?.slice(0, 2000);
  }
}

/** A terminal as a provider is told of it. */
export interface ProviderTerminal {
  readonly id: string;
  readonly address: string | undefined;
  readonly supi: string | undefined;
  readonly gpsi: string | undefined;
  readonly iccid: string | undefined;
}

/** Quality wanted for a flow of a terminal. The same `key`: the same binding, however often it is asked for. */
export interface BindingRequest {
  readonly key: string;
  readonly terminal: ProviderTerminal;
  /** The platform's side of the flow. */
  readonly platformAddress: string;
  readonly filters: readonly FlowFilter[];
  readonly qos: Qos;
  readonly slice: SliceInput | undefined;
  readonly durationSeconds: number | undefined;
}

/** What the provider said yes to. `values`: what exactly, as it told; it may be less than what was asked. */
export interface Accepted {
  readonly reference: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly words: LocalText;
  /** When it ends by itself (µs). */
  readonly expires?: Microseconds | undefined;
}

/** What is in force, read back from the network. `inForce` undefined: this provider cannot tell. */
export interface Effective {
  readonly inForce: boolean | undefined;
  readonly values: Readonly<Record<string, unknown>>;
  readonly words: LocalText;
}

/** A terminal as a core or an operator knows it. */
export interface SeenTerminal {
  readonly supi: string | undefined;
  readonly gpsi: string | undefined;
  readonly pei: string | undefined;
  readonly radio: RadioState | undefined;
  readonly sessions: readonly PduSession[];
}

/** Traffic of terminals that is to leave the mobile network at an edge zone. */
export interface SteeringRequest {
  readonly terminals: readonly ProviderTerminal[];
  readonly filters: readonly FlowFilter[];
  readonly platformAddress: string;
  /** Data network access identifier of the zone, as the operator names it (TS 23.501, 5.6.7). */
  readonly dnai: string;
}

export interface TimeSyncRequest {
  readonly terminals: readonly ProviderTerminal[];
  /** How far a terminal's clock may be off, ns. */
  readonly accuracyNanoseconds: number;
}

export interface SubscriberInput {
  readonly supi: string;
  readonly gpsi: string | undefined;
  /** Hexadecimal, 128 bit; secret. Absent: what the provider has is kept. */
  readonly key: string | undefined;
  readonly opc: string | undefined;
  readonly amf: string | undefined;
  readonly slices: readonly { slice: SliceInput; isDefault: boolean; dnn: string; qos: Qos }[];
  /** Aggregate maximum bit rates, kbit/s. */
  readonly ambrUplink: number;
  readonly ambrDownlink: number;
}

/** What a provider does. Every method may reject with ProviderError; whatever else is thrown counts as `unavailable`. */
export interface NetworkProvider {
  /** What a person sees who presses "test": each step, what it found. Changes nothing. */
  test(): Promise<TestReport>;
  /** What `apply…` would do, in words and as it would be sent, without doing it. */
  dryRun?(request: BindingRequest): Promise<{ words: LocalText; values: Readonly<Record<string, unknown>> }>;
  applyBinding?(request: BindingRequest): Promise<Accepted>;
  /**
   * Puts another quality in the place of one it accepted, without a moment in which there is neither. Where it is missing, the old one is
   * released and the new one asked for under another key.
   */
  changeBinding?(reference: string, before: BindingRequest, request: BindingRequest): Promise<Accepted>;
  readBinding?(reference: string, request: BindingRequest): Promise<Effective>;
  /** Resolves too where it was gone already. */
  releaseBinding?(reference: string, request: BindingRequest): Promise<void>;
  applySlice?(key: string, slice: SliceInput): Promise<Accepted>;
  /** As `changeBinding`. */
  changeSlice?(reference: string, before: SliceInput, slice: SliceInput): Promise<Accepted>;
  readSlice?(reference: string, slice: SliceInput): Promise<Effective>;
  releaseSlice?(reference: string, slice: SliceInput): Promise<void>;
  applyGroup?(key: string, group: LanGroupInput, members: readonly ProviderTerminal[]): Promise<Accepted>;
  /** As `changeBinding`: members come and go, and the others stay connected. */
  changeGroup?(
    reference: string,
    before: LanGroupInput,
    group: LanGroupInput,
    members: readonly ProviderTerminal[],
  ): Promise<Accepted>;
  readGroup?(
    reference: string,
    group: LanGroupInput,
    members: readonly ProviderTerminal[],
  ): Promise<Effective>;
  releaseGroup?(reference: string, group: LanGroupInput): Promise<void>;
  /** Terminals it knows, with their sessions. */
  terminals?(): Promise<readonly SeenTerminal[]>;
  readonly subscribers?:
    | {
        list(): Promise<readonly string[]>;
        put(subscriber: SubscriberInput): Promise<void>;
        remove(supi: string): Promise<boolean>;
      }
    | undefined;
  /** Sends the traffic of terminals to an edge zone (TS 29.522, traffic influence). */
  applySteering?(key: string, request: SteeringRequest): Promise<Accepted>;
  releaseSteering?(reference: string): Promise<void>;
  /** Time for terminals from the network (TS 29.522, time synchronisation exposure). */
  applyTimeSync?(key: string, request: TimeSyncRequest): Promise<Accepted>;
  releaseTimeSync?(reference: string): Promise<void>;
  /** What there is to give, kbit/s, by place or cell; for the computation of demand. */
  capacity?(): Promise<readonly { place: string; uplink: number; downlink: number }[]>;
  stop(): Promise<void>;
}

export interface ProviderContext {
  /** Id of this configured provider; several may be of one kind. */
  readonly id: string;
  readonly settings: CheckedSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** A folder of its own, mode 0700. */
  readonly folder: string;
  /** Where the network may send notifications to (URL without a trailing slash); undefined: nowhere. */
  readonly notificationUrl: string | undefined;
  /** Something it told of by itself: a binding that was revoked, a terminal that moved. The layer reads again. */
  changed(what: { binding?: string; slice?: string; group?: string; terminals?: true }): void;
}

export interface ProviderDefinition {
  readonly manifest: ProviderManifest;
  check?(settings: CheckedSettings): readonly SettingProblem[];
  open(context: ProviderContext): Promise<NetworkProvider>;
  /** A notification that came to `notificationUrl` (`path` is what stands behind it). */
  notified?(provider: NetworkProvider, path: string, body: unknown): Promise<void>;
}

/** Gathers the steps of a provider's test: what each found, or why it failed, and how long it took. */
export class TestSteps {
  readonly #steps: TestReport['steps'] = [];
  #failure: ProviderError | undefined;

  /** Resolves true where `work` did; what it gives is shown beside the step. */
  async take(title: LocalText, work: () => Promise<string>): Promise<boolean> {
    const began = performance.now();
    let ok = true;
    let detail: string;
    try {
      detail = await work();
    } catch (error) {
      ok = false;
      detail = error instanceof ProviderError ? error.words.en : String(error);
      if (error instanceof ProviderError) this.#failure ??= error;
    }
    this.#steps.push({
      title,
      ok,
      milliseconds: performance.now() - began,
      ...(detail === '' ? {} : { detail }),
    });
    return ok;
  }

  /** All steps; of the first that failed also why, in both languages. */
  report(ok = this.#steps.every((step) => step.ok)): TestReport {
    const error = this.#failure;
    if (ok || error === undefined) return { ok, steps: this.#steps };
    const kinds: Partial<Record<ProviderErrorKind, 'settings' | 'denied' | 'bad-data'>> = {
      settings: 'settings',
      denied: 'denied',
      refused: 'denied',
      nonsense: 'bad-data',
    };
    return {
      ok,
      steps: this.#steps,
      problem: {
        kind: kinds[error.kind] ?? 'unavailable',
        code: `provider-${error.kind}`,
        what: error.words,
        remedy: {
          en: 'Mend what stands at the step that failed, and test again.',
          zh: '请按失败步骤的说明处理，然后再次测试。',
        },
        ...(error.detail === undefined ? {} : { detail: error.detail }),
      },
    };
  }
}

export function defineProvider(provider: ProviderDefinition): ProviderDefinition {
  return provider;
}

/* Interfaces that are not the platform's own -------------------------------------------------------------------------------------- */

/** A request to an interface whose paths, bodies and errors somebody else has laid down. */
export interface ForeignRequest {
  readonly method: string;
  /** Below the prefix, decoded, beginning with "/". */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Whoever showed a token or a session of the platform; undefined: nobody, or one that is not known. */
  readonly caller: { readonly actor: Actor; may(permission: Permission, place: string): boolean } | undefined;
}

export interface ForeignAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Served by the platform below `prefix` as it is: it answers its own errors, and never rejects. */
export interface ForeignApi {
  /** Such as "/camara". */
  readonly prefix: string;
  handle(request: ForeignRequest): Promise<ForeignAnswer>;
}
