import { ChevronLeft, ChevronRight, ZoomIn, ZoomOut } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { Button } from '../controls/button.tsx';
import { useTheme } from '../theme/theme.ts';
import { usePlantTime } from '../time/plant-time.tsx';
import { moved, type TimeRange, zoomed } from '../time/range.ts';
import { formatNumber, type NormalBand, unitSymbol } from '../values/number.ts';
import { useUiWords } from '../words/index.ts';
import { useLanguage } from '../words/typed.ts';
import { axisLabels } from './time-axis.ts';
import styles from './time-chart.module.css';
import { aligned, type Trace } from './trace.ts';

export interface ChartSeries {
  id: string;
  title: string;
  unit?: string;
  decimals?: number;
  normal?: NormalBand;
  /** Holds its value until the next sample: switches, counters. */
  stepped?: boolean;
  /** Undefined while it loads. */
  trace: Trace | undefined;
  /** 0 to 5: which line style; the caller keeps it the same over several charts. */
  tone: number;
}

/** Something that happened, drawn as a line from top to bottom with its word. */
export interface ChartMark {
  time: number;
  text: string;
}

/** Lines are told apart without colour by these dashes. */
const dashes: (number[] | undefined)[] = [undefined, [8, 4], [2, 3], [12, 4, 2, 4], [5, 2], [1, 5]];
export const chartTones = dashes.length;

/** A gesture is over, and the range goes to the caller, when nothing has moved for this long. */
const settleMilliseconds = 220;

/**
 * A chart of one or several properties over time, at most two units. Zooms by drag, wheel (with Ctrl or once it has the focus),
 * pinch and keys; a reduced range is drawn as the band between lowest and highest, so no peak is lost; gaps are gaps; below
 * the lines a ribbon says where values were uncertain or bad.
 */
