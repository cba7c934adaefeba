import type { ServiceLevel } from '@millrace/contract';
import { type Block, figuresOf, judge, merge, summarise } from '@millrace/network/judgement';
import { type FlowEvidence, fate } from '@millrace/sdk';
import { figure, percentile, progress, type Row } from '../harness.ts';
import { seeded } from './chance.ts';
import { cicvDrives, deterministicHistograms } from './traces.ts';

/** What the judge says against what is true: replayed delays of real 5G networks, and losses whose law is known. */

type Chance = ReturnType<typeof seeded>;
const start = 1_700_000_000_000_000;
const coverageRuns = 1200;
const cases = 1500;

/** Probes sent each `intervalMs`; NaN is lost. */
function evidenceOf(
  trips: Float64Array,
  intervalMs: number,
  from: number,
  noiseMs = 0.1,
  sent?: Float64Array,
): FlowEvidence {
  const count = trips.length;
  const none = new Float64Array(count).fill(Number.NaN);
  const times = sent ?? Float64Array.from({ length: count }, (_, index) => from + index * intervalMs * 1000);
  return {
    from: times[0] ?? from,
    to: (times.at(-1) ?? from) + intervalMs * 1000,
    probes: [
      {
        session: {
          terminal: 't',
          method: 'stamp',
          dscp: 46,
          intervalMs,
          timeoutMs: 60_000,
          octets: 44,
          noise: [
            { share: 0.5, microseconds: noiseMs * 300 },
            { share: 0.99, microseconds: noiseMs * 1000 },
          ],
          clockErrorMicroseconds: undefined,
        },
        columns: {
          count,
          sent: times,
          roundTrip: trips.map((ms) => ms * 1000),
          uplink: none,
          downlink: none,
          fate: Uint8Array.from(trips, (ms) => (Number.isNaN(ms) ? fate.lost : fate.arrived)),
          lateness: new Float64Array(count),
        },
      },
    ],
    passive: undefined,
    rates: [],
    coverage: undefined,
  };
}

/** Losses that come in bursts (Gilbert, Elliott): share lost, mean burst in messages, share lost within a burst. */
interface Bursty {
  share: number;
  burst: number;
  within: number;
}
const lawful: readonly Bursty[] = [
  { share: 0.01, burst: 1, within: 1 },
  { share: 0.05, burst: 1, within: 1 },
  { share: 0.01, burst: 5, within: 1 },
  { share: 0.02, burst: 20, within: 0.7 },
  { share: 0.005, burst: 5, within: 0.5 },
  { share: 0.03, burst: 12, within: 0.6 },
];

function bursty({ share, burst, within }: Bursty, count: number, chance: Chance): Uint8Array {
  const bad = share / within;
  const leave = 1 / burst;
  const enter = (leave * bad) / (1 - bad);
  let inBurst = chance.next() < bad;
  return Uint8Array.from({ length: count }, () => {
    inBurst = inBurst ? chance.next() >= leave : chance.next() < enter;
    return inBurst && chance.next() < within ? 1 : 0;
  });
}

/** How many messages one independent one stands for, by that law. */
function each({ share, burst, within }: Bursty): number {
  const bad = share / within;
  const leave = 1 / burst;
  const stay = 1 - leave - (leave * bad) / (1 - bad);
  return Math.max(1, 1 + (2 * within * within * bad * (1 - bad) * stay) / (1 - stay) / (share * (1 - share)));
}

const plain: ServiceLevel = { trafficClass: 'aperiodic-deterministic' };

