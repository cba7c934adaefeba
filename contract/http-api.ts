import { type Static, type TSchema, Type } from 'typebox';
import { accessRoutes } from './access.ts';
import { alarmRoutes } from './alarm.ts';
import { appRoutes } from './app.ts';
import { Command, commandBody, commandRoutes } from './command.ts';
import { BrowseNode, Connection, ConnectionInput, TestReport } from './connection.ts';
import { dashboardRoutes } from './dashboard.ts';
import { deviceCertificateRoutes } from './device-certificate.ts';
import { limits } from './limits.ts';
import { networkControlRoutes } from './network-control.ts';
import { networkInventoryRoutes } from './network-inventory.ts';
import { networkMeasuringRoutes } from './network-measuring.ts';
import { Grant } from './permission.ts';
import { Problem } from './problem.ts';
import { Count, InstantOut, page, type Route, range } from './route.ts';
import { ApiSample, Quality } from './sample.ts';
import { ApiThingDescription } from './thing.ts';

export const Counters = Type.Object(
  {
    received: Count,
    stored: Count,
    rejected: Count,
    dropped: Count,
    inFlight: Count,
    duplicates: Type.Integer({
      minimum: 0,
      description: 'Part of stored: same thing, property and time; the last wins.',
    }),
    rejectedBy: Type.Record(Type.String(), Count),
  },
  { title: 'Counters', description: 'received = stored + rejected + dropped + inFlight, always.' },
);
export type Counters = Static<typeof Counters>;

export const LiveValue = Type.Object(
  {
    property: Type.String(),
    time: Type.Optional(InstantOut),
    received: Type.Optional(InstantOut),
    value: Type.Unknown(),
    quality: Type.Optional(Quality),
    status: Type.Optional(Type.String()),
  },
  { title: 'LiveValue' },
);
export type LiveValue = Static<typeof LiveValue>;

export const LiveUpdate = Type.Object(
  {
    samples: Type.Array(
      Type.Object({
        thing: Type.String(),
        property: Type.String(),
        time: InstantOut,
        value: Type.Unknown(),
        quality: Quality,
        status: Type.Optional(Type.String()),
      }),
    ),
  },
  { title: 'LiveUpdate' },
);
export type LiveUpdate = Static<typeof LiveUpdate>;

export const ThingState = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    titles: Type.Optional(Type.Record(Type.String(), Type.String())),
    place: Type.String({ description: 'ISA-95 path, empty where none is given.' }),
    types: Type.Array(Type.String()),
    state: Type.Union([
      Type.Literal('good'),
      Type.Literal('uncertain'),
      Type.Literal('bad'),
      Type.Literal('stale'),
      Type.Literal('silent'),
    ]),
    since: Type.Optional(
      Type.String({ format: 'date-time', description: 'Since when the thing is in this state.' }),
    ),
    lastSample: Type.Optional(InstantOut),
    properties: Count,
    connection: Type.Optional(Type.String()),
    abnormal: Type.Array(
      Type.Object({
        property: Type.String(),
        value: Type.Unknown(),
        quality: Quality,
        reason: Type.String(),
        time: Type.Optional(InstantOut),
        since: Type.Optional(
          Type.String({ format: 'date-time', description: 'Since when the property is abnormal.' }),
        ),
        title: Type.Optional(Type.String()),
        titles: Type.Optional(Type.Record(Type.String(), Type.String())),
        unit: Type.Optional(Type.String()),
        decimals: Type.Optional(Count),
        normal: Type.Optional(
          Type.Object({ min: Type.Optional(Type.Number()), max: Type.Optional(Type.Number()) }),
        ),
      }),
      { description: 'Properties outside their normal band or without good quality, at most 8.' },
    ),
  },
  { title: 'ThingState' },
);
export type ThingState = Static<typeof ThingState>;

export const PlantNode = Type.Object(
  {
    path: Type.String(),
    name: Type.String(),
    level: Type.String({ description: 'enterprise, site, area, line, cell, unit (by depth, ISA-95)' }),
    things: Count,
    states: Type.Record(Type.String(), Count, {
      description: 'Things by state; `outside`: good, with a property outside its normal band.',
    }),
  },
  { title: 'PlantNode' },
);
export type PlantNode = Static<typeof PlantNode>;

export const Credential = Type.Object(
  { username: Type.String(), created: InstantOut, lastUsed: Type.Optional(InstantOut) },
  { title: 'Credential' },
);

