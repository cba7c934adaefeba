import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Which session of a core belongs to which binding: a core has no list of what somebody asked for, so asking twice for the same after a
 * restart would make a second one. Written when the core has answered; bounded by what the layer asks for.
 */
export class SessionsFile {
  readonly #file: string;
  #known: Record<string, string>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#file = join(folder, 'sessions.json');
    try {
      this.#known = JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, string>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.#known = {};
    }
  }

  get(key: string): string | undefined {
    return Object.hasOwn(this.#known, key) ? this.#known[key] : undefined;
  }

  set(key: string, reference: string | undefined): Promise<void> {
    if (reference === undefined) delete this.#known[key];
    else this.#known = { ...this.#known, [key]: reference };
    const write = async (): Promise<void> => {
      const handle = await open(`${this.#file}.new`, 'w', 0o600);
      try {
        await handle.writeFile(JSON.stringify(this.#known));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(`${this.#file}.new`, this.#file);
    };
    const next = this.#turn.then(write, write);
    this.#turn = next.catch(() => {});
    return next;
  }

  keyOf(reference: string): string | undefined {
    return Object.keys(this.#known).find((key) => this.#known[key] === reference);
  }
}
