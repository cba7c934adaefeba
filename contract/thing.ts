import { type Static, Type } from 'typebox';

/**
 * W3C Web of Things Thing Description 1.1 (https://www.w3.org/TR/wot-thing-description11/), the part of it that Millrace reads. Whatever
 * else a description carries is kept and given back unchanged.
 *
 * Millrace's own terms, under the prefix of `vocabulary`:
 * - `millrace:place`       on a thing: its ISA-95 path, "enterprise/site/area/line/cell" (any depth)
 * - `millrace:staleAfterSeconds` on a thing: silence after which its values count as stale; 0: never, it sends only when something
 *   changes. Without it the platform goes by how often the thing has sent so far
 * - `millrace:decimals`    on a property: digits shown after the point
 * - `millrace:normal`      on a property: {"min", "max"}, the band of usual operation
 * - `millrace:jsonPath`    on an MQTT form: where in the payload the value stands ("$.a.b[0]")
 * - `millrace:timePath`    on an MQTT form: where in the payload the source's time stands
 * - `millrace:timeUnit`    beside it: what a number there counts, "s", "ms" (the default) or "us"
 * - `millrace:metric`      on an MQTT form whose topic is Sparkplug's: name of the metric
 * - `millrace:datatype`    beside it: the metric's Sparkplug datatype
 * - `millrace:scale`, `millrace:offset`  on a Modbus form: value = raw × scale + offset
 * - `millrace:connection`  on a thing: id of the connection its forms are reached through, where the address is not enough
 * - `millrace:leaseSeconds` on a thing: how long a lease lasts from each sign of life of its holder
 * - `millrace:safe`        on a thing, a property or an action: what makes it safe once the lease under which it was commanded is
 *   lost, and where that runs, see {@link SafeDeclaration}. A thing with one is commanded only under a lease that is kept alive
 * - `millrace:interlocks`  on a thing (for all its commands), a property or an action: [{"when": CEL, "reason": text or {"en", "zh"}}];
 *   a command is blocked while `when` is true, and while it cannot be judged because a value is missing, stale or not good
 * - `millrace:twoPerson`   on a property or an action (or a thing: all of them): true or {"withinSeconds"}; a second person has to
 *   release each command
 * - `millrace:network`    on a property or an action (or a thing: all of them): {"flow", "otherwise", "strict"}; a command is refused (or, with
 *   "otherwise": "warn", told of) while the network does not give that flow what it needs; without "flow" any flow of the thing counts, and
 *   with "strict" anything but a path shown to be good
 * - `millrace:readBack`    on a property: {"tolerance", "withinSeconds", "property"}, how a write is seen to have worked where the
 *   protocol does not say; false: by no means, such a write ends as `sent`
 */
export interface ThingDescription {
  '@context': unknown;
  '@type'?: string | string[];
  id: string;
  title: string;
  titles?: Record<string, string>;
  description?: string;
  descriptions?: Record<string, string>;
  base?: string;
  security: string | string[];
  securityDefinitions: Record<string, { scheme: string; [key: string]: unknown }>;
  properties?: Record<string, PropertyAffordance>;
  actions?: Record<string, ActionAffordance>;
  events?: Record<string, EventAffordance>;
  links?: Link[];
  forms?: Form[];
  created?: string;
  modified?: string;
  'millrace:place'?: string;
  'millrace:connection'?: string;
  'millrace:staleAfterSeconds'?: number;
  'millrace:leaseSeconds'?: number;
  [key: string]: unknown;
}

/** `millrace:safe`: an action to invoke, values to write (in their order), or both. */
export interface SafeDeclaration {
  /** Who makes the thing safe when its link is gone as well: a watchdog of the terminal's own, or only the platform while it reaches it. */
  runs: 'terminal' | 'platform';
  /** With "terminal": seconds without contact after which its own watchdog acts. */
  watchdogSeconds?: number;
  action?: string;
  input?: unknown;
  values?: Record<string, unknown>;
}

/** `millrace:interlocks`, one of them. */
export interface InterlockDeclaration {
  /** CEL over the thing's properties. True: commands are blocked. */
  when: string;
  reason: string | { en: string; zh: string };
}

/** `millrace:network`: what a command needs of the network. */
export interface NetworkDeclaration {
  /** Flow of the network layer, such as "remote-operation.control"; absent: every flow of the thing. */
  flow?: string;
  /** What becomes of a command while the path is not good enough; "refuse" where it is not said. */
  otherwise?: 'refuse' | 'warn';
  /** Only a path shown to be good will do: not one that cannot be judged, or has not been yet. */
  strict?: boolean;
}

export interface Form {
  href: string;
  contentType?: string;
  op?: string | string[];
  [key: string]: unknown;
}

export interface Link {
  href: string;
  rel?: string;
  type?: string;
  [key: string]: unknown;
}

export interface DataSchema {
  type?: 'boolean' | 'integer' | 'number' | 'string' | 'object' | 'array' | 'null';
  title?: string;
  titles?: Record<string, string>;
  description?: string;
  descriptions?: Record<string, string>;
  unit?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  items?: DataSchema | DataSchema[];
  properties?: Record<string, DataSchema>;
  'millrace:decimals'?: number;
  'millrace:normal'?: { min?: number; max?: number };
  [key: string]: unknown;
}

export interface PropertyAffordance extends DataSchema {
  forms?: Form[];
  observable?: boolean;
  readOnly?: boolean;
  writeOnly?: boolean;
}

export interface ActionAffordance {
  title?: string;
  titles?: Record<string, string>;
  description?: string;
  descriptions?: Record<string, string>;
  input?: DataSchema;
  output?: DataSchema;
  safe?: boolean;
  idempotent?: boolean;
  forms?: Form[];
  [key: string]: unknown;
}

export interface EventAffordance {
  title?: string;
  titles?: Record<string, string>;
  data?: DataSchema;
  forms?: Form[];
  [key: string]: unknown;
}

export const vocabulary = { millrace: 'urn:millrace:vocabulary#' } as const;

/** The `@context` Millrace writes into descriptions it makes itself. */
export const thingContext = ['https://www.w3.org/2022/wot/td/v1.1', vocabulary] as const;

/** Security members for a description that names none of its own. */
export const noSecurity = {
  security: 'nosec_sc',
  securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
} as const;

/** In the API a description is open: the published JSON Schema is what decides, and says why. */
export const ApiThingDescription = Type.Object(
  {
    id: Type.Optional(Type.String()),
    title: Type.Optional(Type.String()),
    properties: Type.Optional(Type.Record(Type.String(), Type.Any())),
    actions: Type.Optional(Type.Record(Type.String(), Type.Any())),
    events: Type.Optional(Type.Record(Type.String(), Type.Any())),
    links: Type.Optional(Type.Array(Type.Any())),
  },
  { additionalProperties: true, title: 'ThingDescription' },
);
export type ApiThingDescription = Static<typeof ApiThingDescription>;

/** A thing's id as a segment of an MQTT topic: `%`, `/`, `+`, `#` and control characters percent-encoded. */
export function topicSegment(id: string): string {
  return id.replace(
    /[%/+#\u0000-\u001f\u007f]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** The id written by {@link topicSegment}; a segment that is not valid percent-encoding is taken as it stands. */
export function fromTopicSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
