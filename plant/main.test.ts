import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakePlatform } from './testing/fake-platform.ts';

const entry = fileURLToPath(new URL('./dist/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millrace-plant-'));
let platform: FakePlatform;

function launch(): ChildProcess {
  return fork(entry, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}

function told(child: ChildProcess): Promise<{ type: string; things?: number; message?: string }> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { type: string }));
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
}

beforeAll(async () => {
  platform = await FakePlatform.start();
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

// It runs as built: `npm test` builds first.
describe.runIf(existsSync(entry))('the plant as a process', { timeout: 120_000 }, () => {
  const start = (child: ChildProcess, more: object = {}): void => {
    child.send({
      type: 'start',
      serverUrl: platform.url,
      token: platform.token,
      mqtt: { host: '127.0.0.1', port: platform.mqttPort },
      folder,
      ...more,
    });
  };

  it('says when it is ready, heeds no signal, and stops when told to', async () => {
    const child = launch();
    start(child);
    expect(await told(child)).toEqual({ type: 'ready', things: 76 });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) child.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(child.exitCode).toBeNull();
    const exit = once(child, 'exit');
    child.send({ type: 'stop' });
    expect(await exit).toEqual([0, null]);
  });

  it('ends with its parent', async () => {
    const child = launch();
    start(child);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const exit = once(child, 'exit');
    child.disconnect();
    expect(await exit).toEqual([0, null]);
  });

  it('says why it cannot run, and ends', async () => {
    const child = launch();
    const exit = once(child, 'exit');
    start(child, { pack: join(folder, 'no-such-pack') });
    expect(await told(child)).toEqual({ type: 'failed', message: expect.stringContaining('pack.json') });
    expect(await exit).toEqual([1, null]);
  });

  it('does not run without a launcher', async () => {
    const { spawn } = await import('node:child_process');
    const child = spawn(process.execPath, [entry], { stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([2, null]);
  });
});
