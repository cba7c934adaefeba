import { type Static, Type } from 'typebox';
import { Grant } from './permission.ts';
import { Count, Instant, InstantOut, type Route } from './route.ts';

const UserName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._@+-]*$',
});
const Password = Type.String({ minLength: 1, maxLength: 1024 });
const Title = Type.String({ maxLength: 200 });
const Grants = Type.Array(Grant, { maxItems: 100 });

export const SessionInfo = Type.Object(
  {
    id: Type.String({ description: 'Names the session; it does not open it.' }),
    user: Type.String(),
    created: InstantOut,
    lastUsed: InstantOut,
    expires: InstantOut,
    address: Type.String({ description: 'Network address it was opened from.' }),
    agent: Type.String({ description: 'What the browser or program called itself.' }),
    own: Type.Boolean({ description: 'The session that asks.' }),
  },
  { title: 'SessionInfo' },
);
export type SessionInfo = Static<typeof SessionInfo>;

export const TokenInfo = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    user: Type.String({ description: 'In whose name it acts.' }),
    scopes: Grants,
    created: InstantOut,
    expires: InstantOut,
    lastUsed: Type.Optional(InstantOut),
  },
  { title: 'TokenInfo', description: 'It may do what its scopes say, as far as its person still may.' },
);
export type TokenInfo = Static<typeof TokenInfo>;

export const PersonInfo = Type.Object(
  {
    name: Type.String(),
    title: Type.String(),
    grants: Grants,
    source: Type.Union([Type.Literal('local'), Type.Literal('oidc')]),
    disabled: Type.Boolean(),
    mustChangePassword: Type.Boolean(),
    secondFactors: Type.Array(Type.Union([Type.Literal('totp'), Type.Literal('passkey')])),
    sessions: Count,
    tokens: Count,
    created: InstantOut,
    lastSignIn: Type.Optional(InstantOut),
    lockedUntil: Type.Optional(InstantOut),
    lastAdministrator: Type.Boolean({
      description: 'Without this person nobody could administer: neither removed nor changed to less.',
    }),
  },
  { title: 'PersonInfo' },
);
export type PersonInfo = Static<typeof PersonInfo>;

export const PasskeyInfo = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    host: Type.String({ description: 'Host name it was made for; it works under no other.' }),
    created: InstantOut,
    lastUsed: Type.Optional(InstantOut),
  },
  { title: 'PasskeyInfo' },
);

export const Account = Type.Object(
  {
    user: Type.String(),
    title: Type.String(),
    source: Type.Union([Type.Literal('local'), Type.Literal('oidc')]),
    grants: Grants,
    totp: Type.Boolean(),
    passkeys: Type.Array(PasskeyInfo),
    recoveryCodes: Type.Integer({ minimum: 0, description: 'Recovery codes left.' }),
    passkeysPossible: Type.Boolean({ description: 'Passkeys need HTTPS and a host name.' }),
  },
  { title: 'Account' },
);
export type Account = Static<typeof Account>;

export const OidcSettings = Type.Object(
  {
    enabled: Type.Boolean(),
    title: Type.String({ maxLength: 100, description: 'What stands on the button of the sign-in page.' }),
    issuer: Type.String({ maxLength: 1000, description: 'URL of the OpenID provider.' }),
    clientId: Type.String({ maxLength: 500 }),
    clientSecret: Type.Optional(
      Type.String({ maxLength: 2000, description: 'Written, never read back; absent keeps what there is.' }),
    ),
    clientSecretSet: Type.Optional(Type.Boolean()),
    publicUrl: Type.String({
      maxLength: 1000,
      description: 'Under which people reach this platform, such as https://millrace.plant.example.',
    }),
    scope: Type.String({ maxLength: 500 }),
    nameClaim: Type.String({ maxLength: 100 }),
    groupsClaim: Type.String({ maxLength: 100 }),
    groups: Type.Array(Type.Object({ group: Type.String({ minLength: 1, maxLength: 200 }), grant: Grant }), {
      maxItems: 500,
    }),
  },
  { title: 'OidcSettings' },
);
export type OidcSettings = Static<typeof OidcSettings>;

