import type {
  Connection,
  Counters,
  Proposal,
  QuarantineRecord,
  ThingDescription,
  ThingState,
} from '@millrace/contract';
import { noSecurity, thingContext } from '@millrace/contract';

/**
 * A plant that exists only in arithmetic, for developing and testing the console without a platform: every value is a function
 * of time, so history, latest value and live stream agree without anything being stored. It is no part of the build.
 */

interface Signal {
  name: string;
  en: string;
  zh: string;
  type: 'number' | 'integer' | 'boolean' | 'string';
  unit?: string;
  decimals?: number;
  middle: number;
  swing: number;
  periodSeconds: number;
  normal?: { min?: number; max?: number };
  states?: string[];
}

const kinds = {
  machine: {
    en: 'Machining centre',
    zh: '加工中心',
    type: 'MachineTool',
    signals: [
      {
        name: 'spindleSpeed',
        en: 'Spindle speed',
        zh: '主轴转速',
        type: 'number',
        unit: 'rpm',
        decimals: 0,
        middle: 6000,
        swing: 2500,
        periodSeconds: 700,
        normal: { min: 0, max: 9000 },
      },
      {
        name: 'spindleLoad',
        en: 'Spindle load',
        zh: '主轴负载',
        type: 'number',
        unit: '%',
        decimals: 1,
        middle: 48,
        swing: 22,
        periodSeconds: 310,
        normal: { max: 85 },
      },
      {
        name: 'spindleTemperature',
        en: 'Spindle temperature',
        zh: '主轴温度',
        type: 'number',
        unit: 'CEL',
        decimals: 1,
        middle: 41,
        swing: 6,
        periodSeconds: 5400,
        normal: { min: 15, max: 60 },
      },
      {
        name: 'vibration',
        en: 'Vibration velocity',
        zh: '振动速度',
        type: 'number',
        unit: 'mm/s',
        decimals: 2,
        middle: 1.4,
        swing: 0.5,
        periodSeconds: 95,
        normal: { max: 2.8 },
      },
      {
        name: 'pieces',
        en: 'Pieces made',
        zh: '加工件数',
        type: 'integer',
        middle: 0,
        swing: 0,
        periodSeconds: 0,
      },
      {
        name: 'running',
        en: 'Running',
        zh: '运行中',
        type: 'boolean',
        middle: 0,
        swing: 0,
        periodSeconds: 900,
      },
      {
        name: 'mode',
        en: 'Operating mode',
        zh: '运行方式',
        type: 'string',
        middle: 0,
        swing: 0,
        periodSeconds: 1500,
        states: ['automatic', 'setup', 'idle'],
      },
    ],
  },
  meter: {
    en: 'Power meter',
    zh: '电力仪表',
    type: 'ElectricityMeter',
    signals: [
      {
        name: 'activePower',
        en: 'Active power',
        zh: '有功功率',
        type: 'number',
        unit: 'kW',
        decimals: 2,
        middle: 14,
        swing: 8,
        periodSeconds: 420,
        normal: { min: 0.5, max: 30 },
      },
      {
        name: 'voltageL1',
        en: 'Voltage L1',
        zh: 'L1 相电压',
        type: 'number',
        unit: 'V',
        decimals: 1,
        middle: 230,
        swing: 2.4,
        periodSeconds: 1300,
        normal: { min: 220, max: 240 },
      },
      {
        name: 'currentL1',
        en: 'Current L1',
        zh: 'L1 相电流',
        type: 'number',
        unit: 'A',
        decimals: 2,
        middle: 24,
        swing: 12,
        periodSeconds: 420,
      },
      {
        name: 'energy',
        en: 'Energy',
        zh: '累计电能',
        type: 'number',
        unit: 'kWh',
        decimals: 1,
        middle: 0,
        swing: 0,
        periodSeconds: 0,
      },
    ],
  },
  sensor: {
    en: 'Room sensor',
    zh: '环境传感器',
    type: 'Sensor',
    signals: [
      {
        name: 'temperature',
        en: 'Temperature',
        zh: '温度',
        type: 'number',
        unit: 'CEL',
        decimals: 1,
        middle: 22.5,
        swing: 1.8,
        periodSeconds: 7200,
        normal: { min: 18, max: 26 },
      },
      {
        name: 'humidity',
        en: 'Relative humidity',
        zh: '相对湿度',
        type: 'number',
        unit: '%',
        decimals: 0,
        middle: 47,
        swing: 8,
        periodSeconds: 9000,
        normal: { min: 30, max: 65 },
      },
    ],
  },
} as const satisfies Record<string, { en: string; zh: string; type: string; signals: readonly Signal[] }>;

