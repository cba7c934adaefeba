import { randomUUID } from 'node:crypto';
import {
  type Alarm,
  type AlarmChannelInput,
  type AlarmRuleInput,
  type AlarmState,
  alarmLimits,
  alarmPriorities,
  type alarmRoutes,
  alarmStates,
  grantsGiving,
  isAtOrBelow,
  mayAt,
  type NotificationSettings,
  type Permission,
  parseInstant,
} from '@millrace/contract';
import type { FastifyRequest } from 'fastify';
import { type AlarmFilter, type AlarmRecord, alarmsCsv, RuleError, stateOf } from '../../iot/index.ts';
import type { Person } from '../access/index.ts';
import { AlarmStreams } from '../alarm-stream.ts';
import type { ApiOptions } from '../api.ts';
import { openEventStream } from '../event-stream.ts';
import { forbidden, HttpProblem, notFound } from '../problems.ts';
import { actorOf, type Handler, readRange, requirePerson } from '../requests.ts';

const pageDefault = 500;
const day = 86_400_000_000;
const trialDefault = 7 * day;
const trialMax = 92 * day;
const defaultMetrics = 7 * day;

interface FilterQuery {
  place?: string;
  priority?: string | string[];
  state?: string | string[];
  thing?: string;
  rule?: string;
  text?: string;
  from?: string;
  to?: string;
  offset?: number;
  limit?: number;
}