function percentiles(drives: ReturnType<typeof cicvDrives>, chance: Chance): Row {
  const series = drives.map(({ points }) => Float64Array.from(points, ({ delayMs }) => delayMs));
  for (const { buckets } of deterministicHistograms()) {
    const total = buckets.reduce((sum, [, weight]) => sum + weight, 0);
    const width = (buckets[1]?.[0] ?? 0) - (buckets[0]?.[0] ?? 0);
    series.push(
      Float64Array.from({ length: 20_000 }, () => {
        let left = chance.next() * total;
        const bucket = buckets.find(([, weight]) => (left -= weight) <= 0) ?? buckets.at(-1)!;
        return bucket[0] + width * chance.next();
      }),
    );
  }
  let worstShare = 0;
  let worstMs = 0;
  let beyond = 0;
  let checked = 0;
  for (const trips of series) {
    // In blocks of a minute, added up: as it is kept.
    let block: Block | undefined;
    for (let from = 0; from < trips.length; from += 1200) {
      const next = summarise(plain, evidenceOf(trips.slice(from, from + 1200), 50, start + from * 50_000));
      block = block === undefined ? next : merge(block, next);
    }
    const told = block === undefined ? undefined : figuresOf(block).tracks[0]?.roundTrip;
    const truth = [...trips];
    for (const [name, percent] of [
      ['p50', 50],
      ['p95', 95],
      ['p99', 99],
      ['p999', 99.9],
    ] as const) {
      const value = told?.[name];
      if (value === undefined) continue;
      const really = percentile(truth, percent);
      const off = Math.abs(value - really);
      checked++;
      if (off > 0.5 && off > 0.05 * really) beyond++;
      worstShare = Math.max(worstShare, off / really);
      worstMs = Math.max(worstMs, off);
    }
  }
  return {
    what: `latency percentiles of ${series.length} replayed traces against the very delays, worst of ${checked}`,
    reach: '≤ 5 % or 0.5 ms',
    measured:
      checked === 0
        ? 'skipped: the data sets are not here (set MILLRACE_DATA)'
        : `${figure(worstShare * 100, '%')}, ${figure(worstMs, 'ms')}; ${beyond} beyond`,
    ceiling: '0',
    reached: checked > 0 && beyond === 0,
  };
}

function lossCoverage(chance: Chance): Row[] {
  const level: ServiceLevel = { ...plain, lossRatioMax: 0.01 };
  const covered = lawful.map(() => 0);
  for (let run = 0; run < coverageRuns; run++) {
    const law = lawful[run % lawful.length]!;
    const lost = bursty(law, 12_000, chance);
    const block = summarise(
      level,
      evidenceOf(
        Float64Array.from(lost, (one) => (one === 1 ? Number.NaN : 15)),
        50,
        start,
      ),
    );
    const verdict = judge(level, [block], block.to).criteria[0]!;
    if (verdict.low! <= law.share && law.share <= verdict.high!) covered[run % lawful.length]!++;
    if (run % 400 === 0) progress(`  judgement: ${run} of ${coverageRuns} loss intervals`);
  }
  const each = coverageRuns / lawful.length;
  const all = covered.reduce((a, b) => a + b, 0) / coverageRuns;
  return [
    {
      what: `loss intervals (95 %) that hold the truth, ${coverageRuns} runs of six laws, five of them in bursts or at 5 %`,
      reach: '93 to 97 %',
      measured: `${figure(all * 100, '%')} (by law ${covered.map((one) => Math.round((100 * one) / each)).join(', ')})`,
      ceiling: '95 %',
      reached: all >= 0.93 && all <= 0.97,
    },
  ];
}

