import {
  type CriterionVerdict,
  formatInstant,
  type LocalText,
  type Microseconds,
  type SeriesId,
  type Verdict,
  type VerdictState,
} from '@millrace/contract';
import type { FlowEvidence, NetworkPlatform, RecordStatement } from '@millrace/sdk';
import type { FlowRecord, Flows } from './flows.ts';
import {
  bucketOf,
  buckets,
  hour,
  type IncidentRecord,
  type JudgedRecords,
  type Line,
  minute,
  newIncident,
} from './judged-records.ts';
import type { BlockFigures, Judged, Judgement, Localising, Measuring } from './measuring-port.ts';
import { PassiveLine, PassiveMeter } from './passive.ts';
import { say } from './refusals.ts';
import type { TerminalRecord, Terminals } from './terminals.ts';

/** Bounds of the cycle. */
export const judgingLimits = {
  /** Flow × terminal. */
  pairsMax: 30_000,
  /** Each pair is judged this often. */
  everyMilliseconds: 10_000,
  tickMilliseconds: 250,
  /** Rounds in a row that must find a level violated before it is said. */
  roundsToOpen: 2,
  /** Rounds in a row without a violation before it is over: after one that the last minute showed, and after one that only a longer time did. */
  roundsToClose: 6,
  roundsToCloseLong: 60,
  /** Rounds without any message before the first verdict. */
  roundsOfSilence: 3,
  /** The longer time is looked at every so many rounds. */
  longEveryRounds: 6,
  /** And holds at most twice this. */
  longMicroseconds: 12 * hour,
  /** Probes settle this much later. */
  settleMicroseconds: 2_000_000,
  /** The cause of an open incident is looked for anew after this. */
  relocateMicroseconds: 180_000_000,
} as const;

export type Block = unknown;

export interface Pair {
  readonly key: string;
  readonly bucket: number;
  flow: FlowRecord;
  terminal: TerminalRecord;
  things: readonly string[];
  readonly passive: PassiveLine;
  due: Microseconds;
  /** Where the next window begins. */
  from: Microseconds;
  minute: Block | undefined;
  minuteBefore: Block | undefined;
  hour: Block | undefined;
  long: Block | undefined;
  longBefore: Block | undefined;
  longSince: Microseconds;
  longJudged: Judged | undefined;
  rounds: number;
  state: VerdictState | undefined;
  since: Microseconds;
  at: Microseconds;
  criteria: readonly CriterionVerdict[];
  reason: LocalText;
  bad: number;
  badSince: Microseconds;
  good: number;
  openedByLong: boolean;
  /** When the cause was looked for last. */
  located: Microseconds;
  incident: IncidentRecord | undefined;
  figures: BlockFigures | undefined;
  /** Microseconds met, violated, undecided in this minute and this hour. */
  minuteSpent: [number, number, number];
  hourSpent: [number, number, number];
  /** Of the minute that is over and not yet kept; of the hour too, where that is over. */
  closing:
    | {
        block: Block | undefined;
        spent: [number, number, number];
        hourSpent: [number, number, number] | undefined;
      }
    | undefined;
}

interface KeptVerdict {
  state: VerdictState;
  since: Microseconds;
  at: Microseconds;
  criteria: CriterionVerdict[];
  reason: LocalText;
}

const worstFirst: readonly VerdictState[] = ['violated', 'not-measurable', 'inconclusive', 'met'];
export const rankOf = (state: VerdictState | undefined): number =>
  state === undefined ? worstFirst.length : worstFirst.indexOf(state);

export interface JudgingOptions {
  platform: NetworkPlatform;
  flows: Flows;
  terminals: Terminals;
  records: JudgedRecords;
  judgement: Judgement<Block>;
  measuring: () => Measuring | undefined;
  locate: Localising;
  /** Uncertainty of the platform's own clock, µs; undefined: it is not disciplined, and one-way times cannot be told. */
  clockError: () => number | undefined;
  /** Class of service (DSCP) a flow has at a terminal. */
  classOf: (flow: string, terminal: string) => number;
}

/**
 * Judges every flow at every one of its terminals, each in its turn: a window of evidence becomes a block, blocks add up to minutes and hours, and what they
 * show is the verdict. Nothing is computed anew from the beginning, whatever the number of terminals.
 */
