import {
  boundsOf,
  formatRange,
  holdNow,
  parseRange,
  rangeDefault,
  type TimeRange,
  useNow,
} from '@millrace/ui';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { liveStore } from '../live/live.ts';

/** The part of the URL that follows a person through all pages. */
export interface TimeSearch {
  /** See `parseRange`; without it the last hour. */
  range?: string;
  /** RFC 3339: the view is frozen at this instant. */
  at?: string;
}

/** Reads the part from a URL that anybody may have typed. */
export function timeSearch(search: Record<string, unknown>): TimeSearch {
  const { range, at } = search;
  return {
    ...(typeof range === 'string' && parseRange(range) !== undefined && range !== rangeDefault
      ? { range }
      : {}),
    ...(typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? { at } : {}),
  };
}

export interface TimeState {
  range: TimeRange;
  /** Epoch milliseconds at which the view stands still, or undefined while it follows the plant. */
  frozen: number | undefined;
  setRange(range: TimeRange): void;
  freeze(frozen: boolean): void;
}

export function useTimeState(): TimeState {
  const search = useSearch({ strict: false }) as TimeSearch;
  const navigate = useNavigate();
  const range = useMemo(
    () => parseRange(search.range ?? rangeDefault) ?? parseRange(rangeDefault)!,
    [search.range],
  );
  const frozen = search.at === undefined ? undefined : Date.parse(search.at);
  return useMemo(() => {
    const set = (change: TimeSearch) =>
      void navigate({
        to: '.',
        search: ((previous: TimeSearch) => ({ ...previous, ...change })) as never,
        replace: true,
        resetScroll: false,
      });
    return {
      range,
      frozen,
      setRange: (next) => {
        const text = formatRange(next);
        set({ range: text === rangeDefault ? undefined : text });
      },
      freeze: (on) => set({ at: on ? new Date().toISOString() : undefined }),
    };
  }, [range, frozen, navigate]);
}

/** Makes clock and live values stand still while the URL says so. Once, in the shell. */
export function useFreeze(frozen: number | undefined): void {
  useEffect(() => {
    holdNow(frozen);
    liveStore.freeze(frozen !== undefined);
  }, [frozen]);
}

/**
 * The ends of the range in force, moving on in steps that fit its length: a chart of an hour is asked for every few seconds, one
 * of a month every few minutes.
 */
export function useBounds(): { from: number; to: number; live: boolean } {
  const { range, frozen } = useTimeState();
  const length = range.kind === 'last' ? range.milliseconds : range.to - range.from;
  const every = Math.min(300, Math.max(2, Math.round(length / 720_000)));
  const now = useNow(every);
  // The end is rounded up: what came a moment ago belongs to the last hour.
  const { from, to } = boundsOf(range, frozen ?? now + every * 1000);
  return useMemo(
    () => ({ from, to, live: range.kind === 'last' && frozen === undefined }),
    [from, to, range.kind, frozen],
  );
}
