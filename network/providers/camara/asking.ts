import type { LocalText } from '@millrace/contract';
import {
  type BindingRequest,
  type CheckedSettings,
  ProviderError,
  type ProviderTerminal,
} from '@millrace/sdk';
import ipaddr from 'ipaddr.js';
import type { ApplicationServer, AssignmentInfo, Device, SessionInfo } from './shapes.ts';

/** What is asked of an operator in its words, and what its answers come to. */

const text = (en: string, zh: string): LocalText => ({ en, zh });

/** The flow of a binding as CAMARA says it, and what that does not say. Throws ProviderError where it would be wider. */
export function flowAsked(
  request: BindingRequest,
  settings: CheckedSettings,
): { body: Record<string, unknown>; words: LocalText } {
  const { filters, platformAddress } = request;
  const override = settings['serverAddress'];
  const unique = <T>(all: readonly T[]): T[] => [...new Set(all)];
  const remotes = unique(filters.length === 0 ? [undefined] : filters.map(({ remote }) => remote));
  const remotePorts = unique(
    filters.length === 0 ? [undefined] : filters.map(({ remotePort }) => remotePort),
  );
  const ownPorts = unique(
    filters.length === 0 ? [undefined] : filters.map(({ terminalPort }) => terminalPort),
  );
  const combinations = unique(
    filters.map(({ remote, remotePort, terminalPort }) => `${remote} ${remotePort} ${terminalPort}`),
  );
  const some = (ports: (number | undefined)[]): boolean => ports.length > 1 && ports.includes(undefined);
  if (
    (filters.length > 0 && combinations.length !== remotes.length * remotePorts.length * ownPorts.length) ||
    some(remotePorts) ||
    some(ownPorts)
  )
    throw new ProviderError(
      'refused',
      text(
        'A CAMARA flow is every server with every port: these filters are not, and a wider flow would give the quality to other traffic too.',
        'CAMARA 业务流为所有服务器与所有端口的组合；这些过滤条件不是，放宽会把质量给予其他流量。',
      ),
    );
  const servers =
    override === undefined ? remotes.map((remote) => remote ?? platformAddress) : [String(override)];
  const ports = (all: (number | undefined)[]): { ports: number[] } | undefined =>
    all.includes(undefined) ? undefined : { ports: all as number[] };
  const server = ports(remotePorts);
  const own = ports(ownPorts);
  const byProtocol = filters.some(({ protocol }) => protocol !== 'any');
  return {
    body: {
      applicationServer: serverOf(servers),
      ...(server === undefined ? {} : { applicationServerPorts: server }),
      ...(own === undefined ? {} : { devicePorts: own }),
    },
    words: byProtocol
      ? text(
          ' CAMARA does not tell UDP from TCP: both get it on these ports.',
          'CAMARA 不区分 UDP 与 TCP：这些端口上两者均适用。',
        )
      : text('', ''),
  };
}

/** How an operator is told of a terminal, as the settings say. Throws ProviderError. */
export function deviceAsked(terminal: ProviderTerminal, settings: CheckedSettings): Device {
  const how = settings['identify'] ?? 'auto';
  const { gpsi, address } = terminal;
  const number = /^msisdn-(\d{5,15})$/.exec(gpsi ?? '')?.[1];
  const external = /^extid-(.+)$/.exec(gpsi ?? '')?.[1];
  if (number !== undefined && (how === 'auto' || how === 'phoneNumber')) return { phoneNumber: `+${number}` };
  if (external !== undefined && how === 'networkAccessIdentifier')
    return { networkAccessIdentifier: external };
  if (address !== undefined && (how === 'auto' || how === 'address')) {
    if (ipaddr.IPv4.isValidFourPartDecimal(address))
      return { ipv4Address: { publicAddress: address, privateAddress: address } };
    if (ipaddr.IPv6.isValid(address)) return { ipv6Address: address };
  }
  if (external !== undefined && how === 'auto') return { networkAccessIdentifier: external };
  throw new ProviderError(
    'refused',
    how === 'phoneNumber'
      ? text(
          `Terminal ${terminal.id} has no phone number (GPSI msisdn-…).`,
          `终端 ${terminal.id} 没有电话号码（GPSI msisdn-…）。`,
        )
      : how === 'networkAccessIdentifier'
        ? text(
            `Terminal ${terminal.id} has no external identifier (GPSI extid-…).`,
            `终端 ${terminal.id} 没有外部标识（GPSI extid-…）。`,
          )
        : text(
            `The operator cannot be told which device terminal ${terminal.id} is: it has neither number nor address.`,
            `无法向运营商说明终端 ${terminal.id} 是哪台设备：既无号码也无地址。`,
          ),
  );
}

