import protobuf from 'protobufjs/minimal.js';

export const rebirthMetric = 'Node Control/Rebirth';

/**
 * Payload of a rebirth request (Sparkplug 3.0, 6.4.23): one Boolean metric, true, with the time of sending, and no sequence number,
 * which commands must not have.
 */
export function rebirthPayload(milliseconds: number): Buffer {
  const writer = protobuf.Writer.create();
  writer.uint32(0x08).uint64(milliseconds);
  writer.uint32(0x12).fork();
  writer.uint32(0x0a).string(rebirthMetric);
  writer.uint32(0x18).uint64(milliseconds);
  writer.uint32(0x20).uint32(11);
  writer.uint32(0x70).bool(true);
  writer.ldelim();
  return Buffer.from(writer.finish());
}

/** Payload of a host application's birth (`online`) and death certificate (Sparkplug 3.0, 6.4.27). */
export function statePayload(online: boolean, milliseconds: number): Buffer {
  return Buffer.from(JSON.stringify({ online, timestamp: milliseconds }));
}
