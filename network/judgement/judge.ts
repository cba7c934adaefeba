import {
  type Criterion,
  type CriterionVerdict,
  formatInstant,
  type LocalText,
  type MeasurementMethod,
  type Microseconds,
  type ServiceLevel,
  type Verdict,
  type VerdictState,
} from '@millrace/contract';
import { type Block, mergeAll, messagesOf, seesTooLittle, type Track } from './block.ts';
import { type DownTrack, downNow, downTotals } from './downtime.ts';
import { above, type Histogram, unpack, valueAt } from './histogram.ts';
import { digits, join, methodNames, milliseconds, moreMessages, percent, say, time } from './reasons.ts';
import {
  confidence,
  eventLimits,
  messagesForPercentile,
  rankInterval,
  shareInterval,
  weightedLimits,
} from './statistics.ts';
import { type Tally, tallyWorth, worth } from './tally.ts';

/**
 * Latency, loss and jitter are judged over the shortest of these times that decides: what is violated now shows after ten minutes, what needs ten
 * thousand messages to be shown gets up to a day. Availability and time between failures are judged over all blocks given, such as a month's.
 */
export const judgingSeconds = [600, 3600, 86_400] as const;

export interface JudgeOptions {
  /** `usual`: as above. `whole`: every figure over all blocks given, for a report of a month. */
  over?: 'usual' | 'whole';
}

export type Judgement = Omit<Verdict, 'flow' | 'terminal' | 'since'>;

/** An outage nobody has seen is taken to last this long: the time in which a person or a watchdog would act. s. */
const outageAssumedSeconds = 60;
/** From this many outages on, the longest seen stands for the longest there is. */
const outagesKnownMin = 5;
/** Fewest messages and cells of the plan anything is said from. */
const messagesMin = 20;
const cellsMin = 20;
const saturatedMin = 3;

const order: readonly VerdictState[] = ['violated', 'not-measurable', 'inconclusive', 'met'];

/** Judges a level by what was kept of its flow on one terminal. `blocks` may be of any lengths, in any order, without overlap. Never throws. */
export function judge(
  level: ServiceLevel,
  blocks: readonly Block[],
  now: Microseconds,
  { over = 'usual' }: JudgeOptions = {},
): Judgement {
  const kept = blocks.filter((block) => block.version === 1 && block.to > block.from);
  const all = mergeAll(kept);
  const windows: Block[] = [];
  if (over === 'usual')
    for (const seconds of judgingSeconds) {
      const within = kept.filter((block) => block.to > now - seconds * 1e6 && block.from <= now);
      if (within.length === 0) continue;
      const one = within.length === kept.length ? all : mergeAll(within);
      if (one !== undefined && one.from !== windows.at(-1)?.from) windows.push(one);
    }
  if (windows.length === 0 && all !== undefined) windows.push(all);
  const criteria: CriterionVerdict[] = [];
  const first = (one: (window: Block) => CriterionVerdict): void => {
    let verdict: CriterionVerdict | undefined;
    for (const window of windows) {
      verdict = one(window);
      if (verdict.state === 'met' || verdict.state === 'violated') break;
    }
    if (verdict !== undefined) criteria.push(verdict);
  };

  if (all === undefined) {
    const reason = say(
      'Nothing has been measured yet: no probe has come back and no message has been seen.',
      '尚无任何测量：既没有探测返回，也没有收到消息。',
    );
    return {
      state: 'not-measurable',
      from: formatInstant(now),
      to: formatInstant(now),
      criteria: [],
      reason,
    };
  }
  for (const { share, ms } of level.latency?.within ?? [])
    first((window) => judgeLatency(level, window, share, ms));
  if (level.jitter !== undefined) first((window) => judgeJitter(level, window));
  if (level.lossRatioMax !== undefined) first((window) => judgeLoss(level, window));
  for (const direction of ['uplink', 'downlink'] as const)
    if (level[`${direction}MbpsMin`] !== undefined) first((window) => judgeRate(level, window, direction));
  if (level.transferIntervalMs !== undefined && passiveOf(all) !== undefined)
    first((window) => judgeInterval(level, window));
  if (level.survivalTimeMs !== undefined) {
    const recent = windows.find((window) => window.tracks.some((track) => messagesOf(track) > 0)) ?? all;
    criteria.push(judgeSurvival(level, recent));
  }
  if (level.availabilityMin !== undefined) criteria.push(judgeAvailability(level, all));
  if (level.mtbfHoursMin !== undefined) criteria.push(judgeMtbf(level, all));
  if (level.coverage !== undefined) criteria.push(judgeCoverage(level, all));

  const state = order.find((one) => criteria.some((criterion) => criterion.state === one)) ?? 'met';
  const worst = criteria.filter((criterion) => criterion.state === state);
  const reason =
    criteria.length === 0
      ? say('The level asks for no figure.', '该服务等级没有任何指标要求。')
      : state === 'met'
        ? say(
            `All ${criteria.length} figures of the level are met.`,
            `该服务等级的 ${criteria.length} 项指标全部满足。`,
          )
        : join(
            worst[0]!.reason,
            worst.length > 1
              ? say(`(${worst.length - 1} more like this.)`, `（另有 ${worst.length - 1} 项同类情况。）`)
              : undefined,
          );
  const shown = windows.at(-1) ?? all;
  return { state, from: formatInstant(shown.from), to: formatInstant(shown.to), criteria, reason };
}

/* Which measurement ------------------------------------------------------------------------------------------------------------- */

