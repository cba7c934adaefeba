import type { Microseconds } from '@millrace/contract';
import ipaddr from 'ipaddr.js';
import type { PeerKey } from './datagrams.ts';
import { type PacketProblem, readRequest, stampPort, writeReply } from './stamp.ts';

export const reflectorLimits = {
  /** Sources of which the rate is remembered; beyond it the longest silent is forgotten. */
  sourcesMax: 10_000,
  /** Sessions a stateful reflector counts; likewise. */
  sessionsMax: 20_000,
  /** A session that was silent so long begins anew (REFWAIT of RFC 5357, 4.2). */
  sessionIdleSeconds: 900,
  allowMax: 1_000,
} as const;

/** Whom the reflector answers, and with which key; the first that fits. */
export interface ReflectorSource {
  /** Address or prefix, IPv4 or IPv6. */
  prefix: string;
  /** Its packets must be sealed with this key, and the answers are. Absent: unauthenticated. */
  key?: Uint8Array | undefined;
}

export interface ReflectorOptions {
  allow: readonly ReflectorSource[];
  /** Counts the packets of each session, so that a sender can tell in which direction it loses; else gives the sender's number back. */
  stateful: boolean;
  perSourcePerSecond: number;
  perSecond: number;
  /** Ports from which nothing is answered: other reflectors. */
  ownPort: number;
}
export const defaultReflecting = { stateful: true, perSourcePerSecond: 1_000, perSecond: 20_000 } as const;

/** Addresses of a plant's own network: RFC 1918, RFC 4193, link-local and this machine. */
export const privateSources: readonly ReflectorSource[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
].map((prefix) => ({ prefix }));

export const reflectorCounters = [
  'reflected',
  'short',
  'long',
  'wrongHmac',
  'reflection',
  'notAllowed',
  'rateLimited',
  'fromReflectorPort',
  'sendFailed',
] as const;
export type ReflectorCounter = (typeof reflectorCounters)[number];
export type ReflectorCounters = Record<ReflectorCounter, number>;

type Prefix = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Address or prefix as it is written; undefined where it is neither. */
export function readPrefix(text: string): Prefix | undefined {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return undefined;
  }
}

const rulesOf = (sources: readonly ReflectorSource[]): { prefix: Prefix; rule: ReflectorSource }[] =>
  sources.slice(0, reflectorLimits.allowMax).flatMap((rule) => {
    const prefix = readPrefix(rule.prefix);
    return prefix === undefined ? [] : [{ prefix, rule }];
  });

interface Source {
  rule: ReflectorSource | undefined;
  tokens: number;
  refilled: Microseconds;
}

export interface Arrival {
  /** Address without port, address with port: keys of the same packet. */
  source: PeerKey;
  session: PeerKey;
  /** Its address as text; asked for once for each source. */
  address(): string;
  port: number;
  ttl: number;
  /** DSCP and ECN; -1: not known. */
  trafficClass: number;
  /** T2. */
  received: Microseconds;
}

/**
 * What a reflector answers. Pure: packets and times are handed in. It answers only whom it knows, never with more octets than it was sent,
 * never an answer, never another reflector, and no source more often than its rate.
 */
export class Reflector {
  readonly counters = Object.fromEntries(reflectorCounters.map((name) => [name, 0])) as ReflectorCounters;
  readonly #options: ReflectorOptions;
  #rules: readonly { prefix: Prefix; rule: ReflectorSource }[];
  readonly #sources = new Map<PeerKey, Source>();
  readonly #sessions = new Map<string, { count: number; seen: Microseconds }>();
  #tokens: number;
  #refilled = 0;
  /** Error estimate of this machine's clock, as it stands in the packets. */
  error: number;

  constructor(options: ReflectorOptions, error: number) {
    this.#options = options;
    this.#tokens = options.perSecond;
    this.error = error;
    this.#rules = rulesOf(options.allow);
  }

  /** From now on these are answered; sources are looked at anew. */
  allow(sources: readonly ReflectorSource[]): void {
    this.#rules = rulesOf(sources);
    this.#sources.clear();
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get sources(): number {
    return this.#sources.size;
  }

  /** Writes the answer into `into` and returns its length; 0: none. `now` gives T3, as late as can be. */
  answer(packet: Buffer, from: Arrival, now: () => Microseconds, into: Buffer): number {
    const refuse = (why: ReflectorCounter): number => {
      this.counters[why] += 1;
      return 0;
    };
    if (from.port === stampPort || from.port === this.#options.ownPort || from.port === 0)
      return refuse('fromReflectorPort');
    const source = this.#source(from);
    if (source.rule === undefined) return refuse('notAllowed');
    if (!this.#mayAnswer(source, from.received)) return refuse('rateLimited');
    const { key } = source.rule;
    const request = readRequest(packet, key);
    if (typeof request === 'string') return refuse(request satisfies PacketProblem);
    const sequence = this.#options.stateful
      ? this.#count(`${from.session}/${request.ssid}`, from.received)
      : request.sequence;
    const mark = {
      sequence,
      time: 0,
      error: this.error,
      received: from.received,
      ttl: from.ttl < 0 ? 0 : from.ttl,
    };
    mark.time = now();
    return writeReply(into, packet, mark, key, from.trafficClass < 0 ? undefined : from.trafficClass);
  }

  #source(from: Arrival): Source {
    const known = this.#sources.get(from.source);
    if (known !== undefined) return known;
    if (this.#sources.size >= reflectorLimits.sourcesMax)
      this.#sources.delete(this.#sources.keys().next().value!);
    const address = ipaddr.parse(from.address().split('%')[0]!);
    const rule = this.#rules.find(
      ({ prefix: [network, bits] }) =>
        network.kind() === address.kind() && (address as ipaddr.IPv4).match(network as ipaddr.IPv4, bits),
    )?.rule;
    const source = { rule, tokens: this.#options.perSourcePerSecond, refilled: from.received };
    this.#sources.set(from.source, source);
    return source;
  }

  #mayAnswer(source: Source, now: Microseconds): boolean {
    const { perSourcePerSecond, perSecond } = this.#options;
    const refill = (tokens: number, since: Microseconds, rate: number): number =>
      Math.min(rate, tokens + (Math.max(0, now - since) / 1_000_000) * rate);
    source.tokens = refill(source.tokens, source.refilled, perSourcePerSecond);
    source.refilled = now;
    this.#tokens = refill(this.#tokens, this.#refilled, perSecond);
    this.#refilled = now;
    if (source.tokens < 1 || this.#tokens < 1) return false;
    source.tokens -= 1;
    this.#tokens -= 1;
    return true;
  }

  /** Number of this packet among those of its session that came: 0, 1, 2 … */
  #count(key: string, now: Microseconds): number {
    const known = this.#sessions.get(key);
    // Put in anew, so that the first of the map is the longest silent.
    if (known !== undefined) this.#sessions.delete(key);
    else if (this.#sessions.size >= reflectorLimits.sessionsMax)
      this.#sessions.delete(this.#sessions.keys().next().value!);
    const isIdle = known === undefined || now - known.seen > reflectorLimits.sessionIdleSeconds * 1_000_000;
    const count = isIdle ? 0 : known.count + 1;
    this.#sessions.set(key, { count, seen: now });
    return count;
  }
}
