import { limits, type Microseconds, type RejectReason, status } from '@millrace/contract';
import { type BatchBuilder, type Point, type TerminalContext, TerminalError } from '@millrace/sdk';
import { rebirthPayload, statePayload } from './command.ts';
import { type Datatype, datatypeOf } from './datatype.ts';
import { describe, isControlMetric } from './description.ts';
import { EdgeNode, type LiveMetric, Source } from './edge-node.ts';
import {
  Metric,
  openPayload,
  PayloadError,
  type PayloadHead,
  type PropertySet,
  readMetric,
  readProperties,
  readTemplate,
  type Unsigned,
  valueField,
} from './payload.ts';
import { PointIndex } from './points.ts';
import { type MessageType, messageTopic, namespace, parseTopic, sourceKey, stateTopic } from './topic.ts';
import { metricValue, statusOf } from './value.ts';
import { commandPayload, UnfitMetric } from './write.ts';

/** Edge nodes known at once; the one unheard for longest leaves first, if it is offline. */
const edgeNodesMax = 10_000;
const devicesPerNodeMax = 10_000;
const rebirthWaitMax = 600_000;
/** Bytes of messages that wait, per edge node, for one that was sent before them. */
const earlyBytesMax = 4 * limits.payloadBytesMax;
/** A message this far behind the one expected is taken for late, anything else out of order for early. */
const lateMessagesMax = 16;
/** A device of the old session that the new one has not born after this time is gone. */
const unbornMilliseconds = 10_000;

export interface SparkplugHostOptions {
  context: TerminalContext;
  /** This host application's id, unique among those on the broker. */
  hostId: string;
  publish(topic: string, payload: Buffer, options: { qos: 0 | 1 | 2; retain: boolean }): void;
  /** Target of the forms of proposed things: `mqtt://host:port` of a broker, or the default, `mqtt:`, for our own listener. */
  href?: string;
  /** How long a missing message may take to arrive before a rebirth is asked for. 0: none is waited for. Default 2000. */
  reorderTimeoutMilliseconds?: number;
  /** Least time between two rebirth requests to one edge node. Default 10 000. */
  rebirthIntervalMilliseconds?: number;
  /** False: only listens, and never asks for a rebirth. Default true. */
  requestsRebirth?: boolean;
}

export interface SparkplugHost {
  /** Death certificate to leave with the broker as the will of the session that is about to be opened. */
  will(): { topic: string; payload: Buffer; qos: 0 | 1 | 2; retain: boolean };
  /** What to subscribe to, before {@link SparkplugHost.start}. */
  readonly subscriptions: readonly { filter: string; qos: 0 | 1 | 2 }[];
  /** Publishes the birth certificate; the subscriptions must stand. */
  start(): void;
  /**
   * Takes a message of the `spBv1.0` namespace. `received` in microseconds; `owner` is the thing whose credentials the session used
   * (undefined on a broker that is not ours). Never throws.
   */
  message(topic: string, payload: Buffer, received: Microseconds, owner: string | undefined): void;
  /** Whether a property comes from a metric, and so is written by a command to its edge node. */
  serves(thing: string, property: string): boolean;
  /**
   * Commands a metric (NCMD, DCMD). There is no acknowledgement in Sparkplug: what the node makes of it is seen in the NDATA or DDATA
   * that follows. Throws TerminalError where nothing was sent.
   */
  write(thing: string, property: string, value: unknown): void;
  /** State of an edge node or device, for tests and for pages: undefined where it was never heard of. */
  online(group: string, node: string, device?: string): boolean | undefined;
  /** Publishes the death certificate, marks everything that was online as not connected, and stops the clocks. */
  close(): Promise<void>;
}

/**
 * A Sparkplug B host application (Sparkplug 3.0). Knows nothing of connections: messages are put in, messages to send come out.
 *
 * Births propose things; metrics feed the points of things whose forms name them, and of the session's own thing where it has
 * properties of the metrics' names (`metric`, or `device/metric`). Deaths leave a bad sample in every point that was alive.
 */
export function createSparkplugHost(options: SparkplugHostOptions): SparkplugHost {
  return new Host(options);
}

