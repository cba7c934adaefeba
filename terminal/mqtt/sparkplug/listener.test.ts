import { status } from '@millrace/contract';
import { TestContext } from '@millrace/sdk/testing';
import mqtt from 'mqtt';
import { newClient } from 'sparkplug-client';
import { afterEach, expect, test } from 'vitest';
import { mqttClient } from '../client/index.ts';
import { describeThing, openTestListener } from '../test-peer.ts';

/** The engine in the listener: an edge node of the Eclipse Tahu library with the credentials of a thing. */

const endings: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function listener() {
  const opened = await openTestListener({
    things: [
      describeThing('gateway', {
        properties: { Uptime: { type: 'integer' }, 'arm/Speed': { type: 'number' } },
      }),
    ],
    credentials: { gateway: { password: 'secret', thing: 'gateway' } },
  });
  endings.push(() => opened.close());
  return opened;
}

test('a gateway is born, feeds its own thing and those proposed, answers a rebirth request, and leaves stale values when it is cut off', async () => {
  const { context, port } = await listener();
  const node = newClient({
    serverUrl: `mqtt://127.0.0.1:${port}`,
    username: 'gateway',
    password: 'secret',
    groupId: 'Plant',
    edgeNode: 'Cell',
    clientId: 'tahu',
    version: 'spBv1.0',
  });
  node.on('error', () => {});
  endings.push(() => node.stop());
  let births = 0;
  const birth = (): void => {
    births++;
    node.publishNodeBirth({
      timestamp: Date.now(),
      metrics: [
        { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
        { name: 'Uptime', type: 'Int32', value: births },
      ],
    });
    node.publishDeviceBirth('arm', {
      timestamp: Date.now(),
      metrics: [
        { name: 'Speed', type: 'Float', value: 21.6 },
        { name: 'Torque', type: 'Float', value: 0.25 },
      ],
    });
  };
  node.on('birth', birth);
  node.on('ncmd', birth);
  await context.until(() => context.proposals.length === 1, 'the device’s proposal');
  expect(context.proposals[0]).toMatchObject({ description: { id: 'urn:sparkplug:Plant:Cell:arm' } });
  context.putThing(context.proposals[0]!.description);
  await context.until(() => context.samples.length === 2, 'values of the birth');
  expect(context.samples.map(({ property, value }) => [property, value])).toEqual([
    ['Uptime', 1],
    ['arm/Speed', 21.6],
  ]);

  node.publishDeviceData('arm', {
    timestamp: Date.now(),
    metrics: [{ name: 'Unheard', type: 'Int32', value: 1 }],
  });
  await context.until(() => births === 2, 'the rebirth');
  await context.until(() => context.samples.length === 6, 'values of the rebirth');
  expect(context.samples.slice(2).map(({ thing, property, value }) => [thing, property, value])).toEqual([
    ['gateway', 'Uptime', 2],
    ['urn:sparkplug:Plant:Cell:arm', 'Speed', 21.6],
    ['gateway', 'arm/Speed', 21.6],
    ['urn:sparkplug:Plant:Cell:arm', 'Torque', 0.25],
  ]);

  // No word of parting: the broker publishes the will.
  (node as unknown as { client: { stream: { destroy(): void } } }).client.stream.destroy();
  await context.until(
    () => context.samples.some((sample) => sample.status === status.badNotConnected),
    'stale values',
  );
  const stale = context.samples.filter((sample) => sample.status === status.badNotConnected);
  expect(stale.map(({ thing, property }) => `${thing} ${property}`).sort()).toEqual([
    'gateway Uptime',
    'gateway arm/Speed',
    'urn:sparkplug:Plant:Cell:arm Speed',
    'urn:sparkplug:Plant:Cell:arm Torque',
  ]);
});

test('edge nodes that wait for a primary host find it online', async () => {
  const { port } = await listener();
  const node = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    username: 'gateway',
    password: 'secret',
  });
  endings.push(() => node.endAsync(true));
  const state = new Promise<unknown>((resolve) =>
    node.on('message', (_, payload) => resolve(JSON.parse(payload.toString()))),
  );
  await node.subscribeAsync('spBv1.0/STATE/millrace', { qos: 1 });
  expect(await state).toMatchObject({ online: true, timestamp: expect.any(Number) });
});

test('our client at our listener: MQTT 5 from end to end', async () => {
  const { port } = await listener();
  const context = new TestContext(mqttClient, {
    settings: { host: '127.0.0.1', port, username: 'gateway', password: 'secret' },
    things: [describeThing('gateway', { properties: { Uptime: { type: 'integer' } } })],
  });
  const session = await mqttClient.open(context);
  endings.push(() => session.close());
  expect(context.counters['mqttVersion']).toBe(5);
  expect(context.reports.at(-1)).toMatchObject({ state: 'connected' });
  const device = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    username: 'gateway',
    password: 'secret',
  });
  endings.push(() => device.endAsync(true));
  await device.publishAsync('things/gateway/properties', '{"Uptime": 5}', { qos: 1 });
  await context.until(() => context.samples.length === 1, 'a sample');
  expect(context.samples).toMatchObject([{ thing: 'gateway', property: 'Uptime', value: 5 }]);
});
