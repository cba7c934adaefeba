import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium as playwright } from 'playwright-core';

/** With all in one process a closed context takes the browser with it; without web security a test would see less than a user. */
const dropped = new Set(['--single-process', '--no-zygote', '--disable-web-security']);

/** A graphics card played by the processor draws a page many times slower than the processor itself does; only WebGL needs it. */
const graphics = /gpu|gl=|angle|swiftshader/;

/**
 * A browser of our own. The packed Chromium unpacks itself into the temp folder and takes what lies there for itself, also if it
 * is of another version or only half written; so it gets a folder named after its version, filled aside and then renamed.
 */
export async function openBrowser(): Promise<Browser> {
  const folder = join(tmpdir(), `millrace-chromium-${chromiumVersion()}`);
  const kept = process.env['TMPDIR'];
  const { default: packed } = await import('@sparticuz/chromium');
  if (!existsSync(join(folder, 'chromium'))) {
    const aside = `${folder}-${process.pid}`;
    mkdirSync(aside, { recursive: true });
    process.env['TMPDIR'] = aside;
    await packed.executablePath();
    try {
      renameSync(aside, folder);
    } catch {
      // Another process was first; its folder is as good.
      rmSync(aside, { recursive: true, force: true });
    }
  }
  process.env['TMPDIR'] = folder;
  const executablePath = await packed.executablePath();
  if (kept === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = kept;
  return playwright.launch({
    executablePath,
    args: [...packed.args.filter((arg) => !dropped.has(arg) && !graphics.test(arg)), '--disable-gpu'],
    headless: true,
  });
}

/** Builds the console if nobody has: the server serves it from its own folder. Throws with what the build said. */
export function buildConsole(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (existsSync(join(root, 'console/dist/index.html'))) return;
  const built = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'console'],
    { cwd: root, encoding: 'utf8' },
  );
  if (built.status !== 0) throw new Error(`the console could not be built:\n${built.stdout}${built.stderr}`);
}

/** Read from the package's file, which the package does not export. */
function chromiumVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium')));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
