import { type ConnectionProblem, type Microseconds, status } from '@millrace/contract';
import type { Point, TerminalContext } from '@millrace/sdk';
import {
  AttributeIds,
  CreateMonitoredItemsRequest,
  type CreateMonitoredItemsResponse,
  CreateSubscriptionRequest,
  type CreateSubscriptionResponse,
  DeleteMonitoredItemsRequest,
  MonitoringMode,
  PublishRequest,
  type PublishResponse,
  RepublishRequest,
  type RepublishResponse,
  resolveNodeId,
  StatusChangeNotification,
  TimestampsToReturn,
  Variant,
} from 'node-opcua-client';
import type { Link } from './link.ts';
import { changesIn, type DataChanges } from './notifications.ts';
import { messageOf, problem, statusNameIn } from './problems.ts';
import { inParts, perform, smaller } from './requests.ts';
import { type OpcuaSettings, opcuaLimits } from './settings.ts';
import { Structures } from './structures.ts';
import { nodeOf, type Translation, valueOfVariant } from './values.ts';

/** A point as it is monitored. */
export interface Item {
  point: Point;
  /** Node id as the form has it. */
  node: string;
  samplingMilliseconds: number;
}

interface Monitored extends Item {
  handle: number;
  subscription: Subscription | undefined;
  /** The server's number of the monitored item. */
  id: number;
  /** Whether a value came since the connection was opened. */
  heard: boolean;
  /** Name of the StatusCode because of which it is not monitored. */
  failure: string | undefined;
}

interface Subscription {
  id: number;
  items: number;
  /** Longest time between two messages, as the server revised it. */
  silenceMilliseconds: number;
  lastSequence: number | undefined;
  heardAt: Microseconds;
}

/** A server says something at least this often, even if nothing changes. */
const keepAliveMilliseconds = 5000;
const lifetimeMilliseconds = 60_000;
const notificationsPerPublishMax = 10_000;
const publishRequestsMax = 8;
const watchMilliseconds = 1000;
/** After this long without any answer the server is asked for its state: to know that it lives, and to keep the session alive. */
const heartbeatMilliseconds = 10_000;
const retryFailedMilliseconds = 60_000;
const republishMax = 100;
/** Clocks nearer than this count as one. */
const clockOffsetMicrosecondsMin = 1_000_000;
const clockOffsetMicrosecondsBad = 240_000_000;

const serverStateNode = 'i=2259';
const shutdownReasonNode = 'i=2993';
const namespaceArrayNode = 'i=2255';
const stateHandle = 0;
const namespacesHandle = 1;
const firstHandle = 2;

const serverStates = [
  'Running',
  'Failed',
  'NoConfiguration',
  'Suspended',
  'Shutdown',
  'Test',
  'CommunicationFault',
  'Unknown',
];

/** Statuses in a notification that say the node itself is no more. */
const goneStatuses = new Set([0x80330000, 0x80340000, 0x80350000]);

interface Waiting {
  item: Monitored;
  variant: Variant;
  time: number;
  status: number;
  received: Microseconds;
}

export interface SubscriptionsOptions {
  link: Link;
  context: TerminalContext;
  settings: OpcuaSettings;
  /** Values of the things that are more than one connection takes. */
  omitted?: number;
  /** The link is of no more use. Called once. */
  lost: (problem: ConnectionProblem) => void;
}

/**
 * The subscriptions of one session. Publish requests are made here and not by the stack: so that values go into the batch in bulk, are
 * acknowledged to the server only once they are stored, and are not asked for while the store cannot take more.
 */
