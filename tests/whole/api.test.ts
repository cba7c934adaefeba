import { type Route, routes } from '@millrace/contract';
import { ServerUnderTest } from '@millrace/server/testing';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await ServerUnderTest.start();
}, 240_000);
afterAll(() => server?.stop());

const until = async (
  what: string,
  condition: () => Promise<boolean>,
  milliseconds = 10_000,
): Promise<void> => {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const path = (id: string, rest = ''): string => `/api/things/${encodeURIComponent(id)}${rest}`;
const stranger = (method: string, url: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(`${server.url}${url}`, { method, headers, ...(body === undefined ? {} : { body }) });
type Samples = {
  samples: { time: string; value: unknown; quality: string; status?: string }[];
  reduced: boolean;
};
const samplesOf = async (id: string, property: string, query = ''): Promise<Samples> =>
  (await server.request('GET', path(id, `/properties/${encodeURIComponent(property)}/samples${query}`)))
    .body as Samples;

test('health says what works, the document describes every route, and both are open', async () => {
  const health = await stranger('GET', '/api/health');
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({
    status: 'ok',
    parts: { http: { ok: true }, mqtt: { ok: true }, samples: { ok: true }, records: { ok: true } },
  });
  const document = (await (await stranger('GET', '/api/openapi.json')).json()) as {
    openapi: string;
    paths: Record<string, unknown>;
  };
  expect(document.openapi).toBe('3.1.0');
  for (const route of Object.values(routes)) expect(document.paths).toHaveProperty([route.path]);
});

test('strangers get 401 before validation and before 404, on every route that is not open', async () => {
  for (const route of Object.values(routes) as Route[]) {
    if (route.access === 'open') continue;
    const url = route.path.replaceAll(/\{\w+\}/g, 'nothing');
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Basic eDp5' },
      { cookie: 'millrace=wrong' },
    ] as Record<string, string>[]) {
      const response = await stranger(
        route.method,
        url,
        { ...headers, 'content-type': 'application/json' },
        route.method === 'GET' ? undefined : '{not json',
      );
      expect([route.method, url, response.status]).toEqual([route.method, url, 401]);
    }
  }
  for (const url of ['/api', '/api/nothing', '/api/things/%ZZ', '/api/things/../users', '/metrics'])
    expect([url, (await stranger('GET', url)).status]).toEqual([url, 401]);
});

test('a wrong password is 401 and many of them are made to wait', async () => {
  const tries = await Promise.all(
    Array.from({ length: 12 }, () =>
      stranger(
        'POST',
        '/api/session',
        { 'content-type': 'application/json' },
        '{"user":"nobody","password":"x"}',
      ),
    ),
  );
  const statuses = tries.map((response) => response.status);
  expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
  const next = await stranger(
    'POST',
    '/api/session',
    { 'content-type': 'application/json' },
    '{"user":"nobody","password":"x"}',
  );
  expect(next.status).toBe(429);
  expect(next.headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await server.request('GET', '/api/session')).status).toBe(200);
});

test('the cookie signs in, and does not when another site sends it', async () => {
  const signedIn = await stranger(
    'POST',
    '/api/session',
    { 'content-type': 'application/json' },
    JSON.stringify({ user: 'admin', password: server.password }),
  );
  const cookie = signedIn.headers.get('set-cookie')!;
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Strict/i);
  const pair = cookie.split(';')[0]!;
  expect((await stranger('GET', '/api/things', { cookie: pair })).status).toBe(200);
  expect(
    (await stranger('DELETE', '/api/quarantine', { cookie: pair, origin: 'https://evil.example' })).status,
  ).toBe(403);
  expect(
    (await stranger('DELETE', '/api/quarantine', { cookie: pair, 'sec-fetch-site': 'cross-site' })).status,
  ).toBe(403);
  expect((await stranger('DELETE', '/api/session', { cookie: pair })).status).toBe(204);
  expect((await stranger('GET', '/api/things', { cookie: pair })).status).toBe(401);
});

