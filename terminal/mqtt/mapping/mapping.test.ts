import type { ThingDescription } from '@millrace/contract';
import { BatchBuilder, viewThing } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { filterMatches, isTopicFilter, isTopicName } from '../topics.ts';
import { createTopicMapping, parseJsonPath, readJsonPath, TopicMapping } from './index.ts';

const now = 1_700_000_000_000_000;

function thing(id: string, properties: ThingDescription['properties'], events?: ThingDescription['events']) {
  const description = {
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id,
    title: id,
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    properties,
    ...(events === undefined ? {} : { events }),
  } as ThingDescription;
  const series = Object.fromEntries(Object.keys(properties ?? {}).map((name, i) => [name, i + 1]));
  return viewThing({ id, description, series });
}

const meter = thing(
  'urn:meter',
  {
    power: {
      type: 'number',
      forms: [
        {
          href: 'mqtt://broker:1883',
          'mqv:filter': 'shelly/+/status',
          'millrace:jsonPath': "$.em['act power'][0]",
          'millrace:timePath': '$.ts',
          'millrace:timeUnit': 's',
        },
      ],
    },
    temperature: {
      type: 'number',
      forms: [{ href: 'mqtt://broker:1883', 'mqv:topic': 'plain/temperature' }],
    },
    on: { type: 'boolean', forms: [{ href: 'mqtt://broker:1883/plain/relay%20one' }] },
    label: {
      type: 'string',
      forms: [{ href: 'mqtt://broker', 'mqv:topic': 'plain/label', contentType: 'text/plain' }],
    },
    command: {
      type: 'string',
      forms: [{ href: 'mqtt://broker', 'mqv:topic': 'plain/set', op: 'writeproperty' }],
    },
    broken: {
      type: 'number',
      forms: [{ href: 'mqtt://broker', 'mqv:topic': 'plain/x', 'millrace:jsonPath': '$..a' }],
    },
  },
  { tripped: { forms: [{ href: 'mqtt://broker', 'mqv:topic': 'plain/trip', op: 'subscribeevent' }] } },
);

function take(topic: string, payload: string, only?: string) {
  const batch = new BatchBuilder();
  const outcome = createTopicMapping([meter]).take(topic, Buffer.from(payload), now, batch, only);
  return { outcome, ...batch.take() };
}

test.each([
  ['$', []],
  ['$.a.b[0]', ['a', 'b', 0]],
  ["$.a.b[0]['c d']", ['a', 'b', 0, 'c d']],
  ['$["x\\"y"]', ['x"y']],
  ["$['it\\'s']", ["it's"]],
  ['$[-1]', [-1]],
  ['$.温度', ['温度']],
])('path %s', (text, steps) => {
  expect(parseJsonPath(text)).toEqual(steps);
});

test.each([
  '',
  'a',
  '$.',
  '$..a',
  '$[*]',
  '$.*',
  '$[1:2]',
  '$[?@.a]',
  '$[01]',
  '$a',
  '$.a b',
  `$${'.a'.repeat(33)}`,
])('not a path: %s', (text) => {
  expect(parseJsonPath(text)).toBeUndefined();
});

