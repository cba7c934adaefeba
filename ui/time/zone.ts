/**
 * Wall-clock time of a zone as people write it, `2026-05-01 14:30:00`, to an instant and back. The browser knows zones only
 * one way (instant → wall clock), so the other way is found by asking twice.
 */
const parts = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let made = parts.get(zone);
  if (made === undefined) {
    made = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    parts.set(zone, made);
  }
  return made;
}

/** `2026-05-01 14:30:00` in the zone. Milliseconds are left out. */
export function wallClock(instant: number, zone: string): string {
  const by: Record<string, string> = {};
  for (const { type, value } of formatter(zone).formatToParts(instant)) by[type] = value;
  return `${by['year']}-${by['month']}-${by['day']} ${by['hour']}:${by['minute']}:${by['second']}`;
}

/**
 * The instant a wall clock of the zone shows `text`; date alone is midnight. Undefined where it is not a time. A time that a
 * change of clocks leaves out is taken as if the clocks had not yet changed; one that comes twice is the first.
 */
export function fromWallClock(text: string, zone: string): number | undefined {
  const match = /^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  if (month! < 1 || month! > 12 || day! < 1 || day! > 31 || hour! > 23 || minute! > 59 || second! > 59)
    return undefined;
  const asUtc = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  if (new Date(asUtc).getUTCDate() !== day!) return undefined;
  const dayBefore = asUtc - offsetAt(asUtc - 86_400_000, zone);
  const first = asUtc - offsetAt(dayBefore, zone);
  const second2 = asUtc - offsetAt(first, zone);
  const candidates = [dayBefore, first, second2].filter(
    (instant) => Math.abs(instant + offsetAt(instant, zone) - asUtc) < 1000,
  );
  return candidates.length > 0 ? Math.min(...candidates) : dayBefore;
}

/** Milliseconds the zone's clock is ahead of UTC at an instant. */
export function offsetAt(instant: number, zone: string): number {
  const wall = Date.parse(`${wallClock(instant, zone).replace(' ', 'T')}Z`);
  return wall - Math.floor(instant / 1000) * 1000;
}

/** True where the browser knows the zone. */
export function knownZone(zone: string): boolean {
  try {
    formatter(zone);
    return true;
  } catch {
    return false;
  }
}
