import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Route, type RouteName, routes } from '@millrace/contract';
import { ServerUnderTest } from '@millrace/server/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** What broke others in this field, tried here against a real server. */
let server: ServerUnderTest;
const marker = `marker-${randomBytes(6).toString('hex')}`;
beforeAll(async () => {
  server = await ServerUnderTest.start();
  // What lies beside the console's files and must never be served.
  expect(existsSync(join(server.data, 'key'))).toBe(true);
}, 240_000);
afterAll(() => server?.stop());

const stranger = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(`${server.url}${path}`, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
/** As bytes on the wire, which a client library would tidy up first. */
function raw(request: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(text));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
  });
}
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
const all = Object.entries(routes) as [RouteName, Route][];

describe('without signing in', () => {
  test('no configuration is taken, whatever the body is', async () => {
    for (const [, route] of all.filter(([, one]) => one.method !== 'GET' && one.access !== 'open')) {
      const path = route.path.replaceAll(/\{\w+\}/g, 'x');
      for (const [type, body] of [
        ['application/json', '{}'],
        [
          'multipart/form-data; boundary=x',
          '--x\r\ncontent-disposition: form-data; name="file"; filename="../../key"\r\n\r\nx\r\n--x--',
        ],
        ['application/octet-stream', '\u0000\u0001'],
        ['application/x-www-form-urlencoded', 'a=b'],
      ] as const)
        expect([
          route.method,
          path,
          type,
          (await stranger(route.method, path, { 'content-type': type }, body)).status,
        ]).toEqual([route.method, path, type, 401]);
    }
  });

  test('no word of a proxy makes anybody somebody', async () => {
    for (const headers of [
      {
        'x-forwarded-user': 'admin',
        'x-remote-user': 'admin',
        'remote-user': 'admin',
        'x-webauth-user': 'admin',
      },
      { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', forwarded: 'for=127.0.0.1' },
      { 'x-forwarded-host': 'localhost', 'x-original-url': '/api/health', 'x-rewrite-url': '/api/health' },
      { 'x-http-method-override': 'GET', 'x-method-override': 'GET' },
      { authorization: 'Basic YWRtaW46YWRtaW4=' },
      { authorization: 'Bearer null' },
      { authorization: 'Bearer undefined' },
      { authorization: 'Bearer ' },
      { authorization: 'bearer' },
      { cookie: 'millrace=' },
      { cookie: 'millrace=__proto__; millrace=constructor' },
    ] as Record<string, string>[])
      for (const path of ['/api/things', '/api/people', '/api/audit', '/metrics'])
        expect([headers, path, (await stranger('GET', path, headers)).status]).toEqual([headers, path, 401]);
  });

  test('other verbs and other spellings open no route', async () => {
    for (const method of ['HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'LOCK', 'PURGE']) {
      const answer = await raw(`${method} /api/people HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect([method, [400, 401, 404, 405].includes(statusOf(answer))]).toEqual([method, true]);
    }
    for (const path of [
      '/API/people',
      '/api//people',
      '/api/people/',
      '/api/people;x',
      '/api/./people',
      '/%61pi/people',
      '/api/people%00',
      '/x/../api/people',
      '//api/people',
      '/api%2fpeople',
      '/api/things%2f..%2fpeople',
      'http://other/api/people',
    ]) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect([path, /"name"\s*:\s*"admin"/.test(answer)]).toEqual([path, false]);
    }
  });

  test('a token in the address is not one', async () => {
    for (const name of ['token', 'access_token', 'authorization', 'api_key', 'millrace'])
      expect((await stranger('GET', `/api/things?${name}=${server.token}`)).status).toBe(401);
    expect((await stranger('GET', `/api/session?bearer=${server.token}`)).status).toBe(401);
  });

  test('nobody has a default or empty password', async () => {
    for (const [user, password] of [
      ['admin', ''],
      ['admin', 'admin'],
      ['admin', 'password'],
      ['admin', 'millrace'],
      ['', ''],
      ['root', 'root'],
      ['demo', 'demo'],
      ['__proto__', ''],
    ]) {
      const answer = await stranger(
        'POST',
        '/api/session',
        { 'content-type': 'application/json' },
        JSON.stringify({ user, password }),
      );
      expect([user, answer.status]).toEqual([user, 401]);
    }
    for (const body of [
      '{"user":"admin"}',
      '{"user":"admin","password":null}',
      '{"user":["admin"],"password":{"$ne":""}}',
      '{"user":"admin","password":true}',
      '[]',
      'null',
      '"admin"',
    ])
      expect([
        body,
        (await stranger('POST', '/api/session', { 'content-type': 'application/json' }, body)).status,
      ]).toEqual([body, 400]);
  });

  test('a user that is there and one that is not cannot be told apart', async () => {
    const words = async (user: string) => {
      const answer = await stranger(
        'POST',
        '/api/session',
        { 'content-type': 'application/json' },
        JSON.stringify({ user, password: 'wrong wrong' }),
      );
      return { status: answer.status, body: await answer.text(), names: [...answer.headers.keys()].sort() };
    };
    expect(await words('admin')).toEqual(await words('who-is-not-there'));
  });

  test('a session that a stranger chose is never the one that is opened', async () => {
    const chosen = 'A'.repeat(43);
    const answer = await stranger(
      'POST',
      '/api/session',
      { 'content-type': 'application/json', cookie: `millrace=${chosen}` },
      JSON.stringify({ user: 'admin', password: server.password }),
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).not.toContain(chosen);
    expect((await stranger('GET', '/api/session', { cookie: `millrace=${chosen}` })).status).toBe(401);
  });
});

describe('files', () => {
  const escapes = [
    '../key',
    '..%2fkey',
    '..%252fkey',
    '..%5ckey',
    '..\\key',
    '%2e%2e/key',
    '%2e%2e%2fkey',
    '%252e%252e%252fkey',
    '....//key',
    '/../../key',
    '..;/key',
    '..%c0%afkey',
    '..%ef%bc%8fkey',
    '.%00./key',
    '%2fetc%2fpasswd',
    '/etc/passwd',
    'assets/../../../package.json',
    'assets/..%2f..%2f..%2fpackage.json',
    'assets/%2e%2e/%2e%2e/%2e%2e/package.json',
    'file:///etc/passwd',
    'C:%5cwindows%5cwin.ini',
    '.git/config',
    'key',
    'audit-key',
    'index.html%00.js',
  ];

  test('no spelling of a path leaves the console’s folder', async () => {
    const secret = readFileSync(join(server.data, 'key')).toString('latin1');
    for (const spelling of escapes) {
      for (const before of ['/', '/assets/']) {
        const answer = await raw(`GET ${before}${spelling} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
        const what = `${before}${spelling}`;
        expect([
          what,
          answer.includes(secret),
          /root:.*:0:0|"workspaces"|\[core\]|BEGIN PRIVATE/.test(answer),
        ]).toEqual([what, false, false]);
      }
    }
  });

  test('names that people give never become paths', async () => {
    const before = listing(server.data);
    for (const spelling of escapes) {
      const name = `${spelling}-${marker}`;
      await server.request('PUT', `/api/things/${encodeURIComponent(`urn:x:${name}`)}`, {
        id: `urn:x:${name}`,
        title: name,
        properties: {},
      });
      await server.request('POST', '/api/connections', {
        id: name,
        protocol: 'modbus-tcp',
        title: name,
        settings: { host: '127.0.0.1', port: 1 },
      });
      await server.request('PUT', `/api/connections/${encodeURIComponent(name)}`, {
        protocol: 'modbus-tcp',
        title: name,
        settings: { host: '127.0.0.1', port: 1 },
      });
      await server.request('GET', `/api/apps/${encodeURIComponent(spelling)}`);
      await server.request('POST', '/api/people', { name: spelling, grants: [] });
      for (const path of [
        `/api/backups/${encodeURIComponent(spelling)}`,
        `/api/protocols/${encodeURIComponent(spelling)}/test`,
      ])
        expect((await server.request('POST', path, { settings: {} })).status).toBeGreaterThanOrEqual(400);
    }
    await server.request('POST', '/api/backups', { name: '../escaped', folder: '/tmp' });
    const outside = [...listing(server.data)].filter(
      (path) =>
        !before.has(path) &&
        path.includes(marker) &&
        !path.startsWith('connections/') &&
        !path.startsWith('records/'),
    );
    expect(outside).toEqual([]);
    for (const entry of readdirSync(join(server.data, '..')))
      expect(entry).not.toMatch(new RegExp(`${marker}|^escaped`));
    for (const name of existsSync(join(server.data, 'connections'))
      ? readdirSync(join(server.data, 'connections'))
      : [])
      expect(name).toMatch(/^[a-z0-9.-]+$/);
  }, 120_000);

  test('keys are the platform’s alone', () => {
    for (const name of ['key', 'audit-key'])
      expect([name, statSync(join(server.data, name)).mode & 0o077]).toEqual([name, 0]);
  });
});

describe('what is sent in', () => {
  test('no route lets a body reach the prototype of everything', async () => {
    const payloads = [
      '{"__proto__":{"polluted":"yes"}}',
      '{"constructor":{"prototype":{"polluted":"yes"}}}',
      '{"a":{"__proto__":{"polluted":"yes"}}}',
      '[{"__proto__":{"polluted":"yes"}}]',
      '{"__proto__":{"admin":true,"role":"admin","grants":[{"role":"admin","place":""}]}}',
      '{"settings":{"__proto__":{"polluted":"yes"}},"properties":{"__proto__":{"type":"number"},"constructor":{"type":"number"},"toString":{"type":"number"}}}',
    ];
    await server.addThing('urn:hostile:thing', { level: { type: 'number' } });
    for (const [name, route] of all.filter(([, one]) => one.body !== undefined)) {
      if (name === 'signOut') continue;
      const path = route.path
        .replace('{id}', encodeURIComponent('urn:hostile:thing'))
        .replaceAll(/\{\w+\}/g, '__proto__');
      for (const payload of payloads) {
        const { status, body } = await server.request(route.method, path, payload);
        expect([
          name,
          payload,
          status < 500 || status === 503 || status === 504,
          JSON.stringify(body).includes('"polluted":"yes"') &&
            status < 300 &&
            name !== 'push' &&
            name !== 'pushEvent' &&
            name !== 'createThingModelInstance',
        ]).toEqual([name, payload, true, false]);
      }
    }
    const { body } = await server.request('GET', '/api/session');
    expect(body).not.toHaveProperty('polluted');
    expect((await server.request('GET', '/api/health')).body).not.toHaveProperty('polluted');
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'toString'])
      for (const [path, statuses] of [
        [`/api/things/${name}`, [404]],
        [`/api/connections/${name}`, [404]],
        [`/api/things/urn%3Ahostile%3Athing/properties/${name}/samples`, [404]],
        [`/api/apps/${name}`, [404]],
      ] as const)
        expect([path, statuses.includes((await server.request('GET', path)).status as never)]).toEqual([
          path,
          true,
        ]);
  }, 120_000);

  test('code in what people write is never run', async () => {
    const codes = [
      `\${7*7}`,
      '{{7*7}}',
      '<%= 7*7 %>',
      "');process.exit(1);//",
      'require("child_process").execSync("id")',
      'constructor.constructor("return process")().exit()',
      '`id`',
      '$(id)',
      '; id',
      '| id',
      "' OR '1'='1",
      "'; DROP TABLE users; --",
      '\u0000',
      '%n%n%n',
    ];
    for (const code of codes) {
      await server.request('PUT', '/api/settings', { plantName: code.slice(0, 200) });
      await server.request('GET', `/api/things?text=${encodeURIComponent(code)}`);
      await server.request(
        'GET',
        `/api/audit?text=${encodeURIComponent(code)}&actor=${encodeURIComponent(code)}&place=${encodeURIComponent(code)}`,
      );
      await server.request('GET', `/api/quarantine?thing=${encodeURIComponent(code)}`);
      const rule = await server.request('POST', '/api/alarm-rules/check', {
        target: { kind: 'thing', thing: 'urn:hostile:thing' },
        condition: code,
        title: code,
        priority: 'low',
      });
      expect([code, rule.status < 500]).toEqual([code, true]);
    }
    await server.request('PUT', '/api/settings', { plantName: '' });
    expect((await server.request('GET', '/api/people')).status).toBe(200);
  });

  test('what people write comes back as data, never as a page', async () => {
    const html = `<img src=x onerror="alert('${marker}')"><script>alert(1)</script>`;
    await server.request('PUT', '/api/things/urn%3Ahostile%3Athing', {
      id: 'urn:hostile:thing',
      title: html,
      properties: { level: { type: 'number', title: html } },
    });
    await server.request('POST', '/api/alarm-rules', {
      id: 'hostile',
      title: html.slice(0, 100),
      priority: 'low',
      target: { kind: 'thing', thing: 'urn:hostile:thing' },
      condition: 'level > 1',
      consequence: html,
    });
    await server.request('POST', '/api/things/urn%3Ahostile%3Athing/properties', { level: 5 });
    for (const path of [
      '/api/things',
      '/api/thing-states',
      '/api/alarms',
      '/api/alarm-rules',
      '/api/audit',
      `/api/things/${encodeURIComponent(html)}`,
      `/api/${html}`,
      `/${html}`,
      '/api/export?thing=urn%3Ahostile%3Athing',
      '/api/alarms/export',
    ]) {
      const { headers } = await server.request('GET', path);
      const type = headers.get('content-type') ?? '';
      expect([
        path,
        headers.get('x-content-type-options'),
        headers.get('content-security-policy')?.includes("object-src 'none'"),
      ]).toEqual([path, 'nosniff', true]);
      if (path.startsWith('/api')) expect([path, /html|svg|xml/.test(type)]).toEqual([path, false]);
    }
    const page = await (
      await stranger('GET', `/${encodeURIComponent(html)}?x=${encodeURIComponent(html)}`)
    ).text();
    expect(page).not.toContain(marker);
    // A formula in a table file would run in the spreadsheet of whoever opens it.
    const csp = (await stranger('GET', '/')).headers.get('content-security-policy') ?? '';
    expect(csp).toContain("default-src 'self'");
    expect(csp).not.toMatch(/script-src[^;]*unsafe/);
  });

  test('headers, cookies and bodies have bounds', async () => {
    expect(
      [431, 400].includes(
        statusOf(
          await raw(
            `GET /api/health HTTP/1.1\r\nhost: x\r\nx-big: ${'a'.repeat(100_000)}\r\nconnection: close\r\n\r\n`,
          ),
        ),
      ),
    ).toBe(true);
    expect(
      statusOf(
        await raw(
          `GET /api/things HTTP/1.1\r\nhost: x\r\ncookie: ${Array.from({ length: 500 }, (_, n) => `c${n}=1`).join('; ')}\r\nconnection: close\r\n\r\n`,
        ),
      ),
    ).toBe(401);
    expect(
      statusOf(
        await raw(
          'POST /api/session HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
        ),
      ),
    ).toBe(400);
    expect(statusOf(await raw('GET /api/health HTTP/1.1\r\nhost: x\r\nx: a\u0000b\r\n\r\n'))).toBe(400);
    expect(
      (await server.request('POST', '/api/session', { user: 'a'.repeat(300), password: 'x' })).status,
    ).toBe(400);
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect((await server.request('POST', '/api/things', deep)).status).toBe(400);
    expect((await server.request('GET', '/api/health')).status).toBe(200);
  });
});

