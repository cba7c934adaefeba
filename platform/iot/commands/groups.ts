import { createHash, randomUUID } from 'node:crypto';
import {
  type Actor,
  type Command,
  formatInstant,
  type GroupState,
  qualityClass,
  type Sample,
  type SetPointGroup,
} from '@millrace/contract';
import type { Clock, CommandTicket, GroupRequest, GroupTicket, Log, ThingRecord } from '@millrace/sdk';
import { commandLimits } from './command-limits.ts';
import type { CommandRecords } from './command-records.ts';
import type { Submission } from './desk.ts';
import type { LeaseDesk } from './lease-desk.ts';
import type { HeldLease } from './lease-table.ts';
import { CommandRefusal, reasons, say } from './words.ts';

export interface SetPointGroupsOptions {
  records: CommandRecords;
  clock: Clock;
  log: Log;
  leases: LeaseDesk;
  thing(id: string): ThingRecord | undefined;
  latest(thing: string, property: string): Sample | undefined;
  submit(submission: Submission): Promise<CommandTicket>;
  /** Throws {@link CommandRefusal} where the write would not even be recorded. */
  check(thing: string, property: string, value: unknown): void;
  needsOwnLease(record: ThingRecord): boolean;
  changed(group: SetPointGroup): void;
}

type Step = SetPointGroup['steps'][number];

/** The tokens a group works under, and the leases that were taken for it. */
interface Authority {
  tokens: Map<string, number>;
  implicit: HeldLease[];
}

/**
 * Several writes as one: in order, all under leases held from the first to the last, and put back in reverse if one fails. What could not be
 * put back is said step by step; nothing is claimed that was not confirmed.
 */
export class SetPointGroups {
  readonly #options: SetPointGroupsOptions;
  readonly #open = new Map<string, { group: SetPointGroup; settled: Promise<SetPointGroup> }>();

  constructor(options: SetPointGroupsOptions) {
    this.#options = options;
  }

  /** Ends what was under way when the platform last ended: nothing is tried again by itself. */
  async open(): Promise<void> {
    const { records, clock } = this.#options;
    for (const group of await records.openGroups()) {
      for (const step of group.steps) {
        if (step.state === 'applying' || (step.state === 'applied' && group.state === 'undoing'))
          step.state = 'not-restored';
        if (step.state === 'waiting') step.state = 'not-tried';
      }
      group.state = 'interrupted';
      group.final = true;
      group.changed = formatInstant(clock.now());
      group.reason = say(
        'platform-restarted',
        'The platform ended while this group was being applied; see the steps.',
        '平台在应用该设定组期间停止运行，详见各步骤。',
      ).words;
      await records.updateGroup(group);
    }
  }

  async get(id: string): Promise<SetPointGroup | undefined> {
    return this.#open.get(id)?.group ?? this.#options.records.group(id);
  }

  list(limit: number): Promise<SetPointGroup[]> {
    return this.#options.records.groups(limit);
  }

