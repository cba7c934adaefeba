import { limits } from '@millrace/contract';

/** Every bound of the MQTT client, by name; counters and words quote them. */
export const clientLimits = {
  /** A packet with its header; the payload of a larger one is passed over unread. */
  packetBytesMax: limits.payloadBytesMax + 131_072,
  /** From connecting to the broker's answer. */
  connectMilliseconds: 10_000,
  /** From a request to its acknowledgement: SUBSCRIBE, UNSUBSCRIBE, PUBLISH of QoS 1. */
  answerMilliseconds: 10_000,
  /**
   * Messages the broker may send before the first of them is acknowledged (MQTT 5; an older broker has its own figure). No more than
   * are recognised when they are sent again.
   */
  receiveMax: 1000,
  /** Connections whose last messages are remembered while they are away. */
  connectionsRememberedMax: 256,
  /** Messages of QoS 1 on their way to a broker that names no figure of its own. */
  sendMax: 1000,
  /** Topic filters in one SUBSCRIBE. */
  filtersPerPacketMax: 100,
  filtersMax: 50_000,
  /** How long a broker keeps what it has for us while we are away (MQTT 5), in seconds. */
  sessionSeconds: 7 * 86_400,
  /** Bytes waiting to be sent; beyond, messages of QoS 0 are let go. */
  unsentBytesMax: 1_048_576,
  actionWaitMilliseconds: 5000,
  actionsPendingMax: 1000,
  browseMilliseconds: 4000,
  browseTopicsMax: 5000,
  browsePayloadBytesMax: 65_536,
  /** Places shown below one payload. */
  browsePathsMax: 500,
  browseElementsMax: 50,
  /** What was seen of a broker is shown for this long before it is listened to again. */
  browseKeptMilliseconds: 60_000,
  browseKeptMax: 8,
} as const;
