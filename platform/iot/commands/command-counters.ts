import type { CommandState } from '@millrace/contract';

/** What became of a command, as it is counted. */
export type CommandOutcome = CommandState | 'not-taken' | 'not-confirmable' | 'late-answer';

const protocolsMax = 100;

/**
 * Counts commands since the start, by protocol. `accepted` = `confirmed` + `refused` + `timed-out` + `unknown` + `not-confirmable` + those
 * that are open; `sent` counts those that left, however they ended. What was refused before it became a command is `not-taken`.
 */
export class CommandCounters {
  readonly #counts = new Map<string, Map<CommandOutcome, number>>();

  count(protocol: string | undefined, outcome: CommandOutcome): void {
    // Protocols are few; the bound is for whatever else may one day stand for one.
    const wanted = protocol ?? 'none';
    const name = this.#counts.has(wanted) || this.#counts.size < protocolsMax ? wanted : 'other';
    let counts = this.#counts.get(name);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(name, counts);
    }
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }

  *all(): Generator<{ protocol: string; outcome: CommandOutcome; count: number }> {
    for (const [protocol, counts] of this.#counts)
      for (const [outcome, count] of counts) yield { protocol, outcome, count };
  }
}
