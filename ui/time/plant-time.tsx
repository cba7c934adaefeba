import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useUiWords } from '../words/index.ts';
import { type Language, useLanguage } from '../words/typed.ts';
import { isNowHeld, useNow } from './now.ts';
import { knownZone } from './zone.ts';

export interface PlantTime {
  zone: string;
  /** Short name of the zone as of an instant, e.g. "GMT+8". */
  zoneName(instant: number): string;
  /** Date and time to the second. */
  instant(instant: number): string;
  /** Date and time with milliseconds and zone: for hover and details. */
  exact(instant: number): string;
  /** Time of day to the second. */
  clock(instant: number): string;
  /** Time of day to the minute. */
  clockShort(instant: number): string;
  /** Day, month and year. */
  date(instant: number): string;
  /** "3 min ago", "in 2 h". */
  relative(instant: number, now: number): string;
  /** A length of time: "1.5 s", "20 min". */
  duration(milliseconds: number): string;
}

const made = new Map<string, PlantTime>();

/** Formatters for a zone and a language; made once for each pair. */
export function plantTime(zone: string, language: Language): PlantTime {
  const key = `${language} ${zone}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const zoned = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, {
      timeZone: knownZone(zone) ? zone : 'UTC',
      hourCycle: 'h23',
      ...options,
    });
  const day = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  const formats = {
    instant: zoned({ ...day, ...time }),
    exact: zoned({ ...day, ...time, fractionalSecondDigits: 3, timeZoneName: 'short' }),
    clock: zoned(time),
    clockShort: zoned({ hour: '2-digit', minute: '2-digit' }),
    date: zoned(day),
    zone: zoned({ timeZoneName: 'short' }),
  };
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
  const present = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second');
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const unit = (value: number, of: string) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: of,
      unitDisplay: 'narrow',
      maximumFractionDigits: 1,
    }).format(value);
  const result: PlantTime = {
    zone,
    zoneName: (at) =>
      formats.zone.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? zone,
    instant: (at) => formats.instant.format(at),
    exact: (at) => formats.exact.format(at),
    clock: (at) => formats.clock.format(at),
    clockShort: (at) => formats.clockShort.format(at),
    date: (at) => formats.date.format(at),
    relative: (at, now) => {
      const seconds = Math.round((at - now) / 1000);
      const size = Math.abs(seconds);
      if (size < 2) return present;
      if (size < 60) return relative.format(seconds, 'second');
      if (size < 3600) return relative.format(Math.trunc(seconds / 60), 'minute');
      if (size < 48 * 3600) return relative.format(Math.trunc(seconds / 3600), 'hour');
      return relative.format(Math.trunc(seconds / 86_400), 'day');
    },
    duration: (milliseconds) => {
      if (milliseconds < 1) return `${number.format(milliseconds)} ms`;
      if (milliseconds < 1000) return unit(Math.round(milliseconds), 'millisecond');
      if (milliseconds < 120_000) return unit(milliseconds / 1000, 'second');
      if (milliseconds < 7_200_000) return unit(milliseconds / 60_000, 'minute');
      if (milliseconds < 172_800_000) return unit(milliseconds / 3_600_000, 'hour');
      return unit(milliseconds / 86_400_000, 'day');
    },
  };
  made.set(key, result);
  return result;
}

const ZoneContext = createContext<string | undefined>(undefined);

/** Sets the plant's time zone for everything below. */
export function PlantZone({ zone, children }: { zone: string | undefined; children: ReactNode }) {
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}

/** Formatters in plant time and the language in force; before the plant's zone is known, the browser's. */
export function usePlantTime(): PlantTime {
  const zone = useContext(ZoneContext) ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const language = useLanguage();
  return useMemo(() => plantTime(zone, language), [zone, language]);
}

/** Epoch milliseconds of an RFC 3339 text or of a number that is that already; undefined for what is no time. */
export function toInstant(time: string | number | undefined): number | undefined {
  if (time === undefined) return undefined;
  const instant = typeof time === 'number' ? time : Date.parse(time);
  return Number.isNaN(instant) ? undefined : instant;
}

/** A relative time that ticks; hovering shows the instant. */
export function Since({ time, className }: { time: string | number | undefined; className?: string }) {
  const plant = usePlantTime();
  const words = useUiWords();
  const instant = toInstant(time);
  const now = useNow();
  if (instant === undefined) return <span className={className}>{words('value.never')}</span>;
  return (
    <time className={className} dateTime={new Date(instant).toISOString()} title={plant.exact(instant)}>
      {/* A sender's clock may run a little ahead of the browser's; "in 1 s" would only puzzle. */}
      {instant - now < 5000
        ? plant.relative(Math.min(instant, now), now)
        : isNowHeld()
          ? plant.clock(instant)
          : plant.relative(instant, now)}
    </time>
  );
}

/** A date and time in plant time; hovering shows it to the millisecond with the zone. */
export function Instant({ time, className }: { time: string | number | undefined; className?: string }) {
  const plant = usePlantTime();
  const words = useUiWords();
  const instant = toInstant(time);
  if (instant === undefined) return <span className={className}>{words('value.never')}</span>;
  return (
    <time className={className} dateTime={new Date(instant).toISOString()} title={plant.exact(instant)}>
      {plant.instant(instant)}
    </time>
  );
}
