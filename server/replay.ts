import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AppCase, caseOfRound, replayCase } from '@millrace/sdk';
import { loadApps } from './apps.ts';

const usage = `Turns rounds of an application again and compares what comes out with what was expected.

npm run replay -- <app>                 every case of the application
npm run replay -- <app> <case>          one: a folder below apps/<app>/cases, or a file saved from the console
npm run replay -- <app> <case> --keep   writes what came out into the case as what is expected from now on
`;
const folderOf = (app: string): string => fileURLToPath(new URL(`../../apps/${app}/cases/`, import.meta.url));

/** Exit code: 0 all as expected, 1 something differs, 2 it could not be tried. */
async function main(argv: readonly string[]): Promise<number> {
  const keep = argv.includes('--keep');
  const [app, name] = argv.filter((word) => !word.startsWith('--'));
  const apps = await loadApps();
  const loaded = apps.find(({ definition }) => definition.manifest.id === app);
  if (loaded === undefined) {
    const known = apps.map(({ definition }) => definition.manifest.id).join(', ');
    process.stderr.write(
      `${usage}\n${app === undefined ? '' : `There is no application "${app}". `}Applications: ${known}\n`,
    );
    return 2;
  }
  const folder = folderOf(app!);
  const files =
    name === undefined
      ? (existsSync(folder) ? readdirSync(folder).sort() : []).map((one) => join(folder, one, 'case.json'))
      : [existsSync(join(folder, name, 'case.json')) ? join(folder, name, 'case.json') : name];
  if (files.length === 0) process.stdout.write(`"${app}" has no cases yet.\n`);
  let code = 0;
  for (const file of files) {
    try {
      const given = JSON.parse(readFileSync(file, 'utf8')) as AppCase;
      const round = replayCase(loaded.definition, given);
      process.stdout.write(`${file}\n  ${round.summary.en}  (${round.milliseconds.toFixed(1)} ms)\n`);
      if (keep) {
        writeFileSync(file, `${JSON.stringify(caseOfRound(given, round), undefined, 2)}\n`);
        continue;
      }
      for (const { at, expected, found } of round.differences) {
        code = 1;
        process.stdout.write(
          `  ${at}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}\n`,
        );
      }
      if (given.expected === undefined)
        process.stdout.write(`${JSON.stringify(round.decision, undefined, 2)}\n`);
    } catch (error) {
      code = 2;
      process.stderr.write(`${file}\n  ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return code;
}

process.exitCode = await main(process.argv.slice(2));
