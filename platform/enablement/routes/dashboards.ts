import {
  type DashboardInput,
  type DashboardSummary,
  type DashboardTile,
  dashboardLimits,
  type dashboardRoutes,
  formatInstant,
  type Grant,
  grantsGiving,
  isAtOrBelow,
  mayAt,
  type Permission,
  qualityClass,
  type SharedDashboard,
  type SharedValues,
  status,
  statusName,
  tileSeries,
  type WebhookInput,
} from '@millrace/contract';
import type { AuditEntry, ThingRecord } from '@millrace/sdk';
import type { FastifyRequest } from 'fastify';
import { placeOf } from '../../iot/index.ts';
import { AccessError, type Person } from '../access/index.ts';
import type { ApiOptions } from '../api.ts';
import { type DashboardRecord, mayChange, maySee } from '../dashboards/index.ts';
import { Grafana, SeriesNames, sqlTables } from '../data-out/index.ts';
import { forbidden, HttpProblem, notFound } from '../problems.ts';
import { actorOf, type Handler, readRange, requirePerson } from '../requests.ts';

const day = 86_400_000_000;
/** Things of one tile of states that a link shows. */
const sharedStatesMax = 500;
const queryShownMax = 2000;
const worstFirst = ['bad', 'stale', 'uncertain', 'silent', 'good'];

const contentTypes = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
} as const;

