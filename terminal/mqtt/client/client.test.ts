import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type PropertyAffordance, status, type ThingDescription } from '@millrace/contract';
import type { ProbeContext, TerminalError, TerminalSession } from '@millrace/sdk';
import { checkSettings, silentLog, systemClock } from '@millrace/sdk';
import { TestContext, type TestContextOptions } from '@millrace/sdk/testing';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { clientLimits } from './client-limits.ts';
import { mqttClient } from './index.ts';
import { ForeignBroker } from './test-broker.ts';

const endings: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function thing(id: string, properties: ThingDescription['properties'], more: object = {}): ThingDescription {
  return {
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id,
    title: id,
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    ...(properties === undefined ? {} : { properties }),
    ...more,
  };
}

const oven = thing('oven', {
  temperature: {
    type: 'number',
    forms: [
      {
        href: 'mqtt://broker',
        'mqv:topic': 'plant/oven/state',
        'millrace:jsonPath': '$.zones[0].temp',
        'millrace:timePath': '$.ts',
      },
    ],
  },
  on: { type: 'boolean', forms: [{ href: 'mqtt://broker', 'mqv:topic': 'plant/oven/power' }] },
});

async function startBroker(options: Parameters<typeof ForeignBroker.start>[0] = {}): Promise<ForeignBroker> {
  const broker = await ForeignBroker.start(options);
  endings.push(() => broker.stop());
  return broker;
}

async function open(
  broker: { port: number },
  options: TestContextOptions = {},
): Promise<{ context: TestContext; session: TerminalSession }> {
  const context = new TestContext(mqttClient, {
    ...options,
    settings: { host: '127.0.0.1', port: broker.port, ...options.settings },
  });
  const session = await mqttClient.open(context);
  endings.push(() => session.close());
  return { context, session };
}

async function peer(broker: { port: number }, options: mqtt.IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    reconnectPeriod: 0,
    ...options,
  });
  endings.push(() => client.endAsync(true));
  return client;
}

function probe(settings: Record<string, string | number | boolean>): ProbeContext {
  const checked = checkSettings(mqttClient.settings, settings);
  expect(checked.problems).toEqual([]);
  return {
    settings: checked.settings,
    clock: systemClock,
    log: silentLog,
    signal: new AbortController().signal,
    folder: '/nonexistent',
    protocolFolder: '/nonexistent',
  };
}

