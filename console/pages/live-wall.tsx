import type { PropertyAffordance, ThingDescription } from '@millrace/contract';
import {
  abnormality,
  BandBar,
  Button,
  EmptyState,
  ErrorState,
  formatCount,
  Mark,
  type MarkKind,
  namedValue,
  Page,
  SearchField,
  SelectField,
  Since,
  Skeleton,
  Sparkline,
  TileWall,
  ToolBar,
  titleOf,
  useLanguage,
  useUiWords,
  Value,
} from '@millrace/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Activity, Maximize, Minimize } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { problemWords } from '../api/problem.ts';
import { propertiesQuery, thingsQuery } from '../api/queries.ts';
import { courseOf, liveStore, putValues, useLatest, useLiveThings } from '../live/live.ts';
import { seriesKey } from '../live/store.ts';
import { PlacePath } from '../shell/place-path.tsx';
import { queryClient } from '../shell/session.ts';
import { useConsoleWords } from '../words/index.ts';
import styles from './live-wall.module.css';

/** Values on one wall. */
export const wallValuesMax = 10_000;
const thingsPerAnswer = 250;
/** Things asked for their latest values when scrolling rests. */
const askedAtOnceMax = 40;

interface Tile {
  key: string;
  thing: string;
  thingTitle: string;
  name: string;
  title: string;
  property: PropertyAffordance;
}

/** All live values of the plant or of a place on one page. */
export function LiveWallPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as {
    place?: string;
    text?: string;
    show?: string;
    wall?: string;
  };
  const place = search.place ?? '';
  const wall = search.wall !== undefined;
  const setSearch = (change: { text?: string; show?: string; wall?: string; place?: string }) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({ ...previous, ...change })) as never,
      replace: true,
      resetScroll: false,
    });

  const things = useInfiniteQuery({
    queryKey: ['wall-things', place],
    initialPageParam: 0,
    queryFn: ({ pageParam }) => queryClient.fetchQuery(thingsQuery(place, pageParam, thingsPerAnswer)),
    getNextPageParam: (last, all) =>
      last.length < thingsPerAnswer ? undefined : all.length * thingsPerAnswer,
    staleTime: 60_000,
  });
  const all = useMemo(() => tilesOf(things.data?.pages.flat() ?? [], language), [things.data, language]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = things;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && all.length < wallValuesMax) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, all.length]);

  const ids = useMemo(() => [...new Set(all.map((tile) => tile.thing))], [all]);
  useLiveThings(place === '' ? undefined : ids);

  const text = (search.text ?? '').toLowerCase();
  const named = useMemo(
    () =>
      text === ''
        ? all
        : all.filter(
            (tile) =>
              tile.title.toLowerCase().includes(text) ||
              tile.thingTitle.toLowerCase().includes(text) ||
              tile.thing.toLowerCase().includes(text) ||
              tile.name.toLowerCase().includes(text),
          ),
    [all, text],
  );
  const onlyAbnormal = search.show === 'abnormal';
  const shown = useAbnormal(named, onlyAbnormal);
  const onSight = useStartingValues(shown);

  const leave = wall ? (
    <Button icon={<Minimize size={16} />} onPress={() => setSearch({ wall: undefined })}>
      {words('live.leaveWall')}
    </Button>
  ) : (
    <Button icon={<Maximize size={16} />} onPress={() => setSearch({ wall: 'on' })}>
      {words('live.wall')}
    </Button>
  );

  return (
    <Page
      title={words('live.title')}
      above={place === '' ? words('live.everywhere') : <PlacePath path={place} root />}
      fill
      note={
        <span>
          {words('live.note', { count: shown.length }).replace(
            String(shown.length),
            formatCount(shown.length, language),
          )}
          {' · '}
          <Rate />
        </span>
      }
      actions={
        <ToolBar label={words('plant.filter')}>
          {wall ? null : (
            <>
              <SearchField
                label={words('live.search')}
                value={search.text ?? ''}
                onChange={(next) => setSearch({ text: next === '' ? undefined : next })}
              />
              <SelectField
                compact
                label={words('live.show')}
                value={onlyAbnormal ? 'abnormal' : 'all'}
                options={[
                  { value: 'all', title: words('live.all') },
                  { value: 'abnormal', title: words('live.abnormal') },
                ]}
                onChange={(show) => setSearch({ show: show === 'all' ? undefined : show })}
              />
            </>
          )}
          {leave}
        </ToolBar>
      }
    >
      {things.error !== null && things.data === undefined ? (
        <ErrorState problem={problemWords(things.error, words)} onRetry={() => void things.refetch()} />
      ) : things.data === undefined ? (
        <Skeleton height="6rem" rows={5} />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={<Activity size={44} />}
          title={words(all.length === 0 ? 'live.none' : 'live.noneFound')}
        >
          <p>{words(all.length === 0 ? 'live.noneHelp' : 'live.noneFoundHelp')}</p>
        </EmptyState>
      ) : (
        <TileWall
          tiles={shown}
          tileKey={(tile) => tile.key}
          render={(tile) => <TileView tile={tile} />}
          widthRem={15}
          heightRem={6.5}
          rotate={wall}
          onSight={onSight}
        />
      )}
      {isFetchingNextPage ? (
        <p className={styles.note}>{words('live.loading', { count: ids.length })}</p>
      ) : null}
      {all.length >= wallValuesMax ? (
        <p className={styles.note}>{words('live.notAll', { shown: wallValuesMax })}</p>
      ) : null}
    </Page>
  );
}

