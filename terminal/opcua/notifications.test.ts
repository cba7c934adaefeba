import './test-quiet.ts';
import fc from 'fast-check';
import {
  DataType,
  DataValue,
  type MonitoredItemNotification,
  type StatusCode,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import { BinaryStream } from 'node-opcua-binary-stream';
import { DataChangeNotification, HistoryData } from 'node-opcua-client';
import { expect, test, vi } from 'vitest';
import { changesIn, type DataChanges, installReader, instantAt } from './notifications.ts';
import { type Translation, valueOfVariant } from './values.ts';

installReader();
const translation: Translation = { namespaces: [], structure: () => undefined };

type Item = { clientHandle: number; value: DataValue };

function encode(items: Item[]): Buffer {
  const stream = new BinaryStream(1_000_000);
  new DataChangeNotification({ monitoredItems: items }).encode(stream as never);
  return Buffer.from(stream.buffer.subarray(0, stream.length));
}

function decode(bytes: Buffer): {
  changes: DataChanges | Error | undefined;
  notification: DataChangeNotification;
} {
  const notification = new DataChangeNotification();
  notification.decode(new BinaryStream(bytes));
  return { changes: changesIn(notification), notification };
}

const scalar = fc.oneof(
  fc.boolean().map((value) => ({ dataType: DataType.Boolean, value })),
  fc.integer({ min: -128, max: 127 }).map((value) => ({ dataType: DataType.SByte, value })),
  fc.integer({ min: 0, max: 255 }).map((value) => ({ dataType: DataType.Byte, value })),
  fc.integer({ min: -32_768, max: 32_767 }).map((value) => ({ dataType: DataType.Int16, value })),
  fc.integer({ min: 0, max: 65_535 }).map((value) => ({ dataType: DataType.UInt16, value })),
  fc.integer().map((value) => ({ dataType: DataType.Int32, value })),
  fc.nat(0xffff_ffff).map((value) => ({ dataType: DataType.UInt32, value })),
  fc
    .tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff))
    .map((value) => ({ dataType: DataType.Int64, value, arrayType: VariantArrayType.Scalar })),
  fc
    .tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff))
    .map((value) => ({ dataType: DataType.UInt64, value, arrayType: VariantArrayType.Scalar })),
  fc.float().map((value) => ({ dataType: DataType.Float, value })),
  fc.double().map((value) => ({ dataType: DataType.Double, value })),
  fc.string({ unit: 'grapheme' }).map((value) => ({ dataType: DataType.String, value })),
  fc
    .date({ min: new Date('1980-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    .map((value) => ({ dataType: DataType.DateTime, value })),
  fc.uuid().map((value) => ({ dataType: DataType.Guid, value })),
  fc
    .uint8Array({ minLength: 1 })
    .map((value) => ({ dataType: DataType.ByteString, value: Buffer.from(value) })),
  fc
    .string({ minLength: 1 })
    .map((text) => ({ dataType: DataType.LocalizedText, value: { text, locale: 'en' } })),
  fc.array(fc.double()).map((list) => ({
    dataType: DataType.Double,
    arrayType: VariantArrayType.Array,
    value: Float64Array.from(list),
  })),
  fc
    .array(fc.string())
    .map((value) => ({ dataType: DataType.String, arrayType: VariantArrayType.Array, value })),
  fc.array(fc.integer(), { minLength: 6, maxLength: 6 }).map((value) => ({
    dataType: DataType.Int32,
    arrayType: VariantArrayType.Matrix,
    dimensions: [2, 3],
    value: Int32Array.from(value),
  })),
);

const item = fc
  .record({
    handle: fc.nat(0xffff_ffff),
    variant: fc.option(scalar, { nil: undefined }),
    code: fc.constantFrom(0, 0x40930000, 0x808c0000, 0x0480),
    source: fc.option(
      fc.date({ min: new Date('1980-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
      {
        nil: undefined,
      },
    ),
    server: fc.option(
      fc.date({ min: new Date('1980-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
      {
        nil: undefined,
      },
    ),
    picoseconds: fc.nat(9999).map((hundreds) => hundreds * 100_000),
  })
  .map(
    (one): Item => ({
      clientHandle: one.handle,
      value: new DataValue({
        ...(one.variant === undefined ? {} : { value: one.variant }),
        statusCode: statusOf(one.code),
        ...(one.source === undefined
          ? {}
          : { sourceTimestamp: one.source, sourcePicoseconds: one.picoseconds }),
        ...(one.server === undefined ? {} : { serverTimestamp: one.server }),
      } as never),
    }),
  );

function statusOf(value: number): StatusCode {
  return { value, name: '', description: '' } as never;
}

test('reads what the stack would, value by value', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 20 }), (items) => {
      const { changes, notification } = decode(encode(items));
      expect(changes).not.toBeInstanceOf(Error);
      const read = changes as DataChanges;
      const slow: MonitoredItemNotification[] = notification.monitoredItems ?? [];
      expect(read.count).toBe(items.length);
      expect(slow).toHaveLength(items.length);
      for (const [at, one] of slow.entries()) {
        expect(read.handle[at]).toBe(one.clientHandle);
        expect(read.status[at]).toBe(one.value.statusCode.value >>> 0);
        const [stamp, picoseconds] = one.value.sourceTimestamp
          ? [one.value.sourceTimestamp, one.value.sourcePicoseconds]
          : [one.value.serverTimestamp, one.value.serverPicoseconds];
        expect(read.time[at]).toEqual(
          stamp === null || stamp === undefined
            ? Number.NaN
            : stamp.getTime() * 1000 + Math.floor(picoseconds / 1e6),
        );
        const fast =
          read.value[at] instanceof Variant
            ? valueOfVariant(read.value[at] as Variant, translation)
            : read.value[at];
        expect(plain(fast)).toEqual(plain(valueOfVariant(one.value.value, translation)));
      }
    }),
  );
});

/** 64-bit integers are numbers where those hold them, else bigint. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

test('no bytes make it throw, hang, or claim more than there is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const { changes } = decode(Buffer.from(bytes));
      if (!(changes instanceof Error))
        expect((changes as DataChanges).count * 5).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 2000 },
  );
});

test('a good notification with any byte changed does no harm', () => {
  const good = encode(
    [21.5, 'text', true].map((value, at) => ({
      clientHandle: at,
      value: new DataValue({
        value: {
          dataType: [DataType.Double, DataType.String, DataType.Boolean][at]!,
          value,
        },
        sourceTimestamp: new Date('2024-01-01'),
      }),
    })),
  );
  for (let at = 0; at < good.length; at++) {
    for (const mask of [0x01, 0x40, 0x80, 0xff]) {
      const bad = Buffer.from(good);
      bad[at]! ^= mask;
      decode(bad);
    }
  }
});

test('an array that claims a million elements in a few bytes is refused', () => {
  const bytes = Buffer.alloc(40);
  bytes.writeInt32LE(1, 0);
  bytes[8] = 0x01; // a value follows
  bytes[9] = 0x80 | 11; // array of Double
  bytes.writeInt32LE(1_000_000, 10);
  expect(decode(bytes).changes).toBeInstanceOf(RangeError);
});

test('history is read the same way, with codes nobody knows', () => {
  const values = [0, 0x40920000, 0x808c0000].map(
    (code, at) =>
      new DataValue({
        value: { dataType: DataType.Double, value: at },
        statusCode: statusOf(code),
        sourceTimestamp: new Date(at),
      }),
  );
  const stream = new BinaryStream(10_000);
  new HistoryData({ dataValues: values }).encode(stream as never);
  const bytes = Buffer.from(stream.buffer.subarray(0, stream.length));
  // The stack writes only codes it knows; a maker's own is put in its place.
  bytes.writeUInt32LE(0x92340000, bytes.indexOf(Buffer.from([0, 0, 0x8c, 0x80])));
  const data = new HistoryData();
  data.decode(new BinaryStream(bytes));
  const read = changesIn(data) as DataChanges;
  expect([...read.status]).toEqual([0, 0x40920000, 0x92340000]);
  expect([...read.time]).toEqual([0, 1000, 2000]);
  expect(read.value).toEqual([0, 1, 2]);
  // The stack's own reading complains of it on the console.
  const quiet = vi.spyOn(console, 'warn').mockImplementation(() => {});
  expect(data.dataValues).toHaveLength(3);
  quiet.mockRestore();
});

test('times are exact, and "none" is none', () => {
  const at = (high: number, low: number): number => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(low >>> 0, 0);
    bytes.writeInt32LE(high, 4);
    return instantAt(bytes, 0);
  };
  expect(at(0x019db1de, 0xd53e8000)).toBe(0);
  expect(at(0, 0)).toBeNaN();
  expect(at(0x7fffffff, 0xffffffff)).toBeNaN();
  fc.assert(
    fc.property(
      fc.integer({ min: -400_000_000_000_000, max: 7_000_000_000_000_000 }),
      fc.nat(9),
      (us, tenth) => {
        const ticks = BigInt(us) * 10n + BigInt(tenth) + 116_444_736_000_000_000n;
        expect(at(Number(ticks >> 32n), Number(ticks & 0xffff_ffffn))).toBe(us);
      },
    ),
  );
});
