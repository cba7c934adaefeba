import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreatedDeviceCertificate, DeviceAuthority, DeviceCertificate } from '@millrace/contract';
import { deviceAuthority } from '@millrace/platform/enablement';
import { ServerUnderTest } from '@millrace/server/testing';
import mqttClient, { type IClientOptions } from 'mqtt';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'millrace-authority-'));
const oven = 'urn:test:oven';
const press = 'urn:test:press';
const pathOf = (thing: string): string => `/api/things/${encodeURIComponent(thing)}/certificates`;

let server: ServerUnderTest;
let tlsPort = 0;
const verified = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];

beforeAll(async () => {
  // The platform's own certificate is of an authority that only it knows.
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  server = await ServerUnderTest.start({ arguments: ['--https'] });
  await server.addThing(oven, { temperature: { type: 'number' } });
  await server.addThing(press, { temperature: { type: 'number' } });
  const { body } = await server.request('GET', '/api/connections/mqtt');
  tlsPort = (body as { counters: Record<string, number> }).counters['tlsPort']!;
}, 200_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
  if (verified === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = verified;
});

function connect(client: { certificate: string; key?: string }, more: IClientOptions = {}) {
  return mqttClient.connectAsync(`mqtts://127.0.0.1:${tlsPort}`, {
    cert: client.certificate,
    key: client.key ?? '',
    rejectUnauthorized: false,
    protocolVersion: 5,
    reconnectPeriod: 0,
    ...more,
  });
}

async function ended(client: Awaited<ReturnType<typeof connect>>): Promise<void> {
  if (client.connected) await new Promise<void>((resolve) => client.once('close', () => resolve()));
}

