import { ServerUnderTest } from '@millrace/server/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { buildConsole, openBrowser } from './open-browser.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

/** What people ask of the network with the console, against a platform of real processes. No rights of the machine are needed. */
let server: ServerUnderTest;
let browser: Browser;
let context: BrowserContext;
let page: Page;

/** An ICCID with its check digit (ITU-T E.118, Luhn). */
function iccid(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
const first = iccid('8986001122331000000');
const second = iccid('8986001122331000001');

async function must(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await server.request(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const csv = (...lines: string[]) => ({
  name: 'cards.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(['iccid,supi,operator,state', ...lines].join('\n')),
});

beforeAll(async () => {
  buildConsole();
  [server, browser] = await Promise.all([ServerUnderTest.start(), openBrowser()]);
  await must('PUT', '/api/network/terminals/gateway-1', {
    title: 'Oven gateway',
    kind: 'wired',
    things: [],
    address: '10.45.0.9',
  });
  await must('POST', '/api/network/flows', {
    id: 'oven-control',
    title: { en: 'Oven control', zh: '烘箱控制' },
    level: {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 20,
      messageBytes: 200,
      latency: { path: 'uplink', within: [{ share: 0.999, ms: 20 }] },
      survivalTimeMs: 40,
      availabilityMin: 0.999,
    },
    priority: 1,
    things: [],
    places: [],
    terminals: ['gateway-1'],
    enabled: true,
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function visit(path: string): Promise<void> {
  context = await browser.newContext({
    viewport: { width: 1440, height: 1000 },
    locale: 'en-GB',
    baseURL: server.url,
  });
  const { password } = server;
  expect((await context.request.post('/api/session', { data: { user: 'admin', password } })).ok()).toBe(true);
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(path);
}
afterEach(async ({ task }) => {
  // What stood on the page tells more than the name of what did not come.
  if (task.result?.state === 'fail') console.error(await page.locator('body').innerText());
  await context.close();
});

test('a list of cards is looked at line by line, mended, taken; a card is reported lost', async () => {
  await visit('/network/sims');
  await page.getByText('No SIM cards yet').waitFor();
  await page.getByRole('link', { name: 'Import CSV' }).first().click();
  const file = page.getByTestId('import-file');
  await file.setInputFiles(
    csv(`${first},imsi-001010000000001,Carrier,active`, `${second.slice(0, -1)}x,imsi-12,Carrier,gone`),
  );
  const problems = page.getByRole('grid', { name: 'Lines that are wrong' });
  await problems.getByText(/"imsi-12"/).waitFor();
  await problems.getByText(/"gone" is no state/).waitFor();
  expect(await problems.getByRole('row').nth(1).innerText()).toMatch(/^3\b/);
  expect(await button('Apply').getAttribute('aria-disabled')).toBe('true');

  await file.setInputFiles(
    csv(`${first},imsi-001010000000001,Carrier,active`, `${second},imsi-001010000000002,Carrier,in-stock`),
  );
  const changes = page.getByRole('grid', { name: 'What would change' });
  await changes.getByText(second).first().waitFor();
  expect(await server.request('GET', '/api/network/sims')).toMatchObject({ body: { total: 0 } });
  await button('Apply').click();
  await page.getByRole('status').filter({ hasText: 'This file has been applied.' }).waitFor();
  expect(await server.request('GET', '/api/network/sims')).toMatchObject({ body: { total: 2 } });

  await page.getByRole('link', { name: 'SIM cards' }).first().click();
  await page.getByText(first, { exact: true }).click();
  await button('Report lost').click();
  const sure = page.getByRole('dialog', { name: `SIM ${first}` }).last();
  await sure.getByLabel('Reason').fill('Not in the cabinet');
  await sure.getByRole('button', { name: 'Report lost' }).click();
  await page.getByText(/Not in the cabinet/).waitFor();
  expect(await server.request('GET', `/api/network/sims/${first}`)).toMatchObject({
    body: { sim: { state: 'lost' } },
  });
});

test('a provider is tested, tells in words what fails, and is added; a binding is dry run, asked for, and its three stages shown', async () => {
  await visit('/network/providers');
  await page.getByText('No provider yet').waitFor();
  await button('Add one: Linux gateway or edge server').click();
  await page.getByLabel('Name (needed)', { exact: true }).fill('Hall gateway');
  await button('Add it').click();
  await page.getByText('Uplink interface').first().waitFor();
  await page.getByLabel(/^Uplink interface/).fill('nothere0');
  await page.getByLabel(/^Uplink rate/).fill('20');
  await button('Test').click();
  // Without rights it fails at the kernel, with them at the interface; in words either way, with what to do.
  const report = page.getByRole('region', { name: 'Test' });
  await report.getByText('failed', { exact: true }).first().waitFor();
  await report.getByText('What to do').waitFor();
  await button('Add it').click();
  await page.waitForURL(/\/network\/providers\/hall-gateway$/);

  await page.getByRole('link', { name: 'QoS bindings' }).click();
  await page.getByText('No bindings yet').waitFor();
  await button('Ask for a quality').click();
  await page.getByLabel('Flow (needed)').selectOption('Oven control');
  await page.getByLabel('Terminal (needed)').selectOption({ index: 1 });
  await page.getByLabel('Provider (needed)').selectOption('Hall gateway');
  // What follows from the level is there, with why, and stands in the fields.
  await page.getByText('A standardised class can meet the level.').waitFor();
  await page.getByText(/^DSCP 32 by/).waitFor();
  await vi.waitUntil(async () => (await page.getByLabel(/^DSCP/).inputValue()) === '32');
  expect(await button('Request it').getAttribute('aria-disabled')).toBe('true');

  // A figure that cannot be is told at its field, and nothing can be sent.
  await page.getByLabel(/^Uplink at most/).fill('1');
  await button('Dry run').click();
  await page
    .getByRole('region', { name: 'Dry run' })
    .getByText(/^Nothing would be sent/)
    .waitFor();
  expect(await button('Request it').getAttribute('aria-disabled')).toBe('true');
  await button('Take these figures').click();
  await button('Dry run').click();
  await page.getByText('One call would be made.').waitFor();
  expect(await server.request('GET', '/api/network/bindings')).toMatchObject({ body: { total: 0 } });

  await button('Request it').click();
  await page.waitForURL(/\/network\/bindings\/oven-control\.gateway-1$/);
  const stages = page.getByRole('list', { name: 'Requested, accepted, effective' });
  await stages.getByText(/^5QI \d+, DSCP 32/).waitFor();
  expect(await stages.getByRole('listitem').count()).toBe(3);
  // The gateway cannot: nobody is shown a promise, and nothing is shown in force.
  await stages.getByText('Not seen in force yet.').waitFor();

  await button('Release').click();
  const sure = page.getByRole('alertdialog').or(page.getByRole('dialog')).last();
  await sure.getByRole('button', { name: 'Release' }).click();
  await page.waitForURL(/\/network\/bindings$/);
});
