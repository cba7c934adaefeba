import type { Microseconds } from '@millrace/contract';
import { fate } from '@millrace/sdk';
import type { StampReply } from './stamp.ts';

/** What can be wrong with an answer, or with the prober; each is counted by its name, and none of them becomes a figure. */
export const probeFaults = [
  /** Sender's answers that nobody asked for: from an address and port that no session probes. */
  'stranger',
  'short',
  'long',
  'wrongHmac',
  /** The answer names another session than the one its address has. */
  'foreignSession',
  /** A sequence number that was never sent, or so long ago that nothing is known of it. */
  'unknownSequence',
  /** The time of sending it gives back is not the one that was sent: made up, or of another session. */
  'wrongEcho',
  /** The same probe answered again. */
  'duplicate',
  /** After the probe was given up: it stays lost. */
  'late',
  /** Overtaken by a later one: it counts as arrived. */
  'reordered',
  /** The reflector sent it before it received it. */
  'timeBackwards',
  /** The reflector claims to have kept it longer than it was away. */
  'impossibleDwell',
  /** The reflector gives no times. */
  'noTimes',
  /** The reflector's own count goes back, or beyond what was sent: the direction of losses is not told from it. */
  'sequenceJump',
  /** A one-way time that is negative beyond what the clocks may be wrong by. */
  'impossibleOneWay',
  /** Probes that were under way when this machine's clock was set: they arrived, and nobody knows how fast. */
  'clockStep',
  /** Lost, and this machine may have lost them itself: its receive queue was full. */
  'queueFull',
  /** Not sent: late, no route, no buffer. */
  'unsent',
] as const;
export type ProbeFault = (typeof probeFaults)[number];
export type ProbeFaults = Record<ProbeFault, number>;

export const noFaults = (): ProbeFaults =>
  Object.fromEntries(probeFaults.map((name) => [name, 0])) as ProbeFaults;

/** One probe when it is decided. Times in µs; NaN where there is no figure. */
export type EmitProbe = (
  sent: Microseconds,
  roundTrip: number,
  uplink: number,
  downlink: number,
  probeFate: number,
  lateness: number,
  clockError: number,
) => void;

export interface TrackOptions {
  ssid: number;
  intervalMicroseconds: number;
  timeoutMicroseconds: number;
}

/** State of this machine's clock as far as one-way times need it; undefined: not disciplined. */
export type OwnClockError = number | undefined;

/** Probes of one session under way at once. */
export const pendingMax = 4096;
/** Losses of which the reflector's count may still tell the direction are held back for the next answer: so many, so long. */
const heldProbesMax = 32;
const heldMicrosecondsMax = 10_000_000;
const unknown = -1;

const waiting = 0;
const arrived = 1;
const lost = 2;
const notSent = 3;

const clockDoubt = 1;
const queueDoubt = 2;
const cameLate = 4;

/**
 * The probes of one session from sending to their fate, in the order of sending. Pure: times and packets are handed in.
 *
 * Sequence numbers begin at 1. To the reflector it looks as though the first probe had been lost, which a stateful one shows by being one
 * behind from its first answer on: so the two kinds are told apart without being configured.
 */
export class ProbeTrack {
  readonly ssid: number;
  readonly #timeout: number;
  readonly #mask: number;
  /** Slots, by number of the probe in the session (sent or not), modulo the ring. */
  readonly #state: Uint8Array;
  readonly #sent: Float64Array;
  readonly #roundTrip: Float64Array;
  readonly #uplink: Float64Array;
  readonly #downlink: Float64Array;
  readonly #clockError: Float64Array;
  readonly #lateness: Float64Array;
  /** Own count of the reflector; `unknown` where it has none. */
  readonly #count: Float64Array;
  readonly #seconds: Uint32Array;
  readonly #fraction: Uint32Array;
  readonly #sequenceOf: Uint32Array;
  /** Bits of doubt, below. */
  readonly #doubt: Uint8Array;
  /** Slot of a sequence number, modulo the ring. */
  readonly #slotOf: Float64Array;
  /** First slot that is not emitted, first that is not used. */
  #head = 0;
  #tail = 0;
  #expired = 0;
  #sequence = 1;
  #highest = 0;
  /** Slot and count of the last answer that was emitted. */
  #lastCount = unknown;
  #lastSequence = 0;

  constructor({ ssid, intervalMicroseconds, timeoutMicroseconds }: TrackOptions) {
    this.ssid = ssid;
    this.#timeout = timeoutMicroseconds;
    const needed = Math.ceil(timeoutMicroseconds / intervalMicroseconds) + heldProbesMax + 4;
    const size = 2 ** Math.ceil(Math.log2(Math.min(pendingMax, needed)));
    this.#mask = size - 1;
    this.#state = new Uint8Array(size);
    this.#doubt = new Uint8Array(size);
    this.#sent = new Float64Array(size);
    this.#roundTrip = new Float64Array(size);
    this.#uplink = new Float64Array(size);
    this.#downlink = new Float64Array(size);
    this.#clockError = new Float64Array(size);
    this.#lateness = new Float64Array(size);
    this.#count = new Float64Array(size);
    this.#slotOf = new Float64Array(size).fill(unknown);
    this.#seconds = new Uint32Array(size);
    this.#fraction = new Uint32Array(size);
    this.#sequenceOf = new Uint32Array(size);
  }

