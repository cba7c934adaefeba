import { type Microseconds, status } from '@millrace/contract';
import type { Point, TerminalContext } from '@millrace/sdk';
import {
  AttributeIds,
  HistoryData,
  HistoryReadRequest,
  type HistoryReadResponse,
  type NodeId,
  ReadRawModifiedDetails,
  TimestampsToReturn,
  Variant,
} from 'node-opcua-client';
import type { Link } from './link.ts';
import { changesIn } from './notifications.ts';
import { messageOf } from './problems.ts';
import { inParts, perform, readAttributes } from './requests.ts';
import { type OpcuaSettings, opcuaLimits } from './settings.ts';
import { Structures } from './structures.ts';
import type { Item } from './subscription.ts';
import { nodeOf, type Translation, valueOfVariant } from './values.ts';

/** Bit of AccessLevel: history can be read (OPC 10000-3, 8.57). */
const historyRead = 4;
/**
 * Read again before the last stored sample: what was under way when the link went, and the mark of the gap, which is younger than the last
 * value that really came. A value read twice is stored once.
 */
const overlapMicroseconds = 60_000_000;

interface Wanted {
  item: Item;
  node: NodeId;
  from: Microseconds;
  to: Microseconds;
  values: number;
  continuation: Buffer | undefined;
}

export interface BackfillOptions {
  link: Link;
  context: TerminalContext;
  settings: OpcuaSettings;
}

/** Reads the history of a gap (HistoryRead raw, OPC 10000-11) beside the live subscription, oldest first, within bounds. */
export class Backfill {
  readonly #options: BackfillOptions;
  readonly #structures: Structures;
  readonly #translation: Translation;
  #stopped = false;
  #total = 0;

  constructor(options: BackfillOptions) {
    this.#options = options;
    this.#structures = new Structures(options.link.session);
    this.#translation = {
      namespaces: options.link.namespaces,
      structure: (encoding, body) => this.#structures.decode(encoding, body),
    };
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Starts in the background; what goes wrong is counted and logged, and harms nothing else. */
  start(items: readonly Item[]): void {
    if (!this.#options.settings.backfill || items.length === 0) return;
    const until = this.#options.context.clock.now();
    this.#run(items, until).catch((error: unknown) => {
      if (this.#stopped) return;
      this.#options.context.count('historyErrors', 1);
      this.#options.context.log.warn('history could not be read', { problem: messageOf(error) });
    });
  }

