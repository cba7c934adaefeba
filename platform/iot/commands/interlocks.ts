import { type DataSchema, formatInstant, type LocalText, type ThingDescription } from '@millrace/contract';
import type { Clock, ThingRecord } from '@millrace/sdk';
import { type Condition, compileCondition, type JudgedValue, judge, type ThingShape } from '../cel/index.ts';
import { type Affordance, interlockWords } from './model.ts';
import { type Reason, reasons } from './words.ts';

/** What judging looks at. */
export interface InterlockWorld {
  thing(id: string): ThingRecord | undefined;
  latest(thing: string, property: string): JudgedValue | undefined;
  /** True: the thing has gone quiet, its latest values say nothing of now. */
  stale(thing: string): boolean;
}

export interface JudgedInterlock {
  when: string;
  reason: LocalText;
  state: 'clear' | 'blocks' | 'cannot-judge';
  because?: LocalText;
}

/** Judges the interlocks of a command against what is known at this moment. */
export class Interlocks {
  readonly #world: InterlockWorld;
  readonly #clock: Clock;
  /** Compiled once per description; a changed thing has a new one. */
  readonly #compiled = new WeakMap<ThingDescription, Map<string, Condition | LocalText>>();

  constructor(world: InterlockWorld, clock: Clock) {
    this.#world = world;
    this.#clock = clock;
  }

  /** In the order of the model. `value`: what the command would write or give; conditions know it as `value`. */
  judge(record: ThingRecord, affordance: Affordance, value: unknown): JudgedInterlock[] {
    return affordance.interlocks.map((interlock) => {
      const reason = interlockWords(interlock);
      const shown = { when: interlock.when, reason };
      const condition = this.#compile(record, affordance, interlock.when);
      if ('en' in condition) return { ...shown, state: 'cannot-judge', because: condition };
      if (value === undefined && condition.references.some((one) => one.variable && one.property === 'value'))
        return {
          ...shown,
          state: 'cannot-judge',
          because: { en: 'it depends on the value of the command.', zh: '取决于命令的值。' },
        };
      const stale = condition.timed ? undefined : this.#stale(record, condition);
      if (stale !== undefined) return { ...shown, state: 'cannot-judge', because: stale };
      const now = this.#clock.now();
      const { verdict, because } = judge(
        condition,
        (reference) =>
          reference.variable
            ? { value: value as JudgedValue['value'], time: now, status: 0 }
            : this.#world.latest(reference.thing ?? record.id, reference.property),
        now,
      );
      if (verdict === 'cannot-judge')
        return { ...shown, state: 'cannot-judge', ...(because === undefined ? {} : { because }) };
      return { ...shown, state: verdict === 'true' ? 'blocks' : 'clear' };
    });
  }

  /** Why the command may not go now; undefined: nothing is in its way. */
  blocked(record: ThingRecord, affordance: Affordance, value: unknown): Reason | undefined {
    const found = this.judge(record, affordance, value ?? null).find((one) => one.state !== 'clear');
    if (found === undefined) return undefined;
    if (found.state === 'blocks') return reasons.interlock(found.reason);
    return reasons.interlockUnjudged(
      found.reason,
      found.because ?? { en: 'no reason given', zh: '未给出原因' },
    );
  }

  #stale(record: ThingRecord, condition: Condition): LocalText | undefined {
    for (const reference of condition.references) {
      if (reference.variable) continue;
      const thing = reference.thing ?? record.id;
      if (!this.#world.stale(thing)) continue;
      const time = this.#world.latest(thing, reference.property)?.time;
      const since = time === undefined ? '' : formatInstant(time);
      return {
        en: `"${reference.property}"${thing === record.id ? '' : ` of ${thing}`} is stale${since === '' ? '' : `: last heard ${since}`}.`,
        zh: `${thing === record.id ? '' : `${thing} 的`}“${reference.property}”已陈旧${since === '' ? '' : `，最后更新于 ${since}`}。`,
      };
    }
    return undefined;
  }

  #compile(record: ThingRecord, affordance: Affordance, text: string): Condition | LocalText {
    const { description } = record;
    let known = this.#compiled.get(description);
    if (known === undefined) this.#compiled.set(description, (known = new Map()));
    const key = `${affordance.kind} ${affordance.name} ${text}`;
    let condition = known.get(key);
    if (condition === undefined) {
      const value: Record<string, DataSchema> =
        affordance.schema === undefined ? {} : { value: affordance.schema };
      const result = compileCondition(text, {
        self: shapeOf(record),
        thing: (id) => {
          const other = this.#world.thing(id);
          return other === undefined ? undefined : shapeOf(other);
        },
        // A property of that name is meant by it, not the command's value.
        variables: Object.hasOwn(description.properties ?? {}, 'value') ? {} : value,
        windows: false,
      });
      condition = result.ok ? result.condition : result.problems[0].message;
      // A condition on a thing that is not there yet may compile later.
      if (result.ok) known.set(key, condition);
    }
    return condition;
  }
}

function shapeOf(record: ThingRecord): ThingShape {
  return {
    id: record.id,
    title: record.description.title,
    properties: record.description.properties ?? {},
  };
}
