import { type Static, Type } from 'typebox';
import { Count, Instant, InstantOut, page, type Route, range } from './route.ts';

/** Alarms after ISA-18.2 (IEC 62682): rules, the alarms they raise, what people do with them. */

const Words = Type.Object({ en: Type.String(), zh: Type.String() });

export const alarmPriorities = ['urgent', 'high', 'medium', 'low'] as const;
export type AlarmPriority = (typeof alarmPriorities)[number];
export const AlarmPriority = Type.Unsafe<AlarmPriority>(
  Type.String({ enum: [...alarmPriorities], description: 'urgent, high, medium or low.' }),
);

/**
 * States of ISA-18.2:
 * - `unacknowledged`  the condition holds, nobody has acknowledged it
 * - `acknowledged`    the condition holds, somebody has
 * - `returned`        the condition is over, nobody has acknowledged it
 * - `latched`         over and acknowledged, and waits to be reset (where the rule asks for it)
 * - `shelved`         put aside by a person, for a time, with a reason
 * - `suppressed`      kept quiet by the rule's design
 * - `out-of-service`  kept quiet for maintenance
 * - `normal`          over; only history shows it
 */
export const alarmStates = [
  'unacknowledged',
  'acknowledged',
  'returned',
  'latched',
  'shelved',
  'suppressed',
  'out-of-service',
  'normal',
] as const;
export type AlarmState = (typeof alarmStates)[number];
export const AlarmState = Type.Unsafe<AlarmState>(Type.String({ enum: [...alarmStates] }));

/** Bounds of alarms that a person can meet. */
export const alarmLimits = {
  alarmRulesMax: 20_000,
  /** Rule × thing. */
  alarmInstancesMax: 200_000,
  alarmsOpenMax: 20_000,
  /** Alarms that are over and kept, with what happened to them; the oldest leave first. */
  alarmsKeptMax: 200_000,
  alarmsPerRequestMax: 1000,
  shelveMinutesMax: 7 * 24 * 60,
  delaySecondsMax: 86_400,
  alarmTextCharactersMax: 2000,
  maintenanceWindowsMax: 1000,
  alarmChannelsMax: 100,
  pushSubscriptionsMax: 1000,
  notificationsWaitingMax: 10_000,
  tryThingsMax: 50,
  tryMomentsMax: 500,
  trySamplesMax: 1_000_000,
  exportAlarmsMax: 100_000,
} as const;

const Text = Type.String({ maxLength: alarmLimits.alarmTextCharactersMax });
const Title = Type.String({ minLength: 1, maxLength: 200 });
const Reason = Type.String({ minLength: 1, maxLength: alarmLimits.alarmTextCharactersMax });
const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' });
const Seconds = Type.Number({ minimum: 0, maximum: alarmLimits.delaySecondsMax });

/** What a rule is about. */
export const AlarmTarget = Type.Union([
  Type.Object({ kind: Type.Literal('thing'), thing: Type.String({ maxLength: 256 }) }),
  Type.Object({
    kind: Type.Literal('type'),
    type: Type.String({ maxLength: 256, description: 'A `@type` of the things meant.' }),
    place: Type.Optional(Type.String({ maxLength: 1024, description: 'Only at this place and below it.' })),
  }),
  Type.Object({ kind: Type.Literal('place'), place: Type.String({ maxLength: 1024 }) }),
]);
export type AlarmTarget = Static<typeof AlarmTarget>;

