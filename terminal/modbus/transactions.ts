/** Transactions given up whose late reply is still recognised and never mixed up with a new one. */
export const lateTransactionsMax = 4096;

/**
 * Transaction identifiers (16 bits) of one connection. One that was given up is not used again before its reply came or
 * `lateTransactionsMax` others were given up after it.
 */
export class Transactions {
  #last = 0;
  /** In order of age. */
  #late = new Set<number>();

  /** The next identifier that is neither late nor under way. */
  next(isUnderWay: (transaction: number) => boolean): number {
    do this.#last = (this.#last + 1) & 0xffff;
    while (this.#late.has(this.#last) || isUnderWay(this.#last));
    return this.#last;
  }

  giveUp(transaction: number): void {
    this.#late.add(transaction);
    if (this.#late.size > lateTransactionsMax) this.#late.delete(this.#late.values().next().value!);
  }

  /** Whether a reply belongs to a transaction that was given up; told once. */
  takeLate(transaction: number): boolean {
    return this.#late.delete(transaction);
  }

  /** A new connection: no reply of the old one can come any more. */
  forget(): void {
    this.#late.clear();
  }
}
