/**
 * The expressions of a pack: arithmetic, comparisons, conditions and calls of named functions over named numbers, nothing else. A
 * pack is data, so an expression can neither loop nor name anything that the engine did not give it.
 *
 *   condition ? a : b     || && !     < <= > >= == !=     + - * / %     name   role.name   table.column[index]   f(x, y)   'text'
 *
 * Truth is 1, untruth 0; any number but 0 counts as true. A text stands for the code of an enumeration's member and may only be
 * compared (`state == 'running'`) or listed (`in(phase, 'roughing', 'finishing')`).
 */
export type Node =
  | { kind: 'number'; value: number }
  | { kind: 'text'; value: string; at: number }
  | { kind: 'name'; path: string[]; index: Node | undefined; at: number }
  | { kind: 'call'; name: string; args: Node[]; at: number }
  | { kind: 'unary'; op: '-' | '!'; operand: Node }
  | { kind: 'binary'; op: BinaryOp; left: Node; right: Node }
  | { kind: 'choice'; test: Node; yes: Node; no: Node };

export type BinaryOp = '||' | '&&' | '<' | '<=' | '>' | '>=' | '==' | '!=' | '+' | '-' | '*' | '/' | '%';

export const expressionCharactersMax = 2000;
const expressionDepthMax = 60;

/** What is wrong with an expression, and where in its text (0-based). */
export class ExpressionError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

type Token = { kind: 'number' | 'name' | 'text' | 'sign' | 'end'; text: string; at: number };

const tokenPattern =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|'([^'\\]*)'|(\|\||&&|<=|>=|==|!=|[-+*/%<>!?:(),.[\]]))/y;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/^\s*$/.test(text.slice(at))) break;
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    if (match === null) throw new ExpressionError(`cannot read "${text.slice(at).trim()[0]}"`, at);
    const [whole, number, name, quoted, sign] = match;
    const start = at + whole.length - (number ?? name ?? sign ?? `'${quoted}'`).length;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at: start });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at: start });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted, at: start });
    else tokens.push({ kind: 'sign', text: sign!, at: start });
    at = tokenPattern.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

const levels: BinaryOp[][] = [
  ['||'],
  ['&&'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Reads an expression. Throws {@link ExpressionError}. */
export function parseExpression(text: string): Node {
  if (text.length > expressionCharactersMax) {
    throw new ExpressionError(
      `longer than ${expressionCharactersMax} characters (expressionCharactersMax)`,
      0,
    );
  }
  const tokens = tokenize(text);
  let next = 0;
  let depth = 0;
  const peek = (): Token => tokens[next]!;
  const isSign = (sign: string): boolean => peek().kind === 'sign' && peek().text === sign;
  const expect = (sign: string): void => {
    if (!isSign(sign)) {
      throw new ExpressionError(
        `expected "${sign}", found ${peek().kind === 'end' ? 'the end' : `"${peek().text}"`}`,
        peek().at,
      );
    }
    next++;
  };

  const choice = (): Node => {
    if (++depth > expressionDepthMax) {
      throw new ExpressionError(`nested deeper than ${expressionDepthMax} (expressionDepthMax)`, peek().at);
    }
    const test = binary(0);
    let node = test;
    if (isSign('?')) {
      next++;
      const yes = choice();
      expect(':');
      node = { kind: 'choice', test, yes, no: choice() };
    }
    depth--;
    return node;
  };

  const binary = (level: number): Node => {
    const ops = levels[level];
    if (ops === undefined) return unary();
    let left = binary(level + 1);
    while (peek().kind === 'sign' && (ops as string[]).includes(peek().text)) {
      const op = tokens[next++]!.text as BinaryOp;
      left = { kind: 'binary', op, left, right: binary(level + 1) };
    }
    return left;
  };

  const unary = (): Node => {
    if (isSign('-') || isSign('!')) {
      if (++depth > expressionDepthMax) {
        throw new ExpressionError(`nested deeper than ${expressionDepthMax} (expressionDepthMax)`, peek().at);
      }
      const op = tokens[next++]!.text as '-' | '!';
      const operand = unary();
      depth--;
      return { kind: 'unary', op, operand };
    }
    return primary();
  };

  const primary = (): Node => {
    const token = peek();
    if (token.kind === 'number') {
      next++;
      return { kind: 'number', value: Number(token.text) };
    }
    if (token.kind === 'text') {
      next++;
      return { kind: 'text', value: token.text, at: token.at };
    }
    if (token.kind === 'sign' && token.text === '(') {
      next++;
      const inner = choice();
      expect(')');
      return inner;
    }
    if (token.kind !== 'name') {
      throw new ExpressionError(
        token.kind === 'end' ? 'ends too early' : `did not expect "${token.text}"`,
        token.at,
      );
    }
    next++;
    if (isSign('(')) {
      next++;
      const args: Node[] = [];
      if (!isSign(')')) {
        args.push(choice());
        while (isSign(',')) {
          next++;
          args.push(choice());
        }
      }
      expect(')');
      return { kind: 'call', name: token.text, args, at: token.at };
    }
    const path = [token.text];
    while (isSign('.')) {
      next++;
      if (peek().kind !== 'name') throw new ExpressionError('expected a name after "."', peek().at);
      path.push(tokens[next++]!.text);
    }
    let index: Node | undefined;
    if (isSign('[')) {
      next++;
      index = choice();
      expect(']');
    }
    return { kind: 'name', path, index, at: token.at };
  };

  const node = choice();
  if (peek().kind !== 'end') throw new ExpressionError(`did not expect "${peek().text}"`, peek().at);
  return node;
}
