import type { QualityClass } from '@millrace/contract';

/** The latest sample of one series as a page shows it. `time` is epoch milliseconds. */
export interface LiveSample {
  time: number;
  value: unknown;
  quality: QualityClass;
  status?: string;
}

export type SeriesKey = string;

/** Thing ids and property names hold no line feed, so the pair has one key. */
export function seriesKey(thing: string, property: string): SeriesKey {
  return `${thing}\n${property}`;
}

/** Series whose latest value is kept; beyond it the one longest without a listener or a sample leaves. */
export const seriesKeptMax = 20_000;
/** How often what is shown may change: nobody reads digits faster, and the frames are left to scrolling. */
export const flushMillisecondsMin = 200;
/** Of one frame, at most this long goes into telling listeners; the rest are told in the next. */
const flushBudgetMilliseconds = 5;
/** Points of the short course kept for a series that somebody watches. */
export const coursePointsMax = 90;

/** The recent course of a watched series: columns of equal length. */
export interface Course {
  times: number[];
  values: (number | null)[];
}

/** Passed in, so that tests and a frozen page need no real frames. */
export interface Frames {
  now(): number;
  next(callback: () => void): void;
}

const browserFrames: Frames = {
  now: () => performance.now(),
  next: (callback) => {
    // A hidden page gets no frames, and would keep its listeners waiting with growing news; it is told by a timer.
    if (document.visibilityState === 'hidden') setTimeout(callback, 1000);
    else requestAnimationFrame(callback);
  },
};

/**
 * Latest values outside React: samples go in as they come, listeners of the series that changed are told at most five times a
 * second, a few milliseconds per frame. A page with 5,000 changing values therefore scrolls as if they stood still.
 */
export class LiveStore {
  #latest = new Map<SeriesKey, LiveSample>();
  #courses = new Map<SeriesKey, Course>();
  #listeners = new Map<SeriesKey, Set<() => void>>();
  #anyListeners = new Set<() => void>();
  #dirty = new Set<SeriesKey>();
  #scheduled = false;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #frozen: Map<SeriesKey, LiveSample> | undefined;
  #count = 0;
  readonly #frames: Frames;

  constructor(frames: Frames = browserFrames) {
    this.#frames = frames;
  }

  /** Takes a sample in. One older than what is known does not move a live value. */
  put(thing: string, property: string, sample: LiveSample): void {
    const key = seriesKey(thing, property);
    const known = this.#latest.get(key);
    if (known !== undefined) {
      if (known.time > sample.time) return;
      // Set again so that the order of the map stays that of the last sample.
      this.#latest.delete(key);
    }
    this.#latest.set(key, sample);
    if (this.#latest.size > seriesKeptMax) this.#forgetOldest();
    const course = this.#courses.get(key);
    if (course !== undefined) append(course, sample);
    this.#count += 1;
    this.#dirty.add(key);
    this.#schedule();
  }

  /** Samples taken in since the page was opened. */
  get count(): number {
    return this.#count;
  }

  /** The latest sample; while frozen, the one that held when the page was frozen. */
  latest(key: SeriesKey): LiveSample | undefined {
    return this.#frozen === undefined ? this.#latest.get(key) : this.#frozen.get(key);
  }

  /** The recent course of a series that is being watched; a new object only when it changed. */
  course(key: SeriesKey): Course | undefined {
    return this.#courses.get(key);
  }

  /** Tells the listener whenever the series has a new value. The course is kept while anybody listens. */
  subscribe(key: SeriesKey, listener: () => void): () => void {
    let listeners = this.#listeners.get(key);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(key, listeners);
    }
    if (!this.#courses.has(key)) {
      const course: Course = { times: [], values: [] };
      const sample = this.#latest.get(key);
      if (sample !== undefined) append(course, sample);
      this.#courses.set(key, course);
      this.#forgetCourses();
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  /** Tells the listener at most five times a second that something, anything, changed. */
  subscribeAny(listener: () => void): () => void {
    this.#anyListeners.add(listener);
    return () => this.#anyListeners.delete(listener);
  }

  /** Holds what is shown; samples still come in and are there when it is let go. */
  freeze(frozen: boolean): void {
    if (frozen === (this.#frozen !== undefined)) return;
    this.#frozen = frozen ? new Map(this.#latest) : undefined;
    if (frozen) return;
    for (const key of this.#listeners.keys()) this.#dirty.add(key);
    this.#schedule();
  }

  get frozen(): boolean {
    return this.#frozen !== undefined;
  }

  #schedule(): void {
    if (this.#scheduled || this.#frozen !== undefined) return;
    this.#scheduled = true;
    this.#frames.next(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#frozen !== undefined) return;
    const start = this.#frames.now();
    if (start - this.#flushedAt < flushMillisecondsMin) {
      this.#schedule();
      return;
    }
    for (const key of this.#dirty) {
      this.#dirty.delete(key);
      const listeners = this.#listeners.get(key);
      if (listeners === undefined) continue;
      for (const listener of listeners) listener();
      if (this.#frames.now() - start > flushBudgetMilliseconds && this.#dirty.size > 0) {
        this.#schedule();
        return;
      }
    }
    this.#flushedAt = start;
    for (const listener of this.#anyListeners) listener();
  }

  #forgetOldest(): void {
    for (const key of this.#latest.keys()) {
      if (this.#listeners.has(key)) continue;
      this.#latest.delete(key);
      this.#courses.delete(key);
      return;
    }
  }

  /** Courses of series that nobody watches any more are kept for scrolling back, but not for ever. */
  #forgetCourses(): void {
    if (this.#courses.size <= seriesKeptMax / 2) return;
    for (const key of this.#courses.keys()) {
      if (this.#listeners.has(key)) continue;
      this.#courses.delete(key);
      if (this.#courses.size <= seriesKeptMax / 4) return;
    }
  }
}

function append(course: Course, sample: LiveSample): void {
  const value =
    sample.quality === 'bad'
      ? null
      : typeof sample.value === 'number'
        ? sample.value
        : typeof sample.value === 'boolean'
          ? Number(sample.value)
          : null;
  course.times.push(sample.time);
  course.values.push(value);
  if (course.times.length > coursePointsMax) {
    course.times.shift();
    course.values.shift();
  }
}
