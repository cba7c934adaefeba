import type { Lease } from '@millrace/contract';
import { notify } from '@millrace/ui';
import { useSyncExternalStore } from 'react';
import { ApiError, api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { consoleSay } from '../../words/index.ts';

/**
 * The leases this window holds, and their signs of life: a person who touches nothing for a while, or whose window is gone, gives none, and the
 * lease runs out. Tokens stay in this window: another one of the same person is another holder.
 */
const storageKey = 'millrace.leases';
/** Without a key, a pointer or a touch for this long nobody is taken to be there. */
export const attentionMilliseconds = 120_000;
const checkMilliseconds = 1000;

interface Kept {
  thing: string;
  token: number;
  seconds: number;
  /** Epoch milliseconds, by this window's clock. */
  renewed: number;
}

const kept = new Map<string, Kept>();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let touched = Date.now();

function load(): void {
  try {
    for (const one of JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as Kept[])
      if (typeof one.token === 'number') kept.set(one.thing, one);
  } catch {
    sessionStorage.removeItem(storageKey);
  }
  if (kept.size > 0) start();
}

/** What `useKeptLeases` shows: a new text whenever a lease is taken or dropped here, and only then. */
let marks = '';

function changed(): void {
  marks = [...kept.values()].map(({ thing, token }) => `${thing} ${token}`).join('\n');
  sessionStorage.setItem(storageKey, JSON.stringify([...kept.values()]));
  for (const listener of listeners) listener();
}

function start(): void {
  if (timer !== undefined) return;
  for (const kind of ['pointerdown', 'pointermove', 'keydown', 'touchstart'] as const)
    addEventListener(kind, () => (touched = Date.now()), { passive: true });
  timer = setInterval(() => {
    const now = Date.now();
    if (now - touched > attentionMilliseconds || document.visibilityState === 'hidden') return;
    for (const one of kept.values()) if (now - one.renewed > (one.seconds * 1000) / 3) void renew(one);
  }, checkMilliseconds);
}

async function renew(one: Kept): Promise<void> {
  one.renewed = Date.now();
  try {
    await take(
      api.PUT('/api/things/{id}/lease', { params: { path: { id: one.thing } }, body: { token: one.token } }),
    );
  } catch (error) {
    // Only a word of the platform ends it; a network that is away for a moment does not.
    if (!(error instanceof ApiError) || error.problem.status !== 409) return;
    drop(one.thing);
    notify({ kind: 'error', title: problemWords(error, consoleSay).title });
  }
}

export function keep(lease: Lease): void {
  if (lease.token === undefined) return;
  kept.set(lease.thing, {
    thing: lease.thing,
    token: lease.token,
    seconds: lease.seconds,
    renewed: Date.now(),
  });
  touched = Date.now();
  start();
  changed();
}

export function drop(thing: string): void {
  if (kept.delete(thing)) changed();
}

/** Token of the lease this window holds on a thing. */
export function useLeaseToken(thing: string): number | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => kept.get(thing)?.token,
  );
}

/** Changes with the leases that this window holds. */
export function useKeptLeases(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => marks,
  );
}

/** Epoch milliseconds until which a lease of this window lasts from its last sign of life. */
export function leaseEnd(thing: string, token: number | undefined): number | undefined {
  const one = kept.get(thing);
  return one === undefined || one.token !== token ? undefined : one.renewed + one.seconds * 1000;
}

export function leaseToken(thing: string): number | undefined {
  return kept.get(thing)?.token;
}

load();
