import { type Static, Type } from 'typebox';
import { ConnectionState, TestReport } from './connection.ts';
import {
  Binding,
  BindingInput,
  FlowFilter,
  LanGroup,
  LanGroupInput,
  networkLimits,
  Qos,
  Slice,
  SliceInput,
  SliceProfile,
  standings,
} from './network.ts';
import { Count, Instant, InstantOut, page, type Route } from './route.ts';
import { ServiceLevel } from './service-level.ts';

/**
 * What is asked of the network, and by what: providers, slices, bindings and LAN groups with what became of them, what all flows together
 * need against what there is, and what the platform proposes or does when a level is not met.
 */

const Words = Type.Object({ en: Type.String(), zh: Type.String() });
const Id = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$', description: 'Lower case, digits, - . _' });
const Title = Type.String({ minLength: 1, maxLength: 200 });
const oneOf = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>(Type.String({ enum: [...values], ...(description === undefined ? {} : { description }) }));

/* Providers ------------------------------------------------------------------------------------------------------------------ */

export const providerErrorKinds = [
  'settings',
  'unavailable',
  'denied',
  'refused',
  'gone',
  'nonsense',
  'unsupported',
] as const;

/** Why a provider is not well or did not do something, for people. */
export const ProviderProblem = Type.Object(
  {
    kind: oneOf(providerErrorKinds),
    what: Words,
    remedy: Words,
    time: InstantOut,
    detail: Type.Optional(Type.String({ description: 'What was answered, shortened: for the engineer.' })),
  },
  { title: 'ProviderProblem' },
);
export type ProviderProblem = Static<typeof ProviderProblem>;

/** A kind of provider, as its manifest tells: what it can do, what it cannot, and where a quality is enforced. */
export const NetworkProviderKind = Type.Object(
  {
    id: Type.String(),
    title: Words,
    summary: Words,
    settings: Type.Any({ description: 'Fields of its settings, as those of connections.' }),
    can: Type.Record(Type.String(), Words),
    cannot: Type.Array(Words),
    enforcedBy: Words,
    speaks: Type.Array(Type.String()),
  },
  { title: 'NetworkProviderKind' },
);
export type NetworkProviderKind = Static<typeof NetworkProviderKind>;

export const NetworkProviderInput = Type.Object(
  {
    kind: Type.String({ maxLength: 64, description: 'Id of a provider kind.' }),
    title: Type.Optional(Title),
    enabled: Type.Optional(Type.Boolean()),
    settings: Type.Record(Type.String(), Type.Any(), {
      description: 'As its kind declares them; a secret given back as "•••" stays.',
    }),
  },
  { title: 'NetworkProviderInput' },
);
export type NetworkProviderInput = Static<typeof NetworkProviderInput>;

/**
 * A provider as it is configured and as it is. `connected`: its last calls were answered; `degraded`: it is open and calls fail;
 * `disconnected`: it is closed and opened again at `retryAt`, or, with a problem of kind `settings` or `denied`, not before a person acts.
 */
export const ConfiguredProvider = Type.Object(
  {
    id: Id,
    kind: Type.String(),
    title: Type.String(),
    enabled: Type.Boolean(),
    settings: Type.Record(Type.String(), Type.Any(), { description: 'Secrets come back as "•••".' }),
    state: ConnectionState,
    since: InstantOut,
    retryAt: Type.Optional(InstantOut),
    problem: Type.Optional(ProviderProblem),
    can: Type.Array(Type.String(), { description: 'What it can do: names of abilities.' }),
    enforcedBy: Words,
    counters: Type.Record(Type.String(), Type.Number(), {
      description: 'calls, answered, failed, timedOut, lateAnswers, reopened, inFlight, waiting.',
    }),
    asked: Type.Object(
      { slices: Count, bindings: Count, groups: Count },
      { description: 'What is asked of it now.' },
    ),
  },
  { title: 'ConfiguredProvider' },
);
export type ConfiguredProvider = Static<typeof ConfiguredProvider>;

/* Dry run and derivation ------------------------------------------------------------------------------------------------------ */

export const FieldProblem = Type.Object({ field: Type.String(), message: Words }, { title: 'FieldProblem' });
export type FieldProblem = Static<typeof FieldProblem>;

