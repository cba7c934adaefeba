import { useSyncExternalStore } from 'react';

/**
 * One clock for all relative times on the page: it ticks once a second while somebody looks, so that a thousand ages cost one
 * timer. The clock may be held (a frozen page) and then stands still for all.
 */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let second = Math.floor(Date.now() / 1000);
let heldAt: number | undefined;

function tick(): void {
  const next = Math.floor((heldAt ?? Date.now()) / 1000);
  if (next === second) return;
  second = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Holds the clock at an instant, or lets it run again with undefined. */
export function holdNow(instant: number | undefined): void {
  heldAt = instant;
  tick();
}

/** True while the clock is held. */
export function isNowHeld(): boolean {
  return heldAt !== undefined;
}

/** Epoch milliseconds, whole multiples of `every` seconds, re-rendering as they change. */
export function useNow(every = 1): number {
  const step = () => Math.floor(second / every) * every * 1000;
  return useSyncExternalStore(subscribe, step, step);
}
