import type { Form, LocalText } from '@millrace/contract';
import {
  commandLost,
  commandTimedOut,
  type TerminalContext,
  TerminalError,
  type WriteOutcome,
} from '@millrace/sdk';
import { asBit, encodeRegisters, UnfitValue } from './encode.ts';
import { endpointText, isWritable, type PointForm, parseForm, writeFunctionOf } from './form.ts';
import {
  bitsPerWriteMax,
  isBitEntity,
  maskWrite,
  multipleWrite,
  registersPerWriteMax,
  singleWrite,
} from './frame.ts';
import type { Link, Outcome } from './link.ts';
import { ownForm } from './point.ts';
import { exceptionText } from './problem.ts';
import type { ModbusSettings } from './settings.ts';
import { readBit } from './value.ts';

/** A device may need a moment to take a value over; then it is said what it reads. */
const readBackMilliseconds = [0, 150, 400] as const;
const scaleFactorMax = 10;
const illegalFunction = 1;

interface Target extends PointForm {
  form: Form;
  timeout: number;
  place: string;
}

/**
 * Writes a property through its form: function 5 or 15 for coils, 6 or 16 for registers (22 for one bit of a register), as the form says, or the
 * single one where one value is enough and the device knows it. Then reads back: `confirmed` means that the device holds the very registers
 * that were written. Rejects with TerminalError; exceptions are the device's refusal.
 */
export async function writeProperty(
  link: Link,
  context: TerminalContext,
  settings: ModbusSettings,
  thing: string,
  property: string,
  value: unknown,
): Promise<WriteOutcome> {
  const target = targetOf(context, settings, thing, property);
  try {
    const outcome = isBitEntity(target.entity)
      ? await writeCoils(link, target, value)
      : target.layout.bit === undefined
        ? await writeRegisters(link, target, value)
        : await writeBitOfRegister(link, target, value);
    context.count(outcome.state === 'refused' ? 'writesRefused' : 'writes', 1);
    return outcome;
  } catch (error) {
    context.count('writeErrors', 1);
    if (!(error instanceof UnfitValue)) throw error;
    throw new TerminalError(
      'bad-data',
      'value-unfit',
      {
        en: `"${property}" cannot be written: ${error.words.en}.`,
        zh: `无法写入“${property}”：${error.words.zh}。`,
      },
      { en: 'Give a value that the register can hold.', zh: '请给出寄存器可以容纳的值。' },
    );
  }
}

function targetOf(
  context: TerminalContext,
  settings: ModbusSettings,
  thing: string,
  property: string,
): Target {
  const found = context.things.get(thing);
  const point = found?.points.get(property);
  const own = endpointText(settings.host, settings.port);
  const named = found?.description['millrace:connection'] === context.connection.id;
  const forms = (point?.forms ?? []).flatMap((form) => ownForm(form, own, named) ?? []);
  // A form that says it writes comes before one that says nothing.
  const form = forms
    .filter(isWritable)
    .sort((a, b) => Number(a.op === undefined) - Number(b.op === undefined))[0];
  if (point === undefined || form === undefined) throw cannot(property, noForm);
  const parsed = parseForm(form, point.schema, settings.unit, found!.description.base);
  if ('message' in parsed) throw cannot(property, parsed.message);
  if (parsed.entity === 'InputRegister' || parsed.entity === 'DiscreteInput') {
    throw cannot(property, {
      en: `${parsed.entity} ${parsed.address} can only be read`,
      zh: `${parsed.entity} ${parsed.address} 只能读取`,
    });
  }
  const bits = isBitEntity(parsed.entity);
  const most = bits ? bitsPerWriteMax : registersPerWriteMax;
  if (parsed.quantity > most) {
    throw cannot(property, {
      en: `one request writes at most ${most} ${bits ? 'coils' : 'registers'}, this needs ${parsed.quantity}`,
      zh: `一次请求最多写入 ${most} 个，此处需要 ${parsed.quantity} 个`,
    });
  }
  return {
    ...parsed,
    form,
    timeout: parsed.timeoutMilliseconds ?? settings.timeoutMilliseconds,
    place: `${parsed.entity} ${parsed.address} of unit ${parsed.unit}`,
  };
}

