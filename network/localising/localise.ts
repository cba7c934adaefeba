import { type Blame, formatInstant, type Hop, hops, type LocalText } from '@millrace/contract';
import {
  type Clues,
  localisingLimits,
  type Part,
  type PathPlace,
  type Peer,
  partsOf,
  type Segment,
} from './path.ts';

/**
 * Which part of a path failed, told from who else fails (shared fate) and from what single hops say of themselves. Each set of one to three parts
 * that could have failed together is weighed by Bayes' rule: how often such parts fail, and how well the set explains everything seen (network
 * tomography: Castro and others, Statistical Science 19, 2004; of failures: Duffield, IEEE Trans. Inf. Theory 52, 2006). Named is the shortest
 * stretch of the path that holds the faults with at least `sureFrom`; one hop only where it alone does.
 */

/** How often a part has failed when somebody looks: small, so that a second fault needs a clue of its own. From what plants report: radio first, core and platform last. */
const prior: Record<Part['kind'], number> = {
  terminal: 0.002,
  link: 0.004,
  cell: 0.0016,
  transport: 0.0013,
  core: 0.0008,
  edge: 0.0013,
  platform: 0.001,
};

/** A path through a failed part shows it this often; a cell that is too full harms not everybody in it. */
const shows: Record<Part['kind'], number> = {
  terminal: 0.95,
  link: 0.95,
  cell: 0.85,
  transport: 0.92,
  core: 0.92,
  edge: 0.92,
  platform: 0.92,
};

/** A path without a fault looks bad this often: its own terminal, its own radio, the chance of a verdict. */
const badAnyway = 0.05;
const segmentBadAnyway = 0.02;

/** A stretch is named where the faults lie in it with at least this probability. */
export const sureFrom = 0.95;

export const hopNames: Record<Hop, LocalText> = {
  terminal: { en: 'terminal', zh: '终端' },
  radio: { en: 'radio', zh: '无线' },
  transport: { en: 'transport', zh: '传输' },
  core: { en: 'core', zh: '核心网' },
  edge: { en: 'edge', zh: '边缘' },
  platform: { en: 'platform', zh: '平台' },
};

type Evidence = Blame['evidence'][number];

/** A clue about single parts: how likely it is where `kind` has failed, and where none of those named has. */
interface Direct {
  given: Partial<Record<Part['kind'], number>>;
  otherwise: number;
  evidence: Evidence;
  /** Whether it speaks for a fault (and is worth telling a person). */
  against: boolean;
}