  async #run(items: readonly Item[], until: Microseconds): Promise<void> {
    const { context, settings } = this.#options;
    const last = await context.lastStored(items.map((item) => item.point.series));
    const earliest = until - settings.backfillMicroseconds;
    // A thing that has no samples yet has no gap.
    const withGap = items.filter((item) => last.has(item.point.series));
    const wanted = (await this.#keptByServer(withGap)).map(
      ({ item, node }): Wanted => ({
        item,
        node,
        from: Math.max(last.get(item.point.series)! - overlapMicroseconds, earliest),
        to: until,
        values: 0,
        continuation: undefined,
      }),
    );
    // One request has one start: those that went silent together are read together.
    wanted.sort((a, b) => a.from - b.from);
    await inParts(wanted, this.#options.link.limits, 'historyRead', async (group) => {
      if (!this.#stopped) await this.#readGroup(group);
      return [];
    });
  }

  async #keptByServer(items: readonly Item[]): Promise<{ item: Item; node: NodeId }[]> {
    const { link } = this.#options;
    const known = items.flatMap((item) => {
      const node = nodeOf(item.node, link.namespaces);
      return node === undefined ? [] : [{ item, node }];
    });
    const levels = await readAttributes(
      link.session,
      known.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.UserAccessLevel })),
      link.limits,
    );
    return known.filter((_, at) => {
      const level: unknown = levels[at]?.value?.value;
      return typeof level === 'number' && (level & historyRead) !== 0;
    });
  }

  async #readGroup(group: readonly Wanted[]): Promise<void> {
    let open = group;
    const from = group[0]!.from;
    while (open.length > 0 && !this.#stopped) {
      await this.#uncongested();
      if (this.#stopped) break;
      open = await this.#readOnce(open, from);
      if (this.#total >= opcuaLimits.historyValuesMax) {
        this.#options.context.log.warn('history cut off', { historyValuesMax: opcuaLimits.historyValuesMax });
        this.stop();
      }
    }
    await this.#release(open.filter((one) => one.continuation !== undefined));
  }

  async #readOnce(group: readonly Wanted[], from: Microseconds): Promise<Wanted[]> {
    const { link, context } = this.#options;
    const response = await perform<HistoryReadResponse>(link.session, request(group, from, group[0]!.to));
    const next: Wanted[] = [];
    const finished: Wanted[] = [];
    for (const [at, one] of group.entries()) {
      const result = response.results?.[at];
      if (result === undefined || result.statusCode.value >>> 30 === 2) {
        context.count('historyErrors', 1);
        continue;
      }
      const data = result.historyData;
      if (data instanceof HistoryData) await this.#take(one, data);
      const point = result.continuationPoint;
      one.continuation = point && point.length > 0 ? point : undefined;
      if (one.continuation === undefined) continue;
      if (one.values < opcuaLimits.historyValuesPerNodeMax) next.push(one);
      else finished.push(one);
    }
    await this.#release(finished);
    return next;
  }

  async #release(open: readonly Wanted[]): Promise<void> {
    if (open.length === 0) return;
    const release = request(open, open[0]!.from, open[0]!.to);
    release.releaseContinuationPoints = true;
    await perform(this.#options.link.session, release).catch(() => {});
  }

  async #take(one: Wanted, data: object): Promise<void> {
    const { context } = this.#options;
    const read = changesIn(data);
    if (read === undefined || read instanceof Error) {
      context.count('historyErrors', 1);
      return;
    }
    const now = context.clock.now();
    let taken = 0;
    for (let i = 0; i < read.count; i++) {
      const time = read.time[i]!;
      // Not a time, or outside of what was asked for, as bounding values are.
      if (!(time >= one.from && time <= one.to)) continue;
      let value = read.value[i];
      if (value instanceof Variant) value = await this.#translate(value);
      let code = read.status[i]!;
      if (value === undefined && code >>> 30 === 0) code = status.badNoData;
      const broken = typeof value === 'number' && !Number.isFinite(value) && code >>> 30 !== 0;
      put(context, one.item.point, broken ? null : (value ?? null), time, now, code, one.item.node);
      taken++;
    }
    one.values += read.count;
    this.#total += read.count;
    if (taken > 0) context.count('historyValues', taken);
  }

  async #translate(variant: Variant): Promise<unknown> {
    for (let round = 0; ; round++) {
      const value = valueOfVariant(variant, this.#translation);
      if (!this.#structures.wanting || round >= opcuaLimits.structureDepthMax) return value;
      await this.#structures.load();
    }
  }

  #uncongested(): Promise<void> {
    const { intake } = this.#options.context;
    if (!intake.congested) return Promise.resolve();
    return new Promise((resolve) => intake.drained(resolve));
  }
}

function put(
  context: TerminalContext,
  point: Point,
  value: unknown,
  time: Microseconds,
  received: Microseconds,
  code: number,
  source: string,
): void {
  context.intake.batch.add(point, value, time, received, code, `${source} (history)`);
}

function request(group: readonly Wanted[], from: Microseconds, to: Microseconds): HistoryReadRequest {
  return new HistoryReadRequest({
    historyReadDetails: new ReadRawModifiedDetails({
      isReadModified: false,
      startTime: new Date(Math.floor(from / 1000)),
      endTime: new Date(Math.ceil(to / 1000)),
      numValuesPerNode: opcuaLimits.historyValuesPerRequest,
      returnBounds: false,
    }),
    timestampsToReturn: TimestampsToReturn.Both,
    releaseContinuationPoints: false,
    nodesToRead: group.map((one) => ({
      nodeId: one.node,
      ...(one.continuation === undefined ? {} : { continuationPoint: one.continuation }),
    })),
  });
}
