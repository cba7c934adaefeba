import {
  type Form,
  type Microseconds,
  noSecurity,
  type PropertyAffordance,
  status,
} from '@millrace/contract';
import { type BatchBuilder, type Point, type Thing, viewThing } from '@millrace/sdk';
import {
  arrayItemsMax,
  endpointText,
  type FormProblem,
  isReadable,
  parseEndpoint,
  parseForm,
} from './form.ts';
import { isBitEntity } from './frame.ts';
import type { Span } from './plan.ts';
import type { ModbusSettings } from './settings.ts';
import { compileDecoder, type Decoder, readBit } from './value.ts';

/** How often a point that stays bad is written again. */
export const badRepeatMicroseconds = 60_000_000;

/** A point that is polled: where it lies, how it is decoded, and how it was last. */
export interface PolledPoint extends Span {
  readonly point: Point;
  readonly address: number;
  readonly pollMilliseconds: number;
  readonly timeoutMilliseconds: number;
  /** As quarantine names it. */
  readonly source: string;
  /** Takes the value out of a block's data; `from` is the block's first address. */
  readonly decode: (data: Buffer, from: number) => unknown;
  /** Last status written; undefined: nothing yet. */
  status: number | undefined;
  badAt: Microseconds;
  /** The device refused this address on its own; asked again at this time. */
  refusedUntil: Microseconds | undefined;
  refusedCode: number;
  /** False once the thing was changed or removed: replies still under way no longer count. */
  active: boolean;
}

/** A property whose form cannot be read as it is written. */
export interface PointProblem extends FormProblem {
  point: Point;
  /** The form's `href`. */
  form: string;
}

/**
 * The points of a thing that this connection reads: for each property the first readable form whose endpoint is ours. A form
 * without a host is ours when the thing names this connection.
 */
export function pointsOf(
  thing: Thing,
  connection: string,
  settings: ModbusSettings,
): { points: PolledPoint[]; problems: PointProblem[] } {
  const points: PolledPoint[] = [];
  const problems: PointProblem[] = [];
  const own = endpointText(settings.host, settings.port);
  const named = thing.description['millrace:connection'] === connection;
  for (const point of thing.points.values()) {
    for (const written of point.forms) {
      const form = ownForm(written, own, named);
      if (form === undefined) continue;
      if (!isReadable(form, point.schema)) continue;
      const made = makePoint(point, form, thing.description.base, settings, own);
      if ('message' in made) {
        problems.push({ ...made, point, form: form.href });
      } else {
        points.push(made);
      }
      break;
    }
  }
  return { points, problems };
}

/** The form as this connection reaches it, absolute; undefined: it is another's. */
export function ownForm(form: Form, own: string, named: boolean): Form | undefined {
  const endpoint = parseEndpoint(form.href);
  if (endpoint !== undefined)
    return named || endpointText(endpoint.host, endpoint.port) === own ? form : undefined;
  if (!named || /^[a-z][a-z0-9+.-]*:/i.test(form.href)) return undefined;
  return { ...form, href: `${own}/${form.href.replace(/^\/+/, '')}` };
}

/** Where a property that is not registered yet would be read, and how: for browsing. */
export function pointFromForm(
  property: PropertyAffordance,
  settings: ModbusSettings,
  unit: number,
): PolledPoint | undefined {
  const form = property.forms?.[0];
  if (form === undefined) return undefined;
  const { points } = pointsOf(
    viewThing({
      id: 'browse',
      description: {
        '@context': '',
        id: 'browse',
        title: '',
        ...noSecurity,
        properties: { browse: property },
      },
      series: { browse: 0 },
    }),
    '',
    { ...settings, unit },
  );
  return points[0];
}

