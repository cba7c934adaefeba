import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { qualityClass, status, type ThingDescription } from '@millrace/contract';
import sparkplugPayload from 'sparkplug-payload';
import { afterEach, expect, test } from 'vitest';
import {
  connectPacket,
  connectPeer,
  describeThing,
  openTestListener,
  ovenId,
  Peer,
  pressId,
  publishPacket,
  type TestListener,
} from './test-peer.ts';

let listener: TestListener;
afterEach(async () => {
  await listener?.close();
});
const press = { username: 'press', password: Buffer.from('flat') };
const declares = (id: string, topic: string): ThingDescription =>
  describeThing(id, {
    properties: { x: { type: 'number', forms: [{ href: 'mqtt:', 'mqv:topic': topic }] } },
  });

async function subscribe(peer: Peer, ...topics: string[]): Promise<number[]> {
  peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: topics.map((topic) => ({ topic, qos: 0 })) });
  for (;;) {
    await peer.until(() => peer.received.some((packet) => packet.cmd === 'suback'), 'suback');
    const at = peer.received.findIndex((packet) => packet.cmd === 'suback');
    const [packet] = peer.received.splice(at, 1);
    if (packet?.cmd === 'suback') return packet.granted as number[];
  }
}

async function refusals(): Promise<string[]> {
  await new Promise((resolve) => setTimeout(resolve, 30));
  return listener.context.rejections
    .filter((rejection) => rejection.reason === 'denied')
    .map((rejection) => rejection.source);
}

test('the first credentials that use an edge node have it, in a will, a subscription or a message', async () => {
  listener = await openTestListener();
  const oven = await connectPeer(listener.port, {
    will: { topic: 'spBv1.0/G/NDEATH/willed', payload: Buffer.from(''), qos: 1, retain: false },
  });
  expect(await subscribe(oven, 'spBv1.0/G/NCMD/subscribed/#', 'spBv1.0/G/DCMD/subscribed/#')).toEqual([0, 0]);
  oven.send(publishPacket('spBv1.0/G/NBIRTH/published', ''));
  await oven.settle();
  const other = await connectPeer(listener.port, press);
  expect(
    await subscribe(other, 'spBv1.0/G/NCMD/subscribed', 'spBv1.0/G/NCMD/willed', 'spBv1.0/G/+/published/#'),
  ).toEqual([0x80, 0x80, 0x80]);
  for (const node of ['willed', 'subscribed', 'published']) {
    other.send(publishPacket(`spBv1.0/G/NDATA/${node}`, ''));
  }
  await other.settle();
  expect(await refusals()).toEqual([
    'spBv1.0/G/NDATA/willed',
    'spBv1.0/G/NDATA/subscribed',
    'spBv1.0/G/NDATA/published',
  ]);
  const willing = new Peer(listener.port);
  willing.send(
    connectPacket({
      ...press,
      clientId: 'w',
      will: { topic: 'spBv1.0/G/NDEATH/willed', payload: Buffer.from(''), qos: 1, retain: false },
    }),
  );
  expect((await willing.next('connack')).returnCode).toBe(5);
  oven.destroy();
  other.destroy();
});

test('what hosts say is not for terminals to say, and groups are not for terminals to hear', async () => {
  listener = await openTestListener();
  const oven = await connectPeer(listener.port);
  for (const topic of [
    'spBv1.0/STATE/millrace',
    'spBv1.0/G/NCMD/n',
    'spBv1.0/G/DCMD/n/d',
    'spBv1.0/G/NDATA',
  ]) {
    oven.send(publishPacket(topic, '{}', { retain: true }));
  }
  await oven.settle();
  expect(await refusals()).toEqual(['spBv1.0/STATE/millrace', 'spBv1.0/G/NCMD/n', 'spBv1.0/G/DCMD/n/d']);
  expect(
    await subscribe(
      oven,
      'spBv1.0/STATE/#',
      'spBv1.0/STATE/millrace',
      'spBv1.0/#',
      'spBv1.0/G/#',
      'spBv1.0/+/NCMD/n',
      'spBv1.0/G/NCMD/+',
      'spBv1.0/G/NCMD/n',
    ),
  ).toEqual([0, 0, 0x80, 0x80, 0x80, 0x80, 0]);
  oven.destroy();
});

test('STATE is there for everybody, retained; it is not the one a terminal tried to write', async () => {
  listener = await openTestListener();
  const oven = await connectPeer(listener.port);
  oven.send(publishPacket('spBv1.0/STATE/millrace', '{"online":false}', { retain: true }));
  expect(await subscribe(oven, 'spBv1.0/STATE/millrace')).toEqual([0]);
  const state = await oven.next('publish');
  expect(state).toMatchObject({ topic: 'spBv1.0/STATE/millrace', retain: true });
  expect(JSON.parse(state.payload.toString())).toMatchObject({ online: true });
  await listener.close();
  const last = await oven.next('publish');
  expect(JSON.parse(last.payload.toString())).toMatchObject({ online: false });
});

