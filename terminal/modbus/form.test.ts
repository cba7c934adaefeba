import type { Form, PropertyAffordance } from '@millrace/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEndpoint, parseForm } from './form.ts';
import { isBitEntity } from './frame.ts';
import { pointFromForm } from './point.ts';
import { readSettings } from './settings.ts';

const parse = (form: Form, property: PropertyAffordance = { type: 'number' }, base?: string) =>
  parseForm(form, property, 1, base);

test('the examples of the binding are understood', () => {
  // "Read a single coil", "Read 8 holding registers", "Read a 32bit integer", "Polling".
  expect(
    parse({ href: 'modbus+tcp://127.0.0.1:60000/1/1', 'modv:entity': 'Coil' }, { type: 'boolean' }),
  ).toMatchObject({
    unit: 1,
    entity: 'Coil',
    address: 1,
    quantity: 1,
  });
  expect(
    parse(
      { href: 'modbus+tcp://127.0.0.1:60000/1/40001?quantity=8', 'modv:entity': 'HoldingRegister' },
      { type: 'array', items: { type: 'integer' } },
    ),
  ).toMatchObject({ address: 40001, quantity: 8, items: 8, layout: { type: 'uint16' } });
  expect(
    parse({
      href: 'modbus+tcp://127.0.0.1:60000/1/1?quantity=2',
      'modv:entity': 'HoldingRegister',
      'modv:type': 'xsd:int',
      'modv:mostSignificantByte': false,
    }),
  ).toMatchObject({ layout: { type: 'int32', byteFirst: 'least', wordFirst: 'most' } });
  expect(
    parse(
      { href: 'modbus+tcp://127.0.0.1:60000/1/1', 'modv:entity': 'Coil', 'modv:pollingTime': 1000 },
      { type: 'boolean' },
    ),
  ).toMatchObject({ pollMilliseconds: 1000 });
});

test('a form cannot ask to be polled without rest', () => {
  expect(parse({ href: 'modbus+tcp://h/1/1', 'modv:pollingTime': 1 })).toMatchObject({
    pollMilliseconds: 20,
  });
  expect(parse({ href: 'modbus+tcp://h/1/1', 'modv:pollingTime': 0 })).toMatchObject({
    pollMilliseconds: undefined,
  });
});

test('whatever a form says, it is understood or refused in words, and what is understood can be decoded', () => {
  const anything = fc.oneof(
    fc.integer({ min: -10, max: 70_000 }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ maxLength: 20 }),
    fc.constantFrom(
      'Coil',
      'HoldingRegister',
      'readInputRegisters',
      'xsd:float',
      'xsd:long',
      'xsd:string',
      'millrace:bcd',
    ),
  );
  const form = fc.record(
    {
      href: fc.oneof(
        fc.string({ maxLength: 60 }),
        fc
          .tuple(fc.nat(300), fc.nat(70_000), fc.nat(130))
          .map(([u, a, q]) => `modbus+tcp://h/${u}/${a}?quantity=${q}`),
        fc.webUrl({ withQueryParameters: true }),
      ),
      'modv:entity': anything,
      'modv:function': anything,
      'modv:unitID': anything,
      'modv:address': anything,
      'modv:quantity': anything,
      'modv:type': anything,
      'modv:zeroBasedAddressing': anything,
      'modv:mostSignificantByte': anything,
      'modv:mostSignificantWord': anything,
      'modv:pollingTime': anything,
      'modv:timeout': anything,
      'millrace:scale': anything,
      'millrace:offset': anything,
      'millrace:bit': anything,
      'millrace:notAvailable': anything,
      'millrace:scaleFactorAddress': anything,
    },
    { requiredKeys: ['href'] },
  );
  const property = fc.record(
    {
      type: fc.constantFrom('number', 'integer', 'boolean', 'string', 'array', 'object'),
      items: fc.constant({ type: 'number' }),
    },
    { requiredKeys: [] },
  );
  const settings = readSettings({ host: 'h', port: 502 });
  fc.assert(
    fc.property(form, property, fc.option(fc.string(), { nil: undefined }), (f, p, base) => {
      const parsed = parse(f as Form, p as PropertyAffordance, base);
      if ('message' in parsed) {
        expect(parsed.message.en.length).toBeGreaterThan(0);
        expect(parsed.message.zh.length).toBeGreaterThan(0);
        return;
      }
      expect(parsed.address + parsed.quantity).toBeLessThanOrEqual(65_536);
      expect(parsed.quantity).toBeLessThanOrEqual(isBitEntity(parsed.entity) ? 2000 : 125);
      const point = pointFromForm({ ...(p as PropertyAffordance), forms: [f as Form] }, settings, 1);
      if (point !== undefined) point.decode(Buffer.alloc(260, 0x5a), point.start);
    }),
    { numRuns: 2000 },
  );
});

test('endpoints of any text never throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const place = parseEndpoint(`modbus+tcp://${text}`);
      if (place !== undefined) expect(place.host).toMatch(/^[^\s/?#]+$/);
      parseEndpoint(text);
    }),
  );
});