/** One call that would be made, as it would be sent. */
export const PlannedCall = Type.Object(
  {
    provider: Type.String(),
    operation: oneOf(['apply', 'change', 'release']),
    what: Type.String({ description: 'Slice, binding or group it is about.' }),
    words: Words,
    values: Type.Any({ description: 'What is handed to the provider or, where it tells, sent by it.' }),
    exact: Type.Boolean({
      description: '`values` are what goes over the wire, told by the provider itself.',
    }),
    problem: Type.Optional(ProviderProblem),
  },
  { title: 'PlannedCall' },
);
export type PlannedCall = Static<typeof PlannedCall>;

export const DryRunInput = Type.Object(
  {
    id: Type.Optional(Id),
    binding: Type.Optional(BindingInput),
    slice: Type.Optional(SliceInput),
    group: Type.Optional(LanGroupInput),
    remove: Type.Optional(oneOf(['binding', 'slice', 'group'], 'Would be taken away: `id` says which.')),
  },
  {
    title: 'DryRunInput',
    description: 'One of `binding`, `slice`, `group`, `remove`; `id` where it changes one that is there.',
  },
);
export type DryRunInput = Static<typeof DryRunInput>;

export const DryRun = Type.Object(
  {
    problems: Type.Array(FieldProblem, { description: 'Nothing would be sent while there are any.' }),
    calls: Type.Array(PlannedCall),
    words: Words,
  },
  { title: 'DryRun' },
);
export type DryRun = Static<typeof DryRun>;

/** Standing of a figure's source: read in a copy of the table, or told by another document. */
export const FiveQi = Type.Object(
  {
    fiveQi: Type.Integer({ minimum: 1, maximum: 255 }),
    resource: oneOf(['gbr', 'non-gbr', 'delay-critical-gbr']),
    /** Default priority level, 1 to 127: lower is scheduled first. */
    priority: Type.Integer(),
    delayBudgetMs: Type.Number({ description: 'Packet delay budget: terminal ↔ user plane function, ms.' }),
    errorRate: Type.Number({ description: 'Packet error rate.' }),
    burstBytes: Type.Optional(Type.Integer({ description: 'Default maximum data burst volume.' })),
    averagingMs: Type.Optional(Type.Number({ description: 'Default averaging window.' })),
    example: Words,
    dscp: Type.Integer({ minimum: 0, maximum: 63 }),
    standing: oneOf(['read', 'second-hand']),
  },
  { title: 'FiveQi' },
);
export type FiveQi = Static<typeof FiveQi>;

export const DerivationInput = Type.Object(
  {
    flow: Type.Optional(Type.String({ maxLength: 64, description: 'Level and priority of this flow.' })),
    terminal: Type.Optional(
      Type.String({ maxLength: 64, description: 'Tells which of its packets are those of `flow`.' }),
    ),
    level: Type.Optional(ServiceLevel),
    priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
    terminals: Type.Optional(
      Type.Integer({ minimum: 1, maximum: networkLimits.networkTerminalsMax, description: '1 if not told.' }),
    ),
    /** Of the delay from terminal to platform, what lies outside the 5G system: from user plane function to platform, ms. */
    outsideMs: Type.Optional(Type.Number({ minimum: 0, maximum: 1000 })),
    headroom: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 4,
        description: 'Guaranteed rate over what the messages need; 1.2.',
      }),
    ),
  },
  { title: 'DerivationInput' },
);
export type DerivationInput = Static<typeof DerivationInput>;

/** Slice profile and quality of service that follow from a service level, and how. */
export const Derivation = Type.Object(
  {
    possible: Type.Boolean({ description: 'A standardised 5QI can meet the level.' }),
    qos: Type.Optional(Qos),
    slice: Type.Optional(SliceProfile),
    filters: Type.Optional(
      Type.Array(FlowFilter, { description: 'Of `flow` at `terminal`; none: all of its packets.' }),
    ),
    rates: Type.Object({
      uplink: Type.Number({ description: 'kbit/s of one terminal, with headers and headroom.' }),
      downlink: Type.Number(),
      headroom: Type.Number(),
    }),
    reasons: Type.Array(Words, { description: 'Step by step.' }),
    short: Type.Array(FieldProblem, { description: 'What no 5QI meets, at the figure of the level.' }),
    nearest: Type.Optional(
      Type.Integer({ description: '5QI that comes nearest, where none meets the level.' }),
    ),
    problems: Type.Array(FieldProblem, { description: 'What is wrong with the level itself.' }),
  },
  { title: 'Derivation' },
);
export type Derivation = Static<typeof Derivation>;

