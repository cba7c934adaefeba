import type { ServerResponse } from 'node:http';
import type { Person } from './access/index.ts';

/**
 * Streams that stay open, by who reads them. They end when that person signs out, is removed or may do other things than before; a
 * client that still may comes back by itself and sees what it may see now.
 */
export class OpenStreams {
  readonly #byPerson = new Map<Person, Set<ServerResponse>>();

  add(person: Person, response: ServerResponse): void {
    const open = this.#byPerson.get(person) ?? new Set();
    open.add(response);
    this.#byPerson.set(person, open);
    response.once('close', () => {
      open.delete(response);
      if (open.size === 0 && this.#byPerson.get(person) === open) this.#byPerson.delete(person);
    });
  }

  end(person: Person): void {
    // Not `end`: what is still on its way was for the rights of before.
    for (const response of this.#byPerson.get(person) ?? []) response.destroy();
  }
}
