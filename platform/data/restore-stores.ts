import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyTree, syncPath } from './copy-folder.ts';
import { incompleteFile } from './sample-folder.ts';
import { StoreError } from './store-error.ts';

/** Fills a folder that is empty or not there with the samples of a backup. The backup itself opens as a store as well. */
export function restoreSamples(backup: string, folder: string): Promise<void> {
  return restore(backup, folder, 'samples');
}

/** The same for records. */
export function restoreRecords(backup: string, folder: string): Promise<void> {
  return restore(backup, folder, 'records');
}

async function restore(backup: string, folder: string, what: string): Promise<void> {
  if (!existsSync(join(backup, 'version.json')) || existsSync(join(backup, incompleteFile))) {
    throw new StoreError('damaged', `${backup} is not a whole backup of ${what}.`);
  }
  if (existsSync(folder) && (await readdir(folder)).length > 0) {
    throw new StoreError('input', `${folder} is not empty; ${what} are restored into an empty folder only.`);
  }
  const partial = `${folder}.partial`;
  if (existsSync(partial)) {
    throw new StoreError(
      'input',
      `${partial} is left from a restore that was cut off; remove it and try again.`,
    );
  }
  await mkdir(dirname(folder), { recursive: true });
  await copyTree(backup, partial);
  await rename(partial, folder);
  syncPath(dirname(folder));
}
