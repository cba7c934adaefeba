import type { CompiledThing } from '../engine/compile.ts';
import type { Signal } from '../engine/model.ts';
import { metricName } from '../engine/thing-description.ts';
import { type MqttCredentials, MqttSession } from './mqtt-session.ts';
import type { Outlet, OutletContext } from './outlet.ts';
import {
  datatype,
  decodeCommand,
  encodePayload,
  type Metric,
  type MetricContent,
} from './sparkplug-payload.ts';

export interface SparkplugOptions extends OutletContext {
  group: string;
  node: string;
  things: readonly CompiledThing[];
  url: string;
  /** The edge node signs in with the credentials of its first device. */
  credentials: (thing: CompiledThing) => MqttCredentials;
  refused: (thing: CompiledThing) => Promise<boolean>;
}

interface Device {
  thing: CompiledThing;
  id: string;
  signals: readonly Signal[];
  /** Slots as they were reported last, by signal. */
  last: Map<number, string | number | boolean | null>;
  alive: boolean;
}

const rebirth = 'Node Control/Rebirth';
/** A host that asks for a rebirth in a loop is answered no more often than this. */
const rebirthMillisecondsMin = 1000;

/**
 * A Sparkplug B edge node (Eclipse Sparkplug 3.0) with one device per thing: birth and death certificates, a will that carries the
 * birth's bdSeq, sequence numbers, metrics by alias and by exception, rebirth on command. A metric whose instrument delivers
 * nothing is sent as null.
 */
export function openSparkplug(options: SparkplugOptions): Outlet {
  const { model, group, node, things, url, log } = options;
  const topic = (type: string, device?: string): string =>
    ['spBv1.0', group, type, node, ...(device === undefined ? [] : [device])].join('/');
  const devices = things.map(
    (thing): Device => ({
      thing,
      id: thing.spec.device!,
      signals: model.signals.filter((signal) => signal.thing === thing),
      last: new Map(),
      alive: false,
    }),
  );
  const byThing = new Map(devices.map((device) => [device.thing, device]));
  let births = -1;
  let seq = 0;
  let lastRebirth = 0;

  const now = (): number => Math.floor(model.time / 1000);
  const nextSeq = (): number => {
    const value = seq;
    seq = (seq + 1) % 256;
    return value;
  };
  const bdSeq = (): Metric => ({ name: 'bdSeq', datatype: datatype.int64, value: Math.max(0, births) % 256 });

  const session = new MqttSession({
    url,
    clientId: `demo-${group}-${node}`,
    credentials: () => options.credentials(things[0]!),
    refused: () => options.refused(things[0]!),
    renewWill: () => {
      births++;
      return { topic: topic('NDEATH'), payload: encodePayload(now(), [bdSeq()]), qos: 1, retain: false };
    },
    connected: () => {
      session.subscribe(topic('NCMD'), 1);
      session.subscribe(`${topic('DCMD')}/+`, 1);
      birth();
    },
    message: (from, payload) => {
      const device = devices.find((one) => from === topic('DCMD', one.id));
      if (device !== undefined) {
        command(device, payload);
        return;
      }
      if (from !== topic('NCMD')) return;
      const asked = decodeCommand(payload);
      if (asked === undefined) {
        log.warn(`${node}: a command that is no Sparkplug payload was left unheeded`);
        return;
      }
      if (!asked.some((metric) => (metric.name === rebirth || metric.alias === 0) && metric.value === true))
        return;
      if (Date.now() - lastRebirth < rebirthMillisecondsMin) return;
      lastRebirth = Date.now();
      birth();
    },
    log,
  });

  /** What a command writes is seen in the DDATA that follows by exception; what it must not write stays as it is. */
  function command(device: Device, payload: Buffer): void {
    const asked = decodeCommand(payload);
    if (asked === undefined) log.warn(`${node}: a command that is no Sparkplug payload was left unheeded`);
    for (const metric of asked ?? []) {
      const signal = device.signals.find(
        (one) =>
          aliasOf(one) === metric.alias || metricName(one.property.spec, one.property.name) === metric.name,
      );
      if (signal === undefined || !model.write(signal, Number(metric.value)))
        log.warn(`${device.id}: a command to "${metric.name}" (alias ${metric.alias}) was not taken`);
    }
  }

  function birth(): void {
    seq = 0;
    session.publish(
      topic('NBIRTH'),
      encodePayload(
        now(),
        [bdSeq(), { name: rebirth, alias: 0, datatype: datatype.boolean, value: false }],
        nextSeq(),
      ),
    );
    for (const device of devices) {
      device.alive = false;
      if (!model.isOffline(device.thing)) birthOf(device);
    }
  }

  function birthOf(device: Device): void {
    device.alive = true;
    const metrics = device.signals.map((signal): Metric => {
      const { spec } = signal.property;
      const value = contentOf(signal);
      device.last.set(signal.index, value);
      return {
        name: metricName(spec, signal.property.name),
        alias: aliasOf(signal),
        datatype: typeOf(signal),
        value,
        properties: {
          documentation: spec.titles.en,
          ...(spec.unit === undefined ? {} : { engUnit: spec.unit }),
          ...(spec.writes === undefined ? {} : { readOnly: false }),
          ...(spec.range === undefined ? {} : { engLow: spec.range[0], engHigh: spec.range[1] }),
        },
      };
    });
    session.publish(topic('DBIRTH', device.id), encodePayload(now(), metrics, nextSeq()));
  }

  function contentOf(signal: Signal): MetricContent {
    const value = model.valueOf(signal);
    if (value === undefined || value === null) return null;
    return typeof value === 'object' ? JSON.stringify(value) : value;
  }

  return {
    seen(signals) {
      const device = byThing.get(signals[0]!.thing);
      if (device === undefined || !device.alive || !session.connected) return;
      const metrics: Metric[] = [];
      for (const signal of signals) {
        const value = contentOf(signal);
        if (device.last.get(signal.index) === value) continue;
        device.last.set(signal.index, value);
        metrics.push({ alias: aliasOf(signal), datatype: typeOf(signal), value });
      }
      if (metrics.length > 0) {
        session.publish(topic('DDATA', device.id), encodePayload(now(), metrics, nextSeq()));
      }
    },
    stepped() {
      const silent = devices.filter((device) => model.isOffline(device.thing));
      const cut = silent.length === devices.length;
      session.setCut(cut);
      if (cut || !session.connected) return;
      for (const device of devices) {
        const offline = silent.includes(device);
        if (offline && device.alive) {
          device.alive = false;
          session.publish(topic('DDEATH', device.id), encodePayload(now(), [], nextSeq()));
        } else if (!offline && !device.alive) {
          birthOf(device);
        }
      }
    },
    async close() {
      // On the way out in good order the node says itself what its will would say (6.4.21).
      session.publish(topic('NDEATH'), encodePayload(now(), [bdSeq()]), 1);
      await session.close();
    },
  };
}

/** Aliases are unique in the whole edge node; 0 is the rebirth command. */
function aliasOf(signal: Signal): number {
  return signal.index + 1;
}

function typeOf(signal: Signal): number {
  switch (signal.property.form) {
    case 'number':
      return datatype.double;
    case 'integer':
      return datatype.int32;
    case 'boolean':
      return datatype.boolean;
    default:
      return datatype.string;
  }
}
