import type { Microseconds, Value } from '@millrace/contract';
import { Calendar, calendarNames } from './calendar.ts';
import { type CompiledProperty, type CompiledThing, compile, type Program } from './compile.ts';
import type { Pack } from './pack.ts';
import { hash } from './random.ts';

/** One property of one thing: what a protocol server shows, and one column of a simulation. */
export interface Signal {
  /** Position in `Model.signals`. */
  index: number;
  thing: CompiledThing;
  property: CompiledProperty;
  /** Seconds between two looks at the instrument. */
  interval: number;
}

export interface ModelEvent {
  thing: CompiledThing;
  name: string;
  time: Microseconds;
  data: Record<string, Value>;
}

export interface ActiveFault {
  thing: string;
  fault: string;
  since: Microseconds;
}

/** State of a model as it is kept between two runs. */
export interface Snapshot {
  fingerprint: string;
  time: Microseconds;
  stepMilliseconds: number;
  values: number[];
  streams: number[];
  /** When each active fault began, by the slot that says it is active. */
  faultSince: [number, Microseconds][];
  faultChanges: number;
}

export type ActionOutcome =
  | { state: 'confirmed'; output?: Value }
  | { state: 'refused'; output: { en: string; zh: string } };

const eventsPendingMax = 10_000;

/**
 * A running plant: a program, its numbers and its chance. The same pack, seed, start and step give the same run, number for
 * number. Time moves only by {@link step}.
 */
export class Model {
  readonly program: Program;
  readonly things: readonly CompiledThing[];
  readonly signals: readonly Signal[];
  /** All numbers of the plant. */
  readonly values: Float64Array;
  /** What happened since it was last emptied; the oldest leave first beyond `eventsPendingMax`. */
  readonly events: ModelEvent[] = [];
  /** Rises with every onset and end of a fault. */
  faultChanges = 0;