async function writeCoils(link: Link, target: Target, value: unknown): Promise<WriteOutcome> {
  const { unit, address, quantity, items, timeout, form } = target;
  const bits = listOf(value, items).map(asBit);
  const data = Buffer.alloc(Math.ceil(quantity / 8));
  for (const [index, on] of bits.entries()) if (on) data[index >> 3]! |= 1 << (index & 7);
  const many = multipleWrite(15, address, quantity, data);
  const wanted = writeFunctionOf(form);
  if (quantity > 1 && wanted === 5)
    throw new UnfitValue('function 5 writes one coil', '功能码 5 只能写一个线圈');
  let outcome: Outcome;
  if (quantity === 1 && wanted !== 15) {
    outcome = await link.write(unit, singleWrite(5, address, bits[0] ? 0xff00 : 0), timeout);
    // An exception says that nothing was done: the other function may still be tried.
    if (wanted === undefined && isIllegalFunction(outcome)) outcome = await link.write(unit, many, timeout);
  } else outcome = await link.write(unit, many, timeout);
  const refused = failure(outcome, target);
  if (refused !== undefined) return refused;
  return readBack(
    link,
    target,
    (read) => bits.every((on, index) => readBit(read, index) === on),
    (read) => (items === undefined ? readBit(read, 0) : bits.map((_, index) => readBit(read, index))),
  );
}

async function writeRegisters(link: Link, target: Target, value: unknown): Promise<WriteOutcome> {
  const { unit, address, quantity, layout, items, timeout, form } = target;
  const exponent = await scaleFactor(link, target);
  const data = Buffer.concat(listOf(value, items).map((one) => encodeRegisters(layout, one, exponent)));
  const many = multipleWrite(16, address, quantity, data);
  const wanted = writeFunctionOf(form);
  if (quantity > 1 && wanted === 6)
    throw new UnfitValue('function 6 writes one register', '功能码 6 只能写一个寄存器');
  let outcome: Outcome;
  if (quantity === 1 && wanted !== 16) {
    outcome = await link.write(unit, singleWrite(6, address, data.readUInt16BE(0)), timeout);
    if (wanted === undefined && isIllegalFunction(outcome)) outcome = await link.write(unit, many, timeout);
  } else outcome = await link.write(unit, many, timeout);
  const refused = failure(outcome, target);
  if (refused !== undefined) return refused;
  return readBack(
    link,
    target,
    (read) => read.equals(data),
    () => value,
  );
}

/** One bit, the others left as they are: by the function made for it; where the device does not know that, by reading and writing the whole. */
async function writeBitOfRegister(link: Link, target: Target, value: unknown): Promise<WriteOutcome> {
  const { unit, address, layout, timeout } = target;
  const on = asBit(value);
  // The bit as it stands on the wire, whichever byte the device sends first.
  const mask = layout.byteFirst === 'most' ? 1 << layout.bit! : 1 << ((layout.bit! + 8) & 15);
  let outcome = await link.write(unit, maskWrite(address, 0xffff & ~mask, on ? mask : 0), timeout);
  if (isIllegalFunction(outcome)) {
    const read = await link.read(unit, 'HoldingRegister', address, 1, timeout);
    const unread = failure(read, target, false);
    if (unread !== undefined) return unread;
    const register = (read as { data: Buffer }).data.readUInt16BE(0);
    outcome = await link.write(
      unit,
      singleWrite(6, address, (on ? register | mask : register & ~mask) & 0xffff),
      timeout,
    );
  }
  const refused = failure(outcome, target);
  if (refused !== undefined) return refused;
  return readBack(
    link,
    target,
    (read) => ((read.readUInt16BE(0) & mask) !== 0) === on,
    () => value,
  );
}

async function scaleFactor(link: Link, target: Target): Promise<number> {
  const { unit, scaleFactorAddress, timeout, layout } = target;
  if (scaleFactorAddress === undefined || ['bool', 'string', 'hex'].includes(layout.type)) return 0;
  const read = await link.read(unit, 'HoldingRegister', scaleFactorAddress, 1, timeout);
  const exponent = read.kind === 'data' ? read.data.readInt16BE(0) : undefined;
  if (exponent === undefined || Math.abs(exponent) > scaleFactorMax) {
    throw new UnfitValue(
      `the power of ten in register ${scaleFactorAddress} could not be read`,
      `无法读取寄存器 ${scaleFactorAddress} 中的比例因子`,
    );
  }
  return exponent;
}

