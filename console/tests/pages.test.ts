import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole, type Look, openBrowser, openPage, type Served, serveConsole } from './browser.ts';

/**
 * Every page, at desk and phone width, in both languages and both themes: nothing overflows, nothing is untranslated, nothing is
 * complained of in the browser's console. axe looks at every page twice: each theme, each width, each language once.
 */

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const machine = '/things/urn%3Amillrace%3Adev%3Amachine-1';

const pages: Record<string, string> = {
  plant: '/',
  'plant, filtered': '/?state=abnormal',
  place: '/places/northwind/suzhou/hall-2',
  values: machine,
  'values, frozen': `${machine}?at=2026-01-05T08%3A00%3A00Z&range=8h`,
  chart: `${machine}?tab=chart&properties=spindleSpeed,spindleTemperature,vibration,running,mode&range=8h`,
  events: `${machine}?tab=events`,
  actions: `${machine}?tab=actions`,
  description: `${machine}?tab=description`,
  relations: '/things/urn%3Amillrace%3Adev%3Ameter-3?tab=relations',
  connection: '/things/urn%3Amillrace%3Adev%3Ameter-3?tab=connection',
  counters: '/things/urn%3Amillrace%3Adev%3Asensor-5?tab=counters',
  access: `${machine}?tab=access`,
  'a thing that is not there': '/things/nobody',
  'add a thing': '/add-thing',
  live: '/live',
  'live, wall': '/live?wall=on',
  terminals: '/terminals',
  'add a terminal': '/terminals/add',
  'a connection': '/terminals/opcua-old',
  quarantine: '/quarantine',
  proposals: '/proposals',
  export: `/export?things=urn%3Amillrace%3Adev%3Amachine-1`,
  applications: '/apps',
  'settings of an application': '/apps/line-watch/settings',
  'decisions of an application': '/apps/line-watch/decisions',
  'jobs of an application': '/apps/line-watch/jobs',
  'an application without pages': '/apps/line-watch/overview',
  alarms: '/alarms',
  'history of alarms': '/alarms/history',
  'an alarm': '/alarms/alarm-1',
  'alarm rules': '/alarm-rules',
  'an alarm rule': '/alarm-rules/spindle-hot',
  'figures of alarms': '/alarm-metrics',
  'messages of alarms': '/alarm-messages',
  'alarms of a thing': `${machine}?tab=alarms`,
  commands: '/commands',
  'set-point groups': '/commands?tab=groups',
  'control held': '/commands?tab=leases',
  settings: '/settings',
  about: '/about',
  nowhere: '/no/such/page',
};

const looks: (Look & { axe?: boolean })[] = [
  { language: 'zh', theme: 'light', size: 'desk', axe: true },
  { language: 'en', theme: 'dark', size: 'desk' },
  { language: 'en', theme: 'dark', size: 'phone', axe: true },
  { language: 'zh', theme: 'light', size: 'phone' },
];

let browser: Browser;
let built: { folder: string; remove(): void };
let plant: Served;
let empty: Served;

beforeAll(async () => {
  [browser, built] = await Promise.all([openBrowser(), buildConsole()]);
  plant = await serveConsole(built.folder, 60);
  empty = await serveConsole(built.folder, 0);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await plant?.close();
  await empty?.close();
  built?.remove();
});

/** What the browser and axe find wrong with the page as it stands. */
async function findings(page: Page, withAxe: boolean): Promise<string[]> {
  const found: string[] = [];
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (overflow > 0) found.push(`overflows by ${overflow} px`);
  const untranslated = await page.evaluate(() => document.body.textContent.match(/⟦[^⟧]*⟧/g) ?? []);
  found.push(...untranslated.map((key) => `untranslated ${key}`));
  if (!withAxe) return found;
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const result = await (
      window as unknown as {
        axe: {
          run(
            options: object,
          ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
        };
      }
    ).axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return result.violations.map(
      (one) =>
        `${one.id}: ${one.nodes[0]?.html.slice(0, 200)} — ${one.nodes[0]?.failureSummary.slice(0, 300)}`,
    );
  });
  found.push(...violations);
  return found;
}

describe.each(looks)('$size, $language, $theme', (look) => {
  it('every page', { timeout: 240_000 }, async () => {
    const { page, context, faults } = await openPage(browser, plant.url, look);
    const wrong: Record<string, string[]> = {};
    for (const [name, path] of Object.entries(pages)) {
      faults.length = 0;
      await page.goto(path);
      await page.locator('h1').first().waitFor();
      await page.waitForLoadState('load');
      // What loads lazily is there once nothing holds its room any more.
      await page.waitForFunction(
        () => document.querySelector('[aria-hidden="true"] > [class*="skeleton"]') === null,
      );
      const found = await findings(page, look.axe === true);
      // A missing thing is asked for and refused: the one error a page may have.
      const said = faults.filter((fault) => !(name === 'a thing that is not there' && fault.includes('404')));
      if (found.length + said.length > 0) wrong[name] = [...found, ...said];
    }
    expect(wrong).toEqual({});
    await context.close();
  });

  it('every page of an empty plant says how to fill it', { timeout: 120_000 }, async () => {
    const { page, context, faults } = await openPage(browser, empty.url, look);
    const wrong: Record<string, string[]> = {};
    for (const path of ['/', '/live', '/terminals', '/quarantine', '/proposals', '/export']) {
      faults.length = 0;
      await page.goto(path);
      // An empty page has a heading of its own below that of the page, and words below that.
      await page.locator('main h2').first().waitFor();
      const found = await findings(page, look.axe === true);
      const help = await page.locator('main h2 + div p').first().textContent();
      if ((help ?? '').length < 5) found.push('does not say how to fill it');
      if (found.length + faults.length > 0) wrong[path] = [...found, ...faults];
    }
    expect(wrong).toEqual({});
    await context.close();
  });

  it('signing in', async () => {
    const { page, context } = await openPage(browser, plant.url, look, false);
    await page.goto('/settings');
    await page.locator('input[name=password]').waitFor();
    expect(await findings(page, look.axe === true)).toEqual([]);
    await context.close();
  });
});