  readonly #streams: Int32Array;
  readonly #decays: Float64Array;
  readonly #calendar: Calendar;
  readonly #step: ((seconds: number) => void)[];
  readonly #runs: Record<string, () => number | undefined>;
  readonly #looks: {
    run: () => void;
    seconds: number;
    every: number;
    shift: number;
    phase: number;
    signals: Signal[];
  }[] = [];
  readonly #faultSince = new Map<number, Microseconds>();
  readonly #fingerprint: string;
  #time: Microseconds;
  #stepSeconds = 0;

  constructor(pack: Pack, seed: number, start: Microseconds) {
    const program = compile(pack);
    this.program = program;
    this.things = program.things;
    this.values = new Float64Array(program.slots);
    this.#streams = new Int32Array(program.streams);
    for (let i = 0; i < program.streams; i++)
      this.#streams[i] = hash(`${seed}/${program.things[i >> 1]!.id}/${i & 1}`);
    this.#decays = new Float64Array(program.decays.length);
    this.#calendar = new Calendar(pack.shifts, pack.timeZone);
    this.#fingerprint = `${hash(program.source)}/${hash(JSON.stringify(pack.tables))}/${seed}`;
    this.#time = start;
    // The text is the compiler's own (see compile.ts): slots and numerals, no word of the pack.
    const make = new Function('v', 'r', 'T', 'k', 'onFault', 'onEvent', 'faultChanges', program.source) as (
      ...given: unknown[]
    ) => {
      init: (() => void)[];
      step: ((seconds: number) => void)[];
      runs: Record<string, () => number | undefined>;
    };
    const made = make(
      this.values,
      this.#streams,
      program.columns,
      this.#decays,
      (thing: number, fault: number, on: number) => this.#switchFault(thing, fault, on === 1),
      (thing: number, event: number) => this.#fire(thing, event),
      () => this.faultChanges,
    );
    this.#step = made.step;
    this.#runs = made.runs;

    const signals: Signal[] = [];
    for (const thing of program.things) {
      for (const look of thing.looks) {
        const own = look.properties.map((property): Signal => {
          const signal = { index: signals.length, thing, property, interval: look.seconds };
          signals.push(signal);
          return signal;
        });
        this.#looks.push({
          run: this.#runs[look.run] as () => void,
          seconds: look.seconds,
          every: 1,
          shift: 0,
          // Instruments of one kind do not all report in the same instant.
          phase: (hash(thing.id) >>> 0) / 2 ** 32,
          signals: own,
        });
      }
    }
    this.signals = signals;
    this.#setStep(1);
    this.#tick();
    // Twice, so that what looks at things further down finds them started.
    for (let pass = 0; pass < 2; pass++) for (const init of made.init) init();
    for (const look of this.#looks) look.run();
  }

  get time(): Microseconds {
    return this.#time;
  }

  /** Moves the plant on by `seconds` and calls `seen` for each group of signals whose instruments were looked at in this step. */
  step(seconds: number, seen?: (signals: readonly Signal[]) => void): void {
    this.advance(seconds);
    const count = Math.round(this.#time / (seconds * 1e6));
    for (const look of this.#looks) {
      if (look.every !== 1 && (count + look.shift) % look.every !== 0) continue;
      look.run();
      seen?.(look.signals);
    }
  }

  /** Moves the plant on by `seconds` with nobody looking: instruments stay as they were until {@link look}. */
  advance(seconds: number): void {
    if (seconds !== this.#stepSeconds) this.#setStep(seconds);
    this.#time += Math.round(seconds * 1e6);
    this.#tick();
    for (const step of this.#step) step(seconds);
  }

  /** Looks at all instruments now. */
  look(): void {
    for (const look of this.#looks) look.run();
  }

  /** Value of a signal as its instrument shows it; undefined where the instrument delivers none. */
  valueOf(signal: Signal): Value | undefined {
    const { property } = signal;
    if (property.bad !== undefined && this.values[property.bad] !== 0) return undefined;
    return this.#decode(property);
  }

  /** Number of a one-number signal, as {@link valueOf} but without making an object: NaN where it is not one number, or bad. */
  numberOf(signal: Signal): number {
    const { property } = signal;
    if (property.bad !== undefined && this.values[property.bad] !== 0) return Number.NaN;
    return property.form === 'number' || property.form === 'integer' || property.form === 'boolean'
      ? this.values[property.slots[0]!]!
      : Number.NaN;
  }

  /** Whether the thing is cut off the network now. */
  isOffline(thing: CompiledThing): boolean {
    for (const slot of thing.offline) if (this.values[slot]! >= 0.5) return true;
    return false;
  }

  thing(idOrName: string): CompiledThing | undefined {
    return this.things.find((thing) => thing.id === idOrName || thing.spec.name === idOrName);
  }

  /** A variable of the model by name, for tests and measurements. */
  variable(thing: string, name: string): number {
    const slot = this.thing(thing)?.variables.get(name);
    if (slot === undefined) throw new Error(`there is no variable ${thing}.${name}`);
    return this.values[slot]!;
  }

  activeFaults(): ActiveFault[] {
    const active: ActiveFault[] = [];
    for (const thing of this.things) {
      for (const fault of thing.faults) {
        if (this.values[fault.active] === 0) continue;
        active.push({
          thing: thing.id,
          fault: fault.name,
          since: this.#faultSince.get(fault.active) ?? this.#time,
        });
      }
    }
    return active;
  }

  /** Causes a fault now. Returns false where the thing has no such fault. One that is there already begins anew. */
  causeFault(idOrName: string, name: string): boolean {
    const thing = this.thing(idOrName);
    const number = thing?.faults.findIndex((fault) => fault.name === name) ?? -1;
    if (thing === undefined || number < 0) return false;
    this.#switchFault(thing.position, number, true);
    return true;
  }

  /** Puts a fault right now. Returns false where the thing has no such fault or it is not there. */
  clearFault(idOrName: string, name: string): boolean {
    const thing = this.thing(idOrName);
    const number = thing?.faults.findIndex((fault) => fault.name === name) ?? -1;
    if (thing === undefined || number < 0 || this.values[thing.faults[number]!.active] === 0) return false;
    this.#switchFault(thing.position, number, false);
    return true;
  }

  /** Sets the variable behind a writable property. Returns false where it has none or the value is out of its range. */
  write(signal: Signal, value: number): boolean {
    const { writes, range } = signal.property.spec;
    const slot = writes === undefined ? undefined : signal.thing.variables.get(writes);
    if (slot === undefined || !Number.isFinite(value)) return false;
    if (range !== undefined && (value < range[0] || value > range[1])) return false;
    this.values[slot] = value;
    this.#lookAt(signal.thing);
    return true;
  }

  /** Carries out an action of a thing. `input` is checked against the description; a refusal says why. */
  invoke(thing: CompiledThing, name: string, input: unknown): ActionOutcome {
    const spec = Object.hasOwn(thing.kind.actions, name) ? thing.kind.actions[name] : undefined;
    const compiled = thing.actions.find((action) => action.name === name);
    if (spec === undefined || compiled === undefined) {
      return refused(`there is no action "${name}"`, `没有动作“${name}”`);
    }
    const given = (input === null || typeof input !== 'object' ? {} : input) as Record<string, unknown>;
    if (spec.builtin !== undefined) return this.#builtin(spec.builtin, given);
    for (const [field, slot] of compiled.inputs) {
      const schema = spec.input[field]!;
      const value = given[field];
      const number = typeof value === 'boolean' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) {
        return refused(`"${field}" must be a number`, `“${field}”必须是数字`);
      }
      if (schema.range !== undefined && (number < schema.range[0] || number > schema.range[1])) {
        const [low, high] = schema.range;
        return refused(
          `"${field}" must be from ${low} to ${high}`,
          `“${field}”必须在 ${low} 到 ${high} 之间`,
        );
      }
      this.values[slot] = number;
    }
    if (this.#runs[compiled.run]!() === 1) {
      this.#lookAt(thing);
      return { state: 'confirmed' };
    }
    return spec.refusal === undefined
      ? refused('not possible in the present state', '当前状态下无法执行')
      : { state: 'refused', output: spec.refusal };
  }

  snapshot(): Snapshot {
    return {
      fingerprint: this.#fingerprint,
      time: this.#time,
      stepMilliseconds: this.#stepSeconds * 1000,
      values: [...this.values],
      streams: [...this.#streams],
      faultSince: [...this.#faultSince],
      faultChanges: this.faultChanges,
    };
  }

  /** Takes up a run where a snapshot left it. Returns false for one of another pack, seed or version: then nothing changes. */
  restore(snapshot: Snapshot): boolean {
    const fits =
      snapshot.fingerprint === this.#fingerprint &&
      Array.isArray(snapshot.values) &&
      snapshot.values.length === this.values.length &&
      Array.isArray(snapshot.streams) &&
      snapshot.streams.length === this.#streams.length &&
      Number.isFinite(snapshot.time) &&
      snapshot.values.every((value) => Number.isFinite(value)) &&
      snapshot.streams.every((value) => Number.isInteger(value));
    if (!fits) return false;
    this.values.set(snapshot.values);
    this.#streams.set(snapshot.streams);
    this.#time = snapshot.time;
    this.faultChanges = snapshot.faultChanges ?? 0;
    this.#faultSince.clear();
    for (const [slot, since] of snapshot.faultSince ?? []) this.#faultSince.set(slot, since);
    return true;
  }

  /** Sets the clock without letting anything happen: for a gap too long to be lived through. */
  jump(time: Microseconds): void {
    this.#time = time;
    this.#tick();
  }

  /** What somebody did to a thing shows at once. */
  #lookAt(thing: CompiledThing): void {
    for (const look of this.#looks) if (look.signals[0]?.thing === thing) look.run();
  }

  #setStep(seconds: number): void {
    this.#stepSeconds = seconds;
    for (const [number, decay] of this.program.decays.entries())
      this.#decays[number] = Math.exp(-seconds / decay);
    for (const look of this.#looks) {
      look.every = Math.max(1, Math.round(look.seconds / seconds));
      look.shift = Math.floor(look.phase * look.every);
    }
  }

  #tick(): void {
    const state = this.#calendar.at(this.#time);
    for (let i = 0; i < calendarNames.length; i++) {
      this.values[this.program.calendar[i]!] = state[calendarNames[i]!];
    }
    this.values[this.program.timeSlot] = this.#time / 1e6;
  }

  #decode(property: CompiledProperty): Value {
    const value = this.values[property.slots[0]!]!;
    switch (property.form) {
      case 'number':
      case 'integer':
        return value;
      case 'boolean':
        return value !== 0;
      case 'enumeration':
        return property.members[value] ?? property.members[0]!;
      case 'text':
        return property.parts
          .map((part) =>
            part.kind === 'literal'
              ? part.text
              : part.kind === 'label'
                ? (part.labels[this.values[part.slot]!] ?? '')
                : String(this.values[part.slot]!).padStart(part.digits, '0'),
          )
          .join('');
      case 'array':
        return property.slots.map((slot) => this.values[slot]!);
      case 'object':
        return Object.fromEntries(property.fields.map((field) => [field.name, this.#decode(field)]));
      case 'activeFaults':
        return this.activeFaults().map(({ thing, fault, since }) => ({
          thing,
          fault,
          since: new Date(Math.floor(since / 1000)).toISOString(),
        }));
    }
  }

  #switchFault(position: number, number: number, on: boolean): void {
    const thing = this.things[position]!;
    const fault = thing.faults[number]!;
    this.values[fault.active] = on ? 1 : 0;
    this.values[fault.age] = 0;
    this.values[fault.severity] = 0;
    this.#runs[on ? fault.begin : fault.clear]!();
    if (on) this.#faultSince.set(fault.active, this.#time);
    else this.#faultSince.delete(fault.active);
    this.faultChanges++;
    // Told by the thing whose actions cause faults: the plant itself, not the machine, knows what is behind a symptom.
    const teller = this.things.find((each) =>
      Object.values(each.kind.actions).some((action) => action.builtin !== undefined),
    );
    if (teller !== undefined) {
      this.#push({
        thing: teller,
        name: on ? 'faultBegan' : 'faultEnded',
        time: this.#time,
        data: { thing: thing.id, fault: fault.name },
      });
    }
  }

  #fire(position: number, number: number): void {
    const thing = this.things[position]!;
    const event = thing.events[number]!;
    this.#runs[event.run]!();
    this.#push({
      thing,
      name: event.name,
      time: this.#time,
      data: Object.fromEntries(event.data.map((field) => [field.name, this.#decode(field)])),
    });
  }

  #push(event: ModelEvent): void {
    if (this.events.length >= eventsPendingMax) this.events.shift();
    this.events.push(event);
  }

  #builtin(
    builtin: 'causeFault' | 'clearFault' | 'clearAllFaults',
    given: Record<string, unknown>,
  ): ActionOutcome {
    if (builtin === 'clearAllFaults') {
      const active = this.activeFaults();
      for (const { thing, fault } of active) this.clearFault(thing, fault);
      return { state: 'confirmed', output: { cleared: active.length } };
    }
    const { fault, thing: id } = given;
    const thing = typeof id === 'string' ? this.thing(id) : undefined;
    if (thing === undefined) return refused(`there is no thing ${shown(id)}`, `没有设备 ${shown(id)}`);
    const known = thing.faults.map((each) => each.name);
    if (typeof fault !== 'string' || !known.includes(fault)) {
      const list = known.length === 0 ? 'none' : known.join(', ');
      return refused(
        `${thing.spec.name} has no fault ${shown(fault)}; it has ${list}`,
        `${thing.spec.name} 没有故障 ${shown(fault)}；可用的有：${known.join('、') || '无'}`,
      );
    }
    if (builtin === 'causeFault') {
      this.causeFault(thing.id, fault);
      return { state: 'confirmed', output: { thing: thing.id, fault } };
    }
    return this.clearFault(thing.id, fault)
      ? { state: 'confirmed', output: { thing: thing.id, fault } }
      : refused(`${thing.spec.name} does not have ${fault} now`, `${thing.spec.name} 当前没有 ${fault} 故障`);
  }
}

function refused(en: string, zh: string): ActionOutcome {
  return { state: 'refused', output: { en, zh } };
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}
