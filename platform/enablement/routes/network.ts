import {
  limits,
  mayAt,
  networkControlRoutes,
  networkInventoryRoutes,
  networkMeasuringRoutes,
  type Route,
} from '@millrace/contract';
import {
  type AppCaller,
  AppError,
  type AppFile,
  type ForeignApi,
  type ForeignRequest,
  type NetworkDoor,
} from '@millrace/sdk';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, type Person } from '../access/index.ts';
import type { ApiOptions } from '../api.ts';
import { NowAndThen } from '../audit/requests.ts';
import { openEventStream } from '../event-stream.ts';
import { NetworkStreams } from '../network-stream.ts';
import { HttpProblem, notFound } from '../problems.ts';
import { type Handler, requirePerson } from '../requests.ts';

const foreignBodyBytesMax = 262_144;
const foreignMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const notificationPathMax = 512;

const networkRoutes = { ...networkInventoryRoutes, ...networkControlRoutes, ...networkMeasuringRoutes };

/** The network layer's routes, adapted once: it knows neither the HTTP server nor sessions. */
export function networkHandlers(
  options: Pick<ApiOptions, 'network'>,
): Record<keyof typeof networkRoutes, Handler> {
  const { network } = options;
  const streams = new NetworkStreams(network);
  const table: Record<string, Handler> = {};
  for (const [name, route] of Object.entries(networkRoutes) as [string, Route][])
    if (route.produces !== 'text/event-stream' && name !== 'networkNotification')
      table[name] = adapted(network, name, route);
  table['networkLive'] = (request, reply) => {
    const { grants } = requirePerson(request.caller);
    const response = openEventStream(request, reply, streams.full);
    streams.add(response, (place) => mayAt(grants, 'read', place));
  };
  table['networkNotification'] = notified(network);
  return table as Record<keyof typeof networkRoutes, Handler>;
}

/** A route of the network layer as a handler of the HTTP server. */
export function adapted(network: NetworkDoor, name: string, route: Route): Handler {
  const handler = network.handlers[name];
  if (handler === undefined) {
    return () => {
      throw new HttpProblem(503, 'not-there', 'This part of the network layer is not open.', {
        detail: name,
      });
    };
  }
  return async (request, reply) => {
    const { device } = request.caller;
    const caller = device === undefined ? callerOf(requirePerson(request.caller)) : deviceCaller(device);
    let answer: unknown;
    try {
      answer = await handler({
        parameters: request.params as Record<string, string>,
        query: request.query as Record<string, unknown>,
        body: request.body,
        caller,
      });
    } catch (error) {
      throw error instanceof AppError ? problemOfApp(error) : error;
    }
    return send(reply, route, answer);
  };
}

const callerOf = (person: Person): AppCaller => ({
  actor: actorOf(person),
  may: (permission, place) => mayAt(person.grants, permission, place),
});

/** A terminal by its own credentials: it may nothing but what a handler lets the thing it is. */
const deviceCaller = (id: string): AppCaller => ({ actor: { kind: 'device', id }, may: () => false });

function send(reply: FastifyReply, route: Route, answer: unknown): FastifyReply {
  const status = Number(Object.keys(route.responses)[0] ?? 200);
  if (answer === undefined) return reply.status(status).send();
  if (isFile(answer)) {
    return reply
      .type(answer.contentType)
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(answer.file)}`)
      .send(answer.content);
  }
  return reply.status(status).send(answer);
}

/** An error raised on purpose, with the fields it is about. */
export function problemOfApp({ status, code, words, remedy, fields }: AppError): HttpProblem {
  const [first] = fields;
  return new HttpProblem(status, code, words.en, {
    ...(remedy === undefined ? {} : { remedy: remedy.en }),
    words: { title: words, ...(remedy === undefined ? {} : { remedy }) },
    ...(first === undefined
      ? {}
      : {
          detail: first.message.en,
          field: first.field,
          rejected: fields.map(({ field, message }) => ({ at: field, reason: message.en, words: message })),
        }),
  });
}

function isFile(answer: unknown): answer is AppFile {
  return (
    answer !== null &&
    typeof answer === 'object' &&
    typeof (answer as AppFile).file === 'string' &&
    typeof (answer as AppFile).contentType === 'string' &&
    (answer as AppFile).content !== undefined
  );
}

/** What a network tells by itself. Who does not know the secret learns nothing of what is there. */
function notified(network: NetworkDoor): Handler {
  return async (request, reply) => {
    const { provider, secret, '*': rest = '' } = request.params as Record<string, string>;
    const path = `/${rest}`.slice(0, notificationPathMax);
    if (!(await network.notified(provider ?? '', secret ?? '', path, request.body)))
      throw notFound('such address');
    return reply.status(204).send();
  };
}

/** Interfaces that somebody else has laid down, and the addresses for notifications with something behind them. */
export function mountNetwork(
  server: FastifyInstance,
  { network, audit, log, clock }: Pick<ApiOptions, 'network' | 'audit' | 'log' | 'clock'>,
): void {
  const route: Route = networkInventoryRoutes.networkNotification;
  server.route({
    method: 'POST',
    url: `${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}/*`,
    bodyLimit: route.bodyBytesMax ?? limits.payloadBytesMax,
    config: { route },
    handler: notified(network) as never,
  });
  const refusals = new NowAndThen();
  for (const api of network.foreign) {
    const open: Route = {
      method: 'POST',
      path: `${api.prefix}/*`,
      tag: 'network',
      access: 'open',
      summary: 'An interface of its own.',
      responses: {},
    };
    server.route({
      method: [...foreignMethods],
      url: `${api.prefix}/*`,
      bodyLimit: foreignBodyBytesMax,
      config: { route: open, raw: true },
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const asked = foreignRequest(api, request);
        const changes = request.method !== 'GET';
        const actor = asked.caller?.actor;
        const entry = {
          actor: actor ?? { kind: 'platform' as const, id: 'nobody' },
          action: 'network.foreign',
          object: `${request.method} ${api.prefix}${asked.path}`.slice(0, 500),
          place: '',
        };
        // Told before it is done; whoever is nobody changes nothing and is told of now and then.
        const tell = changes && (actor !== undefined || refusals.first(api.prefix, clock.now()));
        if (tell) await audit.record({ ...entry, detail: {}, outcome: 'asked' });
        const answer = await api.handle(asked);
        if (tell) {
          const outcome = answer.status < 400 ? 'done' : answer.status < 500 ? 'refused' : 'failed';
          await audit
            .record({ ...entry, detail: { status: answer.status }, outcome })
            .catch((error: unknown) =>
              log.error('how a call of another interface ended could not be told', { error: String(error) }),
            );
        }
        return reply
          .status(answer.status)
          .headers(answer.headers)
          .send(answer.body ?? '');
      },
    } as never);
  }
}

function foreignRequest(api: ForeignApi, request: FastifyRequest): ForeignRequest {
  const { person, byCookie } = request.caller;
  const [path = '', query = ''] = splitOnce(request.url, '?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string') headers[name] = value;
  // A browser's cookie goes along with what other sites ask; programs show a token.
  const known = person !== undefined && !byCookie && !person.mustChangePassword ? person : undefined;
  return {
    method: request.method,
    path: decoded(path.slice(api.prefix.length)),
    query: new URLSearchParams(query),
    headers,
    body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0),
    caller:
      known === undefined
        ? undefined
        : {
            actor: actorOf(known),
            may: (permission, place) => mayAt(known.grants, permission, place),
          },
  };
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path) || '/';
  } catch {
    return path;
  }
}
