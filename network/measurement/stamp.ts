import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Microseconds } from '@millrace/contract';

/**
 * Packets of the Simple Two-Way Active Measurement Protocol: RFC 8762, with the session identifier and the TLVs of RFC 8972, and the
 * shorter answers of TWAMP-Light (RFC 5357, Appendix I). Network byte order; one packet is one datagram.
 */

export const stampPort = 862;
export const stampOctets = {
  unauthenticated: 44,
  authenticated: 112,
  /** The shortest answer that has both times of the reflector and both of the sender's fields: what TWAMP-Light reflectors send. */
  shortestReply: 38,
  /** A datagram that is longer than this is not taken apart. */
  datagramMax: 9216,
} as const;

/** Seconds from 1900, where NTP counts from, to 1970. */
const ntpEpoch = 2_208_988_800;
const eraSeconds = 4_294_967_296;
const hmacOctets = 16;
const tlvHeaderOctets = 4;
/** More TLVs than this in one packet are nonsense. */
const tlvsMax = 64;

export const tlvType = { extraPadding: 1, classOfService: 4, hmac: 8 } as const;
/** Flags of a TLV: unrecognised, malformed, integrity failed (RFC 8972, 4.). */
const tlvFlag = { unrecognised: 0x80, malformed: 0x40, integrity: 0x20 } as const;

/* Time ------------------------------------------------------------------------------------------------------------------------- */

/** Writes an NTP timestamp: seconds since 1900 modulo 2³², and their fraction in 2⁻³² s. */
export function writeNtpTime(into: Buffer, at: number, time: Microseconds): void {
  let seconds = Math.floor(time / 1_000_000);
  let fraction = Math.round(((time - seconds * 1_000_000) / 1_000_000) * eraSeconds);
  if (fraction === eraSeconds) {
    seconds += 1;
    fraction = 0;
  }
  into.writeUInt32BE((seconds + ntpEpoch) % eraSeconds, at);
  into.writeUInt32BE(fraction, at + 4);
}

/** µs since 1970. A set top bit is the era from 1968 to 2036, else the one after it (RFC 4330, 3.). NaN for the zero timestamp: "not known". */
export function readNtpTime(from: Buffer, at: number): Microseconds {
  const seconds = from.readUInt32BE(at);
  const fraction = from.readUInt32BE(at + 4);
  if (seconds === 0 && fraction === 0) return Number.NaN;
  const era = seconds >= eraSeconds / 2 ? 0 : eraSeconds;
  return (seconds + era - ntpEpoch) * 1_000_000 + (fraction / eraSeconds) * 1_000_000;
}

/** The truncated timestamp of IEEE 1588 (RFC 8186): seconds and nanoseconds. On which scale, TAI or UTC, the packet does not tell. */
function readPtpTime(from: Buffer, at: number): Microseconds {
  const seconds = from.readUInt32BE(at);
  const nanoseconds = from.readUInt32BE(at + 4);
  if ((seconds === 0 && nanoseconds === 0) || nanoseconds >= 1_000_000_000) return Number.NaN;
  return seconds * 1_000_000 + nanoseconds / 1000;
}

/** Error estimate of RFC 4656, 4.1.2: what the writer's clock may be wrong by. */
export interface ErrorEstimate {
  /** S: the clock is disciplined by an outside source (such as NTP, PTP or GPS). */
  synchronised: boolean;
  /** Z: timestamps are those of IEEE 1588 instead of NTP's (RFC 8186). */
  ptp: boolean;
  /** NaN where the multiplier is 0, which says nothing (RFC 4656 has such packets be corrupt). */
  microseconds: number;
}

/** Multiplier × 2^(Scale − 32) s, rounded up: an estimate never says less than it was given. */
export function errorEstimateBits(synchronised: boolean, microseconds: number): number {
  let units = Math.max(1, (microseconds / 1_000_000) * eraSeconds);
  let scale = 0;
  while (Math.ceil(units) > 255 && scale < 63) {
    units /= 2;
    scale += 1;
  }
  const multiplier = Number.isFinite(units) ? Math.min(255, Math.ceil(units)) : 255;
  return (synchronised ? 0x8000 : 0) | (scale << 8) | multiplier;
}

