import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { StoreError } from './store-error.ts';

/** A predecessor whose parent was killed ends by itself within this time. */
const waitMillisecondsMax = 10_000;
const lookMilliseconds = 100;

/**
 * One process at a time may use a folder whose engine does not lock it itself. The holder writes who it is; one that is no
 * longer alive, or whose number went to another program, holds nothing.
 */
export async function holdFolder(file: string, what: string): Promise<void> {
  const deadline = performance.now() + waitMillisecondsMax;
  for (;;) {
    const holder = readHolder(file);
    if (holder === undefined) {
      rmSync(file, { force: true });
      try {
        writeFileSync(file, `${process.pid} ${processSignature(process.pid) ?? ''}\n`, { flag: 'wx' });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    if (performance.now() > deadline) {
      throw new StoreError('damaged', `${what} are in use by another process (${holder ?? 'starting'}).`);
    }
    await new Promise((resolve) => setTimeout(resolve, lookMilliseconds));
  }
}

/** Number of the live process that holds the folder. */
function readHolder(file: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const match = /^(\d+) (.*)$/m.exec(text);
  if (match === null) return undefined;
  const id = Number(match[1]);
  return id !== process.pid && processSignature(id) === match[2] ? id : undefined;
}

/** What tells a process from a later one with the same number: when it was started. Undefined: there is none. */
function processSignature(id: number): string | undefined {
  try {
    process.kill(id, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  try {
    // After the name in parentheses, the 20th field is the start time (proc(5): starttime).
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8');
    const after = fields.slice(fields.lastIndexOf(')') + 2).split(' ');
    return after[0] === 'Z' ? undefined : after[19];
  } catch {
    // No /proc: other systems.
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(id)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