export function TimeChart({
  series,
  from,
  to,
  onRange,
  height: givenHeight = 320,
  marks = [],
  syncKey,
}: {
  series: readonly ChartSeries[];
  from: number;
  to: number;
  onRange: (range: TimeRange) => void;
  height?: number;
  marks?: readonly ChartMark[];
  /** Charts of one key share their cursor. */
  syncKey?: string;
}) {
  const words = useUiWords();
  const language = useLanguage();
  const plant = usePlantTime();
  const { inForce } = useTheme();
  const helpId = useId();
  // On a wall everything is larger, and so is the chart.
  const enlarged = useMemo(
    () => (Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16) / 16,
    [],
  );
  const height = Math.round(givenHeight * enlarged);
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const [cursor, setCursor] = useState<number>();

  const shape = series
    .map((one) => `${one.id}|${one.unit}|${one.stepped}|${one.tone}|${one.trace?.span === undefined}`)
    .join('\n');
  const units = useMemo(
    () => [...new Set(series.map((one) => unitSymbol(one.unit) ?? ''))].slice(0, 2),
    [series],
  );
  const data = useMemo(() => columnsOf(series), [series]);

  // What the plot's own callbacks read; they live longer than one render.
  const now = useRef({ series, from, to, onRange, marks, data, language, plant, words });
  now.current = { series, from, to, onRange, marks, data, language, plant, words };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot is made anew only for what cannot be changed in it
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = makePlot(element, {
      now,
      units,
      height,
      enlarged,
      syncKey,
      zone: plant.zone,
      onCursor: setCursor,
    });
    plot.current = made.plot;
    return () => {
      made.stop();
      plot.current = null;
    };
  }, [shape, inForce, height, syncKey, plant.zone, language]);

  useEffect(() => {
    const current = plot.current;
    if (current === null) return;
    current.batch(() => {
      current.setData(data as uPlot.AlignedData, false);
      current.setScale('x', { min: from, max: to });
    });
  }, [data, from, to]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: marks are drawn from the reference above
  useEffect(() => plot.current?.redraw(false), [marks]);

  const zoom = (factor: number) => onRange(zoomed(from, to, factor, 0.5, Date.now()));
  const move = (share: number) => onRange(moved(from, to, share, Date.now()));
  const onKeyDown = (event: KeyboardEvent) => {
    const current = plot.current;
    if (current === null || event.target !== event.currentTarget) return;
    const times = data[0] as number[];
    const at = cursor ?? nearestIndex(times, to);
    switch (event.key) {
      case '+':
      case '=':
        zoom(0.5);
        break;
      case '-':
      case '_':
      case 'Escape':
        zoom(2);
        break;
      case 'PageUp':
        move(-0.5);
        break;
      case 'PageDown':
        move(0.5);
        break;
      case 'ArrowLeft':
      case 'ArrowRight': {
        const step = (event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 10 : 1);
        const next = Math.min(times.length - 1, Math.max(0, at + step));
        const time = times[next];
        if (time !== undefined) current.setCursor({ left: current.valToPos(time, 'x'), top: 0 });
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  };

  const names = series.map((one) => one.title).join(', ');
  const loading = series.some((one) => one.trace === undefined);
  const empty =
    !loading &&
    series.every(
      (one) => one.trace?.count === 0 && one.trace.stretches.length === 0 && one.trace.held.length === 0,
    );
  const time = cursor === undefined ? undefined : (data[0] as number[])[cursor];

  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <ul className={styles.legend}>
          {series.map((one) => (
            <li key={one.id} className={styles.entry}>
              <LineSample tone={one.tone} />
              <span className={styles.name}>{one.title}</span>
              <Reading one={one} time={time} />
            </li>
          ))}
        </ul>
        <span className={styles.instant}>{time === undefined ? '\u00A0' : plant.exact(time)}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset holds the parts of a form, this is one picture */}
      <div
        className={styles.plot}
        style={{ minHeight: height }}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is operated by keys
        tabIndex={0}
        aria-label={words('chart.label', { names, from: plant.instant(from), to: plant.instant(to) })}
        aria-describedby={helpId}
        onKeyDown={onKeyDown}
        onFocus={() => host.current?.setAttribute('data-active', '')}
        onBlur={() => host.current?.removeAttribute('data-active')}
      >
        <div ref={host} className={styles.host} />
        {loading || empty ? (
          <p className={styles.over}>{words(loading ? 'chart.loading' : 'chart.noData')}</p>
        ) : null}
      </div>
      <div className={styles.bar}>
        <Button
          kind="quiet"
          icon={<ZoomIn size={18} />}
          label={words('chart.zoomIn')}
          onPress={() => zoom(0.5)}
        />
        <Button
          kind="quiet"
          icon={<ZoomOut size={18} />}
          label={words('chart.zoomOut')}
          onPress={() => zoom(2)}
        />
        <Button
          kind="quiet"
          icon={<ChevronLeft size={18} />}
          label={words('chart.earlier')}
          onPress={() => move(-0.5)}
        />
        <Button
          kind="quiet"
          icon={<ChevronRight size={18} />}
          label={words('chart.later')}
          onPress={() => move(0.5)}
        />
        <span className={styles.how}>{howDrawn(series, words, plant)}</span>
        <span id={helpId} className="visually-hidden">
          {words('chart.help')}
        </span>
        <span className="visually-hidden" aria-live="polite">
          {time === undefined
            ? ''
            : `${plant.clock(time)} ${series.map((one) => `${one.title} ${readingText(one, time, language)}`).join(', ')}`}
        </span>
      </div>
    </figure>
  );
}

function howDrawn(
  series: readonly ChartSeries[],
  words: ReturnType<typeof useUiWords>,
  plant: ReturnType<typeof usePlantTime>,
): string {
  const spans = series.map((one) => one.trace?.span).filter((span) => span !== undefined);
  if (spans.length > 0) return words('chart.extremes', { span: plant.duration(Math.max(...spans)) });
  return series.some((one) => (one.trace?.count ?? 0) > 0) ? words('chart.raw') : '';
}

