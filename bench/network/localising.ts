import type { Hop } from '@millrace/contract';
import { type Clues, coverageMap, localise, type Peer, type Segment } from '@millrace/network/localising';
import { figure, progress, type Row } from '../harness.ts';
import { seeded } from './chance.ts';
import { cicvTracks } from './traces.ts';

/**
 * A plant network that breaks: base stations with cells, terminals in them, wired ones, edge zones, a core, a platform. Faults add delay to every
 * path that crosses them; verdicts, signals and reflectors are seen through noise, some not at all. Nothing of it is shared with what is
 * measured: the localiser gets only what the platform would have.
 */

const trials = 2000;
const everyHop: Hop[] = ['terminal', 'radio', 'transport', 'core', 'edge', 'platform'];
const wiredHops: Hop[] = ['terminal', 'transport', 'edge', 'platform'];
const limitMs = 30;

type FaultKind = 'terminal' | 'link' | 'cell' | 'station' | 'core' | 'zone' | 'platform';
const hopOf: Record<FaultKind, Hop> = {
  terminal: 'terminal',
  link: 'radio',
  cell: 'radio',
  station: 'transport',
  core: 'core',
  zone: 'edge',
  platform: 'platform',
};
const kinds = Object.keys(hopOf) as FaultKind[];

interface Terminal {
  id: string;
  wired: boolean;
  station: number;
  cell: number;
  zone: number;
  base: number;
  usualSinr: number;
}

interface Trial {
  faults: FaultKind[];
  observable: boolean;
  clues: Clues;
}

type Chance = ReturnType<typeof seeded>;

function plant(chance: Chance): { terminals: Terminal[]; zones: number; reflectors: boolean[] } {
  const zones = 2 + chance.below(2);
  const terminals: Terminal[] = [];
  const stations = 3 + chance.below(3);
  for (let station = 0; station < stations; station++) {
    const cells = 1 + chance.below(3);
    for (let cell = 0; cell < cells; cell++) {
      const inCell = 1 + chance.below(9);
      for (let one = 0; one < inCell; one++)
        terminals.push({
          id: `m${terminals.length}`,
          wired: false,
          station,
          cell: station * 10 + cell,
          zone: chance.next() < 0.8 ? station % zones : chance.below(zones),
          base: 10 + 5 * chance.next(),
          usualSinr: 16 + 4 * chance.normal(),
        });
    }
  }
  const wired = 3 + chance.below(10);
  for (let one = 0; one < wired; one++)
    terminals.push({
      id: `w${one}`,
      wired: true,
      station: -1 - one,
      cell: -1,
      zone: chance.below(zones),
      base: 1 + chance.next(),
      usualSinr: 0,
    });
  return { terminals, zones, reflectors: Array.from({ length: zones }, () => chance.next() < 0.6) };
}