const ruleFields = {
  title: Title,
  priority: AlarmPriority,
  target: AlarmTarget,
  condition: Type.String({ maxLength: 4000, description: 'CEL: `temperature > 80`.' }),
  aliases: Type.Optional(
    Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 256 }), {
      description: 'Short names of other things: name → thing id.',
    }),
  ),
  consequence: Type.Optional(Text),
  response: Type.Optional(Text),
  translations: Type.Optional(
    Type.Record(
      Type.String({ maxLength: 16 }),
      Type.Object({
        title: Type.Optional(Title),
        consequence: Type.Optional(Text),
        response: Type.Optional(Text),
      }),
      { description: 'The texts in other languages, by language.' },
    ),
  ),
  onDelaySeconds: Type.Optional(Seconds),
  offDelaySeconds: Type.Optional(Seconds),
  deadband: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'How far a value must come back behind the limit it compares with.',
    }),
  ),
  rearmSeconds: Type.Optional(Type.Number({ minimum: 0, maximum: alarmLimits.delaySecondsMax })),
  repeatSeconds: Type.Optional(
    Type.Number({
      minimum: 60,
      maximum: alarmLimits.delaySecondsMax,
      description: 'Tell again, as long as nobody has acknowledged.',
    }),
  ),
  latched: Type.Optional(Type.Boolean()),
  suppressedWhen: Type.Optional(
    Type.String({ maxLength: 4000, description: 'CEL: while it holds, the alarm is suppressed by design.' }),
  ),
  notifyRoles: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 })),
  escalation: Type.Optional(
    Type.Array(
      Type.Object({
        afterSeconds: Type.Number({ minimum: 1, maximum: alarmLimits.delaySecondsMax }),
        role: Type.String({ maxLength: 64 }),
      }),
      { maxItems: 8, description: 'Who is told, if nobody has acknowledged by then.' },
    ),
  ),
  enabled: Type.Optional(Type.Boolean()),
} as const;

export const AlarmRuleInput = Type.Object(
  { id: Type.Optional(Id), ...ruleFields },
  { title: 'AlarmRuleInput' },
);
export type AlarmRuleInput = Static<typeof AlarmRuleInput>;

export const AlarmRule = Type.Object(
  {
    id: Id,
    ...ruleFields,
    modified: InstantOut,
    modifiedBy: Type.String(),
    things: Type.Integer({ minimum: 0, description: 'Things it watches now.' }),
    open: Type.Integer({ minimum: 0, description: 'Alarms of it that are not normal now.' }),
    unjudged: Type.Array(
      Type.Object({
        thing: Type.String(),
        title: Type.String(),
        because: Words,
        since: Type.Optional(InstantOut),
      }),
      { description: 'Where its condition cannot be judged now, at most 20.' },
    ),
    unjudgedCount: Count,
    outOfService: Type.Optional(Type.Object({ by: Type.String(), reason: Type.String(), since: InstantOut })),
  },
  { title: 'AlarmRule' },
);
export type AlarmRule = Static<typeof AlarmRule>;

export const Alarm = Type.Object(
  {
    id: Type.String(),
    rule: Type.String(),
    thing: Type.String(),
    title: Type.String(),
    titles: Type.Optional(Type.Record(Type.String(), Type.String())),
    thingTitle: Type.String(),
    thingTitles: Type.Optional(Type.Record(Type.String(), Type.String())),
    place: Type.String(),
    priority: AlarmPriority,
    state: AlarmState,
    active: Type.Boolean({ description: 'The condition holds.' }),
    time: Type.String({ format: 'date-time', description: 'Time of the sample that raised it.' }),
    raised: Type.String({ format: 'date-time', description: 'When the platform raised it.' }),
    changed: InstantOut,
    returned: Type.Optional(InstantOut),
    acknowledged: Type.Optional(Type.Object({ by: Type.String(), time: InstantOut })),
    held: Type.Optional(
      Type.Object({
        by: Type.String(),
        reason: Type.String(),
        since: InstantOut,
        until: Type.Optional(InstantOut),
      }),
    ),
    cause: Type.Array(
      Type.Object({
        thing: Type.String(),
        property: Type.String(),
        value: Type.Unknown(),
        unit: Type.Optional(Type.String()),
      }),
      { description: 'What the condition read when it was raised.' },
    ),
    condition: Type.String(),
    consequence: Type.Optional(Type.String()),
    response: Type.Optional(Type.String()),
    translations: Type.Optional(Type.Record(Type.String(), Type.Any())),
    unjudged: Type.Optional(Type.Object({ because: Words, since: InstantOut })),
    group: Type.String({ description: 'Id of the alarm that began the group this one came in.' }),
    comments: Count,
  },
  { title: 'Alarm' },
);
export type Alarm = Static<typeof Alarm>;