describe('messages', () => {
  test('topics and payloads of a device’s own reach the points whose forms map them', async () => {
    const broker = await startBroker();
    const { context } = await open(broker, { things: [oven] });
    const device = await peer(broker);
    await device.publishAsync(
      'plant/oven/state',
      '{"ts":"2026-01-15T08:00:00Z","zones":[{"temp":181.5},{"temp":3}]}',
      { qos: 1 },
    );
    await device.publishAsync('plant/oven/power', 'ON');
    await device.publishAsync('plant/other', '1');
    await context.until(() => context.samples.length === 2, 'two samples');
    expect(context.samples).toMatchObject([
      { thing: 'oven', property: 'temperature', value: 181.5, time: Date.UTC(2026, 0, 15, 8) * 1000 },
      { thing: 'oven', property: 'on', value: true },
    ]);
    expect(context.reports.at(-1)).toMatchObject({ state: 'connected' });
  });

  test('Millrace’s own topics, for things that have no form', async () => {
    const broker = await startBroker();
    const own = thing('urn:dev:1', { level: { type: 'number' } }, { events: { full: {} } });
    const { context } = await open(broker, { things: [own] });
    const device = await peer(broker);
    await device.publishAsync('things/urn:dev:1/properties', '{"level":4.5}', { qos: 1 });
    await device.publishAsync('things/urn:dev:1/events/full', '{"by":2}', { qos: 1 });
    await device.publishAsync('things/urn:dev:1/properties', '{"level":"high"}', { qos: 1 });
    await context.until(() => context.rejections.length === 1 && context.events.length === 1, 'all three');
    expect(context.samples).toMatchObject([{ thing: 'urn:dev:1', property: 'level', value: 4.5 }]);
    expect(context.events).toMatchObject([{ thing: 'urn:dev:1', name: 'full', data: '{"by":2}' }]);
  });

  test('things that come, change and go change the subscriptions', async () => {
    const broker = await startBroker();
    const { context } = await open(broker);
    const device = await peer(broker);
    context.putThing(oven);
    await context.until(() => context.counters['subscriptions'] === 2, 'two subscriptions');
    await device.publishAsync('plant/oven/power', 'true', { qos: 1 });
    await context.until(() => context.samples.length === 1, 'a sample');
    context.removeThing('oven');
    await context.until(() => context.counters['subscriptions'] === 0, 'none');
    await device.publishAsync('plant/oven/power', 'false', { qos: 1 });
    await wait(50);
    expect(context.samples.length).toBe(1);
  });

  test('a wide filter takes the place of the narrow ones, so that nothing comes twice', async () => {
    const broker = await startBroker();
    const { context } = await open(broker, { things: [oven], settings: { filters: 'plant/#' } });
    expect(context.counters['subscriptions']).toBe(1);
    const device = await peer(broker);
    await device.publishAsync('plant/oven/power', 'true', { qos: 1 });
    await device.publishAsync('plant/unmapped', 'true', { qos: 1 });
    await context.until(() => context.counters['unmapped'] === 1, 'the other');
    expect(context.samples.length).toBe(1);
  });

  test('a payload that is too large is refused, acknowledged, and the next one taken', async () => {
    const broker = await startBroker();
    const { context } = await open(broker, { things: [oven] });
    const device = await peer(broker);
    await device.publishAsync('plant/oven/state', Buffer.alloc(clientLimits.packetBytesMax + 10), { qos: 1 });
    await device.publishAsync('plant/oven/power', 'true', { qos: 1 });
    await context.until(() => context.samples.length === 1, 'the next');
    expect(context.rejections).toMatchObject([{ source: 'plant/oven/state', reason: 'too-large', count: 1 }]);
    expect(context.losses).toEqual([]);
  });
});

describe('acknowledgement', () => {
  test('thousands are in hand at once and acknowledged by the commit that holds them', async () => {
    const broker = await startBroker();
    let committing = 0;
    const { context } = await open(broker, {
      things: [oven],
      commit: async () => {
        committing++;
        await wait(20);
      },
    });
    const acknowledged: number[] = [];
    broker.aedes.on('ack', () => acknowledged.push(context.samples.length));
    const device = await peer(broker);
    const count = 3000;
    for (let i = 0; i < count; i++)
      device.publish('plant/oven/power', i % 2 === 0 ? 'true' : 'false', { qos: 1 });
    await context.until(() => acknowledged.length === count, 'all acknowledgements');
    expect(context.samples.length).toBe(count);
    // None before the commit: at each acknowledgement at least as many samples had been stored.
    acknowledged.forEach((stored, i) => {
      expect(stored).toBeGreaterThan(i);
    });
    expect(committing).toBeLessThan(count / 10);
  });

  test('what could not be stored is not acknowledged, and comes again', async () => {
    const broker = await startBroker();
    let fails = true;
    const options: TestContextOptions = {
      things: [oven],
      commit: (batch) =>
        fails && batch.columns.count > 0 ? Promise.reject(new Error('disk full')) : Promise.resolve(),
    };
    const first = await open(broker, options);
    const device = await peer(broker);
    await device.publishAsync('plant/oven/power', 'true', { qos: 1 });
    await first.context.until(() => first.context.losses.length > 0, 'the loss');
    expect(first.context.losses).toMatchObject([
      { code: 'not-stored', kind: 'unavailable', detail: 'disk full' },
    ]);
    expect(first.context.samples).toEqual([]);
    await first.session.close();
    // Meanwhile more arrives at the broker, which keeps it for the session.
    await device.publishAsync('plant/oven/power', 'false', { qos: 1 });
    fails = false;
    const second = await open(broker, options);
    await second.context.until(() => second.context.samples.length === 2, 'both');
    expect(second.context.samples.map(({ value }) => value)).toEqual([true, false]);
  });

  test('while the platform is congested nothing more is read', async () => {
    const broker = await startBroker();
    const { context } = await open(broker, { things: [oven] });
    const device = await peer(broker);
    context.setCongested(true);
    await device.publishAsync('plant/oven/power', 'true', { qos: 1 });
    await context.until(() => context.counters['pauses'] === 1, 'the pause');
    for (let i = 0; i < 50; i++) await device.publishAsync('plant/oven/power', 'false', { qos: 1 });
    await wait(50);
    expect(context.samples.length).toBe(1);
    context.setCongested(false);
    await context.until(() => context.samples.length === 51, 'the rest');
  });
});

