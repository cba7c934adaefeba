import { type AlarmRuleInput, alarmLimits, limits, type ThingDescription } from '@millrace/contract';
import type { Clock, RecordStore, ThingRecord } from '@millrace/sdk';
import { type Condition, type ConditionProblem, compileCondition, type ThingShape } from '../cel/index.ts';
import type { Registry } from '../registry.ts';
import type { Delays } from './track.ts';

export interface OutOfService {
  by: string;
  reason: string;
  since: number;
}

export interface RuleRecord {
  id: string;
  input: AlarmRuleInput;
  modified: number;
  modifiedBy: string;
  delays: Delays;
  /** Thing id → why and by whom; '' for all things. */
  outOfService: Map<string, OutOfService>;
}

/** A rule that cannot be saved, and why, in words. */
export class RuleError extends Error {
  readonly problems: readonly RuleProblem[];
  constructor(problems: readonly RuleProblem[]) {
    super(problems.map((problem) => problem.message.en).join(' '));
    this.problems = problems;
  }
}
export interface RuleProblem extends ConditionProblem {
  field: string;
  thing?: string;
}

/** A rule's conditions as they are at one thing. */
export interface CompiledAt {
  condition: Condition;
  suppressed: Condition | undefined;
}

const problemsMax = 20;

/** Alarm rules: what they are, whom they watch, whether they type. */
export class AlarmRules {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #registry: Registry;
  readonly #rules = new Map<string, RuleRecord>();
  /** Rule → shape of thing → compiled; a rule over a thousand like machines is compiled once. */
  readonly #compiled = new Map<string, Map<string, CompiledAt | RuleProblem>>();

  private constructor(records: RecordStore, clock: Clock, registry: Registry) {
    this.#records = records;
    this.#clock = clock;
    this.#registry = registry;
  }

