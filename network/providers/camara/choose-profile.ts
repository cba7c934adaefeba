import type { LocalText, Qos } from '@millrace/contract';
import { kbpsOf, type QosProfile, secondsOf } from './shapes.ts';

/** Packet delay budget (ms) and packet error rate of the standardised 5QIs: TS 23.501, Table 5.7.4-1. */
const characteristics: Readonly<Record<number, readonly [budget: number, errorRate: number]>> = {
  1: [100, 1e-2],
  2: [150, 1e-3],
  3: [50, 1e-3],
  4: [300, 1e-6],
  5: [100, 1e-6],
  6: [300, 1e-6],
  7: [100, 1e-3],
  8: [300, 1e-6],
  9: [300, 1e-6],
  65: [75, 1e-2],
  66: [100, 1e-2],
  67: [100, 1e-3],
  69: [60, 1e-6],
  70: [200, 1e-6],
  79: [50, 1e-2],
  80: [10, 1e-6],
  82: [10, 1e-4],
  83: [10, 1e-4],
  84: [30, 1e-5],
  85: [5, 1e-5],
  86: [5, 1e-4],
  87: [5, 1e-3],
  88: [10, 1e-3],
  89: [15, 1e-4],
  90: [20, 1e-4],
};

export interface Choice {
  readonly profile: QosProfile;
  /** What it was chosen for, and what of the request it does not say anything about. */
  readonly why: LocalText;
}

interface Fit {
  readonly profile: QosProfile;
  readonly lacks: readonly LocalText[];
  readonly silent: readonly LocalText[];
  /** How much more than asked for: the least is chosen, what is not needed is left to others. */
  readonly excess: number;
  /** How far it is from enough, over all it lacks. */
  readonly shortfall: number;
}

/**
 * The profile for a quality: a named one if it is there, else among those that are active and say of no figure that they give less than is asked for,
 * first one that is silent on the fewest figures, then the least generous. `seconds` undefined: for good.
 */
export function chooseProfile(
  profiles: readonly QosProfile[],
  qos: Qos,
  seconds: number | undefined,
): Choice | { refusal: LocalText } {
  const active = profiles.filter(({ status }) => status === 'ACTIVE');
  if (qos.profile !== undefined) {
    const named = profiles.find(({ name }) => name === qos.profile);
    if (named?.status === 'ACTIVE')
      return {
        profile: named,
        why: { en: `${named.name}, as the binding names it.`, zh: `绑定中指定了 ${named.name}。` },
      };
    const names = active
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 300);
    return {
      refusal:
        named === undefined
          ? {
              en: `The operator has no QoS profile "${qos.profile}"; it has ${names || 'none'}.`,
              zh: `运营商没有名为“${qos.profile}”的 QoS 配置，现有：${names || '无'}。`,
            }
          : {
              en: `The operator's QoS profile ${named.name} is ${named.status}.`,
              zh: `运营商的 QoS 配置 ${named.name} 状态为 ${named.status}。`,
            },
    };
  }
  if (active.length === 0)
    return {
      refusal: {
        en: 'The operator offers no QoS profile for this device.',
        zh: '运营商没有为该设备提供任何 QoS 配置。',
      },
    };
  const fits = active.map((profile) => fitOf(profile, qos, seconds));
  const order = (a: Fit, b: Fit): number =>
    a.shortfall - b.shortfall ||
    a.silent.length - b.silent.length ||
    a.excess - b.excess ||
    (a.profile.name < b.profile.name ? -1 : 1);
  const best = fits.sort(order)[0]!;
  const join = (all: readonly LocalText[], language: 'en' | 'zh'): string =>
    all.map((one) => one[language]).join(language === 'en' ? '; ' : '；');
  if (best.lacks.length > 0)
    return {
      refusal: {
        en: `No QoS profile of the operator is enough. The nearest, ${best.profile.name}: ${join(best.lacks, 'en')}.`,
        zh: `运营商的 QoS 配置均不满足要求。最接近的 ${best.profile.name}：${join(best.lacks, 'zh')}。`,
      },
    };
  const others = fits.filter(({ lacks }) => lacks.length === 0).length;
  return {
    profile: best.profile,
    why: {
      en: `${best.profile.name}: the least of ${others} that are enough${best.silent.length === 0 ? '' : `; it says nothing of ${join(best.silent, 'en')}`}.`,
      zh: `${best.profile.name}：${others} 个满足要求的配置中余量最小的${best.silent.length === 0 ? '' : `；未说明${join(best.silent, 'zh')}`}。`,
    },
  };
}