export function readErrorEstimate(bits: number): ErrorEstimate {
  const multiplier = bits & 0xff;
  const scale = (bits >> 8) & 0x3f;
  return {
    synchronised: (bits & 0x8000) !== 0,
    ptp: (bits & 0x4000) !== 0,
    microseconds: multiplier === 0 ? Number.NaN : multiplier * 2 ** (scale - 32) * 1_000_000,
  };
}

/* Keys ------------------------------------------------------------------------------------------------------------------------- */

/** HMAC-SHA-256 cut to 16 octets (RFC 8762, 4.4): over the first 96 octets of a base packet. */
function digest(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest().subarray(0, hmacOctets);
}

const baseOctets = (key: Uint8Array | undefined): number =>
  key === undefined ? stampOctets.unauthenticated : stampOctets.authenticated;

function seal(packet: Buffer, key: Uint8Array): void {
  const at = stampOctets.authenticated - hmacOctets;
  digest(key, packet.subarray(0, at)).copy(packet, at);
}

function isSealed(packet: Buffer, key: Uint8Array): boolean {
  const at = stampOctets.authenticated - hmacOctets;
  return timingSafeEqual(digest(key, packet.subarray(0, at)), packet.subarray(at, at + hmacOctets));
}

/* Sender's packet -------------------------------------------------------------------------------------------------------------- */

export interface StampRequest {
  sequence: number;
  time: Microseconds;
  /** As `errorEstimateBits` makes it. */
  error: number;
  /** Session identifier of RFC 8972; 0: none. */
  ssid: number;
}

/** Length a request will have: the base packet, and where more is wanted, an extra-padding TLV (and under a key its HMAC TLV). */
export function requestOctets(wanted: number, key: Uint8Array | undefined): number {
  const base = baseOctets(key);
  const least = base + tlvHeaderOctets + (key === undefined ? 0 : tlvHeaderOctets + hmacOctets);
  return wanted <= base ? base : Math.min(Math.max(wanted, least), stampOctets.datagramMax);
}

/**
 * Writes a request of `octets` (from `requestOctets`) to the front of `into`. Padding is zeros; a path that compresses would need other.
 */
export function writeRequest(
  into: Buffer,
  request: StampRequest,
  octets: number,
  key?: Uint8Array | undefined,
): void {
  into.fill(0, 0, octets);
  into.writeUInt32BE(request.sequence, 0);
  const at = key === undefined ? 4 : 16;
  writeNtpTime(into, at, request.time);
  into.writeUInt16BE(request.error, at + 8);
  into.writeUInt16BE(request.ssid, at + 10);
  const base = baseOctets(key);
  if (key !== undefined) seal(into, key);
  if (octets > base) {
    const hmac = key === undefined ? 0 : tlvHeaderOctets + hmacOctets;
    into[base] = tlvFlag.unrecognised;
    into[base + 1] = tlvType.extraPadding;
    into.writeUInt16BE(octets - base - tlvHeaderOctets - hmac, base + 2);
    if (key !== undefined) {
      const last = octets - hmac;
      into[last] = tlvFlag.unrecognised;
      into[last + 1] = tlvType.hmac;
      into.writeUInt16BE(hmacOctets, last + 2);
      digest(key, into.subarray(0, 4), into.subarray(base, last)).copy(into, last + tlvHeaderOctets);
    }
  }
}

/** Why a datagram was not taken: each is counted by its name. */
export type PacketProblem =
  /** Shorter than the packet it should be. */
  | 'short'
  | 'long'
  /** Not sealed with the key that is set, or altered on its way. */
  | 'wrongHmac'
  /** A request that bears the marks of an answer: somebody lets two reflectors talk to each other. */
  | 'reflection';

