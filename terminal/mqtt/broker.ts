import { limits, type Microseconds, topicSegment } from '@millrace/contract';
import {
  type BatchBuilder,
  type CommandOptions,
  type TerminalContext,
  TerminalError,
  type TerminalIdentity,
  takePropertyPayload,
  type WriteOutcome,
} from '@millrace/sdk';
import { type AccessRules, publishTarget, subscribeRefusal, type Target } from './access.ts';
import { Actions } from './actions.ts';
import type { Connection } from './connection.ts';
import { takeEventPayload } from './events.ts';
import { listenerLimits } from './listener-limits.ts';
import { TopicMapping } from './mapping/index.ts';
import { writeForm, writeMessage } from './mapping/write-payload.ts';
import { type DeliveryCounters, type Message, type Route, Session } from './session.ts';
import { SparkplugNodes } from './sparkplug-nodes.ts';
import { filterMatches } from './topics.ts';
import { reason } from './wire/codes.ts';
import type { Connect, SubscriptionRequest, Will } from './wire/decode.ts';
import type { Properties } from './wire/reader.ts';

/** The Sparkplug host application, as far as the broker calls it. */
export interface SparkplugEngine {
  start(): void;
  message(topic: string, payload: Buffer, received: Microseconds, owner: string | undefined): void;
  sessionClosed?(owner: string): void;
  serves(thing: string, property: string): boolean;
  /** Throws TerminalError where nothing was sent. */
  write(thing: string, property: string, value: unknown): void;
  close(): Promise<void>;
}

/** What is known of a thing with sessions or retained messages. Everything is routed within it: things do not meet. */
class Owner {
  readonly thing: string;
  /** By client id: the same id under other credentials is another client. */
  readonly sessions = new Map<string, Session>();
  readonly targets = new Map<string, Target>();
  readonly routes = new Map<string, readonly Route[]>();
  readonly retained = new Map<string, Message>();
  retainedBytes = 0;
  subscriptions = 0;

  constructor(thing: string) {
    this.thing = thing;
  }

  target(topic: string, rules: AccessRules): Target {
    const known = this.targets.get(topic);
    if (known !== undefined) return known;
    const target = publishTarget(this.thing, topic, rules);
    if (this.targets.size >= listenerLimits.topicsKnownMax) this.targets.clear();
    this.targets.set(topic, target);
    return target;
  }

  route(topic: string): readonly Route[] {
    const known = this.routes.get(topic);
    if (known !== undefined) return known;
    const routes: Route[] = [];
    for (const session of this.sessions.values()) {
      const route = session.match(topic);
      if (route !== undefined) routes.push(route);
    }
    if (this.routes.size >= listenerLimits.topicsKnownMax) this.routes.clear();
    this.routes.set(topic, routes);
    return routes;
  }

  /** Lets a retained message go. */
  forget(topic: string): void {
    const message = this.retained.get(topic);
    if (message === undefined) return;
    this.retained.delete(topic);
    this.retainedBytes -= retainedSize(message);
  }

  changed(): void {
    this.routes.clear();
    this.subscriptions = 0;
    for (const session of this.sessions.values()) this.subscriptions += session.subscriptions.size;
  }
}

function retainedSize(message: Message): number {
  return message.payload.length + message.topic.length;
}

/** What is to be said to the sender of a PUBLISH once its data is stored. */
export interface Verdict {
  code: number;
  /** In the sender's terms; only MQTT 5 can carry it. */
  why: string | undefined;
}

/** Outcome of CONNECT. */
/** The certificate a client showed when TLS was set up. */
export interface ShownCertificate {
  /** SHA-256, hexadecimal, lower case. */
  fingerprint: string;
  /** Why TLS does not accept it: not of an authority that is trusted, expired, not for clients. */
  problem: string | undefined;
}

export type Admission =
  | { session: Session; present: boolean; assigned: boolean; sessionExpiry: number | undefined }
  | { code: number; why: string };

const sweepMilliseconds = 500;

/**
 * The broker's core: who is connected, what they may reach, where messages go. Data goes to intake, and what is acknowledged has
 * been committed. Knows no sockets.
 */
