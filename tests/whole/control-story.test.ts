import { type AddressInfo, createServer } from 'node:net';
import { ServerUnderTest } from '@millrace/server/testing';
import { server as modbusServers } from 'jsmodbus';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildConsole, openBrowser } from './open-browser.ts';

/** Two people at two screens and a controller by a library that we did not write. */
const id = 'urn:test:dryer';
const path = `/things/${encodeURIComponent(id)}?tab=actions`;
const second = { name: 'li', password: 'another password for tests' };

let server: ServerUnderTest;
let browser: Browser;
const contexts: BrowserContext[] = [];
const controller = createServer();
const holding = Buffer.alloc(200);
const register = (address: number): number => holding.readUInt16BE(address * 2);

async function screen(user: string, password: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, locale: 'en-GB' });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const answer = await context.request.post(`${server.url}/api/session`, { data: { user, password } });
  expect(answer.ok()).toBe(true);
  await page.goto(`${server.url}${path}`);
  return page;
}

const until = async (condition: () => boolean, what: string): Promise<void> => {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

beforeAll(async () => {
  buildConsole();
  holding.writeUInt16BE(600, 0);
  holding.writeUInt16BE(40, 2);
  // The platform ends its connections when it is stopped; the library leaves that to whoever listens.
  controller.on('connection', (socket) => socket.on('error', () => {}));
  new modbusServers.TCP(controller, { holding });
  await new Promise<void>((resolve) => controller.listen(0, '127.0.0.1', resolve));
  [server, browser] = await Promise.all([ServerUnderTest.start(), openBrowser()]);
  const port = (controller.address() as AddressInfo).port;
  const form = (address: number) => [
    {
      href: `modbus+tcp://127.0.0.1:${port}/1/${address}?quantity=1`,
      'modv:entity': 'HoldingRegister',
      'modv:pollingTime': 200,
      ...(address === 0 ? { 'millrace:scale': 0.1 } : {}),
    },
  ];
  const made = await server.request('PUT', `/api/things/${encodeURIComponent(id)}`, {
    id,
    title: 'Dryer',
    'millrace:leaseSeconds': 8,
    'millrace:safe': { runs: 'platform', values: { setTemperature: 50 } },
    properties: {
      setTemperature: {
        type: 'number',
        title: 'Set temperature',
        unit: '°C',
        minimum: 20,
        maximum: 120,
        forms: form(0),
      },
      fan: {
        type: 'integer',
        title: 'Fan',
        maximum: 100,
        'millrace:twoPerson': true,
        forms: form(1),
      },
    },
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const person = await server.request('POST', '/api/people', {
    ...second,
    mustChangePassword: false,
    grants: [{ role: 'supervisor', place: '' }],
  });
  expect(person.status, JSON.stringify(person.body)).toBe(201);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  controller.close();
}, 60_000);

afterEach(async ({ task }) => {
  // What stood on the page tells more than the name of what did not come.
  if (task.result?.state !== 'fail') return;
  for (const context of contexts)
    for (const page of context.pages()) console.error(await page.locator('main').innerText());
});

test('one takes control and sets, the other sees who it is and releases; when nobody is left, the thing is made safe', async () => {
  const admin = await screen('admin', server.password);
  const li = await screen(second.name, second.password);

  await admin.getByRole('button', { name: 'Take control' }).click();
  await admin.getByText(/You hold control\. It runs out/).waitFor();
  await li.getByText(/admin holds control, for another/).waitFor();
  const lis = li.getByRole('button', { name: 'Set… Set temperature' });
  expect(await lis.getAttribute('aria-disabled')).toBe('true');

  await admin.getByRole('button', { name: 'Set… Set temperature' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Set Set temperature?' });
  await dialog.getByRole('textbox').fill('72.5');
  await dialog.getByText('72.5 °C').waitFor();
  await dialog.getByRole('button', { name: 'Set', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  // The next poll may be quicker than reading back.
  await admin
    .getByText(/^(read back|reported by the thing)$/)
    .first()
    .waitFor();
  expect(register(0)).toBe(725);

  // What two people have to want waits for the second, and cannot be released by the first.
  await admin.getByRole('button', { name: 'Set… Fan' }).click();
  const fan = admin.getByRole('dialog', { name: 'Set Fan?' });
  await fan.getByRole('textbox').fill('55');
  await fan.getByRole('button', { name: 'Set', exact: true }).click();
  await admin.getByText('Waits for a second person').first().waitFor();
  expect(await admin.getByRole('button', { name: 'Release' }).first().getAttribute('aria-disabled')).toBe(
    'true',
  );
  expect(register(1)).toBe(40);
  // The first person stays at the screen: signs of life keep control.
  await admin.mouse.move(300, 300);
  await li.getByRole('button', { name: 'Release' }).first().click();
  await until(() => register(1) === 55, 'the released value in the controller');

  // The window is gone: no sign of life, control runs out, the declared value is written.
  await admin.close();
  await until(() => register(0) === 500, 'the safe value in the controller');
  await li.getByText('Made safe').waitFor();

  // Control that is given back is free at once, for anybody.
  await li.getByRole('button', { name: 'Take control' }).click();
  await li.getByText(/You hold control\. It runs out/).waitFor();
  await li.getByRole('button', { name: 'Give back' }).click();
  await li.getByRole('button', { name: 'Take control' }).waitFor();
  await li.goto(`${server.url}/commands?tab=leases`);
  await li.getByRole('heading', { name: 'Commands', level: 1 }).waitFor();
  await li.getByText('Nobody holds control').waitFor();
}, 120_000);
