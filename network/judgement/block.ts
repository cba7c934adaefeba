import type { MeasurementMethod, Microseconds, ServiceLevel } from '@millrace/contract';
import {
  type FlowEvidence,
  fate,
  type PassiveColumns,
  type ProbeColumns,
  type ProbeSession,
} from '@millrace/sdk';
import { addBursts, type Bursts, countBurst, newBursts } from './bursts.ts';
import { addDownTracks, type DownRule, type DownTrack, follow, newDownTrack, sameRule } from './downtime.ts';
import {
  addHistograms,
  count,
  type Histogram,
  newHistogram,
  type Packed,
  pack,
  valueAt,
} from './histogram.ts';
import { addTallies, type Tally, tallyOf } from './tally.ts';

/**
 * What is kept of a window of one flow of one terminal: enough to judge it, and any longer time made of such windows, without the messages. Plain
 * JSON. Blocks of neighbouring windows add up in any grouping to the same.
 */
export interface Block {
  version: 1;
  /** µs since the epoch. */
  from: Microseconds;
  to: Microseconds;
  tracks: Track[];
  rates: { uplink: RateTally; downlink: RateTally };
  /** The latest. */
  coverage?: { share: number; cells: number };
  /** Rows nobody could have measured so: no time, a negative or an infinite duration, out of the window. */
  unreadable: number;
}

/** Certain, and possible: where a one-way figure is wanted and only a round trip known, these part. `maybe` absent: the same. */
export interface Bounds<T> {
  sure: T;
  maybe?: T;
}

/** Messages measured in one way. */
export interface Track {
  /** Method, DSCP, interval. */
  key: string;
  method: MeasurementMethod;
  dscp: number;
  intervalMs: number;
  /** What became of them; `unsent` is in no other figure. */
  counts: {
    arrived: number;
    lost: number;
    lostUplink: number;
    lostDownlink: number;
    unsent: number;
    /** Sent late by more than half an interval. */
    sentLate: number;
  };
  /** Durations of those that arrived, µs. */
  roundTrip: Packed;
  uplink: Packed;
  downlink: Packed;
  /** Passive: time between two messages received. */
  gaps: Packed;
  bursts: { all: Bursts; uplink: Bursts; downlink: Bursts };
  /** Path of the level it was counted for: tallies of another say something else. */
  path: string;
  lost: Bounds<Tally>;
  late: { ms: number; tally: Bounds<Tally> }[];
  /** Above the block's own 95th percentile: how slow messages come together. */
  slow: Tally;
  down?: Bounds<DownTrack>;
  /** Greatest uncertainty of one-way times, µs; absent: they cannot be told. */
  clockError?: number;
  /** `share` of the local round trips within `sum / weight` µs. */
  noise: { share: number; sum: number; weight: number }[];
  /** RFC 3550's smoothed jitter at the end, µs, of the round trip; shown, never judged by. */
  rfc3550?: number;
}

export interface RateTally {
  /** Measurements in which the path took all it could; how many, their seconds, kbit/s in buckets. */
  saturated: number;
  seconds: number;
  mbpsSeconds: number;
  rates: Packed;
  /** Highest rate seen in any measurement of at least a second; the path carried that much. */
  carried: number;
  methods: MeasurementMethod[];
}

export const blockLimits = {
  tracksMax: 16,
  noiseSharesMax: 8,
  /** Missing messages told from gaps in what came by itself, for each that came. */
  missingEachMax: 4,
} as const;

/** A lost message whose direction is not known counts as lost on the way asked about when this many are lost in a row. */
const lostInARow = 3;
/** Without a message for this many intervals nobody measured. */
const breakIntervals = 5;
/** Where probes come too seldom for the survival time, an outage is what this many probes in a row agree on. */
export const certainOutageProbes = 10;

const noRates = (): RateTally => ({
  saturated: 0,
  seconds: 0,
  mbpsSeconds: 0,
  rates: [],
  carried: 0,
  methods: [],
});

const isTally = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Tally).failures === 'number' &&
  Array.isArray((value as Tally).windows);

