import type { Hop, LocalText, Microseconds, ServiceLevel } from '@millrace/contract';
import type { NetworkPlatform } from '@millrace/sdk';
import type { Retransmissions } from './connections-here.ts';
import {
  hopsOf,
  type Inventory,
  type Localising,
  type Measuring,
  type Pair,
  type TerminalRecord,
  zoneProbe,
} from './inventory/index.ts';
import { type Block, figuresOf, merge, qualityOf, summarise } from './judgement/index.ts';
import {
  type Clues,
  localise,
  type PathPlace,
  type Peer,
  type Quality,
  type Segment,
} from './localising/index.ts';
import type { UsualRadio } from './usual-radio.ts';

/** What was judged longer ago than this says nothing of now. */
const freshMicroseconds = 60_000_000;
/** A segment is looked at over this. */
const segmentMicroseconds = 120_000_000;
/** What peers are is worked out once for all incidents that open together. */
const peersKeptMicroseconds = 5_000_000;
/** Values of so many things of a terminal tell whether it works. */
const thingsLookedAtMax = 20;
const propertiesLookedAtMax = 50;

export interface LocalisingParts {
  platform: Pick<NetworkPlatform, 'clock' | 'values' | 'things'>;
  inventory: () => Pick<Inventory, 'terminals' | 'judging' | 'zones'>;
  measuring: () => Pick<Measuring, 'window' | 'decidedUntil'> | undefined;
  /** Round trip of the platform's own reflector now, and usually. */
  noise: () => Clues['platform'];
  retransmissions: (address: string) => Retransmissions | undefined;
  usualRadio: Pick<UsualRadio, 'of'>;
}

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

/** What the last one or two minutes of a pair show, put simply: a verdict waits until it is sure, a clue need not. */
export function qualityOfPair({ flow, minute, minuteBefore }: Pair): Quality {
  const now = minute as Block | undefined;
  const before = minuteBefore as Block | undefined;
  const block = now === undefined ? before : before === undefined ? now : merge(before, now);
  return block === undefined ? 'unknown' : qualityOf(flow.input.level, block);
}

/** A terminal is bad where any of its flows is, and good where one is and none is bad. */
export function worstQuality(qualities: readonly Quality[]): Quality {
  return qualities.includes('bad') ? 'bad' : qualities.includes('good') ? 'good' : 'unknown';
}

/** Puts a lost level on a hop, from what the inventory knows of the terminal, of those that share parts of its path, and of the platform itself. */
export function localisingOf(parts: LocalisingParts): Localising {
  const { platform, inventory, measuring, noise, retransmissions, usualRadio } = parts;
  let peers: Peer[] = [];
  let peersAt = Number.NEGATIVE_INFINITY;
  const peersNow = (at: Microseconds): readonly Peer[] => {
    if (at - peersAt < peersKeptMicroseconds) return peers;
    const { terminals, judging } = inventory();
    peersAt = at;
    peers = [...terminals.all()].flatMap((terminal) => {
      const fresh = judging.ofTerminal(terminal.id).filter((pair) => at - pair.at <= freshMicroseconds);
      return fresh.length === 0
        ? []
        : [{ ...placeOf(terminal), quality: worstQuality(fresh.map(qualityOfPair)) }];
    });
    return peers;
  };
  return (flow, id) => {
    const { terminals, judging, zones } = inventory();
    const terminal = terminals.get(id);
    if (terminal === undefined) return undefined;
    const at = platform.clock.now();
    const level = judging.pair(flow, id)?.flow.input.level;
    const { radio, sessions, seenSupi, input } = terminal;
    const zone = input.zone === undefined ? undefined : zones.get(input.zone);
    const segment =
      zone === undefined || level === undefined
        ? undefined
        : segmentOf(zone.id, zone.title, level, measuring(), at);
    const usual = usualRadio.of(id);
    const address = sessions.find((one) => one.address !== undefined)?.address ?? input.address;
    const again = address === undefined ? undefined : retransmissions(address);
    const protocol = protocolOf(terminal, platform, at);
    const own = noise();
    return localise({
      path: placeOf(terminal),
      now: at,
      peers: peersNow(at).filter((peer) => peer.terminal !== id),
      ...(segment === undefined ? {} : { segments: [segment] }),
      ...(own === undefined ? {} : { platform: own }),
      ...(again === undefined ? {} : { retransmissions: again }),
      ...(protocol === undefined ? {} : { protocol }),
      ...(radio === undefined
        ? {}
        : {
            radio: {
              rsrpDbm: radio.rsrpDbm,
              sinrDb: radio.sinrDb,
              usualRsrpDbm: usual?.rsrpDbm,
              usualSinrDb: usual?.sinrDb,
              registered:
                radio.registration === undefined ? undefined : radio.registration !== 'deregistered',
            },
          }),
      ...(seenSupi === undefined ? {} : { session: sessions.length > 0 ? 'there' : 'gone' }),
    });
  };
}

/** From the platform to the reflector of an edge zone: what is good there was not lost there. */
function segmentOf(
  zone: string,
  title: string,
  level: ServiceLevel,
  measuring: Pick<Measuring, 'window' | 'decidedUntil'> | undefined,
  now: Microseconds,
): Segment | undefined {
  const to = Math.min(now, measuring?.decidedUntil() ?? now);
  const from = to - segmentMicroseconds;
  const probes = measuring?.window(zoneProbe(zone), from, to) ?? [];
  if (probes.every(({ columns }) => columns.count === 0)) return undefined;
  const block = summarise(level, { from, to, probes, passive: undefined, rates: [], coverage: undefined });
  const trip = figuresOf(block).tracks.find(({ roundTrip }) => roundTrip !== undefined)?.roundTrip;
  const what: LocalText = {
    en: `Reflector of the edge zone "${title}"`,
    zh: `边缘区“${title}”的反射器`,
  };
  return {
    from: 'edge',
    to: 'platform',
    quality: qualityOf(level, block),
    what,
    time: to,
    ...(trip?.p95 === undefined ? {} : { value: trip.p95, unit: 'ms' }),
  };
}

/** The device's own words (OPC UA Part 4, 7.39): it failed, a sensor did, or it is out of service. */
const deviceFaults = new Set([0x808b_0000, 0x808c_0000, 0x808d_0000]);

/** Whether the terminal answers with good values or with faults of its own; undefined: nothing fresh, or faults that may be the path's. */
function protocolOf(
  { input }: TerminalRecord,
  { values, things }: LocalisingParts['platform'],
  now: Microseconds,
): Clues['protocol'] {
  let failing = 0;
  let looked = 0;
  for (const id of input.things.slice(0, thingsLookedAtMax))
    for (const property of Object.keys(things.get(id)?.series ?? {})) {
      if (looked++ >= propertiesLookedAtMax) break;
      const latest = values.latest({ thing: id, property });
      if (latest === undefined || now - latest.received > freshMicroseconds) continue;
      if (latest.status >>> 30 === 0) return 'working';
      if (deviceFaults.has((latest.status & 0xffff_0000) >>> 0)) failing++;
    }
  return failing > 0 ? 'failing' : undefined;
}
