import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { descendants, ServerUnderTest } from '@millrace/server/testing';
import { afterEach, expect, test } from 'vitest';

/** How the platform starts, stops, and refuses to start. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const cleanup: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});
const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-lifecycle-'));
  cleanup.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  return folder;
};
const alive = (pid: number): boolean => {
  try {
    // A zombie has ended too.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const gone = async (pids: readonly number[], milliseconds: number): Promise<number[]> => {
  const end = Date.now() + milliseconds;
  while (pids.some(alive) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  return pids.filter(alive);
};
const refused = async (
  argv: string[],
  environment: Record<string, string> = {},
): Promise<{ code: number | null; words: string }> => {
  const child = spawn(
    process.execPath,
    [join(root, 'server/dist/cli.js'), '--no-plant', '--http', '0', '--mqtt', '0', ...argv],
    {
      env: { ...process.env, MILLRACE_ADMIN_PASSWORD: 'a password for tests', ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, words };
};

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s ends the whole tree in an orderly way, and the next start has the data',
  async (signal) => {
    const data = temporary();
    const first = await ServerUnderTest.start({ data });
    await first.addThing('urn:test:kept', { v: { type: 'number' } });
    await first.request('POST', '/api/things/urn:test:kept/properties', {
      time: '2026-01-01T00:00:00Z',
      values: { v: 42 },
    });
    const pids = first.pids();
    expect(pids.length).toBeGreaterThanOrEqual(4);
    const code = new Promise((resolve) => first.child.once('exit', resolve));
    first.child.kill(signal);
    expect(await gone(pids, 10_000)).toEqual([]);
    expect(await code).toBe(0);
    const second = await ServerUnderTest.start({ data });
    cleanup.push(() => second.stop());
    expect((await second.request('GET', '/api/things/urn:test:kept/properties')).body).toMatchObject({
      v: { value: 42, time: '2026-01-01T00:00:00Z' },
    });
    expect(
      (
        await second.request(
          'GET',
          '/api/things/urn:test:kept/properties/v/samples?from=2025-12-31T00:00:00Z&to=2026-01-02T00:00:00Z',
        )
      ).body,
    ).toMatchObject({
      samples: [{ value: 42 }],
    });
  },
  120_000,
);

test('killing the main process takes every child with it, and the folder is free at once', {
  timeout: 120_000,
}, async () => {
  const data = temporary();
  const first = await ServerUnderTest.start({ data });
  const pids = first.pids();
  first.child.kill('SIGKILL');
  const [second] = await Promise.all([
    ServerUnderTest.start({ data }),
    gone(pids, 5_000).then((left) => expect(left).toEqual([])),
  ]);
  cleanup.push(() => second.stop());
  expect((await second.request('GET', '/api/health')).status).toBe(200);
});

test('a store or a worker that is killed comes back by itself, and only it', async () => {
  const server = await ServerUnderTest.start();
  cleanup.push(() => server.stop());
  const credentials = await server.addThing('urn:test:store', { v: { type: 'number' } });
  expect(credentials.username).not.toBe('');
  for (const name of ['sample-store-child', 'record-store-child', 'terminal-worker']) {
    const pid = server.pids().find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes(name))!;
    process.kill(pid, 'SIGKILL');
    const end = Date.now() + 15_000;
    let health = 503;
    await new Promise((resolve) => setTimeout(resolve, 200));
    while (health !== 200 && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      health = (await server.request('GET', '/api/health')).status;
    }
    expect([name, health]).toEqual([name, 200]);
    expect((await server.request('POST', '/api/things/urn:test:store/properties', { v: 1 })).status).toBe(
      200,
    );
  }
}, 90_000);

test('npm’s death ends the platform', async () => {
  const data = temporary();
  const npm: ChildProcess = spawn(
    'npm',
    ['start', '--', '--no-plant', '--http', '0', '--mqtt', '0', '--data', data],
    {
      cwd: root,
      env: { ...process.env, MILLRACE_ADMIN_PASSWORD: 'a password for tests' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let output = '';
  npm.stdout!.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const end = Date.now() + 120_000;
  while (!output.includes('Millrace runs at') && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(output).toContain('Millrace runs at');
  const pids = descendants(npm.pid!);
  npm.kill('SIGKILL');
  expect(await gone(pids, 12_000)).toEqual([]);
}, 150_000);

test('a taken port, a folder in use, one that cannot be one: one sentence, exit code 2, nothing damaged', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  cleanup.push(() => taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const sentence = /^[A-Z].*[.:]? .*\.\n$/;
  for (const [argv, words] of [
    [['--http', String(port)], `Port ${port} for HTTP is taken`],
    [['--mqtt', String(port)], `Port ${port} for MQTT is taken`],
    [['--host', '203.0.113.9'], 'no address 203.0.113.9'],
  ] as const) {
    const { code, words: said } = await refused(['--data', temporary(), ...argv]);
    expect([
      code,
      said
        .split('\n')
        .filter((line) => !/^\d{4}-/.test(line))
        .join('\n'),
    ]).toEqual([2, expect.stringContaining(words)]);
  }
  const file = join(temporary(), 'file');
  writeFileSync(file, 'not a folder');
  const answer = await refused(['--data', file]);
  expect(answer).toEqual({ code: 2, words: expect.stringMatching(sentence) });
  expect(answer.words).toContain('a file stands where a folder should be');
  expect(await refused(['--data', '/proc/nowhere/data'])).toEqual({
    code: 2,
    words: expect.stringMatching(sentence),
  });
}, 120_000);

test('the first sign-in is made up, shown once and must be changed', async () => {
  const data = temporary();
  const server = await ServerUnderTest.start({ data });
  await server.stop();
  rmSync(data, { recursive: true });
  const child = spawn(
    process.execPath,
    [join(root, 'server/dist/cli.js'), '--no-plant', '--http', '0', '--mqtt', '0', '--data', data],
    {
      env: { ...process.env, MILLRACE_ADMIN_PASSWORD: '' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  cleanup.push(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const end = Date.now() + 60_000;
  while (!output.includes('Only this machine') && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const url = /http:\/\/\S+/.exec(output)![0];
  const password = /password (\S+)/.exec(output)![1]!;
  const call = async (method: string, path: string, token: string, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      body: response.status === 204 ? undefined : ((await response.json()) as Record<string, unknown>),
    };
  };
  const session = await call('POST', '/api/session', '', { user: 'admin', password });
  expect(session.body).toMatchObject({ mustChangePassword: true });
  const token = session.body!['token'] as string;
  expect(await call('GET', '/api/things', token)).toMatchObject({
    status: 403,
    body: { type: 'password-must-change' },
  });
  expect(
    (await call('POST', '/api/session/password', token, { current: password, next: 'another password' }))
      .status,
  ).toBe(204);
  expect((await call('GET', '/api/things', token)).status).toBe(200);
  expect((await call('POST', '/api/session', '', { user: 'admin', password })).status).toBe(401);
}, 90_000);

test('--help names every option and starts nothing', () => {
  const help = execFileSync(process.execPath, [join(root, 'server/dist/cli.js'), '--help'], {
    encoding: 'utf8',
  });
  expect(help).toContain('--data DIR');
});