test('paths read own members only', () => {
  expect(readJsonPath({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1);
  expect(readJsonPath({ a: [1, 2] }, ['a', -1])).toBe(2);
  expect(readJsonPath({}, ['__proto__', 'toString'])).toBeUndefined();
  expect(readJsonPath([1], ['length'])).toBeUndefined();
  expect(readJsonPath(JSON.parse('{"__proto__": 5}'), ['__proto__'])).toBe(5);
});

test('a value and its time are found in a payload of the device’s own', () => {
  const { outcome, columns } = take('shelly/a/status', '{"ts": 1700000001.5, "em": {"act power": [42]}}');
  expect(outcome).toEqual({ accepted: 1, rejected: 0 });
  expect([columns.value[0], columns.time[0]]).toEqual([42, now + 1_500_000]);
});

test.each([
  ['plain/temperature', '21.5', 21.5],
  ['plain/temperature', ' +21.5\n', 21.5],
  ['plain/relay one', 'ON', 1],
  ['plain/relay one', '0', 0],
  ['plain/relay one', 'false', 0],
])('plain scalar on %s: %s', (topic, payload, value) => {
  const { outcome, columns } = take(topic, payload);
  expect(outcome).toEqual({ accepted: 1, rejected: 0 });
  expect(columns.value[0]).toBe(value);
});

test('plain text and events', () => {
  expect(take('plain/label', '{not json').columns.text?.get(0)).toBe('"{not json"');
  expect(take('plain/trip', '{"phase": 2}').events).toMatchObject([
    { thing: 'urn:meter', name: 'tripped', time: now, data: '{"phase":2}' },
  ]);
});

test.each([
  ['plain/temperature', 'warm', 'malformed'],
  ['plain/temperature', '', 'malformed'],
  ['plain/temperature', '"21.5"', 'wrong-type'],
  ['plain/temperature', '1e999', 'not-a-number'],
  ['shelly/a/status', '{"em": {}}', 'unknown-property'],
  ['shelly/a/status', '{"em": {"act power": ["x"]}}', 'wrong-type'],
  ['shelly/a/status', '{"ts": "soon", "em": {"act power": [1]}}', 'time-invalid'],
  ['shelly/a/status', '{"ts": {}, "em": {"act power": [1]}}', 'time-invalid'],
  ['plain/temperature', ' '.repeat(1_048_577), 'too-large'],
  ['plain/trip', '['.repeat(40) + ']'.repeat(40), 'too-large'],
])('refused on %s: case %#', (topic, payload, reason) => {
  const { outcome, rejections, columns } = take(topic, payload);
  expect(outcome).toEqual({ accepted: 0, rejected: 1 });
  expect(rejections).toMatchObject([{ thing: 'urn:meter', source: topic, reason, count: 1 }]);
  expect(columns.count).toBe(0);
});

test('a topic nobody maps, a form that only writes, another thing’s form', () => {
  expect(take('other', '1').outcome).toBeUndefined();
  expect(take('plain/set', '"x"').outcome).toBeUndefined();
  expect(take('plain/temperature', '1', 'urn:other').outcome).toBeUndefined();
  expect(take('plain/temperature', '1', 'urn:meter').outcome).toEqual({ accepted: 1, rejected: 0 });
});

test('filters, problems, and change', () => {
  const mapping = createTopicMapping([meter]);
  expect(mapping.filters.sort()).toEqual([
    'plain/label',
    'plain/relay one',
    'plain/temperature',
    'plain/trip',
    'shelly/+/status',
  ]);
  expect(mapping.problems).toMatchObject([{ thing: 'urn:meter', name: 'broken' }]);
  expect(mapping.declares('urn:meter', 'shelly/x/status')).toBe(true);
  expect(mapping.declares('urn:meter', 'shelly/+/status')).toBe(true);
  expect(mapping.declares('urn:meter', 'shelly/#')).toBe(false);
  expect(mapping.declares('urn:other', 'shelly/x/status')).toBe(false);
  mapping.remove('urn:meter');
  expect(mapping.filters).toEqual([]);
  expect(mapping.take('plain/temperature', Buffer.from('1'), now, new BatchBuilder())).toBeUndefined();
});

test('only the forms that are served', () => {
  const mapping = new TopicMapping({ serves: (form) => form.href.startsWith('mqtt://other') });
  mapping.update([meter]);
  expect(mapping.filters).toEqual([]);
  const declared = new TopicMapping({ topicFromHref: false });
  declared.update([meter]);
  expect(declared.filters).not.toContain('plain/relay one');
});

test.each([
  ['a', 'a', true],
  ['a', 'b', false],
  ['a', 'ab', false],
  ['ab', 'a', false],
  ['a/+', 'a/b', true],
  ['a/+', 'a', false],
  ['a/+', 'a/', true],
  ['a/+', 'a/b/c', false],
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['a/#', 'ab', false],
  ['#', 'a/b', true],
  ['#', '$SYS/x', false],
  ['+/x', '$SYS/x', false],
  ['$SYS/#', '$SYS/x', true],
  ['+', '/a', false],
  ['/+', '/a', true],
  ['+/+', '/a', true],
  ['+/b/#', 'a/b', true],
  ['a/+/c', 'a//c', true],
  ['a/b', 'a/b/', false],
  ['a/b/', 'a/b', false],
  ['a/+/#', 'a', false],
])('filter %s on topic %s: %s', (filter, topic, matches) => {
  expect(filterMatches(filter, topic)).toBe(matches);
});

test.each([
  ['#', true],
  ['+', true],
  ['a/#', true],
  ['+/a/+', true],
  ['/', true],
  ['a#', false],
  ['a/#/b', false],
  ['a+', false],
  ['+a', false],
  ['', false],
  ['a\u0000', false],
])('filter %s is well formed: %s', (filter, valid) => {
  expect(isTopicFilter(filter)).toBe(valid);
});

test('topic names', () => {
  expect([isTopicName('a/b'), isTopicName(''), isTopicName('a/+'), isTopicName('#')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
