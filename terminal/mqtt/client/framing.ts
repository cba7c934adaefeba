/** A packet larger than is taken; its payload is passed over. */
export interface Oversized {
  bytes: number;
  /** As much of the packet's beginning as a topic and packet identifier can need. */
  head: Buffer;
}

/** The longest topic there can be, with its length, a packet identifier and the header before it. */
const headBytesMax = 65_535 + 2 + 2 + 5;

/**
 * Cuts a stream of bytes into MQTT control packets. A packet over the bound costs no memory but its head. Throws where no packet can
 * begin like this; the connection is of no use then.
 */
export class PacketFramer {
  readonly #bytesMax: number;
  /** Bytes of a header that is not whole yet. */
  #rest: Buffer | undefined;
  /** The packet that is being filled, and how far. */
  #packet: Buffer | undefined;
  #filled = 0;
  /** Length of an oversized packet whose head is being filled, and bytes of it left to pass over. */
  #oversized = 0;
  #skip = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer, whole: (packet: Buffer) => void, tooLarge: (packet: Oversized) => void): void {
    let data = chunk;
    if (this.#rest !== undefined) {
      data = Buffer.concat([this.#rest, chunk]);
      this.#rest = undefined;
    }
    let at = 0;
    while (at < data.length) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, data.length - at);
        this.#skip -= passed;
        at += passed;
        continue;
      }
      if (this.#packet !== undefined) {
        const taken = data.copy(this.#packet, this.#filled, at);
        this.#filled += taken;
        at += taken;
        if (this.#filled < this.#packet.length) return;
        const packet = this.#packet;
        this.#packet = undefined;
        if (this.#oversized > 0) {
          this.#skip = this.#oversized - packet.length;
          tooLarge({ bytes: this.#oversized, head: packet });
          this.#oversized = 0;
        } else whole(packet);
        continue;
      }
      const header = headerOf(data, at);
      if (header === undefined) {
        this.#rest = Buffer.from(data.subarray(at));
        return;
      }
      const total = header.bytes + header.length;
      if (total > this.#bytesMax) {
        this.#oversized = total;
        this.#packet = Buffer.allocUnsafe(Math.min(total, headBytesMax));
        this.#filled = 0;
      } else if (at + total <= data.length) {
        whole(data.subarray(at, at + total));
        at += total;
      } else {
        this.#packet = Buffer.allocUnsafe(total);
        this.#filled = 0;
      }
    }
  }
}

function headerOf(data: Buffer, at: number): { bytes: number; length: number } | undefined {
  let length = 0;
  for (let i = 0; i < 4; i++) {
    const byte = data[at + 1 + i];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { bytes: 2 + i, length };
  }
  throw new Error('not MQTT: a packet length of more than four bytes');
}

/** Topic and packet identifier at the beginning of a PUBLISH; undefined if there is no whole topic. */
export function publishHead(
  head: Buffer,
): { topic: string; qos: number; messageId: number | undefined } | undefined {
  const header = headerOf(head, 0);
  if (header === undefined || head[0]! >> 4 !== 3 || head.length < header.bytes + 2) return undefined;
  const qos = (head[0]! >> 1) & 3;
  const end = header.bytes + 2 + head.readUInt16BE(header.bytes);
  if (end + (qos > 0 ? 2 : 0) > head.length) return undefined;
  return {
    topic: head.toString('utf8', header.bytes + 2, end),
    qos,
    messageId: qos > 0 ? head.readUInt16BE(end) : undefined,
  };
}
