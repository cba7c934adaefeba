import { isIPv4, isIPv6 } from 'node:net';
import type { FlowFilter, Qos } from '@millrace/contract';

/**
 * From bindings to what the kernel is told: an HTB tree for each interface, and an nftables table that puts packets into its classes. Pure.
 * Rates in bit/s here.
 */

/** One binding as it is kept: what the kernel's state is made from. */
export interface Shaped {
  readonly key: string;
  /** Minor number of its HTB class, 16 to 0xffe; the same on both interfaces. */
  readonly minor: number;
  readonly terminal: string;
  readonly platform: string;
  readonly filters: readonly FlowFilter[];
  readonly qos: Qos;
}

export interface Side {
  readonly direction: 'uplink' | 'downlink';
  readonly device: string;
  /** What the path behind it carries, bit/s. */
  readonly rate: number;
}

/** Given out of the rate, so that the queue forms here and not in the modem behind. */
export const usableShare = 0.97;
/** Kept for everything no binding is about. */
export const restShareMin = 0.05;
export const defaultMinor = 0xfff;
export const firstMinor = 0x10;
export const lastMinor = 0xffe;
const frameOctets = 1514;
/** A class may send this much at once: one frame, or half a millisecond of the link. */
const burstOf = (link: number): number => Math.max(frameOctets + 86, Math.ceil((link * 0.0005) / 8));
/** Packets a class holds back before it drops: 50 ms of its greatest rate, within bounds. */
const queueOf = (ceil: number): number =>
  Math.min(1000, Math.max(16, Math.ceil((ceil * 0.05) / (8 * frameOctets))));

/** Priority levels of standardised 5QIs (3GPP TS 23.501, Table 5.7.4-1); lower goes first. */
const priorityLevels: Record<number, number> = {
  1: 20,
  2: 40,
  3: 30,
  4: 50,
  5: 10,
  6: 60,
  7: 70,
  8: 80,
  9: 90,
  65: 7,
  66: 20,
  67: 15,
  69: 5,
  70: 55,
  79: 65,
  80: 68,
  82: 19,
  83: 22,
  84: 24,
  85: 21,
  86: 18,
  87: 25,
  88: 25,
  89: 25,
  90: 25,
};

/** HTB knows eight priorities; the last is the default class's. */
export function priorityOf(qos: Qos): number {
  return Math.min(6, Math.floor((priorityLevels[qos.fiveQi] ?? 6 * qos.arp.priorityLevel) / 15));
}

const kilo = 1000;

export interface ClassRates {
  rate: number;
  ceil: number;
}

/** Guaranteed and greatest rate of a binding's class on one side. */
export function ratesOf(binding: Shaped, side: Side): ClassRates {
  const usable = side.rate * usableShare;
  const up = side.direction === 'uplink';
  const guaranteed = (up ? binding.qos.gbrUplink : binding.qos.gbrDownlink) ?? 0;
  const greatest = up ? binding.qos.mbrUplink : binding.qos.mbrDownlink;
  const ceil =
    greatest === undefined || greatest === 0
      ? usable
      : Math.min(usable, Math.max(greatest, guaranteed) * kilo);
  // A class without a guarantee still gets something: HTB has no class of rate 0.
  const rate = Math.min(ceil, Math.max(guaranteed * kilo, Math.min(usable * 0.01, 64 * kilo), 8 * kilo));
  return { rate: Math.floor(rate), ceil: Math.floor(ceil) };
}

/** Sum of what is guaranteed on a side; more than there is to give cannot be kept. */
export function promised(
  bindings: readonly Shaped[],
  side: Side,
): { guaranteed: number; most: number; rest: number } {
  const usable = side.rate * usableShare;
  const guaranteed = bindings.reduce((sum, one) => sum + ratesOf(one, side).rate, 0);
  return {
    guaranteed,
    most: Math.floor(usable * (1 - restShareMin)),
    rest: Math.floor(Math.max(usable - guaranteed, usable * restShareMin)),
  };
}

