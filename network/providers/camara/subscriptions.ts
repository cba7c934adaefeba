import { randomUUID } from 'node:crypto';
import { type SubscriptionApi, subscriptionTypes } from './apis.ts';
import type { Answer, Call } from './call.ts';
import { subjectOf } from './devices.ts';
import { serversOf } from './flows.ts';
import type { Insights } from './insights.ts';
import { instant, type Outbox, type SinkOf, sinkOf } from './outbox.ts';
import type { CamaraPorts } from './ports.ts';
import { CamaraProblem, invalid, notFound, outOfRange } from './problem.ts';
import { type Area, areaProblem, type Device, type SubscriptionRequest } from './shapes.ts';
import { distanceMetres, reachabilityOf } from './status.ts';
import { Collection, type Kept } from './store.ts';

/** Bounds of subscriptions. */
export const subscriptionLimits = {
  subscriptionsMax: 2000,
  perConsumerMax: 200,
  /** Where the client names no end. */
  usualDays: 30,
  daysMax: 366,
  /** How often the state of a terminal, and the verdicts on its quality, are looked at. */
  statusSeconds: 10,
  qualitySeconds: 30,
  /** A subscription ends so long before the token of its sink does, so that its end can still be told. */
  tokenGraceSeconds: 10,
} as const;
const second = 1_000_000;

type TerminationReason =
  | 'MAX_EVENTS_REACHED'
  | 'NETWORK_TERMINATED'
  | 'SUBSCRIPTION_EXPIRED'
  | 'ACCESS_TOKEN_EXPIRED'
  | 'SUBSCRIPTION_DELETED';

interface Subscription extends Kept {
  readonly api: SubscriptionApi;
  readonly type: string;
  readonly terminal: string;
  readonly device: Device | undefined;
  readonly sinkGiven: string;
  readonly sink: SinkOf;
  readonly config: SubscriptionRequest['config'];
  readonly starts: number;
  readonly expires: number;
  /** What was seen last; undefined: nothing yet. */
  seen: string | undefined;
  events: number;
}

/** What there is to see now: `state` is compared with what was seen before, `facts` are told. */
interface Observation {
  readonly state: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

interface Kind {
  readonly everySeconds: number;
  /** Newer documents tell the start too, and call the end `subscription-ended`. */
  readonly lifecycle: 'ends' | 'started-ended';
  /** Events carry device and id of the subscription. */
  readonly tellsDevice: boolean;
  readonly tellsArea: boolean;
  /** Undefined: not known now, which is no event. */
  observe(subscription: Subscription): Promise<Observation | undefined>;
  /** Does this event happen by going from one state to the other? `before` undefined: at the beginning, where the client wants the first. */
  happens(event: string, before: string | undefined, after: string): boolean;
}

export class Subscriptions {
  readonly #ports: CamaraPorts;
  readonly #outbox: Outbox;
  readonly #all: Collection<Subscription>;
  readonly #kinds: Readonly<Record<SubscriptionApi, Kind>>;
  readonly #looked = new Map<string, number>();
  #insights: Insights;
  #looking = false;

