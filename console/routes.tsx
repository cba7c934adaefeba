import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { ApiError } from './api/client.ts';
import { sessionQuery } from './api/queries.ts';
import { LoadError, NotFound } from './shell/fallbacks.tsx';
import { queryClient } from './shell/session.ts';
import { Shell } from './shell/shell.tsx';
import { type TimeSearch, timeSearch } from './shell/time-state.ts';

/** Every path of the console. What a page keeps in the URL beside its path is told here too. */

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/** Takes the named texts out of a URL that anybody may have typed; all else is dropped. */
function texts<K extends string>(...names: K[]) {
  return (search: Record<string, unknown>): { [N in K]?: string } => {
    const taken: { [N in K]?: string } = {};
    for (const name of names) {
      const value = text(search[name]);
      if (value !== undefined) taken[name] = value;
    }
    return taken;
  };
}

/** Every text of a URL, at most so many: for pages whose names for them are not known here. */
const textsMax = 32;
function anyTexts(search: Record<string, unknown>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(search)
      .slice(0, textsMax)
      .map(([name, value]) => [name, text(value)]),
  );
}

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: texts('back', 'problem'),
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignInPage'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  validateSearch: (search: Record<string, unknown>): TimeSearch => timeSearch(search),
  search: { middlewares: [retainSearchParams(['range', 'at'])] },
  beforeLoad: async ({ location }) => {
    try {
      const session = await queryClient.ensureQueryData(sessionQuery);
      if (session.mustChangePassword) throw redirect({ to: '/sign-in', search: { back: location.href } });
    } catch (error) {
      if (error instanceof ApiError && error.problem.status === 401) {
        throw redirect({ to: '/sign-in', search: { back: location.href } });
      }
      throw error;
    }
  },
  component: Shell,
  errorComponent: LoadError,
  notFoundComponent: NotFound,
});

const plantSearch = texts('state', 'text', 'sort');

const plant = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: plantSearch,
  component: lazyRouteComponent(() => import('./pages/plant.tsx'), 'PlantPage'),
});

const place = createRoute({
  getParentRoute: () => shell,
  path: '/places/$',
  validateSearch: plantSearch,
  component: lazyRouteComponent(() => import('./pages/plant.tsx'), 'PlacePage'),
});

const thing = createRoute({
  getParentRoute: () => shell,
  path: '/things/$id',
  validateSearch: texts('tab', 'properties', 'event', 'sort'),
  component: lazyRouteComponent(() => import('./pages/thing/thing.tsx'), 'ThingPage'),
});

const addThing = createRoute({
  getParentRoute: () => shell,
  path: '/add-thing',
  component: lazyRouteComponent(() => import('./pages/add-thing.tsx'), 'AddThingPage'),
});

const live = createRoute({
  getParentRoute: () => shell,
  path: '/live',
  validateSearch: texts('place', 'text', 'show', 'wall'),
  component: lazyRouteComponent(() => import('./pages/live-wall.tsx'), 'LiveWallPage'),
});

const terminals = createRoute({
  getParentRoute: () => shell,
  path: '/terminals',
  validateSearch: texts('text', 'state', 'sort'),
  component: lazyRouteComponent(() => import('./pages/terminals.tsx'), 'TerminalsPage'),
});

const addTerminal = createRoute({
  getParentRoute: () => shell,
  path: '/terminals/add',
  validateSearch: texts('protocol', 'step', 'connection'),
  component: lazyRouteComponent(() => import('./pages/add-terminal.tsx'), 'AddTerminalPage'),
});

const connection = createRoute({
  getParentRoute: () => shell,
  path: '/terminals/$id',
  validateSearch: texts('tab'),
  component: lazyRouteComponent(() => import('./pages/connection.tsx'), 'ConnectionPage'),
});

const quarantine = createRoute({
  getParentRoute: () => shell,
  path: '/quarantine',
  validateSearch: texts('thing', 'connection', 'reason', 'page'),
  component: lazyRouteComponent(() => import('./pages/quarantine.tsx'), 'QuarantinePage'),
});

const proposals = createRoute({
  getParentRoute: () => shell,
  path: '/proposals',
  component: lazyRouteComponent(() => import('./pages/proposals.tsx'), 'ProposalsPage'),
});

const exportData = createRoute({
  getParentRoute: () => shell,
  path: '/export',
  validateSearch: texts('things', 'properties', 'format'),
  component: lazyRouteComponent(() => import('./pages/export.tsx'), 'ExportPage'),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings.tsx'), 'SettingsPage'),
});

const apps = createRoute({
  getParentRoute: () => shell,
  path: '/apps',
  component: lazyRouteComponent(() => import('./pages/apps/apps.tsx'), 'AppsPage'),
});

const app = createRoute({
  getParentRoute: () => shell,
  path: '/apps/$app/$',
  // What an application's page keeps in its address is its own business.
  validateSearch: anyTexts,
  component: lazyRouteComponent(() => import('./pages/apps/app.tsx'), 'AppPage'),
});

