import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerUnderTest } from '@millrace/server/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** A disk of its own that really fills up: a file system in memory, which needs the right to mount one. */
const megabyte = 1_048_576;
const diskMegabytes = 900;
let disk: string;
let mounted = false;

beforeAll(() => {
  disk = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tmpfs', disk], {
      stdio: 'ignore',
    });
    mounted = true;
  } catch {
    // Not root, or no such file system: the test says so by being skipped.
  }
});
afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

/** Fills the disk until so much is left. */
function leave(megabytes: number): void {
  const { bavail, bsize } = statfsSync(disk);
  const bytes = bavail * bsize - megabytes * megabyte;
  writeFileSync(join(disk, 'filler'), Buffer.alloc(Math.max(0, bytes)));
}

test('a disk that fills up: refused in words, nothing stored is lost, and it goes on when there is room', async ({
  skip,
}) => {
  if (!mounted) skip();
  const data = join(disk, 'data');
  const server = await ServerUnderTest.start({ data });
  const push = (values: object) => server.request('POST', '/api/things/urn:test:disk/properties', values);
  const stored = async (): Promise<number[]> =>
    (
      (
        await server.request(
          'GET',
          '/api/things/urn:test:disk/properties/v/samples?from=2026-01-01T00:00:00Z',
        )
      ).body as { samples: { value: number }[] }
    ).samples.map((sample) => sample.value);
  try {
    await server.addThing('urn:test:disk', { v: { type: 'number' } });
    const at = (second: number, v: number) => ({ time: `2026-01-01T00:00:0${second}Z`, values: { v } });
    expect((await push(at(1, 1))).status).toBe(200);
    leave(100);
    const refused = await push(at(2, 2));
    expect(refused.status).toBe(507);
    expect(refused.body).toMatchObject({ type: 'disk-full', status: 507 });
    const health = await fetch(`${server.url}/api/health`);
    expect(health.status).toBe(503);
    expect(((await health.json()) as { missing: string[] }).missing).toContain('samples');
    expect(await stored()).toEqual([1]);
    truncateSync(join(disk, 'filler'), 0);
    expect((await push(at(3, 3))).status).toBe(200);
    expect(await stored()).toEqual([1, 3]);
    expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
  } finally {
    await server.stop();
  }

  // A start on a disk that is full says so in a sentence and touches nothing; with room again, everything is there.
  leave(100);
  const words = await ServerUnderTest.start({ data }).then(
    async (started) => {
      await started.stop();
      return 'it started';
    },
    (error: Error) => error.message,
  );
  expect(words).toMatch(/disk|space|room/i);
  truncateSync(join(disk, 'filler'), 0);
  const again = await ServerUnderTest.start({ data });
  try {
    const { body } = await again.request(
      'GET',
      '/api/things/urn:test:disk/properties/v/samples?from=2026-01-01T00:00:00Z',
    );
    expect((body as { samples: { value: number }[] }).samples.map((sample) => sample.value)).toEqual([1, 3]);
  } finally {
    await again.stop();
  }
}, 180_000);
