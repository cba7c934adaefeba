import type { Language } from '../words/typed.ts';

/** Beyond this many characters a text value is cut for display; hovering shows more. */
export const textCharactersShown = 120;

const formats = new Map<string, Intl.NumberFormat>();

function format(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${options.minimumFractionDigits} ${options.maximumFractionDigits} ${options.notation}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', options);
    formats.set(key, made);
  }
  return made;
}

/**
 * A measured number as text. `decimals` comes from the thing model and is kept to the digit, so that digits stand under each
 * other; without it five significant digits are shown, and very large or small numbers in powers of ten.
 */
export function formatNumber(value: number, language: Language, decimals?: number): string {
  if (!Number.isFinite(value)) return '–';
  if (decimals !== undefined) {
    const digits = Math.min(12, Math.max(0, Math.trunc(decimals)));
    return format(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  }
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(3);
  if (Number.isInteger(value)) return format(language, { maximumFractionDigits: 0 }).format(value);
  const digits = size === 0 ? 0 : Math.max(0, 4 - Math.floor(Math.log10(size)));
  return format(language, { maximumFractionDigits: Math.min(8, digits) }).format(value);
}

/** A count of things: whole, grouped. */
export function formatCount(value: number, language: Language): string {
  return format(language, { maximumFractionDigits: 0 }).format(value);
}

/** A size in bytes with a decimal prefix. */
export function formatBytes(bytes: number, language: Language): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${format(language, { maximumFractionDigits: unit === 0 ? 0 : 1 }).format(size)} ${units[unit]}`;
}

export interface ShownAs {
  language: Language;
  decimals?: number;
  /** Words for true and false. */
  yes: string;
  no: string;
  none: string;
}

/** Any JSON value of a property as one line of text. */
export function formatValue(value: unknown, as: ShownAs): string {
  if (value === undefined || value === null) return as.none;
  if (typeof value === 'number') return formatNumber(value, as.language, as.decimals);
  if (typeof value === 'boolean') return value ? as.yes : as.no;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? as.none);
  return text.length > textCharactersShown ? `${text.slice(0, textCharactersShown)}…` : text;
}

export interface NormalBand {
  min?: number;
  max?: number;
}

/** Where a number stands against its normal band; undefined inside it or where there is none. */
export function outsideBand(value: unknown, band: NormalBand | undefined): 'above' | 'below' | undefined {
  if (typeof value !== 'number' || band === undefined) return undefined;
  if (band.max !== undefined && value > band.max) return 'above';
  if (band.min !== undefined && value < band.min) return 'below';
  return undefined;
}

/** Units as things write them, to what stands beside a number: common UN/CEFACT and QUDT codes become symbols. */
export function unitSymbol(unit: string | undefined): string | undefined {
  if (unit === undefined || unit === '') return undefined;
  return symbols.get(unit) ?? symbols.get(unit.replace(/^(?:unit|qudt|om|om2):/, '')) ?? unit;
}

const symbols = new Map([
  ['CEL', '°C'],
  ['celsius', '°C'],
  ['Cel', '°C'],
  ['DEG_C', '°C'],
  ['degreeCelsius', '°C'],
  ['KEL', 'K'],
  ['FAH', '°F'],
  ['percent', '%'],
  ['PERCENT', '%'],
  ['P1', '%'],
  ['KWT', 'kW'],
  ['KWH', 'kWh'],
  ['WTT', 'W'],
  ['VLT', 'V'],
  ['AMP', 'A'],
  ['HTZ', 'Hz'],
  ['BAR', 'bar'],
  ['PAL', 'Pa'],
  ['KPA', 'kPa'],
  ['MPA', 'MPa'],
  ['RPM', 'r/min'],
  ['rpm', 'r/min'],
  ['1/min', 'r/min'],
  ['MTR', 'm'],
  ['MMT', 'mm'],
  ['MTQ', 'm³'],
  ['MQH', 'm³/h'],
  ['m3/h', 'm³/h'],
  ['m3', 'm³'],
  ['SEC', 's'],
  ['MIN', 'min'],
  ['HUR', 'h'],
  ['LUX', 'lx'],
  ['C16', 'mm/s'],
  ['C62', ''],
  ['1', ''],
]);