/** Puts a lost level on a hop, on a stretch between two, or on none. Pure; never throws. */
export function localise(clues: Clues): Blame {
  const order = hops.filter((hop) => clues.path.hops.includes(hop));
  const own = partsOf({ ...clues.path, hops: order });
  if (own.length === 0)
    return {
      observable: false,
      confidence: 0,
      cause: { en: 'Nothing is known of the path.', zh: '路径信息未知。' },
      evidence: [],
    };
  const peers = choosePeers(clues.path, clues.peers ?? []);
  const segments = (clues.segments ?? [])
    .filter((one) => one.quality !== 'unknown')
    .slice(0, localisingLimits.segmentsMax);
  const direct = directClues(clues);
  const crossing = peers.map((peer) => ({ bad: peer.quality === 'bad', parts: partsOf(peer) }));
  const elsewhere = suspectsElsewhere(own, crossing);
  const parts = [...own, ...elsewhere];
  const index = new Map(parts.map((part, at) => [part.key, at]));
  // Peers that share the same parts and fare the same count together.
  const groups = new Map<string, { crossed: number[]; bad: number; good: number }>();
  for (const { bad, parts: over } of crossing) {
    const crossed = over.flatMap((part) => index.get(part.key) ?? []);
    const key = crossed.join();
    const group = groups.get(key) ?? { crossed, bad: 0, good: 0 };
    if (bad) group.bad++;
    else group.good++;
    groups.set(key, group);
  }
  const crossedBy = segments.map((segment) => {
    const [from, to] = [hops.indexOf(segment.from), hops.indexOf(segment.to)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    return own.flatMap((part, at) =>
      hops.indexOf(part.hop) >= from && hops.indexOf(part.hop) <= to ? at : [],
    );
  });

  // Parts are few: a set of them is a number.
  const maskOf = (some: readonly number[]): number => some.reduce((mask, at) => mask | (1 << at), 0);
  const grouped = [...groups.values()].map(({ crossed, bad, good }) => ({
    mask: maskOf(crossed),
    bad,
    good,
  }));
  const segmentMasks = crossedBy.map(maskOf);
  const [ofPaths, ofSegments] = [new Map<number, [number, number]>(), new Map<number, [number, number]>()];
  /** Logarithms of how likely a path that crosses these failed parts looks bad, and good. */
  const logsOf = (mask: number, anyway: number, known: typeof ofPaths): [number, number] => {
    let logs = known.get(mask);
    if (logs === undefined) {
      let hidden = 1 - anyway;
      parts.forEach((part, at) => {
        if ((mask & (1 << at)) !== 0) hidden *= 1 - shows[part.kind];
      });
      known.set(mask, (logs = [Math.log(1 - hidden), Math.log(hidden)]));
    }
    return logs;
  };

  const weigh = (failed: readonly number[]): number => {
    let log = 0;
    for (const at of failed) log += Math.log(prior[parts[at]!.kind]);
    const failedMask = maskOf(failed);
    for (const { mask, bad, good } of grouped) {
      const [logBad, logGood] = logsOf(mask & failedMask, badAnyway, ofPaths);
      log += bad * logBad + good * logGood;
    }
    segments.forEach((segment, at) => {
      const [logBad, logGood] = logsOf(segmentMasks[at]! & failedMask, segmentBadAnyway, ofSegments);
      log += segment.quality === 'bad' ? logBad : logGood;
    });
    for (const { given, otherwise } of direct) {
      let p = otherwise;
      for (const at of failed) if (at < own.length) p = Math.max(p, given[parts[at]!.kind] ?? 0);
      // A clue that is rarer with a fault than without (a good radio) speaks against it.
      if (p === otherwise)
        for (const at of failed) if (at < own.length) p = Math.min(p, given[parts[at]!.kind] ?? otherwise);
      log += Math.log(p);
    }
    return log;
  };

  const sets: { own: number[]; log: number }[] = [];
  for (let a = 0; a < own.length; a++) {
    sets.push({ own: [a], log: weigh([a]) });
    for (let b = a + 1; b < parts.length; b++) {
      sets.push({ own: [a, b].filter((at) => at < own.length), log: weigh([a, b]) });
      for (let c = b + 1; c < parts.length; c++)
        sets.push({ own: [a, b, c].filter((at) => at < own.length), log: weigh([a, b, c]) });
    }
  }
  const most = Math.max(...sets.map(({ log }) => log));
  let total = 0;
  // Stretch of the path → weight of the sets that lie in just it.
  const stretches = new Map<string, { from: number; to: number; weight: number }>();
  const byPart = own.map(() => 0);
  const byHops = new Map<string, number>();
  for (const set of sets) {
    const weight = Math.exp(set.log - most);
    total += weight;
    const there = set.own.map((at) => order.indexOf(own[at]!.hop));
    const [from, to] = [Math.min(...there), Math.max(...there)];
    const key = `${from} ${to}`;
    const held = stretches.get(key) ?? { from, to, weight: 0 };
    held.weight += weight;
    stretches.set(key, held);
    for (const at of set.own) byPart[at]! += weight;
    const names = [...new Set(there)].sort((x, y) => x - y).join();
    byHops.set(names, (byHops.get(names) ?? 0) + weight);
  }
  let best = { from: 0, to: order.length - 1, mass: 1 };
  for (let length = 1; length <= order.length; length++) {
    let found: typeof best | undefined;
    for (let from = 0; from + length <= order.length; from++) {
      const to = from + length - 1;
      let mass = 0;
      for (const held of stretches.values()) if (held.from >= from && held.to <= to) mass += held.weight;
      mass /= total;
      if (mass >= sureFrom && mass > (found?.mass ?? 0)) found = { from, to, mass };
    }
    if (found !== undefined) {
      best = found;
      break;
    }
  }
  const [likeliest] = [...byHops].sort((x, y) => y[1] - x[1]);
  const several = (likeliest?.[0] ?? '').split(',').map(Number);
  const together = several.length > 1 && likeliest![1] / total >= 0.5;
  const from = order[best.from]!;
  const to = order[best.to]!;
  const observable = from === to;
  const evidence = gather(clues, own, crossing, segments, direct);
  const nothingTells = !observable && best.from === 0 && best.to === order.length - 1 && !together;
  const worst = own
    .map((part, at) => ({ part, share: byPart[at]! / total }))
    .filter(({ part }) => order.indexOf(part.hop) >= best.from && order.indexOf(part.hop) <= best.to)
    .sort((x, y) => y.share - x.share)[0];
  const cause = nothingTells
    ? {
        en: 'What is measured cannot tell on which hop: no reflector on the path, and no other terminal shares a part of it.',
        zh: '现有测量无法判断位于哪一段：路径上没有反射器，也没有共用路径的其他终端。',
      }
    : together
      ? {
          en: `Two faults at once: ${several.map((at) => hopNames[order[at]!].en).join(' and ')}.`,
          zh: `同时存在两处故障：${several.map((at) => hopNames[order[at]!].zh).join('和')}。`,
        }
      : observable && worst !== undefined
        ? causeOf(worst.part, worst.share > 0.8, clues)
        : {
            en: `Somewhere from ${hopNames[from].en} to ${hopNames[to].en}; a reflector in between would tell.`,
            zh: `位于${hopNames[from].zh}到${hopNames[to].zh}之间；在其间部署反射器即可进一步定位。`,
          };
  return {
    ...(nothingTells ? {} : { from, to }),
    observable,
    confidence: Math.min(1, Math.max(0, Math.round(best.mass * 1000) / 1000)),
    cause,
    evidence,
  };
}

/** Another terminal as the parts it crosses. */
interface Crossing {
  readonly bad: boolean;
  readonly parts: readonly Part[];
}

/** Those that share most with the path first: they tell most. */
function choosePeers(path: PathPlace, peers: readonly Peer[]): Peer[] {
  const told = peers.filter((peer) => peer.quality !== 'unknown' && peer.terminal !== path.terminal);
  if (told.length <= localisingLimits.peersMax) return told;
  const shared = (peer: Peer): number =>
    (peer.cell !== undefined && peer.cell === path.cell ? 4 : 0) +
    (peer.gnb !== undefined && peer.gnb === path.gnb ? 2 : 0) +
    (peer.zone !== undefined && peer.zone === path.zone ? 1 : 0);
  return told
    .map((peer) => ({ peer, shared: shared(peer) }))
    .sort((a, b) => b.shared - a.shared)
    .slice(0, localisingLimits.peersMax)
    .map(({ peer }) => peer);
}

/** Parts others cross and this path does not, where several fail: a fault there must not be put here. */
function suspectsElsewhere(own: readonly Part[], crossing: readonly Crossing[]): Part[] {
  const mine = new Set(own.map(({ key }) => key));
  const counted = new Map<string, { part: Part; bad: number; all: number }>();
  for (const { bad, parts } of crossing)
    for (const part of parts) {
      if (mine.has(part.key) || part.kind === 'terminal' || part.kind === 'link') continue;
      const held = counted.get(part.key) ?? { part, bad: 0, all: 0 };
      held.all++;
      if (bad) held.bad++;
      counted.set(part.key, held);
    }
  return [...counted.values()]
    .filter(({ bad }) => bad >= 2)
    .sort((a, b) => b.bad / b.all - a.bad / a.all || b.bad - a.bad || (a.part.key < b.part.key ? -1 : 1))
    .slice(0, localisingLimits.elsewhereMax)
    .map(({ part }) => part);
}

/** Below these a radio is poor wherever it stands (usual planning limits of NR for control traffic). */
const poorSinrDb = 3;
const poorRsrpDbm = -110;
/** Below its usual by this much: faded, shadowed or interfered with. */
const dropDb = 8;
const lagMs = 50;

function directClues(clues: Clues): Direct[] {
  const found: Direct[] = [];
  const { radio, platform, session, protocol, machine, retransmissions } = clues;
  const time = formatInstant(clues.now);
  if (radio !== undefined && clues.path.hops.includes('radio')) {
    const { sinrDb, rsrpDbm, usualSinrDb, usualRsrpDbm } = radio;
    const sinr = isNumber(sinrDb) ? sinrDb : undefined;
    const rsrp = isNumber(rsrpDbm) ? rsrpDbm : undefined;
    if (sinr !== undefined || rsrp !== undefined) {
      const poor =
        (sinr !== undefined &&
          (sinr < poorSinrDb || (isNumber(usualSinrDb) && usualSinrDb - sinr > dropDb))) ||
        (rsrp !== undefined &&
          (rsrp < poorRsrpDbm || (isNumber(usualRsrpDbm) && usualRsrpDbm - rsrp > dropDb)));
      const usual = isNumber(usualSinrDb) ? ` (usually ${usualSinrDb} dB)` : '';
      const usualZh = isNumber(usualSinrDb) ? `（平时 ${usualSinrDb} dB）` : '';
      found.push({
        given: poor ? { link: 0.8, cell: 0.4 } : { link: 0.12, cell: 0.6 },
        otherwise: poor ? 0.04 : 0.96,
        against: poor,
        evidence: {
          hop: 'radio',
          time,
          ...(sinr === undefined ? { value: rsrp!, unit: 'dBm' } : { value: sinr, unit: 'dB' }),
          what: poor
            ? {
                en: `The radio is poor: SINR ${sinr ?? '–'} dB${usual}, RSRP ${rsrp ?? '–'} dBm.`,
                zh: `无线信号差：SINR ${sinr ?? '–'} dB${usualZh}，RSRP ${rsrp ?? '–'} dBm。`,
              }
            : {
                en: `The radio is as it should be: SINR ${sinr ?? '–'} dB, RSRP ${rsrp ?? '–'} dBm.`,
                zh: `无线信号正常：SINR ${sinr ?? '–'} dB，RSRP ${rsrp ?? '–'} dBm。`,
              },
        },
      });
    }
    if ((radio.cellChanges ?? 0) > 0)
      found.push({
        given: { link: 0.4, cell: 0.2 },
        otherwise: 0.08,
        against: true,
        evidence: {
          hop: 'radio',
          time,
          value: radio.cellChanges!,
          what: {
            en: `The serving cell changed ${radio.cellChanges} times.`,
            zh: `服务小区切换了 ${radio.cellChanges} 次。`,
          },
        },
      });
    if (radio.registered === false)
      found.push({
        given: { terminal: 0.5, link: 0.4, cell: 0.3, core: 0.3 },
        otherwise: 0.01,
        against: true,
        evidence: {
          time,
          what: {
            en: 'The terminal is not registered in the mobile network.',
            zh: '终端未在移动网络中注册。',
          },
        },
      });
  }
  if (protocol !== undefined)
    found.push({
      given: { terminal: protocol === 'failing' ? 0.7 : 0.3 },
      otherwise: protocol === 'failing' ? 0.015 : 0.985,
      against: protocol === 'failing',
      evidence: {
        hop: 'terminal',
        time,
        what:
          protocol === 'failing'
            ? { en: 'The terminal answers with errors of its own.', zh: '终端自身返回错误。' }
            : { en: 'The terminal itself reports no error.', zh: '终端自身未报告错误。' },
      },
    });
  if (machine !== undefined && !machine.running)
    found.push({
      given: { terminal: 0.4 },
      otherwise: 0.05,
      against: true,
      evidence: {
        hop: 'terminal',
        time,
        what: machine.words ?? { en: 'Its machine was stopped or off.', zh: '所在机器处于停机状态。' },
      },
    });
  if (platform !== undefined && isNumber(platform.noiseFloorMs)) {
    const lag = platform.eventLoopLagMs ?? 0;
    const usual = Math.max(0.05, platform.usualNoiseFloorMs || 0);
    const high = platform.noiseFloorMs > 3 * usual || lag > lagMs;
    found.push({
      given: { platform: high ? 0.9 : 0.08 },
      otherwise: high ? 0.01 : 0.99,
      against: high,
      evidence: {
        hop: 'platform',
        time,
        value: platform.noiseFloorMs,
        unit: 'ms',
        what: high
          ? {
              en: `The platform itself is slow: its local reflector answers in ${platform.noiseFloorMs} ms, usually ${usual} ms.`,
              zh: `平台自身变慢：本地反射器应答 ${platform.noiseFloorMs} ms，平时 ${usual} ms。`,
            }
          : {
              en: `The platform answers itself in ${platform.noiseFloorMs} ms, as usual.`,
              zh: `平台本地应答 ${platform.noiseFloorMs} ms，正常。`,
            },
      },
    });
  }
  if (session !== undefined && clues.path.hops.includes('core'))
    found.push({
      given: { core: session === 'gone' ? 0.6 : 0.4 },
      otherwise: session === 'gone' ? 0.01 : 0.99,
      against: session === 'gone',
      evidence: {
        hop: 'core',
        time,
        what:
          session === 'gone'
            ? {
                en: 'The core has no session, or not the quality asked for, for this terminal any more.',
                zh: '核心网中该终端的会话或所申请的质量已不存在。',
              }
            : { en: 'The core has the session as asked for.', zh: '核心网会话正常。' },
      },
    });
  if (retransmissions !== undefined && isNumber(retransmissions.share)) {
    const high = retransmissions.share > Math.max(0.01, 3 * (retransmissions.usual || 0));
    if (high)
      found.push({
        given: { link: 0.6, cell: 0.6, transport: 0.6, core: 0.5, edge: 0.5 },
        otherwise: 0.2,
        against: true,
        evidence: {
          time,
          value: retransmissions.share,
          unit: 'share',
          what: {
            en: `The kernel sent ${Math.round(retransmissions.share * 1000) / 10} % of the segments again.`,
            zh: `内核重传了 ${Math.round(retransmissions.share * 1000) / 10} % 的报文段。`,
          },
        },
      });
  }
  return found;
}

const isNumber = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value);

