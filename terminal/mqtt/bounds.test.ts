import { connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { listenerLimits } from './listener-limits.ts';
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
afterEach(async () => {
  vi.restoreAllMocks();
  await listener?.close();
});

async function until(condition: () => boolean, what: string): Promise<void> {
  await listener.context.until(condition, what);
}

/** Moves the listener's monotonic clock on. */
function skip(milliseconds: number): void {
  const real = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => real() + milliseconds);
}

test('a half-open socket is closed when no CONNECT comes', async () => {
  listener = await openTestListener();
  const silent = new Peer(listener.port);
  const half = new Peer(listener.port);
  half.write([0x10, 0x20, 0x00]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  skip(listenerLimits.connectWaitMillisecondsMax + 1);
  await silent.end();
  await half.end();
  await until(() => (listener.context.counters['refused'] ?? 0) === 2, 'both counted');
});

test('more clients than sessionsMax are refused, and the first are served on', async () => {
  listener = await openTestListener({ settings: { sessionsMax: 2 } });
  const first = await connectPeer(listener.port, { clientId: 'a' });
  await connectPeer(listener.port, { clientId: 'b' });
  const third = new Peer(listener.port);
  third.send(connectPacket({ clientId: 'c' }));
  expect((await third.next('connack')).returnCode).toBe(3);
  await third.end();
  const over = await connectPeer(listener.port, { clientId: 'b' });
  await over.settle();
  await first.settle();
  await until(() => listener.context.counters['sessions'] === 2, 'the gauge');
});

test('one thing cannot have more than sessionsPerThingMax clients', async () => {
  listener = await openTestListener();
  const peers: Peer[] = [];
  for (let i = 0; i < listenerLimits.sessionsPerThingMax; i++) {
    peers.push(await connectPeer(listener.port, { clientId: `c${i}` }));
  }
  const more = new Peer(listener.port);
  more.send(connectPacket({ clientId: 'more' }));
  expect((await more.next('connack')).returnCode).toBe(3);
  await connectPeer(listener.port, { clientId: 'x', username: 'press', password: Buffer.from('flat') });
  // A session whose client is away makes room.
  peers[0]!.send({ cmd: 'disconnect' });
  await peers[0]!.end();
  await connectPeer(listener.port, { clientId: 'more' });
});

test('a client that does not read loses messages of QoS 0, and is disconnected when the others pile up', async () => {
  listener = await openTestListener();
  const slow = await connectPeer(listener.port, { clientId: 'slow' });
  slow.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `things/${ovenId}/#`, qos: 1 }] });
  await slow.next('suback');
  slow.socket.pause();
  const sender = await connectPeer(listener.port, { clientId: 'sender' });
  const payload = Buffer.alloc(200_000, 'x');
  for (let i = 0; i < 60; i++) sender.send(publishPacket(`things/${ovenId}/x`, payload));
  await sender.settle();
  await until(() => (listener.context.counters['deliveriesDropped'] ?? 0) > 0, 'a drop');
  let id = 0;
  while ((listener.context.counters['slowReaders'] ?? 0) === 0 && id < 500) {
    for (let i = 0; i < 20; i++) {
      id++;
      sender.send(publishPacket(`things/${ovenId}/x`, payload, { qos: 1, messageId: id }));
    }
    await sender.settle();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(listener.context.counters['slowReaders']).toBe(1);
  slow.socket.resume();
  await slow.end();
  await sender.settle();
});

test('a client that reads nothing for long is cut off even if it only gets QoS 0', async () => {
  listener = await openTestListener();
  const slow = await connectPeer(listener.port, { clientId: 'slow' });
  slow.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `things/${ovenId}/#`, qos: 0 }] });
  await slow.next('suback');
  slow.socket.pause();
  const sender = await connectPeer(listener.port, { clientId: 'sender' });
  for (let i = 0; i < 60; i++) sender.send(publishPacket(`things/${ovenId}/x`, Buffer.alloc(200_000, 'x')));
  await sender.settle();
  skip(31_000);
  await until(() => listener.context.counters['slowReaders'] === 1, 'the end');
});

