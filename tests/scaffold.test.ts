import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AppDefinition, replayCase } from '@millrace/sdk';
import { afterAll, expect, test } from 'vitest';

/** A new application is whole: it compiles, is in good form, and its case comes out as expected. */
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millrace-scaffold-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Scaffold {
  scaffoldApp(root: string, id: string): string[];
  readmeHeadings: readonly string[];
}

test('npm run new -- app', async () => {
  const { scaffoldApp, readmeHeadings } = (await import(
    new URL('../tools/dist/scaffold.js', import.meta.url).href
  )) as Scaffold;
  for (const file of [
    'tsconfig.base.json',
    'biome.json',
    'apps/package.json',
    'apps/tsconfig.json',
    'apps/tsconfig.web.json',
    'ui/styles.d.ts',
  ]) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  for (const list of ['server', 'console']) mkdirSync(join(folder, list));
  writeFileSync(join(folder, 'server/apps.ts'), 'const folders: Record<string, () => unknown> = {};\n');
  writeFileSync(
    join(folder, 'console/apps.ts'),
    "export const appWebs = {\n  one: () => import('one'),\n};\n",
  );
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

  expect(() => scaffoldApp(folder, 'Line Watch')).toThrow(/lower-case/);
  const written = scaffoldApp(folder, 'line-watch');
  expect(() => scaffoldApp(folder, 'line-watch')).toThrow(/already/);
  expect(written).toContain('apps/line-watch/server/index.ts');
  expect(readFileSync(join(folder, 'server/apps.ts'), 'utf8')).toContain(
    "import('@millrace/apps/line-watch/server')",
  );
  const list = readFileSync(join(folder, 'console/apps.ts'), 'utf8');
  expect(list).toContain("one: () => import('one'),\n  'line-watch': () =>");
  const readme = readFileSync(join(folder, 'apps/line-watch/README.md'), 'utf8');
  expect([...readme.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual(readmeHeadings);

  const run = (program: string, ...argv: string[]): void => {
    try {
      execFileSync(process.execPath, [join(root, 'node_modules', program), ...argv], {
        cwd: folder,
        encoding: 'utf8',
      });
    } catch (error) {
      throw new Error(
        (error as { stdout: string; stderr: string }).stdout + (error as { stderr: string }).stderr,
      );
    }
  };
  run('@biomejs/biome/bin/biome', 'check', '--write', '--vcs-enabled=false', 'apps', 'server', 'console');
  const base = JSON.parse(readFileSync(join(folder, 'apps/tsconfig.web.json'), 'utf8')) as object;
  for (const [name, config] of [
    [
      'tsconfig.json',
      {
        extends: '../tsconfig.base.json',
        compilerOptions: { rootDir: '.', outDir: 'dist' },
        include: ['*/model/**/*.ts', '*/server/**/*.ts'],
      },
    ],
    ['tsconfig.web.json', { ...base, references: [] }],
  ] as const) {
    writeFileSync(join(folder, 'apps', name), JSON.stringify(config));
    run('typescript/bin/tsc', '-p', join('apps', name));
  }
  const { app } = (await import(join(folder, 'apps/dist/line-watch/server/index.js'))) as {
    app: AppDefinition;
  };
  const given = JSON.parse(readFileSync(join(folder, 'apps/line-watch/cases/one-silent/case.json'), 'utf8'));
  expect(replayCase(app, given)).toMatchObject({
    differences: [],
    summary: { en: '1 silent, which is too many' },
  });
}, 120_000);
