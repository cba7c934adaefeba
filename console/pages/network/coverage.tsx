import type { CoverageCell } from '@millrace/contract';
import {
  type Column,
  EmptyState,
  ErrorState,
  formatNumber,
  Section,
  SelectField,
  Skeleton,
  Table,
  ToolBar,
  useLanguage,
  useLocalText,
  useTheme,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Map as MapIcon } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { plantQuery } from '../../api/queries.ts';
import { useBounds } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import {
  type CoverageFigure,
  coverageClasses,
  coverageFigures,
  type Extent,
  extentOf,
} from './coverage-classes.ts';
import { durationText, percentText } from './figures.ts';
import { NetworkFrame } from './frame.tsx';
import styles from './network.module.css';
import { coverageQuery, flowsQuery } from './queries.ts';
import { usePageSearch } from './search.ts';

const weakestShown = 20;

interface Search {
  show?: string;
  flow?: string;
  place?: string;
}

/** Coverage and quality of the plant, as its vehicles met it on their ways. Where nothing was measured the map stays empty. */
export function NetworkCoveragePage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const { search, set } = usePageSearch<Search>();
  const { from, to } = useBounds();
  const flows = useQuery(flowsQuery);
  const plant = useQuery(plantQuery);
  const coverage = useQuery(coverageQuery(from, to, search.place ?? '', search.flow));
  const cells = coverage.data?.cells;
  // Nobody has chosen: the first that was measured at all.
  const figure =
    coverageFigures.find((one) => one === search.show) ??
    coverageFigures.find((one) => cells?.some((cell) => cell[one] !== undefined)) ??
    'rsrpDbm';
  return (
    <NetworkFrame title={words('network.pages.coverage')} note={words('network.coverage.note')}>
      <ToolBar label={words('plant.filter')}>
        <SelectField
          compact
          label={words('network.coverage.show')}
          value={figure}
          options={coverageFigures.map((one) => ({
            value: one,
            title: words(`network.coverage.figures.${one}`),
          }))}
          onChange={(show) => set({ show })}
        />
        <SelectField
          compact
          label={words('network.coverage.flow')}
          value={search.flow ?? ''}
          options={[
            { value: '', title: words('network.coverage.anyFlow') },
            ...(flows.data ?? []).map((flow) => ({ value: flow.id, title: local(flow.title) })),
          ]}
          onChange={(flow) => set({ flow: flow === '' ? undefined : flow })}
        />
        <SelectField
          compact
          label={words('network.terminals.place')}
          value={search.place ?? ''}
          options={[
            { value: '', title: words('network.terminals.anyPlace') },
            ...(plant.data ?? [])
              .filter((node) => node.path !== '')
              .map((node) => ({ value: node.path, title: node.path })),
          ]}
          onChange={(place) => set({ place: place === '' ? undefined : place })}
        />
      </ToolBar>
      {coverage.error !== null && cells === undefined ? (
        <ErrorState problem={problemWords(coverage.error, words)} onRetry={() => void coverage.refetch()} />
      ) : cells === undefined ? (
        <Skeleton height="24rem" />
      ) : cells.length === 0 ? (
        <EmptyState icon={<MapIcon size={44} />} title={words('network.coverage.none')}>
          <p>{words('network.coverage.noneHelp')}</p>
        </EmptyState>
      ) : (
        <Covered cells={cells} figure={figure} limited={coverage.data?.limited === true} />
      )}
    </NetworkFrame>
  );
}

function useFigureText(figure: CoverageFigure): (value: number | undefined) => string {
  const words = useConsoleWords();
  const language = useLanguage();
  return (value) => {
    if (value === undefined) return '–';
    if (figure === 'roundTripMs') return durationText(value, words, language);
    if (figure === 'lossRatio' || figure === 'met') return `${percentText(value, language, 3)} %`;
    return `${formatNumber(Number(value.toPrecision(3)), language)} ${figure === 'rsrpDbm' ? 'dBm' : 'dB'}`;
  };
}

