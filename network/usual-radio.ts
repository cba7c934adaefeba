import type { NetworkPlatform } from '@millrace/sdk';

const everyMilliseconds = 3_600_000;
const dayMicroseconds = 86_400_000_000;

export interface UsualSignal {
  readonly rsrpDbm: number | undefined;
  readonly sinrDb: number | undefined;
}

/** What each terminal's signal usually is: the median of what is kept of the last day, worked out once an hour. */
export class UsualRadio {
  readonly #platform: Pick<NetworkPlatform, 'clock' | 'records' | 'log'>;
  #usual = new Map<string, UsualSignal>();
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(platform: Pick<NetworkPlatform, 'clock' | 'records' | 'log'>) {
    this.#platform = platform;
  }

  async start(): Promise<void> {
    await this.refresh();
    if (this.#stopped) return;
    this.#cancel = this.#platform.clock.after(everyMilliseconds, () => void this.start());
  }

  /** Never rejects: without it only what is poor anywhere counts as poor. */
  async refresh(): Promise<void> {
    const { clock, records, log } = this.#platform;
    try {
      const rows = await records.query<{ terminal: string; rsrp: number | null; sinr: number | null }>(
        `SELECT terminal,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY (radio->>'rsrpDbm')::float8) AS rsrp,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY (radio->>'sinrDb')::float8) AS sinr
         FROM network_radio WHERE time >= $1 GROUP BY terminal`,
        [clock.now() - dayMicroseconds],
      );
      this.#usual = new Map(
        rows.map(({ terminal, rsrp, sinr }) => [
          terminal,
          { rsrpDbm: rsrp ?? undefined, sinrDb: sinr ?? undefined },
        ]),
      );
    } catch (error) {
      log.warn('what signals usually are could not be worked out', { error: String(error) });
    }
  }

  of(terminal: string): UsualSignal | undefined {
    return this.#usual.get(terminal);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }
}
