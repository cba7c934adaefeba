import {
  type Actor,
  type Alarm,
  type AlarmEntry,
  type AlarmMetrics,
  type AlarmRule,
  type AlarmRuleInput,
  type ConditionCheck,
  formatInstant,
  type MaintenanceWindow,
  type Microseconds,
  type RuleTrial,
  type SeriesId,
} from '@millrace/contract';
import type { AuditTrail, Clock, LiveBus, Log, RecordStore, SampleStore, ThingRecord } from '@millrace/sdk';
import { usages } from '../cel/index.ts';
import type { Registry } from '../registry.ts';
import type { Sealer } from '../sealing.ts';
import type { Twin } from '../twin.ts';
import { AlarmEngine, type AlarmNews } from './engine.ts';
import { FloodCounter } from './floods.ts';
import { AlarmJournal } from './journal.ts';
import {
  type AlarmRecord,
  type LifeCycleEvent,
  move,
  type Refusal,
  refusalWords,
  stateOf,
} from './life-cycle.ts';
import { Maintenance, showWindow } from './maintenance.ts';
import { alarmMetrics } from './metrics.ts';
import { isTold, Notifications } from './notifications/index.ts';
import { alarmById, groupOf, type HistoryFilter, history, journalOf, showAlarm } from './queries.ts';
import { AlarmRules, type OutOfService, RuleError, type RuleProblem, type RuleRecord } from './rules.ts';
import { tryOnHistory } from './trial.ts';

export type { AlarmNews } from './engine.ts';
export type { AlarmRecord } from './life-cycle.ts';
export { stateOf } from './life-cycle.ts';
export { alarmMigrations } from './migrations.ts';
export { alarmsCsv, type HistoryFilter, showAlarm } from './queries.ts';
export { RuleError } from './rules.ts';

const unjudgedShown = 20;
const nowShown = 20;
const metricsAlarmsMax = 100_000;

export interface AlarmsOptions {
  records: RecordStore;
  samples: SampleStore;
  registry: Registry;
  twin: Twin;
  bus: LiveBus;
  sealer: Sealer;
  audit: AuditTrail;
  clock: Clock;
  log: Log;
  random?: () => number;
  /** IANA name of the plant's time zone. */
  zone?: () => string;
  https?: boolean;
  resolve?: Parameters<typeof Notifications.open>[0]['resolve'];
  webhookMillisecondsMax?: number;
  push?: Parameters<typeof Notifications.open>[0]['push'];
}

export interface Outcome {
  done: AlarmRecord[];
  refused: { alarm: string; because: { en: string; zh: string } }[];
}

/** Alarms behind one door: rules, what they raise, what people do with them, and how they leave the platform. */
export class Alarms {
  readonly rules: AlarmRules;
  readonly engine: AlarmEngine;
  readonly notifications: Notifications;
  readonly maintenance: Maintenance;
  readonly #journal: AlarmJournal;
  readonly #options: AlarmsOptions;
  readonly #listeners = new Set<(alarm: AlarmRecord) => void>();
  readonly #floods = new FloodCounter();

  private constructor(
    options: AlarmsOptions,
    rules: AlarmRules,
    maintenance: Maintenance,
    notifications: Notifications,
  ) {
    this.#options = options;
    const { records, samples, registry, twin, bus, clock, log } = options;
    this.rules = rules;
    this.maintenance = maintenance;
    this.notifications = notifications;
    this.#journal = new AlarmJournal(records, clock, log);
    this.#journal.onOutgoing = () => notifications.look();
    this.engine = new AlarmEngine({
      records,
      samples,
      registry,
      bus,
      clock,
      log,
      rules,
      journal: this.#journal,
      maintenance,
    });
    this.engine.onNews = (alarm, news) => this.#onNews(alarm, news);
    this.engine.latestOf = (series) => twin.latest(series, false);
  }

  static async open(options: AlarmsOptions): Promise<Alarms> {
    const { records, clock, registry, sealer, log } = options;
    const rules = await AlarmRules.open(records, clock, registry);
    const maintenance = await Maintenance.open(records);
    const notifications = await Notifications.open({
      records,
      sealer,
      clock,
      log,
      random: options.random ?? Math.random,
      zone: options.zone ?? (() => 'UTC'),
      https: options.https ?? false,
      ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
      ...(options.webhookMillisecondsMax === undefined
        ? {}
        : { webhookMillisecondsMax: options.webhookMillisecondsMax }),
      ...(options.push === undefined ? {} : { push: options.push }),
    });
    const alarms = new Alarms(options, rules, maintenance, notifications);
    await alarms.engine.attach();
    return alarms;
  }