function outages(drives: ReturnType<typeof cicvDrives>, chance: Chance): Row {
  const intervalMs = 50;
  const level: ServiceLevel = {
    trafficClass: 'periodic-deterministic',
    transferIntervalMs: intervalMs,
    survivalTimeMs: intervalMs,
    latency: { path: 'round-trip', within: [{ share: 0.9, ms: 2000 }] },
    availabilityMin: 0.99,
  };
  const trace =
    drives.find(({ name }) => name.startsWith('urban_n8_v20'))?.points.map(({ delayMs }) => delayMs) ?? [];
  let found = 0;
  let injected = 0;
  let invented = 0;
  let worst = 0;
  for (let run = 0; run < 100; run++) {
    const count = 6000;
    const trips = Float64Array.from({ length: count }, (_, index) =>
      Math.min(1500, trace.length > 0 ? trace[(index + run * 97) % trace.length]! : 12 + 8 * chance.next()),
    );
    const truth: { from: number; to: number }[] = [];
    let at = 200;
    while (at < count - 1200) {
      const from = start + (at + chance.next()) * intervalMs * 1000;
      const to = from + (4 + 200 * chance.next() ** 2) * intervalMs * 1000;
      truth.push({ from, to });
      for (let index = 0; index < count; index++) {
        const sent = start + index * intervalMs * 1000;
        if (sent >= from && sent < to) trips[index] = Number.NaN;
      }
      at += 600 + chance.below(1200);
    }
    let block: Block | undefined;
    for (let from = 0; from < count; from += 1200) {
      const next = summarise(
        level,
        evidenceOf(trips.slice(from, from + 1200), intervalMs, start + from * intervalMs * 1000),
      );
      block = block === undefined ? next : merge(block, next);
    }
    const told = figuresOf(block!).tracks[0]!.outages ?? [];
    injected += truth.length;
    invented += Math.max(0, told.length - truth.length);
    for (const one of truth) {
      const match = told.find(({ from, to }) => from < one.to && to > one.from);
      if (match === undefined) continue;
      const off =
        Math.max(Math.abs(match.from - one.from), Math.abs(match.to - one.to)) / (intervalMs * 1000);
      worst = Math.max(worst, off);
      if (off <= 1) found++;
    }
  }
  return {
    what: `outages put into a ${trace.length > 0 ? 'replayed trace' : 'made trace (the data set is not here)'}: start and end found, blocks of a minute`,
    reach: 'all, within one interval',
    measured: `${found} of ${injected}, worst ${figure(worst, 'intervals')}, ${invented} invented`,
    ceiling: '–',
    reached: found === injected && invented === 0,
  };
}

interface Count {
  cases: number;
  wrongMet: number;
  wrongViolated: number;
  separated: number;
  undecided: number;
}

