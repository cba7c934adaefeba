import type { Alarm, AlarmUpdate } from '@millrace/contract';
import { useEffect, useSyncExternalStore } from 'react';

/** Waits between tries, doubling. */
const retryMillisecondsMin = 1_000;
const retryMillisecondsMax = 20_000;
/** Pages come and go within a moment while somebody clicks. */
const lingerMilliseconds = 2_000;

interface OpenAlarms {
  alarms: readonly Alarm[];
  counts: Record<string, number>;
  /** The list came whole at least once. */
  known: boolean;
}

const nothing: OpenAlarms = { alarms: [], counts: {}, known: false };

/** The open alarms as the server's stream tells them: one stream for the whole page, open while somebody looks. */
class AlarmStream {
  #alarms = new Map<string, Alarm>();
  #shown: OpenAlarms = nothing;
  #counts: Record<string, number> = {};
  #source: EventSource | undefined;
  #users = 0;
  #retry = retryMillisecondsMin;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  #scheduled = false;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly snapshot = (): OpenAlarms => this.#shown;

  want(): () => void {
    this.#users++;
    clearTimeout(this.#timer);
    if (this.#source === undefined) this.#open();
    return () => {
      if (--this.#users > 0) return;
      this.#timer = setTimeout(() => this.#close(), lingerMilliseconds);
    };
  }

  #open(): void {
    const source = new EventSource('/api/alarms/live', { withCredentials: true });
    this.#source = source;
    source.addEventListener('reset', () => {
      this.#alarms = new Map();
      this.#retry = retryMillisecondsMin;
    });
    source.onmessage = (event: MessageEvent<string>) => {
      const update = JSON.parse(event.data) as AlarmUpdate;
      for (const alarm of update.alarms) {
        if (alarm.state === 'normal') this.#alarms.delete(alarm.id);
        else this.#alarms.set(alarm.id, alarm);
      }
      if (update.counts !== undefined) this.#counts = update.counts;
      this.#tell();
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      this.#source = undefined;
      if (this.#users === 0) return;
      this.#timer = setTimeout(() => this.#open(), this.#retry);
      this.#retry = Math.min(retryMillisecondsMax, this.#retry * 2);
    };
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#alarms = new Map();
    this.#shown = nothing;
  }

  /** Once a frame, whatever comes. */
  #tell(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#shown = { alarms: [...this.#alarms.values()].sort(byUrgency), counts: this.#counts, known: true };
      for (const listener of this.#listeners) listener();
    });
  }
}

const priorities = ['urgent', 'high', 'medium', 'low'];
const heldStates = new Set(['shelved', 'suppressed', 'out-of-service']);

/** The most urgent first; what is over and what is held after what holds; the newest of the same first. */
function byUrgency(a: Alarm, b: Alarm): number {
  const rank = (alarm: Alarm): number =>
    priorities.indexOf(alarm.priority) + (heldStates.has(alarm.state) ? 100 : alarm.active ? 0 : 10);
  return (
    rank(a) - rank(b) ||
    Number(a.acknowledged !== undefined) - Number(b.acknowledged !== undefined) ||
    (a.time < b.time ? 1 : -1)
  );
}

const stream = new AlarmStream();

/** All open alarms that the reader may see, as they come. */
export function useOpenAlarms(): OpenAlarms {
  useEffect(() => stream.want(), []);
  return useSyncExternalStore(stream.subscribe, stream.snapshot);
}
