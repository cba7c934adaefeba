import { formatInstant, limits, type QuarantineRecord } from '@millrace/contract';
import type { Clock, Log, RecordStore, Rejection } from '@millrace/sdk';

export const quarantineMigrations = [
  {
    id: 'iot-002-quarantine',
    sql: `
      CREATE TABLE quarantine (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, time timestamptz NOT NULL, thing text, connection text, source text NOT NULL,
        reason text NOT NULL, detail text NOT NULL, excerpt text NOT NULL, count integer NOT NULL);
      CREATE INDEX quarantine_thing ON quarantine (thing);
    `,
  },
] as const;

const flushMilliseconds = 1000;
/** Distinct records written per flush; beyond it repeats of the same kind are only counted. */
const recordsPerFlushMax = 200;

/** Rejected data where a person can see it: what came, from where, why not. Bounded; the oldest leave first. */
export class Quarantine {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #log: Log;
  #pending = new Map<string, { rejection: Rejection; connection: string; time: number }>();
  #timer: (() => void) | undefined;
  #written = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(records: RecordStore, clock: Clock, log: Log) {
    this.#records = records;
    this.#clock = clock;
    this.#log = log;
  }

  add(rejection: Rejection, connection: string): void {
    const { thing, reason, source } = rejection;
    let key = `${thing ?? ''}\n${connection}\n${reason}\n${source}`;
    if (!this.#pending.has(key) && this.#pending.size >= recordsPerFlushMax)
      key = `\n${connection}\n${reason}`;
    const known = this.#pending.get(key);
    if (known !== undefined) known.rejection.count += rejection.count;
    else this.#pending.set(key, { rejection: { ...rejection }, connection, time: this.#clock.now() });
    this.#timer ??= this.#clock.after(flushMilliseconds, () => void this.flush());
  }

  flush(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    const pending = [...this.#pending.values()];
    this.#pending = new Map();
    if (pending.length > 0) this.#flushing = this.#flushing.then(() => this.#write(pending));
    return this.#flushing;
  }

  async list(filter: {
    thing?: string;
    connection?: string;
    reason?: string;
    offset: number;
    limit: number;
  }): Promise<{ total: number; records: QuarantineRecord[] }> {
    await this.flush();
    const where: string[] = [];
    const parameters: (string | number)[] = [];
    for (const name of ['thing', 'connection', 'reason'] as const) {
      const value = filter[name];
      if (value === undefined) continue;
      parameters.push(value);
      where.push(`${name} = $${parameters.length}`);
    }
    const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
    const [{ total }] = (await this.#records.query<{ total: number }>(
      `SELECT count(*)::int AS total FROM quarantine ${condition}`,
      parameters,
    )) as [{ total: number }];
    const rows = await this.#records.query<{
      id: number | string;
      time_us: string | number;
      thing: string | null;
      connection: string | null;
      source: string;
      reason: string;
      detail: string;
      excerpt: string;
      count: number;
    }>(
      `SELECT id, (extract(epoch FROM time) * 1000000)::bigint::text AS time_us, thing, connection, source, reason, detail, excerpt, count
       FROM quarantine ${condition} ORDER BY id DESC LIMIT ${filter.limit} OFFSET ${filter.offset}`,
      parameters,
    );
    return {
      total,
      records: rows.map((row) => ({
        id: String(row.id),
        time: formatInstant(Number(row.time_us)),
        ...(row.thing === null ? {} : { thing: row.thing }),
        ...(row.connection === null ? {} : { connection: row.connection }),
        source: row.source,
        reason: row.reason,
        detail: row.detail,
        excerpt: row.excerpt,
        count: row.count,
      })),
    };
  }

  async clear(): Promise<void> {
    await this.flush();
    await this.#records.query('DELETE FROM quarantine');
  }

  async #write(pending: { rejection: Rejection; connection: string; time: number }[]): Promise<void> {
    const column = <T>(pick: (entry: (typeof pending)[number]) => T): T[] => pending.map(pick);
    try {
      await this.#records.query(
        `INSERT INTO quarantine (time, thing, connection, source, reason, detail, excerpt, count)
         SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[])`,
        [
          column((entry) => formatInstant(entry.time)),
          column((entry) => entry.rejection.thing ?? null),
          column((entry) => entry.connection),
          column((entry) => clean(entry.rejection.source)),
          column((entry) => entry.rejection.reason),
          column((entry) => clean(entry.rejection.detail)),
          column((entry) => clean(entry.rejection.excerpt)),
          column((entry) => Math.min(entry.rejection.count, 2_147_483_647)),
        ],
      );
      this.#written += pending.length;
      if (this.#written >= 1000) {
        this.#written = 0;
        await this.#records.query(
          `DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ${limits.quarantineRecordsMax}`,
        );
      }
    } catch (error) {
      this.#log.error('quarantine could not be written', {
        error: error instanceof Error ? error.message : String(error),
        records: pending.length,
      });
    }
  }
}

/** PostgreSQL text holds every character but NUL and lone surrogates. */
function clean(text: string): string {
  return Buffer.from(text.replaceAll('\u0000', '␀'), 'utf8').toString('utf8');
}
