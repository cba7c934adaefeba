import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { describeThing, openTestListener, ovenId, pressId, type TestListener } from './test-peer.ts';

let listener: TestListener;
const clients: MqttClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  await listener.close();
});

async function client(username = 'oven', password = 'hot'): Promise<MqttClient> {
  const made = await mqtt.connectAsync(`mqtt://127.0.0.1:${listener.port}`, {
    username,
    password,
    reconnectPeriod: 0,
  });
  clients.push(made);
  return made;
}

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: { problem?: { code: string } }) => error.problem?.code ?? String(error),
  );
const own = `things/${ovenId}`;

test('a write: sent with id, value and fencing token; confirmed or refused by the device; a second answer is told', async () => {
  listener = await openTestListener();
  const { session, context } = listener;
  expect(await code(session.write(ovenId, 'set point', 1))).toBe('not-connected');
  const oven = await client();
  await oven.subscribeAsync(`${own}/properties/+/set`, { qos: 1 });
  expect(session.reaches(ovenId)).toBe(true);
  const asked: { topic: string; body: { id: string; value: number; fence: number } }[] = [];
  oven.on('message', (topic, payload) => {
    const body = JSON.parse(payload.toString());
    asked.push({ topic, body });
    const state = body.value > 100 ? 'refused' : 'confirmed';
    const answer = JSON.stringify({
      id: body.id,
      state,
      ...(state === 'refused' ? { output: 'too hot' } : {}),
    });
    oven.publish(`${topic}/result`, answer, { qos: 1 });
    oven.publish(`${topic}/result`, answer, { qos: 1 });
  });
  const options = { command: 'c1', fence: 7 };
  expect(await session.write(ovenId, 'set/point', 40, options)).toEqual({
    state: 'confirmed',
    by: 'acknowledgement',
  });
  expect(asked[0]).toMatchObject({
    topic: `${own}/properties/set%2Fpoint/set`,
    body: { value: 40, fence: 7, id: expect.any(String) },
  });
  await context.until(() => context.lateAnswers.length === 1, 'the second answer');
  expect(context.lateAnswers).toEqual([{ command: 'c1', state: 'confirmed' }]);
  expect(await session.write(ovenId, 'temperature', 400, { command: 'c2' })).toEqual({
    state: 'refused',
    detail: '"too hot"',
  });
});

test('an answer for another property, by another thing, or to nothing counts for nothing', async () => {
  listener = await openTestListener();
  const { session, context } = listener;
  const oven = await client();
  await oven.subscribeAsync(`${own}/properties/+/set`, { qos: 1 });
  const asked = new Promise<string>((resolve) =>
    oven.once('message', (_topic, payload) => resolve(JSON.parse(payload.toString()).id)),
  );
  const written = session.write(ovenId, 'temperature', 40, { command: 'c' });
  const id = await asked;
  const answer = JSON.stringify({ id, state: 'confirmed' });
  await oven.publishAsync(`${own}/properties/pieces/set/result`, answer, { qos: 1 });
  await oven.publishAsync(`${own}/actions/temperature/result`, answer, { qos: 1 });
  await oven.publishAsync(`${own}/properties/temperature/set/result`, '{"state":"confirmed"}', { qos: 1 });
  const press = await client('press', 'flat');
  await press
    .publishAsync(`things/${pressId}/properties/temperature/set/result`, answer, { qos: 1 })
    .catch(() => {});
  expect(await code(written)).toMatch(/timed-out/);
  await oven.publishAsync(`${own}/properties/temperature/set/result`, answer, { qos: 1 });
  await context.until(() => context.lateAnswers.length === 1, 'the late answer');
  expect(context.rejections.length).toBeGreaterThanOrEqual(4);
}, 15_000);

test('a thing hears its own writes and actions, and nobody else’s', async () => {
  listener = await openTestListener();
  const press = await client('press', 'flat');
  for (const filter of [
    `${own}/properties/+/set`,
    `${own}/actions/+`,
    `${own}/#`,
    'things/+/properties/+/set',
    '#',
  ]) {
    const granted = await press.subscribeAsync(filter, { qos: 1 }).catch(() => [{ qos: 128 }]);
    expect(granted[0]!.qos, filter).toBeGreaterThanOrEqual(128);
  }
  expect((await press.subscribeAsync(`things/${pressId}/properties/+/set`, { qos: 1 }))[0]!.qos).toBe(1);
});

test('a topic of the device’s own, named by a form that writes', async () => {
  listener = await openTestListener({
    things: [
      describeThing('relay', {
        properties: {
          on: {
            type: 'boolean',
            forms: [
              { href: 'mqtt:', 'mqv:filter': 'shellies/relay/state', op: 'observeproperty' },
              {
                href: 'mqtt:',
                'mqv:topic': 'shellies/relay/command',
                op: 'writeproperty',
                contentType: 'text/plain',
              },
            ],
          },
          level: {
            type: 'number',
            forms: [
              {
                href: 'mqtt:',
                'mqv:topic': 'shellies/relay/set',
                op: ['writeproperty'],
                'millrace:jsonPath': '$.light.level',
              },
            ],
          },
        },
      }),
    ],
    credentials: { relay: { password: 'secret', thing: 'relay' } },
  });
  const { session } = listener;
  expect(await code(session.write('relay', 'on', true))).toBe('not-connected');
  const relay = await client('relay', 'secret');
  await relay.subscribeAsync(['shellies/relay/command', 'shellies/relay/set'], { qos: 1 });
  const heard: string[] = [];
  relay.on('message', (topic, payload) => void heard.push(`${topic} ${payload.toString()}`));
  expect(await session.write('relay', 'on', true)).toEqual({ state: 'sent' });
  expect(await session.write('relay', 'level', 0.5)).toEqual({ state: 'sent' });
  await listener.context.until(() => heard.length === 2, 'both messages');
  expect(heard).toEqual(['shellies/relay/command true', 'shellies/relay/set {"light":{"level":0.5}}']);
});
