import { expect, test } from 'vitest';
import { DescriptionError, instantiateModel, readDescription } from './description.ts';

const minimal = { id: 'urn:test:1', title: 'One', properties: { temperature: { type: 'number' } } };

test('context, security and the forms of what the thing sends are filled in', () => {
  const thing = readDescription(minimal);
  expect(thing.security).toBe('nosec_sc');
  expect(thing.properties!['temperature']!.forms![0]!.href).toBe('/api/things/urn%3Atest%3A1/properties');
});

test('what a description carries besides is given back unchanged', () => {
  const thing = readDescription({ ...minimal, 'ex:vendor': { a: [1, 2] }, '@type': 'Oven' });
  expect(thing['ex:vendor']).toEqual({ a: [1, 2] });
});

test.each([
  [null, 'not a JSON object'],
  [[], 'not a JSON object'],
  [{ id: 'urn:x' }, 'title'],
  [{ ...minimal, title: 7 }, '/title'],
  [{ ...minimal, id: 7 }, '/id'],
  [{ title: 'No id' }, '/id'],
  [{ ...minimal, id: 'urn:has space' }, '/id'],
  [{ ...minimal, properties: { t: { type: 'float' } } }, '/properties/t/type'],
  [{ ...minimal, properties: { t: { type: 'number', forms: [{}] } } }, 'href'],
  [{ ...minimal, 'millrace:place': 'a//b' }, 'millrace:place'],
  [JSON.parse('{"id":"urn:x","title":"x","__proto__":{"polluted":true}}'), '__proto__'],
  [JSON.parse('{"id":"urn:x","title":"x","properties":{"a":{"constructor":{"__proto__":1}}}}'), '__proto__'],
  [JSON.parse(`{"id":"urn:x","title":"x","a":${'['.repeat(5000)}${']'.repeat(5000)}}`), 'deeper'],
])('wrong description %# names what is wrong', (input, words) => {
  expect(() => readDescription(input)).toThrow(DescriptionError);
  expect(() => readDescription(input)).toThrow(words);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('an id that is not the address’s is refused', () => {
  expect(() => readDescription(minimal, 'urn:other')).toThrow('urn:other');
});

const model = {
  '@context': 'https://www.w3.org/2022/wot/td/v1.1',
  '@type': ['tm:ThingModel', 'Meter'],
  title: 'Meter {{NAME}}',
  base: 'modbus+tcp://{{HOST}}:{{PORT}}/',
  securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
  security: 'nosec_sc',
  'tm:optional': ['/properties/current'],
  properties: {
    power: {
      type: 'number',
      unit: 'kW',
      maximum: '{{MAX}}',
      forms: [{ href: '{{UNIT}}/100', op: 'readproperty' }],
    },
  },
};

test('a Thing Model becomes a description when its placeholders are filled', () => {
  const thing = instantiateModel(model, { NAME: 'M1', HOST: '10.0.0.7', PORT: 502, MAX: 400, UNIT: 3 });
  expect(thing).toMatchObject({ title: 'Meter M1', '@type': ['Meter'], base: 'modbus+tcp://10.0.0.7:502/' });
  expect(thing.properties!['power']).toMatchObject({ maximum: 400, forms: [{ href: '3/100' }] });
  expect(thing.id).toMatch(/^urn:uuid:/);
  expect(Object.keys(thing)).not.toContain('tm:optional');
});

test('a placeholder without a value is named', () => {
  expect(() => instantiateModel(model, { NAME: 'M1' })).toThrow('{{HOST}}');
});
