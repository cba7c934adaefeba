import type {
  ApplicationFlow,
  CoverageCell,
  Demand,
  EdgeZone,
  FlowPerformance,
  ImportReport,
  LanGroup,
  MeasuringStatus,
  NetworkFlow,
  NetworkFlowInput,
  NetworkIncident,
  NetworkOverview,
  NetworkReport,
  NetworkTerminal,
  NetworkTerminalDetail,
  NetworkTerminalInput,
  NetworkTerminalSummary,
  Slice,
  TerminalLife,
  TerminalPath,
  Verdict,
  VerdictLine,
  VerdictState,
} from '@millrace/contract';
import { networkLimits } from '@millrace/contract';
import { queryOptions } from '@tanstack/react-query';
import { ApiError, api, problemOf, signedOutOn, take } from '../../api/client.ts';

/** Every key begins with `network`: a change told by the server makes what is in sight be asked for anew. */

const seconds = 1000;
/** Figures move on between two verdicts, of which the stream tells nothing. */
const followMilliseconds = 10 * seconds;
const instant = (time: number): string => new Date(time).toISOString();

export const overviewQuery = queryOptions({
  queryKey: ['network', 'overview'],
  queryFn: () => take(api.GET('/api/network/overview')) as unknown as Promise<NetworkOverview>,
  refetchInterval: followMilliseconds,
});

export const applicationsQuery = queryOptions({
  queryKey: ['network', 'applications'],
  queryFn: () => take(api.GET('/api/network/applications')) as unknown as Promise<ApplicationFlow[]>,
  refetchInterval: followMilliseconds,
});

export const flowsQuery = queryOptions({
  queryKey: ['network', 'flows'],
  queryFn: () => take(api.GET('/api/network/flows')) as unknown as Promise<NetworkFlow[]>,
  staleTime: 30 * seconds,
});

export const flowQuery = (flow: string) =>
  queryOptions({
    queryKey: ['network', 'flows', flow],
    queryFn: () =>
      take(
        api.GET('/api/network/flows/{flow}', { params: { path: { flow } } }),
      ) as unknown as Promise<NetworkFlow>,
    retry: false,
  });

export const flowVerdictsQuery = (flow: string) =>
  queryOptions({
    queryKey: ['network', 'flows', flow, 'verdicts'],
    queryFn: () =>
      take(
        api.GET('/api/network/flows/{flow}/verdicts', {
          params: { path: { flow }, query: { limit: networkLimits.networkTerminalsMax } },
        }),
      ) as unknown as Promise<{ total: number; verdicts: Verdict[]; lines: VerdictLine[] }>,
    refetchInterval: followMilliseconds,
  });

export const saveFlow = (flow: string | undefined, input: NetworkFlowInput & { id?: string }) =>
  (flow === undefined
    ? take(api.POST('/api/network/flows', { body: input as never }))
    : take(
        api.PUT('/api/network/flows/{flow}', { params: { path: { flow } }, body: input as never }),
      )) as unknown as Promise<NetworkFlow>;

export const removeFlow = (flow: string) =>
  take(api.DELETE('/api/network/flows/{flow}', { params: { path: { flow } } }));

export const terminalStates = ['met', 'violated', 'inconclusive', 'not-measurable', 'none'] as const;

export interface TerminalFilter {
  text?: string;
  place?: string;
  kind?: string;
  state?: VerdictState | 'none';
  problems?: boolean;
}

export const terminalsQuery = (filter: TerminalFilter = {}) =>
  queryOptions({
    queryKey: ['network', 'terminals', filter],
    queryFn: () =>
      take(
        api.GET('/api/network/terminals', {
          params: { query: { ...filter, limit: networkLimits.networkTerminalsMax } as never },
        }),
      ) as unknown as Promise<{ total: number; terminals: NetworkTerminalSummary[] }>,
    refetchInterval: followMilliseconds,
  });

export const terminalQuery = (terminal: string) =>
  queryOptions({
    queryKey: ['network', 'terminal', terminal],
    queryFn: () =>
      take(
        api.GET('/api/network/terminals/{terminal}', { params: { path: { terminal } } }),
      ) as unknown as Promise<NetworkTerminalDetail>,
    refetchInterval: 5 * seconds,
    retry: false,
  });

export const pathQuery = (terminal: string) =>
  queryOptions({
    queryKey: ['network', 'terminal', terminal, 'path'],
    queryFn: () =>
      take(
        api.GET('/api/network/terminals/{terminal}/path', { params: { path: { terminal } } }),
      ) as unknown as Promise<TerminalPath>,
    refetchInterval: 5 * seconds,
  });

export const lifeQuery = (terminal: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['network', 'terminal', terminal, 'life', from, to],
    queryFn: () =>
      take(
        api.GET('/api/network/terminals/{terminal}/life', {
          params: { path: { terminal }, query: { from: instant(from), to: instant(to) } },
        }),
      ) as unknown as Promise<TerminalLife>,
    placeholderData: (before: TerminalLife | undefined) => before,
  });

export const historyQuery = (terminal: string, flow: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['network', 'terminal', terminal, 'history', flow, from, to],
    queryFn: () =>
      take(
        api.GET('/api/network/terminals/{terminal}/flows/{flow}/history', {
          params: { path: { terminal, flow }, query: { from: instant(from), to: instant(to) } },
        }),
      ) as unknown as Promise<FlowPerformance[]>,
    placeholderData: (before: FlowPerformance[] | undefined) => before,
  });

