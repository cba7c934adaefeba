import { limits } from '@millrace/contract';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, test } from 'vitest';
import { type Datatype, datatypes } from './datatype.ts';
import { elementsMax, Metric, openPayload, PayloadError, readMetric, readProperties } from './payload.ts';
import { encode } from './test-edge.ts';
import { arrayValue, metricValue, primitive, shortestFloat } from './value.ts';

/** Value of the first metric of a payload. */
function first(payload: Uint8Array, datatype: Datatype) {
  const head = openPayload(payload);
  const metric = readMetric(head.reader, head.ranges[0]!, head.ranges[1]!, new Metric());
  return metricValue(head.reader, metric, datatype, head.budget);
}

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof PayloadError) return error.reason;
    throw error;
  }
  return 'none';
}

describe('values that the Eclipse Tahu library wrote', () => {
  test.each<[Datatype, unknown, unknown]>([
    ['Int8', -128, -128],
    ['Int8', 127, 127],
    ['Int16', -32768, -32768],
    ['Int32', -2147483648, -2147483648],
    ['Int32', 2147483647, 2147483647],
    ['Int64', { low: 1, high: -0x200000, unsigned: false }, -9007199254740991],
    ['Int64', { low: 0, high: -0x80000000, unsigned: false }, -9223372036854775808n],
    ['UInt8', 255, 255],
    ['UInt16', 65535, 65535],
    ['UInt32', 4294967295, 4294967295],
    ['UInt64', { low: -1, high: -1, unsigned: true }, 18446744073709551615n],
    ['UInt64', { low: -1, high: 0x1fffff, unsigned: true }, 9007199254740991],
    ['Float', 21.5, 21.5],
    ['Float', 21.6, 21.6],
    ['Float', -0.00012345, -0.00012345],
    ['Float', 3.4e38, 3.4e38],
    ['Double', -1e300, -1e300],
    ['Boolean', true, true],
    ['String', '温度 🌡', '温度 🌡'],
    ['Text', '', ''],
    ['UUID', '01234567-89ab-cdef-0123-456789abcdef', '01234567-89ab-cdef-0123-456789abcdef'],
    ['DateTime', Date.UTC(2026, 0, 2, 3, 4, 5, 678), '2026-01-02T03:04:05.678Z'],
    ['Bytes', new Uint8Array([1, 2, 255]), 'AQL/'],
    ['File', new Uint8Array([]), ''],
    [
      'DataSet',
      {
        numOfColumns: 3,
        columns: ['name', 'count', 'at'],
        types: ['String', 'Int16', 'Boolean'],
        rows: [
          ['a', 1, true],
          ['b', 2, false],
        ],
      },
      {
        columns: ['name', 'count', 'at'],
        types: ['String', 'Int16', 'Boolean'],
        rows: [
          ['a', 1, true],
          ['b', 2, false],
        ],
      },
    ],
    [
      'Template',
      {
        version: '1',
        templateRef: 'Motor',
        isDefinition: false,
        metrics: [
          { name: 'Speed', type: 'Float', value: 10.5 },
          { name: '__proto__', type: 'Int32', value: -1 },
          {
            name: 'Inner',
            type: 'Template',
            value: {
              isDefinition: false,
              metrics: [{ name: 'x', type: 'Boolean', value: true }],
              parameters: [],
            },
          },
        ],
        parameters: [{ name: 'Poles', type: 'Int32', value: 4 }],
      },
      JSON.parse(
        '{"template":"Motor","version":"1","parameters":{"Poles":4},"members":{"Speed":10.5,"__proto__":-1,"Inner":{"members":{"x":true}}}}',
      ),
    ],
  ])('%s %#', (datatype, value, expected) => {
    const payload = encode({
      timestamp: 1,
      seq: 0,
      metrics: [{ name: 'm', type: datatype as 'Int32', value: value as never }],
    });
    const read = first(payload, datatype);
    if (typeof expected === 'object') expect(JSON.stringify(read)).toBe(JSON.stringify(expected));
    else expect(read).toBe(expected);
    if (!datatype.startsWith('UInt64')) {
      const head = openPayload(payload);
      expect(readMetric(head.reader, head.ranges[0]!, head.ranges[1]!, new Metric()).datatype).toBe(
        datatypes.indexOf(datatype),
      );
    }
  });

  test('every signed and unsigned integer, in either field and either width of two’s complement', () => {
    fc.assert(
      fc.property(fc.integer({ min: -128, max: 127 }), (value) => {
        for (const [field, number, high] of [
          [10, value >>> 0, 0],
          [10, value & 0xff, 0],
          [11, value >>> 0, value < 0 ? 0xffffffff : 0],
        ] as const) {
          expect(primitive({ field, number, high }, 'Int8')).toBe(value);
        }
        expect(primitive({ field: 10, number: value & 0xffff, high: 0 }, 'Int16')).toBe(value);
        expect(primitive({ field: 10, number: value >>> 0, high: 0 }, 'Int32')).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bits = BigInt.asUintN(64, value);
        const from = { field: 11, number: Number(bits & 0xffffffffn), high: Number(bits >> 32n) };
        expect(BigInt(primitive(from, 'Int64') as number)).toBe(value);
        expect(BigInt(primitive(from, 'UInt64') as number)).toBe(bits);
      }),
    );
  });

  test('a 32-bit float stays the float it is', () => {
    fc.assert(fc.property(fc.float({ noNaN: true }), (x) => Object.is(Math.fround(shortestFloat(x)), x)));
    expect(shortestFloat(Number.NaN)).toBeNaN();
  });

  test.each<[Datatype, number]>([
    ['Int8', 300],
    ['UInt8', 256],
    ['UInt16', 65536],
    ['Int16', 70000],
  ])('%s %d does not fit and is not made to', (datatype, number) => {
    expect(reasonOf(() => primitive({ field: 10, number, high: 0 }, datatype))).toBe('out-of-range');
  });
});