export class Broker {
  readonly context: TerminalContext;
  readonly rules: AccessRules;
  readonly counters = {
    connections: 0,
    refused: 0,
    published: 0,
    acknowledged: 0,
    publishesRefused: 0,
    malformed: 0,
    tooLarge: 0,
    keepAliveTimeouts: 0,
    takeovers: 0,
    commitFailures: 0,
    redeliveries: 0,
    intakePauses: 0,
    retainedRefused: 0,
    sessionsEvicted: 0,
    delivered: 0,
    deliveriesDropped: 0,
    slowReaders: 0,
    certificatesRefused: 0,
  } satisfies DeliveryCounters & Record<string, number>;
  /** Bytes of unfinished packets. */
  assemblyBytes = 0;
  /** Groups of packets handed to intake whose commit has not been reported, of all connections. */
  uncommitted = 0;
  sparkplug: SparkplugEngine | undefined;
  readonly actions: Actions;
  /** Raised when what topics mean may have changed; what connections keep at hand is stale then. */
  targetsVersion = 0;

  readonly #owners = new Map<string, Owner>();
  readonly #connections = new Set<Connection>();
  #connected = 0;
  /** Sessions without a connection, the longest away first. */
  readonly #away = new Set<Session>();
  /** What host applications said and retained: Sparkplug STATE. */
  readonly #hostRetained = new Map<string, Message>();
  readonly #stateSubscribers = new Set<Session>();
  readonly #paused = new Set<Connection>();
  readonly #reported = new Map<string, number>();
  readonly #sessionsMax: number;
  readonly #sessionExpirySecondsMax: number;
  #cancelSweep: (() => void) | undefined;
  #closed = false;

