import { useEffect, useRef } from 'react';
import type { Trace } from '../charts/trace.ts';
import { useTheme } from '../theme/theme.ts';
import { useUiWords } from '../words/index.ts';
import { useLanguage } from '../words/typed.ts';
import { formatNumber, type NormalBand } from './number.ts';
import styles from './sparkline.module.css';

/**
 * The recent course of a number, small: a line with its gaps, its extremes kept, the normal band behind it. The words beside
 * it for a screen reader are its lowest and highest value.
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
  const canvas = useRef<HTMLCanvasElement>(null);
  const words = useUiWords();
  const language = useLanguage();
  const { inForce } = useTheme();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides the colours read from the document
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, { trace, from, to, normal, width, height });
  }, [trace, from, to, normal, width, height, inForce]);

  const { least, most } = extremes(trace);
  const text =
    least === undefined || most === undefined
      ? words('value.noTrend')
      : words('value.trend', { min: formatNumber(least, language), max: formatNumber(most, language) });
  return (
    <canvas
      ref={canvas}
      className={styles.spark}
      style={{ width, height }}
      role="img"
      aria-label={text}
      title={text}
    />
  );
}

type SparkTrace = Pick<Trace, 'times' | 'low' | 'high' | 'least' | 'most' | 'stretches' | 'held'>;

interface Picture {
  trace: SparkTrace | undefined;
  from: number;
  to: number;
  normal: NormalBand | undefined;
  width: number;
  height: number;
}

function draw(canvas: HTMLCanvasElement, { trace, from, to, normal, width, height }: Picture): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const { least, most } = extremes(trace);
  if (trace === undefined || least === undefined || most === undefined || to <= from) return;
  const colours = getComputedStyle(canvas);
  let low = Math.min(least, normal?.min ?? least);
  let high = Math.max(most, normal?.max ?? most);
  // A band far wider than what the value does would flatten the line to nothing.
  if (high - low > 20 * (most - least) && most > least) {
    low = least;
    high = most;
  }
  if (high === low) {
    low -= 1;
    high += 1;
  }
  const x = (time: number) => ((time - from) / (to - from)) * width;
  const y = (value: number) => height - 2 - ((value - low) / (high - low)) * (height - 4);
  if (normal !== undefined) {
    context.fillStyle = colours.getPropertyValue('--band');
    const top = normal.max === undefined ? 0 : Math.max(0, y(normal.max));
    const bottom = normal.min === undefined ? height : Math.min(height, y(normal.min));
    if (bottom > top) context.fillRect(0, top, width, bottom - top);
  }
  context.fillStyle = colours.getPropertyValue('--bad');
  for (const stretch of trace.stretches) {
    if (stretch.quality === 'bad') {
      context.fillRect(x(stretch.from), height - 2, Math.max(2, x(stretch.to) - x(stretch.from)), 2);
    }
  }
  context.strokeStyle = colours.getPropertyValue('--ink');
  context.lineWidth = 1.25;
  context.lineJoin = 'round';
  context.beginPath();
  let drawing = false;
  for (let i = 0; i < trace.times.length; i++) {
    const bottom = trace.low[i];
    const top = trace.high[i];
    if (bottom === null || bottom === undefined || top === null || top === undefined) {
      drawing = false;
      continue;
    }
    const at = x(trace.times[i]!);
    if (drawing) context.lineTo(at, y(bottom));
    else context.moveTo(at, y(bottom));
    if (top !== bottom) context.lineTo(at, y(top));
    drawing = true;
  }
  context.stroke();
  // What holds without new samples is dotted, as in the chart.
  context.setLineDash([1.5, 2.5]);
  context.beginPath();
  for (const held of trace.held) {
    context.moveTo(x(held.from), y(held.value));
    context.lineTo(x(held.to), y(held.value));
  }
  context.stroke();
}

/** Lowest and highest, of samples and of what holds without any. */
function extremes(trace: SparkTrace | undefined): { least: number | undefined; most: number | undefined } {
  let least = trace?.least;
  let most = trace?.most;
  for (const { value } of trace?.held ?? []) {
    least = Math.min(least ?? value, value);
    most = Math.max(most ?? value, value);
  }
  return { least, most };
}
