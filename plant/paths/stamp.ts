/** As much of STAMP (RFC 8762, 4.2 and 4.3, unauthenticated) as a reflector needs: 44 octets each way, network byte order. */

export const stampOctets = 44;
/** The stateful reflector's own numbers run to 2³²−1 and begin anew. */
const numbers = 2 ** 32;
/** Seconds from 1900, where NTP begins, to 1970. */
const ntpOffset = 2_208_988_800;
/** Error estimate (RFC 4656, 4.1.2): not synchronised, scale 0, multiplier 1. */
const errorEstimate = 0x0001;

/** Sessions of which numbers are kept; the oldest leaves. */
export const stampSessionsMax = 64;

function writeTime(into: Buffer, offset: number, microseconds: number): void {
  const seconds = Math.floor(microseconds / 1e6);
  into.writeUInt32BE((seconds + ntpOffset) % numbers, offset);
  into.writeUInt32BE(Math.floor(((microseconds - seconds * 1e6) / 1e6) * numbers) % numbers, offset + 4);
}

/** When a probe says it was sent, µs since 1970. */
export function sentAt(probe: Buffer): number | undefined {
  if (probe.length < stampOctets) return undefined;
  return Math.round((probe.readUInt32BE(4) - ntpOffset + probe.readUInt32BE(8) / numbers) * 1e6);
}

/** A session-reflector: answers probes, each session with its own sequence numbers. */
export class StampReflector {
  readonly #sequences = new Map<string, number>();

  /**
   * The answer to a probe of the session `from`, received and sent back at these times (µs since 1970); undefined where it is no probe. `timeToLive`: as it
   * arrived, 0 where that is not known.
   */
  answer(probe: Buffer, from: string, received: number, sent: number, timeToLive = 0): Buffer | undefined {
    if (probe.length < stampOctets) return undefined;
    const sequence = this.#sequences.get(from) ?? 0;
    if (!this.#sequences.has(from) && this.#sequences.size >= stampSessionsMax) {
      const [oldest] = this.#sequences.keys();
      this.#sequences.delete(oldest!);
    }
    this.#sequences.set(from, (sequence + 1) % numbers);
    // As long as the probe, so that both directions carry the same.
    const reply = Buffer.alloc(probe.length);
    reply.writeUInt32BE(sequence, 0);
    writeTime(reply, 4, sent);
    reply.writeUInt16BE(errorEstimate, 12);
    // RFC 8972: the identifier of the session goes back as it came.
    probe.copy(reply, 14, 14, 16);
    writeTime(reply, 16, received);
    probe.copy(reply, 24, 0, 4);
    probe.copy(reply, 28, 4, 12);
    probe.copy(reply, 36, 12, 14);
    reply.writeUInt8(timeToLive, 40);
    return reply;
  }
}
