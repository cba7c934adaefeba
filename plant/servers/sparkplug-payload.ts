import protobuf from 'protobufjs';

/** Sparkplug B payload (Eclipse Sparkplug 3.0, 6.4), the part of it that an edge node with scalar metrics writes and reads. */
const root = protobuf.Root.fromJSON({
  nested: {
    Payload: {
      // Presence is explicit: a sequence number 0 and a value 0 or false are written.
      edition: 'proto2',
      fields: {
        timestamp: { type: 'uint64', id: 1 },
        metrics: { rule: 'repeated', type: 'Metric', id: 2 },
        seq: { type: 'uint64', id: 3 },
        uuid: { type: 'string', id: 4 },
        body: { type: 'bytes', id: 5 },
      },
      nested: {
        PropertyValue: {
          oneofs: {
            value: {
              oneof: ['intValue', 'longValue', 'floatValue', 'doubleValue', 'booleanValue', 'stringValue'],
            },
          },
          fields: {
            type: { type: 'uint32', id: 1 },
            isNull: { type: 'bool', id: 2 },
            intValue: { type: 'uint32', id: 3 },
            longValue: { type: 'uint64', id: 4 },
            floatValue: { type: 'float', id: 5 },
            doubleValue: { type: 'double', id: 6 },
            booleanValue: { type: 'bool', id: 7 },
            stringValue: { type: 'string', id: 8 },
          },
        },
        PropertySet: {
          fields: {
            keys: { rule: 'repeated', type: 'string', id: 1 },
            values: { rule: 'repeated', type: 'PropertyValue', id: 2 },
          },
        },
        Metric: {
          oneofs: {
            value: {
              oneof: ['intValue', 'longValue', 'floatValue', 'doubleValue', 'booleanValue', 'stringValue'],
            },
          },
          fields: {
            name: { type: 'string', id: 1 },
            alias: { type: 'uint64', id: 2 },
            timestamp: { type: 'uint64', id: 3 },
            datatype: { type: 'uint32', id: 4 },
            isHistorical: { type: 'bool', id: 5 },
            isTransient: { type: 'bool', id: 6 },
            isNull: { type: 'bool', id: 7 },
            properties: { type: 'PropertySet', id: 9 },
            intValue: { type: 'uint32', id: 10 },
            longValue: { type: 'uint64', id: 11 },
            floatValue: { type: 'float', id: 12 },
            doubleValue: { type: 'double', id: 13 },
            booleanValue: { type: 'bool', id: 14 },
            stringValue: { type: 'string', id: 15 },
          },
        },
      },
    },
  },
});
const Payload = root.lookupType('Payload');

/** Numbers of the datatypes used here (6.4.16). */
export const datatype = { int32: 3, int64: 4, double: 10, boolean: 11, string: 12 } as const;

export type MetricContent = number | boolean | string | null;

export interface Metric {
  name?: string;
  alias?: number;
  /** Milliseconds since the epoch. */
  timestamp?: number;
  datatype: number;
  value: MetricContent;
  properties?: Record<string, string | number | boolean>;
}

/** Encodes a payload. `seq` is left out of death certificates. */
export function encodePayload(timestamp: number, metrics: readonly Metric[], seq?: number): Buffer {
  return Buffer.from(
    Payload.encode(
      Payload.create({
        timestamp,
        ...(seq === undefined ? {} : { seq }),
        metrics: metrics.map((metric) => ({
          ...(metric.name === undefined ? {} : { name: metric.name }),
          ...(metric.alias === undefined ? {} : { alias: metric.alias }),
          timestamp: metric.timestamp ?? timestamp,
          datatype: metric.datatype,
          ...(metric.properties === undefined ? {} : { properties: propertySet(metric.properties) }),
          ...content(metric.datatype, metric.value),
        })),
      }),
    ).finish(),
  );
}

/** Names and truth values of the metrics in a command; undefined for bytes that are no payload. Never throws. */
export function decodeCommand(bytes: Buffer): { name: string; alias: number; value: unknown }[] | undefined {
  try {
    const payload = Payload.toObject(Payload.decode(bytes), { longs: Number }) as {
      metrics?: Record<string, unknown>[];
    };
    return (payload.metrics ?? []).map((metric) => ({
      name: String(metric['name'] ?? ''),
      alias: Number(metric['alias'] ?? -1),
      value:
        metric['booleanValue'] ??
        metric['intValue'] ??
        metric['longValue'] ??
        metric['doubleValue'] ??
        metric['floatValue'] ??
        metric['stringValue'],
    }));
  } catch {
    return undefined;
  }
}

function content(type: number, value: MetricContent): Record<string, unknown> {
  if (value === null) return { isNull: true };
  switch (type) {
    case datatype.int32:
      return { intValue: (value as number) >>> 0 };
    case datatype.int64:
      return { longValue: value };
    case datatype.boolean:
      return { booleanValue: value };
    case datatype.string:
      return { stringValue: value };
    default:
      return { doubleValue: value };
  }
}

function propertySet(properties: Record<string, string | number | boolean>): {
  keys: string[];
  values: unknown[];
} {
  return {
    keys: Object.keys(properties),
    values: Object.values(properties).map((value) =>
      typeof value === 'string'
        ? { type: datatype.string, stringValue: value }
        : typeof value === 'boolean'
          ? { type: datatype.boolean, booleanValue: value }
          : { type: datatype.double, doubleValue: value },
    ),
  };
}
