import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerUnderTest } from '@millrace/server/testing';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Commands through the whole platform: the API, the store, a worker process, a device that another library plays. */
const id = 'urn:test:press';
const at = `/api/things/${encodeURIComponent(id)}`;
const data = mkdtempSync(join(tmpdir(), 'millrace-commands-'));
let server: ServerUnderTest;
let device: MqttClient;
let credentials: { username: string; password: string };
/** What reached the device, and whether it answers. */
const heard: { topic: string; id: string; value?: unknown }[] = [];
let answers = true;

type Answer = { status: number; body: Record<string, unknown> };
const call = (method: string, path: string, body?: unknown, token?: string): Promise<Answer> =>
  server.request(
    method,
    path,
    body,
    token === undefined ? {} : { authorization: `Bearer ${token}` },
  ) as Promise<Answer>;
const write = (property: string, value: unknown, more: object = {}, token?: string): Promise<Answer> =>
  call('POST', `${at}/properties/${property}/set`, { value, ...more }, token);
const until = async (condition: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

async function connectDevice(): Promise<void> {
  device = await mqtt.connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, {
    ...credentials,
    reconnectPeriod: 0,
  });
  device.on('error', () => {});
  await device.subscribeAsync([`things/${id}/properties/+/set`, `things/${id}/actions/+`], { qos: 1 });
  device.on('message', (topic, payload) => {
    const asked = JSON.parse(payload.toString()) as { id: string; value?: unknown };
    heard.push({ topic, ...asked });
    if (!answers) return;
    const state = asked.value === 13 ? 'refused' : 'confirmed';
    device.publish(`${topic}/result`, JSON.stringify({ id: asked.id, state, output: 'as you say' }), {
      qos: 1,
    });
  });
}

beforeAll(async () => {
  server = await ServerUnderTest.start({ data });
  credentials = await server.addThing(id, { force: { type: 'number', maximum: 100, readOnly: false } });
  const made = await call('PUT', at, {
    id,
    title: 'Press',
    properties: {
      force: { type: 'number', maximum: 100, readOnly: false },
      heat: { type: 'number', readOnly: false, 'millrace:twoPerson': true },
    },
    actions: { reset: {} },
  });
  expect(made.status).toBe(200);
  await connectDevice();
}, 200_000);

afterAll(async () => {
  await device?.endAsync(true);
  await server?.stop();
  rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}, 60_000);

test('a write and an action reach the device and come back confirmed or refused; the trail has both ends', async () => {
  const done = await write('force', 40);
  expect(done).toMatchObject({ status: 200, body: { state: 'confirmed', confirmedBy: 'acknowledgement' } });
  expect(heard.at(-1)).toMatchObject({ topic: `things/${id}/properties/force/set`, value: 40, fence: 1 });
  expect((await write('force', 13)).body).toMatchObject({ state: 'refused', code: 'refused-by-thing' });
  expect((await write('force', 101)).status).toBe(422);
  const action = await call('POST', `${at}/actions/reset`, {});
  expect(action).toMatchObject({ status: 200, body: { state: 'confirmed', output: 'as you say' } });
  const trail = await call('GET', '/api/audit?limit=50');
  const told = JSON.stringify(trail.body);
  for (const part of ['command.write', 'command.invoke', '"asked"', '"done"', '"refused"'])
    expect(told).toContain(part);
});

test('two clients want the same thing: one has it, the other is told who', async () => {
  const [first, second] = await Promise.all([
    call('POST', `${at}/lease`, {}),
    call('POST', `${at}/lease`, {}),
  ]);
  const tokens = [first, second].map((one) => Number(one!.body['token'])).sort((a, b) => a - b);
  // The same person in two windows: the later one fences the earlier out.
  expect((await write('force', 1, { lease: tokens[0] })).body['type']).toBe('fenced');
  expect((await write('force', 1, { lease: tokens[1] })).body).toMatchObject({ state: 'confirmed' });
  expect((await write('force', 1)).body['type']).toBe('lease-token-needed');
  expect((await call('POST', `${at}/lease/release`, { token: tokens[0] })).status).toBe(409);
  expect((await call('POST', `${at}/lease/release`, { token: tokens[1] })).status).toBe(204);
});

test('the same key is one command, by header or by body', async () => {
  const before = heard.length;
  const headers = { 'idempotency-key': 'shift-7' };
  const path = `${at}/properties/force/set`;
  const one = await server.request('POST', path, { value: 5 }, headers);
  const two = await server.request('POST', path, { value: 5 }, headers);
  expect((two.body as { id: string }).id).toBe((one.body as { id: string }).id);
  expect((await write('force', 6, { key: 'shift-7' })).status).toBe(409);
  expect(heard.length).toBe(before + 1);
});

test('killed between: what was sent is unknown and is not sent again, what was not sent is refused', async () => {
  answers = false;
  const sent = await write('force', 50, { key: 'crash', waitSeconds: 0 });
  await until(() => heard.at(-1)?.value === 50, 'the command at the device');
  const waiting = await write('heat', 9, { waitSeconds: 0 });
  expect(waiting.body).toMatchObject({ state: 'accepted', waiting: { for: 'release' } });
  const lease = Number(waiting.body['lease']);
  const reached = heard.length;
  await device.endAsync(true);
  const ended = new Promise((resolve) => server.child.once('exit', resolve));
  server.child.kill('SIGKILL');
  await ended;

  server = await ServerUnderTest.start({ data });
  answers = true;
  await connectDevice();
  const of = async (answer: Answer) => (await call('GET', `/api/commands/${answer.body['id']}`)).body;
  expect(await of(sent)).toMatchObject({ state: 'unknown', final: true, code: 'platform-restarted' });
  expect(await of(waiting)).toMatchObject({ state: 'refused', final: true, code: 'platform-restarted' });
  expect((await write('force', 50, { key: 'crash' })).body).toMatchObject({ state: 'unknown' });
  const next = await call('POST', `${at}/lease`, {});
  expect(Number(next.body['token'])).toBeGreaterThan(lease);
  expect((await write('force', 2, { lease: next.body['token'] })).body).toMatchObject({ state: 'confirmed' });
  // The only thing the device has heard since is the last write.
  expect(heard.slice(reached).map((one) => one.value)).toEqual([2]);
  await call('POST', `${at}/lease/release`, { token: next.body['token'] });
}, 240_000);

test('followed live, and listed', async () => {
  const controller = new AbortController();
  const response = await fetch(`${server.url}/api/commands/live?thing=${encodeURIComponent(id)}`, {
    headers: { authorization: `Bearer ${server.token}` },
    signal: controller.signal,
  });
  const reader = response.body!.getReader();
  let text = '';
  const reading = (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += Buffer.from(value).toString();
    }
  })().catch(() => {});
  await write('force', 33);
  await until(() => text.includes('"state":"confirmed"'), 'the confirmed state on the stream');
  expect(text.indexOf('"state":"accepted"')).toBeLessThan(text.indexOf('"state":"confirmed"'));
  controller.abort();
  await reading;
  const list = await call('GET', `/api/commands?state=unknown&text=PRESS`);
  expect((list.body['commands'] as unknown[]).length).toBe(1);
  const group = await call('POST', '/api/set-point-groups', {
    title: 'Night',
    steps: [
      { thing: id, property: 'force', value: 20 },
      { thing: id, property: 'force', value: 13 },
    ],
  });
  expect(group.body).toMatchObject({ final: true });
  expect(['restored', 'partly-restored']).toContain(group.body['state']);
});
