import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '@millrace/contract';
import openapiTypes, { astToString } from 'openapi-typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Every generated file with the text it must have, by path from the root of the repository. */
export async function generatedFiles(): Promise<Map<string, string>> {
  // The document's own version is no part of the types, so a release does not change the generated client.
  const document = openApiDocument('0');
  const types = astToString(
    await openapiTypes(document as unknown as Parameters<typeof openapiTypes>[0], { alphabetize: true }),
  );
  return new Map([
    [
      'console/generated/api.d.ts',
      `// Generated from the OpenAPI document by \`npm run generate\`; changes made here are lost.\n\n${types}`,
    ],
  ]);
}

/** Generated files that are missing or differ from what they must be, by path from the root of the repository. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of await generatedFiles()) {
    const current = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (current !== text) stale.push(path);
  }
  return stale;
}

/** Writes every generated file that is stale; prints what it wrote. */
export async function main(): Promise<void> {
  for (const [path, text] of await generatedFiles()) {
    const file = join(root, path);
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    process.stdout.write(`wrote ${path}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
