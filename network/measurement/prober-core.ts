import { randomBytes } from 'node:crypto';
import type { Microseconds } from '@millrace/contract';
import type { AddressFamily, PeerKey } from './datagrams.ts';
import { readEcho, writeEcho } from './icmp-echo.ts';
import { ProbeSchedule } from './probe-schedule.ts';
import { type EmitProbe, noFaults, type OwnClockError, type ProbeFaults, ProbeTrack } from './probe-track.ts';
import { errorEstimateBits, readReply, writeRequest } from './stamp.ts';

/** A session as its thread is told of it. */
export interface ThreadSession {
  /** The same number: the same session, whose sequence goes on. 0 is the local reflector's. */
  id: number;
  method: 'stamp' | 'icmp' | 'tcp';
  address: string;
  family: AddressFamily;
  port: number;
  dscp: number;
  octets: number;
  intervalTicks: number;
  timeoutMs: number;
  ssid: number;
  key?: Uint8Array | undefined;
}

/** Decided probes of all sessions, in the order they were decided; of each session in the order of sending. */
export interface Rows {
  count: number;
  session: Int32Array;
  sent: Float64Array;
  /** Four to a row: round trip, uplink, downlink, lateness, µs. */
  figures: Float32Array;
  fate: Uint8Array;
  /** Of one-way times, µs; NaN where there are none. */
  clockError: Float32Array;
}

const rowsMax = 32_768;

export const noRows = (size: number): Rows => ({
  count: 0,
  session: new Int32Array(size),
  sent: new Float64Array(size),
  figures: new Float32Array(size * 4),
  fate: new Uint8Array(size),
  clockError: new Float32Array(size),
});

/** `count` rows in memory of their own, to be handed to another thread. */
export function packed(rows: Rows): Rows {
  const { count } = rows;
  return {
    count,
    session: rows.session.slice(0, count),
    sent: rows.sent.slice(0, count),
    figures: rows.figures.slice(0, count * 4),
    fate: rows.fate.slice(0, count),
    clockError: rows.clockError.slice(0, count),
  };
}

export interface CoreSession extends ThreadSession {
  track: ProbeTrack;
  faults: ProbeFaults;
  /** Known to the ICMP peers of this prober only: what comes back must bear it. */
  cookie: Buffer;
}

/** Later than this against its schedule a probe is not sent any more. */
const latenessMicrosecondsMax = 250_000;

/**
 * The prober without its sockets: which session is due, what its packet says, whose answer a packet is. Whoever owns the sockets calls it;
 * one thread, one core.
 */
export class ProberCore {
  readonly strangers = noFaults();
  own: OwnClockError;
  error = errorEstimateBits(false, 16_000_000);
  #sessions = new Map<number, CoreSession>();
  #order: CoreSession[] = [];
  #byPeer = new Map<string, Map<PeerKey, CoreSession>>();
  #schedule: ProbeSchedule | undefined;
  #tickMicroseconds = 10_000;
  rows = noRows(rowsMax);
  /** Rows there was no room for: nobody fetched the others. */
  rowsLost = 0;

  get sessions(): readonly CoreSession[] {
    return this.#order;
  }

  session(id: number): CoreSession | undefined {
    return this.#sessions.get(id);
  }

  get tickMicroseconds(): number {
    return this.#tickMicroseconds;
  }

