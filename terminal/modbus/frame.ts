/**
 * Modbus TCP framing: "MODBUS Messaging on TCP/IP Implementation Guide V1.0b", 3.1.3 (MBAP header) and "MODBUS Application
 * Protocol Specification V1.1b3", 6 (read functions) and 7 (exceptions). Pure: bytes in, frames out.
 */

/** What can be read, with the names the W3C Modbus binding gives. */
export const entities = ['Coil', 'DiscreteInput', 'InputRegister', 'HoldingRegister'] as const;
export type Entity = (typeof entities)[number];

/** Function code that reads an entity. */
export const readFunction: Readonly<Record<Entity, number>> = {
  Coil: 1,
  DiscreteInput: 2,
  HoldingRegister: 3,
  InputRegister: 4,
};

export function isBitEntity(entity: Entity): boolean {
  return entity === 'Coil' || entity === 'DiscreteInput';
}

/** Most registers one read may ask for (V1.1b3, 6.3). */
export const registersPerReadMax = 125;
/** Most coils or inputs one read may ask for (V1.1b3, 6.1). */
export const bitsPerReadMax = 2000;

const headerBytes = 7;
/** Unit identifier and the largest PDU (253 bytes) are what the length field counts. */
const lengthMax = 254;
/** Unit identifier, function code. Nothing shorter is a frame. */
const lengthMin = 2;

/** One request to read: 12 bytes. */
export function encodeRead(
  transaction: number,
  unit: number,
  entity: Entity,
  address: number,
  quantity: number,
): Buffer {
  const frame = Buffer.allocUnsafe(12);
  frame.writeUInt16BE(transaction, 0);
  frame.writeUInt16BE(0, 2);
  frame.writeUInt16BE(6, 4);
  frame[6] = unit;
  frame[7] = readFunction[entity];
  frame.writeUInt16BE(address, 8);
  frame.writeUInt16BE(quantity, 10);
  return frame;
}

/** Bytes of data that answer a read. */
export function dataBytes(entity: Entity, quantity: number): number {
  return isBitEntity(entity) ? Math.ceil(quantity / 8) : quantity * 2;
}

export interface Frame {
  transaction: number;
  unit: number;
  /** Function code and data. */
  pdu: Buffer;
}

/**
 * Cuts a byte stream into frames. A stream that is not Modbus TCP (protocol identifier not 0, impossible length) cannot be
 * resynchronised, as the header has no mark to look for: `push` then says why, and the connection has to be made anew.
 * Holds at most one incomplete frame (260 bytes). Never throws.
 */
export class FrameSplitter {
  #rest: Buffer | undefined;
  #broken: string | undefined;

  /** Bytes held of a frame that is not complete. */
  get pending(): number {
    return this.#rest?.length ?? 0;
  }

  /** Gives the frames complete so far to `take`, in order. Returns why the stream cannot be read on, if so. */
  push(chunk: Buffer, take: (frame: Frame) => void): string | undefined {
    if (this.#broken !== undefined) return this.#broken;
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let at = 0;
    while (bytes.length - at >= headerBytes) {
      const protocol = bytes.readUInt16BE(at + 2);
      const length = bytes.readUInt16BE(at + 4);
      if (protocol !== 0) {
        return this.#break(`protocol identifier ${protocol} in the header, expected 0`, bytes, at);
      }
      if (length < lengthMin || length > lengthMax) {
        return this.#break(
          `frame length ${length} in the header, expected ${lengthMin} to ${lengthMax}`,
          bytes,
          at,
        );
      }
      const end = at + 6 + length;
      if (end > bytes.length) break;
      take({
        transaction: bytes.readUInt16BE(at),
        unit: bytes[at + 6]!,
        pdu: bytes.subarray(at + headerBytes, end),
      });
      at = end;
    }
    if (at < bytes.length) this.#rest = bytes.subarray(at);
    return undefined;
  }

  #break(why: string, bytes: Buffer, at: number): string {
    this.#broken = `${why}: ${bytes.subarray(at, at + 16).toString('hex')}`;
    return this.#broken;
  }
}

