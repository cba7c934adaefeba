import { createHash, randomUUID } from 'node:crypto';
import {
  type Actor,
  type Command,
  type CommandState,
  type CommandUpdate,
  type ConnectionProblem,
  formatInstant,
  qualityClass,
  type Sample,
  type SampleColumns,
  type SetPointGroup,
  type ThingControl,
} from '@millrace/contract';
import {
  type AuditTrail,
  type Clock,
  type CommandDesk as CommandDeskPort,
  type CommandOptions,
  type CommandRequest,
  type CommandTicket,
  commandLost,
  commandTimedOut,
  type GroupRequest,
  type GroupTicket,
  type LiveBus,
  type Log,
  type PathState,
  type RecordStore,
  type ThingRecord,
  type WriteOutcome,
} from '@millrace/sdk';
import { ProtocolProblem } from '../supervisor.ts';
import { rowValue } from '../twin.ts';
import { CommandCounters } from './command-counters.ts';
import { commandLimits } from './command-limits.ts';
import { type CommandFilter, CommandRecords } from './command-records.ts';
import { SetPointGroups } from './groups.ts';
import { Interlocks } from './interlocks.ts';
import { LeaseDesk, type LeaseEnd, showLease } from './lease-desk.ts';
import type { HeldLease } from './lease-table.ts';
import {
  type Affordance,
  affordanceOf,
  affordancesOf,
  type CommandKind,
  declaresSafety,
  leaseSecondsOf,
  safetyOf,
} from './model.ts';
import { pathProblem } from './path-check.ts';
import { SafeActions } from './safe-actions.ts';
import { Turns } from './turns.ts';
import { checkValue, readsAs } from './value-check.ts';
import { CommandRefusal, type Reason, reasons, say } from './words.ts';

/** The way to the things. Rejects as a {@link TerminalSession} does, or with any error once the way was lost. */
export interface CommandTerminals {
  write(thing: string, property: string, value: unknown, options: CommandOptions): Promise<WriteOutcome>;
  invoke(
    thing: string,
    action: string,
    input: unknown,
    options: CommandOptions,
  ): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }>;
  /** A connection that is open now serves the thing. */
  reaches(thing: string): boolean;
  /** Protocol a command to it goes by; undefined: none reaches it. */
  protocol?(thing: string): string | undefined;
}

export interface CommandDeskOptions {
  records: RecordStore;
  audit: AuditTrail;
  clock: Clock;
  log: Log;
  thing(id: string): ThingRecord | undefined;
  latest(thing: string, property: string): Sample | undefined;
  stale(thing: string): boolean;
  bus: Pick<LiveBus, 'subscribe'>;
  terminals: CommandTerminals;
}

/** Whether a command carries its own right: the platform making a thing safe needs no lease, no second person and no interlock's leave. */
export interface Submission extends CommandRequest {
  kind: CommandKind;
  name: string;
  value: unknown;
  group?: string | undefined;
  /** Fencing token under which the platform makes the thing safe. */
  safe?: number;
}

interface Open {
  command: Command;
  readonly place: string;
  /** By which it goes, or would have. */
  readonly protocol: string | undefined;
  readonly submission: Submission;
  readonly implicit: HeldLease | undefined;
  readonly settled: Promise<Command>;
  readonly settle: (command: Command) => void;
  /** Ends the wait for a second person: undefined lets the command go, a reason calls it off. */
  release: ((refused: Reason | undefined) => void) | undefined;
  /** Ends the wait for the turn with a reason to call it off. */
  callOff: ((refused: Reason) => void) | undefined;
  /** Why the platform could not send it, in the protocol's own form. */
  problem: ConnectionProblem | undefined;
}

interface Ending {
  state: Exclude<CommandState, 'accepted'>;
  reason?: Reason;
  detail?: string;
  output?: unknown;
  by?: NonNullable<Command['confirmedBy']>;
}

const recentMax = 2000;

/**
 * The one way from anybody to a thing: people, rules, applications, programs with a token. Each command is recorded, checked, audited,
 * sent, and followed to an honest end; see contract/command.ts for what each state may say.
 */
export class CommandDesk implements CommandDeskPort {
  readonly leases: LeaseDesk;
  readonly groups: SetPointGroups;
  /** How the network's paths to a thing are, for a flow or all of its flows; set once there is a network layer. */
  pathOf: ((thing: string, flow: string | undefined) => PathState | undefined) | undefined;
  readonly counters = new CommandCounters();
  readonly #options: CommandDeskOptions;
  readonly #records: CommandRecords;
  readonly #interlocks: Interlocks;
  readonly #safe: SafeActions;
  readonly #turns = new Turns();
  readonly #open = new Map<string, Open>();
  readonly #openOf = new Map<string, number>();
  /** actor and key → the submission under way with it, so that two at once are one. */
  readonly #keys = new Map<string, Promise<CommandTicket>>();
  /** Over lately: where late answers look first. */
  readonly #recent = new Map<string, { command: Command; problem: ConnectionProblem | undefined }>();
  readonly #listeners = new Set<(update: CommandUpdate, place: string) => void>();
  readonly #writing = new Map<string, Promise<unknown>>();
  #stopping = false;

