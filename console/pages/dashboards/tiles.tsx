import type { DashboardTile, PictureSpot, PropertyAffordance, SeriesRef } from '@millrace/contract';
import {
  abnormality,
  BandBar,
  boundsOf,
  type Column,
  formatCount,
  Mark,
  type MarkKind,
  type NormalBand,
  namedValue,
  parseRange,
  Since,
  StateBadge,
  Table,
  type TimeRange,
  titleOf,
  traceOf,
  urgency,
  useBandText,
  useLanguage,
  useNow,
  useUiWords,
  Value,
  withHeld,
} from '@millrace/ui';
import { type ChartSeries, TimeChart } from '@millrace/ui/charts/time-chart.tsx';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Image as ImageIcon } from 'lucide-react';
import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useLatest } from '../../live/live.ts';
import { seriesKey } from '../../live/store.ts';
import { useBounds, useTimeState } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import { sendsOnChange } from '../thing/silence.ts';
import styles from './dashboards.module.css';
import { usePhone } from './phone.ts';
import { textIn } from './queries.ts';
import { type SamplesAnswer, type TileState, useSource } from './source.tsx';

/** Points for one line of a tile: twice its width, for lowest and highest. */
const chartPoints = 1200;
/** Height of the grid's rows and of the gaps between them; the style sheet has the same. */
export const rowPixels = 72;
export const gapPixels = 8;
const plotPixelsMin = 80;
const plotPixelsStart = 200;

/** What a tile is called: by its maker, else by what it shows. */
export function useTileTitle(): (tile: DashboardTile) => string {
  const words = useConsoleWords();
  const language = useLanguage();
  const source = useSource();
  return (tile) => {
    const given = textIn(tile.title, language);
    if (given !== '') return given;
    if (tile.kind === 'states') return tile.place === '' ? words('dashboard.wholePlant') : tile.place;
    const series =
      tile.kind === 'value'
        ? tile.series
        : tile.kind === 'chart' && tile.series.length === 1
          ? tile.series[0]
          : undefined;
    const thing = series === undefined ? undefined : source.thing(series.thing);
    if (series !== undefined && thing !== undefined && thing !== null)
      return `${titleOf(thing, language, thing.id)} · ${titleOf(thing.properties?.[series.property], language, series.property)}`;
    return words(`dashboard.kinds.${tile.kind}`);
  };
}

/** The inside of a tile. */
export function TileContent({ tile }: { tile: DashboardTile }) {
  const language = useLanguage();
  switch (tile.kind) {
    case 'chart':
      return <ChartTile tile={tile} />;
    case 'value':
      return <ValueTile tile={tile} />;
    case 'states':
      return <StatesTile tile={tile} />;
    case 'table':
      return <TableTile tile={tile} />;
    case 'picture':
      return <PictureTile tile={tile} />;
    case 'text':
      return <p className={styles.text}>{typeof tile.text === 'string' ? tile.text : tile.text[language]}</p>;
  }
}

function Note({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.note}>
      <p>{title}</p>
      {children}
    </div>
  );
}

function useSeries(series: SeriesRef | undefined): {
  property: PropertyAffordance | undefined;
  title: string;
  gone: boolean;
  thingTitle: string;
} {
  const language = useLanguage();
  const source = useSource();
  const thing = series === undefined ? undefined : source.thing(series.thing);
  const property = series === undefined ? undefined : thing?.properties?.[series.property];
  return {
    property,
    title: titleOf(property, language, series?.property ?? ''),
    thingTitle:
      thing === undefined || thing === null ? (series?.thing ?? '') : titleOf(thing, language, thing.id),
    gone: thing === null || (thing !== undefined && series !== undefined && property === undefined),
  };
}

function ValueTile({ tile }: { tile: Extract<DashboardTile, { kind: 'value' }> }) {
  const words = useConsoleWords();
  if (tile.series === undefined) return <Note title={words('dashboard.notChosen')} />;
  return <ValueOf series={tile.series} limits={tile.limits} />;
}

function ValueOf({ series, limits }: { series: SeriesRef; limits: NormalBand | undefined }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const bandText = useBandText();
  const { property, gone } = useSeries(series);
  const sample = useLatest(seriesKey(series.thing, series.property));
  if (gone)
    return (
      <Note title={words('dashboard.hidden')}>
        <p>{words('dashboard.hiddenHelp')}</p>
      </Note>
    );
  if (sample === undefined) return <Note title={words('dashboard.waiting')} />;
  const normal = limits ?? property?.['millrace:normal'];
  const look = { value: sample.value, quality: sample.quality, ...(normal === undefined ? {} : { normal }) };
  const kind = abnormality(look);
  return (
    <div className={styles.figure}>
      <Value
        {...look}
        size="large"
        named={property === undefined ? undefined : namedValue(property, sample.value, language)}
        {...(property?.unit === undefined ? {} : { unit: property.unit })}
        {...(property?.['millrace:decimals'] === undefined
          ? {}
          : { decimals: property['millrace:decimals'] })}
        {...(sample.status === undefined ? {} : { status: sample.status })}
      />
      {normal !== undefined && typeof sample.value === 'number' ? (
        <BandBar value={sample.value} band={normal} />
      ) : null}
      <span className={styles.under}>
        {kind === undefined ? null : <StateBadge kind={kind} word={uiWords(`state.${kind}`)} />}
        <span>{bandText(normal, property?.unit, property?.['millrace:decimals'])}</span>
        <Since time={sample.time} />
      </span>
    </div>
  );
}

