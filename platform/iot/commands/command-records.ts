import type { Command, Microseconds, SetPointGroup } from '@millrace/contract';
import type { RecordStore, RecordValue } from '@millrace/sdk';
import { commandLimits } from './command-limits.ts';
import type { HeldLease } from './lease-table.ts';

/** The tables of commanding. Ids are applied once each, in order. */
export const commandMigrations = [
  {
    id: 'iot-020-commands',
    sql: `
      CREATE TABLE commands (
        id text PRIMARY KEY, thing text NOT NULL, place text NOT NULL, actor_kind text NOT NULL, actor_id text NOT NULL, key text,
        fingerprint text NOT NULL, lease bigint, kind text NOT NULL, name text NOT NULL, state text NOT NULL, final boolean NOT NULL,
        group_id text, created bigint NOT NULL, content jsonb NOT NULL);
      CREATE UNIQUE INDEX commands_key ON commands (actor_kind, actor_id, key) WHERE key IS NOT NULL;
      CREATE INDEX commands_created ON commands (created);
      CREATE INDEX commands_thing ON commands (thing, created);
      CREATE INDEX commands_open ON commands (id) WHERE NOT final;
      CREATE TABLE leases (thing text PRIMARY KEY, token bigint NOT NULL, held jsonb, unsafe jsonb);
      CREATE TABLE set_point_groups (
        id text PRIMARY KEY, actor_kind text NOT NULL, actor_id text NOT NULL, key text, fingerprint text NOT NULL,
        final boolean NOT NULL, created bigint NOT NULL, content jsonb NOT NULL);
      CREATE UNIQUE INDEX set_point_groups_key ON set_point_groups (actor_kind, actor_id, key) WHERE key IS NOT NULL;
      CREATE INDEX set_point_groups_created ON set_point_groups (created);
    `,
  },
] as const;

export interface CommandFilter {
  /** Places the caller may see, each with what is below it; undefined: all. */
  places: readonly string[] | undefined;
  thing?: string;
  state?: string;
  actor?: string;
  group?: string;
  text?: string;
  from?: Microseconds;
  to?: Microseconds;
  offset: number;
  limit: number;
}

const trimEvery = 500;

/** What is kept of commands, leases and groups. Every write is durable when it resolves. */
export class CommandRecords {
  readonly #records: RecordStore;
  #inserted = 0;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  /** False: the key has been used by the same actor before. */
  async insert(
    command: Command,
    place: string,
    fingerprint: string,
    created: Microseconds,
  ): Promise<boolean> {
    const rows = await this.#records.query(
      `INSERT INTO commands (id, thing, place, actor_kind, actor_id, key, fingerprint, lease, kind, name, state, final, group_id, created, content)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb)
       ON CONFLICT (actor_kind, actor_id, key) WHERE key IS NOT NULL DO NOTHING RETURNING id`,
      [
        command.id,
        command.thing,
        place,
        command.actor.kind,
        command.actor.id,
        command.key ?? null,
        fingerprint,
        command.lease ?? null,
        command.kind,
        command.name,
        command.state,
        command.final,
        command.group ?? null,
        created,
        JSON.stringify(command),
      ],
    );
    if (rows.length > 0 && ++this.#inserted % trimEvery === 0) await this.#trim();
    return rows.length > 0;
  }

