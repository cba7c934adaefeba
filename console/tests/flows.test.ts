import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  buildConsole,
  type Look,
  openBrowser,
  openPage,
  type Served,
  serveConsole,
  type Watched,
} from './browser.ts';

/** What people do with the console, step by step, against the simulated plant. */

const desk: Look = { language: 'en', theme: 'light', size: 'desk' };
const machine = '/things/urn%3Amillrace%3Adev%3Amachine-1';

let browser: Browser;
let built: { folder: string; remove(): void };
let plant: Served;
let large: Served;
const open: Watched[] = [];

beforeAll(async () => {
  [browser, built] = await Promise.all([openBrowser(), buildConsole()]);
  plant = await serveConsole(built.folder, 60);
  large = await serveConsole(built.folder, 2000);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await plant?.close();
  await large?.close();
  built?.remove();
});

afterEach(async () => {
  // A page left open goes on asking, and makes the next test slow.
  for (const { context } of open.splice(0)) await context.close();
});

async function visit(path: string, look: Look = desk, signedIn = true, url = plant.url): Promise<Page> {
  const watched = await openPage(browser, url, look, signedIn);
  open.push(watched);
  await watched.page.goto(path);
  return watched.page;
}

const search = (page: Page) => new URL(page.url()).searchParams;
const options = { timeout: 180_000 };

describe('signing in', options, () => {
  it('says what is wrong, and leads to the page that was asked for', async () => {
    const page = await visit('/settings?range=8h', desk, false);
    await page.locator('input[name=password]').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('User or password is wrong').waitFor();
    await page.locator('input[name=password]').fill('right');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/settings');
    expect(search(page).get('range')).toBe('8h');
    // Plant time is known at once, not only after the next load.
    await page.getByRole('banner').getByText('GMT+8').waitFor();
  });

  it('asks for a password of one’s own the first time, and for a good one', async () => {
    const page = await visit('/', desk, false);
    await page.locator('input[name=password]').fill('first');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('input[name=new-password]').fill('short');
    await page.locator('input[name=repeat-password]').fill('short');
    await page.getByRole('button', { name: 'Set password' }).click();
    expect(await page.locator('input[name=new-password]').getAttribute('aria-invalid')).toBe('true');
    await page.locator('input[name=new-password]').fill('long enough by far');
    await page.locator('input[name=repeat-password]').fill('long enough by far');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByRole('heading', { name: 'Plant', exact: true }).waitFor();
  });

  it('leads back to the sign-in when the session ends, and on afterwards', async () => {
    const page = await visit('/about');
    await page.getByText('Everything works').waitFor();
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Quarantine' }).click();
    await page.locator('input[name=password]').waitFor();
    await page.locator('input[name=password]').fill('right');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Quarantine' }).waitFor();
  });

  it('does not lead out of the console', async () => {
    const page = await visit('/sign-in?back=%2F%2Fevil.example', desk, false);
    await page.locator('input[name=password]').fill('right');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Plant', exact: true }).waitFor();
    expect(page.url().startsWith(plant.url)).toBe(true);
  });
});

