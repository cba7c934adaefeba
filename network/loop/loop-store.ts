import {
  type LocalText,
  type LoopActionState,
  type LoopSettings,
  type Microseconds,
  networkControlLimits,
} from '@millrace/contract';
import type { RecordStore, RecordValue } from '@millrace/sdk';
import type { Action, Decision, LoopSituation } from './situation.ts';

export const loopMigrations = [
  {
    id: 'network-control-030-loop',
    sql: `
      CREATE TABLE network_loop (id int PRIMARY KEY CHECK (id = 1), settings jsonb NOT NULL);
      CREATE TABLE network_actions (id text PRIMARY KEY, time bigint NOT NULL, ended bigint, state text NOT NULL, flow text NOT NULL,
        terminal text NOT NULL, action jsonb NOT NULL);
      CREATE INDEX network_actions_by_time ON network_actions (time DESC);
      CREATE TABLE network_decisions (id text PRIMARY KEY, time bigint NOT NULL, words jsonb NOT NULL, situation jsonb NOT NULL,
        decision jsonb NOT NULL);
      CREATE INDEX network_decisions_by_time ON network_decisions (time DESC);
    `,
  },
] as const;

export interface ActionSearch {
  state?: LoopActionState | undefined;
  flow?: string | undefined;
  terminal?: string | undefined;
  before?: Microseconds | undefined;
  limit: number;
}

export interface StoredDecision {
  id: string;
  time: Microseconds;
  words: LocalText;
  situation: LoopSituation;
  decision: Decision;
}

/** What the loop keeps. */
export interface LoopStore {
  settings(): Promise<Partial<LoopSettings> | undefined>;
  putSettings(settings: LoopSettings): Promise<void>;
  /** Open ones, and those that were proposed or ended since. */
  remembered(since: Microseconds, limit: number): Promise<Action[]>;
  search(search: ActionSearch): Promise<Action[]>;
  get(id: string): Promise<Action | undefined>;
  save(action: Action): Promise<void>;
  addDecision(decision: StoredDecision): Promise<void>;
  decisions(limit: number): Promise<Pick<StoredDecision, 'id' | 'time' | 'words'>[]>;
  decision(id: string): Promise<StoredDecision | undefined>;
}

/** Who was told of a violation that lasts is remembered this long over a restart: 30 days. */
const toldMicroseconds = 30 * 86_400_000_000;
/** Old ones are let go of every so many new ones. */
const pruneEvery = 100;

export class RecordedLoop implements LoopStore {
  readonly #records: RecordStore;
  #actionsSaved = 0;
  #decisionsSaved = 0;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  async settings(): Promise<Partial<LoopSettings> | undefined> {
    const rows = await this.#records.query<{ settings: Partial<LoopSettings> }>(
      'SELECT settings FROM network_loop',
    );
    return rows[0]?.settings;
  }

  async putSettings(settings: LoopSettings): Promise<void> {
    await this.#records.query(
      'INSERT INTO network_loop (id, settings) VALUES (1, $1::jsonb) ON CONFLICT (id) DO UPDATE SET settings = EXCLUDED.settings',
      [JSON.stringify(settings)],
    );
  }

  remembered(since: Microseconds, limit: number): Promise<Action[]> {
    return this.#actions(
      `state IN ('proposed', 'doing', 'watching', 'undoing', 'helped') OR time >= $1 OR ended >= $1
       OR (state = 'told' AND time >= $2)`,
      [since, since - toldMicroseconds],
      limit,
    );
  }

  search({ state, flow, terminal, before, limit }: ActionSearch): Promise<Action[]> {
    const conditions = ['true'];
    const parameters: RecordValue[] = [];
    const add = (column: string, operator: string, value: string | number | undefined): void => {
      if (value !== undefined) conditions.push(`${column} ${operator} $${parameters.push(value)}`);
    };
    add('state', '=', state);
    add('flow', '=', flow);
    add('terminal', '=', terminal);
    add('time', '<', before);
    return this.#actions(conditions.join(' AND '), parameters, limit);
  }

  async get(id: string): Promise<Action | undefined> {
    return (await this.#actions('id = $1', [id], 1))[0];
  }

  async save(action: Action): Promise<void> {
    await this.#records.query(
      `INSERT INTO network_actions (id, time, ended, state, flow, terminal, action) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
       ON CONFLICT (id) DO UPDATE SET ended = EXCLUDED.ended, state = EXCLUDED.state, action = EXCLUDED.action`,
      [
        action.id,
        action.proposed,
        action.ended ?? null,
        action.state,
        action.flow,
        action.terminal,
        JSON.stringify(action),
      ],
    );
    if (++this.#actionsSaved % pruneEvery === 0)
      await this.#records.query(
        `DELETE FROM network_actions WHERE state NOT IN ('proposed', 'doing', 'watching', 'undoing', 'helped')
         AND time < (SELECT min(time) FROM (SELECT time FROM network_actions ORDER BY time DESC LIMIT $1) AS kept)`,
        [networkControlLimits.actionsKeptMax],
      );
  }

  async addDecision({ id, time, words, situation, decision }: StoredDecision): Promise<void> {
    await this.#records.query(
      `INSERT INTO network_decisions (id, time, words, situation, decision) VALUES ($1, $2, $3::jsonb, $4::jsonb, $5::jsonb)`,
      [id, time, JSON.stringify(words), JSON.stringify(situation), JSON.stringify(decision)],
    );
    if (++this.#decisionsSaved % pruneEvery === 0)
      await this.#records.query(
        `DELETE FROM network_decisions
         WHERE time < (SELECT min(time) FROM (SELECT time FROM network_decisions ORDER BY time DESC LIMIT $1) AS kept)`,
        [networkControlLimits.decisionsKeptMax],
      );
  }

  async decisions(limit: number): Promise<Pick<StoredDecision, 'id' | 'time' | 'words'>[]> {
    const rows = await this.#records.query<{ id: string; time: string | number; words: LocalText }>(
      'SELECT id, time, words FROM network_decisions ORDER BY time DESC, id DESC LIMIT $1',
      [limit],
    );
    return rows.map(({ id, time, words }) => ({ id, time: Number(time), words }));
  }

  async decision(id: string): Promise<StoredDecision | undefined> {
    const rows = await this.#records.query<StoredDecision>(
      'SELECT id, time, words, situation, decision FROM network_decisions WHERE id = $1',
      [id],
    );
    const row = rows[0];
    return row === undefined ? undefined : { ...row, time: Number(row.time) };
  }

  async #actions(where: string, parameters: RecordValue[], limit: number): Promise<Action[]> {
    const rows = await this.#records.query<{ action: Action }>(
      `SELECT action FROM network_actions WHERE ${where} ORDER BY time DESC, id DESC LIMIT $${parameters.length + 1}`,
      [...parameters, limit],
    );
    return rows.map(({ action }) => action);
  }
}
