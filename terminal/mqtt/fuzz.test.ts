/** Bytes nobody should send: nothing throws into the event loop, and a well-behaved client next to it is served throughout. */
import fc from 'fast-check';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  connectPacket,
  connectPeer,
  openTestListener,
  ovenId,
  Peer,
  publishPacket,
  type TestListener,
} from './test-peer.ts';

let listener: TestListener;
let witness: Peer;
let witnessed = 0;
const seed = 20_220_501;
const unhandled: unknown[] = [];
const logged: string[] = [];
const remember = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  process.on('uncaughtException', remember);
  process.on('unhandledRejection', remember);
  listener = await openTestListener();
  (listener.context as { log: unknown }).log = {
    info: () => {},
    warn: () => {},
    error: (message: string, facts: unknown) => logged.push(`${message} ${JSON.stringify(facts)}`),
  };
  witness = await connectPeer(listener.port, { clientId: 'witness' });
});
afterAll(async () => {
  witness.destroy();
  await listener.close();
  process.off('uncaughtException', remember);
  process.off('unhandledRejection', remember);
});

async function survives(): Promise<void> {
  witnessed++;
  witness.send(publishPacket(`things/${ovenId}/events/alive`, String(witnessed), { qos: 1, messageId: 1 }));
  await witness.next('puback');
  expect(unhandled).toEqual([]);
  // A packet that made our own code throw is caught, but it is still a mistake of ours.
  expect(logged).toEqual([]);
}

async function feed(port: number, pieces: readonly Buffer[], connected: boolean): Promise<void> {
  const peer = connected
    ? await connectPeer(port, { clientId: 'fuzz', clean: pieces.length % 2 === 0 })
    : new Peer(port);
  peer.socket.removeAllListeners('data');
  peer.socket.resume();
  for (const piece of pieces) {
    peer.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  peer.destroy();
}

const base: readonly Packet[] = [
  connectPacket({
    will: { topic: `things/${ovenId}/will`, payload: Buffer.from('w'), qos: 1, retain: true },
  }),
  connectPacket({ protocolVersion: 5, properties: { sessionExpiryInterval: 5, receiveMaximum: 3 } }),
  publishPacket(`things/${ovenId}/properties`, '{"temperature": 1, "on": true}', { qos: 1, messageId: 3 }),
  publishPacket(`things/${ovenId}/properties`, '[{"time": 1, "values": {"pieces": 1}}]', {
    qos: 2,
    messageId: 4,
  }),
  publishPacket(`things/${ovenId}/events/x`, '{"time": 1, "data": [1]}', { qos: 0, retain: true }),
  publishPacket(`things/${ovenId}/actions/x/result`, '{"id": "1", "state": "confirmed"}'),
  publishPacket('spBv1.0/G/NBIRTH/N', Buffer.from([0x18, 0x00, 0x12, 0x02, 0x0a, 0x00])),
  { cmd: 'subscribe', messageId: 5, subscriptions: [{ topic: `things/${ovenId}/#`, qos: 2 }] },
  { cmd: 'unsubscribe', messageId: 6, unsubscriptions: [`things/${ovenId}/#`] },
  { cmd: 'puback', messageId: 1 },
  { cmd: 'pubrec', messageId: 1 },
  { cmd: 'pubrel', messageId: 4 },
  { cmd: 'pubcomp', messageId: 1 },
  { cmd: 'pingreq' },
  { cmd: 'disconnect' },
];
const encoded = base.flatMap((packet) =>
  ([4, 5] as const).map((protocolVersion) =>
    mqttPacket.generate({ ...packet } as Packet, { protocolVersion }),
  ),
);

const mutation = fc.record({
  packets: fc.array(fc.nat(encoded.length - 1), { minLength: 1, maxLength: 8 }),
  flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
  cuts: fc.array(fc.nat(), { maxLength: 4 }),
  connected: fc.boolean(),
});

test('random bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }),
      fc.boolean(),
      async (pieces, connected) => {
        await feed(
          listener.port,
          pieces.map((piece) => Buffer.from(piece)),
          connected,
        );
        await survives();
      },
    ),
    { numRuns: 300, seed },
  );
}, 120_000);

test('packets with bytes changed, cut anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(mutation, async ({ packets, flips, cuts, connected }) => {
      const bytes = Buffer.concat(packets.map((index) => encoded[index]!));
      for (const [at, value] of flips) bytes[at % bytes.length] = value;
      const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort(
        (a, b) => a - b,
      );
      const pieces = places.slice(1).map((end, i) => Buffer.from(bytes.subarray(places[i], end)));
      await feed(listener.port, pieces, connected);
      await survives();
    }),
    { numRuns: 700, seed },
  );
}, 120_000);

test('payloads of any kind on topics that are read', async () => {
  const peer = await connectPeer(listener.port, { clientId: 'payloads' });
  const topics = [
    `things/${ovenId}/properties`,
    `things/${ovenId}/events/x`,
    `things/${ovenId}/actions/x/result`,
    'spBv1.0/G/NBIRTH/F',
    'spBv1.0/G/DDATA/F/D',
  ];
  let id = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(topics.length - 1),
      fc.oneof(
        fc.json().map((text) => Buffer.from(text)),
        fc.string().map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        fc
          .record({ time: fc.jsonValue(), values: fc.jsonValue() })
          .map((json) => Buffer.from(JSON.stringify(json))),
        fc
          .record({ time: fc.jsonValue(), data: fc.jsonValue() })
          .map((json) => Buffer.from(JSON.stringify(json))),
      ),
      async (topic, payload) => {
        id = (id % 65_535) + 1;
        peer.send(publishPacket(topics[topic]!, payload, { qos: 1, messageId: id }));
        expect((await peer.next('puback')).messageId).toBe(id);
      },
    ),
    { numRuns: 1500, seed },
  );
  peer.destroy();
  await survives();
}, 120_000);

test('any way of cutting gives the same packets', async () => {
  const bytes = Buffer.concat([
    mqttPacket.generate(connectPacket({ clientId: 'cut' })),
    ...Array.from({ length: 20 }, (_, i) =>
      mqttPacket.generate(
        publishPacket(`things/${ovenId}/events/cut`, `"${'x'.repeat(i * 37)}"`, { qos: 1, messageId: i + 1 }),
      ),
    ),
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length - 1), { maxLength: 30 }), async (cuts) => {
      const before = listener.context.events.length;
      const peer = new Peer(listener.port);
      const places = [...new Set([0, ...cuts, bytes.length])].sort((a, b) => a - b);
      for (let i = 1; i < places.length; i++) {
        peer.write(bytes.subarray(places[i - 1], places[i]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await peer.next('connack');
      for (let id = 1; id <= 20; id++) expect((await peer.next('puback')).messageId).toBe(id);
      const sizes = listener.context.events.slice(before).map((event) => event.data.length);
      expect(sizes).toEqual(Array.from({ length: 20 }, (_, i) => i * 37 + 2));
      peer.destroy();
    }),
    { numRuns: 60, seed },
  );
  await survives();
}, 120_000);
