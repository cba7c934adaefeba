import { type Static, Type } from 'typebox';
import { InstantOut, type Route } from './route.ts';

/** Bounds of client certificates of terminals. */
export const certificateLimits = {
  /** In force at a time, of one thing: enough to bring a new one out before the old one is withdrawn. */
  perThingMax: 16,
  /** Revoked or expired ones kept to be seen, of one thing; the oldest leave. */
  pastPerThingMax: 32,
  authoritiesMax: 16,
  daysMax: 3650,
  daysDefault: 365,
  pemBytesMax: 16_384,
} as const;

export const DeviceCertificate = Type.Object(
  {
    fingerprint: Type.String({ description: 'SHA-256 of the certificate, hexadecimal.' }),
    subject: Type.String(),
    authority: Type.String({ description: 'Who signed it.' }),
    from: InstantOut,
    until: InstantOut,
    state: Type.Union([Type.Literal('valid'), Type.Literal('expired'), Type.Literal('revoked')]),
    created: InstantOut,
    revoked: Type.Optional(InstantOut),
    lastUsed: Type.Optional(InstantOut),
  },
  { title: 'DeviceCertificate' },
);
export type DeviceCertificate = Static<typeof DeviceCertificate>;

export const NewDeviceCertificate = Type.Object(
  {
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: certificateLimits.daysMax })),
    request: Type.Optional(
      Type.String({
        maxLength: certificateLimits.pemBytesMax,
        description: 'PKCS#10 request in PEM form: the private key stays where it was made.',
      }),
    ),
    certificate: Type.Optional(
      Type.String({
        maxLength: certificateLimits.pemBytesMax,
        description:
          'A certificate (PEM) that the terminal has already, signed by an authority uploaded here: it is registered, none is issued.',
      }),
    ),
  },
  { title: 'NewDeviceCertificate' },
);
export type NewDeviceCertificate = Static<typeof NewDeviceCertificate>;

export const CreatedDeviceCertificate = Type.Object(
  {
    ...DeviceCertificate.properties,
    certificate: Type.String({ description: 'PEM.' }),
    key: Type.Optional(
      Type.String({ description: 'PEM of the private key, shown this once and kept nowhere.' }),
    ),
    authorityCertificate: Type.Optional(
      Type.String({ description: 'PEM of the platform’s own authority, where it signed the certificate.' }),
    ),
  },
  { title: 'CreatedDeviceCertificate' },
);
export type CreatedDeviceCertificate = Static<typeof CreatedDeviceCertificate>;

/** An authority of the plant’s own whose client certificates may be registered. */
export const DeviceAuthority = Type.Object(
  {
    fingerprint: Type.String(),
    subject: Type.String(),
    until: InstantOut,
    created: Type.Optional(InstantOut),
    own: Type.Boolean({ description: 'The platform’s own; it cannot be removed.' }),
    certificates: Type.Integer({ minimum: 0, description: 'In force, signed by it.' }),
    pem: Type.String(),
  },
  { title: 'DeviceAuthority' },
);
export type DeviceAuthority = Static<typeof DeviceAuthority>;

export const deviceCertificateRoutes = {
  certificates: {
    method: 'GET',
    path: '/api/things/{id}/certificates',
    tag: 'things',
    access: { may: 'configure', at: 'thing' },
    summary: "A thing's client certificates for MQTT over TLS, those that are over too.",
    responses: { 200: Type.Array(DeviceCertificate) },
  },
  createCertificate: {
    method: 'POST',
    path: '/api/things/{id}/certificates',
    tag: 'things',
    access: { may: 'configure', at: 'thing' },
    summary:
      'Issue a client certificate for a thing, with a key made for it (shown this once) or for a request; or register one it has.',
    body: NewDeviceCertificate,
    responses: { 201: CreatedDeviceCertificate },
  },
  revokeCertificate: {
    method: 'DELETE',
    path: '/api/things/{id}/certificates/{fingerprint}',
    tag: 'things',
    access: { may: 'configure', at: 'thing' },
    summary: 'Revoke a client certificate; sessions that use it end at once.',
    responses: { 204: undefined },
  },
  deviceAuthorities: {
    method: 'GET',
    path: '/api/device-authorities',
    tag: 'things',
    access: { may: 'configure', at: 'some' },
    summary: 'Authorities whose client certificates terminals may show.',
    responses: { 200: Type.Array(DeviceAuthority) },
  },
  createDeviceAuthority: {
    method: 'POST',
    path: '/api/device-authorities',
    tag: 'things',
    access: { may: 'administer', at: 'plant' },
    confirm: true,
    summary: 'Trust an authority: certificates it signed can be registered for things.',
    body: Type.Object({ pem: Type.String({ maxLength: certificateLimits.pemBytesMax }) }),
    responses: { 201: DeviceAuthority },
  },
  deleteDeviceAuthority: {
    method: 'DELETE',
    path: '/api/device-authorities/{fingerprint}',
    tag: 'things',
    access: { may: 'administer', at: 'plant' },
    confirm: true,
    summary: 'Trust an authority no more: the certificates it signed are revoked with it.',
    responses: { 204: undefined },
  },
} as const satisfies Record<string, Route>;
