import { type Static, Type } from 'typebox';
import { Count, Instant, InstantOut, type Route, range } from './route.ts';
import { ApiSample, Quality } from './sample.ts';

/** Dashboards that people put together, and data out to other programs. */

/** Bounds of dashboards and of data out, by name. */
export const dashboardLimits = {
  dashboardsMax: 2000,
  tilesPerDashboardMax: 60,
  dashboardColumns: 12,
  dashboardRowsMax: 400,
  tileRowsMax: 30,
  chartSeriesMax: 6,
  tableSeriesMax: 100,
  pictureSpotsMax: 100,
  tileTextCharactersMax: 5000,
  dashboardLinksMax: 20,
  linkDaysMax: 366,
  picturesPerDashboardMax: 20,
  pictureBytesMax: 8_388_608,
  picturePixelsMax: 40_000_000,
  /** Stretch of time a link shows in one chart. */
  linkRangeDaysMax: 31,
  linkPointsMax: 3000,
  webhooksMax: 200,
  webhookThingsMax: 1000,
  webhookSamplesMax: 5000,
  webhookDeliveriesWaitingMax: 20_000,
  webhookDeliveriesEachMax: 2000,
  webhookHoursMax: 24,
  sqlCharactersMax: 20_000,
  sqlSecondsMax: 30,
  sqlMemoryBytesMax: 268_435_456,
  sqlRowsMax: 500_000,
  sqlAnswerBytesMax: 67_108_864,
  grafanaTargetsMax: 50,
  grafanaOptionsMax: 5000,
  grafanaPointsMax: 11_000,
} as const;

const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' });
const Place = Type.String({ maxLength: 1024, description: 'ISA-95 path; empty: the whole plant.' });
const OneText = Type.String({ minLength: 1, maxLength: 200 });

/** A text of a person: one for all languages, or one for each. */
export const DashboardText = Type.Union([OneText, Type.Object({ en: OneText, zh: OneText })]);
export type DashboardText = Static<typeof DashboardText>;

export const SeriesRef = Type.Object(
  {
    thing: Type.String({ minLength: 1, maxLength: 256 }),
    property: Type.String({ minLength: 1, maxLength: 256 }),
  },
  { title: 'SeriesRef' },
);
export type SeriesRef = Static<typeof SeriesRef>;

const { chartSeriesMax, tableSeriesMax, pictureSpotsMax, tileTextCharactersMax, dashboardColumns } =
  dashboardLimits;

/** Where a tile stands on a desk: columns and rows of the grid, counted from 0. */
const placed = {
  id: Id,
  title: Type.Optional(DashboardText),
  x: Type.Integer({ minimum: 0, maximum: dashboardColumns - 1 }),
  y: Type.Integer({ minimum: 0, maximum: dashboardLimits.dashboardRowsMax }),
  w: Type.Integer({ minimum: 1, maximum: dashboardColumns }),
  h: Type.Integer({ minimum: 1, maximum: dashboardLimits.tileRowsMax }),
};

export const PictureSpot = Type.Object(
  {
    x: Type.Number({ minimum: 0, maximum: 1, description: 'Share of the width of the picture.' }),
    y: Type.Number({ minimum: 0, maximum: 1 }),
    series: SeriesRef,
    label: Type.Optional(DashboardText),
  },
  { title: 'PictureSpot' },
);
export type PictureSpot = Static<typeof PictureSpot>;

export const DashboardTile = Type.Union([
  Type.Object({
    ...placed,
    kind: Type.Literal('chart'),
    series: Type.Array(SeriesRef, { maxItems: chartSeriesMax }),
    range: Type.Optional(
      Type.String({
        maxLength: 20,
        pattern: '^[0-9]{1,4}[smhdy]$',
        description: 'Its own, such as 8h; absent: that of the page.',
      }),
    ),
  }),
  Type.Object({
    ...placed,
    kind: Type.Literal('value'),
    series: Type.Optional(SeriesRef),
    limits: Type.Optional(
      Type.Object(
        { min: Type.Optional(Type.Number()), max: Type.Optional(Type.Number()) },
        { description: 'Outside of them it is marked; absent: the normal band of the thing model.' },
      ),
    ),
  }),
  Type.Object({ ...placed, kind: Type.Literal('states'), place: Place }),
  Type.Object({
    ...placed,
    kind: Type.Literal('table'),
    series: Type.Array(SeriesRef, { maxItems: tableSeriesMax }),
  }),
  Type.Object({
    ...placed,
    kind: Type.Literal('text'),
    text: Type.Union([
      Type.String({ maxLength: tileTextCharactersMax }),
      Type.Object({
        en: Type.String({ maxLength: tileTextCharactersMax }),
        zh: Type.String({ maxLength: tileTextCharactersMax }),
      }),
    ]),
  }),
  Type.Object({
    ...placed,
    kind: Type.Literal('picture'),
    picture: Type.Optional(Id),
    spots: Type.Array(PictureSpot, { maxItems: pictureSpotsMax }),
  }),
]);
export type DashboardTile = Static<typeof DashboardTile>;