/* Demand ---------------------------------------------------------------------------------------------------------------------- */

const Rates = Type.Object({
  uplink: Type.Number({ description: 'kbit/s.' }),
  downlink: Type.Number({ description: 'kbit/s.' }),
});

export const DemandArea = Type.Object(
  {
    area: Type.String({ description: 'Edge zone, or place that a provider tells the capacity of.' }),
    kind: oneOf(['zone', 'place', 'unassigned']),
    title: Words,
    capacity: Type.Optional(Rates),
    /** Who tells the capacity. */
    capacityFrom: Type.Optional(Type.String()),
    terminals: Count,
    hours: Type.Array(
      Type.Intersect([
        Rates,
        Type.Object({
          hour: Type.Integer({ minimum: 0, maximum: 23, description: 'Of the plant’s day.' }),
          guaranteed: Rates,
          /** Share of the capacity, the greater of both directions; absent: no capacity is known. */
          load: Type.Optional(Type.Number()),
        }),
      ]),
      { description: 'Of the day asked for, in the order of the plant’s clock.' },
    ),
    flows: Type.Array(
      Type.Object({
        flow: Type.String(),
        title: Words,
        priority: Type.Integer(),
        terminals: Count,
        uplink: Type.Number({ description: 'kbit/s at its busiest hour.' }),
        downlink: Type.Number(),
        /** Its level says nothing of a rate: counted as nothing. */
        unknown: Type.Boolean(),
      }),
      { description: 'Most valuable first.' },
    ),
    standing: oneOf(['fits', 'tight', 'short', 'unknown'], 'tight: above 80 %; short: more than there is.'),
    words: Words,
  },
  { title: 'DemandArea' },
);
export type DemandArea = Static<typeof DemandArea>;

export const Demand = Type.Object(
  {
    day: Type.String({ description: 'YYYY-MM-DD on the plant’s calendar.' }),
    calendar: oneOf(['shifts', 'flat'], 'flat: no shifts are set; every hour counts the same.'),
    areas: Type.Array(DemandArea),
    time: InstantOut,
  },
  { title: 'Demand' },
);
export type Demand = Static<typeof Demand>;

/* The loop --------------------------------------------------------------------------------------------------------------------- */

export const loopActionKinds = [
  'raise-qos',
  'move-provider',
  'move-zone',
  'thin',
  'tell-app',
  'tell-people',
] as const;
/**
 * - `raise-qos`      a binding gets a better class of service or more rate, or a flow gets its first binding
 * - `move-provider`  the binding is asked of another provider
 * - `move-zone`      the terminal's traffic goes through another edge zone
 * - `thin`           flows of lower value are capped
 * - `tell-app`       the application is told, and takes its declared safe action
 * - `tell-people`    an alarm, once, with the cause
 */
export type LoopActionKind = (typeof loopActionKinds)[number];

export const loopModes = ['off', 'propose', 'act'] as const;
export type LoopMode = (typeof loopModes)[number];

export const LoopSettings = Type.Object(
  {
    mode: oneOf(loopModes, 'Of the whole plant. off: nothing; propose: a person approves; act: by itself.'),
    kinds: Type.Object(
      Object.fromEntries(loopActionKinds.map((kind) => [kind, Type.Optional(oneOf(loopModes))])) as {
        [K in LoopActionKind]: ReturnType<typeof Type.Optional<ReturnType<typeof oneOf<LoopMode>>>>;
      },
      { description: 'Of single kinds of action; never more than `mode`.' },
    ),
    coolDownMinutes: Type.Number({
      minimum: 1,
      maximum: 1440,
      description: 'Least time between two changes for the same flow of a terminal, or of the same binding.',
    }),
    actionsPerHourMax: Type.Integer({ minimum: 1, maximum: 1000 }),
    helpWithinMinutes: Type.Number({
      minimum: 1,
      maximum: 1440,
      description: 'An action after which the level is still not met by then is undone by itself.',
    }),
    violatedForMinutes: Type.Number({
      minimum: 0,
      maximum: 1440,
      description: 'A level must have been violated this long before anything is changed.',
    }),
    thinForMinutes: Type.Number({
      minimum: 1,
      maximum: 10_080,
      description: 'Capped traffic is let free again after this.',
    }),
    thinToShare: Type.Number({
      minimum: 0.05,
      maximum: 0.95,
      description: 'What is left to a capped flow, of the rate it asks for.',
    }),
    keepFlows: Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: networkLimits.networkFlowsMax,
      description: 'Flows that are never thinned.',
    }),
  },
  { title: 'LoopSettings' },
);
export type LoopSettings = Static<typeof LoopSettings>;

