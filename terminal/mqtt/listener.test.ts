import { createServer } from 'node:net';
import { TerminalError } from '@millrace/sdk';
import mqttClient from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { mqtt } from './listener.ts';
import { testCertificate, testKey } from './test-certificate.ts';
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
  testCredentials,
} from './test-peer.ts';

const topic = `things/${ovenId}/properties`;
let listener: TestListener;
afterEach(async () => {
  await listener?.close();
});

test.each([4, 5] as const)('mqtt.js, version %s: QoS 0, 1 and 2 are stored', async (protocolVersion) => {
  listener = await openTestListener();
  const client = await mqttClient.connectAsync(`mqtt://127.0.0.1:${listener.port}`, {
    username: 'oven',
    password: 'hot',
    protocolVersion,
    reconnectPeriod: 0,
  });
  await client.publishAsync(topic, '{"temperature": 21.5, "on": true}', { qos: 1 });
  expect(listener.context.samples).toMatchObject([
    { thing: ovenId, property: 'temperature', value: 21.5 },
    { thing: ovenId, property: 'on', value: true },
  ]);
  await client.publishAsync(topic, '{"temperature": 22}', { qos: 2 });
  expect(listener.context.samples).toHaveLength(3);
  await client.publishAsync(topic, '{"temperature": 23}', { qos: 0 });
  await listener.context.until(() => listener.context.samples.length === 4, 'the last sample');
  await client.endAsync();
});

test('mqtt.js, version 5: the sender’s library raises what it was told', async () => {
  listener = await openTestListener();
  const client = await mqttClient.connectAsync(`mqtt://127.0.0.1:${listener.port}`, {
    username: 'oven',
    password: 'hot',
    protocolVersion: 5,
    reconnectPeriod: 0,
  });
  await expect(client.publishAsync(`things/${pressId}/properties`, '{}', { qos: 1 })).rejects.toThrow(
    'Not authorized',
  );
  await client.endAsync();
});

test('counters', async () => {
  listener = await openTestListener();
  const peer = await connectPeer(listener.port);
  peer.send(publishPacket(topic, '{"pieces":1}', { qos: 1, messageId: 1 }));
  await peer.next('puback');
  peer.send(publishPacket('other', '{"pieces":1}', { qos: 1, messageId: 1 }));
  await peer.next('puback');
  const wrong = new Peer(listener.port);
  wrong.send(connectPacket({ username: 'nobody' }));
  await wrong.end();
  const { counters } = listener.context;
  await listener.context.until(() => counters['refused'] === 1, 'the counters');
  expect(counters).toMatchObject({ sessions: 1, published: 2, acknowledged: 2, publishesRefused: 1 });
  peer.destroy();
  await listener.context.until(() => counters['sessions'] === 0, 'the gauge');
});

test('withdrawn credentials end their sessions at once, and only those', async () => {
  listener = await openTestListener();
  const one = await connectPeer(listener.port, { clientId: 'one' });
  const two = await connectPeer(listener.port, { clientId: 'two', username: 'oven2', protocolVersion: 5 });
  listener.context.withdraw('oven');
  await one.end();
  await two.settle(5);
  listener.context.withdraw('oven2');
  expect((await two.next('disconnect')).reasonCode).toBe(0x87);
  await two.end();
  const again = new Peer(listener.port);
  again.send(connectPacket());
  expect((await again.next('connack')).returnCode).toBe(4);
  await again.end();
});

test('a session kept for withdrawn credentials is gone with them', async () => {
  listener = await openTestListener();
  const one = await connectPeer(listener.port, { clientId: 'one', clean: false });
  one.send({ cmd: 'disconnect' });
  await one.end();
  listener.context.withdraw('oven');
  const two = await connectPeer(listener.port, { clientId: 'one', clean: false, username: 'oven2' });
  expect(two.present).toBe(false);
  two.destroy();
});

test('a thing that is removed takes its sessions along; one that changes keeps them', async () => {
  listener = await openTestListener();
  const oven = await connectPeer(listener.port);
  const press = await connectPeer(listener.port, { username: 'press', password: Buffer.from('flat') });
  listener.context.putThing(describeThing(ovenId, { properties: { humidity: { type: 'number' } } }));
  oven.send(publishPacket(topic, '{"humidity":40}', { qos: 1, messageId: 1 }));
  await oven.next('puback');
  expect(listener.context.samples).toMatchObject([{ property: 'humidity', value: 40 }]);
  listener.context.removeThing(ovenId);
  await oven.end();
  await press.settle();
  const again = new Peer(listener.port);
  again.send(connectPacket());
  expect((await again.next('connack')).returnCode).toBe(5);
  press.destroy();
});