export const saveTerminal = (terminal: string | undefined, input: NetworkTerminalInput & { id?: string }) =>
  (terminal === undefined
    ? take(api.POST('/api/network/terminals', { body: input as never }))
    : take(
        api.PUT('/api/network/terminals/{terminal}', {
          params: { path: { terminal } },
          body: input as never,
        }),
      )) as unknown as Promise<NetworkTerminal>;

export const removeTerminal = (terminal: string) =>
  take(api.DELETE('/api/network/terminals/{terminal}', { params: { path: { terminal } } }));

export const zonesQuery = queryOptions({
  queryKey: ['network', 'zones'],
  queryFn: () => take(api.GET('/api/network/zones')) as unknown as Promise<EdgeZone[]>,
  staleTime: 30 * seconds,
});

export const slicesQuery = queryOptions({
  queryKey: ['network', 'slices'],
  queryFn: () => take(api.GET('/api/network/slices')) as unknown as Promise<Slice[]>,
  refetchInterval: followMilliseconds,
});

export const groupsQuery = queryOptions({
  queryKey: ['network', 'groups'],
  queryFn: () => take(api.GET('/api/network/groups')) as unknown as Promise<LanGroup[]>,
  refetchInterval: followMilliseconds,
});

/** How many bindings there are, and how many of them are in effect. */
export const bindingCountsQuery = queryOptions({
  queryKey: ['network', 'bindings', 'counts'],
  queryFn: async (): Promise<{ total: number; effective: number }> => {
    const count = async (query: object) =>
      (
        (await take(
          api.GET('/api/network/bindings', { params: { query: { limit: 1, ...query } as never } }),
        )) as unknown as { total: number }
      ).total;
    const [total, effective] = await Promise.all([count({}), count({ standing: 'effective' })]);
    return { total, effective };
  },
  refetchInterval: followMilliseconds,
});

export const demandQuery = queryOptions({
  queryKey: ['network', 'demand', 'today'],
  queryFn: () => take(api.GET('/api/network/demand')) as unknown as Promise<Demand>,
  refetchInterval: 60 * seconds,
});

export const measuringQuery = queryOptions({
  queryKey: ['network', 'measuring'],
  queryFn: () => take(api.GET('/api/network/measuring')) as unknown as Promise<MeasuringStatus>,
  refetchInterval: 5 * seconds,
});

export interface IncidentFilter {
  flow?: string;
  terminal?: string;
  open?: boolean;
  from?: number;
  to?: number;
}

export const incidentsQuery = ({ from, to, ...filter }: IncidentFilter, limit: number) =>
  queryOptions({
    queryKey: ['network', 'incidents', filter, from, to, limit],
    queryFn: () =>
      take(
        api.GET('/api/network/incidents', {
          params: {
            query: {
              ...filter,
              ...(from === undefined ? {} : { from: instant(from) }),
              ...(to === undefined ? {} : { to: instant(to) }),
              limit,
            },
          },
        }),
      ) as unknown as Promise<{ total: number; incidents: NetworkIncident[] }>,
    refetchInterval: followMilliseconds,
    placeholderData: (before: { total: number; incidents: NetworkIncident[] } | undefined) => before,
  });

export const incidentQuery = (incident: string) =>
  queryOptions({
    queryKey: ['network', 'incident', incident],
    queryFn: () =>
      take(
        api.GET('/api/network/incidents/{incident}', { params: { path: { incident } } }),
      ) as unknown as Promise<NetworkIncident>,
    refetchInterval: 5 * seconds,
    retry: false,
  });

export const coverageQuery = (from: number, to: number, place: string, flow: string | undefined) =>
  queryOptions({
    queryKey: ['network', 'coverage', from, to, place, flow],
    queryFn: () =>
      take(
        api.GET('/api/network/coverage', {
          params: {
            query: {
              from: instant(from),
              to: instant(to),
              ...(place === '' ? {} : { place }),
              ...(flow === undefined ? {} : { flow }),
            },
          },
        }),
      ) as unknown as Promise<{ cells: CoverageCell[]; limited: boolean }>,
    placeholderData: (before: { cells: CoverageCell[]; limited: boolean } | undefined) => before,
    staleTime: 30 * seconds,
  });

export const reportQuery = (month: string | undefined) =>
  queryOptions({
    queryKey: ['network', 'report', month],
    queryFn: () =>
      take(
        api.GET('/api/network/report', {
          params: { query: month === undefined ? {} : { month } },
        }),
      ) as unknown as Promise<NetworkReport>,
    staleTime: 30 * seconds,
  });

/** Sends a CSV file to an import: without `apply` it is told what would change. */
export async function importCsv(
  path: '/api/network/terminals.csv' | '/api/network/sims.csv',
  file: Blob,
  apply: boolean,
): Promise<ImportReport> {
  let response: Response;
  try {
    response = await fetch(`${path}${apply ? '?apply=true' : ''}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      credentials: 'same-origin',
      body: file,
    });
  } catch (error) {
    throw new ApiError({
      type: 'unreachable',
      title: 'The server does not answer',
      status: 0,
      detail: error instanceof Error ? error.message : String(error),
    });
  }
  const body = (await response.json().catch(() => undefined)) as unknown;
  if (response.ok) return body as ImportReport;
  signedOutOn(response);
  throw new ApiError(problemOf(body, response));
}
