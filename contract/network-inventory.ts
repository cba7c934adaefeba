import { type Static, Type } from 'typebox';
import {
  Blame,
  criteria,
  EdgeZone,
  EdgeZoneInput,
  Hop,
  measurementMethods,
  NetworkFlow,
  NetworkFlowInput,
  NetworkIncident,
  NetworkTerminal,
  NetworkTerminalInput,
  networkKinds,
  networkLimits,
  PduSession,
  RadioState,
  Sim,
  SimInput,
  simStates,
  Verdict,
  VerdictState,
} from './network.ts';
import { Count, InstantOut, page, type Route, range } from './route.ts';
import { ServiceLevel } from './service-level.ts';

/** What is there in the network, what was measured of it, and whether each application has what it needs: terminals, SIMs, flows, verdicts, incidents, reports. */

const Words = Type.Object({ en: Type.String(), zh: Type.String() });
const oneOf = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>(Type.String({ enum: [...values], ...(description === undefined ? {} : { description }) }));
const Share = Type.Number({ minimum: 0, maximum: 1 });

/** Bounds of the inventory that a person can meet, beside `networkLimits`. */
export const inventoryLimits = {
  /** Bytes of one file of SIMs or terminals. */
  importBytesMax: 16 * 1_048_576,
  /** Lines with a problem that are told of one file; all are counted. */
  importProblemsShownMax: 200,
  /** Changes of one file that are shown before they are made; all are counted. */
  importChangesShownMax: 1000,
  /** Changes of the state of one SIM that are kept. */
  simHistoryMax: 200,
  /** Radio states of one terminal that are kept; the oldest leave. */
  radioHistoryMax: 2000,
  /** Addresses that one terminal has had; the oldest leave. */
  addressHistoryMax: 500,
} as const;

/** What may become of a SIM. A retired one stays as it is: its ICCID is used up. */
export const simTransitions: Readonly<
  Record<(typeof simStates)[number], readonly (typeof simStates)[number][]>
> = {
  'in-stock': ['active', 'lost', 'retired'],
  active: ['suspended', 'lost', 'retired', 'in-stock'],
  suspended: ['active', 'lost', 'retired', 'in-stock'],
  lost: ['in-stock', 'suspended', 'retired'],
  retired: [],
};

/** How often each state was found. `none`: nothing has been judged yet. */
export const VerdictCounts = Type.Object(
  { met: Count, violated: Count, inconclusive: Count, 'not-measurable': Count, none: Count },
  { title: 'VerdictCounts' },
);
export type VerdictCounts = Static<typeof VerdictCounts>;

/** A verdict in one line. */
export const VerdictLine = Type.Object(
  {
    flow: Type.String(),
    flowTitle: Words,
    app: Type.Optional(Type.String()),
    terminal: Type.String(),
    terminalTitle: Type.String(),
    place: Type.String(),
    state: VerdictState,
    since: Type.Optional(InstantOut),
    to: InstantOut,
    reason: Words,
    worst: Type.Optional(oneOf(criteria, 'Criterion that decides.')),
  },
  { title: 'VerdictLine' },
);
export type VerdictLine = Static<typeof VerdictLine>;

export const NetworkOverview = Type.Object(
  {
    terminals: Type.Object({
      total: Count,
      byKind: Type.Record(Type.String(), Count),
      byState: VerdictCounts,
      withProblems: Count,
    }),
    sims: Type.Object({
      total: Count,
      byState: Type.Record(Type.String(), Count),
      parted: Count,
    }),
    flows: Type.Object({ total: Count, enabled: Count, byState: VerdictCounts }),
    zones: Count,
    incidents: Type.Object({ open: Count, lastDay: Count }),
    worst: Type.Array(VerdictLine, {
      description: 'Violated levels, the one kept longest first; at most 10.',
    }),
    measured: Type.Object({
      sessions: Count,
      probesPerSecond: Type.Number(),
      passiveMessagesPerSecond: Type.Number(),
      judgedPerSecond: Type.Number(),
    }),
  },
  { title: 'NetworkOverview' },
);
export type NetworkOverview = Static<typeof NetworkOverview>;

