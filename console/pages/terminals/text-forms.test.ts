import { expect, it } from 'vitest';
import { propertyChanges } from './description-diff.ts';
import { excerptOf } from './excerpt.ts';
import { lineOf, placeholdersOf, placeOf } from './json-place.ts';
import { curlLine, mosquittoLine, pythonProgram, sampleOf, shellWord, topicOf } from './snippets.ts';

const text = JSON.stringify(
  { title: 'a "}" b', 'x/y': [1, { '~': null }], properties: { t: { type: 3 } } },
  null,
  2,
);
const at = (pointer: string) => {
  const place = placeOf(text, pointer);
  return place === undefined ? undefined : text.slice(place.from, place.to);
};

it('finds a member by its JSON Pointer, and the nearest there is', () => {
  expect(at('/title')).toBe('"a \\"}\\" b"');
  expect(at('/x~1y/0')).toBe('1');
  expect(at('/x~1y/1/~0')).toBe('null');
  expect(at('/properties/t/type')).toBe('3');
  expect(JSON.parse(at('/properties/t/forms')!)).toEqual({ type: 3 });
  expect(at('')).toBe(text);
  expect(at(`/${'a/'.repeat(100)}`)).toBeUndefined();
  expect(lineOf(text, placeOf(text, '/title')!.from)).toBe(2);
});

it('never hangs on text that is no JSON', () => {
  for (const broken of ['', '{', '{"a"', '[1,', '"', '{"a":{"b":', '}]']) {
    expect(() => placeOf(broken, '/a/b')).not.toThrow();
  }
});

it('placeholders come once each, in order', () => {
  expect(placeholdersOf('{{B}} {{A}} {{ B }} {{}} {x}')).toEqual(['B', 'A']);
});

it('bytes are shown as a dump, text as text', () => {
  expect(excerptOf('08ec85f69fa03412').text).toBe(
    '0000  08 ec 85 f6 9f a0 34 12                          ......4.',
  );
  expect(excerptOf('{"a": 1}')).toEqual({ text: '{"a": 1}' });
  expect(excerptOf('20202020').bytes).toBeUndefined();
  expect(excerptOf('a\u0000b').text).toBe('a·b');
});

it('what a proposal adds, changes, leaves and takes away', () => {
  const thing = (properties: object) => ({ properties }) as never;
  expect(
    propertyChanges(
      thing({ a: { type: 'number', unit: 'V' }, b: { type: 'string' }, c: { type: 'number' } }),
      thing({ a: { type: 'number', unit: 'kV' }, b: { type: 'string' }, d: { type: 'boolean' } }),
    ),
  ).toEqual([
    { name: 'd', change: 'added', after: 'boolean' },
    { name: 'a', change: 'changed', before: 'number, V', after: 'number, kV' },
    { name: 'c', change: 'removed', before: 'number' },
    { name: 'b', change: 'same', before: 'string', after: 'string' },
  ]);
});

it('lines to paste survive quotes, slashes and blanks', () => {
  const sending = {
    id: "urn:it's/a",
    username: 'u',
    password: "p'w",
    sample: { t: 1 },
    mqtt: { host: 'plant', port: 1883, tls: false },
    http: 'http://plant:8080',
  };
  expect(topicOf(sending.id)).toBe("things/urn:it's%2Fa/properties");
  expect(mosquittoLine(sending)).toContain(`-t 'things/urn:it'\\''s%2Fa/properties'`);
  expect(mosquittoLine(sending)).toContain(`-m '{"t":1}'`);
  expect(curlLine(sending)).toContain(`-u 'u:p'\\''w'`);
  expect(curlLine(sending)).toContain('/api/things/urn%3Ait');
  expect(pythonProgram(sending)).toContain('client.connect("plant", 1883)');
  expect(shellWord('plain-1.2:3')).toBe('plain-1.2:3');
  expect(sampleOf({ a: { type: 'boolean' }, b: {} })).toEqual({ a: true, b: 21.5 });
});
