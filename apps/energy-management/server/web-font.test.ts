import { expect, test } from 'vitest';
import { fontRuns } from './report-fonts.ts';
import { trueTypeOf } from './web-font.ts';

const tablesOf = (font: Buffer): Map<string, Buffer> =>
  new Map(
    Array.from({ length: font.readUInt16BE(4) }, (_, index) => {
      const at = 12 + index * 16;
      const offset = font.readUInt32BE(at + 8);
      return [
        font.toString('latin1', at, at + 4),
        font.subarray(offset, offset + font.readUInt32BE(at + 12)),
      ];
    }),
  );

test('every glyph of the pieces has the outline its width table speaks of', () => {
  const runs = fontRuns('Energy 1,680 kWh ± 2 % · 用电量、费用与排放（演示工厂）峰谷');
  expect(runs.length).toBeGreaterThan(3);
  for (const { data, font } of runs) {
    const tables = tablesOf(data);
    const [glyf, loca, hmtx] = ['glyf', 'loca', 'hmtx'].map((tag) => tables.get(tag)!) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    const glyphs = tables.get('maxp')!.readUInt16BE(4);
    const widths = tables.get('hhea')!.readUInt16BE(34);
    expect([font, loca.length, loca.readUInt32BE(glyphs * 4)]).toEqual([font, 4 * (glyphs + 1), glyf.length]);
    expect(tables.get('head')!.readInt16BE(50)).toBe(1);
    let drawn = 0;
    for (let glyph = 0; glyph < glyphs; glyph++) {
      const from = loca.readUInt32BE(glyph * 4);
      if (loca.readUInt32BE(glyph * 4 + 4) === from) continue;
      drawn++;
      // The side bearing came as it is in the file; the leftmost point was worked out from the outline.
      const bearing = hmtx.readInt16BE(glyph < widths ? glyph * 4 + 2 : widths * 2 + glyph * 2);
      expect([font, glyph, glyf.readInt16BE(from + 2)]).toEqual([font, glyph, bearing]);
    }
    expect(drawn).toBeGreaterThan(glyphs / 2);
  }
});

test('what is no font is refused', () => {
  const piece = fontRuns('A')[0]!.data;
  expect(() => trueTypeOf(piece)).toThrow('not a font for the web');
  expect(() => trueTypeOf(Buffer.from('wOF2'))).toThrow(RangeError);
});