test('a device that publishes topics of its own, as the forms of its thing say', async () => {
  const meter = describeThing('urn:test:meter', {
    properties: {
      power: {
        type: 'number',
        forms: [
          {
            href: 'mqtt:',
            'mqv:filter': 'shellies/+/status',
            'millrace:jsonPath': '$.emeters[0].power',
            'millrace:timePath': '$.unixtime',
            'millrace:timeUnit': 's',
          },
        ],
      },
      relay: { type: 'boolean', forms: [{ href: 'mqtt:', 'mqv:topic': 'shellies/a/relay' }] },
    },
  });
  listener = await openTestListener({
    things: [describeThing(ovenId), meter],
    credentials: { ...testCredentials, meter: { password: 'm', thing: meter.id } },
  });
  const peer = await connectPeer(listener.port, { username: 'meter', password: Buffer.from('m') });
  peer.send(
    publishPacket('shellies/a/status', '{"unixtime":1700000000,"emeters":[{"power":12.5}]}', {
      qos: 1,
      messageId: 1,
    }),
  );
  peer.send(publishPacket('shellies/a/relay', 'on', { qos: 1, messageId: 2 }));
  peer.send(publishPacket('shellies/a/other', 'on', { qos: 1, messageId: 3 }));
  for (let i = 0; i < 3; i++) await peer.next('puback');
  expect(listener.context.samples).toMatchObject([
    { property: 'power', value: 12.5, time: 1_700_000_000_000_000 },
    { property: 'relay', value: true },
  ]);
  expect(listener.context.rejections).toMatchObject([{ reason: 'denied', source: 'shellies/a/other' }]);
  // Nobody else may use them.
  const oven = await connectPeer(listener.port);
  oven.send({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: [
      { topic: 'shellies/a/relay', qos: 0 },
      { topic: '#', qos: 0 },
    ],
  });
  expect((await oven.next('suback')).granted).toEqual([0x80, 0x80]);
  oven.send(publishPacket('shellies/a/relay', 'off', { qos: 1, messageId: 1 }));
  await oven.next('puback');
  expect(listener.context.samples).toHaveLength(2);
  peer.destroy();
  oven.destroy();
});

test('actions: sent, answered, refused, timed out, nobody there', async () => {
  listener = await openTestListener();
  const { session } = listener;
  expect(session.reaches(ovenId)).toBe(false);
  await expect(session.invoke(ovenId, 'bake', 1)).rejects.toMatchObject({
    problem: { code: 'not-connected' },
  });
  const peer = await connectPeer(listener.port);
  // Written as a library that percent-encodes everything would.
  const own = `things/${encodeURIComponent(ovenId)}`;
  peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `${own}/actions/+`, qos: 1 }] });
  await peer.next('suback');
  expect(session.reaches(ovenId)).toBe(true);
  expect(session.reaches(pressId)).toBe(false);

  const answer = async (reply: (id: string) => object) => {
    const packet = await peer.next('publish');
    const { id } = JSON.parse(packet.payload.toString()) as { id: string };
    peer.send({ cmd: 'puback', messageId: packet.messageId! });
    peer.send(publishPacket(`${packet.topic}/result`, JSON.stringify(reply(id)), { qos: 1, messageId: 1 }));
    await peer.next('puback');
    return packet;
  };
  const confirmed = session.invoke(ovenId, 'bake/now', { minutes: 5 });
  const packet = await answer((id) => ({ id, state: 'confirmed', output: { done: true } }));
  expect(packet.topic).toBe(`${own}/actions/bake%2Fnow`);
  expect(JSON.parse(packet.payload.toString())).toMatchObject({ input: { minutes: 5 } });
  expect(await confirmed).toEqual({ state: 'confirmed', output: { done: true } });

  const refused = session.invoke(ovenId, 'bake', undefined);
  await answer((id) => ({ id, state: 'refused' }));
  expect(await refused).toEqual({ state: 'refused' });

  // The result of another thing, of nothing, and of no form at all.
  const press = await connectPeer(listener.port, { username: 'press', password: Buffer.from('flat') });
  const pending = session.invoke(ovenId, 'bake', undefined);
  const { id } = JSON.parse((await peer.next('publish')).payload.toString()) as { id: string };
  press.send(
    publishPacket(`things/${pressId}/actions/bake/result`, JSON.stringify({ id, state: 'confirmed' }), {
      qos: 1,
      messageId: 1,
    }),
  );
  await press.next('puback');
  peer.send(publishPacket(`${own}/actions/bake/result`, '{"state":"done"}', { qos: 1, messageId: 1 }));
  await peer.next('puback');
  expect(listener.context.rejections.map((rejection) => rejection.reason)).toEqual([
    'malformed',
    'malformed',
  ]);
  await expect(pending).rejects.toMatchObject({ problem: { code: 'action-timed-out' } });
  peer.destroy();
  press.destroy();
}, 15_000);

