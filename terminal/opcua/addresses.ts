/**
 * Node ids as text (OPC 10000-6, 5.1.12): `i=85`, `ns=2;s=Line.Speed`, `nsu=http://maker/ns;s=Line.Speed`. The `nsu=` form names the
 * namespace by its URI and so survives a server that numbers its namespaces anew; it is the one Millrace stores.
 */
export interface NodeAddress {
  /** Where the id says `nsu=`. */
  namespaceUri: string | undefined;
  /** Where the id says `ns=`, or nothing (0). */
  namespace: number;
  /** `i`, `s`, `g` or `b`. */
  kind: 'i' | 's' | 'g' | 'b';
  /** What follows `i=`, `s=`, … */
  identifier: string;
}

const nodeIdCharactersMax = 4096;

/** Reads a node id; undefined for what is none. Never throws. */
export function parseNodeAddress(text: string): NodeAddress | undefined {
  if (text.length > nodeIdCharactersMax) return undefined;
  const match = /^(?:nsu=([^;]*);|ns=(\d{1,5});)?(i|s|g|b)=([\s\S]*)$/.exec(text.trimStart());
  if (match === null) return undefined;
  const [, uri, index, kind, identifier] = match;
  const namespace = index === undefined ? 0 : Number(index);
  if (namespace > 65_535) return undefined;
  if (kind === 'i' && (!/^\d{1,10}$/.test(identifier!) || Number(identifier) > 0xffff_ffff)) return undefined;
  if (kind === 'g' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(identifier!)) return undefined;
  if (kind === 'b' && !/^[A-Za-z0-9+/]*={0,2}$/.test(identifier!)) return undefined;
  return {
    namespaceUri: uri === undefined ? undefined : unescapeUri(uri),
    namespace,
    kind: kind as NodeAddress['kind'],
    identifier: identifier!,
  };
}

/** The text of a node id with its namespace's URI where that is known. */
export function formatNodeAddress(
  namespace: number,
  kind: NodeAddress['kind'],
  identifier: string | number,
  namespaces: readonly string[],
): string {
  if (namespace === 0) return `${kind}=${identifier}`;
  const uri = namespaces[namespace];
  return uri === undefined || uri === ''
    ? `ns=${namespace};${kind}=${identifier}`
    : `nsu=${uri.replace(/[;%]/g, (c) => (c === ';' ? '%3B' : '%25'))};${kind}=${identifier}`;
}

function unescapeUri(uri: string): string {
  return uri.replace(/%3b/gi, ';').replace(/%25/g, '%');
}

/** A form's target as in the OPC UA binding for the Web of Things (OPC 10101, 6.2). */
export function formHref(endpoint: string, node: string): string {
  return `${endpoint.replace(/\/+$/, '')}/?id=${encodeURIComponent(node)}`;
}
