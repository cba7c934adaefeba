import type { ServerResponse } from 'node:http';
import {
  type Command,
  type CommandUpdate,
  type commandRoutes,
  grantsGiving,
  type LocalText,
  limits,
  mayAt,
  type Permission,
  parseInstant,
  type SetPointGroup,
} from '@millrace/contract';
import type { CommandTicket, ThingRecord } from '@millrace/sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandRefusal, ProtocolProblem, placeOf, showLease } from '../../iot/index.ts';
import type { Person } from '../access/index.ts';
import type { ApiOptions } from '../api.ts';
import { keepAliveMilliseconds, openEventStream } from '../event-stream.ts';
import { forbidden, HttpProblem, notFound } from '../problems.ts';
import { actorOf, type Handler, requirePerson, requireThing } from '../requests.ts';

const waitSecondsDefault = 15;
const pageDefault = 100;

interface CommandInput {
  key?: string;
  lease?: number;
  waitSeconds?: number;
  deadlineSeconds?: number;
}

export function commandHandlers(
  options: ApiOptions,
): Record<keyof typeof commandRoutes | 'invokeAction', Handler> {
  const { iot } = options;
  const desk = iot.commands;
  const streams = new CommandStreams();
  desk.subscribe((update, place) => streams.send(update, place));

  const param = (request: FastifyRequest, name: string): string =>
    (request.params as Record<string, string>)[name] ?? '';
  const thingOf = (request: FastifyRequest): ThingRecord => requireThing(iot.registry, request);
  const ask = (request: FastifyRequest) => {
    const body = (request.body ?? {}) as CommandInput;
    const header = request.headers['idempotency-key'];
    const key = body.key ?? (typeof header === 'string' ? header.slice(0, 200) : undefined);
    return {
      actor: actorOf(requirePerson(request.caller)),
      thing: thingOf(request).id,
      ...(key === undefined ? {} : { key }),
      ...(body.lease === undefined ? {} : { lease: body.lease }),
      ...(body.deadlineSeconds === undefined ? {} : { deadlineSeconds: body.deadlineSeconds }),
    };
  };
  const waitOf = (request: FastifyRequest): number =>
    (request.body as CommandInput | undefined)?.waitSeconds ?? waitSecondsDefault;
  const after = async (request: FastifyRequest, ticket: CommandTicket): Promise<Command> =>
    (await desk.waitFor(ticket.command.id, waitOf(request))) ?? ticket.command;
  const sendCommand = (reply: FastifyReply, command: Command): FastifyReply =>
    reply
      .status(command.final ? 200 : 202)
      .header('location', `/api/commands/${command.id}`)
      .send(command);
  const sendGroup = (reply: FastifyReply, group: SetPointGroup): FastifyReply =>
    reply
      .status(group.final ? 200 : 202)
      .header('location', `/api/set-point-groups/${group.id}`)
      .send(group);

  /** The command, if the caller has the permission at its place; to others it does not exist. */
  const commandOf = async (request: FastifyRequest, ...may: Permission[]): Promise<Command> => {
    const id = param(request, 'command');
    const found = await desk.get(id);
    const { grants } = requirePerson(request.caller);
    if (found === undefined || !mayAt(grants, 'read', found.place))
      throw notFound(`command "${id.slice(0, 64)}"`);
    if (may.length > 0 && !may.some((one) => mayAt(grants, one, found.place)))
      throw forbidden(`This needs the permission "${may[0]}" at the place of the thing.`);
    return found.command;
  };
  const placeOfThing = (id: string): string => {
    const record = iot.registry.get(id);
    return record === undefined ? '' : placeOf(record);
  };
  const mayAll = (person: Person, things: Iterable<string>, permission: Permission): boolean =>
    [...new Set(things)].every((id) => mayAt(person.grants, permission, placeOfThing(id)));
  const groupOf = async (request: FastifyRequest, permission: Permission): Promise<SetPointGroup> => {
    const id = param(request, 'group');
    const group = await desk.groups.get(id);
    const person = requirePerson(request.caller);
    const things = group?.steps.map((step) => step.thing) ?? [];
    if (group === undefined || !mayAll(person, things, 'read'))
      throw notFound(`set-point group "${id.slice(0, 64)}"`);
    if (!mayAll(person, things, permission))
      throw forbidden(`This needs the permission "${permission}" at the place of every thing of the group.`);
    return group;
  };

  const handlers: Record<keyof typeof commandRoutes | 'invokeAction', Handler> = {
    thingControl: (request) => {
      const actor = actorOf(requirePerson(request.caller));
      return desk.control(thingOf(request), actor);
    },
    writeProperty: async (request, reply) => {
      const { value } = request.body as { value: unknown };
      const ticket = await desk.write({ ...ask(request), property: param(request, 'name'), value });
      return sendCommand(reply, await after(request, ticket));
    },
    invokeAction: async (request, reply) => {
      const { input } = (request.body ?? {}) as { input?: unknown };
      const ticket = await desk.invoke({ ...ask(request), action: param(request, 'name'), input });
      const command = await after(request, ticket);
      const { state, output } = command;
      reply.header('location', `/api/commands/${command.id}`);
      // What never left is an error of the way there, told as the protocol told it.
      const problem = desk.problemOf(command.id);
      if (state === 'refused' && problem !== undefined) throw new ProtocolProblem(problem);
      if (state === 'timed-out') return reply.status(504).send({ state, command });
      return reply
        .status(command.final ? 200 : 202)
        .send({ state, ...(output === undefined ? {} : { output }), command });
    },
    commands: async (request) => {
      const query = request.query as {
        thing?: string;
        state?: string;
        actor?: string;
        group?: string;
        text?: string;
        from?: string;
        to?: string;
        offset?: number;
        limit?: number;
      };
      const { from, to, offset = 0, limit = pageDefault, ...filter } = query;
      const found = await desk.list({
        ...filter,
        ...instants({ from, to }),
        places: placesOf(requirePerson(request.caller)),
        offset,
        limit,
      });
      return { commands: found.slice(0, limit), more: found.length > limit };
    },
    commandsLive: (request, reply) => {
      const person = requirePerson(request.caller);
      const { thing } = request.query as { thing?: string };
      const response = openEventStream(request, reply, streams.full);
      streams.add(response, (update, place) => {
        const { grants } = person;
        if (update.group !== undefined) {
          const things = update.group.steps.map((step) => step.thing);
          return things.every((id) => mayAt(grants, 'read', placeOfThing(id))) &&
            (thing === undefined || things.includes(thing))
            ? update
            : undefined;
        }
        const of = update.command?.thing ?? update.lease?.thing;
        return mayAt(grants, 'read', place) && (thing === undefined || thing === of) ? update : undefined;
      });
    },
    command: (request) => commandOf(request),
    releaseCommand: async (request, reply) => {
      const { id } = await commandOf(request, 'release');
      await desk.release(id, actorOf(requirePerson(request.caller)));
      return sendCommand(reply, (await desk.waitFor(id, waitOf(request)))!);
    },
    refuseCommand: async (request) => {
      const command = await commandOf(request, 'operate', 'release');
      const person = requirePerson(request.caller);
      const actor = actorOf(person);
      const own = command.actor.kind === actor.kind && command.actor.id === actor.id;
      if (!own && !mayAt(person.grants, 'release', placeOfThing(command.thing)))
        throw forbidden('Only whoever asked for it, or who may release it, can call a command off.');
      return desk.refuse(command.id, actor, (request.body as { reason?: string }).reason ?? '');
    },

    leases: (request) => {
      const person = requirePerson(request.caller);
      return desk.leases
        .all()
        .filter((lease) => mayAt(person.grants, 'read', placeOfThing(lease.thing)))
        .map((lease) => showLease(lease, actorOf(person)));
    },
    takeLease: async (request, reply) => {
      const actor = actorOf(requirePerson(request.caller));
      const { seconds } = request.body as { seconds?: number };
      return reply
        .status(201)
        .send(showLease(await desk.takeLease(thingOf(request).id, actor, seconds), actor));
    },
    renewLease: async (request) => {
      const actor = actorOf(requirePerson(request.caller));
      const { token } = request.body as { token: number };
      return showLease(await desk.renewLease(thingOf(request).id, token, actor), actor);
    },
    releaseLease: async (request, reply) => {
      const { token } = request.body as { token: number };
      await desk.releaseLease(thingOf(request).id, token, actorOf(requirePerson(request.caller)));
      return reply.status(204).send();
    },
    offerLease: async (request) => {
      const actor = actorOf(requirePerson(request.caller));
      const { token, to } = request.body as { token: number; to?: string };
      return showLease(await desk.leases.offer(thingOf(request).id, token, actor, to), actor);
    },
    acceptLease: async (request) => {
      const actor = actorOf(requirePerson(request.caller));
      return showLease(await desk.leases.accept(thingOf(request).id, actor), actor);
    },
    breakGlass: async (request, reply) => {
      const actor = actorOf(requirePerson(request.caller));
      const { reason } = request.body as { reason: string };
      return reply
        .status(201)
        .send(showLease(await desk.breakGlass(thingOf(request).id, actor, reason), actor));
    },

    setPointGroups: async (request) => {
      const person = requirePerson(request.caller);
      const { limit = pageDefault } = request.query as { limit?: number };
      const groups = await desk.groups.list(limit);
      return groups.filter((group) =>
        mayAll(
          person,
          group.steps.map((step) => step.thing),
          'read',
        ),
      );
    },
    applySetPointGroup: async (request, reply) => {
      const person = requirePerson(request.caller);
      const { title, steps, leases, key } = request.body as {
        title: string;
        steps: { thing: string; property: string; value: unknown }[];
        leases?: Record<string, number>;
        key?: string;
      };
      const unknown = steps.find((step) => iot.registry.get(step.thing) === undefined);
      if (unknown !== undefined) throw notFound(`thing "${unknown.thing.slice(0, 256)}"`);
      if (
        !mayAll(
          person,
          steps.map((step) => step.thing),
          'operate',
        )
      )
        throw forbidden('This needs the permission "operate" at the place of every thing of the group.');
      const header = request.headers['idempotency-key'];
      const once = key ?? (typeof header === 'string' ? header.slice(0, 200) : undefined);
      const ticket = await desk.applyGroup({
        actor: actorOf(person),
        title,
        steps,
        ...(leases === undefined ? {} : { leases }),
        ...(once === undefined ? {} : { key: once }),
      });
      return sendGroup(reply, (await desk.groups.waitFor(ticket.group.id, waitOf(request))) ?? ticket.group);
    },
    setPointGroup: (request) => groupOf(request, 'read'),
    undoSetPointGroup: async (request, reply) => {
      const { id } = await groupOf(request, 'operate');
      const { leases } = request.body as { leases?: Record<string, number> };
      const ticket = await desk.undoGroup(id, actorOf(requirePerson(request.caller)), leases ?? {});
      return sendGroup(reply, (await desk.groups.waitFor(ticket.group.id, waitOf(request))) ?? ticket.group);
    },
  };
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      async (request: FastifyRequest, reply: FastifyReply) => {
        try {
          return await handler(request, reply);
        } catch (error) {
          throw error instanceof CommandRefusal ? problemOfRefusal(error) : error;
        }
      },
    ]),
  ) as typeof handlers;
}

