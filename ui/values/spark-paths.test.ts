import { describe, expect, it } from 'vitest';
import { traceOf } from '../charts/trace.ts';
import { sparkPaths } from './spark-paths.ts';

const box = { from: 0, to: 100, normal: undefined, width: 100, height: 24 };
const good = (time: number, value: unknown) => ({ time, value, quality: 'good' as const });

describe('sparkline', () => {
  it('draws from the lowest to the highest', () => {
    expect(sparkPaths(traceOf([good(0, 0), good(50, 10), good(100, 5)], undefined), box)?.line).toBe(
      'M0 22L50 2L100 12',
    );
  });
  it('keeps both extremes of a span and breaks at bad values', () => {
    const trace = traceOf(
      [good(0, 0), good(1, 10), { time: 50, value: null, quality: 'bad' as const }, good(80, 5), good(81, 6)],
      10,
    );
    const paths = sparkPaths(trace, box);
    expect(paths?.line).toBe('M0 22L0 2M80 12L80 10');
    expect(paths?.bad).toBe('M50 23H80');
  });
  it('shows the band behind, but not where it would flatten the line', () => {
    const trace = traceOf([good(0, 4), good(100, 6)], undefined);
    expect(sparkPaths(trace, { ...box, normal: { min: 0, max: 10 } })?.band).toEqual({ top: 2, height: 20 });
    expect(sparkPaths(trace, { ...box, normal: { max: 1000 } })?.line).toBe('M0 22L100 2');
  });
  it('draws nothing without a number', () => {
    expect(sparkPaths(traceOf([good(0, 'x')], undefined), box)).toBeUndefined();
    expect(sparkPaths(undefined, box)).toBeUndefined();
  });
});
