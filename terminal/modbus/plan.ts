import { type Entity, isBitEntity } from './frame.ts';

/** What a block is made of: anything that occupies addresses. */
export interface Span {
  readonly unit: number;
  readonly entity: Entity;
  /** First address read for it. */
  readonly start: number;
  /** Addresses read for it. */
  readonly length: number;
}

/** One request: neighbours read together. */
export interface Block<S extends Span> {
  unit: number;
  entity: Entity;
  start: number;
  length: number;
  /** Ascending by start, then length. */
  spans: S[];
}

export interface PlanLimits {
  /** Unused addresses between two spans that are read along rather than asking twice. */
  maxGap: number;
  maxRegisters: number;
  maxBits: number;
}

/** Place of a span in the order that blocks are built in; a cut is such a place. */
export function orderOf(span: Span): number {
  return span.start * 4096 + span.length;
}

/**
 * Where a device refused to be read across: a span at such a place starts a block of its own. Keyed by unit and entity.
 */
export type Cuts = ReadonlyMap<string, ReadonlySet<number>>;

export function cutKey(unit: number, entity: Entity): string {
  return `${unit}/${entity}`;
}

/** Merges spans into as few reads as the limits allow. Pure. */
export function planBlocks<S extends Span>(
  spans: readonly S[],
  limits: PlanLimits,
  cuts: Cuts = new Map(),
): Block<S>[] {
  const sorted = [...spans].sort(
    (a, b) => a.unit - b.unit || compare(a.entity, b.entity) || orderOf(a) - orderOf(b),
  );
  const blocks: Block<S>[] = [];
  let open: Block<S> | undefined;
  for (const span of sorted) {
    if (open !== undefined && fits(open, span, limits, cuts)) {
      open.spans.push(span);
      open.length = Math.max(open.length, span.start + span.length - open.start);
      continue;
    }
    open = {
      unit: span.unit,
      entity: span.entity,
      start: span.start,
      length: span.length,
      spans: [span],
    };
    blocks.push(open);
  }
  return blocks;
}

function fits(block: Block<Span>, span: Span, limits: PlanLimits, cuts: Cuts): boolean {
  if (block.unit !== span.unit || block.entity !== span.entity) return false;
  const end = block.start + block.length;
  if (span.start > end + limits.maxGap) return false;
  const length = Math.max(end, span.start + span.length) - block.start;
  if (length > (isBitEntity(span.entity) ? limits.maxBits : limits.maxRegisters)) return false;
  return !cuts.get(cutKey(span.unit, span.entity))?.has(orderOf(span));
}

/**
 * Where to cut a block that the device refused as a whole: at its widest gap, as gaps are the likeliest to be illegal, else in the
 * middle. Undefined where all spans are the same addresses and nothing is left to divide.
 */
export function cutOf<S extends Span>(block: Block<S>): number | undefined {
  let widest = 0;
  let cut: number | undefined;
  let end = block.start;
  for (const span of block.spans) {
    if (span.start - end > widest) {
      widest = span.start - end;
      cut = orderOf(span);
    }
    end = Math.max(end, span.start + span.length);
  }
  if (cut !== undefined) return cut;
  const orders = [...new Set(block.spans.map(orderOf))];
  return orders.length < 2 ? undefined : orders[orders.length >> 1];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