function LineSample({ tone }: { tone: number }) {
  return (
    <svg className={styles.sample} width="28" height="10" aria-hidden="true" data-tone={tone}>
      <line
        x1="0"
        y1="5"
        x2="28"
        y2="5"
        stroke={`var(--series-${(tone % chartTones) + 1})`}
        strokeWidth="2.5"
        strokeDasharray={dashes[tone % chartTones]?.join(' ')}
      />
    </svg>
  );
}

/** The value at the cursor, or else the last one, with its unit; of a reduced span its lowest and highest. */
function Reading({ one, time }: { one: ChartSeries; time: number | undefined }) {
  const language = useLanguage();
  const unit = unitSymbol(one.unit);
  return (
    <span className={styles.reading}>
      <b>{readingText(one, time, language)}</b>
      {unit === undefined ? null : <span className={styles.unit}> {unit}</span>}
    </span>
  );
}

function readingText(one: ChartSeries, time: number | undefined, language: 'en' | 'zh'): string {
  const trace = one.trace;
  if (trace === undefined) return '…';
  if (time === undefined) return formatLast(trace, language, one.decimals);
  const at = nearestIndex(trace.times, time);
  const low = trace.low[at];
  const high = trace.high[at];
  if (low === null || low === undefined || high === null || high === undefined) return '–';
  const bottom = formatNumber(low, language, one.decimals);
  const top = formatNumber(high, language, one.decimals);
  return bottom === top ? top : `${bottom} – ${top}`;
}

function formatLast(trace: Trace, language: 'en' | 'zh', decimals: number | undefined): string {
  const value = trace.held.at(-1)?.value ?? trace.last?.value;
  return value === undefined ? '–' : formatNumber(value, language, decimals);
}

/** Index of the time nearest to one asked for, in ascending times; -1 where there are none. */
export function nearestIndex(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time - times[low - 1]! < times[low]! - time
    ? low - 1
    : low < times.length
      ? low
      : times.length - 1;
}

/** Columns for the plot: times, then lowest and highest of each series. */
function columnsOf(series: readonly ChartSeries[]): (number | null | undefined)[][] {
  const empty: Trace = {
    times: [],
    low: [],
    high: [],
    span: undefined,
    stretches: [],
    count: 0,
    least: undefined,
    most: undefined,
    last: undefined,
    held: [],
  };
  const { times, lows, highs } = aligned(series.map((one) => one.trace ?? empty));
  const columns: (number | null | undefined)[][] = [times];
  for (let i = 0; i < series.length; i++) columns.push(lows[i]!, highs[i]!);
  return columns;
}

interface Now {
  series: readonly ChartSeries[];
  from: number;
  to: number;
  onRange: (range: TimeRange) => void;
  marks: readonly ChartMark[];
  data: (number | null | undefined)[][];
  language: 'en' | 'zh';
  plant: ReturnType<typeof usePlantTime>;
}