export class Judging {
  readonly meter = new PassiveMeter();
  readonly #options: JudgingOptions;
  readonly #pairs = new Map<string, Pair>();
  #order: Pair[] = [];
  #byTerminal = new Map<string, Pair[]>();
  #byFlow = new Map<string, Pair[]>();
  readonly #kept = new Map<string, KeptVerdict>();
  readonly #openIncidents = new Map<string, IncidentRecord>();
  readonly #restored = new Map<string, { minute?: Block; hour?: Block; line?: Line }>();
  readonly #listeners = new Set<(pair: Pair, news: 'verdict' | 'incident') => void>();
  #closing: { minute: Microseconds; hour: Microseconds | undefined; bucket: number } | undefined;
  #minuteStart = 0;
  #hourStart = 0;
  #stopped = false;
  #cancel: () => void = () => {};
  #unsubscribe: () => void = () => {};
  judged = 0;
  failures = 0;
  /** Kept blocks of another version, or damaged, that were left out at the start. */
  unreadable = 0;
  leftOut = 0;

  private constructor(options: JudgingOptions) {
    this.#options = options;
  }

  static async open(options: JudgingOptions): Promise<Judging> {
    const judging = new Judging(options);
    const { records, platform } = options;
    for (const { flow, terminal, verdict } of await records.verdicts<KeptVerdict>())
      judging.#kept.set(keyOf(flow, terminal), verdict);
    for (const incident of await records.openIncidents())
      judging.#openIncidents.set(keyOf(incident.flow, incident.terminal), incident);
    await judging.#restore(platform.clock.now());
    return judging;
  }