export const AlarmEntry = Type.Object(
  { time: InstantOut, what: Type.String(), by: Type.String(), text: Type.String() },
  { title: 'AlarmEntry' },
);
export type AlarmEntry = Static<typeof AlarmEntry>;

/** One message of the live stream of alarms: those that changed; `removed` left the list of what is open. */
export const AlarmUpdate = Type.Object(
  {
    alarms: Type.Array(Alarm),
    counts: Type.Optional(
      Type.Record(Type.String(), Count, { description: 'Open alarms whose condition holds, by priority.' }),
    ),
  },
  { title: 'AlarmUpdate' },
);
export type AlarmUpdate = Static<typeof AlarmUpdate>;

export const ConditionCheck = Type.Object(
  {
    ok: Type.Boolean(),
    problems: Type.Array(
      Type.Object({
        field: Type.String(),
        code: Type.String(),
        start: Count,
        end: Count,
        line: Count,
        column: Count,
        message: Words,
        thing: Type.Optional(Type.String()),
      }),
    ),
    things: Count,
    now: Type.Array(
      Type.Object({
        thing: Type.String(),
        title: Type.String(),
        verdict: Type.String({ enum: ['true', 'false', 'cannot-judge'] }),
        because: Type.Optional(Words),
      }),
      { description: 'How it would be judged with the values of now, at most 20 things.' },
    ),
    functions: Type.Record(Type.String(), Type.String(), {
      description: 'Functions there are, as they are written.',
    }),
  },
  { title: 'ConditionCheck' },
);
export type ConditionCheck = Static<typeof ConditionCheck>;

export const RuleTrial = Type.Object(
  {
    fired: Count,
    from: InstantOut,
    to: InstantOut,
    moments: Type.Array(
      Type.Object({
        thing: Type.String(),
        title: Type.String(),
        time: InstantOut,
        returned: Type.Optional(InstantOut),
      }),
    ),
    activeSeconds: Type.Number({ minimum: 0 }),
    things: Count,
    thingsTried: Count,
    samples: Count,
    reduced: Type.Boolean({
      description: 'There were more samples than are looked at: extremes of spans were.',
    }),
    unjudgedSeconds: Type.Number({ minimum: 0 }),
    unjudgedBecause: Type.Optional(Words),
    series: Type.Array(Type.Object({ thing: Type.String(), property: Type.String() }), {
      description: 'What the condition reads at the thing that fired most, for a chart.',
    }),
  },
  { title: 'RuleTrial' },
);
export type RuleTrial = Static<typeof RuleTrial>;

/** A rule and a thing, by their names in each language. */
const told = {
  rule: Type.String(),
  title: Type.String(),
  titles: Type.Optional(Type.Record(Type.String(), Type.String())),
  thing: Type.String(),
  thingTitle: Type.String(),
  thingTitles: Type.Optional(Type.Record(Type.String(), Type.String())),
};

export const AlarmMetrics = Type.Object(
  {
    from: InstantOut,
    to: InstantOut,
    total: Count,
    operators: Type.Number({ minimum: 1 }),
    averagePerTenMinutes: Type.Number(),
    peakPerTenMinutes: Count,
    floodPercent: Type.Number({
      description: 'Part of the time in which more than ten came in ten minutes.',
    }),
    rate: Type.Array(Type.Object({ time: InstantOut, count: Count }), {
      description: 'Alarms in each span.',
    }),
    rateSpanSeconds: Type.Number(),
    floods: Type.Array(
      Type.Object({ from: InstantOut, to: InstantOut, count: Count, first: Type.Optional(Alarm) }),
    ),
    standing: Type.Array(Alarm),
    standingCount: Count,
    chattering: Type.Array(
      Type.Object({
        ...told,
        worstInTenMinutes: Count,
        count: Count,
      }),
    ),
    top: Type.Array(
      Type.Object({
        ...told,
        count: Count,
        percent: Type.Number(),
      }),
    ),
    priorities: Type.Record(Type.String(), Count),
    shelved: Count,
    suppressed: Count,
    outOfService: Count,
    unjudged: Count,
    secondsToAcknowledge: Type.Optional(Type.Number({ description: 'Median.' })),
  },
  { title: 'AlarmMetrics' },
);
export type AlarmMetrics = Static<typeof AlarmMetrics>;