describe('arrays of Sparkplug 3.0', () => {
  const bytes = (...list: number[]) => Uint8Array.from(list);
  test.each<[Datatype, Uint8Array, unknown]>([
    ['Int8Array', bytes(0xe9, 0x7b), [-23, 123]],
    ['Int16Array', bytes(0xd0, 0x8a, 0x30, 0x75), [-30000, 30000]],
    ['Int32Array', bytes(0xff, 0xff, 0xff, 0xff, 0x15, 0xcd, 0x5b, 0x07), [-1, 123456789]],
    ['Int64Array', bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), [-1]],
    ['UInt8Array', bytes(0x17, 0xfa), [23, 250]],
    ['UInt16Array', bytes(0x1e, 0x00, 0xb8, 0x88), [30, 35000]],
    ['UInt32Array', bytes(0x34, 0, 0, 0, 0xff, 0xff, 0xff, 0xff), [52, 4294967295]],
    [
      'UInt64Array',
      bytes(0x34, 0, 0, 0, 0, 0, 0, 0, 0xd9, 0x9e, 0x02, 0xd1, 0xb2, 0x76, 0x37, 0xe4),
      [52, '16444743074749521625'],
    ],
    ['FloatArray', bytes(0, 0, 0xc0, 0x3f, 0, 0, 0xc0, 0x7f), [1.5, null]],
    ['DoubleArray', bytes(0, 0, 0, 0, 0, 0, 0xf8, 0x3f), [1.5]],
    [
      'BooleanArray',
      bytes(0x0c, 0, 0, 0, 0x34, 0xd0),
      [false, false, true, true, false, true, false, false, true, true, false, true],
    ],
    ['BooleanArray', bytes(0, 0, 0, 0), []],
    ['StringArray', Buffer.from('ABC\0hello\0\0'), ['ABC', 'hello', '']],
    ['StringArray', bytes(), []],
    ['DateTimeArray', bytes(0xc7, 0xd0, 0x90, 0x75, 0x24, 0x01, 0, 0), ['2009-10-21T05:27:55.335Z']],
  ])('%s %#', (datatype, packed, expected) => {
    expect(arrayValue(packed, datatype)).toEqual(expected);
  });

  test.each<[Datatype, Uint8Array]>([
    ['Int16Array', bytes(1)],
    ['UInt64Array', bytes(1, 2, 3, 4, 5, 6, 7)],
    ['BooleanArray', bytes(1, 0)],
    ['BooleanArray', bytes(0xff, 0xff, 0xff, 0xff, 1)],
    ['StringArray', Buffer.from('ABC')],
  ])('%s of a length that cannot be is refused', (datatype, packed) => {
    expect(reasonOf(() => arrayValue(packed, datatype))).toBe('malformed');
  });
});

