import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Bench, Row } from './harness.ts';

const folder = new URL('.', import.meta.url);
const notBenches = new Set(['index.js', 'harness.js', 'server-under-test.js']);

/** `npm run bench -- <name> [<part> …] [<name> …] [--json]`: measures and prints one table a bench. Exit code 1 only if a bench could not run. */
export async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.js') && !file.endsWith('.test.js') && !notBenches.has(file))
    .map((file) => file.slice(0, -3))
    .sort();
  const wanted = argv.filter((argument) => !argument.startsWith('--'));
  // What stands behind the name of a bench that has parts, and is one of them.
  const parts = new Map<string, string[]>();
  for (const [index, word] of wanted.entries()) {
    const before = wanted.slice(0, index).findLast((name) => names.includes(name));
    if (before === undefined || word === 'all') continue;
    const bench = (await import(new URL(`${before}.js`, folder).href)) as Bench;
    if (bench.parts?.includes(word)) parts.set(before, [...(parts.get(before) ?? []), word]);
  }
  const isPart = (word: string): boolean =>
    !names.includes(word) && [...parts.values()].flat().includes(word);
  const unknown = wanted.find((name) => name !== 'all' && !names.includes(name) && !isPart(name));
  if (wanted.length === 0 || unknown !== undefined) {
    process.stderr.write(
      `${unknown === undefined ? 'Which bench?' : `There is no bench "${unknown}".`} There are: ${names.join(', ')}; or all.\n`,
    );
    return 2;
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.versions.node}, ${process.platform}`;
  const results: Record<string, readonly Row[]> = {};
  for (const name of wanted.includes('all')
    ? names.filter((one) => one !== 'soak')
    : wanted.filter((one) => !isPart(one))) {
    const bench = (await import(new URL(`${name}.js`, folder).href)) as Bench;
    if (!json) process.stdout.write(`\n${name}  (${machine})\n`);
    const rows = await bench.run(parts.get(name));
    results[name] = rows;
    if (!json) process.stdout.write(table(rows));
  }
  if (json) process.stdout.write(`${JSON.stringify({ machine, results }, null, 2)}\n`);
  return 0;
}

function table(rows: readonly Row[]): string {
  const head = ['what', 'reach', 'measured', 'ceiling', ''];
  const lines = [
    head,
    ...rows.map((row) => [
      row.what,
      row.reach,
      row.measured,
      row.ceiling,
      row.reached ? 'reached' : 'not reached',
    ]),
  ];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return `${lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}
