import { type Static, type TProperties, Type } from 'typebox';

/**
 * Bodies of the CAMARA APIs this folder speaks, written from their published documents (see decision 0018 for the releases). Objects are closed:
 * APIs of the newer commonalities reject what they do not know, for the older ones unknown properties are taken away before.
 * Where a document tells variants apart by a property (credentials, areas), the shape here carries all their properties and `…Problem`
 * functions tell which are missing: one clear message instead of one per variant.
 */
const closed = <T extends TProperties>(properties: T, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });
const oneOf = <T extends string>(values: readonly T[]) => Type.Unsafe<T>(Type.String({ enum: [...values] }));
const int32Max = 2_147_483_647;
const Instant = Type.String({ format: 'date-time', maxLength: 64 });
const Uuid = Type.String({ format: 'uuid', maxLength: 36 });

/* The device -------------------------------------------------------------------------------------------------------------------- */

const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
export const Device = closed(
  {
    phoneNumber: Type.Optional(Type.String({ pattern: '^\\+[1-9][0-9]{4,14}$' })),
    networkAccessIdentifier: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
    ipv4Address: Type.Optional(
      closed(
        {
          publicAddress: Type.String({ format: 'ipv4' }),
          privateAddress: Type.Optional(Type.String({ format: 'ipv4' })),
          publicPort: Type.Optional(Port),
        },
        { anyOf: [{ required: ['privateAddress'] }, { required: ['publicPort'] }] },
      ),
    ),
    ipv6Address: Type.Optional(Type.String({ format: 'ipv6' })),
  },
  { minProperties: 1 },
);
export type Device = Static<typeof Device>;

/* Rates, times, places ---------------------------------------------------------------------------------------------------------- */

export const rateUnits = ['bps', 'kbps', 'Mbps', 'Gbps', 'Tbps'] as const;
/** `value` goes to 1024 in every unit: what is more needs the next unit, and loses what that cannot say. */
export const Rate = closed({
  value: Type.Optional(Type.Integer({ minimum: 0, maximum: 1024 })),
  unit: Type.Optional(oneOf(rateUnits)),
});
export type Rate = Static<typeof Rate>;

export const timeUnits = [
  'Days',
  'Hours',
  'Minutes',
  'Seconds',
  'Milliseconds',
  'Microseconds',
  'Nanoseconds',
] as const;
export const Duration = closed({
  value: Type.Optional(Type.Integer({ minimum: 1, maximum: int32Max })),
  unit: Type.Optional(oneOf(timeUnits)),
});
export type Duration = Static<typeof Duration>;

const Point = closed({
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
});
export type Point = Static<typeof Point>;
/** CIRCLE: center and radius (m). POLYGON: boundary. See `areaProblem`. */
export const Area = closed({
  areaType: oneOf(['CIRCLE', 'POLYGON']),
  center: Type.Optional(Point),
  radius: Type.Optional(Type.Number({ minimum: 1 })),
  boundary: Type.Optional(Type.Array(Point, { minItems: 3, maxItems: 15 })),
});
export type Area = Static<typeof Area>;

/** What an area lacks, or has that its type has not. */
export function areaProblem(area: Area, types: readonly Area['areaType'][]): string | undefined {
  if (!types.includes(area.areaType)) return `areaType must be ${types.join(' or ')}`;
  if (area.areaType === 'CIRCLE') {
    if (area.center === undefined) return 'a CIRCLE needs center';
    if (area.radius === undefined) return 'a CIRCLE needs radius';
    return area.boundary === undefined ? undefined : 'a CIRCLE has no boundary';
  }
  if (area.boundary === undefined) return 'a POLYGON needs boundary';
  return area.center === undefined && area.radius === undefined
    ? undefined
    : 'a POLYGON has neither center nor radius';
}

/* Where notifications go --------------------------------------------------------------------------------------------------------- */

/** ACCESSTOKEN: the three accessToken… properties. PLAIN, REFRESHTOKEN: of older releases; PRIVATE_KEY_JWT: of newer ones. */
export const SinkCredential = closed({
  credentialType: oneOf(['PLAIN', 'ACCESSTOKEN', 'REFRESHTOKEN', 'PRIVATE_KEY_JWT']),
  accessToken: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
  accessTokenExpiresUtc: Type.Optional(Instant),
  accessTokenType: Type.Optional(Type.String({ maxLength: 32 })),
  identifier: Type.Optional(Type.String({ maxLength: 256 })),
  secret: Type.Optional(Type.String({ maxLength: 256 })),
  refreshToken: Type.Optional(Type.String({ maxLength: 4096 })),
  refreshTokenEndpoint: Type.Optional(Type.String({ maxLength: 2048 })),
  clientId: Type.Optional(Type.String({ maxLength: 128 })),
  tokenUri: Type.Optional(Type.String({ maxLength: 2048 })),
});
export type SinkCredential = Static<typeof SinkCredential>;
const Sink = Type.String({ minLength: 1, maxLength: 2048 });