/** Places at which the caller may read; undefined: everywhere. */
function placesOf(person: Person): string[] | undefined {
  const places = grantsGiving(person.grants, 'read').map((grant) => grant.place);
  return places.includes('') ? undefined : places;
}

function instants(given: { from: string | undefined; to: string | undefined }): {
  from?: number;
  to?: number;
} {
  const found: { from?: number; to?: number } = {};
  for (const name of ['from', 'to'] as const) {
    const text = given[name];
    if (text === undefined) continue;
    const instant = parseInstant(text);
    if (instant === undefined)
      throw new HttpProblem(400, 'wrong-time', `"${name}" is neither RFC 3339 nor epoch milliseconds.`, {
        field: name,
      });
    found[name] = instant;
  }
  return found;
}

const remedies: Record<string, LocalText> = {
  'lease-held': {
    en: 'Ask its holder to hand it over, or break the glass with a reason.',
    zh: '请联系持有者移交；紧急时可说明原因强制接管。',
  },
  'lease-needed': { en: 'Take the lease of the thing first.', zh: '请先取得该物的控制权。' },
  'lease-lost': { en: 'Take the lease again.', zh: '请重新取得控制权。' },
  fenced: { en: 'Take the lease again.', zh: '请重新取得控制权。' },
  'too-many-commands': { en: 'Try again when some are over.', zh: '请待部分命令结束后重试。' },
};

