import type { Entity } from './frame.ts';
import type { Answer, SeenRead } from './test-device.ts';
import { words } from './test-device.ts';

/**
 * A device as a case folder describes it: per unit and entity, first address → registers (whole numbers or hexadecimal text) or
 * bits (0 and 1). What is not there is answered with exception 2, as devices do.
 */
export interface DeviceDescription {
  units: Record<string, Partial<Record<Entity, Record<string, readonly (number | string)[] | string>>>>;
  /** Longest read the device takes; more is exception 3. */
  longest?: number;
  /** Exception for everything a unit is asked. */
  exceptions?: Record<string, number>;
  /** Units that never answer. */
  silent?: readonly number[];
}

/** The answers of such a device. */
export function registersOf(description: DeviceDescription): (read: SeenRead) => Answer {
  const stores = new Map<string, Map<number, number>>();
  for (const [unit, entities] of Object.entries(description.units)) {
    for (const [entity, ranges] of Object.entries(entities)) {
      const store = new Map<number, number>();
      for (const [first, content] of Object.entries(ranges)) {
        const list =
          typeof content === 'string' ? (content.replace(/\s/g, '').match(/.{4}/g) ?? []) : content;
        list.forEach((value, i) => {
          store.set(Number(first) + i, typeof value === 'string' ? Number.parseInt(value, 16) : value);
        });
      }
      stores.set(`${unit}/${entity}`, store);
    }
  }
  return (read) => {
    if (description.silent?.includes(read.unit) === true) return 'silence';
    const exception = description.exceptions?.[String(read.unit)];
    if (exception !== undefined) return { exception };
    const store = stores.get(`${read.unit}/${read.entity}`);
    if (store === undefined)
      return description.units[String(read.unit)] === undefined ? 'silence' : { exception: 2 };
    if (description.longest !== undefined && read.quantity > description.longest) return { exception: 3 };
    const values = Array.from({ length: read.quantity }, (_, i) => store.get(read.address + i));
    if (values.some((value) => value === undefined)) return { exception: 2 };
    if (read.entity === 'Coil' || read.entity === 'DiscreteInput') {
      const bytes = Buffer.alloc(Math.ceil(read.quantity / 8));
      values.forEach((value, i) => {
        if (value) bytes[i >> 3]! |= 1 << (i & 7);
      });
      return { data: bytes };
    }
    return { data: words(...(values as number[])) };
  };
}
