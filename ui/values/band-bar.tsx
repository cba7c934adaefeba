import styles from './band-bar.module.css';
import { type NormalBand, outsideBand } from './number.ts';

/**
 * Where a number stands against its normal band, at a glance: the band is the darker stretch in the middle, the stroke is the
 * value. Drawn to be read beside the number, so it is hidden from screen readers.
 */
export function BandBar({ value, band, dim = false }: { value: number; band: NormalBand; dim?: boolean }) {
  const { from, to, low, high } = scale(band);
  const place = (v: number) => `${Math.min(100, Math.max(0, ((v - from) / (to - from)) * 100))}%`;
  const outside = outsideBand(value, band);
  return (
    <span className={styles.bar} aria-hidden="true">
      <span className={styles.band} style={{ left: place(low), right: `calc(100% - ${place(high)})` }} />
      <span
        className={`${styles.value} ${outside === undefined ? '' : styles.outside} ${dim ? styles.dim : ''}`}
        style={{ left: place(value) }}
      />
    </span>
  );
}

/** The stretch shown: the band and half of it again on either side; a band with one end is given a length from that end. */
export function scale(band: NormalBand): { from: number; to: number; low: number; high: number } {
  const { min, max } = band;
  const length =
    min !== undefined && max !== undefined && max > min ? max - min : Math.abs(max ?? min ?? 1) || 1;
  const low = min ?? (max ?? 0) - length;
  const high = max ?? low + length;
  return {
    from: min === undefined ? low : low - length / 2,
    to: max === undefined ? high : high + length / 2,
    low,
    high,
  };
}
