import type { CamaraRecords } from './ports.ts';

/** Something kept: in memory whole, and in the records before it is told to anybody. */
export interface Kept {
  readonly id: string;
  /** Who made it. */
  readonly consumer: string;
}

/** One kind of kept things. Changes of one thing reach the records in order. */
export class Collection<T extends Kept> {
  readonly kind: string;
  readonly #records: CamaraRecords;
  readonly #all = new Map<string, T>();
  readonly #byConsumer = new Map<string, Set<string>>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(kind: string, records: CamaraRecords) {
    this.kind = kind;
    this.#records = records;
  }

  get size(): number {
    return this.#all.size;
  }
  get(id: string): T | undefined {
    return this.#all.get(id);
  }
  all(): Iterable<T> {
    return this.#all.values();
  }
  *of(consumer: string): Iterable<T> {
    for (const id of this.#byConsumer.get(consumer) ?? []) yield this.#all.get(id)!;
  }
  countOf(consumer: string): number {
    return this.#byConsumer.get(consumer)?.size ?? 0;
  }

  /** Takes what the records held at the start. */
  restore(thing: T): void {
    this.#all.set(thing.id, thing);
    const ids = this.#byConsumer.get(thing.consumer);
    if (ids === undefined) this.#byConsumer.set(thing.consumer, new Set([thing.id]));
    else ids.add(thing.id);
  }

  /** Holds its place in memory at once; resolves when it is durable. Not there any more if that failed and it is new. */
  async put(thing: T): Promise<void> {
    const isNew = !this.#all.has(thing.id);
    this.restore(thing);
    try {
      await this.#write(thing.id, () =>
        this.#records.put({ kind: this.kind, id: thing.id, data: JSON.stringify(thing) }),
      );
    } catch (error) {
      if (isNew) this.#forget(thing);
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    const thing = this.#all.get(id);
    if (thing === undefined) return;
    this.#forget(thing);
    await this.#write(id, () => this.#records.remove(this.kind, id));
  }

  #forget(thing: T): void {
    this.#all.delete(thing.id);
    const ids = this.#byConsumer.get(thing.consumer);
    ids?.delete(thing.id);
    if (ids?.size === 0) this.#byConsumer.delete(thing.consumer);
  }

  async #write(id: string, write: () => Promise<void>): Promise<void> {
    const before = this.#writing.get(id);
    const now = (before ?? Promise.resolve()).catch(() => {}).then(write);
    this.#writing.set(id, now);
    try {
      await now;
    } finally {
      if (this.#writing.get(id) === now) this.#writing.delete(id);
    }
  }
}
