import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { progress, type Row } from '../harness.ts';

/** The CAMARA server held against the published documents, and driven by a client of somebody else: the tests that do it, counted. */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = 'network/providers/camara';

interface Outcome {
  title: string;
  status: string;
}

async function outcomes(file: string): Promise<Outcome[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', `${folder}/${file}`, '--reporter=json'],
    {
      cwd: root,
      maxBuffer: 16_777_216,
      env: {
        ...process.env,
        MILLRACE_DATA: process.env['MILLRACE_DATA'] ?? join(root, '..', 'shared', 'data'),
      },
    },
  ).catch((error: { stdout?: string }) => {
    // Tests that fail end the command with an error; what they found is on its output all the same.
    if (error.stdout === undefined || error.stdout === '') throw error;
    return { stdout: error.stdout };
  });
  const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    testResults: { assertionResults: Outcome[] }[];
  };
  return report.testResults.flatMap(({ assertionResults }) => assertionResults);
}

export async function run(): Promise<Row[]> {
  if (!existsSync(join(root, folder))) throw new Error('the bench is run from a checkout');
  progress('CAMARA: the server against the published documents');
  const documents = await outcomes('documents.test.ts');
  const client = await outcomes('network-as-code.test.ts');
  const row = (what: string, reach: string, of: readonly Outcome[]): Row => {
    const passed = of.filter(({ status }) => status === 'passed').length;
    const skipped = of.filter(({ status }) => status !== 'passed' && status !== 'failed').length;
    const here = of.length > 0 && skipped < of.length;
    return {
      what,
      reach,
      measured: here
        ? `${passed} of ${of.length}`
        : 'skipped: the documents are not here (set MILLRACE_DATA)',
      ceiling: '–',
      reached: here && passed === of.length,
    };
  };
  const having = (text: string): Outcome[] => documents.filter(({ title }) => title.includes(text));
  return [
    row(
      'CAMARA: APIs that are the released version, operation for operation',
      'all',
      having('released version'),
    ),
    row(
      'CAMARA: operations whose valid requests are answered as published',
      'all',
      having('valid requests are done'),
    ),
    row(
      'CAMARA: operations whose invalid requests are refused as published',
      'all',
      having('invalid requests are refused'),
    ),
    row('CAMARA: notifications as published', 'all', having('every notification')),
    row('CAMARA: Network as Code against the server', 'all', client),
  ];
}
