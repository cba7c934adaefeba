import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { prepareDataFolder } from './data-folder.ts';
import { InstanceLock } from './instance-lock.ts';

test('a folder is held by one, waited for while it stops, and free at once after a kill', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
  const script = `
    import('${new URL('./dist/instance-lock.js', import.meta.url).href}').then(async ({ InstanceLock }) => {
      globalThis.lock = await InstanceLock.take(${JSON.stringify(folder)});
      process.on('message', () => globalThis.lock.stopping());
      process.send('held');
    })`;
  const holder = fork(fileURLToPath(new URL('../node_modules/.millrace/none', import.meta.url)), [], {
    execArgv: ['-e', script],
  });
  await new Promise((resolve) => holder.once('message', resolve));
  await expect(InstanceLock.take(folder)).rejects.toThrow(`process ${holder.pid}`);
  holder.send('stop soon');
  const waiting = InstanceLock.take(folder);
  setTimeout(() => holder.kill('SIGKILL'), 300);
  (await waiting).release();
  rmSync(folder, { recursive: true });
}, 20_000);

test('a folder of a newer program is refused and not touched', async () => {
  const { readFileSync, writeFileSync } = await import('node:fs');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-newer-'));
  writeFileSync(join(folder, 'millrace.json'), '{"format":99,"version":"9.0.0"}');
  expect(() => prepareDataFolder(folder, '0.1.0')).toThrow('newer Millrace (9.0.0');
  expect(readFileSync(join(folder, 'millrace.json'), 'utf8')).toBe('{"format":99,"version":"9.0.0"}');
  writeFileSync(join(folder, 'millrace.json'), 'garbage');
  expect(() => prepareDataFolder(folder, '0.1.0')).toThrow('cannot be read');
  rmSync(folder, { recursive: true });
});
