/** LAN groups as VXLAN segments: one bridge and one network identifier for each (the kernel here need not filter VLANs). Pure. RFC 7348. */

export interface Segment {
  readonly vni: number;
  /** Own end of the tunnels. */
  readonly local: string;
  /** Other gateways. */
  readonly remotes: readonly string[];
  /** Interfaces of this gateway that belong to it. */
  readonly ports: readonly string[];
}

export const vxlanPort = 4789;
/** Outer Ethernet, IP, UDP and VXLAN headers. */
export const overheadOctets = (local: string): number => (local.includes(':') ? 70 : 50);

export const bridgeOf = (vni: number): string => `mrb${vni}`;
export const tunnelOf = (vni: number): string => `mrx${vni}`;

/** Reads `eth2=5001, eth3=5002`. */
export function readPorts(text: string | undefined): { device: string; vni: number }[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [device = '', vni = ''] = entry.split('=');
      return { device, vni: Number(vni) };
    });
}

/** Lines for `ip -batch` that make what is missing; `there` are links that exist. */
export function makeLines(segment: Segment, mtu: number, there: ReadonlySet<string>): string[] {
  const bridge = bridgeOf(segment.vni);
  const tunnel = tunnelOf(segment.vni);
  const inner = mtu - overheadOctets(segment.local);
  return [
    ...(there.has(bridge) ? [] : [`link add ${bridge} type bridge stp_state 0`]),
    ...(there.has(tunnel)
      ? []
      : [
          `link add ${tunnel} type vxlan id ${segment.vni} dstport ${vxlanPort} local ${segment.local} learning`,
        ]),
    `link set ${tunnel} mtu ${inner} master ${bridge} up`,
    `link set ${bridge} mtu ${inner} up`,
    ...segment.ports.map((port) => `link set ${port} master ${bridge} up`),
  ];
}

export function removeLines(segment: Segment, there: ReadonlySet<string>): string[] {
  return [
    ...segment.ports.filter((port) => there.has(port)).map((port) => `link set ${port} nomaster`),
    ...(there.has(tunnelOf(segment.vni)) ? [`link del ${tunnelOf(segment.vni)}`] : []),
    ...(there.has(bridgeOf(segment.vni)) ? [`link del ${bridgeOf(segment.vni)}`] : []),
  ];
}

/** Where frames for nobody known go: to every other gateway. From `bridge -j fdb show dev …`. */
export function floodTargets(json: string): string[] {
  const entries = JSON.parse(json === '' ? '[]' : json) as { mac?: string; dst?: string }[];
  return entries.flatMap(({ mac, dst }) => (mac === '00:00:00:00:00:00' && dst !== undefined ? [dst] : []));
}