/** A figure of a level: what is needed, what is there. */
export const NeedFigure = Type.Object(
  {
    criterion: oneOf(criteria),
    needed: Type.String({ description: 'Such as "99.9 % ≤ 20 ms".' }),
    limit: Type.Number(),
    unit: Type.String(),
    state: Type.Optional(VerdictState),
    measured: Type.Optional(Type.Number({ description: 'Of the worst terminal.' })),
    low: Type.Optional(Type.Number()),
    high: Type.Optional(Type.Number()),
    method: Type.Optional(oneOf(measurementMethods)),
    reason: Type.Optional(Words),
  },
  { title: 'NeedFigure' },
);
export type NeedFigure = Static<typeof NeedFigure>;

/** A line of "applications × network": what a flow needs, what it has, since when, or why not. */
export const ApplicationFlow = Type.Object(
  {
    flow: Type.String(),
    title: Words,
    app: Type.Optional(Type.String()),
    appTitle: Type.Optional(Words),
    enabled: Type.Boolean(),
    adapted: Type.Boolean(),
    priority: Type.Integer(),
    state: Type.Optional(VerdictState),
    since: Type.Optional(InstantOut),
    reason: Type.Optional(Words),
    terminals: VerdictCounts,
    figures: Type.Array(NeedFigure),
    worst: Type.Optional(VerdictLine),
    blame: Type.Optional(Blame),
    whenLost: Type.Optional(Words),
    openIncidents: Count,
  },
  { title: 'ApplicationFlow' },
);
export type ApplicationFlow = Static<typeof ApplicationFlow>;

export const NetworkTerminalSummary = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    kind: oneOf(networkKinds),
    place: Type.String(),
    things: Count,
    address: Type.Optional(Type.String()),
    supi: Type.Optional(Type.String()),
    iccid: Type.Optional(Type.String()),
    cell: Type.Optional(Type.String()),
    rsrpDbm: Type.Optional(Type.Number()),
    sinrDb: Type.Optional(Type.Number()),
    state: Type.Optional(VerdictState),
    since: Type.Optional(InstantOut),
    roundTripMs: Type.Optional(
      Type.Object({ p50: Type.Number(), p95: Type.Number(), method: oneOf(measurementMethods) }),
    ),
    lossRatio: Type.Optional(Share),
    lastSeen: Type.Optional(InstantOut),
    found: Type.Boolean({ description: 'Found by the platform; nobody has typed or changed it.' }),
    problems: Count,
  },
  { title: 'NetworkTerminalSummary' },
);
export type NetworkTerminalSummary = Static<typeof NetworkTerminalSummary>;

export const FlowPerformance = Type.Object(
  {
    from: InstantOut,
    to: InstantOut,
    method: Type.Optional(oneOf(measurementMethods)),
    messages: Count,
    lost: Count,
    p50Ms: Type.Optional(Type.Number()),
    p95Ms: Type.Optional(Type.Number()),
    p99Ms: Type.Optional(Type.Number()),
    jitterMs: Type.Optional(Type.Number({ description: '99th percentile less the least (RFC 5481 PDV).' })),
    upShare: Type.Optional(Share),
    state: VerdictState,
  },
  { title: 'FlowPerformance' },
);
export type FlowPerformance = Static<typeof FlowPerformance>;

export const NetworkTerminalDetail = Type.Object(
  {
    terminal: NetworkTerminal,
    found: Type.Boolean(),
    things: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
    thing: Type.Optional(
      Type.String({ description: 'Thing whose properties are what is measured: history, charts, alarms.' }),
    ),
    sim: Type.Optional(Sim),
    verdicts: Type.Array(Verdict),
    flows: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Words,
        app: Type.Optional(Type.String()),
        level: ServiceLevel,
        now: Type.Optional(FlowPerformance),
      }),
    ),
    incidents: Type.Array(NetworkIncident, { description: 'The latest, at most 20.' }),
  },
  { title: 'NetworkTerminalDetail' },
);
export type NetworkTerminalDetail = Static<typeof NetworkTerminalDetail>;

