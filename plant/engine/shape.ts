/** What is wrong with a pack: the place (file and path within it) and why. */
export class PackError extends Error {
  readonly at: string;
  constructor(at: string, why: string) {
    super(`${at}: ${why}`);
    this.at = at;
  }
}

/** Checks JSON against a form and returns it with defaults filled in; throws {@link PackError}. */
export type Shape = (value: unknown, at: string) => unknown;

const marks = new WeakMap<Shape, { fallback: unknown }>();

export function optional(shape: Shape, fallback?: unknown): Shape {
  const marked: Shape = (value, at) => shape(value, at);
  marks.set(marked, { fallback });
  return marked;
}

export const any: Shape = (value) => value;

export function text(pattern?: RegExp): Shape {
  return (value, at) => {
    if (typeof value !== 'string') throw new PackError(at, `expected text, found ${nameOf(value)}`);
    if (pattern !== undefined && !pattern.test(value)) {
      throw new PackError(at, `"${value}" does not match ${pattern.source}`);
    }
    return value;
  };
}

export function number(bounds: { above?: number; least?: number; most?: number } = {}): Shape {
  return (value, at) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new PackError(at, `expected a number, found ${nameOf(value)}`);
    }
    if (bounds.above !== undefined && value <= bounds.above)
      throw new PackError(at, `must be above ${bounds.above}`);
    if (bounds.least !== undefined && value < bounds.least)
      throw new PackError(at, `must be at least ${bounds.least}`);
    if (bounds.most !== undefined && value > bounds.most)
      throw new PackError(at, `must be at most ${bounds.most}`);
    return value;
  };
}

export const toggle: Shape = (value, at) => {
  if (typeof value !== 'boolean') throw new PackError(at, `expected true or false, found ${nameOf(value)}`);
  return value;
};

export function list(item: Shape): Shape {
  return (value, at) => {
    if (!Array.isArray(value)) throw new PackError(at, `expected a list, found ${nameOf(value)}`);
    return value.map((each, position) => item(each, `${at}/${position}`));
  };
}

/** An object whose member names are free (or follow a pattern), all members of one form. */
export function map(item: Shape, name?: RegExp): Shape {
  return (value, at) => {
    const entries = Object.entries(plain(value, at));
    for (const [key] of entries) {
      if (name !== undefined && !name.test(key)) {
        throw new PackError(at, `"${key}" cannot be a name here; it must match ${name.source}`);
      }
    }
    return Object.fromEntries(entries.map(([key, each]) => [key, item(each, `${at}/${key}`)]));
  };
}

/** An object with exactly these members; a name that is not among them is taken for a slip of the pen and said so. */
export function object(members: Record<string, Shape>): Shape {
  return (value, at) => {
    const given = plain(value, at);
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(members, key)) {
        throw new PackError(at, `"${key}" is not known here; known are ${Object.keys(members).join(', ')}`);
      }
    }
    const result: Record<string, unknown> = {};
    for (const [key, shape] of Object.entries(members)) {
      const mark = marks.get(shape);
      if (given[key] === undefined) {
        if (mark === undefined) throw new PackError(at, `"${key}" is missing`);
        if (mark.fallback !== undefined) result[key] = structuredClone(mark.fallback);
      } else {
        result[key] = shape(given[key], `${at}/${key}`);
      }
    }
    return result;
  };
}

/** Words for people in both languages. */
export const words: Shape = object({ en: text(), zh: text() });

function plain(value: unknown, at: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new PackError(at, `expected an object, found ${nameOf(value)}`);
  }
  return value as Record<string, unknown>;
}

function nameOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
}
