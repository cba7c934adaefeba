import { readdirSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ServerUnderTest } from '@millrace/server/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildConsole, openBrowser } from './open-browser.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

/** One red pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
let server: ServerUnderTest;
let browser: Browser;
const contexts: BrowserContext[] = [];
const tokens: Record<string, string> = {};

async function call(
  method: string,
  path: string,
  body?: unknown,
  as = 'admin',
  type = 'application/json',
): Promise<{ status: number; text: string; json: never; headers: Headers }> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(tokens[as] === undefined ? {} : { authorization: `Bearer ${tokens[as]}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined
      ? {}
      : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
  });
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, text, json: json as never, headers: response.headers };
}
async function must(method: string, path: string, body?: unknown, as?: string): Promise<never> {
  const { status, text, json } = await call(method, path, body, as);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return json;
}

const tile = (thing: string) => ({
  id: 'v',
  kind: 'value',
  x: 0,
  y: 0,
  w: 3,
  h: 2,
  series: { thing, property: 'level' },
});
const dashboardAt = (place: string, tiles: unknown[], title: unknown = 'Levels') => ({
  title,
  place,
  tiles,
  phone: [],
});

beforeAll(async () => {
  buildConsole();
  [server, browser] = await Promise.all([ServerUnderTest.start(), openBrowser()]);
  tokens['admin'] = server.token;
  for (const [id, place, title] of [
    ['urn:d:n', 'acme/north', 'North pump'],
    ['urn:d:s', 'acme/south', 'South pump'],
  ] as const) {
    await must('PUT', `/api/things/${encodeURIComponent(id)}`, {
      id,
      title,
      'millrace:place': place,
      properties: { level: { type: 'number', title: 'Level', unit: 'm', 'millrace:decimals': 1 } },
    });
    await must('POST', `/api/things/${encodeURIComponent(id)}/properties`, { level: 4.2 });
  }
  const password = 'for this test alone';
  for (const [name, role, place] of [
    ['norah', 'engineer', 'acme/north'],
    ['vera', 'viewer', 'acme/north'],
    ['maker', 'engineer', 'acme'],
  ] as const) {
    await must('POST', '/api/people', { name, password, grants: [{ role, place }] });
    tokens[name] = (
      (await must('POST', '/api/session', { user: name, password })) as { token: string }
    ).token;
  }
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async ({ task }) => {
  for (const context of contexts.splice(0)) {
    if (task.result?.state === 'fail')
      for (const page of context.pages()) console.error(await page.locator('body').innerText());
    await context.close();
  }
});

describe('rights', () => {
  test('the place decides who sees and changes a dashboard; its owner changes it as well', async () => {
    const { id } = (await must(
      'POST',
      '/api/dashboards',
      dashboardAt('acme/north', [tile('urn:d:n')]),
      'norah',
    )) as { id: string };
    const at = `/api/dashboards/${id}`;
    const save = { ...dashboardAt('acme/north', []), version: 1 };
    expect((await call('GET', at, undefined, 'vera')).json).toMatchObject({ mayChange: false });
    expect((await call('PUT', at, save, 'vera')).status).toBe(403);
    expect((await call('POST', `${at}/links`, { title: 'x', days: 1 }, 'vera')).status).toBe(403);
    expect((await call('POST', '/api/dashboards', dashboardAt('acme/south', []), 'norah')).status).toBe(403);
    // Moved to where she may not configure.
    expect((await call('PUT', at, { ...save, place: 'acme' }, 'norah')).status).toBe(403);
    expect((await call('GET', at, undefined, 'nobody')).status).toBe(401);
    const elsewhere = (await must('POST', '/api/dashboards', dashboardAt('acme/south', []))) as {
      id: string;
    };
    expect((await call('GET', `/api/dashboards/${elsewhere.id}`, undefined, 'norah')).status).toBe(404);
    expect(
      ((await must('GET', '/api/dashboards', undefined, 'norah')) as { id: string }[]).map((one) => one.id),
    ).toEqual([id]);
    // Two who change the same version: the second is told.
    expect((await call('PUT', at, save, 'norah')).status).toBe(200);
    expect((await call('PUT', at, save, 'maker')).json).toMatchObject({
      type: 'changed-meanwhile',
      status: 409,
    });
    await must('PUT', '/api/people/norah', { grants: [{ role: 'viewer', place: 'acme/north' }] });
    expect((await call('PUT', at, { ...save, version: 2 }, 'norah')).status).toBe(200);
    await must('PUT', '/api/people/norah', { grants: [{ role: 'engineer', place: 'acme/north' }] });
  });

  test('a link shows what its maker may see when it is read, and nothing else', async () => {
    const { id } = (await must(
      'POST',
      '/api/dashboards',
      dashboardAt('acme', [
        tile('urn:d:n'),
        { ...tile('urn:d:s'), id: 's', x: 3 },
        { id: 'p', kind: 'states', place: '', x: 6, y: 0, w: 3, h: 2 },
      ]),
      'maker',
    )) as { id: string };
    const { token, link } = (await must(
      'POST',
      `/api/dashboards/${id}/links`,
      { title: 'wall', days: 1 },
      'maker',
    )) as {
      token: string;
      link: { id: string };
    };
    const shared = `/api/shared/${token}`;
    const things = async () =>
      Object.keys(((await must('GET', shared, undefined, 'nobody')) as { things: object }).things);
    const values = async () => (await call('GET', `${shared}/values`, undefined, 'nobody')).text;
    const history = (thing: string) =>
      call('GET', `${shared}/samples?thing=${thing}&property=level`, undefined, 'nobody');
    expect(await things()).toEqual(['urn:d:n', 'urn:d:s']);
    expect(await values()).toContain('South pump');
    expect((await history('urn:d:s')).json).toMatchObject({ samples: [{ value: 4.2 }] });
    // It is no way in: not to other routes, not to other properties, not to change anything.
    expect(
      (await call('GET', `${shared}/samples?thing=urn:d:n&property=other`, undefined, 'nobody')).status,
    ).toBe(404);
    tokens['link'] = token;
    expect((await call('GET', '/api/things', undefined, 'link')).status).toBe(401);
    expect(
      (await call('PUT', `/api/dashboards/${id}`, { ...dashboardAt('acme', []), version: 1 }, 'link')).status,
    ).toBe(401);
    expect((await call('GET', `/api/shared/${token.slice(0, -1)}x`, undefined, 'nobody')).status).toBe(404);

    await must('PUT', '/api/people/maker', {
      grants: [
        { role: 'engineer', place: 'acme/north' },
        { role: 'viewer', place: 'acme/x' },
      ],
    });
    // The dashboard itself stands at a place its maker no longer sees.
    expect((await call('GET', shared, undefined, 'nobody')).status).toBe(404);
    await must('PUT', '/api/people/maker', { grants: [{ role: 'engineer', place: 'acme' }] });
    expect(await things()).toEqual(['urn:d:n', 'urn:d:s']);
    await must('PUT', '/api/people/maker', { disabled: true });
    expect((await call('GET', `${shared}/values`, undefined, 'nobody')).status).toBe(404);
    await must('PUT', '/api/people/maker', { disabled: false });
    expect((await call('DELETE', `/api/dashboards/${id}/links/${link.id}`)).status).toBe(204);
    expect((await call('GET', shared, undefined, 'nobody')).status).toBe(404);
  });

  test('plan pictures are pictures, and lie under names of their own', async () => {
    const { id } = (await must('POST', '/api/dashboards', dashboardAt('acme/north', []))) as { id: string };
    const at = `/api/dashboards/${id}/pictures`;
    const sent = await call('POST', at, pixel, 'admin', 'image/svg+xml');
    expect(sent.json).toMatchObject({ width: 1, height: 1 });
    const { id: picture } = sent.json as { id: string };
    const got = await call('GET', `${at}/${picture}`);
    expect([
      got.headers.get('content-type'),
      got.headers.get('x-content-type-options'),
      got.headers.get('content-security-policy'),
    ]).toEqual(['image/png', 'nosniff', "default-src 'none'; sandbox"]);
    for (const bad of [
      Buffer.from('<svg onload="alert(1)"/>'),
      Buffer.from('GIF89a'),
      pixel.subarray(0, 20),
      Buffer.alloc(0),
    ])
      expect((await call('POST', at, bad, 'admin', 'image/png')).status).toBe(415);
    const huge = Buffer.from(pixel);
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    expect((await call('POST', at, huge, 'admin', 'image/png')).status).toBe(413);
    expect((await call('GET', `${at}/..%2F..%2Fkey`)).status).toBe(404);
    expect(readdirSync(join(server.data, 'pictures'))).toEqual([picture]);
    // Of another dashboard it is not there.
    const other = (await must('POST', '/api/dashboards', dashboardAt('acme', []))) as { id: string };
    expect((await call('GET', `/api/dashboards/${other.id}/pictures/${picture}`)).status).toBe(404);
    await must('DELETE', `/api/dashboards/${id}`);
    expect(readdirSync(join(server.data, 'pictures'))).toEqual([]);
  });
});

describe('data out', () => {
  test('SQL and Grafana hold what the caller may see', async () => {
    const count = async (as: string) =>
      (
        (await must('POST', '/api/sql', { query: 'SELECT count(DISTINCT thing) AS n FROM samples' }, as)) as {
          data: unknown;
        }
      ).data;
    expect(await count('admin')).toEqual([{ n: 2 }]);
    expect(await count('vera')).toEqual([{ n: 1 }]);
    expect(
      (await call('POST', '/api/sql', { query: "SELECT file('/etc/hostname')" }, 'vera')).json,
    ).toMatchObject({
      status: 400,
      type: 'wrong-question',
      words: { title: { zh: '无法回答此查询。' } },
    });
    expect((await call('POST', '/api/sql', { query: 'SELECT 1' }, 'nobody')).status).toBe(401);
    const range = {
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
    };
    const ask = (target: string) =>
      call('POST', '/api/grafana/query', { range, targets: [{ target, refId: 'A' }] }, 'vera');
    expect((await ask('urn:d:n/level')).json).toMatchObject([
      { target: 'North pump – Level', datapoints: [[4.2, expect.any(Number)]] },
    ]);
    expect((await ask('urn:d:s/level')).status).toBe(404);
    expect((await ask('states')).text).not.toContain('South');
    expect(await must('POST', '/api/grafana/variable', { payload: { target: 'things' } }, 'vera')).toEqual([
      { __text: 'North pump', __value: 'urn:d:n' },
    ]);
    expect(await must('GET', '/api/grafana/rows?series=urn:d:n/level', undefined, 'vera')).toMatchObject([
      { value: 4.2, quality: 'good' },
    ]);
    expect((await call('GET', '/api/grafana/rows?series=urn:d:s/level', undefined, 'vera')).status).toBe(404);
  });

  test('a webhook is sent once allowed, signed, again after a failure, with the key it had', async () => {
    const got: { headers: IncomingHttpHeaders; body: { samples?: { thing: string; value: number }[] } }[] =
      [];
    let failing = true;
    const receiver = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        got.push({ headers: request.headers, body: JSON.parse(Buffer.concat(parts).toString()) as never });
        response.writeHead(failing ? 500 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => receiver.once('listening', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;
    try {
      const input = { title: 'mes', url, what: ['samples'], place: 'acme', everySeconds: 0 };
      expect((await call('POST', '/api/webhooks', input, 'norah')).status).toBe(403);
      expect((await call('POST', '/api/webhooks', input)).json).toMatchObject({ type: 'address-refused' });
      await must('PUT', '/api/notification-settings', { allowedHosts: ['127.0.0.1'] });
      // Made by somebody who sees the north only: the south is not sent.
      const { webhook, secret } = (await must(
        'POST',
        '/api/webhooks',
        { ...input, place: 'acme/north' },
        'norah',
      )) as {
        webhook: { id: string };
        secret: string;
      };
      expect(secret.length).toBeGreaterThan(20);
      expect((await call('GET', '/api/webhooks')).text).not.toContain(secret);
      await must('POST', '/api/things/urn%3Ad%3As/properties', { level: 1 });
      await must('POST', '/api/things/urn%3Ad%3An/properties', { level: 7 });
      await vi.waitUntil(() => got.length > 0, { timeout: 20_000 });
      failing = false;
      await vi.waitUntil(() => got.length > 1, { timeout: 30_000 });
      expect(got[1]!.headers['millrace-key']).toBe(got[0]!.headers['millrace-key']);
      expect(got[0]!.headers['millrace-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
      expect(got[0]!.body.samples).toMatchObject([{ thing: 'urn:d:n', value: 7 }]);
      await vi.waitUntil(
        async () =>
          ((await must('GET', '/api/webhooks')) as { sent: number; waiting: number }[])[0]!.waiting === 0,
      );
      expect(await must('POST', `/api/webhooks/${webhook.id}/test`, {}, 'norah')).toEqual({ ok: true });
    } finally {
      receiver.close();
    }
  });
});

describe('in the browser', () => {
  async function visit(path: string, signedIn: boolean, width = 1440): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: 'en-GB',
      baseURL: server.url,
    });
    contexts.push(context);
    if (signedIn)
      await context.request.post('/api/session', { data: { user: 'admin', password: server.password } });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(path);
    return page;
  }

  test('made, filled, arranged by pointer and keys, undone, saved, shared, and seen by somebody without a sign-in', async () => {
    const page = await visit('/dashboards', true);
    await page.getByRole('button', { name: 'New dashboard' }).first().click();
    await page.getByLabel('Title', { exact: true }).fill('Pump house');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('Nothing stands on it yet').waitFor();

    // A value, found by search.
    await page.getByRole('button', { name: 'Add a tile' }).click();
    await page.getByRole('menuitem', { name: /^Value/ }).click();
    await page.getByRole('textbox', { name: 'Find a thing' }).fill('north');
    const found = page.getByRole('treeitem', { name: /Level/ });
    await found.waitFor();
    await found.click();
    await page.getByRole('dialog').getByText('None yet: choose below').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Close' }).last().click();
    const value = page.getByRole('region', { name: 'North pump · Level' });
    await value.getByText('7.0').waitFor();

    // A text beside it, moved by keys and made larger by pointer.
    await page.getByRole('button', { name: 'Add a tile' }).click();
    await page.getByRole('menuitem', { name: /^Text/ }).click();
    await page.getByRole('dialog').getByLabel('Text', { exact: true }).fill('Call the supervisor.');
    await page.getByRole('button', { name: 'Close' }).last().click();
    const text = page.getByRole('region', { name: 'Text' });
    const place = () =>
      text.evaluate((element) => (element as unknown as { style: { gridArea: string } }).style.gridArea);
    expect(await place()).toBe('1 / 4 / span 2 / span 4');
    await text.getByRole('button', { name: /^Move/ }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await place()).toBe('1 / 5 / span 2 / span 4');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await place()).toBe('1 / 5 / span 2 / span 5');
    const corner = (await text.getByRole('button', { name: /^Change the size/ }).boundingBox())!;
    await page.mouse.move(corner.x + 10, corner.y + 10);
    await page.mouse.down();
    await page.mouse.move(corner.x + 10, corner.y + 100, { steps: 5 });
    await page.mouse.up();
    expect(await place()).toBe('1 / 5 / span 3 / span 5');
    await page.keyboard.press('Control+z');
    expect(await place()).toBe('1 / 5 / span 2 / span 5');

    // A chart and a table of the same, found by going down the plant.
    for (const [kind, title] of [
      ['Chart', 'Course'],
      ['Table', 'All levels'],
    ] as const) {
      await page.getByRole('button', { name: 'Add a tile' }).click();
      await page.getByRole('menuitem', { name: new RegExp(`^${kind}`) }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Title \(/).fill(title);
      for (const branch of [/^acme/, /^north$/, /^North pump/])
        await dialog.getByRole('treeitem', { name: branch }).click();
      await dialog.getByRole('treeitem', { name: /^Level/ }).click();
      await dialog.getByText('None yet: choose below').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Close' }).last().click();
    }
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved').waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).first().click();

    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Make a link' }).click();
    const url = (await page.locator('code').textContent())!;
    expect(url).toMatch(/\/shared\/mld_/);

    const wall = await visit(new URL(url).pathname, false);
    await wall.getByRole('heading', { name: 'Pump house' }).waitFor();
    await wall.getByRole('region', { name: 'North pump · Level' }).getByText('7.0').waitFor();
    await must('POST', '/api/things/urn%3Ad%3An/properties', { level: 9 });
    await wall.getByRole('region', { name: 'North pump · Level' }).getByText('9.0').waitFor();
    await wall.getByRole('region', { name: 'Course' }).locator('canvas').waitFor();
    await wall.getByRole('region', { name: 'All levels' }).getByText('9.0').waitFor();
    await wall.getByText('Call the supervisor.').waitFor();
    expect(await wall.getByRole('button', { name: 'Change' }).count()).toBe(0);

    await page.getByRole('button', { name: /^Withdraw/ }).click();
    await page.getByText('No links').waitFor();
    await wall.reload();
    await wall.getByText('This link shows nothing (any more)').waitFor();
    const phone = await visit(new URL(page.url()).pathname, true, 390);
    await phone.getByRole('region', { name: 'North pump · Level' }).waitFor();
    expect(
      await phone.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBe(0);
  });
});
