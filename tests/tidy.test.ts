import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The repository checks itself: each test names a rule and lists what breaks it. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const code = tracked.filter((file) => /\.(tsx?|m?js)$/.test(file) && !file.includes('/generated/'));
const isTest = (file: string): boolean =>
  /\.(test|interop)\.tsx?$/.test(file) ||
  /(^|\/)test-[^/]+\.tsx?$/.test(file) ||
  file.startsWith('tests/') ||
  file.includes('/testing/') ||
  file === 'server/testing.ts';

/** Who may import whom: part (longest prefix wins) → packages of ours it may import. Relative imports stay within the part. */
const mayImport: [part: string, packages: string[]][] = [
  ['contract', []],
  ['sdk', ['contract']],
  ['ui', ['contract']],
  ['terminal', ['contract', 'sdk']],
  ['network', ['contract', 'sdk']],
  ['network/providers', ['contract', 'sdk']],
  ['platform/iot', ['contract', 'sdk']],
  ['platform/data', ['contract', 'sdk']],
  ['platform/enablement', ['contract', 'sdk']],
  ['plant', ['contract', 'sdk']],
  ['apps/*', ['contract']],
  ['apps/*/model', ['contract']],
  ['apps/*/server', ['contract', 'sdk']],
  ['apps/*/web', ['contract', 'ui']],
  ['console', ['contract', 'ui', 'apps']],
  ['server', ['contract', 'sdk', 'terminal', 'network', 'platform', 'apps']],
  ['tools', ['contract']],
  ['bench', ['contract', 'sdk', 'terminal', 'network', 'platform', 'server', 'plant', 'apps']],
  ['tests', ['contract', 'sdk', 'terminal', 'network', 'platform', 'server', 'plant']],
];
/** Doors between parts that are open on purpose. */
const doors: Record<string, string[]> = {
  // The API is a window on the IoT part; it goes through that part's index alone.
  'platform/enablement': ['platform/iot/index.ts'],
  // How 3GPP cores are spoken with is one thing, whichever core it is.
  'network/providers/open5gs': ['network/core-network/index.ts'],
  'network/providers/free5gc': ['network/core-network/index.ts'],
  'network/providers/nef': ['network/core-network/index.ts'],
};
/** Within an application: its server and its pages stand on its model, its index on its server. */
const isOwnModel = (part: string, there: string): boolean => {
  const [, app, folder] = part.split('/');
  if (!part.startsWith('apps/')) return false;
  if (folder === 'server' || folder === 'web') return there.startsWith(`apps/${app}/model/`);
  return folder === undefined && there.startsWith(`apps/${app}/`);
};

const partOf = (file: string): string => {
  const segments = file.split('/');
  if (segments[0] === 'terminal' && segments.length > 2) return segments.slice(0, 2).join('/');
  // A provider is a folder of its own: none imports another, nor the layer it serves.
  if (segments[0] === 'network' && segments[1] === 'providers' && segments.length > 3)
    return segments.slice(0, 3).join('/');
  if (segments[0] === 'apps' && segments.length > 2) {
    return segments.slice(0, ['model', 'server', 'web'].includes(segments[2]!) ? 3 : 2).join('/');
  }
  return (
    mayImport
      .map(([part]) => part)
      .filter((part) => file === part || file.startsWith(`${part}/`))
      .sort((a, b) => b.length - a.length)[0] ?? segments[0]!
  );
};

const importsOf = (file: string): string[] =>
  [
    ...text(file).matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|import\(\s*'([^']+)'\s*\)/g,
    ),
  ].map((match) => (match[1] ?? match[2] ?? match[3])!);

