import type { LocalText } from '@millrace/contract';
import type { Pack, TableRow } from './pack.ts';
import { PackError } from './shape.ts';

/**
 * A pack's tables as columns. Numbers become a column of numbers; a text whose member has the name of an enumeration becomes its
 * code; other texts stay texts. A list of rows inside a row becomes a table of its own (all lists under that name, one after the
 * other) and the row gets `<name>First` and `<name>Count`.
 */
export interface Table {
  length: number;
  numbers: Map<string, Float64Array>;
  texts: Map<string, string[]>;
  titles: (LocalText | undefined)[];
  ids: string[];
}

export const tableRowsMax = 10_000;

export function readTables(pack: Pack): Map<string, Table> {
  const tables = new Map<string, Table>();
  for (const [name, rows] of Object.entries(pack.tables)) flatten(pack, tables, name, rows);
  return tables;
}

function flatten(pack: Pack, tables: Map<string, Table>, name: string, rows: readonly TableRow[]): void {
  const at = `pack.json/tables/${name}`;
  if (rows.length > tableRowsMax)
    throw new PackError(at, `${rows.length} rows; at most ${tableRowsMax} (tableRowsMax)`);
  const lists = new Map<string, TableRow[]>();
  const table: Table = { length: rows.length, numbers: new Map(), texts: new Map(), titles: [], ids: [] };
  const numbers = (column: string): Float64Array => {
    let known = table.numbers.get(column);
    if (known === undefined) table.numbers.set(column, (known = new Float64Array(rows.length)));
    return known;
  };
  for (const [position, row] of rows.entries()) {
    if (row === null || typeof row !== 'object' || Array.isArray(row)) {
      throw new PackError(`${at}/${position}`, 'expected a row, {"column": value}');
    }
    for (const [column, value] of Object.entries(row)) {
      if (column === 'titles') {
        table.titles[position] = value as LocalText;
      } else if (typeof value === 'number') {
        numbers(column)[position] = value;
      } else if (typeof value === 'string') {
        if (column === 'id') table.ids[position] = value;
        const members = pack.enumerations[column];
        if (members === undefined) {
          const texts = table.texts.get(column) ?? [];
          texts[position] = value;
          table.texts.set(column, texts);
        } else {
          const code = Object.keys(members).indexOf(value);
          if (code < 0) {
            throw new PackError(
              `${at}/${position}`,
              `"${value}" is not a member of the enumeration "${column}"`,
            );
          }
          numbers(column)[position] = code;
        }
      } else if (Array.isArray(value)) {
        const all = lists.get(column) ?? [];
        numbers(`${column}First`)[position] = all.length;
        numbers(`${column}Count`)[position] = value.length;
        all.push(...value);
        lists.set(column, all);
      } else {
        throw new PackError(`${at}/${position}/${column}`, 'expected a number, a text or a list of rows');
      }
    }
  }
  if (tables.has(name)) throw new PackError(at, 'there are two tables of this name');
  tables.set(name, table);
  for (const [member, all] of lists) flatten(pack, tables, member, all);
}

/** Members of an enumeration, or the ids of a table's rows, by code; undefined if there is neither. */
export function membersOf(
  pack: Pack,
  tables: Map<string, Table>,
  name: string,
): { ids: string[]; titles: (LocalText | undefined)[] } | undefined {
  const enumeration = pack.enumerations[name];
  if (enumeration !== undefined) {
    return { ids: Object.keys(enumeration), titles: Object.values(enumeration) };
  }
  const table = tables.get(name);
  return table === undefined ? undefined : { ids: table.ids, titles: table.titles };
}
