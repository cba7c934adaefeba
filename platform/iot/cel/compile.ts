import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import type { DataSchema } from '@millrace/contract';
import {
  type CompileResult,
  type ConditionProblem,
  type ConditionScope,
  conditionLimits,
  type Frame,
  type Reference,
  type UnjudgedReason,
  type WindowNeed,
  type Words,
} from './types.ts';
import { parseDuration } from './windows.ts';
import { nearest, parseWords, typeWords } from './words.ts';

const parser = new Environment({
  limits: {
    maxAstNodes: conditionLimits.conditionNodesMax,
    maxDepth: conditionLimits.conditionDepthMax,
    maxListElements: 64,
    maxMapEntries: 0,
    maxCallArguments: 16,
  },
});

interface NumberExpression {
  type: 'number';
  /** NaN: cannot be judged. */
  run: (frame: Frame) => number;
  constant?: number;
}
interface BooleanExpression {
  type: 'boolean';
  run: (frame: Frame) => 1 | 0 | -1;
}
interface TextExpression {
  type: 'text';
  /** Undefined: cannot be judged. */
  run: (frame: Frame) => string | undefined;
  constant?: string;
  /** Texts it can be, where its description lists them. */
  choices?: readonly unknown[];
}
/** A property whose description does not say what it holds: it is what the place where it stands needs. */
interface AnyExpression {
  type: 'any';
  reference: number;
}
interface ListExpression {
  type: 'list';
  items: Expression[];
}
type Expression = NumberExpression | BooleanExpression | TextExpression | AnyExpression | ListExpression;

class Refused extends Error {
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly words: Words;
  constructor(code: string, at: { start: number; end: number }, words: Words) {
    super(words.en);
    this.code = code;
    this.start = at.start;
    this.end = at.end;
    this.words = words;
  }
}

/**
 * Reads a condition in CEL (Common Expression Language) and checks it against the things it names. What comes back runs in bounded time and
 * never throws. Numbers are one type, as plant people expect: `temperature > 80` holds for an integer and for a fraction, and 7 / 2 is 3.5.
 */
export function compileCondition(text: string, scope: ConditionScope): CompileResult {
  const place = (start: number, end: number): Omit<ConditionProblem, 'code' | 'message'> => {
    const before = text.slice(0, start);
    const line = before.split('\n').length;
    return { start, end, line, column: start - before.lastIndexOf('\n') };
  };
  const failed = (code: string, start: number, end: number, message: Words): CompileResult => ({
    ok: false,
    problems: [{ code, ...place(start, end), message }],
  });
  if (text.length > conditionLimits.conditionCharactersMax) {
    return failed('too-long', conditionLimits.conditionCharactersMax, text.length, {
      en: `The condition has ${text.length} characters; at most ${conditionLimits.conditionCharactersMax} (conditionCharactersMax) are taken.`,
      zh: `条件有 ${text.length} 个字符，最多允许 ${conditionLimits.conditionCharactersMax} 个（conditionCharactersMax）。`,
    });
  }
  if (text.trim() === '') {
    return failed('empty', 0, 0, {
      en: 'The condition is empty. Write for example: temperature > 80',
      zh: '条件为空。例如可以写：temperature > 80',
    });
  }
  try {
    const ast = parser.parse(text).ast;
    const builder = new Builder(scope);
    const root = builder.build(ast);
    const run = builder.boolean(root, ast);
    return {
      ok: true,
      condition: {
        text,
        references: builder.references,
        windows: builder.windows,
        timed: builder.timed,
        cost: builder.cost,
        run: (frame) => {
          frame.reason = undefined;
          return run(frame);
        },
      },
    };
  } catch (error) {
    if (error instanceof Refused) return failed(error.code, error.start, error.end, error.words);
    if (error instanceof ParseError) {
      const start = Math.min(error.range?.start ?? 0, text.length);
      const end = Math.max(start, Math.min(error.range?.end ?? start, text.length));
      return failed(error.code.replaceAll('_', '-'), start, end, parseWords(error, text.slice(start, end)));
    }
    if (error instanceof RangeError) {
      return failed('too-deep', 0, text.length, {
        en: 'The condition is nested too deeply.',
        zh: '条件嵌套过深。',
      });
    }
    // Whatever else the reader raises is about the text it was given.
    return failed('unreadable', 0, text.length, {
      en: `The condition cannot be read: ${(error as Error).message.slice(0, 200)}`,
      zh: `无法读取条件：${(error as Error).message.slice(0, 200)}`,
    });
  }
}

