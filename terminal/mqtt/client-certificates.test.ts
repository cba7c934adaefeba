import { X509Certificate } from 'node:crypto';
import { VirtualClock } from '@millrace/sdk';
import mqttClient, { type IClientOptions } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { otherAuthority, testAuthority, testCertificate, testClients, testKey } from './test-certificate.ts';
import { openTestListener, ovenId, pressId, type TestListener } from './test-peer.ts';

const topic = `things/${ovenId}/properties`;
const fingerprint = (one: { cert: string }): string =>
  new X509Certificate(one.cert).fingerprint256.replaceAll(':', '').toLowerCase();
const far = Date.parse('2120-01-01') * 1000;

let listener: TestListener;
afterEach(async () => {
  await listener?.close();
});

async function open(more: Parameters<typeof openTestListener>[0] = {}): Promise<void> {
  listener = await openTestListener({
    clientAuthorities: [testAuthority],
    certificates: {
      [fingerprint(testClients.oven)]: { thing: ovenId, expires: far },
      [fingerprint(testClients.press)]: { thing: pressId, expires: far },
      [fingerprint(testClients.expired)]: { thing: ovenId, expires: far },
      [fingerprint(testClients.ofOther)]: { thing: ovenId, expires: far },
    },
    ...more,
    settings: { plain: false, tlsPort: 0, certificate: testCertificate, key: testKey },
  });
}

function connect(client?: { cert: string; key: string }, more: IClientOptions = {}) {
  return mqttClient.connectAsync(`mqtts://127.0.0.1:${listener.session.tlsPort}`, {
    ca: testCertificate,
    protocolVersion: 5,
    reconnectPeriod: 0,
    ...client,
    ...more,
  });
}

test.each([4, 5] as const)(
  'a certificate alone says which thing it is, version %s',
  async (protocolVersion) => {
    await open();
    const client = await connect(testClients.oven, { protocolVersion });
    await client.publishAsync(topic, '{"temperature": 21.5}', { qos: 1 });
    expect(listener.context.samples).toMatchObject([{ thing: ovenId, value: 21.5 }]);
    await client.endAsync();
  },
);

test('a certificate of one thing reaches no other', async () => {
  await open();
  const press = await connect(testClients.press);
  await expect(press.publishAsync(topic, '{"temperature": 1}', { qos: 1 })).rejects.toThrow('Not authorized');
  await press.endAsync();
  await expect(connect(testClients.press, { username: 'oven', password: 'hot' })).rejects.toThrow(
    'Not authorized',
  );
  expect(listener.context.samples).toEqual([]);
});

test('a password does as before, with a certificate of the same thing or none', async () => {
  await open();
  for (const client of [undefined, testClients.oven, testClients.ofOther]) {
    const peer = await connect(client, { username: 'oven', password: 'hot' });
    await peer.publishAsync(topic, '{"temperature": 2}', { qos: 1 });
    await peer.endAsync();
  }
  await expect(connect(testClients.oven, { username: 'oven', password: 'cold' })).rejects.toThrow(
    'Bad User Name or Password',
  );
});

test.each([
  ['none', undefined],
  ['of an authority that is not trusted', testClients.ofOther],
  ['expired', testClients.expired],
] as const)('a certificate that is %s opens nothing', async (_, client) => {
  await open();
  await expect(connect(client)).rejects.toThrow('Not authorized');
  await listener.context.until(() => (listener.context.counters['refused'] ?? 0) === 1, 'the counter');
  expect(listener.context.counters['certificatesRefused'] ?? 0).toBe(client === undefined ? 0 : 1);
});

test('one of a trusted authority that was never registered opens nothing', async () => {
  await open({ certificates: {} });
  await expect(connect(testClients.oven)).rejects.toThrow('Not authorized');
});

test('revoked: the open session ends at once, and no other comes', async () => {
  await open();
  const press = await connect(testClients.press);
  const oven = await connect(testClients.oven);
  const ended = new Promise((resolve) => oven.once('disconnect', (packet) => resolve(packet.reasonCode)));
  listener.context.revoke(fingerprint(testClients.oven));
  expect(await ended).toBe(0x87);
  await expect(connect(testClients.oven)).rejects.toThrow('Not authorized');
  await press.publishAsync(`things/${pressId}/properties`, '{"temperature": 3}', { qos: 1 });
  await press.endAsync();
});

test('expired while it is open: the session ends', async () => {
  const clock = new VirtualClock(Date.parse('2026-01-01') * 1000);
  const expires = clock.now() + 10_000_000;
  await open({ clock, certificates: { [fingerprint(testClients.oven)]: { thing: ovenId, expires } } });
  const oven = await connect(testClients.oven);
  const ended = new Promise((resolve) => oven.once('disconnect', (packet) => resolve(packet.reasonCode)));
  clock.advance(11_000);
  expect(await ended).toBe(0x87);
  await expect(connect(testClients.oven)).rejects.toThrow('Not authorized');
});

test('an authority that is added or taken away counts from then on', async () => {
  await open();
  listener.context.changeAuthorities([testAuthority, otherAuthority]);
  const other = await connect(testClients.ofOther);
  await other.endAsync();
  listener.context.changeAuthorities([otherAuthority]);
  await expect(connect(testClients.oven)).rejects.toThrow('Not authorized');
});