export const loopActionStates = [
  'proposed',
  'doing',
  'watching',
  'helped',
  'undoing',
  'undone',
  'rejected',
  'expired',
  'failed',
  'told',
] as const;
/**
 * - `proposed`  waits for a person
 * - `doing`     being carried out
 * - `watching`  done; whether it helps is not known yet
 * - `helped`    the level is met since
 * - `undoing`, `undone`  taken back, by a person or because it did not help
 * - `rejected`  a person said no
 * - `expired`   nobody approved it while the level was violated
 * - `failed`    could not be done; what was before is in force
 * - `told`      somebody was told; there is nothing to take back
 */
export type LoopActionState = (typeof loopActionStates)[number];

export const LoopAction = Type.Object(
  {
    id: Type.String(),
    kind: oneOf(loopActionKinds),
    state: oneOf(loopActionStates),
    /** What it is to help. */
    flow: Type.String(),
    terminal: Type.String(),
    what: Words,
    why: Words,
    outcome: Type.Optional(Words),
    proposed: InstantOut,
    done: Type.Optional(InstantOut),
    ended: Type.Optional(InstantOut),
    /** Judged then. */
    judgeAt: Type.Optional(InstantOut),
    by: Type.Optional(Type.String({ description: 'Who approved it, or the platform.' })),
    endedBy: Type.Optional(Type.String()),
    changes: Type.Array(
      Type.Object({
        kind: oneOf(['binding', 'zone']),
        id: Type.String(),
        before: Type.Any({ description: 'null: there was none.' }),
        after: Type.Any({ description: 'null: there is none.' }),
      }),
    ),
    decision: Type.Optional(Type.String({ description: 'Round in which it was decided.' })),
    canUndo: Type.Boolean(),
  },
  { title: 'LoopAction' },
);
export type LoopAction = Static<typeof LoopAction>;

export const LoopDecision = Type.Object(
  {
    id: Type.String(),
    time: InstantOut,
    words: Words,
    situation: Type.Optional(Type.Any({ description: 'Everything it was decided from.' })),
    decision: Type.Optional(Type.Any()),
  },
  { title: 'LoopDecision' },
);
export type LoopDecision = Static<typeof LoopDecision>;

export const LoopState = Type.Object(
  {
    settings: LoopSettings,
    /** Of the last hour. */
    actionsInHour: Count,
    proposed: Count,
    watching: Count,
    lastRound: Type.Optional(InstantOut),
    lastWords: Type.Optional(Words),
    problem: Type.Optional(Words),
  },
  { title: 'LoopState' },
);
export type LoopState = Static<typeof LoopState>;

export const networkControlLimits = {
  /** Rows of one answer. */
  actionsShownMax: 1000,
  decisionsShownMax: 500,
  /** Kept; the oldest leave. */
  actionsKeptMax: 20_000,
  decisionsKeptMax: 500,
} as const;

const read = { may: 'read', at: 'plant' } as const;
const configure = { may: 'configure', at: 'plant' } as const;
const tag = 'network';