function trial(chance: Chance, twice: boolean): Trial {
  for (;;) {
    const { terminals, reflectors } = plant(chance);
    const mobile = terminals.filter(({ wired }) => !wired);
    const victim = mobile[chance.below(mobile.length)]!;
    const faults = [kinds[chance.below(kinds.length)]!];
    while (twice && faults.length < 2) {
      const other = kinds[chance.below(kinds.length)]!;
      if (!faults.includes(other)) faults.push(other);
    }
    const strength = new Map(faults.map((kind) => [kind, 25 * Math.exp(1.2 * chance.next())]));
    /** What a fault adds to a terminal's delay, ms. */
    const added = (of: Terminal): number => {
      let sum = 0;
      for (const [kind, ms] of strength) {
        const crosses =
          kind === 'platform' ||
          (kind === 'zone' && of.zone === victim.zone) ||
          (kind === 'core' && !of.wired) ||
          (kind === 'station' && of.station === victim.station) ||
          (kind === 'cell' && of.cell === victim.cell) ||
          ((kind === 'link' || kind === 'terminal') && of === victim);
        // A full cell slows most of those in it, not those that send least.
        if (crosses && (kind !== 'cell' || of === victim || chance.next() < 0.88)) sum += ms;
      }
      return sum;
    };
    const judged = (of: Terminal): Peer['quality'] => {
      if (chance.next() < 0.1) return 'unknown';
      const bad = of.base + added(of) + Math.abs(chance.normal()) * 2 > limitMs;
      return (chance.next() < 0.025 ? !bad : bad) ? 'bad' : 'good';
    };
    const place = (of: Terminal) => ({
      terminal: of.id,
      hops: of.wired ? wiredHops : everyHop,
      zone: `zone-${of.zone}`,
      ...(of.wired ? {} : { cell: `cell-${of.cell}`, gnb: `gnb-${of.station}` }),
    });
    const peers = terminals
      .filter((one) => one !== victim)
      .map((one) => ({ of: one, peer: { ...place(one), quality: judged(one) } as Peer }));

    const sinrSeen = chance.next() < 0.9;
    let sinr = victim.usualSinr + 1.5 * chance.normal();
    const faded = faults.includes('link') && chance.next() < 0.85;
    if (faded) sinr -= 11 + 8 * chance.next();
    else if (faults.includes('cell') && chance.next() < 0.35) sinr -= 6 + 8 * chance.next();
    else if (chance.next() < 0.02) sinr -= 12;
    const failing = faults.includes('terminal') ? chance.next() < 0.8 : chance.next() < 0.01;
    const usualNoise = 0.3 + 0.3 * chance.next();
    const slow = faults.includes('platform') ? chance.next() < 0.95 : chance.next() < 0.01;
    const gone = faults.includes('core') ? chance.next() < 0.5 : chance.next() < 0.01;
    const segments: Segment[] = [];
    const measures = reflectors[victim.zone]! && chance.next() < 0.96;
    if (measures) {
      const bad = faults.includes('zone') || faults.includes('platform');
      segments.push({
        from: 'edge',
        to: 'platform',
        quality: (chance.next() < 0.015 ? !bad : bad) ? 'bad' : 'good',
        what: { en: 'edge zone to platform', zh: '边缘到平台' },
      });
    }
    const clues: Clues = {
      path: place(victim),
      now: 1_700_000_000_000_000,
      peers: peers.map(({ peer }) => peer),
      segments,
      ...(sinrSeen ? { radio: { sinrDb: sinr, usualSinrDb: victim.usualSinr } } : {}),
      ...(failing ? { protocol: 'failing' } : chance.next() < 0.8 ? { protocol: 'working' } : {}),
      platform: {
        noiseFloorMs: slow ? usualNoise * (5 + 50 * chance.next()) : usualNoise * (0.8 + 0.5 * chance.next()),
        usualNoiseFloorMs: usualNoise,
      },
      ...(gone ? { session: 'gone' } : chance.next() < 0.5 ? { session: 'there' } : {}),
    };
    if (victim.base + added(victim) <= limitMs) continue;

    /** Whether what is measured in this plant sets a fault of this kind apart, were it the only one. */
    const told = (where: (of: Terminal) => boolean): boolean =>
      peers.filter(({ of, peer }) => peer.quality !== 'unknown' && where(of)).length >= 3;
    const sameCell = told((of) => of.cell === victim.cell);
    const otherCell = told((of) => of.station === victim.station && of.cell !== victim.cell);
    const otherStation = told((of) => !of.wired && of.station !== victim.station && of.zone === victim.zone);
    const otherZone = told((of) => !of.wired && of.station !== victim.station && of.zone !== victim.zone);
    const wiredThere = told((of) => of.wired && of.zone === victim.zone);
    const sets: Record<FaultKind, boolean> = {
      terminal: sameCell && failing && sinrSeen,
      link: sameCell && sinrSeen && faded,
      cell: sameCell && otherCell,
      station: otherCell && otherStation,
      core: wiredThere && (otherStation || otherZone),
      zone: (measures || wiredThere) && otherStation && otherZone,
      platform: slow && otherZone && told((of) => of.wired),
    };
    // A wider fault hides a narrower one that is told only by who else is well; what a hop says of itself is not hidden.
    const wide: Partial<Record<FaultKind, FaultKind[]>> = {
      cell: ['station', 'core', 'zone', 'platform'],
      station: ['core', 'zone', 'platform'],
      core: gone ? [] : ['zone', 'platform'],
      zone: measures && slow === faults.includes('platform') ? ['platform'] : ['core', 'platform'],
    };
    const hidden = faults.some((kind) => faults.some((other) => wide[kind]?.includes(other) === true));
    return { faults, observable: !hidden && faults.every((kind) => sets[kind]), clues };
  }
}

