import {
  type Arp,
  checkServiceLevel,
  type Derivation,
  type FieldProblem,
  type FiveQi,
  type LocalText,
  type Qos,
  type ServiceLevel,
  type SliceProfile,
} from '@millrace/contract';
import { derivable, promisedShare } from './five-qi.ts';

/** IPv6 and UDP: what a message carries on top of itself. IPv4 needs 20 bytes less. */
export const headerBytes = 48;
/** Payload of one packet that passes GTP-U and VXLAN on links of 1500. */
export const packetPayloadBytes = 1352;
/** Guaranteed over needed, where nobody says otherwise: retransmissions, clocks that drift, bursts of two messages. */
export const headroomDefault = 1.2;
/** From user plane function to platform, where nobody says otherwise: a switch or two of the plant's own. */
export const outsideMsDefault = 1;
/** Maximum over guaranteed: a message that waited is caught up with within its own interval. */
export const maximumOverGuaranteed = 2;
/** Flows whose level and application say no priority. */
export const priorityDefault = 5;

export interface DeriveOptions {
  /** 1 is kept longest, 9 thinned first. */
  priority?: number | undefined;
  terminals?: number | undefined;
  outsideMs?: number | undefined;
  headroom?: number | undefined;
}

const say = (en: string, zh: string): LocalText => ({ en, zh });
const figure = (value: number): string => String(Number(value.toPrecision(4)));

/** ARP level by the plant's own priority. 1 is left for what is more urgent than anything a plan knows of. */
const arpLevels = [2, 3, 4, 5, 6, 8, 10, 12, 14] as const;

export function arpOf(priority: number): Arp {
  return {
    priorityLevel: arpLevels[Math.min(9, Math.max(1, Math.round(priority))) - 1]!,
    mayPreempt: priority <= 3,
    preemptable: priority >= 5,
  };
}

/** Bytes on the wire of one message, in packets that fit. */
export function wireBytes(messageBytes: number): number {
  return messageBytes + Math.ceil(messageBytes / packetPayloadBytes) * headerBytes;
}

/**
 * Rates that the messages of a level make for one terminal, kbit/s, without headroom. Undefined: the level says nothing of a rate.
 */
export function ratesOf(level: ServiceLevel): { uplink: number | undefined; downlink: number | undefined } {
  const { messageBytes, transferIntervalMs, latency, trafficClass, burstBytes } = level;
  const path = latency?.path ?? 'uplink';
  let made: number | undefined;
  if (messageBytes !== undefined && transferIntervalMs !== undefined)
    made = (wireBytes(messageBytes) * 8) / transferIntervalMs;
  else if (trafficClass === 'aperiodic-deterministic') {
    const bytes = burstBytes ?? messageBytes;
    const within = latency?.within[0]?.ms;
    // One message may come at any time and has to be through by its deadline.
    if (bytes !== undefined && within !== undefined)
      made = (wireBytes(bytes) * 8) / (path === 'round-trip' ? within / 2 : within);
  }
  const of = (direction: 'uplink' | 'downlink', least: number | undefined): number | undefined => {
    const own = path === direction || path === 'round-trip' ? made : undefined;
    const asked = least === undefined ? undefined : least * 1000;
    if (own === undefined) return asked;
    return Math.max(own, asked ?? 0);
  };
  return { uplink: of('uplink', level.uplinkMbpsMin), downlink: of('downlink', level.downlinkMbpsMin) };
}

interface Shortfall {
  field: string;
  message: LocalText;
  /** How many times too much. */
  over: number;
}

