import { formatInstant, type Microseconds, parseInstant } from '@millrace/contract';
import type { AuditEntry, AuditTrail, Clock, RecordStore, RecordValue } from '@millrace/sdk';
import { type AuditRecord, chained, hashOf, noHash } from './record.ts';
import { headHolds, type SignedHead, type SigningKey } from './signing-key.ts';

export const auditMigrations = [
  {
    id: 'enablement-010-audit',
    // `entry` is the record as it was hashed; the columns beside it are only for finding it. Nothing but INSERT and SELECT is allowed,
    // so that neither a mistake nor an injected statement changes what happened; who owns the files can, and the chain tells.
    sql: `
      CREATE TABLE audit (
        number bigint PRIMARY KEY, time bigint NOT NULL, actor_kind text NOT NULL, actor text NOT NULL, behind text NOT NULL,
        action text NOT NULL, object text NOT NULL, place text NOT NULL, outcome text NOT NULL, hash text NOT NULL, entry text NOT NULL
      );
      CREATE INDEX audit_time ON audit (time);
      CREATE INDEX audit_actor ON audit (actor, number);
      CREATE INDEX audit_object ON audit (object, number);
      CREATE INDEX audit_action ON audit (action text_pattern_ops, number);
      CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN RAISE EXCEPTION 'the audit trail only grows'; END
      $body$;
      CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
      CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
    `,
  },
  {
    id: 'enablement-012-audit-cuts',
    // What may leave is what a signed cut names. Whoever writes a cut of their own past the platform has no signature for it, and the
    // chain tells.
    sql: `
      CREATE TABLE audit_exports (number bigint PRIMARY KEY, hash text NOT NULL, time bigint NOT NULL);
      CREATE TABLE audit_cuts (number bigint PRIMARY KEY, head text NOT NULL);
      CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
          IF TG_TABLE_NAME = 'audit' AND TG_OP = 'DELETE' AND OLD.number <= (SELECT max(number) FROM audit_cuts) THEN RETURN OLD; END IF;
          RAISE EXCEPTION 'the audit trail only grows';
        END
      $body$;
      CREATE TRIGGER audit_cuts_no_change BEFORE UPDATE OR DELETE ON audit_cuts FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
      CREATE TRIGGER audit_cuts_no_truncate BEFORE TRUNCATE ON audit_cuts FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
    `,
  },
] as const;

/** The least that is kept where anything is cut at all. */
export const auditDaysMin = 90;
/** Records that one cut takes away: a transaction has to end. */
const cutMax = 50_000;
const dayMicroseconds = 86_400_000_000;

/** Entries written in one transaction. */
const groupMax = 512;
/** Entries that may wait to be written; further ones are refused, so what they tell is not done. */
const waitingMax = 20_000;
/** Records read at once when the chain is walked or exported. */
const readMax = 2000;
/** Above this many a search says "more than". */
const countMax = 10_000;

export interface AuditSearch {
  /** User name, token, thing, rule or application; also the person behind it. */
  actor?: string;
  /** The whole action or the area before its dot. */
  action?: string;
  object?: string;
  /** At this place and below. */
  place?: string;
  outcome?: string;
  from?: Microseconds;
  to?: Microseconds;
  /** Anywhere in the record, without regard to case. */
  text?: string;
  /** Only records with a smaller number: how the next page is asked for. */
  before?: number;
  limit: number;
  /** Places whose records the caller may see; the empty place is all of them. */
  within: readonly string[];
}

export interface ChainReport {
  ok: boolean;
  /** Records looked at. */
  records: number;
  /** The first record that does not fit, and why. */
  broken?: { number: number; reason: string };
  head: SignedHead | undefined;
}

/**
 * The audit trail in the record store. Entries that come while a transaction is being written go together into the next: one at a time, so
 * that the chain has one order, and in groups, so that it keeps up.
 */
export class ChainedTrail implements AuditTrail {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #key: SigningKey;
  /** Undefined: not known, and read from the store before anything is added. */
  #head: { number: number; hash: string; time: Microseconds } | undefined;
  #waiting: { entry: AuditEntry; done: (number: number) => void; failed: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;

  constructor(records: RecordStore, clock: Clock, key: SigningKey) {
    this.#records = records;
    this.#clock = clock;
    this.#key = key;
  }

