import 'reflect-metadata';
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
  webcrypto,
} from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as x509 from '@peculiar/x509';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openTestRecords, TestPlant } from '../test-plant.ts';
import type { checkAddress } from './address-guard.ts';
import { sendPush } from './push.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** What a browser holds of its own subscription. */
class Browser {
  readonly #keys = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  constructor() {
    this.#keys.generateKeys();
  }

  get keys(): { p256dh: string; auth: string } {
    return { p256dh: this.#keys.getPublicKey('base64url'), auth: this.#auth.toString('base64url') };
  }

  /** RFC 8291 over RFC 8188 (aes128gcm), as the browser does it. */
  read(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const idLength = body[20]!;
    const sender = body.subarray(21, 21 + idLength);
    const sealed = body.subarray(21 + idLength);
    const derive = (key: Uint8Array, salted: Uint8Array, info: Buffer, length: number): Buffer =>
      Buffer.from(hkdfSync('sha256', key, salted, info, length));
    const shared = this.#keys.computeSecret(sender);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#keys.getPublicKey(), sender]);
    const secret = derive(shared, this.#auth, info, 32);
    const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    // The last record ends with 2 and padding.
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
}

interface Post {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

let server: Server;
let authority = '';
let answer: (path: string) => number = () => 201;
let posts: Post[] = [];
let records: TestPlant['records'];
let plant: TestPlant | undefined;

/** A push service on this machine, with a certificate of its own. */
beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto as never);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=push service',
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
    keys: keys as never,
    extensions: [
      new x509.BasicConstraintsExtension(true),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'push.example' }]),
    ],
  });
  authority = certificate.toString('pem');
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  );
  server = createServer({ cert: authority, key }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      posts.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) });
      response.writeHead(answer(request.url ?? '')).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  records = await openTestRecords();
});
afterEach(async () => {
  await plant?.close();
  plant = undefined;
  posts = [];
  answer = () => 201;
});
afterAll(async () => {
  await records.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

const endpoint = (path: string): string =>
  `https://push.example:${(server.address() as AddressInfo).port}${path}`;
/** The name is this machine; everything else is as it is out there. */
const way = () => ({
  ca: authority,
  check: (text: string): ReturnType<typeof checkAddress> =>
    Promise.resolve({
      url: new URL(text),
      address: '127.0.0.1',
      family: 4,
      lookup: ((_host: string, options: { all?: boolean }, call: (...given: unknown[]) => void) =>
        options.all === true
          ? call(null, [{ address: '127.0.0.1', family: 4 }])
          : call(null, '127.0.0.1', 4)) as never,
    }),
});

async function open(): Promise<TestPlant> {
  plant = await TestPlant.open({ ...records }, { https: true, push: way() });
  await plant.thing('oven');
  await plant.rule('hot', { condition: 'temperature > 80' });
  return plant;
}

test('an alarm reaches the browser, and only the browser can read it', async () => {
  const opened = await open();
  const { alarms } = opened;
  const { notifications } = alarms;
  const browser = new Browser();
  const publicKey = (await notifications.pushKey())!;
  await notifications.subscribe('ada', endpoint('/ada'), browser.keys, 'zh');
  const [row] = await records.query<{ keys: string }>('SELECT keys FROM push_subscriptions');
  expect(row!.keys).toMatch(/^sealed:/);

  opened.send('oven', 90);
  await vi.waitUntil(() => posts.length === 1, { timeout: 20_000 });
  const [post] = posts;
  expect(post!.headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' });
  expect(post!.body.toString('latin1')).not.toContain('alarms');
  const message = JSON.parse(browser.read(post!.body)) as Record<string, string>;
  const [raised] = await records.query<{ id: string }>('SELECT id FROM alarms');
  expect(message).toMatchObject({
    title: expect.stringContaining('报警'),
    tag: raised!.id,
    path: `/alarms/${raised!.id}`,
  });
  expect(() => new Browser().read(post!.body)).toThrow();

  // RFC 8292: the platform says who it is, to this push service and no other.
  const [, token, k] = /^vapid t=([^,]+), ?k=(.+)$/.exec(String(post!.headers['authorization']))!;
  expect(k).toBe(publicKey);
  const [head, claims, signature] = token!.split('.') as [string, string, string];
  const raw = Buffer.from(publicKey, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: raw.subarray(1, 33).toString('base64url'),
    y: raw.subarray(33).toString('base64url'),
  };
  expect(
    verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  ).toBe(true);
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    aud: new URL(endpoint('/')).origin,
  });
});

test('who may not see the place is not told, who ended it is not either, and nobody ends that of another', async () => {
  const opened = await open();
  const { alarms } = opened;
  const { notifications } = alarms;
  for (const user of ['ada', 'ben', 'cid'])
    await notifications.subscribe(user, endpoint(`/${user}`), new Browser().keys, 'en');
  notifications.mayRead = (user) => user !== 'ben';
  await notifications.unsubscribe(endpoint('/cid'), 'ada');
  await notifications.unsubscribe(endpoint('/ada'), 'ada');
  opened.send('oven', 90);
  await vi.waitUntil(() => posts.length > 0, { timeout: 20_000 });
  await alarms.settled();
  expect(posts.map(({ path }) => path)).toEqual(['/cid']);
});

test('a subscription that the browser ended is forgotten', async () => {
  const opened = await open();
  const { alarms } = opened;
  answer = (path) => (path === '/gone' ? 410 : 201);
  await alarms.notifications.subscribe('ada', endpoint('/gone'), new Browser().keys, 'en');
  opened.send('oven', 90);
  const left = async () => (await records.query('SELECT 1 FROM push_subscriptions')).length;
  await vi.waitUntil(async () => (await left()) === 0, { timeout: 20_000 });
});

test('without a way of its own a push goes to the internet and nowhere inside', async () => {
  const keys = { publicKey: '', privateKey: '' };
  const inside = sendPush(
    { endpoint: 'https://127.0.0.1/x', keys: new Browser().keys },
    '{}',
    keys,
    'https://x',
  );
  await expect(inside).rejects.toThrow('inside the plant');
});
