import type { Form, LocalText, PropertyAffordance } from '@millrace/contract';
import { vocabulary } from '@millrace/contract';
import { bitsPerReadMax, type Entity, entities, isBitEntity, registersPerReadMax } from './frame.ts';
import { bcdRegistersMax, type Layout, registersOf, type ValueType } from './value.ts';

/**
 * Forms after the W3C Web of Things Modbus binding (editor's draft of September 2026):
 * `modbus+tcp://{host}:{port}/{unitID}/{address}?quantity={n}`, with `modv:` terms beside the `href`.
 *
 * Addresses are those of the protocol, 0 to 65535, used as written: the draft deprecates `modv:zeroBasedAddressing` because
 * descriptions shall carry the address that goes on the wire. A form that still says `"modv:zeroBasedAddressing": false` counts
 * from one, and one is taken off.
 *
 * Where the form has no `modv:type`, the property's type and the quantity decide: one register is an unsigned 16-bit integer; two
 * or four are an unsigned integer for an `integer`, a floating point number for a `number`; a `string` is text.
 *
 * Millrace's own terms on a form:
 * - `millrace:scale`, `millrace:offset`   value = raw × scale + offset
 * - `millrace:bit`                        0–15: bit of the register, 0 the least significant
 * - `millrace:notAvailable`               raw value by which the device says that it has none
 * - `millrace:scaleFactorAddress`         register with a signed power of ten, read in the same request (SunSpec `sunssf`)
 */
export const scheme = 'modbus+tcp';
export const defaultPort = 502;
/** A form may ask to be polled no faster than this. */
export const pollMillisecondsMin = 20;
export const pollMillisecondsMax = 86_400_000;
/** Values in one array property. */
export const arrayItemsMax = 125;

/** JSON-LD prefixes for descriptions that Millrace makes from a Modbus device. */
export const modbusContext = [
  'https://www.w3.org/2022/wot/td/v1.1',
  { ...vocabulary, modv: 'https://www.w3.org/2019/wot/modbus#' },
] as const;

/** What a form says once it is understood: where the value is, how long, and how it lies. */
export interface PointForm {
  unit: number;
  entity: Entity;
  /** Protocol address of the first register or bit. */
  address: number;
  /** Registers or bits. */
  quantity: number;
  layout: Layout;
  /** Items of an array property; undefined for a single value. */
  items: number | undefined;
  scaleFactorAddress: number | undefined;
  /** Undefined: as the connection's settings say. */
  pollMilliseconds: number | undefined;
  timeoutMilliseconds: number | undefined;
}

export interface FormProblem {
  /** Member of the form that is wrong. */
  at: string;
  message: LocalText;
}

const typeNames: Readonly<Record<string, ValueType | 'signed' | 'unsigned'>> = {
  boolean: 'bool',
  bool: 'bool',
  byte: 'int8',
  int8: 'int8',
  unsignedbyte: 'uint8',
  uint8: 'uint8',
  short: 'int16',
  int16: 'int16',
  unsignedshort: 'uint16',
  uint16: 'uint16',
  int: 'int32',
  int32: 'int32',
  unsignedint: 'uint32',
  uint32: 'uint32',
  long: 'int64',
  int64: 'int64',
  unsignedlong: 'uint64',
  uint64: 'uint64',
  float: 'float32',
  float32: 'float32',
  double: 'float64',
  float64: 'float64',
  integer: 'signed',
  decimal: 'signed',
  nonnegativeinteger: 'unsigned',
  string: 'string',
  hexbinary: 'hex',
  bcd: 'bcd',
};

const functionEntities: Readonly<Record<string, Entity>> = {
  '1': 'Coil',
  '2': 'DiscreteInput',
  '3': 'HoldingRegister',
  '4': 'InputRegister',
  readcoil: 'Coil',
  readcoils: 'Coil',
  readdiscreteinput: 'DiscreteInput',
  readdiscreteinputs: 'DiscreteInput',
  readholdingregister: 'HoldingRegister',
  readholdingregisters: 'HoldingRegister',
  readmultipleholdingregisters: 'HoldingRegister',
  readinputregister: 'InputRegister',
  readinputregisters: 'InputRegister',
};

