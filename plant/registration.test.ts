import { expect, it } from 'vitest';
import { fillDates } from './registration.ts';

it('fills dates of the plant’s calendar into what an application is given', () => {
  // 23:30 of 28 February in London is the next day in Suzhou.
  const now = Date.parse('2026-02-28T23:30:00Z');
  const body = { from: '{day-1}', to: ['{day}', 'till {day+31}'], at: '{now}', count: 3, none: null };
  expect(fillDates(body, now, 'Asia/Shanghai')).toEqual({
    from: '2026-02-28',
    to: ['2026-03-01', 'till 2026-04-01'],
    at: '2026-02-28T23:30:00.000Z',
    count: 3,
    none: null,
  });
  expect(fillDates('{day}', now, 'Europe/London')).toBe('2026-02-28');
  expect(fillDates('{today}', now, 'UTC')).toBe('{today}');
});
