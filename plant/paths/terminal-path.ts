import type { DelaySource } from './delay-source.ts';

/** Uplink of a cell that several share: a queue of limited length in front of what it carries. */
export class CellUplink {
  readonly #mbps: number;
  readonly #bufferMilliseconds: number;
  #seconds: number | undefined;
  #backlog = 0;
  #loss = 0;

  constructor(mbps: number, bufferMilliseconds: number) {
    this.#mbps = mbps;
    this.#bufferMilliseconds = bufferMilliseconds;
  }

  /** Lets time pass with so much offered to it. */
  move(seconds: number, offeredMbps: number): void {
    const passed = Math.max(0, seconds - (this.#seconds ?? seconds));
    this.#seconds = seconds;
    const over = offeredMbps / this.#mbps - 1;
    this.#backlog = Math.min(this.#bufferMilliseconds, Math.max(0, this.#backlog + over * passed * 1000));
    // A full queue lets through what the uplink carries; the rest is dropped.
    this.#loss = over > 0 && this.#backlog >= this.#bufferMilliseconds ? over / (over + 1) : 0;
  }

  /** Time a message that joins the queue now waits, ms. */
  get wait(): number {
    return this.#backlog;
  }

  /** Share of what arrives that is dropped. */
  get loss(): number {
    return this.#loss;
  }
}

/** What the radio of a terminal is like now. */
export interface RadioNow {
  /** Thing of its cell; undefined: it has none. */
  cell: string | undefined;
  rsrpDbm: number;
  sinrDb: number;
}

/** Half the round trip each way: the data sets tell round trips only. */
const uplinkShare = 0.5;
/** Assumed: how long a handover in good order interrupts, and one that comes too early or too late, after which the connection is made anew. */
export const handoverMilliseconds = { inOrder: 60, failed: 300 } as const;

/**
 * The path between one terminal and the network's edge: what it does to a message sent now. Delays come from a source, and on top of them
 * what the cell does: an interruption at each handover, a queue before a full uplink, nothing at all while it is off the air.
 */
export class TerminalPath {
  readonly #source: DelaySource & { weakness: number };
  readonly #chance: () => number;
  #cell: string | undefined;
  #uplink: CellUplink | undefined;
  #protected = false;
  #interruptedUntil = 0;
  handovers = 0;

  constructor(source: DelaySource & { weakness: number }, chance: () => number) {
    this.#source = source;
    this.#chance = chance;
  }

  get outOfReach(): boolean {
    return this.#cell === undefined;
  }

  /** `weakness` from 0 to 1; `protected`: a QoS flow sets its messages apart from the queue. */
  set(
    seconds: number,
    now: {
      cell: string | undefined;
      weakness: number;
      uplink: CellUplink | undefined;
      protected: boolean;
      failedHandovers: boolean;
    },
  ): void {
    if (this.#cell !== undefined && now.cell !== undefined && now.cell !== this.#cell) {
      this.handovers++;
      const { inOrder, failed } = handoverMilliseconds;
      this.#interruptedUntil = seconds + (now.failedHandovers ? failed : inOrder) / 1000;
    }
    this.#cell = now.cell;
    this.#uplink = now.uplink;
    this.#protected = now.protected;
    this.#source.weakness = now.weakness;
  }

  /** Time from the terminal to the edge for a message sent at `seconds`, ms; undefined: it is lost. */
  up(seconds: number): number | undefined {
    if (this.#cell === undefined) return undefined;
    const trip = this.#source.roundTrip(seconds);
    if (trip === undefined) return undefined;
    const uplink = this.#protected ? undefined : this.#uplink;
    if (uplink !== undefined && uplink.loss > 0 && this.#chance() < uplink.loss) return undefined;
    return this.#interruption(seconds) + trip * uplinkShare + (uplink?.wait ?? 0);
  }

  down(seconds: number): number | undefined {
    if (this.#cell === undefined) return undefined;
    const trip = this.#source.roundTrip(seconds);
    return trip === undefined ? undefined : this.#interruption(seconds) + trip * (1 - uplinkShare);
  }

  /** What is sent meanwhile waits until the terminal is in the new cell. */
  #interruption(seconds: number): number {
    return Math.max(0, this.#interruptedUntil - seconds) * 1000;
  }
}