/** Properties that a tile shows. */
export function tileSeries(tile: DashboardTile): readonly SeriesRef[] {
  switch (tile.kind) {
    case 'chart':
    case 'table':
      return tile.series;
    case 'value':
      return tile.series === undefined ? [] : [tile.series];
    case 'picture':
      return tile.spots.map((spot) => spot.series);
    default:
      return [];
  }
}

const content = {
  title: DashboardText,
  place: Place,
  tiles: Type.Array(DashboardTile, { maxItems: dashboardLimits.tilesPerDashboardMax }),
  phone: Type.Array(Id, {
    maxItems: dashboardLimits.tilesPerDashboardMax,
    description: 'Order of the tiles on a phone; those not named follow in the order of the desk.',
  }),
};

export const DashboardInput = Type.Object(content, { title: 'DashboardInput' });
export type DashboardInput = Static<typeof DashboardInput>;

const about = {
  id: Type.String(),
  owner: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  changed: InstantOut,
  changedBy: Type.String(),
  mayChange: Type.Boolean(),
};

export const Dashboard = Type.Object({ ...about, ...content }, { title: 'Dashboard' });
export type Dashboard = Static<typeof Dashboard>;

export const DashboardSummary = Type.Object(
  { ...about, title: DashboardText, place: Place, tileCount: Count, links: Count },
  { title: 'DashboardSummary' },
);
export type DashboardSummary = Static<typeof DashboardSummary>;

export const DashboardLink = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    madeBy: Type.String(),
    created: InstantOut,
    expires: InstantOut,
    lastUsed: Type.Optional(InstantOut),
  },
  { title: 'DashboardLink' },
);
export type DashboardLink = Static<typeof DashboardLink>;

/** What a link shows: the dashboard, and of things only what its tiles name and its maker may see. */
export const SharedDashboard = Type.Object(
  {
    title: DashboardText,
    version: Type.Integer(),
    tiles: content.tiles,
    phone: content.phone,
    plantName: Type.String(),
    plantTimeZone: Type.String(),
    expires: InstantOut,
    things: Type.Record(Type.String(), Type.Any(), {
      description: 'By id: titles, and of the properties that are shown their schema.',
    }),
  },
  { title: 'SharedDashboard' },
);
export type SharedDashboard = Static<typeof SharedDashboard>;

export const SharedValues = Type.Object(
  {
    samples: Type.Array(
      Type.Object({
        thing: Type.String(),
        property: Type.String(),
        time: InstantOut,
        value: Type.Unknown(),
        quality: Quality,
        status: Type.Optional(Type.String()),
      }),
    ),
    states: Type.Record(
      Type.String(),
      Type.Array(
        Type.Object({
          id: Type.String(),
          title: Type.String(),
          titles: Type.Optional(Type.Record(Type.String(), Type.String())),
          place: Type.String(),
          state: Type.String(),
          since: Type.Optional(InstantOut),
        }),
      ),
      { description: 'Place of a tile → things under it, the worst first.' },
    ),
  },
  { title: 'SharedValues' },
);
export type SharedValues = Static<typeof SharedValues>;