const hex = (minor: number): string => minor.toString(16);

/** Lines for `tc -batch`: they may be run again over what they made. */
export function classLines(bindings: readonly Shaped[], side: Side): string[] {
  const { device } = side;
  const usable = Math.floor(side.rate * usableShare);
  const burst = burstOf(usable);
  const line = (parent: string, id: string, rates: ClassRates, priority: number): string =>
    `class replace dev ${device} parent ${parent} classid 1:${id} htb rate ${rates.rate}bit ceil ${rates.ceil}bit burst ${burst} cburst ${burst} prio ${priority} quantum ${frameOctets}`;
  const leaf = (id: string, ceil: number): string =>
    `qdisc replace dev ${device} parent 1:${id} handle ${id}: pfifo limit ${queueOf(ceil)}`;
  const lines = [
    line('1:', '1', { rate: usable, ceil: usable }, 0),
    line('1:1', hex(defaultMinor), { rate: promised(bindings, side).rest, ceil: usable }, 7),
    leaf(hex(defaultMinor), usable),
  ];
  for (const binding of bindings) {
    const rates = ratesOf(binding, side);
    lines.push(
      line('1:1', hex(binding.minor), rates, priorityOf(binding.qos)),
      leaf(hex(binding.minor), rates.ceil),
    );
  }
  return lines;
}

/** What one class is, as `tc -s class show` tells it. */
export interface SeenClass {
  rate: number;
  ceil: number;
  bytes: number;
  packets: number;
  dropped: number;
  backlogPackets: number;
}