describe('the plant', options, () => {
  it('shows the abnormal first, filters by state, keeps the filter in the address', async () => {
    const page = await visit('/');
    const rows = page.getByRole('grid', { name: 'Things' }).locator('[data-row]');
    await rows.first().waitFor();
    expect(await rows.first().textContent()).toContain('Bad');
    const total = await rows.count();
    await page
      .getByRole('list', { name: 'Things by state' })
      .getByRole('button', { name: 'Outside normal' })
      .click();
    await page.waitForFunction((before) => document.querySelectorAll('[data-row]').length < before, total);
    expect(search(page).get('state')).toBe('outside');
    for (const text of await rows.allTextContents()) expect(text).toContain('Outside normal');
    await page.reload();
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThan(total);
  });

  it('is walked through with the keyboard', async () => {
    const page = await visit('/');
    const rows = page.getByRole('grid', { name: 'Things' }).locator('[data-row]');
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const third = await rows.nth(2).getAttribute('data-row');
    await page.waitForFunction((id) => (document.activeElement as HTMLElement).dataset['row'] === id, third);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/things/${encodeURIComponent(third!)}*`);
  });

  it('goes down the tree', async () => {
    const page = await visit('/');
    const tree = page.getByRole('tree', { name: 'Places of the plant' });
    await tree.getByRole('treeitem', { name: /hall-2/ }).click();
    await page.waitForURL('**/places/northwind/suzhou/hall-2*');
    await page.getByRole('heading', { name: 'hall-2', level: 1 }).waitFor();
    await page.keyboard.press('ArrowRight');
    await tree.getByRole('treeitem', { name: /assembly/ }).waitFor();
  });

  it('holds thousands of things with only those in sight in the document', async () => {
    const page = await visit('/', desk, true, large.url);
    const grid = page.getByRole('grid', { name: 'Things' });
    await grid.locator('[data-row]').first().waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe('2001');
    expect(await grid.locator('[data-row]').count()).toBeLessThan(60);
    await grid.locator('[data-row]').first().focus();
    await page.keyboard.press('End');
    await grid.locator('[aria-rowindex="2001"]').waitFor();
  });

  it('sorts, and saves what is seen as CSV', async () => {
    const page = await visit('/?state=abnormal');
    const grid = page.getByRole('grid', { name: 'Things' });
    await grid.getByRole('button', { name: 'What' }).first().click();
    expect(search(page).get('sort')).toBe('what');
    await grid.locator('[role=columnheader][aria-sort=ascending]').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV of what is seen' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .replace(/\r\n$/, '')
      .split('\r\n');
    expect(lines[0]).toBe('\uFEFFWhat,State,Where,Since,Because of');
    expect(lines).toHaveLength(1 + (await grid.locator('[data-row]').count()));
  });
});

describe('a thing', options, () => {
  it('shows values as they come, and stands still when frozen', async () => {
    const page = await visit(machine);
    const value = page.locator('[data-row=spindleSpeed] [role=gridcell]').nth(1);
    const text = async () => (await value.textContent()) ?? '';
    await page.waitForFunction(() =>
      /\d/.test(document.querySelector('[data-row=spindleSpeed]')?.textContent ?? ''),
    );
    const first = await text();
    await expect.poll(text, { timeout: 20_000 }).not.toBe(first);
    await page.getByRole('button', { name: 'Freeze' }).click();
    await expect.poll(() => search(page).get('at')).not.toBeNull();
    // Frozen values come from the store; they are there once the history is.
    await expect.poll(text).toMatch(/\d/);
    await page.waitForTimeout(1500);
    const held = await text();
    await page.waitForTimeout(2500);
    expect(await text()).toBe(held);
    await page.getByRole('button', { name: 'Follow live' }).click();
    await expect.poll(text, { timeout: 20_000 }).not.toBe(held);
  });

  it('shows the same past to whoever is sent the address', async () => {
    const path = `${machine}?at=2026-01-05T08%3A00%3A00Z&range=8h`;
    const text = async (page: Page) => {
      await page.waitForFunction(() =>
        /\d/.test(document.querySelectorAll('[data-row=spindleSpeed] [role=gridcell]')[1]?.textContent ?? ''),
      );
      return page.locator('[data-row=spindleSpeed] [role=gridcell]').nth(1).textContent();
    };
    expect(await text(await visit(path))).toBe(await text(await visit(path, { ...desk, language: 'zh' })));
  });

  it('keeps the time range on the way to other pages', async () => {
    const page = await visit(`${machine}?range=8h`);
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.getByRole('link', { name: 'Export', exact: true }).last().click();
    await page.getByRole('heading', { name: 'Export', level: 1 }).waitFor();
    expect(search(page).get('range')).toBe('8h');
  });

  it('zooms a chart by keys, drag and wheel; the address follows', async () => {
    const page = await visit(`${machine}?tab=chart&properties=spindleSpeed&range=24h`);
    const chart = page.getByRole('group', { name: /Chart of Spindle speed/ });
    await chart.locator('canvas').waitFor();
    await page.getByText(/as its lowest and highest value/).waitFor();
    const length = () => {
      const [from, to] = (search(page).get('range') ?? '').split('~');
      return to === undefined ? undefined : Date.parse(to) - Date.parse(from!);
    };
    await chart.focus();
    await page.keyboard.press('+');
    await expect.poll(length).toBe(12 * 3_600_000);
    await page.keyboard.press('PageUp');
    await expect
      .poll(() => Date.parse(search(page).get('range')!.split('~')[1]!))
      .toBeLessThan(Date.now() - 3_600_000);

    // The chart is drawn anew when its data arrives; until then it has no box.
    await expect.poll(() => chart.locator('.u-over').boundingBox()).not.toBeNull();
    const area = (await chart.locator('.u-over').boundingBox())!;
    await page.mouse.move(area.x + area.width * 0.4, area.y + 50);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width * 0.5, area.y + 60, { steps: 5 });
    await page.mouse.up();
    await expect.poll(length).toBeLessThan(2 * 3_600_000);
    const dragged = length()!;
    await chart.focus();
    await page.mouse.move(area.x + area.width / 2, area.y + 50);
    await page.mouse.wheel(0, 120);
    await expect.poll(length).toBeGreaterThan(dragged);
  });

  it('reads a chart out at the cursor', async () => {
    const page = await visit(`${machine}?tab=chart&properties=spindleTemperature&range=15m`);
    const chart = page.getByRole('group', { name: /Chart of Spindle temperature/ });
    await page.getByText('Every sample').waitFor();
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect
      .poll(() => page.locator('figure [aria-live]').textContent())
      .toMatch(/\d\d:\d\d:\d\d Spindle temperature \d+\.\d/);
  });

  it('edits the description: nonsense is not sent, what is refused says why, what is good is kept', async () => {
    const page = await visit('/things/urn%3Amillrace%3Adev%3Asensor-9?tab=description');
    await page.getByRole('button', { name: 'Edit' }).click();
    const field = page.getByRole('textbox', { name: 'Thing Description as JSON' });
    const text = await field.inputValue();
    const save = page.getByRole('button', { name: 'Save description' });
    await field.fill(text.slice(0, -5));
    await page.getByText('Not valid JSON').waitFor();
    expect(await save.getAttribute('aria-disabled')).toBe('true');
    await field.fill('{"properties": {}}');
    await page.getByText(/would be gone: temperature, humidity/).waitFor();
    await save.click();
    await page.getByText('/title is needed').waitFor();
    await field.fill(
      text.replace('"Room sensor 9"', '"Renamed"').replaceAll('"en": "Room sensor 9"', '"en": "Renamed"'),
    );
    await save.click();
    await page.getByRole('heading', { name: 'Renamed', level: 1 }).waitFor();
  });

  it('makes credentials, shows them once, withdraws them', async () => {
    const page = await visit('/things/urn%3Amillrace%3Adev%3Asensor-10?tab=access');
    await page.getByRole('button', { name: 'New credentials' }).click();
    const dialog = page.getByRole('dialog', { name: 'New credentials' });
    await dialog.getByText('k7Qp-2mVx-9sLd-4tRz', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'I have kept it' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByText('k7Qp-2mVx-9sLd-4tRz').count()).toBe(0);
    await page.getByRole('button', { name: 'Withdraw…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('No credentials').waitFor();
  });

  it('acts only after saying what will happen, and says what came of it', async () => {
    const page = await visit(`${machine}?tab=actions`);
    await page.getByRole('button', { name: 'Cause a fault…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cause a fault?' });
    await dialog.getByText(/is sent to Machining centre 1 at once/).waitFor();
    await dialog.getByText('This cannot be undone from here.').waitFor();
    await dialog.getByRole('combobox').selectOption({ label: 'coolant' });
    await dialog.getByRole('button', { name: 'Cause a fault' }).click();
    await page.getByText('Confirmed', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Reset…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await page
      .getByText(/whether it acted is not known/)
      .first()
      .waitFor();
  });

  it('takes control, sets a value after showing now and new, and gives control back', async () => {
    const page = await visit(`${machine}?tab=actions`);
    await page.getByText(/A single command takes it for its own length/).waitFor();
    await page.getByRole('button', { name: 'Take control' }).click();
    await page.getByText(/You hold control/).waitFor();
    await page.getByRole('button', { name: 'Set… Spindle speed' }).click();
    const dialog = page.getByRole('dialog', { name: /^Set Spindle speed/ });
    await dialog.getByText(/A second person has to release it/).waitFor();
    await dialog.getByRole('textbox').fill('1200');
    await dialog.getByRole('button', { name: 'Set' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('read back', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Give back' }).click();
    await page.getByRole('button', { name: 'Take control' }).waitFor();
    await page.goto('/commands?state=refused');
    await page.getByText('rule night-setback, for admin').waitFor();
    await page.getByRole('tab', { name: 'Set-point groups' }).click();
    await page.getByText('Not everything was put back').waitFor();
  });

  it('is deleted only by its name', async () => {
    const page = await visit('/things/urn%3Amillrace%3Adev%3Asensor-21?tab=access');
    await page.getByRole('button', { name: 'Delete thing…' }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'Delete thing' });
    expect(await confirm.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByRole('textbox').fill('Room sensor 21');
    await confirm.click();
    await page.getByRole('heading', { name: 'Plant', exact: true }).waitFor();
    await page.goto('/things/urn%3Amillrace%3Adev%3Asensor-21');
    await page.getByText('It is not there').waitFor();
  });

  it('is registered by its description', async () => {
    const page = await visit('/add-thing');
    await page.getByRole('button', { name: 'Start from an example' }).click();
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('heading', { name: 'Room sensor', level: 1, exact: true }).waitFor();
    await page.getByText('no value yet').first().waitFor();
  });
});

describe('the live wall', options, () => {
  it('shows thousands of changing values with only those in sight in the document', async () => {
    const page = await visit('/live', desk, true, large.url);
    const tiles = page.locator('[data-wall] li');
    await tiles.first().waitFor();
    expect(Number(await tiles.first().getAttribute('aria-setsize'))).toBeGreaterThan(0);
    await expect
      .poll(async () => Number(await tiles.first().getAttribute('aria-setsize')), { timeout: 60_000 })
      .toBeGreaterThan(4000);
    expect(await tiles.count()).toBeLessThan(150);
    const values = () => page.evaluate(() => document.querySelector('[data-wall]')?.textContent ?? '');
    const before = await values();
    await expect.poll(values, { timeout: 20_000 }).not.toBe(before);
    await page.locator('[data-wall]').evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await expect.poll(values, { timeout: 20_000 }).toMatch(/\d/);
  });

  it('has a wall mode without anything around it', async () => {
    const page = await visit('/live');
    await page.getByRole('button', { name: 'Wall mode' }).click();
    await page.getByRole('navigation', { name: 'Plant and pages' }).waitFor({ state: 'detached' });
    await page.getByText(/Page 1 of/).waitFor();
    await page.getByRole('button', { name: 'Leave wall mode' }).click();
    await page.getByRole('navigation', { name: 'Plant and pages' }).waitFor();
  });

  it('shows the abnormal only', async () => {
    const page = await visit('/live?show=abnormal');
    const tiles = page.locator('[data-wall] li');
    await tiles.first().waitFor();
    for (const text of await tiles.allTextContents()) expect(text).toMatch(/Bad|Above|Below|Uncertain/);
  });

  it('says so when live values stop coming, and goes on by itself', async () => {
    const page = await visit('/about');
    await page.getByText('Everything works').waitFor();
    let cut = true;
    await page.route('**/api/live*', (route) => (cut ? route.abort() : route.continue()));
    await page.getByRole('link', { name: 'Live values' }).click();
    await page.getByText('Live values interrupted').waitFor();
    cut = false;
    await page.getByText('Live values interrupted').waitFor({ state: 'detached', timeout: 40_000 });
  });
});

describe('settings, export and looks', options, () => {
  it('asks before a shorter retention deletes anything', async () => {
    const page = await visit('/settings');
    const save = page.getByRole('button', { name: 'Save', exact: true }).first();
    await save.waitFor();
    expect(await save.getAttribute('aria-disabled')).toBe('true');
    await page.getByLabel('Every sample').fill('7');
    await save.click();
    const dialog = page.getByRole('dialog', { name: 'Save these settings?' });
    await dialog.getByText('Every sample: 30 days → 7 days').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel('Every sample').fill('30');
    await page.getByLabel('Time zone').fill('Mars/Olympus');
    await page.getByText('No time zone of this name is known').first().waitFor();
    expect(await save.getAttribute('aria-disabled')).toBe('true');
  });

  it('makes a backup and lists it', async () => {
    const page = await visit('/settings');
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByRole('grid', { name: 'Backups' }).getByText('184.3 MB').waitFor();
  });

  it('exports what was chosen, in the range at the top', async () => {
    const page = await visit('/export?range=2026-05-01T00%3A00%3A00Z~2026-05-02T00%3A00%3A00Z');
    const download = page.getByRole('button', { name: 'Download' });
    await download.waitFor();
    expect(await download.getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('checkbox', { name: /^Machining centre 1 / }).check();
    await page.getByRole('checkbox', { name: 'Vibration velocity' }).check();
    await page.getByRole('combobox', { name: 'Format' }).selectOption('parquet');
    const [file] = await Promise.all([page.waitForEvent('download'), download.click()]);
    const query = new URL(file.url()).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      thing: 'urn:millrace:dev:machine-1',
      property: 'urn%3Amillrace%3Adev%3Amachine-1/vibration',
      from: '2026-05-01T00:00:00.000Z',
      to: '2026-05-02T00:00:00.000Z',
      format: 'parquet',
    });
  });

  it('shows plant time, whatever the browser’s own zone is', async () => {
    const page = await visit('/?range=2026-05-01T00%3A00%3A00Z~2026-05-02T00%3A00%3A00Z');
    await page
      .getByRole('button', { name: /Time range: 01\/05\/2026, 08:00:00 – 02\/05\/2026, 08:00:00/ })
      .waitFor();
  });

  it('takes a typed time range in plant time', async () => {
    const page = await visit('/');
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByLabel('From').fill('2026-05-01 08:00:00');
    await page.getByLabel('To', { exact: true }).fill('never');
    await page.getByRole('button', { name: 'Show this range' }).click();
    await page.getByText('Write the time as').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2026-05-01 09:30');
    await page.getByRole('button', { name: 'Show this range' }).click();
    await expect.poll(() => search(page).get('range')).toBe('2026-05-01T00:00:00Z~2026-05-01T01:30:00Z');
  });

  it('changes language and brightness at once, and remembers both', async () => {
    const page = await visit('/');
    await page.getByRole('button', { name: /Settings of/ }).click();
    await page.getByRole('menuitem', { name: '中文' }).click();
    await page.getByRole('heading', { name: '工厂', exact: true }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
    await page.getByRole('button', { name: /的设置/ }).click();
    await page.getByRole('menuitem', { name: '深色' }).click();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    expect(await page.evaluate(() => localStorage.getItem('millrace.language'))).toBe('zh');
    expect(await page.evaluate(() => localStorage.getItem('millrace.theme'))).toBe('dark');
  });

  it('fetches of the Chinese font only the pieces whose characters are on the page', async () => {
    const watched = await openPage(browser, plant.url, { language: 'zh', theme: 'light', size: 'desk' });
    const fonts: string[] = [];
    watched.page.on('request', (request) => {
      if (request.url().includes('noto-sans-sc') && request.url().endsWith('.woff2'))
        fonts.push(request.url());
    });
    await watched.page.goto('/');
    await watched.page.getByRole('grid', { name: '物' }).locator('[data-row]').first().waitFor();
    await watched.page.evaluate(() => document.fonts.ready.then(() => undefined));
    expect(fonts.length).toBeGreaterThan(0);
    expect(fonts.length).toBeLessThan(50);
    await watched.context.close();
  });
});