  /** Sessions in force from now on. Those with the id of one before keep what is under way. `keyOf`: as arrivals will name their peer. */
  set(
    sessions: readonly ThreadSession[],
    tickMs: number,
    monotonic: Microseconds,
    keyOf: (session: ThreadSession) => PeerKey,
  ): void {
    const tickBefore = this.#tickMicroseconds;
    this.#tickMicroseconds = tickMs * 1000;
    const before = this.#sessions;
    this.#sessions = new Map();
    this.#byPeer = new Map();
    this.#order = sessions.map((session) => {
      const known = before.get(session.id);
      const core: CoreSession = {
        ...session,
        cookie: known?.cookie ?? randomBytes(8),
        faults: known?.faults ?? noFaults(),
        track:
          // A faster pace has more probes under way than the track was made for.
          known !== undefined &&
          known.timeoutMs === session.timeoutMs &&
          known.intervalTicks * tickBefore <= session.intervalTicks * this.#tickMicroseconds
            ? known.track
            : new ProbeTrack({
                ssid: session.ssid,
                intervalMicroseconds: session.intervalTicks * this.#tickMicroseconds,
                timeoutMicroseconds: session.timeoutMs * 1000,
              }),
      };
      this.#sessions.set(session.id, core);
      const peers = `${session.method}/${session.dscp}`;
      if (!this.#byPeer.has(peers)) this.#byPeer.set(peers, new Map());
      this.#byPeer.get(peers)!.set(keyOf(session), core);
      return core;
    });
    this.#schedule = new ProbeSchedule(
      sessions.map(({ intervalTicks }) => intervalTicks),
      Math.floor(monotonic / this.#tickMicroseconds) + 1,
    );
  }

  /** Monotonic time of the next wake-up. */
  get nextWake(): Microseconds {
    return (this.#schedule?.tick ?? 0) * this.#tickMicroseconds;
  }

  /** Calls for each session that is due. Those too late to be sent get a row that says so. */
  due(
    monotonic: Microseconds,
    realtime: Microseconds,
    send: (session: CoreSession, dueAt: Microseconds) => void,
  ): void {
    const tick = Math.floor(monotonic / this.#tickMicroseconds);
    this.#schedule?.take(tick, (index, due) => {
      const session = this.#order[index]!;
      const dueAt = due * this.#tickMicroseconds;
      const late = monotonic - dueAt;
      const tooLate = Math.min(
        latenessMicrosecondsMax,
        (session.intervalTicks * this.#tickMicroseconds) / 2 + this.#tickMicroseconds,
      );
      if (late > tooLate || session.track.full) session.track.unsent(realtime - late, late);
      else send(session, dueAt);
    });
  }

  /** Writes the packet of a probe that leaves at `time`, and remembers it. Returns its length. */
  write(session: CoreSession, into: Buffer, time: Microseconds, lateness: number, icmpId: number): number {
    const { track, octets } = session;
    const { sequence } = track;
    if (session.method === 'stamp') {
      writeRequest(into, { sequence, time, error: this.error, ssid: session.ssid }, octets, session.key);
      const at = session.key === undefined ? 4 : 16;
      track.sent(time, lateness, into.readUInt32BE(at), into.readUInt32BE(at + 4));
      return octets;
    }
    const length = writeEcho(into, {
      family: session.family,
      id: icmpId,
      sequence,
      cookie: session.cookie,
      octets,
    });
    track.sent(time, lateness, 0, 0);
    return length;
  }

  /** A STAMP answer came. */
  stamp(dscp: number, from: PeerKey, packet: Buffer, time: Microseconds): void {
    const session = this.#byPeer.get(`stamp/${dscp}`)?.get(from);
    if (session === undefined) {
      this.strangers.stranger += 1;
      return;
    }
    const reply = readReply(packet, session.key);
    if (typeof reply === 'string') {
      if (reply === 'short' || reply === 'long' || reply === 'wrongHmac') session.faults[reply] += 1;
      return;
    }
    session.track.answered(reply, time, this.own, session.faults);
  }

  /** An ICMP echo reply came. `packet` begins with the ICMP header. */
  echo(dscp: number, from: PeerKey, packet: Buffer, time: Microseconds, icmpId: number): void {
    const echo = readEcho(packet);
    // Raw sockets hear the machine's other pings too: those are nobody's fault.
    if (echo === undefined || (icmpId !== 0 && echo.id !== icmpId)) return;
    const session = this.#byPeer.get(`icmp/${dscp}`)?.get(from);
    if (session === undefined) this.strangers.stranger += 1;
    else if (!echo.cookie.equals(session.cookie)) session.faults.wrongEcho += 1;
    else session.track.echoed(echo.sequence, time, session.faults);
  }

  /** Collects what is decided at `now`. */
  settle(now: Microseconds): void {
    for (const session of this.#order) {
      if (session.track.pending === 0) continue;
      this.#settling = session.id;
      session.track.settle(now, this.#emit, session.faults);
    }
  }

  #settling = 0;
  readonly #emit: EmitProbe = (sent, roundTrip, uplink, downlink, what, lateness, clockError) => {
    const { rows } = this;
    if (rows.count >= rowsMax) {
      this.rowsLost += 1;
      return;
    }
    const at = rows.count++;
    rows.session[at] = this.#settling;
    rows.sent[at] = sent;
    rows.figures[at * 4] = roundTrip;
    rows.figures[at * 4 + 1] = uplink;
    rows.figures[at * 4 + 2] = downlink;
    rows.figures[at * 4 + 3] = lateness;
    rows.fate[at] = what;
    rows.clockError[at] = clockError;
  };

  clockStepped(step: Microseconds): void {
    for (const { track } of this.#order) track.clockStepped(step);
  }

  queueOverflowed(method: string, dscp: number, family: AddressFamily): void {
    for (const session of this.#order)
      if (session.method === method && session.dscp === dscp && session.family === family)
        session.track.queueOverflowed();
  }

  /** Takes what was counted since the last call, by session. */
  takeFaults(): [id: number, faults: ProbeFaults][] {
    const found: [number, ProbeFaults][] = [];
    const take = (id: number, faults: ProbeFaults): void => {
      if (!Object.values(faults).some((many) => many > 0)) return;
      found.push([id, { ...faults }]);
      Object.assign(faults, noFaults());
    };
    take(-1, this.strangers);
    for (const { id, faults } of this.#order) take(id, faults);
    return found;
  }
}