class Host implements SparkplugHost {
  readonly subscriptions: SparkplugHost['subscriptions'];
  readonly #context: TerminalContext;
  readonly #options: SparkplugHostOptions;
  readonly #reorderMilliseconds: number;
  readonly #rebirthMilliseconds: number;
  readonly #stateTopic: string;
  readonly #nodes = new Map<string, EdgeNode>();
  readonly #index = new PointIndex();
  /** Filled anew for each metric. */
  readonly #metric = new Metric();
  #timestamp: number | undefined;
  #announced = false;
  #closed = false;
  #nodesOnline = 0;
  #devicesOnline = 0;

  constructor(options: SparkplugHostOptions) {
    this.#options = options;
    this.#context = options.context;
    this.#reorderMilliseconds = options.reorderTimeoutMilliseconds ?? 2000;
    this.#rebirthMilliseconds = options.rebirthIntervalMilliseconds ?? 10_000;
    this.#stateTopic = stateTopic(options.hostId);
    this.subscriptions = [
      { filter: `${namespace}/#`, qos: 1 },
      { filter: this.#stateTopic, qos: 1 },
    ];
    for (const thing of this.#context.things.values()) this.#index.set(thing, new Set());
    this.#context.onThingsChanged((ids) => {
      if (!this.#closed) this.#thingsChanged(ids);
    });
  }

  will(): ReturnType<SparkplugHost['will']> {
    this.#timestamp = this.#milliseconds();
    return {
      topic: this.#stateTopic,
      payload: statePayload(false, this.#timestamp),
      qos: 1,
      retain: true,
    };
  }

  start(): void {
    this.#timestamp ??= this.#milliseconds();
    this.#announced = true;
    this.#announce();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const now = this.#context.clock.now();
    if (this.#announced) {
      this.#options.publish(this.#stateTopic, statePayload(false, this.#milliseconds()), {
        qos: 1,
        retain: true,
      });
    }
    for (const node of this.#nodes.values()) {
      node.forgetEarly();
      node.cancelUnborn?.();
      node.cancelRebirth?.();
      if (node.online) this.#nodeDied(node, this.#stateTopic, now);
    }
  }

  online(group: string, nodeId: string, device?: string): boolean | undefined {
    const node = this.#nodes.get(sourceKey(group, nodeId, undefined));
    if (node === undefined || device === undefined) return node?.online;
    const source = node.devices.get(device);
    return source === undefined ? undefined : node.online && source.born;
  }

  serves(thing: string, property: string): boolean {
    return (
      this.#index.placeOf(thing, property) !== undefined || this.#metricOf(thing, property) !== undefined
    );
  }

