import { type Command, formatInstant, type LocalText, type SafeDeclaration } from '@millrace/contract';
import type { Clock, Log, ThingRecord } from '@millrace/sdk';
import { commandLimits } from './command-limits.ts';
import type { Submission } from './desk.ts';
import type { LeaseEnd } from './lease-desk.ts';
import type { HeldLease } from './lease-table.ts';
import { affordanceOf, type CommandKind, safeOf } from './model.ts';

export interface SafeActionsOptions {
  clock: Clock;
  log: Log;
  thing(id: string): ThingRecord | undefined;
  sentUnder(thing: string, token: number): Promise<readonly { kind: string; name: string }[]>;
  /** Resolves with the command in its final state. */
  run(submission: Submission): Promise<Command>;
  /** Highest token under which a command was sent to the lease's thing: above the lost one's, somebody else is in command. */
  superseded(lease: HeldLease): number;
  done(lease: HeldLease): Promise<void>;
  changed(thing: string): void;
}

export interface SafeActionState {
  state: 'running' | 'done' | 'failed' | 'superseded';
  time: string;
  reason: LocalText;
  commands: string[];
}

interface Step {
  kind: CommandKind;
  name: string;
  value: unknown;
}

const why: Record<LeaseEnd, (holder: string) => LocalText> = {
  expired: (holder) => ({
    en: `The lease of ${holder} ran out without a sign of life.`,
    zh: `${holder} 的控制权因没有心跳而过期。`,
  }),
  'broken-glass': (holder) => ({
    en: `The lease of ${holder} was taken by force.`,
    zh: `${holder} 的控制权被强制接管。`,
  }),
};

/**
 * Makes things safe whose lease was lost: what the thing declares, and what the properties and actions declare that were commanded under that
 * lease. Tried again until it succeeds, somebody else commands the thing, or the tries are used up; a restart begins anew, so a safe action
 * has to be one that may be repeated.
 */
export class SafeActions {
  readonly #options: SafeActionsOptions;
  readonly #last = new Map<string, SafeActionState>();
  readonly #timers = new Set<() => void>();
  #stopped = false;

  constructor(options: SafeActionsOptions) {
    this.#options = options;
  }

  last(thing: string): SafeActionState | undefined {
    return this.#last.get(thing);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
  }

  run(lease: HeldLease, end: LeaseEnd): void {
    void this.#run(lease, end).catch((error: unknown) => {
      this.#options.log.error('a safe action could not be run', {
        thing: lease.thing,
        error: (error as Error).message,
      });
      this.#set(lease.thing, 'failed', why[end](lease.holder.id), []);
    });
  }

  async #run(lease: HeldLease, end: LeaseEnd): Promise<void> {
    const { thing, token, holder } = lease;
    const reason = why[end](holder.id);
    let steps = await this.#steps(lease);
    const commands: string[] = [];
    this.#set(thing, 'running', reason, commands);
    for (let attempt = 1; steps.length > 0; attempt++) {
      const left: Step[] = [];
      for (const step of steps) {
        if (this.#stopped) return;
        if (this.#options.superseded(lease) > token) {
          this.#set(thing, 'superseded', reason, commands);
          return this.#options.done(lease);
        }
        const command = await this.#try(lease, step, reason);
        if (command !== undefined && commands.length < 100) commands.push(command.id);
        if (command?.state !== 'confirmed' && command?.state !== 'sent') left.push(step);
      }
      steps = left;
      if (steps.length === 0) break;
      if (attempt >= commandLimits.safeTriesMax) {
        this.#set(thing, 'failed', reason, commands);
        return this.#options.done(lease);
      }
      this.#set(thing, 'running', reason, commands);
      await this.#pause(Math.min(attempt, 12) * commandLimits.safeRetrySeconds * 1000);
    }
    this.#set(thing, 'done', reason, commands);
    await this.#options.done(lease);
  }

  async #try(lease: HeldLease, step: Step, reason: LocalText): Promise<Command | undefined> {
    try {
      return await this.#options.run({
        actor: { kind: 'platform', id: 'safe-action', for: lease.holder.id },
        thing: lease.thing,
        ...step,
        why: reason.en,
        safe: lease.token,
      });
    } catch (error) {
      this.#options.log.warn('a safe action was not taken', {
        thing: lease.thing,
        name: step.name,
        error: (error as Error).message,
      });
      return undefined;
    }
  }

  async #steps(lease: HeldLease): Promise<Step[]> {
    const record = this.#options.thing(lease.thing);
    if (record === undefined) return [];
    const used = await this.#options.sentUnder(lease.thing, lease.token);
    const declared = used.flatMap(
      ({ kind, name }) => affordanceOf(record, kind as CommandKind, name)?.safe ?? [],
    );
    const own = safeOf(record.description);
    const steps: Step[] = [];
    for (const safe of [...declared, ...(own === undefined ? [] : [own])]) {
      for (const step of stepsOf(safe)) {
        const known = steps.findIndex((one) => one.kind === step.kind && one.name === step.name);
        // Two that set the same: what the thing as a whole declares comes last and counts.
        if (known !== -1) steps.splice(known, 1);
        steps.push(step);
      }
    }
    return steps;
  }

  #set(thing: string, state: SafeActionState['state'], reason: LocalText, commands: string[]): void {
    this.#last.set(thing, {
      state,
      time: formatInstant(this.#options.clock.now()),
      reason,
      commands: [...commands],
    });
    this.#options.changed(thing);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(milliseconds, () => {
        this.#timers.delete(stop);
        resolve();
      });
      const stop = (): void => {
        cancel();
        resolve();
      };
      this.#timers.add(stop);
    });
  }
}

function stepsOf(safe: SafeDeclaration): Step[] {
  return [
    ...Object.entries(safe.values ?? {}).map(([name, value]): Step => ({ kind: 'write', name, value })),
    ...(safe.action === undefined ? [] : [{ kind: 'invoke' as const, name: safe.action, value: safe.input }]),
  ];
}