type Kind = keyof typeof kinds;
/** What is the matter with a thing, if anything. */
type Ailment = 'none' | 'outside' | 'bad' | 'uncertain' | 'stale' | 'silent';

export interface SimulatedThing {
  description: ThingDescription;
  kind: Kind;
  seed: number;
  ailment: Ailment;
  connection: string;
}

export interface SimulatedPlant {
  things: Map<string, SimulatedThing>;
  connections: Map<string, Connection>;
  proposals: Map<string, Proposal>;
  quarantine: QuarantineRecord[];
}

export interface SimulatedSample {
  time: number;
  value: unknown;
  quality: 'good' | 'uncertain' | 'bad';
  status?: string;
}

const areas = [
  { id: 'hall-1', lines: ['line-a', 'line-b'] },
  { id: 'hall-2', lines: ['line-c', 'assembly'] },
  { id: 'utilities', lines: ['compressors', 'power'] },
];

export function makePlant(count: number): SimulatedPlant {
  const things = new Map<string, SimulatedThing>();
  const connections = new Map<string, Connection>();
  const started = new Date(Date.now() - 86_400_000).toISOString();
  for (let i = 0; i < count; i++) {
    const kind: Kind = i % 15 < 1 ? 'machine' : i % 15 < 4 ? 'meter' : 'sensor';
    const area = areas[i % areas.length]!;
    const line = area.lines[Math.floor(i / areas.length) % area.lines.length]!;
    const cell = count > 200 ? `/cell-${1 + (Math.floor(i / 6) % 40)}` : '';
    const id = `urn:millrace:dev:${kind}-${i + 1}`;
    const ailment: Ailment =
      i % 23 === 7
        ? 'outside'
        : i % 59 === 11
          ? 'bad'
          : i % 71 === 13
            ? 'uncertain'
            : i % 97 === 17
              ? 'stale'
              : i % 113 === 19
                ? 'silent'
                : 'none';
    const connection = kind === 'machine' ? 'opcua-hall' : kind === 'meter' ? 'modbus-power' : 'mqtt';
    things.set(id, {
      description: describe(id, kind, i, `northwind/suzhou/${area.id}/${line}${cell}`, connection),
      kind,
      seed: i * 7919,
      ailment,
      connection,
    });
  }
  const reached = (connection: string) =>
    [...things.values()]
      .filter((thing) => thing.connection === connection)
      .map((thing) => thing.description.id);
  if (count > 0) {
    for (const [id, protocol, title, state] of [
      ['opcua-hall', 'opcua', 'OPC UA server hall 1', 'connected'],
      ['modbus-power', 'modbus', 'Modbus gateway power meters', 'degraded'],
      ['mqtt', 'mqtt', 'MQTT listener', 'connected'],
      ['opcua-old', 'opcua', 'Press 4 (out of service)', 'disconnected'],
    ] as const) {
      connections.set(id, {
        id,
        protocol,
        title,
        enabled: true,
        startup: 'retry',
        settings: { host: '10.20.0.15', port: 502 },
        state,
        since: started,
        ...(state === 'disconnected'
          ? {
              problem: {
                kind: 'unavailable',
                code: 'connection-refused',
                what: {
                  en: 'Nothing answers at 10.20.0.15:4840.',
                  zh: '10.20.0.15:4840 没有响应。',
                },
                remedy: {
                  en: 'Check that the machine is switched on and that its OPC UA server runs.',
                  zh: '请检查设备是否已通电、OPC UA 服务器是否在运行。',
                },
                detail: 'connect ECONNREFUSED 10.20.0.15:4840',
              },
            }
          : state === 'degraded'
            ? {
                problem: {
                  kind: 'unavailable',
                  code: 'unit-silent',
                  what: { en: 'Unit 7 of 12 does not answer.', zh: '12 个从站中的 7 号从站没有响应。' },
                  remedy: {
                    en: 'Check the wiring and the address of meter 7. The others are not affected.',
                    zh: '请检查 7 号仪表的接线和地址，其他仪表不受影响。',
                  },
                },
              }
            : {}),
        things: reached(id),
        counters: { received: 120_000, polls: 9000 },
      } as Connection);
    }
  }
  const proposals = new Map<string, Proposal>();
  if (count > 0) {
    proposals.set('p1', {
      id: 'p1',
      time: started,
      connection: 'mqtt',
      source: 'spBv1.0/Shop/DBIRTH/edge-1/robot-1',
      description: {
        ...describe('urn:millrace:dev:robot-1', 'machine', 900, 'northwind/suzhou/hall-2/assembly', 'mqtt'),
        title: 'Robot 1',
      },
      existing: false,
    });
  }
  const quarantine: QuarantineRecord[] =
    count === 0
      ? []
      : Array.from({ length: 40 }, (_, i) => ({
          id: `q${i}`,
          time: new Date(Date.now() - i * 137_000).toISOString(),
          thing: [...things.keys()][i % things.size]!,
          connection: 'mqtt',
          source: `things/${[...things.keys()][i % things.size]}/properties`,
          reason: ['wrong-type', 'time-ahead', 'unknown-property', 'malformed'][i % 4]!,
          detail:
            i % 4 === 1
              ? 'time 2031-01-01T00:00:00Z is 4 years ahead; at most 5 minutes are allowed (timeAheadMicrosecondsMax)'
              : 'temperature must be a number, got "warm"',
          excerpt: '{"temperature": "warm"}',
          count: (i % 5) + 1,
        }));
  return { things, connections, proposals, quarantine };
}

