import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';

/** What the server sends with every page; the console must work under it. */
export const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'";

/** With all in one process a closed context takes the browser with it; without web security a test would see less than a user. */
const dropped = new Set(['--single-process', '--no-zygote', '--disable-web-security']);

const consoleFolder = join(import.meta.dirname, '..');

/**
 * A browser of our own. The packed Chromium unpacks itself into the temp folder and takes what lies there for itself, also if it
 * is of another version or only half written; so it gets a folder named after its version, filled aside and then renamed.
 */
export async function openBrowser(): Promise<Browser> {
  const version = (createRequire(import.meta.url)('@sparticuz/chromium/package.json') as { version: string })
    .version;
  const folder = join(tmpdir(), `millrace-chromium-${version}`);
  const kept = process.env['TMPDIR'];
  if (!existsSync(join(folder, 'chromium'))) {
    const aside = `${folder}-${process.pid}`;
    mkdirSync(aside, { recursive: true });
    process.env['TMPDIR'] = aside;
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
    try {
      renameSync(aside, folder);
    } catch {
      // Another process was first; its folder is as good.
      rmSync(aside, { recursive: true, force: true });
    }
  }
  process.env['TMPDIR'] = folder;
  const { default: packed } = await import('@sparticuz/chromium');
  const executablePath = await packed.executablePath();
  if (kept === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = kept;
  if (statSync(executablePath).size === 0) throw new Error(`${executablePath} is empty`);
  return playwright.launch({
    executablePath,
    args: packed.args.filter((arg) => !dropped.has(arg)),
    headless: true,
  });
}

export interface Served {
  url: string;
  close(): Promise<void>;
}

/** Builds the console once into a folder of its own. */
export async function buildConsole(): Promise<{ folder: string; remove(): void }> {
  const folder = join(tmpdir(), `millrace-console-${process.pid}`);
  await build({
    root: consoleFolder,
    configFile: join(consoleFolder, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Serves a build with the simulated plant behind it, as the platform would: under the root, with its security policy. */
export async function serveConsole(folder: string, things: number): Promise<Served> {
  process.env['MILLRACE_DEV_THINGS'] = String(things);
  const server: PreviewServer = await preview({
    root: consoleFolder,
    configFile: join(consoleFolder, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder },
    preview: {
      host: '127.0.0.1',
      port: 0,
      strictPort: false,
      headers: { 'content-security-policy': contentSecurityPolicy },
    },
  });
  const { port } = server.httpServer.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