/** What of the level a 5QI does not promise. Empty: it meets it. */
function shortfalls(row: FiveQi, level: ServiceLevel, outsideMs: number): Shortfall[] {
  const short: Shortfall[] = [];
  const { latency, jitter, lossRatioMax, messageBytes, burstBytes } = level;
  const trip = latency?.path === 'round-trip' ? 2 : 1;
  const reached = trip * (row.delayBudgetMs + outsideMs);
  latency?.within.forEach(({ share, ms }, index) => {
    if (reached > ms)
      short.push({
        field: `latency.within.${index}.ms`,
        over: reached / ms,
        message: say(
          `5QI ${row.fiveQi} has a delay budget of ${row.delayBudgetMs} ms${trip === 2 ? ' each way' : ''}; with ${figure(outsideMs)} ms outside the 5G system${trip === 2 ? ' each way' : ''} that is ${figure(reached)} ms, more than ${figure(ms)} ms.`,
          `5QI ${row.fiveQi} 的时延预算为${trip === 2 ? '每个方向 ' : ' '}${row.delayBudgetMs} 毫秒，加上 5G 系统之外${trip === 2 ? '每个方向 ' : ' '}${figure(outsideMs)} 毫秒共 ${figure(reached)} 毫秒，超过 ${figure(ms)} 毫秒。`,
        ),
      });
    const promised = promisedShare(row) ** trip;
    if (share > promised + 1e-12)
      short.push({
        field: `latency.within.${index}.share`,
        over: (1 - promised) / (1 - share),
        message: say(
          `5QI ${row.fiveQi} speaks of ${figure(promised * 100)} % of the messages, not of ${figure(share * 100)} % (TS 23.501, 5.7.3.4).`,
          `5QI ${row.fiveQi} 只承诺 ${figure(promised * 100)}% 的消息，达不到 ${figure(share * 100)}%（TS 23.501 5.7.3.4）。`,
        ),
      });
  });
  if (jitter !== undefined && jitter.ms < trip * row.delayBudgetMs)
    short.push({
      field: 'jitter.ms',
      over: (trip * row.delayBudgetMs) / jitter.ms,
      message: say(
        `A 5QI bounds delay, not jitter: with 5QI ${row.fiveQi} the delay may vary by up to ${trip * row.delayBudgetMs} ms. Below that, the terminal has to hold and forward (TS 23.501, 5.27.4).`,
        `5QI 限定时延而不限定抖动：使用 5QI ${row.fiveQi} 时抖动最大可达 ${trip * row.delayBudgetMs} 毫秒。更小的抖动需要终端侧保持转发缓冲（TS 23.501 5.27.4）。`,
      ),
    });
  if (lossRatioMax !== undefined && row.errorRate > lossRatioMax + 1e-15)
    short.push({
      field: 'lossRatioMax',
      over: row.errorRate / lossRatioMax,
      message: say(
        `5QI ${row.fiveQi} allows a packet error rate of ${row.errorRate}, more than ${lossRatioMax}.`,
        `5QI ${row.fiveQi} 允许的误包率为 ${row.errorRate}，大于 ${lossRatioMax}。`,
      ),
    });
  const bytes = Math.max(messageBytes ?? 0, burstBytes ?? 0);
  if (row.burstBytes !== undefined && bytes > 0 && wireBytes(bytes) > row.burstBytes)
    short.push({
      field: (burstBytes ?? 0) > (messageBytes ?? 0) ? 'burstBytes' : 'messageBytes',
      over: wireBytes(bytes) / row.burstBytes,
      message: say(
        `${bytes} bytes are ${wireBytes(bytes)} with headers; 5QI ${row.fiveQi} carries at most ${row.burstBytes} within its delay budget (maximum data burst volume).`,
        `${bytes} 字节加上报头为 ${wireBytes(bytes)} 字节，5QI ${row.fiveQi} 在时延预算内最多承载 ${row.burstBytes} 字节（最大数据突发量）。`,
      ),
    });
  return short;
}

/** How far a 5QI is from the level: orders of magnitude, over all figures. */
const distance = (short: readonly Shortfall[]): number =>
  short.reduce((sum, { over }) => sum + Math.log10(over), 0);

/** Least demanding first: nobody gets more of the radio than the level needs. */
const cost = { 'non-gbr': 0, gbr: 1, 'delay-critical-gbr': 2 } as const;
function leastDemanding(a: FiveQi, b: FiveQi): number {
  return (
    cost[a.resource] - cost[b.resource] ||
    b.delayBudgetMs - a.delayBudgetMs ||
    b.errorRate - a.errorRate ||
    b.priority - a.priority ||
    a.fiveQi - b.fiveQi
  );
}