async function issue(thing: string, body: unknown = {}): Promise<CreatedDeviceCertificate> {
  const answer = await server.request('POST', pathOf(thing), body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as CreatedDeviceCertificate;
}

const listed = async (thing: string): Promise<DeviceCertificate[]> =>
  (await server.request('GET', pathOf(thing))).body as DeviceCertificate[];

async function sendConfirmed(
  method: string,
  path: string,
  body?: unknown,
): ReturnType<typeof server.request> {
  const { password } = server;
  await server.request('POST', '/api/session/confirm', { password });
  return server.request(method, path, body);
}

test('issued, used, listed, revoked while it is open', { timeout: 30_000 }, async () => {
  const made = await issue(oven, { days: 30 });
  expect(made).toMatchObject({
    key: expect.stringContaining('PRIVATE KEY'),
    authorityCertificate: expect.stringContaining('CERTIFICATE'),
    state: 'valid',
    subject: `CN=${oven}`,
  });
  const client = await connect(made);
  await client.publishAsync(`things/${oven}/properties`, '{"temperature": 21.5}', { qos: 1 });
  await expect(
    client.publishAsync(`things/${press}/properties`, '{"temperature": 1}', { qos: 1 }),
  ).rejects.toThrow('Not authorized');
  await vi.waitUntil(async () => (await listed(oven))[0]?.lastUsed !== undefined, { timeout: 5_000 });
  expect(JSON.stringify(await listed(oven))).not.toContain('PRIVATE');

  expect((await server.request('DELETE', `${pathOf(press)}/${made.fingerprint}`)).status).toBe(404);
  expect((await server.request('DELETE', `${pathOf(oven)}/${made.fingerprint}`)).status).toBe(204);
  await ended(client);
  await expect(connect(made)).rejects.toThrow('Not authorized');
  expect(await listed(oven)).toMatchObject([{ state: 'revoked', revoked: expect.any(String) }]);
  expect((await server.request('DELETE', `${pathOf(oven)}/${made.fingerprint}`)).status).toBe(404);
});

test('what is no request, no certificate, or of nobody known, is refused in words', async () => {
  const stranger = await deviceAuthority(folder).issue({ thing: oven, days: 1, now: Date.now() });
  for (const body of [
    { request: 'not PEM' },
    { certificate: 'not PEM' },
    { certificate: stranger.certificate },
    { request: 'x', certificate: 'y' },
  ]) {
    const { status, body: problem } = await server.request('POST', pathOf(oven), body);
    expect({ status, problem }).toMatchObject({
      status: 400,
      problem: { type: 'wrong-certificate', words: { title: { zh: expect.any(String) } } },
    });
  }
  expect((await server.request('POST', pathOf(oven), { days: 0 })).status).toBe(400);
  await expect(connect({ certificate: stranger.certificate, key: stranger.key! })).rejects.toThrow(
    'Not authorized',
  );
});

test('an uploaded authority: registered, used, over with its time, and gone with its authority', {
  timeout: 60_000,
}, async () => {
  const plant = deviceAuthority(folder);
  const { certificate, key } = await plant.issue({ thing: 'press 7', days: 30, now: Date.now() });
  // One that ends in some seconds.
  const dayMilliseconds = 86_400_000;
  const short = await plant.issue({ thing: 'short', days: 1, now: Date.now() - dayMilliseconds + 8_000 });
  const added = await sendConfirmed('POST', '/api/device-authorities', { pem: plant.certificate() });
  expect(added).toMatchObject({ status: 201, body: { own: false } });
  const { fingerprint } = added.body as DeviceAuthority;

  // Known by its authority alone it opens nothing.
  await expect(connect({ certificate, key: key! })).rejects.toThrow('Not authorized');
  const registered = await issue(press, { certificate });
  expect(registered.key).toBeUndefined();
  expect((await server.request('POST', pathOf(oven), { certificate })).status).toBe(409);
  const client = await connect({ certificate, key: key! });
  await client.publishAsync(`things/${press}/properties`, '{"temperature": 3}', { qos: 1 });

  await issue(oven, { certificate: short.certificate });
  const brief = await connect({ certificate: short.certificate, key: short.key! });
  await ended(brief);
  await expect(connect({ certificate: short.certificate, key: short.key! })).rejects.toThrow(
    'Not authorized',
  );
  expect(await listed(oven)).toContainEqual(expect.objectContaining({ state: 'expired' }));

  expect((await sendConfirmed('DELETE', `/api/device-authorities/${fingerprint}`)).status).toBe(204);
  await ended(client);
  await expect(connect({ certificate, key: key! })).rejects.toThrow('Not authorized');
  expect(await listed(press)).toMatchObject([{ state: 'revoked' }]);
});

test('all of it is in the audit trail, and no key with it', async () => {
  const { body } = await server.request('GET', '/api/audit?limit=200');
  const text = JSON.stringify(body);
  for (const action of ['certificate.create', 'certificate.revoke', 'device-authority.add'])
    expect(text).toContain(action);
  expect(text).not.toContain('PRIVATE');
});

test('a browser is subscribed and let go, for its own person alone', async () => {
  const { key } = (await server.request('GET', '/api/push-key')).body as { key: string };
  expect(Buffer.from(key, 'base64url')).toHaveLength(65);
  const endpoint = 'https://push.example/one';
  const keys = { p256dh: 'x'.repeat(87), auth: 'y'.repeat(22) };
  const subscribe = (body: unknown) => server.request('POST', '/api/push-subscriptions', body);
  expect((await subscribe({ endpoint: 'http://push.example/one', keys })).status).toBe(400);
  expect((await subscribe({ endpoint: 'nonsense', keys })).status).toBe(400);
  expect((await subscribe({ endpoint, keys, language: 'zh' })).status).toBe(204);
  expect((await subscribe({ endpoint, keys })).status).toBe(204);
  expect((await server.request('POST', '/api/push-subscriptions/end', { endpoint })).status).toBe(204);
  expect((await server.request('POST', '/api/push-subscriptions/end', { endpoint })).status).toBe(204);
});
