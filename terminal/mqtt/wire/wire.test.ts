/** Our reading and writing of packets held against mqtt-packet's. */
import fc from 'fast-check';
import mqttPacket, { type IPublishPacket, type Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { packetType, WireError } from './codes.ts';
import {
  decodeAcknowledgement,
  decodeConnect,
  decodeDisconnect,
  decodePublish,
  decodeSubscribe,
  decodeUnsubscribe,
  type Version,
} from './decode.ts';
import {
  encodeAcknowledgement,
  encodeConnack,
  encodeDisconnect,
  encodePublish,
  encodeSuback,
  encodeUnsuback,
} from './encode.ts';

const seed = 311;
const version = fc.constantFrom<Version>(4, 5);
const topic = fc.stringMatching(/^[a-z/0-9äß温]{1,40}$/u);
const packetId = fc.integer({ min: 1, max: 65_535 });
const qos = fc.constantFrom<0 | 1 | 2>(0, 1, 2);
const payload = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
const words = fc.stringMatching(/^[a-zA-Z0-9 温]{1,20}$/u);

/** Where a packet's content begins. */
function content(bytes: Buffer): number {
  let at = 1;
  while (bytes[at]! >= 0x80) at++;
  return at + 1;
}

function theirs(bytes: Buffer, protocolVersion: Version): Packet {
  const parser = mqttPacket.parser({ protocolVersion });
  let packet: Packet | undefined;
  parser.on('packet', (one: Packet) => {
    packet = one;
  });
  parser.on('error', (error: Error) => {
    throw error;
  });
  parser.parse(bytes);
  return packet!;
}

test('PUBLISH as they write it is read as meant, and as we write it is read by them', () => {
  fc.assert(
    fc.property(
      version,
      topic,
      payload,
      qos,
      packetId,
      fc.boolean(),
      fc.option(words, { nil: undefined }),
      fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { nil: undefined }),
      (protocolVersion, name, data, level, id, retain, contentType, expiry) => {
        const packet: IPublishPacket = {
          cmd: 'publish',
          topic: name,
          payload: data,
          qos: level,
          dup: level > 0 && retain,
          retain,
          ...(level > 0 ? { messageId: id } : {}),
        };
        if (protocolVersion === 5) {
          packet.properties = {
            ...(contentType === undefined ? {} : { contentType, userProperties: { a: contentType } }),
            ...(expiry === undefined ? {} : { messageExpiryInterval: expiry }),
          };
        }
        const bytes = mqttPacket.generate(packet, { protocolVersion });
        const view = decodePublish(bytes, bytes[0]! & 15, content(bytes), bytes.length, protocolVersion);
        expect(bytes.toString('utf8', view.topicStart, view.topicEnd)).toBe(name);
        expect(bytes.subarray(view.payloadStart, view.payloadEnd).equals(data)).toBe(true);
        expect([view.qos, view.retain, view.dup, view.packetId]).toEqual([
          level,
          retain,
          level > 0 && retain,
          level > 0 ? id : 0,
        ]);
        const properties =
          protocolVersion === 4
            ? undefined
            : {
                ...(contentType === undefined
                  ? {}
                  : { contentType, userProperties: [['a', contentType]] as [string, string][] }),
                ...(expiry === undefined ? {} : { messageExpiry: expiry }),
              };
        if (protocolVersion === 5) expect(view.properties ?? {}).toEqual(properties);
        const ours = encodePublish(protocolVersion, {
          topic: name,
          payload: data,
          qos: level,
          retain,
          dup: level > 0 && retain,
          packetId: id,
          properties,
        });
        const read = theirs(ours, protocolVersion) as IPublishPacket;
        expect(read).toMatchObject({ cmd: 'publish', topic: name, qos: level, retain });
        expect((read.payload as Buffer).equals(data)).toBe(true);
        if (contentType !== undefined && protocolVersion === 5) {
          expect(read.properties).toMatchObject({ contentType });
        }
      },
    ),
    { numRuns: 500, seed },
  );
});

test('CONNECT', () => {
  fc.assert(
    fc.property(
      version,
      words,
      fc.option(words, { nil: undefined }),
      fc.option(payload, { nil: undefined }),
      fc.option(fc.record({ topic, payload, qos, retain: fc.boolean() }), { nil: undefined }),
      fc.integer({ min: 0, max: 65_535 }),
      fc.boolean(),
      (protocolVersion, clientId, username, password, will, keepalive, clean) => {
        const secret = username === undefined ? undefined : password;
        const bytes = mqttPacket.generate(
          {
            cmd: 'connect',
            protocolId: 'MQTT',
            protocolVersion,
            clientId,
            clean,
            keepalive,
            ...(username === undefined ? {} : { username }),
            ...(secret === undefined ? {} : { password: secret }),
            ...(will === undefined ? {} : { will }),
            ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 7, receiveMaximum: 3 } } : {}),
          },
          { protocolVersion },
        );
        const connect = decodeConnect(bytes, content(bytes), bytes.length);
        expect(connect).toMatchObject({ version: protocolVersion, clientId, clean, keepAlive: keepalive });
        expect(connect.username).toBe(username);
        expect(connect.password?.toString('hex')).toBe(secret?.toString('hex'));
        expect(connect.will?.topic).toBe(will?.topic);
        expect(connect.will?.payload.toString('hex')).toBe(will?.payload.toString('hex'));
        if (protocolVersion === 5)
          expect(connect.properties).toEqual({ sessionExpiry: 7, receiveMaximum: 3 });
      },
    ),
    { numRuns: 300, seed },
  );
});

