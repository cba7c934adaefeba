import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedRecordStore, openRecordStore } from '@millrace/platform/data';
import { AppError, type AppRequest, silentLog, VirtualClock } from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Requests } from '../requests/index.ts';
import { bindingOf, person, start, TestInventory } from '../requests/testing/request-plant.ts';
import { ScriptedNetwork } from '../requests/testing/scripted-provider.ts';
import { controlHandlers, Loop, networkControlMigrations } from './index.ts';

// Making a database takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder: string;
let records: EmbeddedRecordStore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-control-'));
  records = await openRecordStore({
    folder: join(folder, 'records'),
    log: silentLog,
    migrations: networkControlMigrations,
  });
});
afterAll(async () => {
  await records.close();
  rmSync(folder, { recursive: true, force: true });
});

const network = new ScriptedNetwork();
const clock = new VirtualClock(start);
const inventory = new TestInventory();
const audit = new MemoryAudit();

async function open() {
  const requests = await Requests.open({
    records,
    audit,
    seal: { seal: (secret) => `sealed:${secret}`, open: (sealed) => sealed.replace(/^sealed:/, '') },
    clock,
    log: silentLog,
    folder: join(folder, 'providers'),
    definitions: [network.definition()],
    inventory,
  });
  const loop = await Loop.open({
    records,
    audit,
    clock,
    log: silentLog,
    inventory,
    requests,
    verdicts: () => [
      {
        flow: 'control',
        terminal: 'agv-2',
        state: 'violated',
        since: start,
        at: clock.now(),
        criteria: [],
        blame: undefined,
      },
    ],
  });
  requests.start();
  const handlers = controlHandlers({ loop, requests, inventory, clock, timeZone: () => 'Asia/Shanghai' });
  const call = async (name: keyof typeof handlers, more: Partial<AppRequest> = {}): Promise<unknown> =>
    JSON.parse(
      JSON.stringify(
        (await handlers[name]({
          parameters: {},
          query: {},
          body: undefined,
          caller: { actor: person, may: () => true },
          ...more,
        })) ?? null,
      ),
    );
  return { requests, loop, call };
}

/** Until it is so; the record store takes real time. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2000; turn++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (turn % 20 === 19) clock.advance(500);
  }
  expect.fail('it did not come so');
}

test('what is asked, what was done and why stand in the records, and are there after a restart', async () => {
  const first = await open();
  await first.call('putNetworkProvider', {
    parameters: { provider: 'core' },
    body: { kind: 'scripted', settings: { host: 'a', password: 'hush' } },
  });
  await until(() => first.requests.providers.isOpen('core'));
  await first.call('putNetworkSlice', {
    parameters: { slice: 's' },
    body: { title: 'S', profile: { snssai: { sst: 2 } }, provider: 'core' },
  });
  const created = (await first.call('createNetworkBinding', { body: bindingOf({ slice: 's' }) })) as {
    id: string;
  };
  expect(created.id).toBe('control.agv-1');
  await until(() => first.requests.binding('control.agv-1')!.stages.standing === 'effective');
  await first.call('putNetworkLoop', { body: { coolDownMinutes: 20 } });
  clock.advance(120_000);
  await first.loop.runRound();
  const [proposed] = (await first.call('networkActions')) as { id: string; state: string; kind: string }[];
  expect(proposed).toMatchObject({ state: 'proposed', kind: 'raise-qos', terminal: 'agv-2' });
  await first.loop.stop();
  await first.requests.stop();

  const second = await open();
  await until(() => second.requests.providers.isOpen('core'));
  expect(network.context!.settings['password']).toBe('hush');
  expect(await second.call('networkLoop')).toMatchObject({ settings: { coolDownMinutes: 20 }, proposed: 1 });
  expect(await second.call('networkBindings', { query: { flow: 'control' } })).toMatchObject({
    total: 1,
    bindings: [
      { id: 'control.agv-1', by: 'lin', stages: { standing: 'effective', reference: expect.any(String) } },
    ],
  });
  expect(await second.call('approveNetworkAction', { parameters: { action: proposed!.id } })).toMatchObject({
    state: 'watching',
  });
  await until(() => network.inForce.size === 3);
  expect(await second.call('undoNetworkAction', { parameters: { action: proposed!.id } })).toMatchObject({
    state: 'undone',
  });
  await until(() => network.inForce.size === 2);
  expect(await second.call('networkActions', { query: { state: 'undone', limit: 5 } })).toHaveLength(1);
  const [decision] = (await second.call('networkDecisions')) as { id: string }[];
  expect(await second.call('networkDecision', { parameters: { decision: decision!.id } })).toMatchObject({
    same: true,
    situation: { verdicts: [{ terminal: 'agv-2' }] },
  });

  expect(await second.call('networkDemand', {})).toMatchObject({
    day: '2026-03-02',
    areas: [{ area: 'hall' }],
  });
  expect(await second.call('deriveNetworkQos', { body: { flow: 'control' } })).toMatchObject({
    qos: { fiveQi: 84 },
  });
  expect(await second.call('dryRunNetwork', { body: { id: 's', remove: 'slice' } })).toMatchObject({
    problems: [{ field: 'id' }],
  });
  expect(await second.call('networkProviders')).toMatchObject([
    {
      id: 'core',
      state: 'connected',
      asked: { slices: 1, bindings: 1, groups: 0 },
      settings: { password: '•••' },
    },
  ]);
  await expect(
    second.call('putNetworkSlice', { parameters: { slice: 'Not An Id' }, body: {} }),
  ).rejects.toBeInstanceOf(AppError);
  await expect(
    second.call('deleteNetworkProvider', { parameters: { provider: 'core' } }),
  ).rejects.toMatchObject({ status: 409 });
  await second.call('deleteNetworkBinding', { parameters: { binding: 'control.agv-1' } });
  await second.call('deleteNetworkSlice', { parameters: { slice: 's' } });
  await until(() => network.inForce.size === 0 && second.requests.configured('core')!.asked.slices === 0);
  await second.call('deleteNetworkProvider', { parameters: { provider: 'core' } });
  expect(await second.call('networkProviders')).toEqual([]);
  await second.loop.stop();
  await second.requests.stop();
});
