import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OidcSettings } from '@millrace/contract';
import { openRecordStore } from '@millrace/platform/data';
import { type RecordStore, silentLog, VirtualClock } from '@millrace/sdk';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AccessError } from './access.ts';
import { accessMigrations } from './migrations.ts';
import { insideOnly, Oidc } from './oidc.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const publicUrl = 'http://localhost:18080';
const secret = 'a secret of the client that is long enough';
const seal = {
  seal: (text: string) => `sealed:${Buffer.from(text).toString('base64')}`,
  open: (text: string) => Buffer.from(text.slice(7), 'base64').toString(),
};
const clock = new VirtualClock(Date.now() * 1000);
let folder: string;
let records: RecordStore & { close(): Promise<void> };
let server: Server;
let issuer: string;
let settings: OidcSettings;
const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: AccessError) => error.code ?? String(error),
  );

/** A real OpenID provider: whoever is named at its door is signed in. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-oidc-'));
  records = await openRecordStore({ folder, log: silentLog, migrations: accessMigrations });
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const warned = vi.spyOn(console, 'info').mockImplementation(() => {});
  const warnings = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'millrace',
        client_secret: secret,
        redirect_uris: [`${publicUrl}/api/session/oidc/callback`],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: true } },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: `${id} Surname`,
        preferred_username: id,
        groups: id === 'outsider' ? ['visitors'] : ['operators-north', 'everybody'],
      }),
    }),
    cookies: { keys: ['for tests only'] },
  });
  server.on('request', provider.callback());
  warned.mockRestore();
  warnings.mockRestore();
  settings = {
    enabled: true,
    title: 'Plant account',
    issuer,
    clientId: 'millrace',
    clientSecret: secret,
    publicUrl: `${publicUrl}/`,
    scope: 'profile',
    nameClaim: 'preferred_username',
    groupsClaim: 'groups',
    groups: [
      { group: 'operators-north', grant: { role: 'operator', place: 'acme/north' } },
      { group: 'everybody', grant: { role: 'viewer', place: 'acme' } },
      { group: 'chiefs', grant: { role: 'admin', place: '' } },
    ],
  };
});
afterAll(async () => {
  server?.close();
  server?.closeAllConnections();
  await records?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Goes where a browser would, signs in as `user`, agrees, and gives back what the provider sends the browser home with. */
async function signInAtProvider(start: string, user: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = start;
  let form: Record<string, string> | undefined;
  for (let step = 0; step < 15; step++) {
    const response = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair!.indexOf('=');
      cookies.set(pair!.slice(0, at), pair!.slice(at + 1));
    }
    form = undefined;
    const location = response.headers.get('location');
    if (location !== null) {
      url = new URL(location, url).href;
      if (url.startsWith(publicUrl)) return url.slice(url.indexOf('?') + 1);
      continue;
    }
    const page = await response.text();
    const action = /action="([^"]+)"/.exec(page)?.[1];
    if (action === undefined) throw new Error(`the provider shows ${response.status} ${page.slice(0, 500)}`);
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)![1]!;
    url = new URL(action, url).href;
    form = prompt === 'login' ? { prompt, login: user, password: 'any' } : { prompt };
  }
  throw new Error('the provider never came to an end');
}

test('settings: the provider is asked before it is switched on, the secret is sealed and never shown', async () => {
  const oidc = await Oidc.open(records, clock, seal);
  expect(oidc.offered).toBeUndefined();
  expect(await code(oidc.begin('/'))).toBe('oidc-off');
  expect(await code(oidc.put({ ...settings, issuer: 'http://127.0.0.1:1' }))).toBe('oidc-unreachable');
  for (const wrong of [
    'http://provider.example',
    'nothing',
    'https://user:pass@provider.example',
    'file:///etc/passwd',
  ])
    expect([wrong, await code(oidc.put({ ...settings, issuer: wrong }))]).toEqual([wrong, 'oidc-wrong']);
  expect(await code(oidc.put({ ...settings, publicUrl: 'http://plant.example' }))).toBe('oidc-wrong');
  const shown = await oidc.put(settings);
  expect(shown).toMatchObject({ publicUrl, scope: 'openid profile', clientSecretSet: true });
  expect(JSON.stringify(shown)).not.toContain(secret);
  expect(JSON.stringify(await records.query('SELECT value FROM settings'))).not.toContain(secret);
  // Absent keeps it.
  const { clientSecret: _, ...rest } = settings;
  expect(await oidc.put(rest)).toMatchObject({ clientSecretSet: true });
  expect((await Oidc.open(records, clock, seal)).offered).toEqual({ title: 'Plant account' });
});

test('a person of the provider comes in with what the groups give', async () => {
  const oidc = await Oidc.open(records, clock, seal);
  const { url, browser } = await oidc.begin('/things/x');
  const sent = new URL(url).searchParams;
  expect(sent.get('code_challenge_method')).toBe('S256');
  expect(sent.get('redirect_uri')).toBe(`${publicUrl}/api/session/oidc/callback`);
  expect(url).not.toContain(secret);
  const query = await signInAtProvider(url, 'ana');
  expect(await oidc.finish(query, browser)).toEqual({
    subject: `${issuer} ana`,
    name: 'ana',
    title: 'ana Surname',
    grants: [
      { role: 'operator', place: 'acme/north' },
      { role: 'viewer', place: 'acme' },
    ],
    back: '/things/x',
  });
  // The same answer a second time.
  expect(await code(oidc.finish(query, browser))).toBe('oidc-late');
  const outside = await oidc.begin('/');
  expect(await oidc.finish(await signInAtProvider(outside.url, 'outsider'), outside.browser)).toMatchObject({
    grants: [],
  });
});

test('an answer that another browser, another state or another time brings is not taken', async () => {
  const oidc = await Oidc.open(records, clock, seal);
  const one = await oidc.begin('/');
  const answer = await signInAtProvider(one.url, 'ana');
  expect(await code(oidc.finish(answer, undefined))).toBe('oidc-late');
  const two = await oidc.begin('/');
  const other = await signInAtProvider(two.url, 'bo');
  expect(await code(oidc.finish(other.replace(/state=[^&]+/, 'state=made-up'), two.browser))).toBe(
    'oidc-late',
  );
  // The code of one with the state of another: PKCE does not let it through.
  const three = await oidc.begin('/');
  const third = await signInAtProvider(three.url, 'bo');
  const swapped = third.replace(/code=[^&]+/, `code=${new URLSearchParams(other).get('code')}`);
  expect(await code(oidc.finish(swapped, three.browser))).toBe('oidc-refused');
  const four = await oidc.begin('/');
  const fourth = await signInAtProvider(four.url, 'ana');
  clock.advance(301_000);
  expect(await code(oidc.finish(fourth, four.browser))).toBe('oidc-late');
  const five = await oidc.begin('/');
  expect(
    await code(
      oidc.finish(`error=access_denied&state=${new URL(five.url).searchParams.get('state')}`, five.browser),
    ),
  ).toBe('oidc-refused');
  expect(await code(oidc.finish('', five.browser))).toBe('oidc-late');
});

test.each([
  ['/things/urn:x?tab=events', '/things/urn:x?tab=events'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/a\nb', '/'],
  ['/api/export', '/'],
  ['', '/'],
])('after signing in one goes from %j to %s', (back, where) => {
  expect(insideOnly(back)).toBe(where);
});
