import type { LocalText, Microseconds } from '@millrace/contract';
import type { RecordStore } from '@millrace/sdk';
import {
  type CounterEvent,
  type Provenance,
  provenances,
  type Quarter,
  quarterMicroseconds,
} from '../model/index.ts';
import type { MeterSettings } from './meters.ts';

/** Tables of the application. */
export const energyMigrations = [
  {
    id: 'app-energy-management-001-ledger',
    sql: `
      CREATE TABLE energy_days (
        meter text NOT NULL, day integer NOT NULL, amounts jsonb NOT NULL, how text NOT NULL, returned jsonb, PRIMARY KEY (meter, day)
      );
      CREATE TABLE energy_events (
        meter text NOT NULL, kind text NOT NULL, from_time bigint NOT NULL, to_time bigint NOT NULL, before double precision, after double precision,
        counted double precision NOT NULL, how text NOT NULL, words jsonb NOT NULL, PRIMARY KEY (meter, kind, to_time)
      );
      CREATE INDEX energy_events_by_time ON energy_events (to_time DESC);
      CREATE TABLE energy_meters (meter text PRIMARY KEY, settings jsonb NOT NULL, read_until bigint NOT NULL DEFAULT 0);
      CREATE TABLE energy_forecasts (day text PRIMARY KEY, issued bigint NOT NULL, forecast jsonb NOT NULL);
      CREATE TABLE energy_plans (
        id text PRIMARY KEY, day text NOT NULL, created bigint NOT NULL, state text NOT NULL, plan jsonb NOT NULL, decided_by text, decided bigint, applied jsonb
      );
      CREATE TABLE energy_findings (key text PRIMARY KEY, found bigint NOT NULL, finding jsonb NOT NULL, dismissed_by text);
      CREATE TABLE energy_documents (id text PRIMARY KEY, document jsonb NOT NULL);
    `,
  },
] as const;

const dayMicroseconds = 86_400_000_000;
const eventsPerMeterMax = 2000;
const letters: Record<Provenance, string> = {
  measured: 'm',
  interpolated: 'i',
  estimated: 'e',
  missing: '-',
};
const byLetter = new Map(provenances.map((how) => [letters[how], how]));

interface DayRow {
  meter: string;
  day: number;
  amounts: (number | null)[];
  how: string;
  returned: (number | null)[] | null;
}

export interface StoredEvent {
  meter: string;
  kind: string;
  from: Microseconds;
  to: Microseconds;
  before: number | null;
  after: number | null;
  counted: number;
  how: string;
  words: LocalText;
}