/** What was known of the radio, when it changed; and the addresses it had. */
export const TerminalLife = Type.Object(
  {
    radio: Type.Array(RadioState),
    addresses: Type.Array(
      Type.Object({
        address: Type.String(),
        supi: Type.Optional(Type.String()),
        from: InstantOut,
        to: Type.Optional(InstantOut),
      }),
    ),
    sessions: Type.Array(PduSession),
  },
  { title: 'TerminalLife' },
);
export type TerminalLife = Static<typeof TerminalLife>;

export const PathHop = Type.Object(
  {
    hop: Hop,
    title: Words,
    /** Whether anything is measured that ends there, so that it can be told from the next. */
    observable: Type.Boolean(),
    state: Type.Optional(oneOf(['good', 'uncertain', 'bad', 'unknown'])),
    figures: Type.Array(
      Type.Object({
        what: Words,
        value: Type.Optional(Type.Number()),
        text: Type.Optional(Type.String()),
        unit: Type.Optional(Type.String()),
        time: Type.Optional(InstantOut),
        method: Type.Optional(oneOf(measurementMethods)),
      }),
    ),
  },
  { title: 'PathHop' },
);
export type PathHop = Static<typeof PathHop>;

export const TerminalPath = Type.Object(
  {
    terminal: Type.String(),
    hops: Type.Array(PathHop),
    blames: Type.Array(Type.Object({ flow: Type.String(), title: Words, blame: Blame })),
  },
  { title: 'TerminalPath' },
);
export type TerminalPath = Static<typeof TerminalPath>;

export const SimChange = Type.Object(
  {
    time: InstantOut,
    from: Type.Optional(oneOf(simStates)),
    to: oneOf(simStates),
    by: Type.String(),
    reason: Type.Optional(Type.String()),
  },
  { title: 'SimChange' },
);
export type SimChange = Static<typeof SimChange>;

export const SimDetail = Type.Object(
  {
    sim: Sim,
    terminal: Type.Optional(Type.String({ description: 'Terminal it is in.' })),
    history: Type.Array(SimChange),
    next: Type.Array(oneOf(simStates), { description: 'States it may go to.' }),
  },
  { title: 'SimDetail' },
);
export type SimDetail = Static<typeof SimDetail>;

/** What a file would change, or has changed. Nothing of it is taken where one line is wrong. */
export const ImportReport = Type.Object(
  {
    applied: Type.Boolean(),
    rows: Count,
    create: Count,
    change: Count,
    same: Count,
    columns: Type.Array(Type.Object({ header: Type.String(), field: Type.Optional(Type.String()) }), {
      description: 'Headers of the file and what each was read as; without `field` it is not read.',
    }),
    changes: Type.Array(
      Type.Object({
        line: Count,
        id: Type.String(),
        what: oneOf(['create', 'change']),
        fields: Type.Record(
          Type.String(),
          Type.Object({ before: Type.Optional(Type.String()), after: Type.Optional(Type.String()) }),
        ),
      }),
    ),
    problems: Type.Array(Type.Object({ line: Count, field: Type.Optional(Type.String()), message: Words })),
    problemCount: Count,
  },
  { title: 'ImportReport' },
);
export type ImportReport = Static<typeof ImportReport>;

export const CoverageCell = Type.Object(
  {
    /** Metres, in the coordinates of the plan. */
    x: Type.Number(),
    y: Type.Number(),
    width: Type.Number(),
    samples: Count,
    rsrpDbm: Type.Optional(Type.Number()),
    sinrDb: Type.Optional(Type.Number()),
    roundTripMs: Type.Optional(Type.Number()),
    lossRatio: Type.Optional(Share),
    cell: Type.Optional(Type.String()),
    met: Type.Optional(Share),
  },
  { title: 'CoverageCell' },
);
export type CoverageCell = Static<typeof CoverageCell>;

