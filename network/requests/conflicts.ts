import {
  type BindingInput,
  type EdgeZone,
  type FieldProblem,
  type FlowFilter,
  isAtOrBelow,
  type LanGroupInput,
  type LocalText,
  type NetworkFlow,
  type NetworkTerminal,
  type Qos,
  type SliceInput,
} from '@millrace/contract';
import type { ProviderAbility } from '@millrace/sdk';
import { fiveQiOf } from './five-qi.ts';

/** What a provider said it has to give, kbit/s. */
export interface KnownCapacity {
  provider: string;
  place: string;
  uplink: number;
  downlink: number;
}

/** Everything a request is held against before anything is sent. */
export interface World {
  bindings: Iterable<{ id: string; input: BindingInput }>;
  /** Of `bindings`, those of a terminal. */
  bindingsAt(terminal: string): Iterable<{ id: string; input: BindingInput }>;
  slices: readonly { id: string; input: SliceInput }[];
  groups: readonly { id: string; input: LanGroupInput }[];
  capacities: readonly KnownCapacity[];
  zones: readonly EdgeZone[];
  hasProvider(id: string): boolean;
  can(provider: string, ability: ProviderAbility): boolean;
  terminal(id: string): NetworkTerminal | undefined;
  flow(id: string): NetworkFlow | undefined;
}

const say = (en: string, zh: string): LocalText => ({ en, zh });
const kbps = (value: number): string =>
  value >= 1000 ? `${Number((value / 1000).toFixed(2))} Mbit/s` : `${Math.round(value)} kbit/s`;

interface Prefix {
  bits: string;
  length: number;
}

/** An address or prefix as bits; undefined: it is neither IPv4 nor IPv6. */
export function prefixOf(text: string): Prefix | undefined {
  const [address = '', lengthText] = text.split('/');
  const bits = address.includes(':') ? bitsOfIpv6(address) : bitsOfIpv4(address);
  if (bits === undefined) return undefined;
  const length = lengthText === undefined ? bits.length : Number(lengthText);
  if (!/^\d*$/.test(lengthText ?? '') || lengthText === '' || !(length >= 0 && length <= bits.length))
    return undefined;
  return { bits, length };
}

function bitsOfIpv4(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
}

