import type { Model, Signal } from './model.ts';

/** Remembers what a signal last showed, number by number, and whether it has changed since. */
export class ChangeDetector {
  readonly #model: Model;
  readonly #last: Float64Array[];
  /** Looks since the last report, by signal. */
  readonly #looks: Uint32Array;

  constructor(model: Model) {
    this.#model = model;
    this.#last = model.signals.map((signal) =>
      new Float64Array(signal.property.slots.length + 1).fill(Number.NaN),
    );
    this.#looks = new Uint32Array(model.signals.length);
  }

  /** Whether the signal shows something else (or another quality) than when this was last asked. */
  changed(signal: Signal): boolean {
    const { values } = this.#model;
    const { slots, bad } = signal.property;
    const last = this.#last[signal.index]!;
    const quality = bad !== undefined && values[bad] !== 0 ? 1 : 0;
    let changed = last[0] !== quality;
    last[0] = quality;
    for (let i = 0; i < slots.length; i++) {
      const value = values[slots[i]!]!;
      if (last[i + 1] !== value) {
        changed = true;
        last[i + 1] = value;
      }
    }
    return changed;
  }

  /** Whether an MQTT thing sends the property at this look: each time, or by change with a heartbeat. */
  due(signal: Signal): boolean {
    const { heartbeat } = signal.property.spec;
    if (heartbeat === undefined) return true;
    const looks = ++this.#looks[signal.index]!;
    if (!this.changed(signal) && looks * signal.interval < heartbeat) return false;
    this.#looks[signal.index] = 0;
    return true;
  }
}