/** Functions that write, as a form may name them; the number says which function is to be used. */
const writeFunctions: Readonly<Record<string, { entity: Entity; code: 5 | 6 | 15 | 16 }>> = {
  '5': { entity: 'Coil', code: 5 },
  '6': { entity: 'HoldingRegister', code: 6 },
  '15': { entity: 'Coil', code: 15 },
  '16': { entity: 'HoldingRegister', code: 16 },
  writesinglecoil: { entity: 'Coil', code: 5 },
  writesingleholdingregister: { entity: 'HoldingRegister', code: 6 },
  writesingleregister: { entity: 'HoldingRegister', code: 6 },
  writemultiplecoils: { entity: 'Coil', code: 15 },
  writemultipleholdingregisters: { entity: 'HoldingRegister', code: 16 },
  writemultipleregisters: { entity: 'HoldingRegister', code: 16 },
};

function functionName(form: Form): string | undefined {
  const called = form['modv:function'];
  return called === undefined
    ? undefined
    : String(called)
        .replace(/^modv:/, '')
        .toLowerCase();
}

/** The function that a form wants its writes made with; undefined where it leaves that open. */
export function writeFunctionOf(form: Form): 5 | 6 | 15 | 16 | undefined {
  const name = functionName(form);
  return name !== undefined && Object.hasOwn(writeFunctions, name) ? writeFunctions[name]!.code : undefined;
}

/** Whether a form is one to write through: it says so, or it says nothing of operations. */
export function isWritable(form: Form): boolean {
  return form.op === undefined || [form.op].flat().includes('writeproperty');
}

