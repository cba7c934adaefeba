import type { Microseconds } from '@millrace/contract';
import type { Reading } from './counter.ts';
import { type Quarter, QuarterLedger } from './quarter.ts';

export interface PowerResult {
  quarters: Quarter[];
  /** Readings not used for their quality or order. */
  unused: number;
  /** Stretches without readings, bridged and not. */
  gaps: { from: Microseconds; to: Microseconds; how: 'interpolated' | 'missing' }[];
  total: number;
  returned: number;
}

/**
 * Consumption by quarter-hour from power or flow, per hour: the trapezoid between neighbouring readings (exact for what is linear
 * between them). Up to `bridgeMicroseconds` without a reading the line between its ends is taken and called interpolated; longer is missing.
 */
export function consumptionFromPower(
  readings: readonly Reading[],
  from: Microseconds,
  to: Microseconds,
  settings: { gapMicroseconds?: number; bridgeMicroseconds?: number } = {},
): PowerResult {
  const gap = settings.gapMicroseconds ?? 120_000_000;
  const bridge = settings.bridgeMicroseconds ?? 3_600_000_000;
  const ledger = new QuarterLedger(from, to);
  const gaps: PowerResult['gaps'] = [];
  let unused = 0;
  let total = 0;
  let returned = 0;
  let before: Reading | undefined;
  for (const reading of readings) {
    if (
      !reading.good ||
      !Number.isFinite(reading.value) ||
      (before !== undefined && reading.time <= before.time)
    ) {
      unused++;
      continue;
    }
    if (before !== undefined) {
      const length = reading.time - before.time;
      if (length > bridge) gaps.push({ from: before.time, to: reading.time, how: 'missing' });
      else {
        const how = length > gap ? 'interpolated' : 'measured';
        if (how === 'interpolated') gaps.push({ from: before.time, to: reading.time, how });
        // Cut at quarters, so that a ramp through an edge is shared as it ran.
        const edges = [before.time];
        for (let edge = Math.floor(before.time / 900e6 + 1) * 900e6; edge < reading.time; edge += 900e6)
          edges.push(edge);
        edges.push(reading.time);
        for (let index = 1; index < edges.length; index++) {
          const [begin, end] = [edges[index - 1]!, edges[index]!];
          const middle = ((begin + end) / 2 - before.time) / length;
          const amount =
            ((before.value + (reading.value - before.value) * middle) * (end - begin)) / 3_600_000_000;
          if (amount >= 0) total += amount;
          else returned -= amount;
          ledger.add(begin, end, amount, how);
        }
      }
    }
    before = reading;
  }
  return { quarters: ledger.quarters(), unused, gaps, total, returned };
}
