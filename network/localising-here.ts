import type { Hop, Microseconds, VerdictState } from '@millrace/contract';
import { hopsOf, type Inventory, type Localising, type TerminalRecord, worstOf } from './inventory/index.ts';
import { localise, type PathPlace, type Peer, type Quality } from './localising/index.ts';

/** What was judged longer ago than this says nothing of now. */
const freshMicroseconds = 60_000_000;

const quality = (state: VerdictState | undefined): Quality =>
  state === 'violated' ? 'bad' : state === 'met' ? 'good' : 'unknown';

function placeOf(terminal: TerminalRecord): PathPlace {
  const { radio, input } = terminal;
  return {
    terminal: terminal.id,
    hops: hopsOf(terminal) as readonly Hop[],
    cell: radio?.cell,
    gnb: radio?.gnb,
    core: input.provider,
    zone: input.zone,
  };
}

/** Puts a lost level on a hop, from what the inventory knows of the terminal and of those that share parts of its path. */
export function localisingOf(inventory: () => Inventory, now: () => Microseconds): Localising {
  return (_flow, id) => {
    const { terminals, judging } = inventory();
    const terminal = terminals.get(id);
    if (terminal === undefined) return undefined;
    const at = now();
    const peers: Peer[] = [];
    for (const other of terminals.all()) {
      if (other.id === id) continue;
      const worst = worstOf(judging.ofTerminal(other.id));
      if (worst === undefined || at - worst.at > freshMicroseconds) continue;
      peers.push({ ...placeOf(other), quality: quality(worst.state) });
    }
    const { radio, sessions, seenSupi } = terminal;
    return localise({
      path: placeOf(terminal),
      now: at,
      peers,
      ...(radio === undefined
        ? {}
        : {
            radio: {
              rsrpDbm: radio.rsrpDbm,
              sinrDb: radio.sinrDb,
              registered:
                radio.registration === undefined ? undefined : radio.registration !== 'deregistered',
            },
          }),
      ...(seenSupi === undefined ? {} : { session: sessions.length > 0 ? 'there' : 'gone' }),
    });
  };
}
