import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BindingRequest,
  type CheckedSettings,
  checkSettings,
  ProviderError,
  systemClock,
} from '@millrace/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CamaraClient } from './client.ts';
import type { CamaraProvider } from './index.ts';
import { provider } from './provider.ts';
import { quiet, refusal, settle, TestPlant } from './test-plant.ts';

/** The client against the plant's own server over HTTP, and against operators that do it badly. */
let plant: TestPlant;
let root: string;
let opened: CamaraProvider[] = [];
let folders: string[] = [];
let changed: unknown[] = [];
let servers: Server[] = [];

beforeEach(async () => {
  plant = new TestPlant(systemClock);
  await plant.server.start();
  root = await plant.listen();
  opened = [];
  changed = [];
  servers = [];
  folders = [];
});
afterEach(async () => {
  for (const one of opened) await one.stop();
  await plant.stop();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function open(
  more: CheckedSettings = {},
  folder = mkdtempSync(join(tmpdir(), 'camara-')),
): Promise<CamaraProvider> {
  folders.push(folder);
  const given = {
    apiRoot: root,
    tokenUrl: `${root}/oauth2/token`,
    clientId: 'robots',
    clientSecret: 's3cret & more',
    latitude: 50.735851,
    longitude: 7.10066,
    ...more,
  };
  const { settings, problems } = checkSettings(provider.manifest.settings, given);
  expect([...problems, ...(provider.check?.(settings) ?? [])]).toEqual([]);
  const one = (await provider.open({
    id: 'operator',
    settings,
    clock: systemClock,
    log: quiet,
    signal: new AbortController().signal,
    folder,
    notificationUrl: 'https://plant.example/notify/operator',
    changed: (what) => void changed.push(what),
  })) as CamaraProvider;
  opened.push(one);
  return one;
}

const terminal = {
  id: 'agv-1',
  address: '203.0.113.0',
  supi: undefined,
  gpsi: 'msisdn-123456789',
  iccid: undefined,
};
const arp = { priorityLevel: 5, mayPreempt: false, preemptable: true };
const request = (more: Partial<BindingRequest> = {}): BindingRequest => ({
  key: 'agv-1.control',
  terminal,
  platformAddress: '198.51.100.7',
  filters: [{ protocol: 'udp', remotePort: 4840 }],
  qos: { fiveQi: 7, arp, mbrUplink: 3000, mbrDownlink: 3000, dscp: 18 },
  slice: undefined,
  durationSeconds: 600,
  ...more,
});
const failure = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error = await promise.then(
    () => undefined,
    (one: unknown) => one,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
};

test('a session: chosen in words, asked for once, read back, told of, released', async () => {
  plant.becomes = 'requested';
  const one = await open();
  expect(await one.test()).toMatchObject({
    ok: true,
    steps: [{ ok: true }, { ok: true, detail: 'QOS_E, QOS_S, QOS_M, QOS_L' }],
  });
  const dry = await one.dryRun!(request());
  expect(dry.values['body']).toEqual({
    device: { phoneNumber: '+123456789' },
    applicationServer: { ipv4Address: '198.51.100.7' },
    applicationServerPorts: { ports: [4840] },
    qosProfile: 'QOS_S',
    duration: 600,
  });
  expect(dry.words.en).toBe(
    'QOS_S: the least of 3 that are enough. A session of 600 s. CAMARA does not tell UDP from TCP: both get it on these ports.',
  );
  expect(plant.bindings.size).toBe(0);

  const accepted = await one.applyBinding!(request());
  expect(accepted.reference).toMatch(/^session\//);
  expect(await one.applyBinding!(request())).toMatchObject({ reference: accepted.reference });
  expect(plant.bindings.size).toBe(1);
  expect(await one.readBinding!(accepted.reference, request())).toMatchObject({ inForce: false });

  const [key] = [...plant.bindings.keys()];
  plant.stand(key!, 'effective');
  await settle();
  expect(await one.readBinding!(accepted.reference, request())).toMatchObject({
    inForce: true,
    values: { status: 'AVAILABLE' },
  });
  const { url, body } = plant.posted[0]!;
  expect(url.startsWith('https://plant.example/notify/operator/')).toBe(true);
  await provider.notified!(one, '/guessed', JSON.parse(body));
  expect(changed).toEqual([]);
  await provider.notified!(one, url.slice('https://plant.example/notify/operator'.length), JSON.parse(body));
  expect(changed).toEqual([{ binding: 'agv-1.control' }]);
  for (const odd of [null, 'text', 5, {}, { data: { sessionId: 7 } }])
    await provider.notified!(one, url.split('/').at(-1)!, odd);

  plant.stand(key!, 'lost');
  await settle();
  expect(await failure(one.readBinding!(accepted.reference, request()))).toMatchObject({ kind: 'gone' });
  await one.releaseBinding!(accepted.reference, request());
  await one.releaseBinding!(accepted.reference, request());
  expect(await failure(one.readBinding!(accepted.reference, request()))).toMatchObject({ kind: 'gone' });
});

test('what was asked for before a restart is found again instead of asked for twice', async () => {
  const { reference } = await (await open()).applyBinding!(request());
  const [made] = [...plant.bindings.keys()];
  const reading = await open();
  expect(await reading.readBinding!(reference, request())).toMatchObject({ inForce: true });
  expect((await reading.applyBinding!(request())).reference).toBe(reference);
  expect([...plant.bindings.keys()]).toEqual([made]);
  expect((await (await open()).applyBinding!(request())).reference).toBe(reference);
  const forGood = request({ durationSeconds: undefined });
  const assigned = await (await open()).applyBinding!(forGood);
  expect(assigned.reference).toMatch(/^assignment\//);
  expect(assigned.words.en).toMatch(/all traffic of the device/);
  expect((await (await open()).applyBinding!(forGood)).reference).toBe(assigned.reference);
  expect(plant.bindings.size).toBe(2);
  // Another profile on the same flow is a conflict with what is there, not the same thing.
  const other = await failure(
    (await open()).applyBinding!(request({ qos: { ...request().qos, profile: 'QOS_L' } })),
  );
  expect(other).toMatchObject({
    kind: 'refused',
    words: { en: expect.stringMatching(/already.*409 CONFLICT/) },
  });
});

test('without an end: assigned, or a session of the longest that is extended', async () => {
  const one = await open({ permanent: 'sessions' });
  const first = plant.profiles[1]!;
  plant.profiles = [{ ...first, profile: { ...first.profile, maxDuration: { value: 4, unit: 'Seconds' } } }];
  const endless = request({ durationSeconds: undefined });
  const { reference, words } = await one.applyBinding!(endless);
  expect(words.en).toMatch(/asked for anew when it ends/);
  expect(reference).toMatch(/^session\//);
  // Longer than any session lasts, where assignments may be used.
  const assigned = await (await open()).applyBinding!(request({ key: 'other', durationSeconds: 100 }));
  expect(assigned).toMatchObject({
    reference: expect.stringMatching(/^assignment/),
    words: { en: expect.stringMatching(/No session lasts that long/) },
  });
});

test('a session without an end is extended as far as the profile goes, then asked for anew', async () => {
  const other = new TestPlant();
  await other.server.start();
  const at = await other.listen();
  const wait = async (until: () => boolean): Promise<void> => {
    for (let count = 0; count < 200 && !until(); count++) await new Promise((done) => setTimeout(done, 10));
  };
  const { settings } = checkSettings(provider.manifest.settings, {
    apiRoot: at,
    accessToken: 'all',
    permanent: 'sessions',
  });
  const folder = mkdtempSync(join(tmpdir(), 'camara-'));
  folders.push(folder);
  const one = (await provider.open({
    id: 'operator',
    settings,
    clock: other.clock,
    log: quiet,
    signal: new AbortController().signal,
    folder,
    notificationUrl: undefined,
    changed: (what) => void changed.push(what),
  })) as CamaraProvider;
  opened.push(one);
  const endless = request({ durationSeconds: undefined });
  const { reference, expires } = await one.applyBinding!(endless);
  expect(expires).toBe(other.clock.now() + 86_400_000_000);
  const extensions = () => other.audited.filter(({ action }) => action === 'network.session.extend').length;
  other.virtual!.advance(64_800_000);
  await wait(() => extensions() === 1);
  await new Promise((done) => setTimeout(done, 50));
  expect(changed).toEqual([]);
  other.virtual!.advance(21_602_000);
  await wait(() => changed.length > 0);
  expect(changed).toEqual([{ binding: 'agv-1.control' }]);
  await settle();
  await other.server.tick();
  expect(await failure(one.readBinding!(reference, endless))).toMatchObject({
    kind: 'gone',
    words: { en: expect.stringMatching(/its time is over/) },
  });
  const again = await one.applyBinding!(endless);
  expect(again.reference).not.toBe(reference);
  await one.stop();
  await other.stop();
});

test.each([
  ['a rate', { gbrUplink: 50_000 }, /nearest.*uplink rate 20000 kbit\/s, asked for 50000/],
  ['a delay', { fiveQi: 85 }, /nearest.*delay budget 10 ms, asked for 5/],
  ['a name', { profile: 'GOLD' }, /no QoS profile "GOLD"; it has QOS_E/],
])('no profile is enough: %s', async (_, qos, words) => {
  const error = await failure((await open()).applyBinding!(request({ qos: { ...request().qos, ...qos } })));
  expect(error).toMatchObject({ kind: 'refused', words: { en: expect.stringMatching(words) } });
});

test('terminals are told by what the settings say, or not at all', async () => {
  expect((await (await open({ identify: 'address' })).dryRun!(request())).values['body']).toMatchObject({
    device: { ipv4Address: { publicAddress: '203.0.113.0', privateAddress: '203.0.113.0' } },
  });
  const bare = { ...terminal, gpsi: undefined, address: undefined };
  expect(await failure((await open()).applyBinding!(request({ terminal: bare })))).toMatchObject({
    kind: 'refused',
  });
  const unknown = { ...terminal, gpsi: 'msisdn-99999' };
  expect(await failure((await open()).applyBinding!(request({ terminal: unknown })))).toMatchObject({
    kind: 'refused',
    words: { en: expect.stringMatching(/no device with this address or number.*404 IDENTIFIER_NOT_FOUND/) },
  });
});

test('flows CAMARA cannot say are refused rather than widened', async () => {
  const filters = [
    { protocol: 'any', remotePort: 1, terminalPort: 2 },
    { protocol: 'any', remotePort: 3, terminalPort: 4 },
  ] as const;
  expect(await failure((await open()).applyBinding!(request({ filters })))).toMatchObject({
    kind: 'refused',
  });
});

const slice = {
  title: 'Vehicles',
  profile: {
    snssai: { sst: 1, sd: '00000A' },
    maxNumberofUEs: 10,
    uLThptPerUE: 1500,
    dLLatency: 5.5,
    availability: 99.99,
  },
};
test('a slice is booked, joined by a binding, and said no more of than is known', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'camara-'));
  const one = await open({}, folder);
  const booked = await one.applySlice!('slice-1', slice);
  expect(booked.values).toMatchObject({
    upStreamRatePerDevice: { value: 2, unit: 'Mbps' },
    downStreamDelayBudget: { value: 5500, unit: 'Microseconds' },
  });
  expect(booked.words.en).toMatch(/written up: 1500 kbit\/s → 2 Mbps.*no words for availability/);
  expect(await one.readSlice!(booked.reference, slice)).toMatchObject({ inForce: undefined });
  const again = await open({}, folder);
  const joined = await again.applyBinding!(request({ slice }));
  expect(joined.values).toMatchObject({ slice: { status: 'SUCCESS' } });
  expect([...[...plant.slices.values()][0]!.terminals]).toEqual(['agv-1']);
  await again.releaseBinding!(joined.reference, request({ slice }));
  expect([...plant.slices.values()][0]!.terminals.size).toBe(0);
  await again.releaseSlice!(booked.reference, slice);
  await again.releaseSlice!(booked.reference, slice);
  expect(plant.slices.size).toBe(0);
  expect(await failure(again.applyBinding!(request({ slice })))).toMatchObject({ kind: 'refused' });
  const large = { ...slice, profile: { ...slice.profile, maxNumberofUEs: 21 } };
  expect(await failure(again.applySlice!('large', large))).toMatchObject({
    kind: 'refused',
    words: { en: expect.stringMatching(/at most 20/) },
  });
});

test('beside bindings: reachability, place, insight', async () => {
  const one = await open();
  plant.verdicts = { latency: 'violated' };
  expect(await one.reachability(terminal)).toMatchObject({ reachable: true, connectivity: ['DATA'] });
  expect(await one.locate(terminal, 600)).toMatchObject({ area: { radius: 20 } });
  expect(
    await one.insight(terminal, { packetDelayBudget: { value: 5, unit: 'Milliseconds' } }, '198.51.100.7'),
  ).toMatchObject({
    packetDelayBudget: 'unable to meet the application requirements',
  });
  expect([...plant.records.keys()].filter((key) => key.startsWith('application-profile'))).toEqual([]);
});

test('an operator that takes the request and cannot give it', async () => {
  plant.failing = refusal('refused', 'full');
  const promise = (await open()).applyBinding!(request());
  expect(await failure(promise)).toMatchObject({
    kind: 'refused',
    words: { en: expect.stringMatching(/at once/) },
  });
  plant.failing = undefined;
});

test('wrong credentials are a matter of credentials, and the secret is in no word of it', async () => {
  const one = await open({ clientSecret: 'not-this-one' });
  const error = await failure(one.applyBinding!(request()));
  expect(error).toMatchObject({
    kind: 'denied',
    words: { en: expect.stringMatching(/client id or secret are wrong/) },
  });
  expect(JSON.stringify([error.words, error.detail, await one.test()])).not.toContain('not-this-one');
});

test('settings that cannot be', () => {
  const problems = (given: CheckedSettings) => provider.check!(given).map(({ field }) => field);
  expect(problems({ apiRoot: 'http://api.example.com', accessToken: 'x' })).toEqual(['apiRoot']);
  expect(problems({ apiRoot: 'https://api.example.com' })).toEqual(['tokenUrl', 'clientId', 'clientSecret']);
  expect(
    problems({ apiRoot: 'https://api.example.com', accessToken: 'a b', serverAddress: 'here', latitude: 1 }),
  ).toEqual(['accessToken', 'serverAddress', 'longitude']);
});

/** An operator that answers as it is told, and counts. */
async function operator(
  answer: RequestListener,
): Promise<{ client: CamaraClient; asked: string[]; url: string }> {
  const asked: string[] = [];
  const server = createServer((question, response) => {
    asked.push(`${question.method} ${question.url} ${question.headers.authorization ?? ''}`);
    answer(question, response);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new CamaraClient(
    {
      apiRoot: url,
      bases: {},
      tokenUrl: `${url}/token`,
      clientId: 'a',
      clientSecret: 'b',
      accessToken: undefined,
      scopes: '',
      timeoutMilliseconds: 200,
      authority: undefined,
    },
    // Pauses between attempts pass at once; what an answer may take does not.
    {
      clock: {
        now: () => systemClock.now(),
        after: (milliseconds, call) => systemClock.after(milliseconds === 200 ? 200 : 1, call),
      },
      log: quiet,
      signal: new AbortController().signal,
    },
  );
  return { client, asked, url };
}
const withToken =
  (then: RequestListener): RequestListener =>
  (question, response) => {
    if (question.url !== '/token') return then(question, response);
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"access_token":"t","expires_in":60}');
  };
const create = { body: { any: 'thing' } };

test.each([
  [400, 'INVALID_ARGUMENT', 'refused'],
  [401, 'UNAUTHENTICATED', 'denied'],
  [403, 'PERMISSION_DENIED', 'denied'],
  [404, 'NOT_FOUND', 'gone'],
  [404, undefined, 'settings'],
  [409, 'CONFLICT', 'refused'],
  [422, 'UNSUPPORTED_IDENTIFIER', 'refused'],
  [422, 'SOMETHING.OF_THEIR_OWN', 'refused'],
  [429, 'QUOTA_EXCEEDED', 'refused'],
  [429, 'TOO_MANY_REQUESTS', 'unavailable'],
  [500, 'INTERNAL', 'unavailable'],
  [501, 'NOT_IMPLEMENTED', 'unsupported'],
  [503, 'UNAVAILABLE', 'unavailable'],
  [418, 'TEAPOT', 'nonsense'],
] as const)('%s %s is "%s"', async (status, code, kind) => {
  const { client } = await operator(
    withToken((_, response) => {
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ status, code, message: 'in their words' }));
    }),
  );
  const error = await failure(client.call('createSession', create));
  expect(error.kind).toBe(kind);
  expect(error.words.zh).not.toBe(error.words.en);
});