  constructor(
    context: TerminalContext,
    options: { sessionsMax: number; sessionExpirySecondsMax: number; sparkplug: boolean },
  ) {
    this.context = context;
    this.#sessionsMax = options.sessionsMax;
    this.#sessionExpirySecondsMax = options.sessionExpirySecondsMax;
    const mapping = new TopicMapping({ topicFromHref: false });
    const nodes = new SparkplugNodes(context.folder, context.log, () => this.#forgetTargets());
    this.rules = { mapping, nodes, sparkplug: options.sparkplug };
    this.actions = new Actions(
      context,
      this.now,
      (thing) => this.#owners.get(thing)?.sessions.values() ?? [],
    );
    mapping.update(context.things.values());
    for (const thing of context.things.values()) nodes.set(thing);
    context.onThingsChanged((ids) => this.#thingsChanged(ids));
    context.onCredentialsWithdrawn((username) => this.#withdrawn(username));
    this.#sweep();
  }

  /** Monotonic milliseconds: keep-alive must not follow a clock that is set. */
  readonly now = (): number => performance.now();

  get connections(): number {
    return this.#connections.size;
  }

  opened(connection: Connection): void {
    this.#connections.add(connection);
    this.counters.connections++;
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
    this.#paused.delete(connection);
  }

  /** Whether one more connection fits; said before it is read from. */
  get full(): boolean {
    return this.#connections.size >= this.#sessionsMax + 1000;
  }

  /** Checks a CONNECT and gives it its session. The reply is the connection's business. */
  admit(connect: Connect, connection: Connection, shown?: ShownCertificate): Admission {
    const { properties } = connect;
    const refused = (code: number, why: string): Admission => {
      this.counters.refused++;
      return { code, why };
    };
    if (properties.authMethod !== undefined) {
      return refused(reason.badAuthenticationMethod, 'only user name and password are spoken');
    }
    if (Buffer.byteLength(connect.clientId) > listenerLimits.clientIdBytesMax) {
      return refused(
        reason.clientIdentifierNotValid,
        `a client id has at most ${listenerLimits.clientIdBytesMax} bytes (clientIdBytesMax)`,
      );
    }
    if (connect.clientId === '' && !connect.clean && connect.version === 4) {
      return refused(reason.clientIdentifierNotValid, 'a session that is kept needs a client id');
    }
    const identity = this.#identify(connect, shown);
    if ('why' in identity) return refused(identity.code, identity.why);
    const { thing } = identity;
    if (!this.context.things.has(thing)) {
      return refused(reason.notAuthorized, 'the thing these credentials are for does not exist');
    }
    if (connect.will !== undefined) {
      const target = publishTarget(thing, connect.will.topic, this.rules);
      if (target.kind === 'refused') {
        this.#reject(thing, target, connect.will.payload);
        return refused(target.code, `will: ${target.detail}`);
      }
    }
    const owner = this.#owner(thing);
    const assigned = connect.clientId === '';
    let clientId = connect.clientId;
    while (clientId === '' || (assigned && owner.sessions.has(clientId))) {
      clientId = `auto-${Math.floor(this.context.random() * 2 ** 52).toString(36)}`;
    }
    const before = owner.sessions.get(clientId);
    if (before?.connection !== undefined) {
      this.counters.takeovers++;
      before.connection.end(reason.sessionTakenOver, 'another connection uses this client id');
    } else if (this.#connected >= this.#sessionsMax) {
      return refused(reason.serverBusy, `${this.#sessionsMax} clients are connected (sessionsMax)`);
    }
    // Ending the older connection may have ended its session with it.
    let session = owner.sessions.get(clientId);
    if (session !== undefined && connect.clean) {
      this.#endSession(session);
      session = undefined;
    }
    const present = session !== undefined;
    if (session === undefined) {
      if (owner.sessions.size >= listenerLimits.sessionsPerThingMax && !this.#evictOf(owner)) {
        return refused(
          reason.quotaExceeded,
          `${listenerLimits.sessionsPerThingMax} clients of this thing are connected (sessionsPerThingMax)`,
        );
      }
      if (this.#away.size >= this.#sessionsMax) this.#evict();
      session = new Session(thing, clientId, identity.username, this.counters, this.now);
      owner.sessions.set(clientId, session);
      owner.changed();
    }
    this.#away.delete(session);
    session.cancelExpiry?.();
    session.cancelExpiry = undefined;
    session.cancelWill?.();
    session.cancelWill = undefined;
    session.username = identity.username;
    session.credentialsEnd = identity.expires;
    session.will = connect.will;
    let sessionExpiry: number | undefined;
    if (connect.version === 5) {
      const asked = properties.sessionExpiry ?? 0;
      session.expiry = Math.min(asked, this.#sessionExpirySecondsMax);
      if (session.expiry !== asked) sessionExpiry = session.expiry;
    } else {
      session.expiry = connect.clean ? 0 : this.#sessionExpirySecondsMax;
    }
    session.connection = connection;
    this.#connected++;
    return { session, present, assigned, sessionExpiry };
  }

  /** By user name and password, by a client certificate, or by both where they are of one thing. */
  #identify(
    connect: Connect,
    shown: ShownCertificate | undefined,
  ): TerminalIdentity | { code: number; why: string } {
    const { username, password } = connect;
    const certified =
      shown === undefined ? { why: 'no client certificate was shown' } : this.#certified(shown);
    if (username !== undefined && password !== undefined) {
      const identity = this.context.authenticate(username, password.toString('utf8'));
      if (identity === undefined)
        return { code: reason.badUserNameOrPassword, why: 'user name or password is wrong' };
      if ('thing' in certified && certified.thing !== identity.thing) {
        this.counters.certificatesRefused++;
        return {
          code: reason.notAuthorized,
          why: 'the client certificate and the user name are of two different things',
        };
      }
      return identity;
    }
    if ('thing' in certified) return certified;
    if (shown !== undefined) this.counters.certificatesRefused++;
    return {
      code: reason.notAuthorized,
      why: `a user name and a password, or a client certificate, are needed: ${certified.why}`,
    };
  }

  #certified(shown: ShownCertificate): TerminalIdentity | { why: string } {
    if (shown.problem !== undefined)
      return { why: `the client certificate is not accepted (${shown.problem})` };
    const identity = this.context.authenticateCertificate?.(shown.fingerprint);
    if (identity === undefined)
      return { why: 'the client certificate is registered for no thing, or was revoked' };
    if (identity.expires !== undefined && this.context.clock.now() >= identity.expires)
      return { why: 'the client certificate has expired' };
    return identity;
  }

  /** The connection of a session has ended. `will`: it is to be published. */
  detach(session: Session, connection: Connection, will: boolean): void {
    if (session.connection !== connection) return;
    session.connection = undefined;
    session.awaySince = this.now();
    this.#connected--;
    if (!will) session.will = undefined;
    const delay = Math.min(session.will?.properties?.willDelay ?? 0, session.expiry);
    if (session.will !== undefined) {
      if (delay > 0) {
        session.cancelWill = this.context.clock.after(delay * 1000, () => this.#publishWill(session));
      } else {
        this.#publishWill(session);
      }
    }
    if (session.persistent) {
      this.#away.add(session);
      session.cancelExpiry = this.context.clock.after(Math.min(session.expiry * 1000, 2 ** 31 - 1), () =>
        this.#endSession(session),
      );
    } else {
      this.#endSession(session);
    }
    this.sparkplug?.sessionClosed?.(session.thing);
  }

  target(thing: string, topic: string): Target {
    return this.#owner(thing).target(topic, this.rules);
  }

  /**
   * Takes what a message says into the open batch. Undefined: fine, nothing to say. Never throws for what a sender can send.
   */
  take(
    thing: string,
    target: Target,
    payload: Buffer,
    received: Microseconds,
    batch: BatchBuilder,
  ): Verdict | undefined {
    switch (target.kind) {
      case 'properties': {
        const known = this.context.things.get(thing);
        if (known === undefined)
          return { code: reason.notAuthorized, why: 'the thing does not exist any more' };
        const outcome = takePropertyPayload(known, payload, received, batch, target.topic);
        if (outcome.rejected === 0) return undefined;
        const first = outcome.problems[0];
        return {
          code: outcome.accepted > 0 ? reason.success : reason.payloadFormatInvalid,
          why: `${outcome.rejected} of ${outcome.accepted + outcome.rejected} refused${first === undefined ? '' : `: ${first.reason}`}`,
        };
      }
      case 'event': {
        const why = takeEventPayload(thing, target.name, payload, received, batch, target.topic);
        return why === undefined ? undefined : { code: reason.payloadFormatInvalid, why };
      }
      case 'mapped': {
        const outcome = this.rules.mapping.take(target.topic, payload, received, batch, thing);
        if (outcome === undefined || outcome.rejected === 0) return undefined;
        return {
          code: outcome.accepted > 0 ? reason.success : reason.payloadFormatInvalid,
          why: `${outcome.rejected} of ${outcome.accepted + outcome.rejected} refused`,
        };
      }
      case 'result':
        return this.actions.take(thing, target.topic, payload, batch);
      case 'sparkplug':
        this.sparkplug?.message(target.topic, Buffer.from(payload), received, thing);
        return undefined;
      case 'refused':
        this.#reject(thing, target, payload);
        return { code: target.code, why: target.detail };
      case 'own':
        return undefined;
    }
  }

  /** Whether anybody has to be told of a message, or it is to be kept. */
  concerns(thing: string, topic: string, retain: boolean): boolean {
    const owner = this.#owners.get(thing);
    return owner !== undefined && (retain || (owner.subscriptions > 0 && owner.route(topic).length > 0));
  }

  /** Puts a message nobody reads and that is no data where a person sees it: a topic written slightly wrong, most likely. */
  unheard(thing: string, topic: string, payload: Buffer, batch: BatchBuilder): void {
    batch.reject({
      thing,
      source: topic,
      reason: 'unsupported',
      detail: `the topic is neither things/${topicSegment(thing)}/properties nor things/${topicSegment(thing)}/events/<name>, and nobody is subscribed to it`,
      excerpt: payload.toString('utf8', 0, limits.quarantineExcerptBytesMax),
      count: 1,
    });
  }

  /** Sends a message of a thing on to its subscribers, and keeps it if it is to be retained. */
  forward(thing: string, message: Message): void {
    const owner = this.#owners.get(thing);
    if (owner === undefined) return;
    if (message.retain) this.#retain(owner, message);
    if (owner.subscriptions === 0) return;
    for (const route of owner.route(message.topic)) {
      if (route.noLocal && route.session === message.from) continue;
      route.session.deliver(
        message,
        Math.min(route.qos, message.qos) as 0 | 1 | 2,
        route.retainAsPublished && message.retain,
        route.identifiers,
      );
    }
  }

  /** Answers to SUBSCRIBE, one code per filter. Retained messages follow when the caller asks for them. */
  subscribe(
    session: Session,
    requests: readonly SubscriptionRequest[],
    identifier: number | undefined,
  ): { codes: number[]; retained: () => void } {
    const codes: number[] = [];
    const granted: { request: SubscriptionRequest; isNew: boolean }[] = [];
    for (const request of requests) {
      const refusal = request.valid
        ? subscribeRefusal(session.thing, request.filter, this.rules)
        : reason.topicFilterInvalid;
      if (refusal !== undefined) {
        this.context.count('subscriptionsRefused', 1);
        codes.push(refusal);
        continue;
      }
      const isNew = !session.subscriptions.has(request.filter);
      if (isNew && session.subscriptions.size >= listenerLimits.subscriptionsPerSessionMax) {
        codes.push(reason.quotaExceeded);
        continue;
      }
      session.subscriptions.set(request.filter, { ...request, identifier });
      if (request.filter.startsWith('spBv1.0/STATE')) this.#stateSubscribers.add(session);
      codes.push(request.qos);
      granted.push({ request, isNew });
    }
    const owner = this.#owner(session.thing);
    owner.changed();
    const retained = (): void => {
      for (const { request, isNew } of granted) {
        if (request.retainHandling === 2 || (request.retainHandling === 1 && !isNew)) continue;
        this.#sendRetained(session, owner.retained, request, identifier);
        if (request.filter.startsWith('spBv1.0/STATE')) {
          this.#sendRetained(session, this.#hostRetained, request, identifier);
        }
      }
    };
    return { codes, retained };
  }

  unsubscribe(session: Session, filters: readonly string[]): number[] {
    const codes = filters.map((filter) =>
      session.subscriptions.delete(filter) ? reason.success : reason.noSubscriptionExisted,
    );
    if (![...session.subscriptions.keys()].some((filter) => filter.startsWith('spBv1.0/STATE'))) {
      this.#stateSubscribers.delete(session);
    }
    this.#owner(session.thing).changed();
    return codes;
  }

  /** Publishes for the Sparkplug host: STATE to all who ask for it, commands to the edge node they are for. */
  /** Whether a command to this thing has a way to go: a client that subscribes to its actions or writes, an edge node, a topic of its own. */
  reaches(thing: string): boolean {
    if (this.actions.reaches(thing)) return true;
    for (const point of this.context.things.get(thing)?.points.values() ?? [])
      if (this.sparkplug?.serves(thing, point.name) === true || writeForm(point.forms) !== undefined)
        return true;
    return false;
  }

  /**
   * Writes a property: by a command to its Sparkplug edge node, on the topic of the device's own that its form names for writing, or on
   * `things/<id>/properties/<name>/set`. The first two cannot be acknowledged: then the thing's own report is what tells.
   */
  async write(
    thing: string,
    property: string,
    value: unknown,
    options: CommandOptions = {},
  ): Promise<WriteOutcome> {
    const point = this.context.things.get(thing)?.points.get(property);
    if (this.sparkplug?.serves(thing, property) === true) {
      this.sparkplug.write(thing, property, value);
      return { state: 'sent' };
    }
    const form = writeForm(point?.forms ?? []);
    if (form === undefined) {
      const { state, output } = await this.actions.write(thing, property, value, options);
      const detail =
        state === 'refused' && output !== undefined ? JSON.stringify(output).slice(0, 500) : undefined;
      return {
        state,
        ...(state === 'confirmed' ? { by: 'acknowledgement' } : {}),
        ...(detail === undefined ? {} : { detail }),
      };
    }
    const message = writeMessage(form, value);
    const reached =
      message !== undefined &&
      [...(this.#owners.get(thing)?.sessions.values() ?? [])].some(
        (session) => session.connection !== undefined && session.match(message.topic) !== undefined,
      );
    if (message === undefined || !reached) throw notSubscribed(property, message?.topic);
    this.forward(thing, {
      ...message,
      retain: false,
      properties: undefined,
      expiresAt: this.now() + listenerLimits.actionWaitMilliseconds,
      from: undefined,
    });
    return { state: 'sent' };
  }

  publishAsHost(topic: string, payload: Buffer, options: { qos: 0 | 1 | 2; retain: boolean }): void {
    const message: Message = {
      topic,
      payload,
      qos: options.qos,
      retain: options.retain,
      properties: undefined,
      expiresAt: undefined,
      from: undefined,
    };
    const levels = topic.split('/');
    if (levels[1] === 'STATE') {
      if (options.retain) {
        if (payload.length === 0) this.#hostRetained.delete(topic);
        else this.#hostRetained.set(topic, message);
      }
      for (const session of this.#stateSubscribers) {
        const route = session.match(topic);
        if (route === undefined) continue;
        session.deliver(
          message,
          Math.min(route.qos, message.qos) as 0 | 1 | 2,
          route.retainAsPublished && message.retain,
          route.identifiers,
        );
      }
      return;
    }
    const thing = this.rules.nodes.owner(levels[1] ?? '', levels[3] ?? '');
    if (thing !== undefined) this.forward(thing, { ...message, retain: false });
  }

  /** Makes a client wait while intake is behind: nobody is read from until it has caught up. */
  pauseForIntake(connection: Connection): void {
    if (this.#paused.size === 0) {
      this.counters.intakePauses++;
      this.context.intake.drained(() => {
        const paused = [...this.#paused];
        this.#paused.clear();
        for (const one of paused) one.resumeAfterIntake();
      });
    }
    this.#paused.add(connection);
  }

  /** Ends everything in an orderly way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSweep?.();
    for (const connection of this.#connections) connection.stopReading();
    await this.#committed();
    await this.sparkplug?.close();
    for (const connection of [...this.#connections]) {
      connection.end(reason.serverShuttingDown, 'the platform is shutting down');
    }
    for (const owner of this.#owners.values()) {
      for (const session of owner.sessions.values()) {
        session.cancelExpiry?.();
        session.cancelWill?.();
      }
    }
    this.#report();
    await this.rules.nodes.saved();
  }

  /** Waits for the commits under way, so that what is stored is also acknowledged; not for long. */
  #committed(): Promise<void> {
    return new Promise((resolve) => {
      const end = this.now() + listenerLimits.closeWaitMilliseconds;
      const look = (): void => {
        if (this.uncommitted === 0 || this.now() >= end) resolve();
        else this.context.clock.after(5, look);
      };
      look();
    });
  }

  #owner(thing: string): Owner {
    let owner = this.#owners.get(thing);
    if (owner === undefined) {
      owner = new Owner(thing);
      this.#owners.set(thing, owner);
    }
    return owner;
  }

  #endSession(session: Session): void {
    session.cancelExpiry?.();
    session.cancelExpiry = undefined;
    if (session.cancelWill !== undefined) this.#publishWill(session);
    this.#away.delete(session);
    this.#stateSubscribers.delete(session);
    const owner = this.#owners.get(session.thing);
    if (owner === undefined || owner.sessions.get(session.clientId) !== session) return;
    owner.sessions.delete(session.clientId);
    owner.changed();
    if (owner.sessions.size === 0 && owner.retained.size === 0) this.#owners.delete(session.thing);
  }

  #evict(): void {
    for (const session of this.#away) {
      this.counters.sessionsEvicted++;
      this.#endSession(session);
      return;
    }
  }

  #evictOf(owner: Owner): boolean {
    let longest: Session | undefined;
    for (const session of owner.sessions.values()) {
      if (
        session.connection === undefined &&
        (longest === undefined || session.awaySince < longest.awaySince)
      ) {
        longest = session;
      }
    }
    if (longest === undefined) return false;
    this.counters.sessionsEvicted++;
    this.#endSession(longest);
    this.#owners.set(owner.thing, owner);
    return true;
  }

  /** A will takes the way of any message; nobody waits for its commit. */
  #publishWill(session: Session): void {
    const will: Will | undefined = session.will;
    session.will = undefined;
    session.cancelWill?.();
    session.cancelWill = undefined;
    if (will === undefined || this.#closed) return;
    const { thing } = session;
    const target = publishTarget(thing, will.topic, this.rules);
    const { batch } = this.context.intake;
    this.take(thing, target, will.payload, this.context.clock.now(), batch);
    if (target.kind === 'refused') return;
    this.forward(
      thing,
      this.message(will.topic, will.payload, will.qos, will.retain, will.properties, session),
    );
  }

  /** A message as it is sent on: with the properties that travel with it, and no others. */
  message(
    topic: string,
    payload: Buffer,
    qos: 0 | 1 | 2,
    retain: boolean,
    properties: Properties | undefined,
    from: Session | undefined,
  ): Message {
    let kept: Properties | undefined;
    if (properties !== undefined) {
      const { topicAlias: _alias, willDelay: _delay, ...rest } = properties;
      kept = rest;
    }
    const expiry = kept?.messageExpiry;
    return {
      topic,
      payload,
      qos,
      retain,
      properties: kept,
      expiresAt: expiry === undefined ? undefined : this.now() + expiry * 1000,
      from,
    };
  }

  #retain(owner: Owner, message: Message): void {
    owner.forget(message.topic);
    if (message.payload.length === 0) return;
    const size = retainedSize(message);
    if (
      owner.retained.size >= listenerLimits.retainedPerThingMax ||
      owner.retainedBytes + size > listenerLimits.retainedBytesPerThingMax
    ) {
      this.counters.retainedRefused++;
      return;
    }
    owner.retained.set(message.topic, message);
    owner.retainedBytes += size;
  }

