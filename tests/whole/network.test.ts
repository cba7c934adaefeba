import {
  type NetworkOverview,
  type NetworkTerminalSummary,
  networkInventoryRoutes,
  type Route,
} from '@millrace/contract';
import { ServerUnderTest } from '@millrace/server/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await ServerUnderTest.start();
}, 240_000);
afterAll(() => server?.stop());

const thing = 'urn:test:meter';
const path = (id: string): string => `/api/things/${encodeURIComponent(id)}`;

test('what things send is judged against what applications need, with nothing typed in', {
  timeout: 90_000,
}, async () => {
  await server.request('PUT', path(thing), {
    id: thing,
    title: 'Meter',
    '@type': 'PowerMeter',
    'millrace:place': 'works/hall',
    properties: { power: { type: 'number', unit: 'kW' } },
  });
  const sending = setInterval(
    () => void server.request('PUT', `${path(thing)}/properties`, { power: Math.random() }).catch(() => {}),
    500,
  );
  try {
    await vi.waitUntil(
      async () => {
        const { body } = await server.request('GET', '/api/network/applications');
        const [flow] = body as { flow: string; state?: string }[];
        return flow?.flow === 'energy-management.meter-readings' && flow.state !== undefined;
      },
      { timeout: 60_000, interval: 500 },
    );
  } finally {
    clearInterval(sending);
  }
  const { terminals } = (await server.request('GET', `/api/network/terminals?thing=${thing}`)).body as {
    terminals: NetworkTerminalSummary[];
  };
  expect(terminals).toMatchObject([{ title: 'Meter', place: 'works/hall', things: 1, found: true }]);
  // What is measured stands in a thing of its own, with history and alarms like any.
  await vi.waitUntil(
    async () =>
      (await server.request('GET', path(`urn:millrace:network:terminal:${terminals[0]!.id}`))).status === 200,
    { timeout: 30_000, interval: 500 },
  );
  const overview = (await server.request('GET', '/api/network/overview')).body as NetworkOverview;
  expect(overview.terminals.total).toBeGreaterThanOrEqual(1);
  const metrics = await server.request('GET', '/metrics');
  expect(metrics.body).toMatch(/millrace_network\{what="judged_total"\} [1-9]/);
});

test('every page of the network opens, empty as it may be', async () => {
  for (const [name, route] of Object.entries(networkInventoryRoutes) as [string, Route][]) {
    if (route.method !== 'GET' || route.path.includes('{') || route.produces === 'text/event-stream')
      continue;
    const { status, headers } = await server.request('GET', route.path);
    expect([name, status]).toEqual([name, 200]);
    if (route.produces !== undefined) expect(headers.get('content-type')).toMatch(route.produces);
  }
});

test('SIMs come in as a table, and what is wrong is told at its field in both languages', async () => {
  const send = (body: string, apply: boolean) =>
    fetch(`${server.url}/api/network/sims.csv?apply=${apply}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
      body,
    }).then(async (response) => ({
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
    }));
  expect(await send('卡号;状态\n8.986E+19;在用\n', false)).toMatchObject({
    status: 200,
    body: { applied: false, problemCount: 1 },
  });
  expect(await send('卡号;状态\n898600000000000001;在用\n', true)).toMatchObject({
    status: 200,
    body: { applied: true, create: 1 },
  });
  const wrong = await server.request('PUT', '/api/network/flows/energy-management.meter-readings', {
    title: { en: 'x', zh: 'x' },
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 1000,
      survivalTimeMs: 0,
      availabilityMin: 1,
    },
    priority: 3,
    things: ['PowerMeter'],
    places: [],
    terminals: [],
    enabled: true,
  });
  expect(wrong).toMatchObject({
    status: 422,
    body: { field: 'level.availabilityMin', rejected: [{ words: { zh: expect.any(String) } }] },
  });
});

test('who does not know the secret of a provider tells it nothing', async () => {
  for (const rest of ['', '/sessions/1']) {
    const response = await fetch(`${server.url}/api/network/notifications/core/guess${rest}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(404);
  }
});

test('what others have laid down answers in its own words, lets in who shows a token, and stands in the audit trail', async () => {
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(`${server.url}/camara${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const token = { authorization: `Bearer ${server.token}` };
  const stranger = await ask('GET', '/qos-profiles/v1/qos-profiles/QOS_E');
  expect([stranger.status, ((await stranger.json()) as { code: string }).code]).toEqual([
    401,
    'UNAUTHENTICATED',
  ]);
  expect((await ask('GET', '/qos-profiles/v1/qos-profiles/QOS_E', token)).status).toBe(200);
  // A browser's cookie goes along with what other sites ask: here it opens nothing.
  expect(
    (await ask('GET', '/qos-profiles/v1/qos-profiles/QOS_E', { cookie: `millrace=${server.token}` })).status,
  ).toBe(401);
  const session = await ask(
    'POST',
    '/quality-on-demand/v1/sessions',
    { ...token, 'content-type': 'application/json' },
    JSON.stringify({
      device: { ipv4Address: { publicAddress: '203.0.113.9', privateAddress: '203.0.113.9' } },
      applicationServer: { ipv4Address: '198.51.100.1' },
      qosProfile: 'QOS_E',
      duration: 60,
    }),
  );
  expect(session.status).toBeGreaterThanOrEqual(400);
  expect(session.status).toBeLessThan(500);
  const large = await ask('POST', '/quality-on-demand/v1/sessions', token, 'x'.repeat(300_000));
  expect(large.status).toBe(413);
  const { body } = await server.request('GET', '/api/audit?limit=50');
  expect(JSON.stringify(body)).toMatch(/network\.foreign/);
});