  /** Number the next probe bears. */
  get sequence(): number {
    return this.#sequence;
  }

  get pending(): number {
    return this.#tail - this.#head;
  }

  /** Whether there is room for one more probe; where there is none, it is not sent. */
  get full(): boolean {
    return this.#tail - this.#head > this.#mask;
  }

  /** A probe has left at `time`, bearing `sequence` and the NTP timestamp `seconds`, `fraction`. */
  sent(time: Microseconds, lateness: number, seconds: number, fraction: number): void {
    const at = this.#open(time, lateness);
    this.#state[at] = waiting;
    this.#seconds[at] = seconds;
    this.#fraction[at] = fraction;
    this.#sequenceOf[at] = this.#sequence;
    this.#slotOf[this.#sequence & this.#mask] = this.#tail - 1;
    this.#sequence = (this.#sequence + 1) >>> 0;
  }

  /** The probe that `sent` told of last did not leave after all: its number is free again. */
  failed(): void {
    const at = (this.#tail - 1) & this.#mask;
    if (this.#tail === this.#head || this.#state[at] !== waiting) return;
    this.#state[at] = notSent;
    this.#sequence = (this.#sequence - 1) >>> 0;
    this.#slotOf[this.#sequence & this.#mask] = unknown;
  }

  /** A probe was due at `time` and was not sent. */
  unsent(time: Microseconds, lateness: number): void {
    if (!this.full) this.#state[this.#open(time, lateness)] = notSent;
  }

  #open(time: Microseconds, lateness: number): number {
    const at = this.#tail++ & this.#mask;
    this.#sent[at] = time;
    this.#lateness[at] = lateness;
    this.#roundTrip[at] = Number.NaN;
    this.#uplink[at] = Number.NaN;
    this.#downlink[at] = Number.NaN;
    this.#clockError[at] = Number.NaN;
    this.#count[at] = unknown;
    this.#doubt[at] = 0;
    return at;
  }

  #find(sequence: number, faults: ProbeFaults): number | undefined {
    const slot = this.#slotOf[sequence & this.#mask]!;
    const at = slot & this.#mask;
    if (slot === unknown || this.#sequenceOf[at] !== sequence || slot <= this.#tail - 1 - this.#mask) {
      faults.unknownSequence += 1;
      return undefined;
    }
    return slot;
  }

