import { type Static, Type } from 'typebox';
import { networkLimits } from './network.ts';
import { Count, InstantOut, type Route } from './route.ts';

/** What terminals measure and tell themselves. */

export const ProbeReportAnswer = Type.Object(
  {
    taken: Count,
    repeated: Type.Integer({ minimum: 0, description: 'Probes of the report that were told before.' }),
  },
  { title: 'ProbeReportAnswer' },
);
export type ProbeReportAnswer = Static<typeof ProbeReportAnswer>;

const KeyName = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' });
const Allowed = Type.Object({
  prefix: Type.String({ maxLength: 64, description: 'Address or prefix the reflector answers.' }),
  key: Type.Optional(KeyName),
});
const probesPerSecond = Type.Integer({
  minimum: 1,
  maximum: networkLimits.probesPerSecondMax,
  description: 'Of all sessions together.',
});
const shareOfPath = Type.Number({
  minimum: 0.0001,
  maximum: 0.5,
  description: 'Of what a path carries, where its rate is known.',
});

/** How the platform measures. Keys are named, and never shown. */
export const MeasuringSettings = Type.Object(
  {
    allow: Type.Array(Allowed, {
      description: 'Whom the reflector answers; the first that fits decides the key.',
    }),
    probesPerSecond,
    shareOfPath,
    keys: Type.Array(
      Type.Object({
        name: Type.String(),
        since: InstantOut,
        fingerprint: Type.String({ description: 'First 16 digits of the SHA-256 of the key.' }),
      }),
    ),
  },
  { title: 'MeasuringSettings' },
);
export type MeasuringSettings = Static<typeof MeasuringSettings>;

/** What is left out stays as it is. */
export const MeasuringSettingsInput = Type.Object(
  {
    allow: Type.Optional(Type.Array(Allowed, { maxItems: 1_000 })),
    probesPerSecond: Type.Optional(probesPerSecond),
    shareOfPath: Type.Optional(shareOfPath),
    putKeys: Type.Optional(
      Type.Array(
        Type.Object({
          name: KeyName,
          hex: Type.String({
            pattern: '^([0-9a-fA-F]{2}){16,64}$',
            description: 'Key for HMAC-SHA-256, 16 to 64 octets.',
          }),
        }),
        { maxItems: 100 },
      ),
    ),
    removeKeys: Type.Optional(Type.Array(KeyName, { maxItems: 1_000 })),
  },
  { title: 'MeasuringSettingsInput' },
);
export type MeasuringSettingsInput = Static<typeof MeasuringSettingsInput>;

export const networkMeasuringRoutes = {
  networkProbeReport: {
    method: 'POST',
    path: '/api/network/terminals/{terminal}/probe-report',
    tag: 'network',
    access: { may: 'configure', at: 'some', device: 'handler' },
    summary:
      'What the sender on a terminal measured (behind NAT); with the device credentials of a thing of this terminal.',
    body: Type.Any({ description: 'A report as the terminal sender makes it.' }),
    bodyBytesMax: 131_072,
    responses: { 200: ProbeReportAnswer },
  },
  networkTerminalSender: {
    method: 'GET',
    path: '/api/network/terminal-sender',
    tag: 'network',
    access: { may: 'read', at: 'some' },
    summary: 'The sender for terminals behind NAT: one file for Node.js 18 or later, without dependencies.',
    produces: 'text/javascript',
    responses: { 200: Type.String() },
  },
  networkMeasuringSettings: {
    method: 'GET',
    path: '/api/network/measuring/settings',
    tag: 'network',
    access: { may: 'configure', at: 'plant' },
    summary: 'How the platform measures: whom its reflector answers, how much it may probe, names of keys.',
    responses: { 200: MeasuringSettings },
  },
  putNetworkMeasuringSettings: {
    method: 'PUT',
    path: '/api/network/measuring/settings',
    tag: 'network',
    access: { may: 'configure', at: 'plant' },
    summary: 'Change how the platform measures; in force at once.',
    body: MeasuringSettingsInput,
    responses: { 200: MeasuringSettings },
  },
} as const satisfies Record<string, Route>;
