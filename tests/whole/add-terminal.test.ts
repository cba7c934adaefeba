import { type AddressInfo, createServer } from 'node:net';
import { ServerUnderTest } from '@millrace/server/testing';
import { server as modbusServers } from 'jsmodbus';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildConsole, openBrowser } from './open-browser.ts';

let server: ServerUnderTest;
let browser: Browser;
let context: BrowserContext;
let page: Page;

/** A meter by a library that we did not write: 235.0 V in register 0, 12.345 kW as a signed 32-bit integer in 10 and 11. */
const meter = createServer();
const holding = Buffer.alloc(200);

beforeAll(async () => {
  buildConsole();
  holding.writeUInt16BE(2350, 0);
  holding.writeInt32BE(12_345, 20);
  new modbusServers.TCP(meter, { holding });
  await new Promise<void>((resolve) => meter.listen(0, '127.0.0.1', resolve));
  [server, browser] = await Promise.all([ServerUnderTest.start({ plant: true }), openBrowser()]);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  meter.close();
}, 60_000);

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const answer = await context.request.post(`${server.url}/api/session`, {
    data: { user: 'admin', password: server.password },
  });
  expect(answer.ok()).toBe(true);
});
afterEach(async ({ task }) => {
  // What stood on the page tells more than the name of what did not come.
  if (task.result?.state === 'fail') console.error(await page.locator('main').innerText());
  await context.close();
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const next = () => button('Next').click();

/** Waits until the live step shows a value of each property, and gives the id of the new thing. */
async function live(properties: number): Promise<string> {
  await page.locator(`[data-arrived-count="${properties}"]`).waitFor({ timeout: 90_000 });
  const href = await page.getByRole('link', { name: 'Open the thing' }).getAttribute('href');
  return decodeURIComponent(href!.slice(href!.lastIndexOf('/') + 1));
}

const valuesOf = async (id: string) =>
  (await server.request('GET', `/api/things/${encodeURIComponent(id)}/properties`)).body as Record<
    string,
    { value: unknown; quality: string }
  >;

async function connectionOf(id: string, seconds = 60): Promise<{ settings: Record<string, unknown> }> {
  for (let tried = 0; tried < seconds * 2; tried++) {
    const found = await server.request('GET', `/api/connections/${id}`);
    if (found.status === 200) return found.body as { settings: Record<string, unknown> };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`the demo plant never registered ${id}`);
}

test('a Modbus meter: address, test, registers typed in, choose, live', { timeout: 240_000 }, async () => {
  const { port } = meter.address() as AddressInfo;
  await page.goto(`${server.url}/terminals/add`);
  await page.getByRole('link', { name: /^Modbus TCP/ }).click();
  await page.getByLabel(/^Address/).fill('127.0.0.1');
  await page.getByLabel('Port').fill(String(port));
  await button('Test').click();
  await page.getByText('It answers.').waitFor();
  await next();

  await page.getByRole('tab', { name: 'Type in registers' }).click();
  await button('Add a register').first().click();
  const first = page.getByRole('group', { name: 'Register 1' });
  await first.getByLabel('Name').fill('Voltage');
  await first.getByLabel(/^Address/).fill('0');
  await first.getByLabel('Times').fill('0.1');
  await first.getByLabel('Unit of measure').fill('V');
  await first.getByRole('button', { name: 'Read now' }).click();
  await first.getByText('235 V', { exact: true }).waitFor();
  await button('Add a register').click();
  const second = page.getByRole('group', { name: 'Register 2' });
  await second.getByLabel('Name').fill('Active power');
  await second.getByLabel(/^Address/).fill('10');
  await second.getByLabel('Type').selectOption('int32');
  await second.getByLabel('Times').fill('0.001');
  await second.getByLabel('Unit of measure').fill('kW');
  await next();

  await page.getByLabel('Name of the thing').fill('Meter of press 7');
  await page.getByLabel('Place in the plant').fill('Works/Press shop');
  // Going back keeps what was typed.
  await button('Back').click();
  await expect
    .poll(() => page.getByRole('group', { name: 'Register 2' }).getByLabel('Name').inputValue())
    .toBe('Active power');
  await next();
  expect(await page.getByLabel('Name of the thing').inputValue()).toBe('Meter of press 7');
  await button('Save and watch').click();
  const id = await live(2);

  expect(await valuesOf(id)).toMatchObject({
    Voltage: { value: 235, quality: 'good' },
    ActivePower: { value: 12.345, quality: 'good' },
  });
  const thing = (await server.request('GET', `/api/things/${encodeURIComponent(id)}`)).body;
  expect(thing).toMatchObject({ title: 'Meter of press 7', 'millrace:place': 'Works/Press shop' });
});

test('a CNC over OPC UA: the certificate is confirmed, a folder is chosen by keyboard, live', {
  timeout: 240_000,
}, async () => {
  const { settings } = await connectionOf('demo-cnc-1');
  await page.goto(`${server.url}/terminals/add?protocol=opcua`);
  const address = page.getByLabel(/^Address/);
  await address.fill(String(settings['endpoint']));
  // The way through the connection that is there already is offered; a new one may be made all the same.
  await button('Use this connection').waitFor();
  await page.keyboard.press('Enter');
  const trust = button('The fingerprints are the same: trust it');
  await trust.waitFor();
  expect(await button('Next').getAttribute('aria-disabled')).toBe('true');
  await page.getByText(fingerprint(String(settings['trustedThumbprint']))).waitFor();
  await trust.click();
  await page.getByText('It answers.').waitFor();
  await next();

  const machine = page.getByRole('treeitem', { name: 'CNC-1' });
  await machine.focus();
  await page.keyboard.press('ArrowRight');
  const spindle = page.getByRole('treeitem', { name: 'Spindle', exact: true });
  await spindle.waitFor();
  await spindle.focus();
  await page.keyboard.press('Space');
  await expect.poll(() => spindle.getAttribute('aria-checked'), { timeout: 60_000 }).toBe('true');
  await next();
  const names = await page.getByLabel(/^Name of “/).count();
  expect(names).toBeGreaterThan(2);
  // The server's own name is proposed; it needs no typing.
  expect(await page.getByLabel('Name of the thing').inputValue()).toBe('CNC-1');
  await button('Save and watch').click();
  const id = await live(names);
  for (const value of Object.values(await valuesOf(id))) expect(value.quality).toBe('good');
});

test('an address where nobody is: what happened, why, what to do, and nothing is saved', {
  timeout: 180_000,
}, async () => {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise<void>((resolve) => free.close(() => resolve()));
  const before = (await server.request('GET', '/api/connections')).body as unknown[];
  await page.goto(`${server.url}/terminals/add?protocol=modbus`);
  await page.getByLabel(/^Address/).fill('127.0.0.1');
  await page.getByLabel('Port').fill(String(port));
  await button('Test').click();
  const alert = page.getByRole('alert');
  await alert.getByText(`127.0.0.1:${port} refuses the connection`).waitFor();
  await alert.getByText('What to do').waitFor();
  expect(await button('Next').getAttribute('aria-disabled')).toBe('true');
  expect(((await server.request('GET', '/api/connections')).body as unknown[]).length).toBe(before.length);
});

test('a device that sends by itself: credentials shown once, its first value arrives', {
  timeout: 180_000,
}, async () => {
  await page.goto(`${server.url}/terminals/add?protocol=http`);
  await page.getByLabel('Name of the thing').fill('Oven');
  await page
    .getByLabel('Name', { exact: true })
    .or(page.getByLabel('Name (needed)'))
    .first()
    .fill('temperature');
  await button('Create with credentials').click();
  const command = await page.getByRole('region', { name: 'curl' }).textContent();
  const [, user] = /-u '?(\S+?)'? \\/.exec(command ?? '')!;
  const [, url] = /(http:\S+?)'?\s*$/.exec(command ?? '')!;
  const answer = await fetch(url!, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(user!).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: '{"temperature": 181.5}',
  });
  expect(answer.status).toBe(200);
  const id = await live(1);
  expect(await valuesOf(id)).toMatchObject({ temperature: { value: 181.5, quality: 'good' } });
});

/** As the page shows it: in fours. */
const fingerprint = (digits: string): string => digits.match(/.{1,4}/g)!.join(' ');
