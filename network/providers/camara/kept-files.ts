import { readFile, rename, writeFile } from 'node:fs/promises';

/** What the client keeps in its folder. */
export const slicesFile = 'slices.json';
export const secretFile = 'notification-path';

/** Whole or not at all, for nobody else to read. */
export async function writeWhole(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Undefined: there is none. */
export async function readKept(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
