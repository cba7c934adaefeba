import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import { limits, type Microseconds } from '@millrace/contract';
import type { BatchBuilder } from '@millrace/sdk';
import type { Target } from './access.ts';
import type { Broker, ShownCertificate, Verdict } from './broker.ts';
import { listenerLimits } from './listener-limits.ts';
import type { Message, Outlet, Session } from './session.ts';
import { isTopicName } from './topics.ts';
import { packetType, reason, returnCode311, WireError } from './wire/codes.ts';
import {
  ConnectRefused,
  checkFlags,
  decodeAcknowledgement,
  decodeConnect,
  decodeDisconnect,
  decodePublish,
  decodeSubscribe,
  decodeUnsubscribe,
  type PublishView,
  type Version,
} from './wire/decode.ts';
import {
  encodeAcknowledgement,
  encodeConnack,
  encodeDisconnect,
  encodeSuback,
  encodeUnsuback,
  pingresp,
} from './wire/encode.ts';
import { checkedText, type Properties } from './wire/reader.ts';

/** A PUBLISH whose data is on its way to the store. A bare number is the packet id of one with QoS 1 and nothing to add. */
type Pending = number | PendingPublish;

interface PendingPublish {
  packetId: number;
  qos: 0 | 1 | 2;
  verdict: Verdict | undefined;
  /** To be sent on once stored. */
  message: Message | undefined;
  /** QoS 2, sent a second time before PUBREL. */
  again: boolean;
}

/** After the end was said: how long the other side has to hang up before the socket is destroyed. */
const lingerMilliseconds = 1000;
/** A client that takes nothing for this long is cut off. */
const stalledMillisecondsMax = 30_000;

/**
 * One client's socket: takes packets out of the bytes, hands data to intake without waiting, and acknowledges in order once it is
 * committed. Anything malformed ends it; nothing it is sent can throw out of here.
 */
export class Connection implements Outlet {
  version: Version = 4;
  receiveMaximum = 65_535;
  maximumPacketSize = 268_435_460;
  session: Session | undefined;

  readonly #broker: Broker;
  readonly #socket: Socket;
  readonly #since: number;
  readonly #shown: ShownCertificate | undefined;
  #lastSeen: number;
  #keepAliveMilliseconds = 0;
  #ended = false;
  #corked = false;
  #pausedByIntake = false;
  #pausedByOutput = false;
  #stopped = false;
  #stalledSince: number | undefined;
  #problemInfo = true;
  #sessionExpiry = 0;
  #aliases: (string | undefined)[] | undefined;

  /** The beginning of a packet whose rest has not come. */
  #held: Buffer = noBytes;
  #heldLength = 0;
  /** Of the packet held; 0: its header is not whole yet. */
  #heldTotal = 0;

  /** The topic of the packet before: most clients publish on one. */
  #lastTopic: Buffer = noBytes;
  #lastTarget: Target | undefined;
  #targetsVersion = -1;

  #pending: Pending[] = [];
  /** The open batch, for the bytes at hand; another turn may find another. */
  #batch: BatchBuilder | undefined;
  #received: Microseconds = 0;
  /** Groups of packets handed to intake and not committed. */
  #uncommitted = 0;

