import { createRequire } from 'node:module';
import { limits, noSecurity, type ThingDescription, thingContext } from '@millrace/contract';
import { deeperThan } from '@millrace/sdk';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { commandTermProblems } from './commands/model.ts';

const require = createRequire(import.meta.url);
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void;

/** What is wrong with a description, for the person who wrote it. */
export interface DescriptionProblem {
  /** JSON Pointer. */
  field: string;
  reason: string;
}

export class DescriptionError extends Error {
  readonly problems: readonly DescriptionProblem[];
  constructor(problems: readonly DescriptionProblem[]) {
    super(problems.map((problem) => `${problem.field || '/'} ${problem.reason}`).join('; '));
    this.problems = problems;
  }
}

const problemsMax = 10;
let validators: { description: ValidateFunction; model: ValidateFunction } | undefined;

/** The published JSON Schemas of Thing Description and Thing Model 1.1, compiled at first use. */
function schemas(): { description: ValidateFunction; model: ValidateFunction } {
  if (validators === undefined) {
    const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true });
    addFormats(ajv);
    // The schemas ask for RFC 3987 and BCP 47 forms that the format library leaves to its users.
    ajv.addFormat('iri', /^[a-zA-Z][a-zA-Z0-9+.-]*:\S+$/);
    ajv.addFormat('iri-reference', /^\S*$/);
    validators = {
      description: ajv.compile(
        require('wot-thing-description-types/schema/td-json-schema-validation.json') as object,
      ),
      model: ajv.compile(require('wot-thing-model-types/schema/tm-json-schema-validation.json') as object),
    };
  }
  return validators;
}

/**
 * Reads a Thing Description as a person or a program gives it. Missing `@context` and security are filled in (nothing else is
 * guessed); then the published schema decides. Throws DescriptionError that names what is wrong.
 */
export function readDescription(input: unknown, id?: string): ThingDescription {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) {
    throw new DescriptionError([{ field: '', reason: 'is not a JSON object' }]);
  }
  const found = forbiddenMember(input);
  if (found !== undefined) throw new DescriptionError([found]);
  const given = input as Record<string, unknown>;
  const description: Record<string, unknown> = { '@context': thingContext, ...given };
  if (id !== undefined) {
    if (given['id'] !== undefined && given['id'] !== id) {
      throw new DescriptionError([
        { field: '/id', reason: `is "${String(given['id']).slice(0, 100)}" but the address says "${id}"` },
      ]);
    }
    description['id'] = id;
  }
  if (given['security'] === undefined && given['securityDefinitions'] === undefined)
    Object.assign(description, noSecurity);
  for (const kind of ['properties', 'actions', 'events'] as const) addForms(description, kind);

  const { description: validate } = schemas();
  if (!validate(description)) throw new DescriptionError(wordErrors(validate.errors ?? []));
  const thing = description as ThingDescription;
  const problems = ownRules(thing);
  if (problems.length > 0) throw new DescriptionError(problems);
  return thing;
}

/**
 * An affordance without forms is one the thing sends to us: the schema wants a form, so it gets the one it is reached by over MQTT,
 * relative to wherever the platform's listener is.
 */
function addForms(description: Record<string, unknown>, kind: 'properties' | 'actions' | 'events'): void {
  const members = description[kind];
  if (members === null || typeof members !== 'object' || Array.isArray(members)) return;
  const op = {
    properties: ['observeproperty', 'unobserveproperty'],
    actions: 'invokeaction',
    events: ['subscribeevent', 'unsubscribeevent'],
  };
  description[kind] = Object.fromEntries(
    Object.entries(members as Record<string, unknown>).map(([name, member]) => {
      if (member === null || typeof member !== 'object' || Array.isArray(member)) return [name, member];
      const forms = (member as { forms?: unknown }).forms;
      if (forms !== undefined) return [name, member];
      const id = encodeURIComponent(String(description['id'] ?? ''));
      const path = kind === 'properties' ? 'properties' : `${kind}/${encodeURIComponent(name)}`;
      return [
        name,
        {
          ...member,
          forms: [{ href: `/api/things/${id}/${path}`, contentType: 'application/json', op: op[kind] }],
        },
      ];
    }),
  );
}

/** Whether a form is one that {@link readDescription} filled in. */
export function isOwnForm(href: string): boolean {
  return href.startsWith('/api/things/');
}

function ownRules(thing: ThingDescription): DescriptionProblem[] {
  const problems: DescriptionProblem[] = [];
  if (typeof thing.id !== 'string' || thing.id === '') problems.push({ field: '/id', reason: 'is needed' });
  else if (thing.id.length > limits.thingIdCharactersMax) {
    problems.push({
      field: '/id',
      reason: `is longer than ${limits.thingIdCharactersMax} characters (thingIdCharactersMax)`,
    });
  } else if (/[\u0000-\u0020\u007f]/.test(thing.id))
    problems.push({ field: '/id', reason: 'holds spaces or control characters' });
  const names = Object.keys(thing.properties ?? {});
  if (names.length > limits.propertiesPerThingMax) {
    problems.push({
      field: '/properties',
      reason: `has ${names.length} members; at most ${limits.propertiesPerThingMax} (propertiesPerThingMax) are taken`,
    });
  }
  const long = names.find((name) => name.length > limits.propertyNameCharactersMax || name === '');
  if (long !== undefined) {
    problems.push({
      field: '/properties',
      reason: `has a name of ${long.length} characters; 1 to ${limits.propertyNameCharactersMax} are taken`,
    });
  }
  const place = thing['millrace:place'];
  if (
    place !== undefined &&
    (typeof place !== 'string' || place.length > 512 || place.split('/').some((part) => part.trim() === ''))
  ) {
    problems.push({
      field: '/millrace:place',
      reason: 'is not a path of names such as "enterprise/site/area/line"',
    });
  }
  problems.push(...commandTermProblems(thing));
  return problems;
}

