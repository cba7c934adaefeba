import type { ProviderManifest } from '@millrace/sdk';

export const manifest: ProviderManifest = {
  id: 'linux',
  title: { en: 'Linux gateway or edge server', zh: 'Linux 网关或边缘服务器' },
  summary: {
    en: 'Shapes and marks traffic on a gateway of the plant’s own, with the kernel’s HTB classes, nftables and VXLAN.',
    zh: '在工厂自有网关上用内核的 HTB 类、nftables 与 VXLAN 对流量整形、标记与隔离。',
  },
  settings: {
    uplinkInterface: {
      kind: 'text',
      required: true,
      pattern: '^[A-Za-z0-9._-]{1,15}$',
      title: { en: 'Uplink interface', zh: '上行接口' },
      help: {
        en: 'The interface towards the platform, such as eth0 or wwan0: what leaves there is uplink.',
        zh: '通向平台的接口，例如 eth0 或 wwan0；从此接口发出的即为上行流量。',
      },
    },
    uplinkMbps: {
      kind: 'number',
      required: true,
      min: 0.1,
      max: 100_000,
      unit: 'Mbit/s',
      title: { en: 'Uplink rate', zh: '上行速率' },
      help: {
        en: 'What the uplink really carries. Three percent less is given out, so that the queue forms here, where there are classes, and not in a modem.',
        zh: '上行链路的实际速率。分配时预留百分之三，使队列形成在有分类的本机，而不是在调制解调器里。',
      },
    },
    terminalInterface: {
      kind: 'text',
      pattern: '^[A-Za-z0-9._-]{1,15}$',
      title: { en: 'Interface towards the terminals', zh: '终端侧接口' },
      help: {
        en: 'Give it to shape downlink too. Without it only uplink is shaped.',
        zh: '填写后下行也会整形；不填则只整形上行。',
      },
    },
    downlinkMbps: {
      kind: 'number',
      min: 0.1,
      max: 100_000,
      unit: 'Mbit/s',
      title: { en: 'Downlink rate', zh: '下行速率' },
    },
    namespace: {
      kind: 'text',
      advanced: true,
      pattern: '^[A-Za-z0-9._-]{1,64}$',
      title: { en: 'Network namespace', zh: '网络命名空间' },
      help: {
        en: 'Name of an `ip netns` in which the interfaces are; empty: the machine’s own.',
        zh: '接口所在的 ip netns 名称；留空表示本机默认命名空间。',
      },
    },
    tunnelAddress: {
      kind: 'text',
      advanced: true,
      pattern: '^[0-9a-fA-F.:]{2,45}$',
      title: { en: 'Own address for LAN groups', zh: '局域网组的本机地址' },
      help: {
        en: 'IP address other gateways reach this one at; VXLAN tunnels begin there. Without it there are no LAN groups.',
        zh: '其他网关访问本机所用的 IP 地址，VXLAN 隧道由此建立；不填则不支持局域网组。',
      },
    },
    groupPorts: {
      kind: 'text',
      advanced: true,
      pattern: '^$|^[A-Za-z0-9._-]{1,15}=\\d{1,8}(\\s*,\\s*[A-Za-z0-9._-]{1,15}=\\d{1,8})*$',
      title: { en: 'Ports of LAN groups', zh: '局域网组端口' },
      help: {
        en: 'Which of this gateway’s interfaces belongs to which VXLAN number: eth2=5001, eth3=5002.',
        zh: '本网关各接口所属的 VXLAN 编号，例如：eth2=5001, eth3=5002。',
      },
    },
  },
  can: {
    qos: {
      en: 'Guaranteed and greatest rates per flow (HTB), priority, DSCP marks; read back from the kernel with counters.',
      zh: '按流保证速率与最大速率（HTB）、优先级、DSCP 标记；从内核读回并带计数。',
    },
    groups: {
      en: 'Ethernet groups over VXLAN, one bridge and network identifier for each.',
      zh: '基于 VXLAN 的以太网组，每组一个网桥与网络标识。',
    },
  },
  cannot: [
    {
      en: 'It sees only what goes through this machine: the radio beyond it is not its business.',
      zh: '只能作用于经过本机的流量，无法影响之外的无线部分。',
    },
    {
      en: 'It takes over an interface only where nobody has set up traffic control there.',
      zh: '仅接管尚未配置流量控制的接口。',
    },
    {
      en: 'No time-aware schedules (taprio), no slices.',
      zh: '不支持时间感知调度（taprio）与切片。',
    },
  ],
  enforcedBy: {
    en: 'The kernel of this gateway, for every packet that leaves by the interfaces named.',
    zh: '由本网关内核对从所列接口发出的每个数据包强制执行。',
  },
  speaks: ['Linux traffic control (HTB)', 'nftables', 'VXLAN (RFC 7348)', 'DSCP (RFC 2474)'],
};
