import { expect, it } from 'vitest';
import { en } from './en.ts';
import { keysOf } from './typed.ts';
import { zh } from './zh.ts';

it('both languages have the same words', () => {
  expect(keysOf(zh)).toEqual(keysOf(en));
});