export const QuarantineRecord = Type.Object(
  {
    id: Type.String(),
    time: InstantOut,
    thing: Type.Optional(Type.String()),
    connection: Type.Optional(Type.String()),
    source: Type.String({ description: 'Where it came in: topic, register, node id, URL.' }),
    reason: Type.String(),
    detail: Type.String(),
    excerpt: Type.String({ description: 'First bytes of what came, as text.' }),
    count: Type.Integer({ minimum: 1, description: 'How often the same came in a row.' }),
  },
  { title: 'QuarantineRecord' },
);
export type QuarantineRecord = Static<typeof QuarantineRecord>;

export const Proposal = Type.Object(
  {
    id: Type.String(),
    time: InstantOut,
    connection: Type.Optional(Type.String()),
    source: Type.String(),
    description: Type.Any({ description: 'The proposed Thing Description.' }),
    existing: Type.Boolean({ description: 'The thing exists and this would change it.' }),
  },
  { title: 'Proposal' },
);
export type Proposal = Static<typeof Proposal>;

export const Protocol = Type.Object(
  {
    id: Type.String(),
    title: Type.Object({ en: Type.String(), zh: Type.String() }),
    summary: Type.Object({ en: Type.String(), zh: Type.String() }),
    schemes: Type.Array(Type.String()),
    settings: Type.Record(Type.String(), Type.Any()),
    canBrowse: Type.Boolean(),
    /** A listener is there once and takes what comes in; others are opened towards an address. */
    direction: Type.Union([Type.Literal('listener'), Type.Literal('client')]),
  },
  { title: 'Protocol' },
);
export type Protocol = Static<typeof Protocol>;

export const Health = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('unavailable')]),
    version: Type.String(),
    parts: Type.Record(
      Type.String(),
      Type.Object({ ok: Type.Boolean(), detail: Type.Optional(Type.String()) }),
    ),
    missing: Type.Array(Type.String()),
  },
  { title: 'Health' },
);
export type Health = Static<typeof Health>;

export const PlatformSettings = Type.Object(
  {
    retentionDays: Type.Record(Type.String(), Type.Number({ minimum: 0 }), {
      description: 'Days kept by tier: raw, minute, hour, events. 0 keeps for ever.',
    }),
    plantTimeZone: Type.String({ description: 'IANA name; the console shows this time.' }),
    plantName: Type.String(),
    autoAcceptProposals: Type.Boolean(),
  },
  { title: 'PlatformSettings' },
);
export type PlatformSettings = Static<typeof PlatformSettings>;

export const Session = Type.Object(
  {
    token: Type.String({ description: 'Bearer token; the same session as the cookie.' }),
    user: Type.String(),
    role: Type.String({ description: 'The widest of the roles held.' }),
    grants: Type.Array(Grant),
    expires: InstantOut,
    mustChangePassword: Type.Boolean(),
  },
  { title: 'Session' },
);

const ThingPush = Type.Any({
  description:
    '{"temperature": 21.5}, or {"time": …, "values": {…}}, or an array of those. Time is RFC 3339 or epoch milliseconds.',
});