function bitsOfIpv6(text: string): string | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] =>
    half === undefined || half === '' ? [] : half.split(':');
  const [head, tail] = [groups(halves[0]), groups(halves[1])];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (all.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

/** Whether some packet matches both. */
export function filtersOverlap(a: FlowFilter, b: FlowFilter): boolean {
  const meet = <T>(one: T | undefined, other: T | undefined): boolean =>
    one === undefined || other === undefined || one === other;
  if (a.protocol !== 'any' && b.protocol !== 'any' && a.protocol !== b.protocol) return false;
  // A filter with a port matches only what has ports.
  const ports = (filter: FlowFilter): boolean =>
    filter.remotePort !== undefined || filter.terminalPort !== undefined;
  if ((ports(a) && b.protocol === 'icmp') || (ports(b) && a.protocol === 'icmp')) return false;
  if (!meet(a.remotePort, b.remotePort) || !meet(a.terminalPort, b.terminalPort)) return false;
  if (a.remote === undefined || b.remote === undefined) return true;
  const [one, other] = [prefixOf(a.remote), prefixOf(b.remote)];
  if (one === undefined || other === undefined) return a.remote === b.remote;
  if (one.bits.length !== other.bits.length) return false;
  const shared = Math.min(one.length, other.length);
  return one.bits.slice(0, shared) === other.bits.slice(0, shared);
}

/** No filter at all means every packet of the terminal. */
const everything: readonly FlowFilter[] = [{ protocol: 'any' }];
function bindingsOverlap(a: BindingInput, b: BindingInput): boolean {
  const [one, other] = [a, b].map(({ filters }) => (filters.length === 0 ? everything : filters));
  return one!.some((filter) => other!.some((against) => filtersOverlap(filter, against)));
}

const sameQos = (a: Qos, b: Qos): boolean =>
  a.fiveQi === b.fiveQi &&
  a.dscp === b.dscp &&
  a.arp.priorityLevel === b.arp.priorityLevel &&
  a.profile === b.profile;

const directions = [
  {
    rate: 'uplink',
    gbr: 'gbrUplink',
    mbr: 'mbrUplink',
    zone: 'uplinkMbps',
    slice: 'uLThptPerSlice',
    en: 'uplink',
    zh: '上行',
  },
  {
    rate: 'downlink',
    gbr: 'gbrDownlink',
    mbr: 'mbrDownlink',
    zone: 'downlinkMbps',
    slice: 'dLThptPerSlice',
    en: 'downlink',
    zh: '下行',
  },
] as const;

/** What is wrong with a binding, at the field. `id`: of the one it would take the place of. */
export function checkBinding(id: string | undefined, input: BindingInput, world: World): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const wrong = (field: string, en: string, zh: string): void =>
    void problems.push({ field, message: say(en, zh) });
  const terminal = world.terminal(input.terminal);
  if (terminal === undefined)
    wrong('terminal', `There is no terminal "${input.terminal}".`, `没有终端“${input.terminal}”。`);
  if (world.flow(input.flow) === undefined)
    wrong('flow', `There is no flow "${input.flow}".`, `没有业务流“${input.flow}”。`);
  if (!world.hasProvider(input.provider))
    wrong('provider', `There is no provider "${input.provider}".`, `没有网络服务“${input.provider}”。`);
  else if (!world.can(input.provider, 'qos'))
    wrong(
      'provider',
      `"${input.provider}" cannot give a quality of service.`,
      `“${input.provider}”不支持服务质量请求。`,
    );
  const slice = input.slice === undefined ? undefined : world.slices.find((one) => one.id === input.slice);
  if (input.slice !== undefined && slice === undefined)
    wrong('slice', `There is no slice "${input.slice}".`, `没有切片“${input.slice}”。`);
  checkQos(input.qos, wrong);
  input.filters.forEach(({ protocol, remote, remotePort, terminalPort }, index) => {
    if (remote !== undefined && prefixOf(remote) === undefined)
      wrong(
        `filters.${index}.remote`,
        `"${remote}" is neither an address nor a prefix.`,
        `“${remote}”既不是地址也不是网段。`,
      );
    if (
      (remotePort !== undefined || terminalPort !== undefined) &&
      (protocol === 'icmp' || protocol === 'any')
    )
      wrong(
        `filters.${index}.protocol`,
        'Only UDP and TCP have ports: name which.',
        '只有 UDP 和 TCP 有端口，请指明协议。',
      );
  });

  for (const other of world.bindingsAt(input.terminal)) {
    if (other.id === id) continue;
    if (other.input.flow === input.flow && other.input.provider === input.provider) {
      wrong(
        'flow',
        `The binding "${other.id}" gives this flow of this terminal a quality already: change that one.`,
        `绑定“${other.id}”已为该终端的此业务流请求服务质量，请修改该绑定。`,
      );
    } else if (bindingsOverlap(input, other.input) && !sameQos(input.qos, other.input.qos))
      wrong(
        'filters',
        `The same packets are selected by the binding "${other.id}" (flow "${other.input.flow}") with another quality: 5QI ${other.input.qos.fiveQi}, DSCP ${other.input.qos.dscp}. Narrow one of the filters.`,
        `绑定“${other.id}”（业务流“${other.input.flow}”）以不同的服务质量选择了相同的报文：5QI ${other.input.qos.fiveQi}、DSCP ${other.input.qos.dscp}。请缩小其中一个过滤条件。`,
      );
  }
  // There may be ten thousand: gone through once for each bound that there is, and not copied.
  const through = (holds: (one: BindingInput) => boolean, call: (one: BindingInput) => void): void => {
    for (const other of world.bindings) if (other.id !== id && holds(other.input)) call(other.input);
    call(input);
  };
  for (const { rate, gbr, zone, slice: perSlice, en, zh } of directions) {
    const asked = input.qos[gbr] ?? 0;
    if (asked === 0) continue;
    const over = (what: LocalText, holds: (one: BindingInput) => boolean, capacity: number): void => {
      let total = 0;
      through(holds, ({ qos }) => {
        total += qos[gbr] ?? 0;
      });
      if (total > capacity)
        wrong(
          `qos.${gbr}`,
          `${what.en} carries ${kbps(capacity)} ${en}; with this binding ${kbps(total)} would be guaranteed, ${kbps(total - capacity)} too much.`,
          `${what.zh}${zh}容量为 ${kbps(capacity)}；加上此绑定保证速率合计 ${kbps(total)}，超出 ${kbps(total - capacity)}。`,
        );
    };
    const place =
      terminal?.zone === undefined ? undefined : world.zones.find((one) => one.id === terminal.zone);
    const mbps = place?.[zone];
    if (place !== undefined && mbps !== undefined)
      over(
        say(`The edge zone "${place.title}"`, `边缘区域“${place.title}”`),
        (one) => (one.qos[gbr] ?? 0) > 0 && world.terminal(one.terminal)?.zone === place.id,
        mbps * 1000,
      );
    for (const capacity of world.capacities.filter((one) => one.provider === input.provider)) {
      if (terminal === undefined || !isAtOrBelow(terminal.place ?? '', capacity.place)) continue;
      const where =
        capacity.place === '' ? say('The plant', '全厂') : say(`"${capacity.place}"`, `“${capacity.place}”`);
      over(
        say(`${where.en}, as "${input.provider}" tells,`, `据“${input.provider}”报告，${where.zh}`),
        (one) =>
          one.provider === input.provider &&
          (one.qos[gbr] ?? 0) > 0 &&
          isAtOrBelow(world.terminal(one.terminal)?.place ?? '', capacity.place),
        capacity[rate],
      );
    }
    const inSlice = slice?.input.profile[perSlice];
    if (slice !== undefined && inSlice !== undefined)
      over(say(`The slice "${slice.id}"`, `切片“${slice.id}”`), (one) => one.slice === slice.id, inSlice);
  }
  const most = slice?.input.profile.maxNumberofUEs;
  if (slice !== undefined && most !== undefined) {
    const terminals = new Set<string>();
    through(
      (one) => one.slice === slice.id,
      (one) => void terminals.add(one.terminal),
    );
    if (terminals.size > most)
      wrong(
        'slice',
        `The slice "${slice.id}" takes ${most} terminals; this would be number ${terminals.size}.`,
        `切片“${slice.id}”最多容纳 ${most} 个终端，这将是第 ${terminals.size} 个。`,
      );
  }
  return problems;
}