test('messages reach the host application, whose rebirth request reaches the edge node', async () => {
  listener = await openTestListener();
  const node = await connectPeer(listener.port);
  expect(await subscribe(node, 'spBv1.0/G/NCMD/N/#')).toEqual([0]);
  // Data of a node never born: the host has to ask who it is. An empty payload with sequence number 0.
  node.send(publishPacket('spBv1.0/G/NDATA/N', Buffer.from([0x18, 0x00])));
  const command = await node.next('publish');
  expect(command.topic).toBe('spBv1.0/G/NCMD/N');
  expect(command.payload.toString('latin1')).toContain('Node Control/Rebirth');
  node.destroy();
});

test('a birth is stored, and the will of a node that drops marks its values as not connected', async () => {
  const form = {
    href: 'mqtt:',
    'mqv:topic': 'spBv1.0/G/NDATA/N',
    'millrace:metric': 'load',
    'millrace:datatype': 'Double',
  };
  listener = await openTestListener({
    things: [describeThing(ovenId, { properties: { load: { type: 'number', forms: [form] } } })],
  });
  const payloads = sparkplugPayload.get('spBv1.0')!;
  const bdSeq = { name: 'bdSeq', type: 'UInt64' as const, value: 0 };
  const death = Buffer.from(payloads.encodePayload({ timestamp: Date.now(), metrics: [bdSeq] }));
  const node = await connectPeer(listener.port, {
    will: { topic: 'spBv1.0/G/NDEATH/N', payload: death, qos: 1, retain: false },
  });
  expect(await subscribe(node, 'spBv1.0/G/NCMD/N/#')).toEqual([0]);
  const birth = payloads.encodePayload({
    timestamp: Date.now(),
    seq: 0,
    metrics: [
      bdSeq,
      { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
      { name: 'load', type: 'Double', value: 12.5 },
    ],
  });
  node.send(publishPacket('spBv1.0/G/NBIRTH/N', Buffer.from(birth), { qos: 1, messageId: 1 }));
  await node.next('puback');
  expect(listener.context.samples).toMatchObject([
    { thing: ovenId, property: 'load', value: 12.5, status: status.good },
  ]);
  node.destroy();
  await listener.context.until(() => listener.context.samples.length === 2, 'the death');
  expect(qualityClass(listener.context.samples[1]!.status)).toBe('bad');
});

test('a declaration is a reservation; a thing made from a birth reserves nothing', async () => {
  listener = await openTestListener({
    things: [
      describeThing(ovenId),
      declares(pressId, 'spBv1.0/G/NDATA/reserved'),
      declares('urn:sparkplug:G:born', 'spBv1.0/G/NDATA/born'),
    ],
  });
  const oven = await connectPeer(listener.port);
  oven.send(publishPacket('spBv1.0/G/NBIRTH/reserved', ''));
  oven.send(publishPacket('spBv1.0/G/NBIRTH/born', ''));
  await oven.settle();
  expect(await refusals()).toEqual(['spBv1.0/G/NBIRTH/reserved']);
  const other = await connectPeer(listener.port, press);
  expect(await subscribe(other, 'spBv1.0/G/NCMD/reserved')).toEqual([0]);
  oven.destroy();
  other.destroy();
});

test('an edge node passes to the thing that comes to declare it, and the other one loses it at once', async () => {
  listener = await openTestListener();
  const oven = await connectPeer(listener.port);
  oven.send(publishPacket('spBv1.0/G/NBIRTH/n', ''));
  await oven.settle();
  listener.context.putThing(declares(pressId, 'spBv1.0/G/NDATA/n'));
  const other = await connectPeer(listener.port, press);
  other.send(publishPacket('spBv1.0/G/NBIRTH/n', ''));
  await other.settle();
  oven.send(publishPacket('spBv1.0/G/NBIRTH/n', ''));
  await oven.settle();
  expect(await refusals()).toEqual(['spBv1.0/G/NBIRTH/n']);
  expect(listener.context.rejections[0]!.thing).toBe(ovenId);
  oven.destroy();
  other.destroy();
});

test('claims outlive a restart, and end with the thing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  listener = await openTestListener({ folder });
  const oven = await connectPeer(listener.port);
  oven.send(publishPacket('spBv1.0/G/NBIRTH/n', ''));
  await oven.settle();
  await listener.close();
  listener = await openTestListener({ folder });
  const other = await connectPeer(listener.port, press);
  expect(await subscribe(other, 'spBv1.0/G/NCMD/n')).toEqual([0x80]);
  listener.context.removeThing(ovenId);
  expect(await subscribe(other, 'spBv1.0/G/NCMD/n')).toEqual([0]);
  other.destroy();
});

test('Sparkplug can be switched off', async () => {
  listener = await openTestListener({ settings: { sparkplug: false } });
  const oven = await connectPeer(listener.port);
  oven.send(publishPacket('spBv1.0/G/NBIRTH/n', '', { qos: 1, messageId: 1 }));
  await oven.next('puback');
  await listener.context.until(() => listener.context.rejections.length === 1, 'the rejection');
  expect(listener.context.rejections).toMatchObject([{ reason: 'unsupported' }]);
  oven.destroy();
});
