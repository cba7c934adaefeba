import { formatInstant, type Microseconds } from '@millrace/contract';
import { BinaryStream } from 'node-opcua-binary-stream';
import { DataChangeNotification, HistoryData, Variant } from 'node-opcua-client';
import { shortestFloat } from './float.ts';

/** The values in one notification, or in one node's history, as columns of `count` rows. */
export interface DataChanges {
  count: number;
  /** Client handle of the monitored item; zeros in history. */
  handle: Uint32Array;
  /** The whole StatusCode, also of codes the stack does not know. */
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
 * Reads a DataChangeNotification (OPC 10000-4, 7.25.2) or HistoryData (OPC 10000-11, 6.6.2) without an object per value: at 20,000 values a
 * second the stack's own reading, four objects and a calendar date for each, costs more than everything else together; and it turns
 * StatusCodes it does not know into one it does. Throws RangeError on bytes that end too early.
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

  /** `handles`: each value stands behind the handle of its item. */
  changes(handles: boolean): DataChanges {
    const declared = this.buffer.readInt32LE(this.at);
    this.at += 4;
    // The least an item takes is five bytes, or one, so a short message cannot claim many.
    const left = this.buffer.length - this.at;
    if (declared > itemsMax || declared * (handles ? 5 : 1) > left)
      throw new RangeError(`${declared} values in ${left} bytes`);
    const count = Math.max(0, declared);
    const changes: DataChanges = {
      count,
      handle: new Uint32Array(count),
      status: new Uint32Array(count),
      time: new Float64Array(count),
      value: new Array(count),
    };
    for (let i = 0; i < count; i++) {
      if (handles) {
        changes.handle[i] = this.buffer.readUInt32LE(this.at);
        this.at += 4;
      }
      this.#dataValue(changes, i);
    }
    return changes;
  }

  #dataValue(changes: DataChanges, i: number): void {
    const buffer = this.buffer;
    const mask = buffer.readUInt8(this.at++);
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
    if (this.at > buffer.length) throw new RangeError('the message ends within a value');
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
          return shortestFloat(buffer.readFloatLE(this.at - 4));
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
        return shortestFloat(buffer.readFloatLE(at));
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

/**
 * Puts the reading above in place of the stack's, for this process. Whoever else asks these messages for their objects still gets
 * them, made then.
 */
export function installReader(): void {
  if (installed) return;
  installed = true;
  intercept(DataChangeNotification, 'monitoredItems', true);
  intercept(HistoryData, 'dataValues', false);
}

function intercept(made: new () => object, property: string, handles: boolean): void {
  const prototype = made.prototype as Prototype;
  const slow = prototype.decode;
  prototype.decode = function decode(this: object, stream: BinaryStream): void {
    const { buffer, length: start } = stream;
    const reader = new Reader(stream);
    try {
      changesOf.set(this, reader.changes(handles));
    } catch (error) {
      changesOf.set(this, error as Error);
    }
    // The diagnostics behind a notification are not read: the length of the whole is known one level up.
    stream.length = Math.min(reader.at + (handles ? 4 : 0), buffer.length);
    let objects: unknown;
    Object.defineProperty(this, property, {
      configurable: true,
      enumerable: true,
      get() {
        if (objects === undefined) {
          const again = new BinaryStream(buffer);
          again.length = start;
          const other = new made();
          slow.call(other, again);
          objects = (other as Record<string, unknown>)[property];
        }
        return objects;
      },
    });
  };
}

/** What was read of a message since `installReader`; an Error where its bytes were damaged; undefined for other messages. */
export function changesIn(message: object): DataChanges | Error | undefined {
  return changesOf.get(message);
}