export async function run(): Promise<Row[]> {
  const chance = seeded(20_261);
  const counted = {
    single: 0,
    right: 0,
    hidden: 0,
    hiddenHeld: 0,
    double: 0,
    both: 0,
    seenDouble: 0,
    seenBoth: 0,
  };
  let wrong = 0;
  let oneOfTwo = 0;
  let named = 0;
  let slowest = 0;
  for (let number = 0; number < trials; number++) {
    const { faults, observable, clues } = trial(chance, number % 4 === 0);
    const began = performance.now();
    const { from, to } = localise(clues);
    slowest = Math.max(slowest, performance.now() - began);
    const truth = faults.map((kind) => everyHop.indexOf(hopOf[kind]));
    const first = from === undefined ? 0 : everyHop.indexOf(from);
    const last = to === undefined ? everyHop.length - 1 : everyHop.indexOf(to);
    const holds = truth.every((at) => at >= first && at <= last);
    if (first === last) {
      named++;
      if (!truth.includes(first)) wrong++;
      else if (!holds) oneOfTwo++;
    }
    if (faults.length === 1) {
      if (observable) {
        counted.single++;
        if (holds && first === last) counted.right++;
      } else {
        counted.hidden++;
        if (holds) counted.hiddenHeld++;
      }
    } else {
      counted.double++;
      if (holds) counted.both++;
      if (observable) {
        counted.seenDouble++;
        if (holds) counted.seenBoth++;
      }
    }
    if (number % 500 === 0) progress(`  localising: ${number} of ${trials} faults`);
  }
  const share = (some: number, all: number): string =>
    `${figure((100 * some) / Math.max(1, all), '%')} of ${all}`;
  const rows: Row[] = [
    {
      what: 'a fault put on its hop, where what is measured sets it apart',
      reach: '≥ 95 %',
      measured: share(counted.right, counted.single),
      ceiling: '100 %',
      reached: counted.right >= 0.95 * counted.single,
    },
    {
      what: 'a fault nothing sets apart: lies in the stretch named',
      reach: '≥ 95 %',
      measured: share(counted.hiddenHeld, counted.hidden),
      ceiling: '100 %',
      reached: counted.hiddenHeld >= 0.95 * counted.hidden,
    },
    {
      what: 'two at once, both set apart: both lie in the stretch named (all pairs, those that hide each other too)',
      reach: '≥ 95 %',
      measured: `${share(counted.seenBoth, counted.seenDouble)} (${share(counted.both, counted.double)})`,
      ceiling: '100 %',
      reached: counted.seenBoth >= 0.95 * counted.seenDouble,
    },
    {
      what: `a single hop named that had no fault, of ${trials} (a single hop named at all)`,
      reach: '≤ 1 %',
      measured: `${figure((100 * wrong) / trials, '%')} (${named}; ${oneOfTwo} times one of two)`,
      ceiling: '0 %',
      reached: wrong <= 0.01 * trials,
    },
    {
      what: 'localising one level, slowest',
      reach: '–',
      measured: figure(slowest, 'ms'),
      ceiling: '–',
      reached: true,
    },
  ];
  const tracks = cicvTracks();
  if (tracks.length > 0) {
    const began = performance.now();
    const map = coverageMap(tracks, { cellMetres: 20, withinMs: 30 });
    const took = performance.now() - began;
    const weak = map.cells.filter(({ met, messages }) => messages >= 20 && met! < 0.9).length;
    rows.push({
      what: `map of ${tracks.length.toLocaleString('en')} messages of measured drives, 20 m cells`,
      reach: 'each message in one cell',
      measured: `${map.cells.length} cells, ${weak} of them with fewer than 90 % within 30 ms; ${figure(took, 'ms')}`,
      ceiling: '–',
      reached: map.cells.reduce((sum, { count }) => sum + count, 0) === tracks.length - map.unreadable,
    });
  }
  return rows;
}