export const FlowReport = Type.Object(
  {
    flow: Type.String(),
    title: Words,
    app: Type.Optional(Type.String()),
    appTitle: Type.Optional(Words),
    terminals: Count,
    /** Shares of the hours judged, over all its terminals. */
    judgedHours: Type.Number(),
    metShare: Type.Optional(Share),
    violatedShare: Type.Optional(Share),
    undecidedShare: Type.Optional(Share),
    availability: Type.Optional(Share),
    availabilityLow: Type.Optional(Share),
    downEvents: Count,
    downSeconds: Type.Number(),
    mtbfHours: Type.Optional(Type.Number()),
    incidents: Count,
    worstHours: Type.Array(
      Type.Object({
        from: InstantOut,
        terminal: Type.String(),
        terminalTitle: Type.String(),
        violatedShare: Share,
        downSeconds: Type.Number(),
      }),
    ),
    byTerminal: Type.Array(
      Type.Object({
        terminal: Type.String(),
        title: Type.String(),
        judgedHours: Type.Number(),
        metShare: Type.Optional(Share),
        availability: Type.Optional(Share),
        downEvents: Count,
        downSeconds: Type.Number(),
      }),
    ),
  },
  { title: 'FlowReport' },
);
export type FlowReport = Static<typeof FlowReport>;

export const NetworkReport = Type.Object(
  {
    month: Type.String({ description: 'YYYY-MM, on the plant’s calendar.' }),
    from: InstantOut,
    to: InstantOut,
    complete: Type.Boolean({ description: 'The month is over.' }),
    flows: Type.Array(FlowReport),
  },
  { title: 'NetworkReport' },
);
export type NetworkReport = Static<typeof NetworkReport>;

/** What can be measured here, and how well. */
export const MeasuringStatus = Type.Object(
  {
    running: Type.Boolean(),
    capabilities: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Words,
        available: Type.Boolean(),
        detail: Type.Optional(Words),
      }),
    ),
    reflector: Type.Object({
      running: Type.Boolean(),
      address: Type.Optional(Type.String()),
      port: Type.Optional(Type.Integer()),
      answered: Count,
      refused: Count,
      problem: Type.Optional(Words),
    }),
    sessions: Type.Object({ wanted: Count, running: Count, max: Count, leftOut: Count }),
    budget: Type.Object({ probesPerSecond: Type.Number(), probesPerSecondMax: Type.Number() }),
    noiseFloor: Type.Array(Type.Object({ share: Share, milliseconds: Type.Number() }), {
      description: 'What this prober cannot see below: round trips of a reflector on the same machine.',
    }),
    clock: Type.Object({
      disciplined: Type.Boolean(),
      source: Type.Optional(Type.String()),
      errorMilliseconds: Type.Optional(Type.Number()),
      detail: Type.Optional(Words),
    }),
    counters: Type.Record(Type.String(), Type.Number()),
  },
  { title: 'MeasuringStatus' },
);
export type MeasuringStatus = Static<typeof MeasuringStatus>;

/** A change of verdicts or incidents as it happens. */
export const NetworkUpdate = Type.Object(
  {
    verdicts: Type.Array(VerdictLine),
    incidents: Type.Array(NetworkIncident),
  },
  { title: 'NetworkUpdate' },
);
export type NetworkUpdate = Static<typeof NetworkUpdate>;

const read = { may: 'read', at: 'some' } as const;
const configure = { may: 'configure', at: 'some' } as const;
const configurePlant = { may: 'configure', at: 'plant' } as const;
const text = { text: Type.Optional(Type.String({ maxLength: 200 })) };
const importQuery = Type.Object({
  apply: Type.Optional(Type.Boolean({ description: 'Take it; without, it is told what would change.' })),
});
const month = Type.Object({
  month: Type.Optional(
    Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$', description: 'This one where absent.' }),
  ),
});
const Csv = Type.String({ maxLength: inventoryLimits.importBytesMax });
const csvBody = {
  body: Csv,
  bodyTypes: ['text/csv'],
  bodyBytesMax: inventoryLimits.importBytesMax,
} as const;