  constructor(broker: Broker, socket: Socket, shown?: ShownCertificate) {
    this.#broker = broker;
    this.#shown = shown;
    this.#socket = socket;
    this.#since = broker.now();
    this.#lastSeen = this.#since;
    socket.on('data', (chunk: Buffer) => this.#data(chunk));
    socket.on('drain', () => this.#drained());
    // Errors (reset, broken pipe, TLS alert) are followed by "close"; there is nothing else to do about them.
    socket.on('error', () => {});
    socket.on('end', () => this.#gone());
    socket.on('close', () => {
      this.#gone();
      broker.closed(this);
    });
    broker.opened(this);
  }

  get backlogged(): boolean {
    return this.#socket.writableLength > listenerLimits.unsentBytesMax;
  }

  send(bytes: Buffer): void {
    if (this.#socket.writableEnded || this.#socket.destroyed) return;
    if (!this.#corked) {
      // Everything said in one turn leaves in one write.
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(bytes);
    if (this.backlogged) this.#stalledSince ??= this.#broker.now();
  }

  /** Ends the connection, saying why where the version can (MQTT 5.0, 3.14). The will is published. */
  end(code: number, why: string): void {
    this.#end(code, why, true);
  }

  /** Called now and then: has it been silent for too long, does it take what it is sent? */
  check(now: number): void {
    if (this.#ended) return;
    if (this.session === undefined) {
      if (now - this.#since > listenerLimits.connectWaitMillisecondsMax) {
        this.#broker.counters.refused++;
        this.#end(reason.keepAliveTimeout, 'no CONNECT came', false);
        this.#socket.destroy();
      }
      return;
    }
    const { credentialsEnd } = this.session;
    if (credentialsEnd !== undefined && this.#broker.context.clock.now() >= credentialsEnd) {
      this.#end(reason.notAuthorized, 'the client certificate has expired', true);
      return;
    }
    if (this.#stalledSince !== undefined && now - this.#stalledSince > stalledMillisecondsMax) {
      this.#broker.counters.slowReaders++;
      this.#end(reason.quotaExceeded, 'nothing was read for too long', true);
      this.#socket.destroy();
      return;
    }
    // Who is not read from cannot be heard.
    if (this.#pausedByIntake || this.#keepAliveMilliseconds === 0) return;
    if (now - this.#lastSeen > this.#keepAliveMilliseconds) {
      this.#broker.counters.keepAliveTimeouts++;
      this.#end(reason.keepAliveTimeout, 'silent for one and a half times its keep-alive', true);
    }
  }

  /** The listener is closing: nothing new is taken. */
  stopReading(): void {
    this.#stopped = true;
    this.#socket.pause();
  }

  resumeAfterIntake(): void {
    this.#pausedByIntake = false;
    if (this.#stopped) return;
    this.#lastSeen = this.#broker.now();
    if (!this.#pausedByOutput) this.#socket.resume();
  }

  #drained(): void {
    this.#stalledSince = undefined;
    if (this.#pausedByOutput) {
      this.#pausedByOutput = false;
      this.#lastSeen = this.#broker.now();
      if (!this.#pausedByIntake && !this.#stopped) this.#socket.resume();
    }
    this.session?.pump();
  }

  #end(code: number, why: string, will: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    const { session } = this;
    if (session !== undefined) {
      if (this.version === 5) {
        this.send(
          encodeDisconnect(code, this.#problemInfo ? { reasonString: reasonString(why) } : undefined),
        );
      }
      this.#broker.detach(session, this, will);
    }
    // What still comes is read and thrown away, so that the other side gets to read what it was told.
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), lingerMilliseconds);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  /** The other side hung up, in whatever way. */
  #gone(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    if (this.session !== undefined) this.#broker.detach(this.session, this, true);
    this.#socket.destroy();
  }

  #release(): void {
    this.#broker.assemblyBytes -= this.#held.length;
    this.#held = noBytes;
    this.#heldLength = 0;
    this.#heldTotal = 0;
  }

  #data(chunk: Buffer): void {
    if (this.#ended) return;
    if (this.session !== undefined && this.#broker.context.intake.congested) {
      // Put back: it is taken when intake has caught up.
      this.#pauseForIntake();
      this.#socket.unshift(chunk);
      return;
    }
    this.#lastSeen = this.#broker.now();
    this.#received = this.#broker.context.clock.now();
    try {
      this.#split(chunk);
    } catch (error) {
      if (error instanceof WireError) this.#broken(error);
      else {
        this.#broker.context.log.error('a packet could not be taken; its sender is disconnected', {
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
        this.#end(reason.unspecified, 'an error on this side', true);
      }
    }
    this.#submit();
    this.#batch = undefined;
    if (this.#ended) return;
    if (this.#broker.context.intake.congested) this.#pauseForIntake();
    if (this.backlogged && !this.#pausedByOutput) {
      // It does not read its acknowledgements: what it sends waits with it.
      this.#pausedByOutput = true;
      this.#socket.pause();
    }
  }

  #pauseForIntake(): void {
    this.#pausedByIntake = true;
    this.#socket.pause();
    this.#broker.pauseForIntake(this);
  }

  #broken(error: WireError): void {
    if (error.reason === reason.packetTooLarge) this.#broker.counters.tooLarge++;
    else this.#broker.counters.malformed++;
    if (error instanceof ConnectRefused) {
      this.version = error.version;
      this.#refuse(error.reason, error.message);
      return;
    }
    const { session } = this;
    if (session !== undefined) {
      this.#broker.context.intake.batch.reject({
        thing: session.thing,
        source: `client ${session.clientId}`,
        reason: error.reason === reason.packetTooLarge ? 'too-large' : 'malformed',
        detail: `MQTT: ${error.message}; the connection was closed`,
        excerpt: '',
        count: 1,
      });
    }
    this.#end(error.reason, error.message, true);
  }

  /** Finds the packets in the bytes. A packet in pieces is put together; all others are read where they lie. */
  #split(chunk: Buffer): void {
    let at = 0;
    const length = chunk.length;
    while (this.#heldLength > 0 && at < length) at = this.#assemble(chunk, at);
    while (at < length && !this.#ended) {
      // Another protocol need not be read to its end.
      if (this.session === undefined && chunk[at] !== packetType.connect << 4) {
        throw new WireError(reason.protocolError, 'the first packet is not CONNECT');
      }
      // Fixed header: type and flags, remaining length in at most four bytes.
      let remaining = 0;
      let header = 1;
      let byte = 0x80;
      while (header <= 4 && at + header < length) {
        byte = chunk[at + header]!;
        remaining |= (byte & 0x7f) << (7 * (header - 1));
        header++;
        if (byte < 0x80) break;
      }
      if (byte >= 0x80) {
        if (header > 4)
          throw new WireError(reason.malformedPacket, 'a remaining length of more than four bytes');
        this.#hold(chunk, at, 0);
        return;
      }
      const total = header + remaining;
      this.#checkSize(chunk, at, header, total);
      if (at + total > length) {
        this.#hold(chunk, at, total);
        return;
      }
      this.#packet(chunk, at, at + header, at + total);
      at += total;
    }
  }

  #checkSize(buffer: Buffer, at: number, header: number, total: number): void {
    const max = this.session === undefined ? listenerLimits.connectBytesMax : listenerLimits.packetBytesMax;
    if (total <= max) return;
    let about = '';
    if (buffer[at]! >> 4 === packetType.publish && buffer.length >= at + header + 2) {
      const start = at + header + 2;
      const end = Math.min(buffer.length, start + Math.min(buffer.readUInt16BE(at + header), 200));
      about = ` on "${buffer.toString('utf8', start, end)}"`;
    }
    throw new WireError(
      reason.packetTooLarge,
      `a packet of ${total} bytes${about}; at most ${max} (${this.session === undefined ? 'connectBytesMax' : 'packetBytesMax'}) are taken`,
    );
  }

  #hold(chunk: Buffer, at: number, total: number): void {
    const length = chunk.length - at;
    this.#grow(Math.max(length, 64));
    chunk.copy(this.#held, 0, at);
    this.#heldLength = length;
    this.#heldTotal = total;
  }

  #grow(capacity: number): void {
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#held.copy(grown, 0, 0, this.#heldLength);
    this.#broker.assemblyBytes += capacity - this.#held.length;
    this.#held = grown;
    if (this.#broker.assemblyBytes > listenerLimits.assemblyBytesMax) {
      throw new WireError(
        reason.quotaExceeded,
        `unfinished packets of all clients exceed ${listenerLimits.assemblyBytesMax} bytes (assemblyBytesMax)`,
      );
    }
  }

  /** Adds to the packet held; returns where in the chunk the next one begins. */
  #assemble(chunk: Buffer, start: number): number {
    let at = start;
    while (this.#heldTotal === 0) {
      if (at === chunk.length) return at;
      const byte = chunk[at++]!;
      this.#held[this.#heldLength++] = byte;
      if (this.#heldLength === 1 || byte >= 0x80) {
        if (this.#heldLength === 5) {
          throw new WireError(reason.malformedPacket, 'a remaining length of more than four bytes');
        }
        continue;
      }
      let remaining = 0;
      for (let i = 1; i < this.#heldLength; i++) remaining |= (this.#held[i]! & 0x7f) << (7 * (i - 1));
      this.#heldTotal = this.#heldLength + remaining;
      this.#checkSize(this.#held, 0, this.#heldLength, this.#heldTotal);
    }
    const take = Math.min(this.#heldTotal - this.#heldLength, chunk.length - at);
    if (this.#heldLength + take > this.#held.length) {
      this.#grow(Math.min(this.#heldTotal, Math.max(this.#held.length * 2, this.#heldLength + take)));
    }
    chunk.copy(this.#held, this.#heldLength, at, at + take);
    this.#heldLength += take;
    at += take;
    if (this.#heldLength === this.#heldTotal) {
      const packet = this.#held;
      const total = this.#heldTotal;
      this.#release();
      let header = 2;
      while (packet[header - 1]! >= 0x80) header++;
      this.#packet(packet, 0, header, total);
    }
    return at;
  }

  #packet(buffer: Buffer, at: number, start: number, end: number): void {
    const type = buffer[at]! >> 4;
    const flags = buffer[at]! & 0x0f;
    const { session } = this;
    if (session === undefined) {
      this.#connect(buffer, start, end);
      return;
    }
    if (type === packetType.publish) {
      this.#publish(session, buffer, decodePublish(buffer, flags, start, end, this.version));
      return;
    }
    checkFlags(type, flags);
    switch (type) {
      case packetType.puback:
      case packetType.pubrec:
      case packetType.pubcomp: {
        const { packetId, reason: code } = decodeAcknowledgement(buffer, start, end, this.version);
        session.acknowledged(type, packetId, code);
        return;
      }
      case packetType.pubrel: {
        const { packetId } = decodeAcknowledgement(buffer, start, end, this.version);
        const known = session.incoming.get(packetId) === 'stored';
        if (known) session.incoming.delete(packetId);
        const code = known || this.version === 4 ? 0 : reason.packetIdentifierNotFound;
        this.send(encodeAcknowledgement(this.version, packetType.pubcomp, packetId, code));
        return;
      }
      case packetType.subscribe: {
        const { packetId, identifier, requests } = decodeSubscribe(buffer, start, end, this.version);
        if (requests.some((request) => request.filter === '')) {
          throw new WireError(reason.protocolError, 'an empty topic filter');
        }
        if (this.version === 4 && requests.some((request) => !request.valid)) {
          throw new WireError(reason.topicFilterInvalid, 'a topic filter with wildcards where none may be');
        }
        const { codes, retained } = this.#broker.subscribe(session, requests, identifier);
        this.send(
          encodeSuback(
            this.version,
            packetId,
            this.version === 4 ? codes.map((code) => Math.min(code, 0x80)) : codes,
          ),
        );
        retained();
        return;
      }
      case packetType.unsubscribe: {
        const { packetId, filters } = decodeUnsubscribe(buffer, start, end, this.version);
        this.send(encodeUnsuback(this.version, packetId, this.#broker.unsubscribe(session, filters)));
        return;
      }
      case packetType.pingreq:
        if (start !== end) throw new WireError(reason.malformedPacket, 'PINGREQ with content');
        this.send(pingresp);
        return;
      case packetType.disconnect:
        this.#disconnect(session, buffer, start, end);
        return;
      case packetType.connect:
        throw new WireError(reason.protocolError, 'a second CONNECT');
      default:
        throw new WireError(reason.protocolError, `a packet of type ${type}, which no client sends`);
    }
  }

  #disconnect(session: Session, buffer: Buffer, start: number, end: number): void {
    const { reason: code, sessionExpiry } = decodeDisconnect(buffer, start, end, this.version);
    if (sessionExpiry !== undefined) {
      if (this.#sessionExpiry === 0 && sessionExpiry !== 0) {
        throw new WireError(reason.protocolError, 'a session expiry where CONNECT had none');
      }
      session.expiry = Math.min(sessionExpiry, session.expiry);
    }
    this.#ended = true;
    this.#submit();
    this.#release();
    this.#broker.detach(session, this, code !== 0);
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), lingerMilliseconds);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #connect(buffer: Buffer, start: number, end: number): void {
    const connect = decodeConnect(buffer, start, end);
    const { properties } = connect;
    this.version = connect.version;
    this.#problemInfo = properties.requestProblemInfo !== 0;
    const admission = this.#broker.admit(connect, this, this.#shown);
    if ('code' in admission) {
      this.#refuse(admission.code, admission.why);
      return;
    }
    const { session } = admission;
    this.session = session;
    this.#sessionExpiry = properties.sessionExpiry ?? 0;
    this.#keepAliveMilliseconds = connect.keepAlive * 1500;
    this.receiveMaximum = properties.receiveMaximum ?? 65_535;
    this.maximumPacketSize = properties.maximumPacketSize ?? 268_435_460;
    // A reason must not make a packet larger than the client takes [MQTT-3.4.2-2].
    if (this.maximumPacketSize < 2048) this.#problemInfo = false;
    if (this.version === 5) {
      const answer: Properties = {
        maximumPacketSize: listenerLimits.packetBytesMax,
        topicAliasMaximum: listenerLimits.topicAliasMax,
        sharedSubscriptionAvailable: 0,
      };
      if (admission.assigned) answer.assignedClientId = session.clientId;
      if (admission.sessionExpiry !== undefined) answer.sessionExpiry = admission.sessionExpiry;
      this.send(encodeConnack(5, admission.present, 0, answer));
    } else {
      this.send(encodeConnack(4, admission.present, 0));
    }
    session.resume();
  }

  /** Answers a CONNECT that is not served, and hangs up. */
  #refuse(code: number, why: string): void {
    if (this.version === 5) {
      this.send(
        encodeConnack(5, false, code, this.#problemInfo ? { reasonString: reasonString(why) } : undefined),
      );
    } else {
      this.send(encodeConnack(4, false, returnCode311(code)));
    }
    this.#end(code, why, false);
  }

  #publish(session: Session, buffer: Buffer, view: PublishView): void {
    const broker = this.#broker;
    broker.counters.published++;
    const { qos, packetId } = view;
    const target = this.#target(session, buffer, view);
    if (qos === 2 && session.incoming.has(packetId)) {
      // Sent again before PUBREL: answered again, taken once [MQTT-4.3.3-2].
      broker.counters.redeliveries++;
      // Its data may still be on its way: what is open now is committed after it.
      if (session.incoming.get(packetId) === 'pending') this.#batch ??= broker.context.intake.batch;
      this.#pending.push({ packetId, qos, verdict: undefined, message: undefined, again: true });
      return;
    }
    const payload = buffer.subarray(view.payloadStart, view.payloadEnd);
    if (qos === 1 && session.persistent) {
      const sum = crc32(buffer.subarray(view.topicStart, view.payloadEnd));
      if (view.dup && session.redeliveries.knows(packetId, sum)) {
        broker.counters.redeliveries++;
        this.#batch ??= broker.context.intake.batch;
        this.#pending.push(packetId);
        return;
      }
      session.redeliveries.remember(packetId, sum);
    }
    let verdict: Verdict | undefined;
    if (view.properties?.payloadFormat === 1 && !isUtf8(payload)) {
      verdict = this.#notText(session, target, payload);
    } else if (target.kind === 'own') {
      verdict = undefined;
    } else if (target.kind === 'sparkplug') {
      // The engine puts values in by itself, and the batch may be handed over under our hands: what came before goes first.
      this.#submit();
      verdict = broker.take(session.thing, target, payload, this.#received, broker.context.intake.batch);
      this.#batch = broker.context.intake.batch;
    } else {
      this.#batch ??= broker.context.intake.batch;
      verdict = broker.take(session.thing, target, payload, this.#received, this.#batch);
    }
    const refused = verdict !== undefined && verdict.code >= 0x80;
    let message: Message | undefined;
    if (target.kind !== 'refused' && !refused) {
      if (view.retain && !broker.retainable(session.thing, target.topic, payload.length)) {
        const why = `not retained: at most ${listenerLimits.retainedPerThingMax} messages (retainedPerThingMax) and ${listenerLimits.retainedBytesPerThingMax} bytes (retainedBytesPerThingMax) are`;
        verdict = { code: target.kind === 'own' ? reason.quotaExceeded : reason.success, why };
      }
      if (broker.concerns(session.thing, target.topic, view.retain)) {
        message = broker.message(
          target.topic,
          Buffer.from(payload),
          qos,
          view.retain,
          view.properties,
          session,
        );
      } else if (target.kind === 'own') {
        this.#batch ??= broker.context.intake.batch;
        broker.unheard(session.thing, target.topic, payload, this.#batch);
        verdict = { code: reason.noMatchingSubscribers, why: undefined };
      }
    }
    if (qos === 0) {
      if (message !== undefined) this.#pending.push({ packetId, qos, verdict, message, again: false });
      return;
    }
    if (qos === 1) {
      if (message === undefined && (verdict === undefined || this.version === 4))
        this.#pending.push(packetId);
      else this.#pending.push({ packetId, qos, verdict, message, again: false });
      return;
    }
    // A refusal in PUBREC ends the exchange in version 5; version 4 knows none and goes on.
    if (this.version === 4 || verdict === undefined || verdict.code < 0x80)
      session.incoming.set(packetId, 'pending');
    this.#pending.push({ packetId, qos, verdict, message, again: false });
  }

  #notText(session: Session, target: Target, payload: Buffer): Verdict {
    const why = 'the payload is announced as UTF-8 text and is not';
    this.#batch ??= this.#broker.context.intake.batch;
    this.#batch.reject({
      thing: session.thing,
      source: target.topic,
      reason: 'malformed',
      detail: why,
      excerpt: payload.toString('latin1', 0, limits.quarantineExcerptBytesMax),
      count: 1,
    });
    return { code: reason.payloadFormatInvalid, why };
  }

  /** What the topic of a packet means. The bytes of the packet before are compared first: no text is made of them then. */
  #target(session: Session, buffer: Buffer, view: PublishView): Target {
    const { topicStart, topicEnd } = view;
    const length = topicEnd - topicStart;
    const broker = this.#broker;
    const alias = view.properties?.topicAlias;
    let topic: string | undefined;
    if (alias !== undefined) {
      if (alias === 0 || alias > listenerLimits.topicAliasMax) {
        throw new WireError(reason.topicAliasInvalid, `topic alias ${alias}`);
      }
      this.#aliases ??= [];
      if (length === 0) {
        topic = this.#aliases[alias];
        if (topic === undefined)
          throw new WireError(reason.protocolError, `topic alias ${alias} stands for nothing`);
      }
    }
    if (topic === undefined) {
      const last = this.#lastTopic;
      if (
        alias === undefined &&
        this.#lastTarget !== undefined &&
        this.#targetsVersion === broker.targetsVersion &&
        last.length === length
      ) {
        let i = 0;
        while (i < length && last[i] === buffer[topicStart + i]) i++;
        if (i === length) return this.#lastTarget;
      }
      const bytes = buffer.subarray(topicStart, topicEnd);
      topic = checkedText(bytes);
      if (!isTopicName(topic)) {
        throw new WireError(
          length === 0 && this.version === 5 ? reason.protocolError : reason.topicNameInvalid,
          'a topic that is empty or has wildcards',
        );
      }
      if (alias !== undefined) this.#aliases![alias] = topic;
      if (length <= limits.topicBytesMax) this.#lastTopic = Buffer.from(bytes);
    }
    const target = broker.target(session.thing, topic);
    if (target.topic.length > limits.topicBytesMax || alias !== undefined) this.#lastTarget = undefined;
    else this.#lastTarget = target;
    this.#targetsVersion = broker.targetsVersion;
    return target;
  }

