import { isTopicFilter, isTopicName } from '../topics.ts';
import { packetType, reason, WireError } from './codes.ts';
import { allowedProperties, type Properties, Reader } from './reader.ts';

/** 4: MQTT 3.1.1 (and 3.1, which differs only in its name); 5: MQTT 5.0. */
export type Version = 4 | 5;

export interface Will {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  properties: Properties | undefined;
}

export interface Connect {
  version: Version;
  clean: boolean;
  /** Seconds; 0: not watched. */
  keepAlive: number;
  clientId: string;
  will: Will | undefined;
  username: string | undefined;
  password: Buffer | undefined;
  properties: Properties;
}

export interface SubscriptionRequest {
  filter: string;
  qos: 0 | 1 | 2;
  noLocal: boolean;
  retainAsPublished: boolean;
  /** 0: retained messages are sent; 1: only if the subscription is new; 2: not. */
  retainHandling: 0 | 1 | 2;
  /** False: not a filter by the rules; the version decides what follows. */
  valid: boolean;
}

/** CONNECT that cannot be served but can be answered. */
export class ConnectRefused extends WireError {
  readonly version: Version;
  constructor(version: Version, code: number, message: string) {
    super(code, message);
    this.version = version;
  }
}

const malformed = (message: string): WireError => new WireError(reason.malformedPacket, message);
const violated = (message: string): WireError => new WireError(reason.protocolError, message);

/** Flags the low four bits of a header must have, per type; PUBLISH has its own. */
export function checkFlags(type: number, flags: number): void {
  const wanted =
    type === packetType.pubrel || type === packetType.subscribe || type === packetType.unsubscribe ? 2 : 0;
  if (flags !== wanted) throw malformed(`reserved header flags 0x${flags.toString(16)}`);
}

export function decodeConnect(buffer: Buffer, start: number, end: number): Connect {
  const reader = new Reader(buffer, start, end);
  const name = reader.text();
  const level = reader.u8();
  if (name !== 'MQTT' && name !== 'MQIsdp') throw malformed(`protocol "${name.slice(0, 20)}"`);
  if (name === 'MQTT' ? level !== 4 && level !== 5 : level !== 3) {
    throw new ConnectRefused(
      level > 5 ? 5 : 4,
      reason.unsupportedProtocolVersion,
      `protocol level ${level}; 4 (3.1.1) and 5 (5.0) are spoken`,
    );
  }
  const version: Version = level === 5 ? 5 : 4;
  const flags = reader.u8();
  if ((flags & 1) !== 0) throw malformed('reserved CONNECT flag');
  const willQos = (flags >> 3) & 3;
  const hasWill = (flags & 4) !== 0;
  if (willQos === 3 || (!hasWill && (flags & 0x38) !== 0)) throw malformed('will flags that cannot be');
  const hasPassword = (flags & 0x40) !== 0;
  const hasUsername = (flags & 0x80) !== 0;
  if (version === 4 && hasPassword && !hasUsername) throw malformed('a password without a user name');
  const clean = (flags & 2) !== 0;
  const keepAlive = reader.u16();
  const properties = version === 5 ? reader.properties(allowedProperties.connect) : {};
  if (properties.receiveMaximum === 0) throw violated('receive maximum 0');
  if (properties.maximumPacketSize === 0) throw violated('maximum packet size 0');
  if (properties.authData !== undefined && properties.authMethod === undefined) {
    throw violated('authentication data without a method');
  }
  const clientId = reader.text();
  let will: Will | undefined;
  if (hasWill) {
    const willProperties = version === 5 ? reader.properties(allowedProperties.will) : undefined;
    const topic = reader.text();
    if (!isTopicName(topic))
      throw new WireError(reason.topicNameInvalid, 'a will topic that is no topic name');
    will = {
      topic,
      payload: Buffer.from(reader.bytes()),
      qos: willQos as 0 | 1 | 2,
      retain: (flags & 0x20) !== 0,
      properties: willProperties,
    };
  }
  const username = hasUsername ? reader.text() : undefined;
  const password = hasPassword ? Buffer.from(reader.bytes()) : undefined;
  reader.finish();
  return { version, clean, keepAlive, clientId, will, username, password, properties };
}

/** A PUBLISH as offsets into the buffer it came in; the same object every time, valid until the next call. */
export interface PublishView {
  qos: 0 | 1 | 2;
  dup: boolean;
  retain: boolean;
  packetId: number;
  topicStart: number;
  topicEnd: number;
  payloadStart: number;
  payloadEnd: number;
  properties: Properties | undefined;
}