  constructor(ports: CamaraPorts, outbox: Outbox, insights: Insights) {
    this.#ports = ports;
    this.#outbox = outbox;
    this.#insights = insights;
    this.#all = new Collection('subscription', ports.records);
    const status = (id: string) => ports.terminals.status(id);
    const former = {
      everySeconds: subscriptionLimits.statusSeconds,
      lifecycle: 'ends' as const,
      tellsDevice: true,
      tellsArea: false,
    };
    this.#kinds = {
      'device-reachability-status-subscriptions': {
        ...former,
        async observe({ terminal }) {
          const state = reachabilityOf(await status(terminal));
          return state === undefined ? undefined : { state, facts: {} };
        },
        happens: (event, before, after) => before !== after && event === `reachability-${after}`,
      },
      'device-roaming-status-subscriptions': {
        ...former,
        async observe({ terminal }) {
          const now = await status(terminal);
          if (now?.roaming === undefined) return undefined;
          const { roaming, country } = now;
          return {
            state: `${roaming ? 'on' : 'off'} ${country?.code ?? ''}`,
            facts: {
              roaming,
              ...(country === undefined ? {} : { countryCode: country.code, countryName: country.names }),
            },
          };
        },
        happens(event, before, after) {
          const [was, wasIn] = before?.split(' ') ?? [];
          const [is, isIn] = after.split(' ');
          if (event === 'roaming-change-country')
            return before !== undefined && isIn !== '' && wasIn !== '' && isIn !== wasIn;
          if (was === is) return false;
          return event === 'roaming-status' || event === `roaming-${is}`;
        },
      },
      'connected-network-type-subscriptions': {
        ...former,
        async observe({ terminal }) {
          const state = (await status(terminal))?.networkType ?? 'UNKNOWN';
          return { state, facts: { connectedNetworkType: state } };
        },
        happens: (_, before, after) => before !== after,
      },
      'geofencing-subscriptions': {
        ...former,
        lifecycle: 'started-ended',
        tellsArea: true,
        async observe({ terminal, config }) {
          const position = await ports.terminals.locate(terminal, false);
          if (position === undefined) return undefined;
          const { center, radius } = config.subscriptionDetail.area!;
          const distance = distanceMetres(position.center, center!);
          // On the border nothing is known: only what is wholly inside has entered, only what is wholly outside has left.
          if (distance + position.radiusMetres <= radius!) return { state: 'entered', facts: {} };
          return distance - position.radiusMetres >= radius! ? { state: 'left', facts: {} } : undefined;
        },
        happens: (event, before, after) => before !== after && event === `area-${after}`,
      },
      'connectivity-insights-subscriptions': {
        everySeconds: subscriptionLimits.qualitySeconds,
        lifecycle: 'started-ended',
        tellsDevice: false,
        tellsArea: false,
        observe: async ({ consumer, terminal, config }) => {
          const applicationProfileId = config.subscriptionDetail.applicationProfileId!;
          const thresholds = this.#insights.thresholdsOf(consumer, applicationProfileId);
          if (thresholds === undefined) return undefined;
          const { insight, kpis } = await this.#insights.judge(thresholds, terminal);
          return {
            state: JSON.stringify(insight),
            facts: {
              applicationProfileId,
              ...insight,
              ...(kpis === undefined ? {} : { additionalKpis: kpis }),
            },
          };
        },
        happens: (_, before, after) => before !== after,
      },
    };
  }

  restore(kind: string, data: unknown): void {
    if (kind === 'subscription') this.#all.restore(data as Subscription);
  }

