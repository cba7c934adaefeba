import { existsSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '@millrace/platform/enablement';
import { StartError } from './config.ts';

/** Fills an empty data folder from a backup. Refuses one that holds data, so that nothing is ever overwritten. */
export async function restore(backup: string, data: string, say: (line: string) => void): Promise<void> {
  const manifest = await readManifest(backup);
  if (manifest === undefined)
    throw new StartError(`${backup} is no whole backup: it has no manifest that this program reads.`);
  const there = (await readdir(data)).filter((name) => name !== 'millrace.json');
  if (there.length > 0) {
    throw new StartError(
      `The data folder ${data} is not empty (${there.slice(0, 3).join(', ')}): restore into a new one with --data DIR.`,
    );
  }
  const { restoreRecords, restoreSamples } = await import('@millrace/platform/data');
  say(`  … records of ${manifest.time}`);
  await restoreRecords(join(backup, 'records'), join(data, 'records'));
  say('  … samples');
  await restoreSamples(join(backup, 'samples'), join(data, 'samples'));
  await copyFile(join(backup, 'key'), join(data, 'key'));
  // Backups from before there was an audit trail have none.
  if (existsSync(join(backup, 'audit-key')))
    await copyFile(join(backup, 'audit-key'), join(data, 'audit-key'));
  say(`  Restored. Start it with  npm start -- --data ${data}`);
}