/* Quality on Demand, QoS Provisioning, QoS Profiles ------------------------------------------------------------------------------ */

/** The document allows 65,536 entries; a flow of a plant names a few. */
const portEntriesMax = 100;
export const PortsSpec = closed(
  {
    ranges: Type.Optional(
      Type.Array(closed({ from: Port, to: Port }), { minItems: 1, maxItems: portEntriesMax }),
    ),
    ports: Type.Optional(Type.Array(Port, { minItems: 1, maxItems: portEntriesMax })),
  },
  { minProperties: 1 },
);
export type PortsSpec = Static<typeof PortsSpec>;

const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
/** Either a list of single addresses, or one subnet per family. */
export const ApplicationServer = closed(
  {
    ipv4Address: Type.Optional(
      Type.String({
        pattern: `^${octet}(\\.${octet}){3}(/(3[0-2]|[12]?\\d))?$`,
        maxLength: 18,
      }),
    ),
    ipv6Address: Type.Optional(
      Type.String({ pattern: '^[0-9a-fA-F:.]+(/(12[0-8]|1[01]\\d|[1-9]?\\d))?$', maxLength: 49 }),
    ),
    ipAddresses: Type.Optional(
      Type.Array(Type.String({ maxLength: 45, anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }), {
        minItems: 1,
        maxItems: 16,
        uniqueItems: true,
      }),
    ),
  },
  { minProperties: 1 },
);
export type ApplicationServer = Static<typeof ApplicationServer>;

export const ProfileName = Type.String({ pattern: '^[a-zA-Z0-9_.-]+$', minLength: 3, maxLength: 256 });
const Seconds = Type.Integer({ minimum: 1, maximum: int32Max });

const sessionBase = {
  applicationServer: ApplicationServer,
  devicePorts: Type.Optional(PortsSpec),
  applicationServerPorts: Type.Optional(PortsSpec),
  qosProfile: ProfileName,
  sink: Type.Optional(Sink),
  sinkCredential: Type.Optional(SinkCredential),
};
export const CreateSession = closed({ device: Type.Optional(Device), ...sessionBase, duration: Seconds });
export type CreateSession = Static<typeof CreateSession>;
export const ExtendSession = closed({ requestedAdditionalDuration: Seconds });
export const ByDevice = closed({ device: Type.Optional(Device) });

export const bookingStatuses = ['REQUESTED', 'AVAILABLE', 'UNAVAILABLE'] as const;
export type BookingStatus = (typeof bookingStatuses)[number];
export const SessionInfo = Type.Object({
  device: Type.Optional(Device),
  ...sessionBase,
  sessionId: Uuid,
  duration: Seconds,
  startedAt: Type.Optional(Instant),
  expiresAt: Type.Optional(Instant),
  qosStatus: oneOf(bookingStatuses),
  statusInfo: Type.Optional(oneOf(['DURATION_EXPIRED', 'NETWORK_TERMINATED', 'DELETE_REQUESTED'])),
});
export type SessionInfo = Static<typeof SessionInfo>;

export const CreateAssignment = closed({
  device: Type.Optional(Device),
  qosProfile: ProfileName,
  sink: Type.Optional(Sink),
  sinkCredential: Type.Optional(SinkCredential),
});
export type CreateAssignment = Static<typeof CreateAssignment>;
export const AssignmentInfo = Type.Object({
  device: Type.Optional(Device),
  qosProfile: ProfileName,
  sink: Type.Optional(Sink),
  assignmentId: Uuid,
  startedAt: Type.Optional(Instant),
  status: oneOf(bookingStatuses),
  statusInfo: Type.Optional(oneOf(['NETWORK_TERMINATED', 'DELETE_REQUESTED'])),
});
export type AssignmentInfo = Static<typeof AssignmentInfo>;

