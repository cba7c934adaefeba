import { type Static, Type } from 'typebox';
import type { Actor } from './permission.ts';
import { Count, Instant, InstantOut, type Route } from './route.ts';

/**
 * Commands: property writes and actions. Their life, and what each state is allowed to say:
 *
 * - `accepted`   recorded here; nothing has been sent (it may wait for its turn, or for a second person)
 * - `sent`       handed to the terminal; whether the thing acted is not known (yet, or ever, where the protocol cannot tell: see `final`)
 * - `confirmed`  the thing said so, or its value was read back
 * - `refused`    the thing said no, or a check here did; in the second case nothing was sent
 * - `timed-out`  sent, and no answer came in the time given; whether the thing acted is not known
 * - `unknown`    sent, and the way to the thing was lost before an answer; whether the thing acted is not known
 *
 * A final state never changes; answers that come after it are counted and shown beside it.
 */
export const commandStates = ['accepted', 'sent', 'confirmed', 'refused', 'timed-out', 'unknown'] as const;
export const CommandState = Type.Union(
  commandStates.map((state) => Type.Literal(state)),
  { title: 'CommandState' },
);
export type CommandState = (typeof commandStates)[number];

const Words = Type.Object({ en: Type.String(), zh: Type.String() });

export const CommandActor = Type.Unsafe<Actor>(
  Type.Object(
    {
      kind: Type.Union(
        (['person', 'token', 'device', 'rule', 'app', 'platform'] as const).map((kind) => Type.Literal(kind)),
      ),
      id: Type.String(),
      for: Type.Optional(Type.String({ description: 'The person behind a token, or the author of a rule.' })),
    },
    { title: 'CommandActor' },
  ),
);

export const Command = Type.Object(
  {
    id: Type.String(),
    kind: Type.Union([Type.Literal('write'), Type.Literal('invoke')]),
    thing: Type.String(),
    /** Property or action. */
    name: Type.String(),
    value: Type.Optional(Type.Any({ description: 'Value to be written, or input of the action.' })),
    before: Type.Optional(Type.Any({ description: 'Last good value of the property when it was sent.' })),
    actor: CommandActor,
    lease: Type.Optional(
      Type.Integer({ description: 'Fencing token of the lease under which it was asked.' }),
    ),
    key: Type.Optional(Type.String()),
    why: Type.Optional(
      Type.String({ description: 'What it was for, where it was not a person who chose it.' }),
    ),
    group: Type.Optional(Type.String()),
    state: Type.Unsafe<CommandState>(CommandState),
    final: Type.Boolean(),
    reason: Type.Optional(Words),
    code: Type.Optional(Type.String({ description: 'The reason as a stable kebab-case name.' })),
    detail: Type.Optional(Type.String({ description: "The thing's or the protocol's own words." })),
    output: Type.Optional(Type.Any({ description: 'What the action gave, or the value as read back.' })),
    confirmedBy: Type.Optional(
      Type.Union([
        Type.Literal('acknowledgement', { description: 'The thing or its protocol said that it was done.' }),
        Type.Literal('read-back', { description: 'The value was read back after the write.' }),
        Type.Literal('report', { description: 'The thing reported the new value by itself.' }),
      ]),
    ),
    waiting: Type.Optional(
      Type.Object({
        for: Type.Union([Type.Literal('release'), Type.Literal('turn'), Type.Literal('read-back')]),
        until: InstantOut,
      }),
    ),
    warning: Type.Optional(
      Type.Object(Words.properties, {
        description: 'What spoke against it when it was sent, without keeping it back.',
      }),
    ),
    releasedBy: Type.Optional(Type.String({ description: 'The second person of a two-person release.' })),
    history: Type.Array(
      Type.Object({
        state: Type.Unsafe<CommandState>(CommandState),
        time: InstantOut,
        reason: Type.Optional(Words),
      }),
    ),
    /** Answers that came after the state was final: late ones, second ones. They change nothing and are shown. */
    lateAnswers: Type.Array(
      Type.Object({ time: InstantOut, state: Type.String(), detail: Type.Optional(Type.String()) }),
    ),
    lateAnswersCount: Count,
    created: InstantOut,
    changed: InstantOut,
  },
  { title: 'Command' },
);
export type Command = Static<typeof Command>;

