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

const Words = Type.Object({ en: Type.String(), zh: Type.String() });
const milliseconds = (description: string) => Type.Number({ description });

/** What the kernel keeps of the platform's own TCP connections with a terminal, and jitter that nothing is judged by. */
export const TerminalTransport = Type.Object(
  {
    terminal: Type.String(),
    addresses: Type.Array(Type.String()),
    time: Type.Optional(InstantOut),
    problem: Type.Optional(Words),
    connections: Type.Array(
      Type.Object({
        peer: Type.String(),
        peerPort: Type.Integer(),
        localPort: Type.Integer(),
        roundTripMs: milliseconds('Smoothed round trip (RFC 6298).'),
        variationMs: milliseconds('Its variation.'),
        leastMs: Type.Optional(milliseconds('Least of the last minutes.')),
        segments: Count,
        sentAgain: Type.Integer({ minimum: 0, description: 'Over the life of the connection.' }),
        pathMtu: Type.Optional(Type.Integer({ description: 'As the kernel has it, octets.' })),
      }),
      { description: 'At most 100, the slowest first.' },
    ),
    connectionCount: Count,
    sentAgain: Type.Optional(
      Type.Object({
        share: Type.Number({ description: 'Of the segments of the last two minutes.' }),
        usual: Type.Number(),
      }),
    ),
    jitter: Type.Array(
      Type.Object({
        flow: Type.String(),
        method: Type.String(),
        rfc3550Ms: Type.Number(),
      }),
      { description: 'Smoothed as RFC 3550, 6.4.1 has it: shown, and no level is ever judged by it.' },
    ),
    jitterWords: Words,
  },
  { title: 'TerminalTransport' },
);
export type TerminalTransport = Static<typeof TerminalTransport>;

export const TerminalMtu = Type.Object(
  {
    octets: Type.Optional(Type.Integer({ description: 'Greatest IP packet that comes through whole.' })),
    how: Type.Unsafe<'probed' | 'route' | 'unknown'>(
      Type.String({
        enum: ['probed', 'route', 'unknown'],
        description: '`route`: what the kernel takes it for; nothing was proved.',
      }),
    ),
    words: Words,
    tunnels: Type.Optional(Words),
  },
  { title: 'TerminalMtu' },
);
export type TerminalMtu = Static<typeof TerminalMtu>;

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
  networkTerminalTransport: {
    method: 'GET',
    path: '/api/network/terminals/{terminal}/transport',
    tag: 'network',
    access: { may: 'read', at: 'some' },
    summary: 'What the kernel knows of the platform’s connections with a terminal; jitter after RFC 3550.',
    responses: { 200: TerminalTransport },
  },
  findNetworkTerminalMtu: {
    method: 'POST',
    path: '/api/network/terminals/{terminal}/mtu',
    tag: 'network',
    access: { may: 'configure', at: 'some' },
    summary:
      'Finds the greatest packet that fits on the path to the terminal’s reflector; takes some seconds.',
    body: Type.Object({}),
    responses: { 200: TerminalMtu },
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
