import type { LocalText, Microseconds } from '@millrace/contract';
import { fate, type ProbeColumns } from '@millrace/sdk';

export const senderReportLimits = {
  probesMax: 1_000,
  /** A report about times longer ago than this, or ahead, is refused. */
  ageMicrosecondsMax: 86_400_000_000,
  aheadMicrosecondsMax: 300_000_000,
} as const;

/** A report of a terminal-side sender, checked. Uplink and downlink are the terminal's: it sends up, the answer comes down. */
export interface ReadSenderReport {
  terminal: string;
  intervalMs: number;
  timeoutMs: number;
  octets: number;
  /** Number of the first probe in the sender's whole series: to see that a report is new, and what is missing before it. */
  first: number;
  dropped: number;
  /** Which series `first` counts; undefined: not told. */
  series: number | undefined;
  /** The sender's own noise. */
  noise: readonly { share: number; microseconds: number }[];
  /** Times of sending by the platform's clock, where the report tells what the terminal's said. */
  columns: ProbeColumns;
}

/** A sender that does not tell its own noise may be late by this; ms of an event loop. */
const noiseNotTold = [
  { share: 0.5, microseconds: 10_000 },
  { share: 0.999, microseconds: 10_000 },
];

export interface ReportProblem {
  problem: LocalText;
}

/**
 * Reads what a terminal-side sender reports. It comes from outside: whatever is not exactly a report, or could not have been measured, is
 * refused as a whole, in words, and nothing of it is used. `terminal`: who the credentials say it is; it may report for itself only.
 */
export function readSenderReport(
  body: unknown,
  terminal: string,
  now: Microseconds,
): ReadSenderReport | ReportProblem {
  const refuse = (en: string, zh: string): ReportProblem => ({ problem: { en, zh } });
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return refuse('A report is a JSON object.', '报告必须是 JSON 对象。');
  const report = body as Record<string, unknown>;
  if (report['version'] !== 1) return refuse('The report is not of version 1.', '报告版本不是 1。');
  if (report['terminal'] !== terminal)
    return refuse(
      `These credentials report for terminal "${terminal}" only.`,
      `此凭据只能为终端“${terminal}”提交报告。`,
    );
  const whole = (name: string, least: number, most: number): number | undefined => {
    const value = report[name];
    return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined;
  };
  const intervalMs = whole('intervalMs', 5, 3_600_000);
  const timeoutMs = whole('timeoutMs', 10, 60_000);
  const octets = whole('octets', 38, 9_216);
  const first = whole('first', 0, Number.MAX_SAFE_INTEGER);
  const dropped = whole('dropped', 0, Number.MAX_SAFE_INTEGER);
  if (
    intervalMs === undefined ||
    timeoutMs === undefined ||
    octets === undefined ||
    first === undefined ||
    dropped === undefined
  )
    return refuse(
      'intervalMs, timeoutMs, octets, first and dropped are whole numbers within their bounds.',
      'intervalMs、timeoutMs、octets、first、dropped 必须是取值范围内的整数。',
    );
  const series = whole('series', 0, 4_294_967_295);
  if (report['series'] !== undefined && series === undefined)
    return refuse('series is a whole number of 32 bits.', 'series 必须是 32 位整数。');
  const told = report['time'];
  if (told !== undefined && !(typeof told === 'number' && Number.isFinite(told)))
    return refuse(
      "time is what the terminal's clock says, in microseconds.",
      'time 必须是终端时钟的微秒数。',
    );
  const ahead = told === undefined ? 0 : now - told;
  const noise = readNoise(report['noise']);
  if (noise === undefined)
    return refuse(
      'noise is a list of at most 8 shares, ascending, each with its microseconds.',
      'noise 必须是按比例升序、至多 8 项的列表，每项含微秒数。',
    );
  const { sent, roundTrip, count: counts } = report;
  if (!Array.isArray(sent) || !Array.isArray(roundTrip) || !Array.isArray(counts))
    return refuse('sent, roundTrip and count are lists.', 'sent、roundTrip、count 必须是数组。');
  const count = sent.length;
  if (
    count === 0 ||
    count > senderReportLimits.probesMax ||
    roundTrip.length !== count ||
    counts.length !== count
  )
    return refuse(
      `sent, roundTrip and count have the same length, 1 to ${senderReportLimits.probesMax}.`,
      `sent、roundTrip、count 长度必须相同，为 1 到 ${senderReportLimits.probesMax}。`,
    );
  const columns = {
    count,
    sent: new Float64Array(count),
    roundTrip: new Float64Array(count).fill(Number.NaN),
    uplink: new Float64Array(count).fill(Number.NaN),
    downlink: new Float64Array(count).fill(Number.NaN),
    fate: new Uint8Array(count),
    lateness: new Float64Array(count).fill(Number.NaN),
  };
  for (let at = 0; at < count; at++) {
    const written: unknown = sent[at];
    const time = typeof written === 'number' ? written + ahead : undefined;
    const away: unknown = roundTrip[at];
    const own: unknown = counts[at];
    const before = at === 0 ? Number.NEGATIVE_INFINITY : columns.sent[at - 1]!;
    if (time === undefined || !Number.isFinite(time) || time < before)
      return refuse(
        `Probe ${at}: the times of sending are numbers and do not go back.`,
        `第 ${at} 个探测：发送时间必须是数字且不能倒退。`,
      );
    if (
      time > now + senderReportLimits.aheadMicrosecondsMax ||
      time < now - senderReportLimits.ageMicrosecondsMax
    )
      return refuse(
        `Probe ${at} was sent at ${time} µs by the terminal's clock: more than a day ago, or in the future. Set its clock.`,
        `第 ${at} 个探测的发送时间早于一天前或在未来，请校准终端时钟。`,
      );
    columns.sent[at] = time;
    if (away === null && own === null) {
      columns.fate[at] = fate.lost;
      continue;
    }
    const isLate = away === null;
    if (!isLate && (typeof away !== 'number' || !(away >= 0) || away > timeoutMs * 1_000))
      return refuse(
        `Probe ${at}: a round trip lies between 0 and the timeout, or is null.`,
        `第 ${at} 个探测：往返时间应在 0 与超时之间，或为 null。`,
      );
    if (typeof own !== 'number' || !Number.isInteger(own) || own < 0 || own > 4_294_967_295)
      return refuse(
        `Probe ${at}: the reflector's count is a whole number of 32 bits.`,
        `第 ${at} 个探测：反射器计数必须是 32 位整数。`,
      );
    columns.fate[at] = isLate ? fate.lost : fate.arrived;
    if (!isLate) columns.roundTrip[at] = away as number;
  }
  tellDirections(columns, counts as (number | null)[], first);
  return {
    terminal,
    intervalMs,
    timeoutMs,
    octets,
    first,
    dropped,
    series,
    noise: noise.length === 0 ? noiseNotTold : noise,
    columns,
  };
}

