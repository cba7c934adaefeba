import { status } from '@millrace/contract';
import { TestContext } from '@millrace/sdk/testing';
import type { IConnectPacket, IPublishPacket, Packet } from 'mqtt-packet';
import { newClient } from 'sparkplug-client';
import { afterEach, describe, expect, test } from 'vitest';
import { mqttClient } from './index.ts';
import { ForeignBroker } from './test-broker.ts';
import { RecordingProxy } from './test-proxy.ts';

/** The statements of Sparkplug 3.0 about a host application's MQTT session, read from what goes over the wire. */

const endings: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function setUp(settings: Record<string, string | number | boolean> = {}) {
  const broker = await ForeignBroker.start();
  endings.push(() => broker.stop());
  const proxy = await RecordingProxy.start(broker.port);
  endings.push(() => proxy.stop());
  const context = new TestContext(mqttClient, {
    settings: {
      host: '127.0.0.1',
      port: proxy.port,
      sparkplug: true,
      sparkplugHostId: 'Host A',
      version: '3.1.1',
      ...settings,
    },
  });
  const before = Date.now();
  const session = await mqttClient.open(context);
  endings.push(() => session.close());
  /** What the session with the will sent, which is the host application's. */
  const sent = async (count: number): Promise<Packet[]> => {
    const own = () => {
      const connection = proxy.packets.find(
        ({ packet }) => packet.cmd === 'connect' && packet.will !== undefined,
      )?.connection;
      return proxy.packets.filter((one) => one.connection === connection).map(({ packet }) => packet);
    };
    await context.until(() => own().length >= count, `${count} packets`);
    return own();
  };
  return { broker, proxy, context, session, sent, before };
}

const json = (payload: string | Buffer): unknown => JSON.parse(payload.toString());

describe('the session', () => {
  test('tck-id-message-flow-phid-sparkplug-clean-session-311: a host connects with a clean session', async () => {
    const { sent } = await setUp();
    expect((await sent(1))[0]).toMatchObject({ cmd: 'connect', protocolVersion: 4, clean: true });
  });

  test.each([
    'tck-id-operational-behavior-host-application-connect-will: CONNECT carries a will',
    'tck-id-operational-behavior-host-application-connect-will-topic: on spBv1.0/STATE/<host id>',
    'tck-id-operational-behavior-host-application-connect-will-qos: of QoS 1',
    'tck-id-operational-behavior-host-application-connect-will-retained: retained',
    'tck-id-host-topic-phid-death-payload-timestamp-connect: with the time of connecting',
  ])('%s', async () => {
    const { sent, before } = await setUp();
    const { will } = (await sent(1))[0] as IConnectPacket;
    expect(will).toMatchObject({ topic: 'spBv1.0/STATE/Host A', qos: 1, retain: true });
    const { online, timestamp } = json(will!.payload) as { online: boolean; timestamp: number };
    expect(online).toBe(false);
    expect(timestamp).toBeGreaterThanOrEqual(before - 1);
    expect(timestamp).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    'tck-id-message-flow-phid-sparkplug-subscription: subscriptions come right after CONNECT and before STATE',
    'tck-id-message-flow-phid-sparkplug-state-publish: STATE comes once they stand',
    'tck-id-host-topic-phid-birth-sub-required: both subscriptions',
    'tck-id-payloads-state-subscribe: its own STATE among them',
    'tck-id-host-topic-phid-birth-message: STATE is the first message',
    'tck-id-message-flow-phid-sparkplug-state-publish-payload-timestamp: with the timestamp of the will',
  ])('%s', async () => {
    const { sent } = await setUp();
    const [connect, subscribe, publish] = await sent(3);
    expect(subscribe).toMatchObject({
      cmd: 'subscribe',
      subscriptions: [{ topic: 'spBv1.0/#' }, { topic: 'spBv1.0/STATE/Host A', qos: 1 }],
    });
    expect(publish).toMatchObject({ cmd: 'publish', topic: 'spBv1.0/STATE/Host A', qos: 1, retain: true });
    const { timestamp } = json((connect as IConnectPacket).will!.payload) as { timestamp: number };
    expect(json((publish as IPublishPacket).payload)).toEqual({ online: true, timestamp });
  });

  test.each([
    'tck-id-operational-behavior-host-application-termination: leaving on purpose, it publishes its death first',
    'tck-id-operational-behavior-host-application-disconnect-intentional: and then disconnects',
    'tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean: with the time of leaving',
  ])('%s', async () => {
    const { sent, session } = await setUp();
    await sent(3);
    const leaving = Date.now();
    await session.close();
    const packets = await sent(5);
    const [death, disconnect] = packets.slice(-2);
    expect(disconnect).toMatchObject({ cmd: 'disconnect' });
    expect(death).toMatchObject({ cmd: 'publish', topic: 'spBv1.0/STATE/Host A', qos: 1, retain: true });
    const { online, timestamp } = json((death as IPublishPacket).payload) as {
      online: boolean;
      timestamp: number;
    };
    expect(online).toBe(false);
    expect(timestamp).toBeGreaterThanOrEqual(leaving - 1);
  });

  test('tck-id-message-flow-hid-sparkplug-state-message-delivered: told that it is offline, it says that it is not', async () => {
    const { sent, broker, context } = await setUp();
    await sent(3);
    broker.aedes.publish(
      {
        cmd: 'publish',
        topic: 'spBv1.0/STATE/Host A',
        payload: Buffer.from('{"online":false,"timestamp":5}'),
        qos: 1,
        retain: true,
        dup: false,
      },
      () => {},
    );
    await context.until(() => context.counters['stateReasserted'] !== undefined, 'the answer');
    const publishes = (await sent(5)).filter((packet) => packet.cmd === 'publish');
    expect(publishes.length).toBeGreaterThanOrEqual(2);
    expect(json(publishes.at(-1)!.payload)).toEqual(json(publishes[0]!.payload));
  });
});

