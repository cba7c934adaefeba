import { type Form, limits, type Microseconds, parseInstant, status } from '@millrace/contract';
import { type BatchBuilder, deeperThan, type Point, type Thing } from '@millrace/sdk';
import { filterMatches, hasWildcard, isTopicFilter, isTopicName } from '../topics.ts';
import { type JsonPath, parseJsonPath, readJsonPath } from './json-path.ts';

export { type JsonPath, parseJsonPath, readJsonPath } from './json-path.ts';

export interface TopicMappingOptions {
  /** Which forms count, e.g. only those whose `href` names this broker. Default: all. */
  serves?: (form: Form, thing: Thing) => boolean;
  /** Take a topic from the path of `mqtt://host/…` where a form has neither `mqv:topic` nor `mqv:filter`. Default: true. */
  topicFromHref?: boolean;
}

/** A form that cannot be used, for the person who wrote it. */
export interface MappingProblem {
  thing: string;
  /** Name of the property or event. */
  name: string;
  detail: string;
}

interface Entry {
  thing: string;
  filter: string;
  /** Exactly one of the two. */
  point: Point | undefined;
  event: string | undefined;
  path: JsonPath;
  pathText: string;
  timePath: JsonPath | undefined;
  /** Microseconds in one unit of a numeric time; 0 where text and numbers are read by `parseInstant`. */
  timeUnit: number;
  text: boolean;
}

const topicCacheMax = 10_000;
const timeUnits: Record<string, number> = { s: 1_000_000, ms: 1000, us: 1 };

/**
 * Devices that publish topics and payloads of their own, mapped by the forms of their Thing Descriptions (WoT MQTT binding):
 *
 * - `mqv:filter` (text or list) or `mqv:topic`: the topics; else the path of `mqtt://host/topic`
 * - `millrace:jsonPath`: where in the payload the value stands; default the whole payload (`21.5`, `"text"`, `{…}`)
 * - `millrace:timePath`: where the source's time stands; `millrace:timeUnit` (`s`, `ms`, `us`) says what a number there counts
 * - `contentType: text/plain`: the payload is text, not JSON
 *
 * Properties and events both. A value that is not in a payload is passed over as long as some other form found its own.
 */
export class TopicMapping {
  readonly #options: TopicMappingOptions;
  readonly #entries = new Map<string, Entry[]>();
  readonly #problems = new Map<string, MappingProblem[]>();
  /** Thing → topics it is written on, which carry no values to us. */
  readonly #writes = new Map<string, readonly string[]>();
  /** topic → entries of every thing; thrown away on change. */
  #cache = new Map<string, readonly Entry[]>();
  #exact: Map<string, Entry[]> | undefined;
  #wild: Entry[] = [];

  constructor(options: TopicMappingOptions = {}) {
    this.#options = options;
  }

  /** Forgets what it knew and takes these things. */
  update(things: Iterable<Thing>): void {
    this.#entries.clear();
    this.#problems.clear();
    this.#writes.clear();
    for (const thing of things) this.set(thing);
    this.#changed();
  }

