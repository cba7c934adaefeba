import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlarmRuleInput, SampleColumns, ThingDescription } from '@millrace/contract';
import { noSecurity, thingContext } from '@millrace/contract';
import { openRecordStore } from '@millrace/platform/data';
import {
  type AppRequest,
  type NetworkApplication,
  type NetworkPlatform,
  type RecordStore,
  silentLog,
  type ThingPeer,
  type ThingRecord,
  VirtualClock,
} from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import { judgementOfBlocks } from '../judgement-of-blocks.ts';
import { Inventory, type InventoryOptions } from './inventory.ts';
import { inventoryMigrations } from './migrations.ts';

export const start = 1_700_000_040_000_000;

export async function openTestRecords(): Promise<{ records: RecordStore; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-network-'));
  const records = await openRecordStore({ folder, log: silentLog, migrations: inventoryMigrations });
  return {
    records,
    close: async () => {
      await records.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A plant in memory with a real record store: what the inventory's tests run in. */
export class TestNetwork {
  readonly clock = new VirtualClock(start);
  readonly audit = new MemoryAudit();
  readonly peers: ThingPeer[] = [];
  readonly applications: NetworkApplication[] = [];
  readonly rules = new Map<string, AlarmRuleInput>();
  readonly published: { thing: string; property: string; value: unknown }[] = [];
  readonly #things = new Map<string, ThingRecord>();
  readonly #receivers = new Set<(columns: SampleColumns) => void>();
  readonly #thingListeners = new Set<() => void>();
  #nextSeries = 1;
  #life = 0;
  readonly records: RecordStore;
  inventory!: Inventory;

  constructor(records: RecordStore) {
    this.records = records;
  }

  /** Stops what runs, and leaves nothing of it in the store, which takes long to open and serves the next. */
  async close(): Promise<void> {
    await this.inventory?.stop();
    const tables = inventoryMigrations.flatMap(({ sql }) =>
      [...sql.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name!),
    );
    await this.records.query(`TRUNCATE ${tables.join(', ')}`);
  }

  /** A start of the layer on what the store holds. The one before is not stopped: as after a crash. */
  async begin(options: Partial<InventoryOptions> = {}): Promise<Inventory> {
    this.inventory = await Inventory.open({
      platform: this.platform(),
      judgement: judgementOfBlocks,
      measuring: () => undefined,
      ...options,
    });
    await this.inventory.start();
    return this.inventory;
  }

  /** Nothing of the one that runs reaches the plant any more. */
  crash(): void {
    this.#life++;
    this.#receivers.clear();
    this.#thingListeners.clear();
  }

  thing(id: string, type: string, place: string, peer?: Partial<ThingPeer>): ThingRecord {
    const description: ThingDescription = {
      '@context': [...thingContext],
      '@type': type,
      id,
      title: id.split(':').at(-1)!,
      ...noSecurity,
      'millrace:place': place,
      properties: { level: { type: 'number' } },
    };
    const record = { id, description, series: { level: this.#nextSeries++ } };
    this.#things.set(id, record);
    if (peer !== undefined)
      this.peers.push({
        thing: id,
        protocol: 'modbus',
        connection: 'c',
        host: undefined,
        port: undefined,
        ...peer,
      });
    for (const call of this.#thingListeners) call();
    return record;
  }

  /** One value of a thing, sent and received at these times (µs). */
  sample(thing: string, sent: number, received = sent): void {
    const series = this.#things.get(thing)!.series['level']!;
    const columns: SampleColumns = {
      count: 1,
      series: Uint32Array.of(series),
      time: Float64Array.of(sent),
      received: Float64Array.of(received),
      value: Float64Array.of(1),
      status: new Uint32Array(1),
      text: undefined,
    };
    for (const receive of this.#receivers) receive(columns);
  }

  /** Lets time pass; `each` is called every second before it. */
  pass(seconds: number, each: (second: number) => void = () => {}): void {
    for (let second = 0; second < seconds; second++) {
      each(second);
      this.clock.advance(1000);
    }
  }

  /** Calls a route as somebody who may do these things at these places. */
  call(name: string, request: Partial<AppRequest> = {}, places: readonly string[] = ['']): Promise<never> {
    const handler = this.inventory.handlers[name]!;
    return Promise.resolve().then(() =>
      handler({
        parameters: {},
        query: {},
        body: undefined,
        caller: {
          actor: { kind: 'person', id: 'ada' },
          may: (_permission, place) =>
            places.some((at) => at === '' || place === at || place.startsWith(`${at}/`)),
        },
        ...request,
      }),
    ) as Promise<never>;
  }

  platform(): NetworkPlatform {
    const things = this.#things;
    const own = (id: string): boolean => id.startsWith('urn:millrace:network:');
    const life = this.#life;
    return {
      clock: {
        now: () => this.clock.now(),
        after: (milliseconds, call) =>
          this.clock.after(milliseconds, () => {
            if (life === this.#life) call();
          }),
      },
      log: silentLog,
      records: this.records,
      audit: this.audit,
      folder: tmpdir(),
      seal: { seal: (text) => text, open: (text) => text },
      plant: () => ({ timeZone: 'Asia/Shanghai', name: 'Works' }),
      things: {
        all: () => things.values(),
        get: (id) => things.get(id),
        ofType: (type) => [...things.values()].filter(({ description }) => description['@type'] === type),
        placeOf: ({ description }) => description['millrace:place'] ?? '',
        onChange: (call) => {
          this.#thingListeners.add(call);
          return () => this.#thingListeners.delete(call);
        },
        put: (description) => {
          if (!own(description.id)) throw new Error(`not its own: ${description.id}`);
          const record = { id: description.id, description, series: {} };
          things.set(description.id, record);
          return Promise.resolve(record);
        },
        remove: (id) => Promise.resolve(things.delete(id)),
      },
      values: {
        latest: () => undefined,
        subscribe: (receive) => {
          this.#receivers.add(receive);
          return () => this.#receivers.delete(receive);
        },
        seriesOf: () => undefined,
        ownerOf: () => undefined,
        publish: (values) => {
          this.published.push(...values);
          return Promise.resolve();
        },
      },
      history: {
        samples: () => Promise.resolve({ samples: [], reduced: false, spanMicroseconds: undefined }),
        spans: () => Promise.reject(new Error('no history here')),
      },
      peers: () => this.peers,
      applications: () => this.applications,
      ensureAlarmRule: (id, rule) => {
        if (!this.rules.has(id)) this.rules.set(id, rule);
        return Promise.resolve();
      },
      notificationBase: undefined,
    };
  }
}

/** What an application may need: a message a second, each within 100 ms. */
export const readings: NetworkApplication = {
  id: 'readings',
  title: { en: 'Readings', zh: '读数' },
  enabled: true,
  things: ['Meter'],
  needs: [
    {
      id: 'values',
      title: { en: 'Values', zh: '数值' },
      priority: 3,
      whenLost: { en: 'Estimates.', zh: '估算。' },
      level: {
        trafficClass: 'periodic-deterministic',
        transferIntervalMs: 1000,
        survivalTimeMs: 2000,
        availabilityMin: 0.9,
      },
    },
  ],
};
