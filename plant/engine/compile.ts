import { calendarNames } from './calendar.ts';
import { type BinaryOp, ExpressionError, type Node, parseExpression } from './expression.ts';
import {
  type InstrumentEffect,
  intervalOf,
  isExposed,
  type Kind,
  type Pack,
  type PropertySpec,
  propertyOf,
  type ThingSpec,
  type VariableSpec,
} from './pack.ts';
import { PackError } from './shape.ts';
import { membersOf, readTables, type Table } from './tables.ts';

/**
 * Compiles a pack into one flat program: every number of the plant is a slot of one Float64Array, every thing one function that
 * moves its slots by a step. The program's text is made from the syntax tree of the expressions and holds slot numbers and
 * numerals only, never a word of the pack, so that a description cannot smuggle code in. A step of the machining shop, 2,150
 * numbers and 420 signals, takes about eight microseconds this way: a week passes in seconds.
 */
export interface Program {
  pack: Pack;
  tables: Map<string, Table>;
  slots: number;
  /** One random stream per thing for its model, one for its faults, so that a fault in one does not change another's fate. */
  streams: number;
  things: CompiledThing[];
  /** Slots of the calendar, in the order of `calendarNames`. */
  calendar: number[];
  timeSlot: number;
  source: string;
  /** Decay factors that depend on the step alone: exp(−step/seconds). */
  decays: number[];
  columns: Float64Array[];
}

export interface CompiledThing {
  spec: ThingSpec;
  kind: Kind;
  id: string;
  position: number;
  variables: Map<string, number>;
  properties: CompiledProperty[];
  /** Properties by the seconds between two looks. */
  looks: { seconds: number; properties: CompiledProperty[]; run: string }[];
  faults: CompiledFault[];
  events: { name: string; data: CompiledProperty[]; run: string }[];
  actions: { name: string; inputs: Map<string, number>; run: string }[];
  /** Severity slots of faults that take the thing off the network. */
  offline: number[];
}

export interface CompiledFault {
  name: string;
  active: number;
  age: number;
  lasts: number;
  severity: number;
  /** Program functions: begins (draws how long it lasts), is put right. */
  begin: string;
  clear: string;
}

export type CompiledProperty = {
  name: string;
  spec: PropertySpec;
  slots: number[];
  /** Slot that is not 0 while the instrument delivers nothing. */
  bad: number | undefined;
} & (
  | { form: 'number' | 'integer' | 'boolean' }
  | { form: 'enumeration'; members: string[] }
  | { form: 'text'; parts: TextPart[] }
  | { form: 'array' }
  | { form: 'object'; fields: CompiledProperty[] }
  | { form: 'activeFaults' }
);

export type TextPart =
  | { kind: 'literal'; text: string }
  | { kind: 'number'; slot: number; digits: number }
  | { kind: 'label'; slot: number; labels: string[] };

const inputDepthMax = 8;

export function compile(pack: Pack): Program {
  return new Compiler(pack).program;
}

class Compiler {
  readonly program: Program;
  readonly #byName = new Map<string, CompiledThing>();
  readonly #columnNumbers = new Map<string, number>();
  readonly #lines: string[] = [];
  #inputDepth = 0;

  constructor(pack: Pack) {
    this.program = {
      pack,
      tables: readTables(pack),
      slots: 0,
      streams: pack.things.length * 2,
      things: [],
      calendar: calendarNames.map(() => this.#slotPending()),
      timeSlot: 0,
      source: '',
      decays: [],
      columns: [],
    };
    this.program.slots = calendarNames.length;
    this.program.timeSlot = this.#slot();
    for (const [position, spec] of pack.things.entries()) this.#declare(spec, position);
    for (const thing of this.program.things) this.#define(thing);
    this.program.source = this.#finish();
  }

  #pending = 0;
  #slotPending(): number {
    return this.#pending++;
  }

