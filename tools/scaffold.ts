import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const usage = `Makes a new application, whole and running, to be filled with what it is for.

npm run new -- app <id>        <id>: kebab-case, as in "line-watch"; it names the folder, the address and the settings
`;

/** The headings every application's README has, in this order. */
export const readmeHeadings = [
  'What it is for',
  'What it needs',
  'Settings',
  'What it does by itself',
  'Pages',
  'API',
  'Figures',
  'Limits',
] as const;

/** A request for something that cannot be made, in words for who asked. */
export class ScaffoldError extends Error {}

/**
 * Writes the folder of a new application and its two lines in the lists of server and console. Gives back the paths written. Throws
 * {@link ScaffoldError} before anything is written.
 */
export function scaffoldApp(root: string, id: string): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || id.length > 40)
    throw new ScaffoldError(`"${id}" is no id: lower-case words joined by hyphens, at most 40 characters.`);
  if (existsSync(join(root, 'apps', id))) throw new ScaffoldError(`There is an application "${id}" already.`);
  const name = id[0]!.toUpperCase() + id.slice(1).replaceAll('-', ' ');
  const files = filesOf(id, name);
  const lists: [string, string][] = [
    [
      'server/apps.ts',
      `  '${id}': async () => ({
    definition: (await import('@millrace/apps/${id}/server')).app as unknown as LoadedApp['definition'],
    module: import.meta.resolve('@millrace/apps/${id}/server'),
  }),
};`,
    ],
    ['console/apps.ts', `  '${id}': () => import('@millrace/apps/${id}/web'),\n};`],
  ];
  for (const [file, lines] of lists) {
    const text = readFileSync(join(root, file), 'utf8');
    const end = text.includes('= {};') ? '= {};' : '\n};';
    const at = text.indexOf(end);
    if (at === -1) throw new ScaffoldError(`${file} has no list to add to.`);
    files.set(
      file,
      text.slice(0, at) + (end === '= {};' ? `= {\n${lines}` : `\n${lines}`) + text.slice(at + end.length),
    );
  }
  for (const [path, text] of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return [...files.keys()];
}