export function dashboardHandlers(options: ApiOptions): Record<keyof typeof dashboardRoutes, Handler> {
  const { iot, samples, dashboards, webhooks, clock, audit } = options;
  const { registry, twin } = iot;
  const names = new SeriesNames(registry);
  const grafana = new Grafana(iot, samples);

  const param = (request: FastifyRequest, name: string): string =>
    (request.params as Record<string, string>)[name] ?? '';
  /** Told in the audit trail before it is done, and how it ended. */
  const told = async <T>(
    person: Person,
    action: string,
    object: string,
    place: string,
    detail: AuditEntry['detail'],
    work: () => Promise<T>,
  ): Promise<T> => {
    const entry = { actor: actorOf(person), action, object, place, detail };
    await audit.record({ ...entry, outcome: 'asked' });
    try {
      const done = await work();
      await audit.record({ ...entry, outcome: 'done' });
      return done;
    } catch (error) {
      await audit.record({ ...entry, outcome: error instanceof HttpProblem ? 'refused' : 'failed' });
      throw error;
    }
  };
  const need = (person: Person, permission: Permission, place: string): void => {
    if (!mayAt(person.grants, permission, place))
      throw forbidden(
        `This needs the permission "${permission}" at "${place === '' ? 'the whole plant' : place}".`,
      );
  };

  /** A dashboard that the caller may see. One elsewhere and one that is not there are the same. */
  const seen = async (request: FastifyRequest): Promise<{ person: Person; dashboard: DashboardRecord }> => {
    const person = requirePerson(request.caller);
    const id = param(request, 'dashboard');
    const dashboard = await dashboards.get(id.slice(0, 64));
    if (dashboard === undefined || !maySee(person.grants, dashboard))
      throw notFound(`dashboard "${id.slice(0, 64)}"`);
    return { person, dashboard };
  };
  const changed = async (
    request: FastifyRequest,
  ): Promise<{ person: Person; dashboard: DashboardRecord }> => {
    const found = await seen(request);
    if (!mayChange(found.person, found.dashboard))
      throw forbidden(
        'This needs the permission "configure" at the place of the dashboard, or to be its owner.',
      );
    return found;
  };
  const show = (dashboard: DashboardRecord, person: Person) => ({
    ...dashboard,
    changed: formatInstant(dashboard.changed),
    mayChange: mayChange(person, dashboard),
  });

  /** What a link opens, as its maker may see it now. What is no longer to be seen is not there. */
  const opened = async (
    request: FastifyRequest,
  ): Promise<{ dashboard: DashboardRecord; grants: readonly Grant[]; expires: number }> => {
    const link = dashboards.opened(param(request, 'token'));
    const grants = link === undefined ? [] : options.grantsOf(link.madeBy);
    const dashboard = link === undefined ? undefined : await dashboards.get(link.dashboard);
    if (link === undefined || dashboard === undefined || !maySee(grants, dashboard)) {
      throw new HttpProblem(404, 'link-over', 'This link shows nothing (any more).', {
        remedy: 'Ask whoever gave it to you for a new one.',
        words: {
          title: { en: 'This link shows nothing (any more).', zh: '此链接已失效。' },
          remedy: { en: 'Ask whoever gave it to you for a new one.', zh: '请向提供链接的人索取新链接。' },
        },
      });
    }
    return { dashboard, grants, expires: link.expires };
  };
  /** Things and properties that a dashboard names and these grants may see. */
  const shownBy = (
    dashboard: DashboardRecord,
    grants: readonly Grant[],
  ): Map<string, { record: ThingRecord; properties: Set<string> }> => {
    const shown = new Map<string, { record: ThingRecord; properties: Set<string> }>();
    for (const { thing, property } of dashboard.tiles.flatMap(tileSeries)) {
      const record = registry.get(thing);
      if (
        record === undefined ||
        !mayAt(grants, 'read', placeOf(record)) ||
        !Object.hasOwn(record.series, property)
      )
        continue;
      const entry = shown.get(thing) ?? { record, properties: new Set<string>() };
      entry.properties.add(property);
      shown.set(thing, entry);
    }
    return shown;
  };
  const picture = async (dashboard: string, id: string, reply: Parameters<Handler>[1]): Promise<unknown> => {
    const found = await dashboards.picture(dashboard, id.slice(0, 64));
    if (found === undefined) throw notFound('such picture');
    return reply
      .headers({
        'content-type': found.type,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'content-disposition': 'inline; filename="plan"',
        // Its content never changes under its name, but who may see it does.
        'cache-control': 'private, max-age=300',
      })
      .send(found.bytes);
  };

  const webhookOf = (request: FastifyRequest) => {
    const person = requirePerson(request.caller);
    const webhook = webhooks.get(param(request, 'webhook'));
    if (webhook === undefined || !mayAt(person.grants, 'configure', webhook.place))
      throw notFound('such webhook');
    return { person, webhook };
  };
  const grantsOf = (request: FastifyRequest): readonly Grant[] => requirePerson(request.caller).grants;

  return {
    dashboards: async (request) => {
      const person = requirePerson(request.caller);
      const found = await dashboards.list();
      return found
        .filter((dashboard) => maySee(person.grants, dashboard))
        .map(
          (dashboard): DashboardSummary => ({
            ...dashboard,
            changed: formatInstant(dashboard.changed),
            mayChange: mayChange(person, dashboard),
          }),
        );
    },
    createDashboard: async (request, reply) => {
      const person = requirePerson(request.caller);
      const input = request.body as DashboardInput;
      need(person, 'configure', input.place);
      const record = await told(person, 'dashboard.create', '', input.place, { title: input.title }, () =>
        dashboards.create(input, person.user),
      );
      return reply.status(201).send(show(record, person));
    },
    dashboard: async (request) => {
      const { person, dashboard } = await seen(request);
      return show(dashboard, person);
    },
    putDashboard: async (request) => {
      const { person, dashboard } = await changed(request);
      const input = request.body as DashboardInput & { version: number };
      // Moving it is a change at both places.
      if (input.place !== dashboard.place) need(person, 'configure', input.place);
      const record = await told(
        person,
        'dashboard.change',
        dashboard.id,
        dashboard.place,
        { version: input.version, tiles: input.tiles.length },
        () => dashboards.save(dashboard, input, input.version, person.user),
      );
      return show(record, person);
    },
    deleteDashboard: async (request, reply) => {
      const { person, dashboard } = await changed(request);
      await told(person, 'dashboard.delete', dashboard.id, dashboard.place, { title: dashboard.title }, () =>
        dashboards.remove(dashboard.id),
      );
      return reply.status(204).send();
    },
    createDashboardPicture: async (request, reply) => {
      const { person, dashboard } = await changed(request);
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const made = await told(
        person,
        'dashboard.picture',
        dashboard.id,
        dashboard.place,
        { bytes: bytes.length },
        () => dashboards.addPicture(dashboard.id, bytes),
      );
      return reply.status(201).send(made);
    },
    dashboardPicture: async (request, reply) => {
      const { dashboard } = await seen(request);
      return picture(dashboard.id, param(request, 'picture'), reply);
    },
    dashboardLinks: async (request) => {
      const { dashboard } = await changed(request);
      return dashboards.links(dashboard.id);
    },
    createDashboardLink: async (request, reply) => {
      const { person, dashboard } = await changed(request);
      // A link shows what its maker may see; what a token may see is less, and is not kept with the link.
      if (person.token !== undefined) throw forbidden('A token may not make links; a person does.');
      const { title, days } = request.body as { title: string; days: number };
      const made = await told(person, 'dashboard.share', dashboard.id, dashboard.place, { title, days }, () =>
        dashboards.createLink(dashboard.id, title, days, person.user),
      );
      return reply.status(201).send(made);
    },
    deleteDashboardLink: async (request, reply) => {
      const { person, dashboard } = await changed(request);
      const link = param(request, 'link');
      const removed = await told(person, 'dashboard.unshare', dashboard.id, dashboard.place, { link }, () =>
        dashboards.removeLink(dashboard.id, link),
      );
      if (!removed) throw notFound('such link');
      return reply.status(204).send();
    },

    sharedDashboard: async (request): Promise<SharedDashboard> => {
      const { dashboard, grants, expires } = await opened(request);
      const { plantName, plantTimeZone } = options.settings.get();
      const things = Object.fromEntries(
        [...shownBy(dashboard, grants)].map(([id, { record, properties }]) => {
          const { title, titles, properties: all = {} } = record.description;
          const schemas = [...properties].map((name) => {
            const { forms: _forms, ...schema } = all[name] ?? {};
            return [name, schema];
          });
          return [
            id,
            {
              id,
              title,
              ...(titles === undefined ? {} : { titles }),
              properties: Object.fromEntries(schemas),
            },
          ];
        }),
      );
      return {
        title: dashboard.title,
        version: dashboard.version,
        tiles: dashboard.tiles,
        phone: dashboard.phone,
        plantName,
        plantTimeZone,
        expires: formatInstant(expires),
        things,
      };
    },
    sharedValues: async (request): Promise<SharedValues> => {
      const { dashboard, grants } = await opened(request);
      const found: SharedValues['samples'] = [];
      for (const [thing, { record, properties }] of shownBy(dashboard, grants)) {
        for (const property of properties) {
          const boolean = record.description.properties?.[property]?.type === 'boolean';
          const sample = twin.latest(record.series[property]!, boolean);
          if (sample === undefined) continue;
          found.push({
            thing,
            property,
            time: formatInstant(sample.time),
            value: sample.value,
            quality: qualityClass(sample.status),
            ...(sample.status === status.good ? {} : { status: statusName(sample.status) }),
          });
        }
      }
      const places = new Set(
        dashboard.tiles.flatMap((tile: DashboardTile) => (tile.kind === 'states' ? [tile.place] : [])),
      );
      const states: SharedValues['states'] = {};
      for (const place of places) {
        states[place] = [...registry.all()]
          .filter((record) => isAtOrBelow(placeOf(record), place) && mayAt(grants, 'read', placeOf(record)))
          .map((record) => iot.states.of(record, undefined))
          .sort(
            (a, b) =>
              worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state) ||
              a.title.localeCompare(b.title, 'en', { numeric: true }),
          )
          .slice(0, sharedStatesMax)
          .map(({ id, title, titles, place: at, state, since }) => ({
            id,
            title,
            place: at,
            state,
            ...(titles === undefined ? {} : { titles }),
            ...(since === undefined ? {} : { since }),
          }));
      }
      return { samples: found, states };
    },
    sharedSamples: async (request) => {
      const { dashboard, grants } = await opened(request);
      const query = request.query as {
        thing: string;
        property: string;
        from?: string;
        to?: string;
        points?: number;
      };
      const entry = shownBy(dashboard, grants).get(query.thing);
      if (entry === undefined || !entry.properties.has(query.property))
        throw notFound('such property on this dashboard');
      const { from, to } = readRange(query, clock);
      if (to - from > dashboardLimits.linkRangeDaysMax * day) {
        throw new HttpProblem(
          400,
          'wrong-range',
          `A link shows at most ${dashboardLimits.linkRangeDaysMax} days (linkRangeDaysMax).`,
          { field: 'from' },
        );
      }
      const series = entry.record.series[query.property]!;
      const boolean = entry.record.description.properties?.[query.property]?.type === 'boolean';
      const {
        samples: rows,
        reduced,
        spanMicroseconds,
      } = await samples.samples(series, from, to, query.points ?? 1000);
      return {
        samples: rows.map(({ time, value, status: code }) => ({
          time: formatInstant(time),
          value: boolean && typeof value === 'number' ? value !== 0 : value,
          quality: qualityClass(code),
          ...(code === status.good ? {} : { status: statusName(code) }),
        })),
        reduced,
        ...(spanMicroseconds === undefined ? {} : { spanMilliseconds: spanMicroseconds / 1000 }),
      };
    },
    sharedPicture: async (request, reply) => {
      const { dashboard } = await opened(request);
      const id = param(request, 'picture');
      if (!dashboard.tiles.some((tile) => tile.kind === 'picture' && tile.picture === id))
        throw notFound('such picture');
      return picture(dashboard.id, id, reply);
    },

    webhooks: (request) => {
      const grants = grantsOf(request);
      return webhooks.list().filter((webhook) => mayAt(grants, 'configure', webhook.place));
    },
    createWebhook: async (request, reply) => {
      const person = requirePerson(request.caller);
      const input = request.body as WebhookInput;
      need(person, 'configure', input.place);
      const { webhook, secret } = await told(
        person,
        'webhook.create',
        '',
        input.place,
        withoutSecret(input),
        () => webhooks.put(undefined, input, ownerOf(person)),
      );
      return reply.status(201).send({ webhook, ...(secret === undefined ? {} : { secret }) });
    },
    putWebhook: async (request) => {
      const { person, webhook } = webhookOf(request);
      const input = request.body as WebhookInput;
      need(person, 'configure', input.place);
      const saved = await told(
        person,
        'webhook.change',
        webhook.id,
        webhook.place,
        withoutSecret(input),
        () => webhooks.put(webhook.id, input, ownerOf(person)),
      );
      return saved.webhook;
    },
    deleteWebhook: async (request, reply) => {
      const { person, webhook } = webhookOf(request);
      await told(person, 'webhook.delete', webhook.id, webhook.place, {}, () => webhooks.remove(webhook.id));
      return reply.status(204).send();
    },
    testWebhook: async (request) => {
      const { person, webhook } = webhookOf(request);
      return told(person, 'webhook.test', webhook.id, webhook.place, {}, () => webhooks.test(webhook.id));
    },

    sql: async (request, reply) => {
      const person = requirePerson(request.caller);
      const {
        query,
        format = 'json',
        ...given
      } = request.body as {
        query: string;
        format?: keyof typeof contentTypes;
        from?: string;
        to?: string;
      };
      const range = given.from === undefined && given.to === undefined ? undefined : readRange(given, clock);
      const places = grantsGiving(person.grants, 'read').map((grant) => grant.place);
      // Data leaves the plant: what was asked is in the trail.
      const answer = await told(
        person,
        'samples.query',
        '',
        '',
        { query: query.slice(0, queryShownMax), format },
        async () => {
          try {
            return await options.questions.sql(
              {
                query,
                format,
                places,
                names: names.version,
                // One end alone leaves the other open.
                from: given.from === undefined ? undefined : range?.from,
                to: given.to === undefined ? undefined : range?.to,
              },
              () => names.all(),
            );
          } catch (error) {
            throw sqlProblem(error);
          }
        },
      );
      return reply
        .type(contentTypes[format])
        .send(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
    },
    sqlTables: () => sqlTables,

    grafana: () => ({ status: 'ok' }),
    grafanaRoot: () => ({ status: 'ok' }),
    grafanaMetrics: () => grafana.metrics(),
    grafanaOptions: (request) => {
      const { name = '', payload } = request.body as { name?: string; payload?: unknown };
      return grafana.options(grantsOf(request), name, payload);
    },
    grafanaQuery: (request) =>
      grafana.query(grantsOf(request), request.body as Parameters<Grafana['query']>[1]),
    grafanaVariable: (request) =>
      grafana.variable(grantsOf(request), (request.body as { payload?: unknown }).payload),
    grafanaTagKeys: () => grafana.tagKeys(),
    grafanaTagValues: (request) =>
      grafana.tagValues(grantsOf(request), (request.body as { key: string }).key),
    grafanaRows: (request) => {
      const query = request.query as {
        series: string | string[];
        from?: string;
        to?: string;
        points?: number;
      };
      const { from, to } = readRange(query, clock);
      return grafana.rows(grantsOf(request), [query.series].flat(), from, to, query.points ?? 1000);
    },
  };
}