/** The better a method tells what became of each message, the earlier. */
const ranks: readonly MeasurementMethod[] = ['stamp', 'icmp', 'protocol', 'tcp', 'tcp-info', 'passive'];

const pathOf = (level: ServiceLevel): 'uplink' | 'downlink' | 'round-trip' =>
  level.latency?.path ?? 'round-trip';

function trackFor(level: ServiceLevel, block: Block): Track | undefined {
  const path = pathOf(level);
  return block.tracks
    .filter((track) => messagesOf(track) > 0 && track.path === path)
    .sort(
      (a, b) =>
        ranks.indexOf(a.method) - ranks.indexOf(b.method) ||
        messagesOf(b) - messagesOf(a) ||
        (a.key < b.key ? -1 : 1),
    )[0];
}

const passiveOf = (block: Block): Track | undefined =>
  block.tracks.find((track) => track.method === 'passive' && track.gaps.length > 0);

function histogramOf(track: Track, path: string): Histogram {
  return unpack(path === 'uplink' ? track.uplink : path === 'downlink' ? track.downlink : track.roundTrip);
}

const pathWords: Record<string, LocalText> = {
  'round-trip': { en: 'there and back', zh: '往返' },
  uplink: { en: 'uplink', zh: '上行' },
  downlink: { en: 'downlink', zh: '下行' },
};

interface Draft {
  criterion: Criterion;
  limit: number;
  unit: CriterionVerdict['unit'];
  share?: number;
}

function verdict(
  draft: Draft,
  state: VerdictState,
  reason: LocalText,
  more: { [Name in keyof CriterionVerdict]?: CriterionVerdict[Name] | undefined } = {},
): CriterionVerdict {
  const made: CriterionVerdict = { ...draft, state, messages: 0, reason };
  for (const [name, value] of Object.entries(more))
    if (value !== undefined && (typeof value !== 'number' || Number.isFinite(value)))
      (made as Record<string, unknown>)[name] = value;
  return made;
}

/** Nothing of the kind was measured. */
function nothing(draft: Draft, level: ServiceLevel, block: Block): CriterionVerdict {
  const unsent = block.tracks.reduce((sum, track) => sum + track.counts.unsent, 0);
  if (unsent > 0)
    return verdict(
      draft,
      'inconclusive',
      say(
        `${digits(unsent)} probes were due and not sent: the prober was busy, out of budget or without a network. That says nothing of the path.`,
        `有 ${digits(unsent)} 个探测包未能发出（探测端繁忙、超出预算或无网络），无法据此判断路径质量。`,
      ),
    );
  const path = pathWords[pathOf(level)]!;
  return verdict(
    draft,
    'not-measurable',
    say(
      `Nothing measures this (${path.en}): the terminal needs a reflector, or must answer ICMP, TCP or requests of its protocol.`,
      `没有可用的测量手段（${path.zh}）：终端需要部署反射器，或能响应 ICMP、TCP 或自身协议请求。`,
    ),
  );
}

/* Shares of messages ------------------------------------------------------------------------------------------------------------ */

interface ShareTest {
  state: 'met' | 'violated' | 'open';
  /** Certain failures over all messages; with those that may be. */
  sure: number;
  maybe: number;
  low: number;
  high: number;
  messages: number;
  effective: number;
  /** Messages that would decide, beyond those there are. */
  more: number | undefined;
}

/** Is the share of failures at most `allowed`? */
function testShare(
  allowed: number,
  sure: Tally,
  maybe: Tally,
  intervalSeconds: number,
  least: number,
): ShareTest {
  const { messages } = sure;
  const sureWorth = worth(sure, intervalSeconds);
  const maybeWorth = maybe === sure ? sureWorth : worth(maybe, intervalSeconds);
  const { low } = shareInterval(sure.failures, messages, sureWorth.effective, sureWorth.degrees);
  const { high } = shareInterval(maybe.failures, messages, maybeWorth.effective, maybeWorth.degrees);
  const state = low > allowed ? 'violated' : high <= allowed && messages >= least ? 'met' : 'open';
  const p = maybe.failures / Math.max(1, messages);
  const enough =
    p === 0
      ? (-Math.log(1 - confidence) / allowed) * maybeWorth.each
      : (1.96 / (allowed - p)) ** 2 * Math.max(allowed * (1 - allowed), p * (1 - p)) * maybeWorth.each;
  const more = Math.max(enough, least) - messages;
  return {
    state,
    sure: sure.failures / Math.max(1, messages),
    maybe: p,
    low,
    high,
    messages,
    effective: Math.min(sureWorth.effective, maybeWorth.effective),
    more: more > 0 ? more : enough * 0.25,
  };
}

function noiseAt(track: Track, share: number): number | undefined {
  const known = track.noise
    .filter(({ weight }) => weight > 0)
    .map((one) => ({ share: one.share, microseconds: one.sum / one.weight }))
    .sort((a, b) => a.share - b.share);
  return (known.find((one) => one.share >= share - 1e-9) ?? known.at(-1))?.microseconds;
}