  write(thing: string, property: string, value: unknown): void {
    const found = this.#metricOf(thing, property);
    if (found === undefined || !found.node.online || !found.source.born) {
      throw new TerminalError(
        'unavailable',
        'not-connected',
        {
          en: `The edge node that "${property}" comes from is not online.`,
          zh: `“${property}”所属的边缘节点不在线。`,
        },
        { en: 'See the edge node.', zh: '请检查该边缘节点。' },
      );
    }
    const { source, live } = found;
    let alias: Unsigned | undefined;
    for (const [number, metric] of source.aliases) if (metric === live) alias = number;
    let payload: Buffer;
    try {
      payload = commandPayload(
        { name: live.name, alias, datatype: live.datatype, value },
        this.#milliseconds(),
      );
    } catch (error) {
      if (!(error instanceof UnfitMetric)) throw error;
      throw new TerminalError(
        'bad-data',
        'value-unfit',
        { en: `The value does not fit: ${error.message}.`, zh: `值不符合指标的数据类型：${error.message}。` },
        { en: 'Give it as the property describes.', zh: '请按属性说明填写。' },
      );
    }
    const type = source.device === undefined ? 'NCMD' : 'DCMD';
    this.#options.publish(messageTopic(type, source.group, source.node, source.device), payload, {
      qos: 0,
      retain: false,
    });
    this.#context.count('commands', 1);
  }

  #metricOf(
    thing: string,
    property: string,
  ): { node: EdgeNode; source: Source; live: LiveMetric } | undefined {
    const place = this.#index.placeOf(thing, property);
    for (const node of this.#nodes.values()) {
      if (place === undefined && node.owner !== thing) continue;
      for (const source of node.sources()) {
        if (place !== undefined && source.key !== place.source) continue;
        const name = source.device === undefined ? '' : `${source.device}/`;
        if (place === undefined && !property.startsWith(name)) continue;
        const live = source.metrics.get(place?.metric ?? property.slice(name.length));
        if (live !== undefined) return { node, source, live };
      }
    }
    return undefined;
  }

  message(topicText: string, payload: Buffer, received: Microseconds, owner: string | undefined): void {
    if (this.#closed) return;
    try {
      this.#message(topicText, payload, received, owner);
    } catch (error) {
      // Only PayloadError is thrown on purpose; whatever else it is must not end the process either.
      const reason = error instanceof PayloadError ? error.reason : 'malformed';
      this.#reject(owner, topicText, reason, (error as Error).message, payload);
      this.#context.count('refusedMessages', 1);
    }
  }

  #message(topicText: string, payload: Buffer, received: Microseconds, owner: string | undefined): void {
    if (Buffer.byteLength(topicText) > limits.topicBytesMax) {
      throw new PayloadError(
        'too-large',
        `topic of ${Buffer.byteLength(topicText)} bytes; at most ${limits.topicBytesMax} (topicBytesMax) are taken`,
      );
    }
    const topic = parseTopic(topicText);
    if (topic.kind === 'wrong') throw new PayloadError('malformed', topic.why);
    if (topic.kind === 'state') {
      this.#hostState(topic.host, payload);
      return;
    }
    if (topic.type === 'NCMD' || topic.type === 'DCMD') return;
    const key = sourceKey(topic.group, topic.node, undefined);
    let node = this.#nodes.get(key);
    // Who may publish where is the broker's to say; a birth that it let through begins a session of its own.
    if (node?.online && node.owner !== owner && topic.type !== 'NBIRTH') {
      throw new PayloadError(
        'denied',
        `edge node ${topic.node} of group ${topic.group} is online with the credentials of another thing`,
      );
    }
    const head = openPayload(payload);
    if (node === undefined) {
      node = this.#addNode(key, topic.group, topic.node);
      if (node === undefined) {
        throw new PayloadError('too-large', `more than ${edgeNodesMax} edge nodes (edgeNodesMax)`);
      }
    }
    node.lastHeard = received;
    switch (topic.type) {
      case 'NBIRTH':
        this.#nodeBirth(node, topicText, head, received, owner, payload);
        break;
      case 'NDEATH':
        this.#nodeDeath(node, topicText, head, received);
        break;
      default:
        this.#inSequence(node, topic.type, topicText, topic.device, head, payload, received);
    }
  }

  // ---- STATE

  #announce(): void {
    this.#options.publish(this.#stateTopic, statePayload(true, this.#timestamp!), { qos: 1, retain: true });
  }

  /** Another session's will, or a host of the same id, says that we are offline: we are not (Sparkplug 3.0, 5.3). */
  #hostState(host: string, payload: Buffer): void {
    if (host !== this.#options.hostId || !this.#announced) return;
    let online: unknown;
    try {
      online = (JSON.parse(payload.toString('utf8', 0, 1024)) as { online?: unknown } | null)?.online;
    } catch {
      // Sparkplug 2 wrote the bare words.
      online = payload.toString('utf8', 0, 16) !== 'OFFLINE';
    }
    if (online !== false) return;
    this.#context.count('stateReasserted', 1);
    this.#announce();
  }

  /** Binds anew what the change concerns, and nothing else: there may be a hundred thousand things. */
  #thingsChanged(ids: readonly string[]): void {
    const touched = new Set<string>();
    for (const id of ids) {
      const thing = this.#context.things.get(id);
      if (thing === undefined) this.#index.remove(id, touched);
      else this.#index.set(thing, touched);
    }
    const changed = new Set(ids);
    for (const node of this.#nodes.values()) {
      const owned = node.owner !== undefined && changed.has(node.owner);
      for (const source of node.sources()) if (owned || touched.has(source.key)) this.#bind(node, source);
    }
  }

  // ---- births

  #addNode(key: string, group: string, id: string): EdgeNode | undefined {
    if (this.#nodes.size >= edgeNodesMax) {
      let oldest: EdgeNode | undefined;
      for (const node of this.#nodes.values()) {
        if (!node.online && (oldest === undefined || node.lastHeard < oldest.lastHeard)) oldest = node;
      }
      if (oldest === undefined) return undefined;
      oldest.cancelRebirth?.();
      this.#nodes.delete(oldest.own.key);
    }
    const node = new EdgeNode(new Source(key, group, id, undefined));
    this.#nodes.set(key, node);
    return node;
  }

  #nodeBirth(
    node: EdgeNode,
    topic: string,
    head: PayloadHead,
    received: Microseconds,
    owner: string | undefined,
    payload: Buffer,
  ): void {
    const seq = sequenceNumber(head, 'NBIRTH');
    // What still waits was sent either before this birth, and is read as the old session meant it, or after it.
    const early = [...node.early.values()];
    node.forgetEarly();
    const bornAt = head.timestamp ?? 0;
    for (const one of early) {
      if ((one.head.timestamp ?? 0) < bornAt)
        this.#apply(node, one.type, one.topic, one.device, one.head, one.received);
    }
    node.cancelRebirth?.();
    node.cancelRebirth = undefined;
    node.cancelUnborn?.();
    node.cancelUnborn = undefined;
    node.owner = owner;
    if (!node.online) this.#nodesOnline++;
    node.online = true;
    node.bdSeq = bdSeqOf(head);
    node.next = (seq + 1) & 255;
    this.#context.count('births', 1);
    // The devices of the last session must be born again; those that are not within the time given are gone.
    const unborn = [...node.devices.values()].filter((device) => device.born);
    for (const device of unborn) device.born = false;
    this.#devicesOnline -= unborn.length;
    if (unborn.length > 0) {
      node.cancelUnborn = this.#context.clock.after(unbornMilliseconds, () => {
        node.cancelUnborn = undefined;
        const now = this.#context.clock.now();
        for (const device of unborn) if (!device.born) this.#stale(device, topic, now, now);
      });
    }
    this.#birth(node, node.own, topic, head, received, payload);
    for (const one of early) {
      if ((one.head.timestamp ?? 0) >= bornAt)
        this.#inSequence(node, one.type, one.topic, one.device, one.head, undefined, one.received);
    }
    this.#gauges();
  }

  #deviceBirth(
    node: EdgeNode,
    device: string,
    topic: string,
    head: PayloadHead,
    received: Microseconds,
  ): void {
    let source = node.devices.get(device);
    if (source === undefined) {
      if (node.devices.size >= devicesPerNodeMax) {
        throw new PayloadError(
          'too-large',
          `more than ${devicesPerNodeMax} devices on one edge node (devicesPerNodeMax)`,
        );
      }
      const { group, node: id } = node.own;
      source = new Source(sourceKey(group, id, device), group, id, device);
      node.devices.set(device, source);
    }
    if (!source.born) this.#devicesOnline++;
    this.#context.count('births', 1);
    this.#birth(node, source, topic, head, received, undefined);
    this.#gauges();
  }

  /** Takes the metrics a source has from now on, proposes it as a thing, and takes the values that came along. */
  #birth(
    node: EdgeNode,
    source: Source,
    topic: string,
    head: PayloadHead,
    received: Microseconds,
    payload: Buffer | undefined,
  ): void {
    source.born = true;
    source.incomplete = false;
    const before = source.metrics;
    source.metrics = new Map();
    source.aliases = new Map();
    const batch = this.#context.intake.batch;
    for (let i = 0; i < head.ranges.length; i += 2) {
      try {
        const metric = readMetric(head.reader, head.ranges[i]!, head.ranges[i + 1]!, this.#metric);
        this.#define(source, metric, head);
      } catch (error) {
        source.incomplete = true;
        this.#rejectMetric(batch, node.owner, topic, error, payload);
      }
    }
    this.#bind(node, source);
    // A metric that this birth leaves out is no longer published: its points must not look alive.
    for (const [name, old] of before) {
      if (!source.metrics.has(name)) {
        for (const point of old.points) batch.add(point, null, received, received, status.badNoData, topic);
      }
    }
    this.#propose(source);
    this.#values(node, source, topic, head, received, true);
    for (const metric of source.metrics.values()) metric.properties = undefined;
  }

  #define(source: Source, metric: Metric, head: PayloadHead): void {
    if (metric.name === undefined || metric.name === '') {
      throw new PayloadError('malformed', 'a metric of a birth has no name');
    }
    const datatype = metric.datatype === undefined ? 'Unknown' : datatypeOf(metric.datatype);
    if (datatype === undefined) {
      throw new PayloadError(
        'unsupported',
        `metric "${metric.name.slice(0, 100)}" has datatype ${metric.datatype}, which Sparkplug 3.0 does not define`,
      );
    }
    if (source.metrics.size >= limits.propertiesPerThingMax && !source.metrics.has(metric.name)) {
      throw new PayloadError(
        'too-large',
        `more than ${limits.propertiesPerThingMax} metrics in a birth (propertiesPerThingMax)`,
      );
    }
    if (metric.field === valueField.template) {
      const template = readTemplate(head.reader, metric.start, metric.end, head.budget, 0);
      if (template.isDefinition) return;
    }
    let properties: PropertySet | undefined;
    if (metric.propertiesEnd > 0) {
      properties = readProperties(head.reader, metric.propertiesStart, metric.propertiesEnd, head.budget);
    }
    const live: LiveMetric = { name: metric.name, datatype, properties, points: [] };
    source.metrics.set(metric.name, live);
    if (metric.alias !== undefined) {
      source.aliases.set(metric.alias, source.aliases.has(metric.alias) ? null : live);
    }
  }

  #bind(node: EdgeNode, source: Source): void {
    const own = node.owner === undefined ? undefined : this.#context.things.get(node.owner);
    for (const metric of source.metrics.values()) {
      const named = this.#index.find(source.key, metric.name);
      const name = source.device === undefined ? metric.name : `${source.device}/${metric.name}`;
      const point = own?.points.get(name);
      metric.points =
        point === undefined || named?.includes(point) ? (named ?? []) : [...(named ?? []), point];
    }
  }

  #propose(source: Source): void {
    let missing = false;
    for (const metric of source.metrics.values()) {
      if (metric.points.length === 0 && !isControlMetric(metric.name)) missing = true;
    }
    if (!missing) return;
    const href = this.#options.href ?? 'mqtt:';
    const description = describe(source.group, source.node, source.device, source.metrics.values(), href);
    if (description === undefined) return;
    const text = JSON.stringify(description);
    if (text.length > limits.thingDescriptionBytesMax) {
      this.#context.log.warn('a birth describes more than a thing can hold', {
        source: source.key,
        bytes: text.length,
        bytesMax: limits.thingDescriptionBytesMax,
      });
      return;
    }
    if (text === source.proposed) return;
    source.proposed = text;
    const type = source.device === undefined ? 'NBIRTH' : 'DBIRTH';
    this.#context.propose(description, messageTopic(type, source.group, source.node, source.device));
  }

  // ---- deaths

  #nodeDeath(node: EdgeNode, topic: string, head: PayloadHead, received: Microseconds): void {
    const bdSeq = bdSeqOf(head);
    if (!node.online) return;
    if (bdSeq !== undefined && node.bdSeq !== undefined && bdSeq !== node.bdSeq) {
      // The will of a session that a newer one has replaced (Sparkplug 3.0, 5.4).
      this.#context.count('staleDeaths', 1);
      return;
    }
    // What waited was sent before the death, whatever is missing between.
    this.#flushEarly(node);
    this.#nodeDied(node, topic, received);
  }

  #nodeDied(node: EdgeNode, topic: string, now: Microseconds): void {
    node.online = false;
    node.cancelUnborn?.();
    node.cancelUnborn = undefined;
    node.cancelRebirth?.();
    node.cancelRebirth = undefined;
    this.#nodesOnline--;
    this.#context.count('deaths', 1);
    for (const source of node.sources()) {
      if (source !== node.own) {
        if (source.born) this.#devicesOnline--;
        else if (source.metrics.size === 0) continue;
      }
      source.born = false;
      this.#stale(source, topic, now, now);
    }
    this.#gauges();
  }

  #deviceDeath(
    node: EdgeNode,
    device: string,
    topic: string,
    head: PayloadHead,
    received: Microseconds,
  ): void {
    const source = node.devices.get(device);
    if (source === undefined || !source.born) return;
    source.born = false;
    this.#devicesOnline--;
    this.#context.count('deaths', 1);
    this.#stale(source, topic, instantOf(undefined, head.timestamp) ?? received, received);
    this.#gauges();
  }

  /** Nothing that a dead node last said may look current: every point gets a sample without value and with the reason. */
  #stale(source: Source, topic: string, time: Microseconds, received: Microseconds): void {
    const batch = this.#context.intake.batch;
    for (const metric of source.metrics.values()) {
      for (const point of metric.points)
        batch.add(point, null, time, received, status.badNotConnected, topic);
    }
  }

  // ---- order

  /** NDATA, DBIRTH, DDATA, DDEATH: taken in the order of their sequence numbers (Sparkplug 3.0, 5.9). */
  #inSequence(
    node: EdgeNode,
    type: MessageType,
    topic: string,
    device: string | undefined,
    head: PayloadHead,
    payload: Buffer | undefined,
    received: Microseconds,
  ): void {
    const seq = sequenceNumber(head, type);
    if (!node.online) {
      this.#context.count('beforeBirth', Math.max(1, head.metrics));
      this.#askRebirth(node);
      return;
    }
    const ahead = (seq - node.next) & 255;
    if (ahead === 0) {
      node.next = (seq + 1) & 255;
      this.#apply(node, type, topic, device, head, received);
      if (node.early.size > 0) this.#drainEarly(node);
      return;
    }
    if (ahead >= 256 - lateMessagesMax) {
      // Its turn is over. What it says of sessions is outdated; its values have times of their own.
      this.#context.count('lateMessages', 1);
      if (type === 'NDATA' || type === 'DDATA') this.#apply(node, type, topic, device, head, received);
      return;
    }
    this.#context.count('outOfOrder', 1);
    if (this.#reorderMilliseconds === 0) {
      this.#gap(node);
      node.next = (seq + 1) & 255;
      this.#apply(node, type, topic, device, head, received);
      return;
    }
    const bytes = payload?.length ?? 0;
    if (node.earlyBytes + bytes > earlyBytesMax) {
      this.#gap(node);
      this.#flushEarly(node);
      node.next = (seq + 1) & 255;
      this.#apply(node, type, topic, device, head, received);
      return;
    }
    // A socket's buffer is used again once this turn is over: what waits keeps bytes of its own.
    const kept = payload === undefined ? head : openPayload(Buffer.from(payload));
    node.early.set(seq, { type, topic, device, head: kept, bytes, received });
    node.earlyBytes += bytes;
    node.cancelReorder ??= this.#context.clock.after(this.#reorderMilliseconds, () => {
      node.cancelReorder = undefined;
      this.#gap(node);
      this.#flushEarly(node);
    });
  }

  /** Takes what waited and is next in turn; the timer stops once nothing is missing. */
  #drainEarly(node: EdgeNode): void {
    for (;;) {
      const message = node.early.get(node.next);
      if (message === undefined) break;
      node.early.delete(node.next);
      node.earlyBytes -= message.bytes;
      node.next = (node.next + 1) & 255;
      this.#applyEarly(node, message);
    }
    if (node.early.size === 0) {
      node.cancelReorder?.();
      node.cancelReorder = undefined;
    }
  }

  /** Takes all that waited, in order, over what is missing. */
  #flushEarly(node: EdgeNode): void {
    const waiting = [...node.early].sort(([a], [b]) => ((a - node.next) & 255) - ((b - node.next) & 255));
    node.forgetEarly();
    for (const [seq, message] of waiting) {
      node.next = (seq + 1) & 255;
      this.#applyEarly(node, message);
    }
  }

  #applyEarly(
    node: EdgeNode,
    message: {
      type: MessageType;
      topic: string;
      device: string | undefined;
      head: PayloadHead;
      received: Microseconds;
    },
  ): void {
    try {
      this.#apply(node, message.type, message.topic, message.device, message.head, message.received);
    } catch (error) {
      const reason = error instanceof PayloadError ? error.reason : 'malformed';
      this.#reject(node.owner, message.topic, reason, (error as Error).message, undefined);
    }
  }

  #apply(
    node: EdgeNode,
    type: MessageType,
    topic: string,
    device: string | undefined,
    head: PayloadHead,
    received: Microseconds,
  ): void {
    if (type === 'DBIRTH') this.#deviceBirth(node, device!, topic, head, received);
    else if (type === 'DDEATH') this.#deviceDeath(node, device!, topic, head, received);
    else {
      const source = device === undefined ? node.own : node.devices.get(device);
      if (source === undefined || !source.born) {
        this.#context.count('beforeBirth', Math.max(1, head.metrics));
        this.#askRebirth(node);
      } else this.#values(node, source, topic, head, received);
    }
  }

  #gap(node: EdgeNode): void {
    this.#context.count('sequenceGaps', 1);
    this.#askRebirth(node);
  }

  /**
   * Asks an edge node to be born again. A request that comes too soon after the last is made when its time has come; the time between
   * them doubles for as long as being born again does not help.
   */
  #askRebirth(node: EdgeNode): void {
    if (this.#options.requestsRebirth === false || this.#closed || node.cancelRebirth !== undefined) return;
    const since = this.#milliseconds() - node.rebirthAsked;
    if (since > 2 * node.rebirthWait) node.rebirthWait = this.#rebirthMilliseconds;
    const wait = node.rebirthWait - since;
    if (wait > 0) {
      node.cancelRebirth = this.#context.clock.after(wait, () => {
        node.cancelRebirth = undefined;
        this.#askRebirth(node);
      });
      return;
    }
    const now = this.#milliseconds();
    node.rebirthAsked = now;
    node.rebirthWait = Math.min(node.rebirthWait * 2, Math.max(rebirthWaitMax, this.#rebirthMilliseconds));
    this.#context.count('rebirthRequests', 1);
    const { group, node: id } = node.own;
    this.#options.publish(messageTopic('NCMD', group, id), rebirthPayload(now), { qos: 0, retain: false });
  }

  // ---- values

  #values(
    node: EdgeNode,
    source: Source,
    topic: string,
    head: PayloadHead,
    received: Microseconds,
    birth = false,
  ): void {
    const batch = this.#context.intake.batch;
    let unmapped = 0;
    let transient = 0;
    let unknown = 0;
    for (let i = 0; i < head.ranges.length; i += 2) {
      let live: LiveMetric | undefined;
      try {
        const metric = readMetric(head.reader, head.ranges[i]!, head.ranges[i + 1]!, this.#metric);
        live = this.#find(source, metric);
        if (live === undefined) {
          // In a birth: a template's definition, or refused already.
          if (!birth) unknown++;
          continue;
        }
        if (isControlMetric(live.name)) continue;
        if (live.points.length === 0) {
          unmapped++;
          continue;
        }
        if (metric.transient) {
          // The node asks that it not be kept, and every sample that is taken is kept.
          transient++;
          continue;
        }
        this.#sample(batch, live, metric, head, topic, received, birth);
      } catch (error) {
        this.#rejectMetric(
          batch,
          live?.points[0]?.thing ?? node.owner,
          topic,
          error,
          undefined,
          live,
          i,
          head,
        );
      }
    }
    if (unmapped > 0) this.#context.count('unmapped', unmapped);
    if (transient > 0) this.#context.count('transient', transient);
    if (unknown > 0) {
      this.#context.count('unknownMetrics', unknown);
      // Where the birth held metrics that cannot be read, another birth would hold the same.
      if (!source.incomplete) this.#askRebirth(node);
    }
  }

  #find(source: Source, metric: Metric): LiveMetric | undefined {
    if (metric.name !== undefined && metric.name !== '') return source.metrics.get(metric.name);
    if (metric.alias === undefined)
      throw new PayloadError('malformed', 'a metric with neither name nor alias');
    const live = source.aliases.get(metric.alias);
    if (live === null) {
      throw new PayloadError('malformed', `alias ${metric.alias} stands for two metrics in the birth`);
    }
    return live;
  }

  #sample(
    batch: BatchBuilder,
    live: LiveMetric,
    metric: Metric,
    head: PayloadHead,
    topic: string,
    received: Microseconds,
    birth: boolean,
  ): void {
    let code: number = status.good;
    if (metric.propertiesEnd > 0) {
      const properties = birth
        ? live.properties
        : readProperties(head.reader, metric.propertiesStart, metric.propertiesEnd, head.budget);
      if (properties !== undefined) code = statusOf(properties);
    }
    const time = instantOf(metric.timestamp, head.timestamp);
    if (metric.isNull || metric.field === valueField.none) {
      const absent = code === status.good ? status.badNoData : code;
      for (const point of live.points) batch.add(point, null, time, received, absent, topic);
      return;
    }
    const datatype: Datatype =
      live.datatype === 'Unknown' && metric.datatype !== undefined
        ? (datatypeOf(metric.datatype) ?? 'Unknown')
        : live.datatype;
    let value: ReturnType<typeof metricValue> | undefined;
    for (const point of live.points) {
      if (datatype === 'DateTime' && wantsNumber(point)) {
        batch.add(
          point,
          metricValue(head.reader, metric, datatype, head.budget, true),
          time,
          received,
          code,
          topic,
        );
      } else {
        value ??= metricValue(head.reader, metric, datatype, head.budget);
        batch.add(point, value, time, received, code, topic);
      }
    }
  }

  // ---- what is refused

  #rejectMetric(
    batch: BatchBuilder,
    thing: string | undefined,
    topic: string,
    error: unknown,
    payload: Buffer | undefined,
    live?: LiveMetric,
    at?: number,
    head?: PayloadHead,
  ): void {
    const bytes =
      payload ??
      (head === undefined
        ? undefined
        : Buffer.from(head.reader.buf.subarray(head.ranges[at!]!, head.ranges[at! + 1]!)));
    batch.reject({
      thing,
      source: topic,
      reason: error instanceof PayloadError ? error.reason : 'malformed',
      detail: `${live === undefined ? '' : `metric "${live.name.slice(0, 100)}": `}${(error as Error).message}`,
      excerpt: hex(bytes),
      count: 1,
    });
  }

  #reject(
    thing: string | undefined,
    source: string,
    reason: RejectReason,
    detail: string,
    payload: Buffer | undefined,
  ): void {
    this.#context.intake.batch.reject({ thing, source, reason, detail, excerpt: hex(payload), count: 1 });
  }

  #gauges(): void {
    this.#context.gauge('edgeNodesOnline', this.#nodesOnline);
    this.#context.gauge('devicesOnline', this.#devicesOnline);
  }

  #milliseconds(): number {
    return Math.floor(this.#context.clock.now() / 1000);
  }
}

