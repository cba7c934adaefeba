/** Depth to which a member is looked for; deeper ones are told by their path only. */
const depthMax = 64;

/**
 * Where in a JSON text a member stands, by its JSON Pointer (RFC 6901): the offsets of its value. The text must be valid JSON.
 * Where the member itself is missing, the nearest one above that is there.
 */
export function placeOf(text: string, pointer: string): { from: number; to: number } | undefined {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (path.length > depthMax) return undefined;
  let at = 0;
  let found: { from: number; to: number } | undefined;
  const skipBlank = () => {
    while (at < text.length && /\s/.test(text[at]!)) at++;
  };
  const skipString = (): string => {
    const from = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    try {
      return JSON.parse(text.slice(from, at)) as string;
    } catch {
      return '';
    }
  };
  /** Moves past a value without looking at what is in it; brackets are counted, not followed. */
  const skipValue = () => {
    skipBlank();
    if (text[at] === '"') {
      skipString();
      return;
    }
    let depth = 0;
    for (; at < text.length; at++) {
      const c = text[at]!;
      if (c === '"') {
        skipString();
        at--;
      } else if (c === '{' || c === '[') depth++;
      else if (c === '}' || c === ']') {
        if (depth === 0) return;
        depth--;
        if (depth === 0) {
          at++;
          return;
        }
      } else if (depth === 0 && (c === ',' || /\s/.test(c))) return;
    }
  };
  const valueHere = () => {
    skipBlank();
    const from = at;
    skipValue();
    found = { from, to: at };
    at = from;
  };
  valueHere();
  for (const step of path) {
    const opening = text[at];
    if (opening !== '{' && opening !== '[') return found;
    at++;
    let index = 0;
    let entered = false;
    while (at < text.length) {
      skipBlank();
      if (text[at] === '}' || text[at] === ']') break;
      let name = String(index);
      if (opening === '{') {
        name = skipString();
        skipBlank();
        at++;
      }
      if (name === step) {
        valueHere();
        entered = true;
        break;
      }
      skipValue();
      skipBlank();
      if (text[at] === ',') at++;
      index++;
    }
    if (!entered) return found;
  }
  return found;
}

/** Number of the line, from 1, that an offset is on. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Names of the placeholders `{{NAME}}` in a Thing Model, in the order they stand. */
export function placeholdersOf(text: string, max = 100): string[] {
  const names = new Set<string>();
  for (const [, name] of text.matchAll(/\{\{\s*([^{}\n]{1,100}?)\s*\}\}/g)) {
    if (names.size >= max) break;
    names.add(name!);
  }
  return [...names];
}