function judgeLatency(level: ServiceLevel, block: Block, share: number, ms: number): CriterionVerdict {
  const draft: Draft = { criterion: 'latency', limit: ms, unit: 'ms', share };
  const track = trackFor(level, block);
  if (track === undefined) return nothing(draft, level, block);
  const path = pathOf(level);
  const words = pathWords[path]!;
  const messages = messagesOf(track);
  const intervalSeconds = track.intervalMs / 1000;
  const allowed = 1 - share;
  const least = messagesForPercentile(share);
  const histogram = histogramOf(track, path);
  const oneWay = path !== 'round-trip';
  const { sure, maybe } = lateTallies(track, ms, histogram);
  const test = testShare(allowed, sure, maybe, intervalSeconds, least);

  const ranked = rankInterval(share, Math.floor(test.effective));
  const at = (of: number): number | undefined => {
    const value = valueAt(histogram, of, messages) / 1000;
    return Number.isFinite(value) ? value : undefined;
  };
  const told = histogram.total > 0 && messages >= least;
  const measured = told ? at(share) : undefined;
  const figures: Partial<CriterionVerdict> = {
    messages,
    method: track.method,
    confidence,
    definition: say(
      `${percent(share)} of the messages sent within ${milliseconds(ms)}, ${words.en}; one that is lost is within no time (3GPP TS 22.104; 5G-ACIA)`,
      `已发送消息的 ${percent(share)} 在 ${milliseconds(ms)} 内到达（${words.zh}）；丢失的消息视为超时（3GPP TS 22.104；5G-ACIA）`,
    ),
    ...(measured === undefined ? {} : { measured }),
    ...(told && ranked.low > 0 ? { low: at(ranked.low)! } : {}),
    ...(told && ranked.highKnown ? { high: at(ranked.high)! } : {}),
  };
  const count = say(
    `Of ${digits(messages)} messages (${methodNames[track.method]!.en}, ${words.en}) ${test.maybe > test.sure ? 'at least ' : ''}${percent(1 - test.maybe)} came within ${milliseconds(ms)}; ${percent(share)} must${measured === undefined ? '' : ` (measured ${milliseconds(measured)})`}.`,
    `共 ${digits(messages)} 条消息（${methodNames[track.method]!.zh}，${words.zh}），${test.maybe > test.sure ? '至少 ' : ''}${percent(1 - test.maybe)} 在 ${milliseconds(ms)} 内到达，要求 ${percent(share)}${measured === undefined ? '' : `（实测 ${milliseconds(measured)}）`}。`,
  );

  const floor = noiseAt(track, share);
  const floorMs = floor === undefined ? undefined : floor / 1000;
  const floorWords =
    floorMs === undefined
      ? undefined
      : say(
          `This prober itself takes up to ${milliseconds(floorMs)} for ${percent(share)}: nothing below can be seen.`,
          `探测端自身在 ${percent(share)} 分位的耗时可达 ${milliseconds(floorMs)}，低于此值无法分辨。`,
        );
  const blurred = floorMs !== undefined && ms <= floorMs;
  if (test.state === 'violated' && beyondNoise(track, histogram, test, allowed, ms, oneWay, sure))
    return verdict(draft, 'violated', count, figures);
  if (test.state === 'violated') return verdict(draft, 'inconclusive', join(count, floorWords), figures);
  if (blurred) return verdict(draft, 'inconclusive', join(count, floorWords), figures);
  if (test.state === 'met') {
    const shown =
      oneWay && track.clockError === undefined
        ? join(
            count,
            say(
              'The clocks do not allow one-way times, but even there and back was in time, so one way was.',
              '时钟未同步，无法测量单向时延；但往返时延已在限值内，单向必然满足。',
            ),
          )
        : count;
    return verdict(draft, 'met', shown, figures);
  }
  // One way is wanted, and whether the messages were late depends on how the round trip divides.
  const undecided = test.maybe - test.sure;
  if (oneWay && test.maybe > allowed && undecided > (test.maybe - allowed) / 2) {
    const twice = above(unpack(track.roundTrip), ms * 2000).least / Math.max(1, messages);
    const one = twice > allowed;
    if (track.clockError === undefined)
      return verdict(
        draft,
        'not-measurable',
        join(
          count,
          one
            ? say(
                `There and back took more than twice the limit in ${percent(twice)}: one of both directions is too slow, and which one cannot be told.`,
                `有 ${percent(twice)} 的往返时延超过限值的两倍：至少一个方向超限，但无法分辨是哪一个方向。`,
              )
            : say(
                'There and back takes longer than the limit, and how that divides cannot be told.',
                '往返时延超过限值，无法分辨上下行各占多少。',
              ),
          say(
            'One-way times need the clocks of both ends disciplined (NTP or PTP).',
            '单向时延需要两端时钟同步（NTP 或 PTP）。',
          ),
        ),
        figures,
      );
    const error = track.clockError / 1000;
    if (error > ms / 10)
      return verdict(
        draft,
        'not-measurable',
        join(
          count,
          say(
            `The clocks are known within ${milliseconds(error)} only: too coarse for a limit of ${milliseconds(ms)}.`,
            `时钟误差为 ${milliseconds(error)}，不足以判断 ${milliseconds(ms)} 的限值。`,
          ),
        ),
        figures,
      );
  }
  const few =
    messages < least
      ? say(
          `${percent(share)} is told from ${digits(least)} messages on.`,
          `${percent(share)} 分位至少需要 ${digits(least)} 条消息。`,
        )
      : undefined;
  return verdict(draft, 'inconclusive', join(count, few, moreMessages(test.more, intervalSeconds)), figures);
}

