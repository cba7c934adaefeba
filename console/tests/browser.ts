import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';

/** What the server sends with every page; the console must work under it. */
export const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/** With all in one process a closed context takes the browser with it; without web security a test would see less than a user. */
const dropped = new Set(['--single-process', '--no-zygote', '--disable-web-security']);
/** A graphics card played by the processor draws a page many times slower than the processor itself does; only WebGL needs it. */
const graphics = /gpu|gl=|angle|swiftshader/;

const consoleFolder = join(import.meta.dirname, '..');
const load = createRequire(import.meta.url);

/**
 * A browser of our own. The packed Chromium unpacks itself into the temp folder and takes what lies there for itself, also if it
 * is of another version or only half written; so it gets a folder named after its version, filled aside and then renamed.
 */
export async function openBrowser(): Promise<Browser> {
  const version = readVersion();
  const folder = join(tmpdir(), `millrace-chromium-${version}`);
  if (!existsSync(join(folder, 'chromium'))) {
    const aside = `${folder}-${process.pid}`;
    mkdirSync(aside, { recursive: true });
    await unpacked(aside);
    try {
      renameSync(aside, folder);
    } catch {
      // Another process was first; its folder is as good.
      rmSync(aside, { recursive: true, force: true });
    }
  }
  const { executablePath, args } = await unpacked(folder);
  return playwright.launch({
    executablePath,
    args: [...args.filter((arg) => !dropped.has(arg) && !graphics.test(arg)), '--disable-gpu'],
    headless: true,
  });
}

function readVersion(): string {
  const manifest = join(load.resolve('@sparticuz/chromium'), '..', '..', '..', 'package.json');
  const nearer = join(load.resolve('@sparticuz/chromium'), '..', '..', 'package.json');
  return (JSON.parse(readFileSync(existsSync(nearer) ? nearer : manifest, 'utf8')) as { version: string })
    .version;
}

/** Unpacks into (or finds in) a folder; the package asks the environment where the temp folder is, at the call. */
async function unpacked(folder: string): Promise<{ executablePath: string; args: string[] }> {
  const kept = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    return { executablePath: await packed.executablePath(), args: packed.args };
  } finally {
    if (kept === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = kept;
  }
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

export interface Served {
  url: string;
  close(): Promise<void>;
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

export interface Look {
  language: 'zh' | 'en';
  theme: 'light' | 'dark';
  size: 'desk' | 'phone';
}

export const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** What a page said that it should not have: errors in its console, exceptions, files it could not get. */
export interface Watched {
  page: Page;
  context: BrowserContext;
  faults: string[];
}

/** A page of a person who looks at it in a certain way; signed in unless told otherwise. */
export async function openPage(
  browser: Browser,
  url: string,
  { language, theme, size }: Look,
  signedIn = true,
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: sizes[size],
    hasTouch: size === 'phone',
    isMobile: size === 'phone',
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    // Not the plant's zone: a test that passes by the browser's own zone would prove nothing.
    timezoneId: 'America/New_York',
    baseURL: url,
    acceptDownloads: true,
  });
  // Generous, as the machine may be busy with other tests: what is waited for comes or does not.
  context.setDefaultTimeout(60_000);
  await context.addInitScript(
    ([shown, dark]) => {
      try {
        localStorage.setItem('millrace.language', shown!);
        localStorage.setItem('millrace.theme', dark!);
      } catch {
        // A blank page has no storage.
      }
    },
    [language, theme],
  );
  if (signedIn) await context.request.post('/api/session', { data: { user: 'admin', password: 'right' } });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      faults.push(`${message.type()}: ${message.text()}`);
  });
  return { page, context, faults };
}