/** A webhook sends what its owner may see. A token's person may see more than the token: it may not have one. */
function ownerOf(person: Person): string {
  if (person.token !== undefined) throw forbidden('A token may not make webhooks; a person does.');
  return person.user;
}

function withoutSecret({ secret: _secret, ...input }: WebhookInput): Record<string, unknown> {
  return input;
}

/** Grants a user holds now; none for one who is gone or may not sign in. */
export function grantsOfUser(
  access: { person(name: string): { grants: readonly Grant[]; disabled: boolean } },
  user: string,
): readonly Grant[] {
  try {
    const { grants, disabled } = access.person(user);
    return disabled ? noGrants : grants;
  } catch (error) {
    if (error instanceof AccessError) return noGrants;
    throw error;
  }
}

const noGrants: readonly Grant[] = [];

function sqlProblem(error: unknown): unknown {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name !== 'StoreError' || (code !== 'input' && code !== 'timeout' && code !== 'engine')) return error;
  const title =
    code === 'timeout'
      ? {
          en: `The question took longer than ${dashboardLimits.sqlSecondsMax} s (sqlSecondsMax).`,
          zh: `查询超过了 ${dashboardLimits.sqlSecondsMax} 秒（sqlSecondsMax）。`,
        }
      : { en: 'This question cannot be answered.', zh: '无法回答此查询。' };
  const remedy =
    code === 'timeout'
      ? {
          en: 'Ask for a shorter time with "from" and "to", or of `minutes` or `hours`.',
          zh: '请用“from”和“to”缩短时间范围，或查询 `minutes`、`hours`。',
        }
      : {
          en: 'GET /api/sql/tables tells what can be asked.',
          zh: 'GET /api/sql/tables 列出了可以查询的表。',
        };
  return new HttpProblem(400, code === 'timeout' ? 'too-long' : 'wrong-question', title.en, {
    detail: message ?? '',
    remedy: remedy.en,
    field: '/query',
    words: { title, remedy },
  });
}
