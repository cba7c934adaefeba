import type {
  Actor,
  Criterion,
  FlowFilter,
  Microseconds,
  NetworkKind,
  Qos,
  ServiceLevel,
  SliceProfile,
  Standing,
  VerdictState,
} from '@millrace/contract';
import type { AuditEntry, Clock, Log, RecordStore } from '@millrace/sdk';
import type { Area, Point, QosProfile } from './shapes.ts';

/**
 * What the server needs of the platform it is put into. It knows nothing of terminals, bindings or measurements itself; whoever fills
 * these ports does. Every method may reject: with ProviderError (`refused`, `unsupported`: the network says no; `unavailable`: answered as
 * 503) or with anything else, which is logged and answered as 500.
 */
export interface CamaraPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Where the server is reached from outside, with the prefix and without a slash at the end: `source` of every event. */
  readonly publicUrl: string;
  readonly records: CamaraRecords;
  readonly terminals: TerminalPort;
  readonly bindings: BindingPort;
  readonly slices: SlicePort;
  readonly quality: QualityPort;
  /** What is offered, now; at most 100 of them are shown. See `usualProfiles`. */
  profiles(): readonly OfferedProfile[];
  /** Sends a notification. The guard against addresses inside the plant is the port's; what it refuses it rejects. */
  post(
    url: string,
    message: { headers: Readonly<Record<string, string>>; body: string },
  ): Promise<{ status: number }>;
  /** What is wrong with an address for notifications, before anything is sent there; undefined: nothing. */
  sinkProblem?(url: string): string | undefined;
  /** Durable before what it tells is done. */
  audit(entry: AuditEntry): Promise<unknown>;
  /**
   * Gives an access token for a client's id and secret (OAuth 2.0 client credentials, `POST oauth2/token` below the prefix); undefined: they
   * are not known. Where it is absent there is no such endpoint, and clients use tokens of the platform as they are.
   */
  grant?(
    client: string,
    secret: string,
    scopes: readonly string[],
  ): Promise<{ token: string; expiresInSeconds: number } | undefined>;
}

/** What survives a restart. `data` is JSON; of subscriptions and sessions it may hold the access token of a sink. */
export interface CamaraRecord {
  readonly kind: string;
  readonly id: string;
  readonly data: string;
}
export interface CamaraRecords {
  load(): Promise<readonly CamaraRecord[]>;
  /** Durable when it resolves. */
  put(record: CamaraRecord): Promise<void>;
  remove(kind: string, id: string): Promise<void>;
}

export const camaraMigrations = [
  {
    id: 'network-010-camara',
    sql: 'CREATE TABLE camara_record (kind text NOT NULL, id text NOT NULL, data text NOT NULL, PRIMARY KEY (kind, id))',
  },
] as const;

/** The records in the platform's own store (after `camaraMigrations`), sealed: tokens of other people's sinks are among them. */
export function camaraRecordsIn(
  store: RecordStore,
  seal: { seal(secret: string): string; open(sealed: string): string },
): CamaraRecords {
  return {
    async load() {
      const rows = await store.query<{ kind: string; id: string; data: string }>(
        'SELECT kind, id, data FROM camara_record',
      );
      return rows.map(({ kind, id, data }) => {
        try {
          return { kind, id, data: seal.open(data) };
        } catch {
          // Sealed with another key: the server says which it leaves out, and goes on with the rest.
          return { kind, id, data: '' };
        }
      });
    },
    async put({ kind, id, data }) {
      await store.query(
        'INSERT INTO camara_record (kind, id, data) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO UPDATE SET data = excluded.data',
        [kind, id, seal.seal(data)],
      );
    },
    async remove(kind, id) {
      await store.query('DELETE FROM camara_record WHERE kind = $1 AND id = $2', [kind, id]);
    },
  };
}

/** How a device is told. Addresses are in their canonical text (RFC 5952), numbers begin with "+". */
export type DeviceIdentifier =
  | {
      readonly kind: 'ipv4Address';
      readonly publicAddress: string;
      readonly privateAddress: string | undefined;
      readonly publicPort: number | undefined;
    }
  | { readonly kind: 'ipv6Address'; readonly address: string }
  | { readonly kind: 'phoneNumber'; readonly number: string }
  | { readonly kind: 'networkAccessIdentifier'; readonly identifier: string };

export interface FoundTerminal {
  readonly id: string;
  /** ISA-95 path; empty: the plant. */
  readonly place: string;
  readonly kind: NetworkKind;
}

/** What is known of a terminal now. Undefined figures: not known. */
export interface TerminalStatus {
  /** When it was last heard of (µs). */
  readonly time: Microseconds;
  readonly data: boolean | undefined;
  readonly sms: boolean | undefined;
  readonly roaming: boolean | undefined;
  /** Mobile country code it is in, and the ISO 3166 names of that. */
  readonly country: { readonly code: number; readonly names: readonly string[] } | undefined;
  readonly networkType: '2G' | '3G' | '4G' | '5G' | undefined;
  readonly rsrpDbm: number | undefined;
}

/** A circle the terminal is in. */
export interface TerminalPosition {
  readonly center: Point;
  readonly radiusMetres: number;
  /** When it was there (µs). */
  readonly time: Microseconds;
}

export interface TerminalPort {
  /** Kinds of identifiers terminals are found by at all. */
  readonly identifiers: readonly DeviceIdentifier['kind'][];
  find(identifier: DeviceIdentifier): Promise<FoundTerminal | undefined>;
  get(id: string): Promise<FoundTerminal | undefined>;
  /** The terminal whose own credentials the caller used (a three-legged token); undefined: it is not one. */
  subjectOf(actor: Actor): Promise<FoundTerminal | undefined>;
  status(terminal: string): Promise<TerminalStatus | undefined>;
  /** `fresh`: found out now, if that can be done; else what is known. */
  locate(terminal: string, fresh: boolean): Promise<TerminalPosition | undefined>;
}