  static async open(records: RecordStore, clock: Clock, registry: Registry): Promise<AlarmRules> {
    const rules = new AlarmRules(records, clock, registry);
    for (const row of await records.query<{
      id: string;
      rule: AlarmRuleInput;
      modified: string;
      modified_by: string;
    }>('SELECT id, rule, modified::text AS modified, modified_by FROM alarm_rules ORDER BY id')) {
      rules.#keep({
        id: row.id,
        input: row.rule,
        modified: Number(row.modified),
        modifiedBy: row.modified_by,
      });
    }
    for (const row of await records.query<{
      rule: string;
      thing: string;
      by_whom: string;
      reason: string;
      since: string;
    }>('SELECT rule, thing, by_whom, reason, since::text AS since FROM alarm_out_of_service')) {
      rules
        .get(row.rule)
        ?.outOfService.set(row.thing, { by: row.by_whom, reason: row.reason, since: Number(row.since) });
    }
    return rules;
  }

  get(id: string): RuleRecord | undefined {
    return this.#rules.get(id);
  }

  all(): IterableIterator<RuleRecord> {
    return this.#rules.values();
  }

  get size(): number {
    return this.#rules.size;
  }

  /** Saves a rule after checking it against the things it watches. Throws RuleError. */
  async put(id: string, input: AlarmRuleInput, by: string): Promise<RuleRecord> {
    if (!this.#rules.has(id) && this.#rules.size >= alarmLimits.alarmRulesMax) {
      throw new RuleError([
        plainProblem('id', {
          en: `There are ${this.#rules.size} rules; at most ${alarmLimits.alarmRulesMax} (alarmRulesMax) are kept.`,
          zh: `已有 ${this.#rules.size} 条规则，最多保存 ${alarmLimits.alarmRulesMax} 条（alarmRulesMax）。`,
        }),
      ]);
    }
    const { problems } = this.check(input);
    if (problems.length > 0) throw new RuleError(problems);
    const { id: _, ...rest } = input;
    const modified = this.#clock.now();
    await this.#records.query(
      `INSERT INTO alarm_rules (id, rule, modified, modified_by) VALUES ($1, $2::jsonb, $3, $4)
       ON CONFLICT (id) DO UPDATE SET rule = EXCLUDED.rule, modified = EXCLUDED.modified, modified_by = EXCLUDED.modified_by`,
      [id, JSON.stringify(rest), modified, by],
    );
    return this.#keep({ id, input: rest, modified, modifiedBy: by });
  }

  async remove(id: string): Promise<boolean> {
    if (!this.#rules.has(id)) return false;
    await this.#records.transaction([
      { sql: 'DELETE FROM alarm_rules WHERE id = $1', parameters: [id] },
      { sql: 'DELETE FROM alarm_out_of_service WHERE rule = $1', parameters: [id] },
    ]);
    this.#rules.delete(id);
    this.#compiled.delete(id);
    return true;
  }

  async setOutOfService(rule: RuleRecord, thing: string, state: OutOfService | undefined): Promise<void> {
    if (state === undefined) {
      await this.#records.query('DELETE FROM alarm_out_of_service WHERE rule = $1 AND thing = $2', [
        rule.id,
        thing,
      ]);
      rule.outOfService.delete(thing);
      return;
    }
    await this.#records.query(
      `INSERT INTO alarm_out_of_service (rule, thing, by_whom, reason, since) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (rule, thing) DO UPDATE SET by_whom = EXCLUDED.by_whom, reason = EXCLUDED.reason, since = EXCLUDED.since`,
      [rule.id, thing, state.by, state.reason, state.since],
    );
    rule.outOfService.set(thing, state);
  }

  /** Things a rule watches now. */
  thingsOf({ target }: Pick<AlarmRuleInput, 'target'>): ThingRecord[] {
    if (target.kind === 'thing') {
      const record = this.#registry.get(target.thing);
      return record === undefined ? [] : [record];
    }
    const found: ThingRecord[] = [];
    for (const record of this.#registry.all()) if (targets(target, record.description)) found.push(record);
    return found;
  }

  /** Checks a rule against every thing it watches. A place's things that lack what the condition names are not meant. */
  check(input: Pick<AlarmRuleInput, 'target' | 'condition' | 'aliases' | 'suppressedWhen'>): {
    problems: RuleProblem[];
    things: { record: ThingRecord; compiled: CompiledAt }[];
  } {
    const { target } = input;
    for (const [name, thing] of Object.entries(input.aliases ?? {})) {
      if (!/^[A-Za-z_]\w*$/.test(name))
        return {
          problems: [
            plainProblem('aliases', {
              en: `“${name.slice(0, 64)}” cannot be a short name: letters, digits and _ only.`,
              zh: `“${name.slice(0, 64)}”不能作为简称：只允许字母、数字和 _。`,
            }),
          ],
          things: [],
        };
      if (this.#registry.get(thing) === undefined)
        return {
          problems: [
            plainProblem('aliases', {
              en: `“${name}” stands for “${thing}”, and there is no such thing.`,
              zh: `“${name}”指向“${thing}”，但没有这个物。`,
            }),
          ],
          things: [],
        };
    }
    const candidates = this.thingsOf(input);
    if (candidates.length === 0) {
      return {
        problems: [
          plainProblem('target', {
            en:
              target.kind === 'thing'
                ? `There is no thing “${target.thing}”.`
                : target.kind === 'type'
                  ? `No thing of type “${target.type}”${target.place ? ` is at ${target.place}` : ''}: there is nothing to check the condition against.`
                  : `No thing is at “${target.place}”.`,
            zh:
              target.kind === 'thing'
                ? `没有物“${target.thing}”。`
                : target.kind === 'type'
                  ? `${target.place ? `${target.place} ` : ''}没有“${target.type}”类型的物，无法检查条件。`
                  : `“${target.place}”没有物。`,
          }),
        ],
        things: [],
      };
    }
    const problems: RuleProblem[] = [];
    const things: { record: ThingRecord; compiled: CompiledAt }[] = [];
    let unmeant: RuleProblem | undefined;
    const seen = new Map<string, CompiledAt | RuleProblem>();
    for (const record of candidates) {
      const signature = signatureOf(input, record);
      let compiled = seen.get(signature);
      if (compiled === undefined) {
        compiled = this.#compile(input, record);
        seen.set(signature, compiled);
        if ('code' in compiled) {
          if (lacksProperty(compiled) && target.kind !== 'thing') unmeant ??= compiled;
          else if (problems.length < problemsMax) problems.push(compiled);
        }
      }
      if (!('code' in compiled)) things.push({ record, compiled });
    }
    if (problems.length === 0 && things.length === 0 && unmeant !== undefined) problems.push(unmeant);
    return { problems, things };
  }

  /** The rule's conditions at a thing; a problem where it does not fit it (any more). */
  compiledFor(rule: RuleRecord, record: ThingRecord): CompiledAt | RuleProblem {
    let known = this.#compiled.get(rule.id);
    if (known === undefined) {
      known = new Map();
      this.#compiled.set(rule.id, known);
    }
    const signature = signatureOf(rule.input, record);
    let compiled = known.get(signature);
    if (compiled === undefined) {
      compiled = this.#compile(rule.input, record);
      known.set(signature, compiled);
    }
    return compiled;
  }

  /** Things a rule names besides those it watches. */
  namedThings(rule: RuleRecord): string[] {
    const named = [
      ...`${rule.input.condition} ${rule.input.suppressedWhen ?? ''}`.matchAll(/thing\(\s*["']([^"']+)["']/g),
    ];
    return [...new Set([...named.map((match) => match[1]!), ...Object.values(rule.input.aliases ?? {})])];
  }

  /** Forgets what was compiled: a thing that is named has changed. */
  forgetCompiled(rule: string): void {
    this.#compiled.delete(rule);
  }

  #compile(
    input: Pick<AlarmRuleInput, 'condition' | 'aliases' | 'suppressedWhen'>,
    record: ThingRecord,
  ): CompiledAt | RuleProblem {
    const scope = {
      self: shapeOf(record),
      thing: (id: string) => {
        const other = this.#registry.get(id);
        return other === undefined ? undefined : shapeOf(other);
      },
      aliases: input.aliases,
    };
    const condition = compileCondition(input.condition, scope);
    if (!condition.ok) return { field: 'condition', ...condition.problems[0], thing: record.id };
    let suppressed: Condition | undefined;
    if (input.suppressedWhen !== undefined && input.suppressedWhen.trim() !== '') {
      const result = compileCondition(input.suppressedWhen, scope);
      if (!result.ok) return { field: 'suppressedWhen', ...result.problems[0], thing: record.id };
      suppressed = result.condition;
    }
    return { condition: condition.condition, suppressed };
  }

  #keep(rule: Omit<RuleRecord, 'delays' | 'outOfService'>): RuleRecord {
    const { input } = rule;
    const kept: RuleRecord = {
      ...rule,
      outOfService: this.#rules.get(rule.id)?.outOfService ?? new Map(),
      delays: {
        onMicroseconds: (input.onDelaySeconds ?? 0) * 1e6,
        offMicroseconds: (input.offDelaySeconds ?? 0) * 1e6,
        rearmMicroseconds: (input.rearmSeconds ?? 0) * 1e6,
      },
    };
    this.#rules.set(rule.id, kept);
    this.#compiled.delete(rule.id);
    return kept;
  }
}