describe('the connection', () => {
  test('a connection that is cut is reported once, and a new one goes on where it was', async () => {
    const broker = await startBroker();
    const { context, session } = await open(broker, { things: [oven] });
    broker.cut();
    await context.until(() => context.losses.length === 1, 'the loss');
    expect(context.losses[0]).toMatchObject({ code: 'connection-closed', kind: 'unavailable' });
    await session.close();
    expect(context.losses.length).toBe(1);
  });

  test('subscriptions of an earlier time that nobody wants any more are given up', async () => {
    const broker = await startBroker();
    const first = await open(broker, { things: [oven] });
    await first.session.close();
    const second = await open(broker, { folder: first.context.folder });
    const device = await peer(broker);
    await device.publishAsync('plant/oven/power', 'true', { qos: 1 });
    await wait(50);
    expect(second.context.counters['unmapped'] ?? 0).toBe(0);
  });

  test('an open that is refused says why and what to do', async () => {
    const broker = await startBroker();
    broker.aedes.authenticate = (_client, username, password, done) => {
      done(null, username === 'plant' && password?.toString() === 'right');
    };
    const attempt = (settings: Record<string, string | number | boolean>) =>
      open(broker, { settings }).then(
        () => undefined,
        (error: TerminalError) => error.problem,
      );
    expect(await attempt({ username: 'plant', password: 'wrong' })).toMatchObject({
      kind: 'denied',
      code: 'not-authorised',
      field: 'username',
    });
    expect(await attempt({ username: 'plant', password: 'right' })).toBeUndefined();
    expect(await attempt({ username: 'plant', password: 'right', version: '5' })).toMatchObject({
      kind: 'settings',
      code: 'protocol-version-refused',
      field: 'version',
    });
    expect(await attempt({ port: 1 })).toMatchObject({ kind: 'unavailable', code: 'connection-refused' });
    expect(await attempt({ host: 'no-such-host.invalid' })).toMatchObject({
      code: 'host-not-found',
      field: 'host',
    });
    expect(await attempt({ tls: true })).toMatchObject({ code: expect.stringMatching(/tls|closed/) });
  });

  test('something that is not MQTT is named as such', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {}).resume();
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endings.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as { port: number };
    await expect(open({ port })).rejects.toMatchObject({ problem: { code: 'not-mqtt', field: 'port' } });
  });

  test('a broker that accepts and says nothing is not waited for for ever', async () => {
    const server = createServer((socket) => void socket.on('error', () => {}).resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endings.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as { port: number };
    const controller = new AbortController();
    const context = { ...probe({ host: '127.0.0.1', port }), signal: controller.signal };
    const report = mqttClient.test(context);
    setTimeout(() => controller.abort(), 50);
    expect(await report).toMatchObject({
      ok: false,
      steps: [
        { ok: true, title: { en: `Reach 127.0.0.1:${port}` } },
        { ok: false, title: { en: 'Sign in' } },
      ],
    });
  });
});

