import type { Log } from '@millrace/sdk';
import type { History } from '../engine/history.ts';
import type { Model, ModelEvent, Signal } from '../engine/model.ts';

/** What a protocol server is given of the plant. */
export interface OutletContext {
  model: Model;
  history: History;
  /** Folder for what it keeps (certificates). */
  folder: string;
  log: Log;
}

/** A protocol server of the plant: it is told what instruments show, and serves it its own way. */
export interface Outlet {
  /** Instruments of one thing were just looked at. */
  seen(signals: readonly Signal[]): void;
  /** After each step, for what depends on the state of things rather than on a value (network loss, events). */
  stepped?(events: readonly ModelEvent[]): void;
  close(): Promise<void>;
}