function Covered({
  cells,
  figure,
  limited,
}: {
  cells: readonly CoverageCell[];
  figure: CoverageFigure;
  limited: boolean;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const show = useFigureText(figure);
  const measured = useMemo(() => cells.filter((cell) => cell[figure] !== undefined), [cells, figure]);
  const { worse } = coverageClasses[figure];
  const weakest = useMemo(
    () =>
      [...measured]
        .sort((a, b) => (worse === 'low' ? a[figure]! - b[figure]! : b[figure]! - a[figure]!))
        .slice(0, weakestShown),
    [measured, figure, worse],
  );
  const [over, setOver] = useState<CoverageCell>();
  const at = (cell: CoverageCell) =>
    words('network.coverage.at', {
      x: formatNumber(cell.x + cell.width / 2, language),
      y: formatNumber(cell.y + cell.width / 2, language),
    });
  const columns: Column<CoverageCell>[] = [
    {
      id: 'spot',
      title: words('network.coverage.spot'),
      width: 'minmax(9rem, 1fr)',
      phone: 'title',
      render: (cell) => <span className={styles.number}>{at(cell)}</span>,
    },
    {
      id: 'value',
      title: words('network.coverage.value'),
      width: '7rem',
      align: 'end',
      value: (cell) => cell[figure],
      render: (cell) => <b className={styles.number}>{show(cell[figure])}</b>,
    },
    {
      id: 'cell',
      title: words('network.coverage.cellTitle'),
      width: '6rem',
      value: (cell) => cell.cell,
      render: (cell) => cell.cell ?? '–',
    },
    {
      id: 'samples',
      title: words('network.coverage.samplesTitle'),
      width: '5rem',
      align: 'end',
      value: (cell) => cell.samples,
      render: (cell) => <span className={styles.number}>{cell.samples}</span>,
    },
  ];
  return (
    <div className={styles.stack}>
      {limited ? <p className={styles.problem}>{words('network.coverage.limited')}</p> : null}
      <Section>
        <div className={styles.stack}>
          {measured.length === 0 ? (
            <p className={styles.problem}>{words('network.coverage.noFigure')}</p>
          ) : null}
          <CoverageMap cells={cells} figure={figure} onOver={setOver} />
          <p role="status" className={styles.faint}>
            {over === undefined
              ? `${words('network.coverage.cells', { count: cells.length, width: cells[0]?.width ?? 0 })} · ${words('network.coverage.hover')}`
              : [
                  at(over),
                  `${words(`network.coverage.figures.${figure}`)} ${show(over[figure])}`,
                  words('network.coverage.samples', { count: over.samples }),
                  over.cell === undefined ? undefined : words('network.coverage.cell', { cell: over.cell }),
                ]
                  .filter((part) => part !== undefined)
                  .join(' · ')}
          </p>
          <Legend figure={figure} />
        </div>
      </Section>
      {weakest.length === 0 ? null : (
        <Section title={words('network.coverage.weakest')} flush>
          <Table
            label={words('network.coverage.weakest')}
            columns={columns}
            rows={weakest}
            rowKey={(cell) => `${cell.x} ${cell.y}`}
            csv={words('network.coverage.weakest')}
          />
        </Section>
      )}
    </div>
  );
}

/** Which look stands for which values: the darker the better, what is too weak hatched. */
function Legend({ figure }: { figure: CoverageFigure }) {
  const words = useConsoleWords();
  const show = useFigureText(figure);
  const { limits, worse } = coverageClasses[figure];
  const name = (index: number): string => {
    const low = worse === 'low';
    if (index === 0) return `${low ? '≥' : '≤'} ${show(limits[0])}`;
    if (index === limits.length) return `${low ? '<' : '>'} ${show(limits[index - 1])}`;
    return `${show(limits[index])} – ${show(limits[index - 1])}`;
  };
  return (
    <ul className={styles.legend} aria-label={words('network.coverage.legend')}>
      {[...limits, 0].map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: classes are their place
        <li key={index}>
          <span className={`${styles.swatch} ${styles[`class${index}`]}`} aria-hidden="true" />
          {name(index)}
        </li>
      ))}
      <li>
        <span className={styles.swatch} aria-hidden="true" />
        {words('network.coverage.empty')}
      </li>
    </ul>
  );
}

