/** The nearest place that holds all of these; empty: the plant. */
export function commonPlace(places: readonly string[]): string {
  const [first, ...rest] = places;
  if (first === undefined) return '';
  let common = first.split('/');
  for (const place of rest) {
    const segments = place.split('/');
    let length = 0;
    while (length < common.length && common[length] === segments[length]) length++;
    common = common.slice(0, length);
  }
  return common.join('/');
}