  #slot(): number {
    return this.program.slots++;
  }

  /** First pass: names and slots of all things, so that expressions may look at things further down. */
  #declare(spec: ThingSpec, position: number): void {
    const { pack } = this.program;
    const kind = pack.kinds[spec.kind]!;
    const thing: CompiledThing = {
      spec,
      kind,
      id: pack.idPrefix + spec.name,
      position,
      variables: new Map(),
      properties: [],
      looks: [],
      faults: [],
      events: [],
      actions: [],
      offline: [],
    };
    for (const role of Object.keys(kind.roles)) {
      if (this.program.tables.has(role)) {
        throw new PackError(
          at(thing, 'roles'),
          `role "${role}" has the name of a table: neither could be told from the other`,
        );
      }
    }
    for (const name of ['state', 'since', 'entered', ...Object.keys(kind.variables)]) {
      if (thing.variables.has(name))
        throw new PackError(at(thing, 'variables'), `"${name}" cannot be a variable's name`);
      thing.variables.set(name, this.#slot());
    }
    for (const name of Object.keys(kind.faults)) {
      const fault: CompiledFault = {
        name,
        active: this.#slot(),
        age: this.#slot(),
        lasts: this.#slot(),
        severity: this.#slot(),
        begin: `b${position}_${thing.faults.length}`,
        clear: `c${position}_${thing.faults.length}`,
      };
      thing.faults.push(fault);
      for (const effect of kind.faults[name]!.instruments) {
        if (effect.effect === 'offline') thing.offline.push(fault.severity);
      }
    }
    for (const [name, action] of Object.entries(kind.actions)) {
      const inputs = new Map<string, number>();
      for (const input of Object.keys(action.input)) inputs.set(input, this.#slot());
      thing.actions.push({ name, inputs, run: `a${position}_${thing.actions.length}` });
    }
    this.program.things.push(thing);
    this.#byName.set(spec.name, thing);
  }

  #define(thing: CompiledThing): void {
    const { kind, position } = thing;
    const scope: Scope = { thing, action: undefined };
    const assign = (assignments: Record<string, string>, where: string, within: Scope = scope): string =>
      Object.entries(assignments)
        .map(([name, expression]) => {
          const slot = thing.variables.get(name);
          if (slot === undefined || name === 'since' || name === 'entered') {
            throw new PackError(at(thing, where), `"${name}" is not a variable that can be set`);
          }
          if (name === 'state') {
            const code = Object.keys(kind.states).indexOf(expression);
            if (code < 0) throw new PackError(at(thing, where), `there is no state "${expression}"`);
            return `v[${slot}]=${code};v[${thing.variables.get('since')}]=0;`;
          }
          return `v[${slot}]=${this.#expression(within, expression, where)};`;
        })
        .join('');

    // Faults: onset by chance, severity, being put right.
    const faultLines: string[] = [];
    for (const [number, fault] of thing.faults.entries()) {
      const spec = kind.faults[fault.name]!;
      const where = `faults/${fault.name}`;
      const chance = { ...scope, faultStream: true };
      this.#lines.push(
        `function ${fault.begin}(){v[${fault.lasts}]=${this.#expression(chance, spec.lasts, `${where}/lasts`)};}`,
        `function ${fault.clear}(){${assign(spec.cleared, `${where}/cleared`)}}`,
      );
      const ramp = this.#expression(scope, spec.ramp, `${where}/ramp`);
      const rate = this.#parse(scope, spec.rate, `${where}/rate`);
      const a = `v[${fault.active}]`;
      const age = `v[${fault.age}]`;
      faultLines.push(
        `if(${a}!==0){${age}+=dt;x=${ramp};v[${fault.severity}]=x>0?Math.min(1,${age}/x):1;` +
          `if(v[${fault.lasts}]>0&&${age}>=v[${fault.lasts}])onFault(${position},${number},0);}`,
      );
      if (!(rate.kind === 'number' && rate.value === 0)) {
        faultLines.push(
          `else if(rnd(${position * 2 + 1})<(${this.#emit(scope, rate, `${where}/rate`)})*dt*${numeral(this.program.pack.faultRate / 3600)})onFault(${position},${number},1);`,
        );
      }
    }

    // States.
    const stateLines: string[] = [];
    const states = Object.keys(kind.states);
    const [state, since, entered] = ['state', 'since', 'entered'].map((name) => thing.variables.get(name)!);
    if (states.length > 0) {
      const cases = states.map((name, code) => {
        const ways = kind.transitions.filter((way) => way.from.includes(name) || way.from.includes('*'));
        const body = ways.map((way) => {
          const where = `transitions (${way.from.join(', ')} → ${way.to})`;
          const to = states.indexOf(way.to);
          if (to < 0) throw new PackError(at(thing, where), `there is no state "${way.to}"`);
          const sets = assign(way.do, where);
          return `if(${this.#test(scope, this.#parse(scope, way.when, where), where)}){v[${state}]=${to};v[${since}]=0;v[${entered}]=1;${sets}break;}`;
        });
        return `case ${code}:${body.join('')}break;`;
      });
      for (const way of kind.transitions) {
        for (const from of way.from) {
          if (from !== '*' && !states.includes(from)) {
            throw new PackError(at(thing, 'transitions'), `there is no state "${from}"`);
          }
        }
      }
      stateLines.push(`v[${since}]+=dt;v[${entered}]=0;switch(v[${state}]){${cases.join('')}}`);
    }

    // Variables, in the order of the description.
    const steps: string[] = [];
    const starts: string[] = [];
    for (const [name, variable] of Object.entries(kind.variables)) {
      const { step, start } = this.#variable(scope, name, variable);
      if (step !== '') steps.push(step);
      if (start !== '') starts.push(start);
    }

    // Events: on the rising edge.
    const eventLines: string[] = [];
    for (const [name, event] of Object.entries(kind.events)) {
      const number = thing.events.length;
      const before = this.#slot();
      const run = `e${position}_${number}`;
      const lines: string[] = [];
      const data = Object.entries(event.data).map(([field, spec]) =>
        this.#property(scope, field, spec, lines, `events/${name}/${field}`, []),
      );
      thing.events.push({ name, data, run });
      this.#lines.push(`function ${run}(){let x=0;${lines.join('')}}`);
      const where = `events/${name}`;
      eventLines.push(
        `x=${this.#expression(scope, event.when, where)};if(x!==0&&v[${before}]===0)onEvent(${position},${number});v[${before}]=x;`,
      );
    }

    // Actions.
    for (const [number, action] of thing.actions.entries()) {
      const spec = kind.actions[action.name]!;
      const where = `actions/${action.name}`;
      const within: Scope = { thing, action: action.inputs };
      const test = this.#test(within, this.#parse(within, spec.when, where), where);
      this.#lines.push(
        `function a${position}_${number}(){if(!(${test}))return 0;${assign(spec.do, where, within)}return 1;}`,
      );
    }

    // Looks at the instruments.
    if (isExposed(thing.spec)) {
      const byInterval = new Map<number, { properties: CompiledProperty[]; lines: string[] }>();
      for (const name of Object.keys(kind.properties)) {
        const seconds = intervalOf(kind, thing.spec, name);
        let look = byInterval.get(seconds);
        if (look === undefined) byInterval.set(seconds, (look = { properties: [], lines: [] }));
        const effects = Object.entries(kind.faults).flatMap(([fault, spec]) =>
          spec.instruments
            .filter((effect) => effect.properties.length === 0 || effect.properties.includes(name))
            .map((effect) => ({
              effect,
              severity: thing.faults.find((each) => each.name === fault)!.severity,
            })),
        );
        const property = this.#property(
          scope,
          name,
          propertyOf(kind, thing.spec, name),
          look.lines,
          `properties/${name}`,
          effects,
        );
        look.properties.push(property);
        thing.properties.push(property);
      }
      for (const [seconds, { properties, lines }] of byInterval) {
        const run = `l${position}_${thing.looks.length}`;
        thing.looks.push({ seconds, properties, run });
        this.#lines.push(`function ${run}(){let x=0;${lines.join('')}}`);
      }
    }

    const initial = states.length === 0 ? '' : `v[${state}]=0;`;
    this.#lines.push(
      `function i${position}(){let x=0,dt=1;${initial}${starts.join('')}}`,
      `function s${position}(dt){let x=0;${faultLines.join('')}${stateLines.join('')}${steps.join('')}${eventLines.join('')}}`,
    );
  }

  #variable(scope: Scope, name: string, spec: VariableSpec): { step: string; start: string } {
    const where = `variables/${name}`;
    const slot = `v[${scope.thing.variables.get(name)}]`;
    const emit = (expression: string): string => this.#expression(scope, expression, where);
    const test = (expression: string): string =>
      this.#test(scope, this.#parse(scope, expression, where), where);
    if (typeof spec === 'string') {
      const step = `${slot}=${emit(spec)};`;
      return { step, start: step };
    }
    if ('lag' in spec && spec.lag !== undefined) {
      const target = emit(spec.lag);
      return {
        step: `x=${target};${slot}=x+(${slot}-x)*${this.#decay(scope, spec.seconds, where)};`,
        start: `${slot}=${spec.start === undefined ? target : emit(spec.start)};`,
      };
    }
    if ('integral' in spec && spec.integral !== undefined) {
      let step = `${slot}+=(${emit(spec.integral)})*dt;`;
      if (spec.min !== undefined) step += `x=${emit(spec.min)};if(${slot}<x)${slot}=x;`;
      if (spec.max !== undefined) step += `x=${emit(spec.max)};if(${slot}>x)${slot}=x;`;
      return { step, start: `${slot}=${spec.start === undefined ? '0' : emit(spec.start)};` };
    }
    if ('slew' in spec && spec.slew !== undefined) {
      const up = emit(spec.rate);
      const down = spec.down === undefined ? up : emit(spec.down);
      return {
        step: `x=${emit(spec.slew)}-${slot};${slot}+=x>0?Math.min(x,(${up})*dt):Math.max(x,-(${down})*dt);`,
        start: `${slot}=${spec.start === undefined ? emit(spec.slew) : emit(spec.start)};`,
      };
    }
    if ('noise' in spec && spec.noise !== undefined) {
      const stream = scope.thing.position * 2;
      return {
        step: `x=${this.#decay(scope, spec.seconds, where)};${slot}=${slot}*x+(${emit(spec.noise)})*Math.sqrt(1-x*x)*gauss(${stream});`,
        start: `${slot}=0;`,
      };
    }
    if ('held' in spec && spec.held !== undefined) {
      return {
        step: `if(${test(spec.when)})${slot}=${emit(spec.held)};`,
        start: `${slot}=${spec.start === undefined ? '0' : emit(spec.start)};`,
      };
    }
    if ('latch' in spec && spec.latch !== undefined) {
      return {
        step: `if(${test(spec.until)})${slot}=0;else if(${test(spec.latch)})${slot}=1;`,
        start: `${slot}=0;`,
      };
    }
    if ('timer' in spec && spec.timer !== undefined) {
      return { step: `${slot}=${test(spec.timer)}?${slot}+dt:0;`, start: `${slot}=0;` };
    }
    if ('start' in spec && spec.start !== undefined)
      return { step: '', start: `${slot}=${emit(spec.start)};` };
    throw new PackError(
      at(scope.thing, where),
      'expected an expression or one of lag, integral, slew, noise, held, latch, timer, start',
    );
  }

  #decay(scope: Scope, seconds: string | undefined, where: string): string {
    if (seconds === undefined) throw new PackError(at(scope.thing, where), '"seconds" is missing');
    const node = this.#parse(scope, seconds, where);
    const constant = this.#constant(scope, node);
    if (constant === undefined) return `Math.exp(-dt/(${this.#emit(scope, node, where)}))`;
    if (!(constant > 0)) throw new PackError(at(scope.thing, where), '"seconds" must be above 0');
    let number = this.program.decays.indexOf(constant);
    if (number < 0) number = this.program.decays.push(constant) - 1;
    return `k[${number}]`;
  }

  #property(
    scope: Scope,
    name: string,
    spec: PropertySpec,
    lines: string[],
    where: string,
    effects: { effect: InstrumentEffect; severity: number }[],
  ): CompiledProperty {
    const stuck = effects.filter(({ effect }) => effect.effect === 'stuck');
    const dead = effects.filter(({ effect }) => effect.effect === 'dead');
    const drift = effects.filter(({ effect }) => effect.effect === 'drift');
    const held =
      stuck.length > 0 ? `if(${stuck.map(({ severity }) => `v[${severity}]<0.5`).join('&&')})` : '';
    let bad: number | undefined;
    if (dead.length > 0) {
      bad = this.#slot();
      lines.push(`v[${bad}]=${dead.map(({ severity }) => `v[${severity}]>=0.5`).join('||')}?1:0;`);
    }
    const put = (slot: number, code: string): void => {
      lines.push(`${held}{${code.replaceAll('@', `v[${slot}]`)}}`);
    };
    const measured = (expression: string, at: string): string => {
      let code = this.#expression(scope, expression, at);
      if (spec.noise !== undefined) {
        code += `+(${this.#expression(scope, spec.noise, `${at}/noise`)})*gauss(${scope.thing.position * 2})`;
      }
      for (const { effect, severity } of drift) {
        code += `+v[${severity}]*(${this.#expression(scope, effect.amount ?? '0', `${at}/drift`)})`;
      }
      const [low, high] = spec.range ?? [];
      const clamped =
        low !== undefined && high !== undefined
          ? `x=x<${numeral(low)}?${numeral(low)}:x>${numeral(high)}?${numeral(high)}:x;`
          : '';
      return `x=${code};${clamped}@=${quantised('x', spec)};`;
    };
    if (spec.builtin === 'activeFaults') {
      // The slot counts changes, so that a report by change sees them.
      const slot = this.#slot();
      lines.push(`v[${slot}]=faultChanges();`);
      return { name, spec, slots: [slot], bad, form: 'activeFaults' };
    }
    if (spec.fields !== undefined) {
      const fields = Object.entries(spec.fields).map(([field, inner]) =>
        this.#property(
          scope,
          field,
          inner,
          lines,
          `${where}/${field}`,
          effects.filter(({ effect }) => effect.effect === 'stuck'),
        ),
      );
      return { name, spec, slots: fields.flatMap((field) => field.slots), bad, form: 'object', fields };
    }
    if (spec.elements !== undefined) {
      const slots = spec.elements.map((element) => {
        const slot = this.#slot();
        put(slot, measured(element, where));
        return slot;
      });
      return { name, spec, slots, bad, form: 'array' };
    }
    if (spec.text !== undefined) {
      const parts = this.#template(scope, spec.text, where, put);
      const slots = parts.flatMap((part) => (part.kind === 'literal' ? [] : [part.slot]));
      return { name, spec, slots, bad, form: 'text', parts };
    }
    if (spec.is === undefined) {
      throw new PackError(at(scope.thing, where), 'says neither "is", "text", "elements" nor "fields"');
    }
    const slot = this.#slot();
    if (spec.enumeration !== undefined) {
      const members = this.#members(scope.thing, spec.enumeration);
      if (members === undefined) {
        throw new PackError(at(scope.thing, where), `there is no enumeration "${spec.enumeration}"`);
      }
      put(slot, `@=${this.#expression(scope, spec.is, where)};`);
      return { name, spec, slots: [slot], bad, form: 'enumeration', members };
    }
    if (spec.type === 'boolean') {
      put(slot, `@=${this.#test(scope, this.#parse(scope, spec.is, where), where)}?1:0;`);
      return { name, spec, slots: [slot], bad, form: 'boolean' };
    }
    put(slot, measured(spec.is, where));
    return { name, spec, slots: [slot], bad, form: spec.type ?? 'number' };
  }

  #template(
    scope: Scope,
    template: string,
    where: string,
    put: (slot: number, code: string) => void,
  ): TextPart[] {
    const parts: TextPart[] = [];
    const pattern = /\{([^{}]+?)(?::(\d))?\}/g;
    let end = 0;
    for (const match of template.matchAll(pattern)) {
      if (match.index > end) parts.push({ kind: 'literal', text: template.slice(end, match.index) });
      end = match.index + match[0].length;
      const node = this.#parse(scope, match[1]!, where);
      const slot = this.#slot();
      if (node.kind === 'name' && node.index !== undefined && node.path.length === 2) {
        const labels = this.program.tables.get(node.path[0]!)?.texts.get(node.path[1]!);
        if (labels !== undefined) {
          put(slot, `@=Math.trunc(${this.#emit(scope, node.index, where)});`);
          parts.push({ kind: 'label', slot, labels });
          continue;
        }
      }
      put(slot, `@=Math.round(${this.#emit(scope, node, where)});`);
      parts.push({ kind: 'number', slot, digits: Number(match[2] ?? 0) });
    }
    if (end < template.length) parts.push({ kind: 'literal', text: template.slice(end) });
    return parts;
  }

  #members(thing: CompiledThing, enumeration: string): string[] | undefined {
    if (enumeration === 'state') return Object.keys(thing.kind.states);
    if (enumeration === 'shift') return ['none', ...this.program.pack.shifts.map((shift) => shift.id)];
    return membersOf(this.program.pack, this.program.tables, enumeration)?.ids;
  }

  #expression(scope: Scope, expression: string, where: string): string {
    return this.#emit(scope, this.#parse(scope, expression, where), where);
  }

  #parse(scope: Scope, expression: string, where: string): Node {
    try {
      return parseExpression(expression);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new PackError(
        at(scope.thing, where),
        `"${expression}", character ${error.at + 1}: ${error.message}`,
      );
    }
  }

  /** The value of an expression that cannot change, or undefined. */
  #constant(scope: Scope, node: Node): number | undefined {
    if (node.kind === 'number') return node.value;
    if (node.kind === 'name' && node.path.length === 1 && node.index === undefined) {
      return this.#parameter(scope.thing, node.path[0]!);
    }
    return undefined;
  }

  #parameter(thing: CompiledThing, name: string): number | undefined {
    if (!Object.hasOwn(thing.kind.parameters, name)) return undefined;
    return thing.spec.parameters[name] ?? thing.kind.parameters[name];
  }

  /** A JavaScript condition. */
  #test(scope: Scope, node: Node, where: string): string {
    if (node.kind === 'unary' && node.op === '!') return `!(${this.#test(scope, node.operand, where)})`;
    if (node.kind === 'binary') {
      const { op } = node;
      if (op === '&&' || op === '||') {
        return `(${this.#test(scope, node.left, where)})${op}(${this.#test(scope, node.right, where)})`;
      }
      if (comparisons.has(op)) {
        const [left, right] = this.#compared(scope, node.left, node.right, where);
        return `(${left})${op === '==' ? '===' : op === '!=' ? '!==' : op}(${right})`;
      }
    }
    if (node.kind === 'call' && node.name === 'in') {
      const [first, ...rest] = node.args;
      if (first === undefined || rest.length === 0)
        this.#fail(scope, where, 'in(…) takes a name and at least one member');
      const subject = this.#emit(scope, first!, where);
      return rest
        .map((member) => `(${subject})===(${this.#compared(scope, first!, member, where)[1]})`)
        .join('||');
    }
    return `(${this.#emit(scope, node, where)})!==0`;
  }

  #compared(scope: Scope, left: Node, right: Node, where: string): [string, string] {
    if (right.kind === 'text')
      return [this.#emit(scope, left, where), this.#code(scope, left, right.value, where)];
    if (left.kind === 'text')
      return [this.#code(scope, right, left.value, where), this.#emit(scope, right, where)];
    return [this.#emit(scope, left, where), this.#emit(scope, right, where)];
  }

  /** Code of a text compared with a name: by that name, the enumeration is found. */
  #code(scope: Scope, subject: Node, member: string, where: string): string {
    if (subject.kind !== 'name') return this.#fail(scope, where, `'${member}' must be compared with a name`);
    const last = subject.path.at(-1)!;
    const role = subject.path.length === 2 ? scope.thing.spec.roles[subject.path[0]!]?.[0] : undefined;
    const owner = role === undefined ? scope.thing : this.#byName.get(role)!;
    const members =
      subject.path[0] === 'calendar' && last === 'shift'
        ? this.#members(owner, 'shift')
        : this.#members(owner, last);
    if (
      members === undefined &&
      subject.path.length === 2 &&
      scope.thing.kind.roles[subject.path[0]!] !== undefined
    ) {
      return '-1'; // A role that nobody fills is in no state.
    }
    if (members === undefined)
      return this.#fail(scope, where, `there is no enumeration "${last}" for '${member}'`);
    const code = members.indexOf(member);
    if (code < 0) {
      if (role === undefined && scope.thing.kind.roles[subject.path[0]!] !== undefined) return '-1';
      return this.#fail(scope, where, `"${last}" has no member '${member}'; it has ${members.join(', ')}`);
    }
    return String(code);
  }

  /** A JavaScript expression of type number. */
  #emit(scope: Scope, node: Node, where: string): string {
    switch (node.kind) {
      case 'number':
        return numeral(node.value);
      case 'text':
        return this.#fail(scope, where, `'${node.value}' can only be compared with a name`);
      case 'unary':
        return node.op === '-'
          ? `(-(${this.#emit(scope, node.operand, where)}))`
          : `(${this.#test(scope, node.operand, where)}?0:1)`;
      case 'choice':
        return `(${this.#test(scope, node.test, where)}?${this.#emit(scope, node.yes, where)}:${this.#emit(scope, node.no, where)})`;
      case 'binary':
        if (node.op === '&&' || node.op === '||' || comparisons.has(node.op)) {
          return `(${this.#test(scope, node, where)}?1:0)`;
        }
        return `(${this.#emit(scope, node.left, where)}${node.op}${this.#emit(scope, node.right, where)})`;
      case 'call':
        return this.#call(scope, node, where);
      case 'name':
        return this.#name(scope, node, where);
    }
  }

  #call(scope: Scope, node: Node & { kind: 'call' }, where: string): string {
    const { name, args } = node;
    const stream = scope.thing.position * 2 + (scope.faultStream === true ? 1 : 0);
    if (name === 'in') return `(${this.#test(scope, node, where)}?1:0)`;
    if (Object.hasOwn(aggregates, name)) {
      const [first, second] = args;
      if (first?.kind !== 'name' || first.index !== undefined || first.path.length > 3) {
        return this.#fail(scope, where, `${name}(…) takes a role or role.name`);
      }
      const role = first.path[0]!;
      if (scope.thing.kind.roles[role] === undefined) {
        return this.#fail(scope, where, `${name}(…): the kind has no role "${role}"`);
      }
      const targets = (scope.thing.spec.roles[role] ?? []).map((target) => this.#byName.get(target)!);
      const terms =
        first.path.length === 1
          ? targets.map(() => '1')
          : targets.map((target) => this.#member(scope, target, first.path.slice(1), where));
      return aggregates[name]!(terms, second === undefined ? undefined : this.#emit(scope, second, where));
    }
    const known = functions[name];
    if (known === undefined || !Object.hasOwn(functions, name)) {
      return this.#fail(scope, where, `there is no function "${name}"`);
    }
    const [least, most, write] = known;
    if (args.length < least || args.length > most) {
      return this.#fail(
        scope,
        where,
        `${name}(…) takes ${least === most ? least : `${least} to ${most}`} values`,
      );
    }
    return write(
      args.map((argument) => this.#emit(scope, argument, where)),
      stream,
    );
  }

  #name(scope: Scope, node: Node & { kind: 'name' }, where: string): string {
    const { path, index } = node;
    const { thing } = scope;
    const [first, second] = path;
    const table = this.program.tables.get(first!);
    if (index !== undefined || (table !== undefined && path.length === 2)) {
      if (table === undefined) return this.#fail(scope, where, `there is no table "${first}"`);
      if (index === undefined) {
        if (second === 'length') return String(table.length);
        return this.#fail(scope, where, `${path.join('.')} needs a row, ${path.join('.')}[…]`);
      }
      const column = table.numbers.get(second ?? '');
      if (column === undefined)
        return this.#fail(scope, where, `table "${first}" has no column of numbers "${second}"`);
      const key = `${first}.${second}`;
      let number = this.#columnNumbers.get(key);
      if (number === undefined) {
        number = this.program.columns.push(column) - 1;
        this.#columnNumbers.set(key, number);
      }
      return `(T[${number}][${this.#emit(scope, index, where)}|0]||0)`;
    }
    if (path.length === 1) {
      if (first === 't') return `v[${this.program.timeSlot}]`;
      if (first === 'dt') return 'dt';
      if (first === 'pi') return String(Math.PI);
      return this.#own(scope, thing, first!, where);
    }
    if (first === 'calendar') {
      const position = (calendarNames as readonly string[]).indexOf(second!);
      if (position < 0) return this.#fail(scope, where, `calendar has no "${second}"`);
      return `v[${this.program.calendar[position]}]`;
    }
    if (first === 'input') {
      const slot = scope.action?.get(second!);
      if (slot === undefined) return this.#fail(scope, where, `there is no input "${second}" here`);
      return `v[${slot}]`;
    }
    if (first === 'fault') return this.#member(scope, thing, path, where);
    if (thing.kind.roles[first!] === undefined) {
      return this.#fail(scope, where, `"${path.join('.')}": the kind has no role "${first}"`);
    }
    const targets = thing.spec.roles[first!] ?? [];
    if (targets.length === 0) return '0';
    if (targets.length > 1) {
      return this.#fail(
        scope,
        where,
        `role "${first}" has ${targets.length} things: use sum(…), highest(…), at(…)`,
      );
    }
    return this.#member(scope, this.#byName.get(targets[0]!)!, path.slice(1), where);
  }

  #member(scope: Scope, target: CompiledThing, path: string[], where: string): string {
    if (path[0] === 'fault' && path.length === 2) {
      const fault = target.faults.find((each) => each.name === path[1]);
      if (fault === undefined) {
        return this.#fail(scope, where, `kind "${target.kind.id}" has no fault "${path[1]}"`);
      }
      return `v[${fault.severity}]`;
    }
    if (path.length !== 1) return this.#fail(scope, where, `"${path.join('.')}" goes too deep`);
    return this.#own(scope, target, path[0]!, where);
  }

  #own(scope: Scope, thing: CompiledThing, name: string, where: string): string {
    const slot = thing.variables.get(name);
    if (slot !== undefined) return `v[${slot}]`;
    const parameter = this.#parameter(thing, name);
    if (parameter !== undefined) return numeral(parameter);
    if (Object.hasOwn(thing.kind.inputs, name)) {
      if (this.#inputDepth >= inputDepthMax) {
        return this.#fail(scope, where, `input "${name}" refers to itself`);
      }
      this.#inputDepth++;
      const code = this.#expression(
        { thing, action: undefined },
        thing.spec.inputs[name] ?? thing.kind.inputs[name]!,
        `inputs/${name}`,
      );
      this.#inputDepth--;
      return code;
    }
    return this.#fail(scope, where, `kind "${thing.kind.id}" has no variable, parameter or input "${name}"`);
  }

  #fail(scope: Scope, where: string, message: string): never {
    throw new PackError(at(scope.thing, where), message);
  }

  #finish(): string {
    const { things } = this.program;
    const table = (prefix: string): string =>
      `[${things.map((thing) => `${prefix}${thing.position}`).join(',')}]`;
    const runs = things.flatMap((thing) => [
      ...thing.looks.map((look) => look.run),
      ...thing.events.map((event) => event.run),
      ...thing.actions.map((action) => action.run),
      ...thing.faults.flatMap((fault) => [fault.begin, fault.clear]),
    ]);
    return [
      '"use strict";',
      // mulberry32: small, fast, and good enough for noise; one state per stream.
      'function rnd(i){let z=r[i]=(r[i]+0x6D2B79F5)|0;z=Math.imul(z^z>>>15,z|1);z^=z+Math.imul(z^z>>>7,z|61);return((z^z>>>14)>>>0)/4294967296;}',
      // Sum of four uniform bytes, scaled to variance 1: bell-shaped, bounded at ±3.4, one draw.
      'function gauss(i){let z=r[i]=(r[i]+0x6D2B79F5)|0;z=Math.imul(z^z>>>15,z|1);z^=z+Math.imul(z^z>>>7,z|61);z^=z>>>14;return((z&255)+(z>>>8&255)+(z>>>16&255)+(z>>>24)-510)/147.8;}',
      ...this.#lines,
      `return{init:${table('i')},step:${table('s')},runs:{${runs.join(',')}}};`,
    ].join('\n');
  }
}

