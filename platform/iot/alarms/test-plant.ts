import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlarmRuleInput, SampleColumns, ThingDescription } from '@millrace/contract';
import { noSecurity, type Sample, status, thingContext, type Value } from '@millrace/contract';
import { openRecordStore } from '@millrace/platform/data';
import { type RecordStore, type SampleStore, silentLog, VirtualClock } from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import { InProcessBus } from '../live-bus.ts';
import { Registry, registryMigrations } from '../registry.ts';
import { Sealer } from '../sealing.ts';
import { Twin } from '../twin.ts';
import { Alarms, type AlarmsOptions, alarmMigrations, stateOf } from './index.ts';

export const start = 1_700_000_000_000_000;
export const person = { kind: 'person', id: 'ada' } as const;
export const anything = (): boolean => true;

/** Keeps samples in memory, as the part of the store that alarms ask. */
export class MemorySamples {
  readonly rows: Sample[] = [];
  /** Reads wait for it. */
  gate: Promise<void> = Promise.resolve();

  append(columns: SampleColumns): void {
    for (let row = 0; row < columns.count; row++) {
      this.rows.push({
        series: columns.series[row]!,
        time: columns.time[row]!,
        received: columns.received[row]!,
        value: columns.text?.has(row) === true ? JSON.parse(columns.text.get(row)!) : columns.value[row]!,
        status: columns.status[row]!,
      });
    }
  }

  async samples(series: number, from: number, to: number) {
    await this.gate;
    const samples = this.rows
      .filter((row) => row.series === series && row.time >= from && row.time < to)
      .sort((a, b) => a.time - b.time);
    return { samples, reduced: false, spanMicroseconds: undefined };
  }

  async latest(series: readonly number[]) {
    const latest = new Map<number, Sample>();
    for (const row of this.rows) {
      if (!series.includes(row.series)) continue;
      if ((latest.get(row.series)?.time ?? Number.NEGATIVE_INFINITY) <= row.time) latest.set(row.series, row);
    }
    return latest;
  }
}

export interface Reading {
  thing: string;
  property?: string;
  value: Value;
  /** Milliseconds before (negative) or after the clock's now; 0: now. */
  at?: number;
  status?: number;
}

