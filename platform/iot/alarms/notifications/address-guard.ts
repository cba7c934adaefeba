import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A message may not go where its address leads. */
export class AddressRefused extends Error {}

export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>;

const resolveBySystem: Resolve = (host) =>
  new Promise((done, fail) => {
    systemLookup(host, { all: true }, (error, addresses) => (error === null ? done(addresses) : fail(error)));
  });

/**
 * Whether an address is one of the public internet: not private, loopback, link-local, carrier-grade, documentation, multicast or reserved, and not
 * one of those wrapped in IPv6.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast';
}

/** A URL that was let through, and the one address it is to be connected to. */
export interface CheckedAddress {
  url: URL;
  address: string;
  family: 4 | 6;
  /** For Node's `lookup` option: answers the address that was checked, whatever the name has come to mean since. */
  lookup: LookupFunction;
}

/**
 * Resolves where a URL leads and refuses what lies inside the plant's own network, unless its host is one the administrator allows. The connection is
 * then made to the address that was checked, so that a name that changes its meaning in between changes nothing.
 */
export async function checkAddress(
  text: string,
  allowedHosts: readonly string[],
  resolve: Resolve = resolveBySystem,
): Promise<CheckedAddress> {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new AddressRefused(`“${text.slice(0, 200)}” is no address.`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new AddressRefused(`“${url.protocol.slice(0, 20)}” is not taken: http or https only.`);
  if (url.username !== '' || url.password !== '')
    throw new AddressRefused('An address with a user name or password in it is not taken.');
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const allowed = allowedHosts.some((one) => {
    const wanted = one
      .trim()
      .toLowerCase()
      .replace(/^\[|\]$/g, '');
    return wanted === host || wanted === `${host}:${url.port}`;
  });
  const addresses = ipaddr.isValid(host)
    ? [{ address: host, family: ipaddr.parse(host).kind() === 'ipv6' ? 6 : 4 }]
    : await resolve(host).catch((error: Error) => {
        throw new Error(`The name “${host}” cannot be resolved: ${error.message}`);
      });
  const refused = addresses.find((one) => !isPublicAddress(one.address));
  // One address inside is enough to refuse: the name could be made to choose it.
  if (!allowed && refused !== undefined) {
    throw new AddressRefused(
      `“${host}” is at ${refused.address}, inside the plant's own network. An administrator can allow this host in the notification settings.`,
    );
  }
  const [first] = addresses;
  if (first === undefined) throw new Error(`The name “${host}” has no address.`);
  const family = first.family === 6 ? 6 : 4;
  return {
    url,
    address: first.address,
    family,
    lookup: ((_host: string, options: { all?: boolean }, call: (...answer: unknown[]) => void) => {
      if (options.all === true) call(null, [{ address: first.address, family }]);
      else call(null, first.address, family);
    }) as unknown as LookupFunction,
  };
}
