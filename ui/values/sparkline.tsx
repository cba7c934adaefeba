import { useMemo } from 'react';
import { useUiWords } from '../words/index.ts';
import { useLanguage } from '../words/typed.ts';
import { formatNumber, type NormalBand } from './number.ts';
import { extremes, type SparkTrace, sparkPaths } from './spark-paths.ts';
import styles from './sparkline.module.css';

/**
 * The recent course of a number, small: a line with its gaps, its extremes kept, the normal band behind it. The words beside
 * it for a screen reader are its lowest and highest value. Drawn as SVG: hundreds of canvases on a wall cost a graphics surface
 * each.
 */
export function Sparkline({
  trace,
  from,
  to,
  normal,
  width = 120,
  height = 28,
}: {
  trace: SparkTrace | undefined;
  from: number;
  to: number;
  normal?: NormalBand;
  width?: number;
  height?: number;
}) {
  const words = useUiWords();
  const language = useLanguage();
  const paths = useMemo(
    () => sparkPaths(trace, { from, to, normal, width, height }),
    [trace, from, to, normal, width, height],
  );
  const { least, most } = extremes(trace);
  const text =
    least === undefined || most === undefined
      ? words('value.noTrend')
      : words('value.trend', { min: formatNumber(least, language), max: formatNumber(most, language) });
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${width} ${height}`}
      style={{ width: `${width / 16}rem`, height: `${height / 16}rem` }}
      role="img"
      aria-label={text}
    >
      <title>{text}</title>
      {paths === undefined ? null : (
        <>
          {paths.band === undefined ? null : (
            <rect className={styles.band} x="0" y={paths.band.top} width={width} height={paths.band.height} />
          )}
          {paths.bad === '' ? null : <path className={styles.bad} d={paths.bad} />}
          {paths.line === '' ? null : <path className={styles.line} d={paths.line} />}
          {paths.held === '' ? null : <path className={styles.held} d={paths.held} />}
        </>
      )}
    </svg>
  );
}
