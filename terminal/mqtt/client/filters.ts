/** Whether every topic that `inner` takes is taken by `outer` too. */
export function covers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  const a = outer.split('/');
  const b = inner.split('/');
  if (b[0]!.startsWith('$') && (a[0] === '#' || a[0] === '+')) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === '#') return true;
    if (i >= b.length || b[i] === '#') return false;
    if (a[i] !== '+' && a[i] !== b[i]) return false;
  }
  return a.length === b.length;
}

/** Wildcard filters looked at for each filter; beyond, a few filters too many do no harm but duplicates. */
const wildcardsMax = 500;

/**
 * The filters without those that another takes in: a broker sends a message once for each subscription that it fits, and twice is
 * once too often where the payload carries no time.
 */
export function withoutCovered(filters: readonly string[]): string[] {
  const distinct = [...new Set(filters)];
  const wild = distinct
    .filter((filter) => filter.includes('#') || filter.includes('+'))
    .slice(0, wildcardsMax);
  return distinct.filter((filter) => !wild.some((other) => other !== filter && covers(other, filter)));
}