const commands = createRoute({
  getParentRoute: () => shell,
  path: '/commands',
  validateSearch: texts('tab', 'state', 'text', 'thing'),
  component: lazyRouteComponent(() => import('./pages/commands/commands.tsx'), 'CommandsPage'),
});

const people = createRoute({
  getParentRoute: () => shell,
  path: '/people',
  validateSearch: texts('tab'),
  component: lazyRouteComponent(() => import('./pages/access/people.tsx'), 'PeoplePage'),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/access/account.tsx'), 'AccountPage'),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  validateSearch: texts('text', 'actor', 'action', 'object', 'place', 'outcome', 'before'),
  component: lazyRouteComponent(() => import('./pages/access/audit.tsx'), 'AuditPage'),
});

const alarmFilter = texts('place', 'priority', 'state', 'thing', 'text', 'page');

const alarms = createRoute({
  getParentRoute: () => shell,
  path: '/alarms',
  validateSearch: alarmFilter,
  component: lazyRouteComponent(() => import('./pages/alarms/alarms.tsx'), 'AlarmsPage'),
});

const alarmHistory = createRoute({
  getParentRoute: () => shell,
  path: '/alarms/history',
  validateSearch: alarmFilter,
  component: lazyRouteComponent(() => import('./pages/alarms/alarms.tsx'), 'AlarmHistoryPage'),
});

const alarm = createRoute({
  getParentRoute: () => shell,
  path: '/alarms/$id',
  component: lazyRouteComponent(() => import('./pages/alarms/alarm.tsx'), 'AlarmPage'),
});

const alarmRules = createRoute({
  getParentRoute: () => shell,
  path: '/alarm-rules',
  validateSearch: texts('text', 'thing', 'sort'),
  component: lazyRouteComponent(() => import('./pages/alarms/rules.tsx'), 'AlarmRulesPage'),
});

const alarmRule = createRoute({
  getParentRoute: () => shell,
  path: '/alarm-rules/$id',
  validateSearch: texts('thing'),
  component: lazyRouteComponent(() => import('./pages/alarms/rule.tsx'), 'AlarmRulePage'),
});

const alarmMetrics = createRoute({
  getParentRoute: () => shell,
  path: '/alarm-metrics',
  component: lazyRouteComponent(() => import('./pages/alarms/metrics.tsx'), 'AlarmMetricsPage'),
});

const alarmMessages = createRoute({
  getParentRoute: () => shell,
  path: '/alarm-messages',
  component: lazyRouteComponent(() => import('./pages/alarms/messages.tsx'), 'AlarmMessagesPage'),
});

const network = createRoute({
  getParentRoute: () => shell,
  path: '/network',
  component: lazyRouteComponent(() => import('./pages/network/overview.tsx'), 'NetworkOverviewPage'),
});

const networkApplications = createRoute({
  getParentRoute: () => shell,
  path: '/network/applications',
  validateSearch: texts('text', 'state', 'app'),
  component: lazyRouteComponent(() => import('./pages/network/applications.tsx'), 'NetworkApplicationsPage'),
});

const networkFlow = createRoute({
  getParentRoute: () => shell,
  path: '/network/flows/$flow',
  validateSearch: texts('edit', 'terminal', 'sort'),
  component: lazyRouteComponent(() => import('./pages/network/flow.tsx'), 'NetworkFlowPage'),
});

const networkTerminals = createRoute({
  getParentRoute: () => shell,
  path: '/network/terminals',
  validateSearch: texts('text', 'state', 'kind', 'place', 'problems', 'sort'),
  component: lazyRouteComponent(() => import('./pages/network/terminals.tsx'), 'NetworkTerminalsPage'),
});

const networkTerminal = createRoute({
  getParentRoute: () => shell,
  path: '/network/terminals/$terminal',
  validateSearch: texts('tab', 'flow'),
  component: lazyRouteComponent(() => import('./pages/network/terminal.tsx'), 'NetworkTerminalPage'),
});

const networkIncidents = createRoute({
  getParentRoute: () => shell,
  path: '/network/incidents',
  validateSearch: texts('which', 'flow', 'terminal'),
  component: lazyRouteComponent(() => import('./pages/network/incidents.tsx'), 'NetworkIncidentsPage'),
});

const networkIncident = createRoute({
  getParentRoute: () => shell,
  path: '/network/incidents/$incident',
  component: lazyRouteComponent(() => import('./pages/network/incident.tsx'), 'NetworkIncidentPage'),
});

const networkCoverage = createRoute({
  getParentRoute: () => shell,
  path: '/network/coverage',
  validateSearch: texts('show', 'flow', 'place'),
  component: lazyRouteComponent(() => import('./pages/network/coverage.tsx'), 'NetworkCoveragePage'),
});

const networkReport = createRoute({
  getParentRoute: () => shell,
  path: '/network/report',
  validateSearch: texts('month'),
  component: lazyRouteComponent(() => import('./pages/network/report.tsx'), 'NetworkReportPage'),
});