/** Late at `ms` and lost, as counted; where the level was another when it was counted, from the durations kept. */
function lateTallies(track: Track, ms: number, histogram: Histogram): { sure: Tally; maybe: Tally } {
  const counted = track.late.find((one) => one.ms === ms)?.tally;
  const messages = messagesOf(track);
  // Tracks merged over a change of the level keep the tally of only a part of the messages.
  if (counted !== undefined && counted.sure.messages === messages)
    return { sure: counted.sure, maybe: counted.maybe ?? counted.sure };
  const beyond = above(histogram, ms * 1000);
  const untold = messages - histogram.total - (track.lost.maybe ?? track.lost.sure).failures;
  const each = Math.max(
    worth(track.slow, track.intervalMs / 1000).each,
    worth(track.lost.sure, track.intervalMs / 1000).each,
  );
  const made = (failures: number): Tally => tallyWorth(Math.min(messages, failures), messages, each);
  return {
    sure: made(beyond.least + track.lost.sure.failures),
    maybe: made(beyond.most + (track.lost.maybe ?? track.lost.sure).failures + Math.max(0, untold)),
  };
}

/**
 * Would the level be violated had this prober been perfect? A message counts as late only beyond the limit and the noise of share s together; of
 * messages so late, 1 − s at most are the noise's, and the farther the limit lies beyond the noise the fewer (by the first power: a heavy tail).
 */
function beyondNoise(
  track: Track,
  histogram: Histogram,
  test: ShareTest,
  allowed: number,
  ms: number,
  oneWay: boolean,
  sure: Tally,
): boolean {
  const known = track.noise.filter(({ weight, sum }) => weight > 0 && sum > 0);
  if (known.length === 0) return true;
  const lost = oneWay ? track.lost.sure.failures : messagesOf(track) - histogram.total;
  return known.some(({ share, sum, weight }) => {
    const noise = sum / weight;
    const shift = oneWay ? noise + (track.clockError ?? 0) : noise;
    const failures = Math.min(sure.failures, above(histogram, ms * 1000 + shift).least + lost);
    const { low } = shareInterval(failures, test.messages, test.effective);
    return low - (1 - share) * Math.min(1, noise / (ms * 1000)) > allowed;
  });
}

function judgeLoss(level: ServiceLevel, block: Block): CriterionVerdict {
  const allowed = level.lossRatioMax!;
  const draft: Draft = { criterion: 'loss', limit: allowed, unit: 'share' };
  const track = trackFor(level, block) ?? passiveTrack(level, block);
  if (track === undefined) return nothing(draft, level, block);
  const words = pathWords[track.path] ?? pathWords['round-trip']!;
  const { sure, maybe = sure } = track.lost;
  const intervalSeconds = track.intervalMs / 1000;
  const test = testShare(allowed, sure, maybe, intervalSeconds, messagesMin);
  const figures: Partial<CriterionVerdict> = {
    messages: test.messages,
    method: track.method,
    confidence,
    measured: test.maybe,
    low: test.low,
    high: test.high,
    definition: say(
      `messages that never came, of those sent, ${words.en}; interval from windows on the clock, since losses come in bursts (batch means)`,
      `已发送消息中未到达的比例（${words.zh}）；丢包成串出现，因此按时间窗计算区间（分批均值法）`,
    ),
  };
  const { longest, periods } = track.bursts.all;
  const count = say(
    `Of ${digits(test.messages)} messages (${methodNames[track.method]!.en}, ${words.en}) ${percent(test.maybe)} were lost${periods > 0 ? `, in ${digits(periods)} bursts, the longest of ${digits(longest)}` : ''}; ${percent(allowed)} may. The true share lies between ${percent(test.low)} and ${percent(test.high)}.`,
    `共 ${digits(test.messages)} 条消息（${methodNames[track.method]!.zh}，${words.zh}），丢失 ${percent(test.maybe)}${periods > 0 ? `，分为 ${digits(periods)} 次突发，最长 ${digits(longest)} 条` : ''}，允许 ${percent(allowed)}。真实丢包率在 ${percent(test.low)} 与 ${percent(test.high)} 之间。`,
  );
  if (test.state !== 'open') return verdict(draft, test.state, count, figures);
  if (test.sure <= allowed && test.maybe - test.sure > (test.maybe - allowed) / 2 && test.maybe > allowed)
    return verdict(
      draft,
      'not-measurable',
      join(
        count,
        say(
          'In which direction they were lost is not known: that needs a reflector that counts (stateful STAMP).',
          '无法分辨丢失方向：需要支持计数的（有状态）STAMP 反射器。',
        ),
      ),
      figures,
    );
  return verdict(draft, 'inconclusive', join(count, moreMessages(test.more, intervalSeconds)), figures);
}

/** Where a level names no path and nothing is probed, what came by itself is all there is. */
function passiveTrack(level: ServiceLevel, block: Block): Track | undefined {
  return level.latency === undefined
    ? block.tracks.find((track) => track.method === 'passive' && messagesOf(track) > 0)
    : undefined;
}