interface Scope {
  thing: CompiledThing;
  action: Map<string, number> | undefined;
  faultStream?: boolean;
}

const comparisons: ReadonlySet<BinaryOp> = new Set(['<', '<=', '>', '>=', '==', '!='] as const);

/** Name → fewest and most values, and what is written for them. */
const functions: Record<string, [number, number, (args: string[], stream: number) => string]> = {
  min: [2, 8, (args) => `Math.min(${args.join(',')})`],
  max: [2, 8, (args) => `Math.max(${args.join(',')})`],
  clamp: [3, 3, ([x, low, high]) => `Math.min(Math.max(${x},${low}),${high})`],
  abs: [1, 1, ([x]) => `Math.abs(${x})`],
  sqrt: [1, 1, ([x]) => `Math.sqrt(Math.max(0,${x}))`],
  exp: [1, 1, ([x]) => `Math.exp(${x})`],
  ln: [1, 1, ([x]) => `Math.log(Math.max(1e-12,${x}))`],
  sin: [1, 1, ([x]) => `Math.sin(${x})`],
  cos: [1, 1, ([x]) => `Math.cos(${x})`],
  pow: [2, 2, ([x, y]) => `Math.pow(${x},${y})`],
  floor: [1, 1, ([x]) => `Math.floor(${x})`],
  ceil: [1, 1, ([x]) => `Math.ceil(${x})`],
  round: [1, 1, ([x]) => `Math.round(${x})`],
  random: [0, 0, (_, stream) => `rnd(${stream})`],
  uniform: [2, 2, ([low, high], stream) => `(${low}+(${high}-(${low}))*rnd(${stream}))`],
  gauss: [0, 0, (_, stream) => `gauss(${stream})`],
  exponential: [1, 1, ([mean], stream) => `(-(${mean})*Math.log(1-rnd(${stream})))`],
};

