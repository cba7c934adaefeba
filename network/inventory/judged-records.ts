import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Microseconds, NetworkIncident } from '@millrace/contract';
import { formatInstant, networkLimits, parseInstant } from '@millrace/contract';
import type { NetworkPlatform, RecordStatement } from '@millrace/sdk';

export const minute = 60_000_000;
export const hour = 3_600_000_000;
export const day = 24 * hour;

/** How long lines are kept: minutes for a day, hours for 13 months. */
export const keptMinutes = day;
export const keptHours = 396 * day;
/** Pairs are spread over so many rows, so that reading one reads a part. */
export const buckets = 16;
const writesWaitingMax = 10_000;
const retryMilliseconds = 5_000;

/**
 * What was measured and judged of one pair in a minute or an hour. In this order, null where there is none: messages, lost, p50, p95, p99, jitter (ms), share of
 * time up, seconds down, down-events, seconds met, violated, undecided, method.
 */
export type Line = (number | string | null)[];

export const bucketOf = (key: string): number => createHash('sha256').update(key).digest()[0]! % buckets;

const pack = (value: unknown): string =>
  deflateRawSync(JSON.stringify(value), { level: 4 }).toString('base64');
function unpack<T>(text: string): Record<string, T> {
  try {
    return JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString('utf8')) as Record<string, T>;
  } catch {
    return {};
  }
}

export interface IncidentRecord {
  id: string;
  flow: string;
  terminal: string;
  since: Microseconds;
  until: Microseconds | undefined;
  /** The rest, as it is shown. */
  incident: NetworkIncident;
}

/** Incidents of one pair have ids of their own time and place: written twice, they are one. */
export const incidentIdOf = (flow: string, terminal: string, since: Microseconds): string =>
  `${since.toString(36)}-${createHash('sha256').update(`${flow}\n${terminal}`).digest('hex').slice(0, 10)}`;

/** Verdicts, lines and incidents in the record store. Writes go one after the other, and are tried again until they are kept. */
export class JudgedRecords {
  readonly #platform: NetworkPlatform;
  #waiting: (() => RecordStatement[])[] = [];
  #writing: Promise<void> | undefined;
  #stopped = false;
  dropped = 0;
  failing: string | undefined;

  constructor(platform: NetworkPlatform) {
    this.#platform = platform;
  }