  /** An answer came at `time` (T4), as STAMP reflectors send it. `own`: what this machine's clock may be wrong by, where it is disciplined. */
  answered(reply: StampReply, time: Microseconds, own: OwnClockError, faults: ProbeFaults): void {
    if (reply.ssid !== 0 && reply.ssid !== this.ssid) {
      faults.foreignSession += 1;
      return;
    }
    const slot = this.#find(reply.senderSequence, faults);
    if (slot === undefined) return;
    const at = slot & this.#mask;
    if (reply.senderSeconds !== this.#seconds[at] || reply.senderFraction !== this.#fraction[at]) {
      faults.wrongEcho += 1;
      return;
    }
    if (!this.#arrive(slot, time, faults)) return;
    this.#count[at] = reply.sequence;
    if (this.#doubt[at]! & clockDoubt) return;
    const dwell = reply.time - reply.received;
    const away = time - this.#sent[at]!;
    if (Number.isNaN(dwell)) faults.noTimes += 1;
    else if (dwell < 0) faults.timeBackwards += 1;
    else if (dwell > away) faults.impossibleDwell += 1;
    else {
      this.#roundTrip[at] = away - dwell;
      this.#oneWay(at, reply, time, own, faults);
    }
  }

  /** An echo without times of its own (ICMP, TCP): everything between sending and answer is round trip. */
  echoed(sequence: number, time: Microseconds, faults: ProbeFaults, measured?: number): void {
    const slot = this.#find(sequence, faults);
    if (slot === undefined || !this.#arrive(slot, time, faults)) return;
    const at = slot & this.#mask;
    if (this.#doubt[at]! & clockDoubt) return;
    const away = measured ?? time - this.#sent[at]!;
    if (away < 0) faults.timeBackwards += 1;
    else this.#roundTrip[at] = away;
  }

  #arrive(slot: number, time: Microseconds, faults: ProbeFaults): boolean {
    const at = slot & this.#mask;
    const state = this.#state[at];
    if (state === arrived) {
      faults.duplicate += 1;
      return false;
    }
    const isDoubtful = (this.#doubt[at]! & clockDoubt) !== 0;
    if (state !== waiting || (!isDoubtful && time - this.#sent[at]! > this.#timeout)) {
      this.#doubt[at]! |= cameLate;
      faults.late += 1;
      return false;
    }
    this.#state[at] = arrived;
    if (slot < this.#highest) faults.reordered += 1;
    else this.#highest = slot;
    if (isDoubtful) faults.clockStep += 1;
    return true;
  }

  #oneWay(at: number, reply: StampReply, time: Microseconds, own: OwnClockError, faults: ProbeFaults): void {
    const { error } = reply;
    // IEEE 1588 times may be TAI or UTC, 37 s apart, and nothing says which: good for a difference only.
    if (own === undefined || !error.synchronised || error.ptp || Number.isNaN(error.microseconds)) return;
    const bound = own + error.microseconds;
    const downlink = reply.received - this.#sent[at]!;
    const uplink = time - reply.time;
    if (downlink < -bound || uplink < -bound) {
      faults.impossibleOneWay += 1;
      return;
    }
    this.#downlink[at] = downlink;
    this.#uplink[at] = uplink;
    this.#clockError[at] = bound;
  }

  /** This machine's clock was set by `step` µs: what is under way is put on the new time, and gets no figure. */
  clockStepped(step: number): void {
    for (const at of this.#underWay()) {
      this.#doubt[at]! |= clockDoubt;
      this.#sent[at]! += step;
    }
  }

  /** This machine's receive queue overflowed: what is under way and does not come back may have been lost here. */
  queueOverflowed(): void {
    for (const at of this.#underWay()) this.#doubt[at]! |= queueDoubt;
  }

  *#underWay(): Generator<number> {
    for (let slot = this.#head; slot < this.#tail; slot++) {
      const at = slot & this.#mask;
      if (this.#state[at] === waiting) yield at;
    }
  }

  /** Gives up what has been away too long at `now`, and hands on what is decided, in the order of sending. */
  settle(now: Microseconds, emit: EmitProbe, faults: ProbeFaults): void {
    this.#expired = Math.max(this.#expired, this.#head);
    for (; this.#expired < this.#tail; this.#expired++) {
      const at = this.#expired & this.#mask;
      if (this.#state[at] !== waiting) continue;
      if (now - this.#sent[at]! <= this.#timeout) break;
      if (this.#doubt[at]! & queueDoubt) {
        this.#state[at] = notSent;
        faults.queueFull += 1;
      } else this.#state[at] = lost;
    }
    while (this.#head < this.#tail) {
      const at = this.#head & this.#mask;
      const state = this.#state[at]!;
      if (state === waiting) return;
      if (state === lost) {
        // Looks ahead for the answer that ends this run of losses.
        let end = this.#head;
        let losses = 0;
        let lates = 0;
        for (; end < this.#tail; end++) {
          const one = this.#state[end & this.#mask]!;
          if (one === arrived || one === waiting) break;
          if (one === lost) losses += 1;
          if (this.#doubt[end & this.#mask]! & cameLate) lates += 1;
        }
        const next = end < this.#tail ? this.#state[end & this.#mask] : undefined;
        const mayWait =
          this.#isStateful() &&
          losses <= heldProbesMax &&
          now - this.#sent[at]! <= heldMicrosecondsMax + this.#timeout &&
          this.#tail - this.#head <= this.#mask;
        if (next !== arrived && mayWait) return;
        const direction =
          next === arrived ? this.#direction(end & this.#mask, losses, lates, faults) : fate.lost;
        if (next !== arrived) this.#lastCount = unknown;
        for (; this.#head < end; this.#head++) {
          const one = this.#head & this.#mask;
          const isLate = (this.#doubt[one]! & cameLate) !== 0;
          this.#emit(
            one,
            this.#state[one] !== lost ? fate.unsent : isLate ? fate.lost : direction,
            emit,
            faults,
          );
        }
        continue;
      }
      if (state === arrived) {
        this.#lastCount = this.#count[at]!;
        this.#lastSequence = this.#sequenceOf[at]!;
        this.#emit(at, fate.arrived, emit, faults);
      } else this.#emit(at, fate.unsent, emit, faults);
      this.#head += 1;
    }
  }

  #isStateful(): boolean {
    return this.#lastCount !== unknown && this.#lastCount !== this.#lastSequence;
  }

  /**
   * Where `losses` probes between two answers were lost: the reflector has counted those that reached it. All of them did, or none: known.
   * Some did: how many is known, and which is not; they stay `lost`. So do those that came back after their time, wherever they dallied.
   */
  #direction(end: number, losses: number, lates: number, faults: ProbeFaults): number {
    const count = this.#count[end]!;
    if (!this.#isStateful() || count === unknown || count === this.#sequenceOf[end]) return fate.lost;
    const reached = count - this.#lastCount - 1;
    if (reached < 0 || reached > losses) {
      faults.sequenceJump += 1;
      return fate.lost;
    }
    // The probe goes down to the terminal, its answer comes up.
    if (reached - lates === 0) return fate.lostDownlink;
    return reached === losses ? fate.lostUplink : fate.lost;
  }

  #emit(at: number, what: number, emit: EmitProbe, faults: ProbeFaults): void {
    if (what === fate.unsent) faults.unsent += 1;
    emit(
      this.#sent[at]!,
      this.#roundTrip[at]!,
      this.#uplink[at]!,
      this.#downlink[at]!,
      what,
      this.#lateness[at]!,
      this.#clockError[at]!,
    );
  }
}