async function readBack(
  link: Link,
  target: Target,
  same: (read: Buffer) => boolean,
  shown: (read: Buffer) => unknown,
): Promise<WriteOutcome> {
  const { unit, entity, address, quantity, timeout } = target;
  let seen = '';
  for (const wait of readBackMilliseconds) {
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const read = await link.read(unit, entity, address, quantity, timeout);
    if (read.kind !== 'data') {
      // It cannot be read, or not now. The device has said that it took the value.
      return { state: 'confirmed', by: 'acknowledgement' };
    }
    if (same(read.data)) return { state: 'confirmed', by: 'read-back', value: shown(read.data) };
    seen = read.data.toString('hex', 0, 16);
  }
  return {
    state: 'sent',
    detail: `${target.place} acknowledged the write and reads ${seen} (hexadecimal) since`,
  };
}

/** Undefined: it was done. An exception comes back as the device's refusal; everything else is thrown. `acts`: it could have changed something. */
function failure(outcome: Outcome, target: Target, acts = true): WriteOutcome | undefined {
  switch (outcome.kind) {
    case 'data':
      return undefined;
    case 'exception': {
      if (outcome.code === 5) return { state: 'sent', detail: exceptionText(5).en };
      if (outcome.code === 0x0b && acts) throw timedOut(target, exceptionText(outcome.code));
      return { state: 'refused', detail: `${target.place}: ${exceptionText(outcome.code).en}` };
    }
    case 'timeout':
      if (acts)
        throw timedOut(target, {
          en: `no answer within ${target.timeout} ms`,
          zh: `${target.timeout} 毫秒内无应答`,
        });
      throw notThere();
    case 'malformed':
      if (acts) throw answeredOtherwise(target, outcome.why);
      throw notThere();
    case 'closed':
      if (acts && outcome.sent) throw lost(target, 'the connection was closed');
      throw notThere();
  }
}

const isIllegalFunction = (outcome: Outcome): boolean =>
  outcome.kind === 'exception' && outcome.code === illegalFunction;

function listOf(value: unknown, items: number | undefined): unknown[] {
  if (items === undefined) return [value];
  if (Array.isArray(value) && value.length === items) return value;
  throw new UnfitValue(`a list of ${items} values is needed`, `需要 ${items} 个值的列表`);
}

const noForm: LocalText = {
  en: 'it has no form on this connection that can be written through',
  zh: '在此连接上没有可写的 form',
};

function cannot(property: string, why: LocalText): TerminalError {
  return new TerminalError(
    'bad-data',
    'not-writable',
    { en: `"${property}" cannot be written: ${why.en}.`, zh: `无法写入“${property}”：${why.zh}。` },
    { en: 'See the form in the description of the thing.', zh: '请检查物描述中的 form。' },
  );
}

function timedOut(target: Target, why: LocalText): TerminalError {
  return new TerminalError(
    'unavailable',
    commandTimedOut,
    {
      en: `The device did not answer the write (${why.en}); whether it took it is not known.`,
      zh: `设备未应答写入（${why.zh}），是否生效未知。`,
    },
    { en: 'See what it reads now.', zh: '请查看当前读数。' },
    { detail: target.place },
  );
}

/** Not the echo that the specification wants (6.6, 6.12): a device that clamps may answer with what it took. */
function answeredOtherwise(target: Target, why: string): TerminalError {
  return new TerminalError(
    'unavailable',
    commandLost,
    {
      en: 'The device answered the write otherwise than it should; whether it took the value is not known.',
      zh: '设备对写入的应答与规定不符，是否生效未知。',
    },
    { en: 'See what it reads now.', zh: '请查看当前读数。' },
    { detail: `${target.place}: ${why}` },
  );
}

function lost(target: Target, why: string): TerminalError {
  return new TerminalError(
    'unavailable',
    commandLost,
    {
      en: 'The connection broke before the device answered; whether it took the value is not known.',
      zh: '在设备应答之前连接中断，是否生效未知。',
    },
    { en: 'See what it reads now.', zh: '请查看当前读数。' },
    { detail: `${target.place}: ${why}` },
  );
}

function notThere(): TerminalError {
  return new TerminalError(
    'unavailable',
    'not-connected',
    { en: 'The device is not connected.', zh: '设备未连接。' },
    { en: 'See the state of its connection.', zh: '请查看其连接状态。' },
  );
}
