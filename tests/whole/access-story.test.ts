import { ServerUnderTest } from '@millrace/server/testing';
import { Secret, TOTP } from 'otpauth';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildConsole, openBrowser } from './open-browser.ts';

/** Folder for pictures of the pages, where somebody wants to look at them. */
const pictures = process.env['MILLRACE_PICTURES'];

let server: ServerUnderTest;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  buildConsole();
  [server, browser] = await Promise.all([ServerUnderTest.start(), openBrowser()]);
  for (const [id, place] of [
    ['urn:story:n', 'acme/north/hall-1'],
    ['urn:story:s', 'acme/south'],
  ]) {
    await server.request('PUT', `/api/things/${encodeURIComponent(id!)}`, {
      id,
      title: id === 'urn:story:n' ? 'North pump' : 'South pump',
      'millrace:place': place,
      properties: { level: { type: 'number' } },
    });
  }
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);
afterEach(async ({ task }) => {
  for (const context of contexts.splice(0)) {
    // What stood on the page tells more than the name of what did not come.
    if (task.result?.state === 'fail')
      for (const page of context.pages()) console.error(await page.locator('body').innerText());
    await context.close();
  }
});

/** The browser of somebody who begins at the sign-in page. */
async function somebody(): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${server.url}/sign-in`);
  return { page, context };
}
async function signIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  for (const [width, language, theme] of [
    [1440, 'en', 'light'],
    [1440, 'zh', 'dark'],
    [390, 'zh', 'light'],
    [390, 'en', 'dark'],
  ] as const) {
    const other = await page.context().newPage();
    await other.addInitScript(
      ([shown, dark]) => {
        const { localStorage } = globalThis as unknown as {
          localStorage: { setItem(name: string, value: string): void };
        };
        localStorage.setItem('millrace.language', shown!);
        localStorage.setItem('millrace.theme', dark!);
      },
      [language, theme],
    );
    await other.setViewportSize({ width, height: 900 });
    await other.goto(page.url());
    await other.waitForTimeout(2500);
    await other.screenshot({ path: `${pictures}/${name}-${width}-${language}-${theme}.png` });
    await other.close();
  }
}

test('a person is added, sees only what is theirs, and protects the account; all of it is in the trail', {
  timeout: 240_000,
}, async () => {
  const { page: admin } = await somebody();
  await picture(admin, 'sign-in');
  await signIn(admin, 'admin', server.password);
  await admin.getByRole('link', { name: 'People and roles' }).click();
  await admin.getByRole('button', { name: 'Add a person' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByLabel('User name').fill('ana');
  await dialog.getByLabel('Role', { exact: true }).selectOption('operator');
  await dialog.getByLabel('Place', { exact: true }).selectOption('acme/north');
  await dialog.getByRole('button', { name: 'Add a role' }).click();
  await dialog.getByRole('button', { name: 'Add a person' }).click();
  const given = await admin.getByRole('dialog', { name: 'Password of ana' }).locator('code').innerText();
  await admin.getByRole('button', { name: 'I have it' }).click();
  await admin.getByText('has to change the password').waitFor();
  await picture(admin, 'people');

  const { page, context } = await somebody();
  await signIn(page, 'ana', given);
  await page.getByLabel('New password', { exact: true }).fill('a password of her own');
  await page.getByLabel('New password once more').fill('a password of her own');
  await page.getByRole('button', { name: /Set/ }).click();
  await page.getByRole('navigation').getByText('north').first().waitFor();
  expect(await page.getByText('South pump').count()).toBe(0);
  expect(await page.getByRole('link', { name: 'People and roles' }).count()).toBe(0);
  // Who types the address all the same is told why there is nothing.
  await page.goto(`${server.url}/people`);
  await page.getByText('do not give the permission').waitFor();

  await page.goto(`${server.url}/account`);
  await page.getByRole('button', { name: 'Set up' }).click();
  const key = (await page.getByRole('dialog').locator('code').innerText()).replaceAll(' ', '');
  await page.getByRole('dialog').getByRole('img').waitFor();
  const totp = new TOTP({ secret: Secret.fromBase32(key) });
  await page.getByLabel('Code').fill(totp.generate());
  await page.getByRole('button', { name: 'Put in force' }).click();
  await page.getByRole('button', { name: 'I have kept them' }).waitFor();
  const codes = await page.getByRole('dialog', { name: 'Recovery codes' }).locator('li').allInnerTexts();
  expect(codes).toHaveLength(10);
  await page.getByRole('button', { name: 'I have kept them' }).click();

  // An authenticator as a computer has one built in, played by the browser.
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByLabel('What it is on').fill('Desk');
  await page.getByRole('dialog').getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('for localhost').waitFor();
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByLabel('What it is for').fill('reporting');
  await page.getByRole('dialog').getByRole('button', { name: 'Make a token' }).click();
  const token = await page.getByRole('dialog', { name: 'The token' }).locator('code').innerText();
  await page.getByRole('button', { name: 'I have it' }).click();
  await picture(page, 'account');
  const seen = await fetch(`${server.url}/api/things`, { headers: { authorization: `Bearer ${token}` } });
  expect(((await seen.json()) as { title: string }[]).map(({ title }) => title)).toEqual(['North pump']);

  // The password alone no longer opens it; a recovery code does, once; the passkey does.
  const { page: other } = await somebody();
  await signIn(other, 'ana', 'a password of her own');
  await other.getByLabel('Code').fill('000000');
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await other.getByText('is wrong').first().waitFor();
  await other.getByLabel('Code').fill(codes[0]!);
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await other.getByRole('navigation').getByText('north').first().waitFor();
  await page.request.delete(`${server.url}/api/session`);
  await page.goto(`${server.url}/sign-in`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('navigation').getByText('north').first().waitFor();

  // The administrator takes the role away: what is open changes at once.
  await admin.getByText('ana', { exact: true }).first().click();
  await admin.getByRole('button', { name: /Take away the role/ }).click();
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect
    .poll(async () => (await page.request.get(`${server.url}/api/things`)).status(), { timeout: 10_000 })
    .toBe(403);

  await admin.getByRole('link', { name: 'Audit trail' }).click();
  await admin.getByLabel('Text').fill('ana');
  await admin.getByText('person.create').first().waitFor();
  await admin.getByText('second-factor.add').first().waitFor();
  await admin.getByRole('button', { name: 'Verify' }).click();
  await admin.getByText(/The chain is whole/).waitFor();
  await picture(admin, 'audit');
  await admin.getByText('person.create').first().click();
  await admin.getByRole('dialog').getByText('Hash of the one before').waitFor();
});
