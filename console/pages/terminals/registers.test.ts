import { describe, expect, it } from 'vitest';
import {
  decimalsOf,
  type HandRegister,
  readingId,
  readingsNode,
  registerFaults,
  registerProperty,
  scaledReading,
} from './registers.ts';

const line = (more: Partial<HandRegister> = {}): HandRegister => ({
  key: 'k',
  name: 'Active power',
  unit: 3,
  entity: 'HoldingRegister',
  address: 10,
  type: 'int32',
  order: 'ABCD',
  scale: 0.001,
  offset: undefined,
  unitOfMeasure: 'kW',
  ...more,
});

describe('the form of a register typed in', () => {
  it('says address, length, type and scale', () => {
    expect(registerProperty(line(), '192.168.0.5', 502)).toEqual({
      type: 'number',
      title: 'Active power',
      readOnly: true,
      unit: 'kW',
      'millrace:decimals': 3,
      forms: [
        {
          href: 'modbus+tcp://192.168.0.5:502/3/10?quantity=2',
          op: ['readproperty', 'observeproperty'],
          'modv:entity': 'HoldingRegister',
          'modv:type': 'xsd:int',
          'millrace:scale': 0.001,
        },
      ],
    });
  });

  it.each([
    ['ABCD', undefined, undefined],
    ['CDAB', undefined, false],
    ['BADC', false, undefined],
    ['DCBA', false, false],
  ] as const)('order %s', (order, byte, word) => {
    const [form] = registerProperty(line({ order }), 'h', 502).forms!;
    expect(form!['modv:mostSignificantByte']).toBe(byte);
    expect(form!['modv:mostSignificantWord']).toBe(word);
  });

  it('a whole number without scale is an integer, a coil a boolean, an IPv6 host stands in brackets', () => {
    expect(registerProperty(line({ type: 'uint16', scale: undefined }), 'h', 1).type).toBe('integer');
    const coil = registerProperty(line({ entity: 'Coil' }), '::1', 502);
    expect(coil.type).toBe('boolean');
    expect(coil.forms![0]!.href).toBe('modbus+tcp://[::1]:502/3/10');
  });
});

it('what cannot be used is named', () => {
  expect(registerFaults(line())).toEqual([]);
  expect(
    registerFaults(line({ name: ' ', unit: 256, address: 65_535, scale: 0, offset: Number.NaN })),
  ).toEqual(['name', 'unit', 'address', 'scale', 'offset']);
  expect(registerFaults(line({ address: 65_535, type: 'uint16' }))).toEqual([]);
  expect(registerFaults(line({ address: 1.5 }))).toEqual(['address']);
  expect(registerFaults(line({ address: undefined }))).toEqual(['address']);
});

it('the reading that is looked for, and its scaling', () => {
  expect(readingsNode(line())).toBe('unit/3/scan/HoldingRegister/10');
  expect(readingId(line({ order: 'CDAB' }))).toBe('/as/int32-CDAB');
  expect(readingId(line({ type: 'uint16', order: 'BADC' }))).toBe('/as/uint16-BA');
  expect(readingId(line({ type: 'float64' }))).toBe('/as/float64-ABCDEFGH');
  expect(readingId(line({ type: 'float64', order: 'BADC' }))).toBeUndefined();
  expect(readingId(line({ entity: 'Coil' }))).toBeUndefined();
  expect(scaledReading(line(), 12_345)).toBe(12.345);
  expect(scaledReading(line({ scale: 0.1 }), 2350)).toBe(235);
  expect(scaledReading(line({ scale: undefined }), '18446744073709551615')).toBe('18446744073709551615');
  expect(scaledReading(line(), 'text')).toBe('text');
  expect([1, 0.1, 0.001, 10, 0.25].map(decimalsOf)).toEqual([0, 1, 3, 0, 2]);
  expect(decimalsOf(1 / 3)).toBeUndefined();
});