const dashboards = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('./pages/dashboards/dashboards.tsx'), 'DashboardsPage'),
});

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards/$id',
  validateSearch: texts('edit', 'wall'),
  component: lazyRouteComponent(() => import('./pages/dashboards/dashboard.tsx'), 'DashboardPage'),
});

const dataOut = createRoute({
  getParentRoute: () => shell,
  path: '/data-out',
  component: lazyRouteComponent(() => import('./pages/dashboards/data-out.tsx'), 'DataOutPage'),
});

const networkSims = createRoute({
  getParentRoute: () => shell,
  path: '/network/sims',
  validateSearch: texts('text', 'state', 'parted', 'sim'),
  component: lazyRouteComponent(() => import('./pages/network-control/sims.tsx'), 'SimsPage'),
});

const networkImport = createRoute({
  getParentRoute: () => shell,
  path: '/network/import',
  validateSearch: texts('what'),
  component: lazyRouteComponent(() => import('./pages/network-control/import.tsx'), 'NetworkImportPage'),
});

const networkProviders = createRoute({
  getParentRoute: () => shell,
  path: '/network/providers',
  component: lazyRouteComponent(() => import('./pages/network-control/providers.tsx'), 'ProvidersPage'),
});

const networkProvider = createRoute({
  getParentRoute: () => shell,
  path: '/network/providers/$provider',
  validateSearch: texts('kind'),
  component: lazyRouteComponent(() => import('./pages/network-control/provider.tsx'), 'ProviderPage'),
});

const networkSlices = createRoute({
  getParentRoute: () => shell,
  path: '/network/slices',
  validateSearch: texts('slice'),
  component: lazyRouteComponent(() => import('./pages/network-control/slices.tsx'), 'SlicesPage'),
});

const networkBindings = createRoute({
  getParentRoute: () => shell,
  path: '/network/bindings',
  validateSearch: texts('text', 'flow', 'terminal', 'provider', 'standing'),
  component: lazyRouteComponent(() => import('./pages/network-control/bindings.tsx'), 'BindingsPage'),
});

const networkBinding = createRoute({
  getParentRoute: () => shell,
  path: '/network/bindings/$binding',
  validateSearch: texts('flow', 'terminal'),
  component: lazyRouteComponent(() => import('./pages/network-control/binding.tsx'), 'BindingPage'),
});

const networkGroups = createRoute({
  getParentRoute: () => shell,
  path: '/network/groups',
  validateSearch: texts('group', 'text'),
  component: lazyRouteComponent(() => import('./pages/network-control/groups.tsx'), 'GroupsPage'),
});

const networkZones = createRoute({
  getParentRoute: () => shell,
  path: '/network/zones',
  component: lazyRouteComponent(() => import('./pages/network-control/zones.tsx'), 'ZonesPage'),
});

const networkDemand = createRoute({
  getParentRoute: () => shell,
  path: '/network/demand',
  validateSearch: texts('day', 'with'),
  component: lazyRouteComponent(() => import('./pages/network-control/demand.tsx'), 'DemandPage'),
});

const networkLoop = createRoute({
  getParentRoute: () => shell,
  path: '/network/loop',
  validateSearch: texts('decision'),
  component: lazyRouteComponent(() => import('./pages/network-control/loop.tsx'), 'LoopPage'),
});

/** A dashboard by its link: stands outside the shell, as nobody is signed in. */
const shared = createRoute({
  getParentRoute: () => root,
  path: '/shared/$token',
  validateSearch: (search: Record<string, unknown>): TimeSearch => timeSearch(search),
  component: lazyRouteComponent(() => import('./pages/dashboards/shared.tsx'), 'SharedPage'),
});

const about = createRoute({
  getParentRoute: () => shell,
  path: '/about',
  component: lazyRouteComponent(() => import('./pages/about.tsx'), 'AboutPage'),
});

const tree = root.addChildren([
  signIn,
  shared,
  shell.addChildren([
    dashboards,
    dashboard,
    dataOut,
    plant,
    place,
    thing,
    addThing,
    live,
    terminals,
    addTerminal,
    connection,
    quarantine,
    proposals,
    exportData,
    settings,
    commands,
    apps,
    app,
    people,
    account,
    audit,
    alarms,
    alarmHistory,
    alarm,
    alarmRules,
    alarmRule,
    alarmMetrics,
    alarmMessages,
    network,
    networkApplications,
    networkFlow,
    networkTerminals,
    networkTerminal,
    networkIncidents,
    networkIncident,
    networkCoverage,
    networkReport,
    networkSims,
    networkImport,
    networkProviders,
    networkProvider,
    networkSlices,
    networkBindings,
    networkBinding,
    networkGroups,
    networkZones,
    networkDemand,
    networkLoop,
    about,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: LoadError,
  // Texts in the URL stay texts: a thing named 12 is not the number 12.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(search)) {
      if (value !== undefined && value !== '') query.set(name, String(value));
    }
    const written = query.toString();
    return written === '' ? '' : `?${written}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