test('asked again where that is harmless, and not where a session might be made twice', async () => {
  const { client, asked } = await operator(withToken((_, response) => void response.writeHead(503).end()));
  await failure(client.call('createSession', create));
  expect(asked.filter((one) => one.includes('/sessions'))).toHaveLength(1);
  await failure(client.call('getSession', { parameters: { sessionId: '../../token?x=' } }));
  const read = asked.filter((one) => one.startsWith('GET'));
  expect(read).toHaveLength(3);
  expect(read[0]).toContain('/sessions/..%2F..%2Ftoken%3Fx%3D ');
});

test('a token is kept while it lasts, and renewed once where it is no longer taken', async () => {
  let given = 0;
  let good = 't1';
  const { client, asked } = await operator((question, response) => {
    if (question.url === '/token') {
      response.writeHead(200).end(JSON.stringify({ access_token: `t${++given}`, expires_in: 3600 }));
      return;
    }
    const right = question.headers.authorization === `Bearer ${good}`;
    response
      .writeHead(right ? 200 : 401, { 'content-type': 'application/json' })
      .end(right ? '[]' : '{"code":"UNAUTHENTICATED"}');
  });
  await Promise.all([
    client.call('retrieveQoSProfiles', { body: {} }),
    client.call('retrieveQoSProfiles', { body: {} }),
  ]);
  expect(given).toBe(1);
  good = 't2';
  expect(await client.call('retrieveQoSProfiles', { body: {} })).toEqual([]);
  expect(given).toBe(2);
  good = 'none';
  expect(await failure(client.call('retrieveQoSProfiles', { body: {} }))).toMatchObject({ kind: 'denied' });
  expect(given).toBe(3);
  expect(asked.at(-1)).toContain('Bearer t3');
});