describe('bounds', () => {
  /** Template in template in template …; the library that tests write with is not asked, it recurses. */
  function nested(depth: number): Uint8Array {
    let template: Uint8Array = new Uint8Array([0x28, 0]);
    for (let i = 0; i < depth; i++) {
      const writer = protobuf.Writer.create();
      const metric = protobuf.Writer.create();
      metric.uint32(0x0a).string('m').uint32(0x20).uint32(19).uint32(0x92).bytes(template);
      template = writer.uint32(0x12).bytes(metric.finish()).finish();
    }
    const metric = protobuf.Writer.create();
    metric.uint32(0x0a).string('m').uint32(0x20).uint32(19).uint32(0x92).bytes(template);
    return protobuf.Writer.create().uint32(0x12).bytes(metric.finish()).finish();
  }

  test('templates nest as deep as JSON may, and no deeper', () => {
    expect(reasonOf(() => first(nested(limits.jsonDepthMax), 'Template'))).toBe('none');
    expect(reasonOf(() => first(nested(limits.jsonDepthMax + 1), 'Template'))).toBe('too-deep');
    expect(reasonOf(() => first(nested(5000), 'Template'))).toBe('too-deep');
  });

  test('property sets too', () => {
    let set: Uint8Array = new Uint8Array();
    for (let i = 0; i < 5000; i++) {
      const value = protobuf.Writer.create().uint32(0x4a).bytes(set).finish();
      set = protobuf.Writer.create().uint32(0x0a).string('k').uint32(0x12).bytes(value).finish();
    }
    const reader = protobuf.Reader.create(Buffer.from(set));
    expect(reasonOf(() => readProperties(reader, 0, set.length, { elements: elementsMax }))).toBe('too-deep');
  });

  test('groups of an old protocol buffer, nested without end, are passed over or refused', () => {
    const groups = Buffer.alloc(200_000, 0xa3);
    for (let i = 1; i < groups.length; i += 2) groups[i] = 0x06;
    expect(reasonOf(() => openPayload(groups))).toBe('malformed');
  });

  test('more metrics than a payload may have', () => {
    const payload = Buffer.alloc(2 * (limits.payloadValuesMax + 1));
    for (let i = 0; i < payload.length; i += 2) payload[i] = 0x12;
    expect(reasonOf(() => openPayload(payload))).toBe('too-large');
    expect(openPayload(payload.subarray(2)).metrics).toBe(limits.payloadValuesMax);
  });

  test('a data set whose parts do not agree', () => {
    const payload = encode({
      metrics: [
        {
          name: 'm',
          type: 'DataSet',
          value: { numOfColumns: 2, columns: ['a'], types: ['Int32'], rows: [[1]] },
        },
      ],
    });
    expect(reasonOf(() => first(payload, 'DataSet'))).toBe('malformed');
  });
});

describe('whatever comes in', () => {
  /** Reads all there is to read, as every datatype. Anything but a PayloadError fails the test. */
  function readAll(payload: Uint8Array): void {
    let head: ReturnType<typeof openPayload>;
    try {
      head = openPayload(payload);
    } catch (error) {
      mustBePayloadError(error);
      return;
    }
    const metric = new Metric();
    for (let i = 0; i < head.ranges.length; i += 2) {
      try {
        readMetric(head.reader, head.ranges[i]!, head.ranges[i + 1]!, metric);
        if (metric.propertiesEnd > 0)
          readProperties(head.reader, metric.propertiesStart, metric.propertiesEnd, head.budget);
      } catch (error) {
        mustBePayloadError(error);
      }
      for (const datatype of datatypes) {
        try {
          JSON.stringify(metricValue(head.reader, metric, datatype, head.budget), (_, value) =>
            typeof value === 'bigint' ? String(value) : value,
          );
        } catch (error) {
          mustBePayloadError(error);
        }
      }
    }
    // Whatever failed on the way, the reader stands as it did.
    if (head.reader.len !== head.reader.buf.length) throw new Error('the reader was left bounded to a part');
  }

  function mustBePayloadError(error: unknown): void {
    if (!(error instanceof PayloadError)) throw error;
  }

  const valid = encode({
    timestamp: 1_700_000_000_000,
    seq: 3,
    metrics: [
      { name: 'bdSeq', type: 'Int64', value: 1 },
      {
        name: 'a/b',
        alias: 5,
        type: 'Float',
        value: 1.5,
        properties: { Quality: { type: 'Int32', value: 192 } },
      },
      { name: 's', type: 'String', value: 'text', isHistorical: true },
      {
        name: 'd',
        type: 'DataSet',
        value: {
          numOfColumns: 2,
          columns: ['x', 'y'],
          types: ['Int32', 'String'],
          rows: [
            [1, 'p'],
            [2, 'q'],
          ],
        },
      },
      {
        name: 't',
        type: 'Template',
        value: {
          version: '1',
          templateRef: 'T',
          isDefinition: false,
          metrics: [{ name: 'n', type: 'UInt64', value: 7 }],
          parameters: [{ name: 'p', type: 'Boolean', value: true }],
        },
      },
      { name: 'b', type: 'Bytes', value: new Uint8Array([1, 2, 3]) },
    ],
  });

  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), readAll), { numRuns: 1000 });
  });

  test('valid payloads with bytes changed, cut out or doubled', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            at: fc.nat(valid.length - 1),
            what: fc.constantFrom('set', 'cut', 'double', 'end'),
            byte: fc.nat(255),
            length: fc.integer({ min: 1, max: 40 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        (changes) => {
          let payload: Buffer = Buffer.from(valid);
          for (const { at, what, byte, length } of changes) {
            if (at >= payload.length) continue;
            if (what === 'set') payload[at] = byte;
            else if (what === 'cut')
              payload = Buffer.concat([payload.subarray(0, at), payload.subarray(at + length)]);
            else if (what === 'double')
              payload = Buffer.concat([payload.subarray(0, at + length), payload.subarray(at)]);
            else payload = payload.subarray(0, at);
          }
          readAll(payload);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('every byte of a valid payload set to every extreme', () => {
    for (let at = 0; at < valid.length; at++) {
      for (const byte of [0x7f, 0xff]) {
        const payload = Buffer.from(valid);
        payload[at] = byte;
        readAll(payload);
      }
    }
  });
});
