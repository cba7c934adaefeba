import { describe, expect, it } from 'vitest';
import { en } from '../words/en.ts';
import { zh } from '../words/zh.ts';
import { ApiError } from './client.ts';
import { problemWords } from './problem.ts';

/** The words of one language without the machinery around them. */
const sayIn = (words: object) => (key: string) =>
  key.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], words) as string;

const both = (problem: ConstructorParameters<typeof ApiError>[0]) => {
  const error = new ApiError(problem);
  return {
    en: problemWords(error, sayIn(en) as never, 'en'),
    zh: problemWords(error, sayIn(zh) as never, 'zh'),
  };
};

describe('from a problem to words', () => {
  it('every status has what happened and what to do in both languages', () => {
    for (const status of [0, 400, 401, 403, 404, 409, 413, 415, 418, 422, 429, 500, 502, 503, 504, 507]) {
      const words = both({ type: 'never-heard-of', title: 'x', status });
      for (const one of [words.en, words.zh]) {
        expect(one.title, String(status)).toBeTruthy();
        expect(one.remedy, String(status)).toBeTruthy();
      }
      expect(words.zh.title).not.toBe(words.en.title);
    }
  });
  it('keeps the words a problem brings along', () => {
    const words = both({
      type: 'whatever',
      title: 'The unit is silent',
      status: 409,
      detail: 'timeout after 2000 ms',
      words: {
        title: { en: 'The unit is silent', zh: '从站没有响应' },
        remedy: { en: 'Check the wiring', zh: '请检查接线' },
      },
    });
    expect(words.zh).toMatchObject({
      title: '从站没有响应',
      remedy: '请检查接线',
      why: 'timeout after 2000 ms',
    });
    expect(words.en.remedy).toBe('Check the wiring');
  });
  it("puts the server's own words under why, and its remedy first for who reads it", () => {
    const words = both({
      type: 'exists',
      title: 'There is a thing "a" already.',
      status: 409,
      remedy: 'Change it with PUT.',
    });
    expect(words.en).toMatchObject({ why: 'There is a thing "a" already.', remedy: 'Change it with PUT.' });
    expect(words.zh.remedy).toBe(zh.problem.exists.remedy);
    expect(words.zh.technical).toContain('Change it with PUT.');
  });
  it('does not show the stack of the program to a person', () => {
    const words = problemWords(new TypeError('x is undefined'), sayIn(en) as never, 'en');
    expect(words.title).toBe(en.problem.program.title);
    expect(words.technical).toBe('TypeError: x is undefined');
  });
});