function describe(
  id: string,
  kind: Kind,
  index: number,
  place: string,
  connection: string,
): ThingDescription {
  const { en, zh, type, signals } = kinds[kind];
  const number = index + 1;
  return {
    '@context': [...thingContext, { '@language': 'en' }],
    '@type': type,
    id,
    title: `${en} ${number}`,
    titles: { en: `${en} ${number}`, zh: `${zh} ${number}` },
    descriptions: { en: `${en} of the simulated plant.`, zh: `模拟工厂中的${zh}。` },
    ...noSecurity,
    'millrace:place': place,
    'millrace:connection': connection,
    created: '2026-01-15T08:00:00Z',
    links: index % 2 === 0 && index > 0 ? [{ rel: 'controlledBy', href: 'urn:millrace:dev:machine-1' }] : [],
    properties: Object.fromEntries(
      signals.map((signal: Signal) => [
        signal.name,
        {
          type: signal.type,
          title: signal.en,
          titles: { en: signal.en, zh: signal.zh },
          readOnly: !(id === 'urn:millrace:dev:machine-1' && signal.name === 'spindleSpeed'),
          ...(signal.unit === undefined ? {} : { unit: signal.unit }),
          ...(signal.decimals === undefined ? {} : { 'millrace:decimals': signal.decimals }),
          ...(signal.normal === undefined ? {} : { 'millrace:normal': signal.normal }),
          forms: [{ href: `opc.tcp://10.20.0.11:4840/?id=ns=2;s=${signal.name}` }],
        },
      ]),
    ),
    ...(id === 'urn:millrace:dev:machine-1'
      ? {
          'millrace:safe': { runs: 'platform', action: 'reset' },
        }
      : {}),
    ...(kind === 'machine'
      ? {
          actions: {
            causeFault: {
              title: 'Cause a fault',
              titles: { en: 'Cause a fault', zh: '制造故障' },
              descriptions: {
                en: 'The spindle bearing of the demo machine wears out within a minute.',
                zh: '演示机床的主轴轴承将在一分钟内磨损。',
              },
              input: {
                type: 'object',
                required: ['part'],
                properties: {
                  part: {
                    type: 'string',
                    enum: ['bearing', 'coolant', 'tool'],
                    titles: { en: 'Part', zh: '部位' },
                    title: 'Part',
                  },
                  minutes: {
                    type: 'number',
                    minimum: 1,
                    maximum: 60,
                    unit: 'min',
                    title: 'Lasts',
                    titles: { zh: '持续时间' },
                  },
                },
              },
            },
            reset: { title: 'Reset', titles: { zh: '复位' }, safe: false },
          },
          events: {
            stopped: { title: 'Stopped', titles: { zh: '停机' } },
            toolChanged: { title: 'Tool changed', titles: { zh: '换刀' } },
          },
        }
      : {}),
  };
}

/** A number from two numbers, the same each time, between 0 and 1. */
function chance(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b | 0, 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 12;
  return (h >>> 0) / 4294967296;
}

