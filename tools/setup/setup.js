// What a fresh clone needs before any TypeScript of ours can run: packages installed, code built. Plain JavaScript, no dependencies.
// @ts-check
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const stampFolder = join(root, 'node_modules', '.millrace');
const nodeVersionMin = [20, 19];
const outputCharactersMax = 20_000;

/** A set-up that cannot go on for a reason a person can mend. */
export class SetupError extends Error {}

/**
 * Installs and builds what is missing or older than its sources; does nothing, quickly, when all is there.
 * @param {{ say: (line: string) => void, console?: boolean }} options `console: false` leaves the web console unbuilt.
 */
export async function prepare({ say, console: withConsole = true }) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < nodeVersionMin[0] || (major === nodeVersionMin[0] && minor < nodeVersionMin[1])) {
    throw new SetupError(
      `Millrace needs Node.js ${nodeVersionMin.join('.')} or newer; this is ${process.versions.node}.`,
    );
  }
  if (process.platform === 'win32')
    throw new SetupError(
      'Millrace runs on Linux and macOS; on Windows use WSL 2 (its sample store has no Windows build).',
    );
  if (!installed()) {
    const what = 'installing packages (once; a few minutes on a slow line)';
    const options = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    try {
      await step(say, what, npm(), ['ci', ...options]);
    } catch (error) {
      // A registry that holds other platforms' optional packages than ours did makes `npm ci` doubt the lock file; the versions stand in it all the same.
      if (!(error instanceof SetupError) || !error.message.includes('EUSAGE')) throw error;
      await step(say, what, npm(), ['install', '--no-save', ...options]);
    }
  }
  mkdirSync(stampFolder, { recursive: true });
  const code = sourcesStamp([
    'contract',
    'sdk',
    'terminal',
    'platform',
    'apps',
    'plant',
    'server',
    'bench',
    'tools',
    'tests',
    'ui',
    'console',
  ]);
  if (stamp('code') !== code) {
    await step(say, 'building', process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-b',
      ...(withConsole ? [] : serverProjects),
    ]);
    if (withConsole) writeStamp('code', code);
  }
  if (!withConsole) return;
  const pages = sourcesStamp(['contract', 'ui', 'apps', 'console']);
  if (stamp('console') !== pages || !existsSync(join(root, 'console/dist/index.html'))) {
    await step(say, 'building the console', process.execPath, [
      join(root, 'node_modules/vite/bin/vite.js'),
      'build',
      join(root, 'console'),
      '--logLevel',
      'warn',
    ]);
    writeStamp('console', pages);
  }
}

const serverProjects = [
  'contract',
  'sdk',
  'terminal',
  'platform',
  'apps',
  'plant',
  'server',
  'bench',
  'tools',
  'tests',
].map((name) => join(root, name));

/** Whether what is in node_modules is what the lock file asks for (as npm itself wrote down there). */
function installed() {
  let wanted;
  let present;
  try {
    wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    present = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
  } catch {
    return false;
  }
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.optional === true || entry.link === true) return true;
    return present[path]?.version === entry.version || (entry.peer === true && present[path] === undefined);
  });
}

/** @param {string} name */
function stamp(name) {
  try {
    return readFileSync(join(stampFolder, name), 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} name @param {string} value */
function writeStamp(name, value) {
  writeFileSync(join(stampFolder, name), value);
}

/** One hash over name, size and time of change of every source below the folders. @param {string[]} folders */
function sourcesStamp(folders) {
  const hash = createHash('sha256');
  /** @param {string} path */
  const walk = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      if (['node_modules', 'dist', 'dist-types', '.git'].includes(entry.name)) continue;
      const inner = join(path, entry.name);
      if (entry.isDirectory()) walk(inner);
      else if (/\.(tsx?|jsx?|json|css|html|svg)$/.test(entry.name)) {
        const { size, mtimeMs } = statSync(inner);
        hash.update(`${inner.slice(root.length)} ${size} ${mtimeMs}\n`);
      }
    }
  };
  for (const folder of folders) walk(join(root, folder));
  for (const file of ['package-lock.json', 'tsconfig.base.json', 'tsconfig.json'])
    hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function npm() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

/**
 * Runs a command, showing that it goes on; its output is shown only if it fails.
 * @param {(line: string) => void} say @param {string} what @param {string} command @param {string[]} args
 */
async function step(say, what, command, args) {
  const began = Date.now();
  const spinning = process.stderr.isTTY === true;
  const show = () => process.stderr.write(`\r  … ${what} ${Math.round((Date.now() - began) / 1000)} s `);
  if (!spinning) say(`  … ${what}`);
  const timer = setInterval(() => (spinning ? show() : undefined), 500);
  let output = '';
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => child.kill('SIGTERM');
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-outputCharactersMax);
      });
    }
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
    child.once('error', reject);
    child.once('close', (status, signal) => {
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      resolve(signal ?? status);
    });
  }).finally(() => clearInterval(timer));
  if (spinning) process.stderr.write(`\r  ✓ ${what} ${Math.round((Date.now() - began) / 1000)} s   \n`);
  if (code !== 0) {
    const reason = /ENOSPC/.test(output)
      ? 'the disk is full'
      : /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(output)
        ? 'the package registry cannot be reached'
        : `${command.split('/').pop()} ended with ${code}`;
    throw new SetupError(`${what}: ${reason}.\n\n${output.trim()}\n`);
  }
}
