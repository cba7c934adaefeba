import { formatInstant, type Microseconds } from '@millrace/contract';
import { BinaryStream } from 'node-opcua-binary-stream';
import { DataChangeNotification, Variant } from 'node-opcua-client';

/** The changes in one notification as columns; `count` rows are used. */
export interface DataChanges {
  count: number;
  handle: Uint32Array;
  status: Uint32Array;
  /** Source time, else server time, µs; NaN where the server gave neither. */
  time: Float64Array;
  /**
   * Number, boolean, text, bigint beyond 2^53, array of those; undefined where there is none; a Variant where only the stack can read it
   * (structures, matrices, rarer types).
   */
  value: unknown[];
}

/** 2^32 = 10 × 429,496,729 + 6; times are counted in 100 ns from 1601, 1970 being 0x019DB1DED53E8000. */
const epochHigh = 0x019db1de;
const epochLow = 0xd53e8000;

/** A DateTime of the wire as µs since 1970, exact; NaN for "none" (0, or the end of time). */
export function instantAt(buffer: Buffer, at: number): Microseconds {
  const low = buffer.readUInt32LE(at);
  const high = buffer.readInt32LE(at + 4);
  if ((high === 0 && low === 0) || high === 0x7fffffff || high < 0) return Number.NaN;
  const fromHigh = high - epochHigh;
  return fromHigh * 429_496_729 + Math.floor((fromHigh * 6 + (low - epochLow)) / 10);
}

const arrayLengthMax = 1_048_576;
const itemsMax = 1_048_576;

/**
 * Reads a DataChangeNotification (OPC 10000-4, 7.25.2) without an object per value: at 20,000 values a second the stack's own reading, four
 * objects and a calendar date for each, costs more than everything else together. Throws RangeError on bytes that end too early.
 */
class Reader {
  buffer: Buffer;
  at: number;
  readonly #stream: BinaryStream;

  constructor(stream: BinaryStream) {
    this.#stream = stream;
    this.buffer = stream.buffer;
    this.at = stream.length;
  }

  changes(): DataChanges {
    const declared = this.buffer.readInt32LE(this.at);
    this.at += 4;
    // The least an item takes is five bytes, so a short message cannot claim many.
    if (declared > itemsMax || declared * 5 > this.buffer.length - this.at)
      throw new RangeError(`a notification of ${declared} items in ${this.buffer.length - this.at} bytes`);
    const count = Math.max(0, declared);
    const changes: DataChanges = {
      count,
      handle: new Uint32Array(count),
      status: new Uint32Array(count),
      time: new Float64Array(count),
      value: new Array(count),
    };
    for (let i = 0; i < count; i++) this.#item(changes, i);
    return changes;
  }

