/**
 * A time range as it stands in the URL, one word: `8h` is the last eight hours and follows the clock;
 * `2026-05-01T06:00:00Z~2026-05-01T14:00:00Z` stands still.
 */
export type TimeRange =
  | { readonly kind: 'last'; readonly milliseconds: number }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number };

const unitMilliseconds = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, y: 365 * 86_400_000 } as const;
type Unit = keyof typeof unitMilliseconds;

/** The shortest and longest range a chart shows. */
export const rangeMillisecondsMin = 1000;
export const rangeMillisecondsMax = 20 * unitMilliseconds.y;

export const quickRanges = ['5m', '15m', '1h', '8h', '24h', '7d', '30d', '90d', '1y'] as const;
export const rangeDefault = '1h';

/** Reads a range from the URL; undefined for anything that is none. */
export function parseRange(text: string): TimeRange | undefined {
  const last = /^(\d{1,6})([smhdy])$/.exec(text);
  if (last !== null) {
    const milliseconds = Number(last[1]) * unitMilliseconds[last[2] as Unit];
    return milliseconds >= rangeMillisecondsMin && milliseconds <= rangeMillisecondsMax
      ? { kind: 'last', milliseconds }
      : undefined;
  }
  const [from, to, more] = text.split('~').map((part) => Date.parse(part));
  if (from === undefined || to === undefined || more !== undefined) return undefined;
  if (!(to - from >= rangeMillisecondsMin) || to - from > rangeMillisecondsMax) return undefined;
  return { kind: 'fixed', from, to };
}

/** Writes a range as {@link parseRange} reads it. */
export function formatRange(range: TimeRange): string {
  if (range.kind === 'fixed') return `${iso(range.from)}~${iso(range.to)}`;
  const { count, unit } = lastParts(range.milliseconds);
  return `${count}${unit}`;
}

/** A duration in the largest unit that divides it, but hours up to two days, as people say "24 h". */
export function lastParts(milliseconds: number): { count: number; unit: Unit } {
  for (const unit of ['y', 'd', 'h', 'm'] as const) {
    if (milliseconds % unitMilliseconds[unit] !== 0) continue;
    if (unit === 'd' && milliseconds < 2 * unitMilliseconds.d) continue;
    return { count: milliseconds / unitMilliseconds[unit], unit };
  }
  return { count: Math.max(1, Math.round(milliseconds / 1000)), unit: 's' };
}

/** The instants a range stands for, in epoch milliseconds. */
export function boundsOf(range: TimeRange, now: number): { from: number; to: number } {
  return range.kind === 'fixed'
    ? { from: range.from, to: range.to }
    : { from: now - range.milliseconds, to: now };
}

/** The range around `anchor` (0 to 1 of its length) made `factor` times as long, within the limits and never in the future. */
export function zoomed(from: number, to: number, factor: number, anchor: number, now: number): TimeRange {
  const length = Math.min(rangeMillisecondsMax, Math.max(rangeMillisecondsMin, (to - from) * factor));
  const start = from + (to - from) * anchor - length * anchor;
  return placed(start, length, now);
}

/** The range moved by a share of its length, never into the future. */
export function moved(from: number, to: number, share: number, now: number): TimeRange {
  return placed(from + (to - from) * share, to - from, now);
}

function placed(start: number, length: number, now: number): TimeRange {
  const to = Math.min(start + length, now);
  return { kind: 'fixed', from: Math.round(to - length), to: Math.round(to) };
}

function iso(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}
