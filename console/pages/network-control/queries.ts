import type {
  Binding,
  BindingInput,
  ConfiguredProvider,
  Demand,
  Derivation,
  DryRun,
  DryRunInput,
  EdgeZone,
  EdgeZoneInput,
  FiveQi,
  LanGroup,
  LanGroupInput,
  LoopAction,
  LoopDecision,
  LoopSettings,
  LoopState,
  NetworkProviderInput,
  NetworkProviderKind,
  Sim,
  SimDetail,
  SimInput,
  SimState,
  Slice,
  SliceInput,
  TestReport,
} from '@millrace/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, take } from '../../api/client.ts';

/** What is asked of the network. Keys begin with `network`, as those of the other half do: one change refreshes both. */

const seconds = 1000;
/** What a provider is asked for becomes accepted and effective within seconds; a person who waits for it sees it come. */
const followMilliseconds = 3 * seconds;
/** Cards and bindings in one list; with more a person narrows it down. */
export const rowsShownMax = 5000;
export const actionsShown = 200;
export const decisionsShown = 100;

export interface SimFilter {
  text?: string;
  state?: SimState;
  parted?: boolean;
}
export const simsQuery = (filter: SimFilter) =>
  queryOptions({
    queryKey: ['network', 'sims', filter],
    queryFn: () =>
      take(
        api.GET('/api/network/sims', { params: { query: { ...filter, limit: rowsShownMax } as never } }),
      ) as unknown as Promise<{ total: number; sims: Sim[] }>,
    refetchInterval: 10 * seconds,
    placeholderData: (before: { total: number; sims: Sim[] } | undefined) => before,
  });
export const simQuery = (iccid: string) =>
  queryOptions({
    queryKey: ['network', 'sim', iccid],
    queryFn: () =>
      take(
        api.GET('/api/network/sims/{iccid}', { params: { path: { iccid } } }),
      ) as unknown as Promise<SimDetail>,
    retry: false,
  });
export const saveSim = (iccid: string | undefined, input: SimInput & { reason?: string }) =>
  (iccid === undefined
    ? take(api.POST('/api/network/sims', { body: input as never }))
    : take(
        api.PUT('/api/network/sims/{iccid}', { params: { path: { iccid } }, body: input as never }),
      )) as unknown as Promise<Sim>;
export const removeSim = (iccid: string) =>
  take(api.DELETE('/api/network/sims/{iccid}', { params: { path: { iccid } } }));

export const providerKindsQuery = queryOptions({
  queryKey: ['network', 'provider-kinds'],
  queryFn: () => take(api.GET('/api/network/provider-kinds')) as unknown as Promise<NetworkProviderKind[]>,
  staleTime: Number.POSITIVE_INFINITY,
});
export const providersQuery = queryOptions({
  queryKey: ['network', 'providers'],
  queryFn: () => take(api.GET('/api/network/providers')) as unknown as Promise<ConfiguredProvider[]>,
  refetchInterval: followMilliseconds,
});
export const saveProvider = (provider: string, body: NetworkProviderInput) =>
  take(
    api.PUT('/api/network/providers/{provider}', { params: { path: { provider } }, body: body as never }),
  ) as unknown as Promise<ConfiguredProvider>;
export const testProvider = (body: NetworkProviderInput & { id?: string }) =>
  take(api.POST('/api/network/test-provider', { body: body as never })) as unknown as Promise<TestReport>;
export const restartProvider = (provider: string) =>
  take(api.POST('/api/network/providers/{provider}/restart', { params: { path: { provider } } }));
export const removeProvider = (provider: string, forget: boolean) =>
  take(
    api.DELETE('/api/network/providers/{provider}', {
      params: { path: { provider }, query: forget ? { forget: true } : {} },
    }),
  );

export interface BindingFilter {
  flow?: string;
  terminal?: string;
  provider?: string;
  standing?: string;
}
export const bindingsQuery = (filter: BindingFilter) =>
  queryOptions({
    queryKey: ['network', 'bindings', filter],
    queryFn: () =>
      take(
        api.GET('/api/network/bindings', { params: { query: { ...filter, limit: rowsShownMax } as never } }),
      ) as unknown as Promise<{ total: number; bindings: Binding[] }>,
    refetchInterval: followMilliseconds,
    placeholderData: (before: { total: number; bindings: Binding[] } | undefined) => before,
  });
export const bindingQuery = (binding: string) =>
  queryOptions({
    queryKey: ['network', 'binding', binding],
    queryFn: () =>
      take(
        api.GET('/api/network/bindings/{binding}', { params: { path: { binding } } }),
      ) as unknown as Promise<Binding>,
    refetchInterval: followMilliseconds,
    retry: false,
  });