function verdicts(drives: ReturnType<typeof cicvDrives>, chance: Chance): Row[] {
  const counts: Record<'loss' | 'latency', Count> = {
    loss: { cases: 0, wrongMet: 0, wrongViolated: 0, separated: 0, undecided: 0 },
    latency: { cases: 0, wrongMet: 0, wrongViolated: 0, separated: 0, undecided: 0 },
  };
  const populations = drives
    .filter(({ points }) => points.length >= 3000)
    .map(({ points }) => Float64Array.from(points, ({ delayMs }) => delayMs + 0.5 * chance.next()));
  if (populations.length === 0)
    populations.push(Float64Array.from({ length: 20_000 }, () => 12 * Math.exp(0.4 * chance.normal())));
  const weigh = (into: Count, state: string, p: number, allowed: number, worth: number): void => {
    into.cases++;
    if (state === 'met' && p > allowed) into.wrongMet++;
    if (state === 'violated' && p <= allowed) into.wrongViolated++;
    const deviation = Math.sqrt(Math.max(p * (1 - p), allowed * (1 - allowed)) / worth);
    if (Math.abs(p - allowed) >= 3 * deviation) {
      into.separated++;
      if (state !== 'met' && state !== 'violated') into.undecided++;
    }
  };
  for (let number = 0; number < cases; number++) {
    const factor = 2 ** (2 * chance.next() - 1);
    const count = 2000 + chance.below(20_000);
    if (number % 3 === 0) {
      const shape = lawful[chance.below(lawful.length)]!;
      const law = { ...shape, share: 0.004 + 0.03 * chance.next() };
      const level: ServiceLevel = { ...plain, lossRatioMax: law.share / factor };
      const trips = Float64Array.from(bursty(law, count, chance), (one) => (one === 1 ? Number.NaN : 15));
      const block = summarise(level, evidenceOf(trips, 50, start));
      weigh(
        counts.loss,
        judge(level, [block], block.to).state,
        law.share,
        law.share / factor,
        count / each(law),
      );
    } else {
      // Pieces of a measured drive, drawn anew: what is true of all of it is known, and neighbours stay neighbours.
      const population = populations[chance.below(populations.length)]!;
      const share = [0.9, 0.95, 0.99, 0.999][chance.below(4)]!;
      const sorted = Float64Array.from(population).sort();
      const limit = sorted[Math.ceil(share * sorted.length) - 1]! / factor;
      const piece = 40;
      const trips = new Float64Array(count);
      for (let from = 0; from < count; from += piece) {
        const at = chance.below(population.length);
        for (let index = 0; index < piece && from + index < count; index++)
          trips[from + index] = population[(at + index) % population.length]!;
      }
      const level: ServiceLevel = {
        ...plain,
        latency: { path: 'round-trip', within: [{ share, ms: limit }] },
      };
      const block = summarise(level, evidenceOf(trips, 50, start));
      const { state } = judge(level, [block], block.to);
      const p = sorted.reduce((sum, one) => sum + (one > limit ? 1 : 0), 0) / sorted.length;
      let variance = 0;
      let late = 0;
      const flags = population.map((one) => (one > limit ? 1 : 0));
      for (let index = 0; index < piece; index++) late += flags[index]!;
      for (let index = 0; index < flags.length; index++) {
        variance += (late - piece * p) ** 2;
        late += flags[(index + piece) % flags.length]! - flags[index]!;
      }
      const alike = Math.max(1, variance / flags.length / (piece * Math.max(1e-9, p * (1 - p))));
      const enough = count >= 10 / (1 - share);
      // Too few for the percentile: it must not be met, and whether it separates is not asked.
      weigh(counts.latency, state, p, 1 - share, enough ? count / alike : 1e-9);
    }
    if (number % 500 === 0) progress(`  judgement: ${number} of ${cases} verdicts`);
  }
  let below = 0;
  let few = 0;
  const extra = 200;
  for (let number = 0; number < extra; number++) {
    const limit = 0.2 + 2 * chance.next();
    const level: ServiceLevel = {
      ...plain,
      latency: { path: 'round-trip', within: [{ share: 0.99, ms: limit }] },
    };
    const trips = Float64Array.from({ length: 5000 }, () => limit * (0.1 + chance.next()));
    const block = summarise(level, evidenceOf(trips, 50, start, limit * (1 + chance.next())));
    if (judge(level, [block], block.to).state === 'met') below++;
    const share = [0.99, 0.999, 0.9999][chance.below(3)]!;
    const scarce: ServiceLevel = {
      ...plain,
      latency: { path: 'round-trip', within: [{ share, ms: 100 }] },
      lossRatioMax: (1 - share) / 2,
    };
    const little = Float64Array.from(
      { length: Math.floor((9.9 / (1 - share)) * chance.next()) + 2 },
      () => 10,
    );
    const one = summarise(scarce, evidenceOf(little, 50, start));
    if (judge(scarce, [one], one.to).state === 'met') few++;
  }
  const all = Object.values(counts).reduce((a, b) => ({
    cases: a.cases + b.cases,
    wrongMet: a.wrongMet + b.wrongMet,
    wrongViolated: a.wrongViolated + b.wrongViolated,
    separated: a.separated + b.separated,
    undecided: a.undecided + b.undecided,
  }));
  const wrong = all.wrongMet + all.wrongViolated;
  return [
    {
      what: `verdicts, ${all.cases} cases, truth from half to twice the limit: wrong met + wrong violated`,
      reach: '≤ 1 %',
      measured: `${figure((100 * wrong) / all.cases, '%')} (met ${all.wrongMet}, violated ${all.wrongViolated}; loss ${counts.loss.wrongMet + counts.loss.wrongViolated} of ${counts.loss.cases})`,
      ceiling: '0 %',
      reached: wrong <= 0.01 * all.cases,
    },
    {
      what: 'inconclusive where the sample separates truth and limit by 3 σ',
      reach: '≤ 10 %',
      measured: `${figure((100 * all.undecided) / Math.max(1, all.separated), '%')} of ${all.separated} (loss ${counts.loss.undecided} of ${counts.loss.separated}, latency ${counts.latency.undecided} of ${counts.latency.separated})`,
      ceiling: '–',
      reached: all.undecided <= 0.1 * all.separated,
    },
    {
      what: `met below the noise floor, met with too few messages, of ${extra} each`,
      reach: '0, 0',
      measured: `${below}, ${few}`,
      ceiling: '0',
      reached: below === 0 && few === 0,
    },
  ];
}