/**
 * Service level → slice profile (TS 28.541, ServiceProfile) → quality of service of its bindings. Pure: the same level and options, the same
 * answer. Where no standardised 5QI promises what the level asks, it says so at each figure and names the one that comes nearest.
 */
export function deriveQos(level: ServiceLevel, options: DeriveOptions = {}): Derivation {
  const headroom = options.headroom ?? headroomDefault;
  const outsideMs = options.outsideMs ?? outsideMsDefault;
  const priority = options.priority ?? priorityDefault;
  const problems: FieldProblem[] = checkServiceLevel(level);
  const needed = ratesOf(level);
  const rates = {
    uplink: Math.ceil((needed.uplink ?? 0) * headroom),
    downlink: Math.ceil((needed.downlink ?? 0) * headroom),
    headroom,
  };
  if (problems.length > 0) return { possible: false, rates, reasons: [], short: [], problems };

  const reasons: LocalText[] = [];
  const deterministic = level.trafficClass !== 'non-deterministic';
  const guaranteed = deterministic || rates.uplink > 0 || rates.downlink > 0;
  const allowed = derivable.filter((row) => (row.resource === 'non-gbr') !== guaranteed);
  reasons.push(
    deterministic
      ? say(
          'Messages with a deadline: a guaranteed bit rate is needed, so that others cannot take it.',
          '消息有时限：需要保证比特速率，避免被其他业务挤占。',
        )
      : guaranteed
        ? say(
            'A least rate is asked for: only a guaranteed bit rate promises one.',
            '要求最低速率：只有保证比特速率才能承诺。',
          )
        : say(
            'No deadline and no least rate: no guarantee is needed.',
            '没有时限和最低速率要求：无需保证速率。',
          ),
  );
  if (rates.uplink > 0 || rates.downlink > 0)
    reasons.push(
      say(
        `Rate of one terminal: ${rates.uplink} kbit/s up, ${rates.downlink} kbit/s down, with ${headerBytes} bytes of headers for each packet and ${figure((headroom - 1) * 100)} % headroom.`,
        `单个终端速率：上行 ${rates.uplink} kbit/s，下行 ${rates.downlink} kbit/s，含每个报文 ${headerBytes} 字节报头和 ${figure((headroom - 1) * 100)}% 余量。`,
      ),
    );
  const judged = allowed.map((row) => ({ row, short: shortfalls(row, level, outsideMs) }));
  const fitting = judged
    .filter(({ short }) => short.length === 0)
    .map(({ row }) => row)
    .sort(leastDemanding);
  const chosen = fitting[0];
  const slice = sliceOf(level, rates, options.terminals ?? 1, chosen);
  if (level.availabilityMin !== undefined)
    reasons.push(
      say(
        'No 5QI promises availability: it is asked of the slice, and shown by measuring.',
        '5QI 不承诺可用性：可用性写入切片要求，并以测量证明。',
      ),
    );
  if (chosen === undefined) {
    const nearest = judged.sort(
      (a, b) => distance(a.short) - distance(b.short) || leastDemanding(a.row, b.row),
    )[0]!;
    reasons.push(
      say(
        `No standardised 5QI promises this level; ${nearest.row.fiveQi} comes nearest. An operator may have a 5QI of its own; a wired link, or a level the application can live with, are the other ways.`,
        `没有标准 5QI 能承诺该服务等级，最接近的是 ${nearest.row.fiveQi}。可使用运营商自定义 5QI、改用有线链路，或放宽应用的要求。`,
      ),
    );
    return {
      possible: false,
      rates,
      slice,
      reasons,
      short: nearest.short.map(({ field, message }) => ({ field, message })),
      nearest: nearest.row.fiveQi,
      problems,
    };
  }
  reasons.push(
    say(
      `5QI ${chosen.fiveQi} (${chosen.example.en}): delay budget ${chosen.delayBudgetMs} ms, error rate ${chosen.errorRate}; the least demanding that meets every figure.`,
      `5QI ${chosen.fiveQi}（${chosen.example.zh}）：时延预算 ${chosen.delayBudgetMs} 毫秒，误包率 ${chosen.errorRate}，是满足全部指标中要求最低的一个。`,
    ),
    say(
      `DSCP ${chosen.dscp} by the service classes of RFC 4594; ARP level ${arpOf(priority).priorityLevel} by the priority ${priority} the plant gives the flow.`,
      `DSCP ${chosen.dscp} 依据 RFC 4594 业务类别；ARP 等级 ${arpOf(priority).priorityLevel} 依据工厂给该业务流的优先级 ${priority}。`,
    ),
  );
  return { possible: true, qos: qosOf(chosen, rates, priority), slice, rates, reasons, short: [], problems };
}