function judgeJitter(level: ServiceLevel, block: Block): CriterionVerdict {
  const { definition, ms, share: asked } = level.jitter!;
  const share = definition === 'camara' ? 0.99 : (asked ?? 0.99);
  const draft: Draft = { criterion: 'jitter', limit: ms, unit: 'ms', share };
  const track = trackFor(level, block);
  if (track === undefined) return nothing(draft, level, block);
  const path = pathOf(level);
  const wanted = definition === 'camara' ? 'round-trip' : path;
  const oneWayTold = wanted !== 'round-trip' && histogramOf(track, wanted).total > 0;
  const used = oneWayTold ? wanted : 'round-trip';
  const histogram = histogramOf(track, used);
  if (histogram.total === 0) return nothing(draft, level, block);
  const words = pathWords[used]!;
  const messages = histogram.total;
  const least = messagesForPercentile(share);
  const intervalSeconds = track.intervalMs / 1000;
  const { each } = worth(track.slow, intervalSeconds);
  const effective = Math.max(1, messages / each);
  const beyond = above(histogram, histogram.least + ms * 1000);
  const allowed = 1 - share;
  const low = shareInterval(beyond.least, messages, effective).low;
  const high = shareInterval(beyond.most, messages, effective).high;
  const variation = (of: number): number => Math.max(0, valueAt(histogram, of) - histogram.least) / 1000;
  const ranked = rankInterval(share, Math.floor(effective));
  const measured = messages >= least ? variation(share) : undefined;
  const figures: Partial<CriterionVerdict> = {
    messages,
    method: track.method,
    confidence,
    definition:
      definition === 'camara'
        ? say(
            '99th percentile of the variation of the round-trip delay, from its least (CAMARA QoS Profiles; ITU-T Y.1540)',
            '往返时延相对最小值变化的第 99 百分位（CAMARA QoS Profiles；ITU-T Y.1540）',
          )
        : say(
            `packet delay variation, ${words.en}: delay less the least of the interval (RFC 5481, 4.2)`,
            `时延变化（PDV，${words.zh}）：时延减去区间内最小时延（RFC 5481 4.2）`,
          ),
    ...(measured === undefined ? {} : { measured }),
    ...(measured !== undefined && ranked.low > 0 ? { low: variation(ranked.low) } : {}),
    ...(measured !== undefined && ranked.highKnown ? { high: variation(ranked.high) } : {}),
  };
  const count = say(
    `Delay varies by ${measured === undefined ? 'an amount not yet told' : milliseconds(measured)} (${percent(share)} of ${digits(messages)} messages, ${words.en}); at most ${milliseconds(ms)} is asked for.`,
    `时延变化为 ${measured === undefined ? '尚不可知' : milliseconds(measured)}（${digits(messages)} 条消息的 ${percent(share)} 分位，${words.zh}），要求不超过 ${milliseconds(ms)}。`,
  );
  const floor = noiseAt(track, share);
  const floorWords =
    floor === undefined
      ? undefined
      : say(
          `This prober's own delay varies by up to ${milliseconds(floor / 1000)}.`,
          `探测端自身的时延变化可达 ${milliseconds(floor / 1000)}。`,
        );
  if (floor !== undefined && ms * 1000 <= floor)
    return verdict(draft, 'inconclusive', join(count, floorWords), figures);
  if (high <= allowed && messages >= least) {
    return verdict(draft, 'met', count, figures);
  }
  if (low > allowed) {
    if (wanted !== used)
      return verdict(
        draft,
        'not-measurable',
        join(
          count,
          say(
            'It is asked for one way; there and back varies by both ways together. One way needs the clocks of both ends disciplined.',
            '要求的是单向抖动，而往返变化是上下行之和；测量单向抖动需要两端时钟同步。',
          ),
        ),
        figures,
      );
    const shift = above(histogram, histogram.least + ms * 1000 + (floor ?? 0));
    const certain = shareInterval(shift.least, messages, effective).low > allowed;
    return verdict(
      draft,
      certain ? 'violated' : 'inconclusive',
      certain ? count : join(count, floorWords),
      figures,
    );
  }
  const p = beyond.most / messages;
  const enough =
    p === 0 ? (3 / allowed) * each : (1.96 / (allowed - p)) ** 2 * allowed * (1 - allowed) * each;
  return verdict(
    draft,
    'inconclusive',
    join(count, moreMessages(Math.max(enough, least) - messages || least, intervalSeconds)),
    figures,
  );
}

/* Rates, intervals, coverage ---------------------------------------------------------------------------------------------------- */

function judgeRate(level: ServiceLevel, block: Block, direction: 'uplink' | 'downlink'): CriterionVerdict {
  const limit = level[`${direction}MbpsMin`]!;
  const draft: Draft = { criterion: direction, limit, unit: 'Mbit/s' };
  const tally = block.rates[direction];
  const method = tally.methods[0];
  const words = pathWords[direction]!;
  const definition = say(
    `Mbit/s the path takes, ${words.en}; load below what is asked for says nothing of what it could carry`,
    `路径的承载速率（Mbit/s，${words.zh}）；低于要求的负载不能说明其承载能力`,
  );
  if (tally.saturated === 0) {
    if (tally.carried >= limit)
      return verdict(
        draft,
        'met',
        say(
          `The path carried ${digits(tally.carried)} Mbit/s ${words.en}; ${digits(limit)} are asked for.`,
          `${words.zh}实际承载 ${digits(tally.carried)} Mbit/s，要求 ${digits(limit)} Mbit/s。`,
        ),
        { measured: tally.carried, definition, method },
      );
    return verdict(
      draft,
      tally.methods.length === 0 ? 'not-measurable' : 'inconclusive',
      say(
        `Nothing has filled the path ${words.en} (at most ${digits(tally.carried)} Mbit/s were sent): what it could carry is not known. A test with more than ${digits(limit)} Mbit/s would tell.`,
        `尚无流量占满${words.zh}路径（最多 ${digits(tally.carried)} Mbit/s），无法得知其承载能力；需要超过 ${digits(limit)} Mbit/s 的测试。`,
      ),
      { definition, method, ...(tally.carried > 0 ? { measured: tally.carried } : {}) },
    );
  }
  const rates = unpack(tally.rates);
  const below = rates.total - above(rates, limit * 1000 * 0.995).most;
  const { low } = shareInterval(below, tally.saturated, tally.saturated);
  const measured = valueAt(rates, 0.5) / 1000;
  const reason = say(
    `The path, filled, took ${digits(measured)} Mbit/s ${words.en} in the median of ${tally.saturated} measurements, below ${digits(limit)} in ${below}.`,
    `${words.zh}占满时，${tally.saturated} 次测量的中位数为 ${digits(measured)} Mbit/s，其中 ${below} 次低于 ${digits(limit)} Mbit/s。`,
  );
  const figures = {
    measured,
    low: valueAt(rates, 0.05) / 1000,
    high: rates.most / 1000,
    definition,
    method,
  };
  if (below === 0 && tally.saturated >= saturatedMin) return verdict(draft, 'met', reason, figures);
  if (low > 0.05) return verdict(draft, 'violated', reason, figures);
  return verdict(
    draft,
    'inconclusive',
    join(reason, say('More measurements would decide.', '需要更多测量才能判定。')),
    figures,
  );
}