/** Quarter-hours by meter, a row a day (of UTC): 63 meters are 23,000 rows a year. */
export class Ledger {
  readonly #records: RecordStore;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  /** Stores quarters; those already there are replaced. A quarter that is missing never replaces one that is known. */
  async put(meter: string, quarters: readonly Quarter[]): Promise<void> {
    const days = new Map<number, Quarter[]>();
    for (const quarter of quarters) {
      const day = Math.floor(quarter.start / dayMicroseconds);
      const list = days.get(day);
      if (list === undefined) days.set(day, [quarter]);
      else list.push(quarter);
    }
    if (days.size === 0) return;
    const kept = new Map(
      (
        await this.#records.query<DayRow>(
          'SELECT meter, day, amounts, how, returned FROM energy_days WHERE meter = $1 AND day >= $2 AND day <= $3',
          [meter, Math.min(...days.keys()), Math.max(...days.keys())],
        )
      ).map((row) => [row.day, row]),
    );
    const statements = [...days].map(([day, list]) => {
      const row = kept.get(day);
      const amounts = row?.amounts ?? Array<number | null>(96).fill(null);
      const how = [...(row?.how ?? '-'.repeat(96))];
      const returned = row?.returned ?? Array<number | null>(96).fill(null);
      for (const quarter of list) {
        const index = Math.round((quarter.start - day * dayMicroseconds) / quarterMicroseconds);
        if (quarter.amount === undefined && amounts[index] !== null) continue;
        amounts[index] = quarter.amount === undefined ? null : Number(quarter.amount.toPrecision(12));
        how[index] = letters[quarter.how];
        returned[index] = quarter.returned === 0 ? null : Number(quarter.returned.toPrecision(12));
      }
      return {
        sql: `INSERT INTO energy_days (meter, day, amounts, how, returned) VALUES ($1, $2, $3::jsonb, $4, $5::jsonb)
              ON CONFLICT (meter, day) DO UPDATE SET amounts = EXCLUDED.amounts, how = EXCLUDED.how, returned = EXCLUDED.returned`,
        parameters: [
          meter,
          day,
          JSON.stringify(amounts),
          how.join(''),
          returned.some((value) => value !== null) ? JSON.stringify(returned) : null,
        ],
      };
    });
    await this.#records.transaction(statements);
  }

  /** Quarters of meters of from ≤ start < to, each list with every quarter of the range (missing where nothing is stored). */
  async quarters(
    meters: readonly string[],
    from: Microseconds,
    to: Microseconds,
  ): Promise<Map<string, Quarter[]>> {
    const first = Math.floor(from / quarterMicroseconds) * quarterMicroseconds;
    const count = Math.max(0, Math.ceil((to - first) / quarterMicroseconds));
    const lists = new Map(
      meters.map((meter) => [
        meter,
        Array.from(
          { length: count },
          (_, index): Quarter => ({
            start: first + index * quarterMicroseconds,
            amount: undefined,
            how: 'missing',
            returned: 0,
          }),
        ),
      ]),
    );
    if (count === 0 || meters.length === 0) return lists;
    const rows = await this.#records.query<DayRow>(
      'SELECT meter, day, amounts, how, returned FROM energy_days WHERE meter = ANY($1::text[]) AND day >= $2 AND day <= $3',
      [[...meters], Math.floor(first / dayMicroseconds), Math.floor((to - 1) / dayMicroseconds)],
    );
    for (const row of rows) {
      const list = lists.get(row.meter)!;
      for (let index = 0; index < 96; index++) {
        const at = Math.round((row.day * dayMicroseconds - first) / quarterMicroseconds) + index;
        const amount = row.amounts[index];
        if (at < 0 || at >= count || amount === null || amount === undefined) continue;
        const quarter = list[at]!;
        quarter.amount = amount;
        quarter.how = byLetter.get(row.how[index]!) ?? 'estimated';
        quarter.returned = row.returned?.[index] ?? 0;
      }
    }
    return lists;
  }

  /** Times between which anything is known. */
  async extent(): Promise<{ from: Microseconds; to: Microseconds } | undefined> {
    const [row] = await this.#records.query<{ least: number | null; most: number | null }>(
      'SELECT min(day) AS least, max(day) AS most FROM energy_days',
    );
    return row?.least === null || row?.least === undefined
      ? undefined
      : { from: row.least * dayMicroseconds, to: (row.most! + 1) * dayMicroseconds };
  }

  async putEvents(meter: string, events: readonly CounterEvent[]): Promise<void> {
    const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
    if (events.length === 0) return;
    await this.#records.transaction([
      ...events.map((event) => ({
        sql: `INSERT INTO energy_events (meter, kind, from_time, to_time, before, after, counted, how, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
              ON CONFLICT (meter, kind, to_time) DO NOTHING`,
        parameters: [
          meter,
          event.kind,
          event.from,
          event.to,
          finite(event.before),
          finite(event.after),
          event.counted,
          event.how,
          JSON.stringify(event.words),
        ],
      })),
      // A meter that runs backwards all day says so at every reading: the latest are kept, sums are in the quarters.
      {
        sql: `DELETE FROM energy_events WHERE meter = $1 AND to_time < (SELECT to_time FROM energy_events WHERE meter = $1 ORDER BY to_time DESC OFFSET $2 LIMIT 1)`,
        parameters: [meter, eventsPerMeterMax],
      },
    ]);
  }

  async events(from: Microseconds, to: Microseconds, limit: number): Promise<StoredEvent[]> {
    const rows = await this.#records.query<
      Omit<StoredEvent, 'from' | 'to'> & { from_time: string; to_time: string }
    >(
      `SELECT meter, kind, from_time::text AS from_time, to_time::text AS to_time, before, after, counted, how, words
       FROM energy_events WHERE energy_events.to_time >= $1 AND energy_events.from_time < $2 ORDER BY energy_events.to_time DESC LIMIT $3`,
      [from, to, limit],
    );
    return rows.map(({ from_time, to_time, ...row }) => ({
      ...row,
      from: Number(from_time),
      to: Number(to_time),
    }));
  }

  async eventCounts(from: Microseconds, to: Microseconds): Promise<Map<string, Record<string, number>>> {
    const rows = await this.#records.query<{ meter: string; kind: string; count: number }>(
      'SELECT meter, kind, count(*)::int AS count FROM energy_events WHERE to_time >= $1 AND from_time < $2 GROUP BY meter, kind',
      [from, to],
    );
    const counts = new Map<string, Record<string, number>>();
    for (const { meter, kind, count } of rows) {
      const own = counts.get(meter) ?? {};
      own[kind] = count;
      counts.set(meter, own);
    }
    return counts;
  }

  async meterSettings(): Promise<{
    settings: Map<string, MeterSettings>;
    readUntil: Map<string, Microseconds>;
  }> {
    const rows = await this.#records.query<{ meter: string; settings: MeterSettings; read_until: string }>(
      'SELECT meter, settings, read_until::text AS read_until FROM energy_meters',
    );
    return {
      settings: new Map(rows.map((row) => [row.meter, row.settings])),
      readUntil: new Map(rows.map((row) => [row.meter, Number(row.read_until)])),
    };
  }

  async putMeterSettings(meter: string, settings: MeterSettings): Promise<void> {
    await this.#records.query(
      `INSERT INTO energy_meters (meter, settings) VALUES ($1, $2::jsonb) ON CONFLICT (meter) DO UPDATE SET settings = EXCLUDED.settings`,
      [meter, JSON.stringify(settings)],
    );
  }

  async setReadUntil(times: ReadonlyMap<string, Microseconds>): Promise<void> {
    if (times.size === 0) return;
    await this.#records.transaction(
      [...times].map(([meter, time]) => ({
        sql: `INSERT INTO energy_meters (meter, settings, read_until) VALUES ($1, '{}'::jsonb, $2) ON CONFLICT (meter) DO UPDATE SET read_until = EXCLUDED.read_until`,
        parameters: [meter, time],
      })),
    );
  }

  async document<T>(id: string): Promise<T | undefined> {
    const [row] = await this.#records.query<{ document: T }>(
      'SELECT document FROM energy_documents WHERE id = $1',
      [id],
    );
    return row?.document;
  }

  async putDocument(id: string, document: unknown): Promise<void> {
    await this.#records.query(
      `INSERT INTO energy_documents (id, document) VALUES ($1, $2::jsonb) ON CONFLICT (id) DO UPDATE SET document = EXCLUDED.document`,
      [id, JSON.stringify(document)],
    );
  }
}