export class Subscriptions {
  readonly #link: Link;
  readonly #context: TerminalContext;
  readonly #settings: OpcuaSettings;
  readonly #structures: Structures;
  readonly #translation: Translation;
  readonly #lost: (problem: ConnectionProblem) => void;
  readonly #omitted: number;
  #items: (Monitored | undefined)[] = [];
  readonly #handles = new Map<number, number>();
  /** Handles of points let go of, and since when: a message under way may still carry one. */
  readonly #freeHandles: { handle: number; since: Microseconds }[] = [];
  #subscriptions = new Map<number, Subscription>();
  #acknowledgements: { subscriptionId: number; sequenceNumber: number }[] = [];
  #publishing = 0;
  #publishWanted = 2;
  #held = 0;
  #stopped = false;
  #failed = new Set<Monitored>();
  #serverState = 0;
  #shutdownReason = '';
  #reported: string | undefined;
  #clockOffset: Microseconds = 0;
  #clockKnown = false;
  #waiting: Waiting[] = [];
  #loadingStructures = false;
  #cancelWatch: () => void = () => {};
  #retryAt: Microseconds = 0;
  #answeredAt: Microseconds = 0;
  #asking = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: SubscriptionsOptions) {
    this.#link = options.link;
    this.#context = options.context;
    this.#settings = options.settings;
    this.#lost = options.lost;
    this.#omitted = options.omitted ?? 0;
    this.#structures = new Structures(options.link.session);
    this.#translation = {
      namespaces: options.link.namespaces,
      structure: (encoding, body) => this.#structures.decode(encoding, body),
    };
    for (let handle = 0; handle < firstHandle; handle++) this.#items.push(undefined);
  }

  /** Server time less ours, µs; 0 while they are nearly one. */
  get clockOffset(): Microseconds {
    return this.#clockOffset;
  }

  get structures(): Structures {
    return this.#structures;
  }

  /** The points monitored, or meant to be. */
  get points(): Point[] {
    return this.#items.flatMap((item) => (item === undefined ? [] : [item.point]));
  }

  /** Creates the first subscription and what is to be monitored. Rejects where the server takes no subscription at all. */
  start(items: readonly Item[]): Promise<void> {
    const work = this.#start(items);
    this.#work = work.catch(() => {});
    return work;
  }

  async #start(items: readonly Item[]): Promise<void> {
    const first = await this.#subscribe();
    await this.#watchServer(first);
    this.#answeredAt = this.#context.clock.now();
    this.#retryAt = this.#answeredAt + retryFailedMilliseconds * 1000;
    this.#watch();
    this.#fillPublish();
    await this.#create(this.#enter(items));
    this.#report();
  }

  /** Takes up and lets go of points while the connection is open; one change after the other. */
  change(added: readonly Item[], removed: ReadonlySet<number>): Promise<void> {
    const work = this.#work.then(async () => {
      if (this.#stopped) return;
      await this.#remove(removed);
      await this.#create(this.#enter(added));
      this.#report();
    });
    this.#work = work.catch((error: unknown) => this.#fail(error));
    return work;
  }

  /** Ends it here; what the server still holds ends with the session. */
  stop(): void {
    this.#stopped = true;
    this.#cancelWatch();
  }

  /** A bad sample for every point, so that the gap can be seen; its time is in the server's own clock, as those of its samples are. */
  markLost(): void {
    const now = this.#context.clock.now();
    const batch = this.#context.intake.batch;
    for (const item of this.#items) {
      if (item === undefined) continue;
      batch.add(item.point, null, now + this.#clockOffset, now, status.badNotConnected, item.node);
    }
  }

  #enter(items: readonly Item[]): Monitored[] {
    const entered: Monitored[] = [];
    for (const item of items) {
      const handle = this.#newHandle();
      const monitored: Monitored = {
        ...item,
        handle,
        subscription: undefined,
        id: 0,
        heard: false,
        failure: undefined,
      };
      this.#items[handle] = monitored;
      this.#handles.set(item.point.series, handle);
      entered.push(monitored);
    }
    return entered;
  }

  #newHandle(): number {
    const oldest = this.#freeHandles[0];
    if (oldest === undefined || this.#context.clock.now() - oldest.since < lifetimeMilliseconds * 1000)
      return this.#items.length;
    this.#freeHandles.shift();
    return oldest.handle;
  }

  async #remove(series: ReadonlySet<number>): Promise<void> {
    const gone = new Map<Subscription, number[]>();
    for (const one of series) {
      const handle = this.#handles.get(one);
      const item = handle === undefined ? undefined : this.#items[handle];
      if (handle === undefined || item === undefined) continue;
      this.#handles.delete(one);
      this.#items[handle] = undefined;
      this.#failed.delete(item);
      this.#freeHandles.push({ handle, since: this.#context.clock.now() });
      if (item.subscription === undefined) continue;
      gone.set(item.subscription, [...(gone.get(item.subscription) ?? []), item.id]);
    }
    for (const [subscription, ids] of gone) await this.#deleteItems(subscription, ids);
  }

  async #deleteItems(subscription: Subscription, ids: readonly number[]): Promise<void> {
    subscription.items -= ids.length;
    await inParts(ids, this.#link.limits, 'monitoredItems', async (part) => {
      await perform(
        this.#link.session,
        new DeleteMonitoredItemsRequest({ subscriptionId: subscription.id, monitoredItemIds: [...part] }),
      );
      return [];
    }).catch(() => {});
  }

  async #subscribe(): Promise<Subscription> {
    const interval = this.#settings.publishingMilliseconds;
    const keepAlive = Math.max(1, Math.ceil(keepAliveMilliseconds / interval));
    const response = await perform<CreateSubscriptionResponse>(
      this.#link.session,
      new CreateSubscriptionRequest({
        requestedPublishingInterval: interval,
        requestedMaxKeepAliveCount: keepAlive,
        requestedLifetimeCount: Math.max(keepAlive * 4, Math.ceil(lifetimeMilliseconds / interval)),
        maxNotificationsPerPublish: notificationsPerPublishMax,
        publishingEnabled: true,
        priority: 0,
      }),
    );
    const revised = response.revisedPublishingInterval > 0 ? response.revisedPublishingInterval : interval;
    const subscription: Subscription = {
      id: response.subscriptionId,
      items: 0,
      silenceMilliseconds: revised * Math.max(1, response.revisedMaxKeepAliveCount),
      lastSequence: undefined,
      heardAt: this.#context.clock.now(),
    };
    this.#subscriptions.set(subscription.id, subscription);
    this.#publishWanted = Math.min(publishRequestsMax, this.#subscriptions.size + 2);
    return subscription;
  }

  /** The server's own state and its namespaces, so that a shutdown is known before it comes. Optional for the server. */
  async #watchServer(subscription: Subscription): Promise<void> {
    await perform(
      this.#link.session,
      new CreateMonitoredItemsRequest({
        subscriptionId: subscription.id,
        timestampsToReturn: TimestampsToReturn.Both,
        itemsToCreate: [
          { node: serverStateNode, handle: stateHandle },
          { node: namespaceArrayNode, handle: namespacesHandle },
        ].map(({ node, handle }) => ({
          itemToMonitor: { nodeId: resolveNodeId(node), attributeId: AttributeIds.Value },
          monitoringMode: MonitoringMode.Reporting,
          requestedParameters: {
            clientHandle: handle,
            samplingInterval: 1000,
            queueSize: 1,
            discardOldest: true,
          },
        })),
      }),
    ).catch(() => {});
  }

  async #create(items: readonly Monitored[]): Promise<void> {
    let rest = items;
    let subscription = [...this.#subscriptions.values()].at(-1)!;
    while (rest.length > 0 && !this.#stopped) {
      let room = opcuaLimits.itemsPerSubscriptionMax - subscription.items;
      if (room <= 0) {
        subscription = await this.#subscribe();
        this.#fillPublish();
        room = opcuaLimits.itemsPerSubscriptionMax;
      }
      const part = rest.slice(0, Math.min(room, this.#link.limits.monitoredItems));
      let full: Monitored[];
      try {
        full = await this.#createPart(subscription, part);
      } catch (error) {
        if (smaller(error, this.#link.limits, 'monitoredItems', part.length)) continue;
        throw error;
      }
      rest = rest.slice(part.length);
      if (full.length === 0) continue;
      if (subscription.items === 0) {
        for (const item of full) this.#failItem(item, 'BadTooManyMonitoredItems', 0x80db0000);
        continue;
      }
      // This subscription takes no more: another one may.
      subscription = await this.#subscribe();
      this.#fillPublish();
      rest = [...full, ...rest];
    }
  }

  /** Returns the items for which the subscription has no more room. */
  async #createPart(subscription: Subscription, items: readonly Monitored[]): Promise<Monitored[]> {
    const known: Monitored[] = [];
    const nodes = items.flatMap((item) => {
      const nodeId = nodeOf(item.node, this.#link.namespaces);
      if (nodeId === undefined) {
        this.#failItem(item, 'BadNodeIdUnknown', status.badNodeIdUnknown);
        return [];
      }
      known.push(item);
      return [nodeId];
    });
    if (known.length === 0) return [];
    const response = await perform<CreateMonitoredItemsResponse>(
      this.#link.session,
      new CreateMonitoredItemsRequest({
        subscriptionId: subscription.id,
        timestampsToReturn: TimestampsToReturn.Both,
        itemsToCreate: known.map((item, at) => ({
          itemToMonitor: { nodeId: nodes[at]!, attributeId: AttributeIds.Value },
          monitoringMode: MonitoringMode.Reporting,
          requestedParameters: {
            clientHandle: item.handle,
            samplingInterval: item.samplingMilliseconds,
            queueSize: this.#settings.queueSize,
            discardOldest: true,
          },
        })),
      }),
    );
    const full: Monitored[] = [];
    for (const [at, item] of known.entries()) {
      const result = response.results?.[at];
      if (result === undefined) {
        this.#failItem(item, 'BadUnexpectedError', 0x80010000);
      } else if (result.statusCode.value >>> 30 === 2) {
        if (result.statusCode.name === 'BadTooManyMonitoredItems') full.push(item);
        else this.#failItem(item, result.statusCode.name, result.statusCode.value);
      } else {
        item.subscription = subscription;
        item.id = result.monitoredItemId;
        item.failure = undefined;
        this.#failed.delete(item);
        subscription.items++;
      }
    }
    return full;
  }

  /** The point has no value: it says so, once, with the server's own reason; the rest goes on. */
  #failItem(item: Monitored, name: string, code: number): void {
    if (item.failure !== name) {
      const now = this.#context.clock.now();
      this.#context.intake.batch.add(item.point, null, now + this.#clockOffset, now, code, item.node);
    }
    item.failure = name;
    this.#failed.add(item);
  }

  #fillPublish(): void {
    while (!this.#stopped && this.#publishing + this.#held < this.#publishWanted) this.#publish();
  }

  #publish(): void {
    this.#publishing++;
    const acknowledgements = this.#acknowledgements;
    this.#acknowledgements = [];
    let patience = this.#settings.timeoutMilliseconds;
    for (const subscription of this.#subscriptions.values())
      patience = Math.max(patience, subscription.silenceMilliseconds);
    const request = new PublishRequest({
      requestHeader: {
        // Several wait at the server at once, each for its turn.
        timeoutHint: Math.min(2_000_000_000, patience * (publishRequestsMax + 2)),
      },
      subscriptionAcknowledgements: acknowledgements,
    });
    perform<PublishResponse>(this.#link.session, request).then(
      (response) => {
        this.#publishing--;
        if (this.#stopped) return;
        try {
          this.#take(response);
        } catch (error) {
          this.#fail(error);
          return;
        }
        this.#next();
      },
      (error: unknown) => {
        this.#publishing--;
        if (this.#stopped) return;
        this.#publishFailed(error);
      },
    );
  }

  /** The server queues while we cannot take more; what its queues cannot hold is marked by it as overflow. */
  #next(): void {
    const { intake } = this.#context;
    if (!intake.congested) {
      this.#fillPublish();
      return;
    }
    if (this.#held > 0) return;
    this.#held = this.#publishWanted;
    this.#context.count('publishHeld', 1);
    intake.drained(() => {
      this.#held = 0;
      this.#fillPublish();
    });
  }

  #publishFailed(error: unknown): void {
    const name = statusNameIn(error);
    if (name === 'BadTooManyPublishRequests' && this.#publishing > 0) {
      this.#publishWanted = Math.max(1, this.#publishing);
      return;
    }
    if (name === 'BadTimeout' && this.#publishing > 0) {
      this.#fillPublish();
      return;
    }
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    const name = statusNameIn(error);
    const { endpoint } = this.#settings;
    if (this.#serverState === 4 || name === 'BadShutdown' || name === 'BadServerHalted') {
      this.#lose(
        problem(
          'unavailable',
          'server-stopping',
          {
            en: `The server at ${endpoint} shut down${this.#shutdownReason === '' ? '' : `: ${this.#shutdownReason}`}`,
            zh: `${endpoint} 的服务器已关闭${this.#shutdownReason === '' ? '' : `：${this.#shutdownReason}`}`,
          },
          { en: 'It is tried again until the server is back.', zh: '服务器恢复后会自动重新连接。' },
          { detail: name ?? messageOf(error) },
        ),
      );
      return;
    }
    const ended =
      name === 'BadNoSubscription' ||
      name === 'BadSubscriptionIdInvalid' ||
      name === 'BadSessionIdInvalid' ||
      name === 'BadSessionClosed';
    this.#lose(
      ended
        ? problem(
            'unavailable',
            'subscription-ended',
            { en: `The server at ${endpoint} ended our session`, zh: `${endpoint} 的服务器结束了会话` },
            { en: 'It is opened anew.', zh: '系统会自动重新建立。' },
            { detail: name },
          )
        : problem(
            'unavailable',
            'connection-lost',
            { en: `The connection to ${endpoint} was lost`, zh: `与 ${endpoint} 的连接中断` },
            { en: 'It is opened again by itself.', zh: '系统会自动重新连接。' },
            { detail: name ?? messageOf(error) },
          ),
    );
  }

  #lose(found: ConnectionProblem): void {
    if (this.#stopped) return;
    this.stop();
    this.#lost(found);
  }

  /** Told by the link when its socket is gone. */
  disconnected(reason: string): void {
    this.#fail(new Error(reason));
  }

  #take(response: PublishResponse): void {
    const now = this.#context.clock.now();
    this.#answeredAt = now;
    const subscription = this.#subscriptions.get(response.subscriptionId);
    this.#learnClock(response, now);
    if (subscription === undefined) return;
    subscription.heardAt = now;
    const message = response.notificationMessage;
    const sequence = message.sequenceNumber;
    const data = message.notificationData ?? [];
    if (data.length === 0) return; // Keep-alive: it names the number of the next message.
    const expected =
      subscription.lastSequence === undefined ? sequence : nextSequence(subscription.lastSequence);
    if (sequence !== expected)
      this.#askAgain(subscription, expected, sequence, response.availableSequenceNumbers);
    subscription.lastSequence = sequence;
    this.#takeData(data, now);
    this.#acknowledge(subscription.id, sequence);
  }

  #takeData(data: readonly (object | null)[], now: Microseconds): void {
    for (const one of data) {
      if (one === null) continue;
      const changes = changesIn(one);
      if (changes instanceof Error) {
        this.#context.count('malformed', 1);
        this.#context.intake.batch.reject({
          thing: undefined,
          source: this.#settings.endpoint,
          reason: 'malformed',
          detail: `a notification could not be read: ${changes.message}`,
          excerpt: '',
          count: 1,
        });
      } else if (changes !== undefined) {
        this.#takeChanges(changes, now);
      } else if (one instanceof StatusChangeNotification) {
        this.#fail(new Error(one.status.name));
        return;
      }
    }
  }

  /** Acknowledged once stored: until then the server can be asked for it again. */
  #acknowledge(subscriptionId: number, sequenceNumber: number): void {
    this.#context.intake.committed((error) => {
      if (error === undefined) {
        if (this.#acknowledgements.length < 10_000)
          this.#acknowledgements.push({ subscriptionId, sequenceNumber });
        return;
      }
      this.#context.count('uncommitted', 1);
      if (!this.#stopped) this.#republish(subscriptionId, [sequenceNumber]);
    });
  }

  #askAgain(subscription: Subscription, from: number, to: number, available: readonly number[] | null): void {
    const missing: number[] = [];
    for (let one = from; one !== to && missing.length < republishMax; one = nextSequence(one))
      missing.push(one);
    this.#context.count('missedMessages', missing.length);
    const kept = new Set(available ?? []);
    this.#republish(
      subscription.id,
      missing.filter((one) => kept.has(one)),
    );
  }

  #republish(subscriptionId: number, sequences: readonly number[]): void {
    const one = async (): Promise<void> => {
      for (const retransmitSequenceNumber of sequences) {
        if (this.#stopped) return;
        const response = await perform<RepublishResponse>(
          this.#link.session,
          new RepublishRequest({ subscriptionId, retransmitSequenceNumber }),
        );
        if (this.#stopped) return;
        this.#context.count('republished', 1);
        this.#takeData(response.notificationMessage.notificationData ?? [], this.#context.clock.now());
        this.#acknowledge(subscriptionId, retransmitSequenceNumber);
      }
    };
    one().catch(() => {
      // Gone from the server's queue: history may still have it.
      this.#context.count('unrecovered', 1);
    });
  }

  #learnClock(response: PublishResponse, now: Microseconds): void {
    const stamp = response.responseHeader.timestamp?.getTime();
    if (stamp === undefined || Number.isNaN(stamp) || stamp < 946_684_800_000) return;
    const offset = stamp * 1000 - now;
    if (this.#clockKnown && Math.abs(offset - this.#clockOffset) < clockOffsetMicrosecondsMin) return;
    this.#clockKnown = true;
    this.#clockOffset = Math.abs(offset) < clockOffsetMicrosecondsMin ? 0 : offset;
    this.#context.gauge('clockOffsetMilliseconds', Math.round(this.#clockOffset / 1000));
    this.#report();
  }

  #takeChanges(changes: DataChanges, now: Microseconds): void {
    const batch = this.#context.intake.batch;
    const items = this.#items;
    const { count, handle, status: codes, time: times, value: values } = changes;
    let overflows = 0;
    for (let i = 0; i < count; i++) {
      const at = handle[i]!;
      const item = items[at];
      if (item === undefined) {
        if (at < firstHandle) this.#takeServer(at, values[i]);
        continue;
      }
      const code = codes[i]!;
      const value = values[i];
      // InfoType DataValue with the overflow bit: older values of this item are gone (OPC 10000-4, 7.39.1).
      if ((code & 0x0480) === 0x0480) overflows++;
      if (value instanceof Variant) this.#takeVariant(item, value, times[i]!, code, now);
      else this.#put(batch, item, value, times[i]!, code, now);
      if (code !== 0 && goneStatuses.has((code & 0xffff0000) >>> 0)) this.#gone(item, code);
    }
    if (overflows > 0) this.#context.count('overflows', overflows);
  }

  #put(
    batch: TerminalContext['intake']['batch'],
    item: Monitored,
    given: unknown,
    time: number,
    given2: number,
    now: Microseconds,
  ): void {
    let value = given;
    let code = given2;
    if (value === undefined) {
      // Good without a value is no value: it is never made up.
      value = null;
      if (code >>> 30 === 0) code = status.badNoData;
    } else if (typeof value === 'number' && !Number.isFinite(value) && code >>> 30 !== 0) {
      value = null;
    }
    const known = !Number.isNaN(time);
    batch.add(item.point, value, known ? time : undefined, now, code, item.node);
    if (item.heard) return;
    item.heard = true;
    // What a server says first was often taken long ago. It holds now as well, and ends the gap that was marked when the link went.
    const nowThere = now + this.#clockOffset;
    if (known && time < nowThere - 1_000_000) batch.add(item.point, value, nowThere, now, code, item.node);
  }

  #takeVariant(item: Monitored, variant: Variant, time: number, code: number, now: Microseconds): void {
    if (this.#waiting.length > 0 || this.#loadingStructures) {
      this.#wait({ item, variant, time, status: code, received: now });
      return;
    }
    const value = valueOfVariant(variant, this.#translation);
    if (this.#structures.wanting) {
      this.#wait({ item, variant, time, status: code, received: now });
      this.#loadStructures();
      return;
    }
    this.#put(this.#context.intake.batch, item, value, time, code, now);
  }

  #wait(one: Waiting): void {
    if (this.#waiting.length >= opcuaLimits.waitingStructuresMax) {
      const oldest = this.#waiting.shift()!;
      this.#context.intake.batch.drop(oldest.item.point.thing, 1);
    }
    this.#waiting.push(one);
  }

  #loadStructures(): void {
    this.#loadingStructures = true;
    const all = async (): Promise<void> => {
      // A structure may hold others, each known only once the outer one can be read.
      for (let round = 0; round < opcuaLimits.structureDepthMax; round++) {
        await this.#structures.load();
        for (const one of this.#waiting) valueOfVariant(one.variant, this.#translation);
        if (!this.#structures.wanting) return;
      }
    };
    all()
      .catch(() => {})
      .finally(() => {
        this.#loadingStructures = false;
        const waiting = this.#waiting;
        this.#waiting = [];
        if (this.#stopped) return;
        const batch = this.#context.intake.batch;
        for (const one of waiting) {
          const value = valueOfVariant(one.variant, this.#translation);
          this.#put(batch, one.item, value, one.time, one.status, one.received);
        }
      });
  }

  #gone(item: Monitored, code: number): void {
    if (item.failure !== undefined) return;
    item.failure = code >>> 16 === 0x8034 ? 'BadNodeIdUnknown' : 'BadNodeIdInvalid';
    this.#failed.add(item);
    this.#report();
  }

  #takeServer(handle: number, given: unknown): void {
    const value = given instanceof Variant ? valueOfVariant(given, this.#translation) : given;
    if (handle === stateHandle && typeof value === 'number') {
      if (value === this.#serverState) return;
      this.#serverState = value;
      if (value === 0) this.#shutdownReason = '';
      else this.#readShutdownReason();
      this.#report();
    } else if (handle === namespacesHandle && Array.isArray(value)) {
      this.#namespacesChanged(value.map(String));
    }
  }

  #readShutdownReason(): void {
    this.#link.session
      .read({ nodeId: shutdownReasonNode, attributeId: AttributeIds.Value })
      .then((read) => {
        const text = (read.value?.value as { text?: string } | null)?.text ?? '';
        // A server on its way down may have taken its reason back before it is gone.
        if (text === '' || text === this.#shutdownReason) return;
        this.#shutdownReason = text.slice(0, 200);
        this.#reported = undefined;
        this.#report();
      })
      .catch(() => {});
  }

  #namespacesChanged(now: readonly string[]): void {
    const known = this.#link.namespaces;
    if (now.length === known.length && now.every((uri, at) => uri === known[at])) return;
    const grown = known.every((uri, at) => uri === now[at]);
    if (grown) {
      known.push(...now.slice(known.length));
      this.#retryAt = 0;
      return;
    }
    this.#lose(
      problem(
        'unavailable',
        'address-space-changed',
        { en: 'The server has numbered its namespaces anew', zh: '服务器的命名空间编号已变化' },
        { en: 'The connection is opened again with the new numbers.', zh: '系统将按新的编号重新连接。' },
        {},
      ),
    );
  }

  #watch(): void {
    this.#cancelWatch = this.#context.clock.after(watchMilliseconds, () => {
      if (this.#stopped) return;
      const now = this.#context.clock.now();
      for (const subscription of this.#subscriptions.values()) {
        const allowed = subscription.silenceMilliseconds * 2 + this.#settings.timeoutMilliseconds;
        if (this.#held === 0 && now - subscription.heardAt > allowed * 1000) {
          this.#lose(
            problem(
              'unavailable',
              'server-silent',
              {
                en: `The server at ${this.#settings.endpoint} has stopped sending, without a word for ${Math.round((now - subscription.heardAt) / 1e6)} s`,
                zh: `${this.#settings.endpoint} 的服务器已停止发送，${Math.round((now - subscription.heardAt) / 1e6)} 秒无任何消息`,
              },
              { en: 'The connection is opened again.', zh: '系统会自动重新连接。' },
              {},
            ),
          );
          return;
        }
        if (this.#held > 0) subscription.heardAt = now;
      }
      if (now - this.#answeredAt > heartbeatMilliseconds * 1000) this.#ask();
      if (this.#failed.size > 0 && now >= this.#retryAt) this.#retryFailed(now);
      this.#watch();
    });
  }

  #ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#link.session
      .read({ nodeId: serverStateNode, attributeId: AttributeIds.Value })
      .then((read) => {
        this.#answeredAt = this.#context.clock.now();
        this.#takeServer(stateHandle, read.value?.value as unknown);
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#asking = false;
      });
  }

  /** Nodes come back, with a program loaded into a controller or a module plugged in. */
  #retryFailed(now: Microseconds): void {
    this.#retryAt = now + retryFailedMilliseconds * 1000;
    const failed = [...this.#failed];
    const work = this.#work.then(async () => {
      if (this.#stopped) return;
      const monitored = new Map<Subscription, number[]>();
      for (const item of failed) {
        if (item.subscription === undefined) continue;
        monitored.set(item.subscription, [...(monitored.get(item.subscription) ?? []), item.id]);
        item.subscription = undefined;
      }
      for (const [subscription, ids] of monitored) await this.#deleteItems(subscription, ids);
      await this.#create(failed.filter((item) => this.#items[item.handle] === item));
      this.#report();
    });
    this.#work = work.catch((error: unknown) => this.#fail(error));
  }

  /** Says how the connection is, when that has changed. */
  #report(): void {
    if (this.#stopped) return;
    this.#context.gauge('items', this.#handles.size);
    this.#context.gauge('itemsUnavailable', this.#failed.size);
    const found = this.#problem();
    const said = JSON.stringify(found ?? null);
    if (said === this.#reported) return;
    this.#reported = said;
    if (found === undefined) this.#context.report('connected');
    else this.#context.report('degraded', found);
  }

  #problem(): ConnectionProblem | undefined {
    if (this.#serverState !== 0) {
      const state = serverStates[this.#serverState] ?? `state ${this.#serverState}`;
      return problem(
        'unavailable',
        'server-not-running',
        {
          en: `The server says it is not running but "${state}"${this.#shutdownReason === '' ? '' : `: ${this.#shutdownReason}`}`,
          zh: `服务器状态不是运行，而是“${state}”${this.#shutdownReason === '' ? '' : `：${this.#shutdownReason}`}`,
        },
        { en: 'See the server itself.', zh: '请检查服务器本身。' },
        {},
      );
    }
    if (this.#failed.size > 0) {
      const failed = [...this.#failed];
      const named = failed
        .slice(0, opcuaLimits.namedNodesMax)
        .map((item) => `${item.node} (${item.failure})`);
      const all = failed.length;
      const detail = `${named.join(', ')}${all > named.length ? ', …' : ''}`;
      return problem(
        'bad-data',
        'nodes-unavailable',
        {
          en: `${all} of ${this.#handles.size} values cannot be had from the server`,
          zh: `${this.#handles.size} 个值中有 ${all} 个无法从服务器获取`,
        },
        {
          en: "The server's address space has changed, or access was withdrawn: browse again and correct the thing. It is tried again every minute.",
          zh: '服务器地址空间已变化或权限被收回：请重新浏览并修正该物。系统每分钟重试一次。',
        },
        { detail },
      );
    }
    if (this.#omitted > 0) {
      return problem(
        'bad-data',
        'too-many-values',
        {
          en: `${this.#omitted} values are not read: one connection takes ${opcuaLimits.itemsMax} (itemsMax)`,
          zh: `${this.#omitted} 个值未读取：单个连接最多 ${opcuaLimits.itemsMax} 个（itemsMax）`,
        },
        { en: 'Spread the things over several connections.', zh: '请将这些物分配到多个连接。' },
        {},
      );
    }
    if (Math.abs(this.#clockOffset) > clockOffsetMicrosecondsBad) {
      const seconds = Math.round(this.#clockOffset / 1e6);
      return problem(
        'bad-data',
        'clock-differs',
        {
          en: `The server's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine's`,
          zh: `服务器时钟比本机${seconds > 0 ? '快' : '慢'} ${Math.abs(seconds)} 秒`,
        },
        {
          en: 'Set both clocks by the same time server: values more than 5 minutes ahead are refused.',
          zh: '请让两边使用同一时间服务器：超前 5 分钟以上的值会被拒绝。',
        },
        {},
      );
    }
    return undefined;
  }
}

function nextSequence(sequence: number): number {
  return sequence >= 0xffff_ffff ? 1 : sequence + 1;
}