  async create(call: Call): Promise<Answer> {
    const request = call.body as SubscriptionRequest;
    const api = call.api.name as SubscriptionApi;
    const { protocol, protocolSettings, types, config } = request;
    if (protocol !== 'HTTP')
      throw new CamaraProblem(400, 'INVALID_PROTOCOL', 'Only HTTP is spoken to sinks.');
    for (const [name, value] of Object.entries(protocolSettings ?? {}))
      if (name !== 'method' || value !== 'POST')
        throw invalid(`protocolSettings.${name.slice(0, 80)} is not supported; events are sent by POST.`);
    const unknown = types.find((type) => !(subscriptionTypes[api] as readonly string[]).includes(type));
    if (unknown !== undefined) throw invalid(`There is no type of event "${unknown.slice(0, 200)}" here.`);
    if (types.length !== 1)
      throw new CamaraProblem(
        422,
        'MULTIEVENT_SUBSCRIPTION_NOT_SUPPORTED',
        'Subscribe to one type of event at a time.',
      );
    const { area, applicationServer, applicationProfileId, device } = config.subscriptionDetail;
    if (area !== undefined) {
      const wrong = areaProblem(area, ['CIRCLE']);
      if (wrong !== undefined) throw invalid(`config.subscriptionDetail.area: ${wrong}.`);
    }
    if (applicationServer !== undefined) serversOf(applicationServer);
    const sink = sinkOf(this.#ports, call.api, request.sink, request.sinkCredential)!;
    const now = this.#ports.clock.now();
    const asked =
      config.subscriptionExpireTime === undefined
        ? undefined
        : Date.parse(config.subscriptionExpireTime) * 1000;
    if (asked !== undefined && asked <= now) throw invalid('config.subscriptionExpireTime has passed.');
    const subject = await subjectOf(this.#ports.terminals, call, device);
    if (
      applicationProfileId !== undefined &&
      this.#insights.thresholdsOf(call.consumer, applicationProfileId) === undefined
    )
      throw invalid(
        'config.subscriptionDetail.applicationProfileId is not that of a profile of this client.',
      );
    if (
      this.#all.size >= subscriptionLimits.subscriptionsMax ||
      this.#all.countOf(call.consumer) >= subscriptionLimits.perConsumerMax
    )
      throw new CamaraProblem(429, 'QUOTA_EXCEEDED', 'No more subscriptions are kept; delete some first.');
    const { device: _given, ...detail } = config.subscriptionDetail;
    const day = 86_400 * second;
    const subscription: Subscription = {
      id: randomUUID(),
      consumer: call.consumer,
      api,
      type: types[0]!,
      terminal: subject.terminal.id,
      device: subject.device,
      sinkGiven: request.sink,
      sink,
      config: {
        ...config,
        subscriptionDetail: {
          ...(subject.device === undefined ? {} : { device: subject.device }),
          ...detail,
        },
      },
      starts: now,
      expires: Math.min(
        asked ?? now + subscriptionLimits.usualDays * day,
        now + subscriptionLimits.daysMax * day,
      ),
      seen: undefined,
      events: 0,
    };
    await this.#ports.audit({
      actor: call.caller.actor,
      action: 'network.subscription.create',
      object: subject.terminal.id,
      place: subject.terminal.place,
      detail: { type: subscription.type, host: new URL(sink.url).host },
      outcome: 'asked',
    });
    await this.#all.put(subscription);
    if (this.#kinds[api].lifecycle === 'started-ended')
      this.#send(subscription, 'subscription-started', { initiationReason: 'SUBSCRIPTION_CREATED' }, true);
    await this.#look(subscription);
    return { status: 201, body: shown(subscription) };
  }

  async list(call: Call): Promise<Answer> {
    const mine = [...this.#all.of(call.consumer)].filter(({ api }) => api === call.api.name);
    mine.sort((a, b) => a.starts - b.starts || (a.id < b.id ? -1 : 1));
    if (call.api.name !== 'connectivity-insights-subscriptions')
      return { status: 200, body: mine.map(shown) };
    const number = (name: string, usual: number, most: number): number => {
      const text = call.query.get(name);
      if (text === null) return usual;
      if (!/^-?\d{1,12}$/.test(text)) throw invalid(`${name} must be a whole number.`);
      if (Number(text) < 1 || Number(text) > most) throw outOfRange(`${name} is between 1 and ${most}.`);
      return Number(text);
    };
    const page = number('page', 1, 2_147_483_647);
    const perPage = number('perPage', 20, 100);
    const totalPages = Math.ceil(mine.length / perPage);
    return {
      status: 200,
      headers: { 'x-total-count': String(mine.length), 'x-total-pages': String(totalPages) },
      body: {
        subscriptions: mine.slice((page - 1) * perPage, page * perPage).map(shown),
        pagination: { page, perPage, totalCount: mine.length, totalPages },
      },
    };
  }

  async get(call: Call): Promise<Answer> {
    return { status: 200, body: shown(this.#own(call)) };
  }

  async delete(call: Call): Promise<Answer> {
    await this.#end(this.#own(call), 'SUBSCRIPTION_DELETED');
    return { status: 204 };
  }

  async tick(now: number): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (const subscription of [...this.#all.all()]) {
        const { tokenExpires } = subscription.sink;
        if (subscription.expires <= now) await this.#end(subscription, 'SUBSCRIPTION_EXPIRED');
        else if (
          tokenExpires !== undefined &&
          tokenExpires - subscriptionLimits.tokenGraceSeconds * second <= now
        )
          await this.#end(subscription, 'ACCESS_TOKEN_EXPIRED');
        else if (
          (this.#looked.get(subscription.id) ?? 0) + this.#kinds[subscription.api].everySeconds * second <=
          now
        )
          await this.#look(subscription);
      }
    } finally {
      this.#looking = false;
    }
  }

  get count(): number {
    return this.#all.size;
  }

  async #look(subscription: Subscription): Promise<void> {
    this.#looked.set(subscription.id, this.#ports.clock.now());
    const kind = this.#kinds[subscription.api];
    let seen: Observation | undefined;
    try {
      if ((await this.#ports.terminals.get(subscription.terminal)) === undefined) {
        await this.#end(subscription, 'NETWORK_TERMINATED');
        return;
      }
      seen = await kind.observe(subscription);
    } catch (error) {
      this.#ports.log.warn('a subscription could not be looked at', {
        id: subscription.id,
        error: String(error),
      });
    }
    if (
      seen === undefined ||
      seen.state === subscription.seen ||
      this.#all.get(subscription.id) === undefined
    )
      return;
    const before = subscription.seen;
    subscription.seen = seen.state;
    const event = subscription.type.split('.').at(-1)!;
    const first = before === undefined;
    if ((!first || subscription.config.initialEvent === true) && kind.happens(event, before, seen.state)) {
      subscription.events++;
      const { facts } = seen;
      this.#send(
        subscription,
        event,
        event === 'roaming-on' || event === 'roaming-off' ? {} : facts,
        kind.tellsDevice,
      );
    }
    const most = subscription.config.subscriptionMaxEvents;
    if (most !== undefined && subscription.events >= most)
      await this.#end(subscription, 'MAX_EVENTS_REACHED');
    else await this.#all.put(subscription);
  }

  async #end(subscription: Subscription, terminationReason: TerminationReason): Promise<void> {
    if (this.#all.get(subscription.id) === undefined) return;
    this.#looked.delete(subscription.id);
    await this.#all.remove(subscription.id);
    const event =
      this.#kinds[subscription.api].lifecycle === 'ends' ? 'subscription-ends' : 'subscription-ended';
    // The document of roaming asks for the country even here.
    const country =
      subscription.api === 'device-roaming-status-subscriptions'
        ? (await this.#ports.terminals.status(subscription.terminal).catch(() => undefined))?.country
        : undefined;
    this.#send(
      subscription,
      event,
      { terminationReason, ...(country === undefined ? {} : { countryCode: country.code }) },
      true,
    );
  }

  #send(
    subscription: Subscription,
    event: string,
    facts: Readonly<Record<string, unknown>>,
    tellsId: boolean,
  ): void {
    const { id, api, device, config, sink } = subscription;
    const kind = this.#kinds[api];
    const area: Area | undefined = kind.tellsArea ? config.subscriptionDetail.area : undefined;
    this.#outbox.send(
      sink,
      {
        type: `org.camaraproject.${api}.v0.${event}`,
        source: `${this.#ports.publicUrl}/${api}/subscriptions/${id}`,
        data: {
          ...(kind.tellsDevice && device !== undefined ? { device } : {}),
          ...(area === undefined ? {} : { area }),
          ...(tellsId ? { subscriptionId: id } : {}),
          ...facts,
        },
      },
      () => {
        void this.#all.remove(id);
      },
    );
  }

  #own(call: Call): Subscription {
    const subscription = this.#all.get(call.parameters.subscriptionId!.toLowerCase());
    if (
      subscription === undefined ||
      subscription.consumer !== call.consumer ||
      subscription.api !== call.api.name
    )
      throw notFound('There is no such subscription of this client.');
    return subscription;
  }
}

function shown({ id, type, sinkGiven, config, starts, expires }: Subscription): object {
  return {
    id,
    protocol: 'HTTP',
    sink: sinkGiven,
    types: [type],
    config,
    startsAt: instant(starts),
    expiresAt: instant(expires),
    status: 'ACTIVE',
  };
}