/** Whether something kept is a block this program can add to and judge: files are damaged, and other versions kept other things. */
export function isBlock(kept: unknown): kept is Block {
  if (typeof kept !== 'object' || kept === null) return false;
  const { version, from, to, tracks, rates } = kept as Partial<Block>;
  return (
    version === 1 &&
    isTime(from) &&
    isTime(to) &&
    typeof rates === 'object' &&
    rates !== null &&
    Array.isArray(tracks) &&
    tracks.every(
      (track) =>
        typeof track === 'object' &&
        track !== null &&
        typeof track.key === 'string' &&
        typeof track.counts === 'object' &&
        Array.isArray(track.noise) &&
        Array.isArray(track.late) &&
        isTally(track.slow) &&
        isTally(track.lost?.sure),
    )
  );
}

export function emptyBlock(from: Microseconds, to: Microseconds): Block {
  return {
    version: 1,
    from,
    to,
    tracks: [],
    rates: { uplink: noRates(), downlink: noRates() },
    unreadable: 0,
  };
}

const isTime = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value >= 0 && value < 9e15;
const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

/** The window of `evidence` in a block. Never throws: what cannot be read is counted in `unreadable`. */
export function summarise(level: ServiceLevel, evidence: FlowEvidence): Block {
  const block = emptyBlock(evidence.from, evidence.to);
  if (!isTime(evidence.from) || !isTime(evidence.to) || evidence.to < evidence.from) {
    block.from = block.to = 0;
    block.unreadable = 1;
    return block;
  }
  const within = { from: evidence.from - slack, to: evidence.to + slack };
  for (const { session, columns } of (evidence.probes ?? []).slice(0, blockLimits.tracksMax - 1)) {
    const made = ofProbes(level, session, columns, within, block);
    if (made === undefined) continue;
    const same = block.tracks.findIndex((one) => one.key === made.key);
    // Two sessions of one kind over the same time are not two times as much: the one that saw more stands.
    if (same === -1) block.tracks.push(made);
    else if (messagesOf(made) > messagesOf(block.tracks[same]!)) block.tracks[same] = made;
  }
  if (evidence.passive !== undefined) {
    const { columns, clockErrorMicroseconds } = evidence.passive;
    const made = ofPassive(level, columns, clockErrorMicroseconds, within, block);
    if (made !== undefined) block.tracks.push(made);
  }
  block.tracks.sort(byKey);
  for (const { direction, mbps, saturated, method, seconds } of evidence.rates ?? []) {
    const into = direction === 'uplink' ? block.rates.uplink : block.rates.downlink;
    if (!(Number.isFinite(mbps) && mbps >= 0 && isPositive(seconds))) {
      block.unreadable++;
      continue;
    }
    if (seconds >= 1) into.carried = Math.max(into.carried, mbps);
    if (!into.methods.includes(method)) into.methods.push(method);
    if (!saturated) continue;
    into.saturated++;
    into.seconds += seconds;
    into.mbpsSeconds += mbps * seconds;
    const rates = newHistogram();
    count(rates, mbps * 1000);
    into.rates = addHistograms(into.rates, pack(rates));
  }
  const { coverage } = evidence;
  if (
    coverage !== undefined &&
    coverage.share >= 0 &&
    coverage.share <= 1 &&
    Number.isInteger(coverage.cells) &&
    coverage.cells > 0
  )
    block.coverage = { share: coverage.share, cells: coverage.cells };
  return block;
}

/** A message of the window may have been sent a little outside of it: it is told of when its fate is known. µs. */
const slack = 120e6;

export const messagesOf = ({ counts }: Track): number =>
  counts.arrived + counts.lost + counts.lostUplink + counts.lostDownlink;

const byKey = (a: Track, b: Track): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** What `level` makes a service be down of, where messages come each `intervalMs`. */
export function downRuleFor(level: ServiceLevel, intervalMs: number): DownRule {
  const transfer = level.transferIntervalMs ?? intervalMs;
  // Two missed probes are bridged where the level knows no survival: a single lost packet ends no service without deadlines.
  const survival = level.survivalTimeMs ?? (level.trafficClass === 'non-deterministic' ? 2 * intervalMs : 0);
  const coarse = seesTooLittle(level, intervalMs);
  return {
    interval: (coarse ? intervalMs : Math.max(transfer, intervalMs)) * 1000,
    downAfter: (coarse ? certainOutageProbes * intervalMs : transfer + survival) * 1000,
    coarse,
    breakAfter: breakIntervals * Math.max(intervalMs, coarse ? 0 : Math.min(transfer, intervalMs * 4)) * 1000,
  };
}

