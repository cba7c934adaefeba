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
  /** Where it has parts that can be run alone. */
  parts?: readonly string[];
  run(parts?: readonly string[]): Promise<Row[]>;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `percent` of the values lie (nearest rank). NaN for none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** A number with as many digits as its size deserves, and its unit. */
export function figure(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`;
}

/** Progress for whoever waits; not part of the result. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
