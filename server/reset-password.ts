import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openRecordStore } from '@millrace/platform/data';
import { Access, ChainedTrail, SigningKey } from '@millrace/platform/enablement';
import { Sealer } from '@millrace/platform/iot';
import { createLog, systemClock } from '@millrace/sdk';
import { loadApps } from './apps.ts';
import { StartError } from './config.ts';
import { migrationsOf } from './platform.ts';

/**
 * Gives a person of this platform a password that is shown once and has to be changed, and takes away their second factor. For whoever
 * owns the machine, where nobody is left who could do it in the console. The platform must be stopped: its records have one owner at a time.
 */
export async function resetPassword(
  user: string,
  data: string,
  adminPassword: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  if (!existsSync(join(data, 'records')) || !existsSync(join(data, 'key')))
    throw new StartError(`${data} holds no platform: name its data folder with --data DIR.`);
  const records = await openRecordStore({
    folder: join(data, 'records'),
    log: createLog('records'),
    migrations: migrationsOf(await loadApps()),
  });
  try {
    const { access } = await Access.open({
      records,
      clock: systemClock,
      seal: new Sealer(join(data, 'key')),
      // The password of the environment is for the platform itself.
      adminPassword: undefined,
      plantName: () => '',
    });
    const person = access.people().find(({ name }) => name === user);
    if (person === undefined) {
      const administrators = access
        .people()
        .filter(({ grants }) => grants.some(({ role, place }) => role === 'admin' && place === ''))
        .map(({ name }) => name);
      throw new StartError(
        `There is no person "${user.slice(0, 100)}" here. Administrators: ${administrators.slice(0, 20).join(', ')}.`,
      );
    }
    const audit = new ChainedTrail(records, systemClock, SigningKey.open(join(data, 'audit-key')));
    const entry = {
      actor: { kind: 'platform', id: 'command-line' },
      action: 'person.reset-password',
      object: user,
      place: '',
      detail: { secondFactor: 'removed', by: 'command line on the machine' },
    } as const;
    // Written down before it is done, as everywhere.
    await audit.record({ ...entry, outcome: 'asked' });
    let password: string | undefined;
    try {
      password = await access.resetPassword(user, undefined);
      await access.resetSecondFactor(user);
    } catch (error) {
      await audit.record({ ...entry, outcome: 'refused' });
      // Whose password the plant's provider keeps has none here.
      throw (error as { code?: unknown }).code === 'not-local'
        ? new StartError((error as Error).message)
        : error;
    }
    await audit.record({ ...entry, outcome: 'done' });
    say('');
    say(`  New password of ${user}:  ${password}`);
    say(
      '  shown this once; it must be changed at the next sign-in. The second factor is removed, open sessions are ended.',
    );
    if (person.disabled) say('  The account is disabled: somebody has to enable it before it can be used.');
    if (user === 'admin' && adminPassword !== undefined)
      say('  MILLRACE_ADMIN_PASSWORD is set: a start with it sets that password instead.');
    say('');
  } finally {
    await records.close();
  }
}
