import { afterEach, beforeEach, expect, test } from 'vitest';
import { camaraApis } from './apis.ts';
import { start, TestPlant } from './test-plant.ts';

let plant: TestPlant;
beforeEach(async () => {
  plant = new TestPlant();
  await plant.server.start();
});
afterEach(() => plant.stop());

const body = JSON.stringify({
  device: { phoneNumber: '+123456789' },
  applicationServer: { ipv4Address: '198.51.100.0/24' },
  qosProfile: 'QOS_L',
  duration: 60,
});
const path = '/quality-on-demand/v1/sessions';

test.each([
  ['a prototype', body.replace('{', '{"__proto__":{"qosProfile":"QOS_E"},')],
  [
    'a constructor deep down',
    body.replace('"+123456789"', '"+123456789","constructor":{"prototype":{"x":1}}'),
  ],
  ['a megabyte', `{"qosProfile":"${'x'.repeat(1_000_000)}"}`],
  ['a hundred thousand levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['brackets in text only', `{"qosProfile":"${'['.repeat(1000)}"}`],
  ['nothing', ''],
  ['half of it', body.slice(0, 40)],
  ['two of it', body + body],
  ['no object', '"text"'],
  ['null', 'null'],
  ['a number too large', body.replace('60', '1e999')],
  ['a NUL', body.replace('QOS_L', 'QOS\\u0000L')],
  ['half a character', body.replace('QOS_L', '\\ud800')],
  ['right to left', body.replace('QOS_L', '\u202eL_SOQ')],
  ['the same key twice, the second wrong', body.replace('"duration":60', '"duration":60,"duration":"x"')],
  [
    'a line break in a token',
    body.replace(
      '{',
      '{"sink":"https://a.example","sinkCredential":{"credentialType":"ACCESSTOKEN","accessToken":"a\\r\\nX: y","accessTokenExpiresUtc":"2030-01-01T00:00:00Z","accessTokenType":"bearer"},',
    ),
  ],
  ['a user in the sink', body.replace('{', '{"sink":"https://me:secret@a.example",')],
  ['a file as sink', body.replace('{', '{"sink":"file:///etc/passwd",')],
])('%s is refused in words', async (_, raw) => {
  const answer = await plant.call('POST', path, { raw });
  expect(answer.status).toBe(400);
  expect(answer.body).toEqual({ status: 400, code: expect.any(String), message: expect.any(String) });
  expect(answer.text!.length).toBeLessThan(700);
  expect(plant.bindings.size).toBe(0);
  expect(({} as Record<string, unknown>)['qosProfile']).toBeUndefined();
});

test('bytes that are no text, and a body of another type', async () => {
  expect(
    (await plant.call('POST', path, { raw: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]) })).body.message,
  ).toBe('The body is not UTF-8.');
  expect(
    await plant.call('POST', path, { raw: body, headers: { 'content-type': 'text/xml' } }),
  ).toMatchObject({ status: 415 });
  expect(
    (
      await plant.call('POST', path, {
        raw: body,
        headers: { 'content-type': 'application/json; charset=utf-8' },
      })
    ).status,
  ).toBe(201);
});

test.each([
  '/quality-on-demand/v1/sessions/../../../etc/passwd',
  '/quality-on-demand/v1/sessions/%2e%2e',
  '/quality-on-demand/v1/sessions/__proto__',
  '/quality-on-demand/v1/sessions/constructor/extend',
  `/quality-on-demand/v1/sessions/${'a'.repeat(100_000)}`,
  '/quality-on-demand/v1/sessions/\u0000',
  "/quality-on-demand/v1/sessions/' OR 1=1 --",
  '/quality-on-demand/v2/sessions',
  '/constructor/prototype',
  '//',
  '',
])('GET %.60s finds nothing', async (odd) => {
  const answer = await plant.call('GET', odd);
  expect([400, 404, 405]).toContain(answer.status);
  expect(answer.body.code).toMatch(/^[A-Z_]+$/);
});