  async update(command: Command): Promise<void> {
    await this.#records.query(
      'UPDATE commands SET state = $2, final = $3, content = $4::jsonb WHERE id = $1',
      [command.id, command.state, command.final, JSON.stringify(command)],
    );
  }

  async get(id: string): Promise<{ command: Command; place: string } | undefined> {
    const [row] = await this.#records.query<{ content: Command; place: string }>(
      'SELECT content, place FROM commands WHERE id = $1',
      [id.replaceAll('\u0000', '')],
    );
    return row === undefined ? undefined : { command: row.content, place: row.place };
  }

  async byKey(
    kind: string,
    actor: string,
    key: string,
  ): Promise<{ command: Command; fingerprint: string } | undefined> {
    const [row] = await this.#records.query<{ content: Command; fingerprint: string }>(
      'SELECT content, fingerprint FROM commands WHERE actor_kind = $1 AND actor_id = $2 AND key = $3',
      [kind, actor, key],
    );
    return row === undefined ? undefined : { command: row.content, fingerprint: row.fingerprint };
  }

  async open(): Promise<Command[]> {
    const rows = await this.#records.query<{ content: Command }>(
      'SELECT content FROM commands WHERE NOT final ORDER BY created',
    );
    return rows.map((row) => row.content);
  }

  /** What was sent under a lease, each once. */
  async sentUnder(thing: string, token: number): Promise<{ kind: string; name: string }[]> {
    return this.#records.query<{ kind: string; name: string }>(
      `SELECT DISTINCT kind, name FROM commands
       WHERE thing = $1 AND lease = $2 AND state IN ('sent', 'confirmed', 'timed-out', 'unknown')`,
      [thing, token],
    );
  }

  /** The latest first; one more than `limit`, where there are more. */
  async list(filter: CommandFilter): Promise<Command[]> {
    const conditions: string[] = [];
    const parameters: RecordValue[] = [];
    const where = (sql: string, value: RecordValue): void => {
      parameters.push(value);
      conditions.push(sql.replaceAll('?', `$${parameters.length}`));
    };
    const plain = (text: string): string => text.replaceAll('\u0000', '');
    if (filter.places !== undefined) {
      // `starts_with` has no wildcards: a place may hold any character.
      const either = filter.places.map((place) => {
        parameters.push(plain(place));
        return `(place = $${parameters.length} OR starts_with(place, $${parameters.length} || '/'))`;
      });
      conditions.push(either.length === 0 ? 'false' : `(${either.join(' OR ')})`);
    }
    if (filter.thing !== undefined) where('thing = ?', plain(filter.thing));
    if (filter.state !== undefined) where('state = ?', plain(filter.state));
    if (filter.actor !== undefined) where('actor_id = ?', plain(filter.actor));
    if (filter.group !== undefined) where('group_id = ?', plain(filter.group));
    if (filter.text !== undefined && filter.text !== '')
      where("position(lower(?) in lower(thing || ' ' || name || ' ' || actor_id)) > 0", plain(filter.text));
    if (filter.from !== undefined) where('created >= ?', filter.from);
    if (filter.to !== undefined) where('created < ?', filter.to);
    const rows = await this.#records.query<{ content: Command }>(
      `SELECT content FROM commands ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
       ORDER BY created DESC, id DESC LIMIT ${filter.limit + 1} OFFSET ${filter.offset}`,
      parameters,
    );
    return rows.map((row) => row.content);
  }

  async #trim(): Promise<void> {
    await this.#records.query(
      `DELETE FROM commands WHERE final AND created < (SELECT created FROM commands ORDER BY created DESC OFFSET ${commandLimits.commandsKeptMax} LIMIT 1)`,
    );
  }

  // ---- leases

  /** `unsafe`: a lease of this thing that was lost and whose safe action is not through. */
  async saveLease(
    thing: string,
    token: number,
    held: HeldLease | undefined,
    unsafe: HeldLease | undefined,
  ): Promise<void> {
    await this.#records.query(
      `INSERT INTO leases (thing, token, held, unsafe) VALUES ($1, $2, $3::jsonb, $4::jsonb)
       ON CONFLICT (thing) DO UPDATE SET token = GREATEST(leases.token, EXCLUDED.token), held = EXCLUDED.held, unsafe = EXCLUDED.unsafe`,
      [
        thing,
        token,
        held === undefined ? null : JSON.stringify(held),
        unsafe === undefined ? null : JSON.stringify(unsafe),
      ],
    );
  }

  async leases(): Promise<{ last: number; held: HeldLease[]; unsafe: HeldLease[] }> {
    const rows = await this.#records.query<{
      token: string;
      held: HeldLease | null;
      unsafe: HeldLease | null;
    }>('SELECT token::text AS token, held, unsafe FROM leases');
    return {
      last: rows.reduce((last, row) => Math.max(last, Number(row.token)), 0),
      held: rows.flatMap((row) => row.held ?? []),
      unsafe: rows.flatMap((row) => row.unsafe ?? []),
    };
  }

  // ---- groups

  async insertGroup(group: SetPointGroup, fingerprint: string, created: Microseconds): Promise<boolean> {
    const rows = await this.#records.query(
      `INSERT INTO set_point_groups (id, actor_kind, actor_id, key, fingerprint, final, created, content)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
       ON CONFLICT (actor_kind, actor_id, key) WHERE key IS NOT NULL DO NOTHING RETURNING id`,
      [
        group.id,
        group.actor.kind,
        group.actor.id,
        group.key ?? null,
        fingerprint,
        group.final,
        created,
        JSON.stringify(group),
      ],
    );
    await this.#records.query(
      `DELETE FROM set_point_groups WHERE final AND created < (SELECT created FROM set_point_groups ORDER BY created DESC OFFSET ${commandLimits.groupsKeptMax} LIMIT 1)`,
    );
    return rows.length > 0;
  }

  async updateGroup(group: SetPointGroup): Promise<void> {
    await this.#records.query('UPDATE set_point_groups SET final = $2, content = $3::jsonb WHERE id = $1', [
      group.id,
      group.final,
      JSON.stringify(group),
    ]);
  }

  async group(id: string): Promise<SetPointGroup | undefined> {
    const [row] = await this.#records.query<{ content: SetPointGroup }>(
      'SELECT content FROM set_point_groups WHERE id = $1',
      [id.replaceAll('\u0000', '')],
    );
    return row?.content;
  }

  async groupByKey(
    kind: string,
    actor: string,
    key: string,
  ): Promise<{ group: SetPointGroup; fingerprint: string } | undefined> {
    const [row] = await this.#records.query<{ content: SetPointGroup; fingerprint: string }>(
      'SELECT content, fingerprint FROM set_point_groups WHERE actor_kind = $1 AND actor_id = $2 AND key = $3',
      [kind, actor, key],
    );
    return row === undefined ? undefined : { group: row.content, fingerprint: row.fingerprint };
  }

  async groups(limit: number): Promise<SetPointGroup[]> {
    const rows = await this.#records.query<{ content: SetPointGroup }>(
      `SELECT content FROM set_point_groups ORDER BY created DESC, id DESC LIMIT ${limit}`,
    );
    return rows.map((row) => row.content);
  }

  async openGroups(): Promise<SetPointGroup[]> {
    const rows = await this.#records.query<{ content: SetPointGroup }>(
      'SELECT content FROM set_point_groups WHERE NOT final',
    );
    return rows.map((row) => row.content);
  }
}