/** Whether probes each `intervalMs` are too seldom to see a service of `level` go down: a message could be missed between two. */
export function seesTooLittle(level: ServiceLevel, intervalMs: number): boolean {
  const transfer = level.transferIntervalMs;
  if (transfer === undefined)
    return (
      (level.survivalTimeMs ?? Number.POSITIVE_INFINITY) < intervalMs * 0.999 && level.survivalTimeMs !== 0
    );
  return intervalMs > transfer * 1.001 && intervalMs > (transfer + (level.survivalTimeMs ?? 0)) / 2;
}

interface Rows {
  readonly count: number;
  sent(row: number): number;
  fate(row: number): number;
  roundTrip(row: number): number;
  uplink(row: number): number;
  downlink(row: number): number;
  lateness(row: number): number;
}

interface Kind {
  method: MeasurementMethod;
  dscp: number;
  intervalMs: number;
  clockError: number | undefined;
  noise: readonly { share: number; microseconds: number }[];
  passive: boolean;
}

function ofProbes(
  level: ServiceLevel,
  session: ProbeSession,
  columns: ProbeColumns,
  within: { from: number; to: number },
  block: Block,
): Track | undefined {
  const { sent, roundTrip, uplink, downlink, fate: fates, lateness } = columns;
  const lengths = [columns.count, sent?.length, roundTrip?.length, fates?.length];
  const rows = Math.min(...lengths.map((one) => (typeof one === 'number' && one >= 0 ? Math.floor(one) : 0)));
  if (!isPositive(session.intervalMs)) {
    block.unreadable += rows;
    return undefined;
  }
  const known = session.clockErrorMicroseconds;
  return measure(
    level,
    {
      method: session.method,
      dscp: Number.isInteger(session.dscp) ? session.dscp : 0,
      intervalMs: session.intervalMs,
      clockError: known !== undefined && Number.isFinite(known) && known >= 0 ? known : undefined,
      noise: session.noise ?? [],
      passive: false,
    },
    {
      count: rows,
      sent: (row) => sent[row]!,
      fate: (row) => fates[row]!,
      roundTrip: (row) => roundTrip[row]!,
      uplink: (row) => uplink?.[row] ?? Number.NaN,
      downlink: (row) => downlink?.[row] ?? Number.NaN,
      lateness: (row) => lateness?.[row] ?? 0,
    },
    within,
    block,
  );
}

/** Samples that came by themselves: only the way up; those missing are told from gaps, and it is not known whether they were sent. */
function ofPassive(
  level: ServiceLevel,
  columns: PassiveColumns,
  clockErrorMicroseconds: number | undefined,
  within: { from: number; to: number },
  block: Block,
): Track | undefined {
  const { sent, received } = columns;
  const lengths = [columns.count, sent?.length, received?.length];
  const rows = Math.min(...lengths.map((one) => (typeof one === 'number' && one >= 0 ? Math.floor(one) : 0)));
  const times: { sent: number; delay: number }[] = [];
  const gaps = newHistogram();
  let before = Number.NaN;
  for (let row = 0; row < rows; row++) {
    const came = received[row]!;
    if (!isTime(came) || came < within.from || came > within.to) {
      block.unreadable++;
      continue;
    }
    if (came > before) count(gaps, came - before);
    before = came;
    const said = sent[row]!;
    times.push({ sent: isTime(said) ? said : came, delay: isTime(said) ? came - said : Number.NaN });
  }
  if (times.length < 2) return undefined;
  times.sort((a, b) => a.sent - b.sent);
  const periodic = level.transferIntervalMs;
  const intervalMs = periodic ?? Math.max(0.1, valueAt(gaps, 0.5) / 1000);
  const all: { sent: number; delay: number; missing?: true }[] = [];
  let missingLeft = times.length * blockLimits.missingEachMax;
  times.forEach((one, index) => {
    const last = times[index - 1];
    if (last !== undefined && periodic !== undefined) {
      const missed = Math.round((one.sent - last.sent) / (periodic * 1000)) - 1;
      for (let lost = 1; lost <= missed && missingLeft > 0; lost++, missingLeft--)
        all.push({ sent: last.sent + lost * periodic * 1000, delay: Number.NaN, missing: true });
    }
    all.push(one);
  });
  const clockError =
    clockErrorMicroseconds !== undefined &&
    clockErrorMicroseconds >= 0 &&
    Number.isFinite(clockErrorMicroseconds)
      ? clockErrorMicroseconds
      : undefined;
  const track = measure(
    level,
    { method: 'passive', dscp: 0, intervalMs, clockError, noise: [], passive: true },
    {
      count: all.length,
      sent: (row) => all[row]!.sent,
      fate: (row) => (all[row]!.missing === true ? fate.lost : fate.arrived),
      roundTrip: () => Number.NaN,
      uplink: (row) => all[row]!.delay,
      downlink: () => Number.NaN,
      lateness: () => 0,
    },
    within,
    block,
  );
  if (track !== undefined) track.gaps = pack(gaps);
  return track;
}

