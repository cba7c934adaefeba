import { isIPv6 } from 'node:net';
import type { FlowFilter } from '@millrace/contract';
import { type BindingRequest, ProviderError } from '@millrace/sdk';

const numbers: Record<FlowFilter['protocol'], string> = { udp: '17', tcp: '6', icmp: '1', any: 'ip' };

/** Address of the terminal, as a core knows its PDU session by. */
export function addressOf({ terminal }: BindingRequest): { ueIpv4: string } | { ueIpv6: string } {
  if (terminal.address === undefined)
    throw new ProviderError('refused', {
      en: `Terminal "${terminal.id}" has no address: it has no PDU session the core could bind to.`,
      zh: `终端“${terminal.id}”没有地址，核心网没有可绑定的 PDU 会话。`,
    });
  return isIPv6(terminal.address)
    ? { ueIpv6: `${terminal.address.replace(/\/.*/, '')}/128` }
    : { ueIpv4: terminal.address };
}

/**
 * A filter as two IPFilterRules (RFC 6733, 4.3.1, as TS 29.214 uses them): `out` is downlink, towards the terminal; `in` is uplink. The
 * terminal's address stands where the rule says "to" (out) or "from" (in).
 */
export function flowDescriptions(request: BindingRequest): string[][] {
  const terminal = request.terminal.address!;
  const filters: readonly FlowFilter[] =
    request.filters.length === 0 ? [{ protocol: 'any' }] : request.filters;
  return filters.map(({ protocol, remote, remotePort, terminalPort }) => {
    const there = `${remote ?? (request.platformAddress || 'any')}${remotePort === undefined ? '' : ` ${remotePort}`}`;
    const here = `${terminal}${terminalPort === undefined ? '' : ` ${terminalPort}`}`;
    const number = numbers[protocol];
    return [`permit out ${number} from ${there} to ${here}`, `permit in ${number} from ${here} to ${there}`];
  });
}