export const networkControlRoutes = {
  networkProviderKinds: {
    method: 'GET',
    path: '/api/network/provider-kinds',
    tag,
    access: read,
    summary: 'Kinds of providers: what each can do and cannot, and its settings.',
    responses: { 200: Type.Array(NetworkProviderKind) },
  },
  networkProviders: {
    method: 'GET',
    path: '/api/network/providers',
    tag,
    access: read,
    summary: 'Configured providers and how each is.',
    responses: { 200: Type.Array(ConfiguredProvider) },
  },
  networkProvider: {
    method: 'GET',
    path: '/api/network/providers/{provider}',
    tag,
    access: read,
    summary: 'One provider.',
    responses: { 200: ConfiguredProvider },
  },
  putNetworkProvider: {
    method: 'PUT',
    path: '/api/network/providers/{provider}',
    tag,
    access: configure,
    summary: 'Add or change a provider and open it anew.',
    body: NetworkProviderInput,
    responses: { 200: ConfiguredProvider, 201: ConfiguredProvider },
  },
  deleteNetworkProvider: {
    method: 'DELETE',
    path: '/api/network/providers/{provider}',
    tag,
    access: configure,
    summary:
      'Remove a provider. While anything is in force there it is refused, unless what is there is to be forgotten.',
    query: Type.Object({
      forget: Type.Optional(
        Type.Boolean({ description: 'What was asked there is left there, and forgotten here.' }),
      ),
    }),
    responses: { 204: undefined },
  },
  testNetworkProvider: {
    method: 'POST',
    path: '/api/network/test-provider',
    tag,
    access: configure,
    summary: 'Try settings without saving them: each step and what it found.',
    body: Type.Intersect([
      NetworkProviderInput,
      Type.Object({
        id: Type.Optional(Type.String({ maxLength: 64, description: 'Its secrets stand for "•••".' })),
      }),
    ]),
    responses: { 200: TestReport },
  },
  restartNetworkProvider: {
    method: 'POST',
    path: '/api/network/providers/{provider}/restart',
    tag,
    access: configure,
    summary: 'Close and open again; what was refused is asked again.',
    responses: { 200: ConfiguredProvider },
  },
  networkSlices: {
    method: 'GET',
    path: '/api/network/slices',
    tag,
    access: read,
    summary: 'Slices: requested, accepted, effective.',
    responses: { 200: Type.Array(Slice) },
  },
  putNetworkSlice: {
    method: 'PUT',
    path: '/api/network/slices/{slice}',
    tag,
    access: configure,
    summary: 'Add or change a slice; it is asked of its provider, where one is named.',
    body: SliceInput,
    responses: { 200: Slice, 201: Slice },
  },
  deleteNetworkSlice: {
    method: 'DELETE',
    path: '/api/network/slices/{slice}',
    tag,
    access: configure,
    summary: 'Release a slice. Refused while a binding uses it.',
    responses: { 204: undefined },
  },
  networkBindings: {
    method: 'GET',
    path: '/api/network/bindings',
    tag,
    access: read,
    summary: 'Bindings: which flow of which terminal has which quality: requested, accepted, effective.',
    query: Type.Object({
      ...page,
      flow: Type.Optional(Type.String({ maxLength: 64 })),
      terminal: Type.Optional(Type.String({ maxLength: 64 })),
      provider: Type.Optional(Type.String({ maxLength: 64 })),
      standing: Type.Optional(oneOf(standings)),
    }),
    responses: { 200: Type.Object({ total: Count, bindings: Type.Array(Binding) }) },
  },
  networkBinding: {
    method: 'GET',
    path: '/api/network/bindings/{binding}',
    tag,
    access: read,
    summary: 'One binding.',
    responses: { 200: Binding },
  },
  createNetworkBinding: {
    method: 'POST',
    path: '/api/network/bindings',
    tag,
    access: configure,
    summary: 'Ask for a quality of service for a flow of a terminal; its id is made from both.',
    body: BindingInput,
    responses: { 201: Binding },
  },
  putNetworkBinding: {
    method: 'PUT',
    path: '/api/network/bindings/{binding}',
    tag,
    access: configure,
    summary: 'Add or change a binding.',
    body: BindingInput,
    responses: { 200: Binding, 201: Binding },
  },
  deleteNetworkBinding: {
    method: 'DELETE',
    path: '/api/network/bindings/{binding}',
    tag,
    access: configure,
    summary: 'Release a binding.',
    responses: { 204: undefined },
  },
  networkGroups: {
    method: 'GET',
    path: '/api/network/groups',
    tag,
    access: read,
    summary: 'LAN groups: who may talk to whom; requested, accepted, effective.',
    responses: { 200: Type.Array(LanGroup) },
  },
  putNetworkGroup: {
    method: 'PUT',
    path: '/api/network/groups/{group}',
    tag,
    access: configure,
    summary: 'Add or change a group.',
    body: LanGroupInput,
    responses: { 200: LanGroup, 201: LanGroup },
  },
  deleteNetworkGroup: {
    method: 'DELETE',
    path: '/api/network/groups/{group}',
    tag,
    access: configure,
    summary: 'Release a group.',
    responses: { 204: undefined },
  },
  retryNetworkRequest: {
    method: 'POST',
    path: '/api/network/retry',
    tag,
    access: configure,
    summary: 'Ask again now what was refused or lost.',
    body: Type.Object({ kind: oneOf(['slice', 'binding', 'group']), id: Id }),
    responses: { 204: undefined },
  },
  dryRunNetwork: {
    method: 'POST',
    path: '/api/network/dry-run',
    tag,
    access: configure,
    summary: 'What would be sent, without sending it; and what is wrong with it, at the field.',
    body: DryRunInput,
    responses: { 200: DryRun },
  },
  networkFiveQis: {
    method: 'GET',
    path: '/api/network/five-qis',
    tag,
    access: read,
    summary: 'Standardised 5QIs (3GPP TS 23.501, Table 5.7.4-1) with the DSCP they are marked with.',
    responses: { 200: Type.Array(FiveQi) },
  },
  deriveNetworkQos: {
    method: 'POST',
    path: '/api/network/derive',
    tag,
    access: read,
    summary: 'Slice profile and quality of service that a service level asks for, or why there is none.',
    body: DerivationInput,
    responses: { 200: Derivation },
  },
  networkDemand: {
    method: 'GET',
    path: '/api/network/demand',
    tag,
    access: read,
    summary: 'What all flows need, by area and hour, against what there is.',
    query: Type.Object({
      day: Type.Optional(
        Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'Today if not told.' }),
      ),
      with: Type.Optional(
        Type.String({ maxLength: 64, description: 'Application to count as if it were switched on.' }),
      ),
    }),
    responses: { 200: Demand },
  },
  networkLoop: {
    method: 'GET',
    path: '/api/network/loop',
    tag,
    access: read,
    summary: 'What the platform may do when a level is not met, and what it is doing.',
    responses: { 200: LoopState },
  },
  putNetworkLoop: {
    method: 'PUT',
    path: '/api/network/loop',
    tag,
    access: configure,
    summary: 'Change what it may do by itself.',
    body: Type.Partial(LoopSettings),
    responses: { 200: LoopState },
  },
  networkActions: {
    method: 'GET',
    path: '/api/network/actions',
    tag,
    access: read,
    summary: 'Actions proposed, done and taken back, newest first.',
    query: Type.Object({
      state: Type.Optional(oneOf(loopActionStates)),
      flow: Type.Optional(Type.String({ maxLength: 64 })),
      terminal: Type.Optional(Type.String({ maxLength: 64 })),
      before: Type.Optional(Instant),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: networkControlLimits.actionsShownMax })),
    }),
    responses: { 200: Type.Array(LoopAction) },
  },
  approveNetworkAction: {
    method: 'POST',
    path: '/api/network/actions/{action}/approve',
    tag,
    access: configure,
    summary: 'Do what is proposed.',
    responses: { 200: LoopAction },
  },
  rejectNetworkAction: {
    method: 'POST',
    path: '/api/network/actions/{action}/reject',
    tag,
    access: configure,
    summary: 'Do not do it; it is not proposed again before the cool-down has passed.',
    responses: { 200: LoopAction },
  },
  undoNetworkAction: {
    method: 'POST',
    path: '/api/network/actions/{action}/undo',
    tag,
    access: configure,
    summary: 'Take it back: what was before is asked for again.',
    responses: { 200: LoopAction },
  },
  networkDecisions: {
    method: 'GET',
    path: '/api/network/decisions',
    tag,
    access: read,
    summary: 'Rounds in which something was decided, newest first.',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: networkControlLimits.decisionsShownMax })),
    }),
    responses: { 200: Type.Array(LoopDecision) },
  },
  networkDecision: {
    method: 'GET',
    path: '/api/network/decisions/{decision}',
    tag,
    access: read,
    summary: 'One round with all it was decided from; decided anew now, it gives the same.',
    responses: {
      200: Type.Intersect([
        LoopDecision,
        Type.Object({
          same: Type.Boolean({ description: 'Decided anew from the same situation: the same.' }),
        }),
      ]),
    },
  },
} as const satisfies Record<string, Route>;
export type NetworkControlRoute = keyof typeof networkControlRoutes;