  /** Judges what was stored and not judged when the last run ended, then goes live. Called once the sample store answers. */
  async start(): Promise<void> {
    await this.engine.start();
    this.notifications.start();
  }

  async stop(): Promise<void> {
    this.engine.stop();
    this.notifications.stop();
    await this.#journal.stop();
  }

  /** Waits until everything so far is written. */
  settled(): Promise<void> {
    return this.#journal.flush();
  }

  /** Told of every alarm that changes, at once. */
  subscribe(receive: (alarm: AlarmRecord) => void): () => void {
    this.#listeners.add(receive);
    return () => this.#listeners.delete(receive);
  }

  get failing(): string | undefined {
    return this.#journal.failing;
  }

  // What people do.

  acknowledge(
    ids: readonly string[],
    actor: Actor,
    comment: string | undefined,
    may: (alarm: AlarmRecord) => boolean,
  ): Promise<Outcome> {
    return this.#each(ids, actor, 'alarm.acknowledge', may, comment ?? '', () => ({
      what: 'acknowledged',
      by: actor.id,
    }));
  }

  reset(
    ids: readonly string[],
    actor: Actor,
    comment: string | undefined,
    may: (alarm: AlarmRecord) => boolean,
  ): Promise<Outcome> {
    return this.#each(ids, actor, 'alarm.reset', may, comment ?? '', () => ({ what: 'reset', by: actor.id }));
  }

  shelve(
    ids: readonly string[],
    actor: Actor,
    minutes: number,
    reason: string,
    may: (alarm: AlarmRecord) => boolean,
  ): Promise<Outcome> {
    const now = this.#options.clock.now();
    const until = now + Math.round(minutes * 60_000_000);
    return this.#each(ids, actor, 'alarm.shelve', may, reason, () => ({
      what: 'held',
      hold: { kind: 'shelved', by: actor.id, reason, since: now, until },
    }));
  }

  unshelve(
    ids: readonly string[],
    actor: Actor,
    comment: string | undefined,
    may: (alarm: AlarmRecord) => boolean,
  ): Promise<Outcome> {
    return this.#each(ids, actor, 'alarm.unshelve', may, comment ?? '', (alarm) =>
      alarm.held?.kind === 'shelved' ? { what: 'released' } : 'not-held',
    );
  }

  async comment(id: string, actor: Actor, text: string): Promise<AlarmEntry | undefined> {
    const open = this.engine.openAlarm(id);
    const alarm = open ?? (await alarmById(this.#options.records, id));
    if (alarm === undefined) return undefined;
    await this.#audit(actor, 'alarm.comment', alarm, { text });
    alarm.comments++;
    const entry = this.#journal.entry(alarm, 'comment', actor.id, text);
    if (open !== undefined) this.engine.changed(open);
    await this.#journal.flush();
    return { time: formatInstant(entry.time), what: entry.what, by: entry.by, text: entry.text };
  }

  async #each(
    ids: readonly string[],
    actor: Actor,
    action: string,
    may: (alarm: AlarmRecord) => boolean,
    text: string,
    event: (alarm: AlarmRecord) => LifeCycleEvent | Refusal,
  ): Promise<Outcome> {
    const done: AlarmRecord[] = [];
    const refused: Outcome['refused'] = [];
    for (const id of new Set(ids)) {
      const alarm = this.engine.openAlarm(id);
      if (alarm === undefined || !may(alarm)) {
        refused.push({ alarm: id, because: refusalWords['is-over'] });
        continue;
      }
      const wanted = event(alarm);
      // Tried on a copy first: the trail tells of it before it is done, and only of what can be done.
      const refusal =
        typeof wanted === 'string' ? wanted : move(structuredClone(alarm), wanted, this.#options.clock.now());
      if (refusal !== undefined || typeof wanted === 'string') {
        refused.push({ alarm: id, because: refusalWords[refusal ?? 'nothing-changes'] });
        continue;
      }
      await this.#audit(actor, action, alarm, {
        title: alarm.said.title,
        thing: alarm.thing,
        ...(text === '' ? {} : { text }),
      });
      const failed = move(alarm, wanted, this.#options.clock.now());
      if (failed !== undefined) {
        refused.push({ alarm: id, because: refusalWords[failed] });
        continue;
      }
      const what =
        wanted.what === 'held' ? wanted.hold.kind : wanted.what === 'released' ? 'unshelved' : wanted.what;
      this.#journal.entry(alarm, what, actor.id, text);
      if (text !== '' && wanted.what !== 'held') alarm.comments++;
      this.engine.changed(alarm);
      done.push(alarm);
    }
    if (done.length > 0) await this.#journal.flush();
    return { done, refused };
  }

  // Rules.

  async putRule(
    id: string,
    input: AlarmRuleInput,
    actor: Actor,
  ): Promise<{ rule: AlarmRule; created: boolean }> {
    const created = this.rules.get(id) === undefined;
    const { problems } = this.rules.check(input);
    if (problems.length > 0) throw new RuleError(problems);
    await this.#options.audit.record({
      actor,
      action: created ? 'alarm-rule.create' : 'alarm-rule.change',
      object: id,
      place: this.placeOfTarget(input),
      detail: { ...input },
      outcome: 'done',
    });
    const rule = await this.rules.put(id, input, actor.id);
    this.engine.ruleChanged(rule);
    return { rule: this.showRule(rule), created };
  }

  async removeRule(rule: RuleRecord, actor: Actor): Promise<void> {
    await this.#options.audit.record({
      actor,
      action: 'alarm-rule.remove',
      object: rule.id,
      place: this.placeOfTarget(rule.input),
      detail: { title: rule.input.title },
      outcome: 'done',
    });
    await this.rules.remove(rule.id);
    this.engine.ruleRemoved(rule.id);
  }

  async setOutOfService(
    rule: RuleRecord,
    thing: string,
    reason: string | undefined,
    actor: Actor,
  ): Promise<AlarmRule> {
    const state: OutOfService | undefined =
      reason === undefined ? undefined : { by: actor.id, reason, since: this.#options.clock.now() };
    await this.#options.audit.record({
      actor,
      action: state === undefined ? 'alarm-rule.in-service' : 'alarm-rule.out-of-service',
      object: rule.id,
      place: this.placeOfTarget(rule.input),
      detail: { ...(thing === '' ? {} : { thing }), ...(reason === undefined ? {} : { reason }) },
      outcome: 'done',
    });
    await this.rules.setOutOfService(rule, thing, state);
    this.engine.holdsChanged(rule.id);
    return this.showRule(rule);
  }

  /** Where a rule's author must be allowed to configure. */
  placeOfTarget({ target }: Pick<AlarmRuleInput, 'target'>): string {
    if (target.kind === 'place') return target.place;
    if (target.kind === 'type') return target.place ?? '';
    return this.#options.registry.get(target.thing)?.description['millrace:place'] ?? '';
  }

  showRule(rule: RuleRecord): AlarmRule {
    let things = 0;
    let open = 0;
    let unjudgedCount = 0;
    const unjudged: AlarmRule['unjudged'] = [];
    const add = (one: AlarmRule['unjudged'][number]): void => {
      unjudgedCount++;
      if (unjudged.length < unjudgedShown) unjudged.push(one);
    };
    for (const one of this.engine.unboundOf(rule.id)) add(one);
    for (const instance of this.engine.instancesOf(rule.id)) {
      things++;
      if (instance.alarm !== undefined) open++;
      if (instance.unjudged !== undefined) {
        add({
          thing: instance.thing,
          title: this.#options.registry.get(instance.thing)?.description.title ?? instance.thing,
          because: instance.because(),
          since: formatInstant(instance.unjudged.since),
        });
      }
    }
    const out = rule.outOfService.get('');
    return {
      id: rule.id,
      ...rule.input,
      modified: formatInstant(rule.modified),
      modifiedBy: rule.modifiedBy,
      things,
      open,
      unjudged,
      unjudgedCount,
      ...(out === undefined
        ? {}
        : { outOfService: { by: out.by, reason: out.reason, since: formatInstant(out.since) } }),
    };
  }

  /** Checks a rule as it is written, and tells how it would be judged now. */
  check(input: Pick<AlarmRuleInput, 'target' | 'condition' | 'aliases' | 'suppressedWhen'>): ConditionCheck {
    const { problems, things } = this.rules.check(input);
    const now = this.#options.clock.now();
    return {
      ok: problems.length === 0,
      problems: problems.map((problem: RuleProblem) => ({ ...problem })),
      things: things.length,
      now:
        problems.length > 0
          ? []
          : // Nobody kept the windows of a condition that is only being written.
            things
              .filter(({ compiled }) => compiled.condition.windows.length === 0)
              .slice(0, nowShown)
              .map(({ record, compiled }) => ({
                thing: record.id,
                title: record.description.title,
                ...this.engine.judgeNow(compiled.condition, record, now),
              })),
      functions: { ...usages },
    };
  }

  /** How often a rule would have fired. Throws RuleError. */
  async tryRule(input: AlarmRuleInput, from: Microseconds, to: Microseconds): Promise<RuleTrial> {
    const { problems, things } = this.rules.check(input);
    if (problems.length > 0) throw new RuleError(problems);
    return tryOnHistory(
      this.#options.samples,
      (record, thing, property) => this.#seriesOf(record, thing, property),
      input,
      things,
      from,
      to,
    );
  }

  #seriesOf(record: ThingRecord, thing: string | undefined, property: string): SeriesId | undefined {
    const owner = thing === undefined ? record : this.#options.registry.get(thing);
    return owner !== undefined && Object.hasOwn(owner.series, property) ? owner.series[property] : undefined;
  }

  // Maintenance.

  maintenanceWindows(): MaintenanceWindow[] {
    return this.maintenance.all().map(showWindow);
  }

  async addMaintenance(
    window: { title: string; place: string; from: Microseconds; to: Microseconds; reason: string },
    actor: Actor,
  ): Promise<MaintenanceWindow> {
    const record = { ...window, id: crypto.randomUUID(), by: actor.id };
    await this.#options.audit.record({
      actor,
      action: 'maintenance.announce',
      object: record.id,
      place: window.place,
      detail: {
        title: window.title,
        reason: window.reason,
        from: formatInstant(window.from),
        to: formatInstant(window.to),
      },
      outcome: 'done',
    });
    await this.maintenance.add(record);
    if (this.maintenance.turned(this.#options.clock.now())) this.engine.holdsChanged();
    return showWindow(record);
  }

  async removeMaintenance(id: string, actor: Actor): Promise<void> {
    const window = this.maintenance.get(id);
    if (window === undefined) return;
    await this.#options.audit.record({
      actor,
      action: 'maintenance.end',
      object: id,
      place: window.place,
      detail: { title: window.title },
      outcome: 'done',
    });
    await this.maintenance.remove(id);
    if (this.maintenance.turned(this.#options.clock.now())) this.engine.holdsChanged();
  }

  // Looking back.

  async history(
    filter: HistoryFilter,
    offset: number,
    limit: number,
  ): Promise<{ total: number; alarms: AlarmRecord[] }> {
    await this.#journal.flush().catch(() => {});
    return history(this.#options.records, filter, offset, limit);
  }

  async find(id: string): Promise<AlarmRecord | undefined> {
    return this.engine.openAlarm(id) ?? (await alarmById(this.#options.records, id));
  }

  /** What happened to an alarm, and the alarms that came with it, the first cause first. */
  async around(alarm: AlarmRecord): Promise<{ journal: AlarmEntry[]; group: AlarmRecord[] }> {
    await this.#journal.flush().catch(() => {});
    const [journal, group] = await Promise.all([
      journalOf(this.#options.records, alarm.id),
      groupOf(this.#options.records, alarm.group),
    ]);
    return { journal, group };
  }

  async metrics(filter: HistoryFilter, may: (place: string) => boolean): Promise<AlarmMetrics> {
    const { alarms } = await this.history(filter, 0, metricsAlarmsMax);
    const open = [...this.engine.open()].filter((alarm) => may(alarm.place));
    let unjudged = 0;
    for (const rule of this.rules.all()) {
      if (!may(this.placeOfTarget(rule.input))) continue;
      unjudged += this.engine.unboundOf(rule.id).length;
      for (const instance of this.engine.instancesOf(rule.id))
        if (instance.unjudged !== undefined) unjudged++;
    }
    return alarmMetrics(
      alarms.reverse(),
      open,
      filter,
      this.notifications.operators,
      unjudged,
      this.#options.clock.now(),
    );
  }

  show(alarm: AlarmRecord): Alarm {
    return showAlarm(alarm);
  }

  #onNews(alarm: AlarmRecord, news: AlarmNews): void {
    for (const receive of this.#listeners) receive(alarm);
    if (news === 'changed') return;
    if (!isTold(alarm) && stateOf(alarm) !== 'normal') return;
    const rule = this.rules.get(alarm.rule);
    const steps = [...(rule?.input.escalation ?? [])].sort((a, b) => a.afterSeconds - b.afterSeconds);
    const roles =
      news === 'escalated'
        ? steps.slice(0, alarm.escalated).map((step) => step.role)
        : (rule?.input.notifyRoles ?? []);
    const inFlood = this.#floods.inFlood(alarm, news === 'raised');
    this.#journal.outgoing(this.notifications.messagesFor(alarm, news, roles, inFlood));
  }

  async #audit(
    actor: Actor,
    action: string,
    alarm: AlarmRecord,
    detail: Record<string, unknown>,
  ): Promise<void> {
    await this.#options.audit.record({
      actor,
      action,
      object: alarm.id,
      place: alarm.place,
      detail,
      outcome: 'done',
    });
  }
}
