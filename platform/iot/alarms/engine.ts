import { createHash } from 'node:crypto';
import type { Microseconds, Sample, SampleColumns, SeriesId } from '@millrace/contract';
import { alarmLimits, limits } from '@millrace/contract';
import type { Clock, LiveBus, Log, RecordStore, SampleStore, ThingRecord } from '@millrace/sdk';
import { type Condition, judge, SpanWindow } from '../cel/index.ts';
import type { Registry } from '../registry.ts';
import { FloodGroups } from './floods.ts';
import { bind, Instance, Windows } from './instance.ts';
import type { AlarmJournal } from './journal.ts';
import { type AlarmRecord, type Hold, move, stateOf } from './life-cycle.ts';
import type { Maintenance } from './maintenance.ts';
import { type AlarmRules, lacksProperty, type RuleRecord, targets } from './rules.ts';
import { SignalColumns } from './signals.ts';
import { advance, type Track, waits } from './track.ts';

const tickMilliseconds = 250;
/** Conditions that time alone can turn are judged once in so many ticks, a part of them at each. */
const timedParts = 4;
/** A sample older than this when it comes may be part of a backlog. */
const lateMicroseconds = 60_000_000;
/** How far back history is read for what was stored but not evaluated when the platform ended. */
const catchUpMicroseconds = 10 * 60_000_000;
const catchUpPointsMax = 20_000;
/** Samples that wait while history is being evaluated; beyond it the rest of history is given up, and said so. */
const waitingSamplesMax = 500_000;
const windowsMax = 50_000;
const windowPointsMax = 20_000;
const causesMax = 8;

export interface EngineOptions {
  records: RecordStore;
  samples: SampleStore;
  registry: Registry;
  bus: LiveBus;
  clock: Clock;
  log: Log;
  rules: AlarmRules;
  journal: AlarmJournal;
  maintenance: Maintenance;
}

export type AlarmNews = 'raised' | 'returned' | 'repeated' | 'escalated' | 'changed';

/** A thing that a rule means and cannot be judged at. */
export interface Unbound {
  thing: string;
  title: string;
  because: { en: string; zh: string };
}

/**
 * Evaluates rules on the live bus, in the platform's own process: every sample that moved a live value is judged by the rules that read it, at once. Late
 * samples do not come here; a backlog that a terminal sends after an outage moves the values, and only how it ends is judged. What was stored and
 * not evaluated when the platform ended is evaluated from history at the next start.
 */