  record(entry: AuditEntry): Promise<number> {
    if (this.#waiting.length >= waitingMax) {
      return Promise.reject(
        new Error(`${waitingMax} records wait to be written to the audit trail; nothing more is done now`),
      );
    }
    return new Promise((done, failed) => {
      this.#waiting.push({ entry, done, failed });
      this.#writing ??= this.#write();
    });
  }

  /** Resolves when all that was recorded so far is written or has failed. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** The newest record, signed; undefined while the trail is empty. */
  async head(): Promise<SignedHead | undefined> {
    const head = await this.#readHead();
    if (head.number === 0) return undefined;
    return this.#key.head(head.number, head.hash, formatInstant(this.#clock.now()));
  }

  /** Newest first. `total` counts up to 10,000; `more`: there are further ones behind the last. */
  async search(
    search: AuditSearch,
  ): Promise<{ total: number; totalIsLeast: boolean; records: AuditRecord[]; more: boolean }> {
    const { where, parameters } = conditions(search);
    const page = [...parameters];
    const limit = `$${page.push(search.limit + 1)}`;
    const before = search.before === undefined ? '' : ` AND number < $${page.push(search.before)}`;
    const [rows, [count]] = await Promise.all([
      this.#records.query<{ entry: string; hash: string }>(
        `SELECT entry, hash FROM audit WHERE ${where}${before} ORDER BY number DESC LIMIT ${limit}`,
        page,
      ),
      this.#records.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM (SELECT 1 FROM audit WHERE ${where} LIMIT ${countMax + 1}) AS found`,
        parameters,
      ),
    ]);
    const total = count?.count ?? 0;
    return {
      total: Math.min(total, countMax),
      totalIsLeast: total > countMax,
      records: rows.slice(0, search.limit).map(recordOf),
      more: rows.length > search.limit,
    };
  }

  /**
   * The whole trail, oldest first, as JSON lines; the last line is the signed head. What is recorded while it is written is not part
   * of it. Where its beginning was cut, the first line is the signed cut. Read to its end it counts as exported: up to there it may be cut.
   */
  async *export(): AsyncGenerator<string> {
    const head = await this.head();
    const cut = await this.lastCut();
    if (cut !== undefined) yield `${JSON.stringify({ cut })}\n`;
    for await (const rows of this.#walk(head?.number ?? 0))
      yield rows.map((row) => `${withHash(row)}\n`).join('');
    yield `${JSON.stringify({ head: head ?? null })}\n`;
    if (head !== undefined)
      await this.#records.query(
        'INSERT INTO audit_exports (number, hash, time) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING',
        [head.number, head.hash, this.#clock.now()],
      );
  }

  /** The newest cut: the last record that is no longer here, signed. */
  async lastCut(): Promise<SignedHead | undefined> {
    const [row] = await this.#records.query<{ head: string }>(
      'SELECT head FROM audit_cuts ORDER BY number DESC LIMIT 1',
    );
    return row === undefined ? undefined : (JSON.parse(row.head) as SignedHead);
  }

  /**
   * Takes away what is older than `days` and stands in an export, up to a bound; the number of records that left. A trail that is not whole
   * is not cut: what is wrong with it stays to be looked at. 0 days keeps for ever.
   */
  async cut(days: number): Promise<number> {
    if (days <= 0) return 0;
    const before = this.#clock.now() - Math.max(days, auditDaysMin) * dayMicroseconds;
    const [exported] = await this.#records.query<{ number: number; hash: string }>(
      'SELECT number::float8 AS number, hash FROM audit_exports ORDER BY audit_exports.number DESC LIMIT 1',
    );
    if (exported === undefined) return 0;
    const cut = await this.lastCut();
    const from = cut?.number ?? 0;
    const [last] = await this.#records.query<{ number: number; hash: string }>(
      `SELECT number::float8 AS number, hash FROM audit WHERE time < $1 AND number <= $2 AND number <= $3
         AND number < (SELECT max(number) FROM audit) ORDER BY audit.number DESC LIMIT 1`,
      [before, Number(exported.number), from + cutMax],
    );
    if (last === undefined || Number(last.number) <= from) return 0;
    const number = Number(last.number);
    const report = await this.verify();
    if (!report.ok) throw new Error(`the audit trail is not whole (${report.broken?.reason}); it is not cut`);
    const [same] = await this.#records.query<{ hash: string }>('SELECT hash FROM audit WHERE number = $1', [
      Number(exported.number),
    ]);
    if (same?.hash !== exported.hash)
      throw new Error('the audit trail is not the one that was exported; it is not cut');
    const entry = {
      actor: { kind: 'platform', id: 'retention' },
      action: 'audit.cut',
      object: '',
      place: '',
      detail: { from: from + 1, to: number, hash: last.hash, exportedTo: Number(exported.number), days },
    } as const;
    await this.record({ ...entry, outcome: 'asked' });
    const head = this.#key.head(number, last.hash, formatInstant(this.#clock.now()));
    await this.#records.transaction([
      {
        sql: 'INSERT INTO audit_cuts (number, head) VALUES ($1, $2)',
        parameters: [number, JSON.stringify(head)],
      },
      { sql: 'DELETE FROM audit WHERE number <= $1', parameters: [number] },
      { sql: 'DELETE FROM audit_exports WHERE number <= $1', parameters: [number] },
    ]);
    await this.record({ ...entry, outcome: 'done' });
    return number - from;
  }

  /** Walks the whole chain as it stands in the store. */
  async verify(): Promise<ChainReport> {
    // What this process wrote last must still be there: a trail cut at its end is whole in itself.
    const written = this.#head;
    const head = await this.head();
    const last = Math.max(written?.number ?? 0, head?.number ?? 0);
    const cut = await this.lastCut();
    const first = cut?.number ?? 0;
    let number = first;
    let previous = cut?.hash ?? noHash;
    const broken = (at: number, reason: string): ChainReport => ({
      ok: false,
      records: number - first,
      broken: { number: at, reason },
      head,
    });
    if (cut !== undefined && (cut.key !== this.#key.publicKey || !headHolds(cut)))
      return broken(first, 'cut-not-signed');
    for await (const rows of this.#walk(last)) {
      for (const row of rows) {
        const at = Number(row.number);
        if (at !== number + 1) return broken(number + 1, 'missing');
        let record: AuditRecord;
        try {
          record = recordOf(row);
        } catch {
          return broken(at, 'not-readable');
        }
        const { hash, ...body } = record;
        if (record.number !== at) return broken(at, 'number-differs');
        if (record.previous !== previous) return broken(at, 'not-chained');
        if (hashOf(body) !== hash) return broken(at, 'changed');
        if (columnsDiffer(row, record)) return broken(at, 'index-differs');
        number = at;
        previous = hash;
      }
    }
    if (number !== last) return broken(number + 1, 'missing');
    return { ok: true, records: number - first, head };
  }

  async #write(): Promise<void> {
    // Entries of the same turn go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, groupMax);
      try {
        const numbers = await this.#append(group.map(({ entry }) => entry));
        group.forEach(({ done }, index) => {
          done(numbers[index]!);
        });
      } catch (error) {
        // Whether it was written is not known: the next one asks the store where the chain ends.
        this.#head = undefined;
        for (const { failed } of group) failed(error);
      }
    }
    // In the same turn in which nothing was found waiting: whoever comes after it starts the next.
    this.#writing = undefined;
  }

  async #append(entries: readonly AuditEntry[]): Promise<number[]> {
    let { number, hash, time } = await this.#readHead();
    const records: AuditRecord[] = [];
    for (const entry of entries) {
      // Never earlier than the record before it, even where the machine's clock was set back.
      time = Math.max(time, this.#clock.now());
      const record = chained(entry, number + 1, formatInstant(time), hash);
      number = record.number;
      hash = record.hash;
      records.push(record);
    }
    const column = (of: (record: AuditRecord) => RecordValue): RecordValue => records.map(of);
    await this.#records.transaction([
      {
        sql: `INSERT INTO audit (number, time, actor_kind, actor, behind, action, object, place, outcome, hash, entry)
              SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])`,
        parameters: [
          column((record) => record.number),
          column((record) => parseInstant(record.time)!),
          column((record) => record.actor.kind),
          column((record) => record.actor.id),
          column((record) => record.actor.for ?? ''),
          column((record) => record.action),
          column((record) => record.object),
          column((record) => record.place),
          column((record) => record.outcome),
          column((record) => record.hash),
          column(({ hash: _, ...body }) => JSON.stringify(body)),
        ],
      },
    ]);
    this.#head = { number, hash, time };
    return records.map((record) => record.number);
  }

  async #readHead(): Promise<{ number: number; hash: string; time: Microseconds }> {
    if (this.#head !== undefined) return this.#head;
    const [row] = await this.#records.query<{ number: number; hash: string; time: number }>(
      'SELECT number::float8 AS number, hash, time::float8 AS time FROM audit ORDER BY audit.number DESC LIMIT 1',
    );
    this.#head =
      row === undefined
        ? { number: 0, hash: noHash, time: Number.NEGATIVE_INFINITY }
        : { number: Number(row.number), hash: row.hash, time: Number(row.time) };
    return this.#head;
  }

  async *#walk(last: number): AsyncGenerator<AuditRow[]> {
    let after = 0;
    while (after < last) {
      const rows: AuditRow[] = await this.#records.query<AuditRow>(
        `SELECT number::float8 AS number, time::float8 AS time, actor, action, object, place, outcome, hash, entry FROM audit
         WHERE number > $1 AND number <= $2 ORDER BY audit.number LIMIT ${readMax}`,
        [after, last],
      );
      if (rows.length === 0) return;
      after = Number(rows.at(-1)!.number);
      yield rows;
    }
  }
}