test.each([
  'urn:test:oven',
  'https://example.com/ovens/1',
  'urn:test:oven+1/properties#a',
  'urn:test:%E7%83%98',
])('a thing called %s: describe, push, read, forget', async (id) => {
  const raw = `/api/things/${id.replace('#', '%23')}`;
  const made = await server.request('POST', '/api/things', {
    id,
    title: 'Oven',
    properties: {
      temperature: { type: 'number', unit: '°C' },
      on: { type: 'boolean' },
      program: { type: 'string' },
    },
  });
  expect(made.status).toBe(201);
  expect((await server.request('POST', '/api/things', { id, title: 'Oven' })).status).toBe(409);
  expect((await server.request('GET', path(id))).body).toMatchObject({
    id,
    title: 'Oven',
    security: 'nosec_sc',
  });
  expect((await server.request('GET', raw)).status).toBe(200);
  const pushed = await server.request('POST', path(id, '/properties'), [
    { time: '2026-01-02T03:04:05.123456Z', values: { temperature: 21.5, on: true, program: 'bread' } },
    { time: 1767323046000.5, values: { temperature: 22 } },
  ]);
  expect(pushed).toMatchObject({ status: 200, body: { stored: 4 } });
  expect(
    await samplesOf(id, 'temperature', '?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z'),
  ).toMatchObject({
    samples: [
      { time: '2026-01-02T03:04:05.123456Z', value: 21.5, quality: 'good' },
      { time: '2026-01-02T03:04:06.000500Z', value: 22, quality: 'good' },
    ],
    reduced: false,
  });
  expect((await server.request('GET', `${raw}/properties/on/samples?from=1767312000000`)).body).toMatchObject(
    { samples: [{ value: true }] },
  );
  expect((await server.request('GET', path(id, '/properties'))).body).toMatchObject({
    temperature: { value: 22, time: '2026-01-02T03:04:06.000500Z', quality: 'good' },
    on: { value: true },
    program: { value: 'bread' },
  });
  expect((await server.request('DELETE', path(id))).status).toBe(204);
  expect((await server.request('GET', path(id))).status).toBe(404);
  expect((await server.request('GET', path(id, '/properties/temperature/samples'))).status).toBe(404);
});

test('the same time twice is one sample and the last wins; late ones are stored and move nothing', async () => {
  await server.addThing('urn:test:twice', { v: { type: 'number' } });
  for (const [time, v] of [
    [1000, 1],
    [1000, 2],
    [500, 3],
  ] as const) {
    await server.request('POST', path('urn:test:twice', '/properties'), {
      time: 1_767_312_000_000 + time,
      values: { v },
    });
  }
  const { samples } = await samplesOf('urn:test:twice', 'v', '?from=1767312000000&to=1767312002000');
  expect(samples.map(({ value }) => value)).toEqual([3, 2]);
  expect((await server.request('GET', path('urn:test:twice', '/properties'))).body).toMatchObject({
    v: { value: 2 },
  });
  expect((await server.request('GET', path('urn:test:twice', '/counters'))).body).toMatchObject({
    received: 3,
    stored: 3,
    rejected: 0,
    dropped: 0,
    inFlight: 0,
  });
});

