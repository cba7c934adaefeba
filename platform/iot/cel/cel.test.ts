import { readFileSync } from 'node:fs';
import { evaluate } from '@marcbachmann/cel-js';
import type { DataSchema, Value } from '@millrace/contract';
import { status } from '@millrace/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Condition,
  type ConditionScope,
  compileCondition,
  conditionLimits,
  type JudgedValue,
  judge,
  PreviousWindow,
  parseDuration,
  type Reference,
  SpanWindow,
} from './index.ts';

const cases = JSON.parse(readFileSync(new URL('./cases/conditions.json', import.meta.url), 'utf8')) as {
  things: Record<string, { title: string; properties: Record<string, DataSchema> }>;
  aliases: Record<string, string>;
  values: Record<string, Value>;
  verdicts: Record<string, string>;
  refused: Record<string, string>;
};
const now = 1_700_000_000_000_000;
const shape = (id: string) => {
  const thing = Object.hasOwn(cases.things, id) ? cases.things[id] : undefined;
  return thing === undefined ? undefined : { id, ...thing };
};
const scope: ConditionScope = { self: shape('urn:x:oven'), thing: shape, aliases: cases.aliases };
const compiled = (text: string, more: Partial<ConditionScope> = {}): Condition => {
  const result = compileCondition(text, { ...scope, ...more });
  if (!result.ok) throw new Error(`${text}: ${result.problems[0].message.en}`);
  return result.condition;
};
const look = (reference: Reference): JudgedValue | undefined => {
  const key = reference.thing === undefined ? reference.property : `${reference.thing}/${reference.property}`;
  const value = cases.values[key];
  return value === undefined ? undefined : { value, time: now - 10_000_000, status: status.good };
};

