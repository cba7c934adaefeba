import type { LiveValue } from '@millrace/contract';
import { useEffect, useSyncExternalStore } from 'react';
import { type Course, type LiveSample, LiveStore, type SeriesKey } from './store.ts';
import { LiveStream, type StreamState } from './stream.ts';

export const liveStore = new LiveStore();

let refused: () => void = () => {};

/** Sets what is asked when the stream breaks: perhaps the session has ended, which the stream itself cannot tell. */
export function onStreamLost(then: () => void): void {
  refused = then;
}

export const liveStream = new LiveStream(liveStore, () => refused());

/** Takes the latest values of a thing, as the API gives them by property, for the stream to go on from. */
export function putValues(thing: string, values: Record<string, Omit<LiveValue, 'property'>>): void {
  for (const [property, value] of Object.entries(values)) {
    const time = value.time === undefined ? Number.NaN : Date.parse(value.time);
    if (Number.isNaN(time)) continue;
    liveStore.put(thing, property, {
      time,
      value: value.value,
      quality: value.quality ?? 'good',
      ...(value.status === undefined ? {} : { status: value.status }),
    });
  }
}

/** Keeps the live values of these things coming while the component is there; undefined stands for all things. */
export function useLiveThings(things: readonly string[] | undefined): void {
  const key = things?.join('\n');
  useEffect(() => liveStream.want(key === undefined ? undefined : key === '' ? [] : key.split('\n')), [key]);
}

/** The latest sample of a series, re-rendering as it changes. */
export function useLatest(key: SeriesKey): LiveSample | undefined {
  return useSyncExternalStore(
    (listener) => liveStore.subscribe(key, listener),
    () => liveStore.latest(key),
  );
}

/** The recent course of a series; read it anew whenever {@link useLatest} of the same series re-renders. */
export function courseOf(key: SeriesKey): Course | undefined {
  return liveStore.course(key);
}

export function useStreamState(): StreamState {
  return useSyncExternalStore(
    (listener) => liveStream.subscribeState(listener),
    () => liveStream.state,
  );
}
