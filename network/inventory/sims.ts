import {
  formatInstant,
  inventoryLimits,
  type Microseconds,
  networkLimits,
  type Sim,
  type SimChange,
  type SimInput,
  type SimState,
  simTransitions,
} from '@millrace/contract';
import type { NetworkPlatform, RecordStatement } from '@millrace/sdk';
import { iccidProblem, peiProblem } from './identifiers.ts';
import { type FieldProblem, say, tooMany } from './refusals.ts';

export interface SimRecord {
  readonly input: SimInput;
  /** Since when it is in its state. */
  readonly since: Microseconds;
  seenIn: string | undefined;
  seen: Microseconds | undefined;
  parted: boolean;
}

const stateWords: Record<SimState, { en: string; zh: string }> = {
  'in-stock': { en: 'in stock', zh: '库存' },
  active: { en: 'active', zh: '在用' },
  suspended: { en: 'suspended', zh: '停机' },
  lost: { en: 'lost', zh: '挂失' },
  retired: { en: 'retired', zh: '销户' },
};
export const simStateWords = stateWords;

/** SIM cards: what they are, the device and thing they belong to, and what has become of them. */
export class Sims {
  readonly #platform: NetworkPlatform;
  readonly #sims = new Map<string, SimRecord>();
  readonly #bySupi = new Map<string, string>();

  private constructor(platform: NetworkPlatform) {
    this.#platform = platform;
  }

  static async open(platform: NetworkPlatform): Promise<Sims> {
    const sims = new Sims(platform);
    for (const row of await platform.records.query<{
      iccid: string;
      sim: SimInput & { since: Microseconds };
    }>('SELECT iccid, sim FROM network_sims ORDER BY iccid')) {
      const { since, ...input } = row.sim;
      sims.#set({ input, since, seenIn: undefined, seen: undefined, parted: false });
    }
    return sims;
  }

  all(): IterableIterator<SimRecord> {
    return this.#sims.values();
  }

  get size(): number {
    return this.#sims.size;
  }

  get(iccid: string): SimRecord | undefined {
    return this.#sims.get(iccid);
  }

  bySupi(supi: string): SimRecord | undefined {
    return this.#sims.get(this.#bySupi.get(supi) ?? '');
  }

  show({ input, since, seenIn, seen, parted }: SimRecord): Sim {
    return {
      ...input,
      since: formatInstant(since),
      ...(seenIn === undefined ? {} : { seenIn }),
      ...(seen === undefined ? {} : { seen: formatInstant(seen) }),
      parted,
    };
  }

  /** What is wrong with it, at the field; `before` is what there is of it. */
  check(input: SimInput, before: SimRecord | undefined): FieldProblem[] {
    const problems: FieldProblem[] = [];
    const iccid = iccidProblem(input.iccid);
    if (iccid !== undefined && before === undefined) problems.push({ field: 'iccid', message: iccid });
    const pei = input.pei === undefined ? undefined : peiProblem(input.pei);
    if (pei !== undefined) problems.push({ field: 'pei', message: pei });
    if (input.supi !== undefined) {
      const other = this.#bySupi.get(input.supi);
      if (other !== undefined && other !== input.iccid)
        problems.push({
          field: 'supi',
          message: say(`The SIM ${other} has this subscription already.`, `SIM ${other} 已使用此签约标识。`),
        });
    }
    const from = before?.input.state;
    if (from !== undefined && from !== input.state && !simTransitions[from].includes(input.state))
      problems.push({
        field: 'state',
        message:
          simTransitions[from].length === 0
            ? say('A retired SIM stays retired; register a new one.', '已销户的 SIM 不能再变更，请登记新卡。')
            : say(
                `A SIM that is ${stateWords[from].en} cannot become ${stateWords[input.state].en}.`,
                `SIM 不能从“${stateWords[from].zh}”变为“${stateWords[input.state].zh}”。`,
              ),
      });
    return problems;
  }

