import { describe, expect, it } from 'vitest';
import { LiveStore, seriesKey } from './store.ts';
import { LiveStream, type Source, type StreamPorts, thingsFilteredMax } from './stream.ts';

function setup() {
  const sources: (Source & { url: string; closed: boolean })[] = [];
  const timers = new Set<{ at: number; then: () => void }>();
  let now = 0;
  const ports: StreamPorts = {
    open: (url) => {
      const source = {
        url,
        closed: false,
        onopen: null,
        onmessage: null,
        onerror: null,
        close() {
          source.closed = true;
        },
      };
      sources.push(source);
      return source;
    },
    after: (milliseconds, then) => {
      const timer = { at: now + milliseconds, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    random: () => 0,
  };
  const store = new LiveStore({ now: () => now, next: () => {} });
  let refused = 0;
  const stream = new LiveStream(store, () => (refused += 1), ports);
  const pass = (milliseconds: number) => {
    now += milliseconds;
    for (const timer of [...timers]) {
      if (timer.at > now) continue;
      timers.delete(timer);
      timer.then();
    }
  };
  return { stream, store, sources, pass, refused: () => refused };
}

describe('live stream', () => {
  it('opens one stream for all that the page wants, and closes it when nothing is wanted', () => {
    const { stream, sources, pass } = setup();
    const one = stream.want(['b']);
    const two = stream.want(['a', 'b']);
    pass(100);
    expect(sources.map((source) => source.url)).toEqual(['/api/live?thing=a&thing=b']);
    one();
    pass(100);
    expect(sources).toHaveLength(1);
    two();
    pass(100);
    expect(sources[0]!.closed).toBe(true);
    expect(stream.state).toBe('idle');
  });

  it('encodes ids and takes everything when there are too many to name', () => {
    const { stream, sources, pass } = setup();
    const done = stream.want(['urn:a/b&c']);
    pass(100);
    expect(sources[0]!.url).toBe('/api/live?thing=urn%3Aa%2Fb%26c');
    done();
    stream.want(Array.from({ length: thingsFilteredMax + 1 }, (_, i) => `t${i}`));
    pass(100);
    expect(sources[1]!.url).toBe('/api/live');
  });

  it('puts samples into the store and lets nonsense pass', () => {
    const { stream, store, sources, pass } = setup();
    stream.want(undefined);
    pass(100);
    const source = sources[0]!;
    source.onopen!();
    expect(stream.state).toBe('open');
    for (const data of ['', '{', 'null', '[]', '{"samples":5}', '{"samples":[{"time":"never"}]}']) {
      source.onmessage!({ data });
    }
    expect(store.count).toBe(0);
    source.onmessage!({
      data: JSON.stringify({
        samples: [{ thing: 't', property: 'p', time: '2026-05-01T00:00:00Z', value: 7, quality: 'good' }],
      }),
    });
    expect(store.latest(seriesKey('t', 'p'))?.value).toBe(7);
  });

  it('comes back with growing waits', () => {
    const { stream, sources, pass, refused } = setup();
    stream.want(undefined);
    pass(100);
    for (const [index, wait] of [500, 1000, 2000, 4000].entries()) {
      sources[index]!.onerror!();
      expect(stream.state).toBe('lost');
      pass(wait - 1);
      expect(sources).toHaveLength(index + 1);
      pass(1);
      expect(sources).toHaveLength(index + 2);
    }
    expect(refused()).toBe(4);
    sources[4]!.onopen!();
    sources[4]!.onerror!();
    pass(500);
    expect(sources).toHaveLength(6);
  });
});