test('an operator that hangs, is away, sends pages, floods, redirects', async () => {
  const hanging = await operator(withToken(() => {}));
  expect(await failure(hanging.client.call('createSession', create))).toMatchObject({
    kind: 'unavailable',
    words: { en: expect.stringMatching(/does not answer/) },
  });
  const page = await operator(
    withToken(
      (_, response) =>
        void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
    ),
  );
  expect(await failure(page.client.call('getSession', { parameters: { sessionId: 'x' } }))).toMatchObject({
    kind: 'nonsense',
    words: { en: expect.stringMatching(/web page/) },
  });
  const flood = await operator(
    withToken(
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(`["${'x'.repeat(1_100_000)}"]`),
    ),
  );
  expect(await failure(flood.client.call('createSession', create))).toMatchObject({ kind: 'nonsense' });
  const cut = await operator(
    withToken((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setTimeout(() => response.destroy(), 5);
    }),
  );
  expect(await failure(cut.client.call('createSession', create))).toMatchObject({ kind: 'unavailable' });

  const { url, asked } = await operator((_, response) => void response.writeHead(200).end('{}'));
  const elsewhere = await operator(
    withToken((_, response) => void response.writeHead(307, { location: `${url}/stolen` }).end()),
  );
  expect(await failure(elsewhere.client.call('createSession', create))).toMatchObject({
    kind: 'settings',
    words: { en: expect.stringMatching(/redirects to/) },
  });
  expect(asked).toEqual([]);
  const within = await operator(
    withToken((question, response) => {
      if (question.url === '/moved') response.writeHead(200).end('{"ok":true}');
      else response.writeHead(308, { location: '/moved' }).end();
    }),
  );
  expect(await within.client.call('createSession', create)).toEqual({ ok: true });
  const round = await operator(
    withToken((_, response) => void response.writeHead(307, { location: '/again' }).end()),
  );
  expect(await failure(round.client.call('createSession', create))).toMatchObject({ kind: 'settings' });

  const gone = await operator(() => {});
  await new Promise((done) => servers.at(-1)!.close(done));
  expect(await failure(gone.client.call('createSession', create))).toMatchObject({
    kind: 'unavailable',
    words: { en: expect.stringMatching(/cannot be reached/) },
  });
});

test('a token endpoint that answers with anything but a token', async () => {
  for (const [status, body, kind] of [
    [200, '{}', 'nonsense'],
    [200, '<html>', 'nonsense'],
    [200, '{"access_token":"a\\r\\nb"}', 'nonsense'],
    [400, '{"error":"invalid_scope"}', 'denied'],
    [404, '', 'settings'],
    [502, '', 'unavailable'],
  ] as const) {
    const { client } = await operator((_, response) => void response.writeHead(status).end(body));
    expect((await failure(client.authenticate())).kind).toBe(kind);
  }
});