export const routes = {
  health: {
    method: 'GET',
    path: '/api/health',
    tag: 'platform',
    access: 'open',
    summary: '200 only when HTTP, MQTT and both stores accept work; else 503 with what is missing.',
    responses: { 200: Health, 503: Health },
  },
  openapi: {
    method: 'GET',
    path: '/api/openapi.json',
    tag: 'platform',
    access: 'open',
    summary: 'This document.',
    responses: { 200: Type.Any() },
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    tag: 'platform',
    access: { may: 'read', at: 'plant' },
    summary: 'Prometheus text format.',
    responses: { 200: Type.String() },
    produces: 'text/plain',
  },
  signIn: {
    method: 'POST',
    path: '/api/session',
    tag: 'session',
    access: 'open',
    summary: 'Sign in; sets the session cookie.',
    body: Type.Object({
      user: Type.String({ maxLength: 256 }),
      password: Type.String({ maxLength: 1024 }),
      code: Type.Optional(
        Type.String({ maxLength: 64, description: 'Of the second factor, or a recovery code.' }),
      ),
    }),
    responses: { 200: Session },
  },
  session: {
    method: 'GET',
    path: '/api/session',
    tag: 'session',
    access: 'person',
    summary: 'Who is signed in.',
    responses: { 200: Type.Omit(Session, ['token']) },
  },
  signOut: {
    method: 'DELETE',
    path: '/api/session',
    tag: 'session',
    access: 'session',
    summary: 'End this session.',
    responses: { 204: undefined },
  },
  changePassword: {
    method: 'POST',
    path: '/api/session/password',
    tag: 'session',
    access: 'session',
    summary: 'Change the own password.',
    body: Type.Object({
      current: Type.String({ maxLength: 1024 }),
      next: Type.String({ minLength: 10, maxLength: 1024 }),
    }),
    responses: { 204: undefined },
  },
  things: {
    method: 'GET',
    path: '/api/things',
    tag: 'things',
    access: { may: 'read', at: 'some' },
    summary: 'Thing Descriptions, by id; filter by place, type or text.',
    query: Type.Object({
      ...page,
      place: Type.Optional(Type.String()),
      type: Type.Optional(Type.String()),
      text: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    responses: { 200: Type.Array(ApiThingDescription) },
  },
  createThing: {
    method: 'POST',
    path: '/api/things',
    tag: 'things',
    access: { may: 'configure', at: 'some' },
    summary: 'Register a thing by its Thing Description; one without an id is given one.',
    body: ApiThingDescription,
    bodyTypes: ['application/td+json'],
    bodyBytesMax: limits.thingDescriptionBytesMax,
    responses: { 201: ApiThingDescription },
  },
  thing: {
    method: 'GET',
    path: '/api/things/{id}',
    tag: 'things',
    access: { may: 'read', at: 'thing' },
    summary: 'One Thing Description.',
    responses: { 200: ApiThingDescription },
  },
  putThing: {
    method: 'PUT',
    path: '/api/things/{id}',
    tag: 'things',
    access: { may: 'configure', at: 'thing' },
    summary: 'Create or replace a Thing Description. History stays with properties that keep their name.',
    body: ApiThingDescription,
    bodyTypes: ['application/td+json'],
    bodyBytesMax: limits.thingDescriptionBytesMax,
    responses: { 200: ApiThingDescription, 201: ApiThingDescription },
  },
  deleteThing: {
    method: 'DELETE',
    path: '/api/things/{id}',
    tag: 'things',
    access: { may: 'configure', at: 'thing' },
    summary: 'Remove a thing, its credentials and its history.',
    responses: { 204: undefined },
  },
  createThingModelInstance: {
    method: 'POST',
    path: '/api/thing-models/instances',
    tag: 'things',
    access: { may: 'configure', at: 'some' },
    summary:
      'Make a Thing Description from a Thing Model and the values of its placeholders; it is returned, not saved.',
    body: Type.Object({
      model: Type.Any(),
      placeholders: Type.Optional(Type.Record(Type.String(), Type.Any())),
    }),
    bodyBytesMax: limits.thingDescriptionBytesMax,
    responses: { 200: ApiThingDescription },
  },
  thingStates: {
    method: 'GET',
    path: '/api/thing-states',
    tag: 'things',
    access: { may: 'read', at: 'some' },
    summary: 'Live state of the things under a place.',
    query: Type.Object({
      ...page,
      place: Type.Optional(Type.String()),
      text: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    responses: { 200: Type.Object({ total: Count, things: Type.Array(ThingState) }) },
  },
  plant: {
    method: 'GET',
    path: '/api/plant',
    tag: 'things',
    access: { may: 'read', at: 'some' },
    summary: 'The ISA-95 tree with counts of live states.',
    responses: { 200: Type.Object({ nodes: Type.Array(PlantNode) }) },
  },
  credentials: {
    method: 'GET',
    path: '/api/things/{id}/credentials',
    tag: 'things',
    access: { may: 'configure', at: 'thing' },
    summary: "A thing's credentials.",
    responses: { 200: Type.Array(Credential) },
  },
  createCredentials: {
    method: 'POST',
    path: '/api/things/{id}/credentials',
    tag: 'things',
    access: { may: 'configure', at: 'thing' },
    summary: 'New credentials for a thing; the password is shown this once.',
    responses: { 201: Type.Object({ username: Type.String(), password: Type.String() }) },
  },
  deleteCredentials: {
    method: 'DELETE',
    path: '/api/things/{id}/credentials/{username}',
    tag: 'things',
    access: { may: 'configure', at: 'thing' },
    summary: 'Withdraw credentials; sessions that use them end at once.',
    responses: { 204: undefined },
  },
  properties: {
    method: 'GET',
    path: '/api/things/{id}/properties',
    tag: 'samples',
    access: { may: 'read', at: 'thing', device: true },
    summary: 'Latest value, time and quality of each property, by name.',
    responses: { 200: Type.Record(Type.String(), Type.Omit(LiveValue, ['property'])) },
  },
  push: {
    method: 'POST',
    path: '/api/things/{id}/properties',
    tag: 'samples',
    access: { may: 'operate', at: 'thing', device: true },
    summary: 'Push values; answered after they are stored.',
    body: ThingPush,
    responses: { 200: Type.Object({ stored: Count }) },
  },
  samples: {
    method: 'GET',
    path: '/api/things/{id}/properties/{name}/samples',
    tag: 'samples',
    access: { may: 'read', at: 'thing' },
    summary:
      'History. A range that holds no more than `points` comes raw, else as the extremes of equal spans.',
    query: Type.Object({
      ...range,
      points: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.pointsMax })),
    }),
    responses: {
      200: Type.Object({
        samples: Type.Array(ApiSample),
        reduced: Type.Boolean({
          description: 'True where `samples` are extremes of spans and not every sample.',
        }),
        spanMilliseconds: Type.Optional(Type.Number()),
      }),
    },
  },
  events: {
    method: 'GET',
    path: '/api/things/{id}/events',
    tag: 'samples',
    access: { may: 'read', at: 'thing' },
    summary: 'Events of a thing, newest first.',
    query: Type.Object({ ...range, name: Type.Optional(Type.String()), limit: page.limit }),
    responses: {
      200: Type.Array(
        Type.Object({ name: Type.String(), time: InstantOut, received: InstantOut, data: Type.Unknown() }),
      ),
    },
  },
  pushEvent: {
    method: 'POST',
    path: '/api/things/{id}/events/{name}',
    tag: 'samples',
    access: { may: 'operate', at: 'thing', device: true },
    summary: 'Push an event: any JSON, or {"time": …, "data": …}.',
    body: Type.Any(),
    responses: { 200: Type.Object({ stored: Count }) },
  },
  invokeAction: {
    method: 'POST',
    path: '/api/things/{id}/actions/{name}',
    tag: 'things',
    access: { may: 'operate', at: 'thing' },
    summary:
      'Invoke an action of a thing; answers with what the thing answered. 202: it is under way, follow its command.',
    body: Type.Object({ input: Type.Optional(Type.Any()), ...commandBody }),
    responses: {
      200: Type.Object({
        state: Type.Union([Type.Literal('confirmed'), Type.Literal('refused'), Type.Literal('unknown')]),
        output: Type.Optional(Type.Any()),
        command: Command,
      }),
      202: Type.Object({
        state: Type.Union([Type.Literal('accepted'), Type.Literal('sent')]),
        command: Command,
      }),
      504: Type.Object({ state: Type.Literal('timed-out'), command: Command }),
    },
  },
  thingCounters: {
    method: 'GET',
    path: '/api/things/{id}/counters',
    tag: 'things',
    access: { may: 'read', at: 'thing' },
    summary: 'What became of what a thing sent.',
    responses: { 200: Counters },
  },
  counters: {
    method: 'GET',
    path: '/api/counters',
    tag: 'platform',
    access: { may: 'read', at: 'plant' },
    summary: 'What became of all that came in: in total and by connection.',
    responses: { 200: Type.Object({ total: Counters, connections: Type.Record(Type.String(), Counters) }) },
  },
  live: {
    method: 'GET',
    path: '/api/live',
    tag: 'samples',
    access: { may: 'read', at: 'some' },
    summary:
      'Server-sent events: each `data:` is a LiveUpdate. Starts with the latest values of the things named.',
    query: Type.Object({ thing: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])) }),
    responses: { 200: LiveUpdate },
    produces: 'text/event-stream',
  },
  exportSamples: {
    method: 'GET',
    path: '/api/export',
    tag: 'samples',
    access: { may: 'read', at: 'some' },
    summary:
      'Every sample of a range as CSV or Parquet; `property` is `<thing id>/<name>` percent-encoded, or a thing id for all of it.',
    query: Type.Object({
      ...range,
      thing: Type.Union([Type.String(), Type.Array(Type.String())]),
      property: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
      format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('parquet')])),
    }),
    responses: { 200: Type.String() },
    produces: 'text/csv',
  },
  protocols: {
    method: 'GET',
    path: '/api/protocols',
    tag: 'terminals',
    access: 'person',
    summary: 'Protocols and their settings.',
    responses: { 200: Type.Array(Protocol) },
  },
  testConnection: {
    method: 'POST',
    path: '/api/protocols/{protocol}/test',
    tag: 'terminals',
    access: { may: 'configure', at: 'plant' },
    summary: 'Try settings against the real address; saves nothing.',
    body: Type.Object({
      settings: Type.Record(Type.String(), Type.Any()),
      connection: Type.Optional(Type.String()),
    }),
    responses: { 200: TestReport },
  },
  browse: {
    method: 'POST',
    path: '/api/protocols/{protocol}/browse',
    tag: 'terminals',
    access: { may: 'configure', at: 'plant' },
    summary: 'What is there below a node.',
    body: Type.Object({
      settings: Type.Record(Type.String(), Type.Any()),
      connection: Type.Optional(Type.String()),
      node: Type.Optional(Type.String()),
    }),
    responses: { 200: Type.Object({ nodes: Type.Array(BrowseNode) }) },
  },
  connections: {
    method: 'GET',
    path: '/api/connections',
    tag: 'terminals',
    access: { may: 'read', at: 'plant' },
    summary: 'Connections, their state and why.',
    responses: { 200: Type.Array(Connection) },
  },
  createConnection: {
    method: 'POST',
    path: '/api/connections',
    tag: 'terminals',
    access: { may: 'configure', at: 'plant' },
    summary: 'Add a connection and open it.',
    body: ConnectionInput,
    responses: { 201: Connection },
  },
  connection: {
    method: 'GET',
    path: '/api/connections/{id}',
    tag: 'terminals',
    access: { may: 'read', at: 'plant' },
    summary: 'One connection.',
    responses: { 200: Connection },
  },
  putConnection: {
    method: 'PUT',
    path: '/api/connections/{id}',
    tag: 'terminals',
    access: { may: 'configure', at: 'plant' },
    summary: 'Change a connection and reopen it.',
    body: ConnectionInput,
    responses: { 200: Connection },
  },
  deleteConnection: {
    method: 'DELETE',
    path: '/api/connections/{id}',
    tag: 'terminals',
    access: { may: 'configure', at: 'plant' },
    summary: 'Remove a connection. Its things and their history stay.',
    responses: { 204: undefined },
  },
  restartConnection: {
    method: 'POST',
    path: '/api/connections/{id}/restart',
    tag: 'terminals',
    access: { may: 'configure', at: 'plant' },
    summary: 'Close and open again.',
    responses: { 200: Connection },
  },
  quarantine: {
    method: 'GET',
    path: '/api/quarantine',
    tag: 'terminals',
    access: { may: 'read', at: 'plant' },
    summary: 'Rejected data with the reason, newest first.',
    query: Type.Object({
      ...page,
      thing: Type.Optional(Type.String()),
      connection: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
    }),
    responses: { 200: Type.Object({ total: Count, records: Type.Array(QuarantineRecord) }) },
  },
  clearQuarantine: {
    method: 'DELETE',
    path: '/api/quarantine',
    tag: 'terminals',
    access: { may: 'configure', at: 'plant' },
    summary: 'Empty the quarantine.',
    responses: { 204: undefined },
  },
  proposals: {
    method: 'GET',
    path: '/api/proposals',
    tag: 'terminals',
    access: { may: 'read', at: 'plant' },
    summary: 'Things that terminals announced and nobody has accepted yet.',
    responses: { 200: Type.Array(Proposal) },
  },
  acceptProposal: {
    method: 'POST',
    path: '/api/proposals/{id}/accept',
    tag: 'terminals',
    access: { may: 'configure', at: 'plant' },
    summary: 'Register the proposed thing.',
    responses: { 201: ApiThingDescription },
  },
  deleteProposal: {
    method: 'DELETE',
    path: '/api/proposals/{id}',
    tag: 'terminals',
    access: { may: 'configure', at: 'plant' },
    summary: 'Dismiss a proposal.',
    responses: { 204: undefined },
  },
  settings: {
    method: 'GET',
    path: '/api/settings',
    tag: 'platform',
    access: 'person',
    summary: 'Settings of the platform.',
    responses: { 200: PlatformSettings },
  },
  putSettings: {
    method: 'PUT',
    path: '/api/settings',
    tag: 'platform',
    access: { may: 'administer', at: 'plant' },
    summary: 'Change settings of the platform.',
    body: Type.Partial(PlatformSettings),
    responses: { 200: PlatformSettings },
  },
  backups: {
    method: 'GET',
    path: '/api/backups',
    tag: 'platform',
    access: { may: 'administer', at: 'plant' },
    summary: 'Backups made.',
    responses: { 200: Type.Array(Type.Object({ name: Type.String(), time: InstantOut, bytes: Count })) },
  },
  createBackup: {
    method: 'POST',
    path: '/api/backups',
    tag: 'platform',
    access: { may: 'administer', at: 'plant' },
    summary: 'Back up samples and records while running.',
    responses: { 201: Type.Object({ name: Type.String(), time: InstantOut, bytes: Count }) },
  },
  ...alarmRoutes,
  ...commandRoutes,
  ...accessRoutes,
  ...appRoutes,
  ...dashboardRoutes,
  ...deviceCertificateRoutes,
  ...networkInventoryRoutes,
  ...networkControlRoutes,
  ...networkMeasuringRoutes,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
