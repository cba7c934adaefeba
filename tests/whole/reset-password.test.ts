import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServerUnderTest } from '@millrace/server/testing';
import { Secret, TOTP } from 'otpauth';
import { afterAll, expect, test } from 'vitest';

const cli = fileURLToPath(new URL('../../server/dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millrace-reset-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

function reset(...argv: string[]): Promise<{ code: number | null; out: string; error: string }> {
  const { MILLRACE_ADMIN_PASSWORD: _, ...env } = process.env;
  const child = spawn(process.execPath, [cli, 'reset-password', ...argv], { env });
  let out = '';
  let error = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    error += text.toString();
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, error })));
}

test('the only administrator has lost password and second factor: the machine gives a new one', {
  timeout: 180_000,
}, async () => {
  const data = join(folder, 'data');
  const first = await ServerUnderTest.start({ data });
  const { secret } = (await first.request('POST', '/api/account/totp')).body as { secret: string };
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  expect((await first.request('POST', '/api/account/totp/confirm', { code })).status).toBe(200);

  const running = await reset('admin', '--data', data);
  expect(running).toMatchObject({ code: 2, error: expect.stringContaining('is running on') });
  await first.stop();

  const wrong = await reset('adm1n', '--data', data);
  expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining('Administrators: admin.') });
  const nowhere = await reset('admin', '--data', join(folder, 'none'));
  expect(nowhere).toMatchObject({ code: 2, error: expect.stringContaining('holds no platform') });
  const done = await reset('admin', '--data', data);
  expect(done).toMatchObject({ code: 0, error: '' });
  const password = /New password of admin: {2}(\S+)/.exec(done.out)![1]!;

  // The environment's password would be set again: it is left out, as the person who lost theirs does.
  const second = await ServerUnderTest.start({ data, environment: { MILLRACE_ADMIN_PASSWORD: '' } });
  try {
    const signIn = await second.request(
      'POST',
      '/api/session',
      { user: 'admin', password },
      { authorization: '' },
    );
    expect(signIn).toMatchObject({ status: 200, body: { mustChangePassword: true } });
    const { token } = signIn.body as { token: string };
    const as = { authorization: `Bearer ${token}` };
    expect((await second.request('GET', '/api/things', undefined, as)).status).toBe(403);
    const next = 'one that is kept this time';
    const changed = await second.request('POST', '/api/session/password', { current: password, next }, as);
    expect(changed.status).toBeLessThan(300);
    const { body } = await second.request('GET', '/api/audit?action=person.reset-password', undefined, as);
    const { records } = body as { records: { outcome: string; actor: unknown; object: string }[] };
    expect(records.map(({ outcome }) => outcome)).toEqual(['done', 'asked']);
    expect(records[0]).toMatchObject({ actor: { kind: 'platform', id: 'command-line' }, object: 'admin' });
    expect(JSON.stringify(body)).not.toContain(password);
    expect((await second.request('POST', '/api/audit/verify', {}, as)).body).toMatchObject({ ok: true });
  } finally {
    await second.stop();
  }
});
