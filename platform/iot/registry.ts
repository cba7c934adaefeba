import type { ThingDescription } from '@millrace/contract';
import { limits } from '@millrace/contract';
import type { RecordStore, ThingRecord } from '@millrace/sdk';

/** The registry's tables. Ids are applied once each, in order. */
export const registryMigrations = [
  {
    id: 'iot-001-things',
    sql: `
      CREATE TABLE things (id text PRIMARY KEY, description jsonb NOT NULL, created timestamptz NOT NULL DEFAULT now(), modified timestamptz NOT NULL DEFAULT now());
      CREATE TABLE series (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, thing text NOT NULL, property text NOT NULL, UNIQUE (thing, property));
    `,
  },
] as const;

export interface ThingChange {
  put: ThingRecord[];
  /** Things that are gone, with the series that were theirs. */
  removed: { id: string; series: number[] }[];
}

/** What the platform knows of every thing, kept in memory and in the record store. One instance per platform. */
export class Registry {
  readonly #records: RecordStore;
  readonly #things = new Map<string, ThingRecord>();
  readonly #bySeries: { thing: string; property: string }[] = [];
  readonly #listeners: ((change: ThingChange) => void)[] = [];
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(records: RecordStore) {
    this.#records = records;
  }

  static async open(records: RecordStore): Promise<Registry> {
    const registry = new Registry(records);
    const series = new Map<string, Record<string, number>>();
    for (const row of await records.query<{ id: number; thing: string; property: string }>(
      'SELECT id, thing, property FROM series',
    )) {
      const own = series.get(row.thing) ?? Object.create(null);
      own[row.property] = row.id;
      series.set(row.thing, own as Record<string, number>);
      registry.#bySeries[row.id] = { thing: row.thing, property: row.property };
    }
    for (const row of await records.query<{ id: string; description: ThingDescription }>(
      'SELECT id, description FROM things ORDER BY id',
    )) {
      registry.#things.set(row.id, {
        id: row.id,
        description: row.description,
        series: series.get(row.id) ?? {},
      });
    }
    return registry;
  }

  get size(): number {
    return this.#things.size;
  }

  get(id: string): ThingRecord | undefined {
    return this.#things.get(id);
  }

  all(): IterableIterator<ThingRecord> {
    return this.#things.values();
  }

  /** Whose series this is; undefined after its thing was removed. */
  ownerOf(series: number): { thing: string; property: string } | undefined {
    return this.#bySeries[series];
  }

  /** Gives back how to call it off. */
  onChange(call: (change: ThingChange) => void): () => void {
    this.#listeners.push(call);
    return () => {
      const at = this.#listeners.indexOf(call);
      if (at !== -1) this.#listeners.splice(at, 1);
    };
  }

  /** Adds or replaces a thing. Series of properties that keep their name stay; those of dropped properties are kept for their history. */
  put(description: ThingDescription): Promise<{ record: ThingRecord; created: boolean }> {
    return this.#exclusive(async () => {
      const before = this.#things.get(description.id);
      if (before === undefined && this.#things.size >= limits.thingsMax) {
        throw new Error(
          `there are ${this.#things.size} things already; at most ${limits.thingsMax} (thingsMax) are kept`,
        );
      }
      const now = new Date().toISOString();
      const stored: ThingDescription = {
        ...description,
        created: before?.description.created ?? now,
        modified: now,
      };
      const names = Object.keys(description.properties ?? {});
      const fresh = names.filter((name) => before === undefined || !Object.hasOwn(before.series, name));
      const answers = await this.#records.transaction([
        {
          sql: `INSERT INTO things (id, description) VALUES ($1, $2::jsonb)
                ON CONFLICT (id) DO UPDATE SET description = EXCLUDED.description, modified = now()`,
          parameters: [stored.id, JSON.stringify(stored)],
        },
        {
          sql: `INSERT INTO series (thing, property) SELECT $1, unnest($2::text[]) ON CONFLICT (thing, property) DO NOTHING`,
          parameters: [stored.id, fresh],
        },
        { sql: 'SELECT id, property FROM series WHERE thing = $1', parameters: [stored.id] },
      ]);
      const series: Record<string, number> = Object.create(null);
      for (const row of answers[2] as { id: number; property: string }[]) {
        series[row.property] = row.id;
        this.#bySeries[row.id] = { thing: stored.id, property: row.property };
      }
      const record: ThingRecord = { id: stored.id, description: stored, series };
      this.#things.set(stored.id, record);
      this.#tell({ put: [record], removed: [] });
      return { record, created: before === undefined };
    });
  }

  /** Removes a thing and its series; its history is the caller's to remove. Returns its series; undefined if there is no such thing. */
  remove(id: string): Promise<number[] | undefined> {
    return this.#exclusive(async () => {
      const record = this.#things.get(id);
      if (record === undefined) return undefined;
      await this.#records.transaction([
        { sql: 'DELETE FROM things WHERE id = $1', parameters: [id] },
        { sql: 'DELETE FROM series WHERE thing = $1', parameters: [id] },
      ]);
      const series = Object.values(record.series);
      this.#things.delete(id);
      for (const one of series) delete this.#bySeries[one];
      this.#tell({ put: [], removed: [{ id, series }] });
      return series;
    });
  }

  #tell(change: ThingChange): void {
    for (const call of this.#listeners) call(change);
  }

  /** One change at a time, so that memory and store agree on the order. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work, work);
    this.#writing = done.catch(() => {});
    return done;
  }
}