export const MaintenanceWindow = Type.Object(
  {
    id: Type.String(),
    title: Title,
    place: Type.String({ maxLength: 1024 }),
    from: InstantOut,
    to: InstantOut,
    reason: Reason,
    by: Type.String(),
  },
  { title: 'MaintenanceWindow' },
);
export type MaintenanceWindow = Static<typeof MaintenanceWindow>;

const channelFields = {
  title: Title,
  kind: Type.Unsafe<'webhook' | 'email'>(Type.String({ enum: ['webhook', 'email'] })),
  enabled: Type.Optional(Type.Boolean()),
  place: Type.Optional(Type.String({ maxLength: 1024 })),
  priorities: Type.Optional(Type.Array(AlarmPriority, { maxItems: 4 })),
  roles: Type.Optional(
    Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 16,
      description: 'Whom it reaches; none: everybody.',
    }),
  ),
  url: Type.Optional(Type.String({ maxLength: 2000, description: 'Webhook: where to.' })),
  secret: Type.Optional(
    Type.String({ maxLength: 500, description: 'Webhook: signs what is sent (HMAC-SHA256). Shown as •••.' }),
  ),
  to: Type.Optional(
    Type.Array(Type.String({ maxLength: 320 }), { maxItems: 50, description: 'E-mail: whom to.' }),
  ),
  language: Type.Optional(Type.Unsafe<'en' | 'zh'>(Type.String({ enum: ['en', 'zh'] }))),
} as const;
export const AlarmChannelInput = Type.Object(channelFields, { title: 'AlarmChannelInput' });
export type AlarmChannelInput = Static<typeof AlarmChannelInput>;
export const AlarmChannel = Type.Object(
  {
    id: Type.String(),
    ...channelFields,
    waiting: Count,
    sent: Count,
    failed: Count,
    lastSent: Type.Optional(InstantOut),
    problem: Type.Optional(Type.Object({ time: InstantOut, detail: Type.String() })),
  },
  { title: 'AlarmChannel' },
);
export type AlarmChannel = Static<typeof AlarmChannel>;

export const NotificationSettings = Type.Object(
  {
    allowedHosts: Type.Array(Type.String({ maxLength: 255 }), {
      maxItems: 100,
      description: 'Hosts inside the plant that webhooks may reach although their address is private.',
    }),
    mailHost: Type.String({ maxLength: 255 }),
    mailPort: Type.Integer({ minimum: 1, maximum: 65_535 }),
    mailSecurity: Type.Unsafe<'tls' | 'starttls' | 'none'>(
      Type.String({ enum: ['tls', 'starttls', 'none'] }),
    ),
    mailUser: Type.String({ maxLength: 320 }),
    mailPassword: Type.String({ maxLength: 1024, description: 'Shown as •••.' }),
    mailFrom: Type.String({ maxLength: 320 }),
    operators: Type.Integer({ minimum: 1, maximum: 1000, description: 'Operators who share the alarms.' }),
    consoleUrl: Type.String({ maxLength: 500, description: 'Address of the console that messages link to.' }),
  },
  { title: 'NotificationSettings' },
);
export type NotificationSettings = Static<typeof NotificationSettings>;

const Some = Type.Object({
  alarms: Type.Array(Type.String({ maxLength: 64 }), {
    minItems: 1,
    maxItems: alarmLimits.alarmsPerRequestMax,
  }),
  comment: Type.Optional(Text),
});
const Done = Type.Object({
  done: Type.Array(Alarm),
  refused: Type.Array(Type.Object({ alarm: Type.String(), because: Words })),
});

