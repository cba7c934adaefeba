import type { FiveQi, LocalText } from '@millrace/contract';

/**
 * Standardised 5QIs of 3GPP TS 23.501, Table 5.7.4-1. Written from copies of the table (TR 26.925, Table of 5QIs, and pages that show
 * Table 5.7.4-1): those rows are `read`; the others are told second-hand. DSCPs follow the service classes of RFC 4594, Figure 3: 3GPP
 * lays down none, so a plant may mark otherwise.
 */
type Row = [
  fiveQi: number,
  resource: FiveQi['resource'],
  priority: number,
  delayBudgetMs: number,
  errorRate: number,
  burstBytes: number | undefined,
  dscp: number,
  standing: FiveQi['standing'],
  en: string,
  zh: string,
];

const ef = 46;
const cs5 = 40;
const cs4 = 32;
const af41 = 34;
const cs3 = 24;
const af31 = 26;
const af21 = 18;
const af11 = 10;
const cs1 = 8;

const rows: readonly Row[] = [
  [1, 'gbr', 20, 100, 1e-2, undefined, ef, 'read', 'Conversational voice', '会话类语音'],
  [2, 'gbr', 40, 150, 1e-3, undefined, af41, 'read', 'Conversational video, live', '会话类视频（直播）'],
  [3, 'gbr', 30, 50, 1e-3, undefined, cs4, 'read', 'Process automation, monitoring', '过程自动化监测'],
  [4, 'gbr', 50, 300, 1e-6, undefined, af31, 'read', 'Buffered video', '缓冲视频'],
  [65, 'gbr', 7, 75, 1e-2, undefined, ef, 'read', 'Mission-critical push to talk', '关键任务一键通'],
  [66, 'gbr', 20, 100, 1e-2, undefined, ef, 'read', 'Push to talk', '一键通'],
  [67, 'gbr', 15, 100, 1e-3, undefined, af41, 'read', 'Mission-critical video', '关键任务视频'],
  [71, 'gbr', 56, 150, 1e-6, undefined, cs3, 'read', 'Live uplink streaming', '上行直播流'],
  [72, 'gbr', 56, 300, 1e-4, undefined, cs3, 'read', 'Live uplink streaming', '上行直播流'],
  [73, 'gbr', 56, 300, 1e-8, undefined, cs3, 'read', 'Live uplink streaming', '上行直播流'],
  [74, 'gbr', 56, 500, 1e-8, undefined, cs3, 'read', 'Live uplink streaming', '上行直播流'],
  [76, 'gbr', 56, 500, 1e-4, undefined, cs3, 'read', 'Live uplink streaming', '上行直播流'],
  [5, 'non-gbr', 10, 100, 1e-6, undefined, cs5, 'read', 'IMS signalling', 'IMS 信令'],
  [6, 'non-gbr', 60, 300, 1e-6, undefined, af31, 'read', 'Buffered video, TCP', '缓冲视频、TCP 业务'],
  [
    7,
    'non-gbr',
    70,
    100,
    1e-3,
    undefined,
    af21,
    'read',
    'Voice, live video, interactive',
    '语音、直播视频、交互业务',
  ],
  [
    8,
    'non-gbr',
    80,
    300,
    1e-6,
    undefined,
    af11,
    'read',
    'TCP, privileged subscribers',
    'TCP 业务（高等级用户）',
  ],
  [9, 'non-gbr', 90, 300, 1e-6, undefined, 0, 'read', 'TCP, the default', 'TCP 业务（默认）'],
  [10, 'non-gbr', 90, 1100, 1e-6, undefined, cs1, 'second-hand', 'Over satellite', '卫星接入'],
  [69, 'non-gbr', 5, 60, 1e-6, undefined, cs5, 'read', 'Mission-critical signalling', '关键任务信令'],
  [70, 'non-gbr', 55, 200, 1e-6, undefined, af31, 'read', 'Mission-critical data', '关键任务数据'],
  [79, 'non-gbr', 65, 50, 1e-2, undefined, af21, 'read', 'V2X messages', 'V2X 消息'],
  [80, 'non-gbr', 68, 10, 1e-6, undefined, af21, 'read', 'Low-latency broadband, AR', '低时延宽带、增强现实'],
  [82, 'delay-critical-gbr', 19, 10, 1e-4, 255, ef, 'read', 'Discrete automation', '离散自动化'],
  [83, 'delay-critical-gbr', 22, 10, 1e-4, 1354, ef, 'second-hand', 'Discrete automation', '离散自动化'],
  [84, 'delay-critical-gbr', 24, 30, 1e-5, 1354, cs4, 'second-hand', 'Intelligent transport', '智能交通'],
  [
    85,
    'delay-critical-gbr',
    21,
    5,
    1e-5,
    255,
    ef,
    'second-hand',
    'High-voltage distribution, remote driving',
    '高压配电、远程驾驶',
  ],
  [86, 'delay-critical-gbr', 18, 5, 1e-4, 1354, ef, 'second-hand', 'Collision avoidance', '防碰撞'],
  [87, 'delay-critical-gbr', 25, 5, 1e-3, 500, cs4, 'second-hand', 'Motion tracking', '运动跟踪'],
  [88, 'delay-critical-gbr', 25, 10, 1e-3, 1125, cs4, 'second-hand', 'Motion tracking', '运动跟踪'],
  [
    89,
    'delay-critical-gbr',
    25,
    15,
    1e-4,
    17_000,
    cs4,
    'second-hand',
    'Rendered pictures for AR',
    '增强现实画面渲染',
  ],
  [
    90,
    'delay-critical-gbr',
    25,
    20,
    1e-4,
    63_000,
    cs4,
    'second-hand',
    'Rendered pictures for AR',
    '增强现实画面渲染',
  ],
];

const words = (en: string, zh: string): LocalText => ({ en, zh });

export const fiveQis: readonly FiveQi[] = rows.map(
  ([fiveQi, resource, priority, delayBudgetMs, errorRate, burstBytes, dscp, standing, en, zh]) => ({
    fiveQi,
    resource,
    priority,
    delayBudgetMs,
    errorRate,
    ...(burstBytes === undefined ? {} : { burstBytes }),
    ...(resource === 'non-gbr' ? {} : { averagingMs: 2000 }),
    example: words(en, zh),
    dscp,
    standing,
  }),
);

const byValue = new Map(fiveQis.map((row) => [row.fiveQi, row]));

/** The standardised characteristics of a 5QI; undefined for one the operator has made up. */
export function fiveQiOf(value: number): FiveQi | undefined {
  return byValue.get(value);
}

/**
 * 5QIs that a plant's flows are given by derivation: not those kept for services of their own (voice, IMS, mission-critical, V2X, satellite).
 * A person may still choose them.
 */
export const derivable: readonly FiveQi[] = fiveQis.filter(
  ({ fiveQi }) => ![1, 5, 10, 65, 66, 67, 69, 70, 79].includes(fiveQi),
);

/**
 * The share of messages a 5QI speaks of (TS 23.501, 5.7.3.4): the delay budget of GBR and non-GBR holds for 98 % of packets; on
 * delay-critical GBR a packet later than the budget counts as lost, so its error rate covers lateness too.
 */
export function promisedShare({ resource, errorRate }: FiveQi): number {
  return resource === 'delay-critical-gbr' ? 1 - errorRate : Math.min(0.98, 1 - errorRate);
}
