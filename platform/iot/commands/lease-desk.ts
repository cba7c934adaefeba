import { type Actor, formatInstant, type Lease } from '@millrace/contract';
import type { AuditTrail, Clock, Log } from '@millrace/sdk';
import { commandLimits } from './command-limits.ts';
import type { CommandRecords } from './command-records.ts';
import { type HeldLease, LeaseTable, sameActor } from './lease-table.ts';
import { CommandRefusal, type Reason, reasons } from './words.ts';

export type LeaseEnd = 'expired' | 'broken-glass';

export interface LeaseDeskOptions {
  records: CommandRecords;
  audit: AuditTrail;
  clock: Clock;
  log: Log;
  /** ISA-95 place of a thing, for the audit trail. */
  place(thing: string): string;
  /** Whether losing the lease of this thing means that something has to be made safe. */
  needsSafety(thing: string): boolean;
  changed(thing: string, lease: HeldLease | undefined, why: string): void;
  /** A lease was lost and its thing has to be made safe; once that is through, {@link LeaseDesk.madeSafe} is called. */
  lost(lease: HeldLease, why: LeaseEnd): void;
}

const isReason = (result: object): result is Reason => 'code' in result;

/** Leases as they are stored, timed and audited. No token is told to anybody before it is durable. */
export class LeaseDesk {
  readonly #options: LeaseDeskOptions;
  #table = new LeaseTable(0);
  /** Lost leases whose safe action is not through, by thing. */
  readonly #unsafe = new Map<string, HeldLease>();
  /** Leases taken for single commands and groups: how many still need each. */
  readonly #implicit = new Map<string, number>();
  readonly #saving = new Map<string, Promise<void>>();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: LeaseDeskOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { last, held, unsafe } = await this.#options.records.leases();
    this.#table = new LeaseTable(last);
    for (const lease of unsafe) this.#unsafe.set(lease.thing, lease);
    for (const lease of held) {
      // What was taken for the length of one command ended with the process that carried it.
      if (lease.implicit) await this.#save(lease.thing, lease.token);
      else this.#table.restore(lease);
    }
  }

  /** From now on leases run out; those that did while the platform was away do so at once. */
  start(): void {
    for (const lease of this.#unsafe.values()) this.#options.lost(lease, 'expired');
    this.#sweep();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  held(thing: string): HeldLease | undefined {
    return this.#table.held(thing, this.#options.clock.now());
  }

  all(): HeldLease[] {
    const now = this.#options.clock.now();
    return [...this.#table.all()].filter((lease) => now < lease.expires);
  }

  /** Undefined: this token is in force. */
  check(thing: string, token: number, holder: Actor): Reason | undefined {
    return this.#table.check(thing, token, holder, this.#options.clock.now());
  }

  async take(thing: string, holder: Actor, seconds: number): Promise<HeldLease> {
    this.#room(thing);
    const change = this.#table.take(thing, holder, seconds, this.#options.clock.now(), false);
    if (isReason(change)) throw new CommandRefusal(409, change);
    await this.#given(change.lease, change.lost, 'lease.take', {});
    return change.lease;
  }

  /** For one command or group of somebody who holds no lease; each call needs its {@link endImplicit}. */
  async takeImplicit(thing: string, holder: Actor): Promise<HeldLease> {
    const held = this.held(thing);
    if (held?.implicit === true && sameActor(held.holder, holder)) {
      this.#implicit.set(thing, (this.#implicit.get(thing) ?? 0) + 1);
      return held;
    }
    this.#room(thing);
    const now = this.#options.clock.now();
    const change = this.#table.take(thing, holder, commandLimits.leaseSecondsMax, now, true);
    if (isReason(change)) throw new CommandRefusal(409, change);
    this.#implicit.set(thing, 1);
    try {
      await this.#given(change.lease, change.lost, undefined, {});
    } catch (error) {
      this.#implicit.delete(thing);
      throw error;
    }
    return change.lease;
  }

  async endImplicit(lease: HeldLease): Promise<void> {
    const left = (this.#implicit.get(lease.thing) ?? 1) - 1;
    if (left > 0) {
      this.#implicit.set(lease.thing, left);
      return;
    }
    this.#implicit.delete(lease.thing);
    const now = this.#options.clock.now();
    if (isReason(this.#table.release(lease.thing, lease.token, lease.holder, now))) return;
    this.#options.changed(lease.thing, undefined, 'released');
    await this.#save(lease.thing, lease.token).catch((error: unknown) => this.#warn(lease.thing, error));
  }

  async renew(thing: string, token: number, holder: Actor): Promise<HeldLease> {
    const lease = this.#table.renew(thing, token, holder, this.#options.clock.now());
    if (isReason(lease)) throw new CommandRefusal(409, lease);
    await this.#save(thing, token);
    this.#arm();
    this.#options.changed(thing, lease, 'renewed');
    return lease;
  }

  async release(thing: string, token: number, holder: Actor): Promise<void> {
    const lease = this.#table.release(thing, token, holder, this.#options.clock.now());
    if (isReason(lease)) throw new CommandRefusal(409, lease);
    this.#options.changed(thing, undefined, 'released');
    await this.#save(thing, token);
    await this.#audit('lease.release', lease, {});
  }

  async offer(thing: string, token: number, holder: Actor, to: string | undefined): Promise<HeldLease> {
    const lease = this.#table.offer(thing, token, holder, to, this.#options.clock.now());
    if (isReason(lease)) throw new CommandRefusal(409, lease);
    await this.#save(thing, token);
    this.#options.changed(thing, lease, to === undefined ? 'offer-withdrawn' : 'offered');
    return lease;
  }

  async accept(thing: string, by: Actor): Promise<HeldLease> {
    const from = this.held(thing);
    const lease = this.#table.accept(thing, by, this.#options.clock.now());
    if (isReason(lease)) throw new CommandRefusal(409, lease);
    await this.#given(lease, undefined, 'lease.hand-over', { from: from?.holder.id });
    return lease;
  }

  /** Taken by force. What the trail cannot hold is not done. */
  async breakGlass(thing: string, by: Actor, reason: string, seconds: number): Promise<HeldLease> {
    this.#room(thing);
    const { audit, place, clock } = this.#options;
    const from = this.held(thing);
    const detail = { reason, from: from?.holder.id ?? null, token: from?.token ?? null };
    try {
      await audit.record({
        actor: by,
        action: 'lease.break-glass',
        object: thing,
        place: place(thing),
        detail,
        outcome: 'asked',
      });
    } catch (error) {
      throw new CommandRefusal(503, reasons.noAudit((error as Error).message));
    }
    const { lease, lost } = this.#table.breakGlass(thing, by, reason, seconds, clock.now());
    this.#implicit.delete(thing);
    await this.#given(lease, lost, 'lease.break-glass', detail, 'broken-glass');
    return lease;
  }

  async madeSafe(lease: HeldLease): Promise<void> {
    if (this.#unsafe.get(lease.thing)?.token !== lease.token) return;
    this.#unsafe.delete(lease.thing);
    await this.#save(lease.thing, lease.token);
  }

  #room(thing: string): void {
    if (this.#table.size >= commandLimits.leasesMax && this.held(thing) === undefined)
      throw new CommandRefusal(429, reasons.leasesFull);
  }

  /** Makes a new lease durable before anybody is told of it. */
  async #given(
    lease: HeldLease,
    lost: HeldLease | undefined,
    action: string | undefined,
    detail: Record<string, unknown>,
    end: LeaseEnd = 'expired',
  ): Promise<void> {
    if (lost !== undefined) this.#end(lost, end);
    try {
      await this.#save(lease.thing, lease.token);
    } catch (error) {
      this.#table.drop(lease);
      this.#options.changed(lease.thing, undefined, 'not-stored');
      throw new CommandRefusal(503, reasons.notKept((error as Error).message));
    }
    this.#arm();
    this.#options.changed(lease.thing, lease, lease.implicit ? 'implicit' : 'taken');
    if (action !== undefined) await this.#audit(action, lease, detail);
  }

  #end(lease: HeldLease, why: LeaseEnd): void {
    const { thing } = lease;
    if (!lease.implicit && this.#options.needsSafety(thing)) {
      this.#unsafe.set(thing, lease);
      this.#options.lost(lease, why);
    }
    void this.#audit('lease.lost', lease, { why });
  }

  #sweep(): void {
    const { clock, changed } = this.#options;
    for (const lease of this.#table.expire(clock.now())) {
      this.#implicit.delete(lease.thing);
      changed(lease.thing, undefined, 'expired');
      this.#end(lease, 'expired');
      void this.#save(lease.thing, lease.token).catch((error: unknown) => this.#warn(lease.thing, error));
    }
    this.#arm();
  }

  /** One timer, for the lease that runs out next. */
  #arm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#stopped) return;
    let next = Number.POSITIVE_INFINITY;
    for (const lease of this.#table.all()) next = Math.min(next, lease.expires);
    if (next === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(1, Math.ceil((next - this.#options.clock.now()) / 1000));
    this.#cancel = this.#options.clock.after(wait, () => this.#sweep());
  }

  /** Writes what holds of a thing now; one write after the other, so that the last word stays the last. */
  #save(thing: string, token: number): Promise<void> {
    const write = (): Promise<void> => {
      const held = this.#table.entry(thing);
      return this.#options.records.saveLease(
        thing,
        Math.max(token, held?.token ?? 0),
        held,
        this.#unsafe.get(thing),
      );
    };
    const saved = (this.#saving.get(thing) ?? Promise.resolve()).then(write, write);
    const settled = saved.then(
      () => {},
      () => {},
    );
    this.#saving.set(thing, settled);
    void settled.then(() => {
      if (this.#saving.get(thing) === settled) this.#saving.delete(thing);
    });
    return saved;
  }

  async #audit(action: string, lease: HeldLease, detail: Record<string, unknown>): Promise<void> {
    try {
      await this.#options.audit.record({
        actor: lease.holder,
        action,
        object: lease.thing,
        place: this.#options.place(lease.thing),
        detail: { token: lease.token, ...detail },
        outcome: 'done',
      });
    } catch (error) {
      this.#warn(lease.thing, error);
    }
  }

  #warn(thing: string, error: unknown): void {
    this.#options.log.warn('a lease could not be recorded', { thing, error: (error as Error).message });
  }
}

/** A lease as the API gives it; the token only to whom it belongs. */
export function showLease(lease: HeldLease, to: Actor | undefined): Lease {
  return {
    thing: lease.thing,
    ...(to !== undefined && sameActor(lease.holder, to) ? { token: lease.token } : {}),
    holder: lease.holder,
    since: formatInstant(lease.since),
    expires: formatInstant(lease.expires),
    seconds: lease.seconds,
    ...(lease.offeredTo === undefined ? {} : { offeredTo: lease.offeredTo }),
    ...(lease.brokenGlass === undefined ? {} : { brokenGlass: lease.brokenGlass }),
    implicit: lease.implicit,
  };
}
