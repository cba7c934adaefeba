import { listenerLimits } from './listener-limits.ts';
import { filterMatches } from './topics.ts';
import { packetType, reason } from './wire/codes.ts';
import type { SubscriptionRequest, Version, Will } from './wire/decode.ts';
import { encodeAcknowledgement, encodePublish } from './wire/encode.ts';
import type { Properties } from './wire/reader.ts';

/** A message on its way to subscribers. Payload and properties are the broker's own copies. */
export interface Message {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  properties: Properties | undefined;
  /** Milliseconds of the monotonic clock; after it the message is not sent. */
  expiresAt: number | undefined;
  /** The session it came from, for "no local". */
  from: Session | undefined;
}

export interface Subscription extends SubscriptionRequest {
  identifier: number | undefined;
}

/** What a session needs of the connection it is on. */
export interface Outlet {
  readonly version: Version;
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number;
  /** True while the client reads slower than it is sent to. */
  readonly backlogged: boolean;
  send(bytes: Buffer): void;
  /** Ends the connection, for the reason given. */
  end(code: number, why: string): void;
}

/** Counters that many sessions share. */
export interface DeliveryCounters {
  delivered: number;
  deliveriesDropped: number;
  slowReaders: number;
}

interface Outgoing {
  message: Message;
  qos: 0 | 1 | 2;
  retain: boolean;
  identifiers: number[] | undefined;
  /** QoS 2 after PUBREC: only PUBREL remains to be said. */
  released: boolean;
}

/** What became of a QoS 2 packet: its data waits for the commit, or is stored. */
export type Incoming = 'pending' | 'stored';

/** A client's state that may outlive its connection (MQTT 3.1.1, 3.1.2.4; MQTT 5.0, 4.1). */
export class Session {
  readonly thing: string;
  readonly clientId: string;
  username: string;
  /** Microseconds: the end of the credentials it was opened with, where they have one. */
  credentialsEnd: number | undefined;
  /** Seconds it is kept after the connection ended; Infinity: until evicted. */
  expiry = 0;
  connection: Outlet | undefined;
  will: Will | undefined;
  /** Calls off the expiry or the delayed will. */
  cancelExpiry: (() => void) | undefined;
  cancelWill: (() => void) | undefined;
  /** Monotonic milliseconds since when it has had no connection. */
  awaySince = 0;
  readonly subscriptions = new Map<string, Subscription>();
  /** QoS 2 packets from the client, by packet id, until PUBREL. */
  readonly incoming = new Map<number, Incoming>();
  readonly redeliveries = new Redeliveries();

  readonly #inFlight = new Map<number, Outgoing>();
  /** Packet ids in flight that this connection has not been sent yet: more than it takes at a time. */
  #unsent: number[] = [];
  #queue: Outgoing[] = [];
  #queueHead = 0;
  #queuedBytes = 0;
  #lastPacketId = 0;
  readonly #counters: DeliveryCounters;
  readonly #now: () => number;

  constructor(
    thing: string,
    clientId: string,
    username: string,
    counters: DeliveryCounters,
    now: () => number,
  ) {
    this.thing = thing;
    this.clientId = clientId;
    this.username = username;
    this.#counters = counters;
    this.#now = now;
  }

  get queued(): number {
    return this.#queue.length - this.#queueHead;
  }

  get persistent(): boolean {
    return this.expiry > 0;
  }

  /** Subscriptions that take a topic, as one delivery: the highest QoS granted, and every identifier [MQTT-3.3.5-1]. */
  match(topic: string): Route | undefined {
    let route: Route | undefined;
    for (const subscription of this.subscriptions.values()) {
      if (!filterMatches(subscription.filter, topic)) continue;
      route ??= { session: this, qos: 0, identifiers: undefined, noLocal: true, retainAsPublished: false };
      if (subscription.qos > route.qos) route.qos = subscription.qos;
      if (!subscription.noLocal) route.noLocal = false;
      if (subscription.retainAsPublished) route.retainAsPublished = true;
      if (subscription.identifier !== undefined) (route.identifiers ??= []).push(subscription.identifier);
    }
    return route;
  }