  /** Resolves with the group once it is final, or as it is after `seconds`. */
  waitFor(id: string, seconds: number): Promise<SetPointGroup | undefined> {
    const open = this.#open.get(id);
    if (open === undefined) return this.#options.records.group(id);
    if (seconds <= 0) return Promise.resolve(open.group);
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(seconds * 1000, () => resolve(open.group));
      void open.settled.then((group) => {
        cancel();
        resolve(group);
      });
    });
  }

  async apply(request: GroupRequest): Promise<GroupTicket> {
    const { records, clock } = this.#options;
    const { actor, key, steps } = request;
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([request.title, steps.map((one) => [one.thing, one.property, one.value])]))
      .digest('hex');
    const again = async (): Promise<GroupTicket | undefined> => {
      const known = key === undefined ? undefined : await records.groupByKey(actor.kind, actor.id, key);
      if (known === undefined) return undefined;
      if (known.fingerprint !== fingerprint) throw new CommandRefusal(409, reasons.keyTaken(key!));
      const open = this.#open.get(known.group.id);
      return open ?? { group: known.group, settled: Promise.resolve(known.group) };
    };
    const known = await again();
    if (known !== undefined) return known;
    this.#room(steps.length);
    for (const { thing, property, value } of steps) this.#options.check(thing, property, value);
    const authority = await this.#authority(
      steps.map((one) => one.thing),
      actor,
      request.leases ?? {},
    );
    const created = clock.now();
    const now = formatInstant(created);
    const group: SetPointGroup = {
      id: randomUUID(),
      title: request.title,
      actor,
      ...(key === undefined ? {} : { key }),
      state: 'applying',
      final: false,
      steps: steps.map(({ thing, property, value }) => ({ thing, property, value, state: 'waiting' })),
      created: now,
      changed: now,
    };
    try {
      if (!(await records.insertGroup(group, fingerprint, created))) {
        await this.#giveBack(authority);
        const taken = await again();
        if (taken !== undefined) return taken;
        throw new CommandRefusal(409, reasons.keyTaken(key!));
      }
    } catch (error) {
      await this.#giveBack(authority);
      if (error instanceof CommandRefusal) throw error;
      throw new CommandRefusal(503, reasons.notKept((error as Error).message));
    }
    return this.#run(group, authority, () => this.#apply(group, authority, request.why ?? request.title));
  }

  /** Puts back, in reverse, what a group has changed and not put back. */
  async undo(id: string, actor: Actor, leases: Readonly<Record<string, number>>): Promise<GroupTicket> {
    if (this.#open.has(id))
      throw new CommandRefusal(
        409,
        say('group-busy', 'This group is being applied or undone.', '该设定组正在应用或撤销。'),
      );
    const group = await this.#options.records.group(id);
    if (group === undefined)
      throw new CommandRefusal(404, say('unknown-group', 'There is no such group.', '没有该设定组。'));
    const changed = group.steps.filter((step) => step.state === 'applied' || step.state === 'not-restored');
    if (changed.length === 0)
      throw new CommandRefusal(
        409,
        say('nothing-to-undo', 'Nothing of this group is left to undo.', '该设定组没有可撤销的内容。'),
      );
    this.#room(changed.length);
    const authority = await this.#authority(
      changed.map((step) => step.thing),
      actor,
      leases,
    );
    group.state = 'undoing';
    group.final = false;
    return this.#run(group, authority, async () => {
      const whole = await this.#restore(group, changed, authority, actor);
      return whole ? 'undone' : 'partly-restored';
    });
  }

  #room(steps: number): void {
    const { stepsPerGroupMax, groupsOpenMax } = commandLimits;
    if (steps > stepsPerGroupMax)
      throw new CommandRefusal(
        422,
        say(
          'too-many-steps',
          `A group of ${steps} steps; at most ${stepsPerGroupMax} (stepsPerGroupMax) are taken.`,
          `设定组有 ${steps} 步，最多 ${stepsPerGroupMax} 步（stepsPerGroupMax）。`,
        ),
      );
    if (this.#open.size >= groupsOpenMax)
      throw new CommandRefusal(429, reasons.queueFull(groupsOpenMax, 'groupsOpenMax'));
  }

  /** All leases or none, in one order for everybody. */
  async #authority(
    things: readonly string[],
    actor: Actor,
    given: Readonly<Record<string, number>>,
  ): Promise<Authority> {
    const authority: Authority = { tokens: new Map(), implicit: [] };
    try {
      for (const thing of [...new Set(things)].sort()) {
        const token = Object.hasOwn(given, thing) ? given[thing] : undefined;
        if (token !== undefined) {
          const wrong = this.#options.leases.check(thing, token, actor);
          if (wrong !== undefined) throw new CommandRefusal(409, wrong);
          authority.tokens.set(thing, token);
          continue;
        }
        const record = this.#options.thing(thing);
        if (record === undefined) throw new CommandRefusal(404, reasons.noThing(thing));
        if (this.#options.needsOwnLease(record)) throw new CommandRefusal(409, reasons.leaseNeeded);
        const lease = await this.#options.leases.takeImplicit(thing, actor);
        authority.implicit.push(lease);
        authority.tokens.set(thing, lease.token);
      }
      return authority;
    } catch (error) {
      await this.#giveBack(authority);
      throw error;
    }
  }

  async #giveBack(authority: Authority): Promise<void> {
    for (const lease of authority.implicit.splice(0)) await this.#options.leases.endImplicit(lease);
  }

  #run(group: SetPointGroup, authority: Authority, work: () => Promise<GroupState>): GroupTicket {
    const settled = (async () => {
      try {
        group.state = await work();
      } catch (error) {
        group.state = 'partly-restored';
        group.reason = reasons.unhandled((error as Error).message).words;
      }
      group.final = true;
      await this.#giveBack(authority);
      await this.#save(group);
      this.#open.delete(group.id);
      return group;
    })();
    this.#open.set(group.id, { group, settled });
    return { group, settled };
  }

  async #apply(group: SetPointGroup, authority: Authority, why: string): Promise<GroupState> {
    const touched: Step[] = [];
    for (const [index, step] of group.steps.entries()) {
      const sample = this.#options.latest(step.thing, step.property);
      if (sample !== undefined && qualityClass(sample.status) === 'good') step.before = sample.value;
      step.state = 'applying';
      await this.#save(group);
      const command = await this.#write(group, step, step.value, authority, group.actor, why);
      if (command !== undefined) step.command = command.id;
      if (command?.state === 'confirmed' || command?.state === 'sent') {
        step.state = 'applied';
        touched.push(step);
        continue;
      }
      step.state = 'failed';
      if (command?.reason !== undefined) step.reason = command.reason;
      // Nobody knows whether it was done: it is put back as if it had been.
      if (command?.state === 'timed-out' || command?.state === 'unknown') touched.push(step);
      for (const rest of group.steps.slice(index + 1)) rest.state = 'not-tried';
      group.reason = say(
        'step-failed',
        `Step ${index + 1} ("${step.property}") was not done: ${step.reason?.en ?? 'see its command'}`,
        `第 ${index + 1} 步（“${step.property}”）未完成：${step.reason?.zh ?? '详见对应命令'}`,
      ).words;
      await this.#save(group);
      const whole = await this.#restore(group, touched, authority, group.actor);
      return whole ? 'restored' : 'partly-restored';
    }
    return 'applied';
  }

  /** True: everything was put back, and confirmed. */
  async #restore(
    group: SetPointGroup,
    steps: readonly Step[],
    authority: Authority,
    actor: Actor,
  ): Promise<boolean> {
    let whole = true;
    for (const step of [...steps].reverse()) {
      if (step.before === undefined) {
        step.state = 'not-restored';
        step.reason = say(
          'before-unknown',
          'The value before is not known, so it could not be put back.',
          '此前的值未知，无法恢复。',
        ).words;
        whole = false;
      } else {
        const why = `Restoring "${group.title}"`;
        const command = await this.#write(group, step, step.before, authority, actor, why);
        if (command !== undefined) step.restoreCommand = command.id;
        const restored = command?.state === 'confirmed' || command?.state === 'sent';
        step.state = restored ? 'restored' : 'not-restored';
        if (!restored) {
          whole = false;
          if (command?.reason !== undefined) step.reason = command.reason;
        }
      }
      await this.#save(group);
    }
    return whole;
  }

  async #write(
    group: SetPointGroup,
    step: Step,
    value: unknown,
    authority: Authority,
    actor: Actor,
    why: string,
  ): Promise<Command | undefined> {
    try {
      const ticket = await this.#options.submit({
        kind: 'write',
        actor,
        thing: step.thing,
        name: step.property,
        value,
        lease: authority.tokens.get(step.thing),
        group: group.id,
        why: why.slice(0, 200),
        deadlineSeconds: commandLimits.deadlineSecondsMax,
      });
      return await ticket.settled;
    } catch (error) {
      step.reason =
        error instanceof CommandRefusal ? error.words : reasons.unhandled((error as Error).message).words;
      return undefined;
    }
  }

  async #save(group: SetPointGroup): Promise<void> {
    group.changed = formatInstant(this.#options.clock.now());
    await this.#options.records.updateGroup(group).catch((error: unknown) =>
      this.#options.log.warn('a set-point group could not be recorded', {
        group: group.id,
        error: (error as Error).message,
      }),
    );
    this.#options.changed(structuredClone(group));
  }
}