function fitOf(profile: QosProfile, qos: Qos, seconds: number | undefined): Fit {
  const lacks: LocalText[] = [];
  const silent: LocalText[] = [];
  let excess = 0;
  let shortfall = 0;
  /** `ratio`: how many times less it gives. */
  const lack = (ratio: number, en: string, zh: string): void => {
    shortfall += Math.log(Math.max(ratio, 1.000_001));
    lacks.push({ en, zh });
  };
  const most = (value: number, limit: number | undefined, name: LocalText, unit: string): void => {
    if (limit === undefined) silent.push(name);
    else if (limit > value * (1 + 1e-9))
      lack(
        limit / value,
        `${name.en} ${limit}${unit}, asked for ${value}`,
        `${name.zh} ${limit}${unit}，要求 ${value}`,
      );
    else excess += Math.log(Math.max(value / limit, 1));
  };
  const rates = [
    [
      'gbrUplink',
      'mbrUplink',
      profile.targetMinUpstreamRate,
      profile.maxUpstreamRate,
      { en: 'uplink rate', zh: '上行速率' },
    ],
    [
      'gbrDownlink',
      'mbrDownlink',
      profile.targetMinDownstreamRate,
      profile.maxDownstreamRate,
      { en: 'downlink rate', zh: '下行速率' },
    ],
  ] as const;
  for (const [guaranteed, maximum, targetRate, topRate, name] of rates) {
    const target = kbpsOf(targetRate);
    const top = kbpsOf(topRate);
    const asked = qos[guaranteed] ?? 0;
    if (asked > 0) {
      // A top rate is no promise; but below what is asked for it settles that this is not the one.
      const given = target ?? (top !== undefined && top < asked ? top : undefined);
      if (given === undefined) silent.push(name);
      else if (given < asked)
        lack(
          asked / given,
          `${name.en} ${given} kbit/s, asked for ${asked}`,
          `${name.zh} ${given} kbit/s，要求 ${asked}`,
        );
      else excess += Math.log(given / asked);
    }
    const peak = qos[maximum] ?? 0;
    if (peak > 0 && top !== undefined) {
      if (asked === 0 && top < peak)
        lack(
          peak / top,
          `${name.en} at most ${top} kbit/s, asked for ${peak}`,
          `${name.zh} 上限 ${top} kbit/s，要求 ${peak}`,
        );
      else excess += Math.abs(Math.log(Math.max(top, 1) / peak));
    } else if (peak === 0 && top !== undefined) excess += Math.log10(1 + top) / 10;
  }
  const known = characteristics[qos.fiveQi];
  if (known !== undefined) {
    const [budget, errorRate] = known;
    const given = secondsOf(profile.packetDelayBudget);
    most(
      budget,
      given === undefined ? undefined : Number((given * 1000).toPrecision(9)),
      { en: 'delay budget', zh: '时延预算' },
      ' ms',
    );
    most(
      errorRate,
      profile.packetErrorLossRate === undefined ? undefined : 10 ** -profile.packetErrorLossRate,
      { en: 'loss ratio', zh: '丢包率' },
      '',
    );
  }
  const longest = secondsOf(profile.maxDuration);
  const shortest = secondsOf(profile.minDuration);
  if (seconds !== undefined && longest !== undefined && seconds > longest)
    lack(
      seconds / longest,
      `lasts at most ${longest} s, asked for ${seconds}`,
      `最长 ${longest} 秒，要求 ${seconds} 秒`,
    );
  if (seconds !== undefined && shortest !== undefined && seconds < shortest)
    lack(
      shortest / seconds,
      `lasts at least ${shortest} s, asked for ${seconds}`,
      `最短 ${shortest} 秒，要求 ${seconds} 秒`,
    );
  return { profile, lacks, silent, excess, shortfall };
}
