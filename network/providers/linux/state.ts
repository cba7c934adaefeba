import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Microseconds } from '@millrace/contract';
import type { Segment } from './groups.ts';
import type { Shaped } from './shaping.ts';

/** What this provider has promised and what it has taken over, kept so that a restart finds it: written before the kernel is told. */
export interface State {
  bindings: (Shaped & { expires?: Microseconds })[];
  segments: (Segment & { key: string })[];
  /** Interfaces whose root queueing discipline is ours. */
  taken: string[];
  /** Bindings the kernel may still know of, and no longer should. */
  leaving: Shaped[];
}

export const emptyState = (): State => ({ bindings: [], segments: [], taken: [], leaving: [] });
const fileOf = (folder: string): string => join(folder, 'state.json');

export function readState(folder: string): State {
  let text: string;
  try {
    text = readFileSync(fileOf(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyState();
    throw error;
  }
  return { ...emptyState(), ...(JSON.parse(text) as Partial<State>) };
}

/** Durable when it resolves: a power cut leaves the old state or the new one. */
export async function writeState(folder: string, state: State): Promise<void> {
  const file = fileOf(folder);
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(state));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
