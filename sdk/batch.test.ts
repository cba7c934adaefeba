import { limits, status, type ThingDescription } from '@millrace/contract';
import { expect, test } from 'vitest';
import { BatchBuilder } from './batch.ts';
import { takePropertyPayload } from './payload.ts';
import { viewThing } from './things.ts';

const description = {
  '@context': 'https://www.w3.org/2022/wot/td/v1.1',
  id: 'urn:test:oven',
  title: 'Oven',
  security: 'nosec_sc',
  securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
  properties: {
    temperature: { type: 'number', minimum: -40, maximum: 400 },
    pieces: { type: 'integer' },
    on: { type: 'boolean' },
    program: { type: 'string' },
    values: { type: 'number' },
    constructor: { type: 'number' },
  },
} as ThingDescription;
const series = { temperature: 1, pieces: 2, on: 3, program: 4, values: 5, constructor: 6 };
const oven = () => viewThing({ id: description.id, description, series });
const now = 1_700_000_000_000_000;
const take = (payload: string) => {
  const batch = new BatchBuilder(1);
  const outcome = takePropertyPayload(oven(), payload, now, batch, 'test');
  return { outcome, ...batch.take() };
};

test('plain values get strictly increasing receive times', () => {
  const batch = new BatchBuilder(1);
  const thing = oven();
  for (let i = 0; i < 3; i++) takePropertyPayload(thing, '{"temperature": 21.5}', now, batch, 'test');
  expect([...batch.take().columns.time]).toEqual([now, now + 1, now + 2]);
});

test('timed values, arrays of them, and every type', () => {
  const { columns, outcome } = take(
    '[{"time":"2023-11-14T22:13:20.123456Z","values":{"temperature":1,"on":true}},{"time":1700000000000.5,"values":{"program":"a","pieces":7}}]',
  );
  expect(outcome).toMatchObject({ accepted: 4, rejected: 0 });
  expect([...columns.time]).toEqual([now + 123456, now + 123456, now + 500, now + 500]);
  expect([...columns.value]).toEqual([1, 1, Number.NaN, 7]);
  expect(columns.text?.get(2)).toBe('"a"');
});

test('a property called "values" is not mistaken for the timed form', () => {
  expect([...take('{"values": 3, "temperature": 4}').columns.value]).toEqual([3, 4]);
});

test('a number outside its declared range is kept as uncertain', () => {
  expect([...take('{"temperature": 401}').columns.status]).toEqual([
    status.uncertainEngineeringUnitsExceeded,
  ]);
});

test.each([
  ['{"temperature": "hot"}', 'wrong-type'],
  ['{"pieces": 1.5}', 'wrong-type'],
  ['{"on": 1}', 'wrong-type'],
  ['{"temperature": null}', 'wrong-type'],
  ['{"temperature": 1e999}', 'not-a-number'],
  ['{"pressure": 1}', 'unknown-property'],
  ['{"__proto__": 1}', 'unknown-property'],
  ['{"toString": 1}', 'unknown-property'],
  ['{"temperature": NaN}', 'malformed'],
  ['', 'malformed'],
  ['7', 'malformed'],
  ['{"time": "yesterday", "values": {"temperature": 1}}', 'time-invalid'],
  ['{"time": "2999-01-01T00:00:00Z", "values": {"temperature": 1}}', 'time-ahead'],
  ['['.repeat(200_000), 'malformed'],
  [' '.repeat(limits.payloadBytesMax + 1), 'too-large'],
])('payload %# is rejected and counted as such', (payload, reason) => {
  const { outcome, rejections, columns } = take(payload);
  expect(columns.count).toBe(0);
  expect(outcome.rejected).toBe(1);
  expect(rejections).toMatchObject([{ reason, count: 1, thing: 'urn:test:oven' }]);
});

test('what is wrong does not take the rest with it', () => {
  const { outcome, columns } = take('{"temperature": "hot", "constructor": 2, "pieces": 3}');
  expect(outcome).toMatchObject({ accepted: 2, rejected: 1 });
  expect([...columns.value]).toEqual([2, 3]);
});

test('rejections of one kind are counted, not piled up', () => {
  const batch = new BatchBuilder();
  for (let i = 0; i < 5000; i++)
    batch.reject({ thing: 't', source: `s${i}`, reason: 'malformed', detail: '', excerpt: '', count: 1 });
  const { rejections } = batch.take();
  expect(rejections.length).toBeLessThanOrEqual(201);
  expect(rejections.reduce((sum, rejection) => sum + rejection.count, 0)).toBe(5000);
});
