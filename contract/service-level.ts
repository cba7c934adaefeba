import { type Static, Type } from 'typebox';
import type { LocalText } from './settings.ts';

/**
 * What an application needs of the network between a terminal and the platform, in the terms of 3GPP TS 22.104. Every figure may name
 * where it comes from; a figure that has no source is the plant's own.
 */

/**
 * Traffic classes of TS 22.104, Annex C.
 * - `periodic-deterministic`   a message at every transfer interval, each with a deadline
 * - `aperiodic-deterministic`  messages at no set times, each with a deadline
 * - `non-deterministic`        everything else: rates matter, single messages do not
 */
export const trafficClasses = [
  'periodic-deterministic',
  'aperiodic-deterministic',
  'non-deterministic',
] as const;
export type TrafficClass = (typeof trafficClasses)[number];

/**
 * Jitter is three different numbers; a level names which.
 * - `pdv-rfc5481`  packet delay variation of RFC 5481: one-way delay less the least of the interval; the percentile `share` of it
 * - `camara`       99th percentile of the variation of the round-trip delay (CAMARA QoS Profiles, after ITU-T Y.1540)
 * RFC 3550's smoothed estimate is measured and shown, and nothing is judged by it.
 */
export const jitterDefinitions = ['pdv-rfc5481', 'camara'] as const;
export type JitterDefinition = (typeof jitterDefinitions)[number];

export const latencyPaths = ['uplink', 'downlink', 'round-trip'] as const;
/** `uplink`: terminal → platform. */
export type LatencyPath = (typeof latencyPaths)[number];

/** Where a figure comes from. `read`: in the document itself; `second-hand`: from another that cites it; `plant`: set by the plant. */
export const FigureSource = Type.Object(
  {
    document: Type.String({ maxLength: 200, description: 'Such as "3GPP TS 22.104".' }),
    clause: Type.Optional(Type.String({ maxLength: 100, description: 'Such as "Table 5.2-1, A.2.2.3".' })),
    standing: Type.Unsafe<'read' | 'second-hand' | 'plant'>(
      Type.String({ enum: ['read', 'second-hand', 'plant'] }),
    ),
  },
  { title: 'FigureSource' },
);
export type FigureSource = Static<typeof FigureSource>;

/** What cannot be – nothing at all among it – is refused by `checkServiceLevel`, in words, and not by the form of the data. */
const positive = (description: string) => Type.Number({ minimum: 0, description });
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

export const ServiceLevel = Type.Object(
  {
    trafficClass: Type.Unsafe<TrafficClass>(Type.String({ enum: [...trafficClasses] })),
    transferIntervalMs: Type.Optional(
      positive('Time between two messages, ms. Periodic deterministic traffic only.'),
    ),
    messageBytes: Type.Optional(Type.Integer({ minimum: 1, description: 'Size of a message, bytes.' })),
    burstBytes: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Bytes sent at once. Not for periodic traffic.' }),
    ),
    latency: Type.Optional(
      Type.Object(
        {
          path: Type.Unsafe<LatencyPath>(Type.String({ enum: [...latencyPaths] })),
          within: Type.Array(
            Type.Object({
              share: share('Of the messages sent; 0.999 is 99.9 %.'),
              ms: positive('Within this time, ms.'),
            }),
            {
              minItems: 1,
              maxItems: 4,
              description:
                '`share` of the messages within `ms`, such as 99.9 % within 6 ms and 99.999 % within 10 ms.',
            },
          ),
        },
        { description: 'A message that is lost is within no time.' },
      ),
    ),
    jitter: Type.Optional(
      Type.Object({
        definition: Type.Unsafe<JitterDefinition>(Type.String({ enum: [...jitterDefinitions] })),
        share: Type.Optional(
          share('Percentile, for `pdv-rfc5481`; 0.99 where it is not given. `camara` is the 99th.'),
        ),
        ms: positive('At most, ms.'),
      }),
    ),
    lossRatioMax: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'Share of messages that may be lost.' }),
    ),
    uplinkMbpsMin: Type.Optional(positive('Terminal → platform, Mbit/s.')),
    downlinkMbpsMin: Type.Optional(positive('Platform → terminal, Mbit/s.')),
    availabilityMin: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'Communication service availability of TS 22.104: share of time the service is up.',
      }),
    ),
    mtbfHoursMin: Type.Optional(positive('Mean time between failures of the service, hours.')),
    survivalTimeMs: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          'How long the application goes on without the message it expects, ms. Longer than that, the service is down.',
      }),
    ),
    coverage: Type.Optional(
      Type.Object({
        places: Type.Array(Type.String({ maxLength: 1024 }), {
          maxItems: 100,
          description: 'ISA-95 paths; the empty one is the plant.',
        }),
        share: share('Of the area measured there, where the level must be met.'),
      }),
    ),
    sources: Type.Optional(
      Type.Record(Type.String(), FigureSource, {
        description: 'Name of a figure above → where it comes from.',
      }),
    ),
  },
  { title: 'ServiceLevel' },
);
export type ServiceLevel = Static<typeof ServiceLevel>;

