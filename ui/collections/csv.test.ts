import { expect, it } from 'vitest';
import { csvCell, csvText, fileName } from './csv.ts';

it.each([
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['=1+1', "'=1+1"],
  ['-5', '-5'],
  ['-x', "'-x"],
  [null, ''],
  [1.5, '1.5'],
  [true, 'true'],
  [{ a: 1 }, '"{""a"":1}"'],
])('writes %j as a cell', (value, text) => {
  expect(csvCell(value)).toBe(text);
});

it('writes rows', () => {
  expect(csvText(['a', 'b'], [[1, 'x']])).toBe('\uFEFFa,b\r\n1,x\r\n');
});

it('makes file names that every system takes', () => {
  expect(fileName('urn:plant/温度 1', '8h')).toBe('urn-plant-温度-1_8h');
});