/** The same with a prober that adds delays of its own, of which only the percentiles are known to the judge. */
function throughNoise(chance: Chance): Row {
  let wrong = 0;
  let separated = 0;
  let undecided = 0;
  const runs = 400;
  for (let number = 0; number < runs; number++) {
    const count = 8000 + chance.below(9000);
    const share = [0.95, 0.99][chance.below(2)]!;
    const middle = 2 + 20 * chance.next();
    const noise = middle * 0.1 * chance.next();
    const shape = 0.15 + 0.3 * chance.next();
    // Log-normal: its percentiles are known exactly (z of 95 % and 99 %).
    const truth = middle * Math.exp(shape * (share === 0.95 ? 1.644_854 : 2.326_348));
    const limit = truth / 2 ** (2 * chance.next() - 1);
    const added = (): number => noise * Math.exp(0.6 * chance.normal());
    const level: ServiceLevel = {
      ...plain,
      latency: { path: 'round-trip', within: [{ share, ms: limit }] },
    };
    const trips = Float64Array.from(
      { length: count },
      () => middle * Math.exp(shape * chance.normal()) + added(),
    );
    const evidence = evidenceOf(trips, 50, start);
    const local = Array.from({ length: 2000 }, added);
    const block = summarise(level, {
      ...evidence,
      probes: evidence.probes.map(({ session, columns }) => ({
        columns,
        session: {
          ...session,
          noise: [0.5, 0.9, 0.99, 0.999].map((part) => ({
            share: part,
            microseconds: percentile(local, part * 100) * 1000,
          })),
        },
      })),
    });
    const { state } = judge(level, [block], block.to);
    if ((state === 'met' && truth > limit) || (state === 'violated' && truth <= limit)) wrong++;
    // Nothing within reach of the noise can be told apart: twice its 99th percentile.
    if (Math.abs(truth - limit) > 0.15 * limit + 2 * noise * Math.exp(0.6 * 2.326_348)) {
      separated++;
      if (state !== 'met' && state !== 'violated') undecided++;
    }
  }
  return {
    what: `verdicts through a prober's own noise, ${runs} cases: wrong; undecided where truth and limit lie apart by 15 % and twice the noise`,
    reach: '≤ 1 %, ≤ 10 %',
    measured: `${figure((100 * wrong) / runs, '%')}, ${figure((100 * undecided) / Math.max(1, separated), '%')} of ${separated}`,
    ceiling: '0 %',
    reached: wrong <= 0.01 * runs && undecided <= 0.1 * separated,
  };
}

/** A path that is well but for interruptions, as handovers make them: a second or so in which all is late. Few are seen, or none. */
function interruptions(chance: Chance): Row {
  let wrong = 0;
  let none = 0;
  const runs = 500;
  for (let number = 0; number < runs; number++) {
    const share = [0.99, 0.999][chance.below(2)]!;
    const law = {
      share: (1 - share) * 2 ** (2 * chance.next() - 1),
      burst: 5 + chance.below(30),
      within: 1,
    };
    const count = 2000 + chance.below(40_000);
    const late = bursty(law, count, chance);
    const level: ServiceLevel = { ...plain, latency: { path: 'round-trip', within: [{ share, ms: 50 }] } };
    const trips = Float64Array.from(late, (one) => (one === 1 ? 150 : 12) + 8 * chance.next());
    const block = summarise(level, evidenceOf(trips, 50, start));
    const { state } = judge(level, [block], block.to);
    if (!late.includes(1)) none++;
    if ((state === 'met' && law.share > 1 - share) || (state === 'violated' && law.share <= 1 - share))
      wrong++;
  }
  return {
    what: `verdicts where all that is late comes in interruptions of 0.3 to 1.7 s, ${runs} cases, ${none} of them without one in the sample: wrong`,
    reach: '≤ 1 %',
    measured: figure((100 * wrong) / runs, '%'),
    ceiling: '0 %',
    reached: wrong <= 0.01 * runs,
  };
}