function judgeInterval(level: ServiceLevel, block: Block): CriterionVerdict {
  const limit = level.transferIntervalMs!;
  const draft: Draft = { criterion: 'transfer-interval', limit, unit: 'ms', share: 0.5 };
  const track = passiveOf(block);
  const gaps = unpack(track?.gaps);
  if (track === undefined || gaps.total < messagesMin)
    return verdict(
      draft,
      'inconclusive',
      say(
        `Only ${gaps.total} messages have been seen; from ${messagesMin} on it is told.`,
        `仅看到 ${gaps.total} 条消息，至少需要 ${messagesMin} 条。`,
      ),
      { messages: gaps.total, method: 'passive' },
    );
  const measured = valueAt(gaps, 0.5) / 1000;
  const slower = measured > limit * 1.25;
  return verdict(
    draft,
    slower ? 'violated' : 'met',
    say(
      `A message comes each ${milliseconds(measured)} (median of ${digits(gaps.total)}); each ${milliseconds(limit)} one is due${slower ? ', which may be the sender or the path' : ''}.`,
      `每 ${milliseconds(measured)} 收到一条消息（${digits(gaps.total)} 次的中位数），应为每 ${milliseconds(limit)} 一条${slower ? '；原因可能在发送端或路径' : ''}。`,
    ),
    {
      measured,
      messages: gaps.total,
      method: 'passive',
      definition: say(
        'time between two messages received, median; a quarter more than the interval is allowed',
        '相邻两条消息的接收间隔（中位数）；允许比传输间隔长四分之一',
      ),
    },
  );
}

function judgeCoverage(level: ServiceLevel, block: Block): CriterionVerdict {
  const limit = level.coverage!.share;
  const draft: Draft = { criterion: 'coverage', limit, unit: 'share' };
  const { coverage } = block;
  if (coverage === undefined)
    return verdict(
      draft,
      'not-measurable',
      say(
        'No moving terminal with a known position has measured there.',
        '该区域没有带位置信息的移动终端进行过测量。',
      ),
    );
  const reason = say(
    `The level was met in ${percent(coverage.share)} of ${digits(coverage.cells)} cells of the plan that were measured; ${percent(limit)} are asked for.`,
    `在已测量的 ${digits(coverage.cells)} 个网格中，${percent(coverage.share)} 满足等级，要求 ${percent(limit)}。`,
  );
  const figures = {
    measured: coverage.share,
    messages: coverage.cells,
    definition: say(
      'share of the cells of the plan that were measured; cells without a measurement count neither way',
      '在已测量的网格中所占比例；未测量的网格不计入',
    ),
  };
  if (coverage.cells < cellsMin)
    return verdict(
      draft,
      'inconclusive',
      join(reason, say(`From ${cellsMin} cells on it is told.`, `至少需要 ${cellsMin} 个网格。`)),
      figures,
    );
  return verdict(draft, coverage.share >= limit ? 'met' : 'violated', reason, figures);
}

/* Up and down ------------------------------------------------------------------------------------------------------------------- */

/** The measurement that sees the service go down best: the densest that is not too seldom. */
function downTrackOf(level: ServiceLevel, block: Block): Track | undefined {
  const path = pathOf(level);
  const usable = block.tracks.filter(
    (track) =>
      track.down !== undefined &&
      messagesOf(track) > 0 &&
      (track.path === path || level.latency === undefined),
  );
  const rank = (track: Track): number =>
    (track.down!.sure.rule.coarse ? 100 : 0) + ranks.indexOf(track.method);
  return usable.sort((a, b) => rank(a) - rank(b) || messagesOf(b) - messagesOf(a))[0];
}

/** What probes would have to be, where they are too seldom. */
function denser(level: ServiceLevel, track: Track): LocalText {
  const needed = level.transferIntervalMs ?? level.survivalTimeMs ?? track.intervalMs;
  return say(
    `A probe each ${milliseconds(track.intervalMs)} cannot see a message missed within ${milliseconds(needed)}: this needs a probe each ${milliseconds(needed)}.`,
    `每 ${milliseconds(track.intervalMs)} 一次的探测看不到 ${milliseconds(needed)} 内丢失的消息：需要每 ${milliseconds(needed)} 探测一次。`,
  );
}

