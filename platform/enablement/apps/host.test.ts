import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecordStore } from '@millrace/platform/data';
import { AppHost, accessMigrations, appMigrations } from '@millrace/platform/enablement';
import {
  type AppContext,
  defineApp,
  type RecordStore,
  type SampleStore,
  silentLog,
  systemClock,
} from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const source = `
  export const app = {
    assess: ({ numbers }, settings) => ({ sum: numbers.reduce((a, b) => a + b, 0) * settings.factor }),
    decide: ({ sum }) => ({ act: sum > 10, sum }),
    summarise: ({ sum }) => ({ en: 'sum ' + sum, zh: '和 ' + sum }),
    computations: {
      square: (n) => n * n,
      hang: () => { for (;;); },
      boom: () => { throw new Error('no such sum'); },
      greedy: () => { const all = []; for (;;) all.push(new Array(1e6).fill({ a: [] })); },
    },
  };
`;
const module = `data:text/javascript,${encodeURIComponent(source)}`;
const words = (en: string) => ({ en, zh: en });

let numbers: number[] = [1, 2];
const acted: unknown[] = [];
let observed = 0;
let failure: Error | undefined;
const definition = defineApp<{ numbers: number[] }, { sum: number }, { act: boolean; sum: number }>({
  manifest: {
    id: 'sums',
    title: words('Sums'),
    summary: words('Adds.'),
    scenario: 18,
    needs: { things: ['Meter'], roles: ['operator'] },
    settings: {
      factor: { kind: 'number', title: words('Factor'), default: 2, min: 1, max: 100 },
      token: { kind: 'secret', title: words('Token') },
    },
    pages: [],
  },
  check: ({ factor }) => (factor === 13 ? [{ field: 'factor', message: words('not thirteen') }] : []),
  everySeconds: () => 0.2,
  observe: () => {
    observed++;
    if (failure !== undefined) throw failure;
    return Promise.resolve({ numbers });
  },
  assess: () => ({ sum: Number.NaN }),
  decide: () => ({ act: false, sum: Number.NaN }),
  act: (decision) => {
    acted.push(decision);
    return Promise.resolve();
  },
  summarise: () => words(''),
  jobs: {
    count: {
      title: words('Count'),
      summary: words('Counts to the number given.'),
      run: async (_context, input, { progress, signal }) => {
        for (let i = 0; i < (input as number); i++) {
          progress(i / (input as number), `at ${i}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
          signal.throwIfAborted();
        }
        return { counted: input };
      },
    },
    wrong: {
      title: words('Wrong'),
      summary: words('Fails.'),
      run: () => Promise.reject(new Error('no luck')),
    },
  },
});
const person = (role: 'admin' | 'viewer' | 'operator', app?: string) => ({
  user: role,
  role,
  grants: [{ role, place: '', ...(app === undefined ? {} : { app }) }],
  mustChangePassword: false,
  expires: Number.POSITIVE_INFINITY,
  session: role,
});
const admin = person('admin') as never;
const actor = { kind: 'person', id: 'admin' } as const;

let folder: string;
let records: RecordStore;
const audit = new MemoryAudit();
const opened: AppHost[] = [];
const open = async (): Promise<AppHost> => {
  const host = await AppHost.open(
    {
      records,
      samples: {} as SampleStore,
      iot: { registry: { all: () => [] } } as never,
      audit,
      network: () => ({ state: () => undefined, onChange: () => () => {} }),
      seal: { seal: (text) => `sealed:${text}`, open: (text) => text.replace(/^sealed:/, '') },
      plant: () => ({ timeZone: 'UTC', name: '' }),
      clock: systemClock,
      log: silentLog,
    },
    [{ definition: definition as never, module }],
  );
  opened.push(host);
  return host;
};
const until = async (holds: () => unknown): Promise<void> => {
  for (let i = 0; i < 500 && !(await holds()); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await holds()).toBeTruthy();
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-apps-'));
  records = await openRecordStore({
    folder: join(folder, 'records'),
    log: silentLog,
    migrations: [...accessMigrations, ...appMigrations],
  });
}, 60_000);
afterEach(async () => {
  for (const host of opened.splice(0)) await host.stop();
  failure = undefined;
});
afterAll(async () => {
  await records?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('an application is off until somebody switches it on, and then turns its rounds; what it decided is kept with what it saw', async () => {
  const host = await open();
  host.start();
  expect(host.list(admin)).toMatchObject([{ id: 'sums', enabled: false, state: 'off' }]);
  expect(() => host.contextOf(admin, 'sums')).toThrow(/switched off/);
  await host.put(admin, actor, 'sums', { enabled: true });
  await until(() => acted.length > 2);
  expect(acted[0]).toEqual({ act: false, sum: 6 });
  expect(host.show(admin, 'sums')).toMatchObject({ state: 'running', failures: 0 });
  // The same sentence again is not kept again.
  expect(await host.rounds(admin, 'sums', 0, 9e15, 0, 10)).toMatchObject([
    { summary: { en: 'sum 6', zh: '和 6' }, decision: { sum: 6 }, assessment: { sum: 6 } },
  ]);
  numbers = [5, 5];
  await until(async () => (await host.rounds(admin, 'sums', 0, 9e15, 0, 10)).length === 2);
  const [latest] = await host.rounds(admin, 'sums', 0, 9e15, 0, 10);
  expect(await host.caseOf(admin, 'sums', latest!.id)).toMatchObject({
    situation: { numbers: [5, 5] },
    settings: { factor: 2 },
    expected: { decision: { act: true, sum: 20 } },
  });
  await records.query(
    `INSERT INTO app_rounds (app, time, milliseconds, summary, settings) VALUES ('sums', 1, 1, 'in words', '{}')`,
  );
  expect((await host.rounds(admin, 'sums', 0, 2, 0, 10))[0]?.summary).toEqual({
    en: 'in words',
    zh: 'in words',
  });
  await records.query('DELETE FROM app_rounds WHERE time = 1');
  numbers = [1, 2];
});

test('a round that fails is shown with its reason, and the next one is tried', async () => {
  const host = await open();
  await host.put(admin, actor, 'sums', { enabled: true });
  failure = new Error('the meter said nothing');
  await until(() => host.show(admin, 'sums').state === 'failing');
  expect(host.show(admin, 'sums').problem).toBe('the meter said nothing');
  failure = undefined;
  await until(() => host.show(admin, 'sums').state === 'running');
  expect(host.show(admin, 'sums').problem).toBeUndefined();
  expect(host.show(admin, 'sums').failures).toBeGreaterThan(0);
});

test('settings are checked, kept over a restart, sealed where they are secret, and in the audit trail', async () => {
  const host = await open();
  await expect(host.put(admin, actor, 'sums', { settings: { factor: 1000 } })).rejects.toThrow(/at most 100/);
  await expect(host.put(admin, actor, 'sums', { settings: { factor: 13 } })).rejects.toThrow(/thirteen/);
  await expect(host.put(admin, actor, 'sums', { settings: { facter: 3 } })).rejects.toThrow(
    /did you mean "factor"/,
  );
  const shown = await host.put(admin, actor, 'sums', {
    settings: { factor: 3, token: 'xyzzy' },
    enabled: true,
  });
  expect(shown.settings['factor']).toBe(3);
  expect(JSON.stringify(shown)).not.toContain('xyzzy');
  const [row] = await records.query<{ settings: { token: string } }>('SELECT settings FROM apps');
  expect(row!.settings.token).toBe('sealed:xyzzy');
  // A form that gives back what it was shown leaves the secret as it is.
  await host.put(admin, actor, 'sums', { settings: shown.settings });
  expect(JSON.stringify(audit.entries)).not.toContain('xyzzy');
  expect(audit.entries.at(-1)).toMatchObject({ action: 'app.change', object: 'sums' });
  await host.stop();
  opened.length = 0;
  const again = await open();
  again.start();
  await until(() => again.show(admin, 'sums').state === 'running');
  expect(again.contextOf(admin, 'sums').context.settings).toEqual({ factor: 3, token: 'xyzzy' });
  for (const round of await again.rounds(admin, 'sums', 0, 9e15, 0, 100))
    if (round.error === undefined)
      expect(JSON.stringify(await again.caseOf(admin, 'sums', round.id))).not.toContain('xyzzy');
});

test('who may see nothing of it is not told that it exists; who may only look changes nothing', async () => {
  const host = await open();
  expect(host.list(person('viewer', 'other') as never)).toEqual([]);
  expect(() => host.show(person('viewer', 'other') as never, 'sums')).toThrow(/no application/);
  expect(host.list(person('viewer', 'sums') as never)).toHaveLength(1);
  await expect(
    host.put(person('operator') as never, actor, 'sums', { enabled: false }),
  ).rejects.toMatchObject({
    problem: { status: 403 },
  });
});

test('computations run apart, and one that hangs, throws or takes all memory harms nothing', async () => {
  const host = await open();
  await host.put(admin, actor, 'sums', { enabled: true });
  const { context }: { context: AppContext } = host.contextOf(admin, 'sums');
  expect(await context.compute('square', 12)).toBe(144);
  await expect(context.compute('boom', 0)).rejects.toThrow(/no such sum/);
  await expect(context.compute('none', 0)).rejects.toThrow(/no computation "none"/);
  await expect(context.compute('hang', 0, 300)).rejects.toThrow(/longer than 300 ms/);
  await expect(context.compute('greedy', 0, 50_000)).rejects.toThrow(/memory/i);
  expect(await context.compute('square', 3)).toBe(9);
  const before = observed;
  await until(() => observed > before + 1 && host.show(admin, 'sums').state === 'running');
}, 60_000);

test('jobs tell their progress, give their result, fail in words, and can be cancelled', async () => {
  const host = await open();
  await host.put(admin, actor, 'sums', { enabled: true });
  const { definition: own, context } = host.contextOf(admin, 'sums');
  const started = await host.jobs.start(own, context, 'count', 5, actor);
  expect(started).toMatchObject({ state: 'running', by: 'admin', progress: 0 });
  await expect(host.jobs.start(own, context, 'count', 5, actor)).rejects.toThrow(/running already/);
  await until(async () => (await host.jobs.get('sums', started.id)).state === 'done');
  expect(await host.jobs.get('sums', started.id)).toMatchObject({ progress: 1, result: { counted: 5 } });
  const wrong = await host.jobs.start(own, context, 'wrong', undefined, actor);
  await until(async () => (await host.jobs.get('sums', wrong.id)).state === 'failed');
  expect((await host.jobs.get('sums', wrong.id)).error).toBe('no luck');
  const long = await host.jobs.start(own, context, 'count', 1e6, actor);
  expect(await host.jobs.cancel('sums', long.id)).toMatchObject({ state: 'cancelled' });
  const cut = await host.jobs.start(own, context, 'count', 1e6, actor);
  await host.put(admin, actor, 'sums', { enabled: false });
  expect(await host.jobs.get('sums', cut.id)).toMatchObject({ state: 'cancelled' });
  expect((await host.jobs.list('sums')).map((job) => job.state)).toEqual([
    'cancelled',
    'cancelled',
    'failed',
    'done',
  ]);
  await expect(host.jobs.get('other', cut.id)).rejects.toThrow(/no such job/i);
});