/** Undefined: not a list of shares with what they are. */
function readNoise(value: unknown): { share: number; microseconds: number }[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > 8) return undefined;
  let before = 0;
  const noise: { share: number; microseconds: number }[] = [];
  for (const one of value as unknown[]) {
    const { share, microseconds } = (one ?? {}) as Record<string, unknown>;
    if (typeof share !== 'number' || !(share > before && share < 1)) return undefined;
    if (typeof microseconds !== 'number' || !(microseconds >= 0 && microseconds <= 60_000_000))
      return undefined;
    before = share;
    noise.push({ share, microseconds });
  }
  return noise;
}

/**
 * In which direction probes between two answers were lost, by the reflector's count. The sender's numbers begin at 1, the count at 0: a
 * count that is the sender's number is no count of its own.
 */
function tellDirections(columns: ProbeColumns, counts: readonly (number | null)[], first: number): void {
  const directions = columns.fate as Uint8Array;
  let last = -1;
  let lates = 0;
  for (let at = 0; at < columns.count; at++) {
    const own = counts[at];
    if (own === null || own === undefined) continue;
    if (columns.fate[at] === fate.lost) {
      lates += 1;
      continue;
    }
    const before = last < 0 ? undefined : counts[last];
    const losses = at - last - 1;
    if (before !== null && before !== undefined && losses > 0) {
      const isStateful = own !== first + at + 1 && before !== first + last + 1;
      const reached = own - before - 1;
      const direction =
        !isStateful || lates > 0 || reached < 0 || reached > losses
          ? fate.lost
          : reached === 0
            ? fate.lostUplink
            : reached === losses
              ? fate.lostDownlink
              : fate.lost;
      directions.fill(direction, last + 1, at);
    }
    last = at;
    lates = 0;
  }
}