export type ReadRequest = StampRequest & { senderTime: Buffer };

const near = (a: Microseconds, b: Microseconds): boolean => Math.abs(a - b) < 3_600_000_000;

/** Reads what a sender sent. A request under `key` has the authenticated layout. `senderTime`: its timestamp as it came, to be echoed. */
export function readRequest(packet: Buffer, key?: Uint8Array | undefined): ReadRequest | PacketProblem {
  if (packet.length > stampOctets.datagramMax) return 'long';
  const at = key === undefined ? 4 : 16;
  if (packet.length < (key === undefined ? stampOctets.shortestReply : stampOctets.authenticated))
    return 'short';
  if (key !== undefined && !isSealed(packet, key)) return 'wrongHmac';
  const time = readNtpTime(packet, at);
  // Two more times of the same hour where a sender has zeros or padding: only an answer has those.
  const [received, sent] = key === undefined ? [16, 28] : [32, 64];
  if (near(readNtpTime(packet, received), time) && near(readNtpTime(packet, sent), time)) return 'reflection';
  return {
    sequence: packet.readUInt32BE(0),
    time,
    error: packet.readUInt16BE(at + 8),
    ssid: packet.readUInt16BE(at + 10),
    senderTime: packet.subarray(at, at + 8),
  };
}

/* Reflector's packet ------------------------------------------------------------------------------------------------------------ */

export interface ReflectorMark {
  /** The reflector's own count of the session where it keeps one; else the sender's number. */
  sequence: number;
  /** T3. */
  time: Microseconds;
  error: number;
  /** T2. */
  received: Microseconds;
  /** Time to live the request came with; 255 left the sender. */
  ttl: number;
}

/**
 * Writes the answer to a request, exactly as long as the request: a reflector never amplifies. TLVs are sent back as they came, marked:
 * padding and class of service are understood; of another, the sender is told that it was not (RFC 8972, 4.). Returns the length.
 * A request of 38 to 43 octets, as TWAMP-Light senders may send, gets as many of the answer's octets as it had.
 */
export function writeReply(
  into: Buffer,
  request: Buffer,
  mark: ReflectorMark,
  key?: Uint8Array | undefined,
  /** DSCP and ECN octet the request came with, where it is known: for the class-of-service TLV. */
  trafficClass?: number,
): number {
  const base = baseOctets(key);
  into.fill(0, 0, base);
  into.writeUInt32BE(mark.sequence >>> 0, 0);
  if (key === undefined) {
    writeNtpTime(into, 4, mark.time);
    into.writeUInt16BE(mark.error, 12);
    request.copy(into, 14, 14, 16);
    writeNtpTime(into, 16, mark.received);
    request.copy(into, 24, 0, 4);
    request.copy(into, 28, 4, 12);
    request.copy(into, 36, 12, 14);
    into[40] = mark.ttl;
  } else {
    writeNtpTime(into, 16, mark.time);
    into.writeUInt16BE(mark.error, 24);
    request.copy(into, 26, 26, 28);
    writeNtpTime(into, 32, mark.received);
    request.copy(into, 48, 0, 4);
    request.copy(into, 64, 16, 24);
    request.copy(into, 72, 24, 26);
    into[80] = mark.ttl;
    seal(into, key);
  }
  if (request.length <= base) return request.length;
  reflectTlvs(into, request, base, key, trafficClass);
  return request.length;
}