function measure(
  level: ServiceLevel,
  kind: Kind,
  rows: Rows,
  within: { from: number; to: number },
  block: Block,
): Track | undefined {
  const path = level.latency?.path ?? (kind.passive ? 'uplink' : 'round-trip');
  const oneWay = path !== 'round-trip';
  const own = path === 'downlink' ? fate.lostDownlink : fate.lostUplink;
  const { intervalMs, clockError } = kind;
  const deadlines = (level.latency?.within ?? []).map(({ ms }) => ms);
  const last = deadlines.at(-1);
  const bounds = <T>(make: () => T): Bounds<T> =>
    oneWay ? { sure: make(), maybe: make() } : { sure: make() };
  const rule = downRuleFor(level, intervalMs);
  const down = bounds(() => newDownTrack(rule));
  const counts = { arrived: 0, lost: 0, lostUplink: 0, lostDownlink: 0, unsent: 0, sentLate: 0 };
  const trips = [newHistogram(), newHistogram(), newHistogram()] as const;
  const bursts = { all: newBursts(), uplink: newBursts(), downlink: newBursts() };
  const good: number[] = [];
  let before = Number.NEGATIVE_INFINITY;
  let smoothed: number | undefined;
  let tripBefore = Number.NaN;

  // Which rows can be read, first: how many are lost in a row is asked of those alone.
  for (let row = 0; row < rows.count; row++) {
    const time = rows.sent(row);
    const what = rows.fate(row);
    const arrived = what === fate.arrived;
    const duration = kind.passive ? 0 : rows.roundTrip(row);
    if (
      !isTime(time) ||
      time < within.from ||
      time > within.to ||
      time < before ||
      !(what >= 0 && what <= fate.unsent) ||
      (arrived && !(duration >= 0 && duration < 1e12))
    ) {
      block.unreadable++;
      continue;
    }
    before = time;
    if (what === fate.unsent) counts.unsent++;
    else good.push(row);
  }
  if (good.length === 0 && counts.unsent === 0) return undefined;
  const times = new Float64Array(good.length);
  const flags = (): Bounds<Uint8Array> => bounds(() => new Uint8Array(good.length));
  const lostFlags = flags();
  const lateFlags = deadlines.map((ms) => ({ ms, flags: flags() }));

  const measured = (row: number): number =>
    path === 'downlink' ? rows.downlink(row) : path === 'uplink' ? rows.uplink(row) : rows.roundTrip(row);
  for (let index = 0; index < good.length; index++) {
    const row = good[index]!;
    const time = rows.sent(row);
    const what = rows.fate(row);
    const arrived = what === fate.arrived;
    if (rows.lateness(row) > intervalMs * 500) counts.sentLate++;
    const isLost = !arrived;
    countBurst(bursts.all, isLost);
    countBurst(bursts.uplink, what === fate.lostUplink);
    countBurst(bursts.downlink, what === fate.lostDownlink);
    if (arrived) {
      counts.arrived++;
      const trip = rows.roundTrip(row);
      if (Number.isFinite(trip)) {
        count(trips[0], trip);
        if (!Number.isNaN(tripBefore)) {
          // RFC 3550, 6.4.1, of the round trip.
          const step = Math.abs(trip - tripBefore);
          smoothed = (smoothed ?? 0) + (step - (smoothed ?? 0)) / 16;
        }
        tripBefore = trip;
      }
      if (clockError !== undefined) {
        const [up, downward] = [rows.uplink(row), rows.downlink(row)];
        if (up > -clockError && up < 1e12) count(trips[1], Math.max(0, up));
        if (downward > -clockError && downward < 1e12) count(trips[2], Math.max(0, downward));
      }
    } else if (what === fate.lostUplink) counts.lostUplink++;
    else if (what === fate.lostDownlink) counts.lostDownlink++;
    else counts.lost++;

    // In which direction it was lost is not known: many in a row are an outage of the path, one may have been lost on the way back.
    const inARow = what === fate.lost && oneWay && !kind.passive && runOf(good, index, rows) >= lostInARow;
    const sureLost = oneWay ? what === own || inARow : isLost;
    const maybeLost = oneWay ? sureLost || what === fate.lost : isLost;
    times[index] = time;
    mark(lostFlags, index, sureLost, maybeLost);

    const duration = arrived ? measured(row) : Number.NaN;
    const trip = rows.roundTrip(row);
    const told = oneWay && clockError !== undefined && duration > -clockError && duration < 1e12;
    const isLate = (ms: number): [sure: boolean, maybe: boolean] => {
      if (!arrived) return [sureLost, oneWay ? true : maybeLost];
      if (!oneWay) return [trip > ms * 1000, trip > ms * 1000];
      // A message is there before its answer is back: a round trip in time shows both ways in time.
      if (trip <= ms * 1000) return [false, false];
      if (!told) return [false, true];
      return [duration - clockError > ms * 1000, duration + clockError > ms * 1000];
    };
    for (const one of lateFlags) mark(one.flags, index, ...isLate(one.ms));
    const [sureOut, maybeOut] = last === undefined ? [sureLost, maybeLost] : isLate(last);
    follow(down.sure, time, !sureOut);
    if (down.maybe !== undefined) follow(down.maybe, time, !maybeOut);
  }

  const tallied = (of: Bounds<Uint8Array>): Bounds<Tally> => ({
    sure: tallyOf(times, of.sure, good.length),
    ...(of.maybe === undefined ? {} : { maybe: tallyOf(times, of.maybe, good.length) }),
  });
  const slow = slowest(kind, rows, good, trips);
  return {
    key: `${kind.method}/${kind.dscp}/${kind.passive && level.transferIntervalMs === undefined ? 'any' : intervalMs}`,
    method: kind.method,
    dscp: kind.dscp,
    intervalMs,
    counts,
    roundTrip: pack(trips[0]),
    uplink: pack(trips[1]),
    downlink: pack(trips[2]),
    gaps: [],
    bursts,
    path,
    lost: tallied(lostFlags),
    late: lateFlags.map((one) => ({ ms: one.ms, tally: tallied(one.flags) })),
    slow,
    down,
    ...(clockError === undefined ? {} : { clockError }),
    noise: kind.noise
      .filter(({ share, microseconds }) => share > 0 && share < 1 && microseconds >= 0 && microseconds < 1e12)
      .slice(0, blockLimits.noiseSharesMax)
      .map(({ share, microseconds }) => ({
        share,
        sum: microseconds * good.length,
        weight: good.length,
      })),
    ...(smoothed === undefined ? {} : { rfc3550: Math.round(smoothed * 10) / 10 }),
  };
}