function ChartTile({ tile }: { tile: Extract<DashboardTile, { kind: 'chart' }> }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const source = useSource();
  const time = useTimeState();
  const page = useBounds();
  const now = useNow(5);
  const [own, setOwn] = useState<TimeRange>();
  const given = tile.range === undefined ? undefined : (own ?? parseRange(tile.range));
  // A tile with its own time steps on every five seconds; frozen with the page.
  const { from, to } = given === undefined ? page : boundsOf(given, time.frozen ?? now);
  const seen = tile.series.filter(({ thing, property }) => {
    const known = source.thing(thing);
    return known === undefined || (known !== null && known.properties?.[property] !== undefined);
  });
  const results = useQueries({
    queries: seen.map((series) => ({
      ...source.samples(series, from, to, chartPoints),
      placeholderData: keepPreviousData,
    })),
  });
  const answers = results.map(({ data }) => data as SamplesAnswer | undefined);
  const series: ChartSeries[] = seen.map((one, at) => {
    const thing = source.thing(one.thing);
    const property = thing?.properties?.[one.property];
    const name = titleOf(property, language, one.property);
    const several = new Set(seen.map(({ thing: id }) => id)).size > 1;
    const answer = answers[at];
    const trace =
      answer === undefined
        ? undefined
        : traceOf(
            answer.samples,
            answer.reduced ? answer.spanMilliseconds : undefined,
            thing === undefined || thing === null ? false : sendsOnChange(thing as never, one.property),
          );
    return {
      id: `${one.thing}\n${one.property}`,
      title:
        several && thing !== undefined && thing !== null
          ? `${titleOf(thing, language, thing.id)} · ${name}`
          : name,
      ...(property?.unit === undefined ? {} : { unit: property.unit }),
      ...(property?.['millrace:decimals'] === undefined ? {} : { decimals: property['millrace:decimals'] }),
      ...(property?.['millrace:normal'] === undefined ? {} : { normal: property['millrace:normal'] }),
      stepped: property?.type === 'integer' || property?.type === 'boolean',
      trace: trace === undefined ? undefined : withHeld(trace, undefined, from, to),
      tone: at,
    };
  });
  if (tile.series.length === 0) return <Note title={words('dashboard.notChosen')} />;
  if (seen.length === 0)
    return (
      <Note title={words('dashboard.hidden')}>
        <p>{words('dashboard.hiddenHelp')}</p>
      </Note>
    );
  return (
    <FittedChart>
      {(height) => (
        <TimeChart
          series={series}
          from={from}
          to={to}
          onRange={given === undefined ? time.setRange : setOwn}
          height={height}
          syncKey="dashboard"
        />
      )}
    </FittedChart>
  );
}