function signalsOf(thing: SimulatedThing): readonly Signal[] {
  return kinds[thing.kind].signals;
}

/** The sample of a property at a whole second, or undefined where the thing sent nothing then. */
export function sampleAt(
  thing: SimulatedThing,
  property: string,
  second: number,
): SimulatedSample | undefined {
  const signals = signalsOf(thing);
  const index = signals.findIndex((signal) => signal.name === property);
  const signal = signals[index];
  if (signal === undefined || thing.ailment === 'silent') return undefined;
  const time = second * 1000;
  if (thing.ailment === 'stale' && Date.now() - time < 1_800_000) return undefined;
  // Every day each thing is out of reach for some minutes: a gap, and bad values before it.
  const ofDay = (second + thing.seed) % 86_400;
  if (ofDay > 40_000 && ofDay < 40_700) return undefined;
  if (ofDay >= 39_700 && ofDay <= 40_000)
    return { time, value: null, quality: 'bad', status: 'BadCommunicationError' };
  if (thing.ailment === 'bad' && index === 0 && Date.now() - time < 1_200_000) {
    return { time, value: null, quality: 'bad', status: 'BadSensorFailure' };
  }
  const phase = thing.seed + index * 977;
  if (signal.type === 'boolean')
    return good(time, Math.floor((second + phase) / signal.periodSeconds) % 4 !== 0);
  if (signal.type === 'string') {
    const states = signal.states ?? [];
    return good(time, states[Math.floor((second + phase) / signal.periodSeconds) % states.length]);
  }
  if (signal.periodSeconds === 0) return good(time, Math.floor((second % 864_000) / 47) + (phase % 100));
  const turn = ((second + phase) / signal.periodSeconds) * 2 * Math.PI;
  let value =
    signal.middle +
    signal.swing * (0.6 * Math.sin(turn) + 0.25 * Math.sin(turn * 3.7 + phase)) +
    signal.swing * 0.3 * (chance(second, phase) - 0.5);
  // A peak that lasts one sample, about twice an hour: it must not be lost in any reduction.
  if (chance(Math.floor(second / 1800), phase + 5) > 0.4 && second % 1800 === 900)
    value += signal.swing * 2.2;
  if (thing.ailment === 'outside' && index === 0 && Date.now() - time < 2_400_000) {
    value = (signal.normal?.max ?? signal.middle) + signal.swing * (0.4 + 0.1 * Math.sin(turn * 9));
  }
  const rounded = Number(value.toFixed(signal.decimals ?? 3));
  if (thing.ailment === 'uncertain' && index === 0 && Date.now() - time < 900_000) {
    return { time, value: rounded, quality: 'uncertain', status: 'UncertainSensorNotAccurate' };
  }
  return good(time, rounded);
}

function good(time: number, value: unknown): SimulatedSample {
  return { time, value, quality: 'good' };
}

/** How often the thing sends: machines and meters each second, sensors every five. */
export function everySeconds(thing: SimulatedThing): number {
  return thing.kind === 'sensor' ? 5 : 1;
}

/** The last sample at or before a second. */
export function latestOf(
  thing: SimulatedThing,
  property: string,
  second: number,
): SimulatedSample | undefined {
  const every = everySeconds(thing);
  const start = Math.floor(second / every) * every;
  for (let at = start; at > start - 4000; at -= every) {
    const sample = sampleAt(thing, property, at);
    if (sample !== undefined) return sample;
  }
  return undefined;
}