  private constructor(options: CommandDeskOptions) {
    this.#options = options;
    const { audit, clock, log } = options;
    this.#records = new CommandRecords(options.records);
    this.#interlocks = new Interlocks(
      { thing: options.thing, latest: options.latest, stale: options.stale },
      clock,
    );
    this.#safe = new SafeActions({
      clock,
      log,
      thing: options.thing,
      sentUnder: (thing, token) => this.#records.sentUnder(thing, token),
      run: (submission) => this.submit(submission).then((ticket) => ticket.settled),
      superseded: (lease) => this.#highestSent.get(lease.thing) ?? 0,
      done: (lease) => this.leases.madeSafe(lease),
      changed: (thing) =>
        this.#tell({ lease: { thing, ...this.#shownLease(thing), why: 'safe-action' } }, thing),
    });
    this.leases = new LeaseDesk({
      records: this.#records,
      audit,
      clock,
      log,
      place: (thing) => this.place(thing),
      needsSafety: (thing) => {
        const record = options.thing(thing);
        return record !== undefined && declaresSafety(record);
      },
      changed: (thing, lease, why) =>
        this.#tell(
          { lease: { thing, ...(lease === undefined ? {} : { lease: showLease(lease, undefined) }), why } },
          thing,
        ),
      lost: (lease: HeldLease, why: LeaseEnd) => this.#safe.run(lease, why),
    });
    this.groups = new SetPointGroups({
      records: this.#records,
      clock,
      log,
      leases: this.leases,
      thing: options.thing,
      latest: options.latest,
      submit: (submission) => this.submit(submission),
      check: (thing, property, value) => void this.#affordance('write', thing, property, value),
      needsOwnLease: (record) => declaresSafety(record),
      changed: (group) => this.#tell({ group }, group.steps[0]?.thing ?? ''),
    });
  }
  readonly #highestSent = new Map<string, number>();

  /** Reads what was under way when the platform last ended, and ends it: what was sent is unknown, what was not is refused. */
  static async open(options: CommandDeskOptions): Promise<CommandDesk> {
    const desk = new CommandDesk(options);
    await desk.leases.open();
    const now = formatInstant(options.clock.now());
    for (const command of await desk.#records.open()) {
      const sent = command.state === 'sent';
      const { words, code } = sent ? reasons.lostByRestart : reasons.restarted;
      const state = sent ? 'unknown' : 'refused';
      delete command.waiting;
      Object.assign(command, { state, final: true, reason: words, code, changed: now });
      command.history.push({ state, time: now, reason: words });
      await desk.#records.update(command);
      await desk
        .#audit(command, sent ? 'failed' : 'refused')
        .catch((error: unknown) => desk.#warn(command, error));
    }
    await desk.groups.open();
    return desk;
  }

  /** Called once terminals can be reached: leases run out from now on, and lost ones are made safe. */
  start(): void {
    this.leases.start();
  }

  /** Nothing new is taken; what has not been sent is refused, what was sent gets as long as the terminals need to be closed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.leases.stop();
    this.#safe.stop();
    for (const open of this.#open.values()) {
      open.release?.(reasons.stopping);
      open.callOff?.(reasons.stopping);
    }
    await Promise.allSettled(this.#writing.values());
  }

  /** Commands whose end is not known yet. */
  get open(): number {
    return this.#open.size;
  }

  place(thing: string): string {
    return this.#options.thing(thing)?.description['millrace:place'] ?? '';
  }

  subscribe(receive: (update: CommandUpdate, place: string) => void): () => void {
    this.#listeners.add(receive);
    return () => this.#listeners.delete(receive);
  }

  write(request: CommandRequest & { property: string; value: unknown }): Promise<CommandTicket> {
    const { property, ...rest } = request;
    return this.submit({ ...rest, kind: 'write', name: property });
  }

  invoke(request: CommandRequest & { action: string; input?: unknown }): Promise<CommandTicket> {
    const { action, input, ...rest } = request;
    return this.submit({ ...rest, kind: 'invoke', name: action, value: input });
  }

  applyGroup(request: GroupRequest): Promise<GroupTicket> {
    return this.groups.apply(request);
  }

  undoGroup(
    group: string,
    actor: Actor,
    leases: Readonly<Record<string, number>> = {},
  ): Promise<GroupTicket> {
    return this.groups.undo(group, actor, leases);
  }

  async takeLease(thing: string, actor: Actor, seconds?: number): Promise<HeldLease> {
    const record = this.#options.thing(thing);
    if (record === undefined) throw new CommandRefusal(404, reasons.noThing(thing));
    const { leaseSecondsMin, leaseSecondsMax } = commandLimits;
    const wanted = Math.min(leaseSecondsMax, Math.max(leaseSecondsMin, seconds ?? leaseSecondsOf(record)));
    return this.leases.take(thing, actor, wanted);
  }

  renewLease(thing: string, token: number, actor: Actor): Promise<HeldLease> {
    return this.leases.renew(thing, token, actor);
  }

  releaseLease(thing: string, token: number, actor: Actor): Promise<void> {
    return this.leases.release(thing, token, actor);
  }

  async breakGlass(thing: string, actor: Actor, reason: string): Promise<HeldLease> {
    const record = this.#options.thing(thing);
    if (record === undefined) throw new CommandRefusal(404, reasons.noThing(thing));
    return this.leases.breakGlass(thing, actor, reason, leaseSecondsOf(record));
  }

  async get(id: string): Promise<{ command: Command; place: string } | undefined> {
    const open = this.#open.get(id);
    return open === undefined ? this.#records.get(id) : { command: open.command, place: open.place };
  }

  list(filter: CommandFilter): Promise<Command[]> {
    return this.#records.list(filter);
  }

  /** Why a command could not be sent, as its protocol put it. */
  problemOf(id: string): ConnectionProblem | undefined {
    return this.#recent.get(id)?.problem;
  }

  /** Resolves with the command once it is final, or as it is after `seconds`. */
  waitFor(id: string, seconds: number): Promise<Command | undefined> {
    const open = this.#open.get(id);
    if (open === undefined) return this.#records.get(id).then((found) => found?.command);
    if (seconds <= 0) return Promise.resolve(open.command);
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(seconds * 1000, () => resolve(open.command));
      void open.settled.then((command) => {
        cancel();
        resolve(command);
      });
    });
  }

  control(record: ThingRecord, viewer: Actor | undefined): ThingControl {
    const held = this.leases.held(record.id);
    const safeAction = this.#safe.last(record.id);
    return {
      thing: record.id,
      reachable: this.#options.terminals.reaches(record.id),
      ...(held === undefined ? {} : { lease: showLease(held, viewer) }),
      leaseSeconds: leaseSecondsOf(record),
      needsOwnLease: declaresSafety(record),
      safety: safetyOf(record),
      ...(safeAction === undefined ? {} : { safeAction }),
      affordances: affordancesOf(record).map((affordance) => ({
        kind: affordance.kind,
        name: affordance.name,
        ...(affordance.schema === undefined ? {} : { schema: affordance.schema }),
        safety: safetyOf(record, affordance),
        ...(affordance.twoPersonSeconds === undefined
          ? {}
          : { twoPersonSeconds: affordance.twoPersonSeconds }),
        interlocks: this.#interlocks.judge(record, affordance, undefined).map((one) => ({
          when: one.when,
          reason: one.reason,
          state: one.state,
          ...(one.because === undefined ? {} : { detail: one.because.en }),
        })),
      })),
    };
  }

  /** Takes a command. Rejects with {@link CommandRefusal} where it is not even recorded. */
  async submit(submission: Submission): Promise<CommandTicket> {
    const { actor, key } = submission;
    if (key === undefined) return this.#submit(submission, undefined);
    const name = `${actor.kind} ${actor.id} ${key}`;
    const before = this.#keys.get(name);
    if (before !== undefined) {
      // Whatever became of the other one, the record now says whether the key is taken.
      await before.catch(() => {});
      return this.submit(submission);
    }
    const made = this.#submit(submission, key);
    this.#keys.set(name, made);
    try {
      return await made;
    } finally {
      this.#keys.delete(name);
    }
  }

  async #submit(submission: Submission, key: string | undefined): Promise<CommandTicket> {
    const { actor, thing, kind, name } = submission;
    const fingerprint = fingerprintOf(submission);
    if (key !== undefined) {
      const known = await this.#records.byKey(actor.kind, actor.id, key);
      if (known !== undefined) return this.#again(known, fingerprint, key);
    }
    try {
      if (this.#stopping) throw new CommandRefusal(503, reasons.stopping);
      const { record, affordance } = this.#affordance(kind, thing, name, submission.value);
      this.#room(thing, submission.safe !== undefined);
      const { lease, implicit } = await this.#leaseFor(submission, record);
      try {
        return await this.#accept(submission, affordance, lease, implicit, fingerprint);
      } catch (error) {
        if (implicit !== undefined) await this.leases.endImplicit(implicit);
        throw error;
      }
    } catch (error) {
      if (error instanceof CommandRefusal) this.#auditRefusal(submission, error);
      throw error;
    }
  }

  async #again(
    known: { command: Command; fingerprint: string },
    fingerprint: string,
    key: string,
  ): Promise<CommandTicket> {
    if (known.fingerprint !== fingerprint) throw new CommandRefusal(409, reasons.keyTaken(key));
    const open = this.#open.get(known.command.id);
    return open === undefined
      ? { command: known.command, settled: Promise.resolve(known.command) }
      : { command: open.command, settled: open.settled };
  }

  /** What is commanded, once everything that does not change with the moment has been checked. Throws {@link CommandRefusal}. */
  #affordance(
    kind: CommandKind,
    thing: string,
    name: string,
    value: unknown,
  ): { record: ThingRecord; affordance: Affordance } {
    const record = this.#options.thing(thing);
    if (record === undefined) throw new CommandRefusal(404, reasons.noThing(thing));
    const affordance = affordanceOf(record, kind, name);
    if (affordance === undefined)
      throw new CommandRefusal(404, kind === 'write' ? reasons.noProperty(name) : reasons.noAction(name));
    const wrong = valueProblem(affordance, value);
    if (wrong !== undefined) throw new CommandRefusal(422, wrong);
    return { record, affordance };
  }

  #room(thing: string, safe: boolean): void {
    if (safe) return;
    const { commandsPerThingMax, commandsOpenMax } = commandLimits;
    if ((this.#openOf.get(thing) ?? 0) >= commandsPerThingMax)
      throw new CommandRefusal(429, reasons.queueFull(commandsPerThingMax, 'commandsPerThingMax'));
    if (this.#open.size >= commandsOpenMax)
      throw new CommandRefusal(429, reasons.queueFull(commandsOpenMax, 'commandsOpenMax'));
  }

  async #leaseFor(
    submission: Submission,
    record: ThingRecord,
  ): Promise<{ lease: number; implicit: HeldLease | undefined }> {
    if (submission.safe !== undefined) return { lease: submission.safe, implicit: undefined };
    const { actor, thing, lease } = submission;
    if (lease !== undefined) {
      const wrong = this.leases.check(thing, lease, actor);
      if (wrong !== undefined) throw new CommandRefusal(409, wrong);
      return { lease, implicit: undefined };
    }
    if (declaresSafety(record)) {
      const held = this.leases.held(thing);
      throw new CommandRefusal(
        409,
        held === undefined
          ? reasons.leaseNeeded
          : held.holder.id === actor.id && held.holder.kind === actor.kind
            ? reasons.leaseTokenNeeded
            : reasons.leaseHeld(held.holder.id),
      );
    }
    const implicit = await this.leases.takeImplicit(thing, actor);
    return { lease: implicit.token, implicit };
  }

  async #accept(
    submission: Submission,
    affordance: Affordance,
    lease: number,
    implicit: HeldLease | undefined,
    fingerprint: string,
  ): Promise<CommandTicket> {
    const { clock } = this.#options;
    const { actor, thing, kind, name, value, key, why, group } = submission;
    const created = clock.now();
    const now = formatInstant(created);
    const twoPerson = submission.safe === undefined ? affordance.twoPersonSeconds : undefined;
    const command: Command = {
      id: randomUUID(),
      kind,
      thing,
      name,
      ...(value === undefined ? {} : { value }),
      actor,
      lease,
      ...(key === undefined ? {} : { key }),
      ...(why === undefined ? {} : { why }),
      ...(group === undefined ? {} : { group }),
      state: 'accepted',
      final: false,
      ...(twoPerson === undefined
        ? {}
        : { waiting: { for: 'release', until: formatInstant(created + twoPerson * 1_000_000) } }),
      history: [{ state: 'accepted', time: now }],
      lateAnswers: [],
      lateAnswersCount: 0,
      created: now,
      changed: now,
    };
    let inserted: boolean;
    try {
      inserted = await this.#records.insert(command, this.place(thing), fingerprint, created);
    } catch (error) {
      throw new CommandRefusal(503, reasons.notKept((error as Error).message));
    }
    if (!inserted) {
      const known = await this.#records.byKey(actor.kind, actor.id, key!);
      if (known === undefined) throw new CommandRefusal(503, reasons.notKept('the key was taken meanwhile'));
      if (implicit !== undefined) await this.leases.endImplicit(implicit);
      return this.#again(known, fingerprint, key!);
    }
    let settle: (command: Command) => void = () => {};
    const settled = new Promise<Command>((resolve) => {
      settle = resolve;
    });
    const open: Open = {
      command,
      place: this.place(thing),
      protocol: this.#options.terminals.protocol?.(thing),
      submission,
      implicit,
      settled,
      settle,
      release: undefined,
      callOff: undefined,
      problem: undefined,
    };
    this.#open.set(command.id, open);
    this.counters.count(open.protocol, 'accepted');
    this.#openOf.set(thing, (this.#openOf.get(thing) ?? 0) + 1);
    this.#tell({ command: { ...command } }, thing);
    const done = this.#carryOut(open, twoPerson).catch((error: unknown) =>
      this.#finish(open, {
        state: open.command.state === 'sent' ? 'unknown' : 'refused',
        reason: reasons.unhandled((error as Error).message),
      }),
    );
    this.#writing.set(command.id, done);
    void done.finally(() => this.#writing.delete(command.id));
    return { command: { ...command }, settled };
  }

  async #carryOut(open: Open, twoPerson: number | undefined): Promise<void> {
    const { submission } = open;
    if (twoPerson !== undefined) {
      const refused = await this.#secondPerson(open, twoPerson);
      if (refused !== undefined) return this.#finish(open, { state: 'refused', reason: refused });
    }
    // What makes a thing safe waits for nobody.
    if (submission.safe !== undefined) return this.#send(open);
    const turn = await this.#turn(open);
    if (typeof turn !== 'function') return this.#finish(open, { state: 'refused', reason: turn });
    try {
      await this.#send(open);
    } finally {
      turn();
    }
  }

  #secondPerson(open: Open, seconds: number): Promise<Reason | undefined> {
    return new Promise((resolve) => {
      const end = (refused: Reason | undefined): void => {
        cancel();
        open.release = undefined;
        delete open.command.waiting;
        resolve(refused);
      };
      const cancel = this.#options.clock.after(seconds * 1000, () => end(reasons.noRelease(seconds)));
      open.release = end;
      if (this.#stopping) end(reasons.stopping);
    });
  }

  #turn(open: Open): Promise<(() => void) | Reason> {
    const { clock } = this.#options;
    const { thing } = open.command;
    const seconds = Math.min(
      commandLimits.deadlineSecondsMax,
      open.submission.deadlineSeconds ?? commandLimits.deadlineSeconds,
    );
    return new Promise((resolve) => {
      let over = false;
      const end = (result: (() => void) | Reason): void => {
        if (over) return;
        over = true;
        cancel();
        open.callOff = undefined;
        if (typeof result !== 'function') giveUp();
        if (open.command.waiting !== undefined) delete open.command.waiting;
        resolve(result);
      };
      const cancel = clock.after(seconds * 1000, () => end(reasons.deadline(seconds)));
      open.callOff = end;
      let come = false;
      const giveUp = this.#turns.wait(thing, () => {
        come = true;
        // The first in line is called within `wait`, before it has given back how to give the turn up.
        queueMicrotask(() => end(() => giveUp()));
      });
      if (!come) {
        open.command.waiting = { for: 'turn', until: formatInstant(clock.now() + seconds * 1_000_000) };
        this.#tell({ command: { ...open.command } }, thing);
      }
      if (this.#stopping) end(reasons.stopping);
    });
  }

  /** The last look before a command leaves: model, limits, lease, interlocks, as they are at this moment. */
  #sinkCheck(open: Open): { affordance: Affordance; record: ThingRecord } | Reason {
    const { kind, thing, name, lease, actor } = open.command;
    const record = this.#options.thing(thing);
    const affordance = record === undefined ? undefined : affordanceOf(record, kind, name);
    if (record === undefined || affordance === undefined) return reasons.modelChanged;
    const wrong = valueProblem(affordance, open.submission.value);
    if (wrong !== undefined) return wrong;
    if (open.submission.safe !== undefined) return { affordance, record };
    const lost = this.leases.check(thing, lease!, actor);
    if (lost !== undefined) return lost;
    const blocked = this.#interlocks.blocked(record, affordance, open.submission.value);
    if (blocked !== undefined) return blocked;
    const path = pathProblem(affordance, (flow) => this.pathOf?.(thing, flow));
    if (path === undefined) delete open.command.warning;
    else if (affordance.network?.otherwise === 'warn') open.command.warning = { ...path.words };
    else return path;
    return { affordance, record };
  }

  async #send(open: Open): Promise<void> {
    const { clock } = this.#options;
    const { command } = open;
    const early = this.#sinkCheck(open);
    if ('code' in early) return this.#finish(open, { state: 'refused', reason: early });
    try {
      await this.#audit(command, 'asked');
    } catch (error) {
      return this.#finish(open, { state: 'refused', reason: reasons.noAudit((error as Error).message) });
    }
    // Stored as sent before it is: if the platform ends in between, nobody may believe that it was not.
    const sent: Command = { ...command, state: 'sent', history: [...command.history] };
    const before = command.kind === 'write' ? this.#goodValue(command.thing, command.name) : undefined;
    if (before !== undefined) sent.before = before.value;
    sent.changed = formatInstant(clock.now());
    sent.history.push({ state: 'sent', time: sent.changed });
    try {
      await this.#records.update(sent);
    } catch (error) {
      return this.#finish(open, { state: 'refused', reason: reasons.notKept((error as Error).message) });
    }
    // Nothing is awaited between this check and the terminal.
    const last = this.#stopping ? reasons.stopping : this.#sinkCheck(open);
    if ('code' in last) return this.#finish(open, { state: 'refused', reason: last });
    open.command = sent;
    this.counters.count(open.protocol, 'sent');
    this.#tell({ command: { ...sent } }, sent.thing);
    this.#highestSent.set(sent.thing, Math.max(this.#highestSent.get(sent.thing) ?? 0, sent.lease!));
    const ending = await this.#await(open, last.record, last.affordance);
    await this.#finish(open, ending);
  }

  /** Hands it to the terminal and waits for the first of: its answer, the thing reporting the value, the time being up. */
  #await(open: Open, record: ThingRecord, affordance: Affordance): Promise<Ending> {
    const { clock, terminals } = this.#options;
    const { command } = open;
    const { thing, name, id } = command;
    const sentAt = clock.now();
    const { value } = open.submission;
    const readBack = affordance.readBack;
    return new Promise((resolve) => {
      let over = false;
      let reported: { value: unknown } | undefined;
      /** The protocol has said all it can. */
      let wordless = false;
      let lastSeen: unknown = command.before;
      const end = (ending: Ending): void => {
        if (over) return;
        over = true;
        cancelAnswer();
        cancelReadBack();
        unwatch();
        resolve(ending);
      };
      const confirm = (): void => end({ state: 'confirmed', by: 'report', output: reported!.value });
      const series = readBack === undefined ? undefined : record.series[readBack.property];
      // A value that was there before says nothing until the protocol has had its word.
      const changes = command.before === undefined || !readsAs(value, command.before, readBack?.tolerance);
      const unwatch =
        series === undefined
          ? () => {}
          : this.#watch(
              series,
              affordance,
              (seen) => {
                lastSeen = seen;
                if (!readsAs(value, seen, readBack!.tolerance)) return;
                reported = { value: seen };
                if (changes || wordless) confirm();
              },
              sentAt,
            );
      let cancelReadBack: () => void = () => {};
      const cancelAnswer = clock.after(commandLimits.answerSeconds * 1000, () =>
        end({ state: 'timed-out', reason: reasons.noAnswer(commandLimits.answerSeconds) }),
      );
      const options: CommandOptions = { command: id, fence: command.lease! };
      const call: Promise<WriteOutcome & { output?: unknown }> =
        command.kind === 'write'
          ? terminals.write(thing, name, value, options)
          : terminals.invoke(thing, name, value, options);
      call.then(
        (outcome) => {
          if (over) {
            const agrees = open.command.state === 'confirmed' || open.command.state === 'sent';
            if (outcome.state === 'refused' || (outcome.state === 'confirmed' && !agrees))
              this.lateAnswer(id, outcome.state, outcome.detail);
            return;
          }
          if (outcome.state !== 'sent') return end(endingOf(outcome));
          if (reported !== undefined) return confirm();
          if (series === undefined)
            return end({
              state: 'sent',
              reason: reasons.noConfirmation,
              ...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
            });
          wordless = true;
          cancelAnswer();
          const seconds = readBack!.seconds;
          open.command.waiting = {
            for: 'read-back',
            until: formatInstant(clock.now() + seconds * 1_000_000),
          };
          this.#tell({ command: { ...open.command } }, thing);
          cancelReadBack = clock.after(seconds * 1000, () =>
            end({ state: 'timed-out', reason: reasons.notReadBack(seconds, lastSeen) }),
          );
        },
        (error: unknown) => {
          if (over) return;
          if (reported !== undefined && isTimeout(error)) return confirm();
          if (error instanceof ProtocolProblem) open.problem = error.problem;
          end(endingOfError(error));
        },
      );
    });
  }

  /** Good values of a series received from `since` on. */
  #watch(series: number, affordance: Affordance, seen: (value: unknown) => void, since: number): () => void {
    const boolean = affordance.schema?.type === 'boolean';
    return this.#options.bus.subscribe((columns: SampleColumns) => {
      for (let row = 0; row < columns.count; row++) {
        if (columns.series[row] !== series || columns.received[row]! < since) continue;
        if (qualityClass(columns.status[row]!) !== 'good') continue;
        seen(rowValue(columns.value[row]!, columns.text?.get(row), boolean));
      }
    });
  }

  #goodValue(thing: string, property: string): Sample | undefined {
    const sample = this.#options.latest(thing, property);
    return sample !== undefined && qualityClass(sample.status) === 'good' ? sample : undefined;
  }

  async #finish(open: Open, ending: Ending): Promise<void> {
    const { command } = open;
    if (command.final) return;
    const now = formatInstant(this.#options.clock.now());
    const { state, reason, detail, output, by } = ending;
    this.counters.count(open.protocol, state === 'sent' ? 'not-confirmable' : state);
    delete command.waiting;
    if (command.state !== state)
      command.history = [
        ...command.history,
        { state, time: now, ...(reason === undefined ? {} : { reason: reason.words }) },
      ];
    Object.assign(command, {
      state,
      final: true,
      changed: now,
      ...(reason === undefined ? {} : { reason: reason.words, code: reason.code }),
      ...(detail === undefined ? {} : { detail: detail.slice(0, 2000) }),
      ...(output === undefined ? {} : { output }),
      ...(by === undefined ? {} : { confirmedBy: by }),
    });
    this.#remember(open);
    await this.#records.update(command).catch((error: unknown) => this.#warn(command, error));
    const outcome =
      state === 'confirmed' || state === 'sent' ? 'done' : state === 'refused' ? 'refused' : 'failed';
    await this.#audit(command, outcome).catch((error: unknown) => this.#warn(command, error));
    this.#open.delete(command.id);
    const left = (this.#openOf.get(command.thing) ?? 1) - 1;
    if (left > 0) this.#openOf.set(command.thing, left);
    else this.#openOf.delete(command.thing);
    if (open.implicit !== undefined) await this.leases.endImplicit(open.implicit);
    this.#tell({ command: { ...command } }, command.thing);
    open.settle({ ...command });
  }

  #remember(open: Open): void {
    this.#recent.set(open.command.id, { command: open.command, problem: open.problem });
    if (this.#recent.size > recentMax) this.#recent.delete(this.#recent.keys().next().value!);
  }

  /** An answer to a command that is over: counted, shown, and nothing is changed by it. */
  lateAnswer(id: string, state: string, detail: string | undefined): void {
    const time = formatInstant(this.#options.clock.now());
    void (async () => {
      const command =
        this.#open.get(id)?.command ??
        this.#recent.get(id)?.command ??
        (await this.#records.get(id))?.command;
      if (command === undefined) return;
      this.counters.count(this.#options.terminals.protocol?.(command.thing), 'late-answer');
      command.lateAnswersCount++;
      if (command.lateAnswers.length < commandLimits.lateAnswersShownMax)
        command.lateAnswers.push({
          time,
          state,
          ...(detail === undefined ? {} : { detail: detail.slice(0, 500) }),
        });
      await this.#records.update(command);
      this.#tell({ command: { ...command } }, command.thing);
    })().catch((error: unknown) =>
      this.#options.log.warn('a late answer could not be recorded', { command: id, error: String(error) }),
    );
  }

  /** Lets a command go that waits for a second person. */
  async release(id: string, by: Actor): Promise<Command> {
    const open = this.#waiting(id);
    const { actor } = open.command;
    if (by.kind !== 'person')
      throw new CommandRefusal(
        403,
        say('person-needed', 'The second of two persons has to be a person.', '双人放行的第二人必须是真人。'),
      );
    if (by.id === actor.id || by.id === actor.for)
      throw new CommandRefusal(
        403,
        say(
          'same-person',
          'The second of two persons cannot be the one who asked.',
          '双人放行的第二人不能是发起人本人。',
        ),
      );
    try {
      await this.#options.audit.record(auditEntry(open.command, by, 'command.release', open.place, 'done'));
    } catch (error) {
      throw new CommandRefusal(503, reasons.noAudit((error as Error).message));
    }
    const release = this.#waiting(id).release!;
    open.command.releasedBy = by.id;
    release(undefined);
    return open.command;
  }

  /** Calls off a command that has not been sent. */
  async refuse(id: string, by: Actor, why: string): Promise<Command> {
    const open = this.#open.get(id);
    const end = open?.release ?? open?.callOff;
    if (open === undefined || end === undefined) throw tooLate();
    const reason = reasons.refusedBy(by.id, why);
    end(reason);
    await open.settled;
    return open.command;
  }

  #waiting(id: string): Open {
    const open = this.#open.get(id);
    if (open?.release === undefined) throw tooLate();
    return open;
  }

  #audit(command: Command, outcome: 'asked' | 'done' | 'refused' | 'failed'): Promise<number> {
    return this.#options.audit.record(
      auditEntry(command, command.actor, `command.${command.kind}`, this.place(command.thing), outcome),
    );
  }

  #auditRefusal(submission: Submission, refusal: CommandRefusal): void {
    const { actor, thing, kind, name } = submission;
    this.counters.count(this.#options.terminals.protocol?.(thing), 'not-taken');
    this.#options.audit
      .record({
        actor,
        action: `command.${kind}`,
        object: thing.slice(0, 256),
        place: this.place(thing),
        detail: { name: name.slice(0, 256), code: refusal.code },
        outcome: 'refused',
      })
      .catch((error: unknown) =>
        this.#options.log.warn('a refusal could not be audited', { thing, error: String(error) }),
      );
  }

  #shownLease(thing: string): { lease?: ReturnType<typeof showLease> } {
    const held = this.leases.held(thing);
    return held === undefined ? {} : { lease: showLease(held, undefined) };
  }

  #tell(update: CommandUpdate, thing: string): void {
    const place = this.place(thing);
    for (const receive of this.#listeners) {
      try {
        receive(update, place);
      } catch (error) {
        this.#options.log.error('a follower of commands threw', { error: String(error) });
      }
    }
  }

  #warn(command: Command, error: unknown): void {
    this.#options.log.warn('what became of a command could not be recorded', {
      command: command.id,
      state: command.state,
      error: (error as Error).message,
    });
  }
}

