import type { LiveUpdate } from '@millrace/contract';
import type { LiveStore } from './store.ts';

/** With more things than this in one filter the stream takes everything: an address has an end. */
export const thingsFilteredMax = 60;
/** Waits between tries, doubling, with up to a quarter of chance on top so that many screens do not come back at once. */
const retryMillisecondsMin = 500;
const retryMillisecondsMax = 20_000;
/** Pages come and go within a moment while somebody clicks; the stream is changed once afterwards. */
const settleMilliseconds = 80;

export type StreamState = 'idle' | 'connecting' | 'open' | 'lost';

/** The parts of EventSource that are used, so that a test can play the server. */
export interface Source {
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onerror: (() => void) | null;
  close(): void;
}

export interface StreamPorts {
  open(url: string): Source;
  after(milliseconds: number, then: () => void): () => void;
  random(): number;
}

const browserPorts: StreamPorts = {
  open: (url) => new EventSource(url, { withCredentials: true }) as unknown as Source,
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/**
 * One stream of live values for the whole page. Parts of the page name the things they show; the stream is opened for all of
 * them together, comes back by itself with growing waits, and is closed when nobody wants it.
 */
export class LiveStream {
  #wanted = new Map<string, number>();
  #all = 0;
  #source: Source | undefined;
  #sourceFilter: string | undefined;
  #cancel: (() => void) | undefined;
  #tries = 0;
  #state: StreamState = 'idle';
  #stateListeners = new Set<() => void>();
  #store: LiveStore;
  #ports: StreamPorts;
  #onRefused: () => void;

  constructor(store: LiveStore, onRefused: () => void = () => {}, ports: StreamPorts = browserPorts) {
    this.#store = store;
    this.#ports = ports;
    this.#onRefused = onRefused;
  }

  get state(): StreamState {
    return this.#state;
  }

  subscribeState(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Wants the values of these things, or of all with undefined, until the returned function is called. */
  want(things: readonly string[] | undefined): () => void {
    if (things === undefined) this.#all += 1;
    else for (const thing of things) this.#wanted.set(thing, (this.#wanted.get(thing) ?? 0) + 1);
    this.#settle();
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      if (things === undefined) this.#all -= 1;
      else {
        for (const thing of things) {
          const count = (this.#wanted.get(thing) ?? 1) - 1;
          if (count === 0) this.#wanted.delete(thing);
          else this.#wanted.set(thing, count);
        }
      }
      this.#settle();
    };
  }

  /** Opens again at once: after signing in, or when the page comes back into sight. */
  retryNow(): void {
    if (this.#state !== 'lost') return;
    this.#tries = 0;
    this.#settle();
  }

  #settle(): void {
    this.#cancel?.();
    this.#cancel = this.#ports.after(settleMilliseconds, () => {
      this.#cancel = undefined;
      this.#apply();
    });
  }

  #apply(): void {
    const filter = this.#filter();
    if (filter === undefined) {
      this.#close();
      this.#say('idle');
      return;
    }
    if (this.#source !== undefined && this.#sourceFilter === filter) return;
    this.#close();
    this.#say('connecting');
    const source = this.#ports.open(`/api/live${filter}`);
    this.#source = source;
    this.#sourceFilter = filter;
    source.onopen = () => {
      this.#tries = 0;
      this.#say('open');
    };
    source.onmessage = ({ data }) => this.#take(data);
    source.onerror = () => {
      if (this.#source !== source) return;
      // EventSource tries again by itself on some errors and gives up on others; one rule for all is kept here.
      this.#close();
      this.#say('lost');
      this.#onRefused();
      const wait = Math.min(retryMillisecondsMax, retryMillisecondsMin * 2 ** this.#tries);
      this.#tries = Math.min(this.#tries + 1, 10);
      this.#cancel?.();
      this.#cancel = this.#ports.after(wait * (1 + this.#ports.random() / 4), () => {
        this.#cancel = undefined;
        this.#apply();
      });
    };
  }

  /** The query of the address: sorted, so that the same things make the same stream. Undefined where nothing is wanted. */
  #filter(): string | undefined {
    if (this.#all > 0 || this.#wanted.size > thingsFilteredMax) return '';
    if (this.#wanted.size === 0) return undefined;
    const query = new URLSearchParams();
    for (const thing of [...this.#wanted.keys()].sort()) query.append('thing', thing);
    return `?${query}`;
  }

  #take(data: string): void {
    let update: LiveUpdate | null;
    try {
      update = JSON.parse(data) as LiveUpdate | null;
    } catch {
      return;
    }
    if (!Array.isArray(update?.samples)) return;
    for (const sample of update.samples) {
      const time = Date.parse(sample.time);
      if (Number.isNaN(time)) continue;
      this.#store.put(sample.thing, sample.property, {
        time,
        value: sample.value,
        quality: sample.quality,
        ...(sample.status === undefined ? {} : { status: sample.status }),
      });
    }
  }

  #close(): void {
    const source = this.#source;
    this.#source = undefined;
    this.#sourceFilter = undefined;
    if (source === undefined) return;
    source.onopen = null;
    source.onmessage = null;
    source.onerror = null;
    source.close();
  }

  #say(state: StreamState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}