test('every import is one the table allows', () => {
  const wrong: string[] = [];
  // The scaffolder writes imports into files it makes; they are checked there.
  const written = ['tools/scaffold.ts'];
  for (const file of code.filter(
    (one) => /\.tsx?$/.test(one) && one.includes('/') && !written.includes(one),
  )) {
    const part = partOf(file);
    const row = part.replace(/^apps\/[^/]+/, 'apps/*');
    const allowed = mayImport
      .filter(([name]) => row === name || row.startsWith(`${name}/`))
      .sort((a, b) => b[0].length - a[0].length)[0]?.[1];
    for (const target of importsOf(file)) {
      if (target.startsWith('@millrace/')) {
        const name = target.split('/')[1]!;
        if (
          isTest(file)
            ? !existsSync(join(root, name))
            : !allowed?.includes(name) && part.split('/')[0] !== name
        )
          wrong.push(`${file} imports ${target}`);
        if (target.startsWith('@millrace/sdk/testing') && !isTest(file) && !file.startsWith('bench/'))
          wrong.push(`${file} imports ${target}`);
      } else if (target.startsWith('.')) {
        const there = relative(root, join(root, dirname(file), target));
        if (
          partOf(there) !== part &&
          !isTest(file) &&
          !isOwnModel(part, there) &&
          !(doors[part] ?? []).includes(there)
        )
          wrong.push(`${file} imports ${there}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('every package that is imported is named by the workspace that imports it', () => {
  const named = (folder: string): string[] => {
    const { name, dependencies, devDependencies } = JSON.parse(text(join(folder, 'package.json'))) as {
      name: string;
      dependencies?: object;
      devDependencies?: object;
    };
    return [name, ...Object.keys({ ...dependencies, ...devDependencies })];
  };
  const everywhere = named('.');
  const known = new Map<string, Set<string>>();
  const wrong = new Set<string>();
  for (const file of code.filter((one) => /\.tsx?$/.test(one) && one.includes('/'))) {
    // Writes the imports of other files.
    if (file === 'tools/scaffold.ts' || file === 'tests/scaffold.test.ts') continue;
    const workspace = file.split('/')[0]!;
    if (!known.has(workspace)) known.set(workspace, new Set([...everywhere, ...named(workspace)]));
    for (const target of importsOf(file)) {
      const [scope, name] = target.split('/');
      const imported = scope!.startsWith('@') ? `${scope}/${name}` : scope!;
      if (/^(\.|node:)/.test(target) || (isTest(file) && imported.startsWith('@millrace/'))) continue;
      if (!known.get(workspace)!.has(imported)) wrong.add(`${workspace} imports ${imported} (${file})`);
    }
  }
  expect([...wrong]).toEqual([]);
});

test('names are kebab-case and say something', () => {
  const banned = /(^|[/-])(utils?|common|helpers?|manager|misc|v2)(\.|-|\/|$)/;
  const odd = tracked.filter((file) => {
    if (
      /^(LICENSE|README|CONTRIBUTING|\.)/.test(file) ||
      file.includes('/cases/') ||
      /README\.md$|SOURCE\.txt$/.test(file)
    )
      return false;
    return (
      banned.test(file) || file.split('/').some((segment) => !/^\.?[a-z0-9]+([-.][a-z0-9]+)*$/.test(segment))
    );
  });
  expect(odd).toEqual([]);
});

test('every protocol folder has the one shape and is known to the server', () => {
  const list = text('server/protocols.ts');
  const folders = readdirSync(join(root, 'terminal'), { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !['dist', 'node_modules'].includes(entry.name),
  );
  const wrong: string[] = [];
  for (const { name } of folders) {
    const index = `terminal/${name}/index.ts`;
    if (!tracked.includes(index)) wrong.push(`${index} is missing`);
    else if (!/protocols/.test(text(index))) wrong.push(`${index} exports no protocols`);
    if (!list.includes(`@millrace/terminal/${name}`)) wrong.push(`server/protocols.ts does not know ${name}`);
    if (!tracked.some((file) => file.startsWith(`terminal/${name}/`) && file.endsWith('.test.ts')))
      wrong.push(`terminal/${name} has no test`);
  }
  expect(wrong).toEqual([]);
});

test('every network provider has the one shape and is known to the server', () => {
  const list = text('server/providers.ts');
  const wrong: string[] = [];
  for (const { name } of readdirSync(join(root, 'network/providers'), { withFileTypes: true }).filter(
    (entry) => entry.isDirectory(),
  )) {
    const index = `network/providers/${name}/index.ts`;
    if (!tracked.includes(index)) wrong.push(`${index} is missing`);
    else if (!/\bprovider\b/.test(text(index))) wrong.push(`${index} exports no provider`);
    if (!list.includes(`@millrace/network/providers/${name}`))
      wrong.push(`server/providers.ts does not know ${name}`);
    if (!tracked.some((file) => file.startsWith(`network/providers/${name}/`) && file.endsWith('.test.ts')))
      wrong.push(`network/providers/${name} has no test`);
  }
  expect(wrong).toEqual([]);
});

test('every application folder has the one shape and is known to server and console', async () => {
  const { readmeHeadings } = (await import(new URL('../tools/dist/scaffold.js', import.meta.url).href)) as {
    readmeHeadings: readonly string[];
  };
  const folders = readdirSync(join(root, 'apps'), { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !['dist', 'node_modules'].includes(entry.name),
  );
  const wrong: string[] = [];
  for (const { name } of folders) {
    for (const file of ['README.md', 'model/index.ts', 'server/index.ts', 'web/index.ts'])
      if (!tracked.includes(`apps/${name}/${file}`)) wrong.push(`apps/${name}/${file} is missing`);
    if (!tracked.some((file) => file.startsWith(`apps/${name}/`) && file.endsWith('.test.ts')))
      wrong.push(`apps/${name} has no test`);
    for (const [list, part] of [
      ['server/apps.ts', 'server'],
      ['console/apps.ts', 'web'],
    ] as const) {
      if (!text(list).includes(`@millrace/apps/${name}/${part}`)) wrong.push(`${list} does not know ${name}`);
    }
    const readme = `apps/${name}/README.md`;
    const headings = existsSync(join(root, readme))
      ? [...text(readme).matchAll(/^## (.+)$/gm)].map((match) => match[1])
      : [];
    if (headings.join() !== readmeHeadings.join())
      wrong.push(`${readme} has not the headings ${readmeHeadings.join(', ')}`);
  }
  expect(wrong).toEqual([]);
});

test('generated files are what their sources make', async () => {
  const { staleFiles } = (await import(new URL('../tools/dist/generate.js', import.meta.url).href)) as {
    staleFiles(): Promise<string[]>;
  };
  expect(await staleFiles()).toEqual([]);
});

test('files stay small enough to read, or say why not', () => {
  const linesMax = 1000;
  const reasons: Record<string, string> = {
    'platform/enablement/api.ts': 'one handler for each route of the contract, each a few lines',
    'contract/http-api.ts': 'every route in one table',
  };
  const long = code.filter(
    (file) =>
      !isTest(file) &&
      text(file).split('\n').length > linesMax &&
      reasons[file] === undefined &&
      !/words|locale|dictionary|messages/.test(file),
  );
  expect(long).toEqual([]);
});

test('decisions are numbered without gaps and say what happens if nothing is done', () => {
  const notes = tracked.filter((file) => /^docs\/decisions\/\d{4}-/.test(file)).sort();
  expect(notes.map((file) => Number(file.slice(15, 19)))).toEqual(notes.map((_, index) => index + 1));
  expect(notes.filter((file) => !/if (we do|nothing)/i.test(text(file)))).toEqual([]);
});

test('guides come with the headings they promise, links lead somewhere', () => {
  const broken: string[] = [];
  for (const file of tracked.filter((one) => one.endsWith('.md'))) {
    for (const [, target] of text(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      if (!existsSync(join(root, dirname(file), target!))) broken.push(`${file} → ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test('no unfinished marks, no skipped tests, no machine paths', () => {
  const marks = new RegExp(['TO', 'DO|FIX', 'ME|XX', 'X\\b'].join(''));
  const skipped = new RegExp(`\\b(it|test|describe)\\.(sk${'ip'}|to${'do'}|on${'ly'})\\b`);
  const wrong = code.filter(
    (file) =>
      marks.test(text(file)) ||
      skipped.test(text(file)) ||
      /\/(work|root|home)\/(main|shared)/.test(text(file)),
  );
  expect(wrong).toEqual([]);
});

test('the lock file names no download addresses', () => {
  expect(text('package-lock.json')).not.toMatch(/"resolved": "https?:/);
});
