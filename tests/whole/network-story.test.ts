import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import type { NetworkIncident } from '@millrace/contract';
import { ServerUnderTest } from '@millrace/server/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { buildConsole, openBrowser } from './open-browser.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 300_000 });

/** A plant proves what its network gives: a terminal is registered, what an application needs is written down, met, lost, and why. */
let server: ServerUnderTest;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let reflector: Socket;
let port: number;

const sessionBytes = 44;
const senderBytes = 14;

/** A stateless reflector of RFC 8762, 4.3.1, by itself: it answers what it gets, with the time it got it. */
async function startReflector(): Promise<void> {
  const socket = createSocket('udp4');
  const ntp = (): Buffer => {
    const stamp = Buffer.alloc(8);
    const now = Date.now();
    stamp.writeUInt32BE(Math.floor(now / 1000) + 2_208_988_800, 0);
    stamp.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32), 4);
    return stamp;
  };
  socket.on('message', (probe, { address, port: from }) => {
    const received = ntp();
    const reply = Buffer.alloc(Math.max(sessionBytes, probe.length));
    probe.copy(reply, 0, 0, 4);
    ntp().copy(reply, 4);
    probe.copy(reply, 12, 12, 14);
    received.copy(reply, 16);
    probe.copy(reply, 24, 0, senderBytes);
    reply[40] = 255;
    socket.send(reply, from, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  reflector = socket;
  port = (socket.address() as AddressInfo).port;
}
const stopReflector = (): Promise<void> => new Promise((resolve) => reflector.close(() => resolve()));

const button = (name: string) => page.getByRole('button', { name, exact: true });
const link = (name: string) => page.getByRole('link', { name, exact: true });

beforeAll(async () => {
  buildConsole();
  await startReflector();
  [server, browser] = await Promise.all([ServerUnderTest.start(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async ({ task }) => {
  // What stood on the page tells more than the name of what did not come.
  if (task.result?.state === 'fail') console.error(await page.locator('body').innerText());
  await context.close();
});

test('a terminal is probed, its level is met; its reflector falls silent, and the pages say what, where and since when', async () => {
  context = await browser.newContext({
    viewport: { width: 1440, height: 1000 },
    locale: 'en-GB',
    baseURL: server.url,
  });
  const { password } = server;
  expect((await context.request.post('/api/session', { data: { user: 'admin', password } })).ok()).toBe(true);
  page = await context.newPage();
  page.setDefaultTimeout(30_000);

  // The terminal, and how it is probed.
  await page.goto('/network/terminals');
  await page.getByRole('heading', { name: 'No terminal yet' }).waitFor();
  await link('Register a terminal').click();
  await button('Save').click();
  await page.getByText('Needs a title.').waitFor();
  await page.getByLabel('Title (needed)').fill('AGV 1');
  await page.getByLabel('IP address').fill('127.0.0.1');
  await page.getByLabel('Method').selectOption({ label: 'STAMP or TWAMP-Light reflector (RFC 8762)' });
  await page.getByLabel('Port').fill(String(port));
  await page.getByLabel('Every').fill('20');
  await page.getByLabel('PEI').fill('imei-490154203237517');
  await button('Save').click();
  // A digit of the IMEI is wrong, and that is told where it stands.
  await page.getByLabel('PEI').and(page.locator('[aria-invalid="true"]')).waitFor();
  await page.getByLabel('PEI').fill('imei-490154203237518');
  await button('Save').click();
  await page.waitForURL(/\/network\/terminals\/agv-1$/);
  await page.getByText('No flow concerns this terminal').waitFor();

  // What the application needs; what cannot be is told at the field.
  await link('Applications × network').first().click();
  await link('Add a flow').click();
  await page.getByLabel('Title in English (needed)').fill('AGV control');
  await page.getByLabel('Title in Chinese (needed)').fill('AGV 控制');
  await page.getByLabel('Kind of traffic').selectOption('aperiodic-deterministic');
  await button('Ask for a latency').click();
  await page.getByLabel('Way').selectOption('round-trip');
  await page.getByLabel('Share of messages').fill('100');
  await page.getByLabel('Within').fill('250');
  await page.getByLabel('Lost, at most').fill('10');
  await page.getByLabel('Terminals').fill('agv-1');
  await button('Save').click();
  await page.getByText(/^All messages within a time cannot be promised/).waitFor();
  await page.getByLabel('Share of messages').fill('90');
  await button('Save').click();
  await page.waitForURL(/\/network\/flows\/agv-control$/);

  // Met, as far as the data allow to say so: each criterion with its interval, its messages and its method.
  const verdicts = page.getByRole('grid', { name: 'At each of its terminals' });
  await verdicts.getByText('Met', { exact: true }).waitFor({ timeout: 90_000 });
  await verdicts.getByRole('button', { name: 'Criteria' }).click();
  const dialog = page.getByRole('dialog', { name: 'Criteria at AGV 1' });
  await dialog.getByText('STAMP probes', { exact: true }).first().waitFor();
  await dialog.getByText('95 % interval').first().waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();

  // The reflector is silent.
  await stopReflector();
  await verdicts.getByText('Violated', { exact: true }).waitFor({ timeout: 90_000 });
  await link('Overview').click();
  const now = page.getByRole('listitem').filter({ has: link('AGV control') });
  await now.getByRole('link', { name: 'AGV 1' }).waitFor();
  await page.getByText('1 open').waitFor();
  await now.getByRole('link', { name: 'Incidents' }).click();
  await page.getByRole('heading', { name: 'AGV control at AGV 1' }).waitFor();
  await page.getByText(/^Level no longer met: .*Loss/).waitFor();
  await page.getByText('Goes on').first().waitFor();

  // The server tells the same to who asks it.
  const { incidents } = (await server.request('GET', '/api/network/incidents?open=true')).body as {
    incidents: NetworkIncident[];
  };
  expect(incidents).toMatchObject([{ flow: 'agv-control', terminal: 'agv-1' }]);
});