/** Reads `tc -s class show dev …`; older and newer tools write it alike. */
export function readClasses(text: string): Map<number, SeenClass> {
  const found = new Map<number, SeenClass>();
  for (const block of text.split(/^(?=class )/m)) {
    const head = /^class htb 1:([0-9a-f]+) .*?rate (\S+) ceil (\S+)/.exec(block);
    if (head === null) continue;
    const sent = /Sent (\d+) bytes (\d+) pkt \(dropped (\d+)/.exec(block);
    const backlog = /backlog \S+ (\d+)p/.exec(block);
    found.set(Number.parseInt(head[1]!, 16), {
      rate: readRate(head[2]!),
      ceil: readRate(head[3]!),
      bytes: Number(sent?.[1] ?? 0),
      packets: Number(sent?.[2] ?? 0),
      dropped: Number(sent?.[3] ?? 0),
      backlogPackets: Number(backlog?.[1] ?? 0),
    });
  }
  return found;
}

/** `19400Kbit` → 19400000. */
export function readRate(text: string): number {
  const [, figure, unit = ''] = /^([\d.]+)([KMGT]?)bit$/.exec(text) ?? [];
  return Number(figure) * { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 }[unit as '' | 'K']!;
}

export const tableName = (id: string): string => `millrace_${id.replace(/[^A-Za-z0-9_]/g, '_')}`;
const counterName = (binding: Shaped, side: Side): string => `${side.direction}_${hex(binding.minor)}`;

/** One transaction for `nft -f`: the table as it is to be, with the counters of bindings that stay. */
export function rulesScript(
  table: string,
  bindings: readonly Shaped[],
  sides: readonly Side[],
  gone: readonly Shaped[],
): string {
  const lines = [
    `add table inet ${table}`,
    `add chain inet ${table} classify { type filter hook postrouting priority mangle; policy accept; }`,
    `flush chain inet ${table} classify`,
  ];
  // Deleting what is not there fails the transaction: it is made first.
  for (const binding of gone)
    for (const side of sides)
      lines.push(
        `add counter inet ${table} ${counterName(binding, side)}`,
        `delete counter inet ${table} ${counterName(binding, side)}`,
      );
  const precise = [...bindings].sort((a, b) => precision(b) - precision(a));
  for (const binding of precise) {
    for (const side of sides) {
      const counter = counterName(binding, side);
      lines.push(`add counter inet ${table} ${counter}`);
      for (const match of matchesOf(binding, side))
        lines.push(
          `add rule inet ${table} classify oifname "${side.device}" ${match} counter name "${counter}" ${family(binding)} dscp set ${binding.qos.dscp} meta priority set 1:${hex(binding.minor)} return`,
        );
    }
  }
  return `${lines.join('\n')}\n`;
}

const family = (binding: Shaped): 'ip' | 'ip6' => (isIPv4(binding.terminal) ? 'ip' : 'ip6');

/** How narrow its filters are: narrower ones are asked first. */
function precision(binding: Shaped): number {
  const of = (filter: FlowFilter): number =>
    (filter.protocol === 'any' ? 0 : 1) +
    (filter.remote === undefined ? 0 : 1) +
    (filter.remotePort === undefined ? 0 : 2) +
    (filter.terminalPort === undefined ? 0 : 2);
  return binding.filters.length === 0 ? 0 : Math.min(...binding.filters.map(of)) + 1;
}

function matchesOf(binding: Shaped, side: Side): string[] {
  const ip = family(binding);
  const up = side.direction === 'uplink';
  const filters: readonly FlowFilter[] =
    binding.filters.length === 0 ? [{ protocol: 'any' }] : binding.filters;
  return filters.map(({ protocol, remote = binding.platform, remotePort, terminalPort }) => {
    const parts = [
      `${ip} ${up ? 'saddr' : 'daddr'} ${binding.terminal}`,
      ...(remote === '' ? [] : [`${ip} ${up ? 'daddr' : 'saddr'} ${remote}`]),
    ];
    if (protocol === 'icmp') parts.push(`meta l4proto ${ip === 'ip' ? 'icmp' : 'ipv6-icmp'}`);
    else if (protocol !== 'any' || remotePort !== undefined || terminalPort !== undefined) {
      const l4 = protocol === 'any' ? 'th' : protocol;
      if (protocol === 'any') parts.push('meta l4proto { tcp, udp }');
      if (remotePort !== undefined) parts.push(`${l4} ${up ? 'dport' : 'sport'} ${remotePort}`);
      if (terminalPort !== undefined) parts.push(`${l4} ${up ? 'sport' : 'dport'} ${terminalPort}`);
      if (remotePort === undefined && terminalPort === undefined) parts.push(`meta l4proto ${protocol}`);
    }
    return parts.join(' ');
  });
}

/** An address or prefix that may stand in a rule; anything else would be a way into the script. */
export function isAddressOrPrefix(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return false;
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return most > 0 && (bits === undefined || Number(bits) <= most);
}

/** Named counters of a table, from `nft -j list table`. */
export function readCounters(json: string): Map<string, { packets: number; bytes: number }> {
  const { nftables = [] } = JSON.parse(json) as { nftables?: Record<string, unknown>[] };
  const found = new Map<string, { packets: number; bytes: number }>();
  for (const entry of nftables) {
    const counter = entry['counter'] as { name: string; packets: number; bytes: number } | undefined;
    if (counter !== undefined) found.set(counter.name, { packets: counter.packets, bytes: counter.bytes });
  }
  return found;
}

/** How many rules lead into each class, from `nft -j list table`. */
export function readRules(json: string): Map<string, number> {
  const { nftables = [] } = JSON.parse(json) as { nftables?: Record<string, unknown>[] };
  const found = new Map<string, number>();
  for (const entry of nftables) {
    const rule = entry['rule'] as { expr?: Record<string, unknown>[] } | undefined;
    for (const expression of rule?.expr ?? []) {
      const name = expression['counter'];
      if (typeof name === 'string') found.set(name, (found.get(name) ?? 0) + 1);
    }
  }
  return found;
}

export { counterName };