function fail(frame: Frame, reason: UnjudgedReason, reference: number): void {
  if (frame.reason !== undefined) return;
  frame.reason = reason;
  frame.reasonReference = reference;
}

class Builder {
  readonly references: Reference[] = [];
  readonly windows: WindowNeed[] = [];
  timed = false;
  cost = 0;
  readonly #scope: ConditionScope;
  /** What was named last: windows, ages and qualities ask for it. */
  #lastReference = -1;
  /** 1 where a comparison that holds makes the whole hold, −1 under a “not”, 0 where neither is so: there no deadband applies. */
  #polarity = 1;

  constructor(scope: ConditionScope) {
    this.#scope = scope;
  }

  build(node: ASTNode): Expression {
    this.cost++;
    switch (node.op) {
      case 'value':
        return this.#literal(node);
      case 'id':
        return this.#named(node, node.args);
      case '.':
      case '[]':
        return this.#member(node);
      case 'call':
        return this.#call(node, node.args[0], node.args[1]);
      case 'rcall':
        return this.#methodCall(node);
      case 'list':
        return { type: 'list', items: node.args.map((item) => this.build(item)) };
      case '&&':
      case '||': {
        const left = this.boolean(this.build(node.args[0]), node.args[0]);
        const right = this.boolean(this.build(node.args[1]), node.args[1]);
        // One side that decides alone decides, even where the other cannot be judged (CEL's own rule).
        const deciding = node.op === '&&' ? 0 : 1;
        return {
          type: 'boolean',
          run: (frame) => {
            const first = left(frame);
            if (first === deciding) return deciding;
            const second = right(frame);
            if (second === deciding) return deciding;
            return first === -1 || second === -1 ? -1 : second;
          },
        };
      }
      case '!_': {
        const inner = this.#facing(-this.#polarity, () => this.boolean(this.build(node.args), node.args));
        return {
          type: 'boolean',
          run: (frame) => {
            const value = inner(frame);
            return value === -1 ? -1 : value === 1 ? 0 : 1;
          },
        };
      }
      case '-_': {
        const built = this.build(node.args);
        const inner = this.#number(built, node.args);
        return { type: 'number', run: (frame) => -inner(frame), ...negated(built) };
      }
      case '?:':
        return this.#choice(node);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return this.#arithmetic(node, node.op, node.args[0], node.args[1]);
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#ordered(node.op, node.args[0], node.args[1]);
      case '==':
      case '!=':
        return this.#equal(node.op === '==', node.args[0], node.args[1]);
      case 'in': {
        const listNode = node.args[1];
        if (listNode.op !== 'list') throw this.#refuse('needs-list', listNode, typeWords.needsList);
        return this.#facing(0, () => this.#membership(this.build(node.args[0]), node.args[0], listNode.args));
      }
      default:
        throw this.#refuse('unsupported', node, typeWords.unsupported(node.op));
    }
  }

  /** The expression as yes or no, or a problem in words. */
  boolean(expression: Expression, node: ASTNode): (frame: Frame) => 1 | 0 | -1 {
    if (expression.type === 'boolean') return expression.run;
    if (expression.type === 'any') {
      const number = this.#readNumber(expression.reference);
      return (frame) => {
        const value = number(frame);
        return Number.isNaN(value) ? -1 : value !== 0 ? 1 : 0;
      };
    }
    throw this.#refuse('needs-boolean', node, typeWords.needsBoolean(expression.type, textOf(node)));
  }

