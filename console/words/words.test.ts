import { keysOf } from '@millrace/ui/words/typed.ts';
import { expect, it } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

it('both languages have the same words', () => {
  expect(keysOf(zh)).toEqual(keysOf(en));
});

it('the same values are put into the words of both', () => {
  const holes = (words: object): string[] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [
            `${key.replace(/_(one|other)$/, '')} ${[...new Set(value.match(/\{\{\w+\}\}/g))].sort().join(' ')}`,
          ]
        : holes(value as object),
    );
  expect([...new Set(holes(zh))].sort()).toEqual([...new Set(holes(en))].sort());
});