test('an action is not carried out later by a client that was away', async () => {
  listener = await openTestListener();
  const away = await connectPeer(listener.port, { clientId: 'away', clean: false });
  away.send({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: [{ topic: `things/${ovenId}/actions/+`, qos: 1 }],
  });
  await away.next('suback');
  const pending = listener.session.invoke(ovenId, 'start', undefined);
  pending.catch(() => {});
  await away.next('publish');
  away.destroy();
  await expect(pending).rejects.toBeInstanceOf(TerminalError);
  await expect(listener.session.invoke(ovenId, 'start', undefined)).rejects.toMatchObject({
    problem: { code: 'not-connected' },
  });
  const back = await connectPeer(listener.port, { clientId: 'away', clean: false });
  expect(back.present).toBe(true);
  await back.settle();
  expect(back.received).toEqual([]);
  back.destroy();
}, 15_000);

test('a port that is taken is said in one sentence', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) =>
    other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
  );
  listener = undefined as never;
  await expect(openTestListener({ settings: { port } })).rejects.toMatchObject({
    problem: { code: 'port-in-use', field: 'port', kind: 'unavailable' },
  });
  other.close();
});

test('settings are checked before anything is opened', () => {
  const check = (given: Record<string, string | boolean>) =>
    mqtt.check({ plain: true, ...given }).map((problem) => problem.field);
  expect(check({})).toEqual([]);
  expect(check({ certificate: 'x' })).toEqual(['key']);
  expect(check({ key: 'x' })).toEqual(['certificate']);
  expect(check({ certificate: 'x', key: 'y' })).toEqual(['certificate']);
  expect(check({ plain: false })).toEqual(['plain']);
});

test('TLS, with a certificate given; its own port, and none without TLS if so chosen', async () => {
  const given = { plain: false, certificate: testCertificate, key: testKey };
  expect(mqtt.check(given)).toEqual([]);
  listener = await openTestListener({ settings: { ...given, tlsPort: 0 } });
  expect(listener.session.port).toBeUndefined();
  const client = await mqttClient.connectAsync(`mqtts://127.0.0.1:${listener.session.tlsPort}`, {
    username: 'oven',
    password: 'hot',
    ca: testCertificate,
    reconnectPeriod: 0,
  });
  await client.publishAsync(topic, '{"pieces": 3}', { qos: 1 });
  expect(listener.context.samples).toHaveLength(1);
  // Bytes that are no TLS harm nobody.
  const plain = new Peer(listener.session.tlsPort!);
  plain.send(connectPacket());
  await plain.end();
  await client.publishAsync(topic, '{"pieces": 4}', { qos: 1 });
  await client.endAsync();
});

test('closing tells those who can hear it, and publishes no wills', async () => {
  listener = await openTestListener();
  const peer = await connectPeer(listener.port, {
    protocolVersion: 5,
    will: { topic, payload: Buffer.from('{"pieces":9}'), qos: 1, retain: false },
  });
  await listener.close();
  expect((await peer.next('disconnect')).reasonCode).toBe(0x8b);
  await peer.end();
  expect(listener.context.samples).toEqual([]);
});

test('the test of the settings says whether the port can be had', async () => {
  listener = await openTestListener();
  const { clock, log, signal, folder, settings } = listener.context;
  const probe = { clock, log, signal, folder, protocolFolder: folder };
  expect((await mqtt.test({ ...probe, settings })).ok).toBe(true);
  const taken = await mqtt.test({ ...probe, settings: { ...settings, port: listener.port } });
  expect(taken).toMatchObject({ ok: false, problem: { code: 'port-in-use' } });
});
