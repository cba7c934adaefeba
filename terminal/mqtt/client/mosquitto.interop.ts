import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ThingDescription } from '@millrace/contract';
import type { ProbeContext, TerminalError } from '@millrace/sdk';
import { checkSettings, silentLog, systemClock } from '@millrace/sdk';
import { TestContext, type TestContextOptions } from '@millrace/sdk/testing';
import type { IConnectPacket } from 'mqtt-packet';
import { newClient } from 'sparkplug-client';
import { afterEach, describe, expect, test } from 'vitest';
import { mqttClient } from './index.ts';
import { RecordingProxy } from './test-proxy.ts';

/** Against Eclipse Mosquitto, its command line clients, and an edge node of the Eclipse Tahu library, all as packages give them. */

const run = promisify(execFile);
const endings: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function mosquitto(lines: (folder: string) => string[] = () => ['allow_anonymous true']) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-mosquitto-'));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(
    file,
    [
      `listener ${port} 127.0.0.1`,
      ...lines(folder),
      'user root',
      'max_queued_messages 100000',
      'persistence false',
    ].join('\n'),
  );
  const start = async (): Promise<ChildProcess> => {
    const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
    for (let i = 0; i < 200; i++) {
      const up = await run('mosquitto_pub', [
        '-p',
        String(port),
        '-t',
        'up',
        '-n',
        '-h',
        '127.0.0.1',
        ...credentials,
      ]).then(
        () => true,
        (error: { stderr?: string }) =>
          /not authorised|TLS|A TLS error|Protocol error/i.test(error.stderr ?? ''),
      );
      if (up) return child;
      await wait(25);
    }
    throw new Error('mosquitto did not start');
  };
  const credentials: string[] = [];
  let child = await start();
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  };
  endings.push(() => stop());
  return {
    port,
    stop,
    restart: async () => {
      await stop();
      child = await start();
    },
    publish: (topic: string, payload: string, ...more: string[]) =>
      run('mosquitto_pub', [
        '-h',
        '127.0.0.1',
        '-p',
        String(port),
        '-t',
        topic,
        '-m',
        payload,
        '-q',
        '1',
        ...more,
      ]),
  };
}

const oven: ThingDescription = {
  '@context': 'https://www.w3.org/2022/wot/td/v1.1',
  id: 'oven',
  title: 'oven',
  security: 'nosec_sc',
  securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
  properties: {
    temperature: {
      type: 'number',
      forms: [{ href: 'mqtt://broker', 'mqv:topic': 'oven/state', 'millrace:jsonPath': '$.temp' }],
    },
  },
};

async function open(port: number, options: TestContextOptions = {}) {
  const context = new TestContext(mqttClient, {
    things: [oven],
    ...options,
    settings: { host: '127.0.0.1', port, ...options.settings },
  });
  const session = await mqttClient.open(context);
  endings.push(() => session.close());
  return { context, session };
}

const problemOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    (error: TerminalError) => error.problem,
  );

function probe(settings: Record<string, string | number | boolean>): ProbeContext {
  return {
    settings: checkSettings(mqttClient.settings, settings).settings,
    clock: systemClock,
    log: silentLog,
    signal: new AbortController().signal,
    folder: tmpdir(),
    protocolFolder: tmpdir(),
  };
}