test('SUBSCRIBE, UNSUBSCRIBE and their answers', () => {
  fc.assert(
    fc.property(
      version,
      packetId,
      fc.array(fc.record({ topic, qos }), { minLength: 1, maxLength: 10 }),
      (protocolVersion, id, subscriptions) => {
        const bytes = mqttPacket.generate(
          { cmd: 'subscribe', messageId: id, subscriptions },
          { protocolVersion },
        );
        const subscribe = decodeSubscribe(bytes, content(bytes), bytes.length, protocolVersion);
        expect(subscribe.packetId).toBe(id);
        expect(subscribe.requests.map((request) => ({ topic: request.filter, qos: request.qos }))).toEqual(
          subscriptions,
        );
        const topics = subscriptions.map((one) => one.topic);
        const other = mqttPacket.generate(
          { cmd: 'unsubscribe', messageId: id, unsubscriptions: topics },
          { protocolVersion },
        );
        expect(decodeUnsubscribe(other, content(other), other.length, protocolVersion)).toEqual({
          packetId: id,
          filters: topics,
        });
        const granted = subscriptions.map((one) => one.qos);
        expect(theirs(encodeSuback(protocolVersion, id, granted), protocolVersion)).toMatchObject({
          cmd: 'suback',
          messageId: id,
          granted,
        });
        expect(
          theirs(
            encodeUnsuback(
              protocolVersion,
              id,
              granted.map(() => 0),
            ),
            protocolVersion,
          ),
        ).toMatchObject({ cmd: 'unsuback', messageId: id });
      },
    ),
    { numRuns: 300, seed },
  );
});

test('acknowledgements, CONNACK and DISCONNECT', () => {
  const kinds = ['puback', 'pubrec', 'pubrel', 'pubcomp'] as const;
  fc.assert(
    fc.property(
      version,
      packetId,
      fc.constantFrom(...kinds),
      fc.option(words, { nil: undefined }),
      (protocolVersion, id, cmd, reasonString) => {
        const said = protocolVersion === 5 && reasonString !== undefined;
        const code = said && cmd !== 'pubrel' && cmd !== 'pubcomp' ? 0x97 : said ? 0x92 : 0;
        const bytes = mqttPacket.generate(
          {
            cmd,
            messageId: id,
            ...(said ? { reasonCode: code, properties: { reasonString } } : {}),
          } as Packet,
          { protocolVersion },
        );
        expect(decodeAcknowledgement(bytes, content(bytes), bytes.length, protocolVersion)).toEqual({
          packetId: id,
          reason: code,
        });
        const ours = encodeAcknowledgement(
          protocolVersion,
          packetType[cmd],
          id,
          code,
          said ? { reasonString } : undefined,
        );
        expect(theirs(ours, protocolVersion)).toMatchObject({ cmd, messageId: id });
      },
    ),
    { numRuns: 300, seed },
  );
  expect(theirs(encodeConnack(4, true, 0), 4)).toMatchObject({ sessionPresent: true, returnCode: 0 });
  expect(
    theirs(encodeConnack(5, false, 0x87, { reasonString: 'no', assignedClientId: 'x', sessionExpiry: 3 }), 5),
  ).toMatchObject({
    reasonCode: 0x87,
    properties: { reasonString: 'no', assignedClientIdentifier: 'x', sessionExpiryInterval: 3 },
  });
  expect(theirs(encodeDisconnect(0x8e, { reasonString: 'taken' }), 5)).toMatchObject({
    cmd: 'disconnect',
    reasonCode: 0x8e,
  });
  const bytes = mqttPacket.generate(
    { cmd: 'disconnect', reasonCode: 4, properties: { sessionExpiryInterval: 9 } },
    { protocolVersion: 5 },
  );
  expect(decodeDisconnect(bytes, content(bytes), bytes.length, 5)).toEqual({ reason: 4, sessionExpiry: 9 });
});

test('any bytes are read or refused, never anything else', () => {
  const readers = [
    (bytes: Buffer, v: Version) => decodePublish(bytes, v === 4 ? 2 : 0, 0, bytes.length, v),
    (bytes: Buffer) => decodeConnect(bytes, 0, bytes.length),
    (bytes: Buffer, v: Version) => decodeSubscribe(bytes, 0, bytes.length, v),
    (bytes: Buffer, v: Version) => decodeUnsubscribe(bytes, 0, bytes.length, v),
    (bytes: Buffer, v: Version) => decodeAcknowledgement(bytes, 0, bytes.length, v),
    (bytes: Buffer, v: Version) => decodeDisconnect(bytes, 0, bytes.length, v),
  ];
  const connect = Buffer.from([0, 4, ...Buffer.from('MQTT'), 5]);
  fc.assert(
    fc.property(version, fc.uint8Array({ maxLength: 80 }), fc.boolean(), (v, bytes, prefixed) => {
      const buffer = prefixed ? Buffer.concat([connect, bytes]) : Buffer.from(bytes);
      for (const read of readers) {
        try {
          read(buffer, v);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }
    }),
    { numRuns: 5000, seed },
  );
});