const view: PublishView = {
  qos: 0,
  dup: false,
  retain: false,
  packetId: 0,
  topicStart: 0,
  topicEnd: 0,
  payloadStart: 0,
  payloadEnd: 0,
  properties: undefined,
};

/** Takes a PUBLISH apart without copying. The topic's text is not checked here: see `checkedText`, `isTopicName`. */
export function decodePublish(
  buffer: Buffer,
  flags: number,
  start: number,
  end: number,
  version: Version,
): PublishView {
  const qos = (flags >> 1) & 3;
  if (qos === 3) throw malformed('QoS 3');
  if (qos === 0 && (flags & 8) !== 0) throw malformed('DUP with QoS 0');
  if (start + 2 > end) throw malformed('PUBLISH without a topic');
  view.qos = qos as 0 | 1 | 2;
  view.dup = (flags & 8) !== 0;
  view.retain = (flags & 1) !== 0;
  view.topicStart = start + 2;
  let at = start + 2 + ((buffer[start]! << 8) | buffer[start + 1]!);
  view.topicEnd = at;
  if (qos > 0) {
    if (at + 2 > end) throw malformed('the packet ends too early');
    view.packetId = (buffer[at]! << 8) | buffer[at + 1]!;
    if (view.packetId === 0) throw violated('packet identifier 0');
    at += 2;
  } else {
    view.packetId = 0;
  }
  if (at > end) throw malformed('the packet ends too early');
  view.properties = undefined;
  if (version === 5) {
    if (at < end && buffer[at] === 0) at++;
    else {
      const reader = new Reader(buffer, at, end);
      view.properties = reader.properties(allowedProperties.publish);
      at = reader.at;
    }
  }
  view.payloadStart = at;
  view.payloadEnd = end;
  return view;
}

export interface Acknowledgement {
  packetId: number;
  reason: number;
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP. */
export function decodeAcknowledgement(
  buffer: Buffer,
  start: number,
  end: number,
  version: Version,
): Acknowledgement {
  const reader = new Reader(buffer, start, end);
  const packetId = reader.u16();
  if (packetId === 0) throw violated('packet identifier 0');
  let code = 0;
  if (version === 5 && reader.left > 0) {
    code = reader.u8();
    if (reader.left > 0) reader.properties(allowedProperties.acknowledgement);
  }
  reader.finish();
  return { packetId, reason: code };
}

export function decodeSubscribe(
  buffer: Buffer,
  start: number,
  end: number,
  version: Version,
): { packetId: number; identifier: number | undefined; requests: SubscriptionRequest[] } {
  const reader = new Reader(buffer, start, end);
  const packetId = reader.u16();
  if (packetId === 0) throw violated('packet identifier 0');
  const properties = version === 5 ? reader.properties(allowedProperties.subscribe) : {};
  const requests: SubscriptionRequest[] = [];
  while (reader.left > 0) {
    const filter = reader.text();
    const options = reader.u8();
    if ((options & 3) === 3 || (options & (version === 5 ? 0xc0 : 0xfc)) !== 0 || options >> 4 === 3) {
      throw malformed(`subscription options 0x${options.toString(16)}`);
    }
    requests.push({
      filter,
      qos: (options & 3) as 0 | 1 | 2,
      noLocal: (options & 4) !== 0,
      retainAsPublished: (options & 8) !== 0,
      retainHandling: (options >> 4) as 0 | 1 | 2,
      valid: isTopicFilter(filter),
    });
  }
  if (requests.length === 0) throw violated('SUBSCRIBE without a topic filter');
  return { packetId, identifier: properties.subscriptionIdentifiers?.[0], requests };
}

export function decodeUnsubscribe(
  buffer: Buffer,
  start: number,
  end: number,
  version: Version,
): { packetId: number; filters: string[] } {
  const reader = new Reader(buffer, start, end);
  const packetId = reader.u16();
  if (packetId === 0) throw violated('packet identifier 0');
  if (version === 5) reader.properties(allowedProperties.unsubscribe);
  const filters: string[] = [];
  while (reader.left > 0) filters.push(reader.text());
  if (filters.length === 0) throw violated('UNSUBSCRIBE without a topic filter');
  return { packetId, filters };
}

export function decodeDisconnect(
  buffer: Buffer,
  start: number,
  end: number,
  version: Version,
): { reason: number; sessionExpiry: number | undefined } {
  const reader = new Reader(buffer, start, end);
  let code = 0;
  let properties: Properties = {};
  if (version === 5 && reader.left > 0) {
    code = reader.u8();
    if (reader.left > 0) properties = reader.properties(allowedProperties.disconnect);
  }
  reader.finish();
  return { reason: code, sessionExpiry: properties.sessionExpiry };
}
