/** Control packet types (MQTT 3.1.1, 2.2.1; MQTT 5.0, 2.1.2). */
export const packetType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const;

/** Reason codes (MQTT 5.0, 2.4), those this side gives or acts upon. */
export const reason = {
  success: 0x00,
  disconnectWithWill: 0x04,
  noMatchingSubscribers: 0x10,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationSpecific: 0x83,
  unsupportedProtocolVersion: 0x84,
  clientIdentifierNotValid: 0x85,
  badUserNameOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverBusy: 0x89,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetIdentifierNotFound: 0x92,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  payloadFormatInvalid: 0x99,
  sharedSubscriptionsNotSupported: 0x9e,
} as const;

/** CONNACK return codes of MQTT 3.1.1, 3.2.2.3, for the reason codes that have one. */
export function returnCode311(code: number): number {
  switch (code) {
    case reason.success:
      return 0;
    case reason.unsupportedProtocolVersion:
      return 1;
    case reason.clientIdentifierNotValid:
      return 2;
    case reason.badUserNameOrPassword:
      return 4;
    case reason.notAuthorized:
      return 5;
    default:
      return 3;
  }
}

/** Bytes that break the protocol: the connection ends, with `reason` where the sender's version can hear it. */
export class WireError extends Error {
  readonly reason: number;
  constructor(code: number, message: string) {
    super(message);
    this.reason = code;
  }
}