/** What a reply says to the read it answers. */
export type ReadReply =
  | { kind: 'data'; data: Buffer }
  | { kind: 'exception'; code: number }
  | { kind: 'malformed'; why: string };

/** Reads a reply's PDU as the answer to a read. Never throws; everything that is not exactly the answer is malformed. */
export function readReply(pdu: Buffer, entity: Entity, quantity: number): ReadReply {
  const expected = readFunction[entity];
  const code = pdu[0];
  if (code === (expected | 0x80)) {
    return pdu.length === 2
      ? { kind: 'exception', code: pdu[1]! }
      : { kind: 'malformed', why: `exception reply of ${pdu.length} bytes, expected 2` };
  }
  if (code !== expected) {
    return {
      kind: 'malformed',
      why: `function code ${code ?? 'missing'} in the reply, expected ${expected}`,
    };
  }
  const bytes = dataBytes(entity, quantity);
  if (pdu[1] !== bytes || pdu.length !== bytes + 2) {
    return {
      kind: 'malformed',
      why: `reply announces ${pdu[1] ?? 'no'} bytes and carries ${Math.max(0, pdu.length - 2)}, expected ${bytes}`,
    };
  }
  return { kind: 'data', data: pdu.subarray(2) };
}

/** Functions that write, with the names the W3C Modbus binding gives them (V1.1b3, 6.5, 6.6, 6.11, 6.12, 6.16). */
export const writeFunction = {
  writeSingleCoil: 5,
  writeSingleHoldingRegister: 6,
  writeMultipleCoils: 15,
  writeMultipleHoldingRegisters: 16,
  maskWriteRegister: 22,
} as const;

/** Most registers one write may carry (V1.1b3, 6.12). */
export const registersPerWriteMax = 123;
/** Most coils one write may carry (V1.1b3, 6.11). */
export const bitsPerWriteMax = 1968;

/** A request of any function. */
export function encodeRequest(transaction: number, unit: number, pdu: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + pdu.length);
  frame.writeUInt16BE(transaction, 0);
  frame.writeUInt16BE(0, 2);
  frame.writeUInt16BE(pdu.length + 1, 4);
  frame[6] = unit;
  pdu.copy(frame, headerBytes);
  return frame;
}

/** Functions 5 and 6: one coil (0xFF00 or 0x0000) or one register. */
export function singleWrite(code: 5 | 6, address: number, value: number): Buffer {
  const pdu = Buffer.allocUnsafe(5);
  pdu[0] = code;
  pdu.writeUInt16BE(address, 1);
  pdu.writeUInt16BE(value, 3);
  return pdu;
}

/** Functions 15 and 16. `data`: bits packed from the least significant on, or registers. */
export function multipleWrite(code: 15 | 16, address: number, quantity: number, data: Buffer): Buffer {
  const pdu = Buffer.allocUnsafe(6 + data.length);
  pdu[0] = code;
  pdu.writeUInt16BE(address, 1);
  pdu.writeUInt16BE(quantity, 3);
  pdu[5] = data.length;
  data.copy(pdu, 6);
  return pdu;
}

/** Function 22: register = (register AND `and`) OR (`or` AND NOT `and`), in one step of the device. */
export function maskWrite(address: number, and: number, or: number): Buffer {
  const pdu = Buffer.allocUnsafe(7);
  pdu[0] = writeFunction.maskWriteRegister;
  pdu.writeUInt16BE(address, 1);
  pdu.writeUInt16BE(and, 3);
  pdu.writeUInt16BE(or, 5);
  return pdu;
}

/** Reads a reply's PDU as the answer to a write: it repeats the request, up to the values of functions 15 and 16. Never throws. */
export function writeReply(pdu: Buffer, request: Buffer): ReadReply {
  const expected = request[0]!;
  if (pdu.length === 2 && pdu[0] === (expected | 0x80)) return { kind: 'exception', code: pdu[1]! };
  const echo = expected === 15 || expected === 16 ? request.subarray(0, 5) : request;
  if (pdu.equals(echo)) return { kind: 'data', data: pdu };
  return {
    kind: 'malformed',
    why: `the reply to a write is ${pdu.toString('hex', 0, 16)}, expected ${echo.toString('hex', 0, 16)}`,
  };
}
