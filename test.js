// npm test: all of it from a fresh clone. --quick: types, lint, tidy, unit and case tests. --interop: peers from system packages.
// @ts-check
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root, SetupError } from './tools/setup/setup.js';

const quick = process.argv.includes('--quick');
const interop = process.argv.includes('--interop');
const rest = process.argv.slice(2).filter((argument) => argument !== '--quick' && argument !== '--interop');

/** @param {string} file @param {string[]} args @returns {Promise<number>} */
const run = (file, args) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, file), ...args], { cwd: root, stdio: 'inherit' });
    child.once('close', (code) => resolve(code ?? 1));
  });

try {
  await prepare({ say: (line) => process.stdout.write(`${line}\n`) });
} catch (error) {
  process.stderr.write(
    `${error instanceof SetupError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
}
if (interop) {
  const { installPeers } = await import('./tools/setup/peers.js');
  await installPeers();
  process.exit(
    await run('node_modules/vitest/vitest.mjs', ['run', '--config', 'vitest.interop.config.ts', ...rest]),
  );
}
if (rest.length === 0) {
  const lint = await run('node_modules/@biomejs/biome/bin/biome', ['check', '.']);
  if (lint !== 0) process.exit(lint);
}
process.exit(
  await run('node_modules/vitest/vitest.mjs', [
    'run',
    ...(quick ? ['--exclude', 'tests/whole/**', '--exclude', 'console/tests/**'] : []),
    ...rest,
  ]),
);