export interface Standing {
  readonly status: SessionInfo['qosStatus'];
  readonly values: Readonly<Record<string, unknown>>;
}

export function standingOf(info: SessionInfo | AssignmentInfo | undefined): Standing {
  const status = info === undefined ? undefined : 'qosStatus' in info ? info.qosStatus : info.status;
  if (info === undefined || (status !== 'REQUESTED' && status !== 'AVAILABLE' && status !== 'UNAVAILABLE'))
    throw new ProviderError(
      'nonsense',
      text('The operator’s answer does not say how it stands.', '运营商的应答没有说明状态。'),
      JSON.stringify(info),
    );
  const { qosProfile, startedAt, statusInfo } = info;
  return {
    status,
    values: {
      qosProfile,
      status,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...('expiresAt' in info && info.expiresAt !== undefined ? { expiresAt: info.expiresAt } : {}),
      ...('duration' in info ? { duration: info.duration } : {}),
      ...(statusInfo === undefined ? {} : { statusInfo }),
    },
  };
}

export function referenceOf(info: SessionInfo | AssignmentInfo | undefined): string {
  const [kind, id] =
    info !== undefined && 'sessionId' in info
      ? ['session', info.sessionId]
      : ['assignment', info?.assignmentId];
  // It becomes part of a path, and of the platform's records.
  if (typeof id !== 'string' || !/^[\w.-]{1,100}$/.test(id))
    throw new ProviderError(
      'nonsense',
      text('The operator’s answer carries no id.', '运营商的应答没有标识。'),
      JSON.stringify(info),
    );
  return `${kind}/${id}`;
}

/** Servers as CAMARA writes them: one address or subnet per family, or a list of single addresses. Throws ProviderError. */
export function serverOf(servers: readonly string[]): ApplicationServer {
  const kindOf = (server: string): 'ipv4' | 'ipv6' | undefined => {
    const address = server.split('/')[0]!;
    return ipaddr.isValid(address) && (server === address || ipaddr.isValidCIDR(server))
      ? ipaddr.parse(address).kind()
      : undefined;
  };
  const v4 = servers.filter((server) => kindOf(server) === 'ipv4');
  const v6 = servers.filter((server) => kindOf(server) === 'ipv6');
  if (v4.length + v6.length !== servers.length)
    throw new ProviderError(
      'refused',
      text(
        'An address of the platform is none; enter it in the provider’s settings.',
        '平台地址无效，请在提供方设置中填写。',
      ),
      servers.join(', '),
    );
  if (v4.length <= 1 && v6.length <= 1)
    return {
      ...(v4[0] === undefined ? {} : { ipv4Address: v4[0] }),
      ...(v6[0] === undefined ? {} : { ipv6Address: v6[0] }),
    };
  const single = servers.map((server) => server.replace(/\/(32|128)$/, ''));
  if (single.length > 16 || single.some((server) => server.includes('/')))
    throw new ProviderError(
      'refused',
      text(
        'CAMARA takes one subnet per family, or up to 16 single addresses.',
        'CAMARA 每个地址族仅接受一个网段，或最多 16 个单独地址。',
      ),
      servers.join(', '),
    );
  return { ipAddresses: single };
}