function mark(flags: Bounds<Uint8Array>, index: number, sure: boolean, maybe: boolean): void {
  if (sure) flags.sure[index] = 1;
  if (maybe && flags.maybe !== undefined) flags.maybe[index] = 1;
}

/** Fewest durations their 95th percentile is told from. */
const slowFrom = 40;

/** Messages above the block's own 95th percentile: how slow ones come together, whatever the limits are. */
function slowest(
  kind: Kind,
  rows: Rows,
  good: readonly number[],
  [trips, uplinks]: readonly [Histogram, Histogram, Histogram],
): Tally {
  const of = trips.total > 0 ? trips : uplinks;
  const threshold = of.total >= slowFrom ? valueAt(of, 0.95) : Number.POSITIVE_INFINITY;
  const times = new Float64Array(good.length);
  const flags = new Uint8Array(good.length);
  let counted = 0;
  if (of.total >= slowFrom)
    for (const row of good) {
      if (rows.fate(row) !== fate.arrived) continue;
      const duration = of === trips && !kind.passive ? rows.roundTrip(row) : rows.uplink(row);
      times[counted] = rows.sent(row);
      if (duration > threshold) flags[counted] = 1;
      counted++;
    }
  return tallyOf(times, flags, counted);
}

/** How many rows around `index` are lost in one run, each run counted once. */
function runOf(good: readonly number[], index: number, rows: Rows): number {
  const isGone = (at: number): boolean => at >= 0 && at < good.length && rows.fate(good[at]!) === fate.lost;
  let length = 1;
  for (let at = index - 1; length < lostInARow && isGone(at); at--) length++;
  for (let at = index + 1; length < lostInARow && isGone(at); at++) length++;
  return length;
}

