import type {
  BindingInput,
  DerivationInput,
  DryRunInput,
  LanGroupInput,
  LocalText,
  NetworkControlRoute,
  NetworkProviderInput,
  SliceInput,
} from '@millrace/contract';
import { AppError, type AppRequest } from '@millrace/sdk';
import { deriveQos } from './derive.ts';
import { fiveQis } from './five-qi.ts';
import type { RequestInput, RequestKind } from './item.ts';
import type { NetworkInventory } from './ports.ts';
import { wrongFields } from './providers.ts';
import type { Requests } from './requests.ts';

export type Handler = (request: AppRequest) => unknown;

const say = (en: string, zh: string): LocalText => ({ en, zh });
const idPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const bindingsShownMax = 1000;

/** The id a path names, in the form ids have. */
function idOf(request: AppRequest, name: string): string {
  const id = request.parameters[name] ?? '';
  if (!idPattern.test(id))
    throw wrongFields([
      {
        field: 'id',
        message: say(
          'An id is made of lower-case letters, digits, "-", "." and "_", at most 64, and begins with a letter or digit',
          '标识只能包含小写字母、数字、“-”、“.”和“_”，最长 64 个字符，并以字母或数字开头',
        ),
      },
    ]);
  return id;
}

const missing = (en: string, zh: string): AppError => new AppError(404, 'not-found', say(en, zh));

export type RequestRoute = Exclude<
  NetworkControlRoute,
  | 'networkDemand'
  | 'networkLoop'
  | 'putNetworkLoop'
  | 'networkActions'
  | 'approveNetworkAction'
  | 'rejectNetworkAction'
  | 'undoNetworkAction'
  | 'networkDecisions'
  | 'networkDecision'
>;

/** Handlers of providers, slices, bindings, groups, dry run and derivation. */
export function requestHandlers(
  requests: Requests,
  inventory: Pick<NetworkInventory, 'flow' | 'terminalsOf' | 'filtersOf'>,
): Record<RequestRoute, Handler> {
  const { providers } = requests;
  const provider = (id: string): unknown => {
    const shown = requests.configured(id);
    if (shown === undefined) throw missing(`There is no provider "${id}"`, `没有网络服务“${id}”`);
    return shown;
  };
  const putting =
    (kind: RequestKind, show: (id: string) => unknown): Handler =>
    async (request) => {
      const id = idOf(request, kind);
      await requests.put(kind, id, request.body as RequestInput, request.caller.actor);
      return show(id);
    };
  const removing =
    (kind: RequestKind): Handler =>
    async (request) => {
      await requests.remove(kind, idOf(request, kind), request.caller.actor);
    };
  return {
    networkProviderKinds: () => providers.kinds(),
    networkProviders: () => providers.ids().map((id) => requests.configured(id)),
    networkProvider: (request) => provider(request.parameters['provider']!),
    putNetworkProvider: async (request) => {
      const id = idOf(request, 'provider');
      await providers.put(id, request.body as NetworkProviderInput, request.caller.actor);
      return provider(id);
    },
    deleteNetworkProvider: async (request) => {
      const forget = request.query['forget'] === true;
      await requests.removeProvider(request.parameters['provider']!, forget, request.caller.actor);
    },
    testNetworkProvider: (request) => {
      const { id, ...input } = request.body as NetworkProviderInput & { id?: string };
      return providers.test(input, id);
    },
    restartNetworkProvider: async (request) => {
      const id = request.parameters['provider']!;
      provider(id);
      await providers.restart(id, request.caller.actor);
      return provider(id);
    },
    networkSlices: () => requests.slices(),
    putNetworkSlice: putting('slice', (id) => requests.slice(id)),
    deleteNetworkSlice: removing('slice'),
    networkBindings: (request) => {
      const {
        flow,
        terminal,
        provider,
        standing,
        offset = 0,
        limit = bindingsShownMax,
      } = request.query as {
        [name: string]: string | undefined;
      } & { offset?: number; limit?: number };
      const found = requests
        .bindings()
        .filter(
          (one) =>
            (flow === undefined || one.flow === flow) &&
            (terminal === undefined || one.terminal === terminal) &&
            (provider === undefined || one.provider === provider) &&
            (standing === undefined || one.stages.standing === standing),
        );
      return { total: found.length, bindings: found.slice(offset, offset + limit) };
    },
    networkBinding: (request) => {
      const id = request.parameters['binding']!;
      const binding = requests.binding(id);
      if (binding === undefined) throw missing(`There is no binding "${id}"`, `没有绑定“${id}”`);
      return binding;
    },
    createNetworkBinding: async (request) => {
      const input = request.body as BindingInput;
      const id = requests.bindingId(input);
      await requests.put('binding', id, input, request.caller.actor);
      return requests.binding(id);
    },
    putNetworkBinding: putting('binding', (id) => requests.binding(id)),
    deleteNetworkBinding: removing('binding'),
    networkGroups: () => requests.groups(),
    putNetworkGroup: putting('group', (id) => requests.group(id)),
    deleteNetworkGroup: removing('group'),
    retryNetworkRequest: async (request) => {
      const { kind, id } = request.body as { kind: RequestKind; id: string };
      await requests.retry(kind, id, request.caller.actor);
    },
    dryRunNetwork: (request) =>
      requests.dryRun(
        request.body as DryRunInput & { binding?: BindingInput; slice?: SliceInput; group?: LanGroupInput },
      ),
    networkFiveQis: () => fiveQis,
    deriveNetworkQos: (request) => {
      const {
        flow: id,
        terminal,
        level,
        priority,
        terminals,
        outsideMs,
        headroom,
      } = request.body as DerivationInput;
      const flow = id === undefined ? undefined : inventory.flow(id);
      if (id !== undefined && flow === undefined)
        throw missing(`There is no flow "${id}"`, `没有业务流“${id}”`);
      const judged = level ?? flow?.level;
      if (judged === undefined)
        throw wrongFields([
          { field: 'level', message: say('A flow or a level is needed', '必须给出业务流或服务等级') },
        ]);
      const derived = deriveQos(judged, {
        priority: priority ?? flow?.priority,
        terminals:
          terminals ?? (id === undefined ? undefined : Math.max(1, inventory.terminalsOf(id).length)),
        outsideMs,
        headroom,
      });
      const filters =
        id === undefined || terminal === undefined ? undefined : inventory.filtersOf?.(id, terminal);
      return filters === undefined ? derived : { ...derived, filters };
    },
  };
}
