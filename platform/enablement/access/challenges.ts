import { randomBytes } from 'node:crypto';
import type { Clock } from '@millrace/sdk';

const lifeMicroseconds = 300_000_000;
const challengesMax = 1000;

/** What was asked of somebody and is answered once, within five minutes. */
export class Challenges<T> {
  readonly #clock: Clock;
  readonly #open = new Map<string, { what: T; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(what: T, id = randomBytes(24).toString('base64url')): string {
    if (this.#open.size >= challengesMax) this.#open.delete(this.#open.keys().next().value!);
    this.#open.set(id, { what, until: this.#clock.now() + lifeMicroseconds });
    return id;
  }

  /** Undefined: never asked, answered already, or too late. */
  take(id: string): T | undefined {
    const found = this.#open.get(id);
    this.#open.delete(id);
    return found === undefined || found.until < this.#clock.now() ? undefined : found.what;
  }
}
