import type { Form, PropertyAffordance, SeriesId, ThingDescription } from '@millrace/contract';

export type PointType = 'number' | 'integer' | 'boolean' | 'string' | 'object' | 'array' | 'any';

/** A property as a terminal protocol and intake see it: its series, its type, how it is reached. */
export interface Point {
  readonly series: SeriesId;
  readonly thing: string;
  readonly name: string;
  readonly type: PointType;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly enum: ReadonlySet<unknown> | undefined;
  readonly forms: readonly Form[];
  readonly schema: PropertyAffordance;
  /** Last time given to a value without a time of its own, so that the next is later. */
  lastGiven: number;
}

export interface Thing {
  readonly id: string;
  readonly description: ThingDescription;
  readonly points: ReadonlyMap<string, Point>;
}

/** Plain form of a thing as it crosses a process boundary. */
export interface ThingRecord {
  id: string;
  description: ThingDescription;
  /** Property name → series. */
  series: Record<string, SeriesId>;
}

/** Makes the view of a thing that hot paths use. Forms' `href`s come out absolute, resolved against `base`. */
export function viewThing(record: ThingRecord): Thing {
  const points = new Map<string, Point>();
  const base = record.description.base;
  for (const [name, schema] of Object.entries(record.description.properties ?? {})) {
    const series = record.series[name];
    if (series === undefined) continue;
    points.set(name, {
      series,
      thing: record.id,
      name,
      type: pointType(schema),
      minimum: typeof schema.minimum === 'number' ? schema.minimum : undefined,
      maximum: typeof schema.maximum === 'number' ? schema.maximum : undefined,
      enum: Array.isArray(schema.enum) ? new Set(schema.enum) : undefined,
      forms: (schema.forms ?? []).map((form) => ({ ...form, href: resolveHref(form.href, base) })),
      schema,
      lastGiven: 0,
    });
  }
  return { id: record.id, description: record.description, points };
}

function pointType(schema: PropertyAffordance): PointType {
  const type = schema.type;
  return type === undefined || type === 'null' ? 'any' : type;
}

/** A form's target, absolute where the description has a base. Never throws: what cannot be resolved stays as written. */
export function resolveHref(href: string, base: string | undefined): string {
  if (base === undefined || /^[a-z][a-z0-9+.-]*:/i.test(href)) return href;
  try {
    return new URL(href, base).href;
  } catch {
    return href;
  }
}

/** Ports that an address means when it names none (IANA; for MQTT, OPC UA and Modbus as registered). */
const defaultPorts: Readonly<Record<string, number>> = {
  mqtt: 1883,
  mqtts: 8883,
  'opc.tcp': 4840,
  'modbus+tcp': 502,
};

/**
 * `scheme://host:port` of a form's target, lower case, without credentials, the port filled in where the scheme has a usual one;
 * undefined where the target has no authority.
 */
export function endpointOf(href: string): string | undefined {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(href);
  if (match === null) return undefined;
  const scheme = match[1]!.toLowerCase();
  const authority = match[2]!.toLowerCase();
  const port = /:\d+$/.test(authority) ? undefined : defaultPorts[scheme];
  return `${scheme}://${authority}${port === undefined ? '' : `:${port}`}`;
}
