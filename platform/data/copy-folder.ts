import { closeSync, fsyncSync, openSync } from 'node:fs';
import { cp, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from './store-error.ts';

/** Makes a folder, or takes one that is there and empty. */
export async function emptyFolder(folder: string, what: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new StoreError('input', `${what} ${folder} is not empty.`);
  }
}

/** Copies a tree; when it resolves, the copy is on disk. */
export async function copyTree(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, errorOnExist: true, force: false });
    await syncTree(to);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC'
      ? new StoreError('full', `The disk of ${to} is full.`)
      : error;
  }
}

/** Brings every file and folder of a tree to disk. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) {
      const file = await open(path, 'r');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  }
  syncPath(folder);
}

/** Syncs a file or a folder by its path. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
