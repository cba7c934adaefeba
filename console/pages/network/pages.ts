/**
 * The pages of the network in the order in which they stand above each of them: what proves it, then what is asked of it. Each `to` is
 * a route in console/routes.tsx, each `word` its name.
 */
export const proofPages = [
  { to: '/network', word: 'network.pages.overview' },
  { to: '/network/applications', word: 'network.pages.applications' },
  { to: '/network/terminals', word: 'network.pages.terminals' },
  { to: '/network/incidents', word: 'network.pages.incidents' },
  { to: '/network/coverage', word: 'network.pages.coverage' },
  { to: '/network/report', word: 'network.pages.report' },
] as const;

/** SIM cards, providers, slices and bindings, LAN groups, demand, actions. */
export const controlPages = [
  { to: '/network/sims', word: 'networkControl.pages.sims' },
  { to: '/network/providers', word: 'networkControl.pages.providers' },
  { to: '/network/slices', word: 'networkControl.pages.slices' },
  { to: '/network/bindings', word: 'networkControl.pages.bindings' },
  { to: '/network/groups', word: 'networkControl.pages.groups' },
  { to: '/network/zones', word: 'networkControl.pages.zones' },
  { to: '/network/demand', word: 'networkControl.pages.demand' },
  { to: '/network/loop', word: 'networkControl.pages.loop' },
] as const;
