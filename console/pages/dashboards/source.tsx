import {
  type DashboardTile,
  type SeriesRef,
  type SharedDashboard,
  type SharedValues,
  type ThingDescription,
  type ThingState,
  tileSeries,
} from '@millrace/contract';
import type { MarkKind, TraceSample } from '@millrace/ui';
import { keepPreviousData, type UseQueryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { propertiesQuery, samplesQuery, thingQuery, thingStatesQuery } from '../../api/queries.ts';
import { liveStore, putValues, useLiveThings } from '../../live/live.ts';
import { sharedSamplesQuery, sharedValuesQuery } from './queries.ts';

export interface SamplesAnswer {
  samples: (TraceSample & { time: string })[];
  reduced: boolean;
  spanMilliseconds?: number;
}

export interface TileState {
  id: string;
  title: string;
  titles?: Record<string, string>;
  state: MarkKind;
  since?: string;
}

export interface PlaceStates {
  things: readonly TileState[];
  total: number;
}

type Thing = Pick<ThingDescription, 'id' | 'title' | 'titles' | 'properties'>;

/** Where tiles have their data from: the API for those who are signed in, or what a link shows. Latest values are in the live store either way. */
export interface TileSource {
  /** Undefined while it loads; null where it is gone or not to be seen. */
  thing(id: string): Thing | null | undefined;
  samples(series: SeriesRef, from: number, to: number, points: number): ReturnType<typeof samplesQuery>;
  /** Things under a place with their states. */
  states(place: string): UseQueryOptions<never, Error, PlaceStates>;
  pictureUrl(id: string): string;
  /** A tile leads on to its thing where there are pages behind. */
  links: boolean;
}

const Source = createContext<TileSource | undefined>(undefined);

export function useSource(): TileSource {
  const source = useContext(Source);
  if (source === undefined) throw new Error('tiles stand inside a source');
  return source;
}

/** Data of a person who is signed in. */
export function OwnSource({
  dashboard,
  tiles,
  children,
}: {
  dashboard: string;
  tiles: readonly DashboardTile[];
  children: ReactNode;
}) {
  const key = [...new Set(tiles.flatMap(tileSeries).map(({ thing }) => thing))].sort().join('\n');
  const ids = useMemo(() => (key === '' ? [] : key.split('\n')), [key]);
  const found = useQueries({ queries: ids.map((id) => ({ ...thingQuery(id), retryOnMount: false })) });
  // Of what is gone nothing more is asked.
  const values = useQueries({
    queries: ids.map((id, at) => ({ ...propertiesQuery(id), enabled: found[at]?.data !== undefined })),
  });
  useLiveThings(ids);
  useEffect(() => {
    values.forEach((value, at) => {
      if (value.data !== undefined) putValues(ids[at]!, value.data);
    });
  }, [values, ids]);
  const source = useMemo<TileSource>(() => {
    const things = new Map(
      ids.map((id, at) => [id, found[at]?.data ?? (found[at]?.error === null ? undefined : null)] as const),
    );
    return {
      thing: (id) => things.get(id),
      samples: ({ thing, property }, from, to, points) => samplesQuery(thing, property, from, to, points),
      states: (place) => ({ ...thingStatesQuery(place, true), select: ownStates }) as never,
      pictureUrl: (id) =>
        `/api/dashboards/${encodeURIComponent(dashboard)}/pictures/${encodeURIComponent(id)}`,
      links: true,
    };
  }, [ids, found, dashboard]);
  return <Source value={source}>{children}</Source>;
}

function ownStates({ total, things }: { total: number; things: readonly ThingState[] }): PlaceStates {
  return {
    total,
    things: things.map((thing) => ({
      ...thing,
      // Good data that says something is not as usual is what a person looks for.
      state: thing.state === 'good' && thing.abnormal.length > 0 ? ('outside' as const) : thing.state,
    })) as TileState[],
  };
}

/** Data of a link: what it shows, and nothing else. */
export function SharedSource({
  token,
  shared,
  children,
}: {
  token: string;
  shared: SharedDashboard;
  children: ReactNode;
}) {
  const values = useQuery({ ...sharedValuesQuery(token), placeholderData: keepPreviousData });
  useEffect(() => {
    for (const { thing, property, time, ...sample } of values.data?.samples ?? [])
      liveStore.put(thing, property, { ...sample, time: Date.parse(time) });
  }, [values.data]);
  const { things } = shared;
  const source = useMemo<TileSource>(
    () => ({
      thing: (id) => (things[id] as Thing | undefined) ?? null,
      samples: ({ thing, property }, from, to, points) =>
        sharedSamplesQuery(token, thing, property, from, to, points) as never,
      states: (place) =>
        ({
          ...sharedValuesQuery(token),
          select: ({ states }: SharedValues): PlaceStates => {
            const found = (states[place] ?? []) as TileState[];
            return { things: found, total: found.length };
          },
        }) as never,
      pictureUrl: (id) => `/api/shared/${encodeURIComponent(token)}/pictures/${encodeURIComponent(id)}`,
      links: false,
    }),
    [token, things],
  );
  return <Source value={source}>{children}</Source>;
}