  /** In the order of asking. All statements of one call are kept together or not at all. */
  write(statements: RecordStatement[]): void {
    if (statements.length === 0) return;
    if (this.#waiting.length >= writesWaitingMax) {
      this.dropped++;
      return;
    }
    this.#waiting.push(() => statements);
    this.#writing ??= this.#work().finally(() => {
      this.#writing = undefined;
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        await this.#platform.records.transaction(this.#waiting[0]!());
        this.#waiting.shift();
        this.failing = undefined;
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        if (this.failing === undefined)
          this.#platform.log.warn('what was judged cannot be kept', { error: words });
        this.failing = words;
        if (isRefused(error)) {
          // What the store will never take must not keep the rest from it.
          this.#platform.log.error('something that was judged is not kept: the store refuses it', {
            error: words,
          });
          this.#waiting.shift();
          this.dropped++;
          continue;
        }
        if (this.#stopped) return;
        await new Promise<void>((resolve) => this.#platform.clock.after(retryMilliseconds, resolve));
      }
    }
  }

  /** Resolves when everything so far is kept, or cannot be. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  verdictStatement(flow: string, terminal: string, verdict: unknown): RecordStatement {
    return {
      sql: 'INSERT INTO network_verdicts (flow, terminal, verdict) VALUES ($1, $2, $3::jsonb) ON CONFLICT (flow, terminal) DO UPDATE SET verdict = EXCLUDED.verdict',
      parameters: [flow, terminal, JSON.stringify(verdict)],
    };
  }

  incidentStatements(record: IncidentRecord): RecordStatement[] {
    return [
      {
        sql: `INSERT INTO network_incidents (id, flow, terminal, since, until, incident) VALUES ($1, $2, $3, $4, $5, $6::jsonb)
              ON CONFLICT (id) DO UPDATE SET until = EXCLUDED.until, incident = EXCLUDED.incident`,
        parameters: [
          record.id,
          record.flow,
          record.terminal,
          record.since,
          record.until ?? null,
          JSON.stringify(record.incident),
        ],
      },
      ...(record.until === undefined
        ? []
        : [
            {
              sql: `DELETE FROM network_incidents WHERE until IS NOT NULL AND since <= (SELECT since FROM network_incidents ORDER BY since DESC OFFSET $1 LIMIT 1)`,
              parameters: [networkLimits.incidentsKeptMax],
            },
          ]),
    ];
  }

  async verdicts<T>(): Promise<{ flow: string; terminal: string; verdict: T }[]> {
    return this.#platform.records.query('SELECT flow, terminal, verdict FROM network_verdicts');
  }

  async openIncidents(): Promise<IncidentRecord[]> {
    const rows = await this.#platform.records.query<IncidentRow>(
      `SELECT ${incidentColumns} FROM network_incidents WHERE until IS NULL`,
    );
    return rows.map(incidentOf);
  }

  async incidents(filter: {
    flow?: string | undefined;
    terminal?: string | undefined;
    open?: boolean | undefined;
    from?: Microseconds | undefined;
    to?: Microseconds | undefined;
    limit: number;
  }): Promise<IncidentRecord[]> {
    const rows = await this.#platform.records.query<IncidentRow>(
      `SELECT ${incidentColumns} FROM network_incidents
       WHERE ($1::text IS NULL OR flow = $1) AND ($2::text IS NULL OR terminal = $2)
         AND ($3::boolean IS NULL OR (until IS NULL) = $3)
         AND ($4::bigint IS NULL OR until IS NULL OR until >= $4) AND ($5::bigint IS NULL OR since < $5)
       ORDER BY since DESC LIMIT $6`,
      [
        filter.flow ?? null,
        filter.terminal ?? null,
        filter.open ?? null,
        filter.from ?? null,
        filter.to ?? null,
        filter.limit,
      ],
    );
    return rows.map(incidentOf);
  }

  async incident(id: string): Promise<IncidentRecord | undefined> {
    const [row] = await this.#platform.records.query<IncidentRow>(
      `SELECT ${incidentColumns} FROM network_incidents WHERE id = $1`,
      [id],
    );
    return row === undefined ? undefined : incidentOf(row);
  }

  /** A minute that is over (or is broken off: then it is read again by `openMinutes` and written anew). */
  minuteStatements(
    start: Microseconds,
    bucket: number,
    lines: Readonly<Record<string, Line>>,
    blocks: Readonly<Record<string, unknown>>,
  ): RecordStatement[] {
    return [
      {
        sql: 'INSERT INTO network_minutes (start, bucket, lines) VALUES ($1, $2, $3) ON CONFLICT (start, bucket) DO UPDATE SET lines = EXCLUDED.lines',
        parameters: [start, bucket, pack(lines)],
      },
      {
        sql: 'INSERT INTO network_open_minutes (start, bucket, blocks) VALUES ($1, $2, $3) ON CONFLICT (start, bucket) DO UPDATE SET blocks = EXCLUDED.blocks',
        parameters: [start, bucket, pack(blocks)],
      },
    ];
  }

  /** An hour that is over; `bucket`: of one bucket alone, whose minutes are no longer open. */
  hourStatements(
    start: Microseconds,
    byBucket: ReadonlyMap<number, Readonly<Record<string, Line>>>,
    bucket?: number,
  ): RecordStatement[] {
    return [
      ...[...byBucket]
        .filter(([, lines]) => Object.keys(lines).length > 0)
        .map(([one, lines]) => ({
          sql: 'INSERT INTO network_hours (start, bucket, lines) VALUES ($1, $2, $3) ON CONFLICT (start, bucket) DO NOTHING',
          parameters: [start, one, pack(lines)],
        })),
      {
        sql: 'DELETE FROM network_open_minutes WHERE start < $1 AND ($2::integer IS NULL OR bucket = $2)',
        parameters: [start + hour, bucket ?? null],
      },
      {
        sql: 'DELETE FROM network_minutes WHERE start < $1 AND ($2::integer IS NULL OR bucket = $2)',
        parameters: [start + hour - keptMinutes, bucket ?? null],
      },
      {
        sql: 'DELETE FROM network_hours WHERE start < $1 AND ($2::integer IS NULL OR bucket = $2)',
        parameters: [start + hour - keptHours, bucket ?? null],
      },
    ];
  }

  /** Minutes of hours that have not been closed: what a start goes on from. */
  async openMinutes<Block>(): Promise<
    { start: Microseconds; bucket: number; lines: Record<string, Line>; blocks: Record<string, Block> }[]
  > {
    const rows = await this.#platform.records.query<{
      start: string;
      bucket: number;
      blocks: string;
      lines: string | null;
    }>(
      `SELECT o.start::text AS start, o.bucket, o.blocks, m.lines FROM network_open_minutes o
       LEFT JOIN network_minutes m ON m.start = o.start AND m.bucket = o.bucket ORDER BY o.start, o.bucket`,
    );
    return rows.map((row) => ({
      start: Number(row.start),
      bucket: row.bucket,
      lines: row.lines === null ? {} : unpack<Line>(row.lines),
      blocks: unpack<Block>(row.blocks),
    }));
  }

  /** Lines of one pair, ascending. */
  async lines(
    step: 'minute' | 'hour',
    key: string,
    from: Microseconds,
    to: Microseconds,
  ): Promise<{ start: Microseconds; line: Line }[]> {
    const rows = await this.#platform.records.query<{ start: string; lines: string }>(
      `SELECT start::text AS start, lines FROM network_${step === 'minute' ? 'minutes' : 'hours'} WHERE bucket = $1 AND start >= $2 AND start < $3 ORDER BY start`,
      [bucketOf(key), from, to],
    );
    return rows.flatMap((row) => {
      const line = unpack<Line>(row.lines)[key];
      return line === undefined ? [] : [{ start: Number(row.start), line }];
    });
  }

  /** All hours of a time, a day at a time, so that a month does not stand in memory at once. */
  async *hours(
    from: Microseconds,
    to: Microseconds,
  ): AsyncGenerator<{ start: Microseconds; lines: Record<string, Line> }> {
    for (let begin = from; begin < to; begin += day) {
      const rows = await this.#platform.records.query<{ start: string; lines: string }>(
        'SELECT start::text AS start, lines FROM network_hours WHERE start >= $1 AND start < $2 ORDER BY start, bucket',
        [begin, Math.min(to, begin + day)],
      );
      for (const row of rows) yield { start: Number(row.start), lines: unpack<Line>(row.lines) };
    }
  }
}

