import type { LocalText } from '@millrace/contract';
import type { AddressFamily, Missing } from './datagrams.ts';
import type { ProbeFaults } from './probe-track.ts';
import type { Rows, ThreadSession } from './prober-core.ts';
import type { ReflectorCounters, ReflectorSource } from './reflector.ts';

/** What the platform's thread and those of prober and reflector tell each other. */

export type ToProber =
  | { kind: 'sessions'; tickMs: number; sessions: readonly ThreadSession[] }
  /** State of the clock: what it may be wrong by (µs) where it is disciplined, and how it stands in packets. */
  | { kind: 'clock'; own: number | undefined; error: number }
  | { kind: 'stop' };

export interface ThreadState {
  /** The kernel's calls are there. */
  native: boolean;
  problem: LocalText | undefined;
  missing: readonly Missing[];
}

export type FromProber =
  | ({ kind: 'opened' } & ThreadState & { icmp: 'datagram' | 'raw' | undefined; ipv6: boolean })
  | {
      kind: 'rows';
      rows: Rows;
      faults: [id: number, faults: ProbeFaults][];
      /** Processor time this thread has used, µs; NaN where it cannot tell. */
      processor: number;
      sent: number;
      rowsLost: number;
    }
  /** Sessions that could not be opened: no socket for them. */
  | { kind: 'refused'; sessions: { id: number; why: LocalText }[] }
  | { kind: 'stopped' };

export interface ReflectorPlan {
  port: number;
  /** Absent: all addresses of this machine, IPv4 and where there is it IPv6. */
  address: string | undefined;
  allow: readonly ReflectorSource[];
  stateful: boolean;
  perSourcePerSecond: number;
  perSecond: number;
}

export type ToReflector =
  | { kind: 'clock'; error: number }
  | { kind: 'allow'; allow: readonly ReflectorSource[] }
  | { kind: 'stop' };

export type FromReflector =
  | ({ kind: 'opened' } & ThreadState & {
        /** Where the noise floor is measured. */
        localPort: number;
        /** Port of the reflector others may use; undefined: there is none. */
        port: number | undefined;
        families: readonly AddressFamily[];
        refused: LocalText | undefined;
      })
  | {
      kind: 'counters';
      counters: ReflectorCounters;
      sessions: number;
      sources: number;
      processor: number;
    }
  | { kind: 'stopped' };