const downDefinition: LocalText = {
  en: 'down once no message came in time for transfer interval + survival time, up with the next that does (3GPP TS 22.104, Annex C)',
  zh: '超过传输间隔加生存时间仍无按时消息即为中断，下一条按时消息到达即恢复（3GPP TS 22.104 附录 C）',
};

function down(level: ServiceLevel, track: Track) {
  const sure = downTotals(track.down!.sure);
  const maybeTrack: DownTrack = track.down!.maybe ?? track.down!.sure;
  const maybe = track.down!.maybe === undefined ? sure : downTotals(maybeTrack);
  return { sure, maybe, coarse: track.down!.sure.rule.coarse || seesTooLittle(level, track.intervalMs) };
}

const heaviest = (totals: ReturnType<typeof downTotals>): number => {
  const longest = (totals.outages[0]?.down ?? 0) / 1e6;
  return totals.events >= outagesKnownMin ? longest : Math.max(longest, outageAssumedSeconds);
};

function judgeSurvival(level: ServiceLevel, block: Block): CriterionVerdict {
  const limit = level.survivalTimeMs!;
  const draft: Draft = { criterion: 'survival-time', limit, unit: 'ms' };
  const track = downTrackOf(level, block);
  if (track === undefined) return nothing(draft, level, block);
  const { sure, maybe, coarse } = down(level, track);
  const measured = Math.max(0, maybe.longestGap) / 1000;
  const messages = messagesOf(track);
  const figures: Partial<CriterionVerdict> = {
    measured,
    messages,
    method: track.method,
    definition: say(
      `longest time without a message in time, beyond the interval; ${downDefinition.en}`,
      `超出传输间隔后最长的无按时消息时间；${downDefinition.zh}`,
    ),
  };
  const observed = time(maybe.observed / 1e6);
  const longest = time(measured / 1000);
  const count = say(
    `In ${observed.en} the service was down ${digits(sure.events)} times; the longest time without a message in time was ${longest.en}, ${milliseconds(limit)} are survived.`,
    `在 ${observed.zh}内业务中断 ${digits(sure.events)} 次；最长 ${longest.zh}没有按时到达的消息，应用可承受 ${milliseconds(limit)}。`,
  );
  const goesOn = downNow(track.down!.sure) !== undefined;
  if (sure.events > 0) {
    const allowed = level.availabilityMin === undefined ? 0 : 1 - level.availabilityMin;
    const { low } = weightedLimits(sure.events, sure.down / 1e6, sure.squares / 1e6, heaviest(sure));
    if (goesOn || allowed === 0 || low / (sure.observed / 1e6) > allowed)
      return verdict(
        draft,
        'violated',
        join(count, goesOn ? say('It is down now.', '当前处于中断状态。') : undefined),
        figures,
      );
    return verdict(
      draft,
      'inconclusive',
      join(
        count,
        say(
          'That is not more than the availability of the level allows.',
          '未超出该等级可用性所允许的范围。',
        ),
      ),
      figures,
    );
  }
  if (coarse) return verdict(draft, 'not-measurable', join(count, denser(level, track)), figures);
  if (maybe.events > 0)
    return verdict(
      draft,
      'not-measurable',
      join(
        count,
        track.method === 'passive'
          ? say(
              'Messages are missing, and whether they were sent is not known: probes would tell.',
              '有消息缺失，但无法得知是否已发送：需要主动探测才能判断。',
            )
          : say(
              'There and back, messages came too late; whether the way asked about was, needs disciplined clocks.',
              '往返时延超限，但所要求方向是否超限需要时钟同步才能判断。',
            ),
      ),
      figures,
    );
  if (messages < messagesMin)
    return verdict(
      draft,
      'inconclusive',
      join(count, moreMessages(messagesMin - messages, track.intervalMs / 1000)),
      figures,
    );
  return verdict(draft, 'met', count, figures);
}

