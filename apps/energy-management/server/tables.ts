import { AppError } from '@millrace/sdk';
import { parse } from 'csv-parse/sync';
import {
  type Meter,
  type Provenance,
  provenances,
  type Quarter,
  quarterMicroseconds,
} from '../model/index.ts';

/** Lines of one import. */
export const importLinesMax = 200_000;
export const importBytesMax = 16 * 1_048_576;

/** A spreadsheet must not take a title for a formula. */
const quoted = (text: string): string => {
  const plain = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

/** Quarter-hours as CSV: start (RFC 3339), meter, amount, how, returned. What a spreadsheet writes back is what `readQuarters` reads. */
export function writeQuarters(meters: readonly Meter[], unit: (meter: Meter) => string): string {
  const lines = ['start,meter,title,carrier,unit,amount,how,returned'];
  for (const meter of meters) {
    for (const { start, amount, how, returned } of meter.quarters) {
      lines.push(
        [
          new Date(start / 1000).toISOString(),
          quoted(meter.id),
          quoted(meter.title),
          meter.carrier,
          unit(meter),
          amount ?? '',
          how,
          returned,
        ].join(','),
      );
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

export interface ImportedQuarters {
  byMeter: Map<string, Quarter[]>;
  rows: number;
  /** First problems, by line, and how many there were. */
  problems: { line: number; en: string; zh: string }[];
  problemCount: number;
}

const problemsShownMax = 50;

/**
 * Reads quarter-hours from CSV with a header: `start` (RFC 3339 with offset), `meter` (id of its thing), `amount`, and optionally `how` and
 * `returned`. Comma or semicolon. Lines that cannot be taken are told by number, the others are taken; a file without those columns is
 * refused whole.
 */
export function readQuarters(text: string, meters: ReadonlySet<string>): ImportedQuarters {
  const refuse = (en: string, zh: string): never => {
    throw new AppError(422, 'wrong-table', { en, zh });
  };
  let rows: string[][];
  try {
    rows = parse(text, {
      bom: true,
      delimiter: [',', ';', '\t'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      to: importLinesMax + 2,
    });
  } catch (error) {
    return refuse(
      `This is not CSV: ${error instanceof Error ? error.message : String(error)}`,
      `不是有效的 CSV：${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (rows.length > importLinesMax + 1)
    refuse(`More than ${importLinesMax} lines`, `超过 ${importLinesMax} 行`);
  const header = (rows[0] ?? []).map((name) => name.toLowerCase());
  const column = (name: string): number => header.indexOf(name);
  for (const name of ['start', 'meter', 'amount']) {
    if (column(name) < 0)
      refuse(
        `There is no column "${name}"; the first line must name the columns start, meter and amount`,
        `缺少“${name}”列；首行须含 start、meter、amount 列`,
      );
  }
  const result: ImportedQuarters = { byMeter: new Map(), rows: 0, problems: [], problemCount: 0 };
  for (const [index, row] of rows.slice(1).entries()) {
    const cell = (name: string): string => (column(name) < 0 ? '' : (row[column(name)] ?? ''));
    const wrong = (en: string, zh: string): void => {
      result.problemCount++;
      if (result.problems.length < problemsShownMax) result.problems.push({ line: index + 2, en, zh });
    };
    const time =
      /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(cell('start')) && /(Z|[+-]\d\d:?\d\d)$/i.test(cell('start'))
        ? Date.parse(cell('start')) * 1000
        : Number.NaN;
    const amount = cell('amount') === '' ? undefined : Number(cell('amount'));
    const how = cell('how') as Provenance | '';
    const returned = Number(cell('returned') || 0);
    if (Number.isNaN(time) || time % quarterMicroseconds !== 0)
      wrong(
        `"${cell('start').slice(0, 40)}" is not the start of a quarter-hour with its offset (2026-03-01T00:15:00+08:00)`,
        `“${cell('start').slice(0, 40)}”不是带时区的刻钟起点（2026-03-01T00:15:00+08:00）`,
      );
    else if (!meters.has(cell('meter')))
      wrong(`There is no meter "${cell('meter').slice(0, 80)}"`, `没有表计“${cell('meter').slice(0, 80)}”`);
    else if (amount !== undefined && !(amount >= 0 && amount < 1e12))
      wrong(
        `"${cell('amount').slice(0, 40)}" is not an amount`,
        `“${cell('amount').slice(0, 40)}”不是有效用量`,
      );
    else if (!(returned >= 0))
      wrong(
        `"${cell('returned').slice(0, 40)}" is not an amount`,
        `“${cell('returned').slice(0, 40)}”不是有效用量`,
      );
    else if (how !== '' && !provenances.includes(how))
      wrong(
        `"${how.slice(0, 40)}" is none of ${provenances.join(', ')}`,
        `“${how.slice(0, 40)}”应为 ${provenances.join('、')} 之一`,
      );
    else {
      const list = result.byMeter.get(cell('meter')) ?? [];
      result.byMeter.set(cell('meter'), list);
      list.push({
        start: time,
        amount,
        how: amount === undefined ? 'missing' : how === '' || how === 'missing' ? 'measured' : how,
        returned,
      });
      result.rows++;
    }
  }
  return result;
}