function makePoint(
  point: Point,
  form: Parameters<typeof parseForm>[0],
  base: string | undefined,
  settings: ModbusSettings,
  own: string,
): PolledPoint | FormProblem {
  const parsed = parseForm(form, point.schema, settings.unit, base);
  if ('message' in parsed) return parsed;
  const { unit, entity, address, quantity, layout, items, scaleFactorAddress } = parsed;
  const bits = isBitEntity(entity);
  const start = scaleFactorAddress === undefined || bits ? address : Math.min(address, scaleFactorAddress);
  const end =
    scaleFactorAddress === undefined || bits
      ? address + quantity
      : Math.max(address + quantity, scaleFactorAddress + 1);
  const length = end - start;
  const most = bits ? settings.maxBits : settings.maxRegisters;
  if (length > most) {
    const what = bits ? 'bits' : 'registers';
    return {
      at: 'modv:quantity',
      message: {
        en: `it needs ${length} ${what} in one request, the connection allows ${most}`,
        zh: `需要一次读取 ${length} 个，而连接设置只允许 ${most} 个`,
      },
    };
  }
  if (items !== undefined && items > arrayItemsMax && !bits) {
    return {
      at: 'modv:quantity',
      message: {
        en: `an array has at most ${arrayItemsMax} items, this one has ${items}`,
        zh: `数组最多 ${arrayItemsMax} 项，此处为 ${items} 项`,
      },
    };
  }
  return {
    point,
    unit,
    entity,
    address,
    start,
    length,
    pollMilliseconds: parsed.pollMilliseconds ?? settings.pollMilliseconds,
    timeoutMilliseconds: parsed.timeoutMilliseconds ?? settings.timeoutMilliseconds,
    source: `${own}/${unit}/${address}?quantity=${quantity} ${entity}`,
    decode: bits
      ? bitDecoder(address, items, layout.boolean)
      : registerDecoder(
          address,
          items,
          layout.registers,
          compileDecoder(layout),
          scaleFactorAddress,
          layout.type === 'bool' || layout.type === 'string' || layout.type === 'hex',
        ),
    status: undefined,
    badAt: 0,
    refusedUntil: undefined,
    refusedCode: 0,
    active: true,
  };
}

function bitDecoder(address: number, items: number | undefined, boolean: boolean): PolledPoint['decode'] {
  const one = (data: Buffer, index: number): boolean | number => {
    const on = readBit(data, index);
    return boolean ? on : on ? 1 : 0;
  };
  if (items === undefined) return (data, from) => one(data, address - from);
  return (data, from) => Array.from({ length: items }, (_, i) => one(data, address - from + i));
}

/** SunSpec allows powers of ten from -10 to 10; 0x8000 says that there is none. */
const scaleFactorMax = 10;

function registerDecoder(
  address: number,
  items: number | undefined,
  registers: number,
  decode: Decoder,
  scaleFactorAddress: number | undefined,
  unscaled: boolean,
): PolledPoint['decode'] {
  return (data, from) => {
    let exponent = 0;
    if (scaleFactorAddress !== undefined && !unscaled) {
      exponent = data.readInt16BE((scaleFactorAddress - from) * 2);
      // Without a valid power of ten the number means nothing.
      if (exponent < -scaleFactorMax || exponent > scaleFactorMax) return undefined;
    }
    const at = (address - from) * 2;
    if (items === undefined) return decode(data, at, exponent);
    return Array.from({ length: items }, (_, i) => {
      const value = decode(data, at + i * registers * 2, exponent);
      if (typeof value === 'bigint') {
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : value.toString();
      }
      return value === undefined || (typeof value === 'number' && Number.isNaN(value)) ? null : value;
    });
  };
}

/** Puts a value that was read into the batch. What intake refuses is counted there, and the point goes bad. */
export function writeValue(
  polled: PolledPoint,
  value: unknown,
  at: Microseconds,
  batch: BatchBuilder,
): boolean {
  if (value === undefined) {
    writeBad(polled, status.badNoData, at, batch);
    return false;
  }
  if (batch.add(polled.point, value, undefined, at, status.good, polled.source)) {
    polled.status = status.good;
    return true;
  }
  // The rejection says why; the sample says since when there is no good value.
  writeBad(
    polled,
    typeof value === 'number' && Number.isNaN(value) ? status.badNoData : status.badTypeMismatch,
    at,
    batch,
  );
  return false;
}

/** Writes that a point has no value: when that changes, and again once a minute while it lasts. */
export function writeBad(polled: PolledPoint, code: number, at: Microseconds, batch: BatchBuilder): void {
  if (polled.status === code && at - polled.badAt < badRepeatMicroseconds && at >= polled.badAt) return;
  polled.status = code;
  polled.badAt = at;
  batch.add(polled.point, null, undefined, at, code, polled.source);
}

/** How a person finds the point: "voltage of urn:meter:1, HoldingRegister 3027 of unit 1". */
export function pointText(polled: PolledPoint): string {
  return `${polled.point.name} of ${polled.point.thing}, ${polled.entity} ${polled.address} of unit ${polled.unit}`;
}
