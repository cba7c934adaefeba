import { createServer, type Socket } from 'node:net';
import type { CompiledThing } from '../engine/compile.ts';
import type { Signal } from '../engine/model.ts';
import { type RegisterSpec, registerCount } from '../engine/pack.ts';
import type { Outlet, OutletContext } from './outlet.ts';

export interface ModbusOptions extends OutletContext {
  things: readonly CompiledThing[];
  host: string;
  port: number;
}

/** Simultaneous clients; a further one is turned away. */
const clientsMax = 16;
const registersPerReadMax = 125;
const headerBytes = 7;
/** Length field of a request: unit id and PDU, at most 253 bytes of it (Modbus Application Protocol 1.1b3, 4.1). */
const lengthMax = 254;
const idleMilliseconds = 120_000;

const exceptions = {
  illegalFunction: 1,
  illegalDataAddress: 2,
  illegalDataValue: 3,
  /** A gateway's word for a device behind it that is silent. */
  gatewayTargetFailed: 11,
} as const;

interface Unit {
  thing: CompiledThing;
  entity: 'HoldingRegister' | 'InputRegister';
  /** Registers by address; what is between them reads as zero, what is beyond the last is refused. */
  registers: Uint8Array;
  length: number;
  writers: Map<number, { address: number; spec: RegisterSpec }>;
  /** What may be written, by its first address; it stands in the holding registers whatever the others are. */
  writable: Map<number, { signal: Signal; spec: RegisterSpec }>;
}

/**
 * A Modbus TCP server that is a gateway to one or more units, each with the register map of its kind: functions 3 and 4, and
 * 6 and 16 for what may be written, big-endian bytes and words. Registers are written when an instrument is looked at, so a read costs a copy. A unit cut off the
 * network answers with the gateway's exception 11; an address without a register with exception 2.
 */
