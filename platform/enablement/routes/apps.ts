import type { appRoutes, Settings } from '@millrace/contract';
import { mayAt } from '@millrace/contract';
import type { ApiOptions } from '../api.ts';
import { forbidden } from '../problems.ts';
import { actorOf, type Handler, readRange, requirePerson } from '../requests.ts';

const roundsDefault = 50;

export function appHandlers({ apps, clock }: ApiOptions): Record<keyof typeof appRoutes, Handler> {
  const named = (parameters: unknown): { app: string; job: string; round: string } =>
    parameters as { app: string; job: string; round: string };
  return {
    apps: (request) => apps.list(requirePerson(request.caller)),
    app: (request) => apps.show(requirePerson(request.caller), named(request.params).app),
    putApp: (request) => {
      const person = requirePerson(request.caller);
      return apps.put(
        person,
        actorOf(person),
        named(request.params).app,
        request.body as { enabled?: boolean; settings?: Settings },
      );
    },
    appRounds: (request) => {
      const query = request.query as { from?: string; to?: string; offset?: number; limit?: number };
      const { from, to } = readRange(query, clock);
      return apps.rounds(
        requirePerson(request.caller),
        named(request.params).app,
        from,
        to,
        query.offset ?? 0,
        query.limit ?? roundsDefault,
      );
    },
    appCase: (request) =>
      apps.caseOf(
        requirePerson(request.caller),
        named(request.params).app,
        Number(named(request.params).round) || 0,
      ),
    appJobs: (request) => {
      const { id } = apps.show(requirePerson(request.caller), named(request.params).app);
      return apps.jobs.list(id);
    },
    startAppJob: async (request, reply) => {
      const person = requirePerson(request.caller);
      const { app } = named(request.params);
      const { definition, context } = apps.contextOf(person, app);
      if (!mayAt(person.grants, 'operate', '', app))
        throw forbidden('This needs the permission "operate" in the application.');
      const { job, input } = request.body as { job: string; input?: unknown };
      const actor = actorOf(person);
      await context.audit({
        actor,
        action: 'app.job',
        object: app,
        place: '',
        detail: { job },
        outcome: 'asked',
      });
      return reply.status(202).send(await apps.jobs.start(definition, context, job, input, actor));
    },
    appJob: (request) => {
      const { app, job } = named(request.params);
      apps.show(requirePerson(request.caller), app);
      return apps.jobs.get(app, job);
    },
    cancelAppJob: (request) => {
      const person = requirePerson(request.caller);
      const { app, job } = named(request.params);
      apps.show(person, app);
      if (!mayAt(person.grants, 'operate', '', app))
        throw forbidden('This needs the permission "operate" in the application.');
      return apps.jobs.cancel(app, job);
    },
  };
}
