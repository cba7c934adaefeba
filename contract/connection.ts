import { type Static, Type } from 'typebox';

/** What the user chose to happen when a connection cannot be opened at start-up. */
export const StartupPolicy = Type.Union(
  [Type.Literal('retry'), Type.Literal('fail'), Type.Literal('ignore')],
  {
    description:
      'retry: keep trying with back-off. fail: the platform does not start without it. ignore: try once, leave it be until a person restarts it.',
  },
);
export type StartupPolicy = Static<typeof StartupPolicy>;

export const ConnectionState = Type.Union([
  Type.Literal('connecting'),
  Type.Literal('connected'),
  Type.Literal('degraded'),
  Type.Literal('disconnected'),
  Type.Literal('stopped'),
]);
export type ConnectionState = Static<typeof ConnectionState>;

/** Kinds of error a terminal protocol may raise, and what follows from each. */
export const TerminalErrorKind = Type.Union([
  Type.Literal('settings', { description: 'A setting is wrong: stops until it is changed.' }),
  Type.Literal('unavailable', { description: 'Not there now: retried.' }),
  Type.Literal('denied', { description: 'Refused by the other side: stops until a person acts.' }),
  Type.Literal('bad-data', { description: 'Counted, quarantined, goes on.' }),
]);
export type TerminalErrorKind = Static<typeof TerminalErrorKind>;

/** Why a connection is not well and what to do, as codes the console words in both languages, with the peer's own text. */
export const ConnectionProblem = Type.Object({
  kind: TerminalErrorKind,
  code: Type.String({ description: 'kebab-case, e.g. connection-refused, certificate-expired, unit-silent' }),
  field: Type.Optional(Type.String()),
  what: Type.Object({ en: Type.String(), zh: Type.String() }),
  remedy: Type.Object({ en: Type.String(), zh: Type.String() }),
  detail: Type.Optional(Type.String({ description: "The other side's or the system's own words." })),
});
export type ConnectionProblem = Static<typeof ConnectionProblem>;

/** A connection is one endpoint of one protocol: a server, a gateway, a broker, a listener. Things are reached through it. */
export const Connection = Type.Object(
  {
    id: Type.String(),
    protocol: Type.String(),
    title: Type.String(),
    enabled: Type.Boolean(),
    startup: StartupPolicy,
    settings: Type.Record(Type.String(), Type.Any(), {
      description: 'As declared by the protocol; secrets come back as "•••".',
    }),
    state: ConnectionState,
    since: Type.String({ format: 'date-time' }),
    problem: Type.Optional(ConnectionProblem),
    things: Type.Array(Type.String(), { description: 'Ids of the things reached through it.' }),
    counters: Type.Record(Type.String(), Type.Number()),
    processId: Type.Optional(Type.Integer()),
  },
  { title: 'Connection' },
);
export type Connection = Static<typeof Connection>;

export const ConnectionInput = Type.Object(
  {
    id: Type.Optional(Type.String()),
    protocol: Type.String(),
    title: Type.Optional(Type.String()),
    enabled: Type.Optional(Type.Boolean()),
    startup: Type.Optional(StartupPolicy),
    settings: Type.Record(Type.String(), Type.Any()),
  },
  { title: 'ConnectionInput' },
);
export type ConnectionInput = Static<typeof ConnectionInput>;

/** Outcome of trying an address before anything is saved. */
export const TestReport = Type.Object(
  {
    ok: Type.Boolean(),
    steps: Type.Array(
      Type.Object({
        title: Type.Object({ en: Type.String(), zh: Type.String() }),
        ok: Type.Boolean(),
        milliseconds: Type.Number(),
        detail: Type.Optional(Type.String()),
      }),
    ),
    problem: Type.Optional(ConnectionProblem),
    /** E.g. endpoints and security policies an OPC UA server offers; unit ids a Modbus gateway answers for. */
    found: Type.Optional(Type.Any()),
  },
  { title: 'TestReport' },
);
export type TestReport = Static<typeof TestReport>;

/** One node of what a server shows when browsed; leaves carry a property that can be chosen. */
export const BrowseNode = Type.Object(
  {
    id: Type.String({ description: 'Address of the node in the protocol’s own terms.' }),
    name: Type.String(),
    kind: Type.Union([Type.Literal('folder'), Type.Literal('property'), Type.Literal('action')]),
    hasChildren: Type.Boolean(),
    /** WoT property affordance (with forms) for `property`, action affordance for `action`. */
    affordance: Type.Optional(Type.Any()),
    value: Type.Optional(Type.Unknown()),
    detail: Type.Optional(Type.String()),
  },
  { title: 'BrowseNode' },
);
export type BrowseNode = Static<typeof BrowseNode>;