  /** Takes one thing, new or changed. */
  set(thing: Thing): void {
    const entries: Entry[] = [];
    const problems: MappingProblem[] = [];
    for (const point of thing.points.values()) {
      for (const form of point.forms) this.#read(thing, point.name, point, form, entries, problems);
    }
    for (const [name, event] of Object.entries(thing.description.events ?? {})) {
      for (const form of event.forms ?? []) this.#read(thing, name, undefined, form, entries, problems);
    }
    const writes = [...thing.points.values()].flatMap((point) => {
      const forms = point.forms.filter((form) => !reads(form));
      return forms
        .flatMap((form) => formFilters(form, this.#options.topicFromHref !== false))
        .filter(isTopicName);
    });
    if (writes.length > 0) this.#writes.set(thing.id, writes);
    else this.#writes.delete(thing.id);
    if (entries.length > 0) this.#entries.set(thing.id, entries);
    else this.#entries.delete(thing.id);
    if (problems.length > 0) this.#problems.set(thing.id, problems);
    else this.#problems.delete(thing.id);
    this.#changed();
  }

  remove(thing: string): void {
    this.#entries.delete(thing);
    this.#problems.delete(thing);
    this.#writes.delete(thing);
    this.#changed();
  }

  /** Distinct topic filters, to subscribe to. */
  get filters(): string[] {
    const filters = new Set<string>();
    for (const entries of this.#entries.values()) for (const entry of entries) filters.add(entry.filter);
    return [...filters];
  }

  get problems(): MappingProblem[] {
    return [...this.#problems.values()].flat();
  }

  /** Whether a thing's own forms name this filter or take this topic. */
  declares(thing: string, filterOrTopic: string): boolean {
    if (this.#writes.get(thing)?.includes(filterOrTopic) === true) return true;
    const entries = this.#entries.get(thing);
    if (entries === undefined) return false;
    for (const { filter } of entries) {
      if (filter === filterOrTopic) return true;
      if (!hasWildcard(filterOrTopic) && filterMatches(filter, filterOrTopic)) return true;
    }
    return false;
  }

  /**
   * Takes the values a message carries into the batch. `only`: look at this thing's forms alone. `code`: the quality of values whose
   * time the payload does not tell, e.g. of a retained message, which may be of any age. Undefined: no form maps this topic. Never
   * throws.
   */
  take(
    topic: string,
    payload: Buffer,
    received: Microseconds,
    batch: BatchBuilder,
    only?: string,
    code: number = status.good,
  ): { accepted: number; rejected: number } | undefined {
    const entries =
      only === undefined
        ? this.#find(topic)
        : this.#entries.get(only)?.filter((entry) => filterMatches(entry.filter, topic));
    if (entries === undefined || entries.length === 0) return undefined;
    return takeMapped(entries, topic, payload, received, batch, code);
  }

  #find(topic: string): readonly Entry[] {
    const known = this.#cache.get(topic);
    if (known !== undefined) return known;
    if (this.#exact === undefined) {
      this.#exact = new Map();
      this.#wild = [];
      for (const entries of this.#entries.values()) {
        for (const entry of entries) {
          if (hasWildcard(entry.filter)) this.#wild.push(entry);
          else {
            const same = this.#exact.get(entry.filter);
            if (same === undefined) this.#exact.set(entry.filter, [entry]);
            else same.push(entry);
          }
        }
      }
    }
    const found = [
      ...(this.#exact.get(topic) ?? []),
      ...this.#wild.filter((entry) => filterMatches(entry.filter, topic)),
    ];
    if (this.#cache.size >= topicCacheMax) this.#cache.clear();
    this.#cache.set(topic, found);
    return found;
  }

  #changed(): void {
    this.#cache = new Map();
    this.#exact = undefined;
  }

  #read(
    thing: Thing,
    name: string,
    point: Point | undefined,
    form: Form,
    entries: Entry[],
    problems: MappingProblem[],
  ): void {
    if (this.#options.serves !== undefined && !this.#options.serves(form, thing)) return;
    if (!reads(form)) return;
    const filters = formFilters(form, this.#options.topicFromHref !== false);
    const problem = (detail: string): void => void problems.push({ thing: thing.id, name, detail });
    const pathText = form['millrace:jsonPath'] ?? '$';
    const path = typeof pathText === 'string' ? parseJsonPath(pathText) : undefined;
    const timeText = form['millrace:timePath'];
    const timePath = typeof timeText === 'string' ? parseJsonPath(timeText) : undefined;
    const unit = form['millrace:timeUnit'];
    for (const filter of filters) {
      if (!isTopicFilter(filter) || Buffer.byteLength(filter) > limits.topicBytesMax) {
        problem(`"${filter.slice(0, 100)}" is not a topic filter`);
      } else if (path === undefined) {
        problem(`millrace:jsonPath ${JSON.stringify(pathText)?.slice(0, 100)} is not a path like $.a.b[0]`);
      } else if (timeText !== undefined && timePath === undefined) {
        problem(`millrace:timePath ${JSON.stringify(timeText)?.slice(0, 100)} is not a path like $.a.b[0]`);
      } else if (unit !== undefined && (typeof unit !== 'string' || !Object.hasOwn(timeUnits, unit))) {
        problem(`millrace:timeUnit ${JSON.stringify(unit)?.slice(0, 100)} is none of s, ms, us`);
      } else {
        entries.push({
          thing: thing.id,
          filter,
          point,
          event: point === undefined ? name : undefined,
          path,
          pathText: String(pathText),
          timePath,
          timeUnit: typeof unit === 'string' ? timeUnits[unit]! : 0,
          text: /^text\/plain\b/i.test(form.contentType ?? ''),
        });
      }
    }
  }
}

/** A mapping of these things. */
export function createTopicMapping(things: Iterable<Thing>, options?: TopicMappingOptions): TopicMapping {
  const mapping = new TopicMapping(options);
  mapping.update(things);
  return mapping;
}

/** Topic filters that a form names; empty where it names none. */
export function formFilters(form: Form, topicFromHref: boolean): string[] {
  const filter = form['mqv:filter'];
  if (typeof filter === 'string') return [filter];
  if (Array.isArray(filter)) return filter.filter((one): one is string => typeof one === 'string');
  const topic = form['mqv:topic'];
  if (typeof topic === 'string') return [topic];
  if (!topicFromHref) return [];
  const path = /^mqtts?:\/\/[^/?#]+\/([^?#]+)/i.exec(form.href)?.[1];
  if (path === undefined) return [];
  try {
    return [decodeURIComponent(path)];
  } catch {
    return [path];
  }
}

/** A form without operations serves all; one that only writes or invokes brings no values. */
function reads(form: Form): boolean {
  const op = form.op;
  if (op === undefined) return true;
  const ops = Array.isArray(op) ? op : [op];
  return ops.some((one) => one === 'readproperty' || one === 'observeproperty' || one === 'subscribeevent');
}

function takeMapped(
  entries: readonly Entry[],
  topic: string,
  payload: Buffer,
  received: Microseconds,
  batch: BatchBuilder,
  code: number,
): { accepted: number; rejected: number } {
  const outcome = { accepted: 0, rejected: 0 };
  const reject = (thing: string, reason: 'malformed' | 'too-large' | 'unknown-property', detail: string) => {
    outcome.rejected++;
    batch.reject({
      thing,
      source: topic,
      reason,
      detail,
      excerpt: payload.toString('utf8', 0, limits.quarantineExcerptBytesMax),
      count: 1,
    });
  };
  if (payload.length > limits.payloadBytesMax) {
    for (const thing of new Set(entries.map((entry) => entry.thing))) {
      reject(
        thing,
        'too-large',
        `payload of ${payload.length} bytes; at most ${limits.payloadBytesMax} (payloadBytesMax) are taken`,
      );
    }
    return outcome;
  }
  const text = payload.toString('utf8');
  let json: unknown;
  let parseError: string | undefined;
  if (entries.some((entry) => !entry.text)) {
    try {
      json = JSON.parse(text);
    } catch (error) {
      parseError = (error as Error).message;
    }
  }
  /** Thing → whether any of its forms found something to take or to refuse. */
  const found = new Map<string, boolean>();
  for (const entry of entries) {
    if (!found.has(entry.thing)) found.set(entry.thing, false);
    let value: unknown;
    let time: Microseconds | undefined;
    if (entry.text || (parseError !== undefined && entry.path.length === 0)) {
      value = scalar(text, entry.point);
      // A payload that is neither JSON nor a scalar of the kind expected: say it as the JSON error it most likely is.
      if (value === undefined) continue;
    } else {
      if (parseError !== undefined) continue;
      value = readJsonPath(json, entry.path);
      if (value === undefined) continue;
      if (entry.path.length === 0 && entry.point?.type === 'boolean' && (value === 0 || value === 1)) {
        value = value === 1;
      }
      if (entry.timePath !== undefined) {
        const stamp = readJsonPath(json, entry.timePath);
        if (stamp !== undefined && stamp !== null) {
          time = instant(stamp, entry.timeUnit);
          if (time === undefined) {
            found.set(entry.thing, true);
            outcome.rejected++;
            batch.reject({
              thing: entry.thing,
              source: topic,
              reason: 'time-invalid',
              detail: `the time is neither RFC 3339 nor epoch milliseconds: ${JSON.stringify(stamp).slice(0, 80)}`,
              excerpt: text.slice(0, limits.quarantineExcerptBytesMax),
              count: 1,
            });
            continue;
          }
        }
      }
    }
    found.set(entry.thing, true);
    if (entry.point !== undefined) {
      const quality = time === undefined ? code : status.good;
      if (batch.add(entry.point, value, time, received, quality, topic)) outcome.accepted++;
      else outcome.rejected++;
      continue;
    }
    const data = deeperThan(value, limits.jsonDepthMax) ? undefined : JSON.stringify(value);
    if (data === undefined || data.length > limits.eventBytesMax) {
      reject(
        entry.thing,
        'too-large',
        data === undefined
          ? `event "${entry.event}" is nested deeper than ${limits.jsonDepthMax} (jsonDepthMax)`
          : `event "${entry.event}" has ${data.length} bytes; at most ${limits.eventBytesMax} (eventBytesMax) are taken`,
      );
    } else {
      batch.addEvent({ thing: entry.thing, name: entry.event!, time: time ?? received, received, data });
      outcome.accepted++;
    }
  }
  for (const [thing, taken] of found) {
    if (taken) continue;
    if (parseError !== undefined) reject(thing, 'malformed', `not JSON: ${parseError}`);
    else {
      const paths = entries
        .filter((entry) => entry.thing === thing)
        .map((entry) => entry.pathText)
        .slice(0, 5);
      reject(thing, 'unknown-property', `the payload has nothing at ${paths.join(', ')}`);
    }
  }
  return outcome;
}

/** A plain scalar such as `21.5`, `ON` or `running`, read as the property's type wants it. */
function scalar(text: string, point: Point | undefined): unknown {
  const trimmed = text.trim();
  switch (point?.type) {
    case 'number':
    case 'integer':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : undefined;
    case 'boolean':
      if (/^(true|on|1)$/i.test(trimmed)) return true;
      return /^(false|off|0)$/i.test(trimmed) ? false : undefined;
    case 'string':
      return text;
    case 'object':
    case 'array':
      return undefined;
    default:
      return text;
  }
}

function instant(stamp: unknown, unit: number): Microseconds | undefined {
  if (unit === 0 || (typeof stamp === 'string' && !/^-?\d+(\.\d+)?$/.test(stamp))) return parseInstant(stamp);
  const number = Number(stamp);
  // parseInstant holds the bounds; it counts in milliseconds.
  return typeof stamp === 'number' || typeof stamp === 'string'
    ? parseInstant((number * unit) / 1000)
    : undefined;
}