describe('a condition', () => {
  test.each(Object.entries(cases.verdicts))('%s', (text, expected) => {
    const { verdict, because } = judge(compiled(text), look, now);
    expect(because === undefined ? verdict : `${verdict}: ${because.en}`).toBe(expected);
  });

  test.each(Object.entries(cases.refused))('refused: %s', (text, expected) => {
    const result = compileCondition(text, scope);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    const [problem] = result.problems;
    expect(`${problem.code} ${problem.line}:${problem.column}`).toBe(expected);
    expect(problem.message.en).not.toBe('');
    expect(problem.message.zh).toMatch(/[\u4e00-\u9fff]/);
  });

  test('suggests the name that was meant', () => {
    const result = compileCondition('temperatur > 80', scope);
    expect(result.ok ? '' : result.problems[0].message.en).toContain('Did you mean “temperature”?');
  });

  test('says which value is missing or bad, and does not throw', () => {
    const condition = compiled('temperature > 80');
    expect(judge(condition, () => undefined, now).because?.en).toBe('“temperature” has no value yet');
    const bad = { value: 90, time: now, status: status.badSensorFailure };
    expect(judge(condition, () => bad, now).because).toEqual({
      en: 'the value of “temperature” is bad',
      zh: '“temperature”的值为坏值',
    });
    const text = { value: 'warm', time: now, status: status.good };
    expect(judge(condition, () => text, now).verdict).toBe('cannot-judge');
    const uncertain = { value: 90, time: now, status: status.uncertain };
    expect(judge(condition, () => uncertain, now).verdict).toBe('true');
  });

  test('one side that decides alone decides', () => {
    const condition = compiled('temperature > 80 || door');
    const door = (reference: Reference) =>
      reference.property === 'door' ? { value: true, time: now, status: status.good } : undefined;
    expect(judge(condition, door, now).verdict).toBe('true');
  });

  test('takes names of the caller’s own', () => {
    const condition = compiled('value <= 3000 && door', { variables: { value: { type: 'number' } } });
    expect(condition.references).toEqual([
      { thing: undefined, property: 'value', variable: true },
      { thing: undefined, property: 'door', variable: false },
    ]);
  });

  test('refuses windows where nobody keeps them', () => {
    const result = compileCondition('average(temperature, "10m") > 80', { ...scope, windows: false });
    expect(result.ok ? '' : result.problems[0].code).toBe('no-windows');
  });

  test('is bounded in length and in what a run costs', () => {
    const long = compileCondition(`temperature > 80${' '.repeat(2000)}`, scope);
    expect(long.ok ? '' : long.problems[0].code).toBe('too-long');
    const wide = compileCondition(Array(100).fill('temperature > 1').join(' && '), scope);
    expect(wide.ok ? '' : wide.problems[0].code).toBe('limit-exceeded');
    const nested = compiled('((temperature in [1,2,3]) in [true, false]) in [true, false]');
    expect(nested.cost).toBeLessThan(20);
  });

  test('any text is answered, none throws', () => {
    const piece = fc.constantFrom(
      ...'temperature|door|state|80|0|1.5|"running"|(|)|[|]|&&||||!|?|:|==|<|>|+|-|*|/|%|in|.|,|thing("urn:x:fan")|fan|speed|average|"10m"|self|__proto__|true|null|{|}|age|stale|quality'.split(
        '|',
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(' ')),
        ),
        (text) => {
          const result = compileCondition(text, scope);
          if (result.ok) judge(result.condition, look, now);
          else expect(result.problems[0].end).toBeLessThanOrEqual(Math.max(text.length, 0));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('agrees with the library’s own evaluation wherever that has one', () => {
    const number = fc.oneof(
      fc.constant('temperature'),
      fc.constant('fan.speed'),
      fc.double({ min: 0.5, max: 1000, noNaN: true }).map((value) => value.toFixed(2)),
    );
    const { sum } = fc.letrec<{ sum: string }>((tie) => ({
      sum: fc.oneof(
        { maxDepth: 3 },
        number,
        fc
          .tuple(tie('sum'), fc.constantFrom('+', '-', '*'), tie('sum'))
          .map(([a, op, b]) => `(${a} ${op} ${b})`),
      ),
    }));
    const { logic } = fc.letrec<{ logic: string }>((tie) => ({
      logic: fc.oneof(
        { maxDepth: 3 },
        fc.constant('door'),
        fc.tuple(sum, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), sum).map((parts) => parts.join(' ')),
        fc
          .tuple(tie('logic'), fc.constantFrom('&&', '||'), tie('logic'))
          .map(([a, op, b]) => `((${a}) ${op} (${b}))`),
        tie('logic').map((inner) => `!(${inner})`),
      ),
    }));
    fc.assert(
      fc.property(logic, (text) => {
        const result = compileCondition(text, scope);
        if (!result.ok) return result.problems[0].code === 'limit-exceeded';
        const context = { temperature: 82.5, door: true, fan: { speed: 1200 } };
        return (judge(result.condition, look, now).verdict === 'true') === evaluate(text, context);
      }),
      { numRuns: 500 },
    );
  });
});

describe('windows', () => {
  test('answer as a plain look at the samples does, to a sixtieth of their length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5_000_000 }), fc.integer({ min: -100, max: 100 })), {
          minLength: 1,
          maxLength: 200,
        }),
        (steps) => {
          const length = 60_000_000;
          const window = new SpanWindow(length);
          const all: { time: number; value: number }[] = [];
          let time = now;
          for (const [gap, value] of steps) {
            time += gap;
            window.take(time, value);
            all.push({ time, value });
          }
          const width = length / 60;
          const oldest = (Math.floor(time / width) - 59) * width;
          const kept = all.filter((sample) => sample.time >= oldest);
          const values = kept.map((sample) => sample.value);
          expect(window.count(time)).toBe(values.length);
          expect(window.minimum(time)).toBe(Math.min(...values));
          expect(window.maximum(time)).toBe(Math.max(...values));
          expect(window.average(time)).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 9);
          expect(window.delta(time)).toBe(values.at(-1)! - values[0]!);
          if (kept.length > 1) {
            const seconds = (kept.at(-1)!.time - kept[0]!.time) / 1e6;
            expect(window.rate(time)).toBeCloseTo((values.at(-1)! - values[0]!) / seconds, 6);
          }
          // Nothing new: the last value holds.
          expect(window.average(time + 10 * length)).toBe(values.at(-1));
          expect(window.count(time + 10 * length)).toBe(0);
        },
      ),
    );
  });

  test('the same sample again changes nothing, and another value for its time replaces it', () => {
    const window = new SpanWindow(60_000_000);
    window.take(now, 10);
    window.take(now + 1_000_000, 20);
    window.take(now + 1_000_000, 20);
    expect([window.count(now + 1_000_000), window.average(now + 1_000_000)]).toEqual([2, 15]);
    window.take(now + 1_000_000, 30);
    expect(window.average(now + 1_000_000)).toBe(20);
    window.take(now, 1000);
    expect(window.average(now + 1_000_000)).toBe(20);
  });

  test('previous keeps the sample before the latest', () => {
    const window = new PreviousWindow();
    window.take(now, 1);
    expect(window.previous()).toBeNaN();
    window.take(now + 1, 2);
    window.take(now + 1, 2);
    expect(window.previous()).toBe(1);
  });

  test('lengths are read as people write them', () => {
    expect(parseDuration('30s')).toBe(30_000_000);
    expect(parseDuration('1h30m')).toBe(5_400_000_000);
    expect(parseDuration('500ms')).toBe(500_000);
    expect(parseDuration('1.5s')).toBe(1_500_000);
    for (const wrong of ['', '30', '30 s', 's', '-1s', '1e9s', '1'.repeat(50)])
      expect(parseDuration(wrong)).toBeUndefined();
    expect(conditionLimits.windowMicrosecondsMax).toBe(86_400_000_000);
  });
});