interface AuditRow {
  number: number;
  time: number;
  actor: string;
  action: string;
  object: string;
  place: string;
  outcome: string;
  hash: string;
  entry: string;
}

function recordOf(row: { entry: string; hash: string }): AuditRecord {
  return { ...(JSON.parse(row.entry) as Omit<AuditRecord, 'hash'>), hash: row.hash };
}

/** The line of an export: the entry as it stands in the store, with its hash as the last member. */
function withHash(row: { entry: string; hash: string }): string {
  return JSON.stringify({ ...(JSON.parse(row.entry) as object), hash: row.hash });
}

/** What a search goes by must say the same as what was hashed, or a record could be hidden from searches. */
function columnsDiffer(row: AuditRow, record: AuditRecord): boolean {
  return (
    row.actor !== record.actor.id ||
    row.action !== record.action ||
    row.object !== record.object ||
    row.place !== record.place ||
    row.outcome !== record.outcome ||
    Number(row.time) !== parseInstant(record.time)
  );
}

function conditions(search: AuditSearch): { where: string; parameters: RecordValue[] } {
  const parts: string[] = [];
  const parameters: RecordValue[] = [];
  const parameter = (value: RecordValue): string => `$${parameters.push(value)}`;
  const below = (place: string): string =>
    `(place = ${parameter(place)} OR starts_with(place, ${parameter(`${place}/`)}))`;
  const clean = (text: string): string => text.replaceAll('\u0000', '');
  if (!search.within.includes(''))
    parts.push(search.within.length === 0 ? 'false' : `(${search.within.map(below).join(' OR ')})`);
  if (search.actor !== undefined) {
    const actor = parameter(clean(search.actor));
    parts.push(`(actor = ${actor} OR behind = ${actor})`);
  }
  if (search.action !== undefined) {
    const action = clean(search.action);
    parts.push(`(action = ${parameter(action)} OR action LIKE ${parameter(`${escaped(action)}.%`)})`);
  }
  if (search.object !== undefined) parts.push(`object = ${parameter(clean(search.object))}`);
  if (search.place !== undefined && search.place !== '') parts.push(below(clean(search.place)));
  if (search.outcome !== undefined) parts.push(`outcome = ${parameter(clean(search.outcome))}`);
  if (search.from !== undefined) parts.push(`time >= ${parameter(search.from)}`);
  if (search.to !== undefined) parts.push(`time < ${parameter(search.to)}`);
  if (search.text !== undefined && search.text !== '')
    parts.push(`entry ILIKE ${parameter(`%${escaped(clean(search.text))}%`)}`);
  return { where: parts.length === 0 ? 'true' : parts.join(' AND '), parameters };
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
