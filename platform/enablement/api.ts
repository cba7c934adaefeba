import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import cookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import {
  type ConnectionInput,
  type Counters,
  formatInstant,
  type Grant,
  grantsGiving,
  type Health,
  type LiveUpdate,
  limits,
  mayAt,
  openApiDocument,
  type PlatformSettings,
  type Problem,
  parseInstant,
  qualityClass,
  type Route,
  type RouteName,
  routes,
  type Settings,
  status,
  statusName,
  type ThingDescription,
  type ThingEvent,
} from '@millrace/contract';
import {
  BatchBuilder,
  type Clock,
  deeperThan,
  type Log,
  type NetworkDoor,
  type SampleQuestions,
  type SampleStore,
  type ThingRecord,
  takePropertyPayload,
  viewThing,
} from '@millrace/sdk';
import { Ajv } from 'ajv';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  CertificateRefused,
  DescriptionError,
  IntakeBusy,
  type Iot,
  instantiateModel,
  isUnder,
  liveValues,
  ProtocolProblem,
  placeOf,
  readDescription,
  SettingsError,
} from '../iot/index.ts';
import {
  type Access,
  AccessError,
  actorOf,
  Locked,
  type Oidc,
  PasswordsBusy,
  type Person,
} from './access/index.ts';
import { accessProblem } from './access/problems.ts';
import type { AppHost } from './apps/host.ts';
import { appRouteTable, mountAppRoutes } from './apps/mount.ts';
import type { ChainedTrail } from './audit/index.ts';
import { auditedRoutes, NowAndThen } from './audit/requests.ts';
import type { Dashboards } from './dashboards/index.ts';
import type { Webhooks } from './data-out/index.ts';
import { openEventStream } from './event-stream.ts';
import { LiveStreams, type SeriesName } from './live-stream.ts';
import { OpenStreams } from './open-streams.ts';
import { normalisePath } from './paths.ts';
import { forbidden, HttpProblem, notFound } from './problems.ts';
import {
  type Caller,
  type Handler,
  placesFor,
  readRange,
  requirePerson,
  requireThing,
  type TimeRange,
} from './requests.ts';
import { accessHandlers, sessionCookie } from './routes/access.ts';
import { alarmHandlers } from './routes/alarms.ts';
import { appHandlers } from './routes/apps.ts';
import { certificateHandlers } from './routes/certificates.ts';
import { commandHandlers } from './routes/commands.ts';
import { dashboardHandlers } from './routes/dashboards.ts';
import { mountNetwork, networkHandlers } from './routes/network.ts';

export interface ApiOptions {
  version: string;
  iot: Iot;
  samples: SampleStore;
  access: Access;
  oidc: Oidc;
  apps: AppHost;
  dashboards: Dashboards;
  network: NetworkDoor;
  webhooks: Webhooks;
  questions: SampleQuestions;
  /** What a user holds now; nothing for one who is gone. */
  grantsOf(user: string): readonly Grant[];
  audit: ChainedTrail;
  clock: Clock;
  log: Log;
  health: () => Promise<Health>;
  metrics: () => Promise<string>;
  settings: { get(): PlatformSettings; put(change: Partial<PlatformSettings>): Promise<PlatformSettings> };
  backups: {
    list(): Promise<{ name: string; time: string; bytes: number }[]>;
    create(): Promise<{ name: string; time: string; bytes: number }>;
  };
  /** Folder of the built console; undefined: none is served. */
  consoleFolder: string | undefined;
  tls: { key: string; cert: string } | undefined;
}

const defaultPoints = 1000;
const requestMillisecondsMax = 120_000;
const drainBytesMax = 64 * 1024 * 1024;
const drainMillisecondsMax = 5_000;