/** What a person is told, in the order of the path: others that share a part, segments, single hops. */
function gather(
  clues: Clues,
  own: readonly Part[],
  crossing: readonly Crossing[],
  segments: readonly Segment[],
  direct: readonly Direct[],
): Evidence[] {
  const evidence: Evidence[] = [];
  const counted = new Map(own.map((part) => [part.key, { sharing: 0, bad: 0 }]));
  for (const { bad, parts } of crossing)
    for (const { key } of parts) {
      const held = counted.get(key);
      if (held === undefined) continue;
      held.sharing++;
      if (bad) held.bad++;
    }
  for (const part of own) {
    if (part.kind === 'terminal' || part.kind === 'link') continue;
    const { sharing, bad } = counted.get(part.key)!;
    if (sharing === 0) continue;
    const name = partName(part, clues);
    evidence.push({
      hop: part.hop,
      value: bad,
      what: {
        en: `${bad} of ${sharing} other terminals over ${name.en} have lost their quality too.`,
        zh: `共用${name.zh}的其他 ${sharing} 个终端中有 ${bad} 个同样质量下降。`,
      },
    });
  }
  for (const { from, quality, what, value, unit, time } of segments)
    evidence.push({
      hop: from,
      what: {
        en: `${what.en}: ${quality === 'bad' ? 'bad' : 'good'}`,
        zh: `${what.zh}：${quality === 'bad' ? '异常' : '正常'}`,
      },
      ...(isNumber(value) ? { value } : {}),
      ...(unit === undefined ? {} : { unit }),
      ...(time === undefined ? {} : { time: formatInstant(time) }),
    });
  for (const one of [...direct].sort((a, b) => Number(b.against) - Number(a.against)))
    evidence.push(one.evidence);
  return evidence.slice(0, localisingLimits.evidenceMax);
}

