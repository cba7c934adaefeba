import { type Static, Type } from 'typebox';
import { Count, type Route } from './route.ts';

/** What terminals measure and tell themselves. */

export const ProbeReportAnswer = Type.Object(
  {
    taken: Count,
    repeated: Type.Integer({ minimum: 0, description: 'Probes of the report that were told before.' }),
  },
  { title: 'ProbeReportAnswer' },
);
export type ProbeReportAnswer = Static<typeof ProbeReportAnswer>;

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
} as const satisfies Record<string, Route>;