export type { SetPointGroup };

function tooLate(): CommandRefusal {
  return new CommandRefusal(
    409,
    say('too-late', 'This command does not wait any more.', '该命令已不在等待中。'),
  );
}

function auditEntry(
  command: Command,
  actor: Actor,
  action: string,
  place: string,
  outcome: 'asked' | 'done' | 'refused' | 'failed',
) {
  return {
    actor,
    action,
    object: command.thing,
    place,
    detail: {
      command: command.id,
      name: command.name,
      value: command.value ?? null,
      lease: command.lease ?? null,
      state: command.state,
      ...(command.code === undefined ? {} : { code: command.code }),
      ...(command.releasedBy === undefined ? {} : { releasedBy: command.releasedBy }),
      ...(command.group === undefined ? {} : { group: command.group }),
    },
    outcome,
  };
}

function valueProblem(affordance: Affordance, value: unknown): Reason | undefined {
  if (affordance.readOnly) return reasons.readOnly(affordance.name);
  const bytes = value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
  if (bytes > commandLimits.valueBytesMax) return reasons.tooLarge(bytes);
  if (affordance.schema === undefined) {
    return affordance.kind === 'write' ? checkValue({}, value, affordance.name) : undefined;
  }
  return checkValue(affordance.schema, value, affordance.name);
}