export function targets(target: AlarmRuleInput['target'], description: ThingDescription): boolean {
  const place = description['millrace:place'] ?? '';
  const within = (root: string): boolean => root === '' || place === root || place.startsWith(`${root}/`);
  switch (target.kind) {
    case 'thing':
      return description.id === target.thing;
    case 'type':
      return [description['@type'] ?? []].flat().includes(target.type) && within(target.place ?? '');
    case 'place':
      return within(target.place);
  }
}

/** The thing has not what the condition names: a rule over many things does not mean it. */
export function lacksProperty(problem: ConditionProblem): boolean {
  return problem.code === 'unknown-name' || problem.code === 'unknown-property';
}

export function shapeOf(record: ThingRecord): ThingShape {
  return {
    id: record.id,
    title: record.description.title,
    properties: record.description.properties ?? {},
  };
}

function signatureOf(
  input: Pick<AlarmRuleInput, 'condition' | 'aliases' | 'suppressedWhen'>,
  record: ThingRecord,
): string {
  // A condition that names its own thing by id is a condition of its own.
  const naming =
    `${input.condition}${input.suppressedWhen ?? ''}`.includes(record.id) ||
    Object.values(input.aliases ?? {}).includes(record.id);
  const properties = Object.entries(record.description.properties ?? {})
    .slice(0, limits.propertiesPerThingMax)
    .map(([name, schema]) => [name, schema.type, schema.enum]);
  return JSON.stringify([naming ? record.id : '', properties]);
}

function plainProblem(field: string, message: { en: string; zh: string }): RuleProblem {
  return { field, code: `wrong-${field}`, start: 0, end: 0, line: 1, column: 1, message };
}
