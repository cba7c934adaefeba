/**
 * Instants. Inside the system an instant is a whole number of microseconds since 1970-01-01T00:00:00Z, held in a
 * JavaScript number: exact until the year 2255. On the wire it is RFC 3339 going out, RFC 3339 or epoch
 * milliseconds (fractions allowed) coming in.
 */
export type Microseconds = number;

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:([Zz])|([+-])(\d\d):?(\d\d))$/;

/** RFC 3339 text of an instant, with as many fraction digits as it needs (0, 3 or 6), always in UTC. */
export function formatInstant(us: Microseconds): string {
  if (!(Math.abs(us) <= 8.64e18)) return 'out of range';
  const msFloor = Math.floor(us / 1000);
  const iso = new Date(msFloor).toISOString();
  const micros = Math.round(us - msFloor * 1000);
  if (micros !== 0) return `${iso.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
  return iso.endsWith('.000Z') ? `${iso.slice(0, -5)}Z` : iso;
}

/**
 * Reads an instant as a terminal or a person may write it: RFC 3339 text, or epoch milliseconds as a number or as
 * decimal text, fractions allowed. Returns undefined for anything else; never throws.
 */
export function parseInstant(input: unknown): Microseconds | undefined {
  if (typeof input === 'number') return millisecondsToInstant(input);
  if (typeof input !== 'string' || input.length > 40) return undefined;
  const match = rfc3339.exec(input);
  if (match === null) {
    return /^-?\d{1,15}(\.\d{1,6})?$/.test(input) ? millisecondsToInstant(Number(input)) : undefined;
  }
  const [, year, month, day, hour, minute, second, fraction, , sign, offsetHour, offsetMinute] = match;
  if (+year! < 1000) return undefined;
  const leap = second === '60' ? 1 : 0;
  const seconds = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second! - leap);
  const check = new Date(seconds);
  if (check.getUTCMonth() !== +month! - 1 || check.getUTCDate() !== +day!) return undefined;
  if (+hour! > 23 || +minute! > 59 || +second! > 60) return undefined;
  let offset = 0;
  if (sign !== undefined) {
    if (+offsetHour! > 23 || +offsetMinute! > 59) return undefined;
    offset = (sign === '-' ? -1 : 1) * (+offsetHour! * 60 + +offsetMinute!) * 60_000;
  }
  const micros = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1e6 + 1e-6);
  return (seconds + leap * 1000 - offset) * 1000 + micros;
}

function millisecondsToInstant(ms: number): Microseconds | undefined {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 / 1000 ? Math.round(ms * 1000) : undefined;
}