function reflectTlvs(
  into: Buffer,
  request: Buffer,
  base: number,
  key: Uint8Array | undefined,
  trafficClass: number | undefined,
): void {
  request.copy(into, base, base);
  const end = request.length;
  // TWAMP-Light padding is no TLV: a sender of TLVs says so with the first flag.
  if ((request[base]! & tlvFlag.unrecognised) === 0) return;
  // Not sealed: nothing in them is believed, and every one of them says so.
  const integrity = key === undefined || tlvsAreSealed(request, base, key) ? 0 : tlvFlag.integrity;
  let hmacAt: number | undefined;
  for (let at = base, count = 0; at < end; count++) {
    if (at + tlvHeaderOctets > end || count >= tlvsMax) {
      into[at] = tlvFlag.malformed;
      break;
    }
    const type = request[at + 1]!;
    const length = request.readUInt16BE(at + 2);
    if (at + tlvHeaderOctets + length > end) {
      into[at] = tlvFlag.malformed | integrity;
      break;
    }
    let flags = integrity;
    if (type === tlvType.classOfService && length >= 4 && integrity === 0) {
      // DSCP1 is what the sender asks the answer to bear, DSCP2 what its request came with. The answer bears the class of the request:
      // where another was asked for, RP says that it was not granted.
      const value = at + tlvHeaderOctets;
      if (trafficClass === undefined) flags |= tlvFlag.unrecognised;
      else {
        const dscp = trafficClass >> 2;
        into[value] = (request[value]! & 0xfc) | (dscp >> 4);
        into[value + 1] =
          ((dscp & 0x0f) << 4) | ((trafficClass & 3) << 2) | (request[value]! >> 2 === dscp ? 0 : 1);
      }
    } else if (type === tlvType.hmac && key !== undefined && length === hmacOctets) hmacAt = at;
    else if (type !== tlvType.extraPadding) flags |= tlvFlag.unrecognised;
    into[at] = flags;
    at += tlvHeaderOctets + length;
  }
  if (hmacAt !== undefined && key !== undefined)
    digest(key, into.subarray(0, 4), into.subarray(base, hmacAt)).copy(into, hmacAt + tlvHeaderOctets);
}

/** Under a key the last TLV seals those before it, together with the sequence number (RFC 8972, 4.8). */
function tlvsAreSealed(packet: Buffer, base: number, key: Uint8Array): boolean {
  const last = packet.length - tlvHeaderOctets - hmacOctets;
  return (
    last >= base &&
    packet[last + 1] === tlvType.hmac &&
    packet.readUInt16BE(last + 2) === hmacOctets &&
    timingSafeEqual(
      digest(key, packet.subarray(0, 4), packet.subarray(base, last)),
      packet.subarray(last + tlvHeaderOctets),
    )
  );
}

export interface StampReply {
  sequence: number;
  /** T3 and T2; NaN where the reflector does not know. */
  time: Microseconds;
  received: Microseconds;
  error: ErrorEstimate;
  ssid: number;
  senderSequence: number;
  /** T1 as it was sent: seconds and fraction, not converted. */
  senderSeconds: number;
  senderFraction: number;
  /** Undefined in answers that are shorter than 41 octets. */
  senderTtl: number | undefined;
}

/** Reads an answer: of 38 octets or more without a key, of 112 or more under one. */
export function readReply(packet: Buffer, key?: Uint8Array | undefined): StampReply | PacketProblem {
  if (packet.length > stampOctets.datagramMax) return 'long';
  if (packet.length < (key === undefined ? stampOctets.shortestReply : stampOctets.authenticated))
    return 'short';
  if (key !== undefined && !isSealed(packet, key)) return 'wrongHmac';
  const [time, received, sender, senderTime, ttl] =
    key === undefined ? [4, 16, 24, 28, 40] : [16, 32, 48, 64, 80];
  const error = readErrorEstimate(packet.readUInt16BE(time + 8));
  const read = error.ptp ? readPtpTime : readNtpTime;
  return {
    sequence: packet.readUInt32BE(0),
    time: read(packet, time),
    received: read(packet, received),
    error,
    ssid: packet.readUInt16BE(time + 10),
    senderSequence: packet.readUInt32BE(sender),
    senderSeconds: packet.readUInt32BE(senderTime),
    senderFraction: packet.readUInt32BE(senderTime + 4),
    senderTtl: packet[ttl],
  };
}