/** Over the things of a role. */
const aggregates: Record<string, (terms: string[], second: string | undefined) => string> = {
  sum: (terms) => (terms.length === 0 ? '0' : `(${terms.join('+')})`),
  mean: (terms) => (terms.length === 0 ? '0' : `((${terms.join('+')})/${terms.length})`),
  highest: (terms) => (terms.length === 0 ? '0' : `Math.max(${terms.join(',')})`),
  lowest: (terms) => (terms.length === 0 ? '0' : `Math.min(${terms.join(',')})`),
  any: (terms) => (terms.length === 0 ? '0' : `(${terms.map((term) => `(${term})!==0`).join('||')}?1:0)`),
  count: (terms) => String(terms.length),
  has: (terms) => (terms.length > 0 ? '1' : '0'),
  first: (terms) => `(${terms.map((term, position) => `(${term})!==0?${position}:`).join('')}-1)`,
  at: (terms, second) =>
    `(${terms.map((term, position) => `(${second ?? '0'})===${position}?(${term}):`).join('')}0)`,
};

function at(thing: CompiledThing, where: string): string {
  return `kinds/${thing.kind.id}.json/${where} (as "${thing.spec.name}")`;
}

function numeral(value: number): string {
  return value < 0 || Object.is(value, -0) ? `(${value})` : String(value);
}

/** Rounds to the instrument's resolution such that the result prints as short as it is. */
function quantised(code: string, spec: PropertySpec): string {
  const resolution = spec.resolution ?? (spec.type === 'integer' ? 1 : undefined);
  if (resolution === undefined) return code;
  const inverse = 1 / resolution;
  if (resolution < 1 && Math.abs(inverse - Math.round(inverse)) < 1e-9) {
    return `Math.round(${code}*${Math.round(inverse)})/${Math.round(inverse)}`;
  }
  return `Math.round(${code}/${resolution})*${resolution}`;
}
