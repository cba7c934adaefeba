import type {
  Dashboard,
  DashboardLink,
  DashboardSummary,
  DashboardText,
  SharedDashboard,
  SharedValues,
} from '@millrace/contract';
import type { Language } from '@millrace/ui';
import { queryOptions } from '@tanstack/react-query';
import { api, take } from '../../api/client.ts';

const seconds = 1000;

export const dashboardsQuery = queryOptions({
  queryKey: ['dashboards'],
  queryFn: async () => (await take(api.GET('/api/dashboards'))) as DashboardSummary[],
  refetchInterval: 15 * seconds,
});

export const dashboardQuery = (id: string) =>
  queryOptions({
    queryKey: ['dashboard', id],
    queryFn: async () =>
      (await take(
        api.GET('/api/dashboards/{dashboard}', { params: { path: { dashboard: id } } }),
      )) as Dashboard,
  });

export const linksQuery = (id: string) =>
  queryOptions({
    queryKey: ['dashboard-links', id],
    queryFn: async () =>
      (await take(
        api.GET('/api/dashboards/{dashboard}/links', { params: { path: { dashboard: id } } }),
      )) as DashboardLink[],
  });

export const sharedQuery = (token: string) =>
  queryOptions({
    queryKey: ['shared', token],
    queryFn: async () =>
      (await take(
        api.GET('/api/shared/{token}', { params: { path: { token } } }),
      )) as unknown as SharedDashboard,
    // A wall hangs for months: what is saved meanwhile comes by itself.
    refetchInterval: 30 * seconds,
    retry: (failures, error) =>
      (error as { problem?: { status?: number } }).problem?.status !== 404 && failures < 100,
  });

export const sharedValuesQuery = (token: string) =>
  queryOptions({
    queryKey: ['shared-values', token],
    queryFn: async () =>
      (await take(api.GET('/api/shared/{token}/values', { params: { path: { token } } }))) as SharedValues,
    refetchInterval: 2 * seconds,
  });

export const sharedSamplesQuery = (
  token: string,
  thing: string,
  property: string,
  from: number,
  to: number,
  points: number,
) =>
  queryOptions({
    queryKey: ['shared-samples', token, thing, property, from, to, points],
    queryFn: ({ signal }) =>
      take(
        api.GET('/api/shared/{token}/samples', {
          params: {
            path: { token },
            query: {
              thing,
              property,
              from: new Date(from).toISOString(),
              to: new Date(to).toISOString(),
              points,
            },
          },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60 * seconds,
  });

/** A text of a person in the language in force. */
export function textIn(text: DashboardText | undefined, language: Language): string {
  return text === undefined ? '' : typeof text === 'string' ? text : text[language];
}