/** The HTTP side of the platform: every route of the contract, denied unless allowed, and the console's files. */
export async function createApi(options: ApiOptions): Promise<{ app: FastifyInstance; live: LiveStreams }> {
  const { iot, samples, access, audit, clock, log } = options;
  const { registry, twin } = iot;
  const refusals = new NowAndThen();
  const streams = new OpenStreams();
  access.onChange((person) => streams.end(person));
  const placeOfThing = (id: string): string => {
    const record = registry.get(id);
    return record === undefined ? '' : placeOf(record);
  };
  const http = {
    requestTimeout: requestMillisecondsMax,
    headersTimeout: 20_000,
    connectionsCheckingInterval: 5_000,
  };
  const app = fastify({
    ...(options.tls === undefined ? { http } : { https: { ...options.tls, ...http } }),
    bodyLimit: limits.payloadBytesMax,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    rewriteUrl: (request: { url?: string }) =>
      normalisePath(request.url ?? '/', (id) => registry.get(id) !== undefined),
    routerOptions: { maxParamLength: 4096 },
    logger: false,
  } as never) as unknown as FastifyInstance;
  (app.server as Server).keepAliveTimeout = 65_000;
  await app.register(cookie);
  app.decorateRequest('caller', null as never);
  app.decorateRequest('audited', undefined);

  // Query parameters are text and are read as what the schema wants; a JSON body must be what it says it is.
  const ofQuery = new Ajv({ coerceTypes: 'array', strict: false });
  const ofBody = new Ajv({ strict: false });
  app.setValidatorCompiler(
    ({ schema, httpPart }) => (httpPart === 'body' ? ofBody : ofQuery).compile(schema as object) as never,
  );

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.routeOptions.config.raw === true) return done(null, body);
    try {
      done(null, readJson(body as Buffer, request.headers['content-type']));
    } catch (error) {
      done(error as Error);
    }
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'content-security-policy':
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    });
    if (options.tls !== undefined) reply.header('strict-transport-security', 'max-age=31536000');
    request.caller = identify(request, iot, access);
    const route = request.routeOptions.config.route;
    if (route === undefined) {
      // Not one of ours: the console's files are open, everything else is denied before it is known whether it exists.
      if (request.url.startsWith('/api') || request.url.startsWith('/metrics')) requirePerson(request.caller);
      return;
    }
    try {
      allow(route, request, access, placeOfThing);
    } catch (error) {
      const { person } = request.caller;
      if (
        person !== undefined &&
        refusals.first(`${person.user} ${person.token ?? ''} ${route.method} ${route.path}`, clock.now())
      )
        await audit.record({
          actor: actorOf(person),
          action: 'access.refused',
          object: `${route.method} ${request.url.split('?')[0]!.slice(0, 500)}`,
          place: placeOfThing((request.params as { id?: string }).id ?? ''),
          detail: { reason: (error as Error).message },
          outcome: 'refused',
        });
      throw error;
    }
    if (route.produces === 'text/event-stream' && request.caller.person !== undefined)
      streams.add(request.caller.person, reply.raw);
  });
  // What changes the plant or takes data out of it is in the audit trail before it is done; how it ended follows.
  app.addHook('preHandler', async (request) => {
    const { config } = request.routeOptions;
    const action = config.name === undefined ? undefined : auditedRoutes[config.name];
    if (action === undefined) return;
    const { person, device } = request.caller;
    const { id, name, username, fingerprint } = request.params as Record<string, string | undefined>;
    const query = request.query as Record<string, unknown>;
    const body = request.body as { id?: unknown; 'millrace:place'?: unknown } | undefined;
    const object = id ?? (typeof body?.id === 'string' ? body.id : '');
    const given = body?.['millrace:place'];
    request.audited = {
      actor: person === undefined ? { kind: 'device', id: device ?? '' } : actorOf(person),
      action,
      object,
      place: placeOfThing(object) || (typeof given === 'string' ? given : ''),
      detail: {
        ...(name === undefined ? {} : { name }),
        ...(username === undefined ? {} : { username }),
        ...(fingerprint === undefined ? {} : { fingerprint: fingerprint.slice(0, 64) }),
        ...(Object.keys(query).length === 0 ? {} : { query }),
        ...(action === 'settings.change' ? { change: body } : {}),
      },
    };
    await audit.record({ ...request.audited, outcome: 'asked' });
  });
  app.addHook('onResponse', async (request, reply) => {
    if (request.audited === undefined) return;
    const outcome = reply.statusCode < 400 ? 'done' : reply.statusCode < 500 ? 'refused' : 'failed';
    const detail = { ...request.audited.detail, status: reply.statusCode };
    await audit.record({ ...request.audited, detail, outcome }).catch((error: unknown) =>
      log.error('how something ended could not be told in the audit trail', {
        action: request.audited!.action,
        error: String(error),
      }),
    );
  });

  app.setErrorHandler(async (error, request, reply) => {
    const { problem, headers } = problemOf(error, request, log);
    // A sender that is still writing would see its connection break and never the reason: its words are let run out, up to a bound.
    if (problem.status === 413) await drain(request.raw);
    reply
      .status(problem.status)
      .headers(headers)
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  });
  app.setNotFoundHandler((request, reply) => {
    const isPage =
      request.method === 'GET' &&
      !request.url.startsWith('/api') &&
      !/\.\w+$/.test(request.url.split('?')[0]!);
    if (isPage && options.consoleFolder !== undefined) {
      reply.header('cache-control', 'no-cache');
      return reply.sendFile('index.html', options.consoleFolder);
    }
    const { problem } = notFound(`${request.method} ${request.url.split('?')[0]!.slice(0, 200)}`);
    return reply.status(404).type('application/problem+json').send(JSON.stringify(problem));
  });

  const seriesName = (series: number): SeriesName | undefined => {
    const owner = registry.ownerOf(series);
    if (owner === undefined) return undefined;
    const schema = registry.get(owner.thing)?.description.properties?.[owner.property];
    return { ...owner, boolean: schema?.type === 'boolean' };
  };
  const live = new LiveStreams(iot.bus, seriesName);

  const thingOf = (request: FastifyRequest): ThingRecord => requireThing(registry, request);
  const connectionOf = (request: FastifyRequest) => {
    const { id } = request.params as { id: string };
    const record = iot.connections.get(id);
    if (record === undefined) throw notFound(`connection "${id.slice(0, 256)}"`);
    return record;
  };
  /** A thing that may be seen. To whoever may not see the whole plant, one that is not there and one elsewhere are the same. */
  const requireVisible = (person: Person, id: string): ThingRecord => {
    const record = registry.get(id);
    if (!mayAt(person.grants, 'read', record === undefined ? '' : placeOf(record)))
      throw forbidden('This needs the permission "read" here.');
    if (record === undefined) throw notFound(`thing "${id.slice(0, 256)}"`);
    return record;
  };
  const requireConfigure = (person: Person, description: ThingDescription): void => {
    if (!mayAt(person.grants, 'configure', description['millrace:place'] ?? ''))
      throw forbidden('This needs the permission "configure" at the place the thing is to be.');
  };
  const rangeOf = (query: { from?: string; to?: string }): TimeRange => readRange(query, clock);

  const handlers: Record<RouteName, Handler> = {
    health: async (_request, reply) => {
      const health = await options.health();
      return reply.status(health.status === 'ok' ? 200 : 503).send(health);
    },
    openapi: () => openApiDocument(options.version, appRouteTable(options.apps)),
    metrics: async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.metrics()),

    things: (request) => {
      const {
        place,
        type,
        text,
        offset = 0,
        limit = 10_000,
      } = request.query as { place?: string; type?: string; text?: string; offset?: number; limit?: number };
      const visible = placesFor(requirePerson(request.caller), 'read');
      const found = [...registry.all()].filter(
        (record) =>
          visible(placeOf(record)) &&
          (place === undefined || isUnder(placeOf(record), place)) &&
          (type === undefined || [record.description['@type'] ?? []].flat().includes(type)) &&
          (text === undefined || matches(record, text)),
      );
      found.sort((a, b) => (a.id < b.id ? -1 : 1));
      return found.slice(offset, offset + limit).map((record) => record.description);
    },
    createThing: async (request, reply) => {
      const body = request.body as Record<string, unknown>;
      const description = readDescription(
        body['id'] === undefined ? { id: `urn:uuid:${crypto.randomUUID()}`, ...body } : body,
      );
      const person = requirePerson(request.caller);
      requireConfigure(person, description);
      const there = registry.get(description.id);
      if (there !== undefined) {
        // Whoever may not see it learns nothing of it but that the id is not theirs to give.
        if (!mayAt(person.grants, 'read', placeOf(there))) throw forbidden('This id is not free.');
        throw new HttpProblem(409, 'exists', `There is a thing "${description.id}" already.`, {
          remedy: 'Change it with PUT /api/things/{id}.',
          field: 'id',
        });
      }
      const { record } = await iot.putThing(description, mayAt(person.grants, 'configure', ''));
      return reply
        .status(201)
        .header('location', `/api/things/${encodeURIComponent(record.id)}`)
        .send(record.description);
    },
    thing: (request) => thingOf(request).description,
    putThing: async (request, reply) => {
      const { id } = request.params as { id: string };
      const description = readDescription(request.body, id);
      const person = requirePerson(request.caller);
      // Moving a thing is a change at both places.
      requireConfigure(person, description);
      const { record, created } = await iot.putThing(description, mayAt(person.grants, 'configure', ''));
      return reply.status(created ? 201 : 200).send(record.description);
    },
    deleteThing: async (request, reply) => {
      await iot.deleteThing(thingOf(request).id);
      return reply.status(204).send();
    },
    createThingModelInstance: (request) => {
      const { model, placeholders } = request.body as {
        model: unknown;
        placeholders?: Record<string, unknown>;
      };
      return instantiateModel(model, placeholders ?? {});
    },
    thingStates: (request) => {
      const {
        place = '',
        text,
        offset = 0,
        limit = 10_000,
      } = request.query as { place?: string; text?: string; offset?: number; limit?: number };
      const visible = placesFor(requirePerson(request.caller), 'read');
      const found = [...registry.all()].filter(
        (record) =>
          visible(placeOf(record)) &&
          isUnder(placeOf(record), place) &&
          (text === undefined || matches(record, text)),
      );
      const states = found.map((record) => iot.states.of(record, clientConnection(iot, record.id)));
      const rank = { bad: 0, stale: 1, uncertain: 2, silent: 3, good: 4 } as const;
      states.sort(
        (a, b) =>
          rank[a.state] - rank[b.state] ||
          Math.sign(b.abnormal.length) - Math.sign(a.abnormal.length) ||
          a.title.localeCompare(b.title, 'en', { numeric: true }),
      );
      return { total: states.length, things: states.slice(offset, offset + limit) };
    },
    plant: (request) => ({ nodes: iot.states.tree(placesFor(requirePerson(request.caller), 'read')) }),

    credentials: (request) => iot.credentials.list(thingOf(request).id),
    createCredentials: async (request, reply) =>
      reply.status(201).send(await iot.createCredentials(thingOf(request).id)),
    deleteCredentials: async (request, reply) => {
      const { username } = request.params as { username: string };
      if (!(await iot.deleteCredentials(thingOf(request).id, username))) throw notFound('such user name');
      return reply.status(204).send();
    },

    properties: (request) =>
      Object.fromEntries(
        liveValues(thingOf(request), twin).map(({ property, ...value }) => [property, value]),
      ),
    push: async (request) => {
      const record = thingOf(request);
      const batch = new BatchBuilder(64);
      batch.retention = options.settings.get().retentionDays['raw']! * 86_400_000_000;
      const outcome = takePropertyPayload(
        viewFor(record),
        (request.body as Buffer | undefined) ?? Buffer.alloc(0),
        clock.now(),
        batch,
        request.url.slice(0, 512),
      );
      await iot.takePush(batch.take());
      if (outcome.rejected === 0) return { stored: outcome.accepted };
      const malformed = outcome.accepted === 0 && outcome.problems.every((problem) => problem.at === '/');
      throw new HttpProblem(
        malformed ? 400 : 422,
        malformed ? 'malformed' : 'rejected',
        outcome.accepted === 0
          ? 'Nothing was stored.'
          : `${outcome.accepted} values were stored, ${outcome.rejected} were not.`,
        {
          detail: outcome.problems[0]?.reason ?? '',
          remedy: 'Mend what is listed and send only that again.',
          rejected: outcome.problems,
          stored: outcome.accepted,
        },
      );
    },
    samples: async (request, reply) => {
      const record = thingOf(request);
      const { name } = request.params as { name: string };
      const series = Object.hasOwn(record.series, name) ? record.series[name] : undefined;
      if (series === undefined) throw notFound(`property "${name.slice(0, 256)}" of this thing`);
      const query = request.query as { from?: string; to?: string; points?: number };
      const { from, to } = rangeOf(query);
      const {
        samples: found,
        reduced,
        spanMicroseconds,
      } = await samples.samples(series, from, to, query.points ?? defaultPoints);
      const boolean = record.description.properties?.[name]?.type === 'boolean';
      return reply.type('application/json').send(samplesJson(found, boolean, reduced, spanMicroseconds));
    },
    events: async (request) => {
      const record = thingOf(request);
      const query = request.query as { from?: string; to?: string; name?: string; limit?: number };
      const { from, to } = rangeOf(query);
      const events = await samples.events(record.id, query.name, from, to, query.limit ?? 200);
      return events.map((event) => ({
        name: event.name,
        time: formatInstant(event.time),
        received: formatInstant(event.received),
        data: JSON.parse(event.data) as unknown,
      }));
    },
    pushEvent: async (request) => {
      const record = thingOf(request);
      const { name } = request.params as { name: string };
      const event = readEvent(
        record,
        name,
        (request.body as Buffer | undefined) ?? Buffer.alloc(0),
        clock.now(),
      );
      const batch = new BatchBuilder(1);
      batch.addEvent(event);
      await iot.takePush(batch.take());
      return { stored: 1 };
    },
    thingCounters: (request) => iot.intake.thing(thingOf(request).id),
    counters: () =>
      ({ total: iot.intake.total.toJSON(), connections: iot.intake.connections() }) satisfies {
        total: Counters;
        connections: Record<string, Counters>;
      },
    live: (request, reply) => {
      const { thing } = request.query as { thing?: string[] };
      const wanted = thing === undefined ? undefined : new Set([thing].flat());
      const person = requirePerson(request.caller);
      for (const id of wanted ?? []) requireVisible(person, id);
      const response = openEventStream(request, reply, live.full);
      live.add(response, wanted, wanted === undefined ? [] : firstValues(iot, wanted), {
        get ended() {
          return person.ended || person.expires < clock.now();
        },
        get mark() {
          return person.grants;
        },
        get seesAll() {
          return mayAt(person.grants, 'read', '');
        },
        sees: (thing) =>
          registry.get(thing) !== undefined && mayAt(person.grants, 'read', placeOfThing(thing)),
      });
    },
    exportSamples: (request, reply) => {
      const query = request.query as {
        thing: string | string[];
        property?: string | string[];
        format?: 'csv' | 'parquet';
        from?: string;
        to?: string;
      };
      const { from, to } = rangeOf(query);
      const only = query.property === undefined ? undefined : new Set([query.property].flat());
      const person = requirePerson(request.caller);
      const series = [query.thing].flat().flatMap((id) => {
        const record = requireVisible(person, id);
        return Object.entries(record.series)
          .filter(([property]) => only === undefined || only.has(property) || only.has(`${id}/${property}`))
          .map(([property, one]) => ({ series: one, thing: id, property }));
      });
      if (series.length === 0) throw notFound('such property');
      const format = query.format ?? 'csv';
      const stamp = formatInstant(from).replace(/[:.]/g, '-');
      reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.apache.parquet')
        .header('content-disposition', `attachment; filename="millrace-${stamp}.${format}"`);
      return reply.send(readable(samples.exportSamples({ series, from, to, format }), log));
    },

    protocols: () => iot.connections.describeProtocols(),
    testConnection: async (request) => {
      const { protocol } = request.params as { protocol: string };
      const { settings, connection } = request.body as { settings: Settings; connection?: string };
      requireProtocol(iot, protocol);
      return iot.test(protocol, settings, connection);
    },
    browse: async (request) => {
      const { protocol } = request.params as { protocol: string };
      const { settings, connection, node } = request.body as {
        settings: Settings;
        connection?: string;
        node?: string;
      };
      requireProtocol(iot, protocol);
      return { nodes: await iot.browse(protocol, settings, connection, node) };
    },
    connections: () => iot.connections.all().map((record) => iot.showConnection(record)),
    createConnection: async (request, reply) => {
      const input = request.body as ConnectionInput;
      if (input.id !== undefined && iot.connections.get(input.id) !== undefined) {
        throw new HttpProblem(409, 'exists', `There is a connection "${input.id}" already.`, {
          field: 'id',
          remedy: 'Change it with PUT.',
        });
      }
      return reply.status(201).send(await iot.putConnection(undefined, input));
    },
    connection: (request) => iot.showConnection(connectionOf(request)),
    putConnection: async (request) => {
      const { id } = request.params as { id: string };
      if (iot.connections.get(id)?.builtIn === true) throw builtIn();
      return iot.putConnection(id, request.body as ConnectionInput);
    },
    deleteConnection: async (request, reply) => {
      const record = connectionOf(request);
      if (record.builtIn) throw builtIn();
      await iot.deleteConnection(record);
      return reply.status(204).send();
    },
    restartConnection: async (request) => {
      const record = connectionOf(request);
      await iot.restartConnection(record);
      return iot.showConnection(record);
    },
    quarantine: (request) => {
      const {
        offset = 0,
        limit = 100,
        ...filter
      } = request.query as {
        offset?: number;
        limit?: number;
        thing?: string;
        connection?: string;
        reason?: string;
      };
      return iot.quarantine.list({ ...filter, offset, limit });
    },
    clearQuarantine: async (_request, reply) => {
      await iot.quarantine.clear();
      return reply.status(204).send();
    },
    proposals: () => iot.proposals(),
    acceptProposal: async (request, reply) => {
      const { id } = request.params as { id: string };
      const record = await iot.acceptProposal(id);
      if (record === undefined) throw notFound('such proposal');
      return reply.status(201).send(record.description);
    },
    deleteProposal: (request, reply) => {
      const { id } = request.params as { id: string };
      if (!iot.dismissProposal(id)) throw notFound('such proposal');
      return reply.status(204).send();
    },
    settings: () => options.settings.get(),
    putSettings: (request) => options.settings.put(request.body as Partial<PlatformSettings>),
    backups: () => options.backups.list(),
    createBackup: async (_request, reply) => reply.status(201).send(await options.backups.create()),
    ...alarmHandlers(options),
    ...commandHandlers(options),
    ...accessHandlers(options),
    ...appHandlers(options),
    ...dashboardHandlers(options),
    ...certificateHandlers(options),
    ...networkHandlers(options),
  };

  /** Views of things for pushes, kept so that untimed values keep increasing; forgotten when the thing changes. */
  const views = new Map<string, { record: ThingRecord; view: ReturnType<typeof viewThing> }>();
  const viewFor = (record: ThingRecord): ReturnType<typeof viewThing> => {
    const known = views.get(record.id);
    if (known?.record === record) return known.view;
    const view = viewThing(record);
    for (const point of view.points.values())
      point.lastGiven = known?.view.points.get(point.name)?.lastGiven ?? 0;
    views.set(record.id, { record, view });
    return view;
  };
  registry.onChange((change) => {
    live.recheck();
    for (const { id } of change.removed) views.delete(id);
  });

  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const raw =
      name === 'push' ||
      name === 'pushEvent' ||
      name === 'createDashboardPicture' ||
      route.bodyTypes?.includes('text/csv') === true;
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      bodyLimit: route.bodyBytesMax ?? limits.payloadBytesMax,
      config: { route, raw, name },
      schema: {
        ...(route.query === undefined ? {} : { querystring: route.query }),
        ...(route.body === undefined || raw ? {} : { body: route.body }),
      },
      handler: handlers[name] as never,
    });
  }
  mountAppRoutes(app, options.apps);
  mountNetwork(app, options);
  if (options.consoleFolder !== undefined) {
    const index = readFileSync(`${options.consoleFolder}/index.html`);
    app.get('/', (_request, reply) =>
      reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(index),
    );
    await app.register(fastifyStatic, {
      root: options.consoleFolder,
      wildcard: true,
      index: false,
      // Built files carry a hash of their content in their names.
      setHeaders: (response: FastifyReply, path: string) => {
        response.header(
          'cache-control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  }
  app.addHook('onClose', () => live.close());
  return { app, live };
}

/** Reads on and throws away, up to a bound of bytes and time. */
function drain(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, drainMillisecondsMax);
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > drainBytesMax) done();
    });
    request.on('end', done);
    request.on('close', done);
    request.resume();
    if (request.readableEnded || request.destroyed) done();
  });
}