function partName(part: Part, { path }: Clues): LocalText {
  switch (part.kind) {
    case 'cell':
      return { en: `cell ${path.cell}`, zh: `小区 ${path.cell}` };
    case 'transport':
      return path.gnb === undefined
        ? { en: 'the same transport', zh: '同一传输' }
        : { en: `base station ${path.gnb}`, zh: `基站 ${path.gnb}` };
    case 'edge':
      return path.zone === undefined
        ? { en: 'the same edge', zh: '同一边缘' }
        : { en: `edge zone ${path.zone}`, zh: `边缘节点 ${path.zone}` };
    default:
      return { en: `the ${hopNames[part.hop].en}`, zh: hopNames[part.hop].zh };
  }
}

function causeOf(part: Part, sure: boolean, clues: Clues): LocalText {
  const name = partName(part, clues);
  if (!sure)
    return {
      en: `On the hop ${hopNames[part.hop].en}.`,
      zh: `位于${hopNames[part.hop].zh}段。`,
    };
  switch (part.kind) {
    case 'terminal':
      return {
        en: 'The terminal itself: others over the same path are well.',
        zh: '终端自身：共用路径的其他终端正常。',
      };
    case 'link':
      return {
        en: 'The radio of this terminal alone: others in the cell are well. It may be shadowed, too far or interfered with.',
        zh: '仅此终端的无线链路：同小区其他终端正常，可能被遮挡、距离过远或受干扰。',
      };
    case 'cell':
      return {
        en: `The whole of ${name.en}: it is too full, disturbed or faulty.`,
        zh: `${name.zh}整体异常：可能拥塞、受干扰或故障。`,
      };
    case 'transport':
      return {
        en: `Transport behind ${name.en}: all its cells are affected, others are not.`,
        zh: `${name.zh}的传输：其下各小区都受影响，其他基站正常。`,
      };
    case 'core':
      return {
        en: 'The core of the mobile network: wired terminals and edge zones are well.',
        zh: '移动核心网：有线终端与边缘节点正常。',
      };
    case 'edge':
      return {
        en: `Between ${name.en} and the platform: whatever passes it is affected.`,
        zh: `${name.zh}到平台之间：经过此处的业务都受影响。`,
      };
    case 'platform':
      return {
        en: 'The platform itself: it answers late whoever asks.',
        zh: '平台自身：对所有终端应答都变慢。',
      };
  }
}