test.each([
  ['{"v": "hot"}', 422, 'wrong-type'],
  ['{"w": 1}', 422, 'unknown-property'],
  ['{"__proto__": 1}', 422, 'unknown-property'],
  ['{"v": NaN}', 400, 'malformed'],
  ['[1', 400, 'malformed'],
  ['', 400, 'malformed'],
  ['{"time": "yesterday", "values": {"v": 1}}', 422, 'time-invalid'],
  ['{"time": "2999-01-01T00:00:00Z", "values": {"v": 1}}', 422, 'time-ahead'],
])('pushing %s answers %d, is counted and can be seen in quarantine', async (body, statusCode, reason) => {
  const id = `urn:test:bad:${reason}:${body.length}`;
  await server.addThing(id, { v: { type: 'number' } });
  const answer = await server.request('POST', path(id, '/properties'), body);
  expect(answer.status).toBe(statusCode);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect((await server.request('GET', path(id, '/counters'))).body).toMatchObject({
    received: 1,
    stored: 0,
    rejected: 1,
    rejectedBy: { [reason]: 1 },
  });
  const { records } = (await server.request('GET', `/api/quarantine?thing=${encodeURIComponent(id)}`))
    .body as { records: { reason: string }[] };
  expect(records).toMatchObject([{ reason, count: 1 }]);
});

test('what is wrong does not take the rest with it', async () => {
  await server.addThing('urn:test:partly', { v: { type: 'number' }, w: { type: 'number' } });
  const answer = await server.request('POST', path('urn:test:partly', '/properties'), { v: 1, w: 'x' });
  expect(answer).toMatchObject({ status: 422, body: { stored: 1, rejected: [{ at: '/w' }] } });
  expect((await server.request('GET', path('urn:test:partly', '/properties'))).body).toMatchObject({
    v: { value: 1 },
    w: { value: null },
  });
});

test('terminals push with their own credentials, and with no others', async () => {
  const one = await server.addThing('urn:test:one', { v: { type: 'number' } });
  await server.addThing('urn:test:other', { v: { type: 'number' } });
  const basic = {
    authorization: `Basic ${Buffer.from(`${one.username}:${one.password}`).toString('base64')}`,
  };
  expect((await stranger('POST', path('urn:test:one', '/properties'), basic, '{"v":1}')).status).toBe(200);
  expect((await stranger('POST', path('urn:test:other', '/properties'), basic, '{"v":1}')).status).toBe(403);
  expect((await stranger('GET', '/api/things', basic)).status).toBe(401);
  expect((await stranger('DELETE', path('urn:test:one'), basic)).status).toBe(401);
  await server.request('DELETE', path('urn:test:one', `/credentials/${one.username}`));
  expect((await stranger('POST', path('urn:test:one', '/properties'), basic, '{"v":1}')).status).toBe(401);
});

test('what comes by MQTT is acknowledged when it can be read, and shows on the live stream', async () => {
  const id = 'urn:test:mqtt';
  const credentials = await server.addThing(id, { v: { type: 'number' } });
  const controller = new AbortController();
  const stream = await fetch(`${server.url}/api/live?thing=${encodeURIComponent(id)}`, {
    headers: { authorization: `Bearer ${server.token}` },
    signal: controller.signal,
  });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  let seen = '';
  const reading = (async () => {
    for await (const chunk of stream.body!) seen += Buffer.from(chunk).toString();
  })().catch(() => {});
  const client = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, credentials);
  await client.publishAsync(
    `things/${id}/properties`,
    '{"time": "2026-03-04T05:06:07Z", "values": {"v": 7}}',
    { qos: 1 },
  );
  expect((await samplesOf(id, 'v', '?from=2026-03-04T00:00:00Z&to=2026-03-05T00:00:00Z')).samples).toEqual([
    { time: '2026-03-04T05:06:07Z', value: 7, quality: 'good' },
  ]);
  await client.publishAsync(`things/${id}/events/door-opened`, '{"by": "Ann"}', { qos: 1 });
  expect((await server.request('GET', path(id, '/events'))).body).toMatchObject([
    { name: 'door-opened', data: { by: 'Ann' } },
  ]);
  await until('the live value', () => Promise.resolve(seen.includes('"value":7')));
  const update = JSON.parse(
    seen
      .split('\n')
      .find((line) => line.startsWith('data: '))!
      .slice(6),
  ) as { samples: unknown[] };
  expect(update.samples[0]).toMatchObject({
    thing: id,
    property: 'v',
    time: '2026-03-04T05:06:07Z',
    value: 7,
    quality: 'good',
  });
  controller.abort();
  await reading;
  await client.endAsync();
});