function judgeAvailability(level: ServiceLevel, block: Block): CriterionVerdict {
  const limit = level.availabilityMin!;
  const allowed = 1 - limit;
  const draft: Draft = { criterion: 'availability', limit, unit: 'share' };
  const track = downTrackOf(level, block);
  if (track === undefined) return nothing(draft, level, block);
  const { sure, maybe, coarse } = down(level, track);
  const seconds = maybe.observed / 1e6;
  const low = weightedLimits(sure.events, sure.down / 1e6, sure.squares / 1e6, heaviest(sure)).low / seconds;
  const upper =
    weightedLimits(maybe.events, maybe.down / 1e6, maybe.squares / 1e6, heaviest(maybe)).high / seconds;
  const measured = 1 - Math.min(1, maybe.down / maybe.observed);
  const messages = messagesOf(track);
  const figures: Partial<CriterionVerdict> = {
    measured,
    low: Math.max(0, 1 - upper),
    high: Math.min(1, 1 - low),
    confidence,
    messages,
    method: track.method,
    definition: say(
      `share of the time the service was up: ${downDefinition.en}; limits from the down-events (Fay and Feuer 1997), where there is none, from one of ${outageAssumedSeconds} s`,
      `业务可用时间的比例：${downDefinition.zh}；区间由中断事件得出（Fay 与 Feuer 1997），无中断时按一次 ${outageAssumedSeconds} 秒的中断估计`,
    ),
  };
  const observed = time(seconds);
  const lasted = time(maybe.down / 1e6);
  const count = say(
    `Up ${percent(measured)} of ${observed.en}: down ${digits(maybe.events)} times, ${lasted.en} together; ${percent(limit)} is asked for.`,
    `在 ${observed.zh}中可用 ${percent(measured)}：中断 ${digits(maybe.events)} 次，共 ${lasted.zh}；要求 ${percent(limit)}。`,
  );
  if (low > allowed) return verdict(draft, 'violated', count, figures);
  if (coarse) {
    // Whoever is down has missed a message: the share of time down is at most the share of messages late or lost.
    const late = track.late.at(-1)?.tally ?? track.lost;
    const test = testShare(allowed, late.sure, late.maybe ?? late.sure, track.intervalMs / 1000, messagesMin);
    if (test.state === 'met')
      return verdict(
        draft,
        'met',
        say(
          `Of ${digits(test.messages)} messages at most ${percent(test.high)} are late or lost, and a service is down for no longer than its messages are missing; ${percent(limit)} is met.`,
          `${digits(test.messages)} 条消息中最多 ${percent(test.high)} 迟到或丢失，中断时间不会超过消息缺失的时间，因此满足 ${percent(limit)}。`,
        ),
        { ...figures, measured: 1 - test.maybe, low: 1 - test.high, high: 1 },
      );
    return verdict(draft, 'not-measurable', join(count, denser(level, track)), figures);
  }
  if (upper <= allowed) return verdict(draft, 'met', count, figures);
  const wait = time(Math.max(0, seconds * (upper / allowed) - seconds));
  return verdict(
    draft,
    maybe.events > sure.events && maybe.down / maybe.observed > allowed ? 'not-measurable' : 'inconclusive',
    join(
      count,
      maybe.down / maybe.observed < allowed
        ? say(
            `Without further failures about ${wait.en} more would show it.`,
            `若不再中断，约需再观察 ${wait.zh}才能证明。`,
          )
        : say('More time would decide.', '需要更长时间才能判定。'),
    ),
    figures,
  );
}

function judgeMtbf(level: ServiceLevel, block: Block): CriterionVerdict {
  const limit = level.mtbfHoursMin!;
  const draft: Draft = { criterion: 'mtbf', limit, unit: 'h' };
  const track = downTrackOf(level, block);
  if (track === undefined) return nothing(draft, level, block);
  const { sure, maybe, coarse } = down(level, track);
  const hours = (maybe.observed - maybe.down) / 3.6e9;
  const low = hours / eventLimits(maybe.events).high;
  const high =
    sure.events === 0
      ? Number.POSITIVE_INFINITY
      : (sure.observed - sure.down) / 3.6e9 / eventLimits(sure.events).low;
  const figures: Partial<CriterionVerdict> = {
    ...(maybe.events > 0 ? { measured: hours / maybe.events } : {}),
    low,
    high,
    confidence,
    messages: messagesOf(track),
    method: track.method,
    definition: say(
      `up-time divided by the number of down-events: ${downDefinition.en}; Poisson limits (Garwood 1936)`,
      `可用时间除以中断次数：${downDefinition.zh}；泊松区间（Garwood 1936）`,
    ),
  };
  const observed = time(hours * 3600);
  const count = say(
    `Up for ${observed.en} with ${digits(maybe.events)} failures; ${digits(limit)} h between two are asked for, at least ${digits(low)} h are shown.`,
    `可用 ${observed.zh}，失效 ${digits(maybe.events)} 次；要求平均间隔 ${digits(limit)} 小时，目前可证明至少 ${digits(low)} 小时。`,
  );
  if (high < limit) return verdict(draft, 'violated', count, figures);
  if (coarse) return verdict(draft, 'not-measurable', join(count, denser(level, track)), figures);
  if (low >= limit) return verdict(draft, 'met', count, figures);
  const wait = time(Math.max(0, limit * eventLimits(maybe.events).high - hours) * 3600);
  return verdict(
    draft,
    maybe.events > sure.events && hours / maybe.events < limit ? 'not-measurable' : 'inconclusive',
    join(
      count,
      say(
        `Without further failures about ${wait.en} more would show it.`,
        `若不再失效，约需再观察 ${wait.zh}才能证明。`,
      ),
    ),
    figures,
  );
}

/**
 * How a path fares in a block, for comparing it with others: `bad` where messages show it, `good` where no more of them fail than may, though it
 * may take hours to show that they never do. Not a verdict: nobody is told of it.
 */
export function qualityOf(level: ServiceLevel, block: Block): 'good' | 'bad' | 'unknown' {
  const track = trackFor(level, block);
  if (track === undefined) return 'unknown';
  if (track.down !== undefined && downNow(track.down.sure) !== undefined) return 'bad';
  const messages = messagesOf(track);
  const histogram = histogramOf(track, pathOf(level));
  const asked = (level.latency?.within ?? []).map(({ share, ms }) => ({
    allowed: 1 - share,
    ...lateTallies(track, ms, histogram),
  }));
  if (level.lossRatioMax !== undefined || asked.length === 0) {
    const { sure, maybe = sure } = track.lost;
    asked.push({ allowed: level.lossRatioMax ?? lossAnyway, sure, maybe });
  }
  const states = asked.map(({ allowed, sure, maybe }) => {
    if (testShare(allowed, sure, maybe, track.intervalMs / 1000, messagesMin).state === 'violated')
      return 'bad';
    return messages >= messagesMin && maybe.failures <= allowed * messages + 1 ? 'good' : 'unknown';
  });
  return states.includes('bad') ? 'bad' : states.includes('unknown') ? 'unknown' : 'good';
}

/** A path that loses more than this fares badly, whatever is asked of it. */
const lossAnyway = 0.05;
