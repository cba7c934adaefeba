import { type Static, Type } from 'typebox';
import { Count, InstantOut } from './route.ts';
import { ServiceLevel } from './service-level.ts';

/**
 * The network as the platform knows it: who needs what (flows), what was asked of the network for it (slices, bindings, groups), what is
 * there (terminals, SIMs, zones), and what was measured and judged (verdicts, incidents).
 */

const Words = Type.Object({ en: Type.String(), zh: Type.String() });
const Id = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$', description: 'Lower case, digits, - . _' });
const Title = Type.String({ minLength: 1, maxLength: 200 });
const Place = Type.String({ maxLength: 1024, description: 'ISA-95 path; empty: the plant.' });
const oneOf = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>(Type.String({ enum: [...values], ...(description === undefined ? {} : { description }) }));

/** Bounds of the network layer that a person can meet. */
export const networkLimits = {
  networkFlowsMax: 500,
  networkTerminalsMax: 5_000,
  simsMax: 50_000,
  slicesMax: 64,
  bindingsMax: 10_000,
  lanGroupsMax: 500,
  lanGroupMembersMax: 2_000,
  edgeZonesMax: 100,
  providersMax: 32,
  simImportRowsMax: 50_000,
  /** Probing sessions: terminal × class. */
  probeSessionsMax: 5_000,
  probesPerSecondMax: 20_000,
  incidentsKeptMax: 100_000,
  coverageCellsMax: 40_000,
} as const;

/* Verdicts ------------------------------------------------------------------------------------------------------------------ */

export const verdictStates = ['met', 'violated', 'inconclusive', 'not-measurable'] as const;
/**
 * - `met`             shown, with the confidence the level is judged with
 * - `violated`        shown not to be met
 * - `inconclusive`    measured, and the data decide neither
 * - `not-measurable`  what is measured here cannot tell, however long it goes on
 */
export type VerdictState = (typeof verdictStates)[number];
export const VerdictState = oneOf(verdictStates);

export const criteria = [
  'latency',
  'jitter',
  'loss',
  'uplink',
  'downlink',
  'transfer-interval',
  'survival-time',
  'availability',
  'mtbf',
  'coverage',
] as const;
export type Criterion = (typeof criteria)[number];

export const measurementMethods = ['stamp', 'passive', 'icmp', 'tcp', 'tcp-info', 'protocol'] as const;
/**
 * How something was measured; told beside every figure.
 * - `stamp`     STAMP or TWAMP-Light probes (RFC 8762)
 * - `passive`   the samples themselves: device time, receive time, gaps
 * - `icmp`, `tcp`, `protocol`  time of an echo, of a connection, of a request of the terminal's own protocol
 * - `tcp-info`  what the kernel keeps of a connection
 */
export type MeasurementMethod = (typeof measurementMethods)[number];

export const CriterionVerdict = Type.Object(
  {
    criterion: oneOf(criteria),
    state: VerdictState,
    /** In the unit of the criterion: ms, share, Mbit/s, hours. */
    limit: Type.Number(),
    unit: oneOf(['ms', 'share', 'Mbit/s', 'h']),
    share: Type.Optional(Type.Number({ description: 'Percentile it is about, as a share.' })),
    /** Definition the figure follows, with its source. */
    definition: Type.Optional(Words),
    measured: Type.Optional(Type.Number()),
    low: Type.Optional(Type.Number({ description: 'Confidence interval of the figure; see `confidence`.' })),
    high: Type.Optional(Type.Number()),
    confidence: Type.Optional(Type.Number({ description: 'Of the interval, two-sided; 0.95.' })),
    messages: Count,
    method: Type.Optional(oneOf(measurementMethods)),
    reason: Words,
  },
  { title: 'CriterionVerdict' },
);
export type CriterionVerdict = Static<typeof CriterionVerdict>;

export const Verdict = Type.Object(
  {
    flow: Type.String(),
    terminal: Type.String(),
    state: VerdictState,
    from: InstantOut,
    to: InstantOut,
    since: Type.Optional(InstantOut),
    criteria: Type.Array(CriterionVerdict),
    reason: Words,
  },
  {
    title: 'Verdict',
    description:
      'The worst of its criteria: violated, not-measurable, inconclusive, met. Met only where every figure of the level is.',
  },
);
export type Verdict = Static<typeof Verdict>;

/* Path ---------------------------------------------------------------------------------------------------------------------- */

