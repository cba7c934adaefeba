import {
  type Grant,
  grantsGiving,
  mayAt,
  permissionNames,
  type Route,
  type RouteName,
  roleNames,
  routes,
} from '@millrace/contract';
import { ServerUnderTest } from '@millrace/server/testing';
import type { TSchema } from 'typebox';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

/**
 * Every route × role × place of the tree, on a real server. What may be answered is worked out from the contract (`route.access` and the
 * permissions of the roles) and from nothing else, so a route that is added is covered by itself. The words that stand for a place occur
 * nowhere but in what belongs there: an answer that holds one tells of that place.
 */
const nodes = {
  north: { place: 'acme/nordhalle', thing: 'urn:test:n1', word: /nordhalle|Nordpumpe/i },
  south: { place: 'acme/suedhalle', thing: 'urn:test:s1', word: /suedhalle|Suedpumpe/i },
  cell: { place: 'acme/nordhalle/zelle-7', thing: 'urn:test:n2', word: /zelle-7|Zellenpumpe/i },
  plant: { place: '', thing: 'urn:test:p1', word: /Werkspumpe/i },
} as const;
type NodeName = keyof typeof nodes;
const nodeNames = Object.keys(nodes) as NodeName[];
const titles: Record<NodeName, string> = {
  north: 'Nordpumpe',
  south: 'Suedpumpe',
  cell: 'Zellenpumpe',
  plant: 'Werkspumpe',
};
const streamMilliseconds = 250;

interface Caller {
  name: string;
  grants: readonly Grant[];
  headers: Record<string, string>;
  signedIn: boolean;
  byToken?: true;
  device?: string;
}

let server: ServerUnderTest;
const callers: Caller[] = [];
/** Ids of what was made at each place, by the name of the path parameter. */
const made: Record<NodeName, Record<string, string>> = { north: {}, south: {}, cell: {}, plant: {} };

