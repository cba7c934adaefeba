import { expect, test } from 'vitest';
import { type AppCase, caseOfRound, defineApp, replayCase } from './index.ts';

const words = (en: string) => ({ en, zh: en });
const app = defineApp<{ levels: number[] }, { highest: number }, { open: boolean; at: number }>({
  manifest: {
    id: 'sluice',
    title: words('Sluice'),
    summary: words('Opens at a level.'),
    scenario: 13,
    needs: { things: [], roles: [] },
    settings: { level: { kind: 'number', title: words('Level'), default: 3 } },
    pages: [],
  },
  everySeconds: () => 60,
  observe: () => Promise.resolve({ levels: [] }),
  assess: ({ levels }) => ({ highest: Math.max(...levels) }),
  decide: ({ highest }, { level }, now) => ({ open: highest > Number(level), at: now }),
  act: () => Promise.resolve(),
  summarise: ({ open }) => words(open ? 'open' : 'shut'),
});
const given: AppCase = {
  app: 'sluice',
  time: '2026-01-01T00:00:00Z',
  settings: {},
  situation: { levels: [1, 2, 4] },
  expected: { assessment: { highest: 4 }, decision: { open: true, at: 1767225600000000 } },
};

test('a round comes out again as it did', () => {
  expect(replayCase(app as never, given)).toMatchObject({
    summary: { en: 'open', zh: 'open' },
    differences: [],
  });
});

test('what comes out otherwise is told by its place', () => {
  const other = { ...given, settings: { level: 5 } };
  expect(replayCase(app as never, other).differences).toEqual([
    { at: '/decision/open', expected: true, found: false },
  ]);
  const kept = caseOfRound(other, replayCase(app as never, other));
  expect(replayCase(app as never, kept).differences).toEqual([]);
});

test('a case of another application, without a time or with a wrong setting is refused in words', () => {
  expect(() => replayCase(app as never, { ...given, app: 'other' })).toThrow(/not of "sluice"/);
  expect(() => replayCase(app as never, { ...given, time: 'noon' })).toThrow(/RFC 3339/);
  expect(() => replayCase(app as never, { ...given, settings: { levle: 2 } })).toThrow(
    /did you mean "level"/,
  );
});