/** Host and port of a `modbus+tcp` address, `undefined` for anything else. Never throws. */
export function parseEndpoint(address: string): { host: string; port: number } | undefined {
  const match =
    /^modbus\+tcp:\/\/(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^/?#:@\s]+)(?::(\d{1,5}))?(?:[/?#]|$)/i.exec(address);
  if (match === null) return undefined;
  const port = match[2] === undefined ? defaultPort : Number(match[2]);
  if (port < 1 || port > 65_535) return undefined;
  return { host: match[1]!.toLowerCase(), port };
}

/** One spelling per endpoint: lower case, port always there. */
export function endpointText(host: string, port: number): string {
  const bare = host.toLowerCase();
  return `${scheme}://${bare.includes(':') && !bare.startsWith('[') ? `[${bare}]` : bare}:${port}`;
}

/** Whether a form can be read: it is not for writing or invoking only. */
export function isReadable(form: Form, property: PropertyAffordance): boolean {
  if (property.writeOnly === true) return false;
  if (form.op === undefined) return true;
  const ops = Array.isArray(form.op) ? form.op : [form.op];
  return ops.includes('readproperty') || ops.includes('observeproperty');
}

/**
 * Understands one form of a property. `base` is the thing's own base, for descriptions whose base ends in the unit without a
 * slash (`…:502/1` with `href` "7": the unit would be lost in resolving). Never throws.
 */
export function parseForm(
  form: Form,
  property: PropertyAffordance,
  unitDefault: number,
  base?: string,
): PointForm | FormProblem {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(\/[^?#]*)?(?:\?([^#]*))?/i.exec(form.href);
  if (path === null)
    return wrong('href', `"${clip(form.href)}" is not a modbus+tcp address`, '不是 modbus+tcp 地址');
  const segments = (path[1] ?? '').split('/').filter((segment) => segment !== '');
  const query = new URLSearchParams(path[2] ?? '');
  const read = (name: string, from: unknown, min: number, max: number): number | FormProblem | undefined => {
    if (from === undefined || from === null || from === '') return undefined;
    const number =
      typeof from === 'number' ? from : /^\d{1,9}$/.test(String(from)) ? Number(from) : Number.NaN;
    if (!Number.isInteger(number) || number < min || number > max) {
      return wrong(
        name,
        `${name} is ${clip(String(from))}; it must be a whole number from ${min} to ${max}`,
        `${name} 为 ${clip(String(from))}，应为 ${min} 到 ${max} 的整数`,
      );
    }
    return number;
  };
  if (segments.length > 2) {
    return wrong(
      'href',
      `"${clip(form.href)}" has more than /<unit>/<address> after the port`,
      `“${clip(form.href)}”端口之后应为 /<单元>/<地址>`,
    );
  }
  let unitText: unknown = segments[0];
  let addressText: unknown = segments[1];
  if (segments.length === 1 && given(form['modv:address']) === undefined) {
    const unitOfBase = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*\/(\d+)$/i.exec(base ?? '')?.[1];
    if (unitOfBase !== undefined || given(form['modv:unitID']) !== undefined) {
      unitText = unitOfBase;
      addressText = segments[0];
    }
  }
  const unit =
    read('modv:unitID', given(form['modv:unitID']) ?? unitText ?? unitDefault, 0, 255) ?? unitDefault;
  if (typeof unit !== 'number') return unit;
  let address = read('modv:address', given(form['modv:address']) ?? addressText, 0, 65_536);
  if (address === undefined) {
    return wrong(
      'href',
      `"${clip(form.href)}" has no address; write ${scheme}://host:port/<unit>/<address>`,
      `“${clip(form.href)}”缺少地址，应写成 ${scheme}://主机:端口/<单元>/<地址>`,
    );
  }
  if (typeof address !== 'number') return address;
  if (form['modv:zeroBasedAddressing'] === false) address -= 1;
  if (address < 0 || address > 65_535) {
    return wrong(
      'modv:address',
      `address ${address} is outside 0 to 65535`,
      `地址 ${address} 超出 0 到 65535 的范围`,
    );
  }

  const entity = entityOf(form);
  if (typeof entity !== 'string') return entity;
  const bits = isBitEntity(entity);
  const quantityGiven = read(
    'modv:quantity',
    given(form['modv:quantity']) ?? query.get('quantity') ?? undefined,
    1,
    bits ? bitsPerReadMax : registersPerReadMax,
  );
  if (quantityGiven !== undefined && typeof quantityGiven !== 'number') return quantityGiven;

  const shape = shapeOf(form, property, bits, quantityGiven);
  if ('message' in shape) return shape;
  const { layout, quantity, items } = shape;
  if (address + quantity > 65_536) {
    return wrong(
      'modv:quantity',
      `${quantity} from address ${address} reaches beyond 65535`,
      `从地址 ${address} 起的 ${quantity} 个超出 65535`,
    );
  }
  const scaleFactorAddress = read(
    'millrace:scaleFactorAddress',
    form['millrace:scaleFactorAddress'],
    0,
    65_535,
  );
  if (scaleFactorAddress !== undefined && typeof scaleFactorAddress !== 'number') return scaleFactorAddress;
  const pollMilliseconds = read(
    'modv:pollingTime',
    form['modv:pollingTime'] === 0 ? undefined : form['modv:pollingTime'],
    1,
    pollMillisecondsMax,
  );
  if (pollMilliseconds !== undefined && typeof pollMilliseconds !== 'number') return pollMilliseconds;
  const timeoutMilliseconds = read(
    'modv:timeout',
    form['modv:timeout'] === 0 ? undefined : form['modv:timeout'],
    1,
    600_000,
  );
  if (timeoutMilliseconds !== undefined && typeof timeoutMilliseconds !== 'number')
    return timeoutMilliseconds;
  return {
    unit,
    entity,
    address,
    quantity,
    layout,
    items,
    scaleFactorAddress,
    pollMilliseconds:
      pollMilliseconds === undefined ? undefined : Math.max(pollMilliseconds, pollMillisecondsMin),
    timeoutMilliseconds,
  };
}

function entityOf(form: Form): Entity | FormProblem {
  const name = form['modv:entity'];
  if (name !== undefined) {
    const plain = String(name)
      .replace(/^modv:/, '')
      .toLowerCase();
    const entity = entities.find((known) => known.toLowerCase() === plain);
    return (
      entity ??
      wrong(
        'modv:entity',
        `modv:entity is "${clip(String(name))}"; known are ${entities.join(', ')}`,
        `modv:entity 为“${clip(String(name))}”，可用的有 ${entities.join('、')}`,
      )
    );
  }
  const called = form['modv:function'];
  const plain = functionName(form);
  if (plain === undefined) return 'HoldingRegister';
  const entity = Object.hasOwn(functionEntities, plain) ? functionEntities[plain] : undefined;
  const writes = Object.hasOwn(writeFunctions, plain) ? writeFunctions[plain]!.entity : undefined;
  return (
    entity ??
    writes ??
    wrong(
      'modv:function',
      `modv:function is "${clip(String(called))}", which does not read coils, inputs or registers`,
      `modv:function 为“${clip(String(called))}”，不是读取线圈、输入或寄存器的功能`,
    )
  );
}

interface Shape {
  layout: Layout;
  quantity: number;
  items: number | undefined;
}

/** How many registers, of what type, in what order: from `modv:type`, quantity and the property's own type. */
function shapeOf(
  form: Form,
  property: PropertyAffordance,
  bits: boolean,
  quantityGiven: number | undefined,
): Shape | FormProblem {
  const scale = numberTerm(form, 'millrace:scale', 1);
  if (typeof scale !== 'number') return scale;
  const offset = numberTerm(form, 'millrace:offset', 0);
  if (typeof offset !== 'number') return offset;
  const isArray = property.type === 'array';
  const item = isArray && !Array.isArray(property.items) ? property.items : undefined;
  const wanted = isArray ? item?.type : property.type;
  const layout: Layout = {
    type: 'bool',
    registers: 1,
    byteFirst: form['modv:mostSignificantByte'] === false ? 'least' : 'most',
    wordFirst: form['modv:mostSignificantWord'] === false ? 'least' : 'most',
    scale,
    offset,
    bit: undefined,
    notAvailable: undefined,
    boolean: wanted !== 'integer' && wanted !== 'number',
  };
  if (bits) {
    const quantity = quantityGiven ?? 1;
    if (quantity > 1 && !isArray) {
      return wrong(
        'modv:quantity',
        `${quantity} coils or inputs need a property of type "array", this one is "${property.type ?? 'any'}"`,
        `${quantity} 个线圈或输入需要类型为 array 的属性，而此属性为 ${property.type ?? 'any'}`,
      );
    }
    return { layout, quantity, items: isArray ? quantity : undefined };
  }

  const bit = form['millrace:bit'];
  if (bit !== undefined) {
    if (typeof bit !== 'number' || !Number.isInteger(bit) || bit < 0 || bit > 15) {
      return wrong(
        'millrace:bit',
        `millrace:bit is ${clip(JSON.stringify(bit))}; it must be 0 to 15`,
        `millrace:bit 为 ${clip(JSON.stringify(bit))}，应为 0 到 15`,
      );
    }
    if (quantityGiven !== undefined && quantityGiven !== 1) {
      return wrong(
        'millrace:bit',
        'millrace:bit takes a bit of one register; quantity must be 1',
        'millrace:bit 取单个寄存器的一位，quantity 应为 1',
      );
    }
    layout.bit = bit;
    return { layout, quantity: 1, items: undefined };
  }

  const type = typeOf(form, wanted, isArray, quantityGiven, scale !== 1 || offset !== 0);
  if (typeof type !== 'string') return type;
  layout.type = type;
  const fixed = registersOf[type];
  if (fixed === undefined) {
    layout.registers = quantityGiven ?? 1;
    if (type === 'bcd' && layout.registers > bcdRegistersMax) {
      return wrong(
        'modv:quantity',
        `a BCD number has at most ${bcdRegistersMax} registers`,
        `BCD 数最多占 ${bcdRegistersMax} 个寄存器`,
      );
    }
  } else {
    layout.registers = fixed;
    const quantity = quantityGiven ?? fixed;
    if (isArray ? quantity % fixed !== 0 : quantity !== fixed) {
      return wrong(
        'modv:quantity',
        `modv:type ${type} takes ${fixed} register${fixed === 1 ? '' : 's'}, quantity says ${quantity}`,
        `modv:type ${type} 占 ${fixed} 个寄存器，而 quantity 为 ${quantity}`,
      );
    }
  }
  const notAvailable = form['millrace:notAvailable'];
  if (notAvailable !== undefined) {
    const raw = rawTerm(notAvailable, type);
    if (raw === undefined) {
      return wrong(
        'millrace:notAvailable',
        `millrace:notAvailable is ${clip(JSON.stringify(notAvailable))}, which ${type} cannot hold`,
        `millrace:notAvailable 为 ${clip(JSON.stringify(notAvailable))}，不是 ${type} 的取值`,
      );
    }
    layout.notAvailable = raw;
  }
  const quantity = fixed === undefined ? layout.registers : (quantityGiven ?? fixed);
  return {
    layout,
    quantity,
    items: isArray && fixed !== undefined ? quantity / layout.registers : undefined,
  };
}

function typeOf(
  form: Form,
  wanted: PropertyAffordance['type'],
  isArray: boolean,
  quantity: number | undefined,
  scaled: boolean,
): ValueType | FormProblem {
  const given = form['modv:type'];
  if (given !== undefined) {
    const plain = String(given)
      .replace(/^(xsd|modv|millrace):/, '')
      .toLowerCase();
    const type = Object.hasOwn(typeNames, plain) ? typeNames[plain] : undefined;
    if (type === undefined) {
      return wrong(
        'modv:type',
        `modv:type is "${clip(String(given))}"; known are xsd:boolean, byte, unsignedByte, short, unsignedShort, int, unsignedInt, long, unsignedLong, integer, decimal, float, double, string, hexBinary and millrace:bcd`,
        `modv:type 为“${clip(String(given))}”，可用的有 xsd:boolean、byte、unsignedByte、short、unsignedShort、int、unsignedInt、long、unsignedLong、integer、decimal、float、double、string、hexBinary 和 millrace:bcd`,
      );
    }
    if (type !== 'signed' && type !== 'unsigned') return type;
    // xsd:integer and xsd:decimal are signed and of any length: the quantity gives it.
    const registers = isArray ? 1 : (quantity ?? 1);
    const length = ({ 1: '16', 2: '32', 4: '64' } as const)[registers];
    if (length === undefined) {
      return wrong(
        'modv:quantity',
        `modv:type "${clip(String(given))}" takes 1, 2 or 4 registers, quantity says ${registers}`,
        `modv:type“${clip(String(given))}”占 1、2 或 4 个寄存器，而 quantity 为 ${registers}`,
      );
    }
    return type === 'signed' ? `int${length}` : `uint${length}`;
  }
  if (wanted === 'string') return 'string';
  if (wanted === 'boolean') return 'bool';
  const registers = isArray ? 1 : (quantity ?? 1);
  if (registers === 1) return 'uint16';
  if (registers === 2 || registers === 4) {
    if (wanted === 'integer') return registers === 2 ? 'uint32' : 'uint64';
    if (wanted === 'number' && !scaled) return registers === 2 ? 'float32' : 'float64';
  }
  return wrong(
    'modv:type',
    `modv:type is needed: ${registers} registers can be read in more than one way`,
    `需要填写 modv:type：${registers} 个寄存器有多种读法`,
  );
}

function numberTerm(form: Form, name: string, otherwise: number): number | FormProblem {
  const value = form[name];
  if (value === undefined) return otherwise;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return wrong(
      name,
      `${name} is ${clip(JSON.stringify(value))}; it must be a number`,
      `${name} 为 ${clip(JSON.stringify(value))}，应为数字`,
    );
  }
  return value;
}

/** A raw value in the type that decoding gives, so that it can be compared. */
function rawTerm(value: unknown, type: ValueType): number | bigint | undefined {
  if (type === 'int64' || type === 'uint64') {
    if (typeof value === 'number' ? !Number.isSafeInteger(value) : !/^-?\d{1,20}$/.test(String(value))) {
      return undefined;
    }
    return BigInt(value as string | number);
  }
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** An empty member is one that is not there. */
function given(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}

function wrong(at: string, en: string, zh: string): FormProblem {
  return { at, message: { en, zh } };
}

function clip(text: string | undefined): string {
  const shown = text ?? '';
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