export const serviceClasses = {
  microsoft_voice: 56,
  microsoft_audio_video: 40,
  real_time_interactive: 32,
  multimedia_streaming: 26,
  broadcast_video: 24,
  low_latency_data: 18,
  high_throughput_data: 10,
  low_priority_data: 8,
  standard: 0,
} as const;
export const QosProfile = Type.Object({
  name: ProfileName,
  description: Type.Optional(Type.String({ maxLength: 1024 })),
  status: oneOf(['ACTIVE', 'INACTIVE', 'DEPRECATED']),
  targetMinUpstreamRate: Type.Optional(Rate),
  maxUpstreamRate: Type.Optional(Rate),
  maxUpstreamBurstRate: Type.Optional(Rate),
  targetMinDownstreamRate: Type.Optional(Rate),
  maxDownstreamRate: Type.Optional(Rate),
  maxDownstreamBurstRate: Type.Optional(Rate),
  minDuration: Type.Optional(Duration),
  maxDuration: Type.Optional(Duration),
  /** 1 before 100. */
  priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  /** One way, device to the operator's gateway. */
  packetDelayBudget: Type.Optional(Duration),
  /** Variation of the round trip, 99th percentile (ITU-T Y.1540). */
  jitter: Type.Optional(Duration),
  /** N of 10^-N. */
  packetErrorLossRate: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  serviceClass: Type.Optional(oneOf(Object.keys(serviceClasses) as (keyof typeof serviceClasses)[])),
});
export type QosProfile = Static<typeof QosProfile>;
export const RetrieveProfiles = closed({
  device: Type.Optional(Device),
  name: Type.Optional(ProfileName),
  status: Type.Optional(oneOf(['ACTIVE', 'INACTIVE', 'DEPRECATED'])),
});

/* Slices -------------------------------------------------------------------------------------------------------------------------- */

/** What one booking can hold: the document allows no more. */
export const sliceDevicesMax = 20;
const sliceBase = {
  serviceTime: closed({ startDate: Instant, endDate: Type.Optional(Instant) }),
  serviceArea: Area,
  sliceQosProfile: closed({
    maxNumOfDevices: Type.Optional(Type.Integer({ minimum: 1, maximum: sliceDevicesMax })),
    downStreamRatePerDevice: Type.Optional(Rate),
    upStreamRatePerDevice: Type.Optional(Rate),
    downStreamDelayBudget: Type.Optional(Duration),
    upStreamDelayBudget: Type.Optional(Duration),
  }),
  sink: Type.Optional(Sink),
  sinkCredential: Type.Optional(SinkCredential),
};
export const SliceAttributes = closed(sliceBase);
export type SliceAttributes = Static<typeof SliceAttributes>;
export const SliceInfo = Type.Object({ ...sliceBase, sliceId: Uuid });
export type SliceInfo = Static<typeof SliceInfo>;
export const AssignDevice = closed({
  device: Type.Optional(Device),
  sink: Type.Optional(Sink),
  sinkCredential: Type.Optional(SinkCredential),
});
export const ReleaseDevice = closed({ device: Device });
export const DeviceAssignment = Type.Object({
  device: Type.Optional(Device),
  sliceId: Uuid,
  status: oneOf(['SUCCESS', 'FAILURE', 'PENDING']),
  statusInfo: Type.Optional(Type.String()),
});
export type DeviceAssignment = Static<typeof DeviceAssignment>;

/* Application profiles, insights -------------------------------------------------------------------------------------------------- */

export const QualityThresholds = closed({
  packetDelayBudget: Type.Optional(Duration),
  targetMinDownstreamRate: Type.Optional(Rate),
  targetMinUpstreamRate: Type.Optional(Rate),
  /** The document's own spelling. N of 10^-N. */
  packetlossErrorRate: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  jitter: Type.Optional(Duration),
});
export type QualityThresholds = Static<typeof QualityThresholds>;
export const ApplicationProfileRequest = closed({ networkQualityThresholds: QualityThresholds });
export const ApplicationProfile = closed({
  applicationProfileId: Uuid,
  networkQualityThresholds: QualityThresholds,
});
export type ApplicationProfile = Static<typeof ApplicationProfile>;

export const meets = 'meets the application requirements';
export const unable = 'unable to meet the application requirements';
const insightDetail = {
  applicationProfileId: Uuid,
  device: Type.Optional(Device),
  applicationServer: closed(
    {
      ipv4Address: ApplicationServer.properties.ipv4Address,
      ipv6Address: ApplicationServer.properties.ipv6Address,
    },
    { minProperties: 1 },
  ),
  applicationServerPorts: Type.Optional(PortsSpec),
};
export const InsightRequest = closed({ ...insightDetail, monitoringTimeStamp: Type.Optional(Instant) });
export type InsightRequest = Static<typeof InsightRequest>;
const Judged = Type.Optional(oneOf([meets, unable]));
export const Insight = Type.Object({
  packetDelayBudget: Judged,
  targetMinDownstreamRate: Judged,
  targetMinUpstreamRate: Judged,
  packetlossErrorRate: Judged,
  jitter: Judged,
});
export type Insight = Static<typeof Insight>;

/* Status, location ------------------------------------------------------------------------------------------------------------------ */