export async function openModbus(options: ModbusOptions): Promise<Outlet> {
  const { model, host, port, things, log } = options;
  const units = new Map<number, Unit>();
  const bySignal = new Map<number, Unit>();
  for (const thing of things) {
    const { entity, registers } = thing.kind.modbus!;
    const length = Math.max(
      ...Object.values(registers).map((spec) => spec.address + registerCount(spec.type)),
    );
    const unit: Unit = {
      thing,
      entity,
      registers: new Uint8Array(length * 2),
      length,
      writers: new Map(),
      writable: new Map(),
    };
    units.set(thing.spec.unit!, unit);
    for (const signal of model.signals) {
      if (signal.thing !== thing) continue;
      const spec = registers[signal.property.name];
      if (spec === undefined) continue;
      unit.writers.set(signal.index, { address: spec.address, spec });
      if (signal.property.spec.writes !== undefined) unit.writable.set(spec.address, { signal, spec });
      bySignal.set(signal.index, unit);
    }
    write(
      model.signals.filter((signal) => signal.thing === thing),
      unit,
    );
  }

  function write(signals: readonly Signal[], unit: Unit): void {
    const view = new DataView(unit.registers.buffer);
    for (const signal of signals) {
      const writer = unit.writers.get(signal.index);
      if (writer !== undefined)
        put(view, writer.address * 2, writer.spec, model.values[signal.property.slots[0]!]!);
    }
  }

  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    if (sockets.size >= clientsMax) {
      log.warn(`Modbus port ${port}: more than ${clientsMax} clients (clientsMax), one was turned away`);
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.setTimeout(idleMilliseconds, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (data) => {
      pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
      while (pending.length >= headerBytes) {
        const length = pending.readUInt16BE(4);
        if (pending.readUInt16BE(2) !== 0 || length < 2 || length > lengthMax) {
          // Not Modbus: there is no way to find the next frame.
          socket.destroy();
          return;
        }
        if (pending.length < 6 + length) return;
        const reply = answer(pending.subarray(0, 6 + length));
        pending = pending.subarray(6 + length);
        if (reply !== undefined && !socket.write(reply)) {
          // A client that does not read gets no further answers until it does.
          socket.pause();
          socket.once('drain', () => socket.resume());
        }
      }
    });
  });

  function answer(frame: Buffer): Buffer | undefined {
    const unitId = frame[6]!;
    const code = frame[7]!;
    const unit = units.get(unitId);
    // A gateway has nobody behind this unit id, or hears nothing from it.
    if (unit === undefined || model.isOffline(unit.thing)) {
      // A controller with a single unit is its own network: cut off, it says nothing at all.
      if (unit !== undefined && units.size === 1) return undefined;
      return refuse(frame, code, exceptions.gatewayTargetFailed);
    }
    if ((code === 6 || code === 16) && unit.writable.size > 0) return take(frame, code, unit);
    const entity = code === 3 ? 'HoldingRegister' : code === 4 ? 'InputRegister' : undefined;
    if (entity === undefined) return refuse(frame, code, exceptions.illegalFunction);
    if (frame.length !== 12) return refuse(frame, code, exceptions.illegalDataValue);
    const address = frame.readUInt16BE(8);
    const count = frame.readUInt16BE(10);
    if (count < 1 || count > registersPerReadMax) return refuse(frame, code, exceptions.illegalDataValue);
    const own = entity === unit.entity || (entity === 'HoldingRegister' && unit.writable.size > 0);
    if (!own || address + count > unit.length) {
      return refuse(frame, code, exceptions.illegalDataAddress);
    }
    const reply = Buffer.alloc(9 + count * 2);
    frame.copy(reply, 0, 0, 8);
    reply.writeUInt16BE(3 + count * 2, 4);
    reply[8] = count * 2;
    reply.set(unit.registers.subarray(address * 2, (address + count) * 2), 9);
    return reply;
  }

  /** Functions 6 and 16: one value, in exactly the registers it stands in. */
  function take(frame: Buffer, code: 6 | 16, unit: Unit): Buffer {
    const count = code === 6 ? 1 : frame.length > 12 ? frame.readUInt16BE(10) : 0;
    const from = code === 6 ? 10 : 13;
    if (frame.length !== from + count * 2 || count < 1)
      return refuse(frame, code, exceptions.illegalDataValue);
    const target = unit.writable.get(frame.readUInt16BE(8));
    if (target === undefined || registerCount(target.spec.type) !== count)
      return refuse(frame, code, exceptions.illegalDataAddress);
    const view = new DataView(frame.buffer, frame.byteOffset + from, count * 2);
    if (!model.write(target.signal, valueIn(view, target.spec)))
      return refuse(frame, code, exceptions.illegalDataValue);
    write([target.signal], unit);
    const reply = Buffer.from(frame.subarray(0, 12));
    reply.writeUInt16BE(6, 4);
    return reply;
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    seen(signals) {
      const unit = bySignal.get(signals[0]!.index);
      if (unit !== undefined) write(signals, unit);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function refuse(frame: Buffer, code: number, exception: number): Buffer {
  const reply = Buffer.alloc(9);
  frame.copy(reply, 0, 0, 8);
  reply.writeUInt16BE(3, 4);
  reply[7] = (code | 0x80) & 0xff;
  reply[8] = exception;
  return reply;
}

/** Writes a value as its register holds it: scaled, rounded, kept within what the type can hold. */
function put(view: DataView, at: number, spec: RegisterSpec, value: number): void {
  const raw = Math.round(value / (spec.scale ?? 1));
  switch (spec.type) {
    case 'float32':
      view.setFloat32(at, value);
      return;
    case 'int16':
      view.setInt16(at, clamp(raw, -0x8000, 0x7fff));
      return;
    case 'uint16':
      view.setUint16(at, clamp(raw, 0, 0xffff));
      return;
    case 'int32':
      view.setInt32(at, clamp(raw, -0x80000000, 0x7fffffff));
      return;
    case 'uint32':
      view.setUint32(at, clamp(raw, 0, 0xffffffff));
      return;
    case 'uint64':
      view.setBigUint64(at, BigInt(clamp(raw, 0, Number.MAX_SAFE_INTEGER)));
      return;
  }
}

/** The value that registers hold; the reverse of {@link put}. */
function valueIn(view: DataView, spec: RegisterSpec): number {
  const scaled = (raw: number): number => Number((raw * (spec.scale ?? 1)).toPrecision(12));
  switch (spec.type) {
    case 'float32':
      return view.getFloat32(0);
    case 'int16':
      return scaled(view.getInt16(0));
    case 'uint16':
      return scaled(view.getUint16(0));
    case 'int32':
      return scaled(view.getInt32(0));
    case 'uint32':
      return scaled(view.getUint32(0));
    case 'uint64':
      return scaled(Number(view.getBigUint64(0)));
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