  /** Whether a retained message would be refused for want of room, to say so to a sender of MQTT 5. */
  retainable(thing: string, topic: string, bytes: number): boolean {
    const owner = this.#owners.get(thing);
    if (owner === undefined || bytes === 0 || owner.retained.has(topic)) return true;
    return (
      owner.retained.size < listenerLimits.retainedPerThingMax &&
      owner.retainedBytes + bytes + topic.length <= listenerLimits.retainedBytesPerThingMax
    );
  }

  #sendRetained(
    session: Session,
    retained: Map<string, Message>,
    request: SubscriptionRequest,
    identifier: number | undefined,
  ): void {
    for (const [topic, message] of retained) {
      if (!filterMatches(request.filter, topic)) continue;
      if (message.expiresAt !== undefined && this.now() >= message.expiresAt) {
        this.#owners.get(session.thing)?.forget(topic);
        continue;
      }
      session.deliver(
        message,
        Math.min(request.qos, message.qos) as 0 | 1 | 2,
        true,
        identifier === undefined ? undefined : [identifier],
      );
    }
  }

  #reject(thing: string, target: Extract<Target, { kind: 'refused' }>, payload: Buffer): void {
    this.counters.publishesRefused++;
    this.context.intake.batch.reject({
      thing,
      source: target.topic,
      reason: target.reason,
      detail: target.detail,
      excerpt: payload.toString('utf8', 0, limits.quarantineExcerptBytesMax),
      count: 1,
    });
  }

  #thingsChanged(ids: readonly string[]): void {
    for (const id of ids) {
      const thing = this.context.things.get(id);
      if (thing === undefined) {
        // Sessions first: their wills may still speak for the edge nodes the thing owned.
        for (const session of [...(this.#owners.get(id)?.sessions.values() ?? [])]) {
          session.connection?.end(reason.notAuthorized, 'the thing was removed');
          this.#endSession(session);
        }
        this.#owners.delete(id);
        this.rules.mapping.remove(id);
        this.rules.nodes.remove(id);
      } else {
        this.rules.mapping.set(thing);
        this.rules.nodes.set(thing);
      }
    }
    this.#forgetTargets();
  }

  /** What a topic means may depend on any description: edge nodes pass from one thing to another. */
  #forgetTargets(): void {
    this.targetsVersion++;
    for (const owner of this.#owners.values()) owner.targets.clear();
  }

  #withdrawn(username: string): void {
    for (const owner of [...this.#owners.values()]) {
      for (const session of [...owner.sessions.values()]) {
        if (session.username !== username) continue;
        session.connection?.end(reason.notAuthorized, 'the credentials were withdrawn');
        this.#endSession(session);
      }
    }
  }

  #sweep(): void {
    if (this.#closed) return;
    const now = this.now();
    for (const connection of this.#connections) connection.check(now);
    this.#report();
    this.#cancelSweep = this.context.clock.after(sweepMilliseconds, () => this.#sweep());
  }

  #report(): void {
    for (const [name, value] of Object.entries(this.counters)) {
      const before = this.#reported.get(name) ?? 0;
      if (value === before) continue;
      this.#reported.set(name, value);
      this.context.count(name, value - before);
    }
    const gauge = (name: string, value: number): void => {
      if (this.#reported.get(name) === value) return;
      this.#reported.set(name, value);
      this.context.gauge(name, value);
    };
    gauge('sessions', this.#connected);
    gauge('sessionsAway', this.#away.size);
  }
}

function notSubscribed(property: string, topic: string | undefined): TerminalError {
  return topic === undefined
    ? new TerminalError(
        'bad-data',
        'not-writable',
        {
          en: `The form that "${property}" is written through has a millrace:jsonPath that leads through a list.`,
          zh: `“${property}”的写入 form 中 millrace:jsonPath 经过列表，无法使用。`,
        },
        {
          en: 'Name a path of members only, such as $.set.value.',
          zh: '请只使用成员路径，例如 $.set.value。',
        },
      )
    : new TerminalError(
        'unavailable',
        'not-connected',
        {
          en: 'No client of this thing is connected and subscribed to the topic it is written on.',
          zh: '该物没有已连接并订阅其写入主题的客户端。',
        },
        { en: `The device must subscribe to ${topic}.`, zh: `设备须订阅 ${topic}。` },
      );
}
