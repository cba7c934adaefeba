import type { SettingFields } from '@millrace/contract';
import { describe, expect, it } from 'vitest';
import { faultsOf, numberFromText, sentValues, startValues } from './check.ts';

const title = { en: 'x', zh: 'x' };
const fields: SettingFields = {
  host: { kind: 'text', title, required: true, pattern: '^[a-z.]+$' },
  port: { kind: 'number', title, default: 502, min: 1, max: 65535, integer: true },
  mode: { kind: 'choice', title, options: [{ value: 'a', title }], default: 'a' },
  password: { kind: 'secret', title },
};

describe('settings form', () => {
  it('starts with what is stored, else the defaults', () => {
    expect(startValues(fields, { port: 503 })).toEqual({ port: 503, mode: 'a' });
  });
  it('finds what is wrong', () => {
    expect(faultsOf(fields, { host: '', port: 0.5, mode: 'b' })).toEqual({
      host: { key: 'form.missing' },
      port: { key: 'form.notWhole' },
      mode: { key: 'form.notOption' },
    });
    expect(faultsOf(fields, { host: 'A', port: 70_000, mode: 'a' })).toEqual({
      host: { key: 'form.wrongForm' },
      port: { key: 'form.tooLarge', values: { max: 65535 } },
    });
    expect(faultsOf(fields, { host: 'plc.local', port: Number.NaN })).toEqual({
      port: { key: 'form.notNumber' },
    });
    expect(faultsOf(fields, { host: 'plc.local' })).toEqual({});
  });
  it('sends nothing for what was left empty', () => {
    expect(sentValues({ host: 'a', password: '', port: undefined, on: false })).toEqual({
      host: 'a',
      on: false,
    });
  });
  it.each([
    ['', undefined],
    [' 12 ', 12],
    ['1,5', 1.5],
    ['1.5e3', 1500],
    ['−4', -4],
    ['12a', Number.NaN],
    ['1.2.3', Number.NaN],
    ['0x10', Number.NaN],
  ])('reads %j as a number', (text, value) => {
    expect(numberFromText(text)).toEqual(value);
  });
});