function makePlot(
  element: HTMLDivElement,
  {
    now,
    units,
    height,
    enlarged,
    syncKey,
    zone,
    onCursor,
  }: {
    now: { current: Now };
    units: readonly string[];
    height: number;
    /** How much larger than on a desk everything is. */
    enlarged: number;
    syncKey: string | undefined;
    zone: string;
    onCursor: (index: number | undefined) => void;
  },
): { plot: uPlot; stop: () => void } {
  const css = getComputedStyle(element);
  const colour = (name: string) => css.getPropertyValue(name).trim();
  const letter = 12 * enlarged;
  const font = `${letter}px ${css.fontFamily}`;
  const { series, from, to, data } = now.current;
  const scaleOf = (one: ChartSeries) => (units.indexOf(unitSymbol(one.unit) ?? '') === 1 ? 'y2' : 'y');

  const lines: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  series.forEach((one, index) => {
    const reduced = one.trace?.span !== undefined;
    const stroke = colour(`--series-${(one.tone % chartTones) + 1}`);
    const line: uPlot.Series = {
      scale: scaleOf(one),
      stroke,
      width: reduced ? 1 : 1.75,
      dash: reduced ? undefined : dashes[one.tone % chartTones],
      spanGaps: false,
      points: { show: reduced ? false : undefined, size: 5, fill: stroke, stroke },
      paths: one.stepped === true ? uPlot.paths.stepped!({ align: 1 }) : undefined,
    };
    lines.push(line, { ...line, show: reduced, points: { show: false } });
    if (reduced) bands.push({ series: [index * 2 + 2, index * 2 + 1], fill: withAlpha(stroke, 0.35) });
  });

  const axis = (scale: string, side: 1 | 3, unit: string): uPlot.Axis => ({
    scale,
    side,
    stroke: colour('--ink-soft'),
    font,
    labelFont: font,
    label: unit,
    labelSize: unit === '' ? 0 : letter * 1.5,
    size: (_, values) => letter * (1.2 + 0.6 * Math.max(3, ...(values ?? []).map((value) => value.length))),
    grid: { show: side === 3, stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1, size: 4 },
    values: (_, splits) => splits.map((value) => axisNumber(value, splits, now.current.language)),
  });

  const options: uPlot.Options = {
    width: Math.max(200, element.clientWidth),
    height,
    ms: 1,
    padding: [letter * 1.8, null, null, null],
    tzDate: (ms) => uPlot.tzDate(new Date(ms), zone),
    legend: { show: false },
    scales: {
      x: { time: true, range: (_, min, max) => [min, max] },
      y: { range: (_, min, max) => yRange(...withHeldValues(min, max, now.current.series, 'y', scaleOf)) },
      y2: { range: (_, min, max) => yRange(...withHeldValues(min, max, now.current.series, 'y2', scaleOf)) },
    },
    axes: [
      {
        stroke: colour('--ink-soft'),
        font,
        grid: { stroke: colour('--line'), width: 1 },
        ticks: { stroke: colour('--line'), width: 1, size: 4 },
        space: letter * 7.5,
        size: letter * 3.5,
        values: (_, splits, __, ___, step) => axisLabels(splits, step, zone, now.current.language),
      },
      axis('y', 3, units[0] ?? ''),
      ...(units.length > 1 ? [axis('y2', 1, units[1]!)] : []),
    ],
    series: [{}, ...lines],
    bands,
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
      ...(syncKey === undefined ? {} : { sync: { key: syncKey, scales: ['x', null] } }),
    },
    hooks: {
      drawClear: [(plot) => drawBand(plot, now.current.series, colour('--band'))],
      draw: [
        (plot) => drawHeld(plot, now.current.series, scaleOf, colour),
        (plot) =>
          drawQuality(plot, now.current.series, { bad: colour('--bad'), uncertain: colour('--uncertain') }),
        (plot) =>
          drawMarks(plot, now.current.marks, { line: colour('--edge'), text: colour('--ink-soft') }, font),
      ],
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? undefined)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          const start = plot.posToVal(left, 'x');
          const end = plot.posToVal(left + width, 'x');
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          now.current.onRange(zoomed(start, end, 1, 0.5, Date.now()));
        },
      ],
    },
  };
  const plot = new uPlot(options, data as uPlot.AlignedData, element);
  plot.setScale('x', { min: from, max: to });

  const stopGestures = followGestures(plot, element, now);
  const observer = new ResizeObserver(() => {
    if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height });
  });
  observer.observe(element);
  return {
    plot,
    stop: () => {
      observer.disconnect();
      stopGestures();
      plot.destroy();
      element.replaceChildren();
    },
  };
}