describe('actions', () => {
  test('an action is sent, and its result comes back', async () => {
    const broker = await startBroker();
    const gate = thing('gate/1', { open: { type: 'boolean' } }, { actions: { move: {} } });
    const { session } = await open(broker, { things: [gate] });
    const device = await peer(broker);
    await device.subscribeAsync('things/gate%2F1/actions/+', { qos: 1 });
    device.on('message', (topic, payload) => {
      const { id, input } = JSON.parse(payload.toString()) as { id: string; input: unknown };
      device.publish(
        `${topic}/result`,
        JSON.stringify({ id, state: 'confirmed', output: { moved: input } }),
        { qos: 1 },
      );
    });
    expect(session.reaches?.('gate/1')).toBe(true);
    expect(session.reaches?.('other')).toBe(false);
    expect(await session.invoke?.('gate/1', 'move', { to: 3 })).toEqual({
      state: 'confirmed',
      output: { moved: { to: 3 } },
    });
  });

  test('an action whose connection ends is not known to have been carried out', async () => {
    const broker = await startBroker();
    const gate = thing('gate', { open: { type: 'boolean' } });
    const { session } = await open(broker, { things: [gate] });
    const outcome = expect(session.invoke?.('gate', 'move', undefined)).rejects.toMatchObject({
      problem: { code: 'command-lost' },
    });
    await wait(30);
    await session.close();
    await outcome;
  });
});

describe('writes', () => {
  test('by the topic that a form names, or with a result on the thing’s own', async () => {
    const broker = await startBroker();
    const lamp = thing('lamp', {
      level: {
        type: 'number',
        forms: [
          { href: 'mqtt:', 'mqv:topic': 'lamp/level' },
          { href: 'mqtt:', 'mqv:topic': 'lamp/level/command', op: 'writeproperty', 'mqv:qos': '1' },
        ],
      },
      colour: { type: 'string' },
    } as never);
    const { session } = await open(broker, { things: [lamp] });
    const device = await peer(broker);
    await device.subscribeAsync(['lamp/level/command', 'things/lamp/properties/+/set'], { qos: 1 });
    const heard: string[] = [];
    device.on('message', (topic, payload) => {
      heard.push(topic);
      if (!topic.startsWith('things/')) return heard.push(payload.toString());
      const { id, value } = JSON.parse(payload.toString()) as { id: string; value: string };
      const state = value === 'red' ? 'confirmed' : 'refused';
      return device.publish(`${topic}/result`, JSON.stringify({ id, state }), { qos: 1 });
    });
    expect(await session.write!('lamp', 'level', 0.5)).toMatchObject({ state: 'sent' });
    expect(await session.write!('lamp', 'colour', 'red')).toEqual({
      state: 'confirmed',
      by: 'acknowledgement',
    });
    expect(await session.write!('lamp', 'colour', 'plaid')).toEqual({ state: 'refused' });
    expect(heard.slice(0, 2)).toEqual(['lamp/level/command', '0.5']);
    await session.close();
    await expect(session.write!('lamp', 'level', 1)).rejects.toMatchObject({
      problem: { code: 'not-connected' },
    });
  });
});

