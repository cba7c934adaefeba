/** Rates as 3GPP's interfaces write them (TS 29.571, BitRate): a figure and bps, Kbps, Mbps, Gbps or Tbps. */
const units = ['Kbps', 'Mbps', 'Gbps', 'Tbps'] as const;

/** 20000 kbit/s → "20 Mbps": the largest unit that keeps it whole. */
export function bitRate(kilobits: number): string {
  if (kilobits > 0 && kilobits < 1) return `${Math.round(kilobits * 1000)} bps`;
  let value = Math.round(kilobits);
  let unit = 0;
  while (value !== 0 && value % 1000 === 0 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value} ${units[unit]}`;
}

/** "20 Mbps" → 20000 kbit/s; undefined where it is no rate. */
export function readBitRate(text: string): number | undefined {
  const [, figure, unit] = /^(\d+(?:\.\d+)?) ?(bps|Kbps|Mbps|Gbps|Tbps)$/.exec(text) ?? [];
  if (figure === undefined) return undefined;
  const factor = { bps: 0.001, Kbps: 1, Mbps: 1e3, Gbps: 1e6, Tbps: 1e9 }[unit as 'bps'];
  return Number(figure) * factor;
}