/** Wheel and fingers: the plot follows at once, the caller hears of it when the gesture has settled. */
function followGestures(plot: uPlot, element: HTMLElement, now: { current: Now }): () => void {
  const area = plot.over;
  let settle: ReturnType<typeof setTimeout> | undefined;
  const show = (range: TimeRange) => {
    if (range.kind !== 'fixed') return;
    plot.setScale('x', { min: range.from, max: range.to });
    clearTimeout(settle);
    settle = setTimeout(() => now.current.onRange(range), settleMilliseconds);
  };
  const current = () => ({
    from: plot.scales['x']?.min ?? now.current.from,
    to: plot.scales['x']?.max ?? now.current.to,
  });
  const share = (clientX: number) => {
    const box = area.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - box.left) / box.width));
  };

  const onWheel = (event: WheelEvent) => {
    // Without focus or Ctrl the wheel belongs to the page. (A pinch on a touch pad comes as a wheel with Ctrl.)
    if (!event.ctrlKey && !element.hasAttribute('data-active')) return;
    event.preventDefault();
    const { from, to } = current();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
      show(moved(from, to, event.deltaX / 800, Date.now()));
    else
      show(
        zoomed(
          from,
          to,
          Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 200),
          share(event.clientX),
          Date.now(),
        ),
      );
  };

  const fingers = new Map<number, number>();
  let start: { from: number; to: number; middle: number; distance: number } | undefined;
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return a === undefined || b === undefined
      ? { middle: a ?? 0, distance: 0 }
      : { middle: (a + b) / 2, distance: Math.max(20, Math.abs(a - b)) };
  };
  const begin = () => {
    start = fingers.size === 0 ? undefined : { ...current(), ...spread() };
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.pointerType === 'mouse') return;
    area.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event.clientX);
    begin();
  };
  const onPointerMove = (event: PointerEvent) => {
    if (start === undefined || !fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event.clientX);
    const { middle, distance } = spread();
    const length = start.to - start.from;
    const slide = moved(start.from, start.to, -(middle - start.middle) / area.clientWidth, Date.now());
    if (slide.kind !== 'fixed') return;
    if (distance === 0 || start.distance === 0) show(slide);
    else show(zoomed(slide.from, slide.from + length, start.distance / distance, share(middle), Date.now()));
  };
  const onPointerEnd = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    begin();
  };

  area.addEventListener('wheel', onWheel, { passive: false });
  area.addEventListener('pointerdown', onPointerDown);
  area.addEventListener('pointermove', onPointerMove);
  area.addEventListener('pointerup', onPointerEnd);
  area.addEventListener('pointercancel', onPointerEnd);
  return () => clearTimeout(settle);
}

/** Room above and below the lines; a flat line stands in the middle. */
function yRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  if (min === max) return min === 0 ? [-1, 1] : [min - Math.abs(min) * 0.1, max + Math.abs(max) * 0.1];
  const room = (max - min) * 0.08;
  return [min - room, max + room];
}

/** The extremes with those of values that only hold; they have no sample of their own in the range. */
function withHeldValues(
  min: number | null,
  max: number | null,
  series: readonly ChartSeries[],
  scale: string,
  scaleOf: (one: ChartSeries) => string,
): [number | null, number | null] {
  let low = min;
  let high = max;
  for (const one of series) {
    if (scaleOf(one) !== scale) continue;
    for (const { value } of one.trace?.held ?? []) {
      low = low === null ? value : Math.min(low, value);
      high = high === null ? value : Math.max(high, value);
    }
  }
  return [low, high];
}

function axisNumber(value: number, splits: readonly number[], language: 'en' | 'zh'): string {
  const step = splits.length > 1 ? Math.abs(splits[1]! - splits[0]!) : Math.abs(value) || 1;
  const decimals = Math.max(0, Math.min(10, -Math.floor(Math.log10(step) + 1e-9)));
  return Math.abs(value) >= 1e9 ? formatNumber(value, language) : formatNumber(value, language, decimals);
}

/** The normal band behind the lines, where one series has one. */
function drawBand(plot: uPlot, series: readonly ChartSeries[], fill: string): void {
  const one = series.length === 1 ? series[0] : undefined;
  if (one?.normal === undefined) return;
  const { left, top, width, height } = plot.bbox;
  const y = (value: number | undefined, otherwise: number) =>
    value === undefined ? otherwise : Math.min(top + height, Math.max(top, plot.valToPos(value, 'y', true)));
  const upper = y(one.normal.max, top);
  const lower = y(one.normal.min, top + height);
  if (lower <= upper) return;
  plot.ctx.save();
  plot.ctx.fillStyle = fill;
  plot.ctx.fillRect(left, upper, width, lower - upper);
  plot.ctx.restore();
}

