import { type Static, Type } from 'typebox';

/** What an application needs of the network between its terminals and the platform (terms of 3GPP TS 22.104). */
export const ServiceLevel = Type.Object({
  latencyMsMax: Type.Optional(Type.Number({ description: 'End-to-end latency, 99th percentile.' })),
  jitterMsMax: Type.Optional(Type.Number()),
  lossRatioMax: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  uplinkMbpsMin: Type.Optional(Type.Number()),
  downlinkMbpsMin: Type.Optional(Type.Number()),
  availabilityMin: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  survivalTimeMsMax: Type.Optional(
    Type.Number({ description: 'How long the application goes on without a message.' }),
  ),
});
export type ServiceLevel = Static<typeof ServiceLevel>;