/** Quality of service with a 5QI, rates of one terminal (kbit/s) and the plant's priority. */
export function qosOf(row: FiveQi, rates: { uplink: number; downlink: number }, priority: number): Qos {
  const guaranteed = row.resource !== 'non-gbr';
  return {
    fiveQi: row.fiveQi,
    arp: arpOf(priority),
    ...(guaranteed && rates.uplink > 0
      ? { gbrUplink: rates.uplink, mbrUplink: rates.uplink * maximumOverGuaranteed }
      : {}),
    ...(guaranteed && rates.downlink > 0
      ? { gbrDownlink: rates.downlink, mbrDownlink: rates.downlink * maximumOverGuaranteed }
      : {}),
    dscp: row.dscp,
  };
}

/** SST of TS 23.501, Table 5.15.2.2-1: 1 broadband, 2 low latency. */
function sliceOf(
  level: ServiceLevel,
  rates: { uplink: number; downlink: number },
  terminals: number,
  chosen: FiveQi | undefined,
): SliceProfile {
  const { latency, messageBytes } = level;
  const tightest = latency?.within[0];
  const most = latency?.within.at(-1);
  const oneWay =
    tightest === undefined ? undefined : latency?.path === 'round-trip' ? tightest.ms / 2 : tightest.ms;
  const up = latency !== undefined && latency.path !== 'downlink';
  const down = latency !== undefined && latency.path !== 'uplink';
  const deterministic = level.trafficClass === 'periodic-deterministic';
  return {
    snssai: { sst: chosen?.resource === 'delay-critical-gbr' ? 2 : 1 },
    maxNumberofUEs: terminals,
    ...(up && oneWay !== undefined ? { uLLatency: oneWay } : {}),
    ...(down && oneWay !== undefined ? { dLLatency: oneWay } : {}),
    ...(level.jitter === undefined ? {} : { jitter: level.jitter.ms }),
    ...(level.survivalTimeMs === undefined ? {} : { survivalTime: level.survivalTimeMs }),
    ...(level.availabilityMin === undefined
      ? {}
      : { availability: Number((level.availabilityMin * 100).toPrecision(12)) }),
    ...(up && most !== undefined ? { uLReliability: Number((most.share * 100).toPrecision(12)) } : {}),
    ...(down && most !== undefined ? { dLReliability: Number((most.share * 100).toPrecision(12)) } : {}),
    ...(rates.uplink > 0 ? { uLThptPerUE: rates.uplink, uLThptPerSlice: rates.uplink * terminals } : {}),
    ...(rates.downlink > 0
      ? { dLThptPerUE: rates.downlink, dLThptPerSlice: rates.downlink * terminals }
      : {}),
    ...(messageBytes !== undefined && up ? { uLMaxPktSize: Math.min(wireBytes(messageBytes), 1500) } : {}),
    ...(messageBytes !== undefined && down ? { dLMaxPktSize: Math.min(wireBytes(messageBytes), 1500) } : {}),
    ...(deterministic && up ? { uLDeterministicComm: true } : {}),
    ...(deterministic && down ? { dLDeterministicComm: true } : {}),
    ...(level.coverage === undefined ? {} : { coverageArea: level.coverage.places }),
  };
}
