#!/usr/bin/env node
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';

/**
 * Sends STAMP (RFC 8762) from a terminal to the platform's reflector, and tells the platform what came back: for terminals behind NAT, which
 * nobody can reach. One file without dependencies, for Node.js 18 or later; the built file is copied to the terminal under a name that says
 * that it is a module:
 *
 *   node terminal-sender.mjs settings.json
 *
 * Settings: { "terminal": "agv-7", "reflector": "10.0.0.1", "port": 862, "everyMilliseconds": 1000, "timeoutMilliseconds": 2000,
 *   "reportTo": "http://10.0.0.1:8080/api/network/terminals/agv-7/probe-report", "user": "…", "password": "…", "reportSeconds": 30,
 *   "keyHex": "…" }
 *
 * User and password are the device credentials of a thing of this terminal. With a key (hexadecimal) packets are sealed (RFC 8762, 4.4),
 * and answers that are not are not believed.
 */
interface Settings {
  terminal: string;
  reflector: string;
  port?: number;
  everyMilliseconds?: number;
  timeoutMilliseconds?: number;
  reportTo?: string;
  user?: string;
  password?: string;
  reportSeconds?: number;
  keyHex?: string;
}

/** What the terminal tells: probes in the order of sending, times in µs since the epoch by the terminal's clock, durations in µs. */
export interface SenderReport {
  version: 1;
  terminal: string;
  intervalMs: number;
  timeoutMs: number;
  octets: number;
  /** Of the probes of this report the first has this number in the whole series: the platform sees what was lost between reports. */
  first: number;
  /** Probes there was no room for since the last report. */
  dropped: number;
  sent: number[];
  /** null: not come back. */
  roundTrip: (number | null)[];
  /** Own count of the reflector; null: not come back. With a count and no round trip it came too late. */
  count: (number | null)[];
  /** Drawn at the start of the sender: whether `first` goes on or begins anew. */
  series?: number;
  /** What the terminal's clock says while it tells: the platform reads the other times against it. */
  time?: number;
  /** Round trips to this program itself, µs: what it cannot see below. */
  noise?: { share: number; microseconds: number }[];
}

const octets = { plain: 44, sealed: 112 } as const;
const hmacAt = 96;
/** Shares of which the sender tells its own noise, and of how many round trips at most. */
const noiseShares = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
const noiseKeptMax = 1_000;
const ntpEpoch = 2_208_988_800;
/** Probes kept while the platform cannot be reached: an hour at one a second. */
const keptMax = 3_600;
/** In one report. */
const reportMax = 600;

interface Probe {
  sequence: number;
  sent: number;
  seconds: number;
  fraction: number;
  roundTrip: number | null;
  count: number | null;
}

/** Runs evenly, whatever is done to the clock: a terminal often starts with none, and gets the time later. */
const microseconds = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

const sealOf = (packet: Buffer, key: Uint8Array): Buffer =>
  createHmac('sha256', key)
    .update(packet.subarray(0, hmacAt))
    .digest()
    .subarray(0, octets.sealed - hmacAt);

/** Writes a request: 44 octets, 112 under a key. */
export function stampRequest(sequence: number, time: number, ssid: number, key?: Uint8Array): Buffer {
  const packet = Buffer.alloc(key === undefined ? octets.plain : octets.sealed);
  const at = timeAt(key);
  packet.writeUInt32BE(sequence >>> 0, 0);
  const seconds = Math.floor(time / 1_000_000);
  packet.writeUInt32BE((seconds + ntpEpoch) % 4_294_967_296, at);
  packet.writeUInt32BE(
    Math.min(4_294_967_295, Math.round(((time - seconds * 1_000_000) / 1_000_000) * 4_294_967_296)),
    at + 4,
  );
  // Not disciplined, as far as this program knows; wrong by up to 16 s.
  packet.writeUInt16BE((28 << 8) | 255, at + 8);
  packet.writeUInt16BE(ssid, at + 10);
  if (key !== undefined) sealOf(packet, key).copy(packet, hmacAt);
  return packet;
}

const timeAt = (key: Uint8Array | undefined): number => (key === undefined ? 4 : 16);

