import { brotliDecompressSync } from 'node:zlib';

/**
 * A font for the web (WOFF2, W3C Recommendation 2024) as the TrueType file it was made from: what goes into a document must have its
 * outlines as a printer reads them. Throws RangeError or Error for what is not such a font.
 */

const bytesMax = 8 * 1_048_576;

/** Tags by number, section 4.1; only their order counts. */
const knownTags =
  'cmap head hhea hmtx maxp name OS/2 post cvt  fpgm glyf loca prep CFF  VORG EBDT EBLC gasp hdmx kern LTSH PCLT VDMX vhea vmtx BASE GDEF GPOS GSUB EBSC JSTF MATH CBDT CBLC COLR CPAL SVG  sbix acnt avar bdat bloc bsln cvar fdsc feat fmtx fvar gvar hsty just lcar mort morx opbd prop trak Zapf Silf Glat Gloc Feat Sill';
const tagOf = (number: number): string => knownTags.slice(number * 5, number * 5 + 4);

/** Reads a buffer from front to back. */
class Reader {
  readonly data: Buffer;
  at: number;
  constructor(data: Buffer, at = 0) {
    this.data = data;
    this.at = at;
  }
  u8(): number {
    return this.data.readUInt8(this.at++);
  }
  u16(): number {
    this.at += 2;
    return this.data.readUInt16BE(this.at - 2);
  }
  i16(): number {
    this.at += 2;
    return this.data.readInt16BE(this.at - 2);
  }
  u32(): number {
    this.at += 4;
    return this.data.readUInt32BE(this.at - 4);
  }
  bytes(length: number): Buffer {
    if (this.at + length > this.data.length) throw new RangeError('the font ends too early');
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }
  /** UIntBase128: seven bits a byte, the highest bit says that more come. */
  base128(): number {
    let value = 0;
    for (let bytes = 0; bytes < 5; bytes++) {
      const byte = this.u8();
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw new RangeError('a length of the font is written too long');
  }
  /** 255UInt16: one byte for what is small. */
  short(): number {
    const code = this.u8();
    return code === 253 ? this.u16() : code === 255 ? this.u8() + 253 : code === 254 ? this.u8() + 506 : code;
  }
}

interface Outlines {
  glyf: Buffer;
  /** Offsets as 32-bit numbers. */
  loca: Buffer;
  /** Leftmost point of each glyph. */
  left: number[];
}

export function trueTypeOf(font: Buffer): Buffer {
  const header = new Reader(font);
  if (header.bytes(4).toString('latin1') !== 'wOF2') throw new Error('not a font for the web');
  const flavour = header.u32();
  if (flavour !== 0x00010000) throw new Error('not a single font with TrueType outlines');
  header.at = 12;
  const count = header.u16();
  header.at = 20;
  const compressed = header.u32();
  header.at = 48;
  const entries = Array.from({ length: count }, () => {
    const flags = header.u8();
    const tag = (flags & 0x3f) === 0x3f ? header.bytes(4).toString('latin1') : tagOf(flags & 0x3f);
    const length = header.base128();
    const version = flags >> 6;
    const changed = tag === 'glyf' || tag === 'loca' ? version !== 3 : version !== 0;
    return { tag, changed, length: changed ? header.base128() : length };
  });
  const data = new Reader(brotliDecompressSync(header.bytes(compressed), { maxOutputLength: bytesMax }));
  const tables = new Map<string, Buffer>();
  const changed = new Set<string>();
  for (const entry of entries) {
    tables.set(entry.tag, data.bytes(entry.length));
    if (entry.changed) changed.add(entry.tag);
  }
  if (changed.has('glyf')) {
    const { glyf, loca, left } = outlinesOf(tables.get('glyf')!);
    tables.set('glyf', glyf);
    tables.set('loca', loca);
    const head = Buffer.from(tables.get('head')!);
    head.writeInt16BE(1, 50);
    tables.set('head', head);
    if (changed.has('hmtx'))
      tables.set('hmtx', metricsOf(tables.get('hmtx')!, tables.get('hhea')!.readUInt16BE(34), left));
  }
  return fileOf(tables);
}

/** Undoes the transformation of outlines, section 5.1. */
function outlinesOf(table: Buffer): Outlines {
  const head = new Reader(table, 2);
  const options = head.u16();
  const glyphs = head.u16();
  head.at = 8;
  const lengths = Array.from({ length: 7 }, () => head.u32());
  const [contours, points, flags, shapes, composites, boxes, programs] = lengths.map(
    (length) => new Reader(head.bytes(length)),
  ) as [Reader, Reader, Reader, Reader, Reader, Reader, Reader];
  const bitmap = boxes.bytes(4 * Math.floor((glyphs + 31) / 32));
  const overlaps = (options & 1) === 1 ? head.bytes(Math.floor((glyphs + 7) / 8)) : undefined;
  const isSet = (bits: Buffer | undefined, glyph: number): boolean =>
    bits !== undefined && (bits[glyph >> 3]! & (0x80 >> (glyph & 7))) !== 0;

  const parts: Buffer[] = [];
  const loca = Buffer.alloc(4 * (glyphs + 1));
  const left: number[] = [];
  let length = 0;
  for (let glyph = 0; glyph < glyphs; glyph++) {
    loca.writeUInt32BE(length, glyph * 4);
    const number = contours.i16();
    const box = isSet(bitmap, glyph) ? boxes.bytes(8) : undefined;
    const part =
      number === 0
        ? Buffer.alloc(0)
        : number < 0
          ? compositeOf(composites, shapes, programs, box ?? Buffer.alloc(8))
          : simpleOf(number, { points, flags, shapes, programs }, box, isSet(overlaps, glyph));
    left.push(part.length === 0 ? 0 : part.readInt16BE(2));
    parts.push(part);
    length += part.length;
    const odd = (4 - (length & 3)) & 3;
    if (odd > 0) parts.push(Buffer.alloc(odd));
    length += odd;
  }
  loca.writeUInt32BE(length, glyphs * 4);
  return { glyf: Buffer.concat(parts), loca, left };
}

function simpleOf(
  contours: number,
  from: Record<'points' | 'flags' | 'shapes' | 'programs', Reader>,
  box: Buffer | undefined,
  overlaps: boolean,
): Buffer {
  const ends: number[] = [];
  let total = 0;
  for (let contour = 0; contour < contours; contour++) {
    total += from.points.short();
    ends.push(total - 1);
  }
  const marks = Buffer.alloc(total);
  const steps = Buffer.alloc(total * 4);
  let [x, y, left, low, right, high] = [0, 0, 0x7fff, 0x7fff, -0x8000, -0x8000];
  for (let point = 0; point < total; point++) {
    const flag = from.flags.u8();
    const [dx, dy] = stepOf(flag & 0x7f, from.shapes);
    marks[point] = (flag < 0x80 ? 0x01 : 0) | (overlaps && point === 0 ? 0x40 : 0);
    steps.writeInt16BE(dx, point * 2);
    steps.writeInt16BE(dy, (total + point) * 2);
    x += dx;
    y += dy;
    left = Math.min(left, x);
    right = Math.max(right, x);
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const program = from.programs.bytes(from.shapes.short());
  const head = Buffer.alloc(10 + contours * 2 + 2);
  head.writeInt16BE(contours, 0);
  if (box === undefined)
    for (const [at, value] of [left, low, right, high].entries()) head.writeInt16BE(value, 2 + at * 2);
  else box.copy(head, 2);
  for (const [at, end] of ends.entries()) head.writeUInt16BE(end, 10 + at * 2);
  head.writeUInt16BE(program.length, 10 + contours * 2);
  return Buffer.concat([head, program, marks, steps]);
}

/** From one point to the next, section 5.2: what is near takes few bytes. */
function stepOf(flag: number, shapes: Reader): [dx: number, dy: number] {
  const signed = (positive: number, value: number): number => ((positive & 1) === 1 ? value : -value);
  if (flag < 10) return [0, signed(flag, ((flag & 14) << 7) + shapes.u8())];
  if (flag < 20) return [signed(flag, (((flag - 10) & 14) << 7) + shapes.u8()), 0];
  if (flag < 84) {
    const high = flag - 20;
    const both = shapes.u8();
    return [
      signed(flag, 1 + (high & 0x30) + (both >> 4)),
      signed(flag >> 1, 1 + ((high & 0x0c) << 2) + (both & 0x0f)),
    ];
  }
  if (flag < 120) {
    const high = flag - 84;
    return [
      signed(flag, 1 + (Math.floor(high / 12) << 8) + shapes.u8()),
      signed(flag >> 1, 1 + (((high % 12) >> 2) << 8) + shapes.u8()),
    ];
  }
  if (flag < 124) {
    const [first, second, third] = [shapes.u8(), shapes.u8(), shapes.u8()];
    return [signed(flag, (first << 4) + (second >> 4)), signed(flag >> 1, ((second & 0x0f) << 8) + third)];
  }
  return [signed(flag, shapes.u16()), signed(flag >> 1, shapes.u16())];
}

function compositeOf(composites: Reader, shapes: Reader, programs: Reader, box: Buffer): Buffer {
  const start = composites.at;
  let flags = 0x20;
  let hasProgram = false;
  while ((flags & 0x20) !== 0) {
    flags = composites.u16();
    hasProgram ||= (flags & 0x100) !== 0;
    composites.bytes(
      2 +
        ((flags & 1) === 0 ? 2 : 4) +
        ((flags & 8) !== 0 ? 2 : (flags & 0x40) !== 0 ? 4 : (flags & 0x80) !== 0 ? 8 : 0),
    );
  }
  const program = hasProgram ? programs.bytes(shapes.short()) : undefined;
  const head = Buffer.alloc(10);
  head.writeInt16BE(-1, 0);
  box.copy(head, 2);
  const length = Buffer.alloc(program === undefined ? 0 : 2);
  if (program !== undefined) length.writeUInt16BE(program.length);
  return Buffer.concat([
    head,
    composites.data.subarray(start, composites.at),
    length,
    program ?? Buffer.alloc(0),
  ]);
}

/** Undoes the transformation of widths, section 5.4: side bearings that equal the leftmost point were left out. */
function metricsOf(table: Buffer, widths: number, left: readonly number[]): Buffer {
  const reader = new Reader(table);
  const flags = reader.u8();
  const advances = Array.from({ length: widths }, () => reader.u16());
  const bearings = left.map((leftmost, glyph) =>
    (flags & (glyph < widths ? 1 : 2)) === 0 ? reader.i16() : leftmost,
  );
  const metrics = Buffer.alloc(widths * 4 + (left.length - widths) * 2);
  for (const [glyph, bearing] of bearings.entries()) {
    if (glyph < widths) metrics.writeUInt16BE(advances[glyph]!, glyph * 4);
    metrics.writeInt16BE(bearing, glyph < widths ? glyph * 4 + 2 : widths * 2 + glyph * 2);
  }
  return metrics;
}

/** A TrueType file of tables. Checksums stay 0: a document takes outlines out of it, nobody installs it. */
function fileOf(tables: ReadonlyMap<string, Buffer>): Buffer {
  const sorted = [...tables].sort(([a], [b]) => (a < b ? -1 : 1));
  const directory = Buffer.alloc(12 + sorted.length * 16);
  const power = Math.floor(Math.log2(sorted.length));
  directory.writeUInt32BE(0x00010000, 0);
  for (const [at, value] of [
    sorted.length,
    16 * 2 ** power,
    power,
    16 * (sorted.length - 2 ** power),
  ].entries())
    directory.writeUInt16BE(value, 4 + at * 2);
  const parts: Buffer[] = [directory];
  let offset = directory.length;
  for (const [index, [tag, table]] of sorted.entries()) {
    directory.write(tag, 12 + index * 16, 'latin1');
    directory.writeUInt32BE(offset, 12 + index * 16 + 8);
    directory.writeUInt32BE(table.length, 12 + index * 16 + 12);
    const odd = (4 - (table.length & 3)) & 3;
    parts.push(table, Buffer.alloc(odd));
    offset += table.length + odd;
  }
  return Buffer.concat(parts);
}
