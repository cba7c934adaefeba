import { type Static, Type } from 'typebox';
import { Count, InstantOut, page, type Route, range } from './route.ts';

/** The settings of an application as a person set them, and what a form needs to show them. */
const SettingValues = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]));
const Words = Type.Object({ en: Type.String(), zh: Type.String() });

export const AppNeed = Type.Object(
  {
    types: Type.Array(Type.String(), { description: '`@type`s it reads or acts on.' }),
    found: Type.Record(Type.String(), Count, { description: 'Things of each type that are there.' }),
  },
  { title: 'AppNeed' },
);

export const App = Type.Object(
  {
    id: Type.String(),
    title: Words,
    summary: Words,
    scenario: Type.Integer({ minimum: 1, maximum: 18 }),
    enabled: Type.Boolean(),
    state: Type.Union(
      [Type.Literal('off'), Type.Literal('waiting'), Type.Literal('running'), Type.Literal('failing')],
      {
        description: '`waiting`: switched on, its first round is to come. `failing`: its last round failed.',
      },
    ),
    problem: Type.Optional(Type.String({ description: 'Why it is failing.' })),
    needs: AppNeed,
    network: Type.Optional(Type.Any({ description: 'The service level it asks of the network.' })),
    roles: Type.Array(Type.String()),
    fields: Type.Record(Type.String(), Type.Any(), { description: 'Declaration of its settings.' }),
    settings: SettingValues,
    pages: Type.Array(Type.Object({ path: Type.String(), title: Words })),
    everySeconds: Type.Number(),
    lastRound: Type.Optional(InstantOut),
    lastRoundMilliseconds: Type.Optional(Type.Number()),
    rounds: Count,
    failures: Count,
    jobs: Type.Record(Type.String(), Type.Object({ title: Words, summary: Words })),
  },
  { title: 'App' },
);
export type App = Static<typeof App>;

/** One turn of observe → assess → decide → act, as it is kept. `summary`: what was decided, in a sentence. */
export const AppRound = Type.Object(
  {
    id: Count,
    time: InstantOut,
    milliseconds: Type.Number(),
    summary: Words,
    assessment: Type.Any(),
    decision: Type.Any(),
    error: Type.Optional(Type.String()),
  },
  { title: 'AppRound' },
);
export type AppRound = Static<typeof AppRound>;

export const AppJob = Type.Object(
  {
    id: Type.String(),
    job: Type.String(),
    state: Type.Union([
      Type.Literal('running'),
      Type.Literal('done'),
      Type.Literal('failed'),
      Type.Literal('cancelled'),
      Type.Literal('interrupted'),
    ]),
    started: InstantOut,
    ended: Type.Optional(InstantOut),
    by: Type.String(),
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    step: Type.String({ description: 'What it does now, or did last.' }),
    result: Type.Optional(Type.Any()),
    error: Type.Optional(Type.String()),
  },
  { title: 'AppJob' },
);
export type AppJob = Static<typeof AppJob>;

/** Applications: which there are, whether they are on, their settings and jobs. An application's own routes lie below its id. */
export const appRoutes = {
  apps: {
    method: 'GET',
    path: '/api/apps',
    tag: 'apps',
    access: 'person',
    summary: 'Applications the caller may see, and how they are.',
    responses: { 200: Type.Array(App) },
  },
  app: {
    method: 'GET',
    path: '/api/apps/{app}',
    tag: 'apps',
    access: 'person',
    summary: 'One application.',
    responses: { 200: App },
  },
  putApp: {
    method: 'PUT',
    path: '/api/apps/{app}',
    tag: 'apps',
    access: 'person',
    summary: 'Switch an application on or off, or change its settings; needs `configure` in it.',
    body: Type.Object({ enabled: Type.Optional(Type.Boolean()), settings: Type.Optional(SettingValues) }),
    responses: { 200: App },
  },
  appRounds: {
    method: 'GET',
    path: '/api/apps/{app}/rounds',
    tag: 'apps',
    access: 'person',
    summary: 'What it decided and why, newest first.',
    query: Type.Object({ ...range, ...page }),
    responses: { 200: Type.Array(AppRound) },
  },
  appCase: {
    method: 'GET',
    path: '/api/apps/{app}/rounds/{round}/case',
    tag: 'apps',
    access: 'person',
    summary: 'A round as a case that can be replayed: situation, settings, time and what was decided.',
    responses: { 200: Type.Any() },
  },
  appJobs: {
    method: 'GET',
    path: '/api/apps/{app}/jobs',
    tag: 'apps',
    access: 'person',
    summary: 'Jobs of an application, newest first.',
    responses: { 200: Type.Array(AppJob) },
  },
  startAppJob: {
    method: 'POST',
    path: '/api/apps/{app}/jobs',
    tag: 'apps',
    access: 'person',
    summary: 'Start a job; needs `operate` in the application.',
    body: Type.Object({ job: Type.String(), input: Type.Optional(Type.Any()) }),
    responses: { 202: AppJob },
  },
  appJob: {
    method: 'GET',
    path: '/api/apps/{app}/jobs/{job}',
    tag: 'apps',
    access: 'person',
    summary: 'One job, its progress and its result.',
    responses: { 200: AppJob },
  },
  cancelAppJob: {
    method: 'DELETE',
    path: '/api/apps/{app}/jobs/{job}',
    tag: 'apps',
    access: 'person',
    summary: 'Cancel a job that runs.',
    responses: { 200: AppJob },
  },
} as const satisfies Record<string, Route>;