function filesOf(id: string, name: string): Map<string, string> {
  const folder = `apps/${id}`;
  const files = new Map<string, string>();
  files.set(
    `${folder}/README.md`,
    `# ${name}

${readmeHeadings
  .map(
    (heading) =>
      `## ${heading}\n\n${
        {
          'What it is for': 'One paragraph: whose question it answers, and what they do with the answer.',
          'What it needs': 'Things by `@type`, what it asks of the network, who works with it.',
          Settings: '`alarmAbove`: how many things may be silent before it says so.',
          'What it does by itself':
            '- **observe** counts the things of the plant and those that have sent nothing.\n- **assess** puts the two in relation.\n- **decide** says whether that is too many.\n- **act** gives the share of silent things as a value of its own.',
          Pages: 'Overview.',
          API: `GET \`/api/apps/${id}/silent\`: the silent things.`,
          Figures: 'None yet.',
          Limits: 'What it cannot do, and what it leaves to others.',
        }[heading]
      }`,
  )
  .join('\n\n')}
`,
  );
  files.set(
    `${folder}/model/index.ts`,
    `/** What the application knows and how it judges: pure, without a platform, a clock or a browser. */
export interface Situation {
  things: number;
  silent: string[];
}

export interface Assessment {
  /** Silent things of all, 0 to 1; 0 where there are none. */
  share: number;
  silent: string[];
}

export interface Decision {
  tooMany: boolean;
  share: number;
  silent: string[];
}

export function assess({ things, silent }: Situation): Assessment {
  return { share: things === 0 ? 0 : silent.length / things, silent };
}

export function decide({ share, silent }: Assessment, shareMax: number): Decision {
  return { tooMany: share > shareMax, share, silent };
}
`,
  );
  files.set(
    `${folder}/model/model.test.ts`,
    `import { expect, test } from 'vitest';
import { assess, decide } from './index.ts';

test('the share of silent things', () => {
  expect(assess({ things: 4, silent: ['a'] }).share).toBe(0.25);
  expect(assess({ things: 0, silent: [] }).share).toBe(0);
});

test('too many is more than allowed, not as many', () => {
  expect(decide({ share: 0.25, silent: ['a'] }, 0.25).tooMany).toBe(false);
  expect(decide({ share: 0.26, silent: ['a'] }, 0.25).tooMany).toBe(true);
});
`,
  );
  files.set(
    `${folder}/server/index.ts`,
    `import type { Route } from '@millrace/contract';
import { type AppContext, defineApp } from '@millrace/sdk';
import { Type } from 'typebox';
import { type Assessment, assess, type Decision, decide, type Situation } from '../model/index.ts';

const indicators = 'urn:millrace:app:${id}:indicators';

const routes = {
  silent: {
    method: 'GET',
    path: '/silent',
    tag: '',
    access: { may: 'read', at: 'some' },
    summary: 'Things that have sent nothing yet, where the caller may see them.',
    responses: { 200: Type.Object({ things: Type.Array(Type.String()) }) },
  },
} as const satisfies Record<string, Route>;

function silentThings({ things, values }: AppContext): string[] {
  return [...things.all()]
    .filter(({ id }) => id !== indicators)
    .filter(
      ({ id, series }) =>
        !Object.keys(series).some((property) => values.latest({ thing: id, property }) !== undefined),
    )
    .map(({ id }) => id);
}

export const app = defineApp<Situation, Assessment, Decision>({
  manifest: {
    id: '${id}',
    title: { en: '${name}', zh: '${name}' },
    summary: { en: 'Says how many things are silent.', zh: '统计没有数据的物的数量。' },
    scenario: 18,
    needs: { things: [], roles: ['operator'] },
    settings: {
      alarmAbove: {
        kind: 'number',
        title: { en: 'Share of silent things that is too much', zh: '静默物占比上限' },
        help: {
          en: 'Above it the application says so. Lower it in a plant where every thing matters.',
          zh: '超过该比例即作出提示；若每个物都重要，请调低。',
        },
        default: 0.2,
        min: 0,
        max: 1,
      },
    },
    pages: [{ path: 'overview', title: { en: 'Overview', zh: '总览' } }],
  },
  everySeconds: () => 10,
  start: async ({ things }) => {
    await things.put({
      '@context': 'https://www.w3.org/2022/wot/td/v1.1',
      id: indicators,
      title: '${name}',
      security: 'nosec_sc',
      securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
      properties: {
        share: { type: 'number', readOnly: true, titles: { en: 'Share of silent things', zh: '静默物占比' } },
      },
    });
    return undefined;
  },
  observe: (context) =>
    Promise.resolve({
      things: [...context.things.all()].filter(({ id }) => id !== indicators).length,
      silent: silentThings(context),
    }),
  assess,
  decide: (assessment, settings) => decide(assessment, Number(settings['alarmAbove'])),
  act: ({ share }, { values }) => values.publish([{ thing: indicators, property: 'share', value: share }]),
  summarise: ({ tooMany, silent }) => ({
    en: \`\${silent.length} silent\${tooMany ? ', which is too many' : ''}\`,
    zh: \`\${silent.length} 个静默\${tooMany ? '，过多' : ''}\`,
  }),
  routes,
  handlers: {
    silent: ({ caller }, context) => ({
      things: silentThings(context).filter((id) => {
        const record = context.things.get(id);
        return record !== undefined && caller.may('read', context.things.placeOf(record));
      }),
    }),
  },
});
`,
  );
  files.set(
    `${folder}/web/index.ts`,
    `import type { AppWeb } from '@millrace/ui';
import { Overview } from './overview.tsx';
import { words } from './words.ts';

export const web: AppWeb = { pages: { overview: Overview }, words };
`,
  );
  files.set(
    `${folder}/web/words.ts`,
    `import { type Say, useWordsOf } from '@millrace/ui';

const en = {
  silent: 'Silent things',
  none: 'Every thing has sent something.',
};
const zh: Record<keyof typeof en, string> = {
  silent: '静默的物',
  none: '所有物都已上报数据。',
};
export const words = { en, zh };
export const useAppWords = (): Say<typeof en> => useWordsOf<typeof en>('app-${id}');
`,
  );
  files.set(
    `${folder}/web/overview.tsx`,
    `import { EmptyState, ErrorState, Section, Skeleton, useApp } from '@millrace/ui';
import { useAppWords } from './words.ts';

export function Overview() {
  const words = useAppWords();
  const app = useApp();
  const silent = app.useAnswer<{ things: string[] }>('/silent', undefined, 10);
  if (silent.error !== null && silent.data === undefined)
    return <ErrorState problem={app.problem(silent.error)} onRetry={silent.again} />;
  if (silent.data === undefined) return <Skeleton height="6rem" rows={2} />;
  if (silent.data.things.length === 0) return <EmptyState title={words('none')} />;
  return (
    <Section title={words('silent')}>
      <ul>
        {silent.data.things.map((thing) => (
          <li key={thing}>
            <app.ThingLink thing={thing}>{thing}</app.ThingLink>
          </li>
        ))}
      </ul>
    </Section>
  );
}
`,
  );
  files.set(
    `${folder}/cases/one-silent/case.json`,
    `${JSON.stringify(
      {
        app: id,
        time: '2026-01-05T08:00:00Z',
        settings: { alarmAbove: 0.2 },
        situation: { things: 4, silent: ['urn:example:pump'] },
        expected: { decision: { tooMany: true, share: 0.25, silent: ['urn:example:pump'] } },
      },
      undefined,
      2,
    )}\n`,
  );
  return files;
}

async function main([kind, id]: readonly string[]): Promise<number> {
  if (kind !== 'app' || id === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  try {
    const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
    const written = scaffoldApp(root, id);
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    execFileSync(process.execPath, [biome, 'check', '--write', ...written], { cwd: root, stdio: 'ignore' });
    for (const path of written) process.stdout.write(`wrote ${path}\n`);
    process.stdout.write(
      `\nNow: npm run check. Then npm start and switch it on under Applications; npm run replay -- ${id} turns its cases.\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof ScaffoldError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