  #facing<T>(polarity: number, build: () => T): T {
    const before = this.#polarity;
    this.#polarity = polarity;
    try {
      return build();
    } finally {
      this.#polarity = before;
    }
  }

  #number(expression: Expression, node: ASTNode): (frame: Frame) => number {
    if (expression.type === 'number') return expression.run;
    if (expression.type === 'any') return this.#readNumber(expression.reference);
    throw this.#refuse('needs-number', node, typeWords.needsNumber(expression.type, textOf(node)));
  }

  #text(expression: Expression, node: ASTNode): (frame: Frame) => string | undefined {
    if (expression.type === 'text') return expression.run;
    if (expression.type === 'any') return this.#readText(expression.reference);
    throw this.#refuse('needs-text', node, typeWords.needsText(expression.type, textOf(node)));
  }

  #literal(node: ASTNode & { op: 'value' }): Expression {
    const value: unknown = node.args;
    if (typeof value === 'bigint') {
      const number = Number(value);
      return { type: 'number', run: () => number, constant: number };
    }
    if (typeof value === 'number') return { type: 'number', run: () => value, constant: value };
    if (typeof value === 'boolean') {
      const yes = value ? 1 : 0;
      return { type: 'boolean', run: () => yes };
    }
    if (typeof value === 'string') return { type: 'text', run: () => value, constant: value };
    if (
      typeof value === 'object' &&
      value !== null &&
      'valueOf' in value &&
      typeof value.valueOf() === 'bigint'
    ) {
      const number = Number(value.valueOf());
      return { type: 'number', run: () => number, constant: number };
    }
    throw this.#refuse('unsupported', node, typeWords.unsupported(value === null ? 'null' : 'bytes'));
  }

  /** A bare name: a property of the own thing, or a variable. */
  #named(node: ASTNode, name: string): Expression {
    const variables = this.#scope.variables;
    if (variables !== undefined && Object.hasOwn(variables, name)) {
      return this.#read(this.#reference(node, undefined, name, true), variables[name]!, node, name);
    }
    const own = this.#scope.self;
    if (own !== undefined && Object.hasOwn(own.properties, name))
      return this.#property(node, undefined, name);
    if (name === 'self' || Object.hasOwn(this.#scope.aliases ?? {}, name)) {
      throw this.#refuse('needs-property', node, typeWords.needsProperty(name));
    }
    const known = [
      ...Object.keys(own?.properties ?? {}),
      ...Object.keys(this.#scope.aliases ?? {}),
      ...Object.keys(variables ?? {}),
    ];
    throw this.#refuse(
      'unknown-name',
      node,
      typeWords.unknownName(name, own?.title, nearest(name, known), known),
    );
  }

  /** `alias.name`, `self.name`, `thing("urn:…").name`, and the same with ["any name"]. */
  #member(node: ASTNode & { op: '.' | '[]' }): Expression {
    const [owner, key] = node.args;
    const name = typeof key === 'string' ? key : key.op === 'value' ? (key.args as unknown) : undefined;
    if (typeof name !== 'string') throw this.#refuse('needs-name', node, typeWords.needsName);
    if (owner.op === 'call' && owner.args[0] === 'thing') {
      const id =
        owner.args[1].length === 1 && owner.args[1][0]!.op === 'value' ? owner.args[1][0]!.args : undefined;
      if (typeof id !== 'string') throw this.#refuse('needs-thing', owner, typeWords.needsThing);
      return this.#property(node, id, name);
    }
    if (owner.op === 'id') {
      if (owner.args === 'self' && this.#scope.self !== undefined)
        return this.#property(node, undefined, name);
      const aliases = this.#scope.aliases ?? {};
      if (Object.hasOwn(aliases, owner.args)) return this.#property(node, aliases[owner.args], name);
      if (Object.hasOwn(this.#scope.self?.properties ?? {}, owner.args))
        throw this.#refuse('no-members', node, typeWords.noMembers(owner.args));
      throw this.#refuse(
        'unknown-name',
        owner,
        typeWords.unknownName(
          owner.args,
          this.#scope.self?.title,
          nearest(owner.args, Object.keys(aliases)),
          [...Object.keys(aliases)],
        ),
      );
    }
    throw this.#refuse('no-members', node, typeWords.noMembers(textOf(owner)));
  }

  #property(node: ASTNode, thing: string | undefined, name: string): Expression {
    const shape = thing === undefined ? this.#scope.self : this.#scope.thing(thing);
    if (shape === undefined)
      throw this.#refuse('unknown-thing', node, typeWords.unknownThing(thing ?? 'self'));
    if (!Object.hasOwn(shape.properties, name)) {
      const known = Object.keys(shape.properties);
      throw this.#refuse(
        'unknown-property',
        node,
        typeWords.unknownProperty(name, shape.title, nearest(name, known)),
      );
    }
    return this.#read(this.#reference(node, thing, name, false), shape.properties[name]!, node, name);
  }

  #reference(node: ASTNode, thing: string | undefined, property: string, variable: boolean): number {
    const own = thing === this.#scope.self?.id ? undefined : thing;
    const found = this.references.findIndex(
      (one) => one.thing === own && one.property === property && one.variable === variable,
    );
    if (found !== -1) return (this.#lastReference = found);
    if (this.references.length >= conditionLimits.conditionReferencesMax) {
      throw this.#refuse(
        'too-many',
        node,
        typeWords.tooMany('conditionReferencesMax', conditionLimits.conditionReferencesMax),
      );
    }
    return (this.#lastReference = this.references.push({ thing: own, property, variable }) - 1);
  }

  #read(reference: number, schema: DataSchema, node: ASTNode, name: string): Expression {
    switch (schema.type) {
      case 'number':
      case 'integer':
        return { type: 'number', run: this.#readNumber(reference) };
      case 'boolean': {
        const number = this.#readNumber(reference);
        return {
          type: 'boolean',
          run: (frame) => {
            const value = number(frame);
            return Number.isNaN(value) ? -1 : value !== 0 ? 1 : 0;
          },
        };
      }
      case 'string':
        return {
          type: 'text',
          run: this.#readText(reference),
          ...(Array.isArray(schema.enum) ? { choices: schema.enum } : {}),
        };
      case 'object':
      case 'array':
        throw this.#refuse('not-simple', node, typeWords.notSimple(name, schema.type));
      default:
        return { type: 'any', reference };
    }
  }

  #readNumber(reference: number): (frame: Frame) => number {
    return (frame) => {
      const series = frame.series[reference]!;
      if (series < 0) {
        fail(frame, 'property-gone', reference);
        return Number.NaN;
      }
      const { signals } = frame;
      const value = signals.value[series]!;
      if (signals.status[series]! >>> 30 >= 2) {
        fail(frame, 'bad-quality', reference);
        return Number.NaN;
      }
      if (Number.isNaN(value)) {
        fail(frame, signals.text.has(series) ? 'not-a-number' : 'no-value', reference);
        return Number.NaN;
      }
      return value;
    };
  }

  #readText(reference: number): (frame: Frame) => string | undefined {
    return (frame) => {
      const series = frame.series[reference]!;
      if (series < 0) {
        fail(frame, 'property-gone', reference);
        return undefined;
      }
      const { signals } = frame;
      if (signals.status[series]! >>> 30 >= 2) {
        fail(frame, 'bad-quality', reference);
        return undefined;
      }
      const json = signals.text.get(series);
      if (json === undefined) {
        fail(frame, 'no-value', reference);
        return undefined;
      }
      return plainText(json);
    };
  }

  #choice(node: ASTNode & { op: '?:' }): Expression {
    const [test, yes, no] = node.args;
    const condition = this.#facing(0, () => this.boolean(this.build(test), test));
    const left = this.build(yes);
    const right = this.build(no);
    const type = left.type === 'any' ? right.type : left.type;
    if (type === 'boolean') {
      const [one, other] = [this.boolean(left, yes), this.boolean(right, no)];
      return {
        type,
        run: (frame) => {
          const value = condition(frame);
          return value === -1 ? -1 : value === 1 ? one(frame) : other(frame);
        },
      };
    }
    if (type === 'text') {
      const [one, other] = [this.#text(left, yes), this.#text(right, no)];
      return {
        type,
        run: (frame) => {
          const value = condition(frame);
          return value === -1 ? undefined : value === 1 ? one(frame) : other(frame);
        },
      };
    }
    const [one, other] = [this.#number(left, yes), this.#number(right, no)];
    return {
      type: 'number',
      run: (frame) => {
        const value = condition(frame);
        return value === -1 ? Number.NaN : value === 1 ? one(frame) : other(frame);
      },
    };
  }

  #arithmetic(
    node: ASTNode,
    op: '+' | '-' | '*' | '/' | '%',
    leftNode: ASTNode,
    rightNode: ASTNode,
  ): Expression {
    const leftBuilt = this.build(leftNode);
    const rightBuilt = this.build(rightNode);
    if (op === '+' && (leftBuilt.type === 'text' || rightBuilt.type === 'text')) {
      const [left, right] = [this.#text(leftBuilt, leftNode), this.#text(rightBuilt, rightNode)];
      return {
        type: 'text',
        run: (frame) => {
          const first = left(frame);
          const second = right(frame);
          return first === undefined || second === undefined ? undefined : first + second;
        },
      };
    }
    const left = this.#number(leftBuilt, leftNode);
    const right = this.#number(rightBuilt, rightNode);
    switch (op) {
      case '+':
        return { type: 'number', run: (frame) => left(frame) + right(frame) };
      case '-':
        return { type: 'number', run: (frame) => left(frame) - right(frame) };
      case '*':
        return { type: 'number', run: (frame) => left(frame) * right(frame) };
      default: {
        if (rightBuilt.type === 'number' && rightBuilt.constant === 0)
          throw this.#refuse('division-by-zero', node, typeWords.dividesByZero);
        const divide = op === '/';
        return {
          type: 'number',
          run: (frame) => {
            const divisor = right(frame);
            const dividend = left(frame);
            if (divisor === 0) {
              fail(frame, 'division-by-zero', -1);
              return Number.NaN;
            }
            return divide ? dividend / divisor : dividend % divisor;
          },
        };
      }
    }
  }

  #ordered(op: '<' | '<=' | '>' | '>=', leftNode: ASTNode, rightNode: ASTNode): Expression {
    const leftBuilt = this.build(leftNode);
    const rightBuilt = this.build(rightNode);
    if (leftBuilt.type === 'text' && rightBuilt.type === 'text')
      throw this.#refuse('needs-number', leftNode, typeWords.needsNumber('text', textOf(leftNode)));
    const left = this.#number(leftBuilt, leftNode);
    const right = this.#number(rightBuilt, rightNode);
    const facing = this.#polarity;
    const judge = (
      holds: (a: number, b: number, slack: number) => boolean,
    ): ((frame: Frame) => 1 | 0 | -1) => {
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        if (Number.isNaN(a) || Number.isNaN(b)) {
          fail(frame, 'not-a-number', -1);
          return -1;
        }
        return holds(a, b, facing * frame.slack) ? 1 : 0;
      };
    };
    // One function for each comparison, so that each is compiled for itself.
    const run =
      op === '<'
        ? judge((a, b, slack) => a < b + slack)
        : op === '<='
          ? judge((a, b, slack) => a <= b + slack)
          : op === '>'
            ? judge((a, b, slack) => a > b - slack)
            : judge((a, b, slack) => a >= b - slack);
    return { type: 'boolean', run };
  }

  #equal(wanted: boolean, leftNode: ASTNode, rightNode: ASTNode): Expression {
    const equal = this.#facing(0, () =>
      this.#equality(this.build(leftNode), this.build(rightNode), leftNode, rightNode),
    );
    if (wanted) return { type: 'boolean', run: equal };
    return {
      type: 'boolean',
      run: (frame) => {
        const value = equal(frame);
        return value === -1 ? -1 : value === 1 ? 0 : 1;
      },
    };
  }

  #equality(
    left: Expression,
    right: Expression,
    leftNode: ASTNode,
    rightNode: ASTNode,
  ): (frame: Frame) => 1 | 0 | -1 {
    const type = left.type === 'any' ? right.type : left.type;
    if (left.type !== 'any' && right.type !== 'any' && left.type !== right.type) {
      throw this.#refuse(
        'different-types',
        rightNode,
        typeWords.differentTypes(textOf(leftNode), left.type, textOf(rightNode), right.type),
      );
    }
    if (type === 'list') throw this.#refuse('unsupported', leftNode, typeWords.unsupported('list'));
    if (type === 'text') {
      this.#checkChoice(left, right, rightNode);
      this.#checkChoice(right, left, leftNode);
      const [one, other] = [this.#text(left, leftNode), this.#text(right, rightNode)];
      return (frame) => {
        const a = one(frame);
        const b = other(frame);
        return a === undefined || b === undefined ? -1 : a === b ? 1 : 0;
      };
    }
    if (type === 'boolean') {
      const [one, other] = [this.boolean(left, leftNode), this.boolean(right, rightNode)];
      return (frame) => {
        const a = one(frame);
        const b = other(frame);
        return a === -1 || b === -1 ? -1 : a === b ? 1 : 0;
      };
    }
    const [one, other] = [this.#number(left, leftNode), this.#number(right, rightNode)];
    return (frame) => {
      const a = one(frame);
      const b = other(frame);
      if (Number.isNaN(a) || Number.isNaN(b)) {
        fail(frame, 'not-a-number', -1);
        return -1;
      }
      return a === b ? 1 : 0;
    };
  }

  /** `x in [a, b]`: the left side is run once, so that a run never costs more than its nodes. */
  #membership(left: Expression, leftNode: ASTNode, itemNodes: readonly ASTNode[]): Expression {
    const items = itemNodes.map((node) => this.build(node));
    const equalities = items.map((item, index) => this.#equality(left, item, leftNode, itemNodes[index]!));
    const type =
      left.type === 'any' ? (items.find((item) => item.type !== 'any')?.type ?? 'number') : left.type;
    const among = <T>(
      value: (frame: Frame) => T,
      unknown: (value: T) => boolean,
      others: readonly ((frame: Frame) => T)[],
    ): Expression => ({
      type: 'boolean',
      run: (frame) => {
        const wanted = value(frame);
        if (unknown(wanted)) return -1;
        let open = false;
        for (const other of others) {
          const one = other(frame);
          if (one === wanted) return 1;
          open ||= unknown(one);
        }
        return open ? -1 : 0;
      },
    });
    if (equalities.length === 0) return { type: 'boolean', run: () => 0 };
    if (type === 'text')
      return among(
        this.#text(left, leftNode),
        (value) => value === undefined,
        items.map((item, index) => this.#text(item, itemNodes[index]!)),
      );
    if (type === 'boolean')
      return among(
        this.boolean(left, leftNode),
        (value) => value === -1,
        items.map((item, index) => this.boolean(item, itemNodes[index]!)),
      );
    return among(
      this.#number(left, leftNode),
      (value) => Number.isNaN(value),
      items.map((item, index) => this.#number(item, itemNodes[index]!)),
    );
  }

  /** A text that the description does not list can never come: most often a slip of the pen. */
  #checkChoice(property: Expression, literal: Expression, node: ASTNode): void {
    if (property.type !== 'text' || property.choices === undefined) return;
    if (
      literal.type !== 'text' ||
      literal.constant === undefined ||
      property.choices.includes(literal.constant)
    )
      return;
    const choices = property.choices.filter((one): one is string => typeof one === 'string');
    throw this.#refuse(
      'not-a-choice',
      node,
      typeWords.notAChoice(literal.constant, choices, nearest(literal.constant, choices)),
    );
  }

  #methodCall(node: ASTNode & { op: 'rcall' }): Expression {
    const [name, receiver, given] = node.args;
    if (receiver.op === 'id' && receiver.args === 'math') return this.#call(node, name, given);
    if (name === 'contains' || name === 'startsWith' || name === 'endsWith') {
      if (given.length !== 1)
        throw this.#refuse('wrong-arguments', node, typeWords.wrongArguments(name, `text.${name}("…")`));
      const [one, other] = [
        this.#text(this.build(receiver), receiver),
        this.#text(this.build(given[0]!), given[0]!),
      ];
      const test =
        name === 'contains'
          ? (a: string, b: string) => a.includes(b)
          : name === 'startsWith'
            ? (a: string, b: string) => a.startsWith(b)
            : (a: string, b: string) => a.endsWith(b);
      return {
        type: 'boolean',
        run: (frame) => {
          const a = one(frame);
          const b = other(frame);
          return a === undefined || b === undefined ? -1 : test(a, b) ? 1 : 0;
        },
      };
    }
    throw this.#refuse(
      'unknown-function',
      node,
      typeWords.unknownFunction(name, nearest(name, functionNames)),
    );
  }

  #call(node: ASTNode, name: string, given: readonly ASTNode[]): Expression {
    const usage = Object.hasOwn(usages, name) ? usages[name] : undefined;
    if (usage === undefined)
      throw this.#refuse(
        'unknown-function',
        node,
        typeWords.unknownFunction(name, nearest(name, functionNames)),
      );
    const wrong = (): Refused => this.#refuse('wrong-arguments', node, typeWords.wrongArguments(name, usage));
    if (name === 'thing') throw this.#refuse('needs-property', node, typeWords.needsProperty('thing("…")'));
    if (Object.hasOwn(windowFunctions, name)) {
      if (given.length !== 2) throw wrong();
      const reference = this.#propertyOnly(given[0]!, wrong);
      const microseconds = this.#duration(given[1]!, wrong);
      const window = this.#window(node, reference, 'span', microseconds);
      const ask = windowFunctions[name as keyof typeof windowFunctions];
      return {
        type: 'number',
        run: (frame) => {
          const kept = frame.windows[window];
          if (kept === undefined || frame.series[reference]! < 0) {
            fail(frame, 'property-gone', reference);
            return Number.NaN;
          }
          const value = ask(kept, frame.now);
          if (Number.isNaN(value)) fail(frame, 'window-empty', reference);
          return value;
        },
      };
    }
    switch (name) {
      case 'previous':
      case 'changed': {
        if (given.length !== 1) throw wrong();
        const reference = this.#propertyOnly(given[0]!, wrong);
        const window = this.#window(node, reference, 'previous', 0);
        const before = (frame: Frame): number => {
          const kept = frame.windows[window];
          if (kept === undefined || frame.series[reference]! < 0) {
            fail(frame, 'property-gone', reference);
            return Number.NaN;
          }
          const value = kept.previous();
          if (Number.isNaN(value)) fail(frame, 'no-previous', reference);
          return value;
        };
        if (name === 'previous') return { type: 'number', run: before };
        const now = this.#readNumber(reference);
        return {
          type: 'boolean',
          run: (frame) => {
            const a = before(frame);
            const b = now(frame);
            return Number.isNaN(a) || Number.isNaN(b) ? -1 : a !== b ? 1 : 0;
          },
        };
      }
      case 'age':
      case 'stale': {
        if (given.length !== (name === 'age' ? 1 : 2)) throw wrong();
        const reference = this.#propertyOnly(given[0]!, wrong);
        this.timed = true;
        const age = (frame: Frame): number => {
          const series = frame.series[reference]!;
          if (series < 0) {
            fail(frame, 'property-gone', reference);
            return Number.NaN;
          }
          if (frame.signals.time[series]! === Number.NEGATIVE_INFINITY) {
            fail(frame, 'no-value', reference);
            return Number.NaN;
          }
          return Math.max(0, frame.now - frame.signals.seen[series]!) / 1e6;
        };
        if (name === 'age') return { type: 'number', run: age };
        const seconds = this.#duration(given[1]!, wrong) / 1e6;
        return {
          type: 'boolean',
          run: (frame) => {
            const value = age(frame);
            if (Number.isNaN(value)) return -1;
            if (value <= seconds) return 0;
            // Silent for long enough, but perhaps only because nobody listened.
            if ((frame.now - frame.signals.listening) / 1e6 > seconds) return 1;
            fail(frame, 'just-begun', reference);
            return -1;
          },
        };
      }
      case 'quality': {
        if (given.length !== 1) throw wrong();
        const reference = this.#propertyOnly(given[0]!, wrong);
        return {
          type: 'text',
          choices: ['good', 'uncertain', 'bad'],
          run: (frame) => {
            const series = frame.series[reference]!;
            if (series < 0) {
              fail(frame, 'property-gone', reference);
              return undefined;
            }
            if (frame.signals.time[series] === Number.NEGATIVE_INFINITY) {
              fail(frame, 'no-value', reference);
              return undefined;
            }
            const severity = frame.signals.status[series]! >>> 30;
            return severity === 0 ? 'good' : severity === 1 ? 'uncertain' : 'bad';
          },
        };
      }
      case 'known': {
        if (given.length !== 1) throw wrong();
        const reference = this.#propertyOnly(given[0]!, wrong);
        return {
          type: 'boolean',
          run: (frame) => {
            const series = frame.series[reference]!;
            if (series < 0 || frame.signals.status[series]! >>> 30 >= 2) return 0;
            const value = frame.signals.value[series]!;
            return !Number.isNaN(value) || frame.signals.text.has(series) ? 1 : 0;
          },
        };
      }
      case 'size': {
        if (given.length !== 1) throw wrong();
        const text = this.#text(this.build(given[0]!), given[0]!);
        return { type: 'number', run: (frame) => text(frame)?.length ?? Number.NaN };
      }
      case 'least':
      case 'greatest': {
        if (given.length < 2) throw wrong();
        const all = given.map((one) => this.#number(this.build(one), one));
        const pick = name === 'least' ? Math.min : Math.max;
        return {
          type: 'number',
          run: (frame) => {
            let value = all[0]!(frame);
            // Math.min and Math.max answer NaN where one of the two is.
            for (let index = 1; index < all.length; index++) value = pick(value, all[index]!(frame));
            return value;
          },
        };
      }
      default: {
        const work = numberFunctions[name];
        if (work === undefined || given.length !== 1) throw wrong();
        const inner = this.#number(this.build(given[0]!), given[0]!);
        return {
          type: 'number',
          run: (frame) => {
            const value = inner(frame);
            const result = work(value);
            if (Number.isNaN(result) && !Number.isNaN(value)) fail(frame, 'not-a-number', -1);
            return result;
          },
        };
      }
    }
  }

  /** Windows, ages and qualities are of properties, not of what was calculated. */
  #propertyOnly(node: ASTNode, wrong: () => Refused): number {
    if (node.op !== 'id' && node.op !== '.' && node.op !== '[]') throw wrong();
    this.build(node);
    return this.#lastReference;
  }

  #duration(node: ASTNode, wrong: () => Refused): number {
    const inner = node.op === 'call' && node.args[0] === 'duration' ? node.args[1][0] : node;
    const microseconds =
      inner?.op === 'value' && typeof inner.args === 'string' ? parseDuration(inner.args) : undefined;
    if (microseconds === undefined) throw wrong();
    if (
      microseconds < conditionLimits.windowMicrosecondsMin ||
      microseconds > conditionLimits.windowMicrosecondsMax
    ) {
      throw this.#refuse('wrong-duration', node, typeWords.wrongDuration(textOf(node)));
    }
    return microseconds;
  }

  #window(node: ASTNode, reference: number, kind: 'span' | 'previous', microseconds: number): number {
    if (this.#scope.windows === false)
      throw this.#refuse('no-windows', node, typeWords.noWindows(textOf(node)));
    if (kind === 'span') this.timed = true;
    this.cost += 60;
    const found = this.windows.findIndex(
      (one) => one.reference === reference && one.kind === kind && one.microseconds === microseconds,
    );
    if (found !== -1) return found;
    if (this.windows.length >= conditionLimits.conditionWindowsMax) {
      throw this.#refuse(
        'too-many',
        node,
        typeWords.tooMany('conditionWindowsMax', conditionLimits.conditionWindowsMax),
      );
    }
    return this.windows.push({ reference, kind, microseconds }) - 1;
  }

  #refuse(code: string, node: ASTNode, words: Words): Refused {
    return new Refused(code, node.range ?? { start: node.start, end: node.end }, words);
  }
}