describe.each(['5', '3.1.1'])('MQTT %s', (version) => {
  const settings = { version };

  test('messages of mosquitto_pub arrive, and are acknowledged', async () => {
    const broker = await mosquitto();
    const { context } = await open(broker.port, { settings });
    expect(context.counters['mqttVersion']).toBe(version === '5' ? 5 : 4);
    await broker.publish('oven/state', '{"temp": 180.5}');
    await broker.publish('oven/state', '{"temp": 181}', '-q', '2');
    await context.until(() => context.samples.length === 2, 'two samples');
    expect(context.samples.map(({ value }) => value)).toEqual([180.5, 181]);
  });

  test('what was sent while we were away, and what could not be stored, comes when we are back', async () => {
    const broker = await mosquitto();
    let fails = false;
    const options: TestContextOptions = {
      settings,
      commit: (batch) =>
        fails && batch.columns.count > 0 ? Promise.reject(new Error('disk full')) : Promise.resolve(),
    };
    const first = await open(broker.port, options);
    await broker.publish('oven/state', '{"temp": 1}');
    await first.context.until(() => first.context.samples.length === 1, 'the first');
    fails = true;
    await broker.publish('oven/state', '{"temp": 2}');
    await first.context.until(() => first.context.losses.length > 0, 'the loss');
    await first.session.close();
    await broker.publish('oven/state', '{"temp": 3}');
    fails = false;
    const second = await open(broker.port, { ...options, folder: first.context.folder });
    await second.context.until(() => second.context.samples.length === 2, 'the others');
    expect(second.context.samples.map(({ value }) => value)).toEqual([2, 3]);
  });

  test('many messages at once, each stored once', async () => {
    const broker = await mosquitto();
    const { context } = await open(broker.port, { settings, commit: 5 });
    const count = 5000;
    const publisher = spawn('mosquitto_pub', [
      '-h',
      '127.0.0.1',
      '-p',
      String(broker.port),
      '-t',
      'oven/state',
      '-l',
      '-q',
      '1',
    ]);
    for (let i = 0; i < count; i++) publisher.stdin.write(`{"temp": ${i}}\n`);
    publisher.stdin.end();
    await context.until(() => context.samples.length >= count, 'all', 30_000);
    expect(context.samples.map(({ value }) => value)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  test('an edge node of the Tahu library, while the host goes and comes', async () => {
    const broker = await mosquitto();
    const first = await open(broker.port, { settings: { ...settings, sparkplug: true }, things: [] });
    const node = newClient({
      serverUrl: `mqtt://127.0.0.1:${broker.port}`,
      username: '',
      password: '',
      groupId: 'Plant',
      edgeNode: 'Cell',
      clientId: 'tahu',
      version: 'spBv1.0',
      publishDeath: true,
    });
    node.on('error', () => {});
    endings.push(() => node.stop());
    const birth = () =>
      node.publishNodeBirth({
        timestamp: Date.now(),
        metrics: [
          { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
          { name: 'Uptime', type: 'Int32', value: 1 },
        ],
      });
    node.on('birth', birth);
    node.on('ncmd', birth);
    await first.context.until(() => first.context.proposals.length === 1, 'a proposal');
    await first.session.close();
    const state = await run('mosquitto_sub', [
      '-h',
      '127.0.0.1',
      '-p',
      String(broker.port),
      '-t',
      'spBv1.0/STATE/#',
      '-C',
      '1',
      '-W',
      '5',
    ]);
    expect(JSON.parse(state.stdout)).toMatchObject({ online: false });

    // The host comes back in the middle of the node's session, and has to ask for what it missed.
    const second = await open(broker.port, {
      settings: { ...settings, sparkplug: true },
      things: [first.context.proposals[0]!.description],
    });
    node.publishNodeData({ timestamp: Date.now(), metrics: [{ name: 'Uptime', type: 'Int32', value: 2 }] });
    await second.context.until(() => second.context.samples.length > 0, 'a sample');
    expect(second.context.counters['rebirthRequests']).toBe(1);
    const online = await run('mosquitto_sub', [
      '-h',
      '127.0.0.1',
      '-p',
      String(broker.port),
      '-t',
      'spBv1.0/STATE/#',
      '-C',
      '1',
      '-W',
      '5',
    ]);
    expect(JSON.parse(online.stdout)).toMatchObject({ online: true });
  });

  test('killed without a word, the broker says for the host that it is offline', async () => {
    const broker = await mosquitto();
    const proxy = await RecordingProxy.start(broker.port);
    endings.push(() => proxy.stop());
    const { context } = await open(proxy.port, { settings: { ...settings, sparkplug: true } });
    proxy.cut();
    await context.until(() => context.losses.length > 0, 'the loss');
    const state = await run('mosquitto_sub', [
      '-h',
      '127.0.0.1',
      '-p',
      String(broker.port),
      '-t',
      'spBv1.0/STATE/#',
      '-C',
      '1',
      '-W',
      '5',
    ]);
    const { will } = proxy.packets
      .map(({ packet }) => packet)
      .find((packet): packet is IConnectPacket => packet.cmd === 'connect' && packet.will !== undefined)!;
    expect(state.stdout.trim()).toBe(will!.payload.toString());
  });
});

test('a broker that restarts is reported, and takes us again', async () => {
  const broker = await mosquitto();
  const { context, session } = await open(broker.port);
  await broker.restart();
  await context.until(() => context.losses.length === 1, 'the loss');
  await session.close();
  const again = await open(broker.port);
  await broker.publish('oven/state', '{"temp": 5}');
  await again.context.until(() => again.context.samples.length === 1, 'a sample');
});

test('two clients with one id: the first is closed, and the remedy names the reason', async () => {
  const broker = await mosquitto();
  const settings = { clientId: 'same' };
  const first = await open(broker.port, { settings });
  await open(broker.port, { settings });
  await first.context.until(() => first.context.losses.length > 0, 'the loss');
  // This Mosquitto closes without saying why; one that says it is in session.test.ts.
  expect(first.context.losses).toMatchObject([
    { code: 'connection-closed', remedy: { en: expect.stringContaining('client id') } },
  ]);
});

test('user name and password', async () => {
  const broker = await mosquitto((folder) => {
    const passwords = join(folder, 'passwords');
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, 'plant', 'right']);
    return [`password_file ${passwords}`];
  });
  expect(
    await problemOf(open(broker.port, { settings: { username: 'plant', password: 'right' } })),
  ).toBeUndefined();
  const refused = await problemOf(open(broker.port, { settings: { username: 'plant', password: 'wrong' } }));
  expect(refused).toMatchObject({ kind: 'denied', code: 'not-authorised', field: 'username' });
  expect(await mqttClient.test(probe({ host: '127.0.0.1', port: broker.port }))).toMatchObject({
    ok: false,
    steps: [{ ok: true }, { ok: false, title: { en: 'Sign in' } }],
    problem: { code: 'not-authorised' },
  });
});

test('shared subscriptions divide the messages', async () => {
  const broker = await mosquitto();
  const settings = { share: 'group' };
  const one = await open(broker.port, { settings: { ...settings, clientId: 'one' } });
  const two = await open(broker.port, { settings: { ...settings, clientId: 'two' } });
  for (let i = 0; i < 20; i++) await broker.publish('oven/state', `{"temp": ${i}}`);
  await one.context.until(
    () => one.context.samples.length + two.context.samples.length === 20,
    'all of them',
  );
  expect(one.context.samples.length).toBe(10);
});

test('test and browse', async () => {
  const broker = await mosquitto();
  await broker.publish('oven/state', '{"temp": 180.5, "time": "2026-01-15T08:00:00Z"}', '-r');
  const context = probe({ host: '127.0.0.1', port: broker.port });
  expect(await mqttClient.test(context)).toMatchObject({ ok: true, found: { mqtt: '5.0', wildcard: true } });
  expect((await mqttClient.browse!(context, undefined)).map(({ name }) => name)).toEqual(['oven']);
  expect(await mqttClient.browse!(context, 'oven/state#$')).toMatchObject([
    {
      name: 'temp',
      value: 180.5,
      affordance: {
        forms: [{ 'mqv:topic': 'oven/state', 'millrace:jsonPath': '$.temp', 'millrace:timePath': '$.time' }],
      },
    },
    { name: 'time' },
  ]);
});
