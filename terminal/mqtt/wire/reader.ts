import { isUtf8 } from 'node:buffer';
import { reason, WireError } from './codes.ts';

/** MQTT 5.0 properties (2.2.2.2) as far as they are read or written here. */
export interface Properties {
  payloadFormat?: number;
  /** Seconds. */
  messageExpiry?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Buffer;
  subscriptionIdentifiers?: number[];
  /** Seconds; 0xFFFFFFFF: never. */
  sessionExpiry?: number;
  assignedClientId?: string;
  /** Seconds. */
  serverKeepAlive?: number;
  authMethod?: string;
  authData?: Buffer;
  requestProblemInfo?: number;
  /** Seconds. */
  willDelay?: number;
  requestResponseInfo?: number;
  reasonString?: string;
  receiveMaximum?: number;
  topicAliasMaximum?: number;
  topicAlias?: number;
  maximumPacketSize?: number;
  sharedSubscriptionAvailable?: number;
  userProperties?: [string, string][];
}

export type PropertyName = Exclude<keyof Properties, 'subscriptionIdentifiers' | 'userProperties'>;
type Kind = 'byte' | 'flag' | 'u16' | 'u32' | 'text' | 'bytes';

export const subscriptionIdentifierId = 0x0b;
export const userPropertyId = 0x26;

export const propertyTable: ReadonlyMap<number, { name: PropertyName; kind: Kind }> = new Map([
  [0x01, { name: 'payloadFormat', kind: 'flag' }],
  [0x02, { name: 'messageExpiry', kind: 'u32' }],
  [0x03, { name: 'contentType', kind: 'text' }],
  [0x08, { name: 'responseTopic', kind: 'text' }],
  [0x09, { name: 'correlationData', kind: 'bytes' }],
  [0x11, { name: 'sessionExpiry', kind: 'u32' }],
  [0x12, { name: 'assignedClientId', kind: 'text' }],
  [0x13, { name: 'serverKeepAlive', kind: 'u16' }],
  [0x15, { name: 'authMethod', kind: 'text' }],
  [0x16, { name: 'authData', kind: 'bytes' }],
  [0x17, { name: 'requestProblemInfo', kind: 'flag' }],
  [0x18, { name: 'willDelay', kind: 'u32' }],
  [0x19, { name: 'requestResponseInfo', kind: 'flag' }],
  [0x1f, { name: 'reasonString', kind: 'text' }],
  [0x21, { name: 'receiveMaximum', kind: 'u16' }],
  [0x22, { name: 'topicAliasMaximum', kind: 'u16' }],
  [0x23, { name: 'topicAlias', kind: 'u16' }],
  [0x27, { name: 'maximumPacketSize', kind: 'u32' }],
  [0x2a, { name: 'sharedSubscriptionAvailable', kind: 'flag' }],
]);

/** Which properties a client may send, by where they stand. User properties may stand anywhere. */
const message = [0x01, 0x02, 0x03, 0x08, 0x09];
export const allowedProperties = {
  connect: new Set([0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x27]),
  will: new Set([...message, 0x18]),
  publish: new Set([...message, 0x23]),
  acknowledgement: new Set([0x1f]),
  subscribe: new Set([subscriptionIdentifierId]),
  unsubscribe: new Set<number>(),
  disconnect: new Set([0x11, 0x1f]),
  auth: new Set([0x15, 0x16, 0x1f]),
} as const;

/** Reads the fields of one packet; anything that does not fit throws {@link WireError}. */
export class Reader {
  readonly buffer: Buffer;
  at: number;
  readonly end: number;

  constructor(buffer: Buffer, start: number, end: number) {
    this.buffer = buffer;
    this.at = start;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  #need(count: number): number {
    const at = this.at;
    if (at + count > this.end) throw new WireError(reason.malformedPacket, 'the packet ends too early');
    this.at = at + count;
    return at;
  }

  u8(): number {
    return this.buffer[this.#need(1)]!;
  }

  u16(): number {
    const at = this.#need(2);
    return (this.buffer[at]! << 8) | this.buffer[at + 1]!;
  }

  u32(): number {
    return this.buffer.readUInt32BE(this.#need(4));
  }

  /** Variable byte integer, in its shortest form or not, at most four bytes. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new WireError(reason.malformedPacket, 'a variable byte integer of more than four bytes');
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const length = this.u16();
    const at = this.#need(length);
    return this.buffer.subarray(at, at + length);
  }

  text(): string {
    return checkedText(this.bytes());
  }

  rest(): Buffer {
    const at = this.at;
    this.at = this.end;
    return this.buffer.subarray(at, this.end);
  }

  finish(): void {
    if (this.at !== this.end)
      throw new WireError(reason.malformedPacket, 'the packet is longer than its content');
  }

  properties(allowed: ReadonlySet<number>): Properties {
    const length = this.varint();
    const properties: Properties = {};
    if (length === 0) return properties;
    const end = this.at + length;
    if (end > this.end) throw new WireError(reason.malformedPacket, 'properties longer than the packet');
    const inner = new Reader(this.buffer, this.at, end);
    while (inner.at < end) {
      const id = inner.varint();
      if (id === userPropertyId) {
        const name = inner.text();
        (properties.userProperties ??= []).push([name, inner.text()]);
        continue;
      }
      if (!allowed.has(id)) {
        throw new WireError(
          propertyTable.has(id) || id === subscriptionIdentifierId
            ? reason.protocolError
            : reason.malformedPacket,
          `property 0x${id.toString(16)} does not belong here`,
        );
      }
      if (id === subscriptionIdentifierId) {
        const identifier = inner.varint();
        if (identifier === 0 || properties.subscriptionIdentifiers !== undefined) {
          throw new WireError(reason.protocolError, 'subscription identifier 0, or more than one');
        }
        properties.subscriptionIdentifiers = [identifier];
        continue;
      }
      const { name, kind } = propertyTable.get(id)!;
      if (properties[name] !== undefined) throw new WireError(reason.protocolError, `${name} stands twice`);
      const value = inner.#value(kind);
      if (kind === 'flag' && (value as number) > 1) {
        throw new WireError(reason.protocolError, `${name} is neither 0 nor 1`);
      }
      (properties as Record<string, unknown>)[name] = value;
    }
    this.at = end;
    return properties;
  }

  #value(kind: Kind): number | string | Buffer {
    switch (kind) {
      case 'byte':
      case 'flag':
        return this.u8();
      case 'u16':
        return this.u16();
      case 'u32':
        return this.u32();
      case 'text':
        return this.text();
      case 'bytes':
        return Buffer.from(this.bytes());
    }
  }
}

/** UTF-8 as MQTT wants it: well formed, no surrogates, no U+0000; a byte order mark is kept [MQTT-1.5.3-1, -2, -3]. */
export function checkedText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new WireError(reason.malformedPacket, 'text that is not well-formed UTF-8');
  const text = bytes.toString('utf8');
  if (text.includes('\u0000')) throw new WireError(reason.malformedPacket, 'text with U+0000 in it');
  return text;
}
