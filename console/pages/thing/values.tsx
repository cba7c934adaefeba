import type { PropertyAffordance, ThingDescription } from '@millrace/contract';
import {
  abnormality,
  BandBar,
  type Column,
  EmptyState,
  ErrorState,
  Mark,
  type NormalBand,
  namedValue,
  Section,
  Since,
  Sparkline,
  Table,
  titleOf,
  traceOf,
  useBandText,
  useLanguage,
  useUiWords,
  Value,
  withHeld,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { problemWords } from '../../api/problem.ts';
import { propertiesQuery, samplesQuery, thingStatesQuery } from '../../api/queries.ts';
import { liveStore, putValues, useLatest } from '../../live/live.ts';
import { type LiveSample, seriesKey } from '../../live/store.ts';
import { useBounds, useTimeState } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import { sendsOnChange } from './silence.ts';
import styles from './thing.module.css';
import { readable } from './thing.tsx';

/** Points asked for one sparkline: two for each of its pixels are more than an eye can tell. */
const sparklinePoints = 160;

interface Row {
  name: string;
  property: PropertyAffordance;
}

/** Every property with its latest value, as it comes. */
export function ValuesTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const latest = useQuery(propertiesQuery(thing.id));
  const states = useQuery(thingStatesQuery(thing['millrace:place'] ?? '', false));
  const stale = states.data?.things.find((one) => one.id === thing.id)?.state === 'stale';

  // What is known already starts the live values; the stream goes on from there.
  useEffect(() => {
    if (latest.data !== undefined) putValues(thing.id, latest.data);
  }, [latest.data, thing.id]);

  const rows = useMemo<Row[]>(() => readable(thing).map(([name, property]) => ({ name, property })), [thing]);
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'property',
        title: words('thing.property'),
        width: 'minmax(10rem, 1.6fr)',
        phone: 'title',
        value: (row) => titleOf(row.property, language, row.name),
        render: (row) => (
          <div className={styles.name}>
            <Link
              to="/things/$id"
              params={{ id: thing.id }}
              search={{ tab: 'chart', properties: row.name }}
              className={styles.title}
            >
              {titleOf(row.property, language, row.name)}
            </Link>
            <span className={styles.faint}>{row.name}</span>
          </div>
        ),
      },
      {
        id: 'value',
        title: words('thing.value'),
        width: 'minmax(9rem, 1.2fr)',
        value: (row) => plain(liveStore.latest(seriesKey(thing.id, row.name))?.value),
        render: (row) => <LiveValue thing={thing.id} row={row} stale={stale} />,
      },
      {
        id: 'quality',
        title: words('thing.quality'),
        width: 'minmax(8rem, 1fr)',
        value: (row) => liveStore.latest(seriesKey(thing.id, row.name))?.quality ?? '',
        render: (row) => <LiveQuality thing={thing.id} row={row} stale={stale} />,
      },
      {
        id: 'age',
        title: words('thing.age'),
        width: '7.5rem',
        value: (row) => liveStore.latest(seriesKey(thing.id, row.name))?.time,
        render: (row) => <LiveAge thing={thing.id} name={row.name} />,
      },
      {
        id: 'normal',
        title: words('thing.normal'),
        width: 'minmax(9rem, 1.1fr)',
        render: (row) => <LiveBand thing={thing.id} row={row} />,
      },
      {
        id: 'trend',
        title: words('thing.trend'),
        width: '9rem',
        render: (row) => (
          <Trend thing={thing.id} row={row} stale={stale} onChange={sendsOnChange(thing, row.name)} />
        ),
      },
    ],
    [words, language, thing, stale],
  );

  if (rows.length === 0) {
    return (
      <EmptyState title={words('thing.noProperties')}>
        <p>{words('thing.noPropertiesHelp')}</p>
      </EmptyState>
    );
  }
  return (
    <Section flush>
      {latest.error === null ? null : <ErrorState problem={problemWords(latest.error, words)} compact />}
      <Table
        label={words('thing.tabs.values')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.name}
        onOpen={(row) =>
          void navigate({
            to: '/things/$id',
            params: { id: thing.id },
            search: { tab: 'chart', properties: row.name },
          })
        }
        csv={`${titleOf(thing, language, thing.id)} ${words('thing.tabs.values')}`}
        rowHeight={58}
      />
    </Section>
  );
}

