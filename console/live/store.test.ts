import { describe, expect, it } from 'vitest';
import {
  coursePointsMax,
  type Frames,
  flushMillisecondsMin,
  LiveStore,
  seriesKeptMax,
  seriesKey,
} from './store.ts';

function handFrames() {
  const waiting: (() => void)[] = [];
  const frames: Frames & { time: number; run(): void } = {
    time: 0,
    now: () => frames.time,
    next: (callback) => void waiting.push(callback),
    run() {
      frames.time += 16;
      for (const callback of waiting.splice(0)) callback();
    },
  };
  return frames;
}

const good = (time: number, value: unknown) => ({ time, value, quality: 'good' as const });

describe('live store', () => {
  it('tells only the listeners of what changed, and not at every sample', () => {
    const frames = handFrames();
    const store = new LiveStore(frames);
    const told = { a: 0, b: 0 };
    store.subscribe(seriesKey('t', 'a'), () => (told.a += 1));
    store.subscribe(seriesKey('t', 'b'), () => (told.b += 1));
    store.put('t', 'a', good(1, 1));
    store.put('t', 'a', good(2, 2));
    frames.run();
    expect(told).toEqual({ a: 1, b: 0 });
    store.put('t', 'a', good(3, 3));
    for (let i = 0; i < flushMillisecondsMin / 16 - 1; i++) frames.run();
    expect(told.a).toBe(1);
    frames.run();
    frames.run();
    expect(told.a).toBe(2);
    expect(store.latest(seriesKey('t', 'a'))?.value).toBe(3);
  });

  it('does not let a late sample move a live value', () => {
    const store = new LiveStore(handFrames());
    store.put('t', 'a', good(5, 'new'));
    store.put('t', 'a', good(4, 'late'));
    expect(store.latest(seriesKey('t', 'a'))?.value).toBe('new');
  });

  it('holds what is shown while frozen, and shows the newest afterwards', () => {
    const frames = handFrames();
    const store = new LiveStore(frames);
    const key = seriesKey('t', 'a');
    let told = 0;
    store.subscribe(key, () => (told += 1));
    store.put('t', 'a', good(1, 1));
    frames.run();
    store.freeze(true);
    store.put('t', 'a', good(2, 2));
    for (let i = 0; i < 20; i++) frames.run();
    expect([store.latest(key)?.value, told]).toEqual([1, 1]);
    store.freeze(false);
    for (let i = 0; i < 20; i++) frames.run();
    expect([store.latest(key)?.value, told]).toEqual([2, 2]);
  });

  it('keeps a bounded number of series, and never drops a watched one', () => {
    const store = new LiveStore(handFrames());
    store.subscribe(seriesKey('first', 'a'), () => {});
    store.put('first', 'a', good(1, 1));
    store.put('second', 'a', good(1, 1));
    for (let i = 0; i < seriesKeptMax; i++) store.put(`t${i}`, 'a', good(2, i));
    expect(store.latest(seriesKey('first', 'a'))).toBeDefined();
    expect(store.latest(seriesKey('second', 'a'))).toBeUndefined();
  });

  it('keeps a bounded course of a watched series, with gaps at bad values', () => {
    const store = new LiveStore(handFrames());
    const key = seriesKey('t', 'a');
    store.subscribe(key, () => {});
    for (let i = 0; i < coursePointsMax + 10; i++) store.put('t', 'a', good(i, i));
    store.put('t', 'a', { time: 1000, value: 5, quality: 'bad' });
    expect(store.course(key)?.values).toHaveLength(coursePointsMax);
    expect(store.course(key)?.values.at(-1)).toBeNull();
  });
});