/** A platform's alarms with a real record store, samples in memory and a clock that is told what time it is. */
export async function openTestRecords(): Promise<TestPlant['records']> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-alarms-'));
  const records = await openRecordStore({
    folder,
    log: silentLog,
    migrations: [...registryMigrations, ...alarmMigrations],
  });
  return {
    query: (sql, parameters) => records.query(sql, parameters),
    transaction: (statements) => records.transaction(statements),
    backup: (to) => records.backup(to),
    health: () => records.health(),
    close: async () => {
      await records.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export class TestPlant {
  readonly clock: VirtualClock;
  readonly samples: MemorySamples;
  readonly audit = new MemoryAudit();
  readonly twin = new Twin();
  readonly bus: InProcessBus;
  readonly errors: unknown[] = [];
  records!: RecordStore & { close(): Promise<void> };
  registry!: Registry;
  alarms!: Alarms;
  readonly folder: string;
  readonly #options: Partial<AlarmsOptions>;

  private constructor(
    options: Partial<AlarmsOptions>,
    folder: string,
    clock: VirtualClock,
    samples: MemorySamples,
  ) {
    this.#options = options;
    this.folder = folder;
    this.clock = clock;
    this.samples = samples;
    this.bus = new InProcessBus((error) => this.errors.push(error));
  }

  /** On records that other tests used before; they are emptied. */
  static async open(records: TestPlant['records'], options: Partial<AlarmsOptions> = {}): Promise<TestPlant> {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-alarms-'));
    const plant = new TestPlant(options, folder, new VirtualClock(start), new MemorySamples());
    plant.records = records;
    const tables = await records.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE ANY (ARRAY['alarm%', 'maintenance%', 'notification%', 'push%', 'things', 'series'])`,
    );
    await records.query(`TRUNCATE ${tables.map((table) => table.name).join(', ')}`);
    await plant.#begin();
    return plant;
  }

  async #begin(): Promise<void> {
    this.registry = await Registry.open(this.records);
    const all = [...this.registry.all()].flatMap((record) => Object.values(record.series));
    this.alarms = await Alarms.open({
      records: this.records,
      samples: this.samples as unknown as SampleStore,
      registry: this.registry,
      twin: this.twin,
      bus: this.bus,
      sealer: new Sealer(join(this.folder, 'key')),
      audit: this.audit,
      clock: this.clock,
      log: silentLog,
      random: () => 0.5,
      ...this.#options,
    });
    this.twin.restore(await this.samples.latest(all));
    await this.alarms.start();
  }

  /** The power goes and comes back: what was not written is gone, the records and the samples stay. */
  async crash(): Promise<void> {
    this.alarms.engine.stop();
    this.alarms.notifications.stop();
    this.alarms.engine.onNews = () => {};
    const fresh = new TestPlant(this.#options, this.folder, this.clock, this.samples);
    fresh.records = this.records;
    await fresh.#begin();
    this.registry = fresh.registry;
    this.alarms = fresh.alarms;
    (this as { bus: InProcessBus }).bus = fresh.bus;
    (this as { twin: Twin }).twin = fresh.twin;
  }

  async close(): Promise<void> {
    await this.alarms.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async thing(
    id: string,
    properties: NonNullable<ThingDescription['properties']> = { temperature: { type: 'number', unit: '°C' } },
    place = 'acme/north/hall/line-1',
    type = 'Oven',
  ): Promise<void> {
    await this.registry.put({
      '@context': thingContext,
      '@type': type,
      id,
      title: id,
      ...noSecurity,
      'millrace:place': place,
      properties,
    } as ThingDescription);
  }

  rule(id: string, input: Partial<AlarmRuleInput> & { condition: string }) {
    return this.alarms.putRule(
      id,
      { title: id, priority: 'high', target: { kind: 'thing', thing: 'oven' }, ...input },
      person,
    );
  }

  columns(readings: readonly Reading[], received = this.clock.now()): SampleColumns {
    const columns: SampleColumns = {
      count: readings.length,
      series: new Uint32Array(readings.length),
      time: new Float64Array(readings.length),
      received: new Float64Array(readings.length).fill(received),
      value: new Float64Array(readings.length),
      status: new Uint32Array(readings.length),
      text: undefined,
    };
    readings.forEach((reading, row) => {
      columns.series[row] = this.registry.get(reading.thing)!.series[reading.property ?? 'temperature']!;
      columns.time[row] = this.clock.now() + (reading.at ?? 0) * 1000;
      columns.status[row] = reading.status ?? status.good;
      const { value } = reading;
      if (typeof value === 'number') columns.value[row] = value;
      else if (typeof value === 'boolean') columns.value[row] = value ? 1 : 0;
      else {
        columns.value[row] = Number.NaN;
        if (value !== null) (columns.text ??= new Map()).set(row, JSON.stringify(value));
      }
    });
    return columns;
  }

  /** As intake does it: live values move, the bus is told of those that moved, the store keeps all. */
  take(columns: SampleColumns, stored = true): void {
    const { moved } = this.twin.take(columns);
    if (stored) this.samples.append(columns);
    if (moved === undefined) this.bus.publish(columns);
    else {
      const rows = [...moved].flatMap((mark, row) => (mark === 1 ? [row] : []));
      this.bus.publish({
        count: rows.length,
        series: Uint32Array.from(rows, (row) => columns.series[row]!),
        time: Float64Array.from(rows, (row) => columns.time[row]!),
        received: Float64Array.from(rows, (row) => columns.received[row]!),
        value: Float64Array.from(rows, (row) => columns.value[row]!),
        status: Uint32Array.from(rows, (row) => columns.status[row]!),
        text: undefined,
      });
    }
  }

  /** One reading, now. */
  send(thing: string, value: Value, more: Omit<Reading, 'thing' | 'value'> = {}): void {
    this.take(this.columns([{ thing, value, ...more }]));
  }

  /** Lets time pass in steps that timers see. */
  pass(seconds: number): void {
    this.clock.advance(seconds * 1000);
  }

  /** "rule thing state" of what is open, in order of time. */
  get open(): string[] {
    return [...this.alarms.engine.open()]
      .sort((a, b) => a.time - b.time || a.rule.localeCompare(b.rule))
      .map((alarm) => `${alarm.rule} ${alarm.thing} ${stateOf(alarm)}`);
  }

  ids(): string[] {
    return [...this.alarms.engine.open()].map((alarm) => alarm.id);
  }

  /** What the record store has, by time raised. */
  async stored(): Promise<string[]> {
    await this.alarms.settled();
    const rows = await this.records.query<{ rule: string; thing: string; state: string; time: string }>(
      'SELECT rule, thing, state, time::text AS time FROM alarms ORDER BY time, rule, thing',
    );
    return rows.map((row) => `${row.rule} ${row.thing} ${row.state} ${(Number(row.time) - start) / 1e6}`);
  }
}
