import type { PropertyAffordance } from '@millrace/contract';

/** Modbus has no names: a register is typed in from the manual of the device. */
export const entities = ['HoldingRegister', 'InputRegister', 'Coil', 'DiscreteInput'] as const;
export type Entity = (typeof entities)[number];

interface TypeFacts {
  /** In `modv:type`. */
  xsd: string;
  registers: number;
  whole: boolean;
}

export const registerTypes = {
  uint16: { xsd: 'xsd:unsignedShort', registers: 1, whole: true },
  int16: { xsd: 'xsd:short', registers: 1, whole: true },
  uint32: { xsd: 'xsd:unsignedInt', registers: 2, whole: true },
  int32: { xsd: 'xsd:int', registers: 2, whole: true },
  float32: { xsd: 'xsd:float', registers: 2, whole: false },
  uint64: { xsd: 'xsd:unsignedLong', registers: 4, whole: true },
  int64: { xsd: 'xsd:long', registers: 4, whole: true },
  float64: { xsd: 'xsd:double', registers: 4, whole: false },
} as const satisfies Record<string, TypeFacts>;
export type RegisterType = keyof typeof registerTypes;

/** Which byte and which word comes first, named as manuals do by the bytes of a 32-bit value. */
export const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
export type Order = (typeof orders)[number];

/** One line of the form. Numbers stay as typed until they are used. */
export interface HandRegister {
  key: string;
  name: string;
  /** Name in the description, where the person gave one; else it is made from `name`. */
  property?: string;
  unit: number | undefined;
  entity: Entity;
  address: number | undefined;
  type: RegisterType;
  order: Order;
  scale: number | undefined;
  offset: number | undefined;
  unitOfMeasure: string;
}

export const isBit = (entity: Entity): boolean => entity === 'Coil' || entity === 'DiscreteInput';

export type RegisterFault = 'name' | 'unit' | 'address' | 'scale' | 'offset';

/** The fields of a line that cannot be used as they stand. */
export function registerFaults(line: HandRegister): RegisterFault[] {
  const faults: RegisterFault[] = [];
  const whole = (value: number | undefined, max: number) =>
    value !== undefined && Number.isInteger(value) && value >= 0 && value <= max;
  if (line.name.trim() === '') faults.push('name');
  if (!whole(line.unit, 255)) faults.push('unit');
  const last = isBit(line.entity) ? 65_535 : 65_536 - registerTypes[line.type].registers;
  if (!whole(line.address, last)) faults.push('address');
  if (line.scale !== undefined && (!Number.isFinite(line.scale) || line.scale === 0)) faults.push('scale');
  if (line.offset !== undefined && !Number.isFinite(line.offset)) faults.push('offset');
  return faults;
}

/** The property a line stands for, with its form after the W3C Modbus binding. `host` in brackets where it is IPv6. */
export function registerProperty(line: HandRegister, host: string, port: number): PropertyAffordance {
  const bare = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const base = `modbus+tcp://${bare.toLowerCase()}:${port}/${line.unit ?? 1}/${line.address ?? 0}`;
  const common = { title: line.name.trim(), readOnly: true };
  const op = ['readproperty', 'observeproperty'];
  if (isBit(line.entity)) {
    return { type: 'boolean', ...common, forms: [{ href: base, op, 'modv:entity': line.entity }] };
  }
  const facts = registerTypes[line.type];
  const scale = line.scale ?? 1;
  const offset = line.offset ?? 0;
  const scaled = scale !== 1 || offset !== 0;
  const decimals = decimalsOf(scale);
  return {
    type: facts.whole && !scaled ? 'integer' : 'number',
    ...common,
    ...(line.unitOfMeasure.trim() === '' ? {} : { unit: line.unitOfMeasure.trim() }),
    ...(facts.whole && scaled && decimals !== undefined ? { 'millrace:decimals': decimals } : {}),
    forms: [
      {
        href: facts.registers === 1 ? base : `${base}?quantity=${facts.registers}`,
        op,
        'modv:entity': line.entity,
        'modv:type': facts.xsd,
        ...(line.order === 'BADC' || line.order === 'DCBA' ? { 'modv:mostSignificantByte': false } : {}),
        ...(facts.registers > 1 && (line.order === 'CDAB' || line.order === 'DCBA')
          ? { 'modv:mostSignificantWord': false }
          : {}),
        ...(scale === 1 ? {} : { 'millrace:scale': scale }),
        ...(offset === 0 ? {} : { 'millrace:offset': offset }),
      },
    ],
  };
}

/** Digits after the point that a scale such as 0.01 gives; undefined where it gives no round number of them. */
export function decimalsOf(scale: number): number | undefined {
  for (let digits = 0; digits <= 6; digits++) {
    const scaled = scale * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * Math.max(1, Math.abs(scaled))) return digits;
  }
  return undefined;
}

/** Node below which the device shows what one address reads in every type and order. */
export function readingsNode(line: HandRegister): string {
  return `unit/${line.unit ?? 1}/scan/${line.entity}/${line.address ?? 0}`;
}

/** End of the id of the reading, among those of {@link readingsNode}, that the line asks for; undefined where none is shown. */
export function readingId(line: HandRegister): string | undefined {
  if (isBit(line.entity)) return undefined;
  const { registers } = registerTypes[line.type];
  if (registers === 1) {
    return `/as/${line.type}-${line.order === 'BADC' || line.order === 'DCBA' ? 'BA' : 'AB'}`;
  }
  if (registers === 2) return `/as/${line.type}-${line.order}`;
  if (line.order === 'ABCD') return `/as/${line.type}-ABCDEFGH`;
  if (line.order === 'CDAB') return `/as/${line.type}-GHEFCDAB`;
  return undefined;
}

/** A raw reading as the thing will have it. */
export function scaledReading(line: HandRegister, raw: unknown): unknown {
  if (isBit(line.entity)) return raw;
  const scale = line.scale ?? 1;
  const offset = line.offset ?? 0;
  if (scale === 1 && offset === 0) return raw;
  const number = typeof raw === 'number' ? raw : typeof raw === 'string' ? Number(raw) : Number.NaN;
  if (!Number.isFinite(number)) return raw;
  const digits = decimalsOf(scale);
  const value = number * scale + offset;
  return digits === undefined ? value : Number(value.toFixed(Math.min(12, digits + 3)));
}