const filter = {
  place: Type.Optional(Type.String({ maxLength: 1024 })),
  priority: Type.Optional(Type.Union([AlarmPriority, Type.Array(AlarmPriority)])),
  state: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String())], {
      description: 'States; `open` is all but normal.',
    }),
  ),
  thing: Type.Optional(Type.String({ maxLength: 256 })),
  rule: Type.Optional(Type.String({ maxLength: 64 })),
  text: Type.Optional(Type.String({ maxLength: 200 })),
  ...range,
} as const;

export const alarmRoutes = {
  alarms: {
    method: 'GET',
    path: '/api/alarms',
    tag: 'alarms',
    access: { may: 'read', at: 'some' },
    summary: 'Alarms: the open ones by urgency and time, or history, newest first.',
    query: Type.Object({ ...filter, ...page }),
    responses: {
      200: Type.Object({
        total: Count,
        alarms: Type.Array(Alarm),
        counts: Type.Record(Type.String(), Count),
      }),
    },
  },
  alarmsLive: {
    method: 'GET',
    path: '/api/alarms/live',
    tag: 'alarms',
    access: { may: 'read', at: 'some' },
    summary: 'Server-sent events: each `data:` is an AlarmUpdate. Starts with all open alarms.',
    query: Type.Object({ thing: Type.Optional(Type.String()) }),
    responses: { 200: AlarmUpdate },
    produces: 'text/event-stream',
  },
  exportAlarms: {
    method: 'GET',
    path: '/api/alarms/export',
    tag: 'alarms',
    access: { may: 'read', at: 'some' },
    summary: 'Alarms of a range as CSV.',
    query: Type.Object(filter),
    responses: { 200: Type.String() },
    produces: 'text/csv',
  },
  alarm: {
    method: 'GET',
    path: '/api/alarms/{alarm}',
    tag: 'alarms',
    access: { may: 'read', at: 'some' },
    summary: 'One alarm with all that happened to it.',
    responses: {
      200: Type.Object({ alarm: Alarm, journal: Type.Array(AlarmEntry), group: Type.Array(Alarm) }),
    },
  },
  acknowledgeAlarms: {
    method: 'POST',
    path: '/api/alarms/acknowledge',
    tag: 'alarms',
    access: { may: 'acknowledge', at: 'some' },
    summary: 'Acknowledge alarms.',
    body: Some,
    responses: { 200: Done },
  },
  resetAlarms: {
    method: 'POST',
    path: '/api/alarms/reset',
    tag: 'alarms',
    access: { may: 'acknowledge', at: 'some' },
    summary: 'Reset latched alarms.',
    body: Some,
    responses: { 200: Done },
  },
  shelveAlarms: {
    method: 'POST',
    path: '/api/alarms/shelve',
    tag: 'alarms',
    access: { may: 'acknowledge', at: 'some' },
    summary: 'Put alarms aside for a time, with a reason.',
    body: Type.Object({
      alarms: Some.properties.alarms,
      minutes: Type.Number({ minimum: 1, maximum: alarmLimits.shelveMinutesMax }),
      reason: Reason,
    }),
    responses: { 200: Done },
  },
  unshelveAlarms: {
    method: 'POST',
    path: '/api/alarms/unshelve',
    tag: 'alarms',
    access: { may: 'acknowledge', at: 'some' },
    summary: 'Take alarms off the shelf.',
    body: Some,
    responses: { 200: Done },
  },
  commentAlarm: {
    method: 'POST',
    path: '/api/alarms/{alarm}/comments',
    tag: 'alarms',
    access: { may: 'acknowledge', at: 'some' },
    summary: 'Write something to an alarm.',
    body: Type.Object({ text: Reason }),
    responses: { 201: AlarmEntry },
  },
  alarmMetrics: {
    method: 'GET',
    path: '/api/alarm-metrics',
    tag: 'alarms',
    access: { may: 'read', at: 'some' },
    summary: 'How well the alarms serve their operators, after EEMUA 191 and ISA-18.2.',
    query: Type.Object({ ...range, place: Type.Optional(Type.String({ maxLength: 1024 })) }),
    responses: { 200: AlarmMetrics },
  },
  alarmRules: {
    method: 'GET',
    path: '/api/alarm-rules',
    tag: 'alarms',
    access: { may: 'read', at: 'some' },
    summary: 'Alarm rules, and where they cannot be judged.',
    query: Type.Object({
      ...page,
      text: Type.Optional(Type.String({ maxLength: 200 })),
      thing: Type.Optional(Type.String({ maxLength: 256 })),
      unjudged: Type.Optional(Type.Boolean()),
    }),
    responses: { 200: Type.Object({ total: Count, rules: Type.Array(AlarmRule) }) },
  },
  createAlarmRule: {
    method: 'POST',
    path: '/api/alarm-rules',
    tag: 'alarms',
    access: { may: 'configure', at: 'some' },
    summary: 'Add a rule; its condition is checked against the things it names.',
    body: AlarmRuleInput,
    responses: { 201: AlarmRule },
  },
  checkAlarmRule: {
    method: 'POST',
    path: '/api/alarm-rules/check',
    tag: 'alarms',
    access: { may: 'configure', at: 'some' },
    summary: 'Check a rule as it is being written; saves nothing.',
    body: Type.Object({
      target: AlarmTarget,
      condition: ruleFields.condition,
      aliases: ruleFields.aliases,
      suppressedWhen: ruleFields.suppressedWhen,
    }),
    responses: { 200: ConditionCheck },
  },
  tryAlarmRule: {
    method: 'POST',
    path: '/api/alarm-rules/try',
    tag: 'alarms',
    access: { may: 'configure', at: 'some' },
    summary: 'How often a rule would have fired in a range, and when; saves nothing.',
    body: Type.Object({
      rule: AlarmRuleInput,
      from: Type.Optional(Instant),
      to: Type.Optional(Instant),
    }),
    responses: { 200: RuleTrial },
  },
  alarmRule: {
    method: 'GET',
    path: '/api/alarm-rules/{rule}',
    tag: 'alarms',
    access: { may: 'read', at: 'some' },
    summary: 'One rule.',
    responses: { 200: AlarmRule },
  },
  putAlarmRule: {
    method: 'PUT',
    path: '/api/alarm-rules/{rule}',
    tag: 'alarms',
    access: { may: 'configure', at: 'some' },
    summary: 'Add or change a rule.',
    body: AlarmRuleInput,
    responses: { 200: AlarmRule, 201: AlarmRule },
  },
  deleteAlarmRule: {
    method: 'DELETE',
    path: '/api/alarm-rules/{rule}',
    tag: 'alarms',
    access: { may: 'configure', at: 'some' },
    summary: 'Remove a rule. Its open alarms return; its history stays.',
    responses: { 204: undefined },
  },
  takeOutOfService: {
    method: 'POST',
    path: '/api/alarm-rules/{rule}/out-of-service',
    tag: 'alarms',
    access: { may: 'release', at: 'some' },
    summary: 'Take a rule out of service, at all its things or at one, with a reason.',
    body: Type.Object({ thing: Type.Optional(Type.String({ maxLength: 256 })), reason: Reason }),
    responses: { 200: AlarmRule },
  },
  returnToService: {
    method: 'POST',
    path: '/api/alarm-rules/{rule}/in-service',
    tag: 'alarms',
    access: { may: 'release', at: 'some' },
    summary: 'Return a rule to service.',
    body: Type.Object({ thing: Type.Optional(Type.String({ maxLength: 256 })) }),
    responses: { 200: AlarmRule },
  },
  maintenanceWindows: {
    method: 'GET',
    path: '/api/maintenance-windows',
    tag: 'alarms',
    access: { may: 'read', at: 'some' },
    summary: 'Times in which the alarms of a place are out of service.',
    responses: { 200: Type.Array(MaintenanceWindow) },
  },
  createMaintenanceWindow: {
    method: 'POST',
    path: '/api/maintenance-windows',
    tag: 'alarms',
    access: { may: 'release', at: 'some' },
    summary: 'Announce maintenance.',
    body: Type.Object({
      title: Title,
      place: MaintenanceWindow.properties.place,
      from: Instant,
      to: Instant,
      reason: Reason,
    }),
    responses: { 201: MaintenanceWindow },
  },
  deleteMaintenanceWindow: {
    method: 'DELETE',
    path: '/api/maintenance-windows/{window}',
    tag: 'alarms',
    access: { may: 'release', at: 'some' },
    summary: 'End or call off maintenance.',
    responses: { 204: undefined },
  },
  alarmChannels: {
    method: 'GET',
    path: '/api/alarm-channels',
    tag: 'alarms',
    access: { may: 'configure', at: 'plant' },
    summary: 'Ways by which alarms leave the platform, and how each is.',
    responses: { 200: Type.Array(AlarmChannel) },
  },
  createAlarmChannel: {
    method: 'POST',
    path: '/api/alarm-channels',
    tag: 'alarms',
    access: { may: 'configure', at: 'plant' },
    summary: 'Add a webhook or e-mail addresses.',
    body: AlarmChannelInput,
    responses: { 201: AlarmChannel },
  },
  putAlarmChannel: {
    method: 'PUT',
    path: '/api/alarm-channels/{channel}',
    tag: 'alarms',
    access: { may: 'configure', at: 'plant' },
    summary: 'Change it. A secret given back as ••• stays.',
    body: AlarmChannelInput,
    responses: { 200: AlarmChannel },
  },
  deleteAlarmChannel: {
    method: 'DELETE',
    path: '/api/alarm-channels/{channel}',
    tag: 'alarms',
    access: { may: 'configure', at: 'plant' },
    summary: 'Remove it, with what waits to be sent.',
    responses: { 204: undefined },
  },
  testAlarmChannel: {
    method: 'POST',
    path: '/api/alarm-channels/{channel}/test',
    tag: 'alarms',
    access: { may: 'configure', at: 'plant' },
    summary: 'Send a test message now.',
    responses: { 200: Type.Object({ ok: Type.Boolean(), detail: Type.String() }) },
  },
  notificationSettings: {
    method: 'GET',
    path: '/api/notification-settings',
    tag: 'alarms',
    access: { may: 'configure', at: 'plant' },
    summary: 'Mail server, hosts webhooks may reach, operators.',
    responses: { 200: NotificationSettings },
  },
  putNotificationSettings: {
    method: 'PUT',
    path: '/api/notification-settings',
    tag: 'alarms',
    access: { may: 'administer', at: 'plant' },
    summary: 'Change them. A password given back as ••• stays.',
    body: Type.Partial(NotificationSettings),
    responses: { 200: NotificationSettings },
  },
  pushKey: {
    method: 'GET',
    path: '/api/push-key',
    tag: 'alarms',
    access: 'person',
    summary: 'Public key for web push; absent where the platform is not reached over HTTPS.',
    responses: { 200: Type.Object({ key: Type.Optional(Type.String()) }) },
  },
  subscribePush: {
    method: 'POST',
    path: '/api/push-subscriptions',
    tag: 'alarms',
    access: { may: 'read', at: 'some' },
    summary: 'Tell this browser of alarms.',
    body: Type.Object({
      endpoint: Type.String({ maxLength: 2000 }),
      keys: Type.Object({ p256dh: Type.String({ maxLength: 200 }), auth: Type.String({ maxLength: 100 }) }),
      language: Type.Optional(Type.Unsafe<'en' | 'zh'>(Type.String({ enum: ['en', 'zh'] }))),
    }),
    responses: { 204: undefined },
  },
  unsubscribePush: {
    method: 'POST',
    path: '/api/push-subscriptions/end',
    tag: 'alarms',
    access: 'person',
    summary: 'Tell this browser no more.',
    body: Type.Object({ endpoint: Type.String({ maxLength: 2000 }) }),
    responses: { 204: undefined },
  },
} as const satisfies Record<string, Route>;