function endingOf(outcome: WriteOutcome & { output?: unknown }): Ending {
  const output = outcome.output ?? outcome.value;
  const detail =
    outcome.detail ??
    (outcome.state === 'refused' && outcome.output !== undefined
      ? JSON.stringify(outcome.output).slice(0, 500)
      : undefined);
  return {
    state: outcome.state,
    ...(outcome.state === 'refused'
      ? { reason: reasons.thingRefused }
      : { by: outcome.by ?? 'acknowledgement' }),
    ...(detail === undefined ? {} : { detail }),
    ...(output === undefined ? {} : { output }),
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof ProtocolProblem && error.problem.code.includes('timed-out');
}

/** What an error says of what became of a command: the codes say whether anything was sent. */
function endingOfError(error: unknown): Ending {
  if (!(error instanceof ProtocolProblem))
    return { state: 'unknown', reason: reasons.lost(error instanceof Error ? error.message : String(error)) };
  const { code, what, detail } = error.problem;
  const more = detail === undefined ? {} : { detail };
  if (code === commandTimedOut || code.includes('timed-out'))
    return { state: 'timed-out', reason: { code, words: what }, ...more };
  if (code === commandLost) return { state: 'unknown', reason: { code, words: what }, ...more };
  return { state: 'refused', reason: { ...reasons.notSent(what), code }, ...more };
}

function fingerprintOf({ kind, thing, name, value, group }: Submission): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, thing, name, value === undefined ? null : [value], group ?? null]))
    .digest('hex');
}