/** Data that is sent to another program by itself. */
const webhookFields = {
  title: Type.String({ minLength: 1, maxLength: 200 }),
  url: Type.String({
    minLength: 1,
    maxLength: 2000,
    description: 'http or https, of a public address or an allowed host.',
  }),
  enabled: Type.Optional(Type.Boolean()),
  what: Type.Array(Type.Union([Type.Literal('samples'), Type.Literal('events'), Type.Literal('alarms')]), {
    minItems: 1,
    maxItems: 3,
  }),
  place: Place,
  things: Type.Optional(
    Type.Array(Type.String({ maxLength: 256 }), { maxItems: dashboardLimits.webhookThingsMax }),
  ),
  types: Type.Optional(
    Type.Array(Type.String({ maxLength: 256 }), {
      maxItems: 50,
      description: '`@type`s of the things meant.',
    }),
  ),
  properties: Type.Optional(
    Type.Array(Type.String({ maxLength: 256 }), { maxItems: dashboardLimits.webhookThingsMax }),
  ),
  everySeconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 86_400,
      description:
        'Samples: 0 sends each change, gathered for a second; else the latest values at most so often.',
    }),
  ),
};

export const WebhookInput = Type.Object(
  {
    ...webhookFields,
    secret: Type.Optional(
      Type.String({
        minLength: 16,
        maxLength: 200,
        description:
          'Signs what is sent. Written, never read back; absent keeps what there is, or makes one up.',
      }),
    ),
  },
  { title: 'WebhookInput' },
);
export type WebhookInput = Static<typeof WebhookInput>;

export const Webhook = Type.Object(
  {
    ...webhookFields,
    enabled: Type.Boolean(),
    everySeconds: Type.Integer(),
    id: Type.String(),
    owner: Type.String(),
    created: InstantOut,
    waiting: Count,
    sent: Count,
    dropped: Type.Integer({
      minimum: 0,
      description: 'Left out because too many were waiting, or given up.',
    }),
    lastSent: Type.Optional(InstantOut),
    problem: Type.Optional(Type.String({ description: 'Why the last try failed.' })),
  },
  { title: 'Webhook' },
);
export type Webhook = Static<typeof Webhook>;

export const SqlTable = Type.Object(
  {
    name: Type.String(),
    about: Type.String(),
    columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String(), about: Type.String() })),
  },
  { title: 'SqlTable' },
);
export type SqlTable = Static<typeof SqlTable>;

const see = { may: 'read', at: 'some' } as const;
const change = { may: 'configure', at: 'some' } as const;
const Payload = Type.Optional(Type.Any());
const GrafanaOption = Type.Object({ label: Type.String(), value: Type.String() });