beforeAll(async () => {
  server = await ServerUnderTest.start();
  const must = async (method: string, path: string, body?: unknown): Promise<never> => {
    const answer = await server.request(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as never;
  };
  for (const name of nodeNames) {
    const { thing, place } = nodes[name];
    const path = `/api/things/${encodeURIComponent(thing)}`;
    await must('PUT', path, {
      id: thing,
      title: titles[name],
      ...(place === '' ? {} : { 'millrace:place': place }),
      properties: { level: { type: 'number' }, setpoint: { type: 'number' } },
      actions: { reset: {} },
    });
    await must('POST', '/api/alarm-rules', {
      id: `rule-${name[0]}`,
      title: `${titles[name]} zu voll`,
      priority: 'high',
      target: { kind: 'thing', thing },
      condition: 'level > 10',
    });
    await must('POST', '/api/maintenance-windows', {
      title: `${titles[name]} gewartet`,
      place,
      from: '2031-01-01T00:00:00Z',
      to: '2031-01-02T00:00:00Z',
      reason: `${titles[name]} braucht Öl`,
    });
    await must('POST', `${path}/properties`, { level: 20 });
    await must('POST', `${path}/events/opened`, { by: titles[name] });
    // Nothing reaches it: the command ends refused or unknown, and stays in the list.
    await server.request('POST', `${path}/properties/setpoint/set`, { value: 1, waitSeconds: 0 });
    await server.request('POST', `${path}/lease`, {});
    await server.request('POST', '/api/set-point-groups', {
      title: titles[name],
      steps: [{ thing, property: 'setpoint', value: 2 }],
      waitSeconds: 0,
    });
    const { username, password } = await must('POST', `${path}/credentials`);
    callers.push({
      name: `the terminal ${name}`,
      grants: [],
      signedIn: false,
      device: thing,
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
    });
    made[name] = { id: thing, name: 'level', rule: `rule-${name[0]}`, username };
  }
  await vi.waitUntil(async () => ((await must('GET', '/api/alarms')) as { total: number }).total === 4, {
    timeout: 10_000,
  });
  const note = (path: string, list: string, parameter: string) =>
    must('GET', path).then((body: Record<string, unknown[]>) => {
      const items = (Array.isArray(body) ? body : body[list]!) as Record<string, unknown>[];
      for (const item of items) {
        const text = JSON.stringify(item);
        const name = nodeNames.find((one) => text.includes(nodes[one].thing) || text.includes(titles[one]));
        if (name !== undefined) made[name][parameter] = item['id'] as string;
      }
    });
  await note('/api/alarms', 'alarms', 'alarm');
  await note('/api/maintenance-windows', 'windows', 'window');
  await note('/api/commands', 'commands', 'command');
  await note('/api/set-point-groups', 'groups', 'group');

  for (const role of roleNames) {
    for (const { place } of Object.values(nodes)) {
      const grant: Grant = { role, place };
      const { token } = (await must('POST', '/api/account/tokens', {
        title: 'matrix',
        scopes: [grant],
        days: 1,
      })) as { token: string };
      callers.push({
        name: `${role} at "${place}"`,
        grants: [grant],
        signedIn: true,
        byToken: true,
        headers: { authorization: `Bearer ${token}` },
      });
    }
  }
  const password = 'for the matrix alone';
  for (const [user, grants] of [
    ['nobody', []],
    ['only-in-an-app', [{ role: 'admin', place: '', app: 'some-app' }]],
    ['northerner', [{ role: 'admin', place: nodes.north.place }]],
  ] as [string, Grant[]][]) {
    await must('POST', '/api/people', { name: user, password, grants });
    const { token } = (await must('POST', '/api/session', { user, password })) as { token: string };
    callers.push({ name: user, grants, signedIn: true, headers: { authorization: `Bearer ${token}` } });
  }
  callers.push(
    { name: 'a stranger', grants: [], signedIn: false, headers: {} },
    { name: 'a wrong token', grants: [], signedIn: false, headers: { authorization: 'Bearer mlr_wrong' } },
  );
}, 400_000);
afterAll(() => server?.stop());

/** May the table be read so that this caller gets an answer about this node? */
function allowed(route: Route, caller: Caller, node: NodeName): boolean {
  const { access } = route;
  if (access === 'open') return true;
  if (access === 'person') return caller.signedIn;
  if (access === 'session') return caller.signedIn && !caller.byToken;
  if (access.device === true && caller.device === nodes[node].thing) return true;
  // Which devices it lets in, the handler says: none of these has a terminal.
  if (access.at === 'some') return grantsGiving(caller.grants, access.may).length > 0;
  return mayAt(caller.grants, access.may, access.at === 'plant' ? '' : nodes[node].place);
}

/** Words of places in an answer of which this caller may see nothing. */
function leaks(caller: Caller, text: string, asked: string): string[] {
  const own = JSON.stringify(caller.grants);
  return nodeNames.filter((name) => {
    const { place, thing } = nodes[name];
    // The places above what one sees are part of its path, not of what stands there.
    const above = caller.grants.some((grant) => grant.place.startsWith(`${place}/`));
    const word = above ? new RegExp(titles[name]) : nodes[name].word;
    if (mayAt(caller.grants, 'read', place) || caller.device === thing) return false;
    // The caller's own words given back tell nothing.
    const rest = [own, asked].some((given) => word.test(given))
      ? text.replaceAll(/"(grants|scopes)":\[.*?\]/g, '')
      : text;
    return word.test(rest);
  });
}

async function call(
  route: Route,
  path: string,
  caller: Caller,
  body: unknown = {},
): Promise<{ status: number; text: string; type: string }> {
  const ending = new AbortController();
  const isStream = route.produces === 'text/event-stream';
  const response = await fetch(`${server.url}${path}`, {
    method: route.method,
    redirect: 'manual',
    signal: ending.signal,
    headers: { ...caller.headers, ...(route.method === 'GET' ? {} : { 'content-type': 'application/json' }) },
    ...(route.method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  let text = '';
  if (isStream && response.ok) {
    const timer = setTimeout(() => ending.abort(), streamMilliseconds);
    const reader = response.body!.getReader();
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += new TextDecoder().decode(value);
      }
    } catch {
      // Ended by ourselves.
    }
    clearTimeout(timer);
  } else text = await response.text();
  let type = '';
  if (/problem\+json/.test(response.headers.get('content-type') ?? ''))
    type = (JSON.parse(text) as { type: string }).type;
  return { status: response.status, text, type };
}

const pathFor = (route: Route, node: NodeName): string =>
  route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(made[node][name] ?? 'nothing'));
const nodesOf = (route: Route): NodeName[] =>
  route.path.includes('{') || (typeof route.access === 'object' && route.access.at === 'some')
    ? nodeNames
    : ['plant'];

const all = Object.entries(routes) as [RouteName, Route][];

test('the seeds are there: an alarm, a rule and a window at each place', () => {
  for (const name of nodeNames)
    expect(made[name]).toMatchObject({ alarm: expect.any(String), window: expect.any(String) });
});

test.each(all.map(([name, route]) => [name, route] as const))(
  '%s answers no more than the table says',
  { timeout: 120_000 },
  async (name, route) => {
    const wrong: string[] = [];
    for (const node of nodesOf(route)) {
      const plain = pathFor(route, node);
      const { thing, place } = nodes[node];
      const paths =
        route.method === 'GET' && route.query !== undefined
          ? [plain, `${plain}?${new URLSearchParams({ thing, place }).toString()}`]
          : [plain];
      const look = async (caller: Caller): Promise<void> => {
        const may = allowed(route, caller, node);
        // What may be done and would be is left to the tests of its own; whether it is let in at all is seen without.
        if (may && route.method !== 'GET') return;
        for (const path of paths) {
          const { status, text, type } = await call(route, path, caller);
          const what = `${route.method} ${path} by ${caller.name}: ${status} ${type} ${text.slice(0, 300)}`;
          const notSignedIn = !caller.signedIn && caller.device === undefined;
          if (
            !may &&
            status !== (notSignedIn ? 401 : 403) &&
            !(caller.device !== undefined && status === 401)
          )
            wrong.push(`must be refused: ${what}`);
          if (
            may &&
            (status === 401 ||
              (status === 403 &&
                type === 'not-allowed' &&
                path === plain &&
                !(typeof route.access === 'object' && route.access.at === 'some')))
          )
            wrong.push(`must be let in: ${what}`);
          if (status >= 500 && status !== 503 && status !== 504 && name !== 'health')
            wrong.push(`fails: ${what}`);
          for (const place of leaks(caller, text, path)) wrong.push(`tells of ${place}: ${what}`);
        }
      };
      // A stream is listened to for a while; all callers may do so at once.
      if (route.produces === 'text/event-stream') await Promise.all(callers.map(look));
      else for (const caller of callers) await look(caller);
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  },
);

/** A body that the schema takes, about one node. */
function bodyFor(schema: TSchema | undefined, node: NodeName): unknown {
  const { thing, place } = nodes[node];
  const known: Record<string, unknown> = {
    thing,
    place,
    things: [thing],
    alarms: [made[node]['alarm']],
    ids: [made[node]['alarm']],
    id: undefined,
    'millrace:place': place,
    target: { kind: 'thing', thing },
    steps: [{ thing, property: 'setpoint', value: 3 }],
    condition: 'level > 5',
    priority: 'low',
    from: '2031-02-01T00:00:00Z',
    to: '2031-02-02T00:00:00Z',
    scopes: [{ role: 'viewer', place }],
    grants: [{ role: 'viewer', place }],
  };
  const fill = (one: Record<string, unknown>, name: string): unknown => {
    if (name in known) return known[name];
    if (one['const'] !== undefined) return one['const'];
    if (Array.isArray(one['anyOf'])) return fill((one['anyOf'] as Record<string, unknown>[])[0]!, name);
    if (Array.isArray(one['enum'])) return (one['enum'] as unknown[])[0];
    switch (one['type']) {
      case 'object': {
        const properties = (one['properties'] ?? {}) as Record<string, Record<string, unknown>>;
        const required = new Set([
          ...((one['required'] as string[] | undefined) ?? []),
          ...Object.keys(properties).filter((key) => key in known),
        ]);
        return Object.fromEntries([...required].map((key) => [key, fill(properties[key] ?? {}, key)]));
      }
      case 'array':
        return [fill((one['items'] ?? {}) as Record<string, unknown>, '')];
      case 'integer':
      case 'number':
        return Math.max(Number(one['minimum'] ?? 1), 1);
      case 'boolean':
        return true;
      case 'string':
        return 'matrix-text';
      default:
        return 'matrix-text';
    }
  };
  return schema === undefined
    ? undefined
    : fill(JSON.parse(JSON.stringify(schema)) as Record<string, unknown>, '');
}

test('who holds everything in the south changes nothing in the north, by no route', {
  timeout: 120_000,
}, async () => {
  const southern = callers.find(({ name }) => name === `admin at "${nodes.south.place}"`)!;
  expect(permissionNames.every((permission) => grantsGiving(southern.grants, permission).length > 0)).toBe(
    true,
  );
  const lists = [
    '/api/things',
    '/api/alarms',
    '/api/alarm-rules',
    '/api/maintenance-windows',
    '/api/leases',
    '/api/commands',
    '/api/set-point-groups',
  ];
  const northern = async (): Promise<string> => {
    const texts: string[] = [];
    for (const path of lists) {
      const { body } = await server.request('GET', path);
      const items = Array.isArray(body) ? body : (Object.values(body as object).find(Array.isArray) ?? []);
      texts.push(...items.map((item) => JSON.stringify(item)).filter((text) => /n1|Nordpumpe/.test(text)));
    }
    return texts.sort().join('\n');
  };
  const before = await northern();
  const done: string[] = [];
  for (const [name, route] of all) {
    if (route.method === 'GET' || typeof route.access === 'string') continue;
    const body = bodyFor(route.body, 'north');
    const { status, text } = await call(route, pathFor(route, 'north'), southern, body ?? {});
    if (leaks(southern, text, JSON.stringify(body ?? '')).includes('north') && status < 300)
      done.push(`${name}: ${status} ${text.slice(0, 200)}`);
    if (status < 300 && route.access.at !== 'some') done.push(`${name}: ${status} ${text.slice(0, 200)}`);
  }
  expect(done.filter((one) => !one.startsWith('createThingModelInstance'))).toEqual([]);
  expect(await northern()).toBe(before);
});

test('a thing is made, moved and removed only where the caller may at both ends', async () => {
  const engineer = callers.find(({ name }) => name === `engineer at "${nodes.south.place}"`)!;
  const send = (method: string, path: string, body?: unknown) =>
    server.request(method, path, body, engineer.headers);
  const thing = (id: string, place: string) => ({ id, title: 'x', 'millrace:place': place });
  const path = (id: string) => `/api/things/${encodeURIComponent(id)}`;
  expect((await send('POST', '/api/things', thing('urn:test:new', nodes.north.place))).status).toBe(403);
  expect((await send('POST', '/api/things', { id: 'urn:test:new', title: 'x' })).status).toBe(403);
  expect((await send('POST', '/api/things', thing('urn:test:new', `${nodes.south.place}x`))).status).toBe(
    403,
  );
  expect((await send('POST', '/api/things', thing('urn:test:new', `${nodes.south.place}/line`))).status).toBe(
    201,
  );
  expect((await send('PUT', path('urn:test:new'), thing('urn:test:new', nodes.north.place))).status).toBe(
    403,
  );
  expect(
    (await send('PUT', path(nodes.north.thing), thing(nodes.north.thing, nodes.south.place))).status,
  ).toBe(403);
  expect((await send('DELETE', path(nodes.north.thing))).status).toBe(403);
  // An id that is taken elsewhere says no more than that it is not free.
  const taken = await send('POST', '/api/things', thing(nodes.north.thing, nodes.south.place));
  expect([taken.status, JSON.stringify(taken.body)]).toEqual([
    403,
    expect.not.stringMatching(nodes.north.word),
  ]);
  expect((await send('DELETE', path('urn:test:new'))).status).toBe(204);
});

test('an open stream ends with the session and with what its reader may', { timeout: 60_000 }, async () => {
  const password = 'to be looked at';
  for (const path of Object.values(routes)
    .filter((route: Route) => route.produces === 'text/event-stream')
    .map(({ path: one }) => one)) {
    const user = `watcher${path.replaceAll('/', '-')}`;
    await server.request('POST', '/api/people', {
      name: user,
      password,
      grants: [{ role: 'operator', place: nodes.north.place }],
    });
    for (const end of [
      () =>
        server.request('PUT', `/api/people/${user}`, {
          grants: [{ role: 'viewer', place: nodes.south.place }],
        }),
      (token: string) =>
        server.request('DELETE', '/api/session', undefined, { authorization: `Bearer ${token}` }),
      () => server.request('DELETE', `/api/people/${user}`),
    ]) {
      const { token } = (await server.request('POST', '/api/session', { user, password })).body as {
        token: string;
      };
      const stream = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      expect([path, stream.status]).toEqual([path, 200]);
      const ended = (async () => {
        try {
          for await (const _ of stream.body!);
        } catch {
          // Broken off: over as well.
        }
        return 'ended';
      })();
      expect((await end(token)).status).toBeLessThan(300);
      expect(
        await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve('still open'), 5000))]),
      ).toBe('ended');
    }
  }
});