function problemOfRefusal(refusal: CommandRefusal): HttpProblem {
  const remedy = refusal.remedy ?? remedies[refusal.code];
  return new HttpProblem(
    refusal.status,
    refusal.code,
    refusal.words.en,
    {
      ...(remedy === undefined ? {} : { remedy: remedy.en }),
      words: { title: refusal.words, ...(remedy === undefined ? {} : { remedy }) },
    },
    refusal.status === 429 || refusal.status === 503 ? { 'retry-after': '1' } : {},
  );
}

type Choose = (update: CommandUpdate, place: string) => CommandUpdate | undefined;

/** Server-sent events of what becomes of commands. Few and small: a client too slow for them is let go and begins anew. */
class CommandStreams {
  readonly #clients = new Map<ServerResponse, Choose>();

  constructor() {
    setInterval(() => {
      for (const response of this.#clients.keys()) response.write(': still here\n\n');
    }, keepAliveMilliseconds).unref();
  }

  get full(): boolean {
    return this.#clients.size >= limits.liveClientsMax;
  }

  add(response: ServerResponse, choose: Choose): void {
    this.#clients.set(response, choose);
    const gone = (): void => void this.#clients.delete(response);
    response.on('close', gone);
    response.on('error', gone);
    response.write('retry: 2000\n\n');
  }

  send(update: CommandUpdate, place: string): void {
    let text: string | undefined;
    for (const [response, choose] of this.#clients) {
      if (choose(update, place) === undefined) continue;
      text ??= `data: ${JSON.stringify(update)}\n\n`;
      response.write(text);
      if (response.writableLength > limits.liveClientBytesMax) {
        this.#clients.delete(response);
        response.end();
      }
    }
  }
}