test('a client that does not read its acknowledgements is not read from without bound', async () => {
  listener = await openTestListener();
  const peer = await connectPeer(listener.port);
  peer.socket.pause();
  const one = Buffer.concat(Array.from({ length: 1000 }, () => Buffer.concat([Buffer.from([0xc0, 0x00])])));
  // PINGREQ costs the sender two bytes and gives two: nobody may fill this side's memory with answers.
  let sent = 0;
  while (peer.socket.writableLength < 4_000_000 && sent < 100_000_000) {
    for (let i = 0; i < 500; i++) peer.socket.write(one);
    sent += 500 * one.length;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(peer.socket.writableLength).toBeGreaterThan(1_000_000);
  peer.destroy();
});

test('messages for a client that is away are kept up to queuedMessagesMax and then dropped and counted', async () => {
  listener = await openTestListener();
  const away = await connectPeer(listener.port, { clientId: 'away', clean: false });
  away.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `things/${ovenId}/#`, qos: 1 }] });
  await away.next('suback');
  away.send({ cmd: 'disconnect' });
  await away.end();
  const sender = await connectPeer(listener.port, { clientId: 'sender' });
  const total = listenerLimits.queuedMessagesMax + 500;
  for (let i = 1; i <= total; i++) {
    sender.send(publishPacket(`things/${ovenId}/x`, String(i), { qos: 1, messageId: i }));
  }
  await sender.until(() => sender.received.length === total, 'all acknowledged', 20_000);
  await until(() => listener.context.counters['deliveriesDropped'] === 500, 'the drops');
  const back = await connectPeer(listener.port, { clientId: 'away', clean: false });
  const got: string[] = [];
  while (got.length < listenerLimits.queuedMessagesMax) {
    const packet = await back.next('publish');
    got.push(packet.payload.toString());
    back.send({ cmd: 'puback', messageId: packet.messageId! });
  }
  expect(got[0]).toBe('1');
  expect(got.at(-1)).toBe(String(listenerLimits.queuedMessagesMax));
  await back.settle();
  expect(back.received).toEqual([]);
});

test('retained messages are bounded per thing, and a sender of MQTT 5 hears of it', async () => {
  listener = await openTestListener();
  const peer = await connectPeer(listener.port, { protocolVersion: 5 });
  for (let i = 0; i < listenerLimits.retainedPerThingMax; i++) {
    peer.send(publishPacket(`things/${ovenId}/r/${i}`, 'x', { retain: true }), 5);
  }
  await peer.settle(5);
  peer.send(publishPacket(`things/${ovenId}/r/more`, 'x', { retain: true, qos: 1, messageId: 1 }), 5);
  expect((await peer.next('puback')).reasonCode).toBe(0x97);
  peer.send(publishPacket(`things/${ovenId}/r/7`, 'y', { retain: true, qos: 1, messageId: 2 }), 5);
  expect((await peer.next('puback')).reasonCode).toBe(0);
});

test('subscriptions are bounded per session', async () => {
  listener = await openTestListener();
  const peer = await connectPeer(listener.port);
  const topics = Array.from({ length: listenerLimits.subscriptionsPerSessionMax + 1 }, (_, i) => ({
    topic: `things/${ovenId}/s/${i}`,
    qos: 0 as const,
  }));
  peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: topics });
  const { granted } = await peer.next('suback');
  expect(granted.at(-1)).toBe(0x80);
  expect(granted.at(-2)).toBe(0);
});

test('a flood of connections that say nothing does not keep others out for long', async () => {
  listener = await openTestListener({ settings: { sessionsMax: 5 } });
  const silent = Array.from({ length: 200 }, () => connect(listener.port, '127.0.0.1').on('error', () => {}));
  const peer = await connectPeer(listener.port);
  await peer.settle();
  for (const socket of silent) socket.destroy();
});

test('fifty publishers and a subscriber that all leave at once, under load: what brought another broker down', async () => {
  listener = await openTestListener();
  const subscriber = await connectPeer(listener.port, { clientId: 'subscriber' });
  subscriber.send({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: [{ topic: `things/${ovenId}/#`, qos: 1 }],
  });
  await subscriber.next('suback');
  const publishers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => connectPeer(listener.port, { clientId: `publisher-${i}` })),
  );
  for (const publisher of publishers) {
    for (let id = 1; id <= 300; id++) {
      publisher.send(publishPacket(`things/${ovenId}/properties`, '{"pieces":1}', { qos: 1, messageId: id }));
    }
  }
  await until(() => listener.context.samples.length > 1000, 'some samples');
  for (const [i, publisher] of publishers.entries()) {
    if (i % 2 === 0) publisher.destroy();
    else publisher.send({ cmd: 'disconnect' });
  }
  subscriber.destroy();
  const after = await connectPeer(listener.port, { clientId: 'after' });
  await after.settle();
  after.destroy();
});
