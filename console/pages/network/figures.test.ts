import type { Say } from '@millrace/ui';
import { expect, it } from 'vitest';
import type { ConsoleWords } from '../../words/index.ts';
import { blameText, durationText, figureText, intervalText, percentText } from './figures.ts';

/** Stands for the dictionary: the key, and what is put into it. */
const words = ((key: string, values?: object) =>
  values === undefined ? key : `${key} ${JSON.stringify(values)}`) as Say<ConsoleWords>;

it('keeps the nines of a share', () => {
  expect([0.5, 0.999, 0.99999999, 1, 0, 0.00001].map((share) => percentText(share, 'en'))).toEqual([
    '50',
    '99.9',
    '99.999999',
    '100',
    '0',
    '0.001',
  ]);
});

it('says a measured share in few digits, and one near the whole in more', () => {
  expect(figureText(0.024_123, 'share', words, 'en')).toBe('2.41 %');
  expect(figureText(0.999_987_6, 'share', words, 'en')).toBe('99.9988 %');
  expect(figureText(undefined, 'ms', words, 'en')).toBeUndefined();
  expect(figureText(Number.NaN, 'ms', words, 'en')).toBeUndefined();
});

it('says a duration in the unit a person would', () => {
  expect([0.067, 20, 999, 1000, 81_000].map((time) => durationText(time, words, 'en'))).toEqual([
    '0.067 ms',
    '20 ms',
    '999 ms',
    '1 s',
    '81 s',
  ]);
  expect(durationText(3_600_000 * 5, words, 'en')).toBe('network.unit.hours {"value":"5"}');
});

it('says an interval that is open at one end', () => {
  expect(intervalText(1, 2, 'ms', words, 'en')).toBe('1 ms – 2 ms');
  expect(intervalText(1, undefined, 'ms', words, 'en')).toBe('≥ 1 ms');
  expect(intervalText(undefined, undefined, 'ms', words, 'en')).toBeUndefined();
});

it('blames one hop, what lies between two, or nobody', () => {
  expect(blameText({ from: 'radio', to: 'radio' }, words)).toBe('network.hops.radio');
  expect(blameText({ from: 'radio', to: 'core' }, words)).toContain('network.hops.between');
  expect(blameText({}, words)).toBe('network.hops.unknown');
});