  /** Goes on with the hour in which it was ended; hours that passed meanwhile are closed. */
  async #restore(now: Microseconds): Promise<void> {
    const { records, judgement } = this.#options;
    this.#minuteStart = now - (now % minute);
    this.#hourStart = now - (now % hour);
    const past = new Map<Microseconds, Map<string, { block: Block; line: Line }>>();
    for (const { start, lines, blocks } of await records.openMinutes<Block>()) {
      const hourStart = start - (start % hour);
      for (const [key, block] of Object.entries(blocks)) {
        if (!judgement.readable(block)) {
          this.unreadable++;
          continue;
        }
        const line = lines[key];
        if (hourStart === this.#hourStart) {
          const known = this.#restored.get(key) ?? {};
          const spent = addSpent(known.line, line);
          this.#restored.set(key, {
            ...known,
            ...(start === this.#minuteStart
              ? { minute: block }
              : { hour: known.hour === undefined ? block : judgement.merge(known.hour, block) }),
            ...(spent === undefined ? {} : { line: spent }),
          });
        } else {
          const hourOf = past.get(hourStart) ?? new Map<string, { block: Block; line: Line }>();
          const known = hourOf.get(key);
          hourOf.set(key, {
            block: known === undefined ? block : judgement.merge(known.block, block),
            line: addSpent(known?.line, line) ?? line ?? [],
          });
          past.set(hourStart, hourOf);
        }
      }
    }
    for (const [start, keys] of [...past].sort(([a], [b]) => a - b)) {
      const byBucket = new Map<number, Record<string, Line>>();
      for (const [key, { block, line }] of keys) {
        const flow = this.#options.flows.get(key.split(' ')[0]!);
        if (flow === undefined) continue;
        const figures = judgement.figures(flow.input.level, block);
        const spent = line.slice(9, 12).map((one) => Number(one ?? 0) * 1e6) as [number, number, number];
        put(byBucket, key, lineOf(figures, spent));
      }
      records.write(records.hourStatements(start, byBucket));
    }
  }

  start(): void {
    const { platform, flows, terminals } = this.#options;
    this.#unsubscribe = platform.values.subscribe((columns) => this.meter.take(columns));
    flows.onChange(() => this.pairUp());
    terminals.onChange(() => this.pairUp());
    this.pairUp();
    // Incidents of pairs that are gone have nobody who could end them.
    for (const incident of this.#openIncidents.values()) this.#close(incident, platform.clock.now());
    this.#openIncidents.clear();
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    this.#unsubscribe();
    // The minute under way is kept as far as it came; the next start goes on with it.
    if (this.#minuteStart > 0) this.#writeMinute();
    await this.#options.records.stop();
  }

  all(): readonly Pair[] {
    return this.#order;
  }

  pair(flow: string, terminal: string): Pair | undefined {
    return this.#pairs.get(keyOf(flow, terminal));
  }

  ofTerminal(terminal: string): readonly Pair[] {
    return this.#byTerminal.get(terminal) ?? [];
  }

  ofFlow(flow: string): readonly Pair[] {
    return this.#byFlow.get(flow) ?? [];
  }

  subscribe(call: (pair: Pair, news: 'verdict' | 'incident') => void): () => void {
    this.#listeners.add(call);
    return () => this.#listeners.delete(call);
  }

  /** Works out which flow concerns which terminal; what was judged of pairs that stay, stays. */
  pairUp(): void {
    const { flows, terminals, platform } = this.#options;
    const now = platform.clock.now();
    const seen = new Set<string>();
    const order: Pair[] = [];
    const byTerminal = new Map<string, Pair[]>();
    const byFlow = new Map<string, Pair[]>();
    const series = new Map<SeriesId, { line: PassiveLine; thing: number }[]>();
    this.leftOut = 0;
    for (const flow of flows.all()) {
      if (!flow.input.enabled) continue;
      for (const { terminal, things } of flows.members(flow, terminals)) {
        if (order.length >= judgingLimits.pairsMax) {
          this.leftOut++;
          continue;
        }
        const key = keyOf(flow.id, terminal.id);
        let pair = this.#pairs.get(key);
        if (pair === undefined) {
          pair = this.#fresh(key, flow, terminal, now, order.length);
          this.#pairs.set(key, pair);
        } else if (JSON.stringify(pair.flow.input.level) !== JSON.stringify(flow.input.level)) {
          // Blocks were counted for the level there was: what they say of another is nothing.
          pair.minute =
            pair.minuteBefore =
            pair.hour =
            pair.long =
            pair.longBefore =
            pair.longJudged =
              undefined;
          pair.rounds = 0;
        }
        pair.flow = flow;
        pair.terminal = terminal;
        pair.things = things;
        // Half an interval: what comes closer together is one message in parts.
        pair.passive.together = (flow.input.level.transferIntervalMs ?? 0) * 500;
        seen.add(key);
        order.push(pair);
        push(byTerminal, terminal.id, pair);
        push(byFlow, flow.id, pair);
        things.forEach((thing, index) => {
          for (const one of Object.values(platform.things.get(thing)?.series ?? {}))
            push(series, one, { line: pair.passive, thing: index });
        });
      }
    }
    for (const [key, pair] of this.#pairs) {
      if (seen.has(key)) continue;
      this.#pairs.delete(key);
      if (pair.incident !== undefined) {
        this.#close(pair.incident, now);
        pair.incident = undefined;
        this.#tell(pair, 'incident');
      }
    }
    this.#order = order;
    this.#byTerminal = byTerminal;
    this.#byFlow = byFlow;
    this.meter.set(series);
  }

  #fresh(key: string, flow: FlowRecord, terminal: TerminalRecord, now: Microseconds, index: number): Pair {
    const kept = this.#kept.get(key);
    const restored = this.#restored.get(key);
    const incident = this.#openIncidents.get(key);
    this.#openIncidents.delete(key);
    this.#restored.delete(key);
    const spent = (restored?.line ?? []).slice(9, 12).map((one) => Number(one ?? 0) * 1e6);
    const every = judgingLimits.everyMilliseconds * 1000;
    return {
      key,
      bucket: bucketOf(key),
      flow,
      terminal,
      things: [],
      passive: new PassiveLine(),
      // Spread over the time between two judgements, so that each tick has as much to do as the next.
      due: now + Math.round(((index * 0.618_033_988_75) % 1) * every),
      from: now,
      minute: restored?.minute,
      minuteBefore: undefined,
      hour: restored?.hour,
      long: undefined,
      longBefore: undefined,
      longSince: now,
      longJudged: undefined,
      rounds: 0,
      state: kept?.state,
      since: kept?.since ?? now,
      at: kept?.at ?? now,
      criteria: kept?.criteria ?? [],
      reason: kept?.reason ?? say('Not judged yet.', '尚未评判。'),
      bad: 0,
      badSince: now,
      good: 0,
      openedByLong: false,
      located: now,
      incident,
      figures: undefined,
      minuteSpent: [0, 0, 0],
      hourSpent: [spent[0] ?? 0, spent[1] ?? 0, spent[2] ?? 0],
      closing: undefined,
    };
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.platform.clock.after(judgingLimits.tickMilliseconds, () => {
      this.tick();
      this.#plan();
    });
  }

  /** Judges what is due. */
  tick(): void {
    const now = this.#options.platform.clock.now();
    if (this.#closing !== undefined) this.#closePart();
    if (now - (now % minute) > this.#minuteStart) this.#turnMinute(now);
    for (const pair of this.#order) {
      if (pair.due > now) continue;
      pair.due = Math.max(now, pair.due) + judgingLimits.everyMilliseconds * 1000;
      try {
        this.#judge(pair, now);
      } catch (error) {
        // One pair whose evidence cannot be judged harms no other.
        if (this.failures++ % 1000 === 0)
          this.#options.platform.log.warn('a level could not be judged', {
            pair: pair.key,
            error: String(error),
          });
      }
    }
  }

  #judge(pair: Pair, now: Microseconds): void {
    const { judgement, measuring, clockError, classOf } = this.#options;
    const { level } = pair.flow.input;
    const decided = measuring()?.decidedUntil(pair.terminal.id) ?? now;
    // A terminal that tells of its own probes does so now and then: its window waits for them.
    if (decided <= pair.from) return;
    const to = Math.max(pair.from, Math.min(decided, now - judgingLimits.settleMicroseconds));
    const passive = pair.passive.take();
    const evidence: FlowEvidence = {
      from: pair.from,
      to,
      probes: ofClass(measuring()?.window(pair.terminal.id, pair.from, to) ?? [], () =>
        classOf(pair.flow.id, pair.terminal.id),
      ),
      passive: passive === undefined ? undefined : { columns: passive, clockErrorMicroseconds: clockError() },
      rates: [],
      coverage: undefined,
    };
    const spent = to - pair.from;
    pair.from = to;
    this.judged++;
    const block = judgement.summarise(level, evidence);
    pair.minute = pair.minute === undefined ? block : judgement.merge(pair.minute, block);
    if (now - pair.longSince > judgingLimits.longMicroseconds) {
      pair.longBefore = pair.long;
      pair.long = undefined;
      pair.longSince = now;
    }
    pair.long = pair.long === undefined ? block : judgement.merge(pair.long, block);
    const lately =
      pair.minuteBefore === undefined ? pair.minute : judgement.merge(pair.minuteBefore, pair.minute);
    const short = judgement.judge(level, lately);
    if (pair.rounds++ % judgingLimits.longEveryRounds === 0 || pair.longJudged === undefined) {
      const long = pair.longBefore === undefined ? pair.long : judgement.merge(pair.longBefore, pair.long);
      pair.longJudged = judgement.judge(level, long);
    }
    pair.figures = judgement.figures(level, lately);
    // A start has not heard of everybody yet: silence says something only after a while.
    if (
      pair.state === undefined &&
      pair.figures.messages === 0 &&
      pair.rounds < judgingLimits.roundsOfSilence
    )
      return;
    const found = together(short, pair.longJudged);
    this.#move(pair, found, short, now);
    const slot = pair.state === 'met' ? 0 : pair.state === 'violated' ? 1 : 2;
    pair.minuteSpent[slot]! += spent;
    pair.hourSpent[slot]! += spent;
  }

  /** From what was found this round to what is said: not at the first sign, and not over at the first good round. */
  #move(pair: Pair, found: Judged, short: Judged, now: Microseconds): void {
    pair.at = now;
    const byShort = short.state === 'violated';
    // The longer time holds what began the incident: whether it is over, the last minutes tell.
    const violated = pair.incident === undefined || pair.openedByLong ? found.state === 'violated' : byShort;
    if (violated) {
      if (pair.bad === 0) pair.badSince = now;
      pair.bad++;
      pair.good = 0;
    } else {
      pair.good++;
      pair.bad = 0;
    }
    if (pair.incident !== undefined) {
      const needed = pair.openedByLong ? judgingLimits.roundsToCloseLong : judgingLimits.roundsToClose;
      if (violated) {
        const more = found.criteria.filter(
          ({ criterion, state }) =>
            state === 'violated' && !pair.incident!.incident.criteria.includes(criterion),
        );
        if (more.length > 0) {
          pair.incident.incident.criteria.push(...more.map(({ criterion }) => criterion));
          this.#keepIncident(pair);
        }
        if (now - pair.located >= judgingLimits.relocateMicroseconds) {
          const before = JSON.stringify(pair.incident.incident.blame);
          this.#locate(pair, pair.incident, found, now);
          if (JSON.stringify(pair.incident.incident.blame) !== before) this.#keepIncident(pair);
        }
        this.#say(pair, found, pair.since, false);
        return;
      }
      if (pair.good < needed) return;
      this.#close(pair.incident, now);
      pair.incident = undefined;
      this.#resetLong(pair, now);
      this.#say(pair, short, now, true);
      this.#tell(pair, 'incident');
      return;
    }
    if (violated) {
      if (pair.bad < judgingLimits.roundsToOpen) return;
      pair.openedByLong = !byShort;
      const criteria = found.criteria.flatMap(({ criterion, state }) =>
        state === 'violated' ? [criterion] : [],
      );
      pair.incident = newIncident(pair.flow.id, pair.terminal.id, pair.badSince, criteria);
      this.#locate(pair, pair.incident, found, now);
      if (pair.openedByLong) this.#resetLong(pair, now);
      this.#say(pair, found, pair.badSince, true);
      this.#tell(pair, 'incident');
      return;
    }
    this.#say(pair, found, pair.state === found.state ? pair.since : now, pair.state !== found.state);
  }

  #locate(pair: Pair, { incident }: IncidentRecord, found: Judged, now: Microseconds): void {
    pair.located = now;
    const blame = this.#options.locate(pair.flow.id, pair.terminal.id, found.criteria);
    if (blame !== undefined) incident.blame = blame;
  }

  #resetLong(pair: Pair, now: Microseconds): void {
    pair.long = pair.longBefore = pair.longJudged = undefined;
    pair.longSince = now;
  }

  #say(pair: Pair, found: Judged, since: Microseconds, changed: boolean): void {
    pair.state = found.state;
    pair.since = since;
    pair.criteria = found.criteria;
    pair.reason = found.reason;
    if (!changed) return;
    const { records } = this.#options;
    const statements: RecordStatement[] = [
      records.verdictStatement(pair.flow.id, pair.terminal.id, {
        state: pair.state,
        since: pair.since,
        at: pair.at,
        criteria: [...pair.criteria],
        reason: pair.reason,
      } satisfies KeptVerdict),
      ...(pair.incident === undefined ? [] : records.incidentStatements(pair.incident)),
    ];
    records.write(statements);
    this.#tell(pair, 'verdict');
  }

  #keepIncident(pair: Pair): void {
    this.#options.records.write(this.#options.records.incidentStatements(pair.incident!));
    this.#tell(pair, 'incident');
  }

  #close(incident: IncidentRecord, now: Microseconds): void {
    incident.until = now;
    incident.incident.to = formatInstant(now);
    this.#options.records.write(this.#options.records.incidentStatements(incident));
  }

  /** What was done about an open incident, told in it. */
  act(flow: string, terminal: string, what: LocalText, outcome: LocalText): void {
    const pair = this.pair(flow, terminal);
    if (pair?.incident === undefined) return;
    const { actions } = pair.incident.incident;
    if (actions.length >= 100) actions.shift();
    actions.push({
      time: formatInstant(this.#options.platform.clock.now()),
      what: { ...what },
      outcome: { ...outcome },
    });
    this.#keepIncident(pair);
  }

  #tell(pair: Pair, news: 'verdict' | 'incident'): void {
    for (const call of this.#listeners) {
      try {
        call(pair, news);
      } catch (error) {
        this.#options.platform.log.warn('whoever was told of a verdict threw', { error: String(error) });
      }
    }
  }

  /** A minute is over: what it holds is set aside at once, and kept a part at a time, so that no tick is a long one. */
  #turnMinute(now: Microseconds): void {
    while (this.#closing !== undefined) this.#closePart();
    const nextHour = now - (now % hour);
    const hourIsOver = nextHour > this.#hourStart;
    for (const pair of this.#pairs.values()) {
      pair.closing = {
        block: pair.minute,
        spent: pair.minuteSpent,
        hourSpent: hourIsOver ? pair.hourSpent : undefined,
      };
      pair.minuteBefore = pair.minute;
      pair.minute = undefined;
      pair.minuteSpent = [0, 0, 0];
      if (hourIsOver) pair.hourSpent = [0, 0, 0];
    }
    this.#closing = { minute: this.#minuteStart, hour: hourIsOver ? this.#hourStart : undefined, bucket: 0 };
    this.#minuteStart = now - (now % minute);
    if (hourIsOver) this.#hourStart = nextHour;
  }

  #closePart(): void {
    const { records, judgement } = this.#options;
    const closing = this.#closing!;
    const { bucket } = closing;
    const lines: Record<string, Line> = {};
    const blocks: Record<string, Block> = {};
    const hourLines: Record<string, Line> = {};
    for (const pair of this.#pairs.values()) {
      if (pair.bucket !== bucket || pair.closing === undefined) continue;
      const { block, spent, hourSpent } = pair.closing;
      const { level } = pair.flow.input;
      pair.closing = undefined;
      if (block !== undefined) {
        lines[pair.key] = lineOf(judgement.figures(level, block), spent);
        blocks[pair.key] = block;
        pair.hour = pair.hour === undefined ? block : judgement.merge(pair.hour, block);
      }
      if (hourSpent !== undefined && pair.hour !== undefined) {
        hourLines[pair.key] = lineOf(judgement.figures(level, pair.hour), hourSpent);
        pair.hour = undefined;
      }
    }
    // One transaction: an hour is there, or its minutes are.
    records.write([
      ...(Object.keys(blocks).length === 0
        ? []
        : records.minuteStatements(closing.minute, bucket, lines, blocks)),
      ...(closing.hour === undefined
        ? []
        : records.hourStatements(closing.hour, new Map([[bucket, hourLines]]), bucket)),
    ]);
    closing.bucket++;
    if (closing.bucket >= buckets) this.#closing = undefined;
  }

  /** The minute under way, as far as it came. */
  #writeMinute(): void {
    while (this.#closing !== undefined) this.#closePart();
    const { records, judgement } = this.#options;
    const lines = new Map<number, Record<string, Line>>();
    const blocks = new Map<number, Record<string, Block>>();
    for (const pair of this.#pairs.values()) {
      if (pair.minute === undefined) continue;
      put(
        lines,
        pair.key,
        lineOf(judgement.figures(pair.flow.input.level, pair.minute), pair.minuteSpent),
        pair.bucket,
      );
      put(blocks, pair.key, pair.minute, pair.bucket);
    }
    for (const [bucket, one] of lines)
      records.write(records.minuteStatements(this.#minuteStart, bucket, one, blocks.get(bucket) ?? {}));
  }

  show(pair: Pair): Verdict | undefined {
    if (pair.state === undefined) return undefined;
    return {
      flow: pair.flow.id,
      terminal: pair.terminal.id,
      state: pair.state,
      from: formatInstant(Math.min(pair.since, pair.at)),
      to: formatInstant(pair.at),
      since: formatInstant(pair.since),
      criteria: [...pair.criteria],
      reason: { ...pair.reason },
    };
  }
}

/** Where several classes of service are probed, those of the flow's own are its evidence. */
export function ofClass(probes: FlowEvidence['probes'], wanted: () => number): FlowEvidence['probes'] {
  if (new Set(probes.map(({ session }) => session.dscp)).size <= 1) return probes;
  const dscp = wanted();
  const own = probes.filter(({ session }) => session.dscp === dscp);
  return own.length > 0 ? own : probes;
}

export const keyOf = (flow: string, terminal: string): string => `${flow} ${terminal}`;

/** Each criterion as the last minutes show it where they show it violated, else as the longer time does: that has seen more messages. */
function together(short: Judged, long: Judged): Judged {
  const decided = new Set(
    short.criteria.flatMap(({ criterion, state }) => (state === 'violated' ? [criterion] : [])),
  );
  if (decided.size === 0) return long;
  const criteria = [
    ...short.criteria.filter(({ criterion }) => decided.has(criterion)),
    ...long.criteria.filter(({ criterion }) => !decided.has(criterion)),
  ];
  return { state: 'violated', criteria, reason: short.reason };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function put<T>(map: Map<number, Record<string, T>>, key: string, value: T, bucket = bucketOf(key)): void {
  const record = map.get(bucket);
  if (record === undefined) map.set(bucket, { [key]: value });
  else record[key] = value;
}

const figure = (value: number | undefined, digits = 4): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(digits));

function lineOf(figures: BlockFigures, spent: readonly [number, number, number]): Line {
  return [
    figures.messages,
    figures.lost,
    figure(figures.p50Ms),
    figure(figures.p95Ms),
    figure(figures.p99Ms),
    figure(figures.jitterMs),
    figure(figures.upShare, 9),
    figure(figures.downSeconds, 6) ?? 0,
    figures.downEvents,
    ...spent.map((one) => Math.round(one / 1e5) / 10),
    figures.method ?? null,
  ];
}

/** Adds what two lines say of the time spent in each state. */
function addSpent(a: Line | undefined, b: Line | undefined): Line | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sum = [...a];
  for (let index = 9; index < 12; index++) sum[index] = Number(a[index] ?? 0) + Number(b[index] ?? 0);
  return sum;
}
