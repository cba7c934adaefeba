import type { QualityClass } from '@millrace/contract';
import { useUiWords } from '../words/index.ts';
import { useLanguage } from '../words/typed.ts';
import { BandBar } from './band-bar.tsx';
import { Mark, type MarkKind } from './mark.tsx';
import { formatNumber, formatValue, type NormalBand, outsideBand, unitSymbol } from './number.ts';
import styles from './value.module.css';

export interface ValueLook {
  value: unknown;
  unit?: string;
  decimals?: number;
  quality?: QualityClass;
  /** OPC UA StatusCode by name, where it says more than the class. */
  status?: string;
  normal?: NormalBand;
  /** The word for this value, where its data schema names it. */
  named?: string | undefined;
  /** Older than its thing usually sends: the value may no longer hold. */
  stale?: boolean;
}

/** What is abnormal about a value, the most serious first; undefined for a good value inside its band. */
export function abnormality({ value, quality, normal, stale }: ValueLook): MarkKind | undefined {
  if (quality === 'bad') return 'bad';
  if (stale === true) return 'stale';
  if (quality === 'uncertain') return 'uncertain';
  return outsideBand(value, normal);
}

/**
 * A value with its unit, and with shape and word where it is not good. Bad values are struck through, uncertain ones dotted
 * underneath, stale ones faint with a clock. `size` large is for figures read from afar.
 */
export function Value({
  size = 'normal',
  bar = false,
  ...look
}: ValueLook & { size?: 'normal' | 'large'; bar?: boolean }) {
  const words = useUiWords();
  const language = useLanguage();
  const kind = abnormality(look);
  const unit = unitSymbol(look.unit);
  const text =
    look.named ??
    formatValue(look.value, {
      language,
      decimals: look.decimals,
      yes: words('value.yes'),
      no: words('value.no'),
      none: words('value.none'),
    });
  const none = look.value === null || look.value === undefined;
  const word = kind === undefined ? undefined : words(`state.${kind}`);
  return (
    <span className={`${styles.value} ${styles[size]} ${kind === undefined ? '' : (styles[kind] ?? '')}`}>
      {kind === undefined ? null : (
        <span className={styles.mark} title={look.status === undefined ? word : `${word} (${look.status})`}>
          <Mark kind={kind} size={size === 'large' ? 20 : 14} />
          <span className="visually-hidden">{word}</span>
        </span>
      )}
      <span
        className={none ? styles.none : styles.number}
        title={look.named === undefined && typeof look.value !== 'number' ? text : String(look.value)}
      >
        {text}
      </span>
      {unit === undefined || none ? null : <span className={styles.unit}>{unit}</span>}
      {bar && look.normal !== undefined && typeof look.value === 'number' ? (
        <BandBar value={look.value} band={look.normal} dim={look.stale === true || look.quality === 'bad'} />
      ) : null}
    </span>
  );
}

/** A normal band in words: "normal 18 to 24 °C". Empty where there is none. */
export function useBandText(): (band: NormalBand | undefined, unit?: string, decimals?: number) => string {
  const words = useUiWords();
  const language = useLanguage();
  return (band, unit, decimals) => {
    if (band === undefined || (band.min === undefined && band.max === undefined)) return '';
    const min = band.min === undefined ? '' : formatNumber(band.min, language, decimals);
    const max = band.max === undefined ? '' : formatNumber(band.max, language, decimals);
    const symbol = unitSymbol(unit);
    const text =
      band.min === undefined
        ? words('value.atMost', { max })
        : band.max === undefined
          ? words('value.atLeast', { min })
          : words('value.band', { min, max });
    return words('value.normal', { band: symbol === undefined ? text : `${text} ${symbol}` });
  };
}
