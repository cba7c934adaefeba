import { expect, test } from 'vitest';
import {
  connectPacket,
  connectPeer,
  openTestListener,
  ovenId,
  Peer,
  publishPacket,
  type TestListener,
} from './test-peer.ts';

const topic = `things/${ovenId}/properties`;

/** A store that commits when told. */
function heldStore(): {
  commit: () => Promise<void>;
  settle: (error?: Error) => void;
  readonly waiting: number;
} {
  const waiting: ((error?: Error) => void)[] = [];
  return {
    commit: () =>
      new Promise<void>((resolve, reject) =>
        waiting.push((error) => (error === undefined ? resolve() : reject(error))),
      ),
    settle: (error) => {
      for (const call of waiting.splice(0)) call(error);
    },
    get waiting() {
      return waiting.length;
    },
  };
}

async function withStore(
  run: (listener: TestListener, store: ReturnType<typeof heldStore>) => Promise<void>,
): Promise<void> {
  const store = heldStore();
  const listener = await openTestListener({ commit: store.commit });
  try {
    await run(listener, store);
  } finally {
    store.settle();
    await listener.close();
  }
}

test('nothing is acknowledged before the commit, and one client’s window is not the limit', () =>
  withStore(async (listener, store) => {
    const peer = await connectPeer(listener.port);
    for (let id = 1; id <= 1000; id++) {
      peer.send(publishPacket(topic, `{"pieces":${id}}`, { qos: id % 10 === 0 ? 2 : 1, messageId: id }));
    }
    await peer.settle();
    expect(peer.received).toEqual([]);
    let writes = 0;
    peer.socket.on('data', () => writes++);
    await listener.context.until(() => store.waiting > 0, 'a batch');
    while (peer.received.length < 1000) {
      store.settle();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(peer.received.map((packet) => packet.messageId)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i + 1),
    );
    expect(peer.received.filter((packet) => packet.cmd === 'pubrec')).toHaveLength(100);
    // Acknowledgements of one commit come together; bytes come in a few pieces of their own.
    expect(writes).toBeLessThan(50);
    expect(listener.context.samples).toHaveLength(1000);
    peer.destroy();
  }));

test('a commit that fails is never acknowledged: the connection ends, the sender sends again, nothing is lost or doubled', () =>
  withStore(async (listener, store) => {
    const first = await connectPeer(listener.port, { clientId: 'keeps', clean: false });
    first.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1 }));
    first.send(publishPacket(topic, '{"pieces":2}', { qos: 2, messageId: 2 }));
    await listener.context.until(() => store.waiting > 0, 'a batch');
    store.settle(new Error('no space left on device'));
    await first.end();
    expect(first.received).toEqual([]);
    const again = await connectPeer(listener.port, { clientId: 'keeps', clean: false });
    expect(again.present).toBe(true);
    again.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1, dup: true }));
    again.send(publishPacket(topic, '{"pieces":2}', { qos: 2, messageId: 2, dup: true }));
    await listener.context.until(() => {
      store.settle();
      return again.received.length === 2;
    }, 'both answers');
    await again.next('puback');
    await again.next('pubrec');
    expect(listener.context.samples.map((sample) => sample.value)).toEqual([1, 2]);
    again.destroy();
  }));

test('a sender of MQTT 5 is told that the store failed', () =>
  withStore(async (listener, store) => {
    const peer = await connectPeer(listener.port, { protocolVersion: 5 });
    peer.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1 }), 5);
    await listener.context.until(() => store.waiting > 0, 'a batch');
    store.settle(new Error('no space left on device'));
    expect((await peer.next('disconnect')).reasonCode).toBe(0x83);
    await peer.end();
  }));

test('what is sent again while its first commit is under way is taken once and answered after it', () =>
  withStore(async (listener, store) => {
    const first = await connectPeer(listener.port, { clientId: 'keeps', clean: false });
    first.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1 }));
    first.send(publishPacket(topic, '{"pieces":2}', { qos: 2, messageId: 2 }));
    await listener.context.until(() => store.waiting > 0, 'a batch');
    first.destroy();
    const again = await connectPeer(listener.port, { clientId: 'keeps', clean: false });
    again.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1, dup: true }));
    again.send(publishPacket(topic, '{"pieces":2}', { qos: 2, messageId: 2, dup: true }));
    await again.settle();
    expect(again.received).toEqual([]);
    await listener.context.until(() => store.waiting > 1, 'a second batch');
    store.settle();
    await again.next('puback');
    await again.next('pubrec');
    expect(listener.context.samples.map((sample) => sample.value)).toEqual([1, 2]);
    again.destroy();
  }));

test('a message is sent on when it is stored, and kept in order with what needs no store', () =>
  withStore(async (listener, store) => {
    const peer = await connectPeer(listener.port);
    peer.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: `things/${ovenId}/#`, qos: 0 }],
    });
    await peer.next('suback');
    peer.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1 }));
    peer.send(publishPacket(`things/${ovenId}/note`, 'n', { qos: 1, messageId: 2 }));
    await peer.settle();
    expect(peer.received).toEqual([]);
    await listener.context.until(() => store.waiting > 0, 'a batch');
    store.settle();
    await peer.until(() => peer.received.length >= 4, 'both messages and acknowledgements');
    const published = peer.received.filter((packet) => packet.cmd === 'publish');
    expect(published.map((packet) => packet.topic)).toEqual([topic, `things/${ovenId}/note`]);
    expect(
      peer.received.filter((packet) => packet.cmd === 'puback').map((packet) => packet.messageId),
    ).toEqual([1, 2]);
    peer.destroy();
  }));

test('while intake is behind nobody is read from, and everybody is afterwards', async () => {
  const listener = await openTestListener();
  const peer = await connectPeer(listener.port, { keepalive: 1 });
  peer.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1 }));
  await peer.next('puback');
  listener.context.setCongested(true);
  peer.send(publishPacket(topic, '{"pieces":2}', { qos: 1, messageId: 2 }));
  // Longer than its keep-alive allows: who is not read from is not called silent.
  await new Promise((resolve) => setTimeout(resolve, 2200));
  expect(peer.received).toEqual([]);
  expect(peer.closed).toBe(false);
  expect(listener.context.samples).toHaveLength(1);
  // Who comes new is let in, and waits like the others.
  const other = await connectPeer(listener.port, { clientId: 'other' });
  other.send(publishPacket(`things/${ovenId}/events/x`, '1', { qos: 1, messageId: 1 }));
  listener.context.setCongested(false);
  await other.next('puback');
  other.destroy();
  expect((await peer.next('puback')).messageId).toBe(2);
  expect(listener.context.samples).toHaveLength(2);
  peer.destroy();
  await listener.close();
});

test('a client that left is not answered, and its data is stored', () =>
  withStore(async (listener, store) => {
    const peer = new Peer(listener.port);
    peer.send(connectPacket());
    peer.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1 }));
    peer.send({ cmd: 'disconnect' });
    await peer.end();
    store.settle();
    await listener.context.until(() => listener.context.samples.length === 1, 'the sample');
  }));

test('closing acknowledges what was stored before it hangs up', () =>
  withStore(async (listener, store) => {
    const peer = await connectPeer(listener.port);
    peer.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1 }));
    await listener.context.until(() => store.waiting > 0, 'a batch');
    const closed = listener.session.close();
    peer.send(publishPacket(topic, '{"pieces":2}', { qos: 1, messageId: 2 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    store.settle();
    expect((await peer.next('puback')).messageId).toBe(1);
    await peer.end();
    await closed;
    expect(listener.context.samples).toHaveLength(1);
  }));