/** Values that hold without new samples: a dotted line, which is not the line of samples. */
function drawHeld(
  plot: uPlot,
  series: readonly ChartSeries[],
  scaleOf: (one: ChartSeries) => string,
  colour: (name: string) => string,
): void {
  const ratio = uPlot.pxRatio;
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  plot.ctx.setLineDash([2 * ratio, 4 * ratio]);
  plot.ctx.lineWidth = 1.75 * ratio;
  for (const one of series) {
    plot.ctx.strokeStyle = colour(`--series-${(one.tone % chartTones) + 1}`);
    for (const held of one.trace?.held ?? []) {
      const y = plot.valToPos(held.value, scaleOf(one), true);
      plot.ctx.beginPath();
      plot.ctx.moveTo(plot.valToPos(held.from, 'x', true), y);
      plot.ctx.lineTo(plot.valToPos(held.to, 'x', true), y);
      plot.ctx.stroke();
    }
  }
  plot.ctx.restore();
}

/** The ribbon at the foot: solid with crosses where values were bad, dotted where they were uncertain. */
function drawQuality(
  plot: uPlot,
  series: readonly ChartSeries[],
  colours: { bad: string; uncertain: string },
): void {
  const { left, top, width, height } = plot.bbox;
  const ratio = uPlot.pxRatio;
  const thick = 5 * ratio;
  const context = plot.ctx;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  series.forEach((one, index) => {
    const y = top + height - (index + 1) * (thick + ratio);
    for (const stretch of one.trace?.stretches ?? []) {
      const start = plot.valToPos(stretch.from, 'x', true);
      const end = Math.max(start + 3 * ratio, plot.valToPos(stretch.to, 'x', true));
      if (end < left || start > left + width) continue;
      if (stretch.quality === 'bad') {
        context.fillStyle = colours.bad;
        context.fillRect(start, y, end - start, thick);
      } else {
        context.fillStyle = colours.uncertain;
        for (let x = Math.max(start, left); x < end; x += 2 * thick) {
          context.fillRect(x, y, Math.min(thick, end - x), thick);
        }
      }
    }
  });
  context.restore();
}

/** Up to this many marks are drawn from top to bottom; of more, only their heads, so that the lines stay readable. */
const wholeMarksMax = 12;

function drawMarks(
  plot: uPlot,
  marks: readonly ChartMark[],
  colours: { line: string; text: string },
  font: string,
): void {
  const { left, top, width, height } = plot.bbox;
  const seen = marks
    .map((mark) => ({ text: mark.text, x: plot.valToPos(mark.time, 'x', true) }))
    .filter(({ x }) => x >= left && x <= left + width)
    .sort((a, b) => a.x - b.x);
  if (seen.length === 0) return;
  const ratio = uPlot.pxRatio;
  const context = plot.ctx;
  context.save();
  context.strokeStyle = colours.line;
  context.fillStyle = colours.text;
  context.lineWidth = ratio;
  context.font = font.replace(/^[\d.]+/, (size) => String(Number(size) * ratio));
  context.textBaseline = 'bottom';
  context.setLineDash([2 * ratio, 3 * ratio]);
  const whole = seen.length <= wholeMarksMax;
  let textEnd = Number.NEGATIVE_INFINITY;
  for (const { text, x } of seen) {
    if (whole) {
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, top + height);
      context.stroke();
    }
    const size = 4 * ratio;
    context.beginPath();
    context.moveTo(x, top + size);
    context.lineTo(x - size, top - size);
    context.lineTo(x + size, top - size);
    context.fill();
    // Words that would stand on each other are left out; their heads remain.
    const end = x - size + context.measureText(text).width;
    if (x < textEnd || end > left + width + 40 * ratio) continue;
    context.fillText(text, x - size, top - size - ratio);
    textEnd = end + 8 * ratio;
  }
  context.restore();
}

function withAlpha(colour: string, alpha: number): string {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour);
  return hex === null
    ? colour
    : `${colour}${Math.round(alpha * 255)
        .toString(16)
        .padStart(2, '0')}`;
}
