/** Echo request and reply of ICMP (RFC 792) and ICMPv6 (RFC 4443): type, code, checksum, identifier, sequence, then a cookie and the whole sequence. */

export const echoHeaderOctets = 8;
const cookieOctets = 8;
export const echoOctetsMin = echoHeaderOctets + cookieOctets + 4;

export interface Echo {
  family: 4 | 6;
  id: number;
  /** 32 bits; the header carries the lower half. */
  sequence: number;
  cookie: Buffer;
  octets: number;
}

/** Writes a request; returns its length. ICMPv6's checksum is the kernel's business, as it goes over the addresses too. */
export function writeEcho(into: Buffer, { family, id, sequence, cookie, octets }: Echo): number {
  const length = Math.max(echoOctetsMin, octets);
  into.fill(0, 0, length);
  into[0] = family === 4 ? 8 : 128;
  into.writeUInt16BE(id, 4);
  into.writeUInt16BE(sequence & 0xffff, 6);
  cookie.copy(into, echoHeaderOctets);
  into.writeUInt32BE(sequence, echoHeaderOctets + cookieOctets);
  if (family === 4) into.writeUInt16BE(checksum(into.subarray(0, length)), 2);
  return length;
}

/** Reads a reply from its ICMP header on; undefined where it is none of this prober's. */
export function readEcho(packet: Buffer): { id: number; sequence: number; cookie: Buffer } | undefined {
  if (packet.length < echoOctetsMin || (packet[0] !== 0 && packet[0] !== 129) || packet[1] !== 0)
    return undefined;
  const sequence = packet.readUInt32BE(echoHeaderOctets + cookieOctets);
  if ((sequence & 0xffff) !== packet.readUInt16BE(6)) return undefined;
  return {
    id: packet.readUInt16BE(4),
    sequence,
    cookie: packet.subarray(echoHeaderOctets, echoHeaderOctets + cookieOctets),
  };
}

/** Internet checksum of RFC 1071. */
export function checksum(octets: Buffer): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2)
    sum += at + 1 < octets.length ? octets.readUInt16BE(at) : octets[at]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