/** Services that go down and up again by a known law; the level asks for half to twice of what is true. */
function upAndDown(chance: Chance): Row[] {
  const runs = 600;
  const names = ['availability', 'mtbf'] as const;
  const wrong = { availability: 0, mtbf: 0 };
  const decided = { availability: 0, mtbf: 0 };
  for (let number = 0; number < runs; number++) {
    const between = 60 + 600 * chance.next();
    const outage = 3 + 20 * chance.next();
    const factor = 2 ** (2 * chance.next() - 1);
    const count = 10_000 + chance.below(40_000);
    const trips = new Float64Array(count).fill(10);
    const exponential = (mean: number): number => -mean * Math.log(1 - chance.next());
    // Outages last at least what the probes see of them: two intervals and the survival time, 1 s each.
    for (let at = exponential(between); at < count; ) {
      const lasts = 3 + exponential(outage);
      for (let index = Math.ceil(at); index < Math.min(count, at + lasts); index++) trips[index] = Number.NaN;
      at += lasts + exponential(between);
    }
    // Down from 1 s after the first message missed (survival), that is within a second of its beginning, to the first that comes.
    const down = outage + 3 - 1;
    const truth = { availability: 1 - down / (between + outage + 3), mtbf: (between + 1) / 3600 };
    const level: ServiceLevel = {
      trafficClass: 'periodic-deterministic',
      transferIntervalMs: 1000,
      survivalTimeMs: 1000,
      availabilityMin: 1 - (1 - truth.availability) * factor,
      mtbfHoursMin: truth.mtbf / factor,
    };
    const block = summarise(level, evidenceOf(trips, 1000, start));
    const { criteria } = judge(level, [block], block.to);
    for (const name of names) {
      const state = criteria.find(({ criterion }) => criterion === name)?.state;
      if (state === 'met' || state === 'violated') decided[name]++;
      if ((state === 'met' && factor < 1) || (state === 'violated' && factor > 1)) wrong[name]++;
    }
  }
  return names.map((one) => ({
    what: `${one === 'mtbf' ? 'time between failures' : 'availability'}, ${runs} services with a known law of failing: wrong verdicts (decided at all)`,
    reach: '≤ 1 %',
    measured: `${figure((100 * wrong[one]) / runs, '%')} (${figure((100 * decided[one]) / runs, '%')})`,
    ceiling: '0 %',
    reached: wrong[one] <= 0.01 * runs,
  }));
}

export async function run(): Promise<Row[]> {
  const chance = seeded(4242);
  const drives = cicvDrives();
  const rows = [
    percentiles(drives, chance),
    outages(drives, chance),
    ...lossCoverage(chance),
    ...verdicts(drives, chance),
    throughNoise(chance),
    interruptions(chance),
    ...upAndDown(chance),
  ];
  const day = Float64Array.from({ length: 72_000 }, () => 12 + 8 * chance.next());
  const level: ServiceLevel = {
    ...plain,
    latency: { path: 'round-trip', within: [{ share: 0.99, ms: 30 }] },
    lossRatioMax: 0.001,
  };
  const began = performance.now();
  const block = summarise(level, evidenceOf(day, 50, start));
  const took = performance.now() - began;
  const again = performance.now();
  for (let index = 0; index < 20; index++) judge(level, [block], block.to);
  rows.push({
    what: 'an hour at 20 Hz made a block: time, size; judging it',
    reach: '–',
    measured: `${figure(took, 'ms')}, ${figure(JSON.stringify(block).length / 1024, 'KiB')}; ${figure((performance.now() - again) / 20, 'ms')}`,
    ceiling: '–',
    reached: true,
  });
  return rows;
}
