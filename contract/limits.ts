/** Every bound that a sender or a person can meet, by name. Errors quote the name and the number. */
export const limits = {
  /** A terminal's clock may run ahead by this much; samples beyond it go to quarantine. */
  timeAheadMicrosecondsMax: 5 * 60 * 1_000_000,
  /** One MQTT or HTTP push payload. */
  payloadBytesMax: 1_048_576,
  /** Values in one payload. */
  payloadValuesMax: 100_000,
  /** An MQTT topic (the protocol allows 65,535 bytes). */
  topicBytesMax: 1024,
  /** Depth of JSON that is taken apart. */
  jsonDepthMax: 32,
  /** One text value. */
  textValueBytesMax: 65_536,
  /** One event's data. */
  eventBytesMax: 65_536,
  /** One Thing Description. */
  thingDescriptionBytesMax: 1_048_576,
  propertiesPerThingMax: 10_000,
  thingsMax: 100_000,
  thingIdCharactersMax: 256,
  propertyNameCharactersMax: 256,
  /** Points in one answer of `samples`. */
  pointsMax: 100_000,
  /** Quarantined records kept; the oldest leave first. */
  quarantineRecordsMax: 100_000,
  /** Bytes of a rejected payload kept for a person to see. */
  quarantineExcerptBytesMax: 2048,
  /** Samples that intake holds uncommitted before terminals are told to wait. */
  inFlightSamplesMax: 1_000_000,
  liveClientsMax: 1000,
  /** Unsent bytes of one live stream before its values are merged to the latest. */
  liveClientBytesMax: 1_048_576,
} as const;