/** One holder per thing. The token is strictly greater than any given before, for any thing, for ever. */
export const Lease = Type.Object(
  {
    thing: Type.String(),
    token: Type.Optional(Type.Integer({ description: 'Shown to its holder only.' })),
    holder: CommandActor,
    since: InstantOut,
    expires: InstantOut,
    seconds: Type.Number({ description: 'It lasts this long from each sign of life.' }),
    offeredTo: Type.Optional(Type.String({ description: 'User that may accept the hand-over.' })),
    brokenGlass: Type.Optional(
      Type.Object({ reason: Type.String(), from: CommandActor }, { description: 'It was taken by force.' }),
    ),
    implicit: Type.Boolean({ description: 'Taken by the platform for one command or group.' }),
  },
  { title: 'Lease' },
);
export type Lease = Static<typeof Lease>;

/** Where the safety of a thing or an action runs, as its model declares it (`millrace:safe`). */
export const Safety = Type.Object(
  {
    runs: Type.Union([Type.Literal('terminal'), Type.Literal('platform'), Type.Literal('none')]),
    watchdogSeconds: Type.Optional(Type.Number()),
    action: Type.Optional(Type.String()),
    input: Type.Optional(Type.Any()),
    values: Type.Optional(Type.Record(Type.String(), Type.Any())),
  },
  { title: 'Safety' },
);
export type Safety = Static<typeof Safety>;

const Interlock = Type.Object({
  when: Type.String(),
  reason: Words,
  state: Type.Union([Type.Literal('clear'), Type.Literal('blocks'), Type.Literal('cannot-judge')]),
  detail: Type.Optional(Type.String()),
});

/** What of a thing can be commanded, and everything a person must know before doing so. */
export const ThingControl = Type.Object(
  {
    thing: Type.String(),
    reachable: Type.Boolean({ description: 'A connection that is open now serves the thing.' }),
    lease: Type.Optional(Lease),
    leaseSeconds: Type.Number(),
    needsOwnLease: Type.Boolean({
      description: 'Its model declares a safe action: commands need a lease that is kept alive.',
    }),
    safety: Safety,
    safeAction: Type.Optional(
      Type.Object(
        { state: Type.String(), time: InstantOut, reason: Words, commands: Type.Array(Type.String()) },
        { description: 'The safe action that ran last because a lease was lost.' },
      ),
    ),
    affordances: Type.Array(
      Type.Object({
        kind: Type.Union([Type.Literal('write'), Type.Literal('invoke')]),
        name: Type.String(),
        schema: Type.Optional(Type.Any({ description: 'Data schema of the value, or of the input.' })),
        safety: Safety,
        twoPersonSeconds: Type.Optional(Type.Number()),
        interlocks: Type.Array(Interlock),
      }),
    ),
  },
  { title: 'ThingControl' },
);
export type ThingControl = Static<typeof ThingControl>;

export const groupStates = [
  'applying',
  'applied',
  'restored',
  'partly-restored',
  'undoing',
  'undone',
  'interrupted',
] as const;
export type GroupState = (typeof groupStates)[number];

export const SetPointGroup = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    actor: CommandActor,
    key: Type.Optional(Type.String()),
    state: Type.Unsafe<GroupState>(
      Type.Union(
        groupStates.map((state) => Type.Literal(state)),
        {
          description:
            'restored: a step failed and everything was put back. partly-restored: not everything could be, see the steps. interrupted: the platform ended in between.',
        },
      ),
    ),
    final: Type.Boolean(),
    reason: Type.Optional(Words),
    steps: Type.Array(
      Type.Object({
        thing: Type.String(),
        property: Type.String(),
        value: Type.Any(),
        before: Type.Optional(Type.Any({ description: 'Good value it had before; absent: not known.' })),
        state: Type.Union([
          Type.Literal('waiting'),
          Type.Literal('applying'),
          Type.Literal('applied'),
          Type.Literal('failed'),
          Type.Literal('not-tried'),
          Type.Literal('restored'),
          Type.Literal('not-restored'),
        ]),
        command: Type.Optional(Type.String()),
        restoreCommand: Type.Optional(Type.String()),
        reason: Type.Optional(Words),
      }),
    ),
    created: InstantOut,
    changed: InstantOut,
  },
  { title: 'SetPointGroup' },
);
export type SetPointGroup = Static<typeof SetPointGroup>;

