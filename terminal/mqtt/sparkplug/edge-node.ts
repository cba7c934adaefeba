import type { Microseconds } from '@millrace/contract';
import type { Point } from '@millrace/sdk';
import type { MetricDefinition } from './description.ts';
import type { PayloadHead, Unsigned } from './payload.ts';
import type { MessageType } from './topic.ts';

/** A metric as born, with the points it feeds. */
export interface LiveMetric extends MetricDefinition {
  points: readonly Point[];
}

/** An edge node's own metrics, or those of one of its devices. */
export class Source {
  readonly key: string;
  readonly group: string;
  readonly node: string;
  readonly device: string | undefined;
  born = false;
  metrics = new Map<string, LiveMetric>();
  /** Alias → metric; null where a birth gave one alias to two metrics, so that nobody can tell which is meant. */
  aliases = new Map<Unsigned, LiveMetric | null>();
  /** Whether the birth held metrics that were refused. */
  incomplete = false;
  /** What was proposed last, so that a rebirth that says the same proposes nothing. */
  proposed = '';

  constructor(key: string, group: string, node: string, device: string | undefined) {
    this.key = key;
    this.group = group;
    this.node = node;
    this.device = device;
  }
}

/** A message that came before one that was sent before it. */
export interface EarlyMessage {
  type: MessageType;
  topic: string;
  device: string | undefined;
  head: PayloadHead;
  bytes: number;
  received: Microseconds;
}

/** What is known of an edge node and its session. */
export class EdgeNode {
  readonly own: Source;
  readonly devices = new Map<string, Source>();
  online = false;
  /** Thing whose credentials the session uses; undefined on a broker that is not ours. */
  owner: string | undefined;
  bdSeq: number | undefined;
  /** Sequence number that the next message must have. */
  next = 0;
  early = new Map<number, EarlyMessage>();
  earlyBytes = 0;
  cancelReorder: (() => void) | undefined;
  cancelUnborn: (() => void) | undefined;
  /** When a rebirth was last asked for, in milliseconds, and how long to wait after it. */
  rebirthAsked = Number.NEGATIVE_INFINITY;
  rebirthWait = 0;
  cancelRebirth: (() => void) | undefined;
  lastHeard: Microseconds = 0;

  constructor(own: Source) {
    this.own = own;
  }

  *sources(): Iterable<Source> {
    yield this.own;
    yield* this.devices.values();
  }

  forgetEarly(): void {
    this.early.clear();
    this.earlyBytes = 0;
    this.cancelReorder?.();
    this.cancelReorder = undefined;
  }
}
