import { qualityClass, statusName } from '@millrace/contract';
import type { SeriesRows } from './span-extremes.ts';

const encoder = new TextEncoder();

/** First line of an exported file: RFC 4180, with a header, lines end in CR LF. */
export function csvHeader(): Uint8Array {
  return encoder.encode('thing,property,time,value,quality,status\r\n');
}

/**
 * Lines of one series. `time` is RFC 3339 with microseconds; `value` is the number, the text itself where it is text, or
 * JSON; empty where there is none; `quality` is the class and `status` the name of the OPC UA StatusCode.
 */
export function csvRows(rows: SeriesRows, thing: string, property: string): Uint8Array {
  const start = `${csvField(thing)},${csvField(property)},`;
  const lines: string[] = [];
  let code = -1;
  let quality = '';
  for (let row = 0; row < rows.count; row++) {
    if (rows.status[row] !== code) {
      code = rows.status[row]!;
      quality = `${qualityClass(code)},${statusName(code)}`;
    }
    const text = rows.text.get(row);
    const value = rows.value[row]!;
    const shown = text !== undefined ? csvField(plain(text)) : Number.isNaN(value) ? '' : String(value);
    lines.push(`${start}${microsecondsText(rows.time[row]!)},${shown},${quality}\r\n`);
  }
  return encoder.encode(lines.join(''));
}

function csvField(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function plain(json: string): string {
  if (!json.startsWith('"')) return json;
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}

let lastSecond = Number.NaN;
let lastSecondText = '';

function microsecondsText(time: number): string {
  const second = Math.floor(time / 1e6);
  if (second !== lastSecond) {
    lastSecond = second;
    lastSecondText = new Date(second * 1000).toISOString().slice(0, -5);
  }
  return `${lastSecondText}.${String(time - second * 1e6).padStart(6, '0')}Z`;
}