function checkQos(qos: Qos, wrong: (field: string, en: string, zh: string) => void): void {
  const row = fiveQiOf(qos.fiveQi);
  const rates = (qos.gbrUplink ?? 0) > 0 || (qos.gbrDownlink ?? 0) > 0;
  if (row?.resource === 'non-gbr' && rates)
    wrong(
      'qos.fiveQi',
      `5QI ${qos.fiveQi} guarantees no rate (TS 23.501, Table 5.7.4-1): leave the guaranteed rates out or choose another.`,
      `5QI ${qos.fiveQi} 不保证速率（TS 23.501 表 5.7.4-1）：请去掉保证速率或改选其他 5QI。`,
    );
  if (row !== undefined && row.resource !== 'non-gbr' && !rates)
    wrong(
      'qos.gbrUplink',
      `5QI ${qos.fiveQi} needs a guaranteed rate, up or down.`,
      `5QI ${qos.fiveQi} 需要给出上行或下行保证速率。`,
    );
  for (const { gbr, mbr, en, zh } of directions) {
    const [least, most] = [qos[gbr], qos[mbr]];
    if (least !== undefined && most !== undefined && most < least)
      wrong(
        `qos.${mbr}`,
        `At most ${kbps(most)} ${en} is less than the ${kbps(least)} guaranteed.`,
        `${zh}最大速率 ${kbps(most)} 小于保证速率 ${kbps(least)}。`,
      );
  }
}