function sequenceNumber(head: PayloadHead, type: MessageType): number {
  const seq = head.seq;
  if (seq === undefined) throw new PayloadError('malformed', `${type} without a sequence number`);
  if (seq > 255)
    throw new PayloadError('malformed', `${type} with sequence number ${seq}, which ends at 255`);
  return seq;
}

/** The number that ties a death to its birth (Sparkplug 3.0, 6.4.18). */
function bdSeqOf(head: PayloadHead): number | undefined {
  const metric = new Metric();
  for (let i = 0; i < head.ranges.length; i += 2) {
    try {
      readMetric(head.reader, head.ranges[i]!, head.ranges[i + 1]!, metric);
    } catch {
      // Reported where the values are read.
      continue;
    }
    if (metric.name !== 'bdSeq') continue;
    if (metric.field === valueField.int || metric.field === valueField.long) return metric.number;
  }
  return undefined;
}

/** The metric's own time, else its payload's; 0 is how a node without a clock says that it has none. */
function instantOf(own: number | undefined, payloads: number | undefined): Microseconds | undefined {
  const milliseconds = own === undefined || own === 0 ? payloads : own;
  if (milliseconds === undefined || milliseconds === 0) return undefined;
  if (milliseconds > 8.64e12) {
    throw new PayloadError('time-invalid', `timestamp ${milliseconds} is not in milliseconds since 1970`);
  }
  return milliseconds * 1000;
}

function wantsNumber(point: Point): boolean {
  return point.type === 'number' || point.type === 'integer';
}

function hex(bytes: Buffer | undefined): string {
  return bytes === undefined ? '' : bytes.toString('hex', 0, limits.quarantineExcerptBytesMax / 2);
}