const ntp = (packet: Buffer, at: number): number =>
  packet.readUInt32BE(at) * 1_000_000 + (packet.readUInt32BE(at + 4) / 4_294_967_296) * 1_000_000;

export class TerminalSender {
  readonly #settings: Required<Pick<Settings, 'everyMilliseconds' | 'timeoutMilliseconds' | 'terminal'>>;
  readonly #ssid: number;
  readonly #series: number;
  readonly #key: Uint8Array | undefined;
  #noise: number[] = [];
  #probes: Probe[] = [];
  #sequence = 1;
  #first = 0;
  #dropped = 0;

  constructor(settings: Settings, ssid: number) {
    this.#settings = { everyMilliseconds: 1_000, timeoutMilliseconds: 2_000, ...settings };
    this.#ssid = ssid;
    this.#series = Math.floor(Math.random() * 4_294_967_296);
    this.#key = settings.keyHex === undefined ? undefined : Buffer.from(settings.keyHex, 'hex');
  }

  /** A round trip to this program itself, µs. */
  heardItself(microseconds: number): void {
    this.#noise.push(microseconds);
    if (this.#noise.length > noiseKeptMax) this.#noise.shift();
  }

  /** The next packet, remembered as sent at `now`. */
  next(now: number): Buffer {
    const packet = stampRequest(this.#sequence, now, this.#ssid, this.#key);
    const at = timeAt(this.#key);
    this.#probes.push({
      sequence: this.#sequence,
      sent: now,
      seconds: packet.readUInt32BE(at),
      fraction: packet.readUInt32BE(at + 4),
      roundTrip: null,
      count: null,
    });
    this.#sequence = (this.#sequence + 1) >>> 0;
    if (this.#probes.length > keptMax) {
      this.#probes.shift();
      this.#first += 1;
      this.#dropped += 1;
    }
    return packet;
  }

  /** An answer; what is not one of ours changes nothing. */
  answered(packet: Buffer, now: number): void {
    const key = this.#key;
    if (packet.length < (key === undefined ? 38 : octets.sealed)) return;
    if (key !== undefined && !timingSafeEqual(sealOf(packet, key), packet.subarray(hmacAt, octets.sealed)))
      return;
    // Where an answer has its own time, the time it got the request, and the request's number and time.
    const [sentAt, receivedAt, numberAt, echoAt] =
      key === undefined ? ([4, 16, 24, 28] as const) : ([16, 32, 48, 64] as const);
    const sequence = packet.readUInt32BE(numberAt);
    const probe = this.#probes.find((one) => one.sequence === sequence);
    if (
      probe === undefined ||
      probe.roundTrip !== null ||
      packet.readUInt32BE(echoAt) !== probe.seconds ||
      packet.readUInt32BE(echoAt + 4) !== probe.fraction
    )
      return;
    const away = now - probe.sent;
    const dwell = ntp(packet, sentAt) - ntp(packet, receivedAt);
    if (dwell < 0 || dwell > away) return;
    if (away > this.#settings.timeoutMilliseconds * 1_000) {
      // Lost, and nobody can say on which way it dallied.
      probe.count = packet.readUInt32BE(0);
      return;
    }
    probe.roundTrip = Math.round(away - dwell);
    probe.count = packet.readUInt32BE(0);
  }

  /** What is decided at `now` and not yet told; undefined: nothing. `wall`: what the terminal's clock says now. */
  report(now: number, wall = now): SenderReport | undefined {
    const { terminal, everyMilliseconds, timeoutMilliseconds } = this.#settings;
    const undecided = this.#probes.findIndex((probe) => now - probe.sent <= timeoutMilliseconds * 1_000);
    const end = Math.min(reportMax, undecided < 0 ? this.#probes.length : undecided);
    if (end === 0) return undefined;
    const probes = this.#probes.slice(0, end);
    return {
      version: 1,
      terminal,
      intervalMs: everyMilliseconds,
      timeoutMs: timeoutMilliseconds,
      octets: this.#key === undefined ? octets.plain : octets.sealed,
      first: this.#first,
      dropped: this.#dropped,
      sent: probes.map((probe) => probe.sent - now + wall),
      roundTrip: probes.map((probe) => probe.roundTrip),
      count: probes.map((probe) => probe.count),
      series: this.#series,
      time: wall,
      noise: this.#quantiles(),
    };
  }

  #quantiles(): { share: number; microseconds: number }[] {
    const sorted = [...this.#noise].sort((a, b) => a - b);
    if (sorted.length === 0) return [];
    return noiseShares.map((share) => ({
      share,
      microseconds: Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!),
    }));
  }

  /** The platform has the report. */
  told(report: SenderReport): void {
    const many = report.first + report.sent.length - this.#first;
    if (many <= 0) return;
    this.#probes.splice(0, many);
    this.#first += many;
    this.#dropped = 0;
  }
}

/** Sends and reports until `signal` says to end. */
export function run(settings: Settings, signal: AbortSignal, say: (line: string) => void): void {
  const sender = new TerminalSender(settings, 1 + Math.floor(Math.random() * 65_534));
  const socket = createSocket(settings.reflector.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (packet) => sender.answered(packet, microseconds()));
  socket.on('error', (error) => say(`socket: ${error.message}`));
  // What this program itself is late by: a datagram to itself beside each probe.
  const mirror = createSocket('udp4');
  mirror.on('message', (packet) => {
    if (packet.length === 8) sender.heardItself(Math.max(0, microseconds() - packet.readDoubleBE(0)));
  });
  mirror.on('error', (error) => say(`socket: ${error.message}`));
  mirror.bind(0, '127.0.0.1');
  const probing = setInterval(() => {
    const own = Buffer.alloc(8);
    own.writeDoubleBE(microseconds(), 0);
    try {
      mirror.send(own, mirror.address().port, '127.0.0.1', () => {});
    } catch {
      // Not bound: then it does not know its own noise, and says none.
    }
    // A name that cannot be resolved, or no network: the probe counts as lost, which from here it is.
    socket.send(sender.next(microseconds()), settings.port ?? 862, settings.reflector, () => {});
  }, settings.everyMilliseconds ?? 1_000);
  let isTelling = false;
  const tell = async (): Promise<void> => {
    const report = isTelling ? undefined : sender.report(microseconds(), Date.now() * 1_000);
    if (report === undefined || settings.reportTo === undefined) return;
    isTelling = true;
    try {
      const credentials = Buffer.from(`${settings.user ?? ''}:${settings.password ?? ''}`).toString('base64');
      const answer = await fetch(settings.reportTo, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
        body: JSON.stringify(report),
        signal: AbortSignal.timeout(10_000),
      });
      // A report the platform refuses would be refused again: it is left out, and said so.
      if (
        answer.ok ||
        (answer.status >= 400 && answer.status < 500 && ![401, 403, 429].includes(answer.status))
      )
        sender.told(report);
      if (!answer.ok) say(`the platform answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
    } catch (error) {
      say(`the platform cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      isTelling = false;
    }
  };
  const telling = setInterval(() => void tell(), (settings.reportSeconds ?? 30) * 1_000);
  signal.addEventListener('abort', () => {
    clearInterval(probing);
    clearInterval(telling);
    socket.close();
    mirror.close();
  });
}

function main(file: string): void {
  const settings = JSON.parse(readFileSync(file, 'utf8')) as Settings;
  if (typeof settings.terminal !== 'string' || typeof settings.reflector !== 'string') {
    process.stderr.write('The settings need "terminal" and "reflector".\n');
    process.exitCode = 2;
    return;
  }
  if (settings.keyHex !== undefined && !/^([0-9a-f]{2}){16,64}$/i.test(settings.keyHex)) {
    process.stderr.write('"keyHex" is a key of 16 to 64 octets in hexadecimal.\n');
    process.exitCode = 2;
    return;
  }
  const end = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => end.abort());
  run(settings, end.signal, (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`));
}

if (process.argv[1] !== undefined && /terminal-sender\.(m?js|ts)$/.test(process.argv[1]))
  main(process.argv[2] ?? 'settings.json');
