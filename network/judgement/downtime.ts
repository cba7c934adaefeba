/**
 * Up and down of a communication service after TS 22.104, Annex C.3: a message that comes later than its deadline is lost; the application goes
 * on without for the survival time; from then on the service is down, until the next message comes in time. Kept so that two neighbouring
 * blocks add up to what one block over both would have counted, outages across the border included. Times in µs.
 */

/** How what was counted is to be read; only tracks counted alike add up. */
export interface DownRule {
  /** Time between two messages: the transfer interval, or the probes' where the level has none. */
  readonly interval: number;
  /** Down when none came for this long: transfer interval + survival time, or more where the probes come too seldom to tell. */
  readonly downAfter: number;
  /** The probes come too seldom for the level's own survival time: only outages are counted that many of them agree on. */
  readonly coarse: boolean;
  /** Without a message for longer than this nobody measured: it is neither up nor down. */
  readonly breakAfter: number;
}

/** An outage of the path: first message lost, first that came again; `open` on a side where measuring stopped. */
export interface Outage {
  from: number;
  to: number;
  /** Time the service was down in it: less than its length by what the survival time bridges. */
  down: number;
  open?: 'start' | 'end' | 'both';
}

interface Fail {
  from: number;
  last: number;
}

/** Measured without a break. */
interface Span {
  first: number;
  last: number;
  firstGood?: number;
  lastGood?: number;
  /** Lost before the first good one; where there is none: all. */
  head?: Fail;
  /** Lost after the last good one. */
  tail?: Fail;
}

interface Totals {
  observed: number;
  events: number;
  down: number;
  /** Of the down-times, ms²: whole, so that sums do not depend on their order. */
  squares: number;
  /** Longest time without a message in time, less the interval. */
  longestGap: number;
  /** Longest first, at most `outagesKeptMax`. */
  outages: Outage[];
}

export interface DownTrack {
  rule: DownRule;
  /** What lies between the first and the last span, and inside of these. */
  inner: Totals;
  /** First and last; one where there was no break. */
  spans: Span[];
}

/** Outages a block keeps, the longest; all are counted. */
export const outagesKeptMax = 32;

const noTotals = (): Totals => ({
  observed: 0,
  events: 0,
  down: 0,
  squares: 0,
  longestGap: 0,
  outages: [],
});

export function newDownTrack(rule: DownRule): DownTrack {
  return { rule, inner: noTotals(), spans: [] };
}

/** A message sent at `time`. Times do not go back. */
export function follow(track: DownTrack, time: number, good: boolean): void {
  append(
    track,
    good
      ? { first: time, last: time, firstGood: time, lastGood: time }
      : { first: time, last: time, head: { from: time, last: time } },
  );
}

export function addDownTracks(a: DownTrack, b: DownTrack): DownTrack {
  const sum: DownTrack = {
    rule: a.rule,
    inner: addTotals(a.inner, b.inner),
    spans: a.spans.map((span) => ({ ...span })),
  };
  for (const span of b.spans) append(sum, { ...span });
  return sum;
}

export const sameRule = (a: DownRule, b: DownRule): boolean =>
  a.interval === b.interval &&
  a.downAfter === b.downAfter &&
  a.coarse === b.coarse &&
  a.breakAfter === b.breakAfter;

function append(track: DownTrack, next: Span): void {
  const { spans, rule, inner } = track;
  const open = spans.at(-1);
  if (open !== undefined && next.first - open.last <= rule.breakAfter) {
    join(open, next, rule, inner);
    return;
  }
  spans.push(next);
  if (spans.length > 2) closeSpan(spans.splice(1, 1)[0]!, rule, inner);
}

function join(x: Span, y: Span, rule: DownRule, inner: Totals): void {
  x.last = y.last;
  if (x.lastGood === undefined) {
    // All lost so far: what was lost before y's first good one began here.
    x.head = { from: x.head!.from, last: y.head?.last ?? x.head!.last };
    if (y.firstGood !== undefined) {
      x.firstGood = y.firstGood;
      x.lastGood = y.lastGood!;
      if (y.tail !== undefined) x.tail = y.tail;
    }
    return;
  }
  if (y.firstGood === undefined) {
    x.tail = { from: x.tail?.from ?? y.head!.from, last: y.head!.last };
    return;
  }
  const from = x.tail?.from ?? y.head?.from;
  if (from !== undefined) outage(inner, rule, x.lastGood, from, y.firstGood);
  x.lastGood = y.lastGood!;
  if (y.tail === undefined) delete x.tail;
  else x.tail = y.tail;
}

/** `anchor`: the last message before it that came in time; undefined where measuring began in the outage. */
function outage(
  into: Totals,
  rule: DownRule,
  anchor: number | undefined,
  from: number,
  to: number,
  open?: Outage['open'],
): void {
  const since = anchor ?? from - Math.min(rule.interval, rule.downAfter);
  const gap = to - since;
  into.longestGap = Math.max(into.longestGap, gap - rule.interval);
  const down = gap - rule.downAfter;
  // Half a part in a thousand: schedules of senders are not exact, and an outage of nothing is none.
  if (down <= rule.downAfter * 5e-4) return;
  into.events++;
  into.down += down;
  into.squares += Math.round(down / 1000) ** 2;
  keep(into, { from, to, down, ...(open === undefined ? {} : { open }) });
}

function keep(into: Totals, one: Outage): void {
  into.outages.push(one);
  into.outages.sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  if (into.outages.length > outagesKeptMax) into.outages.length = outagesKeptMax;
}

function closeSpan(span: Span, rule: DownRule, into: Totals): void {
  into.observed += span.last - span.first + rule.interval;
  if (span.head !== undefined) {
    const { firstGood } = span;
    outage(
      into,
      rule,
      undefined,
      span.head.from,
      firstGood ?? span.head.last + rule.interval,
      firstGood === undefined ? 'both' : 'start',
    );
  }
  if (span.tail !== undefined)
    outage(into, rule, span.lastGood, span.tail.from, span.tail.last + rule.interval, 'end');
}

function addTotals(a: Totals, b: Totals): Totals {
  const sum: Totals = {
    observed: a.observed + b.observed,
    events: a.events + b.events,
    down: a.down + b.down,
    squares: a.squares + b.squares,
    longestGap: Math.max(a.longestGap, b.longestGap),
    outages: [...a.outages],
  };
  for (const one of b.outages) keep(sum, one);
  return sum;
}

/** Everything a track tells, the outage that may still go on included (µs; `squares` in ms²). */
export function downTotals(track: DownTrack): Totals {
  const all = addTotals(track.inner, noTotals());
  for (const span of track.spans) closeSpan(span, track.rule, all);
  return all;
}

/** The outage that goes on at the end of the track, if one does: when its first message was lost. */
export function downNow(track: DownTrack): { from: number } | undefined {
  const span = track.spans.at(-1);
  const lost = span?.lastGood === undefined ? span?.head : span.tail;
  if (span === undefined || lost === undefined) return undefined;
  const since = span.lastGood ?? lost.from - track.rule.interval;
  return span.last + track.rule.interval - since > track.rule.downAfter ? { from: lost.from } : undefined;
}