/** History as the API gives it: raw where it fits, else the extremes of equal spans. */
export function historyOf(
  thing: SimulatedThing,
  property: string,
  from: number,
  to: number,
  points: number,
): { samples: SimulatedSample[]; reduced: boolean; spanMilliseconds?: number } {
  const every = everySeconds(thing);
  const first = Math.ceil(from / 1000 / every) * every;
  const last = Math.floor(Math.min(to, Date.now()) / 1000);
  const total = Math.max(0, Math.floor((last - first) / every) + 1);
  if (total <= points) {
    const samples: SimulatedSample[] = [];
    for (let at = first; at <= last; at += every) {
      const sample = sampleAt(thing, property, at);
      if (sample !== undefined) samples.push(sample);
    }
    return { samples, reduced: false };
  }
  const spans = Math.max(1, Math.floor(points / 2));
  const span = (to - from) / spans;
  // Long ranges are looked at only so often; the peaks of this plant stand at known seconds and are kept.
  const step = Math.max(every, Math.floor(total / 120_000) * every);
  const samples: SimulatedSample[] = [];
  let least: SimulatedSample | undefined;
  let most: SimulatedSample | undefined;
  let bad: SimulatedSample | undefined;
  let current = -1;
  const flush = () => {
    const kept = [least, most === least ? undefined : most, bad].filter((one) => one !== undefined);
    samples.push(...kept.sort((a, b) => a.time - b.time));
    least = most = bad = undefined;
  };
  const look = (at: number) => {
    const sample = sampleAt(thing, property, at);
    if (sample === undefined) return;
    const own = Math.floor((sample.time - from) / span);
    if (own !== current) {
      flush();
      current = own;
    }
    if (typeof sample.value !== 'number') {
      if (sample.quality === 'bad') bad = sample;
      else if (least === undefined) least = sample;
      return;
    }
    if (least === undefined || sample.value < (least.value as number)) least = sample;
    if (most === undefined || sample.value > (most.value as number)) most = sample;
  };
  for (let at = first; at <= last; at += step) {
    look(at);
    const peak = Math.ceil((at - 900) / 1800) * 1800 + 900;
    if (step > every && peak > at && peak < at + step) look(peak);
  }
  flush();
  return { samples, reduced: true, spanMilliseconds: span };
}

export function stateOf(thing: SimulatedThing, second: number): ThingState {
  const { description } = thing;
  const abnormal: ThingState['abnormal'] = [];
  let lastSample: number | undefined;
  let worst: ThingState['state'] =
    thing.ailment === 'silent' ? 'silent' : thing.ailment === 'stale' ? 'stale' : 'good';
  for (const signal of signalsOf(thing)) {
    const sample = latestOf(thing, signal.name, second);
    if (sample === undefined) continue;
    lastSample = Math.max(lastSample ?? 0, sample.time);
    const value = sample.value;
    const reason =
      sample.quality !== 'good'
        ? (sample.status ?? sample.quality)
        : typeof value === 'number' && signal.normal?.max !== undefined && value > signal.normal.max
          ? 'above-normal'
          : typeof value === 'number' && signal.normal?.min !== undefined && value < signal.normal.min
            ? 'below-normal'
            : undefined;
    if (reason === undefined) continue;
    if (sample.quality === 'bad') worst = 'bad';
    else if (sample.quality === 'uncertain' && worst === 'good') worst = 'uncertain';
    abnormal.push({
      property: signal.name,
      value: value as never,
      quality: sample.quality,
      reason,
      time: new Date(sample.time).toISOString(),
      title: signal.en,
      titles: { en: signal.en, zh: signal.zh },
      ...(signal.unit === undefined ? {} : { unit: signal.unit }),
      ...(signal.decimals === undefined ? {} : { decimals: signal.decimals }),
      ...(signal.normal === undefined ? {} : { normal: signal.normal }),
    });
  }
  const minutes: Record<Ailment, number> = {
    none: 600,
    outside: 40,
    bad: 20,
    uncertain: 15,
    stale: 30,
    silent: 6000,
  };
  return {
    id: description.id,
    title: description.title,
    ...(description.titles === undefined ? {} : { titles: description.titles }),
    place: description['millrace:place'] ?? '',
    types: [description['@type'] ?? []].flat(),
    state: worst,
    ...(thing.ailment === 'silent'
      ? {}
      : { since: new Date(Date.now() - minutes[thing.ailment] * 60_000).toISOString() }),
    ...(lastSample === undefined ? {} : { lastSample: new Date(lastSample).toISOString() }),
    properties: Object.keys(description.properties ?? {}).length,
    connection: thing.connection,
    abnormal: abnormal.slice(0, 8),
  };
}

export function countersOf(seed: number): Counters {
  const rejected = seed % 37;
  const stored = 1_234_000 + (Math.floor(Date.now() / 1000) % 100_000);
  const inFlight = seed % 3;
  return {
    received: stored + rejected + inFlight,
    stored,
    rejected,
    dropped: 0,
    inFlight,
    duplicates: seed % 11,
    rejectedBy:
      rejected === 0
        ? {}
        : { 'wrong-type': rejected - (rejected > 4 ? 4 : 0), ...(rejected > 4 ? { 'time-ahead': 4 } : {}) },
  };
}