  /** Statements that keep these; `applied` puts them into memory once they are durable. Checked before. */
  keep(
    inputs: readonly SimInput[],
    by: string,
    reason: string | undefined,
  ): { statements: RecordStatement[]; applied: () => void } {
    const now = this.#platform.clock.now();
    const fresh = inputs.filter(({ iccid }) => !this.#sims.has(iccid)).length;
    if (this.#sims.size + fresh > networkLimits.simsMax) throw tooMany(this.#sims.size, 'simsMax');
    const next = inputs.map((input): SimRecord => {
      const before = this.#sims.get(input.iccid);
      return {
        input,
        since: before !== undefined && before.input.state === input.state ? before.since : now,
        seenIn: before?.seenIn,
        seen: before?.seen,
        parted: before?.parted ?? false,
      };
    });
    const moved = next.filter(({ input }) => this.#sims.get(input.iccid)?.input.state !== input.state);
    return {
      statements: [
        {
          sql: `INSERT INTO network_sims (iccid, sim) SELECT iccid, sim::jsonb FROM unnest($1::text[], $2::text[]) AS t(iccid, sim)
                ON CONFLICT (iccid) DO UPDATE SET sim = EXCLUDED.sim`,
          parameters: [
            next.map(({ input }) => input.iccid),
            next.map(({ input, since }) => JSON.stringify({ ...input, since })),
          ],
        },
        ...(moved.length === 0
          ? []
          : [
              {
                sql: `INSERT INTO network_sim_history (iccid, time, from_state, to_state, by_whom, reason)
                      SELECT iccid, $2, NULLIF(from_state, ''), to_state, $5, $6 FROM unnest($1::text[], $3::text[], $4::text[]) AS t(iccid, from_state, to_state)`,
                parameters: [
                  moved.map(({ input }) => input.iccid),
                  now,
                  moved.map(({ input }) => this.#sims.get(input.iccid)?.input.state ?? ''),
                  moved.map(({ input }) => input.state),
                  by,
                  reason ?? null,
                ],
              },
            ]),
        ...(moved.length === 1
          ? [
              {
                sql: `DELETE FROM network_sim_history WHERE iccid = $1 AND id <= (SELECT id FROM network_sim_history WHERE iccid = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
                parameters: [moved[0]!.input.iccid, inventoryLimits.simHistoryMax],
              },
            ]
          : []),
      ],
      applied: () => {
        for (const record of next) this.#set(record);
      },
    };
  }

  async put(input: SimInput, by: string, reason: string | undefined): Promise<SimRecord> {
    const { statements, applied } = this.keep([input], by, reason);
    await this.#platform.records.transaction(statements);
    applied();
    return this.#sims.get(input.iccid)!;
  }

  async remove(iccid: string): Promise<void> {
    await this.#platform.records.transaction([
      { sql: 'DELETE FROM network_sims WHERE iccid = $1', parameters: [iccid] },
      { sql: 'DELETE FROM network_sim_history WHERE iccid = $1', parameters: [iccid] },
    ]);
    const before = this.#sims.get(iccid);
    if (before?.input.supi !== undefined) this.#bySupi.delete(before.input.supi);
    this.#sims.delete(iccid);
  }

  async history(iccid: string): Promise<SimChange[]> {
    const rows = await this.#platform.records.query<{
      time: string;
      from_state: SimState | null;
      to_state: SimState;
      by_whom: string;
      reason: string | null;
    }>(
      'SELECT time::text AS time, from_state, to_state, by_whom, reason FROM network_sim_history WHERE iccid = $1 ORDER BY id DESC LIMIT $2',
      [iccid, inventoryLimits.simHistoryMax],
    );
    return rows.map((row) => ({
      time: formatInstant(Number(row.time)),
      ...(row.from_state === null ? {} : { from: row.from_state }),
      to: row.to_state,
      by: row.by_whom,
      ...(row.reason === null ? {} : { reason: row.reason }),
    }));
  }

  #set(record: SimRecord): void {
    const before = this.#sims.get(record.input.iccid);
    if (before?.input.supi !== undefined) this.#bySupi.delete(before.input.supi);
    this.#sims.set(record.input.iccid, record);
    if (record.input.supi !== undefined) this.#bySupi.set(record.input.supi, record.input.iccid);
  }
}