  /** Sends a message, or keeps it for later within the bounds. */
  deliver(message: Message, qos: 0 | 1 | 2, retain: boolean, identifiers: number[] | undefined): void {
    const outgoing: Outgoing = { message, qos, retain, identifiers, released: false };
    const connection = this.connection;
    if (qos === 0) {
      if (connection === undefined) return;
      if (connection.backlogged) {
        this.#counters.deliveriesDropped++;
        return;
      }
      this.#send(connection, outgoing, 0, false);
      return;
    }
    if (connection === undefined && !this.persistent) return;
    if (
      connection !== undefined &&
      this.queued === 0 &&
      this.#unsent.length === 0 &&
      this.#room(connection)
    ) {
      this.#start(connection, outgoing);
      return;
    }
    const size = message.payload.length + message.topic.length + 64;
    if (
      this.queued >= listenerLimits.queuedMessagesMax ||
      this.#queuedBytes + size > listenerLimits.queuedBytesMax
    ) {
      this.#counters.deliveriesDropped++;
      if (connection !== undefined) {
        this.#counters.slowReaders++;
        connection.end(reason.quotaExceeded, 'messages are read slower than they come (queuedMessagesMax)');
      }
      return;
    }
    this.#queue.push(outgoing);
    this.#queuedBytes += size;
  }

  /** After a reconnection: what was under way is sent again, in its order, then what waited [MQTT-4.4.0-1]. */
  resume(): void {
    const connection = this.connection;
    if (connection === undefined) return;
    this.#unsent = [];
    for (const [packetId, outgoing] of this.#inFlight) {
      if (!outgoing.released && this.#expired(outgoing)) this.#inFlight.delete(packetId);
      else this.#unsent.push(packetId);
    }
    this.pump();
  }

  /** Sends what waits, as far as the client takes it. */
  pump(): void {
    const connection = this.connection;
    if (connection === undefined) return;
    while (this.#unsent.length > 0 && this.#room(connection)) {
      const packetId = this.#unsent.shift()!;
      const outgoing = this.#inFlight.get(packetId);
      if (outgoing?.released === true) {
        connection.send(encodeAcknowledgement(connection.version, packetType.pubrel, packetId, 0));
      } else if (outgoing !== undefined && !this.#send(connection, outgoing, packetId, true)) {
        this.#inFlight.delete(packetId);
      }
    }
    while (this.queued > 0 && this.#room(connection)) {
      const outgoing = this.#queue[this.#queueHead]!;
      this.#queueHead++;
      this.#queuedBytes -= outgoing.message.payload.length + outgoing.message.topic.length + 64;
      if (this.#queueHead === this.#queue.length || this.#queueHead > 1024) {
        this.#queue = this.#queue.slice(this.#queueHead);
        this.#queueHead = 0;
      }
      this.#start(connection, outgoing);
    }
  }

  /** PUBACK, PUBREC, PUBCOMP from the client. */
  acknowledged(type: number, packetId: number, code: number): void {
    const connection = this.connection;
    if (connection === undefined) return;
    const outgoing = this.#inFlight.get(packetId);
    if (type === packetType.pubrec) {
      if (outgoing === undefined || outgoing.qos !== 2) {
        // The other side still holds a packet that is gone here; PUBREL lets it go.
        const unknown = connection.version === 5 ? reason.packetIdentifierNotFound : 0;
        connection.send(encodeAcknowledgement(connection.version, packetType.pubrel, packetId, unknown));
        return;
      }
      if (code >= 0x80) {
        this.#inFlight.delete(packetId);
        this.pump();
        return;
      }
      outgoing.released = true;
      connection.send(encodeAcknowledgement(connection.version, packetType.pubrel, packetId, 0));
      return;
    }
    if (outgoing === undefined) return;
    if (type === packetType.puback ? outgoing.qos !== 1 : !outgoing.released) return;
    this.#inFlight.delete(packetId);
    this.#counters.delivered++;
    this.pump();
  }

  /** Forgets messages that must not be sent any more (an action whose caller has given up). */
  withdraw(message: Message): void {
    message.expiresAt = 0;
    for (const [packetId, outgoing] of this.#inFlight) {
      if (outgoing.message === message && this.connection === undefined) this.#inFlight.delete(packetId);
    }
  }

  #room(connection: Outlet): boolean {
    return (
      this.#inFlight.size - this.#unsent.length <
        Math.min(connection.receiveMaximum, listenerLimits.outgoingInFlightMax) && !connection.backlogged
    );
  }