export const CommandUpdate = Type.Object(
  {
    command: Type.Optional(Command),
    lease: Type.Optional(
      Type.Object({ thing: Type.String(), lease: Type.Optional(Lease), why: Type.String() }),
    ),
    group: Type.Optional(SetPointGroup),
  },
  { title: 'CommandUpdate' },
);
export type CommandUpdate = Static<typeof CommandUpdate>;

const Key = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'Makes it idempotent; the header Idempotency-Key does the same.',
  }),
);
const Token = Type.Integer({ minimum: 1, description: 'Fencing token of the lease.' });
const Wait = Type.Optional(
  Type.Number({
    minimum: 0,
    maximum: 60,
    description: 'Seconds the answer may wait for a final state. Default 15; 0: answers at once.',
  }),
);
const operate = { may: 'operate', at: 'thing' } as const;
const operateSome = { may: 'operate', at: 'some' } as const;
const readSome = { may: 'read', at: 'some' } as const;

/** Body of writes and actions alike. */
export const commandBody = {
  key: Key,
  lease: Type.Optional(Token),
  waitSeconds: Wait,
  deadlineSeconds: Type.Optional(
    Type.Number({ minimum: 1, maximum: 300, description: 'Not sent by then: not sent at all.' }),
  ),
};

/** Commands, leases and set-point groups. */
export const commandRoutes = {
  thingControl: {
    method: 'GET',
    path: '/api/things/{id}/control',
    tag: 'commands',
    access: { may: 'read', at: 'thing' },
    summary:
      'What of a thing can be commanded: limits, interlocks as they stand, lease, where its safety runs.',
    responses: { 200: ThingControl },
  },
  writeProperty: {
    method: 'POST',
    path: '/api/things/{id}/properties/{name}/set',
    tag: 'commands',
    access: operate,
    summary: 'Write a property. 200: the state is final; 202: it is under way, follow it.',
    body: Type.Object({ value: Type.Any(), ...commandBody }),
    responses: { 200: Command, 202: Command },
  },
  commands: {
    method: 'GET',
    path: '/api/commands',
    tag: 'commands',
    access: readSome,
    summary: 'Commands, the latest first, of things the caller may see.',
    query: Type.Object({
      thing: Type.Optional(Type.String()),
      state: Type.Optional(Type.String()),
      actor: Type.Optional(Type.String()),
      group: Type.Optional(Type.String()),
      text: Type.Optional(Type.String({ maxLength: 200 })),
      from: Type.Optional(Instant),
      to: Type.Optional(Instant),
      offset: Type.Optional(Type.Integer({ minimum: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
    responses: { 200: Type.Object({ commands: Type.Array(Command), more: Type.Boolean() }) },
  },
  commandsLive: {
    method: 'GET',
    path: '/api/commands/live',
    tag: 'commands',
    access: readSome,
    summary: 'Commands, leases and groups as they change: server-sent events, each a CommandUpdate.',
    query: Type.Object({ thing: Type.Optional(Type.String()) }),
    produces: 'text/event-stream',
    responses: { 200: CommandUpdate },
  },
  command: {
    method: 'GET',
    path: '/api/commands/{command}',
    tag: 'commands',
    access: readSome,
    summary: 'One command.',
    responses: { 200: Command },
  },
  releaseCommand: {
    method: 'POST',
    path: '/api/commands/{command}/release',
    tag: 'commands',
    access: { may: 'release', at: 'some' },
    summary: 'Be the second person: let a command go that its model wants two people for.',
    body: Type.Object({ waitSeconds: Wait }),
    responses: { 200: Command, 202: Command },
  },
  refuseCommand: {
    method: 'POST',
    path: '/api/commands/{command}/refuse',
    tag: 'commands',
    access: operateSome,
    summary: 'Call off a command that has not been sent: whoever asked for it, or who could release it.',
    body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    responses: { 200: Command },
  },
  leases: {
    method: 'GET',
    path: '/api/leases',
    tag: 'commands',
    access: readSome,
    summary: 'Leases held now.',
    responses: { 200: Type.Array(Lease) },
  },
  takeLease: {
    method: 'POST',
    path: '/api/things/{id}/lease',
    tag: 'commands',
    access: operate,
    summary:
      'Take the lease of a thing. Taking one’s own again gives a new token and fences the old one out.',
    body: Type.Object({ seconds: Type.Optional(Type.Number({ minimum: 5, maximum: 3600 })) }),
    responses: { 201: Lease },
  },
  renewLease: {
    method: 'PUT',
    path: '/api/things/{id}/lease',
    tag: 'commands',
    access: operate,
    summary: 'Sign of life of the holder (dead-man heartbeat).',
    body: Type.Object({ token: Token }),
    responses: { 200: Lease },
  },
  releaseLease: {
    method: 'POST',
    path: '/api/things/{id}/lease/release',
    tag: 'commands',
    access: operate,
    summary: 'Give a lease back in good order; no safe action runs.',
    body: Type.Object({ token: Token }),
    responses: { 204: undefined },
  },
  offerLease: {
    method: 'POST',
    path: '/api/things/{id}/lease/offer',
    tag: 'commands',
    access: operate,
    summary: 'Offer a lease to another user; without `to` the offer is withdrawn.',
    body: Type.Object({ token: Token, to: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) }),
    responses: { 200: Lease },
  },
  acceptLease: {
    method: 'POST',
    path: '/api/things/{id}/lease/accept',
    tag: 'commands',
    access: operate,
    summary: 'Accept a lease that was offered; the giver’s token is fenced out.',
    body: Type.Object({}),
    responses: { 200: Lease },
  },
  breakGlass: {
    method: 'POST',
    path: '/api/things/{id}/lease/break-glass',
    tag: 'commands',
    access: { may: 'release', at: 'thing' },
    summary: 'Take a lease from its holder by force, with a reason; the declared safe action runs first.',
    body: Type.Object({ reason: Type.String({ minLength: 3, maxLength: 500 }) }),
    responses: { 201: Lease },
  },
  setPointGroups: {
    method: 'GET',
    path: '/api/set-point-groups',
    tag: 'commands',
    access: readSome,
    summary: 'Set-point groups, the latest first.',
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }),
    responses: { 200: Type.Array(SetPointGroup) },
  },
  applySetPointGroup: {
    method: 'POST',
    path: '/api/set-point-groups',
    tag: 'commands',
    access: operateSome,
    summary: 'Write several properties in order; on failure those written are restored in reverse.',
    body: Type.Object({
      title: Type.String({ minLength: 1, maxLength: 200 }),
      steps: Type.Array(Type.Object({ thing: Type.String(), property: Type.String(), value: Type.Any() }), {
        minItems: 1,
        maxItems: 200,
      }),
      leases: Type.Optional(Type.Record(Type.String(), Token, { description: 'Thing → token.' })),
      key: Key,
      waitSeconds: Wait,
    }),
    responses: { 200: SetPointGroup, 202: SetPointGroup },
  },
  setPointGroup: {
    method: 'GET',
    path: '/api/set-point-groups/{group}',
    tag: 'commands',
    access: readSome,
    summary: 'One set-point group.',
    responses: { 200: SetPointGroup },
  },
  undoSetPointGroup: {
    method: 'POST',
    path: '/api/set-point-groups/{group}/undo',
    tag: 'commands',
    access: operateSome,
    summary: 'Put back what a group had changed, in reverse order.',
    body: Type.Object({
      leases: Type.Optional(Type.Record(Type.String(), Token)),
      waitSeconds: Wait,
    }),
    responses: { 200: SetPointGroup, 202: SetPointGroup },
  },
} as const satisfies Record<string, Route>;
