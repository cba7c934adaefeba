import { isIP, isIPv4 } from 'node:net';
import type { LanGroupInput, LocalText, TestReport } from '@millrace/contract';
import {
  type Accepted,
  type BindingRequest,
  type Effective,
  type NetworkProvider,
  type ProviderContext,
  ProviderError,
  type ProviderTerminal,
  TestSteps,
} from '@millrace/sdk';
import {
  bridgeOf,
  floodTargets,
  makeLines,
  overheadOctets,
  readPorts,
  removeLines,
  type Segment,
  tunnelOf,
} from './groups.ts';
import {
  classLines,
  counterName,
  firstMinor,
  isAddressOrPrefix,
  lastMinor,
  promised,
  ratesOf,
  readClasses,
  readCounters,
  readRules,
  rulesScript,
  type Shaped,
  type Side,
  tableName,
} from './shaping.ts';
import { readState, type State, writeState } from './state.ts';
import { type Tools, tools } from './tools.ts';

const million = 1_000_000;
const kernelProbeScript = `set -e
ip link add mrprobe0 type veth peer name mrprobe1
tc qdisc add dev mrprobe0 root handle 1: htb default fff r2q 10
tc class add dev mrprobe0 parent 1: classid 1:1 htb rate 1mbit quantum 1514
tc qdisc add dev mrprobe0 parent 1:1 handle 2: pfifo limit 10
nft add table inet mrprobe
nft add chain inet mrprobe c '{ type filter hook postrouting priority mangle; policy accept; }'
nft add rule inet mrprobe c ip saddr 192.0.2.1 ip dscp set 46 meta priority set 1:1
ip link add mrprobe2 type bridge
ip link add mrprobe3 type vxlan id 1 dstport 4789 local 192.0.2.1
`;

interface RootQdisc {
  kind: string;
  handle: string;
  root?: boolean;
}

/** One gateway: its interfaces, and what its kernel has been told. Changes are made one after the other. */
export class Gateway implements NetworkProvider {
  readonly #context: ProviderContext;
  readonly #tools: Tools;
  readonly #sides: readonly Side[];
  readonly #table: string;
  readonly #state: State;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #timers = new Map<string, () => void>();

