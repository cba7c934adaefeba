import { limits, mayAt, type Route } from '@millrace/contract';
import { AppError, type AppFile } from '@millrace/sdk';
import type { FastifyInstance } from 'fastify';
import { actorOf, requirePerson } from '../requests.ts';
import { problemOfApp } from '../routes/network.ts';
import type { AppHost } from './host.ts';

/** Segments below an application's id that the platform keeps for itself. */
const reserved = ['rounds', 'jobs'];

/** Routes of all applications with their whole paths, by operation id. */
export function appRouteTable(apps: AppHost): Record<string, Route> {
  const table: Record<string, Route> = {};
  for (const { manifest, routes = {} } of apps.definitions()) {
    for (const [name, route] of Object.entries(routes)) {
      if (reserved.includes(route.path.split('/')[1] ?? ''))
        throw new Error(
          `the application "${manifest.id}" has a route ${route.path}, which is the platform's own`,
        );
      table[`${camel(manifest.id)}${name[0]!.toUpperCase()}${name.slice(1)}`] = {
        ...route,
        tag: manifest.id,
        path: `/api/apps/${manifest.id}${route.path}`,
      };
    }
  }
  return table;
}

/** Hands an application's routes to the HTTP server. Permissions are checked as for every route, with the grants given for the application. */
export function mountAppRoutes(server: FastifyInstance, apps: AppHost): void {
  const table = appRouteTable(apps);
  for (const { manifest, routes = {}, handlers = {} } of apps.definitions()) {
    for (const name of Object.keys(routes)) {
      const route = table[`${camel(manifest.id)}${name[0]!.toUpperCase()}${name.slice(1)}`]!;
      const handler = handlers[name];
      if (handler === undefined)
        throw new Error(`the application "${manifest.id}" has no handler for its route "${name}"`);
      server.route({
        method: route.method,
        url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
        bodyLimit: route.bodyBytesMax ?? limits.payloadBytesMax,
        config: { route, app: manifest.id, raw: route.bodyTypes !== undefined },
        schema: {
          ...(route.query === undefined ? {} : { querystring: route.query }),
          ...(route.body === undefined || route.bodyTypes !== undefined ? {} : { body: route.body }),
        },
        handler: async (request, reply) => {
          const person = requirePerson(request.caller);
          const { context } = apps.contextOf(person, manifest.id);
          let answer: unknown;
          try {
            answer = await handler(
              {
                parameters: request.params as Record<string, string>,
                query: request.query as Record<string, unknown>,
                body: request.body,
                caller: {
                  actor: actorOf(person),
                  may: (permission, place) => mayAt(person.grants, permission, place, manifest.id),
                },
              },
              context,
            );
          } catch (error) {
            throw error instanceof AppError ? problemOfApp(error) : error;
          }
          const status = Number(Object.keys(route.responses)[0] ?? 200);
          if (answer === undefined)
            return reply.status(route.responses[204] === undefined && status !== 204 ? status : 204).send();
          if (isFile(answer)) {
            return reply
              .type(answer.contentType)
              .header(
                'content-disposition',
                `attachment; filename*=UTF-8''${encodeURIComponent(answer.file)}`,
              )
              .send(answer.content);
          }
          return reply.status(status).send(answer);
        },
      });
    }
  }
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

function camel(id: string): string {
  return id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
