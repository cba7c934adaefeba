import type { EdgeZone, NetworkTerminal } from '@millrace/contract';
import { type Accepted, ProviderError, type RecordStore, silentLog, VirtualClock } from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import { expect, test } from 'vitest';
import { Steering, type SteeringOptions } from './steering.ts';

const loop = { kind: 'platform', id: 'network-loop' } as const;

/** Rows of the table, by its primary key: the two statements the store is asked. */
function memoryRecords(rows = new Map<string, unknown[]>()): Pick<RecordStore, 'query'> {
  return {
    query: ((sql: string, values: unknown[] = []) => {
      const key = `${values[0]} ${values[1]}`;
      if (sql.startsWith('INSERT')) rows.set(key, values);
      else if (sql.startsWith('DELETE')) rows.delete(key);
      else
        return Promise.resolve(
          [...rows.values()].map(([provider, reference, terminal, zone, came_from, letting_go]) => ({
            provider,
            reference,
            terminal,
            zone,
            came_from,
            letting_go,
          })),
        );
      return Promise.resolve([]);
    }) as RecordStore['query'],
  };
}

class Plant {
  readonly audit = new MemoryAudit();
  readonly calls: string[] = [];
  readonly rows = new Map<string, unknown[]>();
  readonly opened: ((id: string) => void)[] = [];
  isOpen = true;
  failure: unknown;
  zone: string | undefined;
  #next = 0;
  readonly zones = [
    { id: 'hall', title: 'Hall', provider: 'nef', dnai: 'edge-1' },
    { id: 'yard', title: 'Yard', provider: 'nef', dnai: 'edge-2' },
    { id: 'roof', title: 'Roof', provider: 'nef' },
    { id: 'office', title: 'Office', provider: 'linux' },
  ] as EdgeZone[];

  open(): Promise<Steering> {
    const provider = {
      applySteering: (
        _key: string,
        { dnai, terminals }: { dnai: string; terminals: readonly { id: string }[] },
      ) => {
        this.calls.push(`apply ${terminals[0]!.id} ${dnai}`);
        if (this.failure !== undefined) return Promise.reject(this.failure);
        return Promise.resolve({ reference: `r${++this.#next}` } as Accepted);
      },
      releaseSteering: (reference: string) => {
        this.calls.push(`release ${reference}`);
        return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
      },
    };
    return Steering.open({
      records: memoryRecords(this.rows),
      audit: this.audit,
      clock: new VirtualClock(0),
      log: silentLog,
      inventory: {
        zones: () => this.zones,
        terminal: (id) =>
          ({ id, title: id, place: 'works', address: '10.1.1.1', zone: this.zone }) as NetworkTerminal,
        platformAddress: () => '10.0.0.1',
      },
      providers: {
        can: (id) => id === 'nef',
        titleOf: (id) => id,
        isOpen: () => this.isOpen,
        onOpened: (call) => void this.opened.push(call),
        call: ((_id, _operation, run) => run(provider as never)) as SteeringOptions['providers']['call'],
      },
    });
  }
}

test('the network is asked before, told in the audit trail, and let go on the way back', async () => {
  const plant = new Plant();
  const steering = await plant.open();
  await steering.move('agv', 'hall', loop);
  await steering.move('agv', 'hall', loop);
  await steering.move('agv', 'yard', loop);
  expect(plant.calls).toEqual(['apply agv edge-1', 'apply agv edge-2', 'release r1']);
  await steering.move('agv', null, loop);
  expect(plant.calls.at(-1)).toBe('release r2');
  expect(plant.rows.size).toBe(0);
  expect(plant.audit.told).toEqual([
    'network.steering.apply asked',
    'network.steering.apply done',
    'network.steering.apply asked',
    'network.steering.apply done',
    'network.steering.release done',
    'network.steering.release done',
  ]);
});

test('on the way back to where it came from nothing is asked for, only let go', async () => {
  const plant = new Plant();
  plant.zone = 'roof';
  const steering = await plant.open();
  await steering.move('agv', 'hall', loop);
  plant.zone = 'hall';
  await steering.move('agv', 'yard', loop);
  await steering.move('agv', 'roof', loop);
  expect(plant.calls).toEqual(['apply agv edge-1', 'apply agv edge-2', 'release r1', 'release r2']);
});

test('where it is refused, nothing changes and the words are the provider’s', async () => {
  const plant = new Plant();
  const steering = await plant.open();
  await steering.move('agv', 'hall', loop);
  plant.failure = new ProviderError('refused', { en: 'No such DNAI.', zh: '没有此 DNAI。' });
  await expect(steering.move('agv', 'yard', loop)).rejects.toThrow('No such DNAI.');
  expect(steering.all()).toMatchObject([{ zone: 'hall', lettingGo: false }]);
  expect(plant.audit.told.at(-1)).toBe('network.steering.apply refused');
  await expect(steering.move('agv', 'roof', loop)).rejects.toThrow(/no DNAI/);
  expect(steering.all()).toHaveLength(1);
});

test('a zone whose provider cannot steer asks for nothing, and lets go what was asked', async () => {
  const plant = new Plant();
  const steering = await plant.open();
  await steering.move('agv', 'office', loop);
  expect(plant.calls).toEqual([]);
  await steering.move('agv', 'hall', loop);
  await steering.move('agv', 'office', loop);
  expect(plant.calls).toEqual(['apply agv edge-1', 'release r1']);
});

test('what could not be let go is let go when the provider is there again, after a start too', async () => {
  const plant = new Plant();
  const first = await plant.open();
  await first.move('agv', 'hall', loop);
  plant.failure = new ProviderError('unavailable', { en: 'gone away', zh: '不可用' });
  await first.move('agv', null, loop);
  expect([...plant.rows.values()]).toEqual([['nef', 'r1', 'agv', 'hall', null, true]]);
  plant.failure = new ProviderError('gone', { en: 'not known', zh: '未知' });
  const second = await plant.open();
  second.start();
  for (const call of plant.opened) call('nef');
  await second.stop();
  expect([plant.rows.size, plant.calls.at(-1)]).toEqual([0, 'release r1']);
});
