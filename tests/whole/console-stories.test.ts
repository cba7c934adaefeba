import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServerUnderTest } from '@millrace/server/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { buildConsole, openBrowser } from './open-browser.ts';
import { textOfPdf } from './pdf-text.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

/** What people do with the console, each page group from its first page to what comes of it, against a platform of real processes. */
let server: ServerUnderTest;
let browser: Browser;
let context: BrowserContext;
let page: Page;

const day = 86_400_000;
const oven = 'urn:story:oven';
const press = 'urn:story:press';
const meter = 'urn:story:meter';

async function must(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await server.request(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const send = (thing: string, values: unknown): Promise<unknown> =>
  must('POST', `/api/things/${encodeURIComponent(thing)}/properties`, values);
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });

beforeAll(async () => {
  buildConsole();
  [server, browser] = await Promise.all([ServerUnderTest.start(), openBrowser()]);
  const thing = (id: string, description: object): Promise<unknown> =>
    must('PUT', `/api/things/${encodeURIComponent(id)}`, {
      id,
      'millrace:place': 'Works/Hall',
      ...description,
    });
  await thing(oven, {
    title: 'Oven',
    properties: { temperature: { type: 'number', title: 'Temperature', unit: '°C' } },
  });
  await thing(press, {
    title: 'Press',
    properties: { force: { type: 'number', title: 'Force', unit: 'kN' } },
  });
  await thing(meter, {
    title: 'Main meter',
    '@type': ['Thing', 'PowerMeter'],
    properties: {
      activeEnergy: { type: 'number', title: 'Active energy', unit: 'kWh', '@type': 'Counter' },
    },
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens a page of the console as the administrator. */
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

test('a rule is written, tried on history, saved; it fires, is acknowledged, shelved, and is over', async () => {
  // Three times too hot in the last three days, and once nearly.
  const now = Date.now();
  await send(
    oven,
    [20, 210, 20, 220, 20, 195, 20, 215, 20].map((temperature, at, all) => ({
      time: now - ((all.length - at) * day) / 3,
      values: { temperature },
    })),
  );
  await visit('/alarm-rules?range=7d');
  await button('Add a rule').first().click();
  await page.getByLabel('Title (needed)').fill('Oven too hot');
  await page.getByLabel('Priority').selectOption('Urgent');
  await page.getByLabel('Thing (id)').selectOption('Oven');
  await page.getByLabel('Condition (needed)').fill('temprature > 200');
  // A slip of the pen is told with its place, and cannot be saved.
  await page.getByText(/^Line 1, column 1: .*temprature/).waitFor();
  expect(await button('Save').getAttribute('aria-disabled')).toBe('true');
  await page.getByLabel('Condition (needed)').fill('temperature > 200');
  await page.getByText('The condition fits 1 things.').waitFor();
  await page.getByLabel('What the operator does').fill('Open the flap.');
  await button('Try on history').click();
  await page.getByText(/^Would have fired 3 times/).waitFor();
  await button('Save').click();
  await page.waitForURL(/\/alarm-rules\/(?!new)/);

  await page.getByRole('link', { name: 'Alarms', exact: true }).first().click();
  await page.getByText('No alarm.').waitFor();
  await send(oven, { temperature: 230 });
  const list = page.getByRole('list', { name: 'Alarms' });
  await list.getByText('Oven too hot').waitFor();
  await list.getByText('→ Open the flap.').waitFor();
  await list.getByText('temperature = 230 °C').waitFor();
  await page.getByRole('link', { name: /1 Urgent/ }).waitFor();
  await list.getByText('Unacknowledged').waitFor();
  await list.getByRole('button', { name: 'Acknowledge' }).click();
  await list.getByText('Acknowledged', { exact: true }).waitFor();
  await list.getByText(/by admin/).waitFor();

  await list.getByRole('checkbox').check();
  await button('Shelve…').click();
  const dialog = page.getByRole('dialog', { name: 'Shelve alarms' });
  expect(await dialog.getByRole('button', { name: 'Shelve' }).getAttribute('aria-disabled')).toBe('true');
  await dialog.getByLabel('Reason').fill('Door is being mended');
  await dialog.getByRole('button', { name: 'Shelve' }).click();
  await dialog.waitFor({ state: 'detached' });
  await list.getByText('Shelved', { exact: true }).waitFor();
  await list.getByText(/Door is being mended/).waitFor();

  await list.getByRole('checkbox').check();
  await button('Take off the shelf').click();
  // It asks anew (ISA-18.2); acknowledged again, it leaves when it is over.
  await list.getByText('Unacknowledged').waitFor();
  await list.getByRole('button', { name: 'Acknowledge' }).click();
  await list.getByText('Acknowledged', { exact: true }).waitFor();
  await send(oven, { temperature: 20 });
  await page.getByText('No alarm.').waitFor();
  await page.getByRole('link', { name: 'History', exact: true }).click();
  const past = page.getByRole('list', { name: 'History' });
  await past.getByRole('link', { name: 'Oven too hot' }).click();
  // The journal is below the alarm's facts: one line an entry.
  await expect
    .poll(() => page.locator('ol > li > b').allInnerTexts())
    .toEqual(['Raised', 'Acknowledged', 'Shelved', 'Taken off the shelf', 'Acknowledged', 'Over']);
});

test('a question is asked in SQL; a webhook is made, tried, and gets what comes', async () => {
  const got: { samples?: { thing: string; value: number }[] }[] = [];
  const receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      got.push(JSON.parse(Buffer.concat(parts).toString()) as (typeof got)[number]);
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  try {
    for (const force of [10, 20, 31.5]) await send(press, { force });
    await visit('/data-out?range=1h');
    const question = page.getByLabel('Question');
    await question.fill("SELECT file('/etc/passwd')");
    await button('Ask').click();
    await page.getByRole('alert').waitFor();
    await question.fill(
      `SELECT thing, count() AS n, avg(value) AS mean FROM samples WHERE thing = '${press}' GROUP BY thing`,
    );
    await button('Ask').click();
    const answer = page.getByRole('grid', { name: 'Ask in SQL' }).locator('[data-row]');
    await answer.waitFor();
    expect(await answer.getByRole('gridcell').allInnerTexts()).toEqual([press, '3', '20.5']);
    // Numbers of a column stand point below point.
    await question.fill(`SELECT value FROM samples WHERE thing = '${press}' ORDER BY value`);
    await button('Ask').click();
    await page.getByText(/^3 rows in/).waitFor();
    expect(await answer.getByRole('gridcell').allInnerTexts()).toEqual(['10.0', '20.0', '31.5']);

    // An address inside the plant is refused until an administrator allows it.
    await button('Add a webhook').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('MES');
    await dialog
      .getByLabel('Address')
      .fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`);
    await dialog.getByLabel('Samples at most every').fill('0');
    await dialog.getByRole('button', { name: 'Add a webhook' }).click();
    await dialog.getByRole('alert').waitFor();
    await must('PUT', '/api/notification-settings', { allowedHosts: ['127.0.0.1'] });
    await dialog.getByRole('button', { name: 'Add a webhook' }).click();
    await dialog.getByText(/The secret .* is shown this once/).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await button('Test: MES').click();
    await page.getByText('It was taken').waitFor();
    expect(got).toHaveLength(1);
    await send(press, { force: 77 });
    await expect
      .poll(() => got.flatMap(({ samples }) => samples ?? []), { timeout: 20_000 })
      .toMatchObject([{ thing: press, value: 77 }]);
    await button('Remove: MES').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No webhooks yet').waitFor();
  } finally {
    receiver.close();
  }
});

test('the energy application is switched off and on, given a tariff and a week by CSV, and prints the month', async () => {
  const today = new Date();
  const month = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 1, 1))
    .toISOString()
    .slice(0, 7);
  const from = Date.parse(`${month}-10T00:00:00Z`);
  await visit('/apps');
  await button('Switch off').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
  await page.getByText('Off', { exact: true }).waitFor();
  await button('Switch on').click();
  await page.getByText('PowerMeter 1').waitFor();
  await button('Open').click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();

  await page.getByRole('link', { name: 'Settings', exact: true }).last().click();
  const tariff = page.getByLabel('Electricity tariff');
  await tariff.fill('Flat/平 expensive all 00:00-24:00');
  await page.getByLabel('Demand charge per kW and month').fill('3');
  await button('Save').click();
  await page
    .getByRole('alert')
    .getByText(/expensive/)
    .first()
    .waitFor();
  await tariff.fill('Flat/平 0.5 all 00:00-24:00');
  await button('Save').click();
  await page.getByText('Settings saved').waitFor();
  await page.getByRole('link', { name: 'Tariff and report' }).click();
  await page.getByText('Every hour has one price.').waitFor();

  // A week of 10 kW, one line of which nobody can read.
  await page.getByRole('link', { name: 'Meters', exact: true }).click();
  const lines = Array.from(
    { length: 7 * 96 },
    (_, at) => `${new Date(from + at * 900_000).toISOString()},${meter},2.5`,
  );
  const chooser = page.waitForEvent('filechooser');
  await button('Import CSV').click();
  await (await chooser).setFiles({
    name: 'meter.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(['start,meter,amount', ...lines, `${month}-20T00:00:00Z,${meter},much`].join('\r\n')),
  });
  await page
    .getByText(/672 quarter-hours of 1 meters taken, 1 lines not · 674: "much" is not an amount/)
    .waitFor();

  const span = `${new Date(from).toISOString()}~${new Date(from + 7 * day).toISOString()}`;
  await page.goto(`/apps/energy-management/?range=${encodeURIComponent(span)}`);
  await page
    .getByText(/1,?680/)
    .first()
    .waitFor();
  await page.getByText(/840/).first().waitFor();

  await page.getByRole('link', { name: 'Tariff and report' }).click();
  const report = async (): Promise<Buffer> => {
    await page.getByRole('textbox', { name: /^(Month|月份)/ }).fill(month);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^(Open the report|打开报告)$/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`energy-${month}.pdf`);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  };
  const english = await report();
  expect(english.subarray(0, 5).toString()).toBe('%PDF-');
  const text = textOfPdf(english);
  for (const part of [
    `Energy report ${month}`,
    '1,680 kWh',
    '840',
    'Demand, 10 kW',
    'All counters counted on.',
  ])
    expect(text).toContain(part);
  await button(/Settings of/).click();
  await page.getByRole('menuitem', { name: '中文' }).click();
  const chinese = textOfPdf(await report());
  for (const part of [`${month} 能源月报`, '1,680 kWh', '需量 10 kW', '所有计数器连续计数。'])
    expect(chinese).toContain(part);
  expect(`${text}${chinese}`).not.toContain('\uFFFD');
});
