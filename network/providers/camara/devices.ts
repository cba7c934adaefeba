import ipaddr from 'ipaddr.js';
import { type Call, mayAtPlace } from './call.ts';
import type { DeviceIdentifier, FoundTerminal, TerminalPort } from './ports.ts';
import { CamaraProblem, denied, invalid } from './problem.ts';
import type { Device } from './shapes.ts';

/** A terminal a request is about. */
export interface Subject {
  readonly terminal: FoundTerminal;
  /** What it was told by, as it was given, one identifier only; undefined where the token told it. */
  readonly device: Device | undefined;
}

const kinds = ['ipv4Address', 'ipv6Address', 'phoneNumber', 'networkAccessIdentifier'] as const;

/** Identifiers of a device, normalised, in the order in which they are tried: addresses tell one terminal, a number perhaps several. */
export function identifiersOf(device: Device): DeviceIdentifier[] {
  const found: DeviceIdentifier[] = [];
  const { ipv4Address, ipv6Address, phoneNumber, networkAccessIdentifier } = device;
  if (ipv4Address !== undefined) {
    const { publicAddress, privateAddress, publicPort } = ipv4Address;
    found.push({ kind: 'ipv4Address', publicAddress, privateAddress, publicPort });
  }
  if (ipv6Address !== undefined) {
    if (!ipaddr.IPv6.isValid(ipv6Address)) throw invalid('device.ipv6Address is not an IPv6 address.');
    found.push({ kind: 'ipv6Address', address: ipaddr.IPv6.parse(ipv6Address).toRFC5952String() });
  }
  if (phoneNumber !== undefined) found.push({ kind: 'phoneNumber', number: phoneNumber });
  if (networkAccessIdentifier !== undefined)
    found.push({ kind: 'networkAccessIdentifier', identifier: networkAccessIdentifier });
  return found;
}

/**
 * The terminal a request is about, that the caller may see and do this with. A terminal the caller may not see is not found. Throws CamaraProblem.
 */
export async function subjectOf(
  terminals: TerminalPort,
  call: Call,
  device: Device | undefined,
): Promise<Subject> {
  const own = await terminals.subjectOf(call.caller.actor);
  if (own !== undefined) {
    if (device !== undefined)
      throw new CamaraProblem(
        422,
        'UNNECESSARY_IDENTIFIER',
        'The token already tells the device; leave out "device".',
      );
    allow(call, own);
    return { terminal: own, device: undefined };
  }
  if (device === undefined)
    throw new CamaraProblem(422, 'MISSING_IDENTIFIER', 'The token tells no device; name one in "device".');
  const identifiers = identifiersOf(device).filter(
    ({ kind }) =>
      terminals.identifiers.includes(kind) &&
      (call.api.accessIdentifiers || kind !== 'networkAccessIdentifier'),
  );
  if (identifiers.length === 0)
    throw new CamaraProblem(
      422,
      'UNSUPPORTED_IDENTIFIER',
      `Devices are found by ${kinds
        .filter(
          (kind) =>
            terminals.identifiers.includes(kind) &&
            (call.api.accessIdentifiers || kind !== 'networkAccessIdentifier'),
        )
        .join(', ')} here.`,
    );
  let subject: Subject | undefined;
  for (const identifier of identifiers) {
    const terminal = await terminals.find(identifier);
    if (terminal === undefined || !mayAtPlace(call, terminal.place, 'read')) continue;
    if (subject === undefined)
      subject = { terminal, device: { [identifier.kind]: device[identifier.kind] } as Device };
    else if (subject.terminal.id !== terminal.id)
      throw new CamaraProblem(422, 'IDENTIFIER_MISMATCH', 'The identifiers are those of different devices.');
  }
  if (subject === undefined)
    throw new CamaraProblem(404, 'IDENTIFIER_NOT_FOUND', 'No device of this network has that identifier.');
  allow(call, subject.terminal);
  return subject;
}

function allow(call: Call, terminal: FoundTerminal): void {
  if (!mayAtPlace(call, terminal.place))
    throw denied(`The token does not hold ${call.operation.scopes[0]} for this device.`);
}
