import { PGlite } from '@electric-sql/pglite';
import {
  type Actor,
  type Command,
  type CommandUpdate,
  noSecurity,
  type Sample,
  status,
  type ThingDescription,
  thingContext,
} from '@millrace/contract';
import {
  type CommandOptions,
  type RecordStatement,
  type RecordStore,
  silentLog,
  type ThingRecord,
  VirtualClock,
  type WriteOutcome,
} from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import { InProcessBus } from '../live-bus.ts';
import { ProtocolProblem } from '../supervisor.ts';
import { commandMigrations } from './command-records.ts';
import { CommandDesk } from './desk.ts';

export const ann: Actor = { kind: 'person', id: 'ann' };
export const bo: Actor = { kind: 'person', id: 'bo' };
export const rule: Actor = { kind: 'rule', id: 'night-setback', for: 'ann' };

/** What reached the thing. */
export interface Arrived {
  kind: 'write' | 'invoke';
  thing: string;
  name: string;
  value: unknown;
  options: CommandOptions;
}

type Answer = WriteOutcome & { output?: unknown };

let shared: PGlite | undefined;

/** One database for all tests of a file; each plant begins with empty tables. */
export async function database(): Promise<RecordStore> {
  if (shared === undefined) {
    shared = await PGlite.create();
    for (const { sql } of commandMigrations) await shared.exec(sql);
  }
  const db = shared;
  await db.exec('TRUNCATE commands, leases, set_point_groups');
  return {
    query: async <T>(sql: string, parameters: readonly unknown[] = []) =>
      (await db.query<T>(sql, [...parameters])).rows,
    transaction: async (statements: readonly RecordStatement[]) => {
      const answers: Record<string, unknown>[][] = [];
      await db.transaction(async (tx) => {
        for (const { sql, parameters = [] } of statements)
          answers.push((await tx.query<Record<string, unknown>>(sql, [...parameters])).rows);
      });
      return answers;
    },
    backup: () => Promise.resolve(),
    health: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

export function problem(code: string, en = code, kind: 'unavailable' | 'denied' = 'unavailable'): Error {
  return new ProtocolProblem({ kind, code, what: { en, zh: en }, remedy: { en: '', zh: '' } });
}

const press: Partial<ThingDescription> = {
  title: 'Press',
  'millrace:place': 'acme/hall/press',
  properties: {
    force: {
      type: 'number',
      minimum: 0,
      maximum: 100,
      multipleOf: 0.5,
      unit: 'kN',
      readOnly: false,
      'millrace:interlocks': [{ when: 'guard_open', reason: { en: 'the guard is open', zh: '防护门打开' } }],
    },
    mode: { type: 'string', enum: ['manual', 'automatic'], readOnly: false },
    speed: {
      type: 'integer',
      minimum: 1,
      maximum: 10,
      readOnly: false,
      'millrace:readBack': { withinSeconds: 4 },
    },
    lamp: { type: 'boolean', readOnly: false, writeOnly: true },
    guard_open: { type: 'boolean', readOnly: true },
    heat: { type: 'number', readOnly: false, 'millrace:twoPerson': { withinSeconds: 60 } },
  },
  actions: {
    reset: {},
    stroke: {
      input: { type: 'object', required: ['count'], properties: { count: { type: 'integer', maximum: 5 } } },
    },
  },
};

/** A desk with a clock that only moves when told, things in memory, and terminals that answer as a test says. */
export class TestPlant {
  readonly clock = new VirtualClock(1_800_000_000_000_000);
  readonly audit = new MemoryAudit();
  readonly arrived: Arrived[] = [];
  readonly updates: CommandUpdate[] = [];
  readonly things = new Map<string, ThingRecord>();
  readonly values = new Map<string, Sample>();
  readonly staleThings = new Set<string>();
  readonly bus = new InProcessBus(() => {});
  readonly unreachable = new Set<string>();
  readonly records: RecordStore;
  desk!: CommandDesk;
  /** Default: everything is confirmed at once. */
  answer: (arrived: Arrived) => Promise<Answer> = () => Promise.resolve({ state: 'confirmed' });

  private constructor(records: RecordStore) {
    this.records = records;
  }

  static async make(): Promise<TestPlant> {
    const plant = new TestPlant(await database());
    plant.put('urn:press', press);
    plant.put('urn:crane', {
      title: 'Crane',
      'millrace:leaseSeconds': 10,
      'millrace:safe': { runs: 'platform', values: { drive: 0 }, action: 'brake' },
      properties: {
        drive: { type: 'number', readOnly: false },
        hoist: {
          type: 'number',
          readOnly: false,
          'millrace:safe': { runs: 'terminal', watchdogSeconds: 2, values: { hoist: 0 } },
        },
      },
      actions: { brake: {} },
    });
    plant.sample('urn:press', 'guard_open', false);
    await plant.start();
    return plant;
  }

  /** As the platform starts; with the same records it is a restart. */
  async start(): Promise<void> {
    const send = (arrived: Arrived): Promise<Answer> => {
      this.arrived.push(arrived);
      return this.unreachable.has(arrived.thing)
        ? Promise.reject(problem('not-reached', 'No open connection reaches this thing.'))
        : this.answer(arrived);
    };
    this.desk = await CommandDesk.open({
      records: this.records,
      audit: this.audit,
      clock: this.clock,
      log: silentLog,
      thing: (id) => this.things.get(id),
      latest: (thing, property) => this.values.get(`${thing} ${property}`),
      stale: (thing) => this.staleThings.has(thing),
      bus: this.bus,
      terminals: {
        write: (thing, name, value, options) => send({ kind: 'write', thing, name, value, options }),
        invoke: (thing, name, value, options) =>
          send({ kind: 'invoke', thing, name, value, options }) as Promise<never>,
        reaches: (thing) => !this.unreachable.has(thing),
        protocol: () => 'modbus',
      },
    });
    this.desk.subscribe((update) => void this.updates.push(structuredClone(update)));
    this.desk.start();
  }

  put(id: string, more: Partial<ThingDescription>): void {
    const description = {
      '@context': thingContext,
      id,
      title: id,
      ...noSecurity,
      ...more,
    } as ThingDescription;
    const series = Object.fromEntries(
      Object.keys(description.properties ?? {}).map((name, at) => [name, this.things.size * 100 + at + 1]),
    );
    this.things.set(id, { id, description, series: this.things.get(id)?.series ?? series });
  }

  /** A value comes in from the thing. */
  sample(
    thing: string,
    property: string,
    value: number | boolean | string,
    code: number = status.good,
  ): void {
    const now = this.clock.now();
    const series = this.things.get(thing)!.series[property]!;
    this.values.set(`${thing} ${property}`, { series, time: now, received: now, value, status: code });
    this.bus.publish({
      count: 1,
      series: Uint32Array.of(series),
      time: Float64Array.of(now),
      received: Float64Array.of(now),
      value: Float64Array.of(typeof value === 'string' ? Number.NaN : Number(value)),
      status: Uint32Array.of(code),
      text: typeof value === 'string' ? new Map([[0, JSON.stringify(value)]]) : undefined,
    });
  }

  write(property: string, value: unknown, more: Partial<Parameters<CommandDesk['write']>[0]> = {}) {
    return this.desk.write({ actor: ann, thing: 'urn:press', property, value, ...more });
  }

  /** The final state of a write. */
  async written(
    property: string,
    value: unknown,
    more: Partial<Parameters<CommandDesk['write']>[0]> = {},
  ): Promise<Command> {
    return (await this.write(property, value, more)).settled;
  }

  /** Lets what waits for the database go on; the clock stands. */
  async until(condition: () => boolean, what = 'a condition'): Promise<void> {
    const end = Date.now() + 10_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  states(id: string): string[] {
    const seen = this.updates.flatMap(({ command }) => (command?.id === id ? [command.state] : []));
    return seen.filter((state, at) => state !== seen[at - 1]);
  }
}

export async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'taken',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}
