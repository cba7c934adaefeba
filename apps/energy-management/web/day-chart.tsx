import { formatNumber, useLanguage } from '@millrace/ui';
import { useEffect, useRef, useState } from 'react';
import styles from './energy.module.css';

/** A line, a band, bars or a level over equal steps of time. Told apart by dash and shape, not by colour alone. */
export type Layer =
  | { kind: 'bars'; title: string; values: readonly (number | null)[]; faint?: (index: number) => boolean }
  | { kind: 'line'; title: string; values: readonly (number | null)[]; tone: number; stepped?: boolean }
  | { kind: 'band'; title: string; low: readonly (number | null)[]; high: readonly (number | null)[] }
  | { kind: 'level'; title: string; value: number };

const dashes = ['', '7 4', '2 3', '10 3 2 3'];
const left = 52;
const bottom = 22;
const top = 8;

/** A chart of one day, month or range in equal steps; drawn as SVG, so that it prints. */
export function DayChart({
  label,
  unit,
  labels,
  layers,
  height = 260,
  zero = true,
}: {
  label: string;
  unit: string;
  /** One a step; some of them are shown. */
  labels: readonly string[];
  layers: readonly Layer[];
  height?: number;
  /** Whether the axis begins at zero. */
  zero?: boolean;
}) {
  const language = useLanguage();
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  const [at, setAt] = useState<number>();
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.max(240, Math.round(entry!.contentRect.width))),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const numbers = layers.flatMap((layer) =>
    layer.kind === 'level'
      ? [layer.value]
      : layer.kind === 'band'
        ? [...layer.low, ...layer.high]
        : layer.values,
  );
  const known = numbers.filter((value): value is number => value !== null && Number.isFinite(value));
  const least = Math.min(zero ? 0 : Number.POSITIVE_INFINITY, ...known);
  const most = Math.max(zero ? 0 : Number.NEGATIVE_INFINITY, ...known);
  const ticks = ticksOf(Number.isFinite(least) ? least : 0, Number.isFinite(most) ? most : 1);
  const low = Math.min(ticks[0]!, Number.isFinite(least) ? least : 0);
  const high = Math.max(ticks.at(-1)!, Number.isFinite(most) ? most : 1);
  const count = Math.max(1, labels.length);
  const step = (width - left - 4) / count;
  const x = (index: number): number => left + index * step;
  const y = (value: number): number =>
    top + (height - top - bottom) * (1 - (value - low) / Math.max(1e-9, high - low));
  const every = Math.max(1, Math.ceil(64 / step / (count === 96 ? 8 : 1)) * (count === 96 ? 8 : 1));

  const line = (values: readonly (number | null)[], stepped: boolean): string => {
    let path = '';
    let open = false;
    for (const [index, value] of values.entries()) {
      if (value === null || !Number.isFinite(value)) {
        open = false;
        continue;
      }
      const start = stepped ? x(index) : x(index) + step / 2;
      path += `${open ? 'L' : 'M'}${start.toFixed(1)} ${y(value).toFixed(1)}`;
      if (stepped) path += `L${x(index + 1).toFixed(1)} ${y(value).toFixed(1)}`;
      open = true;
    }
    return path;
  };
  const bandPath = (lows: readonly (number | null)[], highs: readonly (number | null)[]): string => {
    const points = highs.flatMap((value, index) =>
      value === null || lows[index] === null
        ? []
        : [`${(x(index) + step / 2).toFixed(1)} ${y(value).toFixed(1)}`],
    );
    const back = lows
      .flatMap((value, index) =>
        value === null || highs[index] === null
          ? []
          : [`${(x(index) + step / 2).toFixed(1)} ${y(value).toFixed(1)}`],
      )
      .reverse();
    return points.length === 0 ? '' : `M${[...points, ...back].join('L')}Z`;
  };
  const shown = at === undefined ? undefined : Math.min(count - 1, Math.max(0, at));
  return (
    <div className={styles.chart} ref={host}>
      <svg
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={label}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setAt(Math.floor((event.clientX - box.left - left) / step));
        }}
        onPointerLeave={() => setAt(undefined)}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={left} x2={width} y1={y(tick)} y2={y(tick)} stroke="var(--line)" strokeWidth="1" />
            <text x={left - 6} y={y(tick) + 4} textAnchor="end" className={styles.axis}>
              {formatNumber(tick, language)}
            </text>
          </g>
        ))}
        {labels.map((text, index) =>
          index % every === 0 ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: a label is its place on the axis
            <text key={`${index}-${text}`} x={x(index)} y={height - 6} className={styles.axis}>
              {text}
            </text>
          ) : null,
        )}
        {layers.map((layer) => {
          if (layer.kind === 'band')
            return (
              <path
                key={layer.title}
                d={bandPath(layer.low, layer.high)}
                fill="var(--band)"
                stroke="none"
                opacity="0.8"
              />
            );
          if (layer.kind === 'level')
            return (
              <line
                key={layer.title}
                x1={left}
                x2={width}
                y1={y(layer.value)}
                y2={y(layer.value)}
                stroke="var(--ink-soft)"
                strokeDasharray="1 4"
                strokeWidth="2"
              />
            );
          if (layer.kind === 'bars')
            return (
              <g key={layer.title}>
                {layer.values.map((value, index) =>
                  value === null ? null : (
                    <rect
                      // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place on the axis
                      key={index}
                      x={x(index) + Math.min(1, step * 0.1)}
                      width={Math.max(0.5, step - Math.min(2, step * 0.2))}
                      y={Math.min(y(value), y(0))}
                      height={Math.abs(y(0) - y(value))}
                      fill={layer.faint?.(index) === true ? 'var(--band)' : 'var(--series-1)'}
                      stroke={layer.faint?.(index) === true ? 'var(--edge)' : 'none'}
                      strokeDasharray="2 2"
                    />
                  ),
                )}
              </g>
            );
          return (
            <path
              key={layer.title}
              d={line(layer.values, layer.stepped === true)}
              fill="none"
              stroke={`var(--series-${(layer.tone % 6) + 1})`}
              strokeWidth="2"
              strokeDasharray={dashes[layer.tone % dashes.length]}
            />
          );
        })}
        {shown === undefined ? null : (
          <line
            x1={x(shown) + step / 2}
            x2={x(shown) + step / 2}
            y1={top}
            y2={height - bottom}
            stroke="var(--edge)"
          />
        )}
      </svg>
      <div className={styles.legend} aria-live="off">
        {layers.map((layer) => (
          <span key={layer.title}>
            <Swatch layer={layer} />
            {layer.title}
            {shown === undefined || layer.kind === 'level' ? null : (
              <b>
                {layer.kind === 'band'
                  ? `${text(layer.low[shown], language)}–${text(layer.high[shown], language)}`
                  : text(layer.values[shown], language)}
              </b>
            )}
          </span>
        ))}
        <span>
          {unit}
          {shown === undefined ? '' : ` · ${labels[shown]}`}
        </span>
      </div>
    </div>
  );
}

