import { expect, test } from 'vitest';
import { addressOf, notificationOf } from './notification.ts';
import { isOfKey, keyBytes } from './subscription-key.ts';

const origin = 'https://plant.example:8443';

test('an alarm becomes a notification that leads to it', () => {
  const text = JSON.stringify({ title: '[高] 报警: 过热 – 炉 1', tag: 'a-1', key: 'k', path: '/alarms/a-1' });
  const shown = notificationOf(text);
  expect(shown).toEqual({
    title: '[高] 报警: 过热 – 炉 1',
    options: { tag: 'a-1', renotify: true, icon: '/icon.svg', data: { path: '/alarms/a-1' } },
  });
  expect(addressOf(shown.options.data, origin)).toBe(`${origin}/alarms/a-1`);
});

test.each([undefined, '', 'no JSON', 'null', '[]', '{"title":7,"tag":{},"path":[]}', '{"title":"  "}'])(
  'a message that says nothing (%s) still shows that there is one',
  (text) => {
    const shown = notificationOf(text);
    expect(shown.title).toBe('Millrace');
    expect(addressOf(shown.options.data, origin)).toBe(`${origin}/alarms`);
  },
);

test('a title without end is cut', () => {
  expect(notificationOf(JSON.stringify({ title: 'x'.repeat(5000) })).title).toHaveLength(200);
});

test.each([
  { path: 'https://elsewhere.example/' },
  { path: '//elsewhere.example/alarms' },
  { path: '/\\elsewhere.example' },
  { path: 'javascript:alert(1)' },
  { path: 7 },
  {},
  null,
  undefined,
])('%s leads nowhere but to the console', (data) => {
  expect(addressOf(data, origin)).toBe(`${origin}/alarms`);
});

test('keys of subscriptions', () => {
  const key = 'BPx_-AAB';
  expect([...keyBytes(key)]).toEqual([0x04, 0xfc, 0x7f, 0xf8, 0x00, 0x01]);
  expect(isOfKey(keyBytes(key).buffer, key)).toBe(true);
  expect(isOfKey(keyBytes('BPx_-AAC').buffer, key)).toBe(false);
  expect(isOfKey(null, key)).toBe(false);
});
