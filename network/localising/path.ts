import type { Hop, LocalText, Microseconds } from '@millrace/contract';

/** What is known of the quality of a terminal's path or a part of it: a verdict, put simply. `unknown` says nothing. */
export type Quality = 'good' | 'bad' | 'unknown';

/** Who shares what with whom. A part that is not known is shared with nobody. */
export interface PathPlace {
  readonly terminal: string;
  /** In the order of the path, terminal first; a wired one has no radio and no core. */
  readonly hops: readonly Hop[];
  readonly cell?: string | undefined;
  readonly gnb?: string | undefined;
  readonly core?: string | undefined;
  readonly zone?: string | undefined;
}

/** Something measured between two points of this terminal's own path, both hops included: such as an edge zone's reflector to the platform. */
export interface Segment {
  readonly from: Hop;
  readonly to: Hop;
  readonly quality: Quality;
  readonly what: LocalText;
  readonly value?: number | undefined;
  readonly unit?: string | undefined;
  readonly time?: Microseconds | undefined;
}

/** Another terminal over the same time. */
export interface Peer extends PathPlace {
  readonly quality: Quality;
}

/** Everything that can tell on which hop a level was lost. What is not known is left out. */
export interface Clues {
  readonly path: PathPlace;
  readonly now: Microseconds;
  readonly segments?: readonly Segment[];
  /** At most `peersMax` are looked at, those that share most first. */
  readonly peers?: readonly Peer[];
  readonly radio?: {
    readonly rsrpDbm?: number | undefined;
    readonly sinrDb?: number | undefined;
    /** What it usually is there; without it, only what is poor anywhere counts as poor. */
    readonly usualSinrDb?: number | undefined;
    readonly usualRsrpDbm?: number | undefined;
    /** Changes of the serving cell in the window. */
    readonly cellChanges?: number | undefined;
    readonly registered?: boolean | undefined;
  };
  /** What the terminal says of itself: it answers with errors, restarts, has no power. */
  readonly protocol?: 'working' | 'failing' | undefined;
  readonly machine?: { readonly running: boolean; readonly words?: LocalText | undefined };
  /** Share of segments the kernel had to send again, against the usual. */
  readonly retransmissions?: { readonly share: number; readonly usual: number };
  /** The platform's own: round trip of its local reflector and lag of its event loop. */
  readonly platform?: {
    readonly noiseFloorMs: number;
    readonly usualNoiseFloorMs: number;
    readonly eventLoopLagMs?: number | undefined;
  };
  /** What the provider says of the session or binding. */
  readonly session?: 'there' | 'gone' | undefined;
}

export const localisingLimits = {
  peersMax: 2000,
  segmentsMax: 64,
  /** Parts that are not on this path and could be why others fail. */
  elsewhereMax: 8,
  evidenceMax: 20,
} as const;

/** A part of the network that can fail as one. */
export interface Part {
  readonly hop: Hop;
  readonly kind: 'terminal' | 'link' | 'cell' | 'transport' | 'core' | 'edge' | 'platform';
  /** Equal for all who share it. */
  readonly key: string;
}

/** Parts of a path. */
export function partsOf(place: PathPlace): Part[] {
  const parts: Part[] = [];
  for (const hop of place.hops) {
    if (hop === 'terminal') parts.push({ hop, kind: 'terminal', key: `terminal ${place.terminal}` });
    else if (hop === 'radio') {
      parts.push({ hop, kind: 'link', key: `link ${place.terminal}` });
      if (place.cell !== undefined) parts.push({ hop, kind: 'cell', key: `cell ${place.cell}` });
    } else if (hop === 'transport')
      parts.push({
        hop,
        kind: 'transport',
        key: `transport ${place.gnb ?? place.cell ?? `of ${place.terminal}`}`,
      });
    else if (hop === 'core') parts.push({ hop, kind: 'core', key: `core ${place.core ?? ''}` });
    else if (hop === 'edge')
      parts.push({ hop, kind: 'edge', key: `edge ${place.zone ?? `of ${place.terminal}`}` });
    else parts.push({ hop, kind: 'platform', key: 'platform' });
  }
  return parts;
}
