import type { Microseconds } from '@millrace/contract';
import type { ProbeColumns, ProbeSession } from '@millrace/sdk';
import { ProbeRing } from './probe-ring.ts';
import type { ReadSenderReport } from './sender-report.ts';

export const reportedLimits = {
  /** Terminals that report; the one longest silent makes room. */
  terminalsMax: 2_000,
  /** Probes kept of each. */
  probesMax: 2_048,
  /** A window waits so long for the next report before it is judged without. */
  waitMicroseconds: 90_000_000,
  /** Times that go back by more than this are of a clock that was set. */
  setBackMicroseconds: 30_000_000,
} as const;

export interface ReportedCounters {
  reports: number;
  repeats: number;
  refused: number;
  /** Probes a terminal had no room for while it could not reach the platform. */
  dropped: number;
}

export interface TakenReport {
  taken: number;
  /** Of these the platform had heard already. */
  repeated: number;
}

interface Reporting {
  ring: ProbeRing;
  session: ProbeSession;
  series: number | undefined;
  /** Number of the next probe that is new. */
  next: number;
  lastSent: Microseconds;
  heard: Microseconds;
}

/** Probes that terminals have sent themselves and told of: behind NAT, nobody can probe them. */
export class ReportedProbes {
  readonly counters: ReportedCounters = { reports: 0, repeats: 0, refused: 0, dropped: 0 };
  readonly #terminals = new Map<string, Reporting>();

  get size(): number {
    return this.#terminals.size;
  }

  /** Takes what is new of a report. */
  take(report: ReadSenderReport, now: Microseconds): TakenReport {
    const { terminal, first, columns, series, intervalMs, timeoutMs, octets, noise } = report;
    this.counters.reports += 1;
    this.counters.dropped += report.dropped;
    let known = this.#terminals.get(terminal);
    const goesOn =
      known !== undefined &&
      (series === undefined || known.series === undefined
        ? first >= known.next || columns.sent[0]! <= known.lastSent
        : series === known.series);
    const from = goesOn ? Math.min(columns.count, Math.max(0, known!.next - first)) : 0;
    if (from > 0) this.counters.repeats += from;
    // A ring is in the order of sending: after a clock that was set back it begins anew. A little is how long the reports were under way.
    const begins =
      known === undefined ||
      (from < columns.count && columns.sent[from]! < known.lastSent - reportedLimits.setBackMicroseconds);
    const session: ProbeSession = {
      terminal,
      method: 'stamp',
      dscp: 0,
      intervalMs,
      timeoutMs,
      octets,
      noise,
      clockErrorMicroseconds: undefined,
    };
    if (known === undefined || begins) {
      if (known === undefined && this.#terminals.size >= reportedLimits.terminalsMax)
        this.#terminals.delete(this.#terminals.keys().next().value!);
      known = {
        ring: new ProbeRing(reportedLimits.probesMax),
        session,
        series,
        next: 0,
        lastSent: Number.NEGATIVE_INFINITY,
        heard: now,
      };
    }
    known.session = session;
    known.series = series;
    known.heard = now;
    // Put in anew, so that the first of the map is the longest silent.
    this.#terminals.delete(terminal);
    this.#terminals.set(terminal, known);
    const figures = new Float32Array(4).fill(Number.NaN);
    for (let at = from; at < columns.count; at++) {
      figures[0] = columns.roundTrip[at]!;
      known.lastSent = Math.max(known.lastSent + 1, columns.sent[at]!);
      known.ring.push(known.lastSent, figures, 0, columns.fate[at]!);
    }
    known.next = goesOn ? Math.max(known.next, first + columns.count) : first + columns.count;
    return { taken: columns.count - from, repeated: from };
  }

  /** What was reported of a terminal's probes sent from `from` until before `to`. */
  window(
    terminal: string,
    from: Microseconds,
    to: Microseconds,
  ): { session: ProbeSession; columns: ProbeColumns } | undefined {
    const known = this.#terminals.get(terminal);
    if (known === undefined) return undefined;
    const columns = known.ring.columns(from, to);
    return columns.count === 0 ? undefined : { session: known.session, columns };
  }

  /** What a terminal sent before this is known; undefined: it reports nothing, or has not for so long that nobody waits for it. */
  decidedUntil(terminal: string, now: Microseconds): Microseconds | undefined {
    const known = this.#terminals.get(terminal);
    return known === undefined || known.lastSent < now - reportedLimits.waitMicroseconds
      ? undefined
      : known.lastSent + 1;
  }

  /** Forgets terminals that are no more. */
  keep(is: (terminal: string) => boolean): void {
    for (const terminal of this.#terminals.keys()) if (!is(terminal)) this.#terminals.delete(terminal);
  }
}