describe('test and browse', () => {
  test('the test goes step by step', async () => {
    const broker = await startBroker();
    const report = await mqttClient.test(probe({ host: '127.0.0.1', port: broker.port }));
    expect(report).toMatchObject({ ok: true, found: { mqtt: '3.1.1', wildcard: true } });
    expect(report.steps.map(({ title, ok }) => [title.en, ok])).toEqual([
      [`Reach 127.0.0.1:${broker.port}`, true],
      ['Sign in', true],
      ['Subscribe', true],
    ]);
    expect(await mqttClient.test(probe({ host: '127.0.0.1', port: 1 }))).toMatchObject({
      ok: false,
      steps: [{ ok: false }],
      problem: { code: 'connection-refused' },
    });
  });

  test('browsing shows topics and what stands in their payloads as properties that can be chosen', async () => {
    const broker = await startBroker();
    const device = await peer(broker);
    await device.publishAsync(
      'line/1/press',
      '{"ts":1768464000000,"force":12.5,"ok":true,"axes":[{"pos":1},{"pos":2}],"a b":{"c\'d":"x"}}',
      { retain: true },
    );
    await device.publishAsync('line/1/text', 'running', { retain: true });
    await device.publishAsync('line/bin', Buffer.from([0, 1, 2, 255]), { retain: true });
    const context = probe({ host: '127.0.0.1', port: broker.port });
    const names = async (node?: string) =>
      (await mqttClient.browse!(context, node)).map(({ name, kind }) => [name, kind]);
    expect(await names()).toEqual([['line', 'folder']]);
    expect(await names('line/')).toEqual([
      ['1', 'folder'],
      ['bin', 'folder'],
    ]);
    expect(await names('line/1/')).toEqual([
      ['press', 'folder'],
      ['text', 'property'],
    ]);
    const press = await mqttClient.browse!(context, 'line/1/press#$');
    expect(press.map(({ name, kind, value }) => [name, kind, value])).toEqual([
      ['ts', 'property', 1768464000000],
      ['force', 'property', 12.5],
      ['ok', 'property', true],
      ['axes', 'folder', undefined],
      ['a b', 'folder', undefined],
    ]);
    expect(press[1]!.affordance).toEqual({
      title: 'force',
      type: 'number',
      observable: true,
      readOnly: true,
      forms: [
        {
          href: `mqtt://127.0.0.1:${broker.port}`,
          op: 'observeproperty',
          contentType: 'application/json',
          'mqv:topic': 'line/1/press',
          'millrace:jsonPath': '$.force',
          'millrace:timePath': '$.ts',
        },
      ],
    });
    const deep = await mqttClient.browse!(context, "line/1/press#$['a b']");
    expect(deep).toMatchObject([{ id: "line/1/press#$['a b']['c\\'d']", value: 'x' }]);

    // What was chosen works as it stands.
    const chosen = thing('press', {
      force: press[1]!.affordance as PropertyAffordance,
      text: (await mqttClient.browse!(context, 'line/1/'))[1]!.affordance as PropertyAffordance,
      deep: deep[0]!.affordance as PropertyAffordance,
    });
    const opened = await open(broker, { things: [chosen] });
    await opened.context.until(() => opened.context.samples.length === 3, 'retained values');
    expect(
      Object.fromEntries(opened.context.samples.map(({ property, value }) => [property, value])),
    ).toEqual({
      force: 12.5,
      text: 'running',
      deep: 'x',
    });
    expect(opened.context.samples.find(({ property }) => property === 'force')!.time).toBe(1768464000000000);
    // What the broker had kept is of an age that only a time in the payload can tell.
    expect(
      Object.fromEntries(opened.context.samples.map(({ property, status }) => [property, status])),
    ).toEqual({
      force: status.good,
      text: status.uncertainLastUsableValue,
      deep: status.good,
    });
  }, 20_000);
});

describe('settings', () => {
  const check = (settings: Record<string, string | number | boolean>) =>
    mqttClient
      .check(checkSettings(mqttClient.settings, { host: 'broker', ...settings }).settings)
      .map(({ field }) => field);

  test('what is wrong is named', () => {
    expect(check({})).toEqual([]);
    expect(check({ filters: 'a/# b/#/c' })).toEqual(['filters']);
    expect(check({ password: 'x' })).toEqual(['username']);
    expect(check({ tls: true, ca: 'nonsense' })).toEqual(['ca']);
    expect(check({ tls: true, key: 'nonsense' })).toEqual(['key', 'cert']);
  });

  test('endpoints', () => {
    expect(mqttClient.endpoint!({ host: 'Broker' })).toBe('mqtt://broker:1883');
    expect(mqttClient.endpoint!({ host: '[::1]', tls: true })).toBe('mqtts://[::1]:8883');
    expect(mqttClient.settingsFor!('mqtts://broker:9000')).toEqual({ host: 'broker', port: 9000, tls: true });
    expect(mqttClient.settingsFor!('mqtt://[fe80::1]')).toEqual({ host: '[fe80::1]', tls: false });
    expect(mqttClient.settingsFor!('opc.tcp://x')).toBeUndefined();
  });
});