export function alarmHandlers(options: ApiOptions): Record<keyof typeof alarmRoutes, Handler> {
  const { iot, clock } = options;
  const { alarms } = iot;
  const { rules, engine, notifications } = alarms;
  const streams = new AlarmStreams(alarms);
  // A browser is told only of what its person may see now; who is gone is told nothing.
  notifications.mayRead = (user, place) => {
    const person = options.access.people().find((one) => one.name === user);
    return person !== undefined && !person.disabled && mayAt(person.grants, 'read', place);
  };

  const personOf = (request: FastifyRequest): Person => requirePerson(request.caller);
  const param = (request: FastifyRequest, name: string): string =>
    (request.params as Record<string, string>)[name] ?? '';
  const mayHere = (request: FastifyRequest, permission: Permission, place: string): boolean =>
    mayAt(personOf(request).grants, permission, place);
  const need = (request: FastifyRequest, permission: Permission, place: string): void => {
    if (!mayHere(request, permission, place))
      throw forbidden(
        `This needs the permission "${permission}" at "${place === '' ? 'the whole plant' : place}".`,
      );
  };
  const ruleOf = (request: FastifyRequest, permission: Permission) => {
    const id = param(request, 'rule');
    const rule = rules.get(id);
    if (rule === undefined || !mayHere(request, 'read', alarms.placeOfTarget(rule.input)))
      throw notFound(`alarm rule "${id.slice(0, 64)}"`);
    need(request, permission, alarms.placeOfTarget(rule.input));
    return rule;
  };
  const alarmOf = async (request: FastifyRequest, permission: Permission): Promise<AlarmRecord> => {
    const id = param(request, 'alarm');
    const alarm = await alarms.find(id.slice(0, 64));
    if (alarm === undefined || !mayHere(request, 'read', alarm.place))
      throw notFound(`alarm "${id.slice(0, 64)}"`);
    need(request, permission, alarm.place);
    return alarm;
  };
  const checked = async <T>(work: () => Promise<T> | T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RuleError) throw ruleProblem(error);
      throw error;
    }
  };
  const historyFilter = (request: FastifyRequest, fallbackSpan?: number): AlarmFilter => {
    const query = request.query as FilterQuery;
    const range = readRange(
      query.from === undefined && fallbackSpan !== undefined
        ? { ...query, from: String((clock.now() - fallbackSpan) / 1000) }
        : query,
      clock,
    );
    return {
      ...range,
      places: grantsGiving(personOf(request).grants, 'read').map((grant) => grant.place),
      place: query.place,
      priorities: query.priority === undefined ? undefined : [query.priority].flat(),
      states: query.state === undefined ? undefined : statesOf([query.state].flat()),
      thing: query.thing,
      rule: query.rule,
      text: query.text,
    };
  };
  const several = async (
    request: FastifyRequest,
    work: (
      ids: string[],
      may: (alarm: AlarmRecord) => boolean,
    ) => Promise<{ done: AlarmRecord[]; refused: { alarm: string; because: { en: string; zh: string } }[] }>,
  ) => {
    const { alarms: ids } = request.body as { alarms: string[] };
    for (const id of ids) {
      const alarm = engine.openAlarm(id);
      if (alarm !== undefined && mayHere(request, 'read', alarm.place))
        need(request, 'acknowledge', alarm.place);
    }
    const { done, refused } = await work(ids, (alarm) => mayHere(request, 'acknowledge', alarm.place));
    return { done: done.map((alarm) => alarms.show(alarm)), refused };
  };
  const channelOf = (request: FastifyRequest): string => {
    const id = param(request, 'channel');
    if (notifications.channel(id) === undefined) throw notFound(`channel "${id.slice(0, 64)}"`);
    return id;
  };

  return {
    alarms: async (request) => {
      const query = request.query as FilterQuery;
      const { offset = 0, limit = pageDefault } = query;
      const person = personOf(request);
      const counts = streams.counts(person.grants);
      const wanted = query.state === undefined ? undefined : statesOf([query.state].flat());
      // Without a range, what is open; with one, what was raised in it.
      if (query.from === undefined && query.to === undefined && wanted?.includes('normal') !== true) {
        const priorities = query.priority === undefined ? undefined : [query.priority].flat();
        const text = query.text?.toLowerCase();
        const found = [...engine.open()].filter(
          (alarm) =>
            mayAt(person.grants, 'read', alarm.place) &&
            (query.place === undefined || isAtOrBelow(alarm.place, query.place)) &&
            (priorities === undefined || priorities.includes(alarm.priority)) &&
            (wanted === undefined || wanted.includes(stateOf(alarm))) &&
            (query.thing === undefined || alarm.thing === query.thing) &&
            (query.rule === undefined || alarm.rule === query.rule) &&
            (text === undefined ||
              `${alarm.said.title} ${alarm.said.thingTitle}`.toLowerCase().includes(text)),
        );
        found.sort(byUrgency);
        return {
          total: found.length,
          alarms: found.slice(offset, offset + limit).map((alarm) => alarms.show(alarm)),
          counts,
        };
      }
      const { total, alarms: found } = await alarms.history(historyFilter(request), offset, limit);
      return { total, alarms: found.map((alarm) => alarms.show(alarm)), counts };
    },
    alarmsLive: (request, reply) => {
      const { thing } = request.query as { thing?: string };
      const response = openEventStream(request, reply, streams.full);
      streams.add(response, personOf(request).grants, thing);
    },
    exportAlarms: async (request, reply) => {
      const filter = historyFilter(request);
      const { alarms: found } = await alarms.history(filter, 0, alarmLimits.exportAlarmsMax);
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="millrace-alarms.csv"');
      return reply.send(alarmsCsv(found));
    },
    alarm: async (request) => {
      const alarm = await alarmOf(request, 'read');
      const { journal, group } = await alarms.around(alarm);
      return {
        alarm: alarms.show(alarm),
        journal,
        group: group
          .filter((one) => mayHere(request, 'read', one.place))
          .map((one): Alarm => alarms.show(engine.openAlarm(one.id) ?? one)),
      };
    },
    acknowledgeAlarms: (request) =>
      several(request, (ids, may) =>
        alarms.acknowledge(
          ids,
          actorOf(personOf(request)),
          (request.body as { comment?: string }).comment,
          may,
        ),
      ),
    resetAlarms: (request) =>
      several(request, (ids, may) =>
        alarms.reset(ids, actorOf(personOf(request)), (request.body as { comment?: string }).comment, may),
      ),
    shelveAlarms: (request) =>
      several(request, (ids, may) => {
        const { minutes, reason } = request.body as { minutes: number; reason: string };
        return alarms.shelve(ids, actorOf(personOf(request)), minutes, reason, may);
      }),
    unshelveAlarms: (request) =>
      several(request, (ids, may) =>
        alarms.unshelve(ids, actorOf(personOf(request)), (request.body as { comment?: string }).comment, may),
      ),
    commentAlarm: async (request, reply) => {
      const alarm = await alarmOf(request, 'acknowledge');
      const { text } = request.body as { text: string };
      return reply.status(201).send(await alarms.comment(alarm.id, actorOf(personOf(request)), text));
    },
    alarmMetrics: (request) =>
      alarms.metrics(historyFilter(request, defaultMetrics), (place) => {
        const { place: wanted } = request.query as { place?: string };
        return mayHere(request, 'read', place) && (wanted === undefined || isAtOrBelow(place, wanted));
      }),

    alarmRules: (request) => {
      const query = request.query as {
        text?: string;
        thing?: string;
        unjudged?: boolean;
        offset?: number;
        limit?: number;
      };
      const text = query.text?.toLowerCase();
      const found = [...rules.all()].filter((rule) => {
        if (!mayHere(request, 'read', alarms.placeOfTarget(rule.input))) return false;
        if (text !== undefined && !`${rule.id} ${rule.input.title}`.toLowerCase().includes(text))
          return false;
        const { thing } = query;
        return (
          thing === undefined ||
          [...engine.instancesOf(rule.id)].some((instance) => instance.thing === thing) ||
          engine.unboundOf(rule.id).some((one) => one.thing === thing)
        );
      });
      const rank = (priority: string): number => alarmPriorities.indexOf(priority as 'low');
      found.sort(
        (a, b) =>
          rank(a.input.priority) - rank(b.input.priority) ||
          a.input.title.localeCompare(b.input.title, 'en', { numeric: true }),
      );
      const { offset = 0, limit = pageDefault } = query;
      if (query.unjudged === true) {
        const shown = found.map((rule) => alarms.showRule(rule)).filter((rule) => rule.unjudgedCount > 0);
        return { total: shown.length, rules: shown.slice(offset, offset + limit) };
      }
      return {
        total: found.length,
        rules: found.slice(offset, offset + limit).map((rule) => alarms.showRule(rule)),
      };
    },
    createAlarmRule: async (request, reply) => {
      const input = request.body as AlarmRuleInput;
      need(request, 'configure', alarms.placeOfTarget(input));
      const id = input.id ?? randomUUID();
      if (rules.get(id) !== undefined) {
        throw new HttpProblem(409, 'exists', `There is an alarm rule "${id}" already.`, {
          field: 'id',
          remedy: 'Change it with PUT.',
        });
      }
      const { rule } = await checked(() => alarms.putRule(id, input, actorOf(personOf(request))));
      return reply.status(201).send(rule);
    },
    checkAlarmRule: (request) => {
      const input = request.body as AlarmRuleInput;
      need(request, 'configure', alarms.placeOfTarget(input));
      return alarms.check(input);
    },
    tryAlarmRule: (request) => {
      const { rule, from, to } = request.body as { rule: AlarmRuleInput; from?: string; to?: string };
      need(request, 'configure', alarms.placeOfTarget(rule));
      const range = readRange(
        { from: from ?? String((clock.now() - trialDefault) / 1000), ...(to === undefined ? {} : { to }) },
        clock,
      );
      const until = Math.min(range.to, clock.now());
      if (until - range.from > trialMax) {
        throw new HttpProblem(400, 'wrong-range', `At most ${trialMax / day} days are tried.`, {
          field: 'from',
        });
      }
      return checked(() => alarms.tryRule(rule, range.from, until));
    },
    alarmRule: (request) => alarms.showRule(ruleOf(request, 'read')),
    putAlarmRule: async (request, reply) => {
      const id = param(request, 'rule');
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) {
        throw new HttpProblem(
          400,
          'wrong-request',
          'The id of a rule is letters, digits, ".", "_" and "-", at most 64.',
          {
            field: 'id',
          },
        );
      }
      const input = request.body as AlarmRuleInput;
      if (rules.get(id) !== undefined) ruleOf(request, 'configure');
      need(request, 'configure', alarms.placeOfTarget(input));
      const { rule, created } = await checked(() => alarms.putRule(id, input, actorOf(personOf(request))));
      return reply.status(created ? 201 : 200).send(rule);
    },
    deleteAlarmRule: async (request, reply) => {
      await alarms.removeRule(ruleOf(request, 'configure'), actorOf(personOf(request)));
      return reply.status(204).send();
    },
    takeOutOfService: (request) => {
      const { thing, reason } = request.body as { thing?: string; reason: string };
      return alarms.setOutOfService(
        ruleOf(request, 'release'),
        thing ?? '',
        reason,
        actorOf(personOf(request)),
      );
    },
    returnToService: (request) => {
      const { thing } = (request.body ?? {}) as { thing?: string };
      return alarms.setOutOfService(
        ruleOf(request, 'release'),
        thing ?? '',
        undefined,
        actorOf(personOf(request)),
      );
    },
    maintenanceWindows: (request) =>
      alarms.maintenanceWindows().filter((window) => mayHere(request, 'read', window.place)),
    createMaintenanceWindow: async (request, reply) => {
      const input = request.body as {
        title: string;
        place: string;
        from: string;
        to: string;
        reason: string;
      };
      need(request, 'release', input.place);
      const [from, to] = [parseInstant(input.from), parseInstant(input.to)];
      if (from === undefined || to === undefined || to <= from || to < clock.now()) {
        throw new HttpProblem(400, 'wrong-range', 'Maintenance ends after it begins, and not in the past.', {
          field: 'to',
        });
      }
      if (alarms.maintenance.full) {
        throw new HttpProblem(
          409,
          'too-many',
          'Too many maintenance windows are kept (maintenanceWindowsMax).',
          {
            remedy: 'Remove some that are over.',
          },
        );
      }
      return reply
        .status(201)
        .send(await alarms.addMaintenance({ ...input, from, to }, actorOf(personOf(request))));
    },
    deleteMaintenanceWindow: async (request, reply) => {
      const id = param(request, 'window');
      const window = alarms.maintenance.get(id);
      if (window === undefined || !mayHere(request, 'read', window.place))
        throw notFound('such maintenance window');
      need(request, 'release', window.place);
      await alarms.removeMaintenance(id, actorOf(personOf(request)));
      return reply.status(204).send();
    },

    alarmChannels: () => notifications.channels(),
    createAlarmChannel: async (request, reply) => {
      if (notifications.full) {
        throw new HttpProblem(409, 'too-many', 'Too many channels are set up (alarmChannelsMax).');
      }
      const input = channelInput(request.body as AlarmChannelInput);
      const made = await notifications.putChannel(undefined, input);
      await told(request, 'alarm-channel.create', made.id, { title: made.title, kind: made.kind });
      return reply.status(201).send(made);
    },
    putAlarmChannel: async (request) => {
      const id = channelOf(request);
      const made = await notifications.putChannel(id, channelInput(request.body as AlarmChannelInput));
      await told(request, 'alarm-channel.change', id, { title: made.title, kind: made.kind });
      return made;
    },
    deleteAlarmChannel: async (request, reply) => {
      const id = channelOf(request);
      await told(request, 'alarm-channel.remove', id, {});
      await notifications.removeChannel(id);
      return reply.status(204).send();
    },
    testAlarmChannel: (request) => notifications.test(channelOf(request)),
    notificationSettings: () => notifications.settings(),
    putNotificationSettings: async (request) => {
      const change = request.body as Partial<NotificationSettings>;
      const { mailPassword: _, ...shown } = change;
      await told(request, 'notification-settings.change', '', shown);
      return notifications.putSettings(change);
    },
    pushKey: async () => {
      const key = await notifications.pushKey();
      return key === undefined ? {} : { key };
    },
    subscribePush: async (request, reply) => {
      const { endpoint, keys, language } = request.body as {
        endpoint: string;
        keys: { p256dh: string; auth: string };
        language?: 'en' | 'zh';
      };
      if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== 'https:') {
        throw new HttpProblem(400, 'wrong-request', 'A push service is reached over https only.', {
          field: 'endpoint',
        });
      }
      if (notifications.subscriptionsFull) {
        throw new HttpProblem(
          409,
          'too-many',
          'Too many browsers are told of alarms (pushSubscriptionsMax).',
        );
      }
      await notifications.subscribe(personOf(request).user, endpoint, keys, language ?? 'en');
      return reply.status(204).send();
    },
    unsubscribePush: async (request, reply) => {
      const { endpoint } = request.body as { endpoint: string };
      await notifications.unsubscribe(endpoint, personOf(request).user);
      return reply.status(204).send();
    },
  };

  async function told(
    request: FastifyRequest,
    action: string,
    object: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    await options.audit.record({
      actor: actorOf(personOf(request)),
      action,
      object,
      place: '',
      detail,
      outcome: 'done',
    });
  }
}

