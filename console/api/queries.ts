import type {
  Counters,
  LiveValue,
  LocalText,
  PlantNode,
  ThingDescription,
  ThingState,
} from '@millrace/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, type Schemas, take } from './client.ts';

/** Things in one answer of the overview; more are told to be narrowed down. */
export const thingsShownMax = 10_000;

const seconds = 1000;

/** A list that follows the plant asks again after this long; with many things the answers are large, so less often. */
export const pollMilliseconds = (rows: number): number => (rows > 1000 ? 10 * seconds : 3 * seconds);

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => take(api.GET('/api/session')),
  staleTime: 60 * seconds,
});

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: () => take(api.GET('/api/settings')),
  staleTime: 60 * seconds,
});

export const healthQuery = queryOptions({
  queryKey: ['health'],
  // 503 is an answer too: what is missing stands in it.
  queryFn: async (): Promise<Schemas['Health']> => {
    const { data, error, response } = await api.GET('/api/health');
    if (data !== undefined) return data;
    if (response.status === 503 && typeof error === 'object' && error !== null && 'parts' in error) {
      return error as unknown as Schemas['Health'];
    }
    return take(Promise.resolve({ error, response }));
  },
  refetchInterval: 5 * seconds,
});

export const plantQuery = queryOptions({
  queryKey: ['plant'],
  queryFn: async () => (await take(api.GET('/api/plant'))).nodes as PlantNode[],
  refetchInterval: 5 * seconds,
});

export const thingStatesQuery = (place: string, live: boolean) =>
  queryOptions({
    queryKey: ['thing-states', place],
    queryFn: async () =>
      (await take(
        api.GET('/api/thing-states', {
          params: { query: { limit: thingsShownMax, ...(place === '' ? {} : { place }) } },
        }),
      )) as { total: number; things: ThingState[] },
    refetchInterval: (query) => (live ? pollMilliseconds(query.state.data?.things.length ?? 0) : false),
  });

export const thingQuery = (id: string) =>
  queryOptions({
    queryKey: ['thing', id],
    queryFn: async () =>
      (await take(api.GET('/api/things/{id}', { params: { path: { id } } }))) as unknown as ThingDescription,
    staleTime: 30 * seconds,
  });

export const thingsQuery = (place: string, offset: number, limit: number) =>
  queryOptions({
    queryKey: ['things', place, offset, limit],
    queryFn: async () =>
      (await take(
        api.GET('/api/things', { params: { query: { offset, limit, ...(place === '' ? {} : { place }) } } }),
      )) as unknown as ThingDescription[],
    staleTime: 60 * seconds,
  });

export type LatestValue = Omit<LiveValue, 'property'>;

export const propertiesQuery = (id: string) =>
  queryOptions({
    queryKey: ['properties', id],
    queryFn: async () =>
      (await take(api.GET('/api/things/{id}/properties', { params: { path: { id } } }))) as Record<
        string,
        LatestValue
      >,
    staleTime: 10 * seconds,
  });

export const samplesQuery = (thing: string, property: string, from: number, to: number, points: number) =>
  queryOptions({
    queryKey: ['samples', thing, property, from, to, points],
    queryFn: ({ signal }) =>
      take(
        api.GET('/api/things/{id}/properties/{name}/samples', {
          params: {
            path: { id: thing, name: property },
            query: { from: new Date(from).toISOString(), to: new Date(to).toISOString(), points },
          },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60 * seconds,
  });

export const eventsQuery = (thing: string, from: number, to: number, limit: number) =>
  queryOptions({
    queryKey: ['events', thing, from, to, limit],
    queryFn: () =>
      take(
        api.GET('/api/things/{id}/events', {
          params: {
            path: { id: thing },
            query: { from: new Date(from).toISOString(), to: new Date(to).toISOString(), limit },
          },
        }),
      ),
    staleTime: 5 * seconds,
    gcTime: 60 * seconds,
  });

export const thingCountersQuery = (id: string) =>
  queryOptions({
    queryKey: ['thing-counters', id],
    queryFn: async () =>
      (await take(api.GET('/api/things/{id}/counters', { params: { path: { id } } }))) as Counters,
    refetchInterval: 2 * seconds,
  });

export const countersQuery = queryOptions({
  queryKey: ['counters'],
  queryFn: async () =>
    (await take(api.GET('/api/counters'))) as { total: Counters; connections: Record<string, Counters> },
  refetchInterval: 3 * seconds,
});

export const credentialsQuery = (id: string) =>
  queryOptions({
    queryKey: ['credentials', id],
    queryFn: () => take(api.GET('/api/things/{id}/credentials', { params: { path: { id } } })),
  });

export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: () => take(api.GET('/api/connections')),
  refetchInterval: 3 * seconds,
});

export const protocolsQuery = queryOptions({
  queryKey: ['protocols'],
  queryFn: () => take(api.GET('/api/protocols')),
  staleTime: Number.POSITIVE_INFINITY,
});

export const quarantineQuery = (
  offset: number,
  limit: number,
  filter: { thing?: string; connection?: string; reason?: string } = {},
) =>
  queryOptions({
    queryKey: ['quarantine', offset, limit, filter],
    queryFn: () => take(api.GET('/api/quarantine', { params: { query: { offset, limit, ...filter } } })),
    refetchInterval: 5 * seconds,
  });

export const proposalsQuery = queryOptions({
  queryKey: ['proposals'],
  queryFn: () => take(api.GET('/api/proposals')),
  refetchInterval: 5 * seconds,
});

export const backupsQuery = queryOptions({
  queryKey: ['backups'],
  queryFn: () => take(api.GET('/api/backups')),
});

export type App = Omit<Schemas['App'], 'title' | 'summary' | 'pages' | 'jobs'> & {
  title: LocalText;
  summary: LocalText;
  pages: { path: string; title: LocalText }[];
  jobs: Record<string, { title: LocalText; summary: LocalText }>;
};

export const appsQuery = queryOptions({
  queryKey: ['apps'],
  queryFn: () => take(api.GET('/api/apps')) as Promise<App[]>,
  refetchInterval: 5 * seconds,
});

export const appQuery = (app: string) =>
  queryOptions({
    queryKey: ['apps', app],
    queryFn: () => take(api.GET('/api/apps/{app}', { params: { path: { app } } })) as Promise<App>,
    refetchInterval: 5 * seconds,
  });

export const appRoundsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'rounds'],
    queryFn: () =>
      take(api.GET('/api/apps/{app}/rounds', { params: { path: { app }, query: { limit: 200 } } })),
    refetchInterval: 5 * seconds,
  });

export const appJobsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'jobs'],
    queryFn: () => take(api.GET('/api/apps/{app}/jobs', { params: { path: { app } } })),
    refetchInterval: 2 * seconds,
  });