export function checkSlice(id: string, input: SliceInput, world: World): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const wrong = (field: string, en: string, zh: string): void =>
    void problems.push({ field, message: say(en, zh) });
  if (input.provider !== undefined) {
    if (!world.hasProvider(input.provider))
      wrong('provider', `There is no provider "${input.provider}".`, `没有网络服务“${input.provider}”。`);
    else if (!world.can(input.provider, 'slices'))
      wrong('provider', `"${input.provider}" cannot set up slices.`, `“${input.provider}”不支持切片。`);
  }
  const { snssai, availability, maxNumberofUEs } = input.profile;
  const named = (one: { sst: number; sd?: string | undefined }): string =>
    `${one.sst}-${one.sd?.toLowerCase() ?? ''}`;
  const same = world.slices.find(
    (one) =>
      one.id !== id &&
      one.input.provider === input.provider &&
      named(one.input.profile.snssai) === named(snssai),
  );
  if (same !== undefined)
    wrong(
      'profile.snssai',
      `The slice "${same.id}" has this S-NSSAI at the same provider already.`,
      `切片“${same.id}”在同一网络服务中已使用该 S-NSSAI。`,
    );
  if (availability !== undefined && availability >= 100)
    wrong('profile.availability', 'An availability of 100 % cannot exist.', '可用性 100% 不可能存在。');
  for (const field of ['uLLatency', 'dLLatency'] as const)
    if (input.profile[field] === 0)
      wrong(`profile.${field}`, 'A latency of 0 cannot exist.', '时延为 0 不可能存在。');
  const bound = [...world.bindings].filter((one) => one.input.slice === id);
  const terminals = new Set(bound.map((one) => one.input.terminal));
  if (maxNumberofUEs !== undefined && terminals.size > maxNumberofUEs)
    wrong(
      'profile.maxNumberofUEs',
      `${terminals.size} terminals are bound to this slice.`,
      `已有 ${terminals.size} 个终端绑定到该切片。`,
    );
  for (const { gbr, slice, en, zh } of directions) {
    const [rate, total] = [
      input.profile[slice],
      bound.reduce((sum, one) => sum + (one.input.qos[gbr] ?? 0), 0),
    ];
    if (rate !== undefined && total > rate)
      wrong(
        `profile.${slice}`,
        `${kbps(total)} ${en} are guaranteed to bindings in this slice.`,
        `该切片中的绑定已保证${zh} ${kbps(total)}。`,
      );
  }
  return problems;
}

export function checkGroup(id: string, input: LanGroupInput, world: World): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const wrong = (field: string, en: string, zh: string): void =>
    void problems.push({ field, message: say(en, zh) });
  if (input.provider !== undefined) {
    if (!world.hasProvider(input.provider))
      wrong('provider', `There is no provider "${input.provider}".`, `没有网络服务“${input.provider}”。`);
    else if (!world.can(input.provider, 'groups'))
      wrong('provider', `"${input.provider}" cannot set up groups.`, `“${input.provider}”不支持局域网组。`);
  }
  input.members.forEach((member, index) => {
    if (world.terminal(member) === undefined)
      wrong(`members.${index}`, `There is no terminal "${member}".`, `没有终端“${member}”。`);
    else if (input.members.indexOf(member) !== index)
      wrong(`members.${index}`, `"${member}" is named twice.`, `“${member}”重复出现。`);
  });
  const same =
    input.vni === undefined
      ? undefined
      : world.groups.find((one) => one.id !== id && one.input.vni === input.vni);
  if (same !== undefined)
    wrong(
      'vni',
      `The group "${same.id}" has the VNI ${input.vni}: both would be one network.`,
      `组“${same.id}”已使用 VNI ${input.vni}，两个组会变成同一个网络。`,
    );
  return problems;
}