const windowFunctions = {
  average: (window: NonNullable<Frame['windows'][number]>, now: number) => window.average(now),
  minimum: (window: NonNullable<Frame['windows'][number]>, now: number) => window.minimum(now),
  maximum: (window: NonNullable<Frame['windows'][number]>, now: number) => window.maximum(now),
  sum: (window: NonNullable<Frame['windows'][number]>, now: number) => window.sum(now),
  count: (window: NonNullable<Frame['windows'][number]>, now: number) => window.count(now),
  delta: (window: NonNullable<Frame['windows'][number]>, now: number) => window.delta(now),
  rate: (window: NonNullable<Frame['windows'][number]>, now: number) => window.rate(now),
} as const;

const numberFunctions: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  round: Math.round,
  floor: Math.floor,
  ceil: Math.ceil,
  sqrt: Math.sqrt,
  int: Math.trunc,
  double: (value) => value,
};

/** Every function there is, and how it is written; the console shows the same. */
export const usages: Readonly<Record<string, string>> = {
  thing: 'thing("urn:…").property',
  average: 'average(property, "10m")',
  minimum: 'minimum(property, "10m")',
  maximum: 'maximum(property, "10m")',
  sum: 'sum(property, "10m")',
  count: 'count(property, "10m")',
  delta: 'delta(property, "10m")',
  rate: 'rate(property, "1m")',
  previous: 'previous(property)',
  changed: 'changed(property)',
  age: 'age(property)',
  stale: 'stale(property, "30s")',
  quality: 'quality(property)',
  known: 'known(property)',
  size: 'size(text)',
  least: 'least(a, b)',
  greatest: 'greatest(a, b)',
  abs: 'abs(number)',
  round: 'round(number)',
  floor: 'floor(number)',
  ceil: 'ceil(number)',
  sqrt: 'sqrt(number)',
  int: 'int(number)',
  double: 'double(number)',
};
const functionNames = Object.keys(usages);

function negated(inner: Expression): { constant?: number } {
  return inner.type === 'number' && inner.constant !== undefined ? { constant: -inner.constant } : {};
}

function textOf(node: ASTNode): string {
  const text = node.input.slice(node.start, node.end).trim();
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The text that JSON text holds; most hold no escapes and are cut out as they stand. */
function plainText(json: string): string {
  if (json.charCodeAt(0) !== 34) return json;
  if (!json.includes('\\')) return json.slice(1, -1);
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}
