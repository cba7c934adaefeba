import { alarmLimits, type Microseconds } from '@millrace/contract';
import type { Clock, Log, RecordStatement, RecordStore } from '@millrace/sdk';
import { type AlarmRecord, stateOf } from './life-cycle.ts';
import type { Track } from './track.ts';

export interface JournalEntry {
  alarm: string;
  n: number;
  time: Microseconds;
  what: string;
  by: string;
  text: string;
}

/** A message on its way out, written together with what it tells. */
export interface Outgoing {
  /** Names this message for ever: the receiver tells repeats by it. */
  key: string;
  channel: string;
  alarm: string;
  priority: string;
  message: Record<string, unknown>;
}

const retryMilliseconds = 2_000;
/** How much may wait for a store that does not take it, before the oldest entries are let go (alarms themselves are kept). */
const entriesWaitingMax = 50_000;
const progressMilliseconds = 5_000;
/** The oldest are let go once in so many alarms written, as a part of what is kept: looking costs more than writing one. */
const partWrittenBetween = 0.005;

/**
 * Writes alarms, what happened to them, and the messages about them, in order and together, behind the evaluation. What was evaluated but not
 * yet written when the power went is evaluated again from history: `progress` says from where.
 */
export class AlarmJournal {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #log: Log;
  #alarms = new Map<string, AlarmRecord>();
  #entries: JournalEntry[] = [];
  #outgoing: Outgoing[] = [];
  #tracks = new Map<string, { rule: string; thing: string; track: Track | undefined }>();
  #written: Promise<void> = Promise.resolve();
  #writing = false;
  #scheduled = false;
  #evaluated = false;
  #callOff: (() => void) | undefined;
  #stopped = false;
  #writtenSincePruned = 0;
  readonly #keptMax: number;
  /** Entries let go because the store did not take them. */
  lost = 0;
  failing: string | undefined;
  /** Called after messages were written. */
  onOutgoing: () => void = () => {};

  constructor(records: RecordStore, clock: Clock, log: Log, keptMax: number = alarmLimits.alarmsKeptMax) {
    this.#keptMax = keptMax;
    this.#records = records;
    this.#clock = clock;
    this.#log = log;
  }

  alarm(record: AlarmRecord): void {
    this.#alarms.set(record.id, record);
    this.#schedule();
  }

  entry(record: AlarmRecord, what: string, by: string, text: string): JournalEntry {
    const entry = { alarm: record.id, n: record.entries++, time: this.#clock.now(), what, by, text };
    if (this.#entries.length >= entriesWaitingMax) {
      this.#entries.shift();
      this.lost++;
    }
    this.#entries.push(entry);
    this.alarm(record);
    return entry;
  }

  outgoing(messages: readonly Outgoing[]): void {
    if (messages.length === 0) return;
    if (this.#outgoing.length < entriesWaitingMax) this.#outgoing.push(...messages);
    else this.lost += messages.length;
    this.#schedule();
  }

  /** A delay that is being served; undefined: none (any more). */
  track(rule: string, thing: string, track: Track | undefined): void {
    this.#tracks.set(`${rule}\n${thing}`, {
      rule,
      thing,
      track: track === undefined ? undefined : { ...track },
    });
    this.#schedule();
  }

  /** Samples were evaluated: the next write says until when. */
  evaluated(): void {
    this.#evaluated = true;
    this.#callOff ??= this.#clock.after(progressMilliseconds, () => {
      this.#callOff = undefined;
      this.#schedule();
    });
  }

  /** Resolves when everything so far is written; rejects if the store does not take it now. */
  async flush(): Promise<void> {
    this.#schedule();
    await new Promise<void>((resolve) => setImmediate(resolve));
    await this.#written;
    if (this.failing !== undefined) throw new Error(this.failing);
  }

  async stop(): Promise<void> {
    this.#callOff?.();
    await this.flush().catch(() => {});
    this.#stopped = true;
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#writing) this.#written = this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (
        this.#alarms.size > 0 ||
        this.#entries.length > 0 ||
        this.#outgoing.length > 0 ||
        this.#tracks.size > 0 ||
        this.#evaluated
      ) {
        const alarms = this.#alarms;
        const entries = this.#entries;
        const outgoing = this.#outgoing;
        const tracks = this.#tracks;
        this.#alarms = new Map();
        this.#entries = [];
        this.#outgoing = [];
        this.#tracks = new Map();
        this.#evaluated = false;
        const until = this.#clock.now();
        try {
          await this.#records.transaction(
            statements([...alarms.values()], entries, outgoing, [...tracks.values()], until),
          );
          this.failing = undefined;
          this.#writtenSincePruned += alarms.size;
          if (outgoing.length > 0) this.onOutgoing();
        } catch (error) {
          // Nothing of it was written; it waits, and what came since goes on top.
          for (const [id, record] of this.#alarms) alarms.set(id, record);
          this.#alarms = alarms;
          this.#entries = [...entries, ...this.#entries];
          this.#outgoing = [...outgoing, ...this.#outgoing];
          for (const [key, track] of this.#tracks) tracks.set(key, track);
          this.#tracks = tracks;
          const words = error instanceof Error ? error.message : String(error);
          if (this.failing === undefined) this.#log.error('alarms could not be written', { error: words });
          this.failing = words;
          if (!this.#stopped) this.#clock.after(retryMilliseconds, () => this.#schedule());
          return;
        }
      }
    } finally {
      this.#writing = false;
    }
    await this.#prune();
  }

  /** Lets go of the oldest alarms that are over, beyond what is kept. */
  async #prune(): Promise<void> {
    if (this.#writtenSincePruned < Math.max(1, this.#keptMax * partWrittenBetween)) return;
    this.#writtenSincePruned = 0;
    try {
      await this.#records.query(
        `WITH gone AS (
           DELETE FROM alarms WHERE NOT open AND time < (SELECT time FROM alarms ORDER BY time DESC OFFSET $1 LIMIT 1) RETURNING id
         ) DELETE FROM alarm_entries USING gone WHERE alarm_entries.alarm = gone.id`,
        [this.#keptMax - 1],
      );
    } catch (error) {
      this.#log.warn('old alarms could not be let go; it is tried again', { error: String(error) });
    }
  }
}