function identify(request: FastifyRequest, iot: Iot, access: Access): Caller {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const space = header.indexOf(' ');
    const scheme = header.slice(0, space).toLowerCase();
    const value = header.slice(space + 1).trim();
    if (scheme === 'bearer') return { person: access.check(value), device: undefined, byCookie: false };
    if (scheme === 'basic') {
      const text = Buffer.from(value, 'base64').toString('utf8');
      const colon = text.indexOf(':');
      const device =
        colon === -1 ? undefined : iot.credentials.check(text.slice(0, colon), text.slice(colon + 1));
      return { person: undefined, device, byCookie: false };
    }
    return { person: undefined, device: undefined, byCookie: false };
  }
  const token = request.cookies[sessionCookie];
  return { person: token === undefined ? undefined : access.check(token), device: undefined, byCookie: true };
}

/** Denied unless allowed. */
function allow(
  route: Route,
  request: FastifyRequest,
  people: Access,
  placeOfThing: (id: string) => string,
): void {
  const { caller } = request;
  const { access } = route;
  if (access === 'open') return;
  if (typeof access === 'object' && access.device !== undefined && caller.device !== undefined) {
    if (access.device === 'handler') return;
    const { id } = request.params as { id: string };
    if (caller.device !== id) throw forbidden('These credentials belong to another thing.');
    return;
  }
  const person = requirePerson(caller);
  if (caller.byCookie && request.method !== 'GET') refuseOtherSites(request);
  if (person.mustChangePassword && !route.path.startsWith('/api/session')) {
    throw new HttpProblem(
      403,
      'password-must-change',
      'The first password must be changed before anything else.',
      {
        remedy: 'POST /api/session/password {"current", "next"}, or sign in to the console.',
      },
    );
  }
  if (access === 'session' && person.token !== undefined)
    throw forbidden('A token may not do this; sign in.');
  if (typeof access === 'object') requirePermission(access, person, request, placeOfThing);
  // Last: whoever may not do it anyway is not asked to prove anything.
  if (route.confirm === true && !people.isConfirmed(person)) {
    throw new HttpProblem(403, 'confirm-needed', 'Prove once more who you are.', {
      detail:
        person.token === undefined
          ? 'The last proof is more than half an hour old.'
          : 'A token may not do this.',
      remedy: 'POST /api/session/confirm with the password or a code, then try again.',
      words: {
        title: { en: 'Prove once more who you are.', zh: '请再次确认您的身份。' },
        remedy: {
          en: 'Give your password or a code, then try again.',
          zh: '请输入密码或验证码，然后重试。',
        },
      },
    });
  }
}