test('every operation answers rubbish with a clear no, and the server fails at none', async () => {
  const rubbish: unknown[] = [
    [],
    0,
    true,
    'text',
    { device: [] },
    { device: { phoneNumber: { $ne: null } } },
    { device: { ipv6Address: '::ffff:1.2.3.4%eth0' } },
    { device: { ipv4Address: { publicAddress: '203.0.113.0', publicPort: -1 } } },
    { config: null, types: {}, sink: [], protocol: 7 },
    {
      serviceTime: { startDate: '99999-13-45T99:99:99Z' },
      serviceArea: { areaType: 'CIRCLE' },
      sliceQosProfile: {},
    },
    { area: { areaType: 'CIRCLE', center: { latitude: 'NaN', longitude: 1e308 }, radius: 0 } },
    { networkQualityThresholds: { packetlossErrorRate: 1e9, jitter: { value: 0.5 } } },
    { device: { phoneNumber: '+123456789' }, maxAge: -1, maxSurface: Number.MAX_VALUE },
  ];
  for (const api of camaraApis)
    for (const operation of api.operations)
      for (const one of operation.body === undefined ? [undefined] : rubbish) {
        plant.virtual!.advance(1000);
        const where = `/${api.bases[0]}${operation.path.replace(/\{\w+\}/, '00000000-0000-4000-8000-000000000000')}`;
        const answer = await plant.call(operation.method, where, one === undefined ? {} : { body: one });
        expect(answer.status, `${operation.id} ${JSON.stringify(one)} ${answer.text}`).toBeLessThan(500);
      }
  expect(plant.server.counts['failed']).toBe(0);
});

test('a platform that fails is told as that, without its words', async () => {
  plant.failing = new Error('secret of the database') as never;
  const answer = await plant.call('POST', path, { raw: body });
  expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
  expect(answer.text).not.toContain('secret');
  plant.failing = undefined;
});

test('who knows no secret gets no token, as often as is asked', async () => {
  const form = (more: Record<string, string>, headers: Record<string, string> = {}) =>
    plant.call('POST', '/oauth2/token', {
      token: '',
      raw: new URLSearchParams({ grant_type: 'client_credentials', ...more }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  expect(
    await form({ client_id: 'robots', client_secret: 's3cret & more', scope: 'openid qos-profiles:read' }),
  ).toMatchObject({
    status: 200,
    body: { access_token: 'all', token_type: 'Bearer', scope: 'qos-profiles:read' },
    headers: { 'cache-control': 'no-store' },
  });
  expect(await form({ grant_type: 'password' })).toMatchObject({
    status: 400,
    body: { error: 'unsupported_grant_type' },
  });
  expect(await form({ client_id: 'robots', client_secret: 'x' })).toMatchObject({
    status: 401,
    body: { error: 'invalid_client' },
  });
  expect(await form({}, { authorization: `Basic ${Buffer.from('%zz:%').toString('base64')}` })).toMatchObject(
    { status: 401 },
  );
  expect(
    await form({ client_id: 'robots', client_secret: 's3cret & more', scope: 'all:of:it' }),
  ).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  let last = 0;
  for (let count = 0; count < 100; count++)
    last = (await form({ client_id: 'robots', client_secret: `${count}` })).status;
  expect(last).toBe(429);
  expect(plant.clock.now()).toBe(start);
});

test('bounds: what one client may hold', async () => {
  let answer = await plant.call('POST', '/application-profiles/v0.4/application-profiles', {
    body: { networkQualityThresholds: {} },
  });
  for (let count = 0; count < 250 && answer.status === 201; count++) {
    plant.virtual!.advance(1000);
    answer = await plant.call('POST', '/application-profiles/v0.4/application-profiles', {
      body: { networkQualityThresholds: {} },
    });
  }
  expect(answer).toMatchObject({ status: 429, body: { code: 'QUOTA_EXCEEDED' } });
});
