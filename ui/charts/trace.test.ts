import { describe, expect, it } from 'vitest';
import { aligned, runsOf, type TraceSample, traceOf, withHeld } from './trace.ts';

const good = (time: number, value: unknown): TraceSample => ({ time, value, quality: 'good' });
const each = (count: number, step: number, value: (i: number) => unknown, from = 0) =>
  Array.from({ length: count }, (_, i) => good(from + i * step, value(i)));

describe('trace', () => {
  it('draws every sample of a raw range', () => {
    const trace = traceOf(
      each(20, 1000, (i) => i),
      undefined,
    );
    expect(trace.times).toHaveLength(20);
    expect(trace.low).toEqual(trace.high);
    expect([trace.least, trace.most, trace.count, trace.last?.value]).toEqual([0, 19, 20, 19]);
  });

  it('keeps the lowest and the highest of each span, so that no peak is lost', () => {
    const samples = each(100, 500, (i) => (i % 2 === 0 ? -i : i));
    const trace = traceOf(samples, 1000);
    expect(trace.times).toHaveLength(50);
    expect(trace.low[10]).toBe(-20);
    expect(trace.high[10]).toBe(21);
    expect(trace.most).toBe(99);
    expect(trace.least).toBe(-98);
  });

  it('breaks the line at a bad value and marks the stretch', () => {
    const samples = each(20, 1000, () => 5);
    samples[7] = { time: 7000, value: null, quality: 'bad', status: 'BadTimeout' };
    samples[8] = { time: 8000, value: null, quality: 'bad', status: 'BadTimeout' };
    const trace = traceOf(samples, undefined);
    expect(trace.low[7]).toBeNull();
    expect(trace.stretches).toEqual([{ from: 7000, to: 9000, quality: 'bad', status: 'BadTimeout' }]);
    expect(trace.count).toBe(18);
  });

  it('draws an uncertain value but marks it', () => {
    const samples = each(20, 1000, () => 5);
    samples[3] = { time: 3000, value: 6, quality: 'uncertain' };
    const trace = traceOf(samples, undefined);
    expect(trace.high[3]).toBe(6);
    expect(trace.stretches).toEqual([{ from: 3000, to: 4000, quality: 'uncertain' }]);
  });

  it('leaves a gap where samples stopped coming', () => {
    const samples = [...each(30, 1000, () => 1), ...each(30, 1000, () => 2, 120_000)];
    const trace = traceOf(samples, undefined);
    const gap = trace.low.indexOf(null);
    expect(gap).toBe(30);
    expect(trace.times[gap]).toBeGreaterThan(29_000);
    expect(trace.times[gap]).toBeLessThan(120_000);
  });

  it('does not take a slower pace for gaps', () => {
    const samples = [...each(500, 1000, () => 1), ...each(40, 30_000, () => 2, 530_000)];
    expect(traceOf(samples, undefined).low).not.toContain(null);
    const lost = samples.filter((_, i) => i < 100 || i > 130);
    expect(traceOf(lost, undefined).low.filter((low) => low === null)).toHaveLength(1);
  });

  it('does not tear apart values that are sent on change', () => {
    const times = [0, 200, 9000, 9100, 30_000, 31_000, 52_000, 52_300, 80_000, 81_000, 95_000];
    const trace = traceOf(
      times.map((time) => good(time, time)),
      undefined,
    );
    expect(trace.low).not.toContain(null);
  });

  it('takes booleans as 0 and 1, and text and NaN as gaps', () => {
    const trace = traceOf([good(0, true), good(1, false), good(2, 'x'), good(3, Number.NaN)], undefined);
    expect(trace.low).toEqual([1, 0, null, null]);
  });

  it('puts several on one axis', () => {
    const a = traceOf([good(0, 1), good(2, 2)], undefined);
    const b = traceOf([good(1, 5), good(2, 'gap')], undefined);
    expect(aligned([a, b])).toEqual({
      times: [0, 1, 2],
      lows: [
        [1, undefined, 2],
        [undefined, 5, null],
      ],
      highs: [
        [1, undefined, 2],
        [undefined, 5, null],
      ],
    });
  });

  it('holds a value through the silence of a source that sends on change', () => {
    const samples = [...each(30, 1000, () => 1), ...each(30, 1000, () => 2, 120_000)];
    const trace = traceOf(samples, undefined, true);
    expect(trace.held).toEqual([{ from: 29_000, to: 120_000, value: 1 }]);
    expect(trace.low).toContain(null);
    samples[29] = { time: 29_000, value: null, quality: 'bad' };
    expect(traceOf(samples, undefined, true).held).toEqual([]);
  });

  it('says what still holds although nothing came', () => {
    const some = traceOf([good(5, 1), good(8, 2)], undefined);
    expect(withHeld(some, { time: 8, value: 2, quality: 'good' }, 0, 20).held).toEqual([
      { from: 8, to: 20, value: 2 },
    ]);
    const none = traceOf([], undefined);
    expect(withHeld(none, { time: -50, value: true, quality: 'good' }, 0, 20).held).toEqual([
      { from: 0, to: 20, value: 1 },
    ]);
    for (const latest of [
      undefined,
      { time: 8, value: 'idle', quality: 'good' as const },
      { time: 12, value: 3, quality: 'good' as const },
      { time: 30, value: 3, quality: 'good' as const },
    ]) {
      expect(withHeld(some, latest, 0, 20).held).toEqual([]);
    }
  });

  it('says that what is bad stays bad', () => {
    const samples = [
      ...each(10, 1000, () => 1),
      { time: 10_000, value: null, quality: 'bad' as const },
      good(70_000, 2),
    ];
    expect(traceOf(samples, undefined).stretches).toEqual([{ from: 10_000, to: 70_000, quality: 'bad' }]);
    const lost = traceOf(samples.slice(0, 11), undefined);
    const latest = { time: 10_000, value: null, quality: 'bad' as const, status: 'BadNotConnected' };
    expect(withHeld(lost, latest, 0, 90_000).stretches.at(-1)).toEqual({
      from: 10_000,
      to: 90_000,
      quality: 'bad',
      status: 'BadNotConnected',
    });
  });

  it('joins equal states into runs', () => {
    expect(runsOf([good(0, 'idle'), good(5, 'idle'), good(9, 'run')], 20)).toEqual([
      { from: 0, to: 9, value: 'idle', quality: 'good' },
      { from: 9, to: 20, value: 'run', quality: 'good' },
    ]);
  });

  it('is empty without samples', () => {
    expect(traceOf([], 1000)).toMatchObject({ times: [], count: 0, least: undefined });
    expect(runsOf([], 5)).toEqual([]);
  });
});