function tilesOf(things: readonly ThingDescription[], language: 'en' | 'zh'): Tile[] {
  const tiles: Tile[] = [];
  for (const thing of things) {
    const thingTitle = titleOf(thing, language, thing.id);
    for (const [name, property] of Object.entries(thing.properties ?? {})) {
      if (property.writeOnly === true) continue;
      if (tiles.length >= wallValuesMax) return tiles;
      tiles.push({
        key: seriesKey(thing.id, name),
        thing: thing.id,
        thingTitle,
        name,
        title: titleOf(property, language, name),
        property,
      });
    }
  }
  return tiles;
}

function kindOf(tile: Tile): MarkKind | undefined {
  const sample = liveStore.latest(tile.key);
  return sample === undefined
    ? undefined
    : abnormality({ value: sample.value, quality: sample.quality, normal: tile.property['millrace:normal'] });
}

/** The abnormal ones of the tiles, looked at anew every second, so that the page does not flicker with a value at its limit. */
function useAbnormal(tiles: readonly Tile[], only: boolean): readonly Tile[] {
  const [shown, setShown] = useState<readonly Tile[]>([]);
  useEffect(() => {
    if (!only) return;
    const look = () =>
      setShown((before) => {
        const next = tiles.filter((tile) => kindOf(tile) !== undefined);
        return next.length === before.length && next.every((tile, index) => tile === before[index])
          ? before
          : next;
      });
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [tiles, only]);
  return only ? shown : tiles;
}

/** How many values come in each second. */
function Rate() {
  const words = useConsoleWords();
  const language = useLanguage();
  const [rate, setRate] = useState(0);
  useEffect(() => {
    let before = liveStore.count;
    const timer = setInterval(() => {
      setRate(Math.round((liveStore.count - before) / 2));
      before = liveStore.count;
    }, 2000);
    return () => clearInterval(timer);
  }, []);
  return <span>{words('live.rate', { rate: formatCount(rate, language) })}</span>;
}

/** Asks once for the latest values of the things that come into sight and of which nothing has come yet. */
function useStartingValues(tiles: readonly Tile[]): (from: number, to: number) => void {
  const asked = useRef(new Set<string>());
  return (from, to) => {
    const wanted = new Set<string>();
    for (const tile of tiles.slice(from, to)) {
      if (!asked.current.has(tile.thing) && liveStore.latest(tile.key) === undefined) wanted.add(tile.thing);
    }
    for (const thing of [...wanted].slice(0, askedAtOnceMax)) {
      asked.current.add(thing);
      queryClient.fetchQuery(propertiesQuery(thing)).then(
        (values) => putValues(thing, values),
        // The stream brings them too; the tile says that it waits.
        () => asked.current.delete(thing),
      );
    }
  };
}

const TileView = memo(function TileView({ tile }: { tile: Tile }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const sample = useLatest(tile.key);
  const normal = tile.property['millrace:normal'];
  const kind =
    sample === undefined ? undefined : abnormality({ value: sample.value, quality: sample.quality, normal });
  return (
    <Link
      to="/things/$id"
      params={{ id: tile.thing }}
      search={{ tab: 'chart', properties: tile.name }}
      preload={false}
      className={`${styles.tile} ${kind === undefined ? '' : styles.abnormal}`}
    >
      <span className={styles.head}>
        <span className={styles.title} title={tile.title}>
          {tile.title}
        </span>
        <span className={styles.thing} title={tile.thing}>
          {tile.thingTitle}
        </span>
      </span>
      <span className={styles.value}>
        {sample === undefined ? (
          <span className={styles.note}>{words('live.wait')}</span>
        ) : (
          <Value
            value={sample.value}
            named={namedValue(tile.property, sample.value, language)}
            unit={tile.property.unit}
            decimals={tile.property['millrace:decimals']}
            quality={sample.quality}
            status={sample.status}
            normal={normal}
          />
        )}
      </span>
      <span className={styles.foot}>
        {kind === undefined ? (
          <Since time={sample?.time} className={styles.age} />
        ) : (
          <span className={styles.word}>
            <Mark kind={kind} size={12} />
            {uiWords(`state.${kind}`)}
          </span>
        )}
        {typeof sample?.value === 'number' && normal !== undefined ? (
          <BandBar value={sample.value} band={normal} />
        ) : null}
        <Course tileKey={tile.key} normal={normal} />
      </span>
    </Link>
  );
});

/** The course since the tile came into sight. Drawn at most every other second: a line moves slower than a digit. */
function Course({ tileKey, normal }: { tileKey: string; normal: PropertyAffordance['millrace:normal'] }) {
  const step = useSyncExternalStore(subscribeSlowly, slowStep);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the course is read anew with each step
  const trace = useMemo(() => {
    const course = courseOf(tileKey);
    if (course === undefined || course.times.length < 2) return undefined;
    const numbers = course.values.filter((value) => value !== null);
    if (numbers.length === 0) return undefined;
    return {
      times: [...course.times],
      low: [...course.values],
      high: [...course.values],
      least: Math.min(...numbers),
      most: Math.max(...numbers),
      stretches: [],
      held: [],
    };
  }, [tileKey, step]);
  if (trace === undefined) return null;
  return (
    <Sparkline
      trace={trace}
      from={trace.times[0]!}
      to={trace.times.at(-1)!}
      normal={normal}
      width={70}
      height={22}
    />
  );
}

const slowListeners = new Set<() => void>();
let slowTimer: ReturnType<typeof setInterval> | undefined;
let slowCount = 0;
const slowStep = () => slowCount;

function subscribeSlowly(listener: () => void): () => void {
  slowListeners.add(listener);
  slowTimer ??= setInterval(() => {
    if (liveStore.frozen) return;
    slowCount += 1;
    for (const one of slowListeners) one();
  }, 2000);
  return () => {
    slowListeners.delete(listener);
    if (slowListeners.size === 0 && slowTimer !== undefined) {
      clearInterval(slowTimer);
      slowTimer = undefined;
    }
  };
}