/** Members that JSON allows and programs trip over, and nesting nobody needs. */
function forbiddenMember(input: object): DescriptionProblem | undefined {
  if (deeperThan(input, limits.jsonDepthMax)) {
    return { field: '', reason: `is nested deeper than ${limits.jsonDepthMax} levels (jsonDepthMax)` };
  }
  const walk = (node: unknown, path: string): DescriptionProblem | undefined => {
    if (node === null || typeof node !== 'object') return undefined;
    for (const key of Object.keys(node)) {
      const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (key === '__proto__') return { field: at, reason: 'is a member name that is not taken' };
      const found = walk((node as Record<string, unknown>)[key], at);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(input, '');
}

function wordErrors(errors: readonly ErrorObject[]): DescriptionProblem[] {
  const seen = new Set<string>();
  const problems: DescriptionProblem[] = [];
  // The deepest errors say most: an "anyOf failed" above them adds nothing.
  const sorted = [...errors].sort(
    (a, b) => b.instancePath.split('/').length - a.instancePath.split('/').length,
  );
  for (const error of sorted) {
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf' || error.keyword === 'if') {
      if (problems.length > 0) continue;
    }
    const extra =
      error.keyword === 'enum'
        ? `: ${(error.params as { allowedValues: unknown[] }).allowedValues.join(', ')}`
        : error.keyword === 'additionalProperties'
          ? `: ${(error.params as { additionalProperty: string }).additionalProperty}`
          : '';
    const key = `${error.instancePath} ${error.message}`;
    if (seen.has(key) || problems.length >= problemsMax) continue;
    seen.add(key);
    problems.push({ field: error.instancePath, reason: `${error.message ?? 'is wrong'}${extra}` });
  }
  return problems;
}

/**
 * Makes a Thing Description from a Thing Model 1.1 (clause 10 of the specification): placeholders `{{NAME}}` filled from values,
 * `tm:optional` affordances kept, `tm:` terms and the model's own type removed. Models that extend another by `tm:extends` need that other
 * one's content merged in first; a model still holding the link is refused, because its base cannot be fetched from here.
 */
export function instantiateModel(
  model: unknown,
  placeholders: Readonly<Record<string, unknown>>,
): ThingDescription {
  if (model === null || typeof model !== 'object' || Array.isArray(model)) {
    throw new DescriptionError([{ field: '', reason: 'is not a JSON object' }]);
  }
  const found = forbiddenMember(model);
  if (found !== undefined) throw new DescriptionError([found]);
  const { model: validate } = schemas();
  if (!validate(model)) throw new DescriptionError(wordErrors(validate.errors ?? []));
  const links = (model as { links?: { rel?: string; href?: string }[] }).links ?? [];
  const base = links.find((link) => link.rel === 'tm:extends');
  if (base !== undefined) {
    throw new DescriptionError([
      {
        field: '/links',
        reason: `extends ${base.href ?? 'another model'}, which is not fetched from here: merge it in first`,
      },
    ]);
  }
  const missing = new Set<string>();
  const fill = (node: unknown): unknown => {
    if (typeof node === 'string') {
      const whole = /^\{\{([^{}]+)\}\}$/.exec(node);
      if (whole !== null) {
        const name = whole[1]!.trim();
        if (Object.hasOwn(placeholders, name)) return placeholders[name];
        missing.add(name);
        return node;
      }
      return node.replace(/\{\{([^{}]+)\}\}/g, (all, name: string) => {
        const trimmed = name.trim();
        if (Object.hasOwn(placeholders, trimmed)) return String(placeholders[trimmed]);
        missing.add(trimmed);
        return all;
      });
    }
    if (Array.isArray(node)) return node.map(fill);
    if (node === null || typeof node !== 'object') return node;
    return Object.fromEntries(
      Object.entries(node)
        .filter(([key]) => !key.startsWith('tm:'))
        .map(([key, value]) => [key, fill(value)]),
    );
  };
  const filled = fill(model) as Record<string, unknown>;
  if (missing.size > 0) {
    throw new DescriptionError(
      [...missing].map((name) => ({ field: '', reason: `the placeholder {{${name}}} has no value` })),
    );
  }
  const types = [filled['@type'] ?? []].flat().filter((type) => type !== 'tm:ThingModel');
  if (types.length === 0) delete filled['@type'];
  else filled['@type'] = types;
  if (typeof filled['id'] !== 'string') filled['id'] = `urn:uuid:${crypto.randomUUID()}`;
  const version = filled['version'] as { model?: unknown; instance?: unknown } | undefined;
  if (version !== undefined && version.instance === undefined)
    filled['version'] = { ...version, instance: String(version.model ?? '1.0.0') };
  return readDescription(filled);
}
