import { formatInstant, topicSegment, type Value } from '@millrace/contract';
import { ChangeDetector } from '../engine/change.ts';
import type { CompiledThing } from '../engine/compile.ts';
import type { ModelEvent, Signal } from '../engine/model.ts';
import { batchReadings } from '../engine/pack.ts';
import { type MqttCredentials, MqttSession } from './mqtt-session.ts';
import type { Outlet, OutletContext } from './outlet.ts';

export interface SensorsOptions extends OutletContext {
  things: readonly CompiledThing[];
  /** Where a thing reaches its broker. */
  urlFor: (thing: CompiledThing) => string;
  credentials: (thing: CompiledThing) => MqttCredentials;
  refused: (thing: CompiledThing) => Promise<boolean>;
}

const actionBytesMax = 65_536;

interface Device {
  thing: CompiledThing;
  session: MqttSession;
  topic: string;
  batch: { time: string; values: Record<string, Value> }[];
}

/**
 * Things that speak MQTT by themselves, each with its own connection and credentials, in the platform's plain JSON:
 * `{"temperature": 21.5}`, or with the time of measuring, or several readings in one message, as the pack says. Events go out with
 * QoS 1, actions come in on `things/<id>/actions/<name>`, writes on `things/<id>/properties/<name>/set`; both are answered on `…/result`.
 */
export function openSensors(options: SensorsOptions): Outlet {
  const { model, urlFor, log } = options;
  const devices = new Map<CompiledThing, Device>();
  const changes = new ChangeDetector(model);
  for (const thing of options.things) {
    const topic = `things/${topicSegment(thing.id)}`;
    const session = new MqttSession({
      url: urlFor(thing),
      clientId: `demo-${thing.spec.name}`,
      credentials: () => options.credentials(thing),
      log,
      connected: () => {
        if (thing.actions.length > 0) session.subscribe(`${topic}/actions/+`, 1);
        if (writableOf(thing).length > 0) session.subscribe(`${topic}/properties/+/set`, 1);
        const own = model.signals.filter((signal) => signal.thing === thing);
        publish(devices.get(thing)!, own);
      },
      message: (from, payload) =>
        from.endsWith('/set')
          ? set(devices.get(thing)!, from, payload)
          : act(devices.get(thing)!, from, payload),
      refused: () => options.refused(thing),
    });
    devices.set(thing, { thing, session, topic, batch: [] });
  }

  function publish(device: Device, signals: readonly Signal[]): void {
    const values: Record<string, Value> = {};
    for (const signal of signals) {
      const value = model.valueOf(signal);
      if (value !== undefined) values[signal.property.name] = value;
    }
    if (Object.keys(values).length === 0) return;
    const topic = `${device.topic}/properties`;
    switch (device.thing.spec.payload ?? 'plain') {
      case 'plain':
        device.session.publish(topic, JSON.stringify(values));
        return;
      case 'timed':
        device.session.publish(topic, JSON.stringify({ time: formatInstant(model.time), values }), 1);
        return;
      case 'batch':
        device.batch.push({ time: formatInstant(model.time), values });
        if (device.batch.length < batchReadings) return;
        device.session.publish(topic, JSON.stringify(device.batch), 1);
        device.batch = [];
    }
  }

  function writableOf(thing: CompiledThing): Signal[] {
    return model.signals.filter((one) => one.thing === thing && one.property.spec.writes !== undefined);
  }

  /** A write: answered with what became of it, and seen at once in the properties. */
  function set(device: Device, from: string, payload: Buffer): void {
    const name = from.slice(`${device.topic}/properties/`.length, -'/set'.length);
    const signal = writableOf(device.thing).find((one) => one.property.name === name);
    if (payload.length > actionBytesMax) return;
    let request: { id?: unknown; value?: unknown } | null;
    try {
      request = JSON.parse(payload.toString('utf8')) as typeof request;
    } catch {
      request = null;
    }
    if (request === null || typeof request !== 'object') {
      log.warn(`${device.thing.spec.name}: a write of ${name} came without JSON`);
      return;
    }
    const { id, value } = request;
    const taken = signal !== undefined && typeof value === 'number' && model.write(signal, value);
    const outcome = taken
      ? { state: 'confirmed' }
      : { state: 'refused', output: { en: 'not a value this takes', zh: '不接受该值' } };
    device.session.publish(`${from}/result`, JSON.stringify({ id, ...outcome }), 1);
    if (taken) publish(device, [signal]);
  }

  function act(device: Device, from: string, payload: Buffer): void {
    const prefix = `${device.topic}/actions/`;
    if (!from.startsWith(prefix) || payload.length > actionBytesMax) return;
    const name = from.slice(prefix.length);
    if (name === '' || name.includes('/')) return;
    let request: unknown;
    try {
      request = JSON.parse(payload.toString('utf8'));
    } catch {
      request = undefined;
    }
    if (request === null || typeof request !== 'object') {
      log.warn(`${device.thing.spec.name}: action ${name} came without JSON`);
      return;
    }
    const { id, input } = request as { id?: unknown; input?: unknown };
    const outcome = model.invoke(device.thing, name, input);
    device.session.publish(`${prefix}${name}/result`, JSON.stringify({ id, ...outcome }), 1);
    // What the action changed is seen without waiting for the next reading.
    publish(
      device,
      model.signals.filter(
        (signal) => signal.thing === device.thing && signal.property.form === 'activeFaults',
      ),
    );
  }

  const announce = (event: ModelEvent): void => {
    const device = devices.get(event.thing);
    if (device === undefined) return;
    device.session.publish(
      `${device.topic}/events/${event.name}`,
      JSON.stringify({ time: formatInstant(event.time), data: event.data }),
      1,
    );
  };

  return {
    seen(signals) {
      const device = devices.get(signals[0]!.thing);
      if (device === undefined) return;
      const due = signals.filter((signal) => changes.due(signal));
      if (due.length > 0) publish(device, due);
    },
    stepped(events) {
      for (const { thing, session } of devices.values()) session.setCut(model.isOffline(thing));
      for (const event of events) announce(event);
    },
    async close() {
      await Promise.all([...devices.values()].map((device) => device.session.close()));
    },
  };
}