describe('an edge node of the Eclipse Tahu library on the same broker', () => {
  const uptime = (value: number) => ({ name: 'Uptime', type: 'Int32' as const, value });

  function edgeNode(port: number, bdSeqDeath = true) {
    const node = newClient({
      serverUrl: `mqtt://127.0.0.1:${port}`,
      username: '',
      password: '',
      groupId: 'Plant',
      edgeNode: 'Cell',
      clientId: 'tahu',
      version: 'spBv1.0',
      publishDeath: bdSeqDeath,
    });
    node.on('error', () => {});
    endings.push(() => node.stop());
    return node;
  }

  test('is born, proposes things, is born again on request, sends data, compressed or not, and dies', async () => {
    const { broker, context } = await setUp();
    const node = edgeNode(broker.port);
    let births = 0;
    node.on('birth', () => {
      births++;
      node.publishNodeBirth({
        timestamp: Date.now(),
        metrics: [{ name: 'Node Control/Rebirth', type: 'Boolean', value: false }, uptime(-5)],
      });
      node.publishDeviceBirth(
        'arm',
        {
          timestamp: Date.now(),
          metrics: [
            {
              name: 'Speed',
              type: 'Double',
              value: 1.5,
              properties: { engUnit: { type: 'String', value: 'rpm' } },
            },
          ],
        },
        { compress: true, algorithm: 'GZIP' },
      );
    });
    node.on('ncmd', (payload) => {
      if (payload.metrics?.some(({ name, value }) => name === 'Node Control/Rebirth' && value === true))
        node.emit('birth');
    });
    await context.until(() => context.proposals.length === 2, 'two proposals');
    expect(context.proposals.map(({ description }) => description.id)).toEqual([
      'urn:sparkplug:Plant:Cell',
      'urn:sparkplug:Plant:Cell:arm',
    ]);
    for (const { description } of context.proposals) context.putThing(description);
    node.publishDeviceData(
      'arm',
      { timestamp: Date.now(), metrics: [{ name: 'Speed', type: 'Double', value: 2.5 }] },
      { compress: true, algorithm: 'DEFLATE' },
    );
    node.publishNodeData({ timestamp: Date.now(), metrics: [uptime(-4)] });
    await context.until(() => context.samples.length === 2, 'two samples');
    expect(context.samples.map(({ thing, property, value }) => [thing, property, value])).toEqual([
      ['urn:sparkplug:Plant:Cell:arm', 'Speed', 2.5],
      ['urn:sparkplug:Plant:Cell', 'Uptime', -4],
    ]);

    // A metric that no birth named: the host asks, the node answers.
    node.publishNodeData({ timestamp: Date.now(), metrics: [{ name: 'New', type: 'Int32', value: 1 }] });
    await context.until(() => births === 2, 'a second birth');
    await context.until(() => context.counters['births'] === 4, 'births taken');
    expect(context.counters['rebirthRequests']).toBe(1);

    node.stop();
    await context.until(() => context.counters['deaths'] === 1, 'the death');
    await context.until(() => context.samples.at(-1)?.status === status.badNotConnected, 'stale values');
    expect(context.counters['sequenceGaps'] ?? 0).toBe(0);
    expect(context.rejections).toEqual([]);
  });

  test('leaves stale values when the connection to the broker is lost', async () => {
    const { broker, proxy, context, session } = await setUp();
    const node = edgeNode(broker.port);
    node.on('birth', () => node.publishNodeBirth({ timestamp: Date.now(), metrics: [uptime(1)] }));
    await context.until(() => context.proposals.length === 1, 'a proposal');
    context.putThing(context.proposals[0]!.description);
    node.publishNodeData({ timestamp: Date.now(), metrics: [uptime(2)] });
    await context.until(() => context.samples.length === 1, 'a sample');
    proxy.cut();
    await context.until(() => context.losses.length > 0, 'the loss');
    await session.close();
    await context.until(() => context.samples.at(-1)?.status === status.badNotConnected, 'stale values');
  });
});