export const ReachabilityStatus = Type.Object({
  lastStatusTime: Type.Optional(Instant),
  reachable: Type.Boolean(),
  connectivity: Type.Optional(Type.Array(oneOf(['DATA', 'SMS']))),
});
export type ReachabilityStatus = Static<typeof ReachabilityStatus>;
export const RetrieveLocation = closed({
  device: Type.Optional(Device),
  /** Seconds; 0: a fresh one. */
  maxAge: Type.Optional(Type.Integer({ minimum: 0 })),
  /** m². */
  maxSurface: Type.Optional(Type.Integer({ minimum: 1 })),
});
export const VerifyLocation = closed({
  device: Type.Optional(Device),
  area: Area,
  maxAge: Type.Optional(Type.Integer({ minimum: 0 })),
});
export const Location = Type.Object({
  lastLocationTime: Instant,
  area: Area,
  device: Type.Optional(Device),
});
export type Location = Static<typeof Location>;

/* Subscriptions ---------------------------------------------------------------------------------------------------------------------- */

const subscription = (detail: TProperties) =>
  closed({
    protocol: oneOf(['HTTP', 'MQTT3', 'MQTT5', 'AMQP', 'NATS', 'KAFKA']),
    protocolSettings: Type.Optional(Type.Object({})),
    sink: Sink,
    sinkCredential: Type.Optional(SinkCredential),
    types: Type.Array(Type.String({ maxLength: 512 }), { minItems: 1, maxItems: 10 }),
    config: closed({
      subscriptionDetail: closed(detail),
      subscriptionExpireTime: Type.Optional(Instant),
      subscriptionMaxEvents: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
      initialEvent: Type.Optional(Type.Boolean()),
    }),
  });
export const DeviceSubscription = subscription({ device: Type.Optional(Device) });
export const AreaSubscription = subscription({ device: Type.Optional(Device), area: Area });
export const InsightSubscription = subscription(insightDetail);
/** The three above as one: what a kind of subscription does not have is not there. */
export interface SubscriptionRequest {
  protocol: string;
  protocolSettings?: object;
  sink: string;
  sinkCredential?: SinkCredential;
  types: string[];
  config: {
    subscriptionDetail: {
      device?: Device;
      area?: Area;
      applicationProfileId?: string;
      applicationServer?: ApplicationServer;
      applicationServerPorts?: PortsSpec;
    };
    subscriptionExpireTime?: string;
    subscriptionMaxEvents?: number;
    initialEvent?: boolean;
  };
}

/* Units ------------------------------------------------------------------------------------------------------------------------------ */

const bitsPerUnit = { bps: 1, kbps: 1e3, Mbps: 1e6, Gbps: 1e9, Tbps: 1e12 } as const;
const secondsPerUnit = {
  Days: 86_400,
  Hours: 3600,
  Minutes: 60,
  Seconds: 1,
  Milliseconds: 1e-3,
  Microseconds: 1e-6,
  Nanoseconds: 1e-9,
} as const;

/** kbit/s; undefined where value or unit is missing: such a rate says nothing. */
export function kbpsOf(rate: Rate | undefined): number | undefined {
  const { value, unit } = rate ?? {};
  // What comes from another's server may be anything.
  return typeof value !== 'number' ||
    !Number.isFinite(value) ||
    unit === undefined ||
    !Object.hasOwn(bitsPerUnit, unit)
    ? undefined
    : (value * bitsPerUnit[unit]) / 1000;
}

/** The least rate that can be written and is not below this one, kbit/s; undefined above 1024 Tbit/s. */
export function rateOf(kbps: number): Rate | undefined {
  for (const unit of rateUnits) {
    const value = Math.ceil(Number(((kbps * 1000) / bitsPerUnit[unit]).toPrecision(12)));
    if (value <= 1024) return { value, unit };
  }
  return undefined;
}

export function secondsOf(duration: Duration | undefined): number | undefined {
  const { value, unit } = duration ?? {};
  return typeof value !== 'number' ||
    !Number.isFinite(value) ||
    unit === undefined ||
    !Object.hasOwn(secondsPerUnit, unit)
    ? undefined
    : Number((value * secondsPerUnit[unit]).toPrecision(12));
}

/** The longest whole duration that is not above this one, ms: a budget is never widened. */
export function durationOf(milliseconds: number): Duration | undefined {
  for (const [unit, perSecond] of [
    ['Milliseconds', 1e3],
    ['Microseconds', 1e6],
    ['Nanoseconds', 1e9],
  ] as const) {
    const exact = Number(((milliseconds / 1000) * perSecond).toPrecision(12));
    if (Number.isInteger(exact) || unit === 'Nanoseconds' || exact >= 1000) {
      const value = Math.floor(exact);
      return value >= 1 && value <= int32Max ? { value, unit } : undefined;
    }
  }
  return undefined;
}
