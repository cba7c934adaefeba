import type { LocalText } from '@millrace/contract';

/** Bounds of probing. */
export const probingLimits = {
  intervalMsMin: 5,
  intervalMsMax: 3_600_000,
  timeoutMsMin: 10,
  timeoutMsMax: 10_000,
  octetsMax: 1_472,
  /** A new connection each time: not more often than this. */
  tcpIntervalMsMin: 1_000,
  sessionsMax: 5_000,
} as const;

/** How much probing there may be, so that it never harms production. */
export interface ProbeBudget {
  /** Of all sessions together. */
  probesPerSecond: number;
  /** Of what a path carries, in either direction; 0.01 is one per cent. Only where the rate of the path is known. */
  shareOfPath: number;
}
export const defaultBudget: ProbeBudget = { probesPerSecond: 4_000, shareOfPath: 0.01 };

/** IPv4 or IPv6 with UDP: octets around a probe on the wire; Ethernet's own not counted. */
const headerOctets = 48;

export interface Paced {
  intervalMs: number;
  /** Why it is probed less often than asked; undefined: it is not. */
  why: LocalText | undefined;
}

/**
 * How often each session may be probed: as asked, less often where its path is narrow, and all less often in the same proportion where
 * together they would be more than the budget. Intervals are whole multiples of `tickMs`.
 */
export function pace(
  plans: readonly {
    intervalMs: number;
    octets: number;
    method: 'stamp' | 'icmp' | 'tcp';
    pathKbps?: number | undefined;
  }[],
  budget: ProbeBudget,
  tickMs: number,
): Paced[] {
  const paced = plans.map((plan): Paced => {
    const asked = Math.min(
      Math.max(
        plan.intervalMs,
        plan.method === 'tcp' ? probingLimits.tcpIntervalMsMin : probingLimits.intervalMsMin,
      ),
      probingLimits.intervalMsMax,
    );
    if (plan.pathKbps === undefined) return { intervalMs: asked, why: undefined };
    // A TCP probe is three segments out and two back; counted with room.
    const octets = (plan.octets + headerOctets) * (plan.method === 'tcp' ? 3 : 1);
    const least = (octets * 8) / (plan.pathKbps * budget.shareOfPath);
    if (least <= asked) return { intervalMs: asked, why: undefined };
    const intervalMs = Math.min(least, probingLimits.intervalMsMax);
    const percent = budget.shareOfPath * 100;
    return {
      intervalMs,
      why: {
        en: `Probed every ${Math.ceil(intervalMs)} ms instead of ${asked}: probes may take ${percent} % of the path's ${plan.pathKbps} kbit/s.`,
        zh: `探测间隔由 ${asked} 毫秒放宽为 ${Math.ceil(intervalMs)} 毫秒：探测流量不得超过该路径 ${plan.pathKbps} kbit/s 的 ${percent}%。`,
      },
    };
  });
  const perSecond = paced.reduce((sum, { intervalMs }) => sum + 1000 / intervalMs, 0);
  const stretch = Math.max(1, perSecond / budget.probesPerSecond);
  return paced.map(({ intervalMs, why }) => {
    const stretched = Math.max(1, Math.ceil((intervalMs * stretch) / tickMs - 1e-9)) * tickMs;
    return {
      intervalMs: stretched,
      why:
        stretch === 1
          ? why
          : {
              en: `Probed every ${stretched} ms: all sessions together would be ${Math.ceil(perSecond)} probes a second, and ${budget.probesPerSecond} are allowed.`,
              zh: `探测间隔放宽为 ${stretched} 毫秒：全部会话合计每秒 ${Math.ceil(perSecond)} 次探测，上限为 ${budget.probesPerSecond} 次。`,
            },
    };
  });
}

/** Wake-ups of the prober: every 5 ms where some session is faster than ten a second, else every 10. */
export function tickFor(intervalsMs: readonly number[]): number {
  return intervalsMs.some((interval) => interval < 100) ? 5 : 10;
}

const slots = 4096;

/**
 * When each session is due, in ticks. Sessions of one interval are spread evenly over it, so that no two leave together that need not, and
 * each is due exactly on a tick: what a probe is late by is what the prober is late by.
 */
export class ProbeSchedule {
  readonly #interval: Float64Array;
  readonly #due: Float64Array;
  readonly #next: Int32Array;
  readonly #first = new Int32Array(slots).fill(-1);
  /** The next tick to be looked at. */
  #tick: number;

  constructor(intervalTicks: readonly number[], from: number) {
    this.#tick = from;
    this.#interval = Float64Array.from(intervalTicks);
    this.#due = new Float64Array(intervalTicks.length);
    this.#next = new Int32Array(intervalTicks.length);
    const many = new Map<number, number>();
    for (const ticks of intervalTicks) many.set(ticks, (many.get(ticks) ?? 0) + 1);
    const seen = new Map<number, number>();
    intervalTicks.forEach((ticks, session) => {
      const place = seen.get(ticks) ?? 0;
      seen.set(ticks, place + 1);
      this.#put(session, from + (Math.floor((place * ticks) / many.get(ticks)!) % ticks));
    });
  }

  #put(session: number, due: number): void {
    this.#due[session] = due;
    const slot = due % slots;
    this.#next[session] = this.#first[slot]!;
    this.#first[slot] = session;
  }

  get tick(): number {
    return this.#tick;
  }

  /** Calls for each session that is due up to `tick`, in order. More than `ticksMax` behind (the machine slept): what was missed is left out. */
  take(tick: number, call: (session: number, due: number) => void, ticksMax = 6_000): void {
    if (tick - this.#tick > ticksMax) this.#leap(tick);
    for (; this.#tick <= tick; this.#tick++) {
      const slot = this.#tick % slots;
      let session = this.#first[slot]!;
      this.#first[slot] = -1;
      while (session !== -1) {
        const next = this.#next[session]!;
        const due = this.#due[session]!;
        if (due === this.#tick) {
          call(session, due);
          this.#put(session, due + this.#interval[session]!);
        } else this.#put(session, due);
        session = next;
      }
    }
  }

  #leap(to: number): void {
    this.#first.fill(-1);
    this.#tick = to;
    this.#due.forEach((due, session) => {
      const interval = this.#interval[session]!;
      this.#put(session, due >= to ? due : due + Math.ceil((to - due) / interval) * interval);
    });
  }
}
