import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildConsole, openBrowser, openPage, type Served, serveConsole } from './browser.ts';

/** What an operator and an engineer do with alarms, in a real browser. */
let browser: Browser;
let built: { folder: string; remove(): void };
let plant: Served;

beforeAll(async () => {
  [browser, built] = await Promise.all([openBrowser(), buildConsole()]);
  plant = await serveConsole(built.folder, 60);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await plant?.close();
  built?.remove();
});

it('an alarm is seen in the shell, acknowledged, and looked into; a rule is tried on history', {
  timeout: 120_000,
}, async () => {
  const { page, context, faults } = await openPage(browser, plant.url, {
    language: 'en',
    theme: 'light',
    size: 'desk',
  });
  await page.goto('/');
  await page
    .getByRole('link', { name: /1 Urgent/ })
    .first()
    .click();
  await page.waitForURL(/\/alarms\?priority=urgent/);
  const list = page.getByRole('list', { name: 'Alarms' });
  await list.getByText('Spindle hot').first().waitFor();
  expect(await list.getByRole('listitem').count()).toBe(1);
  expect(await list.textContent()).toContain('spindleTemperature = 81.5 °C');
  await list.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByText('1 alarm done').waitFor();
  await list.getByRole('link', { name: 'Spindle hot' }).click();
  await page.getByText('Lower the feed, look at the coolant.').first().waitFor();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();

  await page.goto('/alarm-rules/spindle-hot');
  await page.getByText('The condition fits 1 things.').waitFor();
  await page.getByRole('button', { name: 'Try on history' }).click();
  await page.getByText('Would have fired 3 times').waitFor();

  // A rule that cannot be judged says where and why.
  await page.goto('/alarm-rules');
  await page.getByText('there is no thing “pump” (any more)').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
