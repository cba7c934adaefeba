import { formatInstant, type LocalText, topicSegment } from '@millrace/contract';
import { Model, type Signal } from './engine/model.ts';
import { batchReadings, isExposed, type Pack, type ThingSpec } from './engine/pack.ts';

/**
 * What a plant says on the wire: for each of its terminals the messages a second and their octets, from the pack's own things, intervals and values.
 * Payloads are those of the protocol; headers of TCP, IP and the network below are left to whoever sizes a network.
 */
export interface TerminalTraffic {
  /** Connection, or thing that has one of its own. */
  terminal: string;
  kind: string;
  title: LocalText;
  protocol: 'opcua' | 'modbus' | 'mqtt' | 'sparkplug';
  /** Messages and payload octets a second, from the terminal and towards it. */
  upMessages: number;
  upOctets: number;
  downMessages: number;
  downOctets: number;
}

export interface PackTraffic {
  pack: string;
  title: LocalText;
  /** Things that have states: what a plant counts as its machines. */
  machines: number;
  terminals: TerminalTraffic[];
}

/** OPC UA Part 6, binary: a notification of a monitored item with a Double, status and both times; a publish response around them; its request. */
const opcuaItemOctets = 36;
const opcuaResponseOctets = 104;
const opcuaRequestOctets = 76;
/** Modbus/TCP: MBAP header and PDU of a read; registers are added to the answer. One read takes at most 125 registers. */
const modbusRequestOctets = 12;
const modbusResponseOctets = 9;
const modbusRegistersMax = 125;
/** Sparkplug 3.0: a metric by alias with time, type and value; the payload around the metrics. */
const sparkplugMetricOctets = 24;
const sparkplugPayloadOctets = 16;
/** MQTT 3.1.1: fixed header and length of the topic; an acknowledgement. */
const mqttHeaderOctets = 4;
const mqttAckOctets = 4;

/** Reads the values the plant would send and counts what they take. */
export function packTraffic(pack: Pack, start = Date.UTC(2026, 0, 5, 8) * 1000): PackTraffic {
  const model = new Model(pack, 1, start);
  // A shift's beginning warms it up: values have the digits they will have.
  for (let second = 0; second < 60; second++) model.step(1);
  const terminals = new Map<string, TerminalTraffic>();
  const exposed = pack.things.filter(isExposed);
  const terminalOf = (thing: ThingSpec): TerminalTraffic => {
    const connection = pack.connections[thing.connection!]!;
    const own = connection.protocol === 'mqtt';
    const id = own ? thing.name : thing.connection!;
    let known = terminals.get(id);
    if (known === undefined) {
      known = {
        terminal: id,
        kind: own ? thing.kind : connection.protocol,
        title: own ? pack.kinds[thing.kind]!.titles : connection.titles,
        protocol: connection.protocol,
        upMessages: 0,
        upOctets: 0,
        downMessages: 0,
        downOctets: 0,
      };
      terminals.set(id, known);
    }
    return known;
  };
  for (const thing of exposed) {
    const terminal = terminalOf(thing);
    const looks = new Map<number, Signal[]>();
    for (const signal of model.signals)
      if (signal.thing.spec === thing)
        looks.set(signal.interval, [...(looks.get(signal.interval) ?? []), signal]);
    for (const [seconds, signals] of looks) {
      const { up, down, messages } = messageOf(terminal.protocol, thing, signals, model);
      terminal.upMessages += messages / seconds;
      terminal.upOctets += up / seconds;
      terminal.downMessages += messages / seconds;
      terminal.downOctets += down / seconds;
    }
  }
  return {
    pack: pack.id,
    title: pack.titles,
    machines: exposed.filter((thing) => Object.keys(pack.kinds[thing.kind]!.states).length > 0).length,
    terminals: [...terminals.values()],
  };
}

/** Octets up and down of one look at some properties of a thing, and how many messages carry them each way. */
function messageOf(
  protocol: TerminalTraffic['protocol'],
  thing: ThingSpec,
  signals: readonly Signal[],
  model: Model,
): { up: number; down: number; messages: number } {
  switch (protocol) {
    case 'opcua':
      return {
        up: opcuaResponseOctets + signals.length * opcuaItemOctets,
        down: opcuaRequestOctets,
        messages: 1,
      };
    case 'modbus': {
      const registers = signals.length * 2;
      const reads = Math.ceil(registers / modbusRegistersMax);
      return {
        up: reads * modbusResponseOctets + registers * 2,
        down: reads * modbusRequestOctets,
        messages: reads,
      };
    }
    case 'sparkplug':
      return {
        up: mqttHeaderOctets + 40 + sparkplugPayloadOctets + signals.length * sparkplugMetricOctets,
        down: 0,
        messages: 1,
      };
    case 'mqtt': {
      const values = Object.fromEntries(
        signals.map((signal) => [signal.property.name, model.valueOf(signal) ?? null]),
      );
      const time = formatInstant(model.time);
      const timed = JSON.stringify({ time, values });
      const topic = `things/${topicSegment(signals[0]!.thing.id)}/properties`;
      const payload = thing.payload ?? 'plain';
      const octets = Buffer.byteLength(payload === 'plain' ? JSON.stringify(values) : timed);
      const share = payload === 'batch' ? 1 / batchReadings : 1;
      return {
        up: octets + (mqttHeaderOctets + topic.length) * share,
        down: payload === 'plain' ? 0 : mqttAckOctets * share,
        messages: share,
      };
    }
  }
}
