import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Actor,
  BindingInput,
  EdgeZone,
  NetworkFlow,
  NetworkTerminal,
  ServiceLevel,
} from '@millrace/contract';
import { type RecordStore, silentLog, VirtualClock } from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import type { Item, ItemStore } from '../item.ts';
import type { NetworkInventory } from '../ports.ts';
import { Requests } from '../requests.ts';
import { ScriptedNetwork } from './scripted-provider.ts';

export const start = Date.parse('2026-03-02T08:00:00Z') * 1000;
export const person: Actor = { kind: 'person', id: 'lin' };
const words = (text: string) => ({ en: text, zh: text });

export const controlLevel: ServiceLevel = {
  trafficClass: 'periodic-deterministic',
  transferIntervalMs: 50,
  messageBytes: 200,
  latency: { path: 'uplink', within: [{ share: 0.999, ms: 40 }] },
  survivalTimeMs: 50,
};
export const videoLevel: ServiceLevel = { trafficClass: 'non-deterministic', uplinkMbpsMin: 8 };

export function flow(
  id: string,
  level: ServiceLevel,
  priority: number,
  more: Partial<NetworkFlow> = {},
): NetworkFlow {
  return {
    id,
    title: words(id),
    level,
    priority,
    things: [],
    places: [],
    terminals: [],
    enabled: true,
    adapted: false,
    ...more,
  };
}

export function terminal(id: string, more: Partial<NetworkTerminal> = {}): NetworkTerminal {
  return { id, title: id, kind: 'nr', things: [], sessions: [], problems: [], address: '10.45.0.2', ...more };
}

export function bindingOf(more: Partial<BindingInput> = {}): BindingInput {
  return {
    flow: 'control',
    terminal: 'agv-1',
    provider: 'core',
    qos: {
      fiveQi: 84,
      arp: { priorityLevel: 2, mayPreempt: true, preemptable: false },
      gbrUplink: 100,
      mbrUplink: 200,
      dscp: 32,
    },
    filters: [{ protocol: 'udp', remotePort: 4840 }],
    ...more,
  };
}

/** The plant's network as a test sets it up. */
export class TestInventory implements NetworkInventory {
  readonly flowList: NetworkFlow[] = [flow('control', controlLevel, 1), flow('video', videoLevel, 7)];
  readonly terminalList: NetworkTerminal[] = [
    terminal('agv-1', { zone: 'hall' }),
    terminal('agv-2', { zone: 'hall', address: '10.45.0.3' }),
    terminal('cam-1', { zone: 'hall', address: '10.45.0.4' }),
  ];
  readonly zoneList: EdgeZone[] = [{ id: 'hall', title: 'Hall', uplinkMbps: 20, downlinkMbps: 100 }];
  readonly of: Record<string, string[]> = { control: ['agv-1', 'agv-2'], video: ['cam-1'] };

  flows = (): NetworkFlow[] => this.flowList;
  flow = (id: string): NetworkFlow | undefined => this.flowList.find((one) => one.id === id);
  terminals = (): NetworkTerminal[] => this.terminalList;
  terminal = (id: string): NetworkTerminal | undefined => this.terminalList.find((one) => one.id === id);
  zones = (): EdgeZone[] => this.zoneList;
  terminalsOf = (id: string): string[] => this.of[id] ?? [];
  platformAddress = (): string => '10.45.0.1';
}

/** Items as they would be on disk. */
export class MemoryItems implements ItemStore {
  readonly rows = new Map<string, string>();
  before: () => Promise<void> = async () => {};

  load(): Promise<Item[]> {
    return Promise.resolve([...this.rows.values()].map((row) => JSON.parse(row) as Item));
  }
  async save(item: Item): Promise<void> {
    const row = JSON.stringify(item);
    await this.before();
    this.rows.set(`${item.kind}/${item.id}`, row);
  }
  async remove({ kind, id }: Pick<Item, 'kind' | 'id'>): Promise<void> {
    await this.before();
    this.rows.delete(`${kind}/${id}`);
  }
}

/** The one table that providers keep, without an engine. */
function providerRecords(rows: Map<string, Record<string, unknown>>): RecordStore {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    query: async <T>(sql: string, parameters: readonly unknown[] = []) => {
      if (sql.startsWith('INSERT')) {
        const [id, kind, title, enabled, settings, secret] = parameters as [
          string,
          string,
          string,
          boolean,
          string,
          string,
        ];
        rows.set(id, { id, kind, title, enabled, settings: JSON.parse(settings), secret });
      } else if (sql.startsWith('DELETE')) rows.delete(parameters[0] as string);
      else return structuredClone([...rows.values()]) as T[];
      return [];
    },
    transaction: () => Promise.resolve([]),
    backup: nothing,
    health: nothing,
    close: nothing,
  };
}

/** Requests over scripted networks, under a virtual clock, that can be ended and begun again. */
export class RequestPlant {
  readonly clock = new VirtualClock(start);
  readonly audit = new MemoryAudit();
  readonly items = new MemoryItems();
  readonly providerRows = new Map<string, Record<string, unknown>>();
  readonly inventory = new TestInventory();
  readonly core = new ScriptedNetwork();
  readonly other = new ScriptedNetwork();
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-requests-'));
  requests: Requests = undefined as never;

  async open(): Promise<Requests> {
    this.requests = await Requests.open({
      records: providerRecords(this.providerRows),
      audit: this.audit,
      seal: {
        seal: (secret) => `sealed:${Buffer.from(secret).toString('base64')}`,
        open: (sealed) =>
          sealed.startsWith('sealed:') ? Buffer.from(sealed.slice(7), 'base64').toString() : sealed,
      },
      clock: this.clock,
      log: silentLog,
      folder: this.folder,
      definitions: [this.core.definition('scripted'), this.other.definition('scripted-other')],
      inventory: this.inventory,
      store: this.items,
      notificationBase: 'http://platform/api/network/notifications',
    });
    this.requests.start();
    return this.requests;
  }

  async withProviders(): Promise<Requests> {
    const requests = await this.open();
    await requests.providers.put(
      'core',
      { kind: 'scripted', settings: { host: 'a', password: 'hush' } },
      person,
    );
    await requests.providers.put('other', { kind: 'scripted-other', settings: { host: 'b' } }, person);
    await this.settle();
    return requests;
  }

  /** Lets everything that is ready happen; the clock stands still. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Time passes, a half second after the other. */
  async pass(seconds: number): Promise<void> {
    const step = seconds > 600 ? 5000 : 500;
    for (let passed = 0; passed < seconds * 1000; passed += step) {
      this.clock.advance(step);
      for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    await this.settle();
  }

  async end(): Promise<void> {
    await Promise.race([this.requests?.stop(), new Promise((resolve) => setTimeout(resolve, 50))]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
