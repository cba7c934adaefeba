/**
 * JSON in the one form that RFC 8785 (JSON Canonicalization Scheme) gives a value: members by the code units of their names, numbers and
 * texts as ECMAScript writes them, no spaces. Members that are undefined are left out. Throws on what JSON cannot hold (NaN, infinity,
 * a cycle deeper than the call stack); half a surrogate pair, which the scheme does not allow, becomes U+FFFD.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be written as JSON`);
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return JSON.stringify(wellFormed(value));
  if (Array.isArray(value))
    return `[${value.map((item) => canonicalJson(item === undefined ? null : item)).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [wellFormed(name), member] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
  }
  throw new TypeError(`a ${typeof value} cannot be written as JSON`);
}

/** Lone surrogates have no UTF-8. */
export function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}