export const networkInventoryRoutes = {
  networkOverview: {
    method: 'GET',
    path: '/api/network/overview',
    tag: 'network',
    access: read,
    summary: 'The network in figures, as far as the caller may see it.',
    responses: { 200: NetworkOverview },
  },
  networkApplications: {
    method: 'GET',
    path: '/api/network/applications',
    tag: 'network',
    access: read,
    summary: 'Applications × network: what each flow needs, has, has had since, or has lost and why.',
    query: Type.Object({ app: Type.Optional(Type.String({ maxLength: 64 })) }),
    responses: { 200: Type.Array(ApplicationFlow) },
  },
  networkFlows: {
    method: 'GET',
    path: '/api/network/flows',
    tag: 'network',
    access: read,
    summary: 'Flows as they are in force: those of applications, and the plant’s own.',
    responses: { 200: Type.Array(NetworkFlow) },
  },
  createNetworkFlow: {
    method: 'POST',
    path: '/api/network/flows',
    tag: 'network',
    access: configurePlant,
    summary: 'A flow of the plant’s own.',
    body: Type.Intersect([
      NetworkFlowInput,
      Type.Object({ id: Type.Optional(Type.String({ maxLength: 64 })) }),
    ]),
    responses: { 201: NetworkFlow },
  },
  networkFlow: {
    method: 'GET',
    path: '/api/network/flows/{flow}',
    tag: 'network',
    access: read,
    summary: 'One flow.',
    responses: { 200: NetworkFlow },
  },
  putNetworkFlow: {
    method: 'PUT',
    path: '/api/network/flows/{flow}',
    tag: 'network',
    access: configurePlant,
    summary:
      'Change a flow; of an application’s this adapts level, priority and whom it concerns to the plant.',
    body: NetworkFlowInput,
    responses: { 200: NetworkFlow },
  },
  deleteNetworkFlow: {
    method: 'DELETE',
    path: '/api/network/flows/{flow}',
    tag: 'network',
    access: configurePlant,
    summary: 'Remove a flow of the plant’s own; of an application’s this takes the plant’s changes back.',
    responses: { 204: undefined },
  },
  networkFlowVerdicts: {
    method: 'GET',
    path: '/api/network/flows/{flow}/verdicts',
    tag: 'network',
    access: read,
    summary: 'A flow at each of its terminals, the worst first.',
    query: Type.Object({ ...page, state: Type.Optional(VerdictState) }),
    responses: {
      200: Type.Object({ total: Count, verdicts: Type.Array(Verdict), lines: Type.Array(VerdictLine) }),
    },
  },
  networkTerminals: {
    method: 'GET',
    path: '/api/network/terminals',
    tag: 'network',
    access: read,
    summary: 'Terminals, with how they are.',
    query: Type.Object({
      ...page,
      ...text,
      place: Type.Optional(Type.String({ maxLength: 1024 })),
      kind: Type.Optional(oneOf(networkKinds)),
      state: Type.Optional(
        oneOf([...['met', 'violated', 'inconclusive', 'not-measurable', 'none']] as const),
      ),
      thing: Type.Optional(Type.String({ maxLength: 2048 })),
      problems: Type.Optional(Type.Boolean({ description: 'Only those with problems.' })),
    }),
    responses: { 200: Type.Object({ total: Count, terminals: Type.Array(NetworkTerminalSummary) }) },
  },
  createNetworkTerminal: {
    method: 'POST',
    path: '/api/network/terminals',
    tag: 'network',
    access: configure,
    summary: 'Register a terminal.',
    body: Type.Intersect([
      NetworkTerminalInput,
      Type.Object({ id: Type.Optional(Type.String({ maxLength: 64 })) }),
    ]),
    responses: { 201: NetworkTerminal },
  },
  exportNetworkTerminals: {
    method: 'GET',
    path: '/api/network/terminals.csv',
    tag: 'network',
    access: read,
    summary: 'Terminals as CSV, in the form the import reads.',
    responses: { 200: Type.String() },
    produces: 'text/csv',
  },
  importNetworkTerminals: {
    method: 'POST',
    path: '/api/network/terminals.csv',
    tag: 'network',
    access: configure,
    summary: 'Terminals from CSV: first what would change, line by line, then all of it or nothing.',
    query: importQuery,
    ...csvBody,
    responses: { 200: ImportReport },
  },
  networkTerminal: {
    method: 'GET',
    path: '/api/network/terminals/{terminal}',
    tag: 'network',
    access: read,
    summary: 'One terminal: what it is, what it needs, what was judged of it.',
    responses: { 200: NetworkTerminalDetail },
  },
  putNetworkTerminal: {
    method: 'PUT',
    path: '/api/network/terminals/{terminal}',
    tag: 'network',
    access: configure,
    summary: 'Register or change a terminal.',
    body: NetworkTerminalInput,
    responses: { 200: NetworkTerminal },
  },
  deleteNetworkTerminal: {
    method: 'DELETE',
    path: '/api/network/terminals/{terminal}',
    tag: 'network',
    access: configure,
    summary: 'Remove a terminal; one that the platform finds again comes back as it is found.',
    responses: { 204: undefined },
  },
  networkTerminalLife: {
    method: 'GET',
    path: '/api/network/terminals/{terminal}/life',
    tag: 'network',
    access: read,
    summary: 'Its radio life: states of the radio, sessions, addresses it has had.',
    query: Type.Object(range),
    responses: { 200: TerminalLife },
  },
  networkTerminalPath: {
    method: 'GET',
    path: '/api/network/terminals/{terminal}/path',
    tag: 'network',
    access: read,
    summary: 'Its path as hops, each with what is measured there.',
    responses: { 200: TerminalPath },
  },
  networkTerminalHistory: {
    method: 'GET',
    path: '/api/network/terminals/{terminal}/flows/{flow}/history',
    tag: 'network',
    access: read,
    summary: 'What was measured and judged of a flow at a terminal: minutes of the last day, else hours.',
    query: Type.Object({
      ...range,
      step: Type.Optional(oneOf(['minute', 'hour'])),
    }),
    responses: { 200: Type.Array(FlowPerformance) },
  },
  networkSims: {
    method: 'GET',
    path: '/api/network/sims',
    tag: 'network',
    access: read,
    summary: 'SIM cards. One that serves no thing is seen by who may see the whole plant.',
    query: Type.Object({
      ...page,
      ...text,
      state: Type.Optional(oneOf(simStates)),
      parted: Type.Optional(Type.Boolean()),
    }),
    responses: { 200: Type.Object({ total: Count, sims: Type.Array(Sim) }) },
  },
  createNetworkSim: {
    method: 'POST',
    path: '/api/network/sims',
    tag: 'network',
    access: configure,
    summary: 'Register a SIM card.',
    body: SimInput,
    responses: { 201: Sim },
  },
  exportNetworkSims: {
    method: 'GET',
    path: '/api/network/sims.csv',
    tag: 'network',
    access: read,
    summary: 'SIM cards as CSV, in the form the import reads.',
    responses: { 200: Type.String() },
    produces: 'text/csv',
  },
  importNetworkSims: {
    method: 'POST',
    path: '/api/network/sims.csv',
    tag: 'network',
    access: configure,
    summary: 'SIM cards from CSV: first what would change, line by line, then all of it or nothing.',
    query: importQuery,
    ...csvBody,
    responses: { 200: ImportReport },
  },
  networkSim: {
    method: 'GET',
    path: '/api/network/sims/{iccid}',
    tag: 'network',
    access: read,
    summary: 'One SIM card, and what has become of it.',
    responses: { 200: SimDetail },
  },
  putNetworkSim: {
    method: 'PUT',
    path: '/api/network/sims/{iccid}',
    tag: 'network',
    access: configure,
    summary: 'Change a SIM card.',
    body: Type.Intersect([
      SimInput,
      Type.Object({
        reason: Type.Optional(Type.String({ maxLength: 1000, description: 'Why its state changes.' })),
      }),
    ]),
    responses: { 200: Sim },
  },
  deleteNetworkSim: {
    method: 'DELETE',
    path: '/api/network/sims/{iccid}',
    tag: 'network',
    access: configure,
    summary: 'Remove a SIM card that is in stock or retired.',
    responses: { 204: undefined },
  },
  networkZones: {
    method: 'GET',
    path: '/api/network/zones',
    tag: 'network',
    access: read,
    summary: 'Edge zones.',
    responses: { 200: Type.Array(EdgeZone) },
  },
  putNetworkZone: {
    method: 'PUT',
    path: '/api/network/zones/{zone}',
    tag: 'network',
    access: configure,
    summary: 'Register or change an edge zone.',
    body: EdgeZoneInput,
    responses: { 200: EdgeZone },
  },
  deleteNetworkZone: {
    method: 'DELETE',
    path: '/api/network/zones/{zone}',
    tag: 'network',
    access: configure,
    summary: 'Remove an edge zone in which there is no terminal.',
    responses: { 204: undefined },
  },
  networkAddresses: {
    method: 'GET',
    path: '/api/network/addresses/{address}',
    tag: 'network',
    access: read,
    summary: 'Which terminal had an address when.',
    responses: {
      200: Type.Array(
        Type.Object({
          terminal: Type.String(),
          title: Type.String(),
          supi: Type.Optional(Type.String()),
          from: InstantOut,
          to: Type.Optional(InstantOut),
        }),
      ),
    },
  },
  networkIncidents: {
    method: 'GET',
    path: '/api/network/incidents',
    tag: 'network',
    access: read,
    summary: 'Times in which levels were not met, the latest first.',
    query: Type.Object({
      ...page,
      ...range,
      flow: Type.Optional(Type.String({ maxLength: 64 })),
      terminal: Type.Optional(Type.String({ maxLength: 64 })),
      open: Type.Optional(Type.Boolean()),
    }),
    responses: { 200: Type.Object({ total: Count, incidents: Type.Array(NetworkIncident) }) },
  },
  networkIncident: {
    method: 'GET',
    path: '/api/network/incidents/{incident}',
    tag: 'network',
    access: read,
    summary: 'One incident: criteria, cause, what was done.',
    responses: { 200: NetworkIncident },
  },
  networkCoverage: {
    method: 'GET',
    path: '/api/network/coverage',
    tag: 'network',
    access: read,
    summary: 'Coverage and quality of the plant, from the tracks of what moves in it.',
    query: Type.Object({
      ...range,
      place: Type.Optional(Type.String({ maxLength: 1024 })),
      flow: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    responses: { 200: Type.Object({ cells: Type.Array(CoverageCell), limited: Type.Boolean() }) },
  },
  networkReport: {
    method: 'GET',
    path: '/api/network/report',
    tag: 'network',
    access: read,
    summary: 'Service levels of a month, by flow.',
    query: month,
    responses: { 200: NetworkReport },
  },
  exportNetworkReport: {
    method: 'GET',
    path: '/api/network/report.csv',
    tag: 'network',
    access: read,
    summary: 'Service levels of a month, by flow and terminal, as CSV.',
    query: month,
    responses: { 200: Type.String() },
    produces: 'text/csv',
  },
  networkMeasuring: {
    method: 'GET',
    path: '/api/network/measuring',
    tag: 'network',
    access: { may: 'read', at: 'plant' },
    summary: 'What is measured here and how well: capabilities, reflector, budget, noise floor, clock.',
    responses: { 200: MeasuringStatus },
  },
  networkLive: {
    method: 'GET',
    path: '/api/network/live',
    tag: 'network',
    access: read,
    summary: 'Verdicts and incidents as they change: server-sent events, each a NetworkUpdate.',
    produces: 'text/event-stream',
    responses: { 200: NetworkUpdate },
  },
  networkNotification: {
    method: 'POST',
    path: '/api/network/notifications/{provider}/{secret}',
    tag: 'network',
    access: 'open',
    summary:
      'What a network tells by itself; the address is given to it by the platform and cannot be guessed.',
    body: Type.Any(),
    bodyTypes: ['application/cloudevents+json'],
    bodyBytesMax: 262_144,
    responses: { 204: undefined },
  },
} as const satisfies Record<string, Route>;

/** So many rows of a file are read; more is refused whole. */
export const importRowsMax = networkLimits.simImportRowsMax;
