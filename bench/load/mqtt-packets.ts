/**
 * PUBLISH packets of one client, encoded once into a ring with a place for each packet in flight. Before a place is used again only
 * the digits that differ (packet id, time, values) are written over, so that the generator costs next to nothing per packet and
 * yet every sample is one of its kind: message n of a client carries time `firstTime + n × stepMicroseconds`.
 */
export interface RingOptions {
  topic: string;
  /** Packets in flight at most. */
  window: number;
  qos: 0 | 1 | 2;
  /** Property names; each gets a number. */
  properties: readonly string[];
  /** Microseconds since the epoch; undefined: the payload carries no time, but its values tell the messages apart. */
  firstTime: number | undefined;
  stepMicroseconds: number;
}

/** Numbers that can be told apart before they repeat. */
export const valuesDistinct = 900_000;

/** The number that message `n` carries in property `k`. */
export function loadValue(n: number, k: number): number {
  return 100_000 + ((n + k * 7919) % valuesDistinct) + 0.5;
}

export class PacketRing {
  readonly window: number;
  readonly packetBytes: number;
  readonly #ring: Buffer;
  readonly #idAt: number;
  readonly #timeAt: number;
  readonly #valuesAt: readonly number[];
  readonly #options: RingOptions;

  constructor(options: RingOptions) {
    this.#options = options;
    this.window = options.window;
    const values = options.properties.map((name) => `${JSON.stringify(name)}:100000.5`).join(',');
    const payload =
      options.firstTime === undefined ? `{${values}}` : `{"time":1000000000000.000,"values":{${values}}}`;
    const topic = Buffer.from(options.topic);
    const length = 2 + topic.length + (options.qos > 0 ? 2 : 0) + Buffer.byteLength(payload);
    const header = [0x30 | (options.qos << 1)];
    for (let rest = length; ; ) {
      const byte = rest & 0x7f;
      rest >>>= 7;
      header.push(rest > 0 ? byte | 0x80 : byte);
      if (rest === 0) break;
    }
    const packet = Buffer.concat([
      Buffer.from(header),
      Buffer.from([topic.length >> 8, topic.length & 0xff]),
      topic,
      options.qos > 0 ? Buffer.from([0, 0]) : Buffer.alloc(0),
      Buffer.from(payload),
    ]);
    this.packetBytes = packet.length;
    this.#idAt = header.length + 2 + topic.length;
    const payloadAt = packet.length - Buffer.byteLength(payload);
    this.#timeAt = payloadAt + '{"time":'.length;
    const valuesAt: number[] = [];
    for (let at = packet.indexOf('100000.5', payloadAt); at >= 0; at = packet.indexOf('100000.5', at + 1)) {
      valuesAt.push(at);
    }
    if (valuesAt.length !== options.properties.length) throw new Error('a property name looks like a value');
    this.#valuesAt = valuesAt;
    this.#ring = Buffer.alloc(packet.length * options.window, packet);
  }

  /** Packet id of message `n`: 1 … 65,535, and around again. */
  static id(n: number): number {
    return (n % 65_535) + 1;
  }

  /** Bytes of messages `from` ≤ n < `to`, in one piece or, around the ring's end, two. */
  take(from: number, to: number): Buffer[] {
    const { window, packetBytes } = this;
    for (let n = from; n < to; n++) this.#write(n, (n % window) * packetBytes);
    const first = (from % window) * packetBytes;
    const last = (to % window) * packetBytes;
    if (last > first) return [this.#ring.subarray(first, last)];
    const pieces = [this.#ring.subarray(first)];
    if (last > 0) pieces.push(this.#ring.subarray(0, last));
    return pieces;
  }

  #write(n: number, at: number): void {
    const ring = this.#ring;
    const { firstTime, stepMicroseconds, qos } = this.#options;
    if (qos > 0) {
      const id = PacketRing.id(n);
      ring[at + this.#idAt] = id >> 8;
      ring[at + this.#idAt + 1] = id & 0xff;
    }
    if (firstTime !== undefined) {
      const time = firstTime + n * stepMicroseconds;
      const milliseconds = Math.floor(time / 1000);
      digits(ring, at + this.#timeAt, milliseconds, 13);
      digits(ring, at + this.#timeAt + 14, time - milliseconds * 1000, 3);
    }
    const valuesAt = this.#valuesAt;
    for (let k = 0; k < valuesAt.length; k++) {
      digits(ring, at + valuesAt[k]!, 100_000 + ((n + k * 7919) % valuesDistinct), 6);
    }
  }
}

function digits(buffer: Buffer, at: number, value: number, count: number): void {
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    const next = Math.floor(rest / 10);
    buffer[i] = 48 + (rest - next * 10);
    rest = next;
  }
}

/** CONNECT of MQTT 3.1.1. */
export function connectBytes(clientId: string, username: string, password: string, clean = true): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
  };
  const body = Buffer.concat([
    text('MQTT'),
    Buffer.from([4, 0xc0 | (clean ? 2 : 0), 0, 0]),
    text(clientId),
    text(username),
    text(password),
  ]);
  if (body.length > 127) {
    return Buffer.concat([Buffer.from([0x10, (body.length & 0x7f) | 0x80, body.length >> 7]), body]);
  }
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}