test('many samples come back reduced without losing a peak, and raw when they fit', async () => {
  const id = 'urn:test:many';
  await server.addThing(id, { v: { type: 'number' } });
  const start = Date.parse('2026-05-01T00:00:00Z');
  for (let hour = 0; hour < 3; hour++) {
    const batch = Array.from({ length: 3600 }, (_, i) => ({
      time: start + (hour * 3600 + i) * 1000,
      values: { v: hour === 1 && i === 1234 ? 999 : Math.sin(i / 100) },
    }));
    expect((await server.request('POST', path(id, '/properties'), batch)).status).toBe(200);
  }
  const range = '?from=2026-05-01T00:00:00Z&to=2026-05-01T03:00:00Z';
  const reduced = await samplesOf(id, 'v', `${range}&points=500`);
  expect(reduced.reduced).toBe(true);
  expect(reduced.samples.length).toBeLessThanOrEqual(500);
  expect(reduced.samples.find(({ value }) => value === 999)?.time).toBe('2026-05-01T01:20:34Z');
  const raw = await samplesOf(id, 'v', `${range}&points=20000`);
  expect(raw).toMatchObject({ reduced: false });
  expect(raw.samples).toHaveLength(10_800);
  const csv = await server.request('GET', `/api/export${range}&thing=${id}&format=csv`);
  expect((csv.body as string).trim().split('\n')).toHaveLength(10_801);
  const parquet = await fetch(`${server.url}/api/export${range}&thing=${id}&format=parquet`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  expect(
    Buffer.from(await parquet.arrayBuffer())
      .subarray(0, 4)
      .toString(),
  ).toBe('PAR1');
});

test.each([
  ['POST', '/api/things', '{"title": 1}', 400],
  ['POST', '/api/things', '{"__proto__": {"a": 1}, "title": "x"}', 400],
  ['POST', '/api/things', `{"title": "${'x'.repeat(5_000_000)}"}`, 413],
  ['POST', '/api/things', '{', 400],
  ['PUT', '/api/settings', '{"plantTimeZone": "Moon/Base"}', 400],
  ['PUT', '/api/settings', '{"retentionDays": {"rwa": 1}}', 400],
  ['PUT', '/api/settings', '{"retentionDays": {"audit": 10}}', 400],
  ['POST', '/api/connections', '{"protocol": "modbsu", "settings": {}}', 400],
  ['POST', '/api/connections', '{"protocol": "modbus", "settings": {"hots": "x"}}', 400],
  ['DELETE', '/api/connections/mqtt', undefined, 409],
  ['GET', '/api/things/urn:nothing', undefined, 404],
  ['GET', '/api/nothing', undefined, 404],
])('%s %s (case %#) answers as a problem a person can read', async (method, url, body, statusCode) => {
  const answer = await server.request(method, url, body);
  expect(answer.status).toBe(statusCode);
  expect(answer.body).toMatchObject({
    status: statusCode,
    title: expect.stringMatching(/\.$/),
    type: expect.stringMatching(/^[a-z-]+$/),
  });
});

test('metrics, settings, backups and protocols answer', async () => {
  expect((await server.request('GET', '/metrics')).body).toMatch(
    /millrace_samples_total\{state="stored"\} \d+/,
  );
  expect((await server.request('PUT', '/api/settings', { plantName: '测试工厂' })).body).toMatchObject({
    plantName: '测试工厂',
  });
  const protocols = (await server.request('GET', '/api/protocols')).body as { id: string }[];
  expect(protocols.map(({ id }) => id)).toEqual(expect.arrayContaining(['mqtt', 'opcua', 'modbus']));
  const backup = await server.request('POST', '/api/backups');
  expect(backup.status).toBe(201);
  expect((await server.request('GET', '/api/backups')).body).toEqual([backup.body]);
}, 60_000);