export const AuditRecordOut = Type.Object(
  {
    number: Type.Integer({ minimum: 1 }),
    time: InstantOut,
    actor: Type.Object({ kind: Type.String(), id: Type.String(), for: Type.Optional(Type.String()) }),
    action: Type.String(),
    object: Type.String(),
    place: Type.String(),
    outcome: Type.String(),
    detail: Type.Record(Type.String(), Type.Any()),
    previous: Type.String(),
    hash: Type.String(),
  },
  { title: 'AuditRecord' },
);
export type AuditRecordOut = Static<typeof AuditRecordOut>;

export const SignedHeadOut = Type.Object(
  {
    number: Count,
    hash: Type.String(),
    time: InstantOut,
    key: Type.String({ description: 'Ed25519 public key, SubjectPublicKeyInfo in base64.' }),
    signature: Type.String(),
  },
  { title: 'AuditHead' },
);

const administer = { may: 'administer', at: 'plant' } as const;
const NewPassword = Type.Object({ password: Type.Optional(Type.String()) });

/** People, their grants, sessions, tokens, second factors, and the audit trail. */
export const accessRoutes = {
  signInWays: {
    method: 'GET',
    path: '/api/session/ways',
    tag: 'session',
    access: 'open',
    summary: 'How one can sign in here.',
    responses: {
      200: Type.Object({
        oidc: Type.Optional(Type.Object({ title: Type.String() })),
        passkeys: Type.Boolean(),
      }),
    },
  },
  confirm: {
    method: 'POST',
    path: '/api/session/confirm',
    tag: 'session',
    access: 'session',
    summary: 'Prove again who one is, as dangerous administration asks for half an hour after signing in.',
    body: Type.Object({
      password: Type.Optional(Password),
      code: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    responses: { 204: undefined },
  },
  oidcStart: {
    method: 'GET',
    path: '/api/session/oidc',
    tag: 'session',
    access: 'open',
    summary: 'Go to the OpenID provider.',
    query: Type.Object({ back: Type.Optional(Type.String({ maxLength: 2000 })) }),
    responses: { 302: undefined },
  },
  oidcCallback: {
    method: 'GET',
    path: '/api/session/oidc/callback',
    tag: 'session',
    access: 'open',
    summary: 'Where the OpenID provider sends people back to.',
    responses: { 302: undefined },
  },
  passkeyChallenge: {
    method: 'POST',
    path: '/api/session/passkey/challenge',
    tag: 'session',
    access: 'open',
    summary: 'Begin to sign in with a passkey: the options of navigator.credentials.get.',
    responses: { 200: Type.Object({ id: Type.String(), options: Type.Any() }) },
  },
  passkeySignIn: {
    method: 'POST',
    path: '/api/session/passkey',
    tag: 'session',
    access: 'open',
    summary: 'Sign in with a passkey; sets the session cookie.',
    body: Type.Object({
      id: Type.String({ maxLength: 100 }),
      response: Type.Record(Type.String(), Type.Any()),
    }),
    responses: {
      200: Type.Object({
        token: Type.String(),
        user: Type.String(),
        role: Type.String(),
        grants: Grants,
        expires: InstantOut,
        mustChangePassword: Type.Boolean(),
      }),
    },
  },

  account: {
    method: 'GET',
    path: '/api/account',
    tag: 'account',
    access: 'session',
    summary: 'The own account.',
    responses: { 200: Account },
  },
  ownSessions: {
    method: 'GET',
    path: '/api/account/sessions',
    tag: 'account',
    access: 'session',
    summary: 'The own sessions.',
    responses: { 200: Type.Array(SessionInfo) },
  },
  endOwnSession: {
    method: 'DELETE',
    path: '/api/account/sessions/{session}',
    tag: 'account',
    access: 'session',
    summary: 'End one of the own sessions.',
    responses: { 204: undefined },
  },
  ownTokens: {
    method: 'GET',
    path: '/api/account/tokens',
    tag: 'account',
    access: 'session',
    summary: 'The own API tokens.',
    responses: { 200: Type.Array(TokenInfo) },
  },
  createToken: {
    method: 'POST',
    path: '/api/account/tokens',
    tag: 'account',
    access: 'session',
    confirm: true,
    summary: 'Make an API token; it is shown this once.',
    body: Type.Object({
      title: Type.String({ minLength: 1, maxLength: 200 }),
      scopes: Type.Array(Grant, { minItems: 1, maxItems: 100 }),
      days: Type.Integer({ minimum: 1, maximum: 366 }),
    }),
    responses: { 201: Type.Object({ token: Type.String(), info: TokenInfo }) },
  },
  deleteOwnToken: {
    method: 'DELETE',
    path: '/api/account/tokens/{token}',
    tag: 'account',
    access: 'session',
    summary: 'Withdraw one of the own tokens.',
    responses: { 204: undefined },
  },
  beginTotp: {
    method: 'POST',
    path: '/api/account/totp',
    tag: 'account',
    access: 'session',
    confirm: true,
    summary: 'Begin to set up codes of an authenticator app (RFC 6238); in force once confirmed.',
    responses: { 200: Type.Object({ secret: Type.String(), uri: Type.String() }) },
  },
  confirmTotp: {
    method: 'POST',
    path: '/api/account/totp/confirm',
    tag: 'account',
    access: 'session',
    confirm: true,
    summary: 'Put the codes in force by giving one; the recovery codes are shown this once.',
    body: Type.Object({ code: Type.String({ maxLength: 64 }) }),
    responses: { 200: Type.Object({ recoveryCodes: Type.Array(Type.String()) }) },
  },
  removeTotp: {
    method: 'DELETE',
    path: '/api/account/totp',
    tag: 'account',
    access: 'session',
    confirm: true,
    summary: 'Do without the codes of an authenticator app.',
    responses: { 204: undefined },
  },
  renewRecoveryCodes: {
    method: 'POST',
    path: '/api/account/recovery-codes',
    tag: 'account',
    access: 'session',
    confirm: true,
    summary: 'New recovery codes; the old ones no longer work.',
    responses: { 200: Type.Object({ recoveryCodes: Type.Array(Type.String()) }) },
  },
  beginPasskey: {
    method: 'POST',
    path: '/api/account/passkeys/challenge',
    tag: 'account',
    access: 'session',
    confirm: true,
    summary: 'Begin to add a passkey: the options of navigator.credentials.create.',
    responses: { 200: Type.Object({ id: Type.String(), options: Type.Any() }) },
  },
  addPasskey: {
    method: 'POST',
    path: '/api/account/passkeys',
    tag: 'account',
    access: 'session',
    confirm: true,
    summary: 'Add the passkey that the browser made.',
    body: Type.Object({
      id: Type.String({ maxLength: 100 }),
      title: Title,
      response: Type.Record(Type.String(), Type.Any()),
    }),
    responses: { 201: Type.Object({ recoveryCodes: Type.Array(Type.String()) }) },
  },
  deletePasskey: {
    method: 'DELETE',
    path: '/api/account/passkeys/{passkey}',
    tag: 'account',
    access: 'session',
    confirm: true,
    summary: 'Remove one of the own passkeys.',
    responses: { 204: undefined },
  },

  people: {
    method: 'GET',
    path: '/api/people',
    tag: 'people',
    access: administer,
    summary: 'People who may sign in, and what they hold.',
    responses: { 200: Type.Array(PersonInfo) },
  },
  createPerson: {
    method: 'POST',
    path: '/api/people',
    tag: 'people',
    access: administer,
    confirm: true,
    summary: 'Add a person. Without a password one is made up, shown this once and to be changed.',
    body: Type.Object({
      name: UserName,
      title: Type.Optional(Title),
      password: Type.Optional(Password),
      mustChangePassword: Type.Optional(Type.Boolean()),
      grants: Grants,
    }),
    responses: { 201: Type.Object({ person: PersonInfo, password: Type.Optional(Type.String()) }) },
  },
  putPerson: {
    method: 'PUT',
    path: '/api/people/{name}',
    tag: 'people',
    access: administer,
    confirm: true,
    summary: 'Change what a person is called and holds, or whether they may sign in. It holds at once.',
    body: Type.Object({
      title: Type.Optional(Title),
      grants: Type.Optional(Grants),
      disabled: Type.Optional(Type.Boolean()),
    }),
    responses: { 200: PersonInfo },
  },
  deletePerson: {
    method: 'DELETE',
    path: '/api/people/{name}',
    tag: 'people',
    access: administer,
    confirm: true,
    summary: 'Remove a person with their sessions and tokens. What they did stays in the audit trail.',
    responses: { 204: undefined },
  },
  resetPassword: {
    method: 'POST',
    path: '/api/people/{name}/password',
    tag: 'people',
    access: administer,
    confirm: true,
    summary: 'Give a person a new password, to be changed at the next sign-in; their sessions end.',
    body: NewPassword,
    responses: { 200: NewPassword },
  },
  resetSecondFactor: {
    method: 'DELETE',
    path: '/api/people/{name}/second-factor',
    tag: 'people',
    access: administer,
    confirm: true,
    summary: 'Take away a person’s second factors: they lost them.',
    responses: { 204: undefined },
  },
  unlockPerson: {
    method: 'DELETE',
    path: '/api/people/{name}/lock',
    tag: 'people',
    access: administer,
    summary: 'Let a person try again at once after too many wrong passwords.',
    responses: { 204: undefined },
  },
  sessions: {
    method: 'GET',
    path: '/api/sessions',
    tag: 'people',
    access: administer,
    summary: 'Sessions of everybody, newest first.',
    query: Type.Object({ user: Type.Optional(Type.String({ maxLength: 256 })) }),
    responses: { 200: Type.Array(SessionInfo) },
  },
  endSession: {
    method: 'DELETE',
    path: '/api/sessions/{session}',
    tag: 'people',
    access: administer,
    summary: 'End a session; its live streams end with it.',
    responses: { 204: undefined },
  },
  tokens: {
    method: 'GET',
    path: '/api/tokens',
    tag: 'people',
    access: administer,
    summary: 'API tokens of everybody.',
    responses: { 200: Type.Array(TokenInfo) },
  },
  deleteToken: {
    method: 'DELETE',
    path: '/api/tokens/{token}',
    tag: 'people',
    access: administer,
    summary: 'Withdraw a token.',
    responses: { 204: undefined },
  },
  oidcSettings: {
    method: 'GET',
    path: '/api/access/oidc',
    tag: 'people',
    access: administer,
    summary: 'How people sign in through the plant’s OpenID provider.',
    responses: { 200: OidcSettings },
  },
  putOidcSettings: {
    method: 'PUT',
    path: '/api/access/oidc',
    tag: 'people',
    access: administer,
    confirm: true,
    summary: 'Change it; the provider is asked before it is saved switched on.',
    body: OidcSettings,
    responses: { 200: OidcSettings },
  },

  audit: {
    method: 'GET',
    path: '/api/audit',
    tag: 'audit',
    access: { may: 'audit', at: 'some' },
    summary: 'Search the audit trail, newest first; records of places where the caller may audit.',
    query: Type.Object({
      actor: Type.Optional(Type.String({ maxLength: 1024 })),
      action: Type.Optional(Type.String({ maxLength: 1024 })),
      object: Type.Optional(Type.String({ maxLength: 1024 })),
      place: Type.Optional(Type.String({ maxLength: 1024 })),
      outcome: Type.Optional(Type.String({ maxLength: 20 })),
      text: Type.Optional(Type.String({ maxLength: 200 })),
      from: Type.Optional(Instant),
      to: Type.Optional(Instant),
      before: Type.Optional(Type.Integer({ minimum: 1 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
    responses: {
      200: Type.Object({
        total: Count,
        totalIsLeast: Type.Boolean({ description: 'There are more than `total`.' }),
        more: Type.Boolean({ description: 'Ask with `before` for what follows.' }),
        records: Type.Array(AuditRecordOut),
      }),
    },
  },
  exportAudit: {
    method: 'GET',
    path: '/api/audit/export',
    tag: 'audit',
    access: { may: 'audit', at: 'plant' },
    summary: 'The whole trail as JSON lines with its signed head, for tools/audit/verify-audit.js.',
    responses: { 200: Type.String() },
    produces: 'application/jsonl',
  },
  auditHead: {
    method: 'GET',
    path: '/api/audit/head',
    tag: 'audit',
    access: { may: 'audit', at: 'plant' },
    summary:
      'The newest record’s number and hash, signed: kept elsewhere, it shows later that nothing was taken away.',
    responses: { 200: Type.Object({ head: Type.Union([SignedHeadOut, Type.Null()]) }) },
  },
  verifyAudit: {
    method: 'POST',
    path: '/api/audit/verify',
    tag: 'audit',
    access: { may: 'audit', at: 'plant' },
    summary: 'Walk the whole chain now.',
    responses: {
      200: Type.Object({
        ok: Type.Boolean(),
        records: Count,
        broken: Type.Optional(Type.Object({ number: Count, reason: Type.String() })),
        head: Type.Union([SignedHeadOut, Type.Null()]),
      }),
    },
  },
} as const satisfies Record<string, Route>;