/** A flow of an application: messages of one kind between its terminals and the platform, with what they need. */
export interface NetworkNeed {
  /** Kebab-case, unique in the application. */
  id: string;
  title: LocalText;
  /** `@type`s of the things whose terminals it concerns; absent: all the application needs. */
  things?: readonly string[];
  level: ServiceLevel;
  /** Kept first when there is not enough for all: 1 is kept longest, 9 is thinned first. The plant may set it anew. */
  priority: number;
  /** What the application does when the level is lost, for people to read before it happens. */
  whenLost: LocalText;
}

export interface LevelProblem {
  /** Path in the level, such as `latency.within.0.ms`. */
  field: string;
  message: LocalText;
}

/** Figures beyond which no level can exist, or none can be shown by any measurement of a plant's life. */
export const levelLimits = {
  /** 99.999 999 99 %: beyond it not even the standard asks (TS 22.104 goes to eight nines). */
  availabilityMax: 0.999_999_999_9,
  /** Light in fibre covers 2 m in 10 ns: no path is shorter. */
  latencyMsMin: 0.001,
  transferIntervalMsMin: 0.1,
  transferIntervalMsMax: 86_400_000,
  rateMbpsMax: 100_000,
} as const;

/** What is wrong with a service level, at the field: figures that cannot be, contradict each other, or say nothing for the class of traffic. */
export function checkServiceLevel(level: ServiceLevel): LevelProblem[] {
  const problems: LevelProblem[] = [];
  const wrong = (field: string, en: string, zh: string): void =>
    void problems.push({ field, message: { en, zh } });
  const { trafficClass, transferIntervalMs, survivalTimeMs, latency, jitter, availabilityMin } = level;

  if (trafficClass === 'periodic-deterministic' && transferIntervalMs === undefined)
    wrong(
      'transferIntervalMs',
      'Periodic traffic has a transfer interval: without it no message can be missed.',
      '周期性业务必须给出传输间隔，否则无法判断是否丢失消息。',
    );
  if (trafficClass !== 'periodic-deterministic' && transferIntervalMs !== undefined)
    wrong(
      'transferIntervalMs',
      'Only periodic deterministic traffic has a transfer interval (TS 22.104, Annex C).',
      '只有周期确定性业务才有传输间隔（TS 22.104 附录 C）。',
    );
  if (trafficClass === 'non-deterministic') {
    for (const field of ['survivalTimeMs', 'mtbfHoursMin'] as const)
      if (level[field] !== undefined)
        wrong(
          field,
          'Non-deterministic traffic has no deadline that could be missed; choose a deterministic class, or leave this out.',
          '非确定性业务没有时限，请改选确定性业务类别或去掉此项。',
        );
  }
  if (trafficClass === 'periodic-deterministic' && level.burstBytes !== undefined)
    wrong(
      'burstBytes',
      'Periodic traffic is told by message size and interval, not by bursts.',
      '周期性业务用消息大小与传输间隔描述，而不是突发大小。',
    );
  if (transferIntervalMs !== undefined) {
    const { transferIntervalMsMin: least, transferIntervalMsMax: most } = levelLimits;
    if (transferIntervalMs < least || transferIntervalMs > most)
      wrong(
        'transferIntervalMs',
        `A transfer interval lies between ${least} ms and a day.`,
        `传输间隔应在 ${least} 毫秒到一天之间。`,
      );
  }
  latency?.within.forEach(({ share, ms }, index) => {
    const field = `latency.within.${index}`;
    if (ms < levelLimits.latencyMsMin)
      wrong(
        `${field}.ms`,
        `A latency of ${ms} ms cannot exist: no path is that short.`,
        `${ms} 毫秒的时延不可能存在。`,
      );
    if (share <= 0) wrong(`${field}.share`, 'A share of 0 asks for nothing.', '比例为 0 等于没有要求。');
    if (share >= 1)
      wrong(
        `${field}.share`,
        'All messages within a time cannot be promised or shown; say how many, such as 0.999.',
        '无法保证也无法证明“全部”消息在时限内到达，请给出比例，例如 0.999。',
      );
    const before = latency.within[index - 1];
    if (before !== undefined && (share <= before.share || ms <= before.ms))
      wrong(
        field,
        'Each further pair has a greater share and a longer time than the one before.',
        '后一组的比例和时限都必须大于前一组。',
      );
    if (
      trafficClass === 'periodic-deterministic' &&
      transferIntervalMs !== undefined &&
      latency.path !== 'round-trip' &&
      ms > transferIntervalMs &&
      index === 0
    )
      wrong(
        `${field}.ms`,
        `A message that may take ${ms} ms is overtaken by the next, ${transferIntervalMs} ms later (TS 22.104, Table 5.2-1: below the interval).`,
        `时限 ${ms} 毫秒大于传输间隔 ${transferIntervalMs} 毫秒，下一条消息会先到（TS 22.104 表 5.2-1 要求小于传输间隔）。`,
      );
  });
  if (jitter !== undefined) {
    if (jitter.definition === 'camara' && jitter.share !== undefined && jitter.share !== 0.99)
      wrong(
        'jitter.share',
        "CAMARA's jitter is the 99th percentile; for another choose pdv-rfc5481.",
        'CAMARA 抖动固定为第 99 百分位；如需其他百分位请选择 pdv-rfc5481。',
      );
    if (jitter.ms <= 0)
      wrong(
        'jitter.ms',
        'A jitter of 0 cannot exist: no two messages take quite the same time.',
        '抖动为 0 不可能存在：没有两条消息的时延完全相同。',
      );
    if (jitter.share !== undefined && (jitter.share <= 0 || jitter.share >= 1))
      wrong(
        'jitter.share',
        'A percentile lies between 0 and 1, such as 0.99.',
        '百分位应在 0 与 1 之间，例如 0.99。',
      );
    const longest = latency?.within.at(-1)?.ms;
    if (longest !== undefined && longest > 0 && jitter.ms > longest)
      wrong(
        'jitter.ms',
        `A jitter of ${jitter.ms} ms says nothing where no message may take longer than ${longest} ms.`,
        `时延上限为 ${longest} 毫秒时，${jitter.ms} 毫秒的抖动没有意义。`,
      );
  }
  if (availabilityMin !== undefined) {
    if (availabilityMin >= 1)
      wrong(
        'availabilityMin',
        'An availability of 1 cannot exist: no network never fails. TS 22.104 goes to 0.99999999.',
        '可用性为 1 不可能存在：没有永不故障的网络。TS 22.104 最高为 0.99999999。',
      );
    else if (availabilityMin > levelLimits.availabilityMax)
      wrong(
        'availabilityMin',
        `More than ${levelLimits.availabilityMax} could not be shown in the life of a plant.`,
        `高于 ${levelLimits.availabilityMax} 的可用性在工厂寿命内无法证明。`,
      );
    else if (availabilityMin <= 0)
      wrong('availabilityMin', 'An availability of 0 asks for nothing.', '可用性为 0 等于没有要求。');
    if (trafficClass === 'periodic-deterministic' && survivalTimeMs === undefined && availabilityMin < 1)
      wrong(
        'survivalTimeMs',
        'Availability is counted from when the service is down, and that is told by the survival time: 0 where no message may be missed.',
        '可用性按业务中断时间统计，需要给出生存时间；不允许丢失任何消息时填 0。',
      );
  }
  if (level.lossRatioMax === 0)
    wrong(
      'lossRatioMax',
      'No loss at all cannot be promised or shown; name the greatest share, such as 0.00001.',
      '无法保证也无法证明零丢包，请给出允许的最大比例，例如 0.00001。',
    );
  else if (level.lossRatioMax === 1)
    wrong('lossRatioMax', 'A loss of 1 asks for nothing.', '丢包率为 1 等于没有要求。');
  for (const field of ['uplinkMbpsMin', 'downlinkMbpsMin'] as const) {
    const rate = level[field];
    if (rate === 0) wrong(field, 'A rate of 0 asks for nothing.', '速率为 0 等于没有要求。');
    if (rate !== undefined && rate > levelLimits.rateMbpsMax)
      wrong(
        field,
        `No path of a plant carries ${rate} Mbit/s; at most ${levelLimits.rateMbpsMax} is taken.`,
        `工厂网络无法承载 ${rate} Mbit/s，最多 ${levelLimits.rateMbpsMax}。`,
      );
  }
  if (level.mtbfHoursMin === 0)
    wrong('mtbfHoursMin', 'A time of 0 between failures asks for nothing.', '故障间隔为 0 等于没有要求。');
  if (level.coverage?.share === 0)
    wrong('coverage.share', 'A share of 0 asks for nothing.', '比例为 0 等于没有要求。');
  const { messageBytes } = level;
  if (
    messageBytes !== undefined &&
    transferIntervalMs !== undefined &&
    transferIntervalMs > 0 &&
    latency?.path !== 'downlink'
  ) {
    const needed = (messageBytes * 8) / transferIntervalMs / 1000;
    if (level.uplinkMbpsMin !== undefined && level.uplinkMbpsMin < needed)
      wrong(
        'uplinkMbpsMin',
        `${messageBytes} bytes every ${transferIntervalMs} ms are ${needed.toPrecision(3)} Mbit/s: more than is asked for.`,
        `每 ${transferIntervalMs} 毫秒 ${messageBytes} 字节需要 ${needed.toPrecision(3)} Mbit/s，大于所要求的速率。`,
      );
  }
  for (const name of Object.keys(level.sources ?? {}))
    if (!Object.hasOwn(level, name) || name === 'sources')
      wrong(
        `sources.${name}`,
        `There is no figure "${name}" in this level that could have a source.`,
        `此服务等级中没有名为“${name}”的指标。`,
      );
  return problems;
}