/** The most urgent first, among those the ones that ask for somebody, among those the newest. */
function byUrgency(a: AlarmRecord, b: AlarmRecord): number {
  const rank = (alarm: AlarmRecord): number =>
    alarmPriorities.indexOf(alarm.priority) +
    (alarm.held === undefined ? 0 : 100) +
    (alarm.active ? 0 : alarm.held === undefined ? 10 : 0);
  return (
    rank(a) - rank(b) ||
    Number(a.acknowledged !== undefined) - Number(b.acknowledged !== undefined) ||
    b.time - a.time
  );
}

function statesOf(given: readonly string[]): string[] {
  const wanted = given.flatMap((one) =>
    one === 'open' ? alarmStates.filter((state) => state !== 'normal') : [one],
  );
  const unknown = wanted.find((one) => !alarmStates.includes(one as AlarmState));
  if (unknown !== undefined) {
    throw new HttpProblem(400, 'wrong-request', `There is no alarm state "${unknown.slice(0, 64)}".`, {
      field: 'state',
      remedy: `There are: open, ${alarmStates.join(', ')}.`,
    });
  }
  return wanted;
}

function channelInput(input: AlarmChannelInput): AlarmChannelInput {
  if (input.kind === 'webhook') {
    const { url } = input;
    if (url === undefined || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new HttpProblem(
        400,
        'wrong-request',
        'A webhook needs an address that begins with https:// or http://.',
        {
          field: 'url',
        },
      );
    }
  } else if (
    (input.to ?? []).length === 0 ||
    input.to!.some((one) => !/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(one))
  ) {
    throw new HttpProblem(
      400,
      'wrong-request',
      'An e-mail channel needs at least one address such as shift@example.com.',
      {
        field: 'to',
      },
    );
  }
  return input;
}

function ruleProblem(error: RuleError): HttpProblem {
  const [first] = error.problems;
  return new HttpProblem(422, 'wrong-alarm-rule', 'This rule cannot be saved as it is.', {
    detail: error.message.slice(0, 1000),
    ...(first === undefined ? {} : { field: first.field }),
    remedy: 'Mend what is listed.',
    rejected: error.problems.map((problem) => ({
      at: `${problem.field}:${problem.line}:${problem.column}`,
      reason: problem.message.en,
      words: problem.message,
    })),
    words: {
      title: { en: 'This rule cannot be saved as it is.', zh: '该规则目前无法保存。' },
      remedy: { en: 'Mend what is listed.', zh: '请更正所列问题。' },
    },
  });
}