/** Drawn on a canvas: a large plant has tens of thousands of fields. What it shows stands in words below and in the table. */
function CoverageMap({
  cells,
  figure,
  onOver,
}: {
  cells: readonly CoverageCell[];
  figure: CoverageFigure;
  onOver: (cell: CoverageCell | undefined) => void;
}) {
  const words = useConsoleWords();
  const { inForce } = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const extent = useMemo(() => extentOf(cells), [cells]);
  const found = useMemo(() => new Map(cells.map((cell) => [`${cell.x} ${cell.y}`, cell])), [cells]);
  const height = Math.min(560, Math.max(160, (width * extent.height) / extent.width));
  const scale = Math.min(width / extent.width, height / extent.height);

  useEffect(() => {
    const element = canvas.current?.parentElement;
    if (element === null || element === undefined) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the document while drawing
  useEffect(() => {
    if (canvas.current !== null && width > 0)
      draw(canvas.current, cells, figure, extent, scale, width, height);
  }, [cells, figure, extent, scale, width, height, inForce]);

  const step = scaleStep(extent.width);
  return (
    <div>
      <div>
        <canvas
          ref={canvas}
          className={styles.map}
          style={{ width, height }}
          role="img"
          aria-label={words('network.coverage.map', {
            figure: words(`network.coverage.figures.${figure}`),
          })}
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            const cell = cells[0];
            if (cell === undefined) return;
            const x = extent.x + (event.clientX - box.left) / scale;
            const y = extent.y + extent.height - (event.clientY - box.top) / scale;
            onOver(
              found.get(
                `${Math.floor(x / cell.width) * cell.width} ${Math.floor(y / cell.width) * cell.width}`,
              ),
            );
          }}
          onPointerLeave={() => onOver(undefined)}
        />
      </div>
      <div className={styles.scale} style={{ width: step * scale }}>
        {words('network.coverage.scale', { metres: step })}
      </div>
    </div>
  );
}

/** A round length that takes about a fifth of the map. */
function scaleStep(metres: number): number {
  const raw = metres / 5;
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, raw)));
  return [1, 2, 5, 10].map((factor) => factor * ten).find((step) => step >= raw) ?? ten;
}

function draw(
  canvas: HTMLCanvasElement,
  cells: readonly CoverageCell[],
  figure: CoverageFigure,
  extent: Extent,
  scale: number,
  width: number,
  height: number,
): void {
  const density = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = canvas.getContext('2d');
  if (context === null) return;
  const look = getComputedStyle(document.documentElement);
  const colour = (name: string) => look.getPropertyValue(name).trim();
  const { limits, worse } = coverageClasses[figure];
  const good = colour('--series-1');
  const bad = colour('--bad');
  context.scale(density, density);
  context.lineWidth = 1;
  for (const cell of cells) {
    const value = cell[figure];
    const x = (cell.x - extent.x) * scale;
    // Plans count from the bottom left, canvases from the top.
    const y = (extent.y + extent.height - cell.y - cell.width) * scale;
    const side = Math.max(1, cell.width * scale - (cell.width * scale > 4 ? 1 : 0));
    if (value === undefined) {
      context.globalAlpha = 1;
      context.strokeStyle = colour('--line');
      context.strokeRect(x + 0.5, y + 0.5, Math.max(1, side - 1), Math.max(1, side - 1));
      continue;
    }
    const index = classOf(value, limits, worse);
    const weak = index === limits.length;
    context.fillStyle = weak ? bad : good;
    context.globalAlpha = weak ? 0.35 : opacities[index]!;
    context.fillRect(x, y, side, side);
    if (!weak || side < 5) continue;
    // Hatched as well, so that it is seen without colour and in print.
    context.globalAlpha = 1;
    context.strokeStyle = bad;
    context.beginPath();
    context.moveTo(x, y + side);
    context.lineTo(x + side, y);
    context.moveTo(x, y + side / 2);
    context.lineTo(x + side / 2, y);
    context.moveTo(x + side / 2, y + side);
    context.lineTo(x + side, y + side / 2);
    context.stroke();
  }
  context.globalAlpha = 1;
}

const opacities = [0.95, 0.65, 0.38, 0.18];

function classOf(value: number, limits: readonly number[], worse: 'low' | 'high'): number {
  const index = limits.findIndex((limit) => (worse === 'low' ? value >= limit : value <= limit));
  return index < 0 ? limits.length : index;
}