export const saveBinding = (binding: string | undefined, body: BindingInput) =>
  (binding === undefined
    ? take(api.POST('/api/network/bindings', { body: body as never }))
    : take(
        api.PUT('/api/network/bindings/{binding}', { params: { path: { binding } }, body: body as never }),
      )) as unknown as Promise<Binding>;
export const saveSlice = (slice: string, body: SliceInput) =>
  take(
    api.PUT('/api/network/slices/{slice}', { params: { path: { slice } }, body: body as never }),
  ) as unknown as Promise<Slice>;
export const saveGroup = (group: string, body: LanGroupInput) =>
  take(
    api.PUT('/api/network/groups/{group}', { params: { path: { group } }, body: body as never }),
  ) as unknown as Promise<LanGroup>;

export type RequestKind = 'slice' | 'binding' | 'group';
export function release(kind: RequestKind, id: string): Promise<unknown> {
  if (kind === 'slice')
    return take(api.DELETE('/api/network/slices/{slice}', { params: { path: { slice: id } } }));
  if (kind === 'group')
    return take(api.DELETE('/api/network/groups/{group}', { params: { path: { group: id } } }));
  return take(api.DELETE('/api/network/bindings/{binding}', { params: { path: { binding: id } } }));
}
export const askAgain = (kind: RequestKind, id: string) =>
  take(api.POST('/api/network/retry', { body: { kind, id } }));
export const dryRun = (body: DryRunInput) =>
  take(api.POST('/api/network/dry-run', { body: body as never })) as unknown as Promise<DryRun>;

export const fiveQisQuery = queryOptions({
  queryKey: ['network', 'five-qis'],
  queryFn: () => take(api.GET('/api/network/five-qis')) as unknown as Promise<FiveQi[]>,
  staleTime: Number.POSITIVE_INFINITY,
});
export const derivationQuery = (flow: string) =>
  queryOptions({
    queryKey: ['network', 'derivation', flow],
    queryFn: () =>
      take(api.POST('/api/network/derive', { body: { flow } as never })) as unknown as Promise<Derivation>,
    retry: false,
  });

export const demandQuery = (day: string | undefined, app: string | undefined) =>
  queryOptions({
    queryKey: ['network', 'demand', day, app],
    queryFn: () =>
      take(
        api.GET('/api/network/demand', {
          params: {
            query: { ...(day === undefined ? {} : { day }), ...(app === undefined ? {} : { with: app }) },
          },
        }),
      ) as unknown as Promise<Demand>,
    refetchInterval: 30 * seconds,
    placeholderData: (before: Demand | undefined) => before,
  });

export const loopQuery = queryOptions({
  queryKey: ['network', 'loop'],
  queryFn: () => take(api.GET('/api/network/loop')) as unknown as Promise<LoopState>,
  refetchInterval: followMilliseconds,
});
export const saveLoop = (body: Partial<LoopSettings>) =>
  take(api.PUT('/api/network/loop', { body: body as never })) as unknown as Promise<LoopState>;
export const actionsQuery = queryOptions({
  queryKey: ['network', 'actions'],
  queryFn: () =>
    take(
      api.GET('/api/network/actions', { params: { query: { limit: actionsShown } } }),
    ) as unknown as Promise<LoopAction[]>,
  refetchInterval: followMilliseconds,
});
export type ActionVerb = 'approve' | 'reject' | 'undo';
export const act = (action: string, verb: ActionVerb) =>
  take(
    api.POST(`/api/network/actions/{action}/${verb}` as '/api/network/actions/{action}/approve', {
      params: { path: { action } },
    }),
  ) as unknown as Promise<LoopAction>;
export const decisionsQuery = queryOptions({
  queryKey: ['network', 'decisions'],
  queryFn: () =>
    take(
      api.GET('/api/network/decisions', { params: { query: { limit: decisionsShown } } }),
    ) as unknown as Promise<LoopDecision[]>,
  refetchInterval: 10 * seconds,
});
export const decisionQuery = (decision: string) =>
  queryOptions({
    queryKey: ['network', 'decision', decision],
    queryFn: () =>
      take(
        api.GET('/api/network/decisions/{decision}', { params: { path: { decision } } }),
      ) as unknown as Promise<LoopDecision & { same: boolean }>,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const saveZone = (zone: string, body: EdgeZoneInput) =>
  take(
    api.PUT('/api/network/zones/{zone}', { params: { path: { zone } }, body: body as never }),
  ) as unknown as Promise<EdgeZone>;
export const removeZone = (zone: string) =>
  take(api.DELETE('/api/network/zones/{zone}', { params: { path: { zone } } }));
