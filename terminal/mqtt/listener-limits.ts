import { limits } from '@millrace/contract';

/** Every bound of the MQTT listener, by name; counters and reason strings quote them. */
export const listenerLimits = {
  /** A packet with its header; larger ones are refused before they are read. */
  packetBytesMax: limits.payloadBytesMax + 131_072,
  /** A packet before the sender has shown who it is. */
  connectBytesMax: 131_072,
  /** Unfinished packets of all connections together. */
  assemblyBytesMax: 268_435_456,
  /** From connecting to a whole CONNECT. */
  connectWaitMillisecondsMax: 10_000,
  clientIdBytesMax: 512,
  sessionsPerThingMax: 64,
  subscriptionsPerSessionMax: 200,
  /** Messages on their way to a client, sent and not yet acknowledged. */
  outgoingInFlightMax: 256,
  /** Messages waiting for a client, connected or away. */
  queuedMessagesMax: 10_000,
  queuedBytesMax: 8_388_608,
  /** Unsent bytes of a connection: beyond, messages of QoS 0 are dropped and the others queued; its own packets wait unread. */
  unsentBytesMax: 1_048_576,
  retainedPerThingMax: 1000,
  retainedBytesPerThingMax: 8_388_608,
  /** Packet ids of QoS 1 whose redelivery is recognised, per session that outlives its connection. */
  redeliveriesRememberedMax: 1024,
  topicAliasMax: 64,
  /** Topics whose meaning is kept at hand, per thing. */
  topicsKnownMax: 1000,
  sparkplugNodesPerThingMax: 256,
  sparkplugNodesMax: 20_000,
  /** For commits under way when the listener closes. */
  closeWaitMilliseconds: 2000,
  actionWaitMilliseconds: 5000,
  actionsPendingMax: 1000,
  /** An answer's text to a sender of MQTT 5. */
  reasonStringCharactersMax: 400,
} as const;
