import mqttClient from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectPeer, openTestListener, ovenId, publishPacket, type TestListener } from './test-peer.ts';

let listener: TestListener;
beforeEach(async () => {
  listener = await openTestListener();
});
afterEach(async () => {
  await listener.close();
});

test('a sample published with QoS 1 is stored before it is acknowledged', async () => {
  const client = await mqttClient.connectAsync(`mqtt://127.0.0.1:${listener.port}`, {
    username: 'oven',
    password: 'hot',
    reconnectPeriod: 0,
  });
  await client.publishAsync(`things/${ovenId}/properties`, '{"temperature": 21.5, "on": true}', { qos: 1 });
  expect(listener.context.samples).toMatchObject([
    { thing: ovenId, property: 'temperature', value: 21.5 },
    { thing: ovenId, property: 'on', value: true },
  ]);
  await client.publishAsync(`things/${ovenId}/properties`, '{"temperature": 22}', { qos: 2 });
  expect(listener.context.samples).toHaveLength(3);
  await client.endAsync();
});

test('raw peer', async () => {
  const peer = await connectPeer(listener.port);
  peer.send(publishPacket(`things/${ovenId}/properties`, '{"temperature": 1}', { qos: 1, messageId: 7 }));
  expect((await peer.next('puback')).messageId).toBe(7);
  peer.destroy();
});
