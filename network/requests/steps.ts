import type { LocalText, Microseconds } from '@millrace/contract';
import type { ProviderErrorKind } from '@millrace/sdk';
import type { Item, Leaving } from './item.ts';

/** Times and bounds of asking, reading back and letting go. */
export const requestLimits = {
  retryFirstMilliseconds: 2_000,
  retryMillisecondsMax: 300_000,
  /** A clear no is asked again this often, further and further apart, and then not before a person or a change. */
  refusalsMax: 5,
  refusedRetryFirstMilliseconds: 60_000,
  refusedRetryMillisecondsMax: 3_600_000,
  /** Answers that the specification does not allow: asked again this often. */
  nonsenseMax: 10,
  /** Lost so often without having stood for `steadyMilliseconds` in between, it is not asked for again by itself. */
  lossesMax: 10,
  steadyMilliseconds: 600_000,
  /** What is not seen in force yet is read back soon, what is every so often. */
  readSoonMilliseconds: 2_000,
  readEveryMilliseconds: 30_000,
  /** Each provider is asked at most this often to read back, on the whole. */
  readsPerSecondMax: 20,
  /** Accepted, and not in force for so long: told. */
  silentMilliseconds: 60_000,
  /** What is released stays in the lists for this long. */
  releasedKeptMilliseconds: 3_600_000,
} as const;

/** What is wanted of which provider now; undefined: nothing. */
export interface Desired {
  provider: string;
  digest: string;
}

/** The provider as far as a step needs to know it. */
export interface ProviderView {
  open: boolean;
  /** It changes a binding in place. */
  changes: boolean;
}

export type Step =
  | { do: 'apply' }
  | { do: 'reapply' }
  | { do: 'change' }
  | { do: 'release'; why: Leaving }
  | { do: 'read' }
  | { do: 'end' }
  | { do: 'purge' }
  /** Nothing before `until`; undefined: before something changes. */
  | { do: 'wait'; until: Microseconds | undefined };

/**
 * The next thing to do for one item, so that what is at the provider comes to what is wanted. Pure. There is never more than one placement:
 * what takes another's place is asked for when that is gone, or changes it.
 */
export function nextStep(
  item: Readonly<Item>,
  desired: Desired | undefined,
  view: (provider: string) => ProviderView,
  now: Microseconds,
): Step {
  const { placement, retryAt, halted } = item;
  const held = retryAt !== undefined && retryAt > now ? retryAt : undefined;
  if (placement === undefined) {
    if (desired === undefined) {
      if (item.wanted) return { do: 'wait', until: undefined };
      // What no network ever had is gone at once.
      if (item.endedAt === undefined) return { do: item.stages.accepted === undefined ? 'purge' : 'end' };
      const until = item.endedAt + requestLimits.releasedKeptMilliseconds * 1000;
      return until <= now ? { do: 'purge' } : { do: 'wait', until };
    }
    if (halted !== undefined) return { do: 'wait', until: undefined };
    if (held !== undefined) return { do: 'wait', until: held };
    return view(desired.provider).open ? { do: 'apply' } : { do: 'wait', until: undefined };
  }
  const { open, changes } = view(placement.provider);
  // It may be there: to know, it is asked for once more by the same key, even where it is only to be released.
  if (placement.phase === 'sending') {
    const still = desired !== undefined && desired.digest === placement.digest;
    if (still && halted !== undefined) return { do: 'wait', until: undefined };
    if (!open) return { do: 'wait', until: undefined };
    return held === undefined ? { do: 'reapply' } : { do: 'wait', until: held };
  }
  const leaving =
    placement.leaving ??
    (placement.expires !== undefined && placement.expires <= now
      ? ('expired' as const)
      : desired === undefined
        ? ('unwanted' as const)
        : desired.provider !== placement.provider
          ? ('changed' as const)
          : undefined);
  if (!open) return { do: 'wait', until: undefined };
  if (leaving !== undefined)
    return held === undefined ? { do: 'release', why: leaving } : { do: 'wait', until: held };
  // A change that was refused for good leaves what is there: it is read back as before.
  if (desired!.digest !== placement.digest && halted === undefined) {
    if (held !== undefined) return { do: 'wait', until: held };
    return changes ? { do: 'change' } : { do: 'release', why: 'changed' };
  }
  const readAt = item.readAt ?? now;
  const until = placement.expires === undefined ? readAt : Math.min(readAt, placement.expires);
  return until <= now ? { do: 'read' } : { do: 'wait', until };
}

const doubled = (first: number, most: number, times: number): number =>
  Math.min(most, first * 2 ** Math.min(times, 20));

/** When to ask again after a call failed, and whether at all. `attempts`: failures in a row, this one counted. */
export function afterFailure(
  kind: ProviderErrorKind,
  attempts: number,
  releasing: boolean,
): { milliseconds: number; halted: boolean } {
  const limits = requestLimits;
  const soon = doubled(limits.retryFirstMilliseconds, limits.retryMillisecondsMax, attempts - 1);
  // What is to go is let go of, however long it takes: otherwise it would stand there for ever.
  if (releasing) return { milliseconds: soon, halted: false };
  switch (kind) {
    case 'unavailable':
      return { milliseconds: soon, halted: false };
    case 'nonsense':
      return { milliseconds: soon, halted: attempts >= limits.nonsenseMax };
    case 'refused':
    case 'gone':
      return {
        milliseconds: doubled(
          limits.refusedRetryFirstMilliseconds,
          limits.refusedRetryMillisecondsMax,
          attempts - 1,
        ),
        halted: attempts >= limits.refusalsMax,
      };
    case 'settings':
    case 'denied':
    case 'unsupported':
      return { milliseconds: 0, halted: true };
  }
}

/** When to ask again for what was lost. `losses`: this one counted. */
export function afterLoss(losses: number): { milliseconds: number; halted: boolean } {
  return {
    milliseconds: doubled(
      requestLimits.retryFirstMilliseconds,
      requestLimits.retryMillisecondsMax,
      losses - 1,
    ),
    halted: losses >= requestLimits.lossesMax,
  };
}

/** How long until it is read back again. `items`: of this provider. */
export function readAfter(seen: boolean, acceptedFor: number, items: number): number {
  const { readSoonMilliseconds, readEveryMilliseconds, readsPerSecondMax } = requestLimits;
  const spread = (items / readsPerSecondMax) * 1000;
  // Not in force yet: soon at first, then as its age goes.
  const soon = Math.min(readEveryMilliseconds, Math.max(readSoonMilliseconds, acceptedFor / 2));
  return Math.max(seen ? readEveryMilliseconds : soon, spread);
}

export const lossWords: Readonly<Record<Exclude<Leaving, 'unwanted' | 'changed'>, LocalText>> = {
  forgotten: {
    en: 'The network accepted it and knows nothing of it any more.',
    zh: '网络曾接受该请求，但现在已无记录。',
  },
  revoked: {
    en: 'It was in force, and the network has taken it back.',
    zh: '曾经生效，但网络已将其撤销。',
  },
  expired: { en: 'Its time at the network is over.', zh: '在网络侧的有效期已到。' },
};