  #item(changes: DataChanges, i: number): void {
    const buffer = this.buffer;
    changes.handle[i] = buffer.readUInt32LE(this.at);
    const mask = buffer[this.at + 4]!;
    this.at += 5;
    changes.value[i] = mask & 0x01 ? this.#variant() : undefined;
    if (mask & 0x02) {
      changes.status[i] = buffer.readUInt32LE(this.at);
      this.at += 4;
    }
    let source = Number.NaN;
    if (mask & 0x04) {
      source = instantAt(buffer, this.at);
      this.at += 8;
    }
    if (mask & 0x10) this.at += 2;
    if (mask & 0x08) {
      if (Number.isNaN(source)) source = instantAt(buffer, this.at);
      this.at += 8;
    }
    if (mask & 0x20) this.at += 2;
    if (this.at > buffer.length) throw new RangeError('the notification ends within an item');
    changes.time[i] = source;
  }

  #variant(): unknown {
    const buffer = this.buffer;
    const start = this.at;
    const encoding = buffer.readUInt8(this.at++);
    const type = encoding & 0x3f;
    if ((encoding & 0xc0) === 0) {
      switch (type) {
        case 0:
          return undefined;
        case 11:
          this.at += 8;
          return buffer.readDoubleLE(this.at - 8);
        case 10:
          this.at += 4;
          return buffer.readFloatLE(this.at - 4);
        case 21:
          return this.#localizedText();
        default:
          if (isPlain(type)) return this.#plain(type);
      }
    } else if ((encoding & 0xc0) === 0x80 && isPlain(type)) {
      return this.#array(type);
    }
    const stream = this.#stream;
    const before = stream.length;
    stream.length = start;
    try {
      const variant = new Variant();
      variant.decode(stream);
      this.at = stream.length;
      return variant;
    } finally {
      stream.length = before;
    }
  }

  #array(type: number): unknown {
    const length = this.buffer.readInt32LE(this.at);
    this.at += 4;
    if (length < 0) return [];
    if (length > arrayLengthMax || length > this.buffer.length - this.at)
      throw new RangeError(`an array of ${length} elements in ${this.buffer.length - this.at} bytes`);
    const list: unknown[] = new Array(length);
    for (let i = 0; i < length; i++) {
      const value = this.#plain(type);
      list[i] = typeof value === 'bigint' ? value.toString() : value;
    }
    return list;
  }

  #plain(type: number): unknown {
    const buffer = this.buffer;
    const at = this.at;
    switch (type) {
      case 1:
        this.at += 1;
        return buffer.readUInt8(at) !== 0;
      case 2:
        this.at += 1;
        return buffer.readInt8(at);
      case 3:
        this.at += 1;
        return buffer.readUInt8(at);
      case 4:
        this.at += 2;
        return buffer.readInt16LE(at);
      case 5:
        this.at += 2;
        return buffer.readUInt16LE(at);
      case 6:
        this.at += 4;
        return buffer.readInt32LE(at);
      case 7:
        this.at += 4;
        return buffer.readUInt32LE(at);
      case 8: {
        this.at += 8;
        const high = buffer.readInt32LE(at + 4);
        if (high >= -0x200000 && high < 0x200000) return high * 4_294_967_296 + buffer.readUInt32LE(at);
        return buffer.readBigInt64LE(at);
      }
      case 9: {
        this.at += 8;
        const high = buffer.readUInt32LE(at + 4);
        if (high < 0x200000) return high * 4_294_967_296 + buffer.readUInt32LE(at);
        return buffer.readBigUInt64LE(at);
      }
      case 10:
        this.at += 4;
        return buffer.readFloatLE(at);
      case 11:
        this.at += 8;
        return buffer.readDoubleLE(at);
      case 12:
        return this.#text();
      case 13: {
        this.at += 8;
        const instant = instantAt(buffer, at);
        return Number.isNaN(instant) ? '' : formatInstant(instant);
      }
      default:
        throw new RangeError(`type ${type}`);
    }
  }

  /** Null text counts as empty (OPC 10000-6, 5.1.11 lets an encoder take one for the other). */
  #text(): string {
    const length = this.buffer.readInt32LE(this.at);
    this.at += 4;
    if (length <= 0) return '';
    const end = this.at + length;
    if (end > this.buffer.length)
      throw new RangeError(`a text of ${length} bytes where ${this.buffer.length - this.at} are left`);
    const text = this.buffer.toString('utf8', this.at, end);
    this.at = end;
    return text;
  }

  #localizedText(): string {
    const mask = this.buffer.readUInt8(this.at++);
    if (mask & 0x01) this.#text();
    return mask & 0x02 ? this.#text() : '';
  }
}

function isPlain(type: number): boolean {
  return type >= 1 && type <= 13;
}

const changesOf = new WeakMap<object, DataChanges | Error>();
let installed = false;

type Prototype = { decode(stream: BinaryStream): void };

/** Puts the reading above in place of the stack's, for this process. Whoever else asks for `monitoredItems` still gets them. */
export function installReader(): void {
  if (installed) return;
  installed = true;
  const prototype = DataChangeNotification.prototype as unknown as Prototype;
  const slow = prototype.decode;
  prototype.decode = function decode(this: object, stream: BinaryStream): void {
    const start = stream.length;
    const reader = new Reader(stream);
    try {
      changesOf.set(this, reader.changes());
    } catch (error) {
      changesOf.set(this, error as Error);
    }
    // What follows (diagnostics) is not read: the length of the whole is known one level up.
    stream.length = Math.min(reader.at + 4, stream.buffer.length);
    const buffer = stream.buffer;
    let items: unknown;
    Object.defineProperty(this, 'monitoredItems', {
      configurable: true,
      enumerable: true,
      get(this: object) {
        if (items === undefined) {
          const again = new BinaryStream(buffer);
          again.length = start;
          const other = new DataChangeNotification();
          slow.call(other, again);
          items = other.monitoredItems;
        }
        return items;
      },
    });
  };
}

/** The changes of a notification read since `installReader`; an Error where its bytes were damaged; undefined for other notifications. */
export function changesIn(notification: object): DataChanges | Error | undefined {
  return changesOf.get(notification);
}
