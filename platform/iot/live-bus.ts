import type { SampleColumns, ThingEvent } from '@millrace/contract';
import type { LiveBus } from '@millrace/sdk';

/** The live bus inside one process. A subscriber that throws harms neither the publisher nor the others. */
export class InProcessBus implements LiveBus {
  readonly #samples = new Set<(columns: SampleColumns) => void>();
  readonly #events = new Set<(event: ThingEvent) => void>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  publish(columns: SampleColumns): void {
    for (const receive of this.#samples) this.#guard(() => receive(columns));
  }

  subscribe(receive: (columns: SampleColumns) => void): () => void {
    this.#samples.add(receive);
    return () => this.#samples.delete(receive);
  }

  publishEvent(event: ThingEvent): void {
    for (const receive of this.#events) this.#guard(() => receive(event));
  }

  subscribeEvents(receive: (event: ThingEvent) => void): () => void {
    this.#events.add(receive);
    return () => this.#events.delete(receive);
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#onError(error);
    }
  }
}
