import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const cli = join(dirname(dirname(fileURLToPath(import.meta.url))), 'server', 'dist', 'cli.js');
const run = (...argv: string[]): Promise<{ code: number; said: string; wrong: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [cli, 'plan', ...argv], (error, said, wrong) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said, wrong }),
    );
  });

test('a pack and a number of machines make a plan, with its assumptions', async () => {
  const { code, said } = await run(
    'machining-shop',
    '--machines',
    '200',
    '--cameras',
    '20',
    '--area',
    '12000',
  );
  expect(code).toBe(0);
  expect(said).toContain('Machining shop, 200 machines (the pack has 9; all of it times 22.22)');
  expect(said).toMatch(/Cameras +20 +20\d Mbit\/s/);
  expect(said).toMatch(/PDU sessions +\d{4}/);
  expect(said).toMatch(/Cells +\d+, because of the uplink/);
  expect(said).toContain('--uplink-share 0.2: Share of the time a TDD cell receives');
});

test('figures grow with the machines, and each assumption can be changed', async () => {
  const of = async (...argv: string[]): Promise<{ uplinkKbps: number; cells: { uplink: number } }> =>
    JSON.parse((await run('machining-shop', '--json', ...argv)).said) as never;
  const nine = await of('--machines', '9');
  const ninety = await of('--machines', '90');
  expect(ninety.uplinkKbps / nine.uplinkKbps).toBeCloseTo(10, 5);
  const many = await of('--machines', '9', '--cameras', '100');
  const wide = await of('--machines', '9', '--cameras', '100', '--uplink-share', '0.4');
  expect(wide.cells.uplink).toBeLessThan(many.cells.uplink);
});

test.each([
  [['machining-shop'], 'plan needs a number of machines'],
  [[], 'plan takes one industry pack'],
  [['nowhere', '--machines', '5'], 'The pack "nowhere" cannot be read'],
  [['machining-shop', '--machines', 'many'], '--machines must be a number from 1'],
  [
    ['machining-shop', '--machines', '5', '--uplink-share', '3'],
    '--uplink-share must be a number from 0.01 to 1',
  ],
  [['machining-shop', '--machnes', '5'], 'did you mean --machines?'],
])('%j is told what is wrong with it', async (argv, words) => {
  const { code, wrong } = await run(...argv);
  expect(wrong).toContain(words);
  expect(code).toBe(2);
});