export const hops = ['terminal', 'radio', 'transport', 'core', 'edge', 'platform'] as const;
/** From the terminal's own stack to the platform's. A wired terminal has no radio and no core. */
export type Hop = (typeof hops)[number];
export const Hop = oneOf(hops);

/** Where a loss of quality lies: on one hop, or somewhere from one hop to another; `unknown` where nothing tells. */
export const Blame = Type.Object(
  {
    from: Type.Optional(Hop),
    to: Type.Optional(Hop),
    /** The same as `from` and `to` where it is one. */
    observable: Type.Boolean({ description: 'One hop could be told from the others by what is measured.' }),
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    cause: Words,
    evidence: Type.Array(
      Type.Object({
        hop: Type.Optional(Hop),
        what: Words,
        value: Type.Optional(Type.Number()),
        unit: Type.Optional(Type.String()),
        time: Type.Optional(InstantOut),
      }),
    ),
  },
  { title: 'Blame' },
);
export type Blame = Static<typeof Blame>;

/* What is asked of a network ------------------------------------------------------------------------------------------------- */

export const standings = [
  'none',
  'requested',
  'accepted',
  'effective',
  'refused',
  'lost',
  'released',
] as const;
/**
 * - `requested`  sent to the provider
 * - `accepted`   the provider said yes
 * - `effective`  read back from the network, or seen in what is measured
 * - `refused`    the provider said no, or cannot
 * - `lost`       it was accepted and is gone: forgotten, revoked, ended
 */
export type Standing = (typeof standings)[number];

/** Requested, accepted and effective are three things. Each says when, and what exactly; absent: not yet, or not known. */
const Stage = Type.Object({ time: InstantOut, detail: Words, values: Type.Optional(Type.Any()) });
export const ThreeStages = Type.Object(
  {
    standing: oneOf(standings),
    requested: Type.Optional(Stage),
    accepted: Type.Optional(Stage),
    effective: Type.Optional(Stage),
    problem: Type.Optional(Words),
    reference: Type.Optional(Type.String({ description: 'What the provider calls it.' })),
  },
  { title: 'ThreeStages' },
);
export type ThreeStages = Static<typeof ThreeStages>;

/** Single Network Slice Selection Assistance Information: SST 0–255, SD six hexadecimal digits. */
export const Snssai = Type.Object(
  {
    sst: Type.Integer({ minimum: 0, maximum: 255 }),
    sd: Type.Optional(Type.String({ pattern: '^[0-9A-Fa-f]{6}$' })),
  },
  { title: 'Snssai', description: '3GPP TS 23.003, 28.4.' },
);
export type Snssai = Static<typeof Snssai>;

const nonNegative = Type.Number({ minimum: 0 });
/** Attributes of a ServiceProfile (3GPP TS 28.541), the generic slice template of GSMA NG.116 in 3GPP's names; those a plant asks for. */
export const SliceProfile = Type.Object(
  {
    snssai: Snssai,
    maxNumberofUEs: Type.Optional(Count),
    maxNumberofPDUSessions: Type.Optional(Count),
    dLLatency: Type.Optional(nonNegative),
    uLLatency: Type.Optional(nonNegative),
    jitter: Type.Optional(nonNegative),
    survivalTime: Type.Optional(nonNegative),
    availability: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'Percent.' })),
    dLReliability: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    uLReliability: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    dLThptPerSlice: Type.Optional(Type.Number({ minimum: 0, description: 'Guaranteed, kbit/s.' })),
    uLThptPerSlice: Type.Optional(nonNegative),
    dLThptPerUE: Type.Optional(nonNegative),
    uLThptPerUE: Type.Optional(nonNegative),
    dLMaxPktSize: Type.Optional(Count),
    uLMaxPktSize: Type.Optional(Count),
    delayTolerance: Type.Optional(Type.Boolean()),
    dLDeterministicComm: Type.Optional(Type.Boolean()),
    uLDeterministicComm: Type.Optional(Type.Boolean()),
    networkSliceSharingIndicator: Type.Optional(oneOf(['shared', 'non-shared'])),
    uEMobilityLevel: Type.Optional(oneOf(['stationary', 'nomadic', 'restricted-mobility', 'fully-mobility'])),
    uESpeed: Type.Optional(Type.Number({ minimum: 0, description: 'km/h.' })),
    coverageArea: Type.Optional(Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 100 })),
    termDensity: Type.Optional(Type.Number({ minimum: 0, description: 'Terminals per km².' })),
    synchronicity: Type.Optional(Type.Number({ minimum: 0, description: 'Accuracy of time, ns.' })),
    positioning: Type.Optional(Type.Boolean()),
    nssaaSupport: Type.Optional(Type.Boolean()),
    nonIPSupport: Type.Optional(Type.Boolean()),
    dataNetworks: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 16 })),
  },
  { title: 'SliceProfile' },
);
export type SliceProfile = Static<typeof SliceProfile>;

