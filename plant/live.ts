import type { Microseconds } from '@millrace/contract';
import type { Clock, Log } from '@millrace/sdk';
import { History } from './engine/history.ts';
import type { Model, ModelEvent, Signal } from './engine/model.ts';
import type { Outlet } from './servers/outlet.ts';

export const liveStepMilliseconds = 250;
/** Past this the plant catches up in seconds, at most `catchUpMillisecondsMax`; a longer gap is not lived through. */
const catchUpStepMilliseconds = 1000;
export const catchUpMillisecondsMax = 24 * 3_600_000;
/** A plant that begins anew has lived this long already, so that it is warm and its controllers remember something. */
export const warmUpMilliseconds = 6 * 3_600_000;
/** Catching up never holds the event loop longer than about this. */
const sliceMilliseconds = 40;
const lateMillisecondsMax = 5000;

/** Moves a model along with a clock and tells the protocol servers what their instruments show. */
export class LiveRun {
  readonly model: Model;
  readonly history: History;
  readonly #clock: Clock;
  readonly #log: Log;
  #outlets: Outlet[] = [];
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(model: Model, clock: Clock, log: Log) {
    this.model = model;
    this.history = new History(model);
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Lives through the time until now as fast as it goes, with nobody looking on but the instruments' own memories, and `lived`, which is
   * called after each second. Returns to the event loop now and then.
   */
  async catchUp(until: Microseconds = this.#clock.now(), lived?: () => void): Promise<void> {
    if (until - this.model.time > catchUpMillisecondsMax * 1000) {
      this.model.jump(until - catchUpMillisecondsMax * 1000);
    }
    const seen = (signals: readonly Signal[]): void => this.history.record(signals);
    for (;;) {
      const end = Date.now() + sliceMilliseconds;
      while (this.model.time + catchUpStepMilliseconds * 1000 <= until) {
        this.model.step(catchUpStepMilliseconds / 1000, seen);
        this.model.events.length = 0;
        lived?.();
        if (Date.now() > end) break;
      }
      if (this.#stopped || this.model.time + catchUpStepMilliseconds * 1000 > until) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Goes on with the clock, in steps that are whole quarters of a second. */
  start(): void {
    this.#schedule();
  }

  setOutlets(outlets: readonly Outlet[]): void {
    this.#outlets = [...outlets];
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #schedule(): void {
    if (this.#stopped) return;
    const wait = (this.model.time - this.#clock.now()) / 1000 + liveStepMilliseconds;
    this.#cancel = this.#clock.after(Math.min(Math.max(wait, 1), liveStepMilliseconds), () => this.#tick());
  }

  #tick(): void {
    const now = this.#clock.now();
    if (now - this.model.time > lateMillisecondsMax * 1000) {
      // The computer slept, or its clock was set.
      void this.catchUp(now).then(
        () => this.#schedule(),
        (error: Error) => this.#log.error('catching up failed', { error: error.message }),
      );
      return;
    }
    try {
      while (this.model.time + liveStepMilliseconds * 1000 <= now) this.#step();
    } catch (error) {
      this.#log.error('a step failed', { error: (error as Error).stack });
    }
    this.#schedule();
  }

  #step(): void {
    this.model.step(liveStepMilliseconds / 1000, (signals) => {
      this.history.record(signals);
      for (const outlet of this.#outlets) outlet.seen(signals);
    });
    const events: ModelEvent[] = this.model.events.splice(0);
    for (const outlet of this.#outlets) outlet.stepped?.(events);
  }
}
