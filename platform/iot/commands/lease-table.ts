import type { Actor, Microseconds } from '@millrace/contract';
import { type Reason, reasons } from './words.ts';

export interface HeldLease {
  readonly thing: string;
  /** Strictly greater than any token given before, for any thing. */
  readonly token: number;
  readonly holder: Actor;
  readonly since: Microseconds;
  readonly expires: Microseconds;
  readonly seconds: number;
  readonly offeredTo?: string;
  readonly brokenGlass?: { reason: string; from: Actor };
  /** Taken by the platform for the length of one command or group. */
  readonly implicit: boolean;
}

/** What a change did: the lease now, and one that was lost by it (its time had run out, or it was taken by force). */
export interface LeaseChange {
  lease: HeldLease;
  lost: HeldLease | undefined;
}

export function sameActor(a: Actor, b: Actor): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/**
 * Who holds which thing. Pure state: time comes in with each call, nothing is waited for, nothing is stored. At most one lease per thing
 * is in force at any time, and a token that was ever replaced is never accepted again.
 */
export class LeaseTable {
  readonly #leases = new Map<string, HeldLease>();
  #last: number;

  /** `last`: the greatest token ever given. */
  constructor(last: number) {
    this.#last = last;
  }

  get size(): number {
    return this.#leases.size;
  }

  get last(): number {
    return this.#last;
  }

  all(): IterableIterator<HeldLease> {
    return this.#leases.values();
  }

  /** The lease of a thing as it stands, run out or not. */
  entry(thing: string): HeldLease | undefined {
    return this.#leases.get(thing);
  }

  /** Puts back what was stored before a restart. */
  restore(lease: HeldLease): void {
    this.#last = Math.max(this.#last, lease.token);
    this.#leases.set(lease.thing, lease);
  }

  /** The lease in force; undefined where there is none or its time has run out. */
  held(thing: string, now: Microseconds): HeldLease | undefined {
    const lease = this.#leases.get(thing);
    return lease !== undefined && now < lease.expires ? lease : undefined;
  }

  /** Takes a lease. The holder's own is replaced by a new one; another's is in the way. */
  take(
    thing: string,
    holder: Actor,
    seconds: number,
    now: Microseconds,
    implicit: boolean,
  ): LeaseChange | Reason {
    const before = this.#leases.get(thing);
    const inForce = this.held(thing, now);
    if (inForce !== undefined) {
      if (!sameActor(inForce.holder, holder)) return reasons.leaseHeld(inForce.holder.id);
      if (inForce.implicit) return reasons.leaseBusy;
      if (implicit) return reasons.leaseTokenNeeded;
    }
    return {
      lease: this.#give(thing, holder, seconds, now, { implicit }),
      lost: inForce === undefined ? before : undefined,
    };
  }

  /** Undefined: the token is in force and its holder's. Else why not. */
  check(thing: string, token: number, holder: Actor, now: Microseconds): Reason | undefined {
    const lease = this.#leases.get(thing);
    if (lease === undefined) return reasons.leaseLost;
    if (token !== lease.token) return reasons.leaseOld(token, lease.token);
    if (!sameActor(lease.holder, holder)) return reasons.leaseOther;
    return now < lease.expires ? undefined : reasons.leaseLost;
  }

  renew(thing: string, token: number, holder: Actor, now: Microseconds): HeldLease | Reason {
    const wrong = this.check(thing, token, holder, now);
    if (wrong !== undefined) return wrong;
    const lease = this.#leases.get(thing)!;
    return this.#set({ ...lease, expires: now + lease.seconds * 1_000_000 });
  }

  /** Gives it back in good order. */
  release(thing: string, token: number, holder: Actor, now: Microseconds): HeldLease | Reason {
    const wrong = this.check(thing, token, holder, now);
    if (wrong !== undefined) return wrong;
    const lease = this.#leases.get(thing)!;
    this.#leases.delete(thing);
    return lease;
  }

  offer(
    thing: string,
    token: number,
    holder: Actor,
    to: string | undefined,
    now: Microseconds,
  ): HeldLease | Reason {
    const wrong = this.check(thing, token, holder, now);
    if (wrong !== undefined) return wrong;
    const { offeredTo: _, ...lease } = this.#leases.get(thing)!;
    return this.#set(to === undefined ? lease : { ...lease, offeredTo: to });
  }

  accept(thing: string, by: Actor, now: Microseconds): HeldLease | Reason {
    const lease = this.held(thing, now);
    if (lease === undefined) return reasons.leaseLost;
    if (by.kind !== 'person' || lease.offeredTo !== by.id) return reasons.notOffered;
    return this.#give(thing, by, lease.seconds, now, { implicit: false });
  }

  breakGlass(thing: string, by: Actor, reason: string, seconds: number, now: Microseconds): LeaseChange {
    const before = this.#leases.get(thing);
    const lease = this.#give(thing, by, seconds, now, {
      implicit: false,
      ...(before === undefined ? {} : { brokenGlass: { reason, from: before.holder } }),
    });
    return { lease, lost: before };
  }

  /** Removes leases whose time has run out and tells them. */
  expire(now: Microseconds): HeldLease[] {
    const lost = [...this.#leases.values()].filter((lease) => now >= lease.expires);
    for (const lease of lost) this.#leases.delete(lease.thing);
    return lost;
  }

  /** Takes a lease away that could not be stored. Its token is never given again. */
  drop(lease: HeldLease): void {
    if (this.#leases.get(lease.thing)?.token === lease.token) this.#leases.delete(lease.thing);
  }

  /** A token for what the platform does without a lease (safe actions): greater than all before, so that older ones are fenced out. */
  nextToken(): number {
    return ++this.#last;
  }

  #give(
    thing: string,
    holder: Actor,
    seconds: number,
    now: Microseconds,
    more: Pick<HeldLease, 'implicit' | 'brokenGlass'>,
  ): HeldLease {
    return this.#set({
      thing,
      token: ++this.#last,
      holder,
      since: now,
      expires: now + seconds * 1_000_000,
      seconds,
      ...more,
    });
  }

  #set(lease: HeldLease): HeldLease {
    this.#leases.set(lease.thing, lease);
    return lease;
  }
}
