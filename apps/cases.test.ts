import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AppCase, type AppDefinition, replayCase } from '@millrace/sdk';
import { describe, expect, test } from 'vitest';

/** Every case of every application comes out as it did when it was kept. */
const root = fileURLToPath(new URL('.', import.meta.url));
const apps = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'server')))
  .map((entry) => entry.name);

describe.each(apps)('%s', (id) => {
  const folder = join(root, id, 'cases');
  const cases = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'case.json')))
    : [];

  test('has a case', () => {
    expect(cases.length).toBeGreaterThan(0);
  });

  test.each(cases)('%s', async (name) => {
    const { app } = (await import(new URL(`./dist/${id}/server/index.js`, import.meta.url).href)) as {
      app: AppDefinition;
    };
    const given = JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8')) as AppCase;
    expect(replayCase(app, given).differences).toEqual([]);
  });
});
