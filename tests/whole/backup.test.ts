import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServerUnderTest } from '@millrace/server/testing';
import { afterAll, expect, test } from 'vitest';

const cli = fileURLToPath(new URL('../../server/dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millrace-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

test('a backup made while data comes in is brought back into a new folder, with things, samples and sealed settings', async () => {
  const data = join(folder, 'old');
  const first = await ServerUnderTest.start({ data });
  await first.addThing('urn:test:kept', { v: { type: 'number' } });
  const start = Date.parse('2026-01-01T00:00:00Z');
  const hour = (n: number) =>
    Array.from({ length: 3600 }, (_, i) => ({
      time: start + (n * 3600 + i) * 1000,
      values: { v: n + i / 10_000 },
    }));
  await first.request('POST', '/api/things/urn:test:kept/properties', hour(0));
  await first.request('POST', '/api/connections', {
    id: 'plc',
    protocol: 'modbus',
    settings: { host: '127.0.0.1', port: 1 },
    enabled: false,
  });
  const [backup] = await Promise.all([
    first.request('POST', '/api/backups'),
    first.request('POST', '/api/things/urn:test:kept/properties', hour(1)),
  ]);
  expect(backup.status).toBe(201);
  await first.stop();
  const [name] = readdirSync(join(data, 'backups'));
  const copy = join(data, 'backups', name!);

  const refused = spawnSync(process.execPath, [cli, 'restore', copy, '--data', data], { encoding: 'utf8' });
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('is not empty')]);
  expect(
    spawnSync(process.execPath, [cli, 'restore', folder, '--data', join(folder, 'none')], {
      encoding: 'utf8',
    }).stderr,
  ).toContain('no whole backup');

  const restored = join(folder, 'new');
  execFileSync(process.execPath, [cli, 'restore', copy, '--data', restored]);
  const second = await ServerUnderTest.start({ data: restored });
  try {
    const { body } = await second.request(
      'GET',
      '/api/things/urn:test:kept/properties/v/samples?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z&points=10000',
    );
    const { samples } = body as { samples: { value: number }[] };
    expect(samples).toHaveLength(3600);
    expect(samples[1234]!.value).toBe(0.1234);
    expect((await second.request('GET', '/api/connections/plc')).body).toMatchObject({
      settings: { host: '127.0.0.1' },
      state: 'stopped',
    });
  } finally {
    await second.stop();
  }
}, 180_000);
