import type { DataSchema } from '@millrace/contract';
import { type Reason, say } from './words.ts';

const depthMax = 16;
/** Longest text a pattern of a model is tried on: patterns may run long on long texts. */
const patternCharactersMax = 256;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/**
 * Whether a value fits a data schema (W3C Thing Description 1.1, 5.3.2): type, enum, const, limits, steps, lengths, items and members.
 * Undefined: it fits. What the schema says of other things is not looked at.
 */
export function checkValue(schema: DataSchema, value: unknown, name: string): Reason | undefined {
  return check(schema, value, name, 0);
}

function check(schema: DataSchema, value: unknown, name: string, depth: number): Reason | undefined {
  const wrong = (code: string, en: string, zh: string): Reason =>
    say(code, `"${name}" ${en}, got ${shown(value)}.`, `“${name}”${zh}，实际为 ${shown(value)}。`);
  if (value === undefined) return wrong('value-missing', 'needs a value', '需要一个值');
  if (depth > depthMax)
    return wrong('too-deep', `is nested deeper than ${depthMax}`, `嵌套超过 ${depthMax} 层`);
  if (schema.type !== undefined && !isOfType(schema.type, value)) {
    return wrong('wrong-type', `must be of type ${schema.type}`, `的类型应为 ${schema.type}`);
  }
  if (Array.isArray(schema.enum) && !schema.enum.some((one) => same(one, value))) {
    const list = schema.enum.slice(0, 12).map(shown).join(', ');
    return wrong('not-in-list', `must be one of ${list}`, `应为以下之一：${list}`);
  }
  if (Object.hasOwn(schema, 'const') && !same(schema['const'], value)) {
    return wrong('not-in-list', `must be ${shown(schema['const'])}`, `应为 ${shown(schema['const'])}`);
  }
  if (typeof value === 'number') return checkNumber(schema, value, wrong);
  if (typeof value === 'string') return checkText(schema, value, wrong);
  if (Array.isArray(value)) return checkItems(schema, value, name, depth, wrong);
  if (value !== null && typeof value === 'object')
    return checkMembers(schema, value as Record<string, unknown>, name, depth, wrong);
  return undefined;
}

type Wrong = (code: string, en: string, zh: string) => Reason;

function checkNumber(schema: DataSchema, value: number, wrong: Wrong): Reason | undefined {
  if (!Number.isFinite(value)) return wrong('not-a-number', 'must be a number', '应为数字');
  const unit = typeof schema.unit === 'string' ? ` ${schema.unit}` : '';
  const { minimum, maximum, multipleOf } = schema;
  const above = schema['exclusiveMinimum'];
  const below = schema['exclusiveMaximum'];
  if (typeof minimum === 'number' && value < minimum)
    return wrong('below-minimum', `must be at least ${minimum}${unit}`, `不得小于 ${minimum}${unit}`);
  if (typeof maximum === 'number' && value > maximum)
    return wrong('above-maximum', `must be at most ${maximum}${unit}`, `不得大于 ${maximum}${unit}`);
  if (typeof above === 'number' && value <= above)
    return wrong('below-minimum', `must be more than ${above}${unit}`, `须大于 ${above}${unit}`);
  if (typeof below === 'number' && value >= below)
    return wrong('above-maximum', `must be less than ${below}${unit}`, `须小于 ${below}${unit}`);
  if (typeof multipleOf === 'number' && multipleOf > 0) {
    // 0.3 is a multiple of 0.1 to everybody but binary fractions.
    const steps = value / multipleOf;
    if (Math.abs(steps - Math.round(steps)) > 1e-9 * Math.max(1, Math.abs(steps)))
      return wrong(
        'not-a-step',
        `must be a multiple of ${multipleOf}${unit}`,
        `须为 ${multipleOf}${unit} 的整数倍`,
      );
  }
  return undefined;
}

function checkText(schema: DataSchema, value: string, wrong: Wrong): Reason | undefined {
  const least = schema['minLength'];
  const most = schema['maxLength'];
  const pattern = schema['pattern'];
  const length = [...value].length;
  if (typeof least === 'number' && length < least)
    return wrong('too-short', `must have at least ${least} characters`, `至少需要 ${least} 个字符`);
  if (typeof most === 'number' && length > most)
    return wrong('too-long', `must have at most ${most} characters`, `最多允许 ${most} 个字符`);
  if (typeof pattern !== 'string') return undefined;
  if (value.length > patternCharactersMax)
    return wrong(
      'too-long',
      `must have at most ${patternCharactersMax} characters to be tried on its pattern`,
      `用于模式匹配的文本最多 ${patternCharactersMax} 个字符`,
    );
  try {
    if (new RegExp(pattern, 'u').test(value)) return undefined;
  } catch {
    // A pattern that is none matches nothing: the model has to be mended before this can be written.
  }
  return wrong('no-match', `must match ${pattern.slice(0, 60)}`, `须匹配 ${pattern.slice(0, 60)}`);
}

function checkItems(
  schema: DataSchema,
  value: readonly unknown[],
  name: string,
  depth: number,
  wrong: Wrong,
): Reason | undefined {
  const least = schema['minItems'];
  const most = schema['maxItems'];
  if (typeof least === 'number' && value.length < least)
    return wrong('too-few', `must have at least ${least} items`, `至少需要 ${least} 项`);
  if (typeof most === 'number' && value.length > most)
    return wrong('too-many', `must have at most ${most} items`, `最多允许 ${most} 项`);
  for (const [index, item] of value.entries()) {
    const own = Array.isArray(schema.items) ? schema.items[index] : schema.items;
    const found = own === undefined ? undefined : check(own, item, `${name}[${index}]`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function checkMembers(
  schema: DataSchema,
  value: Record<string, unknown>,
  name: string,
  depth: number,
  wrong: Wrong,
): Reason | undefined {
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
  const missing = required.find((one) => typeof one === 'string' && !Object.hasOwn(value, one));
  if (missing !== undefined)
    return wrong('member-missing', `needs the member "${String(missing)}"`, `缺少成员“${String(missing)}”`);
  for (const [member, own] of Object.entries(schema.properties ?? {})) {
    if (!Object.hasOwn(value, member)) continue;
    const found = check(own, value[member], `${name}.${member}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOfType(type: NonNullable<DataSchema['type']>, value: unknown): boolean {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'object':
      return value !== null && typeof value === 'object' && !Array.isArray(value);
  }
}

/** Equal as JSON; members in any order. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}

/** Whether a value that was read is the one written: numbers within `tolerance`, or what a 32-bit float keeps of them. */
export function readsAs(written: unknown, read: unknown, tolerance: number | undefined): boolean {
  if (typeof written === 'number' && typeof read === 'number')
    return Math.abs(written - read) <= (tolerance ?? Math.max(1e-9, Math.abs(written) * 1e-6));
  return same(written, read);
}