/** Which packets: as an IPFilterRule of RFC 6733 would say it, from the terminal's side. */
export const FlowFilter = Type.Object(
  {
    protocol: oneOf(['udp', 'tcp', 'icmp', 'any']),
    /** The platform's side: address or prefix; absent: any. */
    remote: Type.Optional(Type.String({ maxLength: 64 })),
    remotePort: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    terminalPort: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  },
  { title: 'FlowFilter' },
);
export type FlowFilter = Static<typeof FlowFilter>;

/** Allocation and Retention Priority (TS 23.501, 5.7.2.2). */
export const Arp = Type.Object(
  {
    priorityLevel: Type.Integer({ minimum: 1, maximum: 15, description: '1 is kept longest.' }),
    mayPreempt: Type.Boolean(),
    preemptable: Type.Boolean(),
  },
  { title: 'Arp' },
);
export type Arp = Static<typeof Arp>;

/** Quality of service of one kind of traffic. Rates in kbit/s. */
export const Qos = Type.Object(
  {
    fiveQi: Type.Integer({ minimum: 1, maximum: 255, description: '5QI of TS 23.501, Table 5.7.4-1.' }),
    arp: Arp,
    gbrUplink: Type.Optional(nonNegative),
    gbrDownlink: Type.Optional(nonNegative),
    mbrUplink: Type.Optional(nonNegative),
    mbrDownlink: Type.Optional(nonNegative),
    dscp: Type.Integer({ minimum: 0, maximum: 63 }),
    profile: Type.Optional(
      Type.String({ maxLength: 256, description: 'Name of a profile of the provider.' }),
    ),
  },
  { title: 'Qos' },
);
export type Qos = Static<typeof Qos>;

/* Things of the network ------------------------------------------------------------------------------------------------------ */

export const networkKinds = ['nr', 'lte', 'wifi', 'wired', 'other'] as const;
export type NetworkKind = (typeof networkKinds)[number];

export const simStates = ['in-stock', 'active', 'suspended', 'lost', 'retired'] as const;
export type SimState = (typeof simStates)[number];

const Iccid = Type.String({ pattern: '^\\d{18,22}$', description: 'ITU-T E.118, with its check digit.' });
const Supi = Type.String({
  pattern: '^(imsi-\\d{5,15}|nai-.{1,200})$',
  description: 'TS 23.003: imsi-… or nai-….',
});
const Pei = Type.String({
  pattern: '^(imei-\\d{15}|imeisv-\\d{16}|mac-([0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2})$',
  description: 'TS 23.003: imei-…, imeisv-… or mac-….',
});

/** Where a terminal's probes go. */
export const ProbeTarget = Type.Object(
  {
    method: oneOf(['stamp', 'icmp', 'tcp']),
    host: Type.Optional(Type.String({ maxLength: 255, description: 'The terminal’s address where absent.' })),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    everyMilliseconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 3_600_000 })),
    /** Classes of service probed beside each other. */
    dscps: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 63 }), { minItems: 1, maxItems: 8 })),
    /** `reflector` is where the probes go; `sender`: the terminal itself sends, to the platform's reflector (behind NAT). */
    from: Type.Optional(oneOf(['platform', 'terminal'])),
    /** Name of the key for authenticated STAMP, as kept by the platform. */
    key: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { title: 'ProbeTarget' },
);
export type ProbeTarget = Static<typeof ProbeTarget>;

/** What a terminal's modem or the core says of its radio. */
export const RadioState = Type.Object(
  {
    time: InstantOut,
    registration: Type.Optional(oneOf(['registered', 'deregistered', 'roaming', 'denied', 'unknown'])),
    connection: Type.Optional(oneOf(['connected', 'idle', 'inactive', 'unknown'])),
    cell: Type.Optional(Type.String({ maxLength: 64 })),
    gnb: Type.Optional(Type.String({ maxLength: 64 })),
    tac: Type.Optional(Type.String({ maxLength: 16 })),
    rsrpDbm: Type.Optional(Type.Number()),
    rsrqDb: Type.Optional(Type.Number()),
    sinrDb: Type.Optional(Type.Number()),
    band: Type.Optional(Type.String({ maxLength: 16 })),
    neighbours: Type.Optional(
      Type.Array(Type.Object({ cell: Type.String(), rsrpDbm: Type.Optional(Type.Number()) }), {
        maxItems: 32,
      }),
    ),
  },
  { title: 'RadioState' },
);
export type RadioState = Static<typeof RadioState>;

