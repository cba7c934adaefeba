/**
 * Reader of ClickHouse's `Native` format for the few types our queries give back. The format is a row of blocks, each
 * `columns, rows` as variable-length integers and then per column its name, its type and its data laid out one after the
 * other, which is what typed arrays want.
 */
export type NativeColumn = Float64Array | Uint32Array | Int32Array | Uint8Array | Int8Array | string[];

export interface NativeTable {
  rows: number;
  columns: Map<string, NativeColumn>;
}

const utf8 = new TextDecoder();

/** Takes a whole result apart; blocks are joined. Throws on a type it does not know: that is a mistake in our SQL. */
export function readNative(bytes: Uint8Array): NativeTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const blocks: NativeTable[] = [];

  const integer = (): number => {
    let result = 0;
    let factor = 1;
    for (;;) {
      const byte = view.getUint8(at++);
      result += (byte & 0x7f) * factor;
      if (byte < 0x80) return result;
      factor *= 128;
    }
  };
  const text = (): string => {
    const length = integer();
    const start = at;
    at += length;
    return length === 0 ? '' : utf8.decode(bytes.subarray(start, at));
  };
  // Copied so that the column is aligned and does not keep the whole answer alive.
  const fixed = (rows: number, width: number): ArrayBuffer => {
    const start = at;
    at += rows * width;
    return bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + at) as ArrayBuffer;
  };

  while (at < bytes.length) {
    const columnCount = integer();
    const rows = integer();
    const columns = new Map<string, NativeColumn>();
    for (let column = 0; column < columnCount; column++) {
      const name = text();
      const type = text();
      let data: NativeColumn;
      if (type === 'Float64') data = new Float64Array(fixed(rows, 8));
      else if (type === 'UInt32') data = new Uint32Array(fixed(rows, 4));
      else if (type === 'Int32') data = new Int32Array(fixed(rows, 4));
      else if (type === 'UInt8') data = new Uint8Array(fixed(rows, 1));
      else if (type === 'Int8') data = new Int8Array(fixed(rows, 1));
      else if (type === 'String') {
        const texts: string[] = new Array(rows).fill('');
        // Most texts of most results are empty: one zero byte each.
        let row = 0;
        while (row < rows && bytes[at + row] === 0) row++;
        at += row;
        for (; row < rows; row++) texts[row] = text();
        data = texts;
      } else throw new Error(`column ${name} has type ${type}, which is not read here`);
      columns.set(name, data);
    }
    if (rows > 0) blocks.push({ rows, columns });
  }
  return join(blocks);
}

function join(blocks: NativeTable[]): NativeTable {
  if (blocks.length === 0) return { rows: 0, columns: new Map() };
  if (blocks.length === 1) return blocks[0]!;
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const columns = new Map<string, NativeColumn>();
  for (const [name, first] of blocks[0]!.columns) {
    if (Array.isArray(first)) {
      columns.set(
        name,
        blocks.flatMap((block) => block.columns.get(name) as string[]),
      );
      continue;
    }
    const joined = new (first.constructor as new (length: number) => Exclude<NativeColumn, string[]>)(rows);
    let at = 0;
    for (const block of blocks) {
      joined.set(block.columns.get(name) as Exclude<NativeColumn, string[]>, at);
      at += block.rows;
    }
    columns.set(name, joined);
  }
  return { rows, columns };
}

/** A column that must be there with numbers; an empty result has none of its columns. */
export function numbers(table: NativeTable, name: string): Exclude<NativeColumn, string[]> {
  const column = table.columns.get(name);
  if (column === undefined) return new Float64Array(0);
  if (Array.isArray(column)) throw new Error(`column ${name} is text`);
  return column;
}

export function texts(table: NativeTable, name: string): string[] {
  const column = table.columns.get(name);
  if (column === undefined) return [];
  if (!Array.isArray(column)) throw new Error(`column ${name} is numbers`);
  return column;
}