const text = (value: number | null | undefined, language: 'en' | 'zh'): string =>
  value === null || value === undefined ? '–' : formatNumber(value, language);

function Swatch({ layer }: { layer: Layer }) {
  return (
    <svg width="24" height="12" aria-hidden="true">
      {layer.kind === 'band' ? (
        <rect width="24" height="12" fill="var(--band)" />
      ) : layer.kind === 'bars' ? (
        <rect width="24" height="12" fill="var(--series-1)" />
      ) : (
        <line
          x1="0"
          x2="24"
          y1="6"
          y2="6"
          strokeWidth="2"
          stroke={layer.kind === 'level' ? 'var(--ink-soft)' : `var(--series-${(layer.tone % 6) + 1})`}
          strokeDasharray={layer.kind === 'level' ? '1 4' : dashes[layer.tone % dashes.length]}
        />
      )}
    </svg>
  );
}

/** About five round numbers from at or below the least to at or above the most. */
export function ticksOf(least: number, most: number): number[] {
  const rough = Math.max(1e-9, most - least) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const ticks: number[] = [];
  for (let tick = Math.floor(least / step) * step; ticks.length < 12; tick += step) {
    ticks.push(Number(tick.toPrecision(10)));
    if (tick >= most - 1e-9) break;
  }
  return ticks;
}

/** "00:00" to "23:45". */
export const quarterLabels: readonly string[] = Array.from(
  { length: 96 },
  (_, quarter) =>
    `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`,
);