  #expired(outgoing: Outgoing): boolean {
    const { expiresAt } = outgoing.message;
    return expiresAt !== undefined && this.#now() >= expiresAt;
  }

  #start(connection: Outlet, outgoing: Outgoing): void {
    if (this.#expired(outgoing)) return;
    let packetId = this.#lastPacketId;
    do packetId = packetId === 65_535 ? 1 : packetId + 1;
    while (this.#inFlight.has(packetId));
    this.#lastPacketId = packetId;
    this.#inFlight.set(packetId, outgoing);
    if (!this.#send(connection, outgoing, packetId, false)) this.#inFlight.delete(packetId);
  }

  #send(connection: Outlet, outgoing: Outgoing, packetId: number, dup: boolean): boolean {
    const { message } = outgoing;
    let properties = message.properties;
    if (connection.version === 5) {
      if (message.expiresAt !== undefined && properties?.messageExpiry !== undefined) {
        // What is left of its life, rounded up so that it is never 0 [MQTT-3.3.2-6].
        properties = {
          ...properties,
          messageExpiry: Math.max(1, Math.ceil((message.expiresAt - this.#now()) / 1000)),
        };
      }
      if (outgoing.identifiers !== undefined) {
        properties = { ...properties, subscriptionIdentifiers: outgoing.identifiers };
      }
    }
    const bytes = encodePublish(connection.version, {
      topic: message.topic,
      payload: message.payload,
      qos: outgoing.qos,
      retain: outgoing.retain,
      dup,
      packetId,
      properties,
    });
    // Larger than the client takes: as if it had been sent [MQTT-3.1.2-25].
    if (bytes.length > connection.maximumPacketSize) {
      this.#counters.deliveriesDropped++;
      return false;
    }
    connection.send(bytes);
    if (outgoing.qos === 0) this.#counters.delivered++;
    return true;
  }
}

export interface Route {
  session: Session;
  qos: 0 | 1 | 2;
  identifiers: number[] | undefined;
  noLocal: boolean;
  retainAsPublished: boolean;
}

/**
 * The last QoS 1 packets of a session, so that one sent again after a lost connection (DUP) is acknowledged and not stored a
 * second time: values without a time of their own would otherwise count twice. Told apart by packet id and a checksum, as a
 * client may use an id anew.
 */
export class Redeliveries {
  #ids: Uint16Array | undefined;
  #sums: Uint32Array | undefined;
  #next = 0;

  remember(packetId: number, sum: number): void {
    this.#ids ??= new Uint16Array(listenerLimits.redeliveriesRememberedMax);
    this.#sums ??= new Uint32Array(listenerLimits.redeliveriesRememberedMax);
    this.#ids[this.#next] = packetId;
    this.#sums[this.#next] = sum;
    this.#next = (this.#next + 1) % listenerLimits.redeliveriesRememberedMax;
  }

  /** Whether the latest packet with this id had this checksum. */
  knows(packetId: number, sum: number): boolean {
    if (this.#ids === undefined) return false;
    const length = this.#ids.length;
    for (let back = 1; back <= length; back++) {
      const at = (this.#next - back + length) % length;
      if (this.#ids[at] === packetId) return this.#sums![at] === sum;
    }
    return false;
  }

  forget(): void {
    this.#ids = undefined;
    this.#sums = undefined;
    this.#next = 0;
  }
}