/**
 * Two blocks as one over both; `a` is the earlier. Any grouping gives the same. Tallies kept for different levels do not add up: of such, what
 * both have in common is kept (counts and durations always).
 */
export function merge(a: Block, b: Block): Block {
  const tracks = new Map(a.tracks.map((track) => [track.key, track]));
  for (const track of b.tracks) {
    const before = tracks.get(track.key);
    tracks.set(track.key, before === undefined ? track : addTracks(before, track));
  }
  const coverage = b.coverage ?? a.coverage;
  return {
    version: 1,
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    tracks: [...tracks.values()].sort(byKey),
    rates: {
      uplink: addRates(a.rates.uplink, b.rates.uplink),
      downlink: addRates(a.rates.downlink, b.rates.downlink),
    },
    ...(coverage === undefined ? {} : { coverage }),
    unreadable: a.unreadable + b.unreadable,
  };
}

/** All of them as one, in order of time. */
export function mergeAll(blocks: readonly Block[]): Block | undefined {
  let all: Block | undefined;
  for (const block of [...blocks].sort((x, y) => x.from - y.from))
    all = all === undefined ? block : merge(all, block);
  return all;
}

function addTracks(a: Track, b: Track): Track {
  const samePath = a.path === b.path;
  const both = <T>(x: Bounds<T>, y: Bounds<T>, add: (x: T, y: T) => T): Bounds<T> => ({
    sure: add(x.sure, y.sure),
    ...(x.maybe === undefined || y.maybe === undefined ? {} : { maybe: add(x.maybe, y.maybe) }),
  });
  const down =
    samePath && a.down !== undefined && b.down !== undefined && sameRule(a.down.sure.rule, b.down.sure.rule)
      ? both(a.down, b.down, addDownTracks)
      : undefined;
  const clockError =
    a.clockError === undefined || b.clockError === undefined
      ? undefined
      : Math.max(a.clockError, b.clockError);
  const rfc3550 = b.rfc3550 ?? a.rfc3550;
  const noise = new Map(a.noise.map((one) => [one.share, one]));
  for (const one of b.noise) {
    const before = noise.get(one.share);
    noise.set(
      one.share,
      before === undefined
        ? one
        : { share: one.share, sum: before.sum + one.sum, weight: before.weight + one.weight },
    );
  }
  const counts = { ...a.counts };
  for (const name of Object.keys(counts) as (keyof Track['counts'])[]) counts[name] += b.counts[name];
  return {
    key: a.key,
    method: a.method,
    dscp: a.dscp,
    intervalMs: a.intervalMs,
    counts,
    roundTrip: addHistograms(a.roundTrip, b.roundTrip),
    uplink: addHistograms(a.uplink, b.uplink),
    downlink: addHistograms(a.downlink, b.downlink),
    gaps: addHistograms(a.gaps, b.gaps),
    bursts: {
      all: addBursts(a.bursts.all, b.bursts.all),
      uplink: addBursts(a.bursts.uplink, b.bursts.uplink),
      downlink: addBursts(a.bursts.downlink, b.bursts.downlink),
    },
    path: samePath ? a.path : 'several',
    lost: both(a.lost, b.lost, addTallies),
    late: samePath
      ? a.late.flatMap(({ ms, tally: kept }) => {
          const other = b.late.find((one) => one.ms === ms);
          return other === undefined ? [] : [{ ms, tally: both(kept, other.tally, addTallies) }];
        })
      : [],
    slow: addTallies(a.slow, b.slow),
    ...(down === undefined ? {} : { down }),
    ...(clockError === undefined ? {} : { clockError }),
    noise: [...noise.values()].sort((x, y) => x.share - y.share).slice(0, blockLimits.noiseSharesMax),
    ...(rfc3550 === undefined ? {} : { rfc3550 }),
  };
}

function addRates(a: RateTally, b: RateTally): RateTally {
  return {
    saturated: a.saturated + b.saturated,
    seconds: a.seconds + b.seconds,
    mbpsSeconds: a.mbpsSeconds + b.mbpsSeconds,
    rates: addHistograms(a.rates, b.rates),
    carried: Math.max(a.carried, b.carried),
    methods: [...new Set([...a.methods, ...b.methods])].sort(),
  };
}