/** The store will never take it: SQLSTATE classes 22 (data) and 23 (constraints), or more than it takes at all. */
function isRefused(error: unknown): boolean {
  const { code, engineCode } = error as { code?: unknown; engineCode?: unknown };
  return code === 'input' || (typeof engineCode === 'string' && /^2[23]/.test(engineCode));
}

interface IncidentRow {
  id: string;
  flow: string;
  terminal: string;
  since: string;
  until: string | null;
  incident: NetworkIncident;
}
const incidentColumns = 'id, flow, terminal, since::text AS since, until::text AS until, incident';

function incidentOf(row: IncidentRow): IncidentRecord {
  return {
    id: row.id,
    flow: row.flow,
    terminal: row.terminal,
    since: Number(row.since),
    until: row.until === null ? undefined : Number(row.until),
    incident: row.incident,
  };
}

export function newIncident(
  flow: string,
  terminal: string,
  since: Microseconds,
  criteria: NetworkIncident['criteria'],
): IncidentRecord {
  const id = incidentIdOf(flow, terminal, since);
  return {
    id,
    flow,
    terminal,
    since,
    until: undefined,
    incident: { id, flow, terminal, from: formatInstant(since), criteria, actions: [] },
  };
}

export const instantOr = (text: string | undefined, otherwise: Microseconds): Microseconds =>
  (text === undefined ? undefined : parseInstant(text)) ?? otherwise;