  private constructor(context: ProviderContext, state: State) {
    this.#context = context;
    this.#state = state;
    const { settings } = context;
    this.#tools = tools(settings['namespace'] as string | undefined);
    this.#table = tableName(context.id);
    const uplink: Side = {
      direction: 'uplink',
      device: settings['uplinkInterface'] as string,
      rate: (settings['uplinkMbps'] as number) * million,
    };
    const terminalInterface = settings['terminalInterface'] as string | undefined;
    this.#sides = [
      uplink,
      ...(terminalInterface === undefined || terminalInterface === ''
        ? []
        : [
            {
              direction: 'downlink' as const,
              device: terminalInterface,
              rate: ((settings['downlinkMbps'] as number | undefined) ?? uplink.rate / million) * million,
            },
          ]),
    ];
  }

  /** Brings the kernel to what was promised before the last stop. */
  static async open(context: ProviderContext): Promise<Gateway> {
    const gateway = new Gateway(context, readState(context.folder));
    const { bindings, segments } = gateway.#state;
    if (bindings.length > 0 || segments.length > 0 || gateway.#state.leaving.length > 0) {
      await gateway.#inTurn(async () => {
        const now = context.clock.now();
        const ended = bindings.filter(({ expires }) => expires !== undefined && expires <= now);
        gateway.#state.leaving.push(...ended);
        gateway.#state.bindings = bindings.filter((one) => !ended.includes(one));
        await gateway.#shape();
        for (const segment of segments) await gateway.#connect(segment);
      });
      for (const { key, expires } of gateway.#state.bindings)
        if (expires !== undefined) gateway.#endAt(key, expires);
    }
    return gateway;
  }

  async stop(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    await this.#turn.catch(() => {});
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work, work);
    this.#turn = next.catch(() => {});
    return next;
  }

  async test(): Promise<TestReport> {
    const steps = new TestSteps();
    const there =
      (await steps.take({ en: 'Programs tc, ip and nft', zh: '程序 tc、ip 与 nft' }, async () =>
        [await this.#tools.run('tc', ['-V']), await this.#tools.run('nft', ['--version'])].join(' ').trim(),
      )) &&
      (await steps.take(
        {
          en: 'Kernel: HTB, nftables, VXLAN (tried in a namespace of its own)',
          zh: '内核：HTB、nftables、VXLAN（在独立命名空间中试验）',
        },
        async () => {
          await tools(undefined).run('sh', ['-c', 'exec unshare --net sh -s'], kernelProbeScript);
          return '';
        },
      ));
    let fine = there;
    if (there)
      for (const side of this.#sides)
        fine =
          (await steps.take(
            {
              en: `Interface ${side.device} (${side.direction})`,
              zh: `接口 ${side.device}（${side.direction === 'uplink' ? '上行' : '下行'}）`,
            },
            async () => {
              const root = await this.#rootOf(side.device);
              this.#mayTake(side.device, root);
              return `${root.kind}, ${side.rate / million} Mbit/s`;
            },
          )) && fine;
    return steps.report(fine);
  }

  async dryRun(
    request: BindingRequest,
  ): Promise<{ words: LocalText; values: Readonly<Record<string, unknown>> }> {
    const binding = this.#check(request);
    const after = [...this.#state.bindings.filter(({ key }) => key !== binding.key), binding];
    this.#admit(after);
    return {
      words: this.#wordsOf(binding),
      values: {
        tc: this.#sides.flatMap((side) => classLines(after, side)),
        nft: rulesScript(this.#table, after, this.#sides, []),
      },
    };
  }

  applyBinding(request: BindingRequest): Promise<Accepted> {
    return this.#inTurn(async () => {
      const binding = this.#check(request);
      const before = this.#state.bindings;
      const after = [...before.filter(({ key }) => key !== binding.key), binding];
      this.#admit(after);
      for (const side of this.#sides) this.#mayTake(side.device, await this.#rootOf(side.device));
      this.#state.bindings = after;
      try {
        await this.#shape();
      } catch (error) {
        // Nothing is left half done: what was there before is put back, as far as the kernel lets us.
        this.#state.bindings = before;
        if (!before.some(({ key }) => key === binding.key)) this.#state.leaving.push(binding);
        await this.#shape().catch((second: unknown) =>
          this.#context.log.error('the kernel could not be brought back to what it was', {
            error: String(second),
          }),
        );
        throw error;
      }
      if (binding.expires !== undefined) this.#endAt(binding.key, binding.expires);
      return {
        reference: binding.key,
        values: this.#valuesOf(binding),
        words: this.#wordsOf(binding),
        expires: binding.expires,
      };
    });
  }

  /** The same key is the same class: its rates and rules change in place, and nothing is without them in between. */
  changeBinding(_reference: string, _before: BindingRequest, request: BindingRequest): Promise<Accepted> {
    return this.applyBinding(request);
  }

  readBinding(reference: string): Promise<Effective> {
    return this.#inTurn(async () => {
      const binding = this.#state.bindings.find(({ key }) => key === reference);
      if (binding === undefined)
        throw new ProviderError('gone', {
          en: 'This gateway knows nothing of the binding (any more).',
          zh: '本网关没有（或已不再有）该绑定。',
        });
      const table = await this.#tools
        .run('nft', ['-j', 'list', 'table', 'inet', this.#table])
        .catch(() => '{}');
      const counters = readCounters(table);
      const rules = readRules(table);
      const sides: Record<string, unknown> = {};
      const missing: string[] = [];
      for (const side of this.#sides) {
        const seen = readClasses(
          await this.#tools.run('tc', ['-s', 'class', 'show', 'dev', side.device]),
        ).get(binding.minor);
        const { rate, ceil } = ratesOf(binding, side);
        const name = counterName(binding, side);
        if (seen === undefined || !rules.has(name)) missing.push(side.device);
        else if (Math.abs(seen.rate - rate) > rate * 0.02 || Math.abs(seen.ceil - ceil) > ceil * 0.02)
          missing.push(side.device);
        sides[side.direction] = { device: side.device, ...seen, matched: counters.get(name) };
      }
      return {
        inForce: missing.length === 0,
        values: sides,
        words:
          missing.length === 0
            ? this.#wordsOf(binding)
            : {
                en: `The kernel no longer has it on ${missing.join(', ')}: somebody changed traffic control or the firewall.`,
                zh: `内核在 ${missing.join('、')} 上已没有该设置：有人改动了流量控制或防火墙。`,
              },
      };
    });
  }

  releaseBinding(reference: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#timers.get(reference)?.();
      this.#timers.delete(reference);
      const binding = this.#state.bindings.find(({ key }) => key === reference);
      if (binding === undefined) return;
      this.#state.bindings = this.#state.bindings.filter((one) => one !== binding);
      this.#state.leaving.push(binding);
      await this.#shape();
    });
  }

  applyGroup(key: string, group: LanGroupInput, members: readonly ProviderTerminal[]): Promise<Accepted> {
    return this.#inTurn(async () => {
      const segment = this.#segmentOf(group, members);
      const rival = this.#state.segments.find((one) => one.vni === segment.vni && one.key !== key);
      if (rival !== undefined)
        throw new ProviderError('refused', {
          en: `Network identifier ${segment.vni} is another group's already ("${rival.key}").`,
          zh: `网络标识 ${segment.vni} 已被其他组（“${rival.key}”）使用。`,
        });
      this.#state.segments = [...this.#state.segments.filter((one) => one.key !== key), { ...segment, key }];
      await writeState(this.#context.folder, this.#state);
      try {
        await this.#connect(segment);
      } catch (error) {
        this.#state.segments = this.#state.segments.filter((one) => one.key !== key);
        await this.#disconnect(segment).catch(() => {});
        await writeState(this.#context.folder, this.#state);
        throw error;
      }
      return { reference: key, values: { ...segment }, words: groupWords(segment) };
    });
  }

  readGroup(reference: string): Promise<Effective> {
    return this.#inTurn(async () => {
      const segment = this.#state.segments.find(({ key }) => key === reference);
      if (segment === undefined)
        throw new ProviderError('gone', {
          en: 'This gateway knows nothing of the group (any more).',
          zh: '本网关没有（或已不再有）该组。',
        });
      const there = await this.#links();
      const wanted = [bridgeOf(segment.vni), tunnelOf(segment.vni), ...segment.ports];
      const missing: string[] = wanted.filter((link) => !there.has(link));
      if (missing.length === 0) {
        const flood = floodTargets(
          await this.#tools.run('bridge', ['-j', 'fdb', 'show', 'dev', tunnelOf(segment.vni)]),
        );
        missing.push(...segment.remotes.filter((remote) => !flood.includes(remote)));
      }
      return {
        inForce: missing.length === 0,
        values: { ...segment, missing },
        words:
          missing.length === 0
            ? groupWords(segment)
            : {
                en: `Not in the kernel: ${missing.join(', ')}.`,
                zh: `内核中缺少：${missing.join('、')}。`,
              },
      };
    });
  }

  releaseGroup(reference: string): Promise<void> {
    return this.#inTurn(async () => {
      const segment = this.#state.segments.find(({ key }) => key === reference);
      if (segment === undefined) return;
      await this.#disconnect(segment);
      this.#state.segments = this.#state.segments.filter((one) => one !== segment);
      await writeState(this.#context.folder, this.#state);
    });
  }

  async capacity(): Promise<readonly { place: string; uplink: number; downlink: number }[]> {
    const of = (direction: Side['direction']): number =>
      Math.floor(
        promised([], this.#sides.find((side) => side.direction === direction) ?? this.#sides[0]!).most / 1000,
      );
    return [{ place: '', uplink: of('uplink'), downlink: of('downlink') }];
  }

  #check({ key, terminal, platformAddress, filters, qos, durationSeconds }: BindingRequest): Shaped & {
    expires?: number;
  } {
    if (terminal.address === undefined || isIP(terminal.address) === 0)
      throw new ProviderError('refused', {
        en: `Terminal "${terminal.id}" has no IP address by which this gateway could tell its packets.`,
        zh: `终端“${terminal.id}”没有 IP 地址，网关无法识别其数据包。`,
      });
    const platform = isIP(platformAddress) === 0 ? '' : platformAddress;
    for (const remote of [platform, ...filters.map((filter) => filter.remote ?? '')]) {
      if (remote === '') continue;
      if (!isAddressOrPrefix(remote))
        throw new ProviderError('refused', {
          en: `"${remote.slice(0, 80)}" is neither an IP address nor a prefix.`,
          zh: `“${remote.slice(0, 80)}”既不是 IP 地址也不是前缀。`,
        });
      if (isIPv4(remote.split('/')[0]!) !== isIPv4(terminal.address))
        throw new ProviderError('refused', {
          en: `${terminal.address} and ${remote} are of different IP versions.`,
          zh: `${terminal.address} 与 ${remote} 的 IP 版本不同。`,
        });
    }
    const known = this.#state.bindings.find((one) => one.key === key);
    const used = new Set([...this.#state.bindings, ...this.#state.leaving].map(({ minor }) => minor));
    let minor = known?.minor ?? firstMinor;
    while (known === undefined && used.has(minor)) minor++;
    if (minor > lastMinor)
      throw new ProviderError('refused', {
        en: `This gateway holds ${lastMinor - firstMinor + 1} bindings, and no more.`,
        zh: `本网关最多支持 ${lastMinor - firstMinor + 1} 个绑定。`,
      });
    return {
      key,
      minor,
      terminal: terminal.address,
      platform,
      filters,
      qos,
      ...(durationSeconds === undefined
        ? {}
        : { expires: this.#context.clock.now() + durationSeconds * million }),
    };
  }

  /** Guarantees that cannot all be kept are refused, with the numbers. */
  #admit(bindings: readonly Shaped[]): void {
    for (const side of this.#sides) {
      const { guaranteed, most } = promised(bindings, side);
      if (guaranteed <= most) continue;
      const words = (value: number): string => `${(value / million).toFixed(2)} Mbit/s`;
      throw new ProviderError('refused', {
        en: `Guarantees on ${side.device} would come to ${words(guaranteed)}; ${words(most)} can be given.`,
        zh: `${side.device} 上的保证速率合计将达 ${words(guaranteed)}，最多可分配 ${words(most)}。`,
      });
    }
  }

  async #rootOf(device: string): Promise<RootQdisc> {
    const list = JSON.parse(
      (await this.#tools.run('tc', ['-j', 'qdisc', 'show', 'dev', device])) || '[]',
    ) as RootQdisc[];
    return list.find(({ root }) => root === true) ?? { kind: 'noqueue', handle: '0:', root: true };
  }

  /** The kernel's own default has handle 0:; anything else was put there by somebody. */
  #mayTake(device: string, root: RootQdisc): void {
    if (root.handle === '0:') return;
    if (root.kind === 'htb' && root.handle === '1:' && this.#state.taken.includes(device)) return;
    throw new ProviderError('refused', {
      en: `Somebody has set up traffic control on ${device} (${root.kind} ${root.handle}); it is left as it is.`,
      zh: `${device} 上已有他人配置的流量控制（${root.kind} ${root.handle}），保持不变。`,
    });
  }

  /** Brings traffic control and rules to the state; state first, so that a kill in between is mended at the next start. */
  async #shape(): Promise<void> {
    const { bindings, leaving } = this.#state;
    const empty = bindings.length === 0;
    if (!empty)
      this.#state.taken = [...new Set([...this.#state.taken, ...this.#sides.map(({ device }) => device)])];
    await writeState(this.#context.folder, this.#state);
    if (empty) {
      // Everything as before: without our root the kernel puts its default back.
      await this.#tools.run(
        'nft',
        ['-f', '-'],
        `add table inet ${this.#table}\ndelete table inet ${this.#table}\n`,
      );
      for (const device of this.#state.taken) {
        const root = await this.#rootOf(device).catch(() => undefined);
        if (root?.kind === 'htb' && root.handle === '1:')
          await this.#tools.run('tc', ['qdisc', 'del', 'dev', device, 'root']);
      }
      this.#state.taken = [];
    } else {
      for (const side of this.#sides) {
        const root = await this.#rootOf(side.device);
        this.#mayTake(side.device, root);
        if (root.handle === '0:')
          await this.#tools.run('tc', [
            'qdisc',
            'add',
            'dev',
            side.device,
            'root',
            'handle',
            '1:',
            'htb',
            'default',
            'fff',
            'r2q',
            '10',
          ]);
        await this.#tools.run('tc', ['-batch', '-'], `${classLines(bindings, side).join('\n')}\n`);
      }
      await this.#tools.run('nft', ['-f', '-'], rulesScript(this.#table, bindings, this.#sides, leaving));
      for (const side of this.#sides) {
        const there = readClasses(await this.#tools.run('tc', ['class', 'show', 'dev', side.device]));
        for (const { minor } of leaving)
          if (there.has(minor) && !bindings.some((one) => one.minor === minor))
            await this.#tools.run('tc', [
              'class',
              'del',
              'dev',
              side.device,
              'classid',
              `1:${minor.toString(16)}`,
            ]);
      }
    }
    if (leaving.length > 0 || empty) {
      this.#state.leaving = [];
      await writeState(this.#context.folder, this.#state);
    }
  }

  #endAt(key: string, expires: number): void {
    this.#timers.get(key)?.();
    const milliseconds = Math.max(0, (expires - this.#context.clock.now()) / 1000);
    this.#timers.set(
      key,
      this.#context.clock.after(Math.min(milliseconds, 2 ** 31 - 1), () => {
        if (this.#context.clock.now() < expires) return this.#endAt(key, expires);
        void this.releaseBinding(key)
          .then(() => this.#context.changed({ binding: key }))
          .catch((error: unknown) =>
            this.#context.log.error('a binding that ended could not be taken back', {
              binding: key,
              error: String(error),
            }),
          );
      }),
    );
  }

  #segmentOf(group: LanGroupInput, members: readonly ProviderTerminal[]): Segment {
    const local = this.#context.settings['tunnelAddress'] as string | undefined;
    if (local === undefined || isIP(local) === 0)
      throw new ProviderError('settings', {
        en: 'This gateway has no own address for LAN groups in its settings.',
        zh: '本网关的设置中没有局域网组的本机地址。',
      });
    if (group.kind !== 'ethernet')
      throw new ProviderError('unsupported', {
        en: 'Groups of this provider are Ethernet segments (VXLAN); an IP group needs a mobile core.',
        zh: '本提供者的组是以太网段（VXLAN）；IP 组需要移动核心网。',
      });
    if (group.vni === undefined)
      throw new ProviderError('refused', {
        en: 'A VXLAN group needs a network identifier (VNI).',
        zh: 'VXLAN 组需要网络标识（VNI）。',
      });
    const remotes = [...new Set(members.flatMap(({ address }) => (address === undefined ? [] : [address])))]
      .filter((address) => address !== local)
      .sort();
    const wrong = remotes.find((address) => isIP(address) === 0 || isIPv4(address) !== isIPv4(local));
    if (wrong !== undefined)
      throw new ProviderError('refused', {
        en: `${wrong} cannot be the end of a tunnel from ${local}.`,
        zh: `${wrong} 不能作为来自 ${local} 的隧道终点。`,
      });
    const ports = readPorts(this.#context.settings['groupPorts'] as string | undefined)
      .filter(({ vni }) => vni === group.vni)
      .map(({ device }) => device);
    return { vni: group.vni, local, remotes, ports };
  }

  async #links(): Promise<Map<string, { mtu: number; address?: string }>> {
    const list = JSON.parse((await this.#tools.run('ip', ['-j', 'link', 'show'])) || '[]') as {
      ifname: string;
      mtu: number;
    }[];
    return new Map(list.map(({ ifname, mtu }) => [ifname, { mtu }]));
  }

  async #connect(segment: Segment): Promise<void> {
    const there = await this.#links();
    const absent = segment.ports.filter((port) => !there.has(port));
    if (absent.length > 0)
      throw new ProviderError('settings', {
        en: `There is no interface ${absent.join(', ')} on this gateway.`,
        zh: `本网关没有接口 ${absent.join('、')}。`,
      });
    const under = await this.#deviceOf(segment.local);
    const mtu = there.get(under)?.mtu ?? 1500;
    await this.#tools.run(
      'ip',
      ['-batch', '-'],
      `${makeLines(segment, mtu, new Set(there.keys())).join('\n')}\n`,
    );
    const tunnel = tunnelOf(segment.vni);
    const flood = floodTargets(await this.#tools.run('bridge', ['-j', 'fdb', 'show', 'dev', tunnel]));
    for (const remote of segment.remotes.filter((one) => !flood.includes(one)))
      await this.#tools.run('bridge', ['fdb', 'append', '00:00:00:00:00:00', 'dev', tunnel, 'dst', remote]);
    for (const remote of flood.filter((one) => !segment.remotes.includes(one)))
      await this.#tools.run('bridge', ['fdb', 'del', '00:00:00:00:00:00', 'dev', tunnel, 'dst', remote]);
  }

  async #disconnect(segment: Segment): Promise<void> {
    const lines = removeLines(segment, new Set((await this.#links()).keys()));
    if (lines.length > 0) await this.#tools.run('ip', ['-batch', '-'], `${lines.join('\n')}\n`);
  }

  async #deviceOf(address: string): Promise<string> {
    const list = JSON.parse((await this.#tools.run('ip', ['-j', 'address', 'show'])) || '[]') as {
      ifname: string;
      addr_info?: { local?: string }[];
    }[];
    const found = list.find(({ addr_info = [] }) => addr_info.some(({ local }) => local === address));
    if (found === undefined)
      throw new ProviderError('settings', {
        en: `None of this gateway's interfaces has the address ${address}.`,
        zh: `本网关没有任何接口使用地址 ${address}。`,
      });
    return found.ifname;
  }

  #valuesOf(binding: Shaped): Record<string, unknown> {
    return {
      class: `1:${binding.minor.toString(16)}`,
      dscp: binding.qos.dscp,
      ...Object.fromEntries(this.#sides.map((side) => [side.direction, ratesOf(binding, side)])),
    };
  }

  #wordsOf(binding: Shaped): LocalText {
    const mbit = (bits: number): string => (bits / million).toFixed(bits < million ? 3 : 1);
    const rates = this.#sides.map((side) => ({ side, ...ratesOf(binding, side) }));
    const up = (one: (typeof rates)[number]): boolean => one.side.direction === 'uplink';
    return {
      en: `${rates.map((one) => `${up(one) ? 'Uplink' : 'downlink'} ${mbit(one.rate)} to ${mbit(one.ceil)} Mbit/s on ${one.side.device}`).join(', ')}, marked DSCP ${binding.qos.dscp}${this.#sides.length === 1 ? '; downlink is not shaped here' : ''}.`,
      zh: `${rates.map((one) => `${one.side.device} ${up(one) ? '上行' : '下行'} ${mbit(one.rate)} 至 ${mbit(one.ceil)} Mbit/s`).join('，')}，DSCP 标记 ${binding.qos.dscp}${this.#sides.length === 1 ? '；此处不整形下行' : ''}。`,
    };
  }
}

function groupWords(segment: Segment): LocalText {
  return {
    en: `VXLAN ${segment.vni} to ${segment.remotes.length} other gateways, ${segment.ports.length} ports here; a frame may carry ${overheadOctets(segment.local)} octets less.`,
    zh: `VXLAN ${segment.vni}，连接 ${segment.remotes.length} 个其他网关，本机 ${segment.ports.length} 个端口；每帧可承载的字节减少 ${overheadOctets(segment.local)}。`,
  };
}