export class AlarmEngine {
  readonly #options: EngineOptions;
  readonly #signals = new SignalColumns();
  readonly #windows = new Windows();
  readonly #groups: FloodGroups;
  /** Rule → thing → instance. */
  readonly #instances = new Map<string, Map<string, Instance>>();
  readonly #unbound = new Map<string, Unbound[]>();
  /** Thing → rules that watch or name it. */
  readonly #rulesNaming = new Map<string, Set<string>>();
  readonly #namedBy = new Map<string, string[]>();
  #bySeries: (Instance[] | undefined)[] = [];
  readonly #open = new Map<string, AlarmRecord>();
  readonly #asking = new Set<AlarmRecord>();
  readonly #waiting = new Set<Instance>();
  readonly #timed = new Set<Instance>();
  /** Series whose samples come late, and how far they were at the last look: a backlog, or a terminal whose clock is wrong. */
  readonly #settling = new Map<SeriesId, { time: Microseconds; seen: Microseconds }>();
  readonly #lastRaised = new Map<string, Microseconds>();
  readonly #tracks = new Map<string, Track>();
  #count = 0;
  #tick = 0;
  #callOff: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;
  #held: SampleColumns[] | undefined = [];
  #heldRows = 0;
  #cutShort = false;
  #overflowed = false;
  #progress: Microseconds | undefined;
  #stopped = false;
  readonly #warming: { series: SeriesId; microseconds: Microseconds; window: SpanWindow }[] = [];
  #warmers = 0;
  /** Told of every alarm that changed, as it changes. */
  onNews: (alarm: AlarmRecord, news: AlarmNews) => void = () => {};
  /** Rows judged so far, and alarms that were not raised because too many are open. */
  readonly counters = { evaluated: 0, raised: 0, notRaised: 0, catchUpCutShort: 0 };

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#groups = new FloodGroups();
    this.#windows.onMade = (series, microseconds, window) => {
      this.#warming.push({ series, microseconds, window });
      this.#warm();
    };
  }

  get instances(): number {
    return this.#count;
  }

  /** Alarms that are not normal. */
  open(): IterableIterator<AlarmRecord> {
    return this.#open.values();
  }

  openAlarm(id: string): AlarmRecord | undefined {
    return this.#open.get(id);
  }

  instancesOf(rule: string): Iterable<Instance> {
    return this.#instances.get(rule)?.values() ?? [];
  }

  unboundOf(rule: string): readonly Unbound[] {
    return this.#unbound.get(rule) ?? [];
  }

  /** Takes up where the last run ended: open alarms, delays being served. From here on what comes is held until {@link start}. */
  async attach(): Promise<void> {
    const { records, registry, rules, bus, clock } = this.#options;
    this.#signals.listening = clock.now();
    this.#progress = await this.#restore(records);
    for (const rule of rules.all()) this.#bindRule(rule);
    this.#openByInstance = undefined;
    for (const alarm of [...this.#open.values()])
      if (rules.get(alarm.rule) === undefined) this.#close(alarm, 'removed');
    registry.onChange((change) => {
      const ids = [...change.put.map((record) => record.id), ...change.removed.map((one) => one.id)];
      for (const { series } of change.removed) for (const one of series) this.#signals.forget(one);
      this.#rebindFor(ids, change.put);
    });
    this.#unsubscribe = bus.subscribe((columns) => this.#receive(columns));
  }

  /** Judges what was stored and not judged when the last run ended. Resolves when live. */
  async start(): Promise<void> {
    const { clock, log } = this.#options;
    try {
      await this.#catchUp(this.#progress);
    } catch (error) {
      log.error('what was stored before the start could not be judged', { error: String(error) });
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    if (this.#overflowed) {
      for (let one = 0; one < this.#bySeries.length; one++)
        if (this.#bySeries[one] !== undefined) this.#latestOf(one);
      for (const made of this.#instances.values())
        for (const instance of made.values()) this.#settle(instance, clock.now());
    } else for (const columns of held) this.#evaluate(columns);
    this.#beat(clock);
  }

  stop(): void {
    this.#stopped = true;
    this.#callOff?.();
    this.#unsubscribe?.();
  }

  /** A rule was saved. */
  ruleChanged(rule: RuleRecord): void {
    this.#bindRule(rule);
  }

  ruleRemoved(id: string): void {
    this.#unbindRule(id);
    for (const alarm of [...this.#open.values()]) if (alarm.rule === id) this.#close(alarm, 'removed');
  }

  /** Out of service, maintenance or suppression may apply now, or no longer. */
  holdsChanged(rule?: string): void {
    const now = this.#options.clock.now();
    for (const alarm of [...this.#open.values()]) {
      if (rule !== undefined && alarm.rule !== rule) continue;
      const instance = this.#instances.get(alarm.rule)?.get(alarm.thing);
      this.#applyHold(alarm, instance, now);
    }
  }

  /** Something was done to an alarm by a person. */
  changed(alarm: AlarmRecord): void {
    this.#after(alarm, 'changed');
  }

  /** How a condition is judged with the values of now. Windows are judged from the next samples on: there is nobody yet who kept them. */
  judgeNow(
    condition: Condition,
    record: ThingRecord,
    now: Microseconds,
  ): { verdict: 'true' | 'false' | 'cannot-judge'; because?: { en: string; zh: string } } {
    const { registry } = this.#options;
    const { verdict, because } = judge(
      condition,
      (reference) => {
        const owner = reference.thing === undefined ? record : registry.get(reference.thing);
        const series = owner?.series[reference.property];
        return series === undefined ? undefined : this.latestOf(series);
      },
      now,
    );
    return { verdict, ...(because === undefined ? {} : { because }) };
  }

  // What comes in.

  #receive(columns: SampleColumns): void {
    if (this.#held === undefined) {
      this.#evaluate(columns);
      return;
    }
    this.#heldRows += columns.count;
    if (this.#heldRows > waitingSamplesMax) {
      // More than is kept for later: of these only how they end is judged.
      this.#cutShort = true;
      this.#overflowed = true;
      this.#held = [];
      return;
    }
    const { count } = columns;
    this.#held.push({
      count,
      series: columns.series.slice(0, count),
      time: columns.time.slice(0, count),
      received: columns.received.slice(0, count),
      value: columns.value.slice(0, count),
      status: columns.status.slice(0, count),
      text: columns.text === undefined ? undefined : new Map(columns.text),
    });
  }

  /** Judges every row that a rule reads. Columns are those of the bus: rows that moved a live value, in order. */
  #evaluate(columns: SampleColumns): void {
    const bySeries = this.#bySeries;
    const signals = this.#signals;
    const { count, series, time, received, value, status } = columns;
    let judged = 0;
    for (let row = 0; row < count; row++) {
      const one = series[row]!;
      const instances = bySeries[one];
      if (instances === undefined) continue;
      const at = time[row]!;
      const before = signals.time[one]!;
      if (at < before) continue;
      const seen = received[row]!;
      const age = seen - at;
      const late = age > signals.lag[one]! + lateMicroseconds;
      if (late) {
        if (!this.#settling.has(one)) this.#settling.set(one, { time: before, seen: signals.seen[one]! });
      } else if (signals.lag[one] !== 0 && age < lateMicroseconds) signals.lag[one] = 0;
      signals.take(columns, row, one);
      if (status[row]! >>> 30 < 2) {
        const windows = this.#windows.of(one);
        if (windows !== undefined && !Number.isNaN(value[row]!))
          for (const window of windows) window.take(at, value[row]!);
      }
      judged++;
      if (!late) for (const instance of instances) this.#judge(instance, at, seen);
    }
    if (judged > 0) {
      this.counters.evaluated += judged;
      this.#options.journal.evaluated();
    }
  }

  #judge(instance: Instance, time: Microseconds, at: Microseconds): void {
    if (instance.suppression !== undefined) {
      const before = instance.suppressed;
      if (instance.judgeSuppression(time) !== before && instance.alarm !== undefined)
        this.#applyHold(instance.alarm, instance, at);
    }
    const wasUnjudged = instance.unjudged;
    const verdict = instance.judge(time);
    if (wasUnjudged !== instance.unjudged && instance.alarm !== undefined) this.#tellUnjudged(instance);
    const { track } = instance;
    // By far the most common: nothing changes and no delay is being served.
    if ((verdict === 1) === track.active && !waits(track)) return;
    this.#turn(instance, verdict, time, at);
  }

  #turn(instance: Instance, verdict: 1 | 0 | -1, time: Microseconds, at: Microseconds): void {
    const { track } = instance;
    const turn = advance(track, verdict, time, at, instance.rule.delays);
    if (turn === 'raise') this.#raise(instance, track.turned, at);
    else if (turn === 'return') this.#return(instance, at);
    if (waits(track)) {
      if (!this.#waiting.has(instance)) {
        this.#waiting.add(instance);
        const delay = track.active ? 0 : instance.rule.delays.onMicroseconds;
        // Short delays are served again from history after a crash; long ones are remembered.
        if (delay >= catchUpMicroseconds / 2) {
          this.#options.journal.track(instance.rule.id, instance.thing, track);
          instance.trackWritten = true;
        }
      }
    } else if (this.#waiting.delete(instance) && instance.trackWritten) {
      this.#options.journal.track(instance.rule.id, instance.thing, undefined);
      instance.trackWritten = false;
    }
  }

  #raise(instance: Instance, time: Microseconds, now: Microseconds): void {
    if (time <= instance.lastRaised) return;
    instance.lastRaised = time;
    const { journal } = this.#options;
    let shelf: Hold | undefined;
    if (instance.alarm !== undefined) {
      const before = instance.alarm;
      if (before.held?.kind === 'shelved') shelf = before.held;
      this.#close(before, 'raised-again');
    }
    if (this.#open.size >= alarmLimits.alarmsOpenMax) {
      this.counters.notRaised++;
      return;
    }
    const alarm = this.#newAlarm(instance, time, now);
    if (shelf !== undefined) alarm.held = shelf;
    const hold = this.#holdOf(instance, now);
    if (hold !== undefined) alarm.held = hold;
    instance.alarm = alarm;
    this.#open.set(alarm.id, alarm);
    this.counters.raised++;
    journal.entry(alarm, 'raised', '', alarm.held === undefined ? '' : alarm.held.reason);
    if (alarm.held === undefined) this.#asking.add(alarm);
    this.onNews(alarm, alarm.held === undefined ? 'raised' : 'changed');
  }

  #return(instance: Instance, now: Microseconds): void {
    const { alarm } = instance;
    if (alarm === undefined) return;
    if (move(alarm, { what: 'returned' }, now) !== undefined) return;
    this.#options.journal.entry(alarm, 'returned', '', '');
    this.#after(alarm, alarm.held === undefined ? 'returned' : 'changed');
  }

  #newAlarm(instance: Instance, time: Microseconds, now: Microseconds): AlarmRecord {
    const { registry } = this.#options;
    const { rule, thing } = instance;
    const record = registry.get(thing);
    const { input } = rule;
    const titles = Object.fromEntries(
      Object.entries(input.translations ?? {}).flatMap(([language, words]) =>
        words.title === undefined ? [] : [[language, words.title]],
      ),
    );
    const { references } = instance.bound.condition;
    const cause = references.slice(0, causesMax).map((reference, index) => {
      const series = instance.bound.frame.series[index]!;
      const owner = reference.thing ?? thing;
      const schema = registry.get(owner)?.description.properties?.[reference.property];
      const text = this.#signals.text.get(series);
      const number = this.#signals.value[series];
      return {
        thing: owner,
        property: reference.property,
        value:
          text !== undefined
            ? readText(text)
            : number === undefined || Number.isNaN(number)
              ? null
              : schema?.type === 'boolean'
                ? number !== 0
                : number,
        ...(schema?.unit === undefined ? {} : { unit: schema.unit }),
      };
    });
    const alarm: AlarmRecord = {
      id: alarmId(rule.id, thing, time),
      rule: rule.id,
      thing,
      place: instance.place,
      priority: input.priority,
      time,
      raised: now,
      changed: now,
      active: true,
      closed: false,
      latches: input.latched === true,
      group: '',
      entries: 0,
      comments: 0,
      escalated: 0,
      repeated: 0,
      said: {
        title: input.title,
        ...(Object.keys(titles).length === 0 ? {} : { titles }),
        thingTitle: record?.description.title ?? thing,
        ...(record?.description.titles === undefined ? {} : { thingTitles: record.description.titles }),
        cause,
        condition: input.condition,
        ...(input.consequence === undefined ? {} : { consequence: input.consequence }),
        ...(input.response === undefined ? {} : { response: input.response }),
        ...(input.translations === undefined ? {} : { translations: input.translations }),
      },
    };
    alarm.group = this.#groups.groupOf(alarm, now);
    return alarm;
  }

  /** Ends an alarm that a later one, or the end of its rule, leaves without meaning. */
  #close(alarm: AlarmRecord, what: 'raised-again' | 'removed'): void {
    if (move(alarm, { what }, this.#options.clock.now()) !== undefined) return;
    this.#options.journal.entry(alarm, what, '', '');
    this.#after(alarm, 'changed');
  }

  /** Keeps the sets and the journal in step with what an alarm has become. */
  #after(alarm: AlarmRecord, news: AlarmNews): void {
    const state = stateOf(alarm);
    if (alarm.closed) {
      this.#open.delete(alarm.id);
      const instance = this.#instances.get(alarm.rule)?.get(alarm.thing);
      if (instance?.alarm === alarm) instance.alarm = undefined;
    }
    if (state === 'unacknowledged' || state === 'returned') this.#asking.add(alarm);
    else this.#asking.delete(alarm);
    this.#options.journal.alarm(alarm);
    this.onNews(alarm, news);
  }

  #tellUnjudged(instance: Instance): void {
    const { alarm, unjudged } = instance;
    if (alarm === undefined) return;
    if (unjudged === undefined) delete alarm.unjudged;
    else alarm.unjudged = { because: instance.because(), since: unjudged.since };
    this.#options.journal.alarm(alarm);
    this.onNews(alarm, 'changed');
  }

  // What keeps alarms quiet.

  #holdOf(instance: Instance, now: Microseconds): Hold | undefined {
    const { rule, thing, place } = instance;
    const out = rule.outOfService.get('') ?? rule.outOfService.get(thing);
    if (out !== undefined)
      return { kind: 'out-of-service', by: out.by, reason: out.reason, since: out.since };
    const window = this.#options.maintenance.at(place, now);
    if (window !== undefined) {
      return {
        kind: 'out-of-service',
        by: window.by,
        reason: window.reason,
        since: window.from,
        until: window.to,
      };
    }
    if (instance.suppressed)
      return {
        kind: 'suppressed',
        by: '',
        reason: rule.input.suppressedWhen ?? '',
        since: now,
      };
    return undefined;
  }

  #applyHold(alarm: AlarmRecord, instance: Instance | undefined, now: Microseconds): void {
    const wanted = instance === undefined ? undefined : this.#holdOf(instance, now);
    const { held } = alarm;
    if (wanted !== undefined) {
      if (held?.kind === wanted.kind && held.reason === wanted.reason) return;
      // What was held more strongly before gives way to what applies now.
      if (held !== undefined && held.kind !== 'shelved') delete alarm.held;
      if (move(alarm, { what: 'held', hold: wanted }, now) !== undefined) return;
      this.#options.journal.entry(alarm, wanted.kind, wanted.by, wanted.reason);
      this.#after(alarm, 'changed');
      return;
    }
    if (held === undefined || (held.kind === 'shelved' && (held.until === undefined || held.until > now)))
      return;
    this.#release(alarm, now);
  }

  #release(alarm: AlarmRecord, now: Microseconds): void {
    const kind = alarm.held?.kind;
    if (move(alarm, { what: 'released' }, now) !== undefined) return;
    this.#options.journal.entry(alarm, kind === 'shelved' ? 'unshelved' : 'in-service', '', '');
    this.#after(alarm, alarm.active ? 'raised' : 'changed');
  }

  // Time.

  #beat(clock: Clock): void {
    if (this.#stopped) return;
    this.#callOff = clock.after(tickMilliseconds, () => {
      try {
        this.#onTick(clock.now());
      } catch (error) {
        this.#options.log.error('a look at the alarms failed', { error: String(error) });
      }
      this.#beat(clock);
    });
  }

  #onTick(now: Microseconds): void {
    const part = this.#tick++ % timedParts;
    for (const instance of [...this.#waiting])
      this.#turn(instance, instance.verdict, instance.track.since, now);
    if (part === 0) this.#settleLate(now);
    let index = 0;
    for (const instance of this.#timed) if (index++ % timedParts === part) this.#judge(instance, now, now);
    if (part !== 0) return;
    const { maintenance } = this.#options;
    if (maintenance.turned(now)) this.holdsChanged();
    for (const alarm of [...this.#open.values()]) {
      const until = alarm.held?.until;
      if (until !== undefined && until <= now) {
        this.#applyHold(alarm, this.#instances.get(alarm.rule)?.get(alarm.thing), now);
      }
    }
    for (const alarm of [...this.#asking]) this.#remind(alarm, now);
  }

  /**
   * A backlog runs in faster than time passes; what it ends with is how things are. A terminal whose clock is behind sends as fast as time passes: from
   * now on its samples are not late, as long as they are no later than this.
   */
  #settleLate(now: Microseconds): void {
    const signals = this.#signals;
    for (const [series, look] of [...this.#settling]) {
      const time = signals.time[series]!;
      const seen = signals.seen[series]!;
      const steady = time - look.time <= 2 * (seen - look.seen) + 1_000_000;
      if (time !== look.time && !steady) {
        this.#settling.set(series, { time, seen });
        continue;
      }
      this.#settling.delete(series);
      if (time !== look.time) signals.lag[series] = seen - time;
      for (const instance of this.#bySeries[series] ?? []) this.#judge(instance, time, now);
    }
  }

  /** Tells again, and tells others, as long as nobody has acknowledged. */
  #remind(alarm: AlarmRecord, now: Microseconds): void {
    const rule = this.#options.rules.get(alarm.rule);
    if (rule === undefined) return;
    const { repeatSeconds, escalation } = rule.input;
    const waited = (now - alarm.raised) / 1e6;
    const steps = [...(escalation ?? [])].sort((a, b) => a.afterSeconds - b.afterSeconds);
    const reached = steps.filter((step) => waited >= step.afterSeconds).length;
    if (reached > alarm.escalated) {
      for (let step = alarm.escalated; step < reached; step++)
        this.#options.journal.entry(alarm, 'escalated', '', steps[step]!.role);
      alarm.escalated = reached;
      this.onNews(alarm, 'escalated');
    }
    if (repeatSeconds === undefined) return;
    const times = Math.floor(waited / repeatSeconds);
    if (times <= alarm.repeated) return;
    alarm.repeated = times;
    this.#options.journal.alarm(alarm);
    this.onNews(alarm, 'repeated');
  }

  #newest(instance: Instance): Microseconds {
    let newest = Number.NEGATIVE_INFINITY;
    for (const one of instance.bound.series) newest = Math.max(newest, this.#signals.time[one]!);
    return newest;
  }

  // Which rule watches what.

  #bindRule(rule: RuleRecord): void {
    const kept = this.#instances.get(rule.id);
    const before = new Map(kept ?? []);
    this.#unbindRule(rule.id);
    const { rules, registry, log, clock } = this.#options;
    const names = rules.namedThings(rule);
    if (rule.input.target.kind === 'thing') names.push(rule.input.target.thing);
    this.#namedBy.set(rule.id, names);
    for (const id of names) {
      const naming = this.#rulesNaming.get(id) ?? new Set();
      naming.add(rule.id);
      this.#rulesNaming.set(id, naming);
    }
    const made = new Map<string, Instance>();
    const unbound: Unbound[] = [];
    this.#instances.set(rule.id, made);
    this.#unbound.set(rule.id, unbound);
    const { target } = rule.input;
    if (rule.input.enabled === false) {
      for (const alarm of [...this.#open.values()]) if (alarm.rule === rule.id) this.#close(alarm, 'removed');
      return;
    }
    if (target.kind === 'thing' && registry.get(target.thing) === undefined)
      unbound.push({ thing: target.thing, title: target.thing, because: thingGone(target.thing) });
    for (const record of rules.thingsOf(rule.input))
      this.#bindThing(rule, record, made, unbound, before.get(record.id));
    if (this.#count > alarmLimits.alarmInstancesMax)
      log.error('too many rules at too many things', {
        instances: this.#count,
        max: alarmLimits.alarmInstancesMax,
      });
    const now = clock.now();
    for (const alarm of [...this.#open.values()])
      if (alarm.rule === rule.id && !made.has(alarm.thing)) this.#orphaned(alarm, unbound, now);
    if (this.#held === undefined) for (const instance of made.values()) this.#settle(instance, now);
  }

  /** Nobody can judge it any more: it is over, and says why. */
  #orphaned(alarm: AlarmRecord, unbound: readonly Unbound[], now: Microseconds): void {
    const gone = unbound.find((one) => one.thing === alarm.thing);
    alarm.unjudged = { because: gone?.because ?? thingGone(alarm.thing), since: now };
    if (alarm.active && move(alarm, { what: 'returned' }, now) === undefined)
      this.#options.journal.entry(alarm, 'cannot-be-judged', '', alarm.unjudged.because.en);
    this.#after(alarm, 'changed');
  }

  #bindThing(
    rule: RuleRecord,
    record: ThingRecord,
    made: Map<string, Instance>,
    unbound: Unbound[],
    before: Instance | undefined,
  ): void {
    const { rules, registry, clock } = this.#options;
    const compiled = rules.compiledFor(rule, record);
    const title = record.description.title;
    if ('code' in compiled) {
      if (lacksProperty(compiled) && rule.input.target.kind === 'place') return;
      unbound.push({ thing: record.id, title, because: compiled.message });
      return;
    }
    if (this.#count >= alarmLimits.alarmInstancesMax || this.#windows.size >= windowsMax) {
      unbound.push({
        thing: record.id,
        title,
        because: {
          en: `more than ${alarmLimits.alarmInstancesMax} rules at things (alarmInstancesMax), or ${windowsMax} windows, are not judged`,
          zh: `超过 ${alarmLimits.alarmInstancesMax} 个规则实例（alarmInstancesMax）或 ${windowsMax} 个时间窗口，不再判断`,
        },
      });
      return;
    }
    const seriesOf = (thing: string | undefined, property: string): SeriesId | undefined => {
      const owner = thing === undefined ? record : registry.get(thing);
      if (owner === undefined || !Object.hasOwn(owner.description.properties ?? {}, property))
        return undefined;
      return Object.hasOwn(owner.series, property) ? owner.series[property] : undefined;
    };
    const bound = bind(compiled.condition, seriesOf, this.#signals, this.#windows);
    const suppression =
      compiled.suppressed === undefined
        ? undefined
        : bind(compiled.suppressed, seriesOf, this.#signals, this.#windows);
    const key = `${rule.id}\n${record.id}`;
    const place = record.description['millrace:place'] ?? '';
    const instance = new Instance(
      rule,
      record.id,
      place,
      bound,
      suppression,
      before?.track ?? this.#tracks.get(key),
    );
    this.#tracks.delete(key);
    instance.lastRaised = Math.max(
      before?.lastRaised ?? Number.NEGATIVE_INFINITY,
      this.#lastRaised.get(key) ?? Number.NEGATIVE_INFINITY,
    );
    this.#lastRaised.delete(key);
    for (const alarm of before?.alarm === undefined
      ? (this.#openByInstance?.get(key) ?? [])
      : [before.alarm]) {
      if (alarm.closed) continue;
      instance.alarm = alarm;
      instance.track.active = alarm.active;
    }
    made.set(record.id, instance);
    this.#count++;
    for (const one of instance.series) {
      const list = this.#bySeries[one];
      if (list === undefined) {
        this.#bySeries[one] = [instance];
        if (this.#held === undefined) this.#latestOf(one);
      } else list.push(instance);
    }
    if (instance.timed) this.#timed.add(instance);
    if (waits(instance.track)) this.#waiting.add(instance);
    instance.judgeSuppression(clock.now());
  }

  /** Open alarms by rule and thing, only while they are being taken up at the start. */
  #openByInstance: Map<string, AlarmRecord[]> | undefined;
  /** Latest samples, for series that get their first rule while the platform runs. */
  latestOf: (series: SeriesId) => Sample | undefined = () => undefined;

  #latestOf(series: SeriesId): void {
    const latest = this.latestOf(series);
    if (latest !== undefined)
      this.#signals.set(series, latest.time, latest.received, latest.value, latest.status);
  }

  #unbindRule(id: string): void {
    for (const instance of this.#instances.get(id)?.values() ?? []) this.#unbind(instance);
    this.#instances.delete(id);
    this.#unbound.delete(id);
    for (const thing of this.#namedBy.get(id) ?? []) {
      const naming = this.#rulesNaming.get(thing);
      if (naming?.delete(id) === true && naming.size === 0) this.#rulesNaming.delete(thing);
    }
    this.#namedBy.delete(id);
  }

  #unbind(instance: Instance): void {
    for (const one of instance.series) {
      const rest = (this.#bySeries[one] ?? []).filter((other) => other !== instance);
      this.#bySeries[one] = rest.length === 0 ? undefined : rest;
    }
    this.#timed.delete(instance);
    this.#waiting.delete(instance);
    instance.release();
    this.#count--;
  }

  /** Things changed: what watches or names them is bound anew, and nothing else. */
  #rebindFor(ids: readonly string[], put: readonly ThingRecord[]): void {
    const { rules, clock } = this.#options;
    const whole = new Set<string>();
    for (const id of ids) for (const rule of this.#rulesNaming.get(id) ?? []) whole.add(rule);
    for (const id of whole) {
      const rule = rules.get(id);
      if (rule === undefined) continue;
      rules.forgetCompiled(id);
      this.#bindRule(rule);
    }
    const now = clock.now();
    for (const rule of rules.all()) {
      const { target, enabled } = rule.input;
      if (target.kind === 'thing' || whole.has(rule.id) || enabled === false) continue;
      const made = this.#instances.get(rule.id);
      const unbound = this.#unbound.get(rule.id);
      if (made === undefined || unbound === undefined) continue;
      for (const id of ids) {
        const before = made.get(id);
        const record = put.find((one) => one.id === id);
        const meant = record !== undefined && targets(target, record.description);
        if (before === undefined && !meant) continue;
        if (before !== undefined) this.#unbind(before);
        made.delete(id);
        const listed = unbound.findIndex((one) => one.thing === id);
        if (listed !== -1) unbound.splice(listed, 1);
        if (meant) this.#bindThing(rule, record, made, unbound, before);
        const after = made.get(id);
        if (after !== undefined && this.#held === undefined) this.#settle(after, now);
        if (after === undefined && before?.alarm !== undefined) this.#orphaned(before.alarm, unbound, now);
      }
    }
  }

  /** Judges with the values there are, when a rule or a thing is new. */
  #settle(instance: Instance, now: Microseconds): void {
    const newest = this.#newest(instance);
    this.#judge(instance, newest === Number.NEGATIVE_INFINITY ? now : newest, now);
    if (instance.alarm !== undefined) this.#applyHold(instance.alarm, instance, now);
  }

  // Taking up where the last run ended.

  async #restore(records: RecordStore): Promise<Microseconds | undefined> {
    const [progress] = await records.query<{ value: number | string }>(
      `SELECT value FROM alarm_progress WHERE name = 'evaluated'`,
    );
    this.#openByInstance = new Map();
    for (const row of await records.query<{ record: AlarmRecord }>('SELECT record FROM alarms WHERE open')) {
      const alarm = row.record;
      this.#open.set(alarm.id, alarm);
      const state = stateOf(alarm);
      if (state === 'unacknowledged' || state === 'returned') this.#asking.add(alarm);
      const key = `${alarm.rule}\n${alarm.thing}`;
      this.#openByInstance.set(key, [...(this.#openByInstance.get(key) ?? []), alarm]);
    }
    for (const row of await records.query<{ rule: string; thing: string; time: string }>(
      'SELECT rule, thing, max(time)::text AS time FROM alarms GROUP BY rule, thing',
    ))
      this.#lastRaised.set(`${row.rule}\n${row.thing}`, Number(row.time));
    for (const row of await records.query<{ rule: string; thing: string; track: Track }>(
      'SELECT rule, thing, track FROM alarm_delays',
    )) {
      // JSON knows no infinities and no NaN.
      this.#tracks.set(`${row.rule}\n${row.thing}`, {
        ...row.track,
        since: row.track.since ?? Number.NaN,
        sinceAt: row.track.sinceAt ?? Number.NaN,
        turned: row.track.turned ?? Number.NaN,
        overAt: row.track.overAt ?? Number.NEGATIVE_INFINITY,
      });
    }
    return progress === undefined ? undefined : Number(progress.value);
  }

  /** Reads what was stored since `progress` and judges it in the order in which it was received. */
  async #catchUp(progress: Microseconds | undefined): Promise<void> {
    const { samples, clock, log, journal } = this.#options;
    const series: SeriesId[] = [];
    for (let one = 0; one < this.#bySeries.length; one++)
      if (this.#bySeries[one] !== undefined) series.push(one);
    if (series.length === 0) return;
    const latest = await samples.latest(series);
    const rows: Sample[] = [];
    for (const [one, sample] of latest) {
      if (progress === undefined || sample.received <= progress || this.#cutShort) {
        this.#signals.set(one, sample.time, sample.received, sample.value, sample.status);
        continue;
      }
      const history = await samples.samples(
        one,
        Math.min(progress, sample.time) - catchUpMicroseconds,
        sample.time + 1,
        catchUpPointsMax,
      );
      const before = history.samples.filter((other) => other.received <= progress).at(-1);
      if (before !== undefined)
        this.#signals.set(one, before.time, before.received, before.value, before.status);
      for (const other of history.samples) if (other.received > progress) rows.push(other);
      if (rows.length > waitingSamplesMax) this.#cutShort = true;
    }
    // How things stood when the last run ended; turns nothing by itself.
    for (const made of this.#instances.values()) {
      for (const instance of made.values()) {
        const newest = this.#newest(instance);
        // What goes by the clock stands as it does now; at its last sample nothing is silent.
        if (newest === Number.NEGATIVE_INFINITY || instance.timed) instance.judge(clock.now());
        else
          this.#judge(
            instance,
            newest,
            Math.max(newest, this.#signals.seen[instance.bound.series[0] ?? 0] ?? newest),
          );
        if (instance.alarm !== undefined) this.#applyHold(instance.alarm, instance, clock.now());
      }
    }
    if (this.#cutShort) {
      this.counters.catchUpCutShort++;
      log.warn('more had been stored than can be judged at the start; the latest values are');
    }
    rows.sort((a, b) => a.received - b.received || a.time - b.time);
    if (rows.length > 0) {
      log.info('samples stored and not yet judged', { samples: rows.length });
      this.#evaluate(columnsOf(rows));
    }
    journal.evaluated();
  }

  /** Fills new windows from history, a few at a time. */
  #warm(): void {
    if (this.#warmers >= 2 || this.#warming.length === 0 || this.#stopped) return;
    this.#warmers++;
    const { samples, clock } = this.#options;
    const { series, microseconds, window } = this.#warming.shift()!;
    const now = clock.now();
    samples
      .samples(series, now - microseconds, now + limits.timeAheadMicrosecondsMax, windowPointsMax)
      .then(({ samples: history }) => {
        const begun = window.begun;
        const earlier = new SpanWindow(microseconds);
        for (const { time, value, status } of history) {
          if (time >= begun || status >>> 30 >= 2) continue;
          if (typeof value === 'number') earlier.take(time, value);
          else if (typeof value === 'boolean') earlier.take(time, value ? 1 : 0);
        }
        window.merge(earlier);
      })
      .catch(() => {})
      .finally(() => {
        this.#warmers--;
        this.#warm();
      });
  }
}

/** Names an alarm: rule + thing + sample time. */
export function alarmId(rule: string, thing: string, time: Microseconds): string {
  return createHash('sha256').update(`${rule}\n${thing}\n${time}`).digest('base64url').slice(0, 22);
}

function thingGone(thing: string): { en: string; zh: string } {
  return { en: `there is no thing “${thing}” (any more)`, zh: `物“${thing}”已不存在` };
}

function readText(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}

function columnsOf(rows: readonly Sample[]): SampleColumns {
  const columns: SampleColumns = {
    count: rows.length,
    series: new Uint32Array(rows.length),
    time: new Float64Array(rows.length),
    received: new Float64Array(rows.length),
    value: new Float64Array(rows.length),
    status: new Uint32Array(rows.length),
    text: undefined,
  };
  rows.forEach((sample, row) => {
    columns.series[row] = sample.series;
    columns.time[row] = sample.time;
    columns.received[row] = sample.received;
    columns.status[row] = sample.status;
    if (typeof sample.value === 'number') columns.value[row] = sample.value;
    else if (typeof sample.value === 'boolean') columns.value[row] = sample.value ? 1 : 0;
    else {
      columns.value[row] = Number.NaN;
      if (sample.value !== null) (columns.text ??= new Map()).set(row, JSON.stringify(sample.value));
    }
  });
  return columns;
}