function statements(
  alarms: readonly AlarmRecord[],
  entries: readonly JournalEntry[],
  outgoing: readonly Outgoing[],
  tracks: readonly { rule: string; thing: string; track: Track | undefined }[],
  until: Microseconds,
): RecordStatement[] {
  const made: RecordStatement[] = [];
  if (alarms.length > 0) {
    made.push({
      sql: `INSERT INTO alarms (id, rule, thing, place, priority, state, time, raised, changed, grp, title, open, record)
            SELECT id, rule, thing, place, priority, state, time, raised, changed, grp, title, open, record
            FROM jsonb_to_recordset($1::jsonb) AS x(id text, rule text, thing text, place text, priority text, state text, time bigint,
              raised bigint, changed bigint, grp text, title text, open boolean, record jsonb)
            ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, changed = EXCLUDED.changed, grp = EXCLUDED.grp, open = EXCLUDED.open,
              record = EXCLUDED.record`,
      parameters: [
        JSON.stringify(
          alarms.map((record) => ({
            id: record.id,
            rule: record.rule,
            thing: record.thing,
            place: record.place,
            priority: record.priority,
            state: stateOf(record),
            time: record.time,
            raised: record.raised,
            changed: record.changed,
            grp: record.group,
            title: `${record.said.title} ${record.said.thingTitle}`,
            open: !record.closed,
            record,
          })),
        ).replaceAll('\\u0000', ''),
      ],
    });
  }
  if (entries.length > 0) {
    made.push({
      sql: `INSERT INTO alarm_entries (alarm, n, time, what, by_whom, text)
            SELECT alarm, n, time, what, by, text FROM jsonb_to_recordset($1::jsonb) AS x(alarm text, n integer, time bigint, what text, by text, text text)
            ON CONFLICT DO NOTHING`,
      parameters: [JSON.stringify(entries).replaceAll('\\u0000', '')],
    });
  }
  if (outgoing.length > 0) {
    made.push({
      sql: `INSERT INTO alarm_notifications (key, channel, alarm, priority, message, created, due)
            SELECT key, channel, alarm, priority, message, $2, $2
            FROM jsonb_to_recordset($1::jsonb) AS x(key text, channel text, alarm text, priority text, message jsonb)
            ON CONFLICT DO NOTHING`,
      parameters: [JSON.stringify(outgoing).replaceAll('\\u0000', ''), until],
    });
  }
  const begun = tracks.filter((one) => one.track !== undefined);
  if (begun.length > 0) {
    made.push({
      sql: `INSERT INTO alarm_delays (rule, thing, track)
            SELECT rule, thing, track FROM jsonb_to_recordset($1::jsonb) AS x(rule text, thing text, track jsonb)
            ON CONFLICT (rule, thing) DO UPDATE SET track = EXCLUDED.track`,
      parameters: [JSON.stringify(begun)],
    });
  }
  const ended = tracks.filter((one) => one.track === undefined);
  if (ended.length > 0) {
    made.push({
      sql: `DELETE FROM alarm_delays USING jsonb_to_recordset($1::jsonb) AS x(rule text, thing text)
            WHERE alarm_delays.rule = x.rule AND alarm_delays.thing = x.thing`,
      parameters: [JSON.stringify(ended.map(({ rule, thing }) => ({ rule, thing })))],
    });
  }
  made.push({
    sql: `INSERT INTO alarm_progress (name, value) VALUES ('evaluated', $1::jsonb)
          ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value`,
    parameters: [String(until)],
  });
  return made;
}
