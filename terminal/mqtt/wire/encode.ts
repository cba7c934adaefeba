import { packetType } from './codes.ts';
import type { Version } from './decode.ts';
import { type Properties, propertyTable, subscriptionIdentifierId, userPropertyId } from './reader.ts';

export const pingresp: Buffer = Buffer.from([packetType.pingresp << 4, 0]);

/** Bytes of a variable byte integer. */
export function varintLength(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;
}

export function writeVarint(buffer: Buffer, at: number, value: number): number {
  let rest = value;
  let position = at;
  do {
    const byte = rest & 0x7f;
    rest >>>= 7;
    buffer[position++] = rest > 0 ? byte | 0x80 : byte;
  } while (rest > 0);
  return position;
}

function withHeader(type: number, flags: number, parts: readonly Buffer[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const header = Buffer.allocUnsafe(1 + varintLength(length));
  header[0] = (type << 4) | flags;
  writeVarint(header, 1, length);
  return Buffer.concat([header, ...parts], header.length + length);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function prefixed(bytes: Buffer): Buffer {
  return Buffer.concat([u16(bytes.length), bytes]);
}

function text(value: string): Buffer {
  return prefixed(Buffer.from(value, 'utf8'));
}

/** Properties with their length in front. */
export function encodeProperties(properties: Properties | undefined): Buffer {
  if (properties === undefined) return Buffer.from([0]);
  const parts: Buffer[] = [];
  for (const [id, { name, kind }] of propertyTable) {
    const value = properties[name];
    if (value === undefined) continue;
    parts.push(Buffer.from([id]));
    if (kind === 'text') parts.push(text(value as string));
    else if (kind === 'bytes') parts.push(prefixed(value as Buffer));
    else if (kind === 'u16') parts.push(u16(value as number));
    else if (kind === 'u32') {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeUInt32BE(value as number);
      parts.push(bytes);
    } else parts.push(Buffer.from([value as number]));
  }
  for (const identifier of properties.subscriptionIdentifiers ?? []) {
    const bytes = Buffer.allocUnsafe(1 + varintLength(identifier));
    bytes[0] = subscriptionIdentifierId;
    writeVarint(bytes, 1, identifier);
    parts.push(bytes);
  }
  for (const [name, value] of properties.userProperties ?? []) {
    parts.push(Buffer.from([userPropertyId]), text(name), text(value));
  }
  let length = 0;
  for (const part of parts) length += part.length;
  const head = Buffer.allocUnsafe(varintLength(length));
  writeVarint(head, 0, length);
  return Buffer.concat([head, ...parts], head.length + length);
}

/** `code`: a reason code for version 5, a return code for version 4. */
export function encodeConnack(
  version: Version,
  sessionPresent: boolean,
  code: number,
  properties?: Properties,
): Buffer {
  const parts: Buffer[] = [Buffer.from([sessionPresent ? 1 : 0, code])];
  if (version === 5) parts.push(encodeProperties(properties));
  return withHeader(packetType.connack, 0, parts);
}

export interface OutgoingPublish {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  dup: boolean;
  packetId: number;
  properties: Properties | undefined;
}

export function encodePublish(version: Version, publish: OutgoingPublish): Buffer {
  const topicLength = Buffer.byteLength(publish.topic);
  const properties = version === 5 ? encodeProperties(publish.properties) : undefined;
  const length =
    2 + topicLength + (publish.qos > 0 ? 2 : 0) + (properties?.length ?? 0) + publish.payload.length;
  const buffer = Buffer.allocUnsafe(1 + varintLength(length) + length);
  buffer[0] =
    (packetType.publish << 4) | (publish.dup ? 8 : 0) | (publish.qos << 1) | (publish.retain ? 1 : 0);
  let at = writeVarint(buffer, 1, length);
  buffer[at++] = topicLength >> 8;
  buffer[at++] = topicLength & 0xff;
  buffer.write(publish.topic, at, 'utf8');
  at += topicLength;
  if (publish.qos > 0) {
    buffer[at++] = publish.packetId >> 8;
    buffer[at++] = publish.packetId & 0xff;
  }
  if (properties !== undefined) {
    properties.copy(buffer, at);
    at += properties.length;
  }
  publish.payload.copy(buffer, at);
  return buffer;
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP. In version 4, and for plain success, four bytes. */
export function encodeAcknowledgement(
  version: Version,
  type: number,
  packetId: number,
  code: number,
  properties?: Properties,
): Buffer {
  const first = (type << 4) | (type === packetType.pubrel ? 2 : 0);
  if (version === 4 || (code === 0 && properties === undefined)) {
    return Buffer.from([first, 2, packetId >> 8, packetId & 0xff]);
  }
  const parts: Buffer[] = [u16(packetId), Buffer.from([code])];
  if (properties !== undefined) parts.push(encodeProperties(properties));
  return withHeader(type, first & 0x0f, parts);
}

export function encodeSuback(version: Version, packetId: number, codes: readonly number[]): Buffer {
  const parts: Buffer[] = [u16(packetId)];
  if (version === 5) parts.push(encodeProperties(undefined));
  parts.push(Buffer.from(codes));
  return withHeader(packetType.suback, 0, parts);
}

export function encodeUnsuback(version: Version, packetId: number, codes: readonly number[]): Buffer {
  const parts: Buffer[] = [u16(packetId)];
  if (version === 5) parts.push(encodeProperties(undefined), Buffer.from(codes));
  return withHeader(packetType.unsuback, 0, parts);
}

/** Version 5 only: a server of version 4 just closes. */
export function encodeDisconnect(code: number, properties?: Properties): Buffer {
  const parts: Buffer[] = [Buffer.from([code])];
  if (properties !== undefined) parts.push(encodeProperties(properties));
  return withHeader(packetType.disconnect, 0, parts);
}
