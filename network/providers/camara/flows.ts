import type { FlowFilter } from '@millrace/contract';
import ipaddr from 'ipaddr.js';
import { CamaraProblem, invalid } from './problem.ts';
import type { ApplicationServer, PortsSpec } from './shapes.ts';

/** Filters one binding can hold. */
export const filtersMax = 8;

interface Flow {
  readonly servers: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
  /** Pairs of first and last; empty: all. */
  readonly serverPorts: readonly [number, number][];
  readonly devicePorts: readonly [number, number][];
}

/** The servers of a request as addresses and lengths of prefixes. Throws CamaraProblem. */
export function serversOf(server: ApplicationServer): [ipaddr.IPv4 | ipaddr.IPv6, number][] {
  const { ipv4Address, ipv6Address, ipAddresses } = server;
  if (ipAddresses !== undefined && (ipv4Address !== undefined || ipv6Address !== undefined))
    throw invalid('applicationServer has either ipAddresses, or ipv4Address and ipv6Address.');
  return [...(ipAddresses ?? []), ipv4Address, ipv6Address].flatMap((text) => {
    if (text === undefined) return [];
    const [address, length] = text.split('/');
    if (!ipaddr.isValid(address!)) throw invalid(`"${text}" is not an address.`);
    const parsed = ipaddr.parse(address!);
    const most = parsed.kind() === 'ipv4' ? 32 : 128;
    return [[parsed, length === undefined ? most : Number(length)]];
  });
}

function portsOf(name: string, spec: PortsSpec | undefined): [number, number][] {
  return [
    ...(spec?.ranges ?? []).map(({ from, to }): [number, number] => {
      if (from > to) throw invalid(`${name}.ranges: ${from} is above ${to}.`);
      return [from, to];
    }),
    ...(spec?.ports ?? []).map((port): [number, number] => [port, port]),
  ];
}

export function flowOf(request: {
  applicationServer: ApplicationServer;
  applicationServerPorts?: PortsSpec;
  devicePorts?: PortsSpec;
}): Flow {
  return {
    servers: serversOf(request.applicationServer),
    serverPorts: portsOf('applicationServerPorts', request.applicationServerPorts),
    devicePorts: portsOf('devicePorts', request.devicePorts),
  };
}

const within = (a: [number, number], b: [number, number]): boolean => a[0] <= b[1] && b[0] <= a[1];
const portsMeet = (a: readonly [number, number][], b: readonly [number, number][]): boolean =>
  a.length === 0 || b.length === 0 || a.some((one) => b.some((other) => within(one, other)));

/** True if a packet could belong to both. */
export function flowsMeet(a: Flow, b: Flow): boolean {
  return (
    a.servers.some(([one, oneLength]) =>
      b.servers.some(
        ([other, otherLength]) =>
          one.kind() === other.kind() && one.match(other as never, Math.min(oneLength, otherLength)),
      ),
    ) &&
    portsMeet(a.serverPorts, b.serverPorts) &&
    portsMeet(a.devicePorts, b.devicePorts)
  );
}

/**
 * The flow as the network is asked for it. A filter holds one port on each side: what needs ranges or too many of them is refused, since a wider
 * filter would give the quality to traffic it was not asked for. Throws CamaraProblem.
 */
export function filtersOf({ servers, serverPorts, devicePorts }: Flow): FlowFilter[] {
  const single = (ports: readonly [number, number][]): (number | undefined)[] =>
    ports.length === 0
      ? [undefined]
      : ports.map(([from, to]) => {
          if (from !== to && !(from === 1 && to === 65_535))
            throw new CamaraProblem(
              422,
              'SERVICE_NOT_APPLICABLE',
              'This network binds single ports or all of them, not ranges.',
            );
          return from === to ? from : undefined;
        });
  const filters = servers.flatMap(([address, length]) =>
    single(serverPorts).flatMap((remotePort) =>
      single(devicePorts).flatMap((terminalPort) =>
        // Only UDP and TCP have ports, and CAMARA does not say which it is.
        (remotePort === undefined && terminalPort === undefined
          ? (['any'] as const)
          : (['udp', 'tcp'] as const)
        ).map(
          (protocol): FlowFilter => ({
            protocol,
            remote: `${address.toString()}/${length}`,
            ...(remotePort === undefined ? {} : { remotePort }),
            ...(terminalPort === undefined ? {} : { terminalPort }),
          }),
        ),
      ),
    ),
  );
  if (filters.length > filtersMax)
    throw new CamaraProblem(
      422,
      'SERVICE_NOT_APPLICABLE',
      `This network takes at most ${filtersMax} filters, one per address, port and protocol; these are ${filters.length}.`,
    );
  return filters;
}