  /** Hands what was taken so far to the commit: acknowledged when it calls back, together. */
  #submit(): void {
    const group = this.#pending;
    const { session } = this;
    if (group.length === 0 || session === undefined) return;
    this.#pending = [];
    if (this.#batch === undefined && this.#uncommitted === 0) {
      this.#settle(session, group, undefined);
      return;
    }
    this.#uncommitted++;
    this.#broker.uncommitted++;
    this.#broker.context.intake.committed((error) => {
      this.#uncommitted--;
      this.#broker.uncommitted--;
      this.#settle(session, group, error);
    });
  }

  #settle(session: Session, group: readonly Pending[], error: Error | undefined): void {
    const broker = this.#broker;
    if (error !== undefined) {
      broker.counters.commitFailures++;
      for (const entry of group) {
        if (typeof entry === 'number') continue;
        if (entry.qos === 2 && session.incoming.get(entry.packetId) === 'pending') {
          session.incoming.delete(entry.packetId);
        }
        if (entry.qos === 0 && entry.message !== undefined) broker.forward(session.thing, entry.message);
      }
      // Not acknowledged and told to go: the sender still has everything and sends it again when it comes back. A reason code
      // in PUBACK would end the exchange, and a client of MQTT 5 would forget the message [MQTT-4.3.2-3].
      session.redeliveries.forget();
      session.connection?.end(
        reason.implementationSpecific,
        'the store could not keep it; nothing unacknowledged is lost',
      );
      return;
    }
    const plain = Buffer.allocUnsafe(group.length * 4);
    let at = 0;
    let acknowledged = 0;
    const put = (type: number, packetId: number): void => {
      plain[at] = type << 4;
      plain[at + 1] = 2;
      plain[at + 2] = packetId >> 8;
      plain[at + 3] = packetId & 0xff;
      at += 4;
    };
    let sent = 0;
    const flush = (): void => {
      if (at > sent) this.#acknowledge(plain.subarray(sent, at));
      sent = at;
    };
    for (const entry of group) {
      if (typeof entry === 'number') {
        put(packetType.puback, entry);
        acknowledged++;
        continue;
      }
      const { packetId, qos, verdict, message } = entry;
      if (message !== undefined) broker.forward(session.thing, message);
      if (qos === 0) continue;
      if (qos === 2) {
        if (entry.again) {
          if (session.incoming.get(packetId) !== 'stored') continue;
        } else if (session.incoming.has(packetId)) {
          session.incoming.set(packetId, 'stored');
        }
      }
      acknowledged++;
      const type = qos === 1 ? packetType.puback : packetType.pubrec;
      if (this.version === 4 || verdict === undefined) {
        put(type, packetId);
      } else {
        flush();
        this.#acknowledge(
          encodeAcknowledgement(
            5,
            type,
            packetId,
            verdict.code,
            verdict.why !== undefined && this.#problemInfo
              ? { reasonString: reasonString(verdict.why) }
              : undefined,
          ),
        );
      }
    }
    flush();
    broker.counters.acknowledged += acknowledged;
  }

  /** Only while this is still the client's connection: another one has its packets sent anew. */
  #acknowledge(bytes: Buffer): void {
    if (this.session?.connection === this) this.send(bytes);
  }
}

const noBytes: Buffer = Buffer.alloc(0);

/** Text that any client can be sent: no control characters, no half of a surrogate pair. */
function reasonString(why: string): string {
  return why
    .slice(0, listenerLimits.reasonStringCharactersMax)
    .replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/gu, '?');
}