describe('other sites and other servers', () => {
  test('what another site’s page sends with the cookie changes nothing', async () => {
    const signedIn = await stranger(
      'POST',
      '/api/session',
      { 'content-type': 'application/json' },
      JSON.stringify({ user: 'admin', password: server.password }),
    );
    const cookie = signedIn.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const pair = cookie.split(';')[0]!;
    for (const [, route] of all.filter(([, one]) => one.method !== 'GET' && one.access !== 'open')) {
      const path = route.path.replaceAll(/\{\w+\}/g, 'x');
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'same-site' },
      ] as Record<string, string>[]) {
        const answer = await stranger(
          route.method,
          path,
          { cookie: pair, 'content-type': 'text/plain', ...headers },
          '{}',
        );
        expect([route.method, path, headers, answer.status]).toEqual([route.method, path, headers, 403]);
      }
    }
    // None may read either: no answer names an origin that could.
    const read = await stranger('GET', '/api/things', { cookie: pair, origin: 'https://evil.example' });
    expect(read.headers.get('access-control-allow-origin')).toBeNull();
  }, 120_000);

  test('the host that a request names is believed nowhere', async () => {
    const { hostname, port } = new URL(server.url);
    for (const path of ['/', '/api/health', '/api/session/oidc', '/api/openapi.json', '/sign-in']) {
      const answer = await raw(
        `GET ${path} HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nx-forwarded-proto: https\r\nconnection: close\r\n\r\n`,
      );
      expect([path, answer.includes('evil.example')]).toEqual([path, false]);
    }
    expect([hostname, Number(port) > 0]).toEqual([hostname, true]);
  });

  test('a webhook may not be pointed at the machine itself or at what clouds tell their machines', async () => {
    const tried: string[] = [];
    for (const url of [
      'http://127.0.0.1:1/',
      'http://localhost/',
      'http://[::1]/',
      'http://0.0.0.0/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://169.254.169.254/latest/meta-data/',
      'http://[::ffff:127.0.0.1]/',
      'http://[fe80::1]/',
      'file:///etc/passwd',
      'gopher://127.0.0.1/',
      'ftp://127.0.0.1/',
    ]) {
      const made = await server.request('POST', '/api/alarm-channels', {
        id: `hostile-${tried.length}`,
        title: 'x',
        kind: 'webhook',
        roles: [],
        enabled: true,
        settings: { url },
        url,
      });
      let outcome = String(made.status);
      if (made.status < 300) {
        const id = (made.body as { id: string }).id;
        const tested = await server.request('POST', `/api/alarm-channels/${id}/test`, {});
        const { ok } = tested.body as { ok?: boolean };
        outcome =
          tested.status >= 400 || ok === false
            ? 'refused'
            : `reached: ${JSON.stringify(tested.body).slice(0, 200)}`;
      }
      tried.push(`${url} ${outcome}`);
    }
    expect(tried.filter((one) => / reached| 5\d\d$/.test(one))).toEqual([]);
  });
});