/** Quality asked for from outside, for one flow of a terminal. */
export interface CamaraBinding {
  /** As ids of bindings are: lower case, digits, "-". The same key: the same binding. */
  readonly key: string;
  readonly terminal: string;
  readonly by: Actor;
  readonly profile: string;
  readonly qos: Qos;
  /** Empty: all traffic of the terminal. */
  readonly filters: readonly FlowFilter[];
  /** Undefined: until it is released. The server releases it in time; the network may hold to it beside that. */
  readonly durationSeconds: number | undefined;
}

/** How a binding stands: `effective` is AVAILABLE, `refused`, `lost` and `released` are UNAVAILABLE, the rest is REQUESTED. */
export interface BindingState {
  readonly standing: Standing;
  /** The network said yes and has no way to be read back: `accepted` is all that will ever be known, and counts as AVAILABLE. */
  readonly cannotBeReadBack?: boolean | undefined;
}

export interface BindingPort {
  /** Puts it down as wanted; resolves with how it stands then, which may well be `requested`. */
  request(binding: CamaraBinding): Promise<BindingState>;
  /** `durationSeconds` in all, from when it began. */
  extend(key: string, durationSeconds: number): Promise<BindingState>;
  /** Undefined: there is none of this key (any more). */
  read(key: string): Promise<BindingState | undefined>;
  /** Resolves too where it was gone. */
  release(key: string): Promise<void>;
  /** Calls with the key whenever the standing may have changed; gives how to end that. */
  onChange(call: (key: string) => void): () => void;
}

export interface SliceBooking {
  readonly key: string;
  readonly by: Actor;
  readonly area: Area;
  readonly from: Microseconds;
  readonly to: Microseconds | undefined;
  readonly devicesMax: number;
  /** The same in 3GPP's terms; the S-NSSAI is the port's to choose. */
  readonly profile: Omit<SliceProfile, 'snssai'>;
}

export interface SlicePort {
  /** Whether it could be given over that time and area, and if so keeps it free. */
  reserve(booking: SliceBooking): Promise<'reserved' | 'area-not-supported' | 'resources-insufficient'>;
  /** Its time has come. */
  start(key: string): Promise<void>;
  /** Its time is over, or it is no longer wanted. Resolves too where it was gone. */
  end(key: string): Promise<void>;
  /** `profile`: as it was reserved. */
  assign(key: string, terminal: string, profile: SliceBooking['profile']): Promise<void>;
  unassign(key: string, terminal: string): Promise<void>;
}

export interface QualityPort {
  /**
   * Judges the level from what is measured between the terminal and the platform, at `at` (µs; undefined: now). Criteria that are not judged
   * may be left out.
   */
  judge(
    terminal: string,
    level: ServiceLevel,
    at: Microseconds | undefined,
  ): Promise<readonly { criterion: Criterion; state: VerdictState }[]>;
}

/** A profile, and what the network is asked for where it is chosen. */
export interface OfferedProfile {
  readonly profile: QosProfile;
  readonly qos: Qos;
  /** For sessions of Quality on Demand, for permanent assignments (QoS Provisioning), or both. */
  readonly uses: readonly ('session' | 'assignment')[];
}

const plain = { priorityLevel: 8, mayPreempt: false, preemptable: true };
const day = { value: 1, unit: 'Days' } as const;
/**
 * Profiles a plant can begin with: the four names CAMARA uses as examples (its mapping table: E for stable latency at low rates, S, M, L for
 * rates), on 5QIs of TS 23.501 whose figures they show. Rates in kbit/s.
 */
export const usualProfiles: readonly OfferedProfile[] = [
  offered(
    'QOS_E',
    'Stable latency at low rates, also under congestion',
    500,
    80,
    10,
    6,
    10,
    'real_time_interactive',
  ),
  offered('QOS_S', 'Small rates, stable under congestion', 4000, 7, 100, 3, 40, 'low_latency_data'),
  offered('QOS_M', 'Medium rates, stable under congestion', 8000, 7, 100, 3, 40, 'multimedia_streaming'),
  offered('QOS_L', 'Large rates, stable under congestion', 20_000, 7, 100, 3, 40, 'broadcast_video'),
];

function offered(
  name: string,
  description: string,
  kbps: number,
  fiveQi: number,
  budgetMilliseconds: number,
  loss: number,
  priority: number,
  serviceClass: 'real_time_interactive' | 'low_latency_data' | 'multimedia_streaming' | 'broadcast_video',
): OfferedProfile {
  const rate =
    kbps <= 1000 ? ({ value: kbps, unit: 'kbps' } as const) : ({ value: kbps / 1000, unit: 'Mbps' } as const);
  const dscp = {
    real_time_interactive: 32,
    low_latency_data: 18,
    multimedia_streaming: 26,
    broadcast_video: 24,
  };
  return {
    profile: {
      name,
      description,
      status: 'ACTIVE',
      maxUpstreamRate: rate,
      maxDownstreamRate: rate,
      minDuration: { value: 1, unit: 'Seconds' },
      maxDuration: day,
      priority,
      packetDelayBudget: { value: budgetMilliseconds, unit: 'Milliseconds' },
      packetErrorLossRate: loss,
      serviceClass,
    },
    qos: {
      fiveQi,
      arp: plain,
      mbrUplink: kbps,
      mbrDownlink: kbps,
      dscp: dscp[serviceClass],
    },
    uses: ['session', 'assignment'],
  };
}
