import type { SettingField, SettingFields, Settings, SettingValue } from '@millrace/contract';
import type { UiWords } from '../words/index.ts';
import type { WordKey, WordValues } from '../words/typed.ts';

export interface FieldFault {
  key: WordKey<UiWords>;
  values?: WordValues;
}

/** A secret as the API gives it back: stored, not shown. Sent back unchanged it means "keep". */
export const secretKept = '•••';

/** What is wrong with one value, in the order a person would meet it; undefined where nothing is. */
export function faultOf(field: SettingField, value: SettingValue): FieldFault | undefined {
  if (value === undefined || value === '')
    return field.required === true && field.default === undefined ? { key: 'form.missing' } : undefined;
  switch (field.kind) {
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return { key: 'form.notNumber' };
      if (field.integer === true && !Number.isInteger(value)) return { key: 'form.notWhole' };
      if (field.min !== undefined && value < field.min)
        return { key: 'form.tooSmall', values: { min: field.min } };
      if (field.max !== undefined && value > field.max)
        return { key: 'form.tooLarge', values: { max: field.max } };
      return undefined;
    }
    case 'text':
      return field.pattern !== undefined &&
        typeof value === 'string' &&
        !new RegExp(field.pattern, 'u').test(value)
        ? { key: 'form.wrongForm' }
        : undefined;
    case 'choice':
      return field.options.some((option) => option.value === value) ? undefined : { key: 'form.notOption' };
    default:
      return undefined;
  }
}

/** The faults of all values, by field name. */
export function faultsOf(fields: SettingFields, values: Settings): Record<string, FieldFault> {
  const faults: Record<string, FieldFault> = {};
  for (const [name, field] of Object.entries(fields)) {
    const fault = faultOf(field, values[name]);
    if (fault !== undefined) faults[name] = fault;
  }
  return faults;
}

/** Values to start a form with: what is stored, else the declared defaults. */
export function startValues(fields: SettingFields, stored: Settings = {}): Record<string, SettingValue> {
  const values: Record<string, SettingValue> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = stored[name] ?? field.default;
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Values as they are sent: without what was left empty. */
export function sentValues(values: Settings): Record<string, string | number | boolean> {
  const sent: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') sent[name] = value;
  }
  return sent;
}

/** Reads a number as a person types it, with a comma or a point; NaN where it is none, undefined where nothing stands there. */
export function numberFromText(text: string): number | undefined {
  const trimmed = text.trim().replace(/[\u2212\u2013]/, '-');
  if (trimmed === '') return undefined;
  const plain = /^[-+]?\d+,\d+$/.test(trimmed) ? trimmed.replace(',', '.') : trimmed;
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}
