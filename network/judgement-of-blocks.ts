import type { ServiceLevel } from '@millrace/contract';
import type { BlockFigures, Judged, Judgement } from './inventory/index.ts';
import { type Block, figuresOf, isBlock, judge, merge, summarise } from './judgement/index.ts';

/** Judgement as the cycle asks for it: blocks one at a time, and one set of figures of each. */
export const judgementOfBlocks: Judgement<unknown> = {
  readable: isBlock,
  summarise,
  merge: (a, b) => merge(a as Block, b as Block),
  judge: (level: ServiceLevel, block: unknown): Judged => {
    const one = block as Block;
    const { state, criteria, reason } = judge(level, [one], one.to, { over: 'whole' });
    return { state, criteria, reason };
  },
  figures: (_level, block): BlockFigures => {
    const { tracks } = figuresOf(block as Block);
    // Probes tell of round trips; what came by itself tells of a path only where nothing else does.
    const best = [...tracks].sort(
      (a, b) =>
        Number(b.roundTrip !== undefined) - Number(a.roundTrip !== undefined) ||
        Number(b.uplink !== undefined) - Number(a.uplink !== undefined) ||
        b.messages - a.messages,
    )[0];
    const trip = best?.roundTrip ?? best?.uplink ?? best?.downlink;
    return {
      messages: best?.messages ?? 0,
      lost: Math.round((best?.lossRatio ?? 0) * (best?.messages ?? 0)),
      p50Ms: trip?.p50,
      p95Ms: trip?.p95,
      p99Ms: trip?.p99,
      jitterMs: best?.variationMs,
      upShare:
        best?.observedSeconds === undefined || best.observedSeconds <= 0
          ? undefined
          : 1 - Math.min(1, (best.downSeconds ?? 0) / best.observedSeconds),
      downSeconds: best?.downSeconds ?? 0,
      downEvents: best?.downEvents ?? 0,
      method: best?.method,
    };
  },
};
