import { get } from 'sparkplug-payload';
import type { UMetric, UPayload } from 'sparkplug-payload/lib/sparkplugbpayload.js';
import type { SparkplugHost } from './host.ts';

const codec = get('spBv1.0')!;

/** Payload as the Eclipse Tahu library for JavaScript writes it. */
export function encode(payload: { timestamp?: number; seq?: number; metrics?: Partial<UMetric>[] }): Buffer {
  return Buffer.from(codec.encodePayload(payload as unknown as UPayload));
}

/** What a payload says, read by the Eclipse Tahu library. */
export function decode(payload: Uint8Array): UPayload {
  return codec.decodePayload(payload);
}

export const rebirthControl: Partial<UMetric> = {
  name: 'Node Control/Rebirth',
  type: 'Boolean',
  value: false,
};

/** An edge node that speaks straight to a host engine: it keeps the sequence and lets a test break it. Times in milliseconds. */
export class SimulatedEdge {
  seq = 0;
  readonly group: string;
  readonly node: string;
  readonly owner: string | undefined;
  readonly #host: SparkplugHost;
  readonly #now: () => number;

  constructor(
    host: SparkplugHost,
    now: () => number,
    options: { group?: string; node?: string; owner?: string } = {},
  ) {
    this.#host = host;
    this.#now = now;
    this.group = options.group ?? 'plant';
    this.node = options.node ?? 'cell';
    this.owner = options.owner;
  }

  topic(type: string, device?: string): string {
    const topic = `spBv1.0/${this.group}/${type}/${this.node}`;
    return device === undefined ? topic : `${topic}/${device}`;
  }

  send(type: string, device: string | undefined, payload: Buffer): void {
    this.#host.message(this.topic(type, device), payload, this.#now() * 1000, this.owner);
  }

  nbirth(metrics: Partial<UMetric>[] = [], bdSeq = 0): void {
    this.seq = 0;
    this.send(
      'NBIRTH',
      undefined,
      this.payload([{ name: 'bdSeq', type: 'Int64', value: bdSeq }, rebirthControl, ...metrics]),
    );
  }

  ndata(metrics: Partial<UMetric>[]): void {
    this.send('NDATA', undefined, this.payload(metrics));
  }

  ndeath(bdSeq = 0): void {
    this.send('NDEATH', undefined, encode({ metrics: [{ name: 'bdSeq', type: 'Int64', value: bdSeq }] }));
  }

  dbirth(device: string, metrics: Partial<UMetric>[]): void {
    this.send('DBIRTH', device, this.payload(metrics));
  }

  ddata(device: string, metrics: Partial<UMetric>[]): void {
    this.send('DDATA', device, this.payload(metrics));
  }

  ddeath(device: string): void {
    this.send('DDEATH', device, this.payload([]));
  }

  /** The next payload in sequence; not sending it makes a gap, sending it later a message out of order. */
  payload(metrics: Partial<UMetric>[], timestamp = this.#now()): Buffer {
    const payload = encode({ timestamp, seq: this.seq, metrics });
    this.seq = (this.seq + 1) & 255;
    return payload;
  }
}