export type QueryOf<N extends RouteName> = (typeof routes)[N] extends { query: infer Q extends TSchema }
  ? Static<Q>
  : Record<string, never>;
export type BodyOf<N extends RouteName> = (typeof routes)[N] extends { body: infer B extends TSchema }
  ? Static<B>
  : undefined;

/** The HTTP API as an OpenAPI 3.1 document, made from {@link routes} and those of applications. */
export function openApiDocument(
  version: string,
  more: Readonly<Record<string, Route>> = {},
): Record<string, unknown> {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  const reference = (schema: TSchema): unknown => {
    const plain = JSON.parse(JSON.stringify(schema)) as unknown;
    return lift(plain, schemas);
  };
  for (const [operationId, route] of Object.entries({ ...routes, ...more }) as [string, Route][]) {
    const parameters: unknown[] = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    if (route.query !== undefined) {
      const query = JSON.parse(JSON.stringify(route.query)) as {
        properties: Record<string, unknown>;
        required?: string[];
      };
      for (const [name, schema] of Object.entries(query.properties)) {
        parameters.push({ name, in: 'query', required: query.required?.includes(name) ?? false, schema });
      }
    }
    const responses: Record<string, unknown> = {};
    for (const [status, schema] of Object.entries(route.responses)) {
      responses[status] =
        schema === undefined
          ? { description: 'Done.' }
          : {
              description: 'Answer.',
              content: { [route.produces ?? 'application/json']: { schema: reference(schema) } },
            };
    }
    responses['default'] = {
      description: 'Problem.',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
    const bodySchema = route.body === undefined ? undefined : reference(route.body);
    (paths[route.path] ??= {})[route.method.toLowerCase()] = {
      operationId,
      summary: route.summary,
      tags: [route.tag],
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(bodySchema === undefined
        ? {}
        : {
            requestBody: {
              required: true,
              content: Object.fromEntries(
                ['application/json', ...(route.bodyTypes ?? [])].map((type) => [
                  type,
                  { schema: bodySchema },
                ]),
              ),
            },
          }),
      responses,
      security:
        route.access === 'open'
          ? []
          : [
              { bearer: [] },
              { cookie: [] },
              ...(typeof route.access === 'object' && route.access.device === true ? [{ basic: [] }] : []),
            ],
    };
  }
  schemas['Problem'] = problemSchema();
  return {
    openapi: '3.1.0',
    info: { title: 'Millrace', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'millrace' },
      },
    },
  };
}

/** Moves titled object schemas into `schemas` and leaves references, so that the generated client has names for them. */
function lift(node: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(node)) return node.map((item) => lift(item, schemas));
  if (node === null || typeof node !== 'object') return node;
  const lifted = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, lift(value, schemas)]));
  const title = lifted['title'];
  if (lifted['type'] === 'object' && typeof title === 'string') {
    schemas[title] = lifted;
    return { $ref: `#/components/schemas/${title}` };
  }
  return lifted;
}

function problemSchema(): unknown {
  return JSON.parse(JSON.stringify(Problem));
}
