import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from './config.ts';

/** Raised whenever an older program could no longer read the folder. */
export const dataFormat = 1;

/** The sample store keeps 256 MB of the disk free and takes nothing in below; starting with less would only look like running. */
const freeBytesMin = 256_000_000;

/** Makes or checks the data folder: there, ours, readable, writable, not from a newer program. Nothing is touched when it is refused. */
export function prepareDataFolder(folder: string, version: string): void {
  const marker = join(folder, 'millrace.json');
  try {
    makeFolders(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(`The data folder ${folder} cannot be used: ${words(error)}.`);
  }
  if (existsSync(marker)) {
    let found: { format?: unknown; version?: unknown };
    try {
      found = JSON.parse(readFileSync(marker, 'utf8')) as typeof found;
    } catch (error) {
      throw new StartError(`The data folder ${folder} cannot be read: ${marker}: ${words(error)}.`);
    }
    if (typeof found.format !== 'number')
      throw new StartError(`The data folder ${folder} cannot be read: ${marker} names no format.`);
    if (found.format > dataFormat) {
      throw new StartError(
        `The data folder ${folder} was written by a newer Millrace (${String(found.version)}, format ${found.format}; this one knows ${dataFormat}): start that one, or choose another folder with --data.`,
      );
    }
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < freeBytesMin) {
    throw new StartError(
      `The disk of the data folder ${folder} is full: ${Math.floor((bavail * bsize) / 1e6)} MB are left, ${freeBytesMin / 1e6} MB are needed to start: make room, or choose another folder with --data.`,
    );
  }
  try {
    // Written beside and moved over, so that a full disk or a kill leaves the old one whole.
    const next = `${marker}.next`;
    writeFileSync(next, `${JSON.stringify({ format: dataFormat, version })}\n`);
    renameSync(next, marker);
  } catch (error) {
    rmSync(`${marker}.next`, { force: true });
    throw new StartError(`The data folder ${folder} cannot be written: ${words(error)}.`);
  }
}

/** Makes a folder and those above it. Not `recursive`: on some file systems (/proc) that never comes back under Node.js 20. */
function makeFolders(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    return;
  }
  if (dirname(folder) !== folder) makeFolders(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

export function words(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return 'the disk is full';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not';
  if (code === 'ENOENT') return 'no folder can be made there';
  if (code === 'EROFS') return 'the file system is read-only';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a file stands where a folder should be';
  return message ?? String(error);
}
