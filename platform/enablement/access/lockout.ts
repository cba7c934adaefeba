import type { Clock } from '@millrace/sdk';

/** Wrong tries for one user before further ones must wait. */
const userFailuresMax = 10;
/** Wrong tries from one address, whomever they name. */
const addressFailuresMax = 100;
const lockSecondsMin = 30;
/** Each lock is twice as long as the one before, up to this. */
const lockSecondsMax = 900;
/** After this long without a wrong try all is forgotten. */
const forgetSeconds = 3600;
const entriesMax = 10_000;

export class Locked extends Error {
  readonly secondsLeft: number;
  constructor(secondsLeft: number) {
    super(`too many wrong passwords; try again in ${secondsLeft} s`);
    this.secondsLeft = secondsLeft;
  }
}

interface Entry {
  failures: number;
  locks: number;
  until: number;
  last: number;
}

/**
 * Slows guessing down, by user and by address. Addresses from which a user has signed in before are counted apart, so that a stranger who
 * keeps guessing keeps nobody out of their own place.
 */
export class Lockout {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #known = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws Locked. */
  check(user: string, address: string): void {
    const now = this.#clock.now();
    for (const key of this.#keys(user, address)) {
      const entry = this.#entries.get(key);
      if (entry !== undefined && now < entry.until) throw new Locked(Math.ceil((entry.until - now) / 1e6));
    }
  }

  /** True if this very try began a lock. */
  fail(user: string, address: string): boolean {
    const now = this.#clock.now();
    let locked = false;
    for (const key of this.#keys(user, address)) {
      let entry = this.#entries.get(key);
      if (entry === undefined || now - entry.last > forgetSeconds * 1e6)
        entry = { failures: 0, locks: 0, until: 0, last: now };
      entry.failures++;
      entry.last = now;
      if (entry.failures >= (key.startsWith('address ') ? addressFailuresMax : userFailuresMax)) {
        entry.until = now + Math.min(lockSecondsMax, lockSecondsMin * 2 ** entry.locks) * 1e6;
        entry.locks = Math.min(entry.locks + 1, 10);
        entry.failures = 0;
        locked = true;
      }
      // The one that was not touched for longest makes room: forgetting all of them would be what a guesser wants.
      this.#entries.delete(key);
      if (this.#entries.size >= entriesMax) this.#entries.delete(this.#entries.keys().next().value!);
      this.#entries.set(key, entry);
    }
    return locked;
  }

  succeed(user: string, address: string): void {
    for (const key of this.#keys(user, address)) if (!key.startsWith('address ')) this.#entries.delete(key);
    const known = `${user} ${address}`;
    this.#known.delete(known);
    if (this.#known.size >= entriesMax) this.#known.delete(this.#known.values().next().value!);
    this.#known.add(known);
  }

  /** Until when somebody is locked, from anywhere; undefined: not. */
  until(user: string): number | undefined {
    const now = this.#clock.now();
    let until = 0;
    for (const [key, entry] of this.#entries)
      if (key === `user ${user}` || key.startsWith(`user ${user} `)) until = Math.max(until, entry.until);
    return until > now ? until : undefined;
  }

  unlock(user: string): void {
    for (const key of [...this.#entries.keys()])
      if (key === `user ${user}` || key.startsWith(`user ${user} `)) this.#entries.delete(key);
  }

  #keys(user: string, address: string): string[] {
    const known = this.#known.has(`${user} ${address}`);
    return [known ? `user ${user} ${address}` : `user ${user}`, `address ${address}`];
  }
}