export const dashboardRoutes = {
  dashboards: {
    method: 'GET',
    path: '/api/dashboards',
    tag: 'dashboards',
    access: see,
    summary: 'Dashboards of the places the caller may see.',
    responses: { 200: Type.Array(DashboardSummary) },
  },
  createDashboard: {
    method: 'POST',
    path: '/api/dashboards',
    tag: 'dashboards',
    access: change,
    summary: 'Make a dashboard; needs `configure` at its place.',
    body: DashboardInput,
    responses: { 201: Dashboard },
  },
  dashboard: {
    method: 'GET',
    path: '/api/dashboards/{dashboard}',
    tag: 'dashboards',
    access: see,
    summary: 'One dashboard.',
    responses: { 200: Dashboard },
  },
  putDashboard: {
    method: 'PUT',
    path: '/api/dashboards/{dashboard}',
    tag: 'dashboards',
    access: see,
    summary:
      'Save a dashboard, by its owner or with `configure` at its place. `version` is the one that was changed; 409 where somebody saved since.',
    body: Type.Object({ ...content, version: Type.Integer({ minimum: 1 }) }),
    responses: { 200: Dashboard },
  },
  deleteDashboard: {
    method: 'DELETE',
    path: '/api/dashboards/{dashboard}',
    tag: 'dashboards',
    access: see,
    summary: 'Remove a dashboard with its links and pictures; by its owner or with `configure` at its place.',
    responses: { 204: undefined },
  },
  createDashboardPicture: {
    method: 'POST',
    path: '/api/dashboards/{dashboard}/pictures',
    tag: 'dashboards',
    access: see,
    summary: 'Upload a plan picture: PNG, JPEG or WebP. One that no tile shows is removed after a day.',
    body: Type.Any(),
    bodyTypes: ['image/png', 'image/jpeg', 'image/webp'],
    bodyBytesMax: dashboardLimits.pictureBytesMax,
    responses: { 201: Type.Object({ id: Type.String(), width: Count, height: Count }) },
  },
  dashboardPicture: {
    method: 'GET',
    path: '/api/dashboards/{dashboard}/pictures/{picture}',
    tag: 'dashboards',
    access: see,
    summary: 'A plan picture.',
    responses: { 200: Type.Any() },
    produces: 'image/*',
  },
  dashboardLinks: {
    method: 'GET',
    path: '/api/dashboards/{dashboard}/links',
    tag: 'dashboards',
    access: see,
    summary: 'Links that show a dashboard without signing in; for those who may change it.',
    responses: { 200: Type.Array(DashboardLink) },
  },
  createDashboardLink: {
    method: 'POST',
    path: '/api/dashboards/{dashboard}/links',
    tag: 'dashboards',
    access: see,
    summary:
      'Make a link; its token is shown this once. It shows what its maker may see at the time of reading, and nothing else.',
    body: Type.Object({
      title: Type.String({ minLength: 1, maxLength: 200 }),
      days: Type.Integer({ minimum: 1, maximum: dashboardLimits.linkDaysMax }),
    }),
    responses: { 201: Type.Object({ token: Type.String(), link: DashboardLink }) },
  },
  deleteDashboardLink: {
    method: 'DELETE',
    path: '/api/dashboards/{dashboard}/links/{link}',
    tag: 'dashboards',
    access: see,
    summary: 'Withdraw a link; it shows nothing from then on.',
    responses: { 204: undefined },
  },
  sharedDashboard: {
    method: 'GET',
    path: '/api/shared/{token}',
    tag: 'dashboards',
    access: 'open',
    summary: 'The dashboard of a link. The token is what opens it.',
    responses: { 200: SharedDashboard },
  },
  sharedValues: {
    method: 'GET',
    path: '/api/shared/{token}/values',
    tag: 'dashboards',
    access: 'open',
    summary: 'Latest values and states that the dashboard of a link shows.',
    responses: { 200: SharedValues },
  },
  sharedSamples: {
    method: 'GET',
    path: '/api/shared/{token}/samples',
    tag: 'dashboards',
    access: 'open',
    summary: 'History of a property that a chart of the dashboard shows.',
    query: Type.Object({
      ...range,
      thing: Type.String({ maxLength: 256 }),
      property: Type.String({ maxLength: 256 }),
      points: Type.Optional(Type.Integer({ minimum: 1, maximum: dashboardLimits.linkPointsMax })),
    }),
    responses: {
      200: Type.Object({
        samples: Type.Array(ApiSample),
        reduced: Type.Boolean(),
        spanMilliseconds: Type.Optional(Type.Number()),
      }),
    },
  },
  sharedPicture: {
    method: 'GET',
    path: '/api/shared/{token}/pictures/{picture}',
    tag: 'dashboards',
    access: 'open',
    summary: 'A plan picture of the dashboard of a link.',
    responses: { 200: Type.Any() },
    produces: 'image/*',
  },

  webhooks: {
    method: 'GET',
    path: '/api/webhooks',
    tag: 'data-out',
    access: change,
    summary: 'Webhooks at places where the caller may configure.',
    responses: { 200: Type.Array(Webhook) },
  },
  createWebhook: {
    method: 'POST',
    path: '/api/webhooks',
    tag: 'data-out',
    access: change,
    summary: 'Send samples, events or alarms to an address; a secret that was made up is shown this once.',
    body: WebhookInput,
    responses: { 201: Type.Object({ webhook: Webhook, secret: Type.Optional(Type.String()) }) },
  },
  putWebhook: {
    method: 'PUT',
    path: '/api/webhooks/{webhook}',
    tag: 'data-out',
    access: change,
    summary: 'Change a webhook.',
    body: WebhookInput,
    responses: { 200: Webhook },
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/api/webhooks/{webhook}',
    tag: 'data-out',
    access: change,
    summary: 'Remove a webhook and what waits to be sent.',
    responses: { 204: undefined },
  },
  testWebhook: {
    method: 'POST',
    path: '/api/webhooks/{webhook}/test',
    tag: 'data-out',
    access: change,
    summary: 'Send a message without data now, and tell what became of it.',
    responses: { 200: Type.Object({ ok: Type.Boolean(), problem: Type.Optional(Type.String()) }) },
  },

  sql: {
    method: 'POST',
    path: '/api/sql',
    tag: 'data-out',
    access: see,
    summary:
      'Ask in SQL (ClickHouse), read only, over `samples`, `minutes`, `hours` and `things`; only what the caller may see is in them.',
    body: Type.Object({
      query: Type.String({ minLength: 1, maxLength: dashboardLimits.sqlCharactersMax }),
      format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv'), Type.Literal('parquet')])),
      from: Type.Optional(
        Type.String({ description: 'Only samples from here on; makes questions about a short time fast.' }),
      ),
      to: Type.Optional(Instant),
    }),
    responses: { 200: Type.Any() },
  },
  sqlTables: {
    method: 'GET',
    path: '/api/sql/tables',
    tag: 'data-out',
    access: see,
    summary: 'What may be asked: tables and columns.',
    responses: { 200: Type.Array(SqlTable) },
  },

  grafana: {
    method: 'GET',
    path: '/api/grafana',
    tag: 'grafana',
    access: see,
    summary: 'Grafana JSON data source: the test of the connection.',
    responses: { 200: Type.Object({ status: Type.String() }) },
  },
  grafanaRoot: {
    method: 'GET',
    path: '/api/grafana/',
    tag: 'grafana',
    access: see,
    summary: 'The same, as the plugin writes it.',
    responses: { 200: Type.Object({ status: Type.String() }) },
  },
  grafanaMetrics: {
    method: 'POST',
    path: '/api/grafana/metrics',
    tag: 'grafana',
    access: see,
    summary: 'Grafana JSON data source: what can be asked for.',
    body: Payload,
    responses: { 200: Type.Array(Type.Any()) },
  },
  grafanaOptions: {
    method: 'POST',
    path: '/api/grafana/metric-payload-options',
    tag: 'grafana',
    access: see,
    summary: 'Grafana JSON data source: things, or properties of a thing, to choose from.',
    body: Type.Object({ name: Type.Optional(Type.String()), payload: Type.Optional(Type.Any()) }),
    responses: { 200: Type.Array(GrafanaOption) },
  },
  grafanaQuery: {
    method: 'POST',
    path: '/api/grafana/query',
    tag: 'grafana',
    access: see,
    summary: 'Grafana JSON data source: series, tables and annotations of a stretch of time.',
    body: Type.Object({
      range: Type.Object({ from: Type.String(), to: Type.String() }),
      maxDataPoints: Type.Optional(Type.Number()),
      targets: Type.Array(Type.Any(), { maxItems: dashboardLimits.grafanaTargetsMax }),
    }),
    responses: { 200: Type.Array(Type.Any()) },
  },
  grafanaVariable: {
    method: 'POST',
    path: '/api/grafana/variable',
    tag: 'grafana',
    access: see,
    summary: 'Grafana JSON data source: values of a variable: "things", "places", "types", "properties".',
    body: Type.Object({ payload: Type.Optional(Type.Any()) }),
    responses: { 200: Type.Array(Type.Object({ __text: Type.String(), __value: Type.String() })) },
  },
  grafanaTagKeys: {
    method: 'POST',
    path: '/api/grafana/tag-keys',
    tag: 'grafana',
    access: see,
    summary: 'Grafana JSON data source: what ad hoc filters may name.',
    body: Payload,
    responses: { 200: Type.Array(Type.Object({ type: Type.String(), text: Type.String() })) },
  },
  grafanaTagValues: {
    method: 'POST',
    path: '/api/grafana/tag-values',
    tag: 'grafana',
    access: see,
    summary: 'Grafana JSON data source: values of what an ad hoc filter names.',
    body: Type.Object({ key: Type.String() }),
    responses: { 200: Type.Array(Type.Object({ text: Type.String() })) },
  },
  grafanaRows: {
    method: 'GET',
    path: '/api/grafana/rows',
    tag: 'grafana',
    access: see,
    summary:
      'Plain rows for Grafana’s Infinity data source and other programs; `series` is `<thing id>/<property>`, repeated for several.',
    query: Type.Object({
      ...range,
      series: Type.Union([Type.String(), Type.Array(Type.String())]),
      points: Type.Optional(Type.Integer({ minimum: 1, maximum: dashboardLimits.grafanaPointsMax })),
    }),
    responses: {
      200: Type.Array(
        Type.Object({
          time: InstantOut,
          thing: Type.String(),
          property: Type.String(),
          value: Type.Unknown(),
          quality: Quality,
        }),
      ),
    },
  },
} as const satisfies Record<string, Route>;
