/** One figure of a bench. All but `reached` are for people; numbers carry their unit. */
export interface Row {
  what: string;
  /** What it has to reach. */
  reach: string;
  measured: string;
  /** The same from the bare parts, or from a peer, in the same run. */
  ceiling: string;
  reached: boolean;
}

export interface Bench {
  name: string;
  run(): Promise<Row[]>;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `percent` of the values lie (nearest rank). NaN for none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
