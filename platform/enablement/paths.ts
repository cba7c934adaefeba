/**
 * Things' ids are URIs, and people put them into addresses as they are. This finds where the id ends and gives back the same address with
 * the id (and what follows it) percent-encoded, so that routing sees one segment.
 *
 * `/api/things/https://example.com/pump/properties/flow/samples?…` → `/api/things/https%3A%2F%2Fexample.com%2Fpump/properties/flow/samples?…`
 *
 * `known` tells whether an id is registered; it decides where an id could end in more than one place. Addresses that are not of
 * a thing come back unchanged, malformed percent-encoding as an address that no route has.
 */
export function normalisePath(url: string, known: (id: string) => boolean): string {
  if (!url.startsWith('/api/things/')) return url;
  const question = url.indexOf('?');
  const path = question === -1 ? url : url.slice(0, question);
  const query = question === -1 ? '' : url.slice(question);
  const rest = path.slice('/api/things/'.length);
  if (rest === '') return url;
  const candidates = splits(rest);
  let chosen: { id: string; tail: string[] } | undefined;
  let id: string | undefined;
  for (const candidate of candidates) {
    const decoded = decode(candidate.id);
    // An id may itself hold percent-encoding and be written as it is.
    const found = [decoded, candidate.id].find((one) => one !== undefined && known(one));
    if (found === undefined) continue;
    chosen = candidate;
    id = found;
    break;
  }
  if (chosen === undefined) {
    // Where no reading is a registered thing, the shortest id with a known ending is meant.
    chosen = candidates.at(-1)!;
    id = decode(chosen.id);
  }
  if (id === undefined) return '/api/malformed-percent-encoding';
  const tail = chosen.tail.map((segment) => {
    const text = decode(segment);
    return text === undefined ? undefined : encodeURIComponent(text);
  });
  if (tail.includes(undefined)) return '/api/malformed-percent-encoding';
  return `/api/things/${[encodeURIComponent(id), ...tail].join('/')}${query}`;
}

/** Every way to read the rest of the path: the whole as an id first, then shorter ids with one of the endings a thing has. */
function splits(rest: string): { id: string; tail: string[] }[] {
  const found: { id: string; tail: string[] }[] = [{ id: rest, tail: [] }];
  const endings = [
    /^(.+)\/(credentials|certificates|properties|events|counters|control|lease)$/,
    /^(.+)\/(lease)\/(release|offer|accept|break-glass)$/,
    /^(.+)\/(credentials|certificates)\/([^/]+)$/,
    /^(.+)\/(events|actions)\/(.+)$/,
    /^(.+)\/(properties)\/(.+)\/(samples|set)$/,
    /^(.+?)\/(events|actions)\/(.+)$/,
    /^(.+?)\/(properties)\/(.+)\/(samples|set)$/,
  ];
  for (const ending of endings) {
    const match = ending.exec(rest);
    if (match !== null) found.push({ id: match[1]!, tail: match.slice(2) });
  }
  return found;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
