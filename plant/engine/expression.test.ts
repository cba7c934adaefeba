import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpressionError, parseExpression } from './expression.ts';

describe('expressions', () => {
  it('bind as in mathematics', () => {
    expect(parseExpression('1 + 2 * x')).toEqual({
      kind: 'binary',
      op: '+',
      left: { kind: 'number', value: 1 },
      right: {
        kind: 'binary',
        op: '*',
        left: { kind: 'number', value: 2 },
        right: { kind: 'name', path: ['x'], index: undefined, at: 8 },
      },
    });
  });

  it.each([
    ['', 'ends too early'],
    ['1 +', 'ends too early'],
    ['(1', 'expected ")"'],
    ['a ? b', 'expected ":"'],
    ['a.1', 'expected a name after "."'],
    ['x = 1', 'cannot read "="'],
    ['1 2', 'did not expect "2"'],
    ['require("fs")', 'cannot read'],
    ['a[1', 'expected "]"'],
    ['('.repeat(100), 'nested deeper'],
    ['-'.repeat(100), 'nested deeper'],
    ['1+'.repeat(2000), 'longer than'],
  ])('say what is wrong with %j', (text, message) => {
    expect(() => parseExpression(text)).toThrow(message);
    expect(() => parseExpression(text)).toThrow(ExpressionError);
  });

  it('never fail in another way, whatever they are given', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 200 }), fc.stringMatching(/^[a-z0-9+\-*/()<>!&|?:.,' [\]]{0,80}$/)),
        (text) => {
          try {
            parseExpression(text);
          } catch (error) {
            expect(error).toBeInstanceOf(ExpressionError);
          }
        },
      ),
    );
  });
});