test('secrets stand neither in the log, nor in the command line or environment of the program’s own processes', async () => {
  const secrets = ['a-secret-of-a-connection', 'a secret of the provider', 'the password of a person'];
  await server.request('POST', '/api/connections', {
    id: 'with-secret',
    protocol: 'opcua',
    title: 'x',
    settings: {
      host: '127.0.0.1',
      port: 1,
      url: 'opc.tcp://127.0.0.1:1',
      identity: 'user',
      user: 'u',
      password: secrets[0],
    },
  });
  await server.request('PUT', '/api/access/oidc', {
    enabled: false,
    title: '',
    issuer: 'https://provider.example',
    clientId: 'x',
    clientSecret: secrets[1],
    publicUrl: '',
    scope: 'openid',
    nameClaim: 'sub',
    groupsClaim: 'groups',
    groups: [],
  });
  await server.request('POST', '/api/people', { name: 'secretive', password: secrets[2], grants: [] });
  const { body } = await server.request('POST', '/api/account/tokens', {
    title: 'x',
    scopes: [{ role: 'viewer', place: '' }],
    days: 1,
  });
  const all = [...secrets, (body as { token: string }).token, server.password, server.token];
  for (const pid of server.pids()) {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    for (const secret of all)
      expect([commandLine.slice(0, 80), commandLine.includes(secret)]).toEqual([
        commandLine.slice(0, 80),
        false,
      ]);
    if (pid === server.child.pid) continue;
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    for (const secret of all)
      expect([commandLine.slice(0, 200), environment.includes(secret)]).toEqual([
        commandLine.slice(0, 200),
        false,
      ]);
  }
  for (const secret of all) expect([secret, server.output.includes(secret)]).toEqual([secret, false]);
  const trail = await stranger('GET', '/api/audit/export', { authorization: `Bearer ${server.token}` });
  const told = await trail.text();
  expect(told).toContain('person.create');
  for (const secret of all) expect([secret, told.includes(secret)]).toEqual([secret, false]);
  const shown = [
    await server.request('GET', '/api/connections'),
    await server.request('GET', '/api/access/oidc'),
    await server.request('GET', '/api/people'),
    await server.request('GET', '/api/tokens'),
  ];
  for (const secret of all)
    expect([secret, JSON.stringify(shown.map((one) => one.body)).includes(secret)]).toEqual([secret, false]);
});

function listing(folder: string): Set<string> {
  return new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
      join(entry.parentPath, entry.name).slice(folder.length + 1),
    ),
  );
}