export const PduSession = Type.Object(
  {
    id: Type.Optional(Type.Integer({ minimum: 1, maximum: 15 })),
    dnn: Type.String({ maxLength: 100 }),
    snssai: Type.Optional(Snssai),
    address: Type.Optional(Type.String({ maxLength: 64 })),
    state: Type.Optional(Type.String({ maxLength: 40 })),
    flows: Type.Array(Type.Object({ qfi: Type.Integer(), fiveQi: Type.Integer() }), { maxItems: 64 }),
    since: Type.Optional(InstantOut),
  },
  { title: 'PduSession' },
);
export type PduSession = Static<typeof PduSession>;

/** What connects one or more things to the platform: a 5G module, a gateway, a Wi-Fi client, a wired port. */
export const NetworkTerminalInput = Type.Object(
  {
    title: Title,
    kind: oneOf(networkKinds),
    things: Type.Array(Type.String({ maxLength: 2048 }), {
      maxItems: 1000,
      description: 'Things reached through it.',
    }),
    place: Type.Optional(Place),
    address: Type.Optional(
      Type.String({ maxLength: 64, description: 'IP address; of a 5G terminal: as its PDU session has it.' }),
    ),
    supi: Type.Optional(Supi),
    gpsi: Type.Optional(Type.String({ maxLength: 64 })),
    pei: Type.Optional(Pei),
    iccid: Type.Optional(Iccid),
    module: Type.Optional(Type.String({ maxLength: 100 })),
    firmware: Type.Optional(Type.String({ maxLength: 100 })),
    probe: Type.Optional(ProbeTarget),
    zone: Type.Optional(Type.String({ maxLength: 64 })),
    provider: Type.Optional(Type.String({ maxLength: 64, description: 'Provider that knows it.' })),
    /** Hops of its path, where they are not what its kind has. */
    hops: Type.Optional(Type.Array(Hop, { maxItems: 6 })),
  },
  { title: 'NetworkTerminalInput' },
);
export type NetworkTerminalInput = Static<typeof NetworkTerminalInput>;

export const NetworkTerminal = Type.Intersect(
  [
    NetworkTerminalInput,
    Type.Object({
      id: Id,
      radio: Type.Optional(RadioState),
      sessions: Type.Array(PduSession),
      /** Address ↔ SUPI as the core told them last. */
      boundSince: Type.Optional(InstantOut),
      problems: Type.Array(Words, { description: 'Such as a SIM in a device it is not bound to.' }),
    }),
  ],
  { title: 'NetworkTerminal' },
);
export type NetworkTerminal = Static<typeof NetworkTerminal>;

