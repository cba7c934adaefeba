import type { Microseconds, SampleColumns } from '@millrace/contract';
import { ChangeDetector } from './change.ts';
import { Model, type Signal } from './model.ts';
import type { Pack } from './pack.ts';
import { hash, randomFrom } from './random.ts';

export interface SimulateOptions {
  pack: Pack;
  seed: number;
  /** Microseconds since the epoch. */
  from: Microseconds;
  to: Microseconds;
  /** Milliseconds the model moves at a time; default 1000. */
  stepMilliseconds?: number;
  /** Rows after which a block is handed out; default 65,536. */
  blockRows?: number;
}

/** A block of samples as columns. `series` is a position in `signals`. */
export interface SimulatedBlock extends SampleColumns {
  signals: readonly SimulatedSignal[];
}

export interface SimulatedSignal {
  thing: string;
  property: string;
  type: 'number' | 'integer' | 'boolean' | 'string' | 'array' | 'object';
}

const statusGood = 0;
const statusBadSensorFailure = 0x808c0000;

/**
 * Lets a plant live from `from` to `to` as fast as the machine can, and hands out what the platform would have received:
 * polled instruments each time they are read (with the time of reading, as Modbus has none of its own), those that report by
 * exception when their value changed, each value at its instrument's resolution. `received` is what the platform's clock would
 * say: the same for all values of one answer, some milliseconds after the instrument, never on a round number.
 *
 * The arrays of a block are used again for the next one: copy what is to be kept. Values that are not numbers stand in `text`.
 */
export function* simulate(options: SimulateOptions): Generator<SimulatedBlock, void, void> {
  const { pack, seed, from, to, stepMilliseconds = 1000, blockRows = 65_536 } = options;
  const model = new Model(pack, seed, from);
  const { signals, values } = model;
  const random = randomFrom(hash(`${seed}/latency`));
  const capacity = blockRows + signals.length;
  const block: SimulatedBlock = {
    signals: signals.map((signal) => ({
      thing: signal.thing.id,
      property: signal.property.name,
      type: typeOf(signal),
    })),
    count: 0,
    series: new Uint32Array(capacity),
    time: new Float64Array(capacity),
    received: new Float64Array(capacity),
    value: new Float64Array(capacity),
    status: new Uint32Array(capacity),
    text: undefined,
  };
  const onChange = signals.map((signal) => reportsByException(model, signal));
  const polled = signals.map((signal) => connectionOf(model, signal)?.protocol === 'modbus');
  const changes = new ChangeDetector(model);
  const { series, time, received, value, status } = block;

  const seen = (group: readonly Signal[]): void => {
    if (model.isOffline(group[0]!.thing)) return;
    const now = model.time;
    const receivedAt = now + 800 + Math.floor(random() * 4200);
    for (const signal of group) {
      const { property, index } = signal;
      const bad = property.bad !== undefined && values[property.bad] !== 0;
      if (onChange[index] ? !changes.changed(signal) : !polled[index] && !changes.due(signal)) continue;
      const row = block.count++;
      series[row] = index;
      time[row] = polled[index] ? receivedAt : now;
      received[row] = receivedAt;
      status[row] = bad ? statusBadSensorFailure : statusGood;
      if (bad) {
        value[row] = Number.NaN;
      } else if (property.form === 'number' || property.form === 'integer' || property.form === 'boolean') {
        value[row] = values[property.slots[0]!]!;
      } else {
        value[row] = Number.NaN;
        (block.text ??= new Map()).set(row, JSON.stringify(model.valueOf(signal)));
      }
    }
  };

  while (model.time + stepMilliseconds * 1000 <= to) {
    model.step(stepMilliseconds / 1000, seen);
    model.events.length = 0;
    if (block.count >= blockRows) {
      yield block;
      block.count = 0;
      block.text = undefined;
    }
  }
  if (block.count > 0) yield block;
}

function connectionOf(model: Model, signal: Signal): { protocol: string } | undefined {
  const name = signal.thing.spec.connection;
  return name === undefined ? undefined : model.program.pack.connections[name];
}

/** OPC UA subscriptions and Sparkplug report a value when it changed; a poll and a plain publisher report every time. */
function reportsByException(model: Model, signal: Signal): boolean {
  const protocol = connectionOf(model, signal)?.protocol;
  return protocol === 'opcua' || protocol === 'sparkplug';
}

function typeOf(signal: Signal): SimulatedSignal['type'] {
  switch (signal.property.form) {
    case 'number':
    case 'integer':
    case 'boolean':
    case 'object':
      return signal.property.form;
    case 'array':
    case 'activeFaults':
      return 'array';
    default:
      return 'string';
  }
}
