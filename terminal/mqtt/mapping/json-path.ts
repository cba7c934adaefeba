/**
 * The part of JSONPath (RFC 9535) that names exactly one place: `$`, `.name`, `['name']`, `["name"]`, `[0]`, `[-1]`. Wildcards,
 * slices, filters and descendants name many and are not taken.
 */
export type JsonPath = readonly (string | number)[];

const stepsMax = 32;
const namePattern = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const indexPattern = /\[\s*(0|-?[1-9]\d{0,8})\s*\]/y;
const quotedPattern = /\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/y;

/** Reads a path; undefined where it is not one of the above. Never throws. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$') || text.length > 1024) return undefined;
  const steps: (string | number)[] = [];
  let at = 1;
  while (at < text.length) {
    if (steps.length >= stepsMax) return undefined;
    const c = text[at];
    if (c === '.') {
      namePattern.lastIndex = at + 1;
      const name = namePattern.exec(text);
      if (name === null) return undefined;
      steps.push(name[0]);
      at = namePattern.lastIndex;
      continue;
    }
    indexPattern.lastIndex = at;
    const index = indexPattern.exec(text);
    if (index !== null) {
      steps.push(Number(index[1]));
      at = indexPattern.lastIndex;
      continue;
    }
    quotedPattern.lastIndex = at;
    const quoted = quotedPattern.exec(text);
    if (quoted === null) return undefined;
    const name = unescapeName(quoted[1] ?? quoted[2] ?? '');
    if (name === undefined) return undefined;
    steps.push(name);
    at = quotedPattern.lastIndex;
  }
  return steps;
}

function unescapeName(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text.replaceAll("\\'", "'").replace(/(?<!\\)"/g, '\\"')}"`) as string;
  } catch {
    return undefined;
  }
}

/** The value at a path; undefined where there is none. Reads own members only, so `__proto__` leads nowhere. */
export function readJsonPath(json: unknown, path: JsonPath): unknown {
  let value = json;
  for (const step of path) {
    if (value === null || typeof value !== 'object') return undefined;
    if (typeof step === 'number') {
      if (!Array.isArray(value)) return undefined;
      value = value[step < 0 ? value.length + step : step];
    } else {
      if (Array.isArray(value) || !Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string, unknown>)[step];
    }
  }
  return value;
}