export const SimInput = Type.Object(
  {
    iccid: Iccid,
    supi: Type.Optional(Supi),
    gpsi: Type.Optional(Type.String({ maxLength: 64 })),
    operator: Type.Optional(Type.String({ maxLength: 100 })),
    state: oneOf(simStates),
    /** The device it belongs in. */
    pei: Type.Optional(Pei),
    /** The thing it serves. */
    thing: Type.Optional(Type.String({ maxLength: 2048 })),
    note: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  { title: 'SimInput' },
);
export type SimInput = Static<typeof SimInput>;

export const Sim = Type.Intersect(
  [
    SimInput,
    Type.Object({
      since: InstantOut,
      seenIn: Type.Optional(Type.String({ description: 'PEI it was last seen in.' })),
      seen: Type.Optional(InstantOut),
      parted: Type.Boolean({ description: 'Seen in another device than the one it is bound to.' }),
    }),
  ],
  { title: 'Sim' },
);
export type Sim = Static<typeof Sim>;

export const SliceInput = Type.Object(
  { title: Title, profile: SliceProfile, provider: Type.Optional(Type.String({ maxLength: 64 })) },
  { title: 'SliceInput' },
);
export type SliceInput = Static<typeof SliceInput>;
export const Slice = Type.Intersect([SliceInput, Type.Object({ id: Id, stages: ThreeStages })], {
  title: 'Slice',
});
export type Slice = Static<typeof Slice>;

/** One flow of one terminal gets a quality of service from a provider. */
export const BindingInput = Type.Object(
  {
    flow: Type.String({ maxLength: 64 }),
    terminal: Type.String({ maxLength: 64 }),
    provider: Type.String({ maxLength: 64 }),
    slice: Type.Optional(Type.String({ maxLength: 64 })),
    qos: Qos,
    filters: Type.Array(FlowFilter, { maxItems: 8 }),
    /** Ends by itself after this; absent: when it is released. */
    durationSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
  },
  { title: 'BindingInput' },
);
export type BindingInput = Static<typeof BindingInput>;
export const Binding = Type.Intersect(
  [BindingInput, Type.Object({ id: Id, stages: ThreeStages, by: Type.String(), since: InstantOut })],
  { title: 'Binding' },
);
export type Binding = Static<typeof Binding>;

/** Who may talk to whom, below and beside the platform: a 5G LAN-type group (TS 23.501, 5.29), a VXLAN segment, a VLAN. */
export const LanGroupInput = Type.Object(
  {
    title: Title,
    kind: oneOf(['ethernet', 'ip']),
    members: Type.Array(Type.String({ maxLength: 64 }), { maxItems: networkLimits.lanGroupMembersMax }),
    dnn: Type.Optional(Type.String({ maxLength: 100 })),
    snssai: Type.Optional(Snssai),
    /** VXLAN network identifier, where it is one. */
    vni: Type.Optional(Type.Integer({ minimum: 1, maximum: 16_777_215 })),
    provider: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { title: 'LanGroupInput' },
);
export type LanGroupInput = Static<typeof LanGroupInput>;
export const LanGroup = Type.Intersect([LanGroupInput, Type.Object({ id: Id, stages: ThreeStages })], {
  title: 'LanGroup',
});
export type LanGroup = Static<typeof LanGroup>;

/** A place near the terminals where applications can run and traffic can leave the mobile network. */
export const EdgeZoneInput = Type.Object(
  {
    title: Title,
    place: Type.Optional(Place),
    /** What its uplink to the platform carries, Mbit/s. */
    uplinkMbps: Type.Optional(nonNegative),
    downlinkMbps: Type.Optional(nonNegative),
    provider: Type.Optional(Type.String({ maxLength: 64 })),
    dnai: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'Data network access identifier (TS 23.501, 5.6.7), as its provider names the zone.',
      }),
    ),
    /** A reflector in it tells its hop from the others. */
    probe: Type.Optional(ProbeTarget),
  },
  { title: 'EdgeZoneInput' },
);
export type EdgeZoneInput = Static<typeof EdgeZoneInput>;
export const EdgeZone = Type.Intersect([EdgeZoneInput, Type.Object({ id: Id })], { title: 'EdgeZone' });
export type EdgeZone = Static<typeof EdgeZone>;

/** A flow as it is in force: an application's, as the plant has adapted it, or one of the plant's own. */
export const NetworkFlowInput = Type.Object(
  {
    title: Words,
    level: ServiceLevel,
    priority: Type.Integer({ minimum: 1, maximum: 9, description: '1 is kept longest, 9 thinned first.' }),
    /** Terminals it concerns: those of things of these `@type`s, at or below these places; or named. */
    things: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 }),
    places: Type.Array(Place, { maxItems: 100 }),
    terminals: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 1000 }),
    enabled: Type.Boolean(),
  },
  { title: 'NetworkFlowInput' },
);
export type NetworkFlowInput = Static<typeof NetworkFlowInput>;
export const NetworkFlow = Type.Intersect(
  [
    NetworkFlowInput,
    Type.Object({
      id: Id,
      app: Type.Optional(Type.String({ description: 'Application it comes from.' })),
      whenLost: Type.Optional(Words),
      adapted: Type.Boolean({ description: 'The plant has changed what the application asks for.' }),
    }),
  ],
  { title: 'NetworkFlow' },
);
export type NetworkFlow = Static<typeof NetworkFlow>;

/** A time in which a level was not met. */
export const NetworkIncident = Type.Object(
  {
    id: Type.String(),
    flow: Type.String(),
    terminal: Type.String(),
    from: InstantOut,
    to: Type.Optional(InstantOut),
    criteria: Type.Array(oneOf(criteria)),
    blame: Type.Optional(Blame),
    actions: Type.Array(Type.Object({ time: InstantOut, what: Words, outcome: Words })),
  },
  { title: 'NetworkIncident' },
);
export type NetworkIncident = Static<typeof NetworkIncident>;