function requirePermission(
  access: Exclude<Route['access'], string>,
  person: Person,
  request: FastifyRequest,
  placeOfThing: (id: string) => string,
): void {
  const { app } = request.routeOptions.config;
  const allowed =
    access.at === 'some'
      ? grantsGiving(person.grants, access.may, app).length > 0
      : mayAt(
          person.grants,
          access.may,
          access.at === 'plant' ? '' : placeOfThing((request.params as { id: string }).id),
          app,
        );
  if (!allowed) throw forbidden(`This needs the permission "${access.may}" here.`);
}

/** A cookie travels with requests that other sites make; those are refused. */
function refuseOtherSites(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw forbidden('The request came from another site.');
  const origin = request.headers.origin;
  if (origin === undefined) return;
  let host: string | undefined;
  try {
    host = new URL(origin).host;
  } catch {
    host = undefined;
  }
  if (host !== request.headers.host) throw forbidden('The request came from another site.');
}

function readJson(body: Buffer, contentType: string | undefined): unknown {
  if (body.length === 0) return undefined;
  if (contentType !== undefined && !/^application\/([\w.+-]+\+)?json\b/i.test(contentType)) {
    throw new HttpProblem(415, 'wrong-content-type', 'The body must be JSON.', {
      detail: `content-type is ${contentType.slice(0, 100)}`,
      remedy: 'Send "Content-Type: application/json".',
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new HttpProblem(400, 'malformed', 'The body is not JSON.', { detail: (error as Error).message });
  }
  if (deeperThan(json, limits.jsonDepthMax)) {
    throw new HttpProblem(400, 'too-deep', `The body is nested deeper than ${limits.jsonDepthMax} levels.`, {
      detail: 'jsonDepthMax',
    });
  }
  if (body.includes('__proto__') && holdsProto(json)) {
    throw new HttpProblem(400, 'malformed', 'The body has a member named "__proto__", which is not taken.');
  }
  return json;
}

function holdsProto(json: unknown): boolean {
  if (json === null || typeof json !== 'object') return false;
  return Object.keys(json).some(
    (key) => key === '__proto__' || holdsProto((json as Record<string, unknown>)[key]),
  );
}

function readEvent(record: ThingRecord, name: string, body: Buffer, received: number): ThingEvent {
  if (name.length > limits.propertyNameCharactersMax)
    throw new HttpProblem(400, 'malformed', 'The name of the event is too long.');
  if (body.length > limits.eventBytesMax) {
    throw new HttpProblem(
      413,
      'too-large',
      `An event of ${body.length} bytes; at most ${limits.eventBytesMax} (eventBytesMax) are taken.`,
    );
  }
  const json = body.length === 0 ? null : readJson(body, undefined);
  let time = received;
  let data: unknown = json;
  if (
    json !== null &&
    typeof json === 'object' &&
    !Array.isArray(json) &&
    Object.hasOwn(json, 'time') &&
    Object.hasOwn(json, 'data')
  ) {
    const given = parseInstant((json as { time: unknown }).time);
    if (given === undefined)
      throw new HttpProblem(422, 'time-invalid', '"time" is neither RFC 3339 nor epoch milliseconds.', {
        field: '/time',
      });
    if (given > received + limits.timeAheadMicrosecondsMax) {
      throw new HttpProblem(
        422,
        'time-ahead',
        '"time" is more than 5 minutes ahead of the platform’s clock.',
        { field: '/time' },
      );
    }
    time = given;
    data = (json as { data: unknown }).data;
  }
  return { thing: record.id, name, time, received, data: JSON.stringify(data ?? null) };
}

function matches(record: ThingRecord, text: string): boolean {
  const wanted = text.toLowerCase();
  const { id, description } = record;
  return [id, description.title, ...Object.values(description.titles ?? {})].some((word) =>
    String(word).toLowerCase().includes(wanted),
  );
}

function clientConnection(iot: Iot, thing: string): string | undefined {
  const ids = [...iot.connections.connectionsOf(thing)];
  return ids.find((id) => iot.connections.get(id)?.builtIn === false) ?? ids[0];
}

function firstValues(iot: Iot, things: ReadonlySet<string>): LiveUpdate['samples'] {
  return [...things].flatMap((id) => {
    const record = iot.registry.get(id);
    if (record === undefined) return [];
    return liveValues(record, iot.twin).flatMap((value) =>
      value.time === undefined || value.quality === undefined
        ? []
        : [
            {
              thing: id,
              property: value.property,
              time: value.time,
              value: value.value,
              quality: value.quality,
              ...(value.status === undefined ? {} : { status: value.status }),
            },
          ],
    );
  });
}

/** The answer of `samples` as text: written by hand because it can hold 100,000 of them. */
function samplesJson(
  found: readonly { time: number; value: unknown; status: number }[],
  boolean: boolean,
  reduced: boolean,
  spanMicroseconds: number | undefined,
): string {
  const parts: string[] = [];
  for (const sample of found) {
    const value = boolean && typeof sample.value === 'number' ? sample.value !== 0 : sample.value;
    const more = sample.status === status.good ? '' : `,"status":"${statusName(sample.status)}"`;
    parts.push(
      `{"time":"${formatInstant(sample.time)}","value":${typeof value === 'number' ? value : JSON.stringify(value)},"quality":"${qualityClass(sample.status)}"${more}}`,
    );
  }
  const span = spanMicroseconds === undefined ? '' : `,"spanMilliseconds":${spanMicroseconds / 1000}`;
  return `{"samples":[${parts.join(',')}],"reduced":${reduced}${span}}`;
}

async function* readableChunks(source: AsyncIterable<Uint8Array>, log: Log): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    log.warn('an export ended early', { error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

function readable(source: AsyncIterable<Uint8Array>, log: Log): ReadableStream<Uint8Array> {
  const iterator = readableChunks(source, log);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return(undefined);
    },
  });
}

function requireProtocol(iot: Iot, protocol: string): void {
  if (iot.connections.protocol(protocol) === undefined)
    throw notFound(`protocol "${protocol.slice(0, 100)}"`);
}

function builtIn(): HttpProblem {
  return new HttpProblem(409, 'built-in', 'This connection is the platform’s own.', {
    remedy: 'Change it in the platform’s settings and start again.',
  });
}

/** One place from error to words for people. */
function problemOf(
  error: unknown,
  request: FastifyRequest,
  log: Log,
): { problem: Problem; headers: Record<string, string> } {
  const plain = (problem: Problem, headers: Record<string, string> = {}) => ({ problem, headers });
  if (error instanceof HttpProblem) return plain(error.problem, error.headers);
  if (error instanceof AccessError) return plain(accessProblem(error));
  if (error instanceof PasswordsBusy) {
    return plain(
      { type: 'busy', title: 'Too many are signing in at once.', status: 503, detail: error.message },
      { 'retry-after': '2' },
    );
  }
  if (error instanceof DescriptionError) {
    const [first] = error.problems;
    return plain({
      type: 'wrong-description',
      title: 'This is not a Thing Description that can be taken.',
      status: 400,
      detail: error.message,
      remedy: 'Mend the members named; the W3C Thing Description 1.1 specification says what each may hold.',
      words: {
        title: {
          en: 'This is not a Thing Description that can be taken.',
          zh: '这不是可以接受的物描述。',
        },
        remedy: {
          en: 'Mend the members named; the W3C Thing Description 1.1 specification says what each may hold.',
          zh: '请更正所列的成员；W3C 物描述 1.1 规范说明了每个成员允许的内容。',
        },
      },
      ...(first === undefined ? {} : { field: first.field }),
      rejected: error.problems.map(({ field, reason }) => ({ at: field, reason })),
    });
  }
  if (error instanceof CertificateRefused) {
    return plain({
      type: 'wrong-certificate',
      title: error.words.en,
      status: error.status,
      words: { title: error.words, remedy: error.remedy },
      remedy: error.remedy.en,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    });
  }
  if (error instanceof SettingsError) {
    return plain({
      type: 'wrong-settings',
      title: 'A setting is wrong.',
      status: 400,
      detail: error.message,
      field: error.problems[0]?.field ?? '',
      rejected: error.problems.map((problem) => ({
        at: problem.field,
        reason: problem.message.en,
        words: problem.message,
      })),
    });
  }
  if (error instanceof ProtocolProblem) {
    const { problem } = error;
    return plain({
      type: problem.code,
      title: problem.what.en,
      status: problem.kind === 'denied' ? 403 : problem.kind === 'settings' ? 400 : 502,
      remedy: problem.remedy.en,
      words: { title: problem.what, remedy: problem.remedy },
      ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    });
  }
  if (error instanceof Locked) {
    return plain(
      { type: 'locked', title: 'Too many wrong passwords.', status: 429, detail: error.message },
      { 'retry-after': String(error.secondsLeft) },
    );
  }
  if (error instanceof IntakeBusy || (error instanceof Error && error.name === 'StoreBusyError')) {
    return plain(
      {
        type: 'busy',
        title: 'More came in than can be stored now.',
        status: 503,
        detail: error.message,
        remedy: 'Send it again later; nothing of it was kept.',
      },
      { 'retry-after': '1' },
    );
  }
  if (error instanceof Error && error.name === 'StoreError') {
    const full = (error as Error & { code?: string }).code === 'full';
    return plain(
      {
        type: full ? 'disk-full' : 'store-unavailable',
        title: full
          ? 'The disk is full; nothing of this was stored.'
          : 'The store could not do this now; nothing of this was stored.',
        status: full ? 507 : (error as Error & { code?: string }).code === 'input' ? 400 : 503,
        detail: error.message,
        remedy: full
          ? 'Make room on the disk of the data folder, then send it again.'
          : 'Send it again in a moment.',
      },
      { 'retry-after': full ? '60' : '1' },
    );
  }
  const known = error as {
    statusCode?: number;
    code?: string;
    message?: string;
    validation?: { instancePath?: string }[];
    validationContext?: string;
  };
  if (known.validation !== undefined) {
    return plain({
      type: 'wrong-request',
      title: 'The request is not of the form this route takes.',
      status: 400,
      detail: known.message ?? '',
      field: `${known.validationContext ?? ''}${known.validation[0]?.instancePath ?? ''}`,
      remedy: 'GET /api/openapi.json describes every route.',
    });
  }
  if (known.statusCode === 413) {
    return plain({
      type: 'too-large',
      title: 'The body is too large.',
      status: 413,
      detail: `At most ${request.routeOptions.bodyLimit} bytes are taken here.`,
    });
  }
  if (known.statusCode !== undefined && known.statusCode >= 400 && known.statusCode < 500) {
    return plain({
      type: 'wrong-request',
      title: known.message ?? 'The request is wrong.',
      status: known.statusCode,
    });
  }
  const incident = crypto.randomUUID();
  log.error('a request failed', {
    incident,
    method: request.method,
    url: request.url.slice(0, 200),
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return plain({
    type: 'failed',
    title: 'The platform could not do this.',
    status: 500,
    detail: error instanceof Error ? error.message : String(error),
    remedy: `Try again; if it stays so, the log has it under ${incident}.`,
  });
}