/** Gives a chart the height that its tile leaves beside legend and buttons, which take more room the more there is to name. */
function FittedChart({ children }: { children: (height: number) => ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(plotPixelsStart);
  const narrow = usePhone();
  useLayoutEffect(() => {
    const element = box.current;
    const figure = element?.firstElementChild;
    if (element === null || figure === null || figure === undefined || narrow) return;
    const fit = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
      const plot = figure.querySelector<HTMLElement>('[role=group]');
      const around = figure.scrollHeight - (plot?.offsetHeight ?? 0);
      setHeight(Math.max(plotPixelsMin, Math.floor((element.clientHeight - around) / rem)));
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    const caption = figure.querySelector('figcaption');
    if (caption !== null) observer.observe(caption);
    return () => observer.disconnect();
  }, [narrow]);
  return (
    <div ref={box} className={styles.fitted}>
      {children(narrow ? plotPixelsStart : height)}
    </div>
  );
}

function StatesTile({ tile }: { tile: Extract<DashboardTile, { kind: 'states' }> }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const source = useSource();
  const { data: states } = useQuery(source.states(tile.place));
  if (states === undefined) return <Note title={words('dashboard.waiting')} />;
  if (states.total === 0) return <Note title={words('dashboard.statesNone')} />;
  const counts = new Map<MarkKind, number>();
  for (const { state } of states.things) counts.set(state, (counts.get(state) ?? 0) + 1);
  const kinds = [...counts].sort(([a], [b]) => urgency[a] - urgency[b]);
  const abnormal = states.things
    .filter(({ state }) => state !== 'good')
    .sort((a, b) => urgency[a.state] - urgency[b.state]);
  return (
    <div className={styles.states}>
      <ul className={styles.counts}>
        {kinds.map(([kind, count]) => (
          <li key={kind}>
            <StateBadge kind={kind} word={`${uiWords(`state.${kind}`)} ${formatCount(count, language)}`} />
          </li>
        ))}
      </ul>
      {abnormal.length === 0 ? (
        <p className={styles.faint}>{words('dashboard.allGood', { count: states.total })}</p>
      ) : (
        <ul className={styles.abnormal}>
          {abnormal.slice(0, 50).map((thing) => (
            <StateLine key={thing.id} thing={thing} />
          ))}
        </ul>
      )}
    </div>
  );
}

function StateLine({ thing }: { thing: TileState }) {
  const uiWords = useUiWords();
  const language = useLanguage();
  const { links } = useSource();
  const title = titleOf(thing, language, thing.id);
  return (
    <li className={styles.stateLine}>
      <span title={uiWords(`state.${thing.state}`)}>
        <Mark kind={thing.state} size={14} />
        <span className="visually-hidden">{uiWords(`state.${thing.state}`)}</span>
      </span>
      {links ? (
        <Link to="/things/$id" params={{ id: thing.id }} className={styles.name}>
          {title}
        </Link>
      ) : (
        <span className={styles.name}>{title}</span>
      )}
      <Since time={thing.since} className={styles.faint ?? ''} />
    </li>
  );
}

function TableTile({ tile }: { tile: Extract<DashboardTile, { kind: 'table' }> }) {
  const words = useConsoleWords();
  const title = useTileTitle();
  const columns = useMemo<Column<SeriesRef>[]>(
    () => [
      {
        id: 'property',
        title: words('dashboard.property'),
        width: 'minmax(8rem, 2fr)',
        phone: 'title',
        render: (row) => <SeriesName series={row} />,
      },
      {
        id: 'value',
        title: words('dashboard.value'),
        width: 'minmax(6rem, 1fr)',
        align: 'end',
        render: (row) => <SeriesValue series={row} />,
      },
      {
        id: 'age',
        title: words('dashboard.age'),
        width: 'minmax(5rem, 0.7fr)',
        align: 'end',
        render: (row) => <SeriesAge series={row} />,
      },
    ],
    [words],
  );
  if (tile.series.length === 0) return <Note title={words('dashboard.notChosen')} />;
  return (
    <Table
      label={title(tile)}
      columns={columns}
      rows={tile.series}
      rowKey={(row) => `${row.thing} ${row.property}`}
      rowHeight={40}
    />
  );
}

function SeriesName({ series }: { series: SeriesRef }) {
  const { title, thingTitle } = useSeries(series);
  const { links } = useSource();
  return (
    <span className={styles.seriesName}>
      {links ? (
        <Link
          to="/things/$id"
          params={{ id: series.thing }}
          search={{ tab: 'chart', properties: series.property }}
        >
          {title}
        </Link>
      ) : (
        title
      )}
      <small>{thingTitle}</small>
    </span>
  );
}

function SeriesValue({ series }: { series: SeriesRef }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const { property, gone } = useSeries(series);
  const sample = useLatest(seriesKey(series.thing, series.property));
  if (gone) return <span className={styles.faint}>{words('dashboard.hidden')}</span>;
  if (sample === undefined) return <span className={styles.faint}>–</span>;
  return (
    <Value
      value={sample.value}
      quality={sample.quality}
      named={property === undefined ? undefined : namedValue(property, sample.value, language)}
      {...(sample.status === undefined ? {} : { status: sample.status })}
      {...(property?.unit === undefined ? {} : { unit: property.unit })}
      {...(property?.['millrace:decimals'] === undefined ? {} : { decimals: property['millrace:decimals'] })}
      {...(property?.['millrace:normal'] === undefined ? {} : { normal: property['millrace:normal'] })}
    />
  );
}

function SeriesAge({ series }: { series: SeriesRef }) {
  const sample = useLatest(seriesKey(series.thing, series.property));
  return sample === undefined ? null : <Since time={sample.time} className={styles.faint ?? ''} />;
}

function PictureTile({ tile }: { tile: Extract<DashboardTile, { kind: 'picture' }> }) {
  const words = useConsoleWords();
  const title = useTileTitle();
  const source = useSource();
  if (tile.picture === undefined)
    return (
      <Note title={words('dashboard.noPicture')}>
        <ImageIcon size={28} aria-hidden="true" />
        <p>{words('dashboard.noPictureHelp')}</p>
      </Note>
    );
  return (
    <div className={styles.pictureBox}>
      <div className={styles.picture}>
        <img src={source.pictureUrl(tile.picture)} alt={title(tile)} draggable={false} />
        {tile.spots.map((spot, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: spots have nothing else that names them
          <Spot key={at} spot={spot} />
        ))}
      </div>
    </div>
  );
}

function Spot({ spot }: { spot: PictureSpot }) {
  const language = useLanguage();
  const { title, thingTitle } = useSeries(spot.series);
  const label = textIn(spot.label, language) || title;
  return (
    <span
      className={styles.spot}
      style={{ left: `${spot.x * 100}%`, top: `${spot.y * 100}%` }}
      title={`${thingTitle} · ${title}`}
    >
      <small>{label}</small>
      <SeriesValue series={spot.series} />
    </span>
  );
}