function plain(value: unknown): string | number | boolean | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
    ? value
    : JSON.stringify(value);
}

/**
 * The value that holds now or, in a frozen view, the last one before the instant it is frozen at, from the store, so that a link
 * sent to a colleague shows the same.
 */
function useSample(thing: string, property: string): LiveSample | undefined {
  const live = useLatest(seriesKey(thing, property));
  const { frozen } = useTimeState();
  const { from, to } = useBounds();
  const past = useQuery({
    ...samplesQuery(thing, property, from, to, sparklinePoints),
    enabled: frozen !== undefined,
  });
  if (frozen === undefined) return live;
  const last = past.data?.samples.at(-1);
  if (last === undefined) return undefined;
  return {
    time: Date.parse(last.time),
    value: last.value,
    quality: last.quality,
    ...(last.status === undefined ? {} : { status: last.status }),
  };
}

interface CellProps {
  thing: string;
  row: Row;
  stale?: boolean;
}

function LiveValue({ thing, row, stale = false }: CellProps) {
  const language = useLanguage();
  const sample = useSample(thing, row.name);
  return (
    <Value
      value={sample?.value}
      named={namedValue(row.property, sample?.value, language)}
      unit={row.property.unit}
      decimals={row.property['millrace:decimals']}
      quality={sample?.quality}
      status={sample?.status}
      normal={row.property['millrace:normal']}
      stale={stale}
    />
  );
}

function LiveQuality({ thing, row, stale = false }: CellProps) {
  const uiWords = useUiWords();
  const words = useConsoleWords();
  const sample = useSample(thing, row.name);
  if (sample === undefined) return <span className={styles.faint}>{words('thing.noValueYet')}</span>;
  const kind = abnormality({
    value: sample.value,
    quality: sample.quality,
    normal: row.property['millrace:normal'],
    stale,
  });
  return (
    <span className={styles.name}>
      <span className={styles.row}>
        <Mark kind={kind ?? 'good'} size={14} />
        {uiWords(`state.${kind ?? 'good'}`)}
      </span>
      {sample.status === undefined || sample.status === 'Good' ? null : (
        <span className={styles.faint}>{sample.status}</span>
      )}
    </span>
  );
}

function LiveAge({ thing, name }: { thing: string; name: string }) {
  const sample = useSample(thing, name);
  return <Since time={sample?.time} />;
}

function LiveBand({ thing, row }: CellProps) {
  const sample = useSample(thing, row.name);
  const bandText = useBandText();
  const band = row.property['millrace:normal'];
  if (band === undefined) return <span className={styles.faint}>–</span>;
  return (
    <span className={styles.band}>
      <BarOf sample={sample} band={band} />
      <span className={styles.faint}>
        {bandText(band, row.property.unit, row.property['millrace:decimals'])}
      </span>
    </span>
  );
}

function BarOf({ sample, band }: { sample: LiveSample | undefined; band: NormalBand }) {
  return typeof sample?.value === 'number' ? (
    <BandBar value={sample.value} band={band} dim={sample.quality === 'bad'} />
  ) : null;
}

/** The course over the time range in force; it follows in the steps of the range. */
function Trend({ thing, row, stale = false, onChange }: CellProps & { onChange: boolean }) {
  const { from, to, live } = useBounds();
  const numeric =
    row.property.type === undefined || ['number', 'integer', 'boolean'].includes(row.property.type);
  const latest = useLatest(seriesKey(thing, row.name));
  const samples = useQuery({
    ...samplesQuery(thing, row.name, from, to, sparklinePoints),
    enabled: numeric,
    placeholderData: (previous) => previous,
  });
  const drawn = useMemo(
    () =>
      samples.data === undefined
        ? undefined
        : traceOf(
            samples.data.samples,
            samples.data.reduced ? samples.data.spanMilliseconds : undefined,
            onChange,
          ),
    [samples.data, onChange],
  );
  const holds = live && !stale;
  const trace = useMemo(
    () => (drawn === undefined || !holds ? drawn : withHeld(drawn, latest, from, to)),
    [drawn, latest, from, to, holds],
  );
  if (!numeric) return <span className={styles.faint}>–</span>;
  return (
    <Sparkline
      trace={trace}
      from={from}
      to={to}
      normal={row.property['millrace:normal']}
      width={130}
      height={32}
    />
  );
}
